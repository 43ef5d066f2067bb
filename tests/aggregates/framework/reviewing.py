"""Examples of what is owed when a review goes its way, and when the framework itself is adopted."""

from __future__ import annotations

from datetime import date

from tests.aggregates.framework.sent import ALDER, issued
from tests.aggregates.framework.telling import Told, at

FINDING = f"{ALDER}/F1"
RESPONSES = ({"number": "F1", "response": "accepted", "intended_actions": "One pathway"}, {"number": "F2", "response": "rejected"})


def review(what, on, **said):
    """Let something happen to the review of Alder."""
    return at(on, ALDER, f"review.{what}", **said)


def promised(source="SB-2015-01/F1", owner="BOARD", kind="procedure", on="2016-07-25"):
    """Assign an action because of it."""
    return at(on, "action:A1", "action.assigned", source=source, owner=owner, kind=kind)


def answered(kind, what, period, on, **said):
    """Let something happen to a return of the Board or of a sub-group."""
    return at(on, f"return:{kind}-{period}", f"return.{what}", kind=kind, period=period, **said)


DECIDED = review("decided", "2015-04-02", outcome="conduct")
ALTERNATIVE = review("decided", "2015-04-02", outcome="alternative", review_kind="learning review")
NOT = review("decided", "2015-04-20", outcome="not conduct")
COMMISSIONED = review("commissioned", "2015-05-11", review_kind="learning review", methodology="systems", proportionality="One family")
FOUND = review("finding_recorded", "2016-05-20", number="F1", polarity="concern", scope="multi-agency", system_factor="Hand-over")
WORKED = review("finding_recorded", "2016-05-20", number="F3", polarity="good_practice", scope="single-agency", system_factor="School")
PRESENTED = review("report_presented", "2016-06-17", meeting="B-2016-06")
RESPONDED = review("board_response_formulated", "2016-07-15", responses=RESPONSES)
PUBLISHED = review("report_published", "2016-09-12")
REFERRED = review("learning_referred_to_training", "2016-09-15", findings=("F1",))
CONSIDERED = review(
    "training_implications_considered", "2016-10-04", agenda_item="T-2016-10/4", courses="Two revised", poster="Printed",
    briefing_needed=True, one_page_briefing="Sent",
)  # fmt: skip
JUDGED = review("impact_evaluated", "2017-05-30", year=2016, judgement="Calls are returned")
HEARD = review("participant_feedback_received", "2016-03-01", role="nurse", count=4, summary="Heard, and not blamed")
SET_DOWN = at("2016-09-14", "partnership:partnership", "partnership.framework_adopted", version="2016")
ELSEWHERE = issued("scr_report", source="review:SB-2016-03", on="2016-09-12")


def sent(kind, on="2016-09-12", source=ALDER, to=()):
    """Disseminate something because of it."""
    return issued(kind, source=source, on=on, to=to)


ACTED = ("BOARD", FINDING, RESPONDED, (promised(),), None, "", (promised(source="SB-2015-01/F2"), promised(source="SB-2016-03/F1")))
MATERIALS_BY = date(2016, 12, 12)
NOT_SHARED = (issued("policy", None), issued("framework", None, to=("RIV",)))
NOT_TOLD = (ELSEWHERE, sent("scr_report", "2016-09-12", to=("RIV",)))

