"""Coming in, going out, and in which office one acts."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from api.access import SESSION_COOKIE, client, public
from api.app import create_app
from api.pages.desk.sign_in import local
from service.desk import accounts
from service.desk.coming_in import throttle
from service.desk.coming_in.throttle import ASKING_FROM, SIGNING_IN, SIGNING_IN_FROM
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
    for _ in range(SIGNING_IN.most):
        who.send("/sign-in", {"email": who.seeded.email("chair"), "password": "not the password"})
    response = who.send("/sign-in", {"email": who.seeded.email("chair"), "password": PASSWORD})

    assert response.status_code == 429
    assert "Try again in 15 minutes" in who.words


def test_guessing_many_addresses_is_throttled_by_the_client(sign_in):
    """Whoever tries one password on many addresses is stopped too, and nobody who asks from elsewhere; coming in counts as no try."""
    who = sign_in()
    who.get("/sign-in")

    def tries(email: str, password: str, client: str) -> int:
        said = who.hidden | {"email": email, "password": password}
        return who.client.post("/sign-in", data=said, environ_base={"REMOTE_ADDR": client}).status_code

    statuses = [tries(f"someone-{n}@severnbrook.example", PASSWORD, "2001:db8::1") for n in range(SIGNING_IN_FROM.most)]

    assert set(statuses) == {401}
    assert tries(who.seeded.email("chair"), PASSWORD, "2001:db8::ffff") == 429  # of the same network
    assert tries(who.seeded.email("chair"), PASSWORD, "2001:db8:1::1") == 303


def test_whoever_asks_too_often_without_being_signed_in_is_asked_to_wait(sign_in):
    """The public pages are for everybody, and for nobody to wear out: beyond the limit they wait; members do not."""
    who, member = sign_in(), sign_in("chair")
    with psycopg.connect(who.seeded.config.conninfo("writer"), autocommit=True) as conn:
        for _ in range(ASKING_FROM.most):
            throttle.count(conn, ASKING_FROM, "127.0.0.1")
    refused = who.get("/integrity")

    assert (refused.status_code, 0 < int(refused.headers["Retry-After"]) <= 60) == (429, True)
    assert [who.get(path).status_code for path in ("/health/live", "/static/muniment.css", "/problems")] == [200] * 3
    assert member.get("/integrity").status_code == 200
    assert who.client.get("/integrity", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 200


@pytest.mark.parametrize(("proxies", "told"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")])
def test_a_client_is_believed_as_far_as_the_proxies_that_we_know(sign_in, proxies, told):
    """Nobody chooses the address by which they are told apart: of X-Forwarded-For only what our own proxies wrote is taken."""
    who = sign_in()
    app = create_app(replace(who.seeded.config, proxies=proxies), board_factory=lambda _: who.seeded.board)
    app.add_url_rule("/whence", "whence", public(lambda: f"{client()}"))
    answer = app.test_client().get("/whence", headers={"X-Forwarded-For": "10.0.0.1, 198.51.100.7, 203.0.113.9"})
    app.extensions["muniment"].close()

    assert answer.get_data(as_text=True) == told


def test_signing_in_gives_another_session_than_there_was(sign_in):
    """Fixation: a session or a form's token that somebody planted in a browser is worth nothing once its user has signed in."""
    planted, who = sign_in("cqh-lead"), sign_in()
    had = planted.client.get_cookie(SESSION_COOKIE).value
    who.client.set_cookie(SESSION_COOKIE, had)
    who.get("/sign-in")
    form = who.hidden["csrf_token"]
    who.send("/sign-in", {"email": who.seeded.email("chair"), "password": PASSWORD})

    assert who.client.get_cookie(SESSION_COOKIE).value != had
    assert planted.get("/actions").status_code == 401
    assert who.client.post("/account/sessions/end", data={"csrf_token": form}).status_code == 400
    assert who.client.get("/actions").status_code == 200


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
    """Whoever holds two offices chooses, and has another session from then on; an office of somebody else's is refused."""
    who, kept = sign_in("riv-lead"), sign_in()
    person = str(who.seeded.people["riv-lead"])
    said = {"title": "Chair of training", "role": "sub-group chair", "body": "QEG", "holder": person, "employer": "RIV"}
    who.seeded.act("board-manager", "appoint_office_holder", "training-chair", **said, from_on="2016-09-01", until_on=None)
    who.seeded.catch_up()

    kept.client.set_cookie(SESSION_COOKIE, who.client.get_cookie(SESSION_COOKIE).value)
    assert "Chair of training" in who.text("/office")
    assert who.post("/office", {"office": "training-chair"}).status_code == 303
    assert "acting as <strong>Chair of training</strong>" in who.get("/").get_data(as_text=True)
    assert kept.get("/actions").status_code == 401
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
