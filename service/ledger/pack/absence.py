r"""Check a certificate of absence against a sealed pack, offline. It needs `verify.py` and `reading.py` beside it, and no more of ours.

    python -I absence.py PACK --absence FILE [--key VKEY] [--policy FILE] [--known CHECKPOINT-OR-RECEIPT]...

Exit 0: verified. 1: NOT verified. 2: could not check. 3: verified, but the quorum that the policy names is unmet.

A certificate is a compact JWS (RFC 7515), header {"alg":"EdDSA","kid":thumbprint,"typ":"absence-certificate+jwt"}, payload RFC 8785:
*between `from` and `until`, `owner` was asked for what `clause` says of `subject`, by the event `asked`; and no event up to `checkpoint`
discharges that.* What would is in `discharged_by`: an event (of any version), the stream where that is known, and what its fields say:

    {"event": "dissemination.learning_discussed", "since": null, "stream": "<uuid>", "where": [{"field": "forum", "is": ["supervision"]}]}

It counts where it is of a day from `since`, or of any day before it, to `until`. A condition has `field` (a.b: the member b of each
object in a, `among` those that meet other conditions) and one of: `is`, one of these values; `not`, none of them; `begins`, with this
text; `said`, anything or nothing. Of a list, one of its values is enough.

In order: the pack itself, by verify.py; the signature, by a key that attested statements at that checkpoint; the checkpoint, of this
log; the asking event; then every entry up to it, as amended up to it. What was retracted by then is named, and discharges nothing. What
cannot be excluded, because fields of it are withheld or erased, is named, and nothing is certain. What came after is of no account.
"""

from __future__ import annotations

import argparse
import sys
from base64 import b64encode
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING or __package__:
    from service import verify
    from service.ledger.pack import reading
else:
    from importlib.util import module_from_spec, spec_from_file_location

    sys.dont_write_bytecode = True  # a pack stays as it was sealed
    _spec = spec_from_file_location("reading", Path(__file__).with_name("reading.py"))
    reading = sys.modules["reading"] = module_from_spec(_spec)
    _spec.loader.exec_module(reading)
    verify = reading.verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TYP = "absence-certificate+jwt"
PURPOSE = "service-statements"
ADOPTED = "partnership.framework_adopted.v1"
MAX_CERTIFICATE = 1 << 20
CERTIFICATE: dict[str, Any] = {
    **dict.fromkeys(("clause", "from", "iss", "origin", "owner", "set_sha256", "subject", "until"), str),
    "due_on": (str, type(None)),
    "asked": {"event": str, "index": int, "jti": str, "leaf": str, "on": str, "where": list},
    "checkpoint": {"root": str, "size": int},
    "discharged_by": list,
    "iat": int,
}
PATTERN: dict[str, Any] = {"event": str, "where": list, **dict.fromkeys(("since", "stream"), (str, type(None)))}
CONDITIONS: dict[str, Any] = {"is": list, "not": list, "begins": str, "said": bool}


class Certificate(NamedTuple):
    """A certificate as it is written; only `check` says whether it is true."""

    kid: str
    said: dict[str, Any]
    signed: bytes
    signature: bytes


# -- what a certificate says --------------------------------------------------------------------------------------------


def parse(text: str) -> Certificate:
    """Read a certificate in its one canonical form; the algorithm is ours, and never read from it."""
    verify.require(len(text) <= MAX_CERTIFICATE and text.count(".") == 2, "it is no certificate: that is one line of three parts")  # noqa: PLR2004
    try:
        header, payload, signature = (verify.unb64url(part) for part in text.split("."))
        kid, said = (verify.parse(part.decode()) for part in (header, payload))
    except ValueError as error:
        raise verify.NotVerified("it is damaged: what it says cannot be read") from error
    _shaped(kid, {"alg": str, "kid": str, "typ": str}, "its header")
    verify.require((kid["alg"], kid["typ"]) == ("EdDSA", TYP), f"it is no {TYP} signed with EdDSA")
    _shaped(said, CERTIFICATE, "it")
    for pattern in said["discharged_by"]:
        _shaped(pattern, PATTERN, "a pattern")
    for condition in [*said["asked"]["where"], *(each for pattern in said["discharged_by"] for each in pattern["where"])]:
        _conditioned(condition)
    verify.require(said["discharged_by"], "it says of nothing that it would discharge")
    for day in (said["from"], said["until"], said["asked"]["on"], said["due_on"], *(one["since"] for one in said["discharged_by"])):
        verify.require(day is None or date.fromisoformat(day).isoformat() == day, f"{day} is no day")
    counts_from = (said["asked"]["on"], *(one["since"] for one in said["discharged_by"] if one["since"]))
    verify.require(
        max(counts_from) <= said["from"] <= said["until"], "its days are not in order: it begins before what it looks for counts"
    )
    return Certificate(kid["kid"], said, text.rpartition(".")[0].encode(), signature)


