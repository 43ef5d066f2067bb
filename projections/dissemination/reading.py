"""Asking the dissemination board: every item or one of them, with what each recipient did, on any day as known on any day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import class_row, dict_row
from psycopg.sql import SQL, Identifier

from aggregates.dissemination import state as s
from projections.dissemination.rows import ItemLine, ItemRow, RecipientRow
from projections.dissemination.view import Disseminations, Recipients
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

COMPLETE: Final = "complete"
ITEMS: Final = SQL("""
    SELECT key AS ref, {columns} FROM views.disseminations
     WHERE {at} AND (%(wanted)s::text[] IS NULL OR key = ANY(%(wanted)s::text[])) AND (%(source)s::text IS NULL OR source = %(source)s)
     ORDER BY coalesce(issued_on, produced_on) DESC, key""").format(
    at=AT_CLOCKS, columns=SQL(", ").join(map(Identifier, Disseminations.columns))
)
LINES: Final = SQL("""
    SELECT key AS ref, kind, title, source, issued_on FROM views.disseminations
     WHERE {at} ORDER BY coalesce(issued_on, produced_on) DESC, key
    """).format(at=AT_CLOCKS)
ANSWERS: Final = SQL("""
    SELECT split_part(key, ' ', 1) AS item, lower(known) AS because, {columns} FROM views.dissemination_recipients
     WHERE {at} AND split_part(key, ' ', 1) = ANY(%(refs)s)""").format(
    at=AT_CLOCKS, columns=SQL(", ").join(map(Identifier, Recipients.columns))
)
# Who has done nothing has what sent it to them behind their cell.
SENT: Final = """
    SELECT ref, max(position) FROM views.inspection_history
     WHERE topic = 'dissemination.issued.v1' AND ref = ANY(%(refs)s) AND position <= %(known_at)s GROUP BY ref"""
RECEIVED: Final = SQL("""
    SELECT key FROM views.disseminations WHERE {at} AND recipients ? %(agency)s::text
     UNION
    SELECT split_part(key, ' ', 1) FROM views.dissemination_recipients WHERE {at} AND agency = %(agency)s AND received_on IS NOT NULL
    """).format(at=AT_CLOCKS)


def lines(conn: Connection[Any], *, as_at: date, known_at: int) -> list[ItemLine]:
    """Return the items as a list has them, the newest first, as at a day, as known at a position."""
    with conn.cursor(row_factory=class_row(ItemLine)) as cursor:
        return cursor.execute(LINES, {"as_at": as_at, "known_at": known_at}).fetchall()


def items(
    conn: Connection[Any], *, as_at: date, known_at: int, wanted: Sequence[str] | None = None, source: str | None = None
) -> list[ItemRow]:
    """Return the items, the newest first, as at a day, as known at a position; of some references or one source where that is named."""
    at = {"as_at": as_at, "known_at": known_at}
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(ITEMS, {**at, "wanted": list(wanted) if wanted else None, "source": source}).fetchall()
        refs = {"refs": [row["ref"] for row in rows]}
        sent: dict[str, int] = dict(conn.execute(SENT, {**at, **refs}).fetchall())
        answers: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        for answer in cursor.execute(ANSWERS, {**at, **refs}).fetchall():
            answers[answer.pop("item")][answer["agency"]] = answer
    return [_item(row, answers[row["ref"]], sent.get(row["ref"]), as_at) for row in rows]


def item(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> ItemRow | None:
    """Return one item; None where there was none."""
    return next(iter(items(conn, as_at=as_at, known_at=known_at, wanted=[ref])), None)


def of_review(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> list[ItemRow]:
    """Return the items that came of a review."""
    return items(conn, as_at=as_at, known_at=known_at, source=f"review:{ref}")


def received(conn: Connection[Any], agency: str, *, as_at: date, known_at: int) -> set[str]:
    """Return the references of the items that an agency has received."""
    return {ref for (ref,) in conn.execute(RECEIVED, {"as_at": as_at, "known_at": known_at, "agency": agency})}


def _item(row: dict[str, Any], answers: Mapping[str, dict[str, Any]], sent: int | None, as_at: date) -> ItemRow:
    """Return an item with a cell for each recipient: those to whom it was issued, and those who were caught up."""
    issued = dict.fromkeys(row.pop("recipients"))
    caught_up = {code: answer for code, answer in answers.items() if answer["received_on"]}
    cells = [_cell(row, code, answers.get(code), sent, as_at) for code in sorted({**issued, **caught_up})] if row["issued_on"] else []
    complete = row["ended_on"] is None and cells and all(cell.status == "embedded" for cell in cells)
    return ItemRow(**row | {"status": COMPLETE if complete else row["status"]}, recipients=cells)


def _cell(item: Mapping[str, Any], agency: str, answer: dict[str, Any] | None, sent: int | None, as_at: date) -> RecipientRow:
    recipient = _recipient(agency, answer or {})
    status = recipient.status(item["kind"])
    dates: dict[str, Any] = {name: getattr(recipient, name) or item[name] for name in ("acknowledgement_due", "embedding_due")}
    told: dict[str, Any] = {name: (answer or {}).get(name) for name in ("acknowledgement", "implications")}
    told |= {name: (answer or {}).get(name, []) for name in ("cascades", "discussions")}
    return RecipientRow(
        agency=agency,
        status=status,
        received_on=recipient.received_on or item["issued_on"],
        **dates,
        late_days=0 if item["ended_on"] else _late(status, as_at, **dates),
        because=answer["because"] if answer else sent,
        lacks=list(recipient.lacks(item["kind"])),
        **told,
    )


def _late(status: str, as_at: date, *, acknowledgement_due: date, embedding_due: date) -> int:
    """Return by how many days the next date has passed: that of the acknowledgement, and after it that of the embedding."""
    due = {"outstanding": acknowledgement_due, "embedded": None}.get(status, embedding_due)
    return max(0, (as_at - due).days) if due else 0


def _recipient(agency: str, answer: Mapping[str, Any]) -> s.Recipient:
    """Return what an agency did as the aggregate has it, so that one rule says how far it is."""
    said, implications = answer.get("acknowledgement"), answer.get("implications")
    return s.Recipient(
        agency,
        answer.get("received_on"),
        answer.get("acknowledgement_due"),
        answer.get("embedding_due"),
        _of(s.Acknowledgement, said | {"staff_groups": tuple(map(tuple, said["staff_groups"]))}) if said else None,
        tuple(_of(s.Cascade, one) for one in answer.get("cascades", ())),
        tuple(_of(s.Discussion, one) for one in answer.get("discussions", ())),
        _of(s.Implications, implications) if implications else None,
    )


def _of(part: Any, said: Mapping[str, Any]) -> Any:
    return part(**{field.name: date.fromisoformat(said["on"]) if field.name == "on" else said[field.name] for field in fields(part)})
