"""U-keys: what the client control may answer, and what becomes of the signature, the PIN and the person behind it."""

import itertools
import json
import logging
import re
import socket
import subprocess
import sys
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha1
from threading import Event, Thread
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

import customs
import customs.signing.keys.deadline
from customs.signing import Algorithm, SigningError, sign, verify
from customs.signing.keys.deadline import Deadline
from customs.signing.keys.ukey import UkeySigner
from customs.signing.keys.ukey_answer import ADVICE, Pin
from customs.signing.keys.ukey_connection import Connection, address_of
from customs.signing.libcrypto import LibcryptoError
from customs.testing import issue_test_key
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from customs.testing.ukey import SIGN, WRONG_PINS, SimulatedUkey, UkeyFault
from support import absent
from support.memory import holders_of, reachable

Walk = Callable[..., customs.Prepared]

PIN = "Xk739518"
#: Payment data of a fictitious buyer.
TEXT = '"sessionID":"s-1"||"recpName":"示例收货人"||"recpAccount":"6200000000000000"'
DATA = TEXT.encode()
#: For a control that never answers.
SHORT = 0.4

HANGS = "no answer to the request within 10 seconds"

#: What becomes of a signature whose reply goes wrong: the words of the error, None where the signer survives.
OUTCOMES: dict[UkeyFault, str | None] = {
    UkeyFault.REFUSED_PIN: "the key refused the PIN: it is not tried again",
    UkeyFault.READER_RESET_FAILED: r"the reader could not be reset: take the key .* \(Custom50070\)",
    UkeyFault.READER_NOT_OPENED: r"the reader could not be opened: plug it in.* \(Custom50200\)",
    UkeyFault.UNKNOWN_FAILURE: "the reason is not known, restart the client control. It says: 未知错误 Err:Custom59999",
    UkeyFault.TALKATIVE_FAILURE: "the reason is not known, restart the client control. It says: Custom59998$",
    UkeyFault.STALE_REPLY_FIRST: None,
    UkeyFault.STALE_REPLY_ONLY: HANGS,
    UkeyFault.WRONG_NUMBER: HANGS,
    UkeyFault.WRONG_METHOD: HANGS,
    UkeyFault.CHATTER: HANGS,
    UkeyFault.DISCONNECT: "the connection broke before the answer.* The request is not sent again",
    UkeyFault.DISCONNECT_AFTERWARDS: None,
    UkeyFault.SLOW: HANGS,
    UkeyFault.LATE: HANGS,
    UkeyFault.GARBAGE: "something that is not a JSON object",
    UkeyFault.TRUNCATED: "something that is not a JSON object",
    UkeyFault.NESTED: "something that is not a JSON object",
    UkeyFault.OTHER_FORM: "in another form than the one known",
    UkeyFault.OVERSIZED: "with more than 64 KiB",
    UkeyFault.BINARY: "with a binary frame",
    UkeyFault.NOT_UTF8: "with a frame that is not UTF-8",
    UkeyFault.EMPTY_DATA: "answered without a signature",
    UkeyFault.NOT_BASE64: "a signature that is not base64",
    UkeyFault.SIGNATURE_OF_OTHER_DATA: "was not made over these bytes",
    UkeyFault.OTHER_CARD_NUMBER: "another card is in the reader",
    UkeyFault.OTHER_CARD_SIGNATURE: "was not made over these bytes with the key of certificate",
    UkeyFault.OTHER_STATUS: "the reason is not known",
}
SURVIVED = [fault for fault, words in OUTCOMES.items() if words is None]
FATAL = [fault for fault, words in OUTCOMES.items() if words is not None]
#: What only a signature can have wrong, not a certificate.
OF_SIGNATURES = {UkeyFault.SIGNATURE_OF_OTHER_DATA, UkeyFault.OTHER_CARD_NUMBER, UkeyFault.OTHER_CARD_SIGNATURE}

faulty = pytest.mark.parametrize("fault", FATAL, ids=lambda fault: fault.name)
every_fault = pytest.mark.parametrize("fault", UkeyFault, ids=lambda fault: fault.name)


