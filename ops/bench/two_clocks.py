"""What two clocks cost: the register at any pair of them against a table of current rows, and building a view again."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from bench import Row
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from aggregates import Action
from aggregates.entry import stream_id
from aggregates.entry.fields import shape
from projections import action_register
from projections.action_register import ActionRegister, ActionRow
from projections.two_clocks import catch_up, decoded_log, read_model, rebuild, tracking
from projections.two_clocks.decoded_log import Decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.config import Config

ACTIONS, EACH, KEYS, ROUNDS = 10_000, 10, 3_000, 9
REGISTER = ActionRegister()
DAY = date(2015, 1, 1)


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Measure on the views of a board of its own; `big` adds a million versions."""
    with psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
        catch_up.create_all(conn)
        rows = [rebuilding(conn)]
        with psycopg.connect(config.conninfo("reader"), autocommit=True) as reader:
            rows += [asking(conn, reader, versions) for versions in (1, 6, 51) if versions < 51 or big]
            rows.append(differing(reader))
    return rows


def rebuilding(conn: psycopg.Connection[Any]) -> Row:
    """Build the register again from lives of ten entries, one in twenty recorded late, one in fifty a correction."""
    log = list(lives(tracking.position_of(conn, decoded_log.TABLE)))
    for first in range(0, len(log), 2_000):
        decoded_log.extend(conn, log[first : first + 2_000])
    conn.execute("ANALYZE views.inspection_history")
    start = perf_counter()
    while read_model.project(conn, REGISTER) < log[-1].position:
        continue
    followed = len(log) / (perf_counter() - start)
    times = [_time(lambda: rebuild.rebuild(conn, REGISTER)) for _ in range(3)]
    note = f"(following the log in batches of 500: {followed:,.0f})"
    return Row(f"rebuild of a view at {EACH} entries a key", len(log) / median(times), 10_000, "entries/s", note=note)


def lives(position: int) -> Iterator[Decoded]:
    """Interleave the lives of actions, after a position."""
    chance, when = random.Random(1), datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(EACH):
        for key in range(KEYS):
            position += 1
            day = DAY + timedelta(30 * n - (chance.randrange(60) if n and chance.random() < 0.05 else 0))
            event, said = _entry(n, f"B-{key}", day, corrects=n > 1 and chance.random() < 0.02)
            fields = {f.name: None for f in shape(event)} | {"occurred_on": str(day), "by_office": "quality-chair"} | said
            stream, jti = stream_id("bench", "action", f"B-{key}"), str(position)
            yield Decoded(position, stream, n + 1, event.TOPIC, when, "service-attested", "bench", "key", bytes(32), jti, fields)


def _entry(n: int, ref: str, day: date, *, corrects: bool) -> tuple[Any, dict[str, Any]]:
    due = str(day + timedelta(90))
    promise = {"title": "Share the review with every school", "kind": "practice", "owner": "RIV", "overseen_by": "QUAL", "due_on": due}
    measures = {"success_measure": "Every school has discussed it", "intended_outcome": "Children are heard sooner"}
    if corrects:
        return Action.EntryCorrected, {"amends": n, "corrected_public": {"occurred_on": str(day)}, "reason": "Typing error"}
    return (
        (Action.Assigned, {"ref": ref, **promise, **measures}),
        (Action.Accepted, {}),
        (Action.ProgressReported, {"rag": "amber", "narrative": "Begun"}),
        (Action.DueDateVaried, {"due_on": due, "reason": "Panel moved"}),
        (Action.ProgressReported, {"rag": "green", "narrative": "Nearly there"}),
        (Action.EvidenceSubmitted, {"evidence": [], "by_person": {"sealed": str(UUID(int=1))}}),
        (Action.EvidenceReturned, {"reason": "Sample too small"}),
        (Action.EvidenceSubmitted, {"evidence": [], "by_person": {"sealed": str(UUID(int=1))}}),
        (Action.Implemented, {"statement": "In use"}),
        (Action.SignedOff, {"effect": "Referrals come the same day"}),
    )[n]


VERSIONS = """
    WITH days AS MATERIALIZED (
        SELECT DISTINCT a, date '2015-01-01' + a % 365 + CASE WHEN i = 1 THEN 0 ELSE (random() * 3600)::int END AS d
          FROM generate_series(1, {actions}) AS a, generate_series(1, {each}) AS i),
    entries AS (SELECT a, d, row_number() OVER (ORDER BY d, a) AS p FROM days),
    lives AS (SELECT *, lead(d) OVER life AS nd, lead(p) OVER life AS np FROM entries WINDOW life AS (PARTITION BY a ORDER BY d)),
    versions AS (SELECT a, d, nd, coalesce(np, p) AS since, NULL::bigint AS until FROM lives
                 UNION ALL SELECT a, d, NULL, p, np FROM lives WHERE np IS NOT NULL)
    INSERT INTO views.action_register (key, valid, known, {columns})
    SELECT 'B-' || a, daterange(d, nd), int8range(since, until), {values}
      FROM versions, (SELECT {columns} FROM views.action_register_kept LIMIT 1) AS kept ORDER BY since"""


