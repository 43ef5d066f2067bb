"""The rows of what events ask for and of what must hold, on the terms of a day: one relation, `owed`, whatever the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg.sql import SQL, Composed

from projections.obligations.event_form import AS_ASKED, SETTLED, STILL_OPEN, UNCHANGED, Obligations
from projections.obligations.standing_form import NEVER_HELD, NOT_HELD, Standings
from projections.obligations.states import STATE
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from datetime import date

    from aggregates.framework.clauses import OnEvent, Span
    from projections.obligations.terms import Terms

# The rows of a table at the clocks: all of them, or the open ones, by the two indexes that these have.
EVERY: Final = SQL("SELECT * FROM views.{table} WHERE {at}{narrow}")
OPEN: Final = SQL("""
    SELECT {asked} FROM views.{table}
     WHERE {still} AND {as_asked} IS TRUE AND arose_on <= %(as_at)s AND asked_at <= %(known_at)s{narrow}
     UNION ALL
    SELECT {every} FROM views.{table} WHERE {still} AND {as_asked} IS NOT TRUE AND {at}{narrow}{lapsed}""")
SAID_IN_ASKING: Final = ("rule", "owner", "subject", "arose_on", "asked_at", "due_on")
OWNERS: Final = SQL(" AND owner = ANY(%(owners)s)")
SUBJECT: Final = SQL(" AND subject = %(subject)s")
CLAUSES: Final = SQL(" AND clause = ANY(%(clauses)s)")
# By the day on which it arose a row finds whether its rule was in force, and how long it had, where a setting of the Board says.
ASKED: Final = SQL("""
    SELECT 'event' AS form, o.rule, o.owner, o.subject, o.arose_on, o.asked_at, coalesce(o.due_on, (o.arose_on + t.span)::date) AS due_on,
           o.discharged_on, o.discharged_at, o.ended_on, o.ended_at,
           o.was_discharged_on, o.was_discharged_at, o.undone_on, o.undone_at, o.grade
      FROM ({obligations}) AS o
      JOIN unnest(%(rules)s::text[], %(since)s::date[], %(until)s::date[], %(spans)s::interval[]) AS t (rule, since, until, span)
        ON t.rule = o.rule AND o.arose_on >= t.since AND (t.until IS NULL OR o.arose_on < t.until)""")
# What had to hold already when the framework was adopted is owed from that day on.
STANDING: Final = SQL("""
    SELECT 'standing' AS form, s.rule, s.owner, s.subject, greatest(s.arose_on, t.since),
           CASE WHEN s.arose_on < t.since THEN t.adopted_at ELSE s.asked_at END,
           CASE WHEN s.until_on < %(as_at)s THEN s.until_on ELSE s.due_on END,
           CASE WHEN s.until_on < %(as_at)s THEN NULL ELSE s.discharged_on END,
           CASE WHEN s.until_on < %(as_at)s THEN NULL ELSE s.discharged_at END, s.ended_on, s.ended_at,
           s.was_discharged_on, s.was_discharged_at, s.undone_on, s.undone_at, s.grade
      FROM ({standings}) AS s
      JOIN unnest(%(held)s::text[], %(held_since)s::date[], %(held_until)s::date[], %(adopted_at)s::bigint[])
        AS t (rule, since, until, adopted_at)
        ON t.rule = s.rule AND (t.until IS NULL OR s.arose_on < t.until) AND (s.ended_on IS NULL OR s.ended_on >= t.since)""")
# The settled ones, counted: rule by rule, in an index of those that nothing has changed since and in one of the others, whatever the
# planner thinks of the clocks (IS TRUE). What they say is what `states` says; a test holds them equal.
COUNTED: Final = SQL("""
    SELECT t.rule, s.owner, c.state, c.number, 0
      FROM unnest({terms}) AS t (rule, since, until, span)
     CROSS JOIN LATERAL (
        SELECT owner, count(*) AS every, count({done}) AS done, count(*) FILTER (WHERE {done} > {due}) AS late, {undated} AS undated
          FROM {table}
         WHERE rule = t.rule AND (t.until IS NULL OR arose_on < t.until) AND {owed} AND {settled}{narrow}
         GROUP BY owner) AS s
     CROSS JOIN LATERAL (
        VALUES ('met', done - late - undated), ('met late', late), ('holds', undated), ('ended', every - done)) AS c (state, number)
     WHERE c.number > 0""")
SINCE: Final = SQL("discharged_on <= %(as_at)s AND discharged_at <= %(known_at)s")
WAYS: Final = (
    SQL("{} IS TRUE AND {}").format(SQL(UNCHANGED), SINCE),
    SQL("{} AND {} IS NOT TRUE AND ({}) IS TRUE").format(SQL(SETTLED), SQL(UNCHANGED), AT_CLOCKS),
)
DISCHARGED: Final = {
    "table": SQL("views.obligations"),
    "terms": SQL("%(rules)s::text[], %(since)s::date[], %(until)s::date[], %(spans)s::interval[]"),
    "due": SQL("coalesce(due_on, (arose_on + t.span)::date)"),
    "done": SQL("discharged_on"),
    "owed": SQL("arose_on >= t.since"),
    "undated": SQL("0"),
}
HELD: Final = SQL("CASE WHEN until_on < %(as_at)s THEN NULL ELSE discharged_on END")
HOLDING: Final = {
    "table": SQL("views.standings"),
    "terms": SQL("%(held)s::text[], %(held_since)s::date[], %(held_until)s::date[], %(adopted_at)s::bigint[]"),
    "due": SQL("due_on"),
    "done": HELD,
    "owed": SQL("(ended_on >= t.since OR (ended_on IS NULL AND (until_on IS NULL OR until_on >= %(as_at)s)))"),
    "undated": SQL("count(*) FILTER (WHERE due_on IS NULL AND {} IS NOT NULL)").format(HELD),
}
OPENS: Final = {
    Obligations: {"still": STILL_OPEN, "as_asked": AS_ASKED, "lapsed": ""},
    Standings: {"still": NOT_HELD, "as_asked": NEVER_HELD, "lapsed": " AND (discharged_on IS NULL OR until_on < %(as_at)s)"},
}
OWED: Final = SQL("""
    WITH rows AS (({asked}) UNION ALL ({standing})),
         owed AS (SELECT rows.*, left_on FROM rows
                    LEFT JOIN unnest(%(leavers)s::text[], %(left_since)s::date[], %(left_until)s::date[], %(left_on)s::date[])
                           AS l (leaver, since, until, left_on)
                           ON leaver = owner AND arose_on >= l.since AND (l.until IS NULL OR arose_on < l.until))
    SELECT *, {state} AS state FROM owed""")


def owed(*narrow: SQL, open_only: bool = False) -> Composed:
    """Compose the relation, narrowed by conditions of its tables."""
    rows = {form.table: _rows(form, SQL("").join(narrow), open_only=open_only) for form in (Obligations, Standings)}
    return OWED.format(asked=ASKED.format(**rows), standing=STANDING.format(**rows), state=STATE)


def _rows(form: type[Obligations | Standings], narrow: Composed, *, open_only: bool) -> Composed:
    where = {"table": SQL(form.table), "at": AT_CLOCKS, "narrow": narrow}
    if not open_only:
        return EVERY.format(**where)
    asked = SQL(", ").join(SQL(name if name in SAID_IN_ASKING else f"NULL::{kind} AS {name}") for name, kind in form.columns.items())
    every = SQL(", ").join(map(SQL, form.columns))
    return OPEN.format(asked=asked, every=every, **{name: SQL(text) for name, text in OPENS[form].items()}, **where)


def counted(*narrow: SQL) -> Composed:
    """Compose how many obligations of the tables stand how, by rule and owner: the open ones as they are, the settled ones by counting.

    The last column says of how many of the open ones it was undone that they were met.
    """
    settled = [COUNTED.format(settled=way, narrow=SQL("").join(narrow), **form) for form in (DISCHARGED, HOLDING) for way in WAYS]
    still = SQL("SELECT rule, owner, state, count(*), count(undone_on) FROM ({}) AS open GROUP BY 1, 2, 3")
    parts = (still.format(owed(*narrow, open_only=True)), *settled)
    return SQL(" UNION ALL ").join(SQL("({})").format(one) for one in parts)


def parameters(terms: Terms) -> dict[str, Any]:
    """Return the terms as the relation takes them: when each rule was in force, how long each gives, and who has left."""
    events = [(rule.key, *stretch) for rule in terms.index.on_event.values() for stretch in _stretches(terms, rule)]
    held = [
        (rule.key, runs[0][0], runs[-1][1], terms.adopted_at(rule))
        for rules in terms.index.standing.values()
        for rule in rules
        if not rule.some and (runs := terms.in_force(rule))
    ]
    names = (
        ("rules", "since", "until", "spans"),
        ("held", "held_since", "held_until", "adopted_at"),
        ("leavers", "left_since", "left_until", "left_on"),
    )
    found: tuple[list[Any], ...] = (events, held, terms.departures)
    columns = {name: [row[n] for row in rows] for group, rows in zip(names, found, strict=True) for n, name in enumerate(group)}
    return {**terms.at, **columns}


def _stretches(terms: Terms, rule: OnEvent) -> list[tuple[date, date | None, str | None]]:
    """Return when a rule was in force and, where a setting says how long it gives, how long it was from when to when."""
    span = rule.due.span if rule.due else None
    if span is None or not span.setting:
        return [(since, until, None) for since, until in terms.in_force(rule)]
    cut: list[tuple[date, date | None, str | None]] = []
    for since, until in terms.in_force(rule):
        days = sorted({since, *(s.since for s in terms.stretches if s.since > since and (until is None or s.since < until))})
        for first, following in zip(days, [*days[1:], until], strict=True):
            long = _interval(span, terms.length(span, first))
            if cut and cut[-1][1] == first and cut[-1][2] == long:
                cut[-1] = (cut[-1][0], following, long)
            else:
                cut.append((first, following, long))
    return cut


def _interval(span: Span, count: int) -> str:
    return f"{count} {span.unit}"
