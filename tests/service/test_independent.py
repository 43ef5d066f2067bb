"""What Muniment writes is checked by programs that its authors did not write: Go's sumdb packages, and OpenSSL."""

from __future__ import annotations

import os
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest

from tests.needs import needs_folder, needs_program
from tests.packs import Log, twenty_events, write

pytestmark = pytest.mark.xdist_group("go")  # built once
GOPATH = "/usr/share/gocode"
SOURCE = Path(__file__).parents[1] / "vectors" / "verify_go" / "main.go"


@pytest.fixture(scope="module")
def go(tmp_path_factory):
    """Build the verifier in Go; give a function that runs it over a folder."""
    needs_program("go")
    needs_folder(f"{GOPATH}/src/golang.org/x/mod/sumdb", "golang-golang-x-mod-dev")
    built = tmp_path_factory.mktemp("go")
    offline = {"GO111MODULE": "off", "GOPATH": GOPATH, "GOCACHE": str(built / "cache"), "GOFLAGS": "", "HOME": str(built)}
    command = ["go", "build", "-o", str(built / "verify"), str(SOURCE)]
    subprocess.run(command, env=os.environ | offline, check=True, cwd=built)
    return lambda folder: subprocess.run([str(built / "verify"), str(folder)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def large():
    """Give a log of more than one tile, as the files of a pack."""
    log = twenty_events()
    while len(log.entries) < 600:
        log.add("action.noted.v1", f"action {len(log.entries) % 7}", note="as agreed")
    sizes = (1, 2, 3, 20, 255, 256, 257, 511, 512, 599)
    files = {name: content for name, content in log.pack().items() if not name.startswith("checkpoints/")}
    files |= {f"checkpoints/{size}": log.checkpoint(size).encode() for size in sizes}
    return files | {f"proofs/{at - 1}.tlog-proof": log.receipt(at).encode() for at in (1, 2, 256, 257, 512, 513, 600)}


def test_go_verifies_checkpoints_tiles_and_receipts(go, large, tmp_path):
    """Go's note and tlog packages accept our checkpoints, tiles, entries, prefixes and receipts."""
    ran = go(write(large, tmp_path))

    assert (ran.returncode, ran.stdout) == (0, "600 entries, 10 older checkpoints, 7 receipts\n"), ran.stderr


@pytest.mark.parametrize(
    "name", ["checkpoint", "tile/0/001", "tile/1/000.p/2", "tile/entries/001", "proofs/256.tlog-proof", "checkpoints/257"]
)
def test_go_refuses_what_we_refuse(go, large, tmp_path, name):
    """With one bit of such a file flipped, Go's packages refuse the pack too: they did look."""
    files = dict(large)
    at = len(files[name]) // 2
    files[name] = files[name][:at] + bytes([files[name][at] ^ 1]) + files[name][at + 1 :]

    assert go(write(files, tmp_path)).returncode == 1


def test_openssl_verifies_the_checkpoint(tmp_path):
    """OpenSSL accepts the log key's signature over the three lines of a checkpoint, and over no others."""
    needs_program("openssl")
    log = Log()
    log.establish()
    text, _, line = log.checkpoint().rpartition("\n\n")
    der = bytes.fromhex("302a300506032b6570032100") + log.log_key.public
    (tmp_path / "key.der").write_bytes(der)
    (tmp_path / "signature").write_bytes(b64decode(line.split(" ")[2])[4:])
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.der", "-keyform", "DER", "-sigfile", "signature", "-in"]

    for content, status in ((f"{text}\n", 0), (f"{text}\n ", 1)):
        (tmp_path / "text").write_text(content)
        assert subprocess.run([*command, "text"], cwd=tmp_path, check=False, capture_output=True).returncode == status
