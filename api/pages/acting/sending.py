"""Reading what a form sends, strictly and in words, and having it recorded once: a refusal comes back beside what was typed."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from flask import request

from aggregates.entry.values import Evidence
from aggregates.errors import Refused
from aggregates.returns import reference
from aggregates.returns.refusals import OddPeriod
from api.access import signed_in
from api.errors import Unreadable
from api.pages.acting import (
    ACT,
    CONFIRMED,
    KEY,
    LATE_REASON,
    MORE,
    OCCURRED_ON,
    ON_BEHALF_OF,
    PART,
    PREPARE,
    REF,
    SIGNED,
    VERSION,
    plain_name,
    rows,
)
from api.pages.acting.forms import MAY_LACK_FILES, kind_of
from api.pages.acting.forms.words import CONFIRM, REFERENCES
from api.pages.frame.clocks import PARTS, WHOLE, day_of_parts, whole
from api.pages.frame.words import label_of
from api.pages.returns import answering
from api.resources.answering.commands import acting_as
from api.worker import worker
from service.commands import MANAGER
from service.commands.asking import ONE_OF_ITS_KIND
from service.config import MEBIBYTE
from service.desk.refusals import StaleVersion
from service.desk.submission import REF as A_REF
from service.desk.submission import Submission

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

    from aggregates.entry.fields import Field
    from service.commands import Command
    from service.recording import Done
    from service.recording.writing import Unsigned

A_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}\Z")


@dataclass
class Sent:
    """What a form sent: as it was typed, as the command takes it, what it carries along, and what is wrong, by field."""

    typed: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    refused: Refused | None = None  # of the file that came with it


@dataclass(frozen=True)
class Outcome:
    """What came of it: done, or to be signed, or refused."""

    done: Done | None = None
    refused: Refused | None = None
    unsigned: Unsigned | None = None

    @property
    def moved(self) -> bool:
        """Say whether somebody else recorded something meanwhile."""
        return isinstance(self.refused, StaleVersion)


def new_key() -> str:
    """Return the idempotency key of a form: the one that it was sent with, or a new one."""
    sent = request.form.get(KEY, "")
    return sent if A_KEY.match(sent) else secrets.token_urlsafe(18)


def version() -> int | None:
    """Return the version that the form was made for, where it says one."""
    sent = request.form.get(VERSION, "")
    if sent and not WHOLE.match(sent):
        raise Unreadable(where=VERSION, why="a version is a number")
    return int(sent) if sent else None


def read(command: Command, about: str | None = None) -> Sent:
    """Return what the form of a command sent; `about` is the thing that it is about, where there is one."""
    sent = Sent()
    if command.creates and command.kind not in ONE_OF_ITS_KIND and command.kind != "return":
        text(sent, REF, optional=False, label=REFERENCES.get(command.kind, {}).get("label"))
    for declared in command.fields:
        if declared.kind is Evidence:
            _evidence(sent, optional=declared.optional or command.name in MAY_LACK_FILES)
        elif about is not None and command.name in answering.ANSWERING and declared.name in {"answers", "self_grades"}:
            answering.read(sent, about)
        elif declared.name in rows.ROWS:
            read_rows(sent, declared.name)
        else:
            read_field(sent, declared, declared.name)
    if command.name in CONFIRM:
        text(sent, CONFIRMED, optional=False, label=CONFIRM[command.name])
    around(sent, for_others=acting_as().role == MANAGER and MANAGER not in command.by)
    if command.creates and command.kind == "return":
        sent.typed[REF] = reference(*(str(sent.fields.get(part)) for part in ("kind", "period", "respondent")))
        if (period := sent.fields.get("period")) and not A_REF.match(period):  # of the reference nobody who fills in the form knows
            sent.errors["period"] = OddPeriod(period=period).message
    return sent


def asks_for_rows(prefix: str = "") -> bool:
    """Say whether the form was sent for more rows, or to look for a choice, and not to be recorded."""
    more = request.form.get(MORE, "")
    found = f"{PART}{more}" in request.form
    return answering.asks_for_rows() or found or (more.startswith(prefix) and more.removeprefix(prefix) in rows.ROWS)


def read_rows(sent: Sent, name: str, prefix: str = "") -> None:
    """Read the rows of a field that holds a list of objects."""
    called = f"{prefix}{name}"
    sent.typed[called], sent.fields[called], wrong = rows.read(name, prefix)
    if wrong:
        sent.errors[called] = wrong


def around(sent: Sent, *, for_others: bool = False) -> None:
    """Read what stands around every act: since when, for whom, and why so late. `for_others`: it has to be in another office's name."""
    day(sent, OCCURRED_ON, optional=True)
    for name in (ON_BEHALF_OF, LATE_REASON):
        text(sent, name, optional=True)
    if for_others and not sent.typed[ON_BEHALF_OF]:
        sent.errors[ON_BEHALF_OF] = "Choose on whose behalf you record it: it is not for the board manager"


