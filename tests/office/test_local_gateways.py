"""Each district's gateway at the simulated office, over a real socket: sent, taken in the district's own form, answered, received."""

import io
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from customs import areas
from customs.exchange import read_inbox, read_outbox
from customs.exchange.ways.gateway_receipts import ningbo_form
from customs.files import NotWrittenError
from customs.office import OfficeSettings, Trouble
from customs.office.gateway_calls import GatewayCall
from customs.office.gateways import GATEWAYS, ServedDesk, answered
from customs.office.http_door import at_gateway
from customs.office.served import ServedOffice
from customs.signing import Signer
from support import MORNING, exactly
from support.districts import DISTRICT, DISTRICTS, SECRETS, WORD, Desk, District, declarant, desk_at, set_clock
from support.exchanges import Time

every_district = pytest.mark.parametrize("district", DISTRICTS, ids=lambda each: f"{each.area} at {each.gateway}")


@pytest.fixture(scope="module")
def signer() -> Signer:
    """The key of the declarant, which the office compares with the list."""
    return declarant()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return set_clock(monkeypatch)


@pytest.fixture
def opened(tmp_path: Path, time: Time) -> Iterator[Callable[..., Desk]]:
    with ExitStack() as ends:
        yield lambda **more: ends.enter_context(desk_at(tmp_path, time, **more))


@every_district
@pytest.mark.long
def test_a_parcel_of_each_district_is_sent_taken_answered_and_received(
    district: District, opened: Callable[..., Desk], signer: Signer
) -> None:
    desk = opened()
    made = desk.lay_out(district, signer)
    assert desk.send() == 0
    assert desk.standing() == {"handed over"}
    desk.time.pass_by(minutes=5)
    desk.receive()
    desk.office.waiting("")  # brings the office up to now
    assert len(made) - district.foreign == len(desk.office.local.came) + len(desk.office.office.counts())
    assert (desk.received(), desk.node(district.area) if district.ends else None) == (district.answers, district.ends)


#: Areas that customs.exchange has no way for: their messages and forms are made, and posting them is left to the
#: enterprise. The unified messages of Shandong have a way, which is tried with the unified edition.
WITHOUT_A_WAY = {"bc_cbe103", "nanjing_njkj", "qingdao_ent", "shandong_sdeport", "tianjin_bh_api"}


def test_every_gateway_of_a_way_and_every_area_with_one_is_tried_here() -> None:
    assert {each.gateway for each in DISTRICTS} == set(GATEWAYS)
    wired = {
        name
        for name in areas.names()
        if (gateway := areas.find(name).gateway) and gateway.transport not in ("file", "ftp", "mq")
    }
    assert wired >= WITHOUT_A_WAY
    wired -= WITHOUT_A_WAY
    assert wired <= {each.area for each in DISTRICTS}


def call(path: str, body: bytes = b"", *, method: str = "POST", **headers: str) -> GatewayCall:
    return GatewayCall(method, path, {}, headers, body)


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize(
    "body", [b"", b"\xff\x00", b"a=1", b"<a/>", b"{}", b'{"Message": 1}', b"xml=<a/>&data=!&content=A"], ids=repr
)
@pytest.mark.long
def test_a_call_that_no_gateway_understands_is_answered_and_nothing_is_taken(
    name: str, body: bytes, opened: Callable[..., Desk]
) -> None:
    desk = opened()
    answer = answered(
        name,
        call("/x", body, soapaction='""', **{"content-type": "text/xml"}),
        ServedDesk(name, desk.office, SECRETS[name]),
    )
    assert answer.status in (200, 400, 404)
    assert b'"result": true' not in answer.content
    assert desk.office.last == datetime.min


def test_an_order_that_comes_again_to_ningbo_is_refused_and_joined_with_the_first(
    opened: Callable[..., Desk], signer: Signer
) -> None:
    desk = opened()
    (content,) = desk.lay_out(DISTRICT["ningbo_kjb2c"], signer)
    assert desk.send() == 0
    number = ServedDesk("ningbo", desk.office).orders["EX121000070000001"]
    again = at_gateway(desk.office, "ningbo", ningbo_order(content), SECRETS).content.decode()
    assert "<Result>F</Result><ResultMsg>该订单编号已存在</ResultMsg>" in again
    shutil.rmtree(desk.folder / "state" / "exchange")  # the enterprise has forgotten that it was sent
    assert desk.send() == 0
    assert desk.standing() == {"handed over"}
    assert ServedDesk("ningbo", desk.office).orders == {"EX121000070000001": number}
    assert list(desk.office.local.came.values()) == [1]


def ningbo_order(content: bytes) -> GatewayCall:
    credentials = {"userid": "TEST", "password": WORD, "customs": "3105"}
    form = ningbo_form(credentials, "cnec_jh_order", content.decode(), MORNING)
    return GatewayCall("POST", "/dsapi/dsapi.do", {}, {}, urlencode(form).encode())


