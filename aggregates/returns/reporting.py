"""What can be decided about the report of a year, which is the Board's own return: what it says, and that it is published (journey F.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregates.entry.values import says
from aggregates.errors import said
from aggregates.returns import refusals
from aggregates.returns.acts import Acts
from aggregates.returns.fold import fold
from aggregates.returns.state import Waived

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from aggregates.authority import Act, Acting
    from aggregates.entry import Entry
    from aggregates.entry.values import Evidence
    from aggregates.returns.state import ReturnState

REPORT: Final = "board_annual_report"


class Reporting(Acts):
    """What can be decided about a return that is the Board's report of a year. None of it changes what was answered."""

    def explain_section(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        section: str,
        explanation: str,
        sections: Collection[str],
    ) -> None:
        """Say what a section has to say, or why it is missing; `sections` are those that the regime of the year asks for."""
        self._report_on(occurred_on, "explained")
        said(explanation=explanation)
        if section not in sections:
            raise refusals.NoSuchSection(ref=self.ref, section=section, sections=list(sections))
        self._say("SectionExplained", occurred_on, late_reason, acting, section=section, explanation=explanation)

    def publish(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        as_at: date,
        known_at: int,
        report_sha256: str | None = None,
        made_by: str,
        reason: str | None = None,
        built: Evidence,
        missing: Collection[str],
        ends_on: date,
    ) -> None:
        """Publish it as `built` from the log; another edition says for what `reason` it takes the place of the one before.

        Refuse while a section is `missing`, and what is not the report that the signer saw.
        """
        now = self.check_report(occurred_on, as_at, ends_on)
        if report_sha256 is not None and report_sha256 != built.sha256:
            raise refusals.ReportIsAnother(ref=self.ref, seen=report_sha256, built=built.sha256)
        if missing:
            raise refusals.SectionsMissing(ref=self.ref, sections=list(missing))
        if now.published and now.published[-1].report_sha256 == built.sha256:
            raise refusals.NothingNewToPublish(ref=self.ref, edition=now.published[-1].edition)
        if now.published and not says(reason):
            raise refusals.EditionWithoutReason(ref=self.ref, edition=now.published[-1].edition, field="reason")
        built_from: Mapping[str, object] = {"as_at": as_at, "known_at": known_at, "report_sha256": built.sha256, "made_by": made_by}
        edition = now.published[-1].edition + 1 if now.published else 1
        self._say("Published", occurred_on, late_reason, acting, edition=edition, evidence=(built,), reason=reason, **built_from)

    def check_report(self, day: date, as_at: date, ends_on: date) -> ReturnState:
        """Return what is true of it now; refuse what is not the report of a year that is over on the day of which it speaks."""
        now = self._report_on(day, "published")
        if as_at < ends_on:
            raise refusals.YearNotOver(ref=self.ref, as_at=as_at, ends_on=ends_on)
        return now

    def check_amended(self, act: Act, after: Sequence[Entry]) -> None:
        """Refuse what would take away, or change, what has been published: another edition supersedes it."""
        then = fold(after)
        if self.state and self.state.published and (then is None or then.published != self.state.published):
            raise refusals.PublishedStays(ref=self.ref, edition=self.state.published[-1].edition)
        super().check_amended(act, after)

    def _report_on(self, day: date, act: str) -> ReturnState:
        then, now = self.state_on(day), self.state
        if then is None or now is None:
            raise refusals.NotRequested(ref=self.ref, day=day)
        if now.kind != REPORT:
            raise refusals.NotAReport(ref=self.ref)
        if isinstance(now.status, Waived):
            raise refusals.ReturnEnded(ref=self.ref, status=now.status.word, act=act)
        return now