def read_field(sent: Sent, declared: Field, name: str) -> None:
    """Read one field by its kind, under the name that it has in the form."""
    kind = kind_of(declared)
    if kind == "date":
        day(sent, name, optional=declared.optional)
    elif kind == "number":
        _number(sent, name, optional=declared.optional)
    elif kind == "yes_no":
        text(sent, name, optional=declared.optional)
        sent.fields[name] = {"yes": True, "no": False}.get(sent.typed[name])
    elif declared.many:
        sent.typed[name] = "\n".join(request.form.getlist(name)).replace("\r\n", "\n").strip()
        sent.fields[name] = [line.strip() for line in sent.typed[name].splitlines() if line.strip()]
    else:
        digest = _hashed(name)
        text(sent, name, optional=declared.optional or digest is not None)
        if digest is not None:
            sent.typed[name] = sent.fields[name] = digest


def _hashed(name: str) -> str | None:
    """Return the SHA-256 of the document that was chosen for a field, if one was; the document is not kept."""
    file = request.files.get(f"{name}-file")
    if file is None or not file.filename:
        return None
    digest = hashlib.sha256()
    while part := file.stream.read(MEBIBYTE):
        digest.update(part)
    return digest.hexdigest()


def text(sent: Sent, name: str, *, optional: bool, label: str | None = None) -> None:
    """Read a text, as it was typed but for blanks around it; browsers end lines as in the days of the telegraph."""
    typed = request.form.get(name, "").replace("\r\n", "\n").strip()
    sent.typed[name] = typed
    sent.fields[name] = typed or None
    if not typed and not optional:
        sent.errors[name] = f"{label or label_of(plain_name(name))}: this is needed"


def day(sent: Sent, name: str, *, optional: bool) -> None:
    """Read a date of three parts."""
    parts = {part: request.form.get(f"{name}-{part}", "").strip() for part in PARTS}
    sent.typed[name], sent.fields[name] = parts, None
    label = label_of(plain_name(name))
    if not any(parts.values()):
        if not optional:
            sent.errors[name] = f"{label}: a date is needed"
        return
    try:
        sent.fields[name] = day_of_parts(parts).isoformat()
    except ValueError:
        sent.errors[name] = f"{label}: this is no date. Write it as 14 11 2016"


def _number(sent: Sent, name: str, *, optional: bool) -> None:
    text(sent, name, optional=optional)
    typed = sent.typed[name]
    sent.fields[name] = whole(typed)
    if typed and sent.fields[name] is None:
        sent.errors[name] = f"{label_of(plain_name(name))}: this is no whole number. Write it as 3000, or 3,000"


def _evidence(sent: Sent, *, optional: bool) -> None:
    """Take the form's file in and cite it. A file that came with a form that was refused need not be sent again."""
    file = request.files.get("evidence")
    received = {name: request.form.get(name, "") for name in ("evidence_sha256", "evidence_filename")}
    if file is not None and file.filename:
        received = _received(sent, file) or received
    given = bool(received["evidence_sha256"])
    for_none = optional and not given and not request.form.get("evidence_title", "").strip()
    text(sent, "evidence_title", optional=True)
    day(sent, "evidence_date", optional=for_none)
    if given:
        sent.hidden = received
        sent.typed |= received
    elif not for_none and sent.refused is None:
        sent.errors["evidence"] = "Choose a file"
    title, dated = sent.fields.pop("evidence_title"), sent.fields.pop("evidence_date")
    cited = {"sha256": received["evidence_sha256"], "filename": received["evidence_filename"], "evidence_date": dated}
    sent.fields["evidence"] = [] if for_none else [cited | {"title": title or PurePath(received["evidence_filename"]).stem}]


def _received(sent: Sent, file: FileStorage) -> dict[str, str] | None:
    """Take a file in; where it is refused, what else was typed is kept."""
    name = file.filename or "file"
    try:
        held = worker().board.receive(file.stream, name, signed_in())
    except Refused as refused:
        sent.refused = refused
        return None
    return {"evidence_sha256": held.sha256, "evidence_filename": name}


def send(command: Command, ref: str, sent: Sent) -> Outcome:
    """Have it recorded, or return why not. The same form sent twice is recorded once."""
    try:
        done = worker().board.act(signed_in(), submission(command, ref, sent))
    except Refused as refused:
        return Outcome(refused=refused)
    return Outcome(unsigned=done.unsigned) if done.unsigned else Outcome(done=done)


def submission(command: Command, ref: str, sent: Sent) -> Submission:
    """Return the command that a form gives, under the key and for the version that it carries along."""
    stated, signed = sent.fields.get(OCCURRED_ON), request.form.getlist(SIGNED)
    return Submission(
        name=command.name,
        kind=command.kind,
        ref=ref,
        fields={name: value for name, value in sent.fields.items() if value is not None and not name.startswith(ACT)},
        key=new_key(),
        expected=version(),
        occurred_on=date.fromisoformat(stated) if stated else None,
        on_behalf_of=sent.fields.get(ON_BEHALF_OF),
        late_reason=sent.fields.get(LATE_REASON),
        prepare=None if signed else request.form.get(PREPARE) or None,
        signed=signed,
    )
