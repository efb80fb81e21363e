"""WeChat Pay's fund bill (微信支付资金账单): the movements of an account, with the balance after each.

Amounts have no sign, 收支类型 tells income from expense. A refund is booked net of the fee that is given back, or gross
with a row of its own for the fee: both make the same sum.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO

from customs.fields.money import ONE, ZERO, plus
from customs.ledger.settlements.balances import BalanceChain
from customs.ledger.settlements.bill_rows import BillFault, FundRow, disagreeing
from customs.ledger.settlements.bill_texts import (
    CellError,
    amount_of,
    code_of,
    columns_of,
    time_of,
    unreadable,
    whole_of,
)
from customs.ledger.settlements.wechat_lines import wechat_lines

#: The heading by which a fund bill is known, and that of its summary.
FIRST, SUMMARY = "资金流水单号", "资金流水总笔数"

_COLUMNS: Mapping[str, Sequence[str]] = {
    "at": ("记账时间",), "transaction": ("微信支付业务单号",), "flow": ("资金流水单号",), "name": ("业务名称",),
    "purpose": ("业务类型",), "way": ("收支类型",), "amount": ("收支金额(元)", "收支金额"),
    "balance": ("账户结余(元)", "账户结余"), "voucher": ("业务凭证号",),
}  # fmt: skip
_NEEDED = ("at", "transaction", "flow", "purpose", "way", "amount", "balance")

_SUMMED: Mapping[str, Sequence[str]] = {
    "count": ("资金流水总笔数",), "incomes": ("收入笔数",), "income": ("收入金额", "收入金额(元)"),
    "expenses": ("支出笔数",), "expense": ("支出金额", "支出金额(元)"),
}  # fmt: skip

#: The figures that are counts.
_COUNTS = frozenset({"count", "incomes", "expenses"})

_WAYS = {"收入": 1, "支出": -1}


def fund_rows(name: str, file: IO[str], faults: list[BillFault]) -> Iterator[FundRow]:
    """Yield the rows of a fund bill, and note in ``faults`` what does not agree with its summary and its balances."""
    at: dict[str, int] = {}
    titles: dict[str, int] = {}
    sums, chain = dict.fromkeys(_SUMMED, ZERO), BalanceChain()
    for kind, number, cells in wechat_lines(name, file, FIRST, SUMMARY):
        if kind == "headings":
            at = columns_of(name, number, cells, _COLUMNS, _NEEDED)
        elif kind == "summary headings":
            titles = columns_of(name, number, cells, _SUMMED, ("count",))
        elif kind == "summary":
            faults += chain.faults()
            faults += _disagreeing(name, number, {word: cells[position] for word, position in titles.items()}, sums)
            sums, chain = dict.fromkeys(_SUMMED, ZERO), BalanceChain()
        else:
            row = _row(name, number, {word: cells[position] for word, position in at.items()})
            _add(sums, row.amount)
            chain.add(number, row.amount, row.balance)
            yield row


def _row(name: str, number: int, values: Mapping[str, str]) -> FundRow:
    way = values["way"].strip()
    if way not in _WAYS:
        raise unreadable(name, number, "收支类型 is neither 收入 nor 支出", "收支类型不是收入或支出")
    try:
        return FundRow(
            company="wechat",
            line=number,
            at=time_of(values["at"]),
            merchant="",
            flow_no=code_of(values["flow"]),
            transaction_no=code_of(values["transaction"]),
            order_no=code_of(values.get("voucher", "")),
            purpose=code_of(values["purpose"]),
            amount=abs(amount_of(values["amount"])) * _WAYS[way],
            balance=amount_of(values["balance"]),
        )
    except CellError as error:
        raise unreadable(name, number, error.en, error.zh) from None


def _add(sums: dict[str, Decimal], amount: Decimal) -> None:
    one, many = ("income", "incomes") if amount >= 0 else ("expense", "expenses")
    for word, more in (("count", ONE), (many, ONE), (one, abs(amount))):
        sums[word] = plus(sums[word], more)


def _disagreeing(name: str, number: int, stated: Mapping[str, str], sums: Mapping[str, Decimal]) -> Iterator[BillFault]:
    """Yield the figures of a summary that are not the sums of its rows."""
    for word, text in stated.items():
        try:
            figure = Decimal(whole_of(text)) if word in _COUNTS else amount_of(text)
        except CellError as error:
            raise unreadable(name, number, error.en, error.zh) from None
        if figure != sums[word]:
            yield disagreeing(number, _SUMMED[word][0], figure, sums[word])
