"""U-keys and cards of the e-port (电子口岸 U-key、IC 卡) behind their client control (中国电子口岸客户端控件).

The control runs on the machine that the key is plugged into and offers a local WebSocket: requests and replies are JSON in
text frames. The key signs there and never gives its secret away. Source: the control's own JavaScript client and three
public clients; where they say nothing, the docstrings here do. Needs ``pip install "cbec-customs[ukey]"``.

Here a simulated service stands in the place of the real one; with a key at hand, leave ``url`` out:

>>> from datetime import datetime
>>> from customs.testing import issue_test_key
>>> from customs.testing.ukey import SimulatedUkey
>>> keys = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1))
>>> with SimulatedUkey(keys, pin="12345678") as ukey, UkeySigner(url=ukey.url, pin="12345678") as signer:
...     len(signer.sign(b"<ds:SignedInfo></ds:SignedInfo>").value), signer.algorithm.name
(256, 'RSA_SHA1')
"""

import json
import re
import socket
import ssl
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from logging import CRITICAL, Logger
from threading import Lock
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from customs.fields.record import MASK
from customs.signing.algorithm import Algorithm
from customs.signing.certificate import Certificate
from customs.signing.errors import CertificateError, SigningError
from customs.signing.signer import OpenKey, Signature, algorithm_for, checked_signature

if TYPE_CHECKING:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import ClientConnection

#: Where the control listens on its own machine.
LOCAL = "ws://127.0.0.1:61232"
#: The same over TLS; the name resolves to the own machine.
SINGLE_WINDOW = "wss://wss.singlewindow.cn:61231"

#: What the control reports, by the code at the end of its message, and what to do about it. To restart it after the first two
#: is known from users; the rest is concluded from what the errors say.
ADVICE: Mapping[str, str] = {
    "Custom50070": "the reader could not be reset: take the key or card out, put it in again, and restart the client control",
    "Custom50200": "the reader could not be opened: plug it in, close other programs that use it, and restart the client control",
    "Base60408": "the client control cannot reach its own service: restart it",
    "Base50000": "the client control does not accept an argument: bring it up to date",
    "51500": "the key's library does not accept a parameter: bring the client control and the key's driver up to date",
}

#: Words of a message that is about the PIN. No source lists the codes of a refused PIN, so that every failure which
#: mentions one is taken for it: general knowledge, on the safe side.
_ABOUT_PIN = ("pin", "passw", "密码", "口令")

_CODE = re.compile(r"(?<![A-Za-z0-9])((?:Custom|Base)\d{5}|51500)(?!\d)")
_LONG_NUMBER = re.compile(r"\w*\d{6,}\w*")
_LONGEST_TEXT = 120

#: The control takes larger requests than 120 KiB in blocks, which no signature needs: SignedInfo has about 1,000 bytes.
#: Written as JSON, text may double.
_LARGEST_DATA = 60 * 1024
#: A reply holds a signature or a certificate.
_LARGEST_REPLY = 64 * 1024

#: Seconds to wait for the other side to hang up, too.
_HANGING_UP = 0.2

_ONCE = "The request is not sent again, since the key may have signed; the next one gets a new connection"
_PIN_REFUSED = (
    "the key refused the PIN: it is not tried again by this signer, since a key locks after a few wrong ones. Try the PIN "
    "in the client control's own window, then make a new signer"
)
_PIN_DOUBTED = (
    "the key refused to sign for a reason that is not known, and has not yet accepted this PIN: the PIN is not tried again by this "
    "signer, since a key locks after a few wrong ones. Try it in the client control's own window, then make a new signer"
)

#: Why no connection came about, the first that fits.
_NO_CONNECTION: tuple[tuple[type[Exception], str], ...] = (
    (
        ssl.SSLCertVerificationError,
        f"this machine does not trust its TLS certificate: install the control's root, or use {LOCAL}",
    ),
    (ssl.SSLError, f"it does not speak TLS: check the address, {LOCAL} is without"),
    (TimeoutError, "it does not answer in time: restart the client control"),
    (OSError, "nothing listens there: start the client control (中国电子口岸客户端控件) and check the address"),
    (Exception, "what listens there is no client control: check the address"),
)

#: Why the connection was ended from here, by WebSocket close code.
_ENDED = {
    1002: "it broke the WebSocket protocol",
    1007: "it answered with a frame that is not UTF-8",
    1009: f"it answered with more than {_LARGEST_REPLY // 1024} KiB",
}


