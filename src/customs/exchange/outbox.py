"""The outbox (发件箱): every message that is to go to one destination, and all that was done to get it there.

What an outbox promises, whatever is killed, cut off, repeated, reordered or full:

1. A message that was put is handed over at least once, or its entry says why not. Put again with the same bytes it is
   known; other bytes under its id are refused.
2. An attempt is on the disk before the first byte leaves, and its outcome after it. One whose sender was killed counts as
   unknown, and what is unknown is never repeated blindly (``standing``).
3. Each attempt hands over the bytes that were put, as they are stored, or there is an error; they are never made anew.
4. One attempt at a time for a document: while one with its business key is under way or unknown, no other message with
   that key leaves, and a later one does not overtake an earlier one. (The key alone decides, whatever the app type: an
   amendment does not overtake its declaration.)
5. One process at a time sends to a destination; a second one is turned away.
6. Entries and events hold no personal data. The bytes are sealed (``copies``); after ``erase`` the entry stays, and the
   message can no longer be repeated.

``open_outbox`` keeps it in the state folder; a database implements the same functions.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from customs.documents import BusinessKey
from customs.documents.base import MOST_MESSAGE_BYTES
from customs.exchange.circuit import Circuit
from customs.exchange.contract import Delivery
from customs.exchange.standing import DeliveryEvent, DeliveryState, Standing, TurnKind
from customs.fields.moments import CHINA_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A message in the outbox: never its bytes, and no personal data."""

    id: str
    name: str
    file_name: str
    size: int
    documents: Sequence[BusinessKey] = field(repr=False)
    put_at: datetime
    standing: Standing


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The message whose turn has come, where it stands, and what is to be done with it."""

    id: str
    standing: Standing
    turn: TurnKind


#: What became of a message that was put.
PutOutcome: TypeAlias = Literal["put", "known", "too large"]


class OtherBytesError(Exception):
    """A message has the id of another one that was put before, and other bytes."""

    def __init__(self, message_id: str, file_name: str) -> None:
        super().__init__(
            f"{file_name}: a message with the id {message_id} and other bytes was put before: make it anew, under an id of its own "
            f"报文 {file_name}：编号 {message_id} 的报文此前已入发件箱且内容不同，请以新编号重新生成"
        )


class UnknownDeliveryError(LookupError):
    """No message of the outbox has the id."""

    def __init__(self, message_id: str) -> None:
        super().__init__(f"no message of the outbox has the id {message_id} 发件箱中没有编号为 {message_id} 的报文")


class Outbox(Protocol):
    """The messages for one destination; times are those of China, without a zone."""

    def put(
        self, deliveries: Iterable[Delivery], *, at: datetime, most_bytes: int = MOST_MESSAGE_BYTES
    ) -> tuple[PutOutcome, ...]:
        """Put messages, all of them or none. One with more than ``most_bytes`` is entered as dead, with the reason.

        Raises ``OtherBytesError``.
        """
        ...

    def enter(self, ended: Sequence[tuple[str, DeliveryEvent]], circuit: Circuit | None = None) -> None:
        """Enter what happened to messages and, if given, how the destination stands: all of it or nothing."""
        ...

    def due(self, now: datetime, turn: Callable[[Standing], TurnKind], most: int = 1) -> tuple[Dispatch, ...]:
        """Return the message whose turn is next; with ``most``, further ones that are handed over for the first time, or
        after certain failures. None of them has a document that is in flight, or that waits in an earlier message.
        """
        ...

    def delivery(self, message_id: str) -> Delivery:
        """Return a message as it was put. Raises ``CopyErasedError`` and ``UnknownDeliveryError``."""
        ...

    def entry(self, message_id: str) -> OutboxEntry:
        """Return the entry of a message. Raises ``UnknownDeliveryError``."""
        ...

    def entries(self, states: Sequence[DeliveryState] = ()) -> Iterator[OutboxEntry]:
        """Yield the entries in the order in which they were put, those in some states or all."""
        ...

    def history(self, message_id: str) -> tuple[DeliveryEvent, ...]:
        """Return the events of a message in order. Raises ``UnknownDeliveryError``."""
        ...

    def of_file(self, file_name: str) -> tuple[OutboxEntry, ...]:
        """Return the messages that were handed over under a file name, in any case, with or without its ending."""
        ...

    def named(self, key: BusinessKey, submitted: str = "") -> tuple[OutboxEntry, ...]:
        """Return the messages with a document that a receipt may speak of: by guid or message number, else by key."""
        ...

    def of_number(self, number: str) -> tuple[OutboxEntry, ...]:
        """Return the messages with a document of a business number, such as that of an order."""
        ...

    def next_due(self) -> datetime | None:
        """Return when the next turn comes, None if nothing waits."""
        ...

    @property
    def circuit(self) -> Circuit:
        """The circuit of the destination."""
        ...

    def heard(self, source: str) -> int:
        """Return up to which receipt of an inbox was looked at for words about these messages."""
        ...

    def hear(self, source: str, upto: int, ended: Sequence[tuple[str, DeliveryEvent]]) -> None:
        """Enter what receipts say of messages, and up to which receipt of an inbox was looked at."""
        ...

    def erase(self, numbers: Iterable[str]) -> int:
        """Erase the bytes of documents with these business numbers; return of how many pieces. Entries stay."""
        ...

    def close(self) -> None:
        """Give the destination to the next process."""
        ...


def instant(at: datetime) -> datetime:
    """Return a time as the boxes keep it: that of China, without a zone.

    >>> instant(datetime(2026, 11, 11, 8, tzinfo=CHINA_TIME))
    datetime.datetime(2026, 11, 11, 8, 0)
    """
    return at.astimezone(CHINA_TIME).replace(tzinfo=None) if at.tzinfo else at


def written(at: datetime) -> str:
    """Return a time as text whose order is that of the times."""
    return instant(at).isoformat(timespec="microseconds")
