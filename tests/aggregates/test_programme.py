"""Meetings, priorities, courses and resources: what may be recorded of them, and what is then true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from aggregates.entry import standing
from aggregates.errors import Blank
from aggregates.partnership import Course, Meeting, Priorities, Resource
from aggregates.partnership import course as of_course
from aggregates.partnership import meeting as of_meeting
from aggregates.partnership import priorities as of_priorities
from aggregates.partnership import resource as of_resource
from aggregates.partnership.membership import NotAMember
from tests.aggregates.people import CHAIR, DAY, MANAGER, ORIGIN, QUALITY, RIV, evidence, on

MEMBERS = frozenset({"RIV", "CQH", "WMP", "AVM"})
THERE = ({"agency": "RIV", "attendance": "present"}, {"agency": "CQH", "attendance": "apologies"})
AGENDA = ({"id": "4", "title": "The report on Alder", "about": "review:SB-2015-01"},)


def held(**other):
    """Give a meeting of the Board."""
    said = {"acting": MANAGER, "occurred_on": DAY, "ref": "B-2016-09", "body": "BOARD", "attendance": THERE, "agenda": AGENDA}
    return Meeting.hold(ORIGIN, **said | {"members": MEMBERS, "quorum": Fraction(1, 2)} | other)


def present(*agencies):
    """Say who was there."""
    return tuple({"agency": agency, "attendance": "present"} for agency in agencies)


@pytest.mark.parametrize(
    ("body", "attendance", "quorum", "members", "quorate"),
    [
        ("BOARD", present("RIV"), Fraction(1, 2), 4, False),
        ("BOARD", present("RIV", "CQH"), Fraction(1, 2), 4, True),
        ("BOARD", present("RIV", "CQH"), Fraction(2, 3), 4, False),
        ("BOARD", present("RIV", "CQH", "WMP"), Fraction(2, 3), 4, True),
        ("QUALITY", THERE, Fraction(1, 2), 2, True),
        ("QUALITY", THERE, Fraction(2, 3), 2, False),
    ],
)
def test_a_meeting_is_quorate_by_who_was_there(body, attendance, quorum, members, quorate):
    """LIF-APPA-BD-01: whether it was a quorum is computed: at the Board of all members, in a sub-group of those it names."""
    now = held(acting=CHAIR, body=body, attendance=attendance, quorum=quorum).state

    assert (now.members, now.quorate, now.held_on) == (members, quorate, DAY)


def test_whether_it_was_quorate_follows_a_correction_of_who_was_there():
    """A name that was missing is put right, and with it whether there was a quorum; the entry still says what was recorded."""
    meeting = held()
    right = [*THERE, {"agency": "WMP", "attendance": "present"}]
    meeting.correct(acting=MANAGER, occurred_on=on(1), amends=1, corrected={"attendance": right}, reason="WMP came late")

    assert (meeting.state.quorate, meeting.entries[0].body["quorate"]) == (True, False)


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"attendance": ()}, of_meeting.UnreadableAttendance),
        ({"attendance": present("RIV", "RIV")}, of_meeting.UnreadableAttendance),
        ({"attendance": ({"agency": "RIV", "attendance": "asleep"},)}, of_meeting.UnreadableAttendance),
        ({"attendance": ({"agency": "RIV"},)}, of_meeting.UnreadableAttendance),
        ({"attendance": ({"agency": "RIV", "attendance": "present", "name": "J."},)}, of_meeting.UnreadableAttendance),
        ({"attendance": present("NHS")}, NotAMember),
        ({"agenda": ({"id": "1", "title": "A"}, {"id": "1", "title": "B"})}, of_meeting.UnreadableAgenda),
        ({"agenda": ({"id": "1"},)}, of_meeting.UnreadableAgenda),
        ({"agenda": ({"id": "1", "title": " "},)}, of_meeting.UnreadableAgenda),
        ({"agenda": ({"id": "1", "title": "A", "by": "B"},)}, of_meeting.UnreadableAgenda),
        ({"acting": QUALITY}, of_meeting.NotTheirMeeting),
        ({"body": " "}, Blank),
    ],
)
def test_a_meeting_that_cannot_be_read_is_refused(other, refusal):
    """Attendance names members once each, an agenda has ids of its own, and the Board's meeting is not recorded by a sub-group."""
    with pytest.raises(refusal):
        held(**other)


def test_a_correction_cannot_say_what_could_not_be_recorded():
    """A meeting is not corrected into an attendance of nobody."""
    with pytest.raises(of_meeting.UnreadableAttendance):
        held().correct(acting=MANAGER, occurred_on=DAY, amends=1, corrected={"attendance": []}, reason="typing error")


def test_minutes_are_filed_when_they_are_agreed():
    """Minutes come with the meeting or after it, by those whose meeting it was; without a file they are none."""
    meeting = held(acting=QUALITY, body="QUALITY", evidence=(evidence(),))
    meeting.file_minutes(acting=QUALITY, occurred_on=on(30), evidence=(evidence(name="cd"),))

    assert [item.sha256[:2] for item in meeting.state.minutes] == ["ab", "cd"]
    with pytest.raises(of_meeting.NoMinutes):
        meeting.file_minutes(acting=QUALITY, occurred_on=on(30), evidence=())
    with pytest.raises(of_meeting.NotHeld):
        meeting.file_minutes(acting=QUALITY, occurred_on=on(-1), evidence=(evidence(),))
    with pytest.raises(of_meeting.NotTheirMeeting):
        meeting.file_minutes(acting=replace(QUALITY, body="TRAINING"), occurred_on=on(30), evidence=(evidence(),))
    assert (meeting.state.item("4").about, meeting.state.item("5"), meeting.ref) == ("review:SB-2015-01", None, "B-2016-09")


