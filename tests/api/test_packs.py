"""Sealed packs, taken by whoever may: what each is shown, what is withheld and still verifies, and that it was taken is on record."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO

import pytest
from click.testing import CliRunner

from service.cli.reading.packing import pack
from service.ledger.pack.files import files_sha256
from service.verify import parse, parse_entry, unb64url, verify
from tests.api.conftest import Asking, serving
from tests.api.pages.conftest import browser
from tests.api.pages.whole import fill
from tests.api.test_few import COUNTS
from tests.api.test_few import REF as FEW
from tests.api.test_inspections import inspected  # noqa: F401 - a board with an open inspection
from tests.boards import copy_of

pytestmark = pytest.mark.xdist_group("packs")  # one board of one of everything


@pytest.fixture(scope="module")
def packed(small_board, lending, tmp_path_factory):
    """Give a board with one of everything, on which few families of Riverside were counted."""
    with copy_of(small_board, lending, tmp_path_factory.mktemp("packs")) as it:
        fill(it)
        said = {"kind": "cyp_family_feedback", "respondent": "RIV", "period": "2016-17", "due_on": "2017-01-31"}
        it.act("chair", "request_return", FEW, **said)
        answers = [{"question": "counts", "answer": COUNTS}, {"question": "impact", "answer": "no change could be seen"}]
        it.act("riv-lead", "submit_return", FEW, answers=answers, self_grades=[])
        it.catch_up()
        with serving(it) as app:
            yield Asking(app.test_client(), it)


def took(ask, office, folder, **asked):
    """Take a pack, unpacked; refuse one that does not verify."""
    answer = ask.post("/api/v1/packs", office, asked)
    assert answer.status_code == 200, answer.json
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        archive.extractall(folder)
    verdict = verify(folder, key=ask.seeded.board.recorder.vkey)
    assert verdict.code == 0, verdict.lines
    return answer.data


def entries_of(folder):
    """Return the kind of event and what is shown of it, by position."""
    lines = [json.loads(line) for path in folder.glob("disclosures/**/*.jsonl") for line in path.read_text().splitlines()]
    shown = {line["index"]: dict(json.loads(unb64url(one))[1:] for one in line["disclosed"]) for line in lines}
    there = {int(path.name): path.read_bytes() for path in folder.glob("entry/*")} or dict(enumerate(bundled(folder)))
    claims = {index: parse_entry(entry)[1].split(".")[1] for index, entry in there.items()}
    return {index + 1: (parse(unb64url(said).decode())["evt"], shown[index]) for index, said in claims.items()}


def bundled(folder):
    """Give the entries of a complete pack of less than a tile."""
    (path,) = (path for path in folder.glob("tile/entries/**/*") if path.is_file())
    left = path.read_bytes()
    while left:
        stop = 2 + int.from_bytes(left[:2], "big")
        yield left[2:stop]
        left = left[stop:]


def handed(ask):
    """Return what is on record of packs."""
    ask.seeded.catch_up()
    items = ask.get("/api/v1/events?after=0&limit=100").json["items"]
    return [e["fields"] | {"by_office": e["by_office"]} for e in items if e["topic"] == "ledger.pack_sealed.v1"]


def test_what_an_inspector_takes_is_what_they_are_shown_and_that_they_took_it_is_on_record(inspected, tmp_path):  # noqa: F811
    """F.1: the inspector's pack verifies, shows what is restricted; who took which bytes of what is an event, once for each pack."""
    known_at = str(inspected.seeded.board.size())
    once = took(inspected, "inspector", tmp_path / "pack", known_at=known_at)
    again = took(inspected, "inspector", tmp_path / "again", known_at=known_at)

    (said,) = handed(inspected)
    assert once == again
    assert (said["office"], said["by_office"], said["scope"]) == ("inspector", "inspector", "2015-07-01 to 2016-09-05")
    assert (said["size"], said["pack_sha256"]) == (int(known_at), files_sha256(tmp_path / "pack"))
    narratives = [shown.get("narrative") for evt, shown in entries_of(tmp_path / "pack").values() if evt == "action.progress_reported.v1"]
    assert narratives == ["Two of three wards"]


