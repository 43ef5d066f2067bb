"""What of the views may be shown to the public: these columns, and nothing that nobody has named (INV-40).

Each follows from public fields alone, which a test holds them to: it lets everything else that was recorded say something else, and
nothing changes here. A page or a pack for the public selects from these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLIC: Final[Mapping[str, frozenset[str]]] = {
    "action_register": frozenset(
        {
            "title", "kind", "source", "owner", "overseen_by", "success_measure", "intended_outcome", "assigned_on", "due_on",
            "original_due_on", "times_redated", "status", "signed_off_on", "sustained", "superseded_by",
        }
    ),
    "challenges": frozenset({"about", "put_to", "summary", "raised_on", "status", "answered_on", "what_changed"}),
    "agencies": frozenset({"name", "category", "joined_on", "left_on", "status"}),
    "sub_groups": frozenset({"name"}),
    "courses": frozenset({"title", "level", "format", "provider", "status"}),
    "resources": frozenset({"title", "url", "kind"}),
}  # fmt: skip
