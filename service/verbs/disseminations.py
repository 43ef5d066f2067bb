"""The verbs of an item of dissemination; what is looked up for them is in `recording.across.receiving`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.action import Action
from aggregates.dissemination import Dissemination, refusals, speaks_for
from aggregates.partnership import Agency
from service.desk.refusals import NotFound
from service.recording.across.holding import Holding
from service.recording.resting import resting_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from aggregates.authority import Acting
    from aggregates.entry import Entry
    from service.recording import Done, Write

CITING: Final = ("dissemination.implications_identified.v1", "dissemination.entry_corrected.v1")


class DisseminationVerbs(Holding):
    """What is decided about what the Board sends to its members, and what they do with it."""

    def produce_material(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Put on record what there is to send. Its pages are counted in the file itself, where that is a PDF (INV-22)."""
        self._comes_from(said["source"], said["findings"])
        return self._begin(ref, Dissemination.produce, write, **said, counted=self._pages(**said))

    @resting_on(Agency)
    def issue_dissemination(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Send an item to the members of the day; who they are is frozen with it (INV-18)."""
        for agency in said["to"]:
            self._there(Agency, "agency", agency)
        counted = {"members": self.members(said["occurred_on"]), "windows": self._windows(said["occurred_on"])}
        return self._change(Dissemination, ref, Dissemination.issue, write, **said, **counted)

    @resting_on(Agency)
    def catch_up_agency(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Send an item to a member that joined after it was issued."""
        self._member(said["agency"], said["occurred_on"])
        return self._change(Dissemination, ref, Dissemination.catch_up, write, **said, windows=self._windows(said["occurred_on"]))

    def acknowledge_dissemination(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Acknowledge an item for a recipient, and say of every staff group that it ever declared whether it needs to know (INV-20)."""
        declared = self.declared_groups(speaks_for(said["acting"]))
        return self._change(Dissemination, ref, Dissemination.acknowledge, write, **said, declared=declared)

    def report_cascade(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Report how many of a staff group were reached."""
        return self._change(Dissemination, ref, Dissemination.report_cascade, write, **said)

    def record_discussion(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Report in how many meetings or sessions an item was talked over."""
        return self._change(Dissemination, ref, Dissemination.record_discussion, write, **said)

    @resting_on(Action)
    def identify_implications(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """State what an agency has to change because of an item, and which actions came of it."""
        for action in said["actions"]:
            self.reach(said["acting"], Action, action)
        self._check_assigned(said["actions"])
        return self._change(Dissemination, ref, Dissemination.identify_implications, write, **said)

    def deliver_practice_briefing(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that practitioners of several members were briefed together."""
        for agency in said["agencies"]:
            self._there(Agency, "agency", agency)
            self._took_part(agency, said["occurred_on"])
        return self._change(Dissemination, ref, Dissemination.deliver_practice_briefing, write, **said)

    def report_ineffectiveness(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that a member says an item does not work in practice."""
        return self._change(Dissemination, ref, Dissemination.report_ineffectiveness, write, **said)

    def withdraw_dissemination(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Take an item back."""
        return self._change(Dissemination, ref, Dissemination.withdraw, write, **said)

    def supersede_dissemination(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Let another item, which has been issued, take the place of this one."""
        self._there(Dissemination, "dissemination", said["by_ref"])

        def supersede(item: Dissemination, **said: Any) -> None:
            by = self.find(Dissemination, said["by_ref"])
            item.supersede(**said, successor=by.state if by else None)

        return self._change(Dissemination, ref, supersede, write, **said)

    def _check_corrected(self, who: Acting, thing: Any, fields: dict[str, Any], today: date, late_reason: str | None) -> None:
        """Keep the actions that came of an item in the register for as long as it is on record that they came of it."""
        super()._check_corrected(who, thing, fields, today, late_reason)
        if not isinstance(thing, Action | Dissemination):
            return
        after = thing.amended(fields["amends"], fields.get("corrected"))
        if isinstance(thing, Dissemination):
            self._check_assigned({action for _, action in _cited(after)} - {action for _, action in _cited(thing.standing)})
        elif thing.fold(after) is None:
            self._check_uncited(thing.ref)

    def _check_assigned(self, actions: Iterable[str]) -> None:
        """Refuse actions whose assignment was retracted."""
        for action in sorted(actions):
            if (found := self.find(Action, action)) is None or found.state is None:
                raise NotFound(kind="action", ref=action)

    def _check_uncited(self, action: str) -> None:
        """Refuse to take an action away with which recipients have answered an item."""
        for item in self._saying(Dissemination, CITING, action, lambda body: action in (body.get("actions") or ())):
            if agencies := {agency for agency, cited in _cited(item.standing) if cited == action}:
                raise refusals.ImplicationsRest(ref=item.ref, action=action, agencies=agencies)

    def _windows(self, day: date) -> tuple[int, int]:
        """Return the days to acknowledge and the months to embed that the Board had set by a day."""
        then = self.settings_on(day)
        return then.ack_window, then.embedding_window


def _cited(stands: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Give each action that came of an item, after the agency that says so."""
    said = (entry.body for entry in stands if entry.event is Dissemination.ImplicationsIdentified)
    yield from ((body["agency"], action) for body in said for action in body["actions"])
