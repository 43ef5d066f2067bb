"""An agency leaves the partnership: with every obligation accounted for, item by item (journey F.9)."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from time import monotonic
from typing import TYPE_CHECKING

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aggregates import Action, Agency
from aggregates.action.refusals import NotOffered
from aggregates.errors import Refused
from aggregates.partnership.agency import Accounted
from aggregates.partnership.membership import (
    AlreadyAMember,
    ChairsOwnAgency,
    LeavesBefore,
    NotAMember,
    NotLeaving,
    NotOwed,
    OpenObligations,
)
from projections import action_register, partnership
from service.application import Board
from service.desk import authority
from service.desk.authority import Scope
from service.desk.refusals import NotAllowed, NotFound, NotInOffice, UnknownOffice
from service.desk.submission import Submission
from service.ledger import keys
from tests.boards import ORIGIN, assign

if TYPE_CHECKING:
    from tests.boards import Seeded

TODAY = date(2016, 9, 5)
LEAVES = {"reason": "Merged into Riverside", "successor": "RIV"}


def handed_over(it: Seeded, ref: str = "A2") -> None:
    """Let Riverside take an action over."""
    it.act("board-manager", "transfer_obligation", ref, successor="RIV", reason="Coombe Quay is dissolved")
    it.act("riv-lead", "accept_transfer", ref, owner_office="riv-lead")


def left(it: Seeded) -> None:
    """Let Coombe Quay leave: its action is taken over, its lead stands down."""
    handed_over(it)
    it.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on=str(TODAY), reason="Coombe Quay is dissolved")
    it.act("board-manager", "leave_agency", "CQH", **LEAVES)


def test_inv_36_a_departure_is_refused_with_the_list_of_what_is_open(seeded):
    """INV-36: an agency does not leave while it owes an action or one of its offices is held; the refusal names each.

    One of them is an agency's by the correction of a correction alone.
    """
    assign(seeded, "A9", owner_office=None)
    for amends, corrected in ((1, {"title": "Train the staff of the night"}), (2, {"corrected": {"owner": "CQH"}})):
        said = {"about": "action", "amends": amends, "corrected": corrected, "reason": "It is Coombe Quay's"}
        seeded.act("chair", "correct_entry", "A9", **said)
    with pytest.raises(OpenObligations) as refused:
        seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)
    assert refused.value.facts["obligations"] == ("action A2", "action A9", "office cqh-lead")

    seeded.act("board-manager", "transfer_obligation", "A2", successor="RIV", reason="dissolved")
    with pytest.raises(NotLeaving):
        seeded.act("chair", "declare_outstanding", "A9", reason="Nobody runs the service")
    seeded.act("board-manager", "announce_departure", "CQH", leaves_on="2016-09-30", reason="dissolved")
    seeded.act("chair", "declare_outstanding", "A9", reason="Nobody runs the service")
    with pytest.raises(OpenObligations) as refused:
        seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)
    assert refused.value.facts["obligations"] == ("action A2 (offered to RIV, which has not answered)", "office cqh-lead")

    seeded.act("riv-lead", "accept_transfer", "A2")
    seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on=str(TODAY), reason="dissolved")
    seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)

    accounted = seeded.board.load(Agency, "CQH", fresh=True).state.status.accounted
    assert accounted == (Accounted("action:A2", "transferred", "RIV"), Accounted("action:A9", "outstanding at departure"))


def commissioned(it: Seeded) -> None:
    """Let the Board's review be decided upon and commissioned."""
    met = [{"criterion": "5(2)(a)", "met": True}]
    it.act("chair", "decide_review", "SB-2015-01", outcome="conduct", rationale="the criteria are met", criteria=met)
    into = {"review_kind": "serious case review", "methodology": "systems", "scope": "two years", "proportionality": "one family"}
    it.act("chair", "commission_review", "SB-2015-01", **into, organisations=["RIV"])


def asked_and_challenged(it: Seeded) -> None:
    """Ask Coombe Quay for information, challenge it, and enrol a key of its lead's."""
    commissioned(it)
    it.act("quality-chair", "request_agency_information", "SB-2015-01", agency="CQH", due_on="2016-10-14", request="A chronology")
    asks = {"about": "review:SB-2015-01", "to": "CQH", "summary": "Why so late?", "statement": "Nothing came for a month."}
    it.board.act(it.callers["riv-lead"], Submission(name="raise_challenge", ref="CH-1", fields=asks))
    it.act("board-manager", "enrol_signing_key", "keys", **keys.enrolment(Ed25519PrivateKey.generate(), ORIGIN, "cqh-lead"))
    handed_over(it)


