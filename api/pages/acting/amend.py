"""Putting an entry right: correcting it, retracting it, or proposing either to the chair. There is no edit button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, request

from aggregates.entry import Recorded
from aggregates.entry.fields import ENVELOPE, Field, corrections, fields_by_name
from aggregates.entry.topics import event_type
from aggregates.entry.values import Evidence, Sealed
from aggregates.returns.answers import tells_few
from api.access import member
from api.errors import status_of
from api.pages.acting import CORRECTED, LATE_REASON, OCCURRED_ON, WHAT, forms, rows, sending, signing
from api.pages.acting.act import acting_words, closed
from api.pages.acting.possible import AMENDING, NEVER_THEIRS, amendment_refused
from api.pages.frame import Look, look, render
from api.pages.frame.entries import about_of, kind_of, page_of
from api.pages.frame.telling import in_words, name_in
from api.pages.frame.words import label_of, sentence, title_of
from api.pages.record.entry import visible
from api.resources.answering.bodies import takes_files
from api.resources.answering.commands import check_reach
from api.resources.record.visible import untold
from api.worker import worker
from service.commands import KINDS, Command, find
from service.desk.refusals import NotFound, StaleVersion

if TYPE_CHECKING:
    from http import HTTPStatus

    from werkzeug.wrappers import Response as Redirect

    from aggregates.errors import Refused
    from projections.inspection.history import HistoryEntry

pages = Blueprint("amend", __name__)


@dataclass(frozen=True)
class Amendment:
    """What is about to be amended, and how: an entry, the command, and the proposal that it carries out, if any."""

    entry: HistoryEntry
    command: Command
    untold: frozenset[str]
    proposal: HistoryEntry | None = None

    @property
    def fields(self) -> list[Field]:
        """Return the fields of the entry that may be corrected on a page: not what identifies, is sealed or a file, or counts few."""
        event = event_type(self.entry.topic)
        if self.command.name == "retract_entry" or self.proposal or issubclass(event, Recorded.AmendmentProposed):
            return []
        left_out = {*ENVELOPE, "amends", "proposal", "corrected", *event.COMPUTED, *self.untold} - {"occurred_on"}
        kinds = [f for f in fields_by_name(event).values() if f.name not in left_out and not f.identifies]
        return [f for f in kinds if f.name in rows.ROWS or (f.kind not in {Sealed, Evidence, Any} and not (f.many and f.kind is not str))]

    @property
    def address(self) -> str:
        """Return where the form is."""
        short = next(short for short, name in AMENDING.items() if name == self.command.name)
        carried = f"?proposal={self.proposal.position}" if self.proposal else ""
        return f"/events/{self.entry.position}/{short}{carried}"


@pages.get("/events/<int:position>/<any(correct, retract, propose):act>")
@member
def form(position: int, act: str) -> Response:
    """Show the form that corrects or retracts an entry, or proposes it."""
    with look() as seen:
        it = _amendment(seen, position, act)
        check_reach(it.command, it.entry.ref)
        if isinstance(refused := amendment_refused(it.entry, act, proposal=it.proposal), NEVER_THEIRS):
            return closed(seen, _heading(seen, it), _about(seen, it), refused)
        return _page(seen, it, sending.Sent())


@pages.post("/events/<int:position>/<any(correct, retract, propose):act>")
@member
@takes_files
def amend(position: int, act: str) -> Response | Redirect:
    """Correct or retract an entry, or propose it."""
    with look() as seen:
        it = _amendment(seen, position, act)
    check_reach(it.command, it.entry.ref)
    sent = _read(it, restricted=seen.on.scope.restricted)
    refused: Refused | None = None
    if sending.asks_for_rows(CORRECTED) or signing.changes():
        sent.errors.clear()
    elif not sent.errors:
        outcome = sending.send(it.command, it.entry.ref, sent)
        if outcome.unsigned is not None:
            with look() as seen:
                said: dict[str, Any] = {"command": _heading(seen, it), "about": _about(seen, it), "action_href": it.address}
                return signing.confirm(seen, [outcome.unsigned], sent, acting=acting_words(seen), **said)
        if outcome.done is not None:
            return redirect(_afterwards(it.entry, outcome.done.positions[-1]), code=303)
        refused = outcome.refused
    with look() as seen:
        return _page(seen, it, sent, refused)


def _afterwards(entry: HistoryEntry, position: int) -> str:
    return f"{page_of(entry.kind, entry.ref) or f'/events/{position}'}?receipt={position}"


def _amendment(seen: Look, position: int, act: str) -> Amendment:
    """Return what is to be amended; refuse what no page can amend."""
    entry = visible(seen, position)
    command = find(AMENDING[act], entry.kind)
    if command is None or command.name not in AMENDING.values():
        raise NotFound(kind="page", ref=f"to {act} event {position}")
    carried = request.args.get("proposal", type=int)
    proposal = visible(seen, carried) if carried else None
    if proposal and (kind_of(proposal) != "proposed" or proposal.amends != position):
        raise NotFound(kind="proposal", ref=carried)
    return Amendment(entry, command, frozenset(untold(seen.on, entry)), proposal)


def _read(it: Amendment, *, restricted: bool) -> sending.Sent:
    """Return what was sent: of the entry's fields those that now say something else."""
    sent, corrected = sending.Sent(), dict[str, Any]()
    if it.command.name == "propose_amendment":
        sending.text(sent, WHAT, optional=False, label="What do you propose?")
    fields = [] if sent.fields.pop(WHAT, None) == "retract" else it.fields
    for field in fields:
        if field.sensitivity == "restricted" and not restricted:
            continue
        name = f"{CORRECTED}{field.name}"
        if field.name in rows.ROWS:
            sending.read_rows(sent, field.name, CORRECTED)
        else:
            sending.read_field(sent, field, name)
        value = sent.fields.pop(name, None)
        if value != _plain(it.entry.said.get(field.name)):
            corrected[field.name] = value
    sending.around(sent)
    sending.text(sent, "reason", optional=False)
    sent.fields["amends"] = it.entry.version
    if it.proposal is not None:
        sent.fields["proposal"] = it.proposal.version
        corrected = corrections(it.proposal.body)
    if corrected or (it.proposal is None and fields):
        sent.fields["corrected"] = corrected
    if sent.fields.get("corrected") == {} and not sent.errors:
        sent.errors["reason"] = "Nothing is changed above: say what was wrong, or retract the entry"
    return sent


