"""Examples of what is owed once the Board has asked for a return, and of what trainers and their participants owe after a session."""

from __future__ import annotations

from datetime import date

from tests.aggregates.framework.telling import Told, at, of_another

BY = date(2016, 11, 14)
GRADES = ({"standard": "5", "grade": 2, "reason": "two of three"},)


def returned(kind, what, on, **said):
    """Let something happen to the return that Riverside owes."""
    return at(on, f"return:{kind}-2016-RIV", f"return.{what}", kind=kind, respondent="RIV", period="2016", **said)


def moderated(kind):
    """Let somebody independent grade it."""
    return returned(kind, "moderated", "2016-12-05", grades=GRADES)


def accepted(kind):
    """Let the Board accept it, and say why."""
    return returned(kind, "accepted", "2016-12-05", reason="As we found it")


def asked(rule, kind, *, grade="", submitted=None, graded=(), beside=()):
    """Let Riverside be asked for a return by a day: it is met by an answer, and ended by a waiver."""
    answer = returned(kind, "submitted", "2016-11-10", **(submitted or {}))
    request = returned(kind, "requested", "2016-10-03", due_on=str(BY))
    waived = returned(kind, "waived", "2016-11-01", reason="merged")
    subject = f"return:{kind}-2016-RIV"
    return Told(rule, "RIV", subject, request, (answer, *graded), BY, grade, (of_another(answer), *beside), waived)


def judged(rule, kind, owner, by=moderated, grade="5: 2"):
    """Let an answer be owed somebody's judgement."""
    answer, waived = returned(kind, "submitted", "2016-11-10"), returned(kind, "waived", "2016-11-20")
    return Told(rule, owner, f"return:{kind}-2016-RIV", answer, (by(kind),), grade=grade, ended=waived)


SESSION = "session:AIACP-2016-11"
EVALUATED_BY = date(2017, 5, 30)
DELIVERED = at("2016-11-30", SESSION, "training_session.delivered", trainer_agencies=("AVM",))
EVALUATED = at(
    "2017-04-20", SESSION, "training_session.evaluated", satisfaction="4.6", learning="4.1", impact_practice="some",
    impact_management="none", changes="A case on hidden fathers is added",
)  # fmt: skip
ISSUED = at("2017-02-28", SESSION, "training_session.follow_up_issued", number="4", agency="RIV", owed=True, due_on="2017-03-28")
NOT_OWED = at("2017-02-28", SESSION, "training_session.follow_up_issued", number="4", agency="RIV", owed=False, due_on="2017-03-28")


def came_back(by="participant", on="2017-03-20", number="4", **said):
    """Let a follow-up questionnaire come back."""
    return at(on, SESSION, "training_session.follow_up_returned", number=number, agency="RIV", answered_by=by, **said)


def evaluated(rule, grade=""):
    """Let a session that was held be evaluated."""
    return Told(rule, "training", SESSION, DELIVERED, (EVALUATED,), EVALUATED_BY, grade)


def followed_up(rule, met, *, grade="", beside=()):
    """Let Riverside owe a questionnaire, by four weeks after it was sent."""
    others = (came_back(number="5", by=met.said["answered_by"]), *beside)
    return Told(rule, "RIV", f"{SESSION}/4", ISSUED, (met,), date(2017, 3, 28), grade, others)


def called(*attempts):
    """Let number 7 be drawn and called; only the last of the attempts is enough, and nobody else's is."""
    made = [
        at(f"2017-03-{day:02d}", SESSION, "training_session.telephone_call_made", draw="1", number=number, attempt=attempt, outcome=outcome)
        for day, number, attempt, outcome in ((5, "2", 1, "reached"), *((5 + attempt, "7", attempt, came) for attempt, came in attempts))
    ]
    drawn = at("2017-03-01", SESSION, "training_session.telephone_sample_drawn", selected=("7",))
    return Told("LIF-TRN-09.call", "training", f"{SESSION}/7", drawn, (made[-1],), date(2017, 3, 29), beside=tuple(made[:-1]))


PARTICIPANT = came_back(shared_with_colleagues=True, impact="marked", used_in_practice=True)
MANAGER = came_back("manager", manager_view="She asks more")

