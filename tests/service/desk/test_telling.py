"""Who is told by mail that there is a notice: once, whoever sends, again after an outage, and with nothing in it but a link."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from socket import socket

import psycopg
import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner

from service.application import Board
from service.cli import main
from service.cli.falling_due import issue_due
from service.desk.telling.mail import Mail, NotSent, Smtp, mailer
from service.desk.telling.notices import SUBJECT, address_of, look_through, send_waiting
from service.desk.telling.requests import remind as remind_of
from tests.boards import assign


class Mailbox:
    """A mail server's hand that keeps what it is given."""

    def __init__(self):
        """Begin empty."""
        self.messages = []
        self.told = lambda: None  # called with each message

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the library's name
        """Keep a message."""
        self.messages.append((envelope.rcpt_tos, envelope.content.decode()))
        self.told()
        return "250 kept"


def free_port():
    """Find a port that nobody listens on."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def server(port):
    """Let a mail server run."""
    mailbox = Mailbox()
    controller = Controller(mailbox, "127.0.0.1", port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


@contextmanager
def desk(it):
    """Give the writer's connection."""
    with closing(psycopg.connect(it.config.conninfo("writer"), autocommit=True)) as conn:
        yield conn


@pytest.fixture
def due(seeded):
    """Give the small board on a day on which two actions were reminded of, after mail had been set up."""
    seeded.board.config = replace(seeded.config, public_url="https://muniment.severnbrook.example/")
    remind(seeded, datetime(2016, 12, 8, 9, tzinfo=UTC))  # of what the law asks of the Board, and is overdue already
    with desk(seeded) as conn:
        assert look_through(conn, seeded.board) == 0
    remind(seeded, datetime(2016, 12, 9, 9, tzinfo=UTC))
    return seeded


def remind(it, now):
    """Let the service issue what is due at a time."""
    it.clock.now = now
    it.catch_up()
    with closing(psycopg.connect(it.config.conninfo("projector"), autocommit=True)) as conn:
        return issue_due(conn, it.board)


def send(it, port, board=None):
    """Let one sender look through the log and send what waits; return what failed."""
    with desk(it) as conn:
        look_through(conn, board or it.board)
        return [failed.why for failed in send_waiting(conn, board or it.board, Smtp("127.0.0.1", port, "muniment@severnbrook.example"))]


def waiting(it):
    """List what waits: the office, how often it was tried, and why it failed."""
    with desk(it) as conn:
        return conn.execute("SELECT office, tries, failed FROM desk.mail WHERE sent_at IS NULL ORDER BY position").fetchall()


def test_each_notice_is_mailed_once_to_whoever_holds_the_office(due):
    """The leads of the two owners are told, each at the address that is sealed for them; looking again sends nothing more."""
    with server(port := free_port()) as mailbox:
        assert send(due, port) == send(due, port) == []

    assert [to for to, _ in mailbox.messages] == [["riv-lead@severnbrook.example"], ["cqh-lead@severnbrook.example"]]


def test_why_a_mail_could_not_be_sent_is_kept_without_the_address(due):
    """F.8: a server that refuses somebody repeats their address; what is kept of its answer does not, so that it goes with them."""
    with server(port := free_port()) as mailbox:
        mailbox.handle_RCPT = refuse
        told = send(due, port)

    assert [(tries, "550" in why, "no such user: the address" in why) for _, tries, why in waiting(due)] == [(1, True, True)] * 2
    assert not [why for why in told if "@" in why]


async def refuse(_server, _session, _envelope, address, _options):
    """Answer as a server that knows nobody of that name, and says so in capitals."""
    return f"550 no such user: {address.upper()}"


