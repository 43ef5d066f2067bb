r"""Verify a sealed pack offline. One file, the standard library and `cryptography`; nothing else needs to be trusted.

    python -I verify.py PACK [--key VKEY] [--policy FILE] [--known CHECKPOINT-OR-RECEIPT]...

Exit 0: verified. 1: NOT verified. 2: could not check. 3: verified, but the quorum that the policy names is unmet.

The formats are published ones: C2SP signed-note and tlog-*, RFC 6962 (tree), 7638, 8785 (JCS), 9901 (SD-JWT). An event is a
*statement*, a compact SD-JWT whose `_sd` holds the digest of every content field; a field's *disclosure*, kept elsewhere, is
b64url(JCS([salt, name, value])). Its *entry* is JCS {"recv":seconds,"stmt":statement,"v":1}; leaf = SHA256(0x00 entry),
node = SHA256(0x01 left right). A *checkpoint* is signed text over the tree; a *receipt* is a proof that leads to one:

    >>> vkey = "severnbrook.example/log+b72fc773+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    >>> note = '''severnbrook.example/log\n2\n0/8MtJFpu1FdQDCIUt+2EU/otf4cm63NorazrzzgFZY=\n
    ... — severnbrook.example/log ty/Hc2n5zDqOP5TwOP3d3IKbqQk+mTvLmnbl6fngPPY0P7r8mRUsWGAeUVQf'''
    >>> note += "whWq2yZqFV4ymazh0MGhSy5akOrKXQU=\n"
    >>> checkpoint = open_checkpoint(note, vkey)
    >>> leaf, sibling = (leaf_hash(b'{"seq":%d,"type":"review.decision"}' % seq) for seq in (0, 1))
    >>> root_from_inclusion(0, checkpoint.size, leaf, [sibling]) == checkpoint.root
    True

A pack is a folder, or a zip of it: policy · checkpoint · checkpoints/<size> · tile/<L>/<N>[.p/<W>], every hash · the entries:
all in tile/entries/<N>[.p/<W>], or some in entry/<index> · disclosures/<N>.jsonl, a line {"disclosed","index","withheld"}
for each entry · proofs/<index>.tlog-proof · evidence/<sha256>, evidence/missing · timestamps/<size>.tsr, not checked here.

In order: policy and keys; checkpoint; every entry re-hashed into the root; what the auditor kept (--known); each statement by
a key that the log had made live there; `seen` roots; streams; every digest accounted for; evidence; witness time.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import zipfile
import zlib
from base64 import b64decode, b64encode
from binascii import a2b_base64, b2a_base64
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import file_digest, sha256
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TO_URL, FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_+/=", b"+/...")
LOG, WITNESS = b"\x01", b"\x04"  # kinds of note key: one that signs checkpoints, one that cosigns them with its time
HASH, TILE, MAX_ENTRY, MAX_FILES, MAX_READ, MAX_ZIP_RATIO = 32, 256, 65535, 2_000_000, 1 << 28, 200
PARALLEL_FROM = 8  # tiles; below, a second process costs more than it saves
LATEST = 10**11  # seconds: what a date can be written of
CLOCK_SKEW = 3600  # seconds by which the service's clock may be ahead of a witness's
EMPTY_ROOT = sha256(b"").digest()
PRIME, Y_8 = 2**255 - 19, 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7  # the field; y of a point of order 8
SMALL_ORDER = {0, 1, PRIME - 1, Y_8, PRIME - Y_8}  # y of all eight points; x, and so the sign bit, may be either
PURPOSES = {"service-attested": "service-statements", "actor-signed": "acts"}  # of the key, by assurance
ESTABLISHED, ENROLLED = "ledger.established.v1", "keys.signing_key_enrolled.v1"
ROTATED, REVOKED = "keys.signing_key_rotated.v1", "keys.signing_key_revoked.v1"
CORRECTED, RETRACTED, ERASED = ".entry_corrected.v1", ".entry_retracted.v1", ".personal_data_erased.v1"
REGISTRY = tuple(topic.encode() for topic in (ESTABLISHED, ENROLLED, ROTATED, REVOKED, ERASED))
COMMON_FIELDS = {"occurred_on", "by_person", "by_office", "by_agency", "on_behalf_of", "late_reason"}
RANDOM = 22  # characters of base64url: 16 bytes
CLAIMS = ("_sd", "_sd_alg", "assurance", "aud", "evt", "iat", "iss", "jti", "seen", "stream", "sver")
TEXT, NUMBER, B64_16, B64_32 = r'"([^"\\\x00-\x1f]+)"', "(0|[1-9][0-9]{,14})", "[A-Za-z0-9_-]{22}", '"[A-Za-z0-9_-]{43}"'
EVT = re.compile(rb'"evt":"([^"]+)"')
PAYLOAD = re.compile(
    rf'{{"_sd":\[({B64_32}(?:,{B64_32})*)\],"_sd_alg":"sha-256","assurance":{TEXT},"aud":{TEXT},"evt":{TEXT},"iat":{NUMBER},"iss":{TEXT}'
    rf',"jti":"({B64_16})","seen":{{"root":{TEXT},"size":{NUMBER}}},"stream":{TEXT},"sver":{NUMBER}}}'
)
DISCLOSURE = re.compile(rf'\["{B64_16}","([a-z][a-z0-9_]*)",(.+)\]', re.DOTALL)
LINE = re.compile(rf'{{"disclosed":\[(|"[\w-]+"(?:,"[\w-]+")*)\],"index":{NUMBER},"withheld":\[(|{B64_32}(?:,{B64_32})*)\]}}', re.ASCII)
NOTE = re.compile(rf"(([^\n+ ]+)\n{NUMBER}\n([^\n]{{44}})\n)\n((?:— [^\n+ ]+ [^\n ]+\n){{1,100}})")
RECEIPT = re.compile(rf"c2sp\.org/tlog-proof@v1\nindex {NUMBER}\n((?:[^\n]{{44}}\n){{,64}})\n(.+)", re.DOTALL)


class NotVerified(ValueError):  # noqa: N818 -- a verdict, not a fault
    """Something is not what was signed, or not in the one form that it may have."""


class CannotCheck(Exception):  # noqa: N818 -- a verdict, not a fault
    """What was given cannot be read, so nothing can be said about it."""


def require(condition: object, refusal: str) -> None:
    """Raise NotVerified with these words unless the condition holds."""
    if not condition:
        raise NotVerified(refusal)


@contextmanager
def naming(where: str) -> Iterator[None]:
    """Name what it was that is refused inside."""
    try:
        yield
    except (ValueError, RecursionError) as error:
        raise NotVerified(f"{where}: {error}") from None


def b64(raw: bytes) -> str:
    """Write padded base64, as notes and receipts have it."""
    return b64encode(raw).decode()


def unb64(text: str) -> bytes:
    """Read padded base64 in its one canonical spelling."""
    raw = b64decode(text, validate=True)
    require(b64(raw) == text, "base64 is not canonical")
    return raw


def b64url(raw: bytes) -> str:
    """Write unpadded base64url, as statements and disclosures have it."""
    return b2a_base64(raw, newline=False).translate(TO_URL).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    """Read unpadded base64url in its one canonical spelling."""
    raw = a2b_base64(text.encode().translate(FROM_URL) + b"==="[: -len(text) % 4], strict_mode=True)
    require(len(text) % 4 == 0 or text[-1] in ("AQgw", "AEIMQUYcgkosw048")[len(raw) % 3 - 1], "base64url is not canonical")
    return raw


def _exact(number: str) -> int:
    require(-(2**53) < int(number) < 2**53, f"{number} is not exact in every JSON reader")
    return int(number)


_decode = json.JSONDecoder(parse_float=_exact, parse_int=_exact, parse_constant=_exact).raw_decode
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def canonical(value: object) -> bytes:
    """Write RFC 8785 JSON of objects, lists, text, truth values and integers below 2^53: all that statements hold."""
    text = _encode(value)
    require(_decode(text)[0] == value, "a value has no canonical form")
    return text.encode()


def parse_all(texts: Sequence[str]) -> list[Any]:
    """Read JSON texts, each just as `canonical` writes it: no duplicate member, no second spelling of anything."""
    read = [_decode(text) for text in texts]
    values = [value for value, _ in read]
    require([end for _, end in read] == [*map(len, texts)] and _encode(values) == f"[{','.join(texts)}]", "JSON is not canonical")
    return values


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry into its leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one that joins them."""
    return sha256(b"\x01" + left + right).digest()


