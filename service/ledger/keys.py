"""The service's own keys, as files: MUNIMENT_DATA/keys.

    log.key          signs checkpoints                         OpenSSH private key, encrypted (bcrypt)
    statement.key    attests what signed-in people did         the same
    wrapping.key     wraps the subjects' keys                  AES key wrap (RFC 3394) under scrypt of the passphrase
    passphrase       opens the three, unless MUNIMENT_PASSPHRASE_FILE names another file
    public.json      origin, holder, and the two public keys, with the log keys of earlier: no secret

Here too is how the holder of any key proves to hold it, before the log enrols it.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, load_ssh_private_key

from aggregates.errors import Refused
from service.ledger.checkpoint import LogKey, sealers
from service.ledger.sealed.wrapping import WRAPPING_BYTES, unwrap, wrap
from service.ledger.statement import StatementKey
from service.verify import b64url, check_public_key, check_signature, parse_vkey, thumbprint, unb64url

if TYPE_CHECKING:
    from service.config import Config
    from service.verify import Sealer

LOG, STATEMENT, WRAPPING, PASSPHRASE, PUBLIC = "log.key", "statement.key", "wrapping.key", "passphrase", "public.json"
FOR_LOG, OF_HOLDER = "Log: ", "Signs as: "  # before a person's own key, in its file


class CannotUseKeys(Exception):  # noqa: N818 - a refusal, as everywhere in the product
    """The service's keys cannot be used, for the reason that the subclass names. Never raised itself."""

    def __init__(self, path: Path, why: str) -> None:
        """Take the file or folder, and what is wrong with it."""
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


class KeysExist(CannotUseKeys):
    """There are keys already; nothing is overwritten."""


class KeysMissing(CannotUseKeys):
    """A key or the passphrase is not there."""


class KeyUnreadable(CannotUseKeys):
    """A key does not open with this passphrase, or is not what it should be."""


class OneKeyTwice(CannotUseKeys):
    """One key serves two purposes: whoever can make it do one could make it do the other."""


class BadKey(Refused):
    """A key under which forgeries verify, or no key at all."""

    rule, text = "ledger §3", "This cannot be enrolled as a key of {holder}: {why}"


class NotProven(Refused):
    """Whoever enrols a key must hold it."""

    rule, text = "ledger §3", "There is no proof that {holder} holds the key {thumbprint} for {purpose}"


@dataclass(frozen=True, repr=False)
class KeyRing:
    """The keys of one log, open."""

    log: LogKey
    statement: StatementKey
    wrapping: bytes


@dataclass(frozen=True)
class PublicRing:
    """What may be known of them without the passphrase."""

    origin: str
    holder: str
    log_vkey: str
    statement_key: str  # base64url
    earlier: tuple[tuple[str, int], ...] = ()  # log keys that were succeeded, each with how many events it sealed at most

    @property
    def sealers(self) -> tuple[Sealer, ...]:
        """Whose keys seal the log, in their order."""
        return sealers(self.earlier, self.log_vkey)


def create(config: Config, *, origin: str, holder: str | None = None) -> KeyRing:
    """Make the keys of a new log and return them; raise KeysExist. The holder's name is the origin's host unless it is given."""
    folder = config.data / "keys"
    holder = holder or origin.partition("/")[0]
    log = LogKey(origin, Ed25519PrivateKey.generate())
    ring = KeyRing(log, StatementKey(holder, origin, Ed25519PrivateKey.generate()), os.urandom(WRAPPING_BYTES))
    public = {"origin": origin, "holder": holder, "log_vkey": log.vkey, "statement_key": b64url(ring.statement.signer.public)}
    config.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="keys-", dir=config.data) as made:  # whole or not at all: it is renamed at the end
        new = Path(made, "keys")
        new.mkdir(mode=0o700)
        if config.passphrase_file is None:
            write_new(new / PASSPHRASE, f"{secrets.token_urlsafe(32)}\n".encode())
        passphrase = read_passphrase(config.passphrase_file or new / PASSPHRASE)
        write_new(new / LOG, sealed(log.private, passphrase))
        write_new(new / STATEMENT, sealed(ring.statement.private, passphrase))
        write_new(new / WRAPPING, wrap(ring.wrapping, passphrase))
        write_new(new / PUBLIC, f"{json.dumps(public, indent=1)}\n".encode())
        try:
            new.rename(folder)
        except OSError as error:
            raise KeysExist(folder, "there are keys already, and they are never overwritten") from error
    return ring


