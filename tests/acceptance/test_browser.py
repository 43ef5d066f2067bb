"""The pages in a real browser, against real processes: what an inspector, a designated lead and a chair do first, without a manual."""

from __future__ import annotations

import re
import shutil
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from playwright.sync_api import expect

from api.app import create_app
from service.desk.coming_in import links, throttle
from service.verify import leaf_hash, open_checkpoint, parse_receipt, root_from_inclusion
from tests.acceptance import boards
from tests.acceptance.asking import Asking
from tests.acceptance.product import positions, verify
from tests.acceptance.served import PASSWORD, WIDTHS, Person, Served, a_browser, barriers, person, served
from tests.databases import reachable_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator

    from tests.acceptance.product import Product

pytestmark = pytest.mark.xdist_group("browser")

OWN_ACTION = (
    "Castle Quay Hospitals NHS Foundation Trust owns A90, so it cannot sign it off "
    "(nobody judges an action that their own agency owns; framework, page 8)"
)
NOWHERE = "/nowhere"
PAGES = {
    "home": "/",
    "register": "/actions",
    "register then": "/actions?as_at=2016-11-14&known_at=2016-11-14&only=overdue",
    "dates refused": "/actions?as_at=2017-01-01&known_at=2016-11-14",
    "nothing there": "/actions?status=slipped&owner=HVN",
    "action": "/actions/A13",
    "event": "/events/338",
    "form": "/actions/A13/vary_due_date",
    "new action": "/actions/new",
    "replay": "/replay?as_at=2016-11-14&known_at=2016-11-14",
    "reviews": "/reviews",
    "review": "/reviews/SB-2016-03",
    "review then": "/reviews/SB-2016-03?as_at=2016-04-29&known_at=2016-04-29",
    "response form": "/reviews/SB-2015-01/formulate_response",
    "partnership": "/partnership",
    "partnership then": "/partnership?as_at=2019-06-01",
    "agency that left": "/agencies/CRC-S",
    "sub-group": "/sub-groups/quality",
    "office": "/offices/chair",
    "meetings": "/meetings",
    "meeting": "/meetings/BOARD-2016-09",
    "meeting form": "/meetings/new",
    "returns": "/returns",
    "section 11": "/section-11",
    "workforce": "/workforce",
    "several asked": "/returns/ask",
    "challenges": "/challenges",
    "challenge": "/challenges/CH-2016-1",
    "attendance": "/meetings/attendance?year=2016",
    "library": "/library",
    "library of a factor": "/library?factor=communication",
    "data protection": "/data-protection",
    "somebody found": "/data-protection/find",
    "retention": "/data-protection/retention",
    "course": "/courses/NEG",
    "resource": "/resources/RIP",
    "courses": "/courses",
    "resources": "/resources",
    "inspections": "/inspections",
    "inspection form": "/inspections/new",
    "invitation": "/inspections/inspector/invite",
    "rehearsal": "/rehearsal",
    "account": "/account",
    "evidence": "/evidence?agency=RIV",
    "evidence form": "/evidence/new",
    "packs": "/packs",
    "integrity": "/integrity",
    "offices": "/office",
    "accessibility": "/accessibility",
    "not there": NOWHERE,
}
# Those that are laid out as one of the others is: looked at on a telephone alone, where there is least room.
NARROW = {
    "amendments": "/amendments",
    "keys of programs": "/api-keys",
    "grid": "/compliance",
    "two dates": "/difference?as_at=2016-11-14&known_at=2016-11-14",
    "dissemination": "/disseminations",
    "item": "/disseminations/ALDER-PAGE",
    "correction": "/events/1348/correct",
    "signing keys": "/keys",
    "obligations": "/obligations?owner=RIV",
    "clause": "/obligations/LIF-TRN-02",
    "obligation": "/obligations/LIF-INT-02.receipt/BOARD/dissemination%3AFRAMEWORK-2016/FAR",
    "inspection": "/inspections/inspector",
    "priorities": "/priorities/2016-2018",
    "programme": "/programme",
    "public": "/public",
    "reports": "/reports",
    "draft": "/reports/2016-17",
    "note": "/reports/2016-17/notes/1",
    "return": "/returns/s11-2016-RIV",
    "public review": "/public/reviews/SB-2015-01",
    "public event": "/public/events/1310",
    "sessions": "/sessions",
    "session": "/sessions/AIACP-2016-11",
    "links of the day": "/sessions/IACP-2021-05/links/day",
    "links of the follow-up": "/sessions/IACP-2021-05/links/follow-up",
    "notices": "/notices",
}
STRANGE = {"sign in": "/sign-in", "what this is": "/", "forgotten": "/forgotten", "ended link": "/new-password/ended"}
ABOVE = {True: 300, False: 400}  # pixels of a telephone before the first heading of a page, with scripts and without
# What answers a GET with no page of its own, and what is walked to by a link below, or in the journey of the report.
NO_PAGES = frozenset({
    "static", "health.live", "health.ready", "problems.problems", "problems.problem",
    "register.as_file", "members.listed", "provider.set_out", "provider.come_back", "sign_in.enter", "public.receipt", "public.data",
    "public.as_pdf", "public.pack", "public.newest", "public.edition", "invited.form", "taking_part.form", "person.person",
    "mentions.mentions", "held.held",
})  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give the browser."""
    with a_browser() as it:
        yield it


@pytest.fixture(scope="module")
def site(browser: Browser, postgres: str) -> Iterator[Served]:
    """Give Severnbrook, served."""
    assert browser
    folder = reachable_folder()
    with boards.demonstration(postgres).copy(folder / "severnbrook", postgres) as product, served(product) as it:
        yield it
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def visitor(browser: Browser, site: Served) -> Iterator[Person]:
    """Give somebody at a browser; whatever it complained of is a defect."""
    with person(browser, site) as somebody:
        yield somebody
        assert somebody.complaints == []


def test_signing_in_leads_to_what_is_owed(visitor: Person):
    """A designated lead signs in with an address and a password, and lands on what their agency owes, what is coming due first."""
    visitor.sign_in("lead-RIV")

    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("What is owed by you")
    expect(visitor.page.get_by_role("heading", name="Overdue, the most recent first")).to_be_visible()
    expect(visitor.page.locator(".muniment-owed__item").first).to_contain_text(re.compile("Due|Overdue"))
    assert "Leonard Abara" in visitor.page.inner_text("body")


def test_the_register_at_two_clocks(visitor: Person):
    """A13 was signed off on 1 December as known then; as known today it was not, because the sign-off was retracted (journey F.10)."""
    visitor.sign_in("inspector")
    visitor.page.get_by_role("link", name="Action register").first.click()
    visitor.page.get_by_label("As at").fill("2016-12-01")
    visitor.page.get_by_label("As known at").fill("2016-12-01")
    visitor.page.get_by_label("Owned by").select_option(label="Riverside Community Health CIC")
    visitor.page.get_by_role("button", name="Show").click()
    row = visitor.page.get_by_role("row").filter(has_text="A13")
    expect(row).to_contain_text("Signed off 21 November 2016")

    visitor.page.get_by_label("As known at").fill("")
    visitor.page.get_by_role("button", name="Show").click()
    expect(row).to_contain_text("Not signed off")
    expect(row).to_contain_text("Implemented, awaiting sign-off")
    expect(row).to_contain_text("Retracted on 5 December 2016")


def test_a_demonstration_says_that_it_issues_no_notices(visitor: Person):
    """Of what is long overdue in a demonstration no notice was served; its page says why, so that nobody takes it for neglect."""
    visitor.sign_in("inspector")
    visitor.go("/obligations?owner=RIV&state=overdue")
    visitor.page.locator("a.muniment-register__title").first.click()
    expect(visitor.page.get_by_role("main")).to_contain_text("This is a demonstration: its days are told, and it issues no notices.")


def test_a_figure_is_followed_down_to_its_signed_event(visitor: Person):
    """From the register to the action, to the event, to its statement; and this browser finds the event in the log itself."""
    visitor.sign_in("inspector")
    visitor.go("/actions?owner=RIV")
    visitor.page.get_by_role("link", name=re.compile("^A13 ")).click()
    visitor.page.get_by_text(re.compile(r"^\d+ more entr(y|ies)$")).click()
    event = re.compile(r"^Event [\d,]+$")
    acts = visitor.page.get_by_role("listitem").filter(has_text="Signed off").filter(has=visitor.page.get_by_role("link", name=event))
    acts.first.get_by_role("link", name=event).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Signed off")
    visitor.page.get_by_text("The signed statement", exact=True).click()
    expect(visitor.page.get_by_label("The signed statement")).to_contain_text("eyJ")
    visitor.page.get_by_role("button", name="Find this event in the log now").click()
    expect(visitor.page.get_by_role("heading", name="Verified in this browser")).to_be_visible()
    expect(visitor.page.locator("[data-verify-verdict]")).to_contain_text("is in the log at that position")


def test_a_promise_from_assignment_to_the_sign_off_that_is_refused(browser: Browser, site: Served, tmp_path: Path):
    """One action through forms alone (F.3): assigned, accepted, evidenced with a file, implemented; the owner's own chair is refused."""
    with person(browser, site) as chair, person(browser, site) as lead, person(browser, site) as quality:
        assign(chair)
        lead.sign_in("lead-CQH")
        act(lead, "Accept the action")
        evidence(lead, tmp_path)
        kept = download(lead, tmp_path)
        act(lead, "Say that it is implemented", statement="All wards work so")
        size = site.product.size
        refused(quality)

        assert site.product.size == size
        assert parse_receipt(kept.read_text())[0] == positions(site.product, "action.evidence_submitted.v1", "A90")[-1] - 1
        act(chair, "Sign the action off", effect="Eight of ten wards ask every time")
        expect(chair.page.get_by_text("Signed off, to be re-tested")).to_be_visible()
        assert chair.complaints + lead.complaints == []


