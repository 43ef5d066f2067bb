"""The receipts of what a program submitted: a folder that is kept, and by which an interrupted run goes on where it stopped.

Each act leaves `event-<position>.tlog-proof`, which shows anyone that it was in the log, and a line in `submitted.jsonl` that says of
what: written last and whole, so that what is noted is on record. What was lost of either is on record all the same: whoever submits
the act again under its key is answered with the same receipt.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from service.desk.submission import Submission

NOTED: Final = "submitted.jsonl"
NEEDED: Final = {"server", "key", "act", "positions", "events", "kept"}


@dataclass
class Receipts:
    """What was submitted to one server before, as a folder has it; `folder` is None where none is kept."""

    folder: Path | None
    server: str
    _known: dict[tuple[str, str], dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        """Make the folder, before anything is submitted, and read what is noted."""
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
        self._known = {(one["key"], one["act"]): one for one in self._noted() if one["server"] == self.server}

    def of(self, it: Submission) -> dict[str, Any] | None:
        """Return what was answered when this very act was recorded, None where no receipt of it is here."""
        noted = self._known.get((str(it.key), _act(it)))
        proof = self.folder / noted["kept"] if self.folder and noted else None
        return {**noted, "receipt": proof.read_bytes().decode()} if noted and proof and proof.is_file() else None

    def keep(self, line: int, it: Submission, done: Mapping[str, Any]) -> None:
        """Keep the receipt of an act, and note of which line it is."""
        if self.folder is None:
            return
        kept = f"event-{done['positions'][-1]}.tlog-proof"
        (self.folder / kept).write_bytes(done["receipt"].encode())
        said = {"server": self.server, "act": _act(it), "key": it.key, "line": line, "do": it.name, "ref": done["ref"]}
        noted = said | {"positions": done["positions"], "events": done["events"], "kept": kept}
        with (self.folder / NOTED).open("ab") as file:
            file.write(json.dumps(noted, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._known[str(it.key), _act(it)] = noted

    def _noted(self) -> Iterator[dict[str, Any]]:
        """Give what is noted, but for what was cut off."""
        file = self.folder / NOTED if self.folder else None
        for text in file.read_text("utf-8", "surrogateescape").splitlines() if file and file.is_file() else ():
            with suppress(ValueError):
                noted = json.loads(text)
                if isinstance(noted, dict) and noted.keys() >= NEEDED:
                    yield noted


def _act(it: Submission) -> str:
    """Return what tells an act, with the content of the files that it cites, from every other."""
    return it.digest(None).hex()
