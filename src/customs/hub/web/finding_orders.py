"""Finding orders (查找订单): by any number of theirs, or by the identity number of their buyer.

An identity number is looked up by its keyed hash; it is written nowhere.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select, tuple_

from customs.hub.orders.taking_in import OrderName
from customs.hub.shown.order import OrderStanding, list_orders, orders_in_rows
from customs.hub.store.tables import HUB_NUMBERS, HUB_ORDERS
from customs.ledger.database import LedgerConnection
from customs.ledger.parts import in_parts
from customs.ledger.people import find_person
from customs.ledger.quota.tables import QUOTA
from customs.ledger.risk.tables import RISK_ORDERS
from customs.rules.identity import is_identity_number

#: Orders of one search at most.
MOST_FOUND = 50

#: The type of a resident identity card.
_CARD = "1"


class FoundOrders(NamedTuple):
    """Orders that a search found, and whether it was one by an identity number."""

    orders: Sequence[OrderStanding]
    by_person: bool


def orders_named(connection: LedgerConnection, enterprise: str, numbers: Collection[str]) -> Mapping[str, OrderName]:
    """Return the orders of an enterprise by numbers of theirs, such as order and waybill numbers; the newest for each."""
    found = dict[str, OrderName]()
    for part in in_parts(sorted(numbers)):
        wanted = (
            select(HUB_NUMBERS.c.number, HUB_ORDERS.c.platform_code, HUB_ORDERS.c.order_no)
            .join(HUB_ORDERS, HUB_ORDERS.c.id == HUB_NUMBERS.c.order)
            .where(HUB_ORDERS.c.enterprise == enterprise, HUB_NUMBERS.c.number.in_(part))
            .order_by(HUB_ORDERS.c.id)
        )
        found.update((number, (platform, order)) for number, platform, order in connection.sql.execute(wanted))
    return found


def find_shown(connection: LedgerConnection, enterprise: str, asked: str) -> FoundOrders:
    """Return orders of an enterprise, newest first, by one of their numbers or by the identity number of their buyer."""
    found = list_orders(connection, enterprise, number=asked, most=MOST_FOUND)
    if found or not is_identity_number(asked.upper(), date.max):
        return FoundOrders(found, by_person=False)
    person = find_person(connection, _CARD, asked.upper())
    return FoundOrders(_of_person(connection, enterprise, person) if person else [], by_person=True)


def _of_person(connection: LedgerConnection, enterprise: str, person: int) -> list[OrderStanding]:
    accounts, entries, risks, orders = QUOTA.accounts.c, QUOTA.entries.c, RISK_ORDERS.c, HUB_ORDERS.c
    held = select(entries.order).join(QUOTA.accounts, accounts.id == entries.account).where(accounts.person == person)
    seen = select(risks.order).where(risks.person == person)
    keys = {str(key) for query in (held, seen) for key in connection.sql.execute(query).scalars()}
    names = sorted((platform, number) for platform, _, number in (key.partition("/") for key in keys))
    ids = list[int]()
    for part in in_parts(names):
        own = (orders.enterprise == enterprise) & tuple_(orders.platform_code, orders.order_no).in_(part)
        ids += connection.sql.execute(select(orders.id).where(own)).scalars()
    return orders_in_rows(connection, sorted(ids)[-MOST_FOUND:])
