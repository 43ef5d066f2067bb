"""How long it takes to find what is to be issued of very many open actions."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import psycopg
from bench import ACTION, Row

from aggregates import Action
from aggregates.clocks.ladder import Ladder
from aggregates.entry import stream_id
from aggregates.entry.fields import shape
from projections.action_register import ActionRegister
from projections.falling_due import Seats, actions_due
from projections.two_clocks import catch_up, decoded_log, rebuild, tracking
from projections.two_clocks.decoded_log import Decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.config import Config

OPEN, ROUNDS = 100_000, 5
TODAY = date(2027, 3, 1)
LADDER = Ladder((7, 0), (14, 28))


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Measure the worst day: something is to be issued of every one of them."""
    del big
    with psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
        catch_up.create_all(conn)
        head = tracking.position_of(conn, decoded_log.TABLE)
        log = list(assignments(head))
        for first in range(0, OPEN, 5_000):
            decoded_log.extend(conn, log[first : first + 5_000])
        rebuild.rebuild(conn, ActionRegister())
        conn.execute("VACUUM ANALYZE views.action_register")
        times = []
        for _ in range(ROUNDS):
            start = perf_counter()
            found = actions_due(conn, Seats([], TODAY), LADDER, as_at=TODAY, known_at=head + OPEN)
            times.append(perf_counter() - start)
            assert len(found) == OPEN
    return [Row(f"reminders computed for {OPEN:,} open actions", median(times), 5, "s", below=True, note="(one due of each)")]


def assignments(position: int) -> Iterator[Decoded]:
    """Assign actions after a position, due from sixty days ago to a week ahead."""
    chance, when = random.Random(1), datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(1, OPEN + 1):
        due = {"ref": f"D-{n}", "due_on": str(TODAY + timedelta(chance.randint(-60, 7))), "occurred_on": "2026-01-01"}
        fields = {f.name: None for f in shape(Action.Assigned)} | ACTION | due
        stream, jti = stream_id("bench", "action", f"D-{n}"), str(position + n)
        topic = Action.Assigned.TOPIC
        yield Decoded(position + n, stream, 1, topic, when, "service-attested", "bench", "key", bytes(32), jti, fields)
