"""What a form says in words: hints, who can read a field, the rules that one should know before, and what follows from an act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregates.action import refusals
from aggregates.dissemination import refusals as dissemination
from aggregates.partnership.settings import SETTINGS
from aggregates.registry import key_state
from api.pages.frame.labels import SECTION_11
from api.pages.frame.words import label_of
from service.commands import LEAD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregates.errors import Refused
    from service.commands import Command

HASHED: Final = (
    "Choose the document: its SHA-256 is recorded, and the document itself is not kept. Or write the SHA-256, 64 hexadecimal digits."
)
TITLED: Final = "In a few words, without names of children. Left out, it is the name of the file."
AS_PRINTED: Final = "As `muniment signing-key` has printed it for the holder."
# What a form asks of a role that says a part of it alone, and all of that part.
THEIRS: Final[Mapping[tuple[str, str | None], frozenset[str]]] = {("return_follow_up", LEAD): frozenset({"number", "manager_view"})}


def asked_of(command: Command, role: str | None) -> frozenset[str]:
    """Return the fields for which the form of a command asks a role."""
    return THEIRS.get((command.name, role)) or frozenset(field.name for field in command.fields)


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
    "occurred_on": "The day on which it was so, which may be before today. Whoever reads any of this reads the day.",
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
    "revoke_signing_key.thumbprint": "A key that may sign now.",
    "declare_key_compromised.thumbprint": "One that has ended: a key that may still sign is revoked first.",
    "from_position": "The number of the first event that somebody else may have signed with it. You find it on the page of that event.",
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
    "rotate_signing_key": (key_state.NothingToReplace, key_state.OtherHolder),
    "revoke_signing_key": (key_state.KeyEnded,),
    "declare_key_compromised": (key_state.StillLive, key_state.NotInItsLife),
    "close_action": (refusals.ChecksOutstanding, refusals.NotSustained),
    "withdraw_action": (refusals.NotBoardLevel, refusals.ChairsEmployer),
    "escalate_action": (refusals.NotOverdue, refusals.LevelNotHigher),
}
BESIDE: Final = {"request_return": {"text": "Ask several for the same, in one round", "href": "/returns/ask"}}  # what may be meant instead
# What is ticked before what nothing brings back.
CONFIRM: Final = {"erase_personal_data": "I have looked at what goes, and nothing more is to be answered, kept or corrected first"}
CONSEQUENCES: Final = {
    "erase_personal_data": "A text in which their name still stands stays, and is not found by it any more: have it corrected first.",
    "issue_dissemination": "Its recipients are those who are members on that day, for ever. Whoever joins later is caught up.",
    "acknowledge_dissemination": "For each group that needs to know, you then owe a report of how many it reached.",
    "supersede_dissemination": "What was acknowledged of it stays with it. The other item is owed anew.",
    "withdraw_dissemination": "Nobody owes anything about it any more, and it stays on record as withdrawn.",
    "sign_off_action": "The checks that it lasts are scheduled with it.",
    "submit_evidence": "The file is kept under its hash, and cannot be replaced by another.",
    "vary_due_date": "The original date stays on show beside the new one.",
    "rotate_signing_key": "The key that it replaces signs nothing after this. What it signed before stays valid.",
    "revoke_signing_key": "It signs nothing after this. What it signed before stays valid: where somebody else may have had it, "
    "declare it compromised next.",
    "declare_key_compromised": "What it signed from that event on is disputed, and none of it is void: its holder affirms or "
    "repudiates each statement, and the Board retracts what is repudiated.",
    "withdraw_action": "It stays in the register as withdrawn, with the reason in public.",
}
