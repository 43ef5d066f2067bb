"""The command line: `muniment`. It brings the floors together, and speaks of every act in the words of the pages and the API.

Exit codes: 0 done · 1 refused, or not verified · 2 could not (wrong usage, a setting, a file, the database) · 3 verified, but the
policy's quorum is unmet.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, NoReturn

import click
import psycopg
from eventsourcing import persistence

from aggregates.errors import Refused
from projections.two_clocks.decoded_log import GapError
from projections.two_clocks.halting import Halted
from service.config import BadSetting
from service.database.connection import disk_full
from service.desk.refusals import NoRoom
from service.embedded_postgres import PostgresRefused
from service.ledger.errors import LedgerDamaged, Refusal
from service.ledger.keys import CannotUseKeys

ORDER = {
    "init": ("beginning:init", "Begin a board: its log and its first administrator."),
    "migrate": ("setting_up:migrate", "Bring the database to this version's schema."),
    "serve": ("running:serve", "Serve the pages and the API."),
    "work": ("running.working:work", "Keep the views in step with the log, and send what is due."),
    "account": ("people:account", "Let the person who holds an office sign in."),
    "key": ("people:key", "Make an API key for a program that acts for an account."),
    "signing-key": ("people.signing:signing_key", "Make a signing key of your own."),
    "sign": ("people.signing:sign", "Record an act under your own signature."),
    "status": ("running.status:status", "Say whether everything runs."),
    "demo": ("demonstration:demo", "Show Muniment with the records of a fictional board."),
    "submit": ("bringing_in.submitting:submit", "Give the acts in a file over the API."),
    "import": ("bringing_in:import_", "Record the commands in a file, one in each line."),
    "register": ("reading:register", "Print the register of actions, at two dates."),
    "history": ("reading:history", "Print what was recorded about an action, a review, anything."),
    "obligations": ("reading.obligations:obligations", "Print what is owed, in the order of due date."),
    "agency": ("reading.obligations:agency", "Print what an agency owes and did, clause by clause."),
    "report": ("reading.reporting:report", "Print the report of a year, with what is missing of it."),
    "due": ("falling_due:due", "List what is due today and not done."),
    "sample": ("reading.sampling:sample", "Draw a telephone sample again."),
    "checkpoint": ("proving:checkpoint", "Print the newest checkpoint."),
    "pack": ("reading.packing:pack", "Write the whole trail, sealed."),
    "absence": ("falling_due.silence:certify", "Certify that somebody was asked, and has not answered."),
    "verify": ("proving:verify", "Verify a pack offline."),
    "audit": ("proving:audit", "Verify a pack, and re-run the rules over it."),
    "witness": ("running.witnessing:witness", "Witness the log of another organisation."),
    "rebuild": ("setting_up:rebuild", "Build the views anew from the log."),
    "db": ("setting_up.backups:db", "Dump and restore the database, and change the key that wraps what is personal."),
    "recover": ("running.recovering:recover", "Admit that something was lost, and go on."),
}  # in the order in which people need them: where each is, and what it is for


class InOrder(click.Group):
    """Commands in the order in which people do them, each loaded when it is asked for; and refusals as one clear line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands as they are declared."""
        del ctx
        return list(ORDER)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command, and nothing that only others need: `register` is not kept waiting for what `migrate` imports."""
        del ctx
        module, _, attribute = ORDER.get(cmd_name, ("", ""))[0].partition(":")
        command: click.Command | None = getattr(import_module(f"{__name__}.{module}"), attribute) if module else None
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say what each is for, and load none."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, purpose) for name, (_, purpose) in ORDER.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. What goes wrong is said in a sentence: what, where and what to do."""
        try:
            return super().invoke(ctx)
        except (Refused, Refusal) as refused:
            _stop(1, f"Refused: {refused}")
        except (LedgerDamaged, GapError) as damaged:
            _stop(1, *_of_the_ledger(damaged))
        except Halted as halted:
            _stop(1, f"The views have stopped: {halted}", "What came before is still answered for. See ops/runbooks/views-stopped.md.")
        except (BadSetting, PostgresRefused, CannotUseKeys) as error:
            _stop(2, str(error))
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidSchemaName):
            made = "run `muniment migrate`, and then `muniment rebuild` or `muniment work`"
            _stop(2, f"The views are not made yet, or by an older version: {made}.")
        except (psycopg.OperationalError, persistence.OperationalError, persistence.InterfaceError) as error:
            _stop(2, *_of_the_database(error))
        except BrokenPipeError:
            raise  # whoever reads our output has had enough
        except OSError as error:
            _stop(2, f"{error.filename or 'A file'}: {error.strerror or error}")


def _of_the_ledger(damaged: LedgerDamaged | GapError) -> tuple[str, ...]:
    """Say what is not as it was recorded, and which runbook settles it."""
    kind = damaged if isinstance(damaged, LedgerDamaged) else LedgerDamaged
    return f"{kind.said}: {damaged}", f"Nothing was recorded. See {kind.runbook}."


def _of_the_database(error: Exception) -> tuple[str, ...]:
    """Say what is the matter with the database, and what to do."""
    if disk_full(error):
        return (NoRoom().message,)
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    if 'role "muniment_' in said and "does not exist" in said:
        return ("The database is not set up yet: run `muniment init`, or name another in MUNIMENT_DATA or MUNIMENT_DATABASE_URL.",)
    return (f"The database cannot be reached: {said}", "Start it, or look at MUNIMENT_DATABASE_URL. Nothing was recorded.")


def _stop(code: int, *sentences: str) -> NoReturn:
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(code)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="muniment")
def main() -> None:
    """Keep the signed evidence trail of a safeguarding children board.

    Try `muniment demo` first. A board of your own begins with `muniment init`. Settings come from the environment: MUNIMENT_DATA
    names the data directory, MUNIMENT_DATABASE_URL a PostgreSQL of yours, MUNIMENT_KEY the API key with which you act.
    """
