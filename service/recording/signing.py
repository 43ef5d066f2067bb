"""Signing with one's own key (ledger.md §3): an act is prepared, signed where its key is kept, and committed.

To prepare is to give the command up to the point where it would be on record. To commit is to give the very same command again, with
what was signed: it is decided anew, by the rules and on the record of that moment, and what was signed has to be the statement of what
comes out, field by field. So nothing is kept between the two, and nothing can be put in the place of what was prepared (ADR 0013).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aggregates.errors import Refused
from aggregates.partnership.office import Office
from aggregates.registry import Keys
from aggregates.registry.key_state import KeyEnded
from service.desk.refusals import AlreadyExists, MovedUnderneath, NotAllowed, StaleVersion
from service.ledger.statement import Draft, Signer, fields_of
from service.recording.writing import ToSign, Unsigned
from service.verify import canonical, check_signature, open_disclosures, open_statement, unb64url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from eventsourcing.persistence import StoredEvent

    from aggregates.authority import Acting
    from aggregates.registry import Key
    from service.desk.submission import Submission
    from service.recording.recording import Recording
    from service.recording.references import References
    from service.recording.writing import Write

KEEPS: Final = 3600  # seconds from its preparation, in which an act can be committed
AHEAD: Final = 60  # seconds by which another process's clock may be before ours


class NotYourKey(NotAllowed):
    """An act is signed by a key of the office that acts or of the agency that it is of, and by whoever had the key enrolled."""

    rule, text = "ledger §3", "{office} signs nothing with the key {thumbprint}: {why}"


class NotSigned(Refused):
    """What is to be recorded as signed is signed, for this log, by one key, in the one form that every reader takes for the same."""

    text = "What came with this act is not a signed statement of it: {why}"


class NotWhatWasSigned(Refused):
    """Nothing is recorded under somebody's signature but what they signed."""

    text = "What was signed is not what this act would record now: {why}. Prepare it again, and look at it again"


class MovedSincePrepared(StaleVersion):
    """Somebody recorded something of the same thing since the act was prepared."""

    text = "{ref} has moved on since this was prepared: it would be entry {version}, and entry {signed} was signed. Prepare it again"


class PreparedTooLongAgo(MovedUnderneath):
    """What was prepared is signed soon, or prepared again."""

    text = "This was prepared more than {minutes} minutes ago. Prepare it again, and look at it again"


class SignedAlready(AlreadyExists):
    """What is signed is recorded once."""

    text = "What was signed for {ref} is on record already"


@dataclass(frozen=True, slots=True)
class Preparing:
    """An act that is decided, and not recorded."""

    signer: Signer

    def unsigned(self, board: Recording, events: Sequence[Any], write: Write, at: int) -> Unsigned:
        """Return the statements of what an act would record."""
        drafts = (board.mapper.draft(event, self.signer, iat=at) for event in events)
        statements = [ToSign(draft.unsigned.decode(), draft.disclosures) for draft in drafts]
        kinds = write.unless.kinds if write.unless else frozenset[str]()
        return Unsigned(statements, sorted(kinds), board.size(), at + KEEPS)


@dataclass(frozen=True)
class Committing:
    """An act that is recorded as signed by whoever acts."""

    signer: Signer
    signed: Sequence[tuple[Draft, bytes, dict[str, Any]]]  # each with its signature and its claims
    fields: Sequence[dict[str, Any]] = field(default=())

    @property
    def prepared_at(self) -> int:
        """Return when it was prepared, in POSIX seconds, by the word of the statements."""
        return min(int(claims["iat"]) for _, _, claims in self.signed)

    def stored(self, board: Recording, events: Sequence[Any], ref: str) -> Iterator[StoredEvent]:
        """Return the events under the statements that were signed; refuse where these are not the statements of these events."""
        if len(events) != len(self.signed):
            raise NotWhatWasSigned(why=f"it would be {len(events)} entries, and {len(self.signed)} were signed")
        for event, (draft, signature, claims), said in zip(events, self.signed, self.fields, strict=True):
            if (claims["evt"], claims["stream"]) != (type(event).TOPIC, str(event.originator_id)):
                raise NotWhatWasSigned(why=f"it is another thing's, or another act: {claims['evt']}")
            if claims["sver"] != event.originator_version:
                raise MovedSincePrepared(ref=ref, version=event.originator_version, signed=claims["sver"])
            now = fields_of(event)[0]
            if other := sorted(name for name in now.keys() | said.keys() if not _the_same(now, said, name)):
                raise NotWhatWasSigned(why=f"{', '.join(other)} would be another")
            yield board.mapper.prepare(event, self.signer, draft=draft).signed(signature)


Signing = Preparing | Committing


