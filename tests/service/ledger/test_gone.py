"""Why a text is missing from an early pack where the log went on under another key since: by the key's word, and by nobody else's."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.ledger import keys
from service.ledger.checkpoint import LogKey, Receipt
from service.ledger.pack.auditing.auditing import audit
from service.ledger.pack.writing import write_pack
from service.verify import b64url, canonical, digest, key_proof, leaf_hash, parse_receipt, root_from_inclusion, unb64url
from tests.service.erasing import NAME, somebody, with_officer
from tests.service.ledger.test_log_key import opened, succeed
from tests.service.test_erasure import corrected, granted


@pytest.fixture
def early(seeded, tmp_path):
    """Give what makes a pack of before successions, for these reasons, with a text that named somebody who was erased since."""

    def early(*reasons):
        it = with_officer(seeded)
        corrected(it, f"{NAME} was away")
        size, sealers = it.board.size(), [it.board.recorder.vkey]
        it.board.close()
        for number, reason in enumerate(reasons):
            if reason == "lost":
                (it.config.data / "keys" / keys.LOG).unlink()
            if number:
                with opened(it) as it.board:
                    it.act("riv-lead", "report_progress", "A1", rag="amber", narrative="Half is read")
            sealers.append(succeed(it, reason))
        with opened(it) as it.board:
            ref = somebody(it)
            granted(it, ref)
            it.act("dpo", "erase_personal_data", ref)
            write_pack(it.board.recorder, tmp_path / "early", size=size)
        return tmp_path / "early", sealers

    return early


def missed(pack, vkey, **anchors):
    """Audit a pack; return the exit code, the fields that it misses, and what it says of the line that should explain them."""
    found = audit(pack, **({"key": vkey} | anchors))
    failures = [one for check in found.checks for one in check.failures]
    assert found.checks, found.lines
    return found.code, [one.field for one in failures if one.field], " ".join(one.says for one in failures if not one.field)


@pytest.mark.parametrize("reasons", [("planned",), ("planned", "planned")])
def test_a_text_that_was_erased_under_a_later_key_is_explained_where_the_earlier_vouched(early, reasons):
    """ADR 21: the pack says under which key its log went on, and the key that it knows vouched for that one; nothing is missed."""
    pack, sealers = early(*reasons)

    assert missed(pack, sealers[0]) == (0, [], "")


def test_a_key_that_did_not_vouch_explains_nothing_unless_its_reader_trusts_it(early):
    """ADR 19, 21: of a lost key's successor the pack alone cannot know; an auditor who has both keys from the Board can."""
    pack, (first, second) = early("lost")
    code, fields, why = missed(pack, first)

    assert (code, fields, "give both by --policy" in why) == (1, ["narrative"], True)
    assert missed(pack, None, policy=f"log {first}\nlog {second}\nquorum none\n") == (0, [], "")


def test_nobody_else_explains_a_text_by_a_key_of_their_own(early):
    """Hostile: a line with the succession left out, of another log, or to a key of the writer's own, vouched for by nobody or by itself."""
    pack, (first, _) = early("planned")
    (file,) = pack.glob("gone/*.json")
    line, whole = json.loads(file.read_text()), file.read_bytes()
    (one,) = line["went_on"]
    mine = Ed25519PrivateKey.generate()
    other = LogKey("log.severnbrook.example/test2", mine)
    proof = b64url(mine.sign(key_proof(first.partition("+")[0], other.origin, "checkpoints", other.public)))
    tries = {
        "left out": line | {"went_on": []},
        "changed": line | {"went_on": [said(one, reason="lost")]},
        "not vouched": line | {"went_on": [signed(said(one, replaced_proof=None))]},
        "to my key, with the word for another": line | {"went_on": [signed(said(one, log_vkey=other.vkey))]},
        "to my key, by its own word": line | {"went_on": [signed(said(one, log_vkey=other.vkey, replaced_proof=proof))]},
        "after another end": line | {"went_on": [signed(said(one, checkpoint=one["proof"].partition("\n\n")[2]))]},
        "signed by nobody": line | {"went_on": [signed(one)]},
        "another entry": line | {"went_on": [one | {"entry": line["entry"]}]},
        "another receipt": line | {"went_on": [one | {"proof": line["proof"]}]},
    }
    for word in (None, proof, json.loads(unb64url(one["disclosed"][-1]))[2]):  # all of it written, and sealed by whoever writes it
        succession = signed(said(one, log_vkey=other.vkey, replaced_proof=word))
        mine_alone = {"went_on": [sealed(succession, other)], **sealed(line, other, but="went_on")}
        tries[f"all of it mine, with the word {word}"] = mine_alone
    for what, changed in tries.items():
        file.write_bytes(canonical(changed))
        code, fields, why = missed(pack, first)
        assert (code, fields, "does not show that anything was erased" in why) == (1, ["narrative"], True), what
    file.write_bytes(whole)
    assert missed(pack, first)[0] == 0


def said(one, **changes):
    """Return a succession that discloses something else."""
    shown = [json.loads(unb64url(each)) for each in one["disclosed"]]
    return one | {"disclosed": [b64url(canonical([salt, name, changes.get(name, value)])) for salt, name, value in shown]}


def sealed(one, key, but=""):
    """Return a line with its receipt as another key would have given it."""
    index, proof, note = parse_receipt(one["proof"])
    size = int(note.split("\n")[1])
    receipt = str(Receipt(index, proof, key.checkpoint(size, root_from_inclusion(index, size, leaf_hash(one["entry"].encode()), proof))))
    return {name: value for name, value in one.items() if name != but} | {"proof": receipt}


def signed(one):
    """Let a statement by a key that nobody knows yet say that it discloses this, as anybody can write one."""
    entry = json.loads(one["entry"])
    header, payload, signature = entry["stmt"].split(".")
    claims = json.loads(unb64url(payload))
    claims["_sd"] = sorted({*claims["_sd"], *map(digest, one["disclosed"])})
    entry["stmt"] = ".".join((b64url(unb64url(header).replace(b'"kid":"', b'"kid":"x')), b64url(canonical(claims)), signature))
    return one | {"entry": canonical(entry).decode()}
