"""The pages of returns: the form made from the questions, what is kept of it, both grades side by side, and whose training is in date."""

from __future__ import annotations

import psycopg
import pytest

from tests.api.pages.conftest import day

REF = "s11-2016-RIV"
DONE = day("act.occurred_on", 2016, 9, 5)
ANSWER = f"/returns/{REF}/submit_return"
COUNTED = {
    "q-counts-0-group": "Nurses", "q-counts-0-headcount": "10", "q-counts-0-trained": "9", "q-counts-0-in_date": "7",
    "q-counts-0-due_90": "2", "q-counts-0-lapsed": "2", **day("q-counted_on", 2016, 9, 1),
}  # fmt: skip


@pytest.fixture
def asked(sign_in, seeded):
    """Give a way to be signed in where Riverside is asked for its section 11 audit and for the training of its workforce."""
    for kind, period in (("s11", "2016"), ("workforce_training", "2016")):
        said = {"kind": kind, "respondent": "RIV", "period": period, "due_on": "2016-12-16"}
        seeded.act("chair", "request_return", f"{kind}-{period}-RIV", **said, legal_basis="Children Act 2004, section 11")
    seeded.catch_up()
    return sign_in


def everything() -> dict[str, str]:
    """Answer all that has to be answered of section 11."""
    said = {f"q-{n}.evidence": f"Evidence {n}" for n in range(1, 9)} | {f"g-{n}": "3" for n in range(1, 9)}
    return said | {"q-5.matrix": "yes, complete", "q-6.references": "always"} | DONE


def answered(asked) -> None:
    """Let Riverside answer."""
    response = asked("riv-lead").send(ANSWER, everything())
    assert response.status_code == 303


def test_the_form_is_made_from_the_questions(asked):
    """Each standard stands with its grade and its questions in the words of the set; what is missing is said beside it, and all is kept."""
    who = asked("riv-lead")
    words = who.text(ANSWER)
    assert "5. Staff are trained in safeguarding, to the level that their work needs, and kept up to date" in words
    before = who.recorded
    response = who.send(ANSWER, {"q-1.evidence": "The minutes of our board", "g-1": "2", **DONE})

    assert (response.status_code, who.recorded) == (422, before)
    assert "Standard 2: choose a grade" in who.words
    assert "The minutes of our board" in who.page


@pytest.mark.parametrize("typed", ["0_9", "\u0669", "+9", "31"])
def test_a_day_in_three_parts_is_written_in_plain_digits(asked, typed):
    """What Python alone would read as a number is no part of a date, and the form says so beside it."""
    who = asked("riv-lead")
    who.send("/returns/workforce_training-2016-RIV/submit_return", COUNTED | DONE | {"q-counted_on-month": typed})

    assert "This is no date. Write it as 14 11 2016" in who.words


def test_what_is_kept_outlasts_a_session(asked):
    """A lost session loses nothing of what was kept; it is seen by the respondent's office alone, is on no record, and goes once it is."""
    who = asked("riv-lead")
    before = who.recorded
    response = who.send(ANSWER, {"q-1.evidence": "Half of it", "g-1": "2", "act.save": "yes"})
    assert (response.status_code, who.recorded) == (303, before)
    again = asked("riv-lead")
    again.get(ANSWER)

    assert (again.filled["q-1.evidence"], again.filled["g-1"]) == ("Half of it", "2")
    assert "What you had typed was kept" in again.words
    assert "Half of it" not in asked("board-manager").get(ANSWER).get_data(as_text=True)
    for office in ("cqh-lead", "quality-chair", "board-manager"):  # hostile: whoever names the office whose draft it is
        other = asked(office)
        told = [other.get(f"{path}?act.on_behalf_of=riv-lead") and other.page for path in ("/", ANSWER)]
        assert not [page for page in told if "Half of it" in page or "Go on with your answer" in page], office
        other.send(ANSWER, {"act.on_behalf_of": "riv-lead", "q-1.evidence": "Another's", "act.save": "yes"})
    assert "Half of it" in who.text(ANSWER)
    answered(asked)
    with psycopg.connect(who.seeded.config.conninfo("writer")) as desk:
        assert desk.execute("SELECT count(*) FROM desk.return_draft WHERE office = 'riv-lead'").fetchone() == (0,)


