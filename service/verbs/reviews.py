"""The verbs of a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.partnership import Agency
from aggregates.review import Review
from service.recording.references import References

if TYPE_CHECKING:
    from service.recording import Done, Write


class ReviewVerbs(References):
    """What is decided about a review."""

    def refer_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Refer a case for review."""
        self._there(Agency, "agency", said["referring_agency"])
        return self._begin(ref, Review.refer, write, **said)

    def record_finding(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record a finding of a review."""
        return self._change(Review, ref, Review.record_finding, write, **said)

    def formulate_response(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record the Board's response to every finding of a review."""
        return self._change(Review, ref, Review.formulate_response, write, **said)