def test_a_period_has_each_priority_once():
    """A priority is set once in a period, however it is spelt; another may follow, and one that was retracted be set again."""
    said = {"acting": CHAIR, "occurred_on": DAY, "lead_office": "chair", "informed_by": ("SB-2015-01/F1",)}
    period = Priorities.begin(ORIGIN, **said, period="2016-17", priority="Neglect")
    with pytest.raises(of_priorities.PriorityTwice):
        period.add(**said, priority=" neglect ")
    with pytest.raises(Blank):
        period.add(**said, priority=" ")
    period.add(**said, priority="Transition to adult services")

    assert [one.priority for one in period.state.priorities] == ["Neglect", "Transition to adult services"]
    assert period.ref == "2016-17"
    period.retract(acting=CHAIR, occurred_on=DAY, amends=1, reason="not agreed")
    period.add(**said, priority="Neglect")
    assert [one.priority for one in period.state.priorities] == ["Transition to adult services", "Neglect"]


COURSE = {
    "ref": "IACP", "title": "Inter-Agency Child Protection", "level": "core", "format": "1 day", "provider": "Workforce Development",
    "skills": "Ask the child", "follow_up_owed": True, "because_of": ("SB-2015-01/F1",),
}  # fmt: skip


def offered(**other):
    """Give a course."""
    return Course.offer(ORIGIN, acting=MANAGER, occurred_on=DAY, **COURSE | other)


def test_a_course_says_what_it_is_for_and_changes_because_of_findings():
    """LIF: a course is for skills, knowledge or values; what it teaches because of findings is gathered from its revisions too."""
    course = offered()
    course.revise(acting=MANAGER, occurred_on=on(30), what="A day on thresholds", because_of=("SB-2015-01/F1", "SB-2016-03/F2"))
    course.withdraw(acting=MANAGER, occurred_on=on(60), reason="Replaced by e-learning")

    now = course.state
    assert (now.because_of, len(now.revisions), now.follow_up_owed) == (("SB-2015-01/F1", "SB-2016-03/F2"), 1, True)
    assert (now.status, course.state_on(on(59)).status) == (of_course.Withdrawn(on(60), "Replaced by e-learning"), of_course.Offered())


def test_a_course_that_is_not_on_offer_is_left_alone():
    """A course without an outcome is not offered; one that was withdrawn, or not offered yet, is neither revised nor withdrawn."""
    with pytest.raises(of_course.NothingToLearn):
        offered(skills=None)
    course = offered()
    with pytest.raises(of_course.NotInTheProgramme):
        course.revise(acting=MANAGER, occurred_on=on(-1), what="More")
    course.withdraw(acting=MANAGER, occurred_on=on(60), reason="Replaced")
    with pytest.raises(of_course.NotInTheProgramme):
        course.revise(acting=MANAGER, occurred_on=on(59), what="More")
    with pytest.raises(of_course.NotInTheProgramme):
        course.withdraw(acting=MANAGER, occurred_on=on(61), reason="Again")


RESOURCE = {
    "ref": "CASPAR",
    "title": "CASPAR, weekly news",
    "url": "https://caspar.example/news",
    "kind": "e-mail updates",
    "check_every": 6,
}


def listed(**other):
    """Give a resource."""
    return Resource.list_(ORIGIN, acting=MANAGER, occurred_on=DAY, **RESOURCE | other)


def test_a_resource_is_looked_at_again_in_time():
    """LIF-APPD: it is looked at every so many months, counted from the last look; and people say whether it was of use."""
    resource = listed()
    assert (resource.state.check_due, resource.state.reachable) == (date(2017, 3, 12), None)
    resource.check(acting=MANAGER, occurred_on=on(30), reachable=False, found="404")
    resource.give_feedback(acting=RIV, occurred_on=on(31), useful="in part", comment="Too much of it")

    now = resource.state
    assert (now.reachable, now.checked_on, now.check_due) == (False, on(30), date(2017, 4, 12))
    assert [(f.by_agency, f.useful) for f in now.feedback] == [("RIV", "in part")]


def test_a_resource_has_an_address_and_a_cadence():
    """What is no address of the web, and a cadence of nothing or of decades, are refused, also as a correction."""
    for url in ("caspar.example", "ftp://caspar.example", "https://caspar example", "https://nowhere", "javascript:alert(1)"):
        with pytest.raises(of_resource.NotAnAddress):
            listed(url=url)
    for months in (0, -1, 121):
        with pytest.raises(of_resource.NoCadence):
            listed(check_every=months)
    with pytest.raises(of_resource.NotAnAddress):
        listed().correct(acting=MANAGER, occurred_on=DAY, amends=1, corrected={"url": "gone"}, reason="moved")
    for act in (
        lambda r: r.check(acting=MANAGER, occurred_on=on(-1), reachable=True),
        lambda r: r.give_feedback(acting=RIV, occurred_on=on(-1), useful="no"),
    ):
        with pytest.raises(of_resource.NotListed):
            act(listed())


@pytest.mark.parametrize("thing", [held, offered, listed])
def test_what_stands_without_its_beginning_says_nothing(thing):
    """A meeting, a course and a resource whose entries are retracted are not there. The folds are total."""
    one = thing()
    if thing is held:
        one.file_minutes(acting=MANAGER, occurred_on=on(1), evidence=(evidence(),))
    elif thing is offered:
        one.revise(acting=MANAGER, occurred_on=on(1), what="More")
    else:
        one.check(acting=MANAGER, occurred_on=on(1), reachable=True)
    for amends in (2, 1):
        one.retract(acting=MANAGER, occurred_on=on(2), amends=amends, reason="never was")

    assert (one.state, type(one).fold(standing(one.entries[1:2]))) == (None, None)
