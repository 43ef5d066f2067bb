"""The one door of the product: load · act · save.

Everybody comes in by `act`: the pages, the API, the command line and the import. It settles who acts and on what authority, reads
the declared fields strictly, and calls the verb (`verbs`), which holds what no aggregate can know of another.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import OperationalError

from aggregates.action import Action
from aggregates.clocks.dates import london
from aggregates.dissemination import Dissemination
from aggregates.errors import Refused
from aggregates.partnership import Agency, SubGroup
from aggregates.partnership.challenge import Challenge
from aggregates.partnership.office import Office
from aggregates.registry import Keys
from aggregates.returns import Return
from aggregates.review import Review
from aggregates.training_session import TrainingSession
from service import commands
from service.database.connection import disk_full
from service.desk import authority
from service.desk.refusals import NoRoom
from service.desk.submission import command_of, read_fields
from service.recording import Done, Write
from service.recording.amending import Amending
from service.recording.certifying import Certifying
from service.recording.resting import resting_on
from service.recording.signing import Committing, signing
from service.verbs import (
    ActionVerbs,
    ChallengeVerbs,
    DisseminationVerbs,
    LeavingVerbs,
    NoticeVerbs,
    PartnershipVerbs,
    PeopleVerbs,
    ProgrammeVerbs,
    RegistryVerbs,
    ReturnVerbs,
    ReviewVerbs,
    TrainingVerbs,
)

if TYPE_CHECKING:
    from datetime import date

    from aggregates.authority import Acting
    from service.commands import Command
    from service.desk.accounts import Caller
    from service.desk.submission import Submission


class Board(
    Amending,
    Certifying,
    PartnershipVerbs,
    PeopleVerbs,
    ProgrammeVerbs,
    LeavingVerbs,
    ChallengeVerbs,
    RegistryVerbs,
    ReviewVerbs,
    ReturnVerbs,
    ActionVerbs,
    NoticeVerbs,
    TrainingVerbs,
    DisseminationVerbs,
):
    """Everything that can be done in Muniment."""

    def act(self, caller: Caller, it: Submission) -> Done:
        """Carry out one command, or refuse it and record nothing. A repeated one is answered with what was recorded then.

        The append itself finds out a repetition (it holds the idempotency key); only where a rule refuses is it looked for here.
        Who lets commands share a transaction asks for all their keys at once (`on_record`), or has the whole of it refused.
        """
        try:
            return (it.prepare is not None and self.answered(caller, it)) or self._act(caller, it)
        except Refused:
            if answered := self.answered(caller, it):
                return answered
            raise
        except OperationalError as error:
            if disk_full(error):
                raise NoRoom from error
            raise

    def _act(self, caller: Caller, it: Submission) -> Done:
        command = command_of(it)
        authority.check_program(caller, command)
        now = self.moment(it.at)
        today = london(now)
        day = it.occurred_on or today
        who = authority.acting(self, caller, it.office or caller.office, it.on_behalf_of, occurred_on=day, today=today)
        authority.allow(command, who)
        self._check_day(day, today, it.late_reason)
        fields = read_fields(command, it.ref, it.fields)
        signed = signing(self, who, it, now)
        if evidence := fields.get("evidence"):
            cited_at = signed.prepared_at if isinstance(signed, Committing) else now  # when it came is among what was signed
            fields["evidence"] = self.cite(evidence, who=who, caller=caller, now=cited_at)
        self.screen(command, it, fields, office=who.office)
        write = Write(received=now if it.at else None, caller=caller, submission=it, signing=signed)
        said = {"acting": who, "occurred_on": day, "late_reason": it.late_reason, **fields}
        if it.name in commands.AMENDMENTS:
            return self._amend(command, today, it.ref, write=write, **said)
        done: Done = getattr(self, command.name)(it.ref, write=write, **said)
        return done

    @resting_on(Agency, SubGroup, Office, Keys, Action, Challenge, Review, Return, Dissemination, TrainingSession)
    def _amend(self, command: Command, today: date, ref: str, /, *, write: Write, acting: Acting, **said: Any) -> Done:
        kind = commands.KINDS[command.kind]
        self._check_corrected(acting, self.reach(acting, kind, ref), said, today, said["late_reason"])
        return self._change(kind, ref, partial(self.amended, getattr(kind, _AMEND[command.name])), write, acting=acting, **said)


_AMEND = {"propose_amendment": "propose_amendment", "correct_entry": "correct", "retract_entry": "retract"}
