"""From order to release: taken in, declared, sent, answered, folded; each parcel once, and where customs says it is."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from customs.declaration import Declaration
from customs.hub.orders.gate import may_ship
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import take_in
from customs.hub.shown.order import list_orders, show_order
from customs.hub.store.tables import HUB_HISTORY, HUB_NODES, HUB_ORDERS
from customs.hub.turns.folding import fold, states_of
from customs.hub.turns.refunds import ask_refund
from customs.hub.turns.turn import declare_turn, steps_turn
from customs.ledger import Ledger
from customs.ledger.exchange import KeptReceipt
from customs.ledger.exchange.tables import EXCHANGE_MESSAGES
from customs.ledger.quota import order_key, order_standing
from customs.office import OfficeSettings, Trouble
from customs.receipts.lifecycle import track
from customs.signing import Signer
from customs.testing import sample_parcels
from support import exactly
from support.hub_office import HubAtWork, hub_at_work

EIGHT = datetime(2026, 11, 11, 8)


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer)


def parcels(count: int, seed: int = 7) -> list[Declaration]:
    return list(sample_parcels(count, seed=seed, mode="1210"))


def given(hub: HubAtWork, orders: list[Declaration]) -> None:
    with hub.ledger.begin() as connection:
        take_in(connection, "shop", orders, at=hub.now, hooks=hub.enterprise.hooks)


def pass_time(hub: HubAtWork, minutes: int, turns: int = 1) -> None:
    for _ in range(turns):
        hub.rehearsal.now += timedelta(minutes=minutes)
        hub.turn()


def nodes(hub: HubAtWork) -> dict[str, int]:
    with hub.ledger.read() as connection:
        rows = connection.sql.execute(select(HUB_ORDERS.c.node, func.count()).group_by(HUB_ORDERS.c.node))
        return {row.node: int(row[1]) for row in rows}


@pytest.mark.long
def test_orders_go_out_come_back_and_are_released(hub: HubAtWork) -> None:
    orders = parcels(12)
    given(hub, orders)
    hub.turn()
    pass_time(hub, 5, turns=4)
    assert nodes(hub) == {"released": 12}
    for each in exactly(12, orders):
        with hub.ledger.read() as connection:
            found = may_ship(connection, "shop", each.parties.platform_code, each.order.order_no)
        assert found.may, found.en


def test_a_second_turn_and_a_second_delivery_declare_nothing_twice(hub: HubAtWork) -> None:
    orders = parcels(5)
    given(hub, orders)
    hub.turn()
    given(hub, orders)
    pass_time(hub, 5, turns=3)
    given(hub, orders)
    pass_time(hub, 5)
    counts = hub.rehearsal.office.counts()
    assert {each.accepted for each in counts.values()} == {1}
    with hub.ledger.read() as connection:
        assert connection.sql.execute(select(func.count()).select_from(EXCHANGE_MESSAGES)).scalar_one() == 4


def test_an_order_with_faults_is_refused_with_its_findings_and_the_others_go_on(hub: HubAtWork) -> None:
    orders = parcels(4)
    wrong = orders[1].model_copy(
        update={"order": orders[1].order.model_copy(update={"buyer_id_number": "110101180001010012"})}
    )
    given(hub, [orders[0], wrong, *orders[2:]])
    hub.turn()
    with hub.ledger.read() as connection:
        shown = show_order(connection, "shop", wrong.parties.platform_code, wrong.order.order_no, now=hub.now)
        stages = [each.stage for each in list_orders(connection, "shop")]
    assert shown.line.stage is OrderStage.REFUSED
    assert any(each["severity"] == "error" for each in shown.findings)
    assert not any("110101180001010012" in str(each) for each in shown.findings)
    assert sorted(stages) == ["declared", "declared", "declared", "refused"]
    given(hub, [orders[1]])
    pass_time(hub, 5, turns=4)
    assert nodes(hub) == {"released": 4}


def test_the_state_is_that_of_all_answers_however_often_and_in_what_order_they_come(
    ledger: Ledger, signer: Signer
) -> None:
    trouble = Trouble(repeats=0.5, reordered=0.5, late_by=timedelta(minutes=3))
    hub = hub_at_work(ledger, EIGHT, signer, trouble=trouble)
    given(hub, parcels(10))
    hub.turn()
    pass_time(hub, 3, turns=8)
    assert nodes(hub) == {"released": 10}
    with ledger.read() as connection:
        orders = connection.sql.execute(select(HUB_ORDERS.c.id, HUB_ORDERS.c.node)).all()
        states = dict(states_of(connection, [order for order, _ in orders]))
    for order, node in exactly(10, orders):
        assert states[order].node == node
        assert states[order] == track(states[order].history)


def test_the_same_receipts_again_change_nothing(hub: HubAtWork) -> None:
    given(hub, parcels(3))
    hub.turn()
    pass_time(hub, 5, turns=3)
    said = hub.rehearsal.office.query(parcels(3)[0].order.order_no)
    receipts = [KeptReceipt(number=number, content=each.content) for number, each in enumerate(said)]
    with hub.ledger.begin() as connection:
        before = connection.sql.execute(select(func.count()).select_from(HUB_HISTORY)).scalar_one()
        report = fold(connection, hub.enterprise, receipts, now=hub.now)
        after = connection.sql.execute(select(func.count()).select_from(HUB_HISTORY)).scalar_one()
    assert (report.new, report.moved, after) == (0, 0, before)


def test_the_quota_of_a_released_order_is_taken(hub: HubAtWork) -> None:
    (order,) = parcels(1)
    given(hub, [order])
    hub.turn()
    key = order_key(order.parties.platform_code, order.order.order_no)
    with hub.ledger.read() as connection:
        assert order_standing(connection, key).held
    pass_time(hub, 5, turns=4)
    with hub.ledger.read() as connection:
        standing = order_standing(connection, key)
    assert standing.used
    assert not any(standing.held.values())


def test_an_order_that_customs_refused_goes_again_when_it_is_amended(ledger: Ledger, signer: Signer) -> None:
    (order,) = parcels(1)
    refused = {order.order.order_no: "毛重有误"}
    hub = hub_at_work(ledger, EIGHT, signer, settings=OfficeSettings(refused=refused))
    given(hub, [order])
    hub.turn()
    pass_time(hub, 5, turns=4)
    assert nodes(hub) == {"rejected": 1}
    refused.clear()
    waybill = order.waybill.model_copy(update={"gross_weight": order.waybill.gross_weight + 1})
    with ledger.begin() as connection:
        (taken,) = take_in(connection, "shop", [order.model_copy(update={"waybill": waybill})], at=hub.now)
    assert taken.outcome == "amended"
    hub.turn()
    with ledger.begin() as connection:
        (again,) = take_in(connection, "shop", [order], at=hub.now)
    assert again.outcome == "conflict", "customs may hold it"
    pass_time(hub, 5, turns=4)
    assert nodes(hub) == {"released": 1}
    with ledger.read() as connection:
        shown = show_order(connection, "shop", order.parties.platform_code, order.order.order_no, now=hub.now)
    assert [(each.node, each.attempt) for each in shown.nodes if each.node == "declared"] == [
        ("declared", 1),
        ("declared", 2),
    ]


def test_an_amended_order_goes_again_though_a_receipt_of_before_comes_first(ledger: Ledger, signer: Signer) -> None:
    (order,) = parcels(1)
    refused = {order.order.order_no: "毛重有误"}
    hub = hub_at_work(ledger, EIGHT, signer, settings=OfficeSettings(refused=refused))
    given(hub, [order])
    hub.turn()
    pass_time(hub, 5, turns=4)
    refused.clear()
    waybill = order.waybill.model_copy(update={"gross_weight": order.waybill.gross_weight + 1})
    with ledger.begin() as connection:
        take_in(connection, "shop", [order.model_copy(update={"waybill": waybill})], at=hub.now)
    (late,) = [
        each.content for each in hub.rehearsal.office.query(order.order.order_no) if b"CEB622Message" in each.content
    ]
    later = late.replace(b"<ceb:returnTime>2026", b"<ceb:returnTime>2025")
    with ledger.begin() as connection:
        receipts = [KeptReceipt(number=1, content=later)]
        assert fold(connection, hub.enterprise, receipts, now=hub.now).new == 1
    hub.turn()
    pass_time(hub, 5, turns=4)
    assert nodes(hub) == {"released": 1}


def test_nothing_is_due_of_a_released_order(hub: HubAtWork) -> None:
    given(hub, parcels(2))
    hub.turn()
    while nodes(hub) != {"released": 2}:
        pass_time(hub, 5)
    with hub.ledger.read() as connection:
        assert connection.sql.execute(select(HUB_ORDERS.c.due)).scalars().all() == [None, None]
    assert steps_turn(hub.ledger, hub.enterprise, now=hub.now).seen == 0


def test_a_refund_before_the_declaration_closes_the_order_and_nothing_is_sent(hub: HubAtWork) -> None:
    orders = parcels(2)
    given(hub, orders)
    with hub.ledger.begin() as connection:
        ask_refund(connection, hub.enterprise, orders[0].parties.platform_code, orders[0].order.order_no, now=hub.now)
    hub.turn()
    pass_time(hub, 5, turns=4)
    assert nodes(hub) == {"": 1, "released": 1}


@pytest.mark.long
def test_a_refund_after_release_holds_the_goods_and_cancels_the_list(hub: HubAtWork) -> None:
    (order,) = parcels(1)
    names = order.parties.platform_code, order.order.order_no
    given(hub, [order])
    hub.turn()
    pass_time(hub, 5, turns=4)
    with hub.ledger.begin() as connection:
        assert may_ship(connection, "shop", *names).may
        asked = ask_refund(connection, hub.enterprise, *names, now=hub.now)
        assert asked.outcome == "cancelling"
        assert not may_ship(connection, "shop", *names).may
    pass_time(hub, 5, turns=6)
    with hub.ledger.read() as connection:
        shown = show_order(connection, "shop", *names, now=hub.now)
        standing = order_standing(connection, order_key(*names))
    assert (shown.line.stage, shown.line.node) == (OrderStage.CLOSED, "withdrawn")
    assert [each.node for each in shown.nodes if each.node == "cancelling"] == ["cancelling"]
    assert not any(standing.used.values()), "its quota is given back"


@pytest.mark.long
def test_a_cancellation_that_customs_refuses_is_not_sent_again_and_left_to_a_person(hub: HubAtWork) -> None:
    (order,) = parcels(1)
    given(hub, [order])
    pass_time(hub, 5, turns=6)
    assert nodes(hub) == {"released": 1}
    at_customs = hub.rehearsal.office
    at_customs.settings = replace(at_customs.settings, registered={})  # so that -623026 is answered
    with hub.ledger.begin() as connection:
        ask_refund(connection, hub.enterprise, order.parties.platform_code, order.order.order_no, now=hub.now)
    pass_time(hub, 20, turns=20)
    with hub.ledger.read() as connection:
        sent = select(func.count()).where(EXCHANGE_MESSAGES.c.name == "CEB623")
        assert connection.sql.execute(sent).scalar_one() == 1
        assert not may_ship(connection, "shop", order.parties.platform_code, order.order.order_no).may


def test_two_enterprises_see_nothing_of_each_other(ledger: Ledger, signer: Signer) -> None:
    one = hub_at_work(ledger, EIGHT, signer)
    other = hub_at_work(ledger, EIGHT, signer, name="warehouse")
    (order,) = parcels(1)
    given(one, [order])
    one.turn()
    other.turn()
    with ledger.read() as connection:
        assert list_orders(connection, "warehouse") == []
        assert len(list_orders(connection, "shop")) == 1
    assert not other.rehearsal.office.counts()


def test_nodes_of_an_order_stand_in_its_story(hub: HubAtWork) -> None:
    (order,) = parcels(1)
    given(hub, [order])
    hub.turn()
    pass_time(hub, 5, turns=4)
    with hub.ledger.read() as connection:
        shown = show_order(connection, "shop", order.parties.platform_code, order.order.order_no, now=hub.now)
        kept = connection.sql.execute(select(HUB_NODES.c.node)).scalars().all()
    told = [each.node for each in shown.nodes]
    assert told[:2] == ["received", "declared"]
    assert told[-1] == "released"
    assert len(kept) == len(set(kept)), "each node once"
    assert dict(shown.numbers)["list_no"]
    assert {each["document"] for each in shown.answers()} >= {"CEB311", "CEB621"}


def test_a_worker_that_takes_nothing_changes_nothing(hub: HubAtWork) -> None:
    assert declare_turn(hub.ledger, hub.enterprise, now=hub.now).taken == 0


def test_the_node_of_a_refusal_says_its_code_its_class_and_who_acts(ledger: Ledger, signer: Signer) -> None:
    (order,) = parcels(1)
    hub = hub_at_work(ledger, EIGHT, signer, settings=OfficeSettings(refused={order.order.order_no: "毛重有误"}))
    given(hub, [order])
    hub.turn()
    pass_time(hub, 5, turns=4)
    with ledger.read() as connection:
        kept = connection.sql.execute(select(HUB_NODES.c.node, HUB_NODES.c.detail)).all()
    assert {node: detail for node, detail in kept if detail} == {"rejected": "1300 manual_reject declarant"}
