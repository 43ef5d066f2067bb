"""Who may be chosen in a form, and what of theirs: offices, people and their keys, and what waits or stands about somebody."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final
from uuid import UUID

from aggregates.registry.data_subject import DataSubject
from api.pages.acting.choices import by_name
from api.pages.frame.words import written
from api.resources.answering.commands import acting_as
from api.worker import worker
from projections import partnership
from projections.people.merging import merged
from service.commands import BOARD as BOARD_OFFICES
from service.desk.roles import INSPECTORS, RIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.pages.frame import Look

LONG_REF: Final = 20  # of what is longer, such as a person's reference, the beginning tells it apart
PEOPLE: Final = """
    SELECT DISTINCT ref FROM views.inspection_history WHERE topic = 'data_subject.subject_registered.v1' AND position <= %s"""


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


def people(seen: Look, _: str | None) -> dict[str, str]:
    """Return the registered people by name, for readers who may know who they are."""
    if not seen.on.scope.restricted or seen.on.scope.agency is not None:
        return {}
    refs = [UUID(ref) for (ref,) in seen.on.conn.execute(PEOPLE, (seen.clocks.known_at,)).fetchall()]
    seen.words.learn(refs)
    named = {str(ref): name for ref in refs if (name := seen.words.person(ref))}
    alike = {name for name, many in Counter(named.values()).items() if many > 1}
    known = _known_of(seen) if alike else {}
    return dict(sorted(apart(named, lambda ref: ", ".join(filter(None, known.get(ref, ())))).items(), key=lambda item: item[1]))


def agencies(seen: Look) -> dict[str, str]:
    """Return of which agency people are, by name, as far as it is on record."""
    return {ref: agency for ref, (agency, _) in _known_of(seen).items() if agency}


def _known_of(seen: Look) -> dict[str, tuple[str, str]]:
    """Return by what people are known: for which agency and staff group they came to a session, or who employs them in which office."""
    into = {str(one): str(other) for one, other in merged(seen.on.conn, **seen.on.at).items()}
    came = by_name.came(seen.on.conn, **seen.on.at)
    found = {into.get(ref, ref): (seen.words.body(agency), group) for ref, (agency, group) in came.items()}
    for term in (office.holder_on(worker().today) for office in seen.words.offices.values()):
        if term:
            found[str(term.holder)] = (seen.words.body(term.employer) if term.employer else "", term.title)
    return found


def held(about: str | None) -> dict[str, str]:
    """Return the matters for which holds on somebody stand."""
    person = worker().board.find(DataSubject, about)
    return {matter: matter for matter in (person.state.held if person and person.state else ())}


def access_asked(about: str | None) -> dict[str, str]:
    """Return the requests for access of somebody that wait for their answer."""
    person = worker().board.find(DataSubject, about)
    waiting = person.state.access_asked if person and person.state else ()
    return {one.reference: f"{one.reference}, of {written(one.on)}, to be answered by {written(one.due_on)}" for one in waiting}


def keys(seen: Look, *, ended: bool) -> dict[str, str]:
    """Return the keys that have ended, or that may sign now but for the service's own, as far as they are the person's to speak of."""
    rows, whose, called = partnership.keys(seen.on.conn, known_at=seen.clocks.known_at), holders(seen, None), offices(seen)
    those = (row for row in rows if (row.ended_at is not None if ended else row.ended_at is None and row.purpose == "acts"))
    return {
        row.thumbprint: f"{row.thumbprint} of {called.get(row.holder, row.holder)}" for row in those if manages() or row.holder in whose
    }


def manages() -> bool:
    """Say whether the caller is of the Board's management, who speak of anybody's key and inspection."""
    return acting_as().role in BOARD_OFFICES


def holders(seen: Look, _: str | None) -> dict[str, str]:
    """Return whose keys somebody enrols: those of their office and agency, or anybody's where they are of the Board's management."""
    who = acting_as()
    every = offices(seen) if manages() or who.office is None else {who.office: seen.words.office(who.office)}
    return every | ({who.body: seen.words.body(who.body)} if who.body in seen.words.agencies else {})


def inspecting(seen: Look, _: str | None) -> dict[str, str]:
    """Return the offices for which an inspection may be opened, or rehearsed; to an agency's lead, their own."""
    found = offices(seen, INSPECTORS | RIGHTS["rehearsals"].by)
    return found if manages() else {code: title for code, title in found.items() if code == acting_as().office}
