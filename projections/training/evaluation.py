"""Training evaluation: the five points of each session (INV-26)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks import labels
from aggregates.training_session.state import POINTS
from projections.inspection.history import standing
from projections.partnership.members import offices
from projections.people.merging import merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from psycopg import Connection

    from projections.partnership.members import OfficeRow
    from projections.training.sessions import SessionRow


@dataclass(frozen=True, slots=True)
class Yearly:
    """A yearly CPD return: the trainer's office that it stands for, the period, and from when to when it does."""

    trainer: str
    period: str
    since: date = date.min
    until: date = date.max

    def covers(self, trainer: str, day: date) -> bool:
        """Say whether a trainer's CPD is in date by it on a day."""
        return self.trainer == trainer and self.since <= day <= self.until and labels.covers(self.period, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """One of the five points of a session: whether it is done, in words what there is, and why not where that was explained.

    `done` is None where the reader is not shown whether it is.
    """

    point: str
    done: bool | None
    words: str
    explanation: str | None


class Cpd:
    """The yearly CPD returns, by the office for which they stand."""

    def __init__(self, returns: Iterable[Yearly] = ()) -> None:
        """Take the returns."""
        self.of: dict[str, list[Yearly]] = defaultdict(list)
        self._known: dict[tuple[str, date], bool] = {}
        for one in returns:
            self.of[one.trainer].append(one)

    def covers(self, trainer: str, day: date) -> bool:
        """Say whether a trainer's CPD is in date on a day: found out once, because many sessions are of one day."""
        if (trainer, day) not in self._known:
            self._known[trainer, day] = any(one.covers(trainer, day) for one in self.of.get(trainer, ()))
        return self._known[trainer, day]


def cpd(conn: Connection[Any], *, as_at: date, known_at: int) -> Cpd:
    """Return the yearly CPD returns that were in by a day, as known at a position.

    Each stands for whoever answered, in every office that they hold, under whichever of their references; for the office that answered
    where nobody is known to have held it.
    """
    at: dict[str, Any] = {"as_at": as_at, "known_at": known_at}
    answered = standing(conn, "return.submitted.v1", last=as_at, known_at=known_at, kind="trainer_cpd")
    held, into = {row.ref: row for row in offices(conn, **at)}, merged(conn, **at)
    said = {(one.said["respondent"], one.said["period"], one.since) for one in answered}
    return Cpd(each for one in said for each in _theirs(held, into, *one))


def _theirs(held: Mapping[str, OfficeRow], into: Mapping[UUID, UUID], who: str, period: str, on: date) -> Iterator[Yearly]:
    """Give the offices for which a return stands, while who answered it holds them."""
    term = held[who].holder_on(on) if who in held else None
    if term is None:
        yield Yearly(who, period)
        return
    person = into.get(term.holder, term.holder)
    for office in held.values():
        for other in office.terms:
            if into.get(other.holder, other.holder) == person:
                yield Yearly(office.ref, period, other.from_on, other.until_on or date.max)


OF_PARTICIPANTS: Final = ("feedback", "follow-up")  # what an agency is shown of its own
NOT_SHOWN: Final = ("calls", "observation")


def points(row: SessionRow, returns: Cpd, *, of_agency: bool = False) -> list[PointRow]:
    """Return the five points of a session; `returns` is what `cpd` gives.

    `of_agency`: the row is an agency's part of it. From that nobody can tell whether a point is done: that is said as the evaluation has
    it, or not at all, and never as if there were nothing.
    """
    done: dict[str, bool | None] = {**_done(row, returns)}
    words = _words(row)
    judged = {one["point"]: one for one in row.evaluation["points"]} if row.evaluation else {}
    if of_agency:
        done |= {point: judged[point].get("done") is True if point in judged else None for point in (*OF_PARTICIPANTS, *NOT_SHOWN)}
        words |= {point: f"Of your agency's: {words[point][0].lower()}{words[point][1:]}" for point in OF_PARTICIPANTS}
        words |= dict.fromkeys(NOT_SHOWN, "Not shown to you")
    explained = {point: judged.get(point, {}).get("explanation") for point in POINTS}
    return [PointRow(point=point, done=done[point], words=words[point], explanation=explained[point]) for point in POINTS]


def _done(row: SessionRow, returns: Cpd) -> dict[str, bool]:
    """Say of each point whether it is done, as `SessionState.done` has it."""
    return {
        "feedback": bool(row.feedback["numbers"] and row.plans),
        "follow-up": bool(row.attendees and row.returned) and len(row.follow_ups) == len(row.attendees),
        "calls": bool(row.draws and not row.draws[-1]["waiting"]),
        "observation": bool(row.observations),
        "trainer CPD": all(returns.covers(trainer, row.held_on) for trainer in row.trainers),
    }


def _forms(many: int) -> str:
    return "One feedback form" if many == 1 else f"{many} feedback forms"


def _words(row: SessionRow) -> dict[str, str]:
    there = len(row.there)
    newest = row.draws[-1] if row.draws else None
    called = f"{len(newest['reached'])} of {newest['sample_size']} reached, {len(row.draws)} drawn" if newest else "Nothing drawn yet"
    return {
        "feedback": f"{_forms(len(row.feedback['numbers']))} and {len(row.plans)} action plans of {there}",
        "follow-up": f"{len(row.returned)} returned of {len(row.follow_ups)} sent, {len(row.unasked)} not sent yet",
        "calls": called,
        "observation": ", ".join(one["grade"] for one in row.observations).capitalize() or "Nobody has observed it",
        "trainer CPD": f"{len(row.trainers)} {'trainer' if len(row.trainers) == 1 else 'trainers'}, each for the year of the session",
    }
