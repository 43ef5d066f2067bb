"""The audit of a pack: rules re-run from the pack alone name what broke them, and say what they could not look at."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from io import BytesIO

import psycopg
import pytest

from aggregates.action import Action
from aggregates.authority import Acting
from aggregates.errors import RULES
from aggregates.registry.data_subject import DataSubject
from service.ledger.pack import PUBLICLY, write_pack
from service.ledger.pack.auditing import audit
from service.recording import Write
from service.verify import digest, unb64url
from tests.api.acts import COMPROMISED, signed_act
from tests.service.erasing import somebody, with_officer

DAY = {"occurred_on": "2016-09-05"}


@pytest.fixture
def signed_off(seeded):
    """Give a board on which an action of Riverside's was signed off on evidence by the chair of the Quality sub-group, of the hospital."""
    held = seeded.board.receive(BytesIO(b"%PDF-1.4 an audit"), "audit.pdf", seeded.callers["riv-lead"])
    evidence = [{"sha256": held.sha256, "title": "Audit", "evidence_date": "2016-09-02"}]
    seeded.act("riv-lead", "accept_action", "A1")
    seeded.act("riv-lead", "submit_evidence", "A1", evidence=evidence, effect="Children are seen", narrative=None)
    seeded.act("riv-lead", "mark_implemented", "A1", statement="It is done")
    seeded.act("quality-chair", "sign_off_action", "A1", effect="Children are seen")
    return seeded


def audited(seeded, folder, **how):
    """Seal a pack and audit it; return the audit, and its checks by name."""
    shutil.rmtree(folder, ignore_errors=True)
    write_pack(seeded.board.recorder, folder, evidence=seeded.board.evidence, **how)
    found = audit(folder, key=seeded.board.recorder.vkey)
    return found, {check.name: check for check in found.checks}


def as_it_should_not(seeded, kind, ref, name, who, **said):
    """Put on record what no door admits, as a service would that had been changed: signed and sealed all the same."""
    thing = seeded.board.load(kind, ref)
    acting = Acting(seeded.people[who[0]], *who[1:])
    thing.record(name, occurred_on=thing.entries[-1].occurred_on, **said, **acting.said)
    return seeded.board.record(thing, ref, Write()).positions[-1]


def test_what_was_recorded_by_the_rules_passes(signed_off, tmp_path):
    """A board whose rules were kept is audited whole: who could sign, independence, and what each entry rests on."""
    found, checks = audited(signed_off, tmp_path / "pack")

    assert (found.code, [check.failures for check in found.checks if check.failures]) == (0, []), found.lines
    assert all(checks[name].checked > 10 for name in ("who could sign", "independence", "what entries rest on"))
    assert any("persons are sealed" in line for line in found.lines)
    assert checks["what was amended"].not_checked == []
    with psycopg.connect(signed_off.config.conninfo("owner")) as conn:  # a text that somebody takes away is missed
        said, position = conn.execute("SELECT state, notification_id FROM ledger.stored_events WHERE topic ~ 'action.assigned'").fetchone()
        (gone,) = (each for each in bytes(said).decode().split("~")[1:-1] if json.loads(unb64url(each))[1] == "title")
        conn.execute(
            "UPDATE ledger.disclosure SET disclosures = replace(disclosures, %s, '~') WHERE position = %s", (f"~{gone}~", position)
        )
        conn.execute(
            "INSERT INTO ledger.sealed_field SELECT position, 'title', stream, %s FROM ledger.event WHERE position = %s",
            (digest(gone), position),
        )
    found, checks = audited(signed_off, tmp_path / "pack")
    (failure,) = checks["what was amended"].failures
    assert (found.code, failure.position, failure.event, failure.field) == (1, position, "action.assigned.v1", "title")
    assert "neither shown nor erased" in failure.says
    found, checks = audited(signed_off, tmp_path / "pack", disclosing=PUBLICLY)  # where it would be shown too
    assert (found.code, [one.field for one in checks["what was amended"].failures]) == (1, ["title"])
    assert checks["what was amended"].not_checked == ["texts of the classes partners, restricted, of which this pack shows nothing"]


