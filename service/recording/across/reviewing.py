"""What is looked up across the log for a review: who decides, who is named, whether it is there already, which actions came of it.

The commands of a review ask for it, and so do the corrections of what they recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.action import Action
from aggregates.action import state as of_action
from aggregates.partnership import Agency, Meeting
from aggregates.registry.data_subject import DataSubject
from aggregates.review import Review
from aggregates.review.aggregate import NotTheirReferral
from aggregates.review.blockers import Promise, Standing, ended
from aggregates.review.parts import same
from aggregates.review.refusals import AlreadyReferred, NotTheirInformation
from service.commands import LEAD
from service.desk.refusals import EmployerUnsaid, KnownByCode, NotFound
from service.recording.across.holding import Holding, said_by
from service.recording.known import looked_up, of_what_is_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from uuid import UUID

    from aggregates.authority import Acting
    from aggregates.entry import Entry
    from aggregates.partnership.office import Holder

SOURCING: Final = ["action.assigned.v1", "action.entry_corrected.v1"]  # the entries of an action that say what it comes from
REFERRING: Final = ["review.referred.v1", "review.entry_corrected.v1"]  # the entries of a review that say how others know the case


class Reviewing(Holding):
    """The log of one board, and what it says of its reviews."""

    @looked_up
    def promises(self, review: str) -> Iterator[Promise]:
        """Give the actions that came of a review, as they are now: read from the log itself, like all that a decision rests on."""
        for action in self._saying(Action, SOURCING, review, lambda body: str(body.get("source")).partition("/")[0] == review):
            state = action.state
            if state is not None and (state.source or "").partition("/")[0] == review:
                finding = (state.source or "").partition("/")[2]
                yield Promise(state.ref, finding, state.owner, ended(standing_of(state.status), self._standing))

    def _standing(self, action: str) -> Standing | None:
        """Return where an action stands now; None where there is none."""
        found = self.find(Action, action)
        return standing_of(found.state.status) if found and found.state else None

    def _check_corrected(self, who: Acting, thing: Any, fields: dict[str, Any], today: date, late_reason: str | None) -> None:
        """Ask of a review's entry, as it would stand amended, what its command asks the log."""
        super()._check_corrected(who, thing, fields, today, late_reason)
        if not isinstance(thing, Review):
            return
        now, then = thing.rewritten(fields["amends"], fields.get("corrected"))
        if then is not None:
            self._check_agency(who, thing.ref, now, then)
        if then is not None and then.event is Review.Referred:
            self._referred_once(thing.ref, then.body["referring_agency"], then.body["local_ref"])
            self._check_regime(now, then)
        if then is not None and "affiliations" in then.body:
            self._check_affiliations(thing.ref, now, then)

    def _check_agency(self, who: Acting, ref: str, now: Entry | None, then: Entry) -> None:
        """Refuse an agency that was no member, and one for which whoever amends could not have said it."""
        field = "referring_agency" if then.event is Review.Referred else "agency"
        agency = then.body.get(field)
        if agency is None or (now is not None and now.body[field] == agency):
            return
        if then.event is Review.AgencyInformationRequested:
            self._member(agency, then.occurred_on)
        elif who.role == LEAD and who.on_behalf_of is None and not who.acts_for(agency):
            refusal = NotTheirReferral(ref=ref, agency=agency) if then.event is Review.Referred else NotTheirInformation(agency=agency)
            raise refusal

    def _check_regime(self, now: Entry | None, then: Entry) -> None:
        """Refuse a regime that did not bind on the day of the notification, where either is amended."""
        regime, notified_on = then.body["regime"], then.body["notified_on"]
        if now is None or (now.body["regime"], now.body["notified_on"]) != (regime, notified_on):
            self.settings.binding(regime, notified_on)

    def _check_affiliations(self, ref: str, now: Entry | None, then: Entry) -> None:
        """Refuse affiliations that leave out an employer whom the appointment would have added; another field may be corrected freely."""
        if now and (now.body["affiliations"], now.occurred_on) == (then.body["affiliations"], then.occurred_on):
            return
        said = {same(one["organisation"]) for one in then.body["affiliations"] if isinstance(one.get("organisation"), str)}
        employed = {one["organisation"] for one in self._employed(then.body["reviewer"].subject, then.occurred_on)}
        if unsaid := {employer for employer in employed if same(employer) not in said}:
            raise EmployerUnsaid(ref=ref, organisations=unsaid)

    def _check_named(self, who: Acting, thing: Any, corrected: Mapping[str, Any]) -> None:
        """Refuse what a review's command would not find under that name."""
        super()._check_named(who, thing, corrected)
        if not isinstance(thing, Review):
            return
        for name in ("referring_agency", "agency"):
            self._there(Agency, "agency", corrected.get(name))
        self._there(Meeting, "meeting", corrected.get("meeting"))
        thing.check_names(self.people(), **corrected)
        given = {name: corrected[name] for name in ("organisations", "affiliations") if isinstance(corrected.get(name), list)}
        tied = [one.get("organisation") for one in given.get("affiliations", []) if isinstance(one, dict)]
        self._by_code([*given.get("organisations", []), *tied, corrected.get("organisation")])

    def _referred_once(self, ref: str, agency: str | None, local_ref: str | None) -> None:
        """Refuse a case that the same agency has referred already, by the reference that it has there."""
        if local_ref is None:
            return
        for review in self._saying(Review, REFERRING, local_ref, lambda body: body.get("local_ref") == local_ref):
            state = review.state
            if state is not None and state.ref != ref and (state.referring_agency, state.local_ref) == (agency, local_ref):
                raise AlreadyReferred(agency=agency or "The same referrer", local_ref=local_ref, other=state.ref)

    def _chair(self, day: date) -> Holder | None:
        """Return who held the chair's office on a day; None where it was vacant."""
        holders = (seat.holder_on(day) for seat in self.seats().values())
        return next((holder for holder in holders if holder and holder.role == "chair"), None)

    def _declared(self, said: dict[str, Any]) -> dict[str, Any]:
        """Return what a lead reviewer declares, with the agencies that the register of offices has as their employers until that day."""
        employed = self._employed(said["reviewer"].subject, said["occurred_on"])
        return {"affiliations": (*said["affiliations"], *(one for one in employed if one not in said["affiliations"]))}

    def _employed(self, person: UUID, day: date) -> list[dict[str, Any]]:
        """Return who employed a person until a day, as affiliations."""
        ways = self.one_person(person)
        terms = (term for seat in self.seats().values() for term in seat.terms if term.holder.subject in ways and term.from_on <= day)
        return [
            {"organisation": term.employer, "role": term.title, "from_on": term.from_on.isoformat()}
            | ({"until_on": term.until_on.isoformat()} if term.until_on else {})
            for term in terms
            if term.employer
        ]

    def _by_code(self, organisations: Iterable[Any]) -> None:
        """Refuse an agency's name, present or past, where its code tells it from every other: independence is judged by it (INV-01)."""
        given = {same(one): one for one in organisations if isinstance(one, str)}
        for agency in self.every(Agency):
            names = (body.get("name") for entry in agency.entries for body in said_by(entry.body))
            for name in names:
                if isinstance(name, str) and same(name) in given and same(name) != same(agency.ref):
                    raise KnownByCode(name=given[same(name)], code=agency.ref)

    @of_what_is_named
    def _registered(self, person: Any) -> None:
        if self.find(DataSubject, str(person)) is None:
            raise NotFound(kind="person", ref=person)


def standing_of(status: of_action.Status) -> Standing:
    """Return a status as those need it who follow what was superseded."""
    return Standing(status.word, status.by_ref if isinstance(status, of_action.Superseded) else None)
