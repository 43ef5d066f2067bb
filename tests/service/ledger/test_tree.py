"""The tree: its golden roots, its growth, and proofs that fail when a byte of them is changed."""

from __future__ import annotations

import pytest

from service.ledger.tree import (
    EMPTY_ROOT,
    TILE_WIDTH,
    Frontier,
    NotProved,
    consistency_ranges,
    inclusion_ranges,
    leaf_hash,
    node_from_tiles,
    node_hash,
    prove,
    root_from_consistency,
    root_from_inclusion,
    tile_name,
    tiles_of,
)
from service.verify import NotVerified, unb64

GOLDEN = {  # ledger §4
    1: "y/XvR52lb3yJO58icT+Fz/+AiH2H96AuWk1xDOWJepU=",
    2: "0/8MtJFpu1FdQDCIUt+2EU/otf4cm63NorazrzzgFZY=",
    3: "kfdCZceC6aglNn/OrEIiyHJhgAOaYAm3TTbrLy5UDMU=",
    8: "WegJYUkXU8XL7S7yIO7C3SnczPjVa1oCSpgx1aC0Qm4=",
    256: "iJ+eGhCYz8HDuYvmj9Mtg2lfuk86APOA1Ofq8P8Ugq0=",
    257: "GOG4+gLPqyNb4osMqvD472GAZbFSckrEt4spk2aq94M=",
    1000: "2uY4OU/oxFJ/s+KpGuBza9Ma+2csCSBVtaAlC63L+t4=",
}
LEAVES = [leaf_hash(b'{"seq":%d,"type":"review.decision"}' % seq) for seq in range(1000)]
SIZES = range(1, 101)


