"""The form of a command, made from its declaration: a field for each that it takes, with what may be chosen by name."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aggregates.action import refusals
from aggregates.authority import BOARD
from aggregates.values import Evidence
from api.pages.words import label_of
from api.worker import worker
from projections import action_register, reviews
from service.commands import COMMANDS, MANAGER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregates.errors import Refused
    from aggregates.fields import Field
    from api.pages.frame import Look
    from service.commands import Command

FormField = dict[str, Any]

LONG: Final = frozenset(
    {"reason", "narrative", "statement", "effect", "success_measure", "intended_outcome", "unintended_consequences", "late_reason"}
)
HINTS: Final = {
    "occurred_on": "The day on which it was so, which may be before today.",
    "late_reason": "Needed where it is recorded long after the day on which it was so. It is shown beside the entry.",
    "on_behalf_of": "Only the board manager records for another office; both are named.",
    "ref": "Letters, digits, dots and hyphens, such as A14. It cannot be changed afterwards.",
    "effect": "What changed for children or in practice, and how you know.",
    "level": "A number, higher than the level that it was escalated to before.",
    "due_on": "A day after the day from which it is true.",
    "method": "How it is looked at: an audit, a sample of records, a conversation.",
}
READERS: Final = {
    "public": "the public.",
    "partners": "signed-in members, inspectors and auditors.",
    "restricted": "named roles only.",
    "personal": "named roles only, until it is erased.",
}
# The rules that a person should know before giving a command; the aggregate has them, here they are only named.
RULES: Final[Mapping[str, tuple[type[Refused], ...]]] = {
    "assign_action": (refusals.OverseesItself, refusals.DueBeforeItBegins),
    "vary_due_date": (refusals.OwnAction, refusals.DueBeforeItBegins),
    "submit_evidence": (refusals.SamePerson, refusals.EvidenceNotYetThere),
    "return_evidence": (refusals.OwnAction,),
    "sign_off_action": (refusals.NoEvidence, refusals.OwnAction, refusals.SamePerson, refusals.ChairsEmployer),
    "record_sustainment_check": (refusals.OwnAction, refusals.NoCheckAfterSignOff),
    "close_action": (refusals.ChecksOutstanding, refusals.NotSustained),
    "withdraw_action": (refusals.NotBoardLevel, refusals.ChairsEmployer),
    "escalate_action": (refusals.NotOverdue, refusals.LevelNotHigher),
}
CONSEQUENCES: Final = {
    "sign_off_action": "The checks that it lasts are scheduled with it.",
    "submit_evidence": "The file is kept under its hash, and cannot be replaced by another.",
    "vary_due_date": "The original date stays on show beside the new one.",
    "withdraw_action": "It stays in the register as withdrawn, with the reason in public.",
}


def heading(command: Command) -> dict[str, Any]:
    """Return what stands above a command's form."""
    told = (command.event.__doc__ or "").strip().partition("\n")[0].partition(". ")[0].rstrip(".")
    return {
        "title": command.title,
        "help": f"{told}.",
        "consequence": CONSEQUENCES.get(command.name),
        "rules": [_rule(refusal) for refusal in RULES.get(command.name, ())],
        "button": None,
    }


def _rule(refusal: type[Refused]) -> dict[str, str]:
    text = (refusal.__doc__ or "").partition("\n")[0]
    return {"text": text, "source": ", ".join(part for part in (refusal.rule, refusal.source) if part)}


def fields_of(seen: Look, command: Command, typed: Mapping[str, Any], errors: Mapping[str, str], *, manager: bool) -> list[FormField]:
    """Return the fields of a command's form, with what was typed and what is wrong with it."""
    found: list[FormField] = []
    if command.creates:
        found.append(field_of("ref", "text", "public"))
    for field in command.fields:
        found += _evidence(typed) if field.kind is Evidence else [declared(seen, field)]
        if field.kind is Evidence and field.many and field.optional:
            found[-1]["optional"] = True
    found.append(field_of("occurred_on", "date", "public", value=worker().today))
    if manager:
        found.append(_chosen("on_behalf_of", "public", _offices(seen, command.by), optional=MANAGER in command.by))
    found.append(field_of("late_reason", "textarea", "partners", optional=True))
    return with_typed(found, typed, errors)


def with_typed(fields: list[FormField], typed: Mapping[str, Any], errors: Mapping[str, str]) -> list[FormField]:
    """Put into fields what was typed, and what is wrong with it."""
    return [field | {"value": typed.get(field["name"], field["value"]), "error": errors.get(field["name"])} for field in fields]


