"""The quota in the console (额度页面): found by the identity number, which stands nowhere; corrected by a ticket."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text

from customs.hub.shown.quota_refusals import refused_for_quota
from customs.hub.store.tables import HUB_NODES, HUB_ORDERS
from customs.hub.web.tables import HUB_AUDIT
from customs.ledger.quota import QuotaOrder, quota_of, reserve
from support import exactly, some
from support.console import EVENING, ConsoleReader, FilledConsole
from support.statements import reading_steps, statements_counted

NUMBER = "110105189003072937"


def held(console: FilledConsole, amount: str = "320.50") -> None:
    """The first order of the night and one of nobody here hold quota of one buyer."""
    order = console.parcels[0].order
    for key in exactly(2, (f"{console.parcels[0].parties.platform_code}/{order.order_no}", "9900000001/ELSEWHERE7")):
        with console.ledger.begin() as connection:
            asked = QuotaOrder(order=key, buyer=("1", NUMBER), amount=Decimal(amount))
            assert reserve(connection, asked, at=console.hub.now).allowed


def looked_up(reader: ConsoleReader, number: str = NUMBER) -> Any:
    return reader.submit(reader.shop("/quota"), "/quota/of-buyer", id_number=number)


def test_a_buyer_is_found_by_the_identity_number_that_no_page_and_no_audit_shows(console: FilledConsole) -> None:
    held(console)
    found = looked_up(console.reader("support", "en"))
    assert found.status_code == 200
    assert "641.00" in found.text
    assert "25,359.00" in found.text
    assert NUMBER not in found.text
    assert NUMBER not in str(found.url)
    with console.ledger.read() as connection:
        rows = connection.sql.execute(select(HUB_AUDIT).where(HUB_AUDIT.c.action == "quota_look")).all()
    assert [row.person for row in rows] == ["of-support"]
    assert NUMBER not in repr(rows)


def test_orders_of_other_enterprises_have_an_amount_and_no_number(console: FilledConsole) -> None:
    held(console)
    page = looked_up(console.reader("support", "en")).text
    assert console.parcels[0].order.order_no in page
    assert "ELSEWHERE7" not in page
    assert "order of another enterprise" in page


def test_a_correction_is_entered_once_with_its_ticket(console: FilledConsole) -> None:
    held(console)
    reader = console.reader("finance", "en")
    page = looked_up(reader)
    fields: dict[str, Any] = {"amount": "40.00", "ticket": "T-7", "why": "bought twice"}
    for _ in exactly(2, range(2)):
        answer = reader.submit(page, "/quota/correct", **fields)
        assert answer.status_code == 200
    with console.ledger.read() as connection:
        assert quota_of(connection, ("1", NUMBER), on=console.hub.now.date()).used == Decimal("40.00")
    again = looked_up(reader)
    assert "T-7 by of-finance: bought twice" in again.text
    assert "corrected a quota" in console.reader("admin", "en").shop("/audit").text
    assert "was entered before" in reader.submit(again, "/quota/correct", **fields).text


@pytest.mark.parametrize("amount", ["-1.00", "1e3", "NaN", "", "1.005"])
@pytest.mark.long
def test_no_correction_is_entered_of_less_than_nothing_or_of_what_is_no_amount(
    console: FilledConsole, amount: str
) -> None:
    held(console)
    reader = console.reader("finance", "en")
    fields: dict[str, Any] = {"amount": amount, "ticket": "T-8", "why": "mistake"}
    answer = reader.submit(looked_up(reader), "/quota/correct", **fields)
    assert "nothing was changed" in answer.text or "less than nothing" in answer.text or "An amount has" in answer.text
    with console.ledger.read() as connection:
        assert quota_of(connection, ("1", NUMBER), on=console.hub.now.date()).used == 0


def test_a_correction_is_of_the_buyer_that_the_same_session_looked_up(console: FilledConsole) -> None:
    held(console)
    page = looked_up(console.reader("finance"))
    other = console.reader("admin")
    buyer = page.text.split('name="buyer" value="')[1].split('"')[0]
    key = other.get("/account").text.split('name="key" value="')[1].split('"')[0]
    fields = {"key": key, "once": "1", "buyer": buyer, "amount": "1", "ticket": "T", "why": "x"}
    for given in exactly(3, (fields, fields | {"buyer": "1"}, fields | {"buyer": ""})):
        assert other.post("/console/e/shop/quota/correct", given).status_code == 403


@pytest.mark.long
def test_support_looks_up_and_does_not_correct(console: FilledConsole) -> None:
    held(console)
    reader = console.reader("support")
    page = looked_up(reader)
    assert "/quota/correct" not in page.text
    key = page.text.split('name="key" value="')[1].split('"')[0]
    assert reader.post("/console/e/shop/quota/correct", {"key": key, "once": "1"}).status_code == 403


def test_what_is_no_identity_number_is_said(console: FilledConsole) -> None:
    for number in exactly(2, ("", "<script>")):
        answer = looked_up(console.reader("support", "en"), number)
        assert answer.status_code == 422
        assert "letters and digits only" in answer.text


def test_orders_refused_for_the_quota_are_found_among_many_that_are_refused_for_else(
    console: FilledConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customs.hub.shown.quota_refusals._AT_FIRST", 1)
    with console.ledger.begin() as connection:
        last = connection.sql.execute(select(func.max(HUB_ORDERS.c.id))).scalar_one()
        connection.sql.execute(HUB_ORDERS.update().values(node="rejected", node_at=EVENING, attempt=7))
        refusal = {"node": "rejected", "attempt": 7, "source": "x", "at": EVENING, "arrived": EVENING}
        for order, why in exactly(4, ((1, "quota"), (2, "goods"), (last, "quota"), (last - 1, "goods"))):
            row = {**refusal, "order": order, "detail": f"-621018 {why} platform"}
            connection.sql.execute(HUB_NODES.insert().values(row))
        found = refused_for_quota(connection, "shop", most=1)
        assert [each.id for each in found] == [last]
        assert [each.id for each in refused_for_quota(connection, "shop", before=(found[0].at, last), most=1)] == [1]


def test_orders_refused_for_the_quota_are_found_by_an_index(console: FilledConsole) -> None:
    with console.ledger.begin() as connection:
        refusing = text(
            "INSERT INTO hub_nodes (\"order\", node, attempt, source, at, arrived, detail) SELECT id, 'rejected', attempt, 'x', "
            "node_at, node_at, '-621018 quota platform' FROM hub_orders WHERE id < 4"
        )
        connection.sql.execute(refusing)
        connection.sql.execute(text("UPDATE hub_orders SET node = 'rejected' WHERE id < 4"))
        with statements_counted() as asked:
            found = refused_for_quota(connection, "shop")
            behind = refused_for_quota(connection, "shop", before=(found[0].at, found[0].id))
        steps = reading_steps(connection, "hub_orders", asked)
    assert len(found) == 3
    assert behind == found[1:]
    assert all("enterprise=? AND node=?" in each for each in some(steps))
    page = console.reader("support", "en").shop("/quota").text
    assert found[0].order_no in page
    assert "-621018" in page
    assert console.reader("support").shop("/quota?after=yesterday").status_code == 422
