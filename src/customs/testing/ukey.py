"""A U-key for tests (模拟电子口岸 U-key): the client control's local service with a test key in it, and its faults on demand.

It is a real WebSocket server on a port that the system chooses, so that ``customs.signing.keys.ukey.UkeySigner``, or whatever
else speaks to the control, is tested over a real connection. Needs ``pip install "cbec-customs[ukey]"``.

>>> from datetime import datetime
>>> from customs.signing import SigningError
>>> from customs.signing.keys.ukey import UkeySigner
>>> from customs.testing import issue_test_key
>>> keys = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1))
>>> with SimulatedUkey(keys, pin="12345678") as ukey, UkeySigner(url=ukey.url, pin="12345678") as signer:
...     ukey.fail(UkeyFault.READER_RESET_FAILED)
...     try:
...         signer.sign(b"...")
...     except SigningError as error:
...         print(error)
...     print(signer.sign(b"...").key_name == signer.certificate.key_name, ukey.signatures)
the key did not sign: the reader could not be reset: take the key or card out, put it in again, ... (Custom50070)
True 1
"""

import json
import socket
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import Enum, auto
from functools import cached_property
from itertools import chain
from logging import CRITICAL, Logger
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, Any, Self

from customs.signing import Certificate, RsaSigner, Sm2Signer
from customs.testing.keys import KeyKind, KeyPair, issue_test_key

if TYPE_CHECKING:
    from websockets.sync.server import Server, ServerConnection

Json = dict[str, Any]

#: Wrong PINs after which the key is locked; real ones differ, five and six are usual.
WRONG_PINS = 5

SIGN = "cus-sec_SpcSignDataAsPEM"

_GREETING = {"_id": 0, "_method": "open", "_status": "00", "_args": {"Result": True, "Data": [], "Error": []}}

#: websockets logs whole frames at DEBUG; no PIN shall be in the logs of a test either.
_SILENT = Logger("silent", CRITICAL + 1)
_SILENT.disabled = True


class UkeyFault(Enum):
    """What goes wrong with a reply. Unless it is said otherwise, the key has signed all the same."""

    #: The PIN is refused, although it is right; the key does not sign.
    REFUSED_PIN = auto()
    #: Err:Custom50070; the key does not sign.
    READER_RESET_FAILED = auto()
    #: Err:Custom50200; the key does not sign.
    READER_NOT_OPENED = auto()
    #: A failure with a code that no list has; the key does not sign.
    UNKNOWN_FAILURE = auto()
    #: A failure whose text repeats PIN, data and the certificate's holder; the key does not sign.
    TALKATIVE_FAILURE = auto()
    #: The reply to an earlier request comes before the right one.
    STALE_REPLY_FIRST = auto()
    #: Only the reply to an earlier request comes.
    STALE_REPLY_ONLY = auto()
    #: The reply has a number that was never used.
    WRONG_NUMBER = auto()
    #: The reply has the right number, and another method.
    WRONG_METHOD = auto()
    #: Frames that answer nothing come without end.
    CHATTER = auto()
    #: The connection breaks instead of the reply.
    DISCONNECT = auto()
    #: The connection is closed after the reply; ``wait_for_disconnect`` says when it is.
    DISCONNECT_AFTERWARDS = auto()
    #: The reply comes once ``release`` is called, on the connection of its request.
    SLOW = auto()
    #: The reply comes before the one to the next request, whatever the connection.
    LATE = auto()
    #: Text that is no JSON and repeats the request.
    GARBAGE = auto()
    #: The first half of the reply.
    TRUNCATED = auto()
    #: A list, nested deeper than parsers go.
    NESTED = auto()
    #: JSON in another form than a reply's.
    OTHER_FORM = auto()
    #: A reply of a megabyte.
    OVERSIZED = auto()
    #: The reply in a binary frame.
    BINARY = auto()
    #: Text that is not UTF-8.
    NOT_UTF8 = auto()
    #: Success without data.
    EMPTY_DATA = auto()
    #: A signature or certificate that is not base64.
    NOT_BASE64 = auto()
    #: A signature over other data, under the right number.
    SIGNATURE_OF_OTHER_DATA = auto()
    #: The number of another card's certificate.
    OTHER_CARD_NUMBER = auto()
    #: Another card's signature under this card's number.
    OTHER_CARD_SIGNATURE = auto()
    #: Success in the reply, with a status other than 00.
    OTHER_STATUS = auto()


