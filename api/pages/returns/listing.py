"""What was asked of whom, and what came of it: the list, and one return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

from flask import Blueprint, Response, request

from aggregates.authority import BOARD
from aggregates.returns.events import KINDS, Kind
from aggregates.returns.reporting import REPORT
from api.access import member
from api.pages.board import filters, listing
from api.pages.frame import Look, look, thing
from api.pages.frame.tables import Cut
from api.pages.frame.thing import Said, as_given, fact, facts, link, quiet, section, strong
from api.pages.frame.words import written
from api.pages.published.shown import address_of
from api.pages.returns.answering import all_kept
from api.pages.returns.words import answered, kind_of
from api.resources.obligations import owing
from api.resources.record.visible import respondents
from api.resources.returns import one as one_of
from api.worker import worker
from projections import returns
from projections.returns import Filters, Order
from service.commands import COMMANDS
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregates.returns.questions import Question, QuestionSet
    from projections.returns import GradeRow, ReturnRow, StandardRow

pages = Blueprint("returns_", __name__)
COLUMNS: Final = ("Return", "Asked of", "Due", "Where it stands")
STATUSES: Final = {"": "Anywhere"} | {
    word: word.capitalize() for word in ("requested", "submitted", "amended", "moderated", "accepted", "waived", "published")
}
LATE: Final = {"": "Late or not", "yes": "Late alone"}


@pages.get("/returns")
@member
def every() -> Response:
    """List the returns, those due last first."""
    with look() as seen:
        rows = _cut(seen, _filters(seen))
        lead = "What the Board asked of whom, by when, and what came of it."
        nothing = (
            "No return was on record.",
            "On the day and with the knowledge that you chose, none had been asked for that you may see.",
        )
        offered = filters.asked(
            ("kind", "Kind", {"": "All kinds", **KINDS}), ("status", "Where it stands", STATUSES), ("late", "Late", LATE)
        )
        return listing.show(
            seen, "return", "/returns", COLUMNS, rows, heading="Returns", lead=lead, empty=nothing,
            filters=offered, more=_more(seen),
            first=link("Ask several for the same, in one round", "/returns/ask") if may_ask(seen) else None,
        )  # fmt: skip


def _cut(seen: Look, asked: Filters) -> Cut:
    """Return the returns as the database orders and cuts them: by what a column says where that is not what the database calls it."""

    def cut(sort: str | None, descending: bool, first: int, most: int | None) -> list[tuple[Said, ...]]:
        by, words = SORTS.get(sort or "", (None, None))
        ranks = words(seen) if words else {}
        order = Order(by=by, ranks=sorted(ranks, key=lambda code: ranks[code].casefold()), descending=descending, first=first)
        return [_listed(seen, row) for row in returns.returns(seen.on.conn, **seen.on.at, filters=asked, limit=most, order=order)]

    return Cut(returns.count(seen.on.conn, **seen.on.at, filters=asked), cut)


def _respondents(seen: Look) -> dict[str, str]:
    return {code: whom(seen, code) for code in (BOARD, *seen.words.agencies, *seen.words.sub_groups, *seen.words.offices)}


# By what a column sorts, and what it says of each value of that where this is other words.
SORTS: Final[Mapping[str, tuple[Any, Callable[[Look], Mapping[str, str]] | None]]] = {
    "return": ("kind", lambda _: {kind: kind_of(kind) for kind in KINDS}),
    "asked-of": ("respondent", _respondents),
    "due": ("due_on", None),
    "where-it-stands": ("status", None),
}


def _filters(seen: Look) -> Filters:
    asked: dict[str, Any] = {name: request.args.get(name) or None for name in ("kind", "respondent", "period", "status")}
    owing(seen.on, asked["respondent"])
    if asked["kind"] not in get_args(Kind):
        asked["kind"] = None
    return Filters(**asked, late=request.args.get("late") == "yes", whose=respondents(seen.on))


def may_ask(seen: Look) -> bool:
    """Say whether the reader may ask for returns."""
    return COMMANDS["request_return"].open_to(seen.on.scope.role)


def _more(seen: Look) -> list[dict[str, Any]]:
    """Return what else there is to see, and to do, about returns."""
    return [
        link("Section 11 side by side", seen.link("/section-11")),
        link("Workforce training", seen.link("/workforce")),
    ]


def _listed(seen: Look, row: ReturnRow) -> tuple[Said, ...]:
    name = link(kind_of(row.kind), seen.link(f"/returns/{row.ref}"), f"{row.period}, {row.respondent}")
    return ([name, quiet(row.period)], whom(seen, row.respondent), [row.due_on, *lateness(row)], _stands(row))


def whom(seen: Look, respondent: str) -> str:
    """Return of whom it is asked, in words: an agency, a sub-group, the Board, or an office."""
    body = seen.words.body(respondent)
    return body if body != respondent else seen.words.office(respondent) or respondent


def lateness(row: ReturnRow) -> list[Said]:
    """Say how late it came, or still is; nothing where it is not."""
    if not row.late_days:
        return []
    days = f"{row.late_days} {'day' if row.late_days == 1 else 'days'}"
    return [strong(f"Overdue by {days}") if row.owed else quiet(f"{days} late")]


def _stands(row: ReturnRow) -> list[Said]:
    told: list[Said] = [row.status.capitalize()]
    if row.challenges:
        told.append(strong(f"Challenged ({', '.join(row.challenges)})"))
    if gaps := [grade.standard for grade in row.grades if grade.gap and not grade.actions and not grade.no_action]:
        told.append(quiet(f"Below the threshold without an action: standard {', '.join(gaps)}"))
    return told


@pages.get("/returns/<ref>")
@member
def one(ref: str) -> Response:
    """Show one return: what is asked, both sides' grades, the answers, and what was recorded."""
    with look() as seen:
        try:
            row = one_of(seen.on, ref)
        except NotFound:
            return thing.retracted(seen, "return", ref)
        asked = worker().board.library.if_there(row.question_set_sha256)
        parts = [part for part in (_graded(seen, row, asked), _answers(row, asked)) if part]
        heading = f"{kind_of(row.kind)} {row.period}"
        return thing.show(
            seen, "return", ref, heading=heading, called=heading, caption=whom(seen, row.respondent), sections=parts,
            facts=_facts(seen, row, asked), crumbs=[{"text": "Returns", "href": "/returns"}],
        )  # fmt: skip


