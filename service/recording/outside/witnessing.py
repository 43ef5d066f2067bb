"""The newest checkpoint is offered to every witness of the policy, again and again; what they cosign is kept beside it (ledger.md §5).

A witness that is away is asked again, more and more seldom. None of it keeps anything from being recorded, but what a witness holds
against this log, which is found in the same way.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import psycopg
from eventsourcing import persistence
from psycopg.rows import tuple_row

from service.config import BadSetting
from service.database.connection import datastore
from service.ledger import keys
from service.ledger.reading import Proofs
from service.recording.outside import policy
from service.recording.outside.offering import PATIENCE, Diverged, NotWitnessed, offer
from service.verify import CLOCK_SKEW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventsourcing.postgres import PostgresDatastore

    from service.config import Config
    from service.recording.outside.policy import Witness
    from service.verify import Sealer

PAUSE: Final = 1.0  # seconds between two heads that one witness is offered, at least
LISTENED: Final = 2.0  # seconds for which a new head is waited for at a time
SELDOM: Final = 300.0  # seconds after which a witness that is away is asked again, at most
AWAY: Final = (psycopg.OperationalError, persistence.OperationalError, persistence.InterfaceError)
LAST = """
    SELECT coalesce(max(size), 0), (SELECT failed FROM desk.asked_outside WHERE who = %(witness)s)
      FROM ledger.cosignature WHERE witness = %(witness)s"""
BEHIND = "SELECT (SELECT max(size) FROM ledger.checkpoint) > (SELECT coalesce(max(size), 0) FROM ledger.cosignature WHERE witness = %s)"
RECEIVED = "SELECT received FROM ledger.checkpoint WHERE size = %s"
ASKED = """
    INSERT INTO desk.asked_outside VALUES (%s, now(), %s)
    ON CONFLICT (who) DO UPDATE SET asked_at = excluded.asked_at, failed = excluded.failed"""
ANSWERED = "UPDATE desk.asked_outside SET asked_at = now(), failed = NULL WHERE who = %s"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Published(Proofs):
    """The log as it is read by whoever only offers it."""

    datastore: PostgresDatastore
    sealers: Sequence[Sealer]


def ask(of: Proofs, sealers: Sequence[Sealer], witness: Witness, patience: float = PATIENCE) -> None:
    """Offer a witness the newest checkpoint, and keep what comes of it; raise NotWitnessed or Diverged, once that is kept too."""
    seen = Published(of.datastore, sealers)
    with seen.datastore.get_connection() as conn, conn.cursor(row_factory=tuple_row) as cursor:
        old, failed = cursor.execute(LAST, {"witness": witness.vkey}).fetchone() or (0, None)
    try:
        found = offer(seen, witness, old, patience)
        if found:
            check_time(seen, found.size, found.at)
            keep(seen, "SELECT ledger.keep_cosignature(%s, %s, %s, %s)", (found.size, witness.vkey, found.line, found.at))
    except NotWitnessed as error:
        keep(seen, ASKED, (witness.vkey, str(error)))
        raise
    except Diverged as error:
        keep(seen, "SELECT ledger.keep_divergence(%s, %s, %s, %s)", (witness.vkey, error.held, error.note, error.offered))
        keep(seen, ASKED, (witness.vkey, str(error)))
        raise
    if failed:
        keep(seen, ANSWERED, (witness.vkey,))


def witnessing(config: Config, stop: threading.Event) -> None:
    """Keep every witness of the policy offered the newest checkpoint, each in a thread of its own: one that is away holds up no other."""
    try:
        public = keys.load_public(config)
        seen = Published(datastore(config.conninfo("writer")), public.sealers)
        witnesses = policy.read(config, public.log_vkey)
    except (BadSetting, keys.CannotUseKeys) as error:
        log.error("nobody is asked to witness: %s", error)  # noqa: TRY400 - said in a sentence
        return
    _kept_policy(seen, witnesses, stop)
    threads = [threading.Thread(target=_keep_asking, args=(config, seen, one, stop), daemon=True) for one in witnesses.all]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen.datastore.close()


def _kept_policy(seen: Published, witnesses: policy.Witnesses, stop: threading.Event) -> None:
    """Put the policy in force beside the checkpoints; one that nobody ever chose is not put there."""
    while not stop.is_set():
        try:
            if witnesses.all or policy.in_force(seen.datastore.get_connection(), seen.sealers[-1].vkey) != witnesses.text:
                keep(seen, "SELECT ledger.keep_policy(%s)", (witnesses.text,))
        except AWAY as error:
            log.warning("the database went away: %s", error)
            stop.wait(LISTENED)
        else:
            return


def _keep_asking(config: Config, seen: Published, witness: Witness, stop: threading.Event) -> None:
    """Offer one witness each new head; what goes wrong is logged, once while it is the same, and tried again more and more seldom."""
    failures, said = 0, ""
    while not stop.is_set():
        try:
            with psycopg.connect(config.conninfo("writer"), autocommit=True) as conn:
                conn.execute("LISTEN stored_events")
                while not stop.is_set():
                    if conn.execute(BEHIND, (witness.vkey,)).fetchone() != (True,):
                        next(conn.notifies(timeout=LISTENED, stop_after=1), None)
                        continue
                    ask(seen, seen.sealers, witness)
                    failures, said = 0, ""
                    stop.wait(PAUSE)
        except AWAY as error:
            log.warning("the database went away: %s", str(error).partition("\n")[0])
            stop.wait(LISTENED)
        except (NotWitnessed, Diverged) as error:
            if str(error) != said:
                log.warning("%s has not witnessed: %s", witness.name, error)
            said, failures = str(error), failures + 1
            stop.wait(min(2.0**failures, SELDOM))
        except Exception:
            log.exception("%s is not asked", witness.name)  # whatever it is, the views and the other witnesses go on beside it
            stop.wait(SELDOM)


def check_time(seen: Published, size: int, at: int) -> None:
    """Refuse a time before that of the last event, or after now: no auditor would take it for one."""
    with seen.datastore.get_connection() as conn, conn.cursor(row_factory=tuple_row) as cursor:
        (received,) = cursor.execute(RECEIVED, (size,)).fetchone() or (0,)
    if not received - CLOCK_SKEW <= at <= time.time() + CLOCK_SKEW:
        raise NotWitnessed(f"it signed at a time that cannot be, {at}")


def keep(seen: Published, statement: str, values: tuple[Any, ...]) -> None:
    """Keep what others vouch for, or how the asking goes."""
    with seen.datastore.get_connection() as conn:
        conn.execute(statement, values)
