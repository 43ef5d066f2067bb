"""What every decision about an item stands on: the day, for whom somebody speaks, and what is read strictly where it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.authority import BOARD
from aggregates.dissemination import refusals
from aggregates.dissemination.events import CaughtUp
from aggregates.dissemination.state import BASES, DisseminationState
from aggregates.entry import Recorded
from aggregates.entry.values import says
from aggregates.review.parts import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from aggregates.authority import Acting
    from aggregates.dissemination.state import Issued, Item, Recipient
    from aggregates.entry import Entry

LEAD: Final = "designated lead"
ONE_PAGE: Final = "single_page_briefing"
FRAMEWORK: Final = "framework"


def speaks_for(acting: Acting) -> str:
    """Return the body in whose name somebody acts: an agency, a sub-group, or the Board."""
    return acting.body or (acting.agency if acting.role == LEAD else None) or BOARD


class Acts(Recorded[DisseminationState | None]):
    """An item as its decisions see it."""

    def moved_since(self, version: int, acting: Acting) -> bool:
        """Say whether what this act rests on has changed: what other recipients did meanwhile is nothing to it.

        So thirty agencies answer at once, each with the version that it saw. A recipient's acts rest on the item and on its own; the
        Board's on the item, and on who receives it.
        """
        theirs = speaks_for(acting)
        later = (self._root(entry.number) for entry in self.entries if entry.number > version)
        agencies = {None, theirs} if acting.role == LEAD else {None, theirs, CaughtUp}
        return version > self.version or any(_whose(entry, board=acting.role != LEAD) in agencies for entry in later)

    def _item(self, day: date) -> tuple[DisseminationState, DisseminationState]:
        """Return what is true now and what was on the day; refuse where there was nothing then, or is nothing more to be said."""
        now, then = self.state, self.state_on(day)
        if now is None or then is None:
            raise refusals.NotProduced(ref=self.ref, day=day)
        for at in (now, then):
            if at.item.ended:
                raise refusals.ItemEnded(ref=self.ref, status=at.item.ended.word)
        return now, then

    def _sent(self, day: date) -> tuple[DisseminationState, Issued]:
        """Return what is true now, and how it was issued by the day; refuse where it had not been."""
        now, then = self._item(day)
        if now.item.issued is None or then.item.issued is None:
            raise refusals.NotIssued(ref=self.ref, day=day)
        return now, then.item.issued

    def _recipient(self, acting: Acting, day: date) -> tuple[Item, Recipient]:
        """Return the recipient that somebody speaks for, as it is now; refuse who had not received it by the day."""
        now, _ = self._sent(day)
        agency = speaks_for(acting)
        received = now.received(agency)
        if received is None or received > day:
            raise refusals.NotARecipient(ref=self.ref, agency=agency, day=day)
        return now.item, now.recipients[agency]

    def _answering(self, acting: Acting, day: date) -> Recipient:
        """Return the recipient that somebody speaks for, who has acknowledged it."""
        _, recipient = self._recipient(acting, day)
        if recipient.acknowledgement is None:
            raise refusals.NotAcknowledged(ref=self.ref, agency=recipient.agency)
        return recipient

    def check_groups(self, given: Iterable[Mapping[str, Any]], *, needed: bool) -> None:
        """Refuse groups that cannot be read as groups with their basis, each once."""
        known: set[str] = set()
        for one in given:
            group, basis = one.get("group"), one.get("basis")
            if one.keys() != {"group", "basis"} or not isinstance(group, str) or not says(group):
                raise refusals.UnreadableGroups(ref=self.ref, why="a group and its basis are needed, and nothing else")
            if basis not in BASES:
                raise refusals.UnreadableGroups(ref=self.ref, why=f"the basis of {group} is neither")
            if same(group) in known:
                raise refusals.UnreadableGroups(ref=self.ref, why=f"{group} is named more than once")
            known.add(same(group))
        if needed and not known:
            raise refusals.UnreadableGroups(ref=self.ref, why="no group is named")

    def check_all_declared(self, agency: str, given: Iterable[Mapping[str, Any]], declared: Iterable[str]) -> None:
        """Refuse to leave out a staff group that an agency has declared before (INV-20)."""
        named = {same(str(one.get("group", ""))) for one in given}
        if left_out := [group for group in declared if same(group) not in named]:
            raise refusals.GroupsLeftOut(ref=self.ref, agency=agency, groups=left_out)


def check_pages(ref: str, kind: str, pages: int | None) -> None:
    """Refuse a single-page briefing of any other number of pages (INV-22), and a number that no file has."""
    if kind == ONE_PAGE and pages is None:
        raise refusals.PagesUncounted(ref=ref, why="say how many pages it has")
    if kind == ONE_PAGE and pages != 1:
        raise refusals.NotOnePage(ref=ref, pages=pages)
    if pages is not None:
        check_part(pages, max(pages, 1), least=1)


def check_part(part: int, whole: int, *, least: int = 0) -> None:
    """Refuse a part that is not one of the whole, and a whole of nothing."""
    if whole < 1 or not least <= part <= whole:
        raise refusals.NotAPart(part=part, whole=whole)


def declared_as(groups: Sequence[tuple[str, str]], group: str) -> str | None:
    """Return a staff group as it was declared, however it is spelt here; None where it was not."""
    return next((known for known, _ in groups if same(known) == same(group)), None)


def _whose(entry: Entry, *, board: bool) -> Any:
    """Return whose an entry is: None where it is of the item; who was caught up concerns the Board whoever it was."""
    if board and issubclass(entry.event, CaughtUp):
        return CaughtUp
    return entry.body.get("agency")
