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

A log may go on under another key and name: `ledger.succeeded.v1` at #n holds the last checkpoint by the key before, over n - 1 events, and
that key's signature for the next where it `vouched`. Each seals its own sizes alone; `aud` stays the name that the log began with.

In order: policy and keys; checkpoint; every hash up to the root; who sealed which sizes; what the auditor kept (--known); each entry by its
hash, its statement by a key that the log had made live there; `seen` roots; streams; every digest accounted for; evidence; witness time.
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
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import file_digest, sha256
from itertools import groupby, pairwise
from operator import add, lt
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TO_URL, FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_+/=", b"+/\0\0\0")  # what is not of it is of neither
LAST, CLAIMED = ("", "", "AQgw", "AEIMQUYcgkosw048"), 512  # what so many digits end with; digits that nearly all claims but digests fit
LOG, WITNESS = b"\x01", b"\x04"  # kinds of note key: one that signs checkpoints, one that cosigns them with its time
HASH, TILE, MAX_ENTRY, MAX_FILES, MAX_READ, MAX_ZIP_RATIO = 32, 256, 65535, 2_000_000, 1 << 28, 200
LATEST, CLOCK_SKEW = 10**11, 3600  # seconds: what a date can be written of; what our clock may be ahead of a witness's
EMPTY_ROOT, PARALLEL_FROM = sha256(b"").digest(), 8  # tiles, below which a second process costs more than it saves
PRIME, Y_8 = 2**255 - 19, 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7  # the field; y of a point of order 8
SMALL_ORDER = {0, 1, PRIME - 1, Y_8, PRIME - Y_8}  # y of all eight points; x, and so the sign bit, may be either
PURPOSES = {"service-attested": "service-statements", "actor-signed": "acts"}  # of the key, by assurance
ESTABLISHED, SUCCEEDED, ENROLLED = "ledger.established.v1", "ledger.succeeded.v1", "keys.signing_key_enrolled.v1"
ROTATED, REVOKED, ERASED = "keys.signing_key_rotated.v1", "keys.signing_key_revoked.v1", ".personal_data_erased.v1"
AMENDING, COMPROMISED = (".entry_corrected.v1", ".entry_retracted.v1", ERASED), "keys.signing_key_compromised.v1"
KEY: dict[str, type] = dict.fromkeys(("holder", "purpose", "thumbprint", "public_key", "proof"), str)
SHOWN: dict[str, dict[str, type]] = {  # what every pack must show of the events that the verification itself rests on
    ESTABLISHED: dict.fromkeys(("origin", "log_vkey", "statement_key", "holder", "board"), str) | {"demonstration": bool},
    SUCCEEDED: dict.fromkeys(("replaces", "log_vkey", "checkpoint", "reason"), str),
    ENROLLED: KEY,
    ROTATED: KEY | {"replaces": str, "replaced_proof": str},
    REVOKED: {"thumbprint": str, "reason": str},
    COMPROMISED: {"thumbprint": str, "from_position": int},
    ERASED: {"erased": list},
}
CLAIMS = ("_sd", "_sd_alg", "assurance", "aud", "evt", "iat", "iss", "jti", "seen", "stream", "sver")
TEXT, NUMBER, EVT = r'"([^"\\\x00-\x1f]+)"', "(0|[1-9][0-9]{,14})", re.compile(rb'"evt":"([^"]+)"')
B64_16, B64_32 = "[A-Za-z0-9_-]{21}[AQgw]", '"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"'
PAYLOAD = re.compile(
    rf'{{"_sd":\[({B64_32}(?:,{B64_32})*)\],"_sd_alg":"sha-256","assurance":{TEXT},"aud":{TEXT},"evt":{TEXT},"iat":{NUMBER},"iss":{TEXT}'
    rf',"jti":"({B64_16})","seen":{{"root":{TEXT},"size":{NUMBER}}},"stream":{TEXT},"sver":{NUMBER}}}'
)
SALTS, SALTED = re.compile(rf'(?:\["{B64_16}",")*'.encode()), 36  # how disclosures begin; digits of base64url that each of these fills
FIELD = re.compile(r'([a-z][a-z0-9_]*)",(?:"([^"\\\x00-\x1f]*)"|(.+))\]', re.DOTALL)  # how they go on
LINE = re.compile(rf'{{"disclosed":\[(?:"([^\]]+)")?\],"index":{NUMBER},"withheld":\[(|{B64_32}(?:,{B64_32})*)\]}}')
NOTE = re.compile(rf"(([^\n+ ]+)\n{NUMBER}\n([^\n]{{44}})\n)\n((?:— [^\n+ ]+ [^\n ]+\n){{1,100}})")
RECEIPT = re.compile(rf"c2sp\.org/tlog-proof@v1\nindex {NUMBER}\n((?:[^\n]{{44}}\n){{,64}})\n(.+)", re.DOTALL)
Check = Callable[[bytes, bytes, bytes], object]  # of a key, a signature, and what is signed
Also = Callable[["Pack"], "Verdict"] | None  # of a document beside a pack that was found good
Event = tuple[int, int, bytes, str, int, str, str, tuple[int, ...], list[str]]  # as `event` returns it: little, as processes hand it over


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


