"""Severnbrook's seven years, written as lines for the import: the same bytes every time."""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime
from importlib.resources import files as resources
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import LONDON
from service.demonstration.board.dirt import amendments, erased, keys, requests
from service.demonstration.board.meetings import meetings
from service.demonstration.board.people import people
from service.demonstration.board.programme import board
from service.demonstration.board.resources import priorities
from service.demonstration.board.resources import resources as recommended
from service.demonstration.dissemination.items import disseminations, register
from service.demonstration.improvement.actions import actions, supervision
from service.demonstration.improvement.reviews import reviews
from service.demonstration.returns.reporting import reports
from service.demonstration.returns.rounds import returns
from service.demonstration.script import Line, in_order
from service.demonstration.script.files import Files
from service.demonstration.training.sessions import sessions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOARD: Final = "Severnbrook Safeguarding Children Board"
ORIGIN: Final = "log.severnbrook.example/demonstration"
BEGUN: Final = datetime(2014, 9, 1, 8, tzinfo=LONDON)  # when the log is established, an hour before the first line
TODAY: Final = datetime(2021, 9, 30, 12, tzinfo=LONDON)
FILE: Final = "severnbrook.jsonl"


def lines() -> tuple[list[dict[str, Any]], Files]:
    """Return every line in the order of recording, and the evidence files that they cite."""
    evidence = Files()
    return list(in_order(_told(evidence))), evidence


def _told(evidence: Files) -> Iterator[Line]:
    """Yield what is told of each chapter. On one day, an earlier chapter comes first."""
    partnership, programme, meeting = _table("board/partnership"), _table("board/programme"), _table("board/meetings")
    dirt, sent, asked = _table("board/dirt"), _table("dissemination"), _table("returns/rounds")
    asked |= {"meetings": programme["meetings"], "staff": sent["staff"], "answers": _table("returns/answers")}
    yield from chain(
        people(partnership),
        board(programme),
        meetings(programme, meeting, asked, partnership, evidence),
        reviews(_table("improvement/reviews")),
        keys(dirt, ORIGIN),
        actions(_table("improvement/actions"), partnership, evidence),
        supervision(_table("improvement/supervision"), partnership, evidence),
        amendments(dirt),
        priorities(meeting["priorities"]),
        register(sent),
        disseminations(sent, partnership, evidence),
        sessions(_table("training"), programme["programme"], sent["staff"], erased(dirt)),
        returns(asked, partnership),
        reports(_table("returns/reports")),
        requests(dirt),
        recommended(meeting["resources"], partnership),
    )


def write(folder: Path) -> Path:
    """Write the lines into `folder`, and the files that they cite into its `evidence`; return the path of the lines."""
    said, evidence = lines()
    (folder / "evidence").mkdir(parents=True, exist_ok=True)
    for name, text in evidence.contents.items():
        (folder / "evidence" / name).write_text(text, encoding="utf-8")
    path = folder / FILE
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False, default=_day)}\n" for line in said), encoding="utf-8")
    return path


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources(__package__).joinpath("tables", f"{name}.toml").read_text(encoding="utf-8"))


def _day(value: date | datetime) -> str:
    return value.isoformat()
