"""Overdue, escalated, discharged, and the silence between proved to a stranger: journey F.7 from outside, with what could go wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from aggregates.framework.library import SETS
from tests.acceptance import boards
from tests.acceptance.asking import Asking
from tests.acceptance.boards import line
from tests.acceptance.product import PATIENCE, Ran, positions, verify, wait
from tests.acceptance.served import served
from tests.acceptance.test_falling_due import ESCALATED, REMINDED, at, workers
from tests.databases import reachable_folder

CLAUSE, OWNER, SUBJECT = "LIF-APPA-AG-01", "RIV", "action:A1"
ADOPTION = {"version": "2016", "sha256": next(iter(SETS)), "supersedes": None, "provenance": "minute 4", "minute": None}
OBLIGATION_ESCALATED = "obligation.escalated.v1"


DONE = (
    line("riv-lead", "answer_challenge", "C1", answer="The team was short", what_changed="Two more people ring every morning"),
    line(
        "riv-lead", "submit_evidence", "A1", evidence=[{"file": "audit.txt", "title": "Audit of records", "evidence_date": "2017-02-01"}],
        effect="Children who are not brought are seen",
    ),
    line("riv-lead", "mark_implemented", "A1", statement="Every missed appointment is followed up"),
    line("quality-chair", "sign_off_action", "A1", effect="Nine of ten are followed up"),
)  # fmt: skip


def adopt(board):
    """Put the framework in force, on the day on which the small board began."""
    ran = board.brings_in(line("chair", "adopt_framework", "partnership", **ADOPTION, review_due="2017-09-05"), **at("2016-09-06"))
    assert ran.code == 0, ran


def pass_day(board, day, topic=None, ref=None, count=0):
    """Let a worker run on a day until so many events of a topic are on record of a thing, and the views know all there is."""
    with workers(board, day):
        wait(lambda: len(positions(board, topic, ref)) >= count if topic else True, f"{count} of {topic} on {day}")
        wait(lambda: board.ask("SELECT min(position) FROM views.tracking") == [(board.size,)], "the views")


def told(board, topic, ref="A1"):
    """List what was told of a thing: level or days before, to whom, and how late."""
    query = "SELECT body FROM views.inspection_history WHERE topic = %s AND ref = %s ORDER BY position"
    names = ("level", "days_before", "to_office", "served_late_days")
    return [tuple(body.get(name) for name in names) for (body,) in board.ask(query, topic, ref)]


def certificate(board, name, day, *arguments):
    """Ask for a certificate of the overdue period of A1; return what the command came to, and its file."""
    out = board.data / name
    days = ("--from", "2016-12-17", "--to", "2017-01-31")
    return board.run("absence", CLAUSE, OWNER, SUBJECT, *days, *arguments, "-o", out, **at(day)), out


def by_a_stranger(pack, file, *arguments):
    """Hold a certificate to a pack with the two files that lie in the pack, alone and isolated."""
    command = [sys.executable, "-I", "absence.py", ".", "--absence", str(file), *arguments]
    done = subprocess.run(command, cwd=pack, capture_output=True, text=True, check=False, timeout=PATIENCE)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def climbed(postgres):
    """Give the small board on 13 January 2017: A1, due on 16 December, is 28 days overdue and everybody was told on the day."""
    folder = reachable_folder()
    with boards.small_board(postgres).copy(folder / "board", postgres) as board:
        adopt(board)
        for day, topic, count in (
            ("2016-12-09", REMINDED, 1),
            ("2016-12-16", REMINDED, 2),
            ("2016-12-30", ESCALATED, 1),
            ("2017-01-13", ESCALATED, 2),
        ):
            pass_day(board, day, topic, "A1", count)
        yield board
    shutil.rmtree(folder)


@pytest.fixture
def overdue(climbed, folder, postgres):
    """Give a copy of that board for one test alone."""
    with climbed.copy(folder / "overdue", postgres) as board:
        yield board


def test_overdue_escalated_certified_and_discharged(overdue):
    """F.7: reminded, escalated, challenged, certified as silent; evidence and sign-off close it, and the certificate speaks of then."""
    board = overdue
    assert told(board, REMINDED) == [(None, 7, "riv-lead", 0), (None, 0, "riv-lead", 0)]
    assert told(board, ESCALATED) == [(1, None, "quality-chair", 0), (2, None, "chair", 0)]

    late = board.brings_in(
        line("quality-chair", "vary_due_date", "A1", due_on="2017-03-01", reason="More time") | {"occurred_on": "2016-12-15"},
        **at("2017-01-14"),
    )
    assert "the date that was promised first is never lost" in late.out + late.err
    challenge = {"about": SUBJECT, "to": "RIV", "summary": "Four weeks overdue", "statement": "Why is it not done?"}
    assert board.brings_in(line("chair", "raise_challenge", "C1", **challenge), **at("2017-01-16")).code == 0
    pass_day(board, "2017-02-01")

    ran, file = certificate(board, "silence.jws", "2017-02-01")
    assert ran.code == 0, ran
    pack = board.pack("before")
    assert verify(pack).code == 0
    strangers = by_a_stranger(pack, file, "--key", board.key)
    assert strangers.code == 0, strangers
    assert strangers.out.startswith("ABSENCE VERIFIED: between 2016-12-17 and 2017-01-31, RIV was asked by #")
    assert board.run("verify", pack, "--absence", file, "--key", board.key).code == 0

    (board.data / "audit.txt").write_text("Nine of ten missed appointments were followed up within two days\n")
    done = board.brings_in(*DONE, **at("2017-02-02"))
    assert done.code == 0, done
    with served(board, at("2017-03-01")) as serving:
        ask = Asking(serving)
        issued = [one for one in ask.items("escalations") if one["about"] == SUBJECT]
        answered = ask.item("challenges/C1")
        owed = ask.item(f"obligations/{CLAUSE}/{OWNER}/{SUBJECT}")
    assert {(one["level"], one["closed"], one["signed_off_on"]) for one in issued} == {(1, True, "2017-02-02"), (2, True, "2017-02-02")}
    assert (answered["answered_on"], owed["state"], owed["discharged_on"]) == ("2017-02-02", "met late", "2017-02-02")
    assert len(told(board, ESCALATED)) == 2
    refused, none = certificate(board, "none.jws", "2017-03-01", "--to", "2017-02-28")
    assert (refused.code, none.exists()) == (1, False)

    after = by_a_stranger(board.pack("after"), file, "--key", board.key)
    assert (after.code, "later: #" in after.out) == (0, True), after


def test_an_obligation_is_told_of_as_well(overdue):
    """What the framework asks climbs the same ladder: a member's half-yearly audit is asked for, reminded of and escalated."""
    board, key = overdue, "LIF-RBM-03|RIV|2016-09-06..2017-03-05"
    asked, reminded = "return.requested.v1", "obligation.reminder_issued.v1"
    pass_day(board, "2017-02-05", asked, "knowledge_audit-2016-H2-RIV", 1)
    pass_day(board, "2017-02-26", reminded, key, 1)
    pass_day(board, "2017-03-05", reminded, key, 2)
    pass_day(board, "2017-03-22", OBLIGATION_ESCALATED, key, 1)  # three days late

    assert len(positions(board, asked, "knowledge_audit-2016-H2-RIV")) == 1
    assert told(board, reminded, key) == [(0, 7, "riv-lead", 0), (0, 0, "riv-lead", 0)]
    assert told(board, OBLIGATION_ESCALATED, key) == [(1, -14, "board-manager", 3)]
    assert verify(board.pack()).code == 0


