"""Asking several at once: one form for what is asked and of whom, and what became of each, with its receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from api.access import member, signed_in
from api.errors import status_of
from api.pages.acting import REF, forms, sending, signing
from api.pages.acting.act import acting_words
from api.pages.acting.choices import options
from api.pages.frame import look, render
from api.pages.frame.thing import Said, link, quiet, section, strong
from api.pages.frame.words import linked
from api.pages.returns.listing import whom
from api.pages.returns.words import kind_of
from api.resources.answering.commands import acting_as, check_open
from api.worker import worker
from projections import partnership
from service.commands import COMMANDS, MANAGER
from service.verbs.returns.rounds import ask_round

if TYPE_CHECKING:
    from api.pages.frame import Look
    from service.verbs.returns.rounds import Outcome

pages = Blueprint("rounds", __name__)
REQUEST: Final = COMMANDS["request_return"]
PATH: Final = "/returns/ask"
HEADING: Final = forms.heading(REQUEST) | {"title": "Ask several for a return", "button": "Ask all of them", "beside": None}


@pages.route(PATH, methods=["GET", "POST"])
@member
def ask() -> Response:
    """Ask several respondents for the same return, or show the form."""
    check_open(REQUEST, acting_as())
    if request.method == "GET":
        with look() as seen:
            typed: dict[str, Any] = request.args.to_dict()
            if typed.get("kind") == "s11":
                every = partnership.agencies(seen.on.conn, **seen.on.at)
                typed["respondents"] = [row.ref for row in every if row.status == "member" and row.section_11 != "no"]
            return _form(seen, sending.Sent(typed=typed))
    sent = sending.read(REQUEST)
    chosen = request.form.getlist("respondents")
    sent.typed["respondents"] = chosen
    sent.errors.pop("respondent", None)
    if not chosen:
        sent.errors["respondents"] = "Choose at least one of whom it is asked"
    if sent.errors or signing.changes():
        with look() as seen:
            return _form(seen, sent)
    outcomes = ask_round(worker().board, signed_in(), sending.submission(REQUEST, "", sent), chosen)
    with look() as seen:
        unsigned = {one.respondent: one.done.unsigned for one in outcomes if one.done and one.done.unsigned}
        if not unsigned:
            return _told(seen, outcomes)
        return signing.confirm(
            seen, unsigned.values(), sent, command=HEADING, about=None, acting=acting_words(seen), action_href=PATH,
            left_out=[(whom(seen, one.respondent), one.refused) for one in outcomes if one.refused], only={"respondents": [*unsigned]},
        )  # fmt: skip


def _form(seen: Look, sent: sending.Sent) -> Response:
    manager = acting_as().role == MANAGER
    shown = [field for field in forms.fields_of(seen, REQUEST, sent, about=None, manager=manager) if field["name"] != REF]
    named = [{"value": code, "text": text} for code, text in (options(seen, REQUEST, "respondent") or {}).items()]
    said = {"items": named, "value": sent.typed.get("respondents", []), "error": sent.errors.get("respondents")}
    several = forms.field_of("respondents", "choices", "public", label="Asked of", **said)
    fields = [several if field["name"] == "respondent" else field for field in shown]
    return render(
        "acting/act.html", look=seen, status=422 if sent.errors else 200, command=HEADING, about=None, acting=acting_words(seen),
        fields=fields, refusal=None, moved=False, not_today=None, action_href=PATH, cancel_href="/returns",
        hidden={}, own=signing.own(), key=sending.new_key(), version=None,
    )  # fmt: skip


def _told(seen: Look, outcomes: list[Outcome]) -> Response:
    """Say what became of each: asked, with the receipt, or why not."""
    refused = [outcome for outcome in outcomes if outcome.refused]
    asked = len(outcomes) - len(refused)
    rows = [(whom(seen, outcome.respondent), _outcome(seen, outcome)) for outcome in outcomes]
    part = section(f"{asked} asked, {len(refused)} not", ("Asked of", "What became of it"), rows, "Nobody was asked.")
    kind = kind_of(request.form.get("kind", ""))
    status = 200 if asked or not refused or refused[0].refused is None else status_of(type(refused[0].refused))
    return render(
        "returns/parts.html", look=seen, status=status, path="/returns", sections=[part], now_href="/returns",
        heading=f"{kind} {request.form.get('period', '')}".strip(), lead="What was asked just now, and of whom.",
    )  # fmt: skip


def _outcome(seen: Look, outcome: Outcome) -> list[Said]:
    if outcome.done is None:
        return [strong("Not asked"), quiet(linked(outcome.refused, seen.words)) if outcome.refused else ""]
    position = outcome.done.positions[-1]
    told: list[Any] = [link(outcome.ref, f"/returns/{outcome.ref}"), quiet(f"Recorded as event {position:,}")]
    return [*told, link("Receipt", f"/api/v1/events/{position}/receipt", f"of what was asked of {outcome.respondent}")]
