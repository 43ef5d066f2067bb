"""A certificate of absence of a real board: refused where anything was done, still true after a later discharge, and checked by a pack."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, date, datetime

import psycopg
import pytest
from click.testing import CliRunner

from aggregates.framework.library import SETS
from aggregates.framework.telling.silence import (
    DischargedAndUndone,
    DischargedThen,
    NoSingleDischarge,
    NothingWasAsked,
    PeriodReversed,
    SilenceBeforeItWasAsked,
)
from projections.falling_due import silence
from service.cli import main
from service.ledger.pack import PUBLICLY, absence, write_pack
from service.verify import verify

SHA256 = next(iter(SETS))
AUDIT = ("LIF-RBM-03", "RIV", "2016-09-05..2017-03-04")
ACTION = ("LIF-APPA-AG-01", "RIV", "action:A1")
UNTIL = date(2017, 3, 31)


@pytest.fixture
def adopted(seeded):
    """Give the small board in April 2017, with the framework in force since September: neither audit nor action was done."""
    said = {"version": "2016", "sha256": SHA256, "supersedes": None, "provenance": "Board", "minute": None, "review_due": "2017-09-05"}
    seeded.act("chair", "adopt_framework", "partnership", **said)
    asked = {"kind": "knowledge_audit", "respondent": "RIV", "period": "2016-H2", "due_on": "2017-03-04", "question_set": None}
    seeded.act("chair", "request_return", "knowledge_audit-2016-H2-RIV", **asked, legal_basis=None, shared_with=[])
    seeded.clock.now = datetime(2017, 4, 3, 9, tzinfo=UTC)
    return seeded


def certified(it, obligation, *, known_at=None, start=None, until=UNTIL):
    """Return a certificate of one obligation."""
    newest = it.catch_up()
    position = newest if known_at is None else known_at
    with closing(psycopg.connect(it.config.conninfo("projector"), autocommit=True)) as conn:
        said = silence(conn, it.board.stream_of, *obligation, start=start, until=until, known_at=position)
    return it.board.certify_absence(said, known_at=position)


def held(it, text, folder, **how):
    """Hold a certificate to a pack of the board's log as it is now; return the exit status and the verdict."""
    write_pack(it.board.recorder, folder, **how)
    verdict = verify(folder, key=it.board.keys.log.vkey, then=absence.by(text))
    return verdict.code, "\n".join(verdict.lines)


def sign_off(it):
    """Sign A1 off."""
    evidence = it.board.receive((it.config.data / "keys" / "public.json").open("rb"), "audit.txt", it.callers["riv-lead"])
    cited = {"sha256": evidence.sha256, "title": "Audit", "evidence_date": "2017-03-01", "classification": "restricted"}
    it.act("riv-lead", "accept_action", "A1")
    it.act("riv-lead", "submit_evidence", "A1", evidence=[cited], effect="Children are seen", narrative="Done")
    it.act("riv-lead", "mark_implemented", "A1", statement="It is done")
    it.act("quality-chair", "sign_off_action", "A1", effect="Nine of ten are followed up")


@pytest.mark.parametrize("obligation", [AUDIT, ACTION], ids=["asked by the calendar", "of an action"])
def test_a_silence_is_certified_and_verifies(adopted, obligation, tmp_path):
    """What nobody did is certified, by the calendar as of an action; a stranger verifies it by the pack, and by the public pack as well."""
    text = certified(adopted, obligation)

    for name, classes in (("whole", {}), ("public", {"disclosing": PUBLICLY})):
        code, said = held(adopted, text, tmp_path / name, **classes)
        assert (code, said.startswith("ABSENCE VERIFIED: between ")) == (0, True), said
        assert f"{obligation[1]} was asked by #" in said
        assert f"in the set of clauses {SHA256}, adopted by #" in said


