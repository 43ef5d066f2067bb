"""Has files looked at for malware that nobody could look at when they came, and removes what never came whole."""

from __future__ import annotations

import logging
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg

from service.recording.evidence.checking import check_waiting
from service.recording.evidence.store import EvidenceStore

if TYPE_CHECKING:
    import threading

    from service.config import Config

LOOKING_EVERY = 15.0  # seconds

log = logging.getLogger(__name__)


def checking(config: Config, stop: threading.Event) -> None:
    """Look until everything is looked at, again and again. What goes wrong is logged: it keeps nothing from being recorded."""
    clock, said = config.clock(), ""
    while not stop.is_set():
        try:
            store = EvidenceStore.of(config)
            with closing(psycopg.connect(config.conninfo("writer"), autocommit=True)) as conn:
                while not stop.is_set():
                    store.sweep()
                    failed = list(check_waiting(conn, store, now=datetime.fromtimestamp(clock(), UTC)))
                    if failed and failed[0] != said:  # once, while the same thing goes wrong
                        log.warning("%d files are not checked: %s", len(failed), failed[0])
                    said = failed[0] if failed else ""
                    stop.wait(LOOKING_EVERY)
        except psycopg.Error as error:
            log.warning("no file is checked: %s", str(error).partition("\n")[0])
        except Exception:
            log.exception("no file is checked")  # whatever it is, the views and the notices go on beside it
        stop.wait(LOOKING_EVERY)
