"""SOAP services over a real socket: Zhejiang, Jiangxi, the airport zone of Zhengzhou, and Shandong's zips."""

import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import customs
from customs import areas
from customs.areas import read_answers
from customs.areas.keys import Key
from customs.exchange import Delivery, Item, SetAside, WayError
from customs.exchange.ways import CallLimits, ShandongSettings, ShandongWay, SoapSettings, SoapWay
from customs.testing import sample_parcels
from customs.testing.areas import parcel_for, sample_area
from support import some
from support.gateway_server import (
    Answered,
    Asked,
    Fault,
    GatewayServer,
    answers_half,
    loses_the_answer,
    never_answers,
    refused_port,
    serving,
)
from support.simulated_gateways import Desk, Door, private_and_public, shandong, zhejiang, zhengzhou_airport

Walk = Callable[..., customs.Prepared]

KEY = rsa.generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
AES_KEY, WORD = "fictitious key 1", "a-word-of-nobody"
QUICK = CallLimits(part=0.3, deadline=0.6, most_bytes=200_000)
UNIFIED = Delivery(
    id="M1", name="CEB311", file_name="CEB311_M1.xml", content="<DxpMsg>\r\n 示例 &amp; ]]&gt;\r</DxpMsg>".encode()
)

#: Each area with a service: its dialect, and its gateway.
SERVICES: dict[str, tuple[str, Door]] = {
    "zhejiang_jkf": ("zhejiang", zhejiang),
    "jiangxi_jkf": ("jiangxi", zhejiang),
    "zhengzhou_airport_cbec": ("zhengzhou_airport", zhengzhou_airport),
}


@pytest.fixture
def server() -> Iterator[GatewayServer]:
    with serving() as server:
        yield server


def way_to(server: GatewayServer, dialect: str) -> SoapWay:
    more = {"namespace": "urn:wbs", "operation": "push"} if dialect == "zhengzhou_airport" else {}
    return SoapWay(SoapSettings(dialect=dialect, address=server.address, plain=True, limits=QUICK, **more))


def desk_of() -> Desk:
    return Desk(secrets={"aes_key": AES_KEY, "password": WORD} | private_and_public(KEY))


def open_door(server: GatewayServer, door: Door, desk: Desk) -> None:
    server.answer = lambda asked: door(asked, desk)


def messages(walk: Walk, name: str) -> list[Delivery]:
    profile = areas.find(name)
    kinds: dict[str, Key] = {"aes_key": AES_KEY, "rsa_key": PRIVATE}
    whole = sample_area(profile)
    area = areas.configure(
        profile,
        parameters=whole.parameters,
        companies=whole.companies,
        secrets={each: kinds.get(each, WORD) for each in profile.secrets},
        serials=areas.counting(),
    )
    (parcel,) = sample_parcels(1, seed=7, mode="1210")
    prepared = walk(parcel_for(parcel, profile), area=area)
    return [
        Delivery(id=each.id, name=each.name, file_name=each.file_name, content=each.content, form=each.form)
        for each in some(prepared.messages)
    ]


#: Areas whose calls are known and that no way of the library makes yet: their messages are written to files.
WITHOUT_A_WAY = {"bc_cbe103", "nanjing_njkj", "qingdao_ent", "shandong_sdeport"}


def test_every_area_with_a_service_is_tried_here() -> None:
    found = {name for name in areas.names() if (gateway := areas.find(name).gateway) and gateway.transport == "soap"}
    assert set(SERVICES) == found - WITHOUT_A_WAY
    assert found >= WITHOUT_A_WAY


@pytest.mark.parametrize("name", SERVICES)
def test_a_parcel_of_each_area_is_taken_and_the_escaped_answer_is_a_receipt(
    name: str, server: GatewayServer, walk: Walk
) -> None:
    dialect, door = SERVICES[name]
    desk = desk_of()
    open_door(server, door, desk)
    sent = messages(walk, name)
    handed = [way_to(server, dialect).hand_over(each) for each in sent]
    assert [each.outcome for each in handed] == ["sent"] * len(sent)
    assert desk.taken == [each.content for each in sent]
    (answer,) = read_answers(handed[0].items[0].content, name)
    assert answer.code in ("1", "SUCCESS")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_that_refuses_says_its_number_and_no_text_of_it_is_shown(
    name: str, server: GatewayServer, walk: Walk
) -> None:
    dialect, door = SERVICES[name]
    desk = desk_of()
    desk.judge = lambda content: "22001:张三"
    open_door(server, door, desk)
    handed = way_to(server, dialect).hand_over(messages(walk, name)[0])
    assert (handed.outcome, handed.again) == ("not sent", "never")
    assert "张三" not in repr(handed)
    (answer,) = read_answers(handed.items[0].content, name)
    assert answer.texts
    if dialect != "zhengzhou_airport":
        assert "22001" in handed.said


