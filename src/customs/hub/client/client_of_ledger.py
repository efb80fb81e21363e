"""The part of the client that asks for goods records, books, bills, deliveries, calls and alarms (备案、账册、税单、投递、回调与告警)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from customs.hub.api.alarm_answers import AlarmAnswer, AlarmPage
from customs.hub.api.delivery_answers import (
    AsideReceiptAnswer,
    AsideReceiptPage,
    CallAnswer,
    CallPage,
    CallRetried,
    DeliveryAnswer,
    DeliveryPage,
    DeliveryShown,
    DestinationsAnswer,
    ReceiptTakenUp,
)
from customs.hub.api.ledger_answers import (
    BookAnswer,
    BookEntryAnswer,
    BookEntryPage,
    GoodsAnswer,
    GoodsEnteredAnswer,
    GoodsPage,
    GoodsShown,
    TaxBillAnswer,
    TaxBillPage,
    TaxMonth,
)
from customs.hub.client.link import HubLink, segment

#: Lines of a page: the most that the interface gives.
_LINES = 200


class LedgerCalls:
    """The calls of a ``HubClient`` about what the ledger keeps."""

    _link: HubLink

    # goods records

    def goods(self, *, account_book_no: str | None = None, sku: str = "", state: str = "") -> Iterator[GoodsAnswer]:
        """备案: Yield goods records, of a book, of a SKU or in a state."""
        asked = {"account_book_no": account_book_no, "sku": sku, "state": state}
        for page in self._link.pages(GoodsPage, "/v1/goods", **asked, limit=_LINES):
            yield from page.records

    def goods_record(self, sku: str, account_book_no: str = "") -> GoodsShown:
        """备案详情: Return a goods record with its history."""
        return self._link.get(GoodsShown, "/v1/goods/record", sku=sku, account_book_no=account_book_no)

    def enter_goods(
        self, rows: Sequence[Mapping[str, Any]], *, unsaid: str | None = None, reason: str = "", key: str = ""
    ) -> GoodsEnteredAnswer:
        """导入备案: Enter rows of a goods list; ``unsaid`` is the state of rows that say none."""
        body = {"rows": list(rows), "unsaid": unsaid, "reason": reason}
        return self._link.post(GoodsEnteredAnswer, "/v1/goods", body, key=key)

    def move_goods(
        self, sku: str, account_book_no: str, state: str, *, ticket: str, reason: str = "", key: str = ""
    ) -> GoodsShown:
        """变更备案状态: Bring a goods record into a state, by a ticket."""
        body = {"sku": sku, "account_book_no": account_book_no, "state": state, "ticket": ticket, "reason": reason}
        return self._link.post(GoodsShown, "/v1/goods/state", body, key=key)

    # account books

    def book(self, account_book_no: str) -> BookAnswer:
        """账册结存: Return what a book holds by item."""
        return self._link.get(BookAnswer, f"/v1/books/{segment(account_book_no)}")

    def book_entries(self, account_book_no: str, record_no: str) -> Iterator[BookEntryAnswer]:
        """账册分录: Yield the entries of an item in order."""
        for page in self._link.pages(
            BookEntryPage, f"/v1/books/{segment(account_book_no)}/items/{segment(record_no)}", limit=_LINES
        ):
            yield from page.entries

    # tax bills

    def bills(self, *, order_no: str = "", month: str = "") -> Iterator[TaxBillAnswer]:
        """税单: Yield tax bills, of an order or made in a month."""
        for page in self._link.pages(TaxBillPage, "/v1/bills", order_no=order_no, month=month, limit=_LINES):
            yield from page.bills

    def bill(self, tax_bill_no: str) -> TaxBillAnswer:
        """税单详情: Return a tax bill."""
        return self._link.get(TaxBillAnswer, f"/v1/bills/{segment(tax_bill_no)}")

    def bill_month(self, month: str) -> TaxMonth:
        """按月关税对账: Return the reconciliation of a month such as 2026-11."""
        return self._link.get(TaxMonth, f"/v1/bills/months/{segment(month)}")

    # deliveries, calls and receipts

    def destinations(self) -> DestinationsAnswer:
        """接入点: Return the destinations with what is in their outboxes."""
        return self._link.get(DestinationsAnswer, "/v1/deliveries")

    def deliveries(self, destination: str, *, state: str = "") -> Iterator[DeliveryAnswer]:
        """投递: Yield messages to a destination; dead letters have the state ``dead``."""
        for page in self._link.pages(DeliveryPage, f"/v1/deliveries/{segment(destination)}", state=state, limit=_LINES):
            yield from page.deliveries

    def deliveries_of(self, number: str) -> list[DeliveryAnswer]:
        """按编号查投递: Return the messages with a document of a business number."""
        return self._link.get(DeliveryPage, f"/v1/deliveries/of/{segment(number)}").deliveries

    def delivery(self, destination: str, message_id: str) -> DeliveryShown:
        """投递详情: Return a message with everything that happened to it."""
        return self._link.get(DeliveryShown, f"/v1/deliveries/{segment(destination)}/{segment(message_id)}")

    def say(
        self,
        destination: str,
        message_id: str,
        word: Literal["retry", "hold", "release"],
        *,
        reason: str = "",
        even_if_sent: bool = False,
        key: str = "",
    ) -> DeliveryAnswer:
        """重发、暂缓、放行: Have a message handed over again, held, or let go on."""
        path = f"/v1/deliveries/{segment(destination)}/{segment(message_id)}/{word}"
        return self._link.post(DeliveryAnswer, path, {"reason": reason, "even_if_sent": even_if_sent}, key=key)

    def calls(self, *, standing: str = "", hook: str = "") -> Iterator[CallAnswer]:
        """回调: Yield calls, newest first: ``waiting``, ``failed`` or ``taken``."""
        for page in self._link.pages(CallPage, "/v1/calls", standing=standing, hook=hook, limit=_LINES):
            yield from page.calls

    def retry_call(self, call: int, *, key: str = "") -> CallRetried:
        """立即重发: Have a call that waits made again at once."""
        return self._link.post(CallRetried, f"/v1/calls/{call}/retry", {}, key=key)

    def receipts_aside(self) -> Iterator[AsideReceiptAnswer]:
        """搁置的回执: Yield the receipts that were set aside, in the order in which they came, with the reason."""
        for page in self._link.pages(AsideReceiptPage, "/v1/receipts/aside", limit=_LINES):
            yield from page.receipts

    def take_up_receipt(self, number: int, *, key: str = "") -> ReceiptTakenUp:
        """重新处理: Lay a receipt that was set aside to its orders; one that fails again stays aside."""
        return self._link.post(ReceiptTakenUp, f"/v1/receipts/aside/{number}/again", {}, key=key)

    # alarms

    def alarms(self, *, state: Literal["pending", "open", "closed"] = "open") -> Iterator[AlarmAnswer]:
        """告警: Yield alarms of a state, newest first."""
        for page in self._link.pages(AlarmPage, "/v1/alarms", state=state, limit=_LINES):
            yield from page.alarms

    def take_alarm(self, number: int, by: str, *, note: str = "", key: str = "") -> AlarmAnswer:
        """认领告警: Take an alarm on, so that it goes to nobody else."""
        return self._link.post(AlarmAnswer, f"/v1/alarms/{number}/ack", {"by": by, "note": note}, key=key)
