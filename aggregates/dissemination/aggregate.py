"""An item of learning: its events, and how it begins; `decisions` has what can be decided afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregates.dissemination import events
from aggregates.dissemination.fold import fold as fold_dissemination
from aggregates.dissemination.state import DisseminationState
from aggregates.entry import Recorded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.entry import Entry


class Dissemination(Recorded[DisseminationState | None]):
    """One item of learning, sent to named recipients, and everything they did with it."""

    TOPIC = "dissemination"

    Event = events.Event
    Created = events.Created

    MaterialProduced = events.MaterialProduced
    Issued = events.Issued
    CaughtUp = events.CaughtUp
    Acknowledged = events.Acknowledged
    CascadeReported = events.CascadeReported
    LearningDiscussed = events.LearningDiscussed
    PracticeBriefingDelivered = events.PracticeBriefingDelivered
    ImplicationsIdentified = events.ImplicationsIdentified
    IneffectivenessReported = events.IneffectivenessReported
    Withdrawn = events.Withdrawn
    Superseded = events.Superseded
    AmendmentProposed = events.AmendmentProposed
    EntryCorrected = events.EntryCorrected
    EntryRetracted = events.EntryRetracted

    @staticmethod
    def fold(entries: Iterable[Entry], before: DisseminationState | None = None) -> DisseminationState | None:
        """Fold what stands into the item with its recipients; None where there was nothing to send."""
        return fold_dissemination(entries, before)
