"""Journey F.5, walked from outside: the five-point plan of one training session, from its delivery to what changes because of it.

It is walked once, by the command line, the pages and the links, on days that the demonstration clock says; the tests look at what came
of each step. What could go wrong is tried on the way, and on sessions of its own.
"""

from __future__ import annotations

import http.cookiejar
import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

import pytest

from tests.acceptance import boards
from tests.acceptance.asking import ends_well, settle
from tests.acceptance.boards import line
from tests.acceptance.product import PATIENCE, positions, wait
from tests.acceptance.served import PASSWORD, Served, served
from tests.databases import reachable_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.product import Product

pytestmark = pytest.mark.xdist_group("training journey")

S = "AIACP-2016-11"
COURSE = {
    "title": "Advanced Inter-Agency Child Protection", "level": "specialist", "format": "multi-day", "provider": "Workforce Development",
    "skills": "Ask the child", "follow_up_owed": True, "because_of": ["SB-2015-01/F1"],
}  # fmt: skip
HELD, ASKED, DRAWN, JUDGED = "2016-11-30", "2017-02-28", "2017-03-20", "2017-04-24"
ISSUED, RETURNED = "training_session.follow_up_issued.v1", "training_session.follow_up_returned.v1"
FEEDBACK = {"satisfaction": "5", "learning": "4", "confidence_before": "2", "confidence_after": "4"}
NUMBERS = tuple(str(n) for n in range(1, 15))
ANSWERED = NUMBERS[:9]
HTML = {"Accept": "text/html"}
ACCOUNTS = set[str]()  # who has an account by now, wherever the board is served
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def on(day: str) -> dict[str, str]:
    """Give the setting that lets the demonstration take place at nine on a day."""
    return {"MUNIMENT_DEMONSTRATION_CLOCK": f"{day}T09:00:00+00:00"}


def participant(number: int | str) -> str:
    """Return the opaque reference of a participant."""
    return str(uuid5(NAMESPACE_URL, f"participant-{number}"))


