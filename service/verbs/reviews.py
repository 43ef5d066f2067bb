"""The verbs of a review: what is looked up for them is who decides, who is named, and which actions came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.action import Action
from aggregates.action import state as of_action
from aggregates.data_subject import DataSubject
from aggregates.fields import corrections
from aggregates.partnership import Agency, Meeting
from aggregates.review import Review
from aggregates.review.blockers import Promise
from aggregates.review.parts import same
from aggregates.review.refusals import AlreadyReferred
from service.desk.refusals import KnownByCode, NotFound
from service.recording.holding import Holding
from service.recording.resting import resting_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from aggregates.partnership.office import Holder
    from service.recording import Done, Write

SOURCING: Final = ["action.assigned.v1", "action.entry_corrected.v1"]  # the entries of an action that say what it comes from
REFERRING: Final = ["review.referred.v1", "review.entry_corrected.v1"]  # the entries of a review that say how others know the case


class ReviewVerbs(Holding):
    """What is decided about a review."""

    @resting_on(Review)
    def refer_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Refer a case for review."""
        self._there(Agency, "agency", said["referring_agency"])
        self._referred_once(ref, said["referring_agency"], said["local_ref"])
        return self._begin(ref, Review.refer, write, **said)

    def note_external_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Note another body's review."""
        return self._begin(ref, Review.note_external, write, **said)

    def decide_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Decide whether to conduct a review."""
        return self._change(Review, ref, Review.decide_review, write, **said, chair=self._chair(said["occurred_on"]))

    def appoint_lead_reviewer(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Appoint the lead reviewer, a registered person, by the look-back that the Board has set."""
        self._registered(said["reviewer"].subject)
        self._by_code(one.get("organisation") for one in said["affiliations"])
        said |= self._declared(said)
        return self._change(Review, ref, Review.appoint_lead_reviewer, write, **said, look_back_years=self.settings.affiliation_look_back)

    def replace_lead_reviewer(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Appoint another lead reviewer in place of the one there is."""
        self._registered(said["reviewer"].subject)
        self._by_code(one.get("organisation") for one in said["affiliations"])
        said |= self._declared(said)
        return self._change(Review, ref, Review.replace_lead_reviewer, write, **said, look_back_years=self.settings.affiliation_look_back)

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

    def promises(self, review: str) -> Iterator[Promise]:
        """Give the actions that came of a review, as they are now: read from the log itself, like all that a decision rests on."""
        for action in self._saying(Action, SOURCING, lambda body: str(body.get("source")).partition("/")[0] == review):
            state = action.state
            if state is not None and (state.source or "").partition("/")[0] == review:
                finding = (state.source or "").partition("/")[2]
                yield Promise(state.ref, finding, state.owner, self._kept(state.status))

    def _kept(self, status: of_action.Status) -> bool:
        """Say whether an action is closed or withdrawn; one that was superseded is so when what took its place is."""
        met: set[str] = set()
        while isinstance(status, of_action.Superseded) and status.by_ref not in met:
            met.add(status.by_ref)
            successor = self.find(Action, status.by_ref)
            if successor is None or successor.state is None:
                return False
            status = successor.state.status
        return isinstance(status, of_action.Closed | of_action.Withdrawn)

    def _referred_once(self, ref: str, agency: str | None, local_ref: str | None) -> None:
        """Refuse a case that the same agency has referred already, by the reference that it has there."""
        if local_ref is None:
            return
        for review in self._saying(Review, REFERRING, lambda body: body.get("local_ref") == local_ref):
            state = review.state
            if state is not None and state.ref != ref and (state.referring_agency, state.local_ref) == (agency, local_ref):
                raise AlreadyReferred(agency=agency or "The same referrer", local_ref=local_ref, other=state.ref)

    def _chair(self, day: date) -> Holder | None:
        """Return who held the chair's office on a day; None where it was vacant."""
        holders = (seat.holder_on(day) for seat in self.seats().values())
        return next((holder for holder in holders if holder and holder.role == "chair"), None)

    def _declared(self, said: dict[str, Any]) -> dict[str, Any]:
        """Return what a lead reviewer declares, with the agencies that the register of offices has as their employers until that day."""
        reviewer, day = said["reviewer"].subject, said["occurred_on"]
        terms = (term for seat in self.seats().values() for term in seat.terms if term.holder.subject == reviewer and term.from_on <= day)
        employed = [
            {"organisation": term.employer, "role": term.title, "from_on": term.from_on.isoformat()}
            | ({"until_on": term.until_on.isoformat()} if term.until_on else {})
            for term in terms
            if term.employer
        ]
        return {"affiliations": (*said["affiliations"], *(one for one in employed if one not in said["affiliations"]))}

    def _by_code(self, organisations: Iterable[Any]) -> None:
        """Refuse an agency's name, present or past, where its code tells it from every other: independence is judged by it (INV-01)."""
        given = {same(one): one for one in organisations if isinstance(one, str)}
        for agency in self.every(Agency):
            names = (body.get("name") for entry in agency.entries for body in (entry.body, corrections(entry.body)))
            for name in names:
                if isinstance(name, str) and same(name) in given and same(name) != same(agency.ref):
                    raise KnownByCode(name=given[same(name)], code=agency.ref)

    def _registered(self, person: Any) -> None:
        if self.find(DataSubject, str(person)) is None:
            raise NotFound(kind="person", ref=person)
