"""A stored event is what was signed, to the byte, or it is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.persistence import StoredEvent

from aggregates.entry.fields import shape
from service.ledger.errors import BadStatement, NotAStatement
from service.ledger.statement import StatementKey
from service.verify import b64url, unb64url
from tests.service.ledger.sample import DAY, KEY, ORIGIN, Note


def stored(notes):
    """Record a note about a person, and return its first event as it is stored."""
    note = notes.open(person=uuid4())
    return notes.recorder.select_events(note.id)[0]


def claims_of(state):
    """Return the payload of a statement."""
    return json.loads(unb64url(state.split(b".")[1].decode()))


def test_what_is_signed(notes):
    """The payload has exactly these claims, a digest for every field of the event, and no decoy."""
    event = stored(notes)
    claims = claims_of(event.state)
    assert set(claims) == {"_sd", "_sd_alg", "assurance", "aud", "evt", "iat", "iss", "jti", "seen", "stream", "sver"}
    assert len(claims["_sd"]) == len(shape(Note.Opened))
    assert claims["_sd"] == sorted(claims["_sd"])
    assert (claims["aud"], claims["iss"], claims["assurance"]) == (ORIGIN, KEY.holder, "service-attested")
    assert (claims["evt"], claims["stream"], claims["sver"]) == ("note.opened.v1", str(event.originator_id), 1)
    assert claims["seen"]["size"] == 1
    assert len(unb64url(claims["jti"])) == 16


def test_absent_fields_are_null(notes):
    """An event of a kind always has the same fields: what is not said is disclosed as null."""
    note = notes.open()
    _, *disclosures, _ = notes.recorder.select_events(note.id)[0].state.decode().split("~")
    said = {name: value for _, name, value in (json.loads(unb64url(d)) for d in disclosures)}
    assert said.keys() == {f.name for f in shape(Note.Opened)}
    assert (said["by_person"], said["late_reason"], said["occurred_on"]) == (None, None, "2027-03-31")


def test_salts_are_never_used_twice(notes):
    """Two equal values in two events have unlike digests, so a digest tells nothing to who guesses."""
    digests = [digest for _ in range(3) for digest in claims_of(stored(notes).state)["_sd"]]
    assert len(set(digests)) == len(digests)


def test_round_trip(notes):
    """What is read is what was recorded, with the time that its signer claimed."""
    note = notes.open(person=uuid4())
    note.write('A line with “every” kind of text: \u2028 \x07 😀 \\ "')
    notes.save(note)
    again = notes.repository.get(note.id)
    assert (again.entries, again.state) == (note.entries, note.state)
    assert (datetime.now(UTC) - again.created_on).total_seconds() < 3600


@pytest.mark.parametrize("part", range(9))
def test_every_part_counts(notes, part):
    """One character changed anywhere in a stored event, and it is refused."""
    event = stored(notes)
    state = bytearray(event.state.rpartition(b"~")[0] + b"~")
    at = part * (len(state) - 1) // 8
    at -= state[at] in b"~."
    state[at] = ord("A") if state[at] != ord("A") else ord("B")
    pointers = event.state.rpartition(b"~")[2]
    with pytest.raises(BadStatement):
        notes.mapper.to_domain_event(StoredEvent(event.originator_id, event.originator_version, event.topic, bytes(state) + pointers))


@pytest.mark.parametrize(
    "change",
    [
        lambda e: StoredEvent(uuid4(), e.originator_version, e.topic, e.state),
        lambda e: StoredEvent(e.originator_id, 2, e.topic, e.state),
        lambda e: StoredEvent(e.originator_id, e.originator_version, "note.written.v1", e.state),
        lambda e: StoredEvent(e.originator_id, e.originator_version, "os.system", e.state),
    ],
)
def test_filed_as_something_else(notes, change):
    """A row that says another stream, version or topic than was signed is refused before its topic is resolved."""
    with pytest.raises(BadStatement, match="the signature says"):
        notes.mapper.to_domain_event(change(stored(notes)))


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts[:1] + parts[2:],
        lambda parts: [*parts[:-1], parts[1], parts[-1]],
        lambda parts: [*parts[:-1], b64url(b'["AAAAAAAAAAAAAAAAAAAAAA","ref","x"]'), parts[-1]],
        lambda parts: [*parts[:-1], ""],
        lambda parts: [*parts[:-1], json.dumps(2 * json.loads(parts[-1]))],
        lambda parts: [*parts[:-1], json.dumps([[*json.loads(parts[-1])[0][:2], "A" * 43]])],
        lambda parts: [*parts[:-1], "[[]]"],
        lambda parts: [*parts[:-1], "{"],
    ],
)
def test_fields_added_or_taken_away(notes, change):
    """A disclosure or a pointer that is missing, doubled, changed or was never signed is refused."""
    event = stored(notes)
    state = "~".join(change(event.state.decode().split("~"))).encode()
    with pytest.raises(BadStatement):
        notes.mapper.to_domain_event(StoredEvent(event.originator_id, event.originator_version, event.topic, state))


def test_other_fields_than_the_event_has(notes):
    """An event whose signed fields are not those of its kind is refused: a new shape needs a new version."""
    for fields in ({"line": "x"}, {f.name: None for f in shape(Note.Written)} | {"line": "x", "occurred_on": "2027-03-31", "more": 1}):
        stream = uuid4()
        state = KEY.attest("note.written.v1", str(stream), 1, notes.recorder.seen(), fields)
        with pytest.raises(BadStatement, match="other fields"):
            notes.mapper.to_domain_event(StoredEvent(stream, 1, "note.written.v1", state))


def test_a_personal_field_in_the_clear(notes):
    """A personal value that is disclosed like any other is refused: it has no business there."""
    stream = uuid4()
    fields = {f.name: None for f in shape(Note.PersonNamed)} | {"name": "Ann", "occurred_on": "2027-03-31"}
    state = KEY.attest("note.person_named.v1", str(stream), 1, notes.recorder.seen(), fields)
    with pytest.raises(BadStatement, match="other fields"):
        notes.mapper.to_domain_event(StoredEvent(stream, 1, "note.person_named.v1", state))


def signed(payload, header=None):
    """Return a statement whose payload is these bytes, signed by the service's key."""
    unsigned = f"{header or KEY.header}.{b64url(payload)}"
    return f"{unsigned}.{b64url(KEY.private.sign(unsigned.encode()))}~".encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"sver":1', '"sver":1,"sver":1'),
        ('"sver":1', '"sver": 1'),
        ('"sver":1', '"sver":1.0'),
        ('"sver":1', '"sver":true'),
        ('"sver":1', '"sver":1,"x":1'),
        ('"_sd_alg":"sha-256"', '"_sd_alg":"sha-512"'),
        (ORIGIN, "other.example/log1"),
        (KEY.holder, "somebody.example"),
        ('"service-attested"', '"actor-signed"'),
    ],
)
def test_claims_are_read_strictly(notes, before, after):
    """Even rightly signed, a payload is refused that has other claims, or writes them in any other way."""
    stream = UUID(int=1)
    good = unb64url(KEY.attest("note.written.v1", str(stream), 1, notes.recorder.seen(), {}).split(b".")[1].decode()).decode()
    assert before in good
    event = StoredEvent(stream, 1, "note.written.v1", signed(good.replace(before, after).encode()))
    with pytest.raises(BadStatement):
        notes.mapper.to_domain_event(event)


