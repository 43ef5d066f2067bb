"""Who came to the courses: invented practitioners, some of them more than once; and a session as the table tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from service.demonstration.board.people import LEFT, MANAGER
from service.demonstration.script import Line
from service.demonstration.script.chance import between, one_of, share, weighted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    Said = Mapping[str, Any]

AGAIN = 0.28  # of those who book have been on a course before


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody on a course, as the record knows them: an opaque reference, an agency and a staff group."""

    ref: str
    name: str
    agency: str
    staff_group: str


@dataclass
class Participants:
    """Everybody who has booked a course so far."""

    said: Said
    staff: Said
    erased: Mapping[str, date]
    known: dict[str, list[Participant]] = field(default_factory=dict)

    def book(self, session: str, on: date, places: int) -> Iterator[tuple[Participant, Line | None]]:
        """Yield who books a session, each with the line that registers them where nobody had met them before."""
        there: set[str] = set()
        for place in range(places):
            members = {code: weight for code, weight in self.said["from"].items() if on < LEFT.get(code, on.replace(year=on.year + 1))}
            agency = weighted(members, session, place, "agency")
            before = [one for one in self.known.get(agency, []) if one.ref not in there and not self._asked(one, on)]
            if before and share(session, place, "again") < AGAIN:
                someone, line = one_of(before, session, place, "who"), None
            else:
                someone = self._new(agency)
                fields = {"name": someone.name, "contact": f"{someone.ref[:8]}@{agency.lower()}.example"}
                line = Line(do="register_subject", ref=someone.ref, by=MANAGER, on=on, fields=fields)
            there.add(someone.ref)
            yield someone, line

    def _asked(self, someone: Participant, on: date) -> bool:
        """Say whether somebody had asked for the erasure of their data by a day: they come to no course any more."""
        return someone.ref in self.erased and on >= self.erased[someone.ref]

    def _new(self, agency: str) -> Participant:
        number = len(self.known.setdefault(agency, []))
        ref = str(uuid5(NAMESPACE_URL, f"https://severnbrook.example/participant/{agency}/{number}"))
        names = self.said["names"]
        name = f"{one_of(names['given'], agency, number)} {one_of(names['family'], number, agency)}"
        groups = [group for group, *_ in self.staff[agency]]
        someone = Participant(ref, name, agency, groups[between(0, len(groups) - 1, agency, number, "group")])
        self.known[agency].append(someone)
        return someone


@dataclass(frozen=True, slots=True)
class Session:
    """A session as the table tells it, with everybody who came, by the number under which they are on record."""

    ref: str
    course: str
    on: date
    trainers: list[str]
    owed: bool
    came: dict[str, Participant]
