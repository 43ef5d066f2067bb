"""Who could sign when: each entry was made in an office that somebody held when it was received, and whose role may do that (INV-32).

Keys are of the verification; here a key's holder is held against the office. Authority is judged as known when the entry was received.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Final

from aggregates import EVENTS
from aggregates.entry import Recorded
from aggregates.errors import Refused
from service.commands import AMENDERS, COMMANDS
from service.desk import authority
from service.ledger.pack.auditing.findings import WITHHELD, Check, by_rule

if TYPE_CHECKING:
    from aggregates.authority import Acting
    from service.ledger.pack.auditing.trail import Known, Trail

AMENDS = (Recorded.AmendmentProposed, Recorded.EntryCorrected, Recorded.EntryRetracted)


BY_ITSELF: Final = frozenset({"action.sustainment_check_scheduled.v1", "keys.signing_key_rotated.v1"})  # what no office has to decide


@cache
def may(topic: str) -> frozenset[str]:
    """Return the roles that may make an entry of a kind, by the table of commands; none where no command does."""
    event = EVENTS[topic]
    if issubclass(event, AMENDS):
        return AMENDERS
    return frozenset[str]().union(*(command.by for command in COMMANDS.values() if command.event is event))


def signing(trail: Trail) -> Check:
    """Hold every entry against the register of offices, the table of commands and the keys' holders."""
    check, itself = Check("who could sign", "entries by the offices that made them"), defaultdict[str, int](int)
    for one in trail.known:
        if not one.shows:
            check.apart[WITHHELD].append(one.at)
        elif one.told.fields["by_office"] is None:
            itself[one.told.evt] += 1
            if one.at > trail.founded and one.entry.event.CLASS == "D" and may(one.told.evt) and one.told.evt not in BY_ITSELF:
                check.fails(one.at, one.told.evt, "no office made this decision", rule="domain B.6", field="by_office")
        else:
            check.checked += 1
            _check(check, trail, one)
    check.apart[WITHHELD] += trail.silent
    if not check.apart[WITHHELD]:
        del check.apart[WITHHELD]
    check.notes += [f"{number:,} {evt} by the service itself, or by whoever took part" for evt, number in sorted(itself.items())]
    check.unchecked.append(f"that whoever held an office is the person who acted: persons are sealed{by_rule('INV-32')}")
    return check


def acting(trail: Trail, one: Known, known_at: int) -> Acting:
    """Return who made an entry, by the register of offices as known at a position. Raise `Refused` where nobody could."""
    said = one.told.fields
    who = said["by_office"], said["on_behalf_of"]
    return authority.by_register(trail.register(known_at), *who, occurred_on=one.entry.occurred_on, today=one.received_on)


def _check(check: Check, trail: Trail, one: Known) -> None:
    try:
        who = acting(trail, one, one.at)
    except Refused as why:
        if one.at > trail.founded:
            check.fails(one.at, one.told.evt, why.sentence, rule="INV-32", field="by_office")
        return
    allowed, by = may(one.told.evt), one.told.signed_by
    if allowed and who.role not in allowed:
        check.fails(one.at, one.told.evt, f"{authority.called(who.role)} may not do that", rule="domain B.6", field="by_office")
    if by is not None and by not in {one.told.fields["by_office"], who.body}:
        check.fails(one.at, one.told.evt, f"signed with the key of {by}, in the office {who.office}", rule="ledger §3", field="by_office")
