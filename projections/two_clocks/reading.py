"""The decoded log as the views take it: each entry is read and typed once, however many views and keys it is filed under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL, Identifier

from aggregates.entry.topics import typed_entry
from aggregates.framework.matching import event_of
from projections.two_clocks import decoded_log

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from psycopg import Connection

    from aggregates.entry import Entry

    Placed = tuple[str, Entry]  # an entry with the reference of its stream

HELD = 20_000  # entries that are kept in memory: more than three demonstrations
PEOPLE = decoded_log.kind_of(decoded_log.ERASED)
LOG = Identifier("views", decoded_log.TABLE)
KINDS = SQL("SELECT position, kind FROM {} WHERE position BETWEEN %s AND %s").format(LOG)
ENTRIES = SQL("SELECT position, ref, topic, body, amends FROM {} WHERE position = ANY(%s)").format(LOG)
CHAINS = SQL("""
    WITH RECURSIVE up (asked, position, amends) AS (
            SELECT position, position, amends FROM {log} WHERE position = ANY(%(asked)s)
             UNION ALL
            SELECT up.asked, l.position, l.amends FROM up JOIN {log} AS l ON l.position = up.amends),
         root (asked, position) AS (
            SELECT asked, position FROM up WHERE amends IS NULL
             UNION
            SELECT up.asked, other.position
              FROM up JOIN {log} AS own USING (position) JOIN {log} AS other USING (stream)
             WHERE up.amends IS NULL AND other.position <= up.asked
               AND rtrim(own.topic, '0123456789') = ANY(%(together)s) AND rtrim(other.topic, '0123456789') = ANY(%(together)s)),
         chain (asked, position) AS (
            SELECT asked, position FROM root
             UNION ALL
            SELECT chain.asked, l.position FROM chain JOIN {log} AS l ON l.amends = chain.position AND l.position <= chain.asked)
    SELECT asked, position FROM chain ORDER BY asked, position""").format(log=LOG)


# The entries with a text that one of these has erased.
GONE = SQL("""
    SELECT DISTINCT h.position
      FROM {log} AS e CROSS JOIN LATERAL jsonb_to_recordset(e.body -> 'erased') AS went (position bigint, field text)
      JOIN {log} AS h ON h.position = went.position
                     AND (jsonb_typeof(coalesce(h.body -> went.field -> 0, h.body -> went.field)) = 'string' OR went.field = ANY(%s))
     WHERE rtrim(e.topic, '0123456789') = %s AND e.position > %s AND e.position <= %s""").format(log=LOG)


class Reading:
    """One reader of the log, which keeps what it has read: an entry changes only where a text of it is erased, and then it is read anew."""

    def __init__(self, conn: Connection[Any]) -> None:
        """Read on this connection."""
        self.conn = conn
        self.held: dict[int, Placed] = {}
        self.kinds: dict[int, str] = {}

    def after(self, done: int, until: int, kinds: Collection[str]) -> list[Placed]:
        """Return the entries of some kinds of things after one position up to another, in order."""
        known = self._kinds(range(done + 1, until + 1))
        positions = [position for position in range(done + 1, until + 1) if known[position] in kinds]
        found = self.at(positions)
        return [found[position] for position in positions]

    def gone(self, done: int, until: int) -> list[int]:
        """Return the entries of which a text was erased by one after a position up to another, and forget how they read before."""
        if until - done <= HELD:  # most acts are about nobody: that is known already
            known = self._kinds(range(done + 1, until + 1))
            if not any(known[position] == PEOPLE for position in range(done + 1, until + 1)):
                return []
        asked = [decoded_log.PARTS, decoded_log.ERASED.rstrip("0123456789"), done, until]
        found = [position for (position,) in self.conn.execute(GONE, asked)]
        for position in found:
            self.held.pop(position, None)
        return found

    def _kinds(self, positions: range) -> Mapping[int, str]:
        """Return at least the kinds of things of which the entries at some positions are: every view asks for the same."""
        missing = [position for position in positions if position not in self.kinds]
        if len(self.kinds) + len(missing) > HELD:
            self.kinds, missing = {}, list(positions)
        if missing:
            self.kinds |= dict(self.conn.execute(KINDS, [missing[0], missing[-1]]))
        return self.kinds

    def at(self, positions: Collection[int]) -> Mapping[int, Placed]:
        """Return at least the entries at some positions."""
        missing = [position for position in positions if position not in self.held]
        if len(self.held) + len(missing) > HELD:
            self.held, missing = {}, list(positions)
        if missing:
            for position, ref, topic, body, amends in self.conn.execute(ENTRIES, [missing]):
                self.held[position] = ref, typed_entry(position, topic, body, amends)
        return self.held

    def chains(self, fresh: Iterable[Placed], together: frozenset[str]) -> dict[int, list[Placed]]:
        """Return, by each amendment among some entries, the entry that it is about in the end, and all that amended that one up to it.

        Of events that are `together` return, by each entry and each amendment of one, those of its stream with all that amended them.
        """
        asked = [e.number for _, e in fresh if issubclass(e.event, decoded_log.AMENDMENTS) or event_of(e.event.TOPIC) in together]
        if not asked:
            return {}
        rows = self.conn.execute(CHAINS, {"asked": asked, "together": [f"{event}.v" for event in together]}).fetchall()
        found = self.at({position for _, position in rows})
        chains: dict[int, list[Placed]] = {}
        for asked, position in rows:
            chains.setdefault(asked, []).append(found[position])
        return chains
