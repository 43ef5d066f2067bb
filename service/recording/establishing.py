"""How a log begins (ledger §3, bootstrap): who it is, whose key vouches for it, and the first person who may act in it.

Position 1 names the log, its key and its statement key, and is signed by that very key; the hash of its leaf is the board's
fingerprint. Position 2 enrols the first authority's own key. Then the partnership and its first board manager are put on record.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4

from aggregates.authority import Acting
from aggregates.clocks.dates import london
from aggregates.entry.values import Sealed
from aggregates.partnership import Partnership
from aggregates.partnership.office import Office
from aggregates.registry import Keys, Ledger
from aggregates.registry.data_subject import DataSubject
from service.desk.refusals import AlreadyEstablished, NotEstablished
from service.ledger.keys import enrolment
from service.ledger.registry import key_changes
from service.ledger.sealed import outside
from service.verify import b64url

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from aggregates.partnership.partnership import Regime
    from service.recording import Recording

FIRST_OFFICE = "board-manager"
FIRST_PERSON = 4  # the position of the entry that registers them


class Administrator(NamedTuple):
    """The person with whom a log begins."""

    person: UUID
    name: str | None
    contact: str | None


def establish(
    board: Recording,
    key: Ed25519PrivateKey,
    *,
    board_name: str,
    name: str,
    contact: str,
    demonstration: bool,
    regime: Regime = "LSCB-WT2015",
    at: datetime | None = None,
) -> UUID:
    """Put the beginning on record, all or nothing, and return the first administrator: a person registered in the log.

    `key` is that person's own; it only proves here that they hold it. Refuses a log that is established.
    """
    if board.recorder.newest() is not None:
        raise AlreadyEstablished(origin=board.origin)
    received = int(at.timestamp()) if at and demonstration else None
    day, person = london(board.clock() if received is None else received), uuid4()
    said: dict[str, Any] = {"acting": Acting(), "occurred_on": day}  # the service itself: there is nobody yet
    ring = board.keys
    ledger = Ledger.establish(
        board.origin,
        log_vkey=ring.log.vkey,
        statement_key=b64url(ring.statement.signer.public),
        holder=ring.statement.holder,
        board=board_name,
        demonstration=demonstration,
        **said,
    )
    registry = Keys.begin(board.origin, **enrolment(key, board.origin, FIRST_OFFICE), **said)
    partnership = Partnership.establish(board.origin, name=board_name, regime=regime, effective_on=day, **said)
    subject = DataSubject.register(person, name=Sealed(person, name), contact=Sealed(person, contact), **said)
    office = _first_office(board.origin, person, **said)
    outside.begin(board.config, ring.log.sealers)  # a log is never without it, so that its absence says something
    enrolled = [replace(change, event=1) for change in key_changes(registry)]  # its place among these events
    board.save(ledger, registry, partnership, subject, office, received=received, keys=[*key_changes(ledger), *enrolled])
    return person


def first_administrator(board: Recording) -> Administrator:
    """Return whom an established log names as its first administrator."""
    with board.datastore.get_connection() as conn:
        row = conn.execute("SELECT stream FROM ledger.event WHERE position = %s", (FIRST_PERSON,)).fetchone()
    if row is None:
        raise NotEstablished
    told = board.subjects.reveal_all([FIRST_PERSON])
    return Administrator(row["stream"], told.get((FIRST_PERSON, "name")), told.get((FIRST_PERSON, "contact")))


def _first_office(origin: str, person: UUID, **said: Any) -> Office:
    return Office.begin(
        origin,
        office=FIRST_OFFICE,
        title="Board manager",
        role="board manager",
        body=None,
        holder=Sealed(person, str(person)),
        employer=None,
        from_on=said["occurred_on"],
        until_on=None,
        **said,
    )
