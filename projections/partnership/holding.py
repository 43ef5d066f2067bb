"""What an agency is seen to hold: by it a page says what keeps the agency from leaving, and offers what can be declared outstanding.

The verbs themselves ask the log (service/recording/across/holding.py), because no view may be trusted with a decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg.sql import SQL

from aggregates.partnership.membership import owed_in_words
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from datetime import date

    from psycopg import Connection

OWED: Final = SQL("""
    SELECT 'review', key FROM views.reviews
     WHERE {at} AND NOT ended AND information @> jsonb_build_array(jsonb_build_object('agency', %(agency)s::text, 'submitted_on', NULL))
     UNION ALL
    SELECT 'challenge', key FROM views.challenges WHERE {at} AND put_to = %(agency)s AND status = 'raised'
     UNION ALL
    SELECT 'return', key FROM views.returns WHERE {at} AND respondent = %(agency)s AND status = 'requested'
     UNION ALL
    SELECT 'dissemination', key FROM views.disseminations
     WHERE {at} AND ended_on IS NULL AND issued_on IS NOT NULL AND (recipients ? %(agency)s::text OR key = ANY(ARRAY(
           SELECT split_part(key, ' ', 1) FROM views.dissemination_recipients
            WHERE {at} AND agency = %(agency)s AND received_on IS NOT NULL)))
       AND key <> ALL(ARRAY(
           SELECT split_part(key, ' ', 1) FROM views.dissemination_recipients
            WHERE {at} AND agency = %(agency)s AND acknowledgement IS NOT NULL))
    """).format(at=AT_CLOCKS)
PROMISED: Final = SQL("""
    SELECT key, offered_to FROM views.action_register
     WHERE {at} AND owner = %(agency)s AND (NOT discharged OR status = 'slipped') ORDER BY key""").format(at=AT_CLOCKS)


def owed(conn: Connection[Any], agency: str, *, as_at: date, known_at: int) -> dict[str, str]:
    """Return what an agency owes beside its actions, in words, by the name under which it is declared outstanding: `review:SB-2016-03`."""
    found = conn.execute(OWED, {"as_at": as_at, "known_at": known_at, "agency": agency}).fetchall()
    order = ("review", "challenge", "return", "dissemination")
    return {f"{kind}:{ref}": owed_in_words(kind, ref) for kind, ref in sorted(found, key=lambda one: (order.index(one[0]), one[1]))}


def promised(conn: Connection[Any], agency: str, *, as_at: date, known_at: int) -> dict[str, str | None]:
    """Return the actions that an agency still owes, and to whom each is offered that has not answered."""
    return dict(conn.execute(PROMISED, {"as_at": as_at, "known_at": known_at, "agency": agency}).fetchall())
