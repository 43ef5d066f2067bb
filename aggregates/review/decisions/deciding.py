"""How a review comes about: who is told, what the sub-group recommends, and what the chair decides (INV-02, INV-03, INV-44)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack

from aggregates.clocks.clock import due
from aggregates.clocks.regimes import regime
from aggregates.errors import Refused, named, said
from aggregates.review import items, refusals
from aggregates.review import state as s
from aggregates.review.decisions.acts import Acts

if TYPE_CHECKING:
    from datetime import date

    from aggregates.authority import Act
    from aggregates.partnership.office import Holder
    from aggregates.review.events import Kind, Outcome

OURS = s.Referred | s.Declined | s.Decided | s.Working | s.Answering | s.Following | s.Reopened
UNDECIDED = s.Referred | s.Declined | s.Decided


class KnownAhead(Refused):
    """A referral, or a notice, is about what is known already."""

    text = "{field} of {ref} is {day}, after the {occurred_on} on which it was said"


class SameDecision(Refused):
    """A new decision replaces the last: it is another one. What was recorded wrongly of the last is corrected."""

    text = "{ref} was decided so on {on} already ({outcome}): correct that entry where something of it is wrong"


class Deciding(Acts):
    """What can be decided before a review is conducted."""

    def notify_incident(self, *, to_body: str, aware_on: date | None = None, **act: Unpack[Act]) -> None:
        """Tell a body of the incident."""
        self._then(act, "no incident can be notified", OURS)
        said(to_body=to_body)
        self.check_known(self.ref, occurred_on=act["occurred_on"], aware_on=aware_on)
        self._say("IncidentNotified", act, to_body=to_body, aware_on=aware_on)

    def send_rapid_review(self, *, to_body: str, report_sha256: str, summary: str | None = None, **act: Unpack[Act]) -> None:
        """Send the rapid review to the national Panel, where the regime has one."""
        then = self._then(act, "no rapid review can be sent", OURS)
        under = regime(then.regime)
        if not any(rule.stops_with == "rapid_review_sent" for rule in under.rules_for(then.proposed_kind)):
            raise refusals.NoRapidReview(kind=then.proposed_kind, regime=under.id)
        said(to_body=to_body)
        items.check_hashes(ref=self.ref, report_sha256=report_sha256)
        self._say("RapidReviewSent", act, to_body=to_body, report_sha256=report_sha256, summary=summary)

    def recommend_decision(self, *, outcome: Outcome, rationale: str, dissent: str | None = None, **act: Unpack[Act]) -> None:
        """Say, for the sub-group, what the chair should decide; the chair is free (INV-02)."""
        self._then(act, "no decision can be recommended", UNDECIDED, still=True)
        said(rationale=rationale, dissent=dissent)
        self._say("DecisionRecommended", act, outcome=outcome, rationale=rationale, dissent=dissent)

    def decide_review(
        self,
        *,
        outcome: Outcome,
        review_kind: Kind | None = None,
        criteria: tuple[dict[str, Any], ...] = (),
        rationale: str,
        dissent: str | None = None,
        why_late: str | None = None,
        chair: Holder | None = None,
        **act: Unpack[Act],
    ) -> None:
        """Decide, for the Board, whether to conduct a review. A new decision replaces the last; both are kept.

        `chair` is who held the chair's office on that day: a deputy decides only where there is none, or the chair cannot (INV-44).
        """
        then = self._then(act, "it cannot be decided whether to conduct it", UNDECIDED, still=True)
        self._chairs(act, then, "Decided", chair)
        said(rationale=rationale, dissent=dissent, why_late=why_late)
        items.check("A criterion", criteria, ref=self.ref)
        self.check_outcome(then, outcome, review_kind)
        if then.proposed_kind in s.PUBLISHED_KINDS:  # the law has criteria for these; an audit of the Board's own choice has none
            named(criteria=criteria)
        self._check_another(outcome, review_kind)
        if not then.decisions:
            self.check_in_time(then, act["occurred_on"], why_late)
        fields = {"outcome": outcome, "review_kind": review_kind, "criteria": tuple(criteria), "why_late": why_late}
        self._say("Decided", act, rationale=rationale, dissent=dissent, **fields)

    def notify_decision(self, *, to_body: str, explanation: str | None = None, **act: Unpack[Act]) -> None:
        """Tell a body what was decided; of a decision against the review, with an explanation (INV-03)."""
        then = self._then(act, "no decision can be notified", OURS)
        if then.decision is None:
            raise refusals.NotDecided(ref=self.ref, day=act["occurred_on"])
        said(to_body=to_body, explanation=explanation)
        self.check_explained(then, to_body, explanation)
        self._say("DecisionNotified", act, to_body=to_body, explanation=explanation)

    def receive_panel_advice(self, *, from_body: str, advice_sha256: str, summary: str, **act: Unpack[Act]) -> None:
        """Record what the national panel advised."""
        self._then(act, "no advice on it can be received", OURS)
        said(from_body=from_body, summary=summary)
        items.check_hashes(ref=self.ref, advice_sha256=advice_sha256)
        self._say("PanelAdviceReceived", act, from_body=from_body, advice_sha256=advice_sha256, summary=summary)

    def decide_relevance(self, *, relevance: Literal["relevant", "not relevant"], why: str, **act: Unpack[Act]) -> None:
        """Decide whether another body's review has something to say here."""
        self._then(act, "its relevance cannot be decided", s.External, still=True)
        said(why=why)
        self._say("ExternalRelevanceDecided", act, relevance=relevance, why=why)

    def check_explained(self, at: s.ReviewState, to_body: str, explanation: str | None) -> None:
        """Refuse to tell a body of a decision against the review, and not to say why (INV-03)."""
        if at.decision is not None and at.decision.outcome != "conduct" and explanation is None:
            raise refusals.NoExplanation(ref=self.ref, body=to_body)

    def check_outcome(self, then: s.ReviewState, outcome: Outcome, kind: Kind | None) -> None:
        """Refuse a kind that is not what the outcome says, or that the regime does not have."""
        if outcome == "not conduct" and kind is not None:
            raise refusals.DeclinedWithKind(ref=self.ref)
        if outcome == "alternative" and kind in {None, then.proposed_kind}:
            raise refusals.AlternativeWithoutKind(ref=self.ref, kind=then.proposed_kind)
        self._check_kind(then.regime, kind or then.proposed_kind)

    def _check_another(self, outcome: Outcome, kind: Kind | None) -> None:
        """Refuse to decide once more what stands decided: a later decision is another one."""
        now = self.state
        if now and now.decision and (now.decision.outcome, now.decision.kind) == (outcome, kind or now.proposed_kind):
            raise SameDecision(ref=self.ref, outcome=outcome, on=now.decision.on)

    def check_in_time(self, then: s.ReviewState, day: date, why_late: str | None) -> None:
        """Refuse a first decision after its day that does not say why (journey F.11)."""
        under = regime(then.regime)
        for rule in under.rules_for(then.proposed_kind):
            started = then.moments.get(rule.starts_with)
            if rule.stops_with != "decided" or started is None or (why_late or "").strip():
                continue
            due_on = due(rule, started, under.calendar)
            if due_on is not None and day > due_on:
                raise refusals.NothingSaidOfLateness(ref=self.ref, due_on=due_on, because=rule.source, day=day)

    @staticmethod
    def check_known(ref: str, *, occurred_on: date, **days: date | None) -> None:
        """Refuse a day of notification, or of awareness, that comes after the act that tells of it."""
        for field, day in days.items():
            if day is not None and day > occurred_on:
                raise KnownAhead(ref=ref, field=field, day=day, occurred_on=occurred_on)

    @staticmethod
    def _check_kind(under: str, kind: str) -> None:
        kinds = regime(under).review_kinds
        if kind not in kinds:
            raise refusals.KindNotInRegime(regime=under, kind=kind, kinds=list(kinds))
