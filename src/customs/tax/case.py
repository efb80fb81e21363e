"""A case (计税要素): what the tax of a parcel is reckoned from, apart from everything else that a declaration holds.

An assessment keeps its case, so that it can be reckoned anew under another law, method or quantity: that is how
differences with a tax bill are explained.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from customs.declaration import Declaration, Line
from customs.fields.money import EXACT, ZERO
from customs.tax.law import Law
from customs.tax.method import Method
from customs.tax.rates import Rate, RateMissingError, RateTable


class Goods(NamedTuple):
    """One line of goods: its value in CNY, pieces, legal quantities with their units, and the rate of its commodity code."""

    hs_code: str
    item_no: str
    value: Decimal
    qty: Decimal
    legal: tuple[tuple[Decimal | None, str | None], tuple[Decimal | None, str | None]]
    origin: str
    rate: Rate
    weight: Decimal | None = None

    @property
    def rank(self) -> tuple[object, ...]:
        """Where the goods stand among others by what they are, never by their position: spare cents go by it."""
        legal = ((qty is None, qty or ZERO, unit or "") for qty, unit in self.legal)
        return (
            self.hs_code,
            self.item_no,
            self.value,
            self.qty,
            *legal,
            self.origin,
            self.weight is None,
            self.weight or ZERO,
        )

    def quantity(self, per: str) -> tuple[Decimal | None, str | None]:
        """The legal quantity that a class of consumption tax is measured by, and its unit."""
        return self.legal[0 if per == "legal_qty1" else 1]

    def with_quantity(self, per: str, qty: Decimal) -> "Goods":
        """The same goods with another legal quantity."""
        first, second = self.legal
        legal = ((qty, first[1]), second) if per == "legal_qty1" else (first, (qty, second[1]))
        return self._replace(legal=legal)


class Case(NamedTuple):
    """The goods of a parcel, what transport cost, the quota used of the year, and the law and method that apply.

    ``order_day`` is named in the trail and decides nothing; ``exchange`` are customs exchange rates by currency.
    """

    goods: tuple[Goods, ...]
    freight: Decimal
    insurance: Decimal
    used: Decimal | None
    law: Law
    method: Method
    exchange: Mapping[str, Decimal]
    order_day: date | None = None


class RatesMissingError(LookupError):
    """Lines whose commodity code has no rate on the day: ``lines`` holds their positions from 0.

    At full tax a rate without a tariff is missing too.
    """

    def __init__(self, lines: Sequence[int], day: date, what: str = "rate") -> None:
        super().__init__(f"no {what} on {day} for the lines at {list(lines)}")
        self.lines, self.day, self.what = tuple(lines), day, what


class QuantityMissingError(LookupError):
    """A line whose specific tax cannot be reckoned, since its legal quantity is missing: ``line`` is its position from 0."""

    def __init__(self, line: int, unit: str | None) -> None:
        super().__init__(
            f"the line at {line} needs its legal quantity in unit {unit}, by which its consumption tax is measured"
        )
        self.line, self.unit = line, unit


class ExchangeMissingError(LookupError):
    """The customs exchange rate of a currency is needed for a threshold and not known: give it as ``exchange``."""

    def __init__(self, currency: str, day: date) -> None:
        super().__init__(
            f"the customs exchange rate of currency {currency} for the month of {day} is needed: give it as exchange"
        )
        self.currency, self.day = currency, day


def goods_of(
    lines: Sequence[Line], day: date, table: RateTable, weights: Sequence[Decimal] | None
) -> tuple[Goods, ...]:
    """The goods of an order. Raises ``RatesMissingError`` naming every line that has no rate."""
    if weights is not None and len(weights) != len(lines):
        raise ValueError(f"weights are given for each line, {len(lines)} of them, not {len(weights)}")
    found, missing = [], []
    for position, line in enumerate(lines):
        try:
            rate = table.rate(line.hs_code, day)
        except RateMissingError:
            missing.append(position)
            continue
        legal = (line.first_legal_qty, line.legal_unit1), (line.second_legal_qty, line.legal_unit2)
        weight = None if weights is None else weights[position]
        found.append(
            Goods(line.hs_code, line.item_no or "", line.value, line.qty, legal, line.origin_country, rate, weight)
        )
    if missing:
        raise RatesMissingError(missing, day)
    return tuple(found)


def pieces_of(goods: Sequence[Goods]) -> Decimal:
    """The pieces of a parcel, each line's quantity rounded up: half a piece twice is no one piece."""
    return sum((each.qty.to_integral_value(ROUND_CEILING) for each in goods), ZERO)


def transport_costs(declaration: Declaration) -> tuple[Decimal, Decimal]:
    """Freight and insurance of the parcel in CNY: what the waybill says, or what the order's freight leaves for it."""
    insurance = declaration.waybill.insured_fee
    if declaration.waybill.freight is not None:
        return declaration.waybill.freight, insurance
    if declaration.order.freight is None:
        return ZERO, insurance
    return max(EXACT.subtract(declaration.order.freight, insurance), ZERO), insurance
