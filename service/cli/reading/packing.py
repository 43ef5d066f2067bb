"""Packing: the whole trail, which does not wait for the views; or a part of it, which they know."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import psycopg

from aggregates.clocks.dates import london
from api.resources.record.parts import Part, part_of, read_in
from projections.inspection import scopes
from projections.inspection.scopes import PackScope
from projections.two_clocks.clocks import clocks
from service.cli.opening import board, caller
from service.cli.output import Day, Known
from service.desk import authority
from service.ledger.pack import EVERYTHING, PUBLICLY, write_pack
from service.ledger.pack.files import taken_away

if TYPE_CHECKING:
    from datetime import date

    from aggregates.authority import Acting
    from service.application import Board


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--from", "first", type=Day(), help="The first day of those that it is of; with --to.")
@click.option("--to", "last", type=Day(), help="The last day of those that it is of; with --from.")
@click.option("--agency", help="What names this agency, by its code.")
@click.option("--review", help="This review, and what names it.")
@click.option("--event", type=int, help="This event, with its receipt.")
@click.option("--known-at", type=Known(), help="As known at the end of this date, or at this event (now).")
@click.option("--public", is_flag=True, help="Disclose public fields alone. How many were at a session can be counted all the same.")
@click.option("--for", "office", help="Hand it to whoever holds this office, by its code: recorded in the name of MUNIMENT_KEY.")
def pack(out: Path, *, known_at: Any, public: bool, office: str | None, **of: Any) -> None:
    """Write the trail to OUT, sealed: a folder, or a zip where OUT ends in .zip. It needs no server to be checked.

    Without options it is the whole record: all but what is personal. Restricted data are for a named auditor or inspector: --for says who,
    and puts on record that they were handed it; their inspection or audit is opened first. With other options it is of what these have in
    common.

    Example: muniment pack housing.zip --from 2015-07-01 --to 2017-01-30 --agency SBC-HOU --for inspector

    The same pack again, as known at the same event, is the same to the byte.
    """
    if office and public:
        raise click.UsageError("What is public is handed to nobody: it may be had by everybody")
    with board() as opened:
        today, scope = london(opened.clock()), PackScope(**of)
        acting = _hands_over(opened, today) if office else None
        part, size = _for(opened, office, scope, known_at, today) if office else _copy(opened, scope, known_at, today, public=public)
        receipts = [scope.event] if scope.event else []
        writes = partial(write_pack, disclosing=part.disclosing, positions=part.positions, receipts=receipts, size=size, about=part.about)
        summary = writes(opened.recorder, out, evidence=opened.evidence)
        if acting and office:
            with taken_away(out):
                handed = partial(opened.seal_pack, office=office, scope=str(part.scope), disclosed=part.disclosing.classes)
                handed(summary, acting=acting, occurred_on=today)
        click.echo(f"{out}: {summary.entries} events at checkpoint {summary.size}, {summary.files} evidence files.")
        checker = "verify.py (from the zip)" if out.suffix == ".zip" else out / "verify.py"
        click.echo(f"Check it anywhere: python -I {checker} {out} --key {opened.keys.log.vkey}")


def _hands_over(opened: Board, today: date) -> Acting:
    """Return as whom a pack is handed over; refuse who may not."""
    who = caller(opened.config)
    authority.check(opened, who, "handing over packs", today=today)
    return authority.acting(opened, who, who.office, None, occurred_on=today, today=today)


def _for(opened: Board, office: str, scope: PackScope, known_at: Any, today: date) -> tuple[Part, int]:
    """Return what of a scope is for whoever holds an office to read, and at which size of the log."""
    with psycopg.connect(opened.config.conninfo("reader")) as conn:
        on = read_in(opened, conn, office, known_at, today)
        return part_of(on, scope), on.clocks.known_at


def _copy(opened: Board, scope: PackScope, known_at: Any, today: date, *, public: bool) -> tuple[Part, int | None]:
    """Return what is in a scope, for whoever runs the service, and at which size of the log; of all of it the views are not asked."""
    of = partial(Part, scope, disclosing=PUBLICLY if public else EVERYTHING, about=f"{'the public fields of ' if public else ''}{scope}")
    if scope == PackScope() and known_at is None:
        return of(positions=None), None
    with psycopg.connect(opened.config.conninfo("reader")) as conn:
        at = clocks(conn, known_at=known_at, today=today)
        return of(positions=scopes.positions(conn, scope, known_at=at.known_at)), at.known_at
