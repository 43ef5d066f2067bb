"""Proving: checkpoint, pack, verify and audit; none of it waits for the views, but a pack of a scope, which they know."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import psycopg

from aggregates.clocks.dates import london
from projections.inspection import scopes
from projections.inspection.scopes import PackScope
from projections.two_clocks.clocks import clocks
from service import verify as verifier
from service.cli.opening import board, caller
from service.cli.output import Day, Known
from service.desk import authority
from service.desk.refusals import NotEstablished
from service.ledger.pack import EVERYTHING, PUBLICLY, Disclosing, absence, auditing, write_pack
from service.ledger.pack.disclosing import ALL_BUT_PERSONAL, PARTNERS
from service.ledger.pack.files import taken_away

if TYPE_CHECKING:
    from datetime import date

    from aggregates.authority import Acting
    from service.application import Board


@click.command()
def checkpoint() -> None:
    """Print the newest checkpoint. Keep it: with it you can tell whether anything before it was altered or removed.

    Example: muniment checkpoint > 2016-11-14.checkpoint
    """
    with board() as opened:
        note = opened.recorder.published()
        if note is None:
            raise NotEstablished
        click.echo(note, nl=False)


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--from", "first", type=Day(), help="The first day of those that it is of; with --to.")
@click.option("--to", "last", type=Day(), help="The last day of those that it is of; with --from.")
@click.option("--agency", help="What names this agency, by its code.")
@click.option("--review", help="This review, and what names it.")
@click.option("--event", type=int, help="This event, with its receipt.")
@click.option("--known-at", type=Known(), help="As known at the end of this date, or at this event (now).")
@click.option("--public", is_flag=True, help="Disclose public fields alone.")
@click.option("--for", "office", help="Hand it to whoever holds this office, by its code: recorded in the name of MUNIMENT_KEY.")
def pack(out: Path, *, known_at: Any, public: bool, office: str | None, **of: Any) -> None:
    """Write the trail to OUT, sealed: a folder, or a zip where OUT ends in .zip. It needs no server to be checked.

    Without options it is the whole record: all but what is personal. Restricted data are for a named auditor or inspector: --for says who,
    and puts on record that they were handed it; their inspection or audit is opened first. With other options it is of what these have in
    common.

    Example: muniment pack housing.zip --from 2015-07-01 --to 2017-01-30 --agency SBC-HOU --for inspector

    The same pack again, as known at the same event, is the same to the byte.
    """
    if (of["first"] is None) != (of["last"] is None):
        raise click.UsageError("--from and --to go together")
    if office and public:
        raise click.UsageError("What is public is handed to nobody: it may be had by everybody")
    with board() as opened:
        today, scope, disclosing = london(opened.clock()), PackScope(**of), PUBLICLY if public else EVERYTHING
        acting = _hands_over(opened, today) if office else None
        if office:
            disclosing, scope = _for(opened, office, scope, today)
        positions, size = _positions(opened, scope, known_at, today)
        about = f"{'the public fields of ' if public else ''}{scope}" + (f", for whoever holds the office {office}" if office else "")
        receipts = [scope.event] if scope.event else []
        writes = partial(write_pack, disclosing=disclosing, positions=positions, receipts=receipts, size=size, about=about)
        summary = writes(opened.recorder, out, evidence=opened.evidence)
        if acting and office:
            with taken_away(out):
                handed = partial(opened.seal_pack, office=office, scope=str(scope), disclosed=disclosing.classes)
                handed(summary, acting=acting, occurred_on=today)
        click.echo(f"{out}: {summary.entries} events at checkpoint {summary.size}, {summary.files} evidence files.")
        checker = "verify.py (from the zip)" if out.suffix == ".zip" else out / "verify.py"
        click.echo(f"Check it anywhere: python -I {checker} {out} --key {opened.keys.log.vkey}")


def _hands_over(opened: Board, today: date) -> Acting:
    """Return as whom a pack is handed over; refuse who may not."""
    who = caller(opened.config)
    authority.check(opened, who, "handing over packs", today=today)
    return authority.acting(opened, who, who.office, None, occurred_on=today, today=today)


def _for(opened: Board, office: str, asked: PackScope, today: date) -> tuple[Disclosing, PackScope]:
    """Return what is disclosed to whoever holds an office, and what of what is asked for is theirs to read."""
    theirs = authority.receives(opened, office, today)
    disclosing = Disclosing(ALL_BUT_PERSONAL if theirs.restricted else PARTNERS, None if theirs.inspection else theirs.agency)
    return disclosing, asked.narrowed(theirs.agency, theirs.period)


def _positions(opened: Board, scope: PackScope, known_at: Any, today: date) -> tuple[frozenset[int] | None, int | None]:
    """Return where the entries of a scope are, and at which size of the log; of all of it the views are not asked."""
    if scope == PackScope() and known_at is None:
        return None, None
    with psycopg.connect(opened.config.conninfo("reader")) as conn:
        at = clocks(conn, known_at=known_at, today=today)
        return scopes.positions(conn, scope, known_at=at.known_at), at.known_at


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="PACK")
def verify(arguments: tuple[str, ...]) -> None:
    """Verify a pack offline: PACK [--key VKEY] [--policy FILE] [--known CHECKPOINT]; the same as python -I verify.py.

    With --absence FILE, hold a certificate of absence to it; the same as python -I absence.py.

    Example: muniment verify trail.zip --known 2016-11-14.checkpoint

    Exit codes: 0 verified, 1 NOT verified, 2 could not check, 3 verified but the policy's quorum is unmet.
    """
    of_absence = any(argument.partition("=")[0] == "--absence" for argument in arguments)
    sys.exit((absence if of_absence else verifier).main(list(arguments)))


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="PACK")
def audit(arguments: tuple[str, ...]) -> None:
    """Verify a pack and re-run the rules over it, offline: PACK [--key VKEY] [--policy FILE] [--known FILE] [--absence FILE] [--json].

    Who could sign when, no decision by whom it is about, what each rests on, every telephone sample, every published figure, every
    certificate of absence that you hold; what was corrected and erased; and what could not be checked, and why.

    Example: muniment audit trail.zip --known 2016-11-14.checkpoint

    Exit codes: 0 verified and no rule broken, 1 NOT verified or a rule broken, 2 could not check, 3 the policy's quorum is unmet.
    """
    sys.exit(auditing.main(list(arguments)))
