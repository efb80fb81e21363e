"""A ledger in which everything was used once, and the database of the first release, made of it.

``python -m support.filled_ledger`` prints the database as SQL. What lies in ``tests/ledger/first_release`` was printed by the
first release and is never printed again: later releases have to read it. Beside it ``tests/ledger/later_release`` has goods,
parties and declarations too, which the first release did not fill.
"""

import sqlite3
import sys
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import customs
from customs.intake import GoodsRecord
from customs.ledger import EntryCause, LedgerConnection, erase_person, open_ledger, person_of, upgrade
from customs.ledger.bills import enter_bill, grant_guarantee
from customs.ledger.book.bond_messages import read_bond_message
from customs.ledger.book.entering import adjust_book, cause_of, enter_message
from customs.ledger.book.items import BookItem
from customs.ledger.declared import note_declared, release_declared
from customs.ledger.goods import GoodsState, enter_goods, find_goods, mark_used, move_goods
from customs.ledger.parties import PartyAgreement, PartyPaper, PartyRegistration, enter_changed
from customs.ledger.quota import QuotaOrder, correct, observe, order_standing, put_back, reserve, restore, take, void
from customs.ledger.settlements import open_payment_bills, take_bill
from customs.reconciliation.three_way import BillSide
from customs.testing import sample_parcels
from support import bond_messages as bonded
from support import settlement_files as written
from support.ledgers import KEYS

AT = datetime(2026, 11, 11, 8)
BUYER, OTHER, ERASED = ("1", "110101180001010011"), ("1", "11010118000101002X"), ("1", "110101180001010054")


def receipt(number: str) -> EntryCause:
    return EntryCause("receipt", number)


def fill_quota(connection: LedgerConnection) -> None:
    """Orders of two buyers: taken, freed, given back in part, refused and held again; a third buyer is erased."""
    for number, amount in (("P1/O1", "450.10"), ("P1/O2", "99.99"), ("P1/O3", "1000"), ("P1/O4", "75.50")):
        reserve(connection, QuotaOrder(order=number, buyer=BUYER, amount=Decimal(amount)), at=AT)
    reserve(connection, QuotaOrder(order="P2/O5", buyer=OTHER, amount=Decimal("5000.01")), at=AT)
    for number in ("P1/O1", "P1/O3", "P1/O4"):
        take(connection, number, receipt("120"), at=AT)
    void(connection, "P1/O2", receipt("closed"), at=AT)
    restore(connection, "P1/O3", receipt("626"), at=AT, amount=Decimal("400"))
    put_back(connection, "P1/O4", receipt("100"), at=AT)
    person = order_standing(connection, "P1/O1").person
    observe(connection, person, receipt("1313"), year=2026, told=Decimal("2000"), at=AT)
    ticket = EntryCause("ticket", "T1", by="clerk", why="bought elsewhere")
    correct(connection, person, ticket, year=2026, by_amount=Decimal("-100"), at=AT)
    erase_person(connection, person_of(connection, *ERASED), at=AT)


def fill_bills(connection: LedgerConnection) -> None:
    """A guarantee, and tax bills that are made, gathered and void."""
    grant_guarantee(connection, "G1", Decimal("1000"), EntryCause("ticket", "G", by="clerk", why="lodged"), AT)
    for number, statuses in (("T1", "1"), ("T2", "12"), ("T3", "13")):
        for status in statuses:
            bill = BillSide(
                tax_bill_no=number, list_no=f"L{number}", order_no=f"O{number}", guarantor_code="G1", status=status,
                made_at=AT, head=(Decimal(0), Decimal(0), Decimal("9.10")),
            )  # fmt: skip
            enter_bill(connection, bill, receipt(f"{number}{status}"), AT)