def root_of(leaves: list[bytes]) -> bytes:
    """Work the root out as RFC 6962 §2.1 defines it, and not as the product does."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


ROOTS = [root_of(LEAVES[:size]) for size in range(101)]
EVERYTHING = Frontier().grow(LEAVES).known


def flipped(proof: list[bytes], turn: int):
    """Yield the proof with one bit of each of its hashes flipped: of another byte for each of 32 turns, and for each hash of a turn."""
    for at, each in enumerate(proof):
        byte = (turn + at) % len(each)
        yield [*proof[:at], each[:byte] + bytes([each[byte] ^ 1 << turn % 8]) + each[byte + 1 :], *proof[at + 1 :]]


@pytest.mark.parametrize("size", GOLDEN)
def test_golden_roots(size):
    """The tree over the entries of the specification has the roots that the specification prints."""
    assert Frontier().grow(LEAVES[:size]).after.root == unb64(GOLDEN[size])


def test_the_empty_tree_has_the_hash_of_nothing():
    """A log of size 0 has the root SHA256("")."""
    assert Frontier().root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_growing_by_any_steps_gives_the_same_tree():
    """However the leaves are split into appends, packed and unpacked between, the roots are those of the definition."""
    for step in (1, 2, 3, 7, 31):
        frontier = Frontier()
        for first in range(0, 100, step):
            frontier = Frontier.unpack(frontier.size, frontier.pack()).grow(LEAVES[first : min(100, first + step)]).after
            assert frontier.root == ROOTS[frontier.size]


def test_a_frontier_of_another_length_is_refused():
    """What is not as many hashes as the size needs is no frontier."""
    for size, packed in ((3, bytes(32)), (4, bytes(64)), (0, bytes(32)), (1, bytes(31)), (-1, b"")):
        with pytest.raises(ValueError, match="frontier"):
            Frontier.unpack(size, packed)


def test_every_inclusion_proof_holds():
    """For every leaf of every size up to 100 its proof leads to the root."""
    for size in SIZES:
        for index in range(size):
            proof = prove(inclusion_ranges(index, size), EVERYTHING.__getitem__)
            assert root_from_inclusion(index, size, LEAVES[index], proof) == ROOTS[size]


def test_no_byte_of_a_proof_can_change():
    """For every leaf of every size up to 100, a bit flipped in any hash of the proof leads to another root; each byte has its turn."""
    for size in SIZES:
        for index in range(size):
            proof = prove(inclusion_ranges(index, size), EVERYTHING.__getitem__)
            for other in flipped(proof, size + index):
                assert root_from_inclusion(index, size, LEAVES[index], other) != ROOTS[size]


def test_a_proof_of_another_place_or_length_fails():
    """A proof serves one index and one size, is neither longer nor shorter, and consists of whole hashes."""
    for size in SIZES:
        for index in range(size):
            proof = prove(inclusion_ranges(index, size), EVERYTHING.__getitem__)
            for other in ([*proof, bytes(32)], proof[:-1], [bytes(31), *proof[1:]]):
                if other != proof:
                    with pytest.raises(NotVerified):
                        root_from_inclusion(index, size, LEAVES[index], other)
            if index:
                assert not leads(index - 1, size, LEAVES[index], proof)
    for index, size in ((-1, 1), (0, 0), (1, 1), (5, 4)):
        with pytest.raises(NotVerified):
            root_from_inclusion(index, size, LEAVES[0], [])


def leads(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bool:
    """Say whether a proof leads to the root."""
    try:
        return root_from_inclusion(index, size, leaf, proof) == ROOTS[size]
    except NotVerified:
        return False


def test_every_consistency_proof_holds_and_every_changed_one_fails():
    """For every pair of sizes up to 100 the proof holds; with a bit of any hash changed, or a hash more or less, it fails."""
    for size in SIZES:
        for old in range(1, size + 1):
            proof = prove(consistency_ranges(old, size), EVERYTHING.__getitem__)
            assert root_from_consistency(old, size, ROOTS[old], proof) == ROOTS[size]
            for other in [*flipped(proof, size + old), [*proof, bytes(32)], *([proof[:-1]] if proof else [])]:
                assert not extends(old, size, other)


def extends(old: int, size: int, proof: list[bytes]) -> bool:
    """Say whether a proof shows that the one root extends the other."""
    try:
        return root_from_consistency(old, size, ROOTS[old], proof) == ROOTS[size]
    except NotProved:
        return False


def test_consistency_has_exact_rules_at_its_ends():
    """The empty tree and a larger one have no proof; a tree is consistent with itself by an empty proof alone."""
    assert root_from_consistency(5, 5, ROOTS[5], []) == ROOTS[5]
    for old, size, proof in ((0, 5, []), (6, 5, []), (5, 5, [bytes(32)]), (4, 5, []), (-1, 5, [])):
        with pytest.raises(NotProved):
            root_from_consistency(old, size, ROOTS[5], proof)
    for old, size in ((0, 5), (6, 5)):
        with pytest.raises(ValueError, match="no prefix"):
            consistency_ranges(old, size)
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_ranges(5, 5)


def test_an_append_proves_its_own_leaves():
    """From the frontier before it, an append knows enough to prove each of the leaves that it added."""
    for before in (0, 1, 5, 63, 64):
        growth = Frontier().grow(LEAVES[:before]).after.grow(LEAVES[before:100])
        for index in range(before, 100):
            assert root_from_inclusion(index, 100, LEAVES[index], growth.inclusion(index)) == ROOTS[100]


def test_tiles_yield_every_proof():
    """The tiles that a proof asks for, full or not, are enough to make it; one that is cut short is refused."""
    size = 1000
    rows = {level: [EVERYTHING[8 * level, index] for index in range(size >> 8 * level)] for level in (0, 1)}
    for index in (0, 1, 255, 256, 511, 767, 768, 998, 999):
        ranges = inclusion_ranges(index, size)
        tiles = {
            (level, tile): b"".join(rows[level][tile * TILE_WIDTH :][:width]) for (level, tile), width in tiles_of(ranges, size).items()
        }
        proof = prove(ranges, lambda node, tiles=tiles: node_from_tiles(tiles, node))
        assert proof == prove(ranges, EVERYTHING.__getitem__)
    with pytest.raises(ValueError, match="too short"):
        node_from_tiles({(0, 0): bytes(32 * 3)}, (2, 0))


def test_full_tiles_are_reported_once():
    """Every tile is reported by the append that completes it, with the hash that the level above holds of it."""
    whole = Frontier().grow([leaf_hash(str(n).encode()) for n in range(TILE_WIDTH * 3 + 5)])
    assert [(level, index) for level, index, _ in whole.full_tiles()] == [(0, 0), (0, 1), (0, 2)]
    assert whole.after.grow([]).full_tiles() == []
    assert all(root == whole.known[8, index] for _, index, root in whole.full_tiles())


@pytest.mark.parametrize(
    ("index", "width", "name"),
    [
        (0, 256, "000"),
        (5, 7, "005.p/7"),
        (999, 256, "999"),
        (1000, 256, "x001/000"),
        (1234067, 256, "x001/x234/067"),
        (1234067, 1, "x001/x234/067.p/1"),
    ],
)
def test_tiles_are_named_as_the_specification_has_it(index, width, name):
    """Tile paths are those of tlog-tiles."""
    assert tile_name(index, width) == name