def test_every_attack_on_a_certificate_is_named(overdue, tmp_path):
    """An altered one, one of another log, one beyond the pack, and a pack in which what would discharge it is not to be seen."""
    board = overdue
    early = board.pack("early")
    pass_day(board, "2017-02-01")
    reported = board.brings_in(line("riv-lead", "report_progress", "A1", rag="red", narrative="Late"), **at("2017-02-01"))
    assert reported.code == 0, reported
    pass_day(board, "2017-02-01")
    ran, file = certificate(board, "silence.jws", "2017-02-01")
    assert ran.code == 0, ran
    pack, text = board.pack("whole"), file.read_text()

    altered = tmp_path / "altered.jws"
    altered.write_text(text[:200] + ("A" if text[200] != "A" else "B") + text[201:])
    beyond, wrong_key = by_a_stranger(early, file), by_a_stranger(pack, file, "--key", board.key.replace("+A", "+B", 1))
    assert by_a_stranger(pack, altered).out.startswith("NOT VERIFIED: the certificate: ")
    assert (beyond.code, "and this pack ends after" in beyond.out) == (1, True)
    assert wrong_key.code in {1, 2}

    scoped = shutil.copytree(pack, tmp_path / "scoped")
    (bundle,) = [path for path in (scoped / "tile/entries").rglob("*") if path.is_file()][:1]
    bundle.write_bytes(bundle.read_bytes()[:-1])
    assert by_a_stranger(scoped, file).code == 1


