"""Journeys of the specification, walked from outside over Severnbrook's seven years: F.1 (steps 2 and 3), F.4 and F.10."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import psycopg
import pytest

from aggregates import EVENTS
from aggregates.entry.fields import fields_by_name
from service.application import Board
from service.desk import accounts
from service.ledger import keys
from service.ledger.tree import Frontier
from service.verify import TILE, b64url, canonical, leaf_hash, tile_name, unb64url
from tests.acceptance import boards
from tests.acceptance.boards import line, progress
from tests.acceptance.forging import claims_of
from tests.acceptance.product import Product, positions, verify

if TYPE_CHECKING:
    from pathlib import Path

KNOWN_LATE = {"A3-BPF", "A3-HVN"}  # whose assignment was left out, and recorded by the board manager only afterwards


# -- F.1: the inspector replays a day ------------------------------------------------------------------------------------------


def test_f1_the_same_day_known_then_and_known_now(severnbrook):
    """As known on the day three actions were overdue; as known today it was five: two were recorded late, and say when and why."""
    asked = ("register", "--as-at", "2016-11-14", "--overdue", "--format", "json")
    then = refs(severnbrook.does(*asked, "--known-at", "2016-11-14"))
    now = refs(severnbrook.does(*asked))
    assert (len(then), len(now)) == (3, 5)
    assert set(now) - set(then) == KNOWN_LATE
    for ref in KNOWN_LATE:
        first = history(severnbrook, ref)[0]
        assert first["topic"] == "action.assigned.v1"
        assert first["occurred_on"] <= "2016-11-14" < first["recorded_at"][:10]
        assert first["late"] > 0
        assert first["late_reason"]
        assert (first["by_office"], first["on_behalf_of"]) == ("board-manager", "chair")


def test_f1_what_was_known_does_not_change(severnbrook):
    """What was known on a day, or at an event, is the same answer whatever is recorded afterwards."""
    asked = ("register", "--as-at", "2016-11-14", "--known-at", "2016-11-14", "--format", "json")
    before = severnbrook.does(*asked)
    late = {"occurred_on": "2016-11-10", "late_reason": "Found in the minutes", "at": "2021-09-29T09:00:00+01:00"}
    said = progress("A13", **late) | {"by": "lead-RIV"}
    ran = severnbrook.brings_in(said, MUNIMENT_KEY=import_key(severnbrook), **NOW)
    assert ran.code == 0, ran
    severnbrook.does("rebuild")
    assert severnbrook.does(*asked) == before


@pytest.mark.parametrize(
    ("clocks", "why"),
    [
        (("--as-at", "2016-11-14", "--known-at", "2016-11-13"), "nobody could know"),
        (("--as-at", "2016-11-14", "--known-at", "2031-01-01"), "Nothing is known yet"),
    ],
)
def test_f1_clocks_in_the_wrong_order(severnbrook, clocks, why):
    """Clocks against the order of time are refused in plain words."""
    ran = severnbrook.run("register", *clocks)
    assert (ran.code, ran.out) == (1, "")
    assert why in ran.err


# -- F.4: the auditor verifies offline -----------------------------------------------------------------------------------------


def test_f4_verified_with_nothing_but_the_pack(trail, postgres, tmp_path):
    """The pack's own verifier, isolated and in an empty folder, verifies it, and says what it checked: counts, keys, amendments."""
    alone = tmp_path / "verify.py"
    shutil.copy(trail / "verify.py", alone)
    severnbrook = boards.demonstration(postgres)
    command = [sys.executable, "-I", alone, trail, "--key", severnbrook.key]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    said = ran.stdout.splitlines()
    size = severnbrook.note.splitlines()[1]
    assert "DEMONSTRATION" in said[0]
    assert any(text.startswith("VERIFIED: log.severnbrook.example/demonstration") and f"#{size}" in text for text in said)
    assert any(text.startswith("checked: ") and f"{size} entries" in text for text in said)
    assert sum(text.startswith("key: ") for text in said) == 3
    assert next(text for text in said if text.startswith("corrections: ")).startswith("corrections: 6 #")
    assert next(text for text in said if text.startswith("retractions: ")).startswith("retractions: 1 #")
    assert "BY THE KEY IN THIS PACK" not in ran.stdout


