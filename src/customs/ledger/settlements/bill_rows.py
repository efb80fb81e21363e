"""Rows of payment bills (对账单明细), the same for every payment company: what was paid, refunded, and booked.

Amounts are in CNY. A refund is positive in ``refunded`` and ``asked``; ``fee`` is positive where the company takes it and
negative where it gives it back, whatever the signs of the bill are. Buyers' accounts and names of goods are not kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from customs.fields.money import ZERO

#: The payment companies whose bills are read: 微信支付, 支付宝.
Company: TypeAlias = Literal["wechat", "alipay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """A payment or a refund as a bill has it (交易、退款)."""

    company: Company
    kind: Literal["paid", "refunded"]
    line: int
    """The line of the file, from 1."""
    at: datetime
    """When it was paid; of a refund when it was accepted. China time."""
    merchant: str
    """商户号; of Alipay the PID."""
    transaction_no: str
    """微信订单号, 支付宝交易号."""
    order_no: str
    """商户订单号."""
    refund_no: str = ""
    """微信退款单号, of Alipay 退款批次号/请求号."""
    ordered: Decimal = ZERO
    """订单金额: the payment's price before coupons."""
    settled: Decimal = ZERO
    """应结订单金额, 商家实收: what the merchant gets."""
    coupon: Decimal = ZERO
    """代金券金额, 商家优惠: coupons that the bill names."""
    asked: Decimal = ZERO
    """申请退款金额."""
    refunded: Decimal = ZERO
    """退款金额: smaller than what was asked by the share of a coupon."""
    fee: Decimal = ZERO
    """手续费, 服务费."""
    rate: Decimal | None = None
    """费率, such as 0.006; None where the bill has none."""
    state: str = "SUCCESS"
    """退款状态 of a refund: SUCCESS, PROCESSING, FAIL, CHANGE."""

    @property
    def key(self) -> str:
        """The number by which the same row is known in another file."""
        if self.kind == "paid":
            return self.transaction_no
        if self.company == "wechat":
            return self.refund_no
        return f"{self.transaction_no} {self.refund_no or f'{self.at} {self.refunded}'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FundRow:
    """A movement of an account (资金流水, 账务明细); money that goes out is negative."""

    company: Company
    line: int
    at: datetime
    merchant: str
    flow_no: str
    """资金流水单号, 账务流水号."""
    transaction_no: str
    """微信支付业务单号, 业务流水号."""
    order_no: str = ""
    """业务凭证号, 商户订单号."""
    purpose: str
    """业务类型, as the bill names it."""
    amount: Decimal
    balance: Decimal

    @property
    def key(self) -> str:
        """The number by which the same row is known in another file."""
        return self.flow_no


BillRow: TypeAlias = PaymentRow | FundRow


@dataclass(frozen=True, slots=True)
class BillFault:
    """A figure of a bill that does not agree with its rows (PAY11), or a row that no one can book."""

    line: int
    en: str
    zh: str


def disagreeing(line: int, figure: str, stated: Decimal, counted: Decimal) -> BillFault:
    """Return the fault of a figure that the bill states and that is not the sum of its rows."""
    return BillFault(
        line,
        f"{figure} is stated as {stated}, the rows make {counted}: fetch the bill again; it is not whole, or was changed",
        f"{figure} 为 {stated}，按明细合计为 {counted}，文件不完整或被改动，请重新下载",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentBill:
    """A bill that was opened: its rows are read once, in the order of the file.

    ``faults`` is whole after the last row: it is empty where the summary, the footers and the chain of balances agree.
    """

    company: Company
    kind: Literal["trade", "funds"]
    file: str
    """The name of the file, and of the member of an archive; never a path."""
    digest: str
    """SHA-256 of the bytes of the bill, unpacked: the same bill has the same one."""
    days: tuple[date, date] | None = None
    """The first and the last day that the file states; None where only its rows say."""
    rows: Iterator[BillRow] = field(repr=False)
    faults: list[BillFault] = field(default_factory=list)
