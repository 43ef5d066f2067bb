"""How statements are written, to the byte: RFC 8785 JSON, base64url without padding, digests of disclosures.

Within the bounds that `canonical` enforces (no floats, integers that every reader keeps exactly, ASCII member names) Python's C
encoder writes JCS. Reading is strict by writing again: what does not come out as the same bytes was not canonical, and that
covers doubled members, spaces, other escapes and padding all at once.
"""

from __future__ import annotations

import json
from binascii import Error, a2b_base64, b2a_base64
from hashlib import sha256
from typing import Any

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")
_encoder = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

encode = _encoder.encode  # for values that are known to be within the bounds


def canonical(value: object) -> bytes:
    """Return the value in RFC 8785 form; raise ValueError or TypeError where JSON's readers could differ about it."""
    check(value)
    return _encoder.encode(value).encode()  # a lone surrogate fails here, as it should


def check(value: object) -> None:
    """Raise ValueError or TypeError where a value has no form that every reader of JSON takes for the same."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if isinstance(value, int):
        if not -(2**53) < value < 2**53:
            raise ValueError(f"{value} is not exact in every JSON reader")
    elif isinstance(value, (list, tuple)):
        for item in value:
            check(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str) or not name.isascii():
                raise ValueError(f"member name {name!r} is not ASCII text")
            check(item)
    else:
        raise TypeError(f"{kind.__name__} has no canonical form in a statement")


def strict(text: bytes) -> Any:
    """Return the value of canonical JSON; raise ValueError where it is not JSON, or not written canonically."""
    value = json.loads(text)
    if _encoder.encode(value).encode() != text:
        raise ValueError("the JSON is not canonical")
    return value


def b64url(raw: bytes) -> str:
    """Return base64url without padding (RFC 7515 §2)."""
    return b2a_base64(raw, newline=False).translate(_TO_URL).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    """Return what base64url stands for; raise ValueError where it is padded, or not the one way to write it."""
    try:
        raw = a2b_base64(text.encode().translate(_FROM_URL) + b"=" * (-len(text) % 4))
    except Error as error:
        raise ValueError("not base64url") from error
    if b64url(raw) != text:
        raise ValueError("base64url is not canonical")
    return raw


def digest(disclosure: str) -> str:
    """Return the digest by which a statement names a disclosure."""
    return b64url(sha256(disclosure.encode()).digest())
