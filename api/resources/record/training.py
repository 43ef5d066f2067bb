"""What of training sessions a reader may see: all of it, or what concerns their agency, or the sessions that they train in (domain B.6)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from projections.training import as_counted, cpd, held, lines, of_agency, of_trainer, points, sessions

if TYPE_CHECKING:
    from api.resources.answering.answers import Reading
    from projections.inspection.history import HistoryEntry
    from projections.training import Cpd, Held, PointRow, SessionLine, SessionRow

# What all see who have to do with a session, what those who train see too, and what the agency is asked for.
OF_A_SESSION: Final = frozenset({"scheduled", "cancelled", "delivered", "attendance_closed", "telephone_sample_drawn", "evaluated"})
OF_A_PARTICIPANT: Final = frozenset({"attendance_recorded", "booking_lapsed"})
ASKED_OF_AN_AGENCY: Final = frozenset({"follow_up_issued", "follow_up_returned"})


class SessionsSeen:
    """Says what a reader may see of the sessions.

    What a participant said, who was called and how it was observed is neither for those who train nor for an agency.
    """

    def __init__(self, on: Reading) -> None:
        """Take who reads, and when."""
        self.on, self.agency = on, on.scope.agency

    def theirs(self, row: SessionRow) -> bool:
        """Say whether a session is theirs to see: they train in it, or staff of their agency had a place or train in it."""
        return self.agency is None or self._train(row) or self.agency in row.agencies

    def part(self, row: SessionRow) -> SessionRow:
        """Return what they see of it: a trainer all of their own but who answered what, an agency its own participants."""
        if self.agency is None:
            return row
        return of_agency(row, self.agency) if self.partial(row) else of_trainer(row)

    def lines(self) -> list[SessionLine]:
        """Return the sessions that are theirs on the day, as a list has them."""
        return lines(self.on.conn, **self.on.at, agency=self.agency, office=self.on.own_office)

    def shown(self, *refs: str) -> list[tuple[SessionRow, list[PointRow]]]:
        """Return the sessions that are theirs on the day, or some of them, each as far as they see it, with its five points.

        Of an agency's part the points say only what it says of its own.
        """
        parts = [self.part(row) for row in sessions(self.on.conn, **self.on.at, refs=refs or None) if self.theirs(row)]
        return [(row, points(row, self._returns, of_agency=self.partial(row))) for row in parts]

    def held(self) -> list[Held]:
        """Return the sessions that are theirs and were held by the day, as their courses count them, each as far as they see it."""
        if self.agency is None:
            return held(self.on.conn, self._returns, **self.on.at)
        return [as_counted(row, five) for row, five in self.shown() if row.delivered_on]

    def partial(self, row: SessionRow) -> bool:
        """Say whether they are shown only what is their agency's of a session."""
        return self.agency is not None and not self._train(row)

    def entry(self, entry: HistoryEntry) -> bool:
        """Say whether an entry of a session is theirs: how it was held, their own participants' attendance, and what those were asked."""
        row = self._today.get(entry.ref)
        act = entry.topic.split(".")[1]
        if row is None or act not in OF_A_SESSION | OF_A_PARTICIPANT | ASKED_OF_AN_AGENCY:
            return False
        own = {one["number"] for one in (*row.attendees, *row.lapsed) if one["agency"] == self.agency}
        if act in ASKED_OF_AN_AGENCY:
            return entry.body["number"] in own and not self._train(row)
        return act in OF_A_SESSION or entry.body["number"] in own or self._train(row)

    def _train(self, row: SessionRow) -> bool:
        return self.on.own_office in row.trainers

    @cached_property
    def _returns(self) -> Cpd:
        return cpd(self.on.conn, **self.on.at)

    @cached_property
    def _today(self) -> dict[str, SessionRow]:
        """Return the sessions that are theirs today, whatever day they ask about."""
        found = sessions(self.on.conn, as_at=self.on.today, known_at=self.on.clocks.head)
        return {row.ref: row for row in found if self.theirs(row)}
