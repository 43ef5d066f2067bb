"""A certificate of absence, held to packs made in memory: what it says is so, and nothing that is done to it or to the pack passes."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

from service.ledger.pack import absence
from service.verify import b64url, canonical, leaf_hash, thumbprint, unb64url, verify
from tests.packs import RIVER, Log, raw, statement_key, write
from tests.strangers import as_handed_over, follow, recipes_of

if TYPE_CHECKING:
    from pathlib import Path

LATE = {"occurred_on": "2017-02-01"}
AGENDA = [{"agency": "RIV", "response": "accepted"}, {"agency": "CQH", "response": "rejected"}]


def asked_log(**options: Any) -> Log:
    """Make a log in which RIV is asked for a discussion in supervision, and in which others discuss, elsewhere."""
    log = Log(**options)
    log.establish()
    log.enrol(RIVER)
    log.add("partnership.framework_adopted.v1", "partnership", sha256="5e" * 32)
    log.add("dissemination.issued.v1", "item 1", recipients=["CQH", "RIV"], kind="scr_report")
    log.add("dissemination.learning_discussed.v1", "item 1", agency="CQH", forum="supervision", **LATE)
    log.add("dissemination.learning_discussed.v2", "item 1", agency="RIV", forum="team_meeting", held=3, **LATE)
    log.add("dissemination.learning_discussed.v1", "item 2", agency="RIV", forum="supervision", **LATE)
    return log


def stream_of(log: Log, position: int) -> str:
    """Return the stream of an event."""
    return claims_of(log, position)["stream"]


def claims_of(log: Log, position: int) -> dict[str, Any]:
    """Return the claims of an event."""
    return json.loads(unb64url(json.loads(log.entries[position - 1])["stmt"].split(".")[1]))


def said_of(log: Log, size: int | None = None, **changes: Any) -> dict[str, Any]:
    """Return what a certificate says of RIV's silence."""
    size = len(log.entries) if size is None else size
    root = b64encode(log.frontiers[min(size, len(log.entries))].root).decode()
    asked = {
        "event": "dissemination.issued.v1",
        "index": 3,
        "jti": claims_of(log, 4)["jti"],
        "leaf": b64encode(leaf_hash(log.entries[3])).decode(),
        "on": "2016-07-04",
        "where": [{"field": "recipients", "is": ["RIV"]}],
    }
    discussed = [{"field": "agency", "is": ["RIV"]}, {"field": "forum", "is": ["supervision"]}]
    pattern = {"event": "dissemination.learning_discussed", "since": None, "stream": stream_of(log, 4), "where": discussed}
    return {
        "asked": asked,
        "checkpoint": {"root": root, "size": size},
        "clause": "LIF-APPA-AG-05",
        "discharged_by": [pattern],
        "due_on": "2016-10-04",
        "from": "2016-10-05",
        "iat": 1_500_000_000,
        "iss": log.service.holder,
        "origin": log.origin,
        "owner": "RIV",
        "set_sha256": "5e" * 32,
        "subject": "dissemination:item 1",
        "until": "2017-03-31",
    } | changes


def signed(log: Log, said: dict[str, Any], key: Any = None, **header: Any) -> str:
    """Sign a certificate, whatever it says."""
    key = key or log.service
    head = {"alg": "EdDSA", "kid": thumbprint(raw(key)), "typ": absence.TYP} | header
    text = f"{b64url(canonical(head))}.{b64url(canonical(said))}"
    return f"{text}.{b64url(key.private.sign(text.encode()))}\n"


def held(log: Log, text: str, folder: Path, **pack: Any) -> tuple[int, str]:
    """Hold a certificate to a pack of a log; return the exit status and the verdict."""
    verdict = verify(write(log.pack(**pack), folder), then=absence.by(text))
    return verdict.code, "\n".join(verdict.lines)


def test_a_silence_is_verified_and_says_what_was_checked(tmp_path):
    """What nobody did is verified, in words: between which days, by which event it was asked, up to which; and what was not checked."""
    log = asked_log()
    code, said = held(log, signed(log, said_of(log)), tmp_path)

    assert code == 0
    assert said.startswith(
        "ABSENCE VERIFIED: between 2016-10-05 and 2017-03-31, RIV was asked by #4 of 2016-07-04 for what LIF-APPA-AG-05 says of "
        "dissemination:item 1; up to #7 nothing discharges it"
    )
    assert "checked: none of 7 entries is what would discharge it" in said
    assert f"in the set of clauses {'5e' * 32}, adopted by #3" in said


