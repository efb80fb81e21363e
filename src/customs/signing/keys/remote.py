"""Signing services (远程加签服务): a platform or the enterprise's crypto machine holds the key, behind HTTPS.

A request is a POST of JSON with the text to sign in one field; the answer is JSON with the signature in base64. Field
names differ by service: a ``RemoteForm`` states them. ``CAINIAO`` and ``PINDUODUO`` are two forms used in the field, by
their field names only. The caller gives the headers with which the platform authenticates it (application keys, signed
requests).

Needs ``pip install "cbec-customs[remote]"``. Source: the interfaces of both platforms for customs signing, as their
clients use them; neither was tried against the platform itself.

>>> CAINIAO.filled(companyCode="as agreed", clearanceOrderType="as agreed")
RemoteForm(data_field='content', signature_field='signatureValue', key_name_field='keyName')
>>> RemoteService("http://sign.example.com", RemoteForm("content", "signature"))
Traceback (most recent call last):
ValueError: the URL of a signing service must be https:// with host and path only: put secrets into headers
"""

import binascii
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from customs.signing.algorithm import Algorithm
from customs.signing.certificate import Certificate
from customs.signing.errors import SigningError
from customs.signing.keys.deadline import Deadline
from customs.signing.signer import OpenKey, Signature, algorithm_for, checked_signature
from customs.wire.parsing import BLANK

if TYPE_CHECKING:
    from urllib3 import HTTPHeaderDict, PoolManager

    from customs.signing.keys.bounded_link import Allowance

#: Headers of a request: the same for all, or made from the body, for services that want each request signed.
Headers = Mapping[str, str] | Callable[[bytes], Mapping[str, str]]

#: Bytes of an answer; a signature with a certificate and its chain takes a tenth of it.
LONGEST_ANSWER = 64 * 1024

#: Bytes of an answer with its headers, and with whatever comes before them.
MOST_RECEIVED = 2 * LONGEST_ANSWER

#: Takes out the line breaks of base64.
_NO_BLANK = str.maketrans(dict.fromkeys(BLANK))

#: What an HTTP status means here, and what to do.
_STATUSES = {
    400: "it does not understand the request: check the form and its fixed fields",
    401: "it does not know the caller: check the headers that authenticate",
    403: "the caller may not sign there: check the headers that authenticate, and the rights of the account",
    404: "there is no service at this path: check the URL",
    405: "it takes no POST at this path: check the URL",
    408: "it waited for the request too long",
    413: "the data are too long for it",
    429: "it wants fewer requests: sign more slowly",
}
_CLASSES = {
    2: "it took the request without an answer: check URL and form",
    3: "it redirects, which is not followed: give the URL that it redirects to",
    4: "it refuses the request: check URL, form and headers",
    5: "it failed: try again later, or ask who runs it",
}

#: What went wrong on the way, by the name of urllib3's exception, the particular before the general, and what to do.
_FAILURES = {
    "NameResolutionError": "its name is not known: check the URL",
    "NewConnectionError": "it takes no connection: check URL and network",
    "ConnectTimeoutError": "it takes no connection in time: check URL and network",
    "ReadTimeoutError": "it did not answer in time: try again, or allow more time",
    "ProtocolError": "it broke off the connection, or what it answers is not HTTP",
    "HTTPError": "the connection failed",
}


@dataclass(frozen=True, slots=True)
class RemoteForm:
    """The fields of a signing service: the text to sign in the request, the signature and the key name in the answer.

    ``fixed`` fields are sent with each request, with the values that the service assigned to its caller. Fill the empty
    ones.
    """

    data_field: str
    signature_field: str
    key_name_field: str | None = None
    fixed: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)

    def filled(self, **values: str) -> "RemoteForm":
        """Return the form with fixed fields filled. Raises ``ValueError`` for a field that it does not have."""
        if unknown := values.keys() - self.fixed.keys():
            raise ValueError(f"the form has no fixed field {min(unknown)}: it has {', '.join(self.fixed) or 'none'}")
        return replace(self, fixed={**self.fixed, **values})


#: The form of Cainiao's customs signing: ``companyCode`` and ``clearanceOrderType`` are to be filled.
CAINIAO = RemoteForm("content", "signatureValue", "keyName", {"companyCode": "", "clearanceOrderType": ""})

