"""The contract of every way (传输通道契约) by which messages leave and receipts come, written before any of them.

A *way* carries bytes between the enterprise and one *destination* (接入点): a folder, an HTTPS gateway, an FTP server, a
queue. It keeps nothing: what was sent when, by which attempt, with which answer, stands in the outbox (发件箱), and what came
stands in the inbox (收件箱). What a way promises:

1. **Whole or not at all.** Nothing half-written is ever visible to the other side.
2. **A true outcome.** ``sent`` only after the commit point of the way (the rename, the gateway's own word, the publisher's
   confirm); ``not sent`` only when the other side certainly has nothing (the connection was refused, the name was not
   found); ``unknown`` in every other case, from the first byte that left until the answer was read whole. A way never
   repeats by itself: whoever holds the outbox looks up first and follows ``Delivery`` by the rules of section 7.3.
3. **Nothing is taken before it is stored.** ``fetch`` leaves every item where it is, as far as the way allows; ``confirm``
   is called only after the item is safely in the inbox. An item may come again and again, in any order.
4. **Bounded.** Each call ends within the time limits of its destination, and reads no more than ``MOST_BYTES``.
5. **Bytes stay bytes.** Nothing is decoded, re-encoded, stripped or printed anew on its way.

Source: practice of the public clients, gathered in the facts on the exchange (EXCHANGE sections 2 to 8).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from customs.documents import BusinessKey

#: What is certain of a message after it was handed over.
HandOverOutcome: TypeAlias = Literal["sent", "not sent", "unknown"]

#: What may be done with the same bytes after an attempt that did not succeed: repeat them after a delay; hold all that goes
#: to the destination until one probe succeeds (maintenance, outage); never repeat them, but correct what was refused.
Again: TypeAlias = Literal["later", "after the outage", "never"]

#: The most bytes of one answer or one received item; the largest message of the standard, in an envelope, has some 8 MB.
MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery (投递): one message for one destination, exactly as every attempt hands it over."""

    id: str
    """Unique for ever: the number by which receipts name the message, or what the area makes up."""
    name: str
    """The type of the message, such as ``CEB311`` or one of the area's own."""
    file_name: str
    """Kept on every attempt, so that the other side can see a repetition."""
    content: bytes = field(repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False, hash=False)
    """The parameters to post, where the gateway takes more than the bytes."""
    keys: Sequence[BusinessKey] = field(default=(), repr=False)
    """The business keys of its documents, for ways that look up by business number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """The outcome of one attempt to hand over, or of one look-up."""

    outcome: HandOverOutcome
    again: Again = "later"
    """What may follow if it was not sent."""
    said: str = ""
    """What the other side or the system said, for people: masked, without credentials and personal data."""
    answer: bytes = field(default=b"", repr=False)
    """The answer as it came, for the record; it may hold receipts."""
    items: "tuple[Item, ...]" = field(default=(), repr=False)
    """Receipts that came with the answer; they go into the inbox like fetched ones and need no ``confirm``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that came: a receipt, an answer of the platform, or foreign bytes; not yet confirmed."""

    name: str
    """The name under which the way gives it, such as a file name or a number of the queue. It is no identity: the same
    receipt may come again under another name."""
    content: bytes = field(repr=False)
    token: object = field(default=None, repr=False, compare=False)
    """What the way needs to confirm it."""
    about: str = ""
    """For a client's own word on a delivery (技术回执): the file name of that delivery."""
    word: HandedOver | None = field(default=None, repr=False)
    """What the client says became of it; None for everything else, such as a receipt of customs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Something that came and cannot be taken in as it is: unreadable, too large, still being written."""

    name: str
    reason_zh: str
    reason: str
    wait: bool = False
    """True if it may only be unfinished, and the next ``fetch`` looks again."""


class WayError(Exception):
    """Nothing can be fetched or confirmed at the moment; the text says what failed and what to do, in both languages."""


class ExchangeWay(Protocol):
    """A way to one destination. Its functions may be called by one thread at a time."""

    can_confirm: bool
    """False where a fetch cannot be acknowledged, such as a query by time."""
    can_lookup: bool
    """False where the other side cannot be asked what it has."""
    gives_parts: bool
    """True where a fetch gives only the first of what waits, and the next ones when these are confirmed."""

    def hand_over(self, delivery: Delivery) -> HandedOver:
        """Hand a message over, once. Never raises for what the other side or the network does."""
        ...

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield what came, without taking it away, each item as it is read. Raises ``WayError`` if nothing can be asked."""
        ...

    def confirm(self, item: Item) -> None:
        """Take away an item that is safely stored. Raises ``WayError`` if that failed: the item may then come again."""
        ...

    def lookup(self, delivery: Delivery) -> HandedOver:
        """Ask the other side whether it has the message: ``unknown`` where it cannot tell."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...


@runtime_checkable
class StagingWay(ExchangeWay, Protocol):
    """A way that makes messages ready, unseen by the other side, before an attempt begins.

    Many are then handed over with little more than one forced write, and what was made ready and is still there was
    certainly not handed over.
    """

    most_staged: int
    """How many messages are made ready at a time."""

    def stage(self, deliveries: Sequence[Delivery]) -> tuple[HandedOver | None, ...]:
        """Make messages ready; return for each None, or the outcome of one that needs no attempt, or cannot have one."""
        ...

    def hand_over_staged(self, deliveries: Sequence[Delivery]) -> tuple[HandedOver, ...]:
        """Hand over messages that ``stage`` made ready, each once, and return the outcome of each."""
        ...


@runtime_checkable
class LocalWay(ExchangeWay, Protocol):
    """A way to a place on this machine, which is looked at before anything is put into the outbox: a mistake in its settings
    is then told at once, and is no outage of the other side.
    """

    def check_place(self) -> None:
        """Raise ``WayError`` if no message could be put there now; the text says where, why and what to do."""
        ...
