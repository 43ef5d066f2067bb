"""INV-01 to INV-10 and INV-44: each rule of a review in a test named after it, refused where it is broken and recorded where not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregates.clocks.dates import later
from aggregates.entry.values import Sealed
from aggregates.errors import WrongKindCorrected
from aggregates.partnership.resource import NotAnAddress
from aggregates.review import Review, items
from aggregates.review import refusals as r
from aggregates.review.aggregate import NotTheirReferral
from aggregates.review.blockers import Promise
from aggregates.review.clocks import clocks_of
from aggregates.review.decisions.answering import NothingToAnswer
from aggregates.review.decisions.deciding import KnownAhead
from aggregates.review.names import Names, found
from tests.aggregates.people import CHAIR, DEPUTY, MANAGER, ORIGIN, TRAINING
from tests.aggregates.reviews import (
    ACCEPTED,
    BEGAN,
    CEDAR,
    CHAIRS_SEAT,
    COMMISSION,
    CRITERIA,
    FINDING,
    HASH,
    IMPLICATIONS,
    LEAD,
    LEADS,
    OTHER_HASH,
    OTHER_LEAD,
    PUBLISHED,
    SCR,
    SHORTER,
    TIED,
    B,
    after,
    answered,
    closed,
    commissioned,
    decided,
    do,
    led,
    monitored,
    noted,
    paused,
    published,
    referred,
    under_way,
)

PEOPLE = ["Philippa Northway", "The chair", "Anna van der Berg", "Dr Peter Hale MBE", "Jos\u00e9 Pe\u00f1a", "Amy Green"]
KEPT = Promise("A6", "F1", "BOARD", ended=True)


def amend(review, number, corrected, days=200):
    """Correct an entry, in the office that made it."""
    office = review.entries[number - 1].body["by_office"]
    acting = next(who for who in (SCR, CHAIR, MANAGER, LEAD) if who.office == office)
    review.correct(acting=acting, occurred_on=after(days), amends=number, corrected=corrected, reason="it was wrong")


def codes(review, day=300, promises=(KEPT,), agencies=()):
    """Say what stops a review closing."""
    return [blocker.code for blocker in review.blockers(after(day), promises, agencies)]


@pytest.mark.parametrize(
    ("declared", "refusal"),
    [
        ({"affiliations": ({"organisation": "RIV", "role": "nurse", "from_on": "2014-01-01"},)}, r.NotIndependent),
        (
            {"affiliations": ({"organisation": "RIV", "role": "nurse", "from_on": "2001-01-01", "until_on": "2013-06-30"},)},
            r.NotIndependent,
        ),
        ({"affiliations": ({"organisation": " riv ", "role": "nurse"},)}, r.NotIndependent),
        ({"involved_in_case": True}, r.InvolvedInCase),
        ({"declaration_sha256": ""}, r.NotAHash),
        ({"declaration_sha256": "signed"}, r.NotAHash),
        ({"affiliations": ({"organisation": "RIV"},)}, r.UnreadableItem),
        ({"affiliations": ({"organisation": "CFC", "role": "x", "until_on": "last year"},)}, r.UnreadableItem),
        ({"affiliations": ({"organisation": "CFC", "role": "x", "until_on": "9999-12-31"},)}, r.UnreadableItem),
        ({"affiliations": ({"organisation": "CFC", "role": "x", "from_on": "0001-01-01"},)}, r.UnreadableItem),
    ],
)
def test_inv_01_a_lead_reviewer_is_independent_and_has_declared_it(declared, refusal):
    """INV-01: nobody leads who is, or was within five years, of an organisation under review, knew the case, or declared nothing."""
    review = commissioned()

    with pytest.raises(refusal):
        do(review, "appoint_lead_reviewer", 32, **LEADS | declared)

    assert review.state.lead is None


def test_inv_01_an_affiliation_counts_for_as_long_as_the_board_has_set():
    """INV-01: what ended before the look-back does not count; how long that is, is set locally and kept with the appointment."""
    long_ago = {"organisation": "RIV", "role": "nurse", "from_on": "2001-01-01", "until_on": "2010-06-30"}
    review = commissioned()
    with pytest.raises(r.NotIndependent):
        do(review, "appoint_lead_reviewer", 32, **LEADS | {"affiliations": (long_ago,)}, look_back_years=10)

    do(review, "appoint_lead_reviewer", 32, **LEADS | {"affiliations": (long_ago,)})

    assert (review.state.lead.look_back_years, review.state.conflicts) == (5, ())


def test_inv_01_an_affiliation_until_the_end_of_time_is_read_as_one_that_goes_on():
    """INV-01: a date that no calendar goes beyond counts like any other, and never stops what is on record being read."""
    tied = items.affiliations_of([TIED | {"until_on": "9999-12-31"}])[0]

    assert tied.counts_on(after(0), 5)
    assert (later(date.max, months=1), later(date.min, months=-1)) == (date.max, date.min)


def test_inv_01_an_organisation_that_comes_under_review_forces_the_breach_and_the_replacement():
    """INV-01: once a tie is found, nothing is recorded before the breach, and nothing found or presented before the replacement."""
    review = led()
    do(review, "add_organisation_under_review", 60, organisation="NGH", reason="its ward saw the baby")
    assert review.state.conflicts == ("NGH",)

    for act, said in (
        ("record_finding", FINDING),
        ("invite_family", {"relations": ("parents",), "count": 1, "how_explained": "by letter"}),
        ("note_parallel_process", {"process": "coroner", "note": "inquest"}),
        ("replace_lead_reviewer", LEADS | {"reviewer": B, "affiliations": (), "reason": "tied"}),
    ):
        with pytest.raises(r.BreachNotRecorded, match="NGH"):
            do(review, act, 61, **said)
    do(review, "record_independence_breach", 61, organisations=("NGH",), grounds="a post there until 2013")
    for act, said in (("record_finding", FINDING), ("present_review_report", {"report_sha256": HASH})):
        with pytest.raises(r.NoLeadReviewer):
            do(review, act, 62, **said)
    with pytest.raises(r.NotIndependent):
        do(review, "replace_lead_reviewer", 63, **LEADS, reason="tied")
    do(review, "replace_lead_reviewer", 63, **LEADS | {"reviewer": B, "affiliations": ()}, reason="tied")
    do(review, "record_finding", 64, OTHER_LEAD, **FINDING)

    assert (review.state.lead.reviewer, review.state.lead.breached_on) == (B, None)
    with pytest.raises(r.NotTheLeadReviewer):
        do(review, "record_finding", 65, LEAD, **FINDING | {"number": "F2"})


@pytest.mark.parametrize(
    ("corrected", "refusal"),
    [
        ({"affiliations": [TIED | {"organisation": "RIV"}]}, r.NotIndependent),
        ({"involved_in_case": True}, r.InvolvedInCase),
    ],
)
def test_inv_01_no_correction_makes_an_appointment_of_somebody_who_is_not_independent(corrected, refusal):
    """INV-01: where a declaration turns out to be wrong, the breach is recorded; the appointment is not made to say it was one."""
    review = led()
    with pytest.raises(refusal):
        amend(review, 4, corrected)
    do(review, "record_independence_breach", 71, organisations=("RIV",), grounds="her own letter")

    with pytest.raises(r.NoLeadReviewer):
        do(review, "record_finding", 72, **FINDING)


def test_inv_01_a_breach_that_is_owed_is_not_corrected_away():
    """INV-01: while a breach is owed, no affiliation is corrected; once it is recorded, a slip of the pen elsewhere may be."""
    review = led()
    do(review, "add_organisation_under_review", 60, organisation="NGH", reason="its ward saw the baby")
    with pytest.raises(r.BreachNotRecorded):
        amend(review, 4, {"affiliations": []})
    do(review, "record_independence_breach", 61, organisations=("NGH",), grounds="a post there until 2013")

    amend(review, 4, {"declaration_sha256": OTHER_HASH})

    assert review.state.lead.declaration_sha256 == OTHER_HASH


def test_inv_01_whoever_is_found_to_be_tied_records_nothing_for_an_earlier_day():
    """INV-01: neither a breached nor a replaced lead reviewer records findings by dating them back; nobody leads beside another."""
    review = led()
    with pytest.raises(r.LeadReviewerThere):
        do(review, "appoint_lead_reviewer", 31, **LEADS | {"reviewer": B, "affiliations": ()})
    do(review, "record_independence_breach", 61, organisations=(), grounds="a relative works there")
    with pytest.raises(r.NoLeadReviewer):
        do(review, "record_finding", 60, LEAD, **FINDING)
    do(review, "replace_lead_reviewer", 63, **LEADS | {"reviewer": B, "affiliations": ()}, reason="tied")
    with pytest.raises(r.NotTheLeadReviewer):
        do(review, "record_finding", 60, LEAD, **FINDING)

    assert (review.state.findings, review.state.lead.reviewer) == ((), B)


def test_inv_01_what_is_to_be_published_is_presented_under_a_lead_reviewer():
    """INV-01: the report of a serious case review is not presented where nobody independent led it."""
    review = commissioned()
    do(review, "record_finding", 40, **FINDING)

    with pytest.raises(r.NoLeadReviewer):
        do(review, "present_review_report", 50, MANAGER, report_sha256=HASH)


def test_inv_02_the_chair_decides_and_the_sub_group_recommends():
    """INV-02: a recommendation binds nobody, and no role but the chair's signs the decision."""
    review = referred()
    do(review, "recommend_decision", 10, outcome="conduct", rationale="abuse is known, and the child died")
    assert (review.state.status.word, review.state.recommendation.outcome) == ("referred", "conduct")

    for who in (SCR, MANAGER, TRAINING):
        with pytest.raises(r.NotTheChair):
            do(review, "decide_review", 20, who, outcome="conduct", rationale="we agree", criteria=CRITERIA)
    with pytest.raises(r.NotTheChair):  # the chair is there, and can
        do(review, "decide_review", 20, DEPUTY, outcome="conduct", rationale="we agree", criteria=CRITERIA, chair=CHAIRS_SEAT)
    decided(review)

    assert (review.state.status.word, review.state.decision.by_office) == ("decided", "chair")