def b64url(raw: bytes) -> str:
    """Write unpadded base64url, as statements and disclosures have it."""
    return b2a_base64(raw, newline=False).translate(TO_URL, b"=").decode()


def unb64url(text: str) -> bytes:
    """Read unpadded base64url in its one canonical spelling."""
    over = len(text) % 4
    require(over == 0 or text[-1] in LAST[over], "base64url is not canonical")
    return a2b_base64(text.encode().translate(FROM_URL) + b"===="[over or 4 :], strict_mode=True)


def unb64(text: str) -> bytes:
    """Read padded base64 in its one canonical spelling, as notes and receipts have it."""
    raw = b64decode(text)
    require(b64encode(raw).decode() == text, "base64 is not canonical")
    return raw


def _exact(number: str) -> int:
    require(-(2**53) < int(number) < 2**53, f"{number} is not exact in every JSON reader")
    return int(number)


_decode = json.JSONDecoder(parse_float=_exact, parse_int=_exact, parse_constant=_exact).decode
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def canonical(value: object) -> bytes:
    """Write RFC 8785 JSON of objects, lists, text, truth values and integers below 2^53: all that statements hold."""
    require(_decode(text := _encode(value)) == value, "a value has no canonical form")
    return text.encode()


def parse(text: str) -> Any:
    """Read JSON just as `canonical` writes it: no duplicate member, no second spelling of anything."""
    value = _decode(text)
    require(_encode(value) == text, "JSON is not canonical")
    return value


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


class Sealer(NamedTuple):
    """A key of the log: it alone seals what follows `since`, until another succeeds it; the one before it vouched for it, or did not."""

    vkey: str
    since: int = 0
    vouched: bool = True
    reason: str = ""


def open_sealed(note: str, sealers: Sequence[Sealer]) -> Checkpoint:
    """Read a checkpoint of a log whose keys these are, in their order; refuse one that another key signed than seals so many events."""
    match = matched(NOTE, note, "not a checkpoint")
    own = [each for each in sealers if each.since < max(int(match[3]), 1)][-1]
    alone = f"{match[2]} signed it over {match[3]} events, and after #{own.since} this log is sealed by {own.vkey} alone"
    require(len(sealers) == 1 or match[2] == parse_vkey(own.vkey)[0], alone)
    return open_checkpoint(note, own.vkey)


def parse_receipt(text: str) -> tuple[int, list[bytes], str]:
    """Read a tlog-proof: the index, the inclusion proof, and the checkpoint, not opened yet."""
    index, proof, note = matched(RECEIPT, text, "not a receipt").groups()
    return int(index), [unb64(line) for line in proof.split("\n")[:-1]], note


