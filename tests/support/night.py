"""A night at the office: parcels out and back by one way, with a sender and a receiver that are killed, in trouble, to the end.

Run as a script with the way, the number of parcels and a folder; it prints what became of everything as JSON. Time is
simulated; sender and receiver are forked, so that a kill is a real one.
"""

import json
import os
import signal
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import urllib3  # noqa: F401  loaded once, before the forks

import customs
from customs.documents import answers_of
from customs.exchange import (
    ExchangeWay,
    ReceiveConditions,
    SendConditions,
    delivery_of,
    open_inbox,
    open_outbox,
    read_outbox,
    receive,
    send_due,
)
from customs.exchange.contract import Delivery, HandedOver, Item, SetAside
from customs.exchange.folders import FolderSettings, FolderWay
from customs.exchange.inbox import Inbox, TakenItem
from customs.exchange.standing import DeliveryState
from customs.exchange.ways import AmqpSettings, AmqpWay, FtpSettings, HttpsSettings, HttpsWay
from customs.exchange.ways.ftp import FtpLayout, FtpWay
from customs.office import OfficeSettings, Trouble
from customs.office.amqp_door import AmqpDoor
from customs.office.folder_door import FolderDoor
from customs.office.http_door import http_door
from customs.office.served import ServedOffice
from customs.receipts.state import Event, Submitted
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT
from support import MORNING
from support.ftp_server import PASSWORD, USER, ftp_serving

#: The trouble of the night: 5 % lost, 10 % twice, many late, and the office away for ten minutes.
TROUBLE = Trouble(
    losses=0.05,
    repeats=0.10,
    reordered=0.2,
    outages=((MORNING + timedelta(minutes=1), MORNING + timedelta(minutes=11)),),
)

CHANCE = Random(1)  # noqa: S311  not for secrets

#: Minutes that the night lasts at least: the outage, and answers that are late.
LEAST_TURNS = 20

#: Parcels declared between two kills of the sender, and of the receiver.
BETWEEN_KILLS = 200


@dataclass
class Night:
    """The time, the office and the way to it."""

    now: datetime
    folder: Path
    office: ServedOffice
    way: Callable[[], ExchangeWay]
    doors: list[Any]
    handed: set[bytes] = field(default_factory=set)
    """Every receipt that the office gave out."""

    def clock(self) -> datetime:
        return self.now

    def at_the_office(self) -> None:
        for door in self.doors:
            door.collect()
        for via in ("folder", "amqp", "http:C1"):
            self.handed.update(answer.content for _, answer in self.office.waiting(via))
        for door in self.doors:
            door.deliver()


class Doomed:
    """A way whose process is killed after some steps: after a message left, or before a receipt is confirmed."""

    def __init__(self, way: ExchangeWay, steps: int) -> None:
        self.way, self.steps = way, steps
        self.can_confirm, self.can_lookup, self.gives_parts = way.can_confirm, way.can_lookup, way.gives_parts

    def _step(self) -> None:
        self.steps -= 1
        if self.steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def hand_over(self, delivery: Delivery) -> HandedOver:
        found = self.way.hand_over(delivery)
        self._step()
        return found

    def fetch(self) -> Iterator[Item | SetAside]:
        return self.way.fetch()

    def confirm(self, item: Item) -> None:
        self._step()
        self.way.confirm(item)

    def lookup(self, delivery: Delivery) -> HandedOver:
        return self.way.lookup(delivery)

    def close(self) -> None:
        self.way.close()


