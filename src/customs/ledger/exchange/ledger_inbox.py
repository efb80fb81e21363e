"""The inbox in the ledger (账簿收件箱), for the one process that receives from a destination; others read it at any time."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy import select, update

from customs.areas import AreaProfile
from customs.exchange.contract import Item
from customs.exchange.copies import Erasure
from customs.exchange.inbox import TakenItem
from customs.exchange.item_reading import UNIFIED_EDITION
from customs.exchange.outbox import written
from customs.exchange.stored_inbox import MOST_AT_ONCE
from customs.ledger.database import Ledger, LedgerConnection
from customs.ledger.exchange.boxes import box_of, in_box, mark_in, set_mark
from customs.ledger.exchange.sealing import erase_copies
from customs.ledger.exchange.tables import EXCHANGE_ITEMS, EXCHANGE_NUMBERS
from customs.ledger.exchange.taking import item_content, items_after, items_where, take_items

_ITEMS = EXCHANGE_ITEMS.c


class LedgerInbox:
    """The inbox of a destination in a ledger, as ``customs.exchange.Inbox`` promises; made by ``open_ledger_inbox``."""

    def __init__(self, ledger: Ledger, source: str, held: ExitStack) -> None:
        self._ledger, self._source, self._held = ledger, source, held
        self._box = box_of(ledger, "inbox", source)

    def take(
        self, items: Sequence[Item], *, at: datetime, areas: Sequence[str | AreaProfile] = UNIFIED_EDITION
    ) -> tuple[TakenItem, ...]:
        """Take items in, all of them or none: see ``Inbox``."""
        with self._ledger.begin() as connection:
            return take_items(connection, self._source, items, at=at, areas=areas)

    def content(self, number: int) -> bytes:
        """Return the bytes of an item as they came. Raises ``CopyErasedError``, and ``LookupError`` if there is none."""
        with self._ledger.read() as connection:
            return item_content(connection, self._source, number)

    def after(self, number: int) -> Iterator[TakenItem]:
        """Yield receipts and words behind a number: see ``Inbox``."""
        with self._ledger.read() as connection:
            found = items_after(connection, self._source, number)
        yield from found

    def unplaced(self) -> tuple[TakenItem, ...]:
        """Return the receipts that are not in the folder of receipts yet: see ``Inbox``."""
        return tuple(self._where(_ITEMS.placed.is_(False), _ITEMS.kind == "receipt", most=MOST_AT_ONCE))

    def placed(self, numbers: Iterable[int]) -> None:
        """Enter that receipts are in the folder of receipts."""
        with self._ledger.begin() as connection:
            placing = update(EXCHANGE_ITEMS).where(_ITEMS.box == self._box, _ITEMS.id.in_(list(numbers)))
            connection.sql.execute(placing.values(placed=True))

    def fetched(self, at: datetime) -> None:
        """Enter when everything was last fetched, to the end."""
        with self._ledger.begin() as connection:
            set_mark(connection, self._box, "fetched", written(at))

    def last_fetched(self) -> datetime | None:
        """Return when everything was last fetched; None if never."""
        with self._ledger.read() as connection:
            text = mark_in(connection, self._box, "fetched")
        return datetime.fromisoformat(text) if text else None

    def aside(self) -> Iterator[TakenItem]:
        """Yield what was set aside, in order."""
        yield from self._where(_ITEMS.kind == "aside")

    def _where(self, *conditions: object, most: int | None = None) -> list[TakenItem]:
        with self._ledger.read() as connection:
            return items_where(connection, _ITEMS.box == self._box, *conditions, most=most)

    def erase(self, numbers: Iterable[str]) -> int:
        """Erase the bytes of receipts that name these business numbers: see ``Inbox``."""
        with self._ledger.begin() as connection:
            return erase_items_in(connection, self._box, numbers)

    def close(self) -> None:
        """Give the destination to the next process."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def erase_items_in(connection: LedgerConnection, box: int, numbers: Iterable[str]) -> int:
    """Erase the bytes of receipts of an inbox that name these business numbers; return how many pieces. Lines stay."""
    named, given, digests = EXCHANGE_NUMBERS.c, sorted(set(numbers)), set[str]()
    for start in range(0, len(given), MOST_AT_ONCE):
        wanted = (
            select(_ITEMS.digest)
            .join(EXCHANGE_NUMBERS, named.item == _ITEMS.id)
            .where(_ITEMS.box == box, named.number.in_(given[start : start + MOST_AT_ONCE]))
        )
        digests |= {bytes(each).hex() for each in connection.sql.execute(wanted).scalars()}
    return erase_copies(connection, [Erasure(in_box(box, each)) for each in sorted(digests)])


def open_ledger_inbox(ledger: Ledger, source: str) -> LedgerInbox:
    """Open the inbox of a destination in a ledger for receiving; made if there is none.

    Raises ``LedgerHeldError`` if another process receives from there.
    """
    with ExitStack() as held:
        held.enter_context(ledger.held(f"inbox {source}", (f"receiving from {source}", f"从“{source}”接收")))
        return LedgerInbox(ledger, source, held.pop_all())
    raise AssertionError("unreachable")


def read_ledger_inbox(ledger: Ledger, source: str) -> LedgerInbox:
    """Open the inbox of a destination to read it, also while another process receives from there."""
    return LedgerInbox(ledger, source, ExitStack())
