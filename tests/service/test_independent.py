"""What Muniment writes is checked by programs that its authors did not write: Go, OpenSSL, and SD-JWT libraries in two languages."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from copy import deepcopy
from pathlib import Path

import pytest

from service.ledger.pack.recipes import RECIPES
from service.verify import b64url, canonical, open_disclosures, parse, parse_entry, unb64, unb64url, verify
from tests.conftest import RUN_FOLDER
from tests.packs import redacted, write
from tests.service.recording.outside.authority import authority, stamped
from tests.service.test_verify_succession import went_on
from tests.strangers import BASH, DASH, as_handed_over, flips, follow, go_built, ran, recipes_of

pytestmark = pytest.mark.xdist_group("go")  # built once
LOG, COMPLETE = flips.varied()
PACKS = {"complete": COMPLETE, "scoped": LOG.pack([5, 6, 9, 10], receipts=[7]), "redacted": LOG.pack(withhold=redacted)}
ABSENCE, STAMPS = "A certificate of absence", "The time stamps, with OpenSSL"
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


@pytest.fixture(scope="module")
def tsa(tmp_path_factory):
    """Make a time-stamping authority of OpenSSL's: its folder, in which its root is."""
    authority(folder := tmp_path_factory.mktemp("tsa") / "of")
    return folder


def opened(name: str, tmp_path: Path) -> Path:
    """Return a pack of that name as a folder, with its recipes and the programs that they name in it."""
    return as_handed_over(write(PACKS[name], tmp_path / "pack"), LOG, f"a {name} log")


def stamp(pack: Path, tsa: Path) -> None:
    """Have the newest checkpoint stamped, and an older one that is in the pack."""
    (pack / "timestamps").mkdir()
    for name in (max((pack / "checkpoints").iterdir(), key=lambda path: int(path.name)), pack / "checkpoint"):
        text = name.read_text().partition("\n\n")[0] + "\n"
        (pack / "timestamps" / f"{text.split()[1]}.tsr").write_bytes(stamped(tsa, text.encode()))
    (pack.parent / "ROOTS.pem").write_bytes((tsa / "root.pem").read_bytes())


@pytest.mark.parametrize("how", [("complete", BASH), ("complete", DASH), ("scoped", DASH)])
@pytest.mark.parametrize("about", [about for about in recipes_of(RECIPES.read_text()) if about != ABSENCE])  # that, test_absence.py types
def test_the_recipes_in_every_pack_work_as_written(tmp_path, run, tsa, how, about):
    """Whoever types what VERIFY.md says, in the pack's own folder, is told that the pack is good, and leaves nothing in it."""
    name, shell = how
    pack = opened(name, tmp_path)
    if about == STAMPS:
        stamp(pack, tsa)
    before = {path.relative_to(pack) for path in pack.rglob("*")}
    typed = follow(recipes_of((pack / "VERIFY.md").read_text())[about], pack, run, shell)

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


@pytest.mark.parametrize("shell", [BASH, DASH])
def test_a_pack_without_time_stamps_says_so(tmp_path, run, shell):
    """Where nothing was stamped, the recipe says that there is none, needs no certificates, and succeeds."""
    typed = follow(recipes_of(RECIPES.read_text())[STAMPS], opened("complete", tmp_path), run, shell)

    assert (typed.code, typed.out, typed.err) == (0, "There are no time stamps in this pack\n", "")


def test_a_stamp_over_another_checkpoint_or_by_another_authority_is_refused(tmp_path, run, tsa):
    """The recipe ends with an error where a token is of another text, or was given by whom the auditor does not trust."""
    pack, recipe = opened("complete", tmp_path), recipes_of(RECIPES.read_text())[STAMPS]
    stamp(pack, tsa)
    older, newest = sorted((pack / "timestamps").iterdir(), key=lambda path: int(path.stem))
    genuine = older.read_bytes()
    older.write_bytes(newest.read_bytes())
    assert follow(recipe, pack, run).code == 1

    older.write_bytes(genuine)
    assert follow(recipe, pack, run).code == 0
    authority(tmp_path / "other", "Other time")
    (tmp_path / "ROOTS.pem").write_bytes((tmp_path / "other/root.pem").read_bytes())
    assert follow(recipe, pack, run).code == 1


