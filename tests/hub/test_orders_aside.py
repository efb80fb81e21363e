"""Orders whose next step or return fails in a way that nobody foresaw: set aside alone, tried again later, and the rest goes on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from customs.hub.orders.requests import OrderRequest, note_request, reason_of
from customs.hub.orders.taking_in import take_in
from customs.hub.service.figures import figures_of
from customs.hub.store.tables import HUB_ORDERS, HUB_ORDERS_ASIDE, HUB_REQUESTS
from customs.hub.turns import follow_ups, returns
from customs.hub.turns.follow_ups import StepsReport
from customs.hub.turns.orders_aside import AsideOrder, OrderWork, list_orders_aside
from customs.hub.turns.turn import declare_turn, steps_turn
from customs.ledger import Ledger
from customs.receipts.next_step import next_step
from customs.signing import Signer
from customs.testing import sample_parcels
from support.alarm_rows import look
from support.hub_office import HubAtWork, hub_at_work
from support.ledgers import LedgerDatabases

EIGHT = datetime(2026, 11, 11, 8)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    with sqlite_databases.ledger() as ledger:
        yield ledger


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    """A hub with three declared orders that nobody has answered for hours."""
    hub = hub_at_work(ledger, EIGHT, signer)
    with ledger.begin() as connection:
        take_in(connection, "shop", sample_parcels(3, seed=7, mode="1210"), at=EIGHT)
    declare_turn(ledger, hub.enterprise, now=EIGHT)
    hub.rehearsal.now += 5 * HOUR
    return hub


class FailingSteps:
    """Next steps as they are, but for the order that is looked at second, which fails again and again."""

    def __init__(self) -> None:
        self.bad: Any = None
        self.seen = list[Any]()

    def __call__(self, state: Any, **conditions: Any) -> Any:
        if state.history not in self.seen:
            self.seen.append(state.history)
        if len(self.seen) > 1 and state.history == self.seen[1]:
            raise ZeroDivisionError("王小明")
        return next_step(state, **conditions)


def stepped(hub: HubAtWork) -> StepsReport:
    return steps_turn(hub.ledger, hub.enterprise, now=hub.now)


def aside(hub: HubAtWork) -> list[AsideOrder]:
    with hub.ledger.read() as connection:
        return list_orders_aside(connection, "shop")


def due(hub: HubAtWork) -> dict[str, datetime | None]:
    with hub.ledger.read() as connection:
        return dict(connection.sql.execute(select(HUB_ORDERS.c.order_no, HUB_ORDERS.c.due)).all())


def test_an_order_whose_step_fails_is_set_aside_alone_and_tried_again_later_and_later(
    hub: HubAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(follow_ups, "next_step", FailingSteps())
        report = stepped(hub)
        assert (report.seen, report.aside) == (3, 1)
        (one,) = aside(hub)
        assert (one.work, one.since, one.times, one.due) == (OrderWork.STEP, hub.now, 1, hub.now + 5 * MINUTE)
        assert one.error.startswith("ZeroDivisionError in ")
        assert "王小明" not in one.error
        assert due(hub)[one.order_no] == one.due
        assert stepped(hub) == StepsReport(), "it rests, and nothing else is due"
        begun = hub.now
        hub.rehearsal.now += 5 * MINUTE
        assert stepped(hub).aside == 1
        (again,) = aside(hub)
        assert (again.since, again.times, again.due) == (begun, 2, hub.now + 10 * MINUTE)
    hub.rehearsal.now += 10 * MINUTE
    assert stepped(hub).seen == 1
    with hub.ledger.read() as connection:
        assert connection.sql.execute(select(HUB_ORDERS_ASIDE)).all() == []


def test_an_order_that_is_set_aside_is_an_alarm_and_a_figure_until_it_goes_on(
    hub: HubAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted() -> list[tuple[tuple[str, ...], float]]:
        with hub.ledger.read() as connection:
            found = {each.name: each.values for each in figures_of(connection, [hub.enterprise], now=hub.now)}
        return list(found["customs_hub_orders_aside"])

    with monkeypatch.context() as broken:
        broken.setattr(follow_ups, "next_step", FailingSteps())
        stepped(hub)
    (one,) = aside(hub)
    (seen,) = look(hub.ledger, "orders_aside", hub.now)
    assert (seen.count, seen.since, seen.examples) == (1, hub.now, (one.order_no,))
    assert seen.figures["errors"] == one.error
    assert counted() == [(("shop",), 1.0)]
    hub.rehearsal.now += 5 * MINUTE
    stepped(hub)
    assert not look(hub.ledger, "orders_aside", hub.now)
    assert counted() == []


def test_what_keeps_all_orders_waiting_sets_none_aside(hub: HubAtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError("full")

    monkeypatch.setattr(follow_ups, "next_step", full)
    with pytest.raises(OSError, match="full"):
        stepped(hub)
    assert aside(hub) == []


def test_a_return_that_fails_is_set_aside_with_its_order_and_the_others_are_decided(
    hub: HubAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub.ledger.begin() as connection:
        orders = list(connection.sql.execute(select(HUB_ORDERS.c.id).order_by(HUB_ORDERS.c.id)).scalars())
        for each in orders:
            asked = OrderRequest(order=each, kind="return", number=f"R{each}", reason="unused", quantities={})
            note_request(connection, asked, at=EIGHT)

    def failing(connection: Any, row: Any) -> str:
        if row.id == orders[1]:
            raise ZeroDivisionError
        return reason_of(connection, row)

    def states() -> list[str]:
        with hub.ledger.read() as connection:
            wanted = select(HUB_REQUESTS.c.state).order_by(HUB_REQUESTS.c.id)
            return list(connection.sql.execute(wanted).scalars())

    with monkeypatch.context() as broken:
        broken.setattr(returns, "reason_of", failing)
        assert stepped(hub).aside == 1
        assert states() == ["refused", "waiting", "refused"]
        (one,) = aside(hub)
        assert one.work is OrderWork.RETURN
    stepped(hub)
    assert states()[1] == "waiting", "it rests"
    hub.rehearsal.now += 5 * MINUTE
    stepped(hub)
    assert states()[1] == "refused"
    assert aside(hub) == []