class Policy:
    """A tlog-policy: the logs, the witnesses' vkeys by name, and the witness or group whose cosignatures are the quorum."""

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
                    require(parse_vkey(vkey) not in self.witnesses.values(), f"{name} would count twice")
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
    """Return which of SHOWN an entry seems to be, none by default: what is not canonical will be refused when it is opened."""
    first, end = entry.find(b".") + 1, entry.rfind(b".")
    with suppress(ValueError):
        for start in (max(first, end - (end - first) % 4 - CLAIMED), first):  # whole groups of digits before the end
            if match := EVT.search(a2b_base64(entry[start:end].translate(FROM_URL) + b"==")):
                evt = match[1].decode()
                return ERASED if evt.endswith(ERASED) else evt if evt in SHOWN else ""
    return ""


def open_statement(statement: str, public: bytes, origin: str, check: Check = check_signature) -> dict[str, Any]:
    """Return the claims of a statement that this key signed for this log; another `check` may put the signature off."""
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


@lru_cache(1024)
def read_field(rest: str) -> tuple[str, Any]:
    """Read what follows the salt in a disclosure, a field's name and value: much of it is as it was in the events before."""
    name, text, other = matched(FIELD, unb64url(rest).decode(), "a disclosure is misshapen").groups()
    require(name not in CLAIMS, "a field bears the name of a claim")
    return name, parse(other) if text is None else text


