"""What the law asks about a person: requests, decisions, restrictions, legal holds, merging and the erasure itself (ledger §6)."""

from __future__ import annotations

from uuid import UUID

import pytest

from aggregates.authority import Acting
from aggregates.clocks.dates import later
from aggregates.entry.values import Sealed
from aggregates.errors import Blank, IdentifyingField, NotAmendable, RestsOnIt
from aggregates.registry import protection as law
from aggregates.registry.data_subject import DataSubject
from tests.aggregates.people import DAY, MANAGER, on

PERSON, OTHER = UUID(int=77), UUID(int=78)
DPO = Acting(UUID(int=9), "dpo", "data protection officer")
ASKED = {"reference": "FOI-12", "identity_checked_by": "board-manager"}
WENT = [{"position": 3, "field": "name", "digest": "d"}]


def said(days=0, **fields):
    """Give what the officer says on a day."""
    return {"acting": DPO, "occurred_on": on(days), **fields}


def person(**asked):
    """Give somebody who is registered and, with `asked`, has asked to be erased."""
    subject = DataSubject.register(PERSON, acting=MANAGER, occurred_on=DAY, name=Sealed(PERSON, "Somebody Real"))
    if asked:
        subject.request_erasure(**said(**asked))
    return subject


def test_an_erasure_is_requested_decided_and_done():
    """INV-39: each is an event; what went is listed, and the state keeps whom it was about and how much went."""
    subject = person(**ASKED)
    subject.decide_erasure(**said(1, outcome="granted", reason="Nothing stands against it"))
    subject.erase(**said(2, erased=WENT))

    request = subject.state.erasures[0]
    assert (request.on, request.decided_on, request.outcome) == (on(0), on(1), "granted")
    assert (subject.state.erased_on, subject.state.erased, subject.state.name) == (on(2), 1, Sealed(PERSON))
    assert subject.entries[-1].body["erased"] == tuple(WENT)


@pytest.mark.parametrize("outcome", ["refused", "granted-in-part"])
def test_what_is_kept_is_kept_by_an_exemption(outcome):
    """INV-39: a refusal, whole or in part, names its exemption and is itself an event; a whole grant names none."""
    subject = person(**ASKED)
    with pytest.raises(law.ExemptionUnnamed):
        subject.decide_erasure(**said(1, outcome=outcome, reason="It is needed"))
    with pytest.raises(law.ExemptionUnused):
        subject.decide_erasure(**said(1, outcome="granted", exemption="legal claims", reason="It is not"))
    with pytest.raises(Blank):
        subject.decide_erasure(**said(1, outcome=outcome, exemption="legal claims", reason=" "))
    subject.decide_erasure(**said(1, outcome=outcome, exemption="legal claims", reason="A claim is open"))

    assert (subject.state.erasures[0].outcome, subject.state.erasures[0].exemption) == (outcome, "legal claims")


def test_a_legal_hold_stands_against_an_erasure():
    """INV-39: while a hold stands, on any reference of the person, an erasure is neither granted nor done; it can be refused."""
    subject = person(**ASKED)
    subject.hold(**said(0, matter="Inquest", reason="The coroner asks"))
    with pytest.raises(law.HoldStands):
        subject.decide_erasure(**said(1, outcome="granted", reason="Why not"))
    subject.release(**said(2, matter="Inquest", reason="It is over"))
    with pytest.raises(law.HoldStands):
        subject.decide_erasure(**said(2, outcome="granted", reason="Why not", held=["A claim, elsewhere"]))
    subject.decide_erasure(**said(2, outcome="granted", reason="It is over"))
    subject.hold(**said(3, matter="A claim", reason="A letter came"))

    with pytest.raises(law.HoldStands):
        subject.erase(**said(4, erased=WENT))


