"""Journeys of the Board, walked from outside over HTTP on Severnbrook's seven years: F.1 (what an inspector reads), F.9 and F.11.

F.1 is walked in the browser too, from its one-time link to the pack (`test_browser.py`); the pack of a scope is not there yet. Each
journey is walked once, and its tests look at what was answered; what could go wrong is tried on things of its own.
"""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.demonstration import ORIGIN
from service.ledger import keys
from service.verify import thumbprint
from tests.acceptance import boards
from tests.acceptance.asking import Asking, ends_well
from tests.acceptance.product import positions
from tests.acceptance.served import only_served, served
from tests.databases import reachable_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.xdist_group("board journeys")

HASH = "ab" * 32
THEN = {"as_at": "2016-11-14", "known_at": "2016-11-14"}


@pytest.fixture(scope="module")
def ask(postgres: str) -> Iterator[Asking]:
    """Give Severnbrook, served, and whoever asks it; all tests here share it."""
    with ExitStack() as stack:
        folder = reachable_folder()
        product = stack.enter_context(boards.demonstration(postgres).copy(folder / "severnbrook", postgres))
        yield Asking(stack.enter_context(served(product)))


# -- F.1: the inspector replays the trail as at a date -------------------------------------------------------------------------

OPENED = {
    "body": "Ofsted", "purpose": "inspection", "covers_from": "2015-07-01", "ceiling": "2017-01-30", "expires_on": "2021-10-31",
}  # fmt: skip


@pytest.fixture(scope="module")
def at_new_year(ask: Asking) -> Iterator[Asking]:
    """Give whoever asks the same board three months later, when nothing more has been recorded."""
    with only_served(ask.product, on("2021-12-30")) as later:
        yield ask.elsewhere(later)


def on(day: str) -> dict[str, str]:
    """Give the setting that lets the demonstration take place at nine on a day."""
    return {"MUNIMENT_DEMONSTRATION_CLOCK": f"{day}T09:00:00+00:00"}


@pytest.fixture(scope="module")
def inspected(ask: Asking) -> Asking:
    """Give the board with an inspection of eighteen months, which the chair has opened."""
    ask.does("chair", "inspections/inspector/close_inspection", reason="The inspectors ask for other days")
    ask.does("chair", "inspections", ref="inspector", **OPENED)
    return ask


def overdue(ask: Asking, **clocks: str) -> set[str]:
    """Return what the inspector is shown as overdue."""
    return {item["ref"] for item in ask.items("actions", "inspector", overdue="true", **clocks)}


def test_f1_what_the_inspection_covers(inspected):
    """The inspector sees for which days the record is open to them, until when, and the signed checkpoint that covers it."""
    mine = inspected.item("inspections/inspector", "inspector")
    feed = inspected.get("events", "inspector", limit=1).json

    assert {name: mine[name] for name in OPENED} == OPENED
    assert feed["clocks"]["as_at"] == OPENED["ceiling"]
    assert feed["checkpoint"].startswith("log.severnbrook.example/demonstration\n")
    assert all("2014-01-01" < item["occurred_on"] <= OPENED["ceiling"] for item in inspected.items("events", "inspector", after=200))


def test_f1_three_were_believed_overdue_and_five_were(inspected):
    """On 14 November 2016 the Board believed that three actions were overdue; it was five, of which two were recorded late."""
    believed, known = overdue(inspected, **THEN), overdue(inspected, as_at=THEN["as_at"])

    assert (len(believed), len(known)) == (3, 5)
    assert believed < known
    for ref in known - believed:
        first = inspected.items(f"actions/{ref}/history", "inspector")[0]
        assert first["occurred_on"] <= THEN["as_at"] < first["recorded_at"][:10]
        assert first["late"] > 0
        assert first["late_reason"]