def test_the_header_decides_nothing(notes):
    """The key is found by the whole header, so neither its algorithm nor its type is the attacker's to choose."""
    payload = unb64url(stored(notes).state.split(b".")[1].decode())
    for header in ({"alg": "none"}, {"alg": "EdDSA", "kid": KEY.thumbprint}, {"alg": "EdDSA", "kid": KEY.thumbprint, "typ": "JWT"}):
        event = StoredEvent(uuid4(), 1, "note.opened.v1", signed(payload, b64url(json.dumps(header).encode())))
        with pytest.raises(BadStatement, match="no key of this log"):
            notes.mapper.to_domain_event(event)


def test_edited_row(database, notes):
    """A row that its database's owner has edited is not read."""
    event = stored(notes)
    with psycopg.connect(database.conninfo("owner")) as conn:
        conn.execute("UPDATE ledger.disclosure SET disclosures = replace(disclosures, 'a', 'b') WHERE position = 2")
    with pytest.raises(BadStatement):
        notes.repository.get(event.originator_id)


@pytest.mark.parametrize("value", ["\ud800", 2**53, 1.5, float("nan"), {"ä": {1: 2}}, object()])
def test_what_cannot_be_written_for_every_reader(value):
    """A value that readers of JSON could take differently, or not at all, is refused before it is signed."""
    with pytest.raises(NotAStatement):
        KEY.attest("note.written.v1", str(uuid4()), 1, (0, ""), {"line": value})


@pytest.mark.parametrize(
    "state", [b"state", b"a.b.c", b"a.b.c~", b'{"}.e30.x~', b"a.e30.c~[", KEY.attest("t", "s", 1, (0, ""), {}) + b'~"']
)
def test_not_a_statement(notes, state):
    """What is not an SD-JWT is not taken: nothing that is handed in can write into the entry around it."""
    with pytest.raises(NotAStatement):
        notes.recorder.insert_events([StoredEvent(uuid4(), 1, "note.written.v1", state)])


def test_prepared_for_a_signature(notes):
    """What an actor is asked to sign says that the actor signed, for this log, and comes back with the same fields."""
    actor = StatementKey("police.example", ORIGIN, Ed25519PrivateKey.generate(), "actor-signed")
    event = Note.open(Note.Opened, uuid4(), ref="r", title="t", occurred_on=DAY).collect_events()[0]
    prepared = notes.mapper.prepare(event, actor.signer)
    claims = claims_of(prepared.draft.unsigned + b".")
    assert (claims["iss"], claims["assurance"], claims["aud"]) == ("police.example", "actor-signed", ORIGIN)
    complete = prepared.signed(actor.private.sign(prepared.draft.unsigned))
    assert complete.state.startswith(prepared.draft.unsigned)