def test_holds_stand_matter_by_matter():
    """A hold is placed once for each matter, and released for the one for which it was placed."""
    subject = person()
    subject.hold(**said(0, matter="Inquest", reason="The coroner asks"))
    subject.hold(**said(1, matter="Claim", reason="A letter came"))
    with pytest.raises(law.AlreadyHeld):
        subject.hold(**said(1, matter="Claim", reason="Again"))
    with pytest.raises(law.NoHold):
        subject.release(**said(1, matter="Inquiry", reason="It is over"))
    subject.release(**said(2, matter="Inquest", reason="It is over"))

    assert subject.state.held == ("Claim",)


def test_an_erasure_is_decided_once_it_is_asked_for_and_done_once_it_is_granted():
    """Nothing is decided that nobody asked for, nothing destroyed that was not granted, and one request waits at a time."""
    subject = person()
    with pytest.raises(law.ErasureNotAsked):
        subject.decide_erasure(**said(outcome="granted", reason="Why not"))
    subject.request_erasure(**said(1, **ASKED))
    with pytest.raises(law.ErasureAsked):
        subject.request_erasure(**said(1, **ASKED))
    with pytest.raises(law.ErasureNotAsked):
        subject.decide_erasure(**said(0, outcome="granted", reason="Before it was asked"))
    with pytest.raises(law.NotGranted):
        subject.erase(**said(1, erased=WENT))
    subject.decide_erasure(**said(1, outcome="refused", exemption="public health", reason="It is needed"))
    with pytest.raises(law.NotGranted):
        subject.erase(**said(1, erased=WENT))

    subject.request_erasure(**said(2, **ASKED))
    assert [one.outcome for one in subject.state.erasures] == ["refused", None]


def test_nothing_goes_on_with_what_was_erased():
    """After the erasure nothing is asked, restricted, held, merged or erased again."""
    subject = person(**ASKED)
    subject.decide_erasure(**said(outcome="granted", reason="Nothing stands against it"))
    subject.erase(**said(erased=WENT))

    for act in (
        lambda: subject.request_erasure(**said(**ASKED)),
        lambda: subject.restrict(**said(reason="Contested")),
        lambda: subject.hold(**said(matter="Inquest", reason="Late")),
        lambda: subject.merge(**said(into=OTHER, reason="One person")),
        lambda: subject.erase(**said(erased=WENT)),
    ):
        with pytest.raises(law.Gone):
            act()


def test_a_person_is_restricted_and_released():
    """A restriction names what the values may still be opened for; it is in force once, and is lifted once."""
    subject = person()
    with pytest.raises(law.NotRestricted):
        subject.lift(**said(reason="Why not"))
    subject.restrict(**said(1, open_for=("inspection",), reason="Accuracy is contested"))
    with pytest.raises(law.AlreadyRestricted):
        subject.restrict(**said(1, reason="Again"))
    assert subject.state.restriction.open_for == ("inspection",)
    subject.lift(**said(3, reason="It was accurate"))

    assert (subject.state.restriction, subject.state.restrictions[0].lifted_on) == (None, on(3))


def test_two_references_of_one_person_are_merged():
    """One goes on for both: what is asked about the other is refused, naming it; nobody is merged with themselves."""
    subject = person()
    with pytest.raises(law.MergedWithItself):
        subject.merge(**said(into=PERSON, reason="One person"))
    subject.merge(**said(into=OTHER, reason="She married"))

    assert subject.state.merged_into == OTHER
    with pytest.raises(law.MergedAway) as refused:
        subject.request_erasure(**said(**ASKED))
    assert str(OTHER) in str(refused.value)


def test_what_was_granted_is_done_before_a_merging():
    """An erasure that is granted and not done is done first: it would otherwise wait where nobody looks."""
    subject = person(**ASKED)
    subject.decide_erasure(**said(outcome="granted", reason="Nothing stands against it"))

    with pytest.raises(law.ErasureAsked):
        subject.merge(**said(into=OTHER, reason="One person"))


