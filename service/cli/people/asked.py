"""Whether what a service prepared to be signed is what was asked of it: looked at before anything is signed, and refused by its field.

A service that lies could otherwise have somebody sign another act than they gave, or the same with other words. What it adds by itself,
such as who acts and for whom, is checked where the file of the key says it, and shown in any case.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import click

from aggregates.clocks.dates import london
from aggregates.entry.fields import CORRECTED, ENVELOPE, shape, to_json
from aggregates.entry.record import stream_id
from aggregates.entry.topics import event_type
from aggregates.entry.values import Evidence, Sealed
from service.commands import AMENDMENTS, KINDS
from service.desk.submission import command_of, read_fields
from service.verify import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from service.commands import Command
    from service.desk.submission import Submission

OF_ONE: Final = "subject"  # whose reference is the id of its stream
BY_ITSELF: Final = "C"  # the class of what follows from an act without anybody's asking, such as the dates of the checks that it needs
# What of a file was not said by whoever cites it, and of a point of evaluation whether it is done.
ADDED: Final = frozenset({*Evidence.__dataclass_fields__, "done"})


class NotWhatIsShown(click.ClickException):
    """What was handed over to be signed is not a statement of what it shows."""

    exit_code = 1


class NotWhatWasAsked(NotWhatIsShown):
    """What was handed over to be signed says something else than was asked for."""

    def __init__(self, field: str, said: object, asked: object) -> None:
        """Take what is other, what the service would have signed, and what it was asked."""
        said, asked = (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False, default=str) for one in (said, asked))
        super().__init__(f"Nothing was signed: the service would have you sign {field} {said}, and asked was {asked}.")
        self.field = field


@dataclass(frozen=True)
class Opened:
    """A statement that is to be signed, taken apart: its claims, and what it says by the name of each field."""

    claims: Mapping[str, Any]
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Whose:
    """What is known here of a key: the log that it is for, and who signs with it; None where its file does not say."""

    origin: str | None = None
    holder: str | None = None


def check(it: Submission, statements: Sequence[Opened], whose: Whose, *, yes: bool) -> None:
    """Refuse statements that are not of this act. `yes`: nobody looks at them, so what comes besides is what follows by itself alone."""
    command = command_of(it)
    for one in statements:
        _check_fields(one)
        _same("the log", one.claims["aud"], whose.origin or one.claims["aud"])
        _same("the signer", one.claims["iss"], whose.holder or one.claims["iss"])
    stated = _of_it(command, it, statements)
    for one in statements:
        follows = one is not stated and event_type(one.claims["evt"]).CLASS == BY_ITSELF and one.fields["by_office"] is None
        if yes and not (follows or one is stated):
            raise NotWhatWasAsked("the act", one.claims["evt"], f"{command.event.TOPIC} alone: look at the rest without --yes")
        if not follows:
            _check_around(it, one, whose)
    for name, asked in _asked(command, it):
        _same(name.replace("_", " "), _said(command, stated.fields, name), asked)


def _check_fields(one: Opened) -> None:
    if strange := one.fields.keys() ^ {field.name for field in shape(event_type(one.claims["evt"]))}:
        raise NotWhatWasAsked("the fields", sorted(strange), "those of the act alone")


def _of_it(command: Command, it: Submission, statements: Sequence[Opened]) -> Opened:
    """Return the one statement that is of what the act is about; what comes besides is of other events, or of the same of other things."""
    alike = [one for one in statements if one.claims["evt"] == command.event.TOPIC]
    if not alike:
        raise NotWhatWasAsked("the act", ", ".join(one.claims["evt"] for one in statements) or "nothing", command.event.TOPIC)
    theirs = [one for one in alike if one.claims["stream"] == str(_stream(command, it, one.claims["aud"]))]
    if len(theirs) != 1:
        raise NotWhatWasAsked("the thing", f"{alike[0].claims['stream']}, {len(theirs)} times what was named", f"{it.ref}, once")
    return theirs[0]


def _check_around(it: Submission, one: Opened, whose: Whose) -> None:
    """Refuse another day, reason or office than asked for; who acts for an agency signs with its key in whichever of its offices."""
    said, day = one.fields, london(one.claims["iat"])
    _same("the day", said["occurred_on"], (it.occurred_on or day).isoformat())
    for name in ("on_behalf_of", "late_reason"):
        _same(name.replace("_", " "), said[name], getattr(it, name))
    office = it.office or (None if said["by_agency"] == whose.holder else whose.holder)
    _same("the office", said["by_office"], office or said["by_office"])


def _stream(command: Command, it: Submission, origin: str) -> UUID:
    return UUID(it.ref) if command.kind == OF_ONE else stream_id(origin, KINDS[command.kind].TOPIC, it.ref)


def _asked(command: Command, it: Submission) -> Iterator[tuple[str, Any]]:
    """Give each field that was asked for as its statement would have it; what is left to the service it fills in by itself."""
    given = read_fields(command, it.ref, it.fields)
    if command.name in AMENDMENTS and "corrected" in given:
        given["corrected"] = it.fields["corrected"]
    for name, value in to_json(command.event, given).items():
        if name not in ENVELOPE and (value not in (None, []) or name not in command.event.FOLLOWS):
            yield name, value.value if isinstance(value, Sealed) else value


def _said(command: Command, said: Mapping[str, Any], name: str) -> Any:
    """Return what a statement says of a field; of corrected values those of every class, of evidence what can be said of a file."""
    if command.name in AMENDMENTS and name == "corrected":
        return {field: value for kind in CORRECTED.values() for field, value in (said[kind] or {}).items()}
    return said[name]


def _same(name: str, said: Any, asked: Any) -> None:
    """Refuse what is another; of what stands in a list the service may add what it finds out by itself."""
    if isinstance(asked, list) and isinstance(said, list) and len(asked) == len(said):
        for one, other in zip(said, asked, strict=True):
            found = isinstance(one, dict) and isinstance(other, dict)
            _same_one(name, {key: value for key, value in one.items() if key in other or key not in ADDED} if found else one, other)
    else:
        _same_one(name, said, asked)


def _same_one(name: str, said: Any, asked: Any) -> None:
    """Refuse what is another, down to its type: Python takes `true` for 1."""
    if canonical(said) != canonical(asked):
        raise NotWhatWasAsked(name, said, asked)
