"""How many orders stand where: as many as there are, whatever moves them."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from customs.hub.counts.order_counts import OrderPlace, order_counts, settle_counts
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import take_in
from customs.hub.store.tables import HUB_ORDER_COUNTS, HUB_ORDERS
from customs.ledger import Ledger
from customs.signing import Signer
from customs.testing import sample_parcels
from support.hub_office import HubAtWork, hub_at_work

EIGHT = datetime(2026, 11, 11, 8)


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer)


def give(hub: HubAtWork, count: int) -> None:
    with hub.ledger.begin() as connection:
        take_in(connection, "shop", sample_parcels(count, seed=7, mode="1210"), at=hub.now)


def counted(hub: HubAtWork) -> dict[OrderPlace, int]:
    with hub.ledger.read() as connection:
        return dict(order_counts(connection, ["shop", "other"]))


def there(hub: HubAtWork) -> dict[OrderPlace, int]:
    """Count the orders one by one."""
    orders = HUB_ORDERS.c
    with hub.ledger.read() as connection:
        rows = connection.sql.execute(select(orders.enterprise, orders.stage, orders.node))
        return dict(Counter(OrderPlace(*row) for row in rows))


def test_orders_are_counted_at_every_station_of_their_way(hub: HubAtWork) -> None:
    give(hub, 4)
    assert counted(hub) == {OrderPlace("shop", OrderStage.RECEIVED, ""): 4}
    hub.turn()
    assert counted(hub) == there(hub)
    hub.rehearsal.now += timedelta(minutes=5)
    hub.turn()
    assert counted(hub) == there(hub) == {OrderPlace("shop", OrderStage.DECLARED, "released"): 4}


def test_orders_that_move_to_another_enterprise_are_counted_there(hub: HubAtWork) -> None:
    give(hub, 3)
    first = select(func.min(HUB_ORDERS.c.id)).scalar_subquery()
    with hub.ledger.begin() as connection:
        connection.sql.execute(update(HUB_ORDERS).where(HUB_ORDERS.c.id == first).values(enterprise="other"))
    assert counted(hub) == there(hub)
    assert len(counted(hub)) == 2


def test_what_is_given_up_is_counted_nowhere(hub: HubAtWork) -> None:
    def given_up() -> None:
        with hub.ledger.begin() as connection:
            take_in(connection, "shop", sample_parcels(2, seed=7, mode="1210"), at=hub.now)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        given_up()
    assert counted(hub) == {}


def test_notes_are_added_up_and_the_counts_stay(hub: HubAtWork) -> None:
    give(hub, 3)
    hub.turn()
    before = counted(hub)
    with hub.ledger.begin() as connection:
        assert settle_counts(connection) == 0, "a few notes are left"
        assert settle_counts(connection, few=1) > 1
    assert counted(hub) == before
    with hub.ledger.read() as connection:
        assert connection.sql.execute(select(func.count()).select_from(HUB_ORDER_COUNTS)).scalar_one() == len(before)
