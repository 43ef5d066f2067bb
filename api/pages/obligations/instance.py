"""One obligation: which event asked for it, what was told of it, and which event shows that it was done; or that none does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from aggregates.framework.wording import met_when
from api.access import member
from api.pages.frame import Look, look, render
from api.pages.frame.clocks import address
from api.pages.frame.entries import timeline
from api.pages.frame.thing import Said, fact, facts, link, quiet, strong
from api.pages.frame.words import written
from api.pages.obligations.meeting import to_meet
from api.pages.obligations.wording import BASES, about, basis_of, due_of, duty_of, event, href_of, owner_of, was_met
from api.resources.obligations import instance
from api.resources.record.visible import Visible
from projections.inspection import history as inspection_history
from projections.obligations import INDEX, LACKING, history

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.inspection.history import HistoryEntry
    from projections.obligations import Instance

pages = Blueprint("obligation", __name__)

MOST: Final = 200  # notices of one obligation


@pages.get("/obligations/<rule>/<owner>/<path:subject>")
@member
def one(rule: str, owner: str, subject: str) -> Response:
    """Show one obligation."""
    with look() as seen:
        it = instance(seen.on, rule, owner, subject)
        path = href_of(it)
        notices = _notices(seen, it)
        positions = sorted({position for position in (it.asked_at, it.ended_at, *history(seen.on.conn, it, **seen.on.at)) if position})
        may_see = Visible(seen.on)
        told = [entry for entry in inspection_history.entries_at(seen.on.conn, positions, known_at=seen.clocks.known_at) if may_see(entry)]
        return render(
            "obligations/obligation.html",
            look=seen,
            heading=duty_of(it),
            it=it,
            owner=owner_of(seen, it.owner),
            clause=INDEX.clauses[it.clause],
            clause_href=seen.link(f"/obligations/{it.clause}"),
            facts=facts(*_facts(seen, it)),
            basis=BASES[it.basis],
            meeting=to_meet(seen, it),
            notices=[_notice(seen, entry) for entry in notices],
            entries=timeline(seen, [*told, *notices][::-1], about=True),
            path=path,
            now_href=address(path, {}),
            data_href=address(f"/api/v1{path}", seen.clocks.pinned),
        )


def _facts(seen: Look, it: Instance) -> Iterator[dict[str, Any]]:
    yield fact("Owed by", owner_of(seen, it.owner))
    yield fact("About", about(seen, it.subject))
    yield fact("Asked for", it.arose_on, event(seen, it.asked_at, "which asked for it"))
    yield fact("Due", *due_of(it), quiet(basis_of(it)) if it.due_on else None)
    yield fact("What meets it", met_when(INDEX.rules[it.rule]))
    yield fact("How it stands", _standing(it), *_shown_by(seen, it))
    yield fact("Graded", it.grade)


def _standing(it: Instance) -> Said:
    words = it.state.capitalize()
    return strong(words) if it.state in LACKING else words


def _shown_by(seen: Look, it: Instance) -> Iterator[Said]:
    yield from was_met(seen, it)
    if it.discharged_on:
        yield f"{'Met since' if it.undone_on else 'Shown by what was true on'} {written(it.discharged_on)}"
        yield event(seen, it.discharged_at, "which discharged it")
    elif it.ended_on:
        yield f"Ended on {written(it.ended_on)} without being discharged"
        yield event(seen, it.ended_at, "which ended it")
    else:
        shows = f"No event up to event {seen.clocks.known_at:,} shows that it was done"
        yield f"{shows}, but for what was undone" if it.undone_on else shows
    if not (it.discharged_on or it.ended_on or it.undone_on):
        yield link("Certificate of absence", address("/api/v1/absence", {"obligation": it.key, **seen.clocks.pinned}))


def _notices(seen: Look, it: Instance) -> list[HistoryEntry]:
    """Return what the service told of it, the earliest first."""
    return inspection_history.history(seen.on.conn, **seen.on.at, kind="obligation", ref=it.key, limit=MOST)


def _notice(seen: Look, entry: HistoryEntry) -> tuple[Said, ...]:
    said = entry.said
    what = f"Escalated, level {said['level']}" if entry.topic.startswith("obligation.escalated") else "Reminded"
    return entry.since, what, seen.words.office(said["to_office"], entry.since), event(seen, entry.position, "of this notice")
