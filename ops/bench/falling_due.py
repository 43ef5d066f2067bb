"""How long it takes to find what is to be issued of very many open actions, and of very many open obligations."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psycopg
from bench import ACTION, Row, do

from aggregates import Action
from aggregates.clocks.ladder import Ladder
from aggregates.entry import stream_id
from aggregates.entry.fields import shape
from aggregates.framework.library import SETS
from projections.action_register import ActionRegister
from projections.falling_due import Seats, actions_due, obligations_due, open_obligations, told
from projections.obligations import INDEX
from projections.two_clocks import catch_up, decoded_log, rebuild, tracking
from projections.two_clocks.decoded_log import Decoded
from service.application import Board
from service.cli.running.working import source
from service.ledger import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.config import Config

OPEN, ROUNDS = 100_000, 5
TODAY = date(2027, 3, 1)
LADDER = Ladder((7, 0), (14, 28))


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Measure the worst day: something is to be issued of every one of them."""
    del big
    return [of_obligations(config), of_actions(config)]


def of_actions(config: Config) -> Row:
    """Measure what is to be told of open actions."""
    with psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
        catch_up.create_all(conn)
        head = tracking.position_of(conn, decoded_log.TABLE)
        log = list(assignments(head))
        for first in range(0, OPEN, 5_000):
            decoded_log.extend(conn, log[first : first + 5_000])
        rebuild.rebuild(conn, ActionRegister())
        conn.execute("VACUUM ANALYZE views.action_register")
        took = _time(lambda: actions_due(conn, Seats([], TODAY), LADDER, as_at=TODAY, known_at=head + OPEN))
    return Row(f"reminders computed for {OPEN:,} open actions", took, 5, "s", below=True, note="(one due of each)")


def of_obligations(config: Config) -> Row:
    """Measure what is to be told of open obligations, three months after the framework was adopted."""
    adopted, (framework,) = datetime.now(UTC).date(), SETS.values()
    board = Board(config, keys.load(config))
    said = {"version": "2016", "sha256": framework.sha256, "review_due": str(adopted + timedelta(365)), "provenance": "ours"}
    do(board, "adopt_framework", "partnership", **said)
    board.close()
    with psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
        catch_up.create_all(conn)
        clocks: dict[str, Any] = {"as_at": adopted + timedelta(90), "known_at": catch_up.catch_up(conn, source(config))}
        conn.execute(OBLIGATIONS, {**clocks, "rules": sorted(INDEX.on_event), "adopted": adopted, "count": OPEN})
        conn.execute("VACUUM ANALYZE views.obligations")

        def due() -> list[Any]:
            seats, found = Seats([], clocks["as_at"]), open_obligations(conn, LADDER, **clocks)
            return obligations_due(found, told(conn, **clocks), seats, LADDER, as_at=clocks["as_at"])

        return Row(f"notices computed for {OPEN:,} open obligations", _time(due), 5, "s", below=True, note="(one due of each)")


OBLIGATIONS = """
    INSERT INTO views.obligations (key, valid, known, rule, clause, owner, subject, arose_on, asked_at, due_on)
    SELECT rule || '|RIV|bench:' || i, daterange(%(adopted)s, NULL), int8range(%(known_at)s, NULL), rule, split_part(rule, '.', 1), 'RIV',
           'bench:' || i, %(adopted)s, %(known_at)s, %(as_at)s::date + 7 - i %% 68
      FROM generate_series(1, %(count)s) AS i
      JOIN unnest(%(rules)s::text[]) WITH ORDINALITY AS rules (rule, r) ON r = 1 + i %% cardinality(%(rules)s::text[])"""


def _time(work: Callable[[], list[Any]]) -> float:
    """Return how long it takes to find what is due, when something is due of each."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        found = work()
        times.append(perf_counter() - start)
        assert len(found) >= OPEN
    return median(times)


def assignments(position: int) -> Iterator[Decoded]:
    """Assign actions after a position, due from sixty days ago to a week ahead."""
    chance, when = random.Random(1), datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(1, OPEN + 1):
        due = {"ref": f"D-{n}", "due_on": str(TODAY + timedelta(chance.randint(-60, 7))), "occurred_on": "2026-01-01"}
        fields = {f.name: None for f in shape(Action.Assigned)} | ACTION | due
        stream, jti = stream_id("bench", "action", f"D-{n}"), str(position + n)
        topic = Action.Assigned.TOPIC
        yield Decoded(position + n, stream, 1, topic, when, "service-attested", "bench", "key", bytes(32), jti, fields)
