"""Checkpoints are stamped by a time-stamping authority, as often as the settings say; a token is verified before it is kept."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import replace

import psycopg
import pytest
from werkzeug.wrappers import Request, Response

from service.config import BadSetting
from service.ledger.pack import write_pack
from service.recording.outside.offering import NotWitnessed
from service.recording.outside.stamping import stamp, stamping
from service.recording.outside.witnessing import Published
from tests.acceptance.product import verify, wait
from tests.needs import needs_module, needs_program
from tests.service.recording.outside.authority import authority
from tests.service.recording.outside.others import listening


@pytest.fixture(autouse=True)
def _client():
    """Go on only where the extra is installed."""
    needs_module("rfc3161_client")
    needs_program("openssl")


@pytest.fixture
def seen(seeded) -> Published:
    """Give the log as it is shown to an authority."""
    return Published(seeded.board.recorder.datastore, seeded.board.recorder.sealers)


def tokens(it):
    """Return the sizes that are stamped, each with its token."""
    with psycopg.connect(it.config.conninfo("reader")) as conn:
        return dict(conn.execute("SELECT size, token FROM ledger.timestamp ORDER BY size").fetchall())


def test_the_newest_checkpoint_is_stamped_when_it_is_due(seeded, seen, tmp_path):
    """Once: not again before its time is over, nor while nothing was recorded; OpenSSL verifies what is in a pack, by the root alone."""
    with listening(authority(tmp_path / "tsa")) as url:
        config = replace(seeded.config, tsa=url, tsa_roots=tmp_path / "tsa/root.pem")
        first = seeded.board.recorder.head().frontier.size
        assert [stamp(seen, config), stamp(seen, config)] == [True, False]
        seeded.act("riv-lead", "accept_action", "A1")
        assert stamp(seen, config) is False
        with psycopg.connect(seeded.config.conninfo("owner")) as conn:
            conn.execute("UPDATE ledger.timestamp SET stamped_at = stamped_at - 86400")
        assert stamp(seen, config) is True
    assert [*tokens(seeded)] == [first, first + 1]

    write_pack(seeded.board.recorder, tmp_path / "pack")
    for size in tokens(seeded):
        kept = tmp_path / f"pack/checkpoints/{size}"
        text = (kept if kept.exists() else tmp_path / "pack/checkpoint").read_text().partition("\n\n")[0] + "\n"
        (tmp_path / "text").write_text(text)
        said = ["-in", f"pack/timestamps/{size}.tsr", "-data", "text", "-CAfile", "tsa/root.pem"]
        done = subprocess.run(["openssl", "ts", "-verify", *said], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, "Verification: OK" in done.stdout) == (0, True), done
    ran = verify(tmp_path / "pack", "--key", seeded.board.recorder.vkey)
    assert (ran.code, f"timestamps/{first}.tsr, a time stamp" in ran.out) == (0, True)


def test_what_is_no_token_of_this_checkpoint_is_refused_and_said(seeded, seen, tmp_path):
    """A token by another authority, one that was given before, a refusal, nonsense and an outage: none is kept, each is named."""
    own, kept = authority(tmp_path / "tsa"), []

    @Request.application
    def stale(request):
        """Answer with the first token, whatever is asked."""
        kept[:] = kept or [Response.from_app(own, request.environ).get_data()]
        return Response(kept[0])

    stranger = authority(tmp_path / "other", "Other time")
    cases = {
        "no token over this checkpoint": (stranger, Response("nonsense")),
        "status 500": (Response("away", 500),),
    }
    for why, apps in cases.items():
        for app in apps:
            with listening(app) as url, pytest.raises(NotWitnessed, match=why):
                stamp(seen, replace(seeded.config, tsa=url, tsa_roots=tmp_path / "tsa/root.pem"))
    with listening(stale) as url:
        config = replace(seeded.config, tsa=url, tsa_roots=tmp_path / "tsa/root.pem", tsa_every=0)
        assert stamp(seen, config) is True
        seeded.act("riv-lead", "accept_action", "A1")
        with pytest.raises(NotWitnessed, match="no token over this checkpoint"):
            stamp(seen, config)
    with pytest.raises(NotWitnessed, match="does not answer"):
        stamp(seen, replace(config, tsa="http://127.0.0.1:9/"))
    with listening(own) as url, pytest.raises(BadSetting, match="MUNIMENT_TSA_ROOTS"):
        stamp(seen, replace(config, tsa=url, tsa_roots=tmp_path / "nowhere"))
    assert len(tokens(seeded)) == 1
    with psycopg.connect(seeded.config.conninfo("writer")) as conn:
        said = conn.execute("SELECT failed FROM desk.asked_outside WHERE who = 'http://127.0.0.1:9/'").fetchone()
    assert "does not answer" in said[0]


def test_the_loop_has_it_stamped_and_ends_when_it_is_told(seeded, tmp_path):
    """`work` asks by itself."""
    stop = threading.Event()
    with listening(authority(tmp_path / "tsa")) as url:
        config = replace(seeded.config, tsa=url, tsa_roots=tmp_path / "tsa/root.pem")
        loop = threading.Thread(target=stamping, args=(config, stop))
        loop.start()
        wait(lambda: tokens(seeded), "the checkpoint to be stamped")
        stop.set()
        loop.join()

    assert [*tokens(seeded)] == [seeded.board.recorder.head().frontier.size]
