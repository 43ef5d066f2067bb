"""Under which keys an entry is filed, so that a key's whole life can be read again when something is added to it.

An amendment is filed with what it amends, and entries that are `together` with each other. A correction may give an entry other keys:
then the entry, and all that amended it or is together with it so far, are filed there too, as if they had always been. It never leaves
one: under a key of which it says nothing as it stands, it reads as nothing. So what is filed depends on the log alone, and not on when it
was filed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.entry import Recorded, standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from psycopg import Connection
    from psycopg.sql import Composed

    from projections.two_clocks.reading import Placed, Reading
    from projections.two_clocks.timeline import Projection

    Homes = dict[int, set[str]]  # the keys of each entry that is amended, by its position
    Chains = Mapping[int, Sequence[Placed]]


def filed(projection: Projection, fresh: Iterable[Placed], homes: Homes, chains: Chains) -> Iterator[tuple[str, Placed]]:
    """Give each entry with every key that it is filed under, in the order of the log.

    `homes` has a place for every entry that an amendment is about in the end; `chains` has, by an amendment, that entry and all that
    amended it, itself included, and by an entry that is together with others, those and all that amended them: under the first of them
    all are at home.
    """
    for ref, entry in fresh:
        if entry.number in chains:
            chain = chains[entry.number]
            root = chain[0][1].number
            more = set(_as_corrected(projection, chain)) - homes.setdefault(root, set())
            homes[root] |= more
            yield from ((key, earlier) for earlier in chain[:-1] for key in sorted(more))
            keys = homes[root]
        else:
            keys = set(projection.keys(ref, entry.newest))
            if entry.number in homes:
                homes[entry.number] = keys
        yield from ((key, (ref, entry)) for key in sorted(keys))


def _as_corrected(projection: Projection, chain: Sequence[Placed]) -> Iterable[str]:
    """Name the keys of entries as they stand with what amended them so far."""
    ref = chain[0][0]
    stands = (entry for entry in standing([entry for _, entry in chain]) if not issubclass(entry.event, Recorded.AmendmentProposed))
    return (key for entry in stands for key in projection.keys(ref, entry))


def file_fresh(
    conn: Connection[Any], sql: Mapping[str, Composed], projection: Projection, fresh: Sequence[Placed], reading: Reading
) -> dict[str, list[Placed]]:
    """File entries, and return the new ones of each key that they touch."""
    chains = reading.chains(fresh, projection.together)
    homes: Homes = {chain[0][1].number: set() for chain in chains.values()}
    if homes:
        for position, key in conn.execute(sql["homes"], [list(homes)]):
            homes[position].add(key)
    touched: dict[str, list[Placed]] = {}
    rows = []
    for key, (ref, entry) in filed(projection, fresh, homes, chains):
        rows.append((key, entry.number))
        lives = touched.setdefault(key, [])
        if entry.number >= fresh[0][1].number:
            lives.append((ref, entry))
    if rows:
        conn.execute(sql["file"], [list(column) for column in zip(*rows, strict=True)])
    return {key: sorted(lives, key=lambda one: one[1].number) for key, lives in touched.items()}