def test_a_sign_off_by_the_owners_organisation_is_named(signed_off, tmp_path):
    """INV-11: once it is on record that the owner employed who signed it off, the audit names event and rule; retracted, no more."""
    position = signed_off.board.size() - 2  # two checks of whether it lasts were set after it
    right = {"amends": 1, "corrected": {"employer": "RIV"}, "reason": "She works for Riverside"}
    signed_off.act("board-manager", "correct_entry", "quality-chair", about="office", **right)
    found, checks = audited(signed_off, tmp_path / "pack")

    (failure,) = checks["independence"].failures
    assert found.code == 1
    assert (failure.position, failure.event, failure.rule) == (position, "action.signed_off.v1", "INV-11")
    (told,) = [line for line in found.lines if line.startswith(f"FAILED: independence: #{position}: action.signed_off.v1: RIV owns A1")]
    assert told.endswith("(nobody judges an action that their own agency owns, INV-11)")
    assert found.plain["checks"][2]["failures"][0]["rule_in_words"] == "nobody judges an action that their own agency owns"
    numbers = re.findall(r"(?<=[( ])(?:INV-\d+|domain B\.6|ledger §3)", "\n".join(found.lines))
    assert numbers
    assert all(f"({RULES[number]}, {number})" in "\n".join(found.lines) for number in numbers)

    number = signed_off.board.load(Action, "A1").version - 2
    signed_off.act("quality-chair", "propose_amendment", "A1", about="action", amends=number, reason="By the owner")
    signed_off.act("chair", "retract_entry", "A1", about="action", amends=number, reason="By the owner", proposal=number + 3)
    assert audited(signed_off, tmp_path / "pack")[0].code == 0


def test_who_handed_in_and_signs_off_in_one_office_is_named_and_other_offices_cannot_be_told_apart(signed_off, tmp_path):
    """INV-12: one term of one office is one person; that two offices are one person's is sealed, and each such sign-off is named so."""
    apart = signed_off.board.size() - 2  # A1's own, by another office than handed in
    second = signed_off.board.load(Action, "A2")
    evidence = signed_off.board.load(Action, "A1").state.evidence[0].items
    acting = Acting(signed_off.people["chair"], "chair", "chair")
    for name, said in {
        "EvidenceSubmitted": {"evidence": evidence, "effect": None, "narrative": None},
        "Implemented": {"statement": "It is done"},
        "SignedOff": {"effect": "Children are seen"},
    }.items():
        second.record(name, occurred_on=second.entries[-1].occurred_on, **said, **acting.said)
    position = signed_off.board.record(second, "A2", Write()).positions[-1]
    found, checks = audited(signed_off, tmp_path / "pack")
    (failure,) = checks["another person"].failures

    assert (found.code, failure.position, failure.event, failure.rule) == (1, position, "action.signed_off.v1", "INV-12")
    assert [line.partition(":")[0] for line in checks["another person"].not_checked if "INV-12" in line] == [f"#{apart}"]


def test_an_answer_that_no_request_for_access_waited_for_is_named_and_no_failure(seeded, tmp_path):
    """A version before took such answers, so that a log which holds one broke no rule of its day; it is said that nobody can tell."""
    ref = somebody(with_officer(seeded))
    said = {"reference": "SAR-1", "received_on": date(2016, 9, 5), "outcome": "given", "exemption": None}
    position = as_it_should_not(seeded, DataSubject, ref, "AccessRequestAnswered", ("dpo", "dpo"), **said)
    found, checks = audited(seeded, tmp_path / "pack")

    assert found.code == 0, found.lines
    (told,) = checks["what entries rest on"].not_checked
    assert told.startswith(f"#{position}: nobody would have asked for what was answered: an earlier version")


