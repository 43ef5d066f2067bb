"""An item of learning is sent to the members of a day, and each of them answers for itself (INV-18 to INV-22, INV-40)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.dissemination import Dissemination, refusals
from aggregates.entry import standing
from aggregates.entry.fields import shape
from aggregates.errors import Blank, RestsOnIt
from aggregates.partnership.membership import NotAMember
from tests.aggregates.people import CHAIR, CHAIR_OF_RIV, DAY, MANAGER, ORIGIN, RIV, TRAINING, WMP, evidence, on

FILE = evidence()
HASH = FILE.sha256
ITEM = {"ref": "D1", "title": "Alder: the report", "kind": "scr_report", "source": "review:SB-2015-01", "findings": ("SB-2015-01/F1",)}
GROUPS = ({"group": "Protection unit", "basis": "need_to_know"}, {"group": "Response officers", "basis": "nice_to_know"})
WINDOWS = (28, 3)
MEMBERS = frozenset({"RIV", "WMP"})


def produced(**other):
    """Put the report on record."""
    return Dissemination.produce(ORIGIN, **{"acting": TRAINING, "occurred_on": DAY, "evidence": (FILE,)} | ITEM | other)


def issued(members=MEMBERS, **other):
    """Send it to the members, on the day on which it was produced."""
    item = produced(**other)
    item.issue(acting=CHAIR, occurred_on=DAY, members=members, windows=WINDOWS)
    return item


def acknowledged(item=None, who=WMP, day=3, **other):
    """Let the police acknowledge it, three days later."""
    item = item or issued()
    said = {"content_sha256": HASH, "staff_groups": GROUPS, "cascade_plan": "At the briefing of each shift"}
    item.acknowledge(acting=who, occurred_on=on(day), **said | other)
    return item


def cascaded(item=None, day=10, **other):
    """Let the police report that those who need to know were reached."""
    item = item or acknowledged()
    said = {"staff_group": "Protection unit", "reach": 32, "headcount": 40, "channel": "Shift briefing"}
    item.report_cascade(acting=WMP, occurred_on=on(day), **said | other)
    return item


def embedded():
    """Let the police state its implications, and talk it over in team meetings and in supervision."""
    item = cascaded()
    item.identify_implications(acting=WMP, occurred_on=on(20), change_needed=True, actions=("A8",))
    for day, forum in ((30, "team_meeting"), (40, "supervision")):
        item.record_discussion(acting=WMP, occurred_on=on(day), forum=forum, held=9, expected=12, suggestions=None)
    return item


def status(item, day, agency="WMP"):
    """Say how far an agency was on a day."""
    then = item.state_on(on(day))
    return then.recipients[agency].status(then.item.kind)


def test_inv_18_the_recipients_are_the_members_of_the_day_for_ever():
    """INV-18: who receives it is fixed when it is issued, with their dates; a later joiner is caught up, with as long to answer."""
    item = issued()
    sent = item.entries[-1].body
    assert (sent["recipients"], sent["to"], sent["kind"], sent["content_sha256"]) == (("RIV", "WMP"), (), "scr_report", HASH)
    assert (sent["acknowledgement_due"], sent["embedding_due"]) == (DAY + timedelta(28), date(2016, 12, 12))

    with pytest.raises(refusals.AlreadyReceived):
        item.catch_up(acting=MANAGER, occurred_on=on(5), agency="RIV", windows=WINDOWS)
    item.catch_up(acting=MANAGER, occurred_on=on(50), agency="NEW", windows=WINDOWS)
    late = item.state.recipients["NEW"]
    assert (late.received_on, late.acknowledgement_due) == (on(50), on(78))
    assert (item.state.received("RIV"), item.state.received("CQH")) == (DAY, None)
    with pytest.raises(refusals.AlreadyIssued):
        item.issue(acting=CHAIR, occurred_on=on(51), members=MEMBERS, windows=WINDOWS)


def test_inv_18_some_members_may_be_named_and_nobody_else():
    """INV-18: an item may go to some members; who is none on the day receives nothing, and it goes to somebody."""
    item = produced()
    for to, members, refusal in ((("CQH",), MEMBERS, NotAMember), ((), frozenset(), refusals.NobodyReceives)):
        with pytest.raises(refusal):
            item.issue(acting=CHAIR, occurred_on=DAY, to=to, members=members, windows=WINDOWS)
    with pytest.raises(refusals.NotProduced):
        item.issue(acting=CHAIR, occurred_on=on(-1), members=MEMBERS, windows=WINDOWS)
    item.issue(acting=CHAIR, occurred_on=DAY, to=("WMP",), members=MEMBERS, windows=WINDOWS)

    assert tuple(item.state.recipients) == ("WMP",)
    with pytest.raises(refusals.NotARecipient):
        acknowledged(item, who=RIV)


def test_inv_18_what_was_sent_to_whom_and_when_is_not_corrected():
    """INV-18: the day of issue found the recipients and their dates, and the kind what is asked of them; they stay, or are retracted."""
    item = issued()
    for amends, corrected, who in (
        (2, {"occurred_on": "2016-09-13"}, CHAIR),
        (2, {"to": ["WMP"]}, CHAIR),
        (1, {"kind": "poster"}, TRAINING),
    ):
        with pytest.raises(refusals.FixedByIssue):
            item.correct(acting=who, occurred_on=on(1), amends=amends, corrected=corrected, reason="wrong")
    item.correct(acting=TRAINING, occurred_on=on(1), amends=1, corrected={"title": "Alder: the report, with the response"}, reason="more")
    item.retract(acting=CHAIR, occurred_on=on(1), amends=2, reason="Sent too early")

    assert item.state.item.word == "produced"
    item.issue(acting=CHAIR, occurred_on=on(2), members=MEMBERS, windows=WINDOWS)
    assert item.state.received("WMP") == on(2)


def test_inv_19_an_acknowledgement_names_the_content_and_stays_with_it():
    """INV-19: another content is not acknowledged by mistake; superseded, what was acknowledged stays, and the successor is owed anew."""
    with pytest.raises(refusals.OtherContent):
        acknowledged(content_sha256="cd" * 32)
    first, second = acknowledged(), issued(ref="D2", evidence=(evidence(name="cd"),))
    for by_ref, successor, refusal in (("D1", first.state, refusals.SupersedesItself), ("D3", None, refusals.NoSuccessor)):
        with pytest.raises(refusal):
            first.supersede(acting=CHAIR, occurred_on=on(9), by_ref=by_ref, reason="A redacted report", successor=successor)
    with pytest.raises(refusals.NoSuccessor):
        first.supersede(acting=CHAIR, occurred_on=on(9), by_ref="D2", reason="…", successor=produced(ref="D2").state)
    first.supersede(acting=CHAIR, occurred_on=on(9), by_ref="D2", reason="A redacted report", successor=second.state)

    assert (first.state.item.word, status(first, 9), status(first, 9, "RIV")) == ("superseded", "acknowledged", "outstanding")
    assert (first.state.outstanding, second.state.outstanding) == (frozenset(), MEMBERS)
    assert first.entries[-1].body["recipients"] == ("RIV", "WMP")
    with pytest.raises(refusals.ItemEnded):
        acknowledged(first, who=RIV, day=10)
    with pytest.raises(refusals.OtherContent):
        acknowledged(second, day=10)


def test_inv_20_a_basis_is_stated_for_every_group_that_was_ever_declared():
    """INV-20: no group is forgotten, named twice or without a basis; those who need to know owe a cascade report, the others none."""
    for groups, refusal in (
        ((), refusals.UnreadableGroups),
        ((GROUPS[0], GROUPS[0] | {"group": " protection  UNIT"}), refusals.UnreadableGroups),
        (({"group": "Cadets"},), refusals.UnreadableGroups),
        (({"group": "Cadets", "basis": "perhaps"},), refusals.UnreadableGroups),
        (({"group": " ", "basis": "need_to_know"},), refusals.UnreadableGroups),
        ((GROUPS[0],), refusals.GroupsLeftOut),
    ):
        with pytest.raises(refusal):
            acknowledged(staff_groups=groups, declared=("Protection unit", "response officers"))
    item = acknowledged(declared=("protection unit",))
    assert item.state.recipients["WMP"].lacks("poster")[0] == "a report that it reached Protection unit"
    with pytest.raises(refusals.NotADeclaredGroup):
        cascaded(item, staff_group="Cadets")
    with pytest.raises(refusals.NotAPart):
        cascaded(item, reach=41)
    with pytest.raises(refusals.NotAPart):
        cascaded(item, headcount=0, reach=0)
    cascaded(item, staff_group="protection unit")
    assert item.state.recipients["WMP"].cascades[0].staff_group == "Protection unit"
    with pytest.raises(refusals.AlreadyAcknowledged):
        acknowledged(item, day=11)


def test_inv_21_no_implications_need_a_reason():
    """INV-21: that nothing has to change is a finding of its own, and says why; also once it is corrected."""
    item = acknowledged()
    for why in (None, " "):
        with pytest.raises(refusals.NoImplicationsUnexplained):
            item.identify_implications(acting=WMP, occurred_on=on(20), change_needed=False, why=why)
    item.identify_implications(acting=WMP, occurred_on=on(20), change_needed=True)
    with pytest.raises(refusals.NoImplicationsUnexplained):
        item.correct(acting=WMP, occurred_on=on(21), amends=4, corrected={"change_needed": False}, reason="We looked again")
    item.correct(acting=WMP, occurred_on=on(21), amends=4, corrected={"change_needed": False, "why": "We do so"}, reason="We looked again")

    assert item.state.recipients["WMP"].implications.change_needed is False


def test_inv_22_a_single_page_briefing_has_one_page():
    """INV-22: neither a claim of two pages nor a file of two that claims one passes; nor no claim at all; a correction neither."""
    for claimed, counted, refusal in ((2, None, refusals.NotOnePage), (1, 2, refusals.NotOnePage), (None, None, refusals.PagesUncounted)):
        with pytest.raises(refusal):
            produced(kind="single_page_briefing", pages=claimed, counted=counted)
    assert produced(kind="single_page_briefing", counted=1).state.item.pages == 1
    item = produced(kind="single_page_briefing", pages=1)
    with pytest.raises(refusals.NotOnePage):
        item.correct(acting=TRAINING, occurred_on=DAY, amends=1, corrected={"pages": 2}, reason="counted again")
    with pytest.raises(refusals.OtherPages):
        produced(pages=4, counted=40)
    with pytest.raises(refusals.OneFile):
        produced(evidence=(FILE, evidence(name="cd")))


@given(st.lists(st.sampled_from(("groups", "talk", "implications")), max_size=6))
@settings(max_examples=40, deadline=None)
def test_inv_40_how_far_an_agency_is_follows_from_public_fields_alone(parts):
    """INV-40: with everything that is not public struck out, every agency is as far as it was: nothing else shows in a public matrix."""
    item = acknowledged()
    for number, part in enumerate(parts):
        if part == "groups":
            cascaded(item, day=10 + number)
        elif part == "talk":
            item.record_discussion(
                acting=WMP, occurred_on=on(20), forum="team_meeting", held=number % 2, expected=2, suggestions="More of it"
            )
        else:
            item.identify_implications(acting=WMP, occurred_on=on(20), change_needed=False, why="We do so already")
    public = Dissemination.fold([entry._replace(body=_public(entry)) for entry in standing(item.entries)])

    for code, recipient in item.state.recipients.items():
        assert public.recipients[code].status("scr_report") == recipient.status("scr_report")


def _public(entry):
    """Return what an entry says in public; of the rest, something that says nothing."""
    struck = {int: 1, str: "…"}
    public = {field.name for field in shape(entry.event) if field.sensitivity == "public"}
    hidden = {field.name: () if field.many else struck.get(field.kind) for field in shape(entry.event) if field.name not in public}
    return {name: value if name in public else hidden[name] for name, value in entry.body.items()}


def test_a_recipient_is_outstanding_then_acknowledged_then_cascaded_then_embedded():
    """B.4: each step is shown from the day on which it was true; of a review, team meetings and individual supervision both count."""
    item = embedded()

    assert [status(item, day) for day in (2, 3, 10, 30, 40)] == ["outstanding", "acknowledged", "cascaded", "cascaded", "embedded"]
    assert item.state.recipients["RIV"].lacks("scr_report") == ("an acknowledgement",)
    assert (item.state.complete, issued(members={"WMP"}).state.complete) == (False, False)


def test_nothing_is_called_cascaded_that_reached_nobody():
    """Where nobody needs to know, no report is owed and none is claimed; other material is embedded once it was talked over somewhere."""
    item = acknowledged(issued(kind="newsletter"), staff_groups=({"group": "All", "basis": "nice_to_know"},))
    assert status(item, 3) == "acknowledged"
    item.record_discussion(acting=WMP, occurred_on=on(4), forum="joint_working", held=0, expected=2, suggestions=None)
    assert status(item, 4) == "acknowledged"
    item.record_discussion(acting=WMP, occurred_on=on(5), forum="joint_working", held=1, expected=2, suggestions=None)
    assert status(item, 5) == "embedded"


def test_awareness_of_the_board_is_not_the_item():
    """L162: a report about awareness of the Board needs no declared group, and does not stand for a cascade of the item."""
    item = cascaded(staff_group="Volunteers", about="awareness")

    assert status(item, 10) == "acknowledged"


def test_what_a_recipient_does_comes_after_its_acknowledgement():
    """An agency that has not acknowledged reports nothing; a talk may have been held before the day on which it did."""
    with pytest.raises(refusals.NotAcknowledged):
        cascaded(issued())
    item = acknowledged(day=20)
    item.record_discussion(acting=WMP, occurred_on=on(10), forum="team_meeting", held=1, expected=1, suggestions=None)

    assert [status(item, day) for day in (10, 20)] == ["outstanding", "acknowledged"]
    with pytest.raises(refusals.NotARecipient):
        acknowledged(issued(members={"WMP"}), who=RIV)
    with pytest.raises(refusals.NotIssued):
        acknowledged(produced())


def test_what_others_rest_on_is_not_amended_away():
    """The issue under an answer, the acknowledgement under a report and the group under its cascade stay until these are retracted."""
    item = cascaded()
    for amends, who in ((2, CHAIR), (3, WMP)):
        with pytest.raises(RestsOnIt):
            item.retract(acting=who, occurred_on=on(11), amends=amends, reason="wrong")
    renamed = [{"group": "Unit", "basis": "need_to_know"}, dict(GROUPS[1])]
    with pytest.raises(RestsOnIt):
        item.correct(acting=WMP, occurred_on=on(11), amends=3, corrected={"staff_groups": renamed}, reason="renamed")
    with pytest.raises(refusals.NotAPart):
        item.correct(acting=WMP, occurred_on=on(11), amends=4, corrected={"reach": 320}, reason="typing error")
    item.correct(acting=WMP, occurred_on=on(11), amends=4, corrected={"reach": 23}, reason="typing error")
    item.retract(acting=WMP, occurred_on=on(12), amends=4, reason="It was another item")
    item.retract(acting=WMP, occurred_on=on(12), amends=3, reason="It was another item")

    assert item.state.outstanding == MEMBERS


def test_inv_19_nobody_is_freed_by_an_item_that_they_never_got():
    """INV-19, F.6: what takes the place of an item was sent to all who had it, or it stays owed."""
    first, second = issued(), issued(members={"WMP"}, ref="D2", evidence=(evidence(name="cd"),))
    with pytest.raises(refusals.SuccessorNotSent) as refused:
        first.supersede(acting=CHAIR, occurred_on=on(9), by_ref="D2", reason="A shorter one", successor=second.state)
    second.catch_up(acting=MANAGER, occurred_on=on(10), agency="RIV", windows=WINDOWS)
    first.supersede(acting=CHAIR, occurred_on=on(11), by_ref="D2", reason="A shorter one", successor=second.state)

    assert (set(refused.value.facts["agencies"]), second.state.outstanding) == ({"RIV"}, MEMBERS)


def test_inv_44_a_chair_ends_nothing_that_their_employer_still_owes():
    """INV-44: the deputy takes an item back or lets another take its place, until the chair's employer has done all that it asks."""
    item, successor = issued(), issued(ref="D2", evidence=(evidence(name="cd"),))
    ends = (
        lambda: item.withdraw(acting=CHAIR_OF_RIV, occurred_on=on(5), reason="A name was in it"),
        lambda: item.supersede(acting=CHAIR_OF_RIV, occurred_on=on(5), by_ref="D2", reason="Shorter", successor=successor.state),
    )
    for end in ends:
        with pytest.raises(refusals.EmployerOwes):
            end()
    item.withdraw(acting=replace(CHAIR_OF_RIV, agency="WMP", role="board manager"), occurred_on=on(5), reason="A name was in it")


