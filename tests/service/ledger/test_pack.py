"""The pack writer: what it takes out of a ledger verifies, withholds what it should, and is whole or not there."""

from __future__ import annotations

import json
import zipfile
from uuid import uuid4

import pytest

from aggregates import EVENTS
from aggregates.entry.fields import CORRECTED, ENVELOPE, fields_by_name
from aggregates.review import Review
from service.ledger.pack import PUBLICLY, PackExists, write_pack
from service.ledger.pack.auditing import audit
from service.verify import unb64url, verify


@pytest.fixture
def recorder(notes):
    """Give the recorder of a log with some events, two of them about a person."""
    note = notes.open(person=uuid4())
    for line in ("Visited at nine", "Visited at ten"):
        note.write(line)
        notes.save(note)
    note.name_person(uuid4(), "J. Example")
    notes.save(note)
    notes.open("Another note")
    return notes.recorder


def shown(folder) -> set[str]:
    """Return the names of all fields that a pack discloses."""
    lines = [json.loads(line) for path in folder.glob("disclosures/**/*.jsonl") for line in path.read_text().splitlines()]
    return {json.loads(unb64url(each))[1] for line in lines for each in line["disclosed"]}


def test_a_complete_pack_verifies(recorder, tmp_path):
    """The whole log goes into a pack that verifies under the log's key, and holds nothing personal."""
    summary = write_pack(recorder, tmp_path / "pack")
    verdict = verify(tmp_path / "pack", key=recorder.vkey, known={"kept": recorder.newest(), "receipt": str(recorder.receipt(2))})

    assert (verdict.code, summary.entries, summary.size) == (0, 6, 6), verdict.lines
    assert "name" not in shown(tmp_path / "pack")
    assert b"J. Example" not in b"".join(path.read_bytes() for path in (tmp_path / "pack").rglob("*") if path.is_file())


def test_a_pack_of_a_scope_verifies(recorder, tmp_path):
    """A pack of two events holds those and the registry's, each proved from the tiles."""
    summary = write_pack(recorder, tmp_path / "pack", positions={3, 5})
    verdict = verify(tmp_path / "pack", key=recorder.vkey)

    assert (verdict.code, summary.entries) == (0, 3), verdict.lines
    assert sorted(path.name for path in (tmp_path / "pack" / "entry").iterdir()) == ["0", "2", "4"]


def test_a_public_pack_withholds_all_else(recorder, tmp_path):
    """With public fields alone disclosed the pack verifies all the same, by the digests of the others."""
    write_pack(recorder, tmp_path / "pack", disclosing=PUBLICLY)
    verdict = verify(tmp_path / "pack", key=recorder.vkey)

    assert verdict.code == 0, verdict.lines
    assert "ref" in shown(tmp_path / "pack")
    assert not shown(tmp_path / "pack") & {"title", "line", "name"}
    assert shown(tmp_path / "pack") >= {*ENVELOPE} - {"by_person", "late_reason"}


def test_nothing_public_counts_who_took_part_in_a_review():
    """However many contributed, were invited or said how it was: no count, and no total, from which few could be worked out."""
    counting = {one for one in EVENTS.values() if "count" in fields_by_name(one)}
    said = {"amends": 1, CORRECTED["public"]: {"count": 3}}

    assert {Review.PractitionersInvited, Review.PractitionersContributed, Review.ParticipantFeedbackReceived} <= counting
    assert {name for one in counting for name in PUBLICLY.shown(one, {"count": 12})} == set()
    assert PUBLICLY.shown(Review.EntryCorrected, said) == {"amends"}


def test_a_zip_is_the_folder_and_the_same_each_time(recorder, tmp_path):
    """A zip holds what the folder holds, and the same log gives the same bytes."""
    for name in ("one.zip", "two.zip", "folder"):
        write_pack(recorder, tmp_path / name)
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    folder = {
        path.relative_to(tmp_path / "folder").as_posix(): path.read_bytes() for path in (tmp_path / "folder").rglob("*") if path.is_file()
    }

    assert zipped == folder
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert verify(tmp_path / "one.zip", key=recorder.vkey).code == 0


def test_a_pack_is_never_written_over_anything(recorder, tmp_path):
    """Where something is already, the pack is refused and nothing of it is left."""
    (tmp_path / "pack").mkdir()
    with pytest.raises(PackExists):
        write_pack(recorder, tmp_path / "pack")

    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def test_a_pack_that_cannot_be_finished_leaves_nothing(recorder, tmp_path):
    """A writer that fails half way takes what it wrote with it."""
    (tmp_path / "in_the_way").write_text("a file")
    with pytest.raises(OSError, match="in_the_way"):
        write_pack(recorder, tmp_path / "in_the_way" / "pack")

    assert [path.name for path in tmp_path.iterdir()] == ["in_the_way"]


def test_events_of_a_later_version_are_unverified_in_meaning_alone(recorder, tmp_path):
    """F.4: a kind of event that this version does not know verifies green, and is named."""
    write_pack(recorder, tmp_path / "pack")
    found = audit(tmp_path / "pack")

    assert found.code == 0, found.lines
    assert any("unverified semantics, verified integrity: note." in line for line in found.lines)


def test_the_verifier_travels_with_its_recipes(recorder, tmp_path):
    """A pack brings the verifier and how to do without it."""
    write_pack(recorder, tmp_path / "pack")

    assert (tmp_path / "pack" / "verify.py").read_text().startswith('r"""Verify a sealed pack offline.')
    assert recorder.vkey in (tmp_path / "pack" / "VERIFY.md").read_text()
