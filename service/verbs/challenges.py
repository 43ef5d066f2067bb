"""The verbs of a challenge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.authority import BOARD
from aggregates.partnership import Agency, SubGroup
from aggregates.partnership.challenge import Challenge
from aggregates.partnership.office import Office
from service.desk.refusals import NotFound
from service.recording.references import References
from service.recording.resting import resting_on

if TYPE_CHECKING:
    from datetime import date

    from service.recording import Done, Write


class ChallengeVerbs(References):
    """What one member asks another to account for."""

    @resting_on(Agency)
    def raise_challenge(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Raise a challenge about what is on record, and there for who raises it."""
        self._about(said["acting"], said["about"])
        return self._begin(ref, Challenge.raise_, write, put_to=self._put_to(said["to"], said["occurred_on"]), **said)

    def answer_challenge(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Answer a challenge, for whom it was put to."""
        return self._change(Challenge, ref, Challenge.answer, write, **said)

    def _put_to(self, to: str, day: date) -> str | None:
        """Return the body that is challenged: an agency that has not left, a sub-group, the Board, or that whose office it is."""
        self._stays(to, day)
        if to == BOARD or self.find(Agency, to) or self.find(SubGroup, to):
            return to
        office: Office | None = self.find(Office, to)
        if office is None or office.state is None:
            raise NotFound(kind="office, agency or sub-group", ref=to)
        return (office.holder_on(day) or office.state.terms[-1]).body
