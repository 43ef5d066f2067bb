"""Who was erased, as it is known outside of the database: a backup that was made before holds them again, and knows nothing of it.

The record lies beside the wrapping key, and in every folder to which checkpoints go (ADR 0019; `record` has its form). A log begins with
it, so that where it is not, it was lost, or a folder is not mounted: then nothing is served.
"""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from psycopg import connect
from psycopg.sql import SQL, Identifier

from aggregates.errors import Refused
from service.database.connection import datastore
from service.ledger import keys
from service.ledger.append import Erases, Text
from service.ledger.reading import Proofs, disclosed
from service.ledger.sealed import record
from service.ledger.sealed.record import FILE, TOPIC, NotAnErasure, RecordMissing
from service.verify import PURPOSES, digest, open_statement, parse_entry, require, statement_header, unb64url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from uuid import UUID

    from psycopg import Connection

    from service.config import Config
    from service.ledger.keys import PublicRing
    from service.ledger.sealed.record import Line, Record
    from service.verify import Sealer

BEGUN: Final = "SELECT EXISTS (SELECT FROM ledger.event) OR EXISTS (SELECT FROM sealed.subject_key)"
ON_RECORD: Final = f"SELECT stream, position, entry FROM ledger.event WHERE topic = '{TOPIC}' ORDER BY position"  # noqa: S608 - our own text
OURS: Final = "SELECT position, entry FROM ledger.event WHERE position = ANY (%s)"
SIGNER: Final = """
    SELECT k.public_key, k.holder, k.purpose FROM ledger.signing_key k LEFT JOIN ledger.signing_key_end x USING (thumbprint)
     WHERE k.header = %(header)s AND k.enrolled_at < %(position)s AND coalesce(x.ended_at >= %(position)s, true)"""
BESIDE: Final = "SELECT position, disclosures FROM ledger.disclosure WHERE position = ANY (%s)"
TAKEN_AWAY: Final = "UPDATE ledger.disclosure SET disclosures = replace(disclosures, '~' || %s || '~', '~') WHERE position = %s"
SEALED: Final = "INSERT INTO ledger.sealed_field (position, field, subject, digest) VALUES (%s, %s, %s, %s)"
# Which of these people there is a key of, or a value: of a dump that was restored in parts, either alone.
BACK: Final = """
    SELECT subject FROM sealed.subject_key WHERE subject = ANY (%(people)s)
    UNION SELECT f.subject FROM ledger.sealed_field f JOIN sealed.value USING (position, field) WHERE f.subject = ANY (%(people)s)"""
VIEWS: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'views'"
ERASED: Final = """
    INSERT INTO sealed.erased (subject, position, line) VALUES (%s, %s, %s)
    ON CONFLICT (subject) DO UPDATE SET line = excluded.line"""
ONE_WRITES: Final = "SELECT pg_advisory_xact_lock(7378697629483820647)"  # any number, the same for whoever writes the record

log = logging.getLogger(__name__)


class ErasuresUndone(Refused):
    """A restored backup holds people who were erased since: they are erased again before anything of it is shown."""

    rule = "INV-39"
    text = (
        "The database holds again what was kept of {people} people who were erased, as a backup does that was made before: run "
        "`muniment db erase-again` (ops/runbooks/restore.md). Until then nothing of it is served, and nothing recorded"
    )


class RecordBehind(Refused):
    """A record that lacks what the log itself says is an older copy, and may lack what only a later log says too."""

    rule = "INV-39"
    text = (
        "The log itself says of {people} people that they were erased, of whom the record outside says nothing: it is an older copy. Put "
        "the newest in its place, and run `muniment db erase-again` (ops/runbooks/restore.md). Until then nothing is served or recorded"
    )


def files(config: Config) -> list[Path]:
    """Return where it is kept who was erased: beside the wrapping key, and in every folder that checkpoints go to."""
    return [config.data / "keys" / FILE, *(Path(to) / FILE for to in config.checkpoint_to if to.startswith("/"))]


