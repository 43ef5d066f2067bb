"""The verbs of the product, one method each: load · act · save.

Everybody comes in by `act`: the pages, the API, the command line and the import. It settles who acts and on what authority, reads
the declared fields strictly, and calls the verb. The verbs hold what no aggregate can know of another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from aggregates.action import Action
from aggregates.authority import Acting
from aggregates.data_subject import DataSubject
from aggregates.dates import later, london
from aggregates.errors import Refused
from aggregates.office import Office
from aggregates.partnership import Agency, Partnership, SubGroup
from aggregates.registry import Key, Keys
from aggregates.review import Review
from service import commands
from service.desk import authority, screening
from service.desk.refusals import (
    AlreadyExists,
    NotFound,
    OwnAppointment,
    UnknownCommand,
    WrongKind,
)
from service.desk.submission import read_fields
from service.ledger.keys import check_proof
from service.recording import Done, Write
from service.recording.references import References
from service.verify import b64url

if TYPE_CHECKING:
    from service.desk.accounts import Caller
    from service.desk.submission import Submission

SERVICE = Acting()  # what the service does by itself


class Board(References):
    """Everything that can be done in Muniment."""

    def act(self, caller: Caller, it: Submission) -> Done:
        """Carry out one command, or refuse it and record nothing. A repeated one is answered with what was recorded then.

        The append itself finds out a repetition (it holds the idempotency key); only where a rule refuses is it looked for here.
        Who lets commands share a transaction asks for all their keys at once (`on_record`), or has the whole of it refused.
        """
        try:
            return self._act(caller, it)
        except Refused:
            if answered := self.answered(caller, it):
                return answered
            raise

    def _act(self, caller: Caller, it: Submission) -> Done:
        command = commands.find(it.name, it.kind)
        if command is None:
            raise UnknownCommand(name=it.name, known=sorted({*commands.COMMANDS, *commands.AMENDMENTS}))
        now = self.moment(it.at)
        today = london(now)
        day = it.occurred_on or today
        who = authority.acting(self, caller, it.office or caller.office, it.on_behalf_of, occurred_on=day, today=today)
        authority.allow(command, who)
        self._check_day(day, today, it.late_reason)
        fields = read_fields(command, it.ref, it.fields)
        if evidence := fields.get("evidence"):
            fields["evidence"] = self.cite(evidence, supplied_by=who.agency, now=now)
        screening.screen(command.event, fields | {"late_reason": it.late_reason})
        write = Write(received=now if it.at else None, caller=caller, submission=it)
        said = {"acting": who, "occurred_on": day, "late_reason": it.late_reason, **fields}
        if it.name in commands.AMENDMENTS:
            kind = commands.KINDS[command.kind]
            self._check_corrected(self.reach(who, kind, it.ref), fields, today, it.late_reason)
            return self._change(kind, it.ref, getattr(kind, _AMEND[it.name]), write, **said)
        done: Done = getattr(self, command.name)(it.ref, write=write, **said)
        return done

    # -- the partnership ------------------------------------------------------------------------------------------

    def establish_partnership(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Put the partnership itself on record, with the regime that binds it."""
        return self._begin(ref, Partnership.establish, write, **said)

    def set_local_setting(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Set one of the Board's own limits."""
        return self._change(Partnership, ref, Partnership.set_local_setting, write, **said)

    def join_agency(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that an agency joins."""
        return self._begin(ref, Agency.join, write, **said)

    def rename_agency(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record an agency's new name."""
        return self._change(Agency, ref, Agency.rename, write, **said)

    def constitute_sub_group(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Constitute a sub-group."""
        return self._begin(ref, SubGroup.constitute, write, **said)

    def dissolve_sub_group(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Dissolve a sub-group."""
        return self._change(SubGroup, ref, SubGroup.dissolve, write, **said)

    def register_subject(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Register a person under an opaque reference, their name sealed under their own key."""
        try:
            subject = UUID(ref)
        except ValueError as error:
            raise WrongKind(act="Register a person", field="ref", why="a person's reference is a random UUID") from error
        if self.find(DataSubject, ref) is not None:
            raise AlreadyExists(kind="person", ref=ref)
        return self.record(DataSubject.register(subject, **said), ref, write)

    def appoint_office_holder(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Appoint a registered person to an office, new or vacant."""
        if self.find(DataSubject, str(said["holder"].subject)) is None:
            raise NotFound(kind="person", ref=said["holder"].subject)
        if said["acting"].person == said["holder"].subject:
            raise OwnAppointment(office=ref)
        self._there(Agency, "agency", said["employer"])
        if said["body"] and not self.find(SubGroup, said["body"]):
            self._there(Agency, "sub-group or agency", said["body"])
        if self.find(Office, ref) is None:
            return self._begin(ref, Office.begin, write, **said)
        return self._change(Office, ref, Office.appoint, write, **{k: v for k, v in said.items() if k != "office"})

    def stand_down_office_holder(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """End a term of office."""
        return self._change(Office, ref, Office.stand_down, write, **said)

    # -- the key registry ---------------------------------------------------------------------------------------------

    def enrol_signing_key(self, _: str, /, *, write: Write, **said: Any) -> Done:
        """Enrol a key whose owner proves to hold it."""
        check_proof(self.origin, said["holder"], said["purpose"], said["public_key"], said["thumbprint"], said["proof"])
        return self._change(Keys, "keys", Keys.enrol, write, **said)

    def rotate_signing_key(self, _: str, /, *, write: Write, **said: Any) -> Done:
        """Replace a key by another; both prove it."""
        check_proof(self.origin, said["holder"], said["purpose"], said["public_key"], said["thumbprint"], said["proof"])
        old = next((k for k in self.registry.all() if k.thumbprint == said["replaces"]), None)
        if old is None:
            raise NotFound(kind="signing key", ref=said["replaces"])
        public = b64url(old.public_key)
        check_proof(self.origin, old.holder, old.purpose, public, said["thumbprint"], said["replaced_proof"], signs_for_another=True)
        founding = Key(old.thumbprint, public, old.holder, old.purpose, "live" if old.ended_at is None else "rotated")
        return self._change(Keys, "keys", Keys.rotate, write, founding=None if old.enrolled_at else founding, **said)

    def revoke_signing_key(self, _: str, /, *, write: Write, **said: Any) -> Done:
        """Revoke a key from this entry on; what it signed before stays valid."""
        return self._change(Keys, "keys", Keys.revoke, write, **said)

    # -- reviews ------------------------------------------------------------------------------------------------------

    def refer_review(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Refer a case for review."""
        self._there(Agency, "agency", said["referring_agency"])
        return self._begin(ref, Review.refer, write, **said)

    def record_finding(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record a finding of a review."""
        return self._change(Review, ref, Review.record_finding, write, **said)

    def formulate_response(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record the Board's response to every finding of a review."""
        return self._change(Review, ref, Review.formulate_response, write, **said)

    # -- actions ------------------------------------------------------------------------------------------------------

    def assign_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Assign an action to an agency, overseen by a sub-group, in answer to a finding."""
        self._owner(said["owner"])
        self._there(SubGroup, "sub-group", said["overseen_by"])
        self._there(Office, "office", said["owner_office"])
        self._finding(said["source"])
        return self._begin(ref, Action.assign, write, **said)

    def accept_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Accept an action for its owner."""
        return self._change(Action, ref, Action.accept, write, **said)

    def dispute_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Dispute an action, with the reason."""
        return self._change(Action, ref, Action.dispute, write, **said)

    def reassign_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Give an action to another agency."""
        self._owner(said["owner"])
        self._there(Office, "office", said["owner_office"])
        return self._change(Action, ref, Action.reassign, write, **said)

    def vary_due_date(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Vary the due date; the original stays on show."""
        return self._change(Action, ref, Action.vary_due_date, write, **said)

    def report_progress(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Report progress."""
        return self._change(Action, ref, Action.report_progress, write, **said)

    def submit_evidence(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Submit evidence for an action. Files that commute: two submissions at once are both kept."""
        return self._change(Action, ref, Action.submit_evidence, write, **said)

    def return_evidence(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Return evidence as insufficient."""
        return self._change(Action, ref, Action.return_evidence, write, **said)

    def mark_implemented(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that the owner says it is done."""
        return self._change(Action, ref, Action.mark_implemented, write, **said)

    def sign_off_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Sign an action off, and schedule the checks that it lasts (local setting: after 6 and 12 months)."""

        def sign_off(action: Action, **said: Any) -> None:
            action.sign_off(**said)
            for months in self.settings.sustainment_checks:
                due_on = later(said["occurred_on"], months=months)
                action.schedule_sustainment_check(acting=SERVICE, occurred_on=said["occurred_on"], due_on=due_on, method="re-test")

        return self._change(Action, ref, sign_off, write, **said)

    def schedule_sustainment_check(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Schedule a further check that the improvement lasts."""
        return self._change(Action, ref, Action.schedule_sustainment_check, write, **said)

    def record_sustainment_check(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record whether the improvement held."""
        return self._change(Action, ref, Action.record_sustainment_check, write, **said)

    def reopen_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Reopen an action that slipped."""
        return self._change(Action, ref, Action.reopen, write, **said)

    def close_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Close an action whose last check held."""
        return self._change(Action, ref, Action.close, write, **said)

    def withdraw_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Withdraw an action; it stays in the register as withdrawn."""
        return self._change(Action, ref, Action.withdraw, write, **said)

    def supersede_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Replace an action by another."""
        self._there(Action, "action", said["by_ref"])
        return self._change(Action, ref, Action.supersede, write, **said)

    def escalate_action(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Escalate an overdue action to an office."""
        self._there(Office, "office", said["to_office"])
        return self._change(Action, ref, Action.escalate, write, **said)


_AMEND = {"propose_amendment": "propose_amendment", "correct_entry": "correct", "retract_entry": "retract"}