def test_a_unified_message_arrives_as_its_signed_bytes_line_ends_and_all(server: GatewayServer) -> None:
    desk = desk_of()
    open_door(server, zhejiang, desk)
    assert way_to(server, "zhejiang_ceb").hand_over(UNIFIED).outcome == "sent"
    assert desk.taken == [UNIFIED.content]
    assert server.asked[0].path == "/newyorkWS/ws/ReceiveCebDeclare"


def test_a_message_that_is_no_text_or_has_no_form_does_not_leave(server: GatewayServer) -> None:
    for dialect, content in (("zhejiang_ceb", b"\xff"), ("zhejiang_ceb", b"\x00"), ("zhejiang", b"<a/>")):
        handed = way_to(server, dialect).hand_over(Delivery(id="1", name="A", file_name="a", content=content))
        assert (handed.outcome, handed.again, server.asked) == ("not sent", "never", [])


def soap(inside: str, status: int = 200) -> Answered:
    body = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{inside}</s:Body></s:Envelope>'
    return Answered(body.encode(), status)


def test_two_words_accept_where_they_are_the_whole_answer(server: GatewayServer) -> None:
    way = way_to(server, "zhejiang_ceb")
    server.answer = lambda asked: soap("<r><return>处理成功</return></r>")
    assert way.hand_over(UNIFIED).outcome == "sent"
    server.answer = lambda asked: soap("<r><return>未处理成功，请重试</return></r>")
    assert way.hand_over(UNIFIED).outcome == "unknown"


