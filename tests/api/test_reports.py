"""The report of a year, over the pages and the API: what it says, who may sign it and when, and that what is published stays (F.2)."""

from __future__ import annotations

import json
import re
import zipfile
from hashlib import sha256
from html import unescape
from io import BytesIO
from typing import ClassVar

import psycopg
import pytest
from pypdf import PdfReader

from aggregates import EVENTS
from aggregates.action import Action
from aggregates.clocks.dates import london
from aggregates.entry.fields import fields_by_name
from aggregates.returns import Return
from projections.returns import built_again, editions
from projections.returns.report import ENTRIES
from projections.two_clocks.catch_up import rebuild_views
from projections.two_clocks.tracking import head
from service.ledger.pack.auditing import audit
from tests.api.acts import FILE, PDF
from tests.api.acts.returns import ANSWER, REQUEST, asked_for, explained
from tests.api.acts.returns import REF as AUDIT
from tests.api.pages.conftest import browser
from tests.api.pages.whole import fill
from tests.api.test_packs import entries_of

YEAR, OVER = "2016", "2017-01-05"
REPORT, PUBLIC = f"board_annual_report-{YEAR}-BOARD", f"/public/reports/{YEAR}/1"
WHY = "Why it takes the place of the edition before it"
MORE = "The council has closed its accounts."
SIGN = f"/api/v1/returns/{REPORT}/publish_return"


def read(response) -> str:
    """Return the words of a page, a blank between them."""
    body = re.sub(r"<(script|style|details class=.govuk-details.)[^>]*>", " ", response.get_data(as_text=True))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture
def work(ask):
    """Have one action signed off, on record for everybody; and the report of the year asked for."""
    it = ask.seeded
    it.board.receive(BytesIO(PDF), "audit.pdf", it.callers["riv-lead"])
    for office, act, said in (
        ("riv-lead", "accept_action", {}),
        ("riv-lead", "submit_evidence", {"evidence": [FILE], "effect": "What only partners read"}),
        ("riv-lead", "mark_implemented", {"statement": "It is done"}),
        ("quality-chair", "sign_off_action", {"effect": "What only partners read"}),
    ):
        it.act(office, act, "A1", **said)
    it.clock.advance(days=122)
    return ask


def publish(ask, **said):
    """Sign the report as at today."""
    done = ask.post(SIGN, "chair", {"as_at": OVER} | said)
    ask.seeded.catch_up()
    return done


def test_a_report_is_not_signed_while_something_is_missing_that_nobody_explains(work):
    """Gaps stand in red, and open where they are closed; the chair signs once each is explained, and then just what they saw."""
    asked_for(work.seeded, YEAR)
    work.seeded.catch_up()
    draft = work.get("/reports/2016", "chair")
    words = read(draft)
    assert "It cannot be signed yet" in words
    gaps = re.findall(r'Missing: <a class="govuk-link" href="([^"]+)">([^<]+)</a>', draft.get_data(as_text=True))
    lacking = [
        ("/returns/new?period=2016", "nothing was asked of the partners in the year"),
        (f"/returns/{REPORT}/explain_section?section=resources", "no record holds this: it has to be said"),
    ]
    assert gaps == lacking * 2  # first of all, and in its section
    assert 'value="resources" checked' in work.get(gaps[1][0], "chair").get_data(as_text=True)
    assert "Missing: <a" not in work.get("/reports/2016?as_at=2017-01-04", "chair").get_data(as_text=True)
    assert "Missing: no record holds this: it has to be said" in words
    assert "Sign and publish this report" not in words
    refused = publish(work)
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/sections-missing")
    assert "What partners contributed, and what the Board spent" in refused.json["facts"]["sections"]

    for section in ("assessment", "resources"):
        work.seeded.act("board-manager", "explain_section", REPORT, section=section, explanation="The council's accounts say it.")
    work.seeded.catch_up()
    draft = work.get("/reports/2016", "chair")
    assert "The council's accounts say it." in read(draft)
    (href,) = re.findall(r'href="([^"]+publish_return[^"]+)"', draft.get_data(as_text=True))
    form = work.get(unescape(href), "chair")
    seen = re.search(r"report_sha256=([0-9a-f]{64})", href)[1]
    assert f'name="report_sha256" value="{seen}"' in form.get_data(as_text=True)
    assert "As you have read it, and no other" in read(form)  # what is signed stands there in words, and is not to be typed
    assert "Annual report of the Board 2016 Sign and publish the report" in read(form)
    assert 'href="/reports/2016">Read the draft, and sign from there' in work.get(f"/returns/{REPORT}/publish_return", "chair").get_data(
        as_text=True
    )
    assert "What is recorded stays: never corrected, retracted, changed or removed." in read(form)
    assert [publish(work, report_sha256=other).status_code for other in ("0" * 64,)] == [422]
    known_at = int(re.search(r"known_at=(\d+)", href)[1])
    assert publish(work, known_at=known_at, report_sha256=seen).status_code == 200
    assert work.get(f"{PUBLIC}/data.json").status_code == 200