def test_an_erased_survivor_takes_what_was_merged_with_it():
    """What is erased of a person is erased under every reference, also the one that was merged away."""
    subject = person()
    subject.merge(**said(into=OTHER, reason="One person"))
    subject.erase(**said(1, erased=WENT, granted=True))

    assert subject.state.erased_on == on(1)


def test_an_access_request_is_answered():
    """The answer says when the request was received, and no other day, and by which exemption something was withheld."""
    subject = person()
    subject.request_access(**said(reference="SAR-1", identity_checked_by="board-manager"))
    for day in (on(-4), on(5)):
        with pytest.raises(law.ReceivedAnotherDay, match="SAR-1"):
            subject.answer_access(**said(5, reference="SAR-1", received_on=day, outcome="given"))
    with pytest.raises(law.ExemptionUnnamed):
        subject.answer_access(**said(5, reference="SAR-1", received_on=on(0), outcome="given-in-part"))
    subject.answer_access(**said(5, reference="SAR-1", received_on=on(0), outcome="given"))

    assert [(one.received_on, one.on) for one in subject.state.accesses] == [(on(0), on(5))]

    subject.correct(**said(6, amends=2, corrected={"occurred_on": on(1)}, reason="It came a day later"))
    assert [one.received_on for one in subject.state.accesses] == [on(1)]


def test_an_answer_is_to_a_request_that_waits():
    """UK GDPR Article 15: none is answered that nobody brought in, or only later, or twice; and it stays under its answer."""
    subject, answer = person(), {"received_on": on(2), "outcome": "given"}
    subject.request_access(**said(2, reference="SAR-1", identity_checked_by="board-manager"))
    for days, reference in ((5, "SAR-2"), (1, "SAR-1")):
        with pytest.raises(law.AccessNotAsked, match=reference):
            subject.answer_access(**said(days, reference=reference, **answer))
    subject.merge(**said(3, into=OTHER, reason="One person"))
    subject.answer_access(**said(5, reference="SAR-1", **answer))
    with pytest.raises(law.AccessNotAsked):
        subject.answer_access(**said(6, reference="SAR-1", **answer))
    with pytest.raises(RestsOnIt, match="nobody would have asked"):
        subject.retract(**said(6, amends=2, reason="Never came"))

    assert [one.reference for one in subject.state.accesses] == ["SAR-1"]


def test_the_day_of_a_request_is_not_corrected_in_its_answer():
    """UK GDPR Article 12(3): nobody makes an answer be in time; the request's own day is corrected, and the answer may follow it."""
    subject = person()
    subject.request_access(**said(0, reference="SAR-1", identity_checked_by="riv-lead"))
    subject.answer_access(**said(60, reference="SAR-1", received_on=on(0), outcome="given"))
    with pytest.raises(law.ReceivedAnotherDay, match="correct the request itself"):
        subject.correct(**said(61, amends=3, corrected={"received_on": on(50).isoformat()}, reason="It came later"))
    subject.correct(**said(61, amends=3, corrected={"outcome": "given-in-part", "exemption": "legal claims"}, reason="Not all of it"))
    subject.correct(**said(61, amends=2, corrected={"occurred_on": on(1).isoformat()}, reason="Stamped a day later"))
    assert (subject.state.accesses[0].received_on, subject.state.accesses[0].outcome) == (on(1), "given-in-part")
    subject.correct(**said(62, amends=3, corrected={"received_on": on(1).isoformat()}, reason="As the request says"))


