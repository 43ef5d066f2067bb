"""The product as its users have it: a data directory, a database, and the command line in processes of its own."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import psycopg

from service.config import Config
from tests.acceptance import starting
from tests.databases import fresh_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds that a machine with too much to do may take for anything here
LOOK_EVERY = 0.02


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Product:
    """One board's data directory and database. `settings` are in the environment of every command."""

    data: Path
    database_url: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Config:
        """The settings, as the product reads them."""
        return Config.from_environment(self.environment())

    def environment(self, **settings: str) -> dict[str, str]:
        """Return the environment of a command: nothing of ours but what is set here; and compiled modules are kept, as they usually are."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT_") or name == "MUNIMENT_PG_BIN"}
        clean.pop("PYTHONDONTWRITEBYTECODE", None)
        mine = {"MUNIMENT_DATA": str(self.data), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        return clean | mine | ({"MUNIMENT_DATABASE_URL": self.database_url} if self.database_url else {}) | dict(self.settings) | settings

    def run(self, *arguments: object, said: str = "", cwd: Path | None = None, **settings: str) -> Ran:
        """Run a command to its end; `said` is what is typed, `settings` are more of the environment."""
        started = starting.start([str(each) for each in arguments], self.environment(**settings), cwd or self.data, said=said)
        out, err = started.communicate(10 * PATIENCE)
        return Ran(started.wait(), out, err)

    def does(self, *arguments: object, **how: Any) -> str:
        """Run a command that must succeed; return what it printed."""
        ran = self.run(*arguments, **how)
        assert ran.code == 0, ran
        return ran.out

    def start(self, *arguments: object, **settings: str) -> starting.Started:
        """Start a command, and do not wait for it."""
        return starting.start([str(each) for each in arguments], self.environment(**settings), self.data)

    def start_alone(self, *arguments: object, stdout: IO[str], **settings: str) -> starting.Started:
        """Start a command in a process group of its own, as a terminal does: what ends the group ends all that it started."""
        with (self.data / "said.err").open("w") as err:
            words = [str(each) for each in arguments]
            return starting.start(words, self.environment(**settings), self.data, alone=True, stdout=stdout, stderr=err)

    def brings_in(self, *lines: Mapping[str, Any] | str, **settings: str) -> Ran:
        """Import lines; each is an object, or the text of a line as it stands."""
        file = self.data / "lines.jsonl"
        file.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), encoding="utf-8")
        return self.run("import", file, **settings)

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection[Any]]:
        """Connect as the owner of the database, who may do anything to it."""
        with psycopg.connect(self.config.conninfo("owner")) as connection:
            yield connection

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database, as its owner."""
        with self.owner() as connection:
            return connection.execute(query, values or None).fetchall()

    @property
    def size(self) -> int:
        """How many events the log holds."""
        return int(self.ask("SELECT count(*) FROM ledger.event")[0][0])

    @property
    def note(self) -> str:
        """The newest checkpoint, as it is stored."""
        return str(self.ask("SELECT note FROM ledger.checkpoint ORDER BY size DESC LIMIT 1")[0][0])

    @property
    def key(self) -> str:
        """The log's public key, as an auditor has it from the Board."""
        return str(json.loads((self.data / "keys/public.json").read_text())["log_vkey"])

    def pack(self, name: str = "trail") -> Path:
        """Seal the whole trail into a folder, as somebody does who has not been told which day it is."""
        self.does("pack", out := self.data / name, MUNIMENT_DEMONSTRATION_CLOCK="")
        return out

    @contextmanager
    def copy(self, data: Path, postgres: str) -> Iterator[Product]:
        """Give a copy for one test alone: its database, its keys and its files. Nobody may be connected to this one."""
        data.mkdir()
        for folder in ("keys", "evidence"):
            if (self.data / folder).exists():
                shutil.copytree(self.data / folder, data / folder)
        with fresh_database(postgres, data, template=database_of(self.config)) as config:
            yield Product(data, config.database_url, self.settings)


def database_of(config: Config) -> str:
    """Name the database that settings lead to."""
    return str(psycopg.conninfo.conninfo_to_dict(config.conninfo("owner"))["dbname"])


def verify(pack: Path, *arguments: object) -> Ran:
    """Verify a pack with the verifier of this checkout, alone and isolated, as an auditor runs it."""
    command = [sys.executable, "-I", str(ROOT / "service/verify.py"), str(pack), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    return Ran(done.returncode, done.stdout, done.stderr)


def wait(until: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until something holds; fail with what it was where it does not come about."""
    deadline = time.monotonic() + patience
    while not until():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(LOOK_EVERY)


def positions(product: Product, topic: str, ref: str | None = None) -> list[int]:
    """Return where events of a topic stand, of the thing of this reference."""
    query = "SELECT position FROM ledger.event WHERE topic = %s ORDER BY position"
    if ref is None:
        return [position for (position,) in product.ask(query, topic)]
    return [p for (p,) in product.ask("SELECT position FROM views.inspection_history WHERE topic = %s AND ref = %s ORDER BY 1", topic, ref)]


def free_port() -> int:
    """Find a port that nobody listens on, and that the system gives to no connection meanwhile: it takes those from 32768 up."""
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with socket.socket() as it, suppress(OSError):
            it.bind(("127.0.0.1", port))
            return port
