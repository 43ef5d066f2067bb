"""A rule said in words, so that who is bound by it can read what is counted against them: when it asks, whom, what for, and by when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from aggregates.framework.clauses import BOARD, OnCalendar, OnEvent, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregates.framework.clauses import Due, Span
    from aggregates.framework.matching import Pattern, Selector, Test

KINDS: Final[Mapping[str, str]] = {"training_session": "training session", "sub_group": "sub-group", "partnership": "the partnership"}
MEMBERS: Final[Mapping[str, str]] = {"member": "each member agency", "trainer": "each trainer", "sub-group": "each sub-group"}


def in_words(rule: OnEvent | OnCalendar | Standing) -> list[str]:
    """Return the sentences of a rule."""
    if isinstance(rule, OnEvent):
        return list(_on_event(rule))
    if isinstance(rule, OnCalendar):
        return list(_on_calendar(rule))
    owner = _body(rule.owner) if rule.owner else "whoever it is a matter of"
    of = f"at least one {rule.thing}" if rule.some else f"every {rule.thing}" if rule.thing != "partnership" else "the partnership"
    return [f"It must hold of {of}: {rule.fact}.", f"Owed by {owner}, as long as it is asked for."]


def _on_event(rule: OnEvent) -> Iterable[str]:
    yield f"Asked for by: {_either(rule.trigger, ' or ')}."
    yield f"Owed by {_either_owner(rule.trigger)}, {_by_when(rule.due)}."
    yield f"Discharged by: {_either(rule.discharged_by, ' and ' if rule.all_of else ' or ')}."
    if rule.ended_by:
        yield f"Ended by: {_either(rule.ended_by, ' or ')}."
    if rule.graded_by or rule.graded:
        by = f" by: {_either(rule.graded_by, ' or ')}" if rule.graded_by else ""
        yield f"How well it was done is a decision of people, and is shown as they graded it{by}."


def _on_calendar(rule: OnCalendar) -> Iterable[str]:
    owner = MEMBERS[rule.members] if rule.members else _body(rule.body)
    since = {"adopted": "the framework was adopted", "joined": "it joined"}.get(str(rule.begins), "")
    begins = f"{rule.begins.day} {rule.begins:%B %Y}" if isinstance(rule.begins, date) else f"the day on which {since}"
    yield f"Owed by {owner}{_where(rule.where)}, {_every(rule.every)}, counted from {begins}."
    grace = f", or {_span(rule.grace)} after it" if rule.grace else ""
    yield f"Due on the last day of each period{grace}."
    said = " of the period that it names" if rule.period else ""
    yield f"Discharged by: {_either(rule.discharged_by, ' or ')}{said}."


def _either(patterns: Sequence[Pattern], joined: str) -> str:
    return joined.join(dict.fromkeys(f"{_event(pattern.event)}{_where(pattern.where)}" for pattern in patterns))


def _event(event: str) -> str:
    kind, _, name = event.partition(".")
    return f"{KINDS.get(kind, kind)}: {name.replace('_', ' ')}"


def _where(tests: Sequence[Test]) -> str:
    return f" ({'; '.join(map(_test, tests))})" if tests else ""


def _test(test: Test) -> str:
    field = test.field.replace("_", " ").replace(".", ": ")
    if test.values:
        values = " or ".join(sorted(_value(value) for value in test.values))
        return f"{field} {'is not' if test.never else 'is'} {values}"
    if test.begins:
        return f"{field} begins with {test.begins}"
    return f"{field} is {'not said' if test.never else 'said'}"


def _value(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).replace("_", " ")


def _either_owner(patterns: Sequence[Pattern]) -> str:
    return " or ".join(dict.fromkeys(_owner(pattern.owner) for pattern in patterns))


def _owner(owner: Selector) -> str:
    if owner.always:
        return _body(owner.always)
    field, _, member = owner.field.partition(".")
    return f"whoever it names as {(member or field).replace('_', ' ')}"


def _body(code: str) -> str:
    return "the Board" if code == BOARD else f"the sub-group {code}"


def _by_when(due: Due | None) -> str:
    if due is None:
        return "with no day stated, so it is never late"
    if due.span is None:
        return f"by the day that it names ({due.field.replace('_', ' ')})"
    after = f" after the day that it names ({due.field.replace('_', ' ')})" if due.field and due.field != "occurred_on" else ""
    return "on the same day" if due.span.count == 0 and not due.span.setting else f"within {_span(due.span)}{after}"


def _every(span: Span) -> str:
    if span.setting:
        return f"every so many {span.unit} as the Board has set"
    return f"every {_span(span)}" if span.count > 1 else f"every {span.unit.removesuffix('s')}"


def _span(span: Span) -> str:
    if span.setting:
        return f"so many {span.unit} as the Board has set"
    return f"{span.count} {span.unit if span.count != 1 else span.unit.removesuffix('s')}"
