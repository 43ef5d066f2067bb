"""Signing a form with one's own key: what will be signed is shown in words once more, and the script of the page signs just that.

The key is in the browser (`static/own-key.js`), and the service never has it. Without one, or without JavaScript, the service attests.
"""

from __future__ import annotations

import json
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from flask import request

from aggregates.entry.fields import fields_by_name
from aggregates.entry.topics import event_type
from aggregates.entry.values import Evidence, Sealed
from api.pages.acting import CHANGE, KEY, MORE, PREPARE, SAVE, SIGNED, sending
from api.pages.frame import Look, render
from api.pages.frame.files import size_text
from api.pages.frame.telling import name_in, with_code
from api.pages.frame.words import title_of, written
from api.resources.answering.commands import acting_as
from api.worker import worker
from service.recording.signing import own_keys
from service.verify import unb64url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flask import Response

    from aggregates.entry.fields import Field
    from aggregates.errors import Refused
    from service.recording.writing import ToSign, Unsigned

NOT_CARRIED: Final = frozenset({"csrf_token", KEY, PREPARE, SIGNED, CHANGE, MORE, SAVE})


def own() -> dict[str, str]:
    """Return what the script of a form needs to find out whether this browser has a key of whoever fills it in."""
    live = own_keys(worker().board, acting_as())
    return {"origin": worker().board.origin, "thumbprints": " ".join(key.thumbprint for key in live)}


def changes() -> bool:
    """Say whether somebody goes back from what is to be signed to the form."""
    return CHANGE in request.form


def confirm(
    seen: Look,
    unsigned: Iterable[Unsigned],
    sent: sending.Sent,
    *,
    command: Mapping[str, Any],
    about: Mapping[str, str] | None,
    acting: str,
    action_href: str,
    left_out: Sequence[tuple[str, Refused]] = (),
    only: Mapping[str, Sequence[str]] | None = None,
) -> Response:
    """Show what is to be signed, field by field. `left_out` is what cannot be recorded, and why; `only` what of a field is sent on."""
    statements = [one for each in unsigned for one in each.statements]
    return render(
        "acting/sign.html",
        look=seen,
        command=command,
        about=about,
        acting=acting,
        action_href=action_href,
        thumbprint=request.form.get(PREPARE, ""),
        origin=worker().board.origin,
        statements=[_statement(seen, one) for one in statements],
        left_out=left_out,
        hidden=[(KEY, sending.new_key()), *_carried(sent, only or {})],
    )


def _carried(sent: sending.Sent, only: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Give all that the form sent, to be sent once more with the signatures; in the place of files, what was received."""
    received = sent.hidden | {
        name: sent.typed[name] for file in request.files if (name := file.removesuffix("-file")) in sent.typed and name != file
    }
    kept = ((name, value) for name, value in request.form.items(multi=True) if name not in {*NOT_CARRIED, *received, *only})
    return chain(kept, received.items(), ((name, value) for name, values in only.items() for value in values))


def _statement(seen: Look, one: ToSign) -> dict[str, Any]:
    """Return a statement as the page shows it: what it is, each field in words beside its disclosure, and what is left empty."""
    claims = json.loads(unb64url(one.unsigned.split(".")[1]))
    kinds = fields_by_name(event_type(claims["evt"]))
    body = {name: json.loads(unb64url(disclosure))[2] for name, disclosure in one.disclosures.items()}
    rows = [
        {"label": name_in(claims["evt"], name), "words": _words(seen, kinds[name], body), "disclosure": disclosure}
        for name, disclosure in one.disclosures.items()
    ]
    return {
        "title": title_of(claims["evt"]),
        "unsigned": one.unsigned,
        "topic": claims["evt"],
        "rows": [row for row in rows if row["words"]],
        "empty": [row for row in rows if not row["words"]],
    }


def _words(seen: Look, field: Field, body: Mapping[str, Any]) -> str:
    value = body[field.name]
    if value in (None, []):
        return ""
    if field.kind is Sealed:
        named = seen.words.held_name(value)
        return f"{named} ({value})" if named else str(value)
    if field.kind is Evidence:
        return "\n".join(_file(item) for item in value)
    return with_code(seen.words, field, value, body)


def _file(item: Mapping[str, Any]) -> str:
    dated = f"dated {written(date.fromisoformat(item['evidence_date']))}"
    return f"{item['title']} ({item['filename']}, {size_text(item['size'])}), {dated}, SHA-256 {item['sha256']}"
