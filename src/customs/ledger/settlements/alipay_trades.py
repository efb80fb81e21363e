"""Alipay's business detail (支付宝业务明细): payments and refunds made by API, and its summary by shop (业务汇总).

A refund has negative amounts, and the fee changes its sign between exports: both are set by 业务类型. Old footers say
交易金额 and 优惠金额 where newer ones say 商家实收 and 商家优惠.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO

from customs.fields.money import ONE, ZERO, plus
from customs.ledger.settlements.alipay_lines import AlipayLine, AlipayNotes, alipay_lines, read_values
from customs.ledger.settlements.bill_rows import BillFault, PaymentRow, disagreeing
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
DETAIL, SUMMARY = "#支付宝业务明细查询", "#支付宝业务汇总查询"

_COLUMNS: Mapping[str, Sequence[str]] = {
    "transaction": ("支付宝交易号",), "order": ("商户订单号",), "kind": ("业务类型",), "goods": ("商品名称",),
    "made": ("创建时间",), "at": ("完成时间",), "shop": ("门店名称",), "other": ("对方账户",),
    "ordered": ("订单金额(元)",), "settled": ("商家实收(元)",), "discount": ("商家优惠(元)",), "coupon": ("券名称",),
    "refund": ("退款批次号/请求号", "退款批次号"), "fee": ("服务费(元)",), "note": ("备注",),
}  # fmt: skip
_NEEDED = ("transaction", "order", "kind", "at", "ordered", "settled", "fee")

#: The texts that people write, in which a comma may stand.
_TEXTS = ("goods", "note", "other", "shop", "coupon")

_CHECKED: Mapping[str, Callable[[str], object]] = {
    "transaction": code_of, "order": code_of, "refund": code_of,
    "made": time_of, "at": time_of, "ordered": amount_of, "settled": amount_of, "discount": amount_of, "fee": amount_of,
}  # fmt: skip

_PAID, _REFUNDED = "交易", "退款"

#: The figures of a footer: newer and older names, and the sums that they may be.
_FOOTERS: Mapping[str, Sequence[str]] = {
    "商家实收": ("settled",), "商家优惠": ("discount",), "交易金额": ("settled", "ordered"), "优惠金额": ("discount",),
    "商家实收退款": ("settled",), "商家优惠退款": ("discount",), "退款金额": ("settled", "ordered"),
    "优惠退款金额": ("discount",), "交易退款金额": ("settled", "ordered"),
}  # fmt: skip

_SUMMARY_COLUMNS: Mapping[str, Sequence[str]] = {
    "shop": ("门店编号",), "name": ("门店名称",), "payments": ("交易订单总笔数",), "refunds": ("退款订单总笔数",),
    "ordered": ("订单金额(元)",), "settled": ("商家实收(元)",), "fee": ("服务费(元)",),
}  # fmt: skip

SummedFigures = dict[str, Decimal]


def detail_rows(
    name: str, file: IO[str], notes: AlipayNotes, faults: list[BillFault], summary: SummedFigures | None = None
) -> Iterator[PaymentRow]:
    """Yield the rows of a business detail, and note in ``faults`` what does not agree with footers and summary."""
    at: dict[str, int] = {}
    sums: dict[str, SummedFigures] = {
        kind: dict.fromkeys(("count", "ordered", "settled", "discount", "fee"), ZERO) for kind in (_PAID, _REFUNDED)
    }
    for line in alipay_lines(name, file, notes):
        if line.kind == "headings":
            at = columns_of(name, line.number, line.cells, _COLUMNS, _NEEDED) | {"width": len(line.cells)}
            continue
        values = read_values(name, line, at, _TEXTS, _CHECKED)
        row = _row(name, line, values, notes.merchant)
        _add(sums[_PAID if row.kind == "paid" else _REFUNDED], values)
        yield row
    faults += _disagreeing(notes, sums)
    if summary:
        faults += _against_summary(summary, sums)


def _row(name: str, line: AlipayLine, values: Mapping[str, str], merchant: str) -> PaymentRow:
    kind = values["kind"]
    if kind not in (_PAID, _REFUNDED):
        raise unreadable(name, line.number, "业务类型 is neither 交易 nor 退款", "业务类型不是交易或退款")
    paid = kind == _PAID
    ordered, settled, fee = (abs(amount_of(values[word])) for word in ("ordered", "settled", "fee"))
    return PaymentRow(
        company="alipay",
        kind="paid" if paid else "refunded",
        line=line.number,
        at=time_of(values["at"]),
        merchant=merchant,
        transaction_no=values["transaction"],
        order_no=values["order"],
        refund_no="" if paid else values.get("refund", ""),
        ordered=ordered if paid else ZERO,
        settled=settled if paid else ZERO,
        coupon=abs(amount_of(values.get("discount", ""))) if paid else ZERO,
        asked=ZERO if paid else ordered,
        refunded=ZERO if paid else settled,
        fee=fee if paid else -fee,
    )


def _add(sums: SummedFigures, values: Mapping[str, str]) -> None:
    sums["count"] = plus(sums["count"], ONE)
    for word in ("ordered", "settled", "discount", "fee"):
        sums[word] = plus(sums[word], abs(amount_of(values.get(word, ""))))


def _disagreeing(notes: AlipayNotes, sums: Mapping[str, SummedFigures]) -> Iterator[BillFault]:
    """Yield the figures of the footers that are not the sums of the rows; signs differ between exports."""
    told = set()
    for number, subject, count, figures in notes.footers:
        if subject not in sums:
            continue
        told.add(subject)
        if count != sums[subject]["count"]:
            yield disagreeing(number, f"{subject}合计 (笔)", Decimal(count), sums[subject]["count"])
        for figure, stated in figures.items():
            words = _FOOTERS.get(figure, ())
            if words and all(abs(stated) != sums[subject][word] for word in words):
                yield disagreeing(number, f"{subject}合计 {figure}", stated, sums[subject][words[0]])
    for subject in sorted(sums.keys() - told):
        if sums[subject]["count"]:
            yield BillFault(
                0, f"the footer {subject}合计 is missing: fetch the bill again", f"缺少“{subject}合计”行，请重新下载"
            )


def summary_figures(name: str, file: IO[str]) -> SummedFigures:
    """Return the totals of a business summary. Raises ``BillError`` if its shops do not make them."""
    notes, at = AlipayNotes(), dict[str, int]()
    sums, total = SummedFigures(), SummedFigures()
    for kind, number, cells in alipay_lines(name, file, notes):
        if kind == "headings":
            at = columns_of(name, number, cells, _SUMMARY_COLUMNS, ("shop", "payments", "refunds", "settled"))
            continue
        if len(cells) <= max(at.values()):
            raise unreadable(name, number, "the row does not fit its headings", "该行与表头列数不符")
        figures = _figures(name, number, cells, at)
        if "合计" in (cells[at["shop"]], cells[at.get("name", at["shop"])]):
            total = figures
        else:
            sums = {word: plus(sums.get(word, ZERO), amount) for word, amount in figures.items()}
    if not total:
        raise BillError(f"{name} has no row 合计: fetch it again", f"{name} 缺少“合计”行，请重新下载")
    if sums and (wrong := [word for word in total if sums[word] != total[word]]):
        columns = "、".join(_SUMMARY_COLUMNS[word][0] for word in wrong)
        raise BillError(
            f"{name}: the shops do not make 合计 in {columns}: fetch it again",
            f"{name}：各门店之和与合计不符（{columns}），请重新下载",
        )
    return total


def _figures(name: str, number: int, cells: Sequence[str], at: Mapping[str, int]) -> SummedFigures:
    try:
        return {
            word: Decimal(whole_of(cells[position])) if word in ("payments", "refunds") else amount_of(cells[position])
            for word, position in at.items()
            if word not in ("shop", "name")
        }
    except CellError as error:
        raise unreadable(name, number, error.en, error.zh) from None


def _against_summary(summary: SummedFigures, sums: Mapping[str, SummedFigures]) -> Iterator[BillFault]:
    """Yield the totals of the summary that the detail does not make."""
    paid, refunded = sums[_PAID], sums[_REFUNDED]
    made = {"payments": paid["count"], "refunds": refunded["count"]}
    made |= {word: plus(paid[word], -refunded[word]) for word in ("ordered", "settled")}
    for word, counted in made.items():
        if word in summary and summary[word] != counted:
            yield disagreeing(0, f"业务汇总 {_SUMMARY_COLUMNS[word][0]}", summary[word], counted)
