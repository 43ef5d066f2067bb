"""Other organisations, each over real HTTP in this process: witnesses of a board's log, honest ones and liars."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from werkzeug.serving import make_server

from service.ledger.witness import cosigning
from service.ledger.witness.server import Witness
from service.recording.outside.policy import Witness as Named

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from service.config import Config


@contextmanager
def listening(app: Callable[..., Any]):
    """Serve a WSGI application; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def witness_of(log: str, folder: Path, kind: type[Witness] = Witness, name: str = "witness.example/1") -> Witness:
    """Make a witness that accepts a log."""
    it = kind(folder, cosigning.create(folder, name), clock=time.time)
    it.memory.accept(log)
    return it


def policy_of(config: Config, folder: Path, *witnesses: tuple[Witness, str], quorum: str | None = None) -> Config:
    """Return the settings of a board that these witness, by a policy in a file."""
    names = [f"w{number}" for number, _ in enumerate(witnesses, 1)]
    lines = [f"witness {name} {one.key.vkey} {url}" for name, (one, url) in zip(names, witnesses, strict=True)]
    (folder / "policy").write_text("\n".join([*lines, f"group all all {' '.join(names)}", f"quorum {quorum or 'all'}", ""]))
    return replace(config, policy=folder / "policy")


def named(witness: Witness, url: str) -> Named:
    """Return a witness as a policy names it."""
    return Named("w1", witness.key.vkey, url)
