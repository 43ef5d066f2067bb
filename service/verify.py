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

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import sys
import tempfile
import zipfile
import zlib
from base64 import b64decode, b64encode
from binascii import a2b_base64, b2a_base64
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import file_digest, sha256
from operator import lt
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TO_URL, FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_+/=", b"+/...")
LOG, WITNESS = b"\x01", b"\x04"  # kinds of note key: one that signs checkpoints, one that cosigns them with its time
HASH, TILE, MAX_ENTRY, MAX_FILES, MAX_READ, MAX_ZIP_RATIO = 32, 256, 65535, 2_000_000, 1 << 28, 200
T = TypeVar("T")
Check = Callable[[bytes, bytes, bytes], object]  # of a key, a signature, and what is signed
BESIDE = "verify.py", "reading.py", "absence.py", "samples.py"  # what reads a pack lies in it
Also = Callable[["Pack"], "Verdict"] | None  # of a document beside a pack that was found good
Lines = Mapping[int, tuple[list[str], list[str]]]  # what is disclosed, and which digests are withheld, by index
BATCH, PARALLEL_FROM = 64, 8  # events that are checked together; tiles, below which a second process costs more than it saves
LATEST, CLOCK_SKEW = 10**11, 3600  # seconds: what a date can be written of; what our clock may be ahead of a witness's
EMPTY_ROOT = sha256(b"").digest()
PRIME, Y_8 = 2**255 - 19, 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7  # the field; y of a point of order 8
SMALL_ORDER = {0, 1, PRIME - 1, Y_8, PRIME - Y_8}  # y of all eight points; x, and so the sign bit, may be either
PURPOSES = {"service-attested": "service-statements", "actor-signed": "acts"}  # of the key, by assurance
ESTABLISHED, ENROLLED = "ledger.established.v1", "keys.signing_key_enrolled.v1"
ROTATED, REVOKED, ERASED = "keys.signing_key_rotated.v1", "keys.signing_key_revoked.v1", ".personal_data_erased.v1"
KEY: dict[str, type] = dict.fromkeys(("holder", "purpose", "thumbprint", "public_key", "proof"), str)
SHOWN: dict[str, dict[str, type]] = {  # what every pack must show of the events that the verification itself rests on
    ESTABLISHED: dict.fromkeys(("origin", "log_vkey", "statement_key", "holder", "board"), str) | {"demonstration": bool},
    ENROLLED: KEY,
    ROTATED: KEY | {"replaces": str, "replaced_proof": str},
    REVOKED: {"thumbprint": str, "reason": str},
    ERASED: {"erased": list},
}
CLAIMS = ("_sd", "_sd_alg", "assurance", "aud", "evt", "iat", "iss", "jti", "seen", "stream", "sver")
TEXT, NUMBER, B64_16, B64_32 = r'"([^"\\\x00-\x1f]+)"', "(0|[1-9][0-9]{,14})", "[A-Za-z0-9_-]{22}", '"[A-Za-z0-9_-]{43}"'
EVT, LAST_CLAIMS = re.compile(rb'"evt":"([^"]+)"'), 400  # base64 digits: it is nearly always among these
PAYLOAD = re.compile(
    rf'{{"_sd":\[({B64_32}(?:,{B64_32})*)\],"_sd_alg":"sha-256","assurance":{TEXT},"aud":{TEXT},"evt":{TEXT},"iat":{NUMBER},"iss":{TEXT}'
    rf',"jti":"({B64_16})","seen":{{"root":{TEXT},"size":{NUMBER}}},"stream":{TEXT},"sver":{NUMBER}}}'
)
DISCLOSURE = re.compile(rf'\["{B64_16}","([a-z][a-z0-9_]*)",(?:"([^"\\\x00-\x1f]*)"|(.+))\]', re.DOTALL)
FILL = ("AAAA", "=", "AA", "A")  # to a whole group of base64, by what is over; one digit over is never right
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


def matched(pattern: re.Pattern[str], text: str, refusal: str) -> re.Match[str]:
    """Return the match of the whole text, which must have this one form."""
    if not (match := pattern.fullmatch(text)):
        raise NotVerified(refusal)
    return match


def unb64(text: str) -> bytes:
    """Read padded base64 in its one canonical spelling, as notes and receipts have it."""
    raw = b64decode(text, validate=True)
    require(b64encode(raw).decode() == text, "base64 is not canonical")
    return raw


def b64url(raw: bytes) -> str:
    """Write unpadded base64url, as statements and disclosures have it."""
    return b2a_base64(raw, newline=False).translate(TO_URL).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    """Read unpadded base64url in its one canonical spelling."""
    raw = a2b_base64(text.encode().translate(FROM_URL) + b"==="[: -len(text) % 4], strict_mode=True)
    if len(text) % 4 and text[-1] not in ("AQgw", "AEIMQUYcgkosw048")[len(raw) % 3 - 1]:
        raise NotVerified("base64url is not canonical")
    return raw