@pytest.fixture(scope="session")
def pairs() -> dict[str, KeyPair]:
    """A key of each kind, of the sample parcels' declarant."""
    since = datetime(2026, 1, 1)
    try:
        return {kind: issue_test_key(*DECLARANT, since=since, kind=kind) for kind in ("RSA", "SM2")}
    except LibcryptoError as error:
        absent(str(error))
        raise


@pytest.fixture(params=["RSA", "SM2"])
def ukey(request: pytest.FixtureRequest, pairs: dict[str, KeyPair]) -> Iterator[SimulatedUkey]:
    """A key in the reader."""
    with SimulatedUkey(pairs[request.param], pin=PIN) as running:
        yield running


@pytest.fixture
def rsa_ukey(pairs: dict[str, KeyPair]) -> Iterator[SimulatedUkey]:
    """An RSA key in the reader, where the kind is of no matter."""
    with SimulatedUkey(pairs["RSA"], pin=PIN) as running:
        yield running


def signer_for(ukey: SimulatedUkey, pin: str = PIN) -> UkeySigner:
    return UkeySigner(url=ukey.url, pin=pin, timeout=10)


class Hanging:
    """The ten seconds of a control that hangs, without waiting for them, however busy the machine is.

    Once the control has got its next request, the connection of that request gives up as soon as nothing is there to
    read; and the signer's clock goes on by a second whenever it is looked at.
    """

    def __init__(self, ukey: SimulatedUkey, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ukey, self.known = ukey, len(ukey.requests)
        self.link: ClientConnection | None = None
        self.receive: Callable[..., Any] = ClientConnection.recv
        seconds = itertools.count()
        monkeypatch.setattr(customs.signing.keys.deadline, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
        monkeypatch.setattr(ClientConnection, "recv", lambda link, timeout: self.frame(link, timeout))

    def frame(self, link: ClientConnection, timeout: float) -> Any:
        """The next frame of a connection."""
        while self.link in (None, link) and len(self.ukey.requests) <= self.known:
            with suppress(TimeoutError):
                return self.receive(link, 0.01)  # what comes before the request is there, the greeting
        if self.link is None:
            self.link = link
        return self.receive(link, 0.01 if link is self.link else timeout)


def fail(ukey: SimulatedUkey, fault: UkeyFault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next reply go wrong."""
    if OUTCOMES[fault] == HANGS:
        Hanging(ukey, monkeypatch)
    ukey.fail(fault)


def holds(signer: UkeySigner, data: bytes = DATA) -> bool:
    """Whether the signer signs, in a way that holds."""
    signature = signer.sign(data)
    key = signer.certificate.public_key
    assert key is not None
    assert len(signature.value) == (64 if key.kind == "SM2" else 256)
    return signature.certificate == signer.certificate and key.verifies(signature.value, data)


def test_a_key_signs_with_the_algorithm_of_its_certificate(ukey: SimulatedUkey) -> None:
    with signer_for(ukey) as signer:
        assert signer.certificate == ukey.certificate
        assert signer.algorithm.key_kind in ukey.certificate.key_algorithm
        assert holds(signer)
        assert holds(signer, b"")
    assert (ukey.signatures, ukey.connections) == (2, 1)


def test_a_message_signed_by_a_ukey_is_verified(ukey: SimulatedUkey, walk: Walk, parcel: customs.Declaration) -> None:
    message = walk(parcel, signer=None).messages[0].content
    with signer_for(ukey) as signer:
        found = verify(sign(message, signer))
    assert found.valid, found.reasons
    assert found.certificate == ukey.certificate


def test_a_ukey_signs_all_the_documents_of_a_parcel(
    ukey: SimulatedUkey, walk: Walk, parcel: customs.Declaration
) -> None:
    with signer_for(ukey) as signer:
        messages = walk(parcel, signer=signer).messages
    assert [verify(message.content).valid for message in messages] == [True] * 4
    assert ukey.signatures == 4


def test_a_gateway_may_want_the_other_names_of_the_algorithm(pairs: dict[str, KeyPair]) -> None:
    with SimulatedUkey(pairs["SM2"], pin=PIN) as ukey:
        with UkeySigner(url=ukey.url, pin=PIN, algorithm=Algorithm.SM2_FIELD) as signer:
            assert signer.algorithm is Algorithm.SM2_FIELD
        with pytest.raises(SigningError, match="RSA_SHA1 needs an RSA key, the certificate's is SM2"):
            UkeySigner(url=ukey.url, pin=PIN, algorithm=Algorithm.RSA_SHA1)
        ukey.wait_for_disconnect()


def test_every_fault_has_an_outcome() -> None:
    assert OUTCOMES.keys() == set(UkeyFault)


@faulty
@pytest.mark.long
def test_a_faulty_reply_ends_in_a_clear_error_and_is_never_asked_for_again(
    ukey: SimulatedUkey, fault: UkeyFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = OUTCOMES[fault]
    assert words is not None
    with signer_for(ukey) as signer:
        assert holds(signer)
        fail(ukey, fault, monkeypatch)
        with pytest.raises(SigningError, match=words) as raised:
            signer.sign(DATA)
        assert (raised.value.__cause__, raised.value.__context__) == (None, None)
        assert ukey.requests.count(SIGN) == 2
        if fault is UkeyFault.REFUSED_PIN:
            return
        assert holds(signer)
    assert ukey.requests.count(SIGN) == 3
    assert ukey.connections == 2


@pytest.mark.parametrize("fault", SURVIVED, ids=lambda fault: fault.name)
def test_a_fault_that_leaves_no_doubt_is_survived(ukey: SimulatedUkey, fault: UkeyFault) -> None:
    with signer_for(ukey) as signer:
        ukey.fail(fault, times=2)
        for _ in range(2):
            assert holds(signer)
            if fault is UkeyFault.DISCONNECT_AFTERWARDS:
                ukey.wait_for_disconnect()
        assert holds(signer)
    assert ukey.requests.count(SIGN) == ukey.signatures == 3
    assert ukey.connections == (3 if fault is UkeyFault.DISCONNECT_AFTERWARDS else 1)


@every_fault
@pytest.mark.long
def test_a_key_whose_certificate_cannot_be_read_makes_no_signer(
    rsa_ukey: SimulatedUkey, fault: UkeyFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(rsa_ukey, fault, monkeypatch)
    if fault in OF_SIGNATURES or OUTCOMES[fault] is None:
        with signer_for(rsa_ukey) as signer:
            assert signer.certificate == rsa_ukey.certificate
    else:
        with pytest.raises(SigningError) as raised:
            signer_for(rsa_ukey)
        assert raised.value.__context__ is None
        assert DECLARANT[0] not in str(raised.value)
    assert SIGN not in rsa_ukey.requests
    assert len(rsa_ukey.requests) == 1


def test_a_slow_signature_is_never_taken_for_the_next_one(
    rsa_ukey: SimulatedUkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    with signer_for(rsa_ukey) as signer:
        fail(rsa_ukey, UkeyFault.SLOW, monkeypatch)
        with pytest.raises(SigningError, match=HANGS):
            signer.sign(b"the first")
        rsa_ukey.release()
        assert holds(signer, b"the second")
    assert rsa_ukey.requests.count(SIGN) == 2


def test_numbers_rise_across_connections(rsa_ukey: SimulatedUkey) -> None:
    with signer_for(rsa_ukey) as signer:
        for _ in range(3):
            rsa_ukey.fail(UkeyFault.DISCONNECT)
            with pytest.raises(SigningError):
                signer.sign(DATA)
            assert holds(signer)
    assert rsa_ukey.connections == 4
    assert rsa_ukey.numbers == sorted(set(rsa_ukey.numbers))


@pytest.mark.long
def test_threads_wait_their_turn_at_the_key(ukey: SimulatedUkey) -> None:
    documents = [f"{number} {TEXT}".encode() for number in range(80)]
    with signer_for(ukey) as signer, ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda data: holds(signer, data), documents))
    assert ukey.most_at_once == 1
    assert ukey.requests.count(SIGN) == ukey.signatures == 80
    assert ukey.connections == 1


def test_a_client_that_does_not_wait_its_turn_is_noticed(rsa_ukey: SimulatedUkey) -> None:
    request = '{"_method":"cus-sec_SpcGetCertNo","_id":%d,"args":{}}'
    with connect(rsa_ukey.url) as link:
        for number in range(1, 200):
            link.send(request % number)
        for _ in range(200):
            link.recv(10)
    assert rsa_ukey.most_at_once > 1


def test_a_refused_pin_is_never_tried_again(ukey: SimulatedUkey) -> None:
    with signer_for(ukey, pin="wrong-1") as signer:
        for _ in range(10):
            with pytest.raises(
                SigningError, match=r"the key refused the PIN: it is not tried again.*then make a new signer"
            ):
                signer.sign(DATA)
    assert (ukey.wrong_pins, ukey.requests.count(SIGN), ukey.signatures) == (1, 1, 0)


def test_threads_that_wait_do_not_try_a_refused_pin_either(rsa_ukey: SimulatedUkey) -> None:
    def refused(_: int) -> bool:
        with pytest.raises(SigningError, match="refused the PIN"):
            signer.sign(DATA)
        return True

    with signer_for(rsa_ukey, pin="wrong-1") as signer, ThreadPoolExecutor(8) as pool:
        assert all(pool.map(refused, range(24)))
    assert rsa_ukey.wrong_pins == 1


def test_a_key_is_locked_after_wrong_pins(rsa_ukey: SimulatedUkey) -> None:
    for number in range(WRONG_PINS):
        assert not rsa_ukey.locked
        with (
            signer_for(rsa_ukey, pin=f"wrong-{number}") as signer,
            pytest.raises(SigningError, match="refused the PIN"),
        ):
            signer.sign(DATA)
    assert rsa_ukey.locked
    with signer_for(rsa_ukey) as signer, pytest.raises(SigningError, match=r"refused the PIN.*口令已锁定"):
        signer.sign(DATA)


@pytest.mark.parametrize("fault", [UkeyFault.UNKNOWN_FAILURE, UkeyFault.OTHER_STATUS], ids=lambda fault: fault.name)
def test_an_unknown_failure_before_the_first_signature_may_be_the_pin(
    rsa_ukey: SimulatedUkey, fault: UkeyFault
) -> None:
    with signer_for(rsa_ukey) as signer:
        rsa_ukey.fail(fault)
        for _ in range(2):
            with pytest.raises(SigningError, match="has not yet accepted this PIN: the PIN is not tried again"):
                signer.sign(DATA)
    assert rsa_ukey.requests.count(SIGN) == 1


def test_a_reader_that_fails_before_the_first_signature_is_not_taken_for_the_pin(rsa_ukey: SimulatedUkey) -> None:
    with signer_for(rsa_ukey) as signer:
        rsa_ukey.fail(UkeyFault.READER_RESET_FAILED, times=2)
        for _ in range(2):
            with pytest.raises(SigningError, match="reader could not be reset"):
                signer.sign(DATA)
        assert holds(signer)


def test_a_swapped_card_is_noticed(pairs: dict[str, KeyPair]) -> None:
    other = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1))
    with SimulatedUkey(pairs["RSA"], pin=PIN) as ukey, signer_for(ukey) as signer:
        assert holds(signer)
        ukey.insert(other)
        with pytest.raises(
            SigningError, match=f"signer is for certificate {signer.certificate.key_name}. Put that card in"
        ):
            signer.sign(DATA)
        with signer_for(ukey) as new:
            assert holds(new)


# What is never shown.

SECRETS = (PIN, TEXT, "示例收货人", "6200000000000000", *DECLARANT)


@every_fault
@pytest.mark.long
def test_neither_pin_nor_data_nor_holder_are_shown_whatever_goes_wrong(
    rsa_ukey: SimulatedUkey,
    fault: UkeyFault,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = []
    with signer_for(rsa_ukey) as signer:
        assert holds(signer)
        fail(rsa_ukey, fault, monkeypatch)
        try:
            signer.sign(DATA)
        except SigningError as error:
            locals_too = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
            assert PIN not in locals_too
            shown += [str(error), repr(error), repr(error.args), traceback.format_exc()]
        assert bool(shown) is (OUTCOMES[fault] is not None)
        shown += [repr(signer), str(signer), repr(rsa_ukey)]
    shown += [caplog.text, *(repr(vars(record)) for record in caplog.records), *capfd.readouterr()]
    assert [secret for secret in SECRETS if any(secret in each for each in shown)] == []


def test_the_library_below_would_log_whole_frames(rsa_ukey: SimulatedUkey, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with connect(rsa_ukey.url) as link:
        link.send(json.dumps({"_method": "cus-sec_SpcVerifyPIN", "_id": 1, "args": {"passwd": PIN}}))
        link.recv(10)
        link.recv(10)
    assert PIN in caplog.text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("读卡器忙", "读卡器忙"),
        ("读卡器忙\n\x1b[31m", "读卡器忙 [31m"),
        ("持卡人 示例报关服务有限公司", ""),
        (f"参数 {PIN}", ""),
        ("收货人 示例收货人 有误", ""),
        ("卡号 8600123456789 忙", "卡号 *** 忙"),
        ("忙" * 1000, "忙" * 120),
    ],
)
def test_what_the_control_says_is_shown_as_far_as_it_is_safe(rsa_ukey: SimulatedUkey, said: str, shown: str) -> None:
    with signer_for(rsa_ukey) as signer:
        assert holds(signer)
        rsa_ukey.say(said)
        with pytest.raises(SigningError) as raised:
            signer.sign(DATA)
    known = "the key did not sign: the reason is not known, restart the client control"
    assert str(raised.value) == (f"{known}. It says: {shown}" if shown else known)


@pytest.mark.parametrize("code", ADVICE)
def test_known_codes_say_what_to_do(rsa_ukey: SimulatedUkey, code: str) -> None:
    with signer_for(rsa_ukey) as signer:
        rsa_ukey.say("失败", f"Err:{code}")
        with pytest.raises(SigningError) as raised:
            signer.sign(DATA)
        assert str(raised.value) == f"the key did not sign: {ADVICE[code]} ({code})"
        assert holds(signer)


@pytest.mark.parametrize(
    "said", ["密码不正确", "用户口令验证失败", "verify PIN failed", "wrong password", "Passwd error"]
)
def test_whatever_speaks_of_the_pin_is_a_refused_pin(rsa_ukey: SimulatedUkey, said: str) -> None:
    with signer_for(rsa_ukey) as signer:
        assert holds(signer)
        rsa_ukey.say(said, "Err:Custom50070")
        for _ in range(2):
            with pytest.raises(SigningError, match="the key refused the PIN"):
                signer.sign(DATA)
    assert rsa_ukey.requests.count(SIGN) == 2


# What is refused before anything is sent.


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\xff\xfe", "these bytes are not UTF-8"), (b"x" * 61441, "the data are too large .* up to 60 KiB")],
)
def test_data_that_the_control_cannot_sign_are_not_sent(rsa_ukey: SimulatedUkey, data: bytes, words: str) -> None:
    with signer_for(rsa_ukey) as signer:
        with pytest.raises(SigningError, match=words) as raised:
            signer.sign(data)
        assert raised.value.__context__ is None
        assert holds(signer, b'"' * 61440)
    assert rsa_ukey.requests.count(SIGN) == 1


@pytest.mark.parametrize("pin", ["", "口令", "1234\n", "\udcff"])
def test_a_pin_that_no_key_has_is_refused(pin: str) -> None:
    with pytest.raises(SigningError, match="give the key's PIN"):
        UkeySigner(pin=pin)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_is_above_zero(timeout: float) -> None:
    with pytest.raises(SigningError, match="timeout above zero"):
        UkeySigner(pin=PIN, timeout=timeout)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://127.0.0.1:61232",
        "ws://127.0.0.1",
        "ws://127.0.0.1:99999",
        "ws://me:mine@127.0.0.1:61232",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SigningError, match="the client control's address cannot be used: give ws:") as raised:
        UkeySigner(pin=PIN, url=url)
    assert "mine" not in str(raised.value)


def test_a_closed_signer_signs_no_more(rsa_ukey: SimulatedUkey) -> None:
    signer = signer_for(rsa_ukey)
    signer.close()
    signer.close()
    rsa_ukey.wait_for_disconnect()
    with pytest.raises(SigningError, match="the signer is closed"):
        signer.sign(DATA)
    assert PIN not in repr(vars(signer))


# What else may be at the address.


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Something that answers a connection with these bytes; without any, it never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            link, _ = listening.accept()
            with link:
                link.recv(65536)
                link.sendall(answer)

        thread = Thread(target=speak)
        if answer:
            thread.start()
        yield f"ws://127.0.0.1:{listening.getsockname()[1]}"
        if answer:
            thread.join()


def test_a_control_that_is_not_running_is_to_be_started() -> None:
    with answering(b"") as url:
        pass
    with pytest.raises(
        SigningError, match=f"cannot be reached at {url}: nothing listens there: start the client control"
    ):
        UkeySigner(url=url, pin=PIN)


def test_a_control_that_hangs_is_to_be_restarted() -> None:
    with (
        answering(b"") as url,
        pytest.raises(SigningError, match="does not answer in time: restart the client control"),
    ):
        UkeySigner(url=url, pin=PIN, timeout=SHORT)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\n\r\n", b"220 ready\r\n"])
def test_something_else_at_the_address_is_no_control(answer: bytes) -> None:
    with answering(answer) as url, pytest.raises(SigningError, match="that listens there is not the client control"):
        UkeySigner(url=url, pin=PIN)


def test_the_pin_follows_no_redirect(rsa_ukey: SimulatedUkey) -> None:
    answer = f"HTTP/1.1 302 Found\r\nLocation: {rsa_ukey.url}\r\nContent-Length: 0\r\n\r\n".encode()
    with answering(answer) as url, pytest.raises(SigningError, match="is not the client control"):
        UkeySigner(url=url, pin=PIN)
    assert rsa_ukey.connections == 0


def test_the_pin_goes_through_no_proxy(rsa_ukey: SimulatedUkey, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with signer_for(rsa_ukey) as signer:
        assert holds(signer)


# A control that holds out: it breaks no rule of WebSocket and never comes to an end.

Send = Callable[[bytes], None]
BEGINNING, MORE, PING = b"\x01", b"\x00", b"\x89"


def accepted(request: bytes) -> bytes:
    """The answer to a WebSocket's opening (RFC 6455, section 4.2.2)."""
    (key,) = re.findall(rb"Sec-WebSocket-Key: (\S+)", request)
    proof = b64encode(sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest())
    lines = b"HTTP/1.1 101 Switching Protocols", b"Upgrade: websocket", b"Connection: Upgrade"
    return b"\r\n".join([*lines, b"Sec-WebSocket-Accept: " + proof, b"", b""])


@contextmanager
def holding_out(*pieces: bytes, opens: bool = True, reads: bool = True, pause: float = 0.02) -> Iterator[str]:
    """A control that says a beginning, then the last piece over and over."""
    end = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

        def serve() -> None:
            link, _ = listening.accept()
            with suppress(OSError), link:
                link.settimeout(5)
                opening = link.recv(4096)
                if opens:
                    link.sendall(accepted(opening))
                for piece in pieces[:-1]:
                    link.sendall(piece)
                for _ in range(int(5 / pause)):
                    if end.wait(pause):
                        break
                    link.sendall(pieces[-1] if pieces else b"")

        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            end.set()
            thread.join()


HOLDING_OUT: dict[str, tuple[tuple[bytes, ...], bool, float]] = {
    "an opening of a byte now and then": ((b"HTTP/1.1 101 ", b"x"), False, 0.02),
    "headers of the opening now and then": ((b"HTTP/1.1 101 Switching Protocols\r\n", b"a: b\r\n"), False, 0.05),
    "silence": ((), True, 0.02),
    "a frame of a byte now and then": ((b"\x81\x7e\xf0\x00", b"a"), True, 0.02),
    "a text in empty pieces": ((BEGINNING + b"\0", MORE + b"\0"), True, 0.002),
    "greetings again and again": ((b"\x81\x02{}",), True, 0.002),
    "pings again and again": ((PING + b"\0",), True, 0.002),
}


@pytest.mark.parametrize("what", HOLDING_OUT)
@pytest.mark.long
def test_a_control_that_holds_out_is_given_up_at_the_deadline(what: str) -> None:
    pieces, opens, pause = HOLDING_OUT[what]
    told = r"within 0\.3 seconds" if opens else "does not answer in time"
    with holding_out(*pieces, opens=opens, pause=pause) as url:
        start = monotonic()
        with pytest.raises(SigningError, match=told):
            UkeySigner(url=url, pin=PIN, timeout=0.3)
        assert monotonic() - start < 0.3 + 1.4, "a busy machine gets a second more, and hanging up its time"


def test_a_control_that_does_not_take_the_request_in_is_given_up_at_the_deadline() -> None:
    with holding_out() as url:
        start = monotonic()
        end = Deadline.after(0.3)
        link = Connection(address_of(url), end)
        with pytest.raises(SigningError, match=r"no answer to the request within 0\.3 seconds"):
            link.ask(1, "cus-sec_SpcSignDataAsPEM", {"inData": "a" * 20_000_000}, end)
        link.close()
        assert monotonic() - start < 0.3 + 1.4


# What is left of the PIN.


def test_after_close_the_pin_is_in_nothing_that_the_signer_holds(rsa_ukey: SimulatedUkey) -> None:
    signer = signer_for(rsa_ukey)
    assert holds(signer)
    held = holders_of(PIN, signer)
    assert held == [bytearray(PIN.encode())], "one copy, which can be overwritten"
    signer.close()
    assert holders_of(PIN, signer) == []
    assert held == [bytearray()]


def test_a_pin_that_is_wiped_is_overwritten_where_it_lay() -> None:
    pin = Pin(PIN)
    (octets,) = (each for each in reachable(pin) if isinstance(each, bytearray))
    with memoryview(octets) as place:
        with pytest.raises(BufferError):
            pin.wipe()
        assert bytes(place) == bytes(len(PIN)), "overwritten before it is given up"


def test_tls_needs_a_control_that_speaks_it(rsa_ukey: SimulatedUkey) -> None:
    with pytest.raises(SigningError, match="does not speak TLS"):
        UkeySigner(url=rsa_ukey.url.replace("ws:", "wss:"), pin=PIN)


def test_without_websockets_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "websockets.sync.client", None)
    with pytest.raises(SigningError, match=r'pip install "cbec-customs\[ukey\]"'):
        UkeySigner(pin=PIN)


@pytest.mark.long
def test_everything_but_a_connection_is_there_without_websockets() -> None:
    code = "import sys; sys.modules['websockets'] = None; import customs.testing, customs.testing.ukey, customs.signing.keys.ukey"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert found.returncode == 0, found.stderr.decode()


# The simulated key's other answers.


@pytest.mark.parametrize(
    ("method", "args", "good", "start"),
    [
        ("SpcGetCertNo", "{}", True, ""),
        ("SpcGetValidTimeFromCert", "{}", True, '{"szStartTime": "2026-01-01 00:00:00", "szEndTime": "2027-01-01'),
        ("SpcVerifyPIN", f'{{"passwd": "{PIN}"}}', True, "成功!"),
        ("SpcVerifyPIN", '{"passwd": "wrong"}', False, ""),
        ("SpcUnheardOf", "{}", False, ""),
    ],
)
def test_the_simulated_key_answers_other_requests(
    rsa_ukey: SimulatedUkey, method: str, args: str, good: bool, start: str
) -> None:
    with connect(rsa_ukey.url) as link:
        assert json.loads(link.recv(10))["_method"] == "open"
        link.send(f'{{"_method": "cus-sec_{method}", "_id": 7, "args": {args}}}')
        reply = json.loads(link.recv(10))
    assert (reply["_id"], reply["_status"], reply["_args"]["Result"]) == (7, "00", good)
    assert bool(reply["_args"]["Data"]) is good
    assert bool(reply["_args"]["Error"]) is not good
    if start:
        assert reply["_args"]["Data"][0].startswith(start)
    if method == "SpcGetCertNo":
        assert reply["_args"]["Data"] == [rsa_ukey.certificate.key_name]


def test_a_simulated_key_that_does_not_run_has_no_address(pairs: dict[str, KeyPair]) -> None:
    with pytest.raises(RuntimeError, match="not running"):
        SimulatedUkey(pairs["RSA"], pin=PIN).url  # noqa: B018
