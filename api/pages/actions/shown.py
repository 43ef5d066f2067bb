"""What the form of a sign-off shows of the action: the evidence on which it would rest, and by what it was to be known that it worked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from aggregates.action import Action
from api.access import signed_in
from api.pages.frame.files import WITHHELD
from api.pages.frame.words import written
from api.worker import worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregates.action.shown import Submission
    from api.pages.frame import Look

A_FILE = Markup('<a class="govuk-link" href="/api/v1/evidence/{}">{}</a>, dated {}')


def what_it_rests_on(seen: Look, ref: str) -> dict[str, Any] | None:
    """Return the evidence that stands, each file with what it is said to show, and the measure; None where the reader may not have it."""
    if not seen.on.opens("action", ref):
        return None
    now = worker().board.load(Action, ref).state
    says = "The evidence on which it rests:" if now.standing_evidence else "There is no evidence yet on which it could rest."
    rows = [row for submission in now.standing_evidence for row in _rows(submission)]
    return {"says": says, "rows": rows, "then": f"How we will know: {now.success_measure}"}


def _rows(submission: Submission) -> Iterator[str]:
    """Give a line for each file of a submission, a link where it is given out; then what changed, as whoever handed it in says it."""
    files = worker().board.standings({item.sha256 for item in submission.items}, signed_in())
    for item in submission.items:
        file, dated = files[item.sha256], written(item.evidence_date)
        yield A_FILE.format(item.sha256, item.title, dated) if file.given else f"{item.title}, dated {dated}. {WITHHELD[file.sharing]}"
    if submission.effect:
        yield f"Its effect, as it was handed in: {submission.effect}"
