"""Somebody who is on record and asks to be erased, and the officer who decides: what several tests begin with."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from service.ledger.pack import write_pack
from service.ledger.pack.auditing import audit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.boards import Seeded

NAME, CONTACT = "Ada Quill-Nightingale", "ada.quill@riverside.example"
ASKED = {"reference": "DP-2016-4", "identity_checked_by": "board-manager"}


def with_officer(it: Seeded) -> Seeded:
    """Give the small board a data protection officer."""
    it.join("dpo", "data protection officer")
    return it


def somebody(it: Seeded, name: str = NAME) -> str:
    """Register somebody; return their reference."""
    ref = str(uuid.uuid4())
    it.act("board-manager", "register_subject", ref, name=name, contact=CONTACT)
    return ref


def holds(it: Seeded, folder: Path) -> None:
    """Audit a pack of the whole log, which is left in `pack` of a folder: no rule is broken."""
    write_pack(it.board.recorder, folder / "pack")
    found = audit(folder / "pack", key=it.board.recorder.vkey)
    assert found.code == 0, "\n".join(found.lines)
