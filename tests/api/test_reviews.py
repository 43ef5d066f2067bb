"""Reviews over HTTP: where each stands with its clocks and what stops it, whom it is there for, and how its rules refuse."""

from __future__ import annotations

CRITERIA = [{"criterion": "5(2)(a)", "met": True}]
CASE = {
    "ref": "SB-2016-02", "title": "Birch", "kind": "serious case review", "regime": "LSCB-WT2015", "notified_on": "2016-08-30",
    "aware_on": "2016-08-22", "referring_agency": "RIV",
}  # fmt: skip


def act(ask, office, name, **said):
    """Do something to the review, whatever version it has."""
    return ask.post(f"/api/v1/reviews/SB-2016-02/{name}", office, said, version="*")


def test_a_review_is_read_with_its_clocks_and_what_stops_it(ask):
    """The list and the one review say where it stands, each clock with its basis and its due day, and what is missing, with the rule."""
    assert ask.post("/api/v1/reviews", "chair", CASE, version=None).status_code == 201
    ask.seeded.catch_up()
    one = ask.get("/api/v1/reviews/SB-2016-02").json["item"]
    (listed,) = [item for item in ask.get("/api/v1/reviews").json["items"] if item["ref"] == "SB-2016-02"]

    assert {clock["name"]: (clock["state"], clock["due_on"], clock["basis"]) for clock in one["clocks"]} == {
        "incident_notify": ("met", "2016-08-30", "law"),  # 29 August was a bank holiday
        "decide": ("running", "2016-09-30", "law"),
    }
    assert [(blocker["code"], blocker["rule"]) for blocker in one["blockers"]] == [("undecided", "INV-02")]
    assert listed["clocks"] == one["clocks"]
    assert {"findings", "lead"} <= one.keys() - listed.keys()
    assert "moments" not in one


def test_a_rule_of_a_review_refuses_by_its_name(ask):
    """What a review's rule forbids is a problem with the rule and its source, and whoever may not ask is told who may."""
    ask.post("/api/v1/reviews", "chair", CASE, version=None)
    ask.seeded.clock.advance(days=40)
    late = act(ask, "chair", "decide_review", outcome="conduct", rationale="The criteria are met", criteria=CRITERIA)
    other = act(ask, "quality-chair", "decide_review", outcome="conduct", rationale="The criteria are met", criteria=CRITERIA)
    kind = ask.post("/api/v1/reviews", "chair", CASE | {"ref": "SB-2016-05", "kind": "rapid review"}, version=None)

    assert (late.status_code, late.json["type"], late.json["facts"]["due_on"]) == (422, "/problems/nothing-said-of-lateness", "2016-09-30")
    assert "Working Together 2015" in late.json["detail"]
    assert (other.status_code, other.json["type"]) == (403, "/problems/not-allowed")
    assert (kind.status_code, kind.json["rule"]) == (422, "INV-42")


def test_a_review_is_there_for_an_agency_that_is_asked_about_it(ask):
    """Another agency's lead knows of no review, reads it once asked for information, and hands in their own agency's alone."""
    ask.post("/api/v1/reviews", "chair", CASE, version=None)
    act(ask, "chair", "decide_review", outcome="conduct", rationale="The criteria are met", criteria=CRITERIA)
    commission = {"review_kind": "serious case review", "methodology": "systems", "scope": "a year", "proportionality": "one family"}
    assert act(ask, "chair", "commission_review", **commission, organisations=["RIV"]).status_code == 200
    handed_in = {"agency": "CQH", "information_sha256": "ab" * 32}
    ask.seeded.catch_up()
    before = [ask.get("/api/v1/reviews/SB-2016-02", "cqh-lead"), act(ask, "cqh-lead", "submit_agency_information", **handed_in)]
    act(ask, "quality-chair", "request_agency_information", agency="CQH", due_on="2016-10-14", request="A chronology")
    ask.seeded.catch_up()
    after = [ask.get("/api/v1/reviews/SB-2016-02", "cqh-lead"), act(ask, "cqh-lead", "submit_agency_information", **handed_in)]

    assert [[answer.status_code for answer in answers] for answers in (before, after)] == [[404, 404], [200, 200]]
    assert "SB-2016-02" in {item["ref"] for item in ask.get("/api/v1/reviews", "cqh-lead").json["items"]}
