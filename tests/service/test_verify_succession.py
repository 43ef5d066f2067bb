"""A log that went on under another key and name: the verifier holds each key to what it sealed, and says who vouched for whom."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest

from service.verify import b64url, verify
from tests.packs import Log, private_key, twenty_events, write

OLD, NEW, THIRD = "severnbrook.example/log", "severnbrook.example/log2", "severnbrook.example/log3"
BEFORE = twenty_events()


def went_on(*, vouched: bool = True, **changes: object) -> Log:
    """Return twenty events, the succession at #21, and two events after it."""
    log = deepcopy(BEFORE)
    log.succeed(NEW, vouched=vouched, **changes)
    log.add("action.assigned.v1", "action 3", owner="riv", title="Record more")
    log.add("action.assigned.v1", "action 4", owner="riv", title="Record all")
    return log


PLANNED, LOST = went_on(), went_on(vouched=False)
FIRST, SECOND = PLANNED.before[0][1], PLANNED.log_key  # the keys
STOLEN = replace(FIRST, earlier=())


def said(log: Log, folder, *, files: dict[str, bytes] | None = None, **anchors: object) -> tuple[int, str]:
    """Verify a pack of the log, with these files put in; return the exit status and the verdict as one text."""
    verdict = verify(write(log.pack(receipts=[3, len(log.entries)]) | (files or {}), folder), **anchors)
    return verdict.code, "\n".join(verdict.lines)


def test_everything_from_before_and_after_a_succession_verifies(tmp_path):
    """Under the new key, old checkpoints and receipts that somebody kept are good, as is a pack from before, under the old key."""
    known = {"old": BEFORE.checkpoint(8), "receipt": BEFORE.receipt(4), "last": BEFORE.checkpoint(), "new": PLANNED.checkpoint(21)}
    code, text = said(PLANNED, tmp_path / "new", key=SECOND.vkey, known=known)

    assert (code, f"VERIFIED: {NEW}, events up to #23" in text) == (0, True), text
    assert f"log: sealed by {FIRST.vkey} up to #20, and then by {SECOND.vkey} (planned), which it vouched for" in text
    assert said(BEFORE, tmp_path / "before", key=FIRST.vkey)[0] == 0
    scoped = verify(write(PLANNED.pack([21], receipts=[22]), tmp_path / "scoped"), key=SECOND.vkey)
    assert (scoped.code, "#21" in "".join(scoped.lines)) == (0, False), scoped


@pytest.mark.parametrize("by", ["key", "policy"])
def test_who_holds_the_old_key_alone_is_told_whether_it_vouched(tmp_path, by):
    """An auditor who trusts the old key learns under which the log went on: good where it vouched, and else refused by name."""
    anchor = {by: FIRST.vkey if by == "key" else f"log {FIRST.vkey}\nquorum none\n"}

    code, text = said(PLANNED, tmp_path / "planned", **anchor)
    told = f"WENT ON: after #20 this log went on under {SECOND.vkey} (planned), for which {FIRST.vkey} vouched\n"
    assert (code, text.startswith(told)) == (0, True), text
    code, text = said(LOST, tmp_path / "lost", **anchor)
    assert (code, f"after #20 this log went on under {SECOND.vkey} (lost), for which {FIRST.vkey} did not vouch" in text) == (1, True), text
    assert said(LOST, tmp_path / "both", policy=f"log {FIRST.vkey}\nlog {SECOND.vkey}\nquorum none\n")[0] == 0
    code, text = said(LOST, tmp_path / "nobody's", key=twenty_events(seed="other").log_key.vkey)
    assert (code, f"this log's key is {SECOND.vkey}, and not" in text) == (1, True)


def test_who_trusts_both_keys_is_told_first_that_a_pack_shows_no_succession(tmp_path):
    """Whoever stole the old key can leave the succession out, under that key: an auditor who knows the next one is told to look."""
    both = f"log {FIRST.vkey}\nlog {SECOND.vkey}\nquorum none\n"
    told = f"LEFT OUT? you trust {SECOND.vkey}, and here it seals nothing: see that it did not succeed {FIRST.vkey}\n"

    code, text = said(BEFORE, tmp_path / "before", policy=both)
    assert (code, text.startswith(told)) == (0, True), text
    assert "LEFT OUT?" not in said(PLANNED, tmp_path / "after", policy=both)[1]


def test_a_stolen_old_key_seals_nothing_more(tmp_path):
    """Whatever whoever has the old key signs over more than it sealed is refused by name: kept outside, in a pack, or over a whole pack."""
    root, forged = PLANNED.frontiers[22].root, f"{OLD} signed it over 22 events, and after #20 this log is sealed by {SECOND.vkey} alone"
    note = STOLEN.checkpoint(22, root)
    newest = STOLEN.checkpoint(23, PLANNED.frontiers[23].root).encode()
    tries = {
        "kept": {"known": {"kept": note}},
        "inside": {"files": {"checkpoints/22": note.encode()}},
        "whole": {"files": {"policy": f"log {FIRST.vkey}\nquorum none\n".encode(), "checkpoint": newest}},
    }
    for name, how in tries.items():
        code, text = said(PLANNED, tmp_path / name, key=FIRST.vkey if name == "whole" else SECOND.vkey, **how)
        assert (code, forged.replace("22", "23" if name == "whole" else "22") in text) == (1, True), text
    early = SECOND.checkpoint(20, PLANNED.frontiers[20].root)  # nor does the new one seal what is not its own
    assert f"{NEW} signed it over 20 events" in said(PLANNED, tmp_path / "early", known={"early": early})[1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"checkpoint": FIRST.checkpoint(19, PLANNED.frontiers[19].root)}, "leaves out what was sealed before it"),
        ({"checkpoint": FIRST.checkpoint(20, bytes(32))}, "leaves out what was sealed before it"),
        ({"checkpoint": SECOND.checkpoint(20, PLANNED.frontiers[20].root)}, "not a checkpoint of"),
        ({"replaces": SECOND.vkey}, "it succeeds another log"),
        ({"log_vkey": FIRST.vkey}, "its name or its key is in use already"),
        ({"replaced_proof": b64url(private_key("thief").sign(b"anything"))}, "a signature is wrong"),
        ({"log_vkey": replace(SECOND, origin=THIRD).vkey}, "a signature is wrong"),
    ],
)
def test_a_succession_says_what_it_succeeds(tmp_path, changes, words):
    """It commits to all that was sealed before, by the key that sealed it, goes on under a new name and key, and claims no false word."""
    code, text = said(went_on(**changes), tmp_path)

    assert (code, words in text) == (1, True), text


def test_a_log_is_succeeded_more_than_once(tmp_path):
    """A third key seals what follows its own succession; who holds the first one's word is asked where one did not vouch."""
    log = deepcopy(PLANNED)
    log.succeed(THIRD, vouched=False)
    log.add("action.assigned.v1", "action 5", owner="riv", title="Record yet more")

    assert said(log, tmp_path / "third", key=log.log_key.vkey, known={"second": PLANNED.checkpoint()})[0] == 0
    code, text = said(log, tmp_path / "first", key=FIRST.vkey)
    assert (code, f"after #23 this log went on under {log.log_key.vkey}" in text) == (1, True), text
