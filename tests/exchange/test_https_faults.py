"""Whatever may go wrong between an enterprise and an HTTPS gateway: each outcome exactly as certain as it is."""

import ipaddress
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from cryptography import x509

from customs.exchange import Delivery, HandedOver, WayError
from customs.exchange.contract import MOST_BYTES
from customs.exchange.ways import CallLimits, HttpsSettings, HttpsWay
from support import exactly
from support.authority import Authority
from support.gateway_server import (
    Answered,
    Fault,
    GatewayServer,
    answers_half,
    answers_without_end,
    drips,
    heads_without_end,
    loses_the_answer,
    never_answers,
    refused_port,
    serving,
    speaks_no_http,
)

KEY = "a-key-of-nobody"
TAKEN = b'{"result": true, "description": "", "errorCode": ""}'
MESSAGE = Delivery(id="M1", name="CEB311", file_name="CEB311_M1.xml", content=b"<ceb:CEB311Message/>")
QUICK = CallLimits(part=0.3, deadline=0.6, most_bytes=200_000)
HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    return authority.server(HERE)


@pytest.fixture
def server(context: ssl.SSLContext) -> Iterator[GatewayServer]:
    """A gateway with TLS that has taken what it was sent."""
    with serving(context) as server:
        server.answer = lambda asked: Answered(TAKEN)
        yield server


def way_to(server: GatewayServer, authority: Authority, **more: Any) -> HttpsWay:
    return HttpsWay(settings_for(server.address, authority.file, **more))


def settings_for(address: str, ca_file: Path | None, **more: Any) -> HttpsSettings:
    told = {"dialect": "guangzhou", "address": address, "credentials": {"clientid": "TEST", "key": KEY}, **more}
    return HttpsSettings(ca_file=ca_file, limits=told.pop("limits", QUICK), **told)


def certain(handed: HandedOver) -> tuple[str, str]:
    assert KEY not in repr(handed)
    assert KEY not in handed.said
    return handed.outcome, handed.again


def test_the_gateways_own_word_over_tls_is_the_commit_point(server: GatewayServer, authority: Authority) -> None:
    handed = way_to(server, authority).hand_over(MESSAGE)
    assert certain(handed) == ("sent", "later")
    assert handed.answer == TAKEN


