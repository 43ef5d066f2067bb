"""Tells by mail whoever brought a file in which something harmful was found; which file it was, they see when they sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from service.desk.telling.mail import Mail, NotSent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from psycopg import Connection

    from service.desk.telling.mail import Mailer

FIRST: Final = """
    SELECT f.sha256, ARRAY(SELECT a.email FROM desk.received_file r JOIN desk.account a ON a.id = r.account
                            WHERE r.sha256 = f.sha256 AND a.disabled_at IS NULL ORDER BY a.email)
      FROM desk.evidence_file f WHERE found IS NOT NULL AND told_at IS NULL AND f.sha256 <> ALL(%s)
     ORDER BY f.sha256 LIMIT 1 FOR UPDATE OF f SKIP LOCKED"""
TOLD: Final = "UPDATE desk.evidence_file SET told_at = %s WHERE sha256 = %s"
SUBJECT = "A file that you handed in is not given out"
TEXT = """Something harmful was found in a file that you handed in as evidence. Nobody is given it. Sign in to see which it was:

    {url}

What you recorded stays on record. If it has to be shown, hand in the file again, without what was found in it.
"""


def send_found(conn: Connection[Any], site: str, mailer: Mailer, *, now: datetime) -> Iterator[NotSent]:
    """Tell of each file once, whoever else sends at this moment; give what failed, to be tried again. The connection is in autocommit."""
    tried: list[bytes] = []
    while True:
        failed = None
        with conn.transaction():
            row = conn.execute(FIRST, (tried,)).fetchone()
            if row is None:
                return
            digest, emails = row
            tried.append(digest)
            try:
                for email in emails:
                    mailer.send(Mail(email, SUBJECT, TEXT.format(url=f"{site.rstrip('/')}/evidence"), name=f"{digest.hex()}@found"))
                conn.execute(TOLD, (now, digest))
            except NotSent as error:
                failed = error
        if failed:
            yield failed
