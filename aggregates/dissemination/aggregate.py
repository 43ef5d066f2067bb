"""An item of learning: its events, and how it begins; `issuing` and `answering` have what can be decided afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from aggregates.dissemination import events, refusals
from aggregates.dissemination.acts import ONE_PAGE, check_pages
from aggregates.dissemination.correcting import Correcting
from aggregates.dissemination.fold import fold as fold_dissemination
from aggregates.entry import stream_id
from aggregates.errors import said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Act
    from aggregates.dissemination.events import Kind
    from aggregates.dissemination.state import DisseminationState
    from aggregates.entry import Entry
    from aggregates.entry.values import Evidence


class Dissemination(Correcting):
    """One item of learning, sent to named recipients, and everything they did with it."""

    TOPIC = "dissemination"
    AT_ONCE = 64  # all its recipients may answer in the same minute

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

    @classmethod
    def produce(
        cls,
        origin: str,
        *,
        ref: str,
        title: str,
        kind: Kind,
        source: str | None = None,
        findings: tuple[str, ...] = (),
        evidence: tuple[Evidence, ...],
        pages: int | None = None,
        counted: int | None = None,
        **act: Unpack[Act],
    ) -> Dissemination:
        """Put on record what there is to send. `counted` are the pages that were found in the file itself, where it is a PDF."""
        said(ref=ref, title=title)
        if len(evidence) != 1:
            raise refusals.OneFile(ref=ref)
        if None not in (pages, counted) and pages != counted and kind != ONE_PAGE:
            raise refusals.OtherPages(ref=ref, counted=counted, pages=pages)
        pages = counted or pages
        check_pages(ref, kind, pages)
        fields = {"ref": ref, "title": title, "kind": kind, "source": source, "findings": tuple(findings), "pages": pages}
        content = {"evidence": tuple(evidence), "content_sha256": evidence[0].sha256}
        when = {"occurred_on": act["occurred_on"], "late_reason": act.get("late_reason")}
        return cls.open(cls.MaterialProduced, stream_id(origin, "dissemination", ref), **fields, **content, **when, **act["acting"].said)

    @staticmethod
    def fold(entries: Iterable[Entry], before: DisseminationState | None = None) -> DisseminationState | None:
        """Fold what stands into the item with its recipients; None where there was nothing to send."""
        return fold_dissemination(entries, before)
