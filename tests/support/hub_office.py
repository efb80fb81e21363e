"""A hub beside the simulated office: an enterprise with a key, whose way leads to the office's door."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

import customs
from customs.exchange.contract import Delivery, HandedOver, Item, SetAside
from customs.exchange.destinations import Destination
from customs.exchange.receiving import ReceiveConditions, receive
from customs.exchange.sending import SendConditions, send_due
from customs.hub.belongings import NOTHING, Belongings
from customs.hub.enterprises import HubEnterprise
from customs.hub.turns import declare_turn, fold_turn, steps_turn
from customs.ledger import Ledger
from customs.ledger.exchange import open_ledger_inbox, open_ledger_outbox
from customs.office import OfficeSettings, Trouble
from customs.office.trouble import CALM, OfficeClosedError
from customs.signing import Signer
from customs.testing import Rehearsal, office

PORT = "port"


@dataclass
class OfficeWay:
    """The way to the office: it takes a message at once, or is closed, and gives what it has answered until now."""

    rehearsal: Rehearsal
    can_confirm: bool = True
    can_lookup: bool = False
    gives_parts: bool = False
    waiting: list[Item] = field(default_factory=list)
    given: int = 0

    def hand_over(self, delivery: Delivery) -> HandedOver:
        try:
            self.rehearsal.office.take(delivery.content)
        except OfficeClosedError:
            return HandedOver(outcome="not sent", again="after the outage", said="closed 关闭")
        return HandedOver(outcome="sent")

    def fetch(self) -> Iterator[Item | SetAside]:
        for each in self.rehearsal.office.due():
            self.given += 1
            self.waiting.append(Item(name=f"{self.given}-{each.name}.xml", content=each.content))
        yield from list(self.waiting)

    def confirm(self, item: Item) -> None:
        self.waiting.remove(item)

    def lookup(self, delivery: Delivery) -> HandedOver:
        return HandedOver(outcome="unknown")

    def close(self) -> None:
        pass


@dataclass
class HubAtWork:
    """A hub of one enterprise, whose work is done turn by turn at the time of the office."""

    ledger: Ledger
    rehearsal: Rehearsal
    enterprise: HubEnterprise
    way: OfficeWay

    @property
    def now(self) -> datetime:
        return self.rehearsal.clock().replace(tzinfo=None)

    def send(self) -> int:
        conditions = SendConditions(clock=self.rehearsal.clock, chance=Random(1))  # noqa: S311  a jitter
        with open_ledger_outbox(self.ledger, f"{self.enterprise.name}/{PORT}") as outbox:
            return send_due(outbox, self.way, conditions).handed_over

    def receive(self) -> int:
        with open_ledger_inbox(self.ledger, f"{self.enterprise.name}/{PORT}") as inbox:
            return receive(inbox, self.way, ReceiveConditions(clock=self.rehearsal.clock)).receipts

    def turn(self) -> None:
        """Do all that is due."""
        while declare_turn(self.ledger, self.enterprise, now=self.now).taken:
            pass
        steps_turn(self.ledger, self.enterprise, now=self.now)
        self.send()
        self.receive()
        while fold_turn(self.ledger, self.enterprise, PORT, now=self.now):
            pass


def hub_at_work(
    ledger: Ledger,
    now: datetime,
    signer: Signer,
    *,
    name: str = "shop",
    settings: OfficeSettings | None = None,
    trouble: Trouble = CALM,
    hooks: tuple[str, ...] = (),
    belongings: Belongings = NOTHING,
) -> HubAtWork:
    """A hub whose enterprise declares to a simulated office."""
    rehearsal = office(now, settings=settings, trouble=trouble)
    guids = customs.seeded_guids(1)

    def run_on(profile: str, on: date) -> customs.Run:
        return customs.Run(on=on, clock=rehearsal.clock, guids=guids, signer=signer)

    enterprise = HubEnterprise(
        name=name,
        profiles=("main",),
        run_on=run_on,
        destinations=(Destination(name=PORT, kind="folder", settings={}),),
        hooks=hooks,
        belongings=belongings,
    )
    return HubAtWork(ledger, rehearsal, enterprise, OfficeWay(rehearsal))
