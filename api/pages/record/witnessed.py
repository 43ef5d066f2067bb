"""What others vouch for, in words: who cosigned how much of the log and when, what they hold against it, and what was admitted as lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import LONDON
from aggregates.registry import Ledger
from api.worker import worker
from service.ledger.checkpoint import vkey as vkey_of
from service.recording.outside.policy import NEWEST, nobody
from service.verify import Policy, parse_vkey

if TYPE_CHECKING:
    from psycopg import Connection

LAST: Final = """
    SELECT c.size, c.cosigned_at, a.failed IS NOT NULL, a.asked_at FROM (SELECT %(vkey)s AS vkey) w
      LEFT JOIN LATERAL (SELECT size, cosigned_at FROM ledger.cosignature WHERE witness = w.vkey ORDER BY size DESC LIMIT 1) c ON true
      LEFT JOIN desk.asked_outside a ON a.who = w.vkey"""
COSIGNED: Final = "SELECT size, array_agg(witness) FROM ledger.cosignature WHERE witness = ANY (%s) GROUP BY size ORDER BY size DESC"
DIVERGED: Final = "SELECT witness, held, note, offered, found_at FROM ledger.divergence ORDER BY number"
STAMPED: Final = "SELECT size, authority, stamped_at FROM ledger.timestamp ORDER BY size DESC LIMIT 1"
LOST: Final = "SELECT position, recorded_at, body FROM views.inspection_history WHERE topic = %s ORDER BY position"
# Who was first to vouch for a checkpoint that holds an event: each witness, and the authority that stamps.
VOUCHED: Final = """
    SELECT size, who, at FROM (
        SELECT DISTINCT ON (witness) size, witness AS who, cosigned_at AS at FROM ledger.cosignature WHERE size >= %(position)s
         ORDER BY witness, cosigned_at, size) AS witnessed
    UNION ALL
    (SELECT size, authority, stamped_at FROM ledger.timestamp WHERE size >= %(position)s ORDER BY stamped_at LIMIT 1)
     ORDER BY at, who"""
RECEIVED: Final = "SELECT received FROM ledger.checkpoint WHERE size = %s"


def witnesses(size: int, vkey: str) -> dict[str, Any]:
    """Return the witnesses of the policy in force, how far each is, and up to where enough of them have cosigned a log of this size."""
    with worker().desk() as conn:
        row = conn.execute(NEWEST).fetchone()
        policy = Policy(row[0] if row else nobody(vkey))
        keys = {name: vkey_of(*key) for name, key in policy.witnesses.items()}
        names = {key: name for name, key in keys.items()}
        found = [_witness(conn, key) for key in names]
        enough = (n for n, by in conn.execute(COSIGNED, (list(names),)) if policy.met({names[one] for one in by}))
        met = next(enough, None) if policy.quorum != "none" else None
    return {"all": found, "quorum": policy.quorum != "none", "met": met, "now": met == size}


def diverged(conn: Connection[Any]) -> list[dict[str, Any]]:
    """Return what witnesses hold, and the log here does not extend, with both notes."""
    return [
        {"name": parse_vkey(witness)[0], "size": held, "note": note, "offered": offered, "at": found_at.astimezone(LONDON)}
        for witness, held, note, offered, found_at in conn.execute(DIVERGED)
    ]


def losses(conn: Connection[Any], *, reads: bool) -> list[dict[str, Any]]:
    """Return what was admitted as lost: what was left, who held more, and why; and where its entry is, for whoever `reads` entries."""
    return [
        {
            "position": position,
            "href": f"/events/{position}" if reads else None,
            "at": recorded_at.astimezone(LONDON),
            "size": body["size"],
            "held": [{"name": called(one["place"]), "size": one["size"], "note": one["checkpoint"]} for one in body["held"]],
            "reason": body["reason"],
        }
        for position, recorded_at, body in conn.execute(LOST, (Ledger.IntegrityFailed.TOPIC,))
    ]


def stamped(conn: Connection[Any]) -> dict[str, Any] | None:
    """Return the last time stamp (RFC 3161)."""
    row = conn.execute(STAMPED).fetchone()
    return {"size": row[0], "by": called(row[1]), "at": _moment(row[2])} if row else None


def between(conn: Connection[Any], position: int, seen: int) -> dict[str, Any]:
    """Return between which times an event was signed: not before what its signer had seen, not after whoever vouches for it."""
    row = conn.execute(RECEIVED, (seen,)).fetchone()
    return {"after": {"size": seen, "at": _moment(row[0])} if row else None, "before": vouched(conn, position)}


def vouched(conn: Connection[Any], position: int) -> list[dict[str, Any]]:
    """Return who vouches that an event was in the log, since when, and by a checkpoint of which size."""
    found = conn.execute(VOUCHED, {"position": position}).fetchall()
    return [{"size": size, "by": called(who), "at": _moment(at)} for size, who, at in found]


def called(place: str) -> str:
    """Return who vouches, in words: a witness by the name of its key, an authority by its host."""
    return place.partition("+")[0] if "://" not in place else place.split("/")[2]


def _witness(conn: Connection[Any], vkey: str) -> dict[str, Any]:
    size, at, failed, asked_at = conn.execute(LAST, {"vkey": vkey}).fetchone() or (None, None, False, None)
    return {
        "name": parse_vkey(vkey)[0],
        "size": size,
        "at": _moment(at) if at else None,
        "failed_at": asked_at.astimezone(LONDON) if failed and asked_at else None,
    }


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(LONDON)