def test_the_officer_is_told_of_a_request_and_again_before_the_law_counts_it_late(due):
    """UK GDPR Article 12(3): told as it comes, unless they brought it in, and a week before its day where it still waits."""
    due.join("dpo", "data protection officer")
    officer, asked = due.email("dpo"), {"reference": "DP-1", "identity_checked_by": "board-manager"}
    sent = []
    with server(port := free_port()) as mailbox:
        send(due, port)
        mailbox.messages.clear()
        for office, command in (("board-manager", "request_erasure"), ("dpo", "request_access")):
            due.act(office, command, str(due.people["cqh-lead" if office == "dpo" else "riv-lead"]), **asked)
        for day in ("2016-12-10", "2016-12-11", "2017-01-03", "2017-01-04"):
            due.clock.now = datetime.fromisoformat(f"{day}T09:00:00+00:00")
            with desk(due) as conn:
                remind_of(conn, due.board, due.clock.now)
            send(due, port)
            sent.append([to for to, _ in mailbox.messages].count([officer]))

    assert sent == [1, 1, 2, 2]  # the officer's own is told of with the other, when both are about to be due


def test_the_officer_is_told_again_of_what_was_granted_and_is_not_erased(due):
    """UK GDPR Article 12(3): whoever asked hears within the month that it is done; a grant alone does not end the reminding."""
    due.join("dpo", "data protection officer")
    person, sent = str(due.people["riv-lead"]), []
    with server(port := free_port()) as mailbox:
        due.act("board-manager", "request_erasure", person, reference="DP-1", identity_checked_by="board-manager")
        due.act("dpo", "decide_erasure", person, outcome="granted", exemption=None, reason="Nothing stands against it")
        for day in ("2016-12-10", "2017-01-04"):
            due.clock.now = datetime.fromisoformat(f"{day}T09:00:00+00:00")
            with desk(due) as conn:
                remind_of(conn, due.board, due.clock.now)
            send(due, port)
            sent.append([to for to, _ in mailbox.messages].count([due.email("dpo")]))

    assert sent == [1, 2]


def test_a_mail_says_nothing_but_where_to_sign_in(due):
    """No title, no reference, no date, no agency and no name: whoever reads the mail on its way learns that something is due, and where."""
    with server(port := free_port()) as mailbox:
        send(due, port)
    for _, text in mailbox.messages:
        body = text.partition("\r\n\r\n")[2]
        assert "https://muniment.severnbrook.example/" in body
        for word in ("A1", "A2", "RIV", "CQH", "SB-2015-01", "appointment", "2016", "December", "riv-lead", "Riverside", "The "):
            assert word not in body, word
        assert f"Subject: {SUBJECT}\r\n" in text


def test_all_that_waits_for_an_office_is_one_mail(due):
    """Whoever has ten notices finds one mail, which says no more than that there is something to sign in for; each is told, once."""
    for n in range(3, 13):
        assign(due, f"A{n}", due_on="2016-12-19")
    remind(due, datetime(2016, 12, 12, 9, tzinfo=UTC))
    with server(port := free_port()) as mailbox:
        assert send(due, port) == send(due, port) == []

    assert [to for to, _ in mailbox.messages] == [["riv-lead@severnbrook.example"], ["cqh-lead@severnbrook.example"]]
    assert waiting(due) == []


