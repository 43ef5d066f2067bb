"""A rule said in words, so that who is bound by it can read what is counted against them: whom it asks, what for, by when and why."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from aggregates.framework.clauses import OnCalendar, OnEvent, Standing
from aggregates.framework.matching import Selector
from aggregates.partnership.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregates.framework.clauses import Span
    from aggregates.framework.matching import Pattern, Test, Undoing

# What a framework shortens, or lacks. Its words are quoted as they were written down, so these stand beside them.
ABBREVIATIONS: Final[Mapping[str, str]] = {
    "CASPAR": "Current Awareness Service for Practice, Policy and Research",
    "CDOP": "Child Death Overview Panel",
    "CP": "child protection",
    "CPD": "continuing professional development",
    "DIAGRAM LOST": "the framework shows this in a diagram, which is not in its text; nothing is put in its place",
    "DHR": "domestic homicide review",
    "KCSIE": "the statutory guidance Keeping Children Safe in Education",
    "LSCB": "Local Safeguarding Children Board",
    "NSPCC": "National Society for the Prevention of Cruelty to Children",
    "QA": "quality assurance",
    "SCR": "serious case review",
    "SG": "South Gloucestershire",
    "SGSCB": "South Gloucestershire Safeguarding Children Board, which wrote the framework; it stands for the Board that has adopted it",
}
SHORT: Final = re.compile(rf"\b({'|'.join(ABBREVIATIONS)})s?\b")
HAPPENS: Final[Mapping[str, str]] = {
    "action.assigned": "an action is assigned",
    "action.outstanding_declared": "the action is left undone by an owner that leaves",
    "action.reassigned": "the action goes to another owner",
    "action.reopened": "the action is reopened",
    "action.signed_off": "the action is signed off",
    "action.superseded": "another action takes its place",
    "action.sustainment_checked": "somebody looks whether the action lasted",
    "action.withdrawn": "the action is withdrawn",
    "challenge.answered": "the challenge is answered",
    "challenge.raised": "a challenge is raised",
    "course.content_revised": "a course is revised",
    "course.offered": "a course is offered",
    "course.withdrawn": "the course goes out of the programme",
    "dissemination.acknowledged": "it is acknowledged",
    "dissemination.cascade_reported": "it is reported how many staff were reached",
    "dissemination.caught_up": "an agency that joined later is sent it",
    "dissemination.implications_identified": "it is said what it means for the service",
    "dissemination.ineffectiveness_reported": "a member reports that something does not work",
    "dissemination.issued": "something is sent to members",
    "dissemination.learning_discussed": "it is reported that staff discussed it",
    "dissemination.practice_briefing_delivered": "a practice briefing is delivered",
    "dissemination.superseded": "another item takes its place",
    "dissemination.withdrawn": "the item is withdrawn",
    "inspection.closed": "the inspection is closed",
    "inspection.evidence_disclosed": "evidence is disclosed to it",
    "inspection.opened": "an inspection is opened",
    "meeting.held": "a meeting is held",
    "partnership.framework_adopted": "a framework is adopted",
    "partnership.framework_reviewed": "the framework is reviewed",
    "priorities.set": "a priority is set",
    "resource.checked": "somebody looks whether a resource is there",
    "resource.feedback_received": "there is feedback on it",
    "resource.listed": "a resource is listed",
    "return.accepted": "the return is accepted",
    "return.amended": "the return is answered anew",
    "return.moderated": "the return is moderated",
    "return.presented": "the return is presented",
    "return.published": "the report is published",
    "return.requested": "a return is asked for",
    "return.submitted": "the return is submitted",
    "return.waived": "the return is waived",
    "review.board_response_formulated": "the Board responds to the findings",
    "review.commissioned": "the review is commissioned",
    "review.decided": "the review is decided on",
    "review.external_noted": "another body's review is noted",
    "review.external_relevance_decided": "it is decided whether another body's review is relevant",
    "review.family_invited": "the family is invited",
    "review.family_involvement_recorded": "it is recorded how the family was involved, or why not",
    "review.finding_recorded": "a finding is recorded",
    "review.independence_breached": "the lead reviewer is found not to be independent",
    "review.impact_evaluated": "it is judged what the review changed",
    "review.lead_reviewer_appointed": "a lead reviewer is appointed",
    "review.lead_reviewer_replaced": "the lead reviewer is replaced",
    "review.learning_referred_to_training": "findings go to the Training sub-group",
    "review.participant_feedback_received": "those who took part say how it was",
    "review.practitioners_contributed": "practitioners contribute",
    "review.practitioners_invited": "practitioners are invited",
    "review.organisation_added": "another organisation turns out to be under review",
    "review.publication_verified": "somebody looks whether the report is still there",
    "review.report_deposited": "the report is deposited",
    "review.report_presented": "the report is presented",
    "review.report_published": "the report is published",
    "review.report_withdrawn": "the report is taken down",
    "review.team_constituted": "the review team is set up",
    "review.training_implications_considered": "the Training sub-group considers it",
    "training_session.action_plan_recorded": "an action plan is recorded",
    "training_session.attendance_recorded": "somebody attends training",
    "training_session.cancelled": "the session is cancelled",
    "training_session.delivered": "the session is held",
    "training_session.delivery_observed": "a session is observed",
    "training_session.evaluated": "the session is evaluated",
    "training_session.feedback_received": "feedback is received",
    "training_session.follow_up_issued": "the follow-up questionnaire is sent",
    "training_session.follow_up_returned": "the follow-up questionnaire comes back",
    "training_session.scheduled": "a session is planned",
    "training_session.telephone_call_made": "somebody who was drawn is telephoned",
    "training_session.telephone_sample_drawn": "a telephone sample is drawn",
}
MEMBERS: Final[Mapping[str, str]] = {"member": "each member agency", "trainer": "each trainer", "sub-group": "each sub-group"}
OWNERS: Final[Mapping[str, str]] = {
    "BOARD": "the Board",
    "cdop": "the Child Death Overview Panel",
    "policy": "the Policy and Procedures sub-group",
    "quality": "the Quality sub-group",
    "scr": "the Serious Case Review sub-group",
    "training": "the Training sub-group",
    "agency": "the agency that it names",
    "recipients": "each agency that receives it",
    "respondent": "whoever is asked for it",
    "trainer_agencies": "each agency whose staff train",
}
FIELDS: Final[Mapping[str, str]] = {
    "kind": "",
    "purpose": "",
    "review_kind": "",
    "because_of": "what it is because of",
    "briefing_needed": "whether a briefing is needed",
    "informed_by": "what informed it",
    "lead_office": "who leads on it",
    "staff_n": "how many staff",
}
NOT_SAID: Final[Mapping[str, str]] = {"to": "to every member"}
VALUES: Final[Mapping[str, str]] = {
    "scr_report": "SCR report",
    "national_scr": "national SCR",
    "cdop_briefing": "CDOP briefing",
    "case_file_audit": "case-file audit",
    "single_page_briefing": "single-page briefing",
    "single_agency_training_audit": "audit of single-agency training",
    "rehearsal": "a rehearsal",
    "subgroup_learning_needs": "sub-group's learning needs",
    "s11": "section 11 audit",
    "trainer_cpd": "trainer's CPD questionnaire",
    "cdop_annual_report": "CDOP annual report",
    "training_qa_programme": "programme to assure the quality of training",
    "cyp_feedback_strategy": "strategy for feedback from children, young people and families",
    "cyp_family_feedback": "feedback from children, young people and families",
}


def in_words(rule: OnEvent | OnCalendar | Standing) -> list[str]:
    """Return the sentences of a rule."""
    if isinstance(rule, OnEvent):
        return list(_on_event(rule))
    return list(_on_calendar(rule) if isinstance(rule, OnCalendar) else _standing(rule))


def met_when(rule: OnEvent | OnCalendar | Standing) -> str:
    """Return the sentence that says what meets what a rule asks for."""
    if isinstance(rule, Standing):
        return f"Met while this holds: {rule.fact}."
    if isinstance(rule, OnCalendar):
        late = "; a late one still counts for the period that it names" if rule.period else ""
        return f"Met when {_either(rule.discharged_by)}{late}{_until(rule)}."
    earlier = ", also where that came before" if rule.early else ""
    return f"Met when {_either(rule.discharged_by, ' and ' if rule.all_of else ' or ')}{earlier}{_until(rule)}."


def _on_event(rule: OnEvent) -> Iterable[str]:
    yield f"Asked for when {_either(rule.trigger)}."
    yield f"Owed by {_owner(rule.trigger[0].owner)}, {_by_when(rule)}."
    yield met_when(rule)
    if rule.ended_by:
        yield f"No longer asked for when {_either(rule.ended_by)}."
    yield from _graded(rule.graded, f" when {_either(rule.graded_by)}" if rule.graded_by else "")


def _on_calendar(rule: OnCalendar) -> Iterable[str]:
    owner = MEMBERS[rule.members] if rule.members else OWNERS.get(rule.body, rule.body)
    since = {"adopted": "the framework was adopted", "joined": "it joined"}.get(str(rule.begins), "")
    begins = f"{rule.begins.day} {rule.begins:%B %Y}" if isinstance(rule.begins, date) else f"the day on which {since}"
    yield f"Owed by {owner}{_where(rule.where)} once in every {_span(rule.every, one='')}, counted from {begins}{_right(rule)}."
    if rule.grace:
        yield f"Due {_span(rule.grace, one='a ')} after the period."
    if rule.ended_by:
        yield f"No longer asked for in a period when {_either(rule.ended_by)}."
    yield met_when(rule)
    yield from _graded(rule.graded, "")


def _standing(rule: Standing) -> Iterable[str]:
    of = f"one {rule.thing} at least" if rule.some else "the partnership" if rule.thing == "partnership" else f"every {rule.thing}"
    yield f"What has to hold of {of}: {rule.fact}."
    yield f"Owed by {OWNERS.get(rule.owner, rule.owner) if rule.owner else f'whom the {rule.thing} names'}{_right(rule)}."
    if rule.discharged_by:
        yield f"It cannot hold before {_either(rule.discharged_by)}."
    if rule.undone_by:
        yield f"It may hold no more when {_either(rule.undone_by)}."


def _until(rule: OnEvent | OnCalendar) -> str:
    return f", and not by that any more when {_either(rule.undone_by)}" if rule.undone_by else ""


def _graded(field: str, when: str) -> Iterable[str]:
    if field:
        yield f"How well is for people: what they said of it ({_field(field) or 'its kind'}) is shown beside it{when}."


def _either(patterns: Sequence[Pattern | Undoing], joined: str = " or ") -> str:
    said = (f"{HAPPENS.get(one.event, one.event)}{_where((*one.where, *getattr(one, 'subject', Selector()).where))}" for one in patterns)
    return joined.join(dict.fromkeys(said))


def _where(tests: Sequence[Test]) -> str:
    return f" ({'; '.join(map(_test, tests))})" if tests else ""


def _test(test: Test) -> str:
    field = _field(test.field)
    if test.values and test.values <= {True, False}:
        return f"{field}: {'no' if test.never is (True in test.values) else 'yes'}"
    if test.values:
        words = OWNERS if test.field in {"owner", "body"} else VALUES
        values = " or ".join(sorted(words.get(str(value), str(value).replace("_", " ")) for value in test.values))
        return f"{'not ' if test.never else ''}{field}{': ' if field else ''}{values}"
    if test.begins:
        return f"{field}: {test.begins}…"
    return NOT_SAID.get(test.field, f"{field} not said") if test.never else f"with {field}"


def _field(name: str) -> str:
    return FIELDS.get(name, name.replace("_", " ").replace(".", ": "))


def _owner(owner: Selector) -> str:
    return OWNERS.get(owner.always or owner.field, owner.always or f"whom it names as {owner.field.replace('_', ' ')}")


def _by_when(rule: OnEvent) -> str:
    if rule.due is None:
        return "with no day stated anywhere, so it is never late"
    if rule.due.span is not None:
        return f"{'within ' if _lasts(rule.due.span) else ''}{_span(rule.due.span, one='a ')}{_right(rule)}"
    if rule.setting:
        return f"within {_count(SETTINGS[rule.setting].holds, SETTINGS[rule.setting].unit, 'a ')}{_right(rule)}"
    return f"by the day that was set with it{_right(rule)}"


def abbreviated(text: str) -> list[tuple[str, str]]:
    """Return what a text shortens, in the order in which it does, each with what it stands for."""
    return [(short, ABBREVIATIONS[short]) for short in dict.fromkeys(SHORT.findall(text))]


def _right(rule: OnEvent | OnCalendar | Standing) -> str:
    """Say by what right: the framework's own is not said again at every turn."""
    if rule.basis == "statutory":
        return ", by law"
    if rule.setting and not isinstance(rule, Standing):
        return ", set locally: it holds until the Board sets another number"
    return ", set locally" if rule.basis == "local_setting" else ""


def _lasts(span: Span) -> bool:
    return bool(SETTINGS[span.setting].holds if span.setting else span.count)


def _span(span: Span, *, one: str) -> str:
    return _count(SETTINGS[span.setting].holds if span.setting else span.count, span.unit, one)


def _count(count: int, unit: str, one: str) -> str:
    if not count:
        return "on the same day"
    return f"{count} {unit}" if count != 1 else f"{one}{unit.removesuffix('s')}"