def test_f1_a_decision_that_came_late(inspected):
    """Cedar was decided after 38 days: nine beyond the month that the law gives, with the reason beside it."""
    review = inspected.item("reviews/SB-2016-03", "inspector", as_at="2016-03-17")
    clock = next(clock for clock in review["clocks"] if clock["name"] == "decide")

    assert (clock["gross_days"], clock["days_late"], clock["state"], clock["basis"]) == (38, 9, "late", "law")
    assert "one month" in clock["source"]
    [decided] = [item for item in inspected.items("reviews/SB-2016-03/history", "inspector") if item["topic"] == "review.decided.v1"]
    assert "serious incident report" in decided["fields"]["why_late"]


def test_f1_the_first_lead_reviewer_and_the_second(inspected):
    """Cedar's steps show who led it, that the hospital came under review, the breach, and the replacement, in this order."""
    led = [inspected.item("reviews/SB-2016-03", "inspector", as_at=day)["lead"] for day in ("2016-04-04", "2016-04-25", "2016-05-03")]
    steps = [item["topic"].split(".")[1] for item in inspected.items("reviews/SB-2016-03/history", "inspector")]

    assert [lead["independent"] for lead in led] == [True, False, True]
    assert led[0]["reviewer"] == led[1]["reviewer"] != led[2]["reviewer"]
    told = ["lead_reviewer_appointed", "organisation_added", "independence_breached", "lead_reviewer_replaced"]
    assert [step for step in steps if step in told] == told


def test_f1_the_evidence_behind_a_sign_off(inspected):
    """A2's sign-off leads to the files behind it; that the inspector opened one is on record, once, and under their own office."""
    action = inspected.item("actions/A2", "inspector")
    sha256 = action["evidence"][-1]["items"][0]["sha256"]
    for _ in range(2):
        file = inspected.get(f"evidence/{sha256}", "inspector")
        assert (file.status, b"Seven were not known" in file.body) == (200, True)
    opened = [
        item for item in inspected.items("inspections/inspector/history", "inspector") if item["fields"].get("object") == f"file:{sha256}"
    ]

    assert action["signed_off_on"] == "2016-12-15"
    assert [(item["topic"], item["by_office"]) for item in opened] == [("inspection.evidence_disclosed.v1", "inspector")]


def test_f1_an_inspector_writes_nothing(inspected):
    """Whatever an inspector tries to record is refused, and nothing is written by trying."""
    size = inspected.product.size
    for path, said in {
        "actions/A17/report_progress": {"rag": "green", "narrative": "Done"},
        "inspections/inspector/close_inspection": {"reason": "Done"},
        "reviews/SB-2016-03/close_review": {"grounds": "Done"},
    }.items():
        assert inspected.tries("inspector", path, **said).problem == (403, "not-allowed")
    assert inspected.product.size == size


@pytest.mark.parametrize("day", ["2017-01-31", "2015-06-30"])
def test_f1_a_day_that_the_inspection_does_not_cover(inspected, day):
    """A day beyond the ceiling, or before the first, is refused with the days that are covered."""
    answer = inspected.get("actions", "inspector", as_at=day)

    assert answer.problem == (403, "outside-inspection")
    assert "which covers 1 July 2015 to 30 January 2017" in answer.json["detail"] or "2015-07-01 to 2017-01-30" in answer.json["detail"]


def test_f1_dates_in_the_wrong_order(inspected):
    """Who asks what was known before the day itself is told so in plain words."""
    answer = inspected.get("actions", "inspector", as_at="2016-11-14", known_at="2016-11-13")

    assert answer.problem == (422, "known-before-as-at")
    assert "nobody could know" in answer.json["detail"]


def test_f1_a_correction_during_the_inspection(inspected):
    """What is corrected while the inspectors are there changes what is known now, and not what they have pinned."""
    head = inspected.product.size
    pinned = {"as_at": "2016-11-14", "known_at": head}
    before = [inspected.get(f"{path}", "inspector", **pinned).json["item"] for path in ("actions/A2", "reviews/SB-2016-03")]
    due = {"due_on": "2016-11-11"}
    inspected.does("chair", "actions/A2/correct_entry", amends=1, corrected=due, reason="The minutes say 11 November")
    after = [inspected.get(f"{path}", "inspector", **pinned).json["item"] for path in ("actions/A2", "reviews/SB-2016-03")]

    assert after == before
    assert before[0]["due_on"] == "2016-12-16"
    assert inspected.item("actions/A2", "inspector", as_at="2016-11-14")["due_on"] == due["due_on"]


