"""Tells the holders of offices by mail that there is a notice for them, and nothing of what it says: they sign in to read it.

A notice is an event, and on record whether or not anybody could be told. The table `desk.mail` has one row for each that is to be told,
found by going through the log once. All that waits for an office is told in one mail: whoever takes the first of its rows holds it until
the mail is handed over, so that any number may send. A mail that fails is tried again, ever more rarely. A process killed between the
handing over and the note of it sends a second copy, under the same name; nothing else does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import london
from aggregates.partnership.office import Office
from service.desk.telling.mail import Mail, NotSent
from service.desk.telling.requests import REQUESTS, told_of
from service.ledger.reading import read_topics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from psycopg import Connection

    from service.desk.telling.mail import Mailer
    from service.recording.across.holding import Holding

NOTICES: Final = ("action.reminder_issued.v1", "action.escalated.v1", "obligation.reminder_issued.v1", "obligation.escalated.v1")
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=6)  # between two tries of the same mail
FIRST_OF_AN_OFFICE: Final = """
    SELECT position, office, tries FROM desk.mail AS one
     WHERE sent_at IS NULL AND next_try <= %(now)s AND NOT EXISTS (
           SELECT FROM desk.mail AS before WHERE before.office = one.office AND before.position < one.position
                                             AND before.sent_at IS NULL AND before.next_try <= %(now)s)
     ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED"""
WITH_IT: Final = "office = %(office)s AND sent_at IS NULL AND next_try <= %(now)s"
SENT: Final = f"UPDATE desk.mail SET sent_at = %(now)s, failed = NULL WHERE {WITH_IT}"  # noqa: S608 - our own words
AGAIN: Final = f"UPDATE desk.mail SET tries = tries + 1, next_try = %(next)s, failed = %(why)s WHERE {WITH_IT}"  # noqa: S608 - as above
SUBJECT = "Something waits for you in Muniment"
TEXT = """Something that is due, or overdue, is for your office. Sign in to see what it is:

    {url}

This message says no more on purpose, because a mail may be read on its way.
"""


def look_through(conn: Connection[Any], board: Holding) -> int:
    """Take down which notices are to be told, up to the newest; return how many were found.

    The first time, it only remembers where the log is: whoever sets up mail is not told of years. The connection is the writer's.
    """
    with conn.transaction():
        head = conn.execute("SELECT coalesce(max(size), 0) FROM ledger.checkpoint").fetchone()
        newest = head[0] if head else 0
        conn.execute("INSERT INTO desk.mail_read (position) VALUES (%s) ON CONFLICT DO NOTHING", [newest])
        read = conn.execute("SELECT position FROM desk.mail_read FOR UPDATE SKIP LOCKED").fetchone()
        if read is None or read[0] >= newest:
            return 0  # another is at it, or nothing is new
        found = []
        for entry in read_topics(conn, board.registry.find, read[0], newest, (*NOTICES, *REQUESTS)):
            told = told_of(board, entry, _now(board)) if entry.topic in REQUESTS else (entry.fields["to_office"], _now(board))
            found += [(entry.position, *told)] if told else []
        with conn.cursor() as cursor:
            cursor.executemany("INSERT INTO desk.mail (position, office, next_try) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", found)
        conn.execute("UPDATE desk.mail_read SET position = %s", [newest])
    return len(found)


def send_waiting(conn: Connection[Any], board: Holding, mailer: Mailer) -> Iterator[NotSent]:
    """Send what waits, each notice once and those of an office together, whoever else sends at this moment; give what failed.

    The connection is the writer's, in autocommit.
    """
    while True:
        with conn.transaction():
            now = _now(board)
            row = conn.execute(FIRST_OF_AN_OFFICE, {"now": now}).fetchone()
            if row is None:
                return
            position, office, tries = row
            failed = _told(board, mailer, position, office)
            if failed is None:
                conn.execute(SENT, {"now": now, "office": office})
            else:
                wait = min(SOONEST * 2 ** min(tries, 12), LATEST)
                conn.execute(AGAIN, {"now": now, "office": office, "next": now + wait, "why": failed.why})
        if failed is not None:
            yield failed


def _told(board: Holding, mailer: Mailer, position: int, office: str) -> NotSent | None:
    """Tell the holder of an office; return why it failed, where it did."""
    address = address_of(board, office, london(board.clock()))
    if address is None:
        return NotSent(f"the office {office}", "nobody holds it, or whoever does has left no address")
    try:
        mailer.send(Mail(address, SUBJECT, TEXT.format(url=board.config.url), name=f"{position}.notice@{board.origin.partition('/')[0]}"))
    except NotSent as failed:
        return failed
    return None


def address_of(board: Holding, office: str, day: date) -> str | None:
    """Return the sealed address of whoever holds an office on a day; None where nobody does, or it is gone."""
    seat: Office | None = board.find(Office, office)
    holder = seat.holder_on(day) if seat else None
    if holder is None:
        return None
    with board.datastore.get_connection() as conn:
        query = "SELECT position FROM ledger.sealed_field WHERE subject = %s AND field = 'contact' ORDER BY position"
        positions = [row["position"] for row in conn.execute(query, [holder.holder.subject])]
    known = board.subjects.reveal_all(positions)
    found = [value for (_, field), value in sorted(known.items()) if field == "contact" and "@" in value]
    return found[-1] if found else None


def _now(board: Holding) -> datetime:
    clock: Callable[[], float] = board.clock
    return datetime.fromtimestamp(clock(), UTC)
