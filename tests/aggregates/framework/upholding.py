"""Examples of what has to hold while something is in a state: reviews, actions, courses, resources, sessions and the partnership."""

from __future__ import annotations

from datetime import date

from aggregates.partnership import Course, Partnership, Resource
from tests.aggregates import people, reviews, sessions
from tests.aggregates.framework.telling import ADOPTED_ON, Upholding
from tests.aggregates.people import CHAIR, DUE, MANAGER, ORIGIN, RIV, SERVICE, on
from tests.aggregates.reviews import HASH, LEAD, SCR, after, do

FRAMEWORK = {"version": "2016", "sha256": HASH, "review_due": date(2017, 9, 14), "provenance": "Working Together 2015"}
COURSE = {"title": "Neglect", "format": "1 day", "level": "core", "provider": "Workforce Development Team", "follow_up_owed": False}


def established():
    """Establish the partnership."""
    said = {"name": "Severnbrook", "regime": "LSCB-WT2015", "effective_on": ADOPTED_ON}
    return Partnership.establish(ORIGIN, acting=CHAIR, occurred_on=ADOPTED_ON, **said)


def adopted():
    """Adopt a framework, to be looked at again in a year."""
    board = established()
    board.adopt_framework(acting=CHAIR, occurred_on=ADOPTED_ON, **FRAMEWORK)
    return board


def reviewed():
    """Look at it again, a week early."""
    board = adopted()
    said = {"version": "2016", "outcome": "retained", "review_due": date(2018, 9, 14)}
    board.review_framework(acting=CHAIR, occurred_on=date(2017, 9, 7), **said)
    return board


def offered(**other):
    """Take a course into the programme."""
    said = COURSE | {"ref": "C1", "skills": "To ask", "acting": MANAGER, "occurred_on": on(0)} | other
    return Course.offer(ORIGIN, **said)


def withdrawn(**other):
    """Give it up."""
    course = offered(**other)
    course.withdraw(acting=MANAGER, occurred_on=on(30), reason="No trainer")
    return course


def listed(title, url, kind, *, reachable=None):
    """Recommend a resource, and look whether it is there ten days later."""
    said = {"ref": "R1", "title": title, "url": url, "kind": kind, "check_every": 6}
    resource = Resource.list_(ORIGIN, acting=MANAGER, occurred_on=on(0), **said)
    if reachable is not None:
        resource.check(acting=SERVICE, occurred_on=on(10), reachable=reachable)
    return resource


def heard():
    """Let Riverside say what it makes of Research in Practice."""
    resource = listed("Research in Practice", "https://www.rip.org.uk", "website")
    resource.give_feedback(acting=RIV, occurred_on=on(20), useful="in part")
    return resource


def course(rule, fact, *, owner="training", **instead):
    """Hold that a course which is on offer is enough, and one that was given up is not."""
    return Upholding(rule, lambda: withdrawn(**fact), lambda: offered(**fact | instead), owner, since=on(0))


def resource(rule, *what, due=None):
    """Hold that this resource is meant, and another of its kind whose address only looks like it is not."""
    another = ("The Library", f"https://d{'.'.join(what[1].split('.')[-3:])}/?{what[1]}", what[2])  # drip.org.uk
    return Upholding(rule, lambda: listed(*another), lambda: listed(*what), since=on(0), due=due)


def looked_at(rule, *what):
    """Hold that a resource has to have been there when somebody looked, and is looked at again after six months."""
    again = date(2017, 3, 22)
    lacking, holding = (lambda: listed(*what, reachable=False)), (lambda: listed(*what, reachable=True))
    return Upholding(rule, lacking, holding, since=on(10), due=again, until=again)


def audited():
    """Commission an audit: nothing of it is published."""
    review = reviews.decided(reviews.referred(kind="practice audit"))
    do(review, "commission_review", 30, SCR, **reviews.COMMISSION | {"review_kind": "practice audit"})
    return review


