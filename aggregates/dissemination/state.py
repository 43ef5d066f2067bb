"""What is true of an item of dissemination, and of each recipient of it (domain B.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aggregates.entry.values import Evidence

NEED_TO_KNOW: Final = "need_to_know"
BASES: Final = (NEED_TO_KNOW, "nice_to_know")
# In which of these forums an item has to have been talked over before it counts as embedded: one of each group. Framework, Appendix A:
# a review of this Board in team meetings and in individual supervision (LIF-APPA-AG-04, -05), a national one in team meetings and in
# individual or group supervision (LIF-APPA-NA-02). Any other material, in some forum at least (LIF-RAG-04).
INDIVIDUAL: Final = (frozenset({"team_meeting"}), frozenset({"supervision"}))
OR_IN_GROUPS: Final = (frozenset({"team_meeting"}), frozenset({"supervision", "group_supervision"}))
ANYWHERE: Final = (frozenset({"team_meeting", "supervision", "group_supervision", "joint_working"}),)
TALKED_OVER: Final[Mapping[str, tuple[frozenset[str], ...]]] = {"scr_report": INDIVIDUAL, "national_scr": OR_IN_GROUPS}
# What a recipient has to have considered for its own service, and stated (LIF-APPA-AG-03): the reviews themselves.
CONSIDERED: Final = frozenset(TALKED_OVER)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A recipient has this very content, and says for whom of its staff it is."""

    on: date
    content_sha256: str
    staff_groups: tuple[tuple[str, str], ...]  # each with its basis
    cascade_plan: str
    statement: str | None

    @property
    def need_to_know(self) -> tuple[str, ...]:
        """Return the groups that are owed the item, and so a report of how many of them it reached (INV-20)."""
        return tuple(group for group, basis in self.staff_groups if basis == NEED_TO_KNOW)


@dataclass(frozen=True, slots=True)
class Cascade:
    """How many of a staff group were reached, and how."""

    on: date
    staff_group: str
    reach: int
    headcount: int
    channel: str
    about: str


@dataclass(frozen=True, slots=True)
class Discussion:
    """In how many sessions of a kind it was talked over, of how many that there were."""

    on: date
    forum: str
    held: int
    expected: int
    evidence: tuple[Evidence, ...]
    suggestions: str | None


@dataclass(frozen=True, slots=True)
class Implications:
    """What a recipient has to change because of it; where nothing, why (INV-21)."""

    on: date
    change_needed: bool
    why: str | None
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    """What one recipient did with an item. `received_on` is set for whom was caught up: the others received it when it was issued."""

    agency: str
    received_on: date | None = None
    acknowledgement_due: date | None = None
    embedding_due: date | None = None
    acknowledgement: Acknowledgement | None = None
    cascades: tuple[Cascade, ...] = ()
    discussions: tuple[Discussion, ...] = ()
    implications: Implications | None = None

    @property
    def reached(self) -> frozenset[str]:
        """Return the staff groups that were reached with the item itself: awareness of the Board is another matter."""
        return frozenset(one.staff_group for one in self.cascades if one.about == "item")

    def lacks(self, kind: str) -> tuple[str, ...]:
        """Say, in words, what it lacks of being embedded; nothing is asked of it that the framework does not ask of all agencies.

        Embedded is what was acknowledged (LIF-APPA-AG-02), has reached every staff group that needs to know it (AG-02, AG-06), was
        talked over where the framework wants it (AG-04, AG-05) and, where it is a review, whose implications were stated (AG-03).
        """
        if self.acknowledgement is None:
            return ("an acknowledgement",)
        forums = {one.forum for one in self.discussions if one.held}
        groups = [f"a report that it reached {group}" for group in self.acknowledgement.need_to_know if group not in self.reached]
        wanted = TALKED_OVER.get(kind, ANYWHERE)
        talks = [f"a discussion in {_or(one)}" for one in wanted if not one & forums]
        stated = ["its implications"] if kind in CONSIDERED and self.implications is None else []
        return (*groups, *stated, *talks)

    def status(self, kind: str) -> str:
        """Return how far it is: outstanding, acknowledged, cascaded or embedded.

        Cascaded is what has reached every group that needs to know it; where none does, nothing is owed, and nothing is claimed.
        """
        if self.acknowledgement is None:
            return "outstanding"
        if not self.lacks(kind):
            return "embedded"
        owed = self.acknowledgement.need_to_know
        return "cascaded" if owed and self.reached.issuperset(owed) else "acknowledged"


@dataclass(frozen=True, slots=True)
class Produced:
    """There is something to send, and it was sent to nobody."""

    word: ClassVar[str] = "produced"


@dataclass(frozen=True, slots=True)
class Issued:
    """It went to the recipients, who owe an answer."""

    on: date
    recipients: tuple[str, ...]
    audiences: tuple[tuple[str, str], ...]
    acknowledgement_due: date
    embedding_due: date
    word: ClassVar[str] = "issued"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The Board took it back."""

    on: date
    reason: str
    word: ClassVar[str] = "withdrawn"


@dataclass(frozen=True, slots=True)
class Superseded:
    """Another item has taken its place."""

    on: date
    by_ref: str
    reason: str
    word: ClassVar[str] = "superseded"


Ended: TypeAlias = Withdrawn | Superseded


@dataclass(frozen=True, slots=True)
class Briefing:
    """Practitioners of several agencies were briefed together."""

    on: date
    agencies: tuple[str, ...]
    participants: int


@dataclass(frozen=True, slots=True)
class Ineffectiveness:
    """A member said that it does not work in practice."""

    on: date
    agency: str
    what: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An item, apart from what each recipient did with it."""

    ref: str
    title: str
    kind: str
    source: str | None
    findings: tuple[str, ...]
    produced_on: date
    content: tuple[Evidence, ...]
    content_sha256: str
    pages: int | None
    issued: Issued | None = None
    ended: Ended | None = None
    briefings: tuple[Briefing, ...] = ()
    ineffective: tuple[Ineffectiveness, ...] = ()

    @property
    def word(self) -> str:
        """Return where it stands, its recipients apart: produced, issued, withdrawn or superseded."""
        return self.ended.word if self.ended else self.issued.word if self.issued else Produced.word


@dataclass(frozen=True, slots=True)
class DisseminationState:
    """An item with its recipients, by their codes: those to whom it was issued, and those who were caught up."""

    item: Item
    recipients: Mapping[str, Recipient] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """Return its reference."""
        return self.item.ref

    @property
    def complete(self) -> bool:
        """Say whether it is embedded everywhere."""
        return bool(self.recipients) and all(one.status(self.item.kind) == "embedded" for one in self.recipients.values())

    @property
    def outstanding(self) -> frozenset[str]:
        """Return the recipients that still owe an acknowledgement: nobody does of what was withdrawn or superseded."""
        if self.item.ended:
            return frozenset()
        return frozenset(agency for agency in self.recipients if self.received(agency) and not self.recipients[agency].acknowledgement)

    def received(self, agency: str) -> date | None:
        """Return the day on which an agency received it; None where it did not."""
        if (one := self.recipients.get(agency)) is None:
            return None
        return one.received_on or (self.item.issued.on if self.item.issued else None)


def _or(forums: frozenset[str]) -> str:
    return " or ".join(sorted(forums)).replace("_", " ")
