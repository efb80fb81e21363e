"""The connection to the e-port's client control (中国电子口岸客户端控件): requests and replies as JSON in text frames of a
WebSocket.

A request has a number and a method; its reply repeats both. Source: the control's own JavaScript client and three
public clients.

>>> str(address_of("ws://127.0.0.1:61232"))
'ws://127.0.0.1:61232'
>>> address_of("http://127.0.0.1")
Traceback (most recent call last):
customs.signing.errors.SigningError: the client control's address cannot be used: give ws://127.0.0.1:61232 or wss://...
"""

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from logging import CRITICAL, Logger
from threading import Timer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from customs.signing.errors import SigningError

if TYPE_CHECKING:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import ClientConnection
from customs.signing.keys.deadline import Deadline, connected
from customs.signing.keys.ukey_answer import Pin, UkeyAnswer, answer_in

#: Where the control listens on its own machine.
LOCAL = "ws://127.0.0.1:61232"
#: The same over TLS; the name resolves to the own machine.
SINGLE_WINDOW = "wss://wss.singlewindow.cn:61231"
#: A reply holds a signature or a certificate.
_LARGEST_REPLY = 64 * 1024

#: Seconds to wait for the other side to hang up, too.
_HANGING_UP = 0.2

NOT_SENT_AGAIN = "The request is not sent again, since the key may have signed; the next one gets a new connection"

#: Why no connection came about, the first that fits.
_NO_CONNECTION: tuple[tuple[type[Exception], str], ...] = (
    (
        ssl.SSLCertVerificationError,
        f"this machine does not trust its TLS certificate: install the control's root, or use {LOCAL}",
    ),
    (ssl.SSLError, f"it does not speak TLS: check the address, {LOCAL} is without"),
    (TimeoutError, "it does not answer in time: restart the client control"),
    (OSError, "nothing listens there: start the client control (中国电子口岸客户端控件) and check the address"),
    (Exception, "the program that listens there is not the client control: check the address"),
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


@dataclass(frozen=True, slots=True)
class Address:
    """Where the control listens."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def address_of(url: str) -> Address:
    expected = f"the client control's address cannot be used: give {LOCAL} or {SINGLE_WINDOW}"
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
    return Address(parts.scheme, parts.hostname, port)


class Connection:
    """One connection to the control.

    Errors are raised outside of ``except``, so that they lead to no exception of another library: those hold whole
    frames.
    """

    def __init__(self, address: Address, end: Deadline) -> None:
        self._address = address
        self._link = _connected(address, end)

    @property
    def is_open(self) -> bool:
        """True if the connection is open, as far as is known before anything is sent."""
        from websockets.protocol import State

        return self._link.protocol.state is State.OPEN

    def ask(self, number: int, method: str, args: Mapping[str, str | Pin], end: Deadline) -> UkeyAnswer:
        """The answer to a request, before the deadline. Frames that answer something else are passed over."""
        with self._cut_off_at(end):
            is_sent = self._sent(number, method, args)
        if not is_sent:
            raise self._late(end) if end.is_over else self._broken("the connection broke while the request went out")
        while not end.is_over:
            answer = self._own(self._received(end), number, method)
            if answer is not None:
                return answer
        raise self._late(end)

    def close(self) -> None:
        with self._cut_off_at(Deadline.after(2 * _HANGING_UP)):
            self._link.close()

    @contextmanager
    def _cut_off_at(self, end: Deadline) -> Iterator[None]:
        """Break the connection at the deadline: nothing else ends a request that the other side does not take in."""
        watch = Timer(end.left, self._cut_off)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _cut_off(self) -> None:
        with suppress(OSError):
            self._link.socket.shutdown(socket.SHUT_RDWR)

    def _sent(self, number: int, method: str, args: Mapping[str, str | Pin]) -> bool:
        """Send a request. Only this function holds the frame with the PIN, so that no traceback shows it."""
        from websockets.exceptions import WebSocketException

        try:
            request = {"_method": method, "_id": number, "args": args}
            self._link.send(json.dumps(request, ensure_ascii=False, default=lambda pin: pin.text))
        except (OSError, WebSocketException):
            return False
        return True

    def _received(self, end: Deadline) -> str:
        from websockets.exceptions import ConnectionClosed

        try:
            frame = self._link.recv(end.left)
        except TimeoutError:
            error = self._late(end)
        except ConnectionClosed as closed:
            error = self._broken(_ending(closed))
        else:
            if isinstance(frame, str):
                return frame
            error = self._broken("it answered with a binary frame")
        raise error

    def _own(self, frame: str, number: int, method: str) -> UkeyAnswer | None:
        """The answer in a frame, None where the frame is the control's greeting or answers another request."""
        reply = _json(frame)
        del frame  # so that it is in no error's traceback
        if reply is None:
            raise self._broken("it answered with something that is not a JSON object")
        # in Python True == 1 == 1.0, so that the type counts too
        if type(reply.get("_id")) is not int or (reply["_id"], reply.get("_method")) != (number, method):
            return None
        answer = answer_in(reply)
        del reply
        if answer is None:
            raise self._broken("it answered in another form than the one known")
        return answer

    def _late(self, end: Deadline) -> SigningError:
        return self._broken(f"it gave no answer to the request within {end.seconds:g} seconds")

    def _broken(self, why: str) -> SigningError:
        return SigningError(
            f"the client control at {self._address} failed: {why}. Restart it if that happens again. {NOT_SENT_AGAIN}"
        )


def _connected(address: Address, end: Deadline) -> "ClientConnection":
    try:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect
    except ImportError:
        raise SigningError('a U-key needs the package websockets: pip install "cbec-customs[ukey]"') from None
    try:
        # connect here, so that neither a proxy of the environment nor a redirect leads the PIN elsewhere
        plain = connected(address.host, address.port, end)
        plain.settimeout(None)
        return connect(
            str(address),
            sock=plain,
            compression=None,
            logger=_SILENT,
            max_size=_LARGEST_REPLY,
            open_timeout=end.left,
            close_timeout=_HANGING_UP,
            ping_interval=None,
        ).__enter__()
    except (OSError, EOFError, ValueError, WebSocketException) as failure:
        why = next(words for kind, words in _NO_CONNECTION if isinstance(failure, kind))
    raise SigningError(f"the client control cannot be reached at {address}: {why}")


def _ending(closed: "ConnectionClosed") -> str:
    """Return why a connection ended, without the other side's own words."""
    by_us = closed.sent is not None and not closed.rcvd_then_sent
    return _ENDED.get(closed.sent.code if closed.sent and by_us else 0, "the connection broke before the answer")


def _json(text: str) -> dict[str, Any] | None:
    """A JSON object, None for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