def test_inv_02_a_late_decision_says_why():
    """INV-02 and F.11: a first decision after a month is refused with the source of the rule, and taken with a reason."""
    review = referred()
    with pytest.raises(r.NothingSaidOfLateness, match=r"8 March 2016.*Working Together 2015"):
        decided(review, days=38)

    decided(review, days=38, why_late="The hospital's chronology came on day 35")

    (decide,) = [clock for clock in clocks_of(review.state, after(40)) if clock.name == "decide"]
    assert (decide.state(after(40)), decide.days_late(after(40)), review.state.decision.why_late[:12]) == ("late", 9, "The hospital")


def test_no_time_limit_binds_the_board_on_another_bodys_review():
    """A serious case review of another board has no clock of ours; when it was noted stays on record."""
    review = noted(kind="serious case review")

    assert (clocks_of(review.state, after(400)), review.state.days["notified"]) == ((), BEGAN)


def test_f_11_why_a_first_decision_was_late_is_not_corrected_away():
    """F.11: another reason may be given, and none where it turns out to have been in time; a second decision never needed one."""
    review = referred()
    decided(review, days=38, why_late="The hospital's chronology came on day 35")
    decided(review, days=45, outcome="not conduct", rationale="They are not met after all")
    first, second = [entry.number for entry in review.entries[-2:]]

    for corrected in ({"why_late": None}, {"occurred_on": str(after(37)), "why_late": None}):
        with pytest.raises(r.NothingSaidOfLateness):
            do(review, "correct", 50, CHAIR, amends=first, corrected=corrected, reason="typed wrongly")
    do(review, "correct", 50, CHAIR, amends=first, corrected={"why_late": "It came on day 36"}, reason="typed wrongly")
    do(review, "correct", 50, CHAIR, amends=second, corrected={"rationale": "They are not met"}, reason="typed wrongly")
    do(review, "correct", 50, CHAIR, amends=first, corrected={"occurred_on": str(after(20)), "why_late": None}, reason="typed wrongly")

    assert review.state.decisions[0].why_late is None


