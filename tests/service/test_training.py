"""A training session across streams: who trained, whose CPD is in date, the checkpoint that fixes a draw, and what comes by itself."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from click.testing import CliRunner

from aggregates.clocks import labels
from aggregates.partnership.course import NotInTheProgramme
from aggregates.partnership.membership import NotAMember
from aggregates.partnership.office import NobodyInOffice
from aggregates.training_session import TrainingSession, refusals
from service.cli import main
from service.cli.falling_due import issue_due
from service.cli.reading.sampling import again
from service.desk.refusals import LinkEnded, NoCheckpointYet, NotFound, PersonalData
from service.ledger.pack import Disclosing, samples, write_pack
from service.ledger.pack.reading import Told
from service.verbs.training import links
from service.verify import Verdict, verify
from tests.service.test_falling_due import on, views

HELD = date(2016, 9, 5)
ASKED = date(2016, 12, 5)
COURSE = {
    "title": "Advanced Inter-Agency Child Protection", "level": "specialist", "format": "multi-day", "provider": "Workforce",
    "skills": "Ask the child", "follow_up_owed": True, "because_of": [],
}  # fmt: skip
FEEDBACK = {"satisfaction": 5, "learning": 4, "comment": "More on fathers"}
ANSWER = {"used_in_practice": True, "shared_with_colleagues": True, "impact": "some", "effect_on_children": "They are heard"}


def session_of(it, ref="S1"):
    """Return what is true of a session."""
    return it.board.load(TrainingSession, ref, fresh=True).state


def held(it, ref="S1", *, count=5):
    """Hold a session on 5 September at which so many of RIV were, and close its attendance."""
    it.act("board-manager", "offer_course", f"C-{ref}", **COURSE)
    it.act("trainer", "schedule_session", ref, course=f"C-{ref}", planned_on=str(HELD), trainers=["trainer"], capacity=16)
    it.act("trainer", "deliver_session", ref)
    for number in range(1, count + 1):
        attends(it, ref, f"Participant {number} of {ref}")
    it.act("trainer", "close_attendance", ref)
    return session_of(it, ref)


def attends(it, ref, name, agency="RIV"):
    """Record that somebody was there."""
    person = str(uuid.uuid4())
    it.act("board-manager", "register_subject", person, name=name, contact=None)
    return it.act("trainer", "record_attendance", ref, participant=person, agency=agency, staff_group="nurses")


def worked(it, day, hour=9):
    """Let a worker look on a day; return the follow-ups that it sent, as they are on record."""
    on(it, day, hour)
    it.catch_up()
    with views(it) as conn:
        sent = [one for one in issue_due(conn, it.board) if one.notice.startswith("follow-up")]
    it.catch_up()
    return [(one.ref, one.owner, one.due_on, one.served_late_days) for one in sent]


def test_a_session_is_of_a_course_on_offer_and_of_trainers_in_office(seeded):
    """Its format and whether a follow-up is owed are the course's; trainers hold their office on the day."""
    state = held(seeded)
    said = {"planned_on": "2016-09-06", "capacity": 3}
    for wrong, course, trainers in (
        (NotFound, "NONE", ["trainer"]), (NotFound, "C-S1", ["nobody"]), (NobodyInOffice, "C-S1", ["trainer"]),
    ):  # fmt: skip
        when = {"planned_on": "2016-08-31"} if wrong is NobodyInOffice else {}
        with pytest.raises(wrong):
            seeded.act("board-manager", "schedule_session", "S2", course=course, trainers=trainers, **said | when)
    seeded.act("board-manager", "withdraw_course", "C-S1", reason="Replaced")
    with pytest.raises(NotInTheProgramme):
        seeded.act("trainer", "schedule_session", "S2", course="C-S1", trainers=["trainer"], **said)

    assert (state.format, state.follow_up_owed, state.trainer_agencies) == ("multi-day", True, ("CQH",))