def test_of_an_order_that_comes_twice_at_once_one_is_taken(
    opened: Callable[..., Desk], signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = opened()
    (content,) = desk.lay_out(DISTRICT["ningbo_kjb2c"], signer)
    both, take = threading.Barrier(2), ServedDesk.take

    def meeting(served: ServedDesk, content: bytes, name: str = "") -> str:
        with suppress(threading.BrokenBarrierError):  # the other call never comes so far
            both.wait(0.3)
        return take(served, content, name)

    monkeypatch.setattr(ServedDesk, "take", meeting)
    with ThreadPoolExecutor(2) as threads:
        calls = [threads.submit(at_gateway, desk.office, "ningbo", ningbo_order(content), SECRETS) for _ in range(2)]
        said = sorted(each.result().content.decode().partition("<Result>")[2][:1] for each in calls)
    assert said == ["F", "T"]
    assert list(desk.office.local.came.values()) == [1]


@pytest.mark.parametrize(
    ("trouble", "soon", "count"),
    [
        (Trouble(), 4, 4),
        (Trouble(losses=1.0), 0, 0),
        (Trouble(repeats=1.0), 4, 8),
        (Trouble(reordered=1.0), 0, 4),
    ],
    ids=["calm", "lost", "repeated", "late"],
)
def test_receipts_of_local_messages_are_lost_repeated_and_late_as_those_of_the_office(
    trouble: Trouble, soon: int, count: int, opened: Callable[..., Desk], signer: Signer
) -> None:
    desk = opened(trouble=trouble)
    made = desk.lay_out(DISTRICT["guangzhou_kj"], signer)
    served = ServedDesk("guangzhou", desk.office)
    assert [served.take(each) for each in made] == [""] * 4
    desk.time.pass_by(seconds=20)
    assert len(served.waiting) == soon
    desk.time.pass_by(minutes=15)
    assert len(served.waiting) == count
    assert served.orders == {"EX121000070000001": "800"}, "what is lost can be asked for"


def test_a_document_that_guangzhou_gets_twice_is_told_as_declared_twice_and_counted_once(
    opened: Callable[..., Desk], signer: Signer
) -> None:
    desk = opened()
    made = desk.lay_out(DISTRICT["guangzhou_kj"], signer)
    served = ServedDesk("guangzhou", desk.office)
    assert [served.take(each) for each in (*made, made[0])] == [""] * 5
    desk.time.pass_by(minutes=5)
    told = b"".join(served.waiting.values())
    assert (told.count(b"<Status>S<"), told.count("<Status>F</Status><Notes>重复申报<".encode())) == (4, 1)
    assert served.orders == {"EX121000070000001": "800"}
    assert sorted(desk.office.local.came.values()) == [1, 1, 1, 2]


def test_a_list_waits_for_its_order_payment_and_waybill(opened: Callable[..., Desk], signer: Signer) -> None:
    desk = opened()
    order, payment, waybill, declared = desk.lay_out(DISTRICT["guangzhou_kj"], signer)
    served = ServedDesk("guangzhou", desk.office)
    for each in (declared, order, waybill):
        served.take(each)
    desk.time.pass_by(hours=1)
    assert served.orders == {"EX121000070000001": "2"}
    served.take(payment)
    desk.time.pass_by(minutes=1)
    assert served.orders == {"EX121000070000001": "800"}


@pytest.mark.parametrize(
    ("area", "field", "said"),
    [
        ("guangzhou_kj", b"OrderDocId", "0.1:缺少参数 OrderDocId"),
        ("ningbo_kjb2c", b"BuyerIdnum", "缺少字段"),
        ("shanghai_shcepp", b"payID", "ILLEGAL_ARGUMENT:缺少字段 payID"),
        ("zhejiang_jkf", b"payNumber", "S03:缺少字段 payNumber"),
    ],
)
def test_a_message_without_a_required_field_is_refused_by_its_name(
    area: str, field: bytes, said: str, opened: Callable[..., Desk], signer: Signer
) -> None:
    desk, district = opened(), DISTRICT[area]
    content = desk.lay_out(district, signer)[0].replace(field, b"x" + field[1:])
    assert ServedDesk(district.gateway, desk.office).take(content) == said
    assert desk.office.last == datetime.min


def test_what_a_gateway_took_is_there_after_a_restart_and_its_receipts_wait_until_they_are_confirmed(
    opened: Callable[..., Desk], signer: Signer
) -> None:
    desk = opened()
    desk.lay_out(DISTRICT["guangzhou_kj"], signer)
    assert desk.send() == 0
    desk.time.pass_by(minutes=5)
    first = dict(ServedDesk("guangzhou", desk.office).waiting)
    gone, *stay = exactly(4, first)
    assert ServedDesk("guangzhou", desk.office).confirm(gone)
    assert not ServedDesk("guangzhou", desk.office).confirm(gone)
    desk.office.close()
    again = ServedOffice(desk.folder / "office", clock=desk.time, seed=7)
    assert list(ServedDesk("guangzhou", again).waiting.items()) == [(each, first[each]) for each in stay]
    assert ServedDesk("guangzhou", again).orders == {"EX121000070000001": "800"}
    again.close()


def test_an_officer_refuses_an_order_of_ningbo_with_the_reason_given(
    opened: Callable[..., Desk], signer: Signer
) -> None:
    desk = opened(settings=OfficeSettings(refused={"EX121000070000001": "身份信息有误"}))
    desk.lay_out(DISTRICT["ningbo_kjb2c"], signer)
    assert desk.send() == 0
    desk.time.pass_by(minutes=5)
    desk.receive()
    assert desk.node("ningbo_kjb2c") == "rejected"


@pytest.mark.parametrize("area", ["guangzhou_kj", "shanghai_shcepp", "chongqing_dtc", "zhejiang_jkf", "ningbo_kjb2c"])
@pytest.mark.long
def test_during_an_outage_no_gateway_takes_anything_and_the_message_stays_with_its_sender(
    area: str, opened: Callable[..., Desk], signer: Signer
) -> None:
    desk = opened(trouble=Trouble(outages=((MORNING, datetime(2026, 11, 11, 9)),)))
    desk.lay_out(DISTRICT[area], signer)
    desk.send()
    assert "handed over" not in desk.standing()
    assert desk.office.last == datetime.min


def test_a_full_disk_is_no_word_of_acceptance(
    opened: Callable[..., Desk], signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = opened()
    desk.lay_out(DISTRICT["guangzhou_kj"], signer)

    def full(*_: object) -> None:
        raise NotWrittenError(Path("taken.part"), OSError(28, "No space left on device"))

    monkeypatch.setattr("customs.office.archive.OfficeArchive.add", full)
    desk.send()
    assert "handed over" not in desk.standing()
    assert desk.office.local.came == {}


@pytest.mark.parametrize("area", ["guangzhou_kj", "ningbo_kjb2c", "shanghai_shcepp", "chongqing_dtc", "changsha_ext"])
@pytest.mark.long
def test_a_wrong_secret_opens_no_gateway(
    area: str, opened: Callable[..., Desk], signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = opened()
    desk.lay_out(DISTRICT[area], signer)
    monkeypatch.setitem(SECRETS, DISTRICT[area].gateway, {"key": "another word", "password": "another word"})
    desk.send()
    assert "handed over" not in desk.standing()
    assert desk.office.last == datetime.min


def test_shandong_says_of_each_file_of_a_zip_if_it_was_taken(opened: Callable[..., Desk], signer: Signer) -> None:
    desk = opened()
    made = desk.lay_out(DISTRICT_OF_SHANDONG, signer)
    served = ServedDesk("shandong", desk.office)
    assert [served.take(made[0], "a.xml"), served.take(b"<Other/>", "b.xml")] == ["", ""]
    desk.time.pass_by(seconds=10)
    told = {number: desk_file(packed) for number, packed in served.waiting.items()}
    words = sorted(content for content in told.values() if b"<ResponseMessage>" in content)
    assert [b"<ACK>0</ACK>" in each for each in words] == [True, False]
    assert [each.partition(b"NAME>")[2].partition(b"<")[0] for each in words] == [b"a.xml", b"b.xml"]
    desk.office.close()
    again = ServedOffice(desk.folder / "office", clock=desk.time, seed=7)
    assert list(ServedDesk("shandong", again).waiting) == list(told), "they wait after a restart too"
    again.close()


@pytest.mark.long
def test_a_file_that_shandong_refuses_is_dead_and_the_others_are_handed_over(
    opened: Callable[..., Desk], signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = opened()
    made = desk.lay_out(DISTRICT_OF_SHANDONG, signer)
    take = ServedDesk.take

    def taken(served: ServedDesk, content: bytes, name: str = "") -> str:
        return take(served, b"<Other/>" if content == made[0] else content, name)

    monkeypatch.setattr(ServedDesk, "take", taken)
    assert desk.send() == 0
    desk.time.pass_by(minutes=5)
    desk.receive()
    desk.send()
    with read_outbox(desk.folder / "state", "gate") as outbox:
        told = sorted((each.standing.state.value, "ResponseMessage" in each.standing.said) for each in outbox.entries())
    assert told == [("dead", True)] + [("handed over", False)] * 3
    with read_inbox(desk.folder / "state", "gate") as inbox:
        assert list(inbox.aside()) == []


DISTRICT_OF_SHANDONG = next(each for each in DISTRICTS if each.gateway == "shandong")


def desk_file(packed: bytes) -> bytes:
    """The one file in a zip."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (name,) = archive.namelist()
        return archive.read(name)
