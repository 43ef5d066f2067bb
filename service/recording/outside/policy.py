"""Who witnesses this log, and whose cosignatures are enough: a file of the operator's, as C2SP's tlog-policy has it.

    witness council  <vkey> https://witness.council.example/muniment
    witness auditor  <vkey> https://witness.auditor.example
    group   either   any council auditor
    quorum  either

The log's own key need not be named. The policy in force is kept beside the checkpoints, and is in every pack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.config import BadSetting
from service.config.parsing import web
from service.verify import Policy, parse_vkey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from typing import Any

    from psycopg import Connection

    from service.config import Config

SETTING = "MUNIMENT_POLICY"
NEWEST = "SELECT text FROM ledger.policy ORDER BY number DESC LIMIT 1"


class Witness(NamedTuple):
    """A witness of the policy: its name there, its public key, and where it is asked."""

    name: str
    vkey: str
    url: str


class Witnesses(NamedTuple):
    """The policy's text, and whom it names."""

    text: str
    all: tuple[Witness, ...]


def nobody(log_vkey: str) -> str:
    """Return the policy of a log that nobody witnesses."""
    return f"log {log_vkey}\nquorum none\n"


def read(config: Config, log_vkey: str, *earlier: str) -> Witnesses:
    """Return the policy that the settings name, of this log; raise BadSetting where it cannot be used.

    For whom to ask it may still name a key that was succeeded, one of `earlier`: it cannot name the next one before there is one.
    """
    if config.policy is None:
        return Witnesses(nobody(log_vkey), ())
    try:
        text = config.policy.read_text("utf-8")
        lines = [line.partition("#")[0].split() for line in text.split("\n")]
        text = text if any(words[:1] == ["log"] for words in lines) else f"log {log_vkey}\n{text}"
        logs = Policy(text).logs
    except (OSError, ValueError) as error:
        raise BadSetting(SETTING, str(config.policy), f"cannot be used: {error}") from error
    found = tuple(_witness(words) for words in lines if words[:1] == ["witness"])
    if logs not in [[each] for each in (log_vkey, *earlier)] or len({parse_vkey(one.vkey)[1] for one in found}) != len(found):
        raise BadSetting(SETTING, str(config.policy), f"names another log than {log_vkey}, or one witness's key twice")
    return Witnesses(text, found)


def in_force(connection: AbstractContextManager[Connection[Any]], log_vkey: str) -> str:
    """Return the text of the policy that is kept beside the checkpoints."""
    with connection as conn:
        return _text(conn.execute(NEWEST).fetchone()) or nobody(log_vkey)


def _text(row: tuple[Any, ...] | Mapping[str, Any] | None) -> str:
    return "" if row is None else str(row["text"] if not isinstance(row, tuple) else row[0])


def _witness(words: list[str]) -> Witness:
    _, name, vkey, *urls = words
    if not urls:
        raise BadSetting(SETTING, name, "has no address: where is this witness asked?")
    return Witness(name, vkey, web(SETTING, urls[0]).rstrip("/"))
