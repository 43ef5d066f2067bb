"""A report as PDF/UA-1, by Typst: it refuses by itself what no screen reader could read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from functools import lru_cache
from importlib.resources import as_file, files
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

ONE_AT_A_TIME: Final = Lock()  # each takes a second of a processor: whoever asks for many waits


def pdf(report: Mapping[str, Any], *, published_on: date, signed: str, superseded: str | None, address: str, check: list[str]) -> bytes:
    """Return the PDF of a report as `shown` has it; the same for the same report, whenever it is made."""
    notes = [{"n": one["n"], "words": _words(one)} for one in report["notes"]]
    day = [published_on.year, published_on.month, published_on.day]
    said = {**report, "notes": notes, "published": day, "signed": signed, "superseded": superseded, "address": address, "check": check}
    return _compiled(json.dumps(said, sort_keys=True), datetime.combine(published_on, time(), UTC))


def _words(note: Mapping[str, Any]) -> str:
    events = [f"{event['position']:,}" for event in note["events"]]
    return f"{note['about']}: event{'s' * (len(events) > 1)} {', '.join(events)}"


@lru_cache(16)
def _compiled(said: str, at: datetime) -> bytes:
    import typst  # noqa: PLC0415 - 30 MB, for those who ask for a PDF

    source = files("api").joinpath("templates", "published", "report.typ").read_bytes()
    with ONE_AT_A_TIME, as_file(files("api").joinpath("static", "fonts")) as fonts:
        how: dict[str, Any] = {"font_paths": [str(fonts)], "ignore_system_fonts": True, "pdf_standards": ["ua-1"], "timestamp": at}
        return bytes(typst.compile(source, sys_inputs={"report": said}, **how))
