"""What the Board recommends and what it puts first: resources, looked at again and again, and priorities."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import later
from service.demonstration.board.people import CHAIR, lead_on
from service.demonstration.script import Line
from service.demonstration.script.chance import after, one_of, share, some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Said = Mapping[str, Any]

LAST: Final = date(2021, 9, 24)
USEFUL: Final = ("yes", "yes", "in part", "no")
LATE: Final = 0.2  # of the checks are some weeks late


def resources(said: Said, partnership: Said) -> Iterator[Line]:
    """Yield the resources of meetings.toml, each looked at as often as the Board said."""
    for ref, title, kind, every, by, on, *elsewhere in said["listed"]:
        url = elsewhere[0] if elsewhere else f"https://resources.severnbrook.example/{ref.lower()}"
        fields = {"title": title, "url": url, "kind": kind, "check_every": every}
        yield Line(do="list_resource", ref=ref, by=by, on=on, fields=fields)
        day, gone = on, said["gone"].get(ref, LAST)
        while (day := after(later(day, months=every), 21 if share(ref, day, "late") < LATE else -7)) <= min(gone, LAST):
            found = one_of(said["found"], ref, day)
            yield Line(do="check_resource", ref=ref, by="policy-manager", on=day, fields={"reachable": True, "found": found})
        if ref in said["gone"]:
            lost = {"reachable": False, "found": "The address answers no more, and nobody knows where it went."}
            yield Line(do="check_resource", ref=ref, by="policy-manager", on=gone, fields=lost, apart="gone")
        for agency in some(["RIV", "HBP", "SBC-CSC", "AVM", "EYN", "WMP"], 2, ref, "feedback"):
            when = after(on, 90)
            office = lead_on(partnership, agency, when)
            if office:
                useful = {"useful": one_of(USEFUL, ref, agency), "comment": one_of(said["feedback"], ref, agency)}
                yield Line(do="give_resource_feedback", ref=ref, by=office, on=when, fields=useful, apart=agency)


def priorities(said: Said) -> Iterator[Line]:
    """Yield the priorities of meetings.toml."""
    for number, (period, on, priority, lead, informed_by) in enumerate(said["set"]):
        fields = {"priority": priority, "lead_office": lead, "informed_by": informed_by}
        yield Line(do="set_priorities", ref=period, by=CHAIR, on=on, fields=fields, apart=str(number))
