"""One member asks another to account for something, and what changed because of it."""

from __future__ import annotations

import pytest

from aggregates.errors import Blank, RestsOnIt
from aggregates.partnership.challenge import (
    AddressFixed,
    AlreadyAnswered,
    Answered,
    Challenge,
    ChallengesItself,
    NotChallenged,
    NotRaised,
    Raised,
)  # fmt: skip
from tests.aggregates.people import CHAIR, DAY, MANAGER, ORIGIN, QUALITY, RIV, WMP, on

SAID = {"ref": "C1", "about": "action:A8", "to": "RIV", "summary": "Ten weeks late", "statement": "Why is the pathway not in use?"}
ANSWER = {"answer": "The rota was not agreed", "what_changed": "It is, since Monday"}


def raised(**other):
    """Give a challenge of the Quality chair's to Riverside."""
    return Challenge.raise_(ORIGIN, **{"acting": QUALITY, "occurred_on": DAY, "put_to": "RIV"} | SAID | other)


def test_a_challenge_is_answered_with_what_changed():
    """CHL: it waits until whom it was put to answers, and then says what changed, from that day on."""
    challenge = raised()
    challenge.answer(acting=RIV, occurred_on=on(7), **ANSWER)

    assert challenge.state.status == Answered(on(7), "riv-lead", *ANSWER.values())
    assert (challenge.state_on(on(6)).status, challenge.state.concerns, challenge.ref) == (Raised(), ("QUALITY", "RIV"), "C1")


def test_a_challenge_is_answered_by_whom_it_was_put_to():
    """Neither another agency nor the office that asked answers; an office answers for itself, and the Board through its own."""
    for who in (WMP, QUALITY, MANAGER):
        with pytest.raises(NotChallenged):
            raised().answer(acting=who, occurred_on=on(7), **ANSWER)
    for to, who in (("riv-lead", RIV), ("BOARD", CHAIR), ("BOARD", MANAGER), ("chair", CHAIR)):
        challenge = raised(to=to, put_to=None)
        challenge.answer(acting=who, occurred_on=on(7), **ANSWER)
        assert isinstance(challenge.state.status, Answered)


def test_a_challenge_is_answered_once_in_words_and_after_it_was_raised():
    """A second answer, an empty one and one from before the question are refused."""
    challenge = raised()
    with pytest.raises(NotRaised):
        challenge.answer(acting=RIV, occurred_on=on(-1), **ANSWER)
    with pytest.raises(Blank):
        challenge.answer(acting=RIV, occurred_on=on(1), **ANSWER | {"what_changed": " "})
    challenge.answer(acting=RIV, occurred_on=on(7), **ANSWER)
    with pytest.raises(AlreadyAnswered):
        challenge.answer(acting=RIV, occurred_on=on(8), **ANSWER)


def test_nobody_challenges_themselves():
    """An agency does not challenge itself, nor an office itself, nor the Board's offices the Board."""
    for who, to in ((RIV, "RIV"), (RIV, "riv-lead"), (QUALITY, "QUALITY"), (CHAIR, "BOARD"), (MANAGER, "manager")):
        with pytest.raises(ChallengesItself):
            raised(acting=who, to=to)
    with pytest.raises(Blank):
        raised(statement=" ")


def test_who_was_challenged_and_about_what_is_not_corrected():
    """Nobody is found challenged who was not: the address stays, the words can be put right, and retractions take all of it back."""
    challenge = raised()
    for field, value in (("to", "WMP"), ("about", "action:A9")):
        with pytest.raises(AddressFixed):
            challenge.correct(acting=QUALITY, occurred_on=on(1), amends=1, corrected={field: value}, reason="wrong")
    challenge.correct(acting=QUALITY, occurred_on=on(1), amends=1, corrected={"summary": "Eleven weeks late"}, reason="counted again")
    assert challenge.state.summary == "Eleven weeks late"

    challenge.answer(acting=RIV, occurred_on=on(7), **ANSWER)
    with pytest.raises(RestsOnIt):
        challenge.retract(acting=QUALITY, occurred_on=on(8), amends=1, reason="put to the wrong agency")
    challenge.retract(acting=RIV, occurred_on=on(8), amends=3, reason="put to the wrong agency")
    challenge.retract(acting=QUALITY, occurred_on=on(8), amends=1, reason="put to the wrong agency")
    assert challenge.state is None
