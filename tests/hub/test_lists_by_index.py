"""Lists of orders are read by an index, however many orders there are."""

from datetime import datetime

import pytest

from customs.hub.orders.stages import OrderStage
from customs.hub.service.backlog import backlog_of
from customs.hub.shown.order import list_orders
from customs.ledger import Ledger
from support import some
from support.statements import plans_of

NOW = datetime(2026, 11, 11, 16)


@pytest.mark.parametrize(
    "asked", [{"node": "released"}, {"stage": OrderStage.DECLARED}, {"number": "SF1"}, {"after": 500}, {}], ids=str
)
def test_a_list_of_orders_is_read_by_an_index(ledger: Ledger, asked: dict[str, object]) -> None:
    with ledger.read() as connection:
        plans = plans_of(connection, lambda: list_orders(connection, "shop", **asked))  # type: ignore[arg-type]
        for plan in some(plans):
            assert "Seq Scan on hub_" not in plan
            assert not any(line.split()[:2] == ["SCAN", "hub_orders"] for line in plan.splitlines())


def test_the_backlog_is_read_by_indexes(ledger: Ledger) -> None:
    with ledger.read() as connection:
        for plan in some(plans_of(connection, lambda: backlog_of(connection, "shop", now=NOW))):
            assert "Seq Scan on hub_" not in plan
            assert "SCAN hub_" not in plan
