"""The review tracker: where each review is, which clock runs, and what stops it closing; on any day as known on any day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from aggregates.clocks.regimes import REGIMES
from api.access import member
from api.pages.acting.possible import to_begin
from api.pages.board.filters import Filter, cleared
from api.pages.board.filters import asked as asked_for
from api.pages.frame import Look, look, render, tables
from api.pages.frame.clocks import address
from api.pages.frame.entries import NOTHING, causes, event_of
from api.pages.frame.thing import Said, link, section
from api.pages.reviews import clocks
from api.resources.record.visible import Visible
from projections import reviews

if TYPE_CHECKING:
    from api.pages.frame.entries import Cause
    from projections.reviews import Tracked

pages = Blueprint("tracker", __name__)

ONLY: Final = {"": "All reviews", "open": "Open", "overdue": "A clock is overdue", "paused": "Paused", "ended": "Ended"}
COLUMNS: Final = ("Review", "Where it stands", "Notified", "Clock", "What stops it closing")


@pages.get("/reviews")
@member
def tracker() -> Response:
    """Show the tracker."""
    with look() as seen:
        every = [(row, _holds(row)) for row in visible(seen)]
        filters = _filters([row for row, _ in every])
        asked = {one.name: one.value for one in filters}
        again = {name: value for name, value in asked.items() if value}
        rows = [_line(row) for row, holds in every if _wanted(row, holds, asked)]
        table = section("Reviews", COLUMNS, rows, "")
        if answer := tables.exported(seen, "reviews", [table]):
            return answer
        shown = tables.shown(seen, "/reviews", table, kept=again, alone=True)
        every_row = {row.ref: row for row, _ in every}
        page = [every_row[line[0]["about"]] for line in shown["rows"]]
        because = causes(seen, [row.ref for row in page], "review")
        return render(
            "reviews/tracker.html",
            look=seen,
            table=shown,
            rows=[_row(seen, row, because.get(row.ref, NOTHING)) for row in page],
            figures=_figures(seen, every),
            filters=[one.select for one in filters],
            filtered=bool(again),
            cleared=[] if rows else cleared(filters, lambda name: _without(seen, every, asked, name)),
            tasks=to_begin("review") if seen.clocks.is_now else [],
            now_href=address("/reviews", again | tables.kept_order()),
            clear_href=seen.link("/reviews", **tables.kept_order()),
        )


def _line(row: Tracked) -> tuple[Said, ...]:
    """Return what the tracker says of a review, by which it is sorted and exported."""
    runs = clocks.first(row.clocks)
    running = clocks.words_of(runs, row.as_at) if runs else None
    stops = [blocker["text"] for blocker in row.blockers] or ["It has ended" if row.ended else "Nothing"]
    name = link(f"{row.ref} {row.title}", None, row.ref)
    return name, row.status.capitalize(), row.notified_on, [running["label"], running["standing"]] if running else None, stops


def visible(seen: Look) -> list[Tracked]:
    """Return the reviews that the reader may see."""
    may_see = Visible(seen.on)
    return [row for row in reviews.tracker(seen.on.conn, **seen.on.at) if may_see.review(row)]


def _holds(row: Tracked) -> frozenset[str]:
    """Return which of `ONLY` hold of a review; its clocks are computed for this once."""
    holds = {
        "open": not row.ended,
        "overdue": any(clock.state == "overdue" for clock in row.clocks),
        "paused": row.paused,
        "ended": row.ended,
    }
    return frozenset(name for name, so in holds.items() if so)


def _wanted(row: Tracked, holds: frozenset[str], asked: dict[str, str]) -> bool:
    same = all(asked[name] in ("", getattr(row, name)) for name in ("kind", "regime", "status"))
    return same and (not asked["only"] or asked["only"] in holds)


def _without(seen: Look, every: list[tuple[Tracked, frozenset[str]]], asked: dict[str, str], name: str) -> tuple[int, str]:
    """Return how many reviews one filter less leaves, and where they are."""
    others = asked | {name: ""}
    return sum(_wanted(row, holds, others) for row, holds in every), seen.link("/reviews", **others | tables.kept_order())


def _figures(seen: Look, every: list[tuple[Tracked, frozenset[str]]]) -> list[dict[str, Any]]:
    told = (("open", "open"), ("overdue", "with an overdue clock"), ("paused", "paused"))
    return [
        {"number": sum(only in holds for _, holds in every), "label": label, "href": seen.link("/reviews", only=only)}
        for only, label in told
    ]


def _filters(every: list[Tracked]) -> list[Filter]:
    return asked_for(
        ("only", "Show", ONLY),
        ("kind", "Kind", {"": "Any"} | {kind: kind.capitalize() for kind in sorted({row.kind for row in every})}),
        ("regime", "Regime", {"": "Any"} | {regime: REGIMES[regime].label for regime in sorted({row.regime for row in every})}),
        ("status", "Standing", {"": "Any"} | {status: status.capitalize() for status in sorted({row.status for row in every})}),
    )


def _row(seen: Look, row: Tracked, because: Cause) -> dict[str, Any]:
    found = row.clocks
    runs = clocks.first(found)
    missing = [blocker["text"] for blocker in row.blockers]
    return {
        "ref": row.ref,
        "title": row.title,
        "href": seen.link(f"/reviews/{row.ref}"),
        "kind": REGIMES[row.regime].called(row.kind),
        "regime": REGIMES[row.regime].label,
        "status": row.status,
        "because": event_of(seen, because.entry),
        "notified_on": row.notified_on,
        "published_on": row.published_on,
        "clock": clocks.words_of(runs, row.as_at) if runs else None,
        "late": sum(clock.state == "late" for clock in found),
        "missing": missing[:2],
        "more": max(0, len(missing) - 2),
        "ended": row.ended,
    }
