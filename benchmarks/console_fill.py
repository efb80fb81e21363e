"""A hub filled for its console (控制台的数据): a million parcels of thirty days, their cases, bills, goods and the rest, in PostgreSQL.

Some hundred parcels, cases, bills and records are made by the hub itself; the database copies them with other numbers, keys
and times. Of ten parcels nine are delivered, eighty thousand of a million are under way at every node, some are refused,
withdrawn or returned. As after some days of retention, older parcels are erased: their contents and answers are gone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from time import perf_counter

from sqlalchemy import text

from benchmarks.console_copies import (
    DROPS,
    EVENTS,
    INDEXES,
    PLACES,
    SEQUENCES,
    copies,
    of_accounts,
    places,
    steps,
)
from benchmarks.hub_road import Road, road_on
from customs.hub.alarms.settings import shipped_settings
from customs.hub.alarms.turn import alarms_turn
from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.classes import case_classes
from customs.hub.cases.kept import read_case
from customs.hub.cases.opening import CaseLink, NewCase, open_case
from customs.hub.cases.states import CaseState
from customs.hub.cases.working import comment_on_case, move_case
from customs.hub.knowledge.articles import move_article, write_article
from customs.hub.knowledge.content import ArticleContent, ArticleState, ArticleText, ArticleTie
from customs.intake import GoodsRecord
from customs.ledger import EntryCause, LedgerConnection
from customs.ledger.bills import enter_assessments, grant_guarantee
from customs.ledger.bills.entering import BillReceipt, enter_bills
from customs.ledger.book.entering import adjust_book
from customs.ledger.book.items import book_item
from customs.ledger.goods import enter_goods
from customs.reconciliation.three_way import OwnSide, ParcelCourse
from customs.reconciliation.three_way.sides import BillSide
from customs.tax import assess
from customs.testing import sample_parcels

#: What the hub makes itself of each kind; all others are copies.
FIRST, CASES, BILLS, GOODS, ARTICLES = 500, 50, 100, 100, 100

#: The days over which parcels and cases are spread, and those of which parcels may still be under way.
DAYS, RECENT = 30, 2.4

#: The book of the goods, and who guarantees for the tax.
BOOK, GUARANTOR = "T3111W000076", "3301960GUA"


@contextmanager
def hub_of(url: str) -> Iterator[Road]:
    """Yield the road of a hub over a fresh ledger, with what is made by itself."""
    with road_on(url) as road:
        road.wave(FIRST)
        now = road.hub.now
        with road.ledger.begin() as connection:
            _cases(connection, now)
            _articles(connection, now)
            _goods(connection, now)
            _bills(connection, now)
        yield road


def fill(road: Road, parcels: int, cases: int, told: Callable[[str], object]) -> None:
    """Copy what the hub made until there are so many parcels and cases; let the alarms look at them."""
    many = {"parcels": parcels // FIRST - 1, "cases": cases // CASES - 1, "bills": parcels // BILLS - 1}
    spans = {"minutes": FIRST / parcels, "case_minutes": CASES / cases, "bill_minutes": BILLS / parcels}
    given: dict[str, object] = {**many, **{name: DAYS * 1440 * each for name, each in spans.items()}}
    given |= {"goods": 199, "articles": 4, "recent": RECENT * 1440, "now": road.hub.now}
    statements = {**copies(), **of_accounts()}
    alarms = statements.pop("alarms")

    def run(connection: LedgerConnection, name: str, statement: str) -> None:
        start = perf_counter()
        connection.sql.execute(text(statement), {each: given[each] for each in given if f":{each}" in statement})
        told(f"{name}: {perf_counter() - start:.1f} s")

    with road.ledger.begin() as connection:
        for setting in ("session_replication_role = replica", "maintenance_work_mem = '512MB'", "work_mem = '256MB'"):
            connection.sql.execute(text(f"SET LOCAL {setting}"))  # a replica does not check each row, nor count it
        for each in PLACES:
            connection.sql.execute(text(each))
        connection.sql.execute(text("INSERT INTO places VALUES (:recent, :r, :stage, :node, :goods, :last)"), places())
        connection.sql.execute(text("INSERT INTO steps VALUES (:node, :rank, :later)"), steps())
        connection.sql.execute(text(EVENTS))
        indexes = list(connection.sql.execute(text(INDEXES)).scalars())
        for each in connection.sql.execute(text(DROPS)).scalars().all():
            connection.sql.execute(text(each))
        for name, statement in statements.items():
            run(connection, name, statement)
        start = perf_counter()
        for each in indexes:
            connection.sql.execute(text(each))
        told(f"indexes: {perf_counter() - start:.1f} s")
        for each in connection.sql.execute(text(SEQUENCES)).scalars().all():
            connection.sql.execute(text(each))
    with road.ledger.ask() as connection:
        run(connection, "statistics", "VACUUM ANALYZE")
    start = perf_counter()
    alarms_turn(road.ledger, road.hub.enterprise, shipped_settings(), now=road.hub.now)
    told(f"a look of the alarms: {perf_counter() - start:.1f} s")
    with road.ledger.begin() as connection:
        run(connection, "alarms", alarms)


def _cases(connection: LedgerConnection, now: datetime) -> None:
    """Open cases of every class; of fifty three are left open."""
    classes = [*case_classes()]
    for number in range(CASES):
        at = now - timedelta(minutes=30)
        act = CaseAct(by=f"desk{number % 8}", at=at, why="wrong unit, corrected")
        order = f"EX12100007{number + 1:07d}"
        case = open_case(
            connection,
            "shop",
            NewCase(
                title=f"Order {order} is refused",
                text="why is it not released?",
                case_class=classes[number % len(classes)],
                cause=f"receipt/{number}" if number < 3 else "",
                links=(CaseLink("order", f"91000000000000001N/{order}"), CaseLink("code", "1313")),
            ),
            act,
        ).case
        if number == 0:
            continue
        _moved(connection, case.id, CaseState.WORKING, act)
        comment_on_case(connection, SeenCase("shop", case.id), "we ask the platform", act, outside=True)
        if number < 3:
            continue
        for state in (CaseState.WAITING_BUYER, CaseState.WORKING, CaseState.RESOLVED, CaseState.CLOSED):
            _moved(connection, case.id, state, act)


def _moved(connection: LedgerConnection, number: int, state: CaseState, act: CaseAct) -> None:
    version = read_case(connection, "shop", number).version
    move_case(connection, SeenCase("shop", number, version), state, act)


def _articles(connection: LedgerConnection, now: datetime) -> None:
    for number in range(ARTICLES):
        words = ArticleText(title=f"Refused with {1300 + number}", issue="refused", resolution="cancel and refund")
        content = ArticleContent(en=words, ties=(ArticleTie("code", f"{1300 + number}"),))
        article = write_article(connection, "shop", content, CaseAct(by="desk1", at=now))
        for state in (ArticleState.REVIEWED, ArticleState.PUBLISHED):
            move_article(connection, "shop", (article.id, article.version), state, CaseAct(by="desk2", at=now))


def _goods(connection: LedgerConnection, now: datetime) -> None:
    for number in range(GOODS):
        facts = {"hs_code": "3304990039", "unit": "142", "record_no": f"{number + 1}"}
        record = GoodsRecord(sku=f"SKU{number:03d}", facts=facts, account_book_no=BOOK, state="approved")
        enter_goods(connection, record, EntryCause("file", "list", "clerk", "season"), at=now)
        ticket = EntryCause("ticket", f"T{number}", "clerk", "counted")
        adjust_book(connection, book_item(BOOK, f"{number + 1}"), Decimal(100), "32", ticket, now)


def _bills(connection: LedgerConnection, now: datetime) -> None:
    entered, receipts = [], []
    for number, parcel in enumerate(sample_parcels(BILLS, seed=7, mode="1210")):
        own = OwnSide(
            order_no=parcel.order.order_no,
            list_no=f"29912026I{number:09d}",
            waybill_no=parcel.waybill.waybill_no or "",
            merchant_code=parcel.parties.merchant_code,
            guarantor_code=GUARANTOR,
            assessment=assess(parcel, on=now.date()),
            released_on=now.date(),
            course=ParcelCourse.RELEASED,
        )
        entered.append((own, EntryCause("order", own.order_no)))
        bill = BillSide(
            tax_bill_no=f"T{number:09d}",
            list_no=own.list_no,
            order_no=own.order_no,
            guarantor_code=GUARANTOR,
            merchant_code=own.merchant_code,
            made_at=now,
            head=(Decimal(0), Decimal(0), Decimal("12.30")),
        )
        receipts.append(BillReceipt(bill=bill, cause=EntryCause("receipt", bill.tax_bill_no)))
    enter_assessments(connection, entered, now)
    enter_bills(connection, receipts, now)
    ticket = EntryCause("ticket", "T-1", "clerk", "granted")
    grant_guarantee(connection, GUARANTOR, Decimal(900_000_000), ticket, now)
