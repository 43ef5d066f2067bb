"""The menu of every page: a few groups in the framework's own words, and within the one that is open, its pages."""

from __future__ import annotations

from typing import Any, Final

from service.commands.command import LEADS
from service.desk import roles

# Each group, and the pages in it by their addresses. The first is the group's own.
MENU: Final[dict[str, dict[str, str]]] = {
    "Home": {"/": "Home"},
    "Obligations": {
        "/obligations": "What is owed",
        "/compliance": "Every agency, clause by clause",
        "/notices": "Notices",
    },
    "Reviews and actions": {
        "/reviews": "Reviews",
        "/actions": "Action register",
        "/evidence": "Evidence",
        "/challenges": "Challenges and escalations",
    },
    "Learning": {
        "/disseminations": "Dissemination",
        "/sessions": "Training sessions",
        "/courses": "Courses",
        "/programme": "Training programme",
        "/library": "Learning library",
        "/resources": "Resources",
    },
    "Returns": {
        "/returns": "All returns",
        "/section-11": "Section 11",
        "/workforce": "Training of the workforce",
        "/reports": "Reports of the year",
    },
    "The partnership": {
        "/partnership": "Members and settings",
        "/meetings": "Meetings",
        "/meetings/attendance": "Attendance",
        "/inspections": "Inspections",
        "/data-protection": "Data protection",
        "/data-protection/retention": "Retention",
        "/keys": "Signing keys",
        "/api-keys": "Keys of programs",
    },
    "The record": {
        "/replay": "Replay",
        "/rehearsal": "Rehearsal",
        "/integrity": "Integrity",
        "/packs": "Sealed packs",
        "/public": "Published",
    },
}
STRANGERS: Final = {"Published": {"/public": "Published"}, "Integrity": {"/integrity": "Integrity"}, "Sign in": {"/sign-in": "Sign in"}}
ADDRESSES: Final = frozenset(href for pages in (*MENU.values(), *STRANGERS.values()) for href in pages)
NEEDS: Final = {  # the right without which somebody does not find a page
    "/data-protection": "data protection",
    "/data-protection/retention": "data protection",
    "/inspections": "inspections",
    "/packs": "packs",
    "/rehearsal": "rehearsals",
    "/reports": "report drafts",
}
UNDER: Final = {  # where in the menu a page stands that is not below one of its addresses
    **dict.fromkeys(("/agencies", "/offices", "/sub-groups", "/priorities"), "/partnership"),
    **dict.fromkeys(("/events", "/difference"), "/replay"),
    "/subjects": "/data-protection",
    "/amendments": "/integrity",
}


def menu(path: str, role: str | None, *, signed_in: bool, whole: bool = True) -> list[dict[str, Any]]:
    """Return the groups that somebody finds, each with its pages; the group and the page are marked where this path is.

    Who inspects one agency, and not the `whole` Board, finds no page that is of the whole.
    """
    here, found = _place_of(path), []
    for group, every in (MENU if signed_in else STRANGERS).items():
        pages = [{"text": text, "href": href, "current": href == here} for href, text in every.items() if _is_for(href, role, whole=whole)]
        if pages:
            found.append({"text": group, "href": pages[0]["href"], "active": any(page["current"] for page in pages), "pages": pages})
    return found


def _place_of(path: str) -> str | None:
    """Return the address in the menu at which a path stands, or below which: the nearest."""
    while path:
        if path in ADDRESSES or path in UNDER:
            return UNDER.get(path, path)
        path = path.rpartition("/")[0]
    return None


def _is_for(href: str, role: str | None, *, whole: bool) -> bool:
    """Say whether a role finds a page. Inspections and drafts of reports concern the Board's own offices and whoever inspects."""
    match href:
        case "/" | "/integrity" | "/public" | "/sign-in":
            return True
        case "/evidence":
            return role is not None and (role in LEADS or role not in roles.ONE_AGENCY)
        case _:
            right = NEEDS.get(href)
            return role is not None if right is None else roles.may(role, right) and (whole or not roles.RIGHTS[right].whole)
