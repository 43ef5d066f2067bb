"""An erasure as it is done: keys and values go in the transaction that says so, and nothing else changes (INV-39, ledger §6)."""

from __future__ import annotations

import json
import shutil
import uuid
from datetime import date
from io import BytesIO

import psycopg
import pytest
from click.testing import CliRunner

from aggregates import EVENTS
from aggregates.action import Action, refusals
from aggregates.authority import Acting
from aggregates.entry.fields import fields_by_name
from aggregates.entry.values import Sealed
from aggregates.registry import protection as law
from aggregates.registry.data_subject import DataSubject
from service.application import Board
from service.cli import main
from service.desk import accounts
from service.desk.refusals import NotFound, NotSignedIn
from service.ledger.append import Erases, Text
from service.ledger.errors import ErasesUnlisted, SubjectErased
from service.ledger.pack import PUBLICLY, Disclosing, write_pack
from service.ledger.pack.auditing import audit
from service.ledger.pack.disclosing import PARTNERS
from service.ledger.reading import disclosed as of_entry
from service.recording import Write
from service.verify import ERASED, SHOWN, canonical, digest, open_disclosures, unb64url, verify
from tests.boards import copy_of
from tests.service.erasing import ASKED, CONTACT, NAME, holds, somebody, with_officer
from tests.service.ledger.test_sealed import everything, spellings


@pytest.fixture
def board(seeded):
    """Give the small board with a data protection officer."""
    return with_officer(seeded)


def granted(it, ref, outcome="granted", exemption=None):
    """Have an erasure asked for and granted."""
    it.act("riv-lead", "request_erasure", ref, **ASKED)
    it.act("dpo", "decide_erasure", ref, outcome=outcome, exemption=exemption, reason="Nothing else stands against it")


def disclosed(pack, positions):
    """Return the fields that a pack discloses of the events at these positions, by name."""
    lines = [json.loads(line) for path in pack.glob("disclosures/**/*.jsonl") for line in path.read_text().splitlines()]
    shown = [json.loads(unb64url(each)) for line in lines if line["index"] + 1 in positions for each in line["disclosed"]]
    return {name: value for _, name, value in shown if value is not None}


def kept(it):
    """Return how many values are kept, of whomever, and the subjects that have a key."""
    with psycopg.connect(it.config.conninfo("owner")) as conn:
        values = conn.execute("SELECT count(*) FROM sealed.value").fetchone()[0]
        return values, {row[0] for row in conn.execute("SELECT subject FROM sealed.subject_key")}


def test_inv_39_an_erasure_destroys_the_key_and_the_values_and_lists_what_went(board, tmp_path):
    """INV-39: key and rows are gone, what went is listed by position, field and digest, no stored event changed, and all still verifies."""
    ref = somebody(board)
    granted(board, ref)
    with psycopg.connect(board.config.conninfo("owner")) as conn:
        before = conn.execute("SELECT position, entry FROM ledger.event ORDER BY 1").fetchall()
    values, keys = kept(board)
    done = board.act("dpo", "erase_personal_data", ref)

    state = board.board.load(DataSubject, ref, fresh=True).state
    assert (state.erased_on, state.erased) == (date(2016, 9, 5), 2)
    after, left = kept(board)
    assert (keys - left, values - after) == ({uuid.UUID(ref)}, 1)  # two went, and the officer's own reference came with the entry
    with psycopg.connect(board.config.conninfo("owner")) as conn:
        assert conn.execute("SELECT position, entry FROM ledger.event ORDER BY 1").fetchall()[: len(before)] == before
    write_pack(board.board.recorder, tmp_path / "pack")
    verdict = verify(tmp_path / "pack", key=board.board.recorder.vkey)
    assert verdict.code == 0, verdict.lines
    assert any("2 erased" in line for line in verdict.lines), verdict.lines
    assert done.positions[-1] == board.board.size()


