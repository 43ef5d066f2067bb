"""The published log, exactly as C2SP's tlog-tiles has it: the checkpoint, the tiles of hashes, and the bundles of entries.

Hashes say nothing of what was recorded, so everybody may have them. Entries carry who signed what kind of event when: they are for
those who may read the whole Board's record. A full tile never changes and may be kept for ever; everything else is asked for anew.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from api.access import needs, public
from api.worker import worker
from service.desk.refusals import NotEstablished, NotFound

if TYPE_CHECKING:
    from psycopg import Connection

WIDTH: Final = 256  # hashes in a full tile
BITS: Final = 8  # by which a level's tiles stand for more leaves than those of the level below
PLACE: Final = re.compile(r"(?P<n>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?")
LEVEL: Final = re.compile(r"[0-9]|[1-5][0-9]|6[0-3]")
FOR_EVER: Final = "public, max-age=31536000, immutable"

published = Blueprint("log", __name__, url_prefix="/log")


@published.get("/checkpoint")
@public
def checkpoint() -> Response:
    """Give the newest checkpoint, a signed note, with the cosignatures that it has by now."""
    with worker().reader() as conn:
        row = conn.execute("SELECT note FROM ledger.cosigned ORDER BY size DESC LIMIT 1").fetchone()
    if row is None:
        raise NotEstablished
    return _answer(row[0], "text/plain; charset=utf-8", "no-cache")


@published.get("/tile/<level>/<path:place>")
@public
def tile(level: str, place: str) -> Response:
    """Give a tile of hashes: `tile/0/x001/234`, or of its first ones `tile/0/x001/234.p/56`."""
    if LEVEL.fullmatch(level) is None:
        raise NotFound(kind="tile", ref=f"{level}/{place}")
    with worker().reader() as conn:
        index, width = _existing(conn, int(level), place)
        row = conn.execute("SELECT ledger.read_tile(%s, %s, %s)", (int(level), index, width)).fetchone()
    hashes = bytes(row[0]) if row else b""
    return _answer(hashes, "application/octet-stream", FOR_EVER if width == WIDTH else "no-cache")


@published.get("/tile/entries/<path:place>")
@needs("every entry")
def entries(place: str) -> Response:
    """Give a bundle of entries, each after its length in two bytes. It holds no content, only digests of it."""
    with worker().reader() as conn:
        index, width = _existing(conn, 0, place)
        bundle = "SELECT entry FROM ledger.event WHERE position > %s AND position <= %s ORDER BY position"
        rows = conn.execute(bundle, (index * WIDTH, index * WIDTH + width)).fetchall()
    parts = [len(entry).to_bytes(2, "big") + bytes(entry) for (entry,) in rows]
    return _answer(b"".join(parts), "application/octet-stream", "private, no-store")


def _existing(conn: Connection[Any], level: int, place: str) -> tuple[int, int]:
    """Return a tile's index and width, or refuse: another spelling, or more hashes than there are."""
    found = PLACE.fullmatch(place)
    row = conn.execute("SELECT coalesce(max(size), 0) FROM ledger.checkpoint").fetchone()
    hashes = (row[0] if row else 0) >> (BITS * level)
    if found and not found["n"].startswith("x000"):
        index, width = int(found["n"].replace("x", "").replace("/", "")), int(found["width"] or WIDTH)
        short = found["width"] is None or width < WIDTH
        if short and index * WIDTH + width <= hashes:
            return index, width
    raise NotFound(kind="tile", ref=f"{level}/{place}")


def _answer(body: str | bytes, kind: str, caching: str) -> Response:
    return Response(body, content_type=kind, headers={"Cache-Control": caching})