def test_who_may_not_and_what_is_no_report(work):
    """A manager signs for nobody, a lead sees no draft; no report is of a year that goes on or is to come, or of another thing."""
    explained(work.seeded, YEAR)
    work.seeded.act("chair", "request_return", "board_annual_report-2016-17-BOARD", kind="board_annual_report", respondent="BOARD",
                    period="2016-17", due_on="2017-08-31")  # fmt: skip
    work.seeded.act("chair", "request_return", "s11-2016-RIV", kind="s11", respondent="RIV", period="2016", due_on="2017-12-31")
    work.seeded.catch_up()
    acts = [
        ("board-manager", REPORT, {}), ("chair", "board_annual_report-2016-17-BOARD", {}), ("chair", "s11-2016-RIV", {}),
        ("chair", REPORT, {"known_at": 9_999}), ("chair", REPORT, {"as_at": "2017-01-06"}),
    ]  # fmt: skip
    sign = "/api/v1/returns/{}/publish_return"
    refused = [work.post(sign.format(ref), who, {"as_at": OVER} | said).json["type"] for who, ref, said in acts]
    explain = {"section": "weather", "explanation": "It rained"}

    codes = ("not-allowed", "year-not-over", "not-a-report", "not-on-record-yet", "future-date")
    assert refused == [f"/problems/{code}" for code in codes]
    assert work.post(f"/api/v1/returns/{REPORT}/explain_section", "chair", explain).json["type"] == "/problems/no-such-section"
    assert [work.get(f"{path}/2016", "riv-lead").status_code for path in ("/reports", "/api/v1/reports")] == [403, 403]
    assert work.get("/api/v1/reports/2018", "chair").json["type"] == "/problems/year-not-begun"
    assert work.get("/reports/2015-61").status_code == 422
    assert [work.client.get(path).status_code for path in (PUBLIC, "/reports/2016", "/public/events/3")] == [404, 401, 404]