def test_it_is_still_true_after_a_later_discharge(tmp_path):
    """It speaks of then: once it is done, the same certificate still verifies by the newer pack, and the verdict names what came later."""
    log = asked_log()
    text = signed(log, said_of(log))
    log.add("dissemination.learning_discussed.v1", "item 1", agency="RIV", forum="supervision", occurred_on="2017-06-01")
    code, said = held(log, text, tmp_path)

    assert code == 0
    assert "later: #8 discharges it, after the checkpoint of which this speaks" in said


def test_what_was_recorded_late_discharges_only_what_speaks_of_later(tmp_path):
    """A discharge of a day in the period that came after the checkpoint leaves the certificate true; one made after it is not verified."""
    log = asked_log()
    before = signed(log, said_of(log))
    log.add("dissemination.learning_discussed.v1", "item 1", agency="RIV", forum="supervision", **LATE)

    assert held(log, before, tmp_path / "before")[0] == 0
    code, said = held(log, signed(log, said_of(log)), tmp_path / "after")
    assert (code, said) == (
        1,
        "NOT VERIFIED: the certificate: #8, dissemination.learning_discussed.v1, discharges what it says nothing did",
    )


def test_a_discharge_of_a_later_day_is_no_discharge_then(tmp_path):
    """What happened after the last day of the period was not done in it, though it is on record."""
    log = asked_log()
    log.add("dissemination.learning_discussed.v1", "item 1", agency="RIV", forum="supervision", occurred_on="2017-04-01")

    assert held(log, signed(log, said_of(log)), tmp_path)[0] == 0


def test_a_retracted_discharge_is_named_and_does_not_count(tmp_path):
    """What was retracted by then discharges nothing, and is named with what retracted it; where that was retracted too, it counts."""
    log = asked_log()
    log.add("dissemination.learning_discussed.v1", "item 1", agency="RIV", forum="supervision", **LATE)
    log.add("dissemination.entry_retracted.v1", "item 1", amends=4, reason="another item")
    code, said = held(log, signed(log, said_of(log)), tmp_path / "retracted")
    log.add("dissemination.entry_retracted.v1", "item 1", amends=5, reason="it was this item")

    assert code == 0
    assert "retracted: #8, retracted by #9, would have discharged it" in said
    assert held(log, signed(log, said_of(log)), tmp_path / "again")[0] == 1


def test_a_correction_counts_as_it_stood_then(tmp_path):
    """An entry says what it says as corrected by then: it can so become what would discharge, or stop being it."""
    log = asked_log()
    position = log.add("dissemination.learning_discussed.v1", "item 1", agency="RIV", forum="supervision", occurred_on="2017-04-01")
    nothing = {"corrected": None, "corrected_restricted": None}
    then = signed(log, said_of(log))
    log.add("dissemination.entry_corrected.v1", "item 1", amends=4, corrected_public={"occurred_on": "2017-03-30"}, **nothing)
    assert held(log, then, tmp_path / "then")[0] == 0
    assert f"#{position}, " in held(log, signed(log, said_of(log)), tmp_path / "corrected")[1]

    again = {"corrected_public": {"occurred_on": "2017-04-02"}}
    log.add("dissemination.entry_corrected.v1", "item 1", amends=5, corrected_public=again, **nothing)
    assert held(log, signed(log, said_of(log)), tmp_path / "corrected again")[0] == 0


def test_a_discharge_that_is_withheld_is_named(tmp_path):
    """A pack that withholds what would show that an event discharges it verifies nothing: the event is named."""
    log = asked_log()
    log.add("dissemination.learning_discussed.v1", "item 1", agency="RIV", forum="supervision", **LATE)
    text = signed(log, said_of(log))

    def withheld(evt: str, name: str) -> bool:
        return evt.startswith("dissemination.learning") and name == "forum"

    code, said = held(log, text, tmp_path, withhold=withheld)
    assert (code, said.splitlines()[0]) == (2, "COULD NOT CHECK: withheld or erased fields of #6 #8 could discharge it")


