"""Every setting of a running Muniment, read once from the environment; nothing else reads it.

`SETTINGS` lists the names; `ops/env.example` says what each is for. A value that cannot be used, or a name that we do not know
(a misspelt setting would otherwise be silently ignored), is refused by name: `BadSetting`.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from service import embedded_postgres
from service.config import parsing
from service.config.parsing import VERIFIED, BadSetting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

__all__ = ["CLOCK_FILE", "MEBIBYTE", "SETTINGS", "VERIFIED", "BadSetting", "Config", "OpenID", "Role", "default_data"]

Role = Literal["owner", "writer", "projector", "reader"]

MEBIBYTE = 1024 * 1024
CLOCK_FILE = "demonstration-clock"


@dataclass(frozen=True, slots=True)
class OpenID:
    """The OpenID provider by which people may sign in, as whom we ask it, and by which claim it says that an address is verified."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    verified: str = "email_verified"


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """The settings; secrets stay out of its repr."""

    data: Path
    database_url: str | None = field(default=None, repr=False)  # None: our own server, under `data`
    writer_password: str | None = field(default=None, repr=False)
    projector_password: str | None = field(default=None, repr=False)
    reader_password: str | None = field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = 8765
    proxies: int = 0  # in front of us, each of which says from where it was asked
    key: str | None = field(default=None, repr=False)  # the API key with which the command line acts, the import too
    request_key: Path | None = None  # with which a program signs its requests (RFC 9421)
    request_passphrase_file: Path | None = None
    checkpoint_to: tuple[str, ...] = ()  # mail addresses and folders
    policy: Path | None = None  # whose cosignatures every checkpoint asks for, as tlog-policy has it
    tsa: str | None = None  # who stamps a checkpoint with the time (RFC 3161)
    tsa_roots: Path | None = None  # the certificates by which its tokens are verified
    tsa_every: int = 24  # hours between two tokens
    smtp: tuple[str, int] | None = None
    mail_from: str | None = None
    public_url: str | None = None  # where people sign in, as mails say
    passphrase_file: Path | None = None
    oidc_issuer: str | None = None  # by whose word people may sign in
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)
    oidc_client_secret_file: Path | None = field(default=None, repr=False)
    oidc_verified: str = "email_verified"  # the claim by which it says that it has verified an address
    demonstration_clock: datetime | None = None  # when a demonstration takes place; aware
    max_upload: int = 200 * MEBIBYTE  # bytes
    clamd: tuple[str, int] | Path | None = None  # what looks for malware: where it listens
    s3_bucket: str | None = None  # for evidence; None: the folder `evidence`, under `data`
    s3_endpoint: str | None = None  # None: Amazon's own
    s3_region: str | None = None
    s3_access_key: str | None = field(default=None, repr=False)
    s3_secret_key: str | None = field(default=None, repr=False)
    s3_lock_days: int = 365  # for which the bucket has to lock what is put into it, at least

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Config:
        """Read the settings; raise BadSetting. An empty value is as good as none."""
        for name in environ:
            if name.startswith("MUNIMENT_") and name not in SETTINGS and name != "MUNIMENT_PG_BIN":
                raise BadSetting(name, "…", f"is not a setting; the settings are {', '.join(SETTINGS)}, MUNIMENT_PG_BIN")
        given = {name: value for name in SETTINGS if (value := environ.get(name, "").strip())}
        values = {SETTINGS[name][0]: SETTINGS[name][1](name, value) for name, value in given.items()}
        data = values.setdefault("data", default_data(environ))
        if "demonstration_clock" not in values and isinstance(data, Path) and (kept := data / CLOCK_FILE).is_file():
            values["demonstration_clock"] = parsing.moment(CLOCK_FILE, kept.read_text(encoding="ascii").strip())
        config = cls(**values)  # type: ignore[arg-type]  # SETTINGS pairs each field with its parser
        if config.checkpoint_by_mail and not (config.smtp and config.mail_from):
            raise BadSetting("MUNIMENT_CHECKPOINT_TO", given["MUNIMENT_CHECKPOINT_TO"], "mail needs MUNIMENT_SMTP and MUNIMENT_MAIL_FROM")
        if bool(config.tsa) != bool(config.tsa_roots):
            raise BadSetting("MUNIMENT_TSA", config.tsa or "", "goes with MUNIMENT_TSA_ROOTS: a token that nobody verified proves nothing")
        if bool(config.oidc_issuer) != bool(config.oidc_client_id):
            raise BadSetting("MUNIMENT_OIDC_ISSUER", config.oidc_issuer or "", "goes with MUNIMENT_OIDC_CLIENT_ID: set both, or neither")
        if config.oidc_client_secret and config.oidc_client_secret_file:
            raise BadSetting("MUNIMENT_OIDC_CLIENT_SECRET", "…", "is given, and MUNIMENT_OIDC_CLIENT_SECRET_FILE too: give one of them")
        return config

    @property
    def openid(self) -> OpenID | None:
        """The OpenID provider by which people may sign in; None where there is none. Reads the secret's file."""
        if not (self.oidc_issuer and self.oidc_client_id):
            return None
        file = self.oidc_client_secret_file
        try:
            secret = file.read_text(encoding="utf-8").strip() if file else self.oidc_client_secret
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetting("MUNIMENT_OIDC_CLIENT_SECRET_FILE", str(file), "cannot be read") from error
        return OpenID(self.oidc_issuer, self.oidc_client_id, secret or None, self.oidc_verified)

    @property
    def checkpoint_by_mail(self) -> tuple[str, ...]:
        """The mail addresses among those that checkpoints go to."""
        return tuple(to for to in self.checkpoint_to if "@" in to and not to.startswith("/"))

    @property
    def url(self) -> str:
        """Where people sign in."""
        return self.public_url or f"http://{self.host}:{self.port}/"

    @property
    def embedded(self) -> bool:
        """Whether the server is our own."""
        return self.database_url is None

    @property
    def clock_file(self) -> Path:
        """Where a demonstration keeps when it takes place, so that every command on its data knows."""
        return self.data / CLOCK_FILE

    def clock(self) -> Callable[[], float]:
        """Return what tells the time, in POSIX seconds: a demonstration's begins at its own time and goes on from there."""
        if self.demonstration_clock is None:
            return time.time
        start, begun = self.demonstration_clock.timestamp(), time.monotonic()
        return lambda: start + time.monotonic() - begun

    def conninfo(self, role: Role) -> str:
        """Return the libpq string for one of our roles; the owner is whoever MUNIMENT_DATABASE_URL names."""
        if self.database_url is None:
            return embedded_postgres.conninfo(self.data, f"muniment_{role}")
        if role == "owner":
            return make_conninfo(self.database_url)
        parts = conninfo_to_dict(self.database_url) | {"user": f"muniment_{role}", "password": self.password(role)}
        return make_conninfo("", **{name: value for name, value in parts.items() if value is not None})

    def password(self, role: Role) -> str | None:
        """Return the password of a role of ours, where one is configured; the owner's is in the URL."""
        return {"writer": self.writer_password, "projector": self.projector_password, "reader": self.reader_password}.get(role)


