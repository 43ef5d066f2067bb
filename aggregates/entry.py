"""What is on record, and what of it stands.

An aggregate's state is a pure fold over its entries, as amended, in the order in which they were true. Its commands and every
read model use the same fold, so a retraction really undoes, and the two sides cannot disagree.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate
from eventsourcing.utils import register_topic

from aggregates import errors
from aggregates.fields import ENVELOPE, Public, fields_by_name, from_json, shape, to_json, typed
from aggregates.values import Sealed  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

S = TypeVar("S")
A = TypeVar("A", bound="Recorded[Any]")


def stream_id(origin: str, kind: str, ref: str) -> UUID:
    """Return the id of the stream that people know by this reference: a reference is unique in its log."""
    return uuid5(NAMESPACE_URL, f"{origin}/{kind}:{ref}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, as a fold sees it.

    `number` is its place in the order of recording: the version in its stream where an aggregate folds, the position in the log
    where a read model does. An amendment's `amends` is in the same numbering.
    """

    number: int
    occurred_on: date
    event: type[Any]
    body: Mapping[str, Any]


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
            later = corrected[body["amends"]]
            corrected[body["amends"]] = {**body["corrected"], **later}
        else:
            stand.append(Entry(entry.number, body.get("occurred_on", entry.occurred_on), entry.event, body))
    return sorted(stand, key=lambda e: (e.occurred_on, e.number))


