"""Tell a log the demonstration: line by line through the door by which everybody comes, in batches, as the import does.

Two things need more than the import does. Whom chance picked depends on the log's own keys, so a call to somebody who was drawn says
only at which place in the drawn order (`drawn:0`), and here the number is put in its place. And a line that nobody says, because it has
no `by`, is what the service does by itself: it is recorded as `muniment work` would have on its day.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.ladder import Notice
from aggregates.errors import Refused
from aggregates.framework.telling.notices import Obligation, Owed
from aggregates.training_session import TrainingSession
from service.demonstration.dissemination.notices import TOLD
from service.desk.bringing_in.importer import BATCH, Report, submission
from service.verbs.notices import BY_ITSELF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from service.application import Board
    from service.desk.accounts import Caller

    Said = Mapping[str, Any]

DRAWN: Final = "drawn:"
ALONE: Final = {"draw_telephone_sample", "publish_return"}  # each rests on what is in the log before it, so it is recorded by itself


def tell(board: Board, caller: Caller, lines: Iterable[Said], folder: Path, *, recorded: Callable[[int], object] | None = None) -> Report:
    """Record the lines that are not on record; `folder` has the files that they name. What was refused is in the report.

    `recorded` hears after each batch how much the log held before it.
    """
    report = Report()
    for batch in _batches(enumerate(lines, 1)):
        before = board.recorder.size
        keys = [_key(line) for _, line in batch]
        known = board.on_record(caller, keys) | board.on_record(BY_ITSELF, keys)
        fresh = [(number, line) for number, line in batch if _key(line) not in known and not _told(board, line)]
        report.skipped += len(batch) - len(fresh)
        while fresh:
            done, why = _together(board, caller, fresh, folder)
            if why is not None:  # nothing is recorded: what came before the line that was refused goes again
                report.refused.append((fresh[done][0], why))
                if done:
                    _together(board, caller, fresh[:done], folder)
            report.recorded += done
            fresh = fresh[done + (why is not None) :]
        if recorded:
            recorded(before)
    return report


def _told(board: Board, line: Said) -> bool:
    """Say whether a notice is on record."""
    told: Obligation | None = board.find(Obligation, line["ref"]) if line["do"] == TOLD else None
    return told is not None and any(str(entry.occurred_on) == line["occurred_on"] for entry in told.entries)


def _key(line: Said) -> str:
    """Return the idempotency key of a line; of what the service does by itself, the one that it uses."""
    return str(line["key"]) if "by" in line or line["do"] == TOLD else f"follow-up/{line['ref']}/{line['fields']['number']}/0"


def _batches(numbered: Iterator[tuple[int, Said]]) -> Iterator[list[tuple[int, Said]]]:
    batch: list[tuple[int, Said]] = []
    for number, line in numbered:
        if batch and (line["do"] in ALONE or len(batch) == BATCH):
            yield batch
            batch = []
        batch.append((number, line))
    if batch:
        yield batch


def _together(board: Board, caller: Caller, batch: Sequence[tuple[int, Said]], folder: Path) -> tuple[int, str | None]:
    """Record a batch in one transaction, and return how many lines that were; and why the next was refused: then none is recorded."""
    done = 0
    if batch[0][1]["do"] in ALONE:
        return _alone(board, caller, batch[0][1], folder)
    try:
        with board.together():
            for _, line in batch:
                if "by" in line:
                    board.act(caller, submission(_drawn(board, line), board, caller, folder))
                else:
                    _by_itself(board, line)
                done += 1
    except Refused as refused:
        return done, str(refused)
    return done, None


def _alone(board: Board, caller: Caller, line: Said, folder: Path) -> tuple[int, str | None]:
    try:
        board.act(caller, submission(line, board, caller, folder))
    except Refused as refused:
        return 0, str(refused)
    return 1, None


def _by_itself(board: Board, line: Said) -> None:
    today, at = date.fromisoformat(line["occurred_on"]), datetime.fromisoformat(line["at"])
    if line["do"] == TOLD:
        said = line["fields"]
        owed = said["owed"]
        due, since = date.fromisoformat(owed["due_on"]), date.fromisoformat(owed["since"])
        notice = Notice(said["level"], said["days"], today, 0)
        told = {"to_office": said["to_office"], "vacant_offices": tuple(said["vacant_offices"]), "today": today, "at": at}
        board.issue_obligation_notice(Owed(owed["clause"], owed["owner"], owed["subject"], due, since), notice, **told)
        return
    board.issue_due_follow_up(line["ref"], line["fields"]["number"], today=today, at=at)


def _drawn(board: Board, line: Said) -> Said:
    """Return the line with the number of whoever was drawn at the place that it names."""
    number = line["fields"].get("number")
    if not isinstance(number, str) or not number.startswith(DRAWN):
        return line
    session: TrainingSession = board.load(TrainingSession, line["ref"])
    draws = session.state.draws if session.state else ()
    draw = next((one for one in draws if one.draw == line["fields"]["draw"]), None)
    if draw is None:  # the command says so better
        return line
    return {**line, "fields": {**line["fields"], "number": draw.order[int(number.removeprefix(DRAWN))]}}
