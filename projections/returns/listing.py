"""Every return on any day as known on any day: what was asked of whom, whether it came, how late, and how it is graded on both sides.

Late is computed for the day and never stored; challenged comes from the challenges about a return, at the same clocks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from psycopg.rows import dict_row
from psycopg.sql import SQL, Composable, Composed, Identifier

from aggregates.returns import Return, ReturnState
from aggregates.returns.state import ASKED, Ended, Publication, Published
from projections.returns.rows import EditionRow, ExplainedRow, GradeRow, PresentedRow, ReturnRow
from projections.two_clocks.read_model import AT_CLOCKS
from projections.two_clocks.timeline import OneRow, as_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from psycopg import Connection

    from aggregates.entry import Entry

PLAIN = tuple(name for name in ASKED if name != "ref")


class Returns(OneRow):
    """Every return."""

    table = "returns"
    kinds = frozenset({"return"})
    indexes: ClassVar[Sequence[str]] = ("(respondent, status)", "(kind, period)")  # what one agency still owes, and rounds
    columns: ClassVar[Mapping[str, str]] = {
        **{name: "date" if name.endswith("_on") else "text" for name in PLAIN},
        "shared_with": "jsonb",
        "status": "text",
        "answered_on": "date",
        "amended_on": "date",
        "amended_because": "text",
        "answers": "jsonb",
        "staff_n": "integer",
        "files": "integer",
        "grades": "jsonb",
        "moderated_on": "date",
        "moderated_by": "text",
        "panel": "text",
        "presented": "jsonb",
        "explanations": "jsonb",
        "published": "jsonb",
        "ended_on": "date",
        "ended_because": "text",
    }
    made_of = " ".join(one.name for one in fields(Publication))  # what is in a column of JSON no column tells of

    def fold(self, entries: Sequence[Entry], before: ReturnState | None = None) -> ReturnState | None:
        """Take the aggregate's own."""
        return Return.fold(entries, before)

    def row(self, it: ReturnState) -> tuple[Any, ...]:
        """Show what is asked, the answer that holds, and how it is graded on both sides."""
        given, judged = it.answer, it.moderation
        amended = given if given and len(it.given) > 1 else None
        ended = it.status if isinstance(it.status, Ended) else None
        return (
            *(getattr(it, name) for name in PLAIN),
            as_json(it.shared_with),
            it.status.word,
            it.answered_on,
            amended and amended.on,
            amended and amended.reason,
            as_json(dict(given.answers) if given else {}),
            given and given.staff_n,
            sum(one.files for one in it.given),
            as_json(_grades(it)),
            judged and judged.on,
            judged and judged.by_office,
            judged and judged.panel,
            as_json([(one.on, one.meeting, one.agenda_item) for one in it.presented]),
            as_json([asdict(one) for one in it.explanations]),
            as_json([asdict(one) for one in it.published]),
            ended and ended.on,
            None if isinstance(ended, Published) else ended and ended.reason,
        )


