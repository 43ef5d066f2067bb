"""Who Severnbrook is: its settings, agencies, sub-groups, and the people who hold its offices, one after the other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from service.demonstration.script import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOUNDED = date(2014, 9, 1)
MANAGER, CHAIR = "board-manager", "chair"
# What happened to agencies before this record began, or in its course.
EARLIER: dict[str, dict[str, Any]] = {
    code: {
        "on": date(2014, 6, 1),
        "recorded": FOUNDED,
        "late_reason": "Created by the probation reforms of 1 June 2014, before this record began.",
    }
    for code in ("NPS-S", "CRC-S")
}
LEFT: dict[str, date] = {"CRC-S": date(2021, 6, 26)}
RENAMED = ("NPS-S", date(2021, 6, 26), "The Probation Service, Severn area")


def people(said: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the founding and, as the years pass, every change of office. `said` is partnership.toml."""
    for code, name, category, section_11 in said["agencies"]:
        fields = {"name": name, "category": category, "section_11": section_11}
        yield Line(do="join_agency", ref=code, by=MANAGER, fields=fields, **({"on": FOUNDED} | EARLIER.get(code, {})))
    for code, name, _, terms in said["sub_groups"]:
        yield Line(do="constitute_sub_group", ref=code, by=MANAGER, on=FOUNDED, fields={"name": name, "terms_of_reference": terms})
    titles = _titles(said)
    for office, (role, body, holders) in said["offices"].items():
        seat = {"title": titles[office], "role": role, "body": body or None}
        for number, holder in enumerate(holders):
            yield from _term(office, seat, number, holder)
    for setting, value in said["settings"]:
        fields = {"setting": setting, "value": value}
        yield Line(do="set_local_setting", ref="partnership", by=CHAIR, on=date(2014, 9, 15), fields=fields, apart=setting)
    opened = said["inspection"]
    fields = {name: value for name, value in opened.items() if name not in {"office", "on"}}
    yield Line(do="open_inspection", ref=opened["office"], by=CHAIR, on=opened["on"], fields=fields)
    code, day, name = RENAMED
    yield Line(do="rename_agency", ref=code, by=MANAGER, on=day, fields={"name": name})


def person(office: str, number: int) -> UUID:
    """Return the opaque reference of an office's holder, the same every time."""
    return uuid5(NAMESPACE_URL, f"https://severnbrook.example/{office}/{number}")


def _term(office: str, seat: dict[str, Any], number: int, holder: list[Any]) -> Iterator[Line]:
    name, employer, first, *rest = holder
    if name:  # the first board manager is on record already: they established the log
        by = CHAIR if first > FOUNDED and office != CHAIR else MANAGER
        who = person(office, number)
        registered = {"name": name, "contact": f"{office}@severnbrook.example"}
        yield Line(do="register_subject", ref=str(who), by=CHAIR if office == MANAGER else MANAGER, on=first, fields=registered)
        fields = seat | {"holder": str(who), "employer": employer or None, "from_on": first}
        yield Line(do="appoint_office_holder", ref=office, by=by, on=first, fields=fields)
    if rest:
        last, *why = rest
        by = MANAGER if office != MANAGER else CHAIR
        fields = {"until_on": last, "reason": why[0] if why else "The term of office ended."}
        yield Line(do="stand_down_office_holder", ref=office, by=by, on=last, fields=fields)


def _titles(said: Mapping[str, Any]) -> dict[str, str]:
    names = {code: name for code, name, *_ in [*said["agencies"], *said["sub_groups"]]}
    words = {"chair": "Independent chair", "sub-group chair": "Chair of {body}", "designated lead": "Designated lead, {body}"}
    return {
        office: words.get(role, role[0].upper() + role[1:]).format(body=names.get(body, "the Board"))
        for office, (role, body, _) in said["offices"].items()
    }


def members_on(said: Mapping[str, Any], day: date) -> list[str]:
    """Return who was a member on a day."""
    joined = {code: EARLIER.get(code, {}).get("on", FOUNDED) for code, *_ in said["agencies"]}
    return [code for code, first in joined.items() if first <= day < LEFT.get(code, day + timedelta(1))]


def lead_on(said: Mapping[str, Any], agency: str, day: date) -> str | None:
    """Return the office of an agency's designated lead where somebody holds it on a day, and a week before; None where nobody does."""
    office = f"lead-{agency}"
    terms = said["offices"][office][2]
    return office if any(first <= day - timedelta(7) and (not rest or day <= rest[0]) for _, _, first, *rest in terms) else None


def employer_of(said: Mapping[str, Any], office: str, day: date) -> str | None:
    """Return who employs the holder of an office on a day, as it was recorded at first; None for nobody, and where it is vacant."""
    for _, employer, first, *rest in said["offices"][office][2]:
        if first <= day <= (rest[0] if rest else day + timedelta(1)):
            return employer or None
    return None