def test_a_form_gives_the_same_pack_and_leaves_what_is_empty_unasked(packed, tmp_path):
    """The page of packs offers what the API gives, days as people write them, and lists what was handed over."""
    page = browser(packed.client.application, packed.seeded, "riv-lead")
    assert "It is of the record of Riverside Community Health" in page.text("/packs")
    size = packed.seeded.board.size()
    said = {"from": "1 September 2016", "to": "30 September 2016", "event": "", "review": ""}
    answer = page.client.post(f"/packs?known_at={size}", data=page.hidden | said)
    api = took(packed, "riv-lead", tmp_path / "pack", **{"from": "2016-09-01", "to": "2016-09-30"}, known_at=str(size))

    assert (answer.status_code, answer.data == api) == (200, True)
    packed.seeded.catch_up()
    hidden = page.hidden
    assert "2016-09-01 to 2016-09-30, agency RIV" in page.text("/packs")
    assert files_sha256(tmp_path / "pack") in page.words
    assert page.client.post("/packs", data=hidden | said | {"to": ""}).status_code == 422


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"event": "99999", "from": "", "to": ""}, "event", "There is no event 99999"),
        ({"event": "99,999"}, "event", "There is no event 99999"),
        ({"event": "first"}, "event", "The number of an event is expected"),
        ({"from": "soon"}, "from", "“soon” is not a date"),
        ({"to": ""}, "to", "needs both, in their order: not from 1 September 2016 to an open day"),
        ({"from": "30 September 2016", "to": "1 September 2016"}, "to", "not from 30 September 2016 to 1 September 2016"),
        (
            {"from": "1 January 1999", "to": "2 January 1999", "review": "SB-2015-01"},
            "review",
            "There is no event of 1999-01-01 to 1999-01-02",
        ),
    ],
)
def test_what_a_form_cannot_give_is_said_in_the_form(packed, typed, field, told):
    """At the field, with a link to it, and all that was typed kept; nothing is recorded."""
    page, before = browser(packed.client.application, packed.seeded, "chair"), packed.seeded.board.size()
    said = {"from": "1 September 2016", "to": "30 September 2016"} | typed
    page.get("/packs")
    answer = page.post("/packs", said)

    assert (answer.status_code, packed.seeded.board.size(), "No pack was sealed" in page.words) == (422, before, True)
    assert told in page.words.partition("Seal and take the pack")[0].partition("Ask for less")[2], page.words
    assert f"#{field}" in page.links
    assert all(f'value="{value}"' in page.page for value in said.values() if value), page.page
    assert "<title>Error: Sealed packs" in " ".join(page.page.split()).replace("<title> ", "<title>")


@pytest.mark.parametrize(
    ("asked", "holds", "not_there"),
    [
        ({"agency": "RIV"}, {"action.assigned.v1", "return.requested.v1", "agency.joined.v1"}, "data_subject.legal_hold_placed.v1"),
        ({"review": "SB-2015-01"}, {"review.referred.v1", "review.finding_recorded.v1", "action.assigned.v1"}, "meeting.held.v1"),
        ({"event": 21}, {"action.assigned.v1", "office.holder_appointed.v1"}, "review.referred.v1"),
        ({"from": "2016-09-06", "to": "2016-09-30"}, {"action.assigned.v1"}, "meeting.held.v1"),
    ],
)
def test_a_pack_is_of_what_was_asked_for(packed, asked, holds, not_there, tmp_path):
    """Days, an agency, a review, one event with its receipt: each pack verifies by itself, and holds that and who held which office."""
    took(packed, "chair", tmp_path / "pack", **asked)
    kinds = {evt for evt, shown in entries_of(tmp_path / "pack").values() if shown}

    assert holds <= kinds
    assert not_there not in kinds
    assert [path.name for path in tmp_path.glob("pack/proofs/*")] == ["20.tlog-proof"] * ("event" in asked)
    assert handed(packed)[-1]["office"] == "chair"


