"""Payment bills (支付企业对账单): the files of WeChat Pay and Alipay, told apart by what stands in them.

A file holds one bill, or is the ZIP of several; a detail is checked against the summary that lies beside it.
``open_payment_bills`` opens them one after the other, and memory stays the same however many rows there are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from customs.intake.file_kinds import kind_of
from customs.ledger.settlements import alipay_accounts, alipay_trades, wechat_funds, wechat_trades
from customs.ledger.settlements.alipay_lines import AlipayNotes
from customs.ledger.settlements.bill_files import BillPart, bill_parts, undamaged
from customs.ledger.settlements.bill_rows import BillFault, BillRow, Company, PaymentBill
from customs.ledger.settlements.bill_texts import BillError, plain
from customs.ledger.settlements.wechat_lines import headings_of

#: The answer of WeChat Pay for a day on which nothing was paid: ``No Bill Exist``, in later versions the code.
_NO_BILL = ("No Bill Exist", "NO_STATEMENT_EXIST", "20002")

#: Bytes and lines of a file that are looked at to know it.
_LOOKED_AT, _NOTES = 1 << 13, 8

#: The first lines of Alipay's files, with what the file holds.
_ALIPAY = {
    alipay_trades.DETAIL: "trade",
    alipay_trades.SUMMARY: "trade summary",
    alipay_accounts.DETAIL: "funds",
    alipay_accounts.SUMMARY: "funds summary",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A part of a file of which the kind is known: the company, what it holds, and what Alipay notes at its top."""

    part: BillPart
    company: Company
    holds: str
    notes: AlipayNotes = field(default_factory=AlipayNotes)

    @property
    def about(self) -> tuple[str, tuple[date, date] | None]:
        """The account and the days."""
        return self.notes.merchant, self.notes.days


@contextmanager
def open_payment_bills(path: Path | str, *, sha1: str = "") -> Iterator[Iterator[PaymentBill]]:
    """Open the bills of a file; each is read to its end before the next one.

    ``sha1`` is the ``hash_value`` with which WeChat Pay announced the file: that of its bytes, unpacked.
    Raises ``SheetError`` for a file that is no bill, also while its rows are read, and ``OSError`` for one that cannot
    be read.
    """
    path = Path(path)
    with bill_parts(path) as parts:
        if sha1 and all(each.digest("sha1") != sha1.lower() for each in parts):
            raise BillError(
                f"{path.name} is not the file that was announced (SHA-1 differs): fetch it again",
                f"{path.name} 与下载应答中的 SHA-1 不符，请重新下载",
            )
        yield _bills(path.name, [_known(each) for each in parts])


def _bills(name: str, parts: list[_Known]) -> Iterator[PaymentBill]:
    details = [each for each in parts if not each.holds.endswith("summary")]
    if not details:
        raise BillError(
            f"{name} holds no detail: give the detail (明细) too, or the ZIP as it was downloaded",
            f"{name} 中没有明细，请提供明细文件或原始下载的压缩包",
        )
    for each in details:
        of_it = [other for other in parts if other.holds == f"{each.holds} summary" and other.about == each.about]
        yield from _bill(each, of_it[0].part if of_it else None)


def _bill(known: _Known, summary: BillPart | None) -> Iterator[PaymentBill]:
    """Yield the one bill of a part, open while it is read."""
    part, faults = known.part, list[BillFault]()
    digest = part.digest()
    figures = _figures(known, summary)
    with part.text() as file:
        rows: Iterator[BillRow]
        if known.holds == "nothing":
            rows = iter(())
        elif known.company == "wechat":
            read = wechat_trades.trade_rows if known.holds == "trade" else wechat_funds.fund_rows
            rows = read(part.name, file, faults)
        elif known.holds == "trade":
            rows = alipay_trades.detail_rows(part.name, file, known.notes, faults, figures)
        else:
            rows = alipay_accounts.account_rows(part.name, file, known.notes, faults, figures)
        yield PaymentBill(
            company=known.company,
            kind="funds" if known.holds == "funds" else "trade",
            file=part.name,
            digest=digest,
            days=known.notes.days,
            rows=rows,
            faults=faults,
        )


def _figures(known: _Known, summary: BillPart | None) -> dict[str, Decimal] | None:
    if summary is None:
        return None
    with summary.text() as file:
        read = alipay_trades.summary_figures if known.holds == "trade" else alipay_accounts.summary_figures
        return read(summary.name, file)


def _known(part: BillPart) -> _Known:
    """Return a part with its kind. Raises ``BillError`` for one that is no bill."""
    with undamaged(part.name), part.open() as file:
        head = file.read(_LOOKED_AT)
    text = _decoded(head)
    if text.startswith("<xml"):
        return _Known(part=part, company="wechat", holds=_answered(part.name, text))
    if kind := kind_of(head, b""):
        raise BillError(
            f"{part.name} is {kind.en}, no bill: give the CSV, GZIP or ZIP as it was downloaded",
            f"{part.name} 是{kind.zh}，不是对账单，请提供原始下载的 CSV、GZIP 或 ZIP 文件",
        )
    lines = [each for each in text.splitlines() if each.strip()]
    if not lines:
        raise BillError(f"{part.name} is empty: fetch the bill again", f"{part.name} 是空文件，请重新下载对账单")
    titles = headings_of(lines[0])
    if wechat_trades.FIRST in titles and wechat_funds.FIRST not in titles:
        return _Known(part=part, company="wechat", holds="trade")
    if wechat_funds.FIRST in titles:
        return _Known(part=part, company="wechat", holds="funds")
    if holds := _ALIPAY.get(plain(lines[0]).rstrip(",")):
        known = _Known(part=part, company="alipay", holds=holds)
        for number, line in enumerate(lines[:_NOTES], 1):
            if line.startswith("#"):
                known.notes.take(number, line)
        return known
    return _Known(part=part, company="wechat", holds=_answered(part.name, text))


def _answered(name: str, text: str) -> str:
    """Return what an answer of WeChat Pay holds instead of a bill: nothing. Raises ``BillError`` for any other file."""
    if text.startswith(("<xml", "{")) and any(each in text for each in _NO_BILL):
        return "nothing"
    if "download_url" in text:
        raise BillError(
            f"{name} is the answer that names the bill, not the bill: fetch what its download_url names within 5 minutes",
            f"{name} 是含下载地址的应答，不是对账单，请在 5 分钟内用 download_url 下载账单文件",
        )
    raise BillError(
        f"{name} is no bill of WeChat Pay (trade, funds) or Alipay (业务明细, 账务明细): give the file as it was downloaded",
        f"{name} 不是微信支付（交易账单、资金账单）或支付宝（业务明细、账务明细）的对账单，请提供原始下载的文件",
    )


def _decoded(head: bytes) -> str:
    """Return the beginning of a text, in UTF-8 or else GBK, of which the last character may be cut."""
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return head.decode("gb18030", "replace")