def test_who_attends_is_registered_and_their_agency_was_a_member(seeded):
    """Neither a stranger nor somebody of no member agency is recorded as having been there."""
    held(seeded)
    seeded.act("trainer", "schedule_session", "S2", course="C-S1", planned_on=str(HELD), trainers=["trainer"], capacity=3)
    seeded.act("trainer", "deliver_session", "S2")
    with pytest.raises(NotFound):
        seeded.act("trainer", "record_attendance", "S2", participant=str(uuid.uuid4()), agency="RIV", staff_group="nurses")
    with pytest.raises(NotFound):
        attends(seeded, "S2", "Somebody", agency="NONE")
    seeded.act("board-manager", "join_agency", "NEW", name="New Trust", category="health", section_11="yes")
    seeded.act("board-manager", "leave_agency", "NEW", reason="dissolved")
    with pytest.raises(NotAMember):
        attends(seeded, "S2", "Another", agency="NEW")


def test_inv_24_the_draw_is_fixed_by_the_first_checkpoint_that_seals_the_closing(seeded):
    """INV-24: nobody picks the checkpoint; the log says that each draw is what was drawn, and says so where it is not."""
    held(seeded)
    closing = seeded.board.recorder.size
    seeded.act("board-manager", "rename_agency", "RIV", name="Riverside")
    seeded.act("quality-chair", "draw_telephone_sample", "S1")
    seeded.act("quality-chair", "draw_telephone_sample", "S1", reason="The list was lost")
    one, two = session_of(seeded).draws

    assert (one.checkpoint_size, two.checkpoint_size, one.sample_size) == (closing, closing, 3)
    assert [(found.draw, found.wrong, found.selected) for found in again(seeded.board, "S1")] == [
        ("1", (), one.selected),
        ("2", (), two.selected),
    ]


def test_the_draws_of_a_day_as_known_at_an_event_are_drawn_again(seeded):
    """`muniment sample` leaves out what was recorded after the event, and what was drawn after the day; its title says which."""
    held(seeded)
    seeded.act("quality-chair", "draw_telephone_sample", "S1")
    known = seeded.board.recorder.size
    seeded.clock.advance(days=3)
    seeded.act("quality-chair", "draw_telephone_sample", "S1", reason="The list was lost")
    seeded.catch_up()

    def drawn(*arguments):
        settings = {"MUNIMENT_DATA": str(seeded.config.data), "MUNIMENT_DATABASE_URL": seeded.config.database_url}
        said = json.loads(CliRunner().invoke(main, ["sample", "S1", "--format", "json", *arguments], env=settings).output)
        return [(one["draw"], one["verdict"]) for one in said["items"]], said["title"]

    one, two = ("1", "exactly this"), ("2", "exactly this")
    assert drawn()[0] == [one, two]
    assert drawn("--known-at", str(known))[0] == drawn("--as-at", "2016-09-05")[0] == [one]
    assert drawn("--as-at", "2016-09-08")[0] == [one, two]
    assert f"as known at event {known}" in drawn("--known-at", str(known))[1]


def test_inv_24_a_draw_waits_until_the_closing_is_sealed(seeded):
    """INV-24: in one transaction with the closing nothing is drawn, because no checkpoint is there yet."""
    held(seeded)
    seeded.act("trainer", "schedule_session", "S2", course="C-S1", planned_on=str(HELD), trainers=["trainer"], capacity=3)
    seeded.act("trainer", "deliver_session", "S2")
    attends(seeded, "S2", "Somebody")

    def both():
        with seeded.board.together():
            seeded.act("trainer", "close_attendance", "S2")
            seeded.act("quality-chair", "draw_telephone_sample", "S2")

    with pytest.raises(NoCheckpointYet):
        both()
    seeded.act("trainer", "close_attendance", "S2")
    with seeded.board.together():  # with others, but not with its closing
        seeded.act("quality-chair", "draw_telephone_sample", "S2")
    assert [draw.population for draw in session_of(seeded, "S2").draws] == [("1",)]


