"""What an auditor is told besides: the samples drawn again, what was corrected, retracted and erased, and what nobody here knows."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from aggregates import EVENTS
from aggregates.entry import Recorded
from aggregates.entry.fields import CORRECTED, fields_by_name
from aggregates.entry.values import Sealed
from aggregates.registry import Keys, Ledger
from aggregates.returns import Return
from aggregates.returns.report.public import SAYS_OF_PEOPLE
from service.ledger.pack import samples
from service.ledger.pack.auditing.findings import OUTSIDE, WITHHELD, Check
from service.ledger.pack.auditing.judging import MISSING
from service.ledger.pack.auditing.trail import BY_TOPIC
from service.ledger.pack.gone import is_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.ledger.pack.auditing.trail import Known, Trail

ERASED: Final = "data_subject.personal_data_erased.v1"
CLASSES: Final = ("public", "partners", "restricted")
MISSING_TEXT: Final = "this text is neither shown nor erased, and other fields of its class are shown: it was kept back, or lost"
BY_ITS_WORD: Final = "that it was erased is explained by what the log's own key says outside the pack"
OVERTAKEN: Final = "whether all that this correction gave was taken back before it was erased: what it gave is not shown any more"
SESSION: Final = samples.STREAM.rstrip(".")


def redrawn(trail: Trail) -> Check:
    """Draw every telephone sample again (INV-24)."""
    check = Check("telephone samples", "drawn again")
    for stream in trail.streams.values():
        if stream.kind.TOPIC != SESSION or not any(one.told.evt == samples.DRAWN for one in stream.entries):
            continue
        drawn = [one.at for one in stream.entries if one.told.evt == samples.DRAWN]
        if not stream.whole:
            check.apart[OUTSIDE] += drawn
            continue
        try:
            found = list(samples.redraw([one.told for one in stream.entries], trail.root))
        except MISSING:
            check.apart[WITHHELD] += drawn
            continue
        check.checked += len(found)
        check.notes += [one.words for one in found if not one.wrong]
        for one in found:
            for wrong in one.wrong:
                check.fails(one.position, samples.DRAWN, f"draw {one.draw} of {one.session}: {wrong}", rule="INV-24")
    return check


def amended(trail: Trail) -> Check:
    """List what was corrected, retracted and erased, and to whom packs were handed: none of it is a fault."""
    check, evts = Check("what was amended", "corrections, retractions and erasures"), {told.position: told.evt for told in trail.told}
    for one in trail.known:
        said = one.told.fields
        if issubclass(one.entry.event, Recorded.EntryCorrected | Recorded.EntryRetracted):
            what = "retracts" if issubclass(one.entry.event, Recorded.EntryRetracted) else "corrects"
            why = f": {said['reason']}" if said.get("reason") else ""
            check.notes.append(f"#{one.at}: {one.told.evt} {what} entry {said.get('amends', 'withheld')} of its stream{why}")
        elif one.told.evt == ERASED:
            for each in said["erased"]:
                kind = _kind(evts.get(each["position"]), each["field"])
                stood = kind is not None and kind is not Sealed and trail.stood(each["position"], each["field"], one.at)
                if stood is None:
                    check.apart[OVERTAKEN].append(each["position"])
                elif stood:
                    why = f"#{each['position']} {each['field']}, which is nobody's name or contact, and stood"
                    check.fails(one.at, one.told.evt, f"it erased {why}", rule="INV-39", field="erased")
            gone = ", ".join(f"#{each['position']} {each['field']}" for each in said["erased"])
            check.notes.append(f"#{one.at}: erased, as decided: {gone}")
        else:
            check.notes += _besides(one)
            continue
        check.checked += 1
    _missed(check, trail)
    return check


def _missed(check: Check, trail: Trail) -> None:
    """Miss each text of a complete pack that is neither shown nor erased, as far as the pack shows any field of its class.

    One of fewer classes withholds all others throughout, so that a text which is missing by itself is seen; and where an entry after the
    pack's own erased it, the pack holds that entry. What that alone explains is named: nothing in the pack bears it out.
    """
    for why in trail.gone.refused:
        check.fails(0, "pack", why, rule="INV-39")
    if not trail.complete:
        return
    erasures = (each for one in trail.known if one.told.evt == ERASED for each in one.told.fields["erased"])
    went = {(each["position"], each["field"], each["digest"]) for each in erasures}
    known = [(one, fields_by_name(one.entry.event)) for one in trail.known]
    shown = {fields[name].sensitivity for one, fields in known for name in one.told.fields if name in fields}
    classes = CLASSES[: max(map(CLASSES.index, shown), default=-1) + 1]
    for one, fields in known:
        texts = (each for each in fields.values() if each.sensitivity in classes and is_text(one.told.evt, each.name))
        counts = _counting(one.told.evt.partition(".")[0], public=classes == CLASSES[:1])
        for name in [each.name for each in texts if each.name not in {*one.told.fields, *counts}]:
            may_be = {(one.at, name, digest) for digest in one.told.hidden}
            if outside := sorted({trail.gone.texts[each] for each in may_be & trail.gone.texts.keys() - went}):
                check.notes.append(f"#{one.at}: {one.told.evt}, {name}: {BY_ITS_WORD}: {', '.join(outside)}")
            elif went.isdisjoint(may_be):
                check.fails(one.at, one.told.evt, MISSING_TEXT, field=name)
    if classes != CLASSES:
        check.unchecked.append(f"texts of the classes {', '.join(CLASSES[len(classes) :])}, of which this pack shows nothing")


@cache
def _counting(topic: str, *, public: bool) -> frozenset[str]:
    """Return what of such a thing is not shown where it counts people, as in public, or few of them, as in a return."""
    kind = BY_TOPIC[topic]
    people = SAYS_OF_PEOPLE if public else frozenset()
    counts = kind is Return or any(people & fields_by_name(event).keys() for event in EVENTS.values() if issubclass(event, kind.Event))
    return people.union(CORRECTED.values() if counts else ())


def _kind(evt: str | None, field: str) -> Any:
    """Return what a field of an event holds, as this version knows it; None where it does not."""
    fields = fields_by_name(EVENTS[evt]) if evt is not None and evt in EVENTS else {}
    return fields[field].kind if field in fields else None


def _besides(one: Known) -> Iterator[str]:
    """Say what is no amendment, and is told all the same: whose signatures are disputed, and to whom packs were handed."""
    said, event = one.told.fields, one.entry.event
    if event is Keys.SigningKeyCompromised:
        yield f"#{one.at}: disputed: all that the key {said['thumbprint']} signed from #{said['from_position']} on: {said['reason']}"
    elif event is Keys.StatementAffirmed or event is Keys.StatementRepudiated:
        answer = "affirmed" if event is Keys.StatementAffirmed else "repudiated"
        yield f"#{one.at}: #{said['position']}, which is disputed, was {answer}: {said['reason']}"
    elif event is Ledger.PackSealed:
        yield f"#{one.at}: a pack of {said['scope']} was handed to {said['office']}, {said['pack_sha256']}"


def unknown(trail: Trail) -> Check:
    """Name the kinds of events that this version does not know."""
    check = Check("what is known", "entries whose meaning this version knows", checked=len(trail.known))
    for evt, positions in sorted(trail.unknown.items()):
        check.apart[f"unverified semantics, verified integrity: {evt} is of a later version, or of another product"] += positions
    evts = {told.position: told.evt for told in trail.told} if trail.misshapen else {}
    for position, why in trail.misshapen.items():
        check.fails(position, evts[position], f"its fields are not those of such an event: {why}")
    if trail.silent:
        check.apart["nothing at all is shown of them"] += trail.silent
    return check