FAULTS: dict[str, Fault | Answered] = {
    "the answer is lost after acceptance": loses_the_answer,
    "the answer is cut": answers_half(TAKEN),
    "no answer comes": never_answers,
    "the answer never ends": answers_without_end,
    "the headers never end": heads_without_end,
    "the answer drips": drips,
    "the answer is not HTTP": speaks_no_http,
    "the answer is empty": Answered(b""),
    "the answer is blank": Answered(b" \r\n"),
    "the answer is garbage": Answered(b"\xff\x00\x80 garbage"),
    "the answer is a page": Answered(b"<html><body>welcome</body></html>"),
    "the answer is JSON of something else": Answered(b'{"hello": "world"}'),
    "the answer is a list": Answered(b"[1]"),
    "the answer is half of its JSON": Answered(b'{"result": tr'),
    "the answer is deep": Answered(b"[" * 100_000),
    "the gateway failed": Answered(b"oops", 500),
    "a proxy found no gateway": Answered(b"", 502),
    "a proxy waited too long": Answered(b"", 504),
    "it says that it has accepted, without its word": Answered(b"", 202),
    "after the post it leads to a page": Answered(b"", 303, {"Location": "/done"}),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.long
def test_from_the_first_byte_sent_until_its_word_was_read_the_outcome_is_unknown(
    fault: Fault | Answered, server: GatewayServer, authority: Authority
) -> None:
    server.answer = lambda asked: fault
    start = monotonic()
    handed = way_to(server, authority).hand_over(MESSAGE)
    assert certain(handed)[0] == "unknown"
    assert monotonic() - start < 5, "bounded by the deadline"
    assert len(server.asked) == 1, "a way never repeats by itself"
    assert len(handed.answer) <= QUICK.most_bytes


@pytest.mark.parametrize(
    ("status", "again"),
    [(400, "never"), (413, "never"), (401, "after the outage"), (403, "after the outage"), (404, "after the outage"), (429, "later")],
)  # fmt: skip
def test_a_status_that_refuses_the_request_unread_is_certain(
    status: int, again: str, server: GatewayServer, authority: Authority
) -> None:
    server.answer = lambda asked: Answered(b"no", status)
    assert certain(way_to(server, authority).hand_over(MESSAGE)) == ("not sent", again)


@pytest.mark.parametrize(
    ("content", "certain_of"),
    [
        (b'{"result": false, "errorCode": "0.7"}', ("not sent", "later")),
        (b'{"result": false, "errorCode": "0.5"}', ("not sent", "never")),
        (b'{"result": false, "errorCode": "77"}', ("unknown", "later")),
        (b'{"result": true}', ("unknown", "later")),
    ],
)
def test_a_failed_answer_is_certain_only_where_the_gateway_itself_refuses_with_a_known_code(
    content: bytes, certain_of: tuple[str, str], server: GatewayServer, authority: Authority
) -> None:
    server.answer = lambda asked: Answered(content, 503)
    assert certain(way_to(server, authority).hand_over(MESSAGE)) == certain_of


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_message_is_never_taken_to_where_a_redirect_leads(
    status: int, server: GatewayServer, authority: Authority, context: ssl.SSLContext
) -> None:
    with serving(context) as other:
        other.answer = lambda asked: Answered(TAKEN)
        server.answer = lambda asked: Answered(b"", status, {"Location": f"{other.address}/x"})
        assert certain(way_to(server, authority).hand_over(MESSAGE)) == ("not sent", "after the outage")
        assert other.asked == []


def test_a_redirect_on_the_same_host_is_refused_for_a_post_and_followed_for_a_get(
    server: GatewayServer, authority: Authority
) -> None:
    def answer(asked: Any) -> Answered:
        return (
            Answered(b"[]") if asked.path.startswith("/new") else Answered(b"", 302, {"Location": f"/new{asked.path}"})
        )

    server.answer = answer
    way = way_to(server, authority, dialect="hainan", credentials={"dxpid": "DXPENT0000000001"})
    assert list(way.fetch()) == []
    assert [each.path for each in server.asked] == ["/ceb312msg", "/new/ceb312msg", "/ceb622msg", "/new/ceb622msg"]
    assert certain(way_to(server, authority).hand_over(MESSAGE))[0] == "unknown"
    assert len(exactly(5, server.asked)) == 5


@pytest.mark.parametrize("elsewhere", ["https://127.0.0.2:1/x", "http://127.0.0.1:1/x", "//example.invalid/x"])
def test_a_query_is_not_redirected_to_another_host_or_without_tls(
    elsewhere: str, server: GatewayServer, authority: Authority
) -> None:
    server.answer = lambda asked: Answered(b"", 302, {"Location": elsewhere})
    way = way_to(server, authority, dialect="hainan", credentials={"dxpid": "DXPENT0000000001"})
    with pytest.raises(WayError, match="HTTP 302"):
        list(way.fetch())


def test_redirects_in_a_circle_end(server: GatewayServer, authority: Authority) -> None:
    server.answer = lambda asked: Answered(b"", 302, {"Location": "/again"})
    way = way_to(server, authority, dialect="hainan", credentials={"dxpid": "DXPENT0000000001"})
    with pytest.raises(WayError, match="redirects without end"):
        list(way.fetch())
    assert len(server.asked) == 4


def test_a_refused_connection_and_an_unknown_name_have_sent_nothing(authority: Authority) -> None:
    for address in (f"https://127.0.0.1:{refused_port()}", "https://gateway.invalid"):
        handed = HttpsWay(settings_for(address, authority.file)).hand_over(MESSAGE)
        assert certain(handed) == ("not sent", "later")


def test_a_certificate_of_another_authority_gets_no_byte(server: GatewayServer, tmp_path: Path) -> None:
    handed = way_to(server, Authority(tmp_path)).hand_over(MESSAGE)
    assert certain(handed) == ("not sent", "after the outage")
    assert "ca_file" in handed.said
    assert HttpsWay(settings_for(server.address, None)).hand_over(MESSAGE).outcome == "not sent"
    assert server.asked == []


def test_a_certificate_of_another_name_gets_no_byte(authority: Authority) -> None:
    with serving(authority.server(x509.DNSName("other.example.com"))) as server:
        assert certain(way_to(server, authority).hand_over(MESSAGE)) == ("not sent", "after the outage")
        assert server.asked == []


def test_a_gateway_without_tls_or_with_an_old_one_gets_no_byte(authority: Authority) -> None:
    old = authority.server(HERE)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving(old) as server:
        assert certain(way_to(server, authority).hand_over(MESSAGE)) == ("not sent", "after the outage")
    with serving() as plain:
        address = plain.address.replace("http://", "https://")
        handed = HttpsWay(settings_for(address, authority.file)).hand_over(MESSAGE)
        assert certain(handed)[0] == "not sent"
        assert plain.asked == []


def test_an_answer_as_long_as_allowed_is_read_and_one_byte_more_is_not(
    server: GatewayServer, authority: Authority
) -> None:
    way = way_to(server, authority, limits=replace(QUICK, most_bytes=len(TAKEN)))
    assert certain(way.hand_over(MESSAGE))[0] == "sent"
    server.answer = lambda asked: Answered(TAKEN + b" ")
    assert certain(way.hand_over(MESSAGE))[0] == "unknown"


@pytest.mark.parametrize(
    "fault", [each for name, each in FAULTS.items() if name != "it says that it has accepted, without its word"]
)
@pytest.mark.long
def test_receipts_that_cannot_be_fetched_are_an_error_that_says_what_to_do(
    fault: Fault | Answered, server: GatewayServer, authority: Authority
) -> None:
    server.answer = lambda asked: fault
    with pytest.raises(WayError) as raised:
        list(way_to(server, authority).fetch())
    assert KEY not in str(raised.value)
    assert any("一" <= letter <= "鿿" for letter in str(raised.value))


@pytest.mark.parametrize(
    ("receipt", "name"),
    [
        ('{"messageText": "<a/>"}', "receiptList"),
        ('{"receiptId": "1"}', "1"),
        ('{"receiptId": true, "messageText": "<a/>"}', "receiptList"),
        ('{"receiptId": "\\ud800", "messageText": "<a/>"}', "receiptList"),
        ('{"receiptId": "1", "messageText": "bm8=", "messageZiped": true}', "1.xml"),
        ('"text"', "receiptList"),
    ],
)
def test_a_receipt_that_cannot_be_taken_is_set_aside_and_the_rest_comes(
    receipt: str, name: str, server: GatewayServer, authority: Authority
) -> None:
    good = '{"receiptId": 2, "messageText": "<b/>"}'
    server.answer = lambda asked: Answered(f'{{"result": true, "receiptList": [{receipt}, {good}]}}'.encode())
    aside, taken = way_to(server, authority).fetch()
    assert (aside.name, taken.name) == (name, "2.xml")


def test_packed_receipts_are_unpacked_within_the_limit(server: GatewayServer, authority: Authority) -> None:
    import gzip
    import json
    import zipfile
    from base64 import b64encode
    from io import BytesIO

    zipped = BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b"<zipped/>")
    bomb = gzip.compress(b" " * (QUICK.most_bytes + 1))
    receipts = [
        {"receiptId": at, "messageText": b64encode(packed).decode(), "messageZiped": True}
        for at, packed in enumerate((gzip.compress(b"<packed/>"), zipped.getvalue(), bomb))
    ]
    server.answer = lambda asked: Answered(json.dumps({"result": True, "receiptList": receipts}).encode())
    packed, from_zip, aside = way_to(server, authority).fetch()
    assert [getattr(each, "content", None) for each in (packed, from_zip, aside)] == [b"<packed/>", b"<zipped/>", None]


