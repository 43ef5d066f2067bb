"""The objects that some fields of a review's events hold a list of: read strictly where they are said, leniently where they are folded."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import day_of
from aggregates.entry.fields import EARLIEST, LATEST
from aggregates.review import refusals
from aggregates.review.parts import Affiliation, Lead, Member, Response, response_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ANSWERS: Final = ("accepted", "in part", "rejected")
SHA256: Final = re.compile(r"[0-9a-f]{64}\Z")
# What each object has: what has to be said, what may be.
SHAPES: Final[Mapping[str, tuple[Mapping[str, type], Mapping[str, type]]]] = {
    "An affiliation": ({"organisation": str, "role": str}, {"from_on": date, "until_on": date}),
    "A member of the team": ({"organisation": str, "role": str}, {}),
    "A criterion": ({"criterion": str, "met": bool}, {}),
}


def check(what: str, given: Iterable[Mapping[str, Any]], *, ref: str) -> None:
    """Refuse an object that has not what it has to have, has something else, or has it of another kind."""
    needed, optional = SHAPES[what]
    takes = {**needed, **optional}
    for item in given:
        facts = {"what": what, "ref": ref, "takes": list(takes)}
        if unknown := item.keys() - takes.keys():
            raise refusals.UnreadableItem(**facts, why=f"there is no {', '.join(sorted(unknown))} in it")
        for name, kind in takes.items():
            value = item.get(name)
            if value is None and name in optional:
                continue
            if not _is(value, kind):
                raise refusals.UnreadableItem(**facts, why=f"{name} is {_WORDS[kind]}")
        if item.get("from_on") and item.get("until_on") and item["from_on"] > item["until_on"]:
            raise refusals.UnreadableItem(**facts, why="it ends before it begins")


def check_hashes(*, ref: str, **hashes: str | None) -> None:
    """Refuse what cannot be the SHA-256 of a document."""
    for name, value in hashes.items():
        if value is not None and not SHA256.match(value):
            raise refusals.NotAHash(ref=ref, field=name)


def response(given: Mapping[str, Any], *, ref: str) -> Response:
    """Return a response to a finding; refuse one that cannot be read, or that owes a reason (INV-04)."""
    if unknown := given.keys() - {"number", "response", "reason", "intended_actions"}:
        raise refusals.UnreadableResponse(ref=ref, why=f"there is no {', '.join(sorted(unknown))} in it")
    if wrong := sorted(name for name, value in given.items() if value is not None and not isinstance(value, str)):
        raise refusals.UnreadableResponse(ref=ref, why=f"{', '.join(wrong)} is a text")
    found = response_of(dict(given))
    if not found.number or found.response not in ANSWERS:
        raise refusals.UnreadableResponse(ref=ref, why="a number and a response are needed")
    if found.response != "accepted" and not (found.reason or "").strip():
        raise refusals.NoReason(ref=ref, number=found.number, response=found.response)
    return found


def affiliations_of(given: Iterable[Mapping[str, Any]]) -> tuple[Affiliation, ...]:
    """Return affiliations as they were said, whatever is missing in them."""
    return tuple(Affiliation(_text(i, "organisation"), _text(i, "role"), _day(i.get("from_on")), _day(i.get("until_on"))) for i in given)


def lead_of(on: date, body: Mapping[str, Any]) -> Lead:
    """Return a lead reviewer from a day, with what they declared."""
    return Lead(body["reviewer"], on, affiliations_of(body["affiliations"]), body["declaration_sha256"], body["look_back_years"])


def members_of(given: Iterable[Mapping[str, Any]]) -> tuple[Member, ...]:
    """Return the seats of a team as they were said."""
    return tuple(Member(_text(item, "organisation"), _text(item, "role")) for item in given)


def criteria_of(given: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, bool], ...]:
    """Return (criterion, met) as they were said."""
    return tuple((_text(item, "criterion"), bool(item.get("met"))) for item in given)


_WORDS: Final = {str: "a text", bool: "true or false", date: f"a date from {EARLIEST} to {LATEST}, such as 2016-07-15"}


def _is(value: Any, kind: type) -> bool:
    if kind is date:
        day = _day(value)
        return day is not None and EARLIEST <= day <= LATEST
    return bool(value.strip()) if kind is str and isinstance(value, str) else kind is not str and isinstance(value, kind)


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _day(value: Any) -> date | None:
    try:
        return day_of(value)
    except ValueError:
        return None
