"""Replay says what was known and what has become known since; integrity gives anybody what they need to check the log."""

from __future__ import annotations

from base64 import b64encode
from contextlib import ExitStack
from datetime import date

import psycopg
import pytest

from service.application import Board
from service.recording.outside import policy
from service.recording.outside.recovering import admit
from service.recording.outside.witnessing import ask
from service.verify import open_checkpoint, parse_vkey
from tests.boards import assign
from tests.service.ledger.trees import Tree
from tests.service.recording.outside.others import listening, named, policy_of, witness_of

DAY = date(2016, 9, 5)


@pytest.fixture
def hindsight(sign_in):
    """Give a board that, on 20 December, knew of two overdue actions, and learned in January of a third and of one that was not."""
    chair = sign_in("chair")
    it = chair.seeded
    it.act("cqh-lead", "accept_action", "A2")
    it.clock.advance(days=106)  # 20 December 2016
    it.act("riv-lead", "accept_action", "A1")
    it.clock.advance(days=14)  # 3 January 2017
    late = assign(it, "A3", due_on="2016-12-01", occurred_on=DAY, late_reason="Left out of the batch").positions[-1]
    said = {"corrected": {"due_on": "2017-02-28"}, "reason": "The Board agreed February", "late_reason": "Found when the register was read"}
    corrected = it.act("chair", "correct_entry", "A2", about="action", amends=1, **said).positions[-1]
    it.catch_up()
    return chair, late, corrected


def test_the_difference_is_said_in_one_sentence_and_every_figure_opens(hindsight):
    """The page says how many were believed overdue, how many it was, and by which entries; each number is a link to its rows."""
    who, late, corrected = hindsight
    words = who.text("/replay?as_at=2016-12-20&known_at=2016-12-20")

    assert "On 20 December 2016 the Board believed 2 actions were overdue. We now know it was the same number" in words
    assert f"one was recorded late (event {late}), one was corrected (event {corrected})." in words
    for link in who.links:
        if link.startswith(("/actions?", "/events/")):
            assert who.get(link).status_code == 200, link


def test_a_figure_opens_the_rows_that_it_counts(hindsight):
    """The number of then leads to the register as known then, the number of now to the same day as known now."""
    who, *_ = hindsight
    who.get("/replay?as_at=2016-12-20&known_at=2016-12-20")
    then, *_, now = [link for link in who.links if "only=overdue" in link]

    assert ("A3" in who.text(then), "A2" in who.text(then)) == (False, True)
    assert ("A3" in who.text(now), "A2" in who.text(now)) == (True, False)


def test_what_changed_is_shown_with_its_entries(hindsight):
    """Each action that is known otherwise now stands there with what was known then, what is known now, and why."""
    who, *_ = hindsight
    words = who.text("/replay?as_at=2016-12-20&known_at=2016-12-20")

    assert "Known then: not on record. Known today: assigned, overdue by 19 days" in words
    assert "Reason given: Left out of the batch" in words
    assert "recorded as 16 December 2016, now 28 February 2017" in words


def test_a_lead_replays_their_own_agency(hindsight, sign_in):
    """For a designated lead, counts and changes are those of their agency."""
    who = sign_in("cqh-lead")
    words = who.text("/replay?as_at=2016-12-20&known_at=2016-12-20")

    assert "of the actions that you may see, 1 was overdue on 20 December 2016" in words
    assert "We now know it was 0: one was corrected" in words
    assert "A3" not in words


def test_one_steps_event_by_event(hindsight):
    """Stepping moves what is known by one event and stays on the day; it begins where that day could first be known."""
    who, late, _ = hindsight
    who.get(f"/replay?as_at=2016-12-20&known_at={late}")
    back = next(link for link in who.links if f"known_at={late - 1}#step" in link)
    words = who.text(back.partition("#")[0])

    assert f"Event {late - 1} of {who.recorded}. Each step moves what is known by one event." in words
    assert "as_at=2016-12-20" in back
    first = f"/replay?as_at=2016-12-20&known_at={late - 2}"
    assert who.get(first).status_code == 200
    assert not any(f"known_at={late - 3}#step" in link for link in who.links)


def test_today_is_everything_that_is_known(reader):
    """Without dates, replay is today, and says that this is everything."""
    assert "This is everything that is known." in reader("chair").text("/replay")


