"""The data-protection register and a person's page: what the law asks, who may read it, and what stands where something is not opened."""

from __future__ import annotations

import html
import io
import json
import re
import uuid
import zipfile
from datetime import date

import psycopg
import pytest

from aggregates.authority import Acting
from aggregates.registry.data_subject import DataSubject
from projections.two_clocks import catch_up
from service.database import backup
from service.desk import drafts
from service.desk.refusals import Identifies, PersonalData
from service.ledger.append import Erases
from service.recording import Write
from tests.api.pages.conftest import browser, day
from tests.api.pages.whole import THINGS, fill
from tests.boards import assign
from tests.projections.test_real_ledger import EVERYTHING
from tests.service.erasing import NAME, somebody

PERSON = THINGS["subject"]
ASKED = {"reference": "DP-2016-4", "identity_checked_by": "board-manager"}
DOUBTFUL = "The ward rota of 943 476 5919 was not agreed"


@pytest.fixture
def board(app, seeded):
    """Give browsers for the offices of a board with one of everything, and a data protection officer."""

    def board(office):
        return browser(app, seeded, office)

    fill(seeded).join("dpo", "data protection officer")
    seeded.catch_up()
    board.seeded = seeded
    return board


def act(board, command, **fields):
    """Let the officer decide about the person."""
    board.seeded.act("dpo", command, PERSON, **fields)
    board.seeded.catch_up()


def test_the_register_says_what_is_asked_and_names_nobody(board):
    """Requests, restrictions and holds stand with their dates and decisions, by reference: no name is in the register or its data."""
    who = board("dpo")
    assert "Release a legal hold" not in who.text(f"/subjects/{PERSON}")
    assert "Everything that is held" not in who.words
    act(board, "place_legal_hold", matter="Inquest", reason="The coroner asks")
    assert "Release a legal hold" in who.text(f"/subjects/{PERSON}")
    act(board, "request_erasure", **ASKED)
    act(board, "decide_erasure", outcome="refused", exemption="legal claims", reason="The inquest is open")
    assert who.get("/data-protection").status_code == 200

    told = ("Held: Inquest", "Erasure asked 5 September 2016", "Refused 5 September 2016, by exemption: legal claims")
    for words in (f"{PERSON[:8]}…", *told):
        assert words in who.words, words
    rows = board.seeded.keys and who.client.get("/api/v1/subjects").json["items"]
    row = next(row for row in rows if row["ref"] == PERSON)
    assert (row["held"], row["erasures"][0]["outcome"]) == (["Inquest"], "refused")
    assert "Northway" not in who.page
    assert "Northway" not in str(rows)


def test_a_persons_page_has_the_sessions_at_which_they_were(board):
    """The officer finds each with the day and the agency of that day; that an inspector opened the page is on record; a lead finds none."""
    person = board.seeded.people["riv-lead"]
    told = "Agency on that day Staff group Number there S-1 Neglect 5 September 2016 Riverside Community Health"
    for office in ("dpo", "inspector"):
        assert told in board(office).text(f"/subjects/{person}")
    board.seeded.catch_up()
    assert str(person) in board("board-manager").get("/inspections/inspector").get_data(as_text=True)
    assert board("riv-lead").get(f"/subjects/{person}").status_code == 404


def test_a_persons_page_has_their_requests_and_what_can_be_done(board):
    """The officer finds who it is, each request with its dates, and what can be done next."""
    act(board, "request_erasure", **ASKED)
    who = board("dpo")
    who.get(f"/subjects/{PERSON}")

    for words in ("P. Northway", "DP-2016-4", "Waits for its decision", "Decide the request to erase", "Place a legal hold"):
        assert words in who.words, words
    assert "Bring in a request to erase" not in who.words


def test_whoever_may_know_people_reads_their_names_and_no_long_reference(board):
    """The officer's home and forms name whom they are about; nobody reads a person by 32 digits."""
    act(board, "request_erasure", **ASKED)
    board.seeded.catch_up()
    who = board("dpo")

    assert "Erasure requested: P. Northway" in who.text("/")
    assert "P. Northway Place a legal hold" in who.text(f"/subjects/{PERSON}/place_legal_hold")
    assert PERSON not in who.words
    assert f"Erasure asked 5 September 2016, {ASKED['reference']}" in who.text("/data-protection")


