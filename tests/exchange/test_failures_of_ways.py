"""Failures that were seen in clients of customs, by their number in the facts on the exchange (section 6), as far as a way
over a network can make them. Each is tried with every way that could: HTTPS, SOAP, Shandong's zips, FTP; RabbitMQ stands in
``test_amqp``. Not a way's: 1, 3 to 7, 9 to 14, 24 to 26 and 28, which the outbox, the inbox, folders, receivers and signers
guard; 22, a local time with Z, which the envelope reports.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from customs.areas import read_answers
from customs.exchange import Delivery, ExchangeWay, Item
from customs.exchange.ways import (
    DIALECTS,
    SOAP_DIALECTS,
    FtpSettings,
    FtpWay,
    HttpsSettings,
    HttpsWay,
    ShandongSettings,
    ShandongWay,
    SoapSettings,
    SoapWay,
)
from customs.exchange.ways.shandong import zipped
from support import MORNING, exactly, some
from support.ftp_server import PASSWORD, USER, FtpServer, ftp_serving
from support.gateway_server import Answered, GatewayServer, serving
from support.simulated_gateways import Desk, guangzhou, hainan, ningbo, private_and_public, shandong, zhejiang

WORD = "a-word-of-nobody"
KEY = rsa.generate_private_key(65537, 2048)
GB2312 = '<?xml version="1.0" encoding="gb2312"?><CEB312Message xmlns="http://www.chinaport.gov.cn/ceb" guid="A" version="1.0">'


@dataclass
class Line:
    """A way, what the other side has of it, and how receipts are put there."""

    way: ExchangeWay
    taken: Callable[[], list[bytes]]
    put: Callable[[str, bytes], None]
    waiting: Callable[[], int]


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[dict[str, Line]]:
    """Each way with a platform of its own behind a real socket."""
    key = tmp_path / "key.pem"
    key.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    for name in ("cebin", "cebout"):
        (tmp_path / name).mkdir()
    with ExitStack() as stack:
        servers = [stack.enter_context(serving()) for _ in range(3)]
        files = stack.enter_context(ftp_serving(tmp_path))
        found = {
            "https": https_line(servers[0]),
            "soap": soap_line(servers[1]),
            "shandong": shandong_line(servers[2], key),
            "ftp": ftp_line(files, tmp_path),
        }
        yield found
        for each in found.values():
            each.way.close()


def https_line(server: GatewayServer) -> Line:
    desk = Desk(secrets={"key": WORD})
    server.answer = lambda asked: guangzhou(asked, desk)
    credentials = {"clientid": "TEST", "key": WORD}
    way = HttpsWay(
        HttpsSettings(dialect="shenzhen", address=server.address, plain=True, credentials=credentials),
        clock=lambda: MORNING,
    )
    return Line(way, lambda: desk.taken, desk.waiting.__setitem__, lambda: len(desk.waiting))


def soap_line(server: GatewayServer) -> Line:
    desk = Desk()
    server.answer = lambda asked: zhejiang(asked, desk)
    way = SoapWay(SoapSettings(dialect="zhejiang_ceb", address=server.address, plain=True))
    return Line(way, lambda: desk.taken, lambda name, content: None, lambda: 0)


def shandong_line(server: GatewayServer, key: Path) -> Line:
    desk = Desk(secrets={"password": WORD} | private_and_public(KEY))
    server.answer = lambda asked: shandong(asked, desk)
    credentials = {"name": "TEST", "password": WORD}
    way = ShandongWay(ShandongSettings(address=server.address, credentials=credentials, key_file=key, plain=True))

    def put(name: str, content: bytes) -> None:
        desk.waiting[name] = zipped(name, content)

    return Line(way, lambda: desk.taken, put, lambda: len(desk.waiting))


def ftp_line(server: FtpServer, folder: Path) -> Line:
    credentials = {"user": USER, "password": PASSWORD}
    way = FtpWay(
        FtpSettings(host="127.0.0.1", port=server.port, credentials=credentials, layout="guangzhou", plain=True)
    )

    def taken() -> list[bytes]:
        return [path.read_bytes() for path in sorted((folder / "cebin").iterdir())]

    def put(name: str, content: bytes) -> None:
        (folder / "cebout" / name).write_bytes(content)

    return Line(way, taken, put, lambda: len(list((folder / "cebout").iterdir())))


def message(content: bytes, number: int = 1) -> Delivery:
    return Delivery(id=f"M{number}", name="CEB311", file_name=f"CEB311_M{number}.xml", content=content)


RECEIVING = ("https", "shandong", "ftp")


def test_02_an_answer_that_is_empty_or_unreadable_is_an_outcome_and_blocks_nothing() -> None:
    with serving() as server:
        line = https_line(server)
        good = server.answer
        for content in (b"", b"\xff\xfe", b"<html/>"):
            server.answer = lambda asked, content=content: Answered(content)  # type: ignore[misc]
            assert line.way.hand_over(message(b"<a/>")).outcome == "unknown"
        server.answer = good
        assert line.way.hand_over(message(b"<b/>", 2)).outcome == "sent"


def test_08_nothing_is_confirmed_before_it_is_stored(lines: dict[str, Line]) -> None:
    for name in exactly(3, RECEIVING):
        line = lines[name]
        line.put("a.xml", b"<a/>")
        found = [item for _ in range(3) for item in line.way.fetch() if isinstance(item, Item)]
        assert [item.content for item in found] == [b"<a/>"] * 3, name
        assert line.waiting() == 1
        line.way.confirm(found[-1])
        assert (list(line.way.fetch()), line.waiting()) == ([], 0), name


def test_15_each_message_leaves_under_a_name_and_number_of_its_own(lines: dict[str, Line]) -> None:
    for name, line in some(lines.items()):
        for number in (1, 2):
            assert line.way.hand_over(message(f"<a>{number}</a>".encode(), number)).outcome == "sent"
        assert line.taken() == [b"<a>1</a>", b"<a>2</a>"], name


def test_16_a_name_that_is_too_long_is_refused_and_loses_nothing(lines: dict[str, Line]) -> None:
    long = replace(message(b"<a/>"), file_name="x" * 300 + ".xml")
    assert lines["ftp"].way.hand_over(long).outcome == "not sent"
    assert lines["ftp"].taken() == []


def test_17_18_19_21_what_was_signed_arrives_to_the_byte_with_rare_characters_marks_blanks_and_line_ends(
    lines: dict[str, Line],
) -> None:
    signed = [
        "\ufeff<a>\r\n\t<b> x </b>\n\n</a>\r\n",
        "<a>\U00020bb7野家 㐂 ﹏ é ¥ \u3000</a>",
        "<a>%20+&amp;&lt;=;?#</a>\r",
        "<a b=\"1\"\n   c='2'></a><!-- \u200b -->",
    ]
    for name, line in some(lines.items()):
        for number, text in enumerate(signed):
            assert line.way.hand_over(message(text.encode(), number)).outcome == "sent", name
        assert line.taken() == [text.encode() for text in signed], name


def test_19_a_message_that_is_not_utf_8_is_not_converted(lines: dict[str, Line]) -> None:
    content = '<?xml version="1.0" encoding="GBK"?><a>示例</a>'.encode("gbk")
    outcomes = {name: line.way.hand_over(message(content)).outcome for name, line in lines.items()}
    assert outcomes == {"https": "not sent", "soap": "not sent", "shandong": "sent", "ftp": "sent"}
    assert [lines[name].taken() for name in ("https", "soap", "shandong", "ftp")] == [[], [], [content], [content]]


def test_20_a_receipt_whose_prolog_says_gb2312_is_read_by_its_prolog(lines: dict[str, Line]) -> None:
    inside = (
        "<OrderReturn><guid>4CDE1CFD-EDED-46B1-946C-B8022E42FC94</guid><ebpCode>1105910159</ebpCode>"
        "<ebcCode>1105910159</ebcCode><orderNo>A1</orderNo><returnStatus>2</returnStatus>"
        "<returnTime>20261111080000000</returnTime><returnInfo>新增申报成功</returnInfo></OrderReturn></CEB312Message>"
    )
    for name in exactly(3, RECEIVING):
        # JSON carries text in UTF-8, whatever the prolog in it says
        lines[name].put("a.xml", (GB2312 + inside).encode("utf-8" if name == "https" else "gb2312"))
        (item,) = lines[name].way.fetch()
        assert isinstance(item, Item)
        assert item.content == (GB2312 + inside).encode("gb2312"), name
        (answer,) = read_answers(item.content)
        assert (answer.code, answer.texts) == ("2", ("新增申报成功",)), name


def test_23_a_time_is_that_of_the_clock_given_within_what_the_platform_allows() -> None:
    with serving() as server:
        desk = Desk(secrets={"password": WORD})
        server.answer = lambda asked: ningbo(asked, desk)
        credentials = {"userid": "TEST", "password": WORD, "customs": "3105"}
        told = HttpsSettings(dialect="ningbo", address=server.address, plain=True, credentials=credentials)
        form = {"userid": "TEST", "timestamp": "2020-01-01 00:00:00", "sign": "old", "msgtype": "cnec_jh_order"}
        old = replace(message(b"<a/>"), form={**form, "customs": "3105", "xmlstr": "<M><OrderNo>A</OrderNo></M>"})
        assert HttpsWay(told, clock=lambda: MORNING).hand_over(old).outcome == "sent"
        assert server.asked[-1].form["timestamp"] == "2026-11-11 08:00:00"
        server.answer = lambda asked: hainan(asked, desk)
        island = HttpsSettings(dialect="hainan", address=server.address, plain=True, credentials={"dxpid": "D"})
        way = HttpsWay(island, clock=lambda: MORNING, since=lambda: datetime(2030, 1, 1))
        assert list(way.fetch()) == []
        assert all(each.query["qryid"] < "20261111080000" for each in exactly(2, server.asked[-2:]))


def test_29_maintenance_holds_what_follows_and_uses_up_nothing(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with serving() as server:
        line = shandong_line(server, key)
        desk = Desk(judge=lambda content: "9999", secrets={"password": WORD} | private_and_public(KEY))
        server.answer = lambda asked: shandong(asked, desk)
        handed = line.way.hand_over(message(b"<a/>"))
        assert (handed.outcome, handed.again) == ("not sent", "after the outage")


def test_30_a_refusal_is_repeated_only_where_its_code_is_known_to_pass() -> None:
    forms = {name: each.answer for name, each in DIALECTS.items()} | {n: d.answer for n, d in SOAP_DIALECTS.items()}
    later = {(name, code) for name, form in forms.items() for code, told in form.codes.items() if told.again == "later"}
    assert later == {("guangzhou", "0.7"), ("shenzhen", "-")}


def test_31_a_repetition_has_the_same_bytes(lines: dict[str, Line]) -> None:
    for name, line in some((name, line) for name, line in lines.items() if name != "ftp"):
        for _ in range(2):
            assert line.way.hand_over(message(b"<a/>")).outcome == "sent"
        assert line.taken() == [b"<a/>", b"<a/>"], name


def test_31_a_repetition_by_file_is_the_file_that_lies_there(lines: dict[str, Line]) -> None:
    outcomes: list[Any] = [lines["ftp"].way.hand_over(message(b"<a/>")).outcome for _ in range(2)]
    assert outcomes == ["sent", "sent"]
    assert lines["ftp"].taken() == [b"<a/>"]