def field_of(name: str, kind: str, sensitivity: str, **more: Any) -> FormField:
    """Return a form field, as `macros/forms.html` takes it."""
    said: FormField = {
        "name": name,
        "label": label_of(name),
        "hint": HINTS.get(name),
        "kind": kind,
        "value": None,
        "items": [],
        "missing": None,
        "optional": False,
    }
    return said | {"seen_by": READERS[sensitivity], "error": None} | more


def declared(seen: Look, field: Field) -> FormField:
    """Return the form field of a declared field."""
    more: dict[str, Any] = {"optional": field.optional}
    if field.choices:
        items = [{"value": choice, "text": choice.replace("_", " ").capitalize()} for choice in field.choices]
        return field_of(field.name, "choice", field.sensitivity, items=items, **more)
    if field.name in CHOSEN:
        return _chosen(field.name, field.sensitivity, CHOSEN[field.name](seen), **more)
    return field_of(field.name, kind_of(field), field.sensitivity, **more)


def kind_of(field: Field) -> str:
    """Return which kind of form field takes a value."""
    if field.many or field.name in LONG:
        return "textarea"
    return {date: "date", int: "number", bool: "yes_no"}.get(field.kind, "text")


def _evidence(typed: Mapping[str, Any]) -> list[FormField]:
    """Return what a piece of evidence is asked for: the file, what it is, and the date that it bears itself."""
    received = typed.get("evidence_filename")
    hint = f"“{received}” has been received. Choose a file only to send another in its place." if received else None
    return [
        field_of("evidence", "file", "restricted", label="File", hint=hint),
        field_of("evidence_title", "text", "restricted", hint="In a few words, without names of children."),
        field_of("evidence_date", "date", "restricted", hint="The date that the file itself bears."),
    ]


def _chosen(name: str, sensitivity: str, named: Mapping[str, str], **more: Any) -> FormField:
    """Return a field in which one of what is on record is chosen; where nothing is, it says what to set up first, and who does."""
    items = [{"value": code, "text": text} for code, text in named.items()]
    if not items:
        what, first = COMES_FROM[name]
        who = sorted(COMMANDS[first].by)
        by = f"the {' or the '.join((', the '.join(who[:-1]), who[-1])) if who[1:] else who[0]}"
        more["missing"] = f"There is no {what} to choose yet. It is set up by {by}, with muniment import or over the API ({first})."
    return field_of(name, "choice", sensitivity, items=items, **more)


def _owners(seen: Look) -> dict[str, str]:
    return seen.words.agencies | seen.words.sub_groups | {BOARD: seen.words.body(BOARD)}


def _offices(seen: Look, roles: frozenset[str] | None = None) -> dict[str, str]:
    """Return the offices that somebody holds today, in these roles or in any."""
    terms = {ref: office.holder_on(worker().today) for ref, office in seen.words.offices.items()}
    held = {ref: term.title for ref, term in terms.items() if term and (roles is None or term.role in roles)}
    return dict(sorted(held.items(), key=lambda item: item[1]))


def _findings(seen: Look) -> dict[str, str]:
    found = reviews.reviews(seen.on.conn, **seen.on.at)
    return {f"{r.ref}/{f['number']}": f"{r.ref} {r.title}, finding {f['number']}" for r in found for f in r.findings}


def _actions(seen: Look) -> dict[str, str]:
    return {row.ref: f"{row.ref} {row.title}" for row in action_register.register(seen.on.conn, **seen.on.at, sort="ref")}


CHOSEN: Final[Mapping[str, Callable[[Look], Mapping[str, str]]]] = {
    "owner": _owners,
    "overseen_by": lambda seen: seen.words.sub_groups,
    "owner_office": _offices,
    "to_office": _offices,
    "source": _findings,
    "by_ref": _actions,
}
# What has to be on record before there is anything to choose, and the command with which it is recorded.
COMES_FROM: Final = {
    "owner": ("agency or sub-group", "join_agency"),
    "overseen_by": ("sub-group", "constitute_sub_group"),
    "owner_office": ("office", "appoint_office_holder"),
    "to_office": ("office", "appoint_office_holder"),
    "on_behalf_of": ("office", "appoint_office_holder"),
    "source": ("finding", "record_finding"),
    "by_ref": ("action", "assign_action"),
}
