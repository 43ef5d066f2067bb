"""The verbs of the people that the log speaks of: registered, merged, restricted, held, erased."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aggregates.partnership.office import Office
from aggregates.registry import protection as law
from aggregates.registry.data_subject import DataSubject
from service.desk.refusals import AlreadyExists, MovedUnderneath, StaleVersion, WrongKind
from service.ledger.append import Erases
from service.ledger.errors import ErasesUnlisted
from service.ledger.sealed import outside
from service.recording.across.superseding import AMENDABLE, Superseding
from service.recording.resting import TRIES, resting_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from service.recording import Done, Write


class PeopleVerbs(Superseding):
    """Who is on record, and what the law asks about them."""

    def __init__(self, *of: Any, **more: Any) -> None:
        """Open the log; who is erased from here on is known outside at once, and what cannot be written then, `muniment work` writes."""
        super().__init__(*of, **more)
        self.subjects.erased = lambda: outside.keep(self.config, self.recorder, self.recorder.sealers)

    def register_subject(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Register a person under an opaque reference, their name sealed under their own key."""
        try:
            subject = UUID(ref)
        except ValueError as error:
            raise WrongKind(act="Register a person", field="ref", why="a person's reference is a random UUID") from error
        if self.find(DataSubject, ref) is not None:
            raise AlreadyExists(kind="person", ref=ref)
        return self._begin(ref, lambda _, **said: DataSubject.register(subject, **said), write, **said)

    @resting_on(DataSubject)
    def merge_subjects(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Let another reference go on for this one, which is of the same person."""
        survivor: DataSubject = self.load(DataSubject, str(said["into"]))
        if survivor.state and (further := survivor.state.merged_into) and survivor.id != self.load(DataSubject, ref).id:
            raise law.MergesBack(ref=ref, into=survivor.ref, survivor=further)
        if survivor.state and survivor.state.erased_on:
            raise law.Gone(ref=survivor.ref, on=survivor.state.erased_on)
        return self._change(DataSubject, ref, DataSubject.merge, write, **said)

    def apply_restriction(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Restrict what is kept about somebody."""
        return self._change(DataSubject, ref, DataSubject.restrict, write, **said)

    def lift_restriction(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Lift a restriction."""
        return self._change(DataSubject, ref, DataSubject.lift, write, **said)

    def place_legal_hold(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Place a legal hold."""
        return self._change(DataSubject, ref, DataSubject.hold, write, **said)

    def release_legal_hold(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Release a legal hold."""
        return self._change(DataSubject, ref, DataSubject.release, write, **said)

    def request_erasure(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Bring in what somebody asks, whose identity was checked outside by an office."""
        self._there(Office, "office", said["identity_checked_by"])
        return self._change(DataSubject, ref, DataSubject.request_erasure, write, **said)

    @resting_on(DataSubject)
    def decide_erasure(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Decide a request, and with it those under references that were merged into this one; holds on any of them stand against it."""
        subject, beside = self.load(DataSubject, ref).id, list[DataSubject]()

        def decide(thing: DataSubject, **said: Any) -> None:
            beside[:] = self._asking(subject)
            thing.decide_erasure(
                held=self._holds(subject), asked=[one.state.asked for one in beside if one.state and one.state.asked], **said
            )
            for one in beside:
                one.decide_merged(**said)

        return self._change(DataSubject, ref, decide, replace(write, beside=beside), **said)

    def withdraw_erasure_request(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that whoever asked wants it no more."""
        return self._change(DataSubject, ref, DataSubject.withdraw_erasure_request, write, **said)

    @resting_on(DataSubject)
    def decide_retention(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Decide what becomes of what is due; requests and holds under any reference of the person stand against erasing it."""
        for one in self._asking(self.load(DataSubject, ref).id):
            if one.state and one.state.asked:
                raise law.ErasureAsked(ref=one.ref, on=one.state.asked.on)
        return self._change(DataSubject, ref, DataSubject.decide_retention, write, held=self._holds(self.load(DataSubject, ref).id), **said)

    def notify_recipient(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that somebody outside was told of an erasure."""
        return self._change(DataSubject, ref, DataSubject.notify_recipient, write, **said)

    def request_access(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Bring in that somebody asks what is kept about them, whose identity was checked outside by an office."""
        self._there(Office, "office", said["identity_checked_by"])
        return self._change(DataSubject, ref, DataSubject.request_access, write, **said)

    def answer_access_request(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that somebody was answered who asked what is kept about them."""
        return self._change(DataSubject, ref, DataSubject.answer_access, write, **said)

    def erase_personal_data(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Destroy keys and values of a person under every reference, in the transaction that records exactly what went."""
        for _ in range(TRIES):
            try:
                return self._erase(ref, write=write, **said)
            except ErasesUnlisted as error:  # something was sealed about them since it was listed
                moved = error
        raise MovedUnderneath(ref=ref) from moved

    @resting_on(DataSubject, Office, *AMENDABLE)  # what does not stand by now may stand again by the time it would go
    def _erase(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        survivor: DataSubject = self.load(DataSubject, ref, fresh=True)
        if write.expected is not None and write.expected != survivor.version:
            raise StaleVersion(ref=ref, expected=write.expected, actual=survivor.version)
        if serving := self._serving(survivor.id, said["occurred_on"]):
            raise law.StillServes(ref=ref, offices=serving)
        said |= {"held": self._holds(survivor.id)}
        merged = [one for one in self._references(survivor.id) if one.id != survivor.id and not (one.state and one.state.erased_on)]
        self._check_answered(survivor, *merged)
        goes = {one.id: self.subjects.kept([one.id]) for one in (survivor, *merged)}
        texts = self.superseded(survivor.id, list(goes))
        erases = Erases(tuple(goes), sum(map(len, goes.values())), tuple(texts), self.naming(list(goes)).goes)
        survivor.erase(erased=[*goes[survivor.id], *(text.place for text in texts)], **said)
        for one in merged:
            one.erase(erased=goes[one.id], granted=True, **said)
        return self.record(survivor, ref, replace(write, erases=erases, beside=merged))

    def _serving(self, subject: UUID, day: date) -> list[str]:
        """Return the offices that somebody holds on a day, or will."""
        ways = self.one_person(subject)
        seats = self.seats().items()
        return [code for code, seat in seats if any(t.holder.subject in ways and (t.until_on or day) >= day for t in seat.terms)]

    def _references(self, subject: UUID) -> Iterator[DataSubject]:
        yield from (self.load(DataSubject, str(one), fresh=True) for one in sorted(self.one_person(subject)))

    def _asking(self, subject: UUID) -> list[DataSubject]:
        """Return the references that were merged away, of a person, under which a request to erase waits."""
        others = (one for one in self._references(subject) if one.id != subject)
        return [one for one in others if one.state and one.state.merged_into and one.state.asked and not one.state.erased_on]

    def _check_answered(self, survivor: DataSubject, *merged: DataSubject) -> None:
        """Refuse to erase what was granted while somebody waits to be told what is held, under whichever reference they asked."""
        for one in (survivor, *merged) if survivor.state and survivor.state.granted else ():
            for waits in one.state.access_asked if one.state else ():
                raise law.AccessWaits(ref=one.ref, reference=waits.reference, due_on=waits.due_on)

    def _holds(self, subject: UUID) -> list[str]:
        """Return the matters for which holds stand on any reference of a person."""
        return [matter for one in self._references(subject) if one.state for matter in one.state.held]
