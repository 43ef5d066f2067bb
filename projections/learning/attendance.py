"""Who came to meetings in a period, agency by agency, and whether those who came were enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from projections.partnership import MeetingRow, agencies, meetings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from psycopg import Connection

    from projections.partnership.members import Spell


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """How often an agency came to a body's meetings of a period: `asked` are those held while it was a member of the partnership.

    Whom no meeting names was not there: `unnamed` counts those of the Board alone, for which every member is expected.
    """

    agency: str
    body: str
    asked: int
    present: int
    apologies: int
    absent: int
    unnamed: int

    @property
    def share(self) -> int:
        """Return in how many of a hundred meetings it was represented."""
        return round(100 * self.present / self.asked) if self.asked else 0


def held(conn: Connection[Any], *, first: date, last: date, as_at: date, known_at: int) -> list[MeetingRow]:
    """Return the meetings held in a period, as at a day, as known at a position."""
    return [row for row in meetings(conn, as_at=as_at, known_at=known_at) if first <= row.held_on <= last]


def attendance(rows: Iterable[MeetingRow], members: Mapping[str, Sequence[Spell]], *, board: str) -> list[Attended]:
    """Return what each agency's attendance at each body's meetings was; `members` are the memberships of each."""
    came: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        named = {one["agency"]: one["attendance"] for one in row.attendance}
        expected = {code for code, spells in members.items() if any(_was_member(spell, row.held_on) for spell in spells)}
        for agency in named.keys() | (expected if row.body == board else set()):
            came.setdefault((row.body, agency), []).append(named.get(agency, "unnamed"))
    return [_attended(agency, body, how) for (body, agency), how in sorted(came.items(), key=lambda one: (one[0][0] != board, one[0]))]


def terms(conn: Connection[Any], *, as_at: date, known_at: int) -> dict[str, list[Spell]]:
    """Return the memberships of each agency: one that left may have joined again."""
    return {row.ref: row.spells for row in agencies(conn, as_at=as_at, known_at=known_at)}


def _was_member(spell: Spell, day: date) -> bool:
    return spell.joined_on <= day and (spell.left_on is None or day < spell.left_on)


def _attended(agency: str, body: str, how: list[str]) -> Attended:
    counted = {name: how.count(name) for name in ("present", "apologies", "absent", "unnamed")}
    return Attended(agency=agency, body=body, asked=len(how), **counted)
