"""What the tests of pages ask for: somebody with a browser, signed in to an office of the small board."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from api.access import SESSION_COOKIE
from service.desk import accounts
from tests.api.conftest import serving
from tests.api.pages.whole import fill
from tests.boards import copy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.api.conftest import Asking
    from tests.boards import Seed, Seeded
    from tests.lending import Lending

HTML = {"Accept": "text/html"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
WITHOUT_FRAME = re.compile(r"<main.*</main>", re.DOTALL)


class Filled(HTMLParser):
    """Reads what the forms of a page hold, as a browser would send it: without buttons and files."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.said: dict[str, str] = {}
        self._within: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a field's value."""
        said = dict(attrs)
        name = said.get("name") or ""
        kind = said.get("type", "text")
        if tag == "input" and kind not in {"file", "submit"} and (kind not in {"radio", "checkbox"} or "checked" in said):
            self.said[name] = said.get("value") or ""
        if tag in {"select", "textarea"}:
            self._within = name
            self.said[name] = ""
        if tag == "option" and "selected" in said and self._within:
            self.said[self._within] = said.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        """Leave a field."""
        if tag in {"select", "textarea"}:
            self._within = None

    def handle_data(self, data: str) -> None:
        """Take what a field of many lines holds."""
        if self._within and self.lasttag == "textarea":
            self.said[self._within] += data


@dataclass
class Browser:
    """Somebody with a browser that has no JavaScript: follows links, sends forms with what is hidden in them."""

    client: FlaskClient
    seeded: Seeded
    office: str | None = None
    page: str = field(default="", init=False)
    sent: dict[str, Any] = field(default_factory=dict, init=False)

    def get(self, path: str, **how: Any) -> TestResponse:
        """Open a page."""
        response = self.client.get(path, headers=HTML, **how)
        self.page = response.get_data(as_text=True)
        return response

    def text(self, path: str) -> str:
        """Open a page and return the words in its middle."""
        response = self.get(path)
        assert response.status_code == 200, (path, response.status_code, self.words)
        return self.words

    @property
    def words(self) -> str:
        """Return the words in the middle of the page that is open."""
        main = WITHOUT_FRAME.search(self.page)
        text = re.sub(r"<[^>]+>", " ", main[0] if main else self.page)
        return re.sub(r" ([,.:)])", r"\1", " ".join(unescape(text).replace("\xa0", " ").split()))

    @property
    def recorded(self) -> int:
        """Return how many events the log has."""
        with psycopg.connect(self.seeded.config.conninfo("reader")) as conn:
            row = conn.execute("SELECT count(*) FROM ledger.event").fetchone()
        assert row is not None
        return row[0]

    @property
    def links(self) -> list[str]:
        """Return the addresses of the links on the page that is open."""
        return [unescape(href) for href in re.findall(r'href="([^"]+)"', self.page)]

    @property
    def hidden(self) -> dict[str, str]:
        """Return what the forms of the page carry along."""
        return {name: unescape(value) for name, value in HIDDEN.findall(self.page)}

    @property
    def filled(self) -> dict[str, str]:
        """Return what the forms of the page hold."""
        return Filled(self.page).said

    def send(self, path: str, said: dict[str, Any] | None = None, /, **hidden: str) -> TestResponse:
        """Open a form, fill it in and send it."""
        self.get(path)
        return self.post(path, (said or {}) | hidden)

    def post(self, path: str, said: dict[str, Any]) -> TestResponse:
        """Send the form of the page that is open to an address."""
        self.sent = self.hidden | said
        response = self.client.post(path, data=self.sent, headers=HTML, content_type="multipart/form-data")
        self.page = response.get_data(as_text=True)
        return response


def a_file(content: bytes = b"%PDF-1.4 an audit of ten files", name: str = "audit.pdf") -> tuple[io.BytesIO, str]:
    """Return a file as a form sends it."""
    return io.BytesIO(content), name


def day(name: str, year: int, month: int, on: int) -> dict[str, str]:
    """Return a date as a form of three parts sends it."""
    return {f"{name}-year": str(year), f"{name}-month": str(month), f"{name}-day": str(on)}


def browser(app: Flask, seeded: Seeded, office: str | None) -> Browser:
    """Return a browser in which the holder of an office is signed in; nobody, where none is named."""
    client = app.test_client()
    if office is not None:
        acts = None if office in {"operator", "nobody"} else office
        with psycopg.connect(seeded.config.conninfo("writer"), autocommit=True) as conn:
            client.set_cookie(SESSION_COOKIE, accounts.open_session(conn, seeded.callers[office].account, acts))
    return Browser(client, seeded, office)


@pytest.fixture
def sign_in(app: Flask, seeded: Seeded):
    """Give a way to be signed in, on a board that the test has for itself."""
    return lambda office=None: browser(app, seeded, office)


@pytest.fixture
def reader(shared: Asking):
    """Give a way to be signed in on a board that is only read."""
    return lambda office=None: browser(shared.client.application, shared.seeded, office)


@pytest.fixture(scope="session")
def whole(small_board: Seed, lending: Lending, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str | None], Browser]]:
    """Give a way to be signed in on a board with one of everything, which is only read."""
    with copy_of(small_board, lending, tmp_path_factory.mktemp("whole")) as it, serving(fill(it)) as app:
        yield lambda office=None: browser(app, it, office)
