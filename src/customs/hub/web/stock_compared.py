"""A warehouse's stock against the account book (账册与库存比对), with what it means for the yearly write-off."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from customs.hub.web.uploads import KeptUpload, as_file
from customs.intake.problems import FileMistake
from customs.ledger.book.comparing import StockSides, compare_stock
from customs.ledger.book.events import CutOff
from customs.ledger.book.flows import join_events
from customs.ledger.book.holdings import articles_of, papers_of, quantities_of
from customs.ledger.book.periods import period_of
from customs.ledger.book.stock_files import StockFileError, stock_in
from customs.ledger.book.write_off import WriteOff, WriteOffCycle, WriteOffItem, write_off
from customs.ledger.database import LedgerConnection

#: The columns of the report: Chinese and English.
HEADINGS = (
    "商品项 items", "货号 articles", "账册余量 book", "实际库存 stock", "差异 difference", "在途 on the way", "盈亏 lasting",
    "结论 verdict", "原因 causes", "单证 documents",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReport:
    """A comparison: the mistakes of the file, or the write-off of the cycle that ends on its day."""

    mistakes: Sequence[FileMistake] = ()
    report: WriteOff | None = None

    @property
    def differing(self) -> list[WriteOffItem]:
        """The items that do not agree."""
        return [each for each in self.report.items if not each.difference.agrees] if self.report else []


def compare_upload(connection: LedgerConnection, ems_no: str, upload: KeptUpload, ends: date) -> StockReport:
    """Compare a stock file with a book at the end of a day, the last of its cycle. Raises ``ValueError`` for a day before the rules."""
    cycle = WriteOffCycle(ends=ends)
    until = period_of(ends.isoformat(), None).until
    with as_file(upload.content, "stock") as path:
        try:
            stock = stock_in(path)
        except StockFileError as error:
            return StockReport(mistakes=[each._replace(file=upload.name) for each in error.problems])
    known, papers = articles_of(connection, ems_no), papers_of(connection, ems_no)
    balances = {item: held.balance for item, held in quantities_of(connection, ems_no, until).items()}
    events = join_events(papers, (), known).events
    found = compare_stock(
        StockSides(balances=balances, stock=stock, events=events, articles=known), CutOff(until, until)
    )
    return StockReport(report=write_off(cycle, ems_no, papers.lists, found))


def report_rows(items: Iterable[WriteOffItem]) -> Iterator[Sequence[object]]:
    """Yield the headings and a row for each item."""
    yield HEADINGS
    for each in items:
        found = each.difference
        documents = dict.fromkeys(number for gap in found.causes for number in gap.documents)
        yield (
            ", ".join(map(str, found.items)),
            ", ".join(found.skus),
            found.book,
            found.stock,
            found.difference,
            each.passing,
            each.lasting,
            each.verdict.value,
            " / ".join(f"{gap.cause.value} {gap.cause.zh} {gap.cause.en}" for gap in found.causes),
            ", ".join(documents),
        )


def cycle_rows(report: WriteOff) -> Iterator[Sequence[object]]:
    """Yield the dates of the cycle, and its bond lists."""
    yield ("账册编号 book", report.ems_no)
    yield ("周期 cycle", report.cycle.begins, report.cycle.ends)
    yield ("报核期限 due", report.cycle.due, report.cycle.extended)
    for title, numbers in (("已核扣清单 deducted", report.deducted), ("未核扣清单 open", report.open)):
        yield (title, len(numbers))
        yield from (("", each) for each in numbers)
