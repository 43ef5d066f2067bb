"""Tell a log the demonstration: line by line through the door by which everybody comes, in batches, as the import does.

One thing needs more than the import does. Whom chance picked depends on the log's own keys, so a call to somebody who was drawn says
only at which place in the drawn order (`drawn:0`), and here the number is put in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.errors import Refused
from aggregates.training_session import TrainingSession
from service.desk.importer import BATCH, Report, submission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from service.application import Board
    from service.desk.accounts import Caller

    Said = Mapping[str, Any]

DRAWN: Final = "drawn:"
DRAW: Final = "draw_telephone_sample"  # rests on a checkpoint after what came before it, so it is the first of a batch


def tell(board: Board, caller: Caller, lines: Iterable[Said], folder: Path, *, recorded: Callable[[int], object] | None = None) -> Report:
    """Record the lines that are not on record; `folder` has the files that they name. What was refused is in the report.

    `recorded` hears after each batch how much the log held before it.
    """
    report = Report()
    for batch in _batches(enumerate(lines, 1)):
        before = board.recorder.size
        known = board.on_record(caller, [line["key"] for _, line in batch])
        fresh = [(number, line) for number, line in batch if line["key"] not in known]
        report.skipped += len(batch) - len(fresh)
        while fresh and (refused := _together(board, caller, fresh, folder)):
            report.refused.append(refused)
            fresh = [(number, line) for number, line in fresh if number != refused[0]]
        report.recorded += len(fresh)
        if recorded:
            recorded(before)
    return report


def _batches(numbered: Iterator[tuple[int, Said]]) -> Iterator[list[tuple[int, Said]]]:
    batch: list[tuple[int, Said]] = []
    for number, line in numbered:
        if batch and (line["do"] == DRAW or len(batch) == BATCH):
            yield batch
            batch = []
        batch.append((number, line))
    if batch:
        yield batch


def _together(board: Board, caller: Caller, batch: list[tuple[int, Said]], folder: Path) -> tuple[int, str] | None:
    """Record a batch in one transaction; return the line that was refused, and why: then none of them is recorded."""
    tried = batch[0]
    try:
        with board.together():
            for tried in batch:
                board.act(caller, submission(_drawn(board, tried[1]), board, caller, folder))
    except Refused as refused:
        return tried[0], str(refused)
    return None


def _drawn(board: Board, line: Said) -> Said:
    """Return the line with the number of whoever was drawn at the place that it names."""
    number = line["fields"].get("number")
    if not isinstance(number, str) or not number.startswith(DRAWN):
        return line
    session: TrainingSession = board.load(TrainingSession, line["ref"])
    draws = session.state.draws if session.state else ()
    draw = next(one for one in draws if one.draw == line["fields"]["draw"])
    return {**line, "fields": {**line["fields"], "number": draw.order[int(number.removeprefix(DRAWN))]}}
