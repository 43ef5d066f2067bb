"""Another password by mail: for whoever has the address, once, for half an hour; and nothing is told to anybody else."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_string
from email.policy import default

import psycopg
import pytest

from api.access import SESSION_COOKIE
from service.cli.falling_due.mailing import mailing
from service.desk import accounts
from service.desk.coming_in import resets
from service.desk.coming_in.throttle import FORGETTING
from service.desk.telling.mail import NotSent
from tests.boards import PASSWORD
from tests.service.desk.test_telling import free_port, server

NEW = "another horse, another staple"
SITE = "https://muniment.severnbrook.example/"


class Kept:
    """A mailer that keeps what it is given, or is away."""

    def __init__(self):
        """Begin empty, and there."""
        self.mails, self.away = [], False

    def send(self, mail):
        """Keep a mail."""
        if self.away:
            raise NotSent(mail.to, "away")
        self.mails.append(mail)


@contextmanager
def desk(it):
    """Give the writer's connection."""
    with psycopg.connect(it.config.conninfo("writer"), autocommit=True) as conn:
        yield conn


@pytest.fixture
def who(sign_in):
    """Give a browser in which nobody is signed in, on a board that sends mail."""
    somebody = sign_in()
    somebody.config = replace(somebody.seeded.config, smtp=("127.0.0.1", free_port()), mail_from="muniment@severnbrook.example")
    somebody.client.application.extensions["muniment"].config = somebody.config
    return somebody


def mailed(who, mailer=None):
    """Send what waits; return the path of each link."""
    mailer = mailer or Kept()
    with desk(who.seeded) as conn:
        failed = list(resets.send_waiting(conn, SITE, mailer, now=who.seeded.clock.now))
    assert bool(failed) == mailer.away
    return [re.search(r"https://muniment\.severnbrook\.example(/\S+)", mail.text)[1] for mail in mailer.mails]


def test_a_forgotten_password_is_set_by_the_link_that_is_mailed(who):
    """Asked for on a page, mailed by `muniment work`, set by the link: every session ends, and the new password is the one that counts."""
    with desk(who.seeded) as conn:
        session = accounts.open_session(conn, who.seeded.callers["chair"].account, "chair")
    who.seeded.clock.now = datetime.now(UTC)  # `muniment work` has no other
    who.send("/forgotten", {"email": " Chair@severnbrook.example"})
    stop = threading.Event()
    config = replace(who.config, public_url=SITE)
    with server(config.smtp[1]) as mailbox:
        mailbox.told = stop.set
        work = threading.Thread(target=mailing, args=(config, stop), daemon=True)
        work.start()
        work.join(60)
        stop.set()
    ((to, mail),) = mailbox.messages
    said = message_from_string(mail, policy=default).get_content()
    (path,) = re.findall(r"https://muniment\.severnbrook\.example(/new-password/\S+)", said)
    assert (to, "hair" in said, "Vale" in said) == (["chair@severnbrook.example"], False, False)  # it names nobody

    assert who.send(path, {"password": "short"}).status_code == 422
    assert who.send(path, {"password": NEW}).location == "/sign-in?told=password"
    assert "Your password is set" in who.text("/sign-in?told=password")
    assert who.send("/sign-in", {"email": "chair@severnbrook.example", "password": PASSWORD}).status_code == 401
    assert who.send("/sign-in", {"email": "chair@severnbrook.example", "password": NEW}).status_code == 303
    who.client.set_cookie(SESSION_COOKIE, session)
    assert who.get("/actions").status_code == 401


def test_a_link_works_once_for_half_an_hour_and_only_the_last(who):
    """A link that was used, replaced by another or is too old is refused in words that tell nobody which; looking uses none up."""
    who.send("/forgotten", {"email": "chair@severnbrook.example"})
    (first,) = mailed(who)
    who.get("/forgotten")
    who.post("/forgotten", {"email": "chair@severnbrook.example"})
    (second,) = mailed(who)

    assert who.get(first).status_code == 404
    assert [who.get(second).status_code for _ in range(2)] == [200, 200]
    assert who.post(second, {"password": NEW}).status_code == 303
    for path in (second, "/new-password/unknown"):
        assert (who.get(path).status_code, "This link does not open anything any more" in who.words) == (404, True)
        who.get("/sign-in")
        assert who.post(path, {"password": NEW}).status_code == 404

    who.send("/forgotten", {"email": "chair@severnbrook.example"})
    (third,) = mailed(who)
    who.seeded.clock.advance(minutes=30)
    assert who.get(third).status_code == 404


def test_whether_there_is_an_account_is_told_to_nobody(who):
    """Asking with an address that nobody has, or whose account is closed or without a password, looks the same and mails nothing."""
    with desk(who.seeded) as conn:
        accounts.close_account(conn, who.seeded.callers["cqh-lead"].account)
        conn.execute("UPDATE desk.account SET password_hash = NULL WHERE email = 'trainer@severnbrook.example'")
    pages = []
    for email in ("chair@severnbrook.example", "nobody@elsewhere.example", "cqh-lead@severnbrook.example", "trainer@severnbrook.example"):
        response = who.send("/forgotten", {"email": email})
        pages.append((response.status_code, who.words.replace(email, "…")))
    mailer = Kept()
    mailed(who, mailer)

    assert len(set(pages)) == 1
    assert [mail.to for mail in mailer.mails] == ["chair@severnbrook.example"]


def test_nothing_that_opens_an_account_is_kept(who):
    """The database has the hash of a link's token and never the token; a mail that fails is tried again with another."""
    who.send("/forgotten", {"email": "chair@severnbrook.example"})
    mailer = Kept()
    mailer.away = True
    assert mailed(who, mailer) == []
    mailer.away = False
    assert mailed(who, mailer) == []  # not before a minute has passed
    who.seeded.clock.advance(minutes=1)
    (path,) = mailed(who, mailer)
    with desk(who.seeded) as conn:
        tables = [str(conn.execute(f"TABLE desk.{table}").fetchall()) for table in ("one_time_link", "reset_asked", "account")]

    assert not any(path.rpartition("/")[2] in table for table in tables)
    assert mailed(who) == []


def test_asking_too_often_is_refused_whoever_has_the_address(who):
    """Nobody's mail is filled by somebody else: after three links within half an hour the next is refused, for an unknown address too."""
    for email in ("chair@severnbrook.example", "nobody@elsewhere.example"):
        statuses = [who.send("/forgotten", {"email": email}).status_code for _ in range(FORGETTING.most + 1)]
        assert statuses == [200] * FORGETTING.most + [429]
    assert len(mailed(who)) == FORGETTING.most


@pytest.mark.parametrize("email", ["chair@severnbrook.example\r\nBcc: all@elsewhere.example", "a@b\nSubject: x", "chair", ""])
def test_an_address_brings_no_other_header_into_a_mail(who, email):
    """What is no address is refused where it is typed: no line break reaches a mail."""
    assert who.send("/forgotten", {"email": email}).status_code == 422
    assert mailed(who) == []


def test_where_no_mail_is_sent_one_is_told_whom_to_ask(sign_in):
    """Without mail there is no form that leads nowhere."""
    who = sign_in()

    assert "No mail is sent from here. Ask the board manager" in who.text("/forgotten")
    assert 'name="email"' not in who.page
