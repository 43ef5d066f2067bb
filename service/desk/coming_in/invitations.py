"""Inviting whoever inspects: a link that works once, and makes the account of the person who holds the office that the inspection is for.

It ends when the inspection does, and after a fortnight at the latest. Whoever follows it chooses a password, or signs in at the
provider; it gives them no office, for the register of offices names them already.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import LONDON, london
from aggregates.partnership.office import Office
from service.desk import accounts, authority
from service.desk.accounts import Caller
from service.desk.coming_in import identities, links
from service.desk.coming_in.refusals import AddressNotVerified, HasAnAccount, NotInvited
from service.desk.refusals import LinkEnded
from service.desk.roles import INSPECTORS
from service.desk.telling.mail import Mail

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Connection

    from aggregates.registry import InspectionState
    from service.desk.coming_in.links import Link
    from service.desk.coming_in.provider import Known
    from service.desk.persons import Persons

LASTS: Final = timedelta(days=14)
SUBJECT = "You are invited to inspect"
TEXT = """A Board opens its record to you. Follow this link to make your account; it shows what you will see, and until when:

    {url}

It works once, and until {until}. If you did not expect it, do nothing.
"""


def invite(conn: Connection[Any], board: Persons, office: str) -> str:
    """Make a link for whoever holds an office, in the place of any before it, and return its token: it is shown this once.

    Refuses an office for which no inspection is open or that rehearses one, and a holder who has an account and needs none.
    """
    now, today = _now(board), london(board.clock())
    seat = board.find(Office, office)
    term = seat.holder_on(today) if seat else None
    if term is not None and term.role not in INSPECTORS:
        raise NotInvited(office=office, holder=authority.called(term.role).lower())
    person = authority.holder(board, office, today)
    inspection = authority.inspection(board, office, today)
    if _has_account(conn, person):
        raise HasAnAccount(office=office)
    return links.to_invite(conn, office, person, now=now, until=min(now + LASTS, _end(inspection)))


def is_known(conn: Connection[Any], board: Persons, office: str) -> bool:
    """Say whether whoever holds an office has an account already, and so needs no link."""
    return _has_account(conn, authority.holder(board, office, london(board.clock())))


def mail_to(address: str, url: str, until: datetime) -> Mail:
    """Return the mail that brings a link: it says nothing of what is inspected, because a mail may be read on its way."""
    day = until.astimezone(LONDON)
    return Mail(address, SUBJECT, TEXT.format(url=url, until=f"{day.day} {day:%B %Y}"))


def ends(board: Persons, office: str) -> datetime:
    """Return until when a link would work that is made now."""
    return min(_now(board) + LASTS, _end(authority.inspection(board, office, london(board.clock()))))


def look(conn: Connection[Any], board: Persons, token: str) -> tuple[str, InspectionState]:
    """Return to which office a link invites, and to what; looking uses it not up. Refuses what invites nobody any more."""
    return _stands(conn, board, links.look(conn, token, invites=True, now=_now(board)))


def accept(conn: Connection[Any], board: Persons, token: str, email: str, password: str) -> Caller:
    """Make the account of who was invited, with a password of theirs. What is refused uses no link up."""
    with conn.transaction():
        person = _used(conn, board, token)
        account = accounts.create_account(conn, email, password, person=person)
    return Caller(account, person, accounts.address(email))


def accept_known(conn: Connection[Any], board: Persons, token: str, who: Known) -> Caller:
    """Make the account of who was invited, to be entered by the provider's word alone. What is refused uses no link up."""
    if who.email is None:
        raise AddressNotVerified(issuer=who.issuer)
    with conn.transaction():
        account = accounts.create_account(conn, who.email, None, person=_used(conn, board, token))
        return identities.link(conn, who, account, now=_now(board))


def _used(conn: Connection[Any], board: Persons, token: str) -> UUID:
    link = links.use(conn, token, invites=True, now=_now(board))
    _stands(conn, board, link)
    assert link.person is not None  # noqa: S101 - a link that invites names whom: the table says so
    return link.person


def _stands(conn: Connection[Any], board: Persons, link: Link) -> tuple[str, InspectionState]:
    """Refuse a link whose office is somebody else's by now, or whose person came in meanwhile; and one whose inspection is over."""
    today, office = london(board.clock()), str(link.office)
    seat = board.find(Office, office)
    holder = seat.holder_on(today) if seat else None
    if holder is None or holder.holder.subject != link.person or _has_account(conn, link.person):
        raise LinkEnded
    return office, authority.inspection(board, office, today)


def _has_account(conn: Connection[Any], person: UUID) -> bool:
    query = "SELECT FROM desk.account WHERE person = %s AND disabled_at IS NULL"
    return conn.execute(query, (person,)).fetchone() is not None


def _end(inspection: InspectionState) -> datetime:
    return datetime.combine(inspection.expires_on + timedelta(1), time(), LONDON)


def _now(board: Persons) -> datetime:
    return datetime.fromtimestamp(board.clock(), LONDON)
