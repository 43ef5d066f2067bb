"""Where each command has its page: `/reviews/new`, `/reviews/SB-2016-03/pause_review`, `/partnership/adopt_framework`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.commands import COMMANDS, Command
from service.commands.asking import ONE_OF_ITS_KIND, RESOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping

# Where the things of a kind are listed, where they have no list of their own.
LISTS: Final[Mapping[str, str]] = dict.fromkeys(("agency", "sub-group", "office", "subject", "priorities"), "/partnership")


def beginnings(kind: str) -> list[Command]:
    """Return the commands that begin a thing of a kind, the usual one first."""
    return [command for command in COMMANDS.values() if command.kind == kind and command.creates]


def address_of(command: Command, ref: str | None) -> str:
    """Return the address of a command's page, for what it is about; without, of one that begins something."""
    base = f"/{RESOURCES[command.kind]}"
    if command.creates:
        return f"{base}/new" if beginnings(command.kind)[0] == command else f"{base}/new/{command.name}"
    return f"{base}/{command.name}" if command.kind in ONE_OF_ITS_KIND else f"{base}/{ref}/{command.name}"