def test_inv_24_anybody_draws_again_from_a_sealed_pack(seeded, tmp_path):
    """INV-24: the pack and what lies in it suffice, in a public pack too; what was picked by hand is told apart."""
    held(seeded)
    seeded.act("quality-chair", "draw_telephone_sample", "S1")
    write_pack(seeded.board.recorder, tmp_path / "pack")
    write_pack(seeded.board.recorder, tmp_path / "public", disclosing=Disclosing(frozenset({"public"})))
    for folder in ("pack", "public"):
        verdict = verify(tmp_path / folder, key=seeded.board.recorder.vkey, then=samples.of("S1"))
        assert (verdict.code, verdict.lines[1]) == (0, "checked: 1 telephone samples of S1 drawn again"), verdict.lines

    held(seeded, "S2")
    drawn = next(told for told in read_pack(seeded, tmp_path) if told.evt == samples.DRAWN)
    others = [told for told in read_pack(seeded, tmp_path) if told.evt != samples.DRAWN and told.stream == drawn.stream]
    root = {drawn.fields["checkpoint_size"]: drawn.fields["checkpoint_root"]}
    for field, value, words in (
        ("selected", drawn.fields["order"][2:], "it selects"), ("order", drawn.fields["order"][::-1], "another order"),
        ("checkpoint_root", "00" * 32, "another root"), ("population", ["1", "2", "3", "4"], "who was there"),
        ("checkpoint_size", 3, "not sealed after the closing"), ("population_sha256", "00" * 32, "another hash"),
    ):  # fmt: skip
        bent = drawn._replace(fields=drawn.fields | {field: value})
        (found,) = samples.redraw([*others, bent], lambda size: root.get(size, ""))
        assert any(words in each for each in found.wrong), (field, found.wrong)


def test_inv_24_a_stranger_sees_every_closing_that_was_taken_back(seeded, tmp_path):
    """INV-24: a pack's samples name the closings before the one that was drawn from, with what took each back: that took two."""
    held(seeded)
    closing = len(seeded.board.load(TrainingSession, "S1", fresh=True).entries)
    said = {"about": "session", "amends": closing, "reason": "somebody was forgotten"}
    with pytest.raises(refusals.PopulationForTwo):
        seeded.act("board-manager", "retract_entry", "S1", **said)
    seeded.act("board-manager", "propose_amendment", "S1", **said)
    seeded.act("chair", "retract_entry", "S1", proposal=closing + 1, **said)
    attends(seeded, "S1", "The forgotten one")
    seeded.act("trainer", "close_attendance", "S1")
    seeded.act("quality-chair", "draw_telephone_sample", "S1")
    write_pack(seeded.board.recorder, tmp_path / "pack", disclosing=Disclosing(frozenset({"public"})))
    verdict = verify(tmp_path / "pack", key=seeded.board.recorder.vkey, then=samples.of("S1"))
    at = {told.sver: told.position for told in read_pack(seeded, tmp_path) if told.stream == session_stream(seeded)}
    assert verdict.code == 0
    assert verdict.lines[0].endswith(f"; closed before: #{at[closing]}, retracted by #{at[closing + 2]}"), verdict.lines


def session_stream(it, ref="S1"):
    """Return the stream of a session, as a pack names it."""
    return str(it.board.load(TrainingSession, ref).id)


def read_pack(it, tmp_path):
    """Return what a pack tells of sessions."""
    told = list[Told]()

    def then(pack):
        told.extend(samples.sessions_of(pack))
        return Verdict(0, [])

    assert verify(tmp_path / "pack", key=it.board.recorder.vkey, then=then).code == 0
    return told


def test_inv_23_follow_ups_come_by_themselves_each_once(seeded):
    """INV-23, F.5: on the day three months on and not before; once if looked twice, and after a sleep of three days all the same."""
    held(seeded, count=2)
    looked = {day: worked(seeded, day) for day in (ASKED - timedelta(1), ASKED, ASKED + timedelta(1))}

    assert looked == {
        ASKED - timedelta(1): [], ASKED: [("S1", "RIV", ASKED, 0)] * 2, ASKED + timedelta(1): [],
    }  # fmt: skip
    found = session_of(seeded).follow_ups
    assert [(one.number, one.owed, one.fell_due_on, one.due_on) for one in found] == [
        (number, True, ASKED, ASKED + timedelta(28)) for number in ("1", "2")
    ]


