"""Alipay's account detail (支付宝账务明细): the movements of an account with the balance after each, and its summary.

Expenses are negative in newer files; in old ones both columns are filled, one with 0.00, and the newest row is first.
The order of columns differs between exports, and platform shops have more of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO

from customs.fields.money import ONE, ZERO, plus
from customs.ledger.settlements.alipay_lines import AlipayLine, AlipayNotes, alipay_lines, read_values
from customs.ledger.settlements.balances import BalanceChain
from customs.ledger.settlements.bill_rows import BillFault, FundRow, disagreeing
from customs.ledger.settlements.bill_texts import (
    BillError,
    CellError,
    amount_of,
    code_of,
    columns_of,
    time_of,
    unreadable,
    whole_of,
)

#: The first line of the detail, and of the summary.
DETAIL, SUMMARY = "#支付宝账务明细查询", "#支付宝账务汇总查询"

_COLUMNS: Mapping[str, Sequence[str]] = {
    "flow": ("账务流水号",), "transaction": ("业务流水号",), "order": ("商户订单号",), "goods": ("商品名称",),
    "at": ("发生时间",), "other": ("对方账号",), "income": ("收入金额(+元)", "收入金额(元)"),
    "expense": ("支出金额(-元)", "支出金额(元)"), "balance": ("账户余额(元)",), "purpose": ("业务类型",),
    "note": ("备注",), "described": ("业务描述",),
}  # fmt: skip
_NEEDED = ("flow", "transaction", "at", "income", "expense", "balance", "purpose")

#: The texts that people write, in which a comma may stand.
_TEXTS = ("goods", "note", "described", "other")

_CHECKED: Mapping[str, Callable[[str], object]] = {
    "flow": code_of, "transaction": code_of, "order": code_of, "purpose": code_of,
    "at": time_of, "income": amount_of, "expense": amount_of, "balance": amount_of,
}  # fmt: skip

_INCOME, _EXPENSE = "收入", "支出"

_SUMMARY_COLUMNS: Mapping[str, Sequence[str]] = {
    "kind": ("类型",), "incomes": ("收入笔数",), "income": ("收入金额(+元)", "收入金额(元)"),
    "expenses": ("支出笔数",), "expense": ("支出金额(-元)", "支出金额(元)"), "total": ("总金额(元)",),
}  # fmt: skip

SummedFigures = dict[str, Decimal]


def account_rows(
    name: str, file: IO[str], notes: AlipayNotes, faults: list[BillFault], summary: SummedFigures | None = None
) -> Iterator[FundRow]:
    """Yield the rows of an account detail, and note in ``faults`` what does not agree with footers, summary and balances."""
    at: dict[str, int] = {}
    sums: SummedFigures = dict.fromkeys(("incomes", "income", "expenses", "expense"), ZERO)
    chain = BalanceChain()
    for line in alipay_lines(name, file, notes):
        if line.kind == "headings":
            at = columns_of(name, line.number, line.cells, _COLUMNS, _NEEDED) | {"width": len(line.cells)}
            continue
        row = _row(line, read_values(name, line, at, _TEXTS, _CHECKED), notes.merchant)
        _add(sums, row.amount)
        chain.add(line.number, row.amount, row.balance)
        yield row
    faults += chain.faults()
    faults += _disagreeing(notes, sums)
    for word, stated in (summary or {}).items():
        if word in sums and abs(stated) != sums[word]:
            faults.append(disagreeing(0, f"账务汇总 {_SUMMARY_COLUMNS[word][0]}", stated, sums[word]))


def _row(line: AlipayLine, values: Mapping[str, str], merchant: str) -> FundRow:
    return FundRow(
        company="alipay",
        line=line.number,
        at=time_of(values["at"]),
        merchant=merchant,
        flow_no=values["flow"],
        transaction_no=values["transaction"],
        order_no=values.get("order", ""),
        purpose=values["purpose"],
        amount=plus(abs(amount_of(values["income"])), -abs(amount_of(values["expense"]))),
        balance=amount_of(values["balance"]),
    )


def _add(sums: SummedFigures, amount: Decimal) -> None:
    one, many = ("income", "incomes") if amount >= 0 else ("expense", "expenses")
    sums[one], sums[many] = plus(sums[one], abs(amount)), plus(sums[many], ONE)


def _disagreeing(notes: AlipayNotes, sums: SummedFigures) -> Iterator[BillFault]:
    """Yield the figures of the footers that are not the sums of the rows."""
    words = {_INCOME: ("incomes", "income"), _EXPENSE: ("expenses", "expense")}
    told = set()
    for number, subject, count, figures in notes.footers:
        if subject not in words:
            continue
        told.add(subject)
        many, one = words[subject]
        if count != sums[many]:
            yield disagreeing(number, f"{subject}合计 (笔)", Decimal(count), sums[many])
        for stated in figures.values():
            if abs(stated) != sums[one]:
                yield disagreeing(number, f"{subject}合计", stated, sums[one])
    for subject in sorted(words.keys() - told):
        if sums[words[subject][0]]:
            yield BillFault(
                0, f"the footer {subject}合计 is missing: fetch the bill again", f"缺少“{subject}合计”行，请重新下载"
            )


def summary_figures(name: str, file: IO[str]) -> SummedFigures:
    """Return the totals of an account summary. Raises ``BillError`` if its rows do not make them."""
    notes, at = AlipayNotes(), dict[str, int]()
    sums, total = SummedFigures(), SummedFigures()
    for kind, number, cells in alipay_lines(name, file, notes):
        if kind == "headings":
            at = columns_of(name, number, cells, _SUMMARY_COLUMNS, tuple(_SUMMARY_COLUMNS)[:5])
            continue
        if len(cells) <= max(at.values()):
            raise unreadable(name, number, "the row does not fit its headings", "该行与表头列数不符")
        figures = _figures(name, number, cells, at)
        if cells[at["kind"]] == "合计":
            total = figures
        else:
            sums = {word: plus(sums.get(word, ZERO), amount) for word, amount in figures.items()}
    if not total:
        raise BillError(f"{name} has no row 合计: fetch it again", f"{name} 缺少“合计”行，请重新下载")
    if sums and any(sums[word] != total[word] for word in total):
        raise BillError(
            f"{name}: the kinds do not make 合计: fetch it again", f"{name}：各类型之和与合计不符，请重新下载"
        )
    return total


def _figures(name: str, number: int, cells: Sequence[str], at: Mapping[str, int]) -> SummedFigures:
    try:
        return {
            word: Decimal(whole_of(cells[position])) if word in ("incomes", "expenses") else amount_of(cells[position])
            for word, position in at.items()
            if word != "kind"
        }
    except CellError as error:
        raise unreadable(name, number, error.en, error.zh) from None
