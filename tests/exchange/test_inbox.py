"""The inbox takes in everything that came once, and stores it before anybody confirms it: one set of tests for each store."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from customs.documents import Message
from customs.exchange.contract import Item, SetAside
from customs.exchange.copies import CopyErasedError
from customs.exchange.receiving import ReceiveConditions, ReceiveReport, receive
from customs.exchange.sending import hear
from customs.exchange.standing import DeliveryState
from customs.exchange.stored_inbox import StoredInbox, open_inbox, read_inbox
from customs.exchange.stored_outbox import open_outbox
from customs.files import NotWrittenError
from customs.journal import JournalHeldError
from customs.ledger.exchange import LedgerInbox, open_ledger_inbox
from customs.receipts.streams import track_all
from customs.wire import read, write
from support import MORNING, exactly
from support.exchanges import (
    LOST,
    REFUSED,
    Port,
    Time,
    conditions,
    enveloped,
    guid_of,
    order_messages,
    receipt,
    renamed,
    sent,
    standing,
    states,
)
from support.ledger_fixtures import ON_POSTGRESQL
from support.ledgers import LedgerDatabases


class Again:
    """An inbox that is closed and opened anew for every call, as if each came from a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            with open_inbox(self._folder, "port") as inbox:
                found = getattr(inbox, name)(*given, **named)
                return iter(list(found)) if isinstance(found, Iterator) else found

        return call


@pytest.fixture(params=["kept open", "opened anew for each call", "sqlite", ON_POSTGRESQL])
def inbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoredInbox | LedgerInbox]:
    """The stores that keep the promises of an inbox: a state folder, and a ledger on each database."""
    if request.param == "kept open":
        with open_inbox(tmp_path / "state", "port") as opened:
            yield opened
    elif request.param == "opened anew for each call":
        again: Any = Again(tmp_path / "state")
        yield again
    else:
        databases: LedgerDatabases = request.getfixturevalue(f"{request.param}_databases")
        with databases.ledger() as ledger, open_ledger_inbox(ledger, "port") as kept:
            yield kept


def received(inbox: StoredInbox, port: Port, folder: Path | None = None, time: Time | None = None) -> ReceiveReport:
    return receive(inbox, port, ReceiveConditions(clock=time or Time(), folder=folder))


def files_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


# taking in


def test_receipts_are_stored_confirmed_and_stand_as_private_files(inbox: StoredInbox, tmp_path: Path) -> None:
    """Guard 25: an archive of the bytes as they came."""
    first, second = (receipt(each, "120", number=2) for each in order_messages(2))
    port = Port()
    port.lay(first, enveloped(second))
    report = received(inbox, port, tmp_path / "receipts")
    assert (report.receipts, report.failed, report.left) == (2, "", ())
    assert (port.items, len(port.confirmed)) == ({}, 2)
    found = {each.read_bytes() for each in (tmp_path / "receipts").iterdir()}
    assert found == {first, enveloped(second)}
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in (tmp_path / "receipts").iterdir())
    assert len(track_all(tmp_path / "receipts").parcels) == 2


def test_a_receipt_that_comes_again_is_taken_in_once(inbox: StoredInbox, tmp_path: Path) -> None:
    content = receipt(order_messages(1)[0])
    port = Port()
    port.lay(content, enveloped(content, 1), enveloped(content, 2), content)
    assert received(inbox, port, tmp_path / "receipts").counts == {"receipt": 1, "repeat": 3}
    port.lay(content)
    assert received(inbox, port, tmp_path / "receipts").counts == {"repeat": 1}
    assert len(files_in(tmp_path / "receipts")) == 1
    assert len(port.confirmed) == 5, "a repetition is confirmed like the first"


def test_a_receipt_with_other_bytes_and_the_same_lines_is_a_repetition(inbox: StoredInbox) -> None:
    (order,) = order_messages(1)
    port = Port()
    port.lay(receipt(order, number=1), receipt(order, number=2))
    assert received(inbox, port).counts == {"receipt": 1, "repeat": 1}
    port.lay(receipt(order, "-301002", number=3), receipt(order, at=MORNING + timedelta(seconds=1)))
    assert received(inbox, port).counts == {"receipt": 2}, "another status, another time"


