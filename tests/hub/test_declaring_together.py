"""Orders of one turn are noted, held and put together: what one of them says against another is still found."""

from datetime import datetime

from sqlalchemy import select

from customs.declaration import Declaration
from customs.hub.orders.taking_in import take_in
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.turns.turn import declare_turn
from customs.ledger import Ledger
from customs.signing import Signer
from customs.testing import sample_parcels
from support.hub_office import hub_at_work

EIGHT = datetime(2026, 11, 11, 8)


def with_own_numbers(parcel: Declaration, platform_code: str) -> Declaration:
    """The order as another platform passes it on: with a payment, a waybill and a list of its own."""
    own = {"parties": "platform_code", "payment": "payment_no", "waybill": "waybill_no", "clearance": "internal_no"}
    values = {name: f"{platform_code}{number}" for number, name in enumerate(own)} | {"parties": platform_code}
    parts = {name: getattr(parcel, name).model_copy(update={field: values[name]}) for name, field in own.items()}
    return parcel.model_copy(update=parts)


def test_of_one_order_from_two_channels_in_one_turn_one_is_declared_and_the_other_is_refused(
    ledger: Ledger, signer: Signer
) -> None:
    hub = hub_at_work(ledger, EIGHT, signer)
    first, *others = sample_parcels(4, seed=7, mode="1210")
    passed_on = with_own_numbers(first, "3301960XYZ")
    with ledger.begin() as connection:
        take_in(connection, "shop", [first, passed_on, *others], at=hub.now)
    turns = [declare_turn(ledger, hub.enterprise, now=hub.now) for _ in range(4)]
    assert (sum(each.declared for each in turns), sum(each.refused for each in turns)) == (4, 1)
    with ledger.read() as connection:
        wanted = select(HUB_ORDERS.c.stage, HUB_ORDERS.c.told).where(HUB_ORDERS.c.platform_code == "3301960XYZ")
        stage, told = connection.sql.execute(wanted).one()
    assert stage == "refused"
    assert "order-of-two-channels" in told