def test_f1_after_the_last_day(inspected, at_new_year):
    """When an inspection has expired its inspector reads nothing, and is told why and who opens another."""
    assert inspected.get("actions", "inspector").status == 200
    answer = at_new_year.get("actions", "inspector")

    assert answer.problem == (403, "inspection-ended")
    assert answer.json["rule"] == "INV-41"
    assert "ask the chair or the board manager" in answer.json["detail"]


# -- F.9: an agency leaves the partnership -------------------------------------------------------------------------------------

ENDS = "The company is dissolved"
LEADS_KEY = Ed25519PrivateKey.generate()
KEY = thumbprint(LEADS_KEY.public_key().public_bytes_raw())


def agency(ask: Asking, code: str) -> None:
    """Let an agency join on 1 September 2021, with a designated lead."""
    person, office = str(uuid.uuid4()), f"lead-{code}"
    since = {"occurred_on": "2021-09-01"}
    ask.does("board-manager", "agencies", ref=code, name=f"Agency {code}", category="probation", section_11="yes", **since)
    ask.does("board-manager", "subjects", ref=person, name=f"Somebody at {code}")
    said = {"title": f"Lead of {code}", "role": "designated lead", "body": code, "employer": code, "holder": person}
    ask.does("board-manager", "offices", ref=office, from_on="2021-09-01", **said)


def owes(ask: Asking, ref: str, code: str) -> None:
    """Assign an action to an agency, which accepts it and reports on it."""
    said = {
        "title": "Pass on what is known about risk", "kind": "procedure", "owner": code, "owner_office": f"lead-{code}",
        "overseen_by": "scr", "due_on": "2022-06-30", "success_measure": "In 19 of 20 transfers", "intended_outcome": "No child is lost",
    }  # fmt: skip
    ask.does("chair", "actions", ref=ref, source="SB-2020-06/F2", **said)
    ask.does(f"lead-{code}", f"actions/{ref}/accept_action")
    ask.does(f"lead-{code}", f"actions/{ref}/report_progress", rag="amber", narrative="The form is changed")


def stands_down(ask: Asking, code: str) -> None:
    """End the term of an agency's lead today."""
    ask.does("board-manager", f"offices/lead-{code}/stand_down_office_holder", until_on="2021-09-30", reason=ENDS)


@pytest.fixture(scope="module")
def departed(ask: Asking) -> dict[str, Any]:
    """Walk the journey: an agency leaves; give what was answered to each try, with whoever asked."""
    agency(ask, "CRC-N")
    owes(ask, "B1", "CRC-N")
    owes(ask, "B2", "CRC-N")
    ask.key("lead-CRC-N")
    ask.does("board-manager", "keys/enrol_signing_key", **keys.enrolment(LEADS_KEY, ORIGIN, "lead-CRC-N"))
    leaving = ("chair", "agencies/CRC-N/leave_agency")
    told: dict[str, Any] = {"ask": ask, "at once": ask.tries(*leaving, reason=ENDS, successor="NPS-S")}
    ask.does("board-manager", "actions/B1/transfer_obligation", successor="NPS-S", reason=ENDS)
    told["offered"] = ask.tries(*leaving, reason=ENDS, successor="NPS-S")
    ask.does("lead-NPS-S", "actions/B1/accept_transfer", owner_office="lead-NPS-S")
    ask.does("board-manager", "agencies/CRC-N/announce_departure", leaves_on="2021-09-30", reason=ENDS)
    ask.does("chair", "actions/B2/declare_outstanding", reason="Nobody runs this service any more")
    stands_down(ask, "CRC-N")
    told["signing"] = ask.tries(*leaving, reason=ENDS, successor="NPS-S")
    ask.does("board-manager", "keys/revoke_signing_key", thumbprint=KEY, reason="Retired at the departure")
    told["left"] = ask.tries(*leaving, reason=ENDS, successor="NPS-S")
    return told


