"""Why a text is missing from an early pack where the log went on under another key since: by the key's word, and by nobody else's."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.ledger import keys, tree
from service.ledger.checkpoint import LogKey, Receipt
from service.ledger.pack.auditing.auditing import audit
from service.ledger.pack.writing import write_pack
from service.ledger.sealed.record import TOPIC
from service.recording.outside.recovering import admit
from service.verify import (
    b64url,
    canonical,
    digest,
    entry_bytes,
    key_proof,
    leaf_hash,
    parse_receipt,
    root_from_inclusion,
    statement_header,
    thumbprint,
    unb64url,
)
from tests.boards import ORIGIN
from tests.service.erasing import NAME, somebody, with_officer
from tests.service.ledger.test_log_key import opened, succeed
from tests.service.test_erasure import corrected, granted, keep_back


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


OWN, STRANGER = (Ed25519PrivateKey.from_private_bytes(letter * 32) for letter in (b"A", b"B"))
WORD = "is explained by what the log's own key says outside the pack: gone/"
REFUSED = {  # what lies about a text that stands: after how the log key went on, which key wrote it, in whose name, where, and why not
    "at a place of the pack": ("compromised", OWN, "riv-lead", 0, "this log has another entry there"),
    "at a place of the pack, by the key in use": (None, OWN, "riv-lead", 0, "this log has another entry there"),
    "by a key that was revoked": (None, OWN, "riv-lead", 200, "the key of riv-lead that signed it was not live there"),
    "by nobody, at a place of the pack": (None, STRANGER, "riv-lead", 0, "nobody whom this log knows signed it"),
    "under the key that was succeeded": ("compromised", STRANGER, "riv-lead", 200, "is sealed by"),
}


@pytest.fixture
def kept_back(seeded, tmp_path):
    """Give what makes a pack in which a text that stands is kept back: the first log key, the last, the pack, and what is to be hidden."""

    def kept_back(reason=None, *, revoked=True, disputed=False, lost=False, size=None):
        it, log = with_officer(seeded), seeded.board.keys.log
        it.act("riv-lead", "enrol_signing_key", "keys", **keys.enrolment(OWN, ORIGIN, "riv-lead"))
        if lost:
            admit(it.board, it.callers["board-manager"], "The disk failed", {"kept": log.checkpoint(300, b"r" * 32)})
        it.act("riv-lead", "accept_action", "A1")
        at = it.act("riv-lead", "report_progress", "A1", narrative="Nothing was done", rag="red").positions[-1]
        it.act("riv-lead", "report_progress", "A1", narrative="More", rag="red")
        named = {"thumbprint": thumbprint(OWN.public_key().public_bytes_raw()), "reason": "lost"}
        if revoked:
            it.act("riv-lead", "revoke_signing_key", "keys", **named)
        if disputed:
            it.act("board-manager", "declare_key_compromised", "keys", **named, from_position=at)
        early = it.board.size() if size else None
        if reason:
            it.board.close()
            succeed(it, reason)
        with opened(it) as it.board:
            write_pack(it.board.recorder, tmp_path / "pack", size=early)
            vkey = it.board.recorder.vkey
        keep_back(tmp_path / "pack", at, "narrative")
        lines = [json.loads(line) for path in (tmp_path / "pack").glob("disclosures/**/*.jsonl") for line in path.read_text().splitlines()]
        (withheld,) = (line["withheld"] for line in lines if line["index"] + 1 == at)
        return log, vkey, tmp_path / "pack", [{"position": at, "field": "narrative", "digest": each} for each in withheld]

    return kept_back


@pytest.mark.parametrize("what", REFUSED)
def test_no_stolen_key_hides_a_text_that_stands(kept_back, what):
    """Hostile: whoever has a log key, and a key that once was somebody's, writes that a text was erased which was not."""
    reason, key, holder, beyond, why = REFUSED[what]
    log, vkey, pack, listed = kept_back(reason)
    lie(pack, log, (key, holder), listed, beyond or listed[0]["position"])
    code, fields, said = missed(pack, vkey)

    assert (code, fields, why in said) == (1, ["narrative"], True), said