def test_f4_a_tampered_copy(trail):
    """In a tampered copy the verifier names the event; and the field, where one was taken away."""
    index, told = entry_of(trail, "action.assigned.v1")
    path = trail / f"disclosures/{index // TILE:03d}.jsonl"
    whole, taken = path.read_text(), told["due_on"]
    path.write_text(whole.replace(f'"{taken}",', "").replace(f',"{taken}"', ""))
    ran = verify(trail)
    assert (ran.code, ran.out.startswith(f"NOT VERIFIED: #{index + 1}: ")) == (1, True)
    assert "'due_on'" in ran.out
    path.write_text(whole.replace(taken, told_anew(taken, "2031-12-16")))
    ran = verify(trail)
    assert (ran.code, ran.out.startswith(f"NOT VERIFIED: #{index + 1}: ")) == (1, True)
    path.write_text(whole)
    assert verify(trail).code == 0


def test_f4_a_truncated_copy(trail, tmp_path):
    """A copy that was cut back to an older checkpoint is consistent in itself, and fails against what the auditor kept."""
    (kept := tmp_path / "kept").write_text((trail / "checkpoint").read_text())
    size = max(int(path.name) for path in (trail / "checkpoints").iterdir())
    truncate(trail, size)
    ran = verify(trail)
    assert ran.code == 0, ran
    ran = verify(trail, "--known", kept)
    assert ran.code == 1
    assert f"this pack ends after {size}" in ran.out


def test_f4_an_old_receipt(severnbrook):
    """A receipt that was taken away years ago still proves its event in a pack of the log as it has grown since."""
    signed_off = positions(severnbrook, "action.signed_off.v1", "A13")[0]
    with_board = Board(severnbrook.config, keys.load(severnbrook.config))
    (receipt := severnbrook.data / "receipt").write_text(str(with_board.recorder.receipt(signed_off)))
    with_board.close()
    said = progress("A13", at="2021-09-29T09:00:00+01:00", occurred_on="2021-09-29") | {"by": "lead-RIV"}
    before = severnbrook.size
    assert severnbrook.brings_in(said, MUNIMENT_KEY=import_key(severnbrook), **NOW).code == 0
    assert severnbrook.size == before + 1
    ran = verify(severnbrook.pack(), "--known", receipt)
    assert ran.code == 0, ran
    (severnbrook.data / "forged").write_text(receipt.read_text().replace(f"index {signed_off - 1}", f"index {signed_off}"))
    ran = verify(severnbrook.data / "trail", "--known", severnbrook.data / "forged")
    assert ran.code == 1
    assert f"it does not prove #{signed_off + 1}" in ran.out


def test_f4_a_scope(severnbrook):
    """A pack of one review holds what is about it, and who could sign; it verifies, and says that streams were not checked for gaps."""
    scope = {item["position"] for item in history(severnbrook, "SB-2015-01")}
    severnbrook.does("pack", out := severnbrook.data / "scope", "--review", "SB-2015-01")
    ran = verify(out, "--key", severnbrook.key)
    assert ran.code == 0, ran
    assert "not checked: streams without gaps" in ran.out
    present = {int(path.name) + 1 for path in (out / "entry").iterdir()}
    assert scope < present
    registry = {
        at
        for (at,) in severnbrook.ask(
            "SELECT position FROM ledger.event WHERE topic ~ '^(ledger.established|keys|office)[.]|personal_data_erased'"
        )
    }
    assert present >= scope | registry
    assert severnbrook.run("audit", out).code == 0
    (out / "entry" / str(min(scope) - 1)).unlink()
    ran = verify(out)
    assert ran.code == 1
    assert f"#{min(scope)}" in ran.out


