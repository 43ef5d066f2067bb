"""The register over HTTP: two clocks, filters, orders, and pages that do not shift."""

from __future__ import annotations

import pytest

from tests.boards import assign


@pytest.fixture
def many(ask):
    """Give a board with twelve more actions, two of them overdue in October."""
    for number in range(10, 20):
        assign(ask.seeded, f"A{number}", owner="CQH", owner_office="cqh-lead", due_on=f"2016-11-{number}")
    for number in (20, 21):
        assign(ask.seeded, f"A{number}", due_on="2016-09-30", source=None)
    ask.seeded.catch_up()
    return ask


def refs(ask, query: str = "", office: str = "chair") -> list[str]:
    """Return the references that a register lists."""
    return [item["ref"] for item in ask.get(f"/api/v1/actions{query}", office).json["items"]]


def test_pages_follow_one_another_without_gap_or_double_whatever_is_recorded_meanwhile(many):
    """Following `next` lists every action once, as known when the first page was asked for."""
    whole, listed, address = refs(many), [], "/api/v1/actions?limit=5&sort=due"
    while address:
        page = many.get(address).json
        listed += [item["ref"] for item in page["items"]]
        address = page["next"]
        assign(many.seeded, f"B{len(listed)}", due_on="2017-06-01")
        many.seeded.catch_up()

    assert listed == whole
    assert len(refs(many)) == len(whole) + 3


def test_filters_narrow_and_orders_order(many):
    """Each filter and each order does what its name says."""
    many.seeded.clock.advance(days=40)

    assert refs(many, "?owner=RIV&sort=ref") == ["A1", "A20", "A21"]
    assert refs(many, "?overdue=true") == ["A20", "A21"]
    assert refs(many, "?overseen_by=NONE") == []
    assert refs(many, "?source=SB-2015-01&owner=RIV") == ["A1"]
    assert refs(many, "?status=accepted") == []
    assert refs(many, "?sort=ref&descending=true&limit=2") == ["A21", "A20"]


def test_the_two_clocks_are_two(ask):
    """What was true on a day, as known on a day: an act recorded late shows on its day only to who knows of it."""
    seeded = ask.seeded
    seeded.clock.advance(days=10)
    before = seeded.catch_up()
    seeded.act("riv-lead", "accept_action", "A1", occurred_on=seeded.clock.now.date().replace(day=7))
    seeded.catch_up()

    def status(query: str) -> str:
        return ask.get(f"/api/v1/actions/A1?{query}").json["item"]["status"]

    assert status("as_at=2016-09-08") == "accepted"
    assert status("as_at=2016-09-06") == "assigned"
    assert status(f"as_at=2016-09-08&known_at={before}") == "assigned"
    assert status("as_at=2016-09-08&known_at=2016-09-14") == "assigned"
    assert status("as_at=2016-09-08&known_at=2016-09-15") == "accepted"


def test_every_read_says_its_clocks(shared):
    """An answer names the day and the position that it was given at, so that it can be asked for again."""
    for path in (
        "/actions",
        "/actions/A1",
        "/actions/A1/history",
        "/agencies",
        "/offices/chair",
        "/reviews",
        "/keys",
        "/events",
        "/events/3",
        "/partnership",
    ):
        clocks = shared.get(f"/api/v1{path}").json["clocks"]

        assert clocks == {"as_at": "2016-09-05", "known_at": 22, "known_time": "2016-09-05T09:00:00+00:00"}, path


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("known_at=9999", "not-yet-known"),
        ("as_at=2030-01-01", "not-yet-happened"),
        ("as_at=2016-09-05&known_at=2016-09-01", "known-before-as-at"),
    ],
)
def test_a_question_about_the_future_is_refused_in_words(shared, query, problem):
    """Clocks in an order in which nobody could have known are refused, by name."""
    response = shared.get(f"/api/v1/actions?{query}")

    assert (response.status_code, response.json["type"]) == (422, f"/problems/{problem}")


def test_the_etag_is_the_version_known_then(ask):
    """A read's ETag is the version at its clocks: who looked at the past cannot act over the present."""
    before = ask.seeded.catch_up()
    ask.seeded.act("riv-lead", "accept_action", "A1")
    ask.seeded.catch_up()
    old, new = (ask.get(f"/api/v1/actions/A1{query}").headers["ETag"] for query in (f"?known_at={before}", ""))

    assert (old, new) == ('"1"', '"2"')
    assert ask.post("/api/v1/actions/A1/dispute_action", "riv-lead", {"reason": "x"}, version=old).status_code == 412


def test_other_things_have_their_version_too(shared):
    """What is changed over If-Match is read with its ETag."""
    paths = ("/agencies/RIV", "/sub-groups/QEG", "/offices/chair", "/reviews/SB-2015-01", "/partnership", "/keys")

    assert [shared.get(f"/api/v1{path}").headers["ETag"] for path in paths] == ['"1"', '"1"', '"1"', '"2"', '"1"', '"1"']


@pytest.mark.parametrize(
    "path", ["/actions/A9", "/agencies/NONE", "/offices/none", "/sub-groups/NONE", "/reviews/NONE", "/reviews/NONE/history", "/events/9999"]
)
def test_what_is_not_there_is_a_404(shared, path):
    """What nobody has recorded is not found."""
    assert shared.get(f"/api/v1{path}").json["type"] == "/problems/not-found"
