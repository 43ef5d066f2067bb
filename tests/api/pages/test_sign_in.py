"""Coming in, going out, and in which office one acts."""

from __future__ import annotations

import psycopg
import pytest

from api.access import SESSION_COOKIE
from api.pages.desk.sign_in import local
from service.desk import accounts
from tests.boards import PASSWORD


def test_whoever_holds_one_office_signs_in_and_acts_in_it(sign_in):
    """A right address and password lead home, in the one office that the person holds."""
    who = sign_in()
    response = who.send("/sign-in", {"email": who.seeded.email("chair"), "password": PASSWORD})

    assert (response.status_code, response.location) == (303, "/")
    assert "acting as <strong>Chair</strong>" in who.get("/").get_data(as_text=True)


def test_the_cookie_is_kept_from_scripts_and_other_sites(sign_in):
    """The session's cookie is HttpOnly and goes to no other site."""
    who = sign_in()
    response = who.send("/sign-in", {"email": who.seeded.email("chair"), "password": PASSWORD})
    cookie = next(value for name, value in response.headers if name == "Set-Cookie" and value.startswith(SESSION_COOKIE))

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_wrong_password_is_refused_in_words_that_tell_nothing(sign_in):
    """A wrong password and an unknown address get the same sentence, and the address stays in the form."""
    who = sign_in()
    told = []
    for email in (who.seeded.email("chair"), "nobody@elsewhere.example"):
        response = who.send("/sign-in", {"email": email, "password": "not the password"})
        told.append((response.status_code, "The e-mail address or the password is not right" in who.words, email in who.page))

    assert told == [(401, True, True)] * 2


def test_guessing_is_throttled(sign_in):
    """After ten wrong passwords the eleventh attempt is refused, the right one too, with when to try again."""
    who = sign_in()
    for _ in range(accounts.ATTEMPTS):
        who.send("/sign-in", {"email": who.seeded.email("chair"), "password": "not the password"})
    response = who.send("/sign-in", {"email": who.seeded.email("chair"), "password": PASSWORD})

    assert response.status_code == 429
    assert "Try again in 15 minutes" in who.words


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/actions?owner=RIV", "/actions?owner=RIV"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("/\t/elsewhere.example", "/"),
        ("\\\\elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/actions\r\nSet-Cookie: a=b", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_nowhere_but_here(asked, led):
    """Only an address of this site is followed; any other leads home."""
    assert local(asked) == led


def test_signing_in_brings_one_back(sign_in):
    """Whoever had to sign in first is brought to the page that they asked for."""
    who = sign_in()
    who.get("/actions?status=assigned")
    response = who.post("/sign-in", {"email": who.seeded.email("chair"), "password": PASSWORD})

    assert response.location == "/actions?status=assigned"


def test_signing_out_ends_the_session_on_the_server(sign_in):
    """After signing out the cookie is worth nothing, even to whoever kept it."""
    who = sign_in("chair")
    token = who.client.get_cookie(SESSION_COOKIE).value
    who.get("/")
    response = who.post("/sign-out", {})
    who.client.set_cookie(SESSION_COOKIE, token)

    assert (response.status_code, who.get("/actions").status_code) == (303, 401)
    assert "Your session has ended" in who.words


def test_an_office_is_changed_among_those_that_one_holds(sign_in):
    """Whoever holds two offices chooses; an office of somebody else's is refused."""
    who = sign_in("riv-lead")
    person = str(who.seeded.people["riv-lead"])
    said = {"title": "Chair of training", "role": "sub-group chair", "body": "QEG", "holder": person, "employer": "RIV"}
    who.seeded.act("board-manager", "appoint_office_holder", "training-chair", **said, from_on="2016-09-01", until_on=None)
    who.seeded.catch_up()

    assert "Chair of training" in who.text("/office")
    assert who.post("/office", {"office": "training-chair"}).status_code == 303
    assert "acting as <strong>Chair of training</strong>" in who.get("/").get_data(as_text=True)
    assert who.send("/office", {"office": "chair"}).status_code == 403


def test_whoever_holds_two_offices_is_asked_in_which_to_act(sign_in):
    """Signing in with two offices leads to the choice between them."""
    who = sign_in()
    person = str(who.seeded.people["riv-lead"])
    said = {"title": "Chair of training", "role": "sub-group chair", "body": "QEG", "holder": person, "employer": "RIV"}
    who.seeded.act("board-manager", "appoint_office_holder", "training-chair", **said, from_on="2016-09-01", until_on=None)
    who.seeded.catch_up()
    response = who.send("/sign-in", {"email": who.seeded.email("riv-lead"), "password": PASSWORD})

    assert response.location == "/office"


def test_an_office_that_was_given_up_no_longer_reads(sign_in):
    """Once the term has ended, home says so and the record is refused."""
    who = sign_in("cqh-lead")
    who.seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on="2016-09-05", reason="Moved on")
    who.seeded.clock.advance(days=1)
    who.seeded.catch_up()

    assert "You act in no office" in who.text("/")
    assert who.get("/actions").status_code == 403


def test_the_demonstrations_door_is_in_no_real_log(sign_in):
    """An address that lets somebody in by itself exists in a demonstration alone."""
    who = sign_in()
    with psycopg.connect(who.seeded.config.conninfo("writer"), autocommit=True) as conn:
        token = accounts.open_session(conn, who.seeded.callers["chair"].account, "chair")

    assert who.get(f"/enter/{token}").status_code == 404
    assert who.get("/actions").status_code == 401