class SimulatedUkey:
    """The client control with a key in its reader, as a context manager.

    ``keys`` is a pair of ``issue_test_key``, RSA or SM2. The key is locked after five wrong PINs in a row. The texts of its
    errors are invented but for the codes that are known.
    """

    def __init__(self, keys: KeyPair, *, pin: str) -> None:
        #: Methods of the requests in the order in which they came.
        self.requests: list[str] = []
        #: Their numbers.
        self.numbers: list[int] = []
        #: Signatures that the key made.
        self.signatures = 0
        #: Connections that were made.
        self.connections = 0
        #: The most requests that were here at one time; more than one means that a client does not wait its turn.
        self.most_at_once = 0
        #: Wrong PINs in a row.
        self.wrong_pins = 0
        self._pin, self._signer = pin, keys.signer()
        self._faults, self._held = deque[UkeyFault | tuple[str, ...]](), list[str]()
        self._at_work, self._open, self._released = 0, 0, Event()
        self._change = Condition()
        self._server: Server | None = None

    def __repr__(self) -> str:
        return f"SimulatedUkey({self._signer.certificate!r})"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> Self:
        """Start the service, which is to be closed; a ``with`` statement does both."""
        try:
            from websockets.sync.server import serve
        except ImportError:
            raise ImportError("a simulated U-key needs websockets: pip install 'cbec-customs[ukey]'") from None
        self._server = serve(
            self._converse, "127.0.0.1", 0, compression=None, logger=_SILENT, ping_interval=None, close_timeout=1
        )
        self._server.SHUTDOWN_POLLING_INTERVAL = 0.005  # a tenth of a second else, for each test
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop the service; replies that wait go out first."""
        server, self._server = self._server, None
        if server:
            self.release()
            server.shutdown()
            self._thread.join()

    @property
    def url(self) -> str:
        """Where the service listens while it runs."""
        if not self._server:
            raise RuntimeError("the simulated U-key is not running: start it, or use it in a with statement")
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    @property
    def locked(self) -> bool:
        """Whether wrong PINs have locked the key."""
        return self.wrong_pins >= WRONG_PINS

    def fail(self, fault: UkeyFault, times: int = 1) -> None:
        """Let the next replies go wrong, after those that already are to."""
        self._faults.extend([fault] * times)

    def say(self, *messages: str) -> None:
        """Let the next reply be a failure with these messages; the key does not sign."""
        self._faults.append(messages)

    def insert(self, keys: KeyPair) -> None:
        """Put another key with the same PIN into the reader."""
        self._signer, self.wrong_pins = keys.signer(), 0

    def release(self) -> None:
        """Let slow replies go, also those to come."""
        self._released.set()

    def wait_for_disconnect(self, seconds: float = 10) -> None:
        """Wait until no connection is open any more. Raises ``TimeoutError``."""
        with self._change:
            if not self._change.wait_for(lambda: not self._open, seconds):
                raise TimeoutError("a connection to the simulated U-key is still open")

    def wait_for_release(self) -> None:
        """Wait until slow replies may go: what a slow reply does."""
        self._released.wait()

    def hold_back(self, frame: str) -> None:
        """Send a frame before the reply to the next request: what a late reply does."""
        self._held.append(frame)

    def _converse(self, link: "ServerConnection") -> None:
        """One connection from greeting to end."""
        from websockets.exceptions import ConnectionClosed

        with self._change:
            self._open, self.connections = self._open + 1, self.connections + 1
        waiting = deque[str | bytes]()
        try:
            with suppress(ConnectionClosed):
                link.send(json.dumps(_GREETING))
                while True:
                    self._reply(link, waiting.popleft() if waiting else link.recv(), waiting)
        finally:
            link.close()
            with self._change:
                self._open -= 1
                self._change.notify_all()

    def _reply(self, link: "ServerConnection", text: str | bytes, waiting: deque[str | bytes]) -> None:
        turn = _Turn(self, link, json.loads(text))
        with self._working():
            self.requests.append(turn.method)
            self.numbers.append(turn.number)
            fault = self._faults.popleft() if self._faults else None
            turn.work(fault)
            waiting.extend(_arrived(link))
            self.most_at_once = max(self.most_at_once, self._at_work + len(waiting))
        late, self._held = self._held, []
        conduct = _CONDUCT.get(fault, _as_it_is) if isinstance(fault, UkeyFault) else _as_it_is
        for frame in chain(late, conduct(turn)):
            link.send(frame)

    @contextmanager
    def _working(self) -> Iterator[None]:
        with self._change:
            self._at_work += 1
        try:
            yield
        finally:
            with self._change:
                self._at_work -= 1

    def sign(self, args: Json) -> list[str]:
        """What the key answers to a request to sign."""
        self.enter_pin(args)
        self.signatures += 1
        return self.signed(args["inData"])

    def signed(self, text: str) -> list[str]:
        """A signature and the certificate's number, as the control gives them."""
        return [b64encode(self._signer.sign(text.encode()).value).decode(), self._signer.certificate.key_name]

    def enter_pin(self, args: Json) -> list[str]:
        """What the key answers to a PIN, counting wrong ones."""
        if self.locked:
            raise _Refused("口令已锁定", "")
        if args.get("passwd") != self._pin:
            self.wrong_pins += 1
            raise _Refused(f"口令错误，还可重试{WRONG_PINS - self.wrong_pins}次", "")
        self.wrong_pins = 0
        return ["成功!"]

    @property
    def certificate(self) -> Certificate:
        """The certificate on the key."""
        return self._signer.certificate

    @cached_property
    def other_card(self) -> RsaSigner | Sm2Signer:
        """Another card of the same kind."""
        kind: KeyKind = "SM2" if self._signer.algorithm.key_kind == "SM2" else "RSA"
        return issue_test_key("别家公司", "91000000000000008C", since=datetime(2026, 1, 1), kind=kind).signer()


