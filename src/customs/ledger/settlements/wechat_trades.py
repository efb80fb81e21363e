"""WeChat Pay's trade bill (微信支付交易账单): ALL, SUCCESS and REFUND, in the layouts of before and after 订单金额.

Columns are found by their headings: the old layout has 子商户号, 总金额 and 代金券或立减优惠金额, and a series changes from
one to the other on any day. Of a refund the amounts are 退款金额 and 申请退款金额; what 应结订单金额 says there is ignored.
In REFUND the time of a row is 退款申请时间, as 交易时间 there is that of the payment.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO

from customs.fields.money import ONE, ZERO, plus
from customs.ledger.settlements.bill_rows import BillFault, PaymentRow, disagreeing
from customs.ledger.settlements.bill_texts import (
    FEE_DECIMALS,
    CellError,
    amount_of,
    code_of,
    columns_of,
    rate_of,
    time_of,
    unreadable,
    whole_of,
)
from customs.ledger.settlements.wechat_lines import wechat_lines

#: The heading by which a trade bill is known, and that of its summary.
FIRST, SUMMARY = "微信订单号", "总交易单数"

#: The columns by their words, the newest heading first.
_COLUMNS: Mapping[str, Sequence[str]] = {
    "at": ("交易时间",), "asked_at": ("退款申请时间",), "merchant": ("商户号",), "transaction": ("微信订单号",),
    "order": ("商户订单号",), "state": ("交易状态",), "currency": ("货币种类",),
    "settled": ("应结订单金额", "总金额"), "ordered": ("订单金额",),
    "coupon": ("代金券金额", "代金券或立减优惠金额", "企业红包金额"), "refund": ("微信退款单号",),
    "refunded": ("退款金额",), "asked": ("申请退款金额",),
    "coupon refunded": ("充值券退款金额", "代金券或立减优惠退款金额", "企业红包退款金额"),
    "refund state": ("退款状态",), "fee": ("手续费",), "rate": ("费率",),
}  # fmt: skip
_NEEDED = ("at", "merchant", "transaction", "order", "state", "settled", "fee")

#: The figures of a summary by their words.
_SUMMED: Mapping[str, Sequence[str]] = {
    "count": ("总交易单数",), "settled": ("应结订单总金额", "总交易额"), "refunded": ("退款总金额", "总退款金额"),
    "coupon refunded": ("充值券退款总金额", "总代金券或立减优惠退款金额", "总企业红包退款金额"),
    "fee": ("手续费总金额",), "ordered": ("订单总金额",), "asked": ("申请退款总金额",),
}  # fmt: skip

#: 交易状态 of payments and of refunds; REVOKED is a payment by code that was reversed.
_PAID, _REFUNDED = frozenset({"SUCCESS"}), frozenset({"REFUND", "REVOKED"})

#: What a cell has that a payment does not fill.
_NONE = "0"


def trade_rows(name: str, file: IO[str], faults: list[BillFault]) -> Iterator[PaymentRow]:
    """Yield the rows of a trade bill, and note in ``faults`` what does not agree with its summaries."""
    at: dict[str, int] = {}
    titles: dict[str, int] = {}
    sums = dict.fromkeys(_SUMMED, ZERO)
    for kind, number, cells in wechat_lines(name, file, FIRST, SUMMARY):
        if kind == "headings":
            at = columns_of(name, number, cells, _COLUMNS, _NEEDED)
        elif kind == "summary headings":
            titles = columns_of(name, number, cells, _SUMMED, ("count",))
        elif kind == "summary":
            faults += _disagreeing(name, number, {word: cells[position] for word, position in titles.items()}, sums)
            sums = dict.fromkeys(_SUMMED, ZERO)
        else:
            values = {word: cells[position] for word, position in at.items()}
            row = _row(name, number, values)
            _add(sums, row, values)
            if values.get("currency", "CNY") not in ("CNY", ""):
                faults.append(BillFault(number, "the row is not in CNY", "该行不是人民币"))
            yield row


def _row(name: str, number: int, values: Mapping[str, str]) -> PaymentRow:
    state = values["state"].strip()
    if state not in _PAID | _REFUNDED:
        raise unreadable(
            name, number, "交易状态 is none of SUCCESS, REFUND, REVOKED", "交易状态不是 SUCCESS、REFUND、REVOKED"
        )
    try:
        return _paid(number, values) if state in _PAID else _refunded(number, values)
    except CellError as error:
        raise unreadable(name, number, error.en, error.zh) from None


def _paid(number: int, values: Mapping[str, str]) -> PaymentRow:
    settled = amount_of(values["settled"])
    return PaymentRow(
        company="wechat",
        kind="paid",
        line=number,
        at=time_of(values["at"]),
        merchant=_number(values, "merchant"),
        transaction_no=_number(values, "transaction"),
        order_no=_number(values, "order"),
        ordered=amount_of(values["ordered"]) if "ordered" in values else settled,
        settled=settled,
        coupon=abs(amount_of(values.get("coupon", ""))),
        fee=amount_of(values["fee"], FEE_DECIMALS),
        rate=rate_of(values.get("rate", "")),
    )


def _refunded(number: int, values: Mapping[str, str]) -> PaymentRow:
    refunded = abs(amount_of(values.get("refunded", "")))
    return PaymentRow(
        company="wechat",
        kind="refunded",
        line=number,
        at=time_of(values.get("asked_at", "").strip() or values["at"]),
        merchant=_number(values, "merchant"),
        transaction_no=_number(values, "transaction"),
        order_no=_number(values, "order"),
        refund_no=_number(values, "refund"),
        asked=abs(amount_of(values["asked"])) if "asked" in values else refunded,
        refunded=refunded,
        fee=-abs(amount_of(values["fee"], FEE_DECIMALS)),
        rate=rate_of(values.get("rate", "")),
        state=code_of(values.get("refund state", ""), 20),
    )


def _number(values: Mapping[str, str], word: str) -> str:
    """Return a number of a row, empty where the cell says that there is none."""
    number = code_of(values.get(word, ""))
    return "" if number == _NONE else number


def _add(sums: dict[str, Decimal], row: PaymentRow, values: Mapping[str, str]) -> None:
    """Add a row to the figures of its table."""
    figures = {"count": ONE, "refunded": row.refunded, "asked": row.asked, "fee": row.fee}
    figures |= {"settled": row.settled, "ordered": row.ordered}
    if row.kind == "refunded":
        figures["coupon refunded"] = abs(amount_of(values.get("coupon refunded", "")))
    for word, amount in figures.items():
        sums[word] = plus(sums[word], amount)


def _disagreeing(name: str, number: int, stated: Mapping[str, str], sums: Mapping[str, Decimal]) -> Iterator[BillFault]:
    """Yield the figures of a summary that are not the sums of its rows."""
    for word, text in stated.items():
        try:
            figure = Decimal(whole_of(text)) if word == "count" else amount_of(text, FEE_DECIMALS)
        except CellError as error:
            raise unreadable(name, number, error.en, error.zh) from None
        if figure != sums[word]:
            yield disagreeing(number, _SUMMED[word][0], figure, sums[word])