EXAMPLES = [
    Told("LIF-INT-02.share", "BOARD", "partnership:partnership", SET_DOWN, (issued("framework", None),), beside=NOT_SHARED),
    Told("LIF-INT-05", "BOARD", ALDER, RESPONDED, (sent("scr_report"),), beside=(ELSEWHERE,)),
    Told("LIF-INT-05", "BOARD", ALDER, review("external_noted", "2016-10-04", relevance="relevant"), (sent("newsletter", "2016-11-01"),)),
    Told(
        "LIF-PRI-01.shared",
        "BOARD",
        f"{ALDER}/F3",
        WORKED,
        (at("2016-09-01", "dissemination:D3", "dissemination.issued", kind="newsletter", findings=("SB-2015-01/F3",)),),
        beside=(at("2016-08-01", "dissemination:D2", "dissemination.issued", kind="newsletter", findings=("SB-2015-01/F1",)),),
    ),
    Told("LIF-PRI-02", "BOARD", ALDER, DECIDED, (COMMISSIONED,), grade="One family", ended=NOT),
    Told("LIF-PRI-13", "BOARD", ALDER, ALTERNATIVE, (COMMISSIONED,), ended=NOT),
    Told("LIF-PRI-05.heard", "BOARD", ALDER, review("practitioners_contributed", "2016-02-01", count=9), (HEARD,), grade="recorded"),
    Told(
        "LIF-PRI-07",
        "BOARD",
        ALDER,
        review("family_invited", "2015-09-01"),
        (review("family_involvement_recorded", "2016-03-01", outcome="contributed"),),
        grade="contributed",
    ),
    Told("LIF-PRI-10.impact", "BOARD", ALDER, RESPONDED, (JUDGED,), date(2017, 7, 15)),
    Told(
        "LIF-PRI-11",
        "BOARD",
        "inspection:ofsted",
        at("2016-11-14", "inspection:ofsted", "inspection.opened", purpose="inspection"),
        (at("2016-11-15", "inspection:ofsted", "inspection.evidence_disclosed", object="action:A13"),),
        ended=at("2016-12-09", "inspection:ofsted", "inspection.closed"),
    ),
    Told("LIF-PRI-14", "BOARD", ALDER, COMMISSIONED, (FOUND,), grade="Hand-over"),
    Told(
        "LIF-OBJ-03",
        "BOARD",
        "action:A10",
        at("2017-01-30", "action:A10", "action.assigned", kind="training"),
        (at("2017-12-01", "action:A10", "action.sustainment_checked", result="held"),),
        grade="held",
        ended=at("2017-06-01", "action:A10", "action.withdrawn"),
    ),
    Told(
        "LIF-OBJ-06",
        "BOARD",
        "partnership:partnership",
        SET_DOWN,
        (answered("training_strategy", "accepted", "2016-17", "2017-03-01"),),
        beside=(answered("training_strategy", "submitted", "2016-17", "2017-02-01"),),
    ),
    Told("LIF-MTH-01.brief", "BOARD", ALDER, PUBLISHED, (sent("newsletter", "2016-10-01"),), MATERIALS_BY, beside=(sent("poster"),)),
    Told("LIF-MTH-01.evaluate", "BOARD", ALDER, PUBLISHED, (JUDGED,)),
    Told("LIF-MTH-02.feedback", "BOARD", ALDER, COMMISSIONED, (HEARD,)),
    Told("LIF-MTH-02.evaluate", "BOARD", ALDER, COMMISSIONED, (JUDGED,), grade="Calls are returned"),
    Told("LIF-CYC-01.answered", "BOARD", FINDING, FOUND, (RESPONDED,)),
    Told("LIF-CYC-01.acted-on", *ACTED),
    Told("LIF-TRN-01", *ACTED),
    Told("LIF-APPA-BD-02.act", *ACTED),
    Told(
        "LIF-TRN-03",
        "BOARD",
        FINDING,
        FOUND,
        (promised(owner="policy"),),
        beside=(promised(owner="RIV"), WORKED),
        ended=review("board_response_formulated", "2016-07-15", responses=({"number": "F1", "response": "rejected"},)),
    ),
    Told("LIF-TRN-05", "training", ALDER, REFERRED, (CONSIDERED,)),
    Told("LIF-TRN-17.programme", "BOARD", "partnership:partnership", SET_DOWN, (issued("training_programme", None),)),
    Told(
        "LIF-TRN-17.strategy",
        "BOARD",
        "partnership:partnership",
        SET_DOWN,
        (answered("training_strategy", "accepted", "2016-17", "2017-03-01"),),
    ),
    Told(
        "LIF-RBM-10.ask",
        "BOARD",
        "partnership:partnership",
        SET_DOWN,
        (answered("training_strategy", "requested", "2016-17", "2016-10-01"),),
    ),
    Told(
        "LIF-RBM-10.write",
        "training",
        "return:training_strategy-2016-17",
        answered("training_strategy", "requested", "2016-17", "2016-10-01", due_on="2017-01-31"),
        (answered("training_strategy", "accepted", "2016-17", "2017-03-01"),),
        date(2017, 1, 31),
        beside=(answered("training_strategy", "submitted", "2016-17", "2017-01-20"),),
        ended=answered("training_strategy", "waived", "2016-17", "2016-12-01"),
    ),
    Told(
        "LIF-APPA-BD-01",
        "BOARD",
        ALDER,
        PRESENTED,
        (at("2016-06-17", "meeting:B-2016-06", "meeting.held", body="BOARD", quorate=True, agenda=({"id": "4", "about": ALDER},)),),
        beside=(
            at("2016-06-17", "meeting:B2", "meeting.held", body="BOARD", quorate=False, agenda=({"id": "4", "about": ALDER},)),
            at("2016-06-17", "meeting:Q1", "meeting.held", body="quality", quorate=True, agenda=({"id": "4", "about": ALDER},)),
            at("2016-06-17", "meeting:B3", "meeting.held", body="BOARD", quorate=True, agenda=({"id": "5", "title": "Budget"},)),
        ),
    ),
    Told("LIF-APPA-BD-02.respond", "BOARD", ALDER, PRESENTED, (RESPONDED,)),
    Told("LIF-APPA-BD-04", "BOARD", ALDER, PUBLISHED, (sent("scr_report", "2016-09-13"),), date(2016, 9, 12), beside=NOT_TOLD),
    Told("LIF-APPA-BD-06", "training", ALDER, REFERRED, (CONSIDERED,)),
    Told(
        "LIF-APPA-BD-07",
        "training",
        ALDER,
        REFERRED,
        (CONSIDERED,),
        beside=(review("training_implications_considered", "2016-10-01", agenda_item="T-2016-10/4"),),
    ),
    Told("LIF-APPA-BD-08", "training", ALDER, PUBLISHED, (sent("poster", "2016-10-01"),), MATERIALS_BY, beside=(sent("newsletter"),)),
    Told(
        "LIF-APPA-BD-09.decide",
        "training",
        ALDER,
        REFERRED,
        (review("training_implications_considered", "2016-10-04", agenda_item="T-2016-10/4", briefing_needed=False, briefing_why="None"),),
    ),
    Told(
        "LIF-APPA-BD-09.deliver",
        "training",
        ALDER,
        CONSIDERED,
        (at("2016-11-08", "dissemination:D4", "dissemination.practice_briefing_delivered", source=ALDER, participants=40),),
    ),
    Told(
        "LIF-APPA-BD-10",
        "training",
        ALDER,
        PUBLISHED,
        (sent("single_page_briefing", "2016-10-01"),),
        MATERIALS_BY,
        beside=(sent("poster"), sent("single_page_briefing", to=("RIV",)), ELSEWHERE),
    ),
    Told(
        "LIF-APPC-BD-03.programme",
        "training",
        "partnership:partnership",
        SET_DOWN,
        (answered("training_qa_programme", "accepted", "2016-17", "2017-03-01"),),
    ),
    Told(
        "LIF-APPC-BD-04.strategy",
        "training",
        "partnership:partnership",
        SET_DOWN,
        (answered("cyp_feedback_strategy", "accepted", "2016-17", "2017-03-01"),),
    ),
    Told(
        "LIF-APPD-05.deposited",
        "BOARD",
        ALDER,
        PUBLISHED,
        (review("report_deposited", "2016-09-19", repository="NSPCC"),),
        beside=(review("report_deposited", "2016-09-18", repository="Severnbrook Library"),),
    ),
]
