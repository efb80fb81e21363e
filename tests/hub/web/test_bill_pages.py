"""Tax bills in the console (税单页面): bills, the months that a finance clerk signs, exports, and how long guarantees last."""

from dataclasses import replace
from decimal import Decimal

from customs.hub.enterprises.belongings import Belongings
from customs.ledger.bills import enter_assessments, grant_guarantee
from customs.ledger.causes import EntryCause
from customs.reconciliation.three_way import OwnSide, ParcelCourse
from customs.tax import assess
from support.console import FilledConsole, mounted


def taxed(console: FilledConsole) -> OwnSide:
    """A parcel with its assessment and what the buyer was charged, and the guarantee that covers it."""
    parcel = console.parcels[1]
    own = OwnSide(
        order_no=parcel.order.order_no,
        list_no="299120261000000001",
        waybill_no=parcel.waybill.waybill_no or "",
        merchant_code=parcel.parties.merchant_code,
        guarantor_code="3301960GUA",
        assessment=assess(parcel, on=console.hub.now.date()),
        charged=Decimal("41.23"),
        course=ParcelCourse.RELEASED,
    )
    with console.ledger.begin() as connection:
        enter_assessments(connection, [(own, EntryCause("order", own.order_no))], console.hub.now)
        ticket = EntryCause("ticket", "T-1", "clerk", "granted")
        grant_guarantee(connection, "3301960GUA", Decimal("100000.00"), ticket, console.hub.now)
    return own


def test_a_month_shows_its_totals_and_a_place_to_sign(console: FilledConsole) -> None:
    own = taxed(console)
    page = console.reader("finance", "en").shop("/bills/months/2026-11")
    assert page.status_code == 200
    assert own.merchant_code in page.text
    assert "41.23" in page.text
    assert "Prepared by" in page.text


def test_a_month_is_exported_as_table_and_workbook(console: FilledConsole) -> None:
    own = taxed(console)
    reader = console.reader("finance")
    written = reader.shop("/bills/months/2026-11/parcels.csv")
    assert own.order_no in written.content.decode("utf-8-sig")
    assert "attachment" in written.headers["content-disposition"]
    assert reader.shop("/bills/months/2026-11/parcels.xlsx").content.startswith(b"PK")
    assert reader.shop("/bills/months/2026-13/parcels.csv").status_code == 422


def test_a_guarantee_shows_what_is_free(console: FilledConsole) -> None:
    taxed(console)
    page = console.reader("finance", "en").shop("/bills/guarantee").text
    assert "3301960GUA" in page
    assert "100,000.00" in page


def test_merchants_of_others_are_seen_in_no_sum(console: FilledConsole) -> None:
    own = taxed(console)
    shop = replace(console.service.enterprises["shop"], belongings=Belongings(merchants=frozenset({"3301960ZZZ"})))
    service = replace(console.service, enterprises={"shop": shop})
    reader = replace(console, service=service, application=mounted(service)).reader("finance")
    assert own.merchant_code not in reader.shop("/bills/months/2026-11").text
    assert own.order_no not in reader.shop("/bills/months/2026-11/parcels.csv").content.decode("utf-8-sig")
    assert "3301960GUA" not in reader.shop("/bills/guarantee").text