def _grades(it: ReturnState) -> list[list[Any]]:
    """Return by standard: the self-grade, the moderated grade with its reason, and why no action follows."""
    judged, undone = it.moderation.by_standard if it.moderation else {}, dict(it.no_action)
    found = []
    for number in sorted({*it.self_grades, *judged}, key=lambda n: (len(n), n)):
        moderated = judged.get(number)
        said = (moderated.grade, moderated.reason) if moderated else (None, None)
        found.append([number, it.self_grades.get(number), *said, undone.get(number)])
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which returns to list. `whose` are the respondents whose returns alone the reader sees."""

    kind: str | None = None
    refs: tuple[str, ...] | None = None
    respondent: str | None = None
    period: str | None = None
    status: str | None = None
    late: bool = False
    whose: tuple[str, ...] | None = None


WHERE: Mapping[str, str] = {
    "kind": "kind = %(kind)s",
    "refs": "key = ANY(%(refs)s::text[])",
    "respondent": "respondent = %(respondent)s",
    "period": "period = %(period)s",
    "status": "status = %(status)s",
    "late": "coalesce(answered_on, CASE WHEN status = 'waived' THEN ended_on ELSE %(as_at)s::date END) > due_on",
    "whose": "respondent = ANY(%(whose)s::text[])",
}
LISTED = SQL(", ").join(Identifier(column) for column in Returns.columns if column != "answers")
QUERY = """
    SELECT key AS ref, {columns} FROM views.returns
     WHERE {at} AND {which} AND (%(after)s::text IS NULL OR (due_on, key) < (%(after_due)s::date, %(after)s::text))
     ORDER BY {order} due_on DESC, key DESC LIMIT %(limit)s OFFSET %(first)s"""
COUNT = "SELECT count(*) FROM views.returns WHERE {at} AND {which}"
LATEST = SQL("""
    SELECT DISTINCT ON (respondent) key FROM views.returns
     WHERE {at} AND kind = %(kind)s AND answered_on IS NOT NULL AND respondent = ANY(%(respondents)s)
       AND (%(before)s::text IS NULL OR period < %(before)s)
     ORDER BY respondent, period DESC, key DESC""").format(at=AT_CLOCKS)
DUE_LAST = SQL("""
    SELECT DISTINCT ON (respondent, status = 'requested') key FROM views.returns WHERE {at} AND kind = %(kind)s
     ORDER BY respondent, status = 'requested', due_on DESC, key DESC""").format(at=AT_CLOCKS)
OPEN_CHALLENGES = """
    SELECT about, array_agg(key ORDER BY key) FROM views.challenges
     WHERE {at} AND status = 'raised' AND about LIKE 'return:%%' GROUP BY about"""
ACTIONS = """
    SELECT source, array_agg(key ORDER BY key) FROM views.action_register
     WHERE {at} AND status <> 'withdrawn' AND source LIKE 'return:%%' GROUP BY source"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """In which order returns are given before that of their due dates, and after how many: by a column, whose values `ranks` may order."""

    by: Literal["kind", "respondent", "due_on", "status"] | None = None
    ranks: Sequence[str] = ()
    descending: bool = False
    first: int = 0

    def sql(self) -> Composable:
        """Return this as the beginning of an ORDER BY."""
        if self.by is None:
            return SQL("")
        value = SQL("array_position(%(ranks)s::text[], {})" if self.ranks else "{}").format(Identifier(self.by))
        return value + SQL(" DESC, " if self.descending else ", ")


def count(conn: Connection[Any], *, as_at: date, known_at: int, filters: Filters) -> int:
    """Return how many returns these are."""
    query = SQL(COUNT).format(at=AT_CLOCKS, which=_which(filters))
    row = conn.execute(query, {"as_at": as_at, "known_at": known_at, **_parameters(filters)}).fetchone()
    return int(row[0]) if row else 0


def latest(
    conn: Connection[Any], kind: str, respondents: Collection[str], *, as_at: date, known_at: int, before: str | None = None
) -> tuple[str, ...]:
    """Return the references of the latest returns of a kind that each of these answered: of the periods before one, or of all."""
    asked = {"as_at": as_at, "known_at": known_at, "kind": kind, "respondents": list(respondents), "before": before}
    return tuple(ref for (ref,) in conn.execute(LATEST, asked))


def due_last(conn: Connection[Any], kind: str, *, as_at: date, known_at: int) -> tuple[str, ...]:
    """Return the references of the returns of a kind that were due last of each respondent: of those still owed, and of the others."""
    return tuple(ref for (ref,) in conn.execute(DUE_LAST, {"as_at": as_at, "known_at": known_at, "kind": kind}))


def _which(filters: Filters) -> Composed:
    return SQL(" AND ").join([SQL("true"), *(SQL(part) for name, part in WHERE.items() if getattr(filters, name) not in {None, False})])


def _parameters(filters: Filters) -> dict[str, Any]:
    return {name: getattr(filters, name) for name in WHERE} | {"whose": list(filters.whose or ()), "refs": list(filters.refs or ())}


def returns(
    conn: Connection[Any],
    *,
    as_at: date,
    known_at: int,
    filters: Filters | None = None,
    after: str | None = None,
    limit: int | None = None,
    answers: bool = False,
    order: Order | None = None,
) -> list[ReturnRow]:
    """Return the returns as at a day, as known at a position, those due last first; with their answers where they are asked for."""
    asked = filters or Filters()
    in_order = order or Order()
    parameters: dict[str, Any] = {"as_at": as_at, "known_at": known_at, "after": after, "limit": limit}
    parameters |= {"ranks": list(in_order.ranks), "first": in_order.first, **_parameters(asked)}
    columns = SQL("{}, answers").format(LISTED) if answers else LISTED
    query = SQL(QUERY).format(columns=columns, at=AT_CLOCKS, which=_which(asked), order=in_order.sql())
    if after is not None:
        due = SQL("SELECT due_on FROM views.returns WHERE key = %(after)s AND {}").format(AT_CLOCKS)
        found = conn.execute(due, parameters).fetchone()
        parameters["after_due"] = found[0] if found else date.min
    else:
        parameters["after_due"] = None
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query, parameters).fetchall()
    beside = _Beside(conn, as_at, known_at) if rows else None
    return [beside.row(row) for row in rows] if beside else []


def one(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> ReturnRow | None:
    """Return one return as at a day, as known at a position; None where it was not asked for."""
    query = SQL("SELECT key AS ref, * FROM views.returns WHERE key = %(ref)s AND {}").format(AT_CLOCKS)
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(query, {"ref": ref, "as_at": as_at, "known_at": known_at}).fetchone()
    return _Beside(conn, as_at, known_at).row(row) if row else None


def periods(conn: Connection[Any], kind: str, *, as_at: date, known_at: int) -> list[str]:
    """Return the periods for which a kind of return was asked for, the latest first."""
    query = SQL("SELECT DISTINCT period FROM views.returns WHERE kind = %(kind)s AND {} ORDER BY 1 DESC").format(AT_CLOCKS)
    return [period for (period,) in conn.execute(query, {"kind": kind, "as_at": as_at, "known_at": known_at})]


def _dated(said: dict[str, Any]) -> dict[str, Any]:
    """Return what JSON holds of a row, its days as days."""
    return said | {name: date.fromisoformat(said[name]) for name in ("on", "as_at") if name in said}


class _Beside:
    """What stands beside the returns at the same clocks: the threshold, open challenges about them, and the actions that came of them."""

    def __init__(self, conn: Connection[Any], as_at: date, known_at: int) -> None:
        at = {"as_at": as_at, "known_at": known_at}
        self.as_at = as_at
        threshold = conn.execute(SQL("SELECT moderation_threshold FROM views.settings WHERE {}").format(AT_CLOCKS), at).fetchone()
        self.threshold = threshold[0] if threshold else 0
        self.challenges: dict[str, list[str]] = dict(conn.execute(SQL(OPEN_CHALLENGES).format(at=AT_CLOCKS), at).fetchall())
        self.actions: dict[str, list[str]] = defaultdict(list, conn.execute(SQL(ACTIONS).format(at=AT_CLOCKS), at).fetchall())

    def row(self, said: dict[str, Any]) -> ReturnRow:
        """Return a row as its readers have it."""
        ref = said["ref"]
        kept = {name: said[name] for name in ReturnRow.__dataclass_fields__ if name in said}
        until = said["answered_on"] or (said["ended_on"] if said["status"] == "waived" else self.as_at)
        presented = [PresentedRow(on=date.fromisoformat(on), meeting=meeting, agenda_item=item) for on, meeting, item in said["presented"]]
        return ReturnRow(
            **kept
            | {
                "grades": [self._grade(ref, grade) for grade in said["grades"]],
                "presented": presented,
                "explanations": [ExplainedRow(**_dated(one)) for one in said["explanations"]],
                "published": [EditionRow(**_dated(one)) for one in said["published"]],
                "late_days": max((until - said["due_on"]).days, 0),
                "challenges": self.challenges.get(f"return:{ref}", []),
            }
        )

    def _grade(self, ref: str, said: Sequence[Any]) -> GradeRow:
        number, own, judged, reason, undone = said
        return GradeRow(
            standard=number,
            self_grade=own,
            moderated_grade=judged,
            reason=reason,
            no_action=undone,
            gap=judged is not None and judged < self.threshold,
            actions=self.actions[f"return:{ref}/{number}"],
        )