def test_inv_02_a_reversed_decision_leaves_both_on_record():
    """INV-02: a decision may be taken again until something is commissioned; both stay, the last stands."""
    review = referred()
    do(review, "decide_review", 10, CHAIR, outcome="not conduct", rationale="the criteria are not met", criteria=CRITERIA)
    assert review.state.ended
    decided(review, days=25)

    assert [decision.outcome for decision in review.state.decisions] == ["not conduct", "conduct"]
    assert (review.state.status.word, review.state.moments["decided"], review.state.moments["initiated"]) == (
        "decided",
        after(10),
        after(25),
    )


def test_inv_42_the_clock_follows_the_kind_that_was_decided():
    """INV-42: a rapid review that becomes a local practice review owes its publication six months after that decision."""
    review = referred(kind="rapid review", regime="MASA-WT2018")
    lcspr = "local child safeguarding practice review"
    do(review, "decide_review", 14, CHAIR, outcome="alternative", review_kind=lcspr, rationale="important to the area", criteria=CRITERIA)

    (publish,) = [clock for clock in clocks_of(review.state, after(30)) if clock.name == "publish"]
    assert (publish.started_on, publish.due_on) == (after(14), date(2016, 8, 22))


def test_inv_02_what_is_commissioned_is_what_was_decided():
    """INV-02: no other kind of review is commissioned than the chair decided on, nor does a correction say so."""
    review = decided()
    with pytest.raises(r.NotTheKindDecided, match="serious case review"):
        do(review, "commission_review", 30, **COMMISSION | {"review_kind": "practice audit"})
    do(review, "commission_review", 30, **COMMISSION)

    with pytest.raises(r.NotTheKindDecided):
        amend(review, 3, {"review_kind": "practice audit"})
    assert (review.state.kind, review.state.publishes) == ("serious case review", True)


