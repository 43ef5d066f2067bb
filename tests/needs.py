"""What a test needs of the machine. Without it the test is skipped; under MUNIMENT_CI=1 it fails, so that nothing passes unseen."""

from __future__ import annotations

import os
import shutil
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


def cannot(why: str) -> NoReturn:
    """Skip the test, or fail it where nothing may be skipped."""
    if os.environ.get(SKIP_NOTHING):
        pytest.fail(why)
    pytest.skip(why)
