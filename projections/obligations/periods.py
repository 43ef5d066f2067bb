"""What comes again, laid out: who has to do it in which period, on the terms of a day, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL

from aggregates.framework import cadence
from aggregates.framework.cadence import Answer
from projections import partnership
from projections.obligations import selecting
from projections.obligations.states import Instance, State, days_late, state_of
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from aggregates.framework.cadence import Period
    from aggregates.framework.clauses import Members, OnCalendar
    from projections.obligations.terms import Terms

ANSWERS = SQL("SELECT rule, owner, answers FROM views.cadences WHERE {at}{narrow}")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who owes what members of a kind owe, from one day to another."""

    code: str
    since: date
    until: date | None
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """One period of one owner: what was done for it, if anything was, and how that stands."""

    rule: OnCalendar
    owner: str
    period: Period
    answer: Answer | None
    left_on: date | None
    ended_on: date | None
    ended_at: int | None
    state: State


def turns(terms: Terms, *, owners: frozenset[str] | None = None, rules: frozenset[str] | None = None) -> Iterator[Turn]:
    """Give each period of each owner that has begun by the day, of some rules or of all."""
    wanted = [rule for key, rule in terms.index.on_calendar.items() if rules is None or key in rules]
    if not wanted:
        return
    query = ANSWERS.format(at=AT_CLOCKS, narrow=SQL("") if owners is None else selecting.OWNERS)
    answers = {(rule, who): said for rule, who, said in terms.conn.execute(query, terms.at | {"owners": sorted(owners or ())})}
    members: dict[Members, list[Member]] = {}
    for rule in wanted:
        if rule.members and rule.members not in members:
            members[rule.members] = MEMBERS[rule.members](terms)
        bound = members[rule.members] if rule.members else [Member(rule.body, date.min, None, {})]
        laid: dict[date, list[Period]] = {}
        for who in bound:
            if (owners is None or who.code in owners) and all(test.passes(who.row) for test in rule.where):
                yield from _of(terms, rule, who, [_answer(said) for said in answers.get((rule.key, who.code), ())], laid)


def recurring(terms: Terms, *, owners: frozenset[str] | None = None, rules: frozenset[str] | None = None) -> Iterator[Instance]:
    """Give the same as obligations."""
    return (_instance(terms, turn) for turn in turns(terms, owners=owners, rules=rules))


def _of(terms: Terms, rule: OnCalendar, who: Member, answers: list[Answer], laid: dict[date, list[Period]]) -> Iterator[Turn]:
    left = who.until if who.until and who.until <= terms.as_at else None
    for since, until in terms.in_force(rule):
        begins = _begins(rule, who, since)
        if begins not in laid:  # most owners have the same periods
            grace = (rule.grace, terms.length(rule.grace, begins)) if rule.grace else None
            laid[begins] = cadence.periods(begins, lambda day: (rule.every, terms.length(rule.every, day)), terms.as_at, grace=grace)
        for period, answer in cadence.answered(laid[begins], answers):
            first = period.first
            if since <= first and who.since <= first and (until is None or first < until) and (who.until is None or first < who.until):
                ending = answer if answer and answer.ends else None
                done = None if ending else answer
                gone = left if done is None and left and left <= period.due_on else None  # it was not due when its owner left
                ended = ending.on if ending else gone
                days = {"due_on": period.due_on, "discharged_on": done.on if done else None, "ended_on": ended, "left_on": left}
                state = state_of("calendar", **days, as_at=terms.as_at)
                yield Turn(rule, who.code, period, done, left, ended, ending.at if ending else None, state)


def _begins(rule: OnCalendar, who: Member, since: date) -> date:
    """Return the day from which the periods are counted."""
    if rule.begins == "joined":
        return max(who.since, since)
    return rule.begins if isinstance(rule.begins, date) else since


def _instance(terms: Terms, turn: Turn) -> Instance:
    rule, period, answer = turn.rule, turn.period, turn.answer
    done = answer.on if answer else None
    days = {"due_on": period.due_on, "discharged_on": done, "ended_on": turn.ended_on, "left_on": turn.left_on}
    return Instance(
        rule=rule.key,
        clause=rule.clause,
        duty=rule.duty,
        form="calendar",
        owner=turn.owner,
        subject=f"{period.first}..{period.last}",
        arose_on=period.first,
        asked_at=terms.adopted_at(rule),
        due_on=period.due_on,
        basis=rule.basis,
        setting=rule.setting or None,
        set_on=terms.set_on(rule.setting, period.first) if rule.setting else None,
        discharged_on=done,
        discharged_at=answer.at if answer else None,
        ended_on=turn.ended_on,
        ended_at=turn.ended_at,
        grade=(answer.grade or None) if answer else None,
        state=turn.state,
        days_late=days_late(**days, as_at=terms.as_at),
    )


def _answer(said: Mapping[str, Any]) -> Answer:
    return Answer(date.fromisoformat(said["on"]), said["at"], cadence.meant(said["period"]), said["grade"] or "", said["ends"])


def _agencies(terms: Terms) -> list[Member]:
    rows = terms.agencies.values()
    return [Member(row.ref, row.joined_on, row.left_on, {"section_11": row.section_11, "category": row.category}) for row in rows]


def _sub_groups(terms: Terms) -> list[Member]:
    return [Member(row.ref, row.constituted_on, row.dissolved_on, {}) for row in partnership.sub_groups(terms.conn, **terms.at)]


def _trainers(terms: Terms) -> list[Member]:
    """Return the offices of trainers, from the first day on which anybody held each."""
    found = []
    for office in partnership.offices(terms.conn, **terms.at):
        served = [term for term in office.terms if term.role == "trainer"]
        if served:
            vacant = None if any(term.until_on is None for term in served) else max(term.until_on for term in served if term.until_on)
            found.append(Member(office.ref, min(term.from_on for term in served), vacant, {}))
    return found


MEMBERS: Mapping[Members, Callable[[Terms], list[Member]]] = {"member": _agencies, "sub-group": _sub_groups, "trainer": _trainers}
