"""Tables of the warehouse are taken whole or not at all, as Excel and its systems write them."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from customs.ledger import EntryCause, Ledger
from customs.ledger.trace import TraceFileError, TraceLoaded, load_traces, lots_of, trace_code, trace_parcel
from support import some
from support.tables import saved, workbook
from support.traced import AT, FIRST, TICKET

PICKS = ("订单编号", "运单编号", "货号", "批次", "商品序号", "数量", "出库时间")


def load(ledger: Ledger, path: Path, cause: EntryCause | None = None) -> TraceLoaded:
    with ledger.begin() as connection:
        return load_traces(connection, path, at=AT, cause=cause)


def mistakes(ledger: Ledger, path: Path) -> list[tuple[int, str]]:
    with pytest.raises(TraceFileError) as caught:
        load(ledger, path)
    for each in some(caught.value.problems):
        assert each.en
        assert each.zh
    return [(each.line, each.key) for each in caught.value.problems]


def csv(folder: Path, *rows: str, encoding: str = "utf-8", name: str = "trace.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding=encoding)
    return path


def xlsx(folder: Path, *rows: tuple[Any, ...]) -> Path:
    path = folder / "trace.xlsx"
    path.write_bytes(saved(workbook(*rows)))
    return path


def test_one_table_says_lots_and_parcels_and_again_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    path = xlsx(
        tmp_path,
        ("溯源码", "货号 sku", "批次号", "原产国", "生产日期", "订单号", "运单号", "发货时间", "收件人", "电话"),
        (
            "0012",
            FIRST,
            "B1",
            "日本",
            date(2026, 3, 1),
            "O1",
            "W1",
            datetime(2026, 11, 11, 9, 30),
            "虚构人",
            "13800000000",
        ),
        (
            "0013",
            FIRST,
            "B1",
            "日本",
            date(2026, 3, 1),
            "O1",
            "W1",
            datetime(2026, 11, 11, 9, 30),
            "虚构人",
            "13800000000",
        ),
    )
    first, again = load(ledger, path), load(ledger, path)
    assert (first.rows, first.lots, first.entries) == (2, 1, 2)
    assert (again.rows, again.lots, again.entries) == (2, 0, 0)
    with ledger.read() as connection:
        (lot,) = lots_of(connection, FIRST)
        found = trace_code(connection, "0012")
    assert (lot.lot.origin_country, lot.lot.produced_on) == ("116", date(2026, 3, 1))
    assert found
    assert found.entries[0].entry.at == datetime(2026, 11, 11, 9, 30)
    assert "虚构人" not in repr(found)


def test_what_excel_makes_of_numbers_is_undone_where_it_is_certain(ledger: Ledger, tmp_path: Path) -> None:
    load(
        ledger, xlsx(tmp_path, PICKS, (20261111000001.0, 7712345678, "A1", 20260301.0, 1.0, 2.0, "2026-11-11 09:00:00"))
    )
    with ledger.read() as connection:
        found = trace_parcel(connection, "20261111000001")
    assert found
    entry = found.entries[0].entry
    assert (entry.waybill_no, entry.batch, entry.line, entry.quantity) == ("7712345678", "20260301", 1, Decimal(2))


def test_full_width_signs_quotes_apostrophes_and_gbk_are_read(ledger: Ledger, tmp_path: Path) -> None:
    path = csv(
        tmp_path, "溯源码,货号,批次,订单编号", "ＴＣ００１,Ａ１,'007,O1", '"=""0099""",A1,"=""008""",O2', encoding="gbk"
    )
    assert load(ledger, path).entries == 2
    with ledger.read() as connection:
        found = [trace_code(connection, each) for each in ("TC001", "0099")]
    assert [each and each.entries[0].entry.lot for each in found] == ["A1/007", "A1/008"]


def test_numbers_that_lost_digits_or_zeros_are_refused_by_row_and_column(ledger: Ledger, tmp_path: Path) -> None:
    path = xlsx(
        tmp_path,
        ("溯源码", "货号", "批次", "订单编号"),
        (6901234567890, "A1", "B1", "O1"),
        ("6.90123E+12", "A1", "B1", "O1"),
        ("C3", "A1", 7, "O1"),
        ("C4", "A1", datetime(2026, 3, 1), "O1"),
        ("C5", "A1", "B1", 1.2345678901234567e17),
        ("C6", "A1", "#N/A", "O1"),
    )
    assert mistakes(ledger, path) == [
        (2, "溯源码"), (3, "溯源码"), (4, "批次"), (5, "批次"), (6, "订单编号"), (7, "批次"),
    ]  # fmt: skip
    with ledger.read() as connection:
        assert trace_code(connection, "C3") is None


def test_zeros_that_a_csv_lost_are_seen_where_the_code_or_lot_is_known(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, csv(tmp_path, "溯源码,货号,批次,原产国", "0012,A1,007,116"))
    path = csv(tmp_path, "溯源码,货号,批次,订单编号", "12,A1,007,O1", "C2,A1,7,O1", "C3,A1,8,O1", name="lost.csv")
    assert mistakes(ledger, path) == [(2, "溯源码"), (3, "批次")]


def test_names_and_telephones_in_moved_columns_are_refused_and_not_shown(ledger: Ledger, tmp_path: Path) -> None:
    path = csv(
        tmp_path, "溯源码,货号,批次,订单编号,运单编号", "C1,A1,虚构人,O1,W1", "C2,A1,B1,虚构人,W1", "虚构人,A1,B1,O1,W1"
    )
    with pytest.raises(TraceFileError) as caught:
        load(ledger, path)
    assert [each.key for each in caught.value.problems] == ["批次", "订单编号", "溯源码"]
    assert "虚构人" not in str(caught.value)


def test_a_pick_of_another_quantity_is_refused_with_what_is_kept(ledger: Ledger, tmp_path: Path) -> None:
    heading = ",".join(PICKS)
    load(ledger, csv(tmp_path, heading, "O1,W1,A1,B1,1,3,2026-11-11", "O2,W2,A1,B1,1,1,2026-11-11"))
    other = csv(tmp_path, heading, "O9,W9,A1,B1,1,1,2026-11-11", "O1,W1,A1,B1,1,4,2026-11-11", name="other.csv")
    with pytest.raises(TraceFileError, match="entered with 3 pieces"):
        load(ledger, other)
    with ledger.read() as connection:
        assert trace_parcel(connection, "O9") is None, "nothing of the file counts"
    assert load(ledger, other, TICKET).entries == 2, "a ticket enters it"


def test_columns_that_say_nothing_or_the_same_are_refused(ledger: Ledger, tmp_path: Path) -> None:
    assert mistakes(ledger, csv(tmp_path, "货号,数量", "A1,1")) == [(1, "")]
    assert mistakes(ledger, csv(tmp_path, "溯源码,订单编号,订单号", "C1,O1,O1")) == [(1, "订单号")]
    path = csv(tmp_path, "溯源码,货号,批次,标签状态,订单编号", "C1,,B1,,", "C2,A1,,丢失,", ",A1,,作废,O1", ",A1,B1,,")
    assert mistakes(ledger, path) == [(2, "货号"), (3, "标签状态"), (4, "溯源码"), (5, "")]


def test_a_void_label_is_void(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, csv(tmp_path, "溯源码,状态,时间", "C1,作废,2026-11-11 08:00:00", "C2,已绑定,"))
    with ledger.read() as connection:
        found = [trace_code(connection, each) for each in ("C1", "C2")]
    assert [each and each.void for each in found] == [True, False]
