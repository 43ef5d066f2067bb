"""What participants say by their links: recorded by the service, on behalf of whoever the link was handed to.

They hold no office and no key, so the record says who they are and that the service vouches for it; nobody else is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.authority import Acting
from aggregates.clocks.dates import london
from aggregates.errors import Refused
from aggregates.training_session import TrainingSession, refusals
from service.commands import COMMANDS
from service.desk.accounts import Caller
from service.desk.refusals import LinkEnded
from service.desk.submission import UNADDRESSED, Submission, key_of, read_fields
from service.recording import Write
from service.verbs.training.acts import TrainingVerbs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.recording import Done
    from service.verbs.training.links import Link

# What each purpose lets them say, and nothing else.
MAY: Final = {"day": frozenset({"give_feedback", "record_action_plan"}), "follow-up": frozenset({"return_follow_up"})}
BY_A_LINK: Final = Caller(UNADDRESSED, None, "a participant")
THEIRS_ALONE: Final = "manager_view"  # what is a manager's to say


class TakingPart(TrainingVerbs):
    """What is said without an account."""

    def take_part(self, link: Link, command_name: str, fields: Mapping[str, Any], *, key: str) -> Done:
        """Record what a participant says by their link. The same form sent twice is recorded once; another answer is an answer more."""
        if command_name not in MAY[link.purpose] or THEIRS_ALONE in fields:
            raise LinkEnded
        session: TrainingSession = self.load(TrainingSession, link.session)
        who = session.state.attendee(link.number) if session.state else None
        now = self.moment(None)
        if who is None:
            raise refusals.NobodyOfThisNumber(ref=link.session, number=link.number, day=london(now))
        command = COMMANDS[command_name]
        it = Submission(
            name=command_name,
            ref=link.session,
            fields={**fields, "number": link.number},
            key=key_of(link.session, link.number, command_name, key),
        )
        said = read_fields(command, link.session, it.fields)
        self.screen(command, it, said, office=None)
        acting = Acting(person=who.participant.subject)
        write = Write(caller=BY_A_LINK, submission=it)
        verb = getattr(self, command_name)
        try:
            done: Done = verb(link.session, write=write, acting=acting, occurred_on=london(now), late_reason=None, **said)
        except Refused:
            if answered := self.answered(BY_A_LINK, it):
                return answered
            raise
        return done