def test_what_was_done_or_never_asked_is_refused_by_name(overdue):
    """`muniment absence` refuses where there is no silence, and writes no file."""
    board = overdue
    out = board.data / "none.jws"
    refused = board.run("absence", CLAUSE, "CQH", SUBJECT, "-o", out, **at("2017-01-13"))
    unknown = board.run("absence", "LIF-NONE", OWNER, SUBJECT, "-o", out, **at("2017-01-13"))

    assert (refused.code, unknown.code, out.exists()) == (1, 1, False)
    assert refused.err.startswith("Refused: As known at event ")


def test_what_was_done_and_taken_back_is_owed_again_and_no_silence(overdue):
    """What was asked for and waived was not asked for: met until then, open after; both events are named, and nothing is certified."""
    board, rule, ref = overdue, "LIF-RBM-10.ask", "training_strategy-2017-training"
    asked = {"kind": "training_strategy", "respondent": "training", "period": "2017", "due_on": "2017-09-30", "question_set": None}
    asking = [
        line("board-manager", "constitute_sub_group", "training", name="Training", terms_of_reference=None),
        line("chair", "request_return", ref, **asked),
    ]
    assert board.brings_in(*asking, **at("2017-01-16")).code == 0
    assert board.brings_in(line("chair", "waive_return", ref, reason="There is one already"), **at("2017-01-30")).code == 0
    pass_day(board, "2017-02-01")
    ((done,), (undone,)) = (positions(board, f"return.{what}.v1", ref) for what in ("requested", "waived"))

    def said(day):
        ran = board.run("obligations", "--clause", "LIF-RBM-10", "--all", "--as-at", day, "--format", "json", **at("2017-02-01"))
        (one,) = [one for one in json.loads(ran.out)["items"] if one["rule"] == rule]
        return tuple(one[name] for name in ("state", "discharged_at", "was_discharged_at", "undone_at", "undone_on"))

    assert said("2017-01-29") == ("met", done, None, None, None)
    assert said("2017-02-01") == ("open", None, done, undone, "2017-01-30")
    out = board.data / "none.jws"
    refused = board.run("absence", rule, "BOARD", "partnership:partnership", "-o", out, **at("2017-02-01"))
    assert (refused.code, out.exists()) == (1, False)
    assert f"was discharged by event {done}, since 16 January 2017, and that was undone by event {undone}" in refused.err


def test_reassigned_on_the_way_and_with_an_empty_office(overdue):
    """F.7, what could go wrong: a new owner begins the ladder anew with the history kept; where their lead has gone, the next is told."""
    board = overdue
    lines = [
        line("chair", "reassign_action", "A1", owner="CQH", owner_office="cqh-lead", reason="The team moved"),
        line("board-manager", "stand_down_office_holder", "cqh-lead", until_on="2017-01-13", reason="Left"),
    ]
    assert board.brings_in(*lines, **at("2017-01-14")).code == 0
    pass_day(board, "2017-01-14", REMINDED, "A1", 3)
    pass_day(board, "2017-01-28", ESCALATED, "A1", 3)
    query = "SELECT body FROM views.inspection_history WHERE topic = %s AND ref = 'A1' ORDER BY position DESC LIMIT 1"
    ((reminder,),) = board.ask(query, REMINDED)

    assert told(board, ESCALATED) == [(1, None, "quality-chair", 0), (2, None, "chair", 0), (1, None, "quality-chair", 0)]
    assert (reminder["to_office"], reminder["vacant_offices"]) == ("quality-chair", ["cqh-lead"])
