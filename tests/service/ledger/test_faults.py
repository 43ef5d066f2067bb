"""Each call to the file system by which a pack or a file of evidence is written fails in turn, or is the last of its process."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from aggregates.entry.values import Evidence
from service.ledger.pack.files import PIECE
from tests.faults.__main__ import store_in
from tests.needs import needs_program
from tests.service.ledger.sample import DAY

if TYPE_CHECKING:
    from collections.abc import Callable

SHIM = Path(__file__).parents[2] / "faults/shim.c"
HOWS = {"ENOSPC", "EIO", "SIGKILL"}
ON_ITS_WAY = {"nothing", "nothing, 1 on its way"}  # which nobody is answered, and which is swept


@pytest.fixture(scope="module")
def shim(tmp_path_factory) -> Path:
    """Build what stands before the C library."""
    needs_program("gcc")
    built = tmp_path_factory.mktemp("shim") / "shim.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", built, SHIM, "-ldl"], check=True)
    return built


@pytest.fixture
def faults(shim, tmp_path) -> Callable[[str, object], list[dict[str, object]]]:
    """Give a function that does some work over and over, with each of its faults, and says how each ended and what was found then."""

    def each(work: str, config: object = None) -> list[dict[str, object]]:
        command = [sys.executable, "-m", "tests.faults", work, str(tmp_path)]
        environment, root = os.environ | {"LD_PRELOAD": str(shim)}, SHIM.parents[2]
        done = subprocess.run(command, input=pickle.dumps(config), env=environment, cwd=root, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]

    return each


def ended(found: list[dict[str, object]], how: str) -> list[dict[str, object]]:
    """Return what happened to the calls that failed in this way; the last attempt made no more calls, and must have come to its end."""
    *failed, last = [one for one in found if one["how"] == how]

    assert (last["ended"], last["found"]) == ("over", "whole"), last
    return failed


@pytest.mark.parametrize("name", ["pack", "pack.zip"])
def test_a_pack_is_whole_or_is_not_there(notes, database, faults, name, tmp_path):
    """A pack of which a call fails, in its evidence too, leaves nothing; one whose writer is killed is not there, or verifies."""
    note = notes.open("A note")
    content = b"%PDF-1.4\n" + Random(1).randbytes(PIECE) + b"\n%%EOF\n"  # noqa: S311 - more than is copied at once, and does not shrink
    kept = store_in(tmp_path).receive(BytesIO(content), "minutes.pdf")
    said = {"filename": "minutes.pdf", "title": "Minutes", "evidence_date": DAY, "received_at": "now", "classification": "internal"}
    note.put(Evidence(kept.sha256, kept.size, kept.media_type, **said))
    notes.save(note)
    found = faults(name, database)

    for how in HOWS - {"SIGKILL"}:
        failed = ended(found, how)
        assert len(failed) > 20, "the calls were not seen"
        assert {one["found"] for one in failed if one["ended"] != "done"} == {"nothing"}, failed
        assert {one["found"] for one in failed if one["ended"] == "done"} <= {"whole"}, failed  # a folder that was there already
    failed = ended(found, "SIGKILL")
    assert {one["ended"] for one in failed} == {"killed"}
    assert {str(one["found"]).partition(" ")[0] for one in failed} <= {"nothing", "None"}, failed  # with a hidden folder beside, or none


def test_evidence_is_kept_whole_or_not_at_all(faults):
    """A file of which a call fails is refused, and is not there, or is whole; nor is there ever half a file where a writer is killed."""
    found = faults("evidence")

    for how in HOWS:
        failed = ended(found, how)
        named = next(at for at, one in enumerate(failed) if str(one["found"]).startswith("whole"))  # from there on its name is made durable
        assert named > 7, "the calls were not seen"
        assert {one["found"] for one in failed[:named]} <= ON_ITS_WAY, failed
        assert {one["found"] for one in failed[named:]} <= {"whole", "whole, 1 on its way"}, failed
        assert "done" not in {one["ended"] for one in failed}, "it was answered that a file is kept, of which a call had failed"
