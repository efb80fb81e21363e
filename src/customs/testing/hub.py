"""A hub rehearsed (枢纽演练): its turns taken beside the simulated office, at a time that the test moves.

Nothing waits: a night passes when the test says so. What the office loses comes when somebody asks for it, as support does at
the port's window (``ask_again``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from customs.exchange.contract import Delivery, HandedOver, Item, SetAside
from customs.exchange.destinations import Destination
from customs.exchange.folders import FolderWay
from customs.exchange.receiving import ReceiveConditions, receive
from customs.exchange.sending import SendConditions, send_due
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.nodes import MAY_SHIP
from customs.hub.orders.stages import OrderStage
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.turns.turn import declare_turn, fold_turn, steps_turn
from customs.ledger.database import Ledger
from customs.ledger.exchange import open_ledger_inbox, open_ledger_outbox
from customs.office import CALM, OfficeClosedError, OfficeSettings, Trouble
from customs.road.numbers import seeded_guids
from customs.road.run import Run
from customs.signing import Signer
from customs.testing.rehearsal import Rehearsal, office

#: The name of the one destination of a rehearsed enterprise.
PORT = "port"


@dataclass
class OfficeWay:
    """The way to the office, as by folders: it takes messages together, or is closed, and gives what it has answered until
    now.
    """

    rehearsal: Rehearsal
    can_confirm: bool = True
    can_lookup: bool = False
    gives_parts: bool = False
    most_staged: int = FolderWay.most_staged
    waiting: dict[str, Item] = field(default_factory=dict)
    given: int = 0

    def hand_over(self, delivery: Delivery) -> HandedOver:
        """Give the office a message."""
        try:
            self.rehearsal.office.take(delivery.content)
        except OfficeClosedError:
            return HandedOver(outcome="not sent", again="after the outage", said="closed 关闭")
        return HandedOver(outcome="sent")

    def stage(self, deliveries: Sequence[Delivery]) -> tuple[HandedOver | None, ...]:
        """Let messages be handed over: there is nothing to make ready."""
        return (None,) * len(deliveries)

    def hand_over_staged(self, deliveries: Sequence[Delivery]) -> tuple[HandedOver, ...]:
        """Give the office messages, one after the other."""
        return tuple(map(self.hand_over, deliveries))

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield what has come and is not confirmed."""
        self.arrived([(each.name, each.content) for each in self.rehearsal.office.due()])
        yield from list(self.waiting.values())

    def arrived(self, contents: Sequence[tuple[str, bytes]]) -> None:
        """Let receipts arrive, each with its kind."""
        for name, content in contents:
            self.given += 1
            file = f"{self.given}-{name}.xml"
            self.waiting[file] = Item(name=file, content=content)

    def confirm(self, item: Item) -> None:
        """Forget what is stored."""
        del self.waiting[item.name]

    def lookup(self, delivery: Delivery) -> HandedOver:
        """Say nothing: the office has no such question."""
        return HandedOver(outcome="unknown")

    def close(self) -> None:
        """Do nothing."""


@dataclass
class HubRehearsal:
    """A hub of one enterprise, whose work is done turn by turn at the time of the office."""

    ledger: Ledger
    rehearsal: Rehearsal
    enterprise: HubEnterprise
    way: OfficeWay

    @property
    def now(self) -> datetime:
        """The time in China, without a zone."""
        return self.rehearsal.clock().replace(tzinfo=None)

    def send(self) -> int:
        """Send what is due; return how many messages the office took."""
        conditions = SendConditions(clock=self.rehearsal.clock, chance=Random(1))  # noqa: S311  a jitter
        with open_ledger_outbox(self.ledger, f"{self.enterprise.name}/{PORT}") as outbox:
            return send_due(outbox, self.way, conditions).handed_over

    def receive(self) -> int:
        """Take in what has come; return how many receipts were new."""
        with open_ledger_inbox(self.ledger, f"{self.enterprise.name}/{PORT}") as inbox:
            return receive(inbox, self.way, ReceiveConditions(clock=self.rehearsal.clock)).receipts

    def turn(self) -> None:
        """Do all that is due."""
        for profile in self.enterprise.profiles:
            while declare_turn(self.ledger, self.enterprise, profile, now=self.now).taken:
                pass
        steps_turn(self.ledger, self.enterprise, now=self.now)
        self.send()
        self.receive()
        while fold_turn(self.ledger, self.enterprise, PORT, now=self.now):
            pass

    def ask_again(self, *, since: timedelta) -> int:
        """Ask the office about declared orders that stand where they stood a time before; return how many there were."""
        orders, before = HUB_ORDERS.c, self.now - since
        wanted = select(orders.order_no).where(
            orders.enterprise == self.enterprise.name,
            orders.stage == OrderStage.DECLARED,
            orders.node.not_in(sorted(MAY_SHIP)),
            orders.received_at <= before,
        )
        with self.ledger.read() as connection:
            open_still = list(connection.sql.execute(wanted).scalars())
        for number in open_still:
            self.way.arrived([(each.name, each.content) for each in self.rehearsal.office.query(number)])
        return len(open_still)


def rehearse_hub(
    ledger: Ledger,
    now: datetime,
    signer: Signer,
    *,
    settings: OfficeSettings | None = None,
    trouble: Trouble = CALM,
    **of_enterprise: Any,
) -> HubRehearsal:
    """Return a hub whose enterprise declares to a simulated office; ``of_enterprise`` are conditions of ``HubEnterprise``."""
    rehearsal = office(now, settings=settings, trouble=trouble)
    guids = seeded_guids(1)

    def run_on(profile: str, on: date) -> Run:
        return Run(on=on, clock=rehearsal.clock, guids=guids, signer=signer)

    conditions: dict[str, Any] = {"name": "shop", "profiles": ("main",), "run_on": run_on, **of_enterprise}
    port = Destination(name=PORT, kind="folder", settings={})
    return HubRehearsal(ledger, rehearsal, HubEnterprise(destinations=(port,), **conditions), OfficeWay(rehearsal))