LATE = "The officer was away"
ASKED_AND_DECIDED = {"reference", "identity_checked_by", "exemption", "reason"}
CLASSED = {  # what a pack tells of an erasure beside what it must: by what it covers and by the classes that it discloses
    "public": ({"disclosing": PUBLICLY}, set()),
    "partners": ({"disclosing": Disclosing(PARTNERS)}, {"outcome", "late_reason"}),
    "restricted": ({}, {"outcome", "late_reason", *ASKED_AND_DECIDED}),
    "of a scope": ({"positions": {2}}, set()),
}


@pytest.mark.parametrize("name", CLASSED)
def test_a_pack_tells_of_an_erasure_what_its_class_may(board, name, tmp_path):
    """Every pack shows what was erased, by digest, and verifies; why, on what grounds and who asked only one that is for such eyes."""
    options, told = CLASSED[name]
    ref = somebody(board)
    before = board.board.size()
    granted(board, ref, outcome="granted-in-part", exemption="legal claims")
    board.act("dpo", "erase_personal_data", ref, late_reason=LATE)
    write_pack(board.board.recorder, tmp_path / "pack", **options)
    shown = disclosed(tmp_path / "pack", range(before + 1, before + 4))

    assert verify(tmp_path / "pack", key=board.board.recorder.vkey).code == 0
    assert "erased" in shown
    assert set(shown) & {"outcome", "late_reason", *ASKED_AND_DECIDED} == told


def test_what_every_pack_must_show_is_public():
    """The verification rests on public fields alone, so no pack has to show another for its sake."""
    needed = {(event, name) for event, names in SHOWN.items() for name in names if event in EVENTS}

    assert {event for event, _ in needed} == {*SHOWN} - {ERASED}
    assert {each for each in needed if fields_by_name(EVENTS[each[0]])[each[1]].sensitivity != "public"} == set()
    assert fields_by_name(DataSubject.PersonalDataErased)["erased"].sensitivity == "public"


def test_what_was_erased_is_nowhere_in_the_database(board):
    """Neither name nor contact is left in any table in a form that could be read; the views rebuild to what they were."""
    ref = somebody(board)
    granted(board, ref)
    board.catch_up()
    board.act("dpo", "erase_personal_data", ref)
    board.catch_up()
    heap = everything(board.config)

    assert not [text for word in (NAME, CONTACT) for text in spellings(word) if text in heap]
    assert board.board.subjects.reveal_all(range(1, board.board.size() + 1)).get((board.board.size(), "name")) is None
    assert NAME not in board.board.people()


def test_status_says_that_texts_are_still_shown_until_the_views_have_caught_up(board):
    """While `muniment work` is stopped a text that went is read from the views: whoever runs the service is told, and only then."""
    ref = somebody(board)
    granted(board, ref)
    board.catch_up()
    board.act("dpo", "erase_personal_data", ref)
    settings = {"MUNIMENT_DATA": str(board.config.data), "MUNIMENT_DATABASE_URL": board.config.database_url}
    told = f"WRONG  1 person was erased since event {board.board.size() - 1}, and texts that went with them are still shown"
    assert told in CliRunner().invoke(main, ["status"], env=settings).output
    board.catch_up()

    assert "still shown" not in CliRunner().invoke(main, ["status"], env=settings).output


