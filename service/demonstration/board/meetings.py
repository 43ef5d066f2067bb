"""The meetings of the Board and of its sub-groups: who was there, what was talked about, and the minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from service.demonstration.board.people import FOUNDED, MANAGER, members_on
from service.demonstration.script import Line
from service.demonstration.script.chance import after, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service.demonstration.script.files import Files

    Said = Mapping[str, Any]

LAST: Final = date(2021, 9, 24)
AGREED: Final = 25  # days after which the minutes are agreed by letter
FIRST_WAVE: Final = (date(2020, 3, 23), date(2020, 6, 1))  # when no sub-group met
HUNDRED: Final = 100


def meetings(board: Said, groups: Said, rounds: Said, partnership: Said, files: Files) -> Iterator[Line]:
    """Yield every meeting, with its minutes. What is presented to the Board stands on its agenda (returns.toml)."""
    for meeting in board["meetings"]:
        presented = [[*one["presented"][1:], None] for one in rounds["round"] if one.get("presented", [None])[0] == meeting["ref"]]
        there = dict.fromkeys(meeting["apologies"], "apologies") | dict.fromkeys(meeting["absent"], "absent")
        attendance = {code: there.get(code, "present") for code in members_on(partnership, meeting["on"])}
        yield from _held(_Held(meeting["ref"], meeting["on"], "BOARD", MANAGER, attendance, [*meeting["agenda"], *presented]), files)
    for group in groups["group"]:
        for number, on in enumerate(_days(group)):
            yield from _sub_group(group, number, on, partnership, files)


def _days(group: Said) -> Iterator[date]:
    weekday, which = group["weekday"]
    for year in range(FOUNDED.year, LAST.year + 1):
        for month in group["months"]:
            first = date(year, month, 1)
            on = first + timedelta((weekday - first.weekday()) % 7 + 7 * (which - 1))
            on = group["elsewhen"].get(_ref(group, on), on)
            if FOUNDED + timedelta(14) < on <= LAST and not FIRST_WAVE[0] <= on < FIRST_WAVE[1]:
                yield on


def _ref(group: Said, on: date) -> str:
    return f"{group['code'].upper()}-{on:%Y-%m}"


def _sub_group(group: Said, number: int, on: date, partnership: Said, files: Files) -> Iterator[Line]:
    ref, chair = _ref(group, on), f"{group['code']}-chair"
    members = [code for code in group["members"] if code in members_on(partnership, on)]
    attendance = {code: _there(ref, code, group["there"]) for code in members}
    subjects = group["agenda"]
    agenda = [["1", "Minutes and matters arising"]]
    agenda += [[str(place + 2), subjects[(number + place) % len(subjects)]] for place in range(2)]
    yield from _held(_Held(ref, on, group["code"], chair, attendance, agenda), files)


def _there(ref: str, code: str, likely: int) -> str:
    chance = share(ref, code, "there") * HUNDRED
    return "present" if chance < likely else "apologies" if chance < likely + (HUNDRED - likely) * 0.7 else "absent"


@dataclass(frozen=True, slots=True)
class _Held:
    ref: str
    on: date
    body: str
    by: str
    attendance: dict[str, str]
    agenda: list[list[Any]]


def _held(it: _Held, files: Files) -> Iterator[Line]:
    items = [{name: value for name, value in zip(("id", "title", "about"), item, strict=False) if value} for item in it.agenda]
    there = [{"agency": code, "attendance": how} for code, how in it.attendance.items()]
    fields = {"body": it.body, "attendance": there, "agenda": items, "evidence": []}
    yield Line(do="hold_meeting", ref=it.ref, by=it.by, on=it.on, fields=fields)
    agreed = after(it.on, AGREED)
    if agreed <= LAST:
        title = f"Minutes of {it.ref}, {it.on:%d %B %Y}"
        words = "\n".join(f"{item['id']}. {item['title']}: as recorded." for item in items)
        present = sum(how == "present" for how in it.attendance.values())
        text = f"{title}\n\nPresent: {present} of {len(it.attendance)}.\n\n{words}\n"
        minutes = files.add(f"{it.ref.lower()}-minutes.txt", text, title=title, dated=it.on)
        yield Line(do="file_minutes", ref=it.ref, by=MANAGER, on=agreed, fields={"evidence": [minutes]})
