"""Keys of programs: an agency's system acts with one, in an office of whoever made it; the board manager sees all and can end any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, redirect, request

from aggregates.errors import Refused
from api.access import needs, reading, signed_in
from api.errors import status_of
from api.pages import frame
from api.pages.acting import forms
from api.pages.desk.sign_in import words_of_today
from api.pages.frame.words import in_form
from api.resources.answering.commands import acting_as
from api.worker import worker
from service.commands import COMMANDS
from service.desk import accounts, roles
from service.desk.coming_in import programs
from service.verify import thumbprint

if TYPE_CHECKING:
    from uuid import UUID

    from werkzeug.wrappers import Response as Redirect

    from api.pages.frame.words import Words
    from service.desk.coming_in.programs import ApiKey

pages = Blueprint("programs", __name__)

HERE: Final = "/api-keys"
EVERYTHING, SOME, READS = "everything", "some", "reads"
MAY: Final = {EVERYTHING: "Whatever your office may", SOME: "Only the acts that are chosen below", READS: "Read, and record nothing"}
LASTS: Final = {"90": "90 days", "365": "A year", "1095": "Three years"}


@pages.get(HERE)
@needs("keys of programs")
def api_keys() -> Response:
    """Show the keys of programs that are one's own, and the form for another."""
    return _page()


@pages.post(HERE)
@needs("keys of programs")
def make() -> Response:
    """Make a key, and show it this once."""
    who, acting = signed_in(), acting_as()
    asked = _asked()
    try:
        if not asked["label"]:
            raise LabelMissing
        public_key = programs.read_public_key(asked["signed_by"]) if asked["signed_by"] else None
        acts = {EVERYTHING: None, READS: ()}.get(asked["may"], asked["acts"])
        programs.check_acts(acting.office or "", acting.role, acts)
    except Refused as refused:
        return _page(asked, refused)
    with worker().desk() as conn:
        how: dict[str, Any] = {"days": int(asked["days"]), "acts": acts, "public_key": public_key}
        made = accounts.create_api_key(conn, who.account, acting.office, asked["label"], **how)
    return _page(made=made, reads=acts is not None and not acts)


@pages.post(f"{HERE}/<uuid:key>/end")
@needs("keys of programs")
def end(key: UUID) -> Redirect:
    """End a key of one's own, or anybody's where one is the board manager; another's is not there to end."""
    with worker().desk() as conn:
        programs.revoke(conn, key, _whose())
    return redirect(HERE, code=303)


class LabelMissing(Refused):
    """A key says what it is for, or nobody knows which to end."""

    text = "Say what the key is for"


def _whose() -> UUID | None:
    """Return whose keys somebody sees: their own; None, for everybody's, where they are the board manager."""
    return None if _sees_all() else signed_in().account


def _sees_all() -> bool:
    return roles.may(reading().role, "every key")


def _asked() -> dict[str, Any]:
    form = request.form
    return {
        "label": form.get("label", "").strip()[:200],
        "may": form["may"] if form.get("may") in MAY else READS,
        "acts": [name for name in form.getlist("acts") if name in COMMANDS],
        "days": form["days"] if form.get("days") in LASTS else "365",
        "signed_by": form.get("signed_by", "").strip(),
    }


def _page(asked: dict[str, Any] | None = None, refused: Refused | None = None, *, made: str | None = None, reads: bool = False) -> Response:
    role = acting_as().role
    with worker().desk() as conn:
        found = programs.live(conn, _whose())
    with worker().reader() as conn:
        words = words_of_today(conn)
        rows = [_row(one, words) for one in found]
    return frame.render(
        "desk/programs.html",
        status=status_of(type(refused)) if refused else 200,
        made=made,
        reads=reads,
        records=programs.records(role),
        keys=rows,
        every=_sees_all(),
        fields=_fields(asked or {"may": READS, "days": "365"}, role),
        refusal=in_form(refused, {}, None) if refused else None,
    )


def _fields(asked: dict[str, Any], role: str | None) -> list[forms.FormField]:
    titles = sorted((command.title, command.name) for command in COMMANDS.values() if command.open_to(role))
    acts = [{"value": name, "text": title} for title, name in titles]
    may = MAY if acts else {READS: MAY[READS]}
    hint = "The public half of a key that muniment signing-key has made. Each request is then signed (RFC 9421): a stolen key does nothing."
    chosen = _field(
        "acts", "choices", label="Acts", value=asked.get("acts", []), items=sorted(acts, key=lambda one: one["text"]), optional=True
    )
    return [
        _field("label", "text", label="What it is for", value=asked.get("label"), hint="Such as the name of the system that uses it."),
        _field("may", "choice", label="What it may do", value=asked["may"], items=_items(may)),
        *([chosen] if acts else []),
        _field("days", "choice", label="How long it may be used", value=asked["days"], items=_items(LASTS)),
        _field("signed_by", "text", label="Key that signs its requests", value=asked.get("signed_by"), hint=hint, optional=True),
    ]


def _field(name: str, kind: str, **more: Any) -> forms.FormField:
    return forms.field_of(name, kind, "partners", **{"hint": None, "seen_by": None} | more)


def _items(words: dict[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "text": text} for value, text in words.items()]


def _row(one: ApiKey, words: Words) -> dict[str, Any]:
    titles = [COMMANDS[name].title if name in COMMANDS else name for name in one.acts or ()]
    return {
        "id": one.id,
        "label": one.label,
        "email": one.email,
        "office": words.office(one.office, worker().today) if one.office else None,
        "may": MAY[EVERYTHING] if one.acts is None else ", ".join(titles) or MAY[READS],
        "signed_by": thumbprint(bytes(one.public_key)) if one.public_key else None,
        "until": worker().told(one.expires_at),
        "used": one.last_used_at and worker().told(one.last_used_at),
    }
