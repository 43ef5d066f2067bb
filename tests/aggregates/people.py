"""Who acts in these tests, and an action as far as a test needs it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from aggregates.action import Action
from aggregates.authority import Acting
from aggregates.entry.values import Evidence

ORIGIN = "severnbrook.example/log"
DAY = date(2016, 9, 12)
DUE = date(2016, 12, 16)


def somebody(number, office, role, body=None, agency=None):
    """Give a person in an office."""
    return Acting(UUID(int=number), office, role, body, agency)


CHAIR = somebody(1, "chair", "chair")
DEPUTY = somebody(2, "deputy", "deputy chair", agency="SBC-EDU")
MANAGER = somebody(3, "manager", "board manager", agency="SBC-CSC")
QUALITY = somebody(4, "quality-chair", "sub-group chair", "QUALITY", "CQH")
TRAINING = somebody(5, "training-chair", "sub-group chair", "TRAINING", "AVM")
RIV = somebody(6, "riv-lead", "designated lead", "RIV", "RIV")
WMP = somebody(7, "wmp-lead", "designated lead", "WMP", "WMP")
SERVICE = Acting()
# The same chairs, had they another employer.
QUALITY_OF_RIV = replace(QUALITY, agency="RIV")
CHAIR_OF_RIV = replace(CHAIR, agency="RIV")


def on(days):
    """Give a day so many days after the assignment."""
    return DAY + timedelta(days=days)


def evidence(day=DAY, name="ab"):
    """Give a file that shows something."""
    return Evidence(name * 32, 2048, "application/pdf", "audit.pdf", "Pathway audit", day, f"{day}T09:00:00Z", "restricted", "RIV")


PROMISE = {
    "ref": "A8", "title": "Pre-mobile injury pathway", "kind": "procedure", "source": "SB-2016-03/F1", "owner": "RIV",
    "owner_office": "riv-lead", "overseen_by": "QUALITY", "due_on": DUE, "success_measure": "20 of 20 files follow it",
    "intended_outcome": "Injured babies are seen the same day",
}  # fmt: skip


def assigned(**other):
    """Assign an action to Riverside, overseen by the Quality sub-group."""
    return Action.assign(ORIGIN, **{"acting": QUALITY, "occurred_on": DAY} | PROMISE | other)


def accepted(**other):
    """Let Riverside take it on, a day later."""
    action = assigned(**other)
    action.accept(acting=RIV, occurred_on=on(1))
    return action


def evidenced(**other):
    """Let Riverside hand in what shows it."""
    action = accepted(**other)
    action.submit_evidence(acting=RIV, occurred_on=on(30), evidence=(evidence(),), narrative="40 files")
    return action


def implemented(**other):
    """Let Riverside say that it is done."""
    action = evidenced(**other)
    action.mark_implemented(acting=RIV, occurred_on=on(31), statement="In use since October")
    return action


def signed_off(**other):
    """Let the Quality chair agree: entry 5, on day 40."""
    action = implemented(**other)
    action.sign_off(acting=QUALITY, occurred_on=on(40), effect="Referrals come the same day")
    return action


def sustaining(**other):
    """Schedule the looks after six and twelve months: entries 6 and 7."""
    action = signed_off(**other)
    for months in (182, 365):
        action.schedule_sustainment_check(acting=SERVICE, occurred_on=on(40), due_on=on(40 + months))
    return action


def slipped(**other):
    """Let the first look hold and the second slip."""
    action = sustaining(**other)
    checked(action, 222)
    checked(action, 405, "slipped")
    return action


def closed(**other):
    """Let both looks hold, and close."""
    action = sustaining(**other)
    checked(action, 222)
    checked(action, 405)
    action.close(acting=QUALITY, occurred_on=on(406), reason="It lasted")
    return action


def checked(action, days, result="held", **other):
    """Look, some days after the assignment, whether it lasted."""
    said = {"acting": QUALITY, "occurred_on": on(days), "method": "re-audit", "result": result} | other
    action.record_sustainment_check(**said)
