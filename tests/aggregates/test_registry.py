"""The ledger's own registry: established once, and keys that are enrolled, rotated and revoked."""

from __future__ import annotations

from uuid import UUID

import pytest

from aggregates.entry.values import Sealed
from aggregates.errors import Blank, NotAmendable
from aggregates.registry import Key, Keys, Ledger, LedgerState
from aggregates.registry.data_subject import DataSubject
from aggregates.registry.key_state import (
    Answered,
    DisputedAlready,
    KeyEnded,
    KeyEnrolled,
    NotDisputed,
    NotInItsLife,
    OtherHolder,
    ServicesOwn,
    StillLive,
    UnknownKey,
)
from tests.aggregates.people import CHAIR, DAY, ORIGIN, SERVICE

FIRST = {"thumbprint": "t1", "public_key": "k1", "holder": "riv-lead", "purpose": "acts", "proof": "p1"}
SECOND = {"thumbprint": "t2", "public_key": "k2", "holder": "riv-lead", "purpose": "acts", "proof": "p2"}
REPLACING = SECOND | {"replaces": "t1", "replaced_proof": "agreed"}
SAID = {"acting": CHAIR, "occurred_on": DAY}


def keys():
    """Give a registry with one key."""
    return Keys.begin(ORIGIN, acting=SERVICE, occurred_on=DAY, **FIRST)


def statuses(registry):
    """Give the status of each key by its thumbprint."""
    return {key.thumbprint: key.status for key in registry.state.keys}


def test_a_log_says_what_it_is_at_its_first_position():
    """The first entry names the origin, the keys, the board, and whether it is a demonstration."""
    said = {"log_vkey": "v", "statement_key": "k1", "holder": "severnbrook", "board": "Severnbrook Safeguarding Children Board"}
    ledger = Ledger.establish(ORIGIN, acting=SERVICE, occurred_on=DAY, demonstration=True, **said)

    assert ledger.state == LedgerState(origin=ORIGIN, demonstration=True, established_on=DAY, **said)
    assert ledger.ref == "ledger"
    with pytest.raises(NotAmendable):
        ledger.correct(**SAID, amends=1, corrected={"board": "x"}, reason="wrong")


def test_a_key_is_enrolled_once():
    """A key is enrolled for one holder; the same key again is refused, also after it ended."""
    registry = keys()
    registry.enrol(**SAID, **SECOND)
    assert registry.state.find("t2") == Key("t2", "k2", "riv-lead", "acts", since=DAY)

    for status in ("live", "revoked"):
        assert registry.state.find("t2").status == status
        with pytest.raises(KeyEnrolled):
            registry.enrol(**SAID, **SECOND)
        if status == "live":
            registry.revoke(**SAID, thumbprint="t2", reason="lost")


def test_a_rotation_ends_one_key_and_begins_another():
    """The replacement is live and the replaced is not; it cannot be rotated or revoked again."""
    registry = keys()
    registry.rotate(**SAID, **REPLACING)
    assert statuses(registry) == {"t1": "rotated", "t2": "live"}
    assert registry.state.find("t1").public_key == "k1"

    with pytest.raises(KeyEnded):
        registry.rotate(**SAID, **REPLACING | {"thumbprint": "t3"})
    with pytest.raises(KeyEnded):
        registry.revoke(**SAID, thumbprint="t1", reason="lost")


def test_a_rotation_keeps_holder_and_purpose():
    """No key is replaced by another's, by one for another purpose, or by one that is enrolled already."""
    registry = keys()

    for other in ({"holder": "riverside"}, {"purpose": "service-statements"}):
        with pytest.raises(OtherHolder):
            registry.rotate(**SAID, **REPLACING | other)
    with pytest.raises(KeyEnrolled):
        registry.rotate(**SAID, **REPLACING | {"thumbprint": "t1"})
    with pytest.raises(UnknownKey):
        registry.rotate(**SAID, **REPLACING | {"replaces": "t9"})


def test_the_key_that_established_the_log_is_rotated_once():
    """The founding key stands in position 1 and not in the registry: it can be rotated from there, once."""
    founding = Key("t0", "k0", "riv-lead", "acts")
    registry = keys()
    registry.rotate(**SAID, **REPLACING | {"replaces": "t0"}, founding=founding)
    assert statuses(registry) == {"t1": "live", "t0": "rotated", "t2": "live"}

    with pytest.raises(KeyEnded):
        registry.rotate(**SAID, **REPLACING | {"replaces": "t0", "thumbprint": "t3"}, founding=founding)


def test_a_revocation_names_a_live_key_and_a_reason():
    """An unknown key, a key that ended and a blank reason are refused; what was revoked stays known."""
    registry = keys()
    with pytest.raises(UnknownKey):
        registry.revoke(**SAID, thumbprint="t9", reason="lost")
    with pytest.raises(Blank):
        registry.revoke(**SAID, thumbprint="t1", reason=" ")
    registry.revoke(**SAID, thumbprint="t1", reason="stolen laptop")

    with pytest.raises(KeyEnded):
        registry.revoke(**SAID, thumbprint="t1", reason="again")
    assert statuses(registry) == {"t1": "revoked"}


def test_the_services_own_key_is_rotated_and_not_revoked():
    """Without a key of its own the service could record nothing more: that is refused."""
    registry = Keys.begin(ORIGIN, acting=SERVICE, occurred_on=DAY, **FIRST | {"purpose": "service-statements"})

    with pytest.raises(ServicesOwn):
        registry.revoke(**SAID, thumbprint="t1", reason="stolen")


def test_a_compromise_disputes_what_a_key_signed_from_a_position_on():
    """It has ended before. Each statement from there on is affirmed or repudiated once; another declaration has to go further back."""
    registry, how = keys(), SAID | {"thumbprint": "t1", "reason": "The laptop was stolen", "first": 5, "last": 90}
    with pytest.raises(NotDisputed):
        registry.affirm(**SAID, position=60, by="t1", reason="I signed it")
    with pytest.raises(StillLive):
        registry.declare_compromised(**how, from_position=60)
    registry.revoke(**SAID, thumbprint="t1", reason="The laptop was stolen")
    for outside in (4, 91):
        with pytest.raises(NotInItsLife):
            registry.declare_compromised(**how, from_position=outside)
    registry.declare_compromised(**how, from_position=60)
    with pytest.raises(NotDisputed):
        registry.affirm(**SAID, position=59, by="t1", reason="I signed it")
    registry.affirm(**SAID, position=60, by="t1", reason="I signed it")
    registry.repudiate(**SAID, position=61, by="t1", reason="I was not at work")
    with pytest.raises(Answered):
        registry.affirm(**SAID, position=61, by="t1", reason="I was after all")
    with pytest.raises(DisputedAlready):
        registry.declare_compromised(**how, from_position=60)
    registry.declare_compromised(**how, from_position=50)

    key = registry.state.find("t1")
    assert (key.status, key.disputed_from, registry.state.answers) == ("revoked", 50, {60: "affirmed", 61: "repudiated"})


def test_a_person_is_known_by_a_reference():
    """A person's stream has the id that it was given; the state holds whom it is about and never what was said."""
    person = UUID(int=77)
    subject = DataSubject.register(person, acting=CHAIR, occurred_on=DAY, name=Sealed(person, "Somebody Real"))

    assert (subject.id, subject.ref) == (person, str(person))
    assert subject.state.name == Sealed(person)
    assert "Somebody" not in repr(subject.state)
    with pytest.raises(NotAmendable):
        subject.retract(**SAID, amends=1, reason="wrong")
