"""Gateways that push their receipts: from the office over a socket to the enterprise's call-backs, its inbox and the parcel's state."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from customs.exchange.boxes import FolderBoxes
from customs.exchange.receivers import CallbackApplication
from customs.exchange.receivers.configured import load_callbacks, open_callbacks
from customs.exchange.stored_inbox import read_inbox
from customs.files import NotWrittenError
from customs.office import OfficeSettings, Trouble
from customs.office.push_door import PushDoor
from customs.office.pushes import PushTarget, UnreachedError, post_form
from customs.office.served import GATEWAY, ServedOffice
from customs.signing import Signer
from support import MORNING
from support.command_line import run
from support.districts import DISTRICTS, PRIVATE, PUBLIC, SECRETS, WORD, Desk, District, declarant, desk_at, set_clock
from support.exchanges import Time
from support.served import served

#: What customs.toml says of the call-back of a gateway, and by which name it knows the enterprise.
CALLBACKS = {
    "guangzhou": ('kind = "guangzhou"\nclient_id = "TEST"\nkey = { file = "word" }', "TEST"),
    "ningbo": ('kind = "ningbo"\nfrom = ["127.0.0.1"]\nuser_id = "TEST"\npassword = { file = "word" }', "TEST"),
    "zhejiang": ('kind = "zhejiang"\nsettings = "area.toml"\nplatform_key = "platform.pem"', ""),
}
CALLBACKS |= dict.fromkeys(("jiangxi", "zhejiang_ceb"), CALLBACKS["zhejiang"])

#: The districts whose gateways push, with the state of a parcel when everything is there.
PUSHING = {
    ("guangzhou", "guangzhou"): "released",
    ("guangzhou_kj", "guangzhou"): "sent",  # customs' word on a list names no number that is published
    ("ningbo_kjb2c", "ningbo"): "released",
    ("zhejiang_jkf", "zhejiang"): "released",
    ("jiangxi_jkf", "jiangxi"): "released",
    ("unified", "zhejiang_ceb"): "released",
}
BY_PLACE = {(each.area, each.gateway): each for each in DISTRICTS}
ZHEJIANG = BY_PLACE["zhejiang_jkf", "zhejiang"]

every_push = pytest.mark.parametrize("place", PUSHING, ids=" at ".join)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return declarant()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return set_clock(monkeypatch)


@pytest.fixture
def desk(tmp_path: Path, time: Time) -> Iterator[Desk]:
    with desk_at(tmp_path, time) as desk:
        yield desk


def configured(desk: Desk, district: District) -> Path:
    """The enterprise file with the call-back of a district beside its destination."""
    (desk.folder / "platform.pem").write_bytes(PUBLIC)
    (desk.folder / "area.toml").write_text(
        f'area = "zhejiang_jkf"\n[parameters]\nsender = "TESTSENDER"\n[secrets]\naes_key = "{WORD}"\n'
    )
    file = desk.folder / "customs.toml"
    settings = f"[callbacks.gate]\n{CALLBACKS[district.gateway][0]}\n"
    if settings not in file.read_text(encoding="utf-8"):
        file.write_text(file.read_text(encoding="utf-8") + settings, encoding="utf-8")
    return file


@contextmanager
def receiving(desk: Desk, district: District) -> Iterator[str]:
    """Serve the call-backs of the enterprise; give their address."""
    settings = load_callbacks(configured(desk, district))
    opened = open_callbacks(settings, desk.time, FolderBoxes(settings.exchange.state))
    try:
        with served(CallbackApplication(opened.receivers, clock=desk.time)) as port:
            yield f"http://127.0.0.1:{port}/gate"
    finally:
        opened.close()


def door(desk: Desk, district: District, address: str, office: ServedOffice | None = None) -> PushDoor:
    target = PushTarget(address, CALLBACKS[district.gateway][1])
    return PushDoor(office or desk.office, district.gateway, target, SECRETS[district.gateway])


def waiting(desk: Desk, district: District) -> int:
    return len(desk.office.waiting(GATEWAY + district.gateway))


@every_push
@pytest.mark.long
def test_what_is_pushed_reaches_the_inbox_and_the_state_of_the_parcel(
    place: tuple[str, str], desk: Desk, signer: Signer
) -> None:
    district = BY_PLACE[place]
    desk.lay_out(district, signer)
    assert desk.send() == 0
    desk.time.pass_by(minutes=5)
    with receiving(desk, district) as address:
        count = waiting(desk, district)
        assert (door(desk, district, address).deliver(), waiting(desk, district)) == (count, 0)
        assert door(desk, district, address).deliver() == 0
    with read_inbox(desk.folder / "state", "gate") as inbox:
        assert list(inbox.aside()) == []
    assert count > 0
    assert desk.node(district.area) == PUSHING[place]


@pytest.mark.long
def test_an_officer_of_zhejiang_refuses_and_the_enterprise_is_called(
    tmp_path: Path, time: Time, signer: Signer
) -> None:
    settings = OfficeSettings(refused={"EX121000070000001": "身份信息有误"})
    with desk_at(tmp_path, time, settings=settings) as desk:
        desk.lay_out(ZHEJIANG, signer)
        assert desk.send() == 0
        time.pass_by(minutes=5)
        with receiving(desk, ZHEJIANG) as address:
            door(desk, ZHEJIANG, address).deliver()
        assert desk.node("zhejiang_jkf") == "rejected"


@dataclass
class Line:
    """A line to the enterprise that does what a test tells it, and remembers when it was called."""

    time: Time
    answers: list[bytes | None] = field(default_factory=list)
    """What comes back next; None if nobody takes a connection; in the end ``heard``."""
    heard: bytes = b"<response><success>true</success></response>"
    called: list[float] = field(default_factory=list)

    def __call__(self, address: str, form: Mapping[str, str]) -> bytes:
        self.called.append((self.time.now - MORNING).total_seconds())
        answer = self.answers.pop(0) if self.answers else self.heard
        if answer is None:
            raise UnreachedError
        return answer


def one_receipt(desk: Desk, district: District, signer: Signer, line: Line) -> PushDoor:
    """The door of a gateway where one receipt waits."""
    desk.lay_out(district, signer)
    assert desk.send() == 0
    desk.time.pass_by(minutes=5)
    via = GATEWAY + district.gateway
    desk.office.confirm(via, [number for number, _ in desk.office.waiting(via)[1:]])
    made = door(desk, district, "http://127.0.0.1:9/gate")
    made.post = line
    line.time.now = MORNING + timedelta(minutes=5)
    return made


@pytest.mark.parametrize(
    "answer",
    [b"", None, b"success", b"<response><success>false</success></response>", b"<a", b"<success>true</success>"],
)
@pytest.mark.long
def test_a_receipt_is_pushed_again_until_the_enterprise_says_that_it_has_it(
    answer: bytes | None, desk: Desk, signer: Signer
) -> None:
    line = Line(desk.time, [answer] * 3)
    pushing = one_receipt(desk, ZHEJIANG, signer, line)
    for _ in range(100):
        pushing.deliver()
        desk.time.pass_by(seconds=1)
    assert line.called == [300, 315, 330, 360]
    assert waiting(desk, ZHEJIANG) == 0


def test_guangzhou_repeats_nine_times_by_its_schedule_and_leaves_the_receipt_to_be_fetched(
    desk: Desk, signer: Signer
) -> None:
    district = BY_PLACE["guangzhou", "guangzhou"]
    line = Line(desk.time, heard=b"fail")
    pushing = one_receipt(desk, district, signer, line)
    for _ in range(1500):
        pushing.deliver()
        desk.time.pass_by(seconds=15)
    waits = [after - before for before, after in zip(line.called, line.called[1:], strict=False)]
    assert waits == [15, 15, 30, 180, 1800, 1800, 1800, 1800, 3600]
    assert waiting(desk, district) == 1


def test_while_nobody_takes_a_connection_one_receipt_is_tried_for_all(desk: Desk, signer: Signer) -> None:
    desk.lay_out(ZHEJIANG, signer)
    assert desk.send() == 0
    desk.time.pass_by(minutes=5)
    line = Line(desk.time, [None])
    pushing = door(desk, ZHEJIANG, "http://127.0.0.1:9/gate")
    pushing.post = line
    count = waiting(desk, ZHEJIANG)
    assert (pushing.deliver(), len(line.called)) == (0, 1)
    desk.time.pass_by(seconds=15)
    assert (pushing.deliver(), len(line.called)) == (count, 1 + count)


@pytest.mark.long
def test_an_office_that_ends_between_the_call_and_its_note_pushes_again_and_the_inbox_has_it_once(
    desk: Desk, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.lay_out(ZHEJIANG, signer)
    assert desk.send() == 0
    desk.time.pass_by(minutes=5)

    def full(*_: object) -> None:
        raise NotWrittenError(Path("taken.part"), OSError(28, "No space left on device"))

    with receiving(desk, ZHEJIANG) as address:
        count = waiting(desk, ZHEJIANG)
        with monkeypatch.context() as broken:
            broken.setattr("customs.office.archive.OfficeArchive.add", full)
            assert door(desk, ZHEJIANG, address).deliver() == 0
        desk.office.close()
        again = ServedOffice(desk.folder / "office", clock=desk.time, seed=7)
        assert door(desk, ZHEJIANG, address, again).deliver() == count
        again.close()
    assert desk.received() == count + len(list((desk.folder / "messages").glob("*.xml")))


@pytest.mark.parametrize(
    ("trouble", "soon", "whole"),
    [
        (Trouble(losses=1.0), 0, 0),
        (Trouble(repeats=1.0), 4, 8),
        (Trouble(reordered=1.0), 0, 4),
    ],
    ids=["lost", "repeated", "late"],
)
@pytest.mark.long
def test_pushes_are_lost_repeated_and_late_by_seed(
    trouble: Trouble, soon: int, whole: int, tmp_path: Path, time: Time, signer: Signer
) -> None:
    with desk_at(tmp_path, time, trouble=trouble) as desk:
        desk.lay_out(ZHEJIANG, signer)
        assert desk.send() == 0
        line = Line(time)
        pushing = door(desk, ZHEJIANG, "http://127.0.0.1:9/gate")
        pushing.post = line
        time.pass_by(seconds=20)
        assert pushing.deliver() == soon
        time.pass_by(minutes=15)
        pushing.deliver()
        assert len(line.called) == whole


FAULTS: Mapping[str, Callable[[socket.socket], None]] = {
    "no answer": lambda taken: None,
    "no HTTP": lambda taken: taken.sendall(b"success"),
    "a cut answer": lambda taken: taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nsuccess"),
    "an error": lambda taken: taken.sendall(b"HTTP/1.1 500 X\r\nContent-Length: 7\r\n\r\nsuccess"),
    "a redirect": lambda taken: taken.sendall(b"HTTP/1.1 302 X\r\nLocation: /\r\nContent-Length: 7\r\n\r\nsuccess"),
    "an endless answer": lambda taken: taken.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"success" * 20_000),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_is_none_counts_as_not_heard(fault: str) -> None:
    with raw(FAULTS[fault]) as port:
        assert post_form(f"http://127.0.0.1:{port}/x", {"a": "b"}) == b""


def test_where_nobody_listens_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(UnreachedError):
        post_form(f"http://127.0.0.1:{port}/x", {})


@contextmanager
def raw(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that reads one call and answers it in some way."""
    import threading

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            taken, _ = listening.accept()
            with taken:
                taken.recv(65536)
                answer(taken)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


