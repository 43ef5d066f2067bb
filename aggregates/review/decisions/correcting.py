"""What a correction may not make an entry say: what its command would have refused, judged by what is on record now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.entry import standing
from aggregates.entry.fields import EARLIEST
from aggregates.errors import named
from aggregates.review import items, limits, refusals
from aggregates.review.decisions.answering import Answering
from aggregates.review.decisions.conducting import Conducting
from aggregates.review.decisions.deciding import Deciding
from aggregates.review.decisions.hearing import Hearing
from aggregates.review.decisions.publishing import Publishing
from aggregates.review.parts import IMPLICATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregates.entry import Entry

LISTS: Final = ("members", "roles", "relations", "findings")  # none of them can be empty
OBJECTS: Final = {"affiliations": "An affiliation", "members": "A member of the team", "criteria": "A criterion"}


class Correcting(Deciding, Conducting, Hearing, Answering, Publishing):
    """What is asked of an entry as corrected."""

    def check_corrected(self, entry: Entry) -> None:
        """Refuse what an entry would say as corrected where its command would have refused it."""
        body = entry.body
        for name, what in OBJECTS.items():
            items.check(what, body.get(name) or (), ref=self.ref)
        items.check_hashes(ref=self.ref, **{name: value for name, value in body.items() if name.endswith("_sha256")})
        self.check_names((), **body)
        named(**{name: body[name] for name in LISTS if name in body})
        if "count" in body:
            limits.check_count("count", body["count"])
        if body.get("review_by") and body["review_by"] <= body["occurred_on"]:
            raise refusals.ReviewByBefore(ref=self.ref, review_by=body["review_by"], day=body["occurred_on"])
        if check := CHECKS.get(entry.event.TOPIC):
            check(self, body)
        if entry.event.TOPIC == "review.decided.v1":
            self.check_decided_late(entry)
        limits.check_ahead(self.ref, body["occurred_on"], review_by=body.get("review_by"))

    def check_entry_referred(self, body: Mapping[str, Any]) -> None:
        """Refuse a kind that the regime does not have (INV-42)."""
        self._check_kind(body["regime"], body["kind"])
        days = {name: body[name] for name in ("notified_on", "aware_on")}
        self.check_known(self.ref, occurred_on=body["occurred_on"], **days)

    def check_entry_noted(self, body: Mapping[str, Any]) -> None:
        """Refuse a year that has not come."""
        limits.check_year(self.ref, body["year"], first=EARLIEST, last=body["occurred_on"])

    def check_entry_notified(self, body: Mapping[str, Any]) -> None:
        """Refuse to have become aware after the notice."""
        self.check_known(self.ref, occurred_on=body["occurred_on"], aware_on=body["aware_on"])

    def check_entry_decided(self, body: Mapping[str, Any]) -> None:
        """Refuse a kind that is not what the outcome says (INV-02)."""
        if self.state:
            self.check_outcome(self.state, body["outcome"], body["review_kind"])

    def check_decided_late(self, entry: Entry) -> None:
        """Refuse a first decision after its day that would not say why it was late (journey F.11)."""
        others = (e for e in self.standing if e.number != entry.number)
        then = self.fold(e for e in others if (e.occurred_on, e.number) < (entry.occurred_on, entry.number))
        if then and not then.decisions:
            self.check_in_time(then, entry.occurred_on, entry.body["why_late"])

    def check_entry_told(self, body: Mapping[str, Any]) -> None:
        """Refuse to have told of a decision against the review without saying why (INV-03)."""
        if then := self.state_on(body["occurred_on"]):
            self.check_explained(then, body["to_body"], body["explanation"])

    def check_entry_commissioned(self, body: Mapping[str, Any]) -> None:
        """Refuse another kind of review than was decided on (INV-02), and a period that runs backwards."""
        named(organisations=body["organisations"])
        self.check_kind_decided(body["review_kind"])
        limits.check_period(self.ref, body["period_from"], body["period_until"])

    def check_entry_requested(self, body: Mapping[str, Any]) -> None:
        """Refuse to have asked for yesterday."""
        self.check_later(body["occurred_on"], due_on=body["due_on"])

    def check_entry_extended(self, body: Mapping[str, Any]) -> None:
        """Refuse an extension into the past."""
        self.check_later(body["occurred_on"], until=body["until"])

    def check_entry_involved(self, body: Mapping[str, Any]) -> None:
        """Refuse to have approached nobody without saying why (INV-05)."""
        self.check_approached(body["outcome"], body["reason"])

    def check_entry_lead(self, body: Mapping[str, Any]) -> None:
        """Refuse what would hide that a lead reviewer is not independent, or say that one was appointed who is not (INV-01)."""
        now = self.state
        if now is None:
            return
        if now.conflicts:
            raise refusals.BreachNotRecorded(ref=self.ref, organisations=now.conflicts)
        if body["involved_in_case"]:
            raise refusals.InvolvedInCase(ref=self.ref)
        declared = [(e.body.get("affiliations"), e.body["occurred_on"]) for e in (*self.entries, *standing(self.entries))]
        if (body["affiliations"], body["occurred_on"]) not in declared:
            self.check_independent(items.lead_of(body["occurred_on"], body), now.organisations)

    def check_entry_paused(self, body: Mapping[str, Any]) -> None:
        """Refuse a pause for a process that is not on record (INV-10)."""
        if self.state:
            self.check_process(self.state, body["process"])

    def check_entry_presented(self, body: Mapping[str, Any]) -> None:
        """Refuse another report than the one that what is published comes from (INV-08)."""
        if self.state and self.state.published and body["report_sha256"] not in self.state.published.lineage:
            raise refusals.NotWhatWasPresented(ref=self.ref)

    def check_entry_response(self, body: Mapping[str, Any]) -> None:
        """Refuse a response that does not answer every finding exactly once (INV-04)."""
        self.check_responses(body["responses"])

    def check_entry_deferred(self, body: Mapping[str, Any]) -> None:
        """Refuse a deferral for more than six months (INV-05)."""
        self.check_deferral(body["occurred_on"], body["review_by"])

    def check_entry_learned(self, body: Mapping[str, Any]) -> None:
        """Refuse to have learned from findings that there are not."""
        if self.state:
            self.check_learning(self.state, body["findings"])

    def check_entry_considered(self, body: Mapping[str, Any]) -> None:
        """Refuse to have considered nothing (INV-05)."""
        answers = {name: body[name] for name in IMPLICATIONS}
        self.check_considered(answers, body["briefing_why"])

    def check_entry_evaluated(self, body: Mapping[str, Any]) -> None:
        """Refuse a year in which the review could have changed nothing."""
        if self.state:
            self.check_impact_year(self.state, body["year"], body["occurred_on"])

    def check_entry_published(self, body: Mapping[str, Any]) -> None:
        """Refuse an address, a time or a report that would not have been published."""
        now = self.state
        if now is None:
            return
        self.check_address(body["url"])
        self.check_online(now.regime, body["occurred_on"], body["keep_online_until"])
        published = [entry.body["report_sha256"] for entry in standing(self.entries) if entry.event.TOPIC == "review.report_published.v1"]
        earlier = published if len(published) > 1 else []  # no report is a redaction of itself
        self.check_lineage(earlier, now.report, body["report_sha256"], body["redaction_of"])


CHECKS: Final[Mapping[str, Callable[[Correcting, Mapping[str, Any]], None]]] = {
    "review.referred.v1": Correcting.check_entry_referred,
    "review.external_noted.v1": Correcting.check_entry_noted,
    "review.incident_notified.v1": Correcting.check_entry_notified,
    "review.decided.v1": Correcting.check_entry_decided,
    "review.decision_notified.v1": Correcting.check_entry_told,
    "review.commissioned.v1": Correcting.check_entry_commissioned,
    "review.agency_information_requested.v1": Correcting.check_entry_requested,
    "review.timescale_extended.v1": Correcting.check_entry_extended,
    "review.family_involvement_recorded.v1": Correcting.check_entry_involved,
    "review.lead_reviewer_appointed.v1": Correcting.check_entry_lead,
    "review.lead_reviewer_replaced.v1": Correcting.check_entry_lead,
    "review.paused.v1": Correcting.check_entry_paused,
    "review.report_presented.v1": Correcting.check_entry_presented,
    "review.board_response_formulated.v1": Correcting.check_entry_response,
    "review.publication_deferred.v1": Correcting.check_entry_deferred,
    "review.report_published.v1": Correcting.check_entry_published,
    "review.learning_referred_to_training.v1": Correcting.check_entry_learned,
    "review.training_implications_considered.v1": Correcting.check_entry_considered,
    "review.impact_evaluated.v1": Correcting.check_entry_evaluated,
}