def test_what_is_kept_is_found_again(asked):
    """The return's page and home lead back to it, with the time in London; nobody else is told, and once it is sent nobody is."""
    who = asked("riv-lead")
    assert "Go on with your answer" not in who.text(f"/returns/{REF}")
    who.send(ANSWER, {"q-1.evidence": "Half of it", "act.save": "yes"})
    for path in ("/", f"/returns/{REF}"):
        assert "Go on with your answer" in (words := who.text(path))
        assert "Kept on 5 September 2016 at 10:00; not on record yet" in words
    assert ANSWER in who.links
    assert "was kept on 5 September 2016 at 10:00" in who.text(ANSWER)
    assert "Go on with your answer" not in asked("board-manager").text(f"/returns/{REF}")
    answered(asked)
    assert "Go on with your answer" not in who.text("/")
    who.send(ANSWER.replace("submit", "amend"), {"q-1.evidence": "Another half", "act.save": "yes"})
    who.seeded.act("chair", "waive_return", REF, reason="Asked together with the next")
    assert "Go on with your answer" not in who.text("/")


def test_what_was_answered_before_stands_there_to_be_reviewed(asked, seeded):
    """What is brought forward is filled in, and is not handed in until each answer is said to be reviewed (INV-31)."""
    answered(asked)
    said = {"kind": "s11", "respondent": "RIV", "period": "2018", "due_on": "2018-12-14", "question_set": "s11-2018"}
    seeded.act("chair", "request_return", "s11-2018-RIV", **said)
    seeded.catch_up()
    who, path = asked("riv-lead"), "/returns/s11-2018-RIV/submit_return"
    who.get(path)
    assert who.filled["q-3.evidence"] == "Evidence 3"

    assert who.send(path, everything()).status_code == 422
    assert "that nobody has reviewed" in who.words
    seen = {f"reviewed-{name.removeprefix('q-')}": "yes" for name in everything() if name.startswith("q-")}
    assert who.send(path, everything() | seen).status_code == 303


def test_both_grades_stand_side_by_side(asked, seeded):
    """The page shows what Riverside graded and what the panel did, why, and that nothing follows yet; the form names the self-grade."""
    answered(asked)
    seeded.catch_up()
    who, path = asked("quality-chair"), f"/returns/{REF}/moderate_return"
    assert "(graded 3 by itself)" in who.text(path)
    rows = {f"grades-{n - 1}-standard": str(n) for n in range(1, 9)} | {f"grades-{n - 1}-grade": "3" for n in range(1, 9)}
    rows |= {"grades-4-grade": "1", "grades-4-reason": "Half are trained"}
    assert who.send(path, rows | DONE).status_code == 303, who.words
    seeded.catch_up()

    words = who.text(f"/returns/{REF}")
    assert "3 of 3 1 of 3 Half are trained Below the threshold: nothing decided yet" in words
    assert "Standard 5 of Section 11 audit 2016, Riverside Community Health is below the Board's threshold of 2" in words
    told = who.text("/section-11")
    assert "Coombe Quay" not in told
    assert "Riverside Community Health" in told
    assert "3 of 3 1 of 3 Half are trained No round before" in told


def test_a_round_is_told_in_a_row_for_each_agency(asked, seeded):
    """A round is a row for each agency, how often each grade was given and never a total; it narrows to one agency or one standard."""
    answered(asked)
    said = {"kind": "s11", "respondent": "CQH", "period": "2016", "due_on": "2016-12-16"}
    seeded.act("chair", "request_return", "s11-2016-CQH", **said)
    seeded.catch_up()
    who = asked("quality-chair")

    words = who.text("/section-11")
    assert "Riverside Community Health Answered 5 September 2016. 8 fully met" in words
    assert "Coombe Quay Hospital Not answered. It is due 16 December 2016." in words
    words = who.text("/section-11?period=2016&agency=RIV")
    assert "1 Senior managers" in words
    assert "Not answered" not in words
    words = who.text("/section-11?period=2016&standard=5")
    assert "Standard 5 Staff are trained in safeguarding, to the level that their work needs, and kept up to date" in words
    assert "Riverside Community Health 3 of 3 Not graded No round before" in words


def test_whose_training_is_in_date(asked, seeded):
    """Counts by staff group are typed as a table, and shown with the share in date, who lapsed and who was never trained."""
    who = asked("riv-lead")
    path = "/returns/workforce_training-2016-RIV/submit_return"
    wrong = who.send(path, COUNTED | DONE | {"q-counts-0-in_date": "many"})
    assert wrong.status_code == 422
    assert who.send(path, COUNTED | DONE).status_code == 303, who.words
    seeded.catch_up()

    words = asked("board-manager").text("/workforce")
    assert "Nurses Renewed every 36 months 10 7 (70%) 2 2 1 Nobody" in words
    assert "Coombe Quay Hospital Never counted" in words
    mine = asked("cqh-lead").text("/workforce")
    assert "Riverside" not in mine


