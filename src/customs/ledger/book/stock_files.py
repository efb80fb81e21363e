r"""Files of the warehouse (仓库文件): its stock, its movements, and what is known of its articles, as CSV or XLSX.

Headings are recognised as warehouses and platforms write them, in Chinese and English. Kinds of movement are those of
the systems in use; the sign of a quantity follows from the kind, except of transfers and adjustments, which say it themselves.

>>> from tempfile import mkdtemp
>>> file = Path(mkdtemp()) / "stock.csv"
>>> _ = file.write_text("货号,账册编号,备案序号,库存数量,货物类型\nA1,T2992W000001,12,98,商品\n", encoding="utf-8")
>>> [(row.sku, str(row.item), row.quantity) for row in stock_in(file)]
[('A1', 'T2992W000001/12', Decimal('98'))]
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from customs.fields.moments import china_time
from customs.fields.terms import Decimals, Moment
from customs.intake.cell_amounts import quantity as to_quantity
from customs.intake.cell_times import year_first
from customs.intake.problems import FileMistake
from customs.intake.reading import read_sheet
from customs.intake.sheets import Odd, Sheet, SheetError, SheetRow
from customs.ledger.book.events import EventKind
from customs.ledger.book.flows import StockMovement
from customs.ledger.book.grain import Article, Cargo, StockRow
from customs.ledger.book.items import BookItem, book_item

T = TypeVar("T")

#: Rows at most: they are held in memory, some 0.5 kB each.
MOST_ROWS = 1_000_000

#: Mistakes that are told; a file of another kind has one in every row.
MOST_MISTAKES = 100

#: The headings of each field, in lower case without blanks and underscores.
HEADINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sku": ("货号", "sku", "料号", "商品货号", "goodsno", "cargocode", "商品编号", "gdsmtno"),
        "ems_no": ("账册编号", "账册号", "emsno", "putrecno", "bwsno"),
        "record": ("备案序号", "账册序号", "项号", "emsitemno", "itemrecordno", "putrecseqno", "gdsseqno", "recordno"),
        "quantity": (
            "数量",
            "库存数量",
            "实际库存",
            "期末数量",
            "变动数量",
            "qty",
            "quantity",
            "changeqty",
            "ending",
            "qtywms",
        ),
        "state": ("库存状态", "质量", "品质", "stockstatus", "state", "inventorytype", "inventorystatus"),
        "cargo": ("货物类型", "货物性质", "cargotype", "cargo"),
        "kind": ("业务类型", "类型", "变动类型", "biztype", "kind"),
        "number": ("业务单号", "单号", "单据编号", "number", "bizno", "orderno", "订单编号", "运单号", "核注清单编号"),
        "at": ("时间", "业务时间", "发生时间", "occurtime", "at", "wmstime"),
        "reason": ("原因", "原因代码", "reason", "reasoncode"),
        "factor": ("换算", "装箱数", "箱规", "factor"),
    }
)

#: Kinds of movement by their names, with the sign of their quantity; 0 where the file says it.
KINDS: Mapping[str, tuple[EventKind, int]] = MappingProxyType(
    {
        **dict.fromkeys(("OUT", "SALE_OUT", "销售出库", "包裹出库", "出库", "PARCEL"), (EventKind.PARCEL, -1)),
        **dict.fromkeys(("CANCEL_IN", "取消上架", "撤单上架", "取消入库"), (EventKind.PARCEL, 1)),
        **dict.fromkeys(("REFUND", "SALE_RETURN_IN", "退货入库", "退货上架", "RETURN"), (EventKind.RETURN, 1)),
        **dict.fromkeys(("IN", "PURCHASE_IN", "采购入库", "入库", "INBOUND"), (EventKind.INBOUND, 1)),
        **dict.fromkeys(("RTV_OUT", "退供出库", "退运出库", "销毁出库", "REMOVAL"), (EventKind.REMOVAL, -1)),
        **dict.fromkeys(("TRANSFER_IN", "TRANSFER_PLUS", "调拨入库"), (EventKind.TRANSFER, 1)),
        **dict.fromkeys(("TRANSFER_OUT", "TRANSFER_REDUCE", "调拨出库"), (EventKind.TRANSFER, -1)),
        "TRANSFER": (EventKind.TRANSFER, 0),
        **dict.fromkeys(
            ("ADJUST", "INVENTORY_ADJUST", "OTHER_IN", "盘点调整", "调整", "损益调整", "ADJUSTMENT"),
            (EventKind.ADJUSTMENT, 0),
        ),
        **dict.fromkeys(("盘盈",), (EventKind.ADJUSTMENT, 1)),
        **dict.fromkeys(("盘亏", "报损"), (EventKind.ADJUSTMENT, -1)),
    }
)

CARGOES: Mapping[str, Cargo] = MappingProxyType(
    {
        **dict.fromkeys(("", "1", "商品", "GOODS"), Cargo.GOODS),
        **dict.fromkeys(("2", "包材", "PACKAGING"), Cargo.PACKAGING),
        **dict.fromkeys(("3", "耗材", "CONSUMABLE"), Cargo.CONSUMABLE),
        **dict.fromkeys(("赠品", "GIFT"), Cargo.GIFT),
    }
)

_QUANTITY = Decimals("qty", "数量", "Quantity")
_AT = Moment("at", "时间", "Time")


class StockFileError(ValueError):
    """A file of the warehouse that cannot be taken, with every mistake by row and column."""

    def __init__(self, problems: list[FileMistake]) -> None:
        super().__init__("\n".join(f"{each.file}, row {each.line}: {each.en} {each.zh}" for each in problems))
        self.problems = tuple(problems)


def stock_in(path: Path | str, sheet: str = "") -> tuple[StockRow, ...]:
    """Return the rows of a stock file: article, item where it says it, quantity. Raises ``StockFileError``."""
    return _read(path, sheet, ("sku", "quantity"), _stock_row)


def movements_in(path: Path | str, sheet: str = "") -> tuple[StockMovement, ...]:
    """Return the movements of a file: kind, number, article, signed quantity, time. Raises ``StockFileError``."""
    return _read(path, sheet, ("kind", "number", "sku", "quantity", "at"), _movement)


def articles_in(path: Path | str, sheet: str = "") -> dict[str, Article]:
    """Return articles by SKU, of a file with a row for each item under which one is filed. Raises ``StockFileError``."""
    found: dict[str, Article] = {}
    for each in _read(path, sheet, ("sku",), _article):
        known = found.get(each.sku, each)
        items = tuple(dict.fromkeys((*known.items, *each.items)))
        factors = tuple(dict.fromkeys((*known.factors, *each.factors)))
        found[each.sku] = Article(each.sku, items, factors, each.cargo)
    return found


@dataclass(slots=True)
class _RowValues:
    """The values of a row by field while they are read, and what is wrong with them."""

    file: str
    row: SheetRow
    values: Mapping[str, Any]
    headings: Mapping[str, str]
    problems: list[FileMistake] = field(default_factory=list)

    def wrong(self, name: str, en: str, zh: str) -> None:
        self.problems.append(FileMistake(self.file, self.row.number, self.headings.get(name, name), en, zh))

    def text(self, name: str, *, needed: bool = False) -> str:
        value = self.values.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = "" if value is None else str(value).strip().lstrip("'")
        if needed and not text:
            self.wrong(name, f"{name} is empty", "不能为空")
        return text

    def quantity(self, name: str, *, needed: bool = True) -> Decimal:
        if not needed and self.values.get(name) in (None, ""):
            return Decimal(0)
        found = to_quantity(self.values.get(name), _QUANTITY)
        if isinstance(found, str) and found:
            return Decimal(found)
        self.wrong(name, "no quantity, such as 12 or 12.5", "应为数量，如 12 或 12.5")
        return Decimal(0)

    def at(self) -> datetime:
        found = year_first(self.values.get("at"), _AT)
        if isinstance(found, str) and found:
            return china_time(found)
        self.wrong("at", "no time, such as 2026-10-31 18:00:00", "应为时间，如 2026-10-31 18:00:00")
        return datetime.min

    def item(self) -> BookItem | None:
        ems_no, record = self.text("ems_no"), self.text("record")
        if not ems_no or not record:
            return None
        try:
            return book_item(ems_no, record)
        except ValueError:
            self.wrong("record", "no number of a book or an item", "账册编号或备案序号格式有误")
            return None

    def cargo(self) -> Cargo:
        found = CARGOES.get(self.text("cargo").upper())
        if found is None:
            self.wrong("cargo", "none of 商品, 包材, 耗材, 赠品", "应为商品、包材、耗材、赠品之一")
        return found or Cargo.GOODS

    @property
    def where(self) -> str:
        return f"{self.file}:{self.row.number}"


def _stock_row(row: _RowValues) -> StockRow:
    return StockRow(
        sku=row.text("sku", needed=True),
        item=row.item(),
        quantity=row.quantity("quantity"),
        cargo=row.cargo(),
        state=row.text("state"),
        where=row.where,
    )


def _movement(row: _RowValues) -> StockMovement:
    name = row.text("kind", needed=True)
    kind, sign = KINDS.get(name.upper(), (EventKind.ADJUSTMENT, 0))
    if name and name.upper() not in KINDS:
        row.wrong(
            "kind",
            f"not a kind of movement: one of {', '.join(KINDS)}",
            f"业务类型不在列：应为 {'、'.join(KINDS)} 之一",
        )
    quantity = row.quantity("quantity")
    return StockMovement(
        kind=kind,
        number=row.text("number", needed=True),
        sku=row.text("sku", needed=True),
        item=row.item(),
        quantity=abs(quantity) * sign if sign else quantity,
        at=row.at(),
        reason=row.text("reason"),
        where=row.where,
    )


def _article(row: _RowValues) -> Article:
    item, factor = row.item(), row.quantity("factor", needed=False)
    if factor < 0:
        row.wrong("factor", "not above nought", "应大于零")
    return Article(row.text("sku", needed=True), (item,) if item else (), (factor,) if factor > 0 else (), row.cargo())


def _read(path: Path | str, sheet: str, needed: tuple[str, ...], made: Callable[[_RowValues], T]) -> tuple[T, ...]:
    """Read the rows of a file, each to a value; every mistake is told at once."""
    name = Path(path).name
    try:
        with read_sheet(path, sheet=sheet) as opened:
            return tuple(_rows(opened, needed, made))
    except SheetError as error:
        raise StockFileError([FileMistake(name, 0, "", error.en, error.zh)]) from None


def _rows(sheet: Sheet, needed: tuple[str, ...], made: Callable[[_RowValues], T]) -> Iterator[T]:
    columns = _columns(sheet, needed)
    headings = {name: sheet.headings[at] for name, at in columns.items()}
    problems: list[FileMistake] = []
    for count, row in enumerate(sheet.rows):
        if count >= MOST_ROWS:
            problems.append(
                FileMistake(sheet.file, row.number, "", f"more than {MOST_ROWS:,} rows", f"超过 {MOST_ROWS:,} 行")
            )
            break
        values = {name: row.values[at] for name, at in columns.items()}
        if all(value in (None, "") for value in values.values()):
            continue
        reading = _RowValues(sheet.file, row, values, headings)
        _note_odd(reading, columns)
        found = made(reading)
        problems += reading.problems
        if len(problems) >= MOST_MISTAKES:
            break
        yield found
    if problems:
        raise StockFileError(problems[:MOST_MISTAKES])


def _note_odd(reading: _RowValues, columns: Mapping[str, int]) -> None:
    """Refuse a row that is hidden, and cells that hold nothing to rely on."""
    if reading.row.odd.get(-1) is Odd.HIDDEN:
        reading.wrong("", "the row is hidden: show it or delete it", "该行被隐藏，请取消隐藏或删除")
    for name, at in columns.items():
        if reading.row.odd.get(at) in (Odd.ERROR, Odd.UNCOMPUTED):
            reading.wrong(name, "the cell holds no value: write it", "单元格没有可用的值，请直接填写")


def _columns(sheet: Sheet, needed: tuple[str, ...]) -> dict[str, int]:
    """The places of the fields; the first of two columns that mean the same."""
    known = {heading: name for name, headings in HEADINGS.items() for heading in headings}
    found: dict[str, int] = {}
    problems = []
    for at, heading in enumerate(sheet.headings):
        name = known.get(heading.lower().replace(" ", "").replace("_", ""))
        if name and found.setdefault(name, at) != at:
            first = sheet.headings[found[name]]
            problems.append(
                FileMistake(
                    sheet.file,
                    sheet.heading_row,
                    heading,
                    f"means the same as {first}: leave one",
                    f"与“{first}”含义相同，请保留一列",
                )
            )
    problems += [
        FileMistake(
            sheet.file,
            sheet.heading_row,
            name,
            f"no column of {name}: give one the heading {HEADINGS[name][0]}",
            f"缺少列“{HEADINGS[name][0]}”",
        )
        for name in needed
        if name not in found
    ]
    if problems:
        raise StockFileError(problems)
    return found
