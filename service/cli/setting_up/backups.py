"""Dumps of the database and what becomes of them: dump, backups, destroyed, restore, erase-again; and another wrapping key."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from aggregates.registry.ledger import Why
from service.cli.beginning import log_name
from service.cli.opening import board, database
from service.database import backup
from service.desk import screening
from service.desk.coming_in import held
from service.ledger import keys
from service.ledger.sealed import custody, log_key, outside, record, rewrapping, statement_key

if TYPE_CHECKING:
    from datetime import datetime

    from service.config import Config

NEW_FILE = click.Path(path_type=Path, dir_okay=False)
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def db() -> None:
    """Dump and restore the database, and change the key that wraps what is personal."""


@db.command()
@click.argument("file", type=NEW_FILE)
@click.option("--keep-until", type=DAY, help=f"When it is to be destroyed; in {backup.KEPT.days} days by default, with --log-alone never.")
@click.option("--log-alone", is_flag=True, help="Without what is personal and without accounts: to be kept for years.")
def dump(file: Path, keep_until: datetime | None, *, log_alone: bool) -> None:
    """Dump the database to FILE. The keys are not in it: a stolen dump can forge nothing and reveal nobody.

    It is listed for destruction with its day, because it holds the wrapped keys of people who may be erased meanwhile. One of the log
    alone is listed too: it holds texts that may have to go with somebody later.

    Example: muniment db dump 2016-11-14.dump --keep-until 2016-12-14
    """
    with database() as config:
        until = backup.dump(config, file, kept_until=keep_until.date() if keep_until else None, log_alone=log_alone)
    click.echo(f"Dumped to {file}. The keys in {config.data / 'keys'} and the files in {config.data / 'evidence'} are not in it.")
    if log_alone:
        click.echo("Nothing that was sealed is in it. Its texts are those of today: where one goes with somebody later, destroy it.")
    click.echo(f"Destroy it by {until}, and say so: muniment db destroyed {file}" if until else "It may be kept, and is listed.")


@db.command()
def backups() -> None:
    """List the dumps, with the day by which each is to be destroyed; one of the log alone is called so.

    Example: muniment db backups
    """
    with database() as config:
        if not (made := backup.listed(config)):
            click.echo("No dump is listed: `muniment db dump` lists what it makes.")
        for one in made:
            became = f"to be destroyed by {one.kept_until}" if one.kept_until else "may be kept"
            became = f"destroyed {one.destroyed_on}" if one.destroyed_on else became
            what = ", the log alone" if one.log_alone else ""
            click.echo(f"{one.name}{what}: made {one.made_on} at {one.size} events, {became}")


@db.command()
@click.argument("name")
def destroyed(name: str) -> None:
    """Say that every copy of a dump was destroyed, by its NAME as `muniment db backups` has it.

    Example: muniment db destroyed 2016-11-14.dump
    """
    with database() as config:
        backup.destroyed(config, Path(name).name)
    click.echo(f"{Path(name).name} counts as destroyed.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Without asking, for programs.")
def restore(file: Path, *, yes: bool) -> None:
    """Restore FILE into an empty database, and erase again whoever was erased since it was made.

    Example: muniment db restore 2016-11-14.dump
    """
    with database(begins=True) as config:
        backup.restore(config, file)
        click.echo("Restored. Compare `muniment checkpoint` with the last checkpoint that was sent before anything is recorded.")
        if (config.data / "keys").is_dir():
            _erase_again(config, yes=yes)
            try:
                custody.check_opens(config)
            except custody.OpensNothing as refused:
                click.echo(f"WRONG  {refused}")
        else:
            click.echo(f"Put {config.data / 'keys'} back, with the newest {record.FILE}; then: muniment db erase-again")


@db.command("erase-again")
@click.option("--begin", is_flag=True, help="Begin the record where it is not: in a folder that is new, or where every copy of it is lost.")
@click.option("--yes", is_flag=True, help="Without asking, for programs.")
def erase_again(*, begin: bool, yes: bool) -> None:
    """Erase again whoever was erased since a restored backup was made, as `erasures.jsonl` knows; nothing is served before that.

    It says whom, by their references, and how many texts, and asks.

    Example: muniment db erase-again
    """
    with database() as config:
        if begin:
            outside.begin(config, keys.load_public(config).sealers)
        _erase_again(config, yes=yes)


def _erase_again(config: Config, *, yes: bool) -> None:
    people, texts = outside.to_erase_again(config)
    for one in people:
        click.echo(f"Stands here again, and was erased: {one}")
    if people and not yes:
        click.confirm(f"Destroy what is kept of {len(people)}, and {texts} texts that named them? Nothing brings it back", abort=True)
    number = outside.erase_again(config, held.erase)
    click.echo(f"{number} {'person was' if number == 1 else 'people were'} erased again, by {', '.join(map(str, outside.files(config)))}.")
    click.echo(f"Compare the record's head with that in the last mail: {outside.head(config)}")


@db.command("check-keys")
@click.argument("copy", type=click.Path(path_type=Path, exists=True, file_okay=False))
def check_keys(copy: Path) -> None:
    """Say whether a copy of the keys would serve; COPY is a folder in which it lies as `keys`. Exit code 1 where it would not.

    Example: muniment db check-keys /media/safe/2016-11
    """
    with database() as config:
        found = custody.check(config, copy)
    for name, in_use in found.items():
        click.echo(f"{name}: {'it opens, and is the one in use' if in_use else 'it opens, and is NOT the one in use: copy it anew'}")
    if not all(found.values()):
        raise SystemExit(1)


@db.command("rotate-statement-key")
def rotate_statement_key() -> None:
    """Put a new statement key in the place of the old one. `muniment serve` and `muniment work` must not run.

    Example: muniment db rotate-statement-key
    """
    with database() as config:
        named = statement_key.rotate(config, board)
    click.echo(f"The service signs with the key {named} from now on; what the old one signed stays valid.")
    click.echo(f"Copy {config.data / 'keys' / 'statement.key'} and public.json to where the copies of the keys are kept.")


@db.command("succeed-log-key")
@click.option(
    "--reason", type=click.Choice(get_args(Why)), required=True, help="Why: the old key vouches for the new one where it is planned."
)
@click.option("--origin", callback=log_name, help="The name under which the log goes on; the next number by default, /log2 after /log1.")
def succeed_log_key(*, reason: Why, origin: str | None) -> None:
    """Go on with the same log under a new log key and name. `muniment serve` and `muniment work` must not run.

    Where it breaks off, run it again. See ops/runbooks/key-lost.md.

    Example: muniment db succeed-log-key --reason planned
    """
    with database() as config:
        vkey = log_key.succeed(config, partial(board, accuses=reason == "compromised"), reason, origin)
    click.echo(f"This log goes on under another key: {vkey}")
    click.echo("Publish it beside the old one, which stays what it was for all that it sealed; give it to every witness and auditor.")
    click.echo(f"Copy {config.data / 'keys'} to where the copies are kept, and make a dump at once: no earlier one serves.")


@db.command("rotate-wrapping-key")
def rotate_wrapping_key() -> None:
    """Put a new wrapping key in the place of the old one. `muniment serve` and `muniment work` must not run.

    Example: muniment db rotate-wrapping-key
    """
    damaged: list[tuple[int, str | None]] = []
    with database() as config:
        number = rewrapping.rewrap(config, lambda *given: damaged.extend(screening.rewrap(*given)))
    for text, office in damaged:
        click.echo(
            f"WRONG  text {text} that waits for the data protection officer, of {office or 'no office'}, is damaged and stays as it is:"
            " say that it identifies somebody, and have it sent again"
        )
    click.echo(
        f"{number} keys of people are wrapped by a new key. Copy {config.data / 'keys' / 'wrapping.key'} to where its copies are kept,"
    )
    click.echo("and destroy every copy of the old one: then nobody opens what is personal in a dump that was made before.")
