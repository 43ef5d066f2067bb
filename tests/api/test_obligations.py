"""What is owed, over HTTP: found in the record by the framework's rules, at both clocks, and each agency's own alone."""

from __future__ import annotations

import pytest

from aggregates.framework.library import SETS
from service.commands import COMMANDS

SET = next(iter(SETS.values()))


@pytest.fixture
def adopted(ask):
    """Give a board that has adopted the framework, half a year on."""
    said = {"version": "2016", "sha256": SET.sha256, "supersedes": None, "review_due": "2017-09-30", "provenance": "ours", "minute": None}
    ask.seeded.act("chair", "adopt_framework", "partnership", **said)
    ask.seeded.clock.advance(days=190)
    ask.seeded.catch_up()
    return ask


def test_what_an_agency_owes_is_listed_with_its_basis(adopted):
    """Each obligation says by which rule, by when and by what right, which event asked for it, and that none discharged it."""
    found = adopted.get("/api/v1/agencies/RIV/obligations?clause=LIF-RBM-03").json["items"]
    (first, second) = found

    assert (first["owner"], first["rule"], first["form"], first["subject"]) == ("RIV", "LIF-RBM-03", "calendar", "2016-09-05..2017-03-04")
    assert (first["due_on"], first["basis"], first["state"], first["days_late"]) == ("2017-03-04", "framework", "overdue", 10)
    assert first["discharged_at"] is None
    assert adopted.get(f"/api/v1/events/{first['asked_at']}").json["item"]["topic"] == "partnership.framework_adopted.v1"
    assert second["state"] == "open"


def test_one_obligation_is_read_by_its_address(adopted):
    """Rule, owner and subject are its address; what was never asked for is not there."""
    (one, *_) = adopted.get("/api/v1/obligations?clause=LIF-RBM-03&agency=RIV").json["items"]
    again = adopted.get(f"/api/v1/obligations/{one['rule']}/{one['owner']}/{one['subject']}")

    assert again.json["item"] == one
    assert adopted.get("/api/v1/obligations/LIF-RBM-03/RIV/1999-01-01..1999-06-30").status_code == 404
    assert adopted.get("/api/v1/obligations/LIF-NONE/RIV/x").json["detail"] == "There is no obligation LIF-NONE of RIV about x."


def test_pages_lead_from_one_to_the_next(adopted):
    """A page names the address of the next, with both clocks: together they are all of it, each once."""
    path, keys = "/api/v1/obligations?limit=25", []
    while path:
        page = adopted.get(path).json
        keys += [(one["rule"], one["owner"], one["subject"]) for one in page["items"]]
        path = page["next"]

    assert len(keys) == len(set(keys)) > 50
    for place in ("soon", "20170315|LIF-RBM-03|RIV|2016-09-16..2017-03-15"):
        assert adopted.get("/api/v1/obligations", query_string={"after": place}).status_code == 400


def test_the_grid_counts_what_the_list_has(adopted):
    """Each cell counts what one owner owes by one clause, as the list has it; and nothing in it is a rank or a score."""
    cells = {(cell["clause"], cell["owner"]): cell for cell in adopted.get("/api/v1/compliance").json["items"]}
    listed = adopted.get("/api/v1/obligations?clause=LIF-AGX-01&agency=CQH").json["items"]

    assert sum(cells["LIF-AGX-01", "CQH"]["counts"].values()) == len(listed)
    assert set(cells["LIF-AGX-01", "CQH"]) == {"clause", "owner", "counts", "says", "undone"}


def test_each_agency_sees_its_own_alone(adopted):
    """A designated lead is told of what their agency owes, and of nobody else's: not in the list, not in the grid, not by an address."""
    mine = adopted.get("/api/v1/obligations", "riv-lead").json["items"]
    cells = adopted.get("/api/v1/compliance", "riv-lead").json["items"]
    (theirs, *_) = adopted.get("/api/v1/obligations?agency=CQH").json["items"]

    assert {one["owner"] for one in [*mine, *cells]} == {"RIV"}
    assert adopted.get("/api/v1/obligations?agency=CQH", "riv-lead").json["items"] == []
    assert adopted.get("/api/v1/agencies/CQH/obligations", "riv-lead").status_code == 404
    assert adopted.get(f"/api/v1/obligations/{theirs['rule']}/CQH/{theirs['subject']}", "riv-lead").status_code == 404


def test_a_filter_that_names_nobody_is_refused(adopted):
    """Who or what there is not is refused by its name, since an empty list would read as if nothing were owed."""
    nobody = adopted.get("/api/v1/obligations?agency=NOPE")
    (clause, state) = (adopted.get(f"/api/v1/obligations?{name}=NOPE") for name in ("clause", "state"))

    assert (nobody.status_code, nobody.json["detail"]) == (404, "There is no agency NOPE.")
    assert adopted.get("/api/v1/obligations?agency=NOPE", "riv-lead").status_code == 404
    assert adopted.get("/api/v1/actions?owner=NOPE").json["detail"] == "There is no agency NOPE."
    assert adopted.get("/api/v1/returns?respondent=NOPE").json["detail"] == "There is no agency NOPE."
    assert (clause.status_code, clause.json["detail"]) == (404, "There is no clause NOPE.")
    assert (state.status_code, state.json["detail"].partition(":")[0]) == (400, "state cannot be read")
    for code in ("RIV", "BOARD", "chair"):
        assert adopted.get(f"/api/v1/obligations?agency={code}").status_code == 200


def test_before_the_adoption_nothing_was_owed(adopted):
    """As known before the framework was adopted, nobody owed anything on its basis."""
    (one, *_) = adopted.get("/api/v1/obligations?clause=LIF-RBM-03").json["items"]
    before = adopted.get(f"/api/v1/obligations?as_at=2016-09-05&known_at={one['asked_at'] - 1}").json["items"]

    assert [one for one in before if one["basis"] != "statutory"] == []


def test_the_clauses_are_in_the_frameworks_words(adopted):
    """Every clause is there word for word, with how it is found in the record; what is not decided from events says so."""
    clauses = {one["ref"]: one for one in adopted.get("/api/v1/clauses").json["items"]}

    assert clauses.keys() == SET.clauses.keys()
    assert adopted.get("/api/v1/clauses/LIF-RBM-03").json["item"] == clauses["LIF-RBM-03"]
    assert adopted.get("/api/v1/clauses/LIF-NONE").status_code == 404
    assert clauses["LIF-STK-01"]["lost"] is True
    assert [ref for ref, one in clauses.items() if one["check"] in "HC" and (one["rules"] or not one["says"])] == []


def test_nothing_can_be_marked_compliant_by_hand(adopted, routes):
    """No command and no address takes a statement that something is complied with."""
    posts = {rule.rule for rule in routes.url_map.iter_rules() if "POST" in rule.methods}

    assert [path for path in posts if path.startswith(("/api/v1/obligations", "/api/v1/compliance", "/api/v1/clauses"))] == []
    assert [
        name for name, command in COMMANDS.items() if {"clause", "compliant", "discharged"} & {field.name for field in command.fields}
    ] == []
