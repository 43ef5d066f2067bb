"""Proving: checkpoint, pack and verify; none of it waits for the views to be loaded."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service import verify as verifier
from service.cli.opening import board
from service.desk.refusals import NotEstablished
from service.ledger.pack import absence, write_pack


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