def test_what_is_published_stays_and_can_be_built_again_to_the_byte(work):
    """Its data have the hash that was signed, also when built anew from the log; another edition supersedes it, nothing takes it back."""
    explained(work.seeded, YEAR)
    assert publish(work).status_code == 200
    data = work.client.get(f"{PUBLIC}/data.json").data
    signed = work.get("/api/v1/reports").json["items"][0]
    assert sha256(data).hexdigest() == signed["sha256"]
    work.seeded.act("board-manager", "explain_section", REPORT, section="resources", explanation="It was more than we said.")
    version = work.seeded.board.load(Return, REPORT).version - 1
    for amends, code in ((version, "published-stays"), (1, "rests-for-ever")):  # the publication itself, and what it rests on
        said = {"amends": amends, "reason": "We wish we had not"}
        refused = work.post(f"/api/v1/returns/{REPORT}/propose_amendment", "board-manager", said)
        assert refused.json["type"] == f"/problems/{code}", refused.json
    assert publish(work, reason=MORE).status_code == 200
    first, second = read(work.client.get(PUBLIC)), read(work.client.get("/public/reports/2016"))

    assert f"Edition 2, of 5 January 2017, supersedes this one, which stays as it was published. Why: {MORE}" in first
    assert "supersedes" not in second
    assert f"Edition 2, signed for the Board on 5 January 2017. Why it takes the place of the one before: {MORE}" in second
    assert ("It was more than we said." in first, "It was more than we said." in second) == (False, True)
    assert "built again from the log, as it was known then, and are the same to the byte" in first
    with psycopg.connect(work.seeded.config.conninfo("projector"), autocommit=True) as conn:
        rebuild_views(conn, work.seeded.source(conn), ("inspection_history", "returns"))
    again = work.get(f"/api/v1/reports/2016?as_at={signed['as_at']}&known_at={signed['known_at']}").json
    assert again["report_sha256"] == signed["sha256"]
    assert work.client.get(f"{PUBLIC}/data.json").data == data
    assert [one["newest"] for one in work.get("/api/v1/reports").json["items"]] == [True, False]


def test_another_edition_says_why_and_the_first_is_not_asked(work):
    """Who signs another edition says why it takes the place of the one before, or is refused by name; everybody reads it, programs too."""
    explained(work.seeded, YEAR)
    work.seeded.catch_up()
    of_first, of_another = (unescape(href) for href in (signed_from(work), signed_from(work, and_publish=True)))

    assert (WHY in read(work.get(of_first, "chair")), WHY in read(work.get(of_another, "chair"))) == (False, True)
    for nothing in ({}, {"reason": None}, {"reason": " "}):
        refused = publish(work, **nothing)
        assert (refused.status_code, refused.json["type"]) == (422, "/problems/edition-without-reason"), nothing
        assert refused.json["facts"] == {"ref": REPORT, "edition": 1}
    chair = browser(work.client.application, work.seeded, "chair")
    assert chair.send(of_another).status_code == 422
    assert 'href="#reason">It was published before: say why this edition takes the place of that one.' in chair.page
    assert 'id="reason-error"' in chair.page
    assert publish(work, reason=MORE).status_code == 200
    assert [one["reason"] for one in work.get("/api/v1/reports").json["items"]] == [MORE, None]
    assert MORE in read(work.get(f"/returns/{REPORT}", "chair"))


def signed_from(work, *, and_publish=False):
    """Return where the draft is signed from, once an edition was published where one is to be."""
    if and_publish:
        assert publish(work).status_code == 200
        work.seeded.act("board-manager", "explain_section", REPORT, section="resources", explanation="It was more than we said.")
        work.seeded.catch_up()
    (href,) = re.findall(r'href="([^"]+publish_return[^"]+)"', work.get("/reports/2016", "chair").get_data(as_text=True))
    return href


