"""How a review is conducted: commission and independence, who is asked, who is heard, and what it has to wait for."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import Any, ClassVar, Literal

from aggregates.entry.fields import Public, Restricted, Worded  # noqa: TC001 - as date
from aggregates.entry.values import Sealed  # noqa: TC001 - as date
from aggregates.review.events import Event, Kind


class Commissioned(Event):
    """A review is commissioned, proportionate to the case, into the organisations that are named."""

    TOPIC, CLASS = "review.commissioned.v1", "D"
    review_kind: Public[Kind]
    methodology: Public[str]
    scope: str
    period_from: Public[date | None]
    period_until: Public[date | None]
    proportionality: str
    organisations: Public[tuple[str, ...]]


class OrganisationAdded(Event):
    """Another organisation turns out to be under review."""

    TOPIC, CLASS = "review.organisation_added.v1", "D"
    organisation: Public[str]
    reason: str


class TeamConstituted(Event):
    """Who sits in the review team: objects of `organisation` and `role`, without names."""

    TOPIC, CLASS = "review.team_constituted.v1", "D"
    members: Public[tuple[dict[str, Any], ...]]


class LeadReviewerAppointed(Event):
    """Somebody independent leads. `affiliations` are objects of `organisation`, `role`, `from_on` and `until_on`."""

    TOPIC, CLASS = "review.lead_reviewer_appointed.v1", "D"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"look_back_years"})
    reviewer: Sealed
    affiliations: Restricted[tuple[dict[str, Any], ...]]
    involved_in_case: Public[bool]
    declaration_sha256: Public[str]
    look_back_years: Public[int]


class IndependenceBreached(Event):
    """The lead reviewer is found not to be independent."""

    TOPIC, CLASS = "review.independence_breached.v1", "D"
    organisations: Public[tuple[str, ...]]
    grounds: Restricted[str]


class LeadReviewerReplaced(Event):
    """Somebody else leads from here on."""

    TOPIC, CLASS = "review.lead_reviewer_replaced.v1", "D"
    COMPUTED: ClassVar[frozenset[str]] = LeadReviewerAppointed.COMPUTED
    reviewer: Sealed
    affiliations: Restricted[tuple[dict[str, Any], ...]]
    involved_in_case: Public[bool]
    declaration_sha256: Public[str]
    look_back_years: Public[int]
    reason: str


class AgencyInformationRequested(Event):
    """An agency is asked for what it knows."""

    TOPIC = "review.agency_information_requested.v1"
    agency: Public[str]
    due_on: Public[date]
    request: str


class AgencyInformationSubmitted(Event):
    """An agency hands in what it knows: the log has its hash, and nobody's information."""

    TOPIC = "review.agency_information_submitted.v1"
    agency: Public[str]
    information_sha256: Restricted[str]


class PractitionersInvited(Event):
    """Practitioners are invited to contribute, without fear of blame: their roles and how many they are."""

    TOPIC = "review.practitioners_invited.v1"
    roles: Worded[tuple[str, ...]]
    count: Public[int]
    how_explained: str


class PractitionersContributed(Event):
    """Practitioners contribute."""

    TOPIC = "review.practitioners_contributed.v1"
    roles: Worded[tuple[str, ...]]
    count: Public[int]
    how: str


class FamilyInvited(Event):
    """Members of the family are invited, by how they are related, and told how they will be involved."""

    TOPIC = "review.family_invited.v1"
    relations: Restricted[Worded[tuple[str, ...]]]
    count: Restricted[int]
    how_explained: Restricted[str]


class FamilyInvolvementRecorded(Event):
    """What came of it. Whoever was not approached is owed a reason."""

    TOPIC = "review.family_involvement_recorded.v1"
    relations: Restricted[Worded[tuple[str, ...]]]
    outcome: Literal["contributed", "declined", "did not answer", "not approached"]
    reason: Restricted[str | None]


class ParticipantFeedbackReceived(Event):
    """People who took part say how it was for them."""

    TOPIC = "review.participant_feedback_received.v1"
    role: str
    count: Public[int]
    summary: Restricted[str]


class ParallelProcessNoted(Event):
    """A coroner's, criminal or family court process runs beside the review."""

    TOPIC, CLASS = "review.parallel_process_noted.v1", "D"
    process: Public[Literal["coroner", "criminal", "family court"]]
    note: str


class Paused(Event):
    """The review waits for a parallel process, until a day on which that is looked at again."""

    TOPIC, CLASS = "review.paused.v1", "D"
    process: Public[Literal["coroner", "criminal", "family court"]]
    review_by: Public[date]
    reason: str


class Resumed(Event):
    """The review goes on."""

    TOPIC, CLASS = "review.resumed.v1", "D"
    reason: str


class TimescaleExtended(Event):
    """The review takes longer than it should; the statutory date stays on show."""

    TOPIC, CLASS = "review.timescale_extended.v1", "D"
    until: Public[date]
    reason: str
