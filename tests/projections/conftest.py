"""Views in a database of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.logs import create_views, projector
from tests.projections.views import fresh

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

    from service.config import Config
    from tests.lending import Lending


def create_promises(config: Config) -> None:
    """Create a view of promises beside the views of a Board."""
    create_views(config)
    with projector(config) as conn:
        fresh(conn)


@pytest.fixture
def database(lending: Lending, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Config]:
    """Give the settings of a database with every view before its first entry."""
    with lending.lend(tmp_path, first=create_promises if "conn" in request.fixturenames else create_views) as config:
        yield config


@pytest.fixture
def conn(database: Config) -> Iterator[psycopg.Connection[Any]]:
    """Give the projector's connection to a view of promises before its first entry."""
    with projector(database) as conn:
        yield conn


@pytest.fixture
def board(database: Config) -> Iterator[psycopg.Connection[Any]]:
    """Give the projector's connection to all the views of a Board, before their first entry."""
    with projector(database) as conn:
        yield conn