@pytest.mark.parametrize(("office", "may"), [("chair", True), ("board-manager", True), ("quality-chair", False), ("riv-lead", False)])
def test_who_may_read_the_register(board, office, may):
    """Domain B.6: the chair, the manager, the officer and who inspects read it; sub-groups and agencies do not, nor a person's page."""
    act(board, "place_legal_hold", matter="Inquest", reason="The coroner asks")
    who = board(office)

    assert who.get("/data-protection").status_code == (200 if may else 403)
    assert who.get(f"/subjects/{PERSON}").status_code == (200 if may else 404)
    assert ("/data-protection" in who.links) == may
    position = board.seeded.board.size()
    assert who.get(f"/events/{position}").status_code == (200 if may else 404)


def test_what_was_erased_says_so_everywhere(board):
    """After the erasure every page says when, at every clock; counts and lists stay what they were."""
    registered = next(n for n in range(1, board.seeded.board.size()) if board.seeded.board.subjects.reveal(n, "name") == "P. Northway")
    act(board, "request_erasure", **ASKED)
    act(board, "decide_erasure", outcome="granted", exemption=None, reason="Nothing stands against it")
    who = board("dpo")
    who.get(f"/events/{registered}")
    assert "P. Northway" in who.words
    act(board, "erase_personal_data")

    for path in (f"/events/{registered}", f"/subjects/{PERSON}", "/data-protection"):
        who.get(path)
        assert "[erased 5 September 2016" in who.words, path
        assert "Northway" not in who.page, path
    assert "tell the office that they were erased" in who.text(f"/subjects/{PERSON}")
    assert "Their key was destroyed: what they hold of it is wrapped" in who.words
    assert "Recorded by by_person The dpo" in who.text(f"/events/{board.seeded.board.size()}")
    assert who.client.get(f"/api/v1/subjects/{PERSON}").json["item"]["name"] is None


def test_a_text_that_went_is_shown_as_erased_as_soon_as_the_erasure_is_answered(board):
    """Page and API say when it went, at every clock; no more of the log is read for it than what is new, so that nobody waits."""
    it = board.seeded
    assign(it, "A7", title=f"Ask {NAME}")
    position = it.board.size()
    it.act("chair", "correct_entry", "A7", about="action", amends=1, corrected={"title": "Ask a colleague"}, reason="It named somebody")
    ref = somebody(it)
    for command, said in (("request_erasure", ASKED), ("decide_erasure", {"outcome": "granted", "exemption": None, "reason": "So"})):
        it.act("dpo", command, ref, **said)
    it.catch_up()
    who = board("chair")
    paths = (f"/actions/A7?known_at={position}", f"/events/{position}", f"/api/v1/actions/A7?known_at={position}")
    assert all(NAME in who.get(path).get_data(as_text=True) for path in paths)
    size = it.board.size()
    it.act("dpo", "erase_personal_data", ref)
    with psycopg.connect(it.config.conninfo("projector"), autocommit=True) as conn:
        source = it.source(conn)
        catch_up.catch_up(conn, lambda after, limit: source(after, limit) if after >= size else pytest.fail("the log is read again"))

    for path in paths:
        shown = " ".join(re.sub("<[^>]+>", "", html.unescape(who.get(path).get_data(as_text=True))).split())
        assert (NAME in shown, "[erased 5 September 2016]" in shown) == (False, True), path
    before = rows(it)
    with psycopg.connect(it.config.conninfo("projector"), autocommit=True) as conn:
        catch_up.rebuild_views(conn, it.source(conn))
    assert rows(it) == before


def rows(it):
    """Return what every view holds."""
    with psycopg.connect(it.config.conninfo("reader")) as conn:
        return {name: conn.execute(query).fetchall() for name, query in EVERYTHING.items()}


def test_who_is_restricted_is_not_opened_but_for_what_is_named(board):
    """A restricted person's name stands closed for the chair, and open for an inspection where the restriction names that."""
    trainer = str(board.seeded.people["quality-chair"])
    board.seeded.act("dpo", "apply_restriction", trainer, open_for=["inspection"], reason="Accuracy is contested")
    board.seeded.catch_up()
    chair, inspector, officer = board("chair"), board("inspector"), board("dpo")
    for who, named in ((chair, False), (inspector, True), (officer, True)):
        who.get("/meetings/QEG-2016-09")
        assert ("The quality-chair" in who.words) == named, who.office
        assert ("[restricted]" in who.words) != named, who.office
    board.seeded.act("dpo", "lift_restriction", trainer, reason="It was accurate")
    board.seeded.catch_up()

    chair.get("/meetings/QEG-2016-09")
    assert "The quality-chair" in chair.words