def test_the_framework_is_acknowledged_with_a_statement():
    """LIF-RAG-01: an acknowledgement is made once, so it says what the framework asks of it: how it fits the agency's arrangements."""
    with pytest.raises(refusals.StatementNeeded):
        acknowledged(issued(kind="framework"))

    assert acknowledged(issued(kind="framework"), statement="Our supervision policy names it").state.outstanding == {"RIV"}


def test_an_item_is_withdrawn_with_a_reason_in_public_and_then_owed_by_nobody():
    """What is withdrawn takes no more acts, and stays on record; also what was sent to nobody yet."""
    item = acknowledged()
    with pytest.raises(Blank):
        item.withdraw(acting=CHAIR, occurred_on=on(5), reason=" ")
    item.withdraw(acting=CHAIR, occurred_on=on(5), reason="A name was in it")
    produced().withdraw(acting=CHAIR, occurred_on=on(5), reason="Not needed")

    assert (item.state.outstanding, item.state.item.word, status(item, 5)) == (frozenset(), "withdrawn", "acknowledged")
    for act in (cascaded, lambda it: it.withdraw(acting=CHAIR, occurred_on=on(6), reason="again")):
        with pytest.raises(refusals.ItemEnded):
            act(item)


def test_a_member_says_that_it_does_not_work():
    """L165: an agency that received it, a sub-group and the Board each say so in their own name."""
    item = issued(members={"WMP"})
    for who in (WMP, TRAINING, CHAIR):
        item.report_ineffectiveness(acting=who, occurred_on=on(60), what="Half of the staff do not know the threshold")
    with pytest.raises(refusals.NotARecipient):
        item.report_ineffectiveness(acting=RIV, occurred_on=on(60), what="Nobody knows it")

    assert [one.agency for one in item.state.item.ineffective] == ["WMP", "TRAINING", "BOARD"]