def test_f9_refused_with_the_list(departed):
    """An agency that owes something does not leave: the refusal names each thing, and what is offered to a successor but not answered."""
    for moment, first in (("at once", "action B1"), ("offered", "action B1 (offered to NPS-S, which has not answered)")):
        answer = departed[moment]
        assert answer.problem == (422, "open-obligations")
        assert (answer.json["rule"], answer.json["facts"]["obligations"]) == (
            "INV-36",
            [first, "action B2", "office lead-CRC-N", f"the signing key {KEY} of lead-CRC-N"],
        )
    assert departed["left"].status == 200


def test_f9_item_by_item(departed):
    """What was taken over keeps its date and says whose it was; what nobody takes is outstanding at departure."""
    taken, kept = (departed["ask"].item(f"actions/{ref}") for ref in ("B1", "B2"))

    assert (taken["owner"], taken["owner_office"], taken["original_owner"]) == ("NPS-S", "lead-NPS-S", "CRC-N")
    assert (taken["due_on"], taken["original_due_on"], taken["times_redated"]) == ("2022-06-30", "2022-06-30", 0)
    assert (kept["owner"], kept["status"]) == ("CRC-N", "outstanding at departure")


def test_f9_the_agency_is_history(departed):
    """The agency's own record says from when to when it was a member, and what became of each thing; its entries are all still there."""
    ask = departed["ask"]
    left = ask.item("agencies/CRC-N")
    entries = ask.items("actions/B1/history")

    assert (left["status"], left["joined_on"], left["left_on"], left["successor"]) == ("left", "2021-09-01", "2021-09-30", "NPS-S")
    assert [(item["item"], item["became"], item.get("to")) for item in left["accounted"]] == [
        ("action:B1", "transferred", "NPS-S"),
        ("action:B2", "outstanding at departure", None),
    ]
    assert [entry["by_agency"] for entry in entries if entry["topic"] == "action.progress_reported.v1"] == ["CRC-N"]


def test_f9_the_leavers_key_is_retired(departed):
    """A live key of the leaver's office alone keeps it from leaving; ended by its position, it leaves what it signed before valid."""
    answer = departed["signing"]

    assert (answer.status, answer.json["facts"]["obligations"]) == (422, [f"the signing key {KEY} of lead-CRC-N"])


def test_f9_what_is_inherited_is_marked(departed):
    """Among the successor's actions those that it took over say from whom, those of the other company of 2021 too."""
    mine = {item["ref"]: item["inherited_from"] for item in departed["ask"].items("actions", "lead-NPS-S", owner="NPS-S")}

    assert mine.items() >= {"A17": "CRC-S", "A19": "CRC-S", "B1": "CRC-N"}.items()


def test_f9_a_replay_shows_the_member(departed):
    """As at 2019 the company that left in 2021 is a member, and its lead holds their office; as at today neither."""
    ask = departed["ask"]
    then, now = (ask.item("agencies/CRC-S", **day)["status"] for day in ({"as_at": "2019-06-01"}, {}))

    assert (then, now) == ("member", "left")
    assert ask.item("actions/A17", as_at="2021-06-20")["owner"] == "CRC-S"


def test_f9_a_successor_refuses(departed):
    """What a successor does not want stays with the Board, under its date, and the agency may leave."""
    ask = departed["ask"]
    agency(ask, "CRC-W")
    owes(ask, "B3", "CRC-W")
    ask.does("chair", "actions/B3/transfer_obligation", successor="NPS-S", reason=ENDS)
    ask.does("lead-NPS-S", "actions/B3/refuse_transfer", reason="We do not run that service")
    stands_down(ask, "CRC-W")
    ask.does("chair", "agencies/CRC-W/leave_agency", reason=ENDS)
    action = ask.item("actions/B3")

    assert (action["owner"], action["original_owner"], action["due_on"]) == ("BOARD", "CRC-W", "2022-06-30")
    assert [item["to"] for item in ask.item("agencies/CRC-W")["accounted"]] == ["BOARD"]


