"""Two references of one person are merged: each keeps its own stream, and one goes on for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


def survivors(into: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Return, of each reference that was merged away, the one that goes on for it in the end."""
    return {one: _survivor(into, one) for one in into}


def _survivor(into: Mapping[UUID, UUID], one: UUID) -> UUID:
    """Follow a reference to the one that goes on; amendments may have made a ring, of which the smallest stands for all."""
    passed = [one]
    while (following := into.get(passed[-1])) is not None:
        if following in passed:
            return min(passed[passed.index(following) :])
        passed.append(following)
    return passed[-1]
