"""The Merkle tree of RFC 6962 §2: growing it by its right frontier, and making the proofs over it. Pure functions, no storage.

A *node* is a complete subtree, named by (height, index): it covers the leaves from index·2^height up to (index+1)·2^height. A
*range* of leaves is covered by complete subtrees whose sizes fall from left to right. The hashes are the verifier's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.verify import EMPTY_ROOT, leaf_hash, node_hash, root_from_inclusion, tile_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "EMPTY_ROOT",
    "TILE_WIDTH",
    "Frontier",
    "Growth",
    "NotProved",
    "consistency_ranges",
    "inclusion_ranges",
    "leaf_hash",
    "node_from_tiles",
    "node_hash",
    "prove",
    "root_from_consistency",
    "root_from_inclusion",
    "roots_from_consistency",
    "tile_name",
    "tiles_of",
]

Node = tuple[int, int]
Range = tuple[int, int]
HASH_SIZE = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT


class NotProved(ValueError):  # noqa: N818 -- a verdict, not a fault
    """A proof does not lead from the old root to a new one."""


def nodes_of(first: int, stop: int) -> list[Node]:
    """Return the complete subtrees that cover [first, stop), left to right; `first` is aligned as RFC 6962 aligns it."""
    nodes = []
    while first < stop:
        height = (stop - first).bit_length() - 1
        nodes.append((height, first >> height))
        first += 1 << height
    return nodes


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over neighbouring complete subtrees whose sizes fall from left to right; there must be one at least."""
    *rest, root = hashes
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


@dataclass(frozen=True)
class Frontier:
    """All that a log must remember of its tree in order to grow it: the roots of its complete subtrees, left to right."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The root of the whole tree."""
        return fold(self.hashes) if self.size else EMPTY_ROOT

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> Frontier:
        """Read what `pack` wrote; raise ValueError where its length is not that of a frontier of this size."""
        if size < 0 or len(packed) != HASH_SIZE * size.bit_count():
            raise ValueError(f"a frontier of size {size} cannot have {len(packed)} bytes")
        return cls(size, tuple(packed[at : at + HASH_SIZE] for at in range(0, len(packed), HASH_SIZE)))

    def pack(self) -> bytes:
        """Return the hashes, one after the other."""
        return b"".join(self.hashes)

    def grow(self, leaves: Sequence[bytes]) -> Growth:
        """Append leaf hashes."""
        known = dict(zip(nodes_of(0, self.size), self.hashes, strict=True))
        stack, size = list(self.hashes), self.size
        for leaf in leaves:
            known[0, size] = leaf
            stack.append(leaf)
            size += 1
            for height in range(1, (size & -size).bit_length()):
                right = stack.pop()
                stack[-1] = known[height, (size >> height) - 1] = node_hash(stack[-1], right)
        return Growth(self, Frontier(size, tuple(stack)), known)


@dataclass(frozen=True)
class Growth:
    """One append: the frontier before and after it, and every node that it touched. Enough to prove each new leaf."""

    before: Frontier
    after: Frontier
    known: Mapping[Node, bytes] = field(repr=False)

    def full_tiles(self) -> list[tuple[int, int, bytes]]:
        """Return (level, index, root) of every tile that this append completed, lower levels first."""
        return [
            (level, index, self.known[(level + 1) * TILE_HEIGHT, index])
            for level in range(max(1, self.after.size.bit_length() // TILE_HEIGHT))
            for index in range(*(frontier.size >> (level + 1) * TILE_HEIGHT for frontier in (self.before, self.after)))
        ]

    def inclusion(self, index: int) -> list[bytes]:
        """Return the proof of a leaf that this append added, in the tree that it made."""
        return prove(inclusion_ranges(index, self.after.size), lambda node: self.known[node])


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return what the proof of one leaf hashes over, from the leaf upwards (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    first, stop, ranges = 0, size, []
    while stop - first > 1:
        middle = first + (1 << (stop - first - 1).bit_length() - 1)
        if index < middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((first, middle))
            first = middle
    return ranges[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """Return what the proof that `old` is a prefix of `size` hashes over (RFC 6962 §2.1.2)."""
    if not 0 < old <= size:
        raise ValueError(f"{old} is no prefix of {size} that needs a proof")
    first, stop, ranges = 0, size, []
    while stop > old:
        middle = first + (1 << (stop - first - 1).bit_length() - 1)
        if old <= middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((first, middle))
            first = middle
    return ([] if first == 0 else [(first, stop)]) + ranges[::-1]


def prove(ranges: Sequence[Range], look_up: Callable[[Node], bytes]) -> list[bytes]:
    """Return a proof: the hash of each range, from nodes that `look_up` finds."""
    return [fold([look_up(node) for node in nodes_of(*span)]) for span in ranges]


def root_from_consistency(old: int, size: int, old_root: bytes, proof: Sequence[bytes]) -> bytes:
    """Return the root of `size` that a proof leads to, once it has led to `old_root`; raise NotProved (RFC 9162 §2.1.4.2)."""
    before, after = roots_from_consistency(old, size, old_root, proof)
    if before != old_root:
        raise NotProved("the proof does not lead from the old root")
    return after


def roots_from_consistency(old: int, size: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return both roots that a proof leads to, of `old` and of `size`; raise NotProved where it has not their shape (RFC 9162 §2.1.4.2).

    The root of a full tree, whose size is a power of two, is not in the proof: there `old_root` is taken for it. The empty tree is a prefix
    of every other: that needs no proof and has none.
    """
    if not 0 < old <= size or any(len(each) != HASH_SIZE for each in (old_root, *proof)) or bool(proof) == (old == size):
        raise NotProved(f"no proof that a tree of {old} is a prefix of one of {size}")
    if old == size:
        return old_root, old_root
    rest = list(proof) if old & (old - 1) else [old_root, *proof]
    position, last = old - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            raise NotProved("the proof is too long")
        if position & 1 or position == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise NotProved("the proof is too short")
    return before, after


def tiles_of(ranges: Sequence[Range], size: int) -> dict[tuple[int, int], int]:
    """Return the tiles, (level, index) and their widths at this size, that hold or yield every node of these ranges."""
    tiles = {}
    for span in ranges:
        for height, index in nodes_of(*span):
            level, rest = divmod(height, TILE_HEIGHT)
            tile = index << rest >> TILE_HEIGHT
            tiles[level, tile] = min(TILE_WIDTH, (size >> level * TILE_HEIGHT) - tile * TILE_WIDTH)
    return tiles


def node_from_tiles(tiles: Mapping[tuple[int, int], bytes], node: Node) -> bytes:
    """Return the hash of a node from the tiles that `tiles_of` asked for; raise ValueError where one is too short."""
    height, index = node
    level, rest = divmod(height, TILE_HEIGHT)
    tile, first = divmod(index << rest, TILE_WIDTH)
    hashes = tiles[level, tile][HASH_SIZE * first : HASH_SIZE * (first + (1 << rest))]
    row = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
    if len(row) != 1 << rest:
        raise ValueError(f"tile {level}/{tile} is too short for node {node}")
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]
