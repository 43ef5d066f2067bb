"""Another password, by mail, for whoever does not know theirs.

Whoever asks hears the same, whether or not there is such an account, and it takes as long: what they ask is written down, and answered
by `muniment work`, which makes the link when it mails it. So nothing that opens an account is kept anywhere but in the mail.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from service.desk import accounts
from service.desk.coming_in import links
from service.desk.telling.mail import Mail, NotSent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from service.desk.telling.mail import Mailer

LASTS: Final = timedelta(minutes=30)
AGAIN: Final = timedelta(minutes=1)
FIRST: Final = "SELECT id, email, asked_at FROM desk.reset_asked WHERE next_try <= %s ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
# Who signs in by their provider alone has no password to forget, and whatever their provider asks of them is not gone round by mail.
WHOSE: Final = "SELECT id FROM desk.account WHERE email = %s AND disabled_at IS NULL AND password_hash IS NOT NULL"
SUBJECT = "Set another password for Muniment"
TEXT = """Somebody, probably you, asked for another password for your account. Follow this link within 30 minutes to set it:

    {url}

It works once. All your sessions end with it.

Was it not you? Then do nothing: your password stays as it is.
"""


def ask(conn: Connection[Any], email: str, *, now: datetime) -> None:
    """Write down that somebody asks for another password."""
    insert = "INSERT INTO desk.reset_asked (email, asked_at, next_try) VALUES (%s, %s, %s)"
    conn.execute(insert, (accounts.address(email), now, now))


def send_waiting(conn: Connection[Any], site: str, mailer: Mailer, *, now: datetime) -> Iterator[NotSent]:
    """Mail a link to each who asked and has an account, whoever else sends at this moment; give what failed, to be tried again.

    `site` is where people sign in. The connection is in autocommit.
    """
    while True:
        failed = None
        with conn.transaction():
            row = conn.execute(FIRST, (now,)).fetchone()
            if row is None:
                return
            number, email, asked_at = row
            try:
                with conn.transaction():
                    _answer(conn, email, asked_at, site, mailer, now=now)
                conn.execute("DELETE FROM desk.reset_asked WHERE id = %s", (number,))
            except NotSent as error:
                failed = error
                conn.execute("UPDATE desk.reset_asked SET next_try = %s WHERE id = %s", (now + AGAIN, number))
        if failed:
            yield failed


def set_password(conn: Connection[Any], token: str, password: str, *, now: datetime) -> None:
    """Set the password of whose link it is, once; refuses a short one, which uses up no link."""
    accounts.check_password(password)
    with conn.transaction():
        account = links.use(conn, token, invites=False, now=now).account
        if account is not None:
            accounts.set_password(conn, account, password)


def _answer(conn: Connection[Any], email: str, asked_at: datetime, site: str, mailer: Mailer, *, now: datetime) -> None:
    whose = conn.execute(WHOSE, (email,)).fetchone()
    if whose and now < asked_at + LASTS:
        token = links.to_reset(conn, whose[0], now=now, until=now + LASTS)
        mailer.send(Mail(email, SUBJECT, TEXT.format(url=f"{site.rstrip('/')}/new-password/{token}")))
