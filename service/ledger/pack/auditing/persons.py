"""Whether another person signed an action off than handed in what shows it (INV-12), as far as a pack can tell: it shows no person.

Whoever did both in one term of one office is one person, and that is found out. Whether two offices, or two terms of one, were one
person's is sealed under that person's own key, which is in no pack; those are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregates.action import Action
from aggregates.action.refusals import SamePerson
from service.ledger.pack.auditing.findings import OUTSIDE, WITHHELD, Check, by_rule
from service.ledger.pack.auditing.judging import MISSING
from service.ledger.pack.auditing.trail import positions_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from aggregates.entry import Entry
    from service.ledger.pack.auditing.trail import Known, Stream, Trail

SEALED: Final = f"other offices handed in and signed off; whether one person held both is sealed, and in no pack{by_rule('INV-12')}"


def another_person(trail: Trail) -> Check:
    """Hold every sign-off that stands, and every submission to what was signed off, against who did the other of the two."""
    check = Check("another person", "sign-offs and submissions, by the terms in which they were made")
    for stream in trail.of(Action):
        signed = [one for one in stream.entries if one.entry.event is Action.SignedOff]
        if not signed:
            continue
        if not stream.whole:
            check.apart[OUTSIDE] += positions_of(signed)
            continue
        try:
            _held(check, trail, stream)
        except MISSING:
            check.apart[WITHHELD] += positions_of(signed)
    return check


def _held(check: Check, trail: Trail, stream: Stream) -> None:
    by_number = {one.told.sver: one for one in stream.entries}
    for entry, signed, handed_in in _pairs(list(stream.thing.standing)):
        one = by_number[entry.number]
        if not all(by_number[each.number].shows for each in (*signed, *handed_in)):
            check.apart[WITHHELD].append(one.at)
            continue
        check.checked += 1
        signers = {term for each in signed for term in _terms(trail, by_number[each.number], each, signs=True)}
        if signers.isdisjoint(term for each in handed_in for term in _terms(trail, by_number[each.number], each)):
            check.apart[SEALED].append(one.at)
        else:
            check.refused(one.at, one.told.evt, SamePerson(ref=stream.ref))


def _pairs(stands: list[Entry]) -> Iterator[tuple[Entry, list[Entry], list[Entry]]]:
    """Give each entry that the rule is about, with the sign-off and the submissions that may not be one person's."""
    for at, entry in enumerate(stands):
        before = stands[:at]
        if entry.event is Action.SignedOff:
            handed_in = [each for each in before if each.event is Action.EvidenceSubmitted]
            if handed_in:
                yield entry, [entry], handed_in
        elif entry.event is Action.EvidenceSubmitted:
            state = Action.fold(before)
            if state and state.sign_off:
                yield entry, [each for each in before if each.event is Action.SignedOff][-1:], [entry]


def _terms(trail: Trail, one: Known, entry: Entry, *, signs: bool = False) -> Iterator[tuple[str, date]]:
    """Give the terms, as office and first day, of whoever made an entry.

    What was recorded on behalf of an office is its holder's of the day of the act; who signs off is whoever records it, too.
    """
    by, for_whom = entry.body["by_office"], entry.body["on_behalf_of"]
    seats = [(for_whom, entry.occurred_on)] if for_whom else []
    seats += [(by, one.received_on)] if signs or not for_whom else []
    for office, day in seats:
        held = trail.register(trail.now)(office).holder_on(day) if office in trail.offices else None
        if held:
            yield office, held.from_on
