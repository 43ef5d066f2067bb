"""The pages of training: the five points, the sample for anybody to draw again, and the small page of a participant's link."""

from __future__ import annotations

import re
from html import unescape

import pytest

from aggregates.training_session import TrainingSession
from aggregates.training_session.state import POINTS
from tests.api.pages.conftest import day
from tests.service.test_training import held

LINK = re.compile(r'href="http://localhost(/take-part/[^"]+)"')
FEEDBACK = {"satisfaction": "5", "learning": "4"}


def test_the_programme_shows_formats_and_gaps(whole):
    """PRG: each of the framework's formats with its live courses and why, or that there is none; courses with how they were evaluated."""
    said = whole("quality-chair").text("/programme")

    assert "1 day" in said
    assert "No live course" in said
    assert "SB-2015-01/F1" in said
    assert "Satisfaction and impact stand apart" in said


def test_a_session_shows_its_five_points_and_impact_apart_from_satisfaction(whole):
    """TEV: each point is done, explained or open; what they thought of it stands apart from what came of it."""
    said = whole("quality-chair").text("/sessions/S-1")

    for point in ("1. Feedback", "2. Follow-up", "3. Telephone sample", "4. Observation", "5. Trainers' yearly CPD"):
        assert point in said
    assert "Not shown: fewer than five answered" in said
    assert "Impact, as participants say Nobody has answered yet" in said
    assert "S-1" in whole("quality-chair").text("/sessions")


def test_every_draw_is_drawn_again_before_the_readers_eyes(whole):
    """INV-24: the population's hash, the checkpoint's root, the order, and that drawing again gives exactly this."""
    it = whole("quality-chair")
    drawn = it.seeded.board.load(TrainingSession, "S-1").state.draws[0]
    said = it.text("/sessions/S-1")

    for part in ("It gives exactly this", drawn.population_sha256, drawn.checkpoint_root, "muniment sample SESSION"):
        assert part in said


def test_each_sees_what_is_theirs_of_a_session(whole):
    """B.6: a trainer sees who came and not what one of them said; an agency its own participants; another agency none."""
    trainer, lead, other = (whole(office).text("/sessions/S-1") for office in ("trainer", "riv-lead", "quality-chair"))

    assert "Who was there" in trainer
    assert "Telephone sample" in trainer
    assert "draw it yourself" not in lead
    assert "You are shown your own agency's participants" in lead
    assert "Feedback received" not in trainer
    assert "Feedback received" not in lead
    assert "Feedback received" in other
    assert "More on fathers" not in trainer + lead + other  # of one comment everybody would know whose it is


def test_an_agency_is_told_what_it_is_not_shown_and_never_that_there_is_nothing(whole):
    """B.6: of calls and observation a lead reads that they are not shown, of counts that they are their agency's own."""
    words = whole("riv-lead").text("/sessions/S-1")

    assert "Nobody has observed it" not in words
    assert "Nothing drawn yet" not in words
    assert "4. Observation by somebody who did not train Not shown to you Not shown to you" in words
    assert "1 of your agency's attended" in words
    assert "Of your agency's: one feedback form and" in words


def test_comments_are_shown_among_five_or_more_and_never_with_a_number(sign_in):
    """F.5: the trainer reads what was written once five wrote something, in an order that says nothing."""
    manager = sign_in("board-manager")
    held(manager.seeded)
    for number in "1234":
        manager.seeded.act("board-manager", "give_feedback", "S1", number=number, satisfaction=5, learning=4, comment=f"Words {number}")
    manager.seeded.catch_up()
    trainer = sign_in("trainer")
    assert "Words 1" not in trainer.text("/sessions/S1")
    manager.seeded.act("board-manager", "give_feedback", "S1", number="5", satisfaction=4, learning=4, comment="Words 5")
    manager.seeded.catch_up()

    said = trainer.text("/sessions/S1")
    assert all(f"Words {number}" in said for number in "12345")
    assert "4.8 of 5" in said
    event = manager.seeded.board.recorder.size
    assert "Words 5" not in manager.text(f"/events/{event}")


