"""Under which keys an entry is filed, so that a key's whole life can be read again when something is added to it.

An amendment is filed with what it amends. Where an entry may have many keys, a correction may give it more of them: then the entry, and
all that amended it so far, are filed there too, as if they had always been. It never leaves one: under a key of which it says nothing as
it stands, it reads as nothing. So what is filed depends on the log alone, and not on when it was filed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.entry import standing
from projections.two_clocks import decoded_log
from projections.two_clocks.timeline import UnderManyKeys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from psycopg import Connection
    from psycopg.sql import Composed

    from aggregates.entry import Entry
    from projections.two_clocks.timeline import Projection

    Placed = tuple[str, Entry]  # an entry with the reference of its stream
    Homes = dict[int, Any]  # the key, or the keys, of each entry that may yet be amended, by its position
    Chains = Mapping[int, Sequence[Placed]]


def filed(projection: Projection[Any], fresh: Iterable[Placed], homes: Homes, chains: Chains) -> Iterator[tuple[str, Placed]]:
    """Give each entry with every key that it is filed under, in the order of the log.

    `homes` has a place for every entry that an amendment is about; `chains` has, by an amendment of a projection of many keys, the entry
    that it is about in the end and all that amended that one, itself included.
    """
    if not isinstance(projection, UnderManyKeys):
        yield from _under_one(projection, fresh, homes)
        return
    for ref, entry in fresh:
        if entry.number in chains:
            chain = chains[entry.number]
            root = chain[0][1].number
            more = set(_as_corrected(projection, chain)) - homes[root]
            homes[root] |= more
            yield from ((key, earlier) for earlier in chain[:-1] for key in sorted(more))
            yield from ((key, (ref, entry)) for key in sorted(homes[root]))
        else:
            keys = set(projection.keys(ref, entry.newest))
            if entry.number in homes:
                homes[entry.number] = keys
            yield from ((key, (ref, entry)) for key in sorted(keys))


def _under_one(projection: Projection[Any], fresh: Iterable[Placed], homes: Homes) -> Iterator[tuple[str, Placed]]:
    for ref, entry in fresh:
        amends = issubclass(entry.event, decoded_log.AMENDMENTS)
        key = homes.get(entry.body["amends"]) if amends else projection.key(ref, entry.newest)
        if key is not None:
            if entry.number in homes:
                homes[entry.number] = key
            yield key, (ref, entry)


def _as_corrected(projection: UnderManyKeys, chain: Sequence[Placed]) -> Iterable[str]:
    """Name the keys of an entry as it stands with what amended it so far."""
    ref, root = chain[0]
    stands = (entry for entry in standing([entry for _, entry in chain]) if entry.number == root.number)
    return (key for entry in stands for key in projection.keys(ref, entry))


def file_under_keys(
    conn: Connection[Any], sql: Mapping[str, Composed], projection: Projection[Any], fresh: Sequence[Placed]
) -> dict[str, list[Placed]]:
    """File entries, and return the new ones of each key that they touch."""
    amendments = [entry for _, entry in fresh if issubclass(entry.event, decoded_log.AMENDMENTS)]
    homes: Homes = {}
    chains: Chains = {}
    if amendments and isinstance(projection, UnderManyKeys):
        chains = chains_of(conn, sql, [entry.number for entry in amendments])
        homes = {chain[0][1].number: set() for chain in chains.values()}
        for position, key in conn.execute(sql["homes"], [list(homes)]):
            homes[position].add(key)
    elif amendments:
        homes = dict.fromkeys(number for entry in amendments for number in (entry.body["amends"], entry.number))
        homes |= dict(conn.execute(sql["homes"], [list(homes)]).fetchall())
    first = fresh[0][1].number if fresh else 0
    touched: dict[str, list[Placed]] = {}
    rows = []
    for key, (ref, entry) in filed(projection, fresh, homes, chains):
        rows.append((key, entry.number))
        lives = touched.setdefault(key, [])
        if entry.number >= first:
            lives.append((ref, entry))
    if rows:
        conn.execute(sql["file"], [list(column) for column in zip(*rows, strict=True)])
    return {key: sorted(lives, key=lambda one: one[1].number) for key, lives in touched.items()}


def chains_of(conn: Connection[Any], sql: Mapping[str, Composed], amendments: Sequence[int]) -> Chains:
    """Return, by each amendment, the entry that it is about in the end, and all that amended that one up to it."""
    chains: dict[int, list[Placed]] = {}
    for asked, position, ref, topic, body, amends in conn.execute(sql["chains"], {"amendments": list(amendments)}):
        chains.setdefault(asked, []).append((ref, decoded_log.typed_entry(position, topic, body, amends)))
    return chains
