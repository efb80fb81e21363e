"""Each district's gateway at the simulated office, over a real socket: sent, taken in the district's own form, answered, received."""

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import customs
from customs import areas
from customs.areas.keys import Key
from customs.exchange import read_outbox
from customs.exchange.ways.gateway_receipts import ningbo_form
from customs.files import NotWrittenError
from customs.journal import open_journal
from customs.office import OfficeSettings, Trouble
from customs.office.gateway_calls import GatewayCall
from customs.office.gateways import GATEWAYS, ServedDesk, answered
from customs.office.http_door import at_gateway, http_door
from customs.office.served import ServedOffice
from customs.receipts.streams import track_all
from customs.signing import Signer
from customs.testing import issue_test_key, sample_parcels
from customs.testing.areas import parcel_for, sample_area
from customs.testing.parcels import DECLARANT
from support import MORNING, exactly
from support.command_line import run
from support.exchanges import Time

WORD = "0123456789abcdef"
KEY = rsa.generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

#: The secrets that every gateway of the office checks.
SECRETS = {
    name: {
        "key": WORD,
        "password": WORD,
        "aes_key": WORD,
        "platform_key": PRIVATE.decode(),
        "enterprise_key": PUBLIC.decode(),
    }
    for name in GATEWAYS
}


@dataclass(frozen=True)
class District:
    """A district: the area whose messages go to a gateway, what customs.toml says of it, and how a parcel ends there."""

    area: str
    gateway: str
    settings: str
    ends: str | None = None
    """The state by the receipts that came; None where none comes, or none that says which parcel it is of."""
    answers: int = 0
    """Receipts that come in."""
    foreign: int = 0
    """Messages that are of no edition that the office knows: it says so (CEB900)."""


FORM = 'kind = "https"\ndialect = "{}"\n'
SOAP = 'kind = "soap"\ndialect = "{}"\n'
CLIENT = 'credentials = { clientid = "TEST", key = { file = "word" } }'
NINGBO = 'credentials = { userid = "TEST", password = { file = "word" }, customs = "3105" }'

DISTRICTS = (
    District("guangzhou", "guangzhou", FORM.format("guangzhou") + CLIENT, "released", 10),
    District("guangzhou_kj", "guangzhou", FORM.format("guangzhou") + CLIENT, "sent", 4),
    District("unified", "shenzhen", FORM.format("shenzhen") + CLIENT, "released", 10),
    District("haikou", "hainan", FORM.format("hainan") + 'credentials = { dxpid = "DXPENT0000000001" }', "released", 5),
    District("ningbo_kjb2c", "ningbo", FORM.format("ningbo") + NINGBO, "released", 3),
    District("ningbo_kjb2c_2013", "ningbo", FORM.format("ningbo") + NINGBO),
    District("shanghai_shcepp", "shanghai", FORM.format("shanghai") + 'accepted = ["SUCCESS"]'),
    District("chongqing_dtc", "chongqing", FORM.format("chongqing")),
    District("changsha_ext", "changsha", FORM.format("changsha") + 'accepted = ["1"]', foreign=1),
    District("zhengzhou_etrade", "zhengzhou", FORM.format("zhengzhou")),
    District("zhejiang_jkf", "zhejiang", SOAP.format("zhejiang"), "sent", 3),
    District("jiangxi_jkf", "jiangxi", SOAP.format("jiangxi"), "sent", 2),
    District("unified", "zhejiang_ceb", SOAP.format("zhejiang_ceb")),
    District(
        "zhengzhou_airport_cbec",
        "zhengzhou_airport",
        SOAP.format("zhengzhou_airport") + 'namespace = "urn:wbs"\noperation = "push"',
        "stored",
        1,
    ),
    District(
        "unified",
        "shandong",
        'kind = "shandong"\nkey_file = "key.pem"\ncredentials = { name = "TEST", password = { file = "word" } }',
        "released",
        10,
    ),
)

every_district = pytest.mark.parametrize("district", DISTRICTS, ids=lambda each: f"{each.area} at {each.gateway}")


@pytest.fixture(scope="module")
def signer() -> Signer:
    """The key of the declarant, which the office compares with the list."""
    return issue_test_key(DECLARANT[0], "990196T005", since=datetime(2026, 1, 1)).signer()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time(MORNING)
    for module in ("customs.cli.sending", "customs.cli.receiving"):
        monkeypatch.setattr(f"{module}.system_clock", time)
    return time


