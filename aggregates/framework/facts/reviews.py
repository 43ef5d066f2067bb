"""What has to hold of a review: how it is conducted, what it finds, how the Board answers, and that its report is there to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregates.clocks.clock import due
from aggregates.clocks.regimes import regime
from aggregates.framework.facts.fact import Fact
from aggregates.review.clocks import rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from aggregates.clocks.regimes import Rule
    from aggregates.review.state import ReviewState


def _conducted(now: ReviewState) -> bool:
    return now.source is None and now.decision is not None and now.decision.outcome != "not conduct"


def _commissioned(now: ReviewState) -> bool:
    return now.source is None and now.commission is not None


def _law(now: ReviewState) -> Iterator[tuple[Rule, date]]:
    """Give the time limits of the law that have begun, under the regime that the review arose under (INV-42), each with its last day."""
    under, moments = regime(now.regime), now.moments
    for rule in rules_of(now.regime, now.proposed_kind, now.kind):
        last = due(rule, moments[rule.starts_with], under.calendar) if rule.starts_with in moments else None
        if rule.basis == "law" and last is not None:
            yield rule, last


def clocks_kept(now: ReviewState) -> Fact | None:
    """Ask that every time limit of the law that has begun is met. One that was missed is not cured by what came later."""
    begun = list(_law(now))
    if not begun:
        return None
    stopped = {last: now.moments[rule.stops_with] for rule, last in begun if rule.stops_with in now.moments}
    running = [last for rule, last in begun if rule.stops_with not in now.moments]
    missed = [last for last, on in stopped.items() if on > last]
    return Fact(not running, due_on=min(running or missed) if running or missed else max(stopped))


def led_independently(now: ReviewState) -> Fact | None:
    """Ask for a lead reviewer of a serious case who is independent of all organisations under review, all the time."""
    if not (_commissioned(now) and now.publishes):
        return None
    return Fact(now.lead is not None and now.lead.breached_on is None and not now.conflicts)


def practitioners_invited(now: ReviewState) -> Fact | None:
    """Ask that practitioners were invited; how many contributed is said."""
    if not _commissioned(now):
        return None
    people = now.practitioners
    return Fact(people.invited > 0, grade=f"{people.contributed} of {people.invited} contributed" if people.invited else "")


def family_invited(now: ReviewState) -> Fact | None:
    """Ask that the family was invited, or that it is said why not."""
    return Fact(any(contact.settles for contact in now.family)) if _commissioned(now) else None


def names_nobody(now: ReviewState) -> Fact | None:
    """Ask for findings about systems: one that names a person cannot be recorded (INV-06)."""
    if not (_commissioned(now) and now.findings):
        return None
    return Fact(holds=True, grade=f"{len(now.findings)} on record, each with the system behind it")


def answered(now: ReviewState) -> Fact | None:
    """Ask what happened and why, and what will be done about each finding."""
    if not _commissioned(now):
        return None
    said = [f"{one.number} {one.response}" for one in now.answer.responses] if now.answer else []
    return Fact(bool(now.findings and now.answer and not now.unanswered), grade=", ".join(said))


def team_constituted(now: ReviewState) -> Fact | None:
    """Ask for a review team once it is decided to conduct a review of a serious case."""
    return Fact(bool(now.team)) if _conducted(now) and now.publishes else None


def analysed(now: ReviewState) -> Fact | None:
    """Ask for findings, and that what every agency was asked for has come."""
    if not (_commissioned(now) and now.publishes):
        return None
    came = sum(one.submitted_on is not None for one in now.information)
    grade = f"{len(now.findings)} found; {came} of {len(now.information)} agencies answered"
    return Fact(bool(now.findings) and came == len(now.information), grade=grade if now.findings else "")


def presented(now: ReviewState) -> Fact | None:
    """Ask that the report was presented, at a meeting that is named."""
    return Fact(bool(now.report and now.report.meeting)) if _commissioned(now) and now.publishes else None


def shared_with_training(now: ReviewState) -> Fact | None:
    """Ask, once the Board has answered, that the Training sub-group has the findings."""
    return Fact(bool(now.training.findings)) if now.source is None and now.publishes and now.answer else None


def _to_publish(now: ReviewState, *, holds: bool) -> Fact | None:
    """Ask for a publication by the day that the law names: the framework names none."""
    if not (_conducted(now) and now.publishes):
        return None
    return Fact(holds, due_on=min((last for rule, last in _law(now) if rule.stops_with == "published"), default=None))


def published(now: ReviewState) -> Fact | None:
    """Ask for the report where everybody can read it."""
    return _to_publish(now, holds=now.published is not None)


def still_there(now: ReviewState) -> Fact | None:
    """Ask for the same, and that nobody who looked found it gone."""
    return _to_publish(now, holds=now.published is not None and now.published.verified != "gone")


def response_published(now: ReviewState) -> Fact | None:
    """Ask for the Board's response beside the report."""
    return _to_publish(now, holds=now.published is not None and now.published.response_sha256 is not None)


FACTS: Final[Mapping[str, Callable[[ReviewState], Fact | None]]] = {
    "every time limit of the law that has begun is met": clocks_kept,
    "once a review of a serious case is commissioned, somebody independent leads it": led_independently,
    "once it is commissioned, practitioners are invited": practitioners_invited,
    "once it is commissioned, the family is invited, or it is said why not": family_invited,
    "each of its findings names what in the system led to it, and nobody": names_nobody,
    "once it is commissioned, findings say what happened and why, and the response what will be done": answered,
    "once a review of a serious case is decided on, a review team is set up": team_constituted,
    "once a review of a serious case is commissioned, what agencies send is analysed into findings": analysed,
    "once a review of a serious case is commissioned, its report is presented at a meeting": presented,
    "once the Board has answered a review of a serious case, its findings are shared with the Training sub-group": shared_with_training,
    "once a review of a serious case is decided on, its report is published": published,
    "once a review of a serious case is decided on, its report is published, and still there": still_there,
    "once a review of a serious case is decided on, the response is published with its report": response_published,
}
