"""F.12: a section 11 round with moderation, walked from outside over HTTP on Severnbrook's seven years.

Today is 30 September 2021. The round was asked for in June, of 21 bodies; what Castle Quay answered a year before is brought forward.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance import boards
from tests.acceptance.asking import Asking, ends_well
from tests.acceptance.served import served
from tests.databases import reachable_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.xdist_group("board journeys")

LATE = {"late_reason": "Brought in from the Board's files"}
STANDARDS = [str(number) for number in range(1, 9)]
PERIOD = "2021"
ROUND = {"kind": "s11", "period": PERIOD, "due_on": "2021-09-01", "legal_basis": "Children Act 2004, s.11", "occurred_on": "2021-06-01"}
CQH, SILENT = f"s11-{PERIOD}-CQH", "FAR"


def grades(**instead: Any) -> list[dict[str, Any]]:
    """Grade all eight standards, 2 unless said otherwise; a pair is a grade with its reason."""
    said = {number: instead.get(f"_{number}", 2) for number in STANDARDS}
    parts = {n: {"grade": g[0], "reason": g[1]} if isinstance(g, tuple) else {"grade": g} for n, g in said.items()}
    return [{"standard": n} | part for n, part in parts.items()]


def answers(status: str | None = None) -> list[dict[str, Any]]:
    """Answer what has to be answered."""
    said = {f"{n}.evidence": "The training matrix" for n in STANDARDS} | {"5.matrix": "yes, complete", "6.references": "always"}
    return [{"question": n, "answer": words} | ({"status": status} if status else {}) for n, words in said.items()]


@pytest.fixture(scope="module")
def walked(postgres: str) -> Iterator[dict[str, Any]]:
    """Walk the journey once; give what was answered on the way, with whoever asks."""
    with ExitStack() as stack:
        folder = reachable_folder()
        product = stack.enter_context(boards.demonstration(postgres).copy(folder / "severnbrook", postgres))
        ask = Asking(stack.enter_context(served(product)))
        told: dict[str, Any] = {"ask": ask}
        _before(ask)
        _asked(ask, told)
        _answered(ask, told)
        _challenged(ask, told)
        yield told


def _before(ask: Asking) -> None:
    """Bring in what Castle Quay answered a year before, and what its practitioners were found to know."""
    asked = {"question_set": "s11-2016", "kind": "s11", "respondent": "CQH", "period": "2020", "due_on": "2020-12-18"}
    ask.does("chair", "returns", ref="s11-2020-CQH", **asked, occurred_on="2020-09-01", **LATE)
    said = {"answers": answers("reviewed"), "self_grades": grades(_5=3), "occurred_on": "2020-12-01", **LATE}
    ask.does("lead-CQH", "returns/s11-2020-CQH/submit_return", **said)
    audit = {"kind": "knowledge_audit", "respondent": "CQH", "period": "2021-H2", "due_on": "2021-07-31"}
    ask.does("training-chair", "returns", ref="knowledge_audit-2021-H2-CQH", **audit, occurred_on="2021-06-01", **LATE)
    found = {"asked": 40, "items": "Alder", "correct": 62, "implemented": "They ask"}
    known = [{"question": name, "answer": value, "status": "reviewed"} for name, value in found.items()]
    two = [{"standard": "1", "grade": 2}, {"standard": "2", "grade": 1}]
    ask.does("lead-CQH", "returns/knowledge_audit-2021-H2-CQH/submit_return", answers=known, self_grades=two)


def _asked(ask: Asking, told: dict[str, Any]) -> None:
    """Ask 21 bodies at once; in the middle of the round the question set is revised."""
    members = [row["ref"] for row in ask.items("agencies") if row["status"] == "member" and row["ref"] != "LAY"]
    told["bodies"] = members[:21]
    shared = {"shared_with": ["Westmoor LSCB"]}
    told["round"] = ask.tries("policy-manager", "returns/rounds", respondents=told["bodies"], **shared, **ROUND, **LATE)
    told["again"] = ask.tries("policy-manager", "returns/rounds", respondents=["CQH", "STE-2"], **ROUND, **LATE)
    told["questions"] = ask.get(f"returns/{CQH}/questions", "lead-CQH").json
    own = ask.product.data / "question-sets"
    own.mkdir()
    (own / "s11-2018.toml").write_text(
        'id = "s11-2018"\nrevision = 2\nkind = "s11"\ntitle = "Revised"\nsince = 2018-01-01\n[standards]\n1 = "One"\n'
        '[[questions]]\nid = "new"\nwords = "New?"\nanswer = "text"\nrequired = true\n'
    )
    told["revised"] = ask.get(f"returns/{CQH}/questions", "lead-CQH").json


def _answered(ask: Asking, told: dict[str, Any]) -> None:
    """Castle Quay answers; its own chair cannot moderate, Riverside's does."""
    told["unreviewed"] = ask.tries("lead-CQH", f"returns/{CQH}/submit_return", answers=answers(), self_grades=grades(_5=3))
    said = {"answers": answers("reviewed"), "self_grades": grades(_5=3)}
    told["strange"] = ask.tries("lead-RIV", f"returns/{CQH}/submit_return", **said)
    told["submitted"] = ask.does("lead-CQH", f"returns/{CQH}/submit_return", **said)
    told["own"] = ask.tries("quality-chair", f"returns/{CQH}/moderate_return", grades=grades(_5=(1, "Half are trained")))
    told["unreasoned"] = ask.tries("training-chair", f"returns/{CQH}/moderate_return", grades=grades(_5=1))
    ask.does("training-chair", f"returns/{CQH}/moderate_return", grades=grades(_5=(1, "Half are trained")), panel="Moderation panel")