def forked(work: Callable[[], None]) -> bool:
    """Do work in a process of its own; False if that was killed."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:  # nothing of the parent's is to be run
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work failed"
    return not os.WIFSIGNALED(status)


def send(night: Night, steps: int) -> None:
    way = Doomed(night.way(), steps)
    with open_outbox(night.folder, "port") as outbox, open_inbox(night.folder, "port") as inbox:
        send_due(outbox, way, SendConditions(clock=night.clock, chance=CHANCE, inboxes={"port": inbox}))
    way.close()


def take(night: Night, steps: int) -> None:
    way = Doomed(night.way(), steps)
    with open_inbox(night.folder, "port") as inbox:
        for _ in range(2):  # a file is read once its size did not change
            receive(inbox, way, ReceiveConditions(clock=night.clock))
    way.close()


@contextmanager
def opened(kind: str, folder: Path, night: Night) -> Iterator[None]:
    """The doors of the office for a way, and the way to them."""
    root = folder / "hand-over"
    with ExitStack() as running:
        if kind == "http":
            server = http_door(night.office)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            running.callback(server.server_close)
            running.callback(server.shutdown)
            address = f"http://127.0.0.1:{server.server_address[1]}"
            credentials = {"clientid": "C1", "key": "of nobody"}
            settings = HttpsSettings(dialect="shenzhen", address=address, credentials=credentials, plain=True)
            night.way = lambda: HttpsWay(settings, clock=night.clock)
        elif kind == "amqp":
            import pika

            port, user, password = int(os.environ["NIGHT_PORT"]), os.environ["NIGHT_USER"], os.environ["NIGHT_WORD"]
            login = pika.PlainCredentials(user, password)
            connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port, credentials=login))
            running.callback(connection.close)
            night.doors.append(AmqpDoor(night.office, connection.channel(), queue="NIGHT"))
            broker = AmqpSettings(
                host="127.0.0.1", port=port, plain=True, credentials={"user": user, "password": password},
                send_queue="NIGHT", receive_queue="DXPENT0000000001_OUT", idle=0.1,
            )  # fmt: skip
            night.way = lambda: AmqpWay(broker)
        else:
            night.doors.append(FolderDoor(night.office, root))
            night.way = lambda: FolderWay(FolderSettings(root=root, layout="free"))
            if kind == "ftp":
                port = running.enter_context(ftp_serving(root)).port
                layout = FtpLayout(send="/out", receive=("/in",))
                ftp = FtpSettings(
                    host="127.0.0.1", port=port, plain=True, credentials={"user": USER, "password": PASSWORD}, layout=layout
                )  # fmt: skip
                night.way = lambda: FtpWay(ftp)
        yield


def parcels_of(count: int) -> list[customs.Declaration]:
    """Parcels of both modes, one of them that an officer refuses."""
    half = count // 2
    return [*sample_parcels(half, seed=31, mode="1210"), *sample_parcels(count - half, seed=32, mode="9610")]


def rehearse(kind: str, count: int, folder: Path) -> dict[str, Any]:
    """Declare parcels over a night, and return what became of them."""
    parcels = parcels_of(count)
    settings = OfficeSettings(refused={parcels[3].order.order_no: "申报品名与实物不符"})
    times = {"now": MORNING}
    office = ServedOffice(folder / "office", clock=lambda: times["now"], seed=5, settings=settings, trouble=TROUBLE)
    night = Night(MORNING, folder / "state", office, lambda: None, [])  # type: ignore[arg-type, return-value]
    signer = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer()
    run = customs.Run(on=MORNING.date(), clock=night.clock, guids=customs.seeded_guids(9), signer=signer)
    submitted: list[Submitted] = []
    messages: list[customs.Outgoing] = []
    for at in range(0, count, 5):
        for batch in run.with_(guids=customs.seeded_guids(900 + at)).prepare_many(parcels[at : at + 5]):
            messages += batch.messages
            for message in batch.messages:
                documents = customs.read(message.content).documents
                submitted += [Submitted(key=each.key, guid=_head(each).guid, app_time=MORNING) for each in documents]
    with open_outbox(night.folder, "port") as outbox:
        outbox.put([delivery_of(each) for each in messages], at=MORNING)
    kills = Counter[str]()
    with opened(kind, folder, night):
        turns = max(2, count // BETWEEN_KILLS * 2)
        for turn in range(90):
            doomed = turn < turns
            for name, work in (("sender", send), ("receiver", take)):
                steps = 7 + 5 * turn if doomed else 1_000_000
                kills[name] += not forked(lambda work=work, steps=steps: work(night, steps))  # type: ignore[misc]
                night.at_the_office()
            night.now = times["now"] = night.now + timedelta(minutes=1)
            night.at_the_office()
            if turn > LEAST_TURNS and settled(night):
                break
        assert forked(lambda: take(night, 1_000_000))
    return told(night, submitted, kills, parcels)


def settled(night: Night) -> bool:
    """True if nothing is left to send."""
    with read_outbox(night.folder, "port") as outbox:
        return set(outbox.counts()) == {DeliveryState.HANDED_OVER}


def _head(document: Any) -> Any:
    return getattr(document, "head", document)


def told(
    night: Night, submitted: list[Submitted], kills: Counter[str], parcels: list[customs.Declaration]
) -> dict[str, Any]:
    """Return what became of everything."""
    with open_inbox(night.folder, "port") as inbox:
        items = list(everything(inbox))
        contents = [inbox.content(each.number) for each in items]
        aside = len(list(inbox.aside()))
    with open_outbox(night.folder, "port") as outbox:
        states = {str(state): number for state, number in outbox.counts().items()}
    answers = [answer for each in contents for answer in answers_of(customs.read(each, unwrap=True))]
    nodes, asked = Counter[str](), 0
    for parcel in parcels:
        own = events_of(parcel, submitted, answers)
        state = customs.track(own)
        if state.node not in (customs.State.RELEASED, customs.State.REJECTED):
            asked += 1
            found = night.office.office.query(parcel.order.order_no)
            later = [answer for each in found for answer in answers_of(customs.read(each.content, unwrap=True))]
            state = customs.track(events_of(parcel, submitted, [*answers, *later]))
        nodes[str(state.node)] += 1
    counts = night.office.office.counts().values()
    return {
        "nodes": dict(nodes),
        "asked": asked,
        "kills": dict(kills),
        "accepted": sorted({each.accepted for each in counts}),
        "documents": len(counts),
        "came twice": sum(each.came > 1 for each in counts),
        "lost": len(night.handed - set(contents)),
        "handed": len(night.handed),
        "aside": aside,
        "outbox": states,
        "open": sum(states.get(str(each), 0) for each in DeliveryState if each is not DeliveryState.HANDED_OVER),
    }


def everything(inbox: Inbox) -> Iterator[TakenItem]:
    """Every receipt in an inbox, which gives some hundred at a time."""
    last = 0
    while page := list(inbox.after(last)):
        yield from page
        last = page[-1].number


def events_of(parcel: customs.Declaration, submitted: list[Submitted], answers: list[Any]) -> list[Event]:
    """The events of one parcel, by its order, payment, waybill and list."""
    numbers = {parcel.order.order_no, parcel.payment.payment_no, parcel.waybill.waybill_no}
    own: list[Event] = [each for each in submitted if numbers & {text for _, text in each.key.fields}]
    keys = [each.key for each in own]
    return own + [each for each in answers if any(key.matches(each.key) for key in keys)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(rehearse(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