def test_it_begins_when_it_was_due_unless_another_day_is_asked_for(adopted):
    """Without a first day the silence begins with the due date, and without more it lasts as long as was asked."""
    assert absence.parse(certified(adopted, ACTION).strip()).said["from"] == "2016-12-16"
    assert absence.parse(certified(adopted, ACTION, start=date(2017, 1, 1)).strip()).said["from"] == "2017-01-01"


def test_what_was_done_is_never_certified_as_absent(adopted):
    """A discharge of a day up to the last one of the period refuses the certificate, and names the event."""
    adopted.clock.now = datetime(2017, 3, 20, 9, tzinfo=UTC)
    sign_off(adopted)

    with pytest.raises(DischargedThen, match="there is no silence to certify"):
        certified(adopted, ACTION)


STRATEGY = ("LIF-RBM-10.ask", "BOARD", "partnership:partnership")


def asked_and_waived(it):
    """Ask the Training sub-group for its strategy on 3 April, and waive that a week later; return the positions of both."""
    it.act("board-manager", "constitute_sub_group", "training", name="Training", terms_of_reference=None)
    asked = {"kind": "training_strategy", "respondent": "training", "period": "2017", "due_on": "2017-09-30", "question_set": None}
    it.act("chair", "request_return", "training_strategy-2017-training", **asked, legal_basis=None, shared_with=[])
    done = it.catch_up()
    it.clock.now = datetime(2017, 4, 10, 9, tzinfo=UTC)
    it.act("chair", "waive_return", "training_strategy-2017-training", reason="There is one already")
    it.clock.now = datetime(2017, 5, 2, 9, tzinfo=UTC)
    return done, it.catch_up()


def test_what_was_done_and_taken_back_is_no_silence(adopted):
    """It is owed again, and a certificate is refused by name with both events; until the day on which it was undone it was discharged."""
    done, undone = asked_and_waived(adopted)

    with pytest.raises(DischargedThen):
        certified(adopted, STRATEGY, until=date(2017, 4, 9))
    with pytest.raises(DischargedAndUndone) as refused:
        certified(adopted, STRATEGY, until=date(2017, 4, 30))
    assert f"by event {done}, since 3 April 2017, and that was undone by event {undone} on 10 April 2017" in str(refused.value)


def test_what_held_and_does_not_any_more_is_no_silence(adopted):
    """An action that was signed off, slipped and was reopened is owed again, and it was done: no certificate says otherwise."""
    adopted.clock.now = datetime(2017, 3, 20, 9, tzinfo=UTC)
    sign_off(adopted)
    adopted.clock.now = datetime(2017, 9, 20, 9, tzinfo=UTC)
    adopted.act("quality-chair", "record_sustainment_check", "A1", method="re-audit", result="slipped")
    adopted.act("quality-chair", "reopen_action", "A1", reason="It slipped", due_on="2017-12-01")
    adopted.clock.now = datetime(2018, 1, 8, 9, tzinfo=UTC)

    with pytest.raises(DischargedAndUndone):
        certified(adopted, ACTION, until=date(2018, 1, 8))


def test_the_log_itself_refuses_what_was_done_and_taken_back(adopted):
    """Were the views wrong, the log would still not be signed away: what discharged it is there, whatever became of it."""
    with closing(psycopg.connect(adopted.config.conninfo("projector"), autocommit=True)) as conn:
        position = adopted.catch_up()
        said = silence(conn, adopted.board.stream_of, *STRATEGY, start=None, until=date(2017, 4, 30), known_at=position)
    _, undone = asked_and_waived(adopted)

    assert adopted.board.certify_absence(said, known_at=position)
    with pytest.raises(DischargedThen):
        adopted.board.certify_absence(said, known_at=undone)


def test_it_is_still_true_after_a_later_discharge(adopted, tmp_path):
    """Certified in April of March, the action is signed off in June: the certificate of then verifies by the pack of today."""
    text = certified(adopted, ACTION)
    adopted.clock.now = datetime(2017, 6, 1, 9, tzinfo=UTC)
    sign_off(adopted)
    code, said = held(adopted, text, tmp_path / "later")

    assert code == 0, said
    assert "discharges it, after the checkpoint of which this speaks" in said


