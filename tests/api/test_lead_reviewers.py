"""A lead reviewer has the review that they lead, and what came of it; every other review and action is for them as if it were not there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.api.pages.conftest import browser
from tests.boards import assign

if TYPE_CHECKING:
    from tests.api.conftest import Asking

HASH = "ab" * 32
CRITERIA = [{"criterion": "5(2)(a)", "met": True}]
THEIRS, ANOTHERS = "SB-2016-02", "SB-2015-01"
FINDING = {
    "number": "F1", "statement": "Calls were not returned", "polarity": "concern", "scope": "single-agency",
    "system_factor": "There is no one rota", "themes": [],
}  # fmt: skip


def lead(it, office, act="appoint_lead_reviewer", **more):
    """Let the holder of an office lead the review."""
    declared = {"reviewer": str(it.people[office]), "involved_in_case": False, "declaration_sha256": HASH}
    it.act("chair", act, THEIRS, **declared, affiliations=[], **more)
    it.catch_up()


@pytest.fixture
def led(ask: Asking) -> Asking:
    """Give a board with two reviews, each with an action, of which a lead reviewer leads one."""
    it = ask.seeded
    it.join("reviewer", "lead reviewer")
    it.act("riv-lead", "refer_review", THEIRS, title="Birch", kind="serious case review", referring_agency="RIV", notified_on="2016-09-05")
    it.act("chair", "decide_review", THEIRS, outcome="conduct", rationale="The criteria are met", criteria=CRITERIA)
    scope = {"methodology": "systems", "scope": "two years", "proportionality": "one family", "organisations": ["CQH"]}
    it.act("chair", "commission_review", THEIRS, review_kind="serious case review", **scope)
    lead(it, "reviewer")
    it.act("reviewer", "record_finding", THEIRS, **FINDING)
    assign(it, "A3", source=f"{THEIRS}/F1", due_on="2016-09-06")
    it.catch_up()
    return ask


def refs(ask, path, office="reviewer"):
    """Return the references of what is listed."""
    return {item["ref"] for item in ask.get(f"/api/v1/{path}", office).json["items"]}


def test_a_lead_reviewer_is_given_their_own_review_and_what_came_of_it(led):
    """Lists hold their review and its actions, whatever is asked for; the Board's offices see all."""
    assert (refs(led, "reviews"), refs(led, "actions"), refs(led, "actions?source=SB-2015-01")) == ({THEIRS}, {"A3"}, set())
    assert refs(led, "actions", "chair") == {"A1", "A2", "A3"}
    assert refs(led, "reviews", "chair") == {THEIRS, ANOTHERS}
    assert led.get("/api/v1/reviews/SB-2016-02", "reviewer").json["item"]["findings"][0]["number"] == "F1"


@pytest.mark.parametrize("path", ["reviews/{}", "reviews/{}/history", "actions/{}", "actions/{}/history"])
def test_any_other_is_not_there_for_them(led, path):
    """Another review and another action are answered as one that nobody has recorded; their own are there."""
    own, other = (THEIRS, ANOTHERS) if path.startswith("reviews") else ("A3", "A1")
    theirs, anothers, nobodys = (led.get(f"/api/v1/{path.format(ref)}", "reviewer") for ref in (own, other, "X9"))

    assert (theirs.status_code, anothers.status_code, nobodys.status_code) == (200, 404, 404)
    assert anothers.json["detail"].replace(other, "X9") == nobodys.json["detail"]


def test_the_feed_holds_their_review_and_its_actions(led):
    """Events of other reviews and actions are neither in the feed nor at their addresses."""
    events = led.get("/api/v1/events?limit=100").json["items"]
    mine = led.get("/api/v1/events?limit=100", "reviewer").json["items"]
    hidden = [event["position"] for event in events if event["ref"] in {ANOTHERS, "A1", "A2"}]

    assert {event["ref"] for event in mine if event["kind"] in {"review", "action"}} == {THEIRS, "A3"}
    assert {led.get(f"/api/v1/events/{position}", "reviewer").status_code for position in hidden} == {404}


def test_what_changed_is_what_changed_of_theirs(led):
    """The difference between two days counts the actions that came of their review, and no others."""
    led.seeded.clock.advance(days=2)
    found = led.get("/api/v1/difference?from_as_at=2016-09-04", "reviewer").json

    assert ({change["ref"] for change in found["items"]}, found["unchanged"]) == ({"A3"}, 0)


def test_they_record_in_their_own_review_alone(led):
    """An act upon another review is refused as upon none, by the API, in a correction and on the page of its form."""
    said = FINDING | {"number": "F2"}
    refused = led.post(f"/api/v1/reviews/{ANOTHERS}/record_finding", "reviewer", said)
    amendment = {"amends": 1, "corrected": {"title": "Elder"}, "reason": "a slip"}
    corrected = [led.post(f"/api/v1/{path}/correct_entry", "reviewer", amendment) for path in (f"reviews/{ANOTHERS}", "actions/A1")]
    done = led.post(f"/api/v1/reviews/{THEIRS}/record_finding", "reviewer", said)

    assert [answer.status_code for answer in (refused, *corrected, done)] == [404, 404, 404, 200], done.json


def test_who_was_replaced_has_it_no_longer(led):
    """The review passes to whoever leads it next; whoever led it before knows of it, and of its actions, no more."""
    it = led.seeded
    it.join("successor", "lead reviewer")
    lead(it, "successor", "replace_lead_reviewer", reason="They fell ill")

    assert [(refs(led, "reviews", who), refs(led, "actions", who)) for who in ("reviewer", "successor")] == [
        (set(), set()),
        ({THEIRS}, {"A3"}),
    ]
    assert led.get(f"/api/v1/reviews/{THEIRS}", "reviewer").status_code == 404


def test_their_pages_are_of_their_review(led):
    """The pages list and show their review and its actions alone; another's page, and the form of an act on it, are not there."""
    who = browser(led.client.application, led.seeded, "reviewer")
    for path, told, untold in (("/reviews", THEIRS, ANOTHERS), ("/actions", "A3", "A1"), ("/actions.csv", "A3", "A1")):
        words = re.sub("<[^>]*>", " ", who.client.get(path).text)  # a page's nonce may hold any two letters
        assert (told in words, untold in words) == (True, False), path
    for path in ("/", "/replay", "/difference", f"/reviews/{THEIRS}", f"/reviews/{THEIRS}/record_finding", "/actions/A3"):
        assert (who.client.get(path).status_code, path) == (200, path)
    for path in (f"/reviews/{ANOTHERS}", f"/reviews/{ANOTHERS}/record_finding", "/actions/A1"):
        assert (who.client.get(path).status_code, path) == (404, path)
