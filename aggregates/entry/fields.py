"""What may be said in an event: every field's kind and class, declared where the field is declared (ledger §2).

A field is annotated with its kind; `Public`, `Restricted` and `Identifies` mark it. Unmarked, it is for partners. A field of
kind `Sealed` is personal, whatever else is said of it. `Worded` marks a list of texts, never empty, that are words alone: no rule and
no view counts them, or finds anything by one.

    class Assigned(Action.Created):
        ref: Identifies[Public[str]]
        due_on: Public[date]
        note: str | None
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from datetime import date
from functools import cache
from inspect import get_annotations
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias, TypeVar, Union, get_args, get_origin
from uuid import UUID

from aggregates import errors
from aggregates.clocks.dates import day_of
from aggregates.entry.values import Evidence, Sealed, says

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
Sensitivity: TypeAlias = Literal["public", "partners", "restricted", "personal"]
Public: TypeAlias = Annotated[T, "public"]
Restricted: TypeAlias = Annotated[T, "restricted"]
Identifies: TypeAlias = Annotated[T, "identifies"]
Worded: TypeAlias = Annotated[T, "worded"]

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)  # days with which every clock, view and calendar can reckon
LARGEST = 2**31 - 1  # what every view and every JSON reader holds exactly
NOT_CONTENT = frozenset({"originator_id", "originator_version", "originator_topic", "timestamp"})
# Corrected values inherit the class of what they correct (ledger §2), so an amendment has one field for each class.
CORRECTED = {"public": "corrected_public", "partners": "corrected", "restricted": "corrected_restricted"}
ENVELOPE = ("occurred_on", "by_person", "by_office", "by_agency", "on_behalf_of", "late_reason")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an event. `kind` is the type without None, and without what is in it; `choices` are a Literal's values."""

    name: str
    kind: Any
    sensitivity: Sensitivity
    identifies: bool
    optional: bool
    many: bool
    choices: tuple[str, ...]
    worded: bool = False

    @property
    def is_text(self) -> bool:
        """Say whether it holds words alone, in the clear: one text, or a list of them."""
        return self.kind is str and not (self.identifies or self.choices) and self.worded >= self.many


class WrongKindError(ValueError):
    """A value is not of the kind that its field declares."""

    def __init__(self, name: str, kind: Any, value: object) -> None:
        """Keep the facts."""
        super().__init__(f"{name} should be {getattr(kind, '__name__', kind)}, not {value!r}")
        self.name, self.kind, self.value = name, kind, value


def shape(event: Any) -> tuple[Field, ...]:
    """Return the content fields of an event class, the envelope first, in the order of their declaration."""
    return tuple(fields_by_name(event).values())


def fields_by_name(event: Any) -> Mapping[str, Field]:
    """Return the same by name."""
    return _fields_by_name(event)


@cache
def declared(event: Any) -> Mapping[str, Any]:
    """Return what each field of an event is annotated with, whether or not it is content, those of the library first."""
    return {name: hint for base in reversed(event.__mro__) for name, hint in _annotated(base).items() if get_origin(hint) is not ClassVar}


@cache
def _annotated(base: type) -> Mapping[str, Any]:
    return get_annotations(base, eval_str=True)


@cache
def _fields_by_name(event: Any) -> Mapping[str, Field]:
    hints = {name: hint for name, hint in declared(event).items() if name not in NOT_CONTENT}
    names = [*(n for n in ENVELOPE if n in hints), *(n for n in hints if n not in ENVELOPE)]
    return {name: _field(name, hints[name]) for name in names}


def _field(name: str, hint: Any) -> Field:
    marks: set[str] = set()
    while get_origin(hint) is Annotated:
        hint, *more = get_args(hint)
        marks |= set(more)
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    kinds = [part for part in parts if part is not type(None)]
    kind, many, choices = kinds[0], False, ()
    if get_origin(kind) is tuple:
        many, kind = True, get_args(kind)[0]
    if get_origin(kind) is Literal:
        kind, choices = str, get_args(kind)
    sensitivity: Sensitivity = "public" if "public" in marks else "restricted" if "restricted" in marks else "partners"
    if kind is Sealed:
        sensitivity = "personal"
    return Field(
        name, get_origin(kind) or kind, sensitivity, "identifies" in marks, len(kinds) < len(parts), many, choices, "worded" in marks
    )


