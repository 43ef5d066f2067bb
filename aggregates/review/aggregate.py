"""A review: its events and how it begins; `decisions` have what can be decided afterwards, and what of it may be corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, Unpack

from aggregates.entry import Recorded, stream_id
from aggregates.entry.fields import EARLIEST
from aggregates.errors import Refused, said
from aggregates.review import events, limits
from aggregates.review.decisions.correcting import Correcting
from aggregates.review.decisions.ending import Ending
from aggregates.review.events import answering, conducting, deciding, publishing
from aggregates.review.fold import fold as fold_review

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from aggregates.authority import Act
    from aggregates.entry import Entry
    from aggregates.review.events import ExternalKind, Kind, Regime
    from aggregates.review.state import ReviewState


LEAD: Final = "designated lead"


class NotTheirReferral(Refused):
    """A designated lead puts before the Board what their own agency knows of."""

    text = "{ref} is {agency}'s to refer: a designated lead refers for their own agency"


class Review(Correcting, Ending):
    """One act of looking at what happened and why, whatever the statute calls it."""

    TOPIC = "review"

    Event = events.Event
    Created = events.Created

    Referred = deciding.Referred
    ExternalNoted = deciding.ExternalNoted
    ExternalRelevanceDecided = deciding.ExternalRelevanceDecided
    IncidentNotified = deciding.IncidentNotified
    RapidReviewSent = deciding.RapidReviewSent
    DecisionRecommended = deciding.DecisionRecommended
    Decided = deciding.Decided
    DecisionNotified = deciding.DecisionNotified
    PanelAdviceReceived = deciding.PanelAdviceReceived

    Commissioned = conducting.Commissioned
    OrganisationAdded = conducting.OrganisationAdded
    TeamConstituted = conducting.TeamConstituted
    LeadReviewerAppointed = conducting.LeadReviewerAppointed
    IndependenceBreached = conducting.IndependenceBreached
    LeadReviewerReplaced = conducting.LeadReviewerReplaced
    AgencyInformationRequested = conducting.AgencyInformationRequested
    AgencyInformationSubmitted = conducting.AgencyInformationSubmitted
    PractitionersInvited = conducting.PractitionersInvited
    PractitionersContributed = conducting.PractitionersContributed
    FamilyInvited = conducting.FamilyInvited
    FamilyInvolvementRecorded = conducting.FamilyInvolvementRecorded
    ParticipantFeedbackReceived = conducting.ParticipantFeedbackReceived
    ParallelProcessNoted = conducting.ParallelProcessNoted
    Paused = conducting.Paused
    Resumed = conducting.Resumed
    TimescaleExtended = conducting.TimescaleExtended

    FindingRecorded = answering.FindingRecorded
    RecommendationMade = answering.RecommendationMade
    ReportPresented = answering.ReportPresented
    BoardResponseFormulated = answering.BoardResponseFormulated

    PublicationDeferred = publishing.PublicationDeferred
    ReportPublished = publishing.ReportPublished
    ReportDeposited = publishing.ReportDeposited
    PublicationVerified = publishing.PublicationVerified
    ReportWithdrawn = publishing.ReportWithdrawn
    LearningReferredToTraining = publishing.LearningReferredToTraining
    TrainingImplicationsConsidered = publishing.TrainingImplicationsConsidered
    ImpactEvaluated = publishing.ImpactEvaluated
    Closed = publishing.Closed
    Reopened = publishing.Reopened

    class AmendmentProposed(events.Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "review.amendment_proposed.v1"

    class EntryCorrected(events.Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "review.entry_corrected.v1"

    class EntryRetracted(events.Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "review.entry_retracted.v1"

    @classmethod
    def refer(
        cls,
        origin: str,
        *,
        ref: str,
        title: str,
        kind: Kind,
        regime: Regime,
        referring_agency: str | None = None,
        notified_on: date,
        aware_on: date | None = None,
        local_ref: str | None = None,
        **act: Unpack[Act],
    ) -> Review:
        """Put a case before the Board, under the regime that is in force (INV-42)."""
        said(ref=ref, title=title, local_ref=local_ref)
        cls._check_kind(regime, kind)
        cls.check_known(ref, occurred_on=act["occurred_on"], notified_on=notified_on, aware_on=aware_on)
        if act["acting"].role == LEAD and referring_agency and not act["acting"].acts_for(referring_agency):
            raise NotTheirReferral(ref=ref, agency=referring_agency)
        fields = {"ref": ref, "title": title, "kind": kind, "regime": regime, "referring_agency": referring_agency}
        days = {"notified_on": notified_on, "aware_on": aware_on}
        return cls._opened(cls.Referred, origin, act, **fields, **days, local_ref=local_ref)

    @classmethod
    def note_external(
        cls,
        origin: str,
        *,
        ref: str,
        title: str,
        kind: ExternalKind,
        regime: Regime,
        board: str,
        year: int,
        repository_id: str | None = None,
        relevance: Literal["relevant", "not relevant"] | None = None,
        why: str | None = None,
        **act: Unpack[Act],
    ) -> Review:
        """Note another body's review, and whether it has something to say here; that may also be decided later."""
        said(ref=ref, title=title, board=board, why=why)
        limits.check_year(ref, year, first=EARLIEST, last=act["occurred_on"])
        fields = {"ref": ref, "title": title, "kind": kind, "regime": regime, "board": board, "year": year}
        judged = {"repository_id": repository_id, "relevance": relevance, "why": why}
        return cls._opened(cls.ExternalNoted, origin, act, **fields, **judged)

    @staticmethod
    def fold(entries: Iterable[Entry], before: ReviewState | None = None) -> ReviewState | None:
        """Fold what stands into what is true of the review; None where it was neither referred nor noted."""
        return fold_review(entries, before)

    @classmethod
    def _opened(cls, kind: type[Any], origin: str, act: Act, /, **fields: Any) -> Review:
        when = {"occurred_on": act["occurred_on"], "late_reason": act.get("late_reason")}
        return cls.open(kind, stream_id(origin, "review", fields["ref"]), **fields, **when, **act["acting"].said)
