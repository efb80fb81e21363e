"""The money of a night (一夜的财务): what finance enters in the morning, and a plain count of it beside the report.

Most orders are charged, billed and paid as assessed; some are charged too much, some bills ask more, some have no bill, no
row of the payment company, or a refund.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from customs.declaration import Declaration
from customs.documents import TaxBill
from customs.ledger import EntryCause
from customs.ledger.bills import bill_receipt, enter_assessments, grant_guarantee, import_bills
from customs.ledger.bills.entering import BillReceipt
from customs.ledger.settlements import DeclaredPayment, enter_payments, open_payment_bills, take_bill
from customs.reconciliation.three_way import OwnSide
from customs.tax import assess
from customs.wire import read
from support.night_parcels import GUARANTOR
from support.night_story import NightStory, StoryWay
from support.settlement_files import Refund, Sale, fee_of, wechat_trade

DAY = date(2026, 11, 11)
NONE, YUAN, CENT = Decimal(0), Decimal(1), Decimal("0.01")

#: Of so many orders one is charged a yuan too much, billed a yuan more, has no bill yet, is not in the payment company's
#: bill, was not entered as paid, is refunded.
OVERCHARGED, OVERBILLED, UNBILLED, UNPAID, UNENTERED, REFUNDED = 20, 30, 12, 14, 25, 40


@dataclass
class NightMoney:
    """What finance entered, order by order; amounts in CNY."""

    due: dict[str, Decimal] = field(default_factory=dict)
    charged: dict[str, Decimal] = field(default_factory=dict)
    billed: dict[str, Decimal] = field(default_factory=dict)
    paid: dict[str, Decimal] = field(default_factory=dict)
    settled: dict[str, Decimal] = field(default_factory=dict)
    refunded: dict[str, Decimal] = field(default_factory=dict)
    guarantee: Decimal = NONE

    def enter(self, story: NightStory) -> None:
        """Enter everything of the shop's orders that are released by now."""
        refused = set(story.rejected())
        given = {
            parcel.order.order_no: parcel
            for _, name, parcel in story.given
            if name == "shop" and parcel.order.order_no not in refused
        }
        self._assess(story, given)
        self._bill(story)
        self._settle(story, list(given))
        self.guarantee = (sum(self.due.values(), NONE) / Decimal("0.94")).quantize(CENT)
        with story.ledger.begin() as connection:
            lodged = EntryCause("ticket", "G1", by="finance", why="lodged")
            grant_guarantee(connection, GUARANTOR, self.guarantee, lodged, story.now)

    def _assess(self, story: NightStory, given: dict[str, Declaration]) -> None:
        entered = []
        for place, (number, parcel) in enumerate(given.items()):
            assessment = assess(parcel, on=DAY)
            tariff, consumption, vat, _ = assessment.taxes
            self.due[number] = tariff + consumption + vat
            self.charged[number] = self.due[number] + (YUAN if place % OVERCHARGED == 0 else NONE)
            own = OwnSide(
                order_no=number, merchant_code=parcel.parties.merchant_code, guarantor_code=GUARANTOR,
                assessment=assessment, charged=self.charged[number], released_on=DAY,
            )  # fmt: skip
            entered.append((own, EntryCause("order", number)))
        with story.ledger.begin() as connection:
            enter_assessments(connection, entered, story.now)

    def _bill(self, story: NightStory) -> None:
        receipts = list[BillReceipt]()
        for place, receipt in enumerate(_bills(story)):
            if place % UNBILLED == 0:
                continue
            tariff, consumption, vat = receipt.bill.head
            more = YUAN if place % OVERBILLED == 1 else NONE
            bill = replace(receipt.bill, head=(tariff, consumption, vat + more))
            receipts.append(replace(receipt, bill=bill))
            self.billed[bill.order_no] = tariff + consumption + vat + more
        import_bills(story.ledger, receipts, story.now)

    def _settle(self, story: NightStory, numbers: list[str]) -> None:
        sales, payments = list[Sale](), list[DeclaredPayment]()
        for place, number in enumerate(numbers):
            amount, paid_at = Decimal(10000 + place * 137).scaleb(-2), story.now - timedelta(hours=9)
            if place % UNENTERED:
                payments.append(
                    DeclaredPayment(
                        order_no=number, payment_no=f"T{number}", amount=amount, paid_at=paid_at, bill_order_no=number
                    )
                )
                self.paid[number] = amount
            if place % UNPAID == 0:
                continue
            refunds: tuple[Refund, ...] = ()
            if place % REFUNDED == 1:
                refunds = (
                    Refund(number=f"R{number}", at=paid_at, asked=amount, refunded=amount - 1, fee=fee_of(amount)),
                )
                self.refunded[number] = amount - 1
            sales.append(
                Sale(order=number, number=f"T{number}", at=paid_at, ordered=amount, settled=amount - CENT,
                     prepaid=CENT, fee=fee_of(amount), refunds=refunds)
            )  # fmt: skip
            self.settled[number] = amount - CENT
        with TemporaryDirectory() as folder, story.ledger.begin() as connection:
            path = Path(folder) / "wechat.csv"
            path.write_text(wechat_trade(sales), encoding="utf-8")
            enter_payments(connection, payments, cause=EntryCause("file", "payments.xlsx"), at=story.now)
            with open_payment_bills(path) as bills:
                for each in bills:
                    take_bill(connection, each, at=story.now)

    def rows(self, released: set[str], taken: set[str]) -> dict[str, list[tuple[object, ...]]]:
        """Count the tables of money: of orders released, and of orders taken in, within the window."""
        due = {number: self.due[number] for number in released & self.due.keys()}
        with_bill = [number for number in due if number in self.billed]
        differing = [
            number for number in with_bill if self.billed[number] != due[number] or self.charged[number] != due[number]
        ]
        entered = [number for number in self.paid if number in taken]
        in_bill = [number for number in entered if number in self.settled]
        billed, assessed = sum(self.billed[each] for each in with_bill), sum(due[each] for each in with_bill)
        free = self.guarantee - sum(self.billed.values())
        free -= sum(tax for number, tax in self.due.items() if number not in self.billed)
        daily = (sum(self.due.values(), NONE) / 30).quantize(CENT, ROUND_UP)
        return {
            "money-shares": [
                ("tax that differs", (len(differing), len(with_bill)), len(differing), len(with_bill)),
                ("payments found in bills", (len(in_bill), len(entered)), len(in_bill), len(entered)),
            ],
            "amounts": [
                ("tax assessed, orders released", sum(due.values())),
                ("tax billed", billed),
                ("billed less assessed, orders with a bill", billed - assessed),
                ("assessed, no bill yet", sum(due.values()) - assessed),
                ("billed and not paid", billed),
                ("payments declared", sum(self.paid[each] for each in entered)),
                ("of these, settled in bills", sum(self.settled[each] for each in in_bill)),
                ("refunded in bills", sum(self.refunded.get(each, NONE) for each in in_bill)),
            ],
            "guarantees": [(GUARANTOR, self.guarantee, free, daily, (free / daily).quantize(Decimal("0.1")))],
        }


def _bills(story: NightStory) -> Iterator[BillReceipt]:
    """The tax bills that customs sent to the shop."""
    assert isinstance(story.shop.way, StoryWay)
    for answer in story.shop.way.said:
        if answer.name == "CEB816":
            for document in read(answer.content, unwrap=True).documents:
                assert isinstance(document, TaxBill)
                yield bill_receipt(document)
