"""The verbs of a return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.action import Action
from aggregates.partnership import Agency, Meeting, SubGroup
from aggregates.partnership.challenge import Challenge
from aggregates.partnership.office import Office
from aggregates.returns import Return
from service.desk.refusals import NotFound
from service.recording.resting import resting_on
from service.verbs.returns.reporting import ReportVerbs

if TYPE_CHECKING:
    from datetime import date

    from aggregates.returns.questions import QuestionSet
    from service.recording import Done, Write


class ReturnVerbs(ReportVerbs):
    """What the Board asks for, what it is given, and what it makes of that."""

    @resting_on(Agency, SubGroup, Office)
    def request_return(self, ref: str, /, *, write: Write, question_set: str | None = None, **said: Any) -> Done:
        """Ask a respondent for a return; pin its questions, and bring forward what was answered before (INV-31)."""
        kind, respondent = said["kind"], said["respondent"]
        self._respondent(kind, respondent, said["occurred_on"])
        asked = self.library.named(question_set, kind, said["occurred_on"])
        earlier = self.answered_before(kind, respondent, ref)
        carries = earlier is not None and bool(asked.mapped(self.questions(earlier)))
        said |= {"asked": asked, "carried_forward_from": earlier.ref if earlier and carries else None}
        if self.find(Return, ref) is None:
            return self._begin(ref, Return.request, write, **said | {"ref": ref})
        return self._change(Return, ref, Return.request_again, write, **said | {"ref": ref})

    def submit_return(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Answer a return. What was brought forward is handed in once it has been reviewed."""
        it = self.load(Return, ref)
        carried = frozenset(self.brought_forward(it.state)) if it.state else frozenset()
        return self._change(Return, ref, Return.submit, write, **said, **self._pinned(ref), carried=carried)

    def amend_return(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Answer it anew."""
        return self._change(Return, ref, Return.amend, write, **said, **self._pinned(ref))

    def moderate_return(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Grade it beside the respondent's own grades."""
        return self._change(Return, ref, Return.moderate, write, **said, **self._pinned(ref), **self._judged_by(ref, said))

    def decide_no_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Leave a standard below the threshold without an action."""
        known = {"threshold": self._threshold(said), **self._judged_by(ref, said)}
        return self._change(Return, ref, Return.decide_no_action, write, **said, **known)

    @resting_on(Action, Challenge)
    def accept_return(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Accept it, where each gap has an action or a decision, and no challenge about it is open."""
        known = {
            "acted_on": self.acted_on(ref),
            "challenges": self.challenged(ref),
            "threshold": self.settings_on(said["occurred_on"]).moderation_threshold,
        }
        known |= {**self._pinned(ref), **self._judged_by(ref, said)}
        return self._change(Return, ref, Return.accept, write, **said, **known)

    def waive_return(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Ask no more for it."""
        return self._change(Return, ref, Return.waive, write, **said, theirs=self._theirs(ref, said))

    def present_return(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Put it before a meeting that was held."""
        self._there(Meeting, "meeting", said["meeting"])
        held: Meeting | None = self.find(Meeting, said["meeting"])
        if held and held.state and said.get("agenda_item") and held.state.item(said["agenda_item"]) is None:
            raise NotFound(kind="agenda item", ref=f"{said['meeting']}, {said['agenda_item']}")
        return self._change(Return, ref, Return.present, write, **said)

    def _pinned(self, ref: str) -> dict[str, QuestionSet]:
        """Return the question set as the request pinned it; where that was retracted, as the last request did."""
        it: Return = self.load(Return, ref)
        asked = next(entry.body for entry in reversed(it.entries) if entry.event is Return.Requested)
        return {"asked": self.library.pinned(asked["question_set"], asked["question_set_sha256"])}

    def _threshold(self, said: dict[str, Any]) -> int:
        return self.settings_on(said["occurred_on"]).moderation_threshold

    def _judged_by(self, ref: str, said: dict[str, Any]) -> dict[str, Any]:
        """Return whom an independent judge is not: of the respondent, or who handed it in."""
        it: Return = self.load(Return, ref)
        given = it.state.given if it.state else ()
        persons = (one.by.subject if one.by else self.held_by(one.by_office, one.on) if one.by_office else None for one in given)
        return {"theirs": self._theirs(ref, said), "handed_in_by": {person for person in persons if person}}

    def _theirs(self, ref: str, said: dict[str, Any]) -> frozenset[str]:
        day: date = said["occurred_on"]
        return self.whose(self.load(Return, ref).entries[0].body["respondent"], day)
