"""What may be chosen in a form, by name: of what is on record for the reader, never typed by code."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final
from uuid import UUID

from flask import request

from aggregates.authority import BOARD
from aggregates.dissemination import speaks_for
from aggregates.errors import Refused
from aggregates.framework.library import SETS
from aggregates.registry.data_subject import DataSubject
from api.pages.acting import ON_BEHALF_OF, of_sessions
from api.pages.frame.files import size_text
from api.pages.frame.words import choice_of, written
from api.pages.returns.words import sections, standards
from api.resources.answering.commands import acting_as
from api.resources.record.visible import Visible, respondents
from api.worker import worker
from projections import action_register, dissemination, partnership, returns, reviews, training
from projections.partnership import holding
from service.commands import BOARD as BOARD_OFFICES
from service.commands import TRAINER
from service.desk.roles import INSPECTORS, RIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregates.framework.clauses import ObligationSet
    from api.pages.frame import Look
    from service.commands import Command

LONG_REF: Final = 20  # of what is longer, such as a person's reference, the beginning tells it apart
PEOPLE: Final = """
    SELECT DISTINCT ref FROM views.inspection_history WHERE topic = 'data_subject.subject_registered.v1' AND position <= %s"""


def options(seen: Look, command: Command, name: str, about: str | None = None) -> Mapping[str, str] | None:
    """Return what may be chosen for a field, by its code; None where it is written. `about` is the thing that the command is about."""
    if f"{command.name}.{name}" == "adopt_framework.sha256":  # not of what is on record: of what comes with the product
        return {sha256: _described(one) for sha256, one in SETS.items()}
    chosen = CHOSEN.get(f"{command.name}.{name}") or CHOSEN.get(f"{command.kind}.{name}") or CHOSEN.get(name)
    return chosen(seen, about) if chosen else None


def offices(seen: Look, roles: frozenset[str] | None = None) -> dict[str, str]:
    """Return the offices that somebody holds today, in these roles or in any."""
    terms = {ref: office.holder_on(worker().today) for ref, office in seen.words.offices.items()}
    held = {ref: term for ref, term in terms.items() if term and (roles is None or term.role in roles)}
    named = {ref: seen.words.office(ref, worker().today) for ref in held}
    return dict(sorted(named.items(), key=lambda item: item[1]))


def apart(named: Mapping[str, str], whose: Callable[[str], str]) -> dict[str, str]:
    """Return names that can be told apart: beside those that are alike whose each is, and where that is alike too its reference."""
    for tell in (whose, lambda code: code[:8] if len(code) > LONG_REF else code):
        alike = Counter(named.values())
        named = {code: f"{text}, {told}" if alike[text] > 1 and (told := tell(code)) else text for code, text in named.items()}
    return dict(named)


def members(seen: Look) -> dict[str, str]:
    """Return the agencies that are members."""
    return {row.ref: row.name for row in partnership.agencies(seen.on.conn, **seen.on.at) if row.status == "member"}


def _board(seen: Look) -> dict[str, str]:
    return {BOARD: seen.words.body(BOARD)}


def _owners(seen: Look, _: str | None) -> dict[str, str]:
    return seen.words.agencies | seen.words.sub_groups | _board(seen)


def _findings(seen: Look, _: str | None) -> dict[str, str]:
    may_see = Visible(seen.on)
    found = [row for row in reviews.reviews(seen.on.conn, **seen.on.at) if may_see.review(row)]
    named = {f"{r.ref}/{f['number']}": f"{r.ref} {r.title}, finding {f['number']}" for r in found for f in r.findings}
    asked = returns.returns(seen.on.conn, **seen.on.at, filters=returns.Filters(whose=respondents(seen.on)))
    gaps = [(row, grade) for row in asked for grade in row.grades if grade.gap]
    return named | {f"return:{row.ref}/{grade.standard}": f"{row.ref}, standard {grade.standard}" for row, grade in gaps}


def findings_of(seen: Look, about: str | None) -> dict[str, str]:
    """Return the findings of the review that an act is about, by their numbers."""
    found = reviews.review(seen.on.conn, about or "", **seen.on.at)
    return {f["number"]: f"{f['number']} {f['statement']}" for f in found.findings} if found else {}


def _actions(seen: Look, _: str | None) -> dict[str, str]:
    return {row.ref: f"{row.ref} {row.title}" for row in action_register.register(seen.on.conn, **seen.on.at, sort="ref")}


def _about(seen: Look, _: str | None) -> dict[str, str]:
    """Return what a challenge can be about: the actions, reviews, disseminations and meetings that are there for the reader."""
    may_see, at = Visible(seen.on), seen.on.at
    actions = [
        row for row in action_register.register(seen.on.conn, **at, sort="ref") if may_see.agency is None or row.ref in may_see.owned
    ]
    found = {f"action:{row.ref}": f"{row.ref} {row.title}" for row in actions}
    found |= {f"review:{row.ref}": f"{row.ref} {row.title}" for row in reviews.tracker(seen.on.conn, **at) if may_see.review(row)}
    asked = returns.returns(seen.on.conn, **at, filters=returns.Filters(whose=respondents(seen.on)))
    found |= {f"return:{row.ref}": f"{row.ref}, {row.status}" for row in asked}
    held = [row for row in partnership.meetings(seen.on.conn, **at) if may_see.meeting(row)]
    sent = [row for row in map(may_see.dissemination, dissemination.items(seen.on.conn, **at)) if row]
    found |= {f"dissemination:{row.ref}": f"{row.ref} {row.title}" for row in sent}
    return found | {f"meeting:{row.ref}": f"{row.ref}, meeting of {seen.words.body(row.body)}" for row in held}


def _reviews(seen: Look, _: str | None) -> dict[str, str]:
    """Return the reviews that something can come from."""
    may_see = Visible(seen.on)
    return {f"review:{row.ref}": f"{row.ref} {row.title}" for row in reviews.tracker(seen.on.conn, **seen.on.at) if may_see.review(row)}


def _own_actions(seen: Look, _: str | None) -> dict[str, str]:
    """Return the actions that the reader's agency owns; of the Board's offices, all."""
    may_see = Visible(seen.on)
    return {ref: title for ref, title in _actions(seen, None).items() if may_see.agency is None or ref in may_see.owned}


def _other_items(seen: Look, about: str | None) -> dict[str, str]:
    """Return the items that can take the place of another: those that were issued, and stand."""
    found = dissemination.items(seen.on.conn, **seen.on.at)
    return {row.ref: f"{row.ref} {row.title}" for row in found if row.issued_on and not row.ended_on and row.ref != about}


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


def _people(seen: Look, _: str | None) -> dict[str, str]:
    """Return the registered people by name, for readers who may know who they are."""
    if not seen.on.scope.restricted or seen.on.scope.agency is not None:
        return {}
    refs = [UUID(ref) for (ref,) in seen.on.conn.execute(PEOPLE, (seen.clocks.known_at,)).fetchall()]
    seen.words.learn(refs)
    named = {str(ref): name for ref in refs if (name := seen.words.person(ref))}
    alike = {name for name, many in Counter(named.values()).items() if many > 1}
    known = _known_of(seen) if alike else {}
    return dict(sorted(apart(named, lambda ref: known.get(ref, "")).items(), key=lambda item: item[1]))


def _known_of(seen: Look) -> dict[str, str]:
    """Return by what people are known: the office that they hold, or for which agency and staff group they came to a session."""
    found: dict[str, str] = {}
    for row in training.sessions(seen.on.conn, **seen.on.at):
        came = {one["number"]: one for one in row.attendees}
        found |= {
            row.participants[number]: f"{seen.words.body(one['agency'])}, {one['staff_group']}"
            for number, one in came.items()
            if number in row.participants
        }
    held = ((term.holder, term.title) for office in seen.words.offices.values() if (term := office.holder_on(worker().today)))
    return found | {str(person): title for person, title in held}


def _held(about: str | None) -> dict[str, str]:
    """Return the matters for which holds on somebody stand."""
    person = worker().board.find(DataSubject, about)
    return {matter: matter for matter in (person.state.held if person and person.state else ())}


def _meetings(seen: Look, _: str | None) -> dict[str, str]:
    held = partnership.meetings(seen.on.conn, **seen.on.at)
    return {row.ref: f"{row.ref}, {seen.words.body(row.body)}, {written(row.held_on)}" for row in held[::-1]}


def _keys(seen: Look, *, ended: bool) -> dict[str, str]:
    """Return the keys that have ended, or that may sign now but for the service's own, as far as they are the person's to speak of."""
    rows, whose, called = partnership.keys(seen.on.conn, known_at=seen.clocks.known_at), _holders(seen, None), offices(seen)
    those = (row for row in rows if (row.ended_at is not None if ended else row.ended_at is None and row.purpose == "acts"))
    return {
        row.thumbprint: f"{row.thumbprint} of {called.get(row.holder, row.holder)}" for row in those if _manages() or row.holder in whose
    }


def _manages() -> bool:
    return acting_as().role in BOARD_OFFICES


def _holders(seen: Look, _: str | None) -> dict[str, str]:
    """Return whose keys somebody enrols: those of their office and agency, or anybody's where they are of the Board's management."""
    who = acting_as()
    every = offices(seen) if _manages() or who.office is None else {who.office: seen.words.office(who.office)}
    return every | ({who.body: seen.words.body(who.body)} if who.body in seen.words.agencies else {})


def _described(framework: ObligationSet) -> str:
    return f"{framework.title}, {framework.publisher}, {framework.published}: {len(framework.clauses)} clauses"


def _inspecting(seen: Look, _: str | None) -> dict[str, str]:
    """Return the offices for which an inspection may be opened, or rehearsed; to an agency's lead, their own."""
    found = offices(seen, INSPECTORS | RIGHTS["rehearsals"].by)
    return found if _manages() else {code: title for code, title in found.items() if code == acting_as().office}


