"""The record of who was erased, as it is kept outside of the database in several copies: a text that only grows.

    {"log": <the name of the log>}
    {"before": <SHA-256 of the line before, in hex>, "entry": <the entry, as the leaf has it>, "proof": <its tlog-proof>,
     "went": <the entry's disclosure of what went>}

Each line but the first is an entry that says that somebody was erased, and its receipt. A receipt alone is one signature, by a key that
somebody may have stolen: `outside` holds the entry to this log, so that whoever writes into the record can have nobody erased whom this
log has not erased. Beside each copy lies its head, `<number of people> <SHA-256 of the last line>`: what is longer by one
copy's head than every copy is, has lost its end.

It names a person by their reference alone, which is random, and of which nothing is left to be found.
"""

from __future__ import annotations

import json
import os
from errno import EFBIG, EINVAL
from hashlib import sha256
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from aggregates.errors import Refused
from service.verify import (
    leaf_hash,
    open_disclosures,
    open_sealed,
    parse_entry,
    parse_receipt,
    parse_vkey,
    require,
    root_from_inclusion,
    unb64url,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from service.verify import Sealer

FILE: Final = "erasures.jsonl"
HEAD: Final = "erasures.head"
LARGEST: Final = 1 << 30  # bytes of the record, of which a person takes some thousands
TOPIC: Final = "data_subject.personal_data_erased.v1"


class RecordMissing(Refused):
    """Without the record nobody knows whether a database holds somebody again who was erased."""

    rule = "INV-39"
    text = (
        "The record of who was erased cannot be read: {file} ({why}). Mount its folder, or put the record back from another copy; where "
        "it is to begin: `muniment db erase-again --begin` (ops/runbooks/restore.md). Until then nothing is served, and nothing recorded"
    )


class NotAnErasure(Refused):
    """A line of the record is not what was written there: somebody has changed it."""

    rule, text = "INV-39", "Line {line} of {file} does not show that this log has erased anybody ({why}): take the file from another copy"


class RecordShrunk(Refused):
    """The record has lost its end: more people were erased than it names."""

    rule = "INV-39"
    text = "{head} says {said}, and no copy of the record of who was erased has that line: take {file} from another copy"


class RecordsDiffer(Refused):
    """Every copy of the record says the same, as far as it goes."""

    rule = "INV-39"
    text = "{one} and {other} are no copies of one record of who was erased: take both from the copy that the Board believes"


class Line(NamedTuple):
    """What a line shows: whom an entry erased, the entry and its position, the size of the log in the receipt, and what went."""

    number: int
    subject: UUID
    position: int
    entry: bytes
    size: int
    listed: list[Any]


class Record(NamedTuple):
    """A copy of the record: the file, its lines without their ends, and what each but the first shows."""

    file: Path
    lines: tuple[str, ...]
    shown: tuple[Line, ...]

    @property
    def erased(self) -> dict[UUID, int]:
        """The position of the entry that erased each person."""
        return {one.subject: one.position for one in self.shown}

    @property
    def entries(self) -> frozenset[bytes]:
        """The entries themselves."""
        return frozenset(one.entry for one in self.shown)

    @property
    def went(self) -> dict[tuple[int, str], UUID]:
        """Whose each value and text was, by its position and its digest; of a line of an older version, which does not tell, nothing."""
        return {(each["position"], each["digest"]): one.subject for one in self.shown for each in one.listed}

    @property
    def head(self) -> str:
        """Its head: how many people it names, and the hash of its last line."""
        return f"{len(self.lines) - 1} {_hash(self.lines[-1])}"

    def and_then(self, sealed: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
        """Return its lines and those of further erasures, each an entry, its receipt, and its disclosure of what went."""
        lines = [*self.lines]
        for entry, proof, went in sealed:
            lines.append(json.dumps({"before": _hash(lines[-1]), "entry": entry, "proof": proof, "went": went}))
        return tuple(lines)


def new(file: Path, sealers: Sequence[Sealer]) -> Record:
    """Return the record of a log that has erased nobody yet."""
    return Record(file, (json.dumps({"log": parse_vkey(sealers[0].vkey)[0]}),), ())


def text_of(file: Path, most: int = LARGEST) -> str:
    """Return what a file holds that lies where others may write, of so many bytes at most.

    Raise OSError where it is none, such as a pipe that nobody ever fills, or larger than anything that we write.
    """
    with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), encoding="utf-8", errors="replace", newline="") as found:  # noqa: PTH123 - waits for nobody
        stands = os.fstat(found.fileno())
        if not S_ISREG(stands.st_mode):
            raise OSError(EINVAL, "it is not a file")
        if stands.st_size > most:
            raise OSError(EFBIG, "it is larger than anything that we write")
        return found.read()