def test_merged_references_are_shown_as_one_person(board):
    """What was done under a reference that was merged is shown under the name of the one that goes on."""
    board.seeded.act("dpo", "merge_subjects", str(board.seeded.people["quality-chair"]), into=PERSON, reason="One person")
    board.seeded.catch_up()
    who = board("chair")
    who.get("/meetings/QEG-2016-09")

    assert "P. Northway" in who.words


def refused(board, text, kind=PersonalData):
    """Have a text of a dispute refused; return the refusal."""
    with pytest.raises(kind) as told:
        board.seeded.act("riv-lead", "dispute_action", "A1", reason=text)
    return told.value


def test_inv_45_a_doubtful_text_is_held_until_the_officer_has_seen_it(board):
    """INV-45: it is refused and held once; the officer alone sees it, allows it, and the very same text is then recorded."""
    refused(board, DOUBTFUL)
    refused(board, DOUBTFUL)
    who = board("dpo")
    who.get("/data-protection")
    assert who.words.count(DOUBTFUL) == 1
    for other in ("chair", "board-manager"):
        elsewhere = board(other)
        elsewhere.get("/data-protection")
        assert DOUBTFUL not in elsewhere.words
    number = board.seeded.board.held.waiting()[0].id
    who.get("/data-protection")
    who.client.post(f"/data-protection/held/{number}", data={**who.hidden, "allowed": "yes"})

    assert board.seeded.board.held.waiting() == []
    refused(board, DOUBTFUL + " again")
    board.seeded.act("riv-lead", "dispute_action", "A1", reason=DOUBTFUL)


def test_inv_45_texts_that_wait_are_counted_at_home_and_stand_first(board):
    """Somebody waits for the officer's word: their home counts the texts and leads to them, before the register and the search."""
    who, others = board("dpo"), [board(office) for office in ("chair", "board-manager")]
    assert "Texts that wait for you" not in who.text("/")
    refused(board, DOUBTFUL)
    assert "1 text looks as if somebody were identified" in who.text("/")
    refused(board, DOUBTFUL + " either")
    assert "2 texts look as if somebody were identified" in who.text("/")
    assert all("Texts that wait" not in other.text("/") for other in others)
    assert "/data-protection#held" in who.links
    said = who.text("/data-protection")

    assert said.index("It identifies nobody") < said.index("Find somebody by their name") < said.index("What is shown")


def test_inv_45_what_identifies_somebody_is_never_recorded(board):
    """INV-45: a text that the officer has found to identify somebody stays refused, and is told so; the text itself is gone."""
    refused(board, DOUBTFUL)
    held = board.seeded.board.held
    held.decide(held.waiting()[0].id, allowed=False, by="dpo")

    assert "identifies somebody" in str(refused(board, DOUBTFUL, Identifies))
    assert held.waiting() == []


def test_inv_45_the_name_of_somebody_on_record_is_held_too(board):
    """INV-45: the whole name of a registered person, however it is written, is held; a surname alone is nobody's."""
    for text in ("Ask P. Northway", "ask p northway about it", "Ask P. NORTHWAY"):
        assert "the name of a person on record" in str(refused(board, text))
    board.seeded.act("riv-lead", "dispute_action", "A1", reason="The Northway clinic is not ours")


def test_a_persons_page_has_every_place_and_by_what_right(board):
    """F.8: the officer finds each thing and field in which somebody stands, what it is kept for, and what may stand against an erasure."""
    person = board.seeded.people["riv-lead"]
    told = board("dpo").text(f"/subjects/{person}")

    assert "S-1 Participant Attendance recorded Event" in told
    assert "3 years To assure that staff learn again every three years" in told
    assert "Holder Office holder appointed" in told
    assert "Against: legal obligation or public task" in told