def test_what_named_them_and_was_corrected_goes_with_them_and_nothing_else_does(board, tmp_path):
    """F.8: a name that was corrected out of a text, or stood in what was retracted, is nowhere, and the log still proves all the rest.

    A surname alone is somebody else's too, and what names another who is under a hold stays; so does the proof, whatever is amended later.
    """
    board.act("riv-lead", "accept_action", "A1")
    others = ("Mary Quill-Nightingale told us", f"{NAME} and Nina Vellum agreed")
    for narrative in (*others, f"We asked {NAME} about it", f"{NAME.upper()} was away", "Half is done"):
        board.act("riv-lead", "report_progress", "A1", narrative=narrative, rag="amber")
    board.act("dpo", "place_legal_hold", somebody(board, "Nina Vellum"), matter="Inquest", reason="The coroner asks")
    ref, last = somebody(board), board.board.load(Action, "A1").version
    why = {"about": "action", "reason": "It named somebody"}
    board.act("riv-lead", "correct_entry", "A1", amends=last - 2, corrected={"narrative": "We asked a colleague"}, **why)
    board.act("riv-lead", "retract_entry", "A1", amends=last - 1, **why)
    for amends in (last - 4, last - 3):
        board.act("riv-lead", "retract_entry", "A1", amends=amends, **why)
    granted(board, ref)
    board.catch_up()
    assert any(text in everything(board.config) for text in spellings(NAME))
    board.act("dpo", "erase_personal_data", ref)
    board.catch_up()

    assert not [text for word in (NAME.upper(), f"asked {NAME}") for text in spellings(word) if text in everything(board.config)]
    assert board.board.load(DataSubject, ref, fresh=True).state.erased == 4
    with psycopg.connect(board.config.conninfo("reader")) as conn:
        told = conn.execute("SELECT body ->> 'narrative' FROM views.inspection_history WHERE body ? 'narrative' ORDER BY position")
        assert [text for (text,) in told] == [*others, "[erased 5 September 2016]", "[erased 5 September 2016]", "Half is done"]
    size = board.board.size()
    board.act("riv-lead", "retract_entry", "A1", amends=last + 1, **why)  # the correction: what went stands again, and had gone by then
    write_pack(board.board.recorder, tmp_path / "pack")
    found = audit(tmp_path / "pack", key=board.board.recorder.vkey)
    assert found.code == 0, "\n".join(found.lines)
    assert any("4 erased" in line for line in found.lines), found.lines
    explained(board, tmp_path / "early", size)


def test_every_wording_of_a_text_that_was_corrected_twice_goes_and_so_do_reasons_that_name_them(board, tmp_path):
    """F.8: what a correction gave goes once another took it back, unless more of it stands; why it was made goes where that names them."""
    board.act("riv-lead", "accept_action", "A1")
    board.act("riv-lead", "report_progress", "A1", narrative=f"{NAME} was away", rag="amber")
    number = board.board.load(Action, "A1").version
    whole, more = f"{NAME} measures it", f"{NAME} agreed to it"
    said = {"success_measure": more, "intended_outcome": "All are seen"}
    for amends, corrected, reason in (
        (number, {"narrative": f"{NAME} was on leave", "rag": "red"}, f"{NAME} was not away"),
        (number, {"narrative": "A colleague was on leave"}, "It named somebody"),
        (number + 2, {"reason": "It named somebody", "corrected": {"narrative": "A colleague was ill"}}, f"Not by {NAME}"),
    ):
        board.act("riv-lead", "correct_entry", "A1", about="action", amends=amends, corrected=corrected, reason=reason)
    for corrected in ({"intended_outcome": whole}, said, {"success_measure": "All agreed to it"}):
        board.act("chair", "correct_entry", "A2", about="action", amends=1, corrected=corrected, reason="Better so")
    before = {ref: board.board.load(Action, ref, fresh=True).standing for ref in ("A1", "A2")}
    ref = somebody(board)
    granted(board, ref)
    board.catch_up()
    board.act("dpo", "erase_personal_data", ref)
    board.catch_up()

    heap = everything(board.config)
    gone = (f"{NAME} was away", f"{NAME} was on leave", f"{NAME} was not away", f"Not by {NAME}", whole)
    assert not [text for word in gone for text in spellings(word) if text in heap]
    assert any(text in heap for text in spellings(more))  # beside it stands what was right
    assert {ref: board.board.load(Action, ref, fresh=True).standing for ref in before} == before
    write_pack(board.board.recorder, tmp_path / "pack")
    found = audit(tmp_path / "pack", key=board.board.recorder.vkey)
    assert found.code == 0, "\n".join(found.lines)


@pytest.mark.parametrize("made", [True, False])
def test_what_was_proposed_goes_once_it_was_made_or_retracted_and_the_audit_agrees(board, made, tmp_path):
    """F.8: what a proposal gave and why says nothing that stands any more; that it went breaks no rule."""
    said = {"about": "action", "amends": 1, "corrected": {"success_measure": f"{NAME} agreed to it"}}
    proposed = board.act("board-manager", "propose_amendment", "A2", reason=f"{NAME} asked for it", **said).positions[-1]
    number = board.board.load(Action, "A2").version
    if made:
        board.act("chair", "correct_entry", "A2", proposal=number, reason="Right", **said)
    else:
        board.act("board-manager", "retract_entry", "A2", about="action", amends=number, reason="No")
    ref = somebody(board)
    granted(board, ref)
    board.act("dpo", "erase_personal_data", ref)

    holds(board, tmp_path)
    assert "reason" not in disclosed(tmp_path / "pack", {proposed})


