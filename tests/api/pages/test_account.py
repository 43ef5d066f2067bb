"""One's own account: where one is signed in, and ending it."""

from __future__ import annotations

import re

import psycopg
import pytest

from api.access import SESSION_COOKIE
from api.pages.desk.browsers import family_of
from service.desk import accounts
from tests.boards import PASSWORD

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"


def session(who, office, browser="Firefox"):
    """Open another session of an office's holder, and return its token."""
    with psycopg.connect(who.seeded.config.conninfo("writer"), autocommit=True) as conn:
        return accounts.open_session(conn, who.seeded.callers[office].account, office, browser)


def test_everybody_sees_where_they_are_signed_in_and_ends_it(sign_in):
    """The page lists the sessions of one's account and of no other; one of them is ended by its own button, and others go on."""
    who, other = sign_in("riv-lead"), sign_in("chair")
    elsewhere = session(who, "riv-lead")
    words = who.text("/account")
    assert (words.count("This session"), words.count("Firefox"), "riv-lead@severnbrook.example" in words) == (1, 2, True)
    assert "5 September 2016" in words  # by the board's own clock, as everything else

    (end,) = re.findall(r'action="(/account/sessions/[0-9a-f-]+/end)"', who.page)
    other.get("/account")
    assert other.post(end, {}).status_code == 303  # another's: nothing is there to end
    assert "Firefox" in who.text("/account")
    assert who.post(end, {}).location == "/account"

    assert "Firefox" not in who.text("/account")
    who.client.set_cookie(SESSION_COOKIE, elsewhere)
    assert who.get("/actions").status_code == 401
    assert other.get("/actions").status_code == 200


def test_signing_out_everywhere_ends_every_session_of_one_account(sign_in):
    """After it no session of the account opens anything, the one that asked included; others' sessions go on."""
    who, other = sign_in("riv-lead"), sign_in("chair")
    elsewhere, here = session(who, "riv-lead"), who.client.get_cookie(SESSION_COOKIE).value
    who.get("/account")
    assert who.post("/account/sessions/end", {}).location == "/sign-in"

    for token in (here, elsewhere):
        who.client.set_cookie(SESSION_COOKIE, token)
        assert who.get("/actions").status_code == 401
    assert other.get("/actions").status_code == 200


def test_whoever_knows_their_password_sets_another(sign_in):
    """The one that there is, and a new one: a wrong or a short one changes nothing, a right one ends every other session."""
    who = sign_in("chair")
    elsewhere = session(who, "chair")
    new = "another horse, another staple"
    for current, password, status in (("not the password", new, 401), (PASSWORD, "short", 422), (PASSWORD, new, 303)):
        who.get("/account")
        assert who.post("/account/password", {"current": current, "password": password}).status_code == status
    assert who.get("/actions").status_code == 200
    who.client.set_cookie(SESSION_COOKIE, elsewhere)
    assert who.get("/actions").status_code == 401
    for password, status in ((PASSWORD, 401), (new, 303)):
        assert who.send("/sign-in", {"email": who.seeded.email("chair"), "password": password}).status_code == status


def test_when_a_session_was_last_used_is_known_to_the_minute(sign_in):
    """Using a session notes when, but not at every page of the same minute."""
    who = sign_in("riv-lead")
    ago = "SELECT extract(epoch FROM now() - last_used_at)::int FROM desk.session WHERE account = %s"
    with psycopg.connect(who.seeded.config.conninfo("writer"), autocommit=True) as conn:
        for before, after in ((30, 30), (90, 0)):
            conn.execute("UPDATE desk.session SET last_used_at = now() - make_interval(secs => %s)", (before,))
            who.get("/account")

            assert conn.execute(ago, (who.seeded.callers["riv-lead"].account,)).fetchone()[0] - after in {0, 1}


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (WINDOWS, "Chrome"),
        (f"{WINDOWS} Edg/130.0.0.0", "Edge"),
        (f"{WINDOWS} OPR/115.0.0.0", "Opera"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15", "Safari"),
        ("curl/8 <script>", "Another browser"),
        ("", "Another browser"),
    ],
)
def test_a_browser_is_known_by_its_family_alone(agent, family):
    """Of what a browser says of itself, its family is kept."""
    assert family_of(agent) == family


def test_keys_are_offered_for_what_an_office_can_use_them_for(whole):
    """Who records nothing is offered no key to sign with, and one for a program that reads; one that records is refused by name."""
    lead, inspector = whole("riv-lead"), whole("inspector")
    assert "make a signing key. To let a system of yours record for you, make it a key" in lead.text("/account")
    words = inspector.text("/account")
    assert ("make a signing key" in words, "To let a system of yours read for you, make it a key" in words) == (False, True)

    assert "Read, and record nothing" in inspector.text("/api-keys")
    assert ('value="everything"' in inspector.page, 'value="reads"' in inspector.page) == (False, True)
    made = inspector.post("/api-keys", {"label": "Report", "may": "reads", "days": "90"})
    assert (made.status_code, "muniment submit" in inspector.page, "Authorization: Bearer" in inspector.words) == (200, False, True)
    for said in ({"may": "everything"}, {"may": "some", "acts": ["accept_action"]}):
        refused = inspector.post("/api-keys", {"label": "Report", "days": "90"} | said)
        assert (refused.status_code, "so no key of it may" in inspector.words) == (403, True)
    assert lead.text("/api-keys")
    assert lead.post("/api-keys", {"label": "System", "may": "some", "acts": ["close_review"], "days": "90"}).status_code == 403
    lead.post("/api-keys", {"label": "System", "may": "some", "acts": ["accept_action"], "days": "90"})
    assert "muniment submit FILE" in lead.words
