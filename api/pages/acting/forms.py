"""The form of a command, made from its declaration: a field for each that it takes, with what may be chosen by name."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from aggregates.action import refusals
from aggregates.clocks.dates import day_of
from aggregates.dissemination import refusals as dissemination
from aggregates.entry.values import Evidence
from aggregates.partnership.settings import SETTINGS
from api.pages.acting import LATE_REASON, OCCURRED_ON, ON_BEHALF_OF, REF, choices, plain_name, rows
from api.pages.acting.missing import missing
from api.pages.frame.labels import SECTION_11
from api.pages.frame.words import choice_of, explained, label_of
from api.pages.returns import answering
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
HASHED: Final = (
    "Choose the document: its SHA-256 is recorded, and the document itself is not kept. Or write the SHA-256, 64 hexadecimal digits."
)
TITLED: Final = "In a few words, without names of children. Left out, it is the name of the file."
AS_PRINTED: Final = "As `muniment signing-key` has printed it for the holder."
# How the reference of a new thing is called.
REFERENCES: Final[Mapping[str, dict[str, str]]] = {
    "agency": {"label": "Code", "hint": "A short code, such as RIV. It cannot be changed afterwards; the name can."},
    "sub-group": {"label": "Code", "hint": "A short code, such as QEG. It cannot be changed afterwards."},
    "office": {"label": "Office", "hint": "The code of the office, such as quality-chair: a new one, or one that is vacant."},
    "priorities": {"label": "Period", "hint": "The period for which it is a priority, such as 2016-17."},
    "inspection": {"label": "For which office", "hint": "Of an inspector or an auditor: appoint them first. Or of who rehearses."},
    "meeting": {"hint": "Letters, digits, dots and hyphens, such as BOARD-2016-09. It cannot be changed afterwards."},
    "review": {"hint": "Letters, digits, dots and hyphens, such as SB-2016-03. It says nothing of any person."},
    "dissemination": {"hint": "Letters, digits, dots and hyphens, such as D-2016-04. It cannot be changed afterwards."},
    "challenge": {"hint": "Letters, digits, dots and hyphens, such as CH-7. It cannot be changed afterwards."},
}
HINTS: Final = {
    "value": f"Written so: {'; '.join(f'{label_of(name)}: {setting.words}' for name, setting in SETTINGS.items())}.",
    "themes": "One on each line.",
    "inspection.body": "Who inspects or audits, such as Ofsted.",
    "inspection.agency": "Whose record alone they see. Left empty: of every agency.",
    "agency.category": "What kind of organisation it is: health, local authority, police, probation, education, voluntary or housing.",
    "roles": "One on each line: what they are, not who.",
    "relations": "One on each line: how they are related, such as mother. No names.",
    "organisations": "One on each line: the code of an agency, or the name of an outside body.",
    "url": "The whole address, beginning with https://.",
    "check_every": "A number of months.",
    "provenance": "Where the set of obligations comes from.",
    "minute": "Where in the minutes the decision stands.",
    "why_late": "Needed where it took longer than the regime allows.",
    "redaction_of": "Where what is published was shortened: the SHA-256 of the report that was presented.",
    "review.regime": "Left out, it is the one that binds the Board.",
    "local_ref": "A pseudonym only, by which your own records know the case.",
    "covers_from": "They may look at every day from this one to the last one covered.",
    "role": "What they are, not who.",
    "office.role": "What the office is for: it says what its holder may do.",
    "dissemination.to": "Choose nobody, and every member of the day receives it.",
    "dissemination.pages": "Counted in the file itself, where it is a PDF. A single-page briefing has one.",
    "dissemination.findings": "Of which findings it speaks, good practice among them.",
    "dissemination.evidence": "The file that is sent.",
    "staff_groups": "Every group that you have named before, and any other. Of those who need to know you then report how many it reached.",
    "cascade_plan": "How it reaches each group, and by when.",
    "dissemination.statement": "How it fits your own arrangements, where it is the framework or a policy.",
    "channel": "Such as a team meeting, or an e-mail that is read and signed.",
    "held": "In how many meetings or sessions it was talked over.",
    "expected": "How many of them there were.",
    "dissemination.actions": "Those of your actions that came of it. They can be named later too.",
    "change_needed": "Where nothing has to change, say why.",
    "dissemination.agencies": "Whose practitioners were there.",
    "dissemination.by_ref": "Issue the new item first: everybody owes it anew, and what was acknowledged of this one stays with this one.",
    "to": "To whom: an agency, a sub-group or an outside body.",
    "challenge.to": "Whoever is to answer.",
    "office.body": "The sub-group or agency whose office it is.",
    "holder": "A person is registered before they take an office.",
    "reviewer": "A person is registered before they lead a review.",
    "occurred_on": "The day on which it was so, which may be before today.",
    "late_reason": "Needed where it is recorded long after the day on which it was so. It is shown beside the entry.",
    "on_behalf_of": "Only the board manager records for another office; both are named.",
    "ref": "Letters, digits, dots and hyphens, such as A14. It cannot be changed afterwards.",
    "effect": "What changed for children or in practice, and how you know.",
    "level": "A number, higher than the level that it was escalated to before.",
    "period": "Written so that it is the same for everybody who is asked: 2016, 2016-17, 2016-H2 or 2016-Q3.",
    "question_set": "Left out, it is the newest for what is asked. It is pinned: what is asked does not change afterwards.",
    "legal_basis": "By what right it is asked, such as section 11 of the Children Act 2004.",
    "shared_with": "Other boards that receive the same answer, one on each line.",
    "staff_n": "How many of your staff took part in answering.",
    "panel": "Who moderated, as roles and agencies.",
    "section": "One of those that the law asks for in a report of that year.",
    "return.as_at": "The day on which the report speaks: the end of its year, or a later day.",
    "return.known_at": "The last event that it takes into account. Left out, it is the newest.",
    "return.report_sha256": "The SHA-256 of the report that you have seen: no other is signed. Left out, it is signed as it is built.",
    "agenda_item": "The number of the item on the agenda of that meeting.",
    "due_on": "A day after the day from which it is true.",
    "thumbprint": f"{AS_PRINTED} It names the key.",
    "public_key": AS_PRINTED,
    "proof": f"{AS_PRINTED} It shows that the holder has the key.",
    "replaced_proof": f"{AS_PRINTED} It shows that the holder of the key that ends here agrees.",
    "keys.holder": "The office whose holder signs with it.",
    "open_for": "For what it may still be opened. For nothing else than what is ticked, and for your own decisions.",
    "matter": "The inquest, inquiry or claim for which it is kept.",
    "subject.reference": "Of the request, in your own records.",
    "identity_checked_by": "The office that saw who is asking. What was shown is kept nowhere.",
    "exemption": "By which something is kept: needed unless all of it goes, or is given.",
    "into": "The reference that goes on for both.",
    "method": "How it is looked at: an audit, a sample of records, a conversation.",
}
# Choices that say more than their own word in one field alone.
OF_ITS_OWN: Final[Mapping[str, Mapping[str, str]]] = {"section_11": SECTION_11}
READERS: Final = {
    "public": "signed-in members, inspectors and auditors; and the public, where the Board publishes it.",
    "partners": "signed-in members, inspectors and auditors.",
    "restricted": "named roles only.",
    "personal": "named roles only, until it is erased.",
}
# The rules that a person should know before giving a command; the aggregate has them, here they are only named.
RULES: Final[Mapping[str, tuple[type[Refused], ...]]] = {
    "produce_material": (dissemination.NotOnePage,),
    "acknowledge_dissemination": (dissemination.GroupsLeftOut, dissemination.OtherContent),
    "identify_implications": (dissemination.NoImplicationsUnexplained,),
    "assign_action": (refusals.OverseesItself, refusals.DueBeforeItBegins),
    "vary_due_date": (refusals.OwnAction, refusals.DueBeforeItBegins, refusals.CuredInRetrospect),
    "submit_evidence": (refusals.SamePerson, refusals.EvidenceNotYetThere),
    "return_evidence": (refusals.OwnAction,),
    "sign_off_action": (refusals.NoEvidence, refusals.OwnAction, refusals.SamePerson, refusals.ChairsEmployer),
    "record_sustainment_check": (refusals.OwnAction, refusals.NoCheckAfterSignOff),
    "close_action": (refusals.ChecksOutstanding, refusals.NotSustained),
    "withdraw_action": (refusals.NotBoardLevel, refusals.ChairsEmployer),
    "escalate_action": (refusals.NotOverdue, refusals.LevelNotHigher),
}
BESIDE: Final = {"request_return": {"text": "Ask several for the same, in one round", "href": "/returns/ask"}}  # what may be meant instead
CONSEQUENCES: Final = {
    "erase_personal_data": "A text in which their name still stands stays, and is not found by it any more: have it corrected first.",
    "issue_dissemination": "Its recipients are those who are members on that day, for ever. Whoever joins later is caught up.",
    "acknowledge_dissemination": "For each group that needs to know, you then owe a report of how many it reached.",
    "supersede_dissemination": "What was acknowledged of it stays with it. The other item is owed anew.",
    "withdraw_dissemination": "Nobody owes anything about it any more, and it stays on record as withdrawn.",
    "sign_off_action": "The checks that it lasts are scheduled with it.",
    "submit_evidence": "The file is kept under its hash, and cannot be replaced by another.",
    "vary_due_date": "The original date stays on show beside the new one.",
    "withdraw_action": "It stays in the register as withdrawn, with the reason in public.",
}


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
    for field in command.fields:
        if about is not None and command.name in answering.ANSWERING and field.name in {"answers", "self_grades"}:
            continue  # asked question by question, below
        found += _evidence(sent.typed, field.sensitivity) if field.kind is Evidence else [declared(seen, field, command, about, sent.typed)]
        if field.kind is Evidence and (field.optional or command.name in MAY_LACK_FILES):
            found[-3:] = [one | {"optional": True} for one in found[-3:]]
    found.append(field_of(OCCURRED_ON, "date", "public", value=worker().today))
    if manager:
        found.append(_chosen(ON_BEHALF_OF, "public", choices.offices(seen, command.by), optional=MANAGER in command.by))
    found.append(field_of(LATE_REASON, "textarea", "partners", optional=True))
    asked = answering.fields(command.name, about, sent.typed, sent.errors) if about and command.name in answering.ANSWERING else []
    return [*asked, *with_typed(found, sent.typed, sent.errors)]


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
    return said | {"seen_by": READERS[sensitivity], "error": None} | more


def declared(
    seen: Look, field: Field, command: Command | None = None, about: str | None = None, typed: Mapping[str, Any] | None = None
) -> FormField:
    """Return the form field of a declared field; `command` says whose, where what may be chosen depends on it."""
    name, readers = field.name, field.sensitivity
    more: dict[str, Any] = {"optional": field.optional or (field.many and field.kind is not Evidence)}
    if command and (hint := HINTS.get(f"{command.kind}.{name}")):
        more["hint"] = hint
    if field.choices:
        words = OF_ITS_OWN.get(name, {})
        items = [{"value": choice, "text": words.get(choice) or choice_of(choice)} for choice in field.choices]
        return field_of(name, "choices" if field.many else "choice", readers, items=items, **more)
    if name in rows.ROWS:
        filled = rows.field(seen, name, about, (typed or {}).get(name))
        return field_of(name, "rows", readers, value=filled["value"], rows=filled, **more)
    if command and (named := choices.options(seen, command, name, about)) is not None:
        return _chosen(name, readers, named, kind="choices" if field.many else "choice", **more)
    if name.endswith("sha256") and "hint" not in more:
        return field_of(name, "hash", readers, **{"hint": HASHED, **more})
    return field_of(name, kind_of(field), readers, **more)


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
        more["missing"] = missing(plain_name(name))
    return field_of(name, more.pop("kind", "choice"), sensitivity, items=items, **more)
