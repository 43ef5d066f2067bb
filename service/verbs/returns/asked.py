"""What has been asked of whom, and what was answered before: looked up for the decisions about a return, from the log itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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
from service.recording.across.mentioning import spellings
from service.recording.across.reviewing import SOURCING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from aggregates.authority import Acting
    from aggregates.returns.questions import QuestionSet

TRAINER: Final = "trainer"
REQUESTED: Final = """
    SELECT originator_id, originator_version, topic, state FROM ledger.stored_events
     WHERE topic = 'return.requested.v1' AND (SELECT disclosures LIKE ANY (%(kind)s) AND disclosures LIKE ANY (%(respondent)s)
                                                FROM ledger.disclosure WHERE position = notification_id)
     ORDER BY notification_id DESC"""


class Asked(Holding):
    """The log of one board, and what it says of its returns."""

    @property
    def library(self) -> Library:
        """Return the question sets: those that come with Muniment, and the Board's own."""
        return Library(self.config.data / "question-sets")

    def questions(self, asked: ReturnState) -> QuestionSet:
        """Return the question set of a return, as it was pinned (INV-31)."""
        return self.library.pinned(asked.question_set, asked.question_set_sha256)

    def answered_before(self, kind: str, respondent: str, ref: str) -> ReturnState | None:
        """Return the other return of a kind that a respondent was asked for last, of those that it answered; None where there is none."""
        others = (it.state for it in self._asked_for(kind, respondent) if it.ref != ref)
        return next((state for state in others if state and state.given), None)

    def _asked_for(self, kind: str, respondent: str) -> Iterator[Return]:
        """Give every return of a kind that a respondent was ever asked for, the newest first, each read only when it is its turn."""
        with self.datastore.get_connection() as conn:
            rows = conn.execute(REQUESTED, {"kind": spellings(kind), "respondent": spellings(respondent)}).fetchall()
        known = {row["originator_id"] for row in rows}
        begun = [thing for stream, thing in self._loaded.items() if isinstance(thing, Return) and stream not in known]
        yield from (thing for thing in reversed(begun) if _asked_of(thing.entries[0].body) == (kind, respondent))
        for row in rows:
            if _asked_of(self._entry(row).said) == (kind, respondent):
                yield from self._as_now([row["originator_id"]])

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
        states = (it.state for it in self._saying(Action, SOURCING, begins, lambda body: str(body.get("source")).startswith(begins)))
        there = (s for s in states if s and (s.source or "").startswith(begins) and not isinstance(s.status, of_action.Withdrawn))
        yield from ((state.ref, str(state.source).removeprefix(begins)) for state in there)

    def challenged(self, ref: str) -> set[str]:
        """Return the challenges about a return that are open."""
        this = f"return:{ref}"
        about = self._saying(Challenge, CHALLENGING, this, lambda body: body.get("about") == this)
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


def _asked_of(said: Mapping[str, Any]) -> tuple[str, str]:
    return said["kind"], said["respondent"]
