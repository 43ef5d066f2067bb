"""Keep a two-clock table in step with the decoded log: versions and position in one transaction, or neither.

    SELECT … FROM views.action_register WHERE valid @> as_at AND known @> known_at

is the register on any date as known at any position up to the one reached. Read that position first (`clocks`): no later catch-up
changes what was known at it, so every query of a page answers as known then.

`known` moves one step an entry, never a batch, so rows depend on the log alone; and its bounds name the very entry that changed an
answer. No two rows of a key may hold on the same day at the same position: that is held by 64 bits of the key, which takes a fourth of
the time that its text does. PostgreSQL believes the two ranges independent and would scan the table for "now": the role that reads has
`random_page_cost = 1.1` and no parallel workers.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL, Composed, Identifier

from projections.two_clocks import decoded_log, tracking
from projections.two_clocks.filing import file_fresh
from projections.two_clocks.reading import Reading
from projections.two_clocks.timeline import Close, Projection, Version, revisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from psycopg import Connection

    from projections.two_clocks.reading import Placed

AT_CLOCKS = SQL("valid @> %(as_at)s::date AND known @> %(known_at)s::bigint")
REBUILT = "_rebuilt"
MADE = "2"  # changes with the statements below


class DivergedError(Exception):
    """The read model does not hold what its own entries say it holds: somebody changed it by hand. Rebuild it."""

    def __init__(self, table: str, first: int, last: int) -> None:
        """Take the table and the positions of the batch that found it out."""
        super().__init__(f"{table} does not hold what the log says, found out between entries {first} and {last}")
        self.table, self.first, self.last = table, first, last


def shape_of(projection: Projection) -> str:
    """Say how a projection's table is made; a table made otherwise, or from other rules (`made_of`), has to be rebuilt."""
    columns = ", ".join(f"{name} {kind}" for name, kind in projection.columns.items())
    return "; ".join(filter(None, (MADE, " ".join(sorted(projection.kinds)), columns, *projection.indexes, projection.made_of)))


def create(conn: Connection[Any], projection: Projection) -> None:
    """Create a read model's tables before the first entry, where they are not there yet."""
    if tracking.shape_of(conn, projection.table) is None:
        sql = statements(projection)
        create_tables(conn, sql)
        create_indexes(conn, projection, sql)
        tracking.begin(conn, projection.table, shape_of(projection))


def create_tables(conn: Connection[Any], sql: Mapping[str, Composed]) -> None:
    """Create the tables, without the indexes, which `create_indexes` adds: after a bulk load."""
    conn.execute(sql["create"])


def create_indexes(conn: Connection[Any], projection: Projection, sql: Mapping[str, Composed]) -> None:
    """Make contradictory history impossible, and views a matter of the rows that they return."""
    conn.execute(sql["index"])
    for made in projection.indexes:
        conn.execute(sql["index also"] + SQL(made))


def project(conn: Connection[Any], projection: Projection, limit: int = 500, reading: Reading | None = None) -> int:
    """Apply the next entries of the decoded log, all or none, and return the position that the read model has reached.

    Views that are brought up together share what they have read.
    """
    with conn.transaction():
        done, recorded = tracking.reached_of(conn, projection.table, decoded_log.TABLE)
        until = min(done + limit, recorded)
        if until > done:
            apply(projection, statements(projection), reading or Reading(conn), done, until)
            tracking.advance(conn, projection.table, until)
            done = until
    return done


def apply(projection: Projection, sql: Mapping[str, Composed], reading: Reading, done: int, until: int) -> None:
    """Apply the entries after `done` up to `until`, inside the caller's transaction."""
    conn = reading.conn
    if gone := reading.gone(done, until):
        _fold_anew(sql, projection, reading, gone, done)
    touched = file_fresh(conn, sql, projection, reading.after(done, until, projection.kinds), reading)
    if not touched:
        return
    closes: list[Close] = []
    versions: list[Version] = []
    for key, life in _lives(sql, touched, reading, done).items():
        closed, opened = revisions(projection, key, life, done)
        closes += closed
        versions += opened
    if closes and conn.execute(sql["close"], columns(closes)).rowcount != len(closes):
        raise DivergedError(projection.table, done + 1, until)
    if versions:
        load(conn, sql["load"], map(as_row, versions))


