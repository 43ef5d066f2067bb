"""What comes again, laid out: who has to do it in which period, on the terms of a day, and what was done."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg.sql import SQL

from aggregates.framework import cadence
from aggregates.framework.cadence import Answer, Period
from projections import partnership
from projections.obligations import selecting
from projections.obligations.states import STATES, Instance, State, days_late, state_of
from projections.people.merging import merged
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from aggregates.framework.clauses import Members, OnCalendar
    from projections.obligations.terms import Terms

    Laid = dict[tuple[Any, ...], list[Period]]

ANSWERS = SQL("""
    SELECT rule, owner, done_on, done_at, names, grade, ends, undone_on, undone_at FROM views.cadences
     WHERE {at} AND rule = ANY(%(rules)s){narrow}""")


class Stint(NamedTuple):
    """The days on which a person held an office; `until` is the first after them."""

    since: date
    until: date
    office: str


class Member(NamedTuple):
    """Somebody who owes what members of a kind owe, from one day to another, and is a member until `left_on`.

    Of a person, `held` are the offices in which they answer: what somebody else answered in one of them is not theirs.
    """

    code: str
    since: date
    until: date | None
    row: Mapping[str, Any]
    left_on: date | None
    held: tuple[Stint, ...] = ()


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
    """Give each period of each owner that has begun by the day, of some rules or of all. What that takes of the record is read at once."""
    wanted = [rule for key, rule in terms.index.on_calendar.items() if rules is None or key in rules]
    members = _members(terms, wanted, owners)
    answering = {stint.office for who in members.get("trainer", ()) for stint in who.held}
    answers = _answers(terms, wanted, None if owners is None else owners | answering)
    return _turns(terms, wanted, members, answers, owners)


def _turns(
    terms: Terms,
    wanted: Iterable[OnCalendar],
    members: Mapping[Members, Sequence[Member]],
    answers: Mapping[tuple[str, str], Sequence[Answer]],
    owners: frozenset[str] | None,
) -> Iterator[Turn]:
    laid: Laid = {}
    for rule in wanted:
        bound = members.get(rule.members, ()) if rule.members else [Member(rule.body, date.min, None, {}, None)]
        for who in bound:
            if (owners is None or who.code in owners) and all(test.passes(who.row) for test in rule.where):
                yield from _of(terms, rule, who, _theirs(rule, who, answers), laid)


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


def _theirs(rule: OnCalendar, who: Member, answers: Mapping[tuple[str, str], Sequence[Answer]]) -> Sequence[Answer]:
    """Return what a member did. What ends a period ends it for whoever it was asked of in that office."""
    own = answers.get((rule.key, who.code), ())
    if not who.held:
        return own
    given = (one for stint in who.held for one in answers.get((rule.key, stint.office), ()) if stint.since <= one.on < stint.until)
    return [*(one for one in given if not one.ends), *(one for one in own if one.ends)]


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
    left_on = who.left_on if who.left_on and who.left_on <= terms.as_at else None
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
    return [Member(row.ref, *spell, spell.left_on) for row in terms.agencies.values() for spell in row.spells]


def _sub_groups(terms: Terms) -> list[Member]:
    groups = partnership.sub_groups(terms.conn, **terms.at)
    return [Member(row.ref, row.constituted_on, row.dissolved_on, {}, row.dissolved_on) for row in groups]


def _trainers(terms: Terms) -> list[Member]:
    """Return the trainers: persons, each in the name of the office in which they train.

    The framework asks all trainers, and not all offices: whoever holds two owes once, and who takes one over is neither held to what
    their predecessor owed nor has done it because the predecessor had.
    """
    into = merged(terms.conn, **terms.at)
    held: dict[UUID, list[Stint]] = defaultdict(list)
    for office in partnership.offices(terms.conn, **terms.at, role="trainer"):
        served = sorted((term for term in office.terms if term.role == "trainer"), key=lambda term: term.from_on)
        for term, following in zip(served, [*served[1:], None], strict=True):
            last = date.max if term.until_on is None else term.until_on + timedelta(1)
            until = last if following is None else min(last, following.from_on)  # corrections may make terms overlap
            held[into.get(term.holder, term.holder)].append(Stint(term.from_on, until, office.ref))
    return [member for stints in held.values() for member in _trainer(tuple(sorted(stints)))]


def _trainer(stints: tuple[Stint, ...]) -> Iterator[Member]:
    """Give a person as one member at a time: in the name of the office that they have held for longest."""
    free = date.min
    for place, stint in enumerate(stints):
        since, free = max(stint.since, free), max(stint.until, free)
        left = free
        for later in stints[place + 1 :]:
            left = max(left, later.until) if later.since <= left else left
        if since < stint.until:
            yield Member(stint.office, since, stint.until, {}, None if left == date.max else left, stints)


MEMBERS: Mapping[Members, Callable[[Terms], list[Member]]] = {"member": _agencies, "sub-group": _sub_groups, "trainer": _trainers}