def begin(config: Config, sealers: Sequence[Sealer]) -> None:
    """Begin the record wherever it is to be kept, before the log itself begins; one that is there stays. Raise RecordMissing."""
    for file in files(config):
        if not file.exists():
            fresh = record.new(file, sealers)
            record.check_head(file.with_name(record.HEAD), fresh)
            try:
                record.write(file, fresh)
            except OSError as error:
                raise RecordMissing(file=file, why=error.strerror) from error
    known(config, sealers)


def known(config: Config, sealers: Sequence[Sealer]) -> Record:
    """Return the record, as far as any copy goes; refuse where one is missing or damaged, or they are not one."""
    return record.the_one([record.read(file, sealers) for file in files(config)])


def _held_to(config: Config, conn: Connection[Any], ring: PublicRing) -> Record:
    """Return the record, every line of which this log bears out; raise NotAnErasure.

    A line is the log's own entry, at its place. Where it is of a log that went further than a backup that was restored, whoever signed it
    is known here; of a key that was enrolled only later nothing is known, and the receipt is by the log's key in use.
    """
    one = known(config, ring.sealers)
    ours = {position: bytes(entry) for position, entry in conn.execute(OURS, ([line.position for line in one.shown],))}
    for line in one.shown:
        if ours.get(line.position) == line.entry:
            continue
        later = line.position not in ours and line.size > ring.sealers[-1].since
        try:
            require(_signed(conn, line, ring) or later, "this log has another entry there, or knows no key that signed it")
        except ValueError as error:
            raise NotAnErasure(line=line.number, file=one.file, why=str(error)) from error
    return one


def _signed(conn: Connection[Any], line: Line, ring: PublicRing) -> bool:
    """Say whether a key that this log knows, or that lies beside the wrapping key, signed what a line shows; raise ValueError."""
    statement = parse_entry(line.entry)[1]
    header, own = statement.partition(".")[0], unb64url(ring.statement_key)
    row = conn.execute(SIGNER, {"header": header, "position": line.position}).fetchone()
    if header == statement_header(own):
        row = own, ring.holder, PURPOSES["service-attested"]
    if row is None:
        return False
    claims = open_statement(statement, bytes(row[0]), ring.origin)
    return bool((claims["iss"], PURPOSES[claims["assurance"]]) == row[1:])


def head(config: Config) -> str:
    """Return the head of the record, how many people it names and the hash of its last line, for whoever keeps it elsewhere."""
    return known(config, keys.load_public(config).sealers).head


def keep(config: Config, proofs: Proofs, sealers: Sequence[Sealer]) -> list[Exception]:
    """Add to every copy who was erased and is not in it; return what failed. Done after each erasure, and again by `muniment work`.

    A copy that is missing is not begun here: its folder may not be mounted.
    """
    copies: list[Record] = []
    failed: list[Exception] = []
    with connect(config.conninfo("writer")) as conn:
        conn.execute(ONE_WRITES)
        for file in files(config):
            try:
                copies.append(record.read(file, sealers))
            except Refused as error:
                failed.append(error)
        try:
            whole = _with(record.the_one(copies), conn, proofs) if copies else None
            for copy in copies:
                if whole and (copy.lines != whole.lines or not copy.file.with_name(record.HEAD).exists()):
                    record.write(copy.file, whole)
        except (OSError, Refused) as error:  # the erasure itself is done, and on record: that is not taken back by a file
            failed.append(error)
    for each in failed:
        log.warning("who was erased could not be kept outside: %s", each)
    return failed


def _with(one: Record, conn: Connection[Any], proofs: Proofs) -> Record:
    """Return the record with whom the log says to be erased, and it does not."""
    missing = [(position, entry) for subject, position, entry in conn.execute(ON_RECORD) if subject not in one.erased]
    went = {position: each for position, name, each in _disclosed(conn, [position for position, _ in missing]) if name == "erased"}
    sealed = ((bytes(entry).decode(), str(proofs.receipt(position)), went[position]) for position, entry in missing)
    return one._replace(lines=one.and_then(sealed))


