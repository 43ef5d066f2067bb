"""What has to hold of one thing at least, such as a course of each format: one obligation, however many things there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row
from psycopg.sql import SQL

from projections.obligations.event_form import UNDONE
from projections.obligations.states import Instance, state_of
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.obligations.terms import Terms

# The first thing of which it holds; where it does of none, the last of which it did until an event undid it.
HOLDING = SQL("""
    SELECT DISTINCT ON (rule) found.*
      FROM unnest(%(rules)s::text[]) AS wanted (rule)
     CROSS JOIN LATERAL (
        (SELECT 1 AS place, rule, discharged_on, discharged_at, grade, was_discharged_on, was_discharged_at, undone_on, undone_at
           FROM views.standings
          WHERE rule = wanted.rule AND discharged_on IS NOT NULL AND ended_on IS NULL
            AND (until_on IS NULL OR until_on >= %(as_at)s) AND ({at}) IS TRUE
          ORDER BY discharged_on, discharged_at LIMIT 1)
         UNION ALL
        (SELECT 2, rule, NULL, NULL, NULL, was_discharged_on, was_discharged_at, undone_on, undone_at
           FROM views.standings
          WHERE rule = wanted.rule AND undone_on IS NOT NULL AND ({at}) IS TRUE
          ORDER BY undone_on DESC, undone_at DESC LIMIT 1)) AS found
     ORDER BY rule, place""").format(at=AT_CLOCKS)


def of_some(terms: Terms, *, owners: frozenset[str] | None = None, rules: frozenset[str] | None = None) -> Iterator[Instance]:
    """Give each of these obligations from the day on which the framework was adopted: it holds where it holds of one thing."""
    wanted = [
        (rule, runs[-1][0])
        for standing in terms.index.standing.values()
        for rule in standing
        if rule.some
        and (owners is None or rule.owner in owners)
        and (rules is None or rule.key in rules)
        and (runs := _begun(terms, rule.key))
    ]
    if not wanted:
        return
    with terms.conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(HOLDING, {**terms.at, "rules": [rule.key for rule, _ in wanted]})
        holding: dict[str, dict[str, Any]] = {row["rule"]: row for row in rows}
    for rule, since in wanted:
        found = holding.get(rule.key, {})
        done = found.get("discharged_on")
        yield Instance(
            rule=rule.key,
            clause=rule.clause,
            duty=rule.duty,
            form="standing",
            owner=rule.owner,
            subject=rule.thing,
            arose_on=since,
            asked_at=terms.adopted_at(rule),
            due_on=None,
            basis=rule.basis,
            setting=rule.setting or None,
            set_on=terms.set_on(rule.setting, since) if rule.setting else None,
            discharged_on=done,
            discharged_at=found.get("discharged_at"),
            ended_on=None,
            ended_at=None,
            **{name: found.get(name) for name in UNDONE},
            grade=found.get("grade"),
            state=state_of("standing", due_on=None, discharged_on=done, ended_on=None, left_on=None, as_at=terms.as_at),
            days_late=0,
        )


def _begun(terms: Terms, key: str) -> list[tuple[Any, Any]]:
    """Return the stretches in which a rule was in force, if it still is on the day."""
    runs = terms.in_force(terms.index.rules[key])
    return runs if runs and (runs[-1][1] is None or terms.as_at < runs[-1][1]) else []
