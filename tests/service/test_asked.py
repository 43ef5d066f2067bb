"""What a client holds against what it asked for before it signs: every act passes as a service prepares it, and no lie does."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aggregates.action import Action
from aggregates.clocks.dates import london
from aggregates.entry.record import stream_id
from aggregates.partnership import Agency
from service.cli import main
from service.cli.people.asked import NotWhatWasAsked, Opened, Whose, check
from service.desk.submission import Submission
from service.ledger import keys
from service.ledger.statement import Signer
from service.verify import open_disclosures, open_statement, thumbprint
from tests.boards import ORIGIN
from tests.service.test_client import answering
from tests.service.test_reviews import BESIDE, COURSE, kept, people

KEY = Ed25519PrivateKey.from_private_bytes(b"A" * 32)
PUBLIC, PASSPHRASE = KEY.public_key().public_bytes_raw(), "correct horse battery staple"
LOG = "log.severnbrook.example/1"


def opened(key, statements):
    """Take prepared statements apart, as a client does."""
    for unsigned, disclosures in statements:
        claims = open_statement(f"{unsigned}.", key.public_key().public_bytes_raw(), ORIGIN, lambda *_: None)
        yield Opened(claims, dict(open_disclosures(claims["_sd"], disclosures).values()))


def test_every_act_of_a_review_is_prepared_as_it_was_asked_for(seeded):
    """From referral to closing, what the service would have signed is what was asked, as the client reads it: nothing true is refused."""
    people(seeded)
    enrolled = {}
    for ref, office, name, said in [*(("SB-2016-03", *step) for step in COURSE), *BESIDE]:
        if name == "close_review":
            kept(seeded)
        if office not in enrolled:
            enrolled[office] = Ed25519PrivateKey.generate()
            seeded.act(office, "enrol_signing_key", "keys", **keys.enrolment(enrolled[office], ORIGIN, office))
        key = enrolled[office]
        it = Submission(name=name, ref=ref, fields=said, key=f"{ref} {name}", prepare=thumbprint(key.public_key().public_bytes_raw()))
        waiting = seeded.board.act(seeded.callers[office], it).unsigned
        statements = [(one.unsigned, [*one.disclosures.values()]) for one in waiting.statements]
        check(it, [*opened(key, statements)], Whose(ORIGIN, office), yes=True)
        seeded.act(office, name, ref, **said)


def test_a_correction_is_held_against_what_was_to_be_corrected(seeded):
    """Corrected values stand by their class in what is signed: together they are what was asked for, and another value is a lie."""
    seeded.act("riv-lead", "accept_action", "A1")
    version = seeded.act("riv-lead", "report_progress", "A1", rag="amber", narrative="Half is read").version
    seeded.act("riv-lead", "enrol_signing_key", "keys", **keys.enrolment(KEY, ORIGIN, "riv-lead"))
    fields = {"amends": version, "corrected": {"narrative": "A third is read", "rag": "red"}, "reason": "It was counted again"}
    it = Submission(name="correct_entry", kind="action", ref="A1", fields=fields, key="k", prepare=thumbprint(PUBLIC))
    waiting = seeded.board.act(seeded.callers["riv-lead"], it).unsigned
    statements = [*opened(KEY, [(one.unsigned, [*one.disclosures.values()]) for one in waiting.statements])]

    check(it, statements, Whose(ORIGIN, "riv-lead"), yes=True)
    with pytest.raises(NotWhatWasAsked, match="corrected"):
        check(replace(it, fields=fields | {"corrected": {"rag": "red"}}), statements, Whose(ORIGIN, "riv-lead"), yes=True)


SAID = {"rag": "amber", "narrative": "Half is read"}
LINE = {"do": "report_progress", "ref": "A1", "fields": SAID, "key": "letter 1"}
TRUE = {
    "occurred_on": london(time.time()).isoformat(), "by_person": "22222222-3333-4444-8555-000000000000", "by_office": "lead-RIV",
    "by_agency": "RIV", "on_behalf_of": None, "late_reason": None, **SAID,
}  # fmt: skip
ACTION = stream_id(LOG, Action.TOPIC, "A1")
PROGRESS, WITHDRAWN = "action.progress_reported.v1", "action.withdrawn.v1"
OTHER = Ed25519PrivateKey.from_private_bytes(b"B" * 32)


def prepares(*, evt=PROGRESS, origin=LOG, holder="lead-RIV", stream=ACTION, key=KEY, leave=(), more=(), **fields):
    """Write what a service answers that was asked to prepare the line, with some of it another."""
    said = {name: value for name, value in (TRUE | fields).items() if name not in leave}
    signer = Signer(holder, origin, key.public_key().public_bytes_raw())
    drafts = [signer.draft(evt, str(stream), 3, (9, "A" * 43 + "="), said)]
    drafts += [signer.draft(other, str(stream), 4, (9, "A" * 43 + "="), said) for other in more]
    statements = [{"unsigned": one.unsigned.decode(), "disclosures": [*one.disclosures.values()]} for one in drafts]
    return 202, {}, json.dumps({"statements": statements, "command": {"rag": "green", "narrative": "All is well"}})


RECORDED = 200, {}, json.dumps({"receipt": "r", "positions": [4], "events": ["e"], "ref": "A1", "repeated": False})
LIES = {
    "narrative": {"narrative": "All is read"},
    "rag": {"rag": "green"},
    "the day": {"occurred_on": "2016-09-01"},
    "on behalf of": {"on_behalf_of": "chair"},
    "late reason": {"late_reason": "It was forgotten"},
    "the office": {"by_office": "chair"},
    "the signer": {"holder": "chair"},
    "the log": {"origin": "log.elsewhere.example/1"},
    "the thing": {"stream": stream_id(LOG, Agency.TOPIC, "A1")},
    "the act": {"evt": WITHDRAWN},
    "the fields": {"leave": ["by_agency"]},
    "the act ": {"more": [WITHDRAWN]},
    "is no statement for your key": {"key": OTHER},
}


@pytest.fixture
def submits(tmp_path, monkeypatch):
    """Give what submits the line, signed without asking, to a server that answers so; return the result, and how often it was asked."""
    keys.hand_over(tmp_path / "own.key", KEY, PASSPHRASE, origin=LOG, holder="lead-RIV")
    (tmp_path / "acts.jsonl").write_text(json.dumps(LINE))
    monkeypatch.setenv("MUNIMENT_KEY", "muniment_k")

    def submit(*answers, command=("submit", str(tmp_path / "acts.jsonl"))):
        with answering(*answers) as (address, asked):
            own = ["--signing-key", str(tmp_path / "own.key"), "--passphrase", PASSPHRASE, "--yes"]
            return CliRunner().invoke(main, [*command, "--server", address, *own]), asked

    return submit


@pytest.mark.parametrize(("field", "lie"), LIES.items())
def test_a_service_that_lies_is_refused_by_the_field_and_nothing_is_signed(submits, field, lie):
    """Whatever it would have somebody sign that they did not ask for: the field is named, and nothing is sent back."""
    ran, asked = submits(prepares(**lie), RECORDED)

    assert (ran.exit_code, len(asked)) == (1, 1), ran.output
    assert "Nothing was signed" in ran.output
    assert field.strip() in ran.output
    typed = ("sign", "report_progress", "A1", "-f", "rag=amber", "-f", "narrative=Half is read")
    ran, asked = submits(prepares(**lie), RECORDED, command=typed)
    assert (ran.exit_code, len(asked), "Nothing was signed" in ran.output) == (1, 1, True)


def test_what_was_asked_is_signed_and_sent_as_it_was_asked(submits):
    """A service that prepared just that gets it signed; what goes back is the client's own command, whatever it says that was."""
    ran, asked = submits(prepares(), RECORDED)

    assert (ran.exit_code, len(asked)) == (0, 2), ran.output
    assert {name: value for name, value in json.loads(asked[1][2]).items() if name != "signed"} == SAID


@pytest.mark.parametrize(
    "held", ["", "no JSON", "[]", '{"server": "https://board.example"}', '{"server": 1, "path": 1, "key": 1, "prepared": {}}']
)
@pytest.mark.parametrize("step", ["--offline", "--commit"])
def test_a_file_that_holds_no_prepared_act_is_refused(tmp_path, held, step):
    """Whatever else is handed over to be signed, or to be recorded, is said to be no prepared act."""
    file = tmp_path / "act.json"
    file.write_text(held)
    ran = CliRunner().invoke(main, ["sign", step, str(file)])

    assert (ran.exit_code, "is not what `muniment sign --prepare` writes" in ran.output) == (2, True)
