"""Every owner beside every clause: how many obligations stand how. It counts, and ranks nobody.

A cell says in words the worst of what it counts, and opens the obligations themselves.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aggregates.authority import BOARD
from projections.obligations import selecting
from projections.obligations.periods import turns
from projections.obligations.rules import INDEX
from projections.obligations.some import of_some
from projections.obligations.states import NOT_ASKED, STATES
from projections.obligations.terms import terms

if TYPE_CHECKING:
    from datetime import date

    from psycopg import Connection

    from aggregates.framework.index import Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one owner owes by one clause: how many stand in each state. `says` is the state that most asks to be looked at.

    `undone` of those that are not met were met once, until what met them was taken back.
    """

    clause: str
    owner: str
    counts: dict[str, int]
    says: str
    undone: int

    @property
    def words(self) -> str:
        """Return how many stand how, in words: `2 overdue, 4 met; 1 was met, and that was undone`."""
        counted = ", ".join(f"{self.counts[state]:,} {state}" for state in STATES if self.counts.get(state))
        return f"{counted}; {self.undone:,} {'was' if self.undone == 1 else 'were'} met, and that was undone" if self.undone else counted


def grid(
    conn: Connection[Any], *, as_at: date, known_at: int, owners: frozenset[str] | None = None, index: Index = INDEX
) -> dict[tuple[str, str], Cell]:
    """Return the cells that count something, by clause and owner."""
    on = terms(conn, index, as_at=as_at, known_at=known_at)
    owners = on.answering(owners)
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    narrow = [] if owners is None else [selecting.OWNERS]
    asked = selecting.parameters(on) | {"owners": sorted(owners or ())}
    undone: dict[tuple[str, str], int] = defaultdict(int)
    periods, some = turns(on, owners=owners), [*of_some(on, owners=owners)]
    with conn.pipeline():  # the server counts what is in its tables while what comes again is laid out here
        found = conn.execute(selecting.counted(*narrow), asked)
        for turn in periods:
            counts[turn.rule.clause, turn.owner][turn.state] += 1
            undone[turn.rule.clause, turn.owner] += turn.was is not None and turn.answer is None
        for rule, who, state, number, taken_back in found.fetchall():
            counts[index.rules[rule].clause, who][state] += number
            undone[index.rules[rule].clause, who] += taken_back
    for one in some:
        counts[one.clause, one.owner][one.state] += 1
        undone[one.clause, one.owner] += one.undone_on is not None and one.discharged_on is None
    for clause, who in [place for place in counts if place[1] in on.lacking]:  # the Board answers for it
        undone[clause, BOARD] += undone[clause, who]
        for state, number in counts.pop((clause, who)).items():
            counts[clause, BOARD][state] += number
    return {
        (clause, who): Cell(clause=clause, owner=who, counts=dict(said), says=says(said), undone=undone[clause, who])
        for (clause, who), said in counts.items()
    }


def says(counts: dict[str, int]) -> str:
    """Return the state, of those that are counted, that most asks to be looked at."""
    return next((state for state in STATES if counts.get(state)), NOT_ASKED)
