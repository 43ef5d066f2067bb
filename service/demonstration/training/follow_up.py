"""What became of it after three months: who was asked, who answered, what their managers saw, and who was telephoned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.clocks.dates import later
from service.demonstration.board.people import MANAGER
from service.demonstration.script import Line
from service.demonstration.script.chance import after, between, one_of, share, some, weighted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from service.demonstration.training.people import Session

    Said = Mapping[str, Any]

MONTHS = 3
UNASKED = 0.3  # of those who answer although nobody asks them to
SEEN = 0.66  # of whom their manager says what they see
IMPACT = {"none": 22, "some": 56, "marked": 22}
LAST_DAY = 44  # after which nobody answers any more
DRAWN = "drawn:"  # before the place in the order of a draw, where a line is about whoever was drawn there
NOT_REACHED = 3  # calls in vain, before the next is called


def follow_ups(session: Session, said: Said) -> Iterator[Line]:
    """Yield the questions after three months, the answers and the telephone calls of one session."""
    asked = later(session.on, months=MONTHS)
    for number in session.came:
        yield Line(do="issue_follow_up", ref=session.ref, by=None, on=asked, fields={"number": number}, apart=number)
    for number in answering(session, said):
        yield from _returned(session, number, asked, said)
    if session.ref in said["sampled"]:
        yield from _sample(session, after(asked, 35), said, 1, None)
        if reason := said["again"].get(session.ref):
            yield from _sample(session, after(asked, 56), said, 2, reason)


def answering(session: Session, said: Said) -> list[str]:
    """Return who answers after three months: so many as the table says where an answer is owed, and some elsewhere."""
    everybody = list(session.came)
    if session.owed:
        return some(everybody, said["returned"][session.ref], session.ref, "returns")
    return [number for number in everybody if share(session.ref, number, "returns") < UNASKED]


def impact_on(session: Session, number: str) -> str:
    """Return what somebody says that came of it."""
    return weighted(IMPACT, session.ref, number, "impact")


def _returned(session: Session, number: str, asked: date, said: Said) -> Iterator[Line]:
    on = after(asked, between(3, LAST_DAY - 9, session.ref, number, "returned"))
    impact = impact_on(session, number)
    fields: dict[str, Any] = {"number": number, "used_in_practice": impact != "none", "impact": impact}
    fields["shared_with_colleagues"] = share(session.ref, number, "shared") < 0.7  # noqa: PLR2004 - seven of ten
    if impact != "none" and share(session.ref, number, "effect") < 0.6:  # noqa: PLR2004 - six of ten
        fields["effect_on_children"] = one_of(said["said"]["effect"], session.ref, number)
    yield Line(do="return_follow_up", ref=session.ref, by=MANAGER, on=on, fields=fields, apart=number)
    if session.owed and share(session.ref, number, "manager") < SEEN:
        fields = {"number": number, "manager_view": one_of(said["said"]["manager"], session.ref, number)}
        agency = f"lead-{session.came[number].agency}"
        yield Line(do="return_follow_up", ref=session.ref, by=MANAGER, on=after(on, 3), fields=fields, apart=f"{number} {agency}")


def _sample(session: Session, on: date, said: Said, draw: int, reason: str | None) -> Iterator[Line]:
    """Yield a draw, and calls to those who were drawn.

    Whom chance picks depends on the log's own keys, so that nobody can know it before: a call says the how-manieth of the sample it
    is to, and `telling` puts the number there when the sample is drawn. One in the first sample of a session is never reached, and
    the next in the drawn order is called instead.
    """
    yield Line(do="draw_telephone_sample", ref=session.ref, by="training-chair", on=on, fields={"reason": reason}, apart=str(draw))
    size = max(3, -(-len(session.came) // 10))
    for place in range(size):
        missed = draw == 1 and place == size - 1 and share(session.ref, "missed") < 0.6  # noqa: PLR2004 - in most
        to = {"draw": str(draw), "number": f"{DRAWN}{place}"}
        for attempt in range(1, NOT_REACHED + 1) if missed else ():
            fields = to | {"outcome": "not-reached"}
            when, apart = after(on, 2 * attempt), f"{draw}.{place}.{attempt}"
            yield Line(do="record_telephone_call", ref=session.ref, by="training-chair", on=when, fields=fields, apart=apart)
        called, when = (size, after(on, 8)) if missed else (place, after(on, 1 + place))
        fields = to | {
            "number": f"{DRAWN}{called}",
            "outcome": "reached",
            "answers": one_of(said["said"]["call"], session.ref, draw, place),
        }
        yield Line(do="record_telephone_call", ref=session.ref, by="training-chair", on=when, fields=fields, apart=f"{draw}.{called}")