def test_an_erasure_of_what_a_proposal_says_that_waits_fails_the_audit(board, tmp_path, monkeypatch):
    """A service that takes away what is still to be countersigned is found out by its own list of what went."""
    said = {"about": "action", "amends": 1, "corrected": {"success_measure": "All agreed to it"}}
    proposed = board.act("board-manager", "propose_amendment", "A2", reason=f"{NAME} asked for it", **said).positions[-1]
    erase_too(board, proposed, "reason", monkeypatch)
    write_pack(board.board.recorder, tmp_path / "pack")
    found = audit(tmp_path / "pack", key=board.board.recorder.vkey)

    (failure,) = [one for check in found.checks for one in check.failures]
    assert (found.code, failure.rule) == (1, "INV-39")
    assert f"#{proposed} reason" in failure.says


def test_a_reason_that_was_corrected_goes_and_the_audit_does_not_take_it_to_stand(board, tmp_path):
    """F.8: why something was amended changes nothing, in a correction of the amendment neither, though it is the last one."""
    why = {"about": "action", "reason": "Better so"}
    board.act("chair", "correct_entry", "A2", amends=1, corrected={"due_on": "2016-10-01"}, **why)
    last = board.board.load(Action, "A2").version
    given = board.act("chair", "correct_entry", "A2", amends=last, corrected={"reason": f"{NAME} asked for it"}, **why).positions[-1]
    ref = somebody(board)
    granted(board, ref)
    board.act("dpo", "erase_personal_data", ref)

    holds(board, tmp_path)
    assert "corrected" not in disclosed(tmp_path / "pack", {given})


def test_a_correction_that_stands_is_missed_where_it_is_kept_back_and_may_not_be_erased(board, tmp_path, monkeypatch):
    """What stands in the place of another is the record: an audit names it, whoever takes it out of a pack and however."""
    amends, part = {"about": "action", "amends": 1, "reason": "Better so"}, "corrected_public"
    given = board.act("chair", "correct_entry", "A2", corrected={"due_on": "2016-10-01"}, **amends).positions[-1]
    write_pack(board.board.recorder, tmp_path / "kept back")
    keep_back(tmp_path / "kept back", given, part)
    found = audit(tmp_path / "kept back", key=board.board.recorder.vkey)
    assert [(one.position, one.field) for check in found.checks for one in check.failures] == [(given, part)]

    erase_too(board, given, part, monkeypatch)
    write_pack(board.board.recorder, tmp_path / "erased")
    found = audit(tmp_path / "erased", key=board.board.recorder.vkey)
    (failure,) = [one for check in found.checks for one in check.failures]
    assert (failure.rule, f"#{given} {part}" in failure.says) == ("INV-39", True)


@pytest.mark.parametrize(
    ("later", "failed"),
    [({"narrative": "All are read"}, True), ({"rag": "red"}, False), (None, False)],
    ids=["in another part", "in the same part", "retracted"],
)
def test_an_erased_correction_that_was_amended_later_is_judged_as_far_as_can_be_known(board, tmp_path, monkeypatch, later, failed):
    """INV-39: what no later correction can have given stood, and fails the audit; what one may have given is named as not audited."""
    board.act("riv-lead", "accept_action", "A1")
    board.act("riv-lead", "report_progress", "A1", narrative="Half is read", rag="amber")
    number, part = board.board.load(Action, "A1").version, "corrected_public"
    amends = {"about": "action", "amends": number, "reason": "Better so"}
    given = board.act("riv-lead", "correct_entry", "A1", corrected={"rag": "green"}, **amends).positions[-1]
    if later:
        board.act("riv-lead", "correct_entry", "A1", corrected=later, **amends)
    else:
        board.act("riv-lead", "retract_entry", "A1", **amends | {"amends": number + 1})
    erase_too(board, given, part, monkeypatch)
    write_pack(board.board.recorder, tmp_path / "pack")
    found = audit(tmp_path / "pack", key=board.board.recorder.vkey)

    assert (found.code, [one.rule for check in found.checks for one in check.failures]) == ((1, ["INV-39"]) if failed else (0, []))
    named = f"not audited: what was amended: #{given}: whether all that this correction gave was taken back" in "\n".join(found.lines)
    assert named == (later is not None and not failed)


