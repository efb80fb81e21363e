"""Options and records that the commands ``goods`` share (商品备案命令共用部分)."""

from pathlib import Path
from typing import Annotated

import typer

from customs.cli.app import misuse
from customs.cli.goods import refused_list
from customs.intake.goods import GoodsRecords
from customs.intake.goods_sheets import goods_in
from customs.intake.problems import GoodsError
from customs.ledger.database import LedgerConnection
from customs.ledger.goods import (
    GoodsStanding,
    find_goods,
    goods_of_sku,
)

RecordsFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Goods list, CSV, XLSX or JSON.", exists=True, dir_okay=False)
]
RecordSku = Annotated[str, typer.Argument(metavar="SKU", help="SKU of the record.")]
RecordBook = Annotated[
    str | None, typer.Option("--book", metavar="NO", help="Account book of the record, where a SKU has several.")
]
SheetName = Annotated[str, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook.")]
ListOfGoods = Annotated[
    Path | None,
    typer.Option(
        "--goods", exists=True, dir_okay=False, help="Goods list whose changes are looked at before it is entered."
    ),
]


def records_in(file: Path, sheet: str, *, json: bool) -> GoodsRecords:
    """Return the records of a list; one that cannot be used is shown with every mistake."""
    try:
        return goods_in(file, sheet)
    except GoodsError as error:
        raise refused_list(error.problems, json=json) from None


def record_of(connection: LedgerConnection, sku: str, book: str | None) -> GoodsStanding:
    """Return the record of a SKU; one that is not there, or that needs its book, is misuse."""
    found = goods_of_sku(connection, sku) if book is None else [find_goods(connection, sku, book)]
    standings = [each for each in found if each]
    if not standings:
        raise misuse(f"the ledger has no goods record {sku} 账簿中没有货号 {sku} 的备案")
    if len(standings) > 1:
        books = ", ".join(each.account_book_no or '""' for each in standings)
        raise misuse(
            f"{sku} is on record in several books: give --book, one of {books} 多本账册均有备案，请用 --book 指定"
        )
    return standings[0]
