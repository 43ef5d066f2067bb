"""What is owed, read: by whom, by which clause, in which state; one obligation; and who owes what by a clause. At both clocks.

The same obligation is the same whoever asks: event, calendar and standing form come out as one kind of row, in the order of due date.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import dict_row
from psycopg.sql import SQL, Composable, Composed

from projections.obligations import selecting
from projections.obligations.periods import recurring, turns
from projections.obligations.rules import INDEX
from projections.obligations.some import of_some
from projections.obligations.states import LACKING, STATES, STILL_OWED, Instance, days_late
from projections.obligations.terms import Terms, terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from psycopg import Connection

    from aggregates.framework.index import Index

NEVER = date.max  # what has no due date comes last
PLACE = SQL("""coalesce(due_on, %(never)s), (rule || '|' || owner || '|' || subject) COLLATE "C" """)  # as `place` has it

TABLES: Final = {"event": "views.obligations", "standing": "views.standings"}
HISTORY = SQL("""
    SELECT discharged_at, was_discharged_at, undone_at FROM {}
     WHERE rule = %(rule)s AND owner = ANY(%(owners)s) AND subject = %(subject)s
       AND known @> %(known_at)s::bigint AND valid && daterange(%(arose_on)s, %(as_at)s, '[]')""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which obligations: of some owners, of a clause, about a subject, in some states; only those that are not discharged and not ended.

    What the Board owes includes what it answers for: what would be owed by bodies that the framework names and it does not have.
    What is `due_by` a day has a due date, that day or an earlier one.
    """

    owners: frozenset[str] | None = None
    clause: str | None = None
    subject: str | None = None
    states: Collection[str] = ()
    due_by: date | None = None
    open_only: bool = False

    @property
    def among(self) -> frozenset[str]:
        """Return the states that are wanted."""
        wanted = frozenset(self.states or STATES)
        return wanted & (STILL_OWED | LACKING) if self.open_only else wanted


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
    return next((one for one in every if (one.rule, one.owner) == (rule, owner)), None)


def history(conn: Connection[Any], one: Instance, *, as_at: date, known_at: int, index: Index = INDEX) -> list[int]:
    """Return every event that discharged an obligation, or undid that, since it was asked for; in the order of the log."""
    found = {one.discharged_at, one.was_discharged_at, one.undone_at}
    if (table := TABLES.get(one.form)) is not None:
        owners = terms(conn, index, as_at=as_at, known_at=known_at).answering(frozenset({one.owner})) or ()
        asked: dict[str, Any] = {"rule": one.rule, "owners": sorted(owners), "subject": one.subject, "arose_on": one.arose_on}
        found.update(*conn.execute(HISTORY.format(SQL(table)), asked | {"as_at": as_at, "known_at": known_at}))
    return sorted(position for position in found if position)


def still_owed(
    conn: Connection[Any], *, as_at: date, known_at: int, due_by: date, index: Index = INDEX
) -> list[tuple[str, str, str, date, date]]:
    """Return rule, owner, subject and due date of what is still owed and due by a day, in that order, and since when it is owed so."""
    on, wanted = terms(conn, index, as_at=as_at, known_at=known_at), Wanted(states=STILL_OWED, due_by=due_by, open_only=True)
    query, asked = _composed(on, wanted, None)
    found = conn.execute(SQL("SELECT rule, owner, subject, due_on, coalesce(undone_on, arose_on) FROM ({}) AS found").format(query), asked)
    computed = (
        (one.rule, one.owner, one.subject, one.due_on, one.undone_on or one.arose_on)
        for one in _computed(on, wanted)
        if one.due_on and _is_wanted(one, wanted)
    )
    return sorted([*found, *computed], key=lambda one: (one[3], "|".join(one[:3])))


def listed(
    conn: Connection[Any], *, as_at: date, known_at: int, wanted: Wanted, first: int, most: int, index: Index = INDEX
) -> tuple[list[Instance], int]:
    """Return so many obligations at most, in the order of due date and after the first so many; and how many there are of them in all."""
    on = terms(conn, index, as_at=as_at, known_at=known_at)
    wanted, computed = _answered(on, wanted)
    return _in_order(on, wanted, computed, None, first + most)[first:], _in_tables(on, wanted) + len(computed)


def _owed(on: Terms, wanted: Wanted, after: tuple[date, str] | None, limit: int | None) -> list[Instance]:
    wanted, computed = _answered(on, wanted)
    return _in_order(on, wanted, computed, after, limit)


def _answered(on: Terms, wanted: Wanted) -> tuple[Wanted, list[Instance]]:
    """Return what is wanted, of whoever answers for its owners; and the obligations of it that no table has a row of."""
    wanted = replace(wanted, owners=on.answering(wanted.owners))
    return wanted, [one for one in _computed(on, wanted) if _is_wanted(one, wanted)]


def _in_order(on: Terms, wanted: Wanted, computed: list[Instance], after: tuple[date, str] | None, limit: int | None) -> list[Instance]:
    """Return the obligations of the tables and those that were computed, in the order of due date."""
    found = _of_tables(on, wanted, after, limit) + [one for one in computed if after is None or place(one) > after]
    return sorted(found, key=place)[:limit]


def _computed(on: Terms, wanted: Wanted) -> Iterator[Instance]:
    """Give the obligations that no table has a row of: the periods of the calendar, and what must hold of one thing at least."""
    rules = _rules(on, wanted)
    yield from recurring(on, owners=wanted.owners, rules=rules, states=wanted.among, subject=wanted.subject)
    yield from of_some(on, owners=wanted.owners, rules=rules)


def _rules(on: Terms, wanted: Wanted) -> frozenset[str] | None:
    return None if wanted.clause is None else frozenset(r.key for r in on.index.rules.values() if r.clause == wanted.clause)


def _is_wanted(one: Instance, wanted: Wanted) -> bool:
    if wanted.due_by is not None and (one.due_on is None or one.due_on > wanted.due_by):
        return False
    return wanted.subject in {None, one.subject} and one.state in wanted.among


def count(conn: Connection[Any], *, as_at: date, known_at: int, wanted: Wanted = EVERYTHING, index: Index = INDEX) -> int:
    """Return how many obligations these are, without reading those of the tables."""
    on = terms(conn, index, as_at=as_at, known_at=known_at)
    wanted = replace(wanted, owners=on.answering(wanted.owners))
    if wanted.due_by is not None:
        return _in_tables(on, wanted) + sum(_is_wanted(one, wanted) for one in _computed(on, wanted))
    rules = _rules(on, wanted)  # how a period stands is known before it is laid out as an obligation
    periods = turns(on, owners=wanted.owners, rules=rules)
    of_periods = sum(turn.state in wanted.among and wanted.subject in {None, turn.subject} for turn in periods)
    return _in_tables(on, wanted) + of_periods + sum(_is_wanted(one, wanted) for one in of_some(on, owners=wanted.owners, rules=rules))


def _in_tables(on: Terms, wanted: Wanted) -> int:
    query, asked = _composed(on, wanted, None)
    row = on.conn.execute(SQL("SELECT count(*) FROM ({}) AS found").format(query), asked).fetchone()
    return int(row[0]) if row else 0


def _of_tables(on: Terms, wanted: Wanted, after: tuple[date, str] | None, limit: int | None) -> list[Instance]:
    query, asked = _composed(on, wanted, after)
    if limit is not None:
        query += SQL(" ORDER BY {} LIMIT %(limit)s").format(PLACE)
    with on.conn.cursor(row_factory=dict_row) as cursor:
        return [_instance(on, row) for row in cursor.execute(query, asked | {"limit": limit})]


def _composed(on: Terms, wanted: Wanted, after: tuple[date, str] | None) -> tuple[Composed, dict[str, Any]]:
    narrow = [selecting.OWNERS] if wanted.owners is not None else []
    narrow += [selecting.CLAUSES] if wanted.clause is not None else []
    narrow += [selecting.SUBJECT] if wanted.subject is not None else []
    outer: list[Composable] = [SQL("state = ANY(%(states)s)")] if wanted.states else []
    outer += [SQL("due_on <= %(due_by)s")] if wanted.due_by is not None else []
    if after is not None:
        outer.append(SQL("({}) > (%(after_due)s, %(after_key)s)").format(PLACE))
    query = SQL("SELECT * FROM ({}) AS every").format(selecting.owed(*narrow, open_only=wanted.open_only))
    if outer:
        query += SQL(" WHERE ") + SQL(" AND ").join(outer)
    asked: dict[str, Any] = {
        "owners": sorted(wanted.owners or ()),
        "clauses": [wanted.clause],
        "subject": wanted.subject,
        "states": list(wanted.states),
        "due_by": wanted.due_by,
        "never": NEVER,
        "after_due": after and after[0],
        "after_key": after and after[1],
    }
    return query, selecting.parameters(on) | asked


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
