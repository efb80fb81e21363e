"""Signing services: a real one over HTTPS on this machine, with whatever may go wrong between an enterprise and its
key.
"""

import ipaddress
import json
import logging
import re
import socket
import ssl
import subprocess
import sys
import threading
import traceback
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from cryptography import x509

import customs
from customs.signing import Algorithm, CertificateError, Signer, SigningError, sign, verify
from customs.signing.keys.remote import (
    CAINIAO,
    LONGEST_ANSWER,
    MOST_RECEIVED,
    PINDUODUO,
    RemoteForm,
    RemoteService,
    RemoteSigner,
)
from customs.testing import issue_test_key
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from support.authority import Authority

DATA = "<ds:SignedInfo>待签名的原文</ds:SignedInfo>".encode()
TOKEN = "Bearer 0f1e2d3c4b5a"  # noqa: S105  of a service that lives as long as a test
FORM = CAINIAO.filled(companyCode="1105910159", clearanceOrderType="as agreed")

Walk = Callable[..., customs.Prepared]
#: A status and the bytes of an answer, from the fields of a request; None breaks off the connection.
Answer = Callable[[dict[str, Any]], tuple[int, bytes] | None]


class Service(ThreadingHTTPServer):
    """A signing service on this machine; it remembers what it was asked."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.answer: Answer = lambda fields: (500, b"")
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.connections = 0
        self.url = f"https://127.0.0.1:{self.server_port}/customs/sign"

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who breaks off is no news to the service."""


class Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields = json.loads(body)
        self.server.asked.append((fields, dict(self.headers)))
        answer = self.server.answer(fields)
        if answer is None:
            self.close_connection = True
            return
        status, content = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *words: Any) -> None:  # noqa: A002  the name in http.server
        """Silent."""


@contextmanager
def running(context: ssl.SSLContext | None) -> Iterator[Service]:
    with Service(context) as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    return authority.server(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))


@pytest.fixture
def service(context: ssl.SSLContext, keys: KeyPair) -> Iterator[Service]:
    """A service that holds the declarant's key."""
    with running(context) as service:
        service.answer = signing_with(keys.signer())
        yield service


@pytest.fixture
def remote(service: Service, keys: KeyPair, authority: Authority) -> Iterator[RemoteSigner]:
    reached = RemoteService(service.url, FORM, headers={"Authorization": TOKEN}, ca_file=authority.file)
    with RemoteSigner(reached, keys.certificate) as signer:
        yield signer


def signing_with(signer: Signer, form: RemoteForm = FORM, **more: Any) -> Answer:
    """What an honest service answers."""

    def answer(fields: dict[str, Any]) -> tuple[int, bytes]:
        made = signer.sign(fields[form.data_field].encode())
        told = {form.key_name_field: made.key_name} if form.key_name_field else {}
        return answered({form.signature_field: b64encode(made.value).decode(), **told, **more})

    return answer


def answered(fields: object) -> tuple[int, bytes]:
    return 200, json.dumps(fields).encode()


@pytest.mark.long
def test_a_message_signed_by_a_service_verifies(remote: RemoteSigner, walk: Walk, parcel: customs.Declaration) -> None:
    found = verify(walk(parcel, signer=remote).messages[3].content)
    assert found.valid, found.reasons
    assert found.certificate == remote.certificate
    message = walk(parcel, signer=None).messages[0].content
    assert verify(sign(message, remote)).valid


def test_the_service_gets_the_text_the_fixed_fields_and_the_headers_of_the_caller(
    remote: RemoteSigner, service: Service
) -> None:
    remote.sign(DATA)
    ((fields, headers),) = service.asked
    assert fields == {"companyCode": "1105910159", "clearanceOrderType": "as agreed", "content": DATA.decode()}
    assert headers["Authorization"] == TOKEN
    assert headers["Content-Type"] == "application/json; charset=utf-8"


