"""Goods lists that people upload (备案表上传): read, compared with the ledger row by row, and entered as one change.

What a list would do is foreseen by reading alone; it is entered with one cause, so that the same list is entered once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from customs.hub.web.catalogue import console_text
from customs.hub.web.shop_rates import rates_today
from customs.hub.web.uploads import KeptUpload, as_file
from customs.hub.web.visits import PageError, Visit
from customs.intake.goods import GoodsRecord
from customs.intake.goods_check import GoodsFinding, check_goods
from customs.intake.goods_sheets import goods_in
from customs.intake.problems import FileMistake, GoodsError
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.goods import GoodsEntered, GoodsState, enter_goods
from customs.ledger.goods.foreseeing import foreseen_goods
from customs.rules import Finding

#: Records of one list at most; longer ones go by the command.
MOST_RECORDS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenGoods:
    """A row of a list: what would become of its record, and what the check says of it."""

    record: GoodsRecord
    entered: GoodsEntered | None
    """None for a record of an account book that is not the enterprise's: it is left out."""
    findings: Sequence[Finding]

    @property
    def move(self) -> str:
        """The outcome for it."""
        return self.entered.move if self.entered else "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsListRead:
    """A list as it was read: its mistakes, or its rows."""

    mistakes: Sequence[FileMistake] = ()
    rows: Sequence[ForeseenGoods] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows there are of each outcome."""
        return Counter(each.move for each in self.rows)

    @property
    def changing(self) -> bool:
        """True if it would change anything."""
        return any(each.move in ("new", "changed", "state") for each in self.rows)


def read_list(
    connection: LedgerConnection, visit: Visit, upload: KeptUpload, unsaid: GoodsState | None
) -> GoodsListRead:
    """Read a list and foresee what it would change. Raises ``PageError`` for one with too many records."""
    try:
        records = _records(upload)
    except GoodsError as error:
        return GoodsListRead(mistakes=error.problems)
    if len(records) > MOST_RECORDS:
        text = console_text("goods.too_many", most=f"{MOST_RECORDS:,}")
        raise PageError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
    said = _by_sku(check_goods(records, on=visit.now.date(), rates=rates_today(visit)))
    own = visit.shop.belongings
    return GoodsListRead(
        rows=[
            ForeseenGoods(
                record=each,
                entered=foreseen_goods(connection, each, unsaid=unsaid)
                if own.has_book(each.account_book_no or "")
                else None,
                findings=said.get(each.sku, ()),
            )
            for each in records
        ]
    )


def enter_list(
    connection: LedgerConnection, visit: Visit, upload: KeptUpload, unsaid: GoodsState | None, why: str
) -> Mapping[str, int]:
    """Enter the records of a list that are the enterprise's; return how many there are of each outcome."""
    cause = EntryCause("file", f"console/{upload.digest}/{upload.id}", by=visit.person.name, why=why)
    own = visit.shop.belongings
    found = Counter[str]()
    for each in _records(upload)[:MOST_RECORDS]:
        if not own.has_book(each.account_book_no or ""):
            found["forbidden"] += 1
            continue
        found[enter_goods(connection, each, cause, at=visit.now, unsaid=unsaid).move] += 1
    return found


def _records(upload: KeptUpload) -> list[GoodsRecord]:
    """Return the records of a list. Raises ``GoodsError``, whose mistakes name the file as the person does."""
    with as_file(upload.content, "list") as path:
        try:
            return list(goods_in(path).values())
        except GoodsError as error:
            raise GoodsError(each._replace(file=upload.name) for each in error.problems) from None


def _by_sku(findings: Iterable[GoodsFinding]) -> Mapping[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for each in findings:
        found.setdefault(each.sku, []).append(each.finding)
    return found
