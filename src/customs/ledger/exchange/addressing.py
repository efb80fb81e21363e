"""Addressing messages (报文分发): what was decided is put into the outboxes of the destinations that take it.

It is done within the transaction that notes a declaration: a message is in its outboxes if and only if it counts as declared.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from customs.exchange.destinations import Destination
from customs.exchange.messages_in_files import delivery_of
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.boxes import lock_boxes
from customs.ledger.exchange.putting import put_messages
from customs.road import Outgoing


class UntakenMessageError(LookupError):
    """No destination takes a message; the text says which, in both languages."""

    def __init__(self, message: str, area: str) -> None:
        super().__init__(
            f"no destination takes {message} of {area}, see the keys areas and messages of the destinations "
            f"没有接入点接收 {area} 的 {message}，请核对各接入点的 areas 与 messages"
        )


def put_to_destinations(
    connection: LedgerConnection, destinations: Sequence[Destination], messages: Sequence[Outgoing], *, at: datetime
) -> Counter[str]:
    """Put messages into the outboxes of all destinations that take them; return how many were new in each.

    Raises ``UntakenMessageError``, ``NotEnvelopedError`` and ``OtherBytesError``: then give the transaction up. The outboxes of all
    destinations are locked first, so that no two transactions wait for each other in a circle, whatever they put later.
    """
    given = [(delivery_of(each), each.area) for each in messages]
    for delivery, area in given:
        if not any(each.takes(delivery, area) for each in destinations):
            raise UntakenMessageError(delivery.name, area)
    counts: Counter[str] = Counter()
    if given:
        lock_boxes(connection, "outbox", [each.name for each in destinations])
    for each in destinations:
        taken = [each.addressed(delivery) for delivery, area in given if each.takes(delivery, area)]
        if taken:
            found = put_messages(connection, each.name, taken, at=at, most_bytes=each.most_bytes)
            counts[each.name] += len(found) - found.count("known")
    return counts
