"""Parcels in Parquet files (列式存储文件), read by batches of rows: a column of JSON, or the columns of an order list.

Needs ``pip install "cbec-customs[arrow]"``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from customs.bulk.sources import Given, damaged_from
from customs.fields.moments import CHINA_TIME
from customs.intake.sheets import LONGEST_CELL, MOST_COLUMNS, Odd, Sheet, SheetError, SheetRow, Value

#: What a Parquet file begins and ends with.
MAGIC = b"PAR1"

#: The column of a file that holds a parcel in each row.
PARCEL = "parcel"

#: Rows that are held at once.
_ROWS = 1_000


def pyarrow(module: str = "") -> Any:
    """Return the package of Arrow, or a module of it. Raises ``ImportError`` without it."""
    try:
        return import_module(f"pyarrow.{module}" if module else "pyarrow")
    except ModuleNotFoundError:
        raise ImportError(
            "Parquet and Arrow need pyarrow: pip install 'cbec-customs[arrow]' 读写 Parquet 与 Arrow 需要扩展 arrow"
        ) from None


def is_parquet(file: Path) -> bool:
    """True if a file begins as Parquet files do."""
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def parquet_parcels(file: Path | str, column: str = PARCEL) -> Iterator[Given]:
    """Yield the parcels of a Parquet file, whose column holds the JSON of one in each row, as text or bytes.

    Rows count from 1. Raises ``SheetError`` for a file that is no Parquet or has no such column, ``ImportError`` without
    pyarrow.
    """
    file = Path(file)
    with _opened(file) as opened:
        schema, pa = opened.schema_arrow, pyarrow()
        taken = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
        if column not in schema.names or schema.field(column).type not in taken:
            raise SheetError(
                f"{file.name} has no column {column} of texts or bytes: name the one that holds the parcels, or declare "
                f"the columns of an order list with the enterprise file",
                f"{file.name} 没有文本或二进制类型的列“{column}”，请指明存放包裹的列，或连同企业档案按订单表申报",
            )
        row = 0
        try:
            for batch in opened.iter_batches(batch_size=_ROWS, columns=[column]):
                parcels = batch.column(0).cast(pa.large_binary()).to_pylist()  # texts may be none in UTF-8
                for row, parcel in enumerate(parcels, row + 1):  # noqa: B020  rows count on
                    yield Given(b"" if parcel is None else parcel, row)
        except _DAMAGED:
            yield _damaged(row)


@contextmanager
def parquet_sheet(file: Path) -> Iterator[Sheet]:
    """Open a Parquet file with the columns of an order list. Raises as ``parquet_parcels`` does, while its rows are read too."""
    with _opened(file) as opened:
        names, pa = tuple(opened.schema_arrow.names), pyarrow()
        if len(names) > MOST_COLUMNS:
            raise SheetError(
                f"{file.name} has more than {MOST_COLUMNS:,} columns", f"{file.name} 超过 {MOST_COLUMNS} 列"
            )
        for each in opened.schema_arrow:
            if pa.types.is_nested(each.type):
                raise SheetError(
                    f"{file.name}: the column {each.name[:100]} holds {each.type}, no cells: give a row for each line",
                    f"{file.name}：列“{each.name[:100]}”的类型为 {each.type}，不是单元格，请每个商品一行",
                )
        yield Sheet(
            file=file.name,
            kind="csv",
            headings=tuple(each.strip() for each in names),
            heading_row=0,
            rows=_rows(file.name, opened),
            count=opened.metadata.num_rows,
        )


def _rows(name: str, opened: Any) -> Iterator[SheetRow]:
    number = 0
    try:
        for batch in opened.iter_batches(batch_size=_ROWS):
            columns = [_cells(each) for each in batch.columns]
            for number, values in enumerate(zip(*columns, strict=True), number + 1):  # noqa: B020  rows count on
                yield _row(name, number, values)
    except SheetError:
        raise
    except _DAMAGED:
        raise SheetError(f"{name}: {_WHY[0]}", f"{name}：{_WHY[1]}") from None


def _row(name: str, number: int, values: tuple[Value, ...]) -> SheetRow:
    texts = [(at, each) for at, each in enumerate(values) if type(each) is str]
    if any(len(each) > LONGEST_CELL for _, each in texts):
        raise SheetError(
            f"{name}, row {number}: a cell of more than {LONGEST_CELL:,} characters",
            f"{name} 第 {number} 行：某单元格超过 {LONGEST_CELL} 个字符",
        )
    return SheetRow(number, values, {at: Odd.ERROR for at, each in texts if _LOST in each})


def _cells(column: Any) -> Sequence[Value]:
    """Return the values of a column as cells have them: times are those of China, bytes are texts."""
    pa = pyarrow()
    if pa.types.is_timestamp(column.type):
        times = column.cast(pa.timestamp("us", column.type.tz), safe=False).to_pylist()
        return [each.astimezone(CHINA_TIME).replace(tzinfo=None) if each and each.tzinfo else each for each in times]
    try:
        found = column.to_pylist()
    except UnicodeDecodeError:
        found = column.cast(pa.large_binary()).to_pylist()
    return [_text(each) if isinstance(each, bytes) else None if each == "" else each for each in found]


def _text(value: bytes) -> str | None:
    return value.decode("utf-8", "replace") or None


#: What stands in a text for bytes that are none in UTF-8: the value is lost.
_LOST = "\ufffd"

_WHY = ("its rows cannot be read, it is damaged", "数据行无法读取，文件已损坏")

#: What a damaged file makes its reader raise; the errors of Arrow are values and errors of the system.
_DAMAGED = (ValueError, OSError)


def _damaged(row: int) -> Given:
    return damaged_from(row + 1, *_WHY)


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """Open a Parquet file. Raises ``SheetError`` for what is none."""
    reader = pyarrow("parquet")
    with file.open("rb") as raw:
        try:
            opened = reader.ParquetFile(raw, pre_buffer=False)
        except (ValueError, OSError):
            raise SheetError(
                f"{file.name} cannot be read as Parquet: write it again",
                f"{file.name} 不能作为 Parquet 读取，请重新导出",
            ) from None
        with opened:
            yield opened