def signing(board: References, who: Acting, it: Submission, now: int) -> Signing | None:
    """Return how an act is to be signed, where by whoever acts; refuse a key that is not theirs, and what it has not signed."""
    if it.prepare is not None:
        return Preparing(_signer(board, who, it.prepare))
    if not it.signed:
        return None
    header = it.signed[0].partition(".")[0]
    known = board.registry.find(header)
    if known is None:
        raise NotSigned(why="the log knows no key of the one that it names")
    signer = _signer(board, who, known.thumbprint)
    opened = [_opened(signer, one) for one in it.signed]
    for _, _, claims, _ in opened:
        if not now - KEEPS <= claims["iat"] <= now + AHEAD:
            raise PreparedTooLongAgo(minutes=KEEPS // 60)
        _check_seen(board, claims["seen"])
    return Committing(signer, [one[:3] for one in opened], [one[3] for one in opened])


def own_keys(board: References, who: Acting) -> list[Key]:
    """Return the live keys with which somebody may sign what they record now."""
    keys: Keys | None = board.find(Keys, "keys", fresh=True)
    return [key for key in (keys.state.keys if keys else ()) if key.status == "live" and not_theirs(board, who, key) is None]


def of_stream(signed: Sequence[str], stream: UUID) -> tuple[str, ...]:
    """Return which of the statements that came for several acts are of one thing; refuse where none is."""
    try:
        found = tuple(one for one in signed if json.loads(unb64url(one.split(".")[1]))["stream"] == str(stream))
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise NotSigned(why="it is no statement") from error
    if not found:
        raise NotSigned(why="nothing was signed for it")
    return found


def _signer(board: References, who: Acting, thumbprint: str) -> Signer:
    keys: Keys | None = board.find(Keys, "keys", fresh=True)
    key = keys.state.find(thumbprint) if keys else None
    if why := not_theirs(board, who, key):
        raise NotYourKey(office=who.office, thumbprint=thumbprint, why=why)
    assert key is not None  # noqa: S101 - `not_theirs` says so of no key at all
    if key.status != "live":
        raise KeyEnded(thumbprint=thumbprint, holder=key.holder, status=key.status)
    return Signer(key.holder, board.origin, unb64url(str(key.public_key)))


def not_theirs(board: References, who: Acting, key: Key | None) -> str | None:
    """Return why somebody does not sign with a key; None where they do. A key stays with the person, and an office does not."""
    if key is None:
        return "the log knows no such key: it has to be enrolled first"
    if key.purpose != "acts":
        return "it attests what others do"
    if key.holder != who.office:
        of_theirs = who.on_behalf_of is None and key.holder == who.body and board.find(Office, key.holder) is None
        return None if of_theirs else f"it is the key of {key.holder}"
    since = key.since
    if since is None or (had := board.held_by(key.holder, since)) is None or who.is_(had):
        return None
    return f"it is the key of whoever held the office on {since.day} {since:%B %Y}"


def _the_same(now: Mapping[str, object], said: Mapping[str, object], name: str) -> bool:
    """Say whether both say the same, as every reader has it: Python takes `true` for 1, and whoever reads it back is stopped by that."""
    return name in now and name in said and canonical(now[name]) == canonical(said[name])


def _opened(signer: Signer, sd_jwt: str) -> tuple[Draft, bytes, dict[str, Any], dict[str, Any]]:
    """Take what was signed apart, verified as strictly as by an auditor: draft, signature, claims and fields."""
    try:
        statement, *disclosures, end = sd_jwt.split("~")
        claims = open_statement(statement, signer.public, signer.origin, check_signature)
        shown = open_disclosures(claims["_sd"], disclosures)
    except (ValueError, RecursionError) as error:
        raise NotSigned(why=str(error)) from error
    if end or sorted(shown) != claims["_sd"]:
        raise NotSigned(why="every field is disclosed, and nothing else")
    if (claims["iss"], claims["assurance"]) != (signer.holder, signer.assurance):
        raise NotSigned(why=f"it is {claims['assurance']} by {claims['iss']}")
    unsigned, _, signature = statement.rpartition(".")
    by_name = {name: disclosure for disclosure, (name, _) in zip(disclosures, shown.values(), strict=True)}
    return Draft(unsigned.encode(), by_name), unb64url(signature), claims, dict(shown.values())


def _check_seen(board: References, seen: dict[str, Any]) -> None:
    """Refuse what names a checkpoint that is none of this log's: no auditor would verify the log with it."""
    note = board.recorder.checkpoint_at(seen["size"])
    if note is None or note.split("\n")[2] != seen["root"]:
        raise NotSigned(why="it names a checkpoint that this log does not have")
