"""The report of a year as it stands, with what is missing of it; each number opens to what it is made of (journey F.2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from aggregates.clocks.regimes import WORDS
from aggregates.returns.aggregate import reference
from aggregates.returns.report import canonical, digest
from aggregates.returns.report.answers import OF_FAMILIES
from aggregates.returns.reporting import REPORT
from api.access import needs
from api.pages.acting.addresses import address_of
from api.pages.board import listing
from api.pages.frame import Look, look, render, tables
from api.pages.frame.clocks import address
from api.pages.frame.entries import page_of
from api.pages.frame.thing import Said, link, quiet
from api.pages.frame.words import title_of
from api.pages.published import editions, shown
from api.worker import worker
from projections import returns
from projections.returns import Filters
from projections.two_clocks.decoded_log import kind_of
from service.commands import BOARD, COMMANDS
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from projections.returns import ReturnRow

pages = Blueprint("report", __name__)
COLUMNS: Final = ("Year", "Asked for", "Published")


@pages.get("/reports")
@needs("report drafts")
def every() -> Response:
    """List the years of which there is a report, or is to be one."""
    with look() as seen:
        published = editions.every(seen.on.conn)
        asked = returns.returns(seen.on.conn, **seen.on.at, filters=Filters(kind=REPORT))
        rows = [_listed(seen, row, [one for one in published if one.period == row.period]) for row in asked]
        lead = "What the Board tells everybody of a year: built from the record, section by section as the law asks."
        nothing = ("No report was asked for.", "Once the Board asks itself for the report of a year, it stands here.")
        more = [link("What is published", "/public")]
        if COMMANDS["request_return"].open_to(seen.on.scope.role):
            more.append(link("Ask for a report", address("/returns/new", {"kind": REPORT})))
        return listing.show(
            seen, "return", "/reports", COLUMNS, rows, heading="Reports of the year", lead=lead,
            empty=nothing, more=more,
        )  # fmt: skip


def _listed(seen: Look, row: ReturnRow, published: list[returns.Edition]) -> tuple[Said, ...]:
    signed = [[link(f"Edition {one.edition}", shown.address_of(one.period, one.edition), f"of {row.period}"), one.on] for one in published]
    name = link(shown.called(row.period), seen.link(f"/reports/{row.period}"), "the report as it stands")
    return (name, [row.requested_on, quiet("Due"), row.due_on], [part for one in signed for part in one] or "Not published")


@pages.get("/reports/<period>")
@needs("report drafts")
def draft(period: str) -> Response:
    """Show the report of a year as it stands."""
    with look() as seen:
        document = returns.report_of(seen.on.conn, period, **seen.on.at)
        told, row = shown.shown(document), _asked(seen, period)
        _lead_to_forms(seen, told, row)
        return render(
            "published/draft.html",
            look=seen,
            report=told,
            hrefs=_hrefs(seen, period, told),
            explain=_explain(seen, told, row),
            tasks=_tasks(seen, document, told, row),
            standing=[] if row else ["The report of this year has not been asked for: that comes first."],
            crumbs=[{"text": "Reports of the year", "href": seen.link("/reports")}],
            path=f"/reports/{period}",
            now_href=f"/reports/{period}",
        )


@pages.get("/reports/<period>/notes/<int:n>")
@needs("report drafts")
def note(period: str, n: int) -> Response:
    """Show what a number of the report is made of: the things, and the events of each."""
    with look() as seen:
        told = shown.shown(returns.report_of(seen.on.conn, period, **seen.on.at))
        found = next((one for one in told["notes"] if one["n"] == n), None)
        if found is None:
            raise NotFound(kind="note", ref=f"{n} of the report {period}")
        crumbs = [
            {"text": "Reports of the year", "href": seen.link("/reports")},
            {"text": told["heading"], "href": seen.link(f"/reports/{period}")},
        ]
        things, number, here = _things(found["events"]), tables.page_asked(), f"/reports/{period}/notes/{n}"
        rows = _behind(seen, things[(number - 1) * tables.OF_SEVERAL : number * tables.OF_SEVERAL])
        pager = tables.pager(number, len(things), lambda page: seen.link(here, page=page), tables.OF_SEVERAL)
        first = seen.link(here)
        return render("published/note.html", look=seen, about=found["about"], n=n, rows=rows, pager=pager, first_href=first, crumbs=crumbs)


def _things(events: list[dict[str, Any]]) -> list[tuple[tuple[str, str], list[dict[str, Any]]]]:
    """Return the things that events are of, in the order of the log, each with its events."""
    things: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for event in events:
        things.setdefault((kind_of(event["event"]), event["of"].partition(":")[2]), []).append(event)
    return list(things.items())


def _behind(seen: Look, things: list[tuple[tuple[str, str], list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    return [
        {
            "thing": {"text": f"{ref} {seen.title_of(kind, ref)}".strip(), "href": (page := page_of(kind, ref)) and seen.link(page)},
            "events": [
                {
                    "position": one["position"],
                    "href": seen.link(f"/events/{one['position']}"),
                    "title": title_of(one["event"]),
                    "on": date.fromisoformat(one["on"]),
                }
                for one in its
            ],
        }
        for (kind, ref), its in things
    ]


def _asked(seen: Look, period: str) -> ReturnRow | None:
    return returns.one(seen.on.conn, reference(REPORT, period, "BOARD"), **seen.on.at)


def _hrefs(seen: Look, period: str, told: Mapping[str, Any]) -> dict[int, str]:
    return {one["n"]: seen.link(f"/reports/{period}/notes/{one['n']}") for one in told["notes"]}


def _lead_to_forms(seen: Look, told: Mapping[str, Any], row: ReturnRow | None) -> None:
    """Say of each thing that is missing where it can be closed, for whoever may and of the report as it stands now."""
    for section in told["sections"]:
        for gap in section["gaps"]:
            gap["href"] = _closing(seen, told, section, gap, row) if row and seen.clocks.is_now else None


def _closing(seen: Look, told: Mapping[str, Any], section: Mapping[str, Any], gap: Mapping[str, Any], row: ReturnRow) -> str | None:
    """Return the form in which a gap is closed, filled in as far as is known; None where it is not the reader's to close."""
    of = str(gap["of"] or "").partition(":")[2]
    if gap["needs"] == "families" and of:
        return seen.link(f"/returns/{of}")
    name, about, said = {
        "impact": ("evaluate_review_impact", of, {"year": told["first"][:4]}),
        "priorities": ("set_priorities", None, {"period": row.period}),
        "families": ("request_return", None, {"kind": OF_FAMILIES, "period": row.period}),
        "returns": ("request_return", None, {"period": row.period}),
        WORDS: ("explain_section", row.ref, {"section": section["id"]}),
    }[gap["needs"]]
    command = COMMANDS[name]
    return address(address_of(command, about), said) if command.open_to(seen.on.scope.role) else None


