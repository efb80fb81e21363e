"""Mails that are fetched from a mailbox by IMAP: each once, over TLS that is checked, whatever the server does."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from customs.exchange.contract import WayError
from customs.hub.cases.imap_mails import ImapMails, ImapServer
from customs.hub.cases.mail import LARGEST_MAIL
from customs.hub.cases.mail_settings import MailPlace
from customs.hub.cases.mail_turn import MailsReport, mails_turn
from customs.hub.settings.hub_file import load_hub
from customs.intake.problems import EnterpriseError
from customs.ledger import Ledger
from support import exactly
from support.cases import NINE
from support.imap_server import PASSWORD, USER, ImapBox, imap_server
from support.ledgers import LedgerDatabases


@pytest.fixture
def box(tmp_path: Path) -> Iterator[ImapBox]:
    with imap_server(tmp_path) as found:
        yield found


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    with sqlite_databases.ledger() as found:
        yield found


def mail(number: str, text: str = "请帮忙") -> bytes:
    head = f"From: buyer@example.com\r\nSubject: {number}\r\nMessage-ID: <{number}@shop>\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


def server(box: ImapBox, host: str = "localhost", password: str = PASSWORD, mailbox: str = "INBOX") -> ImapServer:
    return ImapServer(
        host=host, port=box.port, user=USER, password=password, mailbox=mailbox, ca_file=box.ca_file, inner=True
    )


def fetched(ledger: Ledger, where: ImapServer) -> MailsReport:
    with closing(MailPlace(where=where).source()) as source:
        return mails_turn(ledger, "shop", source, now=NINE)


@pytest.mark.long
def test_unread_mails_open_cases_and_are_marked_as_read(box: ImapBox, ledger: Ledger) -> None:
    box.put(mail("1"), mail("2"), mail("3"))
    box.flags[2].add(r"\Seen")
    assert fetched(ledger, server(box)) == MailsReport(opened=2)
    assert box.flags == {1: {r"\Seen"}, 2: {r"\Seen"}, 3: {r"\Seen"}}
    assert fetched(ledger, server(box)) == MailsReport()
    assert box.said[:4] == ["CAPABILITY", "LOGIN", "ID", "SELECT"]
    assert box.said[-1] == "LOGOUT"


@pytest.mark.long
def test_what_cannot_be_read_is_flagged_for_a_person(box: ImapBox, ledger: Ledger) -> None:
    box.put(b"no mail", mail("2"), mail("3"))
    box.sizes[2] = LARGEST_MAIL + 1
    assert fetched(ledger, server(box)) == MailsReport(opened=1, aside=2)
    assert [r"\Flagged" in box.flags[each] for each in (1, 2, 3)] == [True, True, False]
    assert box.said.count("UID FETCH") == 5, "what is too large is not asked for"


@pytest.mark.parametrize("cut", ["UID FETCH", "UID STORE", "LOGIN", "SELECT"])
@pytest.mark.long
def test_a_cut_line_loses_no_mail_and_takes_none_twice(cut: str, box: ImapBox, ledger: Ledger) -> None:
    box.put(mail("1"), mail("2"))
    box.cut_at = cut
    with pytest.raises(WayError, match=r"localhost: .*IMAP|localhost: the connection failed"):
        fetched(ledger, server(box))
    done = fetched(ledger, server(box))
    assert (done.opened, done.passed) == ((1, 1) if cut == "UID STORE" else (2, 0))


def test_a_server_that_promises_more_than_may_come_is_left(box: ImapBox) -> None:
    box.put(mail("1"))
    box.promised = 10**12
    with closing(ImapMails(server(box))) as mails, pytest.raises(WayError, match="it says too much 应答过长"):
        list(mails.waiting(1))


def test_each_failure_says_what_to_do_and_nothing_of_the_server(box: ImapBox, ledger: Ledger) -> None:
    box.put(mail("1"))
    for where, said in exactly(
        4,
        [
            (server(box, password="wrong"), "refuses user or password 用户名或密码被拒绝"),  # noqa: S106
            (server(box, mailbox="Other"), "there is no mailbox Other 没有邮箱文件夹 Other"),
            (server(box, host="127.0.0.1"), "certificate is not trusted"),
            (
                ImapServer(host="localhost", port=box.port, user=USER, password=PASSWORD, ca_file=box.ca_file),
                "set inner = true",
            ),
        ],
    ):
        with pytest.raises(WayError, match=said) as raised:
            fetched(ledger, where)
        assert PASSWORD not in str(raised.value)
    assert box.flags == {1: set()}


GOOD = 'host = "imap.example.com"\nuser = "support"\npassword = { file = "mail.secret" }\nmailbox = "Cases"\n'


def hub_file(folder: Path, table: str) -> Path:
    (folder / "mail.secret").write_text(PASSWORD, encoding="utf-8")
    text = f'[ledger]\nurl = "sqlite:///hub.db"\n[enterprises.shop]\nfile = "shop.toml"\n[cases.mail.support]\n{table}'
    (folder / "hub.toml").write_text(text, encoding="utf-8")
    return folder / "hub.toml"


def test_a_mailbox_is_read_from_the_file_of_the_hub(tmp_path: Path) -> None:
    where = load_hub(hub_file(tmp_path, GOOD)).cases.mail["support"].where
    assert isinstance(where, ImapServer)
    assert (where.host, where.port, where.mailbox, where.password) == ("imap.example.com", 993, "Cases", PASSWORD)
    assert PASSWORD not in repr(where)


@pytest.mark.parametrize(
    ("good", "wrong", "said"),
    [
        ('password = { file = "mail.secret" }', 'password = "open"', "the password is"),
        ('password = { file = "mail.secret" }', 'password = { file = "none" }', "the password is"),
        ('user = "support"\n', "", "the user of the mailbox is missing"),
        ('mailbox = "Cases"', "port = 0", "a port is a number"),
        ('mailbox = "Cases"', 'inner = "no"', "true or false"),
        ('mailbox = "Cases"', "mailbox = 'a\"b'", "no quotes"),
        ('mailbox = "Cases"', 'folder = "mails"', "in a folder or in a mailbox"),
    ],
)
def test_a_mistake_about_a_mailbox_is_told(good: str, wrong: str, said: str, tmp_path: Path) -> None:
    assert good in GOOD
    with pytest.raises(EnterpriseError, match=said):
        load_hub(hub_file(tmp_path, GOOD.replace(good, wrong)))