def asking(conn: psycopg.Connection[Any], reader: psycopg.Connection[Any], each: int) -> Row:
    """Ask for all actions, half-way through both clocks and now, and for as many current rows of a table without clocks."""
    _fill(conn, each)
    versions, head = conn.execute("SELECT count(*), max(lower(known)) FROM views.action_register").fetchone() or (0, 0)
    pairs = ((date(2026, 1, 1), head), (date(2020, 1, 1), head), (date(2020, 1, 1), head // 2))
    ratios, took = [], []
    for as_at, known_at in pairs:
        asked: dict[str, Any] = {"as_at": as_at, "known_at": known_at}
        found = len(action_register.register(reader, **asked))
        clocks, now = _interleaved(
            lambda asked=asked: action_register.register(reader, **asked), lambda found=found: _current(reader, found)
        )
        ratios.append(clocks / now)
        took.append(f"{1000 * clocks:.0f}")
    note = f"({', '.join(took)} ms now, then, and then as known then)"
    return Row(
        f"all {ACTIONS:,} actions at two clocks among {versions:,} versions, against current rows", max(ratios), 2, below=True, note=note
    )


def differing(reader: psycopg.Connection[Any]) -> Row:
    """Compare the whole register at two dates, as known then and now: most actions have become overdue in between."""
    (head,) = reader.execute("SELECT max(lower(known)) FROM views.action_register").fetchone() or (0,)
    pairs = ((date(2016, 1, 1), head), (date(2018, 1, 1), head))
    found = action_register.difference(reader, *pairs)
    took = median(_time(lambda: action_register.difference(reader, *pairs)) for _ in range(ROUNDS))
    note = f"({len(found.changes):,} changed)"
    return Row(f"difference between two dates over {ACTIONS:,} actions", 1000 * took, 60, "ms", below=True, note=note)


def _fill(conn: psycopg.Connection[Any], each: int) -> None:
    """Put that many entries of each of the actions into the register, as catching up would have left them."""
    values = {
        "sorts_as": "'B-' || lpad(a::text, 9, '0')",
        "owner": "'agency-' || a % 40",
        "due_on": "date '2015-06-01' + (a * 7919) % 4000",
    }
    sql = read_model.statements(REGISTER)
    columns = SQL(", ").join(map(Identifier, REGISTER.columns))
    said = SQL(", ").join(SQL(values[name]) if name in values else Identifier("kept", name) for name in REGISTER.columns)
    conn.execute(
        "CREATE TABLE IF NOT EXISTS views.action_register_kept AS SELECT * FROM views.action_register WHERE upper_inf(known) LIMIT 1"
    )
    conn.execute("DROP TABLE IF EXISTS views.action_register, views.action_register_entry, views.action_register_now")
    read_model.create_tables(conn, sql)
    conn.execute(SQL(VERSIONS).format(columns=columns, values=said, actions=SQL(str(ACTIONS)), each=SQL(str(each))))
    read_model.create_indexes(conn, REGISTER, sql)
    conn.execute("""
        CREATE TABLE views.action_register_now AS
        SELECT *, 0 AS days_overdue, NULL::text AS employer FROM views.action_register WHERE upper_inf(valid) AND upper_inf(known)""")
    conn.execute("VACUUM ANALYZE views.action_register")
    conn.execute("VACUUM ANALYZE views.action_register_now")


def _current(conn: psycopg.Connection[Any], limit: int) -> list[ActionRow]:
    """Select as many current rows, in the same order and shape."""
    columns = SQL(", ").join(Identifier(name) for name in REGISTER.columns if name in ActionRow.__dataclass_fields__)
    query = SQL("""
        SELECT key AS ref, {}, days_overdue, employer AS signers_agency_now, 1 AS changed_at
          FROM views.action_register_now ORDER BY due_on, sorts_as, key LIMIT %s""")
    with conn.cursor(row_factory=class_row(ActionRow)) as cursor:
        return cursor.execute(query.format(columns), [limit]).fetchall()


def _interleaved(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """Return the median times of two pieces of work, taken in turns."""
    times = [(_time(one), _time(other)) for _ in range(ROUNDS)]
    return median(t for t, _ in times), median(t for _, t in times)


def _time(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