def test_f4_a_public_pack(severnbrook):
    """A pack for everybody verifies, and discloses nothing but what is classed as public; a withheld line taken away is missed by name."""
    severnbrook.does("pack", out := severnbrook.data / "public.zip", "--public")
    ran = verify(out, "--key", severnbrook.key)
    assert ran.code == 0, ran
    with zipfile.ZipFile(out) as archive:
        archive.extractall(public := severnbrook.data / "public")
    lines = lines_of(public)
    topics = [claims_of(entry)["evt"] for entry in bundle_of(public)]
    shown = {(topics[each["index"]], json.loads(unb64url(one))[1]) for each in lines for one in each["disclosed"]}
    assert {"due_on", "rag", "occurred_on"} <= {name for _, name in shown}
    assert [said for said in shown if fields_by_name(EVENTS[said[0]])[said[1]].sensitivity != "public"] == []
    index, withheld = next((each["index"], each["withheld"][0]) for each in lines if each["withheld"])
    path = public / f"disclosures/{index // TILE:03d}.jsonl"
    text = path.read_text()
    path.write_text(text.replace(f'"{withheld}",', "").replace(f',"{withheld}"', "").replace(f'"{withheld}"', ""))
    ran = verify(severnbrook.data / "public")
    assert ran.code == 1
    assert f"#{index + 1}: " in ran.out


def test_f4_the_rules_re_run(trail, folder):
    """From the pack alone, on a machine without the database: who could sign, independence, nine samples, every published figure."""
    alone = Product(folder)  # no database is there
    ran = alone.run("audit", trail, "--json")
    said = json.loads(ran.out)
    checks = {check["check"]: check for check in said["checks"]}
    assert (ran.code, ran.err, [check["failures"] for check in said["checks"] if check["failures"]]) == (0, "", [])
    assert checks["telephone samples"]["checked"] == 9
    assert checks["published figures"]["checked"] == 36
    assert sum("the same to the byte" in note for note in checks["published figures"]["notes"]) == 2
    assert checks["who could sign"]["checked"] > 5000
    assert checks["independence"]["checked"] > 1000
    assert sum("erased, as decided" in note for note in checks["what was amended"]["notes"]) == 1
    assert checks["what was amended"]["checked"] == 8
    path = trail / "disclosures/000.jsonl"
    path.write_text(path.read_text().replace('"disclosed":["', '"disclosed":["AAAA', 1))
    ran = alone.run("audit", trail)
    assert (ran.code, ran.out.startswith("NOT VERIFIED: #1: ")) == (1, True)


# -- F.10: what was recorded wrongly is put right ------------------------------------------------------------------------------


def test_f10_the_sign_off_that_does_not_stand(severnbrook):
    """A13 was signed off as known on 1 December 2016; as known today it was not, and the retraction says why and by whom."""
    assert status(severnbrook, "--as-at", "2016-12-01", "--known-at", "2016-12-01")["signed_off_on"] == "2016-11-21"
    as_known_now = status(severnbrook, "--as-at", "2016-12-01")
    assert (as_known_now["signed_off_on"], as_known_now["status"]) == (None, "implemented")
    as_known_then = history(severnbrook, "A13", "--known-at", "2016-12-01")
    assert [item["status"] for item in as_known_then if item["topic"] == "action.signed_off.v1"] == ["stands"]
    entries = {item["position"]: item for item in history(severnbrook, "A13")}
    first = next(item for item in entries.values() if item["topic"] == "action.signed_off.v1")
    retraction = entries[first["retracted_by"]]
    assert (first["occurred_on"], first["status"]) == ("2016-11-21", "retracted")
    assert (retraction["topic"], retraction["by_office"], retraction["occurred_on"]) == ("action.entry_retracted.v1", "chair", "2016-12-05")
    assert "owns the action" in retraction["body"]["reason"]
    proposal = next(item for item in entries.values() if item["topic"] == "action.amendment_proposed.v1")
    assert (proposal["by_office"], proposal["version"]) == ("board-manager", retraction["body"]["proposal"])


def test_f10_a_typing_error(severnbrook):
    """A corrected report shows both what was recorded and what it says now, and the correction is counted for its year."""
    told = next(item for item in history(severnbrook, "A3-RIV") if item["status"] == "corrected")
    assert "320 practitioners" in told["body"]["narrative"]
    assert "32 practitioners" in told["said"]["narrative"]
    [correction] = told["corrected_by"]
    assert correction in positions(severnbrook, "action.entry_corrected.v1", "A3-RIV")
    amendments = severnbrook.ask(
        "SELECT count(*) FROM views.inspection_history WHERE amends IS NOT NULL AND topic LIKE '%%.entry_corrected.v1'"
    )
    assert amendments == [(6,)]