EXAMPLES = [
    asked("LIF-AGX-11.answer", "s11"),
    asked("LIF-AGX-13", "safeguarding_audit"),
    asked("LIF-APPA-PR-06", "case_file_audit", grade="5: 2", graded=(moderated("case_file_audit"),)),
    asked("LIF-APPC-AG-04", "learning_needs", grade="As we found it", graded=(accepted("learning_needs"),)),
    asked("LIF-APPC-AG-06", "learning_needs"),
    asked("LIF-APPC-AG-07", "cyp_family_feedback"),
    asked("LIF-APPC-PR-01", "learning_needs", submitted={"staff_n": 41}, grade="41"),
    asked("LIF-APPC-PR-06", "learning_needs", submitted={"staff_n": 41}, beside=(returned("learning_needs", "submitted", "2016-11-01"),)),
    asked("LIF-APPC-PR-07", "cyp_family_feedback", submitted={"staff_n": 12}, grade="12"),
    judged("LIF-OBJ-02.returns", "workforce_training", "BOARD", accepted, "As we found it"),
    judged("LIF-MTH-04", "safeguarding_audit", "quality"),
    judged("LIF-MTH-05.grade", "single_agency_training_audit", "training"),
    *(judged(f"LIF-AGX-0{n}.grade", "workforce_assurance", "quality") for n in (1, 2, 3, 4, 6)),
    judged("LIF-RAG-03.judge", "workforce_training", "training", accepted, "As we found it"),
    judged("LIF-RBM-07", "knowledge_audit", "BOARD"),
    Told(
        "LIF-MTH-08",
        "policy",
        "sub-group:policy",
        at("2016-10-03", "dissemination:D5", "dissemination.issued", kind="policy"),
        (returned("policy_compliance", "moderated", "2017-05-02", grades=GRADES),),
        date(2017, 10, 3),
        "5: 2",
    ),
    Told(
        "LIF-APPC-BD-02.present",
        "training",
        "return:training_annual_report-2016-RIV",
        returned("training_annual_report", "submitted", "2017-05-01"),
        (returned("training_annual_report", "presented", "2017-06-16"),),
    ),
    evaluated("LIF-OBJ-05.quality", "4.1"),
    evaluated("LIF-MTH-06"),
    evaluated("LIF-TRN-07.analysis"),
    evaluated("LIF-TRN-12", "A case on hidden fathers is added"),
    evaluated("LIF-TRN-13", "some"),
    evaluated("LIF-APPC-00.management", "none"),
    evaluated("LIF-APPC-00.practice", "some"),
    Told(
        "LIF-TRN-07.feedback",
        "training",
        SESSION,
        DELIVERED,
        (at("2016-12-01", SESSION, "training_session.feedback_received", number="1"),),
        EVALUATED_BY,
    ),
    Told(
        "LIF-TRN-07.plans",
        "training",
        SESSION,
        DELIVERED,
        (at("2016-12-01", SESSION, "training_session.action_plan_recorded", number="1"),),
        EVALUATED_BY,
    ),
    # 30 November and three months are 28 February: INV-23.
    Told(
        "LIF-TRN-08",
        "training",
        f"{SESSION}/4",
        at("2016-11-30", SESSION, "training_session.attendance_recorded", number="4", agency="RIV"),
        (NOT_OWED,),
        date(2017, 2, 28),
    ),
    called((1, "reached")),
    called((1, "not-reached"), (2, "declined")),
    called((1, "not-reached"), (2, "not-reached"), (3, "not-reached")),  # INV-24: only then does another take their place
    Told(
        "LIF-AGX-07",
        "AVM",
        SESSION,
        at("2016-10-31", SESSION, "training_session.scheduled", planned_on="2016-11-30", trainer_agencies=("AVM",)),
        (DELIVERED,),
        date(2016, 11, 30),
        ended=at("2016-11-20", SESSION, "training_session.cancelled", trainer_agencies=("AVM",), reason="Snow"),
    ),
    followed_up("LIF-APPC-AG-01", PARTICIPANT, beside=(MANAGER,)),
    followed_up("LIF-APPC-AG-05", MANAGER, beside=(PARTICIPANT,)),
    followed_up("LIF-APPC-PR-03", PARTICIPANT, beside=(MANAGER,)),
    followed_up("LIF-APPC-PR-04", PARTICIPANT, grade="marked", beside=(came_back(on="2017-03-10"),)),
    followed_up("LIF-APPC-PR-05", PARTICIPANT, beside=(came_back(on="2017-03-10"), came_back(shared_with_colleagues=False))),
]
