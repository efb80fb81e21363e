"""The AMQP door (消息队列收发): messages out of one queue, receipts into a queue for each exchange id, as e-ports have them.

Promised: a message is acknowledged only after it is taken; a receipt is persistent, published with confirm into the durable
queue ``<exchange id>_OUT``, and counts as delivered only after the broker's confirm. Needs ``pip install
"cbec-customs[amqp]"``. Source: practice at Hangzhou, section 2.3 of the facts on the exchange.
"""

from typing import TYPE_CHECKING

from customs.office.served import ServedOffice
from customs.office.trouble import OfficeClosedError

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

VIA = "amqp"


class AmqpDoor:
    """The queues of the office on a channel of the caller's, which confirms what is published."""

    def __init__(self, office: ServedOffice, channel: "BlockingChannel", *, queue: str = "CEB_IN") -> None:
        self._office, self._channel, self._queue = office, channel, queue
        channel.queue_declare(queue, durable=True)
        channel.confirm_delivery()
        self._known: set[str] = set()

    def collect(self) -> int:
        """Take what waits in the queue, and return how many messages it was. Nothing during an outage."""
        taken = 0
        while True:
            method, _, content = self._channel.basic_get(self._queue)
            if method is None or content is None:
                return taken
            try:
                self._office.take(content, via=VIA)
            except OfficeClosedError:
                self._channel.basic_nack(method.delivery_tag)
                return taken
            self._channel.basic_ack(method.delivery_tag)
            taken += 1

    def deliver(self) -> int:
        """Publish the receipts that have come, and return how many it was."""
        from pika import BasicProperties

        waiting = self._office.waiting(VIA)
        for number, answer in waiting:
            queue = f"{answer.to or 'UNKNOWN'}_OUT"
            if queue not in self._known:
                self._channel.queue_declare(queue, durable=True)
                self._known.add(queue)
            told = BasicProperties(delivery_mode=2, message_id=number, content_type="text/xml", type=answer.name)
            self._channel.basic_publish("", queue, answer.content, told, mandatory=True)
            self._office.confirm(VIA, [number])
        return len(waiting)