FAULTS: dict[str, Fault | Answered] = {
    "the answer is lost": loses_the_answer,
    "no answer comes": never_answers,
    "the answer is cut": answers_half(soap("<r><return>处理成功</return></r>").content),
    "the answer is empty": Answered(b""),
    "the envelope is empty": soap(""),
    "the answer is no envelope": Answered(b"<r><return>1</return></r>"),
    "the marker stands in what cannot be read": soap("<r><return>&lt;mo&gt;chkMark 1 处理成功</return></r>"),
    "a fault of the service": soap("<s:Fault><faultcode>s:Server</faultcode></s:Fault>", 500),
    "the gateway failed": Answered(b"oops", 500),
    "it names an entity of another file": Answered(
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + soap("<r><return>&x;</return></r>").content
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.long
def test_whatever_is_no_word_of_the_service_leaves_the_outcome_open(
    fault: Fault | Answered, server: GatewayServer
) -> None:
    server.answer = lambda asked: fault
    handed = way_to(server, "zhejiang_ceb").hand_over(UNIFIED)
    assert handed.outcome == "unknown"
    assert len(server.asked) == 1


def test_a_fault_that_blames_the_caller_refuses_for_good(server: GatewayServer) -> None:
    server.answer = lambda asked: soap("<s:Fault><faultcode>s:Client.x</faultcode></s:Fault>", 500)
    handed = way_to(server, "zhejiang_ceb").hand_over(UNIFIED)
    assert (handed.outcome, handed.again) == ("not sent", "never")


@pytest.mark.parametrize(
    ("told", "said"),
    [({"dialect": "atlantis"}, "atlantis"), ({"dialect": "zhengzhou_airport"}, "namespace and operation")],
)
def test_settings_that_cannot_work_are_refused_by_name(told: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        SoapSettings(address="https://a.example.com", **told)


# Shandong


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key.pem"
    file.write_bytes(PRIVATE)
    return file


def shandong_way(server: GatewayServer, key_file: Path, password: str = WORD) -> ShandongWay:
    credentials = {"name": "TEST", "password": password}
    return ShandongWay(
        ShandongSettings(address=server.address, credentials=credentials, key_file=key_file, plain=True, limits=QUICK)
    )


def zip_of(**files: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"below/{name}.xml", content)
    return packed.getvalue()


def test_a_message_is_uploaded_in_a_signed_zip_under_the_name_that_answers_repeat(
    server: GatewayServer, key_file: Path
) -> None:
    desk = desk_of()
    open_door(server, shandong, desk)
    way = shandong_way(server, key_file)
    assert way.hand_over(UNIFIED).outcome == "sent"
    assert way.hand_over(UNIFIED).outcome == "sent"
    assert desk.taken == [UNIFIED.content, UNIFIED.content]
    assert server.asked[0].body == server.asked[1].body, "a repetition has the same bytes"
    assert b"<fileFullName>CEB311_M1.zip<" in server.asked[0].body
    assert WORD.encode() not in server.asked[0].body


@pytest.mark.parametrize(
    ("code", "again"),
    [("9999", "after the outage"), ("0002", "never"), ("7777", "never"), ("0001", "after the outage")],
)
@pytest.mark.long
def test_maintenance_holds_everything_and_other_refusals_are_for_good(
    code: str, again: str, server: GatewayServer, key_file: Path
) -> None:
    desk = desk_of()
    desk.judge = lambda content: code + ":张三"
    open_door(server, shandong, desk)
    handed = shandong_way(server, key_file).hand_over(UNIFIED)
    assert (handed.outcome, handed.again) == ("not sent", again)
    assert "张三" not in repr(handed)


@pytest.mark.parametrize("fault", list(FAULTS.values()), ids=FAULTS.keys())
@pytest.mark.long
def test_an_upload_without_a_code_is_unknown_and_a_list_without_one_an_error(
    fault: Fault | Answered, server: GatewayServer, key_file: Path
) -> None:
    server.answer = lambda asked: fault
    way = shandong_way(server, key_file)
    assert way.hand_over(UNIFIED).outcome == "unknown"
    with pytest.raises(WayError):
        list(way.fetch())


def test_no_connection_has_sent_nothing(key_file: Path) -> None:
    settings = ShandongSettings(
        address=f"http://127.0.0.1:{refused_port()}",
        credentials={"name": "TEST", "password": WORD},
        key_file=key_file,
        plain=True,
    )
    assert ShandongWay(settings).hand_over(UNIFIED).outcome == "not sent"


def test_a_zip_is_confirmed_once_its_last_receipt_is_stored(server: GatewayServer, key_file: Path) -> None:
    desk = desk_of()
    desk.waiting = {"T1": zip_of(a=b"<a/>", b=b"<b/>"), "T2": zip_of(c=b"<c/>")}
    open_door(server, shandong, desk)
    way = shandong_way(server, key_file)
    items = [each for each in way.fetch() if isinstance(each, Item)]
    assert [(each.name, each.content) for each in items] == [
        ("T1-a.xml", b"<a/>"),
        ("T1-b.xml", b"<b/>"),
        ("T2-c.xml", b"<c/>"),
    ]
    way.confirm(items[0])
    assert list(desk.waiting) == ["T1", "T2"]
    way.confirm(items[0])
    assert list(desk.waiting) == ["T1", "T2"]
    way.confirm(items[1])
    assert list(desk.waiting) == ["T2"]
    assert [each.name for each in shandong_way(server, key_file).fetch()] == ["T2-c.xml"]
    way.confirm(items[2])
    assert desk.waiting == {}
    with pytest.raises(WayError):
        way.confirm(items[2])


def test_a_zip_that_cannot_be_unpacked_or_is_too_large_is_set_aside_and_the_rest_comes(
    server: GatewayServer, key_file: Path
) -> None:
    desk = desk_of()
    with zipfile.ZipFile(bomb := BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * (QUICK.most_bytes + 1))
    desk.waiting = {"T1": b"no zip", "T2": bomb.getvalue(), "T3": zip_of(c=b"<c/>")}
    open_door(server, shandong, desk)
    found = list(shandong_way(server, key_file).fetch())
    assert [isinstance(each, SetAside) for each in found] == [True, True, False]


def test_a_wrong_password_is_told_and_a_missing_key_too(server: GatewayServer, key_file: Path, tmp_path: Path) -> None:
    open_door(server, shandong, desk_of())
    way = shandong_way(server, key_file, "another word")
    assert way.hand_over(UNIFIED).again == "after the outage"
    with pytest.raises(WayError, match="login failed"):
        list(way.fetch())
    with pytest.raises(WayError, match="key_file"):
        shandong_way(server, tmp_path / "none.pem")
    with pytest.raises(ValueError, match="password"):
        shandong_way(server, key_file, "")
    assert "another word" not in repr(way)


def test_a_list_asks_for_the_e_commerce_receipts(server: GatewayServer, key_file: Path) -> None:
    open_door(server, shandong, desk_of())
    assert list(shandong_way(server, key_file).fetch()) == []
    asked: Asked = server.asked[0]
    assert asked.body.count(b"<value>ECOMMERCE</value>") == 2
