"""What is about a person is kept under that person's key alone."""

from __future__ import annotations

from base64 import b64encode
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from aggregates.entry.values import Sealed
from service.ledger.errors import BadStatement, SealedValueDamaged, SubjectErased
from tests.service.ledger.sample import DAY, Note, Sample

NAME = "Ann Example-Nightingale"


def everything(config):
    """Return every value of every table of the database, as one heap of bytes."""
    tables = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
    with psycopg.connect(config.conninfo("owner")) as conn:
        rows = [
            row
            for name in conn.execute(tables).fetchall()
            for row in conn.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(*name)))
        ]
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


def spellings(text):
    """Return a text as it would stand in the clear, in hexadecimal, and inside base64 at each of its three offsets."""
    raw = text.encode()
    middles = [b64encode(bytes(shift) + raw)[4 * (shift > 0) + 4 : -8] for shift in range(3)]
    return [raw, raw.hex().encode(), *middles]


def about(notes, person, name=NAME):
    """Record a note that names somebody."""
    note = notes.open(person=person)
    note.name_person(person, name)
    notes.save(note)
    return note


def test_never_in_the_clear(database, notes):
    """A personal value is nowhere in the database in a readable form: not in the leaf, nor beside it, nor in a view."""
    about(notes, uuid4())
    notes.open(title=NAME[::-1])
    heap = everything(database)
    assert not [text for text in spellings(NAME) if text in heap]
    assert any(text in heap for text in spellings(NAME[::-1])), "the search would have found a value that is in the clear"


def test_revealed(notes):
    """Whoever holds the wrapping key reads it again; an aggregate that is read back only knows whom it is about."""
    person = uuid4()
    note = about(notes, person)
    assert notes.subjects.reveal(3, "name") == NAME
    assert notes.subjects.reveal_all([2, 3]) == {(2, "by_person"): str(person), (3, "name"): NAME}
    assert notes.repository.get(note.id).entries[1].body["name"] == Sealed(person)


def test_not_there(notes):
    """Where nothing was sealed, or its key is gone, there is nothing to reveal."""
    assert notes.subjects.reveal(1, "name") is None
    assert notes.subjects.reveal(99, "name") is None


def test_erased(database, notes):
    """Once a subject's key is gone nothing of theirs is read, nothing more is sealed, and everything else reads as before."""
    person = uuid4()
    note = about(notes, person)
    with psycopg.connect(database.conninfo("owner")) as conn:
        conn.execute("DELETE FROM sealed.subject_key WHERE subject = %s", (person,))
    assert notes.subjects.reveal(3, "name") is None
    with pytest.raises(SubjectErased):
        about(notes, person)
    assert notes.repository.get(note.id).entries[1].body["name"] == Sealed(person)


def test_other_wrapping_key(database, notes):
    """A wrong wrapping key is said to be wrong: it is no erasure."""
    about(notes, uuid4())
    with Sample(database, wrapping_key=b"X" * 32) as elsewhere, pytest.raises(SealedValueDamaged, match="wrapping key"):
        elsewhere.subjects.reveal(3, "name")


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE sealed.value SET ciphertext = set_byte(ciphertext, 20, get_byte(ciphertext, 20) # 1)",
        "UPDATE sealed.value SET ciphertext = (SELECT ciphertext FROM sealed.value WHERE position = 2) WHERE position = 3",
        "UPDATE sealed.value SET ciphertext = ''",
    ],
)
def test_tampered(database, notes, tampering):
    """A sealed value that was changed, moved or cut is refused by name."""
    about(notes, uuid4())
    with psycopg.connect(database.conninfo("owner")) as conn:
        conn.execute(tampering)
    with pytest.raises(SealedValueDamaged):
        notes.subjects.reveal(3, "name")


def test_key_moved_to_another_subject(database, notes):
    """A subject's key is bound to the subject: another's cannot be put in its place."""
    about(notes, uuid4())
    about(notes, uuid4())
    with psycopg.connect(database.conninfo("owner")) as conn:
        conn.execute("UPDATE sealed.subject_key k SET wrapped = o.wrapped FROM sealed.subject_key o WHERE o.subject <> k.subject")
    with pytest.raises(SealedValueDamaged):
        notes.subjects.reveal(3, "name")


def test_new_subject_at_once(database, notes):
    """Two writers that make one new subject's key at once agree: what either sealed can be read, what was in flight too."""
    person = uuid4()
    with Sample(database) as other:

        def event(app, name):
            note = Note.open(Note.PersonNamedFirst, uuid4(), ref=name, name=Sealed(person, name), occurred_on=DAY)
            return app.mapper.to_stored_event(note.collect_events()[0])

        ours, theirs, later = event(notes, "one"), event(other, "two"), event(other, "three")
        notes.recorder.insert_events([ours])
        other.recorder.insert_events([theirs])
        other.recorder.insert_events([later])
        other.recorder.insert_events([event(other, "four")])
        for app in (notes, other):
            assert list(app.subjects.reveal_all(range(2, 6)).values()) == ["one", "two", "three", "four"]


def test_a_value_is_sealed_once(notes):
    """What was read back is only a pointer; it is not recorded again as if it said something."""
    person = uuid4()
    note = Note.open(Note.PersonNamedFirst, uuid4(), ref="r", name=Sealed(person), occurred_on=DAY)
    with pytest.raises(BadStatement, match="clear text"):
        notes.save(note)


def test_only_the_writer_reads_sealed_values(database, notes):
    """Neither the projector nor the reader is granted what is sealed."""
    about(notes, uuid4())
    for role in ("projector", "reader"):
        with psycopg.connect(database.conninfo(role)) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT FROM sealed.value")
