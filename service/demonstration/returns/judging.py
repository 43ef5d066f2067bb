"""A panel of others grades each standard beside the respondent's own grade, and answers each gap."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from service.demonstration.board.people import CHAIR
from service.demonstration.script import Line
from service.demonstration.script.chance import after, one_of, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    Said = Mapping[str, Any]

THEIRS: Final = {"quality-chair": {"WMP", "NGH", "CQH", "RIV"}, "training-chair": {"SBC-EDU", "RIV"}}  # whom its holders came from
THRESHOLD, HIGHEST = 2, 3
LOWER, HIGHER = 0.07, 0.03  # of the self-grades
ARGUED: Final = ("s11-2016-CQH", "5")  # the training of Castle Quay, about which the panel and the trust did not agree (journey F.12)


def judged(ref: str, respondent: str, fields: Said, on: date, said: Said) -> Iterator[Line]:
    """Yield the moderation of one body's answers, and what was decided about each standard below the threshold."""
    by = moderator(ref, respondent)
    grades = [_judged(one, ref, said["judging"]) for one in fields["self_grades"]]
    panel = one_of(said["judging"]["panel"], ref)
    yield Line(do="moderate_return", ref=ref, by=by, on=after(on - timedelta(10), 0), fields={"grades": grades, "panel": panel})
    for one in grades:
        if one["grade"] < THRESHOLD:
            decided = {"standard": one["standard"], "reason": one_of(said["judging"]["gaps"], ref, one["standard"])}
            yield Line(do="decide_no_action", ref=ref, by=by, on=on, fields=decided, apart=one["standard"])


def moderator(ref: str, respondent: str) -> str:
    """Return who leads the panel: the chair of the Board where the sub-group's chair came, or was to come, from the respondent."""
    chair = "training-chair" if ref.startswith("knowledge_audit") else "quality-chair"
    return CHAIR if respondent in THEIRS[chair] else chair


def _judged(one: Said, ref: str, words: Said) -> dict[str, Any]:
    chance, standard, grade = share(ref, one["standard"], "judged"), one["standard"], one["grade"]
    if (chance < LOWER or (ref, standard) == ARGUED) and grade > 1:
        return {"standard": standard, "grade": grade - 1, "reason": words["lower"]}
    if chance > 1 - HIGHER and grade < HIGHEST:
        return {"standard": standard, "grade": grade + 1, "reason": words["higher"]}
    return {"standard": standard, "grade": grade}