def test_a_participant_answers_by_their_link(sign_in):
    """F.5: the trainer hands the links out; a participant answers without an account, and once."""
    trainer, nobody = sign_in("trainer"), sign_in()
    held(trainer.seeded, count=2)
    trainer.seeded.catch_up()
    trainer.send("/sessions/S1/links/day")
    theirs, _ = (unescape(path) for path in LINK.findall(trainer.page))

    assert "How was the training?" in nobody.text(theirs)
    assert "nothing can be changed or taken out without showing" in nobody.page
    assert "Fingerprint" not in nobody.page
    assert nobody.send(theirs, {"satisfaction": "5"}).status_code == 422
    assert "Still needed" in nobody.words
    assert nobody.send(theirs, FEEDBACK | {"plan": "To ask", "comment": "NHS 943 476 5919"}).status_code == 422
    before = nobody.recorded
    assert nobody.send(theirs, FEEDBACK | {"plan": "To ask"}).status_code == 303
    assert nobody.recorded == before + 2
    assert "You have answered everything" in nobody.text(theirs)
    assert nobody.get("/take-part/guessed").status_code == 404
    assert "does not open anything" in nobody.words


def test_who_may_not_hand_out_links(sign_in):
    """B.6: follow-up links are the sub-group's and the manager's to hand out, and no links are an agency's."""
    trainer = sign_in("trainer")
    held(trainer.seeded, count=1)
    trainer.seeded.catch_up()
    for office, purpose in (("trainer", "follow-up"), ("riv-lead", "day"), ("chair", "day")):
        assert sign_in(office).get(f"/sessions/S1/links/{purpose}").status_code == 403
    assert trainer.get("/sessions/S1/links/lunch").status_code == 404
    assert trainer.get("/sessions/NONE/links/day").status_code == 404


@pytest.mark.parametrize("office", ["board-manager", "quality-chair", "trainer", "riv-lead", "chair"])
def test_what_can_be_done_with_a_session_is_asked_of_the_session(whole, office):
    """Every page of a session lists what this person can do now, and opens each of it."""
    who = whole(office)
    who.text("/sessions/S-1")
    forms = {href for href in who.links if re.fullmatch(r"/sessions/S-1/[a-z_]+", href)}

    for href in forms:
        assert who.get(href).status_code == 200, href
    expected = {
        "board-manager": "record_telephone_call", "quality-chair": "evaluate_session", "trainer": None, "riv-lead": None, "chair": None,
    }[office]  # fmt: skip
    assert expected is None or f"/sessions/S-1/{expected}" in forms


def test_a_session_is_scheduled_and_evaluated_by_its_forms(sign_in):
    """The forms take what the commands take: trainers by office, five points as rows; a draw that was taken back is named with the next."""
    chair = sign_in("quality-chair")
    held(chair.seeded)
    chair.seeded.catch_up()
    said = {"act.ref": "S9", "course": "C-S1", "trainers": "trainer", "capacity": "12", **day("planned_on", 2016, 10, 3)}
    assert chair.send("/sessions/new", said).status_code == 303, chair.words
    chair.seeded.act("quality-chair", "observe_delivery", "S1", observer="riv-lead", grade="good")
    for reason in (None, "The list was lost"):
        if reason:
            drawn = len(chair.seeded.board.load(TrainingSession, "S1", fresh=True).entries)
            chair.seeded.act("quality-chair", "retract_entry", "S1", about="session", amends=drawn, reason=reason)
        chair.seeded.act("quality-chair", "draw_telephone_sample", "S1", reason=reason)
    chair.seeded.catch_up()
    assert "Drawn again because: The list was lost Draw 1 does not stand" in chair.text("/sessions/S1")
    points = {f"points-{n}-explanation": "A small session" for n in range(5)}
    points |= {f"points-{n}-point": point for n, point in enumerate(POINTS)}
    said = {"impact_practice": "some", "impact_management": "not known", "evidence_of_impact": "observation:riv-lead", "changes": "None"}
    assert chair.send("/sessions/S1/evaluate_session", points | said).status_code == 303, chair.words
    chair.seeded.catch_up()

    assert "On practice: some" in chair.text("/sessions")
