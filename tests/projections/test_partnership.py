"""Who we are, at two clocks."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aggregates import Agency, Office, Partnership, Review, SubGroup
from aggregates.entry.values import Sealed
from aggregates.partnership.office import Holder, OfficeState
from projections import partnership, reviews
from projections.partnership import members
from tests.aggregates.people import CHAIR, MANAGER, ORIGIN, assigned
from tests.logs import Log, catch_up_with
from tests.projections.views import DAY

if TYPE_CHECKING:
    import psycopg

SEPTEMBER = date(2014, 9, 1)
TERM = {"title": "Chair of Quality", "role": "sub-group chair", "body": "QUALITY", "employer": "CQH"}
DAYS = st.integers(0, 12).map(lambda n: DAY + timedelta(n))


@st.composite
def offices(draw: Any) -> OfficeState:
    """Draw an office whose terms may overlap, as corrections can leave them."""
    terms = []
    for _ in range(draw(st.integers(1, 5))):
        from_on, until_on = draw(DAYS), draw(st.none() | DAYS)
        holder, employer = Sealed(UUID(int=draw(st.integers(1, 3)))), draw(st.sampled_from(("CQH", "RIV")))
        terms.append(Holder("Chair", "chair", None, holder, employer, from_on, until_on))
    return OfficeState("chair", tuple(terms))


@given(offices())
def test_an_office_has_one_holder_a_day(office: OfficeState) -> None:
    """The terms as they were served name, on every day, whom the aggregate names, however terms overlap; and each day once."""
    row = members._office("chair", json.loads(partnership.Offices().row(office)[0]))

    for n in range(-1, 16):
        day = DAY + timedelta(n)
        expected, shown = office.holder_on(day), [term for term in row.terms if term.covers(day)]
        assert len(shown) <= 1
        assert [(t.holder, t.employer) for t in shown] == ([(expected.holder.subject, expected.employer)] if expected else [])
        assert row.holder_on(day) == (shown[0] if shown else None)


def test_who_held_an_office_on_a_day(board: psycopg.Connection[Any]) -> None:
    """A term that was to begin later does, and one that ended has, without anything being recorded on that day."""
    log = Log()
    office = Office.begin(
        ORIGIN, acting=CHAIR, occurred_on=SEPTEMBER, office="quality-chair", holder=Sealed(UUID(int=4)), from_on=SEPTEMBER, **TERM
    )
    office.stand_down(acting=CHAIR, occurred_on=date(2016, 3, 1), until_on=date(2016, 3, 31), reason="Retires")
    office.appoint(
        acting=CHAIR, occurred_on=date(2016, 3, 1), holder=Sealed(UUID(int=5)), from_on=date(2016, 5, 1), **TERM | {"employer": "AVM"}
    )
    log.record(office)
    catch_up_with(board, log)
    row = partnership.office(board, "quality-chair", as_at=date(2016, 6, 1), known_at=3)

    assert row is not None
    assert [t and t.employer for t in map(row.holder_on, (date(2016, 3, 31), date(2016, 4, 1), date(2016, 5, 1)))] == ["CQH", None, "AVM"]
    before = partnership.offices(board, as_at=date(2016, 6, 1), known_at=1)
    assert [o.holder_on(date(2016, 5, 1)) for o in before] == [before[0].terms[0]]
    assert partnership.office(board, "quality-chair", as_at=date(2014, 8, 31), known_at=3) is None


def test_an_agency_leaves_and_stays_on_record(board: psycopg.Connection[Any]) -> None:
    """F.9: as at a day on which it was a member it is one, under the name that it had then."""
    log = Log()
    agency = Agency.join(
        ORIGIN, acting=MANAGER, occurred_on=date(2014, 6, 1), code="CRC-S", name="Severn CRC", category="probation", section_11="yes"
    )
    agency.rename(acting=MANAGER, occurred_on=date(2018, 1, 1), name="Severn Rehabilitation")
    agency.leave(acting=MANAGER, occurred_on=date(2021, 6, 26), reason="Dissolved", successor="NPS-S")
    log.record(agency)
    catch_up_with(board, log)
    seen = [partnership.agencies(board, as_at=date(year, 12, 31), known_at=3) for year in (2013, 2014, 2019, 2021)]

    assert [[(a.name, a.status, a.successor) for a in rows] for rows in seen] == [
        [],
        [("Severn CRC", "member", None)],
        [("Severn Rehabilitation", "member", None)],
        [("Severn Rehabilitation", "left", "NPS-S")],
    ]


def test_a_sub_group_is_constituted_and_dissolved(board: psycopg.Connection[Any]) -> None:
    """A sub-group that was dissolved is shown so, from the day on which it was."""
    log, group = Log(), SubGroup.constitute(ORIGIN, acting=CHAIR, occurred_on=SEPTEMBER, code="SCR", name="Serious Case Review")
    group.dissolve(acting=CHAIR, occurred_on=date(2019, 9, 29), reason="New arrangements")
    log.record(group)
    catch_up_with(board, log)
    seen = [partnership.sub_groups(board, as_at=date(year, 12, 31), known_at=2) for year in (2018, 2019)]

    assert [[(g.ref, g.name, g.status, g.dissolved_on) for g in rows] for rows in seen] == [
        [("SCR", "Serious Case Review", "constituted", None)],
        [("SCR", "Serious Case Review", "dissolved", date(2019, 9, 29))],
    ]


def test_settings_are_those_of_the_day(board: psycopg.Connection[Any]) -> None:
    """The Board's limits hold from the day on which it set them; before it was established, those that the framework leaves."""
    log = Log()
    board_itself = Partnership.establish(
        ORIGIN, acting=CHAIR, occurred_on=SEPTEMBER, name="Severnbrook", regime="LSCB-WT2015", effective_on=SEPTEMBER
    )
    board_itself.set_local_setting(acting=CHAIR, occurred_on=date(2016, 1, 1), setting="backdating_limit", value="14")
    log.record(board_itself)
    catch_up_with(board, log)
    seen = [partnership.settings(board, as_at=date(year, 6, 1), known_at=2) for year in (2013, 2015, 2016)]

    assert [(s.name, s.backdating_limit, s.sustainment_checks) for s in seen] == [
        ("", 35, [6, 12]),
        ("Severnbrook", 35, [6, 12]),
        ("Severnbrook", 14, [6, 12]),
    ]


