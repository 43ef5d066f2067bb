"""Signing in at an OpenID provider, a real one: who is let in, and who is not."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from click.testing import CliRunner

from api import outside
from api.access import SESSION_COOKIE
from api.app import create_app
from service.cli import main
from service.desk import accounts
from tests.api.pages.conftest import Browser
from tests.oidc.provider import CLIENT, SECRET, running

pytestmark = pytest.mark.xdist_group("provider")
BACK = "http://127.0.0.1:8765/sign-in/returned"


@pytest.fixture(scope="module")
def provider():
    """Give the provider."""
    with running(BACK) as it:
        yield it


@pytest.fixture
def arrive(sign_in, provider):
    """Give a way to come back from the provider with a browser, signed in there under a name."""

    def walk(name, browser=None, path="/sign-in/provider"):
        who = browser or sign_in()
        config = replace(who.seeded.config, oidc_issuer=provider.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET)
        who.client.application.extensions["muniment"].config = config
        who.address = provider.sign_in(who.get(path).location, name)
        who.answer = who.get(who.address.removeprefix("http://127.0.0.1:8765"))
        return who

    return walk


def linked(who):
    """Return who is linked to which account."""
    with psycopg.connect(who.seeded.config.conninfo("writer")) as conn:
        return conn.execute("SELECT i.subject, a.email FROM desk.identity i JOIN desk.account a ON a.id = i.account ORDER BY 1").fetchall()


def test_whoever_has_an_account_is_linked_once_and_known_by_name_from_then_on(arrive):
    """The first time by the address that the provider has verified; then by the provider's own name, whatever becomes of the address."""
    who = arrive("work:chair@severnbrook.example", path="/sign-in/provider?next=/actions")

    assert (who.answer.status_code, who.answer.location) == (303, "/actions")
    assert "acting as <strong>Chair</strong>" in who.get("/actions").get_data(as_text=True)
    assert linked(who) == [("work:chair@severnbrook.example", "chair@severnbrook.example")]
    with psycopg.connect(who.seeded.config.conninfo("writer")) as conn:
        conn.execute("UPDATE desk.account SET email = 'elsewhere@severnbrook.example' WHERE email = 'chair@severnbrook.example'")
    again = arrive("work:chair@severnbrook.example", Browser(who.client.application.test_client(), who.seeded))
    assert (again.answer.status_code, "acting as <strong>Chair" in again.get("/").get_data(as_text=True)) == (303, True)

    other = arrive("new:elsewhere@severnbrook.example", Browser(who.client.application.test_client(), who.seeded))
    assert (other.answer.status_code, "belongs to somebody else at" in other.words) == (403, True)
    assert len(linked(who)) == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("stranger@elsewhere.example", "there is no account for you here. The board manager opens one"),
        ("unverified:chair@severnbrook.example", "does not say that it has verified your e-mail address"),
        ("cqh-lead@severnbrook.example", "there is no account for you here"),
    ],
)
def test_nobody_gets_in_without_an_account_of_theirs(arrive, sign_in, name, told):
    """Who is unknown here, whose address is not verified and whose account is closed hears why; no account, link or session comes of it."""
    who = sign_in()
    with psycopg.connect(who.seeded.config.conninfo("writer"), autocommit=True) as conn:
        accounts.close_account(conn, who.seeded.callers["cqh-lead"].account)
        counted = "SELECT (SELECT count(*) FROM desk.account), (SELECT count(*) FROM desk.session), (SELECT count(*) FROM desk.identity)"
        before = conn.execute(counted).fetchone()
        arrive(name, who)

        assert conn.execute(counted).fetchone() == before
    assert (who.answer.status_code, told in who.words, who.client.get_cookie(SESSION_COOKIE)) == (403, True, None)


def test_an_answer_is_taken_once_from_the_browser_that_asked(arrive):
    """Coming back twice, in another browser, with another state or after a refusal begins nothing: one has to set out again."""
    who = arrive("chair@severnbrook.example")
    path = who.address.removeprefix("http://127.0.0.1:8765")
    other = Browser(who.client.application.test_client(), who.seeded)
    for browser in (who, other):
        assert (browser.get(path).status_code, "This was not begun in this browser" in browser.words) == (400, True)
    other.get("/sign-in/provider")
    assert other.get(path).status_code == 400  # another's state
    state = parse_qs(urlsplit(other.get("/sign-in/provider").location).query)["state"][0]
    assert other.get(f"/sign-in/returned?error=access_denied&error_description=%3Cscript%3E&state={state}").status_code == 403
    assert "script" not in other.words
    assert other.client.get_cookie(SESSION_COOKIE) is None