def test_f10_a_correction_of_a_correction(severnbrook):
    """A correction is itself corrected, and what stands is the last; before it was recorded, the first one stood."""
    entries = history(severnbrook, "A15")
    first, second = (item for item in entries if item["topic"] == "action.entry_corrected.v1")
    told = next(item for item in entries if first["position"] in item["corrected_by"])
    assert told["body"]["occurred_on"] == "2017-11-20"
    assert told["said"]["occurred_on"] == "2017-11-14"
    then = next(item for item in history(severnbrook, "A15", "--known-at", second["position"] - 1) if item["position"] == told["position"])
    assert then["said"]["occurred_on"] == "2017-11-15"


def test_f10_what_nobody_may_correct(board):
    """No correction is circular, says what an entry is about anew, or is somebody else's: each is refused by its rule."""
    size = board.size
    fields = {"reason": "A typing error"}
    ran = board.brings_in(
        line("chair", "correct_entry", "A1", of="action", amends=9, corrected={"due_on": "2017-01-13"}, **fields),
        line("chair", "correct_entry", "A1", of="action", amends=1, corrected={"ref": "A7"}, **fields),
        line("cqh-lead", "correct_entry", "A1", of="action", amends=2, corrected={"occurred_on": "2016-09-04"}, **fields),
        line("board-manager", "retract_entry", "A1", of="action", amends=1, proposal=None, **fields),
    )
    assert (ran.code, board.size) == (1, size)
    told = ran.err.splitlines()
    assert len(told) == 4
    assert "There is no entry 9 of A1 to amend (what is on record is corrected in the open, and never changed)" in told[0]
    assert "cannot be corrected" in told[1]
    assert "a decision is amended by whoever made it" in told[3]


def test_f10_a_sealed_pack_stays_valid(board):
    """A correction made after a pack was sealed leaves the pack verified; the next pack extends it, and counts the correction."""
    sealed_before = board.pack("before")
    correction = line("chair", "correct_entry", "A1", of="action", amends=1, corrected={"due_on": "2017-01-13"}, reason="A typing error")
    assert board.brings_in(correction).code == 0
    assert verify(sealed_before, "--key", board.key).code == 0
    ran = verify(board.pack("after"), "--known", sealed_before / "checkpoint")
    assert ran.code == 0
    assert f"corrections: 1 #{board.size}" in ran.out


# -- F.1 and F.4: a pack is handed over ------------------------------------------------------------------------------------------


def test_a_pack_is_handed_to_whoever_holds_an_office(board):
    """With a key the manager hands a pack to an auditor, on record with its digest; twice in two processes it is the same to the byte."""
    inspector = boards.person("auditor")
    term = {"title": "Auditor", "role": "auditor", "body": None, "employer": None, "from_on": "2016-09-01", "until_on": None}
    covers = {"covers_from": "2016-09-01", "ceiling": "2016-09-05", "expires_on": "2016-10-01", "agency": None}
    refused = board.run("pack", board.data / "early.zip", "--for", "auditor")
    ran = board.brings_in(
        line("board-manager", "register_subject", inspector, name="The auditor", contact=None),
        line("board-manager", "appoint_office_holder", "auditor", holder=inspector, **term),
        line("chair", "open_inspection", "auditor", body="Auditors", purpose="audit", **covers),
    )
    assert (refused.code, ran.code, (board.data / "early.zip").exists()) == (1, 0, False), (refused, ran)
    board.does("rebuild")
    size = board.size
    for name in ("one.zip", "two.zip"):
        board.does("pack", board.data / name, "--for", "auditor", "--known-at", size)
    assert (board.data / "one.zip").read_bytes() == (board.data / "two.zip").read_bytes()
    assert (board.size, positions(board, "ledger.pack_sealed.v1")) == (size + 1, [size + 1])

    board.does("pack", whole := board.data / "whole")
    said = json.loads(board.run("audit", board.data / "one.zip", "--json").out)
    handed = next(text for text in lines_of(whole)[size]["disclosed"] if json.loads(unb64url(text))[1] == "pack_sha256")
    assert json.loads(unb64url(handed))[2] == said["pack_sha256"]
    assert (said["code"], board.size) == (0, size + 1)
    assert board.run("pack", board.data / "three.zip", "--for", "auditor", MUNIMENT_KEY="").code == 1
    beyond = board.run("pack", board.data / "three.zip", "--for", "auditor", "--from", "2015-01-01", "--to", "2016-09-05")
    assert (beyond.code, "outside your inspection" in beyond.err, (board.data / "three.zip").exists()) == (1, True, False)


