"""What is done to packs, and what the verifier says of it: nothing is altered, taken out or put in without being named."""

from __future__ import annotations

import json
import zipfile
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from service.verify import TILE, NotVerified, Pack, b64url, canonical, digest, unb64url, verify
from tests.packs import (
    ABSENT,
    AVON,
    COMMON,
    EVIDENCE,
    RIVER,
    RIVER_2,
    Log,
    Witness,
    private_key,
    redacted,
    statement_key,
    twenty_events,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GENUINE = twenty_events()
PACKS = {
    "complete": GENUINE.pack(receipts=[3, 20]),
    "scoped": GENUINE.pack([5, 6, 9, 10], receipts=[7]),
    "redacted": GENUINE.pack(withhold=redacted),
}
UNCHECKED = {"VERIFY.md", "verify.py"}  # the verdict says so


def said(folder: Path, **anchors: object) -> tuple[int, str]:
    """Verify a folder; return the exit status and the verdict as one text."""
    verdict = verify(folder, **anchors)
    return verdict.code, "\n".join(verdict.lines)


def changed(folder: Path, name: str, content: bytes | None) -> tuple[int, str]:
    """Verify a folder in which one file has other content, or is missing; put it back."""
    path, before = folder / name, (folder / name).read_bytes()
    path.unlink() if content is None else path.write_bytes(content)
    try:
        return said(folder)
    finally:
        path.write_bytes(before)


@pytest.fixture(params=PACKS)
def pack(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[dict[str, bytes], Path]:
    """Give each of the three packs, by content and as a folder."""
    files = PACKS[request.param]
    return files, write(files, tmp_path / "pack")


def test_the_three_packs_verify(pack):
    """A complete, a scoped and a redacted pack of the same log verify, and say by whose word."""
    files, folder = pack
    code, text = said(folder)

    assert code == 0, text
    assert text.startswith("BY THE KEY IN THIS PACK")
    assert "DEMONSTRATION" in text
    assert "corrections: 1 #11" in text
    assert "erasures: 1 #16" in text
    assert ("streams without gaps" in text) is any(name.startswith("entry/") for name in files)


def test_a_pack_under_a_trusted_key_does_not_call_itself_trusted(pack):
    """With the auditor's own key, policy or kept checkpoint the verdict no longer rests on the pack's key."""
    _, folder = pack
    anchors = [
        {"key": GENUINE.log_key.vkey},
        {"policy": f"log {GENUINE.log_key.vkey}\nquorum none\n"},
        {"known": {"kept": GENUINE.checkpoint(9)}},
        {"known": {"receipt": GENUINE.receipt(4)}},
    ]

    for anchor in anchors:
        code, text = said(folder, **anchor)
        assert (code, "BY THE KEY" in text) == (0, False), text


def test_a_file_taken_away_is_named(pack):
    """Without any one of its tiles, entries or disclosures a pack fails by the name of what is gone."""
    files, folder = pack
    for name in files:
        code, text = changed(folder, name, None)
        if name.startswith(("tile/0", "disclosures/")):
            assert (code, name in text) == (1, True), text
        elif name.startswith("tile/entries/"):
            assert (code, "entry/" in text or "#1" in text) == (1, True), text
        elif name.startswith("entry/"):
            position = f"#{int(name[6:]) + 1}"
            assert (code, position in text) == (1, True), text
        elif name in {"policy", "checkpoint"} or (name == "evidence/missing" and ABSENT in text):
            assert code == 2, text


def test_a_missing_evidence_file_is_not_passed_over(tmp_path):
    """Evidence that is cited, absent and not declared absent makes the verdict "could not check", by name."""
    folder = write(PACKS["complete"], tmp_path)
    name = sha256(EVIDENCE).hexdigest()

    code, text = changed(folder, f"evidence/{name}", None)
    assert (code, f"#7 cites is missing, undeclared: {name}" in text) == (2, True)
    code, text = changed(folder, "evidence/missing", None)
    assert (code, f"#15 cites is missing, undeclared: {ABSENT}" in text) == (2, True)
    code, text = changed(folder, f"evidence/{name}", EVIDENCE + b"!")
    assert (code, f"evidence/{name}" in text) == (1, True)


def test_an_entry_taken_out_of_its_bundle_is_named(tmp_path):
    """Each entry that is cut out of a complete pack's bundle is missed at its position."""
    files = PACKS["complete"]
    folder = write(files, tmp_path)
    (name,) = (name for name in files if name.startswith("tile/entries/"))
    framed = [len(entry).to_bytes(2, "big") + entry for entry in GENUINE.entries]

    for index in range(len(framed)):
        code, text = changed(folder, name, b"".join(framed[:index] + framed[index + 1 :]))
        assert (code, f"#{index + 1}: not the entry" in text) == (1, True), text


def test_a_bundle_ends_with_its_last_entry(tmp_path):
    """A bundle whose last entry says that it is longer than what is there, or which goes on after it, fails by its name."""
    files = PACKS["complete"]
    folder = write(files, tmp_path)
    (name,) = (name for name in files if name.startswith("tile/entries/"))
    before, last = files[name][: -len(GENUINE.entries[-1]) - 2], GENUINE.entries[-1]

    for ending in ((len(last) + 4096).to_bytes(2, "big") + last, len(last).to_bytes(2, "big") + last + b"\0"):
        code, text = changed(folder, name, before + ending)
        assert (code, f"{name} does not end with its last entry" in text) == (1, True), text


def lines_without_one(content: bytes) -> Iterator[tuple[int, str, str, bytes]]:
    """Yield, for each thing in a disclosures file: index, which list, what was taken out, and the file without it."""
    lines = [json.loads(line) for line in content.splitlines()]
    for at, line in enumerate(lines):
        for which in ("disclosed", "withheld"):
            for each in line[which]:
                less = line | {which: [other for other in line[which] if other != each]}
                yield line["index"], which, each, b"".join(canonical(x) + b"\n" for x in [*lines[:at], less, *lines[at + 1 :]])
        yield line["index"], "line", "", b"".join(canonical(x) + b"\n" for x in lines[:at] + lines[at + 1 :])


def test_a_disclosure_or_withheld_digest_taken_away_is_named(pack):
    """Each disclosure, each withheld digest and each line taken away fails at its position, a field by its name."""
    files, folder = pack
    (name,) = (name for name in files if name.startswith("disclosures/"))

    lines = [json.loads(line) for line in files[name].splitlines()]
    shown = {line["index"]: {json.loads(unb64url(each))[1] for each in line["disclosed"]} for line in lines}

    for index, which, each, content in lines_without_one(files[name]):
        code, text = changed(folder, name, content)
        assert (code, f"#{index + 1}" in text) == (1, True), text
        if which == "disclosed":
            field = json.loads(unb64url(each))[1]
            peers = [
                at for at in shown if at != index and (GENUINE.topics[at] == GENUINE.topics[index] or field in {"occurred_on", *COMMON})
            ]
            known = index in GENUINE.registry() or any(field in shown[at] for at in peers)
            assert (f"'{field}'" if known else digest(each)) in text, text
        if which == "withheld":
            assert each in text, text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('","', '", "'),
        ('","', '","","'),
        ('","', '"x"'),
        ('{"disclosed":["', '{"disclosed":[ "'),
        ('{"disclosed":["', '{"disclosed":["","'),
        ('{"disclosed":["', '{"disclosed":["=","'),
        ('"],"index"', '",],"index"'),
        ('"],"index"', '="],"index"'),
        ('"],"index"', '",""],"index"'),
        ('"],"index"', '"],"disclosed":[],"index"'),
        ('"index":', '"index":0'),
        ("}\n", "} \n"),
    ],
)
def test_a_line_of_disclosures_has_one_form(tmp_path, one, other):
    """Whatever is written otherwise than the writer writes it is refused, though it says the same."""
    files = PACKS["complete"]
    folder = write(files, tmp_path)
    (name,) = (name for name in files if name.startswith("disclosures/"))
    before = files[name].decode()

    code, text = changed(folder, name, before.replace(one, other, 1).encode())
    assert one in before
    assert code == 1, text


