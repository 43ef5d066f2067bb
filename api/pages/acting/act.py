"""The pages of commands: a form for each that is declared, made in one loop. What is refused leaves everything as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, request

from api.access import member
from api.errors import status_of
from api.pages.acting import REF, SAVE, forms, plain_name, sending, signing
from api.pages.acting.addresses import LISTS, address_of, beginnings
from api.pages.acting.possible import against
from api.pages.actions.shown import what_it_rests_on
from api.pages.board.people.erasing import BEFORE as BEFORE_ERASING
from api.pages.frame import Look, look, render
from api.pages.frame.entries import CALLED, named, page_of
from api.pages.frame.words import in_form, linked, sentence
from api.pages.published.publishing import beside, stated
from api.pages.returns import answering
from api.resources.answering.answers import version_of
from api.resources.answering.bodies import takes_files
from api.resources.answering.commands import acting_as, check_reach
from api.worker import worker
from service import commands
from service.commands import AMENDMENTS, COMMANDS, KINDS, Command
from service.commands.asking import ONE_OF_ITS_KIND, RESOURCES
from service.desk.refusals import NotFound, StaleVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from http import HTTPStatus

    from werkzeug.wrappers import Response as Redirect

    from aggregates.errors import Refused
    from api.pages.acting.forms import FormField
    from service.recording.writing import Unsigned

pages = Blueprint("act", __name__)

BEFORE = {**BEFORE_ERASING, "sign_off_action": what_it_rests_on}  # what stands above a form
UNSHOWN = frozenset({"hidden", "stated"})  # nothing can be mended in them
COMMUTING = frozenset({"submit_evidence", "report_progress"})  # two at once are both kept, in order


def mount(kind: str) -> None:
    """Give every command of a kind of thing its page: where it begins one, and where it is about one."""
    base, one = f"/{RESOURCES[kind]}", "" if kind in ONE_OF_ITS_KIND else "/<ref>"

    @member
    @takes_files
    def begin(name: str | None = None) -> Response | Redirect:
        return _answer(_beginning(kind, name), None)

    @member
    @takes_files
    def act(name: str, ref: str = kind) -> Response | Redirect:
        return _answer(_command(kind, name), ref)

    begin.__doc__, act.__doc__ = f"Begin one of the {RESOURCES[kind]}.", f"Give a command about one of the {RESOURCES[kind]}."
    for rule, view in ((f"{base}/new", begin), (f"{base}/new/<name>", begin), (f"{base}{one}/<name>", act)):
        pages.add_url_rule(rule, f"{view.__name__} {kind}", view, methods=["GET", "POST"])


def _answer(command: Command, about: str | None) -> Response | Redirect:
    """Show a command's form, or give the command."""
    check_reach(command, about)
    if request.method == "POST":
        return _act(command, about)
    with look() as seen:
        begun = answering.begun(seen.on, command.name, about) if about and command.name in answering.ANSWERING else {}
        typed = sending.Sent(typed=begun | request.args.to_dict())
        found = against(seen, command, about) if about is not None else None
        if about is None or found is None:
            return _page(seen, command, about, typed)
        if found.never:
            return closed(seen, forms.heading(command), _about(seen, command, about), found.refused)
        return _page(seen, command, about, typed, not_today=linked(found.refused, seen.words))


@dataclass(frozen=True)
class Form:
    """A form at an address of its own, for things of which one is chosen in it.

    `chosen` are the fields that stand first; what is `folded` opens where it is needed; `then` is where its receipt is shown.
    """

    href: str
    then: str
    chosen: Callable[[Look], list[FormField]]
    folded: frozenset[str]


def _act(command: Command, about: str | None, form: Form | None = None) -> Response | Redirect:
    sent = sending.read(command, about)
    drafted = about if command.name in answering.ANSWERING else None
    if drafted:
        answering.keep(drafted, sent.typed)
    if drafted and SAVE in request.form:
        return redirect(f"{address_of(command, about)}?kept=yes", code=303)
    if sending.asks_for_rows() or signing.changes():
        sent.errors.clear()
        with look() as seen:
            return _page(seen, command, about, sent, form=form)
    refused = sent.refused
    if not sent.errors and refused is None:
        outcome = sending.send(command, about or sent.typed.get(REF) or command.kind, sent)
        if outcome.unsigned is not None:
            return _to_sign(command, about, sent, outcome.unsigned, form)
        if outcome.done is not None:
            if drafted:
                answering.forget(drafted)
            position = outcome.done.positions[0]
            shown = f"{page_of(command.kind, outcome.done.ref) or f'/events/{position}'}?"
            return redirect(f"{f'{form.then}?of={about}&' if form else shown}receipt={position}", code=303)
        refused = outcome.refused
    with look() as seen:
        return _page(seen, command, about, sent, refused, form=form)


def choose(command: Command, form: Form) -> Response | Redirect:
    """Show the form of a command about something that is chosen in it, or give the command."""
    about = request.form.get(REF) or None
    if request.method == "GET" or about is None:
        check_reach(command, None)
        sent = sending.Sent(typed=request.args.to_dict()) if request.method == "GET" else sending.read(command)
        if request.method == "POST":
            sent.errors[REF] = "Choose what it is for"
        with look() as seen:
            return _page(seen, command, None, sent, sent.refused, form=form)
    check_reach(command, about)
    return _act(command, about, form)


