"""Opens what a command needs: the settings, the database and the board; and closes it again."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

import psycopg

from aggregates.errors import Refused
from service.application import Board
from service.config import Config
from service.desk.accounts import Caller, caller_of_key
from service.desk.refusals import NoKeyGiven, NotEstablished, NotSignedIn
from service.embedded_postgres import EmbeddedPostgres, PostgresRefused
from service.ledger import keys
from service.ledger.sealed import outside

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOK_EVERY: Final = 3.0  # seconds between looks whether our own server runs


class NobodysKey(NotSignedIn):
    """A command acts for whoever the API key of the settings stands for."""

    text = "The API key of MUNIMENT_KEY is not known, has expired or was revoked: `muniment key` makes another"


@contextmanager
def database(*, begins: bool = False) -> Iterator[Config]:
    """Give the settings once the database answers: our own server is started, or shared where it runs already.

    Only a command that `begins` something has one made where there is none.
    """
    config = Config.from_environment()
    if not config.embedded:
        yield config
        return
    with EmbeddedPostgres(config.data, begins=begins):
        yield config


@contextmanager
def kept_up(config: Config) -> Iterator[None]:
    """See to it, for what runs on, that our own server runs too: it is started again where it was stopped or has died."""
    stop = Event()
    keeper = Thread(target=_keep_up, args=(EmbeddedPostgres(config.data, begins=False), stop), daemon=True) if config.embedded else None
    if keeper:
        keeper.start()
    try:
        yield
    finally:
        stop.set()
        if keeper:
            keeper.join()


def _keep_up(server: EmbeddedPostgres, stop: Event) -> None:
    while not stop.wait(LOOK_EVERY):
        if not server.answers():
            try:
                server.start()
            except PostgresRefused as refused:
                logging.getLogger(__name__).warning("%s", refused)
    server.stop()


def check_established(config: Config) -> None:
    """Refuse to run where no log was begun; a database that is away for now is waited for."""
    try:
        with psycopg.connect(config.conninfo("reader")) as conn:
            if conn.execute("SELECT to_regclass('ledger.checkpoint') IS NOT NULL").fetchone() == (True,):
                return
    except psycopg.OperationalError as error:
        if not (said := str(error)) or "does not exist" not in said:
            return
    raise NotEstablished


@contextmanager
def board(ring: keys.KeyRing | None = None, *, accuses: bool = False) -> Iterator[Board]:
    """Give the board, open for writing, under the keys that are in use or those that are about to be.

    Where it `accuses` whoever has the log key, what is wrong with the record of who was erased is named, and no hindrance: they may have
    done it. It stops whatever follows.
    """
    with database() as config:
        try:
            outside.check(config)
        except Refused as refused:
            if not accuses:
                raise
            logging.getLogger(__name__).warning("%s No hindrance to saying that the log key is compromised", refused)
        opened = Board(config, ring or keys.load(config), clock=config.clock())
        try:
            yield opened
        finally:
            opened.close()


def caller(config: Config) -> Caller:
    """Return who the API key of MUNIMENT_KEY stands for; refuses where there is none."""
    if config.key is None:
        raise NoKeyGiven
    with psycopg.connect(config.conninfo("writer")) as conn:
        try:
            return caller_of_key(conn, config.key)
        except NotSignedIn as error:
            raise NobodysKey from error
