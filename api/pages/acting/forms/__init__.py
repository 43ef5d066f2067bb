"""The form of a command, made from its declaration: a field for each that it takes, with what may be chosen by name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from flask import request

from aggregates.clocks.dates import day_of
from aggregates.entry.values import Evidence
from api.pages.acting import CONFIRMED, LATE_REASON, OCCURRED_ON, ON_BEHALF_OF, PART, REF, choices, plain_name, rows
from api.pages.acting.choices import people
from api.pages.acting.forms.missing import missing
from api.pages.acting.forms.words import (
    BESIDE,
    CONFIRM,
    CONSEQUENCES,
    HASHED,
    HINTS,
    OF_ITS_OWN,
    READERS,
    REFERENCES,
    RULES,
    THEIRS,
    TITLED,
)
from api.pages.frame.words import choice_of, explained, label_of
from api.pages.returns import answering
from api.resources.answering.commands import acting_as
from api.worker import worker
from service.commands import MANAGER
from service.commands.asking import ONE_OF_ITS_KIND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregates.entry.fields import Field
    from aggregates.errors import Refused
    from api.pages.acting.sending import Sent
    from api.pages.frame import Look
    from service.commands import Command

FormField = dict[str, Any]

FEW: Final = 6  # choices that stand beside each other, as in `macros/forms.html`; of more people one is looked for
MANY: Final = 200  # choices that anybody reads through: of more one is looked for, whatever it is
UNGROUPED: Final = "Of no agency on record"
OBJECTS: Final = re.compile(r",? `\w+` are objects of .*")  # what a program has to send for rows

LONG: Final = frozenset(
    {
        "reason", "narrative", "statement", "effect", "success_measure", "intended_outcome", "unintended_consequences", "late_reason",
        "rationale", "dissent", "summary", "explanation", "scope", "proportionality", "grounds", "how", "how_explained", "note", "request",
        "text", "answer", "what_changed", "comment", "what", "judgement", "courses", "poster", "briefing_why", "one_page_briefing",
        "cascade_plan", "suggestions", "skills", "knowledge", "values", "terms_of_reference", "why", "why_late",
    }
)  # fmt: skip
MAY_LACK_FILES: Final = frozenset(
    {"hold_meeting", "evaluate_review_impact", "record_discussion", "report_ineffectiveness", "submit_return", "amend_return"}
)  # others that take a file need one


def heading(command: Command) -> dict[str, Any]:
    """Return what stands above a command's form."""
    told = (command.event.__doc__ or "").strip().partition("\n")[0].partition(". ")[0].partition(": objects")[0].rstrip(".")
    return {
        "title": command.title,
        "help": explained(f"{OBJECTS.sub('', told)}."),
        "consequence": CONSEQUENCES.get(command.name),
        "beside": BESIDE.get(command.name),
        "rules": [_rule(refusal) for refusal in RULES.get(command.name, ())],
        "for_ever": command.event.STANDS,
    }


def _rule(refusal: type[Refused]) -> dict[str, str]:
    return {"text": explained((refusal.__doc__ or "").partition("\n")[0]), "source": refusal.source}


