"""What is owed, read: by whom, by which clause, in which state; one obligation; and who owes what by a clause. At both clocks.

The same obligation is the same whoever asks: event, calendar and standing form come out as one kind of row, in the order of due date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row
from psycopg.sql import SQL, Composable

from projections.obligations import selecting
from projections.obligations.periods import recurring
from projections.obligations.rules import INDEX
from projections.obligations.some import of_some
from projections.obligations.states import STILL_OWED, Instance, days_late
from projections.obligations.terms import Terms, terms

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg import Connection

    from aggregates.framework.index import Index

NEVER = date.max  # what has no due date comes last
PLACE = SQL("""coalesce(due_on, %(never)s), (rule || '|' || owner || '|' || subject) COLLATE "C" """)  # as `place` has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which obligations: of some owners, of a clause, about a subject, in some states; only those that are not discharged and not ended."""

    owners: frozenset[str] | None = None
    clause: str | None = None
    subject: str | None = None
    states: Collection[str] = ()
    open_only: bool = False


EVERYTHING = Wanted()


def owed(
    conn: Connection[Any],
    *,
    as_at: date,
    known_at: int,
    wanted: Wanted = EVERYTHING,
    after: tuple[date, str] | None = None,
    limit: int | None = None,
    index: Index = INDEX,
) -> list[Instance]:
    """Return obligations in the order of due date, from the one after `after` (`place`) on."""
    return _owed(terms(conn, index, as_at=as_at, known_at=known_at), wanted, after, limit)


def place(one: Instance) -> tuple[date, str]:
    """Return where an obligation stands in the order of due date."""
    return one.due_on or NEVER, one.key


def instance(
    conn: Connection[Any], rule: str, owner: str, subject: str, *, as_at: date, known_at: int, index: Index = INDEX
) -> Instance | None:
    """Return one obligation; None where there was none: it was not asked for yet."""
    if (found := index.rules.get(rule)) is None:
        return None
    wanted = Wanted(owners=frozenset({owner}), clause=found.clause, subject=subject)
    every = _owed(terms(conn, index, as_at=as_at, known_at=known_at), wanted, None, None)
    return next((one for one in every if one.rule == rule), None)


def _owed(on: Terms, wanted: Wanted, after: tuple[date, str] | None, limit: int | None) -> list[Instance]:
    rules = None if wanted.clause is None else frozenset(r.key for r in on.index.rules.values() if r.clause == wanted.clause)
    found = _of_tables(on, wanted, after, limit)
    for one in (*recurring(on, owners=wanted.owners, rules=rules), *of_some(on, owners=wanted.owners, rules=rules)):
        if _is_wanted(one, wanted) and (after is None or place(one) > after):
            found.append(one)
    return sorted(found, key=place)[:limit]


def _is_wanted(one: Instance, wanted: Wanted) -> bool:
    if wanted.subject not in {None, one.subject} or (wanted.states and one.state not in wanted.states):
        return False
    return not wanted.open_only or one.state in STILL_OWED or one.state == "outstanding at departure"


def _of_tables(on: Terms, wanted: Wanted, after: tuple[date, str] | None, limit: int | None) -> list[Instance]:
    narrow = [selecting.OWNERS] if wanted.owners is not None else []
    narrow += [selecting.CLAUSES] if wanted.clause is not None else []
    narrow += [selecting.SUBJECT] if wanted.subject is not None else []
    query = selecting.owed(*narrow, open_only=wanted.open_only)
    outer: list[Composable] = [SQL("state = ANY(%(states)s)")] if wanted.states else []
    if after is not None:
        outer.append(SQL("({}) > (%(after_due)s, %(after_key)s)").format(PLACE))
    query = SQL("SELECT * FROM ({}) AS every").format(query)
    if outer:
        query += SQL(" WHERE ") + SQL(" AND ").join(outer)
    if limit is not None:
        query += SQL(" ORDER BY {} LIMIT %(limit)s").format(PLACE)
    asked: dict[str, Any] = {
        "owners": sorted(wanted.owners or ()),
        "clauses": [wanted.clause],
        "subject": wanted.subject,
        "states": list(wanted.states),
    }
    asked |= {"never": NEVER, "limit": limit, "after_due": after and after[0], "after_key": after and after[1]}
    with on.conn.cursor(row_factory=dict_row) as cursor:
        return [_instance(on, row) for row in cursor.execute(query, selecting.parameters(on) | asked)]


def _instance(on: Terms, row: dict[str, Any]) -> Instance:
    rule = on.index.rules[row["rule"]]
    left_on = row.pop("left_on")
    days = {name: row[name] for name in ("due_on", "discharged_on", "ended_on")}
    return Instance(
        **row,
        clause=rule.clause,
        duty=rule.duty,
        basis=rule.basis,
        setting=rule.setting or None,
        set_on=on.set_on(rule.setting, row["arose_on"]) if rule.setting else None,
        days_late=days_late(**days, left_on=left_on if left_on and left_on <= on.as_at else None, as_at=on.as_at),
    )