class Visitor:
    """Somebody with a browser that has no JavaScript: cookies, and forms with what is hidden in them."""

    def __init__(self, served: Served) -> None:
        """Begin with no cookies."""
        self.served = served
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.status, self.page = 0, ""

    def get(self, path: str) -> str:
        """Open a page; return its words."""
        return self._open(urllib.request.Request(self._at(path), headers=HTML))  # noqa: S310 - our own address

    def send(self, path: str, **said: str) -> str:
        """Open a form, fill it in and send it."""
        self.get(path)
        if self.status != 200:
            return self.words
        return self._post(path, {name: unescape(value) for name, value in HIDDEN.findall(self.page)} | said)

    def sign_in(self, office: str) -> Visitor:
        """Sign in as the holder of an office."""
        settle(self.served.product)
        self.send("/sign-in", email=self.served.email(office), password=PASSWORD)
        return self

    @property
    def words(self) -> str:
        """Return the words in the middle of the page."""
        main = re.search(r"<main.*</main>", self.page, re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", main[0] if main else self.page)).replace("\xa0", " ").split())

    def _at(self, path: str) -> str:
        return path if path.startswith("http") else f"{self.served.address}{path}"

    def _post(self, path: str, said: dict[str, str]) -> str:
        return self._open(urllib.request.Request(self._at(path), data=urlencode(said).encode(), headers=HTML))  # noqa: S310 - our own address

    def _open(self, request: urllib.request.Request) -> str:
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                self.status, self.page = answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                self.status, self.page = refused.code, refused.read().decode()
        return self.words


def brings(board: Product, day: str, *lines: dict[str, Any]) -> str:
    """Bring lines in on a day; all of them are recorded."""
    ran = board.brings_in(*lines, **on(day))
    assert ran.code == 0, ran
    return ran.out


def refused(board: Product, day: str, *lines: dict[str, Any]) -> str:
    """Bring lines in on a day, none of which may be recorded; return what is said of them."""
    before = board.size
    ran = board.brings_in(*lines, **on(day))
    assert (ran.code, board.size) == (1, before), ran
    return ran.err


def found(board: Product) -> dict[str, Any]:
    """Return the session as the view has it today, once the views show all that is on record."""
    if board.ask("SELECT min(position) FROM views.tracking") != [(board.size,)]:
        board.does("rebuild")
    query = "SELECT to_jsonb(s) FROM views.sessions s WHERE key = %s AND upper_inf(known) AND upper_inf(valid)"
    return dict(board.ask(query, S)[0][0])


@contextmanager
def working(board: Product, day: str) -> Iterator[None]:
    """Let two workers run on a day, as long as the context lasts."""
    started = [board.start("work", "--notices", **on(day)) for _ in range(2)]
    try:
        yield
    finally:
        for work in started:
            work.terminate()
        for work in started:
            work.communicate(timeout=30)


@contextmanager
def pages(board: Product, day: str) -> Iterator[Served]:
    """Serve the pages on a day."""
    with served(board, on(day)) as it:
        it.known = ACCOUNTS
        yield it


def links(served: Served, office: str, purpose: str) -> dict[str, str]:
    """Hand out the links of a purpose; return each participant's."""
    who = Visitor(served).sign_in(office)
    who.send(f"/sessions/{S}/links/{purpose}")
    assert who.status == 200, who.words
    rows = re.findall(r'<tr class="govuk-table__row" role="row">(.*?)</tr>', who.page, re.DOTALL)
    cells = [(re.sub(r"<[^>]+>", " ", row).split()[0], re.search(r'href="([^"]+/take-part/[^"]+)"', row)) for row in rows]
    return {number: unescape(href[1]) for number, href in cells if href}


@pytest.fixture(scope="module")
def board(postgres: str) -> Iterator[Product]:
    """Give a small board for the whole of the journey."""
    folder = reachable_folder()
    with boards.small_board(postgres).copy(folder / "board", postgres) as product:
        yield product
    shutil.rmtree(folder, ignore_errors=True)


def office(code: str, role: str, employer: str, body: str | None = None) -> list[dict[str, Any]]:
    """Write the lines by which somebody takes an office."""
    said = {"title": code.capitalize(), "role": role, "body": body, "holder": boards.person(code), "employer": employer}
    return [
        line("board-manager", "register_subject", boards.person(code), name=f"The {code}", contact=f"{code}@severnbrook.example"),
        line("board-manager", "appoint_office_holder", code, **said, from_on="2016-09-05", until_on=None),
    ]


@pytest.fixture(scope="module")
def delivered(board: Product) -> Product:
    """Step 1: the trainer records the delivery of 30 November 2016, with 14 attendees and two who did not come."""
    manager = "board-manager"
    joins = [
        line(manager, "join_agency", code, name=name, category="other", section_11="yes")
        for code, name in (("AVM", "Avon Mere"), ("WMP", "West Mercia Police"))
    ]
    offices = [*office("trainer-avm", "trainer", "AVM"), *office("wmp-lead", "designated lead", "WMP", "WMP")]
    brings(board, "2016-10-31", *joins, *offices, line(manager, "offer_course", "AIACP", **COURSE))
    people = [line(manager, "register_subject", participant(n), name=f"Participant {n}", contact=None) for n in range(1, 17)]
    plan = {"course": "AIACP", "planned_on": HELD, "trainers": ["trainer-avm"], "capacity": 16}
    brings(board, "2016-10-31", *people, line("trainer-avm", "schedule_session", S, **plan))
    came = [
        line(
            "trainer-avm",
            "record_attendance",
            S,
            participant=participant(n),
            agency="RIV" if n % 2 else "CQH",
            staff_group="health visitors",
        )
        for n in range(1, 15)
    ]
    gone = [
        line(
            "trainer-avm",
            "lapse_booking",
            S,
            participant=participant(n),
            agency="CQH",
            staff_group="health visitors",
            outcome=outcome,
            reason=why,
        )
        for n, outcome, why in ((15, "no-show", None), (16, "release-refused", "Nobody could cover the ward"))
    ]
    brings(board, HELD, line("trainer-avm", "deliver_session", S), *came, *gone, line("trainer-avm", "close_attendance", S))
    return board


@pytest.fixture(scope="module")
def told(delivered: Product) -> Product:
    """Step 2: participants give feedback and an action plan by link, without an account."""
    with pages(delivered, "2016-12-01") as served:
        theirs = links(served, "trainer-avm", "day")
        assert set(theirs) == set(NUMBERS)
        for number in NUMBERS[:4]:
            Visitor(served).send(theirs[number], **FEEDBACK, comment=f"Words of {number}", plan="To ask about fathers")
        trainer = Visitor(served).sign_in("trainer-avm")
        assert "Comments are shown where at least 5 participants wrote one" in trainer.get(f"/sessions/{S}")
        for number in NUMBERS[4:10]:
            Visitor(served).send(
                theirs[number], **FEEDBACK | {"satisfaction": "4"}, comment=f"Words of {number}", plan="To ask about fathers"
            )
        settle(delivered)
        seen = trainer.get(f"/sessions/{S}")
        assert "Words of 7" in seen
        assert "Participant 7" not in seen
        nobody = Visitor(served)
        assert "does not open anything" in nobody.get("/take-part/guessed")
        assert nobody.status == 404
        assert "You have answered everything" in nobody.get(theirs["1"])
        assert delivered.ask("SELECT count(*) FROM desk.session WHERE account NOT IN (SELECT id FROM desk.account)") == [(0,)]
    return delivered


@pytest.fixture(scope="module")
def asked(told: Product) -> Product:
    """Step 3: on 28 February the questionnaires go out by themselves, once; nine come back, with six managers' views."""
    assert "follow-up questionnaire" not in told.does("due", "--format", "json", **on("2017-02-27"))
    with working(told, ASKED):
        wait(lambda: len(positions(told, ISSUED)) == len(NUMBERS), "the questionnaires")
        settle(told)
    with pages(told, "2017-03-09") as served:
        theirs = links(served, "quality-chair", "follow-up")
        for number in ANSWERED:
            said = {"used_in_practice": "yes", "shared_with_colleagues": "no", "impact": "some", "effect_on_children": "Fathers are asked"}
            Visitor(served).send(theirs[number], **said)
        Visitor(served).send(theirs["1"], used_in_practice="yes", shared_with_colleagues="yes", impact="marked")
    views = [
        line("riv-lead" if int(n) % 2 else "cqh-lead", "return_follow_up", S, number=n, manager_view="They ask more") for n in NUMBERS[:6]
    ]
    brings(told, "2017-03-10", *views)
    return told


@pytest.fixture(scope="module")
def called(asked: Product) -> Product:
    """Step 4: the sub-group draws; one is not reached in three calls, and the next of the order takes their place."""
    brings(asked, DRAWN, line("quality-chair", "draw_telephone_sample", S))
    first, second, third, fourth, fifth = found(asked)["draws"][-1]["order"][:5]
    call = {"outcome": "not-reached", "draw": "1"}
    brings(
        asked, "2017-03-21", *(line("quality-chair", "record_telephone_call", S, number=first, key=f"call-{n}", **call) for n in range(3))
    )
    said = refused(asked, "2017-03-22", line("quality-chair", "record_telephone_call", S, number=fifth, **call))
    assert "chance draws the telephone sample" in said
    reached = {"draw": "1", "outcome": "reached", "answers": "We ask about fathers now"}
    brings(asked, "2017-03-22", *(line("quality-chair", "record_telephone_call", S, number=n, **reached) for n in (second, third, fourth)))
    return asked


@pytest.fixture(scope="module")
def evaluated(called: Product) -> Product:
    """Take steps 5 to 7: observed by somebody else, the trainer's CPD handed in, evaluated, and the course revised because of it."""
    chair = "quality-chair"
    brings(
        called,
        "2017-03-23",
        line(chair, "observe_delivery", S, occurred_on=HELD, late_reason="The form came late", observer="wmp-lead", grade="good"),
    )
    judged = {
        "impact_practice": "some", "impact_management": "not known", "evidence_of_impact": ["follow-up:1", "follow-up:2"],
        "changes": "Revise module 2",
    }  # fmt: skip
    assert "trainer CPD is neither done nor explained" in refused(called, JUDGED, line(chair, "evaluate_session", S, points=[], **judged))
    asked = {"kind": "trainer_cpd", "respondent": "trainer-avm", "period": "2016", "due_on": "2017-05-31"}
    answers = [{"question": "learned", "answer": "Much"}, {"question": "hours", "answer": 12}, {"question": "delivered", "answer": 4}]
    brings(
        called, JUDGED, line("chair", "request_return", "trainer_cpd-2016-trainer-avm", **asked),
        line("trainer-avm", "submit_return", "trainer_cpd-2016-trainer-avm", answers=answers),
        line(chair, "evaluate_session", S, points=[], **judged | {"revised_course": "AIACP"}),
        line("board-manager", "revise_course", "AIACP", what="Module 2: fathers", because_of=[f"session:{S}"]),
    )  # fmt: skip
    return called


def test_f5_one_was_there_fourteen_times_and_two_were_not(delivered):
    """Step 1: 14 attended, and a refused release says why: it counts against the agency that refused."""
    it = found(delivered)

    assert (it["status"], it["delivered_on"], len(it["attendees"]), it["closing"]["number_attended"]) == ("delivered", HELD, 14, 14)
    assert [(one["agency"], one["outcome"], one["reason"]) for one in it["lapsed"]] == [
        ("CQH", "no-show", None), ("CQH", "release-refused", "Nobody could cover the ward"),
    ]  # fmt: skip


def test_f5_participants_answer_without_an_account(told):
    """Step 2: ten gave feedback and a plan; the record says on whose behalf, names no office, and holds none of their words in clear."""
    it = found(told)
    bodies = [
        body for (body,) in told.ask("SELECT body FROM views.inspection_history WHERE topic = 'training_session.feedback_received.v1'")
    ]

    assert (len(it["feedback"]["numbers"]), len(it["plans"]), it["feedback"]["satisfaction"]) == (10, 10, "4.4")
    assert {body["by_office"] for body in bodies} == {None}
    assert bodies[0]["comment"] == {"sealed": participant(1)} == bodies[0]["by_person"]
    assert told.ask("SELECT count(*) FROM ledger.disclosure WHERE disclosures LIKE '%%Words of%%'") == [(0,)]


def test_f5_questionnaires_come_three_months_on_clamped_and_once(asked):
    """Step 3: 30 November and three months is 28 February; nine of 14 return, one twice: the later counts, both stay on record."""
    it = found(asked)
    owed = [one for one in it["follow_ups"] if not one["returned_on"]]

    assert {(one["fell_due_on"], one["issued_on"], one["due_on"], one["owed"]) for one in it["follow_ups"]} == {
        (ASKED, ASKED, "2017-03-28", True)
    }
    assert (len(positions(asked, ISSUED)), len(owed)) == (14, 5)
    first = it["follow_ups"][0]
    assert (first["times"], first["impact"], sum(one["manager_on"] is not None for one in it["follow_ups"])) == (2, "marked", 6)
    assert len(positions(asked, RETURNED)) == 9 + 1 + 6


def test_f5_the_agency_of_the_day_keeps_the_duty(asked):
    """What could go wrong: whoever moves agency since is asked for by the agency of the day; another's lead cannot speak for them."""
    said = refused(asked, DRAWN, line("wmp-lead", "return_follow_up", S, number="14", manager_view="Ours now"))

    assert "There is no training-session" in said
    assert {one["agency"] for one in found(asked)["follow_ups"]} == {"RIV", "CQH"}


def test_f5_the_draw_is_anybodys_to_make_again(called):
    """Step 4: the log, and a sealed pack without us, select the same three; the page shows what they were drawn from."""
    said = json.loads(called.does("sample", S, "--format", "json"))
    drawn = found(called)["draws"][0]
    pack = called.pack("drawn")
    alone = [sys.executable, "-I", str(pack / "samples.py"), str(pack), "--key", called.key]
    ran = subprocess.run(alone, capture_output=True, text=True, check=False, timeout=PATIENCE)

    assert [(one["verdict"], one["selected"]) for one in said["items"]] == [("exactly this", ", ".join(drawn["selected"]))]
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"drawn again, selects {', '.join(drawn['selected'])} of 14" in ran.stdout
    with pages(called, "2017-03-24") as served:
        page = Visitor(served).sign_in("quality-chair").get(f"/sessions/{S}")
    assert all(
        part in page for part in ("It gives exactly this", drawn["population_sha256"], drawn["checkpoint_root"], "in the place of another")
    )
    assert drawn["waiting"] == []


def test_f5_a_second_draw_says_why_and_both_stay_on_show(called):
    """What could go wrong: who draws until a convenient sample appears is seen to; the trainer never draws."""
    assert "say why it has to be drawn again" in refused(
        called, "2017-03-24", line("quality-chair", "draw_telephone_sample", S, key="again")
    )
    assert "may not" in refused(called, "2017-03-24", line("trainer-avm", "draw_telephone_sample", S, reason="Again"))
    other = "AIACP-2016-12"
    plan = {
        "course": "AIACP",
        "planned_on": "2016-12-05",
        "trainers": ["trainer-avm"],
        "capacity": 16,
        "occurred_on": "2016-12-01",
        "late_reason": "x",
    }
    then = {"occurred_on": "2016-12-05", "late_reason": "Recorded after the move"}
    came = [
        line("trainer-avm", "record_attendance", other, participant=participant(n), agency="RIV", staff_group="nurses", **then)
        for n in range(1, 6)
    ]
    held = [line("trainer-avm", "schedule_session", other, **plan), line("trainer-avm", "deliver_session", other, **then), *came]
    brings(called, "2017-03-24", *held, line("trainer-avm", "close_attendance", other, **then))
    brings(called, "2017-03-24", line("quality-chair", "draw_telephone_sample", other))
    brings(called, "2017-03-24", line("quality-chair", "draw_telephone_sample", other, reason="Two numbers were out of date"))

    assert "2 draws of" in called.does("sample", other)


def test_f5_the_trainer_does_not_observe_their_own_session(called):
    """Step 5: neither the trainer records it, nor is the trainer named as who watched."""
    seen = {"observer": "trainer-avm", "grade": "outstanding", "occurred_on": HELD, "late_reason": "The form came late"}
    said = refused(
        called, "2017-03-23", line("trainer-avm", "observe_delivery", S, **seen), line("quality-chair", "observe_delivery", S, **seen)
    )

    assert "may not" in said
    assert "no trainer judges their own session" in said


def test_f5_evaluated_with_impact_apart_from_satisfaction(evaluated):
    """Steps 6 and 7: only with the trainer's CPD in; 4.4 of 5 for satisfaction, and some impact on practice shown by follow-ups alone."""
    it = found(evaluated)["evaluation"]

    assert (it["satisfaction"], it["impact_practice"], it["impact_management"]) == ("4.4", "some", "not known")
    assert all(point["done"] for point in it["points"])
    said = {"impact_practice": "marked", "impact_management": "marked", "evidence_of_impact": [], "changes": "None", "points": []}
    assert "evaluated" in refused(evaluated, JUDGED, line("quality-chair", "evaluate_session", S, **said))
    course = evaluated.ask("SELECT revisions FROM views.courses WHERE key = 'AIACP' AND upper_inf(known) AND upper_inf(valid)")[0][0]
    assert course[0]["because_of"] == [f"session:{S}"]


def test_f5_ends_well(evaluated):
    """The pack verifies offline, and rebuilding every view from zero changes nothing."""
    with working(evaluated, JUDGED):
        wait(lambda: json.loads(evaluated.does("due", "--format", "json", **on(JUDGED)))["items"] == [], "all that is due by then")
        ends_well(evaluated, "training")
