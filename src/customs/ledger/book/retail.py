"""Retail lists (清单 CEB621) of goods from the book, with what customs says of them: released, cancelled, returned.

None of it moves the book: it says which lists an out-list must gather, and which it must not. Released is 800 or 899, nothing
else: 120 is stored by customs, 300 is under review. Numbers stand in clear, nothing of the buyer is kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from customs.codes.states import State, state_of_status
from customs.documents import Document
from customs.documents.imports.cancellation import CancellationReceipt
from customs.documents.imports.declaration_list import DeclarationList, DeclarationListReceipt
from customs.documents.imports.goods_return import GoodsReturn, GoodsReturnReceipt
from customs.fields.frozen import FrozenDict
from customs.fields.money import ZERO, exactly
from customs.ledger.book.entering import BookChange
from customs.ledger.book.flows import RetailParcel, RetailReturn
from customs.ledger.book.items import BookItem, book_item
from customs.ledger.book.papers import PaperKind, paper_of, say, sayings_of, stand
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection

#: The documents that say something of a retail list.
RETAIL_DOCUMENTS = (DeclarationList, DeclarationListReceipt, CancellationReceipt, GoodsReturn, GoodsReturnReceipt)

#: States in which goods may leave, or a return is granted.
RELEASED = frozenset({State.RELEASED.value, State.CLOSED.value})
GRANTED = RELEASED | {State.WITHDRAWN.value}


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A quantity that comes back of a line of a list."""

    gnum: int
    quantity: Decimal


@exactly
def enter_retail(
    connection: LedgerConnection, document: Document, cause: EntryCause, at: datetime
) -> BookChange | None:
    """Enter a document about a retail list; None for one that says nothing of goods in a book.

    Raises ``CauseUsedError``.
    """
    found = _read(document, at)
    if found is None:
        return None
    kind, numbers, facts = found
    paper = paper_of(connection, kind, numbers)
    new = say(connection, paper, facts, cause, at)
    known = sayings_of(connection, paper)
    if kind == "return":
        return_ = fold_return(known)
        state = State.RELEASED.value if return_.granted_at else "open"
        row = {"number": return_.number, "state": state, "since": return_.granted_at}
    else:
        retail = fold_retail(known)
        state = retail.state
        row = {
            "ems_no": retail.ems_no,
            "number": retail.list_no,
            "order_no": retail.order_no,
            "state": retail.state,
            "since": retail.cancelled_at or retail.released_at,
        }
    if new:
        stand(connection, paper, row)
    return BookChange(number=str(row["number"] or facts.get("order_no", "")), new=new, state=state)


_Read = tuple[PaperKind, dict[str, str], dict[str, Any]]


def _own(document: Any) -> str:
    return (
        f"{document.declarant_code}:{document.internal_no}" if document.declarant_code and document.internal_no else ""
    )


def _read(document: Document, at: datetime) -> _Read | None:
    if isinstance(document, DeclarationList):
        return _declared(document)
    facts: dict[str, Any]
    if isinstance(document, DeclarationListReceipt):
        facts = {"what": "status", "list_no": document.list_no or "", "status": document.return_status or ""}
        numbers = {"own": _own(document), "list": document.list_no or ""}
        return _said("retail", numbers, facts, document.returned_at or at)
    if isinstance(document, CancellationReceipt):
        if state_of_status(document.return_status or "", application=True) is not State.WITHDRAWN:
            return None
        facts = {"what": "cancelled", "list_no": document.list_no or ""}
        numbers = {"list": document.list_no} if document.list_no else {"own": _own(document)}
        return _said("retail", numbers, facts, document.returned_at or at)
    if isinstance(document, GoodsReturn):
        head = document.head
        lines = [[each.gnum, f"{each.qty:f}"] for each in document.lines]
        facts = {"what": "asked", "list_no": head.list_no, "number": head.internal_no or head.list_no, "lines": lines}
        return _said(
            "return", {"own": _own(head), "list": "" if head.internal_no else head.list_no}, facts, head.app_time
        )
    if isinstance(document, GoodsReturnReceipt):
        if state_of_status(document.return_status or "", application=True).value not in GRANTED:
            return None
        facts = {"what": "granted", "list_no": document.list_no or "", "number": document.internal_no or ""}
        own = _own(document)
        return _said(
            "return", {"own": own, "list": "" if own else document.list_no or ""}, facts, document.returned_at or at
        )
    return None


def _declared(document: DeclarationList) -> _Read | None:
    head = document.head
    if not head.account_book_no:
        return None
    facts = {
        "what": "declared",
        "app_type": head.app_type,
        "ems_no": head.account_book_no.upper(),
        "order_no": head.order_no,
        "waybill_no": head.waybill_no,
        "list_no": head.list_no or "",
        "lines": [[each.gnum, each.record_no or "", f"{each.qty:f}"] for each in document.lines],
    }
    numbers = {"own": _own(head), "list": head.list_no or "", "order": f"{head.merchant_code}:{head.order_no}"}
    return _said("retail", numbers, facts, head.app_time)


