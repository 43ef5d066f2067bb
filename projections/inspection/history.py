"""What was recorded, entry by entry, with what became of it: the answer to "step through it with me".

Nothing is left out and nothing is replaced. An entry that was corrected or retracted is shown as it was recorded, and beside it what
was known of it at the position that the reader asks for: a correction that came later is not yet there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed
from psycopg.types.json import Jsonb

from aggregates.entry import Recorded
from aggregates.entry.fields import corrections
from aggregates.entry.topics import event_type
from projections.inspection.disputes import Dispute, Disputes
from projections.two_clocks.decoded_log import AMENDMENTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from psycopg import Connection

BACKDATING_LIMIT = 35  # days that an entry may be recorded late without being flagged, unless the Board has set another (INV-33)

Row = dict[str, Any]
COLUMNS = SQL("""
    position, stream, version, topic, kind, ref, occurred_on, recorded_at, late, assurance, holder, thumbprint, by_office, by_agency,
    on_behalf_of, late_reason, amends, body, leaf, jti""")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One entry as recorded, and what was known of it.

    `body` is what was recorded and `said` what it says as corrected, `since` the day from which it is then true. `corrected_by`
    and `proposals` are positions, oldest first: corrections that stand, and proposed amendments that wait for their
    countersignature. `late` counts days. `dispute` says that its key was compromised, and what its holder said of it.
    """

    position: int
    stream: UUID
    version: int
    topic: str
    kind: str
    ref: str
    occurred_on: date
    recorded_at: datetime
    late: int
    assurance: str
    holder: str
    thumbprint: str
    by_office: str | None
    by_agency: str | None
    on_behalf_of: str | None
    late_reason: str | None
    amends: int | None
    body: Mapping[str, Any]
    leaf: bytes
    jti: str
    said: Mapping[str, Any]
    since: date
    retracted_by: int | None
    corrected_by: tuple[int, ...]
    proposals: tuple[int, ...]
    dispute: Dispute | None

    @property
    def status(self) -> Literal["stands", "corrected", "retracted"]:
        """Return what became of it."""
        return "retracted" if self.retracted_by else "corrected" if self.corrected_by else "stands"

    def too_late(self, limit: int = BACKDATING_LIMIT) -> bool:
        """Say whether it was recorded later than the Board allows without a flag (INV-33)."""
        return self.late > limit


def history(
    conn: Connection[Any],
    *,
    known_at: int,
    as_at: date | None = None,
    kind: str | None = None,
    ref: str | None = None,
    topics: Collection[str] = (),
    after: int = 0,
    limit: int = 100,
) -> list[HistoryEntry]:
    """Return entries in the order of recording, from the one after `after`, as far as they were known at `known_at`.

    With `as_at`, those that were true by that day, as corrected by then; an amendment comes with what it amends.
    """
    found: list[HistoryEntry] = []
    conditions = SQL(" AND ").join(
        [
            SQL("position > %(after)s AND position <= %(known_at)s"),
            *([SQL("kind = %(kind)s")] if kind else []),
            *([SQL("ref = %(ref)s")] if ref else []),
            *([SQL("topic = ANY(%(topics)s)")] if topics else []),
        ]
    )
    parameters = {"known_at": known_at, "kind": kind, "ref": ref, "topics": list(topics), "limit": limit}
    while len(found) < limit:
        page = _select(conn, conditions + SQL(" ORDER BY position LIMIT %(limit)s"), {**parameters, "after": after})
        entries, days = _annotated(conn, page, known_at)
        found += [entry for entry in entries if as_at is None or days[entry.position] <= as_at]
        if len(page) < limit:
            break
        after = page[-1]["position"]
    return found[:limit]


def entry(conn: Connection[Any], position: int, *, known_at: int) -> HistoryEntry | None:
    """Return one entry with what was known of it; None where there was no such entry yet."""
    entries = entries_at(conn, [position], known_at=known_at)
    return entries[0] if entries else None


def entries_at(conn: Connection[Any], positions: Sequence[int], *, known_at: int) -> list[HistoryEntry]:
    """Return the entries at these positions, in the order of recording."""
    asked = {"positions": list(positions), "known_at": known_at}
    page = _select(conn, SQL("position = ANY(%(positions)s) AND position <= %(known_at)s ORDER BY position"), asked)
    return _annotated(conn, page, known_at)[0]


def standing(
    conn: Connection[Any],
    *topics: str,
    known_at: int,
    last: date,
    first: date = date.min,
    about: tuple[str, str] | None = None,
    **said: str,
) -> list[HistoryEntry]:
    """Return the entries of these topics that are true of a day from `first` to `last`: as corrected, and none that was retracted.

    Entries of an older or newer shape are among them: a topic names the event, whatever its version. `about` is the kind and the reference
    of the thing that they are about, `said` what they said when they were recorded.
    """
    kind, ref = about or (None, None)
    events = [topic.rstrip("0123456789") for topic in topics]
    asked = {"events": events, "known_at": known_at, "first": first, "last": last, "kind": kind, "ref": ref, "said": Jsonb(said)}
    page = _select(
        conn,
        SQL("(kind, ref) = (%(kind)s, %(ref)s) AND " if about else "")
        + SQL("""
        rtrim(topic, '0123456789') = ANY(%(events)s) AND position <= %(known_at)s AND body @> %(said)s
           AND (occurred_on BETWEEN %(first)s AND %(last)s
                OR position IN (SELECT amends FROM views.inspection_history WHERE amends IS NOT NULL AND position <= %(known_at)s))
         ORDER BY position"""),
        asked,
    )
    return [one for one in _annotated(conn, page, known_at)[0] if first <= one.since <= last and one.retracted_by is None]


