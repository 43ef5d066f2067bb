"""The learning library: what was found, in which theme and by which factor of the system, good practice too; and what others found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - the schemas of the API read the annotations of rows at run time
from typing import TYPE_CHECKING, Final

from projections.reviews import reviews

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from psycopg import Connection

    from projections.reviews import ReviewRow

CHILD_DEATHS: Final = "child death theme review"
GOOD: Final = "good_practice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding: what was found (`polarity` is concern or good_practice), where it belongs, and what the Board answered.

    `child_deaths` says that it comes of a review of a theme in child deaths.
    """

    source: str
    review: str
    title: str
    number: str
    statement: str
    polarity: str
    system_factor: str
    themes: list[str]
    scope: str
    modifiable_factor: bool | None
    response: str | None
    child_deaths: bool
    notified_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Another body's review that came to notice, and whether it has something to say here: None until that was decided."""

    ref: str
    title: str
    kind: str
    board: str
    year: int
    repository_id: str | None
    noted_on: date
    relevance: str | None
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme, or a factor of the system, with how often it was found a concern and how often good practice."""

    name: str
    concerns: int
    good_practice: int
    sources: list[str]


def found(rows: Iterable[ReviewRow]) -> list[Found]:
    """Return every finding of these reviews, those of the newest review first."""
    return [_found(row, one) for row in sorted(rows, key=lambda row: (row.notified_on, row.ref), reverse=True) for one in row.findings]


def noted(rows: Iterable[ReviewRow]) -> list[Noted]:
    """Return every review of another body among these, the one noted last first."""
    others = sorted((row for row in rows if row.source), key=lambda row: (row.notified_on, row.ref), reverse=True)
    return [_noted(row) for row in others]


def themes(every: Sequence[Found], of: str = "themes") -> list[Theme]:
    """Return the themes of findings, or the factors of the system (`system_factor`), those found most often first."""
    names: dict[str, list[Found]] = {}
    for one in every:
        for name in one.themes if of == "themes" else [one.system_factor]:
            names.setdefault(name, []).append(one)
    return sorted((_theme(name, them) for name, them in names.items()), key=lambda theme: (-len(theme.sources), theme.name))


def library(conn: Connection[Any], *, as_at: date, known_at: int) -> list[ReviewRow]:
    """Return the reviews on which all of it stands, as at a day, as known at a position."""
    return reviews(conn, as_at=as_at, known_at=known_at)


def _theme(name: str, them: Sequence[Found]) -> Theme:
    good = sum(one.polarity == GOOD for one in them)
    return Theme(name=name, concerns=len(them) - good, good_practice=good, sources=[one.source for one in them])


def _found(row: ReviewRow, finding: dict[str, Any]) -> Found:
    said = {name: finding[name] for name in ("number", "statement", "polarity", "system_factor", "scope", "modifiable_factor", "response")}
    return Found(
        source=f"{row.ref}/{finding['number']}",
        review=row.ref,
        title=row.title,
        themes=list(finding["themes"]),
        child_deaths=row.kind == CHILD_DEATHS,
        notified_on=row.notified_on,
        **said,
    )


def _noted(row: ReviewRow) -> Noted:
    source = row.source or {}
    return Noted(
        ref=row.ref,
        title=row.title,
        kind=row.kind,
        board=str(source.get("board")),
        year=int(source.get("year") or 0),
        repository_id=source.get("repository_id"),
        noted_on=row.notified_on,
        relevance=row.status if row.status in {"relevant", "not relevant"} else None,
        why=source.get("why"),
    )
