"""Checkpoints and receipts are written as C2SP has them, and read in no other form."""

from __future__ import annotations

from base64 import b64encode

import pytest

from service.ledger.checkpoint import Receipt, vkey
from service.ledger.tree import Frontier, leaf_hash
from service.verify import WITNESS, NotVerified, open_checkpoint, parse_vkey, root_from_inclusion
from tests.packs import Witness, private_key, twenty_events

LOG = twenty_events()
NOTE, VKEY = LOG.checkpoint(), LOG.log_key.vkey


def test_a_checkpoint_is_three_lines_and_a_signature():
    """The note is origin, size and root, a blank line, and the log key's line; it opens under the published key."""
    origin, size, root, blank, line, end = NOTE.split("\n")

    assert (origin, size, blank, end) == ("severnbrook.example/log", "20", "", "")
    assert root == b64encode(LOG.frontiers[-1].root).decode()
    assert line.startswith("— severnbrook.example/log ")
    assert open_checkpoint(NOTE, VKEY)[1:3] == (20, LOG.frontiers[-1].root)


def test_the_empty_log_has_a_checkpoint_too():
    """Size 0 is written and read, with the root of the empty tree."""
    assert open_checkpoint(LOG.log_key.checkpoint(0, Frontier().root), VKEY).size == 0


def test_no_byte_of_a_checkpoint_can_change():
    """A checkpoint with one bit flipped anywhere does not open."""
    raw = NOTE.encode()
    for at in range(len(raw)):
        for bit in (0, 5):
            with pytest.raises(ValueError):  # noqa: PT011 -- not UTF-8 is a ValueError too
                open_checkpoint((raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]).decode(), VKEY)


def test_a_vkey_is_read_as_it_is_written():
    """A published key holds its name, its kind and its 32 bytes; a witness's has another kind and another id."""
    assert parse_vkey(VKEY) == ("severnbrook.example/log", LOG.log_key.public, b"\x01")
    name, identity, rest = vkey("w.example", LOG.log_key.public, WITNESS).split("+", 2)
    assert (name, len(identity)) == ("w.example", 8)
    assert parse_vkey(f"{name}+{identity}+{rest}")[2] == WITNESS


def test_an_unknown_key_is_ignored_and_a_known_one_is_not():
    """A line by somebody else changes nothing; a second line by the log's own key must be right as well."""
    witness = Witness("w.example", private_key("w"))
    cosigned = witness.cosign(NOTE, 1_700_000_000)

    assert open_checkpoint(cosigned, VKEY).signed_by(*parse_vkey(witness.vkey)) == [1_700_000_000]
    assert open_checkpoint(cosigned, VKEY).signed_by(*parse_vkey(Witness("w.example", private_key("v")).vkey)) == []
    own = NOTE.split("\n")[4]
    forged = own[:-6] + ("A" if own[-6] != "A" else "B") + own[-5:]
    with pytest.raises(NotVerified, match="a signature is wrong"):
        open_checkpoint(f"{NOTE}{forged}\n", VKEY)
    with pytest.raises(NotVerified, match="has not signed it"):
        open_checkpoint(witness.cosign(NOTE.partition("\n\n")[0] + "\n\n", 1_700_000_000), VKEY)


def test_receipts_survive_being_kept():
    """A receipt is written and read to the same value, and its proof leads to the root of its checkpoint."""
    for position in range(1, 21):
        text = LOG.receipt(position)
        receipt = Receipt.parse(text)
        checkpoint = open_checkpoint(receipt.checkpoint, VKEY)

        assert str(receipt) == text
        assert receipt.index == position - 1
        assert root_from_inclusion(receipt.index, checkpoint.size, leaf_hash(LOG.entries[receipt.index]), receipt.proof) == checkpoint.root


def test_no_byte_of_a_receipt_can_change():
    """A receipt with one bit flipped anywhere is not read, or does not prove the event any more."""
    raw, leaf = LOG.receipt(7).encode(), leaf_hash(LOG.entries[6])

    def proves(text: bytes) -> bool:
        try:
            receipt = Receipt.parse(text.decode())
            checkpoint = open_checkpoint(receipt.checkpoint, VKEY)
            return root_from_inclusion(receipt.index, checkpoint.size, leaf, receipt.proof) == checkpoint.root
        except ValueError:
            return False

    assert proves(raw)
    assert [at for at in range(len(raw)) if proves(raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :])] == []


@pytest.mark.parametrize(
    "change", [lambda t: t + "\n", lambda t: t.replace("index 6", "index 06"), lambda t: t.replace("@v1", "@v2"), lambda t: "\n" + t]
)
def test_a_receipt_in_another_form_is_not_read(change):
    """A receipt has one form: no leading zero, no other version, nothing before it and no checkpoint that does not open."""
    with pytest.raises(NotVerified):
        open_checkpoint(Receipt.parse(change(LOG.receipt(7))).checkpoint, VKEY)
