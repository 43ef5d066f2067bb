"""Outside memory: a checkpoint leaves every day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from socket import socket

import psycopg
from aiosmtpd.controller import Controller

from service.recording.outside.sending import send_daily
from service.verify import open_checkpoint


class Mailbox:
    """A mail server's hand that keeps what it is given."""

    def __init__(self):
        """Begin empty."""
        self.messages = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the library's name
        """Keep a message."""
        self.messages.append(envelope.content.decode())
        return "250 kept"


def sent(config, day):
    """Send what is due on a day; return what failed."""
    with psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
        return send_daily(conn, config, day)


def test_a_checkpoint_goes_to_a_folder_once_a_day(seeded, tmp_path):
    """Each day's checkpoint is written once, is whole, and is the log's own."""
    config = replace(seeded.config, checkpoint_to=(str(tmp_path / "outside"),))
    (tmp_path / "outside").mkdir()

    assert sent(config, date(2026, 3, 2)) == sent(config, date(2026, 3, 2)) == []

    (kept,) = (tmp_path / "outside").iterdir()
    assert open_checkpoint(kept.read_text(), seeded.board.recorder.vkey).size == seeded.board.recorder.head().frontier.size


def test_a_checkpoint_goes_by_mail_with_what_to_do(seeded):
    """The message carries the checkpoint as a file, and says how it is used."""
    box = Mailbox()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        config = replace(seeded.config, checkpoint_to=("a@outside.example",), smtp=("127.0.0.1", port), mail_from="m@board.example")

        assert sent(config, date(2026, 3, 2)) == []
    finally:
        server.stop()

    assert len(box.messages) == 1
    assert "muniment verify PACK --known" in box.messages[0]
    assert ".checkpoint" in box.messages[0]


def test_what_cannot_be_sent_is_said_and_tried_again(seeded, tmp_path):
    """An address that fails is named, and is not taken for sent."""
    config = replace(seeded.config, checkpoint_to=(str(tmp_path / "not there"),))
    (failed,) = sent(config, date(2026, 3, 2))
    (tmp_path / "not there").mkdir()

    assert failed.address == str(tmp_path / "not there")
    assert sent(config, date(2026, 3, 2)) == []
    assert len(list((tmp_path / "not there").iterdir())) == 1
