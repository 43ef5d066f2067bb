"""What a recipient does with an item: it acknowledges it, cascades it, talks it over and says what it has to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from aggregates.dissemination import refusals
from aggregates.dissemination.acts import FRAMEWORK, check_part, declared_as, speaks_for
from aggregates.dissemination.issuing import Issuing
from aggregates.entry.values import says
from aggregates.errors import said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Act
    from aggregates.dissemination.state import Recipient
    from aggregates.entry.values import Evidence


class Answering(Issuing):
    """A recipient's acts, in the name of its agency."""

    def acknowledge(
        self,
        *,
        content_sha256: str,
        staff_groups: tuple[dict[str, Any], ...],
        cascade_plan: str,
        statement: str | None = None,
        declared: Iterable[str] = (),
        **act: Unpack[Act],
    ) -> None:
        """Acknowledge this very content, and say for whom of the staff it is; `declared` are those that the agency has named before."""
        item, recipient = self._recipient(act["acting"], act["occurred_on"])
        if recipient.acknowledgement:
            raise refusals.AlreadyAcknowledged(ref=self.ref, agency=recipient.agency, on=recipient.acknowledgement.on)
        if content_sha256 != item.content_sha256:
            raise refusals.OtherContent(ref=self.ref)
        self.check_groups(staff_groups, needed=True)
        self.check_all_declared(recipient.agency, staff_groups, declared)
        said(cascade_plan=cascade_plan, statement=statement)
        if item.kind == FRAMEWORK and statement is None:
            raise refusals.StatementNeeded(ref=self.ref, agency=recipient.agency)
        fields = {"content_sha256": content_sha256, "staff_groups": tuple(staff_groups), "cascade_plan": cascade_plan}
        self._answer("Acknowledged", act, **fields, statement=statement)

    def report_cascade(
        self, *, staff_group: str, reach: int, headcount: int, channel: str, about: str = "item", **act: Unpack[Act]
    ) -> None:
        """Say how many of a staff group were reached: with the item, or with awareness of the Board."""
        recipient = self._answering(act["acting"], act["occurred_on"])
        said(staff_group=staff_group, channel=channel)
        check_part(reach, headcount)
        group = self.declared_group(recipient, staff_group) if about == "item" else staff_group
        self._answer("CascadeReported", act, staff_group=group, reach=reach, headcount=headcount, channel=channel, about=about)

    def record_discussion(
        self,
        *,
        forum: str,
        held: int,
        expected: int,
        evidence: tuple[Evidence, ...] = (),
        suggestions: str | None = None,
        **act: Unpack[Act],
    ) -> None:
        """Say in how many meetings or sessions it was talked over, of how many that there were."""
        self._answering(act["acting"], act["occurred_on"])
        check_part(held, expected)
        said(suggestions=suggestions)
        counted = {"forum": forum, "held": held, "expected": expected}
        self._answer("LearningDiscussed", act, **counted, evidence=tuple(evidence), suggestions=suggestions)

    def identify_implications(
        self, *, change_needed: bool, why: str | None = None, actions: tuple[str, ...] = (), **act: Unpack[Act]
    ) -> None:
        """Say whether the agency has to change something; where not, why not (INV-21)."""
        recipient = self._answering(act["acting"], act["occurred_on"])
        self.check_explained(recipient.agency, why, change_needed=change_needed)
        self._answer("ImplicationsIdentified", act, change_needed=change_needed, why=why, actions=tuple(actions))

    def check_explained(self, agency: str, why: str | None, *, change_needed: bool) -> None:
        """Refuse to find no implications without a reason (INV-21)."""
        if not change_needed and not says(why):
            raise refusals.NoImplicationsUnexplained(ref=self.ref, agency=agency)

    def declared_group(self, recipient: Recipient, group: str) -> str:
        """Return a staff group as the recipient has declared it; refuse another."""
        groups = recipient.acknowledgement.staff_groups if recipient.acknowledgement else ()
        if (known := declared_as(groups, group)) is None:
            names = [name for name, _ in groups]
            raise refusals.NotADeclaredGroup(ref=self.ref, agency=recipient.agency, group=group, groups=names)
        return known

    def _answer(self, name: str, act: Act, /, **fields: Any) -> None:
        self._decide(name, act, agency=speaks_for(act["acting"]), **fields)
