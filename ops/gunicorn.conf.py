"""How gunicorn serves Muniment: one process that writes, with threads that share its transactions.

The application opens the board and its connections at the first request of the worker, never before the fork, and closes them here.

A thread is for a request that is there. Whoever connects and says nothing holds none; whoever says it too slowly is cut off, as Apache's
mod_reqtimeout does; and nobody holds all of them, nor all the lines: whoever has more requests waiting than will be answered soon is told
so, and of the lines on which one address says nothing the oldest is closed. What comes from many places at once a proxy in front keeps
off, which takes a request in whole before it passes it on: behind one, all clients are one, so that nobody's share is counted.
"""

from __future__ import annotations

import gc
import socket
import time
from collections import Counter, defaultdict, deque
from contextlib import contextmanager, suppress
from errno import ECONNRESET
from functools import partial
from selectors import EVENT_READ
from typing import TYPE_CHECKING, Any, Final

from gunicorn.http.body import Body, LengthReader
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker

from service.desk.coming_in.throttle import client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

PATIENCE: Final = 10.0  # seconds for the head of a request, and for which nothing may come of its body, or be taken of an answer
LEAST: Final = 4096  # bytes a second, of a body as of an answer
KEPT_FREE: Final = 4  # threads that whoever is at one address leaves to others
MOST_IN_TURN: Final = 256  # requests that wait for the threads of one address
MOST_SILENT: Final = 128  # lines of one address on which nothing is asked
BLOCK: Final = 1 << 16  # bytes that are heard at once of who is turned away
BUSY: Final = b'{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"Too much waits here. Ask again in 5 seconds"}'
TURNED_AWAY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BUSY), BUSY)
)


class Line(socket.socket):
    """The line to a client, with as much patience as is left. Its time runs while we wait, not while we work."""

    patience = PATIENCE

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Receive what there is; cut off who is too slow."""
        begun = time.monotonic()
        with self._within(self.patience):
            got = super().recv(size, flags)
        self.patience = min(PATIENCE, self.patience - (time.monotonic() - begun) + len(got) / LEAST)
        return got

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Receive what there is to where it belongs; cut off who is too slow."""
        begun = time.monotonic()
        with self._within(self.patience):
            got = super().recv_into(buffer, nbytes, flags)
        self.patience = min(PATIENCE, self.patience - (time.monotonic() - begun) + got / LEAST)
        return got

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send all of it; cut off who does not take it."""
        with self._within(PATIENCE + len(data) / LEAST):
            super().sendall(data, flags)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a file; cut off who takes nothing of it."""
        with self._within(PATIENCE):
            return super().sendfile(file, offset, count)

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Wait no longer than this, nor than gunicorn would."""
        asked = self.gettimeout()
        self.settimeout(max(0.001, seconds) if asked is None else min(asked, max(0.001, seconds)))
        try:
            yield
        except TimeoutError as error:
            raise ConnectionResetError(ECONNRESET, "the client is too slow") from error
        finally:
            self.settimeout(asked)


class Straight(Body):
    """The body of a request, which can be read straight to where it belongs: gunicorn's own is copied five times on its way."""

    def readinto(self, there: Any) -> int:
        """Read what has come of it, as much as fits, and wait for the first of it; return how many bytes that is, and 0 at its end."""
        reader = self.reader
        if not isinstance(reader, LengthReader) or self.buf.tell():
            block = self.read(len(there))
        elif held := reader.unreader.buf.getbuffer().nbytes:  # what came with the head
            block = self._read_reader(min(held, len(there)))
        else:
            return self._received(reader, memoryview(there)[: reader.length])
        there[: len(block)] = block
        return len(block)

    def _read_reader(self, size: int) -> bytes:
        """Read on; a body in pieces that are none breaks off there, as one whose line was cut."""
        try:
            return super()._read_reader(size)
        except ParseException as error:
            raise ConnectionResetError(ECONNRESET, "the body is not in the pieces that it says") from error

    def _received(self, reader: LengthReader, there: memoryview) -> int:
        try:
            got: int = reader.unreader.sock.recv_into(there) if there else 0
        except OSError:
            self.failed = True
            raise
        reader.length -= got
        return got


