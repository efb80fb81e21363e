"""The laws of the release gate: whatever happens in which order, goods leave only after customs' release and before a refund."""

import json
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from customs.declaration import Declaration
from customs.hub.orders.gate import OrderNotTakenInError, may_ship
from customs.hub.orders.taking_in import take_in
from customs.hub.store.tables import HUB_CALLS, HUB_ORDERS
from customs.hub.turns.declaring import declare_due
from customs.hub.turns.refunds import ask_cancellation, ask_refund
from customs.hub.turns.turn import fold_turn, steps_turn
from customs.ledger import Ledger, LedgerConnection
from customs.ledger.quota import order_key, order_standing
from customs.office import OfficeSettings, Trouble
from customs.signing import Signer
from customs.testing import sample_parcels
from support import exactly
from support.faults import few_or_many
from support.hub_office import PORT, HubAtWork, hub_at_work
from support.ledger_fixtures import in_sqlite

EIGHT = datetime(2026, 11, 11, 8)

TROUBLE = Trouble(losses=0.1, repeats=0.3, reordered=0.5, late_by=timedelta(minutes=40), faults=0.5)

HAPPENINGS = ("take", "amend", "declare", "send", "receive", "fold", "steps", "pass", "ask", "refund", "cancel")


class Walk:
    """Orders of a hub to which things happen at random, and what customs and their buyers said of each."""

    def __init__(self, ledger: Ledger, signer: Signer, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311  not for secrets
        self.hub: HubAtWork = hub_at_work(ledger, EIGHT, signer, trouble=TROUBLE, hooks=("wms",))
        self.orders: list[Declaration] = list(sample_parcels(5, seed=seed, mode="1210"))
        self.refunded, self.released = set[str](), set[str]()
        self.told = self.ships = 0

    def happen(self, what: str) -> None:
        """Let one thing happen to one order, or to what is under way."""
        hub, order = self.hub, self.chance.choice(self.orders)
        now, name = hub.now, (order.parties.platform_code, order.order.order_no)
        if what == "send":
            hub.send()
        elif what == "receive":
            hub.receive()
        elif what == "fold":
            fold_turn(hub.ledger, hub.enterprise, PORT, now=now)
        elif what == "steps":
            steps_turn(hub.ledger, hub.enterprise, now=now)
        elif what == "pass":
            hub.rehearsal.now += timedelta(minutes=self.chance.randrange(30))
        elif what == "ask":
            hub.ask_again(since=timedelta(0))
        else:
            with hub.ledger.begin() as connection:
                if what == "declare":
                    declare_due(connection, hub.enterprise, now=now, most=2)
                elif what in ("take", "amend"):
                    given = amended(order, self.chance) if what == "amend" else order
                    take_in(connection, "shop", [given], at=now, hooks=hub.enterprise.hooks)
                elif self.chance.random() < 0.1:
                    self._give_up(connection, name, what)

    def _give_up(self, connection: LedgerConnection, name: tuple[str, str], what: str) -> None:
        outcome: str
        try:
            if what == "refund":
                outcome = ask_refund(connection, self.hub.enterprise, *name, now=self.hub.now).outcome
            else:
                outcome = ask_cancellation(connection, self.hub.enterprise, name, "买家取消", now=self.hub.now).outcome
        except OrderNotTakenInError:
            return
        if outcome != "refused":
            self.refunded.add(name[1])

    def ends(self) -> None:
        """Assert that each order that was given up is closed and not with customs, or that people are told why it is not."""
        orders = HUB_ORDERS.c
        wanted = select(orders.stage, orders.node, orders.told).where(orders.order_no.in_(sorted(self.refunded)))
        with self.hub.ledger.read() as connection:
            for stage, node, told in exactly(len(self.refunded), connection.sql.execute(wanted).all()):
                assert node in ("", "rejected", "withdrawn") if stage == "closed" else told != "[]", (stage, node)

    def holds(self) -> None:
        """Assert the laws: of the gate, and of what the warehouse was told since they were looked at last."""
        for each in self.orders:
            answers = self.hub.rehearsal.office.query(each.order.order_no)
            if any(not {"800", "899"}.isdisjoint(answer.statuses) for answer in answers if answer.name == "CEB622"):
                self.released.add(each.order.order_no)
        free = self.released - self.refunded
        with self.hub.ledger.read() as connection:
            for each in exactly(5, self.orders):
                try:
                    found = may_ship(connection, "shop", each.parties.platform_code, each.order.order_no)
                except OrderNotTakenInError:
                    continue
                assert not found.may or each.order.order_no in free
                self.ships += found.may
            wanted = select(HUB_CALLS.c.id, HUB_CALLS.c.body).where(HUB_CALLS.c.id > self.told).order_by(HUB_CALLS.c.id)
            for number, body in connection.sql.execute(wanted):
                said = json.loads(body)
                assert not said["may_ship"] or said["order_no"] in free, said
                self.told = number


def amended(order: Declaration, chance: Random) -> Declaration:
    """The order with another address of the consignee, so that its content is another one."""
    changes = {"consignee_address": f"{order.order.consignee_address}{chance.randrange(3)}号"}
    return order.model_copy(update={"order": order.order.model_copy(update=changes)})


@in_sqlite
@pytest.mark.long
@pytest.mark.parametrize("seed", range(few_or_many(2)))
def test_goods_leave_only_after_release_and_never_once_a_refund_is_asked_for(
    ledger: Ledger, signer: Signer, seed: int
) -> None:
    walk = Walk(ledger, signer, seed)
    for _ in range(200):
        walk.happen(walk.chance.choice(HAPPENINGS))
        walk.holds()
    assert walk.ships
    for _ in range(20):
        walk.hub.rehearsal.now += timedelta(minutes=40)
        walk.hub.turn()
        walk.hub.ask_again(since=timedelta(minutes=30))
        walk.holds()
    walk.ends()


@in_sqlite
def test_a_refund_while_the_list_is_under_way_closes_the_order_once_customs_refuses_it(
    ledger: Ledger, signer: Signer
) -> None:
    (order,) = sample_parcels(1, seed=7, mode="1210")
    hub = hub_at_work(ledger, EIGHT, signer, settings=OfficeSettings(refused={order.order.order_no: "毛重有误"}))
    with ledger.begin() as connection:
        take_in(connection, "shop", [order], at=hub.now)
    hub.turn()
    with ledger.begin() as connection:
        name = order.parties.platform_code, order.order.order_no
        assert ask_refund(connection, hub.enterprise, *name, now=hub.now).outcome == "cancelling"
    for _ in range(4):
        hub.rehearsal.now += timedelta(minutes=8)
        hub.turn()
    with ledger.read() as connection:
        stands = connection.sql.execute(select(HUB_ORDERS.c.stage, HUB_ORDERS.c.node)).one()
        standing = order_standing(connection, order_key(*name))
    assert (*stands, dict(standing.held), dict(standing.used)) == ("closed", "rejected", {}, {})


@in_sqlite
def test_after_a_technical_failure_customs_may_hold_the_order_and_nothing_is_closed_or_amended(
    ledger: Ledger, signer: Signer
) -> None:
    hub = hub_at_work(ledger, EIGHT, signer, trouble=Trouble(faults=1.0))
    (order,) = sample_parcels(1, seed=7, mode="1210")
    with ledger.begin() as connection:
        take_in(connection, "shop", [order], at=hub.now)
    hub.turn()
    hub.rehearsal.now += timedelta(minutes=3)
    hub.receive()
    fold_turn(ledger, hub.enterprise, PORT, now=hub.now)
    with ledger.begin() as connection:
        assert connection.sql.execute(select(HUB_ORDERS.c.node)).scalar_one() == "technical_failure"
        (given,) = take_in(connection, "shop", [amended(order, Random(1))], at=hub.now)  # noqa: S311  not for secrets
        name = order.parties.platform_code, order.order.order_no
        asked = ask_refund(connection, hub.enterprise, *name, now=hub.now)
    assert (given.outcome, asked.outcome) == ("conflict", "cancelling")