class Recorded(Aggregate, Generic[S]):
    """An aggregate that keeps what was recorded, and derives its state from it.

    A subclass declares its events (each with its `TOPIC`), a total `fold`, and methods that decide in public: they check today's
    rules against the state, refuse by name, or trigger one event.
    """

    if TYPE_CHECKING:  # the library takes an annotated attribute for an argument of the constructor
        entries: list[Entry]

    class Event(Aggregate.Event):
        """What every act carries: since when it is true, who did it, and on what authority (domain B.2)."""

        occurred_on: Public[date]
        by_person: Sealed | None
        by_office: Public[str | None]
        by_agency: Public[str | None]
        on_behalf_of: Public[str | None]
        late_reason: str | None

        # The office class that the act needs (domain B.2): D for a decision, S for a submission, C for the service itself.
        CLASS: ClassVar[str] = "S"

        def apply(self, aggregate: Any) -> None:
            """Put the event on record. It cannot refuse, so history can always be read."""
            aggregate.__dict__.setdefault("entries", [])
            aggregate.entries.append(Entry(self.originator_version, self.occurred_on, type(self), self.said))

        @property
        def said(self) -> dict[str, Any]:
            """Return the content fields by name."""
            return {f.name: getattr(self, f.name) for f in shape(type(self))}

    class AmendmentProposed(Event):
        """An amendment of a decision waits for its countersignature (ledger §2); by itself it changes nothing."""

        CLASS: ClassVar[str] = "D"
        amends: Public[int]
        corrected: dict[str, Any] | None
        reason: str

    class EntryCorrected(Event):
        """Earlier fields were wrong. The old values stay where they were recorded; here are the right ones."""

        CLASS: ClassVar[str] = "D"
        amends: Public[int]
        corrected: dict[str, Any]
        reason: str
        proposal: Public[int | None]

    class EntryRetracted(Event):
        """An earlier entry should not stand."""

        CLASS: ClassVar[str] = "D"
        amends: Public[int]
        reason: str
        proposal: Public[int | None]

    @property
    def ref(self) -> str:
        """Return the reference by which people know this thing."""
        return next((str(self.entries[0].body[f.name]) for f in shape(self.entries[0].event) if f.identifies), str(self.id))

    @property
    def state(self) -> S:
        """Return what is true now, as far as is on record."""
        return cast("S", self.fold(standing(self.entries)))

    def state_on(self, day: date) -> S:
        """Return what was true on a day, as far as is on record now."""
        return cast("S", self.fold(e for e in standing(self.entries) if e.occurred_on <= day))

    @staticmethod
    def fold(entries: Iterable[Entry]) -> Any:
        """Fold what stands. Total: amendments bring entries in orders that no command would accept."""
        raise NotImplementedError

    def propose_amendment(self, *, amends: int, corrected: dict[str, Any] | None, reason: str, **said: Any) -> None:
        """Propose that an entry be corrected (or, without fields, retracted); its countersignature makes it so."""
        if corrected is not None:
            corrected = self._right(amends, corrected)
        self.amendable(amends, {})
        self.record("AmendmentProposed", amends=amends, corrected=corrected, reason=reason, **said)

    def correct(self, *, amends: int, corrected: dict[str, Any], reason: str, proposal: int | None = None, **said: Any) -> None:
        """Correct fields of an entry; `occurred_on` too. The values are typed as the entry's own fields are."""
        corrected = self._right(amends, corrected)
        self._open_proposal(proposal, amends, corrected)
        self.record("EntryCorrected", amends=amends, corrected=corrected, reason=reason, proposal=proposal, **said)

    def retract(self, *, amends: int, reason: str, proposal: int | None = None, **said: Any) -> None:
        """Retract an entry: it stays on record, and no longer stands."""
        self.amendable(amends, {})
        self._open_proposal(proposal, amends, None)
        self.record("EntryRetracted", amends=amends, reason=reason, proposal=proposal, **said)

    def amendable(self, amends: int, corrected: Mapping[str, Any]) -> Entry:
        """Return the entry to amend, or refuse: unknown, retracted, or a field that may not be corrected."""
        if not 1 <= amends <= len(self.entries):
            raise errors.NothingToAmend(ref=self.ref, amends=amends)
        entry = self.entries[amends - 1]
        if amends in self._retracted():
            raise errors.AlreadyRetracted(ref=self.ref, amends=amends)
        fields = fields_by_name(entry.event)
        if unknown := corrected.keys() - fields.keys():
            raise errors.UnknownField(ref=self.ref, amends=amends, fields=unknown)
        if fixed := {n for n in corrected if fields[n].identifies or n in {"amends", "proposal"}}:
            raise errors.IdentifyingField(ref=self.ref, amends=amends, fields=fixed)
        if sealed := {n for n in corrected if fields[n].sensitivity == "personal" or (n in ENVELOPE and n != "occurred_on")}:
            raise errors.SealedField(ref=self.ref, amends=amends, fields=sealed)
        if "corrected" in corrected:  # a correction of a correction may not do what a correction may not
            self._right(entry.body["amends"], corrected["corrected"])
        return entry

    def _right(self, amends: int, corrected: Mapping[str, Any]) -> dict[str, Any]:
        """Return the corrected values as JSON holds them, each checked to be of its field's kind.

        They are kept so in the event, because only who knows the entry that is amended can type them: `standing` does.
        """
        entry = self.amendable(amends, corrected)
        kinds = fields_by_name(entry.event)
        return to_json(entry.event, {name: typed(kinds[name], value) for name, value in corrected.items()})

    def _retracted(self) -> set[int]:
        gone: set[int] = set()
        for entry in reversed(self.entries):
            if entry.number not in gone and issubclass(entry.event, Recorded.EntryRetracted):
                gone.add(entry.body["amends"])
        return gone

    def _open_proposal(self, proposal: int | None, amends: int, corrected: Mapping[str, Any] | None) -> None:
        if proposal is None:
            return
        made = {e.body.get("proposal") for e in self.entries}
        entry = self.entries[proposal - 1] if 1 <= proposal <= len(self.entries) else None
        if (
            entry is None
            or not issubclass(entry.event, Recorded.AmendmentProposed)
            or proposal in made
            or (entry.body["amends"], entry.body["corrected"]) != (amends, corrected)
        ):
            raise errors.NoSuchProposal(ref=self.ref, proposal=proposal)

    def record(self, name: str, /, **said: Any) -> None:
        """Trigger this aggregate's own event of a name; fields that are not given are null, so that every field is accounted for."""
        kind = getattr(type(self), name)
        self.trigger_event(kind, **_whole(kind, said))

    @classmethod
    def open(cls, kind: type[Any], stream: UUID, /, **said: Any) -> Self:
        """Begin a stream with its first event."""
        return cls._create(kind, id=stream, **_whole(kind, said))


def _whole(kind: type[Any], said: Mapping[str, Any]) -> dict[str, Any]:
    return {f.name: None for f in shape(kind)} | dict(said)


def pinned(aggregate: type[A]) -> type[A]:
    """Register the topics of an aggregate and of its events, so that no module path is ever stored.

    A class decorator. Every concrete event declares its own `TOPIC`.
    """
    register_topic(cast("Any", aggregate).TOPIC, aggregate)
    for event in vars(aggregate).values():
        if isinstance(event, type) and issubclass(event, Aggregate.Event) and "TOPIC" in vars(event):
            register_topic(cast("Any", event).TOPIC, event)
    return aggregate
