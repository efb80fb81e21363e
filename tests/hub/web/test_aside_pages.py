"""The page Set aside: receipts are taken up again by who may, and the audit has it; orders stand with their error."""

import pytest
from lxml import html
from sqlalchemy import select

from customs.exchange.contract import Item
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.turns.orders_aside import OrderWork, set_aside_if_it_fails
from customs.hub.web.tables import HUB_AUDIT
from customs.ledger.exchange import take_items
from support.console import FilledConsole
from support.hub_office import PORT


@pytest.fixture
def receipt(console: FilledConsole) -> int:
    """A receipt that nobody can read."""
    with console.ledger.begin() as connection:
        item = Item(name="1.xml", content=b"<a/>")
        return take_items(connection, f"shop/{PORT}", [item], at=console.hub.now)[0].number


def test_a_receipt_is_taken_up_again_by_who_may_send_and_the_audit_has_it(console: FilledConsole, receipt: int) -> None:
    action = f"/aside/receipts/{receipt}/again"
    reader, support = console.reader("look", "en"), console.reader("support", "en")
    page = reader.shop("/aside")
    assert "1.xml" in page.text
    assert not [each for each in html.fromstring(page.text).forms if str(each.action).endswith(action)]
    done = support.submit(support.shop("/aside"), action)
    assert "it stays aside: see the reason" in done.text
    with console.ledger.read() as connection:
        (entry,) = connection.sql.execute(select(HUB_AUDIT).where(HUB_AUDIT.c.action == "receipt_again")).all()
    assert (entry.person, entry.subject) == ("of-support", f"receipt {receipt}")
    assert support.post("/console/e/shop/aside/receipts/999999/again", {"key": "", "once": "1"}).status_code == 403


def test_an_order_that_is_set_aside_stands_with_its_error(console: FilledConsole) -> None:
    with console.ledger.begin() as connection:
        row = connection.sql.execute(select(HUB_ORDERS.c.id, HUB_ORDERS.c.order_no).limit(1)).one()
        with set_aside_if_it_fails(connection, row.id, OrderWork.STEP, now=console.hub.now):
            raise ZeroDivisionError("王小明")
    page = console.reader("look").shop("/aside")
    assert row.order_no in page.text
    assert "ZeroDivisionError in" in page.text
    assert "王小明" not in page.text