def _challenged(ask: Asking, told: dict[str, Any]) -> None:
    """Castle Quay challenges and is answered: the grade stands, and an action follows; then it amends, and moderation begins again."""
    about = {"about": f"return:{CQH}", "to": "training", "summary": "Standard 5 is met", "statement": "The matrix is complete"}
    ask.does("lead-CQH", "challenges", ref="CH-S11", **about)
    told["challenged"] = ask.item(f"returns/{CQH}")
    told["open"] = ask.tries("training-chair", f"returns/{CQH}/accept_return")
    answer = {"answer": "It lists half of the staff", "what_changed": "Nothing: the grade stands"}
    ask.does("training-chair", "challenges/CH-S11/answer_challenge", **answer)
    told["gap"] = ask.tries("training-chair", f"returns/{CQH}/accept_return")
    action = {
        "title": "Train the other half", "kind": "training", "owner": "CQH", "overseen_by": "training", "due_on": "2022-03-31",
        "success_measure": "All are trained", "intended_outcome": "Children are seen by somebody who knows", "source": f"return:{CQH}/5",
    }  # fmt: skip
    told["no such"] = ask.tries("chair", "actions", ref="S11-0", **action | {"source": f"return:{CQH}/9"})
    ask.does("chair", "actions", ref="S11-5", **action)
    told["side"] = ask.items("section-11", period=PERIOD)
    again = {"answers": answers(), "self_grades": grades(_5=2), "reason": "The night staff were not counted"}
    ask.does("lead-CQH", f"returns/{CQH}/amend_return", **again)
    told["amended"] = ask.item(f"returns/{CQH}")
    told["too soon"] = ask.tries("training-chair", f"returns/{CQH}/accept_return")
    ask.does("training-chair", f"returns/{CQH}/moderate_return", grades=grades(_5=(1, "Half are trained")))
    ask.does("training-chair", f"returns/{CQH}/accept_return")
    told["accepted"] = ask.item(f"returns/{CQH}")


def test_f12_twenty_one_are_asked_in_one_round(walked):
    """Each body is asked by an act of its own, with its own receipt, one after the other in the log; what is asked twice is told."""
    items = walked["round"].json["items"]
    positions = [item["done"]["positions"][0] for item in items]

    assert [item["ref"] for item in items] == [f"s11-{PERIOD}-{code}" for code in walked["bodies"]]
    assert positions == list(range(positions[0], positions[0] + 21))
    assert len({item["done"]["receipt"] for item in items}) == 21
    assert [item["problem"]["type"] for item in walked["again"].json["items"]] == ["/problems/already-requested", "/problems/not-found"]


