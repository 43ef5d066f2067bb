"""Values that events carry: a sealed personal value, and evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - fields.py reads these annotations at run time
from uuid import UUID  # noqa: TC003


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something about a person: kept under that person's own key, outside the signed leaf and outside the clear.

    Two are equal when they are about the same subject: what was said is known only on the way in, and after an erasure
    to nobody, while state and views must stay what they were (ledger §6).
    """

    subject: UUID
    value: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that supports a claim. `evidence_date` is what the file says of itself; `received_at` is when it came (domain B.1)."""

    sha256: str
    size: int
    media_type: str
    filename: str
    title: str
    evidence_date: date
    received_at: str
    classification: str
    supplied_by_agency: str | None = None
    redaction_of: str | None = None
