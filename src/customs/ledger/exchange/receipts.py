"""The receipts of an inbox (收件箱回执) in the order in which they came, as many as hold so many lines."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.boxes import find_box
from customs.ledger.exchange.tables import EXCHANGE_ITEMS, EXCHANGE_LINES
from customs.ledger.exchange.taking import item_contents

#: Receipts in one question.
_AT_ONCE = 2_000


class ReceiptsBehind(NamedTuple):
    """Receipts behind a number: the number of the last one, and their bytes but of those that were erased."""

    upto: int
    contents: Sequence[bytes]


def receipts_behind(connection: LedgerConnection, source: str, number: int, *, lines: int) -> ReceiptsBehind | None:
    """Return receipts that came to the inbox of a source behind a number: the next one, and what follows it while all of
    them have at most ``lines`` lines. None without any; what an inbox knew before is left out.
    """
    box = find_box(connection, "inbox", source)
    if box is None:
        return None
    items, own = EXCHANGE_ITEMS.c, EXCHANGE_LINES.c
    count = select(func.count()).where(own.item == items.id).scalar_subquery()
    wanted = (
        select(items.id, count)
        .where(items.box == box, items.id > number, items.kind == "receipt")
        .order_by(items.id)
        .limit(_AT_ONCE)
    )
    taken, held = list[int](), 0
    for item, of_item in connection.sql.execute(wanted):
        held += of_item
        if taken and held > lines:
            break
        taken.append(item)
    if not taken:
        return None
    return ReceiptsBehind(taken[-1], [content for _, content in item_contents(connection, source, taken)])
