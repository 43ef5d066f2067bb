"""What has to hold of an action: that it is promised in public, overseen by another, done in time, and that it lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregates.action import state as s
from aggregates.authority import BOARD
from aggregates.entry.values import says
from aggregates.framework.facts.fact import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GIVEN_UP: Final = s.Withdrawn | s.Superseded | s.Outstanding
BY_POLICY: Final = frozenset({"policy", "procedure"})


def of_a_review(now: s.State) -> bool:
    """Say whether an action comes from a finding of a review: its source is `SB-2015-01/F1`, and of a return `return:…`."""
    return bool(now.source) and ":" not in str(now.source)


def public(now: s.State) -> Fact:
    """Ask that everybody can read what was promised, by whom and by when: these fields are public, or it cannot be recorded."""
    return Fact(all(says(text) for text in (now.title, now.owner, now.success_measure)))


def overseen(now: s.State) -> Fact | None:
    """Ask that somebody else than its owner oversees it."""
    return None if isinstance(now.status, GIVEN_UP) else Fact(says(now.overseen_by) and now.overseen_by != now.owner)


def done(now: s.State) -> Fact | None:
    """Ask that what comes from a review is signed off by its date; whoever owns it owes that."""
    if not of_a_review(now) or isinstance(now.status, GIVEN_UP):
        return None
    return Fact(now.sign_off is not None, owner=now.owner, due_on=now.due_on)


def done_by_an_agency(now: s.State) -> Fact | None:
    """Ask the same of an owner that is not the Board."""
    return None if now.owner == BOARD else done(now)


def assured(now: s.State) -> Fact | None:
    """Ask its owner, which is not the Board, for evidence that its overseers accept, whatever the action comes from."""
    if now.owner == BOARD or isinstance(now.status, GIVEN_UP):
        return None
    return Fact(now.sign_off is not None, owner=now.owner, due_on=now.due_on)


def policy_changed(now: s.State) -> Fact | None:
    """Ask the same where learning is embedded by a policy or a procedure."""
    return done(now) if now.kind in BY_POLICY else None


def looked_at_again(now: s.State) -> Fact | None:
    """Ask that after sign-off each check is scheduled and made by its day; its overseers owe that.

    Its day is that of the next check, and then of the last one that was made, also once the action slipped or is closed. That an earlier
    one came late is said beside it: a later check in time does not cure it.
    """
    if now.sign_off is None:
        return None
    waits = isinstance(now.status, s.SignedOff) or bool(now.checks_scheduled)
    days = now.checks_scheduled or tuple(one.due_on for one in now.checks_met[-1:])
    found = [now.sustained, *(one.words for one in now.checks_met if one.days_late)]
    return Fact(not waits, owner=now.overseen_by, due_on=min(days, default=None), grade="; ".join(filter(None, found)))


def lasted(now: s.State) -> Fact | None:
    """Ask that the last check since sign-off found that the change held; its owner owes that."""
    if now.sign_off is None:
        return None
    check = now.last_check
    held = check is not None and check.result == "held" and check.signed_off_on == now.sign_off.on
    return Fact(held, owner=now.owner, due_on=min(now.checks_scheduled, default=None), grade=now.sustained or "")


def learning_lasted(now: s.State) -> Fact | None:
    """Ask the same of what was learned from a review."""
    return lasted(now) if of_a_review(now) else None


FACTS: Final[Mapping[str, Callable[[s.State], Fact | None]]] = {
    "everybody can read what was promised": public,
    "another body oversees it": overseen,
    "what was promised because of a review is signed off by its date": done,
    "what was promised because of a review, other than by the Board, is signed off by its date": done_by_an_agency,
    "its owner, other than the Board, gave evidence that its overseers accepted by its date": assured,
    "a change of policy or procedure because of a review is signed off by its date": policy_changed,
    "after sign-off it is looked at again on each day that was set for that": looked_at_again,
    "after sign-off the change lasted when somebody looked again": lasted,
    "after sign-off what came of a review lasted when somebody looked again": learning_lasted,
}
