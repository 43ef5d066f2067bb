"""How what the law asks about somebody is said: what stands, what was asked and what was decided."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aggregates.registry.subject_state import answer_due
from api.pages.frame.entries import short
from api.pages.frame.thing import Said, quiet, strong
from api.pages.frame.words import written

if TYPE_CHECKING:
    from projections.people import PersonRow

# LAW UK GDPR Article 12(4): whoever is refused, wholly or in part, is told of this.
COMPLAIN: Final = "They are told that they may complain to the Information Commissioner's Office, and go to court (UK GDPR Article 12(4))"


def in_force(row: PersonRow) -> list[Said]:
    """Return what stands: merged, restricted, held, to be erased."""
    merged = f"Merged into {short(row.merged_into)}" if row.merged_into else None
    restricted = strong(f"Restricted since {written(row.restricted_on)}") if row.restricted_on else None
    open_for = quiet(f"Open for {', '.join(row.open_for)}") if row.restricted_on and row.open_for else None
    held = [strong(f"Held: {matter}") for matter in row.held]
    owed = strong(f"To be erased, as decided {written(day(row.granted['on']))}") if row.granted else None
    return [one for one in (merged, restricted, open_for, *held, owed) if one]


def waits(one: dict[str, Any]) -> bool:
    """Say whether a request to erase waits for its decision."""
    return one["decided_on"] is None and one["withdrawn_on"] is None


def asked(one: dict[str, Any]) -> list[Said]:
    """Return a request to erase and what was decided, or by when it is to be."""
    on = day(one["on"])
    told = f"Erasure asked {written(on)}"
    if one["withdrawn_on"]:
        return [told, quiet(f"Withdrawn {written(day(one['withdrawn_on']))}")]
    if waits(one):
        return [told, strong(f"Waits for its decision, by {written(answer_due(on))}")]
    by = f", by exemption: {one['exemption']}" if one["exemption"] else ""
    decided = quiet(f"{one['outcome'].replace('-', ' ').capitalize()} {written(day(one['decided_on']))}{by}")
    return [told, decided, *([quiet(COMPLAIN)] if one["exemption"] else [])]


def answered(one: dict[str, Any]) -> list[Said]:
    """Return a request for access that was answered."""
    received, on = (written(day(one[name])) for name in ("received_on", "on"))
    return [f"Access asked {received}", quiet(f"{one['outcome'].replace('-', ' ').capitalize()} {on}")]


def awaited(one: dict[str, Any]) -> list[Said]:
    """Return a request for access that waits."""
    on = day(one["on"])
    return [f"Access asked {written(on)}", strong(f"Waits for its answer, by {written(answer_due(on))}")]


def requests(row: PersonRow) -> list[Said]:
    """Return every request, each with what became of it."""
    told = [(one, asked(one)) for one in row.erasures] + [(one, answered(one)) for one in row.accesses]
    told += [(one, awaited(one)) for one in row.access_requests if one["answered_on"] is None]
    return [said for one, (first, *rest) in told for said in (f"{first}, {one['reference']}", *rest)]


def gone(row: PersonRow) -> str | None:
    """Return that somebody was erased, or nothing."""
    return f"[erased {written(row.erased_on)}], {row.erased} values" if row.erased_on else None


def day(text: str) -> date:
    """Return a day as a row's JSON has it."""
    return date.fromisoformat(text)