def _said(kind: PaperKind, numbers: dict[str, str], facts: dict[str, Any], at: datetime) -> _Read | None:
    return (kind, numbers, {**facts, "at": at.replace(tzinfo=None).isoformat()}) if any(numbers.values()) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailStanding:
    """How a retail list stands: numbers, lines, and when it was released or cancelled."""

    ems_no: str = ""
    order_no: str = ""
    waybill_no: str = ""
    list_no: str = ""
    state: str = "open"
    status: str = ""
    released_at: datetime | None = None
    cancelled_at: datetime | None = None
    lines: tuple[tuple[int, str, Decimal], ...] = ()
    """Number in the list, record number as declared, quantity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnStanding:
    """How a return stands: its number, the list, what comes back, and when customs granted it."""

    number: str
    list_no: str
    lines: tuple[ReturnedLine, ...] = ()
    granted_at: datetime | None = None


def fold_retail(sayings: Iterable[Mapping[str, Any]]) -> RetailStanding:
    """Return how a retail list stands, whatever the order in which things were said.

    >>> stored = {"what": "status", "at": "2026-11-11T08:01:00", "list_no": "X1", "status": "120"}
    >>> released = {**stored, "at": "2026-11-11T09:00:00", "status": "800"}
    >>> fold_retail([released, stored]).state, fold_retail([stored]).state
    ('released', 'accepted')
    """
    ordered = sorted(sayings, key=lambda each: (each["at"], each.get("status", "")))
    declared = [each for each in ordered if each["what"] == "declared"]
    statuses = [each for each in ordered if each["what"] == "status"]
    last = declared[-1] if declared else {}
    released = [each["at"] for each in statuses if state_of_status(each["status"]).value in RELEASED]
    cancelled = [each["at"] for each in ordered if each["what"] == "cancelled"]
    status = statuses[-1]["status"] if statuses else ""
    state = State.WITHDRAWN.value if cancelled else state_of_status(status).value if status else "open"
    return RetailStanding(
        ems_no=last.get("ems_no", ""),
        order_no=last.get("order_no", ""),
        waybill_no=last.get("waybill_no", ""),
        list_no=next((each["list_no"] for each in reversed(ordered) if each.get("list_no")), ""),
        state=state,
        status=status,
        released_at=datetime.fromisoformat(released[0]) if released else None,
        cancelled_at=datetime.fromisoformat(cancelled[0]) if cancelled else None,
        lines=tuple((gnum, record, Decimal(quantity)) for gnum, record, quantity in last.get("lines", ())),
    )


def fold_return(sayings: Iterable[Mapping[str, Any]]) -> ReturnStanding:
    """Return how a return stands: once granted, with the lines that were asked for before."""
    ordered = sorted(sayings, key=lambda each: str(each["at"]))
    granted = [each["at"] for each in ordered if each["what"] == "granted"]
    every = [each for each in ordered if each["what"] == "asked"]
    asked = [each for each in every if granted and each["at"] <= granted[-1]] or every
    return ReturnStanding(
        number=next((each["number"] for each in ordered if each.get("number")), ""),
        list_no=next((each["list_no"] for each in ordered if each.get("list_no")), ""),
        lines=tuple(ReturnedLine(gnum, Decimal(quantity)) for gnum, quantity in (asked[-1]["lines"] if asked else ())),
        granted_at=datetime.fromisoformat(granted[0]) if granted else None,
    )


def parcel_of(retail: RetailStanding, items: Mapping[tuple[str, str], str]) -> RetailParcel:
    """Return a retail list as a parcel; ``items`` gives the record number by book and article (料号)."""
    sums: dict[BookItem, Decimal] = {}
    for _, record, quantity in retail.lines:
        if item := _item(retail.ems_no, record, items):
            sums[item] = sums.get(item, ZERO) + quantity
    return RetailParcel(
        order_no=retail.order_no,
        waybill_no=retail.waybill_no,
        list_no=retail.list_no,
        quantities=FrozenDict(sums),
        status=retail.status,
        released_at=retail.released_at,
        cancelled_at=retail.cancelled_at,
    )


def return_of(
    found: ReturnStanding, retail: RetailStanding | None, items: Mapping[tuple[str, str], str]
) -> RetailReturn:
    """Return a return with the items of the list that it is about."""
    records = {gnum: record for gnum, record, _ in retail.lines} if retail else {}
    sums: dict[BookItem, Decimal] = {}
    for each in found.lines:
        if retail and (item := _item(retail.ems_no, records.get(each.gnum, ""), items)):
            sums[item] = sums.get(item, ZERO) + each.quantity
    return RetailReturn(number=found.number, list_no=found.list_no, quantities=FrozenDict(sums))


def _item(ems_no: str, record: str, items: Mapping[tuple[str, str], str]) -> BookItem | None:
    """The item that a retail line names: by its record number, or by the article number that some books go by."""
    try:
        return book_item(ems_no, items.get((ems_no, record), record))
    except ValueError:
        return None
