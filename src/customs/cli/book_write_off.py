"""The command ``book write-off`` (账册核销): the figures of the yearly report of a logistics book, with its dates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli import files
from customs.cli.app import misuse, screen, tell
from customs.cli.book import commands
from customs.cli.book_differences import difference_values, quantity_text, write_sheets
from customs.cli.book_stock import (
    ArticleFile,
    CutOffTime,
    MovementFiles,
    StockAt,
    StockFile,
    compare_files,
    cut_of,
    warehouse_files,
)
from customs.cli.common import AsJson, On, day_of
from customs.cli.language import words
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import echo
from customs.ledger.book.write_off import WriteOff, WriteOffCycle, WriteOffItem, WriteOffVerdict, write_off

#: What follows of a difference, in English and Chinese.
_VERDICTS: Mapping[WriteOffVerdict, tuple[str, str]] = {
    WriteOffVerdict.EQUAL: ("equal: closed", "相符，予以核销"),
    WriteOffVerdict.IN_TRANSIT: ("on the way: enter the documents first", "在途差异，须先补齐单证"),
    WriteOffVerdict.SURPLUS: ("surplus: raised if justified", "盘盈，有正当理由的调增"),
    WriteOffVerdict.SHORTAGE: ("shortage: taxed if justified", "盘亏，有正当理由的补税"),
}

_COLUMNS = (
    "商品项 items", "货号 articles", "账册余量 book", "实际库存 stock", "差异 difference", "在途 on the way", "盈亏 lasting",
    "结论 verdict", "原因 causes", "单证 documents",
)  # fmt: skip


@commands.command("write-off")
@over_ledger
def written_off(
    book: Annotated[str, typer.Argument(metavar="BOOK", help="Number of the account book.")],
    stock: StockFile,
    ends: Annotated[
        str,
        typer.Option("--ends", metavar="DAY", help="Last day of the cycle, at whose end the book is written off."),
    ],
    begins: Annotated[
        str | None,
        typer.Option("--begins", metavar="DAY", help="First day of the cycle, where it is shorter than a year."),
    ] = None,
    extended: Annotated[bool, typer.Option("--extended", help="Count the days left to the extended date.")] = False,
    on: On = None,
    movements: MovementFiles = None,
    articles: ArticleFile = None,
    cut_off: CutOffTime = None,
    stock_at: StockAt = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", dir_okay=False, help="Write the report as XLSX: the bond lists of the cycle, and the items."
        ),
    ] = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Report a book for its yearly write-off: the bond lists of the cycle, and what follows of each difference.

    Exits 1 while lists are open or goods are on the way. Nothing is booked: customs decides what is justified.
    """
    if out and out.suffix.lower() != ".xlsx":
        raise misuse(f"--out: {out.name} is no .xlsx 输出文件应为 .xlsx")
    cycle, today, number = _cycle(ends, begins), day_of(on), book.strip().upper()
    cut = cut_of(cycle.ends.isoformat(), cut_off, stock_at)
    warehouse = warehouse_files(stock, movements or (), articles)
    with ledger.read() as connection:
        found = compare_files(connection, number, warehouse, cut)
    report = write_off(cycle, number, found.papers.lists, found.differences)
    left = cycle.days_left(today, extended=extended)
    if out:
        write_sheets(out, {"报核": _summary(report), "商品项": [_COLUMNS, *map(_row, report.items)]})
    if json:
        for each in report.items:
            echo(files.to_json(_item_values(each)))
        echo(files.to_json(_values(report, left)))
    else:
        _show(report, left)
    raise typer.Exit(0 if report.is_ready and not found.homeless else 1)


def _cycle(ends: str, begins: str | None) -> WriteOffCycle:
    try:
        return WriteOffCycle(ends=day_of(ends), begins_on=day_of(begins) if begins else None)
    except ValueError as error:
        raise misuse(str(error)) from None


def _show(report: WriteOff, left: int) -> None:
    cycle = report.cycle
    days = _days(cycle.begins, cycle.ends)
    tell(
        f"{report.ems_no}, {days}: due {cycle.due}, extended {cycle.extended}, {left} days left; "
        f"{len(report.deducted)} lists deducted, {len(report.open)} open",
        f"{report.ems_no}，{days}：报核期限 {cycle.due}，延期至 {cycle.extended}，剩余 {left} 天；"
        f"已核扣清单 {len(report.deducted)} 份，未核扣 {len(report.open)} 份",
    )
    for each in report.open:
        tell(f"{each}: not deducted yet", f"{each}：尚未核扣")
    table = Table(box=SIMPLE)
    table.add_column(words("item", "商品项"), overflow="fold")
    for en, zh in (("book", "账册"), ("stock", "库存"), ("on the way", "在途"), ("lasting", "盈亏")):
        table.add_column(words(en, zh), justify="right")
    table.add_column(words("what follows", "结论"), overflow="fold")
    for item in report.items:
        if item.verdict is WriteOffVerdict.EQUAL:
            continue
        found = item.difference
        figures = map(quantity_text, (found.book, found.stock, item.passing, item.lasting))
        table.add_row(Text(", ".join(map(str, found.items))), *figures, Text(words(*_VERDICTS[item.verdict])))
    screen.print(table)


def _days(begins: date, ends: date) -> str:
    return f"{begins} – {ends}"


def _values(report: WriteOff, left: int) -> dict[str, Any]:
    cycle = report.cycle
    return {
        "ems_no": report.ems_no,
        "begins": cycle.begins.isoformat(),
        "ends": cycle.ends.isoformat(),
        "due": cycle.due.isoformat(),
        "extended": cycle.extended.isoformat(),
        "days_left": left,
        "ready": report.is_ready,
        "deducted": list(report.deducted),
        "open": list(report.open),
        "items": len(report.items),
    }


def _item_values(item: WriteOffItem) -> dict[str, Any]:
    figures = {"passing": quantity_text(item.passing), "lasting": quantity_text(item.lasting)}
    return {**difference_values(item.difference), **figures, "verdict": item.verdict.value}


def _summary(report: WriteOff) -> Iterator[Sequence[object]]:
    cycle = report.cycle
    yield ("账册编号 book", report.ems_no)
    yield ("周期 cycle", cycle.begins, cycle.ends)
    yield ("报核期限 due", cycle.due, cycle.extended)
    for title, numbers in (("已核扣清单 deducted", report.deducted), ("未核扣清单 open", report.open)):
        yield (title, len(numbers))
        yield from (("", each) for each in numbers)


def _row(item: WriteOffItem) -> Sequence[object]:
    found = item.difference
    names = (", ".join(map(str, found.items)), ", ".join(found.skus))
    figures = (found.book, found.stock, found.difference, item.passing, item.lasting)
    causes = ", ".join(f"{each.cause.value} {quantity_text(each.quantity)}" for each in found.causes)
    papers = _once(number for each in found.causes for number in each.documents)
    en, zh = _VERDICTS[item.verdict]
    return (*names, *figures, f"{zh} {en}", causes, papers)


def _once(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(texts))
