"""The command line: `muniment`. It brings the floors together, and speaks of every act in the words of the pages and the API.

Exit codes: 0 done · 1 refused, or not verified · 2 could not (wrong usage, a setting, a file, the database) · 3 verified, but the
policy's quorum is unmet.
"""

from __future__ import annotations

import sys
from typing import Any

import click
import psycopg

from aggregates.errors import Refused
from service.cli import bringing_in, demonstration, proving, reading, running, setting_up
from service.config import BadSetting
from service.embedded_postgres import PostgresRefused

ORDER = (
    setting_up.init,
    setting_up.migrate,
    running.serve,
    running.work,
    running.status,
    demonstration.demo,
    bringing_in.import_,
    reading.register,
    reading.history,
    proving.checkpoint,
    proving.pack,
    proving.verify,
    setting_up.rebuild,
    setting_up.db,
)  # fmt: skip - the order in which people need them


class InOrder(click.Group):
    """Commands in the order in which people do them, not in the alphabet's; and refusals as one clear line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands as they were declared."""
        del ctx
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. What goes wrong is said in a sentence: what, where and what to do."""
        try:
            return super().invoke(ctx)
        except Refused as refused:
            click.echo(f"Refused: {refused}", err=True)
            sys.exit(1)
        except (BadSetting, PostgresRefused) as error:
            click.echo(str(error), err=True)
            sys.exit(2)
        except psycopg.OperationalError as error:
            click.echo(f"The database cannot be reached: {str(error).strip().splitlines()[-1]}", err=True)
            click.echo("Start it, or look at MUNIMENT_DATABASE_URL. Nothing was recorded.", err=True)
            sys.exit(2)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="muniment")
def main() -> None:
    """Keep the signed evidence trail of a safeguarding children board.

    Try `muniment demo` first. A board of your own begins with `muniment init`. Settings come from the environment: MUNIMENT_DATA
    names the data directory, MUNIMENT_DATABASE_URL a PostgreSQL of yours, MUNIMENT_KEY the API key with which you act.
    """


for command in ORDER:
    main.add_command(command)
