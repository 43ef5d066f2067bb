"""The tables of the dissemination board: one of the items, and one of what each recipient did with each of them.

They are apart so that what one agency does refolds its own few entries, however many others answer. An item's recipients are in its own
row; whoever of them has done nothing has none in the other table.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar

from aggregates.dissemination import fold
from aggregates.dissemination.state import Issued, Item, Recipient, Superseded
from projections.two_clocks.timeline import OneRow, as_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregates.entry import Entry

KINDS = frozenset({"dissemination"})


class Disseminations(OneRow):
    """Every item, apart from what its recipients did."""

    table = "disseminations"
    kinds = KINDS
    columns: ClassVar[Mapping[str, str]] = {
        "title": "text",
        "kind": "text",
        "source": "text",
        "findings": "jsonb",
        "produced_on": "date",
        "content": "jsonb",
        "content_sha256": "text",
        "pages": "integer",
        "status": "text",
        "issued_on": "date",
        "recipients": "jsonb",
        "audiences": "jsonb",
        "acknowledgement_due": "date",
        "embedding_due": "date",
        "ended_on": "date",
        "ended_because": "text",
        "superseded_by": "text",
        "briefings": "jsonb",
        "ineffective": "jsonb",
    }

    def keys(self, ref: str, entry: Entry) -> Iterable[str]:
        """Name the item, where an entry is not what one recipient did."""
        return (ref,) if fold.theirs(entry) is None else ()

    def fold(self, entries: Sequence[Entry], before: Item | None = None) -> Item | None:
        """Take the aggregate's own, of the item."""
        return fold.fold_item(entries, before)

    def row(self, it: Item) -> tuple[Any, ...]:
        """Show all of it."""
        said = (it.title, it.kind, it.source, as_json(it.findings), it.produced_on, as_json([asdict(one) for one in it.content]))
        told = [as_json([_shown(one) for one in several]) for several in (it.briefings, it.ineffective)]
        return (*said, it.content_sha256, it.pages, it.word, *_issued(it.issued), *_ended(it), *told)


class Recipients(OneRow):
    """What each recipient did with each item; and when whoever was caught up received it."""

    table = "dissemination_recipients"
    kinds = KINDS
    indexes: ClassVar[Sequence[str]] = ("(agency)",)
    columns: ClassVar[Mapping[str, str]] = {
        "agency": "text",
        "received_on": "date",
        "acknowledgement_due": "date",
        "embedding_due": "date",
        "acknowledgement": "jsonb",
        "cascades": "jsonb",
        "discussions": "jsonb",
        "implications": "jsonb",
    }

    def keys(self, ref: str, entry: Entry) -> Iterable[str]:
        """Name the item and the recipient, where an entry is what one did. No reference has a space in it."""
        agency = fold.theirs(entry)
        return () if agency is None else (f"{ref} {agency}",)

    def fold(self, entries: Sequence[Entry], before: Recipient | None = None) -> Recipient | None:
        """Take the aggregate's own, of one recipient."""
        return fold.fold_recipient(entries, before)

    def row(self, it: Recipient) -> tuple[Any, ...]:
        """Show all of it."""
        said, implications = (as_json(asdict(one)) if one else None for one in (it.acknowledgement, it.implications))
        told = [as_json([_shown(one) for one in several]) for several in (it.cascades, it.discussions)]
        return (it.agency, it.received_on, it.acknowledgement_due, it.embedding_due, said, *told, implications)


def _issued(issued: Issued | None) -> tuple[Any, ...]:
    if issued is None:
        return (None, "[]", "[]", None, None)
    return (issued.on, as_json(issued.recipients), as_json(issued.audiences), issued.acknowledgement_due, issued.embedding_due)


def _ended(it: Item) -> tuple[Any, ...]:
    if it.ended is None:
        return (None, None, None)
    return (it.ended.on, it.ended.reason, it.ended.by_ref if isinstance(it.ended, Superseded) else None)


def _shown(one: Any) -> dict[str, Any]:
    """Return what was said, and of evidence, which is restricted, only how many files there are: they are looked at in their entry."""
    said = asdict(one)
    return said | {"evidence": len(said["evidence"])} if "evidence" in said else said
