"""The inbox (收件箱): everything that came from one destination, each thing once, safely stored before it is confirmed.

What an inbox promises, whatever is killed, cut off, repeated, reordered or full:

1. What ``take`` returns is on the disk. Only then does anybody confirm it to the other side, or answer a call-back.
2. A receipt is taken in once, however often it comes and under whatever name: the same are those whose bytes are the same
   out of their envelope, and then those of which every line (receipt, business key, status, time) is known. A repetition is
   told as such and never refused, so that nobody repeats it for ever.
3. Nothing depends on order. A receipt that comes before its own message is known to be sent is kept, and found by it later.
4. What cannot be read is set aside with its bytes and the reason; it is confirmed like the rest and stops nothing.
5. One process at a time receives from a destination; a second one is turned away.
6. Bytes are sealed as those of the outbox are (``copies``); entries hold no personal data.

``open_inbox`` keeps it in the state folder; a database implements the same functions.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from customs.areas import AreaProfile
from customs.exchange.contract import HandedOver, Item
from customs.exchange.item_reading import UNIFIED_EDITION, ReceiptLine

#: What an item turned out to be: a receipt; one that is known; a client's own word on a delivery; nothing that can be read.
TakenKind: TypeAlias = Literal["receipt", "repeat", "word", "aside"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenItem:
    """An item in the inbox: never its bytes, and no personal data."""

    number: int
    """Counts what came; a repetition has the number of the first."""
    name: str
    kind: TakenKind
    at: datetime
    digest: str
    """Of the bytes out of their envelope, in hexadecimal."""
    reason: str = ""
    """Why it was set aside."""
    lines: tuple[ReceiptLine, ...] = field(default=(), repr=False)
    about: str = ""
    word: HandedOver | None = field(default=None, repr=False)
    known: bool = False
    """True if its bytes were in the inbox before this call."""


class Inbox(Protocol):
    """The items that came from one destination; times are those of China, without a zone."""

    def take(
        self, items: Sequence[Item], *, at: datetime, areas: Sequence[str | AreaProfile] = UNIFIED_EDITION
    ) -> tuple[TakenItem, ...]:
        """Take items in, all of them or none, and return what each is. ``areas`` are the formats that are tried."""
        ...

    def content(self, number: int) -> bytes:
        """Return the bytes of an item as they came. Raises ``CopyErasedError``, and ``LookupError`` if there is none."""
        ...

    def after(self, number: int) -> Iterator[TakenItem]:
        """Yield receipts and words behind a number, in the order in which they came, some hundred at most."""
        ...

    def unplaced(self) -> tuple[TakenItem, ...]:
        """Return the receipts that are not in the folder of receipts yet, some hundred at most."""
        ...

    def placed(self, numbers: Iterable[int]) -> None:
        """Enter that receipts are in the folder of receipts."""
        ...

    def fetched(self, at: datetime) -> None:
        """Enter when everything was last fetched, to the end."""
        ...

    def last_fetched(self) -> datetime | None:
        """Return when everything was last fetched, for ways that ask by time; None if never."""
        ...

    def aside(self) -> Iterator[TakenItem]:
        """Yield what was set aside, in order."""
        ...

    def erase(self, numbers: Iterable[str]) -> int:
        """Erase the bytes of receipts that name these business numbers; return of how many."""
        ...

    def close(self) -> None:
        """Give the destination to the next process."""
        ...