def _disclosed(conn: Connection[Any], positions: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Give every field in the clear of some entries: its position, its name and its disclosure."""
    for position, disclosures in conn.execute(BESIDE, (positions,)).fetchall():
        for each, name, _ in disclosed(disclosures):
            yield position, name, each


def _back(conn: Connection[Any], went: Mapping[tuple[int, str], UUID]) -> list[tuple[UUID, int, str, str]]:
    """Return the texts that went with somebody, and are here again: whose, the position, the field and the disclosure."""
    there = _disclosed(conn, list({position for position, _ in went}))
    return [(went[position, digest(each)], position, name, each) for position, name, each in there if (position, digest(each)) in went]


def check(config: Config) -> None:
    """Refuse to serve a database in which somebody stands again who was erased, or of which nobody can know; raise OperationalError."""
    with connect(config.conninfo("writer")) as conn:
        made = conn.execute("SELECT to_regclass('sealed.subject_key') IS NOT NULL").fetchone() == (True,)
        if not made or conn.execute(BEGUN).fetchone() != (True,):
            return
        one = _held_to(config, conn, keys.load_public(config))
        if back := _who_is_back(conn, one)[0]:
            raise ErasuresUndone(people=len(back))
        if behind := {row[0] for row in conn.execute(ON_RECORD)} - one.erased.keys():
            raise RecordBehind(people=len(behind))


def _who_is_back(conn: Connection[Any], one: Record) -> tuple[set[UUID], list[tuple[UUID, int, str, str]]]:
    """Return who stands here again, by their references, and which texts of theirs."""
    texts = _back(conn, one.went)
    people = [*one.erased, *(row[0] for row in conn.execute(ON_RECORD))]
    return {row[0] for row in conn.execute(BACK, {"people": people})} | {row[0] for row in texts}, texts


def to_erase_again(config: Config) -> tuple[list[UUID], int]:
    """Return who would be erased again, by their references, and how many texts would go: for whoever decides whether to."""
    with connect(config.conninfo("owner")) as conn:
        back, texts = _who_is_back(conn, _held_to(config, conn, keys.load_public(config)))
    return sorted(back), len(texts)


def erase_again(config: Config, erase_too: Callable[[Connection[Any], Erases], None]) -> int:
    """Erase again whoever was erased, as the record knows and the log itself; return how many there were. Whoever restores is the owner.

    The record then holds what the log says. What they were called may be known to nobody any more: where anybody was back, all goes that
    was typed and not recorded.
    """
    ring = keys.load_public(config)
    with connect(config.conninfo("owner")) as conn:
        one = _held_to(config, conn, ring)
        back, texts = _who_is_back(conn, one)
        people = list({*one.erased, *(row[0] for row in conn.execute(ON_RECORD))})
        gone = [Text(subject, at, field, digest(disclosure), disclosure) for subject, at, field, disclosure in texts]
        for text in gone:
            conn.execute(TAKEN_AWAY, (text.disclosure, text.position))
            conn.execute(SEALED, (text.position, text.field, text.subject, text.digest))
        conn.execute(
            "DELETE FROM sealed.value v USING ledger.sealed_field f"
            " WHERE f.subject = ANY (%s) AND v.position = f.position AND v.field = f.field",
            (people,),
        )
        conn.execute("DELETE FROM sealed.subject_key WHERE subject = ANY (%s)", (people,))
        here = {position for position, entry in conn.execute(OURS, ([*one.erased.values()],)) if bytes(entry) in one.entries}
        for line in one.shown:  # no key is made for them again; and where this log does not say so, the line that does is kept
            elsewhere = None if line.position in here else one.lines[line.number - 1]
            conn.execute(ERASED, (line.subject, line.position, elsewhere))
        for (view,) in conn.execute(VIEWS).fetchall() if back else ():  # a copy of the files has them, and they hold what was said
            conn.execute(SQL("DROP TABLE views.{} CASCADE").format(Identifier(view)))
        erase_too(conn, Erases(tuple(people), 0, tuple(gone), lambda _: bool(back)))
    with closing(datastore(config.conninfo("writer"))) as pool:
        proofs = Proofs()
        proofs.datastore = pool
        for error in keep(config, proofs, ring.sealers):
            raise error
    return len(back)
