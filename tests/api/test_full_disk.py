"""PostgreSQL's disk is really full: what cannot be recorded is refused in words, nothing of it stays, and with room it goes on."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.acceptance.product import Product
from tests.api.conftest import Asking, serving
from tests.api.pages.conftest import browser, day
from tests.boards import copy_of, seed
from tests.databases import server
from tests.lending import Lending
from tests.needs import needs_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZE = 400  # MB
MOST = 300  # reports of ten thousand letters, which need more than what is left free in the pages of any table
PROGRESS = "/api/v1/actions/A1/report_progress"
WORDS = "The disk is full. Nothing of this was recorded, and nothing that was is lost."


@pytest.fixture
def small_disk(reachable: Path) -> Iterator[Path]:
    """Give a folder that is a file system of its own, and a small one."""
    needs_program("mount", "umount")
    folder = reachable / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=0755", "none", folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("this account may not mount a file system")  # a right, not a part that could be installed
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def small(small_disk: Path, tmp_path: Path):
    """Give the small board on that disk, its keys and evidence elsewhere."""
    for name in ("made", "data"):
        (tmp_path / name).mkdir()
    with (
        server(small_disk) as conninfo,
        closing(Lending(conninfo)) as lending,
        seed(conninfo, tmp_path / "made") as made,
        copy_of(made, lending, tmp_path / "data") as it,
    ):
        it.act("riv-lead", "accept_action", "A1")
        it.catch_up()
        yield it
        (small_disk / "filler").unlink(missing_ok=True)  # a server needs room to stop


def fill(disk: Path, conninfo: str) -> Path:
    """Leave nothing free on a disk but what PostgreSQL holds already, a whole segment of its own log among it."""
    with psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute("SELECT pg_switch_wal()")
        conn.execute("CHECKPOINT")
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        while free := shutil.disk_usage(disk).free:
            file.write(bytes(max(4096, free // 2)))
    return filler


def test_a_full_disk_is_said_and_records_nothing_by_halves(small, small_disk, tmp_path):
    """API, page and command line each say that the disk is full and what to do; the log stays whole, and takes the same again later."""
    reports, lines = 0, tmp_path / "lines.jsonl"
    said = {"rag": "amber", "narrative": "x" * 9_999}
    lines.write_text(json.dumps({"do": "report_progress", "ref": "A1", "fields": said, "key": "by line"}))
    with serving(small) as app:
        ask, who = Asking(app.test_client(), small), browser(app, small, "riv-lead")
        who.get("/actions/A1/report_progress")
        filler = fill(small_disk, small.config.conninfo("owner"))
        while (refused := ask.post(PROGRESS, "riv-lead", said, key=f"report-{reports}")).status_code == 200:
            reports += 1
            assert reports < MOST, "the disk was never full"
        before = whole(small)

        assert (refused.status_code, refused.json["type"]) == (507, "/problems/no-room")
        assert refused.json["detail"].startswith(WORDS)
        assert "make room on the disk of the database" in refused.json["detail"]

        page = who.post("/actions/A1/report_progress", said | day("act.occurred_on", 2016, 9, 5))
        assert (page.status_code, WORDS in who.words, said["narrative"] in who.page) == (507, True, True)

        product = Product(small.config.data, small.config.database_url, {"MUNIMENT_KEY": small.keys["riv-lead"]})
        ran = product.run("import", lines)
        assert (ran.code, WORDS in ran.err, "Traceback" in ran.err) == (2, True, False), ran
        assert whole(small) == before

        filler.unlink()
        again = ask.post(PROGRESS, "riv-lead", said, key=f"report-{reports}")
        assert (again.status_code, product.run("import", lines).code) == (200, 0)
        assert whole(small)[0] == before[0] + 2


def whole(it) -> tuple[int, ...]:
    """Return how many events there are, and check that nothing of another is there: the newest checkpoint seals them all, to the last."""
    with psycopg.connect(it.config.conninfo("owner")) as conn:
        counted = conn.execute(
            """SELECT (SELECT count(*) FROM ledger.event), (SELECT max(position) FROM ledger.event),
                      (SELECT max(size) FROM ledger.checkpoint), (SELECT max(position) FROM ledger.disclosure),
                      (SELECT coalesce(max(first + events - 1), 0) FROM desk.idempotency), (SELECT count(*) FROM desk.idempotency)"""
        ).fetchone()
    assert counted is not None
    assert len(set(counted[:3])) == 1, counted
    assert max(counted[3:5]) <= counted[0], counted
    return counted


def test_a_file_that_finds_no_room_is_refused_and_nothing_of_it_stays(small_disk, ask):
    """An evidence store without room says so in the same words, and keeps no part of the file."""
    ask.seeded.board.evidence.incoming = small_disk / "incoming"
    (small_disk / "filler").write_bytes(bytes(shutil.disk_usage(small_disk).free - 3 * 1024 * 1024))
    answer = ask.post(
        "/api/v1/evidence", "riv-lead", version=None, data={"file": (io.BytesIO(b"%PDF-" + bytes(5 * 1024 * 1024)), "scan.pdf")}
    )

    assert (answer.status_code, answer.json["type"]) == (507, "/problems/no-room")
    assert [path.name for path in small_disk.rglob("*") if path.is_file()] == ["filler"]
