"""A bad night: losses, repeats, answers out of order, faults of the e-port and an outage; each parcel ends, none twice."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from customs.hub.orders.taking_in import take_in
from customs.hub.store.tables import HUB_NODES, HUB_ORDERS
from customs.hub.turns.follow_ups import FIRST_INTERVAL, again_at
from customs.ledger import Ledger
from customs.ledger.exchange.tables import EXCHANGE_MESSAGES
from customs.office import Trouble
from customs.receipts.lifecycle import track
from customs.receipts.next_step import next_step
from customs.receipts.state import Event
from customs.signing import Signer
from customs.testing import sample_parcels
from customs.testing.hub import rehearse_hub
from customs.testing.night import WAREHOUSE, NightPlan, rehearse_night, trouble_of
from support.parcel_events import at, said, submitted

MIDNIGHT = datetime(2026, 11, 11)


@pytest.mark.long
def test_each_parcel_of_a_bad_night_is_released_once_and_told_in_order(ledger: Ledger, signer: Signer) -> None:
    hub = rehearse_hub(ledger, MIDNIGHT, signer, trouble=trouble_of(MIDNIGHT), hooks=(WAREHOUSE.name,))
    parcels = list(sample_parcels(60, seed=7, mode="1210"))
    found = rehearse_night(hub, parcels, NightPlan())
    assert (found.ended, found.declared_twice, found.out_of_order) == ({"released": 60}, 0, 0)
    with ledger.read() as connection:
        nodes = connection.sql.execute(select(func.count()).select_from(HUB_NODES)).scalar_one()
    assert found.calls == nodes


@pytest.mark.long
def test_what_a_fault_of_the_e_port_stopped_goes_again_after_an_interval(ledger: Ledger, signer: Signer) -> None:
    hub = rehearse_hub(ledger, MIDNIGHT, signer, trouble=Trouble(faults=1.0))
    (parcel,) = sample_parcels(1, seed=7, mode="1210")
    with ledger.begin() as connection:
        take_in(connection, "shop", [parcel], at=hub.now)
    for _ in range(60):
        hub.turn()
        hub.rehearsal.now += timedelta(minutes=1)
    with ledger.read() as connection:
        wanted = select(EXCHANGE_MESSAGES.c.put_at).where(EXCHANGE_MESSAGES.c.name == "CEB411")
        first, second = connection.sql.execute(wanted.order_by(EXCHANGE_MESSAGES.c.seq)).scalars()
        assert connection.sql.execute(select(HUB_ORDERS.c.node)).scalar_one() == "released"
    assert second - first >= FIRST_INTERVAL


def test_a_passing_fault_is_tried_three_times_more_at_growing_intervals_and_then_left_to_a_person() -> None:
    events: list[Event] = [said("CEB621", "2", 1), submitted("CEB621", 0)]
    waits = []
    for count, minutes in enumerate((0, 10, 40, 100)):
        events += [submitted("CEB411", minutes, f"G{count}"), said("CEB411", "-401011", minutes + 1, guid=f"G{count}")]
        state = track(events)
        again = again_at(state, next_step(state, now=at(minutes + 2)))
        waits.append(again and again - at(minutes))
    assert waits == [FIRST_INTERVAL, 2 * FIRST_INTERVAL, 4 * FIRST_INTERVAL, None]
