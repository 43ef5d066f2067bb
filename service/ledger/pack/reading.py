"""What the entries of a pack say, as amended. It stands beside `verify.py`, and `absence.py` and `samples.py` beside both."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING or __package__:
    from service import verify
else:
    from importlib.util import module_from_spec, spec_from_file_location

    sys.dont_write_bytecode = True  # a pack stays as it was sealed
    _spec = spec_from_file_location("verify", Path(__file__).with_name("verify.py"))
    verify = sys.modules["verify"] = module_from_spec(_spec)
    _spec.loader.exec_module(verify)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

CORRECTED, RETRACTED = ".entry_corrected.v1", ".entry_retracted.v1"
PARTS = ("corrected_public", "corrected", "corrected_restricted")  # of a correction, by the class of what they correct
VERSION = re.compile(r"\.v[0-9]+\Z")


class Told(NamedTuple):
    """An entry of the log as the pack shows it: its place, its kind, and what is shown of it.

    `recv` is when it was received, in POSIX seconds, and `signed_by` the holder of the key, where that is not the service's own; `hidden`
    are the digests of what is not shown.
    """

    position: int
    stream: str
    sver: int
    evt: str
    jti: str
    fields: dict[str, Any]
    recv: int = 0
    signed_by: str | None = None
    hidden: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """Return its kind, whatever the version of its shape."""
        return kind_of(self.evt)


class Amended(NamedTuple):
    """What an entry says as amended; by which position it was retracted; and whether amendments that are hidden could change it."""

    told: Told
    fields: Mapping[str, Any]
    retracted_by: int | None
    blurred: bool


def kind_of(evt: str) -> str:
    """Return the kind of a topic, whatever the version of its shape."""
    return VERSION.sub("", evt)


def read(pack: verify.Pack, wanted: Callable[[int, str], bool]) -> Iterator[Told]:
    """Give the entries that are wanted, by their index and their kind, once `verify` has found the pack good."""
    for tile in sorted(pack.present):
        lines = pack.disclosures(tile)
        for index, entry in pack.entries(tile):
            recv, statement = verify.parse_entry(entry)
            claims = verify.parse(verify.unb64url(statement.split(".")[1]).decode())
            if wanted(index, claims["evt"]):
                shown = verify.open_disclosures(claims["_sd"], lines[index][0])
                own, hidden = claims["iss"] if claims["assurance"] == "actor-signed" else None, frozenset(claims["_sd"]) - shown.keys()
                told = (claims["stream"], claims["sver"], claims["evt"], claims["jti"])
                yield Told(index + 1, *told, dict(shown.values()), recv, own, hidden)


def amended(entries: Iterable[Told]) -> Iterator[Amended]:
    """Give each entry as amended by later ones of its stream: from the last to the first, as an amendment may itself be amended."""
    by_stream = defaultdict[str, list[Told]](list)
    for told in entries:
        by_stream[told.stream].append(told)
    for stream in by_stream.values():
        yield from _of_one_stream(sorted(stream, key=lambda told: told.sver, reverse=True))


def _of_one_stream(entries: Sequence[Told]) -> Iterator[Amended]:
    retracted, corrected, blurred = dict[int, int](), defaultdict[int, dict[str, Any]](dict), set[int]()
    for told in entries:
        fields = {**told.fields, **corrected.pop(told.sver, {})}
        hidden = told.sver in blurred
        if not told.evt.endswith((CORRECTED, RETRACTED)):
            yield Amended(told, fields, retracted.get(told.sver), hidden)
            continue
        if told.sver in retracted:
            continue
        amends, parts = fields.get("amends"), [fields.get(part, 0) for part in PARTS if told.evt.endswith(CORRECTED)]
        if hidden or type(amends) is not int or any(type(part) not in (dict, type(None)) for part in parts):
            blurred |= {amends} if type(amends) is int else {each.sver for each in entries if each.sver < told.sver}
        elif told.evt.endswith(RETRACTED):
            retracted[amends] = told.position
        else:
            corrected[amends] = {name: value for part in parts for name, value in (part or {}).items()} | corrected[amends]