def test_integrity_shows_what_anybody_needs_to_check_the_log(reader):
    """The fingerprint, the log's key, the checkpoint as it was signed and how to check it offline need no account."""
    who = reader()
    words = who.text("/integrity")
    board = who.seeded.board
    with psycopg.connect(who.seeded.config.conninfo("reader")) as conn:
        note, leaf = conn.execute(
            "SELECT (SELECT note FROM ledger.checkpoint ORDER BY size DESC LIMIT 1), leaf FROM ledger.event WHERE position = 1"
        ).fetchone()

    assert board.fingerprint in words
    assert board.keys.log.vkey in words
    assert " ".join(note.split()) in words
    assert f'data-fingerprint="{b64encode(leaf).decode()}"' in who.page.replace("&#43;", "+").replace("&#61;", "=")
    assert "python3 -I verify.py trail.zip --key" in words


def test_corrections_and_retractions_are_counted_for_everybody(hindsight, sign_in):
    """Amendments stand on the public page, by the Board's year; who reads the record finds each with its reason, and what it amends."""
    nobody, chair = sign_in(), sign_in("chair")

    assert "April 2016 to March 2017 1 0" in nobody.text("/integrity")
    assert "/amendments?year=2016" not in nobody.links
    chair.get("/integrity")
    assert "/amendments?year=2016" in chair.links
    assert "1 to 1 of 1 amendment" in chair.text("/amendments?year=2016")
    assert "Corrected: " in chair.words
    assert "No corrections and retractions are left by these filters." in chair.text("/amendments?year=2015")


def test_integrity_says_what_is_witnessed_and_what_is_not(sign_in, tmp_path):
    """Nobody; one of two; both, with their times: integrity and the event say each in words, and the checkpoint carries them."""
    chair = sign_in("chair")
    it = chair.seeded
    recorder = it.board.recorder
    assert "Not yet witnessed by another organisation" in chair.text("/integrity")
    position = it.act("riv-lead", "accept_action", "A1").positions[-1]
    it.catch_up()
    assert "Not yet witnessed: nobody outside vouches for the time" in chair.text(f"/events/{position}")
    with ExitStack() as until:
        there = []
        for number in (1, 2):
            (folder := tmp_path / str(number)).mkdir()
            one = witness_of(recorder.vkey, folder, name=f"witness.example/{number}")
            there.append((one, until.enter_context(listening(one))))
        config = policy_of(it.config, tmp_path, *there)
        with psycopg.connect(it.config.conninfo("writer"), autocommit=True) as conn:
            conn.execute("SELECT ledger.keep_policy(%s)", (policy.read(config, recorder.vkey).text,))
        said = []
        for one in there:
            ask(recorder, recorder.sealers, named(*one))
            said.append(chair.text("/integrity"))
    size = recorder.size
    assert "Not yet witnessed: fewer organisations than the Board asks for have cosigned witness.example/1: all" in said[0]
    assert "witness.example/2: nothing yet" in said[0]
    assert "Witnessed: enough other organisations have cosigned this checkpoint" in said[1]
    assert f"witness.example/2: all {size} events, " in said[1]
    note = open_checkpoint(chair.get("/log/checkpoint").text, recorder.vkey)
    assert all(note.signed_by(*parse_vkey(one.key.vkey)) for one, _ in there)
    assert f"when witness.example/1 vouched for a log of {size} events that holds it" in chair.text(f"/events/{position}")
    it.act("cqh-lead", "accept_action", "A2")
    assert (
        f"Witnessed up to event {size}, which enough other organisations have cosigned. The 1 event after it is not yet witnessed"
        in chair.text("/integrity")
    )


def test_integrity_shows_what_is_held_against_the_log_and_what_was_lost(sign_in, tmp_path):
    """A witness that holds another history is shown with both notes, both signed by our own key; an admitted loss stands there for ever."""
    chair = sign_in("chair")
    it = chair.seeded
    recorder, own = it.board.recorder, witness_of(it.board.recorder.vkey, tmp_path)
    own.add(Tree(key=it.board.keys.log).submission(0, 1000))
    left = recorder.head().frontier.size
    with listening(own) as url:
        board = Board(policy_of(it.config, tmp_path, (own, url)), it.board.keys, clock=it.clock)
        admit(board, it.callers["board-manager"], "The disk failed", {})
        board.close()
    it.catch_up()
    for who in (sign_in(), chair):
        words = who.text("/integrity")
        assert "witness.example/1 holds 1,000 events of this log, and the log here does not extend them" in words
        assert Tree(key=it.board.keys.log).note(1000).split("\n")[2] in words
        assert f"this log went on from {left} events, and others hold more" in words
        assert "The disk failed" in words
    assert f"/events/{left + 1}" in chair.links
    assert "The disk failed" in chair.text(f"/events/{left + 1}")