def test_who_came_to_the_boards_sessions_stands_beside_the_counts(whole):
    """Attendance is on record by itself, also of a staff group that its agency never counted."""
    assert "of groups that it did not count: nurses: 1 in date, 0 lapsed" in whole("board-manager").text("/workforce")


def test_more_rows_of_counts_record_nothing(asked):
    """Whoever asks for more rows keeps what they typed."""
    who = asked("riv-lead")
    before = who.recorded
    response = who.send("/returns/workforce_training-2016-RIV/submit_return", COUNTED | {"act.more": "q-counts"})

    assert (response.status_code, who.recorded) == (200, before)
    assert 'value="Nurses"' in who.page


def test_several_are_asked_at_once(sign_in, seeded):
    """One form asks all of them; each is told with its receipt, and who was asked before is told apart."""
    who = sign_in("chair")
    said = {"kind": "learning_needs", "period": "2016-17", "respondents": ["RIV", "CQH"], **day("due_on", 2016, 12, 16), **DONE}
    assert who.send("/returns/ask", said | {"respondents": []}).status_code == 422
    words = who.send("/returns/ask", said) and who.words
    assert "2 asked, 0 not" in words
    assert sum("/receipt" in link for link in who.links) == 2
    words = who.send("/returns/ask", said | {"respondents": ["RIV", "QEG"], "act.key": "another"}) and who.words

    assert "1 asked, 1 not" in words
    assert "there is one return for a kind, a respondent and a period" in words
    seeded.catch_up()
    assert "Learning needs" in who.text("/returns?kind=learning_needs")


def test_the_list_is_narrowed_and_shows_each_reader_their_own(asked):
    """By kind, by where it stands and by lateness; a lead sees what is asked of their own agency."""
    assert "Section 11 audit" in asked("chair").text("/returns?kind=s11&status=requested")
    assert "No returns are left by these filters" in asked("chair").text("/returns?late=yes")
    assert "No return was on record" in asked("cqh-lead").text("/returns")
    assert asked("cqh-lead").get(f"/returns/{REF}").status_code == 404


def test_nobody_is_chosen_for_the_manager_where_several_could_do_it(asked, seeded):
    """What several chairs may do is recorded in the name of the one who is chosen, and what is not there yet is told, not who might not."""
    answered(asked)
    seeded.join("child-chair", "sub-group chair", "QEG", "CQH")
    seeded.join("river-chair", "sub-group chair", "QEG", "RIV")
    seeded.catch_up()
    who = asked("board-manager")
    words = who.text(f"/returns/{REF}")

    assert f"/returns/{REF}/moderate_return" in who.links
    assert "for which you work or act" not in words
    called = "Section 11 audit 2016, Riverside Community Health"
    assert f"The grades of {called} have not been moderated: that comes first (a grade below the threshold" in words
    before = who.recorded
    for act in ("moderate_return", "accept_return", "decide_no_action"):
        assert "…" not in who.text(f"/returns/{REF}/{act}").partition("Before you record it")[0]
        assert who.send(f"/returns/{REF}/{act}", {"reason": "So", **DONE}).status_code == 422
        assert "Choose on whose behalf you record it: it is not for the board manager" in who.words, act
    assert who.recorded == before


def test_each_standard_has_its_row_and_nobody_chooses_which(asked):
    """The form of a moderation has a row for each standard under its words, with the self-grade, and says nothing of rows to leave out."""
    answered(asked)
    who = asked("quality-chair")
    words = who.text(f"/returns/{REF}/moderate_return").partition("Who moderated")[0]

    assert "1 Senior managers are committed to children's safety and welfare, and it shows (graded 3 by itself)" in words
    assert "left out" not in words
    assert "More rows" not in words
    assert {who.hidden[f"grades-{row}-standard"] for row in range(8)} == set("12345678")


def test_the_history_of_a_return_is_in_the_words_of_people(asked):
    """What was asked is called by its title, a grade is out of three, and answers are counted there: each stands in its own table."""
    answered(asked)
    asked("riv-lead").seeded.catch_up()
    history = asked("chair").text(f"/returns/{REF}").partition("What was recorded")[2]

    assert "Questions: Section 11 audit 2016" in history
    assert "Standard 1: 3 of 3" in history
    assert "Answers: 10 questions" in history
    assert "5.matrix" not in history
