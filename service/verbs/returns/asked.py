"""What has been asked of whom, and what was answered before: looked up for the decisions about a return, from the log itself."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from eventsourcing.persistence import StoredEvent

from aggregates.action import Action
from aggregates.action import state as of_action
from aggregates.partnership import Agency
from aggregates.partnership.challenge import Challenge, Raised
from aggregates.partnership.office import Office
from aggregates.returns import Return, ReturnState, refusals
from aggregates.returns.answers import brought_forward, check_answers, check_grades
from aggregates.returns.events import OF_THE_BOARD
from aggregates.returns.questions import Library
from aggregates.returns.state import Accepted
from service.recording.across.holding import CHALLENGING, Holding
from service.recording.across.reviewing import SOURCING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from aggregates.authority import Acting
    from aggregates.returns.questions import QuestionSet

TRAINER: Final = "trainer"
REQUESTED: Final = """
    SELECT originator_id, originator_version, topic, state, notification_id FROM ledger.stored_events
     WHERE topic = %s AND notification_id > %s ORDER BY notification_id"""


class Asked(Holding):
    """The log of one board, and what it says of its returns."""

    @property
    def library(self) -> Library:
        """Return the question sets: those that come with Muniment, and the Board's own."""
        return Library(self.config.data / "question-sets")

    def questions(self, asked: ReturnState) -> QuestionSet:
        """Return the question set of a return, as it was pinned (INV-31)."""
        return self.library.pinned(asked.question_set, asked.question_set_sha256)

    @cached_property
    def _requested(self) -> _Requested:
        return _Requested()

    def answered_before(self, kind: str, respondent: str, ref: str) -> ReturnState | None:
        """Return the latest other return of a kind that a respondent has answered; None where there is none."""
        refs = self._requested.look(self).of[kind, respondent]
        begun = (thing for thing in self._together.loaded.values() if isinstance(thing, Return)) if self._together else ()
        refs = refs | {thing.ref for thing in begun if _asked_of(thing) == (kind, respondent)}
        found = (self.find(Return, other) for other in refs - {ref})
        states = [it.state for it in found if it and it.state and it.state.given]
        return max(states, key=lambda state: (state.given[-1].on, state.ref), default=None)

    def brought_forward(self, asked: ReturnState) -> Mapping[str, Any]:
        """Return what a return's respondent answered before, to the questions that are asked again."""
        earlier = self.find(Return, asked.carried_forward_from)
        if earlier is None or earlier.state is None or earlier.state.answer is None:
            return {}
        return brought_forward(self.questions(asked), self.questions(earlier.state), dict(earlier.state.answer.answers))

    def whose(self, respondent: str, day: date) -> frozenset[str]:
        """Return a respondent and, where it is an office, who employs its holder: none of them judges its return."""
        seat: Office | None = self.find(Office, respondent)
        holder = seat.holder_on(day) if seat else None
        return frozenset({respondent, *((holder.employer,) if holder and holder.employer else ())})

    def acted_on(self, ref: str) -> set[str]:
        """Return the standards of a return for which there is an action that was not withdrawn."""
        return {standard for _, standard in self._actions_for(ref)}

    def _actions_for(self, ref: str) -> Iterator[tuple[str, str]]:
        """Give each action for a gap of a return that was not withdrawn, with the standard that it is for."""
        begins = f"return:{ref}/"
        states = (it.state for it in self._saying(Action, SOURCING, lambda body: str(body.get("source")).startswith(begins)))
        there = (s for s in states if s and (s.source or "").startswith(begins) and not isinstance(s.status, of_action.Withdrawn))
        yield from ((state.ref, str(state.source).removeprefix(begins)) for state in there)

    def challenged(self, ref: str) -> set[str]:
        """Return the challenges about a return that are open."""
        about = self._saying(Challenge, CHALLENGING, lambda body: body.get("about") == f"return:{ref}")
        return {it.ref for it in about if it.state and isinstance(it.state.status, Raised)}

    def _respondent(self, kind: str, code: str, day: date) -> None:
        """Refuse whom nothing can be asked: trainers' returns are asked of their offices, all others of who can owe something.

        What the Board and its sub-groups say of themselves is asked of no agency, or an agency could discharge what they owe.
        """
        if kind != "trainer_cpd":
            self._owner(code, day)
            if kind in OF_THE_BOARD and self.find(Agency, code):
                raise refusals.NotForAnAgency(kind=kind.replace("_", " "), agency=code)
            return
        seat: Office | None = self.find(Office, code)
        holder = seat.holder_on(day) if seat else None
        if holder is None or holder.role != TRAINER:
            raise refusals.NotATrainer(respondent=code, day=day)

    def _check_corrected(self, who: Acting, thing: Any, fields: dict[str, Any], today: date, late_reason: str | None) -> None:
        """Hold corrected answers and grades to the questions that were asked; keep the action on which an acceptance rests."""
        super()._check_corrected(who, thing, fields, today, late_reason)
        if isinstance(thing, Action):
            self._check_relied_on(thing, thing.fold(thing.amended(fields["amends"], fields.get("corrected"))))
        if not isinstance(thing, Return) or thing.state is None:
            return
        _, then = thing.rewritten(fields["amends"], fields.get("corrected"))
        body = then.body if then else {}
        asked = self.questions(thing.state)
        if "answers" in body:
            check_answers(asked, body["answers"], ref=thing.ref)
        if "self_grades" in body:
            check_grades(asked, body["self_grades"], ref=thing.ref)
        if "grades" in body:
            check_grades(asked, body["grades"], ref=thing.ref, reasons=True)

    def _check_relied_on(self, action: Action, then: of_action.State | None) -> None:
        """Refuse to take away the one action for a gap with which a return was accepted (INV-30)."""
        source = (action.state.source if action.state else None) or ""
        ref, _, standard = source.removeprefix("return:").partition("/")
        it: Return | None = self.find(Return, ref) if source.startswith("return:") else None
        if it is None or it.state is None or not isinstance(it.state.status, Accepted) or (then and then.source == source):
            return
        gaps = it.state.below(self.settings_on(it.state.status.on).moderation_threshold)
        others = {ref for ref, of in self._actions_for(it.ref) if of == standard} - {action.ref}
        if standard in gaps and standard not in dict(it.state.no_action) and not others:
            raise refusals.AcceptanceRests(ref=it.ref, standard=standard, action=action.ref, on=it.state.status.on)


def _asked_of(it: Return) -> tuple[str, str]:
    first = it.entries[0].body
    return first["kind"], first["respondent"]


class _Requested:
    """Which returns were ever asked for, by kind and respondent: read from the log once, and further as it grows."""

    def __init__(self) -> None:
        self.position = 0
        self.of: dict[tuple[str, str], set[str]] = defaultdict(set)

    def look(self, board: Asked) -> _Requested:
        """Read on."""
        with board.datastore.get_connection() as conn:
            rows = conn.execute(REQUESTED, (Return.Requested.TOPIC, self.position)).fetchall()
        for row in rows:
            position = row.pop("notification_id")
            event: Any = board.mapper.to_domain_event(StoredEvent(**row))
            said = event.said
            self.of[said["kind"], said["respondent"]].add(said["ref"])
            self.position = max(self.position, position)
        return self
