"""Views in a database of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.logs import projector
from tests.projections.views import fresh

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from service.config import Config


@pytest.fixture
def conn(database: Config) -> Iterator[psycopg.Connection[Any]]:
    """Give the projector's connection to a view of promises before its first entry."""
    with projector(database) as conn:
        fresh(conn)
        yield conn


@pytest.fixture
def board(database: Config) -> Iterator[psycopg.Connection[Any]]:
    """Give the projector's connection to all the views of a Board, before their first entry."""
    with projector(database) as conn:
        yield conn
