"""Whether whoever judged something was independent of it, and whether what stands finds what it rests on: by the aggregates themselves.

Independence between organisations (INV-11, 29, 44) is judged on the day of the act, by the register of offices as it is known now: a
decision that was made against it, and was since retracted, stands no more. Of a thing some of whose entries are outside the pack nothing
is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.entry import Recorded
from aggregates.errors import Refused
from aggregates.registry.data_subject import DataSubject
from aggregates.returns import Return
from service.ledger.pack.auditing.findings import OUTSIDE, WITHHELD, Check
from service.ledger.pack.auditing.signing import acting
from service.ledger.pack.auditing.trail import positions_of

if TYPE_CHECKING:
    from aggregates.entry import Entry
    from service.ledger.pack.auditing.trail import Known, Stream, Trail

# Kinds of entries that were once recorded without what they now rest on; none says by which version it was.
ONCE_FREE: Final = frozenset({DataSubject.AccessRequestAnswered})
OLDER: Final = "an earlier version recorded such entries without what they rest on, and it cannot be told whether it was that"
MISSING = (TypeError, AttributeError, LookupError, ValueError)  # what a fold meets where it would need a field that is not shown


def judging(trail: Trail) -> Check:
    """Ask of every decision that stands whether who made it may judge that: no sign-off by the owner's organisation."""
    check = Check("independence", "decisions that stand, by who made them")
    for stream in _whole(trail, check):
        by_number = {one.told.sver: one for one in stream.entries}
        for entry in stream.thing.standing:
            one = by_number[entry.number]
            if entry.event.CLASS == "D" and one.shows and one.told.fields["by_office"] is not None:
                _judged(check, trail, stream, one, entry)
    return check


def _judged(check: Check, trail: Trail, stream: Stream, one: Known, entry: Entry) -> None:
    check.checked += 1
    try:
        who = acting(trail, one, trail.now)
    except Refused:
        return  # who could sign is another check
    try:
        stream.thing.check_independence(entry, who, _theirs(trail, stream, entry))
    except Refused as why:
        if not stream.hides("public"):  # of which all it goes by is
            check.refused(one.at, one.told.evt, why)
            return
    except MISSING:
        pass
    else:
        return
    check.checked -= 1
    check.apart[WITHHELD].append(one.at)


def _theirs(trail: Trail, stream: Stream, entry: Entry) -> frozenset[str]:
    """Return whom a return is owed by: its respondent and, where that is an office, who employs its holder."""
    if stream.kind is not Return:
        return frozenset()
    respondent = str(stream.entries[0].told.fields["respondent"])
    seat = trail.register(trail.now)(respondent) if respondent in trail.offices else None
    held = seat.holder_on(entry.occurred_on) if seat else None
    return frozenset({respondent, *((held.employer,) if held and held.employer else ())})


def resting(trail: Trail) -> Check:
    """Ask of every entry that stands whether it finds what it rests on: evidence before a sign-off, checks before a closing."""
    check = Check("what entries rest on", "entries that stand")
    for stream in _whole(trail, check):
        by_number = {one.told.sver: one for one in stream.entries}
        try:
            stands = stream.thing.standing
            lacking: dict[int, Any] = stream.thing.lacking(stands)
        except MISSING:
            check.apart[WITHHELD] += positions_of(stream.entries)
            continue
        found = [(by_number[number], words) for number, words in sorted(lacking.items()) if words]
        if found and stream.hides("public", "partners", "restricted"):
            check.apart[WITHHELD] += positions_of(one for one, _ in found)
            continue
        check.checked += len(stands)
        for one, words in found:
            if one.entry.event in ONCE_FREE:
                check.apart[f"{', '.join(sorted(words))}: {OLDER}"].append(one.at)
                continue
            for word in sorted(words):
                check.fails(one.at, one.told.evt, word)
    return check


def _whole(trail: Trail, check: Check) -> list[Stream]:
    found = [stream for stream in trail.streams.values() if issubclass(stream.kind, Recorded)]
    for stream in found:
        if not stream.whole:
            check.apart[OUTSIDE] += positions_of(stream.entries)
    return [stream for stream in found if stream.whole]
