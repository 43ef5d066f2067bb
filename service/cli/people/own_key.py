"""One act under one's own signature: prepared by the service, shown, signed here with a key that goes nowhere, and sent (ADR 0013)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from aggregates.entry.topics import event_type
from service.cli.output import table
from service.cli.people.asked import NotWhatIsShown, Opened, Whose, check
from service.commands.asking import body_of
from service.desk.bringing_in import lines
from service.desk.submission import command_of
from service.ledger import keys
from service.verify import b64url, open_disclosures, open_statement, thumbprint, unb64url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from service.cli.people.client import Client
    from service.desk.submission import Submission

    Held = dict[str, Any]  # what is prepared, or signed: where it goes, under which idempotency key, and what the service answered


@dataclass(frozen=True)
class OwnKey:
    """Somebody's own key, open. `yes` signs without asking once more."""

    private: Ed25519PrivateKey
    yes: bool
    whose: Whose

    @property
    def named(self) -> str:
        """Its thumbprint, by which the log knows it."""
        return thumbprint(self.private.public_key().public_bytes_raw())

    def sign(self, held: Held) -> Held:
        """Show what is to be signed, and sign it; nothing is signed that is not shown, or that is not what was asked for.

        What is on record already needs no signature.
        """
        if "receipt" in held["prepared"]:
            return held
        statements = held["prepared"]["statements"]
        check(lines.read(held["asked"]), [show(one, self.private) for one in statements], self.whose, yes=self.yes)
        if not self.yes and not click.confirm(f"Sign this with your key {self.named}?", err=True):
            raise click.Abort
        return held | {"signed": [self._signed(one) for one in statements]}

    def _signed(self, one: Mapping[str, Any]) -> str:
        signature = b64url(self.private.sign(one["unsigned"].encode()))
        return "~".join([f"{one['unsigned']}.{signature}", *one["disclosures"], ""])


def open_key(path: Path | None, passphrase: str | None, *, yes: bool) -> OwnKey:
    """Open somebody's own key, asking for its passphrase where it is not given."""
    if path is None:
        raise click.UsageError("Name the file of your own key: --signing-key")
    private = keys.open_own(path, passphrase or click.prompt("Passphrase of your key", hide_input=True))
    return OwnKey(private, yes, Whose(*keys.whose_own(path)))


def prepared(client: Client, it: Submission, named: str) -> Held:
    """Have an act prepared for a key of this thumbprint; return what is to be signed, and where it is sent."""
    path, answer = client.give(it, prepare=named)
    return {"server": client.server, "path": path, "key": it.key, "asked": lines.written(it), "prepared": answer}


def sent(client: Client, held: Held) -> dict[str, Any]:
    """Send what is signed; what was sent before is answered with what was recorded then."""
    if "receipt" in held["prepared"]:
        return dict(held["prepared"])
    if "signed" not in held:
        raise click.UsageError("It is not signed yet: `muniment sign --offline FILE --signing-key KEY`")
    it = lines.read(held["asked"])
    return client.post(held["path"], body_of(command_of(it), it) | {"signed": held["signed"]}, key=held["key"])


def show(statement: Mapping[str, Any], own: Ed25519PrivateKey) -> Opened:
    """Print a statement in words, checked to be one for this key whose digests are those of what is printed; return it taken apart."""
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
    said = [
        (name.replace("_", " ").capitalize(), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in shown.values()
        if value not in (None, [])
    ]
    table(said, ("Field", "What it says"), f"{words}, as {claims['iss']}, in the log {origin}", Console(stderr=True))
    empty = ", ".join(name.replace("_", " ") for name, value in shown.values() if value in (None, []))
    if empty:
        click.echo(f"Left empty: {empty}.", err=True)
    return Opened(claims, dict(shown.values()))
