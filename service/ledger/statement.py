"""A domain event as a signed statement, and back (ledger.md §2).

A statement is a compact SD-JWT: `header.payload.signature`. Its payload names the event, its stream and what the signer had
seen, and holds the salted digest of every content field; the fields themselves are *disclosures* beside it. A personal field's
disclosure is sealed under its subject's key, and only a pointer to it travels.

The library's `StoredEvent.state` is `statement~d1~d2~` and then a JSON array of pointers: on the way in
`[field, subject, digest, base64 of the sealed disclosure]`, on the way out the first three.
"""

from __future__ import annotations

import json
import os
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from time import time
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from eventsourcing.domain import Aggregate
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent
from eventsourcing.utils import resolve_topic

from aggregates.entry.fields import from_json, shape, to_json
from aggregates.entry.topics import kept_of
from aggregates.entry.values import Sealed
from service.ledger.errors import BadStatement, NotAStatement
from service.ledger.reading import read
from service.verify import (
    NotVerified,
    b64url,
    canonical,
    check_signature,
    digest,
    statement_header,
    thumbprint,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from service.ledger.registry import Registry
    from service.ledger.sealed import Subjects

Assurance = Literal["service-attested", "actor-signed"]
Seen = tuple[int, str]  # size and base64 root of a checkpoint

SALT = JTI = 16  # bytes
REMEMBERED = 4_096  # events that a process has verified and keeps: of a busy session there are a hundred
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_text = json.encoder.encode_basestring  # the same, for text alone: most fields are text


def _value(value: object) -> str:
    return _text(value) if isinstance(value, str) else "null" if value is None else _encode(value)


@dataclass(frozen=True)
class Draft:
    """A statement that nobody has signed yet: the bytes to sign, and each field's disclosure."""

    unsigned: bytes
    disclosures: Mapping[str, str]

    def sd_jwt(self, signature: bytes) -> bytes:
        """Return the SD-JWT with every disclosure, as RFC 9901 writes it."""
        return self.statement(signature) + "~".join(["", *self.disclosures.values(), ""]).encode()

    def statement(self, signature: bytes) -> bytes:
        """Return the statement: what the leaf holds."""
        return b"%s.%s" % (self.unsigned, b64url(signature).encode())


@dataclass(frozen=True)
class Signer:
    """Whose key signs: all that is known of it outside its holder's hands."""

    holder: str
    origin: str
    public: bytes
    assurance: Assurance = "actor-signed"

    @cached_property
    def header(self) -> str:
        """The header of every statement under this key."""
        return statement_header(self.public)

    @cached_property
    def thumbprint(self) -> str:
        """The key's RFC 7638 thumbprint."""
        return thumbprint(self.public)

    def draft(self, evt: str, stream: str, sver: int, seen: Seen, fields: Mapping[str, object], *, iat: int | None = None) -> Draft:
        """Write the statement of an event whose fields are JSON values; `iat` is POSIX seconds, now by default."""
        try:
            canonical(fields)  # what is within its bounds needs no second look
        except (ValueError, TypeError) as error:
            raise NotAStatement(f"a field of {evt} cannot be written so that every reader takes it for the same: {error}") from error
        random = os.urandom(JTI + SALT * len(fields))  # one system call a statement
        disclosures = {
            name: b64url(f'["{b64url(random[start : start + SALT])}",{_text(name)},{_value(value)}]'.encode())
            for start, (name, value) in zip(range(JTI, len(random), SALT), fields.items(), strict=True)
        }
        payload = {
            "_sd": sorted(map(digest, disclosures.values())),
            "_sd_alg": "sha-256",
            "assurance": self.assurance,
            "aud": self.origin,
            "evt": evt,
            "iat": int(time()) if iat is None else iat,
            "iss": self.holder,
            "jti": b64url(random[:JTI]),
            "seen": {"root": seen[1], "size": seen[0]},
            "stream": stream,
            "sver": sver,
        }
        return Draft(f"{self.header}.{b64url(_encode(payload).encode())}".encode(), disclosures)


@dataclass(frozen=True)
class StatementKey:
    """A private key that signs statements, and never checkpoints; the service's attests what signed-in people did."""

    holder: str
    origin: str
    private: Ed25519PrivateKey
    assurance: Assurance = "service-attested"

    @cached_property
    def signer(self) -> Signer:
        """What others know of this key."""
        return Signer(self.holder, self.origin, self.private.public_key().public_bytes_raw(), self.assurance)

    @property
    def header(self) -> str:
        """The header of every statement under this key."""
        return self.signer.header

    @property
    def thumbprint(self) -> str:
        """The key's RFC 7638 thumbprint."""
        return self.signer.thumbprint

    def attest(self, evt: str, stream: str, sver: int, seen: Seen, fields: Mapping[str, object], *, iat: int | None = None) -> bytes:
        """Return the signed SD-JWT of an event with every field disclosed."""
        draft = self.signer.draft(evt, stream, sver, seen, fields, iat=iat)
        return draft.sd_jwt(self.private.sign(draft.unsigned))


@dataclass(frozen=True)
class Prepared:
    """An event that waits for its actor's signature: sign `draft.unsigned`, and hand the signature to `signed`."""

    event: StoredEvent  # with the state still unsigned
    draft: Draft
    signer: Signer
    rest: bytes  # what follows the statement: disclosures, and pointers to the sealed ones

    def signed(self, signature: bytes) -> StoredEvent:
        """Return the event as the recorder takes it; raise BadStatement where the signature is not its signer's."""
        try:
            check_signature(self.signer.public, signature, self.draft.unsigned)
        except NotVerified as error:
            raise BadStatement(f"the signature is not that of {self.signer.holder}") from error
        return self._with(signature)

    def _with(self, signature: bytes) -> StoredEvent:
        event = self.event
        state = self.draft.statement(signature) + self.rest
        return StoredEvent(event.originator_id, event.originator_version, event.topic, state)


class StatementMapper(Mapper[UUID]):
    """Domain event ⇄ statement. Verifies before the topic is resolved; the library's transcoder is not used."""

    def __init__(self, key: StatementKey, registry: Registry, subjects: Subjects, seen: Callable[[], Seen]) -> None:
        """Take the key that attests, the keys that the log knows, the subjects' keys, and what was seen last."""
        super().__init__(JSONTranscoder())
        self._key, self._registry, self._subjects, self._seen = key, registry, subjects, seen
        self._read = lru_cache(REMEMBERED)(self._verified)

    def to_stored_event(self, domain_event: Any, *, iat: int | None = None) -> StoredEvent:
        """Return the event as a statement that the service attests; a demonstration says when it claims to sign."""
        prepared = self.prepare(domain_event, self._key.signer, iat=iat)
        return prepared._with(self._key.private.sign(prepared.draft.unsigned))  # noqa: SLF001 - our own signature needs no checking

    def prepare(self, event: Any, signer: Signer, *, iat: int | None = None, draft: Draft | None = None) -> Prepared:
        """Return the event as a statement for somebody's signature; the fields that are about persons are sealed already.

        A `draft` was written before, for this very event: that it says the same is for the caller to see.
        """
        fields, subject_of = fields_of(event)
        draft = draft or self._draft(event, signer, fields, iat)
        shown = [d for name, d in draft.disclosures.items() if name not in subject_of]
        pointers = [self._pointer(name, subject, draft.disclosures[name]) for name, subject in subject_of.items()]
        rest = "~".join(["", *shown, json.dumps(pointers) if pointers else ""]).encode()
        return Prepared(StoredEvent(event.originator_id, event.originator_version, type(event).TOPIC, draft.unsigned), draft, signer, rest)

    def draft(self, event: Any, signer: Signer, *, iat: int) -> Draft:
        """Return the statement of an event alone: nothing is sealed, and nothing of it is kept."""
        return self._draft(event, signer, fields_of(event)[0], iat)

    def _draft(self, event: Any, signer: Signer, fields: Mapping[str, object], iat: int | None) -> Draft:
        return signer.draft(type(event).TOPIC, str(event.originator_id), event.originator_version, self._seen(), fields, iat=iat)

    def _pointer(self, name: str, subject: UUID, disclosure: str) -> list[str]:
        named = digest(disclosure)
        return [name, str(subject), named, b64encode(self._subjects.seal(subject, named, disclosure)).decode()]

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Return the event that was signed; raise BadStatement where the row is not what a key of this log signed.

        The very same row is verified once; what differs from it in a byte is another row.
        """
        return self._read(stored_event)

    def _verified(self, stored_event: StoredEvent) -> Any:
        statement = read(stored_event.state, self._registry.find)
        claims = statement.claims
        place = (claims["evt"], claims["stream"], claims["sver"])
        if place != (stored_event.topic, str(stored_event.originator_id), stored_event.originator_version):
            raise BadStatement(f"the row says {stored_event.topic}, the signature says {place}")
        kind = resolve_topic(stored_event.topic)
        try:
            members = from_json(kind, statement.fields)
        except (ValueError, KeyError) as error:
            raise BadStatement(f"{stored_event.topic} has other fields: {error}") from error
        if members.keys() | statement.sealed.keys() != {f.name for f in shape(kind)}:
            raise BadStatement(f"{stored_event.topic} has other fields than {sorted(members.keys() | statement.sealed.keys())}")
        members |= {name: kept_of(kind, name, subject) for name, subject in statement.sealed.items()}
        members |= {
            "originator_id": stored_event.originator_id,
            "originator_version": stored_event.originator_version,
            "timestamp": datetime.fromtimestamp(claims["iat"], UTC),
        }
        if issubclass(kind, Aggregate.Created):
            members["originator_topic"] = stored_event.topic.partition(".")[0]
        event = object.__new__(kind)
        vars(event).update(members)
        return event


def fields_of(event: Any) -> tuple[dict[str, object], dict[str, UUID]]:
    """Return what an event says as JSON values, and whom its personal fields are about, both by the field's name.

    Refuses what could not be read back: it could neither be amended nor removed, and would stop every view for good.
    """
    kind, fields, subject_of = type(event), dict[str, object](), dict[str, UUID]()
    for name, value in to_json(kind, {f.name: getattr(event, f.name) for f in shape(kind)}).items():
        fields[name] = _clear_text(name, value) if isinstance(value, Sealed) else value
        if isinstance(value, Sealed):
            subject_of[name] = value.subject
    try:
        from_json(kind, {name: value for name, value in fields.items() if name not in subject_of})
    except (ValueError, KeyError) as error:
        raise NotAStatement(f"{kind.TOPIC} could not be read back: {error}") from error
    return fields, subject_of


def _clear_text(name: str, value: Sealed) -> str:
    if value.value is None:
        raise BadStatement(f"{name} is sealed already: its clear text is needed to record it")
    return value.value
