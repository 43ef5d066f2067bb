"""Drawing again: every telephone sample of a training session, from the log itself or from a sealed pack."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click
import psycopg

from aggregates.entry import stream_id
from aggregates.training_session import TrainingSession
from service.cli.opening import board as opened_board
from service.cli.output import clocks, show
from service.cli.reading import fixed, titled
from service.desk.refusals import NotFound
from service.ledger.pack import samples
from service.ledger.pack.reading import Told, amended
from service.ledger.reading import read_kinds
from service.verify import open_sealed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from projections.two_clocks.clocks import Clocks
    from service.application import Board

COLUMNS: Final = {
    "draw": "Draw",
    "position": "Event",
    "population": "Population",
    "checkpoint": "Checkpoint",
    "selected": "Selected",
    "verdict": "Drawn again",
}
FIRST_SEALING: Final = "SELECT min(size) AS size FROM ledger.checkpoint WHERE size >= %s"


@click.command()
@click.argument("session")
@clocks
@click.option("--pack", type=click.Path(exists=True), help="Draw from a sealed pack, offline, instead of from the log.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", help="How to print it.")
def sample(session: str, as_at: date | None, known_at: Any, pack: str | None, form: str) -> None:
    """Draw the telephone sample of SESSION again, and say whether it is what was drawn (INV-24).

    Every draw is drawn again from the log itself: who was there when the attendance was closed, and the checkpoint that fixes it.

    --as-at leaves out the draws that were made after that day, --known-at everything that was recorded later: amendments too.

    Example: muniment sample AIACP-2016-11 --known-at 2017-03-24

    Exit codes: 0 every draw is what was drawn, 1 one is not, or there is no such session.
    """
    if pack is not None:
        if as_at is not None or known_at is not None:
            raise click.UsageError("A pack holds what was known when it was sealed: --as-at and --known-at are for the log")
        sys.exit(samples.main([pack, "--session", session]))
    with opened_board() as board, psycopg.connect(board.config.conninfo("reader")) as conn:
        # Without clocks it is the whole log: what the views have not reached yet is drawn again too.
        at = None if as_at is None and known_at is None else fixed(conn, board.config, as_at, known_at)
        found = list(again(board, session, at))
        drawn = f"{len(found)} {'draw' if len(found) == 1 else 'draws'} of {session}, drawn again from the log"
        title = titled(conn, drawn, at) if at else drawn
    rows = [{**one._asdict(), "selected": ", ".join(one.selected), "verdict": "; ".join(one.wrong) or "exactly this"} for one in found]
    show(rows, COLUMNS, form, title=title)
    sys.exit(1 if any(one.wrong for one in found) else 0)


def again(board: Board, session: str, at: Clocks | None = None) -> Iterator[samples.Redrawn]:
    """Draw the samples of a session again from its verified entries; refuse what is not the first checkpoint that seals the closing.

    At two clocks: of the draws that are known at a position, those of a day and before it.
    """
    size = board.recorder.seen()[0] if at is None else at.known_at
    stream = str(stream_id(board.origin, TrainingSession.TOPIC, session))
    with board.datastore.get_connection() as conn:
        read = read_kinds(conn, board.registry.find, size=size, asked=0, kinds=r"^training_session\.", streams=[stream])
        told = [Told(e.position, str(e.stream), e.version, e.topic, e.jti, dict(e.fields)) for e in read]
    if not told:
        raise NotFound(kind="session", ref=session)
    sealed = _Sealed(board)
    later = {one.told.position for one in amended(told) if at is not None and str(one.fields["occurred_on"]) > at.as_at.isoformat()}
    for one in samples.redraw(told, sealed.root):
        if one.position in later:
            continue
        closed = [e.position for e in told if e.evt == samples.CLOSED and e.position < one.position]
        first = sealed.first(closed[-1]) if closed else None
        late = () if first == one.checkpoint else ("its checkpoint is not the first that seals the closing",)
        yield one._replace(wrong=(*one.wrong, *late))


@dataclass(frozen=True)
class _Sealed:
    """The checkpoints of the log."""

    board: Board

    def root(self, size: int) -> str:
        """Return the root of a checkpoint that the log's own key signed; nothing where there is none of this size."""
        note = self.board.recorder.checkpoint_at(size)
        return open_sealed(note, self.board.recorder.sealers).root.hex() if note else ""

    def first(self, position: int) -> int | None:
        """Return the size of the first checkpoint that seals a position."""
        with self.board.datastore.get_connection() as conn:
            row: Any = conn.execute(FIRST_SEALING, (position,)).fetchone()
        return row["size"] if row else None
