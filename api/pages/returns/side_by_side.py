"""Section 11 side by side, agency by agency and never ranked; and whose safeguarding training is in date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from api.access import member
from api.pages.frame import Look, look, render
from api.pages.frame.clocks import address
from api.pages.frame.thing import Said, link, quiet, section, strong
from api.pages.frame.words import written
from api.pages.returns.listing import follows, grade, may_ask
from api.resources.returns import currency, standards
from projections import returns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from projections.returns import AgencyStandards, CurrencyRow, StaffWhoCame, StandardRow

pages = Blueprint("side_by_side", __name__)
GRADES: Final = ("Standard", "Graded by itself", "Moderated", "Since the round before", "What follows")
CAME: Final = "Came to the Board's sessions"
COUNTED: Final = ("Agency", "Staff group", "Headcount", "In date", "Due in 90 days", "Lapsed", "Never trained", CAME)


@pages.get("/section-11")
@member
def section_11() -> Response:
    """Show a round of section 11, agency by agency."""
    with look() as seen:
        periods = returns.periods(seen.on.conn, "s11", **seen.on.at)
        period = request.args.get("period") or (periods[0] if periods else "")
        parts = [_agency(seen, row) for row in standards(seen.on, period)]
        lead = "How each agency grades itself, how it was graded in moderation, and what its practitioners know. No ranking."
        others = [link("Ask for a round of section 11", "/returns/ask?kind=s11")] if may_ask(seen) else []
        others += [link(each, seen.link("/section-11", period=each)) for each in periods if each != period]
        return _show(seen, "/section-11", parts, heading=f"Section 11 {period}".strip(), lead=lead, others=others, kept={"period": period})


def _agency(seen: Look, row: AgencyStandards) -> dict[str, Any]:
    told = [
        f"Answered {written(row.answered_on)}{f', {row.late_days:,} days late' if row.late_days else ''}."
        if row.answered_on
        else _silent(row)
    ]
    if row.knowledge:
        asked = f" of {row.knowledge.asked} practitioners" if row.knowledge.asked else ""
        told.append(f"Knowledge audit {row.knowledge.period}: {row.knowledge.correct} in 100 answers{asked} were right.")
    if row.challenges:
        told.append(f"Challenged: {', '.join(row.challenges)}.")
    rows = [_standard(seen, row, one) for one in row.standards]
    return _part(seen.words.body(row.respondent), GRADES, rows, told, link(f"Return {row.ref}", seen.link(f"/returns/{row.ref}")))


def _silent(row: AgencyStandards) -> str:
    if row.status == "waived":
        return "Waived: it was not asked to answer any more."
    late = f" It is overdue by {row.late_days:,} days." if row.late_days else ""
    return f"Not answered. It is due {written(row.due_on)}.{late}"


def _standard(seen: Look, row: AgencyStandards, one: StandardRow) -> tuple[Said, ...]:
    graded: list[Said] = [grade(one.moderated_grade), *([quiet(one.reason)] if one.reason else [])]
    return ([one.standard, *([quiet(one.words)] if one.words else [])], grade(one.self_grade), graded, _moved(row, one), follows(seen, one))


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
        return _show(seen, "/workforce", parts, heading="Training of the workforce", lead=lead, others=[], kept={})


def _counted(seen: Look, row: CurrencyRow) -> Iterator[tuple[Said, ...]]:
    """Give the rows of one agency: each of its staff groups, the first of them beside what there is to say of the whole."""
    told = [f"Counted {written(row.counted_on)}" if row.counted_on else "Never counted"]
    if row.asked and row.due_on:
        late = f", overdue by {row.late_days:,} days" if row.late_days else ""
        told.append(f"Asked again: due {written(row.due_on)}{late}")
    came, counted = {one.name.lower(): one for one in row.attended}, {one.name.lower() for one in row.groups}
    if others := [f"{one.name}: {_came(one)}" for one in row.attended if one.name.lower() not in counted]:
        told.append(f"To the Board's own sessions came, of groups that it did not count: {'; '.join(others)}")
    source = link(f"Return {row.ref}", seen.link(f"/returns/{row.ref}")) if row.ref else None
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


def _part(name: str, columns: Sequence[str], rows: list[Any], told: list[str], source: dict[str, Any] | None) -> dict[str, Any]:
    """Return the table of one agency; where it has no rows, what is told of it stands alone."""
    words = " ".join(told)
    return section(name, columns, rows, words, words if rows else None) | {"link": source}


def _share(part: int, whole: int) -> str:
    return f"{part} ({round(100 * part / whole)}%)" if whole else str(part)


def _show(seen: Look, path: str, parts: list[dict[str, Any]], *, kept: dict[str, str], **said: Any) -> Response:
    return render("returns/parts.html", look=seen, path=path, kept=kept, sections=parts, now_href=address(path, kept), **said)
