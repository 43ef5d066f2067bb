"""The witness as it is asked: `POST add-checkpoint` (C2SP tlog-witness), and `GET /`, which says who it is and what it last saw.

It knows logs by the keys that it was given, believes nothing else, and cosigns what extends all that it has cosigned of that log before.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from service.ledger.tree import EMPTY_ROOT, NotProved, roots_from_consistency
from service.ledger.witness.cosigning import WitnessKey, load
from service.ledger.witness.memory import Cosigned, Fork, Memory, MemoryUnusable, origin_of
from service.ledger.witness.submission import MOST_BYTES, SIZE, Submission
from service.verify import Checkpoint, open_checkpoint

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

ADD: Final = "/add-checkpoint"


class Witness:
    """A witness, as a WSGI application."""

    def __init__(self, folder: Path, key: WitnessKey, *, clock: Callable[[], float] = time.time) -> None:
        """Take its folder, its key and the time."""
        self.memory, self.key, self.clock = Memory(folder), key, clock

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        request.max_content_length = MOST_BYTES
        return self.answer(request)(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Answer a request."""
        about = request.path == "/" and request.method in {"GET", "HEAD"}
        if request.path != ADD and not about:
            return _said("There is nothing here: a log is witnessed at /add-checkpoint\n", 404)
        if request.method != "POST" and not about:
            return _said("Checkpoints are sent by POST\n", 405, Allow="POST")
        try:
            return _said(self._about(), 200) if about else self.add(Submission.parse(request.get_data(cache=False)))
        except RequestEntityTooLarge:
            return _said(f"A submission has at most {MOST_BYTES} bytes\n", 413)
        except ValueError as error:
            return _said(f"This cannot be read: {error}\n", 400)
        except MemoryUnusable as error:
            return _said(f"Not now: {error.strerror}\n", 503)

    def add(self, it: Submission) -> Response:
        """Cosign a checkpoint, or say why not."""
        with self.memory.turn() as conn:
            # SPEC: If the checkpoint origin is unknown, the witness MUST respond with a "404 Not Found" HTTP status code.
            vkey = self.memory.logs(conn).get(it.origin)
            if vkey is None:
                after = self.memory.successor(conn, it.origin)
                return _said(f"The log {it.origin} {f'was succeeded by {after}' if after else 'is not known here'}\n", 404)
            # SPEC: If none of the signatures verify against a trusted public key, the witness MUST respond with a "403 Forbidden".
            try:
                offered = open_checkpoint(it.note, vkey)
            except ValueError as error:
                return _said(f"{error}\n", 403)
            # SPEC: The old size MUST be equal to or lower than the checkpoint size. Otherwise, […] a "400 Bad Request".
            if it.old > offered.size:
                return _said(f"{it.old} is no prefix of {offered.size}\n", 400)
            return self._extend(conn, it, offered)

    def _extend(self, conn: sqlite3.Connection, it: Submission, offered: Checkpoint) -> Response:
        last = self.memory.cosigned(conn, it.origin)
        there = self.memory.cosigned(conn, it.origin, offered.size)
        if there and there.root != offered.root:
            self._forked(conn, offered, there, it.note)
        # SPEC: The witness MUST check that the old size matches the size of the latest checkpoint it cosigned for the checkpoint's
        # origin (or zero […]). If it doesn't match, the witness MUST respond with a "409 Conflict" HTTP status code.
        # SPEC: If the old size matches the checkpoint size, the witness MUST check that the root hashes are also identical. […] 409.
        size, root = (last.size, last.root) if last else (0, EMPTY_ROOT)
        if it.old != size or (it.old == offered.size and root != offered.root):
            return Response(f"{size}\n", 409, content_type=SIZE)
        # SPEC: The proof MUST be empty if the old size is zero. If the Merkle Consistency Proof doesn't verify, […] 422.
        if not (self._leads(conn, it, last, offered) if last and size else not it.proof):
            return _said("The proof of consistency does not lead from what was cosigned to this checkpoint\n", 422)
        # SPEC: The witness MUST persist the new checkpoint before responding.
        now = int(self.clock())
        self.memory.keep(conn, it.origin, Cosigned(offered.size, offered.root, it.note, now))
        return _said(self.key.cosign(it.text, now), 200)

    def _leads(self, conn: sqlite3.Connection, it: Submission, last: Cosigned, offered: Checkpoint) -> bool:
        """Say whether the proof leads from what was cosigned last. One that leads from another tree of that size convicts the log."""
        try:
            before, after = roots_from_consistency(last.size, offered.size, last.root, it.proof)
        except NotProved:
            return False  # which proves nothing: anybody can send a wrong proof with a checkpoint of the log's
        if after == offered.root and before != last.root:
            self._forked(conn, offered, last, str(it))
        return (before, after) == (last.root, offered.root)

    def _forked(self, conn: sqlite3.Connection, offered: Checkpoint, held: Cosigned, shown: str) -> None:
        self.memory.keep_fork(conn, Fork(origin_of(offered.text), offered.size, offered.root, held.note, shown, int(self.clock())))

    def _about(self) -> str:
        """Say who it is and, of each log, what it last cosigned: two readers compare theirs with it."""
        with self.memory.turn() as conn:
            notes = [last.note for origin in self.memory.logs(conn) if (last := self.memory.cosigned(conn, origin))]
        return "\n".join([f"A witness of transparency logs (c2sp.org/tlog-witness)\n{self.key.vkey}\n", *notes])


def application(folder: str, passphrase_file: str | None = None) -> Witness:
    """Return the witness of a folder, for a WSGI server."""
    return Witness(Path(folder), load(Path(folder), Path(passphrase_file) if passphrase_file else None))


def _said(words: str, status: int, **headers: str) -> Response:
    return Response(words, status, headers, content_type="text/plain; charset=utf-8")
