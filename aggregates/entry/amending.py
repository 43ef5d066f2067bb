"""What of the record stands, and how an entry is amended: corrected or retracted by a later one, never edited (INV-34)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, Unpack

from eventsourcing.domain import Aggregate

from aggregates import authority, errors
from aggregates.entry.fields import CORRECTED, Public, Restricted, correctable, corrections, from_json
from aggregates.entry.record import Entry, OnRecord, S

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from aggregates.authority import Acting

T = TypeVar("T")


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries that stand, as corrected, in the order in which they were true.

    From the last recorded to the first, because an amendment is later than what it amends, and may itself be amended. Of two
    corrections of a field the later wins, also where the earlier was corrected afterwards.
    """
    retracted: set[int] = set()
    corrected: dict[int, dict[str, Any]] = defaultdict(dict)
    stand = []
    for entry in sorted(entries, key=lambda e: e.number, reverse=True):
        if entry.number in retracted:
            continue
        body = {**entry.body, **from_json(entry.event, corrected.pop(entry.number, {}))}
        if issubclass(entry.event, Recorded.EntryRetracted):
            retracted.add(body["amends"])
        elif issubclass(entry.event, Recorded.EntryCorrected):
            corrected[body["amends"]] = corrections(body) | corrected[body["amends"]]
        else:
            stand.append(Entry(entry.number, body.get("occurred_on", entry.occurred_on), entry.event, body).newest)
    return sorted(stand, key=lambda e: (e.occurred_on, e.number))


def unbegun(stands: Iterable[Entry]) -> dict[int, frozenset[str]]:
    """Return the entries that stand before anything had begun: none of them would be true of anything, and the fold passes them over.

    What the service issued by itself follows from the rest, and a proposal says nothing yet.
    """
    without = {}
    for entry in stands:
        if issubclass(entry.event, Aggregate.Created):
            break
        if entry.event.CLASS != "C" and not issubclass(entry.event, Recorded.AmendmentProposed):
            without[entry.number] = frozenset({"nothing would have begun by then"})
    return without


def steps(stands: Iterable[Entry], fold: Callable[[list[Entry], T | None], T | None]) -> Iterator[tuple[Entry, T | None]]:
    """Give each entry of a history with what was true before it."""
    now: T | None = None
    for entry in stands:
        yield entry, now
        now = fold([entry], now)


