"""Settlements in the console (对账页面): bills are uploaded, differences stand by cause with their orders, days are closed."""

from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from customs.hub.enterprises.belongings import Belongings
from customs.hub.settings.settlement_places import SettlementPlace
from customs.ledger.settlements import SettlementTerms
from support import settlement_files as written
from support.console import ConsoleReader, FilledConsole, mounted
from support.console_settlements import declared_of, sales_of
from support.settlement_files import MERCHANT

DAY = "since=2026-11-11&until=2026-11-11"


def uploaded(reader: ConsoleReader, what: str, name: str, text: str, shop: str = "shop") -> Any:
    """The page that shows what stands in a file."""
    page = reader.get(f"/e/{shop}/settlements/upload")
    return reader.submit(page, "/settlements/upload", file=(name, text.encode(), "text/csv"), what=what)


def table_of(declared: Any) -> str:
    rows = [f"{each.order_no},{each.payment_no},{each.amount},{each.paid_at:%Y%m%d%H%M%S}\n" for each in declared]
    return "orderNo,payTransactionId,amountPaid,payTime\n" + "".join(rows)


def test_differences_stand_by_cause_and_lead_to_their_orders(console: FilledConsole) -> None:
    page = html.fromstring(console.reader("finance", "en").shop(f"/settlements?{DAY}&standing=").text)
    text = page.text_content()
    assert {"PAY02", "PAY03", "PAY04"} <= set(page.xpath("//span[@class='code']/text()"))
    assert "1.00 CNY differ" in text
    wrong = console.parcels[0].order.order_no
    assert f"/console/e/shop{console.path(0)}" in page.xpath(f"//a[span='{wrong}']/@href")


def test_a_cause_is_looked_at_alone(console: FilledConsole) -> None:
    page = console.reader("finance", "en").shop(f"/settlements?{DAY}&code=PAY03").text
    rows = html.fromstring(page).xpath("//table[caption='Differences']/tbody/tr")
    assert len(rows) == 1
    assert console.parcels[0].order.order_no in rows[0].text_content()


@pytest.mark.long
def test_differences_are_sorted_by_the_heading_that_is_followed(console: FilledConsole) -> None:
    reader = console.reader("finance", "en")
    first = html.fromstring(reader.shop(f"/settlements?{DAY}").text)
    (heading,) = first.xpath("//table[caption='Differences']//th/a[contains(., 'Difference and advice')]")
    for direction, codes in (("ascending", ["PAY02", "PAY03", "PAY04"]), ("descending", ["PAY04", "PAY03", "PAY02"])):
        page = html.fromstring(reader.get(heading.get("href").removeprefix("/console")).text)
        rows = page.xpath("//table[caption='Differences']/tbody/tr/td[2]/span[1]/text()")
        assert rows == codes
        (heading,) = page.xpath(f"//table[caption='Differences']//th[@aria-sort='{direction}']/a")


def test_a_bill_is_shown_before_it_is_entered_and_entered_once(console: FilledConsole) -> None:
    reader = console.reader("finance", "en")
    text = written.wechat_trade(written.sales(4, 3, day=written.DAY))
    preview = uploaded(reader, "payments", "wechat.csv", text)
    facts = html.fromstring(preview.text).xpath("//dl[@class='facts']//dd/text()")
    assert facts[:4] == ["WeChat Pay", "trade bill", "2026-11-11", "4"]
    assert "wechat.csv" not in reader.shop("/settlements").text
    entered = reader.submit(preview, "/confirm", why="the day's bill")
    assert "wechat.csv is entered: 4 new rows." in entered.text
    again = uploaded(reader, "payments", "copy.csv", text)
    assert "entering it again changes nothing" in again.text
    assert "0 new rows" in reader.submit(again, "/confirm").text


def test_declared_payments_settle_what_a_bill_has(console: FilledConsole) -> None:
    reader = console.reader("finance", "en")
    assert "PAY03" in reader.shop(f"/settlements?{DAY}").text
    preview = uploaded(reader, "declared", "declared.csv", table_of(map(declared_of, sales_of(console.parcels[:1]))))
    reader.submit(preview, "/confirm")
    assert "PAY03" not in reader.shop(f"/settlements?{DAY}").text


def test_a_file_that_is_no_bill_says_why_and_cannot_be_entered(console: FilledConsole) -> None:
    preview = uploaded(console.reader("finance", "en"), "payments", "holiday.csv", "a,b\n1,2\n")
    assert preview.status_code == 422
    assert "holiday.csv is no bill of WeChat Pay" in preview.text
    assert "/confirm" not in preview.text


def test_a_bill_that_was_changed_shows_its_fault(console: FilledConsole) -> None:
    *lines, totals = written.wechat_trade(written.sales(2, 4)).splitlines()
    text = "\r\n".join((*lines, totals.replace("`", "`1", 1)))
    preview = uploaded(console.reader("finance", "en"), "payments", "changed.csv", text)
    assert "faults: 1" in preview.text


def test_an_answer_closes_a_difference_and_stands_in_the_audit(console: FilledConsole) -> None:
    reader, order_no = console.reader("finance", "en"), console.parcels[0].order.order_no
    page = reader.shop(f"/settlements?{DAY}&code=PAY03")
    done = reader.submit(page, "/settlements/answer", kind="explanation", words="a coupon of 1 CNY")
    assert f"The difference PAY03 of {order_no} is answered." in done.text
    assert "No difference is open." in done.text
    assert "a coupon of 1 CNY" in reader.shop(f"/settlements?{DAY}&code=PAY03&standing=answered").text
    assert "a coupon of 1 CNY" in console.reader("admin").shop("/audit").text


