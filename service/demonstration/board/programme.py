"""What the Board did between its reviews: the framework, the programme, challenges, a departure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.framework.library import SETS
from service.demonstration.script import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ABOUT_LINE: Final = {"on", "by", "do", "ref", "clauses"}


def board(said: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what is recorded of the Board itself. `said` is board.toml."""
    yield from _programme(said["programme"])
    for line in said["line"]:
        fields = {name: value for name, value in line.items() if name not in ABOUT_LINE}
        if "clauses" in line:
            fields["sha256"] = next(found.sha256 for found in SETS.values() if found.id == line["clauses"])
        yield Line(do=line["do"], ref=line["ref"], by=line["by"], on=line["on"], fields=fields, apart=line.get("item", ""))


def _programme(said: Mapping[str, Any]) -> Iterator[Line]:
    for ref, title, kind, level, follow_up_owed, knowledge in said["courses"]:
        on = said["later"].get(ref, said["on"])
        fields = {"title": title, "format": kind, "level": level, "provider": said["provider"], "follow_up_owed": follow_up_owed}
        fields |= dict(zip(("knowledge", "skills", "values"), (knowledge, *said["aims"][level]), strict=True))
        yield Line(do="offer_course", ref=ref, by=said["by"], on=on, fields=fields)
