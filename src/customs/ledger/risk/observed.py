"""Observed orders as patterns look at them (风险模式取数): those of some days, with their contacts, goods, payments and courses.

Equal telephones, addresses and names are found by their keyed hashes. The database selects; nothing is gathered here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

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
    type_coerce,
    union_all,
)

from customs.fields.money import exactly, to_cents
from customs.ledger.contacts import CONTACTS
from customs.ledger.risk.following import RiskCourse
from customs.ledger.risk.tables import RISK_COURSES, RISK_LINES, RISK_ORDERS
from customs.tax.law import Limits


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


def with_telephone(case: RiskCase) -> Subquery:
    """Return the orders with a telephone, the buyer's and the consignee's if it is another, each with address and name."""
    other = or_(_ORDERS.telephone.is_(None), _ORDERS.telephone != _ORDERS.consignee_telephone)
    of_buyers, of_consignees = (
        _with_names(_joined(_joined(_orders(case), side, "telephone"), "address", "address", outer=True))
        for side in ("telephone", "consignee_telephone")
    )
    return union_all(of_buyers, of_consignees.where(other)).subquery()


def with_address(case: RiskCase) -> Subquery:
    """Return the orders with an address, each with its shop and name."""
    return _with_names(_joined(_orders(case, _SHOP, _ORDERS.day), "address", "address")).subquery()


def with_contacts(case: RiskCase) -> Subquery:
    """Return the orders with telephone, address and name, as far as they have one."""
    orders = _joined(_orders(case), "telephone", "telephone", outer=True)
    return _with_names(_joined(orders, "address", "address", outer=True)).subquery()


def by_shop(case: RiskCase) -> Subquery:
    """Return the orders with shop, hour and value."""
    hour = cast(extract("hour", _ORDERS.at), Integer).label("hour")
    return _orders(case, _SHOP, _ORDERS.platform_code, _ORDERS.day, hour, _ORDERS.value).subquery()


def whose_value_counts(case: RiskCase) -> Subquery:
    """Return the orders whose value counts: not those that receipts say were refused, cancelled or returned."""
    courses = RISK_COURSES.c
    ended = select(courses.order).where(
        courses.course.in_([each.value for each in _ENDED]), courses.id.not_in(_superseded(RISK_COURSES))
    )
    wanted = _orders(case, _SHOP, _ORDERS.day, _ORDERS.value)
    return wanted.where(_ORDERS.order.not_in(ended)).subquery()


def paid_by_others(case: RiskCase) -> Subquery:
    """Return the orders that another than the buyer paid."""
    return _orders(case, _SHOP).where(~_ORDERS.paid_by_buyer).subquery()


def each_declared(case: RiskCase) -> Subquery:
    """Return the orders every time that they were declared."""
    return _orders(case, every=True).subquery()


def with_payment(case: RiskCase) -> Subquery:
    """Return the orders with their payment."""
    return _orders(case, _ORDERS.payment_company_code, _ORDERS.payment_no).subquery()


def with_waybill(case: RiskCase) -> Subquery:
    """Return the orders with their waybill."""
    return _orders(case, _ORDERS.carrier_code, _ORDERS.waybill_no).subquery()


def made_by_one(case: RiskCase) -> Subquery:
    """Return the orders whose payment company is also their platform, shop or carrier."""
    paid_by = _ORDERS.payment_company_code
    others = _ORDERS.platform_code, _ORDERS.merchant_code, _ORDERS.carrier_code
    return _orders(case, _SHOP, paid_by).where(or_(*(paid_by == each for each in others))).subquery()


def _lines(case: RiskCase, *columns: ColumnElement[Any]) -> Select[Any]:
    """The lines of the orders whose article is known."""
    lines = RISK_LINES.c
    wanted = _orders(case, lines.article, lines.unit, lines.qty, lines.price, *columns)
    return wanted.join(RISK_LINES, lines.order_row == _ORDERS.id).where(lines.article != "")


def goods_ordered(case: RiskCase) -> Subquery:
    """Return the lines of the orders."""
    return _lines(case).subquery()


def goods_to_addresses(case: RiskCase) -> Subquery:
    """Return the lines of the orders with their address."""
    return _joined(_lines(case), "address", "address").subquery()


def goods_below_price(case: RiskCase) -> Subquery:
    """Return the lines whose price is below the share of what all lines of the article pay on average in the same unit."""
    alike = [RISK_LINES.c.article, RISK_LINES.c.unit]
    usual = func.avg(type_coerce(RISK_LINES.c.price, BigInteger)).over(partition_by=alike).label("usual")
    every = _lines(case, usual, func.count().over(partition_by=alike).label("lines")).subquery()
    low = type_coerce(every.c.price, BigInteger) < every.c.usual * literal(float(case.numbers["share"]))
    return select(every).where(low, every.c.lines > int(case.numbers["others"])).subquery()


def returned_orders(case: RiskCase) -> Subquery:
    """Return the orders that were returned, with the days since their release."""
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


@exactly
def _share(of: Decimal, share: Decimal) -> Decimal:
    return to_cents(of * share)