def test_inv_03_a_decision_against_a_review_is_explained_and_notified():
    """INV-03: it carries a rationale and owes the panel word within 14 days, with an explanation."""
    review = referred()
    with pytest.raises(Exception, match="rationale says nothing"):
        do(review, "decide_review", 20, CHAIR, outcome="not conduct", rationale=" ", criteria=CRITERIA)
    do(review, "decide_review", 20, CHAIR, outcome="not conduct", rationale="nobody was seriously harmed", criteria=CRITERIA)

    def notify_no():
        return next(clock for clock in clocks_of(review.state, after(40)) if clock.name == "notify_no")

    assert (notify_no().due_on, notify_no().state(after(40))) == (after(34), "overdue")
    with pytest.raises(r.NoExplanation):
        do(review, "notify_decision", 30, to_body="National panel of independent experts")
    do(review, "notify_decision", 30, to_body="National panel of independent experts", explanation="the criteria, one by one")
    assert notify_no().state(after(40)) == "met"
    with pytest.raises(r.ReviewEnded):
        do(review, "commission_review", 31, **COMMISSION)


def test_inv_03_an_alternative_is_another_kind_and_owes_the_same_notice():
    """INV-03: a review below the threshold instead is decided with its kind, and the panel is told as of any decision not to conduct."""
    review = referred()
    with pytest.raises(r.AlternativeWithoutKind):
        decided(review, outcome="alternative")
    with pytest.raises(r.KindNotInRegime):
        decided(review, outcome="alternative", review_kind="rapid review")
    decided(review, outcome="alternative", review_kind="learning review")

    assert (review.state.kind, review.state.proposed_kind) == ("learning review", "serious case review")
    assert [clock.name for clock in clocks_of(review.state, after(22))] == ["decide", "notify_no"]


def test_inv_04_publication_needs_a_response_to_every_finding():
    """INV-04: nothing is published before the Board answered, nor while a finding that came later is unanswered."""
    review = under_way()
    do(review, "present_review_report", 150, MANAGER, report_sha256=HASH)
    with pytest.raises(r.NotAnswered):
        do(review, "publish_report", 155, CHAIR, **PUBLISHED)
    do(review, "formulate_response", 160, CHAIR, responses=(ACCEPTED,))
    do(review, "record_finding", 165, LEAD, **FINDING | {"number": "F2"})
    with pytest.raises(r.NotEveryFinding, match="F2"):
        do(review, "publish_report", 170, CHAIR, **PUBLISHED)

    do(review, "formulate_response", 171, CHAIR, responses=(ACCEPTED, {"number": "F2", "response": "rejected", "reason": "said in F1"}))
    do(review, "publish_report", 172, CHAIR, **PUBLISHED)

    assert review.state.status.word == "published"


@pytest.mark.parametrize(
    ("responses", "refusal"),
    [
        ([], r.NotEveryFinding),
        ([ACCEPTED, ACCEPTED], r.AnsweredTwice),
        ([ACCEPTED, ACCEPTED | {"number": "F9"}], r.UnknownFinding),
        ([{"number": "F1", "response": "rejected"}], r.NoReason),
    ],
)
def test_inv_04_no_correction_leaves_a_finding_unanswered(responses, refusal):
    """INV-04: a response as corrected answers every finding exactly once, also when it is published."""
    review = published()

    with pytest.raises(refusal):
        amend(review, 11, {"responses": responses})

    assert review.state.unanswered == ()


def test_inv_05_a_serious_case_review_closes_when_nothing_stands_against_it():
    """INV-05: publication, response, invitation of the family, (a) to (d), an action for every accepted finding, all of them ended."""
    review = led()
    do(review, "record_finding", 100, LEAD, **FINDING)
    do(review, "present_review_report", 150, MANAGER, report_sha256=HASH)
    do(review, "formulate_response", 160, CHAIR, responses=(ACCEPTED,))
    assert codes(review, promises=()) == ["not-published", "family-not-invited", "training-unanswered", "finding-without-action"]
    with pytest.raises(r.CannotClose, match=r"family.*training.*no action answers F1"):
        do(review, "close_review", 165, CHAIR, grounds="done")

    do(review, "invite_family", 161, relations=("parents",), count=2, how_explained="by letter")
    do(review, "publish_report", 170, CHAIR, **PUBLISHED | {"response_sha256": None})
    do(
        review,
        "consider_training_implications",
        180,
        TRAINING,
        **IMPLICATIONS | {"poster": None, "briefing_needed": None, "briefing_why": None},
    )
    assert codes(review) == ["response-not-published", "training-unanswered"]
    assert [b.text for b in review.blockers(after(300), (KEPT,))][1].endswith("(b) poster, (c) whether a briefing is needed")
    do(review, "withdraw_report", 181, CHAIR, reason="without the response")
    do(review, "publish_report", 182, CHAIR, **PUBLISHED)
    rest = {name: value for name, value in IMPLICATIONS.items() if name in {"agenda_item", "poster", "briefing_needed", "briefing_why"}}
    do(review, "consider_training_implications", 183, TRAINING, **rest)
    assert codes(review, promises=(replace(KEPT, ended=False),)) == ["actions-open"]
    do(review, "close_review", 200, CHAIR, grounds="done", promises=(KEPT,))

    assert (review.state.status.word, codes(review)) == ("closed", [])
    with pytest.raises(r.ReviewEnded):
        do(review, "invite_family", 201, relations=("aunt",), count=1, how_explained="by letter")


