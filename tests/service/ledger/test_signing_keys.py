"""Only a key that is live where a statement would stand may sign it, and nothing enters twice."""

from __future__ import annotations

from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.persistence import StoredEvent

from service.ledger.errors import BadStatement, EventKnown, KeyInUse, KeyNotLive, NotAStatement, NotEstablished, NotTheirKey
from service.ledger.keys import BadKey, NotProven, check_proof, prove
from service.ledger.registry import Ended, Enrolled
from service.ledger.statement import StatementKey
from service.verify import ENROLLED, ESTABLISHED, PRIME, REVOKED, SMALL_ORDER, b64url, key_proof, thumbprint
from tests.service.ledger.sample import DAY, KEY, LOG_KEY, ORIGIN, Note, Sample, established

ACTOR = StatementKey("police.example", ORIGIN, Ed25519PrivateKey.from_private_bytes(b"A" * 32), "actor-signed")
ENROLMENT = Enrolled(0, ACTOR.holder, ACTOR.signer.public, "acts")


def event(app, key, topic="note.written.v1", stream=None, sver=1, **fields):
    """Return a signed event of any topic and fields."""
    stream = stream or uuid4()
    return StoredEvent(stream, sver, topic, key.attest(topic, str(stream), sver, app.recorder.seen(), fields))


def enrol(app, change=ENROLMENT):
    """Enrol a key by an event that the service attests."""
    return app.recorder.insert_events([event(app, KEY, ENROLLED)], keys=[change])


def revoke(app, key=ACTOR):
    """Revoke a key."""
    return app.recorder.insert_events([event(app, KEY, REVOKED)], keys=[Ended(0, key.thumbprint)])


def test_unknown_key(notes):
    """A key that nobody enrolled signs nothing, and leaves nothing."""
    with pytest.raises(KeyNotLive):
        notes.recorder.insert_events([event(notes, ACTOR)])
    assert notes.recorder.max_notification_id() == 1


def test_enrolled_key(notes):
    """An enrolled key signs for its own holder, and what it signed is read as theirs."""
    enrol(notes)
    note = Note.open(Note.Opened, uuid4(), ref="n1", title="A title", occurred_on=DAY)
    prepared = notes.mapper.prepare(note.collect_events()[0], ACTOR.signer)
    notes.recorder.insert_events([prepared.signed(ACTOR.private.sign(prepared.draft.unsigned))])
    assert notes.repository.get(note.id).entries[0].body["title"] == "A title"


def test_prepared_takes_no_other_signature(notes):
    """A prepared statement is only ever signed by the key that it was prepared for."""
    note = Note.open(Note.Opened, uuid4(), ref="n1", title="A title", occurred_on=DAY)
    prepared = notes.mapper.prepare(note.collect_events()[0], ACTOR.signer)
    with pytest.raises(BadStatement):
        prepared.signed(KEY.private.sign(prepared.draft.unsigned))


def test_revoked_by_position(notes):
    """What stands before a revocation stays readable; after it the key signs nothing."""
    enrol(notes)
    note = event(notes, ACTOR, line="before", occurred_on="2027-03-31")
    notes.recorder.insert_events([note])
    revoke(notes)
    with pytest.raises(KeyNotLive):
        notes.recorder.insert_events([event(notes, ACTOR)])
    assert [e.state.partition(b"~")[0] for e in notes.recorder.select_events(note.originator_id)] == [note.state.partition(b"~")[0]]


def test_signed_before_revocation_sealed_after(notes):
    """It is the position that counts, not when a statement says that it was signed."""
    enrol(notes)
    early = event(notes, ACTOR)
    revoke(notes)
    with pytest.raises(KeyNotLive):
        notes.recorder.insert_events([early])


@pytest.mark.parametrize(("places", "live"), [((0, 1), True), ((1, 0), False)])
def test_enrolled_in_the_same_append(notes, places, live):
    """A key is live for the positions after its enrolment, also within one append."""
    events = [None, None]
    events[places[0]], events[places[1]] = event(notes, KEY, ENROLLED), event(notes, ACTOR)
    changes = [Enrolled(places[0], ACTOR.holder, ACTOR.signer.public, "acts")]
    if live:
        assert notes.recorder.insert_events(events, keys=changes) == [2, 3]
    else:
        with pytest.raises(KeyNotLive):
            notes.recorder.insert_events(events, keys=changes)


@pytest.mark.parametrize(("places", "live"), [((1, 0), True), ((0, 1), False)])
def test_ended_in_the_same_append(notes, places, live):
    """A key that an append ends signs nothing after that, also within this append."""
    enrol(notes)
    events = [None, None]
    events[places[0]], events[places[1]] = event(notes, KEY, REVOKED), event(notes, ACTOR)
    changes = [Ended(places[0], ACTOR.thumbprint)]
    if live:
        assert notes.recorder.insert_events(events, keys=changes) == [3, 4]
    else:
        with pytest.raises(KeyNotLive):
            notes.recorder.insert_events(events, keys=changes)


