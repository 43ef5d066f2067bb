"""What the Board decides of an item: it is sent, caught up with, taken back or replaced; and who says that it does not work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Unpack

from aggregates.authority import CHAIRS
from aggregates.clocks.dates import later
from aggregates.dissemination import refusals
from aggregates.dissemination.acts import LEAD, Acts, check_part, speaks_for
from aggregates.errors import named, said
from aggregates.partnership.membership import NotAMember

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from aggregates.authority import Act, Acting
    from aggregates.dissemination.state import DisseminationState, Item
    from aggregates.entry.values import Evidence


class Issuing(Acts):
    """The Board's decisions."""

    def issue(
        self,
        *,
        to: tuple[str, ...] = (),
        audiences: tuple[dict[str, Any], ...] = (),
        members: Collection[str],
        windows: tuple[int, int],
        **act: Unpack[Act],
    ) -> None:
        """Send it to the members of that day, or to those named of them (INV-18); to name them all is to name none.

        `windows` are the days to acknowledge and the months to embed that the Board has set.
        """
        now, then = self._item(day := act["occurred_on"])
        if issued := now.item.issued or then.item.issued:
            raise refusals.AlreadyIssued(ref=self.ref, on=issued.on)
        if outside := [code for code in to if code not in members]:
            raise NotAMember(ref=outside[0], day=day)
        recipients = tuple(sorted({*(to or members)}))
        if not recipients:
            raise refusals.NobodyReceives(ref=self.ref, day=day)
        self.check_groups(audiences, needed=False)
        some = tuple(to) if set(to) != set(members) else ()
        sent: dict[str, Any] = {"to": some, "recipients": recipients, "audiences": tuple(audiences)}
        sent |= {"findings": now.item.findings, "content_sha256": now.item.content_sha256}
        self._decide("Issued", act, **sent, **_of(now.item), **_due(day, windows))

    def catch_up(self, *, agency: str, windows: tuple[int, int], **act: Unpack[Act]) -> None:
        """Send it to an agency that did not receive it when it was issued: it has as long to answer as the others had."""
        now, _ = self._sent(day := act["occurred_on"])
        if agency in now.recipients:
            raise refusals.AlreadyReceived(ref=self.ref, agency=agency)
        self._decide("CaughtUp", act, agency=agency, **_of(now.item), **_due(day, windows))

    def deliver_practice_briefing(self, *, agencies: tuple[str, ...], participants: int, **act: Unpack[Act]) -> None:
        """Record that practitioners were briefed together."""
        now, _ = self._item(act["occurred_on"])
        named(agencies=agencies)
        check_part(participants, max(participants, 1), least=1)
        briefed = {"source": now.item.source, "agencies": tuple(dict.fromkeys(agencies)), "participants": participants}
        self._decide("PracticeBriefingDelivered", act, **briefed)

    def report_ineffectiveness(self, *, what: str, evidence: tuple[Evidence, ...] = (), **act: Unpack[Act]) -> None:
        """Say that it does not work in practice, for an agency, a sub-group or the Board."""
        if act["acting"].role == LEAD:
            self._recipient(act["acting"], act["occurred_on"])
        self._sent(act["occurred_on"])
        said(what=what)
        self._decide("IneffectivenessReported", act, agency=speaks_for(act["acting"]), what=what, evidence=tuple(evidence))

    def withdraw(self, *, reason: str, **act: Unpack[Act]) -> None:
        """Take it back; not by a chair whose employer still owes an answer (INV-44)."""
        now, _ = self._item(act["occurred_on"])
        self._owed_by_another(act["acting"], now, "withdraw")
        said(reason=reason)
        self._decide("Withdrawn", act, reason=reason, **_ends(now))

    def supersede(self, *, by_ref: str, reason: str, successor: DisseminationState | None, **act: Unpack[Act]) -> None:
        """Let another item, which all of its recipients have, take its place. What was acknowledged of this one stays (INV-19)."""
        now, _ = self._item(act["occurred_on"])
        self._owed_by_another(act["acting"], now, "supersede")
        said(reason=reason)
        if by_ref == self.ref:
            raise refusals.SupersedesItself(ref=self.ref)
        if successor is None or successor.item.issued is None or successor.item.ended:
            raise refusals.NoSuccessor(ref=self.ref, by_ref=by_ref, status=successor.item.word if successor else "not on record")
        if lacking := now.recipients.keys() - successor.recipients.keys():
            raise refusals.SuccessorNotSent(ref=self.ref, by_ref=by_ref, agencies=lacking)
        self._decide("Superseded", act, by_ref=by_ref, reason=reason, **_ends(now))

    def _owed_by_another(self, acting: Acting, now: DisseminationState, act: str) -> None:
        """Refuse to end what a chair's own employer still owes."""
        mine = now.recipients.get(acting.agency or "") if acting.role in CHAIRS else None
        if mine and mine.status(now.item.kind) != "embedded":
            raise refusals.EmployerOwes(ref=self.ref, agency=acting.agency, role=acting.role, act=act)

    def _decide(self, name: str, act: Act, /, **fields: Any) -> None:
        self.record(name, occurred_on=act["occurred_on"], late_reason=act.get("late_reason"), **fields, **act["acting"].said)


def _of(item: Item) -> dict[str, str | None]:
    return {"kind": item.kind, "source": item.source}


def _ends(now: DisseminationState) -> dict[str, Any]:
    """Return for whom it ends, and of what kind it was: rules end what each recipient owed without looking for what it was sent."""
    return {**_of(now.item), "recipients": tuple(sorted(now.recipients))}


def _due(day: date, windows: tuple[int, int]) -> dict[str, date]:
    days, months = windows
    return {"acknowledgement_due": day + timedelta(days), "embedding_due": later(day, months=months)}