def of_both(one: bytes, other: bytes, number: int) -> bytes:
    """A receipt with the lines of two."""
    return write(Message(guid_of(number), (*read(one).documents, *read(other).documents)))


def test_a_receipt_is_a_repetition_only_where_each_of_its_lines_came_before(inbox: StoredInbox) -> None:
    first, second, third = (receipt(each) for each in order_messages(3))
    port = Port()
    port.lay(first, of_both(first, second, 2))
    assert received(inbox, port).counts == {"receipt": 2}, "the second line is new, in one call"
    port.lay(of_both(first, third, 3))
    assert received(inbox, port).counts == {"receipt": 1}, "the second line is new, in the next call"
    port.lay(of_both(third, second, 4), of_both(second, third, 5))
    assert received(inbox, port).counts == {"repeat": 2}, "each line came, in one receipt or the other"
    later, last = (receipt(each, "800") for each in order_messages(2))
    port.lay(later, last, of_both(last, later, 6), of_both(later, first, 7))
    assert received(inbox, port).counts == {"receipt": 2, "repeat": 2}, "lines of this call and of calls before"


def test_foreign_and_broken_bytes_are_set_aside_with_their_bytes_and_the_rest_goes_on(inbox: StoredInbox) -> None:
    """Guards 12 and 13: parked with its bytes, never again and again."""
    good = receipt(order_messages(1)[0])
    port = Port()
    port.lay(b"", b"<html>sign in</html>", good[:-20], b"\xff\xfe\x00", good)
    report = received(inbox, port)
    assert report.counts == {"aside": 4, "receipt": 1}
    assert len(port.confirmed) == 5, "no poison comes again for ever"
    aside = list(inbox.aside())
    assert [inbox.content(each.number) for each in aside] == [b"", b"<html>sign in</html>", good[:-20], b"\xff\xfe\x00"]
    assert all(each.reason for each in exactly(4, aside))


class Pages(Port):
    """A way that gives two receipts at a time, and the next ones when these are confirmed."""

    def fetch(self) -> Iterator[Item | SetAside]:
        self.looked += 1
        yield from [each for each in self.items.values() if each.name not in self.confirmed][:2]


def test_a_way_that_gives_parts_is_asked_until_it_brings_nothing_else(inbox: StoredInbox) -> None:
    contents = [receipt(each) for each in order_messages(5)]
    items: dict[str, Item | SetAside] = {
        str(place): Item(name=str(place), content=each) for place, each in enumerate(contents)
    }
    port = Pages(items=dict(items))
    assert received(inbox, port).receipts == 2
    lost = Pages(items=dict(items), gives_parts=True, looked=1)  # the confirmations of the first two
    found = received(inbox, lost)
    assert (found.receipts, found.counts["repeat"], lost.looked - port.looked) == (3, 2, 4)
    assert received(inbox, Pages(items=dict(items), gives_parts=True, can_confirm=False)).counts["repeat"] == 2


def test_what_cannot_be_confirmed_comes_again_and_is_known(inbox: StoredInbox) -> None:
    port = Port(can_confirm=False)
    port.lay(receipt(order_messages(1)[0]))
    assert received(inbox, port).receipts == 1
    assert received(inbox, port).counts == {"repeat": 1}


def test_a_fetch_that_breaks_off_keeps_what_came_and_says_so(inbox: StoredInbox) -> None:
    port = Port(breaks_after=2)
    port.lay(*(receipt(each) for each in order_messages(3)))
    report = received(inbox, port)
    assert (report.receipts, report.failed) == (2, "the connection broke off 连接中断")
    assert len(port.confirmed) == 2
    assert inbox.last_fetched() is None
    port.breaks_after = None
    assert received(inbox, port).receipts == 1
    assert inbox.last_fetched() == MORNING