# -- how it is asked -------------------------------------------------------------------------------------------------------------

NOW = {"MUNIMENT_DEMONSTRATION_CLOCK": "2021-09-30T12:00:00+01:00"}


def refs(register: str) -> list[str]:
    """Return the references of a register."""
    return [item["ref"] for item in json.loads(register)["items"]]


def history(product, ref: str, *clocks: object) -> list[dict]:
    """Return what was recorded about something."""
    return json.loads(product.does("history", ref, *clocks, "--format", "json"))["items"]


def status(product, *clocks: object) -> dict:
    """Return what the register says of A13."""
    return next(item for item in json.loads(product.does("register", *clocks, "--format", "json"))["items"] if item["ref"] == "A13")


def import_key(product) -> str:
    """Make an API key that may speak for every office of the demonstration."""
    with psycopg.connect(product.config.conninfo("writer"), autocommit=True) as desk:
        account = desk.execute("SELECT id FROM desk.account WHERE email = 'import@severnbrook.example'").fetchone()
        return accounts.create_api_key(desk, account[0], "board-manager", "an import", speaks_for_all=True)


def told_anew(disclosure: str, value: object) -> str:
    """Return a disclosure that says something else."""
    salt, name, _ = json.loads(unb64url(disclosure))
    return b64url(canonical([salt, name, value]))


def bundle_of(trail) -> list[bytes]:
    """Return the entries of a complete pack."""
    entries = []
    for path in sorted((trail / "tile/entries").rglob("*")):
        bundle = path.read_bytes() if path.is_file() else b""
        while bundle:
            length = int.from_bytes(bundle[:2], "big")
            entries.append(bundle[2 : 2 + length])
            bundle = bundle[2 + length :]
    return entries


def entry_of(trail, topic: str) -> tuple[int, dict[str, str]]:
    """Find the first event of a topic in a pack: its index, and its disclosures by field."""
    index = next(n for n, entry in enumerate(bundle_of(trail)) if claims_of(entry)["evt"] == topic)
    told = json.loads((trail / f"disclosures/{index // TILE:03d}.jsonl").read_text().splitlines()[index % TILE])["disclosed"]
    return index, {json.loads(unb64url(one))[1]: one for one in told}


def truncate(trail, size: int) -> None:
    """Cut a pack back to an older checkpoint, which it holds, leaving no trace of what came after."""
    entries, lines = bundle_of(trail)[:size], [text for path in disclosures(trail) for text in path.read_text().splitlines()]
    (trail / "checkpoints" / str(size)).rename(trail / "checkpoint")
    shutil.rmtree(trail / "tile")
    shutil.rmtree(trail / "disclosures")
    leaves = [leaf_hash(entry) for entry in entries]
    for first in range(0, size, TILE):
        here = range(first, min(first + TILE, size))
        put(trail / "tile/0" / tile_name(first // TILE, len(here)), b"".join(leaves[n] for n in here))
        bundle = b"".join(len(entries[n]).to_bytes(2, "big") + entries[n] for n in here)
        put(trail / "tile/entries" / tile_name(first // TILE, len(here)), bundle)
        put(trail / "disclosures" / f"{tile_name(first // TILE)}.jsonl", "".join(f"{lines[n]}\n" for n in here).encode())
    roots = [Frontier().grow(leaves[first : first + TILE]).after.root for first in range(0, size - TILE + 1, TILE)]
    put(trail / "tile/1" / tile_name(0, len(roots)), b"".join(roots))


def disclosures(trail) -> list[Path]:
    """Return the files of what is disclosed, in order."""
    return sorted((trail / "disclosures").iterdir(), key=lambda path: path.name[:3])


def lines_of(trail) -> list[dict]:
    """Return what a pack says of each of its entries' fields."""
    return [json.loads(text) for path in disclosures(trail) for text in path.read_text().splitlines()]


def put(path, content: bytes) -> None:
    """Write a file of a pack."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
