"""How people sign themselves, with a key that the service never sees: signing-key makes it, sign acts with it."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.cli.output import Day
from service.cli.people.client import of_environment
from service.cli.people.own_key import open_key, prepared, sent
from service.commands.asking import ONE_OF_ITS_KIND
from service.desk.submission import Submission, command_of
from service.ledger import keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.cli.people.client import Client
    from service.cli.people.own_key import Held, OwnKey
    from service.commands import Command

A_FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)
NEW_FILE: Final = click.Path(path_type=Path, dir_okay=False)
WRITTEN: Final = frozenset({"str", "date", "UUID", "Sealed"})  # kinds that are given as they are written; others as JSON


@click.command()
@click.argument("act", required=False)
@click.argument("ref", required=False)
@click.option("-f", "--field", "given", multiple=True, metavar="NAME=VALUE", help="A field; again for each, and for each of many.")
@click.option("--evidence", "files", type=(A_FILE, str, Day()), multiple=True, metavar="FILE TITLE DATE", help="What it is, and its date.")
@click.option("--kind", help="What an amendment is about, e.g. action.")
@click.option("--server", default="http://127.0.0.1:8765", show_default=True, help="The address of the service.")
@click.option("--signing-key", type=A_FILE, help="The file of your own key.")
@click.option("--passphrase", help="What opens it; it is asked for where it is not given.")
@click.option("--prepare", type=NEW_FILE, help="Only prepare it, and write to this file what is to be signed elsewhere.")
@click.option("--thumbprint", help="The key for which it is prepared, where its file is not here.")
@click.option("--offline", type=A_FILE, help="Only sign what is prepared in this file; no network is needed.")
@click.option("--commit", type=A_FILE, help="Only send what is signed in this file.")
@click.option("--yes", is_flag=True, help="Sign without asking once more.")
def sign(
    *, act: str | None, ref: str | None, server: str, prepare: Path | None, offline: Path | None, commit: Path | None, **how: Any
) -> None:
    """Record an act under your own signature: it is prepared by the service, shown, signed here, and recorded.

    MUNIMENT_KEY is your API key; your own key goes nowhere. Where that is kept on a machine without a network: `muniment sign ACT REF
    --prepare FILE --thumbprint KEY` where there is one, `muniment sign --offline FILE` where the key is, `muniment sign --commit FILE`.

    Example: muniment sign report_progress A8 -f rag=amber -f "narrative=Half is read" --signing-key riverside.key
    """
    if offline is not None:
        held = _read(offline)
        offline.write_text(json.dumps(_own(how).sign(held), indent=1), "utf-8")
        click.echo(f"Signed, in {offline}. Send it with `muniment sign --commit {offline}`.")
    elif commit is not None:
        held = _read(commit)
        _tell(sent(of_environment(held["server"]), held))
    elif act is None:
        raise click.UsageError("Name the act and what it is about, such as `accept_action A8`: ops/commands.md has them all")
    elif prepare is not None:
        held = _prepared(act, ref, of_environment(server), how["thumbprint"] or _own(how).named, how)
        prepare.write_text(json.dumps(held, indent=1), "utf-8")
        click.echo(f"Prepared, in {prepare}; nothing is recorded. Sign it within the hour.")
    else:
        own, client = _own(how), of_environment(server)
        _tell(sent(client, own.sign(_prepared(act, ref, client, own.named, how))))


def _read(file: Path) -> Held:
    """Read what was prepared; whatever else is in the file is refused."""
    try:
        held = json.loads(file.read_text("utf-8"))
    except ValueError:
        held = None
    if not isinstance(held, dict) or not held.keys() >= {"server", "path", "key", "asked", "prepared"}:
        raise click.UsageError(f"{file} is not what `muniment sign --prepare` writes: prepare the act again")
    return held


def _own(how: Mapping[str, Any]) -> OwnKey:
    return open_key(how["signing_key"], how["passphrase"], yes=how["yes"])


def _prepared(act: str, ref: str | None, client: Client, named: str, how: Mapping[str, Any]) -> Held:
    """Have an act prepared as it was typed, its files brought."""
    it = Submission(name=act, ref=ref or "", kind=how["kind"], fields={}, key=secrets.token_urlsafe(18))
    command = command_of(it)
    if ref is None and command.kind not in ONE_OF_ITS_KIND:
        raise click.UsageError(f"Name what it is about, such as `{act} A8`")
    fields = _fields(command, how["given"])
    if how["files"]:
        fields["evidence"] = [
            {"sha256": client.upload(file), "filename": file.name, "title": title, "evidence_date": dated.isoformat()}
            for file, title, dated in how["files"]
        ]
    return prepared(client, replace(it, fields=fields), named)


def _fields(command: Command, given: Sequence[str]) -> dict[str, Any]:
    """Read fields as they are typed: what is many is given again and again."""
    kinds, said = {field.name: field for field in command.fields}, dict[str, Any]()
    for one in given:
        name, equals, text = one.partition("=")
        if not equals:
            raise click.UsageError(f"{one!r} is no field: write it as narrative=Half is read")
        field = kinds.get(name)
        try:
            value = text if field is None or field.kind.__name__ in WRITTEN else json.loads(text)
        except ValueError as error:
            raise click.UsageError(f"{name} is not written as JSON: {error}") from error
        if field is not None and field.many and not isinstance(value, list):
            said.setdefault(name, []).append(value)
        else:
            said[name] = value
    return said


def _tell(done: Mapping[str, Any]) -> None:
    positions = " and ".join(f"event {position:,}" for position in done["positions"])
    click.echo(f"Recorded under your own signature, as {positions}. Keep the receipt:\n")
    click.echo(done["receipt"])


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--origin", required=True, help="The log's name, as its integrity page has it.")
@click.option("--office", required=True, help="The office whose holder will sign with it.")
@click.option("--replaces", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The file of the key that it replaces.")
@click.password_option("--passphrase", help="What encrypts the file; the key that it replaces opens with the same.")
def signing_key(*, file: Path, origin: str, office: str, replaces: Path | None, passphrase: str) -> None:
    """Make a key of your own in FILE, and print what enrols it, with the proof that you have it. The service never sees the key.

    Needs no server and no database. Hand what it prints to the board manager: it goes into the form, or an import.

    Example: muniment signing-key riverside.key --origin log.severnbrook.example/1 --office lead-RIV
    """
    old = keys.open_own(replaces, passphrase) if replaces else None
    made = Ed25519PrivateKey.generate()
    keys.hand_over(file, made, passphrase, origin=origin, holder=office)
    click.echo(json.dumps(keys.enrolment(made, origin, office, replaces=old), indent=1))