def test_what_is_left_is_told(inbox: StoredInbox) -> None:
    port = Port()
    port.items["big"] = SetAside(name="big", reason_zh="过大", reason="too large")
    port.lay(receipt(order_messages(1)[0]))
    report = received(inbox, port)
    assert [each.name for each in report.left] == ["big"]
    assert report.receipts == 1


def test_nothing_is_confirmed_before_it_is_stored(tmp_path: Path) -> None:
    """Guard 8."""
    port = Port()
    port.lay(*(receipt(each) for each in order_messages(2)))
    with open_inbox(tmp_path, "port") as inbox:
        confirm = port.confirm

        def looking(item: Item) -> None:
            with read_inbox(tmp_path, "port") as reading:
                assert len(list(reading.after(0))) == 2
            confirm(item)

        port.confirm = looking  # type: ignore[method-assign]
        assert received(inbox, port).receipts == 2
    assert len(port.confirmed) == 2


@pytest.mark.parametrize("moment", ["before it is stored", "before it is confirmed"])
def test_a_receiver_that_is_killed_loses_no_receipt(tmp_path: Path, moment: str) -> None:
    """Guard 11: what is known and what is stored are one."""
    port = Port()
    port.lay(*(receipt(each) for each in order_messages(3)))

    def killed(*_: object, **__: object) -> None:
        raise SystemExit

    with open_inbox(tmp_path / "state", "port") as inbox:
        if moment == "before it is stored":
            inbox.take = killed  # type: ignore[assignment, method-assign]
        else:
            port.confirm = killed  # type: ignore[method-assign]
        with pytest.raises(SystemExit):
            received(inbox, port, tmp_path / "receipts")
    with open_inbox(tmp_path / "state", "port") as inbox:
        again = Port(items=port.items)
        received(inbox, again, tmp_path / "receipts")
    assert len(again.confirmed) == 3
    assert len(files_in(tmp_path / "receipts")) == 3


def test_a_folder_of_receipts_that_cannot_be_written_loses_nothing(inbox: StoredInbox, tmp_path: Path) -> None:
    port = Port()
    port.lay(*(receipt(each) for each in order_messages(3)))
    (tmp_path / "receipts").write_bytes(b"a file in its place")
    with pytest.raises(NotWrittenError):
        received(inbox, port, tmp_path / "receipts")
    (tmp_path / "receipts").unlink()
    assert received(inbox, port, tmp_path / "receipts").counts == {}
    assert len(files_in(tmp_path / "receipts")) == 3


def test_a_second_receiver_from_a_destination_is_turned_away(tmp_path: Path) -> None:
    with (
        open_inbox(tmp_path, "port"),
        pytest.raises(JournalHeldError, match="another process is receiving from port"),
    ):
        open_inbox(tmp_path, "port")


def test_an_erased_parcel_leaves_the_entry_of_its_receipt(tmp_path: Path) -> None:
    first, second = order_messages(2)
    port = Port()
    port.lay(receipt(first), receipt(second))
    with open_inbox(tmp_path, "port") as inbox:
        received(inbox, port)
        assert inbox.erase([first.keys[0].get("order_no")]) == 1
        with pytest.raises(CopyErasedError):
            inbox.content(1)
        assert inbox.content(2) == receipt(second)
        assert len(list(inbox.after(0))) == 2


# what receipts say of messages


def test_a_receipt_settles_an_unknown_outcome_whenever_it_comes(tmp_path: Path) -> None:
    """Guard 10: no receipt is dropped because it is early."""
    early, late = order_messages(2)
    time = Time()
    with open_outbox(tmp_path, "port") as outbox, open_inbox(tmp_path, "port") as inbox:
        port = Port([LOST, LOST])
        port.lay(receipt(early))
        port.in_between = lambda delivery: received(inbox, port)  # before the sender knows anything itself
        outbox.put([early, late], at=MORNING)
        sent(outbox, port, time, inboxes={"port": inbox})
        assert states(outbox, [early, late]) == ["handed over", "unknown"]
        port.lay(receipt(late))
        received(inbox, port)
        time.pass_by(minutes=6)
        sent(outbox, port, time, inboxes={"port": inbox})
        assert states(outbox, [early, late]) == ["handed over", "handed over"]
        assert port.tried == 2, "nothing was repeated"


