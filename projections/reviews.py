"""Reviews, their findings and the Board's response, on any day as known on any day; the actions that came of each are in the register."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from aggregates.review import ResponseFormulated, Review, ReviewState
from projections import action_register
from projections.action_register import Filters
from projections.read_model import AT_CLOCKS
from projections.timeline import ByReference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from psycopg import Connection

    from aggregates.entry import Entry
    from projections.action_register import ActionRow


class Reviews(ByReference):
    """Every review."""

    table = "reviews"
    kinds: ClassVar[frozenset[str]] = frozenset({"review"})
    columns: ClassVar[Mapping[str, str]] = {
        "title": "text",
        "kind": "text",
        "regime": "text",
        "referring_agency": "text",
        "notified_on": "date",
        "status": "text",
        "responded_on": "date",
        "findings": "jsonb",
    }

    def fold(self, entries: Sequence[Entry], before: ReviewState | None = None) -> ReviewState | None:
        """Take the aggregate's own."""
        return Review.fold(entries, before)

    def row(self, review: ReviewState) -> tuple[Any, ...]:
        """Show each finding with the response to it, where there is one."""
        answered = review.status if isinstance(review.status, ResponseFormulated) else None
        answers = {answer.number: asdict(answer) for answer in answered.responses} if answered else {}
        unanswered = {"response": None, "reason": None, "intended_actions": None}
        findings = [asdict(finding) | unanswered | answers.get(finding.number, {}) for finding in review.findings]
        said = (review.title, review.kind, review.regime, review.referring_agency, review.notified_on)
        return (*said, review.status.word, answered and answered.on, json.dumps(findings, sort_keys=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A review on a day.

    `findings` have a `number`, what was found (`statement`, `polarity`, `scope`, `system_factor`, `themes`) and the Board's
    `response`, `reason` and `intended_actions`, None until it answered.
    """

    ref: str
    title: str
    kind: str
    regime: str
    referring_agency: str | None
    notified_on: date
    status: str
    responded_on: date | None
    findings: list[dict[str, Any]]


REFERRED_IN = """
    SELECT ref FROM views.inspection_history
     WHERE topic = 'review.referred.v1' AND coalesce(on_behalf_of, by_office) = %(office)s AND position <= %(known_at)s"""
SELECT = SQL("SELECT key AS ref, {} FROM views.reviews WHERE {}").format(SQL(", ").join(map(Identifier, Reviews.columns)), AT_CLOCKS)


def reviews(conn: Connection[Any], *, as_at: date, known_at: int) -> list[ReviewRow]:
    """Return every review as at a day, as known at a position."""
    with conn.cursor(row_factory=class_row(ReviewRow)) as cursor:
        return cursor.execute(SELECT + SQL(" ORDER BY notified_on, key"), {"as_at": as_at, "known_at": known_at}).fetchall()


def review(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> ReviewRow | None:
    """Return one review as at a day, as known at a position; None where there was none."""
    with conn.cursor(row_factory=class_row(ReviewRow)) as cursor:
        return cursor.execute(SELECT + SQL(" AND key = %(ref)s"), {"as_at": as_at, "known_at": known_at, "ref": ref}).fetchone()


def referred_by(conn: Connection[Any], agency: str, office: str | None, *, as_at: date, known_at: int) -> set[str]:
    """Return the references of the reviews that an agency, or an office of it, put before the Board."""
    theirs = {row.ref for row in reviews(conn, as_at=as_at, known_at=known_at) if row.referring_agency == agency}
    return theirs | {ref for (ref,) in conn.execute(REFERRED_IN, {"office": office, "known_at": known_at})}


def actions_of(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> dict[str, list[ActionRow]]:
    """Return the actions that came of a review by the number of the finding; those of the review as a whole under an empty one."""
    found: dict[str, list[ActionRow]] = {}
    for row in action_register.register(conn, as_at=as_at, known_at=known_at, filters=Filters(source=ref), sort="ref"):
        found.setdefault((row.source or "").partition("/")[2], []).append(row)
    return found
