"""Small logs and packs made in memory, by the writer's own statements, tree and checkpoints, but with no database.

`twenty_events` holds every shape that the verifier treats in its own way: keys enrolled, rotated and revoked, corrections,
retractions, an erasure, evidence that is here and evidence that is declared absent.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.ledger.checkpoint import LogKey, Receipt, signature_line, vkey
from service.ledger.statement import StatementKey, thumbprint
from service.ledger.tree import Frontier
from service.verify import TILE, WITNESS, b64url, digest, entry_bytes, key_id, key_proof, leaf_hash, tile_name, unb64url

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

ORIGIN = "severnbrook.example/log"
BEGINNING = 1_467_000_000  # 27 June 2016
EVIDENCE, ABSENT = b"minutes of the meeting of 4 July 2016\n", sha256(b"lost in the move").hexdigest()
COMMON = {"by_person": None, "by_office": "chair", "by_agency": None, "on_behalf_of": None, "late_reason": None}


def private_key(seed: str) -> Ed25519PrivateKey:
    """Make the key of this name, the same each time."""
    return Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()).digest())


def statement_key(holder: str, seed: str, assurance: str = "actor-signed", origin: str = ORIGIN) -> StatementKey:
    """Make a statement key of this holder."""
    return StatementKey(holder, origin, private_key(seed), assurance)


def raw(key: StatementKey) -> bytes:
    """Return the 32 bytes of the public key."""
    return key.private.public_key().public_bytes_raw()


@dataclass(frozen=True)
class Witness:
    """A witness that cosigns checkpoints."""

    name: str
    private: Ed25519PrivateKey

    @property
    def vkey(self) -> str:
        """The witness's key as a policy names it."""
        return vkey(self.name, self.private.public_key().public_bytes_raw(), WITNESS)

    def cosign(self, note: str, time: int) -> str:
        """Return the note with this witness's line."""
        text = note.partition("\n\n")[0] + "\n"
        signature = self.private.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        identity = key_id(self.name, self.private.public_key().public_bytes_raw(), WITNESS)
        return note + signature_line(self.name, identity + time.to_bytes(8, "big") + signature)


