"""How long it takes to say where a thousand reviews stand, on any day as known on any day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psycopg
from bench import Row

from aggregates.entry import stream_id
from aggregates.entry.fields import shape
from aggregates.review import Review
from projections import reviews
from projections.two_clocks import catch_up, decoded_log, rebuild, tracking
from projections.two_clocks.decoded_log import Decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.config import Config

REVIEWS, PAGE, ROUNDS = 1_000, 50, 9
FIRST = date(2015, 1, 5)


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Ask for all of them, half-way through both clocks and now; and for a page of them with every clock computed."""
    del big
    with psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
        catch_up.create_all(conn)
        head = tracking.position_of(conn, decoded_log.TABLE)
        log = list(lives(head))
        for first in range(0, len(log), 2_000):
            decoded_log.extend(conn, log[first : first + 2_000])
        rebuild.rebuild(conn, reviews.Reviews())
        conn.execute("VACUUM ANALYZE views.reviews")
        last = log[-1].position
    with psycopg.connect(config.conninfo("reader"), autocommit=True) as reader:
        pairs = ((date(2020, 1, 1), last), (date(2016, 6, 1), last), (date(2016, 6, 1), head + len(log) // 2))
        took = [_time(lambda at=at: reviews.tracker(reader, as_at=at[0], known_at=at[1])) for at in pairs]
        page = _time(lambda: [row.clocks for row in reviews.tracker(reader, as_at=date(2016, 6, 1), known_at=last)[:PAGE]])
        every = _time(lambda: [row.clocks for row in reviews.tracker(reader, as_at=date(2016, 6, 1), known_at=last)])
    note = f"({', '.join(f'{t:.0f}' for t in took)} ms; with clocks, a page of {PAGE}: {page:.0f}, all: {every:.0f})"
    return [Row(f"review tracker, {REVIEWS:,} reviews, at any two dates", max(took), 30, "ms", below=True, note=note)]


def lives(position: int) -> Iterator[Decoded]:
    """Interleave the lives of reviews, after a position: five acts each, a month apart, a pause among them."""
    when, n = datetime(2026, 1, 1, tzinfo=UTC), 0
    for step in range(5):
        for number in range(REVIEWS):
            n += 1
            day = FIRST + timedelta(number % 700 + 30 * step)
            event, said = _act(step, f"R-{number}", day)
            fields = {f.name: () if f.many else None for f in shape(event)} | {"occurred_on": str(day), "by_office": "chair"} | said
            stream, jti = stream_id("bench", "review", f"R-{number}"), str(position + n)
            yield Decoded(position + n, stream, step + 1, event.TOPIC, when, "service-attested", "bench", "key", bytes(32), jti, fields)


def _act(step: int, ref: str, day: date) -> tuple[Any, dict[str, Any]]:
    kind = "serious case review"
    referred = {"ref": ref, "title": f"Review {ref}", "kind": kind, "regime": "LSCB-WT2015", "notified_on": str(day)}
    finding = {"number": "F1", "statement": "Calls were not returned", "polarity": "concern", "scope": "single-agency"}
    return (
        (Review.Referred, referred),
        (Review.Decided, {"outcome": "conduct", "review_kind": kind, "rationale": "Both limbs are met"}),
        (Review.Commissioned, {"review_kind": kind, "methodology": "systems", "scope": "all", "proportionality": "small"}),
        (Review.Paused, {"process": "criminal", "review_by": str(day + timedelta(90)), "reason": "a trial"}),
        (Review.FindingRecorded, finding | {"system_factor": "supervision"}),
    )[step]


def _time(work: Callable[[], object]) -> float:
    """Return the median time of a piece of work, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        work()
        times.append(1000 * (perf_counter() - start))
    return median(times)