def without(skipped):
    """Let a review go without one of its steps."""
    review = reviews.led()
    steps = {
        "practitioners": ("invite_practitioners", 40, SCR, {"roles": ("nurse",), "count": 11, "how_explained": "by letter"}),
        "family": ("invite_family", 52, SCR, {"relations": ("parents",), "count": 2, "how_explained": "at home"}),
        "information": ("request_agency_information", 60, SCR, {"agency": "RIV", "due_on": after(90), "request": "a chronology"}),
        "finding": ("record_finding", 100, LEAD, reviews.FINDING),
        "report": ("present_review_report", 150, MANAGER, {"report_sha256": HASH, "meeting": "B-2016-07"}),
        "response": ("formulate_response", 160, CHAIR, {"responses": (reviews.ACCEPTED,)}),
    }
    for name, (act, days, who, said) in steps.items():
        if name == skipped:
            return review
        do(review, act, days, who, **said)
    return review


def breached():
    """Find that the lead reviewer was not independent."""
    review = reviews.led()
    do(review, "record_independence_breach", 80, SCR, organisations=("NGH",), grounds="a post until 2013")
    return review


def gone():
    """Publish the report, and find it gone."""
    review = reviews.published()
    do(review, "verify_publication", 200, MANAGER, result="gone")
    return review


def analysed():
    """Let the information come that was asked for, and find something."""
    review = without("report")
    do(review, "submit_agency_information", 95, RIV, agency="RIV", information_sha256=HASH)
    return review


def team():
    """Set up the Overview Panel."""
    review = reviews.commissioned()
    do(review, "constitute_review_team", 31, SCR, members=({"organisation": "AVM", "role": "police"},))
    return review


def told(days=20, **why):
    """Decide, tell everybody, and do not yet commission: every clock that has begun has stopped."""
    review = reviews.decided(days=days, **why)
    do(review, "notify_decision", days + 1, MANAGER, to_body="National panel of independent experts")
    return review


def decided_late():
    """Decide after 38 days, and say why."""
    return told(38, why_late="The papers came late")


def referred_to_training():
    """Send the findings to the Training sub-group."""
    review = reviews.answered()
    do(review, "refer_learning_to_training", 165, SCR, findings=("F1",))
    return review


def conference(*, answered):
    """Hold a conference."""
    session = sessions.closed(format="conference")
    if answered:
        session.give_feedback(acting=SERVICE, occurred_on=date(2016, 12, 2), number="1", satisfaction=4, learning=4)
    return session


def policy(step):
    """Promise a change of policy."""
    return lambda: step(kind="policy")


DECIDE_BY, PUBLISH_BY = date(2016, 3, 8), date(2016, 9, 9)
SIGNED, HELD = on(40), on(222)
LOOK_AT = on(222)
ASSURED = {"owner": "RIV", "due": DUE, "since": SIGNED}