def _respondents(seen: Look, _: str | None) -> dict[str, str]:
    return members(seen) | seen.words.sub_groups | _board(seen) | offices(seen, frozenset({TRAINER}))


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
    "owner_office": lambda seen, _: offices(seen),
    "to_office": lambda seen, _: offices(seen),
    "lead_office": lambda seen, _: offices(seen),
    "inspection.ref": _inspecting,
    "source": _findings,
    "by_ref": _actions,
    "agency": lambda seen, _: members(seen),
    "successor": lambda seen, _: members(seen),
    "agency.item": lambda seen, about: holding.owed(seen.on.conn, about or "", **seen.on.at),
    "employer": lambda seen, _: members(seen),
    "referring_agency": lambda seen, _: members(seen),
    "office.body": lambda seen, _: seen.words.sub_groups | members(seen),
    "meeting.body": lambda seen, _: _board(seen) | seen.words.sub_groups,
    "challenge.to": lambda seen, _: _board(seen) | members(seen) | seen.words.sub_groups | offices(seen),
    "challenge.about": _about,
    "return.respondent": _respondents,
    "return.question_set": lambda _, __: {found.id: found.title for found in worker().board.library.every()},
    "return.standard": lambda _, about: standards(about),
    "return.section": lambda _, about: sections(about),
    "keys.holder": _holders,
    "revoke_signing_key.thumbprint": lambda seen, _: _keys(seen, ended=False),
    "declare_key_compromised.thumbprint": lambda seen, _: _keys(seen, ended=True),
    "keys.replaces": lambda seen, _: _keys(seen, ended=False),
    "holder": _people,
    "subject.into": lambda seen, about: {ref: name for ref, name in _people(seen, about).items() if ref != about},
    "subject.identity_checked_by": lambda seen, _: offices(seen),
    "release_legal_hold.matter": lambda _, about: _held(about),
    "participant": lambda seen, about: _people(seen, about) if seen.on.scope.agency is None else None,
    "session.course": of_sessions.courses,
    "session.revised_course": of_sessions.courses,
    "session.trainers": lambda seen, _: offices(seen, frozenset({TRAINER})),
    "session.observer": lambda seen, _: offices(seen),
    "session.number": of_sessions.numbers,
    "session.draw": of_sessions.draws,
    "session.evidence_of_impact": of_sessions.shows_impact,
    "reviewer": _people,
    "meeting": _meetings,
    "because_of": lambda seen, about: _findings(seen, about) | of_sessions.evaluated(seen),
    "informed_by": _findings,
    "review.findings": findings_of,
}
