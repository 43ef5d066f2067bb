"""Sends what goes out by mail, as long as `muniment work` runs and mail is set up: of notices, links for passwords, files not given out."""

from __future__ import annotations

import logging
from contextlib import closing
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING

import psycopg
from eventsourcing import persistence

from service.application import Board
from service.desk.coming_in import resets
from service.desk.refusals import NotEstablished
from service.desk.telling.found import send_found
from service.desk.telling.mail import mailer
from service.desk.telling.notices import look_through, send_waiting
from service.desk.telling.requests import remind
from service.ledger import keys

if TYPE_CHECKING:
    import threading

    from service.config import Config

LOOKING_EVERY = 15.0  # seconds between looks whether somebody is to be told
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, persistence.OperationalError, persistence.InterfaceError)

log = logging.getLogger(__name__)


def mailing(config: Config, stop: threading.Event) -> None:
    """Tell who is to be told. What goes wrong is logged, and tried again: it keeps nothing from being recorded."""
    sender = mailer(config)
    if sender is None:
        return
    while not stop.is_set():
        try:
            with (
                closing(Board(config, keys.load(config), clock=config.clock())) as board,
                closing(psycopg.connect(config.conninfo("writer"), autocommit=True)) as conn,
            ):
                while not stop.is_set():
                    look_through(conn, board)
                    now = datetime.fromtimestamp(board.clock(), UTC)
                    remind(conn, board, now)
                    by_themselves = (send(conn, config.url, sender, now=now) for send in (resets.send_waiting, send_found))
                    for failed in (*chain(*by_themselves), *send_waiting(conn, board, sender)):
                        log.warning("%s", failed)
                    stop.wait(LOOKING_EVERY)
        except (*AWAY, NotEstablished, keys.CannotUseKeys) as error:
            log.warning("no mail is sent: %s", str(error).partition("\n")[0])
        except Exception:
            log.exception("no mail is sent")  # whatever it is, the views and the notices go on beside it
        stop.wait(LOOKING_EVERY)
