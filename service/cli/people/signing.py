"""How people sign themselves, with a key that the service never sees: signing-key makes it, sign acts with it."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console
from rich.table import Table

from aggregates.entry.topics import event_type
from service.cli.people.client import Client
from service.commands import find
from service.config import Config
from service.desk.refusals import NoKeyGiven, UnknownCommand
from service.ledger import keys
from service.verify import b64url, open_disclosures, open_statement, thumbprint, unb64url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.commands import Command

A_FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)
NEW_FILE: Final = click.Path(path_type=Path, dir_okay=False)
WRITTEN: Final = frozenset({"str", "date", "UUID", "Sealed"})  # kinds that are given as they are written; others as JSON


class NotWhatIsShown(click.ClickException):
    """What was handed over to be signed is not a statement of what it shows."""

    exit_code = 1


@click.command()
@click.argument("act", required=False)
@click.argument("ref", required=False)
@click.option("-f", "--field", "given", multiple=True, metavar="NAME=VALUE", help="A field; again for each, and for each of many.")
@click.option("--evidence", "files", type=(A_FILE, str, str), multiple=True, metavar="FILE TITLE DATE", help="What it is, and its date.")
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
        held = json.loads(offline.read_text("utf-8"))
        offline.write_text(json.dumps(_signed(held, **_key(how), yes=how["yes"]), indent=1), "utf-8")
        click.echo(f"Signed, in {offline}. Send it with `muniment sign --commit {offline}`.")
    elif commit is not None:
        _tell(_sent(json.loads(commit.read_text("utf-8"))))
    elif act is None:
        raise click.UsageError("Name the act and what it is about, such as `accept_action A8`: ops/commands.md has them all")
    elif prepare is not None:
        prepare.write_text(json.dumps(_prepared(act, ref, server, how["thumbprint"] or _key(how)["named"], how), indent=1), "utf-8")
        click.echo(f"Prepared, in {prepare}; nothing is recorded. Sign it within the hour.")
    else:
        own = _key(how)
        held = _prepared(act, ref, server, own["named"], how)
        _tell(_sent(held if "receipt" in held["prepared"] else _signed(held, **own, yes=how["yes"])))


def _key(how: Mapping[str, Any]) -> dict[str, Any]:
    """Open somebody's own key."""
    if how["signing_key"] is None:
        raise click.UsageError("Name the file of your own key: --signing-key")
    passphrase = how["passphrase"] or click.prompt("Passphrase of your key", hide_input=True)
    own = keys.open_own(how["signing_key"], passphrase)
    return {"own": own, "named": thumbprint(own.public_key().public_bytes_raw())}


def _prepared(act: str, ref: str | None, server: str, named: str, how: Mapping[str, Any]) -> dict[str, Any]:
    """Have an act prepared; return what is to be signed, and where it is sent."""
    from api.fields import ONE_OF_ITS_KIND  # noqa: PLC0415 - a second of every command's start
    from api.resources.answering.commands import RESOURCES  # noqa: PLC0415 - as above

    command = find(act, how["kind"])
    if command is None:
        raise UnknownCommand(name=act, known=["those of ops/commands.md"])
    one = command.kind in ONE_OF_ITS_KIND
    body = _fields(command, how["given"]) | ({"ref": ref} if command.creates and not one and ref else {})
    asked = _client(server)
    if how["files"]:
        body["evidence"] = [
            {"sha256": asked.upload(file), "filename": file.name, "title": title, "evidence_date": dated}
            for file, title, dated in how["files"]
        ]
    about = "" if command.creates or one else f"/{ref}"
    path = f"/api/v1/{RESOURCES[command.kind]}{about}" + ("" if command.creates else f"/{command.name}")
    key = secrets.token_urlsafe(18)
    return {"server": server, "path": path, "key": key, "prepared": asked.post(f"{path}?prepare={named}", body, key=key)}


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


def _signed(held: dict[str, Any], *, own: Ed25519PrivateKey, named: str, yes: bool) -> dict[str, Any]:
    """Show what is to be signed, and sign it; nothing is signed that is not shown."""
    for one in held["prepared"]["statements"]:
        _show(one, own)
    if not yes and not click.confirm(f"Sign this with your key {named}?"):
        raise click.Abort
    statements = held["prepared"]["statements"]
    signed = ["~".join([f"{s['unsigned']}.{b64url(own.sign(s['unsigned'].encode()))}", *s["disclosures"], ""]) for s in statements]
    return held | {"signed": signed}


def _show(statement: Mapping[str, Any], own: Ed25519PrivateKey) -> None:
    """Print a statement in words, checked to be one for this key whose digests are those of what is printed."""
    unsigned, public = statement["unsigned"], own.public_key().public_bytes_raw()
    try:
        origin = json.loads(unb64url(unsigned.split(".")[1]))["aud"]
        claims = open_statement(f"{unsigned}.", public, origin, lambda *_: None)
        shown = open_disclosures(claims["_sd"], statement["disclosures"])
    except (ValueError, LookupError, TypeError) as error:
        raise NotWhatIsShown(
            f"Nothing was signed: what is to be signed is no statement for your key, or not of what it shows ({error})."
        ) from error
    if sorted(shown) != claims["_sd"] or claims["assurance"] != "actor-signed":
        raise NotWhatIsShown("Nothing was signed: the statement says more than is shown.")
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", event_type(claims["evt"]).__name__).capitalize()
    table = Table(title=f"{words}, as {claims['iss']}, in the log {origin}", title_justify="left", show_header=False)
    for name, value in shown.values():
        if value not in (None, []):
            table.add_row(name.replace("_", " ").capitalize(), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    empty = ", ".join(name.replace("_", " ") for name, value in shown.values() if value in (None, []))
    Console().print(table, *([f"Left empty: {empty}."] if empty else []))


def _sent(held: dict[str, Any]) -> dict[str, Any]:
    """Send what is signed; what was sent before is answered with what was recorded then."""
    if "receipt" in held["prepared"]:
        return dict(held["prepared"])
    if "signed" not in held:
        raise click.UsageError("It is not signed yet: `muniment sign --offline FILE --signing-key KEY`")
    return _client(held["server"]).post(held["path"], held["prepared"]["command"] | {"signed": held["signed"]}, key=held["key"])


def _client(server: str) -> Client:
    if (key := Config.from_environment().key) is None:
        raise NoKeyGiven
    return Client(server, key)


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
    keys.hand_over(file, made, passphrase)
    click.echo(json.dumps(keys.enrolment(made, origin, office, replaces=old), indent=1))