def test_f9_renamed_and_not_dissolved(departed):
    """An agency that is renamed is the same agency: it keeps its actions and its day of joining, and its old name for the days before."""
    ask = departed["ask"]
    before = ask.item("agencies/HVN", as_at="2021-09-29")
    ask.does("board-manager", "agencies/HVN/rename_agency", name="Haven and Harbour")
    after = ask.item("agencies/HVN")

    assert after == before | {"name": "Haven and Harbour", "version": after["version"]}
    assert ask.item("agencies/HVN", as_at="2021-09-29")["name"] == before["name"] != after["name"]
    assert ask.item("actions/A3-HVN")["owner"] == "HVN"


def test_f9_two_become_one(departed):
    """Two agencies that merge both leave, each accounted for, and the new one shows what it has from whom."""
    ask = departed["ask"]
    agency(ask, "NEW")
    for code, ref in (("OLD-1", "B4"), ("OLD-2", "B5")):
        agency(ask, code)
        owes(ask, ref, code)
        ask.does("board-manager", f"actions/{ref}/transfer_obligation", successor="NEW", reason="Merged")
        ask.does("lead-NEW", f"actions/{ref}/accept_transfer", owner_office="lead-NEW")
        stands_down(ask, code)
        ask.does("board-manager", f"agencies/{code}/leave_agency", reason="Merged", successor="NEW")

    assert {item["ref"]: item["inherited_from"] for item in ask.items("actions", owner="NEW")} == {"B4": "OLD-1", "B5": "OLD-2"}
    assert {ask.item(f"agencies/{code}")["successor"] for code in ("OLD-1", "OLD-2")} == {"NEW"}


def test_f9_the_leavers_lead_the_next_day(departed):
    """The day after, the leaver's lead reads what was their own agency's, and records nothing more."""
    ask, size = departed["ask"], departed["ask"].product.size
    with only_served(ask.product, on("2021-10-01")) as later:
        then = ask.elsewhere(later)
        answers = [then.get(path, "lead-CRC-N").status for path in ("actions/B1", "actions/B1/history", "actions/B2", "actions/A17")]
        act = then.tries("lead-CRC-N", "actions/B2/report_progress", rag="green", narrative="Done")

    assert answers == [200, 200, 200, 404]
    assert act.problem == (403, "not-in-office")
    assert ask.product.size == size


def test_f9_the_leavers_lead_after_ninety_days(departed, at_new_year):
    """More than ninety days after, the leaver's lead reads nothing at all."""
    assert departed["left"].status == 200
    assert [at_new_year.get(path, "lead-CRC-N").problem for path in ("actions", "actions/B2")] == [(403, "not-in-office")] * 2


# -- F.11: a review's decision and its independence, under the clock -----------------------------------------------------------

CASE = {
    "title": "Hazel", "kind": "serious case review", "regime": "LSCB-WT2015", "referring_agency": "NGH", "local_ref": "NGH/2021/118",
    "aware_on": "2021-08-19", "notified_on": "2021-08-23", "occurred_on": "2021-08-26",
}  # fmt: skip
CRITERIA = [{"criterion": "A child was seriously harmed, with concern about joint working", "met": True}]
CONDUCT = {"outcome": "conduct", "rationale": "The criteria are met", "criteria": CRITERIA}
WHY_LATE = "The hospital's report came on 27 September"
SCOPE = {
    "review_kind": "serious case review", "methodology": "Systems", "scope": "One week", "proportionality": "One pathway",
    "organisations": ["RIV"],
}  # fmt: skip
TIED = [{"organisation": "NGH", "role": "head of midwifery", "from_on": "2017-02-04", "until_on": "2018-09-27"}]
FINDING = {
    "statement": "Calls were not returned", "polarity": "concern", "scope": "multi-agency", "system_factor": "There is no one rota",
    "themes": ["communication"],
}  # fmt: skip


def referred(ask: Asking, ref: str, **said: Any) -> None:
    """Refer a case of which nobody else speaks."""
    ask.does("lead-NGH", "reviews", ref=ref, **CASE | {"local_ref": f"NGH/{ref}", "title": ref} | said)


