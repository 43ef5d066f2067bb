"""The pages of commands: the form of each that an action takes, and its sending. What is refused leaves everything as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, request

from aggregates.action import Action
from api.access import member
from api.errors import status_of
from api.pages.acting import forms, sending
from api.pages.acting.possible import never_theirs
from api.pages.frame import Look, look, render
from api.resources.actions import one
from api.resources.answers import version_of
from api.resources.commands import acting_as, check_reach
from api.worker import worker
from service import commands
from service.commands import AMENDMENTS, COMMANDS, Command
from service.desk.refusals import NotFound, StaleVersion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http import HTTPStatus

    from werkzeug.wrappers import Response as Redirect

    from aggregates.errors import Refused

pages = Blueprint("act", __name__)

COMMUTING = frozenset({"submit_evidence", "report_progress"})  # two at once are both kept, in order


@pages.get("/actions/new")
@member
def form_of_new() -> Response:
    """Show the form that assigns an action."""
    command = COMMANDS["assign_action"]
    check_reach(command, None)
    with look() as seen:
        return _page(seen, command, None, sending.Sent())


@pages.post("/actions/new")
@member
def act_new() -> Response | Redirect:
    """Assign an action."""
    return _act(COMMANDS["assign_action"], None)


@pages.get("/actions/<ref>/<name>")
@member
def form(ref: str, name: str) -> Response:
    """Show the form of a command about an action."""
    command = _command(name)
    check_reach(command, None)
    with look() as seen:
        about = about_action(seen, ref)
        if refused := never_theirs(command, ref):
            return closed(seen, forms.heading(command), about, refused)
        chosen = {"on_behalf_of": request.args.get("on_behalf_of", "")}
        return _page(seen, command, ref, sending.Sent(typed=chosen))


@pages.post("/actions/<ref>/<name>")
@member
def act(ref: str, name: str) -> Response | Redirect:
    """Give a command about an action."""
    return _act(_command(name), ref)


def _act(command: Command, about: str | None) -> Response | Redirect:
    check_reach(command, about)
    sent = sending.read(command)
    refused = sent.refused
    if not sent.errors and refused is None:
        outcome = sending.send(command, about or sent.typed["ref"], sent)
        if outcome.done is not None:
            return redirect(f"/actions/{outcome.done.ref}?receipt={outcome.done.positions[0]}", code=303)
        refused = outcome.refused
    with look() as seen:
        return _page(seen, command, about, sent, refused)


def _command(name: str) -> Command:
    """Return the declaration of a command about an action that exists; refuse any other name."""
    command = COMMANDS.get(name)
    if command is None or command.kind != "action" or command.creates or name in AMENDMENTS:
        raise NotFound(kind="page", ref=name)
    return command


def about_action(seen: Look, ref: str) -> dict[str, str]:
    """Return what a form says of its action; refuse one that is not there for the reader."""
    return {"ref": ref, "title": one(seen.on, ref).title, "href": f"/actions/{ref}"}


def closed(seen: Look, heading: Mapping[str, Any], about: Mapping[str, str], refused: Refused) -> Response:
    """Return, in place of a form that this person could never send, the sentence that says whose it is."""
    return render(
        "act.html", look=seen, status=403, command=heading, about=about, closed=refused.message, fields=[], cancel_href=about["href"]
    )


def _page(seen: Look, command: Command, about: str | None, sent: sending.Sent, refused: Refused | None = None) -> Response:
    """Return the form, with what was typed and what stands against it."""
    status: HTTPStatus | int = status_of(type(refused)) if refused else 422 if sent.errors else 200
    manager = acting_as().role == commands.MANAGER
    return render(
        "act.html",
        look=seen,
        status=status,
        command=forms.heading(command),
        about=None if about is None else about_action(seen, about),
        acting=acting_words(seen),
        fields=forms.fields_of(seen, command, sent.typed, sent.errors, manager=manager),
        refusal=refused.message if refused else None,
        moved=isinstance(refused, StaleVersion),
        action_href=f"/actions/{about}/{command.name}" if about else "/actions/new",
        cancel_href=f"/actions/{about}" if about else "/actions",
        hidden=sent.hidden,
        **_once(seen, command, about, moved=isinstance(refused, StaleVersion)),
    )


def _once(seen: Look, command: Command, about: str | None, *, moved: bool) -> Mapping[str, Any]:
    """Return the form's idempotency key, and the version for which it is made: what the person has seen."""
    version = None
    if about is not None and command.name not in COMMUTING:
        sent = None if moved else sending.expected()
        shown = worker().board.load(Action, about).version if moved else version_of(seen.on, "action", about)
        version = sent if sent is not None else shown
    return {"key": sending.new_key(), "expected": version}


def acting_words(seen: Look) -> str:
    """Return in whose name it will be recorded."""
    who, today = acting_as(), worker().today
    agency = seen.words.body(who.agency) if who.agency else None
    office = seen.words.office(who.office, today)
    name = seen.words.person(who.person) if who.person else None
    return ", ".join(part for part in (name, office, agency if agency and agency not in office else None) if part)