def test_who_was_shown_it_is_told_of_the_erasure(board, tmp_path):
    """F.8: what an inspector opened is listed with the day, as not told until somebody is; and so are the dumps that hold the key."""
    backup.dump(board.seeded.config, tmp_path / "monday.dump")
    backup.dump(board.seeded.config, tmp_path / "years.dump", log_alone=True)
    board("inspector").get(f"/subjects/{PERSON}")
    act(board, "request_erasure", **ASKED)
    act(board, "decide_erasure", outcome="granted", exemption=None, reason="Nothing stands against it")
    act(board, "erase_personal_data")
    who = board("dpo")
    assert "Inspector 5 September 2016" in who.text(f"/subjects/{PERSON}")
    for words in ("Not told yet", "[erased 5 September 2016]", "monday.dump", "Not destroyed yet"):
        assert words in who.words, words
    copies = who.words.partition("Destroyed years.dump")[2]
    assert copies.index("The log alone") < copies.index("May be kept") < copies.index("monday.dump") < copies.index("Their key")
    act(board, "notify_recipient", recipient="Ofsted", disclosed_on="2016-09-05", how="By letter")
    for name in ("monday.dump", "years.dump"):
        backup.destroyed(board.seeded.config, name)

    assert "Ofsted 5 September 2016 5 September 2016 By letter" in who.text(f"/subjects/{PERSON}")
    assert "Not told yet" not in who.words
    assert "Not destroyed yet" not in who.words


def test_a_name_in_what_others_wrote_is_found(board):
    """F.8: a name in free text is found by the name, by the officer alone, so that whoever wrote it corrects it."""
    text, ref = "The lead Ann Marrow was away", str(uuid.uuid4())
    board.seeded.act("chair", "vary_due_date", "A1", due_on="2017-01-31", reason=f"{text} again")
    board.seeded.act("riv-lead", "dispute_action", "A1", reason=text)
    board.seeded.act("board-manager", "register_subject", ref, name="Ann Marrow", contact=None)
    board.seeded.catch_up()
    with psycopg.connect(board.seeded.config.conninfo("writer")) as conn:
        drafts.save(conn, THINGS["return"], "riv-lead", {"comment": "Ask A. Marrow"}, now=board.seeded.clock.now)
    who = board("dpo")
    assert f"{text} Riv lead Or: the board manager" in who.text(f"/subjects/{ref}/mentions")
    assert f"{text} again Chair Or: the chair, where the board manager proposes it" in who.words
    assert {"/offices/riv-lead", "/offices/chair"} <= set(who.links)
    assert "Comment Draft Ask A. Marrow Riv lead" in who.words
    assert "Their name stands in no text" in who.text(f"/subjects/{PERSON}/mentions")
    assert board("board-manager").get(f"/subjects/{ref}/mentions").status_code == 403


def test_a_text_that_goes_with_an_erasure_says_so_beside_it_and_one_that_stays_does_not(board):
    """F.8: a wording that was corrected goes; one stays that a correction gave together with a day."""
    it = board.seeded
    assign(it, "A7", title=f"Ask {NAME}")
    for title, due_on in ((f"Tell {NAME}", "2016-12-01"), ("Ask a colleague", "2017-03-01")):
        it.act("chair", "correct_entry", "A7", about="action", amends=1, corrected={"title": title, "due_on": due_on}, reason="Better so")
    ref = somebody(it)
    it.catch_up()
    shown = board("dpo").text(f"/subjects/{ref}/mentions")

    assert f"Ask {NAME} Goes when they are erased Chair" in shown
    assert f"Tell {NAME} Chair" in shown


