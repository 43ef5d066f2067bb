"""Examples of what comes again: once in every period after the adoption of 14 September 2016, for everybody who owes it."""

from __future__ import annotations

from datetime import date

from tests.aggregates.framework.telling import Recurring, at, of_another

# The last days of the first periods.
MONTH, QUARTER, HALF = date(2016, 10, 13), date(2016, 12, 13), date(2017, 3, 13)
BODIES = {"cdop", "training"}  # who owes these whoever sends them in
YEAR, TWO_YEARS, THREE_YEARS = date(2017, 9, 13), date(2018, 9, 13), date(2019, 9, 13)


def returned(kind, what="submitted", respondent="RIV", period="2016-17", on="2016-10-10", **said):
    """Let something happen to a return."""
    return at(on, f"return:{kind}-{period}-{respondent}", f"return.{what}", kind=kind, respondent=respondent, period=period, **said)


def owed(rule, kind, due=YEAR, *, period="2016-17", respondent="RIV", labelled=True):
    """Let a return be owed in every period: an answer for the period meets it, also when it comes late."""
    met = returned(kind, period=period, respondent=respondent)
    late = returned(kind, period=period, respondent=respondent, on="2019-12-24") if labelled else None
    others = (returned("s11", period=period), *([] if respondent in BODIES else [of_another(met)]))
    return Recurring(rule, respondent, due, met, beside=others, late=late)


def session(what, **said):
    """Let something happen to a training session."""
    return at("2016-10-05", "session:S1", f"training_session.{what}", **said)


CAME = session("attendance_recorded", number="1", agency="RIV")
OBSERVED = session("delivery_observed", observer="wmp-lead", grade="good")
PRIORITY = at(
    "2016-10-05", "priorities:2016-17", "priorities.set", priority="Neglect", lead_office="quality-chair", informed_by=("SB-2015-01/F1",)
)
UNINFORMED = at("2016-10-04", "priorities:2016-17", "priorities.set", priority="Estates", informed_by=())
REVISED = at("2016-10-05", "course:C1", "course.content_revised", what="A case", because_of=("SB-2015-01/F1",))
ATTENDING = ("LIF-AGX-08", "LIF-RAG-03.attend", "LIF-APPA-PR-03", "LIF-APPC-AG-03", "LIF-APPC-PR-02")


def asked_for(kind, period="2016-17", on="2016-10-10"):
    """Let the Board ask for a return."""
    return returned(kind, "requested", period=period, on=on)


