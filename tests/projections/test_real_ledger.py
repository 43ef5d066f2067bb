"""The views over a real ledger: what was signed and sealed is what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg.sql import SQL, Identifier

from aggregates.clocks.dates import london
from aggregates.entry import stream_id
from projections import action_register
from projections.action_register import ActionRegister
from projections.inspection import history as inspection_history
from projections.two_clocks import catch_up, decoded_log
from projections.two_clocks.clocks import clocks
from tests.boards import ORIGIN

if TYPE_CHECKING:
    from tests.boards import Seeded

TABLES = (decoded_log.TABLE, *(view.table for view in catch_up.VIEWS))
EVERYTHING = {name: SQL("SELECT * FROM {} ORDER BY 1, 2, 3").format(Identifier("views", name)) for name in TABLES}


def test_the_register_shows_the_state_of_each_action(seeded: Seeded) -> None:
    """At today and head the register is what each action's aggregate, read back from its signed statements, says of itself."""
    seeded.act("riv-lead", "accept_action", "A1")
    seeded.act("riv-lead", "report_progress", "A1", rag="amber", narrative="Two of three wards")
    seeded.act("chair", "correct_entry", "A1", about="action", amends=1, corrected={"title": "Follow up"}, reason="Shorter")
    position = seeded.catch_up()

    with psycopg.connect(seeded.config.conninfo("reader")) as conn:
        at = clocks(conn, today=london(seeded.clock()))
        rows = {row.ref: row for row in action_register.register(conn, as_at=at.as_at, known_at=at.known_at)}
    assert at.known_at == at.head == position
    for ref in ("A1", "A2"):
        state = seeded.board.repository.get(stream_id(ORIGIN, "action", ref)).state
        shown = dict(zip(ActionRegister.columns, ActionRegister().row(state), strict=True))
        for name in ("title", "owner", "due_on", "original_due_on", "status", "rag", "assigned_on", "days_late_when_redated"):
            assert getattr(rows[ref], name) == shown[name]
    assert (rows["A1"].title, rows["A1"].rag) == ("Follow up", "amber")


def test_every_view_can_be_rebuilt_from_the_ledger(seeded: Seeded) -> None:
    """Read again from the ledger's bytes, verified again, every view has the same rows."""
    seeded.open_inspection()
    seeded.catch_up()
    with psycopg.connect(seeded.config.conninfo("projector"), autocommit=True) as conn:
        before = {name: conn.execute(query).fetchall() for name, query in EVERYTHING.items()}
        catch_up.rebuild_views(conn, seeded.source(conn))

        assert {name: conn.execute(query).fetchall() for name, query in EVERYTHING.items()} == before
    assert before[decoded_log.TABLE]
    assert before["action_register"]


def test_names_never_reach_the_views(seeded: Seeded) -> None:
    """A name that was sealed is nowhere in the views: where it was, stands whom it is about."""
    position = seeded.catch_up()
    with psycopg.connect(seeded.config.conninfo("projector"), autocommit=True) as conn:
        text = "\n".join(str(row) for query in EVERYTHING.values() for row in conn.execute(query))
        registered = inspection_history.history(conn, known_at=position, kind="subject")

    assert "riv-lead@severnbrook.example" not in text
    assert "The riv-lead" not in text
    assert {entry.body["name"]["sealed"] for entry in registered} == {entry.ref for entry in registered}