def test_inv_36_what_an_agency_was_asked_and_its_keys_keep_it_from_leaving(seeded):
    """INV-36, F.9: information that is owed, a challenge without an answer and a live key keep an agency, until each is settled."""
    asked_and_challenged(seeded)
    with pytest.raises(OpenObligations) as refused:
        seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)
    *asked, office, key = refused.value.facts["obligations"]
    assert (asked, office) == (["information for the review SB-2015-01", "the challenge CH-1"], "office cqh-lead")
    assert key.startswith("the signing key ")
    assert key.endswith(" of cqh-lead")

    seeded.act("cqh-lead", "answer_challenge", "CH-1", answer="Two files were lost", what_changed="They are copied at once")
    seeded.act("board-manager", "announce_departure", "CQH", leaves_on="2016-09-30", reason="dissolved")
    undone = {"item": "review:SB-2015-01", "reason": "The records went to the archive"}
    seeded.act("chair", "declare_obligation_outstanding", "CQH", **undone)
    seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on=str(TODAY), reason="dissolved")
    seeded.act("board-manager", "revoke_signing_key", "keys", thumbprint=key.split()[3], reason="Retired at the departure")
    seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)

    accounted = seeded.board.load(Agency, "CQH", fresh=True).state.status.accounted
    assert accounted == (Accounted("action:A2", "transferred", "RIV"), Accounted("review:SB-2015-01", "outstanding at departure"))


def test_inv_36_only_what_is_owed_by_who_is_leaving_is_declared_outstanding(seeded):
    """A thing is declared outstanding once, while it is owed, after the departure was announced, and not by a chair it employs (INV-44)."""
    asked_and_challenged(seeded)
    undone = {"item": "challenge:CH-1", "reason": "Nobody is left to answer"}
    with pytest.raises(NotLeaving):
        seeded.act("chair", "declare_obligation_outstanding", "CQH", **undone)
    with pytest.raises(LeavesBefore):
        seeded.act("board-manager", "announce_departure", "CQH", leaves_on="2016-09-04", reason="dissolved")
    seeded.act("board-manager", "announce_departure", "CQH", leaves_on="2016-09-30", reason="dissolved")
    with pytest.raises(NotOwed):
        seeded.act("chair", "declare_obligation_outstanding", "CQH", **undone | {"item": "challenge:CH-2"})
    seeded.act("chair", "declare_obligation_outstanding", "CQH", **undone)
    with pytest.raises(NotOwed):
        seeded.act("chair", "declare_obligation_outstanding", "CQH", **undone)

    seeded.act("board-manager", "stand_down_office_holder", "chair", until_on=str(TODAY), reason="Moved")
    seeded.clock.advance(days=1)
    seeded.join("deputy", "deputy chair", employer="CQH")
    with pytest.raises(ChairsOwnAgency):
        seeded.act("deputy", "declare_obligation_outstanding", "CQH", **undone | {"item": "review:SB-2015-01"})


def test_inv_36_what_a_successor_refuses_stays_with_the_board(seeded):
    """F.9: a successor refuses, the Board owns it, and the agency that leaves is not kept by it."""
    seeded.act("board-manager", "transfer_obligation", "A2", successor="RIV", reason="dissolved")
    seeded.act("riv-lead", "refuse_transfer", "A2", reason="We do not run that service")
    seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on=str(TODAY), reason="dissolved")
    seeded.act("board-manager", "leave_agency", "CQH", reason="dissolved")

    action = seeded.board.load(Action, "A2")
    assert (action.state.owner, action.state.original_owner, action.state.due_on) == ("BOARD", "CQH", date(2016, 12, 16))
    assert seeded.board.load(Agency, "CQH", fresh=True).state.status.accounted == (Accounted("action:A2", "transferred", "BOARD"),)


