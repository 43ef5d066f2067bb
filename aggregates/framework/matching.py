"""When an entry of the log is one that a rule speaks of, who owes then, and about what.

    {event = "dissemination.issued", where = {kind = ["scr_report", "national_scr"]}, owner = {each = "recipients"}}

A pattern looks at one entry alone: its topic without the version, the fields of its body, and its stream, `dissemination:D12`. It can
neither refuse nor ask anything else, so what it finds depends on the log alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Test:
    """What a field has to say. Of a field that holds several, one is enough; `never` asks that none is.

    `values` are what it may be; without any it has to say something at all. `begins` is how a text may begin instead.
    """

    field: str
    values: frozenset[Any] = frozenset()
    begins: str = ""
    never: bool = False

    def passes(self, body: Mapping[str, Any]) -> bool:
        """Say whether a body passes."""
        said = body.get(self.field)
        if said and isinstance(said, str):  # as most fields are
            return self._is(said) is not self.never
        return any(map(self._is, values_at(body, self.field))) is not self.never

    def _is(self, value: Any) -> bool:
        if self.values:
            return value in self.values
        return value.startswith(self.begins) if self.begins and isinstance(value, str) else not self.begins


@dataclass(frozen=True, slots=True)
class Selector:
    """Who, or what, an entry names: a text that is always the same, a field, each of several, or the entry's own stream.

    Of a field, what stands `before` a mark is taken, and put after `prefix`. Of a stream, an item of it may be meant:
    `review:SB-2015-01/F1` is the stream with its field `number`. `where` chooses among objects.
    """

    always: str = ""
    field: str = ""
    stream: bool = False
    prefix: str = ""
    before: str = ""
    where: tuple[Test, ...] = ()

    def of(self, body: Mapping[str, Any], stream: str) -> Iterator[str]:
        """Give what an entry names; nothing where it names nothing."""
        if self.always:
            yield self.always
        elif not self.field:
            yield stream
        else:
            for value in values_at(body, self.field, self.where):
                said = str(value).partition(self.before)[0] if self.before else str(value)
                yield f"{stream}/{said}" if self.stream else f"{self.prefix}{said}"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Entries that a rule speaks of. `event` is the topic without its version: a rule speaks of every version."""

    event: str
    where: tuple[Test, ...]
    owner: Selector
    subject: Selector

    def speaks_of(self, body: Mapping[str, Any]) -> bool:
        """Say whether it speaks of an entry of its event."""
        return all(test.passes(body) for test in self.where)

    def means(self, body: Mapping[str, Any], stream: str, owner: str) -> bool:
        """Say whether it speaks of an entry of its event, and names this owner."""
        return self.speaks_of(body) and owner in self.owner.of(body, stream)


@dataclass(frozen=True, slots=True)
class Undoing:
    """Entries that take back what an earlier entry of the very same stream did: the item's own withdrawal, whatever the item is about.

    Where it has a `where`, a later entry of the same event that is not so gives back what was taken: an action goes to another owner,
    and returns.
    """

    event: str
    where: tuple[Test, ...] = ()

    def speaks_of(self, body: Mapping[str, Any]) -> bool:
        """Say whether an entry of its event takes something back."""
        return all(test.passes(body) for test in self.where)


@cache
def event_of(topic: str) -> str:
    """Return a topic without its version."""
    return topic.rpartition(".v")[0]


def values_at(body: Mapping[str, Any], name: str, where: tuple[Test, ...] = ()) -> Iterator[Any]:
    """Give what a field says: each of several, and of objects what they have under the name after the point. Nothing is not given."""
    field, _, member = name.partition(".")
    said = body.get(field)
    for one in said if isinstance(said, (list, tuple)) else (said,):
        if member:
            value = one.get(member) if isinstance(one, dict) and all(test.passes(one) for test in where) else None
            yield from (v for v in (value if isinstance(value, (list, tuple)) else (value,)) if v is not None and v != "")
        elif one is not None and one != "":
            yield one
