"""The data-protection register: what the law asks about people, by their references; and the texts that wait for the officer (INV-45)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from flask import Blueprint, Response, redirect, request

from api.access import member, needs, reading, signed_in
from api.pages.board import listing
from api.pages.frame import Look, look, thing
from api.pages.frame.entries import short
from api.pages.frame.thing import Said, fact, facts, link, quiet, section, strong
from api.pages.frame.words import label_of, written
from api.resources.answering.closed import closed
from api.resources.people import protection
from api.worker import worker
from projections import training
from service.commands import COMMANDS
from service.desk import roles

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

    from projections.people import PersonRow

pages = Blueprint("people_", __name__)

COLUMNS: Final = ("Person", "In force", "Requests", "Erased")


def _in_force(row: PersonRow) -> list[Said]:
    """Return what stands: merged, restricted, held."""
    merged = f"Merged into {short(row.merged_into)}" if row.merged_into else None
    restricted = strong(f"Restricted since {written(row.restricted_on)}") if row.restricted_on else None
    open_for = quiet(f"Open for {', '.join(row.open_for)}") if row.restricted_on and row.open_for else None
    held = [strong(f"Held: {matter}") for matter in row.held]
    return [one for one in (merged, restricted, open_for, *held) if one]


def _asked(one: dict[str, Any]) -> list[Said]:
    """Return a request to erase and what was decided."""
    asked = f"Erasure asked {written(date.fromisoformat(one['on']))}"
    if one["decided_on"] is None:
        return [asked, strong("Waits for its decision")]
    by = f", by exemption: {one['exemption']}" if one["exemption"] else ""
    return [asked, quiet(f"{one['outcome'].replace('-', ' ').capitalize()} {written(date.fromisoformat(one['decided_on']))}{by}")]


def _answered(one: dict[str, Any]) -> list[Said]:
    received, on = (written(date.fromisoformat(one[name])) for name in ("received_on", "on"))
    return [f"Access asked {received}", quiet(f"{one['outcome'].replace('-', ' ').capitalize()} {on}")]


def _requests(row: PersonRow) -> list[Said]:
    told = [(one, _asked(one)) for one in row.erasures] + [(one, _answered(one)) for one in row.accesses]
    return [said for one, (first, *rest) in told for said in (f"{first}, {one['reference']}", *rest)]


@pages.get("/data-protection")
@needs("data protection")
def register() -> Response:
    """List those about whom the law has asked something, and the texts that wait; the officer decides about these here."""
    with look() as seen:
        every = protection(seen.on)
        rows = [
            (
                [link(short(row.ref), seen.link(f"/subjects/{row.ref}")), quiet(f"Registered {written(row.registered_on)}")],
                _in_force(row) or "Nothing",
                _requests(row) or "None",
                _gone(row) or "No",
            )
            for row in sorted(every, key=lambda row: (not row.asked, str(row.merged_into or row.ref), row.merged_into is not None))
        ]
        lead = "Who is on record, by reference alone, and what the law asks about them: requests, restrictions, legal holds and erasures."
        nothing = ("Nobody was on record.", "On the day and with the knowledge that you chose, nobody had been registered.")
        waiting = worker().board.held.waiting() if roles.may(seen.on.scope.role, "held texts") else []
        held = [{"id": one.id, "said": _held(seen, one), "text": one.text} for one in waiting]
        return listing.show(
            seen, "subject", "/data-protection", COLUMNS, rows, heading="Data protection", lead=lead, empty=nothing,
            template="desk/people/register.html", held=held, many="people on record",
        )  # fmt: skip


def _held(seen: Look, one: Any) -> list[str]:
    command = COMMANDS.get(one.command)
    title = command.title if command else one.command
    return [
        f"“{label_of(one.field)}” of “{title}”, {one.ref}",
        f"Looks like {one.pattern}",
        f"Held {written(one.held_at.date())}" + (f", from {seen.words.office(one.office)}" if one.office else ""),
    ]


def _gone(row: PersonRow) -> str | None:
    return f"[erased {written(row.erased_on)}], {row.erased} values" if row.erased_on else None


@pages.post("/data-protection/held/<int:number>")
@needs("held texts")
def decide(number: int) -> Redirect:
    """Say whether a text identifies somebody: allowed, it may be recorded as it stands when it is sent again."""
    worker().board.held.decide(number, allowed=request.form.get("allowed") == "yes", by=str(signed_in().office))
    return redirect("/data-protection", code=303)


@pages.get("/subjects/<ref>")
@member
def person(ref: str) -> Response:
    """Show what the law asks about somebody, and who they are where that may be opened."""
    with look() as seen:
        every = protection(seen.on) if reading().protects else []
        row = next((row for row in every if row.ref == ref), None)
        if row is None:
            raise thing.missing(seen, "subject", ref)
        name = seen.words.person(UUID(ref)) if seen.on.opens("subject", ref) else None
        others = [other for other in every if str(other.merged_into) == ref]
        told = facts(
            fact("Registered", row.registered_on),
            fact("Is one person with", _of(seen, row.merged_into), *(_of(seen, other.ref) for other in others)),
            fact("In force", *_in_force(row)),
            fact("Kept now", _kept(UUID(ref))),
            fact("Erased", _gone(row)),
        )
        crumbs = [{"text": "Data protection", "href": "/data-protection"}]
        return thing.show(
            seen, "subject", ref, called=short(ref), heading=name or "A person who is not named here",
            caption=f"Person {short(ref)}", facts=told, crumbs=crumbs,
            sections=[*_sections(seen, row), _attended(seen, [ref, *(str(other.ref) for other in others)])],
        )  # fmt: skip


def _kept(subject: UUID) -> str:
    number = len(worker().board.subjects.kept([subject]))
    return f"{number:,} {'value' if number == 1 else 'values'} under their key"


def _of(seen: Look, ref: object) -> Said:
    return link(short(ref), seen.link(f"/subjects/{ref}")) if ref else None


def _sections(seen: Look, row: PersonRow) -> list[dict[str, Any]]:
    """Return the tables of a person's page: requests, restrictions and holds, each with its dates."""
    asked = [(one["reference"], _asked(one), one["reason"], seen.words.office(one["identity_checked_by"])) for one in row.erasures]
    limited = [
        (_day(one["on"]), ", ".join(one["open_for"]) or "Nothing", _day(one["lifted_on"]) or strong("In force"), one["reason"])
        for one in row.restrictions
    ]
    held = [(one["matter"], _day(one["on"]), _day(one["released_on"]) or strong("Stands"), one["reason"]) for one in row.holds]
    answered = [(one["reference"], _answered(one), one["exemption"]) for one in row.accesses]
    return [
        section("Requests to erase", ("Request", "What became of it", "Why", "Identity checked by"), asked, "None."),
        section("Restrictions", ("Since", "Open for", "Until", "Why"), limited, "None."),
        section("Legal holds", ("For", "Since", "Until", "Why"), held, "None."),
        section("Requests for access", ("Request", "What became of it", "Exemption"), answered, "None."),
    ]


def _attended(seen: Look, refs: list[str]) -> dict[str, Any]:
    """Return the sessions at which they were, under any of their references; the page is opened on record before it is shown."""
    columns = ("Session", "Day", "Agency on that day", "Staff group", "Number there")
    shut = closed(seen.on.conn, [UUID(ref) for ref in refs], purpose=seen.on.scope.purpose)
    if shut or not seen.on.opens("subject", refs[0]):
        return section("Training sessions", columns, [], f"Not shown: {next(iter(shut.values()), 'for named roles only')}.")
    told = [
        (
            link(f"{one.ref} {seen.title_of('course', one.course)}".strip(), seen.link(f"/sessions/{one.ref}")), one.attended_on,
            seen.words.body(one.agency), one.staff_group, one.number,
        )
        for one in training.attended(seen.on.conn, refs, **seen.on.at)
    ]  # fmt: skip
    return section("Training sessions", columns, told, "They were at none.")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