#: A logger beside the program's logging, which drops everything: websockets logs whole frames at DEBUG, PIN included.
_SILENT = Logger("silent", CRITICAL + 1)
_SILENT.disabled = True


class _Pin(str):
    """A PIN that does not show where local variables are shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(MASK)


class UkeySigner(OpenKey):
    """A U-key or card in this machine's reader, signing by the e-port's client control.

    ``pin`` opens the key. ``url`` is where the control listens: ``LOCAL``, or ``SINGLE_WINDOW`` for the same over TLS. Over
    ``ws`` the PIN travels in plain text, so that the control should be on the same machine. ``timeout`` is in seconds, for one
    request. ``algorithm`` is needed only for a gateway that wants ``Algorithm.SM2_FIELD``; else the certificate's kind of key
    says it.

    The certificate is read once, here. Threads may share a signer: their requests wait for each other, since a key does one
    thing at a time. Every signature is proven against the certificate before it is returned. A request that was sent is never
    repeated, and a PIN that was refused is never tried again: a failure that speaks of the PIN counts as a refusal, and so does
    any failure that is not known as long as the key has not accepted the PIN once. Neither PIN nor data appear in errors.

    Raises ``SigningError`` that says what to do. Close it, or use it as a context manager.
    """

    certificate: Certificate
    algorithm: Algorithm

    def __init__(
        self, *, pin: str, url: str = LOCAL, timeout: float = 10.0, algorithm: Algorithm | None = None
    ) -> None:
        if not (pin and pin.isascii() and pin.isprintable()):
            raise SigningError("give the key's PIN: letters, digits and signs of ASCII")
        if not timeout > 0:
            raise SigningError("give a timeout above zero, in seconds")
        self._pin, self._address, self._timeout = _Pin(pin), _address(url), timeout
        self._pin_accepted, self._useless = False, ""
        self._line: _Line | None = None
        self._lock, self._numbers = Lock(), count(1)
        with self._turn():
            self.certificate = self._read_certificate()
            self.algorithm = algorithm_for(self.certificate, algorithm)

    def __repr__(self) -> str:
        known = getattr(self, "certificate", None)  # absent while it is being read, when an error may show this
        return f"UkeySigner(key_name={known.key_name if known else None!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up and forget the PIN; the signer cannot be used any more."""
        with self._lock:
            self._hang_up()
            self._useless, self._pin = "the signer is closed: make a new one", _Pin()

    def sign(self, data: bytes) -> Signature:
        """Sign bytes, which must be UTF-8 text: the control takes nothing else. Raises ``SigningError``."""
        text = _text(data)
        if text is None:
            raise SigningError("the client control signs text only, and these bytes are not UTF-8")
        if len(data) > _LARGEST_DATA:
            raise SigningError(
                f"the data are too large for the client control: it signs up to {_LARGEST_DATA // 1024} KiB"
            )
        with self._turn():
            answer = self._ask("SpcSignDataAsPEM", inData=text, passwd=self._pin)
            if not answer.holds:
                raise self._refusal(answer, text)
            signature = self._proven(answer, data)
            self._pin_accepted = True
        return signature

    def _refusal(self, answer: "_Answer", text: str) -> SigningError:
        """The error of a signature that was refused; remembers that the PIN must not be tried again."""
        said = answer.said(self._secrets(text))
        if answer.is_about_pin or not (answer.advice or self._pin_accepted):
            self._useless = _PIN_REFUSED if answer.is_about_pin else _PIN_DOUBTED
            return SigningError(f"{self._useless}{said}")
        advice = answer.advice or f"the reason is not known, restart the client control{said}"
        return SigningError(f"the key did not sign: {advice}")

    def _secrets(self, text: str) -> "_Secrets":
        """What a message of the control must not repeat."""
        from cryptography.x509 import NameOID

        names = (str(each.value) for each in self.certificate.x509.subject if each.oid != NameOID.COUNTRY_NAME)
        return _Secrets(self._pin, text, tuple(name for name in names if name))

    def _proven(self, answer: "_Answer", data: bytes) -> Signature:
        """The signature of an answer, once it is proven to be this key's, over this data."""
        if len(answer.data) < 2:
            raise SigningError(f"the client control answered without a signature: restart it. {_ONCE}")
        value, number = _from_base64(answer.data[0]), answer.data[1].strip().lower().lstrip("0")
        if number != self.certificate.key_name.lstrip("0"):
            raise SigningError(
                f"another card is in the reader: this signer is for certificate {self.certificate.key_name}. Put that card "
                "in, or make a new signer for the other"
            )
        if value is None:
            raise SigningError(f"the client control answered with a signature that is not base64: restart it. {_ONCE}")
        return checked_signature(value, data, self.certificate)

    def _read_certificate(self) -> Certificate:
        answer = self._ask("SpcGetSignCertAsPEM")
        if not answer.holds:
            advice = answer.advice or f"plug the key in, and restart the client control{answer.said(None)}"
            raise SigningError(f"the client control does not give the key's certificate: {advice}")
        certificate = _certificate(answer.data[0]) if answer.data else None
        if certificate is None:
            raise SigningError(
                "what the client control gave as the key's certificate is none that can be used: check the key in the control's window"
            )
        return certificate

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """A turn at the key, alone. After any failure the connection is closed, so that a late reply is never read."""
        with self._lock:
            if self._useless:
                raise SigningError(self._useless)
            try:
                yield
            except BaseException:
                self._hang_up()
                raise

    def _ask(self, method: str, **args: str) -> "_Answer":
        """One request and its answer. Numbers rise for the signer's whole life, so that no earlier reply has this one's."""
        if self._line is None or not self._line.is_open:
            self._hang_up()
            self._line = _Line(self._address, self._timeout)
        return self._line.ask(next(self._numbers), f"cus-sec_{method}", args)

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()


