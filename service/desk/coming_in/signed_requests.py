"""Requests that programs sign (RFC 9421, with the digest of the body by RFC 9530): checked, taken once, and kept with what they came to.

A stolen API key is then not enough to have anything recorded, and the log's service can show who asked: what was signed is kept byte for
byte, with its signature. The API key's own secret is no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from psycopg.errors import UniqueViolation

from service.desk.coming_in.refusals import RequestNotSigned
from service.verify import check_public_key, thumbprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from http_message_signatures import VerifyResult
    from psycopg import Connection

    from service.desk.accounts import Caller

MAX_AGE: Final = timedelta(minutes=5)
COVERED: Final = ("@method", "@target-uri", "content-digest", "idempotency-key")  # and If-Match, where there is one
SECRET: Final = ('"authorization"', '"cookie"')  # what is kept holds no secret
SHORTEST_NONCE, LONGEST_NONCE = 16, 255
KEEP: Final = """
    INSERT INTO desk.signed_request (api_key, nonce, caller, key, received_at, base, signature, body)
    VALUES (%s, %s, %s, %s, now(), %s, %s, %s)"""
CAME_TO: Final = "UPDATE desk.signed_request SET first = %s, last = %s WHERE api_key = %s AND nonce = %s AND first IS NULL"
# Where a process ended before it could say so: of several under one key nobody knows any more which it was.
SETTLE: Final = """
    UPDATE desk.signed_request r SET first = i.first, last = i.first + i.events - 1
      FROM desk.idempotency i WHERE r.first IS NULL AND i.caller = r.caller AND i.key = r.key
       AND r.received_at < now() - interval '10 minutes'
       AND NOT EXISTS (SELECT FROM desk.signed_request o WHERE (o.caller, o.key) = (r.caller, r.key) AND o.nonce <> r.nonce)"""
FOR: Final = """
    SELECT r.base, r.signature, r.body, k.public_key
      FROM (SELECT * FROM desk.signed_request WHERE first <= %(position)s ORDER BY first DESC, received_at LIMIT 1) r
      JOIN desk.api_key k ON k.id = r.api_key WHERE r.last >= %(position)s"""
WITHOUT_BODY: Final = "UPDATE desk.signed_request SET body = NULL WHERE api_key = %s AND nonce = %s AND first IS NULL"
CAME_TO_NOTHING: Final = "DELETE FROM desk.signed_request WHERE first IS NULL AND received_at < now() - interval '1 hour'"


@dataclass(frozen=True)
class Asked:
    """A request as it came: the address whole, the fields of its head by name, and its body, which may not be kept with it.

    What is said of people is sealed where it is recorded, and nowhere else, or no erasure would reach it. A file (`body` is None) is kept
    as evidence, and never in memory: whoever takes it in holds it to the digest that is signed.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    keeps_body: bool = True


@dataclass(frozen=True)
class Kept:
    """What is kept of a signed request: anybody can check it with the public key, and the body by the digest in `base`."""

    base: str
    signature: bytes
    body: bytes | None
    public_key: bytes


def check(conn: Connection[Any], who: Caller, asked: Asked) -> str | None:
    """Refuse a request that the caller's program has not signed whole, within five minutes and for the first time; keep one that it has.

    Return its nonce, None where the program signs nothing.
    """
    program = who.program
    if program is None or program.public_key is None:
        return None
    found, signature = _verified(asked, program.public_key)
    nonce, covered = found.nonce or "", found.covered_components
    if not SHORTEST_NONCE <= len(nonce) <= LONGEST_NONCE:
        raise RequestNotSigned(why=f"its nonce has {SHORTEST_NONCE} to {LONGEST_NONCE} characters, and is new for each request")
    if secret := [name for name in covered if name.lower().startswith(SECRET)]:
        raise RequestNotSigned(why=f"it covers {', '.join(secret)}, which is a secret and is not kept")
    base = "\n".join(f"{name}: {value}" for name, value in covered.items())
    named, body = (str(who.account), asked.headers.get("Idempotency-Key", "")), asked.body if asked.keeps_body else None
    try:
        conn.execute(KEEP, (program.id, nonce, *named, base, signature, body))
    except UniqueViolation as error:
        raise RequestNotSigned(why="its nonce was used before: sign it anew, with the same Idempotency-Key if you repeat it") from error
    return nonce


def came_to(conn: Connection[Any], who: Caller, nonce: str, positions: Sequence[int]) -> None:
    """Keep what was recorded for a request: for this one, and for no other that came under its key and was refused."""
    if who.program:
        conn.execute(CAME_TO, (positions[0], positions[-1], who.program.id, nonce))


def came_to_nothing(conn: Connection[Any], who: Caller, nonce: str) -> None:
    """Forget what a request said that was answered with nothing recorded, such as a text that is held (INV-45); its nonce stays used."""
    if who.program:
        conn.execute(WITHOUT_BODY, (who.program.id, nonce))


def _verified(asked: Asked, public_key: bytes) -> tuple[VerifyResult, bytes]:
    """Return what the one signature of a request covers, and the signature; refuse what it does not cover or is not its."""
    from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver, algorithms, exceptions  # noqa: PLC0415 - for the few that sign
    from http_sf import parse  # noqa: PLC0415 - as above

    known = MappingKeyResolver(public_keys={thumbprint(public_key): check_public_key(public_key)}, private_keys={})
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=known)
    required = (*COVERED, *(["if-match"] if "If-Match" in asked.headers else []))
    try:
        (found,) = verifier.verify(asked, max_age=MAX_AGE, require_components=required, body=asked.body)
        signatures: Any = parse(asked.headers["Signature"].encode(), tltype="dictionary")
    except (exceptions.HTTPMessageSignaturesException, ValueError, KeyError) as error:
        raise RequestNotSigned(why=str(error).rstrip(".") or "it cannot be read") from error
    return found, bytes(signatures[found.label][0])


def of_event(conn: Connection[Any], position: int) -> Kept | None:
    """Return the signed request by which an event came about, None where it came otherwise."""
    row = conn.execute(FOR, {"position": position}).fetchone()
    return Kept(row[0], bytes(row[1]), None if row[2] is None else bytes(row[2]), bytes(row[3])) if row else None


def tidy(conn: Connection[Any]) -> None:
    """Forget the requests for which nothing was recorded, long after they could be repeated: what they said went with their answer."""
    conn.execute(SETTLE)
    conn.execute(CAME_TO_NOTHING)