def digest(disclosure: str) -> str:
    """Digest a disclosure as `_sd` holds it."""
    return b64url(sha256(disclosure.encode()).digest())


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """Return the root that a proof leads to (RFC 6962 §2.1.1, from its end); the caller compares it with a signed one."""
    require(0 <= index < size and all(len(each) == HASH for each in (leaf, *proof)), f"no proof of leaf {index} of {size}")
    require(bool(proof) == (size > 1), "the proof is too long or too short")
    if size == 1:
        return leaf
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        return node_hash(root_from_inclusion(index, split, leaf, proof[:-1]), proof[-1])
    return node_hash(proof[-1], root_from_inclusion(index - split, size - split, leaf, proof[:-1]))


@lru_cache(4096)
def check_public_key(raw: bytes) -> Ed25519PublicKey:
    """Return an Ed25519 key; refuse one of small order or in a second spelling: common verifiers accept forgeries under those."""
    y = int.from_bytes(raw, "little") & ~(1 << 255)
    require(len(raw) == HASH and y < PRIME and y not in SMALL_ORDER, "not 32 canonical bytes of a key, or one of small order")
    return Ed25519PublicKey.from_public_bytes(raw)


def check_signature(public: bytes, signature: bytes, signed: bytes) -> None:
    """Raise NotVerified unless this key signed this."""
    try:
        check_public_key(public).verify(signature, signed)
    except InvalidSignature:
        raise NotVerified("a signature is wrong") from None


def thumbprint(public: bytes) -> str:
    """Name an Ed25519 key as RFC 7638 has it."""
    return b64url(sha256(canonical({"crv": "Ed25519", "kty": "OKP", "x": b64url(public)})).digest())


@lru_cache(4096)
def statement_header(public: bytes) -> str:
    """Write the only header that a statement by this key may have: the algorithm follows from the key."""
    return b64url(canonical({"alg": "EdDSA", "kid": thumbprint(public), "typ": "board-event+sd-jwt"}))


def key_proof(origin: str, holder: str, purpose: str, public: bytes) -> bytes:
    """Write what a key signs to prove that whoever enrols it holds it."""
    return f"muniment-key-proof/v1\n{origin}\n{holder}\n{purpose}\n{thumbprint(public)}\n".encode()


def key_id(name: str, public: bytes, kind: bytes = LOG) -> bytes:
    """Return the four bytes by which a note's signature line names its key."""
    return sha256(name.encode() + b"\n" + kind + public).digest()[:4]


