"""A certificate of absence: that nothing was done up to an event."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import psycopg

from aggregates.clocks.dates import london
from aggregates.errors import Refused
from projections.falling_due import silence
from projections.two_clocks.clocks import clocks
from service.cli.opening import board
from service.cli.output import Day, Known, show

if TYPE_CHECKING:
    from datetime import date


@click.command("absence")
@click.argument("clause")
@click.argument("owner")
@click.argument("subject")
@click.option("--from", "start", type=Day(), help="The first day of the silence (the day on which it was due).")
@click.option("--to", "--as-at", "until", type=Day(), help="Its last day: it is certified as at this day (today).")
@click.option("--known-at", type=Known(), help="As known at the end of this date, or at this event (now).")
@click.option("-o", "out", type=click.Path(path_type=Path), required=True, help="The file to write; nothing is written over.")
@click.option("--format", "form", type=click.Choice(["words", "json"]), default="words", help="How to print what was certified.")
def certify(clause: str, owner: str, subject: str, *, start: date | None, until: date | None, known_at: Any, out: Path, form: str) -> None:
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
    words = f"{out}: up to event {at.known_at}, nothing discharges what {owner} was asked by event {said.asked_at}."
    if form == "json":
        of = {"clause": said.clause, "owner": said.owner, "subject": said.subject, "from": said.start, "until": said.until}
        show([of | {"asked_at": said.asked_at, "known_at": at.known_at, "file": str(out)}], {}, form, title=words)
    else:
        click.echo(words)


class FileThere(Refused):
    """A certificate is written where nothing is yet."""

    text = "{out} is there already: nothing is written over"