@dataclass
class Log:
    """A log in memory. `add` signs whatever it is told to: tests make the logs that the ledger refuses to make."""

    origin: str = ORIGIN
    seed: str = "genuine"
    demonstration: bool = True
    entries: list[bytes] = field(default_factory=list)
    disclosures: list[dict[str, str]] = field(default_factory=list)  # by name, of each event
    topics: list[str] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    frontiers: list[Frontier] = field(default_factory=lambda: [Frontier()])
    erased: set[tuple[int, str]] = field(default_factory=set)  # position and field
    clock: int = BEGINNING

    def __post_init__(self) -> None:
        """Make the log's keys."""
        self.log_key, self.before = LogKey(self.origin, private_key(f"{self.seed} log")), list[tuple[int, LogKey]]()
        self.service = statement_key("service.severnbrook.example", f"{self.seed} service", "service-attested", self.origin)

    def seen(self) -> tuple[int, str]:
        """Return size and root of the newest checkpoint, as a statement names them."""
        return self.frontiers[-1].size, b64encode(self.frontiers[-1].root).decode()

    def add(self, evt: str, about: str, key: StatementKey | None = None, **fields: Any) -> int:
        """Sign an event, seal it and return its position."""
        stream = str(uuid5(NAMESPACE_URL, f"{self.origin}/{about}"))
        version = self.versions.get(stream, 0) + 1
        sd_jwt = (key or self.service).attest(
            evt, stream, version, self.seen(), {"occurred_on": "2016-07-04", **COMMON, **fields}, iat=self.clock
        )
        self.versions[stream] = version
        return self.seal(evt, sd_jwt.decode())

    def seal(self, evt: str, sd_jwt: str) -> int:
        """Seal a signed event, whatever it is; return its position."""
        statement, *disclosures, _ = sd_jwt.split("~")
        self.clock += 60
        self.entries.append(entry_bytes(statement, self.clock))
        self.disclosures.append({json.loads(unb64url(each))[1]: each for each in disclosures})
        self.topics.append(evt)
        self.frontiers.append(self.frontiers[-1].grow([leaf_hash(self.entries[-1])]).after)
        return len(self.entries)

    def establish(self, **changes: Any) -> int:
        """Record the first event."""
        own = {
            "origin": self.origin,
            "log_vkey": self.log_key.vkey,
            "statement_key": b64url(raw(self.service)),
            "holder": self.service.holder,
            "board": "Severnbrook Safeguarding Children Board",
            "demonstration": self.demonstration,
        }
        return self.add("ledger.established.v1", "keys", **(own | changes))

    def enrol(self, key: StatementKey, purpose: str = "acts", **changes: Any) -> int:
        """Enrol a key, which proves that it is held."""
        return self.add("keys.signing_key_enrolled.v1", "keys", **(self._key(key, purpose) | changes))

    def rotate(self, old: StatementKey, new: StatementKey, purpose: str = "acts", **changes: Any) -> int:
        """Replace a key by another of the same holder; both sign."""
        message = key_proof(self.origin, new.holder, purpose, raw(new))
        own = {"replaces": old.thumbprint, "replaced_proof": b64url(old.private.sign(message))}
        return self.add("keys.signing_key_rotated.v1", "keys", **(self._key(new, purpose) | own | changes))

    def succeed(self, name: str, *, vouched: bool = True, **changes: Any) -> int:
        """Go on under another log key, of this name; the one before vouches for it, or does not."""
        old, size = self.log_key, len(self.entries)
        self.log_key = LogKey(name, private_key(f"{self.seed} {name}"), (*old.earlier, (old.vkey, size)))
        proof = old.private.sign(key_proof(self.origin, name, "checkpoints", self.log_key.public))
        own = {"replaces": old.vkey, "log_vkey": self.log_key.vkey, "checkpoint": old.checkpoint(size, self.frontiers[-1].root)}
        own |= {"replaced_proof": b64url(proof) if vouched else None, "reason": "planned" if vouched else "lost"}
        self.before.append((size, old))
        return self.add("ledger.succeeded.v1", "keys", **(own | changes))

    def revoke(self, key: StatementKey) -> int:
        """Revoke a key."""
        return self.add("keys.signing_key_revoked.v1", "keys", thumbprint=key.thumbprint, reason="lost")

    def erase(self, *places: tuple[int, str]) -> int:
        """Record that fields were erased, and forget them."""
        erased = [{"position": at, "field": name, "digest": digest(self.disclosures[at - 1][name])} for at, name in places]
        self.erased |= set(places)
        return self.add("data_subject.personal_data_erased.v1", "subject", erased=erased)

    def _key(self, key: StatementKey, purpose: str) -> dict[str, str]:
        proof = key.private.sign(key_proof(self.origin, key.holder, purpose, raw(key)))
        return {
            "holder": key.holder,
            "thumbprint": thumbprint(raw(key)),
            "public_key": b64url(raw(key)),
            "purpose": purpose,
            "proof": b64url(proof),
        }

    def checkpoint(self, size: int | None = None) -> str:
        """Return the checkpoint of this size, the newest by default."""
        frontier = self.frontiers[-1 if size is None else size]
        key = next((key for until, key in self.before if frontier.size <= until), self.log_key)
        return key.checkpoint(frontier.size, frontier.root)

    def receipt(self, position: int) -> str:
        """Return the receipt of an event, by the newest checkpoint."""
        growth = Frontier().grow([leaf_hash(entry) for entry in self.entries])
        return str(Receipt(position - 1, growth.inclusion(position - 1), self.checkpoint()))

    def pack(
        self,
        indexes: Collection[int] | None = None,
        withhold: Callable[[str, str], bool] = lambda _evt, name: name == "by_person",
        receipts: Collection[int] = (),
    ) -> dict[str, bytes]:
        """Return a pack's files by name: complete, or of the entries with these indexes."""
        size = len(self.entries)
        present = sorted(range(size) if indexes is None else {*indexes, *self.registry()})
        files = {"policy": f"log {self.log_key.vkey}\nquorum none\n".encode(), "checkpoint": self.checkpoint().encode()}
        files |= {f"checkpoints/{index}": self.checkpoint(index).encode() for index in present if index}
        files |= self._tiles()
        for first in range(0, size, TILE):
            here = [index for index in present if first <= index < first + TILE]
            if indexes is None:
                bundle = b"".join(len(self.entries[index]).to_bytes(2, "big") + self.entries[index] for index in here)
                files[f"tile/entries/{tile_name(first // TILE, len(here))}"] = bundle
            else:
                files |= {f"entry/{index}": self.entries[index] for index in here}
            if here:
                files[f"disclosures/{tile_name(first // TILE)}.jsonl"] = b"".join(self.line(index, withhold) for index in here)
        files |= {f"proofs/{position - 1}.tlog-proof": self.receipt(position).encode() for position in receipts}
        files["evidence/" + sha256(EVIDENCE).hexdigest()] = EVIDENCE
        files["evidence/missing"] = f"{ABSENT}\n".encode()
        return files | {"VERIFY.md": b"How to check this pack with other tools.\n", "verify.py": b"# the verifier itself\n"}

    def registry(self) -> set[int]:
        """Return the indexes of what every pack holds."""
        return {i for i, evt in enumerate(self.topics) if evt.startswith(("keys.", "ledger.")) or evt.endswith("personal_data_erased.v1")}

    def line(self, index: int, withhold: Callable[[str, str], bool]) -> bytes:
        """Return the line that accounts for one entry's digests."""
        here = {name: each for name, each in self.disclosures[index].items() if (index + 1, name) not in self.erased}
        hidden = {name for name in here if withhold(self.topics[index], name)}
        line = {
            "disclosed": [each for name, each in here.items() if name not in hidden],
            "index": index,
            "withheld": [digest(here[name]) for name in sorted(hidden)],
        }
        return json.dumps(line, separators=(",", ":")).encode() + b"\n"

    def _tiles(self) -> dict[str, bytes]:
        row, files, level = [leaf_hash(entry) for entry in self.entries], {}, 0
        while row:
            for first in range(0, len(row), TILE):
                tile = row[first : first + TILE]
                files[f"tile/{level}/{tile_name(first // TILE, len(tile))}"] = b"".join(tile)
            row = [Frontier().grow(row[at : at + TILE]).after.root for at in range(0, len(row) - TILE + 1, TILE)]
            level += 1
        return files


