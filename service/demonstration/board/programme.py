"""What the Board did between its reviews: meetings with who was there, the framework, the programme, challenges, a departure."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from service.demonstration.board.people import MANAGER, members_on
from service.demonstration.script import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ABOUT_LINE: Final = {"on", "by", "do", "ref", "document"}


def board(said: Mapping[str, Any], partnership: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what is recorded of the Board itself. `said` is board.toml."""
    yield from (_meeting(meeting, partnership) for meeting in said["meetings"])
    yield from _programme(said["programme"])
    for line in said["line"]:
        fields = {name: value for name, value in line.items() if name not in ABOUT_LINE}
        if "document" in line:
            fields["sha256"] = sha256(line["document"].encode()).hexdigest()
        yield Line(do=line["do"], ref=line["ref"], by=line["by"], on=line["on"], fields=fields)


def _meeting(meeting: Mapping[str, Any], partnership: Mapping[str, Any]) -> Line:
    there = dict.fromkeys(meeting["apologies"], "apologies") | dict.fromkeys(meeting["absent"], "absent")
    members = members_on(partnership, meeting["on"])
    attendance = [{"agency": code, "attendance": there.get(code, "present")} for code in members]
    agenda = [dict(zip(("id", "title", "about"), item, strict=False)) for item in meeting["agenda"]]
    fields = {"body": "BOARD", "attendance": attendance, "agenda": agenda, "evidence": []}
    return Line(do="hold_meeting", ref=meeting["ref"], by=MANAGER, on=meeting["on"], fields=fields)


def _programme(said: Mapping[str, Any]) -> Iterator[Line]:
    for ref, title, kind, level, follow_up_owed, knowledge in said["courses"]:
        fields = {"title": title, "format": kind, "level": level, "provider": said["provider"], "follow_up_owed": follow_up_owed}
        fields["knowledge"] = knowledge
        yield Line(do="offer_course", ref=ref, by=said["by"], on=said["on"], fields=fields)