def _exact(number: str) -> int:
    require(-(2**53) < int(number) < 2**53, f"{number} is not exact in every JSON reader")
    return int(number)


_decode = json.JSONDecoder(parse_float=_exact, parse_int=_exact, parse_constant=_exact).raw_decode
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def canonical(value: object) -> bytes:
    """Write RFC 8785 JSON of objects, lists, text, truth values and integers below 2^53: all that statements hold."""
    require(_decode(text := _encode(value))[0] == value, "a value has no canonical form")
    return text.encode()


def parse_all(texts: Sequence[str]) -> Sequence[Any]:
    """Read JSON texts, each just as `canonical` writes it: no duplicate member, no second spelling of anything."""
    values, ends = zip(*map(_decode, texts), strict=True) if texts else ((), ())
    require(ends == (*map(len, texts),) and _encode(values) == f"[{','.join(texts)}]", "JSON is not canonical")
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


def digests_of(disclosures: Iterable[str]) -> list[str]:
    """Digest many: each is followed by a zero byte, so that all fill whole groups of base64 and are written in one go."""
    text = b64url(b"".join([sha256(each.encode()).digest() + b"\0" for each in disclosures]))
    return [text[at : at + 43] for at in range(0, len(text), 44)]


def texts_of(disclosures: Sequence[str]) -> list[str]:
    """Read many from their one spelling in base64url: each is filled up with zero bytes to a whole group, all are read in one go."""
    filled = "".join([each + FILL[len(each) % 4] for each in disclosures])
    texts = [text for text in a2b_base64(filled.encode().translate(FROM_URL), strict_mode=True).split(b"\0") if text]
    require([*map(len, texts)] == [len(each) * 3 // 4 for each in disclosures], "base64url is not canonical")
    return [text.decode() for text in texts]


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
            signed = self.text if kind == LOG else f"cosignature/v1\ntime {time}\n{self.text}"
            check_signature(public, signature, signed.encode())
            require(time < LATEST, f"{name} cosigned at no time")
            times.append(time)
        return times


def open_checkpoint(note: str, vkey: str) -> Checkpoint:
    """Read a checkpoint; refuse one that this log's key has not signed."""
    (name, public, kind), match = parse_vkey(vkey), matched(NOTE, note, "not a checkpoint")
    require((name, kind) == (match[2], LOG), f"not a checkpoint of {name}")
    lines = [(signer, unb64(blob)) for _, signer, blob in (line.split(" ") for line in match[5].split("\n")[:-1])]
    checkpoint = Checkpoint(match[1], int(match[3]), unb64(match[4]), lines)
    require(len(checkpoint.root) == HASH and checkpoint.signed_by(name, public, kind), f"the key {vkey} has not signed it")
    return checkpoint


def parse_receipt(text: str) -> tuple[int, list[bytes], str]:
    """Read a tlog-proof: the index, the inclusion proof, and the checkpoint, not opened yet."""
    index, proof, note = matched(RECEIPT, text, "not a receipt").groups()
    return int(index), [unb64(line) for line in proof.split("\n")[:-1]], note


class Policy:
    """A tlog-policy: the logs, the witnesses' keys by name, and the witness or group whose cosignatures are the quorum."""

    def __init__(self, text: str) -> None:
        """Read it; a line that is not understood is refused."""
        self.text, self.logs, self.quorum, self.witnesses = text, list[str](), "", dict[str, tuple[str, bytes, bytes]]()
        self.groups: dict[str, tuple[int, list[str]]] = {"none": (0, [])}
        for line in text.split("\n"):
            known = {*self.witnesses, *self.groups}
            match line.partition("#")[0].split():
                case []:
                    pass
                case ["log", vkey, *url] if not url[1:] and parse_vkey(vkey)[2] == LOG:
                    self.logs.append(vkey)
                case ["witness", name, vkey, *url] if not url[1:] and name not in known and parse_vkey(vkey)[2] == WITNESS:
                    self.witnesses[name] = parse_vkey(vkey)
                case ["group", name, rule, *members] if name not in known and set(members) <= known - {"none"}:
                    self.groups[name] = (len(members) if rule == "all" else 1 if rule == "any" else int(rule), members)
                    require(0 < self.groups[name][0] <= len(set(members)) == len(members), f"group {name} cannot be met")
                case ["quorum", name] if name in known and not self.quorum:
                    self.quorum = name
                case _:
                    raise NotVerified(f"line {line!r} is not understood")
        require(self.logs and self.quorum, "it names no log or no quorum")

    def met(self, cosigned: Collection[str]) -> bool:
        """Whether the quorum cosigned: that witness, or enough members of that group; `none` needs nobody."""
        met = {*cosigned}
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


def peek(entry: bytes) -> str:
    """Return which of SHOWN an entry seems to be, none by default: one that is not canonical will be refused when it is checked."""
    payload = entry[entry.find(b".") + 1 : entry.rfind(b".")].translate(FROM_URL)
    groups = payload + b"==="[: -len(payload) % 4]
    with suppress(ValueError):
        if match := EVT.search(a2b_base64(groups[-LAST_CLAIMS:])) or EVT.search(a2b_base64(groups)):
            evt = match[1].decode()
            return ERASED if evt.endswith(ERASED) else evt if evt in SHOWN else ""
    return ""


def open_statement(statement: str, public: bytes, origin: str, check: Check = check_signature) -> dict[str, Any]:
    """Return the claims of a statement that this key signed for this log; `check` may put the signature off to check many in a row."""
    signed, _, signature = statement.rpartition(".")
    header, _, payload = signed.partition(".")
    require(header == statement_header(public), "its header is not the one that its key writes")
    check(public, unb64url(signature), signed.encode())
    match = matched(PAYLOAD, unb64url(payload).decode(), "its claims are not those of a statement, each once, in their order")
    listed, assurance, aud, evt, iat, iss, jti, root, size, stream, sver = match.groups()
    digests, seen = listed.split('"')[1::2], {"root": root, "size": int(size)}
    require(all(map(lt, digests, digests[1:])), "its digests are not sorted, or one is there twice")
    require(assurance in PURPOSES and aud == origin, "it was made for another log, or its assurance has no meaning")
    return dict(zip(CLAIMS, (digests, "sha-256", assurance, aud, evt, int(iat), iss, jti, seen, stream, int(sver)), strict=True))


def open_many(groups: Sequence[Sequence[str]]) -> list[dict[str, tuple[str, Any]]]:
    """Return (name, value) by digest for the disclosures of each of many events; all are read in a few operations."""
    disclosures = [each for group in groups for each in group]
    read = [matched(DISCLOSURE, text, "a disclosure is misshapen").groups() for text in texts_of(disclosures)]
    others = [*{other for _, _, other in read if other}]  # values that are not plain text; most are null
    values = dict(zip(others, parse_all(others), strict=True))
    fields = [(name, values[other] if other else text) for name, text, other in read]
    require({name for name, _ in fields}.isdisjoint(CLAIMS), "a field bears the name of a claim")
    shown, stop, opened = [*zip(digests_of(disclosures), fields, strict=True)], 0, []
    for group in groups:
        start, stop = stop, stop + len(group)
        require(len(dict(fields[start:stop])) == len(group), "a field is disclosed twice")
        opened.append(dict(shown[start:stop]))
    return opened


def open_disclosures(digests: Collection[str], disclosures: Sequence[str]) -> dict[str, tuple[str, Any]]:
    """Return (name, value) by digest; a disclosure that no digest covers, or a field given twice, is refused."""
    (shown,) = open_many([disclosures])
    require(shown.keys() <= set(digests), "a disclosure was never signed")
    return shown


def tile_name(index: int, width: int = TILE) -> str:
    """Name a tile as tlog-tiles does: `x001/x234/067`, and `.p/<width>` where it is not full."""
    digits = f"{index:0{-(-len(str(index)) // 3) * 3}d}"
    folders = "".join(f"x{digits[at : at + 3]}/" for at in range(0, len(digits) - 3, 3))
    return folders + digits[-3:] + ("" if width == TILE else f".p/{width}")


class Key(NamedTuple):
    """A key of the log's own registry: it may sign the positions after `since`, up to and including `ended`."""

    public: bytes
    holder: str
    purpose: str
    since: int
    ended: int = sys.maxsize


class Event(NamedTuple):
    """What is kept of an event that was verified; who signed it with a key of their own, if so; how many fields are shown and withheld."""

    position: int
    recv: int
    evt: str
    jti: str
    stream: str
    sver: int
    actor: str
    shown: int
    withheld: int
    cited: list[str]


class Pack:
    """A pack under verification: its files, read only by names that the format knows; then its tree, keys and erasures."""

    def __init__(self, folder: Path, key: str | None, policy: str | None) -> None:
        """List the files; settle whose log this is: by the auditor's key or policy, where there is one, or else by the pack's own."""
        files = [Path(at, name) for at, _, names in os.walk(folder) for name in names]
        if len(files) > MAX_FILES or any(file.is_symlink() or not file.is_file() for file in files):
            raise CannotCheck("too many files, or something that is not a file")
        self.folder, self.names = folder, {file.relative_to(folder).as_posix() for file in files}
        if any(file.stat().st_size > MAX_READ for file in files if file.parent.name != "evidence"):
            raise CannotCheck(f"a file of more than {MAX_READ} bytes")
        if not {"policy", "checkpoint"} <= self.names:
            raise CannotCheck("no pack is here: it has no policy or no checkpoint")
        self.used, self.ignored, self.present = {"VERIFY.md", *BESIDE}, set[str](), dict[int, list[int]]()
        self.keys, self.erased, self.roots = dict[str, Key](), dict[int, set[str]](), dict[int, bytes]()
        with naming("policy"):
            own = Policy(self.read("policy").decode())
            self.policy, self.vkey = own if policy is None else Policy(policy), own.logs[0]
            self.origin = parse_vkey(self.vkey)[0]
            require(own.logs == [self.vkey] and key in (None, self.vkey), f"this log's key is {own.logs}, and not {key}")
            require(self.vkey in self.policy.logs, f"this log's key, {self.vkey}, is not one of the policy that you trust")
        with naming("checkpoint"):
            self.checkpoint, self.cosigned = self.open_note(self.read("checkpoint").decode())

    def read(self, name: str) -> bytes:
        """Read a file that must be there."""
        require(name in self.names, f"{name} is missing")
        self.used.add(name)
        return (self.folder / name).read_bytes()

    def numbers(self, before: str, after: str = "") -> list[int]:
        """List the numbers that stand between these in the names of files."""
        return sorted(int(match[1]) for match in map(re.compile(before + NUMBER + after).fullmatch, self.names) if match)

    def open_note(self, note: str) -> tuple[Checkpoint, dict[str, int]]:
        """Open a checkpoint of this log; return it with the times of the witnesses that the policy names."""
        checkpoint = open_checkpoint(note, self.vkey)
        known = [parse_vkey(self.vkey), *self.policy.witnesses.values()]
        self.ignored |= {name for name, blob in checkpoint.lines if (name, blob[:4]) not in [(key[0], key_id(*key)) for key in known]}
        times = {name: checkpoint.signed_by(*witness) for name, witness in self.policy.witnesses.items()}
        return checkpoint, {name: max(each) for name, each in times.items() if each}

    def open_tree(self) -> None:
        """Build every node above the leaves; hold all hash tiles and the root against them; find which entries are here."""
        size = self.checkpoint.size
        widths = [min(TILE, size - first) for first in range(0, size, TILE)]
        self.levels = [b"".join(self.read(f"tile/0/{tile_name(tile, width)}") for tile, width in enumerate(widths))]
        while len(low := self.levels[-1]) > HASH:
            self.levels.append(b"".join(sha256(b"\x01" + low[at : at + 2 * HASH]).digest() for at in range(0, len(low) - HASH, 2 * HASH)))
        for level, row in enumerate(self.levels[::8]):
            for first in range(0, len(row), TILE * HASH):
                hashes = row[first : first + TILE * HASH]
                name = f"tile/{level}/{tile_name(first // TILE // HASH, len(hashes) // HASH)}"
                require(self.read(name) == hashes, f"{name} does not hold the hashes of the tiles below")
        led = len(self.levels[0]) == size * HASH and self.root(size) == self.checkpoint.root
        require(led, "the tiles do not lead to the checkpoint's root")
        self.complete = any(name.startswith("tile/entries/") for name in self.names)
        for index in range(size) if self.complete else self.numbers("entry/"):
            self.present.setdefault(index // TILE, []).append(index)
        for tile, indexes in self.present.items():
            entries = [f"tile/entries/{tile_name(tile, len(indexes))}"] if self.complete else [f"entry/{index}" for index in indexes]
            self.used.update(entries, [f"disclosures/{tile_name(tile)}.jsonl"])

    def node(self, height: int, index: int) -> bytes:
        """Return a node of the tree, a leaf at height 0; nothing where there is none."""
        return self.levels[height][index * HASH : (index + 1) * HASH]

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        if size in self.roots:  # often asked for again: what signers had seen
            return self.roots[size]
        root = b""
        for height in range(size.bit_length()):
            if size >> height & 1:
                left = self.node(height, (size >> height) - 1)
                root = node_hash(left, root) if root else left
        self.roots[size] = root or EMPTY_ROOT
        return self.roots[size]

    def entries(self, tile: int) -> Iterator[tuple[int, bytes]]:
        """Yield the index and the bytes of each entry of a tile that the pack holds, once it hashes into its leaf."""
        name = f"tile/entries/{tile_name(tile, len(self.present[tile]))}"
        bundle, stop = self.read(name) if self.complete else b"", 0
        for index in self.present[tile]:
            start, stop = stop + 2, stop + 2 + int.from_bytes(bundle[stop : stop + 2], "big")
            entry = bundle[start:stop] if self.complete else self.read(f"entry/{index}")
            if leaf_hash(entry) != self.levels[0][index * HASH : (index + 1) * HASH]:
                raise NotVerified(f"#{index + 1}: not the entry that was sealed")
            yield index, entry
        require(stop >= len(bundle), f"{name} holds more than its entries")

    def disclosures(self, tile: int) -> Lines:
        """Return what is disclosed, and which digests are withheld, for each entry of a tile that the pack holds."""
        with naming(name := f"disclosures/{tile_name(tile)}.jsonl"):
            texts = self.read(name).decode().removesuffix("\n").split("\n")
            lines = [matched(LINE, text, "a line is misshapen") for text in texts]
            read = {int(line[2]): (line[1].split('"')[1::2], line[3].split('"')[1::2]) for line in lines}
            require(len(read) == len(lines), "an entry has two lines")
            for index in sorted(read.keys() ^ set(self.present[tile])):
                raise NotVerified(f"#{index + 1} has no {'entry' if index in read else 'line'} in this pack")
        return read

    def scan(self, tile: int) -> list[tuple[int, str, list[str]]]:
        """Hash a tile's entries into their leaves; return index, kind and disclosures of those that keys and erasures are read from."""
        kinds = {index: kind for index, entry in self.entries(tile) if (kind := peek(entry)) or index == 0}
        lines = self.disclosures(tile) if kinds else {}
        return [(index, kind, lines[index][0]) for index, kind in kinds.items()]

    def learn(self, position: int, kind: str, disclosed: list[str]) -> None:
        """Learn who may sign after an event, or what it erased; its own signature is checked with all others, and so is what it says."""
        require((position == 1) == (kind == ESTABLISHED), "a log is established by its first event, and there only")
        fields, ended = dict(open_disclosures([*map(digest, disclosed)], disclosed).values()), list[Key]()
        for name, shape in SHOWN[kind].items():
            require(type(fields.get(name)) is shape, f"field {name!r} must be shown, as {shape.__name__}")
        for item in fields["erased"] if kind == ERASED else []:
            members = {name: type(value) for name, value in item.items()} if type(item) is dict else {}
            require(members == {"position": int, "field": str, "digest": str}, "field 'erased' is misshapen")
            require(0 < item["position"] < position, "it erased what was not there yet")
            self.erased.setdefault(item["position"], set()).add(item["digest"])
        if kind == ESTABLISHED:
            require([fields["origin"], fields["log_vkey"]] == [self.origin, self.vkey], "it establishes another log")
            self.demonstration, public = fields["demonstration"], unb64url(fields["statement_key"])
            self.keys[statement_header(public)] = Key(public, fields["holder"], PURPOSES["service-attested"], 0)
        if kind in (ROTATED, REVOKED):
            ends = fields["replaces" if kind == ROTATED else "thumbprint"]
            ended = [key for key in self.keys.values() if thumbprint(key.public) == ends and key.ended == sys.maxsize]
            require(ended, f"it ends a key that is not live, {ends}")
            self.keys[statement_header(ended[0].public)] = ended[0]._replace(ended=position)
        if kind in (ENROLLED, ROTATED):
            public, holder, purpose = unb64url(fields["public_key"]), fields["holder"], fields["purpose"]
            header, proven = statement_header(public), key_proof(self.origin, holder, purpose, public)
            known = thumbprint(public) == fields["thumbprint"] and purpose in PURPOSES.values()
            require(known, "its thumbprint or purpose is wrong")
            require(header not in self.keys and public != parse_vkey(self.vkey)[1], "its key is in use already")
            check_signature(public, unb64url(fields["proof"]), proven)
            for key in ended:
                require((key.holder, key.purpose) == (holder, purpose), "it replaces the key of another holder or purpose")
                check_signature(key.public, unb64url(fields["replaced_proof"]), proven)
            self.keys[header] = Key(public, holder, purpose, position)

    def open(self, position: int, entry: bytes, check: Check) -> tuple[int, dict[str, Any]]:
        """Return when an event was received and its claims, by a key that was live there; `check` is to see to the signature."""
        received, statement = parse_entry(entry)
        header = statement.partition(".")[0]
        if not (key := self.keys.get(header)):
            raise NotVerified(f"its key is not enrolled, or it signs by another header: {unb64url(header).decode()}")
        if not key.since < position <= key.ended:
            raise NotVerified(f"the key {thumbprint(key.public)} of {key.holder} was live only after #{key.since}, up to #{key.ended}")
        claims = open_statement(statement, key.public, self.origin, check)
        own = claims["iss"] == key.holder and PURPOSES[claims["assurance"]] == key.purpose
        require(own, "its key is another holder's, or for other acts")
        size, root = claims["seen"]["size"], claims["seen"]["root"]
        if size >= position or b64encode(self.root(size)).decode() != root:
            raise NotVerified(f"the tree of {size} that its signer had seen is not this one")
        return received, claims

    def account(self, entries: list[tuple[int, bytes]], lines: Lines) -> list[Event]:
        """Return events, once each statement holds, and each of its digests is shown, or withheld, or erased by another event.

        Each step is taken for all of them before the next: going to and fro between the steps takes longer, by a tenth.
        """
        signatures = list[tuple[bytes, bytes, bytes]]()
        read = [self.open(index + 1, entry, lambda *signed: signatures.append(signed)) for index, entry in entries]
        for signed in signatures:
            check_signature(*signed)
        opened, events = open_many([lines[index][0] for index, _ in entries]), list[Event]()
        for (index, _), (received, claims), shown in zip(entries, read, opened, strict=True):
            erased = self.erased.get(index + 1, ())
            hidden = {*erased, *lines[index][1]}  # what was erased may be listed as withheld too
            if sorted([*shown, *hidden]) != claims["_sd"]:
                raise NotVerified(f"{claims['evt']}: {self.unaccounted(claims['_sd'], shown, hidden, lines)}")
            fields = dict(shown.values())
            require(not fields or "occurred_on" in fields, "its date must be shown with its other fields")
            if cited := fields.get("evidence") or []:
                well_formed = type(cited) is list and all(type(each) is dict and type(each.get("sha256")) is str for each in cited)
                require(well_formed, "field 'evidence' is misshapen")
            actor = claims["iss"] if claims["assurance"] == "actor-signed" else ""
            told = actor, len(shown), len(hidden) - len(erased), [each["sha256"] for each in cited]
            events.append(Event(index + 1, received, claims["evt"], claims["jti"], claims["stream"], claims["sver"], *told))
        return events

    def check(self, tile: int) -> tuple[list[Event], NotVerified | None]:
        """Return a tile's events, up to the first that is refused, and that refusal."""
        events = list[Event]()
        try:
            lines, entries = self.disclosures(tile), [*self.entries(tile)]
            for start in range(0, len(entries), BATCH):
                try:
                    events += self.account(entries[start : start + BATCH], lines)
                except (ValueError, RecursionError):  # once more, one at a time, to name the first that is refused
                    for each in entries[start : start + BATCH]:
                        with naming(f"#{each[0] + 1}"):
                            events += self.account([each], lines)
        except NotVerified as refusal:
            return events, refusal
        return events, None

    @staticmethod
    def unaccounted(digests: list[str], shown: dict[str, tuple[str, Any]], hidden: set[str], lines: Lines) -> str:
        """Say which digest is in no list, by the fields that other events show and this one does not, or which is in two."""
        if not shown.keys() <= set(digests):
            return "a disclosure was never signed"
        if missing := sorted(set(digests).difference(shown, hidden)):
            names = set[str]()
            for disclosed, _ in lines.values():
                with suppress(ValueError, RecursionError):  # another event's own fault
                    names.update(name for name, _ in open_many([disclosed])[0].values())
            names -= {name for name, _ in shown.values()}
            return f"one of the fields {sorted(names)} is neither shown, withheld nor erased (digest {' '.join(missing)})"
        twice = [f"field {shown[each][0]!r}" if each in shown else each for each in hidden if each in shown or each not in digests]
        return f"{' or '.join(twice)} is withheld or erased, but shown as well, or was never signed"

    def check_kept(self, name: str, text: str, number: int | None = None) -> None:
        """Check that a checkpoint, or a receipt's, was made over a prefix of this log, and has the size or index in its name."""
        with naming(name):
            index, proof, note = parse_receipt(text) if text.startswith("c2sp.org/") else (-1, [], text)
            size, root = self.open_note(note)[0][1:3]
            require(size <= self.checkpoint.size, f"it seals {size} events, and this pack ends after {self.checkpoint.size}")
            require(self.root(size) == root, f"the first {size} events of this pack are not those that it seals")
            require(index < 0 or root_from_inclusion(index, size, self.node(0, index), proof) == root, f"it does not prove #{index + 1}")
            require(number in (None, size if index < 0 else index), "it is another's")

    def check_evidence(self, cited: Mapping[str, int]) -> tuple[set[str], list[str]]:
        """Hash every file that an event cites; return those that are declared absent, and those missing without a word."""
        declared = set(self.read("evidence/missing").decode().split("\n")[:-1]) if "evidence/missing" in self.names else set()
        here = {name for name in cited if f"evidence/{name}" in self.names and name not in declared}
        self.used.update(f"evidence/{name}" for name in here)
        for name in here:
            with (self.folder / "evidence" / name).open("rb") as file:
                require(file_digest(file, "sha256").hexdigest() == name, f"evidence/{name} is not the file that #{cited[name]} cites")
        return declared, sorted(cited.keys() - here - declared)

    def each_tile(self, work: Callable[[int], T]) -> Iterator[T]:
        """Do something to every tile in turn, on all cores where there is enough to do."""
        tiles, cores = sorted(self.present), len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        pool = None
        with suppress(OSError, NotImplementedError):  # where a system gives no processes, one will do
            pool = ProcessPoolExecutor(cores) if cores > 1 and len(tiles) >= PARALLEL_FROM else None
        with pool or nullcontext():
            yield from pool.map(work, tiles, chunksize=-(-len(tiles) // (4 * cores))) if pool else map(work, tiles)

    def events(self) -> list[Event]:
        """Check every tile, and hold each event against those before it."""
        events, jtis, versions = list[Event](), set[str](), Counter[str]()
        for opened, refused in self.each_tile(self.check):
            for event in opened:
                before = versions[event.stream]
                if events and event.recv < events[-1].recv:
                    raise NotVerified(f"#{event.position}: it was received before the event before it")
                if event.jti in jtis:
                    raise NotVerified(f"#{event.position}: its jti is another event's: a replay")
                if event.sver != before + 1 and (self.complete or event.sver <= before):
                    raise NotVerified(f"#{event.position}: version {event.sver} of {event.stream} follows {before}")
                events.append(event)
                jtis.add(event.jti)
                versions[event.stream] = event.sver
            if refused:
                raise refused
        return events


class Verdict(NamedTuple):
    """What came out, in words; `code` is the exit status."""

    code: int
    lines: list[str]


def verify_folder(folder: Path, key: str | None, policy: str | None, known: Mapping[str, str], then: Also) -> Verdict:
    """Carry out the checks in their order, and then that of a document beside the pack, where there is one."""
    pack = Pack(folder, key, policy)
    pack.open_tree()
    registry = [found for tile in pack.each_tile(pack.scan) for found in tile]
    for name, text in known.items():
        pack.check_kept(name, text)
    require(registry and registry[0][0] == 0, "#1, which establishes the log, is missing")
    for index, kind, disclosed in registry:
        with naming(f"#{index + 1}"):
            pack.learn(index + 1, kind, disclosed)
    events = pack.events()
    kept = {f"checkpoints/{size}": size for size in pack.numbers("checkpoints/")}
    kept |= {f"proofs/{index}.tlog-proof": index for index in pack.numbers("proofs/", ".tlog-proof")}
    for name, number in kept.items():
        pack.check_kept(name, pack.read(name).decode(), number)
    cited = {name: event.position for event in events for name in event.cited}
    absent, undeclared = pack.check_evidence(cited)
    seen_late = all(events[-1].recv <= time + CLOCK_SKEW for time in pack.cosigned.values())
    require(seen_late, "a witness saw the last event before it was received")
    for name in sorted(pack.names - pack.used):
        require(not name.startswith(("tile/", "entry/", "disclosures/")), f"{name} belongs to no entry")
    quorum, anchored = pack.policy.met(pack.cosigned), key is not None or policy is not None or known
    first = [] if anchored else ["BY THE KEY IN THIS PACK ONLY: nothing that you hold vouches for it (--key, --policy, --known)"]
    first += ["DEMONSTRATION: this log was made to show the product"] if pack.demonstration else []
    first += [f"COULD NOT CHECK: evidence that #{cited[name]} cites is missing, undeclared: {name}" for name in undeclared]
    first += [] if quorum else [f"QUORUM NOT MET: {pack.policy.quorum} has not cosigned the checkpoint"]
    sealed = f"events up to #{pack.checkpoint.size}, root {b64encode(pack.checkpoint.root).decode()}"
    first += [] if undeclared else [f"VERIFIED: {pack.origin}, {sealed}"]
    there = cited.keys() - absent - set(undeclared)
    first += [f"checked: {len(kept) + len(known)} other checkpoints and receipts, {len(there)} evidence files"]
    beside = then(pack) if then else Verdict(0, [])
    return Verdict(beside.code or (2 if undeclared else 0 if quorum else 3), [*beside.lines, *first, *report(pack, events, absent)])


def report(pack: Pack, events: list[Event], absent: set[str]) -> list[str]:
    """Say what was checked, by count, and what was not."""
    shown, withheld = sum(event.shown for event in events), sum(event.withheld for event in events)
    erased = sum(len(pack.erased.get(event.position, ())) for event in events)
    first, last, *times = (
        f"{datetime.fromtimestamp(time, UTC):%F %T} UTC" for time in (events[0].recv, events[-1].recv, *pack.cosigned.values())
    )
    lines = [f"checked: {len(events)} entries, each signed and sealed, received from {first} to {last}"]
    lines += [f"checked: every field of each: {shown} shown, {withheld} withheld, {erased} erased"]
    own = Counter(event.actor for event in events if event.actor)
    by = [f"{own.total()} by actors' own keys", *(f"{number} by {name}" for name, number in sorted(own.items()))]
    lines += [f"signed: {len(events) - own.total()} attested by the service, {', '.join(by)}"]
    lines += [f"witness: {name} cosigned at {time}" for name, time in zip(pack.cosigned, times, strict=True)]
    for key in pack.keys.values():
        until = "" if key.ended == sys.maxsize else f" up to #{key.ended}"
        lines.append(f"key: {thumbprint(key.public)} of {key.holder}, for {key.purpose}, after #{key.since}{until}")
    for what, ending in {"corrections": ".entry_corrected.v1", "retractions": ".entry_retracted.v1", "erasures": ERASED}.items():
        positions = [f"#{event.position}" for event in events if event.evt.endswith(ending)]
        lines.append(" ".join([f"{what}: {len(positions)}", *positions]))
    unchecked = ["what the events mean; VERIFY.md and the verifier itself", f"the policy, which nothing signs: {pack.policy.text!r}"]
    unchecked += [] if pack.complete else ["streams without gaps, as some entries only are here"]
    unchecked += [f"signatures by {name}, whose key the policy does not name" for name in sorted(pack.ignored)]
    unchecked += [f"evidence/{name}, declared absent" for name in sorted(absent)]
    stamp = "a time stamp: openssl ts -verify -in FILE -data TEXT -CAfile ROOTS, TEXT being the checkpoint's first three lines"
    others = sorted(pack.names - pack.used)
    unchecked += [f"{name}, {stamp if name.startswith('timestamps/') else 'which is no part of the pack'}" for name in others]
    return lines + [f"not checked: {each}" for each in unchecked]


def unzip(path: Path, folder: str) -> Path:
    """Unpack a zip whose names and sizes are sane."""
    with zipfile.ZipFile(path) as archive:
        names, size = archive.namelist(), sum(item.file_size for item in archive.infolist())
        if len(set(names)) < len(names) or any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
            raise CannotCheck("the zip names a file twice, or one outside itself")
        if len(names) > MAX_FILES or size > MAX_ZIP_RATIO * path.stat().st_size:
            raise CannotCheck(f"the zip would unpack to {len(names)} files of {size} bytes")
        archive.extractall(folder)
    return Path(folder)


def verify(
    pack: Path, *, key: str | None = None, policy: str | None = None, known: Mapping[str, str] | None = None, then: Also = None
) -> Verdict:
    """Verify a pack; `policy` and the values of `known` are the texts of files, `key` is a vkey, all of them the auditor's own."""
    try:
        _ = key is None or parse_vkey(key), policy is None or Policy(policy)
        for name, text in (known or {}).items():
            require(NOTE.fullmatch(text) or RECEIPT.fullmatch(text), f"{name} is neither a checkpoint nor a receipt")
    except ValueError as error:
        return Verdict(2, [f"COULD NOT CHECK: what you trust cannot be read: {error}"])
    try:
        with tempfile.TemporaryDirectory() as folder:
            return verify_folder(pack if pack.is_dir() else unzip(pack, folder), key, policy, known or {}, then)
    except ValueError as refusal:
        return Verdict(1, [f"NOT VERIFIED: {refusal}"])
    except (CannotCheck, OSError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        return Verdict(2, [f"COULD NOT CHECK: {getattr(error, 'filename', None) or pack}: {getattr(error, 'strerror', None) or error}"])


def main(arguments: Sequence[str] | None = None, then: Also = None) -> int:
    """Verify the pack that the command line names; print the verdict and return the exit status."""
    gc.disable()  # nothing here is cyclic, and looking for it takes a twentieth of the time
    parser = argparse.ArgumentParser(description="Verify a sealed pack offline.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--key", metavar="VKEY", help="the log's key, as you know it")
    parser.add_argument("--policy", metavar="FILE", type=Path, help="the logs and witnesses that you trust")
    parser.add_argument("--known", metavar="FILE", type=Path, action="append", default=[], help="a checkpoint or receipt that you kept")
    options = parser.parse_args(arguments)
    try:
        policy = options.policy.read_text("utf-8") if options.policy else None
        known = {str(path): path.read_text("utf-8") for path in options.known}
        verdict = verify(options.pack, key=options.key, policy=policy, known=known, then=then)
    except (OSError, UnicodeDecodeError) as error:
        verdict = Verdict(2, [f"COULD NOT CHECK: {getattr(error, 'filename', 'what you trust')}: {error.args[-1]}"])
    for line in verdict.lines:
        sys.stdout.buffer.write("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line).encode() + b"\n")
    return verdict.code


if __name__ == "__main__":
    sys.exit(main())
