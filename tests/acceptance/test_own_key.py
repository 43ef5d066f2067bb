"""Signing with a key of one's own, from outside: in a real browser and on the command line, down to what a stranger verifies."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import psycopg
import pytest
from playwright.sync_api import expect

from service.desk import accounts
from service.verify import parse_receipt
from tests.acceptance.boards import line
from tests.acceptance.product import verify
from tests.acceptance.served import Person, Served, a_browser, barriers, person, served

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Route

pytestmark = pytest.mark.xdist_group("browser")

PASSPHRASE = "correct horse battery staple"
EXPORT = """async () => {
  const database = await new Promise((done) => { indexedDB.open('muniment').onsuccess = (event) => done(event.target.result) })
  const [key] = await new Promise((done) => {
    database.transaction('own-keys').objectStore('own-keys').getAll().onsuccess = (event) => done(event.target.result)
  })
  return crypto.subtle.exportKey('pkcs8', key.privateKey).then(() => 'exported', (error) => error.name)
}"""


def test_acts_are_signed_in_a_browser_and_on_the_command_line_and_a_stranger_sees_by_whom(board, folder):
    """The chair makes a key in the browser and signs a decision with it; a lead signs with a file, also where there is no network.

    The browser signs nothing but what it shows, and nobody reads its key out. The offline verifier tells who signed.
    """
    with served(board, {}) as it:
        with a_browser() as browser, person(browser, it) as chair:
            makes_a_key(chair)
            signs_nothing_else(chair)
            signs_a_decision(chair)
            assert chair.complaints == []
        on_the_command_line(it, folder)
    ran = verify(board.pack(), "--key", board.key)
    assert (ran.code, re.findall(r"^signed: .*", ran.out, re.MULTILINE)) == (
        0,
        [f"signed: {board.size - 3} attested by the service, 3 by actors' own keys, 1 by chair, 2 by riv-lead"],
    )


def makes_a_key(chair: Person) -> None:
    """Make a key in this browser: it is enrolled, and cannot be read out."""
    chair.sign_in("chair")
    chair.go("/keys")
    expect(chair.page.get_by_text("This browser has no key of yours")).to_be_visible()
    assert barriers(chair.page) == []
    chair.page.get_by_role("button", name="Make a key in this browser").click()
    expect(chair.page.get_by_text("This browser has a key of yours")).to_be_visible()
    assert chair.page.evaluate(EXPORT) == "InvalidAccessError"


def signs_nothing_else(chair: Person) -> None:
    """Show something else than is to be signed: the browser says so, and signs nothing."""

    def other(route: Route) -> None:
        answer = route.fetch()
        first, second = re.findall(r'data-disclosure="([^"]+)"', body := answer.text())[:2]
        route.fulfill(response=answer, body=body.replace(first, second, 1))

    size = chair.served.product.size
    chair.page.route("**/withdraw_action", lambda route: other(route) if route.request.method == "POST" else route.continue_())
    fills_in(chair)
    expect(chair.page.get_by_text("This browser signs nothing: the fields that are shown are not those of the statement")).to_be_visible()
    expect(chair.page.get_by_role("button", name="Sign and record")).to_be_hidden()
    chair.page.unroute("**/withdraw_action")
    assert chair.served.product.size == size


def fills_in(chair: Person) -> None:
    """Withdraw an action, up to what is to be signed."""
    chair.go("/actions/A2/withdraw_action")
    expect(chair.page.get_by_text("You sign it with your own key, which is in this browser")).to_be_visible()
    chair.page.get_by_label("Reason").fill("Another board has done it")
    chair.page.get_by_role("button", name="Withdraw the action").click()
    expect(chair.page.get_by_role("heading", level=1)).to_contain_text("Sign: ")


def signs_a_decision(chair: Person) -> None:
    """Sign what is shown; change one's mind first, and find what one had typed."""
    fills_in(chair)
    chair.page.get_by_role("button", name="Change it").click()
    expect(chair.page.get_by_label("Reason")).to_have_value("Another board has done it")
    chair.page.get_by_role("button", name="Withdraw the action").click()
    shown = chair.page.locator("main")
    expect(shown).to_contain_text("Another board has done it")
    expect(shown).to_contain_text("signed as 2016-09-05")  # beside the date in words
    assert barriers(chair.page) == []
    chair.page.get_by_role("button", name="Sign and record").click()
    expect(chair.page.locator(".govuk-notification-banner--success")).to_contain_text("With your own key")


def on_the_command_line(it: Served, folder: Path) -> None:
    """Make a key in a file and sign two reports with it: at once, and by way of a file that a machine without a network has signed."""
    board, file, act = it.product, folder / "riverside.key", folder / "act.json"
    email = it.email("riv-lead")
    with psycopg.connect(board.config.conninfo("owner"), autocommit=True) as conn:
        (account,) = conn.execute("SELECT id FROM desk.account WHERE email = %s", (email,)).fetchone() or (None,)
        mine = {"MUNIMENT_KEY": accounts.create_api_key(conn, account, "riv-lead", "mine")}
    own, there = ("--signing-key", file, "--passphrase", PASSPHRASE), ("--server", it.address)
    origin = board.does("checkpoint").split("\n")[0]
    made = json.loads(board.does("signing-key", file, "--origin", origin, "--office", "riv-lead", "--passphrase", PASSPHRASE))
    report = ("report_progress", "A1", "-f", "rag=amber", "-f", "narrative=Half is read")
    early = board.run("sign", *report, *own, *there, **mine)
    assert (early.code, "the log knows no such key" in early.err) == (1, True), early
    assert board.brings_in(line("board-manager", "enrol_signing_key", "keys", **made)).code == 0

    asked = board.run("sign", *report, *own, *there, said="n\n", **mine)
    assert ("Half is read" in asked.err, asked.code) == (True, 1), asked
    said = board.does("sign", *report, *own, *there, said="y\n", **mine)
    assert parse_receipt(said[said.index("c2sp.org") :].rstrip() + "\n")[0] == board.size - 1

    board.does("sign", *report, *there, "--prepare", act, "--thumbprint", made["thumbprint"], **mine)
    size = board.size
    board.does("sign", "--offline", act, *own, "--yes")
    board.does("sign", "--commit", act, **mine)
    board.does("sign", "--commit", act, **mine)
    assert board.size == size + 1, "committed twice, recorded once"
    wrong = board.run("sign", *report, *own, "--server", "http://127.0.0.1:9", "--yes", **mine)
    assert (wrong.code, "does not answer" in wrong.err) == (2, True), wrong
