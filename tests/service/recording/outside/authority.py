"""A time-stamping authority of the test's own: OpenSSL's, asked over real HTTP, with a root certificate that nobody else has."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from tests.needs import needs_program

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SETTINGS = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamps]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = it
[it]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *arguments: str) -> None:
    """Run OpenSSL in a folder."""
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def authority(folder: Path, name: str = "Time") -> Callable[..., Any]:
    """Make an authority in an empty folder, whose root is `root.pem`; return what answers for it, as a WSGI application.

    Its tokens carry its own certificate alone: more of them OpenSSL puts in an order that DER does not allow.
    """
    needs_program("openssl")
    folder.mkdir(exist_ok=True)
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-config", "cnf")
    for kind, own in (("root", f"{name} root"), ("stamps", f"{name} stamps")):
        (folder / "cnf").write_text(SETTINGS.format(name=own, folder=folder))
        issued = ("-CA", "root.pem", "-CAkey", "root.key") if kind == "stamps" else ()
        openssl(folder, "req", "-x509", *new, "-extensions", kind, "-keyout", f"{kind}.key", "-out", f"{kind}.pem", *issued)
    (folder / "serial").write_text("01")

    @Request.application
    def answer(request: Request) -> Response:
        return Response(_replied(folder, request.get_data()), content_type="application/timestamp-reply")

    return answer


def stamped(folder: Path, text: bytes) -> bytes:
    """Return the response of the authority in a folder over a text, as if it had been asked."""
    with TemporaryDirectory(dir=folder) as at:
        Path(at, "text").write_bytes(text)
        openssl(folder, "ts", "-query", "-data", f"{at}/text", "-sha256", "-cert", "-out", f"{at}/query")
        return _replied(folder, Path(at, "query").read_bytes())


def _replied(folder: Path, query: bytes) -> bytes:
    with TemporaryDirectory(dir=folder) as at:
        Path(at, "query").write_bytes(query)
        signs = ("-signer", "stamps.pem", "-inkey", "stamps.key", "-config", "cnf")
        openssl(folder, "ts", "-reply", "-queryfile", f"{at}/query", *signs, "-out", f"{at}/reply")
        return Path(at, "reply").read_bytes()
