"""What is held across the log: by an agency that would leave, and by which offices and members on a day.

No aggregate knows these things, and no view may be trusted with them: they are read from the log itself, each time they are asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.action import Action
from aggregates.action import state as of_action
from aggregates.entry.fields import corrections
from aggregates.partnership.agency import Accounted, Agency, Member
from aggregates.partnership.challenge import Challenge, Raised
from aggregates.partnership.membership import owed_in_words, promised_in_words
from aggregates.partnership.office import Office, answering_office
from aggregates.registry import Keys
from aggregates.returns import Return
from aggregates.review import Review
from service.recording.across.mentioning import spellings
from service.recording.across.receiving import Receiving
from service.recording.known import looked_up

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from aggregates.partnership.office import OfficeState

# The entries that say whose an action is, of whom a review asks something, and to whom a challenge was put: few of all there are.
OWNING: Final = ("action.assigned.v1", "action.reassigned.v1", "action.obligation_transferred.v1", "action.entry_corrected.v1")
ASKING: Final = ("review.agency_information_requested.v1", "review.entry_corrected.v1")
CHALLENGING: Final = ("challenge.raised.v1",)
REQUESTING: Final = ("return.requested.v1",)
BEGUN: Final = "SELECT stream FROM ledger.event WHERE version = 1 AND topic LIKE %s ORDER BY position"
AS_NOW: Final = """
    SELECT originator_id, originator_version, topic, state FROM ledger.stored_events
     WHERE originator_id = ANY(%s) ORDER BY originator_version"""
SAYING: Final = """
    SELECT originator_id, originator_version, topic, state FROM ledger.stored_events
     WHERE topic = ANY(%(topics)s) AND (SELECT disclosures LIKE ANY (%(spelled)s) FROM ledger.disclosure WHERE position = notification_id)
     ORDER BY notification_id"""


class Holding(Receiving):
    """The log of one board, and who holds what in it."""

    @looked_up
    def every(self, kind: type[Any]) -> Iterator[Any]:
        """Give every thing of a kind, as it is now."""
        with self.datastore.get_connection() as conn:
            streams = [row["stream"] for row in conn.execute(BEGUN, (f"{kind.TOPIC}.%",)).fetchall()]
        here = [stream for stream, thing in self._loaded.items() if isinstance(thing, kind)]
        yield from self._as_now([*streams, *here])

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

    def open_obligations(self, agency: Agency, day: date) -> list[str]:
        """Return what keeps an agency from leaving on a day: what it owes, item by item, and its offices and keys that still act."""
        return self.obligations(agency.ref, day, outstanding=agency.state.outstanding if agency.state else ())

    def obligations(self, agency: str, day: date, *, outstanding: Collection[str]) -> list[str]:
        """Return the same where this is what was declared outstanding of what it owes beside its actions."""
        owed = (words for item, words in self.owed(agency).items() if item not in outstanding)
        return [*self._promised(agency), *owed, *self._held(agency, day), *self._signing(agency)]

    @looked_up
    def owed(self, agency: str) -> dict[str, str]:
        """Return what an agency owes beside its actions, in words, by the name under which it is declared outstanding."""
        asked = (
            review
            for review in self._saying(Review, ASKING, agency, lambda body: body.get("agency") == agency)
            if review.state and not review.state.ended
        )
        waits = [
            review.ref for review in asked if any(one.agency == agency and one.submitted_on is None for one in review.state.information)
        ]
        put = self._saying(Challenge, CHALLENGING, agency, lambda body: body.get("put_to") == agency)
        unanswered = [challenge.ref for challenge in put if challenge.state and isinstance(challenge.state.status, Raised)]
        requested = self._saying(Return, REQUESTING, agency, lambda body: body.get("respondent") == agency)
        owing = [it.ref for it in requested if it.state and it.state.owed]
        of_each = {"review": waits, "challenge": unanswered, "return": owing, "dissemination": self.acknowledgements_owed(agency)}
        return {f"{kind}:{ref}": owed_in_words(kind, ref) for kind, refs in of_each.items() for ref in refs}

    def accounted_for(self, agency: Agency) -> list[Accounted]:
        """Return what became of what an agency owed and did not do: who took it over, and what is outstanding."""
        return [*self._accounted(agency.ref), *(Accounted(item, of_action.Outstanding.word) for item in self.owed(agency.ref))]

    def _accounted(self, agency: str) -> Iterator[Accounted]:
        for action in self._actions_of(agency):
            state = action.state
            if state is None:
                continue
            item = f"action:{action.ref}"
            if state.owner == agency and isinstance(state.status, of_action.Outstanding):
                yield Accounted(item, state.status.word)
            elif state.owner != agency and state.inherited_from == agency:
                yield Accounted(item, "transferred", state.owner)

    def left_undone(self, agency: str) -> dict[str, date]:
        """Return the actions of an agency that were declared outstanding at its departure, and the day of each declaration."""
        states = (action.state for action in self._actions_of(agency))
        return {
            state.ref: state.status.on
            for state in states
            if state and state.owner == agency and isinstance(state.status, of_action.Outstanding)
        }

    def _promised(self, agency: str) -> Iterator[str]:
        for action in self._actions_of(agency):
            state = action.state
            if state is None or state.owner != agency or not promised(state):
                continue
            yield promised_in_words(action.ref, state.offered_to)

    def _held(self, agency: str, day: date) -> Iterator[str]:
        for office, seat in sorted(self.seats().items()):
            if held_after(seat, agency, day):
                yield f"office {office}"

    def _signing(self, agency: str) -> Iterator[str]:
        """Give the live keys that its offices sign with: they are retired, so that nothing is signed for it any more (journey F.9)."""
        offices = {office for office, seat in self.seats().items() if any(term.of == agency for term in seat.terms)}
        keys = self.find(Keys, "keys")
        for key in keys.state.keys if keys else ():
            if key.status == "live" and key.holder in {agency, *offices}:
                yield f"the signing key {key.thumbprint} of {key.holder}"

    @looked_up
    def _actions_of(self, agency: str) -> list[Action]:
        """Return the actions that were ever said to be an agency's, or to become it."""
        return self._saying(Action, OWNING, agency, lambda body: agency in (body.get("owner"), body.get("successor")))

    def _saying(self, kind: type[Any], topics: Sequence[str], word: str, holds: Callable[[Mapping[str, Any]], bool]) -> list[Any]:
        """Return the things, as they are now, of which this holds of what an entry says or is corrected to say.

        It can hold only where the entry has a text that begins with the word, or a field of that name.
        """
        with self.datastore.get_connection() as conn:
            rows = conn.execute(SAYING, {"topics": list(topics), "spelled": spellings(word)}).fetchall()
        said = [(row["originator_id"], self._entry(row).said) for row in rows]
        here = [(stream, thing) for stream, thing in self._loaded.items() if isinstance(thing, kind)]
        said += [(stream, entry.body) for stream, thing in here for entry in thing.entries]
        streams = [stream for stream, body in said if any(map(holds, said_by(body)))]
        return sorted(self._as_now(streams), key=lambda thing: str(thing.ref))

    @property
    def _loaded(self) -> dict[UUID, Any]:
        """Return what those who share this transaction have read, and what it has become in it."""
        return self._together.loaded if self._together else {}

    def _as_now(self, streams: Sequence[UUID]) -> Iterator[Any]:
        """Read each, all of them at once; of what shares this transaction, what it has become in it."""
        loaded = self._loaded
        read: dict[UUID, Any] = {}
        if unread := [stream for stream in dict.fromkeys(streams) if stream not in loaded]:
            with self.datastore.get_connection() as conn:
                rows = conn.execute(AS_NOW, (unread,)).fetchall()
            for row in rows:
                stream = row["originator_id"]
                read[stream] = self._entry(row).mutate(read.get(stream))
        loaded |= read  # read once for all that share the transaction; otherwise nobody looks there again
        yield from (loaded[stream] for stream in dict.fromkeys(streams))


def said_by(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give what an entry says, what it corrects others to say, and what it corrects corrections to say."""
    while body:
        yield body
        body = corrections(body)


def promised(action: of_action.State) -> bool:
    """Say whether its owner still owes an action: what slipped is owed again."""
    return not action.discharged or isinstance(action.status, of_action.Slipped)


def held_after(office: OfficeState | None, body: str | None, day: date) -> bool:
    """Say whether somebody holds an office of this body's after a day."""
    return any(term.of == body and (term.until_on is None or term.until_on > day) for term in (office.terms if office else ()))