#: The form of Pinduoduo's customs signing: ``ceb_name`` and ``company_type`` are to be filled.
PINDUODUO = RemoteForm("data_to_sign", "data_signature", None, {"ceb_name": "", "company_type": ""})


@dataclass(frozen=True, slots=True)
class RemoteService:
    """A signing service: its address, its form, and how to reach it.

    Raises ``ValueError`` for a URL that is not https:// or that holds a secret, for a form that is not filled, and for a
    time that is not above zero.
    """

    url: str
    form: RemoteForm
    headers: Headers | None = field(default=None, kw_only=True, hash=False, repr=False)
    """The headers of each request, or a function that takes the body and returns them. Secrets belong here."""
    ca_file: str | Path | None = field(default=None, kw_only=True)
    """The private authority that issued the service's own certificate; no other is then trusted."""
    timeout: float = field(default=30.0, kw_only=True)
    """Seconds to wait for a connection, and for each part of an answer."""
    deadline: float = field(default=60.0, kw_only=True)
    """Seconds for one signature in all, from the connection to the end of the answer, whatever the service sends."""

    def __post_init__(self) -> None:
        _checked_host(self.url)
        if empty := [name for name, value in self.form.fixed.items() if not value]:
            raise ValueError(f"{' and '.join(empty)} of the form are empty: give form.filled({empty[0]}=..., ...)")
        if not (self.timeout > 0 and self.deadline > 0):
            raise ValueError(
                "timeout and deadline of a signing service must be above zero, in seconds 时限应大于零，单位为秒"
            )


