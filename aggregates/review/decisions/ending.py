"""How a review ends: closed when nothing stands against it (INV-05, INV-07), and opened again where it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from aggregates.errors import said
from aggregates.review import blockers, refusals
from aggregates.review import state as s
from aggregates.review.decisions.acts import Acts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from aggregates.authority import Act
    from aggregates.entry import Entry
    from aggregates.partnership.office import Holder
    from aggregates.review.blockers import Blocker, Promise

FINISHED = s.ResponseFormulated | s.Following | s.Reopened | s.Relevant


class Ending(Acts):
    """What can be decided when nothing seems left to do."""

    def close_review(
        self,
        *,
        grounds: str,
        promises: Collection[Promise] = (),
        agencies: Collection[str] = (),
        chair: Holder | None = None,
        **act: Unpack[Act],
    ) -> None:
        """Close it, for the Board. `promises` are the actions that came of it, `agencies` those who own actions for themselves alone."""
        then = self._then(act, "it cannot be closed", FINISHED, still=True)
        self._chairs(act, then, "Closed", chair)
        said(grounds=grounds)
        if left := self.blockers(act["occurred_on"], promises, agencies):
            raise refusals.CannotClose(ref=self.ref, blockers="; ".join(one.text for one in left))
        self._say("Closed", act, grounds=grounds)

    def reopen_review(self, *, grounds: str, chair: Holder | None = None, **act: Unpack[Act]) -> None:
        """Open it again, for the Board."""
        then = self._then(act, "it cannot be reopened", s.Closed, still=True)
        self._chairs(act, then, "Reopened", chair)
        said(grounds=grounds)
        self._say("Reopened", act, grounds=grounds)

    def lacking(self, stands: Sequence[Entry]) -> dict[int, frozenset[str]]:
        """Say what would stand against the closing of a review that is closed (INV-05): what is amended away is not closed over."""
        found, now = super().lacking(stands), self.fold(stands)
        if now is not None and isinstance(now.status, s.Closed):
            place, closing = [(n, e) for n, e in enumerate(stands) if e.event.TOPIC == "review.closed.v1"][-1]
            if before := self.fold(stands[:place]):
                own = {one.text for one in blockers.on(closing.occurred_on, blockers.of_the_review(before))}
                concerns = {f"{one.number} is a concern for which nothing was asked" for one in blockers.concerns_of(before)}
                found[closing.number] = frozenset(own | concerns)
        return found

    def blockers(self, day: date, promises: Collection[Promise] = (), agencies: Collection[str] = ()) -> tuple[Blocker, ...]:
        """Return what stops it closing on a day, as far as is on record now."""
        now = self.state
        if now is None or now.ended:
            return ()
        own = blockers.on(day, blockers.of_the_review(now))
        return (*own, *blockers.of_its_actions(blockers.concerns_of(now), promises, agencies))
