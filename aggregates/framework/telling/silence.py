"""What would have discharged one instance of an obligation, said so that a stranger can look for it: for a certificate of absence.

A rule speaks of every owner and subject; here its patterns are resolved for one of each into conditions on the fields of an event,
which need nothing of ours to be understood (`service/ledger/pack/absence.py` has their meaning).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Protocol

from aggregates.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from aggregates.framework.matching import Pattern, Selector, Test


class NothingWasAsked(Refused):
    """A certificate says what somebody was asked for and did not do: where nothing was asked, there is no silence."""

    text = "As known at event {known_at}, nothing that {clause} says of {subject} was asked of {owner} and open on {until}"


class DischargedThen(Refused):
    """What was done is not certified as absent."""

    text = "{clause}, which {owner} owed of {subject}, is discharged by event {position}, since {day}: there is no silence to certify"


class DischargedAndUndone(Refused):
    """What was done and taken back is owed again, and yet nobody was silent."""

    text = (
        "{clause}, which {owner} owes of {subject}, was discharged by event {position}, since {day}, and that was undone by event "
        "{undone_at} on {undone_on}: it is owed again, but there was no silence to certify"
    )


class NoSingleDischarge(Refused):
    """A certificate names the events that would discharge; a duty that rests on a state of things has none that it could name."""

    text = "Whether {clause} is kept follows from a state of things, and from no event that a certificate could say is absent"


class PeriodReversed(Refused):
    """Silence lasts from one day to a later one."""

    text = "A silence from {start} to {until} is none: the first day comes first"


class SilenceBeforeItWasAsked(Refused):
    """Nobody was silent before they were asked: what was done until then is not looked for."""

    text = "{clause} was asked of {owner} on {asked_on}: a silence begins on that day at the earliest, and not on {start}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What a certificate says, beside where in the log it says so of."""

    clause: str
    owner: str
    subject: str
    set_sha256: str
    start: date
    until: date
    due_on: date | None
    asked_at: int  # the position of the event that asked
    asked_where: tuple[dict[str, Any], ...]
    discharged_by: tuple[tuple[dict[str, Any], ...], ...]  # an event of each group is needed: where there is none of one, it is silence


class Stream(Protocol):
    """What gives the id of a stream from the words for it, `review:SB-2015-01`; None where there is none of such a kind."""

    def __call__(self, words: str, /) -> str | None:
        """Return the id."""


def resolved(pattern: Pattern, owner: str, subject: str, stream_of: Stream, *, since: date | None = None) -> Iterator[dict[str, Any]]:
    """Give what an event would have to be to be one that a pattern speaks of, for this owner and this subject: one of these.

    `since` is the day from which it would count, None where any day before does too.
    """
    tests = [condition(test) for test in pattern.where]
    for by_owner, by_subject in product(_named(pattern.owner, owner, stream_of), _named(pattern.subject, subject, stream_of)):
        streams = {stream for stream, _ in (by_owner, by_subject) if stream is not None}
        if len(streams) <= 1:
            where = [*tests, *by_owner[1], *by_subject[1]]
            counts = {"since": since and since.isoformat(), "stream": next(iter(streams), None)}
            yield {"event": pattern.event, **counts, "where": where}


def condition(test: Test) -> dict[str, Any]:
    """Return what a test asks for, as a certificate writes it."""
    if test.begins:
        return {"field": test.field, "begins": test.begins}
    if test.values:
        return {"field": test.field, "not" if test.never else "is": sorted(map(plain, test.values), key=str)}
    return {"field": test.field, "said": not test.never}


def plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _named(selector: Selector, wanted: str, stream_of: Stream) -> Iterator[tuple[str | None, list[dict[str, Any]]]]:
    """Give each way in which an entry can name this one: by its stream, and by what its fields say."""
    if selector.always:
        yield from [(None, [])] if selector.always == wanted else []
        return
    if not selector.field:
        stream = stream_of(wanted)
        yield from [(stream, [])] if stream else []
        return
    stream, said = None, wanted.removeprefix(selector.prefix)
    if selector.stream:
        words, _, said = wanted.rpartition("/")
        stream = stream_of(words)
    if (selector.stream and stream is None) or not wanted.startswith(selector.prefix) or not said:
        return
    for found in _said(said, selector.before):
        among = {"among": [condition(test) for test in selector.where]} if selector.where else {}
        yield stream, [{"field": selector.field, **found, **among}]


def _said(said: str, before: str) -> Iterable[dict[str, Any]]:
    """Return what a field may say to be read as a text: that text, or a number that is written so; or what begins so, up to a mark."""
    exactly: dict[str, Any] = {"is": [said, int(said)] if said.isascii() and said.isdecimal() and str(int(said)) == said else [said]}
    return [exactly, {"begins": f"{said}{before}"}] if before else [exactly]
