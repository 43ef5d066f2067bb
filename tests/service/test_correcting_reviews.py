"""A correction of a review asks the log what the command asked: names, agencies, meetings, employers, and the case itself."""

from __future__ import annotations

from datetime import date

import pytest

from aggregates.partnership.membership import NotAMember
from aggregates.partnership.partnership import RegimeNotInForce
from aggregates.review import refusals as r
from aggregates.review.aggregate import NotTheirReferral
from service.desk.refusals import EmployerUnsaid, FutureDate, KnownByCode, NotFound
from tests.service.test_reviews import CASE, COURSE, DECLARED, version, walk

REF, TODAY = "SB-2016-03", date(2016, 9, 5)
NAMED = ["Coombe Quay  hospital"]


def correct(it, number, corrected, office="chair"):
    """Correct an entry of the review."""
    it.act(office, "correct_entry", REF, about="review", amends=number, corrected=corrected, reason="recorded wrongly")


def propose(it, number, corrected):
    """Propose the same."""
    it.act("board-manager", "propose_amendment", REF, about="review", amends=number, corrected=corrected, reason="recorded wrongly")


def walked(it, name, **instead):
    """Take the review up to an act of this name and record that; return who did it, and its number."""
    walk(it, name)
    office, _, said = next(step for step in COURSE if step[1] == name)
    it.act(office, name, REF, **said | instead)
    return office, version(it)


@pytest.mark.parametrize(
    ("name", "corrected", "right"),
    [
        ("commission_review", {"organisations": NAMED}, {"organisations": ["CQH"]}),
        ("add_organisation_under_review", {"organisation": "Riverside Community Health"}, {"organisation": "Riverside"}),
        ("appoint_lead_reviewer", {"affiliations": [{"organisation": NAMED[0], "role": "nurse"}]}, {"affiliations": []}),
        ("replace_lead_reviewer", {"affiliations": [{"organisation": NAMED[0], "role": "nurse"}]}, {"declaration_sha256": "12" * 32}),
    ],
)
def test_inv_01_a_correction_too_names_an_agency_by_its_code(seeded, name, corrected, right):
    """INV-01: the name of an agency that has a code is refused in a correction, in a proposal and in a correction of a correction."""
    office, number = walked(seeded, name)

    for refused in (correct, propose):
        with pytest.raises(KnownByCode):
            refused(seeded, number, corrected)
    correct(seeded, number, right, office)
    with pytest.raises(KnownByCode):
        correct(seeded, number + 1, {"corrected": corrected}, office)

    assert version(seeded) == number + 1


@pytest.mark.parametrize(
    ("name", "corrected", "other"),
    [
        ("request_agency_information", {"agency": "NOBODY"}, {"due_on": "2016-10-15"}),
        ("present_review_report", {"meeting": "M-2016-99"}, {"report_sha256": "12" * 32}),
    ],
)
def test_a_correction_names_what_is_on_record(seeded, name, corrected, other):
    """An agency that was asked and a meeting that was shown the report are on record, however deep in corrections they are named."""
    office, number = walked(seeded, name)
    with pytest.raises(NotFound):
        correct(seeded, number, corrected, office)
    correct(seeded, number, other, office)
    correct(seeded, number + 1, {"corrected": other}, office)

    with pytest.raises(NotFound):
        correct(seeded, number + 2, {"corrected": {"corrected": corrected}}, office)


def test_inv_33_a_day_ahead_is_refused_however_deep_in_corrections_it_is_said(seeded):
    """INV-33: what has not happened yet is on record by no correction of a correction."""
    walk(seeded, "notify_incident")
    correct(seeded, 1, {"title": "Cedar Row"})
    correct(seeded, 2, {"corrected": {"title": "Cedar"}})

    with pytest.raises(FutureDate):
        correct(seeded, 3, {"corrected": {"corrected": {"occurred_on": "2016-09-06"}}})


def test_inv_01_an_employer_is_not_corrected_away(seeded):
    """INV-01: whom the register of offices has as the lead reviewer's employer stays among their affiliations, or is refused by name."""
    trainer = str(seeded.people["trainer"])
    walk(seeded, "appoint_lead_reviewer")
    seeded.act("chair", "appoint_lead_reviewer", REF, **DECLARED | {"reviewer": trainer})
    number = version(seeded)
    own = {"organisation": "Northgate", "role": "trustee"}
    with pytest.raises(EmployerUnsaid, match="CQH"):
        correct(seeded, number, {"affiliations": [own]})
    correct(seeded, number, {"declaration_sha256": "12" * 32})

    correct(seeded, number, {"affiliations": [own, {"organisation": "cqh", "role": "trainer"}]})

    assert version(seeded) == number + 2


