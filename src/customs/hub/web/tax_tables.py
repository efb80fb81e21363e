"""The lines of a month of tax bills as a table (按月核对表), in both languages, to be opened in a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence

from customs.reconciliation.three_way import STANDINGS, ParcelComparison

#: The columns: Chinese and English.
HEADINGS = (
    "订单编号 order", "清单编号 list", "电商企业 merchant", "税单编号 tax bills", "缴款书编号 payment forms", "试算税款 assessed",
    "税单税款 billed", "向买家收取 charged", "税单减试算 bill - assessed", "收取减税单 charge - bill", "税单状态 bill stands",
    "收取状态 charge stands", "原因 causes", "处理建议 advice",
)  # fmt: skip


def line_rows(lines: Iterable[ParcelComparison]) -> Iterator[Sequence[object]]:
    """Yield the headings and a row for each parcel."""
    yield HEADINGS
    for line in lines:
        stands = [" ".join(STANDINGS[each]) for each in (line.bill_stands, line.charge_stands)]
        yield (
            line.order_no,
            line.list_no,
            line.merchant_code,
            " ".join(line.tax_bill_nos),
            " ".join(line.payment_form_nos),
            line.assessed,
            line.billed,
            line.charged,
            line.billed_more,
            line.charged_more,
            *stands,
            " / ".join(f"{each.zh} {each.en}" for each in line.named),
            " / ".join(f"{each.advice_zh} {each.advice_en}" for each in line.named),
        )
