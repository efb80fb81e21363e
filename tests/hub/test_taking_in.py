"""Orders are taken in once, however often they come."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from customs.declaration import Declaration
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.gate import OrderNotTakenInError, may_ship
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import take_in
from customs.hub.store.sealed import opened, read_parcel
from customs.hub.store.tables import HUB_CALLS, HUB_NODES, HUB_ORDERS
from customs.hub.turns.refunds import ask_refund
from customs.ledger import Ledger
from customs.road import Run
from customs.testing import sample_parcels
from support.ledgers import LedgerDatabases
from support.statements import reading_steps, statements_counted

EIGHT = datetime(2026, 11, 11, 8)


@pytest.fixture
def parcels() -> list[Declaration]:
    return list(sample_parcels(5, seed=7, mode="1210"))


def no_run(profile: str, on: date) -> Run:
    raise AssertionError("nothing is declared here")


def heavier(parcel: Declaration) -> Declaration:
    waybill = parcel.waybill.model_copy(update={"gross_weight": parcel.waybill.gross_weight + Decimal(1)})
    return parcel.model_copy(update={"waybill": waybill})


def test_new_orders_are_taken_in_and_the_same_ones_are_known(ledger: Ledger, parcels: list[Declaration]) -> None:
    with ledger.begin() as connection:
        first = take_in(connection, "shop", parcels, at=EIGHT)
    with ledger.begin() as connection:
        second = take_in(connection, "shop", parcels, at=EIGHT)
    assert [each.outcome for each in first] == ["new"] * 5
    assert [each.outcome for each in second] == ["known"] * 5
    assert [each.order for each in second] == [each.order for each in first]
    with ledger.read() as connection:
        assert connection.sql.execute(select(func.count()).select_from(HUB_ORDERS)).scalar_one() == 5
        rows = connection.sql.execute(select(HUB_ORDERS).order_by(HUB_ORDERS.c.id)).all()
        contents = [opened(connection.keys, row) or b"" for row in rows]
    assert sorted(contents) == sorted(each.model_dump_json(exclude_none=True).encode() for each in parcels)


def test_known_orders_are_found_without_reading_all_of_them(
    sqlite_databases: LedgerDatabases, parcels: list[Declaration]
) -> None:
    with sqlite_databases.ledger() as ledger:
        with ledger.begin() as connection, statements_counted() as statements:
            assert len(list(take_in(connection, "shop", parcels, at=EIGHT))) == 5
        with ledger.read() as connection:
            (step,) = reading_steps(connection, "hub_orders", statements)
        assert step.endswith("(enterprise=? AND platform_code=? AND order_no=?)")


def test_an_order_twice_in_one_delivery_is_known_the_second_time(ledger: Ledger, parcels: list[Declaration]) -> None:
    with ledger.begin() as connection:
        found = take_in(connection, "shop", [parcels[0], parcels[1], parcels[0]], at=EIGHT)
    assert [each.outcome for each in found] == ["new", "new", "known"]


def test_another_content_amends_an_order_that_was_not_declared(ledger: Ledger, parcels: list[Declaration]) -> None:
    changed = heavier(parcels[0])
    with ledger.begin() as connection:
        take_in(connection, "shop", parcels, at=EIGHT)
    with ledger.begin() as connection:
        (found,) = take_in(connection, "shop", [changed], at=EIGHT)
        row = connection.sql.execute(select(HUB_ORDERS).where(HUB_ORDERS.c.id == found.order)).one()
        content = opened(connection.keys, row)
    assert (found.outcome, found.stage, row.version, row.attempt) == ("amended", OrderStage.RECEIVED, 2, 1)
    assert content
    assert read_parcel(content) == changed


def test_two_enterprises_may_have_orders_of_one_number(ledger: Ledger, parcels: list[Declaration]) -> None:
    with ledger.begin() as connection:
        (one,) = take_in(connection, "shop", parcels[:1], at=EIGHT)
        (other,) = take_in(connection, "warehouse", [heavier(parcels[0])], at=EIGHT)
    assert (one.outcome, other.outcome) == ("new", "new")
    assert one.order != other.order


def test_callers_with_the_same_orders_at_one_moment_take_each_in_once(
    ledger: Ledger, parcels: list[Declaration]
) -> None:
    def call(turn: int) -> list[str]:
        with ledger.begin() as connection:
            return [each.outcome for each in take_in(connection, "shop", parcels, at=EIGHT)]

    with ThreadPoolExecutor(4) as callers:
        found = list(callers.map(call, range(8)))
    assert sum(each.count("new") for each in found) == 5
    assert sum(each.count("known") for each in found) == 35


def test_each_hook_is_told_that_an_order_was_taken_in(ledger: Ledger, parcels: list[Declaration]) -> None:
    with ledger.begin() as connection:
        take_in(connection, "shop", parcels, at=EIGHT, hooks=("wms", "erp"))
    with ledger.begin() as connection:
        take_in(connection, "shop", parcels, at=EIGHT, hooks=("wms", "erp"))
        calls = connection.sql.execute(select(HUB_CALLS.c.hook, HUB_CALLS.c.body)).all()
        nodes = connection.sql.execute(select(HUB_NODES.c.node)).scalars().all()
    assert sorted({hook for hook, _ in calls}) == ["erp", "wms"]
    assert len(calls) == 10
    assert set(nodes) == {"received"}
    for _, body in calls:
        assert '"node":"received"' in body
        assert '"may_ship":false' in body


def test_goods_of_an_order_that_was_only_taken_in_stay(ledger: Ledger, parcels: list[Declaration]) -> None:
    platform_code, order_no = parcels[0].parties.platform_code, parcels[0].order.order_no
    with ledger.begin() as connection:
        take_in(connection, "shop", parcels, at=EIGHT)
        found = may_ship(connection, "shop", platform_code, order_no)
        with pytest.raises(OrderNotTakenInError):
            may_ship(connection, "another", platform_code, order_no)
    assert not found.may
    assert found.en == "the order is received, not released"


def test_an_order_whose_refund_is_asked_for_before_it_is_declared_is_closed(
    ledger: Ledger, parcels: list[Declaration]
) -> None:
    shop = HubEnterprise(name="shop", profiles=(), run_on=no_run)
    platform_code, order_no = parcels[0].parties.platform_code, parcels[0].order.order_no
    with ledger.begin() as connection:
        take_in(connection, "shop", parcels, at=EIGHT)
        first = ask_refund(connection, shop, platform_code, order_no, now=EIGHT)
        second = ask_refund(connection, shop, platform_code, order_no, now=EIGHT)
        stage = connection.sql.execute(select(HUB_ORDERS.c.stage).where(HUB_ORDERS.c.order_no == order_no)).scalar_one()
    assert (first.outcome, second.outcome, stage) == ("closed", "known", OrderStage.CLOSED)