def test_what_is_asked_of_the_provider_binds_its_answer(arrive):
    """The code flow, with S256, a state and a nonce of their own each time, and the address of the settings, whatever Host says."""
    who = arrive("chair@severnbrook.example")
    asked = [parse_qs(urlsplit(who.get("/sign-in/provider", base_url="http://evil.example").location).query) for _ in range(2)]

    for name, value in (("response_type", "code"), ("code_challenge_method", "S256"), ("redirect_uri", BACK), ("client_id", CLIENT)):
        assert {one[name][0] for one in asked} == {value}
    for name in ("state", "nonce", "code_challenge"):
        assert len({one[name][0] for one in asked}) == 2
        assert all(len(one[name][0]) >= 43 for one in asked)


@pytest.mark.parametrize("following", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_one_is_led_nowhere_but_here(arrive, following):
    """Signing in at the provider is no way to another site either."""
    assert arrive("chair@severnbrook.example", path=f"/sign-in/provider?next={following}").answer.location == "/"


def test_neither_the_code_nor_a_token_nor_the_secret_is_in_a_log(arrive, seeded, monkeypatch, caplog):
    """What would let somebody else in is in no line that the service writes, of those who come in and of those who do not."""
    monkeypatch.setattr(outside.sys, "stderr", lines := io.StringIO())
    app = create_app(seeded.config, board_factory=lambda _: seeded.board)
    arrive("stranger@elsewhere.example", Browser(app.test_client(), seeded))
    who = arrive("chair@severnbrook.example", Browser(app.test_client(), seeded))
    app.extensions["muniment"].close()
    query = parse_qs(urlsplit(who.address).query)
    kept = who.client.get_cookie(SESSION_COOKIE).value
    written = lines.getvalue() + caplog.text

    assert "/sign-in/returned" in written
    assert not any(secret in written for secret in (query["code"][0], query["state"][0], kept, SECRET))


def test_a_link_is_undone_from_the_command_line(arrive):
    """`muniment account --unlink` lets the next be linked who has the address: the person has another account at the provider now."""
    who = arrive("old:chair@severnbrook.example")
    settings = {"MUNIMENT_DATA": str(who.seeded.config.data), "MUNIMENT_DATABASE_URL": who.seeded.config.database_url}
    ran = CliRunner().invoke(main, ["account", "chair@severnbrook.example", "--office", "chair", "--unlink"], env=settings)

    assert (ran.exit_code, linked(who)) == (0, [])
    arrive("new:chair@severnbrook.example", Browser(who.client.application.test_client(), who.seeded))
    assert linked(who) == [("new:chair@severnbrook.example", "chair@severnbrook.example")]


def test_an_inspector_accepts_by_the_providers_word(arrive, sign_in):
    """Who was invited signs in there instead of choosing a password: the account is theirs alone, and the link is used up, once."""
    who = sign_in("chair")
    who.seeded.join("inspector", "inspector")
    who.seeded.open_inspection()
    who.seeded.catch_up()
    with psycopg.connect(who.seeded.config.conninfo("writer"), autocommit=True) as conn:
        accounts.close_account(conn, who.seeded.callers["inspector"].account)
    who.send("/inspections/inspector/invite")
    path = re.search(r"http://localhost(/invited/[\w-]+)", who.page)[1] + "/provider"
    other = arrive("unverified:inspector@ofsted.example", Browser(who.client.application.test_client(), who.seeded), path=path)
    assert (other.answer.status_code, linked(who)) == (403, [])
    inspector = arrive("inspector@ofsted.example", Browser(who.client.application.test_client(), who.seeded), path=path)

    assert (inspector.answer.status_code, inspector.answer.location) == (303, "/replay")
    assert "Your inspection covers" in inspector.text("/replay")
    again = arrive("second@ofsted.example", Browser(who.client.application.test_client(), who.seeded), path=path)
    assert (again.answer.status_code, "does not open anything any more" in again.words) == (404, True)
    assert linked(who) == [("inspector@ofsted.example", "inspector@ofsted.example")]


def test_without_a_provider_there_is_no_such_way_in(sign_in):
    """Where the settings name none, the form offers none, and the addresses lead nowhere."""
    who = sign_in()

    assert "/sign-in/provider" not in who.get("/sign-in").get_data(as_text=True)
    assert [who.get(path).status_code for path in ("/sign-in/provider", "/sign-in/returned?state=x&code=y")] == [404, 400]
