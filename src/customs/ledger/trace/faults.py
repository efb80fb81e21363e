"""Faults of tracing (溯源问题): codes that do what no one piece can do, and parcels whose list has not what they hold.

Each names all the parcels or lots of which it speaks. Where the ledger has no list of an order, or the book does not know an
article, nothing is said of it.

>>> TRACE_FAULTS["two-parcels"].en.format(code="C1", numbers="O1, O2")
'code C1 is on several parcels, O1, O2: find the piece, and take the other entry back'
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from customs.ledger.book.items import BookItem
from customs.ledger.book.retail import RetailStanding
from customs.ledger.book.tables import ARTICLES
from customs.ledger.database import LedgerConnection
from customs.ledger.trace.parcels import lists_by_order, on_parcel, order_of, parcels_by_order, stands
from customs.ledger.trace.tables import TRACE_ENTRIES

#: How many codes or parcels are looked at together.
_CHUNK = 500


class TraceWords(NamedTuple):
    """A fault of tracing in Chinese and English."""

    zh: str
    en: str


TRACE_FAULTS: Mapping[str, TraceWords] = MappingProxyType(
    {
        "two-parcels": TraceWords(
            "溯源码 {code} 同时登记在多个包裹（{numbers}）：查明实物所在，更正另一条登记",
            "code {code} is on several parcels, {numbers}: find the piece, and take the other entry back",
        ),
        "two-lots": TraceWords(
            "溯源码 {code} 绑定了多个批次（{numbers}）：核对实物，更正错误的登记",
            "code {code} is tied to several lots, {numbers}: look at the piece, and take the wrong entry back",
        ),
        "void-left": TraceWords(
            "溯源码 {code} 已作废，仍登记在包裹 {numbers}：拦下包裹核对",
            "code {code} is void, and on parcel {numbers}: stop the parcel and look at it",
        ),
        "untied": TraceWords(
            "溯源码 {code} 登记在包裹 {numbers}，未绑定货号和批次：按拣货记录补登",
            "code {code} is on parcel {numbers} and tied to no article: add it from the pick record",
        ),
        "line-not-in-list": TraceWords(
            "包裹 {numbers}：登记为第 {line} 项，清单 {list_no} 只有第 {lines} 项",
            "parcel {numbers}: entered for line {line}, and list {list_no} has only {lines}",
        ),
        "article-not-in-list": TraceWords(
            "包裹 {numbers}：货号 {sku} 不在清单 {list_no} 中：核对是否错发",
            "parcel {numbers}: article {sku} is not in list {list_no}: see whether other goods were sent",
        ),
        "article-not-of-line": TraceWords(
            "包裹 {numbers}：货号 {sku} 登记为第 {line} 项，清单 {list_no} 的该项为其他商品",
            "parcel {numbers}: article {sku} is entered for line {line}, which is other goods in list {list_no}",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceFault:
    """A fault of one code or one parcel."""

    kind: str
    """A key of ``TRACE_FAULTS``."""
    numbers: tuple[str, ...]
    """The parcels of which it speaks, by order or waybill, with the state of their lists; of ``two-lots`` the lots."""
    code: str = ""
    sku: str = ""
    line: int = 0
    list_no: str = ""
    lines: tuple[int, ...] = ()
    """The lines that the list has."""

    @property
    def zh(self) -> str:
        """The fault in Chinese."""
        return self._text(TRACE_FAULTS[self.kind].zh, "、")

    @property
    def en(self) -> str:
        """The fault in English."""
        return self._text(TRACE_FAULTS[self.kind].en, ", ")

    def _text(self, words: str, mark: str) -> str:
        numbers, lines = mark.join(self.numbers), mark.join(map(str, self.lines))
        return words.format(
            code=self.code, numbers=numbers, sku=self.sku, line=self.line, list_no=self.list_no, lines=lines
        )


def trace_faults(connection: LedgerConnection, *, after: int = 0) -> Iterator[TraceFault]:
    """Yield the faults of all codes, then of all parcels, in order; or of those that entries ``after`` a number touch."""
    entries = TRACE_ENTRIES.c
    codes = select(entries.code).where(entries.id > after, entries.code != "").distinct().order_by(entries.code)
    for part in connection.sql.execute(codes, execution_options={"yield_per": _CHUNK}).partitions():
        yield from faults_of_codes(connection, [row.code for row in part])
    order = order_of().label("order_no_found")
    orders = select(order).where(entries.id > after, on_parcel()).distinct().order_by(order)
    for part in connection.sql.execute(orders, execution_options={"yield_per": _CHUNK}).partitions():
        yield from faults_of_parcels(connection, [row.order_no_found for row in part if row.order_no_found])


def faults_of_codes(connection: LedgerConnection, codes: Collection[str]) -> Iterator[TraceFault]:
    """Yield the faults of some codes, by code."""
    entries = TRACE_ENTRIES.c
    wanted = select(TRACE_ENTRIES, order_of().label("order_no_found")).where(entries.code.in_(codes), stands())
    by_code: dict[str, list[Row[Any]]] = {}
    for row in connection.sql.execute(wanted.order_by(entries.code, entries.id)):
        by_code.setdefault(row.code, []).append(row)
    doubtful = {code: found for code, rows in by_code.items() if (found := _on_parcels(rows))}
    several = {order for found in doubtful.values() if len(found) > 1 for order, _ in found.values()}
    waybills = {each.order_no: each.waybill_no for each in lists_by_order(connection, several - {""}).values()}
    known = parcels_by_order(connection, {order for found in doubtful.values() for order, _ in found.values()} - {""})
    for code, rows in by_code.items():
        parcels = _told_apart(doubtful.get(code, {}), waybills)
        shown = tuple(known[each].shown if each in known else each for each in parcels)
        lots = _lots(rows)
        if len(parcels) > 1:
            yield TraceFault(kind="two-parcels", code=code, numbers=shown)
        if len(lots) > 1:
            yield TraceFault(kind="two-lots", code=code, numbers=lots)
        if parcels and any(row.kind == "void" and _before_leaving(row.at, rows) for row in rows):
            yield TraceFault(kind="void-left", code=code, numbers=shown)
        if parcels and not lots:
            yield TraceFault(kind="untied", code=code, numbers=shown)


def _on_parcels(rows: Iterable[Row[Any]]) -> dict[str, tuple[str, str]]:
    """The parcels of a code by their number, each with order and waybill."""
    used = [row for row in rows if row.kind == "code" and (row.order_no or row.waybill_no)]
    return {row.order_no_found or row.waybill_no: (row.order_no_found, row.waybill_no) for row in used}


def _told_apart(found: Mapping[str, tuple[str, str]], waybills: Mapping[str, str]) -> tuple[str, ...]:
    """The parcels, without a waybill that is that of one of the orders by its list."""
    listed = {waybills.get(order, "") for order, _ in found.values()} - {""}
    return tuple(number for number, (order, waybill) in found.items() if order or waybill not in listed)


def _lots(rows: Iterable[Row[Any]]) -> tuple[str, ...]:
    """The lots to which rows tie a code, as ``sku/batch``; an article alone agrees with its lots."""
    pairs = dict.fromkeys((row.sku, row.batch) for row in rows if row.sku)
    skus = {sku for sku, batch in pairs if batch}
    return tuple(f"{sku}/{batch}" if batch else sku for sku, batch in pairs if batch or sku not in skus)


def _before_leaving(void_at: datetime | None, rows: Iterable[Row[Any]]) -> bool:
    """True if a code was void before the last scan that puts it on a parcel; a time that is not known counts as before."""
    used = [row.at for row in rows if row.kind == "code" and (row.order_no or row.waybill_no)]
    return void_at is None or any(at is None or at >= void_at for at in used)


def faults_of_parcels(connection: LedgerConnection, orders: Collection[str]) -> Iterator[TraceFault]:
    """Yield the faults of some parcels against their lists, by order, line and article."""
    lists = lists_by_order(connection, orders)
    if not lists:
        return
    order = order_of().label("order_no_found")
    entries = TRACE_ENTRIES.c
    wanted = select(order, entries.line, entries.sku).where(stands()).distinct()
    wanted = wanted.where(TRACE_ENTRIES.c.id.in_(_entries_of(lists)))
    rows = list(connection.sql.execute(wanted.order_by(order, entries.line, entries.sku)))
    items = _items(connection, {row.sku for row in rows} - {""})
    known = parcels_by_order(connection, lists)
    for row in rows:
        found = lists.get(row.order_no_found)
        if found and (kind := _fault_of_line(found, row.line, row.sku, items)):
            yield TraceFault(
                kind=kind,
                numbers=(known[found.order_no].shown,),
                sku=row.sku,
                line=row.line,
                list_no=found.list_no,
                lines=tuple(sorted(gnum for gnum, _, _ in found.lines)),
            )


def _entries_of(lists: Mapping[str, RetailStanding]) -> Any:
    """The entries that name an order, or a waybill that belongs to it."""
    entries, others = TRACE_ENTRIES.c, TRACE_ENTRIES.alias()
    said = select(others.c.waybill_no).where(others.c.order_no.in_(lists), others.c.waybill_no != "")
    listed = [each.waybill_no for each in lists.values() if each.waybill_no]
    return select(entries.id).where(
        entries.order_no.in_(lists) | entries.waybill_no.in_(said) | entries.waybill_no.in_(listed)
    )


def _items(connection: LedgerConnection, skus: Collection[str]) -> dict[str, set[BookItem]]:
    """The items under which the book has articles."""
    found: dict[str, set[BookItem]] = {}
    for row in connection.sql.execute(select(ARTICLES).where(ARTICLES.c.sku.in_(skus))):
        found.setdefault(row.sku, set()).add(BookItem(row.ems_no, row.item_record_no))
    return found


def _fault_of_line(found: RetailStanding, line: int, sku: str, items: Mapping[str, set[BookItem]]) -> str | None:
    """Return the fault of an article that is entered for a line, None if there is none or nobody can tell."""
    records = {gnum: record for gnum, record, _ in found.lines}
    if not records:
        return None
    if line and line not in records:
        return "line-not-in-list"
    if not sku or not all(records.values()):
        return None
    names = {sku} | {each.item_record_no for each in items.get(sku, ()) if each.ems_no == found.ems_no}
    holding = {gnum for gnum, record in records.items() if record in names or (record.lstrip("0") or "0") in names}
    if not holding:
        return "article-not-in-list" if len(names) > 1 else None
    return "article-not-of-line" if line and line not in holding else None