def _explain(seen: Look, told: Mapping[str, Any], row: ReturnRow | None) -> dict[str, str]:
    """Return, by its section, where it can be explained."""
    if row is None or not seen.clocks.is_now or seen.on.scope.role not in BOARD:
        return {}
    return {one["id"]: address(f"/returns/{row.ref}/explain_section", {"section": one["id"]}) for one in told["sections"]}


def _tasks(seen: Look, document: Mapping[str, Any], told: Mapping[str, Any], row: ReturnRow | None) -> list[dict[str, str]]:
    """Return what the reader can do with the report as it is shown."""
    role, period = seen.on.scope.role, document["period"]
    if row is None:
        ask = COMMANDS["request_return"].open_to(role)
        asked = {"kind": REPORT, "period": period, "respondent": "BOARD"}
        return [{"title": "Ask for the report of this year", "href": address("/returns/new", asked)}] if ask else []
    over = date.fromisoformat(document["last"]) <= seen.clocks.as_at
    tasks = [{"title": "Everything that was recorded of it", "href": seen.link(f"/returns/{row.ref}")}]
    if over and not told["missing"] and COMMANDS["publish_return"].open_to(role) and seen.clocks.as_at <= worker().today:
        signed = shown.drafted(seen.clocks) | {"report_sha256": digest(canonical(dict(document)))}
        tasks.insert(0, {"title": "Sign and publish this report", "href": address(f"/returns/{row.ref}/publish_return", signed)})
    return tasks
