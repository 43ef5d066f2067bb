"""Who is told of what is due: the office that is asked, or the next that somebody holds, with the vacancies on the way (F.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from aggregates.partnership.office import answering_office

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from aggregates.clocks.ladder import Notice
    from projections.partnership import OfficeRow, Term

T = TypeVar("T")


class Due(NamedTuple, Generic[T]):
    """A notice that is to be issued of something, and to whom: None where nobody holds any office that could be told.

    `vacant_offices` are those that it should have gone to, and that nobody holds; of an office that there never was, its role.
    """

    of: T
    notice: Notice
    to_office: str | None
    vacant_offices: tuple[str, ...]


class Asked(NamedTuple):
    """Whom a notice is for: an office where one is named, otherwise one of these roles, of a body where one is named."""

    office: str | None
    roles: tuple[str, ...]
    body: str | None = None
    overseen_by: str | None = None


class Seats:
    """The offices as at a day, and who is told of what. It remembers what it found: few answers serve very many notices."""

    def __init__(self, rows: Iterable[OfficeRow], day: date) -> None:
        """Take the offices, and the day."""
        self.offices: Mapping[str, OfficeRow] = {row.ref: row for row in rows}
        self._day = day
        self._found: dict[Asked, tuple[str | None, tuple[str, ...]]] = {}

    def told(self, asked: Asked) -> tuple[str | None, tuple[str, ...]]:
        """Return the office that is told, and those that should be and are vacant."""
        if asked not in self._found:
            known = [asked.office] if asked.office in self.offices else [self._office(role, asked.body) for role in asked.roles]
            office = next((one for one in known if one is not None), None)
            answers = answering_office(office, self.offices, overseen_by=asked.overseen_by, day=self._day)
            self._found[asked] = (answers, () if answers == office else (office or asked.roles[0],))
        return self._found[asked]

    def _office(self, role: str, body: str | None) -> str | None:
        """Return the office of this role, and body where one is named: one that somebody holds, or else one that somebody held."""

        def is_it(term: Term | None) -> bool:
            return term is not None and term.role == role and body in {None, term.body}

        held = [code for code, row in self.offices.items() if is_it(row.holder_on(self._day))]
        ever = [code for code, row in self.offices.items() if any(map(is_it, row.terms))]
        return next(iter(sorted(held) or sorted(ever)), None)


def due_of(of: T, notice: Notice, seats: Seats, asked: Asked) -> Due[Any]:
    """Return a notice with who is told."""
    return Due(of, notice, *seats.told(asked))
