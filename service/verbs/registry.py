"""The verbs of what the log says of itself: whose keys may sign, who inspects it, and to whom packs of it were handed."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from aggregates.authority import Acting
from aggregates.partnership import Agency
from aggregates.partnership.office import Office
from aggregates.registry import Inspection, Key, Keys, Ledger
from aggregates.registry.inspection import AlreadyDisclosed
from aggregates.registry.key_state import ForTheServiceAlone, KeyEnded, KeyEnrolled, NothingToReplace, UnknownKey
from aggregates.registry.keys import SERVICES
from aggregates.registry.ledger import SealedAlready
from service.commands.command import MANAGERS
from service.desk.authority import called
from service.desk.authority import holder as office_holder
from service.desk.refusals import BeyondTheirOffice, MayNotRehearse, NotAllowed, NotAnInspector, NotFound, RehearsesOnly
from service.desk.roles import INSPECTORS, ONE_AGENCY, RIGHTS, may
from service.ledger.errors import KeyInUse
from service.ledger.keys import check_proof
from service.recording import Write
from service.recording.references import References
from service.recording.signing import NotYourKey, not_theirs
from service.verify import b64url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from service.ledger.pack import PackSummary
    from service.ledger.registry import KnownKey
    from service.recording import Done


class RegistryVerbs(References):
    """Whose keys may sign, and what inspectors are shown."""

    def open_inspection(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Open the Board's record to an inspector's or an auditor's office; or to one that rehearses an inspection of what it sees."""
        office, rehearses = self.find(Office, ref), said["purpose"] == "rehearsal"
        holder = office.holder_on(said["occurred_on"]) if office else None
        _not_anothers(said["acting"], ref if rehearses else None)
        role = holder.role if holder else None
        if rehearses and not (role in INSPECTORS or may(role, "rehearsals")):
            held_by = called(role).lower() if role else "nobody"
            raise MayNotRehearse(office=ref, day=said["occurred_on"], holder=held_by, roles=RIGHTS["rehearsals"].by)
        if holder is None or not (rehearses or role in INSPECTORS):
            raise NotAnInspector(office=ref, day=said["occurred_on"])
        if holder.role in ONE_AGENCY and said["agency"] != holder.of:
            raise BeyondTheirOffice(office=ref, own=holder.of)
        self._there(Agency, "agency", said["agency"])
        return self._begin_or_go_on(Inspection, ref, Inspection.begin, Inspection.open_again, write, named="office", **said)

    def close_inspection(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Close an inspection before its last day."""
        _not_anothers(said["acting"], ref)
        return self._change(Inspection, ref, Inspection.close, write, **said)

    def disclose(self, opened: Sequence[str], /, *, acting: Acting, occurred_on: date) -> None:
        """Put on record what an inspector opens (`action:A13`, `file:<sha256>`): once for each object and day (INV-41)."""
        office = str(acting.office)
        if self.load(Inspection, office).undisclosed(opened, occurred_on):
            with suppress(AlreadyDisclosed):  # another request was first
                self._change(Inspection, office, Inspection.disclose, Write(), acting=acting, occurred_on=occurred_on, opened=opened)

    def seal_pack(
        self, pack: PackSummary, /, *, acting: Acting, occurred_on: date, office: str, scope: str, disclosed: Iterable[str]
    ) -> None:
        """Put on record that a pack was handed to whoever holds an office: once for each office and pack (INV-41).

        It is recorded before the pack is handed over: what cannot be recorded is not.
        """
        holder = office_holder(self, office, occurred_on)
        sealed = {"size": pack.size, "root": pack.root, "entries_n": pack.entries, "pack_sha256": pack.sha256}
        said = {"office": office, "recipient": holder, "scope": scope, "disclosed": tuple(sorted(disclosed)), **sealed}
        with suppress(SealedAlready):
            self._change(Ledger, "ledger", Ledger.seal_pack, Write(), acting=acting, occurred_on=occurred_on, **said)

    def enrol_signing_key(self, _: str, /, *, write: Write, **said: Any) -> Done:
        """Enrol a key whose owner proves to hold it: one's own, or anybody's where the Board's management does."""
        self._own(said["acting"], said["holder"], "enrol")
        _for_acts(said)
        check_proof(self.origin, said["holder"], said["purpose"], said["public_key"], said["thumbprint"], said["proof"])
        with self._raced(said["thumbprint"]):
            return self._change(Keys, "keys", Keys.enrol, write, **said)

    def rotate_signing_key(self, _: str, /, *, write: Write, **said: Any) -> Done:
        """Replace a key by another; both prove it."""
        self._own(said["acting"], said["holder"], "rotate")
        _for_acts(said)
        if not any(key.holder == said["holder"] and key.purpose == said["purpose"] and key.ended_at is None for key in self.registry.all()):
            raise NothingToReplace(holder=said["holder"])
        check_proof(self.origin, said["holder"], said["purpose"], said["public_key"], said["thumbprint"], said["proof"])
        old = next((k for k in self.registry.all() if k.thumbprint == said["replaces"]), None)
        if old is None:
            raise NotFound(kind="signing key", ref=said["replaces"])
        public = b64url(old.public_key)
        check_proof(self.origin, old.holder, old.purpose, public, said["thumbprint"], said["replaced_proof"], signs_for_another=True)
        founding = Key(old.thumbprint, public, old.holder, old.purpose, "live" if old.ended_at is None else "rotated")
        with self._raced(said["thumbprint"]):
            return self._change(Keys, "keys", Keys.rotate, write, founding=None if old.enrolled_at else founding, **said)

    def succeed_statement_key(self, *, occurred_on: date, **said: Any) -> Done:
        """Rotate the service's own key, for whoever has both: no office does that."""
        old = next(key for key in self.registry.all() if key.thumbprint == said["replaces"])
        founding = None if old.enrolled_at else Key(old.thumbprint, b64url(old.public_key), old.holder, old.purpose)
        return self._change(Keys, "keys", Keys.rotate, Write(), acting=Acting(), occurred_on=occurred_on, founding=founding, **said)

    def succeed_log_key(self, *, occurred_on: date, keep: Callable[[], None], **said: Any) -> Done:
        """Go on under another log key, for whoever runs the service: no office does that. It is kept once nothing refuses."""
        ledger: Ledger = self.load(Ledger, "ledger", fresh=True)
        ledger.succeed(acting=Acting(), occurred_on=occurred_on, **said)
        self.outside.check(ledger)
        keep()
        return self.record(ledger, "ledger", Write())

    def revoke_signing_key(self, _: str, /, *, write: Write, **said: Any) -> Done:
        """Revoke a key from this entry on; what it signed before stays valid."""
        key = next((k for k in self.registry.all() if k.thumbprint == said["thumbprint"]), None)
        self._own(said["acting"], key.holder if key else None, "revoke")
        with self._raced(said["thumbprint"]):
            return self._change(Keys, "keys", Keys.revoke, write, **said)

    def declare_key_compromised(self, _: str, /, *, write: Write, **said: Any) -> Done:
        """Dispute what a key that has ended signed from a position on."""
        key = self._key(said["thumbprint"])
        self._own(said["acting"], key.holder, "declare compromised")
        life = {"first": key.enrolled_at + 1, "last": key.ended_at}
        return self._change(Keys, "keys", Keys.declare_compromised, write, **life, **said)

    def affirm_statement(self, _: str, /, *, write: Write, **said: Any) -> Done:
        """Stand by a disputed statement: its holder, or the Board's management for them."""
        return self._change(Keys, "keys", Keys.affirm, write, by=self._signer(said, "affirm"), **said)

    def repudiate_statement(self, _: str, /, *, write: Write, **said: Any) -> Done:
        """Say that a disputed statement is not its holder's."""
        return self._change(Keys, "keys", Keys.repudiate, write, by=self._signer(said, "repudiate"), **said)

    def _key(self, thumbprint: str) -> KnownKey:
        key = next((key for key in self.registry.all() if key.thumbprint == thumbprint), None)
        if key is None:
            raise UnknownKey(thumbprint=thumbprint)
        return key

    def _signer(self, said: Mapping[str, Any], do: str) -> str:
        """Return the thumbprint of the key that signed the statement of which something is said, by its holder."""
        signer = self.registry.signer(said["position"])
        if signer is None:
            raise NotFound(kind="event", ref=str(said["position"]))
        who: Acting = said["acting"]
        self._own(who, signer.holder, f"{do} a statement under")
        registry = self.find(Keys, "keys")
        if who.role not in MANAGERS and (why := not_theirs(self, who, registry.state.find(signer.thumbprint) if registry else None)):
            raise NotYourKey(office=who.office, thumbprint=signer.thumbprint, why=why)
        return signer.thumbprint

    def _own(self, who: Acting, holder: str | None, do: str) -> None:
        """Refuse whose key this is not, but the Board's management."""
        if who.role not in MANAGERS and holder not in {who.in_name_of, who.body}:
            raise NotAllowed(who=called(who.role), act=f"{do} a signing key of another office", roles=MANAGERS)

    @contextmanager
    def _raced(self, thumbprint: str) -> Iterator[None]:
        """Say what became of a key at the same moment, which the ledger found out before the versions of its stream."""
        try:
            yield
        except KeyInUse as error:
            now = next((key for key in self.registry.all() if key.thumbprint == thumbprint), None)
            if now is None:
                raise  # the log's own key
            if now.ended_at is not None:
                raise KeyEnded(thumbprint=thumbprint, holder=now.holder, status="ended") from error
            raise KeyEnrolled(thumbprint=thumbprint, holder=now.holder) from error


def _for_acts(said: Mapping[str, Any]) -> None:
    if said["purpose"] == SERVICES:
        raise ForTheServiceAlone(holder=said["holder"])


def _not_anothers(who: Acting, rehearses: str | None) -> None:
    """Refuse an agency's lead any inspection but the rehearsal of their own office."""
    if who.role not in MANAGERS and rehearses != who.in_name_of:
        raise RehearsesOnly(office=who.in_name_of)
