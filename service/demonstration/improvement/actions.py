"""The lives of the actions: who asked, who answered, what was shown, and whether it lasted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from service.demonstration.board.people import CHAIR, MANAGER, employer_of
from service.demonstration.script import Line

if TYPE_CHECKING:
    from datetime import date

    from service.demonstration.script.files import Files

Said = Mapping[str, Any]
OWNERS: Final = frozenset({"accept_action", "dispute_action", "report_progress", "submit_evidence", "mark_implemented"})
BY: Final = {"escalate_action": MANAGER, "withdraw_action": CHAIR, "reassign_action": CHAIR}
HEADER: Final = ("title", "source", "overseen_by", "due_on", "success_measure", "intended_outcome")


def actions(actions: Said, partnership: Said, files: Files) -> Iterator[Line]:
    """Yield the lives of the actions of actions.toml."""
    for action in actions["action"]:
        yield from life(action, partnership, files)


def supervision(said: Said, partnership: Said, files: Files) -> Iterator[Line]:
    """Yield the lives of Alder's supervision actions, one an agency, of supervision.toml."""
    names = {code: name for code, name, *_ in partnership["agencies"]}
    shared = {name: said[name] for name in ("source", "overseen_by", "assigned", "due_on", "success_measure", "intended_outcome")}
    for row in [*said["planned"], *said["otherwise"]]:
        agency = row["agency"]
        steps = row["steps"] if "steps" in row else list(_as_planned(row))
        late = {name: row[name] for name in ("recorded", "late_reason") if name in row}
        title = f"Ask in supervision what has changed for the child: {names[agency]}"
        action = shared | {"ref": f"A3-{agency}", "kind": "practice", "owner": agency, "title": title, "steps": steps} | late
        yield from life(action, partnership, files)


def life(action: Said, partnership: Said, files: Files) -> Iterator[Line]:
    """Yield the life of one action, from its assignment on."""
    owner = offered_to = action["owner"]
    yield _assigned(action)
    for step in action["steps"]:
        fields = {name: value for name, value in step.items() if name not in {"on", "do", "by", "recorded", "late_reason"}}
        if "evidence" in fields:
            fields["evidence"] = [files.cite(fields["evidence"], action["success_measure"])]
        by = step.get("by") or _actor(step["do"], owner, action["overseen_by"], step["on"], partnership)
        late = {name: step[name] for name in ("recorded", "late_reason") if name in step}
        yield Line(do=step["do"], ref=action["ref"], by=by, on=step["on"], fields=fields, **late)
        offered_to = fields.get("successor", offered_to)
        owner = offered_to if step["do"] == "accept_transfer" else fields.get("owner", owner)


def _assigned(action: Said) -> Line:
    """Return the chair's assignment; one that was left out is recorded by the board manager on the chair's behalf."""
    owner = action["owner"]
    fields = {name: action[name] for name in HEADER} | {"kind": action["kind"], "owner": owner, "owner_office": office_of(owner)}
    if "recorded" not in action:
        return Line(do="assign_action", ref=action["ref"], by=CHAIR, on=action["assigned"], fields=fields)
    late = {"recorded": action["recorded"], "late_reason": action["late_reason"]}
    return Line(do="assign_action", ref=action["ref"], by=MANAGER, on_behalf_of=CHAIR, on=action["assigned"], fields=fields, **late)


def office_of(owner: str) -> str:
    """Return the office that acts for an owner: the Board's manager, a sub-group's chair or an agency's designated lead."""
    if owner == "BOARD":
        return MANAGER
    return f"{owner}-chair" if owner.islower() else f"lead-{owner}"


def _actor(do: str, owner: str, overseen_by: str, day: date, partnership: Said) -> str:
    """Return whose act it is; where the chair of the overseeing sub-group is the owner's, the chair of the Board."""
    if do in OWNERS:
        return office_of(owner)
    overseer = f"{overseen_by}-chair"
    return BY.get(do) or (CHAIR if employer_of(partnership, overseer, day) == owner else overseer)


def _as_planned(row: Said) -> Iterator[dict[str, Any]]:
    """Yield the steps of an agency that did what it had promised, when it had promised it."""
    setting = row["setting"]
    on, rag, narrative = row["progress"]
    shown_on, asked, of, effect = row["evidence"]
    file = [f"a3-{row['agency'].lower()}-supervision.csv", f"Supervision records of {setting}", shown_on, _sample(asked, of)]
    signed_on, changed = row["signed"]
    yield {"on": row["accepted"], "do": "accept_action"}
    yield {"on": on, "do": "report_progress", "rag": rag, "narrative": narrative}
    yield {
        "on": shown_on,
        "do": "submit_evidence",
        "effect": f"Both questions are answered in {asked} of {of} records. {effect}",
        "evidence": file,
    }
    yield {"on": shown_on, "do": "mark_implemented", "statement": f"The template is in use in {setting}."}
    yield {"on": signed_on, "do": "sign_off_action", "effect": changed}
    for on, asked, of, *unintended in (row["six"], row["twelve"]):
        method = f"{of} supervision records of {setting}, read by somebody from outside the team: both questions answered in {asked}."
        check = {"on": on, "do": "record_sustainment_check", "result": "held", "method": method}
        yield check | ({"unintended_consequences": unintended[0]} if unintended else {})
    yield {"on": row["closed"], "do": "close_action", "reason": "Held after six and after twelve months."}


def _sample(asked: int, of: int) -> str:
    """Return a table of the records that were read, those without an answer spread evenly among them."""
    answered = [(number + 1) * asked // of - number * asked // of for number in range(of)]
    rows = [f"{number},{'yes' if yes else 'no'}" for number, yes in enumerate(answered, 1)]
    return "\n".join(["record,both questions asked and answered", *rows, ""])