def correctable(event: Any, corrected: Mapping[str, Any], facts: Mapping[str, Any]) -> list[tuple[Field, Any]]:
    """Return the fields to correct, each with its right value as JSON holds it.

    Refuse to correct nothing, a field that the event does not have or finds out itself, what identifies, what is sealed, and a
    value of another kind than the field's.
    """
    fields = fields_by_name(event)
    if not corrected:
        raise errors.NothingToCorrect(**facts)
    if unknown := {n for n in corrected if n not in fields or n in event.COMPUTED}:
        raise errors.UnknownField(**facts, fields=unknown)
    if fixed := {n for n in corrected if fields[n].identifies or n in {"amends", "proposal"}}:
        raise errors.IdentifyingField(**facts, fields=fixed)
    if sealed := {n for n in corrected if fields[n].sensitivity == "personal" or (n in ENVELOPE and n != "occurred_on")}:
        raise errors.SealedField(**facts, fields=sealed)
    try:
        return [(fields[name], _plain(_said(fields[name], value))) for name, value in corrected.items()]
    except WrongKindError as error:
        raise errors.WrongKindCorrected(**facts, why=str(error)) from error


def _said(field: Field, value: Any) -> Any:
    """Return a typed value; a blank text says nothing, and what must be said cannot be corrected to that."""
    blank = isinstance(value, str) and not says(value)
    if blank and not field.optional:
        raise WrongKindError(field.name, "a text that says something", value)
    return None if blank else typed(field, value)


def corrections(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return all the corrected values of an amendment by the name of their field, as JSON holds them."""
    return {name: value for part in CORRECTED.values() for name, value in (body.get(part) or {}).items()}


def to_json(event: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of fields as JSON holds them; a `Sealed` stays as it is, for whoever seals it."""
    kinds = fields_by_name(event)
    return {name: _plain(value) if name in kinds else value for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Evidence):
        return {name: _plain(getattr(value, name)) for name in Evidence.__dataclass_fields__}
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {name: _plain(v) for name, v in value.items()}
    return value


def from_json(event: type[Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the typed values of fields; what the event does not declare is refused as `KeyError`."""
    kinds = fields_by_name(event)
    return {name: typed(kinds[name], value) for name, value in members.items()}


def typed(field: Field, value: Any) -> Any:
    """Return one value as the kind that its field declares; `WrongKindError` where it is not."""
    if value is None:
        if field.optional:
            return None
        raise WrongKindError(field.name, field.kind, value)
    if field.many:
        if not isinstance(value, (list, tuple)):
            raise WrongKindError(field.name, list, value)
        return tuple(_one(field, v) for v in value)
    return _one(field, value)


def _one(field: Field, value: Any) -> Any:
    found = _of_kind(field, value)
    day = found.evidence_date if isinstance(found, Evidence) else found
    if isinstance(day, date) and not EARLIEST <= day <= LATEST:
        raise WrongKindError(field.name, f"a day from {EARLIEST} to {LATEST}", str(day))
    return found


def _of_kind(field: Field, value: Any) -> Any:
    kind = field.kind
    try:
        if kind is date and isinstance(value, str):
            return day_of(value)
        if kind is UUID and isinstance(value, str):
            return UUID(value)
        if kind is Evidence and isinstance(value, dict):
            return Evidence(**{**value, "evidence_date": day_of(value["evidence_date"])})
    except (TypeError, KeyError, ValueError) as error:
        raise WrongKindError(field.name, field.kind, value) from error
    if kind is int and isinstance(value, int) and abs(value) > LARGEST:
        raise WrongKindError(field.name, f"a whole number up to {LARGEST}", value)
    if kind is Any or (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
        if field.choices and value not in field.choices:
            raise WrongKindError(field.name, " or ".join(field.choices), value)
        return value
    raise WrongKindError(field.name, field.kind, value)
