"""The published log: what tlog-tiles asks for, and nothing that it does not."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha256
from typing import TYPE_CHECKING

import psycopg
import pytest

from service.ledger import tree
from service.verify import open_checkpoint
from tests.api.conftest import Asking, serving
from tests.boards import copy_of

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 256


@pytest.fixture(scope="module")
def grown(small_board, lending, tmp_path_factory) -> Iterator[Asking]:
    """Give a board whose log has more events than one tile has hashes."""
    with copy_of(small_board, lending, tmp_path_factory.mktemp("grown")) as it, serving(it) as app:
        for number in range(240):
            it.act("board-manager", "list_resource", f"R{number}", title="R", url="https://r.example", kind="website", check_every=6)
        yield Asking(app.test_client(), it)


def leaves(ask) -> list[bytes]:
    """Return the leaf hashes in the order of the log."""
    with psycopg.connect(ask.seeded.config.conninfo("reader")) as conn:
        return [bytes(leaf) for (leaf,) in conn.execute("SELECT leaf FROM ledger.event ORDER BY position")]


def test_the_tiles_hash_into_the_root_of_the_checkpoint(grown):
    """Whoever fetches the checkpoint and the tiles, without an account, can compute the signed root from the hashes."""
    client = grown.client
    note = client.get("/log/checkpoint").get_data(as_text=True)
    checkpoint = open_checkpoint(note, grown.seeded.board.keys.log.vkey)
    full, rest = client.get("/log/tile/0/000"), client.get(f"/log/tile/0/001.p/{checkpoint.size - WIDTH}")
    hashes = [(full.data + rest.data)[i : i + 32] for i in range(0, 32 * checkpoint.size, 32)]

    assert hashes == leaves(grown)
    assert tree.Frontier().grow(hashes).after.root == checkpoint.root
    assert client.get("/log/tile/1/000.p/1").data == tree.Frontier().grow(hashes[:WIDTH]).after.root


@pytest.mark.parametrize("place", ["000.p/256", "000.p/300", "001", "001.p/7", "x000/000"])
def test_a_tile_that_is_full_has_no_width(grown, place):
    """In a log of one full tile and six hashes, no other way of asking for them finds anything."""
    assert len(leaves(grown)) == WIDTH + 6
    assert grown.client.get(f"/log/tile/0/{place}").status_code == 404


def test_what_never_changes_may_be_kept_and_what_changes_is_asked_for_anew(grown):
    """Full tiles are immutable for every cache; a checkpoint and a partial tile are not kept."""
    caching = {path: grown.client.get(f"/log/{path}").headers["Cache-Control"] for path in ("checkpoint", "tile/0/000", "tile/0/000.p/9")}

    assert caching == {"checkpoint": "no-cache", "tile/0/000": "public, max-age=31536000, immutable", "tile/0/000.p/9": "no-cache"}


@pytest.mark.parametrize(
    "place",
    [
        "0/001", "0/000.p/0", "0/000.p/256", "0/000.p/007", "0/001.p/200", "0/0", "0/00", "0/0000",
        "0/x000/000", "0/1", "00/000", "01/000.p/1", "64/000.p/1", "-1/000", "1/000", "1/000.p/2",
        "0/000.p/", "0/000.P/1", "0/000/000", "0/x001/234", "0/x999/x999/x999/999", "0/000.p/1.p/1", "x/000.p/1", "0/%D9%A0%D9%A0.p/1",
    ],
)  # fmt: skip
def test_a_tile_has_one_address_and_is_there_or_not(shared, place):
    """Another spelling of a tile, one beyond the log's end and one of the wrong width are not found."""
    response = shared.client.get(f"/log/tile/{place}")

    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


def test_every_part_of_a_tile_can_be_had(shared):
    """Whoever holds an older checkpoint asks for the hashes that there were then."""
    hashes = leaves(shared)

    assert all(shared.client.get(f"/log/tile/0/000.p/{n}").data == b"".join(hashes[:n]) for n in range(1, len(hashes) + 1))


def test_entries_are_for_those_who_may_read_the_whole_record(shared):
    """A bundle holds the very bytes whose hashes are the leaves; a lead may not have it, and nobody without an account."""
    count = len(leaves(shared))
    path = f"/log/tile/entries/000.p/{count}"
    data, entries = shared.get(path, "chair").data, []
    while data:
        length = int.from_bytes(data[:2], "big")
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]

    assert [sha256(b"\0" + entry).digest() for entry in entries] == leaves(shared)
    assert [shared.get(path, office).status_code for office in ("riv-lead", "trainer", "nobody")] == [403, 403, 403]
    assert shared.client.get(path).status_code == 401
    assert "no-store" in shared.get(path, "chair").headers["Cache-Control"]


def test_a_page_of_the_feed_is_proved_by_the_tiles_that_it_names(shared):
    """Each page's leaves lead, by published hashes alone, to the root that its checkpoint signs: for who reads one agency's record too."""
    page = shared.get("/api/v1/events?after=3&limit=5", "cqh-lead").json
    sealed = open_checkpoint(page["checkpoint"], shared.seeded.board.keys.log.vkey)
    tiles = {}
    for address in page["tiles"]:
        level, _, place = address.removeprefix("/log/tile/").partition("/")
        index = int(place.partition(".p/")[0].replace("x", "").replace("/", ""))
        tiles[int(level), index] = shared.client.get(address).data
    roots = set()
    for item in page["items"]:
        at = item["position"] - 1
        proof = tree.prove(tree.inclusion_ranges(at, sealed.size), lambda node: tree.node_from_tiles(tiles, node))
        roots.add(tree.root_from_inclusion(at, sealed.size, b64decode(item["leaf"]), proof))

    assert (len(page["items"]), roots) == (5, {sealed.root})


def test_a_page_of_the_feed_that_somebody_holds_already_is_not_sent_again(ask):
    """Where `next` leads never changes, whatever is recorded since; a page as known now changes with what is recorded, and only then."""

    def again(path, tag, office="chair"):
        answer = ask.client.get(path, headers=ask.headers(office) | {"If-None-Match": tag})
        assert (answer.headers["Cache-Control"], bool(answer.data)) == ("private, no-cache", answer.status_code == 200)
        return answer.status_code, answer.headers["ETag"]

    first = ask.get("/api/v1/events?limit=3", "chair")
    now, later = first.headers["ETag"], first.json["next"]
    fixed = ask.get(later, "chair").headers["ETag"]
    assert [again("/api/v1/events?limit=3", now), again(later, fixed)] == [(304, now), (304, fixed)]
    assert ask.post("/api/v1/actions/A1/accept_action", "riv-lead").status_code == 200
    ask.seeded.catch_up()
    assert again(later, fixed) == (304, fixed)
    assert again("/api/v1/events?limit=3", now)[0] == 200
    assert again("/api/v1/events?limit=3", fixed, "trainer")[0] == 200
