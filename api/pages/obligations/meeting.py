"""What would meet an obligation that is still owed, and where whoever reads of it can do that."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from aggregates.framework.clauses import OnCalendar, OnEvent, Standing
from aggregates.framework.matching import event_of
from api.pages.acting.addresses import LISTS, address_of
from api.pages.acting.forms.words import asked_of
from api.pages.acting.possible import Possible, acting_or_nobody, with_thing
from api.resources.answering.commands import declared
from projections import returns
from projections.obligations import INDEX, STILL_OWED
from service.commands import AMENDMENTS, COMMANDS, KINDS, Command
from service.commands.asking import ONE_OF_ITS_KIND, RESOURCES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from api.pages.frame import Look
    from projections.obligations import Instance

LISTED: Final = frozenset({*LISTS.values(), *(f"/{resource}" for resource in RESOURCES.values())} - {"/returns"})
ANSWER: Final = "submit_return"
OPEN: Final = STILL_OWED | {"outstanding at departure"}


def to_meet(seen: Look, it: Instance) -> Possible | None:
    """Say what the reader can do now towards an obligation; None where nothing is owed by it any more."""
    if it.state not in OPEN:
        return None
    rule = INDEX.rules[it.rule]
    kind, ref = _thing(it.subject)
    meeting = _commands(rule)
    # What must hold of a thing may come of anything that is done with it; what an event discharges, of that event's command alone.
    only = None if isinstance(rule, Standing) else {command.name for command in meeting}
    saying = {one.name: _taken(one, _said(rule, one, it)) for one in meeting}
    found = with_thing(seen, kind, ref, only=only, saying=saying) if ref else Possible([], [])
    who = acting_or_nobody()
    if who is None or not seen.clocks.is_now:
        return found
    elsewhere = [one for one in meeting if (one.creates or one.kind != kind) and one.open_to(who.role)]
    tasks = (*found.can, *(_task(one) for one in elsewhere if one.name != ANSWER))
    can = [_filled(task, _said(rule, COMMANDS[str(task["name"])], it)) for task in tasks]
    answers = (_to_answer(seen, it, _said(rule, one, it).get("kind")) for one in elsewhere if one.name == ANSWER)
    return reduce(lambda so_far, more: Possible(so_far.can + more.can, so_far.cannot + more.cannot), answers, Possible(can, found.cannot))


def waits_for(it: Instance, role: str | None, asked: Collection[tuple[str, str]]) -> str | None:
    """Say for whom an obligation waits where the next step is not for this role: None where it is, or where a thing's state decides.

    `asked` are the returns that wait for their answer, by kind and respondent.
    """
    rule = INDEX.rules[it.rule]
    meeting = [] if isinstance(rule, Standing) else _commands(rule)
    theirs = [one for one in meeting if one.open_to(role) and _taken(one, _said(rule, one, it)).keys() <= asked_of(one, role)]
    if any(one.name != ANSWER or (_said(rule, one, it).get("kind"), it.owner) in asked for one in theirs) or not meeting:
        return None
    if theirs:
        return "Once the Board asks for it"
    others = sorted({who for one in meeting for who in one.by if who != role})
    return f"Recorded by others: {', '.join(others)}" if others else "Said by somebody else"


def _to_answer(seen: Look, it: Instance, kind: str | None) -> Possible:
    """Say which returns of a kind wait for an answer of who owes it; that none does where the Board has yet to ask."""
    waiting = returns.returns(seen.on.conn, **seen.on.at, filters=returns.Filters(kind=kind, respondent=it.owner, status="requested"))
    if not waiting:
        return Possible(
            [], [f"It is answered in a return, and none waits for {seen.words.body(it.owner)}: the Board has to ask for it first."]
        )
    each = [with_thing(seen, "return", row.ref, only={ANSWER}) for row in waiting]
    can = [task | {"text": row.ref} for row, one in zip(waiting, each, strict=True) for task in one.can]
    return Possible(can, list(dict.fromkeys(why for one in each for why in one.cannot)))


def _said(rule: OnEvent | OnCalendar | Standing, command: Command, it: Instance) -> dict[str, Any]:
    """Return what a command has to say to meet this very obligation: for whom, about which part, and what the rule asks it to be.

    The pattern that would find the entry is read the other way round: its selectors say which fields name the owner and the subject.
    """
    pattern = next((one for one in rule.discharged_by if one.event == event_of(command.event.TOPIC)), None)
    if pattern is None:
        return {}
    stated = {test.field: next(iter(test.values)) for test in pattern.where if len(test.values) == 1 and not test.never}
    _, _, part = it.subject.partition("/")
    if pattern.owner.field:
        stated[pattern.owner.field] = it.owner
    if pattern.subject.field:
        stated[pattern.subject.field] = part if pattern.subject.stream else it.subject.removeprefix(pattern.subject.prefix)
    return {name: value for name, value in stated.items() if value != ""}


def _taken(command: Command, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a command takes of that, each a single value."""
    single = {field.name for field in command.fields if not field.many}
    return {name: value for name, value in said.items() if name in single}


def _typed(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _filled(task: dict[str, str | None], said: Mapping[str, Any]) -> dict[str, str | None]:
    """Return a task with its address carrying what its form takes of that; of the list of returns, of which kind they are."""
    href = str(task["href"])
    taken = {"kind"} if href == "/returns" else {field.name for field in COMMANDS[str(task["name"])].fields}
    fill = {} if href in LISTED else {name: _typed(value) for name, value in said.items() if name in taken}
    return task | {"href": f"{href}{'&' if '?' in href else '?'}{urlencode(fill)}"} if fill else task


def _thing(subject: str) -> tuple[str, str]:
    """Return the kind and the reference of what an obligation is about; of a period, or of one thing at least, neither."""
    kind, colon, ref = subject.partition("/")[0].partition(":")
    return (kind, ref) if colon and kind in KINDS else ("", "")


def _commands(rule: OnEvent | OnCalendar | Standing) -> list[Command]:
    """Return the commands of people that lead to the events which meet a rule."""
    events = {pattern.event for pattern in rule.discharged_by}
    kinds = {command.kind for command in COMMANDS.values()}
    every = (command for kind in sorted(kinds) for command in declared(kind) if command.name not in AMENDMENTS)
    return [command for command in every if event_of(command.event.TOPIC) in events]


def _task(command: Command) -> dict[str, str | None]:
    """Return where a command is given that is not about the subject: on its own form, or from the list of the things that it is about."""
    task: dict[str, str | None] = {"name": command.name, "title": command.title, "text": None}
    if command.name == "request_return":
        return task | {"href": "/returns/ask"}  # of one or of many
    if command.creates or command.kind in ONE_OF_ITS_KIND:
        return task | {"href": address_of(command, None)}
    href = LISTS.get(command.kind, f"/{RESOURCES[command.kind]}")
    return task | {"href": href, "text": "You choose in the list which one it is about"}
