"""What the service itself tells of an action or an obligation that is due: once, whoever looks, and never of what is discharged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from aggregates import EVENTS
from aggregates.action import Action
from aggregates.action.refusals import NothingDue
from aggregates.authority import Acting
from aggregates.clocks.ladder import Ladder, notice_due
from aggregates.framework.telling.notices import Obligation
from aggregates.partnership.office import Office
from service.desk.accounts import Caller
from service.desk.submission import Submission
from service.ledger.append import Unless
from service.recording.references import References
from service.recording.writing import Write

if TYPE_CHECKING:
    from datetime import date, datetime

    from aggregates.clocks.ladder import Notice
    from aggregates.framework.telling.notices import Owed
    from service.recording.writing import Done

# What is owed follows from entries of any of these: where one was recorded since somebody looked, they have to look again.
DECIDE: Final = frozenset(topic.partition(".")[0] for topic in EVENTS) - {"obligation", "inspection", "keys"}
SERVICE: Final = Acting()  # what the service does by itself
# In whose name it keeps its idempotency keys: no account has this number.
BY_ITSELF: Final = Caller(UUID(int=0), None, "the service")


class NoticeVerbs(References):
    """Reminders of what is due, and its escalation."""

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
                raise NothingDue(ref=ref, day=today)
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

    def issue_obligation_notice(
        self,
        owed: Owed,
        notice: Notice,
        /,
        *,
        today: date,
        to_office: str,
        vacant_offices: tuple[str, ...] = (),
        known_at: int | None = None,
        at: datetime | None = None,
    ) -> Done:
        """Tell of what is owed and due, as the service does by itself. Refused where that is not, or not any more, what is due.

        `known_at` is the position at which somebody saw that it is owed: it is refused as `MovedMeanwhile` where anything has been
        recorded since from which it could follow that it is not. `at` is when it is recorded, in a demonstration.
        """
        self._there(Office, "office", to_office)
        write = Write(
            received=self.moment(at) if at else None,
            unless=None if known_at is None else Unless(known_at, DECIDE),
        )
        told: dict[str, Any] = {"notice": notice, "to_office": to_office, "vacant_offices": vacant_offices}
        act = {"acting": SERVICE, "occurred_on": today, "owed": owed, "ladder": self.ladder}
        if self.find(Obligation, owed.ref) is None:
            return self._begin(owed.ref, Obligation.first_notice, write, **act, **told)
        return self._change(Obligation, owed.ref, Obligation.next_notice, write, **act, **told)
