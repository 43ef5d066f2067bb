"""INV-40: what a view calls public is made of public fields alone, whatever else was recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from aggregates.entry.fields import fields_by_name
from aggregates.entry.topics import event_type
from projections.two_clocks import catch_up
from projections.two_clocks.catch_up import VIEWS
from projections.two_clocks.public import PUBLIC
from tests.api.pages.whole import fill
from tests.databases import fresh_database

if TYPE_CHECKING:
    from aggregates.entry.fields import Field
    from projections.two_clocks.decoded_log import Decoded

OTHER = " (which is not for the public)"


def otherwise(field: Field, value: Any) -> Any:
    """Return another value of the same kind: of what identifies, or points at a person, the same."""
    if field.choices:
        others = [choice for choice in field.choices if choice != value]
        return value if field.many or not others else others[0]
    if isinstance(value, str) and field.kind is str:
        return value + OTHER
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list) and field.kind is str:
        return [one + OTHER for one in value]
    return value


def in_private(entry: Decoded) -> Decoded:
    """Return an entry of which every field that is not public says something else."""
    kinds = fields_by_name(event_type(entry.topic))
    private = {name: value for name, value in entry.fields.items() if kinds[name].sensitivity in {"partners", "restricted"}}
    return replace(entry, fields={**entry.fields, **{name: otherwise(kinds[name], value) for name, value in private.items()}})


@pytest.fixture
def told(seeded, postgres, tmp_path) -> list[dict[str, list[dict[str, Any]]]]:
    """Give every row of every view of a board with one of everything, and of one of which all that is not public says something else."""
    fill(seeded)
    seeded.act("riv-lead", "answer_challenge", "CH-1", answer="The rota was not agreed", what_changed="It is")
    seeded.act("riv-lead", "accept_action", "A1")
    seeded.act("riv-lead", "report_progress", "A1", rag="amber", narrative="Half of it is read")
    with psycopg.connect(seeded.config.conninfo("reader")) as conn:
        log = list(seeded.source(conn)(0, 10_000))
    found = []
    for number, entries in enumerate((log, list(map(in_private, log)))):
        with fresh_database(postgres, tmp_path / str(number)) as config:
            conn = psycopg.connect(config.conninfo("projector"), autocommit=True, row_factory=dict_row)
            with conn:
                found.append(_rows(conn, entries))
    return found


def _rows(conn: psycopg.Connection[Any], entries: list[Decoded]) -> dict[str, list[dict[str, Any]]]:
    plain = psycopg.connect(conn.info.dsn, autocommit=True)
    with plain:
        catch_up.create_all(plain)
        catch_up.catch_up(plain, lambda after, limit: entries[after : after + limit])
    every = SQL("SELECT * FROM {} ORDER BY key, valid, known")
    return {view.table: conn.execute(every.format(Identifier("views", view.table))).fetchall() for view in VIEWS}


def test_inv_40_what_is_public_of_a_view_follows_from_public_fields_alone(told):
    """INV-40: let every field that is not public say something else, and nothing changes in what any view calls public."""
    as_it_is, in_other_words = told
    for table, columns in PUBLIC.items():
        each = [[{name: row[name] for name in ("key", *columns)} for row in rows[table]] for rows in (as_it_is, in_other_words)]
        unlike = {name for one, other in zip(*each, strict=False) for name in one if one[name] != other[name]}
        assert (table, unlike) == (table, set())
    assert as_it_is["challenges"] != in_other_words["challenges"]  # what is not public did say something else


def test_inv_40_a_view_is_not_public_but_for_what_is_named():
    """INV-40: a column is shown to the public because it is named; each is there, and of people and inspections there is none."""
    columns = {view.table: set(view.columns) for view in VIEWS}

    assert {table: named - columns[table] for table, named in PUBLIC.items() if named - columns[table]} == {}
    assert not PUBLIC.keys() & {"people", "inspections", "inspection_history"}
