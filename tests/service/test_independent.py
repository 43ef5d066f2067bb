"""What Muniment writes is checked by programs that its authors did not write: Go, OpenSSL, and SD-JWT libraries in two languages."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from service.ledger.pack.recipes import RECIPES, recipes
from service.verify import b64url, canonical, open_disclosures, parse, parse_entry, unb64url, verify
from tests.conftest import RUN_FOLDER
from tests.packs import redacted, write
from tests.strangers import flips, follow, go_built, ran, recipes_of, with_verifier

pytestmark = pytest.mark.xdist_group("go")  # built once
LOG, COMPLETE = flips.varied()
PACKS = {"complete": COMPLETE, "scoped": LOG.pack([5, 6, 9, 10], receipts=[7]), "redacted": LOG.pack(withhold=redacted)}
LIBRARIES = [f"Statements and disclosures, with an SD-JWT library in {language}" for language in ("Python", "JavaScript")]
SAMPLE = 150  # bits of each pack, of which `python -m tests.strangers.flips` takes all


@pytest.fixture(scope="module")
def run():
    """Give the run's own folder."""
    return Path(os.environ[RUN_FOLDER])


@pytest.fixture(scope="module")
def go(run):
    """Build the recipe in Go; give a function that runs it over a folder."""
    built = go_built(run)
    return lambda folder: ran([str(built), str(folder), LOG.log_key.vkey])


def opened(name: str, tmp_path: Path) -> Path:
    """Return a pack of that name as a folder, with its recipes and the verifier in it."""
    folder = with_verifier(write(PACKS[name], tmp_path / "pack"))
    (folder / "VERIFY.md").write_text(recipes(LOG.log_key.vkey, len(LOG.entries), f"a {name} log"))
    return folder


@pytest.mark.parametrize("name", ["complete", "scoped"])
@pytest.mark.parametrize("about", recipes_of(RECIPES.read_text()))
def test_the_recipes_in_every_pack_work_as_written(tmp_path, run, name, about):
    """Whoever types what VERIFY.md says, in the pack's own folder, is told that the pack is good, and leaves nothing in it."""
    pack = opened(name, tmp_path)
    before = {path.relative_to(pack) for path in pack.rglob("*")}
    typed = follow(recipes_of((pack / "VERIFY.md").read_text())[about], pack, run)

    assert (typed.code, typed.err) == (0, ""), typed
    assert {path.relative_to(pack) for path in pack.rglob("*")} == before


def told(pack: Path) -> dict[int, dict[str, object]]:
    """Return what our own reader finds in each entry, as an SD-JWT library gives it: claims and fields, without the digests."""
    said = {}
    for line in map(json.loads, (pack / "disclosures/000.jsonl").read_text().splitlines()):
        claims = parse(unb64url(parse_entry(LOG.entries[line["index"]])[1].split(".")[1]).decode())
        fields = dict(open_disclosures(claims["_sd"], line["disclosed"]).values())
        said[line["index"]] = {name: value for name, value in claims.items() if not name.startswith("_sd")} | fields
    return said


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("about", LIBRARIES)
def test_sd_jwt_libraries_read_what_we_read(tmp_path, run, name, about):
    """Of every statement, with what is disclosed of it, another's library gives the very claims and fields that ours gives."""
    pack = opened(name, tmp_path)
    typed = follow(recipes_of(RECIPES.read_text())[about], pack, run)

    assert {line["index"]: line["said"] for line in map(json.loads, typed.out.splitlines())} == told(pack), typed.err


def altered(line: dict[str, object], how: str) -> dict[str, object]:
    """Return a line of disclosures in which one says something else, is there twice, or was never signed."""
    (salt, name, value), own = parse(unb64url(line["disclosed"][0]).decode()), line["disclosed"]
    other = {
        "says something else": [b64url(canonical([salt, name, f"{value}!"])), *own[1:]],
        "is there twice": [own[0], *own],
        "was never signed": [*own, b64url(canonical([salt, "more", value]))],
    }
    return line | {"disclosed": other[how]}


@pytest.mark.parametrize("how", ["says something else", "is there twice", "was never signed"])
def test_sd_jwt_libraries_refuse_what_we_refuse(tmp_path, run, how):
    """Where a disclosure says something else, is there twice, or was never signed, our verifier and both libraries refuse it."""
    pack = opened("complete", tmp_path)
    path = pack / "disclosures/000.jsonl"
    first, *others = path.read_text().splitlines()
    path.write_text("\n".join([canonical(altered(json.loads(first), how)).decode(), *others, ""]))

    assert verify(pack).code == 1
    assert [follow(recipes_of(RECIPES.read_text())[about], pack, run).code for about in LIBRARIES] == [1, 1]


def test_go_verifies_tiles_checkpoints_receipts_disclosures_and_evidence(go, tmp_path):
    """Go's note and tlog packages accept our checkpoints, tiles, entries, prefixes and receipts, over more than one tile."""
    done = go(write(flips.large()[1], tmp_path))

    expected = "600 entries, 10 older checkpoints, 7 receipts, 600 lines of disclosures, 2 files cited\n"
    assert (done.code, done.out) == (0, expected), done.err


@pytest.mark.parametrize("made", [flips.varied, flips.large])
@pytest.mark.parametrize("whose", flips.UNREAD)
def test_no_flipped_bit_survives_unexplained(run, tmp_path, made, whose):
    """One bit flipped anywhere in a pack fails it with our verifier, and with Go's packages, or is in what they say is not checked."""
    log, files = made()
    check = flips.ours if whose == "ours" else flips.in_go(go_built(run), log.log_key.vkey)
    number = SAMPLE if made is flips.varied else SAMPLE // 10
    bits = flips.some(files, number, seed=2026)

    assert list(flips.survivors(write(files, tmp_path), bits, check, flips.UNREAD[whose])) == []