def test_a_follow_up_that_nobody_sent_for_three_days_is_sent_late_and_once(seeded):
    """F.5: a service that slept sends what fell due meanwhile; two workers at once send it once."""
    held(seeded, count=1)
    assert worked(seeded, ASKED + timedelta(3)) == [("S1", "RIV", ASKED, 3)]
    for _ in range(2):
        with pytest.raises(refusals.FollowUpIssuedAlready):
            seeded.board.issue_due_follow_up("S1", "1", today=ASKED + timedelta(3))
    issued = [
        entry for entry in seeded.board.load(TrainingSession, "S1", fresh=True).entries if entry.event is TrainingSession.FollowUpIssued
    ]
    assert (len(issued), issued[0].body["by_office"], issued[0].occurred_on) == (1, None, ASKED + timedelta(3))


def test_inv_26_every_trainers_yearly_cpd_is_looked_for(seeded):
    """INV-26, F.5: without the trainer's return for the year the session is not evaluated; with it it is, and then rests on it."""
    held(seeded)
    said = {"impact_practice": "not known", "impact_management": "not known", "changes": "None"}
    points = [{"point": point, "explanation": "Small"} for point in ("feedback", "follow-up", "calls", "observation")]
    with pytest.raises(refusals.PointOpen, match="trainer CPD"):
        seeded.act("quality-chair", "evaluate_session", "S1", points=points, **said)
    for period in ("2015", "2016"):
        asked = {"kind": "trainer_cpd", "respondent": "trainer", "period": period, "due_on": "2016-12-31"}
        seeded.act("chair", "request_return", f"trainer_cpd-{period}-trainer", **asked)
    answers = [{"question": "learned", "answer": "Much"}, {"question": "hours", "answer": 12}, {"question": "delivered", "answer": 4}]
    seeded.act("trainer", "submit_return", "trainer_cpd-2015-trainer", answers=answers)
    with pytest.raises(refusals.PointOpen, match="trainer CPD"):
        seeded.act("quality-chair", "evaluate_session", "S1", points=points, **said)
    seeded.act("trainer", "submit_return", "trainer_cpd-2016-trainer", answers=[one | {"status": "reviewed"} for one in answers])
    seeded.act("quality-chair", "evaluate_session", "S1", points=points, **said)

    assert [point.done for point in session_of(seeded).evaluation.points] == [False, False, False, False, True]
    taken_back = {"about": "return", "amends": 2, "reason": "It was another year's"}
    seeded.act("board-manager", "retract_entry", "trainer_cpd-2015-trainer", **taken_back)
    with pytest.raises(refusals.EvaluationRests, match="S1 was evaluated on 5 September 2016 with trainer_cpd-2016-trainer"):
        seeded.act("board-manager", "retract_entry", "trainer_cpd-2016-trainer", **taken_back)
    evaluation = len(seeded.board.load(TrainingSession, "S1", fresh=True).entries)
    seeded.act("quality-chair", "retract_entry", "S1", about="session", amends=evaluation, reason="Looked at too early")
    seeded.act("board-manager", "retract_entry", "trainer_cpd-2016-trainer", **taken_back)


@pytest.mark.parametrize(
    ("period", "covered", "not_covered"),
    [
        ("2016", date(2016, 12, 31), date(2017, 1, 1)),
        ("2016-17", date(2017, 3, 31), date(2016, 3, 31)),
        ("2016-H2", date(2016, 7, 1), date(2016, 6, 30)),
        ("2016-Q3", date(2016, 9, 30), date(2016, 10, 1)),
        ("2016-11", date(2016, 11, 30), date(2016, 12, 1)),
    ],
)
def test_a_period_says_which_days_it_covers(period, covered, not_covered):
    """CPD is in date on the days of the period that it was asked for; of one that cannot be read, on none."""
    assert (labels.covers(period, covered), labels.covers(period, not_covered)) == (True, False)
    assert not any(labels.covers(odd, covered) for odd in ("soon", "2016-02-30", ""))