def _fold_anew(sql: Mapping[str, Composed], projection: Projection, reading: Reading, positions: Sequence[int], done: int) -> None:
    """Fold anew the keys under which these entries are filed, as they read now: no row, of whatever day, keeps a text that was erased."""
    touched: dict[str, list[Placed]] = {key: [] for _, key in reading.conn.execute(sql["homes"], [positions])}
    versions = [one for key, life in _lives(sql, touched, reading, done).items() for one in revisions(projection, key, life, 0)[1]]
    if versions:  # a row's own key never rests on a text
        reading.conn.execute(sql["forget"], [list({one.key for one in versions})])
        load(reading.conn, sql["load"], map(as_row, versions))


def _lives(sql: Mapping[str, Composed], touched: Mapping[str, list[Placed]], reading: Reading, done: int) -> Mapping[str, list[Placed]]:
    """Return all the entries of each key touched, in order."""
    filed = reading.conn.execute(sql["filed"], {"keys": list(touched), "done": done}).fetchall()
    if not filed:
        return touched
    old = reading.at({position for _, position in filed})
    lives: dict[str, list[Placed]] = {key: [] for key in touched}
    for key, position in filed:
        lives[key].append(old[position])
    return {key: life + touched[key] for key, life in lives.items()}


def load(conn: Connection[Any], copy_in: Composed, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows by COPY: a fourth of the time that arrays of texts take, in which every quotation mark is found and escaped."""
    with conn.cursor() as cursor, cursor.copy(copy_in) as copy:
        for row in rows:
            copy.write_row(row)


def as_row(version: Version) -> tuple[Any, ...]:
    """Return a version as COPY takes it."""
    key, since, until, (start, end, row) = version
    return (key, f"[{since},{'' if until is None else until})", f"[{start},{'' if end is None else end})", *row)


def columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Turn rows into the arrays that `unnest` turns into rows again: one round trip for a batch."""
    return [list(column) for column in zip(*rows, strict=True)]


def statements(projection: Projection, suffix: str = "") -> Mapping[str, Composed]:
    """Compose the SQL of one read model; a suffix names the tables that are being built beside it."""
    return _composed(projection.table, suffix, tuple(projection.columns.items()))


@cache
def _composed(table: str, suffix: str, columns: tuple[tuple[str, str], ...]) -> Mapping[str, Composed]:
    names = {
        "table": Identifier("views", table + suffix),
        "filed": Identifier("views", table + "_entry" + suffix),
        "defined": SQL(", ").join(SQL("{} {}").format(Identifier(column), SQL(kind)) for column, kind in columns),
        "columns": SQL(", ").join(Identifier(column) for column, _ in columns),
        "sought": SQL(", ").join(
            Identifier(column) for column in ("key", "valid", "known", *(c for c, kind in columns if kind != "jsonb"))
        ),
    }
    return {name: SQL(text).format(**names) for name, text in STATEMENTS.items()}


STATEMENTS = {
    "create": """
        CREATE TABLE {table} (key text NOT NULL, valid daterange NOT NULL, known int8range NOT NULL, {defined},
                              CHECK (NOT isempty(valid)), CHECK (NOT isempty(known)));
        CREATE TABLE {filed} (key text NOT NULL, position bigint NOT NULL)""",
    "index": """
        ALTER TABLE {table} ADD EXCLUDE USING gist (hashtextextended(key, 0) WITH =, valid WITH &&, known WITH &&);
        CREATE INDEX ON {table} (key);
        CREATE INDEX ON {table} USING gist (valid, known);
        ALTER TABLE {filed} ADD PRIMARY KEY (key, position);
        CREATE INDEX ON {filed} (position)""",
    "index also": "CREATE INDEX ON {table} ",
    "homes": "SELECT position, key FROM {filed} WHERE position = ANY(%s)",
    "file": "INSERT INTO {filed} (key, position) SELECT * FROM unnest(%s::text[], %s::bigint[])",
    "filed": "SELECT key, position FROM {filed} WHERE key = ANY(%(keys)s) AND position <= %(done)s ORDER BY position",
    "lives": 'SELECT key, position FROM {filed} ORDER BY key COLLATE "C", position',
    "close": """
        UPDATE {table} AS v SET known = int8range(lower(v.known), c.until)
          FROM unnest(%s::text[], %s::date[], %s::bigint[]) AS c (key, start, until)
         WHERE v.key = c.key AND lower(v.valid) = c.start AND upper_inf(v.known)""",
    "forget": "DELETE FROM {table} WHERE key = ANY(%s)",
    "load": "COPY {table} (key, known, valid, {columns}) FROM STDIN",
    "analyze": "ANALYZE {table} ({sought})",  # by what is in a jsonb column nothing is looked for
    "load filed": "COPY {filed} (key, position) FROM STDIN",
}
