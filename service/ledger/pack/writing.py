"""Writes a sealed pack: the log as a folder, or a zip of it, that needs no server to be checked (ledger §7).

Every pack has all hash tiles and the key registry. A complete one has every entry; one of a scope has the entries at `positions`, each
proved from the tiles. `classes` says which fields are disclosed; the digests of the others are listed as withheld, so that nothing
can be left out unseen. What stands outside the scope is there for the verification alone, which rests on public fields: it discloses
no others. Personal values are never in a pack.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from eventsourcing.utils import resolve_topic

from aggregates.entry.fields import fields_by_name
from aggregates.errors import Refused
from service import verify
from service.ledger.pack import absence, reading, samples
from service.ledger.pack.recipes import RECIPES
from service.recording.evidence.checking import Sharing, standings
from service.recording.evidence.refusals import UnknownEvidence
from service.verify import TILE, tile_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from psycopg import Connection

    from service.ledger.store import LedgerRecorder
    from service.recording.evidence.store import EvidenceStore

ALL_BUT_PERSONAL: Final = frozenset({"public", "partners", "restricted"})
PUBLIC: Final = frozenset({"public"})
REGISTRY: Final = ("ledger.", "keys.")  # what every pack holds, whatever its scope, with what was erased
ERASED: Final = "data_subject.personal_data_erased.v1"
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the time of every file in a zip, so that the same log gives the same bytes


class PackExists(Refused):
    """A pack is written where nothing is yet."""

    text = "{out} is there already: a pack is never written over anything"


class PackSummary(NamedTuple):
    """What a pack holds: how many entries, at which size of the log, with how many evidence files, and how many declared absent."""

    entries: int
    size: int
    files: int
    missing: int


@dataclass
class _Writing:
    """A pack on its way: where it goes, what of it is disclosed, and what its entries cite."""

    conn: Connection[Any]
    folder: Path
    classes: Collection[str]
    size: int
    cited: set[str] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    entries: int = 0

    def put(self, name: str, content: bytes) -> None:
        """Write one file of the pack."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def tiles(self) -> None:
        """Write every hash tile, full or not."""
        level = 0
        while count := self.size >> 8 * level:
            for first in range(0, count, TILE):
                width = min(TILE, count - first)
                row = self.conn.execute("SELECT ledger.read_tile(%s, %s, %s) AS hashes", (level, first // TILE, width)).fetchone()
                self.put(f"tile/{level}/{tile_name(first // TILE, width)}", bytes(row["hashes"]) if row else b"")
            level += 1

    def bundles(self, positions: Collection[int] | None) -> None:
        """Write the entries, tile by tile, with what is disclosed of them."""
        for tile in range(-(-self.size // TILE)):
            rows = [row for row in self._rows(tile) if _within(positions, row) or _always(row["topic"])]
            if not rows:
                continue
            if positions is None:
                bundle = b"".join(len(row["entry"]).to_bytes(2, "big") + row["entry"] for row in rows)
                self.put(f"tile/entries/{tile_name(tile, len(rows))}", bundle)
            else:
                for row in rows:
                    self.put(f"entry/{row['position'] - 1}", row["entry"])
            self.put(f"disclosures/{tile_name(tile)}.jsonl", b"".join(self._line(row, _within(positions, row)) for row in rows))
            self.entries += len(rows)

    def _rows(self, tile: int) -> list[dict[str, Any]]:
        query = """
            SELECT e.position, e.topic, e.entry, coalesce(d.disclosures, '~') AS disclosures,
                   ARRAY(SELECT f.digest FROM ledger.sealed_field f WHERE f.position = e.position ORDER BY f.field) AS sealed
              FROM ledger.event e LEFT JOIN ledger.disclosure d USING (position)
             WHERE e.position > %s AND e.position <= %s ORDER BY e.position"""
        return list(self.conn.execute(query, (tile * TILE, min(self.size, (tile + 1) * TILE))))

    def _line(self, row: dict[str, Any], within: bool) -> bytes:
        kinds, classes = fields_by_name(resolve_topic(row["topic"])), self.classes if within else PUBLIC
        disclosed, withheld = [], list(row["sealed"])
        for disclosure in row["disclosures"].strip("~").split("~"):
            if not disclosure:
                continue
            _, name, value = json.loads(verify.unb64url(disclosure))
            if kinds[name].sensitivity in classes:
                disclosed.append(disclosure)
                self.cited.update(_evidence(name, value))
            else:
                withheld.append(verify.digest(disclosure))
        statement = row["entry"].split(b'"')[5].decode()  # {"recv":…,"stmt":"<statement>","v":1}
        self.seen.add(json.loads(verify.unb64url(statement.split(".")[1]))["seen"]["size"])
        line = {"disclosed": disclosed, "index": row["position"] - 1, "withheld": withheld}
        return json.dumps(line, separators=(",", ":")).encode() + b"\n"

    def checkpoints(self) -> None:
        """Write the older checkpoints: those that statements cite as seen, and those that were sent outside."""
        sent = {row["size"] for row in self.conn.execute("SELECT DISTINCT size FROM desk.checkpoint_sent")}
        wanted = sorted(size for size in self.seen | sent if 0 < size < self.size)
        for row in self.conn.execute("SELECT size, note FROM ledger.checkpoint WHERE size = ANY (%s)", (wanted,)):
            self.put(f"checkpoints/{row['size']}", row["note"].encode())

    def evidence(self, store: EvidenceStore | None) -> tuple[int, int]:
        """Copy the cited files that are held and given out, and declare the others absent; return how many of each."""
        missing, shared = [], standings(self.conn, self.cited, scanned=store is not None and store.scanner is not None)
        for digest in sorted(self.cited):
            try:
                held = store.files.open(digest) if store and shared[digest].sharing is Sharing.SHARED else None
            except UnknownEvidence:
                held = None
            if held is None:
                missing.append(digest)
                continue
            path = self.folder / "evidence" / digest
            path.parent.mkdir(exist_ok=True)
            with held, path.open("wb") as copy:
                shutil.copyfileobj(held, copy)
        if missing:
            self.put("evidence/missing", "".join(f"{digest}\n" for digest in missing).encode())
        return len(self.cited) - len(missing), len(missing)


def write_pack(
    recorder: LedgerRecorder,
    out: Path,
    *,
    classes: Collection[str] = ALL_BUT_PERSONAL,
    positions: Collection[int] | None = None,
    evidence: EvidenceStore | None = None,
) -> PackSummary:
    """Write a pack to `out`, a folder or a name that ends in .zip; refuses to write over anything.

    It is written beside and renamed at the end, so `out` is a whole pack or is not there. All of it is of one moment.
    """
    if out.exists():
        raise PackExists(out=out)
    folder = out.with_name(f".{out.name}.writing-{os.getpid()}")
    try:
        with recorder.datastore.get_connection() as conn, conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            head = conn.execute("SELECT size, note FROM ledger.checkpoint ORDER BY size DESC LIMIT 1").fetchone()
            writing = _Writing(conn, folder, classes, head["size"] if head else 0)
            writing.put("policy", f"log {recorder.vkey}\nquorum none\n".encode())
            writing.put("checkpoint", (head["note"] if head else "").encode())
            writing.tiles()
            writing.bundles(positions)
            writing.checkpoints()
            files, missing = writing.evidence(evidence)
        writing.put("VERIFY.md", RECIPES.format(vkey=recorder.vkey, size=writing.size).encode())
        for source in (Path(str(each.__file__)) for each in (verify, reading, absence, samples)):
            writing.put(source.name, source.read_bytes())
        _finish(folder, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return PackSummary(writing.entries, writing.size, files, missing)


def _finish(folder: Path, out: Path) -> None:
    if out.suffix != ".zip":
        folder.rename(out)
        return
    zipped = folder.with_suffix(".zip")
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as content, archive.open(info, "w", force_zip64=True) as packed:
                shutil.copyfileobj(content, packed)
    zipped.rename(out)


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _within(positions: Collection[int] | None, row: Mapping[str, Any]) -> bool:
    return positions is None or row["position"] in positions


def _always(topic: str) -> bool:
    return topic.startswith(REGISTRY) or topic == ERASED


def _evidence(name: str, value: Any) -> list[str]:
    return [item["sha256"] for item in value] if name == "evidence" and value else []
