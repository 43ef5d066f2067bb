"""What was put right afterwards, as in any real record: corrections, a sign-off that should not stand, a key revoked, data erased."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.demonstration.board.people import MANAGER
from service.demonstration.improvement.reviews import reviewer
from service.demonstration.script import Line
from service.ledger.keys import enrolment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

AGENCY_KEY = sha256(b"the key of an agency of Severnbrook, which is nowhere").digest()  # known to everybody: it protects nothing


def amendments(said: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the amendments of dirt.toml; each names what it amends by that line's key."""
    for amendment in said["amendment"]:
        fields = {name: amendment[name] for name in ("amends", "corrected", "reason", "proposal") if name in amendment}
        place = {name: amendment[name] for name in ("do", "of", "ref", "by", "on")}
        yield Line(**place, fields=fields)


def requests(said: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what people asked about their own data, and what was decided."""
    for someone in said["person"]:
        ref = someone.get("ref") or reviewer(someone["reviewer"])
        for step in someone["steps"]:
            fields = {name: value for name, value in step.items() if name not in {"on", "do"}}
            yield Line(do=step["do"], ref=ref, by="dpo", on=step["on"], fields=fields)


def erased(said: Mapping[str, Any]) -> dict[str, date]:
    """Return who asked for the erasure of their data, and when."""
    asked = {someone.get("ref"): step["on"] for someone in said["person"] for step in someone["steps"] if step["do"] == "request_erasure"}
    return {ref: on for ref, on in asked.items() if ref}


def keys(said: Mapping[str, Any], origin: str) -> Iterator[Line]:
    """Yield the enrolment and the revocation of an agency's key."""
    key = said["key"]
    fields = enrolment(Ed25519PrivateKey.from_private_bytes(AGENCY_KEY), origin, key["holder"])
    yield Line(do="enrol_signing_key", ref="keys", by=MANAGER, on=key["enrolled_on"], fields=fields)
    ended = {"thumbprint": fields["thumbprint"], "reason": key["reason"]}
    yield Line(do="revoke_signing_key", ref="keys", by=MANAGER, on=key["revoked_on"], fields=ended)