def test_inv_05_what_nobody_conducted_does_not_close():
    """INV-05, INV-01: a serious case review that nobody led and without a report is not closed by a response to what was found early."""
    review = decided()
    with pytest.raises(NothingToAnswer):
        do(review, "formulate_response", 30, CHAIR, responses=())
    do(review, "record_finding", 30, MANAGER, **FINDING)
    do(review, "formulate_response", 30, CHAIR, responses=(ACCEPTED,))

    assert codes(review, promises=())[:2] == ["no-lead-reviewer", "no-report"]
    with pytest.raises(r.CannotClose, match="nobody independent led it"):
        do(review, "close_review", 31, CHAIR, grounds="done")


def test_inv_05_a_deferral_serves_for_six_months():
    """INV-05: a decision not to publish yet stands in for publication until the day on which it was to be looked at again."""
    review = answered()
    with pytest.raises(r.DeferredTooLong):
        do(review, "defer_publication", 165, CHAIR, reason="a trial", review_by=after(165 + 190))
    do(review, "defer_publication", 165, CHAIR, reason="a trial", review_by=after(165 + 150))
    do(review, "consider_training_implications", 170, TRAINING, **IMPLICATIONS)

    assert (codes(review, 165 + 150), codes(review, 165 + 151)) == ([], ["deferral-not-reviewed"])
    with pytest.raises(r.CannotClose, match="publication was deferred"):
        do(review, "close_review", 165 + 151, CHAIR, grounds="done", promises=(KEPT,))
    do(review, "defer_publication", 165 + 152, CHAIR, reason="the trial goes on", review_by=after(165 + 250))
    assert codes(review, 165 + 153) == []
    with pytest.raises(r.DeferredTooLong):
        amend(review, len(review.entries), {"review_by": "2030-01-01"})


def test_inv_05_whoever_of_a_family_was_not_approached_is_owed_a_reason():
    """INV-05: that nobody was invited is on record with why, or it stops the review closing."""
    review = led()
    with pytest.raises(r.NoReasonGiven):
        do(review, "record_family_involvement", 60, relations=("sibling",), outcome="not approached")
    assert "family-not-invited" in codes(review)
    do(review, "record_family_involvement", 60, relations=("sibling",), outcome="not approached", reason="seven years old")

    assert "family-not-invited" not in codes(review)


@pytest.mark.parametrize("field", ["statement", "system_factor", "themes", "number"])
@pytest.mark.parametrize(
    "words",
    [
        "Philippa Northway did not ring back",
        "Nobody told philippa  northway",
        "It was left to Northway alone",
        "The health visitor told Mrs Brown, who told nobody",
        "Dr. O\u2019Hara was away",
        "A nurse called Jo wrote it down",
        "the mother, Anna, asked twice",
        "NORTHWAY did not ring back",
        "Philippa J. Northway\u2019s visit was missed",
        "nobody asked anna van der berg",
        "Peter Hale was away",
        "Jose\u0301 Pen\u0303a was away",
        "Ms \u00c9lan was away",
        "MRS BROWN was away",
        "the mother, \u00c9lo\u00efse, asked twice",
        "Philippa N\u043erthw\u0430y did not ring back",  # with a Cyrillic o and a
        "PHILIPPA \u039d\u039fR\u03a4\u0397W\u0391\u03a5 did not ring back",  # with Greek letters
        "\uff30\uff48\uff49\uff4c\uff49\uff50\uff50\uff41 Northw\u0430\u0301y was away",  # fullwidth, and a Cyrillic a with an accent
        "\u041crs Brown was away",  # a Cyrillic M
    ],
)
def test_inv_06_a_finding_names_nobody(field, words):
    """INV-06: neither anybody on record nor who is addressed or called by a name; and it is about a system."""
    review = led()

    with pytest.raises(r.NamesAPerson):
        do(review, "record_finding", 100, **FINDING | {field: (words,) if field == "themes" else words}, people=PEOPLE)

    assert review.state.findings == ()


