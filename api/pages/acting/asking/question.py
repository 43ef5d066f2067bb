"""Asking the Board itself whether it would record something: the verb is carried out up to the point where it would be on record.

So no page holds a second copy of a rule, and what a verb looks up for its decision is looked up for the question too. What is asked
about is loaded for the question alone. The values are made up, plausible ones: only where a thing stands, and who acts, are left to
refuse it; a refusal of a made-up value itself is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, cast

from aggregates.errors import Refused
from aggregates.partnership.membership import promised_in_words
from api.pages.acting.asking.made_up import MADE_UP, MADE_UP_TEXT, a_file
from api.worker import worker
from projections import training
from projections.inspection.disputes import Disputes
from projections.partnership import holding
from service.desk import authority, whose
from service.desk.refusals import NotFound
from service.recording import Write
from service.recording.known import looked_up

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date

    from aggregates.authority import Acting
    from aggregates.entry.values import Evidence
    from api.resources.answering.answers import Reading
    from service.commands import Command


class WouldRecord(Exception):  # noqa: N818 - an answer, not an error
    """Nothing stands against it."""


@dataclass(slots=True)
class Question:
    """The Board as it is asked: it looks up all that it would, loads a thing once, and stops where it would record."""

    on: Reading
    things: dict[tuple[Any, str], Any] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict)  # what was looked up: nothing is recorded between the questions of a page

    def __getattr__(self, name: str) -> Any:
        """Do as the Board does: what its methods call of themselves, they call here."""
        board = worker().board
        method = getattr(type(board), name, None)
        return MethodType(method, self) if isinstance(method, FunctionType) else getattr(board, name)

    def find(self, kind: type[Any], ref: str | None, *, fresh: bool = False) -> Any:
        """Find a thing, once; what is about to change records nothing."""
        return self.thing(kind, str(ref)) if fresh else self._found(kind, ref)

    @looked_up
    def _found(self, kind: type[Any], ref: str | None) -> Any:
        return type(worker().board).find(cast("Any", self), kind, ref)

    def declared_groups(self, *_: Any, **__: Any) -> tuple[str, ...]:
        """Name no staff groups: whoever acknowledges is asked for all that they have declared before."""
        return ()

    def people(self) -> list[str]:
        """Name nobody: what is made up for the question names nobody either."""
        return []

    @looked_up
    def owed(self, agency: str) -> dict[str, str]:
        """Return what an agency is seen to owe beside its actions: the log is asked when it is decided, not for every page."""
        return holding.owed(self.on.conn, agency, **self._now)

    @looked_up
    def _promised(self, agency: str) -> list[str]:
        return [promised_in_words(*each) for each in holding.promised(self.on.conn, agency, **self._now).items()]

    def cpd_in_date(self, trainers: Collection[str], day: date) -> dict[str, bool]:
        """Say of each trainer whether their yearly CPD is in date, as it is seen: again, the log is asked when it is decided."""
        return {trainer: self._cpd().covers(trainer, day) for trainer in trainers}

    @looked_up
    def _cpd(self) -> training.Cpd:
        return training.cpd(self.on.conn, **self._now)

    def accounted_for(self, _: Any) -> list[Any]:
        """Account for nothing: it is asked whether an agency could leave, not what would be said of it."""
        return []

    def superseded(self, *_: Any) -> list[Any]:
        """Find no texts that would go with somebody: it is asked whether they could be erased, not what of."""
        return []

    @looked_up
    def disputed(self) -> list[int]:
        """Return the positions of the disputed statements of which their holder has said nothing yet."""
        told = Disputes(self.on.conn, self.on.clocks.head).statements()
        return [position for position, _, __, dispute in told if dispute.answer is None]

    @property
    def _now(self) -> dict[str, Any]:
        return {"as_at": worker().today, "known_at": self.on.clocks.head}

    def built_report(self, *_: Any) -> tuple[Evidence, list[str]]:
        """Build none: what is missing of a report stands on its own page."""
        return a_file(), []

    def thing(self, kind: type[Any], ref: str) -> Any:
        """Return a thing that records nothing."""
        if (kind, ref) not in self.things:
            found = worker().board.load(kind, ref, fresh=True)
            vars(found).update(record=self._begin, state_on=cache(found.state_on))  # each question folds all of it otherwise
            self.things[kind, ref] = found
        return self.things[kind, ref]

    def _change(self, kind: type[Any], ref: str, decide: Callable[..., None], _: Any, /, **said: Any) -> None:
        thing = self.thing(kind, ref)
        if not whose.theirs(said["acting"], thing):
            raise NotFound(kind=kind.TOPIC.replace("_", "-"), ref=ref)
        decide(thing, **said)

    def _begin(self, *_: Any, **__: Any) -> None:
        """Stop where a stream would begin, or something would be recorded of several at once."""
        raise WouldRecord

    record = _begin

    def refusal(self, command: Command, ref: str, who: Acting, said: dict[str, Any]) -> Refused | None:
        """Return what stands against a command, or None."""
        verb = getattr(type(worker().board), command.name)
        if command.name == "submit_agency_information" and who.agency is not None:
            said = said | {"agency": who.agency}  # whether they were asked: what another agency was asked is never theirs
        try:
            authority.allow(command, who)
            verb(self, ref, write=Write(), acting=who, occurred_on=worker().today, late_reason=None, **said)
        except MADE_UP:
            return None
        except Refused as refused:
            return None if MADE_UP_TEXT in refused.facts.values() else refused
        except WouldRecord:
            pass
        return None
