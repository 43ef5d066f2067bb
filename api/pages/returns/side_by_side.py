"""Section 11 side by side, agency by agency and never ranked; and whose safeguarding training is in date."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from aggregates.returns.answers import HIGHEST
from api.access import member
from api.pages.board import filters, listing
from api.pages.board.filters import Filter
from api.pages.frame import Look, look
from api.pages.frame.tables import Read, kept_order
from api.pages.frame.thing import Said, as_given, link, quiet, section, strong
from api.pages.frame.words import written
from api.pages.returns.answering import GRADES as GRADE_WORDS
from api.pages.returns.listing import follows, grade, may_ask
from api.resources.record.visible import respondents
from api.resources.returns import currency, standards
from api.worker import worker
from projections import returns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from projections.returns import AgencyLine, AgencyStandards, CurrencyRow, KnowledgeRow, StaffWhoCame, StandardRow

pages = Blueprint("side_by_side", __name__)
GRADES: Final = ("Standard", "Graded by itself", "Moderated", "Since the round before", "What follows")
CAME: Final = "Came to the Board's sessions"
SHORT: Final = ("Agency", "Graded by itself", "Moderated", "Knowledge audit", "What follows")
COUNTED: Final = ("Agency", "Staff group", "Headcount", "In date", "Due in 90 days", "Lapsed", "Never trained", CAME)


@pages.get("/section-11")
@member
def section_11() -> Response:
    """Show a round of section 11: all agencies, one of them, or one standard across them all."""
    with look() as seen:
        periods = returns.periods(seen.on.conn, "s11", **seen.on.at)
        period = request.args.get("period") or (periods[0] if periods else "")
        round_of = returns.lines(seen.on.conn, worker().board.library, **seen.on.at, period=period, whose=respondents(seen.on))
        rows = sorted(round_of, key=lambda row: seen.words.body(row.respondent))
        offered = _filters(seen, periods, period, rows)
        _, agency, standard = (one.value for one in offered)
        narrowed = [row for row in rows if agency in ("", row.respondent)]
        if standard and narrowed:
            parts = [_across(seen, narrowed, period, standard)]
        elif agency or len(rows) == 1:
            parts = [_agency(seen, row) for row in _whole(seen, period, narrowed)]
        else:
            read = partial(_in_short, seen, period)
            parts = [as_given(section("Agency by agency", SHORT, Read(rows, read), ""))] if rows else []
        whole = seen.link("/section-11", period=period, **kept_order()) if agency or standard else None
        return _show(
            seen, "/section-11", parts, heading=f"Section 11 {period}".strip(), kept={one.name: one.value for one in offered if one.value},
            lead="How each agency grades itself, how it was graded in moderation, and what its practitioners know. No ranking.",
            tasks=[link("Ask for a round of section 11", "/returns/ask?kind=s11")] if may_ask(seen) else [],
            filters=[one.select for one in offered], clear_href=whole,
        )  # fmt: skip


def _filters(seen: Look, periods: list[str], period: str, rows: list[AgencyLine]) -> list[Filter]:
    """Return what a round can be narrowed to: the rounds that there are, its agencies and its standards."""
    agencies = {row.respondent: seen.words.body(row.respondent) for row in rows}
    asked = {number: f"{number}. {words}".rstrip(". ") for row in rows for number, words in row.standards.items()}
    narrowing = filters.asked(
        ("agency", "Agency", {"": "Every agency", **agencies}), ("standard", "Standard", {"": "Every standard", **asked})
    )
    return [Filter("period", "Round", {each: each for each in periods}, period), *narrowing]


def _whole(seen: Look, period: str, rows: Sequence[AgencyLine]) -> list[AgencyStandards]:
    """Read of a round what these are, in their order."""
    found = {row.ref: row for row in standards(seen.on, period, tuple(row.ref for row in rows))}
    return [found[row.ref] for row in rows]


def _agency(seen: Look, row: AgencyStandards) -> dict[str, Any]:
    told = [_answered(row) or _silent(row)]
    if row.knowledge:
        asked = f" of {row.knowledge.asked} practitioners" if row.knowledge.asked else ""
        told.append(f"Knowledge audit {row.knowledge.period}: {row.knowledge.correct} in 100 answers{asked} were right.")
    if row.challenges:
        told.append(f"Challenged: {', '.join(row.challenges)}.")
    source = link(f"Return {row.ref}", seen.link(f"/returns/{row.ref}"))
    rows, words = [([one.standard, quiet(one.words)], *_grades(seen, row, one)) for one in row.standards], " ".join(told)
    return as_given(section(seen.words.body(row.respondent), GRADES, rows, words, words if rows else None)) | {"link": source}


def _answered(row: AgencyStandards) -> str | None:
    late = f", {row.late_days:,} days late" if row.late_days else ""
    return f"Answered {written(row.answered_on)}{late}." if row.answered_on else None


def _in_short(seen: Look, period: str, rows: Sequence[AgencyLine]) -> list[tuple[Said, ...]]:
    """Return each agency in a row: how often each grade was given by itself and in moderation, and what is open. No total, no ranking."""
    return [_short(seen, row, period) for row in _whole(seen, period, rows)]


def _short(seen: Look, row: AgencyStandards, period: str) -> tuple[Said, ...]:
    name = link(seen.words.body(row.respondent), seen.link("/section-11", period=period, agency=row.respondent))
    actions = dict.fromkeys(ref for one in row.standards for ref in one.actions)
    undecided = [one.standard for one in row.standards if one.gap and not one.actions and not one.no_action]
    return (
        [name, quiet(_answered(row)) or strong(_silent(row))],
        _how_often([one.self_grade for one in row.standards]),
        _how_often([one.moderated_grade for one in row.standards]),
        _audited(row.knowledge) if row.knowledge else None,
        [
            *(link(f"Action {ref}", seen.link(f"/actions/{ref}")) for ref in actions),
            *([strong(f"Standard {', '.join(undecided)}: below the threshold, nothing decided")] if undecided else []),
            *(link(f"Challenge {ref}", seen.link(f"/challenges/{ref}")) for ref in row.challenges),
        ],
    )


def _audited(audit: KnowledgeRow) -> list[Said]:
    return [f"{audit.correct} in 100 right", quiet(f"{audit.period}{f', {audit.asked} asked' if audit.asked else ''}")]


def _how_often(grades: list[int | None]) -> list[Said]:
    """Say how often each grade was given, the highest first."""
    counted = [(GRADE_WORDS[number], grades.count(number)) for number in range(HIGHEST, -1, -1)]
    return [f"{count} {words.lower()}" for words, count in counted if count]


def _across(seen: Look, rows: list[AgencyLine], period: str, standard: str) -> dict[str, Any]:
    """Return one standard, agency by agency: no ranking."""
    words = next((found for row in rows if (found := row.standards.get(standard))), None)
    read = partial(_of_standard, seen, period, standard)
    return as_given(section(f"Standard {standard}", ("Agency", *GRADES[1:]), Read(rows, read), "", words))


def _of_standard(seen: Look, period: str, standard: str, rows: Sequence[AgencyLine]) -> list[tuple[Said, ...]]:
    found = [(row, next((one for one in row.standards if one.standard == standard), None)) for row in _whole(seen, period, rows)]
    return [
        (
            link(seen.words.body(row.respondent), seen.link(f"/returns/{row.ref}")),
            *(_grades(seen, row, one) if one else (_silent(row), *[None] * (len(GRADES) - 2))),
        )
        for row, one in found
    ]


def _silent(row: AgencyStandards) -> str:
    if row.status == "waived":
        return "Waived: it was not asked to answer any more."
    late = f" It is overdue by {row.late_days:,} days." if row.late_days else ""
    return f"Not answered. It is due {written(row.due_on)}.{late}"


def _grades(seen: Look, row: AgencyStandards, one: StandardRow) -> tuple[Said, ...]:
    """Return both grades of a standard, how they have moved, and what follows."""
    moderated: list[Said] = [grade(one.moderated_grade), *([quiet(one.reason)] if one.reason else [])]
    return grade(one.self_grade), moderated, _moved(row, one), follows(seen, one)


def _moved(row: AgencyStandards, one: StandardRow) -> list[Said]:
    """Say how the grades have moved; that they cannot be compared, where no mapping says which standard is which (INV-31)."""
    if row.earlier is None:
        return ["No round before"]
    if one.earlier_self_grade is None and one.earlier_moderated_grade is None:
        return ["Not comparable"]
    pairs = (("by itself", one.earlier_self_grade, one.self_grade), ("moderated", one.earlier_moderated_grade, one.moderated_grade))
    return [f"{words}: {_step(then, now)}" for words, then, now in pairs if then is not None and now is not None]


def _step(then: int, now: int) -> str:
    return "as before" if now == then else f"from {then} {'up' if now > then else 'down'} to {now}"


@pages.get("/workforce")
@member
def workforce() -> Response:
    """Show whose safeguarding training is in date, as each agency last counted it."""
    with look() as seen:
        rows = [row for agency in currency(seen.on) for row in _counted(seen, agency)]
        lead = "How many of each agency's staff are in date with their safeguarding training, as the agency last counted them."
        parts = [section("By agency and staff group", COUNTED, rows, "")] if rows else []
        return _show(seen, "/workforce", parts, heading="Training of the workforce", lead=lead, kept={})


def _counted(seen: Look, row: CurrencyRow) -> Iterator[tuple[Said, ...]]:
    """Give the rows of one agency: each of its staff groups, the first of them beside what there is to say of the whole."""
    told = [f"Counted {written(row.counted_on)}" if row.counted_on else "Never counted"]
    if row.asked and row.due_on:
        late = f", overdue by {row.late_days:,} days" if row.late_days else ""
        told.append(f"Asked again: due {written(row.due_on)}{late}")
    came, counted = {one.name.lower(): one for one in row.attended}, {one.name.lower() for one in row.groups}
    if others := [f"{one.name}: {_came(one)}" for one in row.attended if one.name.lower() not in counted]:
        told.append(f"To the Board's own sessions came, of groups that it did not count: {'; '.join(others)}")
    source = link("Its return", seen.link(f"/returns/{row.ref}"), row.ref) if row.ref else None
    whole: list[Said] = [row.name, *map(quiet, told), *([source] if source else [])]
    for number, one in enumerate(row.groups):
        yield (
            row.name if number else whole,
            [one.name, quiet(f"Renewed every {one.months} months")],
            str(one.headcount),
            _share(one.in_date, one.headcount),
            str(one.due_90),
            [strong(str(one.lapsed)) if one.lapsed else "0"],
            str(one.never),
            _came(came.get(one.name.lower())),
        )
    if not row.groups:
        yield (whole, *[None] * (len(COUNTED) - 1))


def _came(one: StaffWhoCame | None) -> str:
    if one is None:
        return "Nobody"
    return f"{one.in_date} in date, {one.lapsed} lapsed"


def _share(part: int, whole: int) -> str:
    return f"{part} ({round(100 * part / whole)}%)" if whole else str(part)


def _show(seen: Look, path: str, parts: list[dict[str, Any]], *, kept: dict[str, str], **said: Any) -> Response:
    return listing.several(seen, "returns/parts.html", path, parts, kept=kept, **said)
