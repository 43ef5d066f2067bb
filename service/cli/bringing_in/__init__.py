"""Bringing in: import."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service.cli.opening import board, caller
from service.cli.output import followed
from service.desk.bringing_in.importer import import_lines


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_(file: Path) -> None:
    """Record the commands in FILE, one JSON object a line, with the authority of MUNIMENT_KEY.

    {"do": "assign_action", "ref": "A1", "by": "board-manager", "on_behalf_of": null, "occurred_on": "2016-09-12", "fields": {…},
    "key": "…"}: each line is its own command. A refused line is reported by its number and the others go on; running the
    file again skips what is recorded already.

    Example: muniment import history.jsonl
    """
    with board() as opened, file.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
        who = caller(opened.config)
        report = import_lines(opened, who, followed(list(lines), f"Recording {file.name}"), file.parent)
    click.echo(f"{report.recorded} recorded, {report.skipped} were on record already, {len(report.refused)} refused.")
    for number, why in report.refused:
        click.echo(f"line {number}: {why}", err=True)
    sys.exit(1 if report.refused else 0)
