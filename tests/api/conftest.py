"""What the tests of the API ask for: a small board, the application over it, and somebody who asks."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from api import access
from api.app import create_app
from api.worker import Worker
from service.config import Config
from tests.boards import Seed, Seeded, copy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.lending import Lending

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Give the application without a database: for who only looks at what is mounted."""
    return without_database(tmp_path_factory.mktemp("routes"))


def without_database(data: Path) -> Flask:
    """Build the application over a folder, and nothing to connect to."""
    (data / "keys").mkdir()
    config = Config(data=data, database_url="host=nowhere.invalid dbname=none connect_timeout=1")
    access.create_secret(config)
    return create_app(config)


@pytest.fixture
def app(seeded: Seeded) -> Iterator[Flask]:
    """Give the application over the small board."""
    with serving(seeded) as app:
        yield app


@pytest.fixture(scope="session")
def shared(small_board: Seed, lending: Lending, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """Give somebody who asks of a board that all tests of this process share: for reads, and for what is refused."""
    with copy_of(small_board, lending, tmp_path_factory.mktemp("shared")) as it, serving(it) as app:
        yield Asking(app.test_client(), it)


@contextmanager
def serving(it: Seeded, build: Callable[[Config], Flask] | None = None) -> Iterator[Flask]:
    """Give the application over a board. What is mounted, and the templates that were read, it has in common with all that `mounted` built.

    Who adds views to it has it built for themselves, by `create_app`.
    """
    app = copy((build or mounted)(it.config))
    app.extensions = app.extensions | {"muniment": Worker(it.config, lambda _: it.board)}
    app.config = copy(app.config)
    app.config["SECRET_KEY"] = access.load_secret(it.config)
    app.config["WAIT_FOR_VIEWS"] = 0.0  # nobody keeps the views in step but the test itself
    yield app
    app.extensions["muniment"].close()


BUILT: list[Flask] = []


def mounted(config: Config) -> Flask:
    """Build the application, once in this process, over the first board that asks: its hundreds of routes take a second to mount."""
    if not BUILT:
        BUILT.append(create_app(config))
        assert BUILT[0].jinja_env  # it is made at the first use, and shared by the copies that come after that
    return BUILT[0]


@dataclass
class Asking:
    """Somebody who asks with the API key of an office."""

    client: FlaskClient
    seeded: Seeded

    def get(self, path: str, office: str = "board-manager", **how: Any) -> TestResponse:
        """Read."""
        return self.client.get(path, headers=self.headers(office), **how)

    def post(
        self, path: str, office: str, body: Any = None, *, version: int | str | None = "*", key: str | None = "", **how: Any
    ) -> TestResponse:
        """Write: without a key of its own under a new one, without a version over whatever there is."""
        headers = self.headers(office) | how.pop("headers", {})
        if key is not None:
            headers["Idempotency-Key"] = key or f"key-{next(NUMBERS)}"
        if version is not None:
            headers["If-Match"] = version if isinstance(version, str) else f'"{version}"'
        if "data" not in how:
            how["json"] = {} if body is None else body
        return self.client.post(path, headers=headers, **how)

    def headers(self, office: str) -> dict[str, str]:
        """Return what says who asks."""
        return {"Authorization": f"Bearer {self.seeded.keys[office]}"}


@pytest.fixture
def ask(app: Flask, seeded: Seeded) -> Asking:
    """Give somebody who asks."""
    return Asking(app.test_client(), seeded)
