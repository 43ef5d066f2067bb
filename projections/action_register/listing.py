"""The actions on any date, as known at any position.

*Overdue* depends on the day for which one asks and is never stored. A sign-off is shown with what is known now of who signed: where the
employer of the signing office's holder turns out to be the owner, the row says so (INV-11).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, get_args

from psycopg.rows import class_row
from psycopg.sql import SQL, Composed, Identifier

from aggregates.action import Action, state
from projections.partnership import SERVED
from projections.two_clocks.read_model import AT_CLOCKS
from projections.two_clocks.timeline import OneRow, as_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from psycopg import Connection

    from aggregates.action.shown import Submission
    from aggregates.entry import Entry

Sort: TypeAlias = Literal["owed", "due", "overdue", "ref", "title", "owner", "overseen by", "status", "assigned"]
STATUSES = tuple(one.word for one in get_args(state.Status))
ENDED = frozenset(one.word for one in get_args(state.Ended))
# The columns that are the state's own attributes, and those that are found from it.
SAID = {
    "title": "text",
    "kind": "text",
    "source": "text",
    "owner": "text",
    "owner_office": "text",
    "original_owner": "text",
    "overseen_by": "text",
    "success_measure": "text",
    "intended_outcome": "text",
    "assigned_on": "date",
    "due_on": "date",
    "original_due_on": "date",
    "times_redated": "integer",
    "days_late_when_redated": "integer",
    "redated_with_reason": "text",
    "discharged": "boolean",
    "rag": "text",
    "evidence_received_last": "date",
    "sustained": "text",
    "escalation_level": "integer",
    "escalated_to": "text",
    "offered_to": "text",
    "inherited_from": "text",
    "spell_began_on": "date",
    "reminded_before": "integer",
    "end_reason": "text",
}
FOUND = {
    "sorts_as": "text",
    "status": "text",
    "evidence": "jsonb",
    "signed_off_on": "date",
    "signed_off_by": "text",
    "signed_off_by_agency": "text",
    "effect": "text",
    "checks_scheduled": "jsonb",
    "superseded_by": "text",
}
AS_IT_IS = attrgetter(*SAID)


class ActionRegister(OneRow):
    """Every action, on any date, as known at any position."""

    table = "action_register"
    kinds = frozenset({"action"})
    columns: ClassVar[Mapping[str, str]] = SAID | FOUND

    def fold(self, entries: Sequence[Entry], before: state.State | None = None) -> state.State | None:
        """Take the aggregate's own."""
        return Action.fold(entries, before)

    def row(self, action: state.State) -> tuple[Any, ...]:
        """Show all of it; a person only as a pointer."""
        sign_off = action.sign_off
        evidence = [_evidence(submission) for submission in action.evidence]
        return (
            *AS_IT_IS(action),
            sorts_as(action.ref),
            action.status.word,
            as_json(evidence),
            *((sign_off.on, sign_off.by_office, sign_off.by_agency, sign_off.effect) if sign_off else (None,) * 4),
            as_json(action.checks_scheduled),
            action.status.by_ref if isinstance(action.status, state.Superseded) else None,
        )


def _evidence(it: Submission) -> dict[str, Any]:
    by = {"sealed": str(it.by.subject)} if it.by else None
    return {"on": it.on, "counts": it.counts, "effect": it.effect, "by": by, "items": [asdict(item) for item in it.items]}