def fields_of(seen: Look, command: Command, sent: Sent, *, about: str | None, manager: bool) -> list[FormField]:
    """Return the fields of a command's form, with what was typed and what is wrong with it."""
    found: list[FormField] = []
    if command.creates and command.kind not in ONE_OF_ITS_KIND:
        found.append(_ref(seen, command))
    theirs = THEIRS.get((command.name, acting_as().role))
    for field in (replace(one, optional=False) for one in command.fields if one.name in theirs) if theirs else command.fields:
        if about is not None and command.name in answering.ANSWERING and field.name in {"answers", "self_grades"}:
            continue  # asked question by question, below
        found += _evidence(sent.typed, field.sensitivity) if field.kind is Evidence else [declared(seen, field, command, about, sent.typed)]
        if field.kind is Evidence and (field.optional or command.name in MAY_LACK_FILES):
            found[-3:] = [one | {"optional": True} for one in found[-3:]]
    found.append(field_of(OCCURRED_ON, "date", "public", value=worker().today))
    if manager:
        found.append(_chosen(ON_BEHALF_OF, "public", people.offices(seen, command.by), optional=MANAGER in command.by))
    found.append(field_of(LATE_REASON, "textarea", "partners", optional=True))
    if command.name in CONFIRM:
        found = [_confirmation(command), *(field | {"folded": True} for field in found)]
    asked = answering.fields(command.name, about, sent.typed, sent.errors) if about and command.name in answering.ANSWERING else []
    if command.kind == "subject" and not command.creates:  # nobody else is shown what the law asks about people, whatever its class
        found = [field | {"seen_by": field["seen_by"] and READERS["restricted"]} for field in found]
    return [*asked, *with_typed(found, sent.typed, sent.errors)]


def _confirmation(command: Command) -> FormField:
    """Return the box that is ticked before what nothing brings back; it is no field of the record, and nobody reads it."""
    items = [{"value": "yes", "text": CONFIRM[command.name]}]
    return field_of(CONFIRMED, "choices", "public", label="Nothing brings it back", items=items) | {"seen_by": None}


def _ref(seen: Look, command: Command) -> FormField:
    """Return the field of a new thing's reference: chosen where the thing is an office's, made up where it is a person's."""
    if command.kind == "subject":
        return field_of(REF, "hidden", "public", value=str(uuid4()))
    if command.kind == "return":
        return field_of(REF, "hidden", "public", value="")  # made of what is asked, for when, and of whom
    named = choices.options(seen, command, "ref")
    more = REFERENCES.get(command.kind, {})
    return field_of(REF, "text", "public", **more) if named is None else _chosen(REF, "public", named, **more)


def with_typed(fields: list[FormField], typed: Mapping[str, Any], errors: Mapping[str, str]) -> list[FormField]:
    """Put into fields what was typed, and what is wrong with it."""
    filled = [field | {"value": _value(field, typed), "error": errors.get(field["name"])} for field in fields]
    return [field | {"value": field["value"].splitlines()} if _several(field) else field for field in filled]


def _value(field: FormField, typed: Mapping[str, Any]) -> Any:
    """Return what was typed into a field; a day that its address says is given as a day."""
    value = typed.get(field["name"], field["value"])
    if field["kind"] == "date" and isinstance(value, str):
        try:
            return day_of(value)
        except ValueError:
            return None
    return value


def _several(field: FormField) -> bool:
    return field["kind"] == "choices" and isinstance(field["value"], str)


def field_of(name: str, kind: str, sensitivity: str, **more: Any) -> FormField:
    """Return a form field, as `macros/forms.html` takes it."""
    said: FormField = {
        "name": name,
        "label": label_of(plain_name(name)),
        "hint": HINTS.get(plain_name(name)),
        "kind": kind,
        "value": None,
        "items": [],
        "missing": None,
        "optional": False,
    }
    with_the_rest = plain_name(name) == "occurred_on"  # disclosed whenever anything of the entry is (ledger §2)
    return said | {"seen_by": None if with_the_rest else READERS[sensitivity], "error": None} | more