class Recorded(OnRecord[S]):
    """An aggregate whose entries can be amended: never edited, but corrected or retracted by a later entry (INV-34)."""

    class Event(OnRecord.Event):
        """An event that can be amended."""

    class AmendmentProposed(Event):
        """An amendment of a decision waits for its countersignature (ledger §2); by itself it changes nothing."""

        CLASS: ClassVar[str] = "D"
        COMPUTED: ClassVar[frozenset[str]] = frozenset({"corrected_public", "corrected_restricted"})
        amends: Public[int]
        corrected_public: Public[dict[str, Any] | None]
        corrected: dict[str, Any] | None
        corrected_restricted: Restricted[dict[str, Any] | None]
        reason: str

    class EntryCorrected(Event):
        """Earlier fields were wrong. The old values stay where they were recorded; here are the right ones."""

        CLASS: ClassVar[str] = "D"
        COMPUTED: ClassVar[frozenset[str]] = frozenset({"corrected_public", "corrected_restricted"})
        amends: Public[int]
        corrected_public: Public[dict[str, Any] | None]
        corrected: dict[str, Any] | None
        corrected_restricted: Restricted[dict[str, Any] | None]
        reason: str
        proposal: Public[int | None]

    class EntryRetracted(Event):
        """An earlier entry should not stand."""

        CLASS: ClassVar[str] = "D"
        amends: Public[int]
        reason: str
        proposal: Public[int | None]

    @property
    def standing(self) -> Sequence[Entry]:
        """Return the entries that stand, as corrected, in the order in which they were true."""
        return standing(self.entries)

    @property
    def beneficiary(self) -> str | None:
        """Return the agency that a decision here is about, which may not amend it alone (INV-35)."""

    def check_alone(self, amends: int, after: Sequence[Entry]) -> None:
        """Refuse what nobody amends alone, not even the office that made the entry, for what would stand `after` it."""

    def check_corrected(self, entry: Entry) -> None:
        """Refuse what an entry would say as corrected where its command would have refused it."""

    def check_amended(self, act: authority.Act, after: Sequence[Entry]) -> None:
        """Refuse an amendment for what would stand `after` it."""

    def check_independence(self, entry: Entry, acting: Acting, theirs: Collection[str] = ()) -> None:
        """Refuse an entry that stands, and was made by who may not judge it: their own agency's, or what they owe (INV-11, 29, 44).

        `acting` is who made it, by the register of offices as it is known now; `theirs` is whom what was judged is owed by.
        """

    def lacking(self, stands: Sequence[Entry]) -> dict[int, frozenset[str]]:
        """Say, in words, what entries that stand would need of those before them and do not find; the fold takes them nevertheless."""
        return unbegun(stands)

    def _check_rests(self, amends: int, after: Sequence[Entry]) -> None:
        """Refuse to take away what other entries rest on; what they were without before is not asked for."""
        before = self.lacking(self.standing)
        new = ((number, words - before.get(number, frozenset())) for number, words in self.lacking(after).items())
        rests = [(not self.entries[number - 1].event.STANDS, number, missing) for number, missing in new if missing]
        for amended, number, missing in sorted(rests):  # what is never amended first: nobody is sent to retract in vain
            raise (errors.RestsOnIt if amended else errors.RestsForEver)(ref=self.ref, amends=amends, rests=number, missing=missing)

    @property
    def open_proposals(self) -> list[Entry]:
        """Return the proposed amendments that stand and have not been made."""
        gone = self._retracted()
        made = {e.body.get("proposal") for e in self.entries if e.number not in gone}
        proposed = (e for e in self.entries if issubclass(e.event, Recorded.AmendmentProposed))
        return [e for e in proposed if e.number not in made | gone and e.body["amends"] not in gone]

    def propose_amendment(self, *, amends: int, corrected: dict[str, Any] | None = None, reason: str, **act: Unpack[authority.Act]) -> None:
        """Propose that an entry be corrected (or, without fields, retracted); its countersignature makes it so."""
        parts = self._parts(amends, corrected)
        authority.may_propose(act["acting"], self.entries[amends - 1], ref=self.ref)
        self._amend("AmendmentProposed", act, amends=amends, reason=reason, **parts)

    def correct(
        self, *, amends: int, corrected: dict[str, Any], reason: str, proposal: int | None = None, **act: Unpack[authority.Act]
    ) -> None:
        """Correct fields of an entry; `occurred_on` too. The values are typed as the entry's own fields are."""
        parts = self._parts(amends, corrected)
        self._authorised(act["acting"], amends, parts, proposal)
        self._amend("EntryCorrected", act, amends=amends, reason=reason, proposal=proposal, **parts)

    def retract(self, *, amends: int, reason: str, proposal: int | None = None, **act: Unpack[authority.Act]) -> None:
        """Retract an entry: it stays on record, and no longer stands."""
        self._authorised(act["acting"], amends, self._parts(amends, None), proposal)
        self._amend("EntryRetracted", act, amends=amends, reason=reason, proposal=proposal)

    def amended(self, amends: int, corrected: Mapping[str, Any] | None) -> Sequence[Entry]:
        """Return what would stand, were an entry corrected so or, without fields, retracted."""
        return self._amended({"amends": amends, **self._parts(amends, corrected)})

    def rewritten(self, amends: int, corrected: Mapping[str, Any] | None) -> tuple[Entry | None, Entry | None]:
        """Return the entry that an amendment is about in the end, as it stands and as it then would; None where it does not stand."""
        return self._rewritten({"amends": amends, **self._parts(amends, corrected)})

    def _amended(self, said: Mapping[str, Any]) -> list[Entry]:
        """Return what would stand with an amendment."""
        made = Recorded.EntryCorrected if corrections(said) else Recorded.EntryRetracted  # a proposal is judged as what it proposes
        return standing([*self.entries, Entry(len(self.entries) + 1, self.entries[-1].occurred_on, made, said)])

    def _rewritten(self, said: Mapping[str, Any]) -> tuple[Entry | None, Entry | None]:
        now, then = ({e.number: e for e in entries} for entries in (self.standing, self._amended(said)))
        root = self._root(said["amends"]).number
        return now.get(root), then.get(root)

    def _amend(self, name: str, act: authority.Act, /, **said: Any) -> None:
        """Record an amendment, or refuse what its root entry would then say: amendments that pass one by one may not pass together."""
        _, then = self._rewritten(said)
        if then is not None:
            self.check_corrected(then)
        after = self._amended(said)
        self._check_rests(said["amends"], after)
        self.check_amended(act, after)
        if said.get("proposal", name) is None:  # last: nobody is sent to propose what could never be
            self.check_alone(said["amends"], after)
        self.record(name, occurred_on=act["occurred_on"], late_reason=act.get("late_reason"), **said, **act["acting"].said)

    def _root(self, amends: int) -> Entry:
        """Return the entry that an amendment, or an amendment of amendments, is about in the end."""
        root = self.entries[amends - 1]
        while issubclass(root.event, (Recorded.EntryCorrected, Recorded.EntryRetracted)):
            root = self.entries[root.body["amends"] - 1]
        return root

    def still_gives(self, number: int, part: str) -> bool | None:
        """Say whether what a correction gave in a part stands; None where a later one may have given the same, or it was itself corrected.

        It stands where neither it nor what it corrects was retracted, and every later correction of that gave nothing in this part.
        """
        amended, root, gone = self.entries[number - 1].body["amends"], self._root(number).number, self._retracted()
        if gone & {number, amended, root}:
            return False
        later = (entry for entry in self.entries[number:] if issubclass(entry.event, Recorded.EntryCorrected) and entry.number not in gone)
        others = [entry for entry in later if self._root(entry.number).number == root]
        sure = amended == root and all(entry.body["amends"] == root and entry.body[part] is None for entry in others)
        return True if sure else None

    def _parts(self, amends: int, corrected: Mapping[str, Any] | None) -> dict[str, dict[str, Any] | None]:
        """Return the corrected values by their class, or refuse: no such entry, retracted, or nothing that may be corrected."""
        if not 1 <= amends <= len(self.entries):
            raise errors.NothingToAmend(ref=self.ref, amends=amends)
        if amends in self._retracted():
            raise errors.AlreadyRetracted(ref=self.ref, amends=amends)
        return dict.fromkeys(CORRECTED.values()) if corrected is None else self._by_class(amends, corrected)

    def _by_class(self, amends: int, corrected: Mapping[str, Any]) -> dict[str, dict[str, Any] | None]:
        """Return each value, as JSON holds it, in the part of its class: only who knows the amended entry can type it again.

        A correction of a correction says all that the earlier one should have said, and may do nothing that it might not.
        """
        entry = self.entries[amends - 1]
        facts = {"ref": self.ref, "amends": amends}
        if issubclass(entry.event, Recorded.AmendmentProposed):
            raise errors.ProposalIsFixed(**facts)
        parts: dict[str, dict[str, Any]] = {part: {} for part in CORRECTED.values()}
        for field, value in correctable(entry.event, corrected, facts):
            if issubclass(entry.event, Recorded.EntryCorrected) and field.name == "corrected":
                for part, inner in self._by_class(entry.body["amends"], value or {}).items():
                    parts[part][part] = inner
            else:
                parts[CORRECTED[field.sensitivity]][field.name] = value
        return {part: values or None for part, values in parts.items()}

    def _retracted(self) -> set[int]:
        gone: set[int] = set()
        for entry in reversed(self.entries):
            if entry.number not in gone and issubclass(entry.event, Recorded.EntryRetracted):
                gone.add(entry.body["amends"])
        return gone

    def _authorised(self, acting: Acting, amends: int, parts: Mapping[str, Any], proposal: int | None) -> None:
        """Check who amends (INV-35). An amendment of an amendment needs what an amendment of the entry itself needs."""
        if proposal is not None:
            same = {"amends": amends, **parts}
            found = [e for e in self.open_proposals if e.number == proposal and same.items() <= e.body.items()]
            if not found:
                raise errors.NoSuchProposal(ref=self.ref, proposal=proposal)
            authority.may_countersign(acting, found[0], self.beneficiary, ref=self.ref)
            return
        root = self._root(amends)
        benefits = self.beneficiary if root.event.CLASS == "D" else None
        authority.may_amend(acting, self.entries[amends - 1], benefits, decision=root.event.CLASS == "D", ref=self.ref)