def test_two_senders_tell_each_office_once(due):
    """Two processes that send at the same moment hold each its own office: nobody is told twice, and nobody is left out."""
    other = Board(due.board.config, due.board.keys, clock=due.clock)
    for n in range(3, 13):
        assign(due, f"A{n}", due_on="2016-12-19")
    remind(due, datetime(2016, 12, 12, 9, tzinfo=UTC))
    start, failed = threading.Barrier(2), []

    def act(board):
        start.wait(10)
        failed.extend(send(due, port, board))

    with closing(other), server(port := free_port()) as mailbox:
        senders = [threading.Thread(target=act, args=(board,)) for board in (due.board, other)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(60)
        failed.extend(send(due, port))

    assert (failed, sorted(to for to, _ in mailbox.messages)) == ([], [["cqh-lead@severnbrook.example"], ["riv-lead@severnbrook.example"]])
    assert waiting(due) == []


def test_after_an_outage_it_is_tried_again_and_sent_once(due):
    """While the server is away the mail waits, ever longer, and says why; when the server is back, it is sent, once."""
    port = free_port()
    assert len(send(due, port)) == 2
    assert send(due, port) == []  # not before a minute has passed
    due.clock.advance(minutes=1)
    assert len(send(due, port)) == 2
    assert [(office, tries) for office, tries, _ in waiting(due)] == [("riv-lead", 2), ("cqh-lead", 2)]

    with server(port) as mailbox:
        due.clock.advance(minutes=1)
        send(due, port)
        assert mailbox.messages == []  # after the second failure it waits for two minutes
        due.clock.advance(minutes=1)
        send(due, port)
        due.clock.advance(days=1)
        send(due, port)
    assert len(mailbox.messages) == 2
    assert waiting(due) == []


def test_status_names_the_offices_that_could_not_be_told(due):
    """`muniment status` is wrong once a notice was tried three times in vain, and says whose it is and why; sent, it says nothing."""
    port = free_port()
    for _ in range(2):
        send(due, port)
        due.clock.advance(minutes=2)
    assert "mailed" not in status(due)
    send(due, port)
    said = status(due)

    assert "WRONG  1 notice to cqh-lead could not be mailed so far: " in said
    assert "WRONG  1 notice to riv-lead could not be mailed so far: " in said
    assert "refused" in said.lower()
    with server(port):
        due.clock.advance(days=1)
        send(due, port)
    assert "mailed" not in status(due)


def status(it):
    """Return what `muniment status` says of a board."""
    settings = {"MUNIMENT_DATA": str(it.config.data), "MUNIMENT_DATABASE_URL": it.config.database_url}
    return CliRunner().invoke(main, ["status"], env=settings).output


def test_an_outage_keeps_nothing_from_being_recorded(due):
    """A mail that cannot be sent is no reason not to remind: the next notice is on record all the same, and waits in its turn."""
    port = free_port()
    send(due, port)
    remind(due, datetime(2016, 12, 16, 9, tzinfo=UTC))
    send(due, port)

    assert [office for office, *_ in waiting(due)] == ["riv-lead", "cqh-lead"] * 2


def test_whoever_holds_the_office_when_it_is_sent_is_told(due):
    """The notice is for an office: where its holder changed before the mail could go, the new holder is told."""
    due.act("board-manager", "stand_down_office_holder", "riv-lead", until_on="2016-12-09", reason="Moved")
    due.clock.now = datetime(2016, 12, 10, 9, tzinfo=UTC)
    with server(port := free_port()) as mailbox:
        (why,) = send(due, port)
        due.act(
            "board-manager", "appoint_office_holder", "riv-lead", title="Lead", role="designated lead", body="RIV",
            holder=str(due.people["trainer"]), employer="RIV", from_on="2016-12-10", until_on=None,
        )  # fmt: skip
        due.clock.advance(hours=1)
        send(due, port)

    assert why == "nobody holds it, or whoever does has left no address"
    assert sorted(to for to, _ in mailbox.messages) == [["cqh-lead@severnbrook.example"], ["trainer@severnbrook.example"]]


def test_nobody_is_told_of_what_was_before_mail_was_set_up(seeded):
    """Who sets up mail for a board of many years does not have everybody told of all of them."""
    remind(seeded, datetime(2016, 12, 9, 9, tzinfo=UTC))
    with server(port := free_port()) as mailbox:
        send(seeded, port)

    assert (mailbox.messages, waiting(seeded)) == ([], [])


def test_an_address_is_nowhere_but_under_the_persons_own_key(due):
    """The desk remembers offices: no address is stored with the mail."""
    send(due, free_port())
    with desk(due) as conn:
        rows = conn.execute("SELECT m::text FROM desk.mail AS m").fetchall()

    assert address_of(due.board, "riv-lead", datetime(2016, 12, 9, tzinfo=UTC).date()) == "riv-lead@severnbrook.example"
    assert not [row for row in rows if "@" in row[0]]


def test_without_settings_no_mail_is_sent(seeded):
    """Where no server is named, nothing sends; where one is, what cannot be handed to it is named."""
    assert mailer(seeded.config) is None
    sender = mailer(replace(seeded.config, smtp=("127.0.0.1", free_port()), mail_from="muniment@severnbrook.example"))
    with pytest.raises(NotSent, match=r"no mail could be sent to a@b\.example"):
        sender.send(Mail("a@b.example", "S", "T"))
