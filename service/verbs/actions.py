"""The verbs of an action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from aggregates.action import Action, refusals
from aggregates.authority import Acting
from aggregates.clocks.dates import later
from aggregates.clocks.ladder import Ladder, Notice, notice_due
from aggregates.partnership import Agency, SubGroup
from aggregates.partnership.office import Office
from aggregates.review import Review
from service.desk.accounts import Caller
from service.desk.submission import Submission
from service.recording import Write
from service.recording.references import References
from service.recording.resting import resting_on

if TYPE_CHECKING:
    from datetime import date

    from service.recording import Done


SERVICE = Acting()  # what the service does by itself
# In whose name it keeps its idempotency keys: no account has this number.
BY_ITSELF: Final = Caller(UUID(int=0), None, "the service")


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
        return self._change(Action, ref, Action.submit_evidence, write, **said, held_by=self._held_by)

    def return_evidence(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Return evidence as insufficient."""
        return self._change(Action, ref, Action.return_evidence, write, **said)

    def mark_implemented(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that the owner says it is done."""
        return self._change(Action, ref, Action.mark_implemented, write, **said)

    def sign_off_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Sign an action off, and schedule the checks that it lasts (local setting: after 6 and 12 months)."""

        def sign_off(action: Action, **said: Any) -> None:
            action.sign_off(**said, held_by=self._held_by)
            for months in self.settings.sustainment_checks:
                due_on = later(said["occurred_on"], months=months)
                action.schedule_sustainment_check(acting=SERVICE, occurred_on=said["occurred_on"], due_on=due_on, method="re-test")

        return self._change(Action, ref, sign_off, write, **said)

    def _held_by(self, office: str, day: date) -> UUID | None:
        """Return who held an office on a day, as far as is on record now; None where nobody did."""
        found: Office | None = self.find(Office, office)
        holder = found.state.holder_on(day) if found and found.state else None
        return holder.holder.subject if holder else None

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

    @property
    def ladder(self) -> Ladder:
        """On which days the Board has the service remind and escalate."""
        return Ladder(self.settings.reminder_days, self.settings.escalation_days)

    def issue_notice(
        self, ref: str, notice: Notice, /, *, owner: str, today: date, to_office: str, vacant_offices: tuple[str, ...]
    ) -> Done:
        """Remind of an action or escalate it, as the service does by itself: once, whoever else does it at this moment.

        `notice` and `owner` are as a view had them; refused where that is not, or not any more, what is due (`NothingDue`).
        """
        self._there(Office, "office", to_office)
        ladder = self.ladder

        def issue(action: Action, **said: Any) -> None:
            now = action.state
            if now is None or now.discharged or now.owner != owner or notice_due(now, ladder, today) != notice:
                raise refusals.NothingDue(ref=ref, day=today)
            if notice.level:
                action.escalate(level=notice.level, **said)
            else:
                action.remind(days_before=-notice.days, **said)

        action: Action = self.load(Action, ref, fresh=True)
        retractions = sum(issubclass(entry.event, Action.EntryRetracted) for entry in action.entries)  # what was retracted falls due again
        key = f"{ref}/{action.spell}/{notice.level}/{notice.days}/{retractions}"
        it = Submission(name="issue_notice", ref=ref, fields={"level": notice.level, "days": notice.days}, key=key)
        said = {"to_office": to_office, "vacant_offices": vacant_offices, "served_late_days": notice.served_late_days}
        return self._change(Action, ref, issue, Write(caller=BY_ITSELF, submission=it), acting=SERVICE, occurred_on=today, **said)
