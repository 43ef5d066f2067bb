"""What the Board believed of a day then, and what we know of it now: the difference, and the very entries that made it.

`known` moves one step an entry, so the bounds of the versions of an action name the entries at which an answer changed: nothing has
to be searched for, or explained from memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL

from aggregates.entry import Recorded
from aggregates.entry.topics import event_type
from projections.action_register.listing import DAYS_OVERDUE, Filters, register, sorts_as
from projections.inspection import history as inspection_history

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from psycopg import Connection

    from projections.action_register.listing import ActionRow
    from projections.inspection.history import HistoryEntry

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """An action that was taken for overdue and was not, or the other way round, and the entries that showed it."""

    ref: str
    overdue: bool
    entries: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindsight:
    """How many actions were overdue on a day, as known then and as known now."""

    as_at: date
    known_then: int
    known_now: int
    believed: int
    known: int
    reversals: tuple[Reversal, ...]

    @property
    def recorded_late(self) -> tuple[HistoryEntry, ...]:
        """Return the entries that were true by then, and on record only afterwards."""
        return tuple(e for r in self.reversals for e in r.entries if e.amends is None)

    @property
    def amendments(self) -> tuple[HistoryEntry, ...]:
        """Return the corrections and retractions that changed the answer."""
        return tuple(e for r in self.reversals for e in r.entries if e.amends is not None)

    @property
    def sentence(self) -> str:
        """Say it as people do."""
        day = f"{self.as_at.day} {self.as_at:%B %Y}"
        then = f"On {day} the Board believed {_actions(self.believed)} overdue."
        if not self.reversals:
            return f"{then} Nothing recorded since changes that."
        causes = [
            _cause(self.recorded_late, "recorded late"),
            _cause([e for e in self.amendments if _retraction(e)], "retracted"),
            _cause([e for e in self.amendments if not _retraction(e)], "corrected"),
        ]
        return f"{then} We now know it was {self.known}: {', '.join(cause for cause in causes if cause)}."


def _actions(number: int) -> str:
    return f"{number} action was" if number == 1 else f"{number} actions were"


def _retraction(entry: HistoryEntry) -> bool:
    return issubclass(event_type(entry.topic), Recorded.EntryRetracted)


def _cause(entries: Sequence[HistoryEntry], how: str) -> str:
    if not entries:
        return ""
    positions = sorted({entry.position for entry in entries})
    number = NUMBERS[len(positions)] if len(positions) < len(NUMBERS) else str(len(positions))
    was, events = ("was", "event") if len(positions) == 1 else ("were", "events")
    return f"{number} {was} {how} ({events} {', '.join(f'{position:,}' for position in positions)})"


def overdue(conn: Connection[Any], *, as_at: date, known_then: int, known_now: int) -> Hindsight:
    """Compare what was overdue on a day, as known at two positions, the earlier first."""
    query = SQL("""
        SELECT key, lower(known), upper(known), {days} > 0
          FROM views.action_register
         WHERE valid @> %(as_at)s::date AND known && int8range(%(then)s, %(now)s, '[]')
         ORDER BY key, known""").format(days=SQL(DAYS_OVERDUE))
    versions: dict[str, list[tuple[int, int | None, bool]]] = {}
    for key, since, until, late in conn.execute(query, {"as_at": as_at, "then": known_then, "now": known_now}):
        versions.setdefault(key, []).append((since, until, late))
    before = {key for key, life in versions.items() if _held(life, known_then)}
    after = {key for key, life in versions.items() if _held(life, known_now)}
    turns = {key: _turns(versions[key], known_then, known_now) for key in sorted(before ^ after, key=sorts_as)}
    found = inspection_history.entries_at(conn, [p for positions in turns.values() for p in positions], known_at=known_now)
    entries = {entry.position: entry for entry in found}
    reversals = (Reversal(ref=key, overdue=key in after, entries=tuple(entries[p] for p in positions)) for key, positions in turns.items())
    return Hindsight(
        as_at=as_at,
        known_then=known_then,
        known_now=known_now,
        believed=len(before),
        known=len(after),
        reversals=tuple(reversals),
    )


def _held(life: Sequence[tuple[int, int | None, bool]], position: int) -> bool:
    """Say whether an action was overdue, as known at a position."""
    return any(late for since, until, late in life if since <= position and (until is None or position < until))


def _turns(life: Sequence[tuple[int, int | None, bool]], then: int, now: int) -> list[int]:
    """Return the positions at which the answer turned."""
    bounds = sorted({bound for since, until, _ in life for bound in (since, until) if bound is not None and then < bound <= now})
    return [position for position in bounds if _held(life, position) != _held(life, position - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An action that the register shows differently at two pairs of clocks; None where it does not show it."""

    ref: str
    before: ActionRow | None
    after: ActionRow | None


# What has a version that begins or ends with an entry in between; and what was signed off by an office that has.
IN_BETWEEN = SQL("(lower(known) > %(first)s AND lower(known) <= %(last)s OR upper(known) > %(first)s AND upper(known) <= %(last)s)")
TURNED = SQL("""
    SELECT key FROM views.action_register WHERE valid @> %(as_at)s::date AND {turned}
     UNION
    SELECT key FROM views.action_register
     WHERE valid @> %(as_at)s::date AND signed_off_by IN (SELECT key FROM views.offices WHERE {turned})""").format(turned=IN_BETWEEN)


def changes(conn: Connection[Any], before: tuple[date, int], after: tuple[date, int]) -> list[Change]:
    """Return the actions that differ between two pairs of clocks, each *as at* and *as known at*."""
    shown, filters = [], Filters()
    if before[0] == after[0]:  # of one day only what was recorded in between can tell
        first, last = sorted((before[1], after[1]))
        turned = conn.execute(TURNED, {"as_at": before[0], "first": first, "last": last})
        if not (refs := [ref for (ref,) in turned]):
            return []
        filters = Filters(refs=refs)
    for as_at, known_at in (before, after):
        rows = register(conn, as_at=as_at, known_at=known_at, filters=filters, sort="ref")
        shown.append({row.ref: row for row in rows})
    every = sorted(shown[0].keys() | shown[1].keys(), key=sorts_as)
    found = (Change(ref=ref, before=shown[0].get(ref), after=shown[1].get(ref)) for ref in every)
    return [change for change in found if _shown(change.before) != _shown(change.after)]


def _shown(row: ActionRow | None) -> ActionRow | None:
    """Leave out what differs between any two days: how long something has been overdue."""
    return row and replace(row, days_overdue=min(1, row.days_overdue), changed_at=0)
