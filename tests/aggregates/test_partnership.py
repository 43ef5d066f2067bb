"""Members, sub-groups, offices and settings: from when to when, and as corrected."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from aggregates.clocks.dates import later
from aggregates.entry.values import Sealed
from aggregates.errors import Blank
from aggregates.partnership import Agency, Partnership, SubGroup
from aggregates.partnership import agency as of_agency
from aggregates.partnership.office import NobodyInOffice, Office, TermEndsFirst, TermsOverlap, answering_office
from aggregates.partnership.settings import SettingUnreadable
from aggregates.partnership.sub_group import Dissolved, NotConstituted
from tests.aggregates.people import CHAIR, DAY, MANAGER, ORIGIN, on

SAID = {"acting": MANAGER, "occurred_on": DAY}
JANE, JOAN = Sealed(UUID(int=71)), Sealed(UUID(int=72))
QUALITY_CHAIR = {"title": "Chair of the Quality sub-group", "role": "sub-group chair", "body": "QUALITY", "employer": "CQH"}
JOINED = {"name": "Severn Community Rehabilitation Company", "category": "probation", "section_11": "yes"}


def partnership():
    """Give a partnership."""
    regime = {"name": "Severnbrook Safeguarding Children Board", "regime": "LSCB-WT2015", "effective_on": date(2015, 3, 26)}
    return Partnership.establish(ORIGIN, **SAID, **regime)


def crc():
    """Give an agency that joined."""
    return Agency.join(ORIGIN, **SAID, code="CRC-S", **JOINED)


def quality_chair(**other):
    """Give an office with its first holder, from the first day on."""
    first = QUALITY_CHAIR | {"office": "quality-chair", "holder": JANE, "from_on": DAY}
    return Office.begin(ORIGIN, **SAID, **first | other)


def test_inv_33_the_settings_have_defaults_until_the_board_sets_its_own():
    """INV-33: 35 days and checks after 6 and 12 months, until a local setting says otherwise, from its day on."""
    board = partnership()
    assert (board.state.backdating_limit, board.state.sustainment_checks) == (35, (6, 12))

    board.set_local_setting(acting=CHAIR, occurred_on=on(10), setting="backdating_limit", value="28")
    board.set_local_setting(acting=CHAIR, occurred_on=on(10), setting="sustainment_checks", value="3, 6, 12")

    assert (board.state.backdating_limit, board.state.sustainment_checks) == (28, (3, 6, 12))
    assert board.state_on(on(9)).backdating_limit == 35


@pytest.mark.parametrize(
    ("setting", "value"),
    [("backdating_limit", v) for v in ("", "0", "-1", "35 days", "28, 35", "٣", "1000", "1e2")]
    + [("sustainment_checks", v) for v in ("", "6,", "12, 6", "6, 6", "P6M", "0, 6")],
)
def test_inv_33_a_setting_that_cannot_be_read_is_refused(setting, value):
    """INV-33: a setting is a number of days, or months in ascending order; anything else is refused and says how to write it."""
    board = partnership()

    with pytest.raises(SettingUnreadable):
        board.set_local_setting(acting=CHAIR, occurred_on=DAY, setting=setting, value=value)

    assert len(board.entries) == 1


def test_inv_33_a_setting_corrected_into_nonsense_leaves_the_one_before():
    """The fold of settings is total: a value that no command would accept says nothing."""
    board = partnership()
    board.set_local_setting(acting=CHAIR, occurred_on=DAY, setting="backdating_limit", value="28")
    board.correct(acting=CHAIR, occurred_on=DAY, amends=2, corrected={"value": "soon"}, reason="typing error")

    assert (board.state.backdating_limit, board.ref) == (35, "partnership")


def test_inv_32_nobody_holds_an_office_outside_their_term():
    """INV-32: a term begins on its first day and ends after its last; before and after, nobody holds the office."""
    office = quality_chair(until_on=on(30))

    assert [office.holder_on(day) is not None for day in (on(-1), DAY, on(30), on(31))] == [False, True, True, False]
    assert (office.holder_on(DAY).holder, office.holder_on(DAY).employer) == (JANE, "CQH")


def test_inv_32_an_office_has_one_holder_at_a_time():
    """INV-32: a term that overlaps another is refused, also an open one; the day after the last is free."""
    office = quality_chair(until_on=on(30))
    nxt = QUALITY_CHAIR | {"holder": JOAN}

    for from_on, until_on in ((on(30), None), (on(-5), DAY), (on(5), on(6)), (on(-5), None)):
        with pytest.raises(TermsOverlap):
            office.appoint(**SAID, **nxt, from_on=from_on, until_on=until_on)
    office.appoint(**SAID, **nxt, from_on=on(31))
    with pytest.raises(TermsOverlap):
        office.appoint(**SAID, **nxt, from_on=on(900))

    assert (office.holder_on(on(30)).holder, office.holder_on(on(31)).holder) == (JANE, JOAN)


def test_inv_32_who_stands_down_holds_it_until_that_day():
    """INV-32: a standing-down ends the term on its last day; from an empty office nobody stands down."""
    office = quality_chair()
    office.stand_down(**SAID, until_on=on(20), reason="retired")

    assert [office.holder_on(on(n)) is not None for n in (20, 21)] == [True, False]
    with pytest.raises(NobodyInOffice):
        office.stand_down(**SAID, until_on=on(21), reason="retired")
    with pytest.raises(TermEndsFirst):
        quality_chair(until_on=on(-1))
    with pytest.raises(TermEndsFirst):
        office.appoint(**SAID, **QUALITY_CHAIR, holder=JOAN, from_on=on(50), until_on=on(49))


def test_an_employer_corrected_is_the_employer_of_the_whole_term():
    """F.10: once corrected, the record says who employed the holder on every day of the term."""
    office = quality_chair()

    office.correct(acting=MANAGER, occurred_on=on(84), amends=1, corrected={"employer": "RIV"}, reason="recorded wrongly")

    assert (office.holder_on(on(70)).employer, office.ref) == ("RIV", "quality-chair")


def test_an_appointment_recorded_wrongly_is_retracted_and_made_anew():
    """Who holds an office cannot be corrected in place: the appointment is retracted, and the right one overlaps nothing."""
    office = quality_chair()
    office.retract(acting=MANAGER, occurred_on=on(1), amends=1, reason="another person")
    assert office.holder_on(DAY) is None

    office.appoint(**SAID, **QUALITY_CHAIR, holder=JOAN, from_on=DAY)

    assert office.holder_on(DAY).holder == JOAN


def test_the_fold_of_an_office_is_total():
    """A standing-down without its appointment, terms that a correction made overlap and a proposal are all read."""
    office = quality_chair(until_on=on(30))
    office.appoint(**SAID, **QUALITY_CHAIR, holder=JOAN, from_on=on(31))
    office.stand_down(**SAID, until_on=on(40), reason="retired")
    office.propose_amendment(acting=MANAGER, occurred_on=DAY, amends=2, reason="unclear")
    office.correct(acting=MANAGER, occurred_on=DAY, amends=1, corrected={"until_on": on(35)}, reason="typing error")
    assert office.holder_on(on(33)).holder == JOAN

    office.retract(acting=MANAGER, occurred_on=DAY, amends=2, reason="never appointed")

    assert (office.holder_on(on(33)).holder, office.holder_on(on(36))) == (JANE, None)


def test_an_agency_is_a_member_from_the_day_it_joined_to_the_day_it_left():
    """F.9: a member until it leaves, replayed at any date; its name is that of the day."""
    agency = crc()
    agency.rename(acting=MANAGER, occurred_on=on(10), name="Severn CRC")
    agency.leave(acting=MANAGER, occurred_on=on(20), reason="dissolved", successor="NPS-S")

    assert agency.state.status == of_agency.Left(on(20), "dissolved", "NPS-S")
    assert agency.state_on(on(19)).status == of_agency.Member()
    assert [agency.state_on(on(n)).name for n in (9, 10)] == [JOINED["name"], "Severn CRC"]


def test_inv_36_an_agency_does_not_leave_what_is_open():
    """INV-36: leaving is refused with the list of what it holds, and recorded when there is nothing."""
    agency = crc()

    with pytest.raises(of_agency.OpenObligations, match=r"A17, the knowledge audit of 2021") as refused:
        agency.leave(**SAID, reason="dissolved", open_obligations=["A17", "the knowledge audit of 2021"])
    agency.leave(**SAID, reason="dissolved")

    assert refused.value.rule == "INV-36"


def test_what_is_not_a_member_takes_no_part():
    """An agency that left is neither renamed nor left again, and nothing is said of it before it joined; it may join again."""
    agency = crc()
    with pytest.raises(of_agency.NotAMember):
        agency.rename(acting=MANAGER, occurred_on=on(-1), name="Severn CRC")
    with pytest.raises(of_agency.SameName):
        agency.rename(**SAID, name=JOINED["name"])
    with pytest.raises(of_agency.AlreadyAMember):
        agency.rejoin(**SAID, **JOINED)
    agency.leave(acting=MANAGER, occurred_on=on(20), reason="dissolved")

    with pytest.raises(of_agency.NotAMember):
        agency.rename(acting=MANAGER, occurred_on=on(21), name="Severn CRC")
    with pytest.raises(of_agency.NotAMember):
        agency.leave(acting=MANAGER, occurred_on=on(5), reason="again")
    agency.rejoin(acting=MANAGER, occurred_on=on(30), **JOINED)
    assert (agency.state.status, agency.state.joined_on, agency.ref) == (of_agency.Member(), on(30), "CRC-S")


def test_a_sub_group_is_dissolved_once():
    """A sub-group works from its constitution to its dissolution."""
    said = {"code": "QUALITY", "name": "Quality", "terms_of_reference": "Assures the quality of practice"}
    group = SubGroup.constitute(ORIGIN, **SAID, **said)
    with pytest.raises(NotConstituted):
        group.dissolve(acting=CHAIR, occurred_on=on(-1), reason="merged")
    group.dissolve(acting=CHAIR, occurred_on=on(9), reason="merged")

    assert (group.state.status, group.ref) == (Dissolved(on(9), "merged"), "QUALITY")
    with pytest.raises(NotConstituted):
        group.dissolve(acting=CHAIR, occurred_on=on(10), reason="again")


def test_names_and_reasons_are_in_words():
    """A blank name, title or reason is refused."""
    for blank in (
        lambda: Agency.join(ORIGIN, **SAID, code="CRC-S", **JOINED | {"name": ""}),
        lambda: crc().leave(**SAID, reason=" "),
        lambda: quality_chair(title=" "),
        lambda: quality_chair().stand_down(**SAID, until_on=on(3), reason=""),
        lambda: SubGroup.constitute(ORIGIN, **SAID, code=" ", name="Quality"),
    ):
        with pytest.raises(Blank):
            blank()


def test_months_are_calendar_months_clamped_to_their_end():
    """A check six months after the last of August is due on the last of February, in leap years too."""
    assert [later(date(2015, 8, 31), months=n) for n in (6, 12, 16)] == [date(2016, 2, 29), date(2016, 8, 31), date(2016, 12, 31)]
    assert later(date(2016, 11, 30), months=3) == date(2017, 2, 28)


def offices_held(**holders):
    """Give the offices of the Board and of the Quality sub-group; each is held but those that are said to be vacant."""
    seats = {
        "quality-chair": ("sub-group chair", "QUALITY"),
        "training-chair": ("sub-group chair", "TRAINING"),
        "deputy": ("deputy chair", None),
        "chair": ("chair", None),
        "manager": ("board manager", None),
        "riv-lead": ("designated lead", "RIV"),
    }
    vacant = {code.replace("_", "-") for code, held in holders.items() if not held}
    return {
        code: Office.begin(
            ORIGIN, **SAID, office=code, title=code, role=role, body=body, holder=JANE, employer=None, from_on=DAY,
            until_on=on(9) if code in vacant else None,
        ).state
        for code, (role, body) in seats.items()
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "vacant", "answers"),
    [
        ("riv-lead", (), "riv-lead"),
        ("riv-lead", ("riv_lead",), "quality-chair"),
        (None, (), "quality-chair"),
        ("no-such-office", (), "quality-chair"),
        ("quality-chair", ("quality_chair",), "deputy"),
        ("riv-lead", ("riv_lead", "quality_chair"), "deputy"),
        ("riv-lead", ("riv_lead", "quality_chair", "deputy"), "chair"),
        ("riv-lead", ("riv_lead", "quality_chair", "deputy", "chair"), "manager"),
        ("chair", ("chair",), "deputy"),
        ("deputy", ("deputy",), "chair"),
        ("manager", ("manager", "deputy"), "chair"),
        ("quality-chair", ("quality_chair", "deputy", "chair", "manager"), None),
    ],
)
def test_where_an_office_is_vacant_the_next_one_answers(asked, vacant, answers):
    """F.7: the office that is asked answers while it is held; then the overseeing chair, the deputy, the chair, the board manager."""
    offices = offices_held(**dict.fromkeys(vacant, False))

    assert answering_office(asked, offices, overseen_by="QUALITY", day=on(10)) == answers
    assert answering_office(asked, offices, overseen_by="QUALITY", day=on(9)) == (asked if asked in offices else "quality-chair")


def test_a_chair_of_another_sub_group_does_not_answer():
    """Where nobody is said to oversee it, no sub-group's chair is asked in another's place."""
    assert answering_office(None, offices_held(), overseen_by=None, day=DAY) == "deputy"