def test_no_key_that_is_live_signs_in_the_name_of_another(kept_back):
    """Hostile: a key that somebody holds says of nobody else that they erased a text."""
    log, vkey, pack, listed = kept_back(revoked=False)
    lie(pack, log, (OWN, "dpo"), listed, 200)
    code, fields, said = missed(pack, vkey)

    assert (code, fields, "its key is another holder's" in said) == (1, ["narrative"], True), said


def test_a_key_that_is_disputed_explains_nothing(kept_back):
    """Hostile: where a key signed from a place on that it was compromised at, nothing is explained by it, whatever the log lost there."""
    log, vkey, pack, listed = kept_back(disputed=True, lost=True)
    lie(pack, log, (OWN, "riv-lead"), listed, listed[0]["position"])
    code, fields, said = missed(pack, vkey)

    assert (code, fields, "was compromised by then" in said) == (1, ["narrative"], True), said


@pytest.mark.parametrize(("reason", "explained"), [("compromised", False), ("planned", True)])
def test_of_what_a_log_lost_a_key_that_vouched_for_no_other_says_nothing(kept_back, reason, explained):
    """Hostile: a log that lost an end once lets nobody who stole its key later write what stood there; one that vouched is believed."""
    log, vkey, pack, listed = kept_back(reason, lost=True)
    lie(pack, log, (OWN, "riv-lead"), listed, listed[0]["position"])
    code, fields, said = missed(pack, vkey)

    assert (code, fields, "this log has another entry there" in said) == ((0, [], False) if explained else (1, ["narrative"], True)), said


def test_a_key_that_was_succeeded_explains_nothing_to_who_has_the_newest(kept_back):
    """Hostile: of a pack that ends before the log key was stolen the thief cannot say more, where its reader knows the key after it."""
    log, vkey, pack, listed = kept_back("compromised", size=True)
    lie(pack, log, (STRANGER, "anybody"), listed, 200)
    code, fields, said = missed(pack, None, policy=f"log {log.vkey}\nlog {vkey}\nquorum none\n")

    assert (code, fields, "another than the newest key" in said) == (1, ["narrative"], True), said


def test_what_the_log_key_alone_says_is_told_as_that(kept_back):
    """The limit of it: the key in use can say of what follows a pack whatever it likes. The audit names every text that rests on it."""
    log, vkey, pack, listed = kept_back()
    lie(pack, log, (STRANGER, "anybody"), listed, 200)
    found = audit(pack, key=vkey)

    assert found.code == 0, found.lines
    assert [line for line in found.lines if f"#{listed[0]['position']}: action.progress_reported" in line and f"{WORD}200.json" in line]


def lie(pack, log, signer, listed, index):
    """Put into a pack that all this was erased, by an entry at an index of a tree that holds nothing else of this log."""
    (key, holder), went = signer, b64url(canonical([b64url(b"s" * 16), "erased", listed]))
    said = {"_sd": [digest(went)], "_sd_alg": "sha-256", "assurance": "actor-signed", "aud": ORIGIN, "evt": TOPIC, "iat": 1473066000}
    claims = said | {"iss": holder, "jti": b64url(b"j" * 16), "seen": {"root": "x", "size": 0}, "stream": str(UUID(int=0)), "sver": 1}
    stated = f"{statement_header(key.public_key().public_bytes_raw())}.{b64url(canonical(claims))}"
    entry = entry_bytes(f"{stated}.{b64url(key.sign(stated.encode()))}", 1473066000)
    growth = tree.Frontier().grow([*(leaf_hash(b"%d" % number) for number in range(index)), leaf_hash(entry)])
    note = log.checkpoint(growth.after.size, growth.after.root)
    line = {"entry": entry.decode(), "proof": str(Receipt(index, growth.inclusion(index), note)), "went": went}
    (pack / "gone").mkdir(exist_ok=True)
    (pack / "gone" / f"{index}.json").write_bytes(canonical(line))


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
