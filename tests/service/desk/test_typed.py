"""What the desk holds in words goes with whom it names, and comes back with no backup (journey F.8)."""

from __future__ import annotations

import psycopg
import pytest

from aggregates.review.names import Naming
from service.database import backup
from service.desk import drafts, screening
from service.desk.coming_in import held
from service.desk.refusals import PersonalData
from service.ledger.sealed import outside
from tests.service.database.test_erased_again import restored
from tests.service.erasing import CONTACT, NAME, somebody, with_officer
from tests.service.ledger.test_sealed import everything, spellings
from tests.service.test_erasure import granted

GOES, STAYS = f"{NAME} counted them", "They were counted"
DRAFT = {"q-1": GOES, "q-2": STAYS, "q-3": [{"group": f"With {NAME}", "reached": "3"}, {"group": "Others", "reached": "2"}]}
WITHOUT = {"q-1": "", "q-2": STAYS, "q-3": [{"group": "", "reached": "3"}, {"group": "Others", "reached": "2"}]}
# Every column of the desk that can hold words or bytes, and what becomes of what it says of whoever is erased.
COLUMNS = {
    "goes": {"account.email", "account.password_hash", "api_key.label", "held_text.text", "identity.issuer", "identity.subject",
             "reset_asked.email", "return_draft.said", "session.browser", "session.token_hash", "signed_request.body"},
    "an office, a reference, a kind or a number": {
        "api_key.acts", "api_key.office", "backup.name", "evidence_file.media_type", "held_text.command", "held_text.decided_by",
        "held_text.field", "held_text.office", "held_text.pattern", "held_text.ref", "idempotency.caller", "mail.office",
        "one_time_link.office",
        "participant_link.made_by", "participant_link.number", "participant_link.purpose", "participant_link.session",
        "return_draft.office", "return_draft.ref", "schema_version.version_num", "session.office", "signed_request.caller", "tally.what"},
    "a key, a hash or a signature": {
        "api_key.key_hash", "api_key.public_key", "evidence_file.sha256", "held_text.digest", "idempotency.request",
        "one_time_link.token_hash", "participant_link.token_hash", "received_file.sha256", "signed_request.signature", "tally.who"},
    "of our own machines and whom the operator writes to": {
        "asked_outside.failed", "asked_outside.who", "checkpoint_sent.address", "evidence_file.found", "mail.failed"},
    "what a program calls its act by, and signed": {"idempotency.key", "signed_request.base", "signed_request.key", "signed_request.nonce"},
}  # fmt: skip


@pytest.fixture
def board(seeded):
    """Give the small board with a data protection officer."""
    return with_officer(seeded)


def keep(it, said=DRAFT, office="riv-lead", config=None):
    """Keep a draft of an office."""
    with psycopg.connect((config or it.config).conninfo("writer")) as conn:
        drafts.save(conn, "S11-RIV", office, said, now=it.clock.now)


def kept(config):
    """Return what is kept of drafts, by office."""
    with psycopg.connect(config.conninfo("writer")) as conn:
        return {office: said for _, office, said, _ in drafts.every(conn)}


def wait(it, *texts):
    """Let texts wait for the officer."""
    for text in texts:
        with pytest.raises(PersonalData):
            it.act("riv-lead", "dispute_action", "A1", reason=text)


def waiting(it):
    """Return the texts that wait."""
    return [one.text for one in it.board.held.waiting()]


def test_what_is_typed_and_names_them_goes_with_them_and_nothing_else_does(board):
    """F.8: of a draft the texts that name them, of one that says nothing else all of it, and what waits for the officer; no other text."""
    ref, other = somebody(board), "Born on 4 March 2009 in Riverside"
    keep(board)
    keep(board, {"q-1": GOES}, "cqh-lead")
    wait(board, f"We asked {NAME.upper()}", other)
    granted(board, ref)
    board.act("dpo", "erase_personal_data", ref)

    assert kept(board.config) == {"riv-lead": WITHOUT}
    assert waiting(board) == [other]
    heap = everything(board.config)
    assert not [text for word in (NAME, CONTACT) for text in spellings(word) if text in heap]


def test_what_is_typed_and_names_another_under_a_hold_stays(board):
    """INV-39: what a court may ask for of somebody else is not destroyed with whom is named beside them, though it is not recorded."""
    ref, other = somebody(board), somebody(board, "Nina Vellum")
    board.act("dpo", "place_legal_hold", other, matter="Inquest", reason="The coroner asks")
    both = f"{NAME} and Nina Vellum agreed"
    keep(board, {"q-1": both, "q-2": GOES})
    wait(board, both)
    granted(board, ref)
    board.act("dpo", "erase_personal_data", ref)

    assert (kept(board.config), waiting(board)) == ({"riv-lead": {"q-1": both, "q-2": ""}}, [both])