def _to_sign(command: Command, about: str | None, sent: sending.Sent, unsigned: Unsigned, form: Form | None) -> Response:
    """Show what is to be signed."""
    with look() as seen:
        return signing.confirm(
            seen,
            [unsigned],
            sent,
            command=forms.heading(command),
            about=None if about is None else _about(seen, command, about),
            acting=acting_words(seen),
            action_href=form.href if form else address_of(command, about),
        )


def _beginning(kind: str, name: str | None) -> Command:
    """Return the command that begins a thing of a kind: the usual one, or another by name."""
    found = beginnings(kind)
    command = next((command for command in found if command.name == name), None) if name else next(iter(found), None)
    if command is None:
        raise NotFound(kind="page", ref=name or "new")
    return command


def _command(kind: str, name: str) -> Command:
    """Return the declaration of a command about a thing that exists; refuse any other name."""
    command = COMMANDS.get(name)
    if command is None or command.kind != kind or command.creates or name in AMENDMENTS:
        raise NotFound(kind="page", ref=name)
    return command


def _about(seen: Look, command: Command, ref: str) -> dict[str, str]:
    """Return what a form says of the thing that it is about."""
    href = {"href": page_of(command.kind, ref) or "/"}
    if command.kind in ONE_OF_ITS_KIND:
        return {"ref": "", "title": CALLED[command.kind]} | href
    return named(seen, command.kind, ref) | href


def closed(seen: Look, heading: Mapping[str, Any], about: Mapping[str, str], refused: Refused) -> Response:
    """Return, in place of a form that this person could never send, the sentence that says whose it is."""
    return render(
        "acting/act.html",
        look=seen,
        status=403,
        command=heading,
        about=about,
        closed=sentence(refused, seen.words),
        fields=[],
        cancel_href=about["href"],
    )


def _page(
    seen: Look,
    command: Command,
    about: str | None,
    sent: sending.Sent,
    refused: Refused | None = None,
    *,
    not_today: str | None = None,
    form: Form | None = None,
) -> Response:
    """Return the form, with what was typed and what stands against it; where it cannot be done as things stand, folded under why."""
    status: HTTPStatus | int = status_of(type(refused)) if refused else 422 if sent.errors else 200
    moved = isinstance(refused, StaleVersion)
    shown = forms.fields_of(seen, command, sent, about=about, manager=acting_as().role == commands.MANAGER)
    heading = forms.heading(command) | {"before": BEFORE[command.name](seen, about) if about and command.name in BEFORE else None}
    if command.name == "publish_return" and about:
        shown = stated(shown, about, seen)
        heading |= {"beside": None if any(field["kind"] == "stated" for field in shown) else beside(about)}
    if form:
        first = forms.with_typed(form.chosen(seen), sent.typed | ({REF: about} if about else {}), sent.errors)
        shown = first + [field | {"folded": plain_name(field["name"]) in form.folded} for field in shown]
    shown, told = _told(refused, shown, seen) if refused else (shown, None)
    return render(
        "acting/act.html",
        look=seen,
        status=status,
        command=heading,
        about=None if about is None or form else _about(seen, command, about),
        acting=acting_words(seen),
        fields=shown,
        refusal=told,
        moved=moved,
        not_today=not_today,
        action_href=form.href if form else address_of(command, about),
        cancel_href=form.then if form else _back(command, about),
        hidden=sent.hidden,
        own=signing.own(),
        drafts=command.name in answering.ANSWERING,
        kept_at=answering.kept_at(about) if about and command.name in answering.ANSWERING else None,
        **_once(seen, command, about, moved=moved),
    )


def _back(command: Command, about: str | None) -> str | None:
    """Return where whoever records nothing goes: back to the thing, or to the list of those of its kind."""
    return page_of(command.kind, about) if about else LISTS.get(command.kind, f"/{RESOURCES[command.kind]}")


def _told(refused: Refused, shown: list[FormField], seen: Look) -> tuple[list[FormField], str | None]:
    """Return a form's fields with why it was refused beside the one that is to be mended; and where that is none of them, the sentence."""
    told = in_form(refused, {plain_name(field["name"]): field["label"] for field in shown}, seen.words)
    wrong = [plain_name(field["name"]) == refused.field and field["kind"] not in UNSHOWN for field in shown]
    beside_it = [field | {"error": told} if it else field for field, it in zip(shown, wrong, strict=True)]
    return beside_it, None if any(wrong) else told


def _once(seen: Look, command: Command, about: str | None, *, moved: bool) -> Mapping[str, Any]:
    """Return the form's idempotency key, and the version for which it is made: what the person has seen."""
    version = None
    if about is not None and command.name not in COMMUTING:
        sent = None if moved else sending.version()
        shown = worker().board.load(KINDS[command.kind], about).version if moved else version_of(seen.on, command.kind, about)
        version = sent if sent is not None else shown
    return {"key": sending.new_key(), "version": version}


def acting_words(seen: Look) -> str:
    """Return in whose name it will be recorded."""
    who, today = acting_as(), worker().today
    agency = seen.words.body(who.agency) if who.agency else None
    office = seen.words.office(who.office, today)
    name = seen.words.person(who.person) if who.person else None
    return ", ".join(part for part in (name, office, agency if agency and agency not in office else None) if part)


for _kind in RESOURCES:
    mount(_kind)
