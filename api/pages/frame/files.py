"""The files that entries cite, as pages list them: what each is, when it came, and whether it is given out."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import LONDON
from api.access import signed_in
from api.worker import worker
from service.recording.evidence.checking import Sharing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.pages.frame import Look
    from projections.inspection.history import HistoryEntry
    from service.recording.evidence.checking import Standing

WITHHELD: Final = {
    Sharing.NOT_YET: "Not shared yet: nobody has looked at it for malware.",
    Sharing.NEVER: "Not given out: something harmful was found in it. What is on record of it stays.",
}
KIB: Final = 1024


def standings(entries: Iterable[HistoryEntry]) -> Mapping[str, Standing]:
    """Return whether the files that entries cite are given out, by their hashes."""
    cited = {item["sha256"] for entry in entries for item in entry.body.get("evidence") or []}
    return worker().board.standings(cited, signed_in()) if cited else {}


def evidence(look: Look, entry: HistoryEntry, files: Mapping[str, Standing]) -> list[dict[str, Any]]:
    """Return the files that an entry cites, to those who may have them."""
    items = entry.body.get("evidence") or []
    if not items or not look.on.opens(entry.kind, entry.ref):
        return []
    return [
        {
            "title": item["title"],
            "href": f"/api/v1/evidence/{item['sha256']}" if files[item["sha256"]].given else None,
            "withheld": WITHHELD.get(files[item["sha256"]].sharing),
            "sha256": item["sha256"],
            "size_text": size_text(item["size"]),
            "evidence_date": date.fromisoformat(item["evidence_date"]),
            "received_on": datetime.fromisoformat(item["received_at"]).astimezone(LONDON).date(),
        }
        for item in items
    ]


def size_text(size: int) -> str:
    """Return a number of bytes as people say it."""
    if size < KIB:
        return f"{size} bytes"
    return f"{size / KIB:.0f} KB" if size < KIB * KIB else f"{size / KIB / KIB:.1f} MB"