def assign(chair: Person) -> None:
    """Assign an action to the trust that employs the chair of Quality, overseen by Quality."""
    chair.sign_in("chair")
    chair.page.get_by_role("link", name="Assign an action").click()
    page = chair.page
    page.get_by_label("Reference").fill("A90")
    page.get_by_label("Title").fill("Ask about children on every adult ward")
    page.get_by_role("radio", name="Practice").check()
    page.get_by_label("Owned by").select_option(label="Castle Quay Hospitals NHS Foundation Trust")
    page.get_by_role("radio", name="Quality").check()
    for part, value in (("Day", "31"), ("Month", "3"), ("Year", "2022")):
        page.get_by_role("group", name="Due").get_by_label(part).fill(value)
    page.get_by_label("How we will know").fill("Eight of ten wards ask every time")
    page.get_by_label("Intended for children").fill("Children of patients are seen")
    page.get_by_role("button", name="Assign an action").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask about children on every adult ward")
    expect(page.get_by_text("Recorded", exact=True).first).to_be_visible()


def act(who: Person, title: str, **said: str) -> None:
    """Do with A90 what its page offers."""
    who.go("/actions/A90")
    who.page.get_by_role("link", name=title).click()
    for name, text in said.items():
        who.page.locator(f"[name={name}]").fill(text)
    who.page.get_by_role("button", name=title).click()
    expect(who.page.locator(".govuk-notification-banner--success")).to_be_visible()


def evidence(lead: Person, folder: Path) -> None:
    """Hand in a file; forget its date first, and find everything else kept."""
    file = folder / "ward-audit.pdf"
    file.write_bytes(b"%PDF-1.4 ten wards")
    lead.go("/actions/A90/submit_evidence")
    page = lead.page
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("What the file is").fill("Audit of ten wards")
    page.get_by_label("Effect for children").fill("Eight of ten wards ask every time")
    page.get_by_role("button", name="Submit evidence").click()
    expect(page.get_by_role("alert")).to_contain_text("Date on the evidence: a date is needed")
    lead.complaints.clear()  # the browser complains of every answer that refuses
    expect(page.get_by_label("Effect for children")).to_have_value("Eight of ten wards ask every time")
    for part, value in (("Day", "24"), ("Month", "9"), ("Year", "2021")):
        page.get_by_role("group", name="Date on the evidence").get_by_label(part).fill(value)
    page.get_by_role("button", name="Submit evidence").click()
    expect(page.locator(".govuk-notification-banner--success")).to_contain_text("Evidence submitted")
    expect(page.locator("main")).to_contain_text("Audit of ten wards (18 bytes), dated 24")


