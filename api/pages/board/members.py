"""One agency, one sub-group, one office: what it is as at a day, and everything that was recorded of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect

from aggregates.authority import BOARD
from api.access import member
from api.pages.board.inspections import for_office
from api.pages.board.partnership import OFFICES, offices
from api.pages.frame import Look, look, thing
from api.pages.frame.labels import SECTION_11
from api.pages.frame.thing import Said, fact, facts, link, quiet, section, strong
from api.pages.frame.words import written
from api.pages.obligations.summary import owed_by
from projections import action_register, partnership
from projections.action_register import Filters
from projections.inspection import history as inspection_history

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response as Redirect

pages = Blueprint("members", __name__)

CRUMBS = [{"text": "The partnership", "href": "/partnership"}]


@pages.get("/<any(agencies, 'sub-groups', offices, priorities):_>")
@member
def listed(_: str) -> Redirect:
    """Lead to where they are listed."""
    return redirect("/partnership", code=302)


@pages.get("/agencies/<ref>")
@member
def agency(ref: str) -> Response:
    """Show one agency."""
    with look() as seen:
        row = next((row for row in partnership.agencies(seen.on.conn, **seen.on.at) if row.ref == ref), None)
        if row is None:
            raise thing.missing(seen, "agency", ref)
        held = [o for o in seen.words.offices.values() if any(ref in (t.body, t.employer) for t in o.terms if t.covers(seen.clocks.as_at))]
        return thing.show(
            seen,
            "agency",
            ref,
            heading=row.name,
            caption=f"Agency {ref}, {row.category}",
            facts=facts(*_agency(seen, row)),
            sections=[
                *owed_by(seen, ref),
                section("Offices", OFFICES, offices(seen, held), "Nobody of it holds an office on this day."),
                *_accounted(seen, ref),
            ],
            crumbs=CRUMBS,
        )


def _agency(seen: Look, row: partnership.AgencyRow) -> Iterator[dict[str, Any]]:
    yield fact("Answers for safeguarding by", SECTION_11.get(row.section_11, row.section_11))
    yield fact(
        "Member", f"Since {written(row.joined_on)}", strong(f"Left {written(row.left_on)}") if row.left_on else None, row.left_because
    )
    if row.leaves_on and not row.left_on:
        yield fact("Leaves", strong(f"On {written(row.leaves_on)}, as announced"), *map(_outstanding, row.outstanding))
    if row.successor:
        yield fact("Succeeded by", link(seen.words.body(row.successor), seen.link(f"/agencies/{row.successor}")))
    if seen.on.scope.agency in (None, row.ref):
        counts = action_register.summary(seen.on.conn, **seen.on.at, filters=Filters(owner=row.ref))
        late = strong(f"{counts.overdue} overdue") if counts.overdue else quiet("None is overdue")
        yield fact("Actions", link(f"{counts.owed} owed of {counts.total}", seen.link("/actions", owner=row.ref)), late)


def _outstanding(item: str) -> Said:
    kind, _, ref = item.partition(":")
    return quiet(f"{'Information for the review' if kind == 'review' else 'The challenge'} {ref} will be outstanding at its departure")


def _accounted(seen: Look, ref: str) -> Iterator[dict[str, Any]]:
    """Give what became of what an agency owed when it left, item by item (INV-36)."""
    known = inspection_history.history(seen.on.conn, **seen.on.at, kind="agency", ref=ref, limit=thing.MOST)
    left = [entry for entry in known if entry.topic == "agency.left.v1" and not entry.retracted_by]
    if left and (rows := left[-1].said.get("accounted")):
        told = [(one["item"].partition(":")[2], one["became"], seen.words.body(one.get("to"))) for one in rows]
        note = "Nothing was left behind unseen: each open obligation is accounted for."
        yield section("What became of what it owed", ("Obligation", "Became", "Owed now by"), told, "", note=note)


@pages.get("/sub-groups/<ref>")
@member
def sub_group(ref: str) -> Response:
    """Show one sub-group."""
    with look() as seen:
        row = next((row for row in partnership.sub_groups(seen.on.conn, **seen.on.at) if row.ref == ref), None)
        if row is None:
            raise thing.missing(seen, "sub-group", ref)
        dissolved = strong(f"Dissolved {written(row.dissolved_on)}") if row.dissolved_on else None
        held = [o for o in seen.words.offices.values() if any(t.body == ref for t in o.terms)]
        told = facts(
            fact("Terms of reference", row.terms_of_reference),
            fact("Constituted", row.constituted_on, dissolved, row.dissolved_because),
            fact("Actions", link("Those that it oversees", seen.link("/actions", overseen_by=ref))),
        )
        tables = [*owed_by(seen, ref), section("Offices", OFFICES, offices(seen, held), "It has no office.")]
        return thing.show(
            seen, "sub-group", ref, heading=row.name, caption=f"Sub-group {ref}", facts=told, sections=tables, crumbs=CRUMBS,
        )  # fmt: skip


@pages.get("/offices/<ref>")
@member
def office(ref: str) -> Response:
    """Show one office and who held it: by name, for those who may know."""
    with look() as seen:
        row = partnership.office(seen.on.conn, ref, **seen.on.at)
        if row is None or not row.terms:
            raise thing.missing(seen, "office", ref)
        named = seen.on.opens("office", ref)
        seen.words.learn(term.holder for term in row.terms) if named else None
        today = row.holder_on(seen.clocks.as_at)
        told = facts(
            fact("Held by", _holder(seen, today, named=named) if today else strong("Nobody: it is vacant")),
            fact("Role", today.role.capitalize() if today else None),
            fact("For", seen.words.body((today or row.terms[-1]).body or BOARD)),
            fact("Employer of its holder", seen.words.body(today.employer) if today else None),
        )
        terms = [
            (
                _holder(seen, t, named=named),
                t.title,
                seen.words.body(t.employer) or "Nobody of the partnership",
                t.from_on,
                t.until_on or "Goes on",
            )
            for t in row.terms[::-1]
        ]
        held = section("Everybody who held it", ("Held by", "As", "Employed by", "From", "Until"), terms, "")
        return thing.show(
            seen, "office", ref, heading=seen.words.office(ref, seen.clocks.as_at), caption=f"Office {ref}", facts=told, sections=[held],
            crumbs=CRUMBS, steps=for_office(seen, ref),
        )  # fmt: skip


def _holder(seen: Look, term: partnership.Term, *, named: bool) -> Said:
    return (seen.words.person(term.holder) or "Somebody whose name is erased") if named else "Not named to you"
