"""Proving: checkpoint, pack, certificate of absence and verify."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import psycopg

from aggregates.clocks.dates import london
from aggregates.errors import Refused
from projections.falling_due import silence
from projections.two_clocks.clocks import clocks
from service import verify as verifier
from service.cli.opening import board
from service.cli.output import Day, Known
from service.desk.refusals import NotEstablished
from service.ledger.pack import absence, write_pack

if TYPE_CHECKING:
    from datetime import date


@click.command()
def checkpoint() -> None:
    """Print the newest checkpoint. Keep it: with it you can tell whether anything before it was altered or removed.

    Example: muniment checkpoint > 2016-11-14.checkpoint
    """
    with board() as opened:
        note = opened.recorder.newest()
        if note is None:
            raise NotEstablished
        click.echo(note, nl=False)


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
def pack(out: Path) -> None:
    """Write the whole trail to OUT, sealed: a folder, or a zip where OUT ends in .zip. It needs no server to be checked.

    It holds what is restricted, and nothing personal: hand it to a named auditor or inspector.

    Example: muniment pack trail.zip
    """
    with board() as opened:
        summary = write_pack(opened.recorder, out, evidence=opened.evidence)
        click.echo(f"{out}: {summary.entries} events at checkpoint {summary.size}, {summary.files} evidence files.")
        checker = "verify.py (from the zip)" if out.suffix == ".zip" else out / "verify.py"
        click.echo(f"Check it anywhere: python -I {checker} {out} --key {opened.keys.log.vkey}")


@click.command("absence")
@click.argument("clause")
@click.argument("owner")
@click.argument("subject")
@click.option("--from", "start", type=Day(), help="The first day of the silence (the day on which it was due).")
@click.option("--to", "until", type=Day(), help="Its last day (today).")
@click.option("--known-at", type=Known(), help="As known at the end of this date, or at this event (now).")
@click.option("-o", "out", type=click.Path(path_type=Path), required=True, help="The file to write; nothing is written over.")
def certify(clause: str, owner: str, subject: str, *, start: date | None, until: date | None, known_at: Any, out: Path) -> None:
    """Certify that OWNER was asked for what CLAUSE says of SUBJECT, and that no event discharges it. Refused where one does.

    It is a signed document, and records nothing: `muniment verify PACK --absence FILE` holds it to a pack, anywhere.

    Example: muniment absence LIF-APPA-AG-05 FAR dissemination:D3 --from 2016-12-16 --to 2017-03-31 -o silence.jws
    """
    with board() as opened, psycopg.connect(opened.config.conninfo("reader")) as conn:
        at = clocks(conn, as_at=until, known_at=known_at, today=london(opened.clock()))
        said = silence(conn, opened.stream_of, clause, owner, subject, start=start, until=at.as_at, known_at=at.known_at)
        text = opened.certify_absence(said, known_at=at.known_at)
    if out.exists():
        raise FileThere(out=out)
    out.write_text(text, encoding="ascii")
    click.echo(f"{out}: up to event {at.known_at}, nothing discharges what {owner} was asked by event {said.asked_at}.")


class FileThere(Refused):
    """A certificate is written where nothing is yet."""

    text = "{out} is there already: nothing is written over"


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