def exist(config: Config) -> bool:
    """Say whether there are keys of a log already."""
    return (config.data / "keys").is_dir()


def hand_over(path: Path, key: Ed25519PrivateKey, passphrase: str, *, origin: str, holder: str) -> None:
    """Write a person's own key, encrypted with their passphrase, where no file is yet; the service keeps none of it.

    Before it stands for which log it is, and who signs with it: what the holder is asked to sign is held against that.
    """
    try:
        write_new(path, f"{FOR_LOG}{origin}\n{OF_HOLDER}{holder}\n".encode() + sealed(key, passphrase.encode()))
    except FileExistsError as error:
        raise KeysExist(path, "is there already, and is never overwritten") from error


def open_own(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """Open a person's own key, as `hand_over` wrote it; raise KeyUnreadable, or KeysMissing."""
    return opened(path, passphrase.encode())


def whose_own(path: Path) -> tuple[str | None, str | None]:
    """Return for which log a person's own key is, and who signs with it, as far as its file says: an older one says neither."""
    said = path.read_text("utf-8", errors="replace").splitlines()
    origin, holder = (next((text.removeprefix(name) for text in said if text.startswith(name)), None) for name in (FOR_LOG, OF_HOLDER))
    return origin, holder


def load(config: Config) -> KeyRing:
    """Open the keys; raise CannotUseKeys."""
    folder, public = config.data / "keys", load_public(config)
    passphrase = read_passphrase(config.passphrase_file or folder / PASSPHRASE)
    if (folder / f"{LOG}.new").exists():
        raise KeyUnreadable(
            folder, "a succession of the log key broke off: run `muniment db succeed-log-key` again, which ends or drops it"
        )
    log = LogKey(parse_vkey(public.log_vkey)[0], opened(folder / LOG, passphrase), public.earlier)
    if log.vkey != public.log_vkey:
        raise KeyUnreadable(folder, f"{LOG} is not the key that {PUBLIC} describes")
    return with_others(config, log)


def with_others(config: Config, log: LogKey) -> KeyRing:
    """Open the service's other keys beside its log key; raise CannotUseKeys."""
    folder, public = config.data / "keys", load_public(config)
    passphrase = read_passphrase(config.passphrase_file or folder / PASSPHRASE)
    statement = StatementKey(public.holder, public.origin, opened(folder / STATEMENT, passphrase))
    if (folder / f"{WRAPPING}.new").exists():  # whoever was sealed meanwhile under the old one would be lost
        raise KeyUnreadable(folder, "a change of the wrapping key broke off: run `muniment db rotate-wrapping-key` again")
    wrapping = unwrapped(folder / WRAPPING, passphrase)
    if len({log.private.private_bytes_raw(), statement.private.private_bytes_raw(), wrapping}) != len((LOG, STATEMENT, WRAPPING)):
        raise OneKeyTwice(folder, f"{LOG}, {STATEMENT} and {WRAPPING} must be three different keys")
    if b64url(statement.signer.public) != public.statement_key:
        raise KeyUnreadable(folder, f"{STATEMENT} is not the key that {PUBLIC} describes")
    return KeyRing(log, statement, wrapping)


def load_public(config: Config) -> PublicRing:
    """Read what is public of the keys; raise CannotUseKeys."""
    path = config.data / "keys" / PUBLIC
    try:
        said = json.loads(_read(path))
        return PublicRing(**said | {"earlier": tuple((str(key), int(until)) for key, until in said.get("earlier", ()))})
    except (ValueError, TypeError) as error:
        raise KeyUnreadable(path, "is not what `muniment init` wrote") from error


# -- proofs of possession, and what an event changes -------------------------------------------------------------------


def prove(private: Ed25519PrivateKey, origin: str, holder: str, purpose: str, *, of: str | None = None) -> str:
    """Return this key's proof that `holder` holds it; with `of`, its agreement to the key of that thumbprint, its successor."""
    named = of or thumbprint(private.public_key().public_bytes_raw())
    return b64url(private.sign(_proof(origin, holder, purpose, named)))


def enrolment(
    private: Ed25519PrivateKey, origin: str, holder: str, *, replaces: Ed25519PrivateKey | None = None, purpose: str = "acts"
) -> dict[str, Any]:
    """Return the fields that enrol a key, with the proof that its holder has it; or that put it in the place of another."""
    raw = private.public_key().public_bytes_raw()
    named, proof = thumbprint(raw), prove(private, origin, holder, purpose)
    fields = {"thumbprint": named, "public_key": b64url(raw), "holder": holder, "purpose": purpose, "proof": proof}
    if replaces is not None:
        fields["replaces"] = thumbprint(replaces.public_key().public_bytes_raw())
        fields["replaced_proof"] = prove(replaces, origin, holder, purpose, of=named)
    return fields


def check_proof(  # noqa: PLR0917 - the lines that are signed, in their order, and the signature
    origin: str, holder: str, purpose: str, public_key: str, named: str, proof: str, *, signs_for_another: bool = False
) -> None:
    """Refuse unless the key (base64url) is sound, is the one of this thumbprint, and signed the proof (ledger §3).

    With `signs_for_another` the thumbprint is that of its successor.
    """
    try:
        raw = unb64url(public_key)
        check_public_key(raw)
    except ValueError as error:
        raise BadKey(holder=holder, why=str(error)) from error
    if not signs_for_another and thumbprint(raw) != named:
        raise BadKey(holder=holder, why=f"its thumbprint is {thumbprint(raw)}, not {named}")
    try:
        check_signature(raw, unb64url(proof), _proof(origin, holder, purpose, named))
    except ValueError as error:
        raise NotProven(holder=holder, thumbprint=named, purpose=purpose) from error


def _proof(origin: str, holder: str, purpose: str, named: str) -> bytes:
    return f"muniment-key-proof/v1\n{origin}\n{holder}\n{purpose}\n{named}\n".encode()


# -- files --------------------------------------------------------------------------------------------------------------


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeysMissing(path, f"cannot be read ({error.strerror}): run `muniment init`, or put the keys back from their copy") from error


def write_new(path: Path, content: bytes) -> None:
    """Write a file that only this account can read, where there is none yet; raise FileExistsError."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - only os.open sets the mode at birth
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def put(path: Path, content: bytes) -> None:
    """Put such a file in the place of what was there, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    write_new(part, content)
    part.replace(path)


def read_passphrase(path: Path) -> bytes:
    """Read what opens keys; raise CannotUseKeys."""
    passphrase = _read(path).strip()
    if not passphrase:
        raise KeyUnreadable(path, "the passphrase is empty")
    return passphrase


def sealed(key: Ed25519PrivateKey, passphrase: bytes) -> bytes:
    """Return a private key as it is kept: as OpenSSH has it, encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, BestAvailableEncryption(passphrase))  # bcrypt, in this format


def opened(path: Path, passphrase: bytes) -> Ed25519PrivateKey:
    """Open a private key that `sealed` wrote; raise CannotUseKeys."""
    try:
        key = load_ssh_private_key(_read(path), passphrase)
    except (ValueError, TypeError) as error:
        raise KeyUnreadable(path, "does not open with this passphrase, or is not an encrypted OpenSSH private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnreadable(path, "is not an Ed25519 key")
    return key


def unwrapped(path: Path, passphrase: bytes) -> bytes:
    """Open a wrapping key; raise KeyUnreadable, or KeysMissing."""
    try:
        return unwrap(_read(path), passphrase)
    except ValueError as error:
        raise KeyUnreadable(path, "does not open with this passphrase, or is not a wrapped key") from error
