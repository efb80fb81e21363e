"""Sources of a stream: every parcel of a file with its line, whatever is wrong with the others, in constant memory."""

import gzip
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from customs.bulk.lines import json_lines
from customs.bulk.parquet import parquet_parcels
from customs.bulk.sources import Given
from customs.bulk.tables import order_rows
from customs.cli.commands import app
from customs.fields.moments import CHINA_TIME
from customs.intake import Enterprise, SheetError, UnknownShopError, load_enterprise, orders_in, read_sheet
from customs.intake.goods_sheets import goods_in
from customs.rules.parcel import LARGEST_PARCEL
from support import SINGLES_DAY
from support.order_lists import csv_text

Rows = list[dict[str, Any]]


def places(given: Iterator[Given]) -> list[tuple[int | None, Any]]:
    return [(each.place, each.parcel) for each in given]


def codes(given: Given) -> list[str]:
    return [each.code for each in given.findings]


# JSON lines


def test_each_line_that_is_not_empty_is_a_parcel_with_its_number() -> None:
    text = b'\xef\xbb\xbf{"a": 1}\r\n\r\n \t\n{"a": 2}\n{"a": 3'
    assert places(json_lines(BytesIO(text))) == [(1, b'{"a": 1}\r\n'), (4, b'{"a": 2}\n'), (5, b'{"a": 3')]


def test_an_empty_file_has_no_parcel() -> None:
    assert places(json_lines(BytesIO(b"\xef\xbb\xbf"))) == places(json_lines(BytesIO(b""))) == []


def test_a_line_longer_than_a_parcel_is_cut_to_what_refuses_it_and_the_next_one_is_whole() -> None:
    (long, line), (after, parcel) = places(json_lines(BytesIO(b"[" * (3 * LARGEST_PARCEL) + b"\n{}\n")))
    assert (long, len(line), after, parcel) == (1, LARGEST_PARCEL + 1, 2, b"{}\n")


def test_a_packed_file_gives_the_lines_that_it_packs(tmp_path: Path) -> None:
    lines = b"".join(b'{"a": %d}\n' % number for number in range(5_000))
    (tmp_path / "plain.jsonl").write_bytes(lines)
    (tmp_path / "packed.jsonl").write_bytes(gzip.compress(lines))
    expected = places(json_lines(tmp_path / "plain.jsonl"))
    assert len(expected) == 5_000
    assert places(json_lines(str(tmp_path / "packed.jsonl"))) == expected


@pytest.mark.parametrize("wound", [lambda data: data[:-9], lambda data: data[:-8] + b"\0" * 8])
def test_a_packed_file_that_is_cut_off_or_changed_ends_with_the_line_from_which_on_it_is_lost(
    wound: Any, tmp_path: Path
) -> None:
    (tmp_path / "packed.jsonl.gz").write_bytes(wound(gzip.compress(b'{"a": 1}\n{"a": 2}\n{"a": 3}\n')))
    *whole, last = json_lines(tmp_path / "packed.jsonl.gz")
    assert [each.place for each in [*whole, last]] == list(range(1, len(whole) + 2))
    assert (codes(last), last.refused) == (["source-damaged"], True)
    assert f"From line {last.place} on the file cannot be read" in last.findings[0].en


def test_nothing_of_a_parcel_is_shown() -> None:
    (given,) = json_lines(BytesIO('{"order": {"buyer_name": "贾宝玉"}}'.encode()))
    assert repr(given) == "Given(place=1, order_no=None, 0 findings)"


# Parquet


def parquet_file(path: Path, columns: Any, **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.large_binary()], ids=str)
def test_a_column_of_texts_or_bytes_gives_a_parcel_for_each_row(kind: pa.DataType, tmp_path: Path) -> None:
    parcels = [b'{"a": %d}' % number for number in range(2_500)]
    file = parquet_file(tmp_path / "parcels.parquet", {"parcel": pa.array(parcels, pa.binary()).cast(kind)})
    assert places(parquet_parcels(file)) == list(enumerate(parcels, 1))


def test_a_row_without_a_parcel_or_of_broken_text_is_given_like_the_others(tmp_path: Path) -> None:
    raw = pa.array([b"{}", None, b"\xff{", b"{}"], pa.binary())
    text = pa.Array.from_buffers(pa.string(), 4, raw.buffers())
    assert places(parquet_parcels(parquet_file(tmp_path / "a.parquet", {"text": text}), "text")) == [
        (1, b"{}"), (2, b""), (3, b"\xff{"), (4, b"{}")
    ]  # fmt: skip


def test_a_file_without_the_column_or_that_is_no_parquet_says_so(tmp_path: Path) -> None:
    file = parquet_file(tmp_path / "a.parquet", {"parcel": [1, 2], "other": ["{}", "{}"]})
    with pytest.raises(SheetError, match=r"a\.parquet has no column parcel of texts or bytes"):
        next(parquet_parcels(file))
    (tmp_path / "b.parquet").write_bytes(file.read_bytes()[:-20])
    with pytest.raises(SheetError, match=r"b\.parquet cannot be read as Parquet"):
        next(parquet_parcels(tmp_path / "b.parquet"))