def download(lead: Person, folder: Path) -> Path:
    """Keep the receipt that the page offers."""
    with lead.page.expect_download() as started:
        lead.page.get_by_role("link", name="Download the receipt").click()
    started.value.save_as(path := folder / "receipt")
    return path


def refused(quality: Person) -> None:
    """Try to sign off one's own employer's action: it is not offered, and refused to whoever sends it all the same."""
    quality.sign_in("quality-chair")
    quality.go("/actions/A90")
    expect(quality.page.locator("main")).to_contain_text(OWN_ACTION)
    expect(quality.page.get_by_role("link", name="Sign the action off")).to_have_count(0)
    quality.go("/actions/A90/sign_off_action")
    quality.page.get_by_text("It was so on an earlier day: record it late", exact=True).click()
    quality.page.get_by_label("Effect for children").fill("It is done")
    quality.page.get_by_role("button", name="Sign the action off").click()
    expect(quality.page.get_by_role("alert")).to_contain_text(OWN_ACTION)
    expect(quality.page.get_by_label("Effect for children")).to_have_value("It is done")


def test_replay_says_what_the_board_believed_and_what_is_known_now(visitor: Person):
    """The inspector's sentence (journey F.1): three were believed overdue, it was five, two were recorded late; each opens."""
    visitor.sign_in("inspector")
    visitor.page.get_by_role("link", name="The record", exact=True).click()
    visitor.page.get_by_label("As at").fill("2016-11-14")
    visitor.page.get_by_label("As known at").fill("2016-11-14")
    visitor.page.get_by_role("button", name="Replay").click()
    said = "On 14 November 2016 the Board believed 3 actions were overdue. We now know it was 5: two were recorded late (events"
    assert said in visitor.words

    visitor.page.get_by_role("link", name="3 actions were overdue").click()
    expect(visitor.page.locator("tbody tr")).to_have_count(3)
    visitor.page.go_back()
    visitor.page.get_by_role("link", name="5", exact=True).first.click()
    expect(visitor.page.locator("tbody tr")).to_have_count(5)


def test_anybody_checks_the_log_in_their_browser(visitor: Person):
    """Without an account, the browser re-hashes the whole log into its signed root."""
    visitor.go("/integrity")
    visitor.page.get_by_role("button", name="Verify now in this browser").click()

    expect(visitor.page.get_by_role("heading", name="Verified in this browser")).to_be_visible()
    expect(visitor.page.locator("[data-verify-verdict]")).not_to_contain_text("Failed")


def test_a_log_that_was_altered_is_not_verified(visitor: Person):
    """One flipped bit in what the browser fetches, and it says NOT verified."""

    def flip(route):
        answer = route.fetch()
        body = bytearray(answer.body())
        body[40] ^= 1
        route.fulfill(response=answer, body=bytes(body))

    visitor.page.route("**/log/tile/0/**", flip)
    visitor.go("/integrity")
    visitor.page.get_by_role("button", name="Verify now in this browser").click()

    expect(visitor.page.get_by_role("heading", name="NOT verified")).to_be_visible()


def test_a_barrier_would_be_found(browser: Browser):
    """A picture without words, each faint line among others and a line wider than the screen are found: the check of pages can fail."""
    page = browser.new_page(viewport={"width": 375, "height": 600})
    faint = ("color: #999", "background: #666", "opacity: 0.4")
    lines = "".join(f'<p style="{style}">A line</p><p>A longer line than the last</p>' for style in ("", *faint))
    page.set_content(f'<html lang="en"><title>t</title><main><h1>t</h1><img src="x">{lines}<p style="width: 900px">wide</p></main></html>')
    found, again = barriers(page), barriers(page, seen=True)
    page.close()

    assert [wrong.partition(":")[0] for wrong in found] == ["image-alt", *["color-contrast"] * len(faint), "533 px too wide"]
    assert [wrong.partition(":")[0] for wrong in again] == ["image-alt", "533 px too wide"]


def test_no_page_is_left_out(site: Served):
    """Every address that gives a page is among those that are looked at below."""
    routes = create_app(site.product.config).url_map
    addresses, paths = routes.bind("localhost"), [*PAGES.values(), *NARROW.values(), *STRANGE.values()]
    looked_at = {addresses.match(path.partition("?")[0])[0].partition(" ")[0] for path in paths if path != NOWHERE}
    shown = (rule for rule in routes.iter_rules() if "GET" in (rule.methods or ()) and not rule.rule.startswith(("/api/", "/log/")))
    every = {rule.endpoint.partition(" ")[0] for rule in shown}  # one form of acts for every kind of thing

    assert every - looked_at - NO_PAGES == set()


