"""One review at a glance, then everything of it: findings and what came of them, independence, participation, publication, impact."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, Response

from aggregates.clocks.regimes import REGIMES
from api.access import member
from api.pages import thing
from api.pages.frame import Look, look
from api.pages.reviews import clocks
from api.pages.thing import Said, fact, facts, link, quiet, section, strong
from api.pages.words import written
from api.resources.history import Visible
from projections import reviews

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.action_register import ActionRow
    from projections.reviews import ReviewRow

pages = Blueprint("review", __name__)


@pages.get("/reviews/<ref>")
@member
def review(ref: str) -> Response:
    """Show one review."""
    with look() as seen:
        row = reviews.review(seen.on.conn, ref, **seen.on.at)
        may_see = Visible(seen.on)
        if row is None or not may_see.review(row):
            raise thing.missing(seen, "review", ref)
        came = reviews.actions_of(seen.on.conn, ref, **seen.on.at)
        return thing.show(
            seen,
            "review",
            ref,
            "reviews/review.html",
            review=_heading(row),
            clocks_=[clocks.words_of(clock, row.as_at) for clock in row.clocks],
            blockers=row.blockers,
            findings=[_finding(seen, finding, came, may_see) for finding in row.findings],
            without_finding=[_action(seen, action) for action in came.get("", []) if _owned(may_see, action)],
            facts=facts(*_facts(seen, row)),
            sections=list(_sections(seen, row)),
        )


def _heading(row: ReviewRow) -> dict[str, Any]:
    under = REGIMES[row.regime]
    proposed = under.review_kinds.get(row.proposed_kind, row.proposed_kind) if row.proposed_kind != row.kind else None
    return {
        "title": row.title,
        "status": row.status,
        "ended": row.ended,
        "paused": row.paused,
        "kind": under.review_kinds.get(row.kind, row.kind),
        "proposed": proposed,
        "regime": under.label,
    }


def _finding(seen: Look, finding: dict[str, Any], came: dict[str, list[ActionRow]], may_see: Visible) -> dict[str, Any]:
    actions = came.get(finding["number"], [])
    return finding | {
        "good": finding["polarity"] == "good_practice",
        "actions": [_action(seen, action) for action in actions if _owned(may_see, action)],
        "others": sum(not _owned(may_see, action) for action in actions),
    }


def _owned(may_see: Visible, action: ActionRow) -> bool:
    return may_see.agency is None or action.ref in may_see.owned


def _action(seen: Look, row: ActionRow) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "title": row.title,
        "href": seen.link(f"/actions/{row.ref}"),
        "owner": seen.words.body(row.owner),
        "due_on": row.due_on,
        "original_due_on": row.original_due_on,
        "overdue_days": row.days_overdue,
        "status": row.status,
    }


def _facts(seen: Look, row: ReviewRow) -> Iterator[dict[str, Any]]:
    words = seen.words
    yield fact("Notified", row.notified_on)
    yield fact("Referred by", words.body(row.referring_agency))
    if row.source:
        year = f"{row.source['year']}"
        yield fact("Whose review it is", f"{row.source['board']}, {year}", quiet(row.source["repository_id"]), row.source["why"])
    if row.recommendation:
        said = row.recommendation
        yield fact("The sub-group recommended", f"{said['outcome'].capitalize()}, {_on(said)}", quiet(said["rationale"]))
    for decision in row.decisions:
        yield _decision(seen, decision)
    if row.commission:
        said = row.commission
        period = " to ".join(written(date.fromisoformat(d)) for d in (said["period_from"], said["period_until"]) if d)
        remarks = (f"Period under review: {period}" if period else None, f"Why so: {said['proportionality']}")
        yield fact("Commissioned", f"{_on(said)}: {said['methodology']}", said["scope"], *map(quiet, remarks))
    yield fact("Organisations under review", *map(words.body, row.organisations))
    yield _lead(seen, row)
    yield fact("Independence", *_breaches(seen, row.ref))
    yield fact("Review team", *(f"{words.body(seat['organisation'])}: {seat['role']}" for seat in row.team))
    yield from _ending(row)


def _decision(seen: Look, said: dict[str, Any]) -> dict[str, Any]:
    criteria = [quiet(f"{criterion}: {'met' if met else 'not met'}") for criterion, met in said["criteria"]]
    late = strong(f"Late. Reason given: {said['why_late']}") if said["why_late"] else None
    dissent = quiet(f"Dissent: {said['dissent']}") if said["dissent"] else None
    by = f" by {seen.words.office(said['by_office'], date.fromisoformat(said['on']))}" if said["by_office"] else ""
    return fact("Decided", f"{said['outcome'].capitalize()}: {said['kind']}, {_on(said)}{by}", said["rationale"], *criteria, late, dissent)


def _lead(seen: Look, row: ReviewRow) -> dict[str, Any]:
    lead = row.lead
    if lead is None:
        return fact("Lead reviewer")
    named = seen.words.person(UUID(lead["reviewer"])) if seen.on.opens("review", row.ref) else None
    looked = f"Declared, and looked back {lead['look_back_years']} years (INV-01, Working Together 2015, page 74)"
    if lead["independent"]:
        return fact("Lead reviewer", f"{named or 'Appointed'}, since {_on(lead, 'appointed_on')}", quiet(looked))
    if lead["breached_on"]:
        breach = f"Independence breached: found {_on(lead, 'breached_on')}. Nothing they find counts until they are replaced"
    else:
        breach = f"Not independent of {', '.join(map(seen.words.body, lead['conflicts']))}: the breach is still to be recorded"
    return fact("Lead reviewer", f"{named or 'Appointed'}, since {_on(lead, 'appointed_on')}", strong(breach), quiet(looked))


def _breaches(seen: Look, ref: str) -> Iterator[Said]:
    """Give each breach of independence that stands on record, of whoever led then."""
    for entry in thing.recorded(seen, "review", ref):
        if entry.topic == "review.independence_breached.v1" and not entry.retracted_by:
            named = ", ".join(map(seen.words.body, entry.said["organisations"]))
            yield strong(f"Breached: found on {written(entry.since)} not to be independent of {named}")
            yield link(f"Event {entry.position:,}", seen.link(f"/events/{entry.position}"), "which records the breach")


def _ending(row: ReviewRow) -> Iterator[dict[str, Any]]:
    if row.report:
        yield fact("Report presented", _on(row.report), quiet(f"SHA-256 {row.report['sha256']}"), quiet(_meeting(row)))
    yield fact("The Board responded", row.responded_on)
    if row.publication:
        said = row.publication
        online = f"Stays online until {_on(said, 'keep_online_until')}"
        gone = strong(f"Withdrawn {_on(said, 'withdrawn_on')}") if said["withdrawn_on"] else None
        looked = f"Looked at {_on(said, 'verified_on')}: {said['verified']}" if said["verified_on"] else None
        places = [f"Deposited in {where}" for where in said["deposited_in"]]
        yield fact("Published", f"{_on(said)}", link(said["url"], said["url"]), online, gone, looked, *places)
    if row.deferral:
        yield fact(
            "Publication deferred",
            f"{_on(row.deferral)}, to be looked at again by {_on(row.deferral, 'review_by')}",
            row.deferral["reason"],
        )


def _meeting(row: ReviewRow) -> str:
    return f"At the meeting {row.report['meeting']}" if row.report and row.report["meeting"] else ""


def _sections(seen: Look, row: ReviewRow) -> Iterator[dict[str, Any]]:
    """Give the tables under the findings: each only where something is on record, but for those that a closing asks for."""
    words = seen.words
    if row.recommendations:
        asked_for = [(r["number"], r["text"], words.body(r["to"])) for r in row.recommendations]
        yield section("Recommendations", ("Number", "What is recommended", "To"), asked_for, "")
    yield section("Who took part", ("Who", "What is on record"), _participation(row), "", note="Roles and numbers only. Nobody is named.")
    if row.information:
        asked = [(words.body(i["agency"]), _day(i["requested_on"]), _day(i["due_on"]), _day(i["submitted_on"])) for i in row.information]
        yield section("Information asked of agencies", ("Agency", "Asked", "Due", "Received"), asked, "")
    waited = [
        (p["process"].capitalize(), _day(p["start"]), _day(p["end"]) or "Goes on", _day(p["review_by"]), p["reason"]) for p in row.pauses
    ]
    if waited or row.processes:
        note = "; ".join(f"{p['process'].capitalize()}: {p['note']}" for p in row.processes)
        yield section(
            "Pauses", ("Waits for", "From", "Until", "To be looked at by", "Why"), waited, "It was not paused.", note=note or None
        )
    told: list[tuple[Any, ...]] = [(n["what"].capitalize(), n["body"], _day(n["on"])) for n in row.notices]
    told += [("Advice", a["body"], _day(a["on"])) for a in row.advice]
    if told:
        yield section("Who was told, and who advised", ("What", "Body", "When"), told, "")
    if (
        row.training["findings"]
        or row.publication
        or any(row.training[name] is not None for name in ("courses", "poster", "briefing_needed"))
    ):
        yield section("Implications for training (framework, page 15)", ("Question", "Answer"), _training(row), "")
    if row.impacts:
        judged = [(f"{i['year']}", i["judgement"], i["unintended_consequences"]) for i in row.impacts]
        yield section("Impact", ("Year", "What it changed", "Unintended consequences"), judged, "")


def _participation(row: ReviewRow) -> Iterator[tuple[Any, ...]]:
    invited, contributed = row.practitioners["invited"], row.practitioners["contributed"]
    yield ("Practitioners", f"{invited} invited, {contributed} contributed" if invited or contributed else "No invitation is on record")
    outcomes = [f"{contact['outcome'].capitalize()}, {_on(contact)}" for contact in row.family]
    yield ("Family", outcomes or "No invitation is on record")
    yield ("Feedback of those who took part", f"{row.feedback} accounts" if row.feedback else "None is on record")


def _training(row: ReviewRow) -> Iterator[tuple[str, Any]]:
    said = row.training
    needed = {True: "Needed", False: "Not needed", None: None}[said["briefing_needed"]]
    yield ("(a) Courses reviewed", said["courses"] or "Not answered")
    yield ("(b) Poster", said["poster"] or "Not answered")
    yield ("(c) Practice briefing", [part for part in (needed, said["briefing_why"]) if part] or "Not answered")
    yield ("(d) One-page briefing", said["one_page_briefing"] or "Not answered")


def _on(said: dict[str, Any], name: str = "on") -> str:
    return written(date.fromisoformat(said[name]))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
