"""What a review's page lists more than once: each row says its own, and leads to the event that said it."""

from __future__ import annotations

import re

import pytest

from tests.service.test_reviews import walk

REF = "SB-C"
ROW = re.compile(r'<tr class="govuk-table__row" role="row">.*?</tr>|<div class="govuk-summary-list__row">.*?</div>', re.DOTALL)


def events_of(who, text: str) -> list[list[str]]:
    """Return, for each row of the page that says this, the events that it leads to."""
    return [re.findall(r"/events/(\d+)", row) for row in ROW.findall(who.page) if text in row]


CRITERIA = [{"criterion": "A child was seriously harmed", "met": True}]
TWICE = {
    "decisions": ("decide_review", "chair", "decide_review", (
        {"outcome": "not conduct", "criteria": CRITERIA, "rationale": "said first"},
        {"outcome": "conduct", "criteria": CRITERIA, "rationale": "said second"},
    )),
    "notices": ("commission_review", "board-manager", "notify_decision", (
        {"to_body": "said first", "explanation": "A"}, {"to_body": "said second", "explanation": "B"},
    )),
    "advice": ("commission_review", "board-manager", "receive_panel_advice", (
        {"from_body": "said first", "advice_sha256": "ab" * 32, "summary": "A"},
        {"from_body": "said second", "advice_sha256": "ab" * 32, "summary": "B"},
    )),
    "pauses": ("record_finding", "chair", "pause_review", (
        {"process": "criminal", "review_by": "2016-12-01", "reason": "said first"},
        {"process": "criminal", "review_by": "2016-12-02", "reason": "said second"},
    )),
    "impacts": ("close_review", "board-manager", "evaluate_review_impact", (
        {"year": 2016, "judgement": "said first"}, {"year": 2016, "judgement": "said second"},
    )),
}  # fmt: skip


@pytest.mark.parametrize("what", TWICE)
def test_each_row_leads_to_its_own_event(sign_in, what):
    """Two of a kind on one day are two rows, each with what it says itself and the one event that said it."""
    who = sign_in("chair")
    it = who.seeded
    until, office, name, said = TWICE[what]
    walk(it, until, REF)
    done = []
    for one in said:
        done.append(it.act(office, name, REF, **one).positions[0])
        if name == "pause_review" and len(done) == 1:
            it.act("chair", "resume_review", REF, reason="It ended")
    it.catch_up()
    who.get(f"/reviews/{REF}")

    shown = [events_of(who, text) for text in ("said first", "said second")]
    assert [[events[0] for events in rows] for rows in shown] == [[str(position)] for position in done]
    assert sum(map(len, (*shown[0], *shown[1]))) == (3 if what == "pauses" else 2)  # the pause that ended also leads to its end