EXAMPLES = [
    Recurring(
        "LIF-INT-04",
        "BOARD",
        YEAR,
        at("2016-10-05", "review:SB-2016-04", "review.commissioned", review_kind="practice audit"),
        "practice audit",
        (at("2016-10-04", "review:SB-2016-03", "review.commissioned", review_kind="serious case review"),),
    ),
    Recurring(
        "LIF-PRI-01.found",
        "BOARD",
        YEAR,
        at("2016-10-05", "review:SB-2016-03", "review.finding_recorded", polarity="good_practice"),
        "good_practice",
        (at("2016-10-04", "review:SB-2016-03", "review.finding_recorded", polarity="concern"),),
    ),
    Recurring(
        "LIF-PRI-10.report",
        "BOARD",
        YEAR,
        returned("board_annual_report", "presented", "BOARD"),
        "",
        (returned("board_annual_report", respondent="BOARD"),),
        returned("board_annual_report", "presented", "BOARD", on="2018-02-01"),
    ),
    Recurring("LIF-OBJ-05.quantity", "training", YEAR, session("delivered")),
    owed("LIF-MTH-03.report", "cdop_annual_report", respondent="cdop"),
    Recurring(
        "LIF-MTH-03.briefing",
        "cdop",
        YEAR,
        at("2016-10-05", "dissemination:D6", "dissemination.issued", kind="cdop_briefing"),
        "",
        (at("2016-10-04", "dissemination:D7", "dissemination.issued", kind="poster"),),
    ),
    Recurring("LIF-MTH-05.audit", "training", YEAR, asked_for("single_agency_training_audit")),
    Recurring("LIF-MTH-05.observe", "training", HALF, OBSERVED, "good"),
    Recurring("LIF-CYC-02", "BOARD", YEAR, PRIORITY, "Neglect", (UNINFORMED,)),
    Recurring("LIF-TRN-06.needs", "training", YEAR, returned("learning_needs", "accepted"), "", (returned("learning_needs"),)),
    Recurring(
        "LIF-TRN-06.plan",
        "training",
        YEAR,
        REVISED,
        "SB-2015-01/F1",
        (at("2016-10-04", "course:C2", "course.offered", ref="C2", because_of=()),),
    ),
    Recurring("LIF-TRN-09.draw", "training", HALF, session("telephone_sample_drawn", draw="1", selected=("7",))),
    Recurring("LIF-TRN-10", "training", HALF, OBSERVED),
    owed("LIF-TRN-11", "trainer_cpd", respondent="trainer-avm"),
    Recurring("LIF-TRN-18.needs", "BOARD", YEAR, returned("learning_needs", "accepted"), "", (returned("learning_needs"),)),
    Recurring("LIF-OBJ-02.training", "BOARD", YEAR, session("evaluated", impact_practice="some"), "some"),
    Recurring("LIF-TRN-18.evaluated", "BOARD", YEAR, session("evaluated", impact_practice="some"), "some"),
    Recurring(
        "LIF-TRN-18.feedback",
        "BOARD",
        YEAR,
        returned("cyp_family_feedback", "accepted", reason="They are heard"),
        "They are heard",
        (returned("cyp_family_feedback"),),
    ),
    *(owed(f"LIF-AGX-0{n}.answer", "workforce_assurance") for n in (1, 2, 3, 4, 6)),
    owed("LIF-AGX-05", "workforce_assurance"),
    *(
        Recurring(rule, "RIV", YEAR, CAME, beside=(of_another(CAME), session("booking_lapsed", number="2", agency="RIV")))
        for rule in ATTENDING
    ),
    owed("LIF-AGX-09", "workforce_training"),
    owed("LIF-AGX-10", "workforce_training", THREE_YEARS, labelled=False),
    Recurring("LIF-AGX-11.ask", "BOARD", TWO_YEARS, asked_for("s11", "2016"), "", (asked_for("safeguarding_audit"),)),
    owed("LIF-AGX-12", "single_agency_quality"),
    owed("LIF-AGX-14.outcome", "audit_outcome"),
    Recurring(
        "LIF-AGX-14.report",
        "quality",
        YEAR,
        returned("performance_report", "presented", "quality"),
        "",
        (returned("performance_report", respondent="quality"),),
    ),
    owed("LIF-RAG-04.cycle", "workforce_training"),
    Recurring(
        "LIF-RBM-01",
        "RIV",
        YEAR,
        at("2016-10-05", "dissemination:D8", "dissemination.cascade_reported", agency="RIV", about="awareness"),
        "",
        (at("2016-10-04", "dissemination:D8", "dissemination.cascade_reported", agency="RIV", about="item"),),
    ),
    owed("LIF-RBM-03", "knowledge_audit", HALF, period="2016-H2"),
    Recurring("LIF-RBM-05", "BOARD", YEAR, PRIORITY, "quality-chair", (UNINFORMED,)),
    Recurring("LIF-RBM-06", "BOARD", YEAR, asked_for("knowledge_audit", "2016-H2"), "", (asked_for("s11", "2016"),)),
    Recurring("LIF-RBM-09.ask", "BOARD", QUARTER, asked_for("subgroup_learning_needs", "2016-Q4")),
    owed("LIF-RBM-09.report", "subgroup_learning_needs", QUARTER, period="2016-Q4", respondent="quality"),
    Recurring(
        "LIF-APPA-NA-01",
        "BOARD",
        MONTH,
        at("2016-10-05", "review:NAT-1", "review.external_noted", kind="serious case review"),
        "",
        (at("2016-10-04", "review:DHR-1", "review.external_noted", kind="domestic homicide review"),),
    ),
    Recurring("LIF-APPC-BD-01", "BOARD", YEAR, asked_for("learning_needs")),
    owed("LIF-APPC-BD-02.report", "training_annual_report", respondent="training"),
    Recurring("LIF-APPC-BD-03.observe", "training", HALF, OBSERVED),
    Recurring("LIF-APPC-BD-04.feedback", "training", YEAR, returned("cyp_family_feedback")),
    owed("LIF-APPC-AG-02", "workforce_training"),
]
