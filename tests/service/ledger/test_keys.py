"""The service's keys at rest: made once, never overwritten, opened only with their passphrase, each for one purpose."""

from __future__ import annotations

import shutil
import stat
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from service.config import Config
from service.ledger import keys
from service.verify import parse_vkey
from tests.service.ledger.sample import ORIGIN


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give the settings of a data directory in which keys were made, and the keys."""
    config = Config(data=tmp_path_factory.mktemp("made") / "data")
    return config, keys.create(config, origin=ORIGIN)


@pytest.fixture
def copied(made, tmp_path):
    """Give a copy of it, to break."""
    config, _ = made
    shutil.copytree(config.data, tmp_path / "data")
    return Config(data=tmp_path / "data"), tmp_path / "data" / "keys"


def test_load(made):
    """The keys that are loaded are those that were made; what is public of them needs no passphrase."""
    config, ring = made
    again, public = keys.load(config), keys.load_public(config)
    assert (again.log.vkey, again.statement.header, again.wrapping) == (ring.log.vkey, ring.statement.header, ring.wrapping)
    assert (public.origin, public.holder, public.log_vkey) == (ORIGIN, "audit.board.example", ring.log.vkey)
    assert parse_vkey(ring.log.vkey)[0] == ORIGIN


def test_at_rest(made):
    """Only their owner can read the files, and none holds a key in the clear: OpenSSH's own format, with bcrypt."""
    config, ring = made
    folder = config.data / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    clear = [ring.log.private.private_bytes_raw(), ring.statement.private.private_bytes_raw(), ring.wrapping]
    assert not [file for file in folder.iterdir() for secret in clear if secret in file.read_bytes()]
    with pytest.raises(TypeError, match="password-protected"):
        load_ssh_private_key((folder / "log.key").read_bytes(), None)


def test_never_overwritten(made):
    """Keys that exist are not replaced: what they signed would no longer be ours."""
    config, ring = made
    with pytest.raises(keys.KeysExist):
        keys.create(config, origin=ORIGIN)
    assert keys.load(config).log.vkey == ring.log.vkey
    assert [path.name for path in config.data.iterdir()] == ["keys"]


def test_passphrase_elsewhere(tmp_path):
    """With MUNIMENT_PASSPHRASE_FILE the passphrase is where the operator keeps it, and nowhere else."""
    secret = tmp_path / "secret"
    secret.write_text("correct horse battery staple\n")
    config = Config(data=tmp_path / "data", passphrase_file=secret)
    ring = keys.create(config, origin=ORIGIN)
    assert not (tmp_path / "data" / "keys" / "passphrase").exists()
    assert keys.load(config).log.vkey == ring.log.vkey
    secret.write_text("another")
    with pytest.raises(keys.KeyUnreadable):
        keys.load(config)
    secret.write_text("\n")
    with pytest.raises(keys.KeyUnreadable, match="empty"):
        keys.load(config)
    with pytest.raises(keys.KeysMissing):
        keys.load(replace(config, passphrase_file=tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["log.key", "statement.key", "wrapping.key", "passphrase", "public.json"])
def test_missing(copied, name):
    """A file that is not there is named."""
    config, folder = copied
    (folder / name).unlink()
    with pytest.raises(keys.KeysMissing, match=name):
        keys.load(config)


@pytest.mark.parametrize("name", ["log.key", "statement.key", "wrapping.key", "public.json"])
def test_damaged(copied, name):
    """A file that is not what it was is named."""
    config, folder = copied
    (folder / name).write_bytes((folder / name).read_bytes()[5:-9])
    with pytest.raises(keys.KeyUnreadable, match=name):
        keys.load(config)


def test_one_key_for_two_purposes(copied):
    """The key that seals the log is not the key that attests: one that does both is refused."""
    config, folder = copied
    shutil.copy(folder / "log.key", folder / "statement.key")
    with pytest.raises(keys.OneKeyTwice):
        keys.load(config)


def test_other_logs_key(copied, tmp_path):
    """A key file of another log is not taken for this one's."""
    config, folder = copied
    other = Config(data=tmp_path / "other", passphrase_file=folder / "passphrase")
    keys.create(other, origin="other.example/log1")
    shutil.copy(tmp_path / "other" / "keys" / "log.key", folder / "log.key")
    with pytest.raises(keys.KeyUnreadable, match="is not the key"):
        keys.load(config)