@dataclass
class Desk:
    """The desk of an enterprise, and the office over HTTP."""

    folder: Path
    office: ServedOffice
    address: str
    time: Time

    def lay_out(self, district: District, signer: Signer) -> list[bytes]:
        """Declare a parcel for a district under the journal; return its messages."""
        place = area_of(district.area)
        conditions = customs.Run(
            on=MORNING.date(),
            clock=customs.fixed_clock(MORNING),
            guids=customs.seeded_guids(1),
            signer=signer,
            area=place,
        )
        (parcel,) = sample_parcels(1, seed=7, mode="1210")
        (self.folder / "messages").mkdir(exist_ok=True)
        made = []
        with open_journal(self.folder / "state") as journal, journal.run("shop", self.folder / "messages", at=MORNING):
            for batch in conditions.prepare_many([parcel_for(parcel, place.profile)]):
                journal.record(batch, self.folder / "messages", area=place, at=MORNING)
                made += [each.content for each in batch.messages]
        (self.folder / "word").write_text(WORD, encoding="utf-8")
        (self.folder / "key.pem").write_bytes(PRIVATE)
        (self.folder / "customs.toml").write_text(
            f'[destinations.gate]\n{district.settings}\naddress = "{self.address}/{district.gateway}"\nplain = true\n'
            f'areas = ["{district.area}", "unified"]\n',
            encoding="utf-8",
        )
        return made

    def send(self) -> int:
        return run("send", self.folder / "messages", "--config", self.folder / "customs.toml", "--wait", "0").exit_code

    def receive(self) -> int:
        return run("receive", "--config", self.folder / "customs.toml").exit_code

    def standing(self) -> set[str]:
        with read_outbox(self.folder / "state", "gate") as outbox:
            return {each.standing.state.value for each in outbox.entries()}

    def received(self) -> int:
        """How many receipts stand as files, those that came with the answer too."""
        folder = self.folder / "receipts"
        return len(list(folder.iterdir())) if folder.exists() else 0

    def node(self, area: str) -> str | None:
        """The state of the parcel, as ``customs track`` tells it."""
        folders = [self.folder / "messages", self.folder / "receipts"]
        found = track_all([each for each in folders if each.exists()], areas=(area, "unified")).parcels
        nodes = [each.state.node.value for each in found if each.state.node]
        return nodes[-1] if nodes else None


def area_of(name: str) -> areas.Area:
    profile = areas.find(name)
    whole = sample_area(profile)
    kinds: dict[str, Key] = {
        "platform_key": PUBLIC if name == "zhengzhou_etrade" else PRIVATE,
        "rsa_key": PRIVATE,
    }
    return areas.configure(
        profile,
        parameters=whole.parameters,
        companies=whole.companies,
        secrets={each: kinds.get(each, WORD) for each in profile.secrets},
        serials=areas.counting(),
    )


@pytest.fixture
def opened(tmp_path: Path, time: Time) -> Iterator[Callable[..., Desk]]:
    ends: list[Callable[[], object]] = []

    def open_it(**more: Any) -> Desk:
        office = ServedOffice(tmp_path / "office", clock=time, seed=7, **more)
        server = http_door(office, secrets=SECRETS)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        ends.extend([office.close, server.server_close, thread.join, server.shutdown])
        return Desk(tmp_path, office, f"http://127.0.0.1:{server.server_address[1]}", time)

    yield open_it
    for each in reversed(ends):
        each()


@every_district
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


def test_every_gateway_of_a_way_and_every_area_with_one_is_tried_here() -> None:
    assert {each.gateway for each in DISTRICTS} == set(GATEWAYS)
    wired = {
        name
        for name in areas.names()
        if (gateway := areas.find(name).gateway) and gateway.transport not in ("file", "ftp")
    }
    assert wired <= {each.area for each in DISTRICTS}


def call(path: str, body: bytes = b"", *, method: str = "POST", **headers: str) -> GatewayCall:
    return GatewayCall(method, path, {}, headers, body)


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize(
    "body", [b"", b"\xff\x00", b"a=1", b"<a/>", b"{}", b'{"Message": 1}', b"xml=<a/>&data=!&content=A"], ids=repr
)
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


DISTRICT = {each.area: each for each in DISTRICTS}


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
def test_a_wrong_secret_opens_no_gateway(
    area: str, opened: Callable[..., Desk], signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = opened()
    desk.lay_out(DISTRICT[area], signer)
    monkeypatch.setitem(SECRETS, DISTRICT[area].gateway, {"key": "another word", "password": "another word"})
    desk.send()
    assert "handed over" not in desk.standing()
    assert desk.office.last == datetime.min