def _plain(value: Any) -> Any:
    """Return a value as a form sends it back where nobody changes it: of an object what says something."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if part not in (None, "")}
    return value.strip() if isinstance(value, str) else value


def _page(seen: Look, it: Amendment, sent: sending.Sent, refused: Refused | None = None) -> Response:
    status: HTTPStatus | int = status_of(type(refused)) if refused else 422 if sent.errors else 200
    entry = it.entry
    return render(
        "acting/act.html",
        look=seen,
        status=status,
        command=_heading(seen, it),
        about=_about(seen, it),
        acting=acting_words(seen),
        fields=forms.with_typed(_fields(seen, it), sent.typed, sent.errors),
        refusal=sentence(refused, seen.words) if refused else None,
        moved=isinstance(refused, StaleVersion),
        action_href=it.address,
        cancel_href=f"/events/{entry.position}",
        hidden={},
        own=signing.own(),
        key=sending.new_key(),
        version=worker().board.load(KINDS[entry.kind], entry.ref, fresh=True).version,
    )


def _heading(seen: Look, it: Amendment) -> dict[str, Any]:
    return forms.heading(it.command) | {"title": _title(it), "help": _help(seen, it), "button": it.command.title}


def _about(seen: Look, it: Amendment) -> dict[str, str]:
    about = about_of(seen, it.entry)
    title = ", ".join(filter(None, (title_of(it.entry.topic), f"{about['ref']} {about['title']}".strip() if about else "")))
    return {"ref": f"Event {it.entry.position:,}", "title": title, "href": f"/events/{it.entry.position}"}


def _title(it: Amendment) -> str:
    return f"Make the amendment that event {it.proposal.position:,} proposes" if it.proposal else it.command.title


def _help(seen: Look, it: Amendment) -> str:
    if it.proposal:
        kinds, topic, proposed = fields_by_name(event_type(it.entry.topic)), it.entry.topic, corrections(it.proposal.body)
        few = {name for name, value in proposed.items() if tells_few(value)} if untold(seen.on, it.proposal) else set()
        told = (
            (name_in(topic, name), "not told" if name in few else in_words(seen.words, kinds[name], value, it.entry.body))
            for name, value in proposed.items()
        )
        said = "; ".join(f"{called}: {now}" for called, now in told)
        return f"Proposed: {said or 'that the entry should not stand'}. Reason given: {it.proposal.body['reason']}"
    return {
        "correct_entry": "Change what was recorded wrongly. What was recorded stays readable beside what you put in its place.",
        "retract_entry": "The entry should not stand. It stays readable, and from now on it does not count.",
        "propose_amendment": "A decision of another office is amended by the chair, at your proposal.",
    }[it.command.name]


def _fields(seen: Look, it: Amendment) -> list[forms.FormField]:
    """Return the entry's own fields as they stand, then the reason and what stands around every act."""
    shown = [f for f in it.fields if f.sensitivity != "restricted" or seen.on.scope.restricted]
    found = [forms.declared(seen, f, typed={f.name: _value(f, it.entry.said.get(f.name))}) | _as_it_stands(it.entry, f) for f in shown]
    if it.command.name == "propose_amendment":
        items = [{"value": "correct", "text": "Correct it, as changed above"}, {"value": "retract", "text": "Retract it"}]
        found.append(forms.field_of(WHAT, "choice", "public", label="What do you propose?", items=items))
    found.append(forms.field_of("reason", "textarea", "partners", label="Why"))
    found.append(forms.field_of(OCCURRED_ON, "date", "public", value=worker().today, hint="The day of the amendment, as a rule today."))
    found.append(forms.field_of(LATE_REASON, "textarea", "partners", optional=True))
    return found


def _as_it_stands(entry: HistoryEntry, field: Field) -> forms.FormField:
    """Return what tells a field of the entry from the amendment's own, with its value as it stands."""
    label = f"{label_of(field.name)} (in event {entry.position:,})"
    return {"name": f"{CORRECTED}{field.name}", "label": label, "value": _value(field, entry.said.get(field.name)), "hint": None}


def _value(field: Field, value: Any) -> Any:
    """Return a value as a form field holds it."""
    if field.name in rows.ROWS:
        return rows.as_typed(field.name, value or [])
    if forms.kind_of(field) == "date" and isinstance(value, str):
        year, month, day = value.split("-")
        return {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year}
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "\n".join(map(str, value)) if isinstance(value, list) else value
