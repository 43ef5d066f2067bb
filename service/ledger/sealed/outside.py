"""Who was erased, as it is known outside of the database: a backup that was made before holds them again, and knows nothing of it.

A file `erasures.jsonl` lies beside the wrapping key, and in every folder to which checkpoints go. Each line is an entry that says
that somebody was erased, and its receipt, so that whoever writes into the file can have nobody erased whom this log has not erased:

    {"entry": <the entry, as the leaf has it>, "proof": <its tlog-proof>}

It names a person by their reference alone, which is random, and of which nothing is left to be found. Lines are only ever added.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from psycopg import connect

from aggregates.errors import Refused
from service.ledger import keys
from service.verify import leaf_hash, open_checkpoint, parse_entry, parse_receipt, require, root_from_inclusion, unb64url

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from psycopg import Connection

    from service.config import Config
    from service.ledger.reading import Proofs

FILE: Final = "erasures.jsonl"
TOPIC: Final = "data_subject.personal_data_erased.v1"
ENTRIES: Final = f"""
    SELECT e.stream AS subject, e.position, e.entry FROM sealed.erased s JOIN ledger.event e ON e.position = s.position
     WHERE e.stream = s.subject AND e.topic = '{TOPIC}' ORDER BY e.position"""  # noqa: S608 - our own text
ON_RECORD: Final = f"SELECT stream FROM ledger.event WHERE topic = '{TOPIC}'"  # noqa: S608 - the same
# Which of these people there is a key of, or a value: of a dump that was restored in parts, either alone.
BACK: Final = """
    SELECT subject FROM sealed.subject_key WHERE subject = ANY (%(people)s)
    UNION SELECT f.subject FROM ledger.sealed_field f JOIN sealed.value USING (position, field) WHERE f.subject = ANY (%(people)s)"""

log = logging.getLogger(__name__)


class ErasuresUndone(Refused):
    """A restored backup holds people who were erased since: they are erased again before anything of it is shown."""

    rule = "INV-39"
    text = (
        "The database holds again what was kept of {people} people who were erased, as a backup does that was made before: run "
        "`muniment db erase-again` (ops/runbooks/restore.md). Until then nothing of it is served, and nothing recorded"
    )


class NotAnErasure(Refused):
    """A line of the file of erasures is not what was written there: somebody has changed it."""

    rule, text = "INV-39", "Line {line} of {file} does not show that this log has erased anybody ({why}): take the file from another copy"


class Erased(NamedTuple):
    """Somebody who was erased, by which entry, and the line that shows it."""

    subject: UUID
    position: int
    line: str


def files(config: Config) -> list[Path]:
    """Return where it is kept who was erased: beside the wrapping key, and in every folder that checkpoints go to."""
    return [config.data / "keys" / FILE, *(Path(to) / FILE for to in config.checkpoint_to if to.startswith("/"))]


def known(config: Config, vkey: str) -> dict[UUID, Erased]:
    """Return everybody whom this log has erased, as far as any file knows; refuse a line that does not show it."""
    return {one.subject: one for file in files(config) for one in _read(file, vkey)}


def keep(config: Config, proofs: Proofs, vkey: str) -> list[Exception]:
    """Add to every file who was erased and is not in it; return what failed. Done after each erasure, and again by `muniment work`."""
    with proofs.datastore.get_connection() as conn:
        rows = conn.execute(ENTRIES).fetchall()
    failed = list[Exception]()
    for file in files(config):
        try:
            there = {one.subject for one in _read(file, vkey)}
            _add(file, [_line(bytes(row["entry"]), str(proofs.receipt(row["position"]))) for row in rows if row["subject"] not in there])
        except (OSError, NotAnErasure) as error:  # the erasure itself is done, and on record: that is not taken back by a file
            failed.append(error)
            log.warning("who was erased could not be written to %s: %s", file, error)
    return failed


def check(config: Config) -> None:
    """Refuse to serve a database in which somebody stands again who was erased. A database that is away says so later."""
    if not any(file.exists() for file in files(config)):
        return
    people = [*known(config, keys.load_public(config).log_vkey)]
    with connect(config.conninfo("writer")) as conn:
        if conn.execute("SELECT to_regclass('sealed.subject_key') IS NULL").fetchone() == (True,):
            return
        if back := conn.execute(BACK, {"people": people}).fetchall():
            raise ErasuresUndone(people=len(back))


def erase_again(config: Config, erase_too: Callable[[Connection[Any], Collection[UUID]], None]) -> int:
    """Erase again whoever was erased, as the files know and the log itself; return how many there were. Whoever restores is the owner."""
    gone = known(config, keys.load_public(config).log_vkey)
    with connect(config.conninfo("owner")) as conn:
        people = list({*gone, *(row[0] for row in conn.execute(ON_RECORD))})
        back = [row[0] for row in conn.execute(BACK, {"people": people})]
        conn.execute(
            "DELETE FROM sealed.value v USING ledger.sealed_field f"
            " WHERE f.subject = ANY (%s) AND v.position = f.position AND v.field = f.field",
            (people,),
        )
        conn.execute("DELETE FROM sealed.subject_key WHERE subject = ANY (%s)", (people,))
        for one in gone.values():  # no key is made for them again
            conn.execute(
                "INSERT INTO sealed.erased (subject, position) VALUES (%s, %s) ON CONFLICT DO NOTHING", (one.subject, one.position)
            )
        erase_too(conn, people)
    return len(back)


def _line(entry: bytes, proof: str) -> str:
    return json.dumps({"entry": entry.decode(), "proof": proof}) + "\n"


def _add(file: Path, lines: list[str]) -> None:
    """Add lines, all or none of them; what another process adds meanwhile, and is lost by this, it finds missing the next time."""
    if not lines:
        return
    new = file.with_suffix(f".{os.getpid()}")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as into:  # noqa: PTH123 - its mode at birth
        into.write(file.read_text(encoding="ascii") if file.exists() else "")
        into.writelines(lines)
        into.flush()
        os.fsync(into.fileno())
    new.rename(file)


def _read(file: Path, vkey: str) -> Iterator[Erased]:
    """Give what a file shows of this log; another log's lines are passed over."""
    text = file.read_text(encoding="ascii", errors="replace") if file.exists() else ""
    for number, line in enumerate(text.splitlines(), 1):
        try:
            found = json.loads(line)
            entry, (index, proof, note) = found["entry"].encode(), parse_receipt(found["proof"])
            if note.partition("\n")[0] != vkey.partition("+")[0]:
                continue
            sealed = open_checkpoint(note, vkey)
            require(root_from_inclusion(index, sealed.size, leaf_hash(entry), proof) == sealed.root, "its receipt is of another entry")
            claims = json.loads(unb64url(parse_entry(entry)[1].split(".")[1]))
            require(claims["evt"] == TOPIC, "its entry says something else")
            yield Erased(UUID(claims["stream"]), index + 1, line)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotAnErasure(line=number, file=file, why=str(error)) from error