def test_an_erased_field_is_as_good_as_withheld(tmp_path):
    """What was erased can be excluded by nobody, and is named."""
    log = asked_log()
    log.erase((6, "forum"))

    code, said = held(log, signed(log, said_of(log)), tmp_path)
    assert (code, "fields of #6 could" in said) == (2, True)


def test_a_hidden_amendment_makes_nothing_certain(tmp_path):
    """Where a correction of an entry is withheld, nobody can exclude what the entry says as corrected."""
    log = asked_log()
    log.add("dissemination.entry_corrected.v1", "item 1", amends=3, corrected_public={"held": 4}, corrected=None, corrected_restricted=None)

    code, said = held(
        log, signed(log, said_of(log)), tmp_path, withhold=lambda evt, name: "corrected" in evt and name == "corrected_public"
    )
    assert (code, "fields of #6 could" in said) == (2, True)


def test_a_pack_of_some_entries_proves_no_absence(tmp_path):
    """What is not in the pack cannot be excluded."""
    log = asked_log()
    code, said = held(log, signed(log, said_of(log)), tmp_path, indexes=[3, 4])

    assert code == 2
    assert said.splitlines()[0].endswith(": some entries only are in this pack: what is not here cannot be excluded")


def test_an_asking_that_was_retracted_asks_nothing(tmp_path):
    """Where the asking event was retracted by then, nothing was asked."""
    log = asked_log()
    log.add("dissemination.entry_retracted.v1", "item 1", amends=1, reason="the wrong report")

    assert "the asking event, #4, was retracted by #8" in held(log, signed(log, said_of(log)), tmp_path)[1]


