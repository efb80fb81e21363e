"""The receipts of an inbox (收件箱回执) in the order in which they came, as many as hold so many lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, select

from customs.documents import Answer
from customs.exchange.item_reading import answers_in
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.boxes import find_box
from customs.ledger.exchange.tables import EXCHANGE_ITEMS, EXCHANGE_LINES, EXCHANGE_SALTS
from customs.ledger.exchange.taking import item_contents
from customs.wire import ReadError

#: Receipts in one question.
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReceipt:
    """A receipt of an inbox, by its number: its bytes, or its answers where this process has just read them."""

    number: int
    content: bytes = field(default=b"", repr=False)
    lately: tuple[Answer, ...] | None = field(default=None, repr=False)

    def read(self, areas: Sequence[str]) -> tuple[Answer, ...]:
        """Return its answers, by the first format that knows it; none if nobody can read it."""
        if self.lately is not None:
            return self.lately
        try:
            return answers_in(self.content, areas)
        except ReadError:
            return ()


class ReceiptsBehind(NamedTuple):
    """Receipts behind a number: the number of the last one, and all of them but those that were erased."""

    upto: int
    receipts: Sequence[KeptReceipt]


def receipts_behind(
    connection: LedgerConnection, source: str, number: int, *, lines: int, areas: Sequence[str]
) -> ReceiptsBehind | None:
    """Return receipts that came to the inbox of a source behind a number: the next one, and what follows it while all of
    them have at most ``lines`` lines. None without any; what an inbox knew before is left out. ``areas`` are the formats
    that they may have.
    """
    box = find_box(connection, "inbox", source)
    if box is None:
        return None
    items, own, salts = EXCHANGE_ITEMS.c, EXCHANGE_LINES.c, EXCHANGE_SALTS.c
    count = select(func.count()).where(own.item == items.id).scalar_subquery()
    wanted = (
        select(items.id, items.digest, count, salts.salts.is_(None))
        .join(EXCHANGE_SALTS, salts.id == items.salts)
        .where(items.box == box, items.id > number, items.kind == "receipt")
        .order_by(items.id)
        .limit(_AT_ONCE)
    )
    taken, upto, held = list[tuple[int, bytes]](), 0, 0
    for item, digest, of_item, is_erased in connection.sql.execute(wanted):
        held += of_item
        if upto and held > lines:
            break
        upto = item
        if not is_erased:
            taken.append((item, digest))
    return ReceiptsBehind(upto, _kept(connection, source, taken, tuple(areas))) if upto else None


def _kept(
    connection: LedgerConnection, source: str, taken: Sequence[tuple[int, bytes]], areas: tuple[str, ...]
) -> list[KeptReceipt]:
    lately = {item: answers for item, digest in taken if (answers := connection.lately.take(digest, areas)) is not None}
    others = item_contents(connection, source, [item for item, _ in taken if item not in lately])
    found = [KeptReceipt(number=item, lately=answers) for item, answers in lately.items()]
    found += [KeptReceipt(number=item, content=content) for item, content in others]
    return sorted(found, key=lambda each: each.number)