def test_a_review_shows_its_findings_the_response_and_the_actions(board: psycopg.Connection[Any]) -> None:
    """Each finding stands with what the Board answered, from the day on which it did, and with the actions that came of it."""
    log = Log()
    review = Review.refer(
        ORIGIN, acting=CHAIR, occurred_on=date(2016, 1, 4), ref="SB-2016-03", title="Cedar", kind="serious case review",
        regime="LSCB-WT2015", notified_on=date(2016, 1, 4),
    )  # fmt: skip
    for number, statement in (("F1", "Pathway unclear"), ("F2", "Partners not assessed")):
        review.record_finding(
            acting=MANAGER, occurred_on=date(2016, 6, 1), number=number, statement=statement, polarity="concern",
            scope="multi-agency", system_factor="No shared protocol",
        )  # fmt: skip
    answers = ({"number": "F1", "response": "accepted"}, {"number": "F2", "response": "in part", "reason": "Under way"})
    review.formulate_response(acting=CHAIR, occurred_on=date(2016, 7, 15), responses=answers)
    log.record(review)
    log.record(assigned(ref="A6", source="SB-2016-03/F1"))
    log.record(assigned(ref="A7", source="SB-2016-03/F1"))
    log.record(assigned(ref="A8", source="SB-2016-03"))
    catch_up_with(board, log)
    seen = [reviews.review(board, "SB-2016-03", as_at=date(2016, month, 30), known_at=7) for month in (6, 9)]

    assert [(r.status, r.responded_on, [(f["number"], f["response"], f["reason"]) for f in r.findings]) for r in seen if r] == [
        ("referred", None, [("F1", None, None), ("F2", None, None)]),
        ("response formulated", date(2016, 7, 15), [("F1", "accepted", None), ("F2", "in part", "Under way")]),
    ]
    actions = reviews.actions_of(board, "SB-2016-03", as_at=date(2016, 9, 30), known_at=7)
    assert {number: [row.ref for row in rows] for number, rows in actions.items()} == {"F1": ["A6", "A7"], "": ["A8"]}
    assert [r.ref for r in reviews.reviews(board, as_at=date(2016, 9, 30), known_at=7)] == ["SB-2016-03"]