def test_a_row_group_that_is_damaged_ends_the_file_with_the_row_from_which_on_it_is_lost(tmp_path: Path) -> None:
    parcels = [b'{"a": %d, "b": "%s"}' % (number, bytes(64)) for number in range(4_000)]
    file = parquet_file(tmp_path / "a.parquet", {"parcel": parcels}, row_group_size=1_000, compression="gzip")
    data = bytearray(file.read_bytes())
    column = pq.ParquetFile(file).metadata.row_group(2).column(0)
    start = column.data_page_offset
    data[start : start + 200] = bytes(200)
    file.write_bytes(data)
    *whole, last = parquet_parcels(file)
    assert [each.place for each in [*whole, last]] == list(range(1, len(whole) + 2))
    assert len(whole) >= 1_000
    assert codes(last) == ["source-damaged"]


def test_without_pyarrow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ImportError, match=r"pip install 'cbec-customs\[arrow\]'"):
        next(parquet_parcels(tmp_path / "a.parquet"))


# order lists


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a fictitious shop with 30 orders."""
    folder = tmp_path_factory.mktemp("shops") / "shop"
    assert CliRunner().invoke(app, ["sample", "--shop", str(folder), "--count", "30"]).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def enterprise(shop: Path) -> Enterprise:
    return load_enterprise(shop / "customs.toml")


@pytest.fixture(scope="module")
def rows(shop: Path) -> Rows:
    headings, *values = load_workbook(shop / "orders.xlsx").worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, headings), each, strict=True)) for each in values]


def saved(path: Path, rows: Rows) -> Path:
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


def composed(file: Path, enterprise: Enterprise) -> list[tuple[str, Any]]:
    assert enterprise.goods
    goods = goods_in(enterprise.goods.path).get
    with read_sheet(file) as sheet:
        profiles = enterprise.profiles.values()
        orders = orders_in(sheet, enterprise.columns, goods=goods, profiles=profiles, on=SINGLES_DAY)
    return [(each.order_no, each.given) for each in orders]


def test_the_orders_of_a_long_table_are_those_that_an_order_list_gives(
    tmp_path: Path, enterprise: Enterprise, rows: Rows
) -> None:
    file = saved(tmp_path / "orders.csv", rows)
    expected = composed(file, enterprise)
    assert len(expected) == 30
    found = list(order_rows(file, enterprise, on=SINGLES_DAY))
    assert [(each.order_no, each.parcel) for each in found] == expected
    assert [each.findings for each in found] == [()] * 30
    number = next(iter(rows[0]))
    assert [each.place for each in found] == [
        at for at, row in enumerate(rows, 2) if at == 2 or row[number] != rows[at - 3][number]
    ]


def test_the_same_orders_come_from_the_columns_of_a_parquet_file(
    tmp_path: Path, enterprise: Enterprise, rows: Rows
) -> None:
    expected = composed(saved(tmp_path / "orders.csv", rows), enterprise)
    typed = [{name: typed_value(name, value) for name, value in row.items()} for row in rows]
    file = parquet_file(tmp_path / "orders.parquet", {name: [row[name] for row in typed] for name in typed[0]})
    found = list(order_rows(file, enterprise, on=SINGLES_DAY))
    assert [(each.order_no, each.parcel) for each in found] == expected
    assert found[0].place == 1


def typed_value(heading: str, value: Any) -> Any:
    """A value as a warehouse has it: times with their zone, amounts as decimals."""
    if value is not None and "时间" in heading:
        moment = datetime.fromisoformat(str(value)).replace(tzinfo=CHINA_TIME)
        return moment.astimezone(UTC)
    if value is not None and ("单价" in heading or "重" in heading):
        return Decimal(str(value)).quantize(Decimal("1.00000"))
    return value if value is None else str(value)


def test_an_order_that_cannot_be_composed_is_given_with_the_reasons_and_the_others_go_on(
    tmp_path: Path, enterprise: Enterprise, rows: Rows
) -> None:
    sku = next(name for name in rows[0] if "SKU" in name.upper() or "货号" in name)
    changed = [{**rows[0], sku: "NOT-THERE"}, *rows[1:]]
    first, *others = order_rows(saved(tmp_path / "orders.csv", changed), enterprise, on=SINGLES_DAY)
    assert (first.place, first.parcel, first.refused) == (2, b"", True)
    assert "sku-unknown" in codes(first)
    assert [each.refused for each in others] == [False] * 29


def test_a_quote_that_is_never_closed_ends_the_table_with_the_line_from_which_on_it_is_lost(
    tmp_path: Path, enterprise: Enterprise, rows: Rows
) -> None:
    text = csv_text(rows).splitlines(keepends=True)
    damaged = len(text) - 4
    text[damaged] = f'"{text[damaged]}'
    file = tmp_path / "orders.csv"
    file.write_text("".join(text), encoding="utf-8")
    *whole, last = order_rows(file, enterprise, on=SINGLES_DAY)
    assert len(whole) > 20
    assert not any(each.refused for each in whole)
    assert codes(last) == ["source-damaged"]


def test_a_profile_that_does_not_exist_is_refused_before_a_row_is_read(
    tmp_path: Path, enterprise: Enterprise, rows: Rows
) -> None:
    with pytest.raises(UnknownShopError, match="no profile of the enterprise file has the shop other"):
        next(order_rows(saved(tmp_path / "orders.csv", rows), enterprise, on=SINGLES_DAY, profile="other"))


def test_a_column_of_lists_is_no_cell(tmp_path: Path, enterprise: Enterprise) -> None:
    file = parquet_file(tmp_path / "a.parquet", {"订单编号": ["A"], "商品": [["x"]]})
    with pytest.raises(SheetError, match="the column 商品 holds list<"):
        next(order_rows(file, enterprise, on=date(2026, 11, 11)))
