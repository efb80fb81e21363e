"""The history of an order (报送与回执): what was submitted and answered of it, each once, sealed.

What came to an order in one transaction is one row, sealed under one salt, with the keyed digests of its events one after
another. By its digest an event is known again, also once its content is erased. Rows of earlier releases hold one event.

>>> from datetime import datetime
>>> from customs.documents import BusinessKey
>>> event = Submitted(key=BusinessKey("CEB311", (("order_no", "O1"),)), guid="G1", app_time=datetime(2026, 11, 11, 8))
>>> read_events(events_bytes([event])) == [event]
True
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select

from customs.documents import Answer
from customs.hub.store.sealed import digest, opened, seal
from customs.hub.store.tables import HUB_HISTORY
from customs.ledger.among import among
from customs.ledger.database import LedgerConnection
from customs.ledger.keys import LedgerKeys
from customs.receipts.events import identity_of
from customs.receipts.state import Event, Submitted

_DIGEST_BYTES = 32

#: Events in one row: their digests are part of an index, which PostgreSQL limits to some two thousand bytes.
_MOST_TOGETHER = 50

_OF_ORDERS = (
    select(HUB_HISTORY.c.order, HUB_HISTORY.c.digest, HUB_HISTORY.c.salt, HUB_HISTORY.c.sealed)
    .where(among(HUB_HISTORY.c.order, "orders"))
    .order_by(HUB_HISTORY.c.id)
)

_ROW: TypeAdapter[tuple[list[Submitted], list[Answer]]] = TypeAdapter(tuple[list[Submitted], list[Answer]])

#: The content of a row of an earlier release.
_ONE: TypeAdapter[Submitted | Answer] = TypeAdapter(Submitted | Answer)


def event_digest(keys: LedgerKeys, event: Event) -> bytes:
    """Return the keyed digest by which a submission or an answer is known again in the history of its order."""
    return digest(keys, repr(identity_of(event)).encode())


def history_rows(keys: LedgerKeys, order: int, events: Mapping[bytes, Event], at: datetime) -> Iterator[dict[str, Any]]:
    """Yield the rows of events, by their digests, for the history of an order; most often it is one."""
    digests = sorted(events, key=lambda each: isinstance(events[each], Answer))
    for start in range(0, len(digests), _MOST_TOGETHER):
        part = digests[start : start + _MOST_TOGETHER]
        salt, sealed = seal(keys, events_bytes([events[each] for each in part]))
        yield {"order": order, "digest": b"".join(part), "at": at, "salt": salt, "sealed": sealed}


def histories(connection: LedgerConnection, orders: Sequence[int]) -> dict[int, dict[bytes, Event | None]]:
    """Return the events of orders by their digests, None for what was erased."""
    found: dict[int, dict[bytes, Event | None]] = {order: {} for order in orders}
    for row in connection.sql.execute(_OF_ORDERS, {"orders": orders}):
        digests = [row.digest[at : at + _DIGEST_BYTES] for at in range(0, len(row.digest), _DIGEST_BYTES)]
        content = opened(connection.keys, row)
        events = [None] * len(digests) if content is None else read_events(content)
        found[row.order].update(zip(digests, events, strict=True))
    return found


def events_bytes(events: Sequence[Event]) -> bytes:
    """Return submissions and answers as they are kept: the submissions first."""
    submitted = [each for each in events if isinstance(each, Submitted)]
    answers = [each for each in events if isinstance(each, Answer)]
    return _ROW.dump_json((submitted, answers))


def read_events(content: bytes) -> list[Event]:
    """Return submissions and answers that were kept."""
    if content[:1] == b"{":
        return [_ONE.validate_json(content)]
    submitted, answers = _ROW.validate_json(content)
    return [*submitted, *answers]
