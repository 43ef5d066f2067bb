"""How the key that wraps the subjects' keys lies in its file: AES key wrap (RFC 3394) under scrypt of the passphrase, base64, one line."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from typing import Final

from cryptography.hazmat.primitives import keywrap
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SCRYPT_COST, SCRYPT_BLOCK, SALT = 2**15, 8, 16
WRAPPING_BYTES: Final = 32


def wrap(key: bytes, passphrase: bytes) -> bytes:
    """Return what the file holds."""
    salt = os.urandom(SALT)
    return b64encode(salt + keywrap.aes_key_wrap(_stretched(passphrase, salt), key)) + b"\n"


def unwrap(text: bytes, passphrase: bytes) -> bytes:
    """Return the key that a file holds; raise ValueError where this passphrase does not open it."""
    raw = b64decode(text.strip(), validate=True)
    try:
        return keywrap.aes_key_unwrap(_stretched(passphrase, raw[:SALT]), raw[SALT:])
    except keywrap.InvalidUnwrap as error:
        raise ValueError("it is not wrapped under this passphrase") from error


def _stretched(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt, length=WRAPPING_BYTES, n=SCRYPT_COST, r=SCRYPT_BLOCK, p=1).derive(passphrase)
