"""Examples of what is owed when something is disseminated, by each of those who received it and by the Board."""

from __future__ import annotations

from datetime import date

from tests.aggregates.framework.telling import Told, at, of_another
from tests.aggregates.people import evidence

ITEM = "dissemination:D1"
ACKNOWLEDGED_BY, EMBEDDED_BY = date(2016, 10, 17), date(2016, 12, 19)
GROUPS = ({"group": "nurses", "basis": "need_to_know"}, {"group": "porters", "basis": "nice_to_know"})
ALDER = "review:SB-2015-01"


def issued(kind, source=ALDER, on="2016-09-19", to=()):
    """Send it to Riverside and Castle Quay, which are all the members; or to those of them that are named."""
    dates = {"acknowledgement_due": str(ACKNOWLEDGED_BY), "embedding_due": str(EMBEDDED_BY)}
    return at(on, ITEM, "dissemination.issued", kind=kind, source=source, to=to, recipients=to or ("RIV", "CQH"), **dates)


def did(what_, on="2016-10-03", **said):
    """Let Riverside do something about it."""
    return at(on, ITEM, f"dissemination.{what_}", agency="RIV", **said)


def owed(rule, kind, met, due, *, grade="", beside=(), subject=ITEM, owner="RIV"):
    """Let Riverside owe something from the day of issue; what Castle Quay does is not for Riverside, and a withdrawal ends it."""
    withdrawn = at("2016-10-10", ITEM, "dissemination.withdrawn", recipients=("RIV", "CQH"), reason="an error")
    return Told(rule, owner, subject, issued(kind), (met,), due, grade, (of_another(met), *beside), withdrawn)


ACKNOWLEDGED = did("acknowledged", staff_groups=GROUPS, statement="It fits our plan")
WITHOUT_STATEMENT = did("acknowledged", on="2016-09-30", staff_groups=GROUPS)
CASCADED = did("cascade_reported", staff_group="nurses", reach=180, headcount=200, about="item")
AWARENESS = did("cascade_reported", staff_group="nurses", reach=180, headcount=200, about="awareness")
UNCHANGED = did("implications_identified", change_needed=False, why="We do so already")
CHANGED = did("implications_identified", change_needed=True, actions=("A8",))
UNDECIDED = did("implications_identified", on="2016-09-30", change_needed=True, actions=())
TEAM, SUPERVISION, GROUP, JOINT = (
    did("learning_discussed", forum=forum, held=9, expected=10, evidence=(evidence(),), suggestions="A checklist")
    for forum in ("team_meeting", "supervision", "group_supervision", "joint_working")
)
UNEVIDENCED = did("learning_discussed", on="2016-09-30", forum="team_meeting", held=1, expected=10)
RECEIPT = f"{ITEM}/RIV"

EXAMPLES = [
    owed("LIF-INT-02.receipt", "framework", ACKNOWLEDGED, ACKNOWLEDGED_BY, subject=RECEIPT, owner="BOARD"),
    owed("LIF-OBJ-04", "framework", ACKNOWLEDGED, ACKNOWLEDGED_BY, subject=RECEIPT, owner="BOARD"),
    owed("LIF-RAG-01", "framework", ACKNOWLEDGED, ACKNOWLEDGED_BY, grade="It fits our plan", beside=(WITHOUT_STATEMENT,)),
    owed("LIF-RAG-02", "framework", WITHOUT_STATEMENT, ACKNOWLEDGED_BY),
    owed("LIF-EMB-02", "scr_report", GROUP, EMBEDDED_BY, beside=(TEAM, JOINT)),
    owed("LIF-EMB-03", "cdop_briefing", JOINT, EMBEDDED_BY, beside=(SUPERVISION,)),
    owed("LIF-EMB-04", "national_scr", TEAM, EMBEDDED_BY, beside=(SUPERVISION,)),
    owed("LIF-RAG-04.item", "scr_report", SUPERVISION, EMBEDDED_BY, beside=(UNEVIDENCED,)),
    owed("LIF-RBM-02.basis", "policy", ACKNOWLEDGED, ACKNOWLEDGED_BY),
    Told(
        "LIF-RBM-02.cascade",
        "RIV",
        f"{ITEM}/nurses",
        ACKNOWLEDGED,
        (did("cascade_reported", on="2016-10-20", staff_group="nurses", reach=180, headcount=200, about="item"),),
        date(2016, 10, 31),
        beside=(of_another(CASCADED), AWARENESS),
    ),
    owed("LIF-APPA-AG-02.acknowledge", "scr_report", ACKNOWLEDGED, ACKNOWLEDGED_BY),
    owed("LIF-APPA-AG-02.cascade", "scr_report", CASCADED, ACKNOWLEDGED_BY, beside=(AWARENESS, ACKNOWLEDGED)),
    owed("LIF-APPA-AG-03", "scr_report", CHANGED, EMBEDDED_BY, beside=(UNDECIDED,)),
    owed("LIF-APPA-AG-03", "scr_report", UNCHANGED, EMBEDDED_BY),
    owed("LIF-APPA-AG-04", "scr_report", TEAM, EMBEDDED_BY, beside=(SUPERVISION,)),
    owed("LIF-APPA-AG-05", "scr_report", SUPERVISION, EMBEDDED_BY, beside=(TEAM, GROUP)),
    owed("LIF-APPA-AG-06", "poster", CASCADED, EMBEDDED_BY, beside=(AWARENESS,)),
    owed("LIF-APPA-PR-01", "scr_report", CASCADED, EMBEDDED_BY, grade="180"),
    owed("LIF-APPA-PR-02", "single_page_briefing", CASCADED, EMBEDDED_BY, grade="180"),
    owed("LIF-APPA-PR-04", "scr_report", TEAM, EMBEDDED_BY, grade="A checklist", beside=(UNEVIDENCED,)),
    owed("LIF-APPA-NA-02.consider", "national_scr", UNCHANGED, EMBEDDED_BY),
    owed("LIF-APPA-NA-02.team-meeting", "national_scr", TEAM, EMBEDDED_BY, beside=(SUPERVISION,)),
    owed("LIF-APPA-NA-02.supervision", "national_scr", GROUP, EMBEDDED_BY, beside=(TEAM,)),
    Told(
        "LIF-RBM-04.take-up",
        "BOARD",
        ITEM,
        did("ineffectiveness_reported", what="The template is not used"),
        (at("2016-11-01", "challenge:CH-1", "challenge.raised", about=ITEM, to="BOARD"),),
        beside=(at("2016-10-10", "challenge:CH-2", "challenge.raised", about="action:A13", to="RIV"),),
    ),
    Told(
        "LIF-RBM-04.answer",
        "BOARD",
        "challenge:CH-1",
        at("2016-11-01", "challenge:CH-1", "challenge.raised", about=ITEM, to="BOARD"),
        (at("2016-11-20", "challenge:CH-1", "challenge.answered", answer="It is redrafted", what_changed="The template"),),
    ),
]