def clock(ask: Asking, ref: str, name: str, **clocks: object) -> dict[str, Any]:
    """Return one clock of a review."""
    return next(one for one in ask.item(f"reviews/{ref}", **clocks)["clocks"] if one["name"] == name)


def reviewer(ask: Asking, office: str) -> str:
    """Register somebody who leads reviews, in an office of their own; return their reference."""
    person = str(uuid.uuid4())
    ask.does("board-manager", "subjects", ref=person, name=f"Somebody called {office}")
    said = {"title": office, "role": "lead reviewer", "holder": person, "from_on": "2021-09-01"}
    ask.does("board-manager", "offices", ref=office, **said)
    return person


@pytest.fixture(scope="module")
def reviewed(ask: Asking) -> dict[str, Any]:
    """Walk the journey: a case is referred, decided late, commissioned and led; give what was answered to what is refused."""
    act = "reviews/SB-2021-07"
    referred(ask, "SB-2021-08", kind="rapid review", regime="MASA-WT2018")
    told: dict[str, Any] = {"ask": ask}
    told["not yet"] = ask.tries("lead-NGH", "reviews", ref="SB-2021-07", **CASE)
    ask.does("chair", "partnership/change_regime", regime="LSCB-WT2015", effective_on="2021-08-01")
    told["not any more"] = ask.tries("lead-NGH", "reviews", ref="SB-2021-09", **CASE | {"regime": "MASA-WT2018"})
    ask.does("lead-NGH", "reviews", ref="SB-2021-07", **CASE)
    ask.does("scr-chair", f"{act}/recommend_decision", outcome="conduct", rationale="The criteria are met")
    told["manager decides"] = ask.tries("board-manager", f"{act}/decide_review", **CONDUCT, why_late=WHY_LATE)
    told["no reason"] = ask.tries("chair", f"{act}/decide_review", **CONDUCT)
    ask.does("chair", f"{act}/decide_review", **CONDUCT, why_late=WHY_LATE)
    ask.does("board-manager", f"{act}/commission_review", **SCOPE)
    declared = {"involved_in_case": False, "declaration_sha256": HASH}
    first, second = reviewer(ask, "reviewer-first"), reviewer(ask, "reviewer-second")
    ask.does("board-manager", f"{act}/appoint_lead_reviewer", reviewer=first, affiliations=TIED, **declared)
    ask.does("scr-chair", f"{act}/add_organisation_under_review", organisation="NGH", reason="The pathway begins there")
    told["before the breach"] = ask.tries("reviewer-first", f"{act}/record_finding", number="F1", **FINDING)
    ask.does("board-manager", f"{act}/record_independence_breach", organisations=["NGH"], grounds="A post at the hospital until 2018")
    told["after the breach"] = ask.tries("reviewer-first", f"{act}/record_finding", number="F1", **FINDING)
    told["same again"] = ask.tries("scr-chair", f"{act}/replace_lead_reviewer", reviewer=first, affiliations=TIED, reason="x", **declared)
    ask.does("scr-chair", f"{act}/replace_lead_reviewer", reviewer=second, affiliations=[], reason="Not independent", **declared)
    told["replaced"] = ask.tries("reviewer-first", f"{act}/record_finding", number="F1", **FINDING)
    ask.does("reviewer-second", f"{act}/record_finding", number="F1", **FINDING)
    ask.does("reviewer-second", f"{act}/invite_family", relations=["mother", "father"], count=2, how_explained="A visit")
    family = f"{act}/record_family_involvement"
    ask.does("reviewer-second", family, relations=["mother", "father"], outcome="declined")
    told["no reason for the sibling"] = ask.tries("reviewer-second", family, relations=["sibling"], outcome="not approached")
    ask.does("reviewer-second", family, relations=["sibling"], outcome="not approached", reason="On the advice of their doctor")
    ask.does("reviewer-second", f"{act}/record_practitioner_contribution", roles=["midwife"], count=11, how="At an event of a day")
    return told


