"""Witnesses from outside: processes of their own, what they hold against a board, and what a board does then."""

from __future__ import annotations

import signal
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.verify import open_checkpoint, parse_vkey
from tests.acceptance.product import PATIENCE, Product, free_port, wait
from tests.service.ledger.sample import LOG_KEY
from tests.service.ledger.trees import Tree

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Outside:
    """Another organisation that witnesses: its folder, its public key, and where it is asked."""

    folder: Path
    vkey: str
    address: str

    def ask(self, body: str) -> tuple[int, str]:
        """Submit something, as any log does."""
        request = urllib.request.Request(f"{self.address}/add-checkpoint", body.encode(), method="POST")  # noqa: S310 - our own address
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def says(self) -> str:
        """Return what its front page says; nothing while it is not there."""
        try:
            with urllib.request.urlopen(f"{self.address}/", timeout=PATIENCE) as answer:  # noqa: S310
                return answer.read().decode()
        except OSError:
            return ""


@contextmanager
def witnessing(folder: Path, log: str, name: str = "witness.outside.example/1", port: int | None = None):
    """Run a witness that accepts a log, in a process of its own; the same folder goes on where it was."""
    runs, port = Product(folder.parent), port or free_port()
    if not folder.exists():
        runs.does("witness", "init", folder, "--name", name)
        runs.does("witness", "accept", folder, log)
    with (folder.parent / f"{folder.name}.log").open("w") as said:
        child = runs.start_alone("witness", "serve", folder, "--port", port, stdout=said)
        it = Outside(folder, (folder / "public.vkey").read_text().strip(), f"http://127.0.0.1:{port}")
        try:
            wait(lambda: child.poll() is not None or it.says(), "the witness to come up")
            yield it
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(PATIENCE)


def test_a_witness_runs_by_itself_and_remembers(folder):
    """With a folder and a log's key it cosigns; started again it goes on from there; two histories are shown as evidence."""
    with witnessing(folder / "witness", LOG_KEY.vkey) as it:
        status, line = it.ask(str(Tree().submission(0, 5)))
        assert status == 200
        assert open_checkpoint(Tree().note(5) + line, LOG_KEY.vkey).signed_by(*parse_vkey(it.vkey))
        assert Product(folder).does("witness", "show", it.folder).splitlines()[1].startswith(f"{LOG_KEY.origin}: 5 events, cosigned ")
    with witnessing(folder / "witness", LOG_KEY.vkey) as it:
        assert it.ask(str(Tree(fork=3).submission(0, 5))) == (409, "5\n")
        assert it.ask(str(Tree().submission(5, 9)))[0] == 200
    shown = Product(folder).run("witness", "show", it.folder)
    assert (shown.code, "two roots for one size" in shown.out) == (1, True)
    said = Product(folder).does("witness", "evidence", it.folder)
    assert Tree().note(5) in said
    assert Tree(fork=3).note(5) in said
    again = Product(folder).run("witness", "init", it.folder, "--name", "witness.outside.example/2")
    assert (again.code, "never overwritten" in again.err) == (2, True)
    for refused in ("nonsense", it.vkey):
        assert Product(folder).run("witness", "accept", it.folder, refused).code == 1
