"""The events of an item of dissemination.

What recipients did is of one recipient each: their `agency` identifies it, so that thirty agencies may act at once and the view of
each is made of its own entries. Where it stands for a body that is no agency, it is a sub-group's code, or the Board's.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import Any, ClassVar, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Recorded
from aggregates.entry.fields import Identifies, Public, Restricted  # noqa: TC001 - as date
from aggregates.entry.values import Evidence  # noqa: TC001 - as date

Kind: TypeAlias = Literal[
    "scr_report",
    "single_page_briefing",
    "poster",
    "practice_briefing_slides",
    "newsletter",
    "cdop_briefing",
    "policy",
    "national_scr",
    "framework",
    "training_programme",
]
Forum: TypeAlias = Literal["team_meeting", "supervision", "group_supervision", "joint_working"]
OF_THE_ITEM = frozenset({"kind", "source"})  # what an event repeats of its item, so that rules need not read the item's past
DATES = frozenset({"acknowledgement_due", "embedding_due"})


class Event(Recorded.Event):
    """An event of an item."""


class Created(Event, Aggregate.Created):
    """What begins the stream of an item; the library wants it by this name, with a topic of its own."""

    TOPIC = "dissemination.created.v1"


class MaterialProduced(Created):
    """There is something to send. `source` is the review that it comes from, `review:SB-2015-01`; `evidence` is the one file that it is."""

    TOPIC = "dissemination.material_produced.v1"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"content_sha256"})
    ref: Identifies[Public[str]]
    title: Public[str]
    kind: Public[Kind]
    source: Public[str | None]
    findings: Public[tuple[str, ...]]
    evidence: Public[tuple[Evidence, ...]]
    content_sha256: Public[str]
    pages: Public[int | None]


class Issued(Event):
    """It goes to the members of that day, or to those of them that `to` names: who received it is fixed for ever (INV-18).

    `audiences` has objects of `group` and `basis`: for whom the Board thinks that it is need to know, and for whom nice to know.
    """

    TOPIC, CLASS = "dissemination.issued.v1", "D"
    COMPUTED: ClassVar[frozenset[str]] = OF_THE_ITEM | DATES | {"findings", "recipients", "content_sha256"}
    kind: Public[str]
    source: Public[str | None]
    findings: Public[tuple[str, ...]]
    to: Public[tuple[str, ...]]
    recipients: Public[tuple[str, ...]]
    content_sha256: Public[str]
    audiences: Public[tuple[dict[str, Any], ...]]
    acknowledgement_due: Public[date]
    embedding_due: Public[date]


class CaughtUp(Event):
    """An agency that joined later is sent it too (INV-18)."""

    TOPIC, CLASS = "dissemination.caught_up.v1", "D"
    COMPUTED: ClassVar[frozenset[str]] = OF_THE_ITEM | DATES
    agency: Identifies[Public[str]]
    kind: Public[str]
    source: Public[str | None]
    acknowledgement_due: Public[date]
    embedding_due: Public[date]


class Acknowledged(Event):
    """A recipient has this very content, and says for whom of its staff it is need to know, and for whom nice to know (INV-19, INV-20).

    `staff_groups` has objects of `group` and `basis`; `statement` says how it fits the agency's own arrangements (framework, L155).
    """

    TOPIC = "dissemination.acknowledged.v1"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"agency"})
    agency: Identifies[Public[str]]
    content_sha256: Public[str]
    staff_groups: Public[tuple[dict[str, Any], ...]]
    cascade_plan: str
    statement: str | None


class CascadeReported(Event):
    """A recipient says how many of a staff group it reached, with the item itself or with awareness of the Board."""

    TOPIC = "dissemination.cascade_reported.v1"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"agency"})
    agency: Identifies[Public[str]]
    staff_group: Public[str]
    reach: int
    headcount: int
    channel: str
    about: Public[Literal["item", "awareness"]]


class LearningDiscussed(Event):
    """A recipient's staff talked it over: in how many of the sessions that there were. `evidence` is a sample of their records."""

    TOPIC = "dissemination.learning_discussed.v1"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"agency"})
    agency: Identifies[Public[str]]
    forum: Identifies[Public[Forum]]
    held: Public[int]
    expected: Public[int]
    evidence: Restricted[tuple[Evidence, ...]]
    suggestions: str | None


class PracticeBriefingDelivered(Event):
    """Practitioners of several agencies were briefed together."""

    TOPIC = "dissemination.practice_briefing_delivered.v1"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"source"})
    source: Public[str | None]
    agencies: Public[tuple[str, ...]]
    participants: Public[int]


class ImplicationsIdentified(Event):
    """A recipient says whether it has to change something; where not, why (INV-21); and which actions came of it."""

    TOPIC = "dissemination.implications_identified.v1"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"agency"})
    agency: Identifies[Public[str]]
    change_needed: Public[bool]
    why: str | None
    actions: Public[tuple[str, ...]]


class IneffectivenessReported(Event):
    """A member says that what it was sent does not work in practice. A challenge may follow."""

    TOPIC, CLASS = "dissemination.ineffectiveness_reported.v1", "D"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"agency"})
    agency: Identifies[Public[str]]
    what: Public[str]
    evidence: Restricted[tuple[Evidence, ...]]


class Withdrawn(Event):
    """The Board takes it back: nobody owes anything about it any more."""

    TOPIC, CLASS = "dissemination.withdrawn.v1", "D"
    COMPUTED: ClassVar[frozenset[str]] = OF_THE_ITEM | {"recipients"}
    kind: Public[str]
    source: Public[str | None]
    recipients: Public[tuple[str, ...]]
    reason: Public[str]


class Superseded(Event):
    """Another item takes its place. What was acknowledged of this one stays with this one (INV-19)."""

    TOPIC, CLASS = "dissemination.superseded.v1", "D"
    COMPUTED: ClassVar[frozenset[str]] = OF_THE_ITEM | {"recipients"}
    kind: Public[str]
    source: Public[str | None]
    recipients: Public[tuple[str, ...]]
    by_ref: Public[str]
    reason: str


class AmendmentProposed(Event, Recorded.AmendmentProposed):
    """An amendment waits for its countersignature."""

    TOPIC = "dissemination.amendment_proposed.v1"


class EntryCorrected(Event, Recorded.EntryCorrected):
    """Fields of an earlier entry were wrong."""

    TOPIC = "dissemination.entry_corrected.v1"


class EntryRetracted(Event, Recorded.EntryRetracted):
    """An earlier entry should not stand."""

    TOPIC = "dissemination.entry_retracted.v1"