def test_no_page_keeps_anybody_out(browser: Browser, site: Served, tmp_path: Path):
    """Axe finds nothing, nothing runs off the side and nothing complains, on any page, at a desk and on a telephone."""
    found: dict[str, list[str]] = {}
    with person(browser, site, width=WIDTHS[0]) as visitor:
        for name, path in STRANGE.items():
            visitor.go(path)
            found |= at_every_width(visitor, name, tmp_path)
        visitor.complaints.clear()
        visitor.sign_in("chair")
        for name, path in PAGES.items():
            status = visitor.go(path)
            found |= at_every_width(visitor, name, tmp_path)
            found[f"{name} says"] = visitor.complaints[:] if status == 200 else []
            visitor.complaints.clear()
    with person(browser, site, width=WIDTHS[1]) as manager, person(browser, site, width=WIDTHS[1]) as stranger:
        manager.sign_in("board-manager")
        for name, path in NARROW.items():
            assert manager.go(path) == 200, name
            found[name] = barriers(manager.page) + manager.complaints
        for name, somebody in what_no_address_leads_to(manager, stranger):
            found[name] = barriers(somebody.page)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def what_no_address_leads_to(manager: Person, stranger: Person) -> Iterator[tuple[str, Person]]:
    """Give the pages that a link or a form alone leads to, as they open: a person's, refusals, and those of a link that works once."""
    manager.go("/data-protection")
    opens(manager, manager.page.locator("main a[href^='/subjects/']:not([href$='/new'])").first)
    yield "a person", manager
    stranger.sign_in("dpo")
    stranger.go("/data-protection")
    opens(stranger, stranger.page.locator("tr", has_text="Access asked").locator("a[href^='/subjects/']").first)
    for words in ("Find their name in what was written", "Everything that is held about them"):
        address = stranger.page.url
        opens(stranger, stranger.page.get_by_role("link", name=words))
        yield words, stranger
        stranger.page.goto(address)
    stranger.page.context.clear_cookies()
    manager.go("/actions/new")
    opens(manager, manager.page.get_by_role("button", name="Assign an action"))
    yield "a form after a refusal", manager
    assert manager.go("/events/338/correct") == 403
    yield "what is not theirs", manager
    manager.go("/sessions/IACP-2021-05/links/follow-up")
    opens(manager, manager.page.locator("main form button").first)
    stranger.page.goto(str(manager.page.locator("main a[href*='/take-part/']").first.get_attribute("href")))
    yield "taking part", stranger
    inspector = stranger.served.email("inspector")
    with psycopg.connect(stranger.served.product.config.conninfo("owner"), autocommit=True) as conn:
        (holder,) = conn.execute("SELECT person FROM desk.account WHERE email = %s", (inspector,)).fetchone() or (None,)
        conn.execute("UPDATE desk.account SET disabled_at = now() WHERE person = %s", (holder,))  # who has an account is not invited
        until = datetime.now(UTC) + timedelta(hours=1)
        stranger.go(f"/invited/{links.to_invite(conn, 'inspector', holder, now=datetime.now(UTC), until=until)}")
        yield "invited", stranger
        conn.execute("UPDATE desk.account SET disabled_at = NULL WHERE person = %s", (holder,))
        (account,) = conn.execute("SELECT id FROM desk.account WHERE email = %s", (stranger.served.email("chair"),)).fetchone() or (None,)
        stranger.go(f"/new-password/{links.to_reset(conn, account, now=datetime.now(UTC), until=until)}")
        yield "another password", stranger
        for _ in range(throttle.SIGNING_IN.most):
            throttle.count(conn, throttle.SIGNING_IN, "nobody@browser.example")
    stranger.go("/sign-in")
    stranger.page.get_by_label("Email address").fill("nobody@browser.example")
    stranger.page.get_by_label("Password").fill(PASSWORD)
    stranger.page.get_by_role("button", name="Sign in").click()
    expect(stranger.page.get_by_role("alert")).to_contain_text("tried too often")
    yield "too many attempts", stranger


def opens(somebody: Person, what: Locator) -> None:
    """Click on what leads to another page, and wait until that has come."""
    with somebody.page.expect_navigation():
        what.click()


def at_every_width(visitor: Person, name: str, folder: Path) -> dict[str, list[str]]:
    """Return what keeps people out of the page that is open, at each width: it is opened once, and the window made narrower."""
    found: dict[str, list[str]] = {}
    for width in WIDTHS:
        visitor.page.set_viewport_size({"width": width, "height": 800})
        found[f"{name} at {width}"] = barriers(visitor.page, seen=width != WIDTHS[0])
        if found[f"{name} at {width}"]:
            visitor.page.screenshot(path=folder / f"{name} {width}.png", full_page=True)
    visitor.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_one_long_word_makes_no_page_wider(browser: Browser, site: Served, width: int):
    """A word of 220 letters where somebody may type one, and thumbprints, break within their cell, fact or card."""
    with person(browser, site, width=width) as visitor:
        visitor.sign_in("chair")
        for path in ("/keys", "/partnership", "/agencies/RIV"):
            visitor.go(path)
            visitor.page.evaluate("document.querySelectorAll('td, dd').forEach(cell => cell.append('y'.repeat(220)))")
            assert visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path


def test_the_tracker_leads_to_a_review_its_breach_and_the_signed_event(visitor: Person):
    """From the tracker to Cedar: decided nine days late and why, its lead reviewer not independent; down to the event that says so."""
    visitor.sign_in("inspector")
    visitor.page.get_by_role("link", name="Reviews and actions", exact=True).click()
    visitor.page.get_by_label("Kind").select_option(label="Serious case review")
    visitor.page.get_by_role("button", name="Show").click()
    visitor.page.get_by_role("link", name="SB-2016-03 Cedar").click()
    expect(visitor.page.get_by_role("listitem").filter(has_text="Decide whether to conduct a review")).to_contain_text("9 days late")
    visitor.page.get_by_role("heading", name="How it came about").click()
    expect(visitor.page.locator("main")).to_contain_text("not to be independent of Northgate Hospitals NHS Trust")
    visitor.page.get_by_role("link", name=re.compile("which records the breach")).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Independence breached")


def test_the_partnership_as_it_was(visitor: Person):
    """In June 2019 the rehabilitation company is a member under the old regime; today it has left, and its page says what became of it."""
    visitor.sign_in("chair")
    visitor.go("/partnership?as_at=2019-06-01")
    row = visitor.page.get_by_role("row").filter(has_text="Severn Community Rehabilitation Company").first
    expect(row).to_contain_text("Member since")
    expect(row).not_to_contain_text("Left")
    expect(visitor.page.locator("main")).to_contain_text("Local Safeguarding Children Board")
    visitor.page.get_by_role("link", name="Show it as of now").first.click()
    expect(row).to_contain_text("Left 28")
    row.get_by_role("link").first.click()
    expect(visitor.page.get_by_role("heading", name="What became of what it owed")).to_be_visible()


def test_a_meeting_is_recorded_with_rows_and_no_javascript(browser: Browser, site: Served):
    """Without scripts: more rows for the agenda keep what was typed; the meeting is recorded, and says whether there was a quorum."""
    with person(browser, site, java_script_enabled=False) as visitor:
        visitor.sign_in("chair")
        visitor.go("/meetings/new")
        page = visitor.page
        page.get_by_label("Reference").fill("BOARD-X1")
        page.get_by_role("radio", name="The Board", exact=True).check()
        page.get_by_role("group", name="Agency 1", exact=True).get_by_label("Attendance").select_option(label="Present")
        page.locator("[name=agenda-0-id]").fill("1")
        page.locator("[name=agenda-0-title]").fill("Learning from Firwood")
        page.get_by_role("button", name="More rows for Agenda").click()
        expect(page.locator("[name=agenda-5-title]")).to_be_visible()
        page.get_by_role("button", name="Record a meeting").click()
        expect(page.locator(".govuk-notification-banner--success")).to_contain_text("Meeting held")
        visitor.go("/meetings")
        expect(page.get_by_role("row").filter(has_text="BOARD-X1")).to_contain_text("No quorum")


