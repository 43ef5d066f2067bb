"""The action register: filtered, sorted and paged on the server, on any day as known on any day; and the same as CSV."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from flask import Blueprint, Response, request

from api.access import member
from api.pages.board.filters import Filter, cleared
from api.pages.board.filters import asked as asked_for
from api.pages.frame import Look, exports, look, render
from api.pages.frame.clocks import address
from api.pages.frame.entries import NOTHING, causes, event_of
from api.pages.frame.tables import SIZE, kept_order, page_asked, pager
from api.pages.frame.words import written
from api.resources.actions import own
from projections import action_register, reviews
from projections.action_register import STATUSES, ActionRow, Filters, Sort, Summary
from projections.partnership import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from api.pages.frame.entries import Cause

pages = Blueprint("register", __name__)

COLUMNS: Final[tuple[tuple[str, Sort | None], ...]] = (
    ("Action", "ref"),
    ("Owner", "owner"),
    ("Due", "due"),
    ("Standing", "status"),
    ("Did it last?", None),
)
ONLY: Final = {
    "": "All actions",
    "open": "Still owed",
    "overdue": "Overdue",
    "signed-off": "Signed off now",
    "ever-signed-off": "Ever signed off",
    "tested": "Tested again after sign-off",
    "held": "Held on re-test",
    "slipped": "Slipped on re-test",
}
LAST_CHECKS: Final[Mapping[str, Literal["held", "slipped"]]] = {"held": "held", "slipped": "slipped"}


@pages.get("/actions")
@member
def register() -> Response:
    """Show the register."""
    with look() as seen:
        asked, chosen = filters_asked(seen), _filters(seen)
        number = page_asked()
        rows = action_register.register(seen.on.conn, **seen.on.at, filters=asked, **order(), limit=number * SIZE)
        total = action_register.count(seen.on.conn, **seen.on.at, filters=asked)
        counts = _counts(seen, asked)
        return render(
            "actions/register.html",
            look=seen,
            columns=_columns(seen),
            rows=_rows(seen, rows[(number - 1) * SIZE :]),
            figures=figures(seen, counts),
            headline=headline(seen, counts),
            pager=pager(number, total, lambda page: _again(seen, page=page)),
            filters=[one.select for one in chosen if len(one.options) > 1],
            filtered=any(one.value for one in chosen),
            cleared=[] if total else cleared(chosen, lambda name: _without(seen, name)),
            first_href=_again(seen, page=None),
            exports=exports.links(lambda form: _again(seen, path=f"/actions.{form}", page=None)),
            now_href=address("/actions", {name: value for name, value in request.args.items() if name in FILTERS} | kept_order()),
            clear_href=seen.link("/actions", **kept_order()),
            partial=seen.on.scope.partial,
        )


@pages.get(f"/actions.<any({', '.join(exports.FORMS)}):form>")
@member
def as_file(form: str) -> Response:
    """Give every row that the filters leave as CSV or as JSON."""
    with look() as seen:
        rows = action_register.register(seen.on.conn, **seen.on.at, filters=filters_asked(seen), **order())
        because = causes(seen, [row.ref for row in rows])
        return exports.give(seen, "actions", FIELDS, [list(_line(seen, row, because.get(row.ref, NOTHING))) for row in rows], form)


NO_STATUS: Final = ""  # which no action has
FILTERS: Final = ("owner", "overseen_by", "status", "source", "only")


def filters_asked(seen: Look, without: str | None = None) -> Filters:
    """Return what the page's address filters by, one of its filters left out; what nobody can choose matches nothing.

    A designated lead sees their agency's.
    """
    said = {name: request.args.get(name, "").strip() or None for name in FILTERS if name != without}
    only = said.get("only")
    filters = Filters(
        owner=said.get("owner"),
        overseen_by=said.get("overseen_by"),
        status=said.get("status") if only is None or only in ONLY else NO_STATUS,
        source=said.get("source"),
        overdue_only=only == "overdue",
        open_only=only == "open",
        signed_off_only=only == "signed-off",
        ever_signed_off=only == "ever-signed-off",
        tested=only == "tested",
        last_check=LAST_CHECKS.get(only or ""),
    )
    return own(filters, seen.on)


def _without(seen: Look, name: str) -> tuple[int, str]:
    """Return how many actions one filter less leaves, and where they are."""
    left, changed = filters_asked(seen, without=name), dict[str, Any]({name: None, "page": None})
    return action_register.count(seen.on.conn, **seen.on.at, filters=left), _again(seen, **changed)


def order() -> dict[str, Any]:
    """Return the order that the page's address asks for: what is still owed first, by due date, unless it names another."""
    sort = request.args.get("sort", "owed")
    return {"sort": sort if sort in get_args(Sort) else "owed", "descending": request.args.get("order") == "descending"}


def _again(seen: Look, *, path: str = "/actions", **changed: Any) -> str:
    """Return this page with something of its address changed."""
    kept = {name: value for name, value in request.args.items() if name in (*FILTERS, "sort", "order", "page")}
    return seen.link(path, **(kept | changed))


def _columns(seen: Look) -> list[dict[str, str | None]]:
    now = order()
    columns: list[dict[str, str | None]] = []
    for text, sort in COLUMNS:
        here = sort is not None and now["sort"] == sort
        turned = "descending" if here and not now["descending"] else None
        href = _again(seen, sort=sort, order=turned, page=None) if sort else None
        sorted_now = ("descending" if now["descending"] else "ascending") if here else None
        columns.append({"text": text, "href": href, "sorted": sorted_now})
    return columns