@pytest.mark.parametrize(
    ("known", "named", "others"),
    [
        ("Sukarno", ("Sukarno was away", "It was SUKARNO\u2019s"), ("the sukarno report", "Sukarnoputri was away")),
        ("Dr Patel", ("Ask Patel",), ("a patel",)),
        ("Ng", ("Ask Ng",), ("ng", "N g")),
        ("\u738b\u5c0f\u660e", ("\u738b\u5c0f\u660e was away",), ("\u738b was away",)),
        ("Th\u1ebf Nguy\u1ec5n", ("Th\u1ebf Nguy\u1ec5n was away", "The Nguyen was away"), ("The Nguyens",)),
        ("The Anh Pham", ("The Anh Pham was away",), ("The ham",)),
        ("The Anh", ("The Anh was away",), ("The other",)),
        ("The riv-lead", (), ("The riv-lead was away", "the Riv Lead")),
        ("The chair", (), ("The chair was away", "The Chair")),
        ("K.", (), ("K was away", "Child K.")),
        ("7", (), ("Number 7",)),
    ],
)
def test_inv_45_whoever_has_one_name_or_begins_with_the_is_found(known, named, others):
    """INV-45, INV-06: people of one name, and whose first is The; of what stands in a name's place, a role or a letter, nobody is."""
    for text in named:
        assert (Names([known]).found(text), bool(found(text, [known]))) == (known, True), text
    for text in others:
        assert (Names([known]).found(text), found(text, [known])) == (None, None), text


def test_inv_45_a_name_is_found_as_it_is_read():
    """INV-45: whichever of two spellings has a letter of another alphabet in it, the name on record or the text, they are one name."""
    for known, text in (("Peter \u0412rown", "Peter Brown was away"), ("Peter Brown", "Peter \uff22r\u03bfwn was away")):
        assert Names([known]).found(text) == known


@pytest.mark.parametrize(
    "words",
    [
        "The chair of Northgate Hospitals, the Serious Case Review sub-group and Child A's school each kept a record of their own",
        "The mother asked; the Midwife-led Unit said no. Working Together 2015 asks for more",
        "Doctors and nurses at Castle Quay hand over at 8",
        "The practitioner, NHS staff and the school hale and hearty, had no green card",
    ],
)
def test_inv_06_what_names_a_system_is_no_name(words):
    """INV-06: bodies, roles, pseudonyms and documents may be named."""
    review = led()
    do(review, "record_finding", 100, **FINDING | {"statement": words}, people=PEOPLE)

    assert review.state.findings[0].statement == words


def test_inv_06_no_correction_brings_a_name_in():
    """INV-06: a finding is not corrected into what would have been refused."""
    review = under_way()

    with pytest.raises(r.NamesAPerson):
        review.correct(acting=LEAD, occurred_on=after(101), amends=9, corrected={"statement": "Mr Brown was not asked"}, reason="clearer")
    for said in ({"text": "Train Ms Green"}, {"to": "Mr Brown"}, {"number": "Ms Green"}):
        with pytest.raises(r.NamesAPerson):
            do(review, "make_recommendation", 102, **{"number": "R1", "to": "RIV", "text": "Train"} | said)
    with pytest.raises(r.NamesAPerson):
        amend(review, 9, {"themes": ["Mr Brown"]})


@pytest.mark.parametrize("field", ["reason", "intended_actions"])
def test_inv_06_no_response_names_anybody(field):
    """INV-06: what the Board answers names nobody either, neither when it is said nor as corrected."""
    review = under_way()
    do(review, "present_review_report", 150, MANAGER, report_sha256=HASH)
    naming = {"responses": ({"number": "F1", "response": "in part", "reason": "so"} | {field: "Philippa Northway was at fault"},)}
    with pytest.raises(r.NamesAPerson):
        do(review, "formulate_response", 160, CHAIR, **naming, people=PEOPLE)
    do(review, "formulate_response", 160, CHAIR, responses=(ACCEPTED,), people=PEOPLE)

    with pytest.raises(r.NamesAPerson):
        amend(review, len(review.entries), {"responses": [ACCEPTED | {field: "Mr Brown was at fault"}]})


def test_inv_07_a_multi_agency_finding_needs_an_action_of_the_boards():
    """INV-07: where every action that answers it is an agency's own, the review does not close; one of a sub-group's is enough."""
    review = monitored()
    ours = [Promise("A7", "F1", "RIV", ended=True), Promise("A8", "F1", "NGH", ended=True)]

    assert codes(review, promises=ours, agencies={"RIV", "NGH"}) == ["no-board-action"]
    assert codes(review, promises=[*ours, Promise("A6", "F1", "QUALITY", ended=True)], agencies={"RIV", "NGH"}) == []
    with pytest.raises(r.CannotClose, match="none of its actions is the Board's or a sub-group's"):
        do(review, "close_review", 300, CHAIR, grounds="done", promises=ours, agencies={"RIV", "NGH"})


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ({"report_sha256": HASH}, True),
        ({"report_sha256": SHORTER}, False),
        ({"report_sha256": SHORTER, "redaction_of": OTHER_HASH}, False),
        ({"report_sha256": SHORTER, "redaction_of": HASH}, True),
    ],
)
def test_inv_08_what_is_published_is_what_was_presented(said, allowed):
    """INV-08: the presented report, or a redaction that names it."""
    review = answered()
    if allowed:
        do(review, "publish_report", 170, CHAIR, **PUBLISHED | said)
    else:
        with pytest.raises(r.NotWhatWasPresented):
            do(review, "publish_report", 170, CHAIR, **PUBLISHED | said)

    assert (review.state.published is not None) == allowed


