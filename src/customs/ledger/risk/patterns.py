"""Patterns in the ledger (风险模式查询): how each rule is seen in observed orders. The database groups; nothing is gathered here.

A pattern says which rows are looked at, by what they are grouped, which figures a group has, and when it is a hit. Equal
telephones, addresses and names are found by their keyed hashes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Table,
    and_,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)

from customs.fields.frozen import FrozenDict
from customs.fields.money import exactly, to_cents
from customs.ledger.columns import KeptPieces, KeptYuan
from customs.ledger.contacts import CONTACTS
from customs.ledger.risk.following import RiskCourse
from customs.ledger.risk.tables import RISK_COURSES, RISK_LINES, RISK_ORDERS
from customs.tax.law import Limits

RiskFigures: TypeAlias = Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCase:
    """The days that are looked at, both included, with the numbers of the rule and the limits in force."""

    since: date
    until: date
    numbers: Mapping[str, Decimal]
    limits: Limits

    def share(self, of: Decimal) -> Decimal:
        """Return the share of a limit that the rule names, in CNY."""
        return _share(of, self.numbers["share"])


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


_ORDERS = RISK_ORDERS.c
_SHOP = (_ORDERS.platform_code + "/" + _ORDERS.merchant_code).label("shop")

#: What ended for good no longer counts in a sum.
_ENDED = (RiskCourse.REFUSED, RiskCourse.CANCELLED, RiskCourse.RETURNED)


def _orders(
    case: RiskCase, *columns: ColumnElement[Any], day: ColumnElement[Any] = _ORDERS.day, every: bool = False
) -> Select[Any]:
    """The orders of the days, as they were declared last, or every time."""
    wanted = select(_ORDERS.order, _ORDERS.at, _ORDERS.person, *columns).where(day.between(case.since, case.until))
    return wanted if every else wanted.where(_ORDERS.id.not_in(_superseded(RISK_ORDERS)))


def _superseded(table: Table) -> Select[Any]:
    """The rows of orders, or of what became of them, after which another one was entered; there are few."""
    later, earlier = table.alias(), table.alias()
    same = and_(earlier.c.order == later.c.order, earlier.c.place == later.c.place - 1)
    return select(earlier.c.id).join(later, same).where(later.c.place > 1)


def _joined(wanted: Select[Any], column: str, name: str, *, outer: bool = False) -> Select[Any]:
    """The same orders with the hash and the number of a contact, those without one only if ``outer``."""
    contact = CONTACTS.alias(f"{column}_contact")
    wanted = wanted.join(contact, contact.c.id == _ORDERS[column], isouter=outer)
    if not outer:
        wanted = wanted.where(contact.c.hash.is_not(None))
    return wanted.add_columns(contact.c.hash.label(name), contact.c.id.label(f"{name}_number"))


def _with_names(wanted: Select[Any]) -> Select[Any]:
    return _joined(wanted, "consignee", "name", outer=True)


def _telephones(case: RiskCase) -> Subquery:
    """The orders with a telephone, the buyer's and the consignee's if it is another, each with address and name."""
    other = or_(_ORDERS.telephone.is_(None), _ORDERS.telephone != _ORDERS.consignee_telephone)
    of_buyers, of_consignees = (
        _with_names(_joined(_joined(_orders(case), side, "telephone"), "address", "address", outer=True))
        for side in ("telephone", "consignee_telephone")
    )
    return union_all(of_buyers, of_consignees.where(other)).subquery()


def _addresses(case: RiskCase) -> Subquery:
    return _with_names(_joined(_orders(case, _SHOP, _ORDERS.day), "address", "address")).subquery()


def _contacts(case: RiskCase) -> Subquery:
    orders = _joined(_orders(case), "telephone", "telephone", outer=True)
    return _with_names(_joined(orders, "address", "address", outer=True)).subquery()


def _shops(case: RiskCase) -> Subquery:
    hour = cast(extract("hour", _ORDERS.at), Integer).label("hour")
    return _orders(case, _SHOP, _ORDERS.platform_code, _ORDERS.day, hour, _ORDERS.value).subquery()


def _counting(case: RiskCase) -> Subquery:
    """The orders whose value counts: not those that receipts say were refused, cancelled or returned."""
    courses = RISK_COURSES.c
    ended = select(courses.order).where(
        courses.course.in_([each.value for each in _ENDED]), courses.id.not_in(_superseded(RISK_COURSES))
    )
    wanted = _orders(case, _SHOP, _ORDERS.day, _ORDERS.value)
    return wanted.where(_ORDERS.order.not_in(ended)).subquery()


def _others_pay(case: RiskCase) -> Subquery:
    return _orders(case, _SHOP).where(~_ORDERS.paid_by_buyer).subquery()


def _declared(case: RiskCase) -> Subquery:
    return _orders(case, every=True).subquery()


def _payments(case: RiskCase) -> Subquery:
    return _orders(case, _ORDERS.payment_company_code, _ORDERS.payment_no).subquery()


def _waybills(case: RiskCase) -> Subquery:
    return _orders(case, _ORDERS.carrier_code, _ORDERS.waybill_no).subquery()


def _one_maker(case: RiskCase) -> Subquery:
    paid_by = _ORDERS.payment_company_code
    others = _ORDERS.platform_code, _ORDERS.merchant_code, _ORDERS.carrier_code
    return _orders(case, _SHOP, paid_by).where(or_(*(paid_by == each for each in others))).subquery()


def _lines(case: RiskCase, *columns: ColumnElement[Any]) -> Select[Any]:
    """The lines of the orders whose article is known."""
    lines = RISK_LINES.c
    wanted = _orders(case, lines.article, lines.unit, lines.qty, lines.price, *columns)
    return wanted.join(RISK_LINES, lines.order_row == _ORDERS.id).where(lines.article != "")


def _goods(case: RiskCase) -> Subquery:
    return _lines(case).subquery()


def _goods_to_addresses(case: RiskCase) -> Subquery:
    return _joined(_lines(case), "address", "address").subquery()


def _low_prices(case: RiskCase) -> Subquery:
    """The lines whose price is below the share of what all lines of the article pay on average in the same unit."""
    alike = [RISK_LINES.c.article, RISK_LINES.c.unit]
    usual = func.avg(type_coerce(RISK_LINES.c.price, BigInteger)).over(partition_by=alike).label("usual")
    every = _lines(case, usual, func.count().over(partition_by=alike).label("lines")).subquery()
    low = type_coerce(every.c.price, BigInteger) < every.c.usual * literal(float(case.numbers["share"]))
    return select(every).where(low, every.c.lines > int(case.numbers["others"])).subquery()


def _returns(case: RiskCase) -> Subquery:
    """The orders that were returned, with the days since their release."""
    courses = RISK_COURSES.c
    days = _days_between(courses.released_on, courses.returned_on).label("days")
    return (
        _orders(case, days, day=courses.returned_on)
        .join(RISK_COURSES, courses.order == _ORDERS.order)
        .where(courses.released_on.is_not(None), courses.id.not_in(_superseded(RISK_COURSES)))
        .subquery()
    )


def _days_between(first: ColumnElement[date], last: ColumnElement[date]) -> ColumnElement[int]:
    return cast(extract("epoch", last) / 86400, Integer) - cast(extract("epoch", first) / 86400, Integer)


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
            rows=_telephones,
            by=("telephone",),
            figures={"number": _least("telephone_number"), "people": _PEOPLE, "names": _NAMES, "addresses": _ADDRESSES},
            hit=_any_of("people", "names", "addresses"),
        ),
        "address_shared": RiskPattern(
            rows=_addresses,
            by=("address",),
            figures={"number": _ADDRESS_NUMBER, "people": _PEOPLE, "names": _NAMES},
            hit=_any_of("people", "names"),
        ),
        "shop_address": RiskPattern(
            rows=_addresses,
            by=("shop", "address", "day"),
            figures={"number": _ADDRESS_NUMBER, "people": _PEOPLE},
            hit=_any_of("people"),
        ),
        "shop_hour": RiskPattern(
            rows=_shops, by=("shop", "day", "hour", "value"), figures={"people": _PEOPLE}, hit=_any_of("people")
        ),
        "payer_differs": RiskPattern(rows=_others_pay, by=("shop",), figures={"people": _PEOPLE}, hit=_always),
        "order_renamed": RiskPattern(
            rows=_declared, by=("order",), figures={"people": _PEOPLE, "times": _times}, hit=_any_of("people")
        ),
        "payment_repeated": RiskPattern(
            rows=_payments,
            by=("payment_company_code", "payment_no"),
            figures={"people": _PEOPLE},
            hit=_any_of("orders"),
        ),
        "waybill_repeated": RiskPattern(
            rows=_waybills, by=("carrier_code", "waybill_no"), figures={"people": _PEOPLE}, hit=_any_of("orders")
        ),
        "one_maker": RiskPattern(rows=_one_maker, by=("shop", "payment_company_code"), hit=_always),
        "goods_gathered": RiskPattern(
            rows=_goods_to_addresses,
            by=("article", "address"),
            figures={"number": _ADDRESS_NUMBER, "people": _PEOPLE, "pieces": _PIECES},
            hit=_any_of("people"),
        ),
        "goods_repeated": RiskPattern(
            rows=_goods, by=("person", "article"), figures={"pieces": _PIECES}, hit=_any_of("orders")
        ),
        "identity_contacts": RiskPattern(
            rows=_contacts,
            by=("person",),
            figures={"telephones": _distinct("telephone"), "addresses": _ADDRESSES, "names": _NAMES},
            hit=_any_of("telephones", "addresses", "names"),
        ),
        "identity_shops": RiskPattern(
            rows=_shops,
            by=("person",),
            figures={"shops": _distinct("shop"), "platforms": _distinct("platform_code"), "sum": _VALUE},
            hit=_any_of("shops"),
        ),
        "identity_year": RiskPattern(
            rows=_counting,
            by=("person",),
            figures={"shops": _distinct("shop"), "sum": _VALUE},
            hit=_near_year,
            days="whole year",
            limit="yearly",
        ),
        "identity_day": RiskPattern(
            rows=_counting,
            by=("person", "day"),
            figures={"sum": _VALUE},
            hit=_near_single,
            days="by year",
            limit="single",
        ),
        "price_below": RiskPattern(
            rows=_low_prices, by=("article", "unit"), figures={"price": _least("price"), "usual": _usual}, hit=_always
        ),
        "returns_late": RiskPattern(rows=_returns, by=("person",), figures={"earliest": _least("days")}, hit=_late),
    }
)


@exactly
def _share(of: Decimal, share: Decimal) -> Decimal:
    return to_cents(of * share)
