"""How the partners held each other to account, what they put first, and what was put right in the record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from aggregates.action import Action
from aggregates.clocks.labels import meant
from aggregates.entry import Recorded
from aggregates.partnership import Course, Priorities
from aggregates.partnership.challenge import Challenge
from aggregates.returns.report.parts import Figure, Lack, Number, day, of
from aggregates.review import Review
from aggregates.training_session import TrainingSession

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregates.returns.report.parts import Cell
    from aggregates.returns.report.record import Year


ADJUSTED: Final = ("Since an earlier report was signed", "Of the year", "What it went by", "What is so")
COUNTED: Final[Mapping[Any, str]] = {  # what a report counts, or tells, by the day on which it happened
    Action.Assigned: "Action assigned",
    Action.SignedOff: "Action signed off",
    Action.SustainmentChecked: "Improvement looked at again",
    Action.Withdrawn: "Action withdrawn",
    Review.Referred: "Review begun",
    Review.ExternalNoted: "Review noted",
    Review.Decided: "Review decided upon",
    Review.Commissioned: "Review commissioned",
    Review.ReportPresented: "Report presented",
    Review.BoardResponseFormulated: "Response of the Board",
    Review.ReportPublished: "Report and response published",
    TrainingSession.Delivered: "Session held",
    Course.CourseContentRevised: "Course changed",
    Challenge.ChallengeRaised: "Challenge raised",
}
SEVERAL: Final = re.compile(r"(\d{4})-(\d{4})\Z")


def challenges(on: Year) -> Figure:
    """Say what was challenged, and what changed."""
    raised, answered = on.within(Challenge.ChallengeRaised), on.last_of(Challenge.ChallengeAnswered)
    rows, behind = [], []
    for said in raised:
        answer = answered.get(said.ref)
        rows.append((said["summary"], on.body(said["to"]), day(said.on), answer["what_changed"] if answer else "Not answered"))
        behind.append((said.at, *((answer.at,) if answer else ())))
    return Figure(
        "challenges",
        "How partners held each other to account",
        f"{of(len(raised), 'challenge was', 'challenges were')} raised, and {sum(said.ref in answered for said in raised)} answered.",
        columns=("What was challenged", "Put to", "Raised", "What changed"),
        rows=rows,
        behind=behind,
        empty="Nothing was challenged.",
    )


def priorities(on: Year) -> Figure:
    """Say what the Board put first in the year."""
    put = [said for said in on.so_far(Priorities.PrioritiesSet) if _covers(said["period"], on)]
    return Figure(
        "priorities",
        "What the Board put first",
        f"The Board set {of(len(put), 'priority', 'priorities')} for {on.period}.",
        columns=("Priority", "Because of"),
        rows=[(said["priority"], ", ".join(said["informed_by"])) for said in put],
        behind=[(said.at,) for said in put],
        empty="The Board set no priority.",
        lacking=() if put else (Lack(f"no priority was set for {on.period}"),),
    )


def _covers(period: str, on: Year) -> bool:
    """Say whether a period has a day of the year in it; priorities are set for several years too: 2016-2018."""
    if several := SEVERAL.match(period):
        return int(several[1]) <= on.first.year < int(several[2])
    days = meant(period)
    return days is not None and days[0] <= on.last and on.first <= days[1]


def corrections(on: Year) -> Figure:
    """Count what was put right in the record in the year: nothing of it is hidden in other numbers (journey F.10)."""
    made = on.amendments()
    parts = [
        tuple(a.entry.number for a in made if issubclass(a.entry.event, kind))
        for kind in (Recorded.EntryCorrected, Recorded.EntryRetracted)
    ]
    corrected, retracted = (Number(len(events), events) for events in parts)
    rows, behind = _adjustments(on)
    moved = f" Since an earlier report was signed, {of(len(rows), 'entry', 'entries')} moved into another year, or came to nothing."
    return Figure(
        "corrections",
        "What was put right in the record",
        f"{of(corrected.is_ or 0, 'entry was', 'entries were')} corrected and {retracted.is_} retracted.{moved * bool(rows)}",
        (("Corrected", corrected), ("Retracted", retracted)),
        columns=ADJUSTED,
        rows=rows,
        behind=behind,
    )


def _adjustments(on: Year) -> tuple[list[tuple[Cell, ...]], list[tuple[int, ...]]]:
    """Return what an earlier report told of its year, or would have, and that has moved into another since, or does not stand.

    A report that was signed stays as it is: the next one says so.
    """
    titles = {said.ref: said["title"] for said in on.ever(Action.Assigned, Review.Referred, Review.ExternalNoted, Course.CourseOffered)}
    rows: list[tuple[Cell, ...]] = []
    behind = []
    for period, first, last, known_at in on.reported():
        for was, stands, amendments in on.moved_since(known_at, COUNTED):
            if (first <= was.on <= last) != (stands is not None and first <= stands.on <= last):
                name = f"{titles[was.ref]} ({was.ref})" if was.ref in titles else was.ref
                rows.append((f"{COUNTED[was.entry.event]}: {name}", period, day(was.on), day(stands.on) if stands else "Taken back"))
                behind.append((was.at, *amendments))
    return rows, behind
