"""The events of a training session: how it was held, who was there, and the five points by which it is evaluated.

A participant is a number in their session. Who that is, and what they wrote, is sealed under their own key (ledger §6).
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import Any, ClassVar, Final, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Recorded
from aggregates.entry.fields import Identifies, Public, Restricted  # noqa: TC001 - as date
from aggregates.entry.values import Evidence, Sealed  # noqa: TC001 - as date

Lapse: TypeAlias = Literal["no-show", "cancelled", "release-refused"]
Impact: TypeAlias = Literal["none", "some", "marked"]
Judgement: TypeAlias = Literal["none", "some", "marked", "not known"]
Outcome: TypeAlias = Literal["reached", "not-reached", "declined"]
Grade: TypeAlias = Literal["outstanding", "good", "requires improvement", "inadequate"]


# Of which course it was, and whose staff trained: said again, so that an obligation is matched without another entry's past.
OF_WHAT: Final = frozenset({"course", "format", "trainer_agencies"})


class Event(Recorded.Event):
    """An event of a training session."""


class Created(Event, Aggregate.Created):
    """What begins the stream of a session; the library wants it by this name, with a topic of its own."""

    TOPIC = "training_session.created.v1"


class Scheduled(Created):
    """A course is to be held on a day. `trainers` are offices; whether a follow-up is owed is what the course says on that day."""

    TOPIC = "training_session.scheduled.v1"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"format", "follow_up_owed", "trainer_agencies"})
    ref: Identifies[Public[str]]
    course: Public[str]
    format: Public[str]
    follow_up_owed: Public[bool]
    planned_on: Public[date]
    trainers: Public[tuple[str, ...]]
    trainer_agencies: Public[tuple[str, ...]]
    capacity: Public[int]


class Cancelled(Event):
    """It is not held."""

    TOPIC = "training_session.cancelled.v1"
    COMPUTED: ClassVar[frozenset[str]] = OF_WHAT
    reason: Public[str]
    course: Public[str]
    format: Public[str]
    trainer_agencies: Public[tuple[str, ...]]


class Delivered(Event):
    """It was held; of several days, this is the last."""

    TOPIC = "training_session.delivered.v1"
    COMPUTED: ClassVar[frozenset[str]] = OF_WHAT
    course: Public[str]
    format: Public[str]
    trainer_agencies: Public[tuple[str, ...]]


class AttendanceRecorded(Event):
    """Somebody was there, on the day on which this occurred. The number is theirs in this session, and nobody else's ever."""

    TOPIC = "training_session.attendance_recorded.v1"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"number"})
    number: Identifies[Public[str]]
    participant: Sealed
    agency: Public[str]
    staff_group: str


class BookingLapsed(Event):
    """Somebody had a place and was not there."""

    TOPIC = "training_session.booking_lapsed.v1"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"number"})
    number: Identifies[Public[str]]
    participant: Sealed
    agency: Public[str]
    staff_group: str
    outcome: Public[Lapse]
    reason: str | None


class AttendanceClosed(Event):
    """Who was there is complete. From here on it is the population that a telephone sample is drawn from."""

    TOPIC = "training_session.attendance_closed.v1"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"number_attended", "population_sha256"})
    number_attended: Public[int]
    population_sha256: Public[str]


class FeedbackReceived(Event):
    """A participant says how it was, from 1 to 5: satisfaction and learning, and how confident they were before and after."""

    TOPIC = "training_session.feedback_received.v1"
    WORDS: ClassVar[frozenset[str]] = frozenset({"comment"})
    number: Identifies[Public[str]]
    satisfaction: Restricted[int]
    learning: Restricted[int]
    confidence_before: Restricted[int | None]
    confidence_after: Restricted[int | None]
    comment: Sealed | None


class ActionPlanRecorded(Event):
    """A participant says what they will do with it."""

    TOPIC = "training_session.action_plan_recorded.v1"
    WORDS: ClassVar[frozenset[str]] = frozenset({"plan"})
    number: Identifies[Public[str]]
    plan: Sealed


class FollowUpIssued(Event):
    """Three months on, a participant is asked what came of it. It fell due on `fell_due_on` and is to be returned by `due_on`."""

    TOPIC, CLASS = "training_session.follow_up_issued.v1", "C"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"agency", "owed", "fell_due_on", "due_on"})
    number: Identifies[Public[str]]
    agency: Public[str]
    owed: Public[bool]
    fell_due_on: Public[date]
    due_on: Public[date]


class FollowUpReturned(Event):
    """A participant answers it, or their manager adds what they see; a later answer takes the place of an earlier one.

    `answered_by` says which of them did. The agency is that of the day of attendance, which keeps the duty.
    """

    TOPIC = "training_session.follow_up_returned.v1"
    WORDS: ClassVar[frozenset[str]] = frozenset({"effect_on_children"})
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"agency", "answered_by"})
    number: Identifies[Public[str]]
    agency: Public[str]
    answered_by: Public[Literal["participant", "manager"]]
    used_in_practice: bool | None
    shared_with_colleagues: bool | None
    effect_on_children: Sealed | None
    impact: Impact | None
    manager_view: Restricted[str | None]


class TelephoneSampleDrawn(Event):
    """Chance says who is telephoned, by a draw that anybody can do again (INV-24)."""

    TOPIC, CLASS = "training_session.telephone_sample_drawn.v1", "D"
    COMPUTED: ClassVar[frozenset[str]] = frozenset(
        {
            "draw",
            "population_sha256",
            "population",
            "setting",
            "sample_size",
            "checkpoint_size",
            "checkpoint_root",
            "algorithm",
            "order",
            "selected",
        }
    )
    draw: Identifies[Public[str]]
    population_sha256: Public[str]
    population: Public[tuple[str, ...]]
    setting: Public[str]
    sample_size: Public[int]
    checkpoint_size: Public[int]
    checkpoint_root: Public[str]
    algorithm: Public[str]
    order: Public[tuple[str, ...]]
    selected: Public[tuple[str, ...]]
    reason: Public[str | None]


class TelephoneCallMade(Event):
    """Somebody who was drawn is telephoned."""

    TOPIC = "training_session.telephone_call_made.v1"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"attempt"})
    draw: Identifies[Public[str]]
    number: Identifies[Public[str]]
    attempt: Public[int]
    outcome: Public[Outcome]
    answers: Restricted[str | None]


class DeliveryObserved(Event):
    """Somebody who did not train in it watched how it was given."""

    TOPIC, CLASS = "training_session.delivery_observed.v1", "D"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"observer_agency"})
    observer: Public[str]
    observer_agency: Public[str | None]
    grade: Public[Grade]
    notes: Restricted[str | None]
    evidence: Restricted[tuple[Evidence, ...]]


class Evaluated(Event):
    """The five points are looked at together. `points` are objects of `point`, `done` and `explanation`.

    `evidence_of_impact` names what shows the impact: `follow-up:4`, `call:1/4`, `observation:wmp-lead`; feedback never does (INV-27).
    """

    TOPIC, CLASS = "training_session.evaluated.v1", "D"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"course", "format", "satisfaction", "learning"})
    course: Public[str]
    format: Public[str]
    points: Public[tuple[dict[str, Any], ...]]
    satisfaction: Public[str | None]
    learning: Public[str | None]
    impact_practice: Public[Judgement]
    impact_management: Public[Judgement]
    evidence_of_impact: Public[tuple[str, ...]]
    changes: Public[str]
    revised_course: Public[str | None]
