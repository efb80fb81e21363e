"""Pushes in the state folder: receipts in the inbox, requests of customs in their book, each once and before its answer."""

import sqlite3
import threading
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import customs
from customs.exchange.item_reading import read_item
from customs.exchange.receivers import PushedItem, PushReceiver
from customs.exchange.receivers.pushed import identity_of
from customs.exchange.receivers.request_book import open_request_book, put_uploads, read_request_book
from customs.exchange.receivers.stores import InboxBook, ThreadedStore
from customs.exchange.stored_inbox import open_inbox, read_inbox
from customs.exchange.stored_outbox import open_outbox
from customs.journal import JournalError, JournalHeldError
from customs.payments.payment_data import PaidGoods, PaidOrder, PaymentData, PaymentDataHead
from customs.signing import Signer
from support.exchanges import order_messages, receipt
from support.pushes import NETWORKS, NOW, PLATFORM, PLATFORMS, data_request_fields, guangzhou_fields, request


def item(number: int, content: bytes = b"", **changed: Any) -> PushedItem:
    content = content or f"<CEB312Message>{number}</CEB312Message>".encode()
    values: dict[str, Any] = {
        "source": "gz",
        "name": "CEB312",
        "identity": identity_of(content),
        "content": content,
        "received": NOW,
        "caller": PLATFORM,
    }
    return PushedItem(**{**values, **changed})


def inbox_store(folder: Path, receipts: Path | None = None) -> ThreadedStore:
    return ThreadedStore(lambda: InboxBook(open_inbox(folder, "gz"), folder=receipts))


class Told:
    """A book that waits until it is let, and remembers what it took together."""

    def __init__(self) -> None:
        self.let, self.batches = threading.Event(), list[int]()
        self.closed = False

    def take_all(self, items: Sequence[PushedItem]) -> Sequence[bool]:
        assert self.let.wait(20)
        self.batches.append(len(items))
        if any(each.content == b"broken" for each in items):
            raise OSError(28, "No space left on device")
        return [True] * len(items)

    def settle(self) -> None:
        raise ValueError("of no consequence for the calls")

    def close(self) -> None:
        self.closed = True


def test_calls_that_wait_are_stored_with_one_write_and_each_hears_of_its_own() -> None:
    book = Told()
    store, results = ThreadedStore(lambda: book), list[object]()

    def take(content: bytes) -> None:
        try:
            results.append(store.take_in(item(1, content)))
        except OSError as error:
            results.append(error.errno)

    callers = [threading.Thread(target=take, args=(b"%d" % each,)) for each in range(50)]
    for each in callers:
        each.start()
    book.let.set()
    for each in callers:
        each.join(20)
    assert results == [True] * 50
    assert sum(book.batches) == 50
    assert len(book.batches) < 50
    take(b"broken")
    take(b"whole")
    assert results[50:] == [28, True]
    store.close()
    assert book.closed
    with pytest.raises(RuntimeError, match="closed"):
        store.take_in(item(2))


def test_a_store_that_cannot_be_opened_says_so_at_once(tmp_path: Path) -> None:
    store = inbox_store(tmp_path)
    with pytest.raises(JournalHeldError):
        inbox_store(tmp_path)
    store.close()
    inbox_store(tmp_path).close()


def test_a_receipt_that_is_pushed_is_in_the_inbox_and_appears_once_as_a_file(tmp_path: Path) -> None:
    (order,) = order_messages(1)
    content = receipt(order)
    store = inbox_store(tmp_path / "state", tmp_path / "receipts")
    push = PushReceiver(name="gz", dialect=PLATFORMS["Guangzhou"].dialect(), store=store, networks=NETWORKS)
    call = request(guangzhou_fields(1) | {"messageText": content})
    assert [push.answer(call).outcome for _ in range(3)] == ["stored", "known", "known"]
    store.close()
    (file,) = (tmp_path / "receipts").iterdir()
    assert file.read_bytes() == content
    assert file.stat().st_mode & 0o777 == 0o600
    with read_inbox(tmp_path / "state", "gz") as inbox:
        (found,) = inbox.after(0)
        assert (found.kind, found.name, found.lines[0].receipt) == ("receipt", f"CEB312 {PLATFORM}", "CEB312")


