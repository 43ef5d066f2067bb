"""The stages of a review in the order in which they are gone through: which day each was reached, and by which event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.review.state import PUBLISHED_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.pages.reviews.sources import Sources
    from projections.reviews import ReviewRow

# A moment of a review (`notified_on`), what the stage is called, and which of its entries reached it.
OWN: Final = (
    ("decided_on", "Decided", ("decided",)),
    ("commissioned_on", "Commissioned", ("commissioned",)),
    ("presented_on", "Report presented", ("report_presented",)),
    ("responded_on", "The Board responded", ("board_response_formulated",)),
)


def stages(row: ReviewRow, behind: Sources) -> list[dict[str, Any]]:
    """Return each stage as {label, on (None where it is still to come), events}; what an ended review never reached is left out."""
    found = list(_stages(row, behind))
    return [stage for stage in found if stage["on"] or not row.ended]


def _stages(row: ReviewRow, behind: Sources) -> Iterator[dict[str, Any]]:
    if row.source is not None:
        noted, considered = behind.of("external_noted"), behind.last("external_relevance_decided")
        yield _stage("Noted", row.notified_on, noted)
        yield _stage("Relevance decided", behind.day("external_relevance_decided"), considered)
        yield _stage("The Board responded", row.responded_on, behind.last("board_response_formulated"))
        return
    yield _stage("Notified", row.notified_on, behind.last("referred"))
    for name, label, topics in OWN:
        yield _stage(label, getattr(row, name), behind.last(*topics))
    if row.kind in PUBLISHED_KINDS:
        yield _stage("Published", row.published_on, behind.last("report_published"))
    yield _stage("Closed", row.moments.get("closed"), behind.last("closed"))


def _stage(label: str, on: Any, events: list[dict[str, Any]]) -> dict[str, Any]:
    return {"label": label, "on": on, "events": events if on else []}
