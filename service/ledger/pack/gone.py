"""Why a text is missing from a complete pack where the pack's own entries do not say: `gone/<index>.json`.

A pack is made from what is there on that day. As of an earlier size it lacks a text that was erased since; and the log of a restored
backup lacks one whose erasure it lost. Such a text is withheld by its digest, and looks like one that somebody keeps back. So the entry
that erased it comes with the pack, as a line of the record of who was erased has it (`sealed.record`): the entry, its receipt by the log's
own key, and its disclosure of what went. Nothing else explains a missing text to an audit, and the audit names each that is explained so.

A receipt alone is one signature, by a key that somebody may have stolen. So whoever signed the statement could sign there; a line at a
place that the pack itself has is the pack's own entry, or of what its log says on record that it lost; and one that follows the pack is
sealed by the newest key that is known.

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
    PURPOSES,
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
    from collections.abc import Iterator, Mapping, Sequence

    from psycopg import Connection

    from service.ledger.pack.reading import Told
    from service.ledger.sealed.record import Line
    from service.ledger.store import LedgerRecorder
    from service.verify import Pack

FOLDER: Final = "gone/"
LATER_KEY: Final = (
    "no log key that this pack knows sealed it, nor one that such a key vouched for; where a later key of the Board did, give both by "
    "--policy, or ask for a pack that ends after that key's succession"
)
NOT_OURS: Final = "this log has another entry there, and does not say that it lost this one"
NOT_NEWEST: Final = "it follows this pack, and another than the newest key of the log that is known sealed it"
LOST: Final = "ledger.integrity_failed.v1"
WENT_ON: Final = ("checkpoint", "log_vkey", "reason", "replaced_proof", "replaces")
SUCCESSION: Final = """
    SELECT e.entry, d.disclosures FROM ledger.event e JOIN ledger.disclosure d USING (position) WHERE position = %s"""
LATER: Final = f"""
    SELECT e.position, e.entry, d.disclosures FROM ledger.event e JOIN ledger.disclosure d USING (position)
     WHERE topic = '{TOPIC}' AND position > %s ORDER BY position"""  # noqa: S608 - our own text
ELSEWHERE: Final = "SELECT line FROM sealed.erased WHERE line IS NOT NULL ORDER BY position"
TOPICS: Final = "SELECT position, topic FROM ledger.event WHERE position = ANY (%s) AND position <= %s"


class Gone(NamedTuple):
    """What a pack shows to be erased beyond its own entries, by position, field and digest: in which file; what shows nothing, and why."""

    texts: dict[tuple[int, str, str], str]
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


def told(pack: Pack, entries: Sequence[Told]) -> Gone:
    """Return what such lines of a pack that was verified, of these entries, show to be erased; what shows nothing is named, and why."""
    gone, lost = Gone({}, []), [one.fields for one in entries if one.evt == LOST]
    for name in sorted(name for name in pack.names if name.startswith(FOLDER)):
        try:
            line = parse((pack.folder / name).read_bytes().decode())
            sealers, signer = _sealers(line.get("went_on", []), pack), parse_receipt(line["proof"])[2].partition("\n")[0]
            require(signer in map(_name, sealers), LATER_KEY)
            shown = opened(line, sealers)
            _check_signed(parse_entry(shown.entry)[1], shown.position, pack)
            _check_place(shown, sealers, signer, pack, lost)
            gone.texts.update({(each["position"], each["field"], each["digest"]): name for each in shown.listed})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            gone.refused.append(f"{name} does not show that anything was erased: {error}")
    return gone


def _name(sealer: Sealer) -> str:
    """Return under which name a key seals."""
    return parse_vkey(sealer.vkey)[0]


def _check_signed(statement: str, position: int, pack: Pack) -> None:
    """Refuse a statement that its key could not sign there, or that is disputed; of a key enrolled after the pack nothing is known."""
    key = pack.keys.get(statement.partition(".")[0])
    if key is None:
        require(position > pack.checkpoint.size, "nobody whom this log knows signed it")
        return
    claims = open_statement(statement, key.public, pack.origin)
    require(key.since < position <= key.ended, f"the key of {key.holder} that signed it was not live there")
    require(position < key.disputed, f"the key of {key.holder} that signed it was compromised by then")
    own = (claims["iss"], PURPOSES[claims["assurance"]]) == (key.holder, key.purpose)
    require(own, "its key is another holder's, or for other acts")


def _check_place(shown: Line, sealers: Sequence[Sealer], signer: str, pack: Pack, lost: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what stands otherwise in the pack, and what follows the pack under another key than the newest that is known.

    Of what the log lost and says so, the key that sealed it has to vouch for those after it: the word of one that did not is worth nothing.
    """
    names = [*map(_name, sealers)]
    if shown.position <= pack.checkpoint.size:
        admitted = any(one["size"] < shown.position <= max(each["size"] for each in one["held"]) for one in lost)
        branch = admitted and all(each.vouched for each in sealers[names.index(signer) + 1 :])
        require(branch or leaf_hash(shown.entry) == pack.node(0, shown.position - 1), NOT_OURS)
        return
    later = {parse_vkey(vkey)[0] for keys in pack.trusted for vkey in keys} - {*map(_name, pack.sealers)}
    require(signer == names[-1] and (not later or signer in later), NOT_NEWEST)


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