def test_what_no_reader_can_take_apart_is_set_aside_with_its_bytes_and_answered_as_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(content: bytes, areas: Sequence[object]) -> object:
        if areas and b"poison" in content:
            raise RecursionError("a fault of the reader")
        return read_item(content, areas)  # type: ignore[arg-type]

    monkeypatch.setattr("customs.exchange.stored_inbox.read_item", failing)
    book = InboxBook(open_inbox(tmp_path, "gz"))
    items = [item(1, b"no xml"), item(2, b"poison"), item(3, b"\x00\xff")]
    assert book.take_all(items) == [True, True, True]
    assert book.take_all([items[1]]) == [False]
    book.close()
    with open_inbox(tmp_path, "gz") as inbox:
        found = list(inbox.aside())
        assert [inbox.content(each.number) for each in found] == [b"no xml", b"poison", b"\x00\xff"]
        assert all(each.reason for each in found)


# requests of customs


def payment(order_no: str) -> PaymentData:
    head = PaymentDataHead(
        guid="4CDE1CFD-EDED-46B1-946C-B8022E42FC94",
        initial_request="<xml>ask</xml>",
        initial_response="<xml>paid</xml>",
        platform_code="91000000000000001N",
        payment_company_code="910000000000000037",
        payment_no="P1",
        total_amount=Decimal("5.00"),
        verifier="3",
        paid_at=NOW,
    )
    goods = (PaidGoods(goods_name="面霜", item_link="https://shop.example/1"),)
    order = PaidOrder(order_no=order_no, goods=goods, recipient_account="6200", recipient_name="示例公司")
    return PaymentData(head=head, orders=(order,))


class Payments:
    def __init__(self, *known: str) -> None:
        self.known = {each: payment(each) for each in known}

    def find(self, order_no: str) -> PaymentData | None:
        return self.known.get(order_no)


def asked(folder: Path, *numbers: int, later: timedelta = timedelta()) -> list[str]:
    """Ask for the payments of orders, over a server that is started anew; what became of each call."""
    store = ThreadedStore(lambda: open_request_book(folder))
    push = PushReceiver(name="179", dialect=PLATFORMS["announcement 179"].dialect(), store=store, networks=NETWORKS)
    try:
        return [push.answer(request(data_request_fields(each, NOW + later))).outcome for each in numbers]
    finally:
        store.close()


def test_a_request_of_customs_is_answered_by_one_signed_upload_however_often_it_is_asked(
    tmp_path: Path, signer: Signer
) -> None:
    clock = customs.fixed_clock(NOW)
    assert asked(tmp_path, 1, 2, 1) == ["stored", "stored", "known"]
    assert asked(tmp_path, 2, 3, later=timedelta(hours=1)) == ["known", "stored"]
    with read_request_book(tmp_path) as book, open_outbox(tmp_path, "customs") as outbox:
        requests = book.requests()
        assert [each.request.order_no for each in requests] == ["A1", "A2", "A3"]
        first = put_uploads(requests, Payments("A1", "A2"), signer, outbox, clock)
        assert [(each.request.request.order_no, each.reason) for each in first] == [
            ("A1", ""),
            ("A2", ""),
            ("A3", "the order is not known to the platform: keep its payment data until the upload is received"),
        ]
        again = put_uploads(requests, Payments("A1", "A2", "A3"), signer, outbox, clock)
        assert [(each.request.request.order_no, each.reason) for each in again] == [("A3", "")]
        assert put_uploads(requests, Payments(), signer, outbox, clock) == ()
        for each in requests:
            delivery = outbox.delivery(each.upload_id)
            assert delivery.content.startswith(b"payExInfoStr=%7B%22sessionID%22%3A%22S-")
            assert delivery.form is not None
            assert f'"orderNo":"{each.request.order_no}"' in delivery.form["payExInfoStr"]


def test_a_request_that_was_changed_on_the_disk_is_told(tmp_path: Path) -> None:
    asked(tmp_path, 1)
    database = sqlite3.connect(tmp_path / "exchange/data-requests/requests.db")
    with database:
        database.execute("UPDATE requests SET caller = '203.0.113.8'")
    database.close()
    with read_request_book(tmp_path) as book, pytest.raises(JournalError, match="damaged"):
        book.requests()
