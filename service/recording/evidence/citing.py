"""What an event says of a file: size, type and time of receipt are the service's own; what it is about is the submitter's word."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

from aggregates.clocks.dates import day_of
from aggregates.entry.values import Evidence
from service.desk.refusals import FutureDate, WrongKind
from service.recording.evidence.kinds import KINDS, named

SAID: Final = frozenset({"title", "evidence_date", "filename", "media_type", "classification"})
CLASSES: Final = frozenset({"public", "partners", "restricted"})


class Held(NamedTuple):
    """What the service knows of a file that it holds."""

    size: int
    media_type: str


def claimed(item: Any) -> dict[str, Any]:
    """Return one piece of evidence as it was sent, an object that names the SHA-256 of a file; refuse any other."""
    if isinstance(item, Evidence):
        item = asdict(item)
    if not isinstance(item, dict) or not isinstance(item.get("sha256"), str):
        raise WrongKind(act="Evidence", field="evidence", why="each piece names the sha256 of a file that was received")
    if unknown := item.keys() - SAID - {"sha256"}:
        raise WrongKind(act="Evidence", field="evidence", why=f"it does not take {', '.join(sorted(unknown))}")
    return item


def cited(item: dict[str, Any], held: Held, *, supplied_by: str | None, now: int) -> Evidence:
    """Return one piece of evidence as an event carries it.

    `evidence_date` is what the file says of itself, and is never taken for the day on which it came (domain B.1). A `media_type` may be
    sent, and is not believed.
    """
    said = {name: item.get(name) for name in SAID}
    if missing := [name for name in ("title", "evidence_date") if not said[name]]:
        raise WrongKind(act="Evidence", field="evidence", why=f"each piece needs {' and '.join(missing)}")
    try:
        dated = said["evidence_date"] if isinstance(said["evidence_date"], date) else day_of(said["evidence_date"])
    except ValueError as error:
        raise WrongKind(act="Evidence", field="evidence_date", why="a date is written as 2016-11-02") from error
    for name in ("title", "filename", "media_type", "classification"):
        if not isinstance(value := said[name] or "", str) or not value.isprintable():
            raise WrongKind(act="Evidence", field=name, why="it is a text on one line")
    if (said["classification"] or "restricted") not in CLASSES:
        raise WrongKind(act="Evidence", field="classification", why="public, partners or restricted")
    received = datetime.fromtimestamp(now, UTC)
    if dated > received.date():
        raise FutureDate(occurred_on=dated, today=received.date(), field="evidence_date")
    return Evidence(
        sha256=item["sha256"],
        size=held.size,
        media_type=held.media_type,
        filename=named(str(said["filename"] or item["sha256"]), KINDS[held.media_type]),
        title=str(said["title"]),
        evidence_date=dated,
        received_at=received.strftime("%Y-%m-%dT%H:%M:%SZ"),
        classification=str(said["classification"] or "restricted"),
        supplied_by_agency=supplied_by,
    )
