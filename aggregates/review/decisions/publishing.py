"""How a report is published (INV-04, INV-08, INV-09) or not yet, and what is learned from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack

from aggregates.clocks.dates import later
from aggregates.clocks.regimes import regime
from aggregates.errors import named, said
from aggregates.partnership.resource import ADDRESS, NotAnAddress
from aggregates.review import items, limits, refusals
from aggregates.review import state as s
from aggregates.review.decisions.acts import Acts
from aggregates.review.parts import DEFERRAL_MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from aggregates.authority import Act
    from aggregates.entry.values import Evidence
    from aggregates.review.decisions.acts import Stages
    from aggregates.review.parts import Report

PUBLISHING = s.Answering | s.Following | s.Reopened
LEARNING = s.Answering | s.Following | s.Reopened | s.Relevant


class Publishing(Acts):
    """What can be decided about the report and its learning."""

    def defer_publication(self, *, reason: str, review_by: date, **act: Unpack[Act]) -> None:
        """Decide not to publish yet, and by when within six months that is looked at again (INV-05)."""
        then = self._then(act, "its publication cannot be deferred", PUBLISHING, still=True)
        self._independent(act["acting"], then, "PublicationDeferred")
        said(reason=reason)
        if then.published is not None:
            raise refusals.AlreadyPublished(ref=self.ref)
        self.check_deferral(act["occurred_on"], review_by)
        self._say("PublicationDeferred", act, reason=reason, review_by=review_by)

    def publish_report(
        self,
        *,
        report_sha256: str,
        redaction_of: str | None = None,
        response_sha256: str | None = None,
        url: str,
        keep_online_until: date,
        **act: Unpack[Act],
    ) -> None:
        """Publish what was presented, or a redaction of it, with the response to every finding, for as long as the regime asks."""
        then = self._then(act, "it cannot be published", PUBLISHING, still=True)
        self._independent(act["acting"], then, "ReportPublished")
        if then.answer is None:
            raise refusals.NotAnswered(ref=self.ref)
        if then.unanswered:
            raise refusals.NotEveryFinding(ref=self.ref, missing=then.unanswered)
        if then.published is not None:
            raise refusals.AlreadyPublished(ref=self.ref)
        self.check_address(url)
        items.check_hashes(ref=self.ref, report_sha256=report_sha256, redaction_of=redaction_of, response_sha256=response_sha256)
        self.check_lineage(then.publication.lineage if then.publication else (), then.report, report_sha256, redaction_of)
        self.check_online(then.regime, act["occurred_on"], keep_online_until)
        hashes = {"report_sha256": report_sha256, "redaction_of": redaction_of, "response_sha256": response_sha256}
        self._say("ReportPublished", act, **hashes, url=url, keep_online_until=keep_online_until)

    def deposit_report(self, *, repository: str, identifier: str | None = None, **act: Unpack[Act]) -> None:
        """Record that the report went to a national collection."""
        self._published(act, "nothing can be deposited")
        said(repository=repository)
        self._say("ReportDeposited", act, repository=repository, identifier=identifier)

    def verify_publication(
        self, *, result: Literal["online", "changed", "gone"], found_sha256: str | None = None, **act: Unpack[Act]
    ) -> None:
        """Say whether the report is still where it was published."""
        self._published(act, "nothing can be looked for")
        items.check_hashes(ref=self.ref, found_sha256=found_sha256)
        self._say("PublicationVerified", act, result=result, found_sha256=found_sha256)

    def withdraw_report(self, *, reason: str, **act: Unpack[Act]) -> None:
        """Take the report down, and say why in public. What closed with its report published is reopened first (INV-05)."""
        then = self._published(act, "nothing can be withdrawn", PUBLISHING)
        self._independent(act["acting"], then, "ReportWithdrawn")
        said(reason=reason)
        self._say("ReportWithdrawn", act, reason=reason)

    def refer_learning_to_training(self, *, findings: tuple[str, ...], note: str | None = None, **act: Unpack[Act]) -> None:
        """Send findings to the Training sub-group."""
        then = self._then(act, "no learning can be referred", LEARNING)
        self.check_learning(then, findings)
        named(findings=findings)
        self._say("LearningReferredToTraining", act, findings=tuple(findings), note=note)

    def consider_training_implications(
        self,
        *,
        agenda_item: str,
        courses: str | None = None,
        poster: str | None = None,
        briefing_needed: bool | None = None,
        briefing_why: str | None = None,
        one_page_briefing: str | None = None,
        **act: Unpack[Act],
    ) -> None:
        """Answer, for the Training sub-group, (a) to (d), or some of them: what is answered at another time stays answered."""
        self._then(act, "its implications for training cannot be considered", LEARNING)
        said(agenda_item=agenda_item, courses=courses, poster=poster, briefing_why=briefing_why, one_page_briefing=one_page_briefing)
        answers = {"courses": courses, "poster": poster, "briefing_needed": briefing_needed, "one_page_briefing": one_page_briefing}
        self.check_considered(answers, briefing_why)
        self._say("TrainingImplicationsConsidered", act, agenda_item=agenda_item, briefing_why=briefing_why, **answers)

    def evaluate_review_impact(
        self,
        *,
        year: int,
        judgement: str,
        evidence: tuple[Evidence, ...] = (),
        unintended_consequences: str | None = None,
        **act: Unpack[Act],
    ) -> None:
        """Judge what the review changed, for one year."""
        then = self._then(act, "its impact cannot be judged", s.Following | s.ResponseFormulated | s.Reopened | s.Closed)
        said(judgement=judgement, unintended_consequences=unintended_consequences)
        self.check_impact_year(then, year, act["occurred_on"])
        fields = {"year": year, "judgement": judgement, "evidence": tuple(evidence)}
        self._say("ImpactEvaluated", act, **fields, unintended_consequences=unintended_consequences)

    def check_learning(self, at: s.ReviewState, findings: Iterable[str]) -> None:
        """Refuse to learn from findings that there are not."""
        if unknown := sorted(set(findings) - {finding.number for finding in at.findings}):
            raise refusals.UnknownFinding(ref=self.ref, numbers=unknown)

    def check_considered(self, answers: Mapping[str, Any], briefing_why: str | None) -> None:
        """Refuse to have answered nothing, and not to say why a briefing is needed or not."""
        if answers["briefing_needed"] is not None and briefing_why is None:
            raise refusals.NoReasonGiven(ref=self.ref, outcome="whether a briefing is needed")
        if all(answer is None for answer in answers.values()):
            raise refusals.NothingConsidered(ref=self.ref)

    def check_impact_year(self, at: s.ReviewState, year: int, day: date) -> None:
        """Refuse a year in which nobody had been shown the review or told its answer yet, or that has not come."""
        shown = [one.on for one in (at.report, at.answer, at.publication) if one is not None]
        limits.check_year(self.ref, year, first=min(shown, default=day), last=day)

    def check_deferral(self, day: date, review_by: date) -> None:
        """Refuse to look at a deferral again on the same day or before, or after more than six months (INV-05)."""
        latest = later(day, months=DEFERRAL_MONTHS)
        if review_by <= day:
            raise refusals.ReviewByBefore(ref=self.ref, review_by=review_by, day=day)
        if review_by > latest:
            raise refusals.DeferredTooLong(ref=self.ref, review_by=review_by, day=day, latest=latest)

    def check_address(self, url: str) -> None:
        """Refuse what is no address on the web: a page makes a link of it."""
        if not ADDRESS.match(url):
            raise NotAnAddress(ref=self.ref, url=url)

    def check_online(self, under: str, published_on: date, until: date) -> None:
        """Refuse a publication that would end before the regime lets it (INV-09)."""
        least = later(published_on, months=regime(under).keep_online_months)
        if until < least:
            raise refusals.TakenDownTooSoon(ref=self.ref, least=least, because=regime(under).keep_online_source, until=until)

    def check_lineage(self, earlier: Iterable[str], presented: Report | None, report: str, redaction_of: str | None) -> None:
        """Refuse what is neither the report that was presented nor a redaction of it, or of what was published `earlier` (INV-08)."""
        known = {*earlier, *((presented.sha256,) if presented else ())}
        if (presented is None or report != presented.sha256) and redaction_of not in known:
            raise refusals.NotWhatWasPresented(ref=self.ref)

    def _published(self, act: Act, cannot: str, stages: Stages = PUBLISHING | s.Closed) -> s.ReviewState:
        then = self._then(act, cannot, stages)
        if then.published is None:
            raise refusals.NotPublished(ref=self.ref, day=act["occurred_on"])
        return then
