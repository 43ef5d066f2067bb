"""recover: the way on from a restored backup that lacks what others hold, with the loss on record."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.opening import board, caller
from service.recording.outside.comparing import called
from service.recording.outside.recovering import NothingLost, admit, lost


@click.command()
@click.option("--reason", required=True, help="What happened, in words that stay on record for everybody.")
@click.option(
    "--known",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A checkpoint that somebody outside holds, as from a mail; any number of them.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def recover(*, reason: str, files: tuple[Path, ...], yes: bool) -> None:
    """Put on record that this log lost what others hold of it, and go on from what is left. For the board manager or a chair.

    Only after ops/runbooks/restore.md: whatever can still be got back is got back first. It cannot be undone: whoever holds what was lost
    can show for ever that it was.

    Example: muniment recover --reason "The disk failed on 3 March; the last dump is of 2 March"
    """
    known = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in files}
    with board() as opened:
        who = caller(opened.config)
        if not (found := lost(opened, known)):
            raise NothingLost
        for one in found:
            click.echo(f"{called(one.place)} holds {one.size} events; here are {opened.recorder.head().frontier.size}.")
        if not yes:
            click.confirm("Are they lost for good?", abort=True)
        done = admit(opened, who, reason, known)
        click.echo(f"On record as event {done.positions[-1]}: everybody who is shown this log is shown that. Recording goes on.")