@lru_cache(64)
def parse_vkey(vkey: str) -> tuple[str, bytes, bytes]:
    """Read `<name>+<hex id>+<base64 of kind and key>`: the name, the key, and `LOG` or `WITNESS`."""
    name, _, rest = vkey.partition("+")
    raw = unb64(rest[9:])
    require(rest[:9] == key_id(name, raw[1:], raw[:1]).hex() + "+" and raw[:1] in (LOG, WITNESS), f"{vkey} is not a verifier key")
    check_public_key(raw[1:])
    return name, raw[1:], raw[:1]


class Checkpoint(NamedTuple):
    """A checkpoint that its log's key signed; only `open_checkpoint` makes one."""

    text: str
    size: int
    root: bytes
    lines: list[tuple[str, bytes]]

    def signed_by(self, name: str, public: bytes, kind: bytes) -> list[int]:
        """Check every signature line of this key, and return the times that a witness gave."""
        times = []
        for blob in [blob for signer, blob in self.lines if signer == name and blob[:4] == key_id(name, public, kind)]:
            time, signature = (0, blob[4:]) if kind == LOG else (int.from_bytes(blob[4:12], "big"), blob[12:])
            check_signature(
                public, signature, f"{'' if kind == LOG else f'cosignature/v1{chr(10)}time {time}{chr(10)}'}{self.text}".encode()
            )
            require(time < LATEST, f"{name} cosigned at no time")
            times.append(time)
        return times


def open_checkpoint(note: str, vkey: str) -> Checkpoint:
    """Read a checkpoint; refuse one that this log's key has not signed."""
    (name, public, kind), match = parse_vkey(vkey), NOTE.fullmatch(note)
    if not match or match[2] != name or kind != LOG:
        raise NotVerified(f"not a checkpoint of {name}")
    lines = [(signer, unb64(blob)) for _, signer, blob in (line.split(" ") for line in match[5].split("\n")[:-1])]
    checkpoint = Checkpoint(match[1], int(match[3]), unb64(match[4]), lines)
    require(len(checkpoint.root) == HASH and checkpoint.signed_by(name, public, kind), f"the key {vkey} has not signed it")
    return checkpoint


def parse_receipt(text: str) -> tuple[int, list[bytes], str]:
    """Read a tlog-proof: the index, the inclusion proof, and the checkpoint, not opened yet."""
    if not (match := RECEIPT.fullmatch(text)):
        raise NotVerified("not a receipt")
    return int(match[1]), [unb64(line) for line in match[2].split("\n")[:-1]], match[3]


class Policy:
    """A tlog-policy: the logs, and the witness or group whose cosignatures are the quorum."""

    def __init__(self, text: str) -> None:
        """Read it; a line that is not understood is refused."""
        self.text, self.logs, self.quorum = text, list[str](), ""
        self.witnesses: dict[str, tuple[str, bytes, bytes]] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        for line in text.split("\n"):
            known = {*self.witnesses, *self.groups}
            match line.partition("#")[0].split():
                case []:
                    pass
                case ["log", vkey, *url] if not url[1:] and parse_vkey(vkey)[2] == LOG:
                    self.logs.append(vkey)
                case ["witness", name, vkey, *url] if not url[1:] and name not in {*known, "none"} and parse_vkey(vkey)[2] == WITNESS:
                    self.witnesses[name] = parse_vkey(vkey)
                case ["group", name, rule, *members] if name not in {*known, "none"} and set(members) <= known:
                    self.groups[name] = (len(members) if rule == "all" else 1 if rule == "any" else int(rule), members)
                    require(0 < self.groups[name][0] <= len(set(members)) == len(members), f"group {name} cannot be met")
                case ["quorum", name] if name in {*known, "none"} and not self.quorum:
                    self.quorum = name
                case _:
                    raise NotVerified(f"line {line!r} is not understood")
        require(self.logs and self.quorum, "it names no log or no quorum")

    def met(self, cosigned: Collection[str]) -> bool:
        """Whether the quorum cosigned: that witness, or enough members of that group; `none` needs nobody."""
        met = {"none", *cosigned}
        for name, (needed, members) in self.groups.items():  # a group only has members that were named before it
            met |= {name} if len(met.intersection(members)) >= needed else set()
        return self.quorum in met


def entry_bytes(statement: str, received: int) -> bytes:
    """Write an entry: a compact statement needs no escape, so this is JCS as it stands."""
    return f'{{"recv":{received},"stmt":"{statement}","v":1}}'.encode()


def parse_entry(entry: bytes) -> tuple[int, str]:
    """Read an entry: when the service received the statement, in POSIX seconds, and the statement."""
    received, _, statement = entry[8:-8].decode().partition(',"stmt":"')
    require(len(entry) <= MAX_ENTRY and received.isdecimal() and int(received) < LATEST, "not an entry")
    require(entry_bytes(statement, int(received)) == entry, "the entry is not canonical")
    return int(received), statement


def open_statement(statement: str, public: bytes, origin: str) -> dict[str, Any]:
    """Return the claims of a statement that this key signed for this log."""
    signed, _, signature = statement.rpartition(".")
    header, _, payload = signed.partition(".")
    require(header == statement_header(public), "its header is not the one that its key writes")
    check_signature(public, unb64url(signature), signed.encode())
    if not (match := PAYLOAD.fullmatch(unb64url(payload).decode())):
        raise NotVerified("its claims are not those of a statement, each once, in their order")
    listed, assurance, aud, evt, iat, iss, jti, root, size, stream, sver = match.groups()
    digests, seen = listed[1:-1].split('","'), {"root": root, "size": int(size)}
    require(digests == sorted(set(digests)), "its digests are not sorted, or one is there twice")
    require(assurance in PURPOSES, "its assurance has no meaning")
    require(aud == origin, "it was made for another log")
    return dict(zip(CLAIMS, (digests, "sha-256", assurance, aud, evt, int(iat), iss, jti, seen, stream, int(sver)), strict=True))


