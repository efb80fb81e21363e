"""Counts of what happened: each once, in its ten minutes, where and by whom; orders say who has a part in them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from customs.declaration import Declaration
from customs.documents import Answer
from customs.hub.counts.answers import FoldedOrder, tallies_of
from customs.hub.counts.providers import PROVIDER_KINDS, provider_of, provider_parts
from customs.hub.counts.tallies import Tally, TallyName, added, begin_of, enter_tallies
from customs.hub.orders.nodes import HubNode, NodeEvent, enter_nodes
from customs.hub.orders.taking_in import take_in
from customs.hub.store.tables import HUB_ORDERS, HUB_TALLIES
from customs.hub.turns.folding import fold, states_of
from customs.hub.turns.turn import fold_turn
from customs.ledger import Ledger
from customs.ledger.exchange import KeptReceipt
from customs.office import OfficeSettings, Trouble
from customs.signing import Signer
from customs.testing import sample_parcels
from support import exactly, some
from support.hub_office import HubAtWork, hub_at_work

EIGHT = datetime(2026, 11, 11, 8)


def parcels(count: int) -> list[Declaration]:
    return list(sample_parcels(count, seed=7, mode="1210"))


def worked(hub: HubAtWork, orders: list[Declaration], minutes: int = 5, turns: int = 4) -> None:
    with hub.ledger.begin() as connection:
        take_in(connection, hub.enterprise.name, orders, at=hub.now)
    hub.turn()
    for _ in range(turns):
        hub.rehearsal.now += timedelta(minutes=minutes)
        hub.turn()


def counted(ledger: Ledger) -> dict[tuple[str, str, str], int]:
    """Counts by name, provider and code."""
    found: dict[tuple[str, str, str], int] = {}
    with ledger.read() as connection:
        for row in connection.sql.execute(select(HUB_TALLIES)):
            key = (row.name, row.provider, row.code)
            found[key] = found.get(key, 0) + row.times
    return found


def test_released_and_refused_orders_are_counted_once_however_often_receipts_come(
    ledger: Ledger, signer: Signer
) -> None:
    orders = parcels(6)
    settings = OfficeSettings(refused={orders[0].order.order_no: "毛重有误"})
    hub = hub_at_work(ledger, EIGHT, signer, settings=settings, trouble=Trouble(repeats=0.5))
    worked(hub, orders)
    found = counted(ledger)
    assert {key: count for key, count in found.items() if key[0] in ("released", "rejected")} == {
        ("released", "", ""): 5,
        ("rejected", "", "manual_reject"): 1,
    }
    with ledger.read() as connection:
        rows = connection.sql.execute(select(HUB_TALLIES).where(HUB_TALLIES.c.name == "rejected")).all()
    for row in some(rows):
        assert row.district == orders[0].clearance.customs_code
        assert row.source == "port"
        assert row.examples == orders[0].order.order_no


def test_answers_that_name_no_order_are_counted(ledger: Ledger, signer: Signer) -> None:
    elsewhere = hub_at_work(ledger, EIGHT, signer, name="other")
    worked(elsewhere, parcels(2))
    said = elsewhere.rehearsal.office.query(parcels(1)[0].order.order_no)
    receipts = [KeptReceipt(number=number, content=each.content) for number, each in enumerate(said)]
    hub = hub_at_work(ledger, EIGHT, signer)
    with ledger.begin() as connection:
        report = fold(connection, hub.enterprise, receipts, now=EIGHT)
    assert report.strays == report.answers > 2
    assert [(each.name, each.count) for each in report.tallies] == [(TallyName.STRAY, report.strays)]


def test_a_code_that_nobody_knows_is_counted_by_its_number(ledger: Ledger, signer: Signer) -> None:
    hub = hub_at_work(ledger, EIGHT, signer)
    worked(hub, parcels(1))
    with ledger.read() as connection:
        row = connection.sql.execute(select(HUB_ORDERS)).one()
        ((_, state),) = states_of(connection, [row.id])
    answer = next(each for each in state.history if isinstance(each, Answer) and each.receipt == "CEB622")
    strange = replace(answer, code="-629999", texts=("张三 4401",), error=None)
    found = tallies_of([FoldedOrder(row=row, state=state)], [(row.id, strange), (row.id, answer)], 0, hub.now)
    unknown = [each for each in found if each.name is TallyName.UNKNOWN]
    assert [(each.code, each.count, each.examples) for each in unknown] == [
        ("CEB622 -629999", 1, (row.order_no,)),
    ]
    assert not any(name == "unknown" for name, _, _ in counted(ledger)), "a calm day has none"


@pytest.mark.parametrize(
    ("hours", "name", "most"),
    [(2, TallyName.EARLY, 2 * 3600), (-2, TallyName.AHEAD, 2 * 3600)],
    ids=["our clock is ahead", "our clock is behind"],
)
@pytest.mark.long
def test_clocks_that_differ_are_counted_with_the_difference(
    ledger: Ledger, signer: Signer, hours: int, name: TallyName, most: int
) -> None:
    hub = hub_at_work(ledger, EIGHT, signer)
    with ledger.begin() as connection:
        take_in(connection, "shop", parcels(3), at=EIGHT)
    hub.turn()
    with ledger.read() as connection:
        declared = {row.id: row for row in connection.sql.execute(select(HUB_ORDERS))}
    assert len(declared) == 3
    hub.rehearsal.now += timedelta(minutes=5)
    hub.receive()
    fold_turn(ledger, hub.enterprise, "port", now=hub.now)
    with ledger.read() as connection:
        states = dict(states_of(connection, sorted(declared)))
    skewed = timedelta(hours=hours)
    for order, state in exactly(3, states.items()):
        answers = [each for each in state.history if isinstance(each, Answer) and each.at]
        moved = [(order, replace(each, at=each.at - skewed)) for each in answers if each.at]
        row = declared[order]
        found = tallies_of([FoldedOrder(row=row, state=state)], moved, 0, hub.now)
        (told,) = [each for each in found if each.name in (TallyName.EARLY, TallyName.AHEAD)]
        assert told.name is name
        assert most - 600 < told.most <= most
        assert told.count == len(moved)


def test_the_same_thing_is_added_up_within_its_ten_minutes(ledger: Ledger) -> None:
    one = Tally(name=TallyName.REJECTED, district="4600", code="filing", most=3, examples=("O1",))
    with ledger.begin() as connection:
        enter_tallies(connection, "shop", [one, one], at=EIGHT)
        enter_tallies(connection, "shop", [one], at=EIGHT + timedelta(minutes=9))
        enter_tallies(connection, "shop", [one], at=EIGHT + timedelta(minutes=10))
    with ledger.read() as connection:
        rows = connection.sql.execute(select(HUB_TALLIES).order_by(HUB_TALLIES.c.since)).all()
    assert [(row.since, row.times, row.most) for row in rows] == [
        (EIGHT, 3, 3),
        (EIGHT + timedelta(minutes=10), 1, 3),
    ]
    assert begin_of(EIGHT + timedelta(minutes=9, seconds=59)) == EIGHT
    assert added([one, one])[0].examples == ("O1",)


def test_an_order_says_who_has_a_part_in_it_and_an_amended_one_anew(ledger: Ledger) -> None:
    (order,) = parcels(1)
    other = order.model_copy(update={"parties": order.parties.model_copy(update={"carrier_code": "4401000009"})})
    for given, carrier in ((order, order.parties.carrier_code), (other, "4401000009")):
        with ledger.begin() as connection:
            take_in(connection, "shop", [given], at=EIGHT)
            row = connection.sql.execute(select(HUB_ORDERS)).one()
        assert (row.trade_mode, row.customs_code) == ("1210", order.clearance.customs_code)
        assert {kind: provider_of(kind, row) for kind in PROVIDER_KINDS} == {
            "platform": f"platform:{order.parties.platform_code}",
            "payer": f"payer:{order.parties.payment_company_code}",
            "carrier": f"carrier:{carrier}",
            "warehouse": f"warehouse:{order.parties.area_operator_code}",
        }


def test_goods_are_where_the_last_node_of_their_way_says_in_whatever_order_nodes_are_told(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        (taken,) = take_in(connection, "shop", parcels(1), at=EIGHT)
    steps = [(HubNode.PACKED, 2, "packed"), (HubNode.PICKED, 1, "packed"), (HubNode.DECLARED, 3, "packed")]
    steps += [(HubNode.SIGNED, 30, "signed"), (HubNode.LEFT_ZONE, 4, "signed")]
    row = None
    for node, hours, goods in exactly(5, steps):
        at = EIGHT + timedelta(hours=hours)
        with ledger.begin() as connection:
            enter_nodes(connection, [NodeEvent(order=taken.order, node=node, at=at)], arrived=at, hooks={})
            row = connection.sql.execute(select(HUB_ORDERS)).one()
        assert row.goods == goods, node
    assert row
    assert row.goods_at == EIGHT + timedelta(hours=30)


@pytest.mark.parametrize("text", ["", "carrier", "carrier:", "shop:44", "4401000001"])
def test_a_provider_is_a_part_and_a_code(text: str) -> None:
    with pytest.raises(ValueError, match="carrier:4401000001"):
        provider_parts(text)