def test_anybody_computes_the_figures_of_a_report_again_from_its_public_pack(ask, tmp_path):
    """F.2: without an account the pack is taken and verifies; what counts people is not in it and is named, all else comes out the same."""
    fill(ask.seeded)
    ask.seeded.clock.advance(days=122)
    explained(ask.seeded, YEAR)
    assert publish(ask).status_code == 200
    once, again = (ask.client.get(f"{PUBLIC}/pack.zip") for _ in range(2))
    (tmp_path / "pack.zip").write_bytes(once.data)
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        archive.extractall(folder := tmp_path / "pack")
    shown = dict(entries_of(folder).values())
    wrong = [(evt, name) for evt, said in shown.items() for name in said if fields_by_name(EVENTS[evt])[name].sensitivity != "public"]
    found = audit(tmp_path / "pack.zip", key=ask.seeded.board.recorder.vkey)
    figures = next(check for check in found.checks if check.name == "published figures")

    assert (once.status_code, once.data == again.data, once.headers.get("Set-Cookie")) == (200, True, None)
    assert f'href="{PUBLIC}/pack.zip"' in ask.client.get(PUBLIC).get_data(as_text=True)
    assert (wrong, [evt for evt in shown if evt.startswith("training_session.")]) == ([], [])
    assert (found.code, figures.failures) == (0, []), found.lines
    assert figures.checked > 10
    assert any("'Who came to training': it counts people" in one for one in figures.not_checked)

    data = next(path for path in (folder / "evidence").iterdir() if path.read_bytes().startswith(b'{"as_at"'))
    data.write_bytes(data.read_bytes().replace(b'"is":1', b'"is":2', 1))
    assert audit(folder).lines[0].startswith(f"NOT VERIFIED: evidence/{data.name} is not the file")


def test_what_is_recorded_later_does_not_have_a_published_report_built_again(work):
    """An edition rests on what was known when it was signed: it is built again once in a process, whatever is recorded since."""

    class Heard(psycopg.Connection):
        """A connection that counts what is asked of it."""

        asked: ClassVar[list[str]] = []

        def execute(self, query, *args, **how):
            self.asked.append(query)
            return super().execute(query, *args, **how)

    def builds() -> int:
        with Heard.connect(work.seeded.config.conninfo("reader"), autocommit=True) as conn:
            Heard.asked.clear()
            (edition,) = editions(conn, as_at=london(work.seeded.clock()), known_at=head(conn))
            assert built_again(conn, edition)
        return Heard.asked.count(ENTRIES)

    explained(work.seeded, YEAR)
    assert publish(work).status_code == 200
    first = builds()
    work.seeded.act("board-manager", "explain_section", REPORT, section="resources", explanation="It was more than we said.")
    work.seeded.catch_up()

    assert (first, builds()) == (1, 0)


def test_a_report_that_is_published_is_owed_no_more(work):
    """It stands as published, on its day and not late however long ago that was; it is neither waived nor answered in another way."""
    explained(work.seeded, YEAR)
    assert publish(work).status_code == 200
    work.seeded.clock.advance(days=400)
    work.seeded.catch_up()
    row = work.get(f"/api/v1/returns/{REPORT}", "chair").json["item"]
    page = work.get(f"/returns/{REPORT}", "chair").get_data(as_text=True)
    facts = page.partition("What was recorded")[0]
    days = [facts.count(f'<dt class="govuk-summary-list__key">{key}</dt>') for key in ("Published", "Answered", "Ended")]
    assert days == [1, 0, 0]  # the day stands there once, beside its edition
    assert "Edition 1 5 January 2017" in " ".join(re.sub(r"<[^>]+>", " ", facts).replace("&nbsp;", " ").split())
    waived = work.post(f"/api/v1/returns/{REPORT}/waive_return", "chair", {"reason": "There is one"})

    assert (row["status"], row["answered_on"], row["late_days"]) == ("published", OVER, 0)
    assert waived.json["type"] == "/problems/return-ended"


def test_what_moves_into_another_year_is_told_by_the_report_of_that_year(work):
    """F.10: a sign-off is found to be of January; the report of 2016 that the chair signed stays as it is, and 2017's has the line."""
    explained(work.seeded, YEAR)
    publish(work)
    before = read(work.client.get(PUBLIC))
    at = next(entry.number for entry in work.seeded.board.load(Action, "A1").entries if entry.event is Action.SignedOff)
    corrected = {"occurred_on": "2017-01-03"}
    work.seeded.act("quality-chair", "correct_entry", "A1", about="action", amends=at, corrected=corrected, reason="A slip of the pen")
    work.seeded.catch_up()
    (row,) = work.get("/api/v1/reports/2017").json["report"]["record"]["rows"]

    assert row["cells"][1:] == ["2016", "5 September 2016", "3 January 2017"]
    assert read(work.client.get(PUBLIC)) == before
    assert "Action signed off: Follow up every missed appointment (A1)" in read(work.get("/reports/2017", "chair"))


