"""The settings: what may be set, what is refused, and where each leads."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from service.config import SETTINGS, BadSetting, Config, default_data

URL = "postgresql://board:owner%27s%20secret@db.example:6432/muniment?sslmode=verify-full"


def test_nothing_set_is_a_whole_configuration():
    """With an empty environment every setting has its stated value, and the server is our own."""
    config = Config.from_environment({})

    assert config == Config(data=default_data({}))
    assert config.embedded
    assert (config.host, config.port) == ("127.0.0.1", 8765)


def test_every_setting_is_read():
    """Every setting reaches its field, as the type that the field has."""
    config = Config.from_environment(
        {
            "MUNIMENT_DATA": "/srv/board",
            "MUNIMENT_DATABASE_URL": URL,
            "MUNIMENT_WRITER_PASSWORD": "w",
            "MUNIMENT_PROJECTOR_PASSWORD": "p",
            "MUNIMENT_READER_PASSWORD": "r",
            "MUNIMENT_HOST": "0.0.0.0",  # noqa: S104 what a proxy in front would need
            "MUNIMENT_PORT": "80",
            "MUNIMENT_PROXIES": "1",
            "MUNIMENT_KEY": "mk_1",
            "MUNIMENT_CHECKPOINT_TO": "auditor@severnbrook.example, /mnt/elsewhere",
            "MUNIMENT_POLICY": "/etc/muniment/policy",
            "MUNIMENT_TSA": "https://time.example/tsr",
            "MUNIMENT_TSA_ROOTS": "/etc/muniment/time.pem",
            "MUNIMENT_TSA_EVERY": "168",
            "MUNIMENT_SMTP": "mail.example:587",
            "MUNIMENT_MAIL_FROM": "muniment@severnbrook.example",
            "MUNIMENT_PASSPHRASE_FILE": "/run/passphrase",
            "MUNIMENT_OIDC_ISSUER": "https://login.council.example/board",
            "MUNIMENT_OIDC_CLIENT_ID": "muniment",
            "MUNIMENT_OIDC_CLIENT_SECRET_FILE": "/run/oidc",
            "MUNIMENT_DEMONSTRATION_CLOCK": "2026-03-02T09:00:00+00:00",
            "MUNIMENT_MAX_UPLOAD": "1048576",
            "MUNIMENT_CLAMD": "scanner.example:3310",
            "MUNIMENT_S3_BUCKET": "severnbrook-evidence",
            "MUNIMENT_S3_ENDPOINT": "https://objects.example/",
            "MUNIMENT_S3_REGION": "eu-west-2",
            "MUNIMENT_S3_ACCESS_KEY": "AKIA",
            "MUNIMENT_S3_SECRET_KEY": "secret",
            "MUNIMENT_S3_LOCK_DAYS": "2190",
        },
    )

    assert config == Config(
        data=Path("/srv/board"),
        database_url=URL,
        writer_password="w",
        projector_password="p",
        reader_password="r",
        host="0.0.0.0",  # noqa: S104
        port=80,
        proxies=1,
        key="mk_1",
        checkpoint_to=("auditor@severnbrook.example", "/mnt/elsewhere"),
        policy=Path("/etc/muniment/policy"),
        tsa="https://time.example/tsr",
        tsa_roots=Path("/etc/muniment/time.pem"),
        tsa_every=168,
        smtp=("mail.example", 587),
        mail_from="muniment@severnbrook.example",
        passphrase_file=Path("/run/passphrase"),
        oidc_issuer="https://login.council.example/board",
        oidc_client_id="muniment",
        oidc_client_secret_file=Path("/run/oidc"),
        demonstration_clock=datetime(2026, 3, 2, 9, tzinfo=UTC),
        max_upload=1_048_576,
        clamd=("scanner.example", 3310),
        s3_bucket="severnbrook-evidence",
        s3_endpoint="https://objects.example/",
        s3_region="eu-west-2",
        s3_access_key="AKIA",
        s3_secret_key="secret",
        s3_lock_days=2190,
    )
    assert config.checkpoint_by_mail == ("auditor@severnbrook.example",)
    assert {field for field, _ in SETTINGS.values()} == set(Config.__dataclass_fields__)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MUNIMENT_PORT", "0"),
        ("MUNIMENT_PORT", "65536"),
        ("MUNIMENT_PORT", "8_765"),
        ("MUNIMENT_PORT", "٨٧"),
        ("MUNIMENT_PORT", "-1"),
        ("MUNIMENT_PORT", "80.0"),
        ("MUNIMENT_OIDC_ISSUER", "http://login.council.example"),
        ("MUNIMENT_OIDC_ISSUER", "http://127.0.0.1.council.example"),
        ("MUNIMENT_OIDC_ISSUER", "http://localhost@login.council.example"),
        ("MUNIMENT_OIDC_ISSUER", "https://login.council.example?tenant=1"),
        ("MUNIMENT_OIDC_ISSUER", "file:///etc/passwd"),
        ("MUNIMENT_OIDC_ISSUER", "https://login.council.example"),
        ("MUNIMENT_PROXIES", "-1"),
        ("MUNIMENT_PROXIES", "all"),
        ("MUNIMENT_MAX_UPLOAD", "100MB"),
        ("MUNIMENT_MAX_UPLOAD", "10"),
        ("MUNIMENT_CLAMD", "clamd.sock"),
        ("MUNIMENT_S3_BUCKET", "s3://evidence"),
        ("MUNIMENT_S3_ENDPOINT", "https://key:secret@objects.example/"),
        ("MUNIMENT_S3_LOCK_DAYS", "0"),
        ("MUNIMENT_DATABASE_URL", "db.example"),
        ("MUNIMENT_DATABASE_URL", "postgresql://db.example"),
        ("MUNIMENT_DATABASE_URL", "mysql://db.example/muniment"),
        ("MUNIMENT_SMTP", "mail.example"),
        ("MUNIMENT_SMTP", "mail.example:smtp"),
        ("MUNIMENT_MAIL_FROM", "muniment"),
        ("MUNIMENT_MAIL_FROM", "a@b\nBcc: c@d"),
        ("MUNIMENT_CHECKPOINT_TO", "folder/below"),
        ("MUNIMENT_CHECKPOINT_TO", "/mnt/elsewhere,"),
        ("MUNIMENT_CHECKPOINT_TO", "auditor@severnbrook.example"),
        ("MUNIMENT_DEMONSTRATION_CLOCK", "yesterday"),
        ("MUNIMENT_DEMONSTRATION_CLOCK", "2026-03-02T09:00:00"),
        ("MUNIMENT_PROT", "8765"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(name, value):
    """A setting that cannot be used as it stands, or that we do not know, is refused by its name: never ignored, never guessed at."""
    with pytest.raises(BadSetting) as refused:
        Config.from_environment({name: value})

    assert refused.value.name == name
    assert name in str(refused.value)


S3 = {"MUNIMENT_S3_SECRET_KEY": "a secret", "MUNIMENT_S3_ACCESS_KEY": "a secret"}


def test_refusals_and_reprs_keep_secrets():
    """No password, key or URL appears in the configuration's repr or in a refusal."""
    config = Config.from_environment(
        {
            "MUNIMENT_DATABASE_URL": URL,
            "MUNIMENT_KEY": "mk_secret",
            "MUNIMENT_READER_PASSWORD": "a secret",
            "MUNIMENT_S3_SECRET_KEY": "secret",
        }
    )
    with pytest.raises(BadSetting) as refused:
        Config.from_environment({"MUNIMENT_DATABASE_URL": "postgresql://board:secret@db.example"})

    assert "secret" not in repr(config) + str(refused.value)


