"""Section 11: each agency's own grade beside the moderated one, standard by standard, and what practitioners were found to know.

There is no ranking, and no total: agencies stand in the order of their codes. Movement since the round before is shown where a mapping
between the two question sets says which standard is which (INV-31), and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - the schemas of the API read the annotations of rows at run time
from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL

from projections.returns.listing import Filters, latest, returns
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

    from aggregates.returns.questions import Library, QuestionSet
    from projections.returns.rows import ReturnRow


ROUND = SQL("""
    SELECT key, respondent, question_set_sha256, ARRAY(SELECT one->>0 FROM jsonb_array_elements(grades) AS one) FROM views.returns
     WHERE {} AND kind = 's11' AND period = %(period)s AND (%(whose)s::text[] IS NULL OR respondent = ANY(%(whose)s::text[]))
     ORDER BY due_on DESC, key DESC""").format(AT_CLOCKS)
SAID = ("ref", "respondent", "period", "status", "due_on", "late_days", "answered_on", "challenges")


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardRow:
    """One standard of one agency. `earlier_…` are its grades in the round before; None where they cannot be compared."""

    standard: str
    words: str
    self_grade: int | None
    moderated_grade: int | None
    reason: str | None
    earlier_self_grade: int | None
    earlier_moderated_grade: int | None
    gap: bool
    actions: list[str]
    no_action: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeRow:
    """What an audit of practitioners' knowledge found: how many in a hundred answers were right."""

    ref: str
    period: str
    asked: int | None
    correct: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyStandards:
    """One agency in one round. `standards` is empty where nothing was answered: silence is shown as silence."""

    ref: str
    respondent: str
    period: str
    status: str
    due_on: date
    late_days: int
    answered_on: date | None
    challenges: list[str]
    earlier: str | None
    standards: list[StandardRow]
    knowledge: KnowledgeRow | None


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """One agency in one round as a list has it: the standards that are graded, each with its words where they are known."""

    ref: str
    respondent: str
    standards: Mapping[str, str]


def lines(
    conn: Connection[Any], library: Library, *, as_at: date, known_at: int, period: str, whose: tuple[str, ...] | None = None
) -> list[AgencyLine]:
    """Return who is asked in a round as at a day, as known at a position, in the order of their codes."""
    sets = {one.sha256: one.standards for one in library.every()}
    asked = {"as_at": as_at, "known_at": known_at, "period": period, "whose": None if whose is None else list(whose)}
    found = [
        AgencyLine(ref, respondent, {number: sets.get(sha, {}).get(number, "") for number in graded})
        for ref, respondent, sha, graded in conn.execute(ROUND, asked)
    ]
    return sorted(found, key=lambda line: line.respondent)


def section_11(
    conn: Connection[Any],
    library: Library,
    *,
    as_at: date,
    known_at: int,
    period: str,
    whose: tuple[str, ...] | None = None,
    refs: tuple[str, ...] | None = None,
) -> list[AgencyStandards]:
    """Return a round of section 11, or some returns of it, as at a day, as known at a position, agency by agency."""
    at: dict[str, Any] = {"as_at": as_at, "known_at": known_at}
    now = returns(conn, **at, filters=Filters(kind="s11", period=period, whose=whose, refs=refs))
    asked = {row.respondent for row in now}
    before = returns(conn, **at, filters=Filters(refs=latest(conn, "s11", asked, **at, before=period)))
    audits = returns(conn, **at, filters=Filters(refs=latest(conn, "knowledge_audit", asked, **at)), answers=True)
    earlier, audit = ({row.respondent: row for row in rows} for rows in (before, audits))
    sets = {one.sha256: one for one in library.every()}
    in_order = sorted(now, key=lambda row: row.respondent)
    return [_agency(row, earlier.get(row.respondent), audit.get(row.respondent), sets) for row in in_order]


def _agency(row: ReturnRow, before: ReturnRow | None, audit: ReturnRow | None, sets: Mapping[str, QuestionSet]) -> AgencyStandards:
    asked = sets.get(row.question_set_sha256)
    then = sets.get(before.question_set_sha256) if before else None
    mapped = asked.mapped(then) if asked and then else {}
    earlier = {grade.standard: grade for grade in before.grades} if before else {}
    standards = []
    for grade in row.grades:
        was = earlier.get(mapped.get(grade.standard, ""))
        standards.append(
            StandardRow(
                standard=grade.standard,
                words=asked.standards.get(grade.standard, "") if asked else "",
                self_grade=grade.self_grade,
                moderated_grade=grade.moderated_grade,
                reason=grade.reason,
                earlier_self_grade=was.self_grade if was else None,
                earlier_moderated_grade=was.moderated_grade if was else None,
                gap=grade.gap,
                actions=grade.actions,
                no_action=grade.no_action,
            )
        )
    said = {name: getattr(row, name) for name in SAID}
    knowledge = _knowledge(audit) if audit else None
    return AgencyStandards(**said, earlier=before.ref if before else None, standards=standards, knowledge=knowledge)


def _knowledge(audit: ReturnRow) -> KnowledgeRow:
    asked, correct = (value if isinstance(value := audit.answers.get(name), int) else None for name in ("asked", "correct"))
    return KnowledgeRow(ref=audit.ref, period=audit.period, asked=asked, correct=correct)