def test_a_pack_that_changes_while_it_is_read_is_refused(tmp_path):
    """Whoever hides a revocation while keys are read, or shows another, gains nothing: what is learned is all of it, and sealed."""
    log = Log()
    log.establish()
    log.enrol(AVON)
    for number in range(TILE):
        log.add("action.assigned.v1", f"action {number}", owner="riv")
    log.revoke(AVON)
    folder = write(log.pack(), tmp_path)
    opened, again = Pack(folder, None, None), Pack(folder, None, None)
    opened.open_tree()
    again.open_tree()
    path = folder / "tile/entries/001.p/3"
    sealed = path.read_bytes()

    path.write_bytes(sealed.replace(log.entries[-1], log.entries[-1].replace(b".", b"A")))
    opened.learn_all()
    path.write_bytes(sealed)
    with pytest.raises(NotVerified, match="#259: it is not what it was when keys and erasures were read"):
        opened.check_events()
    log.revoke(RIVER)
    path.write_bytes(sealed.replace(log.entries[-2], log.entries[-1]))
    with pytest.raises(NotVerified, match="#259: not the entry that was sealed"):
        again.learn_all()


def flips(content: bytes, stride: int) -> Iterator[bytes]:
    """Yield the content with one bit flipped, at every `stride`th byte."""
    for at in range(0, len(content), stride):
        yield content[:at] + bytes([content[at] ^ 1 << at // stride % 8]) + content[at + 1 :]


def test_no_flipped_bit_survives_unexplained(pack):
    """One bit flipped anywhere in a pack fails it, or is in what the verdict says that it did not check."""
    files, folder = pack
    baseline = said(folder)
    survivors = []
    for name, content in files.items():
        if name in UNCHECKED:
            continue
        for flipped in flips(content, 1 + len(content) // (8 + len(content) // 400)):
            outcome = changed(folder, name, flipped)
            if outcome == baseline and name not in baseline[1]:
                survivors.append((name, flipped))

    assert survivors == []


def test_a_file_under_another_name_is_named(pack):
    """A file that the format does not know, or that nothing cites, is named in the verdict."""
    files, folder = pack
    write({"evidence/readme.txt": b"trust me", "notes": b"all is well"}, folder)
    code, text = said(folder)

    assert code == 0
    assert "evidence/readme.txt, which this verifier does not read" in text
    assert "notes, which this verifier does not read" in text
    for name in ("entry/99", "tile/0/001", "disclosures/001.jsonl"):
        if name not in files:
            write({name: b"{}"}, folder)
            assert said(folder)[0] == 1
            (folder / name).unlink()


def test_a_wholly_forged_pack_stands_on_its_own_key_alone(tmp_path):
    """A pack that was made up under new keys verifies by the key in it, and fails by anything that the auditor holds."""
    folder = write(twenty_events(seed="forged").pack(), tmp_path)

    assert said(folder)[1].startswith("BY THE KEY IN THIS PACK")
    for anchor in (
        {"key": GENUINE.log_key.vkey},
        {"policy": f"log {GENUINE.log_key.vkey}\nquorum none\n"},
        {"known": {"kept": GENUINE.checkpoint(3)}},
        {"known": {"kept": GENUINE.receipt(2)}},
    ):
        assert said(folder, **anchor)[0] == 1


def test_a_deleted_tail_is_seen_with_a_kept_checkpoint_only(tmp_path):
    """A log cut short verifies by itself, which is the honest limit, and fails by a checkpoint or receipt of what is gone."""
    short = twenty_events()
    del short.entries[15:], short.disclosures[15:], short.topics[15:], short.frontiers[16:]
    short.erased.clear()
    folder = write(short.pack(), tmp_path)

    assert said(folder)[0] == 0
    for kept in (GENUINE.checkpoint(), GENUINE.receipt(4)):
        code, text = said(folder, known={"kept": kept})
        assert (code, "kept: it seals 20 events, and this pack ends after 15" in text) == (1, True)


def test_a_fork_is_seen_with_a_kept_checkpoint(tmp_path):
    """Another history under the genuine key fails by a checkpoint of the one that was shown before."""
    fork = Log()
    fork.establish()
    for number in range(12):
        fork.add("action.assigned.v1", f"action {number}", owner="riv", title="Something else")
    folder = write(fork.pack(), tmp_path)

    assert said(folder, key=GENUINE.log_key.vkey)[0] == 0
    code, text = said(folder, known={"kept": GENUINE.checkpoint(8)})
    assert (code, "the first 8 events of this pack are not those that it seals" in text) == (1, True)


def resealed(log: Log, order: list[int]) -> dict[str, bytes]:
    """Let whoever holds the log key seal these entries anew, in this order."""
    other = Log()
    for index in order:
        other.seal(log.topics[index], log.entries[index].decode().split('"')[5] + "~" + "~".join([*log.disclosures[index].values(), ""]))
    other.erased = log.erased
    return other.pack()


@pytest.mark.parametrize(
    ("order", "position"),
    [
        ([*range(9), *range(10, 20)], "#10"),
        ([*range(9), 10, 9, *range(11, 20)], "#10"),
        ([*range(12), 8, *range(12, 20)], "#13"),
        ([0, *range(2, 20)], "#2"),
    ],
    ids=["deleted", "reordered", "inserted again", "first deleted"],
)
def test_a_tree_sealed_anew_does_not_hide_what_was_done(tmp_path, order, position):
    """With the log key in hand, deleting, reordering or repeating an entry still fails at a position: signers said what they had seen."""
    code, text = said(write(resealed(GENUINE, order), tmp_path))

    assert (code, position in text) == (1, True), text


def after(change: Callable[[Log], object]) -> dict[str, bytes]:
    """Return the pack of the genuine events and of one more thing that the ledger itself would have refused."""
    log = twenty_events()
    change(log)
    return log.pack()


def confused(header: dict[str, str]) -> Callable[[Log], object]:
    """Make a change: a statement by a live key under a header of its own."""

    def change(log: Log) -> None:
        draft = RIVER_2.signer.draft("action.noted.v1", "noted", 1, log.seen(), {"occurred_on": "2016-07-04"})
        signed = b64url(canonical({"kid": RIVER_2.thumbprint} | header)).encode() + b"." + draft.unsigned.split(b".")[1]
        log.seal("action.noted.v1", f"{signed.decode()}.{b64url(RIVER_2.private.sign(signed))}~{draft.disclosures['occurred_on']}~")

    return change


def saying_twice(log: Log) -> None:
    """Make a change: a statement that signs one field twice, and both are shown."""
    draft = RIVER_2.signer.draft("action.noted.v1", "noted", 1, log.seen(), {"occurred_on": "2016-07-04"})
    header, payload = draft.unsigned.decode().split(".")
    again, claims = b64url(canonical([b64url(bytes(16)), "occurred_on", "2016-07-05"])), json.loads(unb64url(payload))
    unsigned = f"{header}.{b64url(canonical(claims | {'_sd': sorted([*claims['_sd'], digest(again)])}))}"
    signature = b64url(RIVER_2.private.sign(unsigned.encode()))
    log.seal("action.noted.v1", f"{unsigned}.{signature}~{draft.disclosures['occurred_on']}~")
    log.disclosures[-1]["again"] = again


ELSEWHERE = statement_key(RIVER_2.holder, "river 2", origin="elsewhere.example/log")
OTHER_HOLDER = statement_key("avm.severnbrook.example", "river 2")
OTHER_PURPOSE = statement_key(RIVER_2.holder, "river 2", "service-attested")
NEW = statement_key("new.severnbrook.example", "new")
REFUSED = {
    "by a revoked key": (lambda log: log.add("x.noted.v1", "x", AVON), "of avm.severnbrook.example was live only after #4, up to #14"),
    "by a rotated key": (lambda log: log.add("x.noted.v1", "x", RIVER), "up to #8"),
    "by a key never enrolled": (lambda log: log.add("x.noted.v1", "x", NEW), "is not enrolled"),
    "by the log key": (lambda log: log.add("x.noted.v1", "x", statement_key("x", "genuine log")), "is not enrolled"),
    "for another log": (lambda log: log.add("x.noted.v1", "x", ELSEWHERE), "made for another log"),
    "in another's name": (lambda log: log.add("x.noted.v1", "x", OTHER_HOLDER), "another holder's, or for other acts"),
    "for another purpose": (lambda log: log.add("x.noted.v1", "x", OTHER_PURPOSE), "another holder's, or for other acts"),
    "under algorithm none": (confused({"alg": "none", "typ": "board-event+sd-jwt"}), "by another header"),
    "under HS256": (confused({"alg": "HS256", "typ": "board-event+sd-jwt"}), "by another header"),
    "as another type": (confused({"alg": "EdDSA", "typ": "jwt"}), "by another header"),
    "with a header of more": (confused({"alg": "EdDSA", "crit": "x", "typ": "board-event+sd-jwt"}), "by another header"),
    "enrolled twice": (lambda log: log.enrol(RIVER_2), "is in use already"),
    "enrolled again after revocation": (lambda log: log.enrol(AVON), "is in use already"),
    "the log key enrolled": (lambda log: log.enrol(statement_key("x", "genuine log")), "is in use already"),
    "enrolled for nothing": (lambda log: log.enrol(NEW, "everything"), "its thumbprint or purpose is wrong"),
    "enrolled by another's proof": (lambda log: log.enrol(NEW, holder="riv.severnbrook.example"), "a signature is wrong"),
    "rotated from a dead key": (lambda log: log.rotate(RIVER, NEW), "ends a key that is not live"),
    "rotated to another holder": (lambda log: log.rotate(RIVER_2, NEW), "another holder or purpose"),
    "rotated without the old key": (
        lambda log: log.rotate(RIVER_2, statement_key(RIVER_2.holder, "new"), replaced_proof=b64url(bytes(64))),
        "a signature is wrong",
    ),
    "a stranger's key disputed": (
        lambda log: log.add("keys.signing_key_compromised.v1", "keys", thumbprint=NEW.thumbprint, from_position=1, reason="stolen"),
        "disputes a key that was never live",
    ),
    "revoked twice": (lambda log: log.revoke(AVON), "ends a key that is not live"),
    "erasing the future": (
        lambda log: log.add("x.personal_data_erased.v1", "e", erased=[{"digest": "A" * 43, "field": "f", "position": 99}]),
        "not there yet",
    ),
    "erasing what never was": (
        lambda log: log.add("x.personal_data_erased.v1", "e", erased=[{"digest": "A" * 43, "field": "f", "position": 2}]),
        "#2: partnership.established.v1: " + "A" * 43,
    ),
    "established again": (lambda log: log.establish(), "established by its first event"),
    "misshapen evidence": (lambda log: log.add("x.noted.v1", "x", evidence={"sha256": ABSENT}), "'evidence' is misshapen"),
    "a field said twice": (saying_twice, "a field is disclosed twice"),
    "a field like a claim": (lambda log: log.add("x.noted.v1", "x", iss="somebody"), "bears the name of a claim"),
    "received before": (lambda log: (setattr(log, "clock", 5), log.add("x.noted.v1", "x")), "received before"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_ledger_must_refuse_the_verifier_refuses(tmp_path, case):
    """A twenty-first event that has no right to be there fails its pack, by its position and the reason."""
    change, reason = REFUSED[case]
    code, text = said(write(after(change), tmp_path))

    assert (code, reason in text) == (1, True), text


@pytest.mark.parametrize("encoding", json.loads('["00", "ecff", "c717", "26e8"]'))
def test_a_key_of_small_order_is_never_enrolled(tmp_path, encoding):
    """An enrolment of a key under which forgeries verify fails its pack."""
    points = {
        "00": bytes(32),
        "ecff": (2**255 - 20).to_bytes(32, "little"),
        "c717": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        "26e8": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    }
    weak = b64url(points[encoding])
    name = b64url(sha256(canonical({"crv": "Ed25519", "kty": "OKP", "x": weak})).digest())
    code, text = said(write(after(lambda log: log.enrol(NEW, public_key=weak, thumbprint=name)), tmp_path))

    assert (code, "small order" in text) == (1, True), text


@pytest.mark.parametrize("field", ["origin", "log_vkey", "holder", "board", "demonstration", "statement_key"])
def test_the_first_event_says_all_that_the_rest_stands_on(tmp_path, field):
    """Each field of the first event must be shown in every pack."""
    files = GENUINE.pack(withhold=lambda evt, name: evt.startswith("ledger.") and name == field)
    code, text = said(write(files, tmp_path))

    assert (code, "#1: " in text) == (1, True), text


def test_a_first_event_of_another_log_is_refused(tmp_path):
    """A log whose first event names another origin or key than its checkpoints is refused."""
    for changes in ({"origin": "elsewhere.example/log"}, {"log_vkey": twenty_events(seed="other").log_key.vkey}):
        log = Log()
        log.establish(**changes)
        assert any(words in said(write(log.pack(), tmp_path))[1] for words in ("establishes another log", "has not signed it"))


def test_events_before_a_revocation_stay_valid(tmp_path):
    """A key's own last act is its revocation's position: what it signed before stands."""
    code, text = said(write(GENUINE.pack(), tmp_path))

    assert code == 0
    assert f"key: {AVON.thumbprint} of avm.severnbrook.example, for acts, after #4 up to #14" in text


def test_what_a_compromised_key_signed_is_disputed_and_never_void(tmp_path):
    """The verdict counts what each key signed from where it was compromised on, as the earliest declaration has it; all of it verifies."""
    log = twenty_events()
    for key, since in ((RIVER, 6), (RIVER_2, 17), (RIVER_2, 9), (RIVER_2, 12)):
        log.add("keys.signing_key_compromised.v1", "keys", thumbprint=key.thumbprint, from_position=since, reason="stolen")
    code, text = said(write(log.pack(), tmp_path))

    assert (code, "disputed, not void: 3 entries" in text) == (0, True), text
    assert f"{RIVER_2.thumbprint} of riv.severnbrook.example, for acts, after #8, disputed from #9" in text


def test_seen_is_a_root_of_this_log(tmp_path):
    """A statement whose signer had seen another tree, or one larger than what stood before it, is refused."""
    for seen in (
        (3, b64encode(bytes(32)).decode()),
        (21, b64encode(GENUINE.frontiers[20].root).decode()),
        (0, b64encode(bytes(32)).decode()),
    ):
        log = twenty_events()
        sd_jwt = RIVER_2.attest("x.noted.v1", "x", 1, seen, {"occurred_on": "2016-07-04"})
        log.seal("x.noted.v1", sd_jwt.decode())
        code, text = said(write(log.pack(), tmp_path))
        assert (code, "#21: the tree of" in text) == (1, True), text


def test_erased_and_still_shown_is_a_contradiction(tmp_path):
    """A pack that shows what an event says is erased does not verify."""
    log = twenty_events()
    log.erased.clear()
    code, text = said(write(log.pack(withhold=lambda *_: False), tmp_path))

    assert (code, "#6: action.assigned.v1: field 'by_person' is withheld or erased, but shown as well" in text) == (1, True)


def test_a_quorum_is_asked_for(tmp_path):
    """The policy's quorum decides between 0 and 3, a false cosignature fails, and an unknown one is named."""
    one, two = Witness("w1.example", private_key("w1")), Witness("w2.example", private_key("w2"))
    files = GENUINE.pack()
    policy = f"log {GENUINE.log_key.vkey}\n# witnesses\nwitness one {one.vkey}\nwitness two {two.vkey} https://w2.example/\n"
    folder = write(files, tmp_path)
    note = GENUINE.checkpoint()

    def with_policy(rule: str, note: str) -> tuple[int, str]:
        write({"checkpoint": note.encode(), "policy": (policy + rule).encode()}, folder)
        return said(folder)

    at = GENUINE.clock + 60
    both = two.cosign(one.cosign(note, at), at)
    for rule, single, double in (("any", 0, 0), ("all", 3, 0), ("1", 0, 0), ("2", 3, 0)):
        group = f"group g {rule} one two\nquorum g\n"
        assert (with_policy(group, note)[0], with_policy(group, one.cosign(note, at))[0], with_policy(group, both)[0]) == (
            3,
            single,
            double,
        )
    code, text = with_policy("quorum one\n", two.cosign(note, at))
    assert (code, "QUORUM NOT MET: one" in text) == (3, True)
    assert with_policy("quorum none\n", Witness("w1.example", private_key("w1")).cosign(note, at).replace("\ntime", ""))[0] == 0
    code, text = with_policy("quorum none\n", Witness("w3.example", private_key("w3")).cosign(note, at))
    assert (code, "signatures by w3.example" in text) == (0, True)
    blob = both[:-4] + ("A" if both[-4] != "A" else "B") + both[-3:]
    assert with_policy("quorum none\n", blob)[0] == 1
    code, text = with_policy("quorum none\n", one.cosign(note, at - 86400))
    assert (code, "a witness saw the last event before" in text) == (1, True)


def test_a_zip_says_the_same_as_its_folder(tmp_path):
    """A zip verifies as the folder that it holds; one with names that lead outside, twice, or that would burst is refused."""
    packed, outside, bomb = tmp_path / "pack.zip", tmp_path / "outside.zip", tmp_path / "bomb.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PACKS["scoped"].items():
            archive.writestr(name, content)
    with zipfile.ZipFile(outside, "w") as archive:
        archive.writestr("../policy", b"")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("policy", bytes(10_000_000))

    assert said(packed) == said(write(PACKS["scoped"], tmp_path / "folder"))
    assert said(outside) == (2, f"COULD NOT CHECK: {outside}: the zip names a file twice, or one outside itself")
    assert said(bomb)[0] == 2
    whole = packed.read_bytes()
    packed.write_bytes(whole[: len(whole) // 2])
    assert said(packed)[0] == 2


def test_a_link_out_of_the_pack_is_not_followed(tmp_path):
    """A pack that holds a symbolic link cannot be checked."""
    folder = write(PACKS["scoped"], tmp_path / "pack")
    (folder / "policy").rename(tmp_path / "policy")
    (folder / "policy").symlink_to(tmp_path / "policy")

    assert said(folder)[0] == 2


def test_a_pack_over_many_tiles_verifies_on_all_cores(tmp_path):
    """A pack that is large enough for several processes verifies as a small one does, and fails at the first bad position."""
    log = Log()
    log.establish()
    for number in range(9 * TILE):
        log.add("action.assigned.v1", f"action {number}", owner="riv")
    files = log.pack()
    files["checkpoints/3"] = log.checkpoint(3).encode()
    folder = write({name: content for name, content in files.items() if not name.startswith("checkpoints/")}, tmp_path)

    code, text = said(folder, known={"kept": log.receipt(700)})
    assert (code, f"checked: {9 * TILE + 1} entries" in text) == (0, True), text
    name = "tile/entries/006"
    content = (folder / name).read_bytes()
    code, text = changed(folder, name, content[:5000] + b"?" + content[5001:])
    assert (code, "NOT VERIFIED: #1537" in text or "NOT VERIFIED: #154" in text) == (1, True), text