def test_what_is_typed_of_somebody_is_shown_to_the_officer_counted_and_given_with_what_is_held(board):
    """F.8: drafts and texts that wait, on their page and in the form of the deed; the answer to an access request has no other's words."""
    it, ref = board.seeded, somebody(board.seeded)
    own, mine = str(it.people["riv-lead"]), "Rita Marsh was asked"
    it.act("dpo", "merge_subjects", somebody(it, "Rita Marsh"), into=own, reason="One person")
    refused(board, f"We asked {NAME}")
    with psycopg.connect(it.config.conninfo("writer")) as conn:
        said = {"q-1": f"{NAME} counted them", "reason": mine, "q-2": "Nobody is named"}
        drafts.save(conn, THINGS["return"], "riv-lead", said, now=it.clock.now)
    for person in (ref, own):
        it.act("board-manager", "request_access", person, **ASKED)
    it.catch_up()
    who, heading = board("dpo"), "Typed, and not recorded"
    shown = who.text(f"/subjects/{ref}").partition(heading)[2]
    for words in ("Q-1 Draft Riv lead 5 September 2016 Goes when they are erased", "Reason Waits for the data protection officer Riv lead"):
        assert words in shown, shown
    theirs = who.text(f"/subjects/{own}").partition(heading)[2]
    for words in (
        "Reason Draft Riv lead 5 September 2016 Goes when",
        "Draft Riv lead 5 September 2016 Stays with the office, in which they typed it",
    ):
        assert theirs.count(words) == 1, theirs
    assert f"We asked {NAME} Goes when they are erased You decide whether it is recorded" in who.text(f"/subjects/{ref}/mentions")
    assert all(heading not in board(office).text(f"/subjects/{ref}") for office in ("chair", "board-manager", "inspector"))
    for person, has, lacks in ((ref, 2, "counted them"), (own, 4, "counted them")):
        told = who.client.get(f"/api/v1/subjects/{person}/held").json["item"]["at the desk"]["typed"]
        assert (len(told), lacks in str(told), mine in str(told)) == (has, False, person == own)
        assert {one["kept_at"][:10] for one in told if not one["waits"]} == {"2016-09-05"}
        assert NAME not in str(told)
    assert "Your name is in it; ask for what it says." in who.text(f"/subjects/{ref}/held")
    assert f"typed in the office Riv lead on 5 September 2016 at 10:00: “{mine}”" in who.text(f"/subjects/{own}/held")
    it.act("dpo", "answer_access_request", ref, reference=ASKED["reference"], received_on="2016-09-05", outcome="given", exemption=None)
    it.act("dpo", "request_erasure", ref, **ASKED)
    it.act("dpo", "decide_erasure", ref, outcome="granted", exemption=None, reason="So")
    it.catch_up()

    assert "Texts that name them, typed and not recorded yet: 2" in who.text(f"/subjects/{ref}/erase_personal_data")


def test_what_is_due_is_shown_and_a_person_decides(board):
    """The schedule says when the last clock ends; what is kept on is due again on its day, and nothing is erased by itself."""
    who = board("dpo")
    assert "Nothing is due" in who.text("/data-protection/retention")
    for words in ("The schedule", "C v Northumberland", "Set locally", "3 years"):
        assert words in who.words, words
    board.seeded.clock.advance(days=400)
    assert f"{PERSON[:8]}… Name and contact: 5 September 2017 Due since 5 September 2017 No" in who.text("/data-protection/retention")
    owed = "5 September 2017 Keep on, or have erased: what is due of 1 person today ( Retention)"
    assert (owed in who.text("/"), "Nothing is owed by you" in who.words) == (True, False), who.words
    assert "/data-protection/retention" in who.links
    act(board, "decide_retention", outcome="kept on", kept_until="2018-10-01", reason="The inquest may ask")
    assert PERSON[:8] not in who.text("/data-protection/retention")
    board.seeded.clock.advance(days=400)

    assert "Kept on: The inquest may ask" in who.text("/data-protection/retention")
    act(board, "decide_retention", outcome="to be erased", kept_until=None, reason="It is over")
    act(board, "erase_personal_data")
    assert PERSON[:8] not in who.text("/data-protection/retention")


def test_a_name_is_due_with_the_last_of_what_else_is_kept(board):
    """The schedule's own rule: a name goes when the last of the other clocks ends, and a year after its entry where there is none."""
    it, ref = board.seeded, somebody(board.seeded)
    it.act("trainer", "schedule_session", "S-2", course="C1", planned_on="2016-09-05", trainers=["trainer"], capacity=16)
    it.act("trainer", "deliver_session", "S-2")
    it.act("trainer", "record_attendance", "S-2", participant=ref, agency="RIV", staff_group="nurses")
    it.clock.advance(days=1060)
    it.catch_up()
    said, one = board("dpo").text("/data-protection/retention"), "5 September 2019"

    assert f"{ref[:8]}… Name and contact: {one} Who was at a training session: {one} {one} No" in said
    assert f"{PERSON[:8]}… Name and contact: 5 September 2017 Due since" in said
    assert "as long as anything else, or 1 year The last entry, where it is by itself" in said


