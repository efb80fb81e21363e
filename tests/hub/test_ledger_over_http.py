"""Goods records, account books and tax bills over HTTP: each enterprise sees and changes its own part of the ledger alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from customs.hub.enterprises.belongings import NOTHING, Belongings, belongings_of
from customs.hub.enterprises.tokens import TokenScope
from customs.hub.service.opening import open_enterprise
from customs.hub.settings.hub_file import EnterprisePlace
from customs.intake.profile import Profile
from customs.ledger import EntryCause, Ledger
from customs.ledger.bills import enter_assessments, enter_bill
from customs.ledger.book.bond_messages import read_bond_message
from customs.ledger.book.entering import cause_of, enter_message
from customs.reconciliation.three_way import BillSide
from customs.reconciliation.three_way.sides import OwnSide
from customs.signing import Signer
from customs.tax import assess
from customs.testing import sample_parcels
from support import bond_messages as bonded
from support import exactly, some
from support.command_line import run
from support.hub_callers import EIGHT, Caller, calling, with_token
from support.hub_office import HubAtWork, hub_at_work
from support.ledgers import LedgerDatabases

BOOK, OTHER_BOOK = "T2992W000001", "T2992W000002"
SHOP = Belongings(account_books=frozenset({BOOK}), merchants=frozenset({"M1"}))
WAREHOUSE = Belongings(account_books=frozenset({OTHER_BOOK}), merchants=frozenset({"M2"}))

ROW = {"货号": "A1", "商品编码": "3304990039", "成交单位": "142", "备案状态": "已备案", "账册编号": BOOK}


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    """A ledger in SQLite: ``test_interface.py`` calls the hub on both databases."""
    with sqlite_databases.ledger() as found:
        yield found


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer, belongings=SHOP)


@pytest.fixture
def caller(hub: HubAtWork) -> Iterator[Caller]:
    with calling(hub, WAREHOUSE) as found:
        yield found


@pytest.fixture
def other(hub: HubAtWork, caller: Caller) -> Caller:
    with hub.ledger.begin() as connection:
        return with_token(caller, connection, "warehouse", *TokenScope)


def entered(caller: Caller, *rows: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    status, found = caller.post("/v1/goods", {"rows": list(rows), **more})
    assert status == 200
    return list(found["rows"])


# goods records


def test_a_list_of_goods_is_entered_and_a_change_is_a_new_version(hub: HubAtWork, caller: Caller) -> None:
    assert [each["outcome"] for each in entered(caller, ROW)] == ["new"]
    assert [each["outcome"] for each in entered(caller, ROW)] == ["same"]
    (changed,) = entered(caller, {**ROW, "商品编码": "3304990029"}, reason="归类更正")
    assert (changed["outcome"], changed["version"]) == ("changed", 2)
    assert changed["differences"] == [{"field": "hs_code", "before": "3304990039", "after": "3304990029"}]
    status, shown = caller.get(f"/v1/goods/record?sku=A1&account_book_no={BOOK}")
    assert (status, shown["record"]["state"], shown["record"]["facts"]["hs_code"]) == (200, "on_record", "3304990029")
    assert [each["version"] for each in shown["history"]] == [1, 2]
    assert shown["history"][1]["why"] == "归类更正"


def test_a_row_that_cannot_be_read_stops_no_other(caller: Caller) -> None:
    rows = entered(caller, {"货号": "A2", "商品编码": "33"}, ROW, {"货号": ["A3"]}, {}, {**ROW, "货号": "A" * 101})
    assert [each["outcome"] for each in rows] == ["unreadable", "new", "unreadable", "unreadable", "unreadable"]
    assert all(each["mistakes"][0]["zh"] and each["mistakes"][0]["en"] for each in rows if not each["sku"])


def test_a_record_is_brought_into_a_state_by_a_ticket_that_counts_once(caller: Caller) -> None:
    entered(caller, ROW)
    given = {"sku": "A1", "account_book_no": BOOK, "state": "suspended", "ticket": "T-1", "reason": "执行标志 4"}
    assert caller.post("/v1/goods/state", given)[1]["record"]["state"] == "suspended"
    status, again = caller.post("/v1/goods/state", given)
    assert (status, len(again["history"])) == (200, 2)
    status, found = caller.post("/v1/goods/state", {**given, "state": "refused", "ticket": "T-2"})
    assert (status, "cannot become refused" in found["detail"], "不能变为" in found["detail_zh"]) == (409, True, True)


@pytest.mark.long
def test_goods_are_listed_page_by_page(caller: Caller) -> None:
    entered(caller, *[{**ROW, "货号": f"A{number}"} for number in range(5)])
    seen, path = list[str](), f"/v1/goods?limit=2&state=on_record&account_book_no={BOOK}"
    while path:
        page = caller.get(path)[1]
        assert len(page["records"]) <= 2
        seen += [each["sku"] for each in page["records"]]
        path = page["next"]
    assert seen == ["A0", "A1", "A2", "A3", "A4"]


def test_another_enterprise_has_none_of_the_goods_and_changes_none(caller: Caller, other: Caller) -> None:
    entered(caller, ROW)
    assert other.get("/v1/goods")[1]["records"] == []
    assert other.get(f"/v1/goods?account_book_no={BOOK}")[1]["records"] == []
    assert other.get(f"/v1/goods/record?sku=A1&account_book_no={BOOK}")[0] == 404
    moved = {"sku": "A1", "account_book_no": BOOK, "state": "withdrawn", "ticket": "T-9"}
    assert other.post("/v1/goods/state", moved)[0] == 404
    (refused,) = entered(other, {**ROW, "商品编码": "3304990029"})
    assert (refused["outcome"], refused["version"]) == ("forbidden", None)
    assert "is not this enterprise's" in refused["mistakes"][0]["en"]
    (mine,) = entered(other, {**ROW, "账册编号": OTHER_BOOK})
    assert mine["outcome"] == "new", "the same SKU in a book of its own is another record"
    shown = caller.get(f"/v1/goods/record?sku=A1&account_book_no={BOOK}")[1]
    assert (shown["record"]["state"], len(shown["history"])) == ("on_record", 1)


def test_goods_without_a_book_belong_to_nobody_where_several_share_a_hub(caller: Caller) -> None:
    row = {name: value for name, value in ROW.items() if name != "账册编号"}
    assert [each["outcome"] for each in entered(caller, row)] == ["forbidden"]


# the account book


def stocked(hub: HubAtWork) -> None:
    own, bond = "B1", "QD299226I000000001"
    with hub.ledger.begin() as connection:
        for content in (
            bonded.bond_list(own, [("12", "100")], PutrecNo=BOOK),
            bonded.statement(
                f"{EIGHT}", [{"bwsNo": BOOK, "gdsSeqno": "12", "actlIncQty": "100"}], own, bond, putrecNo=BOOK
            ),
        ):
            enter_message(connection, read_bond_message(content), cause_of(content), EIGHT)


def test_a_book_shows_what_it_holds_and_the_entries_behind_it(hub: HubAtWork, caller: Caller, other: Caller) -> None:
    stocked(hub)
    status, found = caller.get(f"/v1/books/{BOOK}")
    assert (status, [(each["record_no"], each["balance"]) for each in found["items"]]) == (200, [("12", "100")])
    status, page = caller.get(f"/v1/books/{BOOK}/items/12")
    assert status == 200
    assert sum(Decimal(each["change"].get("actual_in", "0")) for each in page["entries"]) == 100
    assert caller.get(f"/v1/books/{BOOK}/items/13")[0] == 404
    for path in exactly(2, [f"/v1/books/{BOOK}", f"/v1/books/{BOOK}/items/12"]):
        assert other.get(path)[0] == 404


# tax bills


def billed(hub: HubAtWork) -> None:
    """Two parcels of one merchant and one of another, each with its bill; one bill asks a yuan more."""
    parcels = list(sample_parcels(3, seed=7, mode="1210"))
    for number, (parcel, merchant) in enumerate(zip(parcels, ("M1", "M1", "M2"), strict=True), 1):
        assessment = assess(parcel, on=EIGHT.date())
        own = OwnSide(
            order_no=f"O{number}", list_no=f"L{number}", waybill_no="", merchant_code=merchant, guarantor_code="G1",
            assessment=assessment,
        )  # fmt: skip
        tariff, consumption, vat, _ = assessment.taxes
        bill = BillSide(
            tax_bill_no=f"T{number}", list_no=f"L{number}", order_no=f"O{number}", merchant_code=merchant,
            guarantor_code="G1", made_at=datetime(2026, 11, 12), head=(tariff, consumption, vat),
        )  # fmt: skip
        if number == 2:
            bill = replace(bill, head=(tariff, consumption, vat + 1))
        with hub.ledger.begin() as connection:
            enter_assessments(connection, [(own, EntryCause("order", own.order_no))], EIGHT)
            enter_bill(connection, bill, EntryCause("receipt", bill.tax_bill_no), EIGHT)


def test_tax_bills_are_shown_by_order_and_month_to_their_merchant_alone(
    hub: HubAtWork, caller: Caller, other: Caller
) -> None:
    billed(hub)
    assert [each["tax_bill_no"] for each in caller.get("/v1/bills")[1]["bills"]] == ["T1", "T2"]
    assert [each["tax_bill_no"] for each in caller.get("/v1/bills?order_no=O2")[1]["bills"]] == ["T2"]
    assert caller.get("/v1/bills?month=2026-10")[1] == {"bills": [], "next": None}
    assert (caller.get("/v1/bills/T1")[0], caller.get("/v1/bills/T3")[0]) == (200, 404)
    assert [each["tax_bill_no"] for each in other.get("/v1/bills")[1]["bills"]] == ["T3"]
    assert other.get("/v1/bills/T1")[0] == 404


def test_a_month_is_reconciled_over_the_parcels_of_the_callers_merchants(
    hub: HubAtWork, caller: Caller, other: Caller
) -> None:
    billed(hub)
    status, found = caller.get("/v1/bills/months/2026-11")
    assert (status, found["all"]["parcels"], found["all"]["bills"], found["all"]["in_order"]) == (200, 2, 2, 1)
    assert found["all"]["billed_more"] == "1.00"
    assert list(found["by_merchant"]) == ["M1"]
    assert other.get("/v1/bills/months/2026-11")[1]["all"]["parcels"] == 1
    assert caller.get("/v1/bills/months/2026-13")[0] == 422


# scopes and belongings


def test_each_part_of_the_ledger_needs_its_scope(hub: HubAtWork, caller: Caller) -> None:
    needs = {
        TokenScope.GOODS: ("/v1/goods", f"/v1/goods/record?sku=A1&account_book_no={BOOK}"),
        TokenScope.BOOK: (f"/v1/books/{BOOK}", f"/v1/books/{BOOK}/items/12"),
        TokenScope.BILLS: ("/v1/bills", "/v1/bills/T1", "/v1/bills/months/2026-11"),
    }
    for scope, paths in exactly(3, list(needs.items())):
        with hub.ledger.begin() as connection:
            holder = with_token(caller, connection, "shop", scope)
            without = with_token(caller, connection, "shop", *(set(TokenScope) - {scope}))
        for path in some(paths):
            assert holder.get(path)[0] in (200, 404)
            assert without.get(path)[0] == 403


def test_the_enterprise_file_names_what_belongs_to_an_enterprise() -> None:
    one = Profile(name="a", values={"parties.merchant_code": "M1", "clearance.account_book_no": BOOK})
    assert belongings_of([one, Profile(name="b", values={"parties.merchant_code": "M2"})]) == Belongings(
        account_books=frozenset({BOOK}), merchants=frozenset({"M1", "M2"})
    )
    assert belongings_of([Profile(name="a", values={})]) == NOTHING


def test_an_enterprise_has_everything_if_the_hub_has_no_other(tmp_path: Path) -> None:
    assert run("sample", "--shop", tmp_path / "shop", "--count", "1").exit_code == 0
    file = tmp_path / "shop" / "customs.toml"
    file.write_text(file.read_text("utf-8") + '[destinations.port]\nkind = "folder"\nroot = "../office"\n', "utf-8")
    place = EnterprisePlace(name="shop", file=file, hooks={})
    assert open_enterprise(place, lambda: EIGHT, alone=True).hub.belongings.has_book("T2992W000099")
    own = open_enterprise(place, lambda: EIGHT).hub.belongings
    assert not own.has_book("T2992W000099")
    assert own.merchants
