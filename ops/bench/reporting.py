"""How long the report of a year takes, of the whole demonstration: its page, built from the log and found again, and its PDF."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import psycopg
from bench import Row
from obligations import demonstration
from pages import signed_in

from api import access
from api.app import create_app
from api.pages.published import shown
from api.pages.published.pdf import pdf
from projections import returns
from projections.two_clocks import tracking
from service.demonstration import TODAY

if TYPE_CHECKING:
    from service.config import Config

ROUNDS = 7
YEAR, DAY, PUBLISHED = "2016-17", date(2021, 9, 30), "/public/reports/2019-20"


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Measure the page as the chair asks for it, and the PDF as anybody does, each time anew."""
    del config, big
    with demonstration() as made:
        return [*_pages(replace(made, demonstration_clock=TODAY)), _pdf(made)]


def _pages(made: Config) -> list[Row]:
    access.create_secret(made)
    app = create_app(made)
    with psycopg.connect(made.conninfo("owner"), autocommit=True) as conn:
        client, rows = signed_in(app, conn, "chair"), list[Row]()
    times_over = range(ROUNDS + 1)
    asked = {
        "the report of a year as a page, built from the log": [
            f"/reports/{YEAR}?as_at={DAY - timedelta(n)}" for n in times_over
        ],  # each anew
        "the same, with nothing new on record": [f"/reports/{YEAR}?as_at={DAY}" for _ in times_over],
        "an edition that was published, for everybody": [PUBLISHED for _ in times_over],
    }
    for what, paths in asked.items():
        times, used = list[float](), list[float]()
        for path in paths:
            start, begun = perf_counter(), process_time()
            answer = client.get(path)
            times.append(perf_counter() - start)
            used.append(process_time() - begun)
            assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
        note = f"({len(answer.data) // 1024} KB; {1000 * median(used[1:]):.0f} ms of CPU)"
        rows.append(Row(what, 1000 * median(times[1:]), 300, "ms", below=True, note=note))
    app.extensions["muniment"].close()
    return rows


def _pdf(made: Config) -> Row:
    with psycopg.connect(made.conninfo("reader"), autocommit=True) as conn:
        told = shown.shown(returns.report_of(conn, YEAR, as_at=DAY, known_at=tracking.head(conn)))
    times, size = [], 0
    for n in range(ROUNDS):
        start = perf_counter()
        made_anew = pdf(
            told, published_on=DAY, signed="", superseded=None, address=f"https://board.example/{n}", check=[]
        )  # each is another
        times.append(perf_counter() - start)
        size = len(made_anew) // 1024
    return Row("the same as PDF/UA-1", 1000 * median(times), 3_000, "ms", below=True, note=f"({size} KB)")