def test_as_known_then_it_can_still_be_certified(adopted, tmp_path):
    """What the Board did not know then was not done as far as it knew: the certificate names the position of which it speaks."""
    position = adopted.catch_up()
    adopted.clock.now = datetime(2017, 6, 1, 9, tzinfo=UTC)
    sign_off(adopted)
    text = certified(adopted, ACTION, known_at=position)
    code, said = held(adopted, text, tmp_path / "then")

    assert (code, f"up to #{position} nothing discharges it" in said) == (0, True)


def test_where_nothing_was_asked_there_is_no_silence(adopted):
    """No certificate says that somebody did not do what nobody asked for: of another owner, another thing, or a day before."""
    for obligation in (("LIF-RBM-03", "QEG", AUDIT[2]), ("LIF-APPA-AG-01", "RIV", "action:A9"), ("LIF-NONE", "RIV", "action:A1")):
        with pytest.raises(NothingWasAsked):
            certified(adopted, obligation)
    with pytest.raises(NothingWasAsked):
        certified(adopted, ACTION, until=date(2016, 9, 4))


def test_what_rests_on_a_state_of_things_is_not_certified(adopted):
    """A duty for which no one event is missing is refused by name."""
    with closing(psycopg.connect(adopted.config.conninfo("projector"), autocommit=True)) as conn:
        position = adopted.catch_up()
        rules = conn.execute("SELECT rule, owner, subject FROM views.standings WHERE discharged_on IS NULL AND ended_on IS NULL").fetchall()
        refused = 0
        for rule, owner, subject in rules:
            try:
                said = silence(conn, adopted.board.stream_of, rule, owner, subject, start=None, until=UNTIL, known_at=position)
                adopted.board.certify_absence(said, known_at=position)
            except NoSingleDischarge:
                refused += 1
            except (NothingWasAsked, DischargedThen, DischargedAndUndone):
                continue
    assert refused


def test_a_silence_that_ends_before_it_begins_is_refused(adopted):
    """The first day comes first: that is said, also where nothing was asked by the other."""
    for start, until in ((date(2017, 4, 1), UNTIL), (date(1991, 1, 1), date(1990, 1, 1))):
        with pytest.raises(PeriodReversed):
            certified(adopted, ACTION, start=start, until=until)


def test_no_silence_begins_before_it_was_asked(adopted):
    """Between the asking and now nothing was done; what was done before the asking is not looked for, so nothing is said of then."""
    with pytest.raises(SilenceBeforeItWasAsked):
        certified(adopted, ACTION, start=date(1990, 1, 1))


def test_asking_for_one_records_nothing(adopted):
    """A certificate is a document: the log is as long as before, and asking twice says the same."""
    before = adopted.board.recorder.head().frontier.size
    first, second = certified(adopted, ACTION), certified(adopted, ACTION)

    assert adopted.board.recorder.head().frontier.size == before
    assert first == second


def test_the_command_takes_both_clocks_and_says_in_json_what_it_certified(adopted, tmp_path):
    """`muniment absence` certifies as at a day, as known at an event, and answers a program with what it certified."""
    known, out = adopted.catch_up(), tmp_path / "silence.jws"
    settings = {"MUNIMENT_DATA": str(adopted.config.data), "MUNIMENT_DATABASE_URL": adopted.config.database_url}
    when = ["--as-at", UNTIL.isoformat(), "--known-at", str(known), "--format", "json"]
    ran = CliRunner().invoke(main, ["absence", *ACTION, *when, "-o", str(out)], env=settings)
    (said,) = json.loads(ran.output)["items"]

    assert (said["owner"], said["until"], said["known_at"], said["file"]) == (ACTION[1], UNTIL.isoformat(), known, str(out))
    assert absence.parse(out.read_text().strip()).said["until"] == UNTIL.isoformat()