def test_the_day_of_an_answer_without_a_request_stands_as_it_was_recorded():
    """Of before requests were on record: no correction moves it, though all else of it is corrected; retracted, it is recorded anew."""
    subject = person()
    early = {"reference": "SAR-0", "received_on": on(0), "outcome": "given", "exemption": None}
    subject.record("AccessRequestAnswered", occurred_on=on(60), late_reason=None, **early, **DPO.said)
    with pytest.raises(law.ReceivedAnotherDay):
        subject.correct(**said(61, amends=2, corrected={"received_on": on(50).isoformat()}, reason="It came later"))
    subject.correct(**said(61, amends=2, corrected={"outcome": "refused", "exemption": "legal claims"}, reason="It was refused"))
    assert subject.state.accesses[0].received_on == on(0)
    subject.retract(**said(62, amends=2, reason="The day is wrong"))
    subject.request_access(**said(50, reference="SAR-0", identity_checked_by="riv-lead"))
    subject.answer_access(**said(62, reference="SAR-0", received_on=on(50), outcome="given"))

    assert [one.received_on for one in subject.state.accesses] == [on(50)]


def test_what_is_decided_about_a_person_is_amended_as_everywhere_but_for_the_deed():
    """A wrong merging is retracted; a registration never is, nor what was destroyed, nor the decision that it rests on."""
    subject = person(**ASKED)
    subject.merge(**said(into=OTHER, reason="One person"))
    with pytest.raises(IdentifyingField):
        subject.correct(**said(amends=3, corrected={"into": str(UUID(int=79))}, reason="The other one"))
    subject.retract(**said(amends=3, reason="They are two"))
    assert subject.state.merged_into is None

    subject.decide_erasure(**said(outcome="granted", reason="Nothing stands against it"))
    subject.erase(**said(erased=WENT))
    with pytest.raises(NotAmendable):
        subject.retract(acting=MANAGER, occurred_on=DAY, amends=1, reason="wrong")
    with pytest.raises(law.ErasureStands):
        subject.retract(**said(amends=6, reason="wrong"))
    with pytest.raises(RestsOnIt):
        subject.retract(**said(amends=5, reason="wrong"))
    with pytest.raises(RestsOnIt):
        subject.correct(**said(amends=5, corrected={"outcome": "refused", "exemption": "legal claims"}, reason="wrong"))


def test_inv_39_nobody_decides_for_the_officer_what_cannot_be_undone():
    """INV-39, B.6: the Board's manager, who records what other offices did, releases no hold, grants no erasure and erases nothing."""
    manager = Acting(UUID(int=3), "board-manager", "data protection officer", on_behalf_of="dpo")
    subject = person(**ASKED)
    subject.hold(**said(0, matter="Inquest", reason="The coroner asks"))
    for deed in (
        lambda: subject.release(**said(1, matter="Inquest", reason="It is over") | {"acting": manager}),
        lambda: subject.decide_erasure(**said(1, outcome="granted", reason="So be it") | {"acting": manager}),
        lambda: subject.erase(**said(1, erased=WENT) | {"acting": manager}),
    ):
        with pytest.raises(law.InPersonAlone):
            deed()

    assert (subject.state.held, subject.state.erased_on, subject.state.erasures[0].outcome) == (("Inquest",), None, None)


def test_a_request_is_withdrawn_before_it_is_decided():
    """F.8: what was withdrawn is not decided, nothing is erased for it, and another request may come."""
    subject = person(**ASKED)
    subject.withdraw_erasure_request(**said(1, reason="They wrote again"))
    with pytest.raises(law.ErasureNotAsked):
        subject.decide_erasure(**said(2, outcome="granted", reason="Why not"))
    with pytest.raises(law.ErasureNotAsked):
        subject.withdraw_erasure_request(**said(2, reason="Twice"))
    with pytest.raises(law.NotGranted):
        subject.erase(**said(2, erased=WENT))
    subject.request_erasure(**said(3, **ASKED))

    assert [(one.withdrawn_on, one.due_on) for one in subject.state.erasures] == [
        (on(1), later(on(0), months=1)),
        (None, later(on(3), months=1)),
    ]


