"""Reading the report of a year: its headline and what is missing, or all of it as the data that are signed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click
import psycopg

from aggregates.returns import report as reports
from projections import returns
from service.cli.opening import database
from service.cli.output import clocks, show
from service.cli.reading import fixed, titled

if TYPE_CHECKING:
    from datetime import date

COLUMNS: Final = {"section": "Section", "missing": "Missing", "told": "What the Board says"}


@click.command()
@click.argument("period")
@clocks
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to print it; json is what is signed.")
def report(period: str, as_at: date | None, known_at: Any, form: str) -> None:
    """Print the report of a year: its headline, and what is missing of each section.

    Example: muniment report 2016-17 --as-at 2017-06-30
    """
    with database() as config, psycopg.connect(config.conninfo("reader")) as conn:
        at = fixed(conn, config, as_at, known_at)
        found = returns.report_of(conn, period, as_at=at.as_at, known_at=at.known_at)
        if form == "json":
            sys.stdout.buffer.write(reports.canonical(found))
            return
        items = [_words(section) for section in found["sections"]]
        show(items, COLUMNS, form, title=titled(conn, f"{found['title']} {period}", at))
        click.echo(found["headline"]["says"])


def _words(section: dict[str, Any]) -> dict[str, Any]:
    gaps = [f"{gap['says']} ({gap['clause']})" if gap["clause"] else gap["says"] for gap in section["gaps"]]
    return {"section": section["label"], "missing": "; ".join(gaps), "told": section["told"]["says"] if section["told"] else ""}