def test_each_role_connects_to_a_real_server_as_itself():
    """On a server of one's own the URL's user is the owner; each of our roles has its own name and password, and never the owner's."""
    config = Config.from_environment({"MUNIMENT_DATABASE_URL": URL, "MUNIMENT_WRITER_PASSWORD": "a 'writer' \\ password"})
    place = {"host": "db.example", "port": "6432", "dbname": "muniment", "sslmode": "verify-full"}

    assert conninfo_to_dict(config.conninfo("owner")) == place | {"user": "board", "password": "owner's secret"}
    assert conninfo_to_dict(config.conninfo("writer")) == place | {"user": "muniment_writer", "password": "a 'writer' \\ password"}
    assert conninfo_to_dict(config.conninfo("reader")) == place | {"user": "muniment_reader"}


def test_each_role_connects_to_our_own_server_by_its_socket(tmp_path):
    """Without a URL every role connects to the socket in the data directory, under its own name."""
    config = Config(data=tmp_path)

    for role in ("owner", "writer", "projector", "reader"):
        parts = conninfo_to_dict(config.conninfo(role))
        assert (parts["host"], parts["user"], parts["dbname"]) == (f"{tmp_path}/postgres/server", f"muniment_{role}", "muniment")


@pytest.mark.skipif(os.geteuid() != 0, reason="where root keeps its data")
def test_roots_data_are_where_the_servers_account_can_reach_them():
    """Root's data are under /var/lib unless said otherwise: root's home is closed to the account that runs the server."""
    assert default_data({"HOME": "/root", "XDG_DATA_HOME": "/root/.local/share"}) == Path("/var/lib/muniment")


@pytest.mark.skipif(os.geteuid() == 0, reason="where others keep theirs")
def test_a_users_data_are_where_xdg_has_them(monkeypatch):
    """Anybody else's data are where the XDG directories have them."""
    monkeypatch.setenv("HOME", "/home/vale")

    assert default_data({}) == Path("/home/vale/.local/share/muniment")
    assert default_data({"XDG_DATA_HOME": "/srv/vale"}) == Path("/srv/vale/muniment")


def test_the_example_names_every_setting_with_its_default():
    """ops/env.example, read as systemd reads it, names every setting once, and what it sets is what holds where nothing is set."""
    lines = (Path(__file__).parents[2] / "ops/env.example").read_text().splitlines()
    given = [line.split("=", 1) for line in lines if line and not line.startswith("#")]

    assert sorted(name for name, _ in given) == sorted([*SETTINGS, "MUNIMENT_PG_BIN"])
    assert Config.from_environment(dict(given)) == Config(data=Path("/var/lib/muniment"))
