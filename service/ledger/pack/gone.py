"""Why a text is missing from a complete pack where the pack's own entries do not say: `gone/<index>.json`.

A pack is made from what is there on that day. As of an earlier size it lacks a text that was erased since; and the log of a restored
backup lacks one whose erasure it lost. Such a text is withheld by its digest, and looks like one that somebody keeps back. So the entry
that erased it comes with the pack, as a line of the record of who was erased has it (`sealed.record`): the entry, its receipt by the log's
own key, and its disclosure of what went. Nothing else explains a missing text to an audit.

Where the log went on under another key after the pack ends, the line says so too (`went_on`): each entry by which it did, with its receipt
and what it discloses. The key before has to vouch for the next one, or whoever audits trusts that one by themselves; else anybody could
write such a line under a key of their own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aggregates import EVENTS
from aggregates.entry.fields import CORRECTED, fields_by_name
from service.ledger.reading import disclosed
from service.ledger.sealed.record import TOPIC, opened
from service.verify import (
    SUCCEEDED,
    Sealer,
    canonical,
    check_signature,
    key_proof,
    leaf_hash,
    open_checkpoint,
    open_disclosures,
    open_sealed,
    open_statement,
    parse,
    parse_entry,
    parse_receipt,
    parse_vkey,
    require,
    root_from_inclusion,
    unb64url,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg import Connection

    from service.ledger.store import LedgerRecorder
    from service.verify import Pack

FOLDER: Final = "gone/"
LATER_KEY: Final = (
    "no log key that this pack knows sealed it, nor one that such a key vouched for; where a later key of the Board did, give both by "
    "--policy, or ask for a pack that ends after that key's succession"
)
WENT_ON: Final = ("checkpoint", "log_vkey", "reason", "replaced_proof", "replaces")
SUCCESSION: Final = """
    SELECT e.entry, d.disclosures FROM ledger.event e JOIN ledger.disclosure d USING (position) WHERE position = %s"""
LATER: Final = f"""
    SELECT e.position, e.entry, d.disclosures FROM ledger.event e JOIN ledger.disclosure d USING (position)
     WHERE topic = '{TOPIC}' AND position > %s ORDER BY position"""  # noqa: S608 - our own text
ELSEWHERE: Final = "SELECT line FROM sealed.erased WHERE line IS NOT NULL ORDER BY position"
TOPICS: Final = "SELECT position, topic FROM ledger.event WHERE position = ANY (%s) AND position <= %s"


class Gone(NamedTuple):
    """What a pack shows to be erased beyond its own entries, by position, field and digest; and what shows nothing, and why."""

    texts: set[tuple[int, str, str]]
    refused: list[str]


def lines(conn: Connection[Any], recorder: LedgerRecorder, size: int) -> Iterator[tuple[int, bytes]]:
    """Give, by the index of its entry, each line that explains a text which the first `size` entries lack and do not say to be erased."""
    for row in conn.execute(LATER, (size,)).fetchall():
        went = next(each for each, name, _ in disclosed(row["disclosures"]) if name == "erased")
        line = {"entry": bytes(row["entry"]).decode(), "proof": str(recorder.receipt(row["position"])), "went": went}
        if _of_texts(conn, line, size):
            since = [each.since for each in recorder.sealers[1:] if each.since >= size]
            yield row["position"] - 1, canonical(line | ({"went_on": [_succession(conn, recorder, one) for one in since]} if since else {}))
    for row in conn.execute(ELSEWHERE).fetchall():
        line = json.loads(row["line"])
        if _of_texts(conn, line, size):
            yield parse_receipt(line["proof"])[0], canonical(line)


def _succession(conn: Connection[Any], recorder: LedgerRecorder, since: int) -> dict[str, Any]:
    """Return the entry by which the log went on under another key, with its receipt and what shows it."""
    row = conn.execute(SUCCESSION, (since + 1,)).fetchone()
    found = [each for each, name, _ in disclosed(row["disclosures"]) if name in WENT_ON] if row else []
    return {"disclosed": found, "entry": bytes(row["entry"]).decode() if row else "", "proof": str(recorder.receipt(since + 1))}


def _of_texts(conn: Connection[Any], line: dict[str, str], size: int) -> bool:
    """Say whether a text among the first entries went by it, and not only what was sealed, of which a pack has nothing anyhow."""
    ((_, _, listed),) = disclosed(line["went"])
    topics = {row["position"]: row["topic"] for row in conn.execute(TOPICS, ([each["position"] for each in listed], size)).fetchall()}
    return any(is_text(topics[each["position"]], each["field"]) for each in listed if each["position"] in topics)


def is_text(evt: str, field: str) -> bool:
    """Say whether a field of a kind of event is a text in the clear, or corrects what may be one, as this version knows it."""
    found = fields_by_name(EVENTS[evt]).get(field) if evt in EVENTS else None
    return found is not None and ((found.kind is str and found.worded >= found.many) or field in CORRECTED.values())


def told(pack: Pack) -> Gone:
    """Return what such lines of a pack that was verified show to be erased; what shows nothing is named, with the reason."""
    gone = Gone(set(), [])
    for name in sorted(name for name in pack.names if name.startswith(FOLDER)):
        try:
            line = parse((pack.folder / name).read_bytes().decode())
            sealers = _sealers(line.get("went_on", []), pack)
            require(parse_receipt(line["proof"])[2].partition("\n")[0] in {parse_vkey(each.vkey)[0] for each in sealers}, LATER_KEY)
            shown = opened(line, sealers)
            _check_signed(parse_entry(shown.entry)[1], shown.position, pack)
            gone.texts.update((each["position"], each["field"], each["digest"]) for each in shown.listed)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            gone.refused.append(f"{name} does not show that anything was erased: {error}")
    return gone


def _check_signed(statement: str, position: int, pack: Pack) -> None:
    """Refuse a statement that a key did not sign whose it says it is; of a key that was enrolled after the pack nothing is known."""
    if key := pack.keys.get(statement.partition(".")[0]):
        open_statement(statement, key.public, pack.origin)
    require(key or position > pack.checkpoint.size, "nobody whom this log knows signed it")


def _sealers(successions: Sequence[Any], pack: Pack) -> list[Sealer]:
    """Return the keys of a pack, and those under which its log went on: of each its reader knows it, or the key before vouched for it."""
    sealers, trusted = [*pack.sealers], {vkey for keys in pack.trusted for vkey in keys}
    for one in successions:
        (index, _, _), statement = parse_receipt(one["proof"]), parse_entry(one["entry"].encode())[1]
        claims, before = json.loads(unb64url(statement.split(".")[1])), sealers[-1].vkey
        said = dict(open_disclosures(claims["_sd"], one["disclosed"]).values())
        (name, public, _), last = parse_vkey(said["log_vkey"]), open_checkpoint(said["checkpoint"], before)
        whole = (claims["evt"], said["replaces"], last.size) == (SUCCEEDED, before, index) and index >= pack.checkpoint.size
        require(whole and (index > pack.checkpoint.size or last.root == pack.checkpoint.root), "it succeeds another log")
        _check_signed(statement, index + 1, pack)
        if vouched := type(said["replaced_proof"]) is str:
            check_signature(parse_vkey(before)[1], unb64url(said["replaced_proof"]), key_proof(pack.origin, name, "checkpoints", public))
        require(vouched or said["log_vkey"] in trusted, LATER_KEY)
        sealers.append(Sealer(said["log_vkey"], index, vouched, said["reason"]))
    for one in successions:
        index, proof, note = parse_receipt(one["proof"])
        sealed = open_sealed(note, sealers)
        led = root_from_inclusion(index, sealed.size, leaf_hash(one["entry"].encode()), proof) == sealed.root
        require(led, "its receipt is of another entry than that by which the log went on")
    return sealers
