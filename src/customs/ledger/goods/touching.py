"""The parcels that a change of goods records touches (备案变更影响的包裹): those in flight that were declared with them.

A line is found by account book and record number, without a book by the SKU. What is released, refused or withdrawn is
not in flight.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from customs.declaration import Declaration
from customs.documents.imports.declaration_list import DeclarationList
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.goods.checking import standing_of_line
from customs.ledger.goods.kept import mark_used
from customs.receipts.standing import Stand, living, stand_of
from customs.receipts.state import ParcelState, Submitted
from customs.receipts.streams import track_all
from customs.wire import ReadError, read
from customs.wire.envelope import opened

_LIST = "CEB621"

#: The stands of a list that is no more in flight.
_LANDED = frozenset({Stand.REFUSED, Stand.RELEASED, Stand.CLOSED, Stand.SENT_BACK, Stand.WITHDRAWN})


class GoodsUse(NamedTuple):
    """A line of goods in a parcel: the order, its place, and what names its record."""

    order_no: str
    line: int
    """From 1."""
    account_book_no: str
    record_no: str
    sku: str
    list_guid: str = ""
    """The number of the declaration list, empty for a parcel that is not declared yet."""
    in_flight: bool = True


def uses_of(declaration: Declaration) -> Iterator[GoodsUse]:
    """Yield the lines of a parcel that is not declared yet."""
    book = declaration.clearance.account_book_no or ""
    for number, line in enumerate(declaration.order.lines, 1):
        yield GoodsUse(declaration.order.order_no, number, book, line.record_no or "", line.item_no or "")


def declared_uses(folders: Iterable[Path]) -> Iterator[GoodsUse]:
    """Yield the lines of the declaration lists (CEB621) in folders, each said to be in flight by the receipts there."""
    given = tuple(folders)
    states = _states(given)
    for folder in given:
        for path in sorted(each for each in folder.rglob("*") if each.is_file() and not each.name.startswith(".")):
            for each in _lists_in(path.read_bytes()):
                state = states.get(each.head.guid)
                stand = stand_of(living(state, _LIST)) if state else Stand.IN_FLIGHT
                book = each.head.account_book_no or ""
                for number, line in enumerate(each.lines, 1):
                    yield GoodsUse(
                        each.head.order_no,
                        number,
                        book,
                        line.record_no or "",
                        line.item_no or "",
                        each.head.guid,
                        stand not in _LANDED,
                    )


def _states(folders: tuple[Path, ...]) -> Mapping[str, ParcelState]:
    """The states of parcels by the numbers of their declaration lists."""
    return {
        event.guid: parcel.state
        for parcel in track_all(folders).parcels
        for event in parcel.state.history
        if isinstance(event, Submitted) and event.document == _LIST
    }


def _lists_in(content: bytes) -> Iterator[DeclarationList]:
    try:
        message = read(opened(content)[0] if b"DxpMsg" in content[:1024] else content)
    except ReadError:
        return  # a receipt of another form, or no message: tracking names what it cannot read
    for each in message.documents:
        if isinstance(each, DeclarationList):
            yield each


def touched(
    connection: LedgerConnection, uses: Iterable[GoodsUse], changed: Iterable[tuple[str, str]]
) -> Iterator[tuple[GoodsUse, tuple[str, str]]]:
    """Yield the lines in flight whose record is among those that change, with its SKU and account book."""
    wanted = frozenset(changed)
    for use in uses:
        if use.in_flight and (found := _record_of(connection, use)) and found in wanted:
            yield use, found


def note_uses(connection: LedgerConnection, uses: Iterable[GoodsUse], *, at: datetime) -> int:
    """Note the records with which parcels were declared; return how many had not been used before."""
    new = 0
    for use in uses:
        standing = standing_of_line(connection, use.account_book_no, use.record_no, use.sku)
        if standing and not standing.last.used:
            new += mark_used(connection, standing, EntryCause("list", use.list_guid or use.order_no), at=at)
    return new


def _record_of(connection: LedgerConnection, use: GoodsUse) -> tuple[str, str] | None:
    found = standing_of_line(connection, use.account_book_no, use.record_no, use.sku)
    return (found.sku, found.account_book_no) if found else None