def erase_too(it, position, field, monkeypatch):
    """Erase somebody, and with them a field of an entry, as a service would that had been changed."""
    ref = somebody(it)
    with psycopg.connect(it.config.conninfo("owner")) as conn:
        (said,) = conn.execute("SELECT disclosures FROM ledger.disclosure WHERE position = %s", (position,)).fetchone()
    texts = [Text(uuid.UUID(ref), position, name, digest(each), each) for each, name, _ in of_entry(said) if name == field]
    monkeypatch.setattr(it.board, "superseded", lambda *_: texts)
    granted(it, ref)
    it.act("dpo", "erase_personal_data", ref)


def explained(board, pack, size):
    """Hold a pack of before an erasure to the entry that it comes with: without it, or with another, the audit misses each text by name."""
    write_pack(board.board.recorder, pack, size=size - 1)
    found = audit(pack, key=board.board.recorder.vkey)
    assert found.code == 0, "\n".join(found.lines)
    (file,) = pack.glob("gone/*.json")
    line = json.loads(file.read_text())
    other, nobodys = str(board.board.recorder.receipt(size - 1)), line["proof"].replace("log.severnbrook.example/test", "nobodys.example")
    for changed in (line | {"went": line["went"][:-8] + "AAAAAAAA"}, line | {"proof": other}, line | {"proof": nobodys}, None):
        file.write_bytes(canonical(changed)) if changed else file.unlink()
        found = audit(pack, key=board.board.recorder.vkey)
        missed = [one.field for check in found.checks for one in check.failures if "neither shown nor erased" in one.says]
        assert (found.code, missed) == (1, ["narrative", "narrative"])


def test_an_erasure_on_another_branch_of_the_log_explains_no_other_text_at_its_place(board, small_board, lending, tmp_path):
    """Two boards of one key, as of a restored backup: the entry of the one explains what it erased, and not what the other recorded."""
    (tmp_path / "other").mkdir()
    with copy_of(small_board, lending, tmp_path / "other") as other:
        erased_there = corrected(with_officer(other), f"{NAME} was away")
        size, ref = other.board.size(), somebody(other)
        granted(other, ref)
        other.act("dpo", "erase_personal_data", ref)
        write_pack(other.board.recorder, tmp_path / "there", size=size)
    assert audit(tmp_path / "there", key=other.board.recorder.vkey).code == 0
    kept_back = corrected(board, "Nothing was done")
    assert kept_back == erased_there
    write_pack(board.board.recorder, tmp_path / "here")
    keep_back(tmp_path / "here", kept_back, "narrative")
    shutil.copytree(tmp_path / "there" / "gone", tmp_path / "here" / "gone")
    found = audit(tmp_path / "here", key=board.board.recorder.vkey)

    missed = [(one.position, one.field) for check in found.checks for one in check.failures]
    assert (found.code, missed) == (1, [(kept_back, "narrative")])


def corrected(it, narrative):
    """Have progress reported on A1, and what was said corrected; return where it was said."""
    it.act("riv-lead", "accept_action", "A1")
    at = it.act("riv-lead", "report_progress", "A1", narrative=narrative, rag="amber").positions[-1]
    why = {"about": "action", "amends": it.board.load(Action, "A1").version, "reason": "It was wrong"}
    it.act("riv-lead", "correct_entry", "A1", corrected={"narrative": "Half is done"}, **why)
    return at


