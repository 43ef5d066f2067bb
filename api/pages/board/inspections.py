"""Inspections: for whom the record is open, of which days, until when; and what of it they opened, who, and when (INV-41)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from aggregates.clocks.dates import london
from api.access import member
from api.pages.acting import REF
from api.pages.board import listing
from api.pages.board.listing import linked
from api.pages.frame import Look, look, thing
from api.pages.frame.clocks import address
from api.pages.frame.entries import by
from api.pages.frame.thing import Said, fact, facts, link, quiet, section, to_event
from api.pages.frame.words import written
from api.resources.record.inspections import visible
from api.worker import worker
from projections.inspection import history as inspection_history
from service.desk import roles
from service.desk.coming_in import invitations

if TYPE_CHECKING:
    from projections.inspection.inspections import InspectionRow

pages = Blueprint("inspections_", __name__)

SHORT: Final = 12  # digits of a file's hash that tell it from others at a glance
OPENED: Final = {"subject:register": link("The register of data protection", "/data-protection")}  # what is opened and is no thing
COLUMNS: Final = ("Inspection", "By whom", "Days covered", "Open", "Openings")


def _open(seen: Look, row: InspectionRow) -> list[Said]:
    since = f"Since {written(row.opened_on)}"
    if row.closed_on:
        return [since, f"Closed {written(row.closed_on)}"]
    if row.expires_on < seen.clocks.as_at:
        return [since, f"Ended {written(row.expires_on)}"]
    return [since, f"Open until {written(row.expires_on)}"]


@pages.get("/inspections")
@member
def inspections() -> Response:
    """List the inspections: an inspector's own, all for the Board's offices."""
    with look() as seen:
        rows = [
            (
                [link(f"{row.purpose.capitalize()} by {row.body}", seen.link(f"/inspections/{row.ref}"))],
                [seen.words.office(row.ref, seen.clocks.as_at), quiet(seen.words.body(row.agency) or "Of every agency")],
                f"{written(row.covers_from)} to {written(row.ceiling)}",
                _open(seen, row),
                f"{row.disclosures:,}",
            )
            for row in visible(seen.on)
        ]
        lead = "For whom the record is open, of which days, and how often they opened what is not for everybody."
        nothing = ("No inspection was on record.", "On the day and with the knowledge that you chose, none had been opened for you to see.")
        return listing.show(seen, "inspection", "/inspections", COLUMNS, rows, heading="Inspections", lead=lead, empty=nothing)


@pages.get("/inspections/<ref>")
@member
def inspection(ref: str) -> Response:
    """Show the inspection that was opened last for an office, and what was opened in it."""
    with look() as seen:
        row = next((row for row in visible(seen.on) if row.ref == ref), None)
        if row is None:
            raise thing.missing(seen, "inspection", ref)
        told = facts(
            fact("Office", link(seen.words.office(ref, seen.clocks.as_at), seen.link(f"/offices/{ref}"))),
            fact("Of", seen.words.body(row.agency) or "Every agency"),
            fact("Days covered", f"{written(row.covers_from)} to {written(row.ceiling)}"),
            fact("Open", *_open(seen, row)),
        )
        note = "Each thing whose restricted or personal details were opened, once for each day."
        opened = section("What was opened", ("What", "By whom", "When", "On record as"), _opened(seen, row), "Nothing.", note=note)
        crumbs = [{"text": "Inspections", "href": "/inspections"}]
        heading = f"{row.purpose.capitalize()} by {row.body}"
        said: dict[str, Any] = {"heading": heading, "caption": ref, "facts": told, "sections": [opened], "steps": _steps(seen, row)}
        return thing.show(seen, "inspection", ref, crumbs=crumbs, **said)


def _steps(seen: Look, row: InspectionRow) -> list[list[Said]]:
    """Return what comes next of an open inspection, to those who may open one: the one-time link, and what whoever comes will see."""
    if not (_invites(seen, row.ref) and _goes_on(seen, row)):
        return []
    until = london(invitations.ends(worker().board, row.ref).timestamp())
    whose = f"the record of {seen.words.body(row.agency)}" if row.agency else "the whole record"
    seen_days = f"the days from {written(row.covers_from)} to {written(row.ceiling)}, until {written(row.expires_on)}"
    return [
        [
            link("Invite who inspects", f"/inspections/{row.ref}/invite"),
            f"The link works once, and until {written(until)}. Whoever has an account signs in with it, and needs no link.",
        ],
        [f"They see {whose} on {seen_days}: what is restricted too, and people by name. They record nothing."],
        ["Each time they open what is restricted or personal, it is put on record, and stands on this page."],
    ]


def _invites(seen: Look, office: str) -> bool:
    """Say whether the reader may invite who holds an office that inspects; who rehearses an inspection has an account."""
    term = seen.words.offices[office].holder_on(seen.clocks.today) if office in seen.words.offices else None
    return seen.clocks.is_now and roles.may(seen.on.scope.role, "invitations") and term is not None and term.role in roles.INSPECTORS


def _goes_on(seen: Look, row: InspectionRow) -> bool:
    return row.closed_on is None and row.expires_on >= seen.clocks.as_at


def for_office(seen: Look, office: str) -> list[list[Said]]:
    """Return what comes next once an inspector or an auditor is appointed, to those who may open an inspection."""
    if not _invites(seen, office):
        return []
    row = next((row for row in visible(seen.on) if row.ref == office and _goes_on(seen, row)), None)
    if row is not None:
        return [[link("Their inspection", seen.link(f"/inspections/{office}")), "It is open: invite them, and see what they opened."]]
    return [
        [
            link("Open an inspection for them", address("/inspections/new", {REF: office})),
            "Say of which agency, of which days and until when: until then they see nothing.",
        ],
        ["Then invite them from its page: a link that works once lets them make their account."],
    ]


def _opened(seen: Look, row: InspectionRow) -> list[tuple[Said, ...]]:
    """Return what was opened in the inspection, the newest first."""
    known = inspection_history.history(seen.on.conn, **seen.on.at, kind="inspection", ref=row.ref, limit=thing.MOST)
    opened = [e for e in known[::-1] if e.topic == "inspection.evidence_disclosed.v1" and e.since >= row.opened_on and not e.retracted_by]
    found: list[tuple[Said, ...]] = []
    for entry in opened:
        kind, _, ref = entry.said["object"].partition(":")
        what = f"File {ref[:SHORT]}…" if kind == "file" else OPENED.get(entry.said["object"]) or linked(seen, entry.said["object"])
        found.append((what, by(seen, entry), entry.since, to_event(seen, entry.position)))
    return found
