"""The doors of the simulated office: what is said to be taken is stored, killed at any moment or not, and answers come until
they are confirmed.
"""

import ipaddress
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pika
import pytest
from cryptography import x509

import customs
from customs.exchange.contract import Delivery, Item
from customs.exchange.folders import FolderSettings, FolderWay
from customs.exchange.ways import AmqpSettings, AmqpWay, HttpsSettings, HttpsWay
from customs.files import NotWrittenError
from customs.office import Trouble
from customs.office.amqp_door import AmqpDoor
from customs.office.archive import opened_aside
from customs.office.aside import AsideMessage
from customs.office.case import OfficeCase
from customs.office.course import Course
from customs.office.folder_door import FolderDoor
from customs.office.http_door import http_door
from customs.office.served import ServedOffice
from customs.signing import Signer
from customs.testing import sample_parcels
from support import MORNING, absent, exactly, some
from support.authority import Authority
from support.command_line import run
from support.rabbitmq import PASSWORD, USER, command, rabbit_running

#: Kills while messages are posted; ``make faults`` tries many.
KILLS = int(os.environ.get("CUSTOMS_FAULTS", "2"))


class Time:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def minutes(self, count: float) -> None:
        self.now += timedelta(minutes=count)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def served(tmp_path: Path, time: Time) -> Iterator[ServedOffice]:
    office = ServedOffice(tmp_path / "office", clock=time, seed=7)
    yield office
    office.close()


def deliveries(signer: Signer, count: int = 3) -> list[Delivery]:
    """The messages of some parcels, as every way hands them over."""
    conditions = customs.Run(
        on=MORNING.date(), clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1), signer=signer
    )
    return [
        Delivery(id=each.id, name=each.name, file_name=each.file_name, content=each.content)
        for parcel in sample_parcels(count, seed=7, mode="1210")
        for each in conditions.prepare(parcel).messages
    ]


def statuses(items: list[Item]) -> list[str]:
    """The statuses of lists in what came, in order."""
    found = [document for each in items for document in customs.read(each.content, unwrap=True).documents]
    return sorted(str(dict(each)["return_status"]) for each in found if each.message == "CEB622")


RELEASED = sorted(["2", "120", "800"] * 3)


def test_parcels_go_out_and_come_back_by_folder(
    served: ServedOffice, time: Time, tmp_path: Path, signer: Signer
) -> None:
    door = FolderDoor(served, tmp_path)
    way = FolderWay(FolderSettings(root=tmp_path, layout="free"))
    (tmp_path / "out" / "half.xml.tmp").write_bytes(b"<half")
    (tmp_path / "out" / "empty.xml").write_bytes(b"")
    assert {way.hand_over(each).outcome for each in exactly(12, deliveries(signer))} == {"sent"}
    assert door.collect() == 12
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == ["empty.xml", "half.xml.tmp"]
    time.minutes(1)
    assert door.deliver() > 12
    assert door.deliver() == 0
    list(way.fetch())  # a size that did not change is seen at the second look
    came = [each for each in way.fetch() if isinstance(each, Item)]
    assert statuses(came) == RELEASED
    way.close()