def test_inv_08_a_redaction_may_be_redacted_again():
    """INV-08: the lineage goes on from what was published before; two publications never stand at once."""
    review = published(report_sha256=SHORTER, redaction_of=HASH)
    with pytest.raises(r.AlreadyPublished):
        do(review, "publish_report", 171, CHAIR, **PUBLISHED)
    do(review, "withdraw_report", 172, CHAIR, reason="a name was left in")
    assert (review.state.status.word, review.state.published) == ("response formulated", None)
    do(review, "publish_report", 173, CHAIR, **PUBLISHED | {"report_sha256": OTHER_HASH, "redaction_of": SHORTER})

    assert review.state.published.lineage == (HASH, SHORTER, OTHER_HASH)


def test_inv_08_no_correction_makes_it_another_report():
    """INV-08: neither what was published nor what was presented is corrected into a report that is not the other, or a redaction of it."""
    review = published()
    for number, name in ((12, "report_sha256"), (10, "report_sha256"), (12, "redaction_of")):
        corrected = {name: SHORTER} if name != "redaction_of" else {"report_sha256": SHORTER, "redaction_of": OTHER_HASH}
        with pytest.raises(r.NotWhatWasPresented):
            amend(review, number, corrected)
    amend(review, 12, {"report_sha256": SHORTER, "redaction_of": HASH})

    assert review.state.published.lineage == (HASH, SHORTER)


@pytest.mark.parametrize("url", ["javascript:alert(document.cookie)", "severnbrook.example/cedar", "https://", " "])
def test_a_report_is_published_at_an_address_on_the_web(url):
    """A page makes a link of where a report is: what is no address is refused, also as a correction."""
    review = answered()
    with pytest.raises(NotAnAddress):
        do(review, "publish_report", 170, CHAIR, **PUBLISHED | {"url": url})
    do(review, "publish_report", 170, CHAIR, **PUBLISHED)

    with pytest.raises((NotAnAddress, WrongKindCorrected)):
        amend(review, 12, {"url": url})


def test_a_report_is_taken_down_while_its_review_is_open():
    """A review that closed with its report published is opened again before the report is taken down."""
    review = closed()
    with pytest.raises(r.ReviewEnded):
        do(review, "withdraw_report", 410, CHAIR, reason="an error")
    do(review, "reopen_review", 411, CHAIR, grounds="the report has an error")
    do(review, "withdraw_report", 412, CHAIR, reason="an error")

    assert (review.state.published, review.state.status.word) == (None, "reopened")


@pytest.mark.parametrize("until", [date(2017, 7, 26), date(2016, 1, 1)])
def test_inv_09_a_report_stays_online_for_a_year(until):
    """INV-09: a publication that would end a day too soon is refused, also as a correction; on the day itself it is not."""
    review = answered()
    with pytest.raises(r.TakenDownTooSoon):
        do(review, "publish_report", 170, CHAIR, **PUBLISHED | {"keep_online_until": until})
    do(review, "publish_report", 170, CHAIR, **PUBLISHED | {"keep_online_until": date(2017, 7, 27)})

    with pytest.raises(r.TakenDownTooSoon):
        review.correct(
            acting=CHAIR, occurred_on=after(171), amends=len(review.entries), corrected={"keep_online_until": until.isoformat()}, reason="x"
        )


