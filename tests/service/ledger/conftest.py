"""A log of one's own, established."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.ledger.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.config import Config


@pytest.fixture
def notes(database: Config) -> Iterator[Sample]:
    """Give an application over an established log."""
    with Sample(database) as app:
        app.establish()
        yield app
