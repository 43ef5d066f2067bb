"""An entry, and what keeps entries: it puts each on record, and folds those that stand into what is true."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, NoReturn, Self, TypeVar, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, CanMutateAggregate, EventsourcingType, MetaDomainEvent

from aggregates import errors
from aggregates.entry.fields import Public, declared, shape
from aggregates.entry.values import Sealed  # noqa: TC001 - as date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregates.authority import Acting

S = TypeVar("S")


@lru_cache(10_000)
def stream_id(origin: str, kind: str, ref: str) -> UUID:
    """Return the id of the stream that people know by this reference: a reference is unique in its log."""
    return uuid5(NAMESPACE_URL, f"{origin}/{kind}:{ref}")


class Entry(NamedTuple):
    """One event, as a fold sees it.

    `number` is its place in the order of recording: the version in its stream where an aggregate folds, the position in the log
    where a read model does. An amendment's `amends` is in the same numbering.
    """

    number: int
    occurred_on: date
    event: type[Any]
    body: Mapping[str, Any]

    @property
    def newest(self) -> Entry:
        """Return it in the newest shape of its event: the one place where an older shape is read (ADR 0011).

        What stands is folded so. What was recorded stays as it was: an amendment names the fields that its entry was recorded with.
        """
        if (newer := self.event.NEWER) is None:
            return self
        lacking = {field.name: newer.ADDED.get(field.name) for field in shape(newer)}
        return Entry(self.number, self.occurred_on, newer, lacking | self.event.as_newer(self.body)).newest


class _AsDeclared(MetaDomainEvent):
    """The class of an event, as it is declared.

    The library would make a dataclass of each and compile seven methods for it: of 350 events, half a second before any command.
    """

    def __new__(cls, name: str, bases: tuple[type[Any], ...], members: dict[str, Any]) -> Any:
        """Make the class, whose methods are those of `OnRecord.Event`."""
        return EventsourcingType.__new__(cls, name, bases, members)


class OnRecord(Aggregate, Generic[S]):
    """An aggregate that keeps what was recorded, and derives its state from it.

    A subclass declares its events (each with its pinned `TOPIC`, so that no module path is ever stored), a total `fold`, and
    methods that decide in public: they check today's rules against the state, refuse by name, or trigger one event.
    """

    if TYPE_CHECKING:  # the library takes an annotated attribute for an argument of the constructor
        entries: list[Entry]

        @staticmethod
        def fold(entries: Iterable[Entry]) -> Any:
            """Fold what stands. Total: amendments bring entries in orders that no command would accept.

            A fold that read models use goes on from the state `before`, so that they need not begin again with every entry.
            """

    AT_ONCE: ClassVar[int] = 5  # how many may act upon one in the same moment, before the last is told to look again

    class Event(Aggregate.Event, metaclass=_AsDeclared):
        """What every act carries: since when it is true, who did it, and on what authority (domain B.2)."""

        occurred_on: Public[date]
        by_person: Sealed | None
        by_office: Public[str | None]
        by_agency: Public[str | None]
        on_behalf_of: Public[str | None]
        late_reason: str | None

        TOPIC: ClassVar[str]
        # The authority that the act needs (domain B.2): D for a decision, S for a submission, C for the service itself.
        CLASS: ClassVar[str] = "S"
        # The fields that the aggregate finds out for itself: no command asks for them.
        COMPUTED: ClassVar[frozenset[str]] = frozenset()
        NEWER: ClassVar[Any] = None  # the shape that is recorded now, where this is an older one: topics are for ever
        ADDED: ClassVar[dict[str, Any]] = {}  # what this shape has for a field that an older one lacks; otherwise nothing
        STANDS: ClassVar[bool] = False  # whether it is never amended, so that what it rests on is not either
        WORDS: ClassVar[frozenset[str]] = frozenset()  # the personal fields that are what somebody wrote, where others say who is meant
        FOLLOWS: ClassVar[frozenset[str]] = frozenset()  # the fields that a command may leave out: they follow from what is on record
        KNOWN_BY: ClassVar[
            tuple[str, ...]
        ] = ()  # the fields that together are the reference of what it begins; none: the first that identifies

        def __init__(self, *_: Any, **facts: Any) -> None:
            """Take a value for each field that is declared, by its name, and nothing else; `TypeError` otherwise."""
            if wrong := facts.keys() ^ declared(type(self)):
                raise TypeError(f"{type(self).__qualname__}: missing, or not declared: {', '.join(sorted(wrong))}")
            vars(self).update(facts)
            self.__post_init__()

        def __setattr__(self, name: str, value: object) -> NoReturn:
            """Refuse: what was said is not unsaid."""
            raise FrozenInstanceError(name)

        def __delattr__(self, name: str) -> NoReturn:
            """Refuse, as well."""
            raise FrozenInstanceError(name)

        def __eq__(self, other: object) -> bool:
            """Say whether the other is the same event, and says the same."""
            return type(other) is type(self) and vars(other) == vars(self)

        def __hash__(self) -> int:
            """Go by its place in its stream."""
            return hash((self.originator_id, self.originator_version))

        def __repr__(self) -> str:
            """Show what it says."""
            return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

        @staticmethod
        def as_newer(said: Mapping[str, Any]) -> dict[str, Any]:
            """Return what an older shape says as the newer one says it: fields renamed, split, joined or left out."""
            return dict(said)

        def apply(self, aggregate: Any) -> None:
            """Put the event on record. It cannot refuse, so history can always be read."""
            vars(aggregate).setdefault("entries", []).append(Entry(self.originator_version, self.occurred_on, type(self), self.said))
            vars(aggregate).pop("_now", None)

        @property
        def said(self) -> dict[str, Any]:
            """Return the content fields by name."""
            return {f.name: getattr(self, f.name) for f in shape(type(self))}

    @classmethod
    def told(cls, entries: Iterable[Entry]) -> Self:
        """Return a thing as these entries make it, numbered by their versions: to be asked, and never to be recorded."""
        thing = object.__new__(cls)
        vars(thing)["entries"] = list(entries)
        return thing

    @property
    def ref(self) -> str:
        """Return the reference by which people know this thing."""
        return reference(self.entries[0].event, self.entries[0].body) or str(self.id)

    @property
    def standing(self) -> Sequence[Entry]:
        """Return the entries that stand, in the order in which they were true: all of them, where none is amended."""
        return sorted((e.newest for e in self.entries), key=lambda e: (e.occurred_on, e.number))

    @property
    def state(self) -> S:
        """Return what is true now, as far as is on record. It is folded once for each new entry."""
        return cast("S", vars(self).get("_now") or vars(self).setdefault("_now", self.fold(self.standing)))

    def state_on(self, day: date) -> S:
        """Return what was true on a day, as far as is on record now."""
        return cast("S", self.fold(e for e in self.standing if e.occurred_on <= day))

    def moved_since(self, version: int, acting: Acting) -> bool:  # noqa: ARG002 - of most things everything concerns everybody
        """Say whether what an act rests on has changed since somebody saw this version."""
        return version != self.version

    def propose_amendment(self, *_: Any, **__: Any) -> None:
        """Refuse: this is no stream in which entries are amended."""
        raise errors.NotAmendable(ref=self.ref)

    correct = retract = propose_amendment

    def record(self, name: str, /, **said: Any) -> None:
        """Trigger this aggregate's own event of a name; fields that are not given are null, so that every field is accounted for."""
        kind = getattr(type(self), name)
        begins = {"originator_topic": cast("Any", type(self)).TOPIC} if issubclass(kind, Opening) else {}
        self.trigger_event(kind, **_whole(kind, said), **begins)

    @classmethod
    def open(cls, kind: type[Any], stream: UUID, /, **said: Any) -> Self:
        """Begin a stream with its first event."""
        return cls._create(kind, id=stream, **_whole(kind, said))


class Opening(Aggregate.Created):
    """An event that begins a stream, and may come again in it: an office is filled more than once."""

    def mutate(self, aggregate: Any) -> Any:
        """Begin the stream, or continue it."""
        return super().mutate(None) if aggregate is None else CanMutateAggregate.mutate(self, aggregate)


def reference(event: type[Any], said: Mapping[str, Any]) -> str | None:
    """Return the reference by which people know what an event begins: one of its fields, or several; None where it says none."""
    if event.KNOWN_BY:
        return "|".join(str(said[name]) for name in event.KNOWN_BY)
    return next((str(said[field.name]) for field in shape(event) if field.identifies), None)


def _whole(kind: type[Any], said: Mapping[str, Any]) -> dict[str, Any]:
    return {f.name: None for f in shape(kind)} | dict(said)
