"""Patterns in the ledger (风险模式查询): how each rule is seen in observed orders. The database groups; nothing is gathered here.

A pattern says which rows are looked at, by what they are grouped, which figures a group has, and when it is a hit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, Subquery, and_, cast, func, or_, true, type_coerce

from customs.fields.frozen import FrozenDict
from customs.ledger.columns import KeptPieces, KeptYuan
from customs.ledger.risk import observed
from customs.ledger.risk.observed import RiskCase

RiskFigures: TypeAlias = Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPattern:
    """A pattern: the rows, the columns that make a group, its figures, and when it is a hit."""

    rows: Callable[[RiskCase], Subquery]
    by: tuple[str, ...]
    figures: Mapping[str, Callable[[Any], ColumnElement[Any]]] = FrozenDict()
    hit: Callable[[RiskFigures, RiskCase], ColumnElement[bool]]
    days: Literal["given", "by year", "whole year"] = "given"
    """Looked at are the days given, the same year by year, or whole years up to the last day."""
    limit: Literal["", "single", "yearly"] = ""
    """The limit that the sentence of a hit names."""


def _distinct(column: str) -> Callable[[Any], ColumnElement[Any]]:
    return lambda rows: func.count(func.distinct(rows[column]))


def _least(column: str) -> Callable[[Any], ColumnElement[Any]]:
    return lambda rows: type_coerce(func.min(rows[column]), rows[column].type)


def _sum(column: str, kind: Any) -> Callable[[Any], ColumnElement[Any]]:
    return lambda rows: type_coerce(func.sum(rows[column]), kind)


def _times(rows: Any) -> ColumnElement[Any]:
    return func.count()


def _usual(rows: Any) -> ColumnElement[Any]:
    return type_coerce(cast(func.max(rows.usual), BigInteger), KeptPieces)


def _any_of(*names: str) -> Callable[[RiskFigures, RiskCase], ColumnElement[bool]]:
    """A group is a hit if one of these figures reaches the number of its name."""
    return lambda figures, case: or_(*(figures[each] >= int(case.numbers[each]) for each in names))


def _always(figures: RiskFigures, case: RiskCase) -> ColumnElement[bool]:
    return true()


def _near_year(figures: RiskFigures, case: RiskCase) -> ColumnElement[bool]:
    return figures["sum"] >= case.share(case.limits.yearly)


def _near_single(figures: RiskFigures, case: RiskCase) -> ColumnElement[bool]:
    many = figures["orders"] >= int(case.numbers["orders"])
    return and_(many, figures["sum"] >= case.share(case.limits.single))


def _late(figures: RiskFigures, case: RiskCase) -> ColumnElement[bool]:
    many = figures["orders"] >= int(case.numbers["orders"])
    return and_(many, figures["earliest"] >= int(case.numbers["day"]))


_PEOPLE = _distinct("person")
_NAMES, _ADDRESSES = _distinct("name"), _distinct("address")
_VALUE, _PIECES = _sum("value", KeptYuan), _sum("qty", KeptPieces)
_ADDRESS_NUMBER = _least("address_number")

#: How each rule is seen.
PATTERNS = FrozenDict(
    {
        "telephone_shared": RiskPattern(
            rows=observed.with_telephone,
            by=("telephone",),
            figures={"number": _least("telephone_number"), "people": _PEOPLE, "names": _NAMES, "addresses": _ADDRESSES},
            hit=_any_of("people", "names", "addresses"),
        ),
        "address_shared": RiskPattern(
            rows=observed.with_address,
            by=("address",),
            figures={"number": _ADDRESS_NUMBER, "people": _PEOPLE, "names": _NAMES},
            hit=_any_of("people", "names"),
        ),
        "shop_address": RiskPattern(
            rows=observed.with_address,
            by=("shop", "address", "day"),
            figures={"number": _ADDRESS_NUMBER, "people": _PEOPLE},
            hit=_any_of("people"),
        ),
        "shop_hour": RiskPattern(
            rows=observed.by_shop,
            by=("shop", "day", "hour", "value"),
            figures={"people": _PEOPLE},
            hit=_any_of("people"),
        ),
        "payer_differs": RiskPattern(
            rows=observed.paid_by_others, by=("shop",), figures={"people": _PEOPLE}, hit=_always
        ),
        "order_renamed": RiskPattern(
            rows=observed.each_declared,
            by=("order",),
            figures={"people": _PEOPLE, "times": _times},
            hit=_any_of("people"),
        ),
        "payment_repeated": RiskPattern(
            rows=observed.with_payment,
            by=("payment_company_code", "payment_no"),
            figures={"people": _PEOPLE},
            hit=_any_of("orders"),
        ),
        "waybill_repeated": RiskPattern(
            rows=observed.with_waybill,
            by=("carrier_code", "waybill_no"),
            figures={"people": _PEOPLE},
            hit=_any_of("orders"),
        ),
        "one_maker": RiskPattern(rows=observed.made_by_one, by=("shop", "payment_company_code"), hit=_always),
        "goods_gathered": RiskPattern(
            rows=observed.goods_to_addresses,
            by=("article", "address"),
            figures={"number": _ADDRESS_NUMBER, "people": _PEOPLE, "pieces": _PIECES},
            hit=_any_of("people"),
        ),
        "goods_repeated": RiskPattern(
            rows=observed.goods_ordered, by=("person", "article"), figures={"pieces": _PIECES}, hit=_any_of("orders")
        ),
        "identity_contacts": RiskPattern(
            rows=observed.with_contacts,
            by=("person",),
            figures={"telephones": _distinct("telephone"), "addresses": _ADDRESSES, "names": _NAMES},
            hit=_any_of("telephones", "addresses", "names"),
        ),
        "identity_shops": RiskPattern(
            rows=observed.by_shop,
            by=("person",),
            figures={"shops": _distinct("shop"), "platforms": _distinct("platform_code"), "sum": _VALUE},
            hit=_any_of("shops"),
        ),
        "identity_year": RiskPattern(
            rows=observed.whose_value_counts,
            by=("person",),
            figures={"shops": _distinct("shop"), "sum": _VALUE},
            hit=_near_year,
            days="whole year",
            limit="yearly",
        ),
        "identity_day": RiskPattern(
            rows=observed.whose_value_counts,
            by=("person", "day"),
            figures={"sum": _VALUE},
            hit=_near_single,
            days="by year",
            limit="single",
        ),
        "price_below": RiskPattern(
            rows=observed.goods_below_price,
            by=("article", "unit"),
            figures={"price": _least("price"), "usual": _usual},
            hit=_always,
        ),
        "returns_late": RiskPattern(
            rows=observed.returned_orders, by=("person",), figures={"earliest": _least("days")}, hit=_late
        ),
    }
)
