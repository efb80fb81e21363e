"""An identity provider in the process of the tests (身份提供方): OpenID Connect with PKCE, over a real socket, with one person."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from support.served import served

SECRET = "a secret of the client"  # noqa: S105  of a test
CLIENT = "customs"


@dataclass
class IdentityProvider:
    """The provider: who signs in, and what it gets wrong when a test wants it to."""

    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "u-1", "preferred_username": "of-support"})
    now: int = 0
    wrong: dict[str, Any] = field(default_factory=dict)
    """Claims that the ID token has instead."""
    algorithm: str = "RS256"
    foreign_key: bool = False
    """True if another key signs than the one that the provider names."""
    refusal: str = ""
    issuer: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def application(self) -> Any:
        """The provider over HTTP."""
        from joserfc.jwk import RSAKey

        found, key, other = FastAPI(), RSAKey.generate_key(2048), RSAKey.generate_key(2048)

        @found.get("/.well-known/openid-configuration")
        def configuration() -> dict[str, str]:
            names = ("authorize", "token", "keys", "leave")
            paths = ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint")
            told = {path: f"{self.issuer}/{name}" for path, name in zip(paths, names, strict=True)}
            return told | {"issuer": self.issuer}

        @found.get("/authorize")
        def authorize(request: Request) -> Response:
            given = dict(request.query_params)
            self.asked.append(given)
            assert given["response_type"] == "code"
            code = f"code{len(self.asked)}"
            self.codes[code] = given
            told = {"error": self.refusal} if self.refusal else {"code": code, "iss": self.issuer}
            return RedirectResponse(f"{given['redirect_uri']}?{urlencode(told | {'state': given['state']})}")

        @found.post("/token")
        async def token(request: Request) -> Response:
            form = {name: str(value) for name, value in (await request.form()).items()}
            given = self.codes.pop(form.get("code", ""), None)
            known = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '%20')}".encode()).decode()
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if (
                given is None
                or request.headers.get("authorization") != f"Basic {known}"
                or form["redirect_uri"] != given["redirect_uri"]
                or given["code_challenge_method"] != "S256"
                or challenge != given["code_challenge"]
            ):
                return JSONResponse({"error": "invalid_grant"}, 400)
            claims = {
                "iss": self.issuer,
                "aud": CLIENT,
                "iat": self.now,
                "exp": self.now + 300,
                "nonce": given["nonce"],
            }
            return JSONResponse(
                {
                    "access_token": "a",
                    "token_type": "Bearer",
                    "id_token": self._signed(claims, other if self.foreign_key else key),
                }
            )

        @found.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [key.as_dict(private=False)]}

        return found

    def _signed(self, claims: dict[str, Any], key: Any) -> str:
        from joserfc import jwt
        from joserfc.jwk import OctKey

        every = {**claims, **self.claims, **self.wrong}
        shown = {name: value for name, value in every.items() if value is not None}
        if self.algorithm == "HS256":
            return jwt.encode({"alg": "HS256"}, shown, OctKey.import_key(SECRET * 2), algorithms=["HS256"])
        if self.algorithm == "none":
            parts = (b'{"alg":"none"}', str(shown).replace("'", '"').encode())
            return ".".join(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts) + "."
        return jwt.encode({"alg": self.algorithm}, shown, key)


@contextmanager
def serving_identities() -> Iterator[IdentityProvider]:
    """A provider that is served at an address of this machine."""
    provider = IdentityProvider()
    with served(provider.application()) as port:
        provider.issuer = f"http://127.0.0.1:{port}"
        yield provider