def keep_back(pack, position, field):
    """Take a field of an entry out of a pack, as what is withheld."""
    for path in pack.glob("disclosures/**/*.jsonl"):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        for line in lines:
            gone = [each for each in line["disclosed"] if line["index"] + 1 == position and json.loads(unb64url(each))[1] == field]
            line["disclosed"] = [each for each in line["disclosed"] if each not in gone]
            line["withheld"] += map(digest, gone)
        path.write_bytes(b"".join(canonical(line) + b"\n" for line in lines))


def test_nothing_is_sealed_again_for_who_was_erased(board):
    """No process makes them another key, neither the one that erased nor one that has the old key in memory."""
    ref = somebody(board)
    other = Board(board.config, board.board.keys, clock=board.clock)
    try:
        digest = "A" * 43
        other.subjects.seal(uuid.UUID(ref), digest, "before")  # which remembers the key
        granted(board, ref)
        board.act("dpo", "erase_personal_data", ref)
        for process in (board.board, other):
            again = DataSubject.register(
                uuid.uuid4(), acting=Acting(), occurred_on=date(2016, 9, 5), name=Sealed(uuid.UUID(ref), "Ada again")
            )
            with pytest.raises(SubjectErased):
                process.record(again, ref, Write())
    finally:
        other.close()


def test_nothing_is_erased_without_the_entry_that_says_so(board):
    """The database itself refuses whoever may write: no entry of this very transaction, or another number of values, and nothing goes."""
    ref = somebody(board)
    before = kept(board)
    with psycopg.connect(board.config.conninfo("writer")) as conn, pytest.raises(psycopg.DatabaseError, match="the entry that says so"):
        conn.execute("SELECT sealed.erase(%s, 2)", ([uuid.UUID(ref)],))
    with psycopg.connect(board.config.conninfo("writer")) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("DELETE FROM sealed.subject_key")
    granted(board, ref)
    with psycopg.connect(board.config.conninfo("owner")) as conn:
        (each,) = conn.execute("SELECT split_part(disclosures, '~', 2) FROM ledger.disclosure WHERE position = 3").fetchone()
    ((field, _),) = open_disclosures([digest(each)], [each]).values()
    text = Text(uuid.UUID(ref), 3, field, digest(each), each)  # which is there, and is nothing of theirs
    goes = board.board.subjects.kept([uuid.UUID(ref)])
    for erased, erases in ([], Erases((uuid.UUID(ref),), 0)), (goes, Erases((uuid.UUID(ref),), len(goes), (text,))):
        thing = board.board.load(DataSubject, ref, fresh=True)
        thing.erase(acting=Acting(), occurred_on=date(2016, 9, 5), erased=erased)
        with pytest.raises(ErasesUnlisted):
            board.board.record(thing, ref, Write(erases=erases))

    assert kept(board)[1] == before[1]
    assert board.board.load(DataSubject, ref, fresh=True).state.erased_on is None


def test_inv_39_a_legal_hold_on_any_reference_stands_against_it(board):
    """INV-39: a hold on the one reference stands against an erasure of the other, granted or done; refused, it names its exemption."""
    one, other = somebody(board), somebody(board, "Ada Feather")
    board.act("dpo", "place_legal_hold", other, matter="Inquest", reason="The coroner asks")
    board.act("dpo", "merge_subjects", other, into=one, reason="She married")
    board.act("dpo", "request_erasure", one, **ASKED)
    with pytest.raises(law.HoldStands, match="Inquest"):
        board.act("dpo", "decide_erasure", one, outcome="granted", exemption=None, reason="Why not")
    board.act("dpo", "decide_erasure", one, outcome="refused", exemption="legal claims", reason="The inquest is open")

    assert board.board.load(DataSubject, one, fresh=True).state.erasures[0].exemption == "legal claims"


def test_an_erasure_takes_every_reference_of_a_person(board):
    """What is kept under a reference that was merged goes with the one that goes on, each with an entry in its own stream."""
    one, other = somebody(board), somebody(board, "Ada Feather")
    board.act("dpo", "merge_subjects", other, into=one, reason="She married")
    granted(board, one)
    board.act("dpo", "erase_personal_data", one)

    assert {uuid.UUID(one), uuid.UUID(other)} & kept(board)[1] == set()
    assert [board.board.load(DataSubject, ref, fresh=True).state.erased for ref in (one, other)] == [2, 2]