def test_f12_the_question_set_is_pinned(walked):
    """A revision in the middle of the round changes nothing of what was asked."""
    assert walked["revised"] == walked["questions"]
    assert len(walked["questions"]["standards"]) == 8


def test_f12_what_was_answered_before_is_to_be_reviewed(walked):
    """The answers of the year before are there under the numbers of this set, and are not handed in unseen (INV-31)."""
    brought = {one["id"]: one["brought_forward"] for one in walked["questions"]["questions"] if one["brought_forward"]}

    assert brought["5.evidence"] == "The training matrix"
    assert walked["unreviewed"].problem == (422, "answers-to-review")


def test_f12_another_agencys_return_does_not_exist(walked):
    """Riverside's lead neither answers nor reads what is asked of Castle Quay."""
    assert walked["strange"].problem == (404, "not-found")
    assert walked["ask"].get(f"returns/{CQH}", "lead-RIV").problem == (404, "not-found")
    assert {row["respondent"] for row in walked["ask"].items("returns", "lead-RIV", period=PERIOD)} == {"RIV"}


def test_f12_its_own_chair_does_not_moderate(walked):
    """Who works for Castle Quay is refused; Riverside's moderator says why the grade is another (INV-29)."""
    assert walked["own"].problem == (422, "own-return")
    assert walked["unreasoned"].problem == (422, "grade-without-reason")


def test_f12_the_challenge_is_answered_and_the_grade_stands(walked):
    """While it is open the return shows it and is not accepted; the gap then needs an action (INV-30), of a standard that there is."""
    assert walked["challenged"]["challenges"] == ["CH-S11"]
    assert (walked["open"].problem, walked["gap"].problem) == ((422, "still-challenged"), (422, "gaps-unanswered"))
    assert walked["no such"].problem == (404, "not-found")


def test_f12_side_by_side_and_never_ranked(walked):
    """Self-grade, moderated grade and what practitioners knew, in the order of the codes; the movement only by a mapping."""
    rows = walked["side"]
    mine = next(row for row in rows if row["respondent"] == "CQH")
    five = next(one for one in mine["standards"] if one["standard"] == "5")

    assert [row["respondent"] for row in rows] == sorted(walked["bodies"])
    assert [five[name] for name in ("self_grade", "moderated_grade", "earlier_self_grade", "gap", "actions")] == [3, 1, 3, True, ["S11-5"]]
    assert (mine["knowledge"]["correct"], mine["knowledge"]["period"], mine["late_days"]) == (62, "2021-H2", 29)


def test_f12_an_amendment_opens_moderation_again(walked):
    """What was moderated is moderated anew before it is accepted; one answer is shared with another board."""
    now = walked["amended"]

    assert (now["status"], now["grades"][4]["moderated_grade"], now["grades"][4]["self_grade"]) == ("amended", None, 2)
    assert walked["too soon"].problem == (422, "nothing-moderated")
    assert (walked["accepted"]["status"], walked["accepted"]["shared_with"]) == ("accepted", ["Westmoor LSCB"])


def test_f12_silence_is_shown_as_silence(walked):
    """One body did not answer: it is overdue by its days, and what it owes can be certified as not done."""
    row = next(row for row in walked["side"] if row["respondent"] == SILENT)

    assert (row["status"], row["late_days"], row["standards"]) == ("requested", 29, [])
    certified = walked["ask"].get("absence", obligation=f"LIF-AGX-11.answer|{SILENT}|return:s11-{PERIOD}-{SILENT}")
    assert certified.status == 200, certified


def test_f12_ends_well(walked):
    """The offline verifier agrees, and rebuilding the views changes nothing."""
    ends_well(walked["ask"].product, "a round")