@pytest.mark.parametrize(("answer", "word"), [("affirm_statement", "affirmed"), ("repudiate_statement", "repudiated")])
def test_what_a_compromised_key_signed_is_named_with_what_its_holder_said_of_it(seeded, answer, word, tmp_path):
    """Ledger §3: an audit names what is disputed, from which event on and why, and each answer to it; nothing is void by it."""
    signed_act(seeded)
    ended = {"thumbprint": COMPROMISED["thumbprint"], "reason": "The laptop was stolen"}
    position = seeded.act("board-manager", "revoke_signing_key", "keys", **ended).positions[-1] - 1
    disputed = seeded.act("board-manager", "declare_key_compromised", "keys", **ended, from_position=position).positions[-1]
    seeded.act("board-manager", answer, "keys", position=position, reason="She was at her desk")
    found, checks = audited(seeded, tmp_path / "pack", disclosing=PUBLICLY)

    assert found.code == 0, found.lines
    notes = checks["what was amended"].notes
    assert f"#{disputed}: disputed: all that the key {ended['thumbprint']} signed from #{position} on: The laptop was stolen" in notes
    assert f"#{disputed + 1}: #{position}, which is disputed, was {word}: She was at her desk" in notes


@pytest.mark.parametrize(
    ("who", "rule", "words"),
    [
        (("riv-lead", "riv-lead", "designated lead", "RIV", "RIV"), "domain B.6", "A designated lead may not do that"),
        (("riv-lead", "nobodys", "chair", None, None), "INV-32", "nobodys"),
    ],
)
def test_an_entry_by_who_could_not_sign_it_is_named(signed_off, who, rule, words, tmp_path):
    """A service that lets somebody sign what their office may not is found out from the pack alone, by event, field and rule."""
    position = as_it_should_not(signed_off, Action, "A2", "Withdrawn", who, reason="Because")
    found, checks = audited(signed_off, tmp_path / "pack")
    (failure,) = (one for one in checks["who could sign"].failures if one.position == position)

    assert found.code == 1
    assert (failure.event, failure.field, failure.rule) == ("action.withdrawn.v1", "by_office", rule)
    assert words in failure.says


def test_what_rests_on_nothing_is_named(signed_off, tmp_path):
    """INV-13: a sign-off without evidence before it is named."""
    position = as_it_should_not(signed_off, Action, "A2", "SignedOff", ("chair", "chair", "chair"), effect="None")
    _, checks = audited(signed_off, tmp_path / "pack")

    assert {(one.position, one.event) for one in checks["what entries rest on"].failures} == {(position, "action.signed_off.v1")}


def test_what_is_withheld_is_not_audited_and_said_so(signed_off, tmp_path):
    """From a pack of public fields the evidence behind a sign-off cannot be seen: that is said, and is no failure."""
    found, checks = audited(signed_off, tmp_path / "pack", disclosing=PUBLICLY)

    assert found.code == 0, found.lines
    assert any("withheld or erased" in one for one in checks["what entries rest on"].not_checked)
    assert checks["independence"].checked > 10


def test_what_is_outside_the_pack_is_not_audited_and_said_so(signed_off, tmp_path):
    """Of a thing whose first entries are not in the pack nothing is said, but that."""
    found, checks = audited(signed_off, tmp_path / "pack", positions={signed_off.board.size()})

    assert found.code == 0, found.lines
    assert any("outside this pack" in one for one in checks["independence"].not_checked)


def test_a_missing_file_is_missing_and_not_tampering(signed_off, tmp_path):
    """F.4: a file that is cited and not there is reported as missing; a swapped one is named as tampered with."""
    write_pack(signed_off.board.recorder, tmp_path / "pack", evidence=signed_off.board.evidence)
    (file,) = (tmp_path / "pack" / "evidence").iterdir()
    file.write_bytes(b"another")
    swapped = audit(tmp_path / "pack")
    file.unlink()
    missing = audit(tmp_path / "pack")

    assert (swapped.code, missing.code) == (1, 2)
    assert swapped.lines[0].startswith(f"NOT VERIFIED: evidence/{file.name} is not the file")
    assert any(line.startswith("COULD NOT CHECK: evidence that") and "missing" in line for line in missing.lines)
    assert not any("NOT VERIFIED" in line for line in missing.lines)


def test_an_audit_is_read_by_programs(signed_off, tmp_path):
    """As JSON it gives each check with its failures by position, event, field and rule."""
    found, _ = audited(signed_off, tmp_path / "pack")

    assert found.plain["pack_sha256"] == found.sha256
    assert {one["check"] for one in found.plain["checks"]} >= {"who could sign", "independence", "telephone samples", "published figures"}
    assert all(one.keys() == {"check", "checked", "failures", "notes", "not_checked"} for one in found.plain["checks"])
