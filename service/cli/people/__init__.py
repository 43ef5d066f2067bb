"""People and programs that may come in: account and key. `signing` has how people sign themselves, `client` how programs ask."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click
import psycopg

from aggregates.clocks.dates import london
from service.cli.opening import board
from service.commands import COMMANDS
from service.desk import accounts, authority
from service.desk.coming_in import identities, programs
from service.desk.refusals import NotFound, UnknownCommand

if TYPE_CHECKING:
    from service.application import Board


@click.command()
@click.argument("email")
@click.option("--office", required=True, help="The office that the person holds, e.g. lead-RIV.")
@click.option("--again", is_flag=True, help="Give the account that there is another password; its sessions end.")
@click.option("--close", "closes", is_flag=True, help="Close the account that there is: its sessions and API keys end too.")
@click.option("--no-password", "provided", is_flag=True, help="They sign in at the OpenID provider, which has verified their address.")
@click.option("--unlink", is_flag=True, help="Undo the link to whoever has signed in at the OpenID provider.")
@click.option("--password", help="Their password; it is asked for where it is not given.")
def account(*, email: str, office: str, again: bool, closes: bool, provided: bool, unlink: bool, password: str | None) -> None:
    """Let the person who holds an office sign in, with an address and a password; or no more.

    Example: muniment account lead@riverside.example --office lead-RIV
    """
    accounts.check_address(email)
    with board() as opened, psycopg.connect(opened.config.conninfo("writer")) as conn:
        person = _holder(opened, office)
        if password is None and not (closes or provided or unlink):
            password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        if closes:
            accounts.close_account(conn, _account(conn, email, office, person))
            click.echo(f"{email} can sign in no more. What was recorded by it stays.")
            return
        if unlink:
            identities.unlink(conn, _account(conn, email, office, person))
            click.echo(f"{email} is linked to nobody at the OpenID provider any more.")
            return
        if again:
            accounts.set_password(conn, _account(conn, email, office, person), str(password))
        else:
            accounts.create_account(conn, email, password, person=person)
        name = _name(opened, person)
    click.echo(f"{name} can sign in as {email}, and acts in the office {office} for as long as they hold it.")


@click.command()
@click.argument("email")
@click.option("--office", required=True, help="The office in which the program acts.")
@click.option("--label", required=True, help="What the key is for.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, help="After how many days it expires (365).")
@click.option("--act", "acts", multiple=True, help="A command that it may give, and no other; again for each.")
@click.option("--reads", is_flag=True, help="It reads, and gives no command.")
@click.option("--signed-by", help="The public half of the program's own signing key: it then signs each request (RFC 9421).")
def key(*, email: str, office: str, label: str, days: int, acts: tuple[str, ...], reads: bool, signed_by: str | None) -> None:
    """Make an API key for a program that acts for an account, and print it this once.

    Example: muniment key lead@riverside.example --office lead-RIV --label "case system" --act report_progress --act submit_evidence
    """
    if unknown := [act for act in acts if act not in COMMANDS]:
        raise UnknownCommand(name=unknown[0], known=get_close_matches(unknown[0], COMMANDS) or ["those of ops/commands.md"])
    public_key = programs.read_public_key(signed_by) if signed_by else None
    with board() as opened, psycopg.connect(opened.config.conninfo("writer")) as conn:
        found = _account(conn, email, office, _holder(opened, office))
        scope = acts if acts or reads else None
        click.echo(accounts.create_api_key(conn, found, office, label, days=days, acts=scope, public_key=public_key))


def _account(conn: psycopg.Connection[Any], email: str, office: str, person: UUID) -> UUID:
    """Return the open account that a person has under an address; refuses where they have none."""
    query = "SELECT id, person FROM desk.account WHERE email = %s AND disabled_at IS NULL"
    found = conn.execute(query, (email.strip().lower(),)).fetchone()
    if found is None or found[1] != person:
        raise NotFound(kind=f"account of the holder of {office} with the address", ref=email)
    return UUID(str(found[0]))


def _name(opened: Board, person: UUID) -> str:
    """Return what a person is called, as far as it is not erased."""
    with opened.datastore.get_connection() as conn:
        rows = conn.execute("SELECT position FROM ledger.sealed_field WHERE subject = %s AND field = 'name'", (person,)).fetchall()
    told = opened.subjects.reveal_all([row["position"] for row in rows])
    return next((name for (_, field), name in told.items() if field == "name" and name), "Whoever holds the office")


def _holder(opened: Board, office: str) -> UUID:
    """Return the person who holds an office today; refuses an office that nobody holds."""
    return authority.holder(opened, office, london(opened.clock()))
