"""Each area with a gateway, over a real socket: its own form is posted, the gateway answers in its own words."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import customs
from customs import areas
from customs.areas import read_answers
from customs.areas.keys import Key
from customs.exchange import Delivery, HandedOver, Item
from customs.exchange.ways import HttpsSettings, HttpsWay
from customs.exchange.ways.hainan_records import hainan_records, unified_receipt
from customs.testing import sample_parcels
from customs.testing.areas import parcel_for, sample_area
from support import MORNING, exactly, some
from support.gateway_server import GatewayServer, serving
from support.simulated_gateways import (
    Desk,
    Door,
    changsha,
    chongqing,
    guangzhou,
    hainan,
    ningbo,
    private_and_public,
    shanghai,
    zhengzhou,
)

Walk = Callable[..., customs.Prepared]

KEY = rsa.generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
WORD = "password-of-nobody"

#: Each area that posts forms over HTTPS: its dialect, its gateway, the credentials of the way.
GATEWAYS: dict[str, tuple[str, Door, dict[str, str]]] = {
    "changsha_ext": ("changsha", changsha, {}),
    "chongqing_dtc": ("chongqing", chongqing, {}),
    "guangzhou": ("guangzhou", guangzhou, {"clientid": "TEST", "key": WORD}),
    "guangzhou_kj": ("guangzhou", guangzhou, {"clientid": "TEST", "key": WORD}),
    "haikou": ("hainan", hainan, {"dxpid": "DXPENT0000000001"}),
    "ningbo_kjb2c": ("ningbo", ningbo, {"userid": "TEST", "password": WORD, "customs": "3105"}),
    "ningbo_kjb2c_2013": ("ningbo", ningbo, {"userid": "TEST", "password": WORD, "customs": "3105"}),
    "shanghai_shcepp": ("shanghai", shanghai, {}),
    "zhengzhou_etrade": ("zhengzhou", zhengzhou, {}),
}

#: Words of acceptance that no platform published; those of the gateways here.
WORDS = {"changsha": ("1",), "shanghai": ("SUCCESS",)}

every_gateway = pytest.mark.parametrize("name", GATEWAYS)


@pytest.fixture
def server() -> Iterator[GatewayServer]:
    with serving() as server:
        yield server


def messages(walk: Walk, name: str) -> list[Delivery]:
    """The messages of a parcel for an area, with the forms that the area makes."""
    profile = areas.find(name)
    kinds: dict[str, Key] = {"platform_key": PUBLIC if name == "zhengzhou_etrade" else PRIVATE}
    secrets = {each: kinds.get(each, WORD) for each in profile.secrets}
    whole = sample_area(profile)
    area = areas.configure(
        profile, parameters=whole.parameters, companies=whole.companies, secrets=secrets, serials=areas.counting()
    )
    (parcel,) = sample_parcels(1, seed=7, mode="1210")
    prepared = walk(parcel_for(parcel, profile), area=area)
    return [delivery_of(each) for each in some(prepared.messages)]


def delivery_of(message: customs.Outgoing) -> Delivery:
    return Delivery(
        id=message.id, name=message.name, file_name=message.file_name, content=message.content, form=message.form,
        keys=message.keys,
    )  # fmt: skip


def way_to(server: GatewayServer, name: str, **more: object) -> HttpsWay:
    dialect, _, credentials = GATEWAYS[name]
    settings = HttpsSettings(
        dialect=dialect, address=server.address, plain=True, credentials=credentials, accepted=WORDS.get(dialect, ())
    )
    return HttpsWay(settings, clock=lambda: MORNING, **more)  # type: ignore[arg-type]


def open_door(server: GatewayServer, name: str, desk: Desk) -> None:
    door = GATEWAYS[name][1]
    server.answer = lambda asked: door(asked, desk)


def desk_of() -> Desk:
    return Desk(secrets={"key": WORD, "password": WORD} | private_and_public(KEY))


def test_every_area_with_a_gateway_over_https_is_tried_here() -> None:
    found = [name for name in areas.names() if (gateway := areas.find(name).gateway) and "http" in gateway.transport]
    assert sorted([*GATEWAYS, "tianjin_bh_api"]) == sorted(found), (
        "the platform of Binhai has no way: it is of the past"
    )


@every_gateway
@pytest.mark.long
def test_a_parcel_of_each_area_is_taken_by_its_gateway_to_the_byte(
    name: str, server: GatewayServer, walk: Walk
) -> None:
    desk = desk_of()
    open_door(server, name, desk)
    sent = messages(walk, name)
    way = way_to(server, name)
    assert [way.hand_over(each).outcome for each in sent] == ["sent"] * len(sent)
    assert desk.taken == [each.content for each in sent]


@pytest.mark.parametrize("name", [each for each in GATEWAYS if each != "changsha_ext"])
def test_a_gateway_that_refuses_is_not_asked_again_and_no_text_of_it_is_shown(
    name: str, server: GatewayServer, walk: Walk
) -> None:
    codes = {"shanghai_shcepp": "ILLEGAL_TOTAL_CARGO_FEE", "chongqing_dtc": "E02", "guangzhou": "0.5"}
    desk = desk_of()
    desk.judge = lambda content: codes.get(name, "1") + ":张三的订单 110101180001010015"
    open_door(server, name, desk)
    handed = way_to(server, name).hand_over(messages(walk, name)[0])
    assert (handed.outcome, handed.again) == ("not sent", "never")
    assert "张三" not in repr(handed)
    assert "1101" not in repr(handed)
    assert desk.taken == []


@pytest.mark.parametrize(
    ("name", "code", "outcome", "again"),
    [
        ("guangzhou", "0.7", "not sent", "later"),
        ("guangzhou", "-999", "not sent", "never"),
        ("guangzhou", "1.4", "not sent", "never"),
        ("shanghai_shcepp", "ILLEGAL_CLIENT_IP", "not sent", "after the outage"),
        ("shanghai_shcepp", "OUT_ORDER_ID_EXIST", "unknown", "later"),
        ("shanghai_shcepp", "SYSTEM_ERROR", "unknown", "later"),
    ],
)
def test_the_class_of_an_error_decides_what_may_follow(
    name: str, code: str, outcome: str, again: str, server: GatewayServer, walk: Walk
) -> None:
    desk = desk_of()
    desk.judge = lambda content: code
    open_door(server, name, desk)
    handed = way_to(server, name).hand_over(messages(walk, name)[0])
    assert (handed.outcome, handed.again) == (outcome, again)
    assert code in handed.said


def test_a_fault_of_the_shenzhen_platform_is_tried_again_later_and_not_at_once(server: GatewayServer) -> None:
    desk = desk_of()
    desk.judge = lambda content: "-102"
    server.answer = lambda asked: guangzhou(asked, desk)
    settings = HttpsSettings(
        dialect="shenzhen", address=server.address, plain=True, credentials={"clientid": "TEST", "key": WORD}
    )
    way = HttpsWay(settings)
    transfer = Delivery(id="1", name="CEB311", file_name="a.xml", content=b"<SzcportTransfer/>")
    handed = way.hand_over(transfer)
    assert (handed.outcome, handed.again) == ("not sent", "later")
    assert len(server.asked) == 1
    desk.judge = lambda content: ""
    assert way.hand_over(transfer).outcome == "sent"
    assert desk.taken == [b"<SzcportTransfer/>"]
    assert server.asked[-1].form == {"messageText": "<SzcportTransfer/>"}
    assert server.asked[-1].query == {"clientid": "TEST", "key": WORD, "messageType": "CEB311Message"}


def test_a_message_to_ningbo_is_stamped_anew_with_each_attempt_since_a_stamp_holds_for_twenty_minutes(
    server: GatewayServer, walk: Walk
) -> None:
    desk = desk_of()
    open_door(server, "ningbo_kjb2c", desk)
    (message,) = messages(walk, "ningbo_kjb2c")
    assert message.form is not None
    later = datetime(2026, 11, 12, 9, 30)
    desk.now = later
    settings = HttpsSettings(
        dialect="ningbo", address=server.address, plain=True, credentials=GATEWAYS["ningbo_kjb2c"][2]
    )
    assert HttpsWay(settings, clock=lambda: later).hand_over(message).outcome == "sent"
    posted = server.asked[0].form
    assert posted["timestamp"] == "2026-11-12 09:30:00" != message.form["timestamp"]
    assert posted["xmlstr"] == message.form["xmlstr"]
    assert posted["customs"] == message.form["customs"]


def test_a_repetition_that_ningbo_knows_is_looked_up_and_joined_to_the_first_attempt(
    server: GatewayServer, walk: Walk
) -> None:
    desk = desk_of()
    open_door(server, "ningbo_kjb2c", desk)
    (message,) = messages(walk, "ningbo_kjb2c")
    way = way_to(server, "ningbo_kjb2c")
    first, again = way.hand_over(message), way.hand_over(message)
    assert (first.outcome, again.outcome) == ("sent", "unknown")
    assert len(desk.taken) == 1
    found = way.lookup(message)
    assert found.outcome == "sent"
    (number,) = desk.orders.values()
    (answer,) = read_answers(found.items[0].content, "ningbo_kjb2c")
    assert answer.key["business_no"] == number


def test_an_order_that_ningbo_does_not_name_stays_unknown(server: GatewayServer, walk: Walk) -> None:
    open_door(server, "ningbo_kjb2c", desk_of())
    (message,) = messages(walk, "ningbo_kjb2c")
    assert way_to(server, "ningbo_kjb2c").lookup(message).outcome == "unknown"


def test_guangzhou_is_asked_for_the_order_whose_answer_was_lost(server: GatewayServer, walk: Walk) -> None:
    desk = desk_of()
    open_door(server, "guangzhou", desk)
    message = next(each for each in messages(walk, "guangzhou") if each.name == "CEB311")
    way = way_to(server, "guangzhou")
    assert way.lookup(message).outcome == "unknown"
    desk.orders[message.keys[0]["order_no"]] = "2"
    found = way.lookup(message)
    assert found.outcome == "sent"
    (answer,) = read_answers(found.items[0].content, "guangzhou")
    assert answer.key["business_no"] == message.keys[0]["order_no"]


def test_a_receipt_of_guangzhou_stays_until_it_is_confirmed(server: GatewayServer) -> None:
    desk = desk_of()
    desk.waiting = {"7": b"<DocRec/>", "8": '<?xml version="1.0" encoding="gb2312"?><a>示例</a>'.encode()}
    open_door(server, "guangzhou", desk)
    way = way_to(server, "guangzhou")
    assert way.can_confirm
    first = [each for each in way.fetch() if isinstance(each, Item)]
    assert [(each.name, each.content) for each in first] == [
        ("7.xml", b"<DocRec/>"),
        ("8.xml", '<?xml version="1.0" encoding="gb2312"?><a>示例</a>'.encode("gb2312")),
    ]
    assert len(list(way.fetch())) == 2
    way.confirm(first[0])
    assert [each.name for each in way.fetch()] == ["8.xml"]


def test_what_hainan_notes_comes_record_by_record_and_again_with_the_overlap(server: GatewayServer) -> None:
    desk = desk_of()
    desk.noted = [
        "{\n org_id=1,\n returninfo=新增申报成功\n  [\n  TEST0001\n  ], x={a},\n orderno=A1\n }",
        "{\n org_id=1,\n returninfo=退单, {1},\n orderno=A2\n }",
    ]
    open_door(server, "haikou", desk)
    way = way_to(server, "haikou", since=lambda: datetime(2026, 11, 11, 7, 50))
    assert not way.can_confirm
    found = [each for each in way.fetch() if isinstance(each, Item)]
    assert [each.content.decode() for each in found] == desk.noted
    assert [each.name for each in way.fetch()] == [each.name for each in found]
    assert {each.query["qryid"] for each in server.asked} == {"20261111074800"}


def test_a_record_of_hainan_is_the_receipt_of_the_unified_edition(facts: Path) -> None:
    (order,) = hainan_records((facts / "areas/samples/haikou_ceb312msg.txt").read_bytes()) or []
    (answer,) = read_answers(unified_receipt("CEB312", order))
    assert (answer.receipt, answer.code, answer.key["order_no"]) == ("CEB312", "2", "TEST20240501000001")
    assert (answer.submitted, answer.at) == ("00000000-0000-4000-8000-000000000001", datetime(2024, 5, 1, 12, 5))
    assert answer.texts == ("新增申报成功\n  [\n    TEST0001\n  ]",)


def test_the_record_of_a_list_of_hainan_keeps_its_numbers_whatever_its_text_holds() -> None:
    record = (
        "{ org_id=1, re_elist_guid=G1, customscode=6409, ebpcode=E1, preno=P1, invtno=I1, returnstatus=800,"
        " returninfo=放行, {1} <a&b> x=y, returntime=1714536300000, trans_dxpid=D }"
    )
    (answer,) = read_answers(unified_receipt("CEB622", record.encode()))
    assert (answer.state.value, answer.key["list_no"], answer.texts) == ("released", "I1", ("放行, {1} <a&b> x=y",))


@pytest.mark.parametrize("missing", ["re_order_guid=G", "returnstatus=2", "returntime=1714536300000", "time=9"])
def test_a_record_of_hainan_that_is_no_receipt_stays_as_it_came(missing: str) -> None:
    record = "{ org_id=1, re_order_guid=G, returnstatus=2, returntime=1714536300000, orderno=A1 }"
    changed = record.replace("1714536300000", "soon") if missing == "time=9" else record.replace(missing, "instm=1")
    assert unified_receipt("CEB312", changed.encode()) == changed.encode()
    assert unified_receipt("CEB312", record.encode()) != record.encode()


def test_the_instant_that_hainan_is_asked_for_lies_in_the_past(server: GatewayServer) -> None:
    open_door(server, "haikou", desk_of())
    way = way_to(server, "haikou", since=lambda: datetime(2026, 11, 11, 9))
    assert list(way.fetch()) == []
    assert server.asked[0].query["qryid"] == "20261111075945"


def test_ningbo_is_asked_page_by_page_for_what_changed(server: GatewayServer) -> None:
    desk = desk_of()
    desk.noted = [f"<Mft><MftNo>{at}</MftNo><OrderNo>A{at}</OrderNo><Status>24</Status></Mft>" for at in range(1, 4)]
    open_door(server, "ningbo_kjb2c", desk)
    found = [each for each in way_to(server, "ningbo_kjb2c").fetch() if isinstance(each, Item)]
    assert [read_answers(each.content, "ningbo_kjb2c")[0].key["order_no"] for each in exactly(3, found)] == [
        "A1",
        "A2",
        "A3",
    ]


def test_without_the_published_word_of_a_gateway_every_outcome_is_unknown(server: GatewayServer, walk: Walk) -> None:
    desk = desk_of()
    open_door(server, "changsha_ext", desk)
    settings = HttpsSettings(dialect="changsha", address=server.address, plain=True)
    assert HttpsWay(settings).hand_over(messages(walk, "changsha_ext")[0]).outcome == "unknown"
    desk.judge = lambda content: "no"
    assert way_to(server, "changsha_ext").hand_over(messages(walk, "changsha_ext")[0]).outcome == "unknown"


def test_a_message_without_a_form_does_not_leave_where_the_gateway_wants_one(server: GatewayServer) -> None:
    unified = Delivery(id="1", name="CEB311", file_name="a.xml", content=b"<a/>")
    handed: HandedOver = way_to(server, "haikou").hand_over(unified)
    assert (handed.outcome, handed.again, server.asked) == ("not sent", "never", [])
