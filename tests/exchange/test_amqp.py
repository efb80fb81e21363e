"""Messages through a real RabbitMQ: confirmed, persistent, acknowledged only once stored, with one consumer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pika
import pika.exceptions
import pytest

from customs.exchange import Delivery, Item, SetAside, WayError
from customs.exchange.ways import AmqpSettings, AmqpWay, CallLimits
from support import exactly
from support.authority import Authority
from support.gateway_server import refused_port
from support.rabbitmq import PASSWORD, USER, Rabbit

SENDING, RECEIVING = "CEB_TO_PORT", "DXPENT0000000001_OUT"
MESSAGE = Delivery(id="M1", name="CEB311", file_name="M1.xml", content=b"<DxpMsg>\r\n\xe7\xa4\xba</DxpMsg>")
QUICK = CallLimits(part=2.0, deadline=2.0, most_bytes=100_000)


@pytest.fixture
def platform(rabbit: Rabbit) -> Iterator[Any]:
    """A channel of the platform's own, with both queues, empty."""
    credentials = pika.PlainCredentials(USER, PASSWORD)
    connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", rabbit.port, credentials=credentials))
    channel = connection.channel()
    for queue in (SENDING, RECEIVING):
        channel.queue_declare(queue, durable=True)
        channel.queue_purge(queue)
    channel.confirm_delivery()
    yield channel
    with suppress(pika.exceptions.AMQPError):
        for queue in (SENDING, RECEIVING):
            channel.queue_delete(queue)
    connection.close()


OPENED: list[AmqpWay] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def settings_for(port: int, **more: Any) -> AmqpSettings:
    told = {
        "host": "127.0.0.1",
        "port": port,
        "credentials": {"user": USER, "password": PASSWORD},
        "plain": True,
        "idle": 0.05,
        **more,
    }
    return AmqpSettings(send_queue=SENDING, receive_queue=told.pop("receive_queue", RECEIVING), limits=QUICK, **told)


def way_to(port: int, **more: Any) -> AmqpWay:
    OPENED.append(AmqpWay(settings_for(port, **more)))
    return OPENED[-1]


def names(way: AmqpWay) -> list[str]:
    return [each.name for each in way.fetch()]


def give(platform: Any, *numbers: str) -> None:
    for number in numbers:
        platform.basic_publish(
            "", RECEIVING, f"<a>{number}</a>".encode(), pika.BasicProperties(message_id=number), mandatory=True
        )


@pytest.mark.long
def test_the_brokers_confirm_is_the_commit_point_and_the_message_is_kept_byte_for_byte(
    rabbit: Rabbit, platform: Any
) -> None:
    assert way_to(rabbit.port).hand_over(MESSAGE).outcome == "sent"
    _, told, content = platform.basic_get(SENDING, auto_ack=True)
    assert content == MESSAGE.content
    assert (told.delivery_mode, told.message_id, told.type) == (2, "M1", "CEB311")