def test_a_key_may_sign_its_own_end(notes):
    """The entry that ends a key is the last that it may sign."""
    enrol(notes)
    notes.recorder.insert_events([event(notes, ACTOR, REVOKED)], keys=[Ended(0, ACTOR.thumbprint)])
    with pytest.raises(KeyNotLive):
        notes.recorder.insert_events([event(notes, ACTOR)])


def test_one_key_one_purpose(notes):
    """The log's own key, or a key that is enrolled already, is not enrolled; a key for something else signs no statement."""
    enrol(notes)
    for change in (Enrolled(0, "x", LOG_KEY.public, "acts"), Enrolled(0, "x", ACTOR.signer.public, "service-statements")):
        with pytest.raises(KeyInUse):
            enrol(notes, change)
    witness = StatementKey("witness.example", ORIGIN, Ed25519PrivateKey.generate(), "actor-signed")
    enrol(notes, Enrolled(0, witness.holder, witness.signer.public, "witness"))
    with pytest.raises(NotTheirKey):
        notes.recorder.insert_events([event(notes, witness)])


def test_confused_purpose(notes):
    """An actor's key that attests as if it were the service is refused, and one that names another holder; a row of it is not believed."""
    enrol(notes)
    for pretender in (
        StatementKey(ACTOR.holder, ORIGIN, ACTOR.private, "service-attested"),
        StatementKey(KEY.holder, ORIGIN, ACTOR.private, "actor-signed"),
    ):
        forged = event(notes, pretender, line="forged")
        with pytest.raises(NotTheirKey):
            notes.recorder.insert_events([forged])
        assert not notes.recorder.select_events(forged.originator_id)
        with pytest.raises(BadStatement, match="under a key of"):
            notes.mapper.to_domain_event(forged)


def test_small_order():
    """Keys under which anybody can forge are refused: all eight points, both signs, and spellings that are not canonical."""
    spellings = {(y + more * PRIME) | sign << 255 for y in SMALL_ORDER for sign in (0, 1) for more in (0, 1) if y + more * PRIME < 2**255}
    assert len(spellings) > 8
    for weak in (y.to_bytes(32, "little") for y in spellings):
        with pytest.raises(BadKey):
            check_proof(ORIGIN, "police.example", "acts", b64url(weak), thumbprint(weak), b64url(weak + bytes(32)))


def test_proof_of_possession():
    """A key is enrolled only with its own signature over the log, the holder, the purpose and itself."""
    public = b64url(ACTOR.signer.public)
    good = prove(ACTOR.private, ORIGIN, ACTOR.holder, "acts")
    check_proof(ORIGIN, ACTOR.holder, "acts", public, ACTOR.thumbprint, good)
    assert good == b64url(ACTOR.private.sign(key_proof(ORIGIN, ACTOR.holder, "acts", ACTOR.signer.public)))
    for origin, holder, purpose in (
        ("other.example/log", ACTOR.holder, "acts"),
        (ORIGIN, "x", "acts"),
        (ORIGIN, ACTOR.holder, "service-statements"),
    ):
        with pytest.raises(NotProven):
            check_proof(origin, holder, purpose, public, ACTOR.thumbprint, good)
    with pytest.raises(BadKey):
        check_proof(ORIGIN, ACTOR.holder, "acts", public, KEY.thumbprint, good)
    agreed = prove(KEY.private, ORIGIN, ACTOR.holder, "acts", of=ACTOR.thumbprint)
    check_proof(ORIGIN, ACTOR.holder, "acts", b64url(KEY.signer.public), ACTOR.thumbprint, agreed, signs_for_another=True)


def test_established_first_and_once(database):
    """A log begins with the entry that establishes it, with its own key, and with no other."""
    with Sample(database) as app:
        with pytest.raises(NotEstablished):
            app.open()
        first = event(app, KEY, ESTABLISHED, **established(LOG_KEY, KEY))
        with pytest.raises(KeyNotLive):
            app.recorder.insert_events([first])
        with pytest.raises(KeyNotLive):
            app.recorder.insert_events([first], keys=[ENROLMENT])
        app.establish()
        with pytest.raises(NotEstablished):
            app.establish()
        assert app.recorder.max_notification_id() == 1


def test_replayed(notes):
    """A statement enters once: not again, not in another stream, not in another version, not from another log."""
    one = event(notes, KEY, line="once")
    notes.recorder.insert_events([one])
    with pytest.raises(EventKnown):
        notes.recorder.insert_events([one])
    for stream, version in ((uuid4(), 1), (one.originator_id, 2)):
        with pytest.raises(NotAStatement):
            notes.recorder.insert_events([StoredEvent(stream, version, one.topic, one.state)])
    elsewhere = StatementKey(KEY.holder, "other.example/log1", KEY.private)
    with pytest.raises(NotAStatement):
        notes.recorder.insert_events([event(notes, elsewhere)])
    assert notes.recorder.max_notification_id() == 2
