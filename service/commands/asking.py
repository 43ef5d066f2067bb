"""How a command is asked for over HTTP: at which address, with which body. The API is mounted by this, and its clients ask by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from service.commands.command import Command
    from service.desk.submission import Submission

API: Final = "/api/v1"
ENVELOPE: Final = ("occurred_on", "on_behalf_of", "late_reason", "office")
ONE_OF_ITS_KIND: Final = ("partnership", "keys")  # there is one in a log, and its reference is its kind
RESOURCES: Final = {
    "action": "actions",
    "session": "sessions",
    "review": "reviews",
    "agency": "agencies",
    "sub-group": "sub-groups",
    "office": "offices",
    "subject": "subjects",
    "partnership": "partnership",
    "meeting": "meetings",
    "priorities": "priorities",
    "course": "courses",
    "resource": "resources",
    "challenge": "challenges",
    "return": "returns",
    "dissemination": "disseminations",
    "keys": "keys",
    "inspection": "inspections",
}


def rule_of(command: Command, ref: str = "<ref>") -> str:
    """Return where a command is asked for, below the resource of its kind: `` to begin something, `/A1/accept_action` of what exists."""
    if command.creates:
        return ""
    return f"/{command.name}" if command.kind in ONE_OF_ITS_KIND else f"/{ref}/{command.name}"


def path_of(command: Command, ref: str) -> str:
    """Return the address at which a command is given, e.g. `/api/v1/actions/A1/accept_action`; `ref` as an address holds it."""
    return f"{API}/{RESOURCES[command.kind]}{rule_of(command, ref)}"


def body_of(command: Command, it: Submission) -> dict[str, Any]:
    """Return what is sent there: the reference of what is begun, the command's own fields, and what stands around them."""
    named = {"ref": it.ref} if command.creates and command.kind not in ONE_OF_ITS_KIND else {}
    fields = {name: value for name, value in it.fields.items() if value is not None}
    return named | fields | {name: str(value) for name in ENVELOPE if (value := getattr(it, name)) is not None}
