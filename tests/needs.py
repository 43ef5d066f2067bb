"""What a test needs of the machine. Without it the test is skipped; under MUNIMENT_CI=1 it fails, so that nothing passes unseen."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

SKIP_NOTHING = "TESTS_OF_MUNIMENT_SKIP_NOTHING"  # set by conftest.py from MUNIMENT_CI, which the product itself would refuse


def needs_program(*names: str) -> None:
    """Go on only where every one of these programs is there."""
    if missing := [name for name in names if shutil.which(name) is None]:
        cannot(f"not on this machine: {', '.join(missing)}")


def needs_module(*names: str) -> None:
    """Go on only where every one of these modules is installed."""
    if missing := [name for name in names if find_spec(name) is None]:
        cannot(f"not installed: {', '.join(missing)}")


def needs_folder(folder: str, of: str) -> None:
    """Go on only where a folder is there that a package brings."""
    if not Path(folder).is_dir():
        cannot(f"{folder} is not there: install {of}")


def npm_installed(source: Path, run: Path) -> Path:
    """Return the folder in which the npm packages that a folder of tests asks for are installed, with its files, once in a run."""
    needs_program("node", "npm")
    folder = run / source.name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            for path in (*source.glob("package.json"), *source.glob(".npmrc"), *source.glob("*.mjs")):
                shutil.copy(path, folder)
            command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode:
                cannot(f"npm could not install what {source.name} needs: {done.stderr}")
            (folder / "installed").touch()
    return folder


def cannot(why: str) -> NoReturn:
    """Skip the test, or fail it where nothing may be skipped."""
    if os.environ.get(SKIP_NOTHING):
        pytest.fail(why)
    pytest.skip(why)