def _filters(seen: Look) -> list[Filter]:
    """Return the filters of the register, each with what may be chosen."""
    words, all_agencies = seen.words, seen.on.scope.agency is None
    owners = words.agencies | words.sub_groups if all_agencies else {}
    came_from = {ref: f"{ref} {title}" for ref, title in reviews.titles(seen.on.conn, **seen.on.at).items()} if all_agencies else {}
    return asked_for(
        ("only", "Show", ONLY),
        ("owner", "Owned by", {"": "Everybody"} | owners),
        ("overseen_by", "Overseen by", {"": "Any sub-group"} | words.sub_groups),
        ("status", "Standing", {"": "Any"} | {status: status.capitalize() for status in STATUSES}),
        ("source", "From review", {"": "Any"} | came_from),
    )


def figures(seen: Look, counts: Summary) -> list[dict[str, Any]]:
    """Return the counts of what the other filters leave, each opening the rows that it counts."""
    told = (
        (counts.owed, "still owed", "open"),
        (counts.overdue, "overdue", "overdue"),
        (counts.signed_off, "signed off now", "signed-off"),
        (counts.held, "held on re-test", "held"),
        (counts.slipped, "slipped on re-test", "slipped"),
    )
    return [{"number": number, "label": label, "href": _again(seen, only=only, page=None)} for number, label, only in told]


def headline(seen: Look, counts: Summary) -> dict[str, Any]:
    """Return whether improvements last, in numbers that each open the rows that they count."""
    told = [("signed_off", counts.ever_signed_off, "ever-signed-off"), ("tested", counts.tested, "tested")]
    told += [("held", counts.held, "held"), ("slipped", counts.slipped, "slipped")]
    return {name: {"number": number, "href": _again(seen, only=only, page=None)} for name, number, only in told}


def _counts(seen: Look, asked: Filters) -> Summary:
    """Count what the other filters leave."""
    left = Filters(owner=asked.owner, concerns=asked.concerns, overseen_by=asked.overseen_by, status=asked.status, source=asked.source)
    return action_register.summary(seen.on.conn, **seen.on.at, filters=left)


def _rows(seen: Look, rows: Sequence[ActionRow]) -> list[dict[str, Any]]:
    because = causes(seen, [row.ref for row in rows])
    limit = settings(seen.on.conn, **seen.on.at).backdating_limit
    titles = reviews.titles(seen.on.conn, **seen.on.at)
    return [row_of(seen, row, because.get(row.ref, NOTHING), limit, titles) for row in rows]


def row_of(seen: Look, row: ActionRow, because: Cause, limit: int, titles: dict[str, str]) -> dict[str, Any]:
    """Return a row as the register and an action's page show it."""
    review = (row.source or "").partition("/")[0]
    entry = because.entry
    flagged = entry and entry.late and (entry.late > limit or entry.late_reason)
    position = entry.position if entry else row.changed_at
    return {
        "ref": row.ref,
        "title": row.title,
        "href": seen.link(f"/actions/{row.ref}"),
        "review": {"ref": review, "title": titles.get(review, ""), "finding": (row.source or "").partition("/")[2] or None}
        if review
        else None,
        "owner": seen.words.body(row.owner),
        "offered_to": seen.words.body(row.offered_to) or None,
        "inherited_from": seen.words.body(row.inherited_from) or None,
        "overseen_by": seen.words.body(row.overseen_by),
        "due_on": row.due_on,
        "original_due_on": row.original_due_on,
        "overdue_days": row.days_overdue,
        "status": row.status,
        "because": {"position": position, "href": seen.link(f"/events/{position}")},
        "dated": event_of(seen, because.dated),
        "signed": event_of(seen, because.signed) if row.signed_off_on else None,
        "checked": event_of(seen, because.checked) if row.sustained else None,
        "signed_off_on": row.signed_off_on,
        "lasted": lasted(row),
        "late": {"days": entry.late, "reason": entry.late_reason} if entry and flagged else None,
        "later": because.later,
    }


def lasted(row: ActionRow) -> str | None:
    """Return whether it lasted, in words: how the last check came out, and when the next one is."""
    checked = row.sustained[0].upper() + row.sustained[1:] if row.sustained else None
    due = row.checks_scheduled[0] if row.checks_scheduled else None
    if due is None:
        return checked
    again = f"o be re-tested by {written(date.fromisoformat(due))}"
    return f"{checked}; t{again}" if checked else f"T{again}"


FIELDS: Final = (
    "reference", "title", "from", "owner", "owner's name", "overseen by", "due", "originally due", "times re-dated", "days overdue",
    "status", "signed off on", "signed off by", "did it last", "event",
)  # fmt: skip


def _line(seen: Look, row: ActionRow, because: Cause) -> Iterator[Any]:
    yield from (row.ref, row.title, row.source, row.owner, seen.words.body(row.owner), row.overseen_by, row.due_on, row.original_due_on)
    yield from (
        row.times_redated,
        row.days_overdue,
        row.status,
        row.signed_off_on,
        row.signed_off_by,
        lasted(row),
        because.entry and because.entry.position,
    )
