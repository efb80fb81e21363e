"""Answers of the goods records before a parcel is declared (备案应答): the goods of an account book that may be declared.

``LedgerGoods`` is given as ``records`` to ``customs.foresee``, which then names what customs would refuse with -625007,
-625010 to -625012 and -621001 (商品未备案).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from customs.declaration import Declaration
from customs.ledger.database import LedgerConnection
from customs.ledger.goods.standings import GoodsStanding, goods_numbered, goods_of_numbers, kept_goods
from customs.ledger.goods.tables import GOODS_RECORDS
from customs.rules import Finding
from customs.rules.records import RECORDED


class GoodsOfBook(Mapping[str, Mapping[str, str]]):
    """The goods of an account book that may be declared, by record number, each with the facts on record; asked one by one."""

    __slots__ = ("_book", "_connection")

    def __init__(self, connection: LedgerConnection, account_book_no: str) -> None:
        self._connection, self._book = connection, account_book_no

    def __getitem__(self, record_no: str) -> Mapping[str, str]:
        found = goods_numbered(self._connection, self._book, record_no) if record_no else None
        if found is None or found.in_force is None:
            raise KeyError(record_no)
        return recorded(found)

    def __iter__(self) -> Iterator[str]:
        for each in kept_goods(self._connection):
            number = each.in_force.facts.get("record_no") if each.in_force else None
            if number and each.account_book_no == self._book:
                yield number

    def __len__(self) -> int:
        return sum(1 for _ in self)


def recorded(standing: GoodsStanding) -> Mapping[str, str]:
    """Return the facts by which the e-port compares a line with its record, of the version that holds."""
    facts = (standing.in_force or standing.record).facts
    return {name: facts[name] for name in RECORDED if name in facts}


def goods_of_lines(
    connection: LedgerConnection, declarations: Iterable[Declaration]
) -> dict[str, Mapping[str, Mapping[str, str]]]:
    """Return the goods of the account books of parcels that their lines name and that may be declared, by book and record number;
    books of which the ledger has no record are left out.
    """
    numbers = defaultdict[str, list[str]](list)
    for each in declarations:
        numbers[each.clearance.account_book_no or ""] += [line.record_no for line in each.order.lines if line.record_no]
    found = dict[str, Mapping[str, Mapping[str, str]]]()
    for book, of_book in numbers.items():
        if book and _is_known(connection, book):
            standings = goods_of_numbers(connection, book, of_book)
            found[book] = {number: recorded(each) for number, each in standings.items() if each.in_force}
    return found


def _is_known(connection: LedgerConnection, account_book_no: str) -> bool:
    """True if the ledger has a record of an account book."""
    wanted = select(GOODS_RECORDS.c.id).where(GOODS_RECORDS.c.account_book_no == account_book_no).limit(1)
    return connection.sql.execute(wanted).scalar() is not None


class LedgerGoods:
    """Records of customs as far as the ledger knows goods; it answers nothing else."""

    def __init__(self, connection: LedgerConnection) -> None:
        self._connection = connection

    def goods_on_record(self, account_book_no: str) -> Mapping[str, Mapping[str, str]] | None:
        """Return the goods of an account book that may be declared, None if the ledger has no record of the book."""
        known = account_book_no and _is_known(self._connection, account_book_no)
        return GoodsOfBook(self._connection, account_book_no) if known else None

    def quota_used(self, id_type: str, id_number: str, year: int, *, beside: str = "") -> Decimal | None:
        """Return None: the quota answers that."""
        return None

    def guarantee_left(self, guarantor_code: str) -> Decimal | None:
        """Return None: the tax bills answer that."""
        return None

    def registered(self, code: str) -> bool | None:
        """Return None: the registrations answer that."""
        return None

    def objections(self, declaration: Declaration, *, on: date) -> Sequence[Finding]:
        """Return nothing: the goods say it all in ``goods_on_record``."""
        return ()
