"""The house keeps its shape: budgets, names, and what may stand at the top."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("aggregates", "api", "projections", "service")
TOP = {
    "LICENSE", "CHANGELOG.md", "README.md", "pyproject.toml", ".ci", ".gitignore", "tests", "ops", *PACKAGES,
}  # fmt: skip
LONGEST_MODULE, LONGEST_FUNCTION, FULLEST_FOLDER = 300, 40, 12
EXCEPTIONS = {
    "service/verify.py": 833,  # one file is its promise: an auditor reads it alone (ledger §7; see ops/decisions/0005)
}


def tracked() -> list[Path]:
    """List the files that git tracks."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [Path(name) for name in names if name and (ROOT / name).exists()]


def sources() -> list[Path]:
    """List the modules of the product and of its operations."""
    return [path for path in tracked() if path.suffix == ".py" and path.parts[0] in (*PACKAGES, "ops")]


def test_modules_can_be_read_in_one_sitting():
    """No module is over 300 lines, but for those whose reason is written here."""
    long = {str(p): n for p in sources() if (n := len((ROOT / p).read_text().splitlines())) > EXCEPTIONS.get(str(p), LONGEST_MODULE)}

    assert long == {}


def test_functions_fit_on_a_screen():
    """No function is over 40 lines, its docstring apart."""
    long = {}
    for path in sources():
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                doc = ast.get_docstring(node, clean=False)
                lines = node.end_lineno - node.lineno + 1 - (doc.count("\n") + 1 if doc else 0)
                if lines > LONGEST_FUNCTION:
                    long[f"{path}:{node.name}"] = lines

    assert long == {}


def test_folders_have_no_more_than_twelve_entries():
    """A folder that outgrows twelve entries is split by noun; its __init__ does not count."""
    folders: dict[Path, set[str]] = {}
    for path in tracked():
        for parent in list(path.parents)[:-1]:
            if parent.parts[0] in PACKAGES:
                folders.setdefault(parent, set()).add(path.relative_to(parent).parts[0])
    full = {str(folder): len(names - {"__init__.py"}) for folder, names in folders.items() if len(names - {"__init__.py"}) > FULLEST_FOLDER}

    assert full == {}


def test_the_front_door_is_tidy():
    """Nothing stands at the top of the tree but what a newcomer looks for there."""
    assert {path.parts[0] for path in tracked()} == TOP


def test_nothing_is_left_for_later():
    """No source holds a note that something is still to be done."""
    words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error:"]
    left = [f"{p}: {w}" for p in sources() for w in words if w in (ROOT / p).read_text()]

    assert left == []


def test_every_module_says_what_it_is():
    """Every module of the product begins with a docstring."""
    assert [str(p) for p in sources() if not ast.get_docstring(ast.parse((ROOT / p).read_text()))] == []


def test_the_wheel_ships_the_product_and_nothing_else(tmp_path):
    """The wheel holds our four packages and what they need of ops/ at run time, never the tests."""
    pytest.importorskip("hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    wheel = next(tmp_path.glob("*.whl"))
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0] for name in names} == {*PACKAGES, "ops", f"muniment-{wheel.name.split('-')[1]}.dist-info"}
    assert any(name.endswith("api/static/muniment.css") for name in names)
    assert any(name.endswith("ops/sql/0002_ledger.sql") for name in names)


def test_the_version_is_said_once():
    """What is installed is what pyproject.toml names."""
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == version("muniment")
