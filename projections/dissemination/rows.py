"""What a reader of the dissemination board gets: an item, and a cell for each of its recipients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - the schemas of the API read the annotations of rows at run time
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    """One recipient of one item on a day.

    `status` is outstanding, acknowledged, cascaded or embedded, and `lacks` what it would take to be embedded, in words. `late_days` are
    those by which the next of the two dates has passed without what it asks for. `because` is the position of the entry that says so last:
    of whoever has done nothing, the one that sent it to them.
    """

    agency: str
    status: str
    received_on: date
    acknowledgement_due: date
    embedding_due: date
    late_days: int
    because: int | None
    lacks: list[str]
    acknowledgement: dict[str, Any] | None
    cascades: list[dict[str, Any]]
    discussions: list[dict[str, Any]]
    implications: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as a list has it."""

    ref: str
    kind: str
    title: str
    source: str | None
    issued_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """An item on a day, with its recipients in the order of their codes.

    `content` is the file that was sent, `findings` those of which it speaks (`SB-2015-01/F3`), `audiences` for whom the Board thinks it is.
    """

    ref: str
    title: str
    kind: str
    source: str | None
    findings: list[str]
    produced_on: date
    content: list[dict[str, Any]]
    content_sha256: str
    pages: int | None
    status: str
    issued_on: date | None
    audiences: list[list[str]]
    acknowledgement_due: date | None
    embedding_due: date | None
    ended_on: date | None
    ended_because: str | None
    superseded_by: str | None
    briefings: list[dict[str, Any]]
    ineffective: list[dict[str, Any]]
    recipients: list[RecipientRow]

    def cell(self, agency: str) -> RecipientRow | None:
        """Return the cell of an agency; None where it is no recipient."""
        return next((cell for cell in self.recipients if cell.agency == agency), None)
