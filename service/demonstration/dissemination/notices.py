"""What the service told of a published review that was not acknowledged, or not talked about in supervision, by its day.

The ladder is the Board's own: seven days before, on the day, and fourteen and twenty-eight days after it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import later
from service.demonstration.board.people import CHAIR, MANAGER, lead_on
from service.demonstration.script import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Said = Mapping[str, Any]

TOLD: Final = "tell_of_obligation"  # no command of anybody's
RUNGS: Final = {-7: 0, 0: 0, 14: 1, 28: 2}  # days after it is due, and the level of what is told
TOLD_OF: Final = frozenset({"scr_report", "national_scr"})
SINCE: Final = date(2016, 9, 1)  # when the framework came that asks for it


def notices(item: Said, to: Iterable[str], answered: Iterable[Line], partnership: Said) -> Iterator[Line]:
    """Yield what was told about one item. `answered` are the lines of those who did something with it."""
    if item["kind"] not in TOLD_OF or item["on"] < SINCE:
        return
    done = {(line.by, line.fields.get("forum", line.do)): line.recorded_on for line in answered}
    due = {
        ("acknowledge_dissemination", "LIF-APPA-AG-02.acknowledge"): item["on"] + timedelta(28),
        ("supervision", "LIF-APPA-AG-05"): later(item["on"], months=3),
    }
    for agency in to:
        for (what, clause), by in due.items():
            owed = {"clause": clause, "owner": agency, "subject": f"dissemination:{item['ref']}", "due_on": by, "since": item["on"]}
            yield from _ladder(owed, done.get((f"lead-{agency}", what)), partnership)


def _ladder(owed: Said, done: date | None, partnership: Said) -> Iterator[Line]:
    ref = f"{owed['clause']}|{owed['owner']}|{owed['subject']}"
    for days, level in RUNGS.items():
        on = owed["due_on"] + timedelta(days)
        if done is not None and done <= on:
            return
        lead = lead_on(partnership, owed["owner"], on)
        to = CHAIR if level > 1 else MANAGER if level else lead or MANAGER
        vacant = [] if level or lead else [f"lead-{owed['owner']}"]
        fields: dict[str, Any] = {"owed": owed, "level": level, "days": days, "to_office": to, "vacant_offices": vacant}
        yield Line(do=TOLD, ref=ref, by=None, on=on, on_the_day=True, fields=fields, apart=str(days))
