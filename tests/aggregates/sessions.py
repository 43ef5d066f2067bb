"""A training session as far as a test needs it: Advanced Inter-Agency Child Protection, 30 November 2016, with 14 who came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from aggregates.entry.values import Sealed
from aggregates.training_session import TrainingSession
from tests.aggregates.people import MANAGER, ORIGIN, RIV, SERVICE, TRAINING, somebody

HELD = date(2016, 11, 30)
ASKED = date(2017, 2, 28)
ROOT = "5a" * 32
TRAINER = somebody(8, "trainer-avm", "trainer", agency="AVM")
OTHER_TRAINER = somebody(9, "trainer-wd", "trainer", agency="SBC")
# The chair of the Training sub-group, who is not employed where the trainers are.
CHAIRS = replace(TRAINING, agency="WMP")
TRAINED_BY = frozenset({TRAINER.person})
IN_DATE = {"trainer-avm": True}
SAID = {
    "ref": "AIACP-2016-11", "course": "AIACP", "format": "multi-day", "follow_up_owed": True, "planned_on": HELD,
    "trainers": ("trainer-avm",), "trainer_agencies": ("AVM",), "capacity": 16,
}  # fmt: skip
ANSWER = {"used_in_practice": True, "shared_with_colleagues": False, "impact": "some"}


def person(number):
    """Give somebody who comes."""
    return Sealed(UUID(int=100 + number))


def scheduled(**other):
    """Plan it, a month before."""
    return TrainingSession.schedule(ORIGIN, **{"acting": MANAGER, "occurred_on": HELD - timedelta(30)} | SAID | other)


def delivered(**other):
    """Hold it."""
    session = scheduled(**other)
    session.deliver(acting=TRAINER, occurred_on=HELD)
    return session


def attended(count=14, **other):
    """Let so many come, every other one from Riverside."""
    session = delivered(**other)
    for number in range(1, count + 1):
        who = {"participant": person(number), "agency": "RIV" if number % 2 else "WMP", "staff_group": "nurses"}
        session.record_attendance(acting=TRAINER, occurred_on=HELD, **who)
    return session


def closed(count=14, **other):
    """Say that these are all."""
    session = attended(count, **other)
    session.close_attendance(acting=TRAINER, occurred_on=HELD)
    return session


def asked(count=14, **other):
    """Let everybody say what they thought of it, and ask them what came of it three months on."""
    session = closed(count, **other)
    for number in session.state.population:
        scores = {"satisfaction": 5 if int(number) % 5 else 3, "learning": 4, "comment": f"number {number} says"}
        session.give_feedback(acting=SERVICE, occurred_on=HELD, number=number, **scores)
        session.record_action_plan(acting=SERVICE, occurred_on=HELD, number=number, plan="to ask more")
    for number in session.state.population:
        session.issue_follow_up(acting=SERVICE, occurred_on=ASKED, number=number, window=28)
    return session


def drawn(session, **other):
    """Draw the sample."""
    said = {"share": (10, 3), "checkpoint": (70, ROOT), "trained_by": TRAINED_BY}
    session.draw_telephone_sample(**{"acting": CHAIRS, "occurred_on": ASKED} | said | other)
    return session.state.draws[-1]


def call(session, number, outcome="reached", **other):
    """Telephone somebody."""
    said = {"draw": session.state.draws[-1].draw, "number": number, "outcome": outcome, "trained_by": TRAINED_BY}
    said |= {"answers": "We ask about fathers now"} if outcome == "reached" else {}
    session.record_telephone_call(**{"acting": CHAIRS, "occurred_on": ASKED} | said | other)


def observed(session, **other):
    """Let somebody of another agency watch."""
    said = {"observer": "wmp-lead", "grade": "good", "watched_by": UUID(int=7), "observer_agency": "WMP"}
    session.observe_delivery(**{"acting": CHAIRS, "occurred_on": HELD, "trained_by": TRAINED_BY, "trained_for": {"AVM"}} | said | other)


def ready():
    """Give a session of which all five points are done."""
    session = asked()
    for number in session.state.population[:9]:
        session.return_follow_up(acting=SERVICE, occurred_on=ASKED + timedelta(9), number=number, **ANSWER)
    session.return_follow_up(acting=RIV, occurred_on=ASKED + timedelta(10), number="1", manager_view="She asks more")
    for number in drawn(session).selected:
        call(session, number)
    observed(session)
    return session


def evaluate(session, **other):
    """Let the sub-group look at the five points."""
    said = {
        "impact_practice": "some",
        "impact_management": "not known",
        "evidence_of_impact": ("follow-up:1",),
        "changes": "Revise module 2",
    }
    session.evaluate(
        **{"acting": CHAIRS, "occurred_on": ASKED + timedelta(40), "in_date": IN_DATE, "trained_by": TRAINED_BY} | said | other
    )