def test_inv_10_a_pause_names_a_process_and_a_day_and_stops_no_clock():
    """INV-10: only a noted process, only a later day; the clock shows the days with and without the pause."""
    review = under_way()
    with pytest.raises(r.NoParallelProcess):
        do(review, "pause_review", 110, process="criminal", review_by=after(200), reason="witnesses")
    do(review, "note_parallel_process", 109, process="criminal", note="charges brought")
    with pytest.raises(r.ReviewByBefore):
        do(review, "pause_review", 110, process="criminal", review_by=after(110), reason="witnesses")
    do(review, "pause_review", 110, process="criminal", review_by=after(200), reason="witnesses")

    def complete(day):
        return next(clock for clock in clocks_of(review.state_on(after(day)), after(day)) if clock.name == "complete")

    with pytest.raises(r.NoParallelProcess):
        amend(review, len(review.entries), {"process": "coroner"})
    assert (complete(150).state(after(150)), complete(150).gross_days, complete(150).net_days) == ("paused", 120, 80)
    with pytest.raises(r.WrongStage, match="paused"):
        do(review, "present_review_report", 150, MANAGER, report_sha256=HASH)
    do(review, "record_finding", 151, LEAD, **FINDING | {"number": "F2"})  # what is learned early is recorded early
    do(review, "resume_review", 170, reason="the trial ended")
    assert (complete(180).gross_days, complete(180).net_days, complete(180).due_on) == (150, 90, date(2016, 9, 9))
    do(review, "extend_timescale", 181, until=after(400), reason="the trial")
    assert (complete(190).due_on, complete(190).extended_to) == (date(2016, 9, 9), after(400))


def test_inv_44_the_deputy_decides_where_the_chairs_employer_is_under_review():
    """INV-44: a chair whose employer is under review neither decides nor answers, publishes nor closes; then the deputy may."""
    review = referred()
    tied, seat = replace(CHAIR, agency="RIV"), replace(CHAIRS_SEAT, employer="RIV")
    do(review, "add_organisation_under_review", 5, organisation="RIV", reason="named in the referral")
    with pytest.raises(r.ChairNotIndependent):
        do(review, "decide_review", 20, tied, outcome="conduct", rationale="the criteria are met", criteria=CRITERIA, chair=seat)
    with pytest.raises(r.ChairNotIndependent):
        do(review, "decide_review", 20, replace(DEPUTY, agency="RIV"), outcome="conduct", rationale="met", criteria=CRITERIA, chair=seat)

    do(review, "decide_review", 20, DEPUTY, outcome="conduct", rationale="the criteria are met", criteria=CRITERIA, chair=seat)

    assert review.state.decision.by_office == "deputy"
    for act, said, build in (
        ("formulate_response", {"responses": (ACCEPTED,)}, under_way),
        ("publish_report", PUBLISHED, answered),
        ("defer_publication", {"reason": "a trial", "review_by": after(200)}, answered),
        ("close_review", {"grounds": "done", "promises": (KEPT,), "chair": seat}, monitored),
        ("reopen_review", {"grounds": "too early", "chair": seat}, closed),
        ("withdraw_report", {"reason": "an error"}, published),
    ):
        with pytest.raises(r.ChairNotIndependent):
            do(build(), act, 420 if act == "reopen_review" else 190, tied, **said)


def test_inv_44_the_chairs_employer_may_be_who_refers():
    """INV-44: a case that the chair's own employer put before the Board is the deputy's to decide, however the code is written."""
    review = Review.refer(ORIGIN, acting=SCR, occurred_on=after(0), **CEDAR | {"referring_agency": "RIV"})
    tied, seat = replace(CHAIR, agency=" riv"), replace(CHAIRS_SEAT, employer="RIV")
    with pytest.raises(r.ChairNotIndependent):
        do(review, "decide_review", 20, tied, outcome="not conduct", rationale="nothing to see", criteria=CRITERIA, chair=seat)

    do(review, "decide_review", 20, DEPUTY, outcome="conduct", rationale="the criteria are met", criteria=CRITERIA, chair=seat)


def test_a_designated_lead_refers_for_their_own_agency():
    """A lead refers what their own agency knows of, in nobody else's name."""
    with pytest.raises(NotTheirReferral):
        referred(referring_agency="RIV")


@pytest.mark.parametrize("days", [{"notified_on": after(1)}, {"aware_on": after(1)}, {"notified_on": date(2199, 1, 1)}])
def test_a_case_is_known_before_it_is_referred(days):
    """A referral does not say that anybody will know of the case later, also as corrected."""
    with pytest.raises(KnownAhead):
        referred(**days)
    review = Review.refer(ORIGIN, acting=SCR, occurred_on=after(0), **CEDAR)
    with pytest.raises(KnownAhead):
        amend(review, 1, {name: day.isoformat() for name, day in days.items()})


def test_inv_44_the_deputy_decides_where_there_is_no_chair():
    """INV-44: while the chair's office is vacant the deputy decides."""
    review = referred()
    do(review, "decide_review", 20, DEPUTY, outcome="conduct", rationale="the criteria are met", criteria=CRITERIA, chair=None)

    assert review.state.status.word == "decided"


def test_a_pause_is_a_stretch_of_the_review():
    """A review that is paused says so, with the process that it waits for and the day on which that is looked at."""
    status = paused().state.status

    assert (status.word, status.pause.process, status.pause.review_by) == ("paused", "criminal", after(200))
    assert Sealed(LEAD.person) == paused().state.lead.reviewer