@pytest.fixture
def address(served: ServedOffice) -> Iterator[str]:
    server = http_door(served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("dialect", ["guangzhou", "shenzhen"])
@pytest.mark.long
def test_parcels_go_out_and_come_back_over_http(address: str, time: Time, signer: Signer, dialect: str) -> None:
    credentials = {"clientid": "C1", "key": "of nobody"}
    way = HttpsWay(HttpsSettings(dialect=dialect, address=address, credentials=credentials, plain=True), clock=time)
    assert {way.hand_over(each).outcome for each in exactly(12, deliveries(signer))} == {"sent"}
    time.minutes(1)
    came = [each for each in way.fetch() if isinstance(each, Item)]
    assert [each for each in way.fetch() if isinstance(each, Item)] == came, "nothing was confirmed"
    assert statuses(came) == RELEASED
    for each in came:
        way.confirm(each)
    assert list(way.fetch()) == []
    way.close()


@pytest.mark.long
def test_parcels_go_out_and_come_back_through_a_broker(
    served: ServedOffice, time: Time, tmp_path_factory: pytest.TempPathFactory, signer: Signer
) -> None:
    if command() is None:
        absent("RabbitMQ is not installed")
    folder = tmp_path_factory.mktemp("rabbit")
    authority = Authority(folder)
    certificate = authority.server_file(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    with rabbit_running(folder, authority, certificate) as rabbit:
        login = pika.PlainCredentials(USER, PASSWORD)
        connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", rabbit.port, credentials=login))
        door = AmqpDoor(served, connection.channel())
        settings = AmqpSettings(
            host="127.0.0.1",
            port=rabbit.port,
            plain=True,
            credentials={"user": USER, "password": PASSWORD},
            send_queue="CEB_IN",
            receive_queue="DXPENT0000000001_OUT",
        )
        way = AmqpWay(settings)
        assert {way.hand_over(each).outcome for each in exactly(12, deliveries(signer))} == {"sent"}
        assert door.collect() == 12
        time.minutes(1)
        assert door.deliver() > 12
        came = [each for each in way.fetch() if isinstance(each, Item)]
        assert statuses(came) == RELEASED
        for each in came:
            way.confirm(each)
        assert list(way.fetch()) == []
        way.close()
        connection.close()


def post(address: str, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> tuple[int, bytes]:
    request = urllib.request.Request(f"{address}{path}", body, {"Content-Type": kind})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_message_can_be_posted_bare(address: str, served: ServedOffice, time: Time, signer: Signer) -> None:
    status, content = post(address, "/", deliveries(signer)[0].content, "text/xml")
    assert (status, b'"result": true' in content) == (200, True)
    time.minutes(1)
    assert [answer.statuses for _, answer in served.waiting("http:-")] == [("2",), ("120",)]
    receipts = post(address, "/client/declare/receiveMessage.action", b"clientid=-")[1]
    assert receipts.count(b"receiptId") == 2


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        ("/client/declare/sendMessage.action", b"clientid=C1", 200, b'"result": true'),
        ("/nowhere", b"x", 404, b'"result": false'),
        ("/client/declare/sendReceiptReceived.action", b"clientid=C1&receiptList=no", 200, b"0.2"),
        ("/client/declare/sendReceiptReceived.action", b"clientid=C1&receiptList=[1]", 200, b"0.2"),
        ("/client/declare/sendMessage.action", b"&" * 1000, 200, b'"result"'),
    ],
)
@pytest.mark.long
def test_whatever_is_posted_is_answered(address: str, path: str, body: bytes, status: int, word: bytes) -> None:
    found = post(address, path, body)
    assert found[0] == status
    assert word in found[1]


def test_an_outage_is_told_as_such_and_nothing_is_taken(tmp_path: Path, time: Time, signer: Signer) -> None:
    night = Trouble(outages=((MORNING, MORNING + timedelta(hours=1)),))
    office = ServedOffice(tmp_path, clock=time, trouble=night)
    door, server = FolderDoor(office, tmp_path), http_door(office)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    message = deliveries(signer)[0]
    (tmp_path / "out" / "one.xml").write_bytes(message.content)
    assert door.collect() == 0
    form = urllib.parse.urlencode({"clientid": "C1", "messageText": message.content.decode()}).encode()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    assert post(address, "/client/declare/sendMessage.action", form)[0] == 503
    time.minutes(61)
    assert door.collect() == 1
    server.shutdown()
    server.server_close()
    office.close()


def test_an_office_that_is_started_again_goes_on_where_it_was(tmp_path: Path, time: Time, signer: Signer) -> None:
    first = ServedOffice(tmp_path, clock=time, seed=7)
    for each in deliveries(signer):
        first.take(each.content, via="folder")
    time.minutes(1)
    before = first.waiting("folder")
    first.confirm("folder", [number for number, _ in before[:5]])
    first.close()
    again = ServedOffice(tmp_path, clock=time, seed=7)
    assert again.waiting("folder") == before[5:]
    assert {(each.came, each.accepted) for each in again.office.counts().values()} == {(1, 1)}
    again.close()


def test_the_archive_is_whole_up_to_wherever_it_was_cut(tmp_path: Path, time: Time, signer: Signer) -> None:
    first = ServedOffice(tmp_path, clock=time, seed=7)
    messages = deliveries(signer, 1)
    for each in messages:
        first.take(each.content, via="folder")
    first.close()
    archive = tmp_path / "taken.part"
    whole = archive.read_bytes()
    assert messages[0].content[100:200] not in whole, "it is encrypted"
    seen = set()
    for length in some(range(0, len(whole), 997)):
        archive.write_bytes(whole[:length])
        office = ServedOffice(tmp_path, clock=time, seed=7)
        time.minutes(1)
        office.waiting("folder")
        seen.add(len(office.office.counts()))
        office.close()
    assert seen == {0, 1, 2, 3}


def test_what_cannot_be_stored_is_not_taken(
    served: ServedOffice, time: Time, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = deliveries(signer)[0]

    def full(*_: object) -> None:
        raise NotWrittenError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("customs.office.archive.OfficeArchive.add", full)
        with pytest.raises(NotWrittenError):
            served.take(message.content, via="folder")
    time.minutes(1)
    assert served.waiting("folder") == []
    assert served.office.counts() == {}


def test_a_file_that_was_taken_before_a_kill_is_not_taken_twice(
    served: ServedOffice, time: Time, tmp_path: Path, signer: Signer
) -> None:
    door, message = FolderDoor(served, tmp_path), deliveries(signer)[0]
    for _ in range(2):  # the second time as after a kill between taking and deleting
        (tmp_path / "out" / message.file_name).write_bytes(message.content)
        door.collect()
    time.minutes(1)
    door.deliver()
    assert [each.came for each in served.office.counts().values()] == [1]


@pytest.mark.parametrize("kill", range(KILLS))
@pytest.mark.long
def test_what_was_said_to_be_taken_is_there_after_a_kill(tmp_path: Path, signer: Signer, kill: int) -> None:
    arguments = ["office", "--dir", str(tmp_path), "--port", "0", "--clock", MORNING.isoformat(), "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "customs.cli", *arguments], stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    assert process.stdout
    address = str(process.stdout.readline().split('"')[3])
    said = 0
    for number, each in enumerate(deliveries(signer, 2 + kill % 3)):
        if number == 3 + kill % 5:
            process.send_signal(signal.SIGKILL)
        try:
            status, content = post(address, "/", each.content, "text/xml")
        except (OSError, urllib.error.URLError):
            break
        said += status == 200 and b"true" in content
    process.kill()
    process.wait()
    process.stdout.close()
    clock = Time()
    office = ServedOffice(tmp_path, clock=clock)
    clock.now = office.last + timedelta(minutes=1)
    office.waiting("http:-")
    assert said >= 3
    assert sum(each.came for each in office.office.counts().values()) >= said
    assert all(each.accepted == 1 for each in office.office.counts().values())
    office.close()


@pytest.fixture
def failing_on_payments(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office with a mistake of its own: it fails on every payment."""
    accept = Course.accept

    def failing(course: Course, case: OfficeCase) -> object:
        if case.paper.kind.message == "CEB411":
            raise KeyError("张三")
        return accept(course, case)

    monkeypatch.setattr(Course, "accept", failing)


@pytest.mark.usefixtures("failing_on_payments")
@pytest.mark.parametrize("via", ["folder", "amqp", "http:C1"])
def test_a_message_on_which_the_office_fails_is_set_aside_once_with_its_reason(
    via: str, tmp_path: Path, time: Time, signer: Signer
) -> None:
    told: list[AsideMessage] = []
    folder, given = tmp_path / "office", deliveries(signer)
    for start in range(3):
        office = ServedOffice(folder, clock=time, seed=7, told=told.append)
        for each in given if start == 0 else ():
            assert office.take(each.content, via=via)
        time.minutes(60)
        answers = office.waiting(via)
        assert [answer.name for _, answer in answers].count("CEB312") == 6, "2 and 120 of three orders"
        office.close()
    assert len(told) == 3
    payments = [each.content for each in given if each.name == "CEB411"]
    assert sorted(opened_aside(aside.path) for aside in told) == sorted(payments)
    assert not any(part in aside.path.read_bytes() for aside in told for part in (b"CEB411", b"Payment"))
    for aside in told:
        assert aside.path.parent == folder / "aside"
        assert "张三" not in aside.reason
        assert (
            aside.path.with_name(f"{aside.path.name}.txt")
            .read_text("utf-8")
            .startswith("the office failed on message ")
        )
        assert aside.path.stat().st_mode & 0o777 == 0o600
    told[0].path.write_bytes(told[1].path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="another key"):
        opened_aside(told[0].path)


@pytest.mark.usefixtures("failing_on_payments")
def test_the_command_says_what_it_sets_aside_and_takes_the_rest(
    tmp_path: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customs.office.folder_door.MOST_BYTES", 100_000)
    (tmp_path / "out").mkdir()
    for each in deliveries(signer):
        (tmp_path / "out" / each.file_name).write_bytes(each.content)
    (tmp_path / "out/huge.xml").write_bytes(b"x" * 100_001)
    office = ["office", "--dir", str(tmp_path), "--clock", MORNING.isoformat(), "--pass", "60"]
    first, again = run(*office, lang="zh"), run(*office, lang="en")
    assert first.exit_code == again.exit_code == 0
    lines = first.stderr.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["已搁置"] * 4 + ["收报文"]
    assert "KeyError, test_doors.py:" in lines[1]
    assert again.stderr == "0 messages taken, 0 files of receipts written\n"
    assert sorted(each.name for each in (tmp_path / "aside").iterdir() if "huge" in each.name) == [
        "huge.xml",
        "huge.xml.txt",
    ]


def test_a_file_that_cannot_be_read_is_left_and_told_once(
    tmp_path: Path, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[AsideMessage] = []
    office = ServedOffice(tmp_path / "office", clock=time, told=told.append)
    door, read = FolderDoor(office, tmp_path), Path.read_bytes
    for name in ("a.xml", "locked.xml", "z.xml"):
        (tmp_path / "out" / name).write_bytes(b"<a/>")

    def locked(path: Path) -> bytes:
        if path.name == "locked.xml":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", locked)
    assert (door.collect(), door.collect()) == (2, 0)
    assert [(each.path.name, "the right is missing" in each.reason) for each in told] == [("locked.xml", True)]
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["locked.xml"]
    office.close()


def test_the_command_takes_a_folder_of_messages_and_lets_time_pass(tmp_path: Path, signer: Signer) -> None:
    (tmp_path / "out").mkdir()
    for each in deliveries(signer):
        (tmp_path / "out" / each.file_name).write_bytes(each.content)
    office: list[str | Path] = ["office", "--dir", tmp_path, "--clock", MORNING.isoformat(), "--pass", "60", "--json"]
    found = run(*office)
    assert (found.exit_code, found.output.startswith('{"taken": 12, "written": ')) == (0, True)
    came = [Item(name=path.name, content=path.read_bytes()) for path in (tmp_path / "in").iterdir()]
    assert statuses(came) == RELEASED
    assert run(*office).output == '{"taken": 0, "written": 0}\n'


def test_a_second_office_in_one_folder_is_turned_away(served: ServedOffice, tmp_path: Path) -> None:
    found = run("office", "--dir", tmp_path / "office", "--pass", "1")
    assert found.exit_code == 3
    assert served.waiting("folder") == []
