"""Opens what a command needs: the settings, the database and the board; and closes it again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from service.application import Board
from service.config import Config
from service.desk.accounts import Caller, caller_of_key
from service.desk.refusals import NotSignedIn
from service.embedded_postgres import EmbeddedPostgres
from service.ledger import keys

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def database() -> Iterator[Config]:
    """Give the settings once the database answers: our own server is started, or shared where it runs already."""
    config = Config.from_environment()
    if not config.embedded:
        yield config
        return
    with EmbeddedPostgres(config.data):
        yield config


@contextmanager
def board() -> Iterator[Board]:
    """Give the board, open for writing."""
    with database() as config:
        opened = Board(config, keys.load(config), clock=config.clock())
        try:
            yield opened
        finally:
            opened.close()


def caller(config: Config) -> Caller:
    """Return who the API key of MUNIMENT_KEY stands for; refuses where there is none."""
    if config.key is None:
        raise NotSignedIn
    with psycopg.connect(config.conninfo("writer")) as conn:
        return caller_of_key(conn, config.key)
