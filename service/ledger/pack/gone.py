"""Why a text is missing from a complete pack where the pack's own entries do not say: `gone/<index>.json`.

A pack is made from what is there on that day. As of an earlier size it lacks a text that was erased since; and the log of a restored
backup lacks one whose erasure it lost. Such a text is withheld by its digest, and looks like one that somebody keeps back. So the entry
that erased it comes with the pack, as a line of the record of who was erased has it (`sealed.record`): the entry, its receipt by the log's
own key, and its disclosure of what went. Nothing else explains a missing text to an audit.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aggregates import EVENTS
from aggregates.entry.fields import CORRECTED, fields_by_name
from service.ledger.reading import disclosed
from service.ledger.sealed.record import TOPIC, opened
from service.verify import canonical, open_statement, parse, parse_entry, parse_receipt, parse_vkey, require

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from service.ledger.store import LedgerRecorder
    from service.verify import Pack

FOLDER: Final = "gone/"
LATER_KEY: Final = "no log key that this pack knows sealed it; where a later one did, ask for a pack that ends after that key's succession"
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
            yield row["position"] - 1, canonical(line)
    for row in conn.execute(ELSEWHERE).fetchall():
        line = json.loads(row["line"])
        if _of_texts(conn, line, size):
            yield parse_receipt(line["proof"])[0], canonical(line)


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
    logs = {parse_vkey(each.vkey)[0] for each in pack.sealers}
    for name in sorted(name for name in pack.names if name.startswith(FOLDER)):
        try:
            line = parse((pack.folder / name).read_bytes().decode())
            require(parse_receipt(line["proof"])[2].partition("\n")[0] in logs, LATER_KEY)
            shown = opened(line, pack.sealers)
            header = parse_entry(shown.entry)[1].partition(".")[0]
            if key := pack.keys.get(header):
                open_statement(parse_entry(shown.entry)[1], key.public, pack.origin)
            require(key or shown.position > pack.checkpoint.size, "nobody whom this log knows signed it")
            gone.texts.update((each["position"], each["field"], each["digest"]) for each in shown.listed)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            gone.refused.append(f"{name} does not show that anything was erased: {error}")
    return gone
