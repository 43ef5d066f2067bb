"""The verbs of the key registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.registry import Key, Keys
from service.desk.refusals import NotFound
from service.ledger.keys import check_proof
from service.recording.references import References
from service.verify import b64url

if TYPE_CHECKING:
    from service.recording import Done, Write


class RegistryVerbs(References):
    """Whose keys may sign."""

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