def _conditioned(condition: Any) -> None:
    name = next((name for name in CONDITIONS if type(condition) is dict and name in condition), "said")
    among = {"among": list} if type(condition) is dict and "among" in condition else {}
    _shaped(condition, {"field": str, name: CONDITIONS[name], **among}, "a condition")
    for other in condition.get("among", ()):
        _conditioned(other)


def _shaped(value: Any, shape: Mapping[str, Any], what: str) -> None:
    verify.require(type(value) is dict and value.keys() == shape.keys(), f"{what} has not the members that it must have")
    for name, kind in shape.items():
        if isinstance(kind, dict):
            _shaped(value[name], kind, f"{what}: {name!r}")
        else:
            kinds = kind if isinstance(kind, tuple) else (kind,)
            verify.require(type(value[name]) in kinds, f"{what}: {name!r} is misshapen")


# -- what would discharge it ---------------------------------------------------------------------------------------------


def holds(condition: Mapping[str, Any], fields: Mapping[str, Any]) -> bool | None:
    """Say whether a condition holds of an entry; None where the field that it is about is not shown."""
    first, _, member = condition["field"].partition(".")
    if first not in fields:
        return None
    values = [*_values(fields[first], member, condition.get("among", ()))]
    if "is" in condition:
        return any(value in condition["is"] for value in values)
    if "not" in condition:
        return not any(value in condition["not"] for value in values)
    if "begins" in condition:
        return any(isinstance(value, str) and value.startswith(condition["begins"]) for value in values)
    return bool(values) is condition["said"]


