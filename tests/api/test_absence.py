"""Who may ask for a certificate of absence: whoever may read the obligation that it is about, and nobody else."""

from __future__ import annotations

import json

import pytest

from aggregates.framework.library import SETS
from service.verify import unb64url
from tests.api.pages.conftest import browser

SET = next(iter(SETS.values()))
AUDIT = "LIF-RBM-03|{}|2016-09-05..2017-03-04"
OVERDUE = "2017-03-14"
WHO = {  # whose obligation each of them is given a certificate of
    "chair": {"RIV", "CQH"},
    "board-manager": {"RIV", "CQH"},
    "riv-lead": {"RIV"},
    "cqh-lead": {"CQH"},
    "lead-reviewer": set(),
    "inspector": {"RIV"},
}


@pytest.fixture
def silent(ask):
    """Give a board half a year after it adopted the framework, inspected at one agency: no half-yearly audit was handed in."""
    said = {"version": "2016", "sha256": SET.sha256, "supersedes": None, "review_due": "2017-09-30", "provenance": "ours", "minute": None}
    seeded = ask.seeded
    seeded.act("chair", "adopt_framework", "partnership", **said)
    seeded.join("lead-reviewer", "lead reviewer")
    seeded.clock.advance(days=190)
    seeded.open_inspection(agency="RIV", ceiling=OVERDUE, expires_on="2017-04-30")
    seeded.catch_up()
    return ask


def certificate(ask, office, owner):
    """Ask for a certificate that an agency handed in no audit."""
    return ask.get("/api/v1/absence", office, query_string={"obligation": AUDIT.format(owner)})


@pytest.mark.parametrize("office", WHO)
def test_who_may_read_what_is_owed_may_have_its_absence_certified(silent, office):
    """The Board asks about everybody, an agency about itself, an inspector within their scope, who leads a review about nobody."""
    answers = {owner: certificate(silent, office, owner) for owner in ("RIV", "CQH")}
    given = {owner for owner, answer in answers.items() if answer.status_code == 200}

    assert given == WHO[office]
    for owner in given:
        said = json.loads(unb64url(answers[owner].get_data(as_text=True).split(".")[1]))
        assert (said["owner"], said["until"]) == (owner, OVERDUE)
        assert answers[owner].headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("office", [office for office, owners in WHO.items() if len(owners) < 2])
def test_another_agencys_silence_is_refused_as_what_was_never_asked(silent, office):
    """The refusal has one name, and is the same for what another owes and for what nobody does: neither is told from the other."""
    (hidden, *_) = {"RIV", "CQH"} - WHO[office]
    refused = [certificate(silent, office, owner) for owner in (hidden, "NONE")]

    assert [(each.status_code, each.json["type"]) for each in refused] == [(404, "/problems/not-found")] * 2
    assert [each.json["detail"].replace(owner, "…") for each, owner in zip(refused, (hidden, "NONE"), strict=True)] == [
        refused[0].json["detail"].replace(hidden, "…")
    ] * 2


def test_a_participant_has_no_part_in_it(silent):
    """Whoever answers a questionnaire by a link has no account, and is asked to sign in like any stranger."""
    refused = silent.client.get("/api/v1/absence", query_string={"obligation": AUDIT.format("RIV")})

    assert (refused.status_code, refused.json["type"]) == (401, "/problems/not-signed-in")


def test_an_inspector_asks_of_the_days_of_the_inspection(silent):
    """A day before the first that the inspection covers is refused by name."""
    asked = {"obligation": AUDIT.format("RIV"), "as_at": "2015-06-30"}
    refused = silent.get("/api/v1/absence", "inspector", query_string=asked)

    assert (refused.status_code, refused.json["type"]) == (403, "/problems/outside-inspection")


@pytest.mark.parametrize("office", [office for office in WHO if office != "lead-reviewer"])
def test_the_page_offers_it_to_those_who_may_have_it(silent, app, office):
    """An obligation's page, for those who find it, leads to its certificate; for the others there is no such page."""
    who = browser(app, silent.seeded, office)
    for owner in ("RIV", "CQH"):
        found = who.get(f"/obligations/{AUDIT.format(owner).replace('|', '/')}")
        assert found.status_code == (200 if owner in WHO[office] else 404)
        offered = [link for link in who.links if link.startswith("/api/v1/absence?")]
        assert [who.get(link).status_code for link in offered] == ([200] if owner in WHO[office] else [])