def read(file: Path, sealers: Sequence[Sealer]) -> Record:
    """Read a copy; raise RecordMissing, or NotAnErasure at the first line that is not what was written there."""
    try:
        lines = text_of(file).split("\n")
    except OSError as error:
        raise RecordMissing(file=file, why=error.strerror) from error
    if lines[0] != new(file, sealers).lines[0]:
        raise NotAnErasure(line=1, file=file, why="it is another log's record, or none")
    if lines.pop():
        raise NotAnErasure(line=len(lines) + 1, file=file, why="it does not end")
    return Record(file, tuple(lines), tuple(_each(file, lines, sealers)))


def the_one(records: Sequence[Record]) -> Record:
    """Return the longest of the copies, of which the others are beginnings; raise RecordsDiffer, or RecordShrunk by any copy's head."""
    longest = max(records, key=lambda one: len(one.lines))
    for one in records:
        if one.lines != longest.lines[: len(one.lines)]:
            raise RecordsDiffer(one=longest.file, other=one.file)
    for head in {one.file.with_name(HEAD) for one in records}:
        check_head(head, longest)
    return longest


def check_head(head: Path, record: Record) -> None:
    """Raise RecordShrunk where a head that is there is not that of any beginning of the record."""
    try:
        said = text_of(head, 1 << 10)
    except FileNotFoundError:
        return
    except OSError as error:
        raise RecordMissing(file=head, why=error.strerror) from error
    number = said.partition(" ")[0]
    at = int(number) if number.isdecimal() and len(number) < len(str(1 << 32)) else len(record.lines)
    if at >= len(record.lines) or said != f"{at} {_hash(record.lines[at])}\n":
        raise RecordShrunk(head=head, said=said.strip()[:80], file=record.file)


def write(file: Path, record: Record) -> None:
    """Write a copy of the record, whole or not at all, and then its head."""
    _replace(file, "\n".join(record.lines) + "\n")
    _replace(file.with_name(HEAD), f"{record.head}\n")


def _replace(file: Path, text: str) -> None:
    half = file.with_name(f"{file.name}.{os.getpid()}")
    half.unlink(missing_ok=True)
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as into:  # noqa: PTH123 - its mode at birth
        into.write(text)
        into.flush()
        os.fsync(into.fileno())
    half.rename(file)


def opened(line: Any, sealers: Sequence[Sealer], number: int = 0) -> Line:
    """Return what a line shows, of this number in the record; raise ValueError, KeyError, TypeError, AttributeError or RecursionError."""
    entry, (index, proof, note) = line["entry"].encode(), parse_receipt(line["proof"])
    sealed = open_sealed(note, sealers)
    require(root_from_inclusion(index, sealed.size, leaf_hash(entry), proof) == sealed.root, "its receipt is of another entry")
    claims = json.loads(unb64url(parse_entry(entry)[1].split(".")[1]))
    require(claims["evt"] == TOPIC, "its entry says something else")
    shown = open_disclosures(claims["_sd"], [line["went"]]).values() if "went" in line else [("erased", [])]
    listed = dict(shown)["erased"]
    require(all((type(each["position"]), type(each["digest"])) == (int, str) for each in listed), "what went is misshapen")
    return Line(number, UUID(claims["stream"]), index + 1, entry, sealed.size, listed)


def _each(file: Path, lines: Sequence[str], sealers: Sequence[Sealer]) -> Iterator[Line]:
    """Give what each line but the first shows."""
    for number, line in enumerate(lines[1:], 2):
        try:
            require(line.isascii(), "it is not what we write")
            found = json.loads(line)
            require(found["before"] == _hash(lines[number - 2]), "the line before it is not the one that was there")
            yield opened(found, sealers, number)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise NotAnErasure(line=number, file=file, why=str(error)) from error


def _hash(line: str) -> str:
    return sha256(line.encode()).hexdigest()
