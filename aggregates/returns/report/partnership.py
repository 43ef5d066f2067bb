"""How the partners held each other to account, what they put first, and what was put right in the record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aggregates.clocks.labels import meant
from aggregates.entry import Recorded
from aggregates.partnership import Priorities
from aggregates.partnership.challenge import Challenge
from aggregates.returns.report.parts import Figure, Number, day, of

if TYPE_CHECKING:
    from aggregates.returns.report.record import Year


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
        lacking=() if put else (f"no priority was set for {on.period}",),
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
    return Figure(
        "corrections",
        "What was put right in the record",
        f"{of(corrected.is_ or 0, 'entry was', 'entries were')} corrected and {retracted.is_} retracted.",
        (("Corrected", corrected), ("Retracted", retracted)),
    )
