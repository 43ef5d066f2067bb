"""What a reader may see: rights that the list of a noun, the page of a thing and the feed of events all ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from aggregates.authority import BOARD
from aggregates.registry import Ledger
from aggregates.returns import Return
from aggregates.returns.answers import tells_few
from api.resources.record.training import SessionsSeen
from api.worker import worker
from projections import action_register, dissemination, partnership, returns, reviews
from projections.inspection import history as inspection_history
from projections.inspection.scopes import OF_A_DAY, OF_MANY, OPEN

if TYPE_CHECKING:
    from api.resources.answering.answers import Reading
    from projections.dissemination import ItemRow
    from projections.inspection.history import HistoryEntry
    from projections.reviews import Tracked

REGISTERED: Final = "data_subject.subject_registered.v1"


def respondents(on: Reading) -> tuple[str, ...] | None:
    """Return whose returns alone a reader sees: their agency's, where they read all of it, and their own office's; None for others."""
    if on.scope.agency is None:
        return None
    return tuple(code for code in (on.scope.agency if on.scope.restricted else None, on.own_office) if code)


def counted_by(on: Reading, respondent: str) -> bool:
    """Say whether the reader is of those who answered a return: what they counted themselves, they are told however few it is of."""
    return on.scope.inspection is None and respondent in {on.scope.agency, on.own_office}


def untold(on: Reading, entry: HistoryEntry) -> set[str]:
    """Return the fields of an entry in which so few children or family members are counted that only those who counted them are told."""
    if entry.kind != "return":
        return set()
    few = {name for said in (entry.body, entry.said) for name, value in said.items() if tells_few(value)}
    it = worker().board.load(Return, entry.ref).state if few else None
    return set() if it and counted_by(on, it.respondent) else few


SEALED = Ledger.PackSealed.TOPIC  # which says of what a pack was, and so what there is


class Visible:
    """Says what a reader may see: another agency's record does not exist for a designated lead, nor other days for an inspector.

    Nor another review than they lead, and what came of it, for a lead reviewer.

    What days an inspection leaves out, and which earlier entries it shows all the same, is said at `Scope`.
    """

    def __init__(self, on: Reading) -> None:
        """Find out which actions are the reader's agency's, and which reviews they come from, or the agency referred or was asked about."""
        self.agency, self.protects = on.scope.agency, on.scope.protects
        self.office, self.own_office = on.office, on.own_office
        self.sessions = SessionsSeen(on)
        period = on.scope.period
        self.first = period[0] if period else None
        self.last = period[1] if period else None  # an inspection ends with its ceiling; amendments came later
        self.owned: set[str] = set()
        self.reviews: set[str] = set()
        self.meetings: set[str] = set()
        self.challenges: set[str] = set()
        self.received: set[str] = set()
        self.returns: set[str] = set()
        self.conn, self.known_at = on.conn, on.clocks.head
        if self.agency is not None:
            today, head = on.today, on.clocks.head  # rights are those of today, whatever day is asked about
            filters = action_register.Filters(reviews=on.led) if on.scope.leads else action_register.Filters(concerns=self.agency)
            rows = action_register.register(on.conn, as_at=today, known_at=head, filters=filters)
            self.owned = {row.ref for row in rows}
            self.meetings = {row.ref for row in partnership.meetings(on.conn, as_at=today, known_at=head) if self.meeting(row)}
            self.challenges = {row.ref for row in partnership.challenges(on.conn, as_at=today, known_at=head) if self.challenge(row)}
            self.received = dissemination.received(on.conn, self.agency, as_at=today, known_at=head)
            mine = returns.Filters(whose=respondents(on))
            self.returns = {row.ref for row in returns.returns(on.conn, as_at=today, known_at=head, filters=mine)}
            sources = {row.source.partition("/")[0] for row in rows if row.source}
            concerning = reviews.concerning(on.conn, self.agency, self.own_office, as_at=today, known_at=head)
            self.reviews = sources | concerning if on.led is None else set(on.led)

    def __call__(self, entry: HistoryEntry) -> bool:
        """Say whether this entry is theirs to see."""
        if entry.kind == "inspection" and (self.last or self.agency is not None):
            return entry.ref == self.office  # their own, whatever days it covers
        if self._of_other_days(entry):
            return False
        if entry.kind == "subject" and entry.topic != REGISTERED:
            return self.protects  # what the law asks about people
        if self.agency is None or (entry.kind in OPEN and entry.topic != SEALED):
            return True
        return self.sessions.entry(entry) if entry.kind == "session" else self._of_agency(entry)

    def _of_agency(self, entry: HistoryEntry) -> bool:
        if entry.topic == SEALED:
            return bool(entry.body["office"] == self.own_office)
        seen = {
            "action": self.owned,
            "review": self.reviews,
            "meeting": self.meetings,
            "challenge": self.challenges,
            "dissemination": self.received,
            "return": self.returns,
        }
        return entry.ref in seen.get(entry.kind, set()) and (entry.kind not in OF_MANY or self.theirs(entry))

    def _of_other_days(self, entry: HistoryEntry) -> bool:
        """Say whether an inspection does not cover an entry's day."""
        after = self.last is not None and entry.occurred_on > self.last and not entry.amends
        return after or (self.first is not None and entry.occurred_on < self.first and entry.kind in OF_A_DAY)

    def theirs(self, entry: HistoryEntry) -> bool:
        """Say whether an entry of something that many received is of all of them, or of the reader's agency: not what another one did."""
        root: HistoryEntry | None = entry
        while root and root.amends:
            root = inspection_history.entry(self.conn, root.amends, known_at=self.known_at)
        return self.agency is None or root is None or root.body.get("agency") in {None, self.agency}

    def dissemination(self, row: ItemRow) -> ItemRow | None:
        """Return an item as it is there for the reader: to an agency, with its own answers alone; None where it did not receive it."""
        if self.agency is None:
            return row
        if row.ref not in self.received:
            return None
        own = [cell for cell in row.recipients if cell.agency == self.agency]
        return replace(row, recipients=own, ineffective=[one for one in row.ineffective if one["agency"] == self.agency])

    def happened(self, entry: HistoryEntry) -> bool:
        """Say whether this entry is theirs to come upon, and not only to explain a thing: it is not of a day before their inspection's."""
        return self(entry) and (self.first is None or entry.occurred_on >= self.first)

    def meeting(self, row: partnership.MeetingRow) -> bool:
        """Say whether this meeting is theirs to see: it was the Board's, or its attendance names them; and of the days covered."""
        if self.first and row.held_on < self.first:
            return False
        return self.agency is None or row.body == BOARD or any(one["agency"] == self.agency for one in row.attendance)

    def challenge(self, row: partnership.ChallengeRow) -> bool:
        """Say whether this challenge is theirs to see: they raised it, or it was put to them."""
        return self.agency is None or self.agency in row.concerns or self.own_office in {row.raised_by, row.put_to}

    def review(self, row: Tracked) -> bool:
        """Say whether this review is theirs to see: they referred it, or an action of theirs comes from it."""
        return self.review_called(row.ref)

    def review_called(self, ref: str) -> bool:
        """Say the same of the review of a reference."""
        return self.agency is None or ref in self.reviews