def test_a_message_goes_over_tls_that_is_checked(
    rabbit: Rabbit, platform: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secure = way_to(rabbit.tls_port, plain=False, ca_file=rabbit.authority.file)
    assert secure.hand_over(MESSAGE).outcome == "sent"
    strange = Authority(tmp_path_factory.mktemp("strange"))
    for way in (way_to(rabbit.tls_port, plain=False, ca_file=strange.file), way_to(rabbit.port, plain=False)):
        handed = way.hand_over(MESSAGE)
        assert handed.outcome == "not sent"
        assert PASSWORD not in repr(handed)
    assert platform.queue_declare(SENDING, passive=True).method.message_count == 1


def test_a_message_that_no_queue_takes_is_not_sent_and_holds_the_rest(rabbit: Rabbit, platform: Any) -> None:
    platform.queue_delete(SENDING)
    handed = way_to(rabbit.port).hand_over(MESSAGE)
    assert (handed.outcome, handed.again) == ("not sent", "after the outage")


def test_a_queue_that_is_full_takes_nothing_and_says_so(rabbit: Rabbit, platform: Any) -> None:
    platform.queue_delete(SENDING)
    platform.queue_declare(SENDING, durable=True, arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    way = way_to(rabbit.port)
    assert [way.hand_over(MESSAGE).outcome for _ in range(2)] == ["sent", "not sent"]


def test_a_wrong_password_or_no_connection_has_sent_nothing(rabbit: Rabbit) -> None:
    handed = way_to(rabbit.port, credentials={"user": USER, "password": "wrong"}).hand_over(MESSAGE)
    assert (handed.outcome, handed.again) == ("not sent", "after the outage")
    assert way_to(refused_port()).hand_over(MESSAGE).outcome == "not sent"
    with pytest.raises(WayError, match="无法连接"):
        names(way_to(refused_port()))


def test_a_receipt_stays_until_it_is_confirmed_and_comes_again_before_the_others(rabbit: Rabbit, platform: Any) -> None:
    give(platform, "1", "2", "3")
    way = way_to(rabbit.port)
    first = [each for each in way.fetch() if isinstance(each, Item)]
    assert [(each.name, each.content) for each in exactly(3, first)] == [
        ("1", b"<a>1</a>"),
        ("2", b"<a>2</a>"),
        ("3", b"<a>3</a>"),
    ]
    way.confirm(first[1])
    assert names(way) == ["1", "3"]
    with pytest.raises(WayError, match="comes again"):
        way.confirm(first[0])
    way.close()
    assert names(way_to(rabbit.port)) == ["1", "3"]


def test_a_receipt_that_cannot_be_read_goes_round_in_no_loop(rabbit: Rabbit, platform: Any) -> None:
    platform.basic_publish("", RECEIVING, b"\xff\x00 no XML", mandatory=True)
    way = way_to(rabbit.port)
    (item,) = way.fetch()
    assert isinstance(item, Item)
    assert item.content == b"\xff\x00 no XML"
    way.confirm(item)
    assert names(way) == []
    assert platform.queue_declare(RECEIVING, passive=True).method.message_count == 0


def test_receipts_that_are_confirmed_one_by_one_come_without_end_of_the_allowance(
    rabbit: Rabbit, platform: Any
) -> None:
    give(platform, *map(str, range(12)))
    way = way_to(rabbit.port, most_unconfirmed=3)
    assert names(way) == ["0", "1", "2"]
    taken = []
    for each in way.fetch():
        assert isinstance(each, Item)
        way.confirm(each)
        taken.append(each.name)
    assert taken == [str(at) for at in range(12)]


def test_a_receipt_larger_than_allowed_is_set_aside_and_the_rest_comes(rabbit: Rabbit, platform: Any) -> None:
    platform.basic_publish("", RECEIVING, b"x" * (QUICK.most_bytes + 1), mandatory=True)
    give(platform, "2")
    aside, item = way_to(rabbit.port).fetch()
    assert isinstance(aside, SetAside)
    assert item.name == "2"


def test_a_second_client_on_the_same_queue_is_turned_away_and_shares_no_receipts(rabbit: Rabbit, platform: Any) -> None:
    give(platform, "1", "2")
    first, second = way_to(rabbit.port), way_to(rabbit.port)
    assert names(first) == ["1", "2"]
    with pytest.raises(WayError, match="占用"):
        names(second)
    assert names(first) == ["1", "2"]
    first.close()
    assert names(second) == ["1", "2"]


def test_a_queue_that_is_not_there_is_named_in_no_exception_of_pika(rabbit: Rabbit, platform: Any) -> None:
    platform.queue_delete(RECEIVING)
    with pytest.raises(WayError):
        names(way_to(rabbit.port))


def test_where_nothing_is_received_nothing_is_fetched(rabbit: Rabbit) -> None:
    assert names(way_to(rabbit.port, receive_queue="")) == []


class Between:
    """A line to the broker that can be cut, or fall silent, after so many bytes of ours."""

    def __init__(self, port: int) -> None:
        self.broker, self.mute, self.links = port, threading.Event(), list[socket.socket]()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]

    def run(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self.listening.accept()
                theirs = socket.create_connection(("127.0.0.1", self.broker))
                self.links += [ours, theirs]
                threading.Thread(target=self.pass_on, args=(ours, theirs, False)).start()
                threading.Thread(target=self.pass_on, args=(theirs, ours, True)).start()

    def pass_on(self, one: socket.socket, other: socket.socket, back: bool) -> None:
        with suppress(OSError):
            while got := one.recv(65_536):
                if not (back and self.mute.is_set()):
                    other.sendall(got)

    def cut(self) -> None:
        for each in self.links:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def between(rabbit: Rabbit) -> Iterator[Between]:
    line = Between(rabbit.port)
    thread = threading.Thread(target=line.run)
    thread.start()
    try:
        yield line
    finally:
        line.cut()
        line.listening.shutdown(socket.SHUT_RDWR)
        line.listening.close()
        thread.join()
        for each in line.links:
            each.close()


@pytest.mark.long
def test_a_confirm_that_never_comes_leaves_the_outcome_open_in_bounded_time(rabbit: Rabbit, platform: Any) -> None:
    with between(rabbit) as line:
        settings = replace(settings_for(line.port), limits=replace(QUICK, deadline=0.5))
        OPENED.append(AmqpWay(settings))
        assert OPENED[-1].hand_over(MESSAGE).outcome == "sent"
        line.mute.set()
        assert OPENED[-1].hand_over(MESSAGE).outcome == "unknown"
    assert platform.queue_declare(SENDING, passive=True).method.message_count == 2


def test_a_line_that_was_cut_between_two_messages_is_made_anew(rabbit: Rabbit, platform: Any) -> None:
    give(platform, "1")
    with between(rabbit) as line:
        way = way_to(line.port)
        assert way.hand_over(MESSAGE).outcome == "sent"
        (item,) = way.fetch()
        assert isinstance(item, Item)
        line.cut()
        with pytest.raises(WayError):
            way.confirm(item)
        assert way.hand_over(MESSAGE).outcome == "sent"
        assert names(way) == ["1"]


def test_settings_without_a_queue_are_refused_and_a_password_is_in_no_repr() -> None:
    with pytest.raises(ValueError, match="send_queue or receive_queue"):
        AmqpSettings(host="a", credentials={"user": USER, "password": PASSWORD})
    with pytest.raises(ValueError, match="above zero"):
        settings_for(1, most_unconfirmed=0)
    way = way_to(1)
    assert PASSWORD not in f"{settings_for(1)!r} {way!r} {way.__dict__!r}"
    assert way.lookup(MESSAGE).outcome == "unknown"
