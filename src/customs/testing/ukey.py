"""A U-key for tests (模拟电子口岸 U-key): the client control's local service with a test key in it, and its faults on demand.

It is a real WebSocket server on a port that the system chooses, so that ``customs.signing.keys.ukey.UkeySigner``, or
whatever else speaks to the control, is tested over a real connection. Needs ``pip install "cbec-customs[ukey]"``.

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
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from itertools import chain
from logging import CRITICAL, Logger
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, Self

from customs.signing import Certificate, RsaSigner, Sm2Signer
from customs.testing.keys import KeyKind, KeyPair, issue_test_key

if TYPE_CHECKING:
    from websockets.sync.server import Server, ServerConnection
from customs.testing.ukey_faults import GREETING, SIGN, Json, Refused, Turn, UkeyFault, frames_of

#: Wrong PINs after which the key is locked; real ones differ, five and six are usual.
WRONG_PINS = 5

__all__ = ["SIGN", "WRONG_PINS", "SimulatedUkey", "UkeyFault"]

#: websockets logs whole frames at DEBUG; no PIN shall be in the logs of a test either.
_SILENT = Logger("silent", CRITICAL + 1)
_SILENT.disabled = True


class SimulatedUkey:
    """The client control with a key in its reader, as a context manager.

    ``keys`` is a pair of ``issue_test_key``, RSA or SM2. The key is locked after five wrong PINs in a row. The texts of
    its errors are invented but for the codes that are known.
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
        """True if wrong PINs have locked the key."""
        return self.wrong_pins >= WRONG_PINS

    def fail(self, fault: UkeyFault, times: int = 1) -> None:
        """Make the next replies fail, after any failures already planned."""
        self._faults.extend([fault] * times)

    def say(self, *messages: str) -> None:
        """Make the next reply a failure with these messages; the key does not sign."""
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
                link.send(json.dumps(GREETING))
                while True:
                    self._reply(link, waiting.popleft() if waiting else link.recv(), waiting)
        finally:
            link.close()
            with self._change:
                self._open -= 1
                self._change.notify_all()

    def _reply(self, link: "ServerConnection", text: str | bytes, waiting: deque[str | bytes]) -> None:
        turn = Turn(self, link, json.loads(text))
        with self._working():
            self.requests.append(turn.method)
            self.numbers.append(turn.number)
            fault = self._faults.popleft() if self._faults else None
            turn.work(fault)
            waiting.extend(_arrived(link))
            self.most_at_once = max(self.most_at_once, self._at_work + len(waiting))
        late, self._held = self._held, []
        for frame in chain(late, frames_of(turn, fault)):
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

    def answer_to(self, method: str, args: Json) -> list[str]:
        """The data of the answer to a request; refuses what the control or the key would refuse."""
        return _METHODS.get(method, _unknown)(self, args)

    def sign(self, args: Json) -> list[str]:
        """Return the key's answer to a request to sign."""
        self.enter_pin(args)
        self.signatures += 1
        return self.signed(args["inData"])

    def signed(self, text: str) -> list[str]:
        """A signature and the certificate's number, as the control gives them."""
        return [b64encode(self._signer.sign(text.encode()).value).decode(), self._signer.certificate.key_name]

    def enter_pin(self, args: Json) -> list[str]:
        """Return the key's answer to a PIN, and count wrong ones."""
        if self.locked:
            raise Refused("口令已锁定", "")
        if args.get("passwd") != self._pin:
            self.wrong_pins += 1
            raise Refused(f"口令错误，还可重试{WRONG_PINS - self.wrong_pins}次", "")
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
    raise Refused("没有此方法", "Err:Base50000")


_METHODS: Mapping[str, Callable[[SimulatedUkey, Json], list[str]]] = {
    SIGN: SimulatedUkey.sign,
    "cus-sec_SpcGetSignCertAsPEM": lambda ukey, _: [b64encode(ukey.certificate.der).decode()],
    "cus-sec_SpcGetCertNo": lambda ukey, _: [ukey.certificate.key_name],
    "cus-sec_SpcVerifyPIN": SimulatedUkey.enter_pin,
    "cus-sec_SpcGetValidTimeFromCert": _valid_time,
}