def test_an_answer_to_figures_that_changed_meanwhile_is_refused(console: FilledConsole) -> None:
    reader = console.reader("finance", "en")
    page = reader.shop(f"/settlements?{DAY}&code=PAY03")
    preview = uploaded(reader, "declared", "declared.csv", table_of(map(declared_of, sales_of(console.parcels[:1]))))
    reader.submit(preview, "/confirm")
    late = reader.submit(page, "/settlements/answer", words="a coupon")
    assert late.status_code == 409
    assert "nothing was answered" in late.text


def test_a_day_is_closed_once_nothing_is_open(console: FilledConsole) -> None:
    reader = console.reader("finance", "en")
    assert "/settlements/close" not in reader.shop(f"/settlements?{DAY}").text
    page = reader.shop(f"/settlements?{DAY}")
    while 'name="difference"' in page.text:
        page = reader.submit(page, "/settlements/answer", kind="ticket", words="T-1")
    closed = reader.submit(page, "/settlements/close")
    assert "WeChat Pay 2026-11-11 is closed." in closed.text
    assert "/settlements/close" not in closed.text


def test_a_day_with_open_differences_is_not_closed_by_a_form_of_its_own(console: FilledConsole) -> None:
    reader = console.reader("finance", "en")
    page = html.fromstring(reader.shop(f"/settlements?{DAY}").text)
    keys = {each.get("name"): each.get("value") for each in page.xpath("//form[@class='act']//input[@type='hidden']")}
    fields = {"key": keys["key"], "once": keys["once"], "company": "wechat", "day": "2026-11-11"}
    refused = reader.post("/console/e/shop/settlements/close", fields)
    assert refused.status_code == 409
    assert "open differences and was not closed" in refused.text


def test_differences_are_exported_and_texts_are_never_formulas(console: FilledConsole) -> None:
    reader = console.reader("finance", "en")
    page = reader.shop(f"/settlements?{DAY}&code=PAY03")
    reader.submit(page, "/settlements/answer", kind="explanation", words="=HYPERLINK(1)")
    table = reader.shop(f"/settlements/differences.csv?{DAY}").content.decode("utf-8-sig")
    assert console.parcels[0].order.order_no in table
    assert '"=""=HYPERLINK(1)"""' in table
    assert reader.shop(f"/settlements/differences.xlsx?{DAY}").content.startswith(b"PK")
    charged = reader.shop("/settlements/providers/carrier_halves/differences.csv").content.decode("utf-8-sig")
    assert "FRT01" in charged


def test_a_carrier_that_bills_twice_is_found_and_answered(console: FilledConsole) -> None:
    reader, waybill = console.reader("finance", "en"), console.parcels[0].waybill.waybill_no
    page = reader.shop("/settlements/providers/carrier_halves?code=FRT01")
    assert waybill in page.text
    assert console.path(0) in page.text
    done = reader.submit(page, "/settlements/answer", kind="ticket", words="T-7")
    assert f"The difference FRT01 of {waybill} is answered." in done.text


def test_too_many_days_are_refused_in_words(console: FilledConsole) -> None:
    page = console.reader("finance", "en").shop("/settlements?since=2026-01-01&until=2026-11-11")
    assert page.status_code == 422
    assert "62 at most" in page.text


@pytest.mark.parametrize("role", ["support", "goods", "look"])
@pytest.mark.long
def test_who_has_nothing_to_do_with_money_sees_no_settlements(console: FilledConsole, role: str) -> None:
    assert console.reader(role).shop("/settlements").status_code == 403


def confined(console: FilledConsole, merchants: frozenset[str]) -> ConsoleReader:
    """The browser of an administrator of one of several enterprises: it has no order in the hub, and these merchant numbers."""
    shop = replace(console.service.enterprises["shop"], name="other", belongings=Belongings())
    place = SettlementPlace(terms=SettlementTerms(merchants=merchants))
    service = replace(console.service, enterprises={"other": shop}, settlements={"other": place})
    return replace(console, service=service, application=mounted(service)).reader("admin", "en")


@pytest.mark.long
def test_an_enterprise_of_several_sees_its_own_bills_alone(console: FilledConsole) -> None:
    order_no = console.parcels[2].order.order_no
    assert order_no in console.reader("finance").shop(f"/settlements?{DAY}").text
    stranger = confined(console, frozenset())
    assert "There are no bills yet." in stranger.get(f"/e/other/settlements?{DAY}").text
    assert order_no not in stranger.get(f"/e/other/settlements/differences.csv?{DAY}").text
    assert stranger.get("/e/other/settlements/providers/carrier_halves").status_code == 404
    owner = confined(console, frozenset({MERCHANT})).get(f"/e/other/settlements?{DAY}")
    assert order_no in owner.text
    assert "/settlements/close" not in owner.text


def test_a_bill_of_another_merchant_is_not_taken(console: FilledConsole) -> None:
    reader = confined(console, frozenset())
    refused = uploaded(reader, "payments", "wechat.csv", written.wechat_trade(written.sales(2, 5)), "other")
    assert refused.status_code == 403
    assert "not of this enterprise" in refused.text
    table = table_of(map(declared_of, sales_of(console.parcels[:1])))
    assert uploaded(reader, "declared", "declared.csv", table, "other").status_code == 403