def test_an_agency_that_left_may_come_back(seeded):
    """Who left joins again under the code that its history stands under; who is a member does not join twice."""
    joins = {"name": "Coombe Quay", "category": "health", "section_11": "yes"}
    with pytest.raises(AlreadyAMember):
        seeded.act("board-manager", "join_agency", "CQH", **joins)
    seeded.act("board-manager", "transfer_obligation", "A2", successor="RIV", reason="dissolved")
    seeded.act("riv-lead", "refuse_transfer", "A2", reason="We do not run that service")
    seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on=str(TODAY), reason="dissolved")
    seeded.act("board-manager", "leave_agency", "CQH", reason="dissolved")

    seeded.clock.advance(days=30)
    seeded.act("board-manager", "join_agency", "CQH", **joins)

    assert seeded.board.load(Agency, "CQH", fresh=True).state.status.word == "member"


def test_inv_36_an_owner_that_was_corrected_is_the_owner(seeded):
    """What is an agency's only since a correction keeps it from leaving; what never was does not."""
    seeded.act("chair", "correct_entry", "A1", about="action", amends=1, corrected={"owner": "CQH"}, reason="recorded wrongly")
    assert seeded.board.open_obligations(seeded.board.load(Agency, "CQH"), TODAY) == ["action A1", "action A2", "office cqh-lead"]
    assert seeded.board.open_obligations(seeded.board.load(Agency, "RIV"), TODAY) == ["office riv-lead"]


def test_inv_36_two_merge_into_one(seeded):
    """F.9: both leave with their actions taken over by the one that they become, which shows what it inherited from whom."""
    seeded.act("board-manager", "join_agency", "NEW", name="Riverside and Coombe Quay", category="health", section_11="yes")
    for ref, agency in (("A1", "RIV"), ("A2", "CQH")):
        office = f"{agency.lower()}-lead"
        seeded.act("board-manager", "transfer_obligation", ref, successor="NEW", reason="merged")
        seeded.act("board-manager", "stand_down_office_holder", office, until_on=str(TODAY), reason="merged")
    with pytest.raises(UnknownOffice):  # nobody leads the new agency yet
        seeded.act("board-manager", "accept_transfer", "A1", on_behalf_of="new-lead")
    said = {"title": "Lead", "role": "designated lead", "body": "NEW", "employer": "NEW", "holder": str(seeded.people["nobody"])}
    seeded.act("board-manager", "register_subject", str(seeded.people["nobody"]), name="L. Ead")
    seeded.act("board-manager", "appoint_office_holder", "new-lead", **said, from_on=str(TODAY))
    for ref, agency in (("A1", "RIV"), ("A2", "CQH")):
        seeded.act("board-manager", "accept_transfer", ref, on_behalf_of="new-lead")
        seeded.act("board-manager", "leave_agency", agency, reason="merged", successor="NEW")
    seeded.catch_up()

    with psycopg.connect(seeded.config.conninfo("reader")) as conn:
        known_at = action_register_head(conn)
        rows = action_register.register(conn, as_at=TODAY, known_at=known_at, sort="ref")
        agencies = {row.ref: (row.status, row.successor) for row in partnership.agencies(conn, as_at=TODAY, known_at=known_at)}
    assert [(row.ref, row.owner, row.inherited_from, row.original_owner) for row in rows] == [
        ("A1", "NEW", "RIV", "RIV"),
        ("A2", "NEW", "CQH", "CQH"),
    ]
    assert agencies == {"RIV": ("left", "NEW"), "CQH": ("left", "NEW"), "NEW": ("member", None)}


def action_register_head(conn: psycopg.Connection) -> int:
    """Return the position that the views have reached."""
    return conn.execute("SELECT min(position) FROM views.tracking").fetchone()[0]


def test_history_stays_with_who_left_under_its_name_at_the_time(seeded):
    """INV-36: as at a day before it left it is a member, under the name that it had; what it owed is shown as it was."""
    seeded.act("board-manager", "rename_agency", "CQH", name="Coombe Quay Hospitals")
    seeded.clock.advance(days=30)
    handed_over(seeded)
    seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on="2016-10-05", reason="dissolved")
    seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)
    seeded.catch_up()

    with psycopg.connect(seeded.config.conninfo("reader")) as conn:
        known_at = action_register_head(conn)
        then, now = (
            [(row.name, row.status) for row in partnership.agencies(conn, as_at=day, known_at=known_at) if row.ref == "CQH"]
            for day in (TODAY, date(2016, 10, 5))
        )
        owners = [action_register.one(conn, "A2", as_at=day, known_at=known_at).owner for day in (TODAY, date(2016, 10, 5))]
    assert (then, now, owners) == ([("Coombe Quay Hospitals", "member")], [("Coombe Quay Hospitals", "left")], ["CQH", "RIV"])


