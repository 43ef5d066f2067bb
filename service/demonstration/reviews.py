"""The six reviews: referred, found, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.demonstration.script import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REGIME = "LSCB-WT2015"


def reviews(said: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what is recorded of each review. `said` is reviews.toml."""
    for review in said["review"]:
        ref, referred = review["ref"], review["referred"]
        late = {name: referred[name] for name in ("recorded", "late_reason") if name in referred}
        fields = {"title": review["title"], "kind": review["kind"], "regime": review.get("regime", REGIME)}
        fields |= {"referring_agency": referred.get("agency"), "notified_on": referred["on"]}
        yield Line(do="refer_review", ref=ref, by=referred["by"], on=referred["on"], fields=fields, **late)
        by = "quality-chair" if review["kind"] == "practice audit" else "scr-chair"
        for finding in review["finding"]:
            fields = {name: finding[name] for name in ("number", "statement", "polarity", "scope", "themes")}
            fields["system_factor"] = finding["factor"]
            yield Line(do="record_finding", ref=ref, by=by, on=review["found_on"], fields=fields, apart=finding["number"])
        responses = [_response(finding) for finding in review["finding"]]
        yield Line(do="formulate_response", ref=ref, by="chair", on=review["answered_on"], fields={"responses": responses})


def _response(finding: Mapping[str, Any]) -> dict[str, str]:
    answer, reason, intended = finding["answer"]
    said = {"number": finding["number"], "response": answer, "reason": reason, "intended_actions": intended}
    return {name: value for name, value in said.items() if value}
