"""What the service itself tells of an obligation that is due and not discharged: reminders first, then escalations (INV-17).

An obligation is no aggregate: whether it is owed follows from the events that asked for it and discharged it. Here is only what was
told of it, one stream for each instance, `clause|owner|subject`. Another owner is another instance, and another due date another
spell: either way the ladder begins anew. That somebody was told is never amended, because it happened.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from eventsourcing.domain import Aggregate

from aggregates.clocks.ladder import Rung, notice_due, served
from aggregates.entry import Entry, OnRecord, Opening, stream_id
from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - as date
from aggregates.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Acting
    from aggregates.clocks.ladder import Ladder, Notice


class NoticeNotDue(Refused):
    """Each rung of the ladder is served once in a spell, and never one below what was served."""

    rule, text = "INV-17", "No such notice of {ref} is due on {day}: it is not that far, or as much was told before"


class Owed(NamedTuple):
    """An instance of an obligation that is open and due on a day. `clause` names its part too, where it has several."""

    clause: str
    owner: str
    subject: str
    due_on: date
    spell_began_on: date  # since when it is owed

    @property
    def ref(self) -> str:
        """Return the key of the instance."""
        return f"{self.clause}|{self.owner}|{self.subject}"


class Told(NamedTuple):
    """What was told of one instance in its latest spell, and on which day last."""

    due_on: date
    spell_began_on: date
    reminded_before: int | None = None
    escalation_level: int = 0
    told_on: date = date.min

    def climbing(self, owed: Owed) -> Told:
        """Return where the ladder stands for what is owed now: at its foot, where that is due on another day, or was asked anew since."""
        if owed.due_on == self.due_on and owed.spell_began_on <= self.told_on:
            return self._replace(spell_began_on=owed.spell_began_on)
        return untold(owed)


def untold(owed: Owed) -> Told:
    """Return the foot of the ladder."""
    return Told(owed.due_on, owed.spell_began_on)


class Obligation(OnRecord[Told | None]):
    """What was told of one instance of an obligation."""

    TOPIC = "obligation"

    class Event(OnRecord.Event):
        """A notice. `vacant_offices` are those that nobody holds, so that another is told in their place."""

        CLASS: ClassVar[str] = "C"
        KNOWN_BY: ClassVar[tuple[str, ...]] = ("clause", "owner", "subject")

    class Created(Event, Aggregate.Created):
        """What begins the stream of an instance; the library wants it by this name, with a topic of its own."""

        TOPIC = "obligation.created.v1"

    class ReminderIssued(Event, Opening):
        """The owner is reminded of the date. `days_before` counts to it."""

        TOPIC = "obligation.reminder_issued.v1"
        clause: Identifies[Public[str]]
        owner: Identifies[Public[str]]
        subject: Identifies[Public[str]]
        due_on: Public[date]
        level: Public[int]
        days_before: Public[int]
        to_office: Public[str]
        vacant_offices: Public[tuple[str, ...]]
        served_late_days: Public[int]

    class Escalated(Event, Opening):
        """It is overdue, and somebody higher up is told. `days_before` is below nought: so many days after the date."""

        TOPIC = "obligation.escalated.v1"
        clause: Identifies[Public[str]]
        owner: Identifies[Public[str]]
        subject: Identifies[Public[str]]
        due_on: Public[date]
        level: Public[int]
        days_before: Public[int]
        to_office: Public[str]
        vacant_offices: Public[tuple[str, ...]]
        served_late_days: Public[int]

    @classmethod
    def first_notice(cls, origin: str, *, acting: Acting, occurred_on: date, owed: Owed, ladder: Ladder, **told: Any) -> Obligation:
        """Serve the first notice of an instance."""
        notice = _due(owed, untold(owed), ladder, occurred_on, told.pop("notice"))
        stream = stream_id(origin, cls.TOPIC, owed.ref)
        kind = cls.Escalated if notice.level else cls.ReminderIssued
        return cls.open(kind, stream, occurred_on=occurred_on, **_said(owed, notice, **told), **acting.said)

    def next_notice(self, *, acting: Acting, occurred_on: date, owed: Owed, ladder: Ladder, **told: Any) -> None:
        """Serve a further notice: a higher rung, or any of a new spell."""
        stands = self.state.climbing(owed) if self.state else untold(owed)
        notice = _due(owed, stands, ladder, occurred_on, told.pop("notice"))
        kind = "Escalated" if notice.level else "ReminderIssued"
        self.record(kind, occurred_on=occurred_on, **_said(owed, notice, **told), **acting.said)

    @staticmethod
    def fold(entries: Iterable[Entry], before: Told | None = None) -> Told | None:
        """Fold what was told. Within a spell notices only climb: another due date, or a rung no higher than the last, begins the next."""
        now = before
        for entry in entries:
            body = entry.body
            rung = Rung(-body["days_before"], body["level"])
            if now is None or now.due_on != body["due_on"] or served(now, rung):
                now = Told(body["due_on"], entry.occurred_on)
            if rung.level:
                now = now._replace(escalation_level=rung.level, told_on=entry.occurred_on)
            else:
                now = now._replace(reminded_before=body["days_before"], told_on=entry.occurred_on)
        return now


def _due(owed: Owed, stands: Told, ladder: Ladder, day: date, notice: Notice) -> Notice:
    """Return the notice where that, and no other, is what is due."""
    if notice_due(stands, ladder, day) != notice:
        raise NoticeNotDue(ref=owed.ref, day=day)
    return notice


def _said(owed: Owed, notice: Notice, *, to_office: str, vacant_offices: tuple[str, ...]) -> dict[str, Any]:
    about = {"clause": owed.clause, "owner": owed.owner, "subject": owed.subject, "due_on": owed.due_on}
    rung = {"level": notice.level, "days_before": -notice.days, "served_late_days": notice.served_late_days}
    return {**about, **rung, "to_office": to_office, "vacant_offices": tuple(vacant_offices)}
