"""The product as a browser meets it: served by real processes over Severnbrook's seven years, and people who sign in to it."""

from __future__ import annotations

import shutil
import signal
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from service.demonstration import TODAY
from service.desk import accounts
from tests.acceptance.product import PATIENCE, Product, free_port, wait
from tests.needs import cannot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, Page

    from tests.acceptance.starting import Started

PASSWORD = "correct horse battery staple"
CLOCK = {"MUNIMENT_DEMONSTRATION_CLOCK": TODAY.isoformat()}
WIDTHS = (1280, 375)
BROWSERS = ("chromium-headless-shell", "chromium")  # without windows a page costs a fifth; either is Debian's own
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AXE = """async ([options, some]) =>
    (await axe.run(some ? eval(some)() : document, {resultTypes: ['violations'], ...options})).violations"""  # not what passes
# Of all that is shown with words in it, one for each manner of writing on each ground: axe passes over a single letter, and what is hidden.
ONE_OF_EACH = """() => {
    const grounds = new Map([[null, '']]), found = new Map();
    const words = e => String(e.value ?? [...e.childNodes].map(one => one.nodeType === Node.TEXT_NODE ? one.data.trim() : '').join(''));
    const ground = e => {
        if (!grounds.has(e)) {
            const it = getComputedStyle(e);
            grounds.set(e, [ground(e.parentElement), it.backgroundColor, it.backgroundImage, it.opacity, it.filter, it.mixBlendMode,
                it.position, it.transform, it.overflow, it.clip, it.clipPath, e.matches(':disabled, [aria-disabled=true]')].join());
        }
        return grounds.get(e);
    };
    for (const e of document.body.querySelectorAll('*')) {
        const length = words(e).length;
        if (!length || !e.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
        const it = getComputedStyle(e), kind = [e.localName, it.color, it.fontSize, it.fontWeight, it.textShadow, ground(e)].join();
        if (!(found.get(kind)?.length >= length)) found.set(kind, {length, e});
    }
    return [...found.values()].map(one => one.e);
}"""
HOLDER = """
    SELECT term ->> 'holder' FROM views.offices, jsonb_array_elements(terms) AS term
     WHERE key = %s AND upper_inf(known) AND upper_inf(valid) AND (term ->> 'until_on') IS NULL"""


@dataclass
class Served:
    """Where it is served, and who has an account there by now."""

    product: Product
    address: str
    known: set[str] = field(default_factory=set)

    def email(self, office: str) -> str:
        """Return the address with which the holder of an office signs in; their account is made at the first need."""
        email = f"{office}@browser.example".lower()
        if office not in self.known:
            with psycopg.connect(self.product.config.conninfo("owner"), autocommit=True) as conn:
                row = conn.execute(HOLDER, (office,)).fetchone()
                assert row is not None, office
                accounts.create_account(conn, email, PASSWORD, person=row[0])
            self.known.add(office)
        return email


@contextmanager
def served(product: Product, clock: Mapping[str, str] = CLOCK) -> Iterator[Served]:
    """Serve a board, with the process that keeps its views, until the context ends. Nothing is recorded but what somebody does there.

    What falls due would be issued in the middle of a journey, or not, as it happens to take a minute.
    """
    with _process(product, "work", "--views-only", clock=clock), only_served(product, clock) as it:
        yield it


@contextmanager
def only_served(product: Product, clock: Mapping[str, str] = CLOCK) -> Iterator[Served]:
    """Serve a board, at another time too, without the process that keeps its views and issues what falls due."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with _process(product, "serve", "--port", port, clock=clock) as web:
        wait(lambda: web.poll() is not None or _answers(address), "the pages to come up")
        assert web.poll() is None, (product.data / "serve.log").read_text()
        yield Served(product, address)


@contextmanager
def _process(product: Product, *command: object, clock: Mapping[str, str] = CLOCK) -> Iterator[Started]:
    with (product.data / f"{command[0]}.log").open("w") as log:
        child = product.start_alone(*command, stdout=log, **clock)
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(PATIENCE)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/health/live", timeout=2).close()  # noqa: S310 - our own address
    except OSError:
        return False
    return True


@dataclass
class Person:
    """Somebody at a browser. What the browser complains of on pages that are well is kept in `complaints`."""

    page: Page
    served: Served
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> int:
        """Open a page; return its status."""
        response = self.page.goto(f"{self.served.address}{path}")
        assert response is not None
        return response.status

    def sign_in(self, office: str) -> None:
        """Sign in as the holder of an office does."""
        self.go("/sign-in")
        self.page.get_by_label("Email address").fill(self.served.email(office))
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()

    @property
    def words(self) -> str:
        """Return the words of the page, as they are shown."""
        return " ".join(self.page.inner_text("main").replace("\xa0", " ").split())


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Give Debian's own browser."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None) or cannot(f"not on this machine: {BROWSERS[0]}")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


@contextmanager
def person(browser: Browser, it: Served, *, width: int = 1280, **how: Any) -> Iterator[Person]:
    """Give somebody at a browser of their own."""
    context = browser.new_context(locale="en-GB", viewport={"width": width, "height": 900}, accept_downloads=True, **how)
    context.set_default_timeout(PATIENCE * 1000 / 2)
    somebody = Person(context.new_page(), it)
    somebody.page.on("console", lambda message: somebody.complaints.append(message.text) if message.type in {"error", "warning"} else None)
    somebody.page.on("filechooser", lambda _: None)  # the browser tells of it, and opens no window of its own in the meantime
    somebody.page.on("pageerror", lambda error: somebody.complaints.append(str(error)))
    try:
        yield somebody
    finally:
        context.close()


def barriers(page: Page, *, seen: bool = False) -> list[str]:
    """Return what keeps people out of a page: what axe finds, and what runs off its side.

    The contrast of words, which takes axe most of its time, is looked at once: a page that was `seen` at another width has its colours.
    And of words that look the same on the same ground, it is looked at where most of them stand: in one row of a table, not in hundreds.
    What is folded is opened first, also where a wide screen shows it as it is: axe passes over it.
    """
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate(AXE, [{"rules": {"color-contrast": {"enabled": False}}}, None])
    if not seen:
        found += page.evaluate(AXE, [{"runOnly": ["color-contrast"]}, ONE_OF_EACH])
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{v['id']}: {node['html'][:200]}" for v in found for node in v["nodes"]] + ([f"{wide} px too wide"] if wide > 0 else [])
