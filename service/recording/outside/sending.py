"""Sends a checkpoint every day to the addresses that the Board chose (ledger §5).

A deleted tail can only be seen by whoever kept a checkpoint, so this is not a convenience. Each address is sent each day's
checkpoint once, however often this runs; a failed one is tried again, and shows in `muniment status`.
"""

from __future__ import annotations

import os
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aggregates.errors import Refused
from service.desk.telling.mail import Mail, NotSent, mailer
from service.ledger.sealed import outside

if TYPE_CHECKING:
    from datetime import date

    from psycopg import Connection

    from service.config import Config

NEWEST = "SELECT size, note FROM ledger.cosigned ORDER BY size DESC LIMIT 1"

TEXT = """Keep this message. It holds the signed checkpoint of the log named above: with it
anybody can find out whether anything that was recorded until now has been altered,
removed or put in later:

    muniment verify PACK --known CHECKPOINT

How many people the record of who was erased names by now, and the hash of its last
line, by which it is known whether a copy of it is whole after a restore:

    {head}
"""


def send_daily(conn: Connection[Any], config: Config, today: date) -> list[NotSent]:
    """Send today's checkpoint to every address that has not had it; return what failed. The connection is the projector's."""
    newest = conn.execute(NEWEST).fetchone()
    if newest is None:
        return []
    size, note = newest
    sent = {row[0] for row in conn.execute("SELECT address FROM desk.checkpoint_sent WHERE day = %s", (today,))}
    failed = []
    for address in config.checkpoint_to:
        if address in sent:
            continue
        try:
            _send(config, address, size, note)
        except NotSent as error:
            failed.append(error)
        else:
            conn.execute("INSERT INTO desk.checkpoint_sent VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", (today, address, size))
    return failed


def _send(config: Config, address: str, size: int, note: str) -> None:
    root = b64decode(note.split("\n")[2]).hex()[:16]  # so that another history of that size, which was lost, stays beside it
    name = f"{size:012d}-{root}.checkpoint"
    if address not in config.checkpoint_by_mail:
        try:
            _keep(Path(address) / name, note)
        except OSError as error:
            raise NotSent(address, str(error)) from error
    elif (sender := mailer(config)) is not None:
        origin = note.partition("\n")[0]
        text = TEXT.format(head=_head_of_erased(config))
        sender.send(Mail(address, f"Checkpoint of {origin} at {size} events", text, attachment=(name, note)))


def _head_of_erased(config: Config) -> str:
    try:
        return outside.head(config)
    except Refused as refused:  # the checkpoint goes out all the same, and whoever keeps it hears of this too
        return str(refused)


def _keep(path: Path, note: str) -> None:
    """Write a checkpoint into a folder, whole or not at all; one that is there already is left as it is."""
    if path.exists():
        return
    temporary = path.with_suffix(".writing")
    temporary.unlink(missing_ok=True)
    with temporary.open("x", encoding="utf-8") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
