"""A witness's own key (C2SP tlog-cosignature), and the folder in which it is kept."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aggregates.errors import Refused
from service.ledger.checkpoint import signature_line, vkey
from service.ledger.keys import KeysExist, KeysMissing, KeyUnreadable, opened, read_passphrase, sealed, write_new
from service.verify import WITNESS, key_id, parse_vkey, require

if TYPE_CHECKING:
    from pathlib import Path

KEY, PASSPHRASE, PUBLIC = "witness.key", "passphrase", "public.vkey"
NAME: Final = re.compile(r"[!-*,-~]{1,200}")


class NotAKeyName(Refused):
    """A key's name stands in notes, between spaces and plus signs."""

    source, text = "C2SP signed-note", "{name} cannot be a witness's name: letters, digits and marks, but no spaces and no plus sign"


@dataclass(frozen=True)
class WitnessKey:
    """The key that cosigns checkpoints, and nothing else."""

    name: str
    private: Ed25519PrivateKey

    @cached_property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.private.public_key().public_bytes_raw()

    @property
    def vkey(self) -> str:
        """The key as policies name it."""
        return vkey(self.name, self.public, WITNESS)

    def cosign(self, text: str, time: int) -> str:
        """Return the signature line over the text of a checkpoint: at this time, in POSIX seconds, nothing larger had been seen."""
        signature = self.private.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        return signature_line(self.name, key_id(self.name, self.public, WITNESS) + time.to_bytes(8, "big") + signature)


def create(folder: Path, name: str, passphrase_file: Path | None = None) -> WitnessKey:
    """Make the key of a new witness and keep it in a folder; refuse where there is one, or raise KeysExist."""
    if NAME.fullmatch(name) is None:
        raise NotAKeyName(name=name)
    key = WitnessKey(name, Ed25519PrivateKey.generate())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        if passphrase_file is None:
            write_new(folder / PASSPHRASE, f"{secrets.token_urlsafe(32)}\n".encode())
        write_new(folder / KEY, sealed(key.private, read_passphrase(passphrase_file or folder / PASSPHRASE)))
        write_new(folder / PUBLIC, f"{key.vkey}\n".encode())
    except FileExistsError as error:
        raise KeysExist(folder, "there is a witness already, and its key is never overwritten") from error
    return key


def load(folder: Path, passphrase_file: Path | None = None) -> WitnessKey:
    """Open the key of a witness; raise CannotUseKeys."""
    private, public = opened(folder / KEY, read_passphrase(passphrase_file or folder / PASSPHRASE)), published(folder)
    key = WitnessKey(parse_vkey(public)[0], private)
    if key.vkey != public:
        raise KeyUnreadable(folder / PUBLIC, f"is not of the key in {KEY}")
    return key


def published(folder: Path) -> str:
    """Return the public key of a witness; raise KeysMissing, or KeyUnreadable."""
    try:
        vkey = (folder / PUBLIC).read_text("ascii").strip()
        require(parse_vkey(vkey)[2] == WITNESS, "it is of another kind")
    except OSError as error:
        raise KeysMissing(folder / PUBLIC, f"cannot be read ({error.strerror}): run `muniment witness init`") from error
    except ValueError as error:
        raise KeyUnreadable(folder / PUBLIC, "is not a witness's public key: put it back from the Board's policy") from error
    return vkey
