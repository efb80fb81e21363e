"""Goods records (商品备案): what is the same for every unit of a SKU, from wherever the enterprise keeps it.

>>> records = goods_of_rows([{"货号": "A1", "商品编码": "3304990039", "成交单位": "142", "法定单位": "035", "第一法定数量换算": "0.05"}])
>>> records["A1"].facts["hs_code"], records["A1"].per_unit1
('3304990039', Decimal('0.05'))
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from customs.intake.problems import FileMistake, GoodsError
from customs.intake.spots import Spot, record


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsRecord:
    """The record of a SKU: the facts of a line by the names of ``Line``, and how units become legal quantities."""

    sku: str
    facts: Mapping[str, str]
    """Values of a line by field name, such as ``hs_code``, ``unit``, ``origin_country``; nothing empty."""
    per_unit1: Decimal | None = None
    """Legal quantity of one traded unit, in the first statutory unit (法定数量换算), such as 0.8 for a can of 800 g."""
    per_unit2: Decimal | None = None
    """The same in the second statutory unit."""
    net_content: str = ""
    """Net content of one traded unit as its package states it (净含量), such as 50ml; checked, never declared."""
    account_book_no: str | None = None
    """The account book (账册) in which ``record_no`` counts."""
    state: str = ""
    """``approved`` 已备案, or why the goods may not be declared: ``pending`` 待备案, ``refused`` 未通过, ``suspended`` 停用; an empty text
    where the enterprise keeps no states."""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day on which the record holds."""
    record_price: Decimal | None = None
    """The price of one traded unit on record (备案单价), in CNY; prices of orders are compared with it."""
    spots: Mapping[str, Spot] = field(default_factory=dict, compare=False, repr=False)
    """Where each value was written, by field name."""

    def spot(self, name: str) -> Spot:
        """Return where a value of the record was written."""
        return self.spots.get(name) or record(self.sku, name)


#: Finds the record of a SKU, None if there is none: a mapping's ``get``, a function, a query.
FindGoods = Callable[[str], GoodsRecord | None]


class GoodsRecords(Mapping[str, GoodsRecord]):
    """Goods records by SKU, read-only; its ``get`` finds the record of a SKU."""

    __slots__ = ("_by_sku",)

    def __init__(self, records: Iterable[GoodsRecord] = ()) -> None:
        self._by_sku = {each.sku: each for each in records}

    def __getitem__(self, sku: str) -> GoodsRecord:
        return self._by_sku[sku]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_sku)

    def __len__(self) -> int:
        return len(self._by_sku)

    def __repr__(self) -> str:
        return f"<GoodsRecords of {len(self)} SKUs>"


def goods_of_rows(rows: Iterable[Mapping[str, Any]], *, file: str = "goods") -> GoodsRecords:
    """Return the goods records in rows with headings, in Chinese or English: of a CSV reader, a database, a program.

    Values are texts, whole numbers, ``Decimal`` or days; an empty one is none. ``file`` is what mistakes call the rows,
    which count from 1. Raises ``GoodsError`` with every mistake: an unknown code, a number that lost digits, a SKU
    that is there twice, also where only case and blanks differ.
    """
    return goods_of_numbered(enumerate(rows, 1), file=file)


def goods_of_numbered(rows: Iterable[tuple[int, Mapping[str, Any]]], *, file: str) -> GoodsRecords:
    """Return the goods records in rows that come with their numbers, as ``goods_of_rows`` does."""
    from customs.intake.goods_rows import RowReading

    reading = RowReading(file)
    found = [each for number, row in rows if (each := reading.record(number, row))]
    if reading.problems:
        raise GoodsError(reading.problems)
    if not found:
        raise GoodsError([FileMistake(file, 0, "", "there is no goods record in it", "其中没有商品备案")])
    return GoodsRecords(found)


def goods_by(find: Callable[[str], Mapping[str, Any] | None], *, file: str = "goods") -> FindGoods:
    """Return a way to find goods records with a function, or a mapping's ``get``, that gives the row of a SKU.

    >>> goods_by({"A1": {"sku": "A1", "hs_code": "3304990039"}}.get)("A1").facts
    {'hs_code': '3304990039'}
    """

    def found(sku: str) -> GoodsRecord | None:
        row = find(sku)
        return None if row is None else _one([{"sku": sku, **row}], sku, file)

    return found


def goods_by_query(connection: Any, query: str, *, file: str = "goods") -> FindGoods:
    """Return a way to find goods records with a query of one parameter, the SKU, on a connection of the DB-API.

    >>> import sqlite3
    >>> database = sqlite3.connect(":memory:")
    >>> _ = database.execute("CREATE TABLE goods(sku, hs_code)"), database.execute("INSERT INTO goods VALUES('A1', '3304990039')")
    >>> find = goods_by_query(database, "SELECT sku, hs_code FROM goods WHERE sku = ?")
    >>> find("A1").facts, find("A2")
    ({'hs_code': '3304990039'}, None)
    >>> database.close()
    """

    def found(sku: str) -> GoodsRecord | None:
        cursor = connection.cursor()
        try:
            cursor.execute(query, (sku,))
            names = [each[0] for each in cursor.description]
            rows = cursor.fetchmany(2)
        finally:
            cursor.close()
        return _one([dict(zip(names, row, strict=True)) for row in rows], sku, file) if rows else None

    return found


def _one(rows: list[Mapping[str, Any]], sku: str, file: str) -> GoodsRecord:
    """Return the record of a SKU in what was found for it. Raises ``GoodsError`` for several, or another SKU's."""
    records = goods_of_rows(rows, file=file)
    if len(rows) > 1 or sku not in records:
        told = f"{len(rows)} rows" if len(rows) > 1 else f"the record of {next(iter(records))}"
        told_zh = f"{len(rows)} 行" if len(rows) > 1 else f"货号 {next(iter(records))} 的备案"
        raise GoodsError(
            [
                FileMistake(
                    file,
                    0,
                    "sku",
                    f"for the SKU {sku} {told} came instead of one record",
                    f"按货号 {sku} 查到{told_zh}，应为一行",
                )
            ]
        )
    return records[sku]
