"""What comes again with the calendar: one row for each rule and owner, with all that was ever done for it.

The periods are not here: they follow from the day on which the framework was adopted or the owner joined, and from the settings of the
Board, and are laid beside what was done when somebody asks (`periods`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from aggregates.entry import Entry
from aggregates.framework.owing import graded
from projections.obligations.event_form import stream_of
from projections.obligations.rules import INDEX, fingerprint
from projections.two_clocks.decoded_log import kind_of
from projections.two_clocks.timeline import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aggregates.framework.index import Index
    from projections.two_clocks.timeline import Row

    Said = tuple[dict[str, Any], ...]


class Cadences(Projection):
    """Every answer to an obligation that comes again."""

    table = "cadences"
    columns: ClassVar[Mapping[str, str]] = {"rule": "text", "owner": "text", "answers": "jsonb"}

    def __init__(self, index: Index = INDEX) -> None:
        """Fold by these rules."""
        self.index = index
        self.kinds = frozenset(map(kind_of, index.events_done))
        self.made_of = fingerprint(index)

    def keys(self, ref: str, entry: Entry) -> Iterator[str]:
        """Name what an entry is an answer to."""
        stream = stream_of(ref, entry)
        for pattern, rule in self.index.done(entry):
            yield from (f"{rule.key}|{owner}" for owner in pattern.owner.of(entry.body, stream))

    def under(self, key: str, ref: str, entry: Entry) -> Entry | None:
        """Return an entry as an answer: when, for which period, and how well, if that was said."""
        name, _, owner = key.partition("|")
        stream, rule = stream_of(ref, entry), self.index.on_calendar[name]
        done = [pattern for pattern, r in self.index.done(entry) if r is rule and owner in pattern.owner.of(entry.body, stream)]
        if not done:
            return None
        said = {"on": entry.occurred_on.isoformat(), "at": entry.number, "ends": all(pattern in rule.ended_by for pattern in done)}
        said |= {"period": entry.body.get(rule.period) if rule.period else None, "grade": graded(entry, rule.graded) or None}
        return Entry(entry.number, entry.occurred_on, entry.event, said)

    def fold(self, entries: Sequence[Entry], before: Said | None = None) -> Said | None:
        """Keep every answer."""
        return (*(before or ()), *(dict(entry.body) for entry in entries))

    def rows(self, key: str, state: Said) -> Mapping[str, Row]:
        """Show every answer, the earliest first."""
        name, _, owner = key.partition("|")
        return {key: (name, owner, json.dumps(state, sort_keys=True))}
