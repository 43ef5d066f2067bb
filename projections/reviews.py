"""The review tracker: where each review stands, on any day as known on any day, which clock runs, and what stops it closing.

What depends on the day for which one asks is never stored: the clocks are computed from a review's moments (`aggregates.review.clocks`).
Persons are only pointers; what is restricted (affiliations, what a family said) is not here. The actions that came of a review are in
the register, and are asked for there.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from aggregates.action import state as actions
from aggregates.review import Review, ReviewState, blockers
from aggregates.review.blockers import Promise
from aggregates.review.clocks import clocks_of
from aggregates.review.parts import Finding, response_of
from projections import action_register
from projections.action_register import Filters
from projections.read_model import AT_CLOCKS
from projections.timeline import ByReference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

    from aggregates.clocks.clock import Clock
    from aggregates.entry import Entry
    from projections.action_register import ActionRow

ENDED = frozenset(one.word for one in get_args(actions.Ended))
AS_JSON = json.JSONEncoder(default=str, sort_keys=True).encode
DAYS = {
    "notified_on": "date",
    "decided_on": "date",
    "commissioned_on": "date",
    "presented_on": "date",
    "responded_on": "date",
    "published_on": "date",
    "extended_to": "date",
}
# What a line of the tracker shows, and what only the page of one review does.
SHORT = {
    "title": "text",
    "kind": "text",
    "proposed_kind": "text",
    "regime": "text",
    "referring_agency": "text",
    "status": "text",
    "ended": "boolean",
    **DAYS,
    "moments": "jsonb",
    "pauses": "jsonb",
    "own_blockers": "jsonb",
}
LONG = dict.fromkeys(
    (
        "source", "recommendation", "decisions", "notices", "advice", "commission", "organisations", "team", "lead", "information",
        "practitioners", "family", "feedback", "processes", "findings", "recommendations", "report", "publication", "deferral", "training",
        "impacts",
    ),
    "jsonb",
)  # fmt: skip


class Reviews(ByReference):
    """Every review."""

    table = "reviews"
    kinds: ClassVar[frozenset[str]] = frozenset({"review"})
    columns: ClassVar[Mapping[str, str]] = SHORT | LONG

    def fold(self, entries: Sequence[Entry], before: ReviewState | None = None) -> ReviewState | None:
        """Take the aggregate's own."""
        return Review.fold(entries, before)

    def row(self, review: ReviewState) -> tuple[Any, ...]:
        """Show all of it that is not restricted."""
        moments = review.moments
        said = {name: getattr(review, name) for name in ("title", "kind", "proposed_kind", "regime", "referring_agency", "ended")}
        days = {name: moments.get(name.removesuffix("_on")) for name in DAYS} | {"extended_to": review.extended_to}
        running = {"moments": moments, "pauses": _plain(review.pauses), "own_blockers": _plain(blockers.of_the_review(review))}
        shown = said | {"status": review.status.word} | days | running | _long(review)
        return tuple(AS_JSON(shown[name]) if kind == "jsonb" else shown[name] for name, kind in self.columns.items())


def _long(review: ReviewState) -> dict[str, Any]:
    several = ("decisions", "notices", "team", "information", "processes", "recommendations", "impacts")
    one = ("source", "recommendation", "commission", "report", "publication", "deferral", "training", "practitioners")
    shown: dict[str, Any] = {name: _plain(getattr(review, name)) for name in several}
    shown |= {name: None if (value := getattr(review, name)) is None else asdict(value) for name in one}
    shown["advice"] = [{"body": advice.body, "on": advice.on, "summary": advice.summary} for advice in review.advice]
    shown["organisations"], shown["feedback"] = review.organisations, review.feedback
    shown["family"] = [{"on": contact.on, "outcome": contact.outcome} for contact in review.family]
    answers = {answer.number: asdict(answer) for answer in review.answer.responses} if review.answer else {}
    unanswered = {"response": None, "reason": None, "intended_actions": None}
    shown["findings"] = [asdict(finding) | unanswered | answers.get(finding.number, {}) for finding in review.findings]
    shown["lead"] = _lead(review)
    return shown


