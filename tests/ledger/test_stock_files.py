"""Files of the warehouse are read with the headings and kinds that systems write, and every mistake is told at once."""

from datetime import datetime, time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from customs.ledger.book.events import EventKind
from customs.ledger.book.grain import Article, Cargo
from customs.ledger.book.items import BookItem
from customs.ledger.book.periods import Period, period_of
from customs.ledger.book.stock_files import StockFileError, articles_in, movements_in, stock_in

MILK, OTHER = BookItem("T2992W000001", "12"), BookItem("T2992W000001", "13")


def written(folder: Path, *lines: str) -> Path:
    file = folder / "stock.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def mistakes(folder: Path, *lines: str) -> list[tuple[int, str]]:
    with pytest.raises(StockFileError) as caught:
        stock_in(written(folder, *lines))
    return [(each.line, each.key) for each in caught.value.problems]


def test_a_stock_file_is_read_with_chinese_or_english_headings(tmp_path: Path) -> None:
    chinese = written(tmp_path, "货号,账册编号,备案序号,库存数量,货物类型", "A,T2992W000001,0012,98,赠品", ",,,,")
    (row,) = stock_in(chinese)
    assert (row.sku, row.item, row.quantity, row.cargo, row.where) == (
        "A",
        MILK,
        Decimal(98),
        Cargo.GIFT,
        "stock.csv:2",
    )
    (row,) = stock_in(written(tmp_path, "SKU,Ems No,record_no,Qty", "A,T2992W000001,12,1.5"))
    assert (row.item, row.quantity) == (MILK, Decimal("1.5"))


def test_numbers_of_a_workbook_are_texts_and_quantities(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["货号", "账册编号", "备案序号", "数量"])
    book.active.append([1001.0, "T2992W000001", 12.0, 98])
    book.save(tmp_path / "stock.xlsx")
    (row,) = stock_in(tmp_path / "stock.xlsx")
    assert (row.sku, row.item, row.quantity) == ("1001", MILK, Decimal(98))


def test_every_mistake_is_told_by_row_and_heading(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "货号,数量,货物类型", "A,many,", ",2,", "B,3,茶") == [
        (2, "数量"),
        (3, "货号"),
        (4, "货物类型"),
    ]


@pytest.mark.parametrize(("headings", "wrong"), [("货号,库位", "quantity"), ("货号,数量,库存数量", "库存数量")])
def test_a_column_that_is_missing_or_stands_twice_is_told(tmp_path: Path, headings: str, wrong: str) -> None:
    assert mistakes(tmp_path, headings, "A,1,1") == [(1, wrong)]


@pytest.mark.parametrize(
    ("kind", "quantity", "read_as", "signed"),
    [
        ("销售出库", "2", EventKind.PARCEL, -2),
        ("out", "-2", EventKind.PARCEL, -2),
        ("取消上架", "2", EventKind.PARCEL, 2),
        ("退货入库", "2", EventKind.RETURN, 2),
        ("采购入库", "2", EventKind.INBOUND, 2),
        ("销毁出库", "2", EventKind.REMOVAL, -2),
        ("TRANSFER", "-2", EventKind.TRANSFER, -2),
        ("盘点调整", "-2", EventKind.ADJUSTMENT, -2),
        ("盘亏", "2", EventKind.ADJUSTMENT, -2),
    ],
)
def test_the_sign_of_a_movement_follows_from_its_kind(
    tmp_path: Path, kind: str, quantity: str, read_as: EventKind, signed: int
) -> None:
    file = written(tmp_path, "业务类型,业务单号,货号,变动数量,业务时间", f"{kind},O1,A,{quantity},2026-10-31 18:00:00")
    (row,) = movements_in(file)
    assert (row.kind, row.number, row.quantity, row.at) == (
        read_as,
        "O1",
        Decimal(signed),
        datetime(2026, 10, 31, 18),
    )


def test_a_movement_of_an_unknown_kind_or_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StockFileError) as caught:
        movements_in(written(tmp_path, "业务类型,业务单号,货号,数量,时间", "茶,O1,A,1,soon"))
    assert [each.key for each in caught.value.problems] == ["业务类型", "时间"]


def test_the_items_and_factors_of_an_article_are_gathered_from_its_rows(tmp_path: Path) -> None:
    rows = ("A,T2992W000001,12,12", "A,T2992W000001,13,")
    found = articles_in(written(tmp_path, "货号,账册编号,备案序号,箱规", *rows))
    assert found == {"A": Article("A", (MILK, OTHER), (Decimal(12),))}


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026-10-31", datetime(2026, 10, 30, 18, 0, 1), datetime(2026, 10, 31, 18)),
        ("2028-02", datetime(2028, 1, 31, 18, 0, 1), datetime(2028, 2, 29, 18)),
        ("2026-H2", datetime(2026, 6, 30, 18, 0, 1), datetime(2026, 12, 31, 18)),
        ("2026", datetime(2025, 12, 31, 18, 0, 1), datetime(2026, 12, 31, 18)),
    ],
)
def test_a_period_with_a_cut_off_follows_the_one_before_without_a_gap(
    text: str, since: datetime, until: datetime
) -> None:
    assert period_of(text, time(18)) == Period(since, until)


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "2026-H3", "26", "2026-1", ""])
def test_what_names_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        period_of(text)
