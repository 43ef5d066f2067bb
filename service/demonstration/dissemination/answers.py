"""What an agency does with an item: it acknowledges, passes it on, talks about it, and says what has to change. Or it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from service.demonstration.board.people import lead_on, members_on
from service.demonstration.script import Line
from service.demonstration.script.chance import after, between, one_of, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    Said = Mapping[str, Any]

FORUMS: Final = {"team_meeting": (12, 50), "supervision": (30, 80)}  # and after how many days, about
HUNDRED: Final = 100
SMALL: Final = 30  # staff of whom nearly all are reached at once


def answers(item: Said, said: Said, partnership: Said, content: str) -> Iterator[Line]:
    """Yield what each recipient did."""
    for agency in members_on(partnership, item["on"]):
        if agency == "LAY" or agency in item["never"]:
            continue
        lines = _Answer(item, said, partnership, agency)
        yield from lines.all(content)


class _Answer:
    """What one agency did with one item."""

    def __init__(self, item: Said, said: Said, partnership: Said, agency: str) -> None:
        self.item, self.said, self.partnership, self.agency = item, said, partnership, agency
        self.first, self.last, self.diligence = said["character"].get(agency, said["character"]["usual"])
        self.groups = said["staff"][agency]
        self.needed = item["use"] != "know"

    def all(self, content: str) -> Iterator[Line]:
        """Yield everything, from the acknowledgement on."""
        on = self._in_office(after(self.item["on"], between(self.first, self.last, self.item["ref"], self.agency)))
        groups = [{"group": name, "basis": basis if self.needed else "nice_to_know"} for name, _, basis in self.groups]
        fields: dict[str, Any] = {"content_sha256": content, "staff_groups": groups, "cascade_plan": self._words("cascade")}
        if self.item["kind"] in {"policy", "framework"}:
            fields["statement"] = self._words("statement")
        yield self._line("acknowledge_dissemination", on, fields)
        if self.needed:
            yield from self._cascades(on)
        if self.item["use"] == "learn":
            yield from self._discussions()
            yield from self._implications(on)

    def _cascades(self, acknowledged: date) -> Iterator[Line]:
        for name, headcount, basis in self.groups:
            if basis == "need_to_know" and self._does("cascade", name):
                part = between(72, 99, self.item["ref"], self.agency, name, "reach")
                reach = headcount - 1 if headcount <= SMALL and part > HUNDRED * 0.85 else headcount * part // HUNDRED
                on = after(acknowledged, between(7, 45, self.item["ref"], self.agency, name, "cascade"))
                fields = {"staff_group": name, "reach": reach, "headcount": headcount, "about": "item"}
                yield self._line("report_cascade", on, fields | {"channel": self._words("channel", name)}, name)

    def _discussions(self) -> Iterator[Line]:
        for forum, (first, last) in FORUMS.items():
            if self._never(forum) or not self._does(forum):
                continue
            expected = between(3, 14, self.agency, forum)
            missed = max(0, between(-3, 3, self.item["ref"], self.agency, forum, "missed"))
            fields: dict[str, Any] = {"forum": forum, "held": max(expected - missed, 1), "expected": expected}
            if share(self.item["ref"], self.agency, forum, "says") < 0.3:  # noqa: PLR2004 - three of ten have something to say
                fields["suggestions"] = self._words("suggestions", forum)
            on = after(self.item["on"], self.last + between(first, last, self.item["ref"], self.agency, forum))
            yield self._line("record_discussion", on, fields, forum)

    def _implications(self, acknowledged: date) -> Iterator[Line]:
        if not self._does("implications"):
            return
        on = after(acknowledged, between(14, 50, self.item["ref"], self.agency, "implications"))
        changes = self._actions()
        fields = {"change_needed": bool(changes), "why": None if changes else self._words("no_change"), "actions": changes}
        yield self._line("identify_implications", on, fields)

    def _actions(self) -> list[str]:
        """Return which actions of the review this agency has taken on."""
        taken: list[str] = self.said["changes"].get(self.item["ref"], {}).get(self.agency, [])
        return taken

    def _never(self, forum: str) -> bool:
        """Housing was behind on supervision after Alder, and nobody there ever recorded one about it (journey F.1)."""
        return (self.agency, forum) == ("SBC-HOU", "supervision") and self.item["source"] == "review:SB-2015-01"

    def _does(self, *what: str) -> bool:
        return bool(share(self.item["ref"], self.agency, *what) * HUNDRED < self.diligence)

    def _words(self, kind: str, *what: str) -> str:
        return str(one_of(self.said["said"][kind], self.item["ref"], self.agency, kind, *what))

    def _in_office(self, day: date) -> date:
        """Return the day, or the next on which somebody holds the office of the agency's lead."""
        while lead_on(self.partnership, self.agency, day) is None:
            day = after(day, 7)
        return day

    def _line(self, do: str, on: date, fields: dict[str, Any], apart: str = "") -> Line:
        apart = f"{self.agency} {apart}".strip()
        return Line(do=do, ref=self.item["ref"], by=f"lead-{self.agency}", on=self._in_office(on), fields=fields, apart=apart)
