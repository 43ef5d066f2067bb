"""A pack as the aggregates read it: its entries by stream, typed; where a field is not shown, something that nothing can say.

What this version does not know is kept apart: that it was signed and sealed is verified, what it means is not.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aggregates import AGGREGATES, EVENTS
from aggregates.clocks.dates import london
from aggregates.entry import Entry, Recorded, reference, standing
from aggregates.entry.fields import CORRECTED, fields_by_name
from aggregates.entry.topics import typed_entry
from aggregates.partnership.office import Office, OfficeState
from aggregates.returns.report.public import Withheld
from service.desk.refusals import UnknownOffice
from service.ledger.pack import gone, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from service import verify
    from service.ledger.pack.reading import Told

BY_TOPIC: Final[dict[str, Any]] = {vars(aggregate)["TOPIC"]: aggregate for aggregate in AGGREGATES}
ONE_OF_ITS_KIND: Final = frozenset({"partnership", "keys", "ledger"})
SIGNED: Final = frozenset({"occurred_on", "by_office", "by_agency", "on_behalf_of"})  # what says who acted, and when


class Known(NamedTuple):
    """An entry whose meaning this version knows. `entry` is numbered by its version in its stream, as aggregates fold it."""

    told: Told
    entry: Entry

    @property
    def at(self) -> int:
        """Return its position in the log."""
        return self.told.position

    @property
    def shows(self) -> bool:
        """Say whether it is shown who acted, and when."""
        return self.told.fields.keys() >= SIGNED

    @property
    def received_on(self) -> date:
        """Return the day on which it was received, in London."""
        return london(self.told.recv)


@dataclass
class Stream:
    """The entries of one thing, in their order. `whole` unless earlier ones are outside the pack."""

    kind: Any
    entries: list[Known] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Say whether all its entries are here, up to the last that is."""
        return [one.told.sver for one in self.entries] == list(range(1, len(self.entries) + 1))

    def hides(self, *classes: str) -> bool:
        """Say whether a field of one of these classes is withheld in it: then what is missed may be what is not shown."""
        return any(
            field.sensitivity in classes and field.name not in one.told.fields
            for one in self.entries
            for field in fields_by_name(one.entry.event).values()
        )

    @cached_property
    def thing(self) -> Any:
        """Return the thing itself, as its entries make it."""
        return self.kind.told([one.entry for one in self.entries])

    @property
    def ref(self) -> str:
        """Return by which reference people know it, as far as its first entry says."""
        first = self.entries[0]
        if self.kind.TOPIC in ONE_OF_ITS_KIND:
            return str(self.kind.TOPIC)
        said = reference(first.entry.event, first.told.fields) if first.told.fields else None
        return said or first.told.stream


class Trail:
    """The entries of a pack that was verified."""

    def __init__(self, pack: verify.Pack) -> None:
        """Read them."""
        self.complete, self.now = pack.complete, pack.checkpoint.size + 1  # after everything that is known
        self.root: Callable[[int], str] = lambda size: pack.root(size).hex()
        self.told = [*reading.read(pack, lambda *_: True)]
        self.gone = gone.told(pack, self.told)
        self.unknown: dict[str, list[int]] = defaultdict(list)
        self.silent: list[int] = []  # of which nothing at all is shown
        self.misshapen: dict[int, str] = {}  # whose fields are not what this version knows of such an event
        self.streams: dict[str, Stream] = {}
        for told in self.told:
            if told.evt not in EVENTS:
                self.unknown[told.evt].append(told.position)
            elif "occurred_on" not in told.fields:
                self.silent.append(told.position)
            else:
                self._take(told)

    def _take(self, told: Told) -> None:
        try:
            known = Known(told, typed(told, told.sver))
        except (TypeError, LookupError, ValueError, AttributeError) as error:
            self.misshapen[told.position] = str(error)
            return
        kind = BY_TOPIC[told.evt.partition(".")[0]]
        self.streams.setdefault(told.stream, Stream(kind)).entries.append(known)

    @cached_property
    def positions(self) -> frozenset[int]:
        """Return where the entries of the pack stand."""
        return frozenset(told.position for told in self.told)

    @property
    def known(self) -> list[Known]:
        """Return every entry whose meaning is known, in the order of the log."""
        return sorted((one for stream in self.streams.values() for one in stream.entries), key=lambda one: one.at)

    def stood(self, position: int, field: str, known_at: int) -> bool | None:
        """Say whether a field of an entry stood before a position as it was recorded, neither corrected nor retracted, as is shown.

        What was proposed stands as long as it waits: once an amendment was made of it, that is where it stands. What a correction gave is
        not shown: where a later one may have given the same (`still_gives`), nobody can know, and None is returned.
        """
        for stream in self.streams.values():
            for one in stream.entries:
                if one.at == position:
                    then = stream.kind.told([each.entry for each in stream.entries if each.at < known_at])
                    if issubclass(one.entry.event, Recorded.AmendmentProposed):
                        made = {entry.body.get("proposal") for entry in then.entries}
                        return one.told.sver in {entry.number for entry in then.open_proposals} - made
                    if issubclass(one.entry.event, Recorded.EntryCorrected) and field in CORRECTED.values():
                        return then.still_gives(one.told.sver, field) if stream.whole else None
                    now = next((entry for entry in then.standing if entry.number == one.told.sver), None)
                    return now is not None and isinstance(now.body[field], Withheld)
        return False

    def of(self, kind: Any) -> Iterator[Stream]:
        """Give every thing of a kind."""
        yield from (stream for stream in self.streams.values() if stream.kind is kind)

    @cached_property
    def founded(self) -> int:
        """Return where the first office was filled: what came before nobody could have been appointed for."""
        return min((one.at for stream in self.of(Office) for one in stream.entries), default=0)

    @cached_property
    def offices(self) -> dict[str, Stream]:
        """Return every office, by its code."""
        return {stream.ref: stream for stream in self.of(Office)}

    def register(self, known_at: int) -> Callable[[str], OfficeState]:
        """Return the register of offices as known before a position; what it gives refuses an office that it does not know."""

        def found(code: str) -> OfficeState:
            stream = self.offices.get(code)
            then = sum(one.at < known_at for one in stream.entries) if stream else 0
            state = self._office(code, then) if then else None
            if state is None:
                raise UnknownOffice(office=code)
            return state

        return found

    def _office(self, code: str, then: int) -> OfficeState | None:
        if (code, then) not in self._folded:
            entries = [one.entry for one in self.offices[code].entries[:then]]
            self._folded[code, then] = Office.fold(standing(entries))
        return self._folded[code, then]

    @cached_property
    def _folded(self) -> dict[tuple[str, int], OfficeState | None]:
        return {}


def typed(told: Told, number: int, amends: int | None = None) -> Entry:
    """Return an entry as folds take it; in place of a field that is not shown stands what nothing can say."""
    shown = typed_entry(number, told.evt, told.fields, amends)
    hidden = {name: Withheld(told.evt, name) for name in fields_by_name(shown.event) if name not in told.fields}
    return shown._replace(body={**shown.body, **hidden})


def moment(recv: int) -> str:
    """Return when something was received, as people write it."""
    return f"{datetime.fromtimestamp(recv, UTC):%F %T} UTC"


def positions_of(entries: Iterable[Known]) -> list[int]:
    """Return where entries stand."""
    return [one.at for one in entries]
