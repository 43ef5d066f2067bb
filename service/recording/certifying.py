"""Certificates of absence: that somebody was asked and did not do it, signed for whoever has a pack of the log (ledger §7).

A certificate is a document, and no event: to ask for one writes nothing. Before it is signed, the log itself is gone through just as a
stranger will go through a pack, by the same code.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aggregates.entry import stream_id
from aggregates.errors import Refused
from aggregates.framework.telling.silence import DischargedThen, NoSingleDischarge, NothingWasAsked, PeriodReversed
from service.commands import KINDS
from service.ledger.pack import absence
from service.ledger.pack.reading import Amended, Told, amended
from service.ledger.reading import read_kinds
from service.recording.recording import Recording
from service.verify import b64url, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aggregates.framework.telling.silence import Silence
    from service.ledger.reading import Verified


class KeyNotLiveThen(Refused):
    """A certificate is signed by a key that attested statements at the position of which it speaks."""

    rule, text = "ledger §3", "The key that attests today was not live at event {known_at}: choose a later position"


class Certifying(Recording):
    """What the log can say that it does not hold."""

    def stream_of(self, words: str) -> str | None:
        """Return the id of the stream that `review:SB-2015-01` means; None where there is no such kind of thing."""
        word, _, ref = words.partition(":")
        kind = KINDS.get(word)
        if kind is None or not ref:
            return None
        try:
            return str(UUID(ref)) if word == "subject" else str(stream_id(self.origin, kind.TOPIC, ref))
        except ValueError:
            return None

    def certify_absence(self, silence: Silence, *, known_at: int) -> str:
        """Return a signed certificate that nothing up to a position discharges it. Refuses where something does."""
        if silence.until < silence.start:
            raise PeriodReversed(start=silence.start, until=silence.until)
        if not silence.discharged_by or not all(silence.discharged_by):
            raise NoSingleDischarge(clause=silence.clause)
        entries = self._entries(silence, known_at)
        said = self._said(silence, entries, known_at)
        found: list[Amended] = []
        for group in silence.discharged_by:
            patterns = said | {"discharged_by": [*group]}
            matching = [one for one in entries if absence.discharges(patterns, one) and not one.retracted_by]
            if not matching:
                return self._signed(patterns, known_at)
            found += matching
        first = min(found, key=lambda one: one.told.position)
        facts = {"clause": silence.clause, "owner": silence.owner, "subject": silence.subject}
        raise DischargedThen(**facts, position=first.told.position, day=date.fromisoformat(first.fields["occurred_on"]))

    def _entries(self, silence: Silence, known_at: int) -> list[Amended]:
        """Return the event that asked, and every one up to the position that could be one of those looked for, as amended."""
        patterns = [each for group in silence.discharged_by for each in group]
        known = [each["stream"] for each in patterns]
        streams = None if None in known else known
        kinds = rf"^({'|'.join(sorted({re.escape(each['event']) for each in patterns}))})\.v[0-9]+$"
        with self.datastore.get_connection() as conn:
            found = [*read_kinds(conn, self.registry.find, size=known_at, asked=silence.asked_at, kinds=kinds, streams=streams)]
        return [*amended(map(_told, found))]

    def _said(self, silence: Silence, entries: Iterable[Amended], known_at: int) -> dict[str, Any]:
        """Return what a certificate says, but for what would discharge it."""
        asked = next((one for one in entries if one.told.position == silence.asked_at and not one.retracted_by), None)
        if asked is None or asked.fields["occurred_on"] > silence.until.isoformat():
            facts = {"clause": silence.clause, "owner": silence.owner, "subject": silence.subject}
            raise NothingWasAsked(**facts, known_at=known_at, until=silence.until)
        return {
            "asked": {
                "event": asked.told.evt,
                "index": silence.asked_at - 1,
                "jti": asked.told.jti,
                "leaf": b64encode(self.recorder.leaf(silence.asked_at)).decode(),
                "on": asked.fields["occurred_on"],
                "where": [*silence.asked_where],
            },
            "checkpoint": {"root": b64encode(self.recorder.root_at(known_at)).decode(), "size": known_at},
            "clause": silence.clause,
            "due_on": silence.due_on and silence.due_on.isoformat(),
            "from": silence.start.isoformat(),
            "iat": int(self.clock()),
            "iss": self.keys.statement.holder,
            "origin": self.origin,
            "owner": silence.owner,
            "set_sha256": silence.set_sha256,
            "subject": silence.subject,
            "until": silence.until.isoformat(),
        }

    def _signed(self, said: Mapping[str, Any], known_at: int) -> str:
        key = self.keys.statement
        known = self.registry.find(key.header)
        if known is None or not known.enrolled_at <= known_at <= (known.ended_at or known_at):
            raise KeyNotLiveThen(known_at=known_at)
        header = {"alg": "EdDSA", "kid": key.thumbprint, "typ": absence.TYP}
        signed = f"{b64url(canonical(header))}.{b64url(canonical(said))}"
        return f"{signed}.{b64url(key.private.sign(signed.encode()))}\n"


def _told(entry: Verified) -> Told:
    return Told(entry.position, str(entry.stream), entry.version, entry.topic, entry.jti, dict(entry.fields))
