"""Checks packs with programs that Muniment's authors did not write, by the recipes that every pack brings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.ledger.pack import absence, reading, samples
from service.ledger.pack.recipes import RECIPES, recipes
from service.verify import __file__ as verifier
from tests.needs import needs_folder, needs_module, needs_program, npm_installed

if TYPE_CHECKING:
    from tests.packs import Log

GOPATH = "/usr/share/gocode"
BASH, DASH = ("bash", "-euo", "pipefail"), ("dash",)  # one that ends with the first failure, and one that knows POSIX and no more
BLOCK = re.compile(r"^## ([^\n]+)\n(?:(?!^## ).)*?^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GO = re.compile(r"<<'END'\n(package main.*?)\nEND\n", re.DOTALL)


@dataclass(frozen=True)
class Ran:
    """How a program ended, and what it said."""

    code: int
    out: str
    err: str


def ran(command: list[str], **options: object) -> Ran:
    """Run a program to its end."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    return Ran(done.returncode, done.stdout, done.stderr)


def recipes_of(text: str) -> dict[str, str]:
    """Return what VERIFY.md tells to type, by the heading above it."""
    return dict(BLOCK.findall(text))


def follow(recipe: str, pack: Path, run: Path, shell: tuple[str, ...] = BASH) -> Ran:
    """Type a recipe as it stands, in the pack's folder, on a machine that has what it says that it needs, into this shell."""
    if "openssl" in recipe:
        needs_program("openssl")
    libraries = pack.parent / "node_modules"
    if "import { SDJwtInstance }" in recipe and not libraries.exists():
        libraries.symlink_to(npm_installed(Path(__file__).parent, run) / "node_modules")
    if "go run" in recipe:
        needs_go()
    if "sd_jwt" in recipe:
        needs_module("sd_jwt")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "GOCACHE": str(run / "go-cache")}
    needs_program(shell[0])
    return ran([*shell, "-c", recipe], cwd=pack, env=environment)


def needs_go() -> None:
    """Go on only where Go and its packages of signed notes and transparency logs are there."""
    needs_program("go")
    needs_folder(f"{GOPATH}/src/golang.org/x/mod/sumdb", "golang-golang-x-mod-dev")


def go_built(run: Path) -> Path:
    """Build the recipe's program in Go; return it."""
    needs_go()
    folder = run / "go"
    folder.mkdir(exist_ok=True)
    (found,) = GO.findall(RECIPES.read_text())
    (folder / "main.go").write_text(found)
    offline = {"GO111MODULE": "off", "GOPATH": GOPATH, "GOCACHE": str(run / "go-cache"), "GOFLAGS": "", "HOME": str(run)}
    subprocess.run(["go", "build", "-o", "check", "main.go"], env=os.environ | offline, check=True, cwd=folder)
    return folder / "check"


def as_handed_over(pack: Path, log: Log, about: str = "a log") -> Path:
    """Put into a pack that was made in memory what every pack brings: its recipes, and the programs that they name."""
    for program in (verifier, absence.__file__, reading.__file__, samples.__file__):
        shutil.copy(program, pack)
    (pack / "VERIFY.md").write_text(recipes(log.log_key.vkey, len(log.entries), about))
    return pack
