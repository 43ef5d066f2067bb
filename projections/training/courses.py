"""Each course by its sessions that were held: how many have each of the five points, and impact apart from satisfaction (INV-27)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row
from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from aggregates.training_session.state import POINTS
from projections.people.merging import merged
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from psycopg import Connection

    from projections.training.evaluation import Cpd, PointRow
    from projections.training.sessions import SessionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseEvaluation:
    """A course by its sessions that were held: how many have each point done; satisfaction and impact each for themselves.

    `satisfaction` are the evaluated sessions' own means; `impact_practice` and `impact_management` count their judgements.
    """

    course: str
    held: int
    evaluated: int
    attended: int
    done: dict[str, int]
    asked: int
    returned: int
    satisfaction: list[str]
    impact_practice: dict[str, int]
    impact_management: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A session that was held, as its course counts it: who was there, everybody once; the follow-ups; the points that are done.

    The judgements are None where it was not evaluated, and `satisfaction` also of fewer than five answers.
    """

    course: str
    attended: int
    asked: int
    returned: int
    done: frozenset[str]
    evaluated: bool
    satisfaction: str | None
    impact_practice: str | None
    impact_management: str | None


# As `SessionRow` and `points` have it of one session.
HELD = SQL("""
    SELECT course, delivered_on, ARRAY(SELECT jsonb_array_elements_text(trainers)) AS trainers,
           jsonb_array_length(attendees) AS numbers, jsonb_array_length(follow_ups) AS asked,
           CASE WHEN jsonb_path_query_array(participants, '$.*') ?| %(merged)s::text[]
                THEN (SELECT count(DISTINCT coalesce(%(into)s->>value, value)) FROM jsonb_each_text(participants))
                ELSE jsonb_array_length(attendees) END AS attended,
           jsonb_array_length(jsonb_path_query_array(follow_ups, '$[*] ? (@.returned_on != null)')) AS returned,
           feedback->'numbers' <> '[]' AND plans <> '[]' AS feedback, draws->-1->'waiting' = '[]' AS calls,
           observations <> '[]' AS observation, evaluation <> 'null' AS evaluated, evaluation->>'satisfaction' AS satisfaction,
           evaluation->>'impact_practice' AS impact_practice, evaluation->>'impact_management' AS impact_management
      FROM views.sessions WHERE {} AND delivered_on IS NOT NULL ORDER BY delivered_on, key COLLATE "C" """).format(AT_CLOCKS)
COUNTED = ("course", "attended", "asked", "returned", "evaluated", "satisfaction", "impact_practice", "impact_management")


def held(conn: Connection[Any], returns: Cpd, *, as_at: date, known_at: int) -> list[Held]:
    """Return every session that was held by a day, as known at a position, the earliest first; `returns` is what `cpd` gives."""
    at: dict[str, Any] = {"as_at": as_at, "known_at": known_at}
    into = {str(one): str(other) for one, other in merged(conn, **at).items()}
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(HELD, at | {"into": Jsonb(into), "merged": list(into)}).fetchall()
    return [Held(**{name: row[name] for name in COUNTED}, done=_done(row, returns)) for row in rows]


def _done(row: dict[str, Any], returns: Cpd) -> frozenset[str]:
    done = {
        "feedback": row["feedback"],
        "follow-up": row["returned"] and row["asked"] == row["numbers"],
        "calls": row["calls"],
        "observation": row["observation"],
        "trainer CPD": all(returns.covers(trainer, row["delivered_on"]) for trainer in row["trainers"]),
    }
    return frozenset(point for point, is_done in done.items() if is_done)


def as_counted(row: SessionRow, five: Sequence[PointRow]) -> Held:
    """Return a session that was held as its course counts it, as far as the reader is shown it, with its `points`."""
    judged = row.evaluation or {}
    return Held(
        course=row.course,
        attended=len(row.there),
        asked=len(row.follow_ups),
        returned=len(row.returned),
        done=frozenset(point.point for point in five if point.done),
        evaluated=bool(judged),
        satisfaction=judged.get("satisfaction"),
        impact_practice=judged.get("impact_practice"),
        impact_management=judged.get("impact_management"),
    )


def evaluated_courses(sessions: Iterable[Held]) -> list[CourseEvaluation]:
    """Return each course by its sessions that were held, in the order of the courses' references."""
    by_course: dict[str, list[Held]] = {}
    for one in sessions:
        by_course.setdefault(one.course, []).append(one)
    return [_course(course, of_it) for course, of_it in sorted(by_course.items())]


def _course(course: str, of_it: list[Held]) -> CourseEvaluation:
    judged = [one for one in of_it if one.evaluated]
    done = Counter(point for one in of_it for point in one.done)
    return CourseEvaluation(
        course=course,
        held=len(of_it),
        evaluated=len(judged),
        attended=sum(one.attended for one in of_it),
        done={point: done[point] for point in POINTS},
        asked=sum(one.asked for one in of_it),
        returned=sum(one.returned for one in of_it),
        satisfaction=[one.satisfaction for one in judged if one.satisfaction],
        impact_practice=dict(Counter(one.impact_practice for one in judged if one.impact_practice)),
        impact_management=dict(Counter(one.impact_management for one in judged if one.impact_management)),
    )