class _Refused(Exception):  # noqa: N818  not an error of the test
    """The key or the control refuses; the arguments are its messages."""


class _Turn:
    """A request, and the reply to it."""

    def __init__(self, ukey: SimulatedUkey, link: "ServerConnection", request: Json) -> None:
        self.ukey, self.link, self.args = ukey, link, request["args"]
        self.number: int = request["_id"]
        self.method: str = request["_method"]
        self.reply: Json = {}

    def work(self, fault: "UkeyFault | tuple[str, ...] | None") -> None:
        """Let the key do what is asked, unless it fails."""
        failure = _FAILURES[fault](self) if isinstance(fault, UkeyFault) and fault in _FAILURES else fault
        try:
            if isinstance(failure, tuple):
                raise _Refused(*failure)
            self.reply = self.written(_METHODS.get(self.method, _unknown)(self.ukey, self.args))
        except _Refused as refused:
            self.reply = self.written([], refused.args)

    def written(self, data: list[str], errors: tuple[str, ...] = ()) -> Json:
        """A reply of the control's form."""
        args = {"Result": not errors, "Data": data, "Error": list(errors)}
        return {"_id": self.number, "_method": self.method, "_status": "00", "_args": args}

    def with_data(self, data: list[str]) -> Json:
        """The reply with other data."""
        return self.written(data) if self.reply["_args"]["Result"] else self.reply

    @property
    def stale(self) -> Json:
        """A reply to the request before this one, over other data."""
        data = self.ukey.signed("an earlier request") if self.method == SIGN else self.reply["_args"]["Data"]
        return {**self.with_data(data), "_id": self.number - 1}


def _arrived(link: "ServerConnection") -> Iterator[str | bytes]:
    """Frames that are here already, which a client that waits its turn does not send."""
    with suppress(TimeoutError):
        while True:
            yield link.recv(0)


# What the control can do. The forms of what SpcVerifyPIN and SpcGetValidTimeFromCert take and give are assumed.


def _valid_time(ukey: SimulatedUkey, args: Json) -> list[str]:
    start, end = (f"{each:%Y-%m-%d %H:%M:%S}" for each in (ukey.certificate.valid_from, ukey.certificate.valid_to))
    return [json.dumps({"szStartTime": start, "szEndTime": end})]


def _unknown(ukey: SimulatedUkey, args: Json) -> list[str]:
    raise _Refused("没有此方法", "Err:Base50000")


_METHODS: Mapping[str, Callable[[SimulatedUkey, Json], list[str]]] = {
    SIGN: SimulatedUkey.sign,
    "cus-sec_SpcGetSignCertAsPEM": lambda ukey, _: [b64encode(ukey.certificate.der).decode()],
    "cus-sec_SpcGetCertNo": lambda ukey, _: [ukey.certificate.key_name],
    "cus-sec_SpcVerifyPIN": SimulatedUkey.enter_pin,
    "cus-sec_SpcGetValidTimeFromCert": _valid_time,
}


#: Faults in which the key does not sign: the messages of the control.
_FAILURES: Mapping[UkeyFault, Callable[[_Turn], tuple[str, ...]]] = {
    UkeyFault.REFUSED_PIN: lambda turn: ("口令错误", ""),
    UkeyFault.READER_RESET_FAILED: lambda turn: ("读卡器复位失败", "Err:Custom50070"),
    UkeyFault.READER_NOT_OPENED: lambda turn: ("打开读卡器失败", "Err:Custom50200"),
    UkeyFault.UNKNOWN_FAILURE: lambda turn: ("未知错误", "Err:Custom59999"),
    UkeyFault.TALKATIVE_FAILURE: lambda turn: (
        f"调用失败 {turn.ukey.certificate.organisation} {turn.args.get('inData')} {turn.args.get('passwd')}",
        "Err:Custom59998",
    ),
}


# What goes out in place of the reply, and when.


