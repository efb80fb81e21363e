"""Doors of the simulated office (模拟海关的接入方式): a client's folders, an FTP server, a gateway and a broker before it.

Each door gives the office what arrived and lays down what the office says, as the platform behind such a way does. An
outage of the office is one of the door: the gateway says so, elsewhere messages wait where they are.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Protocol

from customs.office import OfficeClosedError
from customs.testing import Rehearsal
from support.ftp_server import PASSWORD, USER, pyftpd_serving
from support.gateway_server import Answered, Asked, Fault, loses_the_answer, serving
from support.rabbitmq import PASSWORD as RABBIT_PASSWORD
from support.rabbitmq import USER as RABBIT_USER
from support.rabbitmq import Rabbit
from support.simulated_gateways import Desk, guangzhou


class Door(Protocol):
    """A door of the office."""

    settings: str
    """What ``customs.toml`` says of the destination."""

    def bring(self) -> None:
        """Give the office what arrived, unless it is closed."""
        ...

    def lay(self, content: bytes) -> None:
        """Lay down an answer, to be fetched."""
        ...

    def waiting(self) -> int:
        """How many answers nobody has taken away yet."""
        ...


@dataclass
class Platform:
    """The exchange platform before the office: it hands a share of messages over twice, as nothing forbids it to."""

    rehearsal: Rehearsal
    chance: Random
    repeats: float

    def take(self, content: bytes) -> bool:
        """Hand a message to the office; False if that is closed."""
        try:
            self.rehearsal.office.take(content)
        except OfficeClosedError:
            return False
        if self.chance.random() < self.repeats:
            self.rehearsal.office.take(content)
        return True


@dataclass
class FolderDoor:
    """Folders of a client: it takes messages out of one and lays receipts into another, under a new name each time."""

    platform: Platform
    out: Path
    into: Path
    settings: str = 'kind = "folder"\nroot = "client"'
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def bring(self) -> None:
        for each in sorted(self.out.glob("*.xml")):
            if not self.platform.take(each.read_bytes()):
                return
            each.unlink()

    def lay(self, content: bytes) -> None:
        number = next(self.numbers)
        part = self.into / f"{number}.tmp"
        part.write_bytes(content)
        part.rename(self.into / f"{number}.xml")

    def waiting(self) -> int:
        return len(list(self.into.glob("*.xml")))


@contextmanager
def folder_door(platform: Platform, folder: Path) -> Iterator[Door]:
    """The folders of a client on this machine."""
    out, into = folder / "client/out", folder / "client/in"
    for each in (out, into):
        each.mkdir(parents=True)
    yield FolderDoor(platform, out, into)


@contextmanager
def ftp_door(platform: Platform, folder: Path) -> Iterator[Door]:
    """A real FTP server: messages are picked up in one directory, receipts lie in another."""
    out, into = folder / "server/cebin", folder / "server/cebout"
    for each in (out, into):
        each.mkdir(parents=True)
    (folder / "ftp-word").write_text(PASSWORD, encoding="utf-8")
    with pyftpd_serving(folder / "server") as port:
        yield FolderDoor(
            platform,
            out,
            into,
            f'kind = "ftp"\nhost = "127.0.0.1"\nport = {port}\nplain = true\nlayout = "guangzhou"\n'
            f'credentials = {{ user = "{USER}", password = {{ file = "ftp-word" }} }}',
        )


@dataclass
class GatewayDoor:
    """A gateway that answers at once: what the office does not take is a fault of the platform, and some answers get lost."""

    platform: Platform
    losses: float
    settings: str = ""
    desk: Desk = field(default_factory=lambda: Desk(secrets={"key": "a-word-of-nobody"}))
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    lock: Any = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.desk.judge = lambda content: "" if self.platform.take(content) else "-1"

    def answer(self, asked: Asked) -> Answered | Fault:
        with self.lock:
            answered = guangzhou(asked, self.desk)
            is_message = asked.path.endswith("sendMessage.action")
            return loses_the_answer if is_message and self.platform.chance.random() < self.losses else answered

    def bring(self) -> None:
        """A message was brought when it was posted."""

    def lay(self, content: bytes) -> None:
        with self.lock:
            self.desk.waiting[f"R{next(self.numbers):06}"] = content

    def waiting(self) -> int:
        return len(self.desk.waiting)


@contextmanager
def gateway_door(platform: Platform, folder: Path, losses: float) -> Iterator[Door]:
    """A gateway over a real socket, of the family that Shenzhen's client uses."""
    (folder / "gateway-word").write_text("a-word-of-nobody", encoding="utf-8")
    with serving() as server:
        door = GatewayDoor(platform, losses)
        server.answer = door.answer
        door.settings = (
            f'kind = "https"\ndialect = "shenzhen"\naddress = "{server.address}"\nplain = true\n'
            'credentials = { clientid = "TEST", key = { file = "gateway-word" } }'
        )
        yield door


_TO_PORT, _FROM_PORT = "NIGHT_TO_PORT", "DXPENT0000000001_NIGHT"


@dataclass
class QueueDoor:
    """A queue each way: what the office does not take stays in its queue."""

    platform: Platform
    channel: Any
    settings: str

    def bring(self) -> None:
        while True:
            told, _, content = self.channel.basic_get(_TO_PORT)
            if told is None:
                return
            if not self.platform.take(content):
                self.channel.basic_nack(told.delivery_tag, requeue=True)
                return
            self.channel.basic_ack(told.delivery_tag)

    def lay(self, content: bytes) -> None:
        self.channel.basic_publish("", _FROM_PORT, content, mandatory=True)

    def waiting(self) -> int:
        found: int = self.channel.queue_declare(_FROM_PORT, passive=True).method.message_count
        return found


@contextmanager
def queue_door(platform: Platform, folder: Path, rabbit: Rabbit) -> Iterator[Door]:
    """Queues of a real RabbitMQ."""
    import pika

    (folder / "rabbit-word").write_text(RABBIT_PASSWORD, encoding="utf-8")
    credentials = pika.PlainCredentials(RABBIT_USER, RABBIT_PASSWORD)
    parameters = pika.ConnectionParameters("127.0.0.1", rabbit.port, credentials=credentials, heartbeat=0)
    connection = pika.BlockingConnection(parameters)
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        for queue in (_TO_PORT, _FROM_PORT):
            channel.queue_declare(queue, durable=True)
            channel.queue_purge(queue)
        yield QueueDoor(
            platform,
            channel,
            f'kind = "amqp"\nhost = "127.0.0.1"\nport = {rabbit.port}\nplain = true\nidle = 0.1\n'
            'envelope = { sender = "DXPENT0000000001", receivers = ["DXPEDCCEB0000002"] }\n'
            f'send_queue = "{_TO_PORT}"\nreceive_queue = "{_FROM_PORT}"\n'
            f'credentials = {{ user = "{RABBIT_USER}", password = {{ file = "rabbit-word" }} }}',
        )
    finally:
        connection.close()