def _facts(seen: Look, row: ReturnRow, asked: QuestionSet | None) -> list[dict[str, Any]]:
    earlier = row.carried_forward_from
    pinned = quiet(f"Pinned when it was asked for, SHA-256 {row.question_set_sha256[:16]}…")
    amended = f"Amended {written(row.amended_on)}: {row.amended_because}" if row.amended_on else None
    held = [quiet(f"{one.meeting}{f', item {one.agenda_item}' if one.agenda_item else ''}") for one in row.presented]
    return facts(
        fact("Where it stands", *_stands(row)),
        fact("What you typed", *_kept(seen, row)),
        fact("Due", row.due_on, *lateness(row)),
        fact("Asked for", row.requested_on, quiet(seen.words.office(row.requested_by, row.requested_on) or "the service itself")),
        fact("By what right", row.legal_basis),
        fact("Questions", asked.title if asked else row.question_set, pinned),
        fact("Shared with", ", ".join(row.shared_with)),
        fact(
            "Brought forward from", link(seen.title_of("return", earlier) or earlier, seen.link(f"/returns/{earlier}")) if earlier else None
        ),
        fact(
            "Answered",
            None if row.published else row.answered_on,
            quiet(amended),
            quiet(f"{row.staff_n} of its staff took part" if row.staff_n else None),
        ),
        fact("Moderated", row.moderated_on, quiet(row.panel), quiet(seen.words.office(row.moderated_by, row.moderated_on) or None)),
        fact("Put before", *held),
        fact("The report", link("As it stands", seen.link(f"/reports/{row.period}"), f"for {row.period}") if row.kind == REPORT else None),
        fact("Published", *_editions(row)),
        fact(row.status.capitalize(), None if row.published else row.ended_on, quiet(row.ended_because)),
        fact("Challenges", *[link(one, seen.link(f"/challenges/{one}")) for one in row.challenges]),
    )


def _editions(row: ReturnRow) -> list[Said]:
    """Return each edition of a report that was published, with its day."""
    told = [
        (link(f"Edition {one.edition}", address_of(row.period, one.edition)), quiet(written(one.on)), quiet(one.reason or None))
        for one in row.published
    ]
    return [part for edition in told for part in edition if part]


def _kept(seen: Look, row: ReturnRow) -> list[Said]:
    """Say what of an answer is kept for the reader's office, with the way to go on with it."""
    kept = dict(all_kept()).get(row.ref) if seen.clocks.is_now else None
    act = "submit_return" if row.status == "requested" else "amend_return"
    return [link("Go on with your answer", f"/returns/{row.ref}/{act}"), quiet(kept)] if kept else []


def _graded(seen: Look, row: ReturnRow, asked: QuestionSet | None) -> dict[str, Any] | None:
    words = asked.standards if asked else {}
    if not row.grades:
        return None
    columns = ("Standard", "Graded by itself", "Moderated", "Why", "What follows")
    named = {number: [number, quiet(says)] for number, says in words.items()}
    rows = [
        (named.get(g.standard, g.standard), grade(g.self_grade), grade(g.moderated_grade), g.reason or "", follows(seen, g))
        for g in row.grades
    ]
    note = "From 0 (not met) to 3 (fully met). Neither grade replaces the other."
    return as_given(section("Grades, side by side", columns, rows, "", note))


def grade(number: int | None) -> str:
    """Return a grade in words that nobody has to look up."""
    return "Not graded" if number is None else f"{number} of 3"


def follows(seen: Look, one: GradeRow | StandardRow) -> list[Said]:
    """Say what follows from a grade: its actions, or why there is none."""
    told: list[Said] = [link(f"Action {ref}", seen.link(f"/actions/{ref}")) for ref in one.actions]
    if one.no_action:
        told.append(f"No action: {one.no_action}")
    return told or ([strong("Below the threshold: nothing decided yet")] if one.gap else [])


def _answers(row: ReturnRow, asked: QuestionSet | None) -> dict[str, Any] | None:
    if not row.answers:
        return None
    known = asked.questions if asked else ()
    rows = [(_asked(question), answered(question, row.answers[question.id])) for question in known if question.id in row.answers]
    return as_given(section("Answers", ("Question", "Answer"), rows, "Nothing was answered."))


def _asked(question: Question) -> list[Said]:
    return [question.words, quiet(f"About standard {question.standard}")] if question.standard else [question.words]