def open_disclosures(digests: Collection[str], disclosures: Sequence[str]) -> dict[str, tuple[str, Any]]:
    """Return (name, value) by digest; a disclosure that no digest covers, or a field given twice, is refused."""
    found = [match for each in disclosures if (match := DISCLOSURE.fullmatch(unb64url(each).decode()))]
    names, values = [match[1] for match in found], parse_all([match[2] for match in found])
    require(
        len(set(names).difference(CLAIMS)) == len(disclosures), "a disclosure is misshapen, is there twice or bears the name of a claim"
    )
    shown = dict(zip(map(digest, disclosures), zip(names, values, strict=True), strict=True))
    require(shown.keys() <= set(digests), "a disclosure was never signed")
    return shown


def tile_name(index: int, width: int = TILE) -> str:
    """Name a tile as tlog-tiles does: `x001/x234/067`, and `.p/<width>` where it is not full."""
    digits = f"{index:0{-(-len(str(index)) // 3) * 3}d}"
    folders = "".join(f"x{digits[at : at + 3]}/" for at in range(0, len(digits) - 3, 3))
    return folders + digits[-3:] + ("" if width == TILE else f".p/{width}")


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Yield the folder of a pack; a zip is unpacked for a while, if its names and sizes are sane."""
    if path.is_dir():
        yield path
        return
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        names, size = archive.namelist(), sum(item.file_size for item in archive.infolist())
        if len(set(names)) < len(names) or any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
            raise CannotCheck("the zip names a file twice, or one outside itself")
        if len(names) > MAX_FILES or size > MAX_ZIP_RATIO * path.stat().st_size:
            raise CannotCheck(f"the zip would unpack to {len(names)} files of {size} bytes")
        archive.extractall(folder)
        yield Path(folder)


def text_of(fields: dict[str, Any], *names: str) -> list[str]:
    """Return fields that the verification itself needs, and that every pack must therefore show."""
    for name in names:
        require(type(fields.get(name)) is str, f"field {name!r} must be shown, as text")
    return [fields[name] for name in names]


class Key(NamedTuple):
    """A key of the log's own registry: it may sign the positions after `since`, up to and including `ended`."""

    public: bytes
    holder: str
    purpose: str
    since: int
    ended: int = sys.maxsize


class Event(NamedTuple):
    """An event whose statement was verified; `counts` are its fields that are shown, withheld and erased."""

    position: int
    received: int
    claims: dict[str, Any]
    cited: tuple[str, ...] = ()
    counts: tuple[int, int, int] = (0, 0, 0)


