"""The six reviews: referred or noted, decided, conducted, found, answered, published; each as reviews.toml tells it."""

from __future__ import annotations

from hashlib import sha256
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from service.demonstration.board.people import CHAIR, MANAGER, person
from service.demonstration.script import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

DOCUMENTS: Final = ("report", "response", "declaration", "information", "advice")  # told by their name, recorded by its hash
LATE: Final = ("recorded", "late_reason")
ABOUT_STEP: Final = {"on", "do", "by", "after", *LATE}
BEFORE, FOUND, ANSWERED, AFTER = range(4)  # the order of what happened on one day


def reviews(said: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what is recorded of each review. `said` is reviews.toml."""
    for ref, name in said["reviewers"].items():
        fields = {"name": name, "contact": f"{ref}@reviewers.example"}
        yield Line(do="register_subject", ref=str(reviewer(ref)), by=MANAGER, on=said["registered_on"], fields=fields)
    for review in said["review"]:
        yield _begun(review)
        life = [*_steps(review), *_findings(review), _answer(review)]
        yield from map(itemgetter(2), sorted(life, key=itemgetter(0, 1)))


def reviewer(ref: str) -> str:
    """Return the opaque reference of a lead reviewer."""
    return str(person(f"lead-reviewer-{ref}", 0))


def _begun(review: Mapping[str, Any]) -> Line:
    fields = {"title": review["title"], "kind": review["kind"]}
    if noted := review.get("noted"):
        fields |= {"board": noted["board"], "year": noted["year"]}
        return Line(do="note_external_review", ref=review["ref"], by=noted["by"], on=noted["on"], fields=fields, **_late(noted))
    referred = review["referred"]
    fields |= {"referring_agency": referred.get("agency"), "notified_on": referred["on"]}
    return Line(do="refer_review", ref=review["ref"], by=referred["by"], on=referred["on"], fields=fields, **_late(referred))


def _steps(review: Mapping[str, Any]) -> Iterator[tuple[date, int, Line]]:
    for number, step in enumerate(review["step"]):
        fields = {name: value for name, value in step.items() if name not in {*ABOUT_STEP, *DOCUMENTS}}
        fields |= {f"{name}_sha256": sha256(step[name].encode()).hexdigest() for name in DOCUMENTS if name in step}
        if "reviewer" in fields:
            fields["reviewer"] = reviewer(fields["reviewer"])
        line = Line(do=step["do"], ref=review["ref"], by=step["by"], on=step["on"], fields=fields, apart=str(number), **_late(step))
        yield step["on"], AFTER if step.get("after") else BEFORE, line


def _findings(review: Mapping[str, Any]) -> Iterator[tuple[date, int, Line]]:
    by, on = "quality-chair" if review["kind"] == "practice audit" else "scr-chair", review["found_on"]
    for finding in review["finding"]:
        fields = {name: finding[name] for name in ("number", "statement", "polarity", "scope", "themes")}
        fields["system_factor"] = finding["factor"]
        yield on, FOUND, Line(do="record_finding", ref=review["ref"], by=by, on=on, fields=fields, apart=finding["number"])


def _answer(review: Mapping[str, Any]) -> tuple[date, int, Line]:
    on, responses = review["answered_on"], [_response(finding) for finding in review["finding"]]
    return on, ANSWERED, Line(do="formulate_response", ref=review["ref"], by=CHAIR, on=on, fields={"responses": responses})


def _response(finding: Mapping[str, Any]) -> dict[str, str]:
    answer, reason, intended = finding["answer"]
    said = {"number": finding["number"], "response": answer, "reason": reason, "intended_actions": intended}
    return {name: value for name, value in said.items() if value}


def _late(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in LATE if name in said}
