"""Build views again from the log, beside the old table, and put the new one in its place.

Readers see the old rows until the new table takes its name, and the same rows afterwards. A key is folded once, over its whole
life, and the indexes are built over the finished table; the last entries are applied under the lock that holds catch-up off.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL, Identifier

from projections.two_clocks import decoded_log, filing, read_model, tracking
from projections.two_clocks.read_model import REBUILT
from projections.two_clocks.reading import Reading
from projections.two_clocks.timeline import Projection, revisions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from psycopg import Connection
    from psycopg.sql import Composed

    from projections.two_clocks.decoded_log import Decoded
    from projections.two_clocks.reading import Placed

CHUNK = 2_000  # entries read, and keys' rows written, at a time


def rebuild(conn: Connection[Any], projection: Projection, reading: Reading | None = None) -> int:
    """Build a view again from the decoded log; return the position that it has reached. Views built together share what they have read."""
    sql = read_model.statements(projection, REBUILT)
    reading = reading or Reading(conn)
    with conn.transaction():
        _drop(conn, projection.table + REBUILT, projection.table + "_entry" + REBUILT)
        read_model.create_tables(conn, sql)
        until = tracking.position_of(conn, decoded_log.TABLE)
        reading.gone(0, until)  # another view may have read it before it was erased
        _file(projection, sql, reading, until)
        _fold(projection, sql, reading)
        read_model.create_indexes(conn, projection, sql)
        tracking.begin(conn, projection.table, "")
        done = tracking.reached(conn, projection.table)
        if done > until:
            read_model.apply(projection, sql, reading, until, done)
        _swap(conn, projection.table)
        _swap(conn, projection.table, "_entry")
        tracking.advance(conn, projection.table, max(done, until), read_model.shape_of(projection))
    conn.execute(read_model.statements(projection)["analyze"])
    return max(done, until)


def rebuild_log(conn: Connection[Any], source: Callable[[int, int], Iterable[Decoded]]) -> int:
    """Build the decoded log again from the ledger's entries, up to where it was; return its position.

    `source(after, limit)` gives the next entries, verified, in order.
    """
    table = decoded_log.TABLE
    with conn.transaction():
        done = tracking.reached(conn, table)
        _drop(conn, table + REBUILT)
        decoded_log.create(conn, table + REBUILT)
        position = 0
        while position < done:
            entries = list(source(position, min(CHUNK, done - position)))
            if not entries:
                raise decoded_log.GapError(position + 1, 0)
            for expected, entry in enumerate(entries, position + 1):
                if entry.position != expected:
                    raise decoded_log.GapError(expected, entry.position)
            decoded_log.record(conn, entries, table + REBUILT)
            position = entries[-1].position
        decoded_log.index(conn, table + REBUILT)
        _swap(conn, table)
        tracking.advance(conn, table, done, decoded_log.SHAPE)
    conn.execute(SQL("ANALYZE {}").format(Identifier("views", table)))
    return done


def _file(projection: Projection, sql: Mapping[str, Composed], reading: Reading, until: int) -> None:
    """File every entry under its keys, in the order of the log, because an amendment goes where its target went."""
    amended = SQL("SELECT DISTINCT amends FROM {} WHERE amends IS NOT NULL").format(Identifier("views", decoded_log.TABLE))
    homes: filing.Homes = {position: set() for (position,) in reading.conn.execute(amended)}
    for first in range(0, until, CHUNK):
        fresh = reading.after(first, min(first + CHUNK, until), projection.kinds)
        rows = filing.filed(projection, fresh, homes, reading.chains(fresh, projection.together))
        read_model.load(reading.conn, sql["load filed"], ((key, entry.number) for key, (_, entry) in rows))


def _fold(projection: Projection, sql: Mapping[str, Composed], reading: Reading) -> None:
    """Fold each key over its whole life, and write what the log ever said of it."""
    rows: list[Sequence[Any]] = []
    for key, life in groupby(_lives(sql, reading), key=itemgetter(0)):
        _, versions = revisions(projection, key, [placed for _, placed in life], 0)
        rows += map(read_model.as_row, versions)
        if len(rows) >= CHUNK:
            read_model.load(reading.conn, sql["load"], rows)
            rows.clear()
    read_model.load(reading.conn, sql["load"], rows)


def _lives(sql: Mapping[str, Composed], reading: Reading) -> Iterator[tuple[str, Placed]]:
    """Give every entry under each of its keys, by a cursor of the server's, so that other statements may run meanwhile."""
    with reading.conn.cursor(name="rebuild") as cursor:
        cursor.execute(sql["lives"])
        while chunk := cursor.fetchmany(CHUNK):
            found = reading.at({position for _, position in chunk})
            yield from ((key, found[position]) for key, position in chunk)


def _drop(conn: Connection[Any], *tables: str) -> None:
    for table in tables:
        conn.execute(SQL("DROP TABLE IF EXISTS {}").format(Identifier("views", table)))


def _swap(conn: Connection[Any], table: str, part: str = "") -> None:
    _drop(conn, table + part)
    new, name = Identifier("views", table + part + REBUILT), Identifier(table + part)
    conn.execute(SQL("ALTER TABLE {} RENAME TO {}").format(new, name))
