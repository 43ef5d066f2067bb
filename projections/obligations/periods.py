"""What comes again, laid out: who has to do it in which period, on the terms of a day, and what was done."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg.sql import SQL

from aggregates.framework import cadence
from aggregates.framework.cadence import Answer, Period
from projections import partnership
from projections.obligations import selecting
from projections.obligations.states import STATES, Instance, State, days_late, state_of
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from aggregates.framework.clauses import Members, OnCalendar
    from projections.obligations.terms import Terms

    Laid = dict[tuple[Any, ...], list[Period]]

ANSWERS = SQL("""
    SELECT rule, owner, done_on, done_at, names, grade, ends, undone_on, undone_at FROM views.cadences
     WHERE {at} AND rule = ANY(%(rules)s){narrow}""")


class Member(NamedTuple):
    """Somebody who owes what members of a kind owe, from one day to another."""

    code: str
    since: date
    until: date | None
    row: Mapping[str, Any]


class Turn(NamedTuple):
    """One period of one owner: what was done for it, if anything was, and how that stands; and what was, before it was taken back."""

    rule: OnCalendar
    owner: str
    period: Period
    answer: Answer | None
    was: Answer | None
    left_on: date | None
    ended_on: date | None
    ended_at: int | None
    state: State

    @property
    def subject(self) -> str:
        """Name the period."""
        return f"{self.period.first}..{self.period.last}"


def turns(terms: Terms, *, owners: frozenset[str] | None = None, rules: frozenset[str] | None = None) -> Iterator[Turn]:
    """Give each period of each owner that has begun by the day, of some rules or of all."""
    wanted = [rule for key, rule in terms.index.on_calendar.items() if rules is None or key in rules]
    answers = _answers(terms, wanted, owners)
    members = _members(terms, wanted, owners)
    laid: Laid = {}
    for rule in wanted:
        bound = members.get(rule.members, ()) if rule.members else [Member(rule.body, date.min, None, {})]
        for who in bound:
            if (owners is None or who.code in owners) and all(test.passes(who.row) for test in rule.where):
                yield from _of(terms, rule, who, answers.get((rule.key, who.code), ()), laid)


def recurring(
    terms: Terms,
    *,
    owners: frozenset[str] | None = None,
    rules: frozenset[str] | None = None,
    states: Collection[str] = STATES,
    subject: str | None = None,
) -> Iterator[Instance]:
    """Give the same as obligations, of some states or of all."""
    for turn in turns(terms, owners=owners, rules=rules):
        if turn.state in states and subject in {None, turn.subject}:
            yield _instance(terms, turn)


def _members(terms: Terms, rules: Iterable[OnCalendar], owners: frozenset[str] | None) -> Mapping[Members, Sequence[Member]]:
    """Return the members of each kind of which some may be asked for: no agency is a sub-group, or an office."""
    agencies_alone = owners is not None and owners <= terms.agencies.keys()
    kinds = {rule.members for rule in rules if rule.members and (rule.members == "member" or not agencies_alone)}
    return {kind: MEMBERS[kind](terms) for kind in kinds}


def _answers(terms: Terms, rules: Sequence[OnCalendar], owners: frozenset[str] | None) -> Mapping[tuple[str, str], list[Answer]]:
    """Return what was done, by rule and owner."""
    query = ANSWERS.format(at=AT_CLOCKS, narrow=SQL("") if owners is None else selecting.OWNERS)
    found: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    asked = {**terms.at, "rules": [rule.key for rule in rules], "owners": sorted(owners or ())}
    for rule, who, *said in terms.conn.cursor(binary=True).execute(query, asked).fetchall() if rules else ():
        found[rule, who].append(Answer._make(said))
    return found


def _of(terms: Terms, rule: OnCalendar, who: Member, answers: Sequence[Answer], laid: Laid) -> Iterator[Turn]:
    stand, gone = [one for one in answers if not one.undone_on], [one for one in answers if one.undone_on]
    for since, until in terms.in_force(rule):
        periods = _laid(terms, rule, _begins(rule, who, since), laid)
        taken_back = dict(cadence.answered(periods, gone)) if gone else {}
        for period, answer in cadence.answered(periods, stand):
            first = period.first
            if since <= first and who.since <= first and (until is None or first < until) and (who.until is None or first < who.until):
                yield _turn(terms, rule, who, period, (answer, taken_back.get(period)))


def _laid(terms: Terms, rule: OnCalendar, begins: date, laid: Laid) -> list[Period]:
    """Lay out periods from a day on; most rules and owners have the same."""
    kind = (begins, rule.every, rule.grace)
    if kind not in laid:
        grace = (rule.grace, terms.length(rule.grace, begins)) if rule.grace else None
        laid[kind] = cadence.periods(begins, lambda day: (rule.every, terms.length(rule.every, day)), terms.as_at, grace=grace)
    return laid[kind]


def _turn(terms: Terms, rule: OnCalendar, who: Member, period: Period, done: tuple[Answer | None, Answer | None]) -> Turn:
    answer, was = done
    left_on = who.until if who.until and who.until <= terms.as_at else None
    if answer is not None and not answer.ends:
        was = was if was and (was.on, was.at) < (answer.on, answer.at) else None
        return Turn(rule, who.code, period, answer, was, left_on, None, None, "met late" if answer.on > period.due_on else "met")
    ended_on, ended_at = (answer.on, answer.at) if answer else (None, None)
    if answer is None and left_on and left_on <= period.due_on:  # it was not due when its owner left
        ended_on = left_on
    state = state_of("calendar", due_on=period.due_on, discharged_on=None, ended_on=ended_on, left_on=left_on, as_at=terms.as_at)
    return Turn(rule, who.code, period, None, was, left_on, ended_on, ended_at, state)


def _begins(rule: OnCalendar, who: Member, since: date) -> date:
    """Return the day from which the periods are counted."""
    if rule.begins == "joined":
        return max(who.since, since)
    return rule.begins if isinstance(rule.begins, date) else since


def _instance(terms: Terms, turn: Turn) -> Instance:
    rule, period, answer, was = turn.rule, turn.period, turn.answer, turn.was
    done = answer.on if answer else None
    days = {"due_on": period.due_on, "discharged_on": done, "ended_on": turn.ended_on, "left_on": turn.left_on}
    return Instance(
        rule=rule.key,
        clause=rule.clause,
        duty=rule.duty,
        form="calendar",
        owner=turn.owner,
        subject=turn.subject,
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
        was_discharged_on=was.on if was else None,
        was_discharged_at=was.at if was else None,
        undone_on=was.undone_on if was else None,
        undone_at=was.undone_at if was else None,
        grade=answer.grade if answer else None,
        state=turn.state,
        days_late=days_late(**days, as_at=terms.as_at),
    )


def _agencies(terms: Terms) -> list[Member]:
    """Return the memberships of the agencies: one that left and joined again owes in each what fell into it."""
    return [Member(row.ref, *spell) for row in terms.agencies.values() for spell in row.spells]


def _sub_groups(terms: Terms) -> list[Member]:
    return [Member(row.ref, row.constituted_on, row.dissolved_on, {}) for row in partnership.sub_groups(terms.conn, **terms.at)]


def _trainers(terms: Terms) -> list[Member]:
    """Return the offices of trainers, from the first day on which anybody held each."""
    found = []
    for office in partnership.offices(terms.conn, **terms.at, role="trainer"):
        served = [term for term in office.terms if term.role == "trainer"]
        vacant = None if any(term.until_on is None for term in served) else max(term.until_on for term in served if term.until_on)
        found.append(Member(office.ref, min(term.from_on for term in served), vacant, {}))
    return found


MEMBERS: Mapping[Members, Callable[[Terms], list[Member]]] = {"member": _agencies, "sub-group": _sub_groups, "trainer": _trainers}