def test_inv_25_the_board_may_want_observers_of_another_employer(seeded):
    """INV-25: by default a colleague of the trainer may watch; once the Board has set otherwise, only somebody from elsewhere."""
    held(seeded)
    for who in ("trainer", "nobody-yet"):
        with pytest.raises((refusals.TrainerInvolved, NotFound)):
            seeded.act("quality-chair", "observe_delivery", "S1", observer=who, grade="good")
    seeded.act("quality-chair", "observe_delivery", "S1", observer="cqh-lead", grade="good")
    seeded.act("chair", "set_local_setting", "partnership", setting="observer_employer", value="another")
    with pytest.raises(refusals.ObserverOfTheProvider):
        seeded.act("quality-chair", "observe_delivery", "S1", observer="cqh-lead", grade="good")
    seeded.act("quality-chair", "observe_delivery", "S1", observer="riv-lead", grade="outstanding")

    assert [(seen.observer, seen.observer_agency) for seen in session_of(seeded).observations] == [("cqh-lead", "CQH"), ("riv-lead", "RIV")]


def link(it, purpose, number="1", ref="S1"):
    """Hand out a link, and open it."""
    now = datetime.fromtimestamp(it.clock(), UTC)
    with psycopg.connect(it.config.conninfo("writer"), autocommit=True) as conn:
        token = links.hand_out(conn, ref, number, purpose, made_by="trainer", now=now)
        return token, links.opened(conn, token, now=now)


def test_a_participant_answers_by_their_link_and_the_service_vouches_for_it(seeded):
    """F.5: what they say is recorded on behalf of them, without an office; a form sent twice is recorded once."""
    state = held(seeded)
    _, theirs = link(seeded, "day")
    first, second = (seeded.board.take_part(theirs, "give_feedback", FEEDBACK, key="once") for _ in range(2))
    seeded.board.take_part(theirs, "record_action_plan", {"plan": "To ask more"}, key="once")
    entry = seeded.board.load(TrainingSession, "S1", fresh=True).entries[-1]

    assert list(first.positions) == list(second.positions)
    assert (entry.body["by_office"], entry.body["by_person"]) == (None, state.attendee("1").participant)
    with pytest.raises(refusals.AlreadySaid):
        seeded.board.take_part(theirs, "give_feedback", FEEDBACK, key="another")
    with pytest.raises(PersonalData):
        seeded.board.take_part(link(seeded, "day", "2")[1], "give_feedback", FEEDBACK | {"comment": "NHS 943 476 5919"}, key="x")
    told = seeded.board.subjects.reveal_all([first.positions[0]])
    assert told[first.positions[0], "comment"] == "More on fathers"


def test_a_link_is_for_one_purpose_one_participant_and_a_while(seeded):
    """F.5: it opens nothing else, ends by itself and with the next that is handed out; nobody can tell why it does not open."""
    held(seeded)
    token, day = link(seeded, "day")
    worked(seeded, ASKED)
    _, later = link(seeded, "follow-up")
    seen = ANSWER | {"manager_view": "Good"}
    others = ((day, "return_follow_up", ANSWER), (later, "give_feedback", FEEDBACK), (later, "return_follow_up", seen))
    for theirs, act, said in (*others, (day, "evaluate_session", {})):
        with pytest.raises(LinkEnded):
            seeded.board.take_part(theirs, act, said, key="x")
    for impact in ("some", "marked"):
        seeded.board.take_part(later, "return_follow_up", ANSWER | {"impact": impact}, key=impact)
    found = session_of(seeded).follow_up("1")

    assert (found.answer.impact, found.answer.times) == ("marked", 2)
    with psycopg.connect(seeded.config.conninfo("writer"), autocommit=True) as conn:
        now = datetime.fromtimestamp(seeded.clock(), UTC)
        for odd in (token, "guessed", ""):  # the first was handed out three months ago
            with pytest.raises(LinkEnded):
                links.opened(conn, odd, now=now)
        fresh = links.hand_out(conn, "S1", "1", "follow-up", made_by="chair", now=now)
        links.hand_out(conn, "S1", "1", "follow-up", made_by="chair", now=now)
        with pytest.raises(LinkEnded):
            links.opened(conn, fresh, now=now)
        kept = conn.execute("SELECT string_agg(encode(token_hash, 'hex'), '') FROM desk.participant_link").fetchone()[0]
    assert token not in kept
