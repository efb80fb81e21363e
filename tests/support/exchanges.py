"""A destination that does what it is told, messages for it, and receipts from it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import customs
from customs.documents import Message, Order, OrderReceipt
from customs.exchange.contract import Delivery, HandedOver, Item, SetAside, WayError
from customs.exchange.messages_in_files import delivery_of
from customs.exchange.outbox import Outbox
from customs.exchange.sending import SendConditions, SendReport, send_due
from customs.exchange.standing import Standing
from customs.ledger.keys import make_keys
from customs.testing import sample_parcels
from customs.wire import read, wrap, write
from support import MORNING, SINGLES_DAY

SENT = HandedOver(outcome="sent")
REFUSED = HandedOver(outcome="not sent", again="never", said="0.4 wrong format 格式错误")
LATER = HandedOver(outcome="not sent", said="connection refused 连接被拒绝")
MAINTENANCE = HandedOver(outcome="not sent", again="after the outage", said="9999 maintenance 系统维护")
LOST = HandedOver(outcome="unknown", said="no answer 没有应答")


@cache
def run() -> customs.Run:
    conditions: dict[str, Any] = {"clock": customs.fixed_clock(MORNING), "guids": customs.seeded_guids(1)}
    return customs.Run(on=SINGLES_DAY, only=("order", "payment", "waybill"), **conditions)


@cache
def messages(parcels: int = 3, seed: int = 1) -> tuple[customs.Outgoing, ...]:
    """The orders, payments and waybills of some parcels: three messages for each hundred."""
    given = list(sample_parcels(parcels, seed=seed, mode="1210"))
    return tuple(each for batch in run().prepare_many(given) for each in batch.messages)


def deliveries(parcels: int = 3, seed: int = 1) -> list[Delivery]:
    return [delivery_of(each) for each in messages(parcels, seed)]


def order_messages(count: int, seed: int = 1) -> list[Delivery]:
    """So many messages of one order each."""
    found = []
    for number, parcel in enumerate(sample_parcels(count, seed=seed, mode="1210"), 1):
        (message,) = replace_guids(number).with_(only=("order",)).prepare(parcel).messages
        found.append(delivery_of(message))
    return found


def replace_guids(seed: int) -> customs.Run:
    return run().with_(guids=customs.seeded_guids(seed))


def orders_in(content: bytes) -> list[Order]:
    return [each for each in read(content).documents if isinstance(each, Order)]


def guid_of(number: int) -> str:
    return f"{number:08X}-0000-4000-8000-000000000000"


def receipt(
    delivery: Delivery, code: str = "120", *, number: int = 1, at: datetime = MORNING, repeats_guid: bool = False
) -> bytes:
    """A receipt for each order of a message."""
    receipts = tuple(
        OrderReceipt(
            guid=each.head.guid if repeats_guid else guid_of(number),
            platform_code=each.head.platform_code,
            merchant_code=each.head.merchant_code,
            order_no=each.head.order_no,
            return_status=code,
            returned_at=at,
            return_info="逻辑校验通过",
        )
        for each in orders_in(delivery.content)
    )
    return write(Message(guid_of(number), receipts))


def enveloped(content: bytes, number: int = 1) -> bytes:
    return wrap(
        content,
        copy_id=f"DXPEDCCEB0000002{number:012}",
        sender="DXPEDCCEB0000002",
        receivers=["DXPENT0000000001"],
        created=MORNING,
    )


class Time:
    """A clock that is set forward by hand."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Port:
    """The other side: a way that answers as it is told, in order, and ``sent`` after that; it counts what it has."""

    outcomes: list[HandedOver | BaseException] = field(default_factory=list)
    looks: list[HandedOver] = field(default_factory=list)
    can_lookup: bool = False
    gives_parts: bool = False
    can_confirm: bool = True
    has: list[Delivery] = field(default_factory=list)
    items: dict[str, Item | SetAside] = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)
    looked: int = 0
    tried: int = 0
    in_between: Callable[[Delivery], object] = lambda delivery: None
    breaks_after: int | None = None

    def hand_over(self, delivery: Delivery) -> HandedOver:
        self.tried += 1
        self.in_between(delivery)
        outcome = self.outcomes.pop(0) if self.outcomes else SENT
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome.outcome == "sent":
            self.has.append(delivery)
        return outcome

    def lookup(self, delivery: Delivery) -> HandedOver:
        self.looked += 1
        if self.looks:
            return self.looks.pop(0)
        there = any(each.id == delivery.id for each in self.has)
        return HandedOver(outcome="sent") if there else HandedOver(outcome="not sent")

    def fetch(self) -> Iterator[Item | SetAside]:
        for place, each in enumerate(list(self.items.values())):
            if place == self.breaks_after:
                raise WayError("the connection broke off 连接中断")
            yield each

    def confirm(self, item: Item) -> None:
        self.confirmed.append(item.name)
        if self.can_confirm:
            del self.items[item.name]

    def close(self) -> None:
        pass

    def lay(self, *contents: bytes) -> None:
        """Lay receipts down to be fetched."""
        for each in contents:
            name = f"{len(self.items) + len(self.confirmed)}.xml"
            self.items[name] = Item(name=name, content=each)

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.has]


def conditions(time: Time, **more: Any) -> SendConditions:
    return SendConditions(clock=time, chance=Random(1), **more)  # noqa: S311  not for secrets


def sent(outbox: Outbox, port: Port, time: Time, **more: Any) -> SendReport:
    return send_due(outbox, port, conditions(time, **more))


def states(outbox: Outbox, given: Sequence[Delivery]) -> list[str]:
    return [outbox.entry(each.id).standing.state.value for each in given]


def standing(outbox: Outbox, delivery: Delivery) -> Standing:
    return outbox.entry(delivery.id).standing


def renamed(delivery: Delivery, number: str) -> Delivery:
    """The same documents in another message."""
    return replace(delivery, id=number, file_name=f"{number}.xml")


def client_desk(folder: Path, given: Sequence[Delivery], config: str = "") -> Path:
    """An enterprise with a client of the Single Window kind, and messages that wait to be sent; return its file."""
    for each in ("OutBox", "SentBox", "InBox", "FailBox"):
        (folder / "client" / each).mkdir(parents=True)
    (folder / "messages").mkdir()
    for message in given:
        (folder / "messages" / message.file_name).write_bytes(message.content)
    file = folder / "customs.toml"
    text = config or '[destinations.port]\nkind = "folder"\nlayout = "single_window"\nroot = "client"\n'
    file.write_text(text, encoding="utf-8")
    return file


def ledger_desk(folder: Path, given: Sequence[Delivery], url: str) -> Path:
    """The same enterprise with its boxes in a ledger, whose keys are made; return its file."""
    make_keys(folder / "ledger.key")
    client = '[destinations.port]\nkind = "folder"\nlayout = "single_window"\nroot = "client"\n'
    return client_desk(folder, given, f'{client}[exchange]\nboxes = "ledger"\n[ledger]\nurl = "{url}"\n')
