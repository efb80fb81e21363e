"""The AMQP way (AMQP 通道): DxpMsg into a queue of RabbitMQ, receipts out of the queue named after the exchange id.

Promised: a message is persistent and mandatory, and the broker's confirm is the commit point; one that no queue takes is
returned and is not sent; a connection lost before the confirm leaves the outcome ``unknown``. A receipt is acknowledged only
after it is stored; each ``fetch`` begins with what was not. Nothing is ever rejected or requeued one by one, so that a
receipt that cannot be read goes round in no loop: the inbox stores its bytes, and it leaves the queue like any other. What
is handed over goes out as it is: wrap messages (``customs.wire.wrap``) before they enter the outbox, which then knows their
numbers. The
consumer is exclusive: a second client on the same queue is turned away by the broker instead of sharing the receipts.
Needs ``pip install "cbec-customs[amqp]"``. Source: sections 2.3 and 7.1 of the facts on the exchange.

>>> AmqpSettings(host="mq.example.com", credentials={"user": "TEST"}, send_queue="CEB_IN", receive_queue="DXPENT0000000001_OUT")
AmqpSettings(host='mq.example.com', send_queue='CEB_IN', receive_queue='DXPENT0000000001_OUT', ...)
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customs.exchange.contract import Again, Delivery, HandedOver, HandOverOutcome, Item, SetAside, WayError
from customs.exchange.ways.calls import CallLimits, trusting

if TYPE_CHECKING:
    from pika import BlockingConnection, ConnectionParameters
    from pika.adapters.blocking_connection import BlockingChannel

#: Seconds between two signs of life on a connection.
_HEARTBEAT = 60

#: Failures by the name of pika's exception, the particular before the general: Chinese, English, what may follow.
_FAILURES: dict[str, tuple[str, str, Again]] = {
    "ProbableAuthenticationError": ("账号或密码不对", "it refuses user and password", "after the outage"),
    "ProbableAccessDeniedError": ("无权使用虚拟主机", "it refuses the virtual host", "after the outage"),
    "AuthenticationError": ("账号或密码不对", "it refuses user and password", "after the outage"),
    "ChannelClosedByBroker": ("队列不存在、无权或已被占用", "it has no such queue, or it is held or refused", "after the outage"),
    "ConnectionBlockedTimeout": ("服务器暂停接收", "it takes nothing at the moment", "after the outage"),
    "AMQPConnectorException": ("无法连接，请核对地址和 TLS", "it takes no connection: check address and TLS", "later"),
    "AMQPConnectionError": ("连接中断或无法连接", "it broke off, or takes no connection", "later"),
    "AMQPError": ("失败", "it failed", "later"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AmqpSettings:
    """A broker as ``customs.toml`` gives it: each field is a key of the same name. Raises ``ValueError`` without a queue."""

    host: str
    credentials: Mapping[str, str] = field(repr=False, hash=False)
    """``user`` and ``password``."""
    send_queue: str = ""
    """The queue that takes messages; empty if nothing is sent here."""
    receive_queue: str = ""
    """The queue of receipts; empty if nothing is received here."""
    port: int = 5671
    virtual_host: str = "/"
    exchange: str = ""
    """The exchange that leads to ``send_queue``; empty for the default one."""
    ca_file: str | Path | None = None
    plain: bool = False
    """True for a broker without TLS on a private line."""
    most_unconfirmed: int = 500
    """Receipts that the broker gives before the first of them is confirmed."""
    idle: float = 0.5
    """Seconds without a receipt after which the queue counts as empty."""
    limits: CallLimits = field(default_factory=CallLimits)

    def __post_init__(self) -> None:
        if not self.send_queue and not self.receive_queue:
            raise ValueError("a broker needs send_queue or receive_queue 需要 send_queue 或 receive_queue")
        if not self.credentials.get("user"):
            raise ValueError("a broker needs credentials.user 需要 credentials.user")
        if self.most_unconfirmed < 1 or not self.idle > 0:
            raise ValueError("most_unconfirmed and idle must be above zero 参数 most_unconfirmed 和 idle 应大于零")


class _BrokerError(WayError):
    """A failure of the broker or the line, and what may follow."""

    def __init__(self, said: str, again: Again) -> None:
        super().__init__(said)
        self.again: Again = again


class AmqpWay:
    """The way to one broker."""

    can_confirm = True
    can_lookup = False
    gives_parts = False

    def __init__(self, settings: AmqpSettings) -> None:
        self._settings = settings
        self._parameters = _parameters(settings)
        self._connection: BlockingConnection | None = None
        self._sending: BlockingChannel | None = None
        self._receiving: BlockingChannel | None = None

    def __repr__(self) -> str:
        return f"AmqpWay({self._settings.host!r}, {self._settings.send_queue!r}, {self._settings.receive_queue!r})"

    def hand_over(self, delivery: Delivery) -> HandedOver:
        """Publish a message, once, and wait for the broker's confirm."""
        from pika import BasicProperties
        from pika.exceptions import NackError, UnroutableError

        settings, publishing = self._settings, False
        # 2 is persistent: it survives the broker's end
        told = BasicProperties(delivery_mode=2, message_id=delivery.id, content_type="text/xml", type=delivery.name)
        try:
            with self._bounded():
                channel = self._sending_channel()
                publishing = True
                with _ending(self._connection, settings.limits.deadline):
                    channel.basic_publish(
                        settings.exchange, settings.send_queue, delivery.content, told, mandatory=True
                    )
        except UnroutableError:
            return HandedOver(
                outcome="not sent", again="after the outage", said=f"{self._to}: no queue takes it 没有队列接收"
            )
        except NackError:
            return HandedOver(outcome="not sent", said=f"{self._to}: the broker could not take it 服务器未能接收")
        except _BrokerError as error:
            outcome: HandOverOutcome = "unknown" if publishing else "not sent"
            return HandedOver(outcome=outcome, again=error.again, said=str(error))
        return HandedOver(outcome="sent", said="confirmed by the broker 服务器已确认")

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield what waits in the queue of receipts, first what was given before and not confirmed."""
        settings = self._settings
        if not settings.receive_queue:
            return
        with self._bounded():
            self._give_back_unconfirmed()
            channel = self._receiving_channel()
            given = channel.consume(settings.receive_queue, exclusive=True, inactivity_timeout=settings.idle)
        while True:
            with self._bounded():
                method, properties, content = next(given, (None, None, None))
            if method is None or properties is None or content is None:
                return
            name = str(properties.message_id or "") or f"{settings.receive_queue}-{method.delivery_tag}"
            most = settings.limits.most_bytes
            if len(content) > most:
                yield SetAside(name=name, reason_zh=f"超过 {most} 字节", reason=f"larger than {most} bytes")
            else:
                yield Item(name=name, content=content, token=(channel, method.delivery_tag))

    def confirm(self, item: Item) -> None:
        """Acknowledge a receipt that is stored."""
        assert isinstance(item.token, tuple), "an item of this way"
        of, tag = item.token
        channel = self._receiving
        if channel is None or channel is not of:
            raise WayError(f"{self._to}: the receipt was given before a new fetch and comes again 回执会再次出现")
        with self._bounded():
            channel.basic_ack(tag)
            # an acknowledgement has no answer: what was sent before it is known to have arrived once this is answered
            with _ending(self._connection, self._settings.limits.deadline):
                channel.basic_qos(prefetch_count=self._settings.most_unconfirmed)

    def lookup(self, delivery: Delivery) -> HandedOver:
        """Return ``unknown``: a broker does not tell what it had."""
        return HandedOver(outcome="unknown", said="a broker does not tell what it had 消息服务器不提供查询")

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        self._sending = self._receiving = None
        if connection is not None:
            # whatever is wrong with it, it is not used again
            with suppress(Exception), _ending(connection, self._settings.limits.part):
                connection.close()

    @property
    def _to(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    def _connected(self) -> "BlockingConnection":
        """The connection kept open, if it is still alive, or a new one."""
        from pika import BlockingConnection
        from pika.exceptions import AMQPError

        if self._connection is not None:
            with suppress(AMQPError):
                self._connection.process_data_events(0)
                if self._connection.is_open:
                    return self._connection
            self.close()
        self._connection = BlockingConnection(self._parameters)
        return self._connection

    def _sending_channel(self) -> "BlockingChannel":
        connection = self._connected()
        if self._sending is None or not self._sending.is_open:
            self._sending = connection.channel()
            self._sending.confirm_delivery()
        return self._sending

    def _receiving_channel(self) -> "BlockingChannel":
        self._receiving = self._connected().channel()
        self._receiving.basic_qos(prefetch_count=self._settings.most_unconfirmed)
        return self._receiving

    def _give_back_unconfirmed(self) -> None:
        """Close the channel of the fetch before: the broker puts back what was not acknowledged, in its old place."""
        if self._receiving is not None and self._receiving.is_open:
            self._receiving.close()
        self._receiving = None

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """Raise ``WayError`` for whatever the broker or the line does, and drop a connection that failed."""
        from pika.exceptions import AMQPError, NackError, UnroutableError

        try:
            yield
        except (UnroutableError, NackError):
            raise
        except (AMQPError, OSError) as error:
            self.close()
            kinds = [each.__name__ for each in type(error).__mro__]
            zh, en, again = next((told for name, told in _FAILURES.items() if name in kinds), _FAILURES["AMQPError"])
            raise _BrokerError(f"{self._to}: {en} {zh}", again) from None


def _parameters(settings: AmqpSettings) -> "ConnectionParameters":
    try:
        import pika
    except ImportError:
        raise WayError('AMQP needs pika: pip install "cbec-customs[amqp]" 收发 AMQP 需要 pika') from None
    limits = settings.limits
    return pika.ConnectionParameters(
        host=settings.host,
        port=settings.port,
        virtual_host=settings.virtual_host,
        credentials=pika.PlainCredentials(settings.credentials["user"], settings.credentials.get("password", "")),
        ssl_options=None if settings.plain else pika.SSLOptions(trusting(settings.ca_file), settings.host),
        heartbeat=_HEARTBEAT,
        connection_attempts=1,
        socket_timeout=limits.part,
        stack_timeout=limits.deadline,
        blocked_connection_timeout=limits.part,
    )


@contextmanager
def _ending(connection: Any, seconds: float) -> Iterator[None]:
    """End the connection if the broker does not answer in time: pika waits for a confirm as long as the line lives."""
    from pika.exceptions import AMQPHeartbeatTimeout

    line = connection._impl
    end = line.ioloop.call_later(seconds, lambda: line._terminate_stream(AMQPHeartbeatTimeout("no answer in time")))
    try:
        yield
    finally:
        with suppress(Exception):  # the loop may have ended with the connection
            line.ioloop.remove_timeout(end)