def test_what_is_typed_and_says_how_to_reach_them_goes_with_them(board):
    """F.8: their contact details, whole, are as good as their name, unless somebody under a hold is reached by them too."""
    ref = somebody(board)
    said = {"q-1": f"Write to {CONTACT.upper()}.", "q-2": f"Write to x{CONTACT}", "q-3": "Riverside example"}
    keep(board, said)
    granted(board, ref)
    board.act("dpo", "erase_personal_data", ref)
    assert kept(board.config) == {"riv-lead": said | {"q-1": ""}}

    other, held = somebody(board), somebody(board, "Nina Vellum")
    board.act("dpo", "place_legal_hold", held, matter="Inquest", reason="The coroner asks")
    keep(board, said)
    granted(board, other)
    board.act("dpo", "erase_personal_data", other)
    assert kept(board.config) == {"riv-lead": said}


@pytest.mark.parametrize(
    ("contact", "goes"), [("07700 900123", True), ("07700900123", True), ("Ward 3", False), ("the Riverside office", False)]
)
def test_only_what_can_be_nothing_else_is_taken_for_contact_details(contact, goes):
    """F.8: a number or an address is; a place where many are is not."""
    assert Naming([], contacts=[contact]).goes(f"It is {contact}") == goes


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("Minh Ng", "Mr Ng agreed"),
        ("Th\u1ebf Nguy\u1ec5n", "Th\u1ebf Nguy\u1ec5n agreed"),
        ("The Anh Pham", "anh agreed"),
        ("Dr Nina O\u2019Vellum", "nina agreed"),
        ("Nina O\u2019Vellum", "OVELLUM agreed"),
        ("Yo Yo Ma", "ma agreed"),
        ("\u738b\u5c0f\u660e", "\u548c\u738b\u5c0f\u660e\u540c\u610f"),
    ],
)
def test_any_word_of_the_name_of_whom_a_hold_is_on_keeps_a_text(board, held, said):
    """INV-39: what is kept for a court is found more widely than what is destroyed; `the` and a title are nobody's name."""
    ref, other = somebody(board), somebody(board, held)
    board.act("dpo", "place_legal_hold", other, matter="Inquest", reason="The coroner asks")
    both = f"{NAME}; {said}"
    keep(board, {"q-1": both, "q-2": f"{NAME} saw the doctor, Dr Bell"})
    granted(board, ref)
    board.act("dpo", "erase_personal_data", ref)

    assert kept(board.config) == {"riv-lead": {"q-1": both, "q-2": ""}}


def test_a_text_that_may_be_about_a_namesake_under_a_hold_stays():
    """INV-39: of two people with one name nobody can tell which a text means."""
    assert Naming([NAME], ["Nina Vellum"]).goes(GOES)
    assert not Naming([NAME], [NAME]).goes(GOES)


def test_a_text_that_nobody_can_open_keeps_nobody_from_being_erased(board):
    """A damaged text of the desk goes with whoever is erased first: it is of no use, and stands against no right."""
    ref = somebody(board)
    wait(board, "Born on 4 March 2009")
    with psycopg.connect(board.config.conninfo("owner")) as conn:
        conn.execute("UPDATE desk.held_text SET text = '\\x00'::bytea || text")
    assert waiting(board) == [screening.DAMAGED]  # and the officer still reads the others
    granted(board, ref)
    board.act("dpo", "erase_personal_data", ref)

    assert waiting(board) == []


def test_what_a_restored_backup_holds_typed_goes_where_anybody_was_back_and_only_there(board, postgres, tmp_path):
    """Whom it names nobody may know any more: all of it goes, as the views do. A backup that gives nobody back keeps its drafts."""
    ref = somebody(board)
    keep(board)
    wait(board, f"We asked {NAME}", "Born on 4 March 2009")
    backup.dump(board.config, tmp_path / "before.dump")
    granted(board, ref)
    board.act("dpo", "erase_personal_data", ref)
    keep(board, {"q-2": STAYS})
    backup.dump(board.config, tmp_path / "after.dump")
    for name, number, left in (("before", 1, {}), ("after", 0, {"riv-lead": {"q-2": STAYS}})):
        with restored(board, tmp_path / f"{name}.dump", postgres) as config:
            assert (outside.erase_again(config, held.erase), kept(config)) == (number, left)
            with psycopg.connect(config.conninfo("writer")) as conn:
                assert conn.execute("SELECT count(*) FROM desk.held_text").fetchone() == (0 if number else 1,)


def test_every_column_of_the_desk_is_thought_of(board):
    """No table of the desk holds words or bytes of which nobody has said what becomes of them when somebody is erased."""
    query = """
        SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'desk' AND data_type IN ('text', 'jsonb', 'json', 'bytea', 'ARRAY', 'character varying')"""
    with psycopg.connect(board.config.conninfo("owner")) as conn:
        there = {row[0] for row in conn.execute(query)}

    assert there == set().union(*COLUMNS.values())
