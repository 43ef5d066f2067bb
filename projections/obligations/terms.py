"""On what terms obligations are read: which framework was in force when, what the Board had set, and who was a member; at the same clocks.

What is owed on the framework's basis arises only while a framework with this set of clauses is in force; what the law asks, always.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import dict_row

from aggregates.authority import BOARD
from aggregates.partnership.settings import SETTINGS
from projections import partnership
from projections.inspection import history as inspection_history

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

    from aggregates.framework.clauses import Rule, Span
    from aggregates.framework.index import Index
    from projections.inspection.history import HistoryEntry
    from projections.partnership import AgencyRow, FrameworkRow

ALWAYS: Final = date.min
ADOPTED: Final = "partnership.framework_adopted.v1"
SET: Final = "partnership.local_setting_set.v1"
STRETCHES: Final = "SELECT lower(valid) AS since, upper(valid) AS until, * FROM views.settings WHERE known @> %s::bigint ORDER BY 1"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which the Board's framework and settings were the same; `until` is the first after them."""

    since: date
    until: date | None
    framework: str | None
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Terms:
    """The terms as at a day, as known at a position."""

    conn: Connection[Any]
    index: Index
    as_at: date
    known_at: int
    stretches: tuple[Stretch, ...]
    agencies: Mapping[str, AgencyRow]

    @property
    def at(self) -> dict[str, Any]:
        """Return the clocks as readers take them."""
        return {"as_at": self.as_at, "known_at": self.known_at}

    @cached_property
    def lacking(self) -> frozenset[str]:
        """Return the bodies that the framework names and that are not on record: what they would owe the Board answers for."""
        return frozenset(self.index.bodies.keys() - partnership.owners(self.conn, **self.at))

    def answering(self, owners: frozenset[str] | None) -> frozenset[str] | None:
        """Return for whom owners answer: for themselves, and the Board for the bodies that it lacks."""
        return owners | self.lacking if owners and BOARD in owners else owners

    @cached_property
    def sets(self) -> Mapping[str, str]:
        """Return, by the clause, the hash of its set."""
        return {clause: one.sha256 for one in self.index.sets for clause in one.clauses}

    def in_force(self, rule: Rule) -> list[tuple[date, date | None]]:
        """Return the stretches of days on which a rule binds: all of them, where the law asks."""
        return [(ALWAYS, None)] if rule.basis == "statutory" else self._adopted[self.sets[rule.clause]]

    @cached_property
    def _adopted(self) -> Mapping[str, list[tuple[date, date | None]]]:
        """Return, by its hash, when each set was in force."""
        return {one.sha256: self._runs(one.sha256) for one in self.index.sets}

    def _runs(self, sha256: str) -> list[tuple[date, date | None]]:
        runs: list[tuple[date, date | None]] = []
        for stretch in self.stretches:
            if stretch.framework != sha256:
                continue
            if runs and runs[-1][1] == stretch.since:
                runs[-1] = (runs[-1][0], stretch.until)
            else:
                runs.append((stretch.since, stretch.until))
        return runs

    def length(self, span: Span, day: date) -> int:
        """Return how long a span is, where a setting says so as it was set on a day."""
        if not span.setting:
            return span.count
        held = [stretch.settings[span.setting] for stretch in self.stretches if stretch.since <= day]
        return int(held[-1] if held else SETTINGS[span.setting].holds)

    @property
    def departures(self) -> list[tuple[str, date, date | None, date]]:
        """Return who left, and when, of what arose from a day on until another, when it joined again: that stays as it was left."""
        found: list[tuple[str, date, date | None, date]] = []
        for code, row in self.agencies.items():
            begins = [ALWAYS, *(spell.joined_on for spell in row.spells[1:])]
            for spell, since, until in zip(row.spells, begins, [*begins[1:], None], strict=True):
                found += [(code, since, until, spell.left_on)] if spell.left_on else []
        return found

    @cached_property
    def decided(self) -> list[HistoryEntry]:
        """Return what the Board adopted and set, as it stands, in the order in which it was true."""
        asked: dict[str, Any] = {"kind": "partnership", "ref": "partnership", "topics": [ADOPTED, SET], "limit": 1000}
        known = inspection_history.history(self.conn, **self.at, **asked)
        return sorted((e for e in known if not e.retracted_by), key=lambda e: (e.since, e.position))

    def adopted_at(self, rule: Rule) -> int | None:
        """Return the event by which the framework of a rule came into force."""
        return self._adoptions.get(self.sets[rule.clause])

    @cached_property
    def _adoptions(self) -> Mapping[str, int]:
        """Return the event of each set's first adoption, by its hash."""
        return {e.said["sha256"]: e.position for e in self.decided[::-1] if e.topic == ADOPTED}

    def set_on(self, setting: str, day: date) -> date | None:
        """Return the day on which the Board set a number that held on another; None where it had not, and what it begins with held."""
        made = self._set.get(setting, [])
        number = bisect_right(made, day)
        return made[number - 1] if number else None

    @cached_property
    def _set(self) -> Mapping[str, list[date]]:
        """Return the days on which the Board set each thing, in their order."""
        found: dict[str, list[date]] = defaultdict(list)
        for e in self.decided:
            if e.topic == SET:
                found[e.said["setting"]].append(e.since)
        return found


def terms(conn: Connection[Any], index: Index, *, as_at: date, known_at: int) -> Terms:
    """Read the terms as at a day, as known at a position."""
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(STRETCHES, [known_at]).fetchall()
    stretches = tuple(
        Stretch(row["since"], row["until"], (row["framework"] or {}).get("sha256"), {name: row[name] for name in SETTINGS})
        for row in found
        if row["since"] <= as_at
    )
    agencies = {row.ref: row for row in partnership.agencies(conn, as_at=as_at, known_at=known_at)}
    return Terms(conn, index, as_at, known_at, stretches, agencies)


def not_held(conn: Connection[Any], index: Index, *, as_at: date, known_at: int) -> FrameworkRow | None:
    """Return the framework in force whose set of clauses this Muniment does not have; None where it has it, or none is in force.

    What such a framework asks cannot be computed, and whoever reads what is owed has to be told so: it would look like nothing.
    """
    framework = partnership.settings(conn, as_at=as_at, known_at=known_at).framework
    return framework if framework and framework.sha256 not in {one.sha256 for one in index.sets} else None
