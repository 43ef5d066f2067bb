"""What is true of a training session on one day: who was there, and what is known of each of the five points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - dataclasses of the fold
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeAlias

from aggregates.clocks.dates import later
from aggregates.entry.values import FEWEST, worded
from aggregates.training_session.sample import Draw  # noqa: TC001 - as date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aggregates.entry.values import Sealed

Point: TypeAlias = Literal["feedback", "follow-up", "calls", "observation", "trainer CPD"]
POINTS: Final[tuple[Point, ...]] = ("feedback", "follow-up", "calls", "observation", "trainer CPD")
FOLLOW_UP_MONTHS: Final = 3  # framework L122


@dataclass(frozen=True, slots=True)
class Scheduled:
    """It is to be held."""

    word: ClassVar[str] = "scheduled"


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It was not held."""

    on: date
    reason: str
    word: ClassVar[str] = "cancelled"


@dataclass(frozen=True, slots=True)
class Delivered:
    """It was held."""

    on: date
    word: ClassVar[str] = "delivered"


@dataclass(frozen=True, slots=True)
class Evaluating:
    """Something of the five points is there."""

    since: date
    word: ClassVar[str] = "evaluating"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The five points were looked at together."""

    on: date
    word: ClassVar[str] = "evaluated"


Status: TypeAlias = Scheduled | Cancelled | Delivered | Evaluating | Evaluated


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who was there."""

    number: str
    participant: Sealed
    agency: str
    staff_group: str
    on: date

    @property
    def follow_up_due(self) -> date:
        """Return the day on which they are asked what came of it: three calendar months on, clamped to the month's end (INV-23)."""
        return later(self.on, months=FOLLOW_UP_MONTHS)


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Somebody who had a place and was not there."""

    number: str
    participant: Sealed
    agency: str
    staff_group: str
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Closing:
    """Who was there is complete."""

    on: date
    number_attended: int
    population_sha256: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a participant said of it on the day."""

    number: str
    satisfaction: int
    learning: int
    confidence_before: int | None
    confidence_after: int | None
    comment: Sealed | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a participant says three months on. `times` they answered; this is the last."""

    on: date
    used_in_practice: bool | None
    shared_with_colleagues: bool | None
    effect_on_children: Sealed | None
    impact: str | None
    times: int = 1


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a participant was asked three months on, and what came back."""

    number: str
    agency: str
    owed: bool
    fell_due_on: date
    issued_on: date
    due_on: date
    answer: Answer | None = None
    manager_view: str | None = None
    manager_on: date | None = None

    def overdue(self, day: date) -> bool:
        """Say whether it is owed, and late on a day."""
        return self.owed and self.answer is None and self.due_on < day


@dataclass(frozen=True, slots=True)
class Observation:
    """What somebody saw who did not train in it."""

    on: date
    observer: str
    observer_agency: str | None
    grade: str
    notes: str | None


@dataclass(frozen=True, slots=True)
class PointFound:
    """One of the five points, as it was when they were looked at together."""

    point: str
    done: bool
    explanation: str | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the sub-group made of it: impact apart from satisfaction (INV-27)."""

    on: date
    points: tuple[PointFound, ...]
    satisfaction: str | None
    learning: str | None
    impact_practice: str
    impact_management: str
    evidence_of_impact: tuple[str, ...]
    changes: str
    revised_course: str | None


@dataclass(frozen=True, slots=True)
class SessionState:
    """A session on one day."""

    ref: str
    course: str
    format: str
    follow_up_owed: bool
    planned_on: date
    trainers: tuple[str, ...]
    trainer_agencies: tuple[str, ...]
    capacity: int
    scheduled_on: date
    status: Status = Scheduled()
    delivered_on: date | None = None
    attendees: tuple[Attendee, ...] = ()
    lapsed: tuple[Lapsed, ...] = ()
    closing: Closing | None = None
    feedback: tuple[Feedback, ...] = ()
    plans: tuple[str, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    draws: tuple[Draw, ...] = ()
    observations: tuple[Observation, ...] = ()
    evaluation: Evaluation | None = None

    @property
    def population(self) -> tuple[str, ...]:
        """Return the numbers of those who were there."""
        return tuple(one.number for one in self.attendees)

    @property
    def agencies(self) -> frozenset[str]:
        """Return the agencies whose staff had a place, and those whose staff train in it."""
        return frozenset({*self.trainer_agencies, *(one.agency for one in self.attendees), *(one.agency for one in self.lapsed)})

    @property
    def first_day(self) -> date:
        """Return the first day on which anybody can have been there: of several days `delivered_on` is the last."""
        return min(self.planned_on, self.delivered_on or self.planned_on)

    def attendee(self, number: str) -> Attendee | None:
        """Return who has a number."""
        return next((one for one in self.attendees if one.number == number), None)

    def follow_up(self, number: str) -> FollowUp | None:
        """Return what somebody was asked three months on."""
        return next((one for one in self.follow_ups if one.number == number), None)

    @property
    def unasked(self) -> tuple[Attendee, ...]:
        """Return who was there and was not asked yet what came of it."""
        asked = {one.number for one in self.follow_ups}
        return tuple(one for one in self.attendees if one.number not in asked)

    def done(self, in_date: Mapping[str, bool]) -> dict[Point, bool]:
        """Say of each of the five points whether it is done. `in_date` says of each trainer whether their yearly CPD is."""
        return {
            "feedback": bool(self.feedback and self.plans),
            "follow-up": bool(self.attendees) and not self.unasked and any(one.answer for one in self.follow_ups),
            "calls": bool(self.draws and not self.draws[-1].waiting),
            "observation": bool(self.observations),
            "trainer CPD": all(in_date.get(trainer, False) for trainer in self.trainers),
        }

    @property
    def evidence(self) -> frozenset[str]:
        """Return what can show its impact, by name: feedback is not in it (INV-27)."""
        returned = {f"follow-up:{one.number}" for one in self.follow_ups if one.answer or one.manager_view}
        called = {f"call:{draw.draw}/{number}" for draw in self.draws for number in draw.reached}
        return frozenset(returned | called | {f"observation:{one.observer}" for one in self.observations})

    def telling_of(self, impact: str) -> frozenset[str]:
        """Return what of the evidence itself tells of an impact, `some` or `marked`.

        What a participant answered decides of a follow-up, and a manager's view where they did not. Of what was said on the telephone a
        machine can only tell that it was said in words; an observer's grade says whether what they watched was good.
        """
        enough = {"marked"} if impact == "marked" else {"some", "marked"}
        answered = {
            f"follow-up:{one.number}"
            for one in self.follow_ups
            if (one.answer.impact in enough if one.answer else worded(one.manager_view))
        }
        called = {f"call:{draw.draw}/{call.number}" for draw in self.draws for call in draw.calls if worded(call.answers)}
        watched = {f"observation:{one.observer}" for one in self.observations if one.grade in {"outstanding", "good"}}
        return frozenset(answered | called | watched)


def mean(scores: Iterable[int]) -> str | None:
    """Return the mean of scores to one decimal, half upwards; None of too few to say whose they are not."""
    given = list(scores)
    if len(given) < FEWEST:
        return None
    return str((Decimal(sum(given)) / len(given)).quantize(Decimal("0.1"), ROUND_HALF_UP))