def _text(reply: Json) -> str:
    return json.dumps(reply, ensure_ascii=False)


def _as_it_is(turn: _Turn) -> Iterator[str | bytes]:
    yield _text(turn.reply)


def _with(**changes: Any) -> Callable[[_Turn], Iterator[str | bytes]]:
    def conduct(turn: _Turn) -> Iterator[str | bytes]:
        yield _text({**turn.reply, **changes})

    return conduct


def _data(change: Callable[[_Turn, list[str]], list[str]]) -> Callable[[_Turn], Iterator[str | bytes]]:
    def conduct(turn: _Turn) -> Iterator[str | bytes]:
        yield _text(turn.with_data(change(turn, turn.reply["_args"]["Data"])))

    return conduct


def _stale_first(turn: _Turn) -> Iterator[str | bytes]:
    yield _text(turn.stale)
    yield _text(turn.reply)


def _stale_only(turn: _Turn) -> Iterator[str | bytes]:
    yield _text(turn.stale)


def _chatter(turn: _Turn) -> Iterator[str | bytes]:
    while True:
        yield json.dumps(_GREETING)


def _disconnect(turn: _Turn) -> Iterator[str | bytes]:
    turn.link.socket.shutdown(socket.SHUT_RDWR)
    yield from ()


def _disconnect_afterwards(turn: _Turn) -> Iterator[str | bytes]:
    yield _text(turn.reply)
    turn.link.close()


def _slow(turn: _Turn) -> Iterator[str | bytes]:
    turn.ukey.wait_for_release()
    yield _text(turn.reply)


def _late(turn: _Turn) -> Iterator[str | bytes]:
    turn.ukey.hold_back(_text(turn.reply))
    yield from ()


def _garbage(turn: _Turn) -> Iterator[str | bytes]:
    yield f"<html>{turn.args}</html>"


def _truncated(turn: _Turn) -> Iterator[str | bytes]:
    whole = _text(turn.reply)
    yield whole[: len(whole) // 2]


def _nested(turn: _Turn) -> Iterator[str | bytes]:
    yield "[" * 60_000


def _oversized(turn: _Turn) -> Iterator[str | bytes]:
    yield _text({**turn.reply, "_filler": "*" * 1024 * 1024})


def _binary(turn: _Turn) -> Iterator[str | bytes]:
    yield _text(turn.reply).encode()


def _not_utf8(turn: _Turn) -> Iterator[str | bytes]:
    turn.link.send(b"\xff" + _text(turn.reply).encode(), text=True)
    yield from ()


def _of_other_data(turn: _Turn, data: list[str]) -> list[str]:
    return turn.ukey.signed(f"{turn.args['inData']} ") if turn.method == SIGN else data


def _of_other_card(turn: _Turn, data: list[str]) -> list[str]:
    other = turn.ukey.other_card
    if turn.method == SIGN:
        return [b64encode(other.sign(turn.args["inData"].encode()).value).decode(), *data[1:]]
    return data


def _other_number(turn: _Turn, data: list[str]) -> list[str]:
    return [*data[:1], *(turn.ukey.other_card.certificate.key_name for _ in data[1:])]


_CONDUCT: Mapping[UkeyFault, Callable[[_Turn], Iterator[str | bytes]]] = {
    UkeyFault.STALE_REPLY_FIRST: _stale_first,
    UkeyFault.STALE_REPLY_ONLY: _stale_only,
    UkeyFault.WRONG_NUMBER: _with(_id=999_999_999),
    UkeyFault.WRONG_METHOD: _with(_method="cus-sec_SpcGetUName"),
    UkeyFault.CHATTER: _chatter,
    UkeyFault.DISCONNECT: _disconnect,
    UkeyFault.DISCONNECT_AFTERWARDS: _disconnect_afterwards,
    UkeyFault.SLOW: _slow,
    UkeyFault.LATE: _late,
    UkeyFault.GARBAGE: _garbage,
    UkeyFault.TRUNCATED: _truncated,
    UkeyFault.NESTED: _nested,
    UkeyFault.OTHER_FORM: _with(_args="成功!"),
    UkeyFault.OVERSIZED: _oversized,
    UkeyFault.BINARY: _binary,
    UkeyFault.NOT_UTF8: _not_utf8,
    UkeyFault.EMPTY_DATA: _data(lambda turn, data: []),
    UkeyFault.NOT_BASE64: _data(lambda turn, data: ["%%%", *data[1:]]),
    UkeyFault.SIGNATURE_OF_OTHER_DATA: _data(_of_other_data),
    UkeyFault.OTHER_CARD_NUMBER: _data(_other_number),
    UkeyFault.OTHER_CARD_SIGNATURE: _data(_of_other_card),
    UkeyFault.OTHER_STATUS: _with(_status="01"),
}