def test_f11_two_clocks(reviewed):
    """A referral starts two clocks: five working days to notify the incident, and a month to decide, both by law."""
    running = reviewed["ask"].item("reviews/SB-2021-07", as_at="2021-08-26")["clocks"]

    assert [(one["name"], one["count"], one["unit"], one["due_on"], one["state"], one["basis"]) for one in running] == [
        ("incident_notify", 5, "working days", "2021-08-26", "met", "law"),
        ("decide", 1, "months", "2021-09-23", "running", "law"),
    ]


def test_f11_the_chair_decides_and_says_why_so_late(reviewed):
    """The manager cannot decide; the chair can, on day 38, if they say why; the clock stays red, with the law that it goes by."""
    decided = clock(reviewed["ask"], "SB-2021-07", "decide")

    assert reviewed["manager decides"].problem == (403, "not-allowed")
    assert reviewed["no reason"].problem == (422, "nothing-said-of-lateness")
    assert "Working Together 2015" in reviewed["no reason"].json["detail"]
    assert (decided["gross_days"], decided["days_late"], decided["state"], decided["basis"]) == (38, 7, "late", "law")
    assert "one month" in decided["source"]


def test_f11_a_lead_reviewer_who_is_tied(reviewed):
    """When their former employer comes under review, the breach has to be recorded, the first records no finding, and is replaced."""
    assert [reviewed[moment].problem for moment in ("before the breach", "after the breach", "same again", "replaced")] == [
        (422, "breach-not-recorded"),
        (422, "no-lead-reviewer"),
        (422, "not-independent"),
        (404, "not-found"),
    ]
    review = reviewed["ask"].item("reviews/SB-2021-07")
    assert review["lead"]["independent"] is True
    assert sorted(review["organisations"]) == ["NGH", "RIV"]
    assert [finding["number"] for finding in review["findings"]] == ["F1"]


def test_f11_who_was_heard(reviewed):
    """The parents declined, the sibling was not approached, for a reason that is owed, and eleven practitioners were heard."""
    assert reviewed["no reason for the sibling"].problem == (422, "no-reason-given")
    review = reviewed["ask"].item("reviews/SB-2021-07")

    assert [one["outcome"] for one in review["family"]][-2:] == ["declined", "not approached"]
    told = [item["fields"] for item in reviewed["ask"].items("reviews/SB-2021-07/history") if "family_involvement" in item["topic"]]
    assert [(one["relations"], one["reason"]) for one in told] == [
        (["mother", "father"], None),
        (["sibling"], "On the advice of their doctor"),
    ]
    assert review["practitioners"]["contributed"] == 11


def test_f11_the_same_case_under_the_later_regime(reviewed):
    """Under the arrangements of 2018 the same days give a rapid review of fifteen working days, and no month to decide.

    It keeps them when others bind the Board; a case is referred under those that bind on the day, and under no others.
    """
    ask = reviewed["ask"]
    later = {one["name"]: (one["count"], one["unit"], one["due_on"]) for one in ask.item("reviews/SB-2021-08")["clocks"]}

    assert later["rapid_review"] == (15, "working days", "2021-09-14")  # 30 August was a bank holiday
    assert "decide" not in later
    assert [reviewed[moment].problem for moment in ("not yet", "not any more")] == [(422, "regime-not-in-force")] * 2
    assert ask.item("reviews/SB-2021-08")["regime"] == "MASA-WT2018"
    assert ask.item("reviews/SB-2021-07")["regime"] == "LSCB-WT2015"


