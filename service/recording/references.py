"""What no aggregate can know of another, and what holds for every act: that what it names is there, and that its date can be true."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aggregates.action import Action
from aggregates.authority import BOARD, Acting
from aggregates.clocks.dates import day_of
from aggregates.entry.fields import EARLIEST, LATEST
from aggregates.entry.values import says
from aggregates.partnership import Agency, Course, Partnership, Priorities, SubGroup
from aggregates.partnership.agency import Left, Member
from aggregates.partnership.membership import HasLeft, NotAMember
from aggregates.partnership.office import Office
from aggregates.registry.data_subject import DataSubject
from aggregates.returns import Return
from aggregates.review import Review
from aggregates.training_session import TrainingSession
from aggregates.training_session.refusals import TrainingFixed
from service.commands import KINDS
from service.desk.persons import Persons
from service.desk.refusals import EvidenceNotCorrected, FutureDate, LateWithoutReason, NoSuchDay, NotFound, OfficeOfAnother, WrongKind
from service.desk.whose import theirs
from service.recording.known import of_what_is_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from uuid import UUID

    from aggregates.partnership import PartnershipState
    from service.recording.writing import Done, Write


class References(Persons):
    """The log of one board, and what its entries name."""

    def reach(self, who: Acting, kind: type[Any], ref: str) -> Any:
        """Return a thing to act upon. What is another agency's is refused as what is not there: the two are told apart to nobody."""
        thing = self.load(kind, ref)
        if not theirs(who, thing):
            raise NotFound(kind=kind.TOPIC.replace("_", "-"), ref=ref)
        return thing

    def _begin_or_go_on(
        self, kind: type[Any], ref: str, begin: Callable[..., Any], go_on: Callable[..., None], write: Write, /, *, named: str, **said: Any
    ) -> Done:
        """Begin a stream; or go on with the one that there is, whose name (the field `named`) is known."""
        if self.find(kind, ref) is None:
            return self._begin(ref, begin, write, **said)
        return self._change(kind, ref, go_on, write, **{name: value for name, value in said.items() if name != named})

    def settings_on(self, day: date) -> PartnershipState:
        """Return what the Board had set by a day, as is on record now: what is decided of that day is held to it."""
        partnership: Partnership = self.load(Partnership, "partnership")
        return partnership.state_on(day) or self.settings

    def held_by(self, office: str, day: date) -> UUID | None:
        """Return who held an office on a day, as far as is on record now; None where nobody did."""
        found: Office | None = self.find(Office, office)
        holder = found.state.holder_on(day) if found and found.state else None
        return holder.holder.subject if holder else None

    def _check_day(self, day: date, today: date, late_reason: str | None) -> None:
        if not EARLIEST <= day <= LATEST:
            raise NoSuchDay(occurred_on=day, earliest=EARLIEST, latest=LATEST)
        if day > today:
            raise FutureDate(occurred_on=day, today=today, field="occurred_on")
        limit = self.settings.backdating_limit
        if (today - day).days > limit and not says(late_reason):
            raise LateWithoutReason(occurred_on=day, today=today, limit=limit, field="late_reason")

    def _check_corrected(self, who: Acting, thing: Any, fields: dict[str, Any], today: date, late_reason: str | None) -> None:
        """Hold corrected values, those of a correction of corrections too, to what would be asked of them if they were recorded now."""
        corrected = fields.get("corrected")
        while isinstance(corrected, dict):  # otherwise it is not of its kind, as the aggregate will say
            if "evidence" in corrected:
                raise EvidenceNotCorrected(ref=thing.ref, amends=fields["amends"])
            with suppress(ValueError):  # what is no day is not of its kind either
                self._check_day(day_of(corrected.get("occurred_on")), today, late_reason)
            self._check_named(who, thing, corrected)
            corrected = corrected.get("corrected")

    def _check_named(self, who: Acting, thing: Any, corrected: Mapping[str, Any]) -> None:
        """Refuse corrected values that name what is not on record."""
        texts = {name: value for name, value in corrected.items() if isinstance(value, str)}  # the aggregate refuses other kinds
        if isinstance(thing, Action):
            self._there(SubGroup, "sub-group", texts.get("overseen_by"))
            for name in ("owner_office", "to_office"):
                self._there(Office, "office", texts.get(name))
            self._there(Action, "action", texts.get("by_ref"))
            self._finding(texts.get("source"))
        elif isinstance(thing, Office):
            self._there(Agency, "agency", corrected.get("employer"))
        elif isinstance(thing, TrainingSession):
            self._there(Office, "office", corrected.get("observer"))
            self._there(Course, "course", corrected.get("revised_course"))
            self._same_employers(thing, corrected.get("trainers"))
        elif isinstance(thing, Priorities | Course):
            listed = {name: [one for one in value if isinstance(one, str)] for name, value in corrected.items() if isinstance(value, list)}
            self._names(listed | {"lead_office": texts.get("lead_office")})
        self._bodies(corrected)
        for item in _dicts(corrected.get("agenda")):
            if isinstance(about := item.get("about"), str):
                self._about(who, about)

    def _same_employers(self, session: TrainingSession, trainers: Any) -> None:
        """Refuse other trainers than those agencies' whose staff were recorded to train, and an office that nobody held."""
        state = session.state
        if state is None or not isinstance(trainers, list):
            return
        for office in (one for one in trainers if isinstance(one, str)):
            self._there(Office, "office", office)
            term = self.load(Office, office).holder_on(state.delivered_on or state.planned_on)
            if term is None or (term.employer and term.employer not in state.trainer_agencies):
                raise TrainingFixed(field="trainers", ref=session.ref, instead=f"{office} is employed by others than are on record")

    def _bodies(self, corrected: Mapping[str, Any]) -> None:
        """Refuse a successor, a body that met and agencies that attended which are not on record."""
        attended = [one.get("agency") for one in _dicts(corrected.get("attendance"))]
        for agency in (corrected.get("successor"), *attended):
            self._there(Agency, "agency", agency)
        if isinstance(body := corrected.get("body"), str) and body != BOARD and self.find(SubGroup, body) is None:
            self._there(Agency, "sub-group or agency", body)

    @of_what_is_named
    def _there(self, kind: type[Any], word: str, ref: str | None) -> None:
        if isinstance(ref, str) and self.find(kind, ref) is None:
            raise NotFound(kind=word, ref=ref)

    @of_what_is_named
    def _asked(self, office: str | None, owner: str, day: date) -> None:
        """Refuse an office that is not the owner's: its holder would be asked for what is not there for them."""
        if office is None:
            return
        seat: Office | None = self.find(Office, office)
        if seat is None or seat.state is None:
            raise NotFound(kind="office", ref=office)
        body = (seat.holder_on(day) or seat.state.terms[-1]).body or BOARD
        if body != owner:
            raise OfficeOfAnother(office=office, body=body, owner=owner)

    @of_what_is_named
    def _owner(self, code: str, day: date) -> None:
        """Refuse an owner that is neither the Board, nor a sub-group, nor an agency that is a member on the day and still is."""
        if self.find(Agency, code) is not None:
            self._member(code, day)
        elif code != BOARD:
            self._there(SubGroup, "agency or sub-group", code)

    @of_what_is_named
    def _stays(self, code: str, day: date) -> None:
        """Refuse an agency that has left, or whose joining was retracted: it takes on nothing new."""
        agency: Agency | None = self.find(Agency, code)
        status = agency.state.status if agency and agency.state else None
        if isinstance(status, Left):
            raise HasLeft(ref=code, on=status.on)
        if agency and not isinstance(status, Member):
            raise NotAMember(ref=code, day=day)

    @of_what_is_named
    def _member(self, code: str, day: date) -> None:
        """Refuse what is not a member on the day, or not any more."""
        self._there(Agency, "agency", code)
        self._stays(code, day)
        self._took_part(code, day)

    @of_what_is_named
    def _took_part(self, code: str, day: date) -> None:
        """Refuse an agency that was not a member on the day."""
        then = self.load(Agency, code).state_on(day)
        if then is None:
            raise NotAMember(ref=code, day=day)
        if isinstance(then.status, Left):
            raise HasLeft(ref=code, on=then.status.on)

    @of_what_is_named
    def _about(self, who: Acting, about: str) -> None:
        """Refuse what is not `kind:ref`, and what is not on record for who acts."""
        word, _, ref = about.partition(":")
        kind = KINDS.get(word)
        if kind is None or not ref or kind is DataSubject:
            raise WrongKind(act="It", field="about", why="write the kind of thing and its reference, such as action:A13")
        self.reach(who, kind, ref)

    @of_what_is_named
    def _names(self, said: Mapping[str, Any]) -> None:
        """Refuse findings and an office that are not on record."""
        for name in ("because_of", "informed_by"):
            for source in said.get(name) or ():
                self._finding(source)
        self._there(Office, "office", said.get("lead_office"))

    @of_what_is_named
    def _finding(self, source: str | None) -> None:
        """Refuse a source that is none of `REVIEW/FINDING`, `return:REF/STANDARD` and `session:REF`, or names what is not on record."""
        if source is None:
            return
        if source.startswith("session:"):
            self._there(TrainingSession, "session", source.removeprefix("session:"))
            return
        if source.startswith("return:"):
            ref, _, standard = source.removeprefix("return:").partition("/")
            asked: Return | None = self.find(Return, ref)
            if asked is None or (standard and not asked.has_standard(standard)):
                raise NotFound(kind="standard of a return", ref=source)
            return
        review, _, number = source.partition("/")
        found = self.find(Review, review)
        if found is None or not found.has_finding(number):
            raise NotFound(kind="finding", ref=source)


def _dicts(values: Any) -> list[dict[str, Any]]:
    """Return what is an object in what may be a list: the aggregate refuses other kinds."""
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
