"""Entering of bond messages (核注清单入账): what customs pre-deducts and deducts, item by item, and what it takes back.

The book moves by what customs decides on bond lists, never by the release of a parcel. Each message is one saying of its
list; what the list holds in the book follows from all of them (``customs.ledger.book.standing``), and the difference to what was
entered of it before is entered, with the message as the cause and the time that customs gives. So messages may come
twice and in any order, and a refusal, a change or a deletion restores what it must.

Promised: a message counts whole or not at all, and once. What customs states of the book's rows is kept beside and never
overwrites an account.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select

from customs.fields.frozen import FrozenDict
from customs.fields.money import exactly
from customs.ledger.accounts import Posting, append, upserting
from customs.ledger.book.bond_lists import BondList, BondMessage, BondNumbers, BondReceipt, BookStatement, EntryReceipt
from customs.ledger.book.items import FIGURES, BookItem, BookQuantities
from customs.ledger.book.papers import BookPaper, paper_of, say, sayings_of, stand
from customs.ledger.book.standing import BondStanding, SaidLine, SaidOfList, said_by, standing_of
from customs.ledger.book.stock_causes import ADJUSTMENTS
from customs.ledger.book.tables import ARTICLES, BOOK, STATEMENTS
from customs.ledger.causes import EntryCause
from customs.ledger.columns import KeptPieces
from customs.ledger.database import LedgerConnection
from customs.ledger.locking import lock_account


@dataclass(frozen=True, slots=True, kw_only=True)
class BookChange:
    """One message or correction as it was entered."""

    number: str
    """The number of the list, or of the correction."""
    new: bool
    """False if it was entered before."""
    state: str = ""
    """How the list stands after it."""
    changes: Mapping[BookItem, BookQuantities] = FrozenDict()
    """By how much the quantities of items changed."""


def cause_of(content: bytes) -> EntryCause:
    """Return the cause that a message is, by its bytes."""
    return EntryCause("message", sha256(content).hexdigest())


@exactly
def enter_message(connection: LedgerConnection, message: BondMessage, cause: EntryCause, at: datetime) -> BookChange:
    """Enter a bond message; ``at`` counts where it has no time of its own. Raises ``CauseUsedError``."""
    numbers, ems_no = _numbers(message)
    paper = paper_of(
        connection,
        "bond",
        {
            "own": f"{ems_no}:{numbers.own_no}" if numbers.own_no and ems_no else "",
            "bond": numbers.bond_no,
            "pre_entry": numbers.pre_entry_no,
        },
    )
    if isinstance(message, EntryReceipt):
        facts: Mapping[str, Any] = {"what": "entry", "entry_no": message.entry_no, "result": message.result}
    else:
        facts = {**_facts(said_by(message, at)), "ems_no": ems_no, "bond_no": numbers.bond_no, "own_no": numbers.own_no}
    new = say(connection, paper, facts, cause, at)
    known = sayings_of(connection, paper)
    standing = standing_of([said_of(each) for each in known if each["what"] != "entry"])
    shown = _known(known, "bond_no") or _known(known, "own_no") or numbers.bond_no or numbers.pre_entry_no
    if not new:
        return BookChange(number=shown, new=False, state=standing.state)
    if isinstance(message, BookStatement):
        _keep_rows(connection, message, cause, at)
    _note_articles(connection, standing.lines)
    stand(
        connection,
        paper,
        _standing_row(standing, _known(known, "ems_no"), shown),
        standing.retail_list_nos if standing.lives else (),
    )
    changes = _enter(
        connection,
        paper,
        standing,
        Posting(kind="list", cause=cause, at=standing.decided_at or at, details={"document": shown, "reason": ""}),
    )
    return BookChange(number=shown, new=True, state=standing.state, changes=FrozenDict(changes))


def _numbers(message: BondMessage) -> tuple[BondNumbers, str]:
    if isinstance(message, BondList):
        return message.numbers, message.ems_no
    if isinstance(message, BookStatement):
        return message.head.numbers, message.head.ems_no
    head = message.head if isinstance(message, BondReceipt) else None
    return message.numbers, head.ems_no if head else ""


def _known(sayings: Iterable[Mapping[str, Any]], name: str) -> str:
    return next((each[name] for each in sayings if each.get(name)), "")


def _standing_row(standing: BondStanding, ems_no: str, number: str) -> dict[str, Any]:
    return {
        "ems_no": ems_no,
        "number": number,
        "state": standing.state,
        "direction": standing.direction,
        "list_kind": standing.kind,
        "since": standing.decided_at,
    }


def _enter(
    connection: LedgerConnection, paper: BookPaper, standing: BondStanding, posting: Posting
) -> dict[BookItem, BookQuantities]:
    """Enter by how much a list holds more or less than was entered of it, item by item in one order."""
    entered = entered_of(connection, paper)
    changes = {}
    for item in sorted({*entered, *standing.holds}):
        change = standing.holds.get(item, BookQuantities()) - entered.get(item, BookQuantities())
        if change:
            account = lock_account(connection, BOOK, ems_no=item.ems_no, item_record_no=item.item_record_no)
            figures = FrozenDict({name: each for name in FIGURES if (each := getattr(change, name))})
            details = {**posting.details, "paper": paper.id}
            append(connection, account, replace(posting, figures=figures, details=details))
            changes[item] = change
    return changes


def entered_of(connection: LedgerConnection, paper: BookPaper) -> dict[BookItem, BookQuantities]:
    """Return what was entered of a list so far, by item."""
    entries, accounts = BOOK.entries, BOOK.accounts
    sums = [func.sum(entries.c[name] - entries.c[f"{name}_before"], type_=KeptPieces()) for name in FIGURES]
    wanted = (
        select(accounts.c.ems_no, accounts.c.item_record_no, *sums)
        .join(entries, entries.c.account == accounts.c.id)
        .where(entries.c.paper.in_(paper.family))
        .group_by(accounts.c.id, accounts.c.ems_no, accounts.c.item_record_no)
    )
    found = {}
    for row in connection.sql.execute(wanted):
        if held := BookQuantities(**dict(zip(FIGURES, row[2:], strict=True))):
            found[BookItem(row.ems_no, row.item_record_no)] = held
    return found


def adjust_book(
    connection: LedgerConnection, item: BookItem, quantity: Decimal, reason: str, cause: EntryCause, at: datetime
) -> BookChange:
    """Raise or lower the balance of an item by a correction that customs agreed to (盘盈、盘亏入账).

    ``reason`` is one of the codes of ``ADJUSTMENTS``. A stocktake alone never changes the book: the cause is a ticket, with
    who decided it and the document of customs as the reason in words. Raises ``ValueError`` for another cause.
    """
    if reason not in ADJUSTMENTS or not quantity:
        raise ValueError(
            f"a correction needs a quantity and one of the reasons {', '.join(ADJUSTMENTS)} 调整须注明数量与原因代码"
        )
    if cause.kind != "ticket" or not cause.by or not cause.why:
        raise ValueError(
            "a correction needs a ticket, who decided it and the document of customs: a stocktake alone does not change the book "
            "调整须有工单、决定人及海关依据：盘点本身不改变账册"
        )
    figure = "gained" if quantity > 0 else "lost"
    account = lock_account(connection, BOOK, ems_no=item.ems_no, item_record_no=item.item_record_no)
    posting = Posting(
        kind="adjust",
        cause=cause,
        at=at,
        figures=FrozenDict({figure: abs(quantity)}),
        details=FrozenDict({"paper": None, "document": cause.id, "reason": reason}),
    )
    _, new = append(connection, account, posting)
    changes = {item: BookQuantities(**{figure: abs(quantity)})} if new else {}
    return BookChange(number=cause.id, new=new, changes=FrozenDict(changes))


def _keep_rows(connection: LedgerConnection, statement: BookStatement, cause: EntryCause, at: datetime) -> None:
    """Keep what customs states of the rows of its book."""
    head = statement.head
    for number, row in enumerate(statement.rows):
        if row.item is None:
            continue
        values = {
            "ems_no": row.item.ems_no,
            "item_record_no": row.item.item_record_no,
            "bond_no": row.bond_no or head.numbers.bond_no,
            "line_number": row.line_number or f"row {number}",
            "at": head.deducted_at or head.pre_deducted_at or at,
            "cause": cause.id,
            **{name: getattr(row, name) for name in ("in_quantity", "actual_in", "actual_out", "pre_in", "pre_out")},
        }
        connection.sql.execute(upserting(connection, STATEMENTS).values(**values).on_conflict_do_nothing())


def _note_articles(connection: LedgerConnection, lines: Iterable[SaidLine]) -> None:
    rows = {(each.item.ems_no, each.sku[:100], each.item.item_record_no) for each in lines if each.sku}
    for ems_no, sku, record_no in sorted(rows):
        adding = upserting(connection, ARTICLES).values(ems_no=ems_no, sku=sku, item_record_no=record_no)
        connection.sql.execute(adding.on_conflict_do_nothing())


def _facts(said: SaidOfList) -> dict[str, Any]:
    """Return a saying as it is kept."""
    return {
        "what": said.what,
        "at": said.at.isoformat(),
        "change_no": said.change_no,
        "declared_as": said.declared_as,
        "direction": said.direction,
        "kind": said.kind,
        "mode": said.mode,
        "related_bond_no": said.related_bond_no,
        "lines": [[*each.item, f"{each.quantity:f}", each.sku] for each in said.lines],
        "retail_list_nos": list(said.retail_list_nos),
        "reasons": list(said.reasons),
    }


def said_of(facts: Mapping[str, Any]) -> SaidOfList:
    """Return what was kept as a saying."""
    return SaidOfList(
        what=facts["what"],
        at=datetime.fromisoformat(facts["at"]),
        change_no=facts["change_no"],
        declared_as=facts["declared_as"],
        direction=facts["direction"],
        kind=facts["kind"],
        mode=facts["mode"],
        related_bond_no=facts["related_bond_no"],
        lines=tuple(
            SaidLine(BookItem(ems_no, record_no), Decimal(quantity), sku)
            for ems_no, record_no, quantity, sku in facts["lines"]
        ),
        retail_list_nos=tuple(facts["retail_list_nos"]),
        reasons=tuple(facts["reasons"]),
    )


def standing_of_paper(connection: LedgerConnection, paper: BookPaper) -> BondStanding:
    """Return how a bond list stands by all that was said of it."""
    return standing_of([said_of(each) for each in sayings_of(connection, paper) if each["what"] != "entry"])