@dataclass(frozen=True, slots=True)
class _Address:
    """Where the control listens."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def _address(url: str) -> _Address:
    expected = f"the client control's address is not one: give {LOCAL} or {SINGLE_WINDOW}"
    parts, port = None, None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        pass
    # nothing else belongs there, and a password in an address would be shown with it
    if (
        parts is None
        or not port
        or parts.scheme not in ("ws", "wss")
        or not parts.hostname
        or parts.username is not None
    ):
        raise SigningError(expected)
    return _Address(parts.scheme, parts.hostname, port)


class _Line:
    """One connection to the control.

    Errors are raised outside of ``except``, so that they lead to no exception of another library: those hold whole frames.
    """

    def __init__(self, address: _Address, timeout: float) -> None:
        self._address, self._timeout = address, timeout
        self._link = _connected(address, timeout)

    @property
    def is_open(self) -> bool:
        """Whether the connection is known to stand, before anything is sent."""
        from websockets.protocol import State

        return self._link.protocol.state is State.OPEN

    def ask(self, number: int, method: str, args: Mapping[str, str]) -> "_Answer":
        """The answer to a request. Frames that answer something else are passed over."""
        if not self._sent(number, method, args):
            raise self._broken("the connection broke while the request went out")
        end = time.monotonic() + self._timeout
        while (left := end - time.monotonic()) > 0:
            answer = self._own(self._received(left), number, method)
            if answer is not None:
                return answer
        raise self._late()

    def close(self) -> None:
        self._link.close()

    def _sent(self, number: int, method: str, args: Mapping[str, str]) -> bool:
        """Send a request: a function of its own, so that the frame with the PIN is in no error's traceback."""
        from websockets.exceptions import WebSocketException

        try:
            self._link.send(json.dumps({"_method": method, "_id": number, "args": args}, ensure_ascii=False))
        except (OSError, WebSocketException):
            return False
        return True

    def _received(self, seconds: float) -> str:
        from websockets.exceptions import ConnectionClosed

        try:
            frame = self._link.recv(seconds)
        except TimeoutError:
            error = self._late()
        except ConnectionClosed as closed:
            error = self._broken(_ending(closed))
        else:
            if isinstance(frame, str):
                return frame
            error = self._broken("it answered with a binary frame")
        raise error

    def _own(self, frame: str, number: int, method: str) -> "_Answer | None":
        """The answer in a frame, None where the frame is the control's greeting or answers another request."""
        reply = _json(frame)
        del frame  # so that it is in no error's traceback
        if reply is None:
            raise self._broken("it answered with something that is not a JSON object")
        # in Python True == 1 == 1.0, so that the type counts too
        if type(reply.get("_id")) is not int or (reply["_id"], reply.get("_method")) != (number, method):
            return None
        answer = _answer(reply)
        del reply
        if answer is None:
            raise self._broken("it answered in another form than the one known")
        return answer

    def _late(self) -> SigningError:
        return self._broken(f"it gave no answer to the request within {self._timeout:g} seconds")

    def _broken(self, why: str) -> SigningError:
        return SigningError(
            f"the client control at {self._address} failed: {why}. Restart it if that happens again. {_ONCE}"
        )