def test_who_holds_an_office_is_not_erased(board):
    """Whoever acts for the Board is stood down first (journey F.8); then their acts stay, and their values go, and their account."""
    person = str(board.people["trainer"])
    address, key = board.email("trainer"), board.keys["trainer"]
    granted(board, person)
    with pytest.raises(law.StillServes, match="trainer"):
        board.act("dpo", "erase_personal_data", person)
    board.act("board-manager", "stand_down_office_holder", "trainer", until_on="2016-09-05", reason="retired")
    board.clock.advance(days=1)
    board.act("dpo", "erase_personal_data", person)

    assert uuid.UUID(person) not in kept(board)[1]
    assert not [text for text in spellings(address) if text in everything(board.config)]
    with psycopg.connect(board.config.conninfo("writer")) as conn, pytest.raises(NotSignedIn):
        accounts.caller_of_key(conn, key)


def test_references_merge_into_one_that_goes_on(board):
    """Nothing merges into a reference that was itself merged, or erased, or is not there."""
    one, other, third = somebody(board), somebody(board, "Ada Feather"), somebody(board, "Ada Pen")
    board.act("dpo", "merge_subjects", other, into=one, reason="She married")
    with pytest.raises(law.MergesBack):
        board.act("dpo", "merge_subjects", third, into=other, reason="The same")
    with pytest.raises(NotFound):
        board.act("dpo", "merge_subjects", third, into=str(uuid.uuid4()), reason="The same")
    granted(board, one)
    board.act("dpo", "erase_personal_data", one)
    with pytest.raises(law.Gone):
        board.act("dpo", "merge_subjects", third, into=one, reason="The same")


def again(it, office, name):
    """Give whoever holds an office a second reference, in the office of a Board-wide sub-group chair; return what they then act in."""
    ref = str(uuid.uuid4())
    it.act("board-manager", "register_subject", ref, name=name, contact=None)
    it.act("board-manager", "stand_down_office_holder", office, until_on="2016-09-05", reason="moved")
    it.clock.advance(days=1)
    said = {"title": "Quality chair", "role": "sub-group chair", "body": "QEG", "holder": ref, "employer": "CQH", "from_on": "2016-09-06"}
    it.act("board-manager", "appoint_office_holder", office, **said, until_on=None)
    return ref


def test_inv_12_two_references_of_one_person_are_that_person(board):
    """INV-12: whoever submitted under one reference does not sign off under another; until they are merged, nobody can know."""
    file = board.board.receive(BytesIO(b"%PDF-1.4 audit"), "audit.pdf", board.callers["riv-lead"])
    evidence = [{"sha256": file.sha256, "title": "Audit", "evidence_date": "2016-09-02"}]
    board.act("riv-lead", "accept_action", "A1")
    board.act("riv-lead", "submit_evidence", "A1", evidence=evidence, effect="Children are seen")
    board.act("riv-lead", "mark_implemented", "A1", statement="It is done")
    ref = again(board, "quality-chair", "Somebody Else")
    board.act("dpo", "merge_subjects", ref, into=str(board.people["riv-lead"]), reason="One person")
    with psycopg.connect(board.config.conninfo("writer"), autocommit=True) as conn:
        conn.execute("UPDATE desk.account SET person = %s WHERE email = %s", (uuid.UUID(ref), board.email("quality-chair")))
    with psycopg.connect(board.config.conninfo("writer")) as conn:
        board.callers["quality-chair"] = accounts.caller_of_key(conn, board.keys["quality-chair"])

    with pytest.raises(refusals.SamePerson):
        board.act("quality-chair", "sign_off_action", "A1", effect="Children are seen")


def test_inv_01_what_was_held_under_another_reference_is_known_of_a_lead_reviewer(board):
    """INV-01: who employed a lead reviewer is looked for under every reference of theirs."""
    ref = somebody(board, "Nina Vellum")
    board.act("dpo", "merge_subjects", ref, into=str(board.people["riv-lead"]), reason="One person")

    assert "RIV" in {one["organisation"] for one in board.board._employed(uuid.UUID(ref), date(2016, 9, 5))}
