"""What is held across the log: by an agency that would leave, and by which offices and members on a day.

No aggregate knows these things, and no view may be trusted with them: they are read from the log itself, each time they are asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from eventsourcing.persistence import StoredEvent

from aggregates.action import Action
from aggregates.action import state as of_action
from aggregates.fields import corrections
from aggregates.partnership.agency import Accounted, Agency, Member
from aggregates.partnership.office import Office, answering_office
from service.recording.references import References

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from uuid import UUID

    from aggregates.partnership.office import OfficeState

# The entries of an action that say whose it is: few of all that are recorded of it.
NAMING: Final = ["action.assigned.v1", "action.reassigned.v1", "action.obligation_transferred.v1", "action.entry_corrected.v1"]
BEGUN: Final = "SELECT stream FROM ledger.event WHERE version = 1 AND topic LIKE %s ORDER BY position"
SAYING: Final = """
    SELECT originator_id, originator_version, topic, state FROM ledger.stored_events WHERE topic = ANY(%s) ORDER BY notification_id"""


class Holding(References):
    """The log of one board, and who holds what in it."""

    def every(self, kind: type[Any]) -> Iterator[Any]:
        """Give every thing of a kind, as it is now."""
        with self.datastore.get_connection() as conn:
            streams = [row["stream"] for row in conn.execute(BEGUN, (f"{kind.TOPIC}.%",)).fetchall()]
        yield from self._as_now(kind, streams)

    def members(self, day: date) -> frozenset[str]:
        """Return the codes of the agencies that are members on a day."""
        then = (agency.state_on(day) for agency in self.every(Agency))
        return frozenset(state.code for state in then if state and isinstance(state.status, Member))

    def seats(self) -> dict[str, OfficeState]:
        """Return every office by its code."""
        return {office.ref: office.state for office in self.every(Office) if office.state}

    def answers(self, asked: str | None, *, overseen_by: str | None, day: date) -> str | None:
        """Return the office that answers on a day where one may be vacant; None where nobody does."""
        return answering_office(asked, self.seats(), overseen_by=overseen_by, day=day)

    def open_obligations(self, agency: str, day: date) -> list[str]:
        """Return what keeps an agency from leaving on a day: what it owes, item by item, and its offices that are still held."""
        return [*self._owed(agency), *self._held(agency, day)]

    def accounted_for(self, agency: str) -> list[Accounted]:
        """Return what became of what an agency owed and did not do: who took it over, and what is outstanding."""
        found = []
        for action in self._named(agency):
            state = action.state
            if state is None:
                continue
            item = f"action:{action.ref}"
            if state.owner == agency and isinstance(state.status, of_action.Outstanding):
                found.append(Accounted(item, state.status.word))
            elif state.owner != agency and state.inherited_from == agency:
                found.append(Accounted(item, "transferred", state.owner))
        return found

    def _owed(self, agency: str) -> Iterator[str]:
        for action in self._named(agency):
            state = action.state
            if state is None or state.owner != agency or (state.discharged and not isinstance(state.status, of_action.Slipped)):
                continue
            waits = f" (offered to {state.offered_to}, which has not answered)" if state.offered_to else ""
            yield f"action {action.ref}{waits}"

    def _held(self, agency: str, day: date) -> Iterator[str]:
        for office, seat in sorted(self.seats().items()):
            terms = (term for term in seat.terms if term.body == agency)
            if any(term.until_on is None or term.until_on > day for term in terms):
                yield f"office {office}"

    def _named(self, agency: str) -> list[Action]:
        """Return the actions that were ever said to be an agency's, or to become it."""
        with self.datastore.get_connection() as conn:
            rows = conn.execute(SAYING, (NAMING,)).fetchall()
        streams = [row["originator_id"] for row in rows if agency in _names(self.mapper.to_domain_event(StoredEvent(**row)))]
        return sorted(self._as_now(Action, streams), key=lambda action: action.ref)

    def _as_now(self, kind: type[Any], streams: list[UUID]) -> Iterator[Any]:
        """Load each, once; of what shares this transaction, what it has become in it."""
        loaded = self._together.loaded if self._together else {}
        known = dict.fromkeys([*streams, *(stream for stream, thing in loaded.items() if isinstance(thing, kind))])
        for stream in known:
            yield loaded.get(stream) or self.repository.get(stream)


def _names(event: Any) -> set[Any]:
    said = event.said
    return {value for body in (said, corrections(said)) for name, value in body.items() if name in {"owner", "successor"}}
