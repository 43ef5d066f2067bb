"""From a topic back to its event, and from what JSON holds back to an entry: how whoever reads the log comes to what folds take."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from eventsourcing.utils import resolve_topic

from aggregates.entry.fields import Field, fields_by_name, shape, typed
from aggregates.entry.record import Entry, OnRecord
from aggregates.entry.values import ERASED_TEXT, Evidence, Sealed

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnknownEventError(Exception):
    """An entry is of a kind that this version of Muniment does not know."""

    def __init__(self, topic: str) -> None:
        """Take the topic."""
        super().__init__(f"no event is called {topic}")
        self.topic = topic


@cache
def event_type(topic: str) -> type[Any]:
    """Return the event class that a topic names, or raise `UnknownEventError`."""
    try:
        found = resolve_topic(topic)
    except Exception as error:
        raise UnknownEventError(topic) from error
    if not (isinstance(found, type) and issubclass(found, OnRecord.Event)):
        raise UnknownEventError(topic)
    return found


def typed_entry(position: int, topic: str, body: Mapping[str, Any], amends: int | None) -> Entry:
    """Return an entry as folds take it, numbered by its position in the log."""
    event: Any = event_type(topic)
    values = dict(body)
    for field in _typed_fields(event):
        if (value := values.get(field.name)) is not None:
            values[field.name] = typed(field, unsealed(value) if field.kind is Sealed else value)
    if amends is not None:
        values["amends"] = amends
    return Entry(position, values["occurred_on"], event, values)


@cache
def _typed_fields(event: Any) -> tuple[Field, ...]:
    """Return the fields whose values JSON holds otherwise than events do; whoever wrote the entry has checked them all."""
    return tuple(field for field in shape(event) if field.many or field.kind in {date, UUID, Evidence, Sealed})


def kept_of(event: Any, name: str, subject: UUID) -> Sealed | str | tuple[str] | dict[str, Any]:
    """Return what stands in the place of a field that is not in the clear: whom it is about; of a text, or of several, that it was erased.

    Of what a correction gave: an object of nothing, as none was ever recorded. It corrects nothing, and where it was proposed nothing
    that is made says the same: neither a correction, nor a retraction, which gives no object.
    """
    field = fields_by_name(event)[name]
    if field.kind is Sealed:
        return Sealed(subject)
    return {} if field.kind is not str else (ERASED_TEXT,) if field.many else ERASED_TEXT


def unsealed(value: Any) -> Any:
    """Return whom a personal value is about, from `{"sealed": "<subject>"}`; of several, each."""
    return [unsealed(one) for one in value] if isinstance(value, list) else Sealed(UUID(value["sealed"]))