def test_who_left_takes_on_nothing_new(seeded):
    """An agency that left is given no action, no office and no inheritance, and leaves no second time; it may join again."""
    left(seeded)
    told = {"title": "Lead", "role": "designated lead", "body": "CQH", "holder": str(seeded.people["cqh-lead"])}
    for act in (
        lambda: assign(seeded, "A9", owner="CQH", owner_office=None),
        lambda: seeded.act("chair", "reassign_action", "A1", owner="CQH", reason="moved"),
        lambda: seeded.act("chair", "transfer_obligation", "A1", successor="CQH", reason="moved"),
        lambda: seeded.act("board-manager", "appoint_office_holder", "cqh-lead", **told, from_on="2016-09-06"),
        lambda: seeded.act("board-manager", "leave_agency", "CQH", **LEAVES),
    ):
        with pytest.raises(NotAMember):
            act()
    seeded.act("board-manager", "join_agency", "CQH-2", name="Coombe Quay again", category="health", section_11="yes")
    assert seeded.board.members(TODAY) == {"RIV", "CQH-2"}


def test_a_successor_is_another_member(seeded):
    """Neither what is not on record nor what is not a member yet succeeds an agency or takes its actions over."""
    with pytest.raises(NotFound):
        seeded.act("board-manager", "leave_agency", "CQH", reason="dissolved", successor="NPS-S")
    with pytest.raises(NotFound):
        seeded.act("board-manager", "transfer_obligation", "A2", successor="NPS-S", reason="dissolved")
    with pytest.raises(NotAMember):
        seeded.act("board-manager", "transfer_obligation", "A2", successor="RIV", reason="dissolved", occurred_on=date(2016, 9, 4))


def test_a_correction_names_what_is_on_record(seeded):
    """INV-34: neither a successor nor an agency that attended a meeting is corrected into one that nobody knows."""
    left(seeded)
    with pytest.raises(NotFound):
        seeded.act("board-manager", "correct_entry", "CQH", about="agency", amends=2, corrected={"successor": "NONE"}, reason="x")
    there = [{"agency": "RIV", "attendance": "present"}]
    seeded.act("chair", "hold_meeting", "B-1", body="BOARD", attendance=there)
    for wrong in ({"body": "NONE"}, {"attendance": [{"agency": "NONE", "attendance": "present"}]}):
        with pytest.raises(NotFound):
            seeded.act("chair", "correct_entry", "B-1", about="meeting", amends=1, corrected=wrong, reason="x")


def test_a_transfer_is_there_for_whom_it_is_offered_to(seeded):
    """F.3: a lead sees and answers what they are asked to take over, and nothing else of another agency."""
    with pytest.raises(NotFound):
        seeded.act("riv-lead", "accept_transfer", "A2")
    seeded.act("board-manager", "transfer_obligation", "A2", successor="RIV", reason="dissolved")
    with pytest.raises(NotOffered):
        seeded.act("cqh-lead", "accept_transfer", "A2")
    with pytest.raises(NotAllowed):
        seeded.act("quality-chair", "accept_transfer", "A2")

    seeded.act("riv-lead", "accept_transfer", "A2")

    with pytest.raises(NotFound):
        seeded.act("cqh-lead", "report_progress", "A2", rag="green", narrative="ours no more")


def test_the_lead_of_who_left_reads_its_history_for_ninety_days_and_records_nothing(seeded):
    """F.9: the next day the leaver's lead still reads their own agency's record, on the ninetieth too, and then no more."""
    left(seeded)
    who = seeded.callers["cqh-lead"]
    for days, reads in ((1, True), (90, True), (91, False)):
        day = date.fromordinal(TODAY.toordinal() + days)
        if reads:
            assert authority.scope(seeded.board, who, today=day) == Scope("CQH", restricted=True, role="designated lead")
        else:
            with pytest.raises(NotInOffice):
                authority.scope(seeded.board, who, today=day)
    seeded.clock.advance(days=1)
    with pytest.raises(NotInOffice):
        seeded.act("cqh-lead", "report_progress", "A2", rag="green", narrative="done")


def test_who_stood_down_before_their_agency_left_reads_nothing(seeded):
    """Only whoever led the agency when it left reads on: an earlier lead does not."""
    seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on="2016-09-02", reason="moved on")
    handed_over(seeded)
    seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)

    with pytest.raises(NotInOffice):
        authority.scope(seeded.board, seeded.callers["cqh-lead"], today=date(2016, 9, 6))