def test_a_receipt_of_an_earlier_attempt_says_nothing_about_a_later_one(tmp_path: Path) -> None:
    (message,) = order_messages(1)
    again = renamed(message, "AGAIN")
    with open_outbox(tmp_path, "port") as outbox, open_inbox(tmp_path, "port") as inbox:
        outbox.put([message], at=MORNING)
        port = Port()
        sent(outbox, port, Time())
        outbox.put([again], at=MORNING)
        port.outcomes = [LOST]
        sent(outbox, port, Time())
        port.lay(receipt(message))
        received(inbox, port)
        hear(outbox, inbox, "port", conditions(Time()))
        assert states(outbox, [message, again]) == ["handed over", "unknown"]


def test_a_receipt_does_not_stand_for_a_message_that_was_never_sent(tmp_path: Path) -> None:
    (message,) = order_messages(1)
    with open_outbox(tmp_path, "port") as outbox, open_inbox(tmp_path, "port") as inbox:
        port = Port()
        port.lay(receipt(message, "-301014"))  # of a copy that somebody else sent
        received(inbox, port)
        outbox.put([message], at=MORNING)
        sent(outbox, port, Time(), inboxes={"port": inbox})
        assert port.ids == [message.id]


REPLY = """<?xml version="1.0" encoding="UTF-8"?>
<DxpRep xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0"><RecevierId>DXPENT0000000001</RecevierId>
<Response><ResponseCode>{code}</ResponseCode><NoticeTime>2026-11-11</NoticeTime><OriHead><CopMsgId>{id}</CopMsgId>
<SenderId>DXPENT0000000001</SenderId><ReceiverIds><ReceiverId>DXPEDCCEB0000002</ReceiverId></ReceiverIds>
<CreatTime>2026-11-11T08:00:00</CreatTime><MsgType>CEB311Message</MsgType></OriHead></Response></DxpRep>"""


@pytest.mark.parametrize(
    ("code", "state"), [("3001", DeliveryState.NOT_SENT), ("0001", DeliveryState.DEAD), ("2001", DeliveryState.DEAD)]
)
def test_a_refusal_of_the_platform_repeats_the_same_bytes_or_ends_them(
    tmp_path: Path, code: str, state: DeliveryState
) -> None:
    (message,) = order_messages(1)
    time = Time()
    with open_outbox(tmp_path, "port") as outbox, open_inbox(tmp_path, "port") as inbox:
        outbox.put([message], at=MORNING)
        port = Port()
        sent(outbox, port, time)
        port.lay(REPLY.format(code=code, id=message.id).encode())
        assert received(inbox, port).receipts == 1
        hear(outbox, inbox, "port", conditions(time))
        assert standing(outbox, message).state is state
        assert f"DxpRep {code}" in standing(outbox, message).said
        time.pass_by(minutes=1)
        sent(outbox, port, time)
        assert len(port.has) == (2 if state is DeliveryState.NOT_SENT else 1)
        assert {each.content for each in port.has} == {message.content}


def test_the_word_of_a_client_speaks_of_the_message_of_that_file(tmp_path: Path) -> None:
    (message,) = order_messages(1)
    with open_outbox(tmp_path, "port") as outbox, open_inbox(tmp_path, "port") as inbox:
        outbox.put([message], at=MORNING)
        port = Port()
        sent(outbox, port, Time())
        port.items["Failed"] = Item(name="Failed", content=b"", about=message.file_name.upper(), word=REFUSED)
        assert received(inbox, port).counts == {"word": 1}
        hear(outbox, inbox, "port", conditions(Time()))
        assert standing(outbox, message).state is DeliveryState.DEAD
