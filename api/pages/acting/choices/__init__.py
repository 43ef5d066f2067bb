"""What may be chosen in a form, by name: of what is on record for the reader, never typed by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request

from aggregates.authority import BOARD
from aggregates.dissemination import speaks_for
from aggregates.errors import Refused
from aggregates.framework.library import SETS
from api.pages.acting import ON_BEHALF_OF, of_sessions
from api.pages.acting.choices import by_name, people
from api.pages.frame.files import size_text
from api.pages.frame.words import choice_of, written
from api.pages.returns.words import sections, standards
from api.resources.answering.commands import acting_as
from api.resources.record.visible import Visible, respondents
from api.worker import worker
from projections import dissemination, partnership, reviews
from projections.partnership import holding
from service.commands import TRAINER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregates.framework.clauses import ObligationSet
    from api.pages.frame import Look
    from service.commands import Command


def options(seen: Look, command: Command, name: str, about: str | None = None) -> Mapping[str, str] | None:
    """Return what may be chosen for a field, by its code; None where it is written. `about` is the thing that the command is about."""
    if f"{command.name}.{name}" == "adopt_framework.sha256":  # not of what is on record: of what comes with the product
        return {sha256: _described(one) for sha256, one in SETS.items()}
    chosen = CHOSEN.get(f"{command.name}.{name}") or CHOSEN.get(f"{command.kind}.{name}") or CHOSEN.get(name)
    return chosen(seen, about) if chosen else None


def members(seen: Look) -> dict[str, str]:
    """Return the agencies that are members."""
    return {row.ref: row.name for row in partnership.agencies(seen.on.conn, **seen.on.at) if row.status == "member"}


def _board(seen: Look) -> dict[str, str]:
    return {BOARD: seen.words.body(BOARD)}


def _owners(seen: Look, _: str | None) -> dict[str, str]:
    return members(seen) | seen.words.sub_groups | _board(seen)


def _findings(seen: Look, _: str | None) -> dict[str, str]:
    may_see = Visible(seen.on)
    found = [one for one in by_name.findings(seen.on.conn, **seen.on.at) if may_see.review_called(one[0])]
    named = {f"{ref}/{number}": f"{ref} {title}, finding {number}" for ref, title, number in found}
    gaps = by_name.gaps(seen.on.conn, **seen.on.at, whose=respondents(seen.on))
    return named | {f"return:{ref}/{standard}": f"{ref}, standard {standard}" for ref, standard in gaps}


def _evaluated(seen: Look) -> dict[str, str]:
    """Return the sessions that were evaluated: what they taught can change their course."""
    found = by_name.evaluated(seen.on.conn, **seen.on.at) if seen.on.scope.agency is None else []
    return {f"session:{ref}": f"{ref}, training session" for ref in found}


def findings_of(seen: Look, about: str | None) -> dict[str, str]:
    """Return the findings of the review that an act is about, by their numbers."""
    found = reviews.review(seen.on.conn, about or "", **seen.on.at)
    return {f["number"]: f"{f['number']} {f['statement']}" for f in found.findings} if found else {}


def _actions(seen: Look, _: str | None) -> dict[str, str]:
    return {ref: f"{ref} {title}" for ref, title in by_name.actions(seen.on.conn, **seen.on.at).items()}


def _about(seen: Look, _: str | None) -> dict[str, str]:
    """Return what a challenge can be about: the actions, reviews, disseminations and meetings that are there for the reader."""
    conn, at, may_see = seen.on.conn, seen.on.at, Visible(seen.on)
    found = {f"action:{ref}": title for ref, title in _own_actions(seen, None).items()} | _reviews(seen, None)
    asked = by_name.returns(conn, **at, whose=respondents(seen.on))
    found |= {f"return:{ref}": f"{ref}, {status}" for ref, status in asked}
    sent = (one for one in by_name.items(conn, **at) if may_see.agency is None or one[0] in may_see.received)
    found |= {f"dissemination:{ref}": f"{ref} {title}" for ref, title, _ in sent}
    held = [row for row in partnership.meetings(conn, **at) if may_see.meeting(row)]
    return found | {f"meeting:{row.ref}": f"{row.ref}, meeting of {seen.words.within(row.body)}" for row in held}


def _reviews(seen: Look, _: str | None) -> dict[str, str]:
    """Return the reviews that something can come from."""
    may_see = Visible(seen.on)
    found = reviews.titles(seen.on.conn, **seen.on.at)
    return {f"review:{ref}": f"{ref} {title}" for ref, title in found.items() if may_see.review_called(ref)}


def _own_actions(seen: Look, _: str | None) -> dict[str, str]:
    """Return the actions that the reader's agency owns; of the Board's offices, all."""
    may_see = Visible(seen.on)
    return {ref: title for ref, title in _actions(seen, None).items() if may_see.agency is None or ref in may_see.owned}


def _other_items(seen: Look, about: str | None) -> dict[str, str]:
    """Return the items that can take the place of another: those that were issued, and stand."""
    found = by_name.items(seen.on.conn, **seen.on.at)
    return {ref: f"{ref} {title}" for ref, title, stands in found if stands and ref != about}


def _content(seen: Look, about: str | None) -> dict[str, str]:
    """Return the one content that there is to acknowledge, by its hash."""
    found = dissemination.item(seen.on.conn, about or "", **seen.on.at)
    if found is None:
        return {}
    file = found.content[0]
    return {found.content_sha256: f"{file['title']}, {size_text(file['size'])} (SHA-256 {found.content_sha256[:12]}…)"}


def _not_received(seen: Look, about: str | None) -> dict[str, str]:
    """Return the members that have not received an item."""
    found = dissemination.item(seen.on.conn, about or "", **seen.on.at)
    return {code: name for code, name in members(seen).items() if found is None or found.cell(code) is None}


def _speaker() -> str | None:
    """Return the body in whose name a form would be sent; None where the caller holds no office that could."""
    try:
        return speaks_for(acting_as(request.args.get(ON_BEHALF_OF) or request.form.get(ON_BEHALF_OF) or None))
    except Refused:
        return None


def _declared(seen: Look, about: str | None) -> dict[str, str]:
    """Return the staff groups for which somebody acknowledged an item."""
    found = dissemination.item(seen.on.conn, about or "", **seen.on.at)
    cell = found.cell(_speaker() or "") if found else None
    groups = cell.acknowledgement["staff_groups"] if cell and cell.acknowledgement else []
    return {group: f"{group} ({choice_of(basis).lower()})" for group, basis in groups}


def groups_before(seen: Look, about: str | None) -> list[dict[str, str]]:
    """Return a row for each staff group that the agency has named before; where there is none, for each that the Board thinks of."""
    speaker = _speaker()
    before = worker().board.declared_groups(speaker) if speaker else ()
    found = dissemination.item(seen.on.conn, about or "", **seen.on.at)
    rows = [{"group": group} for group in before] or [{"group": g, "basis": b} for g, b in (found.audiences if found else [])]
    return [*rows, {}, {}]


def _meetings(seen: Look, _: str | None) -> dict[str, str]:
    held = partnership.meetings(seen.on.conn, **seen.on.at)
    return {row.ref: f"{row.ref}, {seen.words.body(row.body)}, {written(row.held_on)}" for row in held[::-1]}


def _described(framework: ObligationSet) -> str:
    return f"{framework.title}, {framework.publisher}, {framework.published}: {len(framework.clauses)} clauses"


def _respondents(seen: Look, _: str | None) -> dict[str, str]:
    return members(seen) | seen.words.sub_groups | _board(seen) | people.offices(seen, frozenset({TRAINER}))


def groups(seen: Look, command: Command, name: str) -> Mapping[str, str]:
    """Return by what the choices of a field are told apart where there are many, by their codes: people by their agencies."""
    return people.agencies(seen) if f"{command.kind}.{name}" in PEOPLE else {}


PEOPLE: Final = frozenset({"office.holder", "review.reviewer", "session.participant", "subject.into"})
CHOSEN: Final[Mapping[str, Callable[[Look, str | None], Mapping[str, str] | None]]] = {
    "produce_material.source": _reviews,
    "produce_material.findings": _findings,
    "acknowledge_dissemination.content_sha256": _content,
    "catch_up_agency.agency": _not_received,
    "dissemination.to": lambda seen, _: members(seen),
    "dissemination.agencies": lambda seen, _: members(seen),
    "dissemination.actions": _own_actions,
    "dissemination.by_ref": _other_items,
    "dissemination.staff_group": _declared,
    "owner": _owners,
    "overseen_by": lambda seen, _: seen.words.sub_groups,
    "owner_office": lambda seen, _: people.offices(seen),
    "to_office": lambda seen, _: people.offices(seen),
    "lead_office": lambda seen, _: people.offices(seen),
    "inspection.ref": people.inspecting,
    "source": _findings,
    "by_ref": _actions,
    "agency": lambda seen, _: members(seen),
    "successor": lambda seen, _: members(seen),
    "agency.item": lambda seen, about: holding.owed(seen.on.conn, about or "", **seen.on.at),
    "employer": lambda seen, _: members(seen),
    "referring_agency": lambda seen, _: members(seen),
    "office.body": lambda seen, _: seen.words.sub_groups | members(seen),
    "meeting.body": lambda seen, _: _board(seen) | seen.words.sub_groups,
    "challenge.to": lambda seen, _: _board(seen) | members(seen) | seen.words.sub_groups | people.offices(seen),
    "challenge.about": _about,
    "return.respondent": _respondents,
    "return.question_set": lambda _, __: {found.id: found.title for found in worker().board.library.every()},
    "return.standard": lambda _, about: standards(about),
    "return.section": lambda _, about: sections(about),
    "keys.holder": people.holders,
    "revoke_signing_key.thumbprint": lambda seen, _: people.keys(seen, ended=False),
    "declare_key_compromised.thumbprint": lambda seen, _: people.keys(seen, ended=True),
    "keys.replaces": lambda seen, _: people.keys(seen, ended=False),
    "holder": people.people,
    "subject.into": lambda seen, about: {ref: name for ref, name in people.people(seen, about).items() if ref != about},
    "subject.identity_checked_by": lambda seen, _: people.offices(seen),
    "release_legal_hold.matter": lambda _, about: people.held(about),
    "answer_access_request.reference": lambda _, about: people.access_asked(about),
    "participant": lambda seen, about: people.people(seen, about) if seen.on.scope.agency is None else None,
    "session.course": of_sessions.courses,
    "session.revised_course": of_sessions.courses,
    "session.trainers": lambda seen, _: people.offices(seen, frozenset({TRAINER})),
    "session.observer": lambda seen, _: people.offices(seen),
    "session.number": of_sessions.numbers,
    "session.draw": of_sessions.draws,
    "session.evidence_of_impact": of_sessions.shows_impact,
    "reviewer": people.people,
    "meeting": _meetings,
    "because_of": lambda seen, about: _findings(seen, about) | _evaluated(seen),
    "informed_by": _findings,
    "review.findings": findings_of,
}
