"""What an amendment may not make of an item: what its commands would have refused, and what takes from others what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.dissemination import events, refusals
from aggregates.dissemination.acts import check_pages, check_part, declared_as
from aggregates.dissemination.answering import Answering
from aggregates.dissemination.fold import theirs
from aggregates.errors import named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aggregates.dissemination.state import DisseminationState
    from aggregates.entry import Entry


class Correcting(Answering):
    """What is asked of an entry as corrected, and of what would stand then."""

    def check_corrected(self, entry: Entry) -> None:
        """Refuse what an entry would say as corrected where its command would have refused it."""
        body = entry.body
        self._check_fixed(entry)
        self._check_counts(body)
        if issubclass(entry.event, events.MaterialProduced):
            check_pages(self.ref, body["kind"], body["pages"])
        elif issubclass(entry.event, events.Issued):
            self.check_groups(body["audiences"], needed=False)
        elif issubclass(entry.event, events.Acknowledged):
            self.check_groups(body["staff_groups"], needed=True)
            if self.state and body["content_sha256"] != self.state.item.content_sha256:
                raise refusals.OtherContent(ref=self.ref)
        elif issubclass(entry.event, events.CascadeReported):
            self._check_group(body)
        elif issubclass(entry.event, events.ImplicationsIdentified):
            self.check_explained(body["agency"], body["why"], change_needed=body["change_needed"])
        elif issubclass(entry.event, events.PracticeBriefingDelivered):
            named(agencies=body["agencies"])
        elif issubclass(entry.event, events.Superseded) and body["by_ref"] == self.ref:
            raise refusals.SupersedesItself(ref=self.ref)

    def _check_fixed(self, entry: Entry) -> None:
        """Refuse to say otherwise afterwards what was sent, to whom and when: the recipients and their dates were found by it (INV-18)."""
        fixed: tuple[str, ...] = ()
        if issubclass(entry.event, events.Issued | events.CaughtUp):
            fixed = ("occurred_on", "to")
        elif issubclass(entry.event, events.MaterialProduced) and self.state and self.state.item.issued:
            fixed = ("kind", "source")
        said = self.entries[entry.number - 1].body
        if moved := next((name for name in fixed if entry.body.get(name) != said.get(name)), None):
            raise refusals.FixedByIssue(ref=self.ref, field=moved)

    def _check_counts(self, body: Mapping[str, Any]) -> None:
        if "reach" in body:
            check_part(body["reach"], body["headcount"])
        if "held" in body:
            check_part(body["held"], body["expected"])
        if "participants" in body:
            check_part(body["participants"], max(body["participants"], 1), least=1)

    def _check_group(self, body: Mapping[str, Any]) -> None:
        recipient = self.state.recipients.get(body["agency"]) if self.state else None
        if recipient and body["about"] == "item":
            self.declared_group(recipient, body["staff_group"])

    def lacking(self, stands: Sequence[Entry]) -> dict[int, frozenset[str]]:
        """Say what entries rest on and do not find: that it was sent by then, acknowledged, and its staff group declared."""
        found = super().lacking(stands)
        after = self.fold(stands)
        if after is not None:
            found |= {entry.number: missing for entry in stands if (missing := frozenset(_missing(entry, after)))}
        return found


def _missing(entry: Entry, after: DisseminationState) -> Iterator[str]:
    """Give what an entry would not find in what would stand; an acknowledgement may be recorded later than what was done with it."""
    issued, agency = after.item.issued, theirs(entry)
    if issubclass(entry.event, events.CaughtUp | events.IneffectivenessReported) and (issued is None or issued.on > entry.occurred_on):
        yield "it would not have been issued by then"
    if agency is None or issubclass(entry.event, events.CaughtUp):
        return
    received = after.received(agency)
    if received is None or received > entry.occurred_on:
        yield f"it would not have been sent to {agency} by then"
    if issubclass(entry.event, events.Acknowledged):
        return
    acknowledged = after.recipients[agency].acknowledgement
    if acknowledged is None:
        yield f"{agency} would not have acknowledged it"
    elif issubclass(entry.event, events.CascadeReported) and entry.body["about"] == "item":
        group = entry.body["staff_group"]
        if declared_as(acknowledged.staff_groups, group) is None:
            yield f"{agency} would not have declared {group}"