def test_whoever_asks_is_given_everything_that_is_held_of_them_and_nothing_of_others(board):
    """UK GDPR Article 15: one file, readable and as data; with accounts, sessions and who was shown it; on record once, without secrets."""
    person = str(board.seeded.people["riv-lead"])
    who = board("dpo")
    assert who.get(f"/subjects/{person}/held").status_code in {409, 422}
    assert who.client.get(f"/api/v1/subjects/{person}/held").json["type"].endswith("nothing-asked")
    board.seeded.act("board-manager", "request_access", person, **ASKED)
    board.seeded.catch_up()
    home = who.text("/")
    assert ("Answer the request for access: DP-2016-4" in home, "5 October 2016" in home, "UK GDPR Article 12(3)" in home) == (True,) * 3
    assert "Waits for its answer, by 5 October 2016" in who.text(f"/subjects/{person}")
    who.get(f"/subjects/{person}/held")
    token = re.search(r'name="csrf_token" value="([^"]+)"', who.page)[1]
    size = board.seeded.board.size()
    answer = {"csrf_token": token, "reference": "DP-2016-4"}
    recorded = [who.client.post(f"/subjects/{person}/held", data=answer) for _ in "12"]
    board.seeded.catch_up()
    shown = who.text(recorded[0].location)
    sent = [who.client.post(f"/subjects/{person}/held", data=answer) for _ in "12"]

    assert [one.status_code for one in recorded + sent] == [303, 303, 200, 200]
    assert board.seeded.board.size() == size + 1
    assert "Recorded Access request answered" in shown
    assert "Every request was answered. Download the file for DP-2016-4" in shown
    assert who.client.post(f"/subjects/{person}/held", data={"csrf_token": token, "reference": "?"}).status_code == 404
    files = zipfile.ZipFile(io.BytesIO(sent[0].data))
    page, data = (files.read(name).decode() for name in sorted(files.namelist()))
    told = json.loads(data)
    assert {one["said"] for one in told["on record"] if one["field"] == "Name"} == {"The riv-lead"}
    assert [one["ref"] for one in told["training"]] == ["S-1"]
    assert told["at the desk"]["accounts"][0]["email"] == "riv-lead@severnbrook.example"
    assert told["at the desk"]["keys of programs"][0]["label"] == "riv-lead, for tests"
    for other in ("P. Northway", "The trainer", "trainer@", "R. Vale", "argon2"):
        assert other not in data, other
        assert other not in page, other
    assert "Information Commissioner" in page
    assert "It is not answered yet" not in page
    said = "You were at the session S-1 of the course C1 on 5 September 2016"
    for sentence in (
        said,
        "request DP-2016-4",
        "You hold the office",
        "An account with the address riv-lead@severnbrook.example, made on ",
    ):
        assert sentence in page, page
    assert "by_person" not in page
    assert board("chair").get(f"/subjects/{person}/held").status_code == 403


def test_the_form_of_the_deed_says_what_goes_and_asks_whether_it_was_looked_at(board):
    """F.8: how many values and texts go, of which kinds, and what stays; only once it is ticked, and just that, and the page says so."""
    it = board.seeded
    assign(it, "A7", title=f"Ask {NAME}")
    it.act("chair", "correct_entry", "A7", about="action", amends=1, corrected={"title": "Ask a colleague"}, reason="It named somebody")
    ref = somebody(it)
    it.act("trainer", "schedule_session", "S-2", course="C1", planned_on="2016-09-05", trainers=["trainer"], capacity=16)
    it.act("trainer", "deliver_session", "S-2")
    it.act("trainer", "record_attendance", "S-2", participant=ref, agency="RIV", staff_group="nurses")
    it.act("dpo", "request_erasure", ref, **ASKED)
    it.act("dpo", "decide_erasure", ref, outcome="granted", exemption=None, reason="So")
    it.catch_up()
    who, path, page = board("dpo"), f"/subjects/{ref}/erase_personal_data", f"/subjects/{ref}"
    said = who.text(path)
    for words in ("4 values go, for ever: Name and contact: 2 Who was at a training session: 1", "or retracted: 1 What stays: every entry"):
        assert words in said, said
    order = ("4 values go", "Nothing brings it back", "Say more, or record it for an earlier day", "True from", "Before you record it")
    assert [said.index(words) for words in order] == sorted(said.index(words) for words in order)
    before = who.recorded
    assert (who.send(path).status_code, "this is needed" in who.words, who.recorded) == (422, True, before)
    assert who.send(path, {"act.confirmed": "yes"}).status_code == 303, who.words
    it.catch_up()

    assert it.board.load(DataSubject, ref, fresh=True).state.erased == 4
    assert "Kept now Nothing: their key was destroyed" in who.text(page)
    assert not [words for words in ("under their key", "Public task", "or not at all") if words in who.words]


