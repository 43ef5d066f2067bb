"""What every test may ask for: `database`, the settings of a migrated database of its own; `reachable`, a folder root's server can use."""

from __future__ import annotations

import gc
import os
import re
import shutil
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from xdist.scheduler import LoadScopeScheduling

from service.desk import accounts
from tests.boards import Seed, Seeded, copy_of, seed
from tests.databases import reachable_folder, server
from tests.lending import Lending
from tests.needs import SKIP_NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.config import Config

LONGEST = "tests/acceptance/test_browser.py"
DEMONSTRATION = re.compile(r"\bsevernbrook\b(?!\.)")  # by this name tests ask for it; what a dot follows is part of an address
RUN_FOLDER = "TESTS_OF_MUNIMENT"  # the run's folder, told to its workers through the environment


class InGroups(LoadScopeScheduling):
    """Hands each test out by itself, but the tests of a file that names an `xdist_group` all to one worker.

    The plugin's own groups come to nothing under pytest 9.2, which no longer lets it change a test's name.
    """

    def _split_scope(self, nodeid: str) -> str:
        """Return what is handed out as one: a file, or a test."""
        file = nodeid.partition("::")[0]
        return file if _together(file) else nodeid


@cache
def _text(file: str) -> str:
    return (Path(__file__).parents[1] / file).read_text()


def _together(file: str) -> bool:
    return "xdist_group(" in _text(file)


def _turn(item: pytest.Item) -> int:
    """Return when a test has its turn: what one worker has to do alone comes before what anybody can.

    Of that the longest comes first, which has the demonstration made; what else needs it comes last, and so waits for it least.
    """
    file = item.nodeid.partition("::")[0]
    if not _together(file):
        return 3
    return 0 if file == LONGEST else 2 if DEMONSTRATION.search(_text(file)) else 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> InGroups:
    """Hand tests out as above."""
    return InGroups(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what one worker has to do alone, which takes longest; the others are not left idle at the end."""
    items.sort(key=_turn)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what is there for good: it halves what it takes, which is a twentieth of their time."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder, once, in the process that starts the workers; keep the machine's own settings out of the tests.

    Passwords are hashed at the least cost in this process, hundreds of times; a product that runs as a process hashes at its own.
    """
    accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    if os.environ.get("MUNIMENT_CI"):
        os.environ[SKIP_NOTHING] = "1"
    for name in [name for name in os.environ if name.startswith("MUNIMENT_") and name != "MUNIMENT_PG_BIN"]:
        del os.environ[name]
    if not hasattr(config, "workerinput"):
        os.environ[RUN_FOLDER] = str(reachable_folder())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the run's folder; its server has stopped with the last worker."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give the owner's connection string of the run's server."""
    with server(Path(os.environ[RUN_FOLDER])) as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def lending(postgres: str) -> Iterator[Lending]:
    """Give what lends databases to the tests of this process."""
    with closing(Lending(postgres)) as lending:
        yield lending


@pytest.fixture
def database(lending: Lending, tmp_path: Path) -> Iterator[Config]:
    """Give the settings of a migrated database that this test has for itself; its data directory is the test's."""
    with lending.lend(tmp_path) as config:
        yield config


@pytest.fixture
def reachable() -> Iterator[Path]:
    """Give an empty folder that a server of root's can reach, as tmp_path is not."""
    folder = reachable_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def small_board(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seed]:
    """Make the small board, once for all tests of this process."""
    with seed(postgres, tmp_path_factory.mktemp("board")) as made:
        yield made


@pytest.fixture
def seeded(small_board: Seed, lending: Lending, tmp_path: Path) -> Iterator[Seeded]:
    """Give a small board that this test has for itself, with its views up to date."""
    with copy_of(small_board, lending, tmp_path) as it:
        yield it
