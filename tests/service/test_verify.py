"""The verifier's formats: each has one form, and everything else is refused. The cases are data, for other implementations to run."""

from __future__ import annotations

import ast
import doctest
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service import verify
from service.verify import (
    PRIME,
    SMALL_ORDER,
    Policy,
    canonical,
    check_public_key,
    digest,
    entry_bytes,
    open_checkpoint,
    open_disclosures,
    open_statement,
    parse,
    parse_entry,
    parse_vkey,
    thumbprint,
    unb64,
    unb64url,
)
from tests.packs import twenty_events, write

LOG = twenty_events()
VECTORS = Path(__file__).parents[1] / "vectors"
MODULE = Path(verify.__file__)


def vectors(name: str) -> Any:
    """Read a file of cases."""
    return json.loads((VECTORS / f"{name}.json").read_text())


STATEMENTS, CHECKPOINTS, DISCLOSURES = vectors("statements"), vectors("checkpoints"), vectors("disclosures")
READERS = {
    "public_keys": lambda case: check_public_key(bytes.fromhex(case["key"])),
    "base64": lambda case: (unb64url if case["encoding"] == "base64url" else unb64)(case["text"]),
    "json": lambda case: parse(case["text"]),
    "vkeys": lambda case: parse_vkey(case["vkey"]),
    "policies": lambda case: Policy(case["policy"]),
    "checkpoints": lambda case: open_checkpoint(case["note"], CHECKPOINTS["vkey"]),
    "statements": lambda case: open_statement(case["statement"], bytes.fromhex(STATEMENTS["public_key"]), STATEMENTS["origin"]),
    "disclosures": lambda case: open_disclosures(
        DISCLOSURES["digests"] if case["digests"] == "own" else [digest(each) for each in case["disclosures"]], case["disclosures"]
    ),
}
CASES = [
    pytest.param(name, case, id=f"{name}: {case['desc']}")
    for name in READERS
    for case in (vectors(name)["cases"] if isinstance(vectors(name), dict) else vectors(name))
]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_each_format_has_one_form(name, case):
    """What is written as the format has it is read; anything else is refused as a ValueError, or as nested too deeply."""
    if case["wantErr"]:
        with pytest.raises((ValueError, RecursionError)):
            READERS[name](case)
    else:
        READERS[name](case)


def test_the_worked_example_works():
    """The example in the verifier's own description runs as it stands there."""
    assert doctest.testmod(verify)[:] == (0, 6)


def test_the_verifier_imports_nothing_of_ours():
    """The one file needs the standard library and cryptography, and nothing else."""
    tree = ast.parse(MODULE.read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names | {"cryptography"}


def test_small_order_is_computed_and_not_remembered():
    """The refused keys are exactly those of the eight points that a multiplication by eight takes to the neutral element."""
    d = -121665 * pow(121666, -1, PRIME) % PRIME

    def double(point: tuple[int, int]) -> tuple[int, int]:
        x, y = point
        k = d * x * x * y * y % PRIME
        return 2 * x * y * pow(1 + k, -1, PRIME) % PRIME, (y * y + x * x) * pow(1 - k, -1, PRIME) % PRIME

    def points(y: int) -> list[tuple[int, int]]:
        square = (y * y - 1) * pow(d * y * y + 1, -1, PRIME) % PRIME
        root = pow(square, (PRIME + 3) // 8, PRIME)
        return [(x * f % PRIME, y) for x in (root, root * pow(2, (PRIME - 1) // 4, PRIME)) if x * x % PRIME == square for f in (1, -1)][:2]

    found = {point for y in SMALL_ORDER for point in points(y)}
    assert len(found) == 8
    assert all(double(double(double(point))) == (0, 1) for point in found)


def test_a_thumbprint_is_that_of_the_specification():
    """The example key of RFC 8037 has the thumbprint that its appendix A.3 prints."""
    public = unb64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")

    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_an_entry_is_written_and_read_the_same():
    """An entry holds the time and the statement, and no other bytes."""
    statement = LOG.entries[3].decode().split('"')[5]
    entry = entry_bytes(statement, 1_467_000_000)

    assert parse_entry(entry) == (1_467_000_000, statement)
    for other in (entry + b" ", entry.replace(b'"v":1', b'"v":2'), entry.replace(b":1467", b":01467"), b"", entry[:-1], b"x" * 70_000):
        with pytest.raises(ValueError):  # noqa: PT011 -- whichever rule it breaks first
            parse_entry(other)


def test_values_that_json_readers_differ_about_are_not_written():
    """Floats, integers beyond 2^53, keys that are no text, and lone surrogates have no canonical form."""
    for value in (1.0, 2**53, {1: "a"}, (1, 2), {"a": float("nan")}, "\ud800"):
        with pytest.raises(ValueError):  # noqa: PT011 -- whichever rule it breaks first
            canonical(value)
    with pytest.raises((TypeError, ValueError)):
        canonical(b"bytes")


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the one file as a stranger does, from a folder of theirs."""
    command = [sys.executable, "-I", "verify.py", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def stranger(tmp_path):
    """Give a folder that holds the verifier and a pack, and nothing else."""
    (tmp_path / "verify.py").write_bytes(MODULE.read_bytes())
    write(LOG.pack(), tmp_path / "pack")
    return tmp_path


def test_a_stranger_verifies_from_an_empty_folder(stranger):
    """The file alone, isolated from everything installed beside it, gives the verdict in words and in its exit status."""
    (stranger / "kept").write_text(LOG.checkpoint(7))
    (stranger / "policy").write_text(f"log {LOG.log_key.vkey}\nquorum none\n")

    ran = run("pack", folder=stranger)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("BY THE KEY IN THIS PACK")
    ran = run("pack", "--key", LOG.log_key.vkey, "--policy", "policy", "--known", "kept", folder=stranger)
    assert (ran.returncode, ran.stdout.startswith("DEMONSTRATION")) == (0, True), ran.stdout
    (stranger / "pack" / "checkpoint").write_text(LOG.checkpoint(7).replace("\n7\n", "\n8\n"))
    ran = run("pack", folder=stranger)
    assert (ran.returncode, ran.stdout) == (1, "NOT VERIFIED: checkpoint: a signature is wrong\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere"],
        ["verify.py"],
        ["."],
        ["pack", "--known", "verify.py"],
        ["pack", "--known", "nowhere"],
        ["pack", "--policy", "nowhere"],
        ["pack", "--policy", "empty"],
        ["pack", "--key", "banana"],
        ["pack", "--key", ""],
        [],
        ["pack", "--banana"],
    ],
)
def test_what_cannot_be_checked_is_not_called_altered(stranger, arguments):
    """A pack that is not there, and an anchor that cannot be read, exit 2 with one line and no traceback."""
    (stranger / "empty").write_text("")
    ran = run(*arguments, folder=stranger)

    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr + ran.stdout


@pytest.mark.parametrize("arguments", [["\0"], [".", "--policy", "\0"], [".", "--known", "\0"]])
def test_what_is_no_path_cannot_be_checked(arguments, capsysbinary):
    """Nor is what no file can be called."""
    assert verify.main(arguments) == 2
    assert capsysbinary.readouterr().out.startswith(b"COULD NOT CHECK")


def test_what_a_pack_says_cannot_move_the_cursor(stranger):
    """Control characters out of a pack are written as escapes."""
    write({"a\x1b[2Jb": b""}, stranger / "pack")

    assert "a\\x1b[2Jb, which this verifier does not read" in run("pack", folder=stranger).stdout
