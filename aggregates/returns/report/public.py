"""What a report may be made of: the public fields of what stands, and nothing else (INV-40).

Where a field is not public, something stands in its place that folds carry along and that nothing can say: whoever tries to put it
into a report has no report, and is told which field it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from aggregates.entry.fields import fields_by_name
from aggregates.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from aggregates.entry import Entry


# Public fields that count people of one session, agency or review, or point at one: a report says them in tables, and suppresses some.
SAYS_OF_PEOPLE: Final = frozenset(
    {"number_attended", "staff_n", "participants", "points", "satisfaction", "learning", "evidence_of_impact", "count"}
)


class NotPublic(Refused):
    """A report says public fields alone."""

    rule, text = "INV-40", "The report cannot say {field} of {event}: that field is not public"


@dataclass(frozen=True, slots=True)
class OnLog:
    """One entry of the log, numbered by its position: of which thing, and under which id anybody can find it."""

    ref: str
    jti: str
    recorded_on: date
    entry: Entry

    @property
    def kind(self) -> str:
        """Return what kind of thing it is of."""
        topic: str = self.entry.event.TOPIC
        return topic.partition(".")[0].replace("_", "-")


class Withheld:
    """Stands where a field is that is not public. It is nothing, has nothing in it, and cannot be said."""

    __slots__ = ("event", "field")

    def __init__(self, event: str, field: str) -> None:
        """Take the event and the name of its field."""
        self.event, self.field = event, field

    def refuse(self) -> str:
        """Refuse the report that tries to say it."""
        raise NotPublic(event=self.event, field=self.field)

    def __bool__(self) -> bool:
        """Say nothing: as where a field is empty."""
        return False

    def __iter__(self) -> Iterator[Any]:
        """Hold nothing."""
        return iter(())

    def __str__(self) -> str:
        """Refuse to be said."""
        return self.refuse()

    def __format__(self, spec: str) -> str:
        """Refuse to be said."""
        return self.refuse()


def public(entry: Entry) -> Entry:
    """Return an entry of which the public fields alone can be said."""
    event: Any = entry.event
    return entry._replace(body={**entry.body, **_withheld(event)})


@cache
def _withheld(event: Any) -> Mapping[str, Withheld]:
    return {name: Withheld(event.TOPIC, name) for name, field in fields_by_name(event).items() if field.sensitivity != "public"}
