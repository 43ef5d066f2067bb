"""The verbs of an action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.action import Action
from aggregates.clocks.dates import later
from aggregates.partnership import Agency, SubGroup
from aggregates.partnership.office import Office
from aggregates.review import Review
from service.recording.references import References
from service.recording.resting import resting_on
from service.verbs.notices import SERVICE

if TYPE_CHECKING:
    from service.recording import Done, Write


class ActionVerbs(References):
    """What is decided about an action."""

    @resting_on(Agency, SubGroup, Review)
    def assign_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Assign an action to an agency, overseen by a sub-group, in answer to a finding."""
        self._owner(said["owner"], said["occurred_on"])
        self._there(SubGroup, "sub-group", said["overseen_by"])
        self._asked(said["owner_office"], said["owner"], said["occurred_on"])
        self._finding(said["source"])
        return self._begin(ref, Action.assign, write, **said)

    def accept_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Accept an action for its owner."""
        return self._change(Action, ref, Action.accept, write, **said)

    def dispute_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Dispute an action, with the reason."""
        return self._change(Action, ref, Action.dispute, write, **said)

    @resting_on(Agency, SubGroup)
    def reassign_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Give an action to another agency."""
        self._owner(said["owner"], said["occurred_on"])
        self._asked(said["owner_office"], said["owner"], said["occurred_on"])
        return self._change(Action, ref, Action.reassign, write, **said)

    def vary_due_date(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Vary the due date; the original stays on show."""
        return self._change(Action, ref, Action.vary_due_date, write, **said)

    def report_progress(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Report progress."""
        return self._change(Action, ref, Action.report_progress, write, **said)

    def submit_evidence(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Submit evidence for an action. Files that commute: two submissions at once are both kept."""
        return self._change(Action, ref, Action.submit_evidence, write, **said, held_by=self.held_by)

    def return_evidence(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Return evidence as insufficient."""
        return self._change(Action, ref, Action.return_evidence, write, **said)

    def mark_implemented(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that the owner says it is done."""
        return self._change(Action, ref, Action.mark_implemented, write, **said)

    def sign_off_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Sign an action off, and schedule the checks that it lasts (local setting: after 6 and 12 months)."""

        def sign_off(action: Action, **said: Any) -> None:
            action.sign_off(**said, held_by=self.held_by)
            for months in self.settings_on(said["occurred_on"]).sustainment_checks:
                due_on = later(said["occurred_on"], months=months)
                action.schedule_sustainment_check(acting=SERVICE, occurred_on=said["occurred_on"], due_on=due_on, method="re-test")

        return self._change(Action, ref, sign_off, write, **said)

    def schedule_sustainment_check(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Schedule a further check that the improvement lasts."""
        return self._change(Action, ref, Action.schedule_sustainment_check, write, **said)

    def record_sustainment_check(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record whether the improvement held."""
        return self._change(Action, ref, Action.record_sustainment_check, write, **said)

    def reopen_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Reopen an action that slipped."""
        return self._change(Action, ref, Action.reopen, write, **said)

    def close_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Close an action whose last check held."""
        return self._change(Action, ref, Action.close, write, **said)

    def withdraw_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Withdraw an action; it stays in the register as withdrawn."""
        return self._change(Action, ref, Action.withdraw, write, **said)

    def supersede_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Replace an action by another."""
        self._there(Action, "action", said["by_ref"])
        return self._change(Action, ref, Action.supersede, write, **said)

    def escalate_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Escalate an overdue action to an office."""
        self._there(Office, "office", said["to_office"])
        return self._change(Action, ref, Action.escalate, write, **said)
