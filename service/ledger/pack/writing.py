"""Writes a sealed pack: the log as a folder, or a zip of it, that needs no server to be checked (ledger §7).

Every pack has all hash tiles and the key registry. A complete one has every entry; one of a scope has the entries at `positions`, each
proved from the tiles. `disclosing` says which fields are disclosed; the digests of the others are listed as withheld, so that nothing
can be left out unseen. What stands outside the scope is there for the verification alone, and to say who held which office: it
discloses public fields, and no others. Personal values are never in a pack.

The same scope at the same checkpoint for the same recipient gives the same bytes.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from eventsourcing.utils import resolve_topic

from aggregates.errors import Refused
from service import verify
from service.ledger.pack import absence, gone, reading, samples
from service.ledger.pack.disclosing import EVERYTHING, PUBLIC, Disclosing
from service.ledger.pack.files import Folder, pieces, written
from service.ledger.pack.recipes import recipes
from service.recording.evidence.checking import Sharing, standings
from service.recording.evidence.refusals import UnknownEvidence
from service.verify import TILE, tile_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from psycopg import Connection

    from service.ledger.store import LedgerRecorder
    from service.recording.evidence.store import EvidenceStore

# What every pack holds, whatever its scope: what the verification rests on, and whose signature was whose.
OF_THE_LOG: Final = ("ledger.established.", "ledger.succeeded.", "ledger.integrity_failed.")
ALWAYS: Final = (*OF_THE_LOG, "keys.", "office.", "data_subject.personal_data_erased.")
WHOLE: Final = "the whole record"
NEWEST: Final = "SELECT size, root, note FROM ledger.cosigned ORDER BY size DESC LIMIT 1"
SEALING: Final = "SELECT size, root, note FROM ledger.cosigned WHERE size >= %s ORDER BY size LIMIT 1"
OUTSIDE: Final = "SELECT size FROM desk.checkpoint_sent UNION SELECT size FROM ledger.cosignature UNION SELECT size FROM ledger.timestamp"


class PackExists(Refused):
    """A pack is written where nothing is yet."""

    text = "{out} is there already: a pack is never written over anything"


class NotSealedYet(Refused):
    """A pack ends with a checkpoint."""

    text = "There is no checkpoint yet that seals event {size}: the log ends before it"


class PackSummary(NamedTuple):
    """What a pack holds: how many entries, at which size of the log, with how many evidence files, and how many declared absent.

    `root` is that of its checkpoint, base64; `sha256` names all of it (`files_sha256`).
    """

    entries: int
    size: int
    files: int
    missing: int
    root: str
    sha256: str


@dataclass
class _Writing:
    """A pack on its way: where it goes, what of it is disclosed, and what its entries cite."""

    conn: Connection[Any]
    pack: Folder
    disclosing: Disclosing
    size: int
    cited: set[str] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    entries: int = 0

    def tiles(self) -> None:
        """Write every hash tile, full or not."""
        level = 0
        while count := self.size >> 8 * level:
            for first in range(0, count, TILE):
                width = min(TILE, count - first)
                row = self.conn.execute("SELECT ledger.read_tile(%s, %s, %s) AS hashes", (level, first // TILE, width)).fetchone()
                self.pack.put(f"tile/{level}/{tile_name(first // TILE, width)}", bytes(row["hashes"]) if row else b"")
            level += 1

    def bundles(self, positions: Collection[int] | None) -> None:
        """Write the entries, tile by tile, with what is disclosed of them."""
        for tile in range(-(-self.size // TILE)):
            rows = [row for row in self._rows(tile) if _within(positions, row) or _always(row["topic"])]
            if not rows:
                continue
            if positions is None:
                bundle = b"".join(len(row["entry"]).to_bytes(2, "big") + row["entry"] for row in rows)
                self.pack.put(f"tile/entries/{tile_name(tile, len(rows))}", bundle)
            else:
                for row in rows:
                    self.pack.put(f"entry/{row['position'] - 1}", row["entry"])
            self.pack.put(f"disclosures/{tile_name(tile)}.jsonl", b"".join(self._line(row, _within(positions, row)) for row in rows))
            self.entries += len(rows)

    def _rows(self, tile: int) -> list[dict[str, Any]]:
        query = """
            SELECT e.position, e.topic, e.entry, coalesce(d.disclosures, '~') AS disclosures,
                   ARRAY(SELECT f.digest FROM ledger.sealed_field f WHERE f.position = e.position ORDER BY f.field) AS sealed
              FROM ledger.event e LEFT JOIN ledger.disclosure d USING (position)
             WHERE e.position > %s AND e.position <= %s ORDER BY e.position"""
        return list(self.conn.execute(query, (tile * TILE, min(self.size, (tile + 1) * TILE))))

    def _line(self, row: dict[str, Any], within: bool) -> bytes:
        by_name = {}
        for disclosure in filter(None, row["disclosures"].strip("~").split("~")):
            _, name, value = json.loads(verify.unb64url(disclosure))
            by_name[name] = disclosure, value
        disclosing = self.disclosing if within else replace(self.disclosing, classes=PUBLIC)
        shown = disclosing.shown(resolve_topic(row["topic"]), {name: value for name, (_, value) in by_name.items()})
        disclosed = [disclosure for name, (disclosure, _) in by_name.items() if name in shown]
        withheld = [*row["sealed"], *(verify.digest(disclosure) for name, (disclosure, _) in by_name.items() if name not in shown)]
        self.cited.update(item for name in shown for item in _evidence(name, by_name[name][1]))
        statement = row["entry"].split(b'"')[5].decode()  # {"recv":…,"stmt":"<statement>","v":1}
        self.seen.add(json.loads(verify.unb64url(statement.split(".")[1]))["seen"]["size"])
        line = {"disclosed": disclosed, "index": row["position"] - 1, "withheld": withheld}
        return json.dumps(line, separators=(",", ":")).encode() + b"\n"

    def receipts(self, positions: Collection[int], recorder: LedgerRecorder) -> None:
        """Write the receipts of single events."""
        for position in sorted(positions):
            self.pack.put(f"proofs/{position - 1}.tlog-proof", str(recorder.receipt(position, within=self.size)).encode())

    def checkpoints(self) -> None:
        """Write the older checkpoints: those that statements cite as seen, and those that others have; and the time stamps."""
        sent = {row["size"] for row in self.conn.execute(OUTSIDE)}
        for row in self.conn.execute("SELECT size, token FROM ledger.timestamp WHERE size <= %s", (self.size,)):
            self.pack.put(f"timestamps/{row['size']}.tsr", row["token"])
        wanted = sorted(size for size in self.seen | sent if 0 < size < self.size)
        for row in self.conn.execute("SELECT size, note FROM ledger.cosigned WHERE size = ANY (%s)", (wanted,)):
            self.pack.put(f"checkpoints/{row['size']}", row["note"].encode())

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
            with held:
                self.pack.copy(f"evidence/{digest}", pieces(held))
        if missing:
            self.pack.put("evidence/missing", "".join(f"{digest}\n" for digest in missing).encode())
        return len(self.cited) - len(missing), len(missing)


def write_pack(
    recorder: LedgerRecorder,
    out: Path,
    *,
    disclosing: Disclosing = EVERYTHING,
    positions: Collection[int] | None = None,
    receipts: Collection[int] = (),
    evidence: EvidenceStore | None = None,
    size: int | None = None,
    about: str = WHOLE,
) -> PackSummary:
    """Write a pack to `out`, a folder or a name that ends in .zip; refuses to write over anything.

    It ends with the first checkpoint of `size` entries or more, the newest where none is given; `about` says in words of what it is.
    It is written beside and renamed at the end, so `out` is a whole pack or is not there. All of it is of one moment.
    """
    if out.exists():
        raise PackExists(out=out)
    with written(out) as pack:
        with recorder.datastore.get_connection() as conn, conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            head = conn.execute(NEWEST if size is None else SEALING, (size,) if size is not None else ()).fetchone()
            if head is None and size is not None:
                raise NotSealedYet(size=size)
            writing = _Writing(conn, pack, disclosing, head["size"] if head else 0)
            policy = conn.execute("SELECT text FROM ledger.policy ORDER BY number DESC LIMIT 1").fetchone()
            sealer = [each.vkey for each in recorder.sealers if each.since < max(writing.size, 1)][-1]
            pack.put("policy", _of(policy["text"], recorder, sealer) if policy else f"log {sealer}\nquorum none\n".encode())
            pack.put("checkpoint", (head["note"] if head else "").encode())
            writing.tiles()
            complete = positions is None or len(positions) >= writing.size
            writing.bundles(None if complete else positions)
            for index, line in gone.lines(conn, recorder, writing.size) if complete else ():
                pack.put(f"{gone.FOLDER}{index}.json", line)
            writing.checkpoints()
            files, missing = writing.evidence(evidence)
        writing.receipts(receipts, recorder)
        pack.put("VERIFY.md", recipes(sealer, writing.size, about).encode())
        for source in (Path(str(each.__file__)) for each in (verify, reading, absence, samples)):
            pack.put(source.name, source.read_bytes())
    root = b64encode(head["root"]).decode() if head else ""
    return PackSummary(writing.entries, writing.size, files, missing, root, pack.sha256)


def _of(policy: str, recorder: LedgerRecorder, sealer: str) -> bytes:
    """Return a policy with the key that sealed the pack's checkpoint, whichever key of this log it names."""
    for each in recorder.sealers:
        policy = policy.replace(each.vkey, sealer)
    return policy.encode()


def _within(positions: Collection[int] | None, row: Mapping[str, Any]) -> bool:
    return positions is None or row["position"] in positions


def _always(topic: str) -> bool:
    return topic.startswith(ALWAYS)


def _evidence(name: str, value: Any) -> list[str]:
    return [item["sha256"] for item in value] if name == "evidence" and value else []
