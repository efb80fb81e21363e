"""A case (计税要素): everything that the tax of a parcel depends on.

An assessment keeps its case, so that it can be computed again under another law, method or quantity. Differences from a
tax bill are explained this way.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from operator import itemgetter
from typing import NamedTuple

from customs.declaration import Declaration, Line
from customs.fields.frozen import FrozenDict, made
from customs.fields.goods import HsCode
from customs.fields.money import EXACT, ZERO
from customs.tax.law import Law, Measure
from customs.tax.method import DEFAULT, Method
from customs.tax.rates import Rate, RateMissingError, RateTable


class Measured(NamedTuple):
    """法定数量: a statutory quantity and its unit, None where unknown."""

    qty: Decimal | None
    unit: str | None


NOT_MEASURED = Measured(None, None)


class Goods(NamedTuple):
    """One line of goods: its value in CNY, pieces, statutory quantities, and the rate of its commodity code.

    ``measured`` are the first and the second statutory quantity. ``weight`` is for apportioning by weight.
    """

    hs_code: HsCode
    item_no: str
    value: Decimal
    qty: Decimal
    measured: tuple[Measured, Measured]
    origin: str
    rate: Rate
    weight: Decimal | None = None

    @property
    def rank(self) -> tuple[object, ...]:
        """The order of the goods among others by their content, never by their position. Spare cents go by it."""
        hs_code, item_no, value, qty, ((qty1, unit1), (qty2, unit2)), origin, _, weight = self
        first, second = (qty1 is None, qty1 or ZERO, unit1 or ""), (qty2 is None, qty2 or ZERO, unit2 or "")
        return hs_code, item_no, value, qty, first, second, origin, (weight is None, weight or ZERO)

    def quantity(self, per: Measure) -> Measured:
        """Return the statutory quantity that a class of consumption tax counts, and its unit."""
        return self.measured[0 if per == "legal_qty1" else 1]

    def with_quantity(self, per: Measure, qty: Decimal) -> "Goods":
        """Return the same goods with another statutory quantity."""
        first, second = self.measured
        if per == "legal_qty1":
            return self._replace(measured=(first._replace(qty=qty), second))
        return self._replace(measured=(first, second._replace(qty=qty)))


class Case(NamedTuple):
    """The goods of a parcel, its freight and insurance, the quota used before, and the law and method that apply.

    Amounts are in CNY. ``exchange`` are customs exchange rates by currency code. ``order_day`` appears in the trail and
    decides nothing.
    """

    goods: tuple[Goods, ...]
    law: Law
    freight: Decimal = ZERO
    insurance: Decimal = ZERO
    used: Decimal | None = None
    method: Method = DEFAULT
    exchange: Mapping[str, Decimal] = FrozenDict()
    order_day: date | None = None

    def with_goods(self, position: int, goods: Goods) -> "Case":
        """Return the case with other goods at a position from 0."""
        return self._replace(goods=(*self.goods[:position], goods, *self.goods[position + 1 :]))


class RatesMissingError(LookupError):
    """Lines whose commodity code has no rate on the day: ``lines`` holds their positions from 0.

    ``part`` names what is missing: the rate, its tariff (at full tax), its VAT band or its category of postal articles.
    """

    def __init__(self, lines: Sequence[int], day: date, part: str = "rate") -> None:
        super().__init__(lines, day, part)
        self.lines, self.day, self.part = tuple(lines), day, part

    def __str__(self) -> str:
        return f"no {self.part} on {self.day} for the lines at {list(self.lines)}"


class QuantityMissingError(LookupError):
    """The statutory quantity that specific tax counts is missing: ``line`` is the position of the line from 0."""

    def __init__(self, line: int, unit: str | None) -> None:
        super().__init__(line, unit)
        self.line, self.unit = line, unit

    def __str__(self) -> str:
        needed = f"its statutory quantity in unit {self.unit}, which its consumption tax counts"
        return f"the line at {self.line} needs {needed}"


class ExchangeMissingError(LookupError):
    """A threshold needs the customs exchange rate of a currency, and it is not known: give it as ``exchange``."""

    def __init__(self, currency: str, day: date) -> None:
        super().__init__(currency, day)
        self.currency, self.day = currency, day

    def __str__(self) -> str:
        needed = f"the customs exchange rate of currency {self.currency} in the month of {self.day}"
        return f"{needed} is needed: give it as exchange"


#: The facts of a line that its tax depends on.
_facts = itemgetter(
    "hs_code",
    "item_no",
    "total_price",
    "qty",
    "origin_country",
    "legal_qty1",
    "legal_unit1",
    "legal_qty2",
    "legal_unit2",
)


def goods_of(
    lines: Sequence[Line], day: date, table: RateTable, weights: Sequence[Decimal] | None = None
) -> tuple[Goods, ...]:
    """Return the goods of an order with their rates of a day; ``weights`` are one for each line.

    Raises ``RatesMissingError`` naming every line that has no rate.
    """
    if weights is not None and len(weights) != len(lines):
        raise ValueError(f"{len(weights)} weights are given for {len(lines)} lines: give one for each line")
    goods, missing = [], []
    for position, line in enumerate(lines):
        hs_code, item_no, value, qty, origin, qty1, unit1, qty2, unit2 = _facts(line.__dict__)
        try:
            rate = table.rate(hs_code, day)
        except RateMissingError:
            missing.append(position)
            continue
        first, second = made(Measured, (line.first_legal_qty if qty1 is None else qty1, unit1)), NOT_MEASURED
        if unit2 is not None or qty2 is not None:
            second = Measured(line.second_legal_qty, unit2)
        weight = None if weights is None else weights[position]
        each = (
            hs_code,
            item_no or "",
            line.value if value is None else value,
            qty,
            (first, second),
            origin,
            rate,
            weight,
        )
        goods.append(made(Goods, each))
    if missing:
        raise RatesMissingError(missing, day)
    return tuple(goods)


def ranked(goods: Sequence[Goods]) -> list[int]:
    """Return the positions of goods from 0 in the order of their ranks."""
    keys: list[tuple[object, ...]] = [(each.hs_code, each.item_no) for each in goods]
    if len(set(keys)) < len(keys):
        keys = [each.rank for each in goods]
    return sorted(range(len(goods)), key=keys.__getitem__)


def pieces_of(goods: Sequence[Goods]) -> Decimal:
    """Return the pieces of a parcel. Each line's quantity is rounded up: two half pieces do not count as one piece."""
    return sum([each.qty.to_integral_value(ROUND_CEILING) for each in goods], ZERO)


def transport_costs(declaration: Declaration) -> tuple[Decimal, Decimal]:
    """Return freight and insurance of the parcel in CNY.

    The waybill's freight counts; where it has none, the order's freight less the insurance.
    """
    insurance = declaration.waybill.insured_fee
    if declaration.waybill.freight is not None:
        return declaration.waybill.freight, insurance
    if declaration.order.freight is None:
        return ZERO, insurance
    return max(EXACT.subtract(declaration.order.freight, insurance), ZERO), insurance
