"""A review as far as a test needs it: each of these lets another step be taken."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from aggregates.entry.values import Sealed
from aggregates.partnership.office import Holder
from aggregates.review import Review
from aggregates.review.blockers import Promise
from tests.aggregates.people import CHAIR, MANAGER, ORIGIN, TRAINING, somebody

BEGAN = date(2016, 2, 8)
SCR = somebody(8, "scr-chair", "sub-group chair", "SCR", "AVM")
CSC = somebody(9, "csc-lead", "designated lead", "SBC-CSC", "SBC-CSC")
LEAD = somebody(10, "cedar-reviewer", "lead reviewer")
OTHER_LEAD = somebody(11, "alder-reviewer", "lead reviewer")
A, B = Sealed(LEAD.person), Sealed(OTHER_LEAD.person)
HASH, SHORTER, OTHER_HASH = "ab" * 32, "cd" * 32, "ef" * 32
CHAIRS_SEAT = Holder("Chair", "chair", None, Sealed(UUID(int=1)), None, BEGAN, None)

CEDAR = {
    "ref": "SB-2016-03", "title": "Cedar", "kind": "serious case review", "regime": "LSCB-WT2015", "referring_agency": "SBC-CSC",
    "notified_on": BEGAN,
}  # fmt: skip
FINDING = {
    "number": "F1", "statement": "Nobody could say what should happen hour by hour", "polarity": "concern", "scope": "multi-agency",
    "system_factor": "Three pathways disagree at the hand-over", "themes": ("thresholds",),
}  # fmt: skip
TIED = {"organisation": "NGH", "role": "consultant", "from_on": "2010-01-01", "until_on": "2013-06-30"}
LEADS = {"reviewer": A, "affiliations": (TIED,), "involved_in_case": False, "declaration_sha256": HASH}
COMMISSION = {
    "review_kind": "serious case review", "methodology": "systems", "scope": "from birth to injury",
    "proportionality": "one family, two years",
    "organisations": ("RIV", "SBC-CSC"),
}  # fmt: skip
ACCEPTED = {"number": "F1", "response": "accepted", "intended_actions": "One pathway"}


CRITERIA = ({"criterion": "5(2)(a)", "met": True},)
DECISION = {"outcome": "conduct", "rationale": "The criteria are met", "criteria": CRITERIA}


def after(days):
    """Give a day so many days after the referral."""
    return BEGAN + timedelta(days=days)


def do(review, act, days, who=SCR, **said):
    """Record an act so many days after the referral."""
    getattr(review, act)(acting=who, occurred_on=after(days), **said)


def referred(**other):
    """Refer a case."""
    return Review.refer(ORIGIN, acting=CSC, **{"occurred_on": BEGAN} | CEDAR | other)


def noted(**other):
    """Note another body's review."""
    elder = {"ref": "SB-DHR-1", "title": "Elder", "kind": "domestic homicide review", "regime": "LSCB-WT2015", "board": "Severnbrook CSP"}
    return Review.note_external(ORIGIN, acting=MANAGER, occurred_on=BEGAN, **elder | {"year": 2016} | other)


def decided(review=None, days=20, **other):
    """Let the chair decide to conduct it."""
    review = review or referred()
    do(review, "decide_review", days, CHAIR, **DECISION | other)
    return review


def commissioned(**other):
    """Commission it, into two organisations."""
    review = decided()
    do(review, "commission_review", 30, **COMMISSION | other)
    return review


def led(**other):
    """Appoint somebody who worked for Northgate until 2013, which is not under review."""
    review = commissioned()
    do(review, "appoint_lead_reviewer", 32, **LEADS | other)
    return review


def under_way():
    """Hear people and find something."""
    review = led()
    do(review, "invite_practitioners", 40, roles=("health visitor", "social worker"), count=11, how_explained="by letter")
    do(review, "record_practitioner_contribution", 50, roles=("health visitor",), count=9, how="a day together")
    do(review, "invite_family", 52, relations=("parents",), count=2, how_explained="by the reviewer, at home")
    do(review, "record_family_involvement", 60, relations=("parents",), outcome="declined")
    do(review, "record_finding", 100, LEAD, **FINDING)
    return review


def paused():
    """Let it wait for a criminal process from day 110."""
    review = under_way()
    do(review, "note_parallel_process", 109, process="criminal", note="charges brought")
    do(review, "pause_review", 110, process="criminal", review_by=after(200), reason="witnesses")
    return review


def answered():
    """Present the report and let the Board answer it."""
    review = under_way()
    do(review, "present_review_report", 150, MANAGER, report_sha256=HASH)
    do(review, "formulate_response", 160, CHAIR, responses=(ACCEPTED,))
    return review


PUBLISHED = {
    "report_sha256": HASH,
    "response_sha256": OTHER_HASH,
    "url": "https://severnbrook.example/cedar",
    "keep_online_until": after(800),
}


def published(**other):
    """Publish report and response."""
    review = answered()
    do(review, "publish_report", 170, CHAIR, **PUBLISHED | other)
    return review


IMPLICATIONS = {
    "agenda_item": "Training 2016-09/4", "courses": "two revised", "poster": "printed", "briefing_needed": False,
    "briefing_why": "the courses cover it", "one_page_briefing": "sent to all agencies",
}  # fmt: skip


def monitored():
    """Let Training answer (a) to (d)."""
    review = published()
    do(review, "refer_learning_to_training", 175, findings=("F1",))
    do(review, "consider_training_implications", 180, TRAINING, **IMPLICATIONS)
    return review


def closed():
    """Close it, with a promise of the Board's that was kept."""
    review = monitored()
    do(review, "close_review", 400, CHAIR, grounds="All is done", promises=(Promise("A6", "F1", "BOARD", ended=True),))
    return review