def test_what_was_granted_and_is_not_erased_is_owed_by_the_officer(board):
    """UK GDPR Articles 12(3) and 17(1): it stands and counts at home, by the day on which who asked hears of it, until it is done."""
    person = str(board.seeded.people["riv-lead"])
    act(board, "request_erasure", **ASKED)
    board.seeded.act("dpo", "decide_retention", person, outcome="to be erased", kept_until=None, reason="It is over")
    board.seeded.catch_up()
    who, said = board("dpo"), {"outcome": "granted", "exemption": None, "reason": "Nothing stands against it"}
    assert f"Decide the request to erase: {ASKED['reference']}" in who.text("/")
    act(board, "decide_erasure", **said)
    coming, _, undated = who.text("/").partition("With no day stated")
    assert f"5 October 2016 Erase what is kept: {ASKED['reference']}" in coming
    assert "UK GDPR Article 17(1)" in coming
    assert "Owed since 5 September 2016 Erase what is kept: it was due" in undated
    assert {f"/subjects/{ref}/erase_personal_data" for ref in (PERSON, person)} <= set(who.links)
    assert "To be erased, as decided 5 September 2016" in who.text("/data-protection")
    act(board, "erase_personal_data")

    assert who.text("/").count("Erase what is kept") == 1
    assert who.text("/data-protection").count("To be erased") == 1


def test_nobody_is_erased_while_their_request_for_access_waits(board):
    """UK GDPR Article 15: the page and the form of the deed name the request that is answered first, and no form offers the deed."""
    act(board, "request_access", **ASKED)
    act(board, "request_erasure", **ASKED)
    act(board, "decide_erasure", outcome="granted", exemption=None, reason="Nothing stands against it")
    who, path = board("dpo"), f"/subjects/{PERSON}/erase_personal_data"
    assert "Nothing is erased before they have it: DP-2016-4, of 5 September 2016" in who.text(f"/subjects/{PERSON}/decide_retention")
    for page in (f"/subjects/{PERSON}", path):
        assert f"The request for access {ASKED['reference']} about" in who.text(page)
        assert "waits for its answer, due 5 October 2016: answer it, then erase" in who.words
    assert path not in (who.get(f"/subjects/{PERSON}") and who.links)
    before = who.recorded
    assert (who.send(path).status_code, who.recorded) == (422, before)
    act(board, "answer_access_request", reference=ASKED["reference"], received_on="2016-09-05", outcome="given", exemption=None)

    assert path in (who.get(f"/subjects/{PERSON}") and who.links)


@pytest.mark.parametrize("way", ["form", "file"])
def test_who_was_erased_before_they_were_answered_is_answered_that_it_is_gone(board, way):
    """A log of before that rule: every way to the answer that a page offers is open, the file says what is gone, and home rests."""
    act(board, "request_access", **ASKED)
    thing = board.seeded.board.load(DataSubject, PERSON, fresh=True)
    goes = board.seeded.board.subjects.kept([thing.id])
    thing.record("PersonalDataErased", occurred_on=date(2016, 9, 5), erased=tuple(goes), **Acting().said)
    board.seeded.board.record(thing, PERSON, Write(erases=Erases((thing.id,), len(goes))))
    board.seeded.catch_up()
    who, page = board("dpo"), f"/subjects/{PERSON}"
    assert f"Answer the request for access: {ASKED['reference']}" in who.text("/")
    assert {f"{page}/answer_access_request", f"{page}/held"} <= set(who.get(page) and who.links)
    assert f"{page}/mentions" not in who.links
    if way == "form":
        said = {"reference": ASKED["reference"], "outcome": "given", **day("received_on", 2016, 9, 5), **day("act.occurred_on", 2016, 9, 5)}
        assert who.send(f"{page}/answer_access_request", said).status_code == 303, who.words
    else:
        assert "is held no more: [erased 5 September 2016]" in who.text(f"{page}/held")
        assert who.client.post(f"{page}/held", data=who.hidden).status_code == 303
        board.seeded.catch_up()
        file = who.client.post(f"{page}/held", data=who.hidden)
        told = json.loads(zipfile.ZipFile(io.BytesIO(file.data)).read(f"held-{PERSON[:8]}/held.json"))
        assert (told["kept for"], told["asked and decided"][0]["erased_on"]) == ([], "2016-09-05")
    board.seeded.catch_up()

    assert "Answer the request" not in who.text("/")
    assert "Waits for its answer" not in who.text(page)
    assert f"{page}/answer_access_request" not in who.links


