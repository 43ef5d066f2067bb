"""The report of the year: two editions of one that was published, and one that is still a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.returns.aggregate import reference
from aggregates.returns.reporting import REPORT
from service.demonstration.board.people import CHAIR, MANAGER
from service.demonstration.script import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def reports(said: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what became of each report. `said` is reports.toml."""
    for one in said["report"]:
        ref = reference(REPORT, one["period"], "BOARD")
        for step in one["step"]:
            fields = {name: value for name, value in step.items() if name not in {"on", "do", "of"}}
            if step["do"] == "request_return":
                fields = {"kind": REPORT, "respondent": "BOARD", "period": one["period"], "due_on": one["due"], "shared_with": []}
            by = MANAGER if step["do"] == "explain_section" else CHAIR
            yield Line(do=step["do"], ref=step.get("of", ref), by=by, on=step["on"], fields=fields)