def test_f11_a_chair_whose_employer_is_under_review(reviewed):
    """A chair whose own employer is under review decides nothing of it; the deputy signs instead, and could not before."""
    ask = reviewed["ask"]
    referred(ask, "SB-2021-10")
    decision = ("reviews/SB-2021-10/decide_review",)
    ask.does("scr-chair", "reviews/SB-2021-10/add_organisation_under_review", organisation="RIV", reason="They knew the child")
    too_soon = ask.tries("deputy-chair", *decision, **CONDUCT, why_late=WHY_LATE)
    holders = "SELECT version FROM views.inspection_history WHERE kind = 'office' AND ref = 'chair' AND body ? 'holder' ORDER BY position"
    employed = {
        "amends": ask.product.ask(holders)[-1][0],
        "corrected": {"employer": "RIV"},
        "reason": "The chair's post at Riverside was left out",
    }
    ask.does("board-manager", "offices/chair/correct_entry", **employed)
    conflicted = ask.tries("chair", *decision, **CONDUCT, why_late=WHY_LATE)
    ask.does("deputy-chair", *decision, **CONDUCT, why_late=WHY_LATE)
    ask.does("board-manager", "offices/chair/correct_entry", **employed | {"corrected": {"employer": None}, "reason": "It had ended"})

    assert too_soon.problem == (422, "not-the-chair")
    assert (conflicted.problem, conflicted.json["rule"]) == ((422, "chair-not-independent"), "INV-44")
    assert ask.item("reviews/SB-2021-10")["status"] == "decided"


def test_f11_a_bank_holiday_within_the_five_days(reviewed):
    """A bank holiday within the five working days puts their end off by a day."""
    ask = reviewed["ask"]
    referred(ask, "SB-2021-11", aware_on="2021-08-25", notified_on="2021-09-02", occurred_on="2021-09-02")
    notified = clock(ask, "SB-2021-11", "incident_notify")

    assert (notified["due_on"], notified["state"], notified["gross_days"]) == ("2021-09-02", "met", 5)
    assert notified["calendar"] == "england-2026-11"


def test_f11_the_day_of_notification_is_corrected(reviewed):
    """A corrected day of notification moves the clock; what was shown before the correction is shown as it was."""
    ask = reviewed["ask"]
    referred(ask, "SB-2021-12")
    head, first = ask.product.size, clock(ask, "SB-2021-12", "decide")
    corrected = {"amends": 1, "corrected": {"notified_on": "2021-08-20"}, "reason": "The letter is dated 20 August"}
    ask.does("board-manager", "reviews/SB-2021-12/correct_entry", **corrected)

    assert (first["due_on"], clock(ask, "SB-2021-12", "decide")["due_on"]) == ("2021-09-23", "2021-09-20")
    assert clock(ask, "SB-2021-12", "decide", known_at=head) == first


def test_f11_the_same_incident_twice(reviewed):
    """A case that its agency has referred already is refused, with the review that it has; nothing is recorded."""
    ask = reviewed["ask"]
    size = ask.product.size
    again = ask.tries("lead-NGH", "reviews", ref="SB-2021-13", **CASE | {"title": "Hazel again"})

    assert again.problem == (422, "already-referred")
    assert "NGH has referred NGH/2021/118 already: it is SB-2021-07" in again.json["detail"]
    assert ask.product.size == size


def test_f11_a_decision_that_is_reversed(reviewed):
    """A new decision stands instead of the first, and both are kept, each with its day and its reasons."""
    ask = reviewed["ask"]
    referred(ask, "SB-2021-14")
    against = {"outcome": "not conduct", "rationale": "The criteria are not met", "criteria": [{"criterion": "5(2)(a)", "met": False}]}
    ask.does("chair", "reviews/SB-2021-14/decide_review", **against, occurred_on="2021-09-20")
    ended = ask.item("reviews/SB-2021-14")
    ask.does("chair", "reviews/SB-2021-14/decide_review", **CONDUCT)
    review = ask.item("reviews/SB-2021-14")

    assert (ended["status"], review["status"]) == ("decided not to conduct", "decided")
    assert [decision["outcome"] for decision in review["decisions"]] == ["not conduct", "conduct"]
    assert len(positions(ask.product, "review.decided.v1", "SB-2021-14")) == 2


# -- how each of them ends -----------------------------------------------------------------------------------------------------


def test_every_journey_ends_well(inspected, departed, reviewed):
    """After an inspection, a departure and a review the verifier agrees with a pack, and rebuilding every view changes nothing."""
    product = inspected.product
    ended = ("inspection.evidence_disclosed.v1", "agency.left.v1", "review.lead_reviewer_replaced.v1")
    assert departed["ask"] is reviewed["ask"] is inspected
    assert all(positions(product, topic) for topic in ended)
    ends_well(product, "walked")
