"""What was asked under a reference that was merged away is decided, answered and erased where the references were merged into."""

from __future__ import annotations

import uuid

import pytest

from aggregates.registry import protection as law
from aggregates.registry.data_subject import DataSubject
from service.application import Board
from service.desk.refusals import StaleVersion
from service.desk.submission import Submission
from tests.service.erasing import ASKED, holds, somebody, with_officer
from tests.service.test_erasure import kept

GRANTED = {"outcome": "granted", "exemption": None, "reason": "Nothing stands against it"}
OTHER = ASKED | {"reference": "DP-2016-5"}


@pytest.fixture
def merged(seeded):
    """Give the small board, somebody, and another reference of theirs under which an erasure was asked before it was merged away."""
    it = with_officer(seeded)
    one, other = somebody(it), somebody(it, "Ada Feather")
    it.clock.advance(days=1)
    it.act("riv-lead", "request_erasure", other, **ASKED)
    it.clock.advance(days=40)
    it.act("dpo", "merge_subjects", other, into=one, reason="She married")
    return it, one, other


def state(it, ref):
    """Return what is true of somebody."""
    return it.board.load(DataSubject, ref, fresh=True).state


def test_a_request_under_a_reference_that_was_merged_away_is_decided_where_it_was_merged_into(merged, tmp_path):
    """F.8: once, for both: it is taken up with its own day, decided under each, and the erasure takes both; no rule is broken by it."""
    it, one, other = merged
    with pytest.raises(law.MergedAway):
        it.act("dpo", "decide_erasure", other, **GRANTED)
    it.act("dpo", "decide_erasure", one, **GRANTED)

    for ref in (one, other):
        (request,) = state(it, ref).erasures
        assert (request.reference, str(request.on), request.outcome) == (ASKED["reference"], "2016-09-06", "granted")
    with pytest.raises(law.ErasureNotAsked):
        it.act("dpo", "decide_erasure", one, **GRANTED)
    it.act("dpo", "erase_personal_data", one)
    assert {uuid.UUID(one), uuid.UUID(other)} & kept(it)[1] == set()
    holds(it, tmp_path)


def test_requests_under_both_are_decided_as_one_and_the_other_way_too(merged):
    """F.8: neither waits for ever; a refusal names its exemption under both, and nothing is granted by it."""
    it, one, other = merged
    it.act("riv-lead", "request_erasure", one, **OTHER)
    it.act("dpo", "decide_erasure", one, outcome="refused", exemption="legal claims", reason="The inquest is open")

    assert [[each.outcome for each in state(it, ref).erasures] for ref in (one, other)] == [["refused"], ["refused"]]
    assert [state(it, ref).granted for ref in (one, other)] == [None, None]


def test_a_hold_or_the_schedule_passes_no_request_by_that_waits_under_another_reference(merged):
    """INV-39: a hold on either stands against it, and what is due is not decided past a request; with nothing on record of any try."""
    it, one, other = merged
    it.act("dpo", "place_legal_hold", one, matter="Inquest", reason="The coroner asks")
    size = it.board.size()
    with pytest.raises(law.HoldStands):
        it.act("dpo", "decide_erasure", one, **GRANTED)
    with pytest.raises(law.ErasureAsked):
        it.act("dpo", "decide_retention", one, outcome="to be erased", kept_until=None, reason="It is over")

    assert it.board.size() == size
    assert state(it, other).asked


def test_who_asked_withdraws_it_there(merged):
    """F.8: a request under a reference that was merged away is withdrawn like any other, and then none waits."""
    it, one, other = merged
    it.act("dpo", "withdraw_erasure_request", other, reason="They changed their mind")
    with pytest.raises(law.ErasureNotAsked):
        it.act("dpo", "decide_erasure", one, **GRANTED)


def test_of_two_officers_who_decide_it_in_the_same_moment_one_is_refused(merged, monkeypatch):
    """Hostile or by chance: it is decided once, however it is raced, and by one of the two outcomes under both references."""
    it, one, other = merged
    second = Board(it.config, it.board.keys, clock=it.clock)
    asking, tried = it.board._asking, []

    def meanwhile(subject):
        found = asking(subject)
        if not tried:
            tried.append(subject)
            fields = {"outcome": "refused", "exemption": "legal claims", "reason": "The inquest is open"}
            second.act(it.callers["dpo"], Submission(name="decide_erasure", kind="subject", ref=one, fields=fields))
        return found

    monkeypatch.setattr(it.board, "_asking", meanwhile)
    try:
        with pytest.raises((law.ErasureNotAsked, StaleVersion)):
            it.act("dpo", "decide_erasure", one, **GRANTED)
    finally:
        second.close()

    assert [[each.outcome for each in state(it, ref).erasures] for ref in (one, other)] == [["refused"], ["refused"]]


def test_nobody_is_erased_while_a_request_for_access_waits_under_another_reference(seeded):
    """UK GDPR Article 15: the refusal names the reference under which it is answered; once it is, nothing stands against the erasure."""
    it = with_officer(seeded)
    one, other = somebody(it), somebody(it, "Ada Feather")
    it.act("riv-lead", "request_access", other, **OTHER)
    it.act("dpo", "merge_subjects", other, into=one, reason="She married")
    it.act("riv-lead", "request_erasure", one, **ASKED)
    it.act("dpo", "decide_erasure", one, **GRANTED)
    with pytest.raises(law.AccessWaits, match=other):
        it.act("dpo", "erase_personal_data", one)
    it.act("dpo", "answer_access_request", other, reference="DP-2016-5", received_on="2016-09-05", outcome="given", exemption=None)
    it.act("dpo", "erase_personal_data", one)

    assert state(it, other).erased_on
