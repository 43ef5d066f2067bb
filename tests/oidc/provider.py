"""Runs that provider, and walks through its pages as whoever signs in there does."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

from tests.acceptance.product import free_port
from tests.conftest import RUN_FOLDER
from tests.needs import npm_installed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPResponse

HERE = Path(__file__).parent
CLIENT, SECRET = "muniment", "a secret of the client"
FORM = re.compile(r'action="([^"]+)"')


@dataclass(frozen=True)
class RealProvider:
    """Where it is, and where it sends people back."""

    issuer: str
    back: str

    def sign_in(self, address: str, name: str) -> str:
        """Follow an address to the provider, sign in there under a name, agree, and return the address to which one is sent back."""
        opener = build_opener(HTTPCookieProcessor(CookieJar()), _Stay())
        said: dict[str, str] | None = None
        while True:
            answer = _ask(opener, address, said)
            if answer.status in {302, 303}:
                address, said = urljoin(address, answer.headers["Location"]), None
                if address.startswith(self.back):
                    return address
                continue
            page = answer.read().decode()
            form = FORM.search(page)
            assert form, page
            address = urljoin(address, form[1])
            said = {"prompt": "login", "login": name, "password": "any"} if 'name="login"' in page else {"prompt": "consent"}


class _Stay(HTTPRedirectHandler):
    """Follows no redirect by itself."""

    def redirect_request(self, *_: object) -> None:
        """Stay."""


def _ask(opener, address: str, said: dict[str, str] | None) -> HTTPResponse | HTTPError:
    try:
        return opener.open(address, urlencode(said).encode() if said else None, timeout=30)
    except HTTPError as answer:
        return answer


@contextmanager
def running(back: str) -> Iterator[RealProvider]:
    """Let the provider run, which sends people back to this address."""
    folder, port = npm_installed(HERE, Path(os.environ[RUN_FOLDER])), free_port()
    command = ["node", "provider.mjs", str(port), back]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as node:
        try:
            said = [line for line in iter(node.stdout.readline, "listening\n") if line == ""][:1]
            assert not said, "the provider did not start"
            yield RealProvider(f"http://127.0.0.1:{port}", back)
        finally:
            node.terminate()
