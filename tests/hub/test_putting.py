"""Messages of a hub put into its outboxes: two writers wait for each other in no circle."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from customs.exchange.destinations import Destination
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.taking_in import take_in
from customs.hub.turns.putting import put_batch
from customs.ledger import LedgerConnection
from customs.ledger.exchange import open_ledger_outbox, put_to_destinations
from customs.road import Batch, Run
from customs.testing import sample_parcels
from support import MORNING
from support.exchanges import run
from support.ledgers import LedgerDatabases, waits

#: One destination takes orders, the other one payments: messages of one parcel go to both.
DESTINATIONS = (
    Destination(name="gate", kind="folder", settings={}, messages=("CEB311", "CEB312")),
    Destination(name="port", kind="folder", settings={}, messages=("CEB411", "CEB511")),
)

Put = Callable[[LedgerConnection, Batch], object]


def by_the_hub(connection: LedgerConnection, batch: Batch) -> object:
    def run_on(profile: str, on: date) -> Run:
        return run()

    enterprise = HubEnterprise(name="shop", profiles=("main",), run_on=run_on, destinations=DESTINATIONS)
    declared = [each.declaration for each in batch.parcels if each.declaration]
    orders = take_in(connection, "shop", declared, at=MORNING)
    numbers = {each.position: taken.order for each, taken in zip(batch.parcels, orders, strict=True)}
    return put_batch(connection, enterprise, batch, numbers, at=MORNING)


def by_a_declaration(connection: LedgerConnection, batch: Batch) -> object:
    return put_to_destinations(connection, DESTINATIONS, batch.messages, at=MORNING)


def batches(seed: int) -> Sequence[Batch]:
    """The orders of a parcel, and its payments, as batches of their own."""
    (batch,) = run().prepare_many(sample_parcels(1, seed=seed, mode="1210"))
    order, payment, _ = batch.messages
    return [Batch((each,), batch.parcels) for each in (order, payment)]


@pytest.mark.parametrize(("put", "prefix"), [(by_the_hub, "shop/"), (by_a_declaration, "")])
@pytest.mark.long
def test_two_who_put_into_the_same_outboxes_in_another_order_wait_for_each_other_in_no_circle(
    put: Put, prefix: str, postgresql_databases: LedgerDatabases
) -> None:
    with postgresql_databases.ledger() as ledger, ThreadPoolExecutor(1) as pool:
        first, second = batches(1), batches(2)[::-1]

        def follow() -> None:
            with ledger.begin() as connection:
                for each in second:
                    put(connection, each)

        with ledger.begin() as connection:
            put(connection, first[0])
            following = pool.submit(follow)
            while not following.done() and not waits(ledger):
                pass
            put(connection, first[1])
        following.result()
        for each in DESTINATIONS:
            with open_ledger_outbox(ledger, prefix + each.name) as outbox:
                assert len(list(outbox.entries())) == 2
