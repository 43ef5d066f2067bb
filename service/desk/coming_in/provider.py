"""Signing in by the word of an OpenID provider: OpenID Connect Core 1.0, authorization code flow, with PKCE (RFC 7636, S256).

The issuer is the one that the settings name, and everything else is asked of it at each sign-in: nothing is kept that could be old, and
its keys may change at any time. What it says counts where it has signed it, for us, just now, in answer to what this browser began.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Any, Final

from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]
from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from service.config import VERIFIED
from service.desk.coming_in.places import NotAsked, Places
from service.desk.coming_in.refusals import NotBegunHere, ProviderDoubtful, ProviderRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.config import OpenID

SCOPE: Final = "openid email"
# Keys that only the provider has: never `none`, and no algorithm that would take our client's secret, or its public key, for a key.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY: Final = 60  # seconds by which two clocks may differ
LASTS: Final = 600  # seconds within which who went to the provider comes back
LONGEST: Final = 255  # bytes of a subject
DISCOVERY: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Begun:
    """What a browser keeps while its user is with the provider."""

    state: str
    nonce: str
    verifier: str
    at: int


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the provider knows: by its own name for them, which stays, and by the address that it has verified, or None."""

    issuer: str
    subject: str
    email: str | None


class Provider:
    """One OpenID provider, as the settings name it; `back` is the address to which it sends people back."""

    def __init__(self, it: OpenID, back: str, places: Places | None = None) -> None:
        """Take the settings."""
        self._it, self._back = it, back
        self._places = places or Places(it.issuer)

    def begin(self) -> tuple[str, Begun]:
        """Return the address at which people sign in, and what their browser keeps for when they come back."""
        begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), int(time()))
        try:
            said = self._discovered()
            address = said["authorization_endpoint"]
            self._places.allowed(address)
        except (NotAsked, KeyError) as error:
            raise ProviderDoubtful(issuer=self._it.issuer) from error
        client = self._client(said)
        url, _ = client.create_authorization_url(address, state=begun.state, code_verifier=begun.verifier, nonce=begun.nonce)
        return str(url), begun

    def finish(self, begun: Begun, answer: Mapping[str, str]) -> Known:
        """Return whom the provider knows, by the answer with which it sent them back. Refuses what does not belong to what was begun."""
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()) or time() > begun.at + LASTS:
            raise NotBegunHere
        if "error" in answer:
            raise ProviderRefused(issuer=self._it.issuer)
        try:
            said = self._discovered()
            self._check_sender(said, answer)
            tokens = self._client(said).fetch_token(said["token_endpoint"], code=answer["code"], code_verifier=begun.verifier)
            claims = self._checked(tokens["id_token"], self._places.get(said["jwks_uri"]), begun.nonce, tokens.get("access_token"))
            return self._known(claims | self._more(claims, said, tokens))
        except (NotAsked, JoseError, OAuth2Error, KeyError, TypeError, ValueError) as error:
            raise ProviderDoubtful(issuer=self._it.issuer) from error

    def _discovered(self) -> dict[str, Any]:
        said = self._places.get(self._it.issuer.rstrip("/") + DISCOVERY)
        if said.get("issuer") != self._it.issuer:
            raise NotAsked("the provider calls itself otherwise than the settings do")
        return said

    def _client(self, said: Mapping[str, Any]) -> OAuth2Client:
        """Return Authlib's client, which asks by our own hands."""
        takes = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        how = "client_secret_basic" if "client_secret_basic" in takes else "client_secret_post"
        return OAuth2Client(
            self._places,
            self._it.client_id,
            self._it.client_secret,
            token_endpoint_auth_method=how if self._it.client_secret else "none",
            scope=SCOPE,
            redirect_uri=self._back,
            code_challenge_method="S256",
        )

    def _check_sender(self, said: Mapping[str, Any], answer: Mapping[str, str]) -> None:
        """Refuse an answer that another provider has sent (RFC 9207)."""
        names = said.get("authorization_response_iss_parameter_supported") is True or "iss" in answer
        if names and answer.get("iss") != self._it.issuer:
            raise NotAsked("another provider has answered")

    def _checked(self, token: str, keys: dict[str, Any], nonce: str, access_token: str | None) -> dict[str, Any]:
        """Return what an ID token says, which this provider has signed, for us, now, in answer to this nonce; raise JoseError."""
        found = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]  # as the provider gives them
        expected = {"iss": {"essential": True, "value": self._it.issuer}, "aud": {"essential": True, "value": self._it.client_id}}
        params = {"nonce": nonce, "client_id": self._it.client_id, "access_token": access_token}
        CodeIDToken(found.claims, found.header, expected, params).validate(leeway=LEEWAY)
        return dict(found.claims)

    def _more(self, claims: Mapping[str, Any], said: Mapping[str, Any], tokens: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the provider tells only when it is asked about the person: many keep the address out of the token."""
        if "email" in claims or "userinfo_endpoint" not in said:
            return {}
        told = self._places.get(said["userinfo_endpoint"], Authorization=f"Bearer {tokens['access_token']}")
        if told.get("sub") != claims["sub"]:
            raise NotAsked("the provider speaks of another person")
        return {name: told[name] for name in ("email", self._it.verified) if name in told}

    def _known(self, claims: Mapping[str, Any]) -> Known:
        subject, email = claims["sub"], claims.get("email")
        if not isinstance(subject, str) or not 0 < len(subject.encode()) <= LONGEST:
            raise NotAsked("the provider names nobody")
        verified = isinstance(email, str) and json.dumps(claims.get(self._it.verified)) in VERIFIED[self._it.verified]
        return Known(self._it.issuer, subject, email if verified else None)