def sorts_as(ref: str) -> str:
    """Return what puts references in the order in which people count: A2 before A10."""
    return re.sub(r"\d+", lambda number: number[0].zfill(9), ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """One action as at a day, as known at a position.

    `original_due_on` and `due_on` are both always shown (INV-15). `days_overdue` counts, for what is owed, also the days that were
    late when a late date was varied; `redated_with_reason` is why a variation was recorded late. `evidence` is what was handed in,
    oldest first: `on`, `counts`, `effect`, `by` and `items`. `signers_agency_now` is who employed the holder of the office that signed,
    as is known now; `signed_off_by_agency` is what the sign-off itself says.
    """

    ref: str
    title: str
    kind: str
    source: str | None
    owner: str
    owner_office: str | None
    original_owner: str
    overseen_by: str
    success_measure: str
    intended_outcome: str
    assigned_on: date
    due_on: date
    original_due_on: date
    times_redated: int
    days_late_when_redated: int
    redated_with_reason: str | None
    status: str
    discharged: bool
    rag: str | None
    evidence: list[dict[str, Any]]
    evidence_received_last: date | None
    signed_off_on: date | None
    signed_off_by: str | None
    signed_off_by_agency: str | None
    effect: str | None
    checks_scheduled: list[str]
    sustained: str | None
    escalation_level: int
    escalated_to: str | None
    offered_to: str | None
    inherited_from: str | None
    end_reason: str | None
    superseded_by: str | None
    days_overdue: int
    signers_agency_now: str | None
    changed_at: int

    @property
    def overdue(self) -> bool:
        """Say whether it is overdue on the day asked for."""
        return self.days_overdue > 0

    @property
    def signed_off_by_owner(self) -> bool:
        """Say whether the sign-off is, as the record now stands, the owner's own (INV-11)."""
        return self.signed_off_on is not None and self.owner in {self.signed_off_by_agency, self.signers_agency_now}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which actions to list. `source` is a finding (`SB-2015-01/F1`) or all that came of a review (`SB-2015-01`); `reviews` are several."""

    owner: str | None = None
    concerns: str | None = None
    refs: list[str] | None = None
    reviews: list[str] | None = None
    overseen_by: str | None = None
    escalated_to: str | None = None
    to_judge: bool = False
    status: str | None = None
    source: str | None = None
    overdue_only: bool = False
    open_only: bool = False
    signed_off_only: bool = False
    ever_signed_off: bool = False
    tested: bool = False
    last_check: Literal["held", "slipped"] | None = None

    def conditions(self) -> Composed:
        """Return these as SQL."""
        chosen = [SQL(text) for name, text in CONDITIONS.items() if getattr(self, name) not in (None, False)]
        return SQL(" AND ").join([AT_CLOCKS, *chosen])


DAYS_OVERDUE = "(NOT discharged)::int * (days_late_when_redated + greatest(0, %(as_at)s::date - due_on))"
OVERDUE = "NOT discharged AND (days_late_when_redated > 0 OR due_on < %(as_at)s::date)"
CONDITIONS = {
    "owner": "owner = %(owner)s",
    "concerns": "%(concerns)s IN (owner, offered_to, inherited_from)",
    "refs": "key = ANY(%(refs)s::text[])",
    "reviews": "split_part(source, '/', 1) = ANY(%(reviews)s::text[])",
    "overseen_by": "overseen_by = %(overseen_by)s",
    "escalated_to": "escalated_to = %(escalated_to)s",
    "to_judge": f"(status IN ('implemented', 'disputed') OR checks_scheduled <> '[]' OR ({OVERDUE}))",
    "status": "status = %(status)s",
    "source": "(source = %(source)s OR split_part(source, '/', 1) = %(source)s)",
    "overdue_only": OVERDUE,
    "open_only": "NOT discharged",
    "signed_off_only": "signed_off_on IS NOT NULL",
    "ever_signed_off": "(signed_off_on IS NOT NULL OR sustained IS NOT NULL)",  # what slipped is reopened, and signed off no more
    "tested": "sustained IS NOT NULL",
    "last_check": "starts_with(sustained, %(last_check)s)",
}
ORDERS: Mapping[Sort, str] = {
    "owed": "(discharged, due_on)",  # what is still owed first
    "due": "due_on",
    "overdue": f"-({DAYS_OVERDUE})",
    "ref": "sorts_as",
    "title": "title",
    "owner": "owner",
    "overseen by": "overseen_by",
    "status": "array_position(%(statuses)s, status)",
    "assigned": "assigned_on",
}
COMPUTED = ("ref", "days_overdue", "signers_agency_now", "changed_at")
SELECT = SQL("""
    SELECT key AS ref, {columns}, {days} AS days_overdue, employer AS signers_agency_now, lower(known) AS changed_at
      FROM views.action_register
      LEFT JOIN ({served}) AS served
             ON office = signed_off_by AND signed_off_on >= from_on AND (until_on IS NULL OR signed_off_on <= until_on)
     WHERE """).format(
    served=SERVED,
    columns=SQL(", ").join(Identifier(f.name) for f in fields(ActionRow) if f.name not in COMPUTED),
    days=SQL(DAYS_OVERDUE),
)
EVERYTHING = Filters()


def register(
    conn: Connection[Any],
    *,
    as_at: date,
    known_at: int,
    filters: Filters = EVERYTHING,
    sort: Sort = "due",
    descending: bool = False,
    after: str | None = None,
    limit: int | None = None,
) -> list[ActionRow]:
    """Return the actions as at a day, as known at a position: those `after` the last row seen. "overdue": the longest overdue first."""
    order, arrow = SQL("{}, sorts_as, key").format(SQL(ORDERS[sort])), SQL("<" if descending else ">")
    page = SQL(
        " AND ({order}) {arrow} (SELECT {order} FROM views.action_register WHERE {clocks} AND key = %(after)s)" if after is not None else ""
    ).format(order=order, arrow=arrow, clocks=AT_CLOCKS)
    directed = SQL(", ").join(SQL(part + " DESC" * descending) for part in (ORDERS[sort], "sorts_as", "key"))
    query = SELECT + filters.conditions() + page + SQL(" ORDER BY {} LIMIT %(limit)s").format(directed)
    asked = {"as_at": as_at, "known_at": known_at, "after": after, "limit": limit, "statuses": list(STATUSES), **asdict(filters)}
    with conn.cursor(row_factory=class_row(ActionRow)) as cursor:
        return cursor.execute(query, asked).fetchall()


def one(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> ActionRow | None:
    """Return one action as at a day, as known at a position; None where there was none."""
    with conn.cursor(row_factory=class_row(ActionRow)) as cursor:
        return cursor.execute(SELECT + AT_CLOCKS + SQL(" AND key = %(ref)s"), {"as_at": as_at, "known_at": known_at, "ref": ref}).fetchone()


def overdue(conn: Connection[Any], *, as_at: date, known_at: int, limit: int | None = None) -> list[ActionRow]:
    """Return the actions that were overdue on a day, the longest overdue first."""
    return register(conn, as_at=as_at, known_at=known_at, filters=Filters(overdue_only=True), sort="overdue", limit=limit)
