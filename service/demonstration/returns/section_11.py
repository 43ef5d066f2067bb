"""Section 11: a panel of others grades each standard beside the body's own grade, and answers each gap."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from service.demonstration.board.people import CHAIR
from service.demonstration.chance import after, one_of, share
from service.demonstration.script import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    Said = Mapping[str, Any]

HEALTH: Final = frozenset({"WMP", "NGH", "CQH", "RIV"})  # who have employed the chair of Quality at one time or another
THRESHOLD: Final = 2
LOWER, HIGHER = 0.14, 0.03  # of the self-grades


def judged(ref: str, respondent: str, fields: Said, on: date, said: Said) -> Iterator[Line]:
    """Yield the moderation of one body's answers, and what was decided about each standard below the threshold."""
    by = CHAIR if respondent in HEALTH else "quality-chair"
    grades = [_judged(one, ref, respondent, said) for one in fields["self_grades"]]
    panel = one_of(said["section_11"]["panel"], ref)
    yield Line(do="moderate_return", ref=ref, by=by, on=after(on - timedelta(10), 0), fields={"grades": grades, "panel": panel})
    for one in grades:
        if one["grade"] < THRESHOLD:
            reason = one_of(said["section_11"]["gaps"], ref, one["standard"])
            decided = {"standard": one["standard"], "reason": reason}
            yield Line(do="decide_no_action", ref=ref, by=by, on=on, fields=decided, apart=one["standard"])


def _judged(one: Said, ref: str, respondent: str, said: Said) -> dict[str, Any]:
    """Return the panel's grade. Castle Quay's training of 2016 is the one that was argued about (journey F.12)."""
    chance, grade = share(ref, one["standard"], "judged"), one["grade"]
    words, lower = said["section_11"], (ref, one["standard"]) == ("s11-2016-CQH", "5")
    if (chance < LOWER or lower) and grade > 1:
        return {"standard": one["standard"], "grade": grade - 1, "reason": words["lower"]}
    if chance > 1 - HIGHER and grade < 3:  # noqa: PLR2004 - the highest
        return {"standard": one["standard"], "grade": grade + 1, "reason": words["higher"]}
    return {"standard": one["standard"], "grade": grade}