def test_a_footnote_leads_to_a_public_event_that_says_public_fields_alone(work):
    """Without an account: index, report, note, event, receipt. What is not public, or stands behind nothing published, is not there."""
    explained(work.seeded, YEAR)
    publish(work)
    assert "2016, edition 1" in read(work.client.get("/public"))
    page = work.client.get(PUBLIC).get_data(as_text=True)
    cited = [int(at) for at in re.findall(r"/public/events/(\d+)", page)]
    document = json.loads(work.client.get(f"{PUBLIC}/data.json").data)
    signed_off = next(int(at) for at, one in document["events"].items() if one["event"] == "action.signed_off.v1")

    assert signed_off in cited
    assert {str(at) for at in cited} == document["events"].keys()
    words = read(work.client.get(f"/public/events/{signed_off}"))
    assert document["events"][str(signed_off)]["id"] in words
    assert "What only partners read" not in words + page
    assert work.client.get(f"/public/events/{signed_off}/receipt").data.startswith(b"c2sp.org/tlog-proof@v1")
    assert work.client.get(f"/public/events/{signed_off - 1}").status_code == 404  # evidence, which stands behind nothing
    assert all("style=" not in text for text in (page, work.client.get("/public").get_data(as_text=True)))


def test_a_count_of_people_is_told_by_no_correction_of_it(ask):
    """F.2, INV-40: behind the number of corrections stand the corrections; what one says of how many people there were is not told."""
    it = ask.seeded
    for office, act, said in (("chair", "request_return", REQUEST), ("riv-lead", "submit_return", ANSWER)):
        it.act(office, act, AUDIT, **{name: value for name, value in said.items() if name != "ref"})
    right = {"staff_n": 3, "occurred_on": "2016-09-05"}
    for amends, corrected in ((2, right), (3, {"corrected": right})):
        it.act("riv-lead", "correct_entry", AUDIT, about="return", amends=amends, corrected=corrected, reason="Only three came")
    it.clock.advance(days=122)
    explained(it, YEAR)
    assert publish(ask).status_code == 200
    document = json.loads(ask.client.get(f"{PUBLIC}/data.json").data)
    cited = [at for at, one in document["events"].items() if one["event"] == "return.entry_corrected.v1"]
    words = [read(ask.client.get(f"/public/events/{at}")) for at in cited]

    assert len(words) == 2
    assert all("2016-09-05" in said for said in words), words
    assert not [said for said in words if "Staff" in said]


def test_the_pdf_is_tagged_and_says_the_same_numbers_as_the_page(work):
    """PDF/UA: a title, a language and a structure; every figure's sentence, number and note of the page stands in it."""
    explained(work.seeded, YEAR)
    publish(work)
    document = json.loads(work.client.get(f"{PUBLIC}/data.json").data)
    reader = PdfReader(BytesIO(work.client.get(f"{PUBLIC}/report.pdf").data))
    root = reader.trailer["/Root"]
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    page = read(work.client.get(PUBLIC))

    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"]), "/StructTreeRoot" in root) == ("en-GB", True, True)
    assert reader.metadata.title == "Annual report 2016"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    figures = [document["headline"], *(figure for section in document["sections"] for figure in section["figures"]), document["record"]]
    for figure in figures:
        assert figure["says"] in text, figure["id"]
        assert figure["says"] in page, figure["id"]


def test_the_reviews_that_are_published_show_what_came_of_them_and_who_is_silent(ask):
    """A review that is not published is not there; nothing of it is said, whoever asks."""
    fill(ask.seeded)

    assert ask.client.get("/public/reviews/SB-2016-09").status_code == 404
    assert "No review has been published yet" in read(ask.client.get("/public"))