def _values(value: Any, member: str, among: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """Give what a field says: each of several, and the member of each object, where one is asked for; nothing where it says nothing."""
    if isinstance(value, list):
        for each in value:
            yield from _values(each, member, among)
    elif member:
        if isinstance(value, dict) and all(holds(other, value) for other in among):
            yield from _values(value.get(member), "", ())
    elif value not in (None, ""):
        yield value


def discharges(said: Mapping[str, Any], entry: reading.Amended) -> bool | None:
    """Say whether an entry discharges what was asked; None where that cannot be excluded."""
    answers = [_meets(said, pattern, entry) for pattern in said["discharged_by"]]
    return True if True in answers else None if None in answers else False


def _meets(said: Mapping[str, Any], pattern: Mapping[str, Any], entry: reading.Amended) -> bool | None:
    if entry.told.kind != pattern["event"] or pattern["stream"] not in (None, entry.told.stream):
        return False
    if entry.blurred:
        return None
    day = entry.fields.get("occurred_on")
    in_time = (pattern["since"] or day) <= day <= said["until"] if isinstance(day, str) else None
    answers = [in_time, *(holds(condition, entry.fields) for condition in pattern["where"])]
    return False if False in answers else None if None in answers else True


# -- the checks, in their order -----------------------------------------------------------------------------------------


def check(pack: verify.Pack, certificate: Certificate) -> verify.Verdict:
    """Hold a certificate to a pack that `verify` found good."""
    said, size = certificate.said, certificate.said["checkpoint"]["size"]
    verify.require(said["origin"] == pack.origin, f"it is about the log {said['origin']}, and this is {pack.origin}")
    named = [key for key in pack.keys.values() if verify.thumbprint(key.public) == certificate.kid]
    verify.require(named, f"the key that it names, {certificate.kid}, is none of this log's")
    own = (named[0].holder, named[0].purpose) == (said["iss"], PURPOSE) and named[0].since < size <= named[0].ended
    own = own and named[0].holder == next(key.holder for key in pack.keys.values() if key.since == 0)  # the service's own, as established
    verify.require(own, f"the key {certificate.kid} is another holder's, or for other acts, or was not live at #{size}")
    verify.check_signature(named[0].public, certificate.signature, certificate.signed)
    verify.require(size <= pack.checkpoint.size, f"its checkpoint seals {size} events, and this pack ends after {pack.checkpoint.size}")
    root = b64encode(pack.root(size)).decode()
    verify.require(size > 0 and root == said["checkpoint"]["root"], "its checkpoint is not of this log: the root is another")
    if not (pack.complete or sum(map(len, pack.present.values())) == pack.checkpoint.size):
        raise verify.CannotCheck("some entries only are in this pack: what is not here cannot be excluded")
    asked, found = _told(pack, said)
    then = [*reading.amended(told for told in found if told.position <= size)]
    words = _asked(pack, said, asked, then)
    answers = [(entry, discharges(said, entry)) for entry in then]
    for entry, answer in answers:
        verify.require(not answer or entry.retracted_by, f"#{entry.told.position}, {entry.told.evt}, discharges what it says nothing did")
    hidden = sorted(entry.told.position for entry, answer in answers if answer is None and not entry.retracted_by)
    gone = sorted((e.told.position, e.retracted_by) for e, answer in answers if e.retracted_by and answer is not False)
    words += [f"retracted: #{position}, retracted by #{by}, would have discharged it" for position, by in gone]
    if hidden:
        listed = " ".join(f"#{position}" for position in hidden)
        return verify.Verdict(2, [f"COULD NOT CHECK: withheld or erased fields of {listed} could discharge it", *words])
    return verify.Verdict(
        0, [_claim(said), f"checked: none of {size} entries is what would discharge it", *words, *_later(said, found, size)]
    )


def _told(pack: verify.Pack, said: Mapping[str, Any]) -> tuple[reading.Told, list[reading.Told]]:
    """Return the asking entry; and every one that amends another, adopts a set of clauses, or could discharge it."""
    index, kinds = said["asked"]["index"], {pattern["event"] for pattern in said["discharged_by"]}

    def wanted(at: int, evt: str) -> bool:
        return at == index or evt == ADOPTED or evt.endswith((reading.CORRECTED, reading.RETRACTED)) or reading.kind_of(evt) in kinds

    found = [*reading.read(pack, wanted)]
    asked = next((told for told in found if told.position == index + 1), None)
    if asked is None:
        raise verify.NotVerified(f"the asking event, #{index + 1}, is not in this pack")
    return asked, found


def _asked(pack: verify.Pack, said: Mapping[str, Any], asked: reading.Told, then: Sequence[reading.Amended]) -> list[str]:
    """Check that the event is there that asked, and stands; return what is to be said of it, and of the set of clauses."""
    place, size = f"the asking event, #{asked.position},", said["checkpoint"]["size"]
    leaf = b64encode(pack.node(0, asked.position - 1)).decode()
    same = (asked.evt, asked.jti, leaf) == tuple(said["asked"][name] for name in ("event", "jti", "leaf"))
    verify.require(asked.position <= size and same, f"{place} is another than it says")
    entry = next(
        (each for each in then if each.told is asked), reading.Amended(asked, {}, asked.position, blurred=True)
    )  # it amends another
    verify.require(entry.retracted_by is None, f"{place} was retracted by #{entry.retracted_by}")
    dated = holds({"field": "occurred_on", "is": [said["asked"]["on"]]}, entry.fields)
    answers = [dated, *(holds(condition, entry.fields) for condition in said["asked"]["where"])]
    verify.require(False not in answers, f"{place} does not ask it of {said['owner']}, or on another day")
    shaky = None in answers or entry.blurred
    words = [f"not checked: fields of {place} which are withheld or erased"] if shaky else [f"checked: {place} is {asked.evt}"]
    sets = [each.told.position for each in then if each.told.evt == ADOPTED and each.fields.get("sha256") == said["set_sha256"]]
    adopted = f"adopted by #{sets[0]}" if sets else "whose adoption is not shown"
    return [*words, f"not checked: that {said['clause']} says so, in the set of clauses {said['set_sha256']}, {adopted}"]


def _later(said: Mapping[str, Any], found: Sequence[reading.Told], size: int) -> list[str]:
    after = dict(said) | {"until": "9999-12-31"}
    then = (each for each in reading.amended(found) if each.told.position > size)
    late = [each.told.position for each in then if discharges(after, each) and not each.retracted_by]
    return [f"later: #{position} discharges it, after the checkpoint of which this speaks" for position in sorted(late)]


def _claim(said: Mapping[str, Any]) -> str:
    asked = f"#{said['asked']['index'] + 1} of {said['asked']['on']}"
    what = f"{said['owner']} was asked by {asked} for what {said['clause']} says of {said['subject']}"
    return (
        f"ABSENCE VERIFIED: between {said['from']} and {said['until']}, {what}; up to #{said['checkpoint']['size']} nothing discharges it"
    )


def by(text: str) -> verify.Also:
    """Return what holds a certificate to a pack, for the verifier to do in the end."""

    def held(pack: verify.Pack) -> verify.Verdict:
        with verify.naming("the certificate"):
            return check(pack, parse(text.strip()))

    return held


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the certificate that the command line names; print the verdict and return the exit status."""
    parser = argparse.ArgumentParser(description="Check a certificate of absence against a sealed pack, offline.", add_help=False)
    parser.add_argument("--absence", metavar="FILE", type=Path, required=True)
    given, rest = parser.parse_known_args(arguments)
    try:
        text = given.absence.read_text("ascii")
    except OSError as error:
        sys.stdout.write(f"COULD NOT CHECK: {ascii(str(error))[1:-1]}\n")
        return 2
    except UnicodeDecodeError:
        text = ""  # it is refused with all else that is no certificate
    return verify.main(rest, by(text))


if __name__ == "__main__":
    sys.exit(main())
