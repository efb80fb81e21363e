"""Customs asks for the payment of an order, and has the signed data once, over real sockets both ways."""

import http.client
import sqlite3
from base64 import b64decode
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest

import customs
from customs.exchange.receivers import CallbackApplication, PushReceiver
from customs.exchange.receivers.request_book import open_request_book, put_uploads, read_request_book
from customs.exchange.receivers.stores import ThreadedStore
from customs.exchange.sending import SendConditions, send_due
from customs.exchange.standing import DeliveryState
from customs.exchange.stored_outbox import open_outbox
from customs.exchange.ways import HttpsSettings, HttpsWay
from customs.journal import JournalError
from customs.payments.payment_answer import read_upload
from customs.payments.payment_data import PaidGoods, PaidOrder, PaymentData, PaymentDataHead
from customs.signing import Signer
from support.gateway_server import Answered, serving
from support.pushes import FORM, NETWORKS, NOW, PLATFORMS, data_request_fields, request
from support.served import posted, served


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


ANSWERS = {
    "received": ('{"code":"10000","message":"上传成功","total":0,"serviceTime":1794355201000}', "handed over"),
    "failed": ('{"code":"20000","message":"上传失败","total":0,"serviceTime":1794355201000}', "dead"),
    "another code": ('{"code":"30000","message":"","total":0,"serviceTime":1794355201000}', "dead"),
    "no word of customs": ("<html>gateway</html>", "unknown"),
}


@pytest.mark.parametrize(("answer", "state"), ANSWERS.values(), ids=ANSWERS)
@pytest.mark.long
def test_customs_asks_over_a_socket_and_has_one_upload_with_a_signature_that_holds(
    tmp_path: Path, signer: Signer, answer: str, state: str
) -> None:
    clock = customs.fixed_clock(NOW)
    store = ThreadedStore(lambda: open_request_book(tmp_path))
    receiver = PushReceiver(name="179", dialect=PLATFORMS["announcement 179"].dialect(), store=store)
    application = CallbackApplication({"/platDataOpen": receiver}, clock=clock)
    with served(application) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        asked = urlencode(data_request_fields(1)).encode()
        for _ in range(3):
            assert posted(connection, "/platDataOpen", asked, FORM) == (
                200,
                b'{"code":"10000","message":"","serviceTime":1794355200000}',
            )
        connection.close()
        with read_request_book(tmp_path) as book, open_outbox(tmp_path, "customs") as outbox:
            (kept,) = book.requests()
            put_uploads([kept], Payments("A1"), signer, outbox, clock)
            with serving() as office:
                office.answer = lambda asked: Answered(answer.encode())
                way = HttpsWay(HttpsSettings(dialect="payment_data", address=office.address, plain=True), clock=clock)
                for _ in range(3):
                    put_uploads(book.requests(), Payments("A1"), signer, outbox, clock)
                    send_due(outbox, way, SendConditions(clock=clock, chance=Random(1)))  # noqa: S311
                (upload,) = office.asked
            assert outbox.entry(kept.upload_id).standing.state is DeliveryState(state)
    store.close()
    assert upload.path == "/ceb2grab/grab/realTimeDataUpload"
    read = read_upload(upload.body)
    assert (read.session_id, read.orders[0].order_no) == ("S-1", "A1")
    key = signer.certificate.public_key
    assert key is not None
    assert key.verifies(b64decode(read.sign_value), read.string_to_sign.encode())