def default_data(environ: Mapping[str, str]) -> Path:
    """Return where the data are when nobody says: root's under /var/lib, anybody else's where XDG has them."""
    if os.geteuid() == 0:
        return Path("/var/lib/muniment")
    base = environ.get("XDG_DATA_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "share") / "muniment"


SETTINGS: dict[str, tuple[str, Callable[[str, str], object]]] = {
    "MUNIMENT_DATA": ("data", parsing.path),
    "MUNIMENT_DATABASE_URL": ("database_url", parsing.url),
    "MUNIMENT_WRITER_PASSWORD": ("writer_password", parsing.text),
    "MUNIMENT_PROJECTOR_PASSWORD": ("projector_password", parsing.text),
    "MUNIMENT_READER_PASSWORD": ("reader_password", parsing.text),
    "MUNIMENT_HOST": ("host", parsing.text),
    "MUNIMENT_PORT": ("port", parsing.port),
    "MUNIMENT_PROXIES": ("proxies", parsing.proxies),
    "MUNIMENT_KEY": ("key", parsing.text),
    "MUNIMENT_REQUEST_KEY": ("request_key", parsing.path),
    "MUNIMENT_REQUEST_PASSPHRASE_FILE": ("request_passphrase_file", parsing.path),
    "MUNIMENT_CHECKPOINT_TO": ("checkpoint_to", parsing.recipients),
    "MUNIMENT_POLICY": ("policy", parsing.path),
    "MUNIMENT_TSA": ("tsa", parsing.web),
    "MUNIMENT_TSA_ROOTS": ("tsa_roots", parsing.path),
    "MUNIMENT_TSA_EVERY": ("tsa_every", parsing.hours),
    "MUNIMENT_SMTP": ("smtp", parsing.host_and_port),
    "MUNIMENT_MAIL_FROM": ("mail_from", parsing.mail),
    "MUNIMENT_URL": ("public_url", parsing.web),
    "MUNIMENT_PASSPHRASE_FILE": ("passphrase_file", parsing.path),
    "MUNIMENT_OIDC_ISSUER": ("oidc_issuer", parsing.issuer),
    "MUNIMENT_OIDC_CLIENT_ID": ("oidc_client_id", parsing.text),
    "MUNIMENT_OIDC_CLIENT_SECRET": ("oidc_client_secret", parsing.text),
    "MUNIMENT_OIDC_CLIENT_SECRET_FILE": ("oidc_client_secret_file", parsing.path),
    "MUNIMENT_OIDC_VERIFIED": ("oidc_verified", parsing.claim),
    "MUNIMENT_DEMONSTRATION_CLOCK": ("demonstration_clock", parsing.moment),
    "MUNIMENT_MAX_UPLOAD": ("max_upload", parsing.octets),
    "MUNIMENT_CLAMD": ("clamd", parsing.listens),
    "MUNIMENT_S3_BUCKET": ("s3_bucket", parsing.bucket),
    "MUNIMENT_S3_ENDPOINT": ("s3_endpoint", parsing.web),
    "MUNIMENT_S3_REGION": ("s3_region", parsing.text),
    "MUNIMENT_S3_ACCESS_KEY": ("s3_access_key", parsing.text),
    "MUNIMENT_S3_SECRET_KEY": ("s3_secret_key", parsing.text),
    "MUNIMENT_S3_LOCK_DAYS": ("s3_lock_days", parsing.days),
}