def test_the_caller_may_state_the_type_of_the_content(service: Service, keys: KeyPair, authority: Authority) -> None:
    headers = {"content-type": "application/json", "accept-encoding": "gzip"}
    with RemoteSigner(
        RemoteService(service.url, FORM, headers=headers, ca_file=authority.file), keys.certificate
    ) as signer:
        signer.sign(DATA)
    sent = {name.lower(): value for name, value in service.asked[0][1].items()}
    assert (sent["content-type"], sent["accept-encoding"]) == ("application/json", "identity")


def test_a_service_that_tells_no_key_name_signs_too(service: Service, keys: KeyPair, authority: Authority) -> None:
    form = PINDUODUO.filled(ceb_name="CEB311Message", company_type="1")
    service.answer = signing_with(keys.signer(), form)
    with RemoteSigner(RemoteService(service.url, form, ca_file=authority.file), keys.certificate) as signer:
        assert signer.sign(DATA) == keys.signer().sign(DATA)
    assert service.asked[0][0] == {"ceb_name": "CEB311Message", "company_type": "1", "data_to_sign": DATA.decode()}


def test_headers_may_be_made_from_the_body_that_is_sent(service: Service, keys: KeyPair, authority: Authority) -> None:
    bodies = []

    def headers(body: bytes) -> dict[str, str]:
        bodies.append(body)
        return {"X-Length": str(len(body))}

    with RemoteSigner(
        RemoteService(service.url, FORM, headers=headers, ca_file=authority.file), keys.certificate
    ) as signer:
        signer.sign(DATA)
    ((fields, sent),) = service.asked
    assert json.loads(bodies[0]) == fields
    assert sent["X-Length"] == sent["Content-Length"] == str(len(bodies[0]))


@pytest.mark.parametrize("algorithm", [None, Algorithm.SM2_FIELD])
def test_a_service_may_hold_an_sm2_key(service: Service, authority: Authority, algorithm: Algorithm | None) -> None:
    pair = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1), kind="SM2")
    service.answer = signing_with(pair.signer())
    with RemoteSigner(
        RemoteService(service.url, FORM, ca_file=authority.file), pair.certificate, algorithm=algorithm
    ) as signer:
        made = signer.sign(DATA)
    assert signer.algorithm is (algorithm or Algorithm.SM2_SM3)
    assert made.certificate.public_key
    assert made.certificate.public_key.verifies(made.value, DATA)
    assert len(made.value) == 64


@pytest.mark.parametrize("shown", ["0{}", " {} ", "{}\n"])
def test_a_key_name_is_the_same_number_however_it_is_padded(
    remote: RemoteSigner, service: Service, keys: KeyPair, shown: str
) -> None:
    service.answer = signing_with(keys.signer(), keyName=shown.format(remote.certificate.key_name.upper()))
    assert remote.sign(DATA)


def test_base64_may_be_broken_into_lines(remote: RemoteSigner, service: Service, keys: KeyPair) -> None:
    text = b64encode(keys.signer().sign(DATA).value).decode()
    service.answer = lambda fields: answered({"signatureValue": "\r\n".join([text[:64], text[64:]])})
    assert remote.sign(DATA) == keys.signer().sign(DATA)


def test_one_connection_serves_many_signatures(remote: RemoteSigner, service: Service) -> None:
    for number in range(5):
        remote.sign(b"message %d" % number)
    assert service.connections == 1


@pytest.mark.long
def test_threads_share_a_signer(remote: RemoteSigner, keys: KeyPair) -> None:
    pieces = [b"message %d" % number for number in range(40)]
    file = keys.signer()
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(remote.sign, pieces)) == [file.sign(piece) for piece in pieces]


def broken_off(fields: dict[str, Any]) -> None:
    return None


def other_key(fields: dict[str, Any]) -> tuple[int, bytes] | None:
    return signing_with(issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer(), keyName=None)(fields)


