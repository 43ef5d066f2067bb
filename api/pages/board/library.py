"""The learning library: what was found by theme and factor, good practice too, what others found, and where to read on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from api.access import member
from api.pages.board import listing
from api.pages.board.listing import findings as linked_findings
from api.pages.board.listing import linked
from api.pages.frame import Look, look
from api.pages.frame.thing import Said, link, quiet, section, strong
from api.pages.frame.words import choice_of, written
from api.resources.learning import reviews_of
from projections import dissemination, learning, partnership
from projections.learning.library import GOOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from projections.dissemination import ItemLine
    from projections.learning import Found, Noted, Theme
    from projections.partnership import ResourceRow

pages = Blueprint("library_", __name__)

FINDING: Final = ("Finding", "What was found", "Factor of the system", "Themes", "The Board's answer")
BRIEFINGS: Final = frozenset({"cdop_briefing", "single_page_briefing", "practice_briefing_slides", "poster", "newsletter"})
COUNTED: Final = ("Concerns", "Good practice", "Found in")


@pages.get("/library")
@member
def library() -> Response:
    """Show the library, or what was found in one theme or by one factor of the system."""
    with look() as seen:
        rows = reviews_of(seen.on)
        every = learning.found(rows)
        theme, factor = (request.args.get(name, "").strip() for name in ("theme", "factor"))
        narrowed = theme or factor
        chosen = [one for one in every if theme in {"", *one.themes} and factor in {"", one.system_factor}]
        tables = [_findings(seen, f"Found: {narrowed}", chosen, "Nothing was found so.")] if narrowed else list(_whole(seen, rows, every))
        whole = {"text": "The whole library", "href": seen.link("/library") if narrowed else None}
        kept = {name: value for name, value in (("theme", theme), ("factor", factor)) if value}
        return listing.several(
            seen, "board/sections.html", "/library", tables, kept=kept,
            heading="Learning library",
            lead="What was found here and elsewhere, good practice as well as failings, and what there is to learn more from.",
            choices=[whole, {"text": narrowed, "href": None}] if narrowed else [],
            crumbs=[],
        )  # fmt: skip


def _whole(seen: Look, rows: Sequence[Any], every: Sequence[Found]) -> Iterable[dict[str, Any]]:
    yield section("By theme", ("Theme", *COUNTED), _counted(seen, learning.themes(every), "theme"), "No finding was on record.")
    factors = learning.themes(every, "system_factor")
    yield section("By factor of the system", ("Factor", *COUNTED), _counted(seen, factors, "factor"), "No finding was on record.")
    good = [one for one in every if one.polarity == GOOD]
    yield _findings(seen, "Good practice", good, "None was recorded: the framework asks for what works too (LIF-PRI-01).")
    deaths = [one for one in every if one.child_deaths]
    yield _findings(seen, "Themes in child deaths", deaths, "No review of a theme in child deaths had findings.")
    sent = [row for row in dissemination.lines(seen.on.conn, **seen.on.at) if row.kind in BRIEFINGS and row.issued_on]
    mine = seen.on.scope.agency
    theirs = None if mine is None else dissemination.received(seen.on.conn, mine, **seen.on.at)
    briefings = [_briefing(seen, row) for row in sent if theirs is None or row.ref in theirs]
    yield section("Briefings", ("Briefing", "Kind", "Sent", "Comes from"), briefings, "None was sent to you.")
    noted = [_noted(seen, one) for one in learning.noted(rows)]
    yield section("Reviews elsewhere", ("Review", "Whose", "Noted", "Relevant here?"), noted, "None was noted.")
    listed = [_resource(seen, row) for row in partnership.resources(seen.on.conn, **seen.on.at)]
    yield section("Resources", ("Resource", "Kind", "Is it there?", "Of use?"), listed, "None was listed.")


def _counted(seen: Look, themes: Iterable[Theme], name: str) -> list[tuple[Said, ...]]:
    return [
        (
            link(choice_of(theme.name), seen.link("/library", **{name: theme.name})),
            str(theme.concerns),
            str(theme.good_practice),
            linked_findings(seen, theme.sources),
        )
        for theme in themes
    ]


def _findings(seen: Look, heading: str, found: Iterable[Found], empty: str) -> dict[str, Any]:
    rows = [
        (
            [link(one.source, seen.link(f"/reviews/{one.review}")), quiet(one.title)],
            [one.statement, quiet("Good practice" if one.polarity == GOOD else None)],
            choice_of(one.system_factor),
            ", ".join(one.themes),
            _answered(one),
        )
        for one in found
    ]
    return section(heading, FINDING, rows, empty)


def _answered(one: Found) -> list[Said]:
    factor = {True: "Modifiable", False: "Not modifiable", None: None}[one.modifiable_factor]
    return [part for part in ((one.response or "Not answered yet").capitalize(), quiet(factor)) if part]


def _briefing(seen: Look, row: ItemLine) -> tuple[Said, ...]:
    title = link(f"{row.ref} {row.title}", seen.link(f"/disseminations/{row.ref}"))
    return title, choice_of(row.kind), row.issued_on, linked(seen, row.source)


def _noted(seen: Look, one: Noted) -> tuple[Said, ...]:
    relevant = {"relevant": "Yes", "not relevant": "No", None: strong("Not decided")}[one.relevance]
    named = [f"{one.board}, {one.year}", quiet(one.repository_id)]
    title = [link(f"{one.ref} {one.title}", seen.link(f"/reviews/{one.ref}")), quiet(choice_of(one.kind))]
    return title, [part for part in named if part], one.noted_on, [part for part in (relevant, quiet(one.why)) if part]


def _resource(seen: Look, row: ResourceRow) -> tuple[Said, ...]:
    there = {True: "There", False: strong("Not there"), None: "Nobody has looked yet"}[row.reachable]
    last = quiet(f"Looked at {written(row.checked_on)}") if row.checked_on else None
    overdue = strong(f"To be looked at by {written(row.check_due)}: overdue") if row.check_due < seen.clocks.as_at else None
    useful = [one["useful"] for one in row.feedback]
    of_use = f"{sum(how == 'yes' for how in useful)} of {len(useful)} say yes" if useful else "Nobody has said so yet"
    name = link(f"{row.ref} {row.title}", seen.link(f"/resources/{row.ref}"))
    return name, row.kind.capitalize(), [part for part in (there, last, overdue) if part], of_use