def fill_settlements(connection: LedgerConnection) -> None:
    """A day's trade bill of WeChat Pay."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wechat.csv"
        path.write_text(written.wechat_trade(written.sales(5, seed=1)), encoding="utf-8")
        with open_payment_bills(path) as bills:
            for each in bills:
                take_bill(connection, each, at=AT)


def fill_book(connection: LedgerConnection) -> None:
    """An in-list that is deducted and stated, an out-list that is announced, and a correction."""
    out = bonded.bond_list("B2", [("12", "30")], retail=("X1",), ImpexpMarkcd="E", InvtType="8")
    announced = bonded.receipt("4", "2026-11-11 07:00:00", "B2", "QD299226E000000002", impexpMarkcd="E")
    stated = bonded.statement("2026-11-10 07:41:03", [{"actlIncQty": "100", "inQty": "100", "gdsMtno": "SKU12"}])
    for content in (bonded.bond_list(), stated, out, announced):
        enter_message(connection, read_bond_message(content), cause_of(content), AT)
    ticket = EntryCause("ticket", "B1", by="clerk", why="customs agreed")
    adjust_book(connection, BookItem("T2992W000001", "12"), Decimal(-1), "34", ticket, AT)


def fill_declared(connection: LedgerConnection) -> None:
    """Two parcels in three messages, one of them released and declared again."""
    run = customs.Run(on=AT.date(), clock=customs.fixed_clock(AT), guids=customs.seeded_guids(1))
    parcels = list(sample_parcels(2, seed=7, mode="1210"))
    for given in (parcels, parcels[:1]):
        for batch in run.prepare_many(given):
            note_declared(connection, batch, at=AT)
        release_declared(connection, parcels[0].order.order_no, "622 -621001", at=AT)


def fill_goods(connection: LedgerConnection) -> None:
    """An article whose version on record holds while a change of it is refused, and one that is suspended after use."""
    facts = {"hs_code": "3304990039", "unit": "142", "record_no": "12"}
    cream = GoodsRecord(sku="SKU12", facts=facts, account_book_no="T2992W000001", state="approved")
    enter_goods(connection, cream, EntryCause("file", "goods.xlsx"), at=AT)
    changed = replace(cream, facts={**facts, "unit": "011"}, state="refused")
    enter_goods(connection, changed, EntryCause("file", "goods-2.xlsx"), at=AT)
    milk = replace(cream, sku="SKU13", facts={**facts, "record_no": "13"})
    enter_goods(connection, milk, EntryCause("file", "goods.xlsx"), at=AT)
    standing = find_goods(connection, "SKU13", "T2992W000001")
    assert standing
    mark_used(connection, standing, EntryCause("list", "L1"), at=AT)
    ticket = EntryCause("ticket", "G1", by="clerk", why="customs said so")
    move_goods(connection, ("SKU13", "T2992W000001"), GoodsState.SUSPENDED, ticket, at=AT)


def fill_parties(connection: LedgerConnection) -> None:
    """A carrier with a licence, registered for a year, and what a shop agreed on."""
    cause = EntryCause("file", "parties.xlsx", by="clerk", why="entered")
    carrier = PartyRegistration(
        role="carrier",
        code="3301960ABC",
        name="虚构快递公司",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
    )
    enter_changed(connection, carrier, cause, at=AT)
    enter_changed(connection, PartyPaper(role="carrier", code=carrier.code, paper="express_licence"), cause, at=AT)
    agreed = PartyAgreement(platform_code="3301960P01", merchant_code="3301960M01", role="carrier", code=carrier.code)
    enter_changed(connection, agreed, cause, at=AT)


#: What fills a ledger, one for each concept.
FILLING = (fill_quota, fill_bills, fill_settlements, fill_book, fill_declared, fill_goods, fill_parties)


def main() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        url = f"sqlite:///{path}"
        upgrade(url)
        with open_ledger(url, KEYS) as ledger:
            for fill in FILLING:
                with ledger.begin() as connection:
                    fill(connection)
        database = sqlite3.connect(path)
        sys.stdout.writelines(f"{line}\n" for line in database.iterdump())
        database.close()


if __name__ == "__main__":
    main()