def test_what_is_due_is_kept_on_until_a_day_or_erased_by_a_decision():
    """Nothing is erased by itself: a person keeps it on, until a later day, or has it erased; a legal hold stands against that."""
    subject = person()
    for outcome, until in (("kept on", None), ("kept on", on(0)), ("to be erased", on(9))):
        with pytest.raises(law.KeptUntilWhen):
            subject.decide_retention(**said(0, outcome=outcome, kept_until=until, reason="It is due"))
    subject.decide_retention(**said(0, outcome="kept on", kept_until=on(900), reason="An inquiry may ask"))
    with pytest.raises(law.NotGranted):
        subject.erase(**said(1, erased=WENT))
    with pytest.raises(law.HoldStands):
        subject.decide_retention(**said(1, outcome="to be erased", reason="It is over", held=["A claim, elsewhere"]))
    subject.decide_retention(**said(1, outcome="to be erased", reason="It is over"))
    with pytest.raises(law.ErasureAsked):
        subject.request_erasure(**said(1, **ASKED))
    subject.erase(**said(2, erased=WENT))

    assert [one.outcome for one in subject.state.retentions] == ["kept on", "to be erased"]
    assert subject.state.erased_on == on(2)


def test_who_asks_for_access_is_answered_within_a_month():
    """A request waits, with the day by which it is to be answered, until an answer names it."""
    subject = person()
    subject.request_access(**said(0, **ASKED))
    with pytest.raises(law.AccessAsked):
        subject.request_access(**said(1, **ASKED))
    assert (subject.state.access_requests[0].due_on, subject.state.access_requests[0].answered_on) == (later(on(0), months=1), None)
    subject.answer_access(**said(5, reference=ASKED["reference"], received_on=on(0), outcome="given"))

    assert subject.state.access_requests[0].answered_on == on(5)


def test_who_asked_for_access_is_answered_before_they_are_erased():
    """UK GDPR Article 15: nothing is destroyed while a request for access waits, and its answer is not taken back afterwards."""
    subject, answer = person(**ASKED), {"reference": "SAR-1", "received_on": on(0), "outcome": "given"}
    subject.request_access(**said(0, reference="SAR-1", identity_checked_by="board-manager"))
    subject.decide_erasure(**said(1, outcome="granted", reason="Nothing stands against it"))
    with pytest.raises(law.AccessWaits, match="SAR-1"):
        subject.erase(**said(2, erased=WENT))
    subject.answer_access(**said(2, **answer))
    subject.erase(**said(3, erased=WENT))

    assert subject.state.erased_on == on(3)
    with pytest.raises(RestsOnIt, match="still wait to be told"):
        subject.retract(**said(4, amends=5, reason="It was not sent"))


def test_who_was_erased_before_they_were_answered_is_answered():
    """UK GDPR Article 15: a log in which somebody was erased while they waited takes the answer, once."""
    subject, answer = person(), {"reference": "SAR-1", "received_on": on(0), "outcome": "given"}
    subject.request_access(**said(0, reference="SAR-1", identity_checked_by="board-manager"))
    subject.record("PersonalDataErased", occurred_on=on(1), erased=tuple(WENT), **DPO.said)
    subject.answer_access(**said(2, **answer))

    assert (subject.state.access_asked, subject.state.accesses[0].on) == ((), on(2))
    with pytest.raises(law.AccessNotAsked):
        subject.answer_access(**said(3, **answer))


def test_whoever_had_it_is_told_once_it_is_erased():
    """UK GDPR Article 19: a recipient is told of an erasure that was done, of something that was disclosed before it."""
    subject = person(**ASKED)
    told = {"recipient": "Ofsted", "how": "By letter"}
    with pytest.raises(law.NotErased):
        subject.notify_recipient(**said(1, disclosed_on=on(0), **told))
    subject.decide_erasure(**said(1, outcome="granted", reason="Nothing stands against it"))
    subject.erase(**said(2, erased=WENT))
    with pytest.raises(law.DisclosedAfter):
        subject.notify_recipient(**said(4, disclosed_on=on(3), **told))
    subject.notify_recipient(**said(4, disclosed_on=on(0), **told))

    assert (subject.state.notified[0].recipient, subject.state.notified[0].on) == ("Ofsted", on(4))
