"""Guarding the console (安全响应头): nothing is loaded from elsewhere, no other site frames it or posts its forms.

Source of the rules: OWASP Cheat Sheets on Content Security Policy and Cross-Site Request Forgery Prevention.
"""

from collections import deque
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

#: Headers of every answer. With ``no-referrer`` browsers would say ``Origin: null`` of the console's own forms.
GUARDS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

#: The bytes of a form at most, with the file in it.
MOST_OF_FORM = 8 * 1024 * 1024

#: The methods that change nothing.
_READS = frozenset({"GET", "HEAD"})


class GuardedConsole:
    """An application whose answers carry the guards, and which takes forms from its own pages alone."""

    def __init__(self, application: Any, address: str = "") -> None:
        self._application, self._address = application, address

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in GUARDS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        if scope["method"] not in _READS and not is_own(headers, self._address):
            refusal = PlainTextResponse("this form is not from the console 该表单并非来自控制台", 403)
            await refusal(scope, receive, guarded)
        elif (form := await _form_of(headers, receive)) is None:
            refusal = PlainTextResponse("the form is too large 表单过大", 413)
            await refusal(scope, receive, guarded)
        else:
            await self._application(scope, form, guarded)


async def _form_of(headers: Headers, receive: Any) -> Any:
    """Return what receives a form, None if it is larger than forms are; one that does not say its length is read first."""
    stated = headers.get("content-length", "")
    if stated or "transfer-encoding" not in headers:
        return receive if int(stated or 0) <= MOST_OF_FORM else None
    read, messages = 0, deque[Any]()
    while True:
        messages.append(message := await receive())
        read += len(message.get("body", b""))
        if read > MOST_OF_FORM:
            return None
        if not message.get("more_body"):
            break

    async def again() -> Any:
        return messages.popleft() if messages else await receive()

    return again


def is_own(headers: Headers, address: str) -> bool:
    """Return True if a form comes from a page of the console itself.

    >>> own = Headers({"host": "hub.example:8080", "origin": "http://hub.example:8080"})
    >>> is_own(own, ""), is_own(own, "https://hub.example"), is_own(Headers({"host": "hub.example:8080"}), "")
    (True, False, False)
    """
    origin = headers.get("origin", "")
    if headers.get("sec-fetch-site", "same-origin") != "same-origin" or not origin:
        return False
    return origin == address if address else urlsplit(origin).netloc == headers.get("host", "")