EXAMPLES = [
    Upholding("LIF-INT-01", established, adopted, since=ADOPTED_ON),
    *(
        Upholding(
            rule, None, reviewed, since=ADOPTED_ON, due=date(2018, 9, 14), until=date(2018, 9, 14), grade="retained", unasked=established
        )
        for rule in ("LIF-INT-03", "LIF-RBM-08")
    ),
    Upholding(
        "LIF-INT-06", lambda: without("response"), lambda: without(None), since=after(160), grade="F1 accepted", unasked=reviews.decided
    ),
    *(
        Upholding(rule, reviews.answered, reviews.published, due=PUBLISH_BY, since=after(170), unasked=audited)
        for rule in ("LIF-INT-09", "LIF-PRI-08", "LIF-PRI-09", "LIF-APPA-BD-03")
    ),
    Upholding("LIF-PRI-08", gone, reviews.published, due=PUBLISH_BY, since=after(170)),
    Upholding("LIF-PRI-09", lambda: reviews.published(response_sha256=None), reviews.published, due=PUBLISH_BY, since=after(170)),
    Upholding("LIF-PRI-03", reviews.commissioned, reviews.led, since=after(32), unasked=audited),
    Upholding("LIF-PRI-03", breached, reviews.led, since=after(32)),
    Upholding(
        "LIF-PRI-04",
        lambda: without("practitioners"),
        reviews.under_way,
        since=after(40),
        grade="9 of 11 contributed",
        unasked=reviews.decided,
    ),
    Upholding(
        "LIF-PRI-05.findings",
        None,
        reviews.under_way,
        since=after(100),
        grade="1 on record, each with the system behind it",
        unasked=reviews.led,
    ),
    Upholding("LIF-PRI-06", lambda: without("family"), reviews.under_way, since=after(52), unasked=reviews.decided),
    Upholding("LIF-OBJ-01", reviews.referred, told, due=DECIDE_BY, since=after(21), unasked=reviews.noted),
    Upholding("LIF-APPA-OP-01", reviews.decided, team, since=after(31), unasked=lambda: reviews.decided(outcome="not conduct")),
    Upholding(
        "LIF-APPA-OP-02", lambda: without("finding"), analysed, since=after(100), grade="1 found; 1 of 1 agencies answered", unasked=audited
    ),
    Upholding("LIF-APPA-OP-03", lambda: without("report"), lambda: without("response"), since=after(150), unasked=audited),
    Upholding("LIF-APPA-BD-05", reviews.answered, referred_to_training, since=after(165), unasked=reviews.under_way),
    Upholding("LIF-INT-08", None, people.assigned, since=on(0)),
    Upholding("LIF-TRN-04", None, people.assigned, since=on(0)),
    *(Upholding(rule, people.implemented, people.signed_off, **ASSURED) for rule in ("LIF-TRN-02", "LIF-APPA-AG-01")),
    Upholding("LIF-CYC-01.changed", people.implemented, people.signed_off, due=DUE, since=SIGNED),
    Upholding(
        "LIF-EMB-01", policy(people.implemented), policy(people.signed_off), **ASSURED, unasked=lambda: people.assigned(kind="practice")
    ),
    *(
        Upholding(
            rule,
            people.sustaining,
            people.closed,
            owner,
            due=LOOK_AT,
            since=on(405),
            grade="held after 12 months",
            unasked=people.implemented,
        )
        for rule, owner in (("LIF-PRI-12", "QUALITY"), ("LIF-CYC-01.checked", "BOARD"))
    ),
    *(
        Upholding(
            rule, people.slipped, people.closed, owner, since=HELD, grade="held after 12 months", unasked=people.implemented, last=on(405)
        )
        for rule, owner in (("LIF-INT-07", "RIV"), ("LIF-APPA-BD-11", "BOARD"))
    ),
    course("LIF-TRN-14", {}, owner="BOARD"),
    *(
        course(f"LIF-TRN-15.{part}", {"format": format_})
        for part, format_ in {
            "3-hour": "3 hour",
            "1-day": "1 day",
            "multi-day": "multi-day",
            "conference": "conference",
            "e-learning": "e-learning",
        }.items()
    ),
    course("LIF-TRN-16.basic", {"level": "basic"}),
    course("LIF-TRN-16.specialist", {"level": "specialist"}),
    course("LIF-TRN-16.skills", {}),
    course("LIF-TRN-16.knowledge", {"knowledge": "What neglect does"}),
    course("LIF-TRN-16.values", {"values": "Children first"}),
    Upholding(
        "LIF-MTH-07",
        lambda: conference(answered=False),
        lambda: conference(answered=True),
        "training",
        since=date(2016, 12, 2),
        unasked=sessions.closed,
    ),
    Upholding(
        "LIF-MTH-09",
        lambda: listed("Research in Practice", "https://www.rip.org.uk", "website"),
        heard,
        "training",
        since=on(20),
        grade="in part",
        unasked=lambda: listed("The Library", "https://library.example", "website"),
    ),
    Upholding(
        "LIF-APPB-01",
        lambda: listed("The Library", "https://library.example", "website"),
        lambda: listed("Case review briefings", "https://library.example/briefings", "alternative learning"),
        "training",
        since=on(0),
    ),
    looked_at("LIF-APPD-01", "CASPAR", "https://www.nspcc.org.uk/caspar", "e-mail updates"),
    looked_at("LIF-APPD-02", "Severnbrook Safeguarding Board", "https://severnbrook.example/safeguarding", "own website"),
    resource("LIF-APPD-03", "Research in Practice", "https://www.rip.org.uk", "website"),
    resource("LIF-APPD-04", "Children and Young People Now", "https://www.cypnow.co.uk", "e-mail updates"),
    resource("LIF-APPD-05.listed", "National repository", "https://library.nspcc.org.uk", "repository"),
]
