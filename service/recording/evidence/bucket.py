"""Files in an S3 bucket whose objects are locked: for as long as the lock lasts nobody can alter or remove them, ourselves included.

The lock is the bucket's own default retention, in compliance mode. So what we sign in with needs no right to set a lock, and whoever
steals it can shorten none. That a file is locked is looked up after it was put there: in a bucket that locks nothing, nothing is kept.
A copy that somebody lays over a file is found out when it is opened, and the file itself is then still there, as the version before.
"""

from __future__ import annotations

import logging
import re
import tempfile
from base64 import b64encode
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from typing import IO, TYPE_CHECKING, Any, Final, cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from service.config import MEBIBYTE, BadSetting
from service.recording.evidence.folder import checked
from service.recording.evidence.refusals import NotLocked, StoreAway, UnknownEvidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from service.config import Config

LOCK: Final = "x-amz-object-lock-"
PATIENCE: Final = timedelta(seconds=30)
CODE: Final = re.compile(r"<Code>(\w{1,60})</Code>")


class Bucket:
    """A bucket of files."""

    def __init__(self, config: Config) -> None:
        """Open the bucket that the settings name; refuses where the library for it is not installed."""
        try:
            import obstore  # noqa: PLC0415 - an extra, for who keeps evidence in a bucket
            from obstore.store import S3Store  # noqa: PLC0415 - as above
        except ImportError as error:
            raise BadSetting("MUNIMENT_S3_BUCKET", str(config.s3_bucket), "needs the extra: pip install 'muniment[s3]'") from error
        said: dict[str, Any] = {"endpoint": (config.s3_endpoint or "").rstrip("/"), "region": config.s3_region}
        said |= {"access_key_id": config.s3_access_key, "secret_access_key": config.s3_secret_key}
        self._obstore: Any = obstore
        self._store: Any = S3Store(
            config.s3_bucket,
            **{name: value for name, value in said.items() if value},
            virtual_hosted_style_request=config.s3_endpoint is None,
            client_options={"allow_http": (config.s3_endpoint or "").startswith("http:"), "timeout": PATIENCE * 10},
            retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
        )
        self._locked_for = timedelta(days=config.s3_lock_days)

    def __repr__(self) -> str:
        """Name it, and nothing of what it signs in with."""
        return "Bucket()"

    def keep(self, file: Path, digest: str) -> None:
        """Put a file into the bucket, and make sure that it is locked. What is there already, and locked, stays."""
        name = _name(digest)
        if self._held(name) == file.stat().st_size and self._locked_until(name) > datetime.now(UTC):
            return
        with file.open("rb") as content:
            # No locked bucket takes an object without a checksum of it; S3 knows this one in a header that need not be signed.
            said = {"Content-Type": "application/octet-stream"}
            said |= {"Content-MD5": b64encode(file_digest(content, "md5").digest()).decode(), "Content-Length": str(content.tell())}
            content.seek(0)
            self._ask("PUT", name, said, content)
        if self._locked_until(name) < datetime.now(UTC) + self._locked_for - timedelta(hours=1):
            raise NotLocked(days=self._locked_for.days)

    def size(self, digest: str) -> int:
        """Return the size of a file that is held; refuses one that is not."""
        if (found := self._held(_name(digest))) is None:
            raise UnknownEvidence(sha256=digest)
        return found

    def open(self, digest: str) -> IO[bytes]:
        """Fetch what is stored under a hash into a file of its own, which is gone when it is closed."""
        with ExitStack() as undone:
            file = undone.enter_context(tempfile.TemporaryFile())
            with self._answering(digest):
                for block in self._obstore.get(self._store, _name(digest)).stream(min_chunk_size=MEBIBYTE):
                    file.write(block)
            file.seek(0)
            undone.pop_all()
            return file

    def _held(self, name: str) -> int | None:
        """Return the size of an object, None where there is none."""
        try:
            with self._answering():
                return int(self._obstore.head(self._store, name)["size"])
        except UnknownEvidence:
            return None

    def _locked_until(self, name: str) -> datetime:
        """Return until when an object cannot be removed by anybody."""
        said = self._ask("HEAD", name, {})
        until = said.get(f"{LOCK}retain-until-date")
        return datetime.fromisoformat(until) if until and said.get(f"{LOCK}mode") == "COMPLIANCE" else datetime.min.replace(tzinfo=UTC)

    def _ask(self, method: str, name: str, said: Mapping[str, str], content: IO[bytes] | None = None) -> Mapping[str, str]:
        """Ask the bucket what the library cannot: to take a file that it need not hold in memory, and of an object's lock.

        The library signs the address, which therefore stays out of every log and every error.
        """
        with self._answering():
            address = self._obstore.sign(self._store, method, name, PATIENCE * 20)
        try:
            asked = Request(address, method=method, data=content, headers=dict(said))  # noqa: S310 - the address is the bucket's
            with urlopen(asked, timeout=PATIENCE.seconds) as answer:  # noqa: S310 - as above
                return cast("Mapping[str, str]", answer.headers)
        except HTTPError as error:
            raise _away(f"{method} {error.code} {error.read(4096).decode(errors='replace')}") from None
        except OSError as error:
            raise _away(f"{method} {type(error).__name__}") from None

    @contextmanager
    def _answering(self, digest: str = "") -> Iterator[None]:
        """Say what the bucket answers in our own words: it may quote what we signed in with."""
        try:
            yield
        except (FileNotFoundError, self._obstore.exceptions.NotFoundError):
            raise UnknownEvidence(sha256=digest) from None
        except self._obstore.exceptions.BaseError as error:
            raise _away(f"{type(error).__name__} {error}") from None


def _away(why: str) -> StoreAway:
    """Log which of the bucket's error codes it was, and nothing else of its answer."""
    code = CODE.search(why)
    logging.getLogger(__name__).error("the evidence bucket: %s %s", why.split(maxsplit=1)[0], code[1] if code else "does not answer")
    return StoreAway()


def _name(digest: str) -> str:
    return f"{checked(digest)[:2]}/{digest}"
