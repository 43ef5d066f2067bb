"""How a review is conducted: commission, independence (INV-01), who is asked and who is heard, and what it waits for (INV-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Unpack

from aggregates.errors import named, said
from aggregates.review import items, limits, refusals
from aggregates.review import state as s
from aggregates.review.decisions.acts import Acts
from aggregates.review.parts import LOOK_BACK_YEARS, same

if TYPE_CHECKING:
    from datetime import date

    from aggregates.authority import Act
    from aggregates.entry.values import Sealed
    from aggregates.review.events import Kind
    from aggregates.review.parts import Lead

    Process: TypeAlias = Literal["coroner", "criminal", "family court"]

UNDER_WAY = s.Working | s.Answering | s.Reopened
UNFINISHED = s.Referred | s.Decided | UNDER_WAY | s.Following


class Conducting(Acts):
    """What can be decided while a review is conducted."""

    def commission_review(
        self,
        *,
        review_kind: Kind,
        methodology: str,
        scope: str,
        period_from: date | None = None,
        period_until: date | None = None,
        proportionality: str,
        organisations: tuple[str, ...],
        **act: Unpack[Act],
    ) -> None:
        """Commission what was decided, into the organisations whose actions are looked at."""
        then = self._then(act, "it cannot be commissioned", s.Decided, still=True)
        self._independent(act["acting"], then, "Commissioned")
        said(methodology=methodology, scope=scope, proportionality=proportionality)
        named(organisations=organisations)
        self.check_kind_decided(review_kind)
        limits.check_period(self.ref, period_from, period_until)
        fields = {"review_kind": review_kind, "methodology": methodology, "scope": scope, "proportionality": proportionality}
        period = {"period_from": period_from, "period_until": period_until}
        self._say("Commissioned", act, **fields, **period, organisations=tuple(organisations))

    def add_organisation_under_review(self, *, organisation: str, reason: str, **act: Unpack[Act]) -> None:
        """Bring another organisation under review. If the lead reviewer is tied to it, that has to be recorded next (INV-01)."""
        then = self._then(act, "no organisation can come under review", UNFINISHED)
        said(organisation=organisation, reason=reason)
        if same(organisation) in map(same, then.organisations):
            raise refusals.OrganisationThere(ref=self.ref, organisation=organisation)
        self._say("OrganisationAdded", act, organisation=organisation, reason=reason)

    def constitute_review_team(self, *, members: tuple[dict[str, Any], ...], **act: Unpack[Act]) -> None:
        """Say which organisations sit in the review team, and in which roles."""
        self._then(act, "no team can be constituted", UNDER_WAY)
        items.check("A member of the team", members, ref=self.ref)
        named(members=members)
        self._say("TeamConstituted", act, members=tuple(members))

    def appoint_lead_reviewer(
        self,
        *,
        reviewer: Sealed,
        affiliations: tuple[dict[str, Any], ...] = (),
        involved_in_case: bool,
        declaration_sha256: str,
        look_back_years: int = LOOK_BACK_YEARS,
        **act: Unpack[Act],
    ) -> None:
        """Appoint somebody independent of the case and of the organisations under review, who has declared it (INV-01)."""
        then = self._then(act, "no lead reviewer can be appointed", UNDER_WAY, still=True)
        if then.lead is not None or (self.state and self.state.lead is not None):
            raise refusals.LeadReviewerThere(ref=self.ref)
        fields = self._declared(
            act,
            then,
            reviewer=reviewer,
            affiliations=affiliations,
            declaration_sha256=declaration_sha256,
            look_back_years=look_back_years,
            involved_in_case=involved_in_case,
        )
        self._say("LeadReviewerAppointed", act, **fields)

    def record_independence_breach(self, *, organisations: tuple[str, ...], grounds: str, **act: Unpack[Act]) -> None:
        """Record that the lead reviewer is not independent after all."""
        then = self._then(act, "no breach of independence can be recorded", UNFINISHED, breach=True)
        if then.lead is None or then.lead.breached_on is not None:
            raise refusals.NoLeadReviewer(ref=self.ref, day=act["occurred_on"], act="none can be found to be tied")
        said(grounds=grounds)
        self._say("IndependenceBreached", act, organisations=tuple(organisations), grounds=grounds)

    def replace_lead_reviewer(
        self,
        *,
        reviewer: Sealed,
        affiliations: tuple[dict[str, Any], ...] = (),
        involved_in_case: bool,
        declaration_sha256: str,
        reason: str,
        look_back_years: int = LOOK_BACK_YEARS,
        **act: Unpack[Act],
    ) -> None:
        """Appoint another lead reviewer in place of the one there is, and say why."""
        then = self._then(act, "no lead reviewer can be replaced", UNDER_WAY, still=True)
        if then.lead is None:
            raise refusals.NoLeadReviewer(ref=self.ref, day=act["occurred_on"], act="nobody can be replaced")
        said(reason=reason)
        fields = self._declared(
            act,
            then,
            reviewer=reviewer,
            affiliations=affiliations,
            declaration_sha256=declaration_sha256,
            look_back_years=look_back_years,
            involved_in_case=involved_in_case,
        )
        self._say("LeadReviewerReplaced", act, **fields, reason=reason)

    def request_agency_information(self, *, agency: str, due_on: date, request: str, **act: Unpack[Act]) -> None:
        """Ask an agency for what it knows, by a day."""
        then = self._then(act, "no agency can be asked", UNDER_WAY)
        self._reviewing(act, then)
        said(agency=agency, request=request)
        self.check_later(act["occurred_on"], due_on=due_on)
        self._say("AgencyInformationRequested", act, agency=agency, due_on=due_on, request=request)

    def submit_agency_information(self, *, agency: str, information_sha256: str, **act: Unpack[Act]) -> None:
        """Hand in, for the agency, what it was asked for; again, where there is more."""
        then = self._then(act, "no information can be submitted", UNDER_WAY)
        if not act["acting"].acts_for(agency):
            raise refusals.NotTheirInformation(agency=agency)
        if all(asked.agency != agency for asked in then.information):
            raise refusals.NotAsked(ref=self.ref, agency=agency, day=act["occurred_on"])
        items.check_hashes(ref=self.ref, information_sha256=information_sha256)
        self._say("AgencyInformationSubmitted", act, agency=agency, information_sha256=information_sha256)

    def note_parallel_process(self, *, process: Process, note: str, **act: Unpack[Act]) -> None:
        """Note that another process runs beside the review."""
        self._then(act, "no process beside it can be noted", UNFINISHED)
        said(note=note)
        self._say("ParallelProcessNoted", act, process=process, note=note)

    def pause_review(self, *, process: Process, review_by: date, reason: str, **act: Unpack[Act]) -> None:
        """Let the review wait for a process that is on record, until a day on which that is looked at (INV-10)."""
        then = self._then(act, "it cannot be paused", s.Commissioned | s.InProgress, still=True)
        said(reason=reason)
        self.check_process(then, process)
        if review_by <= act["occurred_on"]:
            raise refusals.ReviewByBefore(ref=self.ref, review_by=review_by, day=act["occurred_on"])
        limits.check_ahead(self.ref, act["occurred_on"], review_by=review_by)
        self._say("Paused", act, process=process, review_by=review_by, reason=reason)

    def resume_review(self, *, reason: str, **act: Unpack[Act]) -> None:
        """Let the review go on."""
        self._then(act, "it cannot be resumed", s.Paused, still=True)
        said(reason=reason)
        self._say("Resumed", act, reason=reason)

    def extend_timescale(self, *, until: date, reason: str, **act: Unpack[Act]) -> None:
        """Say by when the review will be done instead; the date that the rule sets stays on show."""
        then = self._then(act, "its timescale cannot be extended", UNDER_WAY)
        said(reason=reason)
        self.check_later(max(act["occurred_on"], then.extended_to or act["occurred_on"]), until=until)
        self._say("TimescaleExtended", act, until=until, reason=reason)

    def check_kind_decided(self, kind: str) -> None:
        """Refuse to commission another kind of review than the chair decided on (INV-02)."""
        decision = self.state.decision if self.state else None
        if decision is None or decision.kind != kind:
            raise refusals.NotTheKindDecided(ref=self.ref, decided=decision.kind if decision else "", kind=kind)

    def check_later(self, after: date, **days: date) -> None:
        """Refuse a day that is no later one, or is out of sight."""
        for until in days.values():
            if until <= after:
                raise refusals.NotLater(ref=self.ref, until=until, day=after)
        limits.check_ahead(self.ref, after, **days)

    def _declared(
        self,
        act: Act,
        then: s.ReviewState,
        *,
        reviewer: Sealed,
        affiliations: tuple[dict[str, Any], ...],
        declaration_sha256: str,
        look_back_years: int,
        involved_in_case: bool,
    ) -> dict[str, Any]:
        """Return what a lead reviewer declared, or refuse one who is not independent (INV-01)."""
        items.check("An affiliation", affiliations, ref=self.ref)
        items.check_hashes(ref=self.ref, declaration_sha256=declaration_sha256)
        if involved_in_case:
            raise refusals.InvolvedInCase(ref=self.ref)
        fields = {
            "reviewer": reviewer,
            "affiliations": tuple(affiliations),
            "involved_in_case": involved_in_case,
            "declaration_sha256": declaration_sha256,
            "look_back_years": look_back_years,
        }
        now = self.state.organisations if self.state else ()
        under = (*then.organisations, *(one for one in now if one not in then.organisations))
        self.check_independent(items.lead_of(act["occurred_on"], fields), under)
        return fields

    def check_independent(self, lead: Lead, organisations: tuple[str, ...]) -> None:
        """Refuse a lead reviewer who is tied to one of these organisations (INV-01)."""
        if tied := lead.conflicts_with(organisations):
            raise refusals.NotIndependent(ref=self.ref, years=lead.look_back_years, organisations=tied)

    def check_process(self, at: s.ReviewState, process: str) -> None:
        """Refuse a pause for a process that is not on record (INV-10)."""
        if all(noted.process != process for noted in at.processes):
            raise refusals.NoParallelProcess(ref=self.ref, process=process)
