"""Reading what is owed: by everybody or by one agency, at two clocks, as a table, JSON or CSV."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
import psycopg

from projections import obligations as views
from projections import partnership
from projections.obligations import INDEX, Instance, Wanted
from service.cli.opening import database
from service.cli.output import clocks, counted, show
from service.cli.reading import fixed, refuse_nobody, titled
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from datetime import date

COLUMNS = {
    "clause": "Clause",
    "duty": "What is owed",
    "owner": "By",
    "subject": "About",
    "due": "Due",
    "standing": "How it stands",
    "shown_by": "Event",
}
EXPORTED = {
    "rule": "rule",
    "owner": "owner",
    "subject": "subject",
    "arose_on": "asked for",
    "asked_at": "asked for by event",
    "due_on": "due",
}
EXPORTED |= {"basis": "basis", "set_on": "set on", "state": "state", "days_late": "days late", "discharged_on": "discharged"}
EXPORTED |= {"discharged_at": "discharged by event", "was_discharged_on": "was discharged", "was_discharged_at": "was discharged by event"}
EXPORTED |= {"undone_on": "undone", "undone_at": "undone by event", "grade": "grade"}
FORMAT = click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", help="How to print it.")
NOT_HELD = (
    "The framework in force ({version}) has a set of clauses that this Muniment does not have (SHA-256 {sha256}): what it asks "
    "is not computed, and not in what follows."
)
BASES = {"framework": "framework", "statutory": "law", "local_setting": "set locally"}


@click.command()
@clocks
@FORMAT
@click.option("--agency", help="Only what this agency or sub-group owes (its code; BOARD for the Board).")
@click.option("--clause", help="Only what is owed by this clause, such as LIF-RBM-03.")
@click.option("--all", "everything", is_flag=True, help="Also what is done, or has ended.")
def obligations(as_at: date | None, known_at: Any, form: str, agency: str | None, clause: str | None, *, everything: bool) -> None:
    """Print what is owed, in the order of due date, with the event that shows that it was done, if any does.

    Example: muniment obligations --agency CRC-N --as-at 2019-06-30
    """
    if clause is not None and clause not in INDEX.clauses:
        raise NotFound(kind="clause", ref=clause)
    with database() as config, psycopg.connect(config.conninfo("reader")) as conn:
        at = fixed(conn, config, as_at, known_at)
        refuse_nobody(conn, at, agency)
        wanted = Wanted(owners=frozenset({agency}) if agency else None, clause=clause, open_only=not everything)
        rows = views.owed(conn, as_at=at.as_at, known_at=at.known_at, wanted=wanted)
        if framework := views.not_held(conn, INDEX, as_at=at.as_at, known_at=at.known_at):
            click.echo(NOT_HELD.format(version=framework.version, sha256=framework.sha256), err=True)
        show(
            [_row(one) for one in rows],
            EXPORTED if form == "csv" else COLUMNS,
            form,
            title=titled(conn, counted(len(rows), "obligation"), at),
        )


@click.command()
@click.argument("code")
@clocks
@FORMAT
def agency(code: str, as_at: date | None, known_at: Any, form: str) -> None:
    """Print what an agency owes and did, clause by clause: how many obligations stand how.

    Example: muniment agency CRC-N --as-at 2019-06-30
    """
    with database() as config, psycopg.connect(config.conninfo("reader")) as conn:
        at = fixed(conn, config, as_at, known_at)
        clocks_at: dict[str, Any] = {"as_at": at.as_at, "known_at": at.known_at}
        found = next((row for row in partnership.agencies(conn, **clocks_at) if row.ref == code), None)
        if found is None:
            raise NotFound(kind="agency", ref=code)
        cells = views.grid(conn, **clocks_at, owners=frozenset({code}))
        items = [
            {"clause": clause, "says": cell.says, "counts": cell.counts, "undone": cell.undone, "text": INDEX.clauses[clause].text}
            | {"of": cell.words}
            for (clause, _), cell in sorted(cells.items())
        ]
        columns = {"clause": "Clause", "text": "What the framework says", "says": "How it stands", "of": "Obligations"}
        show(items, columns, form, title=titled(conn, found.name, at))


def _row(one: Instance) -> dict[str, Any]:
    due = f"{one.due_on} ({BASES[one.basis]})" if one.due_on else "no day is stated"
    late = f", {one.days_late} days late" if one.days_late else ""
    shown_by = f"discharged by event {one.discharged_at}" if one.discharged_at else f"asked for by event {one.asked_at}"
    if one.undone_at:
        shown_by += f" (was met by event {one.was_discharged_at}, undone by event {one.undone_at})"
    words = {"due": due, "shown_by": shown_by, "duty": one.duty or INDEX.clauses[one.clause].text}
    return asdict(one) | words | {"standing": f"{one.state}{late}"}