class Pack:
    """A pack under verification: its files, read only by names that the format knows; then its tree, keys and erasures."""

    def __init__(self, folder: Path) -> None:
        """List the files of an unpacked pack."""
        files = [Path(at, name) for at, _, names in os.walk(folder) for name in names]
        if len(files) > MAX_FILES or any(file.is_symlink() or not file.is_file() for file in files):
            raise CannotCheck("too many files, or something that is not a file")
        self.folder, self.names = folder, {file.relative_to(folder).as_posix() for file in files}
        if any(file.stat().st_size > MAX_READ for file in files if file.parent.name != "evidence"):
            raise CannotCheck(f"a file of more than {MAX_READ} bytes")
        if not {"policy", "checkpoint"} <= self.names:
            raise CannotCheck("no pack is here: it has no policy or no checkpoint")
        self.used = {"VERIFY.md", "verify.py"}
        self.ignored, self.refused, self.size, self.complete = set[str](), dict[int, NotVerified](), 0, False
        self.levels, self.present = list[bytes](), dict[int, list[int]]()
        self.keys, self.erased, self.demonstration = dict[str, Key](), dict[int, dict[str, int]](), False

    def read(self, name: str) -> bytes:
        """Read a file that must be there."""
        require(name in self.names, f"{name} is missing")
        self.used.add(name)
        return (self.folder / name).read_bytes()

    def numbers(self, before: str, after: str = "") -> list[int]:
        """List the numbers that stand between these in the names of files."""
        pattern = re.compile(f"{before}(0|[1-9][0-9]{{,14}}){after}")
        return sorted(int(match[1]) for match in map(pattern.fullmatch, self.names) if match)

    def trust(self, key: str | None, policy: str | None) -> None:
        """Settle whose log this is: by the auditor's key or policy, where there is one, or else by the pack's own."""
        with naming("policy"):
            own = Policy(self.read("policy").decode())
            self.policy, self.vkey = own if policy is None else Policy(policy), own.logs[0]
            self.origin = parse_vkey(self.vkey)[0]
            require(own.logs == [self.vkey] and key in (None, self.vkey), f"this log's key is {own.logs}, and not {key}")
            require(self.vkey in self.policy.logs, f"this log's key, {self.vkey}, is not one of the policy that you trust")

    def open_tree(self, checkpoint: Checkpoint) -> None:
        """Read every hash tile, build all nodes above the leaves, and hold upper tiles and root against them."""
        self.size = checkpoint.size
        for height in range(0, checkpoint.size.bit_length(), 8):
            tiles, count = list[bytes](), checkpoint.size >> height
            for first in range(0, count, TILE):
                width = min(TILE, count - first)
                tiles.append(self.read(name := f"tile/{height // 8}/{tile_name(first // TILE, width)}"))
                expected = self.levels[height][first * HASH : (first + width) * HASH] if height else tiles[-1]
                require(tiles[-1] == expected and len(expected) == width * HASH, f"{name} does not hold the hashes of the tiles below")
            self.levels = self.levels or [b"".join(tiles)]
            while len(low := self.levels[-1]) > HASH:
                self.levels.append(b"".join(sha256(b"\x01" + low[at : at + 64]).digest() for at in range(0, len(low) - HASH, 64)))
        require(self.root(checkpoint.size) == checkpoint.root, "the tiles do not lead to the checkpoint's root")
        self.complete = any(name.startswith("tile/entries/") for name in self.names)
        for index in range(checkpoint.size) if self.complete else self.numbers("entry/"):
            self.present.setdefault(index // TILE, []).append(index)
        for tile, indexes in self.present.items():
            entries = [f"tile/entries/{tile_name(tile, len(indexes))}"] if self.complete else [f"entry/{index}" for index in indexes]
            self.used.update(entries, [f"disclosures/{tile_name(tile)}.jsonl"])

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        root = b""
        for height in range(size.bit_length()):
            if size >> height & 1:
                node = self.levels[height][((size >> height) - 1) * HASH : (size >> height) * HASH]
                root = node_hash(node, root) if root else node
        return root or EMPTY_ROOT

    def entries(self, tile: int) -> Iterator[tuple[int, bytes]]:
        """Yield the index and the bytes of each entry of a tile that the pack holds, once it hashes into its leaf."""
        name = f"tile/entries/{tile_name(tile, len(self.present[tile]))}"
        bundle, stop = self.read(name) if self.complete else b"", 0
        for index in self.present[tile]:
            start, stop = stop + 2, stop + 2 + int.from_bytes(bundle[stop : stop + 2], "big")
            entry = bundle[start:stop] if self.complete else self.read(f"entry/{index}")
            require(leaf_hash(entry) == self.levels[0][index * HASH : (index + 1) * HASH], f"#{index + 1}: not the entry that was sealed")
            yield index, entry
        require(not self.complete or stop == len(bundle), f"{name} holds more than its entries")

    def disclosures(self, tile: int) -> dict[int, tuple[list[str], list[str]]]:
        """Return what is disclosed, and which digests are withheld, for each entry of a tile that the pack holds."""
        with naming(name := f"disclosures/{tile_name(tile)}.jsonl"):
            *lines, end = self.read(name).decode().split("\n")
            read: dict[int, tuple[list[str], list[str]]] = {}
            for line in lines:
                if not (match := LINE.fullmatch(line)) or int(match[2]) in read:
                    raise NotVerified(f"line {len(read) + 1} is misshapen, or there twice")
                disclosed, withheld = (each[1:-1].split('","') if each else [] for each in match.group(1, 3))
                read[int(match[2])] = disclosed, withheld
            require(not end, "the last line is cut short")
            for index in sorted(read.keys() ^ set(self.present[tile])):
                raise NotVerified(f"#{index + 1} has no {'entry' if index in read else 'line'} in this pack")
        return read

    def scan(self, tile: int) -> list[tuple[int, bytes, list[str]]]:
        """Hash a tile's entries into their leaves; return those from which keys and erasures are read, with their disclosures."""
        found = []
        for index, entry in self.entries(tile):
            with naming(f"#{index + 1}"):
                payload = entry.partition(b".")[2].partition(b".")[0].translate(FROM_URL) + b"=="
                evt = EVT.search(a2b_base64(payload))  # that these are canonical is checked with the signature
                if index == 0 or (evt and evt[1].endswith(REGISTRY)):
                    found.append((index, entry))
        lines = self.disclosures(tile) if found else {}
        return [(index, entry, lines[index][0]) for index, entry in found]

    def register(self, index: int, entry: bytes, disclosed: list[str]) -> None:
        """Learn from one event who may sign after it, or what it erased; what its key then does not vouch for fails the pack."""
        fields, position = dict(open_disclosures([*map(digest, disclosed)], disclosed).values()), index + 1
        if index == 0:
            public, holder, _ = text_of(fields, "statement_key", "holder", "board")
            self.keys[statement_header(unb64url(public))] = Key(unb64url(public), holder, "service-statements", 0)
        require(type(fields.get("erased", [])) is list, "field 'erased' is misshapen")
        for item in fields.get("erased", []):
            shape = {name: type(value) for name, value in item.items()} if type(item) is dict else {}
            require(shape == {"position": int, "field": str, "digest": str}, "field 'erased' is misshapen")
            require(0 < item["position"] < position, "it erased what was not there yet")
            self.erased.setdefault(item["position"], {})[item["digest"]] = position
        claims = self.open(index, entry).claims
        evt = claims["evt"]
        open_disclosures(claims["_sd"], disclosed)
        require((index == 0) == (evt == ESTABLISHED), "a log is established by its first event, and there only")
        require(evt.endswith(ERASED) == ("erased" in fields), "field 'erased' must be shown, and there only")
        if evt == ESTABLISHED:
            require(text_of(fields, "origin", "log_vkey") == [self.origin, self.vkey], "it establishes another log")
            require(type(fields.get("demonstration")) is bool, "field 'demonstration' must be shown, as true or false")
            self.demonstration = fields["demonstration"]
        elif not evt.endswith(ERASED):
            self.change_key(position, evt, fields)

    def change_key(self, position: int, evt: str, fields: dict[str, Any]) -> None:
        """End a key (rotated, revoked) and admit a key (enrolled, rotated) that proves to be held."""
        old = None
        if evt != ENROLLED:
            ends, _ = text_of(fields, *(("replaces", "holder") if evt == ROTATED else ("thumbprint", "reason")))
            old = next((key for key in self.keys.values() if thumbprint(key.public) == ends and key.ended > position), None)
            if old is None:
                raise NotVerified(f"it ends a key that is not live, {ends}")
            self.keys[statement_header(old.public)] = old._replace(ended=position)
        if evt != REVOKED:
            holder, purpose, name, public, proof = text_of(fields, "holder", "purpose", "thumbprint", "public_key", "proof")
            raw, header = unb64url(public), statement_header(unb64url(public))
            require(thumbprint(raw) == name and purpose in PURPOSES.values(), "its thumbprint or purpose is wrong")
            require(header not in self.keys and raw != parse_vkey(self.vkey)[1], f"the key {name} is in use already")
            proven = key_proof(self.origin, holder, purpose, raw)
            check_signature(raw, unb64url(proof), proven)
            if old is not None:
                require((old.holder, old.purpose) == (holder, purpose), "it replaces the key of another holder or purpose")
                check_signature(old.public, unb64url(*text_of(fields, "replaced_proof")), proven)
            self.keys[header] = Key(raw, holder, purpose, position)

    def open(self, index: int, entry: bytes) -> Event:
        """Return an event, once it is signed by a key that was live there and its claims hold."""
        received, statement = parse_entry(entry)
        header = statement.partition(".")[0]
        key = self.keys.get(header)
        if key is None:
            named = unb64url(header).decode()
            known = any(thumbprint(key.public) in named for key in self.keys.values())
            raise NotVerified(f"{'its key signs by another header' if known else 'its key is not enrolled'}: {named}")
        if not key.since < index + 1 <= key.ended:
            raise NotVerified(f"the key {thumbprint(key.public)} of {key.holder} was live only after #{key.since}, up to #{key.ended}")
        claims = open_statement(statement, key.public, self.origin)
        own = claims["iss"] == key.holder and PURPOSES[claims["assurance"]] == key.purpose
        require(own, "its key is another holder's, or for other acts")
        size, root = claims["seen"]["size"], claims["seen"]["root"]
        require(0 <= size <= index and b64(self.root(size)) == root, f"the tree of {size} that its signer had seen is not this one")
        return Event(index + 1, received, claims)

    def check(self, tile: int) -> list[Event | NotVerified]:
        """Verify a tile's statements and account for each of their digests, up to the first that is refused."""
        events: list[Event | NotVerified] = []
        try:
            lines = self.disclosures(tile)
            for index, entry in self.entries(tile):
                if index in self.refused:
                    raise self.refused[index]
                try:  # plainly: entering a context manager for each event costs as much as hashing it
                    events.append(self.account(self.open(index, entry), *lines[index]))
                except (ValueError, RecursionError) as refusal:
                    raise NotVerified(f"#{index + 1}: {refusal}") from None
        except NotVerified as refusal:
            events.append(refusal)
        return events

    def account(self, event: Event, disclosed: list[str], withheld: list[str]) -> Event:
        """Return the event with what is shown of it, once each digest is either shown, or withheld, or erased by an event."""
        digests, erased = event.claims["_sd"], self.erased.get(event.position, ())
        shown = open_disclosures(digests, disclosed)
        fields, hidden = dict(shown.values()), {*withheld, *erased}  # what was erased may be listed as withheld too
        if sorted([*shown, *hidden]) != digests:
            raise self.unaccounted(event.claims["evt"], digests, shown, hidden)
        require(not fields or "occurred_on" in fields, "its date must be shown with its other fields")
        cited = fields.get("evidence") or []
        well_formed = type(cited) is list and all(type(each) is dict and type(each.get("sha256")) is str for each in cited)
        require(well_formed, "field 'evidence' is misshapen")
        cites = tuple(each["sha256"] for each in cited)
        return Event(
            event.position, event.received, event.claims | {"_sd": None}, cites, (len(shown), len(hidden) - len(erased), len(erased))
        )

    def unaccounted(self, evt: str, digests: list[str], shown: dict[str, tuple[str, Any]], hidden: set[str]) -> NotVerified:
        """Say which digest is in no list or in two, by its field where events of its kind show one that this event does not."""
        missing, names = set(digests).difference(shown, hidden), set[str]()
        if missing and self.refused:
            return next(iter(self.refused.values()))  # it is what would have said that something was erased
        for tile in self.present:
            lines = self.disclosures(tile)
            for index, entry in self.entries(tile):
                with suppress(ValueError):  # what else is wrong is said in its turn
                    same = f'"evt":"{evt}"'.encode() in unb64url(parse_entry(entry)[1].split(".")[1])
                    others = {name for name, _ in open_disclosures([*map(digest, lines[index][0])], lines[index][0]).values()}
                    names |= others if same else others & COMMON_FIELDS
        if missing:
            named = sorted(names.difference(name for name, _ in shown.values()))
            fields = " or ".join(f"field {name!r}" for name in named) or "a field"
            return NotVerified(f"{evt}: {fields} is neither shown, withheld nor erased (digest {' '.join(sorted(missing))})")
        twice = [f"field {shown[each][0]!r}" if each in shown else each for each in hidden if each in shown or each not in digests]
        return NotVerified(f"{evt}: {' or '.join(twice)} is withheld or erased, but shown as well, or was never signed")

    def open_note(self, note: str) -> tuple[Checkpoint, dict[str, int]]:
        """Open a checkpoint of this log; return it with the times of the witnesses that the policy names."""
        checkpoint = open_checkpoint(note, self.vkey)
        known = [parse_vkey(self.vkey), *self.policy.witnesses.values()]
        self.ignored |= {name for name, blob in checkpoint.lines if (name, blob[:4]) not in [(key[0], key_id(*key)) for key in known]}
        times = {name: checkpoint.signed_by(*witness) for name, witness in self.policy.witnesses.items()}
        return checkpoint, {name: max(each) for name, each in times.items() if each}

    def check_kept(self, name: str, text: str) -> int:
        """Check that a checkpoint, or a receipt's, was made over a prefix of this log; return its size, or the receipt's index."""
        with naming(name):
            index, proof, note = parse_receipt(text) if text.startswith("c2sp.org/") else (-1, [], text)
            size, root = self.open_note(note)[0][1:3]
            require(size <= self.size, f"it seals {size} events, and this pack ends after {self.size}")
            require(self.root(size) == root, f"the first {size} events of this pack are not those that it seals")
            leaf = self.levels[0][index * HASH : (index + 1) * HASH]
            require(index < 0 or root_from_inclusion(index, size, leaf, proof) == root, f"it does not prove #{index + 1}")
        return index if index >= 0 else size

    def check_evidence(self, cited: Mapping[str, int]) -> tuple[set[str], set[str]]:
        """Hash every file that an event cites; return those that are declared absent, and those missing without a word."""
        declared = set(self.read("evidence/missing").decode().split("\n")[:-1]) if "evidence/missing" in self.names else set()
        for name, position in cited.items():
            if f"evidence/{name}" in self.names and name not in declared:
                self.used.add(f"evidence/{name}")
                with (self.folder / "evidence" / name).open("rb") as file:
                    require(file_digest(file, "sha256").hexdigest() == name, f"evidence/{name} is not the file that #{position} cites")
        return declared, {name for name in cited if f"evidence/{name}" not in self.used and name not in declared}

    def over_tiles(self, method: str) -> Iterator[Any]:
        """Run a method over every tile of entries, in order; on all cores where there is enough to do."""
        tiles, pool = sorted(self.present), None
        results: Iterator[Any] = map(getattr(self, method), tiles)
        if len(tiles) >= PARALLEL_FROM and cores() > 1:
            with suppress(OSError, NotImplementedError):  # where a system gives no processes, one will do
                pool = ProcessPoolExecutor(cores(), initializer=SHARED.append, initargs=(self,))
                results = pool.map(in_worker, repeat(method), tiles)
        yield from results
        if pool:
            pool.shutdown()


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


SHARED: list[Pack] = []


def in_worker(method: str, tile: int) -> Any:
    """Run a method of the pack with which this process was started."""
    return getattr(SHARED[-1], method)(tile)


class Verdict(NamedTuple):
    """What came out, in words; `code` is the exit status."""

    code: int
    lines: list[str]


class Tally:
    """What one pass over the events, in order, has found."""

    def __init__(self, *, complete: bool) -> None:
        """Begin before the first event."""
        self.complete, self.first, self.received, self.jtis, self.versions = complete, 0, 0, set[str](), dict[str, int]()
        self.cited, self.counts, self.kinds = dict[str, int](), [0, 0, 0], dict[str, list[int]]()

    def take(self, event: Event) -> None:
        """Hold an event against those before it, and count it."""
        evt, stream, version, jti = (event.claims[name] for name in ("evt", "stream", "sver", "jti"))
        last = self.versions.get(stream, 0)
        if event.received < self.received or jti in self.jtis or version <= last or (self.complete and version > last + 1):
            reason = "received before the event before it" if event.received < self.received else f"version {version} after {last}"
            raise NotVerified(f"#{event.position}: {'a replay of another event' if jti in self.jtis else reason}")
        self.first = self.first or event.received
        self.received, self.versions[stream] = event.received, version
        self.jtis.add(jti)
        self.cited |= dict.fromkeys(event.cited, event.position)
        self.counts = [count + more for count, more in zip(self.counts, event.counts, strict=True)]
        self.kinds.setdefault(evt, []).append(event.position)


def verify_folder(folder: Path, key: str | None, policy: str | None, known: Mapping[str, str]) -> Verdict:
    """Carry out the checks in their order."""
    pack = Pack(folder)
    pack.trust(key, policy)
    with naming("checkpoint"):
        checkpoint, cosigned = pack.open_note(pack.read("checkpoint").decode())
    pack.open_tree(checkpoint)
    registry = [found for tile in pack.over_tiles("scan") for found in tile]
    for name, text in known.items():
        pack.check_kept(name, text)
    require(registry and registry[0][0] == 0, "#1, which establishes the log, is missing")
    for index, entry, disclosed in registry:
        try:
            with naming(f"#{index + 1}"):
                pack.register(index, entry, disclosed)
        except NotVerified as refusal:
            pack.refused[index] = refusal
    tally = Tally(complete=pack.complete)
    for event in (event for events in pack.over_tiles("check") for event in events):
        if isinstance(event, NotVerified):
            raise event
        tally.take(event)
    kept = {f"checkpoints/{size}": size for size in pack.numbers("checkpoints/")}
    kept |= {f"proofs/{index}.tlog-proof": index for index in pack.numbers("proofs/", ".tlog-proof")}
    for name, number in kept.items():
        require(pack.check_kept(name, pack.read(name).decode()) == number, f"{name} is another's")
    absent, undeclared = pack.check_evidence(tally.cited)
    seen_late = not cosigned or tally.received <= max(cosigned.values()) + CLOCK_SKEW
    require(seen_late, "a witness saw the last event before it was received")
    for name in sorted(pack.names - pack.used):
        require(not name.startswith(("tile/", "entry/", "disclosures/")), f"{name} belongs to no entry")
    quorum = pack.policy.met(cosigned)
    anchored = key is not None or policy is not None or known
    first = [] if anchored else ["BY THE KEY IN THIS PACK ONLY: nothing that you hold vouches for it (--key, --policy, --known)"]
    first += ["DEMONSTRATION: this log was made to show the product"] if pack.demonstration else []
    first += [f"COULD NOT CHECK: evidence that #{tally.cited[name]} cites is missing, undeclared: {name}" for name in sorted(undeclared)]
    first += [] if quorum else [f"QUORUM NOT MET: {pack.policy.quorum} has not cosigned the checkpoint"]
    first += [] if undeclared else [f"VERIFIED: {pack.origin}, events up to #{pack.size}, root {b64(checkpoint.root)}"]
    return Verdict(2 if undeclared else 0 if quorum else 3, [*first, *report(pack, tally, cosigned, len(kept) + len(known), absent)])


def report(pack: Pack, tally: Tally, cosigned: Mapping[str, int], kept: int, absent: set[str]) -> list[str]:
    """Say what was checked, by count, and what was not."""
    entries, (shown, withheld, erased) = sum(map(len, tally.kinds.values())), tally.counts
    first, last = (datetime.fromtimestamp(seconds, UTC).isoformat(" ") for seconds in (tally.first, tally.received))
    lines = [
        f"checked: {entries} entries, each signed and sealed, received from {first} to {last}",
        f"checked: every field of each: {shown} shown, {withheld} withheld, {erased} erased",
        f"checked: {kept} other checkpoints and receipts, {len(tally.cited.keys() - absent)} evidence files",
        *(f"witness: {name} cosigned at {datetime.fromtimestamp(time, UTC).isoformat(' ')}" for name, time in cosigned.items()),
    ]
    for key in pack.keys.values():
        until = "" if key.ended == sys.maxsize else f" up to #{key.ended}"
        lines.append(f"key: {thumbprint(key.public)} of {key.holder}, for {key.purpose}, after #{key.since}{until}")
    for what, ending in {"corrections": CORRECTED, "retractions": RETRACTED, "erasures": ERASED}.items():
        positions = sorted(position for evt, found in tally.kinds.items() if evt.endswith(ending) for position in found)
        lines.append(" ".join([f"{what}: {len(positions)}", *(f"#{position}" for position in positions)]))
    other = [
        len(found) for evt, found in tally.kinds.items() if not evt.encode().endswith((*REGISTRY, CORRECTED.encode(), RETRACTED.encode()))
    ]
    unchecked = [f"the meaning of {sum(other)} events of {len(other)} other kinds", "VERIFY.md and verify.py themselves"]
    unchecked += [f"the policy, which nothing signs: {pack.policy.text!r}"]
    unchecked += [] if pack.complete else ["streams without gaps, as some entries only are here"]
    unchecked += [f"signatures by {name}, whose key the policy does not name" for name in sorted(pack.ignored)]
    unchecked += [f"evidence/{name}, declared absent" for name in sorted(absent)]
    for name in sorted(pack.names - pack.used):
        how = "a time stamp: openssl ts -verify -in FILE -data TEXT -CAfile ROOTS, TEXT being the checkpoint's first three lines"
        unchecked.append(f"{name}, {how if name.startswith('timestamps/') else 'which is no part of the pack'}")
    return lines + [f"not checked: {each}" for each in unchecked]


def verify(pack: Path, *, key: str | None = None, policy: str | None = None, known: Mapping[str, str] | None = None) -> Verdict:
    """Verify a pack; `policy` and the values of `known` are the texts of files, `key` is a vkey, all of them the auditor's own."""
    try:
        if key is not None:
            parse_vkey(key)
        if policy is not None:
            Policy(policy)
        for name, text in (known or {}).items():
            require(NOTE.fullmatch(text) or RECEIPT.fullmatch(text), f"{name} is neither a checkpoint nor a receipt")
    except ValueError as error:
        return Verdict(2, [f"COULD NOT CHECK: what you trust cannot be read: {error}"])
    try:
        with unpacked(pack) as folder:
            return verify_folder(folder, key, policy, known or {})
    except ValueError as refusal:
        return Verdict(1, [f"NOT VERIFIED: {refusal}"])
    except (CannotCheck, OSError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        return Verdict(2, [f"COULD NOT CHECK: {error}"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify the pack that the command line names; print the verdict and return the exit status."""
    parser = argparse.ArgumentParser(description="Verify a sealed pack offline.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--key", metavar="VKEY", help="the log's key, as you know it")
    parser.add_argument("--policy", metavar="FILE", type=Path, help="the logs and witnesses that you trust")
    parser.add_argument("--known", metavar="FILE", type=Path, action="append", default=[], help="a checkpoint or receipt that you kept")
    options = parser.parse_args(arguments)
    try:
        policy = options.policy.read_text("utf-8") if options.policy else None
        verdict = verify(options.pack, key=options.key, policy=policy, known={str(path): path.read_text("utf-8") for path in options.known})
    except (OSError, UnicodeDecodeError) as error:
        verdict = Verdict(2, [f"COULD NOT CHECK: {error}"])
    for line in verdict.lines:
        sys.stdout.buffer.write("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line).encode() + b"\n")
    return int(verdict.code)


if __name__ == "__main__":
    sys.exit(main())
