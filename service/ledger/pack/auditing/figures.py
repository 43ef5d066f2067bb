"""Every published figure, computed again from the public fields of the pack's own entries, by the rules that made it (journey F.2).

Beside an edition stands its data, the file that the event cites. Each figure of it is held against what comes of the entries here. One
that counts people cannot be computed where those counts are withheld, as in public they are; it is named.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import london
from aggregates.errors import Refused
from aggregates.returns import Return, report
from aggregates.returns.report import OnLog
from aggregates.returns.report.document import FIGURES
from aggregates.returns.report.parts import Figure
from aggregates.returns.report.record import Year
from service.ledger.pack.auditing.findings import Check
from service.ledger.pack.auditing.judging import MISSING
from service.ledger.pack.auditing.trail import typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from aggregates.returns.report.record import Said
    from service.ledger.pack.auditing.trail import Known, Trail

Document = dict[str, Any]
NOT_HERE: Final = "its data are not in this pack"
OF_PEOPLE: Final = "it counts people, and what it is made of is withheld"
NOT_ALL: Final = "some of what it is made of is withheld or outside this pack"
PLAIN: Final = ("title", "says", "counts", "columns", "rows")  # of a figure: what its reader sees


def figures(trail: Trail, evidence: Path) -> Check:
    """Compute the figures of every edition in the pack again."""
    check = Check("published figures", "figures computed again")
    for stream in trail.of(Return):
        for one in stream.entries:
            if one.entry.newest.event is Return.Published:
                _edition(check, trail, one, evidence)
    return check


def _edition(check: Check, trail: Trail, one: Known, evidence: Path) -> None:
    said = one.told.fields
    if not {"report_sha256", "known_at", "as_at", "period", "edition", "made_by"} <= said.keys():
        check.apart["it is withheld what was published"].append(one.at)
        return
    name = f"{said['period']}, edition {said['edition']}"
    file = evidence / said["report_sha256"]
    if not file.exists():  # that a file which is there is the one that was cited, the verification has seen to
        check.apart[NOT_HERE].append(one.at)
    elif said["made_by"] != report.MADE_BY:
        check.unchecked.append(f"#{one.at}: {name} was made by “{said['made_by']}”, and this version knows “{report.MADE_BY}”")
    else:
        _held(check, trail, one, json.loads(file.read_bytes()))


def _held(check: Check, trail: Trail, one: Known, published: Document) -> None:
    """Hold each figure of an edition against the one that was computed again."""
    name = f"{one.told.fields['period']}, edition {one.told.fields['edition']}"
    asked = dict[str, set[str]]()
    made = _composed(trail, one.told.fields, asked)
    if made is None:
        check.unchecked.append(f"#{one.at}: {name}: {NOT_ALL}")
        return
    again, here = {figure["id"]: figure for figure in _figures(made)}, {told.evt for told in trail.told}
    for figure in _figures(published):
        other = again.get(figure["id"])
        wrong = [part for part in PLAIN if other is None or figure[part] != other[part]]
        whole = trail.complete or (trail.positions.issuperset(_behind(figure)) and here.issuperset(asked.get(figure["id"], ())))
        outside = other is None or other["says"] == _Missing.says or not whole
        if wrong and (outside or figure["of_people"]):
            why = OF_PEOPLE if figure["of_people"] else NOT_ALL
            check.unchecked.append(f"#{one.at}: {name}: {figure['title']!r}: {why}")
            continue
        check.checked += 1
        if wrong:
            says = f"{name}: {figure['title']!r} is not what follows from the log: {', '.join(wrong)}"
            check.fails(one.at, one.told.evt, says, rule="INV-40", field="report_sha256")
    same = report.canonical(made) == report.canonical(published)
    check.notes.append(f"#{one.at}: {name}: " + ("the same to the byte" if same else "each figure by itself"))


class _Missing:
    """What stands for a figure that cannot be computed."""

    says = "\0"


def _behind(figure: Document) -> Iterator[int]:
    """Give the positions of the events behind a figure."""
    numbers = [*figure["counts"], *(cell for row in figure["rows"] for cell in row["cells"] if isinstance(cell, dict))]
    for one in (*numbers, *figure["rows"]):
        yield from one["events"]


def _figures(document: Document) -> Iterator[Document]:
    yield document["headline"]
    for section in document["sections"]:
        yield from section["figures"]
    yield document["record"]


def _composed(trail: Trail, said: Mapping[str, Any], asked: dict[str, set[str]]) -> Document | None:
    """Return the report that follows from the entries of the pack; None where it takes what is not there.

    `asked` is told of which kinds of events each figure is made.
    """
    entries = [*_on_log(trail, said["known_at"])]
    clocks = {"period": said["period"], "as_at": date.fromisoformat(said["as_at"]), "known_at": said["known_at"]}
    try:
        return report.compose(entries, **clocks, figures={name: _guarded(name, figure, asked) for name, figure in FIGURES.items()})
    except (Refused, *MISSING):
        return None


def _guarded(name: str, figure: Callable[[Year], Figure], asked: dict[str, set[str]]) -> Callable[[Year], Figure]:
    def made(on: Year) -> Figure:
        watched = _Watched.over(on)
        try:
            return figure(watched)
        except (Refused, *MISSING):
            return Figure(name, "", _Missing.says)
        finally:
            asked[name] = watched.asked

    return made


class _Watched(Year):
    """The record of a year that keeps in mind of which kinds of events it was asked."""

    asked: set[str]

    @classmethod
    def over(cls, on: Year) -> _Watched:
        """Return the same record, of which nothing was asked yet."""
        watched = object.__new__(cls)
        vars(watched).update(vars(on), asked=set())
        return watched

    def ever(self, *events: Any) -> list[Said]:
        """Return what stands of them, and keep in mind that they were asked for."""
        self.asked.update(event.TOPIC for event in events)
        return super().ever(*events)


def _on_log(trail: Trail, known_at: int) -> Iterator[OnLog]:
    """Give the entries that a report reads, numbered by their positions: an amendment names the position of what it amends."""
    for stream in trail.streams.values():
        at = {one.told.sver: one.at for one in stream.entries}
        for one in stream.entries:
            topic = one.told.evt.rpartition(".")[0]
            amends = one.told.fields.get("amends")
            if one.at <= known_at and topic in report.NAMES and (amends is None or amends in at):
                yield OnLog(stream.ref, one.told.jti, london(one.told.recv), typed(one.told, one.at, at.get(amends) if amends else None))
