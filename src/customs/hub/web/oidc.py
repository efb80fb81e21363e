"""Signing in by an identity provider (OpenID Connect): the authorization code flow with PKCE, state and nonce.

Promised: an answer counts in the browser that asked for it alone, once, and within ten minutes; an ID token counts if the
provider's key signed it for this console and this request. Source: OpenID Connect Core 1.0, sections 3.1 and 10; RFC 7636.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from customs.exchange.ways.calls import trusting
from customs.fields.moments import CHINA_TIME
from customs.hub.settings.oidc_place import DISCOVERY, OidcPlace, configuration_fault
from customs.signing import SigningError

if TYPE_CHECKING:
    from urllib3 import PoolManager

#: How long a sign-in at the provider may take, and for how long the provider's configuration is known.
ASKED, KNOWN = timedelta(minutes=10), timedelta(minutes=10)

#: The signatures that count: of a key pair, never of a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")

#: The bytes of an answer at most, and how far the clocks may differ, in seconds.
_MOST_BYTES, _LEEWAY = 1 << 20, 60

OidcFault = Literal["unreachable", "refused", "expired", "token", "unknown", "locked", "no_role"]


class OidcError(Exception):
    """A sign-in by the provider that does not count: why, as a key of the catalogue under ``oidc.fault``."""

    def __init__(self, fault: OidcFault) -> None:
        super().__init__(fault)
        self.fault: OidcFault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSignIn:
    """A sign-in that was asked for: what the browser keeps of it, sealed, until the provider answers."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    to: str
    """The address to go on to."""
    at: datetime


@dataclass(slots=True, kw_only=True)
class OidcProvider:
    """An identity provider, whose configuration is asked for when it is needed."""

    place: OidcPlace
    connections: "PoolManager" = field(repr=False)
    _known: tuple[datetime, Mapping[str, Any]] | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def sign_in_address(self, asked: AskedSignIn, redirect: str) -> str:
        """Return the address at which a person signs in at the provider. Raises ``OidcError``."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        return str(
            prepare_grant_uri(
                self.configuration(asked.at)["authorization_endpoint"],
                client_id=self.place.client_id,
                response_type="code",
                redirect_uri=redirect,
                scope="openid profile",
                state=asked.state,
                nonce=asked.nonce,
                code_challenge=create_s256_code_challenge(asked.verifier),
                code_challenge_method="S256",
            )
        )

    def claims(self, asked: AskedSignIn, answer: Mapping[str, str], redirect: str, now: datetime) -> Mapping[str, Any]:
        """Return the claims of the person who signed in, from the provider's answer. Raises ``OidcError``."""
        if now >= asked.at + ASKED or not hmac.compare_digest(answer.get("state", "").encode(), asked.state.encode()):
            raise OidcError("expired")
        if answer.get("iss", self.place.issuer) != self.place.issuer:
            raise OidcError("token")
        if not (code := answer.get("code", "")):
            raise OidcError("refused")
        found = self._post(
            self.configuration(now)["token_endpoint"],
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect,
                "client_id": self.place.client_id,
                "code_verifier": asked.verifier,
            },
        )
        return self._checked(found, asked, now)

    def leave_address(self, back: str, now: datetime) -> str:
        """Return the address at which a person signs out at the provider, empty if it has none. Raises ``OidcError``."""
        from authlib.common.urls import add_params_to_uri

        address = self.configuration(now).get("end_session_endpoint", "")
        asked = [("client_id", self.place.client_id), ("post_logout_redirect_uri", back)]
        return str(add_params_to_uri(address, asked)) if address else ""

    def configuration(self, now: datetime) -> Mapping[str, Any]:
        """Return the provider's configuration. Raises ``OidcError``."""
        with self._lock:
            if self._known and self._known[0] <= now < self._known[0] + KNOWN:
                return self._known[1]
            found = self._get(f"{self.place.issuer.rstrip('/')}{DISCOVERY}")
            if configuration_fault(self.place, found):
                raise OidcError("unreachable")
            self._known = now, found
            return found

    def _checked(self, found: Mapping[str, Any], asked: AskedSignIn, now: datetime) -> Mapping[str, Any]:
        """Return the claims of an ID token whose signature and claims hold."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            keys = KeySet.import_key_set(self._get(self.configuration(now)["jwks_uri"]))  # type: ignore[arg-type]
            token = jwt.decode(str(found.get("id_token", "")), keys, algorithms=list(ALGORITHMS))
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self.place.issuer},
                    "aud": {"essential": True, "value": self.place.client_id},
                },
                params={
                    "nonce": asked.nonce,
                    "client_id": self.place.client_id,
                    "access_token": found.get("access_token", ""),
                },
            )
            claims.validate(now=int(now.replace(tzinfo=CHINA_TIME).timestamp()), leeway=_LEEWAY)
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise OidcError("token") from None
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise OidcError("token")
        return dict(token.claims)

    def _get(self, address: str) -> dict[str, Any]:
        return self._answered("GET", address)

    def _post(self, address: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """Post to the provider as its client, by the secret if it has one (client_secret_basic)."""
        headers = {}
        if self.place.secret is not None:
            try:
                pair = f"{quote(self.place.client_id, safe='')}:{quote(self.place.secret.read(), safe='')}"
            except (OSError, SigningError):
                raise OidcError("unreachable") from None
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return self._answered("POST", address, fields=dict(fields), headers=headers, encode_multipart=False)

    def _answered(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        """Return the JSON of an answer. Raises ``OidcError``; what a provider says of an error is not shown."""
        from urllib3.exceptions import HTTPError

        try:
            response = self.connections.request(
                method, address, redirect=False, retries=False, preload_content=False, **more
            )
            try:
                content = response.read(_MOST_BYTES + 1)
            finally:
                response.release_conn()
        except HTTPError:
            raise OidcError("unreachable") from None
        if response.status == 400 and method == "POST":
            raise OidcError("expired")
        try:
            found = json.loads(content) if response.status == 200 and len(content) <= _MOST_BYTES else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise OidcError("unreachable")
        return found


def open_provider(place: OidcPlace) -> OidcProvider:
    """Return an identity provider. Raises ``ImportError`` without the extra ``oidc``, ``WayError`` for a ``ca_file`` that is none."""
    import authlib  # noqa: F401  so that a missing extra is told when the hub starts
    import urllib3

    timeout = urllib3.Timeout(connect=5, read=10)
    return OidcProvider(
        place=place, connections=urllib3.PoolManager(timeout=timeout, ssl_context=trusting(place.ca_file))
    )
