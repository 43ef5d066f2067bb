"""A report as its page and its PDF show it: the document of `aggregates.returns.report`, its notes numbered and its numbers in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from api.pages.frame.words import written

if TYPE_CHECKING:
    from api.pages.frame.clocks import PageClocks
    from projections.returns import Edition

Document = dict[str, Any]
WITHHELD: Final = "withheld"  # a count of people that is small, or that would give one away
OF_PEOPLE: Final = (
    "Counts of people from 1 to 4 are withheld, and so are as many others as it takes that none of them can be worked out from the totals."
)
AS_IT_IS: Final = ("board", "period", "first", "known_at", "demonstration", "made_by", "sent_to", "regime", "title")


class _Notes:
    """The notes of a report: each lot of events has one number, in the order in which a reader meets it."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[int, ...], int] = {}
        self.about: list[str] = []

    def of(self, events: list[int], about: str) -> int | None:
        """Return the number of the note of some events; none where there are none."""
        if not events:
            return None
        if tuple(events) not in self.numbers:
            self.numbers[tuple(events)] = len(self.numbers) + 1
            self.about.append(about)
        return self.numbers[tuple(events)]


def shown(document: Document) -> Document:
    """Return a report with everything that its readers see of it, in their words."""
    notes = _Notes()
    headline = _figure(document["headline"], notes)
    sections = [_section(section, notes) for section in document["sections"]]
    record = _figure(document["record"], notes)
    told = [
        {"n": n, "about": about, "events": [_event(document, at) for at in events]}
        for (events, n), about in zip(notes.numbers.items(), notes.about, strict=True)
    ]
    days = {name: written(date.fromisoformat(document[name])) for name in ("first", "last", "as_at")}
    lead = (
        f"{days['first']} to {days['last']}, as at {days['as_at']}, from what was on record at event {document['known_at']:,} of the log."
    )
    return {
        **{name: document[name] for name in AS_IT_IS},
        "heading": f"{document['title']} {called(document['period'])}",
        "lead": lead,
        "headline": headline,
        "sections": sections,
        "record": record,
        "notes": told,
        "missing": [section["label"] for section in document["sections"] if section["missing"]],
    }


def called(period: str) -> str:
    """Return a period as people write it, with a dash between its years."""
    return period.replace("-", "\N{EN DASH}")


def _section(section: Document, notes: _Notes) -> Document:
    told = section["told"] and {"says": section["told"]["says"], "note": notes.of([section["told"]["event"]], section["label"])}
    return section | {
        "told": told,
        "gaps": [dict(gap) for gap in section["gaps"]],
        "figures": [_figure(figure, notes) for figure in section["figures"]],
    }


def _figure(figure: Document, notes: _Notes) -> Document:
    counts = [_number(count, notes, f"{figure['title']} \N{EN DASH} {count['label']}") for count in figure["counts"]]
    rows = [_row(figure, row, notes) for row in figure["rows"]]
    return figure | {"counts": counts, "rows": rows, "beneath": OF_PEOPLE if figure["of_people"] else None}


def _row(figure: Document, row: Document, notes: _Notes) -> Document:
    name = row["cells"][0]
    cells = [
        _number(cell, notes, f"{figure['title']} \N{EN DASH} {name}, {column.lower()}") if isinstance(cell, dict) else cell
        for cell, column in zip(row["cells"], figure["columns"], strict=True)
    ]
    return {"cells": cells, "note": notes.of(row["events"], f"{figure['title']} \N{EN DASH} {name}")}


def _number(number: Document, notes: _Notes, about: str) -> Document:
    said = WITHHELD if number["is"] is None else f"{number['is']:,}"
    return number | {"shown": said, "note": notes.of(number["events"], about)}


def _event(document: Document, at: int) -> Document:
    return {**document["events"][str(at)], "position": at}


def address_of(period: str, edition: int) -> str:
    """Return the permanent address of an edition, within this site."""
    return f"/public/reports/{period}/{edition}"


def superseded(edition: Edition, newest: Edition) -> str | None:
    """Say that an edition is not the newest; nothing of the one that is."""
    if edition.newest:
        return None
    says = f"Edition {newest.edition}, of {written(newest.on)}, supersedes this one, which stays as it was published."
    return f"{says} Why: {newest.reason}" if newest.reason else says


def drafted(clocks: PageClocks) -> dict[str, str]:
    """Return the clocks that a draft is signed with: those with which it is shown."""
    return {"as_at": clocks.as_at.isoformat(), "known_at": str(clocks.known_at)}


def signed(edition: Edition) -> str:
    """Say which edition it is, and since when it is the Board's word."""
    says = f"Edition {edition.edition}, signed for the Board on {written(edition.on)}."
    return f"{says} Why it takes the place of the one before: {edition.reason}" if edition.reason else says


def check(edition: Edition) -> list[str]:
    """Say how anybody finds out whether an edition is what was signed."""
    built = f"They follow from the events up to {edition.known_at:,}, in their public fields alone, by the rules “{edition.made_by}”."
    return [
        f"This is edition {edition.edition}: it was signed on {written(edition.on)}, as event {edition.event:,} of the log.",
        f"Its data have the SHA-256 {edition.sha256}: it stands in that event. {built}",
    ]