def test_an_agency_takes_its_own_record_and_nobody_elses(packed, tmp_path):
    """A lead is given what is there for them, with the counts of few that their agency made, which nobody else is told."""
    took(packed, "riv-lead", tmp_path / "own")
    took(packed, "cqh-lead", tmp_path / "other")
    took(packed, "chair", tmp_path / "chair", agency="RIV")
    answers = {
        name: [
            shown["answers"] for evt, shown in entries_of(tmp_path / name).values() if evt == "return.submitted.v1" and "answers" in shown
        ]
        for name in ("own", "other", "chair")
    }

    assert [len(answers[name]) for name in ("own", "other", "chair")] == [1, 0, 0]
    assert "action:A1" not in str(entries_of(tmp_path / "other"))
    refused = packed.post("/api/v1/packs", "cqh-lead", {"agency": "RIV"})
    assert (refused.status_code, refused.json["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("office", "asked", "status", "code"),
    [
        ("trainer", {}, 403, "not-allowed"),
        ("inspector", {"from": "2014-01-01", "to": "2016-09-05"}, 403, "outside-inspection"),
        ("inspector", {"from": "2016-01-01"}, 422, "half-a-period"),
        ("inspector", {"review": "NONE"}, 404, "not-found"),
        ("inspector", {"event": 999}, 404, "not-found"),
        ("inspector", {"known_at": "99999"}, 422, "not-yet-known"),
    ],
)
def test_a_pack_that_is_nobodys_to_take_is_refused(packed, office, asked, status, code):
    """Refused by name, and nothing is recorded."""
    before = packed.seeded.board.size()
    answer = packed.post("/api/v1/packs", office, asked)

    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{code}")
    assert packed.seeded.board.size() == before


def test_who_manages_the_board_hands_a_pack_to_whoever_inspects(inspected):  # noqa: F811
    """The page and the API hand over what the command line does: what the recipient may read, on record as theirs; nobody else may."""
    page = browser(inspected.client.application, inspected.seeded, "board-manager")
    assert "muniment pack pack.zip --for inspector" in page.text("/packs")
    said = page.hidden | {"for": "inspector"}
    known_at = str(inspected.seeded.board.size())
    answer = page.client.post(f"/packs?known_at={known_at}", data=said)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    (on_record,) = handed(inspected)
    assert (on_record["office"], on_record["by_office"], on_record["scope"]) == ("inspector", "board-manager", "2015-07-01 to 2016-09-05")
    assert inspected.post("/api/v1/packs", "board-manager", {"for": "inspector", "known_at": known_at}).data == answer.data

    for office, to, status in (
        ("chair", "inspector", 200),
        ("riv-lead", "inspector", 403),
        ("board-manager", "auditor", 422),
        ("board-manager", "trainer", 403),
    ):
        assert inspected.post("/api/v1/packs", office, {"for": to}).status_code == status, (office, to)
    assert "For whom" not in browser(inspected.client.application, inspected.seeded, "riv-lead").text("/packs")


def test_a_pack_that_is_handed_over_is_the_one_that_its_recipient_takes(packed, tmp_path, monkeypatch):
    """To a lead, an inspector and an auditor: byte for byte their own, without the others' inspections; and so by the command."""
    it = packed.seeded
    it.join("auditor", "auditor")
    covers = {"covers_from": "2016-09-01", "ceiling": "2016-09-05", "expires_on": "2016-10-01", "agency": None}
    it.act("chair", "open_inspection", "auditor", body="Auditors", purpose="audit", **covers)
    it.catch_up()
    known_at = str(it.board.size())
    for office in ("auditor", "inspector", "riv-lead"):
        own = took(packed, office, tmp_path / office, known_at=known_at)
        assert own == took(packed, "board-manager", tmp_path / f"for {office}", known_at=known_at, **{"for": office}), office
        opened = [shown["body"] for evt, shown in entries_of(tmp_path / office).values() if evt == "inspection.opened.v1" and shown]
        assert opened == {"riv-lead": [], "inspector": ["Ofsted"], "auditor": ["Auditors"]}[office]

    for name, said in {"DATA": it.config.data, "DATABASE_URL": it.config.database_url, "KEY": it.keys["board-manager"]}.items():
        monkeypatch.setenv(f"MUNIMENT_{name}", str(said))
    ran = CliRunner().invoke(pack, [str(out := tmp_path / "handed.zip"), "--for", "riv-lead", "--known-at", known_at])
    assert (ran.exit_code, out.read_bytes() == own) == (0, True), ran
