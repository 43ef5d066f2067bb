"""The menu: a few groups, each with its pages, for whoever looks; and which of them is open."""

from __future__ import annotations

import pytest

from api.pages.frame.menu import ADDRESSES, MENU, UNDER, menu
from tests.api.pages.conftest import browser

MOST = 7  # groups, which stand on one line at the width of a laptop


def named(role, path="/", *, signed_in=True):
    """Return what somebody finds in each group."""
    return {group["text"]: [page["href"] for page in group["pages"]] for group in menu(path, role, signed_in=signed_in)}


def test_nobody_finds_more_than_seven_groups():
    """Home, what is owed, reviews and actions, learning, returns, the partnership and the record: for a board manager they are all."""
    assert list(named("board manager")) == list(MENU)
    assert len(MENU) <= MOST


def test_a_role_finds_what_is_for_it():
    """Data protection is for those who protect, inspections for the Board and who inspects; without office or account there is little."""
    assert "/data-protection" in named("data protection officer")["The partnership"]
    assert "/data-protection" not in named("sub-group chair")["The partnership"]
    assert "/inspections" not in named("designated lead")["The partnership"]
    assert "/reports" in named("chair")["Returns"]
    assert "/reports" not in named("designated lead")["Returns"]
    assert named(None) == {"Home": ["/"], "The record": ["/integrity", "/public"]}
    assert named(None, signed_in=False) == {"Published": ["/public"], "Integrity": ["/integrity"], "Sign in": ["/sign-in"]}


@pytest.mark.parametrize(
    ("path", "group", "page"),
    [
        ("/", "Home", "/"),
        ("/sessions/S-1/schedule_session", "Learning", "/sessions"),
        ("/meetings/attendance", "The partnership", "/meetings/attendance"),
        ("/meetings/QEG-1", "The partnership", "/meetings"),
        ("/agencies/RIV", "The partnership", "/partnership"),
        ("/events/7", "The record", "/replay"),
        ("/accessibility", None, None),
    ],
)
def test_the_menu_says_where_a_page_is(path, group, page):
    """One group and one page in it are marked: those at whose address, or below which, the page is; none for a page beside them all."""
    found = menu(path, "board manager", signed_in=True)

    assert [one["text"] for one in found if one["active"]] == ([group] if group else [])
    assert [each["href"] for one in found for each in one["pages"] if each["current"]] == ([page] if page else [])


def test_every_address_of_the_menu_is_a_page(app):
    """Nothing leads nowhere."""
    served = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert served >= ADDRESSES
    assert {*UNDER.values()} <= ADDRESSES


@pytest.mark.parametrize(
    ("office", "role", "begins"),
    [
        ("dpo", "data protection officer", "/data-protection"),
        ("trainer", "trainer", "/sessions"),
        ("riv-lead", "designated lead", "/agencies/RIV"),
        ("inspector", "inspector", "/compliance"),
    ],
)
def test_home_says_where_to_begin(app, seeded, office, role, begins):
    """Whoever signs in for the first time finds a way in that is theirs, and every one of these leads to a page."""
    if office == "inspector":
        seeded.open_inspection()
    elif office not in seeded.people:
        seeded.join(office, role, employer="RIV" if role == "trainer" else None)
    seeded.catch_up()
    who = browser(app, seeded, office)
    words = who.text("/")

    assert begins in who.links
    assert ("Where to begin" in words) == (office == "inspector")
    assert who.get(begins).status_code == 200
