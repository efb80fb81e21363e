"""Lots and the ways of pieces (批次与去向) as tracing knows them; nothing in them is personal.

A lot (批次) is an article of the warehouse (货号) with its batch. A pick (拣货) says how much of a lot went into a parcel; a
code (溯源码) is one piece, tied to a lot, to a parcel, or to both; a void code (作废) belongs on no parcel.

>>> warehouse = TraceLot(sku="A1", batch="B1", origin_country="601")
>>> broker = TraceLot(sku="A1", batch="B1", bond_no="QD299226I000000001", origin_country="609")
>>> ticket = TraceLot(sku="A1", batch="B1", origin_country="601")
>>> found = lot_as_said([(False, warehouse), (True, ticket), (False, broker)])
>>> found.origin_country, found.bond_no
('601', 'QD299226I000000001')
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

#: What an entry says: a quantity of a lot in a parcel, a piece with its code, or that a code is void.
TraceKind: TypeAlias = Literal["pick", "code", "void"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceLot:
    """A lot, and how it came in; empty where it is not known."""

    sku: str
    """货号, the article of the warehouse."""
    batch: str
    """批次."""
    ems_no: str = ""
    """账册编号."""
    origin_country: str = ""
    """原产国（地区）."""
    brand: str = ""
    maker: str = ""
    """生产厂家."""
    bond_no: str = ""
    """入区核注清单编号: the bond list that brought it in."""
    entry_no: str = ""
    """进境备案清单编号."""
    port: str = ""
    """进境口岸."""
    arrived_on: date | None = None
    """入区日期."""
    produced_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceEntry:
    """Where pieces went, as a row of the warehouse says it."""

    kind: TraceKind
    code: str = ""
    """溯源码; empty for a pick."""
    sku: str = ""
    batch: str = ""
    order_no: str = ""
    waybill_no: str = ""
    line: int = 0
    """商品序号: the line of the order and its list; 0 where the row does not say it."""
    number: str = ""
    """拣货单号: what keeps two picks of the same lot for the same line apart."""
    quantity: Decimal = Decimal(1)
    at: datetime | None = None
    """出库时间, 扫描时间."""

    @property
    def parcel(self) -> str:
        """The order, or the waybill where the order is not known; empty without a parcel."""
        return self.order_no or self.waybill_no

    @property
    def lot(self) -> str:
        """Article and batch as ``sku/batch``; empty where both are unknown."""
        return f"{self.sku}/{self.batch}" if self.sku or self.batch else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTrace:
    """An entry as it is kept."""

    id: int
    """Its number in the ledger, by which it is corrected."""
    entry: TraceEntry
    cause: str
    """The file or ticket that said it, such as ``ticket T1``."""
    taken_back_by: str = ""
    """The ticket that took it back; empty while it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedParcel:
    """A parcel as the ledger knows it by its account book or its taxes."""

    order_no: str
    waybill_no: str = ""
    list_no: str = ""
    """清单编号."""
    state: str = ""
    """The state of its list, such as ``released``; empty where the ledger has none."""
    since: datetime | None = None

    @property
    def shown(self) -> str:
        """The number by which it is named, with its state."""
        number = self.order_no or self.waybill_no
        return f"{number} ({self.state})" if self.state else number


def lot_as_said(said: Iterable[tuple[bool, TraceLot]]) -> TraceLot:
    """Return a lot by all that was said of it, in order; True marks what a ticket said, which holds against files.

    Each fact is the one said last. Raises ``ValueError`` if nothing was said.
    """
    known = [lot for _, lot in sorted(said, key=lambda each: each[0])]
    if not known:
        raise ValueError("nothing was said of the lot 批次没有任何登记")
    newest = list(reversed(known))
    values: dict[str, Any] = {
        each.name: next((value for lot in newest if (value := getattr(lot, each.name))), getattr(newest[0], each.name))
        for each in fields(TraceLot)
    }
    return TraceLot(**values)