RIVER, RIVER_2 = statement_key("riv.severnbrook.example", "river"), statement_key("riv.severnbrook.example", "river 2")
AVON = statement_key("avm.severnbrook.example", "avon")


def twenty_events(**options: Any) -> Log:
    """Make the log that most tests are about."""
    log = Log(**options)
    log.establish()
    log.add("partnership.established.v1", "partnership", name="Severnbrook")
    log.enrol(RIVER)
    log.enrol(AVON)
    log.add("review.finding_recorded.v1", "review 1", RIVER, finding="Visits were missed", by_person="J. Example")
    log.add("action.assigned.v1", "action 1", owner="riv", title="Record every visit", by_person="J. Example")
    evidence = {"sha256": sha256(EVIDENCE).hexdigest(), "size": len(EVIDENCE), "title": "Minutes"}
    log.add("action.evidence_submitted.v1", "action 1", RIVER, evidence=[evidence], note="as agreed")
    log.rotate(RIVER, RIVER_2)
    log.add("action.progress_reported.v1", "action 1", RIVER_2, percent=40, text="Training is booked: £400")
    log.add("action.assigned.v1", "action 2", owner="avm", title="Audit ten files", by_person="K. Example")
    log.add("action.entry_corrected.v1", "action 1", amends=3, percent=45)
    log.add("action.entry_retracted.v1", "action 2", amends=1, reason="assigned twice")
    log.add("action.progress_reported.v1", "action 1", AVON, percent=50, text=None)
    log.revoke(AVON)
    log.add("action.evidence_submitted.v1", "action 1", evidence=[{"sha256": ABSENT, "size": 3, "title": "Letter"}], note=None)
    log.erase((6, "by_person"))
    log.add("action.progress_reported.v1", "action 1", RIVER_2, percent=80, text="Nearly there")
    log.add("review.closed.v1", "review 1", summary="All is said")
    log.add("action.signed_off.v1", "action 1", note="seen")
    log.add("training.session_held.v2", "session 1", attended=14)
    return log


def redacted(evt: str, name: str) -> bool:
    """Withhold what a public pack withholds: all but the registry's fields, the erased ones' list, dates and agencies."""
    return (
        not (evt.startswith(("keys.", "ledger.")) or name in {"occurred_on", "by_agency", "owner", "erased", "percent"})
        or name == "by_person"
    )


def write(files: dict[str, bytes], folder: Path) -> Path:
    """Write a pack's files into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