def test_a_departure_that_is_repeated_or_raced_is_recorded_once(seeded):
    """Of several who record the same departure at once one succeeds, and a repetition is answered with what was recorded."""
    handed_over(seeded)
    seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on=str(TODAY), reason="dissolved")
    answers: dict[str, object] = {}

    def leave(key: str) -> None:
        try:
            answers[key] = list(seeded.act("board-manager", "leave_agency", "CQH", **LEAVES, key=key).positions)
        except NotAMember as refused:
            answers[key] = refused.code()

    threads = [threading.Thread(target=leave, args=(f"raced-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = {key: positions for key, positions in answers.items() if positions != "not-a-member"}
    ((key, positions),) = made.items()

    assert len(answers) == 4
    assert list(seeded.act("board-manager", "leave_agency", "CQH", **LEAVES, key=key).positions) == positions


def waiting(it: Seeded, count: int) -> None:
    """Look until so many wait for the log's lock."""
    query = """
        SELECT count(*) AS waits FROM pg_locks JOIN pg_database d ON d.oid = database
         WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"""
    with psycopg.connect(it.config.conninfo("owner"), autocommit=True) as conn:
        deadline = monotonic() + 20
        while conn.execute(query).fetchone()[0] < count:
            assert monotonic() < deadline


@pytest.mark.parametrize(
    ("office", "command", "ref", "said"),
    [
        ("chair", "reassign_action", "A1", {"owner": "CQH", "reason": "moved"}),
        ("quality-chair", "request_agency_information", "SB-2015-01", {"agency": "CQH", "due_on": "2016-10-14", "request": "A chronology"}),
        ("chair", "correct_entry", "A1", {"about": "action", "amends": 1, "corrected": {"owner": "CQH"}, "reason": "recorded wrongly"}),
        ("riv-lead", "retract_entry", "A2", {"about": "action", "amends": 3, "reason": "recorded wrongly"}),
        ("board-manager", "retract_entry", "cqh-lead", {"about": "office", "amends": 2, "reason": "recorded wrongly"}),
    ],
)
def test_inv_36_nothing_is_given_to_an_agency_in_the_moment_of_its_departure(seeded, office, command, ref, said):
    """INV-36: of a departure and an act that gives the agency something, decided at the same moment, one is recorded; either may be."""
    commissioned(seeded)
    handed_over(seeded)
    seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on=str(TODAY), reason="dissolved")
    elsewhere = replace(seeded, board=Board(seeded.config, seeded.board.keys, clock=seeded.clock))
    outcomes: dict[str, str | None] = {}

    def tries(it: Seeded, office: str, command: str, ref: str, **said: object) -> None:
        try:
            it.act(office, command, ref, **said)
            outcomes[command] = None
        except Refused as refused:
            outcomes[command] = refused.code()

    threads = [
        threading.Thread(target=tries, args=(seeded, "board-manager", "leave_agency", "CQH"), kwargs=LEAVES),
        threading.Thread(target=tries, args=(elsewhere, office, command, ref), kwargs=said),
    ]
    with psycopg.connect(seeded.config.conninfo("owner")) as conn:
        conn.execute("SELECT pg_advisory_xact_lock(7378697629483820646)")  # the log's own: both decide, and neither can record
        for thread in threads:
            thread.start()
        waiting(seeded, 2)
    for thread in threads:
        thread.join()
    elsewhere.board.close()

    too_late = ("has-left", "not-a-member", "owed-by-the-departed", "held-for-the-departed")
    left_first = outcomes["leave_agency"] is None and outcomes[command] in too_late
    assert left_first or outcomes == {"leave_agency": "open-obligations", command: None}


def test_inv_36_commands_that_share_a_transaction_see_each_other(seeded):
    """INV-36: within an import, what is open counts as the lines before have left it, although nothing is recorded yet."""
    with seeded.board.together():
        handed_over(seeded)
        seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on=str(TODAY), reason="dissolved")
        assert seeded.board.open_obligations(seeded.board.load(Agency, "CQH"), TODAY) == []
        assign(seeded, "A9", owner="CQH", owner_office=None)
        assert seeded.board.open_obligations(seeded.board.load(Agency, "CQH"), TODAY) == ["action A9"]