def read_disclosures(disclosures: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """Return the digests, and the values by name, of disclosures in their order; a field given twice is refused."""
    salts = unb64url("".join([each[:SALTED] for each in disclosures]))  # whole groups of digits, so that none lends the next any
    require(SALTS.fullmatch(salts), "a disclosure is misshapen")
    fields = dict([read_field(each[SALTED:]) for each in disclosures])
    require(len(fields) == len(disclosures), "a field is disclosed twice")
    digests = b64url(b"".join([sha256(each.encode()).digest() + b"\0" for each in disclosures]))  # in one go, which takes half the time
    return [digests[at : at + 43] for at in range(0, len(digests), 44)], fields


def open_disclosures(digests: Collection[str], disclosures: Sequence[str]) -> dict[str, tuple[str, Any]]:
    """Return (name, value) by digest; a disclosure that no digest covers is refused."""
    shown, fields = read_disclosures(disclosures)
    require({*digests}.issuperset(shown), "a disclosure was never signed")
    return dict(zip(shown, fields.items(), strict=True))


def tile_name(index: int, width: int = TILE) -> str:
    """Name a tile as tlog-tiles does: `x001/x234/067`, and `.p/<width>` where it is not full."""
    digits = f"{index:0{-(-len(str(index)) // 3) * 3}d}"
    folders = "".join(f"x{digits[at : at + 3]}/" for at in range(0, len(digits) - 3, 3))
    return folders + digits[-3:] + ("" if width == TILE else f".p/{width}")


class Key(NamedTuple):
    """A key of the log's own registry: it may sign after `since`, up to and including `ended`; others may have from `disputed` on."""

    public: bytes
    holder: str
    purpose: str
    since: int
    ended: int = sys.maxsize
    disputed: int = sys.maxsize


class Pack:
    """A pack under verification: its files, read only by names that the format knows; then its tree, keys and erasures."""

    here: ClassVar[Pack]  # in a process that works for another, which inherits it, or is sent it once

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
        self.used, self.ignored = {name for name in self.names if re.fullmatch(r"VERIFY\.md|[a-z_]+\.py", name)}, set[str]()
        self.present = dict[int, Sequence[int]]()  # the indexes of the entries that are here, by tile
        self.keys, self.erased, self.cited = dict[str, Key](), defaultdict[int, set[str]](set), dict[str, int]()
        self.first, self.last, self.fields, self.signed = 0, 0, [0] * 4, Counter[str]()  # shown, withheld, erased; events disputed
        self.asked, self.amending = (0, EMPTY_ROOT), defaultdict[str, list[str]](list)
        with naming("policy"):
            own = Policy(self.read("policy").decode())
            self.policy, self.vkey = own if policy is None else Policy(policy), own.logs[0]
            require(own.logs == [self.vkey], f"a pack is of one log, and not of {own.logs}")
        self.went_on, self.learned = list[str](), set[int]()
        self.trusted, self.sealers = [*([[key]] if key else []), *([self.policy.logs] if policy else [])], [Sealer(self.vkey)]
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
        checkpoint = open_sealed(note, self.sealers)
        known = [*(parse_vkey(each.vkey) for each in self.sealers), *self.policy.witnesses.values()]
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
        if self.complete:
            self.present = {first // TILE: range(first, min(first + TILE, size)) for first in range(0, size, TILE)}
        else:
            self.present = {tile: list(indexes) for tile, indexes in groupby(self.numbers("entry/"), lambda index: index // TILE)}
        self.used.update(f"disclosures/{tile_name(tile)}.jsonl" for tile in self.present)

    def node(self, height: int, index: int) -> bytes:
        """Return a node of the tree, a leaf at height 0; nothing where there is none."""
        return self.levels[height][index * HASH : (index + 1) * HASH]

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        if size == self.asked[0]:  # what signers had seen, often of many events in a row
            return self.asked[1]
        root = b""
        for height in range(size.bit_length()):
            if size >> height & 1:
                left = self.node(height, (size >> height) - 1)
                root = node_hash(left, root) if root else left
        self.asked = size, root or EMPTY_ROOT
        return self.asked[1]

    def entries(self, tile: int) -> Iterator[tuple[int, bytes]]:
        """Yield the index and the bytes of each entry of a tile that the pack holds."""
        name = f"tile/entries/{tile_name(tile, len(self.present[tile]))}"
        bundle, stop = self.read(name) if self.complete else b"", 0
        for index in self.present[tile]:
            start, stop = stop + 2, stop + 2 + int.from_bytes(bundle[stop : stop + 2], "big")
            yield index, bundle[start:stop] if self.complete else self.read(f"entry/{index}")
        require(not self.complete or stop == len(bundle), f"{name} does not end with its last entry")

    def disclosures(self, tile: int) -> dict[int, tuple[list[str], list[str]]]:
        """Return what is disclosed, and which digests are withheld, for each entry of a tile that the pack holds."""
        with naming(name := f"disclosures/{tile_name(tile)}.jsonl"):
            lines = [LINE.fullmatch(text) for text in self.read(name).decode().removesuffix("\n").split("\n")]
            read = {int(each[2]): (each[1].split('","') if each[1] else [], each[3].split('"')[1::2]) for each in lines if each}
            require(len(read) == len(lines), "a line is misshapen, or an entry has two")
            for index in sorted(read.keys() ^ set(self.present[tile])):
                raise NotVerified(f"#{index + 1} has no {'entry' if index in read else 'line'} in this pack")
        return read

    def learn_all(self) -> None:
        """Learn from the entries that keys and erasures are read from; that it was from all of them, `event` checks."""
        require(0 in self.present.get(0, ()), "#1, which establishes the log, is missing")
        for tile in sorted(self.present):
            found = dict[int, str]()
            with suppress(NotVerified):  # of what is missing or ends elsewhere: it is refused below, or where all is checked
                found.update((index, kind) for index, entry in self.entries(tile) if (kind := peek(entry)) or index == 0)
            for index, entry in self.entries(tile) if found else ():
                require(leaf_hash(entry) == self.node(0, index), f"#{index + 1}: not the entry that was sealed")
            self.learned.update(index + 1 for index in found)
            lines = self.disclosures(tile) if found else {}
            for index, kind in found.items():
                with naming(f"#{index + 1}"):
                    self.learn(index + 1, kind, lines[index][0])
        with naming("checkpoint"):
            self.open_note(self.read("checkpoint").decode())  # again, now that it is known who seals how much
        for trusted in self.trusted:
            at = max((number for number, each in enumerate(self.sealers) if each.vkey in trusted), default=-1)
            require(at >= 0, f"this log's key is {self.vkey}, and not {' or '.join(trusted)}")
            for each in self.sealers[at + 1 :]:
                told = f"after #{each.since} this log went on under {each.vkey} ({each.reason}), for which {self.sealers[at].vkey}"
                require(each.vouched, f"{told} did not vouch: ask the Board whether it is theirs")
                self.went_on.append(f"WENT ON: {told} vouched")
            for vkey in sorted({*trusted} - {each.vkey for each in self.sealers}):
                self.went_on.append(f"LEFT OUT? you trust {vkey}, and here it seals nothing: see that it did not succeed {self.vkey}")

    def learn(self, position: int, kind: str, disclosed: list[str]) -> None:
        """Learn who may sign after an event, or what it erased; its own signature is checked with all others, and so is what it says."""
        require((position == 1) == (kind == ESTABLISHED), "a log is established by its first event, and there only")
        (_, fields), ended = read_disclosures(disclosed), list[Key]()
        for name, shape in SHOWN[kind].items():
            require(type(fields.get(name)) is shape, f"field {name!r} must be shown, as {shape.__name__}")
        for item in fields["erased"] if kind == ERASED else []:
            members = {name: type(value) for name, value in item.items()} if type(item) is dict else {}
            require(members == {"position": int, "field": str, "digest": str}, "field 'erased' is misshapen")
            require(0 < item["position"] < position, "it erased what was not there yet")
            self.erased[item["position"]].add(item["digest"])
        if kind == ESTABLISHED:
            self.origin, self.sealers = fields["origin"], [Sealer(fields["log_vkey"])]
            require(self.origin == parse_vkey(fields["log_vkey"])[0], "it establishes another log")
            self.demonstration, public = fields["demonstration"], unb64url(fields["statement_key"])
            self.keys[statement_header(public)] = Key(public, fields["holder"], PURPOSES["service-attested"], 0)
        if kind == COMPROMISED:
            named = [key for key in self.keys.values() if thumbprint(key.public) == fields["thumbprint"]]
            require(named, f"it disputes a key that was never live, {fields['thumbprint']}")
            self.keys[statement_header(named[0].public)] = named[0]._replace(disputed=min(named[0].disputed, fields["from_position"]))
        if kind == SUCCEEDED:
            self.succeed(position, fields)
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
            sealing = [parse_vkey(each.vkey)[1] for each in self.sealers]
            require(header not in self.keys and public not in sealing, "its key is in use already")
            check_signature(public, unb64url(fields["proof"]), proven)
            for key in ended:
                require((key.holder, key.purpose) == (holder, purpose), "it replaces the key of another holder or purpose")
                check_signature(key.public, unb64url(fields["replaced_proof"]), proven)
            self.keys[header] = Key(public, holder, purpose, position)

    def succeed(self, position: int, fields: dict[str, Any]) -> None:
        """Learn under which key and name the log goes on; the new key shows that it is there by what it seals from here on."""
        before, (name, public, _) = [parse_vkey(each.vkey) for each in self.sealers], parse_vkey(fields["log_vkey"])
        last, vouched = open_checkpoint(fields["checkpoint"], self.sealers[-1].vkey), type(proof := fields.get("replaced_proof")) is str
        whole = last[1:3] == (position - 1, self.root(position - 1)) and fields["replaces"] == self.sealers[-1].vkey
        require(whole, "it succeeds another log, or leaves out what was sealed before it")
        used = any(name == each[0] or public == each[1] for each in before) or statement_header(public) in self.keys
        require(not used, "its name or its key is in use already")
        if vouched:
            check_signature(before[-1][1], unb64url(str(proof)), key_proof(self.origin, name, "checkpoints", public))
        self.sealers.append(Sealer(fields["log_vkey"], position - 1, vouched, fields["reason"]))

    def event(self, position: int, entry: bytes, disclosed: list[str], withheld: list[str], check: Check) -> Event:
        """Return an event by a key that was live there, over this very history, each digest accounted for; `check` checks its signature."""
        require(leaf_hash(entry) == self.node(0, position - 1), "not the entry that was sealed")
        received, statement = parse_entry(entry)
        header = statement.partition(".")[0]
        if not (key := self.keys.get(header)):
            raise NotVerified(f"its key is not enrolled, or it signs by another header: {unb64url(header).decode()}")
        if not key.since < position <= key.ended:
            raise NotVerified(f"the key {thumbprint(key.public)} of {key.holder} was live only after #{key.since}, up to #{key.ended}")
        claims = open_statement(statement, key.public, self.origin, check)
        learns = (evt := claims["evt"]) in SHOWN or evt.endswith(ERASED)
        require(learns == (position in self.learned), "it is not what it was when keys and erasures were read")
        own = claims["iss"] == key.holder and PURPOSES[claims["assurance"]] == key.purpose
        require(own, "its key is another holder's, or for other acts")
        size, root = claims["seen"]["size"], claims["seen"]["root"]
        if size >= position or b64encode(self.root(size)).decode() != root:
            raise NotVerified(f"the tree of {size} that its signer had seen is not this one")
        (shown, fields), erased = read_disclosures(disclosed), self.erased.get(position, set())
        hidden = {*erased, *withheld}  # what was erased may be listed as withheld too
        if sorted([*shown, *hidden]) != claims["_sd"]:
            raise NotVerified(f"{evt}: {self.unaccounted(position, claims['_sd'], dict(zip(shown, fields, strict=True)), hidden)}")
        require(not fields or "occurred_on" in fields, "its date must be shown with its other fields")
        files = [] if fields.get("evidence") is None else fields["evidence"]
        shaped = type(files) is list and all(type(each) is dict and type(each.get("sha256")) is str for each in files)
        require(shaped, "field 'evidence' is misshapen")
        counts = len(shown), len(hidden - erased), len(erased), int(position >= key.disputed)
        by, amends = claims["iss"] if key.purpose == "acts" else "", evt[evt.find(".") :] if evt.endswith(AMENDING) else ""
        jti, stream, sver = unb64url(claims["jti"]), claims["stream"], claims["sver"]
        return position, received, jti, stream, sver, by, amends, counts, [each["sha256"] for each in files]

    def unaccounted(self, position: int, digests: list[str], shown: Mapping[str, str], hidden: set[str]) -> str:
        """Say which digest is in no list, by the fields that other events show and this one does not, or which is in two."""
        require(shown.keys() <= set(digests), "a disclosure was never signed")
        if lost := sorted(set(digests).difference(shown, hidden)):
            names = set[str]()
            for disclosed, _ in self.disclosures((position - 1) // TILE).values():
                with suppress(ValueError, RecursionError):  # another event's own fault
                    names.update(read_disclosures(disclosed)[1])
            return f"one of the fields {sorted(names - {*shown.values()})} is neither shown, withheld nor erased (digest {' '.join(lost)})"
        twice = [f"field {shown[each]!r}" if each in shown else each for each in hidden if each in shown or each not in digests]
        return f"{' or '.join(twice)} is withheld or erased, but shown as well, or was never signed"

    def check_tile(self, tile: int) -> tuple[list[Event], str]:
        """Return a tile's events, up to the first that is refused, and that refusal; signatures in a row, which takes a tenth less."""
        events, signatures, refused, index = list[Event](), list[tuple[bytes, bytes, bytes]](), "", -1
        try:
            entries, lines = [*self.entries(tile)], self.disclosures(tile)  # that an entry is missing is said before its line is missed
            for index, entry in entries:
                events.append(self.event(index + 1, entry, *lines[index], lambda *signed: signatures.append(signed)))
        except (ValueError, RecursionError) as error:
            refused = f"#{index + 1}: {error}" if index >= 0 else str(error)
        for number, signed in enumerate(signatures):
            try:
                check_signature(*signed)
            except NotVerified as error:
                return events[:number], f"#{self.present[tile][number] + 1}: {error}"
        return events, refused

    @classmethod
    def _check_here(cls, tile: int) -> tuple[list[Event], str]:
        return cls.here.check_tile(tile)

    def checked_tiles(self) -> Iterator[tuple[list[Event], str]]:
        """Check every tile in turn, on all cores where there is enough to do."""
        tiles, cores = sorted(self.present), len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        pool = None
        with suppress(OSError, NotImplementedError):  # where a system gives no processes, one will do
            pool = ProcessPoolExecutor(cores, None, setattr, (Pack, "here", self)) if cores > 1 and len(tiles) >= PARALLEL_FROM else None
        with pool or nullcontext():
            yield from pool.map(Pack._check_here, tiles, chunksize=4) if pool else map(self.check_tile, tiles)

    def check_events(self) -> None:
        """Check every event, hold it against those before it, and count what the verdict tells."""
        jtis, versions = dict[bytes, None](), dict[str, int]()  # a set of a million takes half as much again
        for events, refused in self.checked_tiles():
            for position, received, jti, stream, version, by, amends, fields, cited in events:
                last = versions.get(stream, 0)
                if received < self.last:
                    raise NotVerified(f"#{position}: it was received before the event before it")
                if jti in jtis:
                    raise NotVerified(f"#{position}: its jti is another event's: a replay")
                if version != last + 1 and (self.complete or version <= last):
                    raise NotVerified(f"#{position}: version {version} of {stream} follows {last}")
                jtis[jti], versions[stream] = None, version
                self.first, self.last = self.first or received, received
                self.fields = [*map(add, self.fields, fields)]
                self.signed[by] += 1
                self.cited.update(dict.fromkeys(cited, position))
                if amends:
                    self.amending[amends].append(f"#{position}")
            require(not refused, refused)

    def check_kept(self, name: str, text: str, number: int | None = None) -> None:
        """Check that a checkpoint, or a receipt's, was made over a prefix of this log, and has the size or index in its name."""
        with naming(name):
            index, proof, note = parse_receipt(text) if text.startswith("c2sp.org/") else (-1, [], text)
            size, root = self.open_note(note)[0][1:3]
            require(size <= self.checkpoint.size, f"it seals {size} events, and this pack ends after {self.checkpoint.size}")
            require(self.root(size) == root, f"the first {size} events of this pack are not those that it seals")
            require(index < 0 or root_from_inclusion(index, size, self.node(0, index), proof) == root, f"it does not prove #{index + 1}")
            require(number in (None, size if index < 0 else index), "it is another's")

    def check_evidence(self) -> tuple[list[str], list[str]]:
        """Hash every file that an event cites; return those that are declared absent, and those missing without a word."""
        declared = set(self.read("evidence/missing").decode().split("\n")[:-1]) if "evidence/missing" in self.names else set()
        here = {name for name in self.cited if f"evidence/{name}" in self.names and name not in declared}
        self.used.update(f"evidence/{name}" for name in here)
        for name in here:
            with (self.folder / "evidence" / name).open("rb") as file:
                found = file_digest(file, "sha256").hexdigest()
            require(found == name, f"evidence/{name} is not the file that #{self.cited[name]} cites")
        return sorted(declared), sorted(self.cited.keys() - here - declared)


class Verdict(NamedTuple):
    """What came out, in words; `code` is the exit status."""

    code: int
    lines: list[str]


def verify_folder(folder: Path, key: str | None, policy: str | None, known: Mapping[str, str], then: Also) -> Verdict:
    """Carry out the checks in their order, and then that of a document beside the pack, where there is one."""
    pack = Pack(folder, key, policy)
    pack.open_tree()
    pack.learn_all()
    for name, text in known.items():
        pack.check_kept(name, text)
    pack.check_events()
    kept = {f"checkpoints/{size}": size for size in pack.numbers("checkpoints/")}
    kept |= {f"proofs/{index}.tlog-proof": index for index in pack.numbers("proofs/", ".tlog-proof")}
    for name, number in kept.items():
        pack.check_kept(name, pack.read(name).decode(), number)
    absent, undeclared = pack.check_evidence()
    seen_late = all(pack.last <= time + CLOCK_SKEW for time in pack.cosigned.values())
    require(seen_late, "a witness saw the last event before it was received")
    for name in sorted(pack.names - pack.used):
        require(not name.startswith(("tile/", "entry/", "disclosures/")), f"{name} belongs to no entry")
    beside = then(pack) if then else Verdict(0, [])
    quorum, size, root = pack.policy.met(pack.cosigned), pack.checkpoint.size, b64encode(pack.checkpoint.root).decode()
    anchored = key is not None or policy is not None or known
    lines = [*pack.went_on, *beside.lines]
    lines += [] if anchored else ["BY THE KEY IN THIS PACK ONLY: nothing that you hold vouches for it (--key, --policy, --known)"]
    lines += ["DEMONSTRATION: this log was made to show the product"] if pack.demonstration else []
    lines += [f"COULD NOT CHECK: evidence that #{pack.cited[name]} cites is missing, undeclared: {name}" for name in undeclared]
    lines += [] if quorum else [f"QUORUM NOT MET: {pack.policy.quorum} has not cosigned the checkpoint"]
    lines += [] if undeclared else [f"VERIFIED: {parse_vkey(pack.vkey)[0]}, events up to #{size}, root {root}"]
    there = len(pack.cited.keys() - {*absent, *undeclared})
    lines += [f"checked: {len(kept) + len(known)} other checkpoints and receipts, {there} evidence files", *report(pack, absent)]
    return Verdict(beside.code or (2 if undeclared else 0 if quorum else 3), lines)


def report(pack: Pack, absent: list[str]) -> list[str]:
    """Say what was checked, by count, and what was not."""

    def at(time: int) -> str:
        return f"{datetime.fromtimestamp(time, UTC):%F %T} UTC"

    shown, withheld, erased, disputed = pack.fields
    by = ["by actors' own keys", *(f"{number} by {name}" for name, number in sorted(pack.signed.items()) if name)]
    lines = [
        f"checked: {pack.signed.total()} entries, each signed and sealed, received from {at(pack.first)} to {at(pack.last)}",
        f"checked: every field of each: {shown} shown, {withheld} withheld, {erased} erased",
        f"signed: {pack.signed['']} attested by the service, {pack.signed.total() - pack.signed['']} {', '.join(by)}",
        *([f"disputed, not void: {disputed} entries, signed by a key from where it was compromised on"] if disputed else []),
        *(f"witness: {name} cosigned at {at(time)}" for name, time in pack.cosigned.items()),
    ]
    for before, (vkey, since, vouched, reason) in pairwise(pack.sealers):
        word = "which it vouched for" if vouched else "which it did NOT vouch for"
        lines.append(f"log: sealed by {before.vkey} up to #{since}, and then by {vkey} ({reason}), {word}")
    for key in pack.keys.values():
        until = "" if key.ended == sys.maxsize else f" up to #{key.ended}"
        until += "" if key.disputed == sys.maxsize else f", disputed from #{key.disputed}"
        lines.append(f"key: {thumbprint(key.public)} of {key.holder}, for {key.purpose}, after #{key.since}{until}")
    for what, ending in zip(("corrections", "retractions", "erasures"), AMENDING, strict=True):
        lines.append(" ".join([f"{what}: {len(pack.amending[ending])}", *pack.amending[ending]]))
    unchecked = ["what the events mean; VERIFY.md and its programs", f"the policy, unsigned: {'; '.join(pack.policy.text.splitlines())!r}"]
    unchecked += [] if pack.complete else ["streams without gaps, as some entries only are here"]
    unchecked += [f"signatures by {name}, whose key the policy does not name" for name in sorted(pack.ignored)]
    unchecked += [f"evidence/{name}, declared absent" for name in absent]
    stamp = "a time stamp: openssl ts -verify -in FILE -data TEXT -CAfile ROOTS, TEXT being the checkpoint's first three lines"
    others = sorted(pack.names - pack.used)
    unchecked += [f"{name}, {stamp if name.startswith('timestamps/') else 'which this verifier does not read'}" for name in others]
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
        options.pack.stat()
        policy = options.policy.read_text("utf-8") if options.policy else None
        known = {str(path): path.read_text("utf-8") for path in options.known}
        verdict = verify(options.pack, key=options.key, policy=policy, known=known, then=then)
    except (OSError, ValueError) as error:  # no such file, no text, or no path
        verdict = Verdict(2, [f"COULD NOT CHECK: {getattr(error, 'filename', 'what you trust')}: {error.args[-1]}"])
    for line in verdict.lines:
        sys.stdout.buffer.write("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line).encode() + b"\n")
    return verdict.code


if __name__ == "__main__":
    sys.exit(main())