def test_everything_can_be_done_with_the_keyboard(visitor: Person):
    """Somebody without a mouse signs in, skips to what is owed, opens it, and reports progress on an action, seeing where they are."""
    page = visitor.page
    visitor.go("/sign-in")
    tab_to(visitor, "Email address")
    page.keyboard.type(visitor.served.email("lead-RIV"))
    tab_to(visitor, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is owed by you")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skip to the main content
    first = page.locator(".muniment-owed__item a").first.inner_text().replace("\xa0", " ").strip()
    tab_to(visitor, first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(first.partition(":")[0])
    visitor.go("/actions/A13/report_progress")
    tab_to(visitor, "Red")
    page.keyboard.press("ArrowDown")
    tab_to(visitor, "Narrative")
    page.keyboard.type("Half of the list is read")
    tab_to(visitor, "Report progress")
    page.keyboard.press("Enter")

    expect(page.locator(".govuk-notification-banner--success")).to_contain_text("Progress reported")
    expect(page.locator("main")).to_contain_text("Progress: Amber")


@pytest.mark.parametrize(("width", "scripts"), [(WIDTHS[0], True), (WIDTHS[1], False)])
def test_evidence_from_signing_in_to_its_receipt_without_a_mouse(browser: Browser, site: Served, tmp_path: Path, width: int, scripts: bool):
    """Journey F.3 by keyboard alone, on a telephone and without scripts too: from signing in to a receipt that proves it."""
    file = tmp_path / f"reading-list-{width}.pdf"
    file.write_bytes(b"%PDF-1.7 half of the list")
    with person(browser, site, width=width, java_script_enabled=scripts) as lead:
        page = lead.page
        signs_in(lead, "lead-RIV")
        expect(page.get_by_role("heading", level=1)).to_have_text("What is owed by you")
        if not scripts:  # from the list of what was handed in; otherwise from what is owed, for the action that stands there
            lead.go("/evidence")
        follows(lead, "Submit evidence")
        if not scripts:
            presses(lead, "A13", "Space")
        chooses(lead, "File", file)
        types(lead, ("Day", "24"), ("Month", "9"), ("Year", "2021"), ("Effect for children", "Half of the list is read"))
        follows(lead, "Submit evidence")
        expect(page.locator(".govuk-notification-banner--success")).to_contain_text("Evidence submitted")
        with page.expect_download() as started:
            presses(lead, "Download the receipt")
        started.value.save_as(kept := tmp_path / "receipt")
        expect(page.locator("main")).to_contain_text(f"reading-list-{width}")
        assert lead.complaints == []

    index, proof, note = parse_receipt(kept.read_text())
    position = positions(site.product, "action.evidence_submitted.v1", "A13")[-1]
    ((entry,),) = site.product.ask("SELECT entry FROM ledger.event WHERE position = %s", position)
    sealed = open_checkpoint(note, site.product.key)
    assert index == position - 1
    assert root_from_inclusion(index, sealed.size, leaf_hash(bytes(entry)), proof) == sealed.root


@pytest.mark.parametrize(("width", "scripts"), [(WIDTHS[0], True), (WIDTHS[1], False)])
def test_an_item_from_its_issue_to_what_an_agency_says_of_it(browser: Browser, site: Served, tmp_path: Path, width: int, scripts: bool):
    """Journey F.6 by keyboard alone, on a telephone and without scripts too: issued, acknowledged, and no answer without its reason."""
    ref, title = f"NEWS-{width}", f"Learning from Firwood, {width}"
    file = tmp_path / f"news-{width}.pdf"
    file.write_bytes(f"%PDF-1.7 what Firwood taught, {width}".encode())
    with person(browser, site, width=width, java_script_enabled=scripts) as chair:
        signs_in(chair, "chair")
        chair.go("/disseminations/new")
        types(chair, ("Reference", ref), ("Title", title), ("Kind", "Newsletter"), ("Comes from", "SB-2020-06"))
        chooses(chair, "File", file)
        types(chair, ("Day", "24"), ("Month", "9"), ("Year", "2021"))
        follows(chair, "Put material on record")
        follows(chair, "Issue it")
        follows(chair, "Issue it")
        assert "Issued" in chair.words
        assert chair.complaints == []
    with person(browser, site, width=width, java_script_enabled=scripts) as lead:
        signs_in(lead, "lead-RIV")
        assert f"Say who needs to know, and who may like to: {ref} {title}" in lead.words
        lead.go(f"/disseminations/{ref}")
        follows(lead, "Acknowledge it")
        presses(lead, f"news-{width}", "Space")
        types(lead, ("Basis", "Need"), ("Basis", "Nice"), ("How it will be passed on", "At the team meetings of October"))
        follows(lead, "Acknowledge it")
        assert "Lacks a report that it reached health visitors and school nurses" in lead.words
        follows(lead, "State its implications")
        tab_to(lead, "Yes")
        lead.page.keyboard.press("ArrowDown")
        follows(lead, "State its implications")
        assert "Nothing was recorded" in lead.words
        expect(lead.page.get_by_label("No", exact=True)).to_be_checked()
        types(lead, ("Why", "Nothing in it is new to health visiting"))
        follows(lead, "State its implications")
        expect(lead.page.locator(".govuk-notification-banner--success")).to_contain_text("Implications identified")
        assert "Nothing has to change" in lead.words
        assert all("422" in complaint for complaint in lead.complaints)  # the refusal, which the browser logs


def signs_in(who: Person, office: str) -> None:
    """Sign in as the holder of an office, without a mouse."""
    who.go("/sign-in")
    types(who, ("Email address", who.served.email(office)), ("Password", PASSWORD))
    with who.page.expect_navigation():
        who.page.keyboard.press("Enter")


def types(who: Person, *said: tuple[str, str]) -> None:
    """Press Tab until each field has the focus, and type into it."""
    for label, text in said:
        tab_to(who, label)
        who.page.keyboard.type(text)


def follows(who: Person, name: str) -> None:
    """Press Tab until a link or button has the focus, and Enter; wait for the page that it leads to.

    Until that has come whole the one before is there, with names that may be the same, and fields of files are made once more.
    """
    with who.page.expect_navigation():
        presses(who, name)


def chooses(who: Person, name: str, file: Path) -> None:
    """Press Tab until the field of a file has the focus, and choose one."""
    tab_to(who, name)
    with who.page.expect_file_chooser() as chooser:
        who.page.keyboard.press("Enter")
    chooser.value.set_files(file)


def presses(who: Person, name: str, key: str = "Enter") -> None:
    """Press Tab until something has the focus, and then a key."""
    tab_to(who, name)
    who.page.keyboard.press(key)


def tab_to(who: Person, name: str) -> None:
    """Press Tab until something of this name has the focus, and see that it shows."""
    named = "e => (e.labels?.[0]?.innerText ?? e.getAttribute('aria-label') ?? e.innerText ?? '').replace(/\\u00a0/g, ' ').trim()"
    for _ in range(60):
        who.page.keyboard.press("Tab")
        focus = who.page.locator(":focus")
        if focus.count() and focus.evaluate(named).startswith(name):
            shown = "e => [e, ...(e.labels ?? [])].some(n => [null, '::before'].some(p => { const s = getComputedStyle(n, p);"
            shown += " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }))"
            assert focus.evaluate(shown), f"{name} has the focus, and nothing shows it"
            return
    pytest.fail(f"no Tab leads to {name}")


def test_everything_but_the_check_in_the_browser_works_without_javascript(browser: Browser, site: Served):
    """Without scripts the register filters, the form records, and integrity says what needs them."""
    with person(browser, site, java_script_enabled=False) as visitor:
        visitor.sign_in("lead-RIV")
        visitor.go("/actions")
        visitor.page.get_by_label("Show", exact=True).select_option(label="Still owed")
        visitor.page.get_by_role("button", name="Show").click()
        expect(visitor.page.locator("tbody tr")).to_have_count(1)
        visitor.go("/actions/A13/report_progress")
        visitor.page.get_by_role("radio", name="Green").check()
        visitor.page.get_by_label("Narrative").fill("All of the list is read")
        visitor.page.get_by_role("button", name="Report progress").click()
        expect(visitor.page.locator(".govuk-notification-banner--success")).to_contain_text("Progress reported")
        visitor.go("/integrity")
        expect(visitor.page.get_by_text("This check needs JavaScript").first).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", [True, False])
def test_a_list_begins_with_its_rows_on_a_telephone(browser: Browser, site: Served, width: int, *, scripts: bool):
    """Without scripts too, dates and filters are folded there, and said where they are set; a tap opens them; at a desk they are open."""
    with person(browser, site, width=width, java_script_enabled=scripts) as somebody:
        page = somebody.page
        somebody.sign_in("chair")
        somebody.go("/actions?owner=RIV")
        expect(page.get_by_role("main")).to_contain_text("Owned by: Riverside Community Health CIC. Clear the filters")
        opening, owner = page.get_by_text("Change the dates, or filter", exact=True), page.get_by_label("Owned by")
        if width == WIDTHS[1]:
            heading = page.get_by_role("heading", level=1).bounding_box()
            assert heading is not None
            assert heading["y"] < ABOVE[scripts]
            expect(owner).to_be_hidden()
            opening.click()
        else:
            expect(opening).to_be_hidden()
        owner.select_option(label="Everybody")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("link", name="Clear the filters")).to_have_count(0)
        somebody.go("/actions?as_at=never")
        expect(page.get_by_label("As at")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_long_history_is_folded(browser: Browser, site: Served, width: int):
    """The older entries of an action are folded under how many they are; a tap opens them, and so does whatever points at one of them."""
    with person(browser, site, width=width) as somebody:
        somebody.sign_in("chair")
        somebody.go("/actions/A13")
        older = somebody.page.locator("details[data-fold] .muniment-timeline__entry")
        expect(older.first).to_be_hidden()
        assert older.count() > 0
        somebody.page.get_by_text(re.compile(r"^\d+ more entr(y|ies)$")).click()
        expect(older.last).to_be_visible()
        pointed_at = older.last.get_attribute("id")
        somebody.go("/")
        somebody.go(f"/actions/A13#{pointed_at}")
        expect(older.last).to_be_visible()
        assert barriers(somebody.page) == []
        assert somebody.complaints == []


@pytest.mark.parametrize(("width", "scripts"), [(WIDTHS[0], True), (WIDTHS[1], False)])
def test_the_report_of_a_year_from_its_gaps_to_a_stranger_who_reads_it(browser: Browser, severnbrook: Product, width: int, scripts: bool):
    """F.2 without a mouse, and without scripts on a telephone: gaps filled and explained, a number opened to its events, signed, read."""
    how = {"width": width, "java_script_enabled": scripts}
    with (
        served(severnbrook) as site,
        person(browser, site, **how) as manager,
        person(browser, site, **how) as chair,
        person(browser, site, **how) as stranger,
    ):
        signs_in(manager, "board-manager")
        manager.go("/reports/2016-17?as_at=2017-06-30&known_at=2017-06-30")
        gap = manager.page.locator("strong.muniment-overdue", has_text="no impact statement for Alder \N{EN DASH} LIF-PRI-10")
        expect(gap.first).to_be_visible()
        manager.go("/reports")
        follows(manager, "2016\N{EN DASH}17")
        expect(manager.page.get_by_role("main")).to_contain_text(
            "Of 32 actions signed off, 32 were tested again after 6 months, and 28 held when last tested."
        )
        expect(manager.page.get_by_text("no impact statement for Alder")).to_have_count(0)
        assert not scripts or barriers(manager.page) == []  # what looks for them is a script
        fill_the_gaps(manager)
        manager.page.get_by_role("link", name="the events behind Did it last?, Held when last tested").press("Enter")
        expect(manager.page.get_by_role("row")).to_have_count(29)  # a heading, and 28 actions, each with its events
        manager.page.get_by_role("row", name="A3-AVM").get_by_role("link", name=re.compile("^Event ")).press("Enter")
        expect(manager.page.get_by_role("heading", level=1)).to_have_text("Sustainment checked")

        signs_in(chair, "chair")
        chair.go("/reports/2016-17")
        follows(chair, "Sign and publish this report")
        follows(chair, "Sign and publish the report")
        expect(chair.page.locator(".govuk-notification-banner--success")).to_contain_text("Published")

        read_it(stranger, scripts=scripts)
        assert manager.complaints + chair.complaints + stranger.complaints == []


def fill_the_gaps(manager: Person) -> None:
    """Open what is missing by keyboard: judge what Cedar changed, an unintended consequence too; explain what else is missing."""
    page = manager.page
    page.get_by_role("link", name="no impact statement for Cedar").first.press("Enter")
    expect(page.locator("[name=year]")).to_have_value("2016")
    types(manager, ("Judgement", "One pathway is used; fathers are asked for in half of the records."))
    types(manager, ("Unintended consequences", "More babies are kept overnight."))
    follows(manager, "Evaluate")
    expect(page.locator(".govuk-notification-banner--success")).to_contain_text("Impact evaluated")
    for section, said in (("reviews", "The impact of the others is judged next year."), ("resources", "The council's accounts say it.")):
        manager.go("/reports/2016-17")
        page.locator(f'a[href*="section={section}"]').last.press("Enter")
        expect(page.get_by_label("Explanation")).to_be_visible()
        types(manager, ("Explanation", said))
        follows(manager, "Explain")
        expect(page.locator(".govuk-notification-banner--success")).to_contain_text("Section explained")
    manager.go("/reports/2016-17")
    expect(page.get_by_role("main")).to_contain_text("One pathway is used")
    expect(page.get_by_role("main")).not_to_contain_text("kept overnight")  # what is for partners is not in it
    expect(page.get_by_role("main")).not_to_contain_text("It cannot be signed yet")


def read_it(stranger: Person, *, scripts: bool) -> None:
    """Without an account: the report, its weaknesses, a note down to its event, data, PDF and pack; and a review with who is silent."""
    page = stranger.page
    stranger.go("/public")
    page.get_by_role("link", name="2016\N{EN DASH}17, edition 1").press("Enter")
    for words in ("2 actions were withdrawn", "Severnbrook Faith Forum (FTH)", "Audit of what practitioners know", "withheld"):
        expect(page.get_by_role("main")).to_contain_text(words)
    expect(page.get_by_role("main")).to_contain_text("are the same to the byte")
    assert not scripts or barriers(page) == []
    page.locator("#note-3 a").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sustainment checked")
    expect(page.get_by_role("main")).to_contain_text("Held")
    page.go_back()
    for name, begins in (("Its data as JSON", b"{"), ("The report as PDF", b"%PDF-")):
        href = page.get_by_role("link", name=name).get_attribute("href")
        assert page.request.get(f"{stranger.served.address}{href}").body().startswith(begins)
    with page.expect_download() as taken:
        page.get_by_role("link", name="What it was built from, sealed, with the verifier").press("Enter")
    ran = verify(taken.value.path(), "--key", stranger.served.product.key)
    assert (ran.code, "VERIFIED: " in ran.out) == (0, True), ran
    stranger.go("/public/reports/2019-20/1")
    expect(page.get_by_role("main")).to_contain_text("Edition 2, of 25 September 2020, supersedes this one")
    page.get_by_role("link", name="Read the newest edition").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("The impact of 2 of 5 reviews has been judged for 2019-20.")
    page.get_by_role("link", name="How to check it").press("Enter")
    expect(page.get_by_role("heading", name="How to check it")).to_be_in_viewport()
    stranger.go("/public")
    page.get_by_role("link", name="Alder (SB-2015-01)").press("Enter")
    expect(page.get_by_role("heading", name="Who is silent")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Farrow Housing Association (FAR)")
    assert not scripts or barriers(page) == []


INSPECTED = {"First day covered": (1, 7, 2015), "Last day covered": (30, 1, 2017), "Last day on which it is open": (31, 10, 2021)}
OVERDUE = "On 14 November 2016 the Board believed 3 actions were overdue. We now know it was 5: two were recorded late (events"


@pytest.mark.parametrize(("width", "scripts"), [(WIDTHS[0], True), (WIDTHS[1], False)])
def test_an_inspection_from_its_one_time_link_to_the_pack(browser: Browser, site: Served, width: int, scripts: bool):
    """F.1 as inspectors walk it, without a mouse, on a telephone and without scripts too; and what could go wrong in it."""
    office = f"hmi-{width}"
    appointed(Asking(site), office)
    how = {"width": width, "java_script_enabled": scripts}
    with person(browser, site, **how) as chair, person(browser, site, **how) as inspector, person(browser, site, **how) as late:
        link = invited(chair, office)
        comes_in(inspector, link, f"{office}@ofsted.example")
        late.go(link)
        expect(late.page.get_by_role("main")).to_contain_text("This link does not open anything any more")  # it works once
        replays(inspector)
        reads(inspector)
        sha256 = downloads(inspector)
        seals(inspector)
        goes_wrong(inspector)
        chair.go(f"/inspections/{office}")
        for opened in (f"File {sha256[:12]}", "A2"):
            expect(chair.page.get_by_role("main")).to_contain_text(opened)
        chair.go(f"/inspections/{office}/close_inspection")
        chair.page.get_by_label("Reason", exact=True).fill("They have seen enough")
        chair.page.get_by_role("button", name="Close an inspection").press("Enter")
        expect(chair.page.locator(".govuk-notification-banner--success")).to_be_visible()
        assert inspector.go("/actions") == 403
        expect(inspector.page.get_by_role("main")).to_contain_text("Your inspection ended on 30 September 2021")
        assert chair.complaints == []
    if scripts:
        assert verify(site.product.pack("inspected"), "--key", site.product.key).code == 0


def appointed(ask: Asking, office: str) -> None:
    """Register an inspector, who has no account, and appoint them."""
    who = str(uuid.uuid4())
    ask.does("board-manager", "subjects", ref=who, name=f"The inspector of {office}")
    term = {
        "title": f"HM Inspector ({office})",
        "role": "inspector",
        "body": None,
        "employer": None,
        "holder": who,
        "from_on": "2021-09-01",
    }
    ask.does("board-manager", "offices", ref=office, **term)


def invited(chair: Person, office: str) -> str:
    """Open the inspection by its form, and make the link that is shown once; return its path."""
    signs_in(chair, "chair")
    chair.go("/inspections/new")
    page = chair.page
    page.get_by_label("For which office").select_option(office)
    page.locator("[name=body]").fill("Ofsted")
    page.get_by_role("radio", name="Inspection", exact=True).press("Space")
    for name, day in INSPECTED.items():
        for part, value in zip(("Day", "Month", "Year"), day, strict=True):
            page.get_by_role("group", name=name, exact=True).get_by_label(part).fill(str(value))
    page.get_by_role("button", name="Open an inspection").press("Enter")
    expect(page.locator(".govuk-notification-banner--success")).to_contain_text("Inspection opened")
    page.get_by_role("link", name="Invite who inspects").press("Enter")
    page.get_by_role("button", name="Show me the link").press("Enter")
    return page.get_by_text(re.compile("/invited/")).inner_text().removeprefix(chair.served.address)


def comes_in(inspector: Person, link: str, email: str) -> None:
    """Follow the link, read what it opens, make an account by keyboard, land on the replay; the checkpoint and its witnesses are near."""
    page = inspector.page
    inspector.go(link)
    for told in ("Inspection by Ofsted", "1 July 2015 to 30 January 2017, and no later day", "Every agency"):
        expect(page.get_by_role("main")).to_contain_text(told)
    for label, text in (("Email address", email), ("Password", PASSWORD)):
        tab_to(inspector, label)
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Replay")
    expect(page.get_by_role("main")).to_contain_text(
        "Your inspection covers 1 July 2015 to 30 January 2017, and is open until 31 October 2021"
    )
    page.get_by_role("main").get_by_role("link", name="Integrity").press("Enter")
    expect(page.get_by_role("main")).to_contain_text(re.compile("[Ww]itness"))
    expect(page.get_by_role("main")).to_contain_text("muniment pack trail.zip")
    page.go_back()


def replays(inspector: Person) -> None:
    """Ask for a day as it was known then, and read what is known now; both late events open, with their reasons."""
    page = inspector.page
    page.get_by_label("As at").fill("2016-11-14")
    page.get_by_label("As known at").fill("2016-11-14")
    tab_to(inspector, "Replay")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text(OVERDUE)
    page.get_by_role("main").get_by_role("link", name=re.compile(r"^[\d,]{3,}$")).first.press("Enter")
    expect(page.get_by_role("main")).to_contain_text(re.compile("days later|[Rr]eason"))


def reads(inspector: Person) -> None:
    """Cedar, late and why; and from the grid the duty of Housing that nothing met: the framework's words, its date, and by what right."""
    page = inspector.page
    inspector.go("/reviews/SB-2016-03")
    expect(page.get_by_role("listitem").filter(has_text="Decide whether to conduct a review")).to_contain_text("9 days late")
    expect(page.get_by_role("main")).to_contain_text("not to be independent of Northgate Hospitals NHS Trust")
    inspector.go("/obligations?owner=SBC-HOU&clause=LIF-APPA-AG-05&only=all")
    page.get_by_role("main").get_by_role("link", name=re.compile("supervision")).first.press("Enter")
    for told in ("individual supervision sessions should include an agenda item", "Set locally", "No event up to event"):
        expect(page.get_by_role("main")).to_contain_text(told)


def downloads(inspector: Person) -> str:
    """Open the evidence behind A2's sign-off; return its hash."""
    page = inspector.page
    inspector.go("/actions/A2")
    file = page.locator('a[href*="/api/v1/evidence/"]').first
    href = str(file.get_attribute("href"))
    assert b"Seven were not known" in page.request.get(f"{inspector.served.address}{href}").body()
    return href.rpartition("/")[2].partition("?")[0]


def seals(inspector: Person) -> None:
    """Take the pack of what the inspection covers, and check it without us; that it was handed over is on record."""
    inspector.go("/packs")
    expect(inspector.page.get_by_role("main")).to_contain_text("what your inspection covers, 1 July 2015 to 30 January 2017")
    size = inspector.served.product.size
    with inspector.page.expect_download() as taken:
        presses(inspector, "Seal and take the pack")
    ran = verify(taken.value.path(), "--key", inspector.served.product.key)
    assert (ran.code, "VERIFIED: " in ran.out) == (0, True), ran
    assert inspector.served.product.size == size + 1


def goes_wrong(inspector: Person) -> None:
    """Try a form and a post, which write nothing; a day beyond the ceiling, and two days in the wrong order: refused in plain words."""
    page, size = inspector.page, inspector.served.product.size
    assert inspector.go("/actions/A17/report_progress") == 403
    token = page.locator("[name=csrf_token]").first.get_attribute("value")
    form = {"csrf_token": token or "", "rag": "green", "narrative": "Done"}
    answer = page.request.post(f"{inspector.served.address}/actions/A17/report_progress", form=form)
    assert (answer.status, inspector.served.product.size) == (403, size)
    assert inspector.go("/replay?as_at=2017-01-31") == 422
    expect(page.get_by_role("alert")).to_contain_text("is outside your inspection, which covers 1 July 2015 to 30 January 2017")
    assert inspector.go("/replay?as_at=2016-11-14&known_at=2016-11-13") == 422
    expect(page.get_by_role("alert")).to_contain_text("nobody could know the position on 14 November 2016")


def test_an_agency_rehearses_an_inspection_and_goes_on_with_its_work(browser: Browser, site: Served):
    """A lead without scripts, on a telephone: begins a rehearsal, is shown their agency alone, records nothing, leaves by one button."""
    with person(browser, site, width=WIDTHS[1], java_script_enabled=False) as lead, person(browser, site, width=WIDTHS[1]) as again:
        page = lead.page
        lead.sign_in("lead-RIV")
        page.get_by_role("link", name="See what an inspector would see").click()
        page.get_by_role("button", name="Begin the rehearsal").press("Enter")
        expect(page.get_by_role("main")).to_contain_text("Your rehearsal covers 30 March 2020 to 30 September 2021, of one agency")
        lead.go("/actions")
        expect(page.get_by_role("main")).to_contain_text("that you may see")
        assert [lead.go(path) for path in ("/actions/A13", "/actions/A13/report_progress", "/actions/A17")] == [200, 403, 404]
        tab_to(lead, "Leave the rehearsal")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("What is owed by you")
        expect(page.get_by_role("button", name="Leave the rehearsal")).to_have_count(0)
        assert lead.go("/actions/A13/report_progress") == 200

        again.sign_in("lead-RIV")
        again.go("/rehearsal")
        assert barriers(again.page) == []
        again.page.get_by_role("button", name="Enter the rehearsal").click()
        expect(again.page.get_by_role("heading", level=1)).to_have_text("Where to begin")
        assert barriers(again.page) == []
        again.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        assert barriers(again.page, seen=True) == []
        assert again.complaints == []