def test_a_confirmation_that_failed_is_an_error_and_the_receipt_comes_again(
    server: GatewayServer, authority: Authority
) -> None:
    server.answer = lambda asked: Answered(b'{"result": true, "receiptList": [{"receiptId": "1", "messageText": "x"}]}')
    way = way_to(server, authority)
    (item,) = way.fetch()
    for fault in (loses_the_answer, Answered(b'{"result": false}'), Answered(b"")):
        server.answer = lambda asked, fault=fault: fault  # type: ignore[misc]
        with pytest.raises(WayError):
            way.confirm(item)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"dialect": "atlantis"}, "dialect"),
        ({"credentials": {}}, "clientid, key"),
        ({"look_back": -1.0}, "look_back"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        settings_for("https://gateway.example.com", None, **settings)


@pytest.mark.parametrize(
    "limits", [{"part": 0.0}, {"deadline": -1.0}, {"most_bytes": 0}, {"most_bytes": MOST_BYTES + 1}]
)
def test_limits_are_above_zero_and_never_above_those_of_the_exchange(limits: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="limits"):
        CallLimits(**limits)


@pytest.mark.parametrize(
    "address",
    ["http://a.example.com", "https://user:word@a.example.com", "https://a.example.com/?key=1", "ftp://a", "https://["],
)
def test_an_address_without_tls_or_with_a_secret_in_it_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="https://") as raised:
        HttpsWay(settings_for(address, None))
    assert "word" not in str(raised.value)


def test_secrets_are_in_no_repr(server: GatewayServer, authority: Authority) -> None:
    settings = settings_for(server.address, authority.file)
    assert KEY not in f"{settings!r} {HttpsWay(settings)!r}"
