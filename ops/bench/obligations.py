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
from projections.obligations import Obligations, Standings, Wanted
from projections.two_clocks import catch_up, read_model, tracking
from service.cli.running.working import source
from service.config import Config
from service.embedded_postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMES, ROUNDS = 100, 7
DAYS = (date(2016, 11, 14), date(2018, 6, 30), date(2020, 1, 1), date(2021, 9, 30))


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Measure on the demonstration and, when asked for what is big, on every obligation of it a hundred times."""
    del config
    with demonstration() as made:
        rows = [following(made)]
        with psycopg.connect(made.conninfo("reader"), autocommit=True) as reader:
            rows += [asking(reader, "the demonstration", 50), owing(reader)]
        if big:
            with psycopg.connect(made.conninfo("projector"), autocommit=True) as conn:
                multiply(conn)
            with psycopg.connect(made.conninfo("reader"), autocommit=True) as reader:
                rows.append(asking(reader, f"{TIMES} times its obligations", 150))
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


def asking(reader: psycopg.Connection[Any], what: str, target: float) -> Row:
    """Ask for the grid at several pairs of days."""
    head = tracking.head(reader)
    pairs: list[dict[str, Any]] = [{"as_at": day, "known_at": known} for day in DAYS for known in (head, head // 2)]
    took, cpu = max(cost(reader, lambda at=at: obligations.grid(reader, **at), ROUNDS) for at in pairs)
    cells = obligations.grid(reader, as_at=DAYS[-1], known_at=head).values()
    counted = sum(sum(cell.counts.values()) for cell in cells)
    note = f"({1000 * cpu:.0f} ms of CPU; the slowest of {len(pairs)}; {len(cells):,} cells today, of {counted:,} obligations)"
    return Row(f"the grid of {what}", 1000 * took, target, "ms", below=True, note=note)


def owing(reader: psycopg.Connection[Any]) -> Row:
    """Ask for what each of the agencies owes today."""
    codes = [code for (code,) in reader.execute("SELECT DISTINCT key FROM views.agencies")]
    today: dict[str, Any] = {"as_at": DAYS[-1], "known_at": tracking.head(reader)}
    wanted = [Wanted(owners=frozenset({code}), open_only=True) for code in codes]
    owed = [cost(reader, lambda one=one: obligations.owed(reader, **today, wanted=one), ROUNDS) for one in wanted]
    note = f"({1000 * median(cpu for _, cpu in owed):.0f} ms of CPU; of {len(codes)} agencies)"
    return Row("owed by one agency of the demonstration", 1000 * median(took for took, _ in owed), 10, "ms", below=True, note=note)


def multiply(conn: psycopg.Connection[Any]) -> None:
    """Put every obligation of the demonstration into the views so many times, as catching up with so much would have left them."""
    for view in (Obligations(), Standings()):
        sql = read_model.statements(view)
        table, kept = Identifier("views", view.table), Identifier("views", f"{view.table}_kept")
        conn.execute(SQL("CREATE TABLE {} AS SELECT * FROM {}").format(kept, table))
        conn.execute(SQL("DROP TABLE {}, {}").format(table, Identifier("views", f"{view.table}_entry")))
        read_model.create_tables(conn, sql)
        names = ("key", "valid", "known", *view.columns)
        every = SQL(", ").join(map(Identifier, names))
        once = SQL(", ").join(SQL("{} || ':' || n" if name in {"key", "subject"} else "{}").format(Identifier(name)) for name in names)
        conn.execute(SQL("INSERT INTO {} ({}) SELECT {} FROM {}, generate_series(1, %s) AS n").format(table, every, once, kept), [TIMES])
        read_model.create_indexes(conn, view, sql)
        conn.execute(SQL("DROP TABLE {}").format(kept))
        conn.execute(SQL("VACUUM ANALYZE {}").format(table))