def test_the_form_of_an_answer_has_the_requests_that_wait_to_choose_from(board):
    """UK GDPR Article 15: with none there is no such form on the page of a person; with one, it is chosen, and nothing else is answered."""
    who, path = board("dpo"), f"/subjects/{PERSON}/answer_access_request"
    assert path not in (who.get(f"/subjects/{PERSON}") and who.links)
    assert "There is no request for access that waits" in who.text(path)
    act(board, "request_access", **ASKED)
    assert path in (who.get(f"/subjects/{PERSON}") and who.links)
    assert "DP-2016-4, of 5 September 2016, to be answered by 5 October 2016" in who.text(path)
    said = {"outcome": "given", **day("received_on", 2016, 9, 5), **day("act.occurred_on", 2016, 9, 5)}
    before = who.recorded

    assert (who.send(path, said | {"reference": "DP-2016-5"}).status_code, who.recorded) == (422, before)
    assert who.send(path, said | {"reference": "DP-2016-4"}).status_code == 303, who.words
    board.seeded.catch_up()
    assert path not in (who.get(f"/subjects/{PERSON}") and who.links)


def test_what_was_asked_under_a_reference_that_was_merged_is_shown_and_decided_where_it_was_merged_into(board):
    """F.8: home leads there; the page names the reference, offers the decision, the form says who waits, and the file is given there."""
    it, other = board.seeded, somebody(board.seeded)
    for command in ("request_erasure", "request_access"):
        it.act("board-manager", command, other, **ASKED)
    act_on = {"into": PERSON, "reason": "One person"}
    it.act("dpo", "merge_subjects", other, **act_on)
    it.catch_up()
    who, page = board("dpo"), f"/subjects/{PERSON}"
    home = who.text("/")
    assert f"Decide the request to erase: {ASKED['reference']}" in home
    assert page in who.links
    shown = who.text(page)
    assert shown.count(f"{ASKED['reference']} Under {other[:8]}…") == 2, shown
    assert f"{page}/decide_erasure" in who.links
    assert "Nothing is erased before they have it: DP-2016-4, of 5 September 2016" in who.text(f"{page}/decide_erasure")
    assert "P. Northway" in who.text(f"{page}/held")
    assert NAME in who.words
    assert f"/subjects/{other}/held" in who.page
    assert who.client.post(f"/subjects/{other}/held", data=who.hidden).status_code == 303
    board.seeded.catch_up()
    sent = who.client.post(f"/subjects/{other}/held", data=who.hidden)
    told = json.loads(zipfile.ZipFile(io.BytesIO(sent.data)).read(f"held-{other[:8]}/held.json"))
    assert set(told["references"]) == {PERSON, other}
    it.catch_up()
    said = {"outcome": "granted", "reason": "So", **day("act.occurred_on", 2016, 9, 5)}
    assert who.send(f"{page}/decide_erasure", said).status_code == 303, who.words
    it.catch_up()

    assert "Decide the request" not in who.text("/")
    assert who.text("/").count("Erase what is kept") == 1
    act(board, "erase_personal_data")
    assert it.board.load(DataSubject, other, fresh=True).state.erased_on


def test_the_officer_finds_somebody_by_their_name(board, capfd):
    """Requests begin with a name: the officer alone finds whose it is, or was before references were merged; no address or log has it."""
    merged = board.seeded.people["quality-chair"]
    board.seeded.act("dpo", "merge_subjects", str(merged), into=PERSON, reason="One person")
    board.seeded.catch_up()
    who = board("dpo")
    for typed, there in (("northw p", True), ("NORTHWAY", True), ("quality ch", True), ("orthway", False), ("Nobody", False)):
        answer = who.send("/data-protection", {}) and who.post("/data-protection/find", {"name": typed})
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert (f"/subjects/{PERSON}" in who.links, "Nobody on record is called so" in who.words) == (there, not there), typed
        assert f"/subjects/{merged}" not in who.links
    assert "Write a name" in (who.post("/data-protection/find", {"name": " "}) and who.words)
    assert not re.search("northw|quality ch", "".join(capfd.readouterr()), re.IGNORECASE)

    for office in ("chair", "board-manager", "inspector", "riv-lead"):
        other = board(office)
        assert (other.get("/data-protection/find").status_code, "Find somebody" in other.words) == (403, False), office
        assert "Find somebody" not in (other.get("/data-protection") and other.words)
        assert other.post("/data-protection/find", {"name": "Northway", "csrf_token": other.hidden["csrf_token"]}).status_code == 403