REFUSED = {
    "another owner": ({"asked.where": [{"field": "recipients", "is": ["AVM"]}]}, "does not ask it of RIV"),
    "another day": ({"asked.on": "2016-07-05"}, "does not ask it of RIV, or on another day"),
    "another event": ({"asked.jti": b64url(bytes(16))}, "the asking event, #4, is another than it says"),
    "another kind": ({"asked.event": "dissemination.issued.v2"}, "the asking event, #4, is another than it says"),
    "another leaf": ({"asked.leaf": b64encode(bytes(32)).decode()}, "the asking event, #4, is another than it says"),
    "an event that is not there": ({"asked.index": 99}, "the asking event, #100, is not in this pack"),
    "another log": ({"origin": "elsewhere.example/log"}, "it is about the log elsewhere.example/log"),
    "another root": ({"checkpoint.root": b64encode(bytes(32)).decode()}, "its checkpoint is not of this log: the root is another"),
    "another holder": ({"iss": "riv.severnbrook.example"}, "is another holder's, or for other acts"),
    "nothing to discharge it": ({"discharged_by": []}, "it says of nothing that it would discharge"),
    "a period that ends first": ({"until": "2016-01-01"}, "its days are not in order"),
    "a beginning before it was asked": ({"from": "2016-07-03"}, "its days are not in order"),
    "a day that is none": ({"until": "2017-3-31"}, "2017-3-31"),
    "one more member": ({"note": "x"}, "it has not the members that it must have"),
    "a condition of no kind": ({"asked.where": [{"field": "recipients", "like": "R"}]}, "a condition has not the members"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_certificate_may_not_say_is_refused_by_name(case, tmp_path):
    """Signed or not, a certificate that is not true of this log is refused, and says why."""
    log, (changes, why) = asked_log(), REFUSED[case]
    said = said_of(log)
    for name, value in changes.items():
        at, _, member = name.partition(".")
        said |= {at: {**said[at], member: value} if member else value}

    code, verdict = held(log, signed(log, said), tmp_path)
    assert (code, why in verdict) == (1, True), verdict


def test_a_checkpoint_beyond_the_pack_is_refused(tmp_path):
    """A pack that ends before the checkpoint of a certificate says nothing of it."""
    log = asked_log()
    longer = asked_log()
    longer.add("dissemination.withdrawn.v1", "item 3")

    assert "its checkpoint seals 8 events, and this pack ends after 7" in held(log, signed(log, said_of(log, 8)), tmp_path)[1]


def test_only_a_key_that_attests_statements_certifies(tmp_path):
    """A stranger's key, an agency's own, and a key that is not live there sign nothing that passes."""
    log = asked_log()
    stranger = statement_key(log.service.holder, "stranger", "service-attested")
    heir = statement_key(log.service.holder, "heir", "service-attested")
    said = said_of(log)
    log.rotate(log.service, heir, "service-statements")

    assert "is none of this log's" in held(log, signed(log, said, stranger), tmp_path / "stranger")[1]
    assert "for other acts" in held(log, signed(log, said | {"iss": RIVER.holder}, RIVER), tmp_path / "agency")[1]
    assert "was not live at #7" in held(log, signed(log, said, heir), tmp_path / "heir")[1]
    assert held(log, signed(log, said), tmp_path / "genuine")[0] == 0


def test_another_logs_certificate_is_refused(tmp_path):
    """A certificate of a log of the same name, under another key, is not one of this log."""
    log, forged = asked_log(), asked_log(seed="forged")

    assert "is none of this log's" in held(log, signed(forged, said_of(forged)), tmp_path)[1]


def test_no_altered_certificate_passes(tmp_path):
    """Whatever one character of a certificate is made, it is refused, and nothing else happens."""
    log = asked_log()
    text = signed(log, said_of(log)).strip()
    folder = write(log.pack(), tmp_path)
    for at in range(0, len(text), 7):
        other = "A" if text[at] != "A" else "B"
        verdict = verify(folder, then=absence.by(text[:at] + other + text[at + 1 :]))
        assert verdict.code == 1, (at, verdict.lines)
        assert verdict.lines[0].startswith("NOT VERIFIED: the certificate: ")


def test_a_statement_is_no_certificate(tmp_path):
    """What a key signed for another purpose is refused, though the signature is right: the type in the header is the verifier's."""
    log = asked_log()
    other = signed(log, said_of(log), typ="board-event+sd-jwt")
    unsigned = signed(log, said_of(log), alg="none")

    for number, text in enumerate((other, unsigned, "a.b", "", json.loads(log.entries[3])["stmt"])):
        code, said = held(log, text, tmp_path / str(number))
        assert (code, said.startswith("NOT VERIFIED: the certificate: ")) == (1, True)


def test_a_condition_holds_of_one_of_several_and_of_one_object():
    """A condition on a list holds of one of its values; `among` asks it of those objects alone that meet others."""
    fields = {"seen": AGENDA, "forum": "supervision", "why": "", "recipients": ["RIV", "CQH"], "count": 3}
    rejected = [{"field": "agency", "is": ["RIV"]}]
    cases = [
        ({"field": "recipients", "is": ["CQH"]}, True),
        ({"field": "recipients", "not": ["AVM"]}, True),
        ({"field": "recipients", "not": ["RIV"]}, False),
        ({"field": "seen.response", "is": ["rejected"]}, True),
        ({"field": "seen.response", "is": ["rejected"], "among": rejected}, False),
        ({"field": "forum", "begins": "super"}, True),
        ({"field": "why", "said": True}, False),
        ({"field": "why", "said": False}, True),
        ({"field": "count", "is": ["3", 3]}, True),
        ({"field": "gone", "is": ["x"]}, None),
    ]

    assert [absence.holds(condition, fields) for condition, _ in cases] == [answer for _, answer in cases]


def test_it_stands_beside_the_verifier_and_needs_nothing_else(tmp_path):
    """By the recipe in the pack, by Python alone with no other path than its own, the verdict is the same, and so is the exit status."""
    log = asked_log()
    pack = as_handed_over(write(log.pack(), tmp_path / "pack"), log)
    (tmp_path / "absence.jws").write_text(signed(log, said_of(log)))
    ran = follow(recipes_of((pack / "VERIFY.md").read_text())["A certificate of absence"], pack, tmp_path)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("ABSENCE VERIFIED: ")
    assert "not checked: absence.py" not in ran.out
    assert not (pack / "__pycache__").exists()


@pytest.mark.parametrize("text", [b"\xe2\x80\xa6", b"a checkpoint", b"e30.e30.e30", b"eyJ\n.e30.e30"])
def test_what_is_no_certificate_is_told_so_in_words(text, tmp_path, capsys):
    """A checkpoint, or a damaged certificate, handed in as one is refused in words that say what it is not."""
    write(asked_log().pack(), tmp_path / "pack")
    (tmp_path / "handed-in").write_bytes(text)
    code = absence.main([str(tmp_path / "pack"), "--absence", str(tmp_path / "handed-in")])
    said = capsys.readouterr().out

    assert (code, "codec" in said, "char " in said) == (1, False, False), said
    assert "NOT VERIFIED: the certificate: it" in said
