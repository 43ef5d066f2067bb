"""How fast the views follow the whole demonstration, and how long it takes to say what is owed: of it, and of a hundred times as much."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psycopg
from bench import Row, cost
from psycopg.sql import SQL, Identifier

from projections import obligations
from projections.obligations import INDEX, Obligations, Wanted
from projections.two_clocks import catch_up, read_model, tracking
from service.cli.running import source
from service.config import Config
from service.embedded_postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTANCES, ROUNDS = 300_000, 7
DAYS = (date(2016, 11, 14), date(2018, 6, 30), date(2020, 1, 1), date(2021, 9, 30))


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Measure on the demonstration and, when asked for what is big, on as many obligations as a hundred of them have."""
    del config
    with demonstration() as made:
        rows = [following(made)]
        with psycopg.connect(made.conninfo("reader"), autocommit=True) as reader:
            rows += asking(reader, "the demonstration", 50)
        if big:
            with psycopg.connect(made.conninfo("projector"), autocommit=True) as conn:
                multiply(conn)
            with psycopg.connect(made.conninfo("reader"), autocommit=True) as reader:
                rows += asking(reader, f"{INSTANCES:,} more obligations", 150)
    return rows


@contextmanager
def demonstration() -> Iterator[Config]:
    """Make the demonstration in a folder of its own, as anybody would."""
    with tempfile.TemporaryDirectory(prefix="muniment-bench-") as folder:
        Path(folder).chmod(0o755)
        made = Path(folder) / "data"
        command = [sys.executable, "-m", "service.cli", "demo", "--no-serve"]
        subprocess.run(command, env={**os.environ, "MUNIMENT_DATA": str(made)}, check=True, capture_output=True)  # noqa: S603 - our own
        with EmbeddedPostgres(made):
            yield Config(data=made)


def following(config: Config) -> Row:
    """Let every view catch up with the whole log from its first entry, as after a restore: signatures, decoding and all."""
    with psycopg.connect(config.conninfo("owner"), autocommit=True) as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'views'").fetchall()
        for (table,) in tables:
            owner.execute(SQL("DROP TABLE {} CASCADE").format(Identifier("views", table)))
    with psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
        conn.execute("SET synchronous_commit = off")
        catch_up.create_all(conn)
        start = perf_counter()
        head = catch_up.catch_up(conn, source(config))
        took = perf_counter() - start
        conn.execute("VACUUM ANALYZE")
    return Row(f"catch-up of the demonstration, {head:,} events, {len(catch_up.VIEWS)} views together", head / took, 1_500, "events/s")


def asking(reader: psycopg.Connection[Any], what: str, target: float) -> list[Row]:
    """Ask for the grid at several pairs of days, and for what each of the agencies owes."""
    head = tracking.head(reader)
    pairs: list[dict[str, Any]] = [{"as_at": day, "known_at": known} for day in DAYS for known in (head, head // 2)]
    took, cpu = max(cost(reader, lambda at=at: obligations.grid(reader, **at), ROUNDS) for at in pairs)
    codes = [code for (code,) in reader.execute("SELECT DISTINCT key FROM views.agencies")]
    today: dict[str, Any] = {"as_at": DAYS[-1], "known_at": head}
    wanted = [Wanted(owners=frozenset({code}), open_only=True) for code in codes]
    owed = [cost(reader, lambda one=one: obligations.owed(reader, **today, wanted=one), ROUNDS) for one in wanted]
    cells = len(obligations.grid(reader, **today))
    grid_note = f"({1000 * cpu:.0f} ms of CPU; the slowest of {len(pairs)}; {cells:,} cells today)"
    owed_note = f"({1000 * median(cpu for _, cpu in owed):.0f} ms of CPU; of {len(codes)} agencies)"
    return [
        Row(f"the grid of {what}", 1000 * took, target, "ms", below=True, note=grid_note),
        Row(f"owed by one agency of {what}", 1000 * median(took for took, _ in owed), 10, "ms", below=True, note=owed_note),
    ]


VERSIONS = """
    WITH rules AS (SELECT rule, row_number() OVER (ORDER BY rule) - 1 AS r FROM unnest(%(rules)s::text[]) AS rule),
         agencies AS (SELECT key AS owner, row_number() OVER (ORDER BY key) - 1 AS a FROM (SELECT DISTINCT key FROM views.agencies) AS k),
         instances AS (
            SELECT i, rule, owner, date '2016-09-16' + (i::bigint * 7919 %% 1800)::int AS arose, 28 + i %% 63 AS long,
                   CASE WHEN i %% 20 > 0 THEN 5 + (i::bigint * 31 %% 90)::int END AS took, 1 + (i::bigint * 7) %% %(head)s AS p
              FROM generate_series(1, %(count)s) AS i
              JOIN rules ON r = i %% (SELECT count(*) FROM rules) JOIN agencies ON a = (i / 7) %% (SELECT count(*) FROM agencies)),
         versions AS (
            SELECT *, arose AS start, NULL::date AS until, p AS since, CASE WHEN took > 0 THEN p + 1 END AS closed, NULL::int AS done
              FROM instances
             UNION ALL SELECT *, arose, arose + took, p + 1, NULL, NULL FROM instances WHERE took IS NOT NULL
             UNION ALL SELECT *, arose + took, NULL, p + 1, NULL, took FROM instances WHERE took IS NOT NULL)
    INSERT INTO views.obligations (key, valid, known, rule, clause, owner, subject, arose_on, asked_at, due_on, discharged_on,
                                   discharged_at)
    SELECT rule || '|' || owner || '|bench:' || i, daterange(start, until), int8range(since, closed), rule, split_part(rule, '.', 1),
           owner, 'bench:' || i, arose, p, arose + long, arose + done, CASE WHEN done IS NOT NULL THEN p + 1 END
      FROM versions"""


def multiply(conn: psycopg.Connection[Any]) -> None:
    """Put as many obligations into the view as a hundred demonstrations have, as catching up would have left them."""
    view = Obligations()
    conn.execute("CREATE TABLE views.kept AS SELECT * FROM views.obligations")
    conn.execute("DROP TABLE views.obligations, views.obligations_entry")
    sql = read_model.statements(view)
    read_model.create_tables(conn, sql)
    conn.execute("INSERT INTO views.obligations SELECT * FROM views.kept")
    conn.execute(VERSIONS, {"rules": sorted(INDEX.on_event), "count": INSTANCES, "head": tracking.head(conn) - 2})
    read_model.create_indexes(conn, view, sql)
    conn.execute("VACUUM ANALYZE views.obligations")