@pytest.mark.long
def test_the_command_pushes_to_the_address_that_its_file_of_gateways_gives(desk: Desk, signer: Signer) -> None:
    desk.lay_out(ZHEJIANG, signer)
    assert desk.send() == 0
    desk.office.close()
    (desk.folder / "platform-private.pem").write_bytes(PRIVATE)
    with receiving(desk, ZHEJIANG) as address:
        gateways = desk.folder / "gateways.toml"
        gateways.write_text(
            f'[zhejiang]\naes_key = "word"\nplatform_key = "platform-private.pem"\ncallback = {{ address = "{address}" }}\n'
        )
        office: list[str | Path] = ["office", "--dir", desk.folder / "office", "--gateways", gateways, "--seed", "7"]
        found = run(*office, "--clock", MORNING.isoformat(), "--pass", "60", "--json")
        assert found.output == '{"taken": 0, "written": 0, "pushed": 4}\n'
        assert "0 receipts pushed" in run(*office, "--clock", MORNING.isoformat(), "--pass", "60").output
    assert desk.node("zhejiang_jkf") == "released"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[hainan]\ncallback = { address = "http://127.0.0.1/" }', "hainan pushes nothing"),
        ('[zhejiang]\naes_key = "word"\ncallback = { address = "http://127.0.0.1/" }', "pushes need platform_key"),
        ('[ningbo]\npassword = "word"\ncallback = { address = "http://127.0.0.1/" }', "needs caller"),
        (
            '[ningbo]\npassword = "word"\ncallback = { address = "ftp://127.0.0.1/", caller = "T" }',
            "has an address such as",
        ),
        ('[ningbo]\npassword = "word"\ncallback = { url = "http://127.0.0.1/" }', "url"),
        ('[zhejiang]\naes_key = "word"\nplatform_key = "word"\ncallback = { address = "http://h/" }', "--gateways"),
    ],
)
def test_a_call_back_that_cannot_be_is_told_before_the_office_opens(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "word").write_text(WORD)
    (tmp_path / "gateways.toml").write_text(text)
    found = run("office", "--dir", tmp_path / "office", "--gateways", tmp_path / "gateways.toml", "--pass", "1")
    assert (found.exit_code, said in found.output) == (2, True), found.output
