"""Goods records (商品备案): what is the same for every unit of a SKU, from wherever the enterprise keeps it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

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
    account_book_no: str | None = None
    """The account book (账册) in which ``record_no`` counts."""
    state: str = ""
    """``approved`` 已备案, or why the goods may not be declared: ``pending`` 待备案, ``refused`` 未通过, ``suspended`` 停用; an empty text
    where the enterprise keeps no states."""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day on which the record holds."""
    spots: Mapping[str, Spot] = field(default_factory=dict, compare=False, repr=False)
    """Where each value was written, by field name."""

    def spot(self, name: str) -> Spot:
        """Return where a value of the record was written."""
        return self.spots.get(name) or record(self.sku, name)


#: Finds the record of a SKU, None if there is none: a mapping's ``get``, a function, a query.
FindGoods = Callable[[str], GoodsRecord | None]
