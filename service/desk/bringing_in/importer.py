"""The import: lines, each its own command, through the same door as everybody's. So real history comes in.

One that is refused is reported by its number, and the others go on. A line whose `key` is on record is skipped, so an import that was
interrupted is simply run again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from aggregates.errors import Refused
from service.desk.bringing_in.lines import read, with_files
from service.ledger.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from service.application import Board
    from service.desk.accounts import Caller
    from service.desk.submission import Submission

BATCH = 250  # commands that share a transaction


@dataclass
class Report:
    """What became of the lines; of those refused, the number and the sentence."""

    recorded: int = 0
    skipped: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Numbered:
    number: int
    said: str | Mapping[str, Any]


def import_lines(
    board: Board,
    caller: Caller,
    lines: Iterable[str | Mapping[str, Any]],
    folder: Path,
    *,
    progress: Callable[[int], object] | None = None,
) -> Report:
    """Record what the lines say, with the caller's authority; `folder` has the files that they name.

    `progress` hears the number of each batch's last line. Nothing is raised for a line: what is wrong with it is in the report.
    """
    report = Report()
    numbered = (_Numbered(n, said) for n, said in enumerate(lines, 1) if not isinstance(said, str) or said.strip())
    batches = _Batches(board, caller, folder, report)
    while batch := list(islice(numbered, BATCH)):
        batches.record(batch)
        if progress:
            progress(batch[-1].number)
    report.refused.sort()
    return report


@dataclass
class _Batches:
    """Lines that share transactions, as far as none of them is refused."""

    board: Board
    caller: Caller
    folder: Path
    report: Report
    known: set[str] = field(default_factory=set)  # keys that are on record, or were tried

    def record(self, lines: Sequence[_Numbered]) -> None:
        """Record the lines: those that can be together, and alone where what they share is refused when it is written."""
        submissions = list(self._read(lines))
        self.known |= self.board.on_record(self.caller, [str(it.key) for _, it in submissions])
        while submissions:
            if str(submissions[0][1].key) in self.known:
                taken = 1
                self._alone(*submissions[0])
            else:
                taken = self._together(submissions)
            del submissions[:taken]

    def _read(self, lines: Iterable[_Numbered]) -> Iterator[tuple[int, Submission]]:
        for line in lines:
            try:
                yield line.number, submission(line.said, self.board, self.caller, self.folder)
            except Refused as error:
                self.report.refused.append((line.number, str(error)))

    def _together(self, submissions: Sequence[tuple[int, Submission]]) -> int:
        """Record lines in one transaction until one is refused or known, and return how many that were."""
        outcome, tried = Report(), 0
        try:
            with self.board.together():
                for number, it in submissions:
                    if str(it.key) in self.known:
                        break
                    self.known.add(str(it.key))
                    tried += 1
                    try:
                        self.board.act(self.caller, it)
                    except Refused as error:  # what it had loaded is in doubt
                        outcome.refused.append((number, str(error)))
                        break
                    outcome.recorded += 1
        except Refusal:  # of the transaction, not of a line: a clock went back, or somebody else was first
            for number, it in submissions[:tried]:
                self._alone(number, it)
        else:
            self._add(outcome)
        return tried

    def _alone(self, number: int, it: Submission) -> None:
        outcome = Report()
        try:
            before = self.board.answered(self.caller, it)
            if before is None:
                self.board.act(self.caller, it)
            outcome = Report(skipped=int(before is not None), recorded=int(before is None))
        except (Refused, Refusal) as error:
            outcome = Report(refused=[(number, str(error))])
        self._add(outcome)

    def _add(self, outcome: Report) -> None:
        self.report.recorded += outcome.recorded
        self.report.skipped += outcome.skipped
        self.report.refused += outcome.refused


def submission(said: str | Mapping[str, Any], board: Board, caller: Caller, folder: Path) -> Submission:
    """Return the command that a line says, its files received; refuses what a line cannot be."""

    def receive(path: Path) -> str:
        with path.open("rb") as stream:
            return board.receive(stream, path.name, caller).sha256

    return with_files(read(said), folder, receive)