def _connected(address: _Address, timeout: float) -> "ClientConnection":
    try:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect
    except ImportError:
        raise SigningError('a U-key needs the package websockets: pip install "cbec-customs[ukey]"') from None
    try:
        # A socket of our own: neither a proxy of the environment nor a redirect shall lead the PIN elsewhere.
        plain = socket.create_connection((address.host, address.port), timeout)
        plain.settimeout(None)
        return connect(
            str(address),
            sock=plain,
            compression=None,
            logger=_SILENT,
            max_size=_LARGEST_REPLY,
            open_timeout=timeout,
            close_timeout=_HANGING_UP,
            ping_interval=None,
        ).__enter__()
    except (OSError, EOFError, ValueError, WebSocketException) as failure:
        why = next(words for kind, words in _NO_CONNECTION if isinstance(failure, kind))
    raise SigningError(f"the client control cannot be reached at {address}: {why}")


def _ending(closed: "ConnectionClosed") -> str:
    """Why a connection ended; what the other side says about it is not shown."""
    by_us = closed.sent is not None and not closed.rcvd_then_sent
    return _ENDED.get(closed.sent.code if closed.sent and by_us else 0, "the connection broke before the answer")


@dataclass(frozen=True, slots=True)
class _Secrets:
    """What no text that is shown may repeat."""

    pin: _Pin
    data: str
    names: tuple[str, ...]

    def __repr__(self) -> str:
        return "_Secrets()"

    def are_in(self, text: str) -> bool:
        """Whether a text repeats the PIN, a name of the certificate's holder, or four characters in a row of the data."""
        known = (self.pin, *self.names)
        return any(each in text for each in known) or any(text[at : at + 4] in self.data for at in range(len(text) - 3))


@dataclass(frozen=True, slots=True, repr=False)
class _Answer:
    """A reply of the control to a request: whether it holds, its data, and its error messages."""

    holds: bool
    data: tuple[str, ...]
    errors: str

    @property
    def is_about_pin(self) -> bool:
        text = self.errors.lower()
        return any(word in text for word in _ABOUT_PIN)

    @property
    def advice(self) -> str | None:
        """What to do about a failure that is known."""
        found = _CODE.search(self.errors)
        advice = ADVICE.get(found[1]) if found else None
        return f"{advice} ({found[1]})" if found and advice else None

    def said(self, secrets: _Secrets | None) -> str:
        """What the control says, to be shown behind an error; without known secrets its code alone."""
        text = " ".join("".join(each if each.isprintable() else " " for each in self.errors).split())
        if secrets is None or secrets.are_in(text):
            code = _CODE.search(text)
            text = code[1] if code and not (secrets and secrets.pin in code[1]) else ""
        text = _LONG_NUMBER.sub(MASK, text)[:_LONGEST_TEXT]
        return f". It says: {text}" if text else ""


def _answer(reply: Mapping[str, Any]) -> _Answer | None:
    """The answer in a reply, None where it has another form."""
    args, status = reply.get("_args"), reply.get("_status")
    result = args.get("Result") if isinstance(args, dict) else None
    if not isinstance(args, dict) or not isinstance(result, bool):
        return None
    data, errors = args.get("Data"), args.get("Error")
    if result and not (isinstance(data, list) and all(isinstance(each, str) for each in data)):
        return None
    texts = [each for each in errors if isinstance(each, str)] if isinstance(errors, list) else []
    return _Answer(result and status == "00", tuple(data) if result and isinstance(data, list) else (), " ".join(texts))


def _json(text: str) -> dict[str, Any] | None:
    """A JSON object, None for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _from_base64(text: str) -> bytes | None:
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        return None


def _certificate(text: str) -> Certificate | None:
    """The certificate in base64, None if it is none or its key cannot be used."""
    try:
        found = Certificate.load(_from_base64(text) or b"")
        found.public_key  # noqa: B018  read now, so that a bad key is found before the first signature
    except CertificateError:
        return None
    return found
