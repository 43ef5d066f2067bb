"""Every parser of the verifier, to be fed with anything: it refuses as a ValueError, or gives what is written back as just what it read."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any, NamedTuple

from service.ledger.checkpoint import Receipt, signature_line, vkey
from service.verify import (
    LINE,
    Policy,
    b64url,
    canonical,
    digest,
    entry_bytes,
    key_id,
    open_checkpoint,
    open_disclosures,
    open_statement,
    parse,
    parse_entry,
    parse_receipt,
    parse_vkey,
    statement_header,
    unb64,
    unb64url,
)
from tests.packs import RIVER, Witness, private_key, raw, twenty_events

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = twenty_events()
ENTRY, DISCLOSURES, NOTE = LOG.entries[4], LOG.disclosures[4], LOG.checkpoint()
STATEMENT = parse_entry(ENTRY)[1]


class Parser(NamedTuple):
    """What reads a text and writes it back, and texts that it accepts."""

    rewrite: Callable[[str], str]
    genuine: list[str]


def _sealed(text: str) -> str:
    """Read the text of a checkpoint, whatever it says, once the log's own key has signed it."""
    signature = key_id(LOG.origin, LOG.log_key.public) + private_key("genuine log").sign(text.encode())
    opened = open_checkpoint(f"{text}\n{signature_line(LOG.origin, signature)}", LOG.log_key.vkey)
    return f"{LOG.origin}\n{opened.size}\n{b64encode(opened.root).decode()}\n"


def _note(note: str) -> str:
    opened = open_checkpoint(note, LOG.log_key.vkey)
    return opened.text + "\n" + "".join(signature_line(name, blob) for name, blob in opened.lines)


def _signed(payload: str) -> str:
    """Read the payload of a statement, whatever it says, once a live key has signed it."""
    unsigned = f"{statement_header(raw(RIVER))}.{b64url(payload.encode())}"
    statement = f"{unsigned}.{b64url(RIVER.private.sign(unsigned.encode()))}"
    return canonical(open_statement(statement, raw(RIVER), LOG.origin)).decode()


def _statement(statement: str) -> str:
    claims = open_statement(statement, raw(RIVER), LOG.origin)
    unsigned = f"{statement_header(raw(RIVER))}.{b64url(canonical(claims))}"
    return f"{unsigned}.{b64url(RIVER.private.sign(unsigned.encode()))}"


def _disclosed(content: str) -> str:
    """Read the content of a disclosure, whatever it says, once a statement holds its digest."""
    disclosure = b64url(content.encode())
    ((name, value),) = open_disclosures([digest(disclosure)], [disclosure]).values()
    return canonical([*parse(content)[:1], name, value]).decode()


def _disclosure(disclosure: str) -> str:
    open_disclosures([digest(disclosure)], [disclosure])
    return b64url(canonical(parse(unb64url(disclosure).decode())))


def _line(text: str) -> str:
    if not (line := LINE.fullmatch(text)):
        raise ValueError(text)
    disclosed, withheld = line[1].split('","') if line[1] else [], [each[1:-1] for each in line[3].split(",") if each]
    for each in disclosed:
        unb64url(each)  # as every one is, of every line
    return canonical({"disclosed": disclosed, "index": int(line[2]), "withheld": withheld}).decode()


def _entry(text: str) -> str:
    received, statement = parse_entry(text.encode())
    return entry_bytes(statement, received).decode()


def _receipt(text: str) -> str:
    return str(Receipt(*parse_receipt(text)))


def _policy(text: str) -> str:
    Policy(text)  # has no canonical form: comments and spaces are its author's
    return text


WITNESS = Witness("w.example", private_key("w"))
CLAIMS = unb64url(STATEMENT.split(".")[1]).decode()
VALUES: list[Any] = [{"é": [None, True, -1], "": "\x7f/"}, "\n", 2**53 - 1]
PARSERS = {
    "base64url": Parser(lambda text: urlsafe_b64encode(unb64url(text)).rstrip(b"=").decode(), ["", "QQ", "QUI", "QUJD", "-_-_"]),
    "base64": Parser(lambda text: b64encode(unb64(text)).decode(), ["", "QQ==", "QUI=", "QUJD", "+/+/"]),
    "json": Parser(lambda text: canonical(parse(text)).decode(), [canonical(value).decode() for value in VALUES]),
    "vkey": Parser(lambda text: vkey(*parse_vkey(text)), [LOG.log_key.vkey, WITNESS.vkey]),
    "policy": Parser(_policy, [f"log {LOG.log_key.vkey}\nwitness w {WITNESS.vkey}\ngroup g any w\nquorum g\n"]),
    "checkpoint": Parser(_sealed, [NOTE.partition("\n\n")[0] + "\n"]),
    "note": Parser(_note, [NOTE, WITNESS.cosign(NOTE, 1)]),
    "receipt": Parser(_receipt, [LOG.receipt(1), LOG.receipt(20)]),
    "entry": Parser(_entry, [ENTRY.decode()]),
    "payload": Parser(_signed, [CLAIMS]),
    "statement": Parser(_statement, [STATEMENT]),
    "disclosed": Parser(_disclosed, [unb64url(each).decode() for each in DISCLOSURES.values()]),
    "disclosure": Parser(_disclosure, [*DISCLOSURES.values()]),
    "line": Parser(_line, [LOG.line(4, lambda *_: False).decode().strip(), LOG.line(5, lambda *_: True).decode().strip()]),
}


def feed(name: str, text: str) -> bool:
    """Feed a parser; return whether it accepts the text, which must then be what it would itself have written."""
    try:
        rewritten = PARSERS[name].rewrite(text)
    except (ValueError, RecursionError):
        return False
    assert rewritten == text, f"{name} accepts a second form of {rewritten!r}: {text!r}"
    return True