def citing(conn: Connection[Any], *, known_at: int, **said: str) -> list[HistoryEntry]:
    """Return the entries that cite a file of which this is said: its `sha256`, the agency that supplied it. The oldest first."""
    asked = {"said": Jsonb([said]), "known_at": known_at}
    page = _select(conn, SQL("body -> 'evidence' @> %(said)s AND position <= %(known_at)s ORDER BY position"), asked)
    return _annotated(conn, page, known_at)[0]


def amendments_of(conn: Connection[Any], position: int, *, known_at: int) -> list[HistoryEntry]:
    """Return the entries that amend an entry, or propose to, whether or not they stand themselves; oldest first."""
    asked = {"position": position, "known_at": known_at}
    page = _select(conn, SQL("amends = %(position)s AND position <= %(known_at)s ORDER BY position"), asked)
    return _annotated(conn, page, known_at)[0]


def amendments(conn: Connection[Any], *, first: date, last: date, known_at: int) -> list[HistoryEntry]:
    """Return the corrections and retractions recorded from `first` to `last` (days in London): they are counted, never hidden."""
    asked = {"first": first, "last": last, "known_at": known_at}
    page = _select(
        conn,
        SQL("""
        amends IS NOT NULL AND position <= %(known_at)s
           AND (recorded_at AT TIME ZONE 'Europe/London')::date BETWEEN %(first)s AND %(last)s ORDER BY position"""),
        asked,
    )
    made = [row for row in page if not issubclass(event_type(row["topic"]), Recorded.AmendmentProposed)]
    return _annotated(conn, made, known_at)[0]


def recorded_late(conn: Connection[Any], *, known_at: int, limit_days: int = BACKDATING_LIMIT, limit: int = 100) -> list[HistoryEntry]:
    """Return the entries that were recorded more than `limit_days` after what they say; the newest first."""
    asked = {"known_at": known_at, "days": limit_days, "limit": limit}
    query = SQL("late > 0 AND late > %(days)s AND position <= %(known_at)s ORDER BY position DESC LIMIT %(limit)s")
    return _annotated(conn, _select(conn, query, asked), known_at)[0]


def _select(conn: Connection[Any], conditions: SQL | Composed, parameters: Mapping[str, Any]) -> list[Row]:
    query = SQL("SELECT {} FROM views.inspection_history WHERE ").format(COLUMNS) + conditions
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, parameters).fetchall()


def _annotated(conn: Connection[Any], page: list[Row], known_at: int) -> tuple[list[HistoryEntry], dict[int, date]]:
    """Add what was known of each entry; and say from which day each was true, an amendment from that of what it amends."""
    related = _select(
        conn,
        SQL("""
        stream = ANY(%(streams)s) AND position <= %(known_at)s
           AND (amends IS NOT NULL
                OR position IN (SELECT a.amends FROM views.inspection_history AS a
                                 WHERE a.stream = ANY(%(streams)s) AND a.amends IS NOT NULL))"""),
        {"streams": [row["stream"] for row in page], "known_at": known_at},
    )
    rows = {row["position"]: row for row in [*page, *related]}
    fates = fates_of(rows.values())
    days: dict[int, date] = {}
    for position in sorted(rows):
        amends = rows[position]["amends"]
        days[position] = fates[position]["since"] if amends is None else days[amends]
    disputes = Disputes(conn, known_at)
    told = [HistoryEntry(**row, **fates[row["position"]], dispute=disputes.of(row["position"], row["thumbprint"])) for row in page]
    return told, days


def fates_of(rows: Iterable[Row]) -> dict[int, Row]:
    """Return what became of entries, by position: what `aggregates.entry.standing` makes of them, amendments included."""
    retracted: dict[int, int] = {}
    corrected: dict[int, list[int]] = {}
    values: dict[int, dict[str, Any]] = {}
    proposals: dict[int, list[int]] = {}
    made: set[tuple[UUID, int]] = set()
    said: dict[int, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda r: int(r["position"]), reverse=True):
        position, amends = row["position"], row["amends"]
        said[position] = {**row["body"], **values.get(position, {})}
        event = event_type(row["topic"])
        if position in retracted or not issubclass(event, AMENDMENTS):
            continue
        made.add((row["stream"], row["body"].get("proposal") or 0))
        if issubclass(event, Recorded.EntryRetracted):
            retracted[amends] = position
        elif issubclass(event, Recorded.EntryCorrected):
            corrected.setdefault(amends, []).insert(0, position)
            values[amends] = {**corrections(said[position]), **values.get(amends, {})}
        elif (row["stream"], row["version"]) not in made:
            proposals.setdefault(amends, []).insert(0, position)
    return {
        position: {
            "said": body,
            "since": date.fromisoformat(body["occurred_on"]),
            "retracted_by": retracted.get(position),
            "corrected_by": tuple(corrected.get(position, ())),
            "proposals": tuple(proposals.get(position, ())),
        }
        for position, body in said.items()
    }
