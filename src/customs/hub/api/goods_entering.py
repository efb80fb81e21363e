"""Rows of a goods list (导入备案) as they come over HTTP: each is read, checked against the caller's books, and entered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from customs.hub.api.answering import finding_answer
from customs.hub.api.answers import BothLanguages
from customs.hub.api.ledger_answers import EnteredGoods, GoodsDifferenceAnswer
from customs.hub.enterprises.belongings import Belongings
from customs.intake.goods_rows import RowReading
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.goods import GoodsEntered, GoodsState, enter_goods

#: A row as it comes: texts and whole numbers by heading.
GoodsRow = dict[str, Any]

#: Characters of a SKU or a book's number at most.
_MOST = 100

#: Characters of a cell at most.
_MOST_IN_CELL = 1000


def enter_rows(
    connection: LedgerConnection,
    own: Belongings,
    rows: Sequence[GoodsRow],
    cause: EntryCause,
    *,
    at: datetime,
    unsaid: GoodsState | None,
) -> list[EnteredGoods]:
    """Enter the rows that can be read and whose book is the caller's; return what became of each, in order."""
    reading, found = RowReading("rows"), list[EnteredGoods]()
    for place, row in enumerate(rows):
        if not all(_is_cell(heading) and _is_cell(value) for heading, value in row.items()):
            found.append(_unreadable(place, [_NO_CELL]))
            continue
        before = len(reading.problems)
        record = reading.record(place + 1, row)
        mistakes = [BothLanguages(zh=each.zh, en=each.en) for each in reading.problems[before:]]
        if record is None or len(record.sku) > _MOST or any(len(each) > _MOST for each in _numbers(record.facts)):
            found.append(_unreadable(place, mistakes or [_EMPTY if record is None else _TOO_LONG]))
        elif not own.has_book(book := record.account_book_no or ""):
            found.append(_forbidden(place, record.sku, book))
        else:
            found.append(_entered(place, enter_goods(connection, record, cause, at=at, unsaid=unsaid)))
    return found


def _is_cell(value: object) -> bool:
    """True for what a cell may hold: a text without control characters, a whole number, or nothing."""
    if isinstance(value, str):
        return len(value) <= _MOST_IN_CELL and value.isprintable()
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18)


def _numbers(facts: Mapping[str, str]) -> list[str]:
    return [facts[name] for name in ("record_no", "account_book_no") if name in facts]


_NO_CELL = BothLanguages(
    zh=f"单元格须为文本或整数（小数请写成文本），不含控制字符，最长 {_MOST_IN_CELL} 字",
    en=f"a cell is a text or a whole number (decimals as text), without control characters, {_MOST_IN_CELL} characters at most",
)
_EMPTY = BothLanguages(zh="该行没有内容", en="the row holds nothing")
_TOO_LONG = BothLanguages(zh="货号、备案序号最长 100 字", en="a SKU or record number has at most 100 characters")


def _unreadable(place: int, mistakes: list[BothLanguages]) -> EnteredGoods:
    return EnteredGoods(
        place=place,
        sku="",
        account_book_no="",
        outcome="unreadable",
        version=None,
        state=None,
        differences=[],
        mistakes=mistakes,
        findings=[],
    )


def _forbidden(place: int, sku: str, book: str) -> EnteredGoods:
    shown = book or "-"
    told = BothLanguages(
        zh=f"账册 {shown} 不属于本企业：请在其企业档案 [clearance] 中写明 account_book_no",
        en=f"the account book {shown} is not this enterprise's: name it in its file as account_book_no of [clearance]",
    )
    return EnteredGoods(
        place=place,
        sku=sku,
        account_book_no=book,
        outcome="forbidden",
        version=None,
        state=None,
        differences=[],
        mistakes=[told],
        findings=[],
    )


def _entered(place: int, entered: GoodsEntered) -> EnteredGoods:
    return EnteredGoods(
        place=place,
        sku=entered.sku,
        account_book_no=entered.account_book_no,
        outcome=entered.move,
        version=entered.version,
        state=entered.state.value,
        differences=[
            GoodsDifferenceAnswer(field=each.field, before=each.before or "", after=each.after or "")
            for each in entered.differences
        ],
        mistakes=[],
        findings=[finding_answer(each) for each in entered.findings],
    )
