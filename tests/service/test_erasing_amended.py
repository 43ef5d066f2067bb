"""What an erasure takes of texts that were amended, and what it never touches: days, choices, what waits, and what stands again."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import psycopg
import pytest

from aggregates.action import Action
from aggregates.errors import NoSuchProposal
from aggregates.partnership.meeting import Meeting
from aggregates.review import Review
from projections.two_clocks import catch_up
from service.application import Board
from service.desk.submission import Submission
from tests.boards import assign
from tests.projections.test_real_ledger import EVERYTHING
from tests.service.erasing import NAME, holds, somebody, with_officer
from tests.service.ledger.test_sealed import everything, spellings
from tests.service.test_erasure import granted
from tests.service.test_reviews import walk

WHY = {"about": "action", "reason": "Better so"}
NAMED, WITHOUT = {"title": f"Ask {NAME}"}, {"title": "Ask a colleague"}
KNOWN = """
    SELECT due_on, lower(valid), rag FROM views.action_register
     WHERE key = 'A7' AND known @> %s::bigint ORDER BY lower(valid), lower(known)"""


@pytest.fixture
def board(seeded):
    """Give the small board with a data protection officer, and an action whose title names nobody."""
    seeded.clock.advance(days=3)
    with_officer(seeded)
    assign(seeded, "A7", title="Ask somebody")
    return seeded


def erased(it):
    """Erase whoever is named."""
    ref = somebody(it)
    granted(it, ref)
    it.catch_up()
    it.act("dpo", "erase_personal_data", ref)
    it.catch_up()


def stands(it):
    """Return the action as it stands."""
    return it.board.load(Action, "A7", fresh=True).state


def written(it):
    """Say whether the name is anywhere in the database."""
    heap = everything(it.config)
    return any(text in heap for text in spellings(NAME))


def rows(it):
    """Return what every view holds."""
    with psycopg.connect(it.config.conninfo("reader")) as conn:
        return {name: conn.execute(query).fetchall() for name, query in EVERYTHING.items()}


def known(it):
    """Return the days and choices of the action, as known at each position of the log."""
    with psycopg.connect(it.config.conninfo("reader")) as conn:
        return [conn.execute(KNOWN, [position]).fetchall() for position in range(1, it.board.size() + 1)]


def proposed_and_made(it):
    """Have a title that names somebody proposed and made; return what was said."""
    said = {"amends": 1, "corrected": NAMED, **WHY}
    it.act("board-manager", "propose_amendment", "A7", **said)
    it.act("chair", "correct_entry", "A7", proposal=2, **said)
    return said


def test_a_proposal_that_waits_again_is_left_and_countersigned_as_what_it_is(board):
    """F.8, INV-35: what was made of it was retracted; nobody makes a retraction of it, and its correction is made anew."""
    said = proposed_and_made(board)
    board.act("chair", "retract_entry", "A7", amends=3, **WHY)
    erased(board)
    with pytest.raises(NoSuchProposal):
        board.act("chair", "retract_entry", "A7", amends=1, proposal=2, **WHY)
    board.act("chair", "correct_entry", "A7", proposal=2, **said)

    assert stands(board).title == NAMED["title"]


def test_a_proposal_whose_text_went_is_never_made_as_a_retraction(board, tmp_path):
    """F.8, INV-35: it goes with the correction that was made of it; when it waits again it says nothing that anybody could make."""
    said = proposed_and_made(board)
    board.act("chair", "correct_entry", "A7", amends=1, corrected=WITHOUT, **WHY)
    erased(board)
    assert not written(board)
    board.act("chair", "retract_entry", "A7", amends=3, **WHY)
    assert [entry.number for entry in board.board.load(Action, "A7", fresh=True).open_proposals] == [2]
    for command, fields in (("retract_entry", {"amends": 1, **WHY}), ("correct_entry", said)):
        with pytest.raises(NoSuchProposal):
            board.act("chair", command, "A7", proposal=2, **fields)

    assert stands(board).title == WITHOUT["title"]
    holds(board, tmp_path)


def test_a_list_of_texts_goes_as_a_text_does_and_one_with_choices_in_it_stays(board, tmp_path):
    """F.8: its first wording goes whole, and so does one that a correction gave; of an agenda, with references in it, nothing does."""
    ref = "SB-2016-03"
    walk(board, "invite_practitioners")
    board.act("quality-chair", "invite_practitioners", ref, roles=["nurse", NAME], count=11, how_explained="By letter")
    number = board.board.load(Review, ref).version
    for roles in ([f"with {NAME}"], ["nurse", "midwife"]):
        board.act("quality-chair", "correct_entry", ref, about="review", amends=number, corrected={"roles": roles}, reason="Better so")
    person = somebody(board)
    granted(board, person)
    board.catch_up()
    assert written(board)
    board.act("dpo", "erase_personal_data", person)
    board.catch_up()

    entries = board.board.load(Review, ref, fresh=True).entries
    assert (entries[number - 1].body["roles"], entries[number].body["corrected"]) == (("[erased]",), {})
    assert not written(board)
    with psycopg.connect(board.config.conninfo("reader")) as conn:
        told = conn.execute("SELECT body -> 'roles' FROM views.inspection_history WHERE body ? 'roles'").fetchall()
    assert told == [(["[erased 8 September 2016]"],)]
    before = rows(board)
    with psycopg.connect(board.config.conninfo("projector"), autocommit=True) as conn:
        catch_up.rebuild_views(conn, board.source(conn))
    assert rows(board) == before
    holds(board, tmp_path)


def test_a_list_with_references_or_choices_in_it_stays(board, tmp_path):
    """F.8: an agenda is disclosed as one, and what each item was about would be known otherwise at every clock; the officer is shown it."""
    item = {"id": "1", "title": f"What {NAME} asked", "about": "action:A7"}
    present = [{"agency": agency, "attendance": "present"} for agency in ("CQH", "RIV")]
    board.act("quality-chair", "hold_meeting", "QEG-1", body="QEG", attendance=present, agenda=[item], evidence=[])
    corrected = {"agenda": [item | {"title": "A question"}]}
    board.act("quality-chair", "correct_entry", "QEG-1", about="meeting", amends=1, corrected=corrected, reason="Better so")
    before = board.board.load(Meeting, "QEG-1").entries
    erased(board)

    assert board.board.load(Meeting, "QEG-1", fresh=True).entries == before
    assert written(board)
    holds(board, tmp_path)


@pytest.mark.parametrize("made", [False, True])
def test_what_a_proposal_says_stays_while_it_waits_or_what_was_made_of_it_stands(board, tmp_path, made):
    """F.8: its values are what is countersigned, or was; why it was made stays as long as it waits."""
    said = {"amends": 1, "corrected": NAMED, "about": "action"}
    board.act("board-manager", "propose_amendment", "A7", reason=f"{NAME} asked for it", **said)
    if made:
        board.act("chair", "correct_entry", "A7", proposal=2, reason="Right", **said)
    erased(board)

    body = board.board.load(Action, "A7", fresh=True).entries[1].body
    assert (body["corrected_public"], body["reason"]) == (NAMED, "[erased]" if made else f"{NAME} asked for it")
    holds(board, tmp_path)


def test_a_text_that_stands_again_by_the_time_it_would_go_is_not_destroyed(board, monkeypatch, tmp_path):
    """F.8, INV-39: the correction is retracted between the look and the append; the erasure is decided anew, and the text stays."""
    assign(board, "A8", title=NAMED["title"])
    board.act("chair", "correct_entry", "A8", amends=1, corrected=WITHOUT, **WHY)
    ref = somebody(board)
    granted(board, ref)
    other = Board(board.config, board.board.keys, clock=board.clock)
    looked = []
    look = board.board.superseded

    def meanwhile(*of):
        looked.append(look(*of))
        if len(looked) == 1:
            fields = {"amends": 2, "reason": "It was right"}
            other.act(board.callers["chair"], Submission(name="retract_entry", kind="action", ref="A8", fields=fields))
        return looked[-1]

    monkeypatch.setattr(board.board, "superseded", meanwhile)
    try:
        board.act("dpo", "erase_personal_data", ref)
    finally:
        other.close()

    assert [len(texts) for texts in looked] == [1, 0]
    assert board.board.load(Action, "A8", fresh=True).state.title == NAMED["title"]
    holds(board, tmp_path)


def test_why_something_was_late_goes_from_every_column_that_has_it(board, tmp_path):
    """F.8: of what was retracted, and of the amendment itself; the views hold what they are when built again."""
    board.act("riv-lead", "accept_action", "A7")
    late = {"occurred_on": date(2016, 9, 8), "late_reason": f"{NAME} was away"}
    board.clock.advance(days=5)
    board.act("riv-lead", "report_progress", "A7", narrative="Half is done", rag="amber", **late)
    board.act("riv-lead", "retract_entry", "A7", amends=3, **WHY | late)
    board.catch_up()
    assert written(board)
    erased(board)

    assert not written(board)
    before = rows(board)
    with psycopg.connect(board.config.conninfo("projector"), autocommit=True) as conn:
        catch_up.rebuild_views(conn, board.source(conn))
    assert rows(board) == before
    holds(board, tmp_path)


@pytest.mark.parametrize(
    "beside",
    [{"due_on": ("2016-12-01", "2017-03-01")}, {"occurred_on": ("2016-09-06", "2016-09-07")}, {}],
    ids=["due", "since", "nothing"],
)
def test_no_day_or_choice_is_known_otherwise_at_any_clock_after_an_erasure(board, beside, tmp_path):
    """F.8: a text stays where a correction gave a day with it, and alone it goes; what the later one took back stands again as it did."""
    for number, title in enumerate((NAMED, WITHOUT)):
        corrected = title | {name: days[number] for name, days in beside.items()}
        board.act("chair", "correct_entry", "A7", amends=1, corrected=corrected, **WHY)
    board.catch_up()
    before = known(board)
    erased(board)

    assert known(board)[: len(before)] == before
    assert written(board) == bool(beside)
    board.act("chair", "retract_entry", "A7", amends=3, **WHY)
    assert str(stands(board).due_on) == beside.get("due_on", ("2016-12-16",))[0]
    holds(board, tmp_path)


def test_no_choice_is_known_otherwise_where_a_correction_was_itself_corrected(board):
    """F.8: the correction of a correction says all that it should have said, so that without it the choice would come back."""
    board.act("riv-lead", "accept_action", "A7")
    board.act("riv-lead", "report_progress", "A7", narrative="Half is done", rag="amber")
    for amends, corrected in (
        (3, {"narrative": "A third is done", "rag": "red"}),
        (4, {"corrected": {"narrative": f"{NAME} did half"}}),
        (4, {"corrected": {"narrative": "Somebody did half"}}),
    ):
        board.act("riv-lead", "correct_entry", "A7", amends=amends, corrected=corrected, **WHY)
    board.catch_up()
    before = known(board)
    erased(board)

    assert known(board)[: len(before)] == before
    assert written(board)


def test_a_text_that_may_be_left_out_stays_where_a_correction_gave_it(board):
    """F.8: without it nothing might be known where something was, so it stays and the page that looks for the name lists it."""
    file = board.board.receive(BytesIO(b"%PDF-1.4 audit"), "audit.pdf", board.callers["riv-lead"])
    evidence = [{"sha256": file.sha256, "title": "Audit", "evidence_date": "2016-09-02"}]
    board.act("riv-lead", "accept_action", "A7")
    board.act("riv-lead", "submit_evidence", "A7", evidence=evidence, effect="Children are seen")
    for narrative in (f"{NAME} counted them", "They were counted"):
        board.act("riv-lead", "correct_entry", "A7", amends=3, corrected={"narrative": narrative}, **WHY)
    before = board.board.load(Action, "A7").entries
    erased(board)

    assert board.board.load(Action, "A7", fresh=True).entries == before


def test_a_correction_that_changes_nothing_stays_with_what_it_repeats(board, tmp_path):
    """What a correction gave again stands as it stood: an erasure takes neither, and an audit finds nothing missing."""
    assign(board, "A8", title=f"Ask {NAME}")
    board.act("chair", "correct_entry", "A8", amends=1, corrected=NAMED, **WHY)
    erased(board)

    assert board.board.load(Action, "A8", fresh=True).state.title == NAMED["title"]
    assert board.board.load(Action, "A8", fresh=True).entries[1].body["corrected_public"] == NAMED
    holds(board, tmp_path)


def test_a_correction_that_changes_nothing_stays_though_something_else_was_corrected_later(board, tmp_path):
    """What it gave is given still: that another part was corrected after it takes nothing back, and an audit would find it to stand."""
    board.act("riv-lead", "accept_action", "A7")
    board.act("riv-lead", "report_progress", "A7", narrative=f"{NAME} did half", rag="amber")
    for corrected in ({"narrative": f"{NAME} did half"}, {"rag": "red"}):
        board.act("riv-lead", "correct_entry", "A7", amends=3, corrected=corrected, **WHY)
    before = board.board.load(Action, "A7").entries
    erased(board)

    assert board.board.load(Action, "A7", fresh=True).entries == before
    holds(board, tmp_path)
