"""Inspectors by invitation (journey F.1, step 1): opened, invited, come in once; and what could go wrong."""

from __future__ import annotations

import re
from dataclasses import replace

import psycopg
import pytest

from api.access import SESSION_COOKIE
from service.desk import accounts
from tests.api.pages.conftest import browser
from tests.service.desk.test_telling import free_port, server

EMAIL, NEW = "inspector@ofsted.example", "a long list of questions"
INVITE = "/inspections/inspector/invite"


@pytest.fixture
def opened(sign_in):
    """Give the chair's browser, on a board that has opened an inspection to somebody who has no account yet."""
    who = sign_in("chair")
    who.seeded.join("inspector", "inspector")
    with psycopg.connect(who.seeded.config.conninfo("owner"), autocommit=True) as conn:
        for table in ("api_key", "account"):
            of = "account" if table == "api_key" else "id"
            conn.execute(f"DELETE FROM desk.{table} WHERE {of} = %s", (who.seeded.callers["inspector"].account,))  # noqa: S608 - our words
    who.seeded.open_inspection(ceiling="2016-09-03", agency="RIV")
    who.seeded.catch_up()
    return who


def invited(who):
    """Make a link on the page, and return its path."""
    who.send(INVITE)
    return re.search(r"http://localhost(/invited/[\w-]+)", who.page)[1]


def stranger(who):
    """Return a browser in which nobody is signed in."""
    return browser(who.client.application, who.seeded, None)


def test_an_inspector_comes_in_by_a_link_and_begins(opened):
    """The chair makes the link from the inspection's page; it shows scope, ceiling and expiry; the account it makes leads to the replay."""
    assert "What comes next Invite who inspects The link works once, and until 19 September 2016." in opened.text("/inspections/inspector")
    assert "They see the record of Riverside Community Health on the days from 1 July 2015 to 3 September 2016" in opened.words
    assert "/inspections/inspector" in (opened.get("/offices/inspector") and opened.links)
    path, inspector = invited(opened), stranger(opened)
    words = inspector.text(path)
    for told in ("Riverside Community Health", "1 July 2015 to 3 September 2016, and no later day", "1 October 2016, that day included"):
        assert told in words
    assert "What you open of what is restricted or personal is put on record" in words

    assert inspector.send(path, {"email": EMAIL, "password": "short"}).status_code == 422
    assert inspector.send(path, {"email": opened.seeded.email("chair"), "password": NEW}).status_code == 409
    answer = inspector.send(path, {"email": EMAIL, "password": NEW})
    assert (answer.status_code, answer.location) == (303, "/replay")
    words = inspector.text("/replay")
    assert "Your inspection covers 1 July 2015 to 3 September 2016, of one agency, and is open until 1 October 2016" in words
    assert [inspector.get(f"/replay?as_at={day}").status_code for day in ("2016-09-03", "2016-09-04")] == [200, 422]

    assert stranger(opened).send("/sign-in", {"email": EMAIL, "password": NEW}).status_code == 303


def test_a_link_is_used_once_and_ends_with_the_inspection(opened):
    """Reused, replaced, of an office that has passed on, or after a fortnight it opens nothing; after the inspection's end it says so."""
    first, inspector = invited(opened), stranger(opened)
    second = invited(opened)
    assert inspector.get(first).status_code == 404
    opened.seeded.clock.advance(days=14)
    assert inspector.get(second).status_code == 404
    third = invited(opened)
    opened.seeded.clock.advance(days=13)
    assert inspector.get(third).status_code == 404  # it ended with the inspection, a fortnight had not passed
    assert opened.get(INVITE).status_code == 403
    assert "Your inspection ended on 1 October 2016" in opened.words

    opened.seeded.open_inspection(ceiling="2016-09-03", expires_on="2016-11-30")
    fourth = invited(opened)
    opened.seeded.act("chair", "close_inspection", "inspector", reason="The inspectors ask for other days")
    assert (inspector.get(fourth).status_code, "Your inspection ended on 2 October 2016" in inspector.words) == (403, True)
    opened.seeded.open_inspection(ceiling="2016-09-03", expires_on="2016-11-30")
    said = {"email": EMAIL, "password": NEW}
    assert inspector.send(fourth, said).status_code == 303
    for who in (inspector, stranger(opened)):
        assert who.get(fourth).status_code == 404
        who.get("/sign-in")
        assert (who.post(fourth, said).status_code, "This link does not open anything any more" in who.words) == (404, True)

    opened.seeded.clock.now = opened.seeded.clock.now.replace(month=12)
    assert (inspector.get("/actions").status_code, "Your inspection ended on 30 November 2016" in inspector.words) == (403, True)


def test_of_two_who_follow_a_link_at_once_one_comes_in(opened):
    """Raced: the link is used up in the transaction that makes the account."""
    path = invited(opened)
    with psycopg.connect(opened.seeded.config.conninfo("writer"), autocommit=True) as conn:
        one, other = stranger(opened), stranger(opened)
        for who in (one, other):
            who.get(path)
        answers = [who.post(path, {"email": f"{n}{EMAIL}", "password": NEW}).status_code for n, who in enumerate((one, other))]

        assert answers == [303, 404]
        assert conn.execute("SELECT count(*) FROM desk.account WHERE email LIKE %s", (f"%{EMAIL}",)).fetchone() == (1,)


def test_a_link_is_mailed_to_the_sealed_address_and_says_nothing_of_what_is_inspected(opened):
    """The manager has it mailed; where that fails, the link is shown to be handed over."""
    port = free_port()
    settings = {"smtp": ("127.0.0.1", port), "mail_from": "muniment@severnbrook.example", "public_url": "https://muniment.example/board/"}
    config = replace(opened.seeded.config, **settings)
    opened.client.application.extensions["muniment"].config = opened.seeded.board.config = config
    opened.send(INVITE, {"mail": "yes"})
    assert ("It could not be mailed" in opened.words, "/invited/" in opened.page) == (True, True)
    with server(port) as mailbox:
        opened.get(INVITE)
        for name in (SESSION_COOKIE, "muniment_form"):
            opened.client.set_cookie(name, opened.client.get_cookie(name).value, domain="evil.example")
        opened.client.post(INVITE, data=opened.hidden | {"mail": "yes"}, base_url="http://evil.example")
    ((to, mail),) = mailbox.messages

    assert to == ["inspector@severnbrook.example"]
    assert "https://muniment.example/board/invited/" in mail.replace("=\r\n", "")
    assert not [word for word in ("RIV", "Riverside", "2015", "Severnbrook S", "evil.example") if word in mail]


@pytest.mark.parametrize(("office", "status"), [("riv-lead", 403), ("quality-chair", 403), ("trainer", 403), ("board-manager", 200)])
def test_who_may_open_an_inspection_invites_to_it(opened, office, status):
    """A link is made by those who may open an inspection, and by nobody else; where somebody has an account there is nobody to invite."""
    who = browser(opened.client.application, opened.seeded, office)

    assert who.get(INVITE).status_code == status
    assert opened.get("/inspections/chair/invite").status_code == 403  # no inspection is open for that office


def test_whoever_has_an_account_is_not_invited(opened):
    """They sign in with it: a second account would be a second way in to close."""
    with psycopg.connect(opened.seeded.config.conninfo("writer"), autocommit=True) as conn:
        accounts.create_account(conn, EMAIL, NEW, person=opened.seeded.people["inspector"])
    opened.get(INVITE)

    assert "there is nobody to invite" in opened.words
    assert "Show me the link" not in opened.words
    assert opened.post(INVITE, {}).status_code == 422
    assert "has an account already, and signs in with it" in opened.words
