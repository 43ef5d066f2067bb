"""One review at a glance, then everything of it: findings and what came of them, independence, participation, publication, impact."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from flask import Blueprint, Response

from aggregates.clocks.regimes import REGIMES
from api.access import member
from api.pages.frame import Look, look, thing
from api.pages.frame.entries import NOTHING, causes, event_of
from api.pages.frame.thing import Said, fact, facts, link, quiet, section, strong, to_event
from api.pages.frame.words import choice_of, written
from api.pages.reviews import clocks, findings
from api.pages.reviews.next import STAGES, next_of
from api.pages.reviews.sources import Sources
from api.pages.reviews.stages import stages
from api.resources.disseminations import visible
from api.resources.record.visible import Visible
from projections import reviews
from service.commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.reviews import ReviewRow

pages = Blueprint("review", __name__)

APPOINTED: Final = ("lead_reviewer_appointed", "lead_reviewer_replaced")
ON_RECORD: Final = "On record as"  # the column of events


@pages.get("/reviews/<ref>")
@member
def review(ref: str) -> Response:
    """Show one review."""
    with look() as seen:
        row = reviews.review(seen.on.conn, ref, **seen.on.at)
        may_see = Visible(seen.on)
        if row is None or not may_see.review(row):
            return thing.retracted(seen, "review", ref)
        came = reviews.actions_of(seen.on.conn, ref, **seen.on.at)
        behind = Sources(seen, thing.recorded(seen, "review", ref))
        return thing.show(
            seen,
            "review",
            ref,
            "reviews/review.html",
            review=_heading(row) | {"because": event_of(seen, causes(seen, [ref], "review").get(ref, NOTHING).entry)},
            gone=stages(row, behind),
            clocks_=[clocks.words_of(clock, row.as_at) | {"events": behind.of_clock(row, clock)} for clock in row.clocks],
            blockers=[findings.blocker(seen, one, came, may_see) for one in row.blockers],
            findings=[findings.finding(seen, finding, came, may_see, behind) for finding in row.findings],
            without_finding=findings.of_the_whole(seen, came, may_see),
            next={name: COMMANDS[name].title for name in next_of(row)},
            stages=STAGES,
            facts=facts(*_facts(seen, row, behind)),
            sections=list(_sections(seen, row, behind)),
        )


def _heading(row: ReviewRow) -> dict[str, Any]:
    under = REGIMES[row.regime]
    proposed = under.called(row.proposed_kind) if row.proposed_kind != row.kind else None
    return {
        "title": row.title,
        "status": row.status,
        "ended": row.ended,
        "paused": row.paused,
        "kind": under.called(row.kind),
        "proposed": proposed,
        "regime": under.label,
    }


def _facts(seen: Look, row: ReviewRow, behind: Sources) -> Iterator[dict[str, Any]]:
    words = seen.words
    yield fact("Notified", row.notified_on, behind.last("referred", "external_noted"))
    if row.referring_agency:
        yield fact("Referred by", words.body(row.referring_agency), behind.last("referred"))
    if row.source:
        named = f"{row.source['board']}, {row.source['year']}"
        noted = behind.of("external_noted", "external_relevance_decided")
        yield fact("Whose review it is", named, quiet(row.source["repository_id"]), row.source["why"], noted)
    if row.recommendation:
        said = row.recommendation
        recommended = f"{said['outcome'].capitalize()}, {_on(said)}"
        yield fact("The sub-group recommended", recommended, quiet(said["rationale"]), behind.last("decision_recommended"))
    for decision, event in behind.each(row.decisions, "decided"):
        yield _decision(seen, decision, event)
    if row.commission:
        said = row.commission
        period = " to ".join(written(date.fromisoformat(d)) for d in (said["period_from"], said["period_until"]) if d)
        remarks = (f"Period under review: {period}" if period else None, f"Why so: {said['proportionality']}")
        how = f"{_on(said)}: {said['methodology']}"
        yield fact("Commissioned", how, said["scope"], *map(quiet, remarks), behind.last("commissioned"))
    if row.organisations:
        yield fact("Organisations under review", *map(words.body, row.organisations), behind.of("commissioned", "organisation_added"))
    if row.lead:
        yield _lead(seen, row, row.lead, behind)
    yield fact("Independence", *_breaches(seen, row.ref))
    if row.team:
        seats = (f"{words.body(seat['organisation'])}: {seat['role']}" for seat in row.team)
        yield fact("Review team", *seats, behind.last("team_constituted"))
    yield from _ending(row, behind)


def _decision(seen: Look, said: dict[str, Any], event: list[dict[str, Any]]) -> dict[str, Any]:
    criteria = [quiet(f"{criterion}: {'met' if met else 'not met'}") for criterion, met in said["criteria"]]
    late = strong(f"Late. Reason given: {said['why_late']}") if said["why_late"] else None
    dissent = quiet(f"Dissent: {said['dissent']}") if said["dissent"] else None
    by = f" by {seen.words.office(said['by_office'], date.fromisoformat(said['on']))}" if said["by_office"] else ""
    decided = f"{said['outcome'].capitalize()}: {said['kind']}, {_on(said)}{by}"
    return fact("Decided", decided, said["rationale"], *criteria, late, dissent, event)


def _lead(seen: Look, row: ReviewRow, lead: dict[str, Any], behind: Sources) -> dict[str, Any]:
    named = seen.words.person(UUID(lead["reviewer"])) if seen.on.opens("review", row.ref) else None
    looked = f"Declared, and looked back {lead['look_back_years']} years (Working Together 2015, page 74)"
    since, event = f"{named or 'Appointed'}, since {_on(lead, 'appointed_on')}", behind.last(*APPOINTED)
    if lead["independent"]:
        return fact("Lead reviewer", since, quiet(looked), event)
    if lead["breached_on"]:
        breach = f"Independence breached: found {_on(lead, 'breached_on')}. Nothing they find counts until they are replaced"
    else:
        breach = f"Not independent of {', '.join(map(seen.words.body, lead['conflicts']))}: the breach is still to be recorded"
    return fact("Lead reviewer", since, strong(breach), quiet(looked), event)


def _breaches(seen: Look, ref: str) -> Iterator[Said]:
    """Give each breach of independence that stands on record, of whoever led then."""
    for entry in thing.recorded(seen, "review", ref):
        if entry.topic == "review.independence_breached.v1" and not entry.retracted_by:
            named = ", ".join(map(seen.words.body, entry.said["organisations"]))
            yield strong(f"Breached: found on {written(entry.since)} not to be independent of {named}")
            yield to_event(seen, entry.position, "which records the breach")


def _ending(row: ReviewRow, behind: Sources) -> Iterator[dict[str, Any]]:
    if row.report:
        parts = (quiet(f"SHA-256 {row.report['sha256']}"), quiet(_meeting(row)), behind.last("report_presented"))
        yield fact("Report presented", _on(row.report), *parts)
    if row.responded_on:
        yield fact("The Board responded", row.responded_on, behind.last("board_response_formulated"))
    if row.publication:
        said = row.publication
        online = f"Stays online until {_on(said, 'keep_online_until')}"
        gone = strong(f"Withdrawn {_on(said, 'withdrawn_on')}") if said["withdrawn_on"] else None
        looked = f"Looked at {_on(said, 'verified_on')}: {said['verified']}" if said["verified_on"] else None
        places = [f"Deposited in {where}" for where in said["deposited_in"]]
        events = behind.last("report_published", on=_day(said["on"])) + behind.last("publication_verified", "report_withdrawn")
        yield fact("Published", _on(said), link(said["url"], said["url"]), online, gone, looked, *places, events)
    if row.deferral:
        again = f"{_on(row.deferral)}, to be looked at again by {_on(row.deferral, 'review_by')}"
        yield fact("Publication deferred", again, row.deferral["reason"], behind.last("publication_deferred"))


def _meeting(row: ReviewRow) -> str:
    return f"At the meeting {row.report['meeting']}" if row.report and row.report["meeting"] else ""


def _sections(seen: Look, row: ReviewRow, behind: Sources) -> Iterator[dict[str, Any]]:
    """Give the tables under the findings: each only where something is on record, but for those that a closing asks for."""
    words = seen.words
    if row.recommendations:
        asked_for = [
            (r["number"], r["text"], words.body(r["to"]), behind.of("recommendation_made", number=r["number"])) for r in row.recommendations
        ]
        yield section("Recommendations", ("Number", "What is recommended", "To", ON_RECORD), asked_for, "")
    if row.source is None:
        took_part, note = _participation(row, behind), "Roles and numbers only. Nobody is named."
        yield section("Who took part", ("Who", "What is on record", ON_RECORD), took_part, "", note=note)
    if row.information:
        yield section(
            "Information asked of agencies", ("Agency", "Asked", "Due", "Received", ON_RECORD), _information(seen, row, behind), ""
        )
    if row.pauses or row.processes:
        yield _pauses(row, behind)
    told: list[tuple[Any, ...]] = [
        (n["what"].capitalize(), n["body"], _day(n["on"]), event) for n, event in behind.each(row.notices, *NOTICES)
    ]
    told += [("Advice", a["body"], _day(a["on"]), event) for a, event in behind.each(row.advice, "panel_advice_received")]
    if told:
        yield section("Who was told, and who advised", ("What", "Body", "When", ON_RECORD), told, "")
    answered = any(row.training[name] is not None for name in ("courses", "poster", "briefing_needed"))
    if row.training["findings"] or row.publication or answered:
        heading = "Implications for training (framework, page 12)"
        yield section(heading, ("Question", "Answer", ON_RECORD), _training(row, behind), "")
    if sent := visible(seen.on, source=f"review:{row.ref}"):
        named = [link(f"{one.ref} {one.title}", seen.link(f"/disseminations/{one.ref}")) for one in sent]
        told = [(choice_of(one.kind), one.status.capitalize(), one.issued_on or "Not yet") for one in sent]
        items = [(name, *said) for name, said in zip(named, told, strict=True)]
        yield section("What was sent because of it", ("Item", "Kind", "Where it stands", "Issued"), items, "")
    if row.impacts:
        judged = [
            (f"{i['year']}", i["judgement"], i["unintended_consequences"], event)
            for i, event in behind.each(row.impacts, "impact_evaluated")
        ]
        yield section("Impact", ("Year", "What it changed", "Unintended consequences", ON_RECORD), judged, "")


NOTICES: Final = ("incident_notified", "decision_notified", "rapid_review_sent")


def _information(seen: Look, row: ReviewRow, behind: Sources) -> Iterator[tuple[Any, ...]]:
    for one in row.information:
        events = behind.of("agency_information_requested", "agency_information_submitted", agency=one["agency"])
        yield seen.words.body(one["agency"]), _day(one["requested_on"]), _day(one["due_on"]), _day(one["submitted_on"]), events


def _pauses(row: ReviewRow, behind: Sources) -> dict[str, Any]:
    waited = []
    resumed = [event for _, event in behind.each([{"on": p["end"]} for p in row.pauses if p["end"]], "resumed")]
    for number, (p, paused) in enumerate(behind.each(row.pauses, "paused")):
        start, end = _day(p["start"]), _day(p["end"])
        events = paused + (resumed[number] if end else [])
        waited.append((p["process"].capitalize(), start, end or "Goes on", _day(p["review_by"]), p["reason"], events))
    note = "; ".join(f"{p['process'].capitalize()}: {p['note']}" for p in row.processes)
    columns = ("Waits for", "From", "Until", "To be looked at by", "Why", ON_RECORD)
    return section("Pauses", columns, waited, "It was not paused.", note=note or None)


def _participation(row: ReviewRow, behind: Sources) -> Iterator[tuple[Any, ...]]:
    invited, contributed = row.practitioners["invited"], row.practitioners["contributed"]
    counted = f"{invited} invited, {contributed} contributed" if invited or contributed else "No invitation is on record"
    yield "Practitioners", counted, behind.of("practitioners_invited", "practitioners_contributed")
    outcomes = [f"{contact['outcome'].capitalize()}, {_on(contact)}" for contact in row.family]
    yield "Family", outcomes or "No invitation is on record", behind.of("family_invited", "family_involvement_recorded")
    accounts = f"{row.feedback} {'account' if row.feedback == 1 else 'accounts'}" if row.feedback else "None is on record"
    yield "Feedback of those who took part", accounts, behind.of("participant_feedback_received")


def _training(row: ReviewRow, behind: Sources) -> Iterator[tuple[Any, ...]]:
    said, events = row.training, behind.last("training_implications_considered")
    needed = {True: "Needed", False: "Not needed", None: None}[said["briefing_needed"]]
    answers = {
        "(a) Courses reviewed": said["courses"],
        "(b) Poster": said["poster"],
        "(c) Practice briefing": [part for part in (needed, said["briefing_why"]) if part],
        "(d) One-page briefing": said["one_page_briefing"],
    }
    for question, answer in answers.items():
        yield question, answer or "Not answered", events if answer else None


def _on(said: dict[str, Any], name: str = "on") -> str:
    return written(date.fromisoformat(said[name]))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
