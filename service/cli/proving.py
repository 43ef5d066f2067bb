"""Proving: checkpoint, verify and audit; none of it waits for the views."""

from __future__ import annotations

import sys

import click

from service import verify as verifier
from service.cli.opening import board
from service.desk.refusals import NotEstablished
from service.ledger.pack import absence, auditing


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