class Patient(ThreadWorker):
    """gunicorn's threads, kept for requests that are there, and never all for one client. It serves any WSGI application."""

    def init_process(self) -> None:
        """Begin with nobody."""
        self.busy: Counter[str] = Counter()
        self.in_turn: defaultdict[str, deque[TConn]] = defaultdict(deque)
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the application, and decide what one address may have of this worker: all of it, where a proxy is in front of Muniment."""
        super().load_wsgi()
        ours = getattr(self.wsgi, "extensions", {}).get("muniment")
        alone = not (ours and ours.config.proxies)
        self.share = max(1, self.cfg.threads - KEPT_FREE) if alone else self.cfg.threads
        self.most_silent = MOST_SILENT if alone else self.worker_connections

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection a thread: once there is something to read, and its client has its share of them."""
        if not isinstance(conn.sock, Line):
            conn.sock = Line(fileno=conn.sock.detach())
            conn.who = client(conn.client[0] if isinstance(conn.client, tuple) else None)
        if not (conn.initialized or conn.data_ready):
            self._wait_for(conn, self.on_pending_socket_readable)
        elif self.busy[conn.who] < self.share:
            self.busy[conn.who] += 1
            super().enqueue_req(conn)
        elif len(self.in_turn[conn.who]) < MOST_IN_TURN:
            self.in_turn[conn.who].append(conn)
        else:
            self._turn_away(conn)

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """Take the thread back, and give it to whom its client has waiting."""
        who = conn.who
        self.busy[who] -= 1
        if conn.sock.fileno() < 0:  # `handle` has taken leave
            self.nr_conns -= 1
        else:
            super().finish_request(conn, fs)
        if self.in_turn[who]:
            self.enqueue_req(self.in_turn[who].popleft())
        elif not self.busy[who]:
            del self.busy[who], self.in_turn[who]

    def handle(self, conn: TConn) -> Any:
        """Answer a request, and take leave here: gunicorn's loop, which everybody needs, would wait until the client does."""
        conn.sock.patience = PATIENCE
        kept = super().handle(conn)
        if not kept:
            conn.close(graceful=True)
        return kept

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request, whose body can be read straight."""
        req.body = Straight(req.body.reader)
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Close the lines that have been silent too long; and of an address that has too many of them those that have been so longest."""
        super().murder_pending()
        if len(self.pending_conns) + len(self.keepalived_conns) <= self.most_silent:
            return
        silent = sorted((*self.pending_conns, *self.keepalived_conns), key=lambda conn: conn.timeout)
        number = Counter(conn.who for conn in silent)
        for conn in silent:
            if number[conn.who] > self.most_silent:
                number[conn.who] -= 1
                self._let_go(conn)

    def _wait_for(self, conn: TConn, heard: Callable[[TConn, socket.socket], None]) -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(heard, conn))

    def _turn_away(self, conn: TConn) -> None:
        with suppress(OSError):  # it has gone already
            conn.sock.setblocking(False)
            conn.sock.send(TURNED_AWAY)
            conn.sock.shutdown(socket.SHUT_WR)
        self._wait_for(conn, self._hear_out)

    def _hear_out(self, conn: TConn, line: socket.socket) -> None:
        """Let who was turned away finish and go, as long as anybody may be silent: closed before, the line would be reset, unheard."""
        try:
            more = line.recv(BLOCK)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if not more:
            self._let_go(conn)

    def _let_go(self, conn: TConn) -> None:
        (self.pending_conns if conn in self.pending_conns else self.keepalived_conns).remove(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()


wsgi_app = "api.app:create_app()"
worker_class = Patient
workers = 1  # group commit works within a process: threads share a transaction, processes take turns
threads = 16
preload_app = False  # built before a fork, the ledger's connections would belong to the parent
timeout = 60
graceful_timeout = 20  # longer than the longest wait for an append: what was begun is answered
keepalive = 5
accesslog = None  # the application logs requests itself, without what they carried
control_socket_disable = True  # nobody controls it but who started it


def post_fork(_server: Any, _worker: Any) -> None:
    """Look for no garbage while what is needed to serve is read: nearly all of it stays, and looking is a fifth of the start."""
    gc.disable()


def post_worker_init(_worker: Any) -> None:
    """Leave what was read to serve at all out of every later search for garbage: half a million objects that stay."""
    gc.collect()
    gc.freeze()
    gc.enable()


def worker_exit(_server: Any, worker: Any) -> None:
    """Give the worker's connections back."""
    if ours := getattr(getattr(worker, "wsgi", None), "extensions", {}).get("muniment"):
        ours.close()
