"""Checkpoints and receipts as C2SP writes them: signed-note, tlog-checkpoint, tlog-proof (ledger.md §4)."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from service.verify import LOG, Sealer, key_id, open_checkpoint, parse_receipt, parse_vkey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from service.verify import Checkpoint

PROOF = "c2sp.org/tlog-proof@v1"


def text_of(origin: str, size: int, root: bytes) -> str:
    """Return the text of a checkpoint, which is what its signatures are over."""
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n"


def signature_line(name: str, blob: bytes) -> str:
    """Return a signature line of a note; `blob` is the key's id and what that kind of key writes after it."""
    return f"— {name} {b64encode(blob).decode()}\n"


def vkey(name: str, public: bytes, kind: bytes = LOG) -> str:
    """Return a note key as it is published: `<name>+<hex id>+<base64 of kind and key>`."""
    return f"{name}+{key_id(name, public, kind).hex()}+{b64encode(kind + public).decode()}"


def sealers(earlier: Sequence[tuple[str, int]], now: str) -> tuple[Sealer, ...]:
    """Return whose keys seal a log, in their order: those of earlier, each with how many events it sealed at most, and that of now."""
    return tuple(map(Sealer, (*(key for key, _ in earlier), now), (0, *(until for _, until in earlier))))


def open_by_name(note: str, sealers: Sequence[Sealer]) -> Checkpoint:
    """Read a checkpoint under whichever of these keys bears its name, over however many events; raise NotVerified.

    For what others hold of a log, and never as a proof: what the key of a name that was succeeded signs beyond that, was lost or is forged.
    """
    own = next((each.vkey for each in sealers if note.startswith(f"{parse_vkey(each.vkey)[0]}\n")), sealers[-1].vkey)
    return open_checkpoint(note, own)


@dataclass(frozen=True)
class LogKey:
    """The key that signs checkpoints, and nothing else but, at the end, for its successor; and those before it (ADR 0021)."""

    origin: str
    private: Ed25519PrivateKey
    earlier: tuple[tuple[str, int], ...] = ()  # their public keys, each with how many events it sealed at most

    @cached_property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.private.public_key().public_bytes_raw()

    @cached_property
    def _key_id(self) -> bytes:
        return key_id(self.origin, self.public)

    @property
    def vkey(self) -> str:
        """The key as an auditor keeps it."""
        return vkey(self.origin, self.public)

    @cached_property
    def sealers(self) -> tuple[Sealer, ...]:
        """Whose keys seal this log, in their order; this one is the last."""
        return sealers(self.earlier, self.vkey)

    @property
    def since(self) -> int:
        """After how many events this key seals."""
        return self.sealers[-1].since

    @cached_property
    def log(self) -> str:
        """The name of the log for ever: the origin that it was established with."""
        return parse_vkey(self.sealers[0].vkey)[0]

    def checkpoint(self, size: int, root: bytes) -> str:
        """Return the signed note over a tree of this size and root."""
        text = text_of(self.origin, size, root)
        return f"{text}\n{signature_line(self.origin, self._key_id + self.private.sign(text.encode()))}"


@dataclass(frozen=True)
class Receipt:
    """What the answer to a command carries: proof that the log already holds the event."""

    index: int
    proof: Sequence[bytes]
    checkpoint: str

    def __str__(self) -> str:
        """Write it as a file to keep: a tlog-proof."""
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in self.proof)
        return f"{PROOF}\nindex {self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> Receipt:
        """Read a tlog-proof; raise ValueError where it is not written as `str` writes it. Nothing is verified yet."""
        return cls(*parse_receipt(text))
