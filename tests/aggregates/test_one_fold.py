"""One fold serves the aggregate and both clocks: over late, corrected and retracted entries of one action."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.action import Action, state
from aggregates.entry import Entry, standing
from aggregates.entry.fields import from_json, shape, to_json
from aggregates.entry.values import Sealed
from aggregates.errors import Refused
from tests.aggregates.people import CHAIR, DAY, MANAGER, QUALITY, RIV, SERVICE, WMP, assigned, evidence, on

LAST = 480
# Each act by whom it is for, and what it says on a day; "late" is whatever falls before an earlier act's day.
ACTS = {
    "accept": (RIV, lambda _: {}),
    "dispute": (RIV, lambda _: {"reason": "not ours"}),
    "report_progress": (RIV, lambda _: {"rag": "amber", "narrative": "half the teams"}),
    "submit_evidence": (RIV, lambda day: {"evidence": (evidence(day),), "narrative": "40 files"}),
    "mark_implemented": (RIV, lambda _: {"statement": "in use"}),
    "reassign": (MANAGER, lambda day: {"owner": "WMP" if day.day % 2 else "RIV", "reason": "moved"}),
    "vary_due_date": (QUALITY, lambda day: {"due_on": day + timedelta(days=60), "reason": "panel moved"}),
    "return_evidence": (QUALITY, lambda _: {"reason": "sample too small"}),
    "sign_off": (QUALITY, lambda _: {"effect": "seen the same day"}),
    "schedule_sustainment_check": (SERVICE, lambda day: {"due_on": day + timedelta(days=30)}),
    "record_sustainment_check": (QUALITY, lambda day: {"method": "re-audit", "result": ("held", "slipped", "not testable")[day.day % 3]}),
    "reopen": (QUALITY, lambda day: {"reason": "slipped", "due_on": day + timedelta(days=90)}),
    "close": (QUALITY, lambda _: {"reason": "it lasted"}),
    "transfer_obligation": (MANAGER, lambda day: {"successor": "WMP" if day.day % 2 else "RIV", "reason": "the agency is dissolved"}),
    "accept_transfer": (WMP, lambda _: {}),
    "refuse_transfer": (WMP, lambda _: {"reason": "not ours"}),
    "declare_outstanding": (CHAIR, lambda day: {"reason": "nobody takes it over", "leaves_on": day}),
    "withdraw": (CHAIR, lambda _: {"reason": "decommissioned"}),
    "supersede": (MANAGER, lambda _: {"by_ref": "A9", "reason": "one pathway"}),
    "escalate": (SERVICE, lambda day: {"level": day.day, "to_office": "chair"}),
    "remind": (SERVICE, lambda day: {"days_before": day.day % 8, "to_office": "riv-lead"}),
}
BEGINNING = ("accept", "submit_evidence", "mark_implemented", "sign_off", "schedule_sustainment_check")
CORRECTIONS = ({"due_on": "2017-02-01"}, {"reason": "said better"}, {"statement": "in use everywhere"}, {"level": 3}, {"owner": "WMP"})
MAKERS = (RIV, WMP, QUALITY, MANAGER, CHAIR)

acts = st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, LAST))
amendments = st.tuples(st.sampled_from(["correct", "redate", "again", "retract", "countersigned"]), st.integers(1, 30))


def act(action, name, days):
    """Record an act where the rules let it, in the name of whom it is for."""
    who, say = ACTS[name]
    if who is RIV and action.state and action.state.owner == "WMP":
        who = WMP
    getattr(action, name)(acting=who, occurred_on=on(days), **say(on(days)))


def amend(action, how, number):
    """Amend an entry where the rules let it: each maker tries."""
    number = (number - 1) % len(action.entries) + 1
    what = {"again": {"corrected": CORRECTIONS[number % 5]}, "redate": {"occurred_on": on(number * 9).isoformat()}}
    said = {"amends": number, "reason": "wrong", "occurred_on": on(LAST)}
    if how == "countersigned":
        action.propose_amendment(acting=MANAGER, **said)
        action.retract(acting=CHAIR, proposal=len(action.entries), **said)
        return
    if how != "retract":
        said["corrected"] = what.get(how, CORRECTIONS[number % 5])
    for who in MAKERS:
        try:
            (action.retract if how == "retract" else action.correct)(acting=who, **said)
        except Refused:
            continue
        return


def tried(change, *args):
    """Do what may be refused: a refusal records nothing and is not what these properties are about."""
    try:
        change(*args)
    except Refused:
        return


def history(begin, steps):
    """Grow one action by acts, late or not, and by amendments."""
    action = assigned()
    for n, name in enumerate(BEGINNING[:begin], start=1):
        tried(act, action, name, n * 10)
    for what, number in steps:
        tried(*((act, action, what, number) if what in ACTS else (amend, action, what, number)))
    return action


histories = st.builds(history, st.integers(0, len(BEGINNING)), st.lists(acts | amendments, max_size=25))


def recorded(entry):
    """Take an entry through JSON, as the ledger keeps it; personal values come back as whom they are about."""
    plain = to_json(entry.event, entry.body)
    sealed = {name: Sealed(value.subject) for name, value in plain.items() if isinstance(value, Sealed)}
    text = json.dumps({name: value for name, value in plain.items() if name not in sealed})
    body = from_json(entry.event, json.loads(text)) | sealed
    return Entry(entry.number, body["occurred_on"], entry.event, body)


@settings(max_examples=100, deadline=None)
@given(histories)
def test_replay_is_live(action):
    """An action read back from JSON, entry by entry, has the entries and the state that it had when it was recorded."""
    read = [recorded(entry) for entry in action.entries]

    assert read == action.entries
    assert Action.fold(standing(read)) == action.state
    assert all(entry.body.keys() == {f.name for f in shape(entry.event)} for entry in read)


@settings(max_examples=100, deadline=None)
@given(histories, st.randoms(use_true_random=False))
def test_the_state_is_the_fold_of_what_stands_in_any_order_of_arrival(action, chance):
    """The state depends on what is on record and not on the order in which a reader happens to hold it."""
    shuffled = list(action.entries)
    chance.shuffle(shuffled)

    assert standing(shuffled) == standing(action.entries)
    assert Action.fold(standing(shuffled)) == action.state


@settings(max_examples=100, deadline=None)
@given(histories, st.integers(0, LAST + 90))
def test_inv_37_a_day_is_the_fold_of_what_was_true_by_then_as_amended_since(action, days):
    """INV-37: amendments count whenever they were made, anything else from its day on; and the last day is today."""
    stands = [e for e in standing(action.entries) if e.occurred_on <= on(days)]

    assert action.state_on(on(days)) == Action.fold(stands)
    assert action.state_on(DAY + timedelta(days=9999)) == action.state


@settings(max_examples=100, deadline=None)
@given(histories, st.lists(st.booleans(), min_size=200, max_size=200))
def test_the_fold_is_total(action, kept):
    """Whatever entries are missing, whatever day one asks for: the fold answers, and its answers hold together."""
    left = [entry for entry, keep in zip(action.entries, kept, strict=False) if keep]
    now = Action.fold(standing(left))

    if now is not None:
        assert now.discharged == (not any(isinstance(now.status, s) for s in NOT_DISCHARGED))
        assert now.overdue_on(on(LAST)) == (now.days_overdue_on(on(LAST)) > 0)
        assert (now.sustained is None) == (now.last_check is None)
        assert set(now.standing_evidence) <= set(now.evidence)


NOT_DISCHARGED = (
    state.Assigned, state.Accepted, state.Disputed, state.InProgress, state.EvidenceSubmitted, state.Returned, state.Implemented,
    state.Reopened,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(histories, st.integers(1, 30))
def test_a_retraction_and_its_retraction_leave_the_state_as_it_was(action, number):
    """Retract any entry and then the retraction: what is true is what was true before."""
    before, number = action.state, (number - 1) % len(action.entries) + 1
    for target in (number, len(action.entries) + 2):
        action_length = len(action.entries)
        tried(amend, action, "countersigned", target)
        if len(action.entries) != action_length + 2:
            return

    assert action.state == before


def test_the_histories_reach_every_event_and_every_status():
    """The properties above are about something: together their histories hold every event of an action and every status."""
    chance = random.Random(20160912)  # noqa: S311 - a fixed draw of histories, not a secret
    events, statuses = set(), set()
    for _ in range(250):
        steps = sorted(((chance.choice(sorted(ACTS)), chance.randint(40, LAST)) for _ in range(20)), key=lambda step: step[1])
        steps.insert(10, (chance.choice(["correct", "redate", "again", "countersigned", "retract"]), chance.randint(1, 30)))
        action = history(chance.randint(0, len(BEGINNING)), steps)
        events |= {entry.event for entry in action.entries}
        known = (Action.fold(standing(action.entries[:number])) for number in range(1, len(action.entries) + 1))
        statuses |= {type(now.status) for now in known if now}

    declared = {e for e in vars(Action).values() if isinstance(e, type) and issubclass(e, Action.Event)} - {Action.Event, Action.Created}
    assert events == declared
    assert statuses == set(get_args(state.Status))
