"""Open orders (在途订单) of an enterprise with what stands in them, the newest first: those that are not declared to their end."""

from collections.abc import Iterator

from sqlalchemy import select

from customs.codes.states import State
from customs.declaration import Declaration
from customs.hub.orders.erasing import ENDED
from customs.hub.orders.stages import OrderStage
from customs.hub.store.sealed import opened, read_parcel
from customs.hub.store.tables import HUB_ORDERS
from customs.ledger.database import LedgerConnection

#: Nodes at which an order is under way: none yet, or one from which it goes on.
_OPEN = ("", *[each.value for each in State if each not in ENDED])


def open_parcels(connection: LedgerConnection, enterprise: str, *, most: int) -> Iterator[Declaration]:
    """Yield the parcels of open orders, the newest first, at most so many; those whose data is erased are left out."""
    orders = HUB_ORDERS.c
    wanted = (
        select(HUB_ORDERS)
        .where(orders.enterprise == enterprise, orders.node.in_(_OPEN), orders.stage != OrderStage.CLOSED)
        .order_by(orders.id.desc())
        .limit(most)
    )
    for row in connection.sql.execute(wanted).all():
        content = opened(connection.keys, row)
        if content is not None:
            yield read_parcel(content)
