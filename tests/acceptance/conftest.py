"""What the tests from outside may ask for: `severnbrook`, `board` and `reported_on`, each a copy that the test has for itself."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.acceptance import boards
from tests.databases import reachable_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.product import Product


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give an empty folder, removed afterwards."""
    made = reachable_folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def severnbrook(postgres: str, folder: Path) -> Iterator[Product]:
    """Give the demonstration, with its views."""
    with boards.demonstration(postgres).copy(folder / "severnbrook", postgres) as product:
        yield product


@pytest.fixture
def board(postgres: str, folder: Path) -> Iterator[Product]:
    """Give the small board, with its views."""
    with boards.small_board(postgres).copy(folder / "board", postgres) as product:
        yield product


@pytest.fixture
def reported_on(postgres: str, folder: Path) -> Iterator[Product]:
    """Give the small board three weeks on: somebody may wish that a report had been another, or earlier, or never."""
    with boards.reported_on(postgres).copy(folder / "reported-on", postgres) as product:
        yield product


@pytest.fixture
def trail(postgres: str, folder: Path) -> Path:
    """Give the demonstration's whole trail, sealed: a copy of the pack, to be tampered with."""
    return shutil.copytree(boards.demonstration(postgres).data / "trail", folder / "trail")
