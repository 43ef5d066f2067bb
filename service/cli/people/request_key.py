"""The key with which a program signs each of its requests (RFC 9421), where its API key was made with one (ADR 0016)."""

from __future__ import annotations

import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from service.config import BadSetting
from service.ledger import keys
from service.verify import thumbprint

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from service.config import Config

COVERED: Final = ("@method", "@target-uri", "content-type", "content-digest", "idempotency-key", "if-match")
NONCE: Final = 18  # bytes


@dataclass
class _Message:
    """A request, as the library that signs it looks at one."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass(frozen=True)
class RequestKey:
    """A program's own key, open."""

    private: Ed25519PrivateKey

    @classmethod
    def of(cls, config: Config) -> RequestKey | None:
        """Open the key that the settings name, asking for its passphrase where no file has it; None where they name none."""
        if config.request_key is None:
            return None
        passphrase = _passphrase(config.request_passphrase_file)
        if passphrase is None:
            passphrase = click.prompt(f"Passphrase of {config.request_key}", hide_input=True)
        try:
            return cls(keys.open_own(config.request_key, passphrase))
        except keys.CannotUseKeys as error:
            why = "cannot be read" if isinstance(error, keys.KeysMissing) else error.why
            raise BadSetting("MUNIMENT_REQUEST_KEY", str(config.request_key), why) from error

    def signed(self, method: str, url: str, headers: dict[str, str], digest: bytes) -> dict[str, str]:
        """Return the headers of a request with the SHA-256 of its body and a signature over all of it, good for minutes and once."""
        from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms  # noqa: PLC0415 - for the few that sign

        named = thumbprint(self.private.public_key().public_bytes_raw())
        ours = MappingKeyResolver(public_keys={}, private_keys={named: self.private})
        message = _Message(method, url, headers | {"Content-Digest": f"sha-256=:{b64encode(digest).decode()}:"})
        held = {name.lower() for name in message.headers}
        HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=ours).sign(
            message,
            key_id=named,
            created=datetime.now(UTC),
            nonce=secrets.token_urlsafe(NONCE),
            covered_component_ids=[name for name in COVERED if name.startswith("@") or name in held],
            use_existing_digest=True,
        )
        return message.headers


def _passphrase(file: Path | None) -> str | None:
    try:
        return file.read_text("utf-8").strip() if file else None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting("MUNIMENT_REQUEST_PASSPHRASE_FILE", str(file), "cannot be read") from error
