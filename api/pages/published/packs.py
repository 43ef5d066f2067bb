"""The public pack behind a published report: what it was built from, in public fields alone, to be computed again by anybody (journey F.2).

It follows from the log, and never changes: it is written once, and kept beside the data as a file of its own.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from api.pages.published import shown
from api.worker import worker
from projections import returns
from service import verify
from service.ledger.pack import PUBLICLY, PackExists, write_pack
from service.ledger.pack.recipes import RECIPES

if TYPE_CHECKING:
    from typing import Any

    from psycopg import Connection

    from projections.returns import Edition


def public_pack(conn: Connection[Any], edition: Edition) -> Path:
    """Return the file of an edition's pack; it is made where there is none yet, or the verifier in it is another by now."""
    held = worker()
    sources = b"".join(each.read_bytes() for each in (Path(str(verify.__file__)), RECIPES))
    name = sha256(sources + edition.sha256.encode()).hexdigest()[:16]
    out = held.config.data / "public" / f"{edition.event}-{name}.zip"
    if out.exists():
        return out
    out.parent.mkdir(exist_ok=True)
    about = f"what the report {shown.called(edition.period)}, edition {edition.edition}, was built from, in public fields alone"
    positions, receipts = returns.behind(conn, edition), [edition.event]
    writes = partial(write_pack, held.board.recorder, out, disclosing=PUBLICLY, evidence=held.board.evidence, about=about)
    with suppress(PackExists):  # somebody was first
        writes(positions=positions, receipts=receipts, size=edition.event)
    return out
