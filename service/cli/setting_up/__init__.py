"""Setting up and keeping: migrate and rebuild; `backups` has the dumps of the database, and what becomes of them."""

from __future__ import annotations

import click
import psycopg

from projections.two_clocks import catch_up, tracking
from service.cli.opening import database
from service.cli.running.working import source
from service.database import migrations


@click.command()
def migrate() -> None:
    """Bring the database to this version's schema; nothing is lost, and running it again changes nothing.

    Example: muniment migrate
    """
    with database() as config:
        click.echo(f"The database is at schema {migrations.migrate(config)}.")


@click.command()
@click.argument("view", required=False)
def rebuild(view: str | None) -> None:
    """Build the views anew from the log (or one VIEW); they are swapped in when they are ready.

    Where `muniment work` does not run, they are brought up to the newest event besides: so a restored database gets its views.

    Example: muniment rebuild action_register
    """
    with database() as config, psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
        catch_up.create_all(conn)
        try:
            built = catch_up.rebuild_views(conn, source(config), [view] if view else [])
        except catch_up.UnknownView as unknown:
            raise click.UsageError(str(unknown)) from unknown
        if conn.execute("SELECT pg_try_advisory_lock(%s)", (catch_up.LEAD,)).fetchone() == (True,):
            catch_up.catch_up(conn, source(config))
        for name in built:
            click.echo(f"{name}: built, up to event {tracking.position_of(conn, name)}.")