def test_inv_01_the_look_back_runs_again_where_the_day_of_an_appointment_is_corrected(seeded):
    """INV-01: a tie that had lapsed by the day that was recorded, and not by the right one, is refused."""
    walk(seeded, "appoint_lead_reviewer")
    tied = {"organisation": "RIV", "role": "nurse", "from_on": "2000-01-01", "until_on": "2011-09-04"}
    seeded.act("chair", "appoint_lead_reviewer", REF, **DECLARED | {"reviewer": str(seeded.people["chair"]), "affiliations": [tied]})

    with pytest.raises(r.NotIndependent):
        correct(seeded, version(seeded), {"occurred_on": "2016-09-03"})


def test_a_case_is_not_corrected_into_another(seeded):
    """F.11: neither a correction nor its retraction makes two reviews of what one agency knows as one case."""
    case = CASE | {"local_ref": "RIV/0417"}
    walk(seeded, "refer_review")
    seeded.act("chair", "refer_review", REF, **case)
    correct(seeded, 1, {"local_ref": "RIV/0471"})
    seeded.act("chair", "refer_review", "SB-2016-04", **case)
    seeded.act("chair", "refer_review", "SB-2016-05", **case | {"referring_agency": "CQH", "local_ref": "RIV/0471"})

    for corrected in ({"local_ref": "RIV/0417"}, {"referring_agency": "CQH"}):
        with pytest.raises(r.AlreadyReferred):
            correct(seeded, 1, corrected)
    with pytest.raises(r.AlreadyReferred, match="SB-2016-04"):
        seeded.act("chair", "retract_entry", REF, about="review", amends=2, reason="it was right")
    correct(seeded, 1, {"title": "Cedar Row"})

    assert version(seeded) == 3


def test_inv_42_a_correction_relabels_no_case(seeded):
    """INV-42: a regime, or a day of notification, is corrected to what bound on that day: each alone or both together, but never apart."""
    walk(seeded, "refer_review")
    seeded.act("chair", "refer_review", REF, **CASE)
    seeded.act("chair", "change_regime", "partnership", regime="MASA-WT2018", effective_on="2016-09-07")
    seeded.clock.advance(days=3)
    for corrected in ({"regime": "MASA-WT2018"}, {"notified_on": "2016-09-07", "occurred_on": "2016-09-08"}):
        with pytest.raises(RegimeNotInForce):
            correct(seeded, 1, corrected)
    correct(seeded, 1, {"regime": "MASA-WT2018", "notified_on": "2016-09-07", "occurred_on": "2016-09-08", "kind": "rapid review"})
    correct(seeded, 1, {"title": "Cedar Row"})

    with pytest.raises(RegimeNotInForce):
        correct(seeded, 2, {"corrected": {"notified_on": "2016-09-07", "occurred_on": "2016-09-08"}})

    assert version(seeded) == 3


def test_a_lead_corrects_nothing_into_another_agencys_name(seeded):
    """A lead who handed something in for their own agency cannot let it stand as another's; the board manager, who could have, can."""
    office, number = walked(seeded, "submit_agency_information")
    with pytest.raises(r.NotTheirInformation):
        correct(seeded, number, {"agency": "RIV"}, office)
    with pytest.raises(r.NotTheirInformation):
        seeded.act(office, "propose_amendment", REF, about="review", amends=number, corrected={"agency": "RIV"}, reason="theirs")

    said = {"title": "Larch", "kind": "serious case review", "referring_agency": "RIV", "notified_on": "2016-09-01"}
    seeded.act("riv-lead", "refer_review", "SB-9", **said)
    with pytest.raises(NotTheirReferral):
        seeded.act("riv-lead", "correct_entry", "SB-9", about="review", amends=1, corrected={"referring_agency": "CQH"}, reason="theirs")
    seeded.act("riv-lead", "correct_entry", "SB-9", about="review", amends=1, corrected={"title": "Larch and Yew"}, reason="two of them")


def test_who_is_asked_was_a_member_also_by_a_correction(seeded):
    """No correction lets an agency be asked on a day on which it was no member."""
    office, number = walked(seeded, "request_agency_information")
    seeded.act("board-manager", "join_agency", "NEW", name="New Trust", category="health", section_11="yes", occurred_on=TODAY)
    seeded.clock.advance(days=1)
    seeded.act("board-manager", "leave_agency", "NEW", reason="dissolved")
    with pytest.raises(NotAMember):
        correct(seeded, number, {"agency": "NEW"}, office)
