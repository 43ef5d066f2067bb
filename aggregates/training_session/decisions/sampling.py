"""The telephone sample: chance says who is called, anybody can draw again, and who is called is who was drawn (INV-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Unpack

from aggregates.entry.values import says
from aggregates.errors import said
from aggregates.training_session import draw as drawing
from aggregates.training_session import refusals
from aggregates.training_session.decisions.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from aggregates.authority import Act
    from aggregates.training_session.events import Outcome

DRAWN: Final = "training_session.telephone_sample_drawn.v1"


class Sampling(Asking):
    """The third of the five points."""

    def draw_telephone_sample(
        self,
        *,
        reason: str | None = None,
        share: tuple[int, int],
        checkpoint: tuple[int, str],
        trained_by: Collection[UUID] = (),
        **act: Unpack[Act],
    ) -> None:
        """Draw. `share` is (per cent, at least); `checkpoint` has the size and root of the first that seals the closing."""
        now = self._held(act, "a sample is drawn between its delivery and its evaluation")
        self._apart(act, trained_by)
        if now.closing is None or not now.population or act["occurred_on"] < now.closing.on:
            raise refusals.NothingToDrawFrom(ref=self.ref)
        self._once(now, act)
        population = drawing.population_hash(self.ref, now.population)
        if population != now.closing.population_sha256:
            raise refusals.PopulationMoved(ref=self.ref, on=now.closing.on)
        # A draw that was retracted was made all the same: who could take one back in silence would draw until it suits them.
        drawn_on = [entry.occurred_on for entry in self.entries if entry.event.TOPIC == DRAWN]
        if drawn_on and not says(reason):
            raise refusals.NoReasonToDrawAgain(ref=self.ref, on=drawn_on[-1])
        said(reason=reason)
        number = str(1 + len(drawn_on))
        numbers, (percent, least), (size, root) = drawing.by_number(now.population), share, checkpoint
        order = drawing.order(root, population, number, numbers)
        count = drawing.sample_size(len(numbers), percent, least)
        fields = {"population_sha256": population, "population": tuple(numbers), "setting": f"{percent}% min {least}", "sample_size": count}
        sealed = {"checkpoint_size": size, "checkpoint_root": root, "algorithm": drawing.ALGORITHM, "order": order, "reason": reason}
        self._say("TelephoneSampleDrawn", act, draw=number, selected=order[:count], **fields, **sealed)

    def record_telephone_call(
        self, *, draw: str, number: str, outcome: Outcome, answers: str | None = None, trained_by: Collection[UUID] = (), **act: Unpack[Act]
    ) -> None:
        """Record a call to somebody who was drawn, or who takes the place of somebody who declined or was not reached in three calls."""
        now = self._held(act, "calls are made between its delivery and its evaluation")
        self._apart(act, trained_by)
        newest = now.draws[-1] if now.draws else None
        if newest is None or newest.draw != draw or act["occurred_on"] < newest.on:
            raise refusals.NotTheNewestDraw(ref=self.ref, draw=draw, newest=newest.draw if newest else "none")
        if number not in newest.asked:
            raise refusals.NotDrawn(ref=self.ref, number=number, draw=draw, asked=newest.asked)
        if why := "they were reached" if number in newest.reached else newest.replaced(number):
            raise refusals.CallsEnded(ref=self.ref, number=number, why=why)
        if outcome == "reached" and not says(answers):
            raise refusals.NothingAnswered(ref=self.ref, number=number)
        said(answers=answers)
        attempt = 1 + sum(call.number == number for call in newest.calls)
        self._say("TelephoneCallMade", act, draw=draw, number=number, attempt=attempt, outcome=outcome, answers=answers)