def _lead(review: ReviewState) -> dict[str, Any] | None:
    """Show who leads as a pointer, and whether they are independent; what ties them is restricted."""
    if (lead := review.lead) is None:
        return None
    said = {name: getattr(lead, name) for name in ("appointed_on", "declaration_sha256", "look_back_years", "breached_on")}
    independent = lead.breached_on is None and not review.conflicts
    return {**said, "reviewer": lead.reviewer.subject, "conflicts": review.conflicts, "independent": independent}


def _plain(values: Sequence[Any]) -> list[dict[str, Any]]:
    return [asdict(value) for value in values]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """A clock on a day, with its basis. `gross_days` count the pauses too, `net_days` do not (INV-10)."""

    name: str
    label: str
    basis: str
    source: str
    count: int
    unit: str
    started_on: date
    due_on: date | None
    stopped_on: date | None
    extended_to: date | None
    gross_days: int | None
    net_days: int | None
    state: str
    days_late: int
    regime: str
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """Where a review stands on a day. `blockers` are what is missing in the review itself; `review` adds what its actions lack."""

    as_at: date
    ref: str
    title: str
    kind: str
    proposed_kind: str
    regime: str
    referring_agency: str | None
    status: str
    ended: bool
    notified_on: date
    decided_on: date | None
    commissioned_on: date | None
    presented_on: date | None
    responded_on: date | None
    published_on: date | None
    extended_to: date | None
    moments: dict[str, date]
    pauses: list[dict[str, Any]]
    blockers: list[dict[str, Any]]

    @property
    def paused(self) -> bool:
        """Say whether it is paused on the day."""
        return any(pause["end"] is None for pause in self.pauses)

    @property
    def stretches(self) -> list[tuple[date, date | None]]:
        """Return the pauses as the clocks take them."""
        return [(date.fromisoformat(pause["start"]), pause["end"] and date.fromisoformat(pause["end"])) for pause in self.pauses]

    @property
    def clocks(self) -> list[ClockRow]:
        """Return the clocks that have started by the day, in the order in which they come to matter."""
        return [_clock(clock, self.as_at) for clock in clocks_of(self, self.as_at)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow(Tracked):
    """A review on a day, whole.

    `findings` have a `number`, what was found (`statement`, `polarity`, `scope`, `system_factor`, `themes`, `modifiable_factor`) and the
    Board's `response`, `reason` and `intended_actions`, None until it answered. `lead` has the `reviewer` as a pointer, `independent`
    and the organisations in `conflicts`; `source` is set where the review is another body's.
    """

    source: dict[str, Any] | None
    recommendation: dict[str, Any] | None
    decisions: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    advice: list[dict[str, Any]]
    commission: dict[str, Any] | None
    organisations: list[str]
    team: list[dict[str, Any]]
    lead: dict[str, Any] | None
    information: list[dict[str, Any]]
    practitioners: dict[str, Any]
    family: list[dict[str, Any]]
    feedback: int
    processes: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    recommendations: list[dict[str, Any]]
    report: dict[str, Any] | None
    publication: dict[str, Any] | None
    deferral: dict[str, Any] | None
    training: dict[str, Any]
    impacts: list[dict[str, Any]]


def _clock(clock: Clock, day: date) -> ClockRow:
    same = {name: getattr(clock, name) for name in ClockRow.__dataclass_fields__ if name not in {"state", "days_late"}}
    return ClockRow(**same, state=clock.state(day), days_late=clock.days_late(day))


REFERRED_IN = """
    SELECT ref FROM views.inspection_history
     WHERE topic = 'review.referred.v1' AND coalesce(on_behalf_of, by_office) = %(office)s AND position <= %(known_at)s"""
CONCERNING = SQL("""
    SELECT key FROM views.reviews
     WHERE {} AND (referring_agency = %(agency)s OR information @> jsonb_build_array(jsonb_build_object('agency', %(agency)s::text)))
    """).format(AT_CLOCKS)
AGENCIES = SQL("SELECT key FROM views.agencies WHERE {}").format(AT_CLOCKS)


def tracker(conn: Connection[Any], *, as_at: date, known_at: int) -> list[Tracked]:
    """Return where every review stands as at a day, as known at a position, in the order of notification."""
    return [Tracked(**_read(row, as_at)) for row in _rows(conn, SHORT, SQL("ORDER BY notified_on, key"), as_at=as_at, known_at=known_at)]


def reviews(conn: Connection[Any], *, as_at: date, known_at: int) -> list[ReviewRow]:
    """Return every review, whole, as at a day, as known at a position."""
    rows = _rows(conn, SHORT | LONG, SQL("ORDER BY notified_on, key"), as_at=as_at, known_at=known_at)
    return [ReviewRow(**_read(row, as_at)) for row in rows]


def review(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> ReviewRow | None:
    """Return one review as at a day, as known at a position, with all that stops it closing; None where there was none."""
    for row in _rows(conn, SHORT | LONG, SQL("AND key = %(ref)s"), ref=ref, as_at=as_at, known_at=known_at):
        found = ReviewRow(**_read(row, as_at))
        return found if found.ended else replace(found, blockers=found.blockers + _of_its_actions(conn, found, known_at))
    return None


def concerning(conn: Connection[Any], agency: str, office: str | None, *, as_at: date, known_at: int) -> set[str]:
    """Return the references of the reviews that an agency, or an office of it, put before the Board, or was asked for information for."""
    at = {"as_at": as_at, "known_at": known_at, "agency": agency, "office": office}
    return {ref for query in (CONCERNING, SQL(REFERRED_IN)) for (ref,) in conn.execute(query, at)}


def actions_of(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> dict[str, list[ActionRow]]:
    """Return the actions that came of a review by the number of the finding; those of the review as a whole under an empty one."""
    found: dict[str, list[ActionRow]] = {}
    for row in action_register.register(conn, as_at=as_at, known_at=known_at, filters=Filters(source=ref), sort="ref"):
        found.setdefault((row.source or "").partition("/")[2], []).append(row)
    return found


def _of_its_actions(conn: Connection[Any], found: ReviewRow, known_at: int) -> list[dict[str, Any]]:
    agencies = {code for (code,) in conn.execute(AGENCIES, {"as_at": found.as_at, "known_at": known_at})}
    came = [row for rows in actions_of(conn, found.ref, as_at=found.as_at, known_at=known_at).values() for row in rows]
    promises = [Promise(row.ref, (row.source or "").partition("/")[2], row.owner, row.status in ENDED) for row in came]
    findings = [Finding(**{name: said[name] for name in Finding.__slots__}) for said in found.findings]
    responses = [response_of(said) for said in found.findings if said["response"]]
    return _plain(blockers.of_its_actions(findings, responses, promises, agencies))


def _rows(conn: Connection[Any], columns: Mapping[str, str], rest: SQL, **at: Any) -> list[dict[str, Any]]:
    query = SQL("SELECT key AS ref, {} FROM views.reviews WHERE {} {}").format(SQL(", ").join(map(Identifier, columns)), AT_CLOCKS, rest)
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, at).fetchall()


def _read(row: dict[str, Any], as_at: date) -> dict[str, Any]:
    """Return a row's values as the day asks for them: what begins to stop a review later does not stop it yet."""
    own = [said for said in row.pop("own_blockers") if said["from_on"] is None or date.fromisoformat(said["from_on"]) <= as_at]
    moments = {name: date.fromisoformat(day) for name, day in row["moments"].items()}
    return {**row, "as_at": as_at, "moments": moments, "blockers": own}