#: What a service may answer, and what the engineer is told.
WRONG: dict[str, tuple[Answer, str]] = {
    "a request that it does not know": (lambda _: (400, b""), "HTTP status 400.*check the form"),
    "no authentication": (lambda _: (401, b""), "HTTP status 401.*check the headers"),
    "no rights": (lambda _: (403, b""), "HTTP status 403.*rights of the account"),
    "another path": (lambda _: (404, b""), "HTTP status 404.*check the URL"),
    "no post": (lambda _: (405, b""), "HTTP status 405.*check the URL"),
    "an odd refusal": (lambda _: (418, b""), "HTTP status 418, it refuses the request"),
    "too many requests": (lambda _: (429, b""), "HTTP status 429.*more slowly"),
    "a failure": (lambda _: (503, b""), "HTTP status 503, it failed"),
    "nothing": (lambda _: (204, b""), "HTTP status 204, it took the request without an answer"),
    "no status of HTTP": (lambda _: (799, b""), "HTTP status 799, that does not answer"),
    "an end of the connection": (broken_off, "broke off the connection"),
    "no JSON": (lambda _: (200, b"<html>"), "not a JSON object: check the URL"),
    "no text": (lambda _: (200, b"\xff\xfe\xfd"), "not a JSON object"),
    "emptiness": (lambda _: (200, b""), "not a JSON object"),
    "a list": (lambda _: answered(["signatureValue"]), "not a JSON object"),
    "JSON without end": (lambda _: (200, b"[" * LONGEST_ANSWER), "not a JSON object"),
    "too much": (lambda _: answered({"signatureValue": "A" * LONGEST_ANSWER}), "longer than 65536 bytes"),
    "no signature": (lambda _: answered({"success": False}), "no signatureValue in its answer: check the form"),
    "an empty signature": (lambda _: answered({"signatureValue": ""}), "no signatureValue in its answer"),
    "a number for a signature": (lambda _: answered({"signatureValue": 1}), "no signatureValue in its answer"),
    "a signature that is not base64": (lambda _: answered({"signatureValue": "%%%"}), "is not base64"),
    "a signature in Chinese": (lambda _: answered({"signatureValue": "签名"}), "is not base64"),
    "another key's name": (lambda _: answered({"signatureValue": "QQ==", "keyName": "0a0b"}), "signed with another key"),
    "a signature of another key": (other_key, "was not made over these bytes with the key of certificate"),
    "a signature of other data": (lambda _: answered({"signatureValue": b64encode(bytes(256)).decode()}), "was not made over these bytes"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.long
def test_a_service_that_answers_wrongly_is_asked_once_and_reported(
    remote: RemoteSigner, service: Service, what: str
) -> None:
    service.answer, told = WRONG[what]
    with pytest.raises(SigningError, match=told):
        remote.sign(DATA)
    assert len(service.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(remote: RemoteSigner, service: Service, status: int) -> None:
    service.answer = lambda fields: (status, b"")
    service.headers = {"Location": service.url}
    with pytest.raises(SigningError, match=f"HTTP status {status}, it redirects"):
        remote.sign(DATA)
    assert len(service.asked) == 1


def test_a_compressed_answer_is_not_unpacked(remote: RemoteSigner, service: Service) -> None:
    service.headers = {"Content-Encoding": "gzip"}
    assert remote.sign(DATA), "plain whatever it calls itself"
    service.answer = lambda fields: (200, b"\x1f\x8b\x08\x00")
    with pytest.raises(SigningError, match="not a JSON object"):
        remote.sign(DATA)


def test_an_answer_that_is_cut_short_is_no_signature(remote: RemoteSigner, service: Service) -> None:
    service.answer = lambda fields: (200, b'{"signatureValue": "')
    service.headers = {"Content-Length": "1000", "Connection": "close"}
    with pytest.raises(SigningError, match="not a JSON object"):
        remote.sign(DATA)
    assert len(service.asked) == 1


def test_a_service_that_is_silent_is_given_up(service: Service, keys: KeyPair, authority: Authority) -> None:
    silence = threading.Event()
    service.answer = lambda fields: (silence.wait(30), None)[1]
    with (
        RemoteSigner(RemoteService(service.url, FORM, ca_file=authority.file, timeout=0.3), keys.certificate) as signer,
        pytest.raises(SigningError, match="did not answer in time"),
    ):
        signer.sign(DATA)
    silence.set()
    assert len(service.asked) < 2, "a service that may have signed is not asked again"


# A service that holds out: it breaks no rule of HTTP and never comes to an end.

Send = Callable[[bytes], None]

OK, CONTINUE = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"


def slowly(*pieces: bytes) -> Callable[[Send, threading.Event], None]:
    """Send a beginning, then the last piece over and over, each well within the time for a part; five seconds at most."""

    def speak(send: Send, end: threading.Event) -> None:
        for piece in pieces[:-1]:
            send(piece)
        stop = monotonic() + 5
        while not end.wait(0.02) and monotonic() < stop:
            send(pieces[-1])

    return speak


def fast(*pieces: bytes) -> Callable[[Send, threading.Event], None]:
    """As ``slowly``, without a pause."""

    def speak(send: Send, end: threading.Event) -> None:
        for piece in pieces[:-1]:
            send(piece)
        stop = monotonic() + 5
        while not end.is_set() and monotonic() < stop:
            send(pieces[-1])

    return speak


LATE = "did not answer within 0.3 seconds in all: try again, or give a later deadline 0.3 秒内未完成应答"
LONG = f"sent more than {MOST_RECEIVED} bytes: is it a signing service"
HOLDING_OUT = {
    "nothing": (lambda send, end: end.wait(5), LATE),
    "a status of a byte now and then": (slowly(b"HTTP/1.1 200 ", b"O"), LATE),
    "100 Continue again and again": (slowly(CONTINUE), LATE),
    "100 Continue again and again, fast": (fast(CONTINUE * 100), LONG),
    "100 Continue with headers, fast": (fast(CONTINUE[:-2] + b"a: b\r\n" * 50 + b"\r\n"), LONG),
    "a header now and then": (slowly(OK, b"a: b\r\n"), LATE),
    "a header without end": (slowly(OK + b"a: ", b"b"), LATE),
    "headers of 60 KB": (fast(OK, b"a: " + b"b" * 60_000 + b"\r\n"), LONG),
    "a byte of the body now and then": (slowly(OK + b"Content-Length: 60000\r\n\r\n", b"{"), LATE),
    "a body without length, a byte now and then": (slowly(OK + b"\r\n", b" "), LATE),
    "chunks of a byte now and then": (slowly(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"), LATE),
    "a chunk with a name without end": (slowly(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a"), LATE),
    "a body of a gigabyte": (fast(OK + b"Content-Length: 1000000000\r\n\r\n", b" " * 9000), "its answer is longer than 65536 bytes"),
    "a body without length and end": (fast(OK + b"\r\n", b" " * 9000), "its answer is longer than 65536 bytes"),
    "chunks without end": (fast(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 999), LONG),
}  # fmt: skip


@contextmanager
def holding_out(
    context: ssl.SSLContext | None, speak: Callable[[Send, threading.Event], object], *, reads: bool = True
) -> Iterator[str]:
    """A service that takes one connection and speaks; without a context it does not come to TLS."""
    end = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

        def serve() -> None:
            link, _ = listening.accept()
            with suppress(OSError), context.wrap_socket(link, server_side=True) if context else link as spoken:
                if reads:
                    spoken.recv(65536)
                speak(spoken.sendall, end)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"https://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            end.set()
            thread.join()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Hold what is done to a time; a busy machine gets a second more."""
    start = monotonic()
    yield
    assert monotonic() - start < seconds + 1


@pytest.mark.parametrize("what", HOLDING_OUT)
@pytest.mark.long
def test_a_service_that_holds_out_is_given_up_at_the_deadline_or_the_limit_of_size(
    what: str, context: ssl.SSLContext, keys: KeyPair, authority: Authority
) -> None:
    speak, told = HOLDING_OUT[what]
    with holding_out(context, speak) as url, within(0.3):
        reached = RemoteService(url, FORM, ca_file=authority.file, timeout=20, deadline=0.3)
        with RemoteSigner(reached, keys.certificate) as signer, pytest.raises(SigningError, match=re.escape(told)):
            signer.sign(DATA)


def test_a_service_that_never_comes_to_tls_is_given_up_at_the_deadline(keys: KeyPair, authority: Authority) -> None:
    record = slowly(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\0")
    with holding_out(None, record) as url, within(0.3):
        reached = RemoteService(url, FORM, ca_file=authority.file, timeout=20, deadline=0.3)
        with RemoteSigner(reached, keys.certificate) as signer, pytest.raises(SigningError, match=re.escape(LATE)):
            signer.sign(DATA)


def test_a_service_that_does_not_take_the_request_in_is_given_up_at_the_deadline(
    context: ssl.SSLContext, keys: KeyPair, authority: Authority
) -> None:
    with holding_out(context, lambda send, end: end.wait(5), reads=False) as url, within(0.3):
        reached = RemoteService(url, FORM, ca_file=authority.file, timeout=20, deadline=0.3)
        with RemoteSigner(reached, keys.certificate) as signer, pytest.raises(SigningError, match=re.escape(LATE)):
            signer.sign(b"a" * 20_000_000)


@pytest.mark.long
def test_each_signature_has_the_whole_deadline(service: Service, keys: KeyPair, authority: Authority) -> None:
    reached = RemoteService(service.url, FORM, ca_file=authority.file, deadline=0.5)
    signing, pause = signing_with(keys.signer()), threading.Event()
    service.answer = lambda fields: (pause.wait(0.2), signing(fields))[1]
    with RemoteSigner(reached, keys.certificate) as signer:
        for _ in range(4):
            assert signer.sign(DATA)
    assert service.connections == 1


@pytest.mark.parametrize("name", ["timeout", "deadline"])
@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_time_above_zero_is_needed(name: str, seconds: float) -> None:
    with pytest.raises(ValueError, match="must be above zero, in seconds 时限应大于零"):
        RemoteService("https://sign.example.com", FORM, **{name: seconds})  # type: ignore[arg-type]


def test_a_service_that_is_not_there_is_reported(keys: KeyPair, authority: Authority) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        url = f"https://127.0.0.1:{taken.getsockname()[1]}/"
        signer = RemoteSigner(RemoteService(url, FORM, ca_file=authority.file), keys.certificate)
        with signer, pytest.raises(SigningError, match="takes no connection"):
            signer.sign(DATA)


def test_a_service_of_an_unknown_authority_is_not_trusted(service: Service, keys: KeyPair) -> None:
    signer = RemoteSigner(RemoteService(service.url, FORM), keys.certificate)
    with signer, pytest.raises(SigningError, match=r"not trusted .*give the authority's"):
        signer.sign(DATA)
    assert not service.asked


def test_a_service_under_another_name_is_not_trusted(authority: Authority, keys: KeyPair) -> None:
    with (
        running(authority.server(x509.DNSName("sign.example.com"))) as service,
        RemoteSigner(RemoteService(service.url, FORM, ca_file=authority.file), keys.certificate) as signer,
        pytest.raises(SigningError, match=r"not trusted .*name that the certificate states"),
    ):
        signer.sign(DATA)
    assert not service.asked


def test_a_service_without_tls_is_not_asked(authority: Authority, keys: KeyPair) -> None:
    with (
        running(None) as service,
        RemoteSigner(RemoteService(service.url, FORM, ca_file=authority.file), keys.certificate) as signer,
        pytest.raises(SigningError, match="TLS failed"),
    ):
        signer.sign(DATA)
    assert not service.asked


@pytest.mark.parametrize(
    "url",
    [
        "http://sign.example.com/",
        "http://127.0.0.1/",
        "ftp://sign.example.com/",
        "https:///sign",
        "sign.example.com",
        "",
        "https://user:word@sign.example.com/",
        "https://sign.example.com/?token=1",
        "https://sign.example.com/#1",
        "https://sign.example.com:port/",
        "https://[1/",
    ],
)
def test_only_https_without_secrets_in_the_url_is_taken(url: str, keys: KeyPair) -> None:
    with pytest.raises(ValueError, match="must be https:// with host and path only"):
        RemoteSigner(RemoteService(url, FORM), keys.certificate)


def test_a_form_is_filled_before_it_is_used(keys: KeyPair) -> None:
    with pytest.raises(ValueError, match="companyCode and clearanceOrderType of the form are empty"):
        RemoteSigner(RemoteService("https://sign.example.com/", CAINIAO), keys.certificate)
    with pytest.raises(ValueError, match="no fixed field company_code: it has companyCode, clearanceOrderType"):
        CAINIAO.filled(company_code="1105910159")
    with pytest.raises(ValueError, match="it has none"):
        RemoteForm("data", "signature").filled(company="1")


def test_an_authority_that_cannot_be_read_is_named(keys: KeyPair, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    for name in ("none.pem", "absent.pem"):
        with pytest.raises(SigningError, match=f"{name} cannot be read"):
            RemoteSigner(RemoteService("https://sign.example.com/", FORM, ca_file=tmp_path / name), keys.certificate)


def test_the_certificate_has_to_be_one_and_fit_the_algorithm(keys: KeyPair) -> None:
    with pytest.raises(CertificateError):
        RemoteSigner(RemoteService("https://sign.example.com/", FORM), b"none")
    with pytest.raises(SigningError, match="needs an SM2 key"):
        RemoteSigner(RemoteService("https://sign.example.com/", FORM), keys.certificate, algorithm=Algorithm.SM2_SM3)


def test_bytes_that_are_no_text_are_the_callers_fault(remote: RemoteSigner, service: Service) -> None:
    with pytest.raises(ValueError, match="signs text"):
        remote.sign(b"\xff")
    assert not service.asked


@pytest.mark.parametrize("value", [f"{TOKEN}\r\nX: 1", f"{TOKEN}签"])
def test_headers_that_cannot_be_sent_are_reported_without_them(
    service: Service, keys: KeyPair, authority: Authority, value: str
) -> None:
    reached = RemoteService(service.url, FORM, headers={"Authorization": value}, ca_file=authority.file)
    with RemoteSigner(reached, keys.certificate) as signer:
        with pytest.raises(SigningError, match="headers given cannot be sent") as raised:
            signer.sign(DATA)
        assert TOKEN not in "".join(traceback.format_exception(raised.value))


def test_tokens_and_services_cost_nothing_until_they_are_used() -> None:
    rooms = "customs.signing.keys.pkcs11, customs.signing.keys.remote, customs.signing.keys.pool"
    program = f"import sys, {rooms}; print({{'pkcs11', 'urllib3'}} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "set()"


def test_without_urllib3_it_is_said_what_to_install(keys: KeyPair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "urllib3", None)
    with pytest.raises(SigningError, match=r'pip install "cbec-customs\[remote\]"'):
        RemoteSigner(RemoteService("https://sign.example.com/", FORM), keys.certificate)


@pytest.mark.long
def test_neither_token_nor_data_nor_holder_is_shown(
    remote: RemoteSigner, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "urllib3.connectionpool"):  # others may have silenced them
        caplog.set_level(logging.DEBUG, name)
    shown = [repr(remote), str(remote), repr(FORM)]
    echo = signing_with(issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer(), keyName=TOKEN)
    for answer in [*(answer for answer, _ in WRONG.values()), echo]:
        service.answer = answer
        try:
            remote.sign(DATA)
        except SigningError as error:
            shown += [str(error), repr(error), traceback.format_exc()]
    assert len(shown) == 3 + 3 * (len(WRONG) + 1)
    assert "POST /customs/sign" in caplog.text, "so that logs are looked at"
    everything = "\n".join([*shown, caplog.text])
    for secret in (TOKEN, DATA.decode(), "待签名", DECLARANT[0], DECLARANT[1]):
        assert secret not in everything


def test_the_signature_is_the_services_own(remote: RemoteSigner, service: Service, keys: KeyPair) -> None:
    answers: list[bytes] = []
    honest = signing_with(keys.signer())

    def kept(fields: dict[str, Any]) -> tuple[int, bytes] | None:
        answer = honest(fields)
        assert answer
        answers.append(answer[1])
        return answer

    service.answer = kept
    made = remote.sign(DATA)
    assert b64decode(json.loads(answers[0])["signatureValue"]) == made.value