class RemoteSigner(OpenKey):
    """The key of a signing service, RSA or SM2, with its certificate in PEM or DER. Also a context manager.

    ``algorithm`` is needed only for a gateway that wants ``Algorithm.SM2_FIELD``; otherwise the certificate decides.

    Each request is sent once: it is not repeated, and redirects are not followed. Signatures are verified against the
    certificate before they are returned. Raises ``SigningError`` if the service fails and ``CertificateError`` if the
    certificate cannot be read.
    """

    def __init__(self, service: RemoteService, certificate: bytes, *, algorithm: Algorithm | None = None) -> None:
        self._host = _checked_host(service.url)
        self.certificate = Certificate.load(certificate)
        self.algorithm = algorithm_for(self.certificate, algorithm)
        self._url, self._form, self._headers = service.url, service.form, service.headers
        self._timeout, self._deadline = service.timeout, service.deadline
        self._connections = _connections(service.ca_file)

    def __repr__(self) -> str:
        return f"RemoteSigner(key_name={self.certificate.key_name!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the connections that are kept open."""
        self._connections.clear()

    def sign(self, data: bytes) -> Signature:
        """Sign text in UTF-8. Raises ``SigningError``, and ``ValueError`` for bytes that are not text."""
        answer = self._fields(self._answer(self._body(data)))
        self._check_key_name(answer)
        value = answer.get(self._form.signature_field)
        if not isinstance(value, str) or not value:
            raise self._error(
                f"there is no {self._form.signature_field} in its answer: check the form, and what it says of the request"
            )
        try:
            signature = b64decode(value.translate(_NO_BLANK), validate=True)
        except (binascii.Error, ValueError):
            raise self._error(f"{self._form.signature_field} in its answer is not base64") from None
        return checked_signature(signature, data, self.certificate)

    def _error(self, what: str) -> SigningError:
        return SigningError(f"signing service {self._host}: {what}")

    def _body(self, data: bytes) -> bytes:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = None
        if text is None:
            raise ValueError("a signing service signs text, and the data are not UTF-8")
        return json.dumps({**self._form.fixed, self._form.data_field: text}, ensure_ascii=False).encode()

    def _answer(self, body: bytes) -> bytes:
        """The bytes of the answer to one POST."""
        from urllib3 import HTTPHeaderDict
        from urllib3.exceptions import HTTPError

        from customs.signing.keys.bounded_link import Allowance, holding_to

        headers = HTTPHeaderDict({"Content-Type": "application/json; charset=utf-8"})
        headers.update(self._headers(body) if callable(self._headers) else self._headers or {})
        # a compressed answer has no bound to what it unpacks to
        headers["Accept-Encoding"] = "identity"
        allowed = Allowance(Deadline.after(self._deadline), self._timeout, MOST_RECEIVED)
        try:
            with holding_to(allowed):
                answer = self._read(body, headers)
        except HTTPError as error:
            raise self._error(_over(allowed) or _failure(error)) from None
        except ValueError:  # http.client quotes the header
            raise self._error(
                "the headers given cannot be sent: letters of ISO 8859-1 without line breaks are allowed"
            ) from None
        if len(answer) > LONGEST_ANSWER:
            raise self._error(f"its answer is longer than {LONGEST_ANSWER} bytes: is it a signing service?")
        return answer

    def _read(self, body: bytes, headers: "HTTPHeaderDict") -> bytes:
        response = self._connections.request(
            "POST", self._url, body=body, headers=headers, redirect=False, retries=False, preload_content=False
        )
        try:
            self._check_status(response.status)
            return response.read(LONGEST_ANSWER + 1, decode_content=False)
        finally:
            response.close()

    def _check_status(self, status: int) -> None:
        if status != 200:
            told = _STATUSES.get(status) or _CLASSES.get(status // 100) or "that does not answer a request"
            raise self._error(f"HTTP status {status}, {told}")

    def _fields(self, answer: bytes) -> dict[str, Any]:
        try:
            fields = json.loads(answer)
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            raise self._error("its answer is not a JSON object: check the URL")
        return fields

    def _check_key_name(self, answer: dict[str, Any]) -> None:
        """A service that tells its key has to use the one of the certificate."""
        told = answer.get(self._form.key_name_field) if self._form.key_name_field else None
        if told is not None and str(told).strip().lower().lstrip("0") != self.certificate.key_name.lstrip("0"):
            raise self._error(
                f"it signed with another key than {self.certificate.key_name}: give the certificate of the key that it uses, "
                "or have it use this one"
            )


def _checked_host(url: str) -> str:
    """The host of a URL that holds no secret, since URLs are logged."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "https" and not (parts.username or parts.password or parts.query or parts.fragment)
        host, _ = parts.hostname, parts.port
    except ValueError:
        plain, host = False, None
    if not plain or not host:
        raise ValueError(
            "the URL of a signing service must be https:// with host and path only: put secrets into headers"
        )
    return host


def _connections(ca_file: str | Path | None) -> "PoolManager":
    """Connections that trust the machine's authorities, or the given one alone."""
    import ssl

    try:
        import urllib3  # noqa: F401  the module below may have been imported before

        from customs.signing.keys.remote_connection import connections
    except ImportError:
        raise SigningError('signing services need urllib3: pip install "cbec-customs[remote]"') from None
    try:
        return connections(ssl.create_default_context(cafile=ca_file))
    except OSError:  # ssl.SSLError is one
        raise SigningError(
            f"ca_file {ca_file} cannot be read: PEM of the authority's certificate is expected"
        ) from None


def _over(allowed: "Allowance") -> str:
    """Return what to do about an answer that took too long, or is too long, in all; empty for any other."""
    if allowed.bytes_left < 0:
        return f"it sent more than {MOST_RECEIVED} bytes: is it a signing service? 应答过长"
    if allowed.end.is_over:
        return (
            f"it did not answer within {allowed.end.seconds:g} seconds in all: try again, or give a later deadline "
            f"{allowed.end.seconds:g} 秒内未完成应答，请重试或延长 deadline"
        )
    return ""


def _failure(error: Exception) -> str:
    """Return what to do about an exception of urllib3. Only the reason of a TLS failure is quoted."""
    from ssl import SSLCertVerificationError

    reason = error.args[0] if error.args else None
    if isinstance(reason, SSLCertVerificationError):
        return (
            f"its certificate is not trusted ({reason.verify_message}): give the authority's certificate as ca_file, and the URL "
            "with the name that the certificate states"
        )
    if type(error).__name__ == "SSLError":
        return "TLS failed: is it a service by https, with TLS 1.2 or later?"
    kinds = {each.__name__ for each in type(error).__mro__}
    return next(told for name, told in _FAILURES.items() if name in kinds)
