"""What the chair signs when they publish a report: said in words, and sent just as its draft was shown to them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aggregates.returns.reporting import REPORT
from api.pages.frame.clocks import address
from api.pages.frame.labels import TOLD_AS
from api.pages.frame.words import written
from projections import returns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.pages.frame import Look

SIGNED: Final = ("as_at", "known_at", "report_sha256")  # what the page of the draft fills in


def draft_of(ref: str) -> str:
    """Return the address of the draft of the report that a return asks for."""
    return f"/reports/{_period(ref)}"


def beside(ref: str) -> dict[str, str]:
    """Return where a report is signed from, for whoever comes to its form by another way: nobody types what is signed."""
    return {"text": "Read the draft, and sign from there: it says what is signed", "href": draft_of(ref)}


def stated(fields: list[dict[str, Any]], ref: str, seen: Look) -> list[dict[str, Any]]:
    """Return a form's fields with what the draft has filled in said in words; as they are where it is not there, or wrong.

    Another edition has to say why it takes the place of the one before it; the first is not asked.
    """
    again = bool(returns.editions(seen.on.conn, **seen.on.at, period=_period(ref)))
    why = {"label": TOLD_AS["return.published.reason"], "optional": False}
    fields = [field | why if field["name"] == "reason" else field for field in fields if again or field["name"] != "reason"]
    given = {field["name"]: field for field in fields if field["name"] in SIGNED}
    day = _day(given["as_at"]["value"])
    known_at, digest = (str(given[name]["value"]) for name in SIGNED[1:])
    if day is None or not known_at.isdecimal() or any(not field["value"] or field["error"] for field in given.values()):
        return fields
    draft = {"text": "Read it again", "href": address(draft_of(ref), {"as_at": day.isoformat(), "known_at": known_at})}
    said: Mapping[str, dict[str, Any]] = {
        "as_at": {"says": written(day), "sent": {"as_at-day": day.day, "as_at-month": day.month, "as_at-year": day.year}},
        "known_at": {"says": f"{int(known_at):,}: everything that was on record when you read it.", "sent": {"known_at": known_at}},
        "report_sha256": {
            "says": "As you have read it, and no other: had anything of it changed, nothing would be signed.",
            "sent": {"report_sha256": digest},
            "link": draft,
            "digest": digest,
        },
    }
    return [field | {"kind": "stated"} | said[field["name"]] if field["name"] in said else field for field in fields]


def _period(ref: str) -> str:
    return ref.removeprefix(f"{REPORT}-").removesuffix("-BOARD")


def _day(value: Any) -> date | None:
    """Return a day as a form holds it: a date, or the three parts that were typed; None where these are none."""
    if isinstance(value, date):
        return value
    try:
        return date(*(int(value[part]) for part in ("year", "month", "day")))
    except (KeyError, TypeError, ValueError):
        return None