def test_a_practice_briefing_is_delivered_to_somebody():
    """L201: which agencies took part, and how many people."""
    item = issued()
    item.deliver_practice_briefing(acting=TRAINING, occurred_on=on(30), agencies=("WMP", "RIV", "WMP"), participants=24)
    with pytest.raises(refusals.NotAPart):
        item.deliver_practice_briefing(acting=TRAINING, occurred_on=on(30), agencies=("WMP",), participants=0)

    assert (item.state.item.briefings[0].agencies, item.entries[-1].body["source"]) == (("WMP", "RIV"), "review:SB-2015-01")


def test_what_others_did_meanwhile_is_nothing_to_a_recipient():
    """Each rests on what concerns it: its own acts, the item, and for the Board who receives it; a version of the future is none."""
    item = issued()
    seen = item.version
    acknowledged(item)
    assert (item.moved_since(seen, RIV), item.moved_since(seen, CHAIR), item.moved_since(seen, WMP)) == (False, False, True)
    item.catch_up(acting=MANAGER, occurred_on=on(5), agency="NEW", windows=WINDOWS)
    assert (item.moved_since(seen, RIV), item.moved_since(seen, CHAIR)) == (False, True)
    item.correct(acting=WMP, occurred_on=on(6), amends=3, corrected={"cascade_plan": "By e-mail"}, reason="changed")
    assert (item.moved_since(seen, RIV), item.moved_since(item.version + 1, RIV)) == (False, True)
    item.deliver_practice_briefing(acting=TRAINING, occurred_on=on(7), agencies=("RIV",), participants=3)
    assert item.moved_since(seen, RIV)


def test_to_name_every_member_is_to_name_none():
    """LIF-APPA-BD-10: what goes to all says so in one way, so that what went to some of them is told from it."""
    everyone, some = produced(), produced(ref="D2")
    everyone.issue(acting=CHAIR, occurred_on=DAY, members=MEMBERS, windows=WINDOWS, to=("WMP", "RIV"))
    some.issue(acting=CHAIR, occurred_on=DAY, members=MEMBERS, windows=WINDOWS, to=("WMP",))

    assert [(it.entries[-1].body["to"], it.entries[-1].body["recipients"]) for it in (everyone, some)] == [
        ((), ("RIV", "WMP")),
        (("WMP",), ("WMP",)),
    ]
