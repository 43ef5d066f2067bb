"""What was told of what falls due: reminders and escalations, to whom, and how late where the service slept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Blueprint

from api.access import member
from api.pages.board import listing
from api.pages.frame import Look, look
from api.pages.frame.thing import Said, link, quiet, to_event
from api.pages.frame.words import written
from api.pages.obligations.wording import about, duty_by, owner_of
from api.resources.learning import PeriodArgs, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Response

    from projections.learning import NoticeRow

pages = Blueprint("notices_", __name__)

COLUMNS: Final = ("Told", "What", "About", "Owed by", "To whom")


@pages.get("/notices")
@member
def notices() -> Response:
    """List the notices of the year up to the day, the newest first."""
    with look() as seen:
        last = seen.clocks.as_at
        rows = [
            (
                [row.on, to_event(seen, row.position)],
                list(_what(row)),
                what_of(seen, row),
                owner_of(seen, row.owner),
                list(to_whom(seen, row)),
            )
            for row in told(seen.on, *PeriodArgs.of(seen.on))
        ]
        year = f"in the year up to {written(last)}"
        lead = f"Who was told of what falls due, {year}. Each notice is an event, whether or not a mail reached anybody."
        nothing = ("No notice was issued in this year.", "Nothing that you may see fell due, or nobody was to be told of it.")
        return listing.show(
            seen, "notice", "/notices", COLUMNS, rows, heading="Notices", lead=lead, empty=nothing, facets=("What", "To whom"),
        )  # fmt: skip


def _what(row: NoticeRow) -> Iterator[Said]:
    yield f"Escalated, level {row.level}" if row.level else "Reminded"
    if row.served_late_days:
        yield quiet(f"{row.served_late_days} {'day' if row.served_late_days == 1 else 'days'} late")


def what_of(seen: Look, row: NoticeRow) -> Said:
    """Return what a notice is about: the action; or the duty in words, by which clause it is owed, and for what."""
    if row.about.startswith("action:"):
        return listing.linked(seen, row.about)
    rule, subject = row.ref.partition("|")[0], about(seen, row.title)
    duty = link(duty_by(rule, row.about), owed_at(seen, row))
    return [duty, *(subject if isinstance(subject, list) else [subject]), quiet(row.about)]


def owed_at(seen: Look, row: NoticeRow) -> str:
    """Return the address of the obligation of which a notice told."""
    return seen.link(f"/obligations/{'/'.join(map(quote, row.ref.split('|')))}")


def to_whom(seen: Look, row: NoticeRow) -> Iterator[Said]:
    """Give who was told, and whose offices were passed over because nobody held them."""
    yield seen.words.office(row.to_office, row.on)
    if row.vacant_offices:
        vacant = ", ".join(seen.words.office(office, row.on) for office in row.vacant_offices)
        yield quiet(f"Vacant, and passed over: {vacant}")