def declared(
    seen: Look, field: Field, command: Command | None = None, about: str | None = None, typed: Mapping[str, Any] | None = None
) -> FormField:
    """Return the form field of a declared field; `command` says whose, where what may be chosen depends on it."""
    name, readers = field.name, field.sensitivity
    more: dict[str, Any] = {"optional": field.optional or (field.many and field.kind is not Evidence)}
    if command and (hint := HINTS.get(f"{command.name}.{name}") or HINTS.get(f"{command.kind}.{name}")):
        more["hint"] = hint
    if field.choices:
        words = OF_ITS_OWN.get(name, {})
        more |= {"nothing": "Not said"} if "none" in field.choices else {}  # two kinds of none could not be told apart
        items = [{"value": choice, "text": words.get(choice) or choice_of(choice)} for choice in field.choices]
        return field_of(name, "choices" if field.many else "choice", readers, items=items, **more)
    if name in rows.ROWS:
        filled = rows.field(seen, name, about, (typed or {}).get(name))
        return field_of(name, "rows", readers, value=filled["value"], rows=filled, **more)
    if command and (named := choices.options(seen, command, name, about)) is not None:
        more |= {"missing": missing(name, command.name), "kind": "choices" if field.many else "choice"}
        return _found(seen, command, _chosen(name, readers, named, **more), typed or {})
    if name.endswith("sha256") and "hint" not in more:
        return field_of(name, "hash", readers, **{"hint": HASHED, **more})
    return field_of(name, kind_of(field), readers, **more)


def _found(seen: Look, command: Command, field: FormField, typed: Mapping[str, Any]) -> FormField:
    """Return a field with those of its choices that are looked for, where there are many: by a part of the name; and what was chosen.

    People are looked for where there are more than a few, and stand by their agencies.
    """
    every, name = field["items"], field["name"]
    of_people = f"{command.kind}.{name}" in choices.PEOPLE
    if len(every) <= (FEW if of_people else MANY):
        return field
    chosen, part = set(str(typed.get(name) or "").splitlines()), request.form.get(f"{PART}{name}", "").strip()
    words = part.casefold().split()
    those = [one for one in every if all(word in one["text"].casefold() for word in words)]
    listed = those[:MANY] if part or len(those) <= MANY else []
    shown = [one for one in every if one["value"] in chosen and one not in listed] + listed
    what, by = ("people", ", by their agencies") if of_people else ("entries", "")
    if part:
        told = (
            f"{len(those):,} of {len(every):,} {what}{'' if len(those) <= MANY else f': here are the first {MANY}, say more of the name'}."
        )
    else:
        told = f"There are {len(every):,} {what} to choose from{by if listed else ': look for those you mean'}."
    groups = choices.groups(seen, command, name) if shown else {}
    by_group = sorted(shown, key=lambda one: (one["value"] not in groups, groups.get(one["value"], ""))) if groups else []
    grouped = [(group, list(of_it)) for group, of_it in groupby(by_group, lambda one: groups.get(one["value"], UNGROUPED))]
    nothing = (
        f"{'Nobody' if of_people else 'Nothing'} on record is called so. Look for another part of the name."
        if part
        else "None is chosen yet."
    )
    return field | {"items": shown, "find": {"name": f"{PART}{name}", "value": part, "told": told, "groups": grouped, "nothing": nothing}}


def kind_of(field: Field) -> str:
    """Return which kind of form field takes a value."""
    if field.many or field.name in LONG:
        return "textarea"
    return {date: "date", int: "number", bool: "yes_no"}.get(field.kind, "text")


def _evidence(typed: Mapping[str, Any], readers: str = "restricted") -> list[FormField]:
    """Return what a piece of evidence is asked for: the file, what it is, and the date that it bears itself."""
    received = typed.get("evidence_filename")
    hint = f"“{received}” has been received. Choose a file only to send another in its place." if received else None
    return [
        field_of("evidence", "file", readers, label="File", hint=hint),
        field_of("evidence_title", "text", readers, hint=TITLED, optional=True),
        field_of("evidence_date", "date", readers, hint="The date that the file itself bears."),
    ]


def _chosen(name: str, sensitivity: str, named: Mapping[str, str], **more: Any) -> FormField:
    """Return a field in which one or several of what is on record are chosen; where nothing is, what to set up first."""
    items = [{"value": code, "text": text} for code, text in named.items()]
    if not items:
        more = {"missing": missing(plain_name(name))} | more
    return field_of(name, more.pop("kind", "choice"), sensitivity, items=items, **more)