def test_go_verifies_tiles_checkpoints_receipts_disclosures_and_evidence(go, tmp_path):
    """Go's note and tlog packages accept what we accept, over more than one tile, and count it as we do: each file once, if it is here."""
    pack = write(flips.large()[1], tmp_path)
    done = go(pack)

    expected = "600 entries, 10 older checkpoints, 7 receipts, 0 cosignatures, 600 lines of disclosures, 1 evidence files\n"
    assert (done.code, done.out) == (0, expected), done.err
    ours = verify(pack).lines
    assert "checked: 17 other checkpoints and receipts, 1 evidence files" in ours
    assert any(line.startswith("checked: 600 entries, ") for line in ours)


def test_a_cosignature_that_no_witness_made_fails_in_both(go, tmp_path):
    """Both check each cosignature by a witness whom the policy names, under the newest checkpoint and an older one."""
    pack = write(COMPLETE, tmp_path)
    assert " 2 cosignatures, " in go(pack).out
    assert any(line.startswith("witness: w cosigned at ") for line in verify(pack).lines)
    for name in [name for name, content in COMPLETE.items() if flips.WITNESS.name.encode() in content and name != "policy"]:
        *before, line, _ = COMPLETE[name].decode().split("\n")
        signer, blob = line.rsplit(" ", 1)
        raw = bytearray(unb64(blob))
        for at in (4 + 7, 4 + 8):  # the time, and the signature
            altered = bytes([*raw[:at], raw[at] ^ 1, *raw[at + 1 :]])
            (pack / name).write_text("\n".join([*before, f"{signer} {b64encode(altered).decode()}", ""]))
            assert (verify(pack).code, go(pack).code) == (1, 1), (name, at)
        (pack / name).write_bytes(COMPLETE[name])


def test_go_agrees_on_a_log_that_went_on_under_another_key(run, tmp_path):
    """It accepts what each key sealed, and refuses what the old one signs beyond the succession, or over all of it.

    It refuses a succession of another key, one for which nobody vouched though it says so, and one under a name that was used.
    """
    built, log = go_built(run), went_on()
    old, key, files = log.before[0][1], log.log_key.vkey, log.pack(receipts=[3, 22])
    forged = old.checkpoint(22, log.frontiers[22].root).encode()
    newest = old.checkpoint(23, log.frontiers[23].root).encode()
    tries = [(files, key), (files | {"checkpoints/22": forged}, key), (files | {"checkpoint": newest}, old.vkey), (files, old.vkey)]

    done = [ran([str(built), str(write(pack, tmp_path / str(n))), by]) for n, (pack, by) in enumerate(tries)]
    assert [one.code for one in done] == [0, 1, 1, 1], done

    back = deepcopy(log)
    back.succeed(old.origin)
    wrong = [went_on(**one) for one in ({"replaces": key}, {"replaced_proof": b64url(bytes(64))}, {"replaced_proof": ""})]
    for n, (one, code) in enumerate([(went_on(vouched=False), 0), (back, 1), *((each, 1) for each in wrong)]):
        pack = write(one.pack(), tmp_path / f"told {n}")
        assert (verify(pack).code, ran([str(built), str(pack), one.log_key.vkey]).code) == (code, code), n


@pytest.mark.parametrize("made", [flips.varied, flips.large])
@pytest.mark.parametrize("whose", flips.UNREAD)
def test_no_flipped_bit_survives_unexplained(run, tmp_path, made, whose):
    """One bit flipped anywhere in a pack fails it with our verifier, and with Go's packages, or is in what they say is not checked."""
    log, files = made()
    check = flips.ours if whose == "ours" else flips.in_go(go_built(run), log.log_key.vkey)
    number = SAMPLE if made is flips.varied else SAMPLE // 10
    bits = flips.some(files, number, seed=2026)

    assert list(flips.survivors(write(files, tmp_path), bits, check, flips.UNREAD[whose])) == []
