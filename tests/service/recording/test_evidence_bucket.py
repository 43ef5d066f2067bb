"""Evidence in an S3 bucket, against a server that speaks S3 and locks objects: moto's, as a process of its own.

It proves what we send and what we make of each answer: checksums, the lock that is looked up, that what is locked is refused to
whoever would delete it, and what an overlaid object does. It checks no signature: what another server says to a wrong one is not seen here.
"""

from __future__ import annotations

import io
import logging
import os
import socket
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from service.config import MEBIBYTE, Config
from service.recording.evidence.bucket import Bucket
from service.recording.evidence.refusals import NotLocked, NotWhatWasKept, StoreAway, UnknownEvidence
from service.recording.evidence.store import EvidenceStore
from tests.needs import needs_module

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "a-secret-that-nobody-prints"
PDF = b"%PDF-1.7 the audit of the pathway"
DIGEST = sha256(PDF).hexdigest()
NAME = f"{DIGEST[:2]}/{DIGEST}"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Give the address of an S3 server of this module's own."""
    needs_module("moto", "obstore", "flask_cors")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = monotonic() + 60
    while monotonic() < until and server.poll() is None:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=10):
            break
    yield f"http://127.0.0.1:{port}"
    server.kill()
    server.wait()


@pytest.fixture(scope="module")
def owner(endpoint: str) -> Any:
    """Give the client of whoever owns the buckets, who may do more than the product may."""
    import boto3  # noqa: PLC0415 - comes with moto

    who = {"aws_access_key_id": "AKIAOWNER", "aws_secret_access_key": "owner", "region_name": "eu-west-2"}
    return boto3.client("s3", endpoint_url=endpoint, **who)


def make(owner: Any, name: str, days: int | None = 400, mode: str = "COMPLIANCE") -> str:
    """Make a bucket whose default retention is so many days, or one that locks nothing."""
    where = {"LocationConstraint": "eu-west-2"}
    owner.create_bucket(Bucket=name, CreateBucketConfiguration=where, ObjectLockEnabledForBucket=days is not None)
    if days is not None:
        rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": mode, "Days": days}}}
        owner.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=rule)
    return name


def settings(endpoint: str, bucket: str, data: Path) -> Config:
    """Return the settings of a board that keeps its evidence in a bucket."""
    said = {"s3_access_key": "AKIABOARD", "s3_secret_key": SECRET, "s3_region": "eu-west-2"}
    return Config(data=data, s3_bucket=bucket, s3_endpoint=endpoint, **said)


@pytest.fixture
def bucket(owner: Any, request: pytest.FixtureRequest) -> str:
    """Give a bucket of this test's own that locks."""
    return make(owner, f"b{sha256(request.node.name.encode()).hexdigest()[:20]}")


@pytest.fixture
def store(endpoint: str, bucket: str, tmp_path: Path) -> EvidenceStore:
    """Give a store over the bucket, as the settings make it."""
    return EvidenceStore.of(settings(endpoint, bucket, tmp_path))


def test_a_file_is_kept_under_its_hash_and_locked(store, owner, bucket, tmp_path):
    """A file that was received is in the bucket, under its hash, locked for as long as was asked; on our disk nothing stays of it."""
    received = store.receive(io.BytesIO(PDF), "audit.pdf")
    kept = owner.head_object(Bucket=bucket, Key=NAME)

    assert received == (DIGEST, len(PDF), "application/pdf", False)
    assert kept["ObjectLockMode"] == "COMPLIANCE"
    assert kept["ObjectLockRetainUntilDate"] > datetime.now(UTC) + timedelta(days=399)
    assert store.size(DIGEST) == len(PDF)
    with store.open(DIGEST) as file:
        assert file.read() == PDF
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_large_file_goes_through(store):
    """A file that is larger than any block of it arrives whole, and comes back whole."""
    content = b"%PDF-1.7" + os.urandom(17 * MEBIBYTE)
    received = store.receive(io.BytesIO(content), "scan.pdf")

    with store.open(received.sha256) as file:
        assert file.read() == content


def test_the_same_file_again_is_the_same_object(store, owner, bucket):
    """The same content, sent again, is accepted and put nowhere a second time."""
    for _ in range(2):
        store.receive(io.BytesIO(PDF), "audit.pdf")

    assert len(owner.list_object_versions(Bucket=bucket)["Versions"]) == 1


def test_nobody_removes_or_replaces_what_is_locked(store, owner, bucket):
    """Who owns the bucket cannot delete a locked file; what they lay over it is found out when it is opened, and the file is there."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - comes with moto

    store.receive(io.BytesIO(PDF), "audit.pdf")
    (version,) = owner.list_object_versions(Bucket=bucket)["Versions"]
    with pytest.raises(ClientError, match="AccessDenied"):
        owner.delete_object(Bucket=bucket, Key=NAME, VersionId=version["VersionId"], BypassGovernanceRetention=True)
    owner.put_object(Bucket=bucket, Key=NAME, Body=b"Every record was in order")
    with pytest.raises(NotWhatWasKept):
        store.open(DIGEST)

    assert owner.get_object(Bucket=bucket, Key=NAME, VersionId=version["VersionId"])["Body"].read() == PDF


@pytest.mark.parametrize(("days", "mode"), [(None, ""), (30, "COMPLIANCE"), (400, "GOVERNANCE")])
def test_a_bucket_that_does_not_lock_keeps_nothing(endpoint, owner, tmp_path, days, mode):
    """No lock, one that is too short, or one that its owner may lift: the file is refused, until the bucket is set right."""
    name = make(owner, f"unlocked-{days}-{mode.lower()}x", days, mode)
    store = EvidenceStore.of(settings(endpoint, name, tmp_path))
    for _ in range(2 if days is None else 1):
        with pytest.raises(NotLocked):
            store.receive(io.BytesIO(PDF), "audit.pdf")


def test_what_is_not_there_and_a_bucket_that_does_not_answer_are_told_apart(store, endpoint, tmp_path, caplog):
    """A hash that nothing was kept under is no file; a bucket that is not there, or not reached, is said in words, without secrets."""
    with pytest.raises(UnknownEvidence):
        store.open("0" * 64)
    with pytest.raises(UnknownEvidence):
        store.size("../../etc/passwd")
    (tmp_path / "a.pdf").write_bytes(PDF)
    for config in (settings(endpoint, "no-such-bucket", tmp_path), settings("http://127.0.0.1:9", "bucket", tmp_path)):
        files = Bucket(config)
        with caplog.at_level(logging.DEBUG), pytest.raises(StoreAway) as refused:
            files.keep(tmp_path / "a.pdf", DIGEST)
        assert "the evidence bucket: " in caplog.text
        for said in (str(refused.value), caplog.text, repr(vars(files)), repr(files), repr(config)):
            assert SECRET not in said
            assert "X-Amz-" not in said
