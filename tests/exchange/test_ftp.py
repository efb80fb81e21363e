"""Messages put on an FTP server and receipts taken from it: nothing half-written, nothing lost, every outcome as certain as
it is.
"""

import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from customs.exchange import Delivery, Item, SetAside, WayError
from customs.exchange.ways import CallLimits, FtpLayout, FtpSettings, FtpWay
from support import exactly
from support.authority import Authority
from support.ftp_server import PASSWORD, USER, FtpDesk, FtpServer, ftp_serving, pyftpd_serving
from support.gateway_server import refused_port

#: Line ends of every kind, and all bytes: whatever changes them breaks a signature.
CONTENT = b"<a>\r\n\n\r</a>\r\n" + bytes(range(256)) * 400
MESSAGE = Delivery(id="M1", name="CEB311", file_name="CEB311_M1.xml", content=CONTENT)
QUICK = CallLimits(part=0.3, deadline=0.8, most_bytes=200_000)
GUANGZHOU = FtpLayout(send="cebin", receive=("cebout",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("cebin", "cebout", "temp", "send"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    return authority.server(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))


@pytest.fixture
def server(folder: Path) -> Iterator[FtpServer]:
    with ftp_serving(folder) as server:
        yield server


#: The ways that a test has opened.
OPENED: list[FtpWay] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def way_to(port: int, layout: str | FtpLayout = "guangzhou", **more: Any) -> FtpWay:
    told = {
        "host": "127.0.0.1",
        "credentials": {"user": USER, "password": PASSWORD},
        "plain": True,
        "limits": QUICK,
        **more,
    }
    OPENED.append(FtpWay(FtpSettings(port=port, layout=layout, **told)))
    return OPENED[-1]


def lying(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("layout", ["guangzhou", "zhejiang"])
def test_a_message_goes_to_a_real_server_byte_for_byte_and_a_repetition_is_seen(folder: Path, layout: str) -> None:
    with pyftpd_serving(folder) as port:
        way = way_to(port, layout)
        assert way.lookup(MESSAGE).outcome == "unknown"
        assert way.hand_over(MESSAGE).outcome == "sent"
        directory = {"guangzhou": "cebin", "zhejiang": "send"}[layout]
        assert lying(folder) == {f"{directory}/CEB311_M1.xml": CONTENT}
        assert way.lookup(MESSAGE).outcome == "sent"
        again = way.hand_over(MESSAGE)
        assert (again.outcome, "already" in again.said) == ("sent", True)


def test_receipts_of_a_real_server_stay_until_they_are_confirmed(folder: Path) -> None:
    (folder / "cebout" / "KJDOCREC_2.xml").write_bytes(CONTENT)
    (folder / "cebout" / "KJDOCREC_1.xml").write_bytes(b'<?xml version="1.0" encoding="gb2312"?><a>\xca\xbe</a>')
    (folder / "cebout" / "half.xml.tmp").write_bytes(b"<a>")
    (folder / "cebout" / "empty.xml").touch()
    (folder / "cebout" / "below").mkdir()
    with pyftpd_serving(folder) as port:
        way = way_to(port)
        found = exactly(4, way.fetch())
        items = [each for each in found if isinstance(each, Item)]
        left = [each for each in found if isinstance(each, SetAside)]
        assert {each.name: each.content for each in items} == {
            "KJDOCREC_1.xml": b'<?xml version="1.0" encoding="gb2312"?><a>\xca\xbe</a>',
            "KJDOCREC_2.xml": CONTENT,
        }
        assert [(each.name, each.wait) for each in left] == [("empty.xml", True), ("half.xml.tmp", True)]
        assert len(list(way.fetch())) == 4
        way.confirm(items[0])
        way.confirm(items[0])
        assert (folder / "cebout" / "KJDOCREC_2.xml").exists() != (items[0].name == "KJDOCREC_2.xml")
        assert len(list(way.fetch())) == 3


def test_a_receipt_that_changed_since_it_was_read_is_not_deleted(folder: Path) -> None:
    path = folder / "cebout" / "a.xml"
    path.write_bytes(b"<a/>")
    with pyftpd_serving(folder) as port:
        way = way_to(port)
        (item,) = way.fetch()
        path.write_bytes(b"<a>more</a>")
        with pytest.raises(WayError, match="changed"):
            way.confirm(item)  # type: ignore[arg-type]
        assert path.exists()


def test_a_receipt_larger_than_allowed_is_set_aside_and_the_rest_comes(folder: Path, server: FtpServer) -> None:
    (folder / "cebout" / "a.xml").write_bytes(b"x" * (QUICK.most_bytes + 1))
    (folder / "cebout" / "b.xml").write_bytes(b"<b/>")
    aside, item = way_to(server.port).fetch()
    assert isinstance(aside, SetAside)
    assert (aside.name, aside.wait, item.name) == ("a.xml", False, "b.xml")
    server.wrong["SIZE"] = lambda desk: "502 not known"
    aside, item = way_to(server.port).fetch()
    assert (aside.name, item.name) == ("a.xml", "b.xml")


def test_a_message_goes_over_tls_that_is_checked_on_both_lines(
    folder: Path, context: ssl.SSLContext, authority: Authority
) -> None:
    with ftp_serving(folder, context) as server:
        way = way_to(server.port, plain=False, ca_file=authority.file)
        assert way.hand_over(MESSAGE).outcome == "sent"
        assert lying(folder) == {"cebin/CEB311_M1.xml": CONTENT}
        assert server.said[0] == "AUTH TLS"
        assert "PROT P" in server.said
        (folder / "cebout" / "a.xml").write_bytes(CONTENT)
        (item,) = way.fetch()
        assert isinstance(item, Item)
        assert item.content == CONTENT


def test_a_server_that_is_not_trusted_or_has_no_tls_hears_no_password(
    folder: Path,
    context: ssl.SSLContext,
    authority: Authority,
    server: FtpServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    strange = Authority(tmp_path_factory.mktemp("strange"))
    with ftp_serving(folder, context) as other:
        for way, heard in (
            (way_to(other.port, plain=False, ca_file=strange.file), other),
            (way_to(server.port, plain=False, ca_file=authority.file), server),
        ):
            handed = way.hand_over(MESSAGE)
            assert (handed.outcome, handed.again) == ("not sent", "after the outage")
            assert heard.said == ["AUTH TLS"]


def lost(desk: FtpDesk) -> None:
    """It does what it was asked, and breaks off before it says so."""
    command, _, argument = desk.server.said[-1].partition(" ")
    desk.do(command, argument)


def broken_off(desk: FtpDesk) -> None:
    """It breaks off before it does anything."""


def silent(desk: FtpDesk) -> str:
    """It says nothing more."""
    return ""


def test_the_rename_is_the_commit_point_and_its_lost_answer_leaves_the_outcome_open(
    folder: Path, server: FtpServer
) -> None:
    server.wrong["RNTO"] = lost
    way = way_to(server.port)
    assert way.hand_over(MESSAGE).outcome == "unknown"
    assert lying(folder) == {"cebin/CEB311_M1.xml": CONTENT}
    server.wrong.clear()
    assert way.lookup(MESSAGE).outcome == "sent"


@pytest.mark.parametrize("command", ["USER", "TYPE", "PASV", "STOR", "RNFR"])
@pytest.mark.parametrize("fault", [broken_off, silent, lost])
@pytest.mark.long
def test_until_the_rename_was_asked_for_nothing_is_sent(
    command: str, fault: Any, folder: Path, server: FtpServer
) -> None:
    server.wrong[command] = fault
    assert way_to(server.port).hand_over(MESSAGE).outcome == "not sent"
    assert [name for name in lying(folder) if not name.endswith(".tmp")] == []


def test_a_message_whose_temporary_file_alone_lies_there_is_not_sent(folder: Path, server: FtpServer) -> None:
    server.wrong["RNTO"] = broken_off
    way = way_to(server.port)
    assert way.hand_over(MESSAGE).outcome == "unknown"
    server.wrong.clear()
    assert way.lookup(MESSAGE).outcome == "not sent"
    assert way.hand_over(MESSAGE).outcome == "sent"
    assert lying(folder) == {"cebin/CEB311_M1.xml": CONTENT}


@pytest.mark.parametrize(
    ("command", "reply", "again"),
    [
        ("PASS", "530 no", "after the outage"),
        ("STOR", "552 full", "later"),
        ("STOR", "452 full", "later"),
        ("RNTO", "553 not that name", "later"),
        ("RNTO", "451 not now", "later"),
    ],
)
def test_a_refusal_is_certain_and_says_its_number_alone(
    command: str, reply: str, again: str, server: FtpServer
) -> None:
    server.wrong[command] = lambda desk: reply
    handed = way_to(server.port).hand_over(MESSAGE)
    assert (handed.outcome, handed.again) == ("not sent", again)
    assert reply[:3] in handed.said
    assert reply[4:] not in handed.said
    assert PASSWORD not in handed.said


def test_an_ignored_rename_is_no_success(folder: Path, server: FtpServer) -> None:
    server.wrong["RNTO"] = lambda desk: "200 whatever"
    assert way_to(server.port).hand_over(MESSAGE).outcome == "unknown"


def test_a_transfer_that_the_server_does_not_confirm_is_no_success(folder: Path, server: FtpServer) -> None:
    def cut(desk: FtpDesk) -> str:
        lost(desk)
        return "200 whatever"

    server.wrong["STOR"] = cut
    assert way_to(server.port).hand_over(MESSAGE).outcome == "not sent"


def test_a_file_that_arrived_with_another_size_is_not_renamed(folder: Path, server: FtpServer) -> None:
    def halved(desk: FtpDesk) -> str:
        lost(desk)
        path = desk.path(desk.server.said[-1].partition(" ")[2])
        path.write_bytes(path.read_bytes()[:100])
        return "226 have it"

    server.wrong["STOR"] = halved
    assert way_to(server.port).hand_over(MESSAGE).outcome == "not sent"
    assert [name for name in lying(folder) if not name.endswith(".tmp")] == []


@pytest.mark.parametrize(
    ("command", "fault", "outcome"),
    [("STOR", lost, "unknown"), ("TYPE", broken_off, "not sent"), ("STOR", lambda desk: "550 no", "not sent")],
)
def test_where_files_are_put_as_they_are_the_outcome_is_open_from_the_first_byte(
    command: str, fault: Any, outcome: str, folder: Path, server: FtpServer
) -> None:
    server.wrong[command] = fault
    assert way_to(server.port, "pingtan").hand_over(MESSAGE).outcome == outcome
    server.wrong.clear()
    assert way_to(server.port, FtpLayout(send="send", temporary=None)).hand_over(MESSAGE).outcome == "sent"
    assert lying(folder)["send/CEB311_M1.xml"] == CONTENT


def test_a_type_of_message_may_have_directories_of_its_own(folder: Path, server: FtpServer) -> None:
    (folder / "PAY" / "in").mkdir(parents=True)
    payment = Delivery(id="1", name="661107", file_name="a.xml", content=b"<a/>")
    assert way_to(server.port, "nansha").hand_over(payment).outcome == "sent"
    assert lying(folder) == {"PAY/in/a.xml": b"<a/>"}


def test_no_connection_has_sent_nothing(folder: Path) -> None:
    handed = way_to(refused_port()).hand_over(MESSAGE)
    assert (handed.outcome, handed.again) == ("not sent", "later")
    with pytest.raises(WayError, match="拒绝连接"):
        list(way_to(refused_port()).fetch())


def test_a_connection_that_was_closed_meanwhile_is_opened_anew(folder: Path, server: FtpServer) -> None:
    way = way_to(server.port)
    assert list(way.fetch()) == []
    server.wrong["NOOP"] = broken_off
    assert way.hand_over(MESSAGE).outcome == "sent"


def drips(desk: FtpDesk) -> None:
    """A letter now and then, never a line."""
    desk.link.settimeout(0.02)
    while True:
        desk.link.sendall(b"2")
        try:
            if not desk.link.recv(1):
                return
        except TimeoutError:
            continue


def floods(desk: FtpDesk) -> None:
    """A reply of lines without end."""
    while True:
        desk.link.sendall(b"213-more\r\n" * 1_000)


def lists_without_end(desk: FtpDesk) -> None:
    with desk.data() as line:
        while True:
            line.sendall(b"a.xml\r\n" * 1_000)


@pytest.mark.parametrize(("command", "fault"), [("SIZE", drips), ("SIZE", floods), ("NLST", lists_without_end)])
@pytest.mark.long
def test_what_never_ends_is_cut(command: str, fault: Any, folder: Path, server: FtpServer) -> None:
    (folder / "cebout" / "a.xml").write_bytes(b"<a/>")
    server.wrong[command] = fault
    with pytest.raises(WayError):
        list(way_to(server.port).fetch())


def test_a_name_of_a_listing_never_leaves_its_directory(folder: Path, server: FtpServer) -> None:
    (folder / "cebin" / "passwd").write_bytes(b"secret")
    (folder / "cebout" / "passwd").write_bytes(b"<a/>")
    server.wrong["NLST"] = lambda desk: desk.give(b"../cebin/passwd\r\n")
    (item,) = way_to(server.port).fetch()
    assert isinstance(item, Item)
    assert item.content == b"<a/>"


@pytest.mark.parametrize("real", [True, False])
def test_a_directory_of_receipts_that_is_not_there_is_an_error_and_an_empty_one_is_none(
    real: bool, folder: Path, server: FtpServer
) -> None:
    server.wrong["NLST"] = lambda desk: "550 nothing here"
    with pyftpd_serving(folder) as port:
        assert list(way_to(port if real else server.port).fetch()) == []
        with pytest.raises(WayError, match="FTP 5"):
            list(way_to(port if real else server.port, FtpLayout(send="", receive=("nowhere",))).fetch())


def test_a_name_that_would_be_a_command_does_not_leave(server: FtpServer) -> None:
    evil = Delivery(id="1", name="CEB311", file_name="a\r\nDELE b", content=b"<a/>")
    assert way_to(server.port).hand_over(evil).outcome == "not sent"
    assert not any("DELE" in each for each in server.said)


def test_files_that_cannot_be_read_or_named_are_set_aside_and_the_rest_comes(folder: Path, server: FtpServer) -> None:
    (folder / "cebout" / "a.xml").write_bytes(b"<a/>")
    (folder / "cebout" / "b.xml").write_bytes(b"<b/>")
    server.wrong["NLST"] = lambda desk: desk.give(b"\xb0\xa1.xml\r\na.xml\r\nb.xml\r\ngone.xml\r\n")
    server.wrong["RETR"] = lambda desk: (
        "550 no right" if desk.server.said[-1].endswith("a.xml") else desk.do(*desk.server.said[-1].split(" "))
    )
    found = {each.name: isinstance(each, Item) for each in way_to(server.port).fetch()}
    assert found == {"\\udcb0\\udca1.xml": False, "a.xml": False, "b.xml": True}


def test_a_receipt_whose_transfer_is_not_confirmed_is_not_taken(folder: Path, server: FtpServer) -> None:
    (folder / "cebout" / "a.xml").write_bytes(b"<a/>")

    def unsure(desk: FtpDesk) -> str:
        lost(desk)
        return "200 whatever"

    server.wrong["RETR"] = unsure
    with pytest.raises(WayError):
        list(way_to(server.port).fetch())


def test_a_layout_that_is_not_known_is_named_and_a_password_is_in_no_repr() -> None:
    with pytest.raises(ValueError, match="atlantis"):
        way_to(21, "atlantis")
    with pytest.raises(ValueError, match="host and credentials"):
        way_to(21, credentials={})
    settings = FtpSettings(host="a", credentials={"user": "b", "password": PASSWORD}, layout=GUANGZHOU, plain=True)
    assert PASSWORD not in f"{settings!r} {FtpWay(settings)!r}"
