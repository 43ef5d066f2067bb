"""The verbs of a review; what is looked up for them is in `recording.across.reviewing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.action import Action
from aggregates.partnership import Agency, Meeting, Partnership
from aggregates.review import Review
from service.recording.across.reviewing import Reviewing
from service.recording.resting import resting_on

if TYPE_CHECKING:
    from service.recording import Done, Write


class ReviewVerbs(Reviewing):
    """What is decided about a review."""

    @resting_on(Review, Partnership)
    def refer_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Refer a case for review, under the regime that binds the Board on the day of the notification."""
        said["regime"] = self.settings.binding(said["regime"], said["notified_on"])
        self._there(Agency, "agency", said["referring_agency"])
        self._referred_once(ref, said["referring_agency"], said["local_ref"])
        return self._begin(ref, Review.refer, write, **said)

    def note_external_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Note another body's review, which may be under another regime than the Board."""
        said["regime"] = said["regime"] or self.settings.regime_on(said["occurred_on"])
        return self._begin(ref, Review.note_external, write, **said)

    def decide_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Decide whether to conduct a review."""
        return self._change(Review, ref, Review.decide_review, write, **said, chair=self._chair(said["occurred_on"]))

    def appoint_lead_reviewer(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Appoint the lead reviewer, a registered person, by the look-back that the Board has set."""
        self._registered(said["reviewer"].subject)
        self._by_code(one.get("organisation") for one in said["affiliations"])
        said |= self._declared(said) | {"look_back_years": self.settings_on(said["occurred_on"]).affiliation_look_back}
        return self._change(Review, ref, Review.appoint_lead_reviewer, write, **said)

    def replace_lead_reviewer(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Appoint another lead reviewer in place of the one there is."""
        self._registered(said["reviewer"].subject)
        self._by_code(one.get("organisation") for one in said["affiliations"])
        said |= self._declared(said) | {"look_back_years": self.settings_on(said["occurred_on"]).affiliation_look_back}
        return self._change(Review, ref, Review.replace_lead_reviewer, write, **said)

    @resting_on(Agency)
    def request_agency_information(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Ask a member for what it knows."""
        self._member(said["agency"], said["occurred_on"])
        return self._change(Review, ref, Review.request_agency_information, write, **said)

    def record_finding(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record a finding of a review, which names nobody on record."""
        return self._change(Review, ref, Review.record_finding, write, **said, people=self.people())

    def make_recommendation(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record a recommendation, which names nobody on record."""
        return self._change(Review, ref, Review.make_recommendation, write, **said, people=self.people())

    def present_review_report(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Present the report to the Board, at a meeting that is on record where one is named."""
        self._there(Meeting, "meeting", said["meeting"])
        return self._change(Review, ref, Review.present_review_report, write, **said)

    @resting_on(Action)
    def close_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Close a review, where neither it nor the actions that came of it stand against that."""
        promises = list(self.promises(ref))
        agencies = {promise.owner for promise in promises if self.find(Agency, promise.owner)}
        chair = self._chair(said["occurred_on"])
        return self._change(Review, ref, Review.close_review, write, **said, promises=promises, agencies=agencies, chair=chair)

    def reopen_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Open a closed review again."""
        return self._change(Review, ref, Review.reopen_review, write, **said, chair=self._chair(said["occurred_on"]))

    def decide_relevance(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Decide whether another body's review is relevant here."""
        return self._change(Review, ref, Review.decide_relevance, write, **said)

    def notify_incident(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that a body was told of the incident."""
        return self._change(Review, ref, Review.notify_incident, write, **said)

    def send_rapid_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that the rapid review was sent."""
        return self._change(Review, ref, Review.send_rapid_review, write, **said)

    def recommend_decision(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record what the sub-group recommends."""
        return self._change(Review, ref, Review.recommend_decision, write, **said)

    def notify_decision(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that a body was told what was decided."""
        return self._change(Review, ref, Review.notify_decision, write, **said)

    def receive_panel_advice(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record what the national panel advised."""
        return self._change(Review, ref, Review.receive_panel_advice, write, **said)

    def commission_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Commission a review into organisations that are named by their codes where they have one."""
        self._by_code(said["organisations"])
        return self._change(Review, ref, Review.commission_review, write, **said)

    def add_organisation_under_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Bring another organisation under review, by its code where it has one."""
        self._by_code([said["organisation"]])
        return self._change(Review, ref, Review.add_organisation_under_review, write, **said)

    def constitute_review_team(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Constitute the review team."""
        return self._change(Review, ref, Review.constitute_review_team, write, **said)

    def record_independence_breach(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that the lead reviewer is not independent."""
        return self._change(Review, ref, Review.record_independence_breach, write, **said)

    def submit_agency_information(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Hand in what an agency was asked for."""
        return self._change(Review, ref, Review.submit_agency_information, write, **said)

    def invite_practitioners(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Invite practitioners to contribute."""
        return self._change(Review, ref, Review.invite_practitioners, write, **said)

    def record_practitioner_contribution(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record how practitioners contributed."""
        return self._change(Review, ref, Review.record_practitioner_contribution, write, **said)

    def invite_family(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Invite members of the family."""
        return self._change(Review, ref, Review.invite_family, write, **said)

    def record_family_involvement(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record what came of inviting the family."""
        return self._change(Review, ref, Review.record_family_involvement, write, **said)

    def record_participant_feedback(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record how it was for those who took part."""
        return self._change(Review, ref, Review.record_participant_feedback, write, **said)

    def note_parallel_process(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Note a process that runs beside the review."""
        return self._change(Review, ref, Review.note_parallel_process, write, **said)

    def pause_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Pause a review for another process."""
        return self._change(Review, ref, Review.pause_review, write, **said)

    def resume_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Let a review go on."""
        return self._change(Review, ref, Review.resume_review, write, **said)

    def extend_timescale(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Extend the time that a review takes."""
        return self._change(Review, ref, Review.extend_timescale, write, **said)

    def formulate_response(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record the Board's response to every finding of a review, which names nobody on record."""
        return self._change(Review, ref, Review.formulate_response, write, **said, people=self.people())

    def defer_publication(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Decide not to publish yet."""
        return self._change(Review, ref, Review.defer_publication, write, **said)

    def publish_report(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Publish the report and the response."""
        return self._change(Review, ref, Review.publish_report, write, **said)

    def deposit_report(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that the report went to a national collection."""
        return self._change(Review, ref, Review.deposit_report, write, **said)

    def verify_publication(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record whether the report is still where it was published."""
        return self._change(Review, ref, Review.verify_publication, write, **said)

    def withdraw_report(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Take the report down."""
        return self._change(Review, ref, Review.withdraw_report, write, **said)

    def refer_learning_to_training(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Send findings to the Training sub-group."""
        return self._change(Review, ref, Review.refer_learning_to_training, write, **said)

    def consider_training_implications(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record what the Training sub-group answered."""
        return self._change(Review, ref, Review.consider_training_implications, write, **said)

    def evaluate_review_impact(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Judge what a review changed."""
        return self._change(Review, ref, Review.evaluate_review_impact, write, **said)
