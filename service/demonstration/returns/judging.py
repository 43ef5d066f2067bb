"""A panel of others grades each standard beside the respondent's own grade, and answers each gap."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from service.demonstration.script import Line
from service.demonstration.script.chance import after, one_of, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    Said = Mapping[str, Any]

LEARNING: Final = frozenset({"knowledge_audit", "learning_needs", "subgroup_learning_needs"})  # what the Training sub-group looks at
# Who looks at a return instead, where the chair of the sub-group whose it would be is, or was to be, of the respondent's own.
INSTEAD: Final = {
    "quality-chair": {
        "WMP": "scr-chair",
        "CQH": "scr-chair",
        "RIV": "scr-chair",
        "NGH": "policy-chair",
        "quality": "scr-chair",
        "training": "scr-chair",
    },
    "training-chair": {"SBC-EDU": "scr-chair", "RIV": "scr-chair", "quality": "scr-chair"},
}
THRESHOLD, HIGHEST = 2, 3
LOWER, HIGHER = 0.07, 0.03  # of the self-grades
ARGUED: Final = ("s11-2016-CQH", "5")  # the training of Castle Quay, about which the panel and the trust did not agree (journey F.12)

AMENDED: Final = ("s11-2018-NGH", "6")  # answered anew after it was moderated, so that it was moderated again


def judged(ref: str, respondent: str, fields: Said, on: date, said: Said) -> Iterator[Line]:
    """Yield the moderation of one body's answers, and what was decided about each standard below the threshold."""
    by = judge(ref, respondent)
    panel, first = one_of(said["judging"]["panel"], ref), after(on - timedelta(10), 0)
    grades = [_judged(one, ref, said["judging"]) for one in fields["self_grades"]]
    yield Line(do="moderate_return", ref=ref, by=by, on=first, fields={"grades": grades, "panel": panel})
    if ref == AMENDED[0]:
        anew = [one | {"grade": one["grade"] - (one["standard"] == AMENDED[1])} for one in fields["self_grades"]]
        amended = {**fields, "self_grades": anew, "reason": said["judging"]["amended"]}
        yield Line(do="amend_return", ref=ref, by=f"lead-{respondent}", on=after(first, 2), fields=amended)
        grades = [_judged(one, ref, said["judging"]) for one in anew]
        yield Line(do="moderate_return", ref=ref, by=by, on=after(first, 7), fields={"grades": grades, "panel": panel}, apart="again")
    for one in grades:
        if one["grade"] < THRESHOLD:
            decided = {"standard": one["standard"], "reason": one_of(said["judging"]["gaps"], ref, one["standard"])}
            yield Line(do="decide_no_action", ref=ref, by=by, on=on, fields=decided, apart=one["standard"])


def judge(ref: str, respondent: str) -> str:
    """Return whose chair leads the panel, and accepts the return: somebody whom the respondent does not employ."""
    chair = "training-chair" if ref.partition("-")[0] in LEARNING else "quality-chair"
    return INSTEAD[chair].get(respondent, chair)


def _judged(one: Said, ref: str, words: Said) -> dict[str, Any]:
    chance, standard, grade = share(ref, one["standard"], "judged"), one["standard"], one["grade"]
    if (chance < LOWER or (ref, standard) == ARGUED) and grade > 1:
        return {"standard": standard, "grade": grade - 1, "reason": words["lower"]}
    if chance > 1 - HIGHER and grade < HIGHEST:
        return {"standard": standard, "grade": grade + 1, "reason": words["higher"]}
    return {"standard": standard, "grade": grade}
