"""Notices by mail: text, HTML and attachments over TLS that is checked; a repeat is the same message."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from customs.hub.channels import smtp
from customs.hub.channels.mail import MailChannel, message_id
from customs.hub.channels.notices import Attachment, Notice, NoticeError, queue_notice
from customs.hub.channels.smtp import MailServer
from customs.hub.channels.telling import TELLING_LEASE, QueuedNotice, Telling, lease_notice, tell_turn
from customs.ledger import Ledger
from support.gateway_server import refused_port
from support.mail_server import (
    PASSWORD,
    USER,
    Mailbox,
    breaks_off,
    mail_server,
    talking,
    welcomes_drop_by_drop,
    welcomes_without_end,
)

FIVE = datetime(2026, 11, 11, 17)
TO = ("duty@example.com", "warehouse@example.com")
CSV = b"\xef\xbb\xbforder_no,node\r\nTEST1,RELEASED\r\n"


def queued(attempts: int = 1, **changes: Any) -> QueuedNotice:
    said = {
        "subject_zh": "履约健康日报",
        "subject_en": "Health report",
        "text_zh": "接单 10,240\n超时 37",
        "text_en": "taken in 10,240\noverdue 37",
        "html": "<table><tr><td>超时 37</td></tr></table>",
        "attachments": (Attachment(name="overdue-20261111.csv", content_type="text/csv", content=CSV),),
        "key": "health/2026-11-11",
    }
    return QueuedNotice(id=7, channel="mail", at=FIVE, attempts=attempts, notice=Notice(**{**said, **changes}))


def channel(box: Mailbox, **changes: Any) -> MailChannel:
    server = MailServer(host="localhost", port=box.port, user=USER, password=PASSWORD, ca_file=box.ca_file, inner=True)
    return MailChannel(server=replace(server, **changes), sender="reports@example.com", to=TO)


@pytest.fixture(scope="module")
def box_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    with mail_server(tmp_path_factory.mktemp("mail")) as box:
        yield box


@pytest.fixture
def box(box_of_module: Mailbox) -> Mailbox:
    box_of_module.messages.clear()
    box_of_module.raw.clear()
    box_of_module.encrypted.clear()
    box_of_module.refused, box_of_module.answer = frozenset(), "250 OK"
    return box_of_module


def told(box: Mailbox, notice: QueuedNotice, **changes: Any) -> Telling:
    return channel(box, **changes).tell(notice, now=FIVE)


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    content: str = found.get_content()
    return content


def test_a_notice_comes_as_text_html_and_attachment_over_tls(box: Mailbox) -> None:
    assert told(box, queued()) == Telling(result="told")
    (message,) = box.messages
    assert box.encrypted == [True]
    assert message["Subject"] == "履约健康日报 Health report"
    assert message["From"] == "reports@example.com"
    assert message["To"] == ", ".join(TO)
    assert message["Date"] == "Wed, 11 Nov 2026 17:00:00 +0800"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Importance"] is None
    assert part(message, "plain").splitlines() == ["接单 10,240", "超时 37", "", "taken in 10,240", "overdue 37"]
    assert "<td>超时 37</td>" in part(message, "html")
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "overdue-20261111.csv"
    assert attached.get_content_type() == "text/csv"
    assert base64.b64decode(attached.get_payload()) == CSV  # type: ignore[arg-type]


def test_a_message_is_of_seven_bits_and_short_lines_for_any_server(box: Mailbox) -> None:
    told(box, queued(text_en="x" * 5000))
    (raw,) = box.raw
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_the_same_notice_told_again_is_the_same_message(box: Mailbox) -> None:
    told(box, queued())
    told(box, queued(attempts=2))
    first, again = box.messages
    for name in ("Message-ID", "Date", "Subject"):
        assert first[name] == again[name]
    assert part(first, "plain") == part(again, "plain")
    ids = {message_id(each, "a@example.com") for each in (queued(), queued(key="other"), queued(attempts=3))}
    assert len(ids) == 2
    assert all(each.endswith("@example.com>") for each in ids)


def test_whoever_is_killed_after_the_mail_left_sends_it_again_under_the_same_message_id(
    ledger: Ledger, box: Mailbox
) -> None:
    mail = channel(box)
    with ledger.begin() as connection:
        queue_notice(connection, "mail", queued().notice, at=FIVE)
    with ledger.begin() as connection:
        leased = lease_notice(connection, "mail", rate=mail.rate, now=FIVE)
    assert leased is not None
    mail.tell(leased, now=FIVE)  # and killed here, before it is entered
    assert tell_turn(ledger, {"mail": mail}, now=FIVE).told == 0
    assert tell_turn(ledger, {"mail": mail}, now=FIVE + TELLING_LEASE).told == 1
    assert len({each["Message-ID"] for each in box.messages}) == 1
    assert len(box.messages) == 2


def test_a_serious_notice_is_marked_and_one_language_is_told_alone(box: Mailbox) -> None:
    replace(channel(box), languages=("en",)).tell(queued(severity="serious"), now=FIVE)
    (message,) = box.messages
    assert message["Importance"] == "high"
    assert message["Subject"] == "Health report"
    assert "接单" not in part(message, "plain")


def test_addresses_that_are_refused_are_named_by_their_place(box: Mailbox) -> None:
    box.refused = frozenset({TO[1]})
    outcome = told(box, queued())
    assert outcome.result == "told"
    assert outcome.said == "address 2 of the list is refused 第 2 个收件地址被拒绝"
    box.refused = frozenset(TO)
    outcome = told(box, queued())
    assert (outcome.result, len(box.messages)) == ("later", 1)
    assert "it refuses all addresses" in outcome.said
    assert not any(each in outcome.said for each in TO)


@pytest.mark.parametrize(
    ("answer", "result"),
    [("451 try later", "later"), ("550 no", "later"), ("552 too large", "refused"), ("554 this is spam", "refused")],
)
def test_a_message_that_is_not_taken_is_told_later_or_never(box: Mailbox, answer: str, result: str) -> None:
    box.answer = answer
    outcome = told(box, queued())
    assert (outcome.result, box.messages) == (result, [])
    assert f"({answer[:3]})" in outcome.said


def test_a_wrong_password_is_said_without_showing_it(box: Mailbox) -> None:
    outcome = told(box, queued(), password=USER)
    assert outcome.result == "later"
    assert outcome.said == "localhost: it refuses user or password (535) 用户名或密码被拒绝"
    assert PASSWORD not in repr(channel(box))


def test_a_certificate_of_another_authority_or_name_is_not_trusted(box: Mailbox, tmp_path: Path) -> None:
    assert "certificate is not trusted" in told(box, queued(), ca_file=None).said
    with mail_server(tmp_path, name="mail.example.com") as other:
        outcome = told(other, queued())
    assert (outcome.result, other.messages, box.messages) == ("later", [], [])
    assert "certificate is not trusted" in outcome.said


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    with mail_server(tmp_path, implicit=True) as box:
        outcome = told(box, queued(), security="tls", user="")
        assert (outcome, box.encrypted) == (Telling(result="told"), [True])
        untrusted = told(box, queued(), security="tls", user="", ca_file=None)
        assert "certificate is not trusted" in untrusted.said


def test_nothing_is_said_to_a_server_that_offers_no_tls(tmp_path: Path) -> None:
    with mail_server(tmp_path, offers_tls=False) as box:
        outcome = told(box, queued())
    assert (outcome.result, box.messages) == ("later", [])
    assert "STARTTLS" in outcome.said


@pytest.mark.parametrize("talk", [welcomes_without_end, welcomes_drop_by_drop, breaks_off])
@pytest.mark.long
def test_a_server_that_never_ends_or_breaks_off_is_left(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "PART", 0.3)
    monkeypatch.setattr(smtp, "WHOLE", 0.5)
    with talking(talk) as port:
        outcome = told(Mailbox(port=port), queued(), ca_file=None)
    assert outcome.result == "later"
    assert outcome.said.startswith("localhost: ")


def test_a_server_that_is_not_there_is_tried_later() -> None:
    outcome = told(Mailbox(port=refused_port()), queued(), ca_file=None)
    assert (outcome.result, "takes no connection" in outcome.said) == ("later", True)


def test_a_mail_server_of_the_inner_network_has_to_be_meant(box: Mailbox) -> None:
    outcome = told(box, queued(), inner=False)
    assert (outcome.result, box.messages) == ("later", [])
    assert "inner network" in outcome.said


@pytest.mark.parametrize(
    ("name", "content_type"), [("../a.csv", "text/csv"), ("a\r\nBcc: x", "text/csv"), ("", "text/csv"), ("a", "csv")]
)
def test_an_attachment_cannot_add_headers_or_paths(name: str, content_type: str) -> None:
    with pytest.raises(NoticeError, match="attachment"):
        Attachment(name=name, content_type=content_type, content=b"")
