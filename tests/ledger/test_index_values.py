"""The values of an indexed column: each once, by one look-up for each, however many rows have it."""

from datetime import datetime

from customs.hub.store.tables import HUB_NUMBERS, HUB_ORDERS
from customs.ledger import Ledger
from customs.ledger.bills.tables import PARCEL_TAXES
from customs.ledger.index_values import index_values
from support import some
from support.statements import plans_of


def numbered(ledger: Ledger, numbers: list[str]) -> None:
    with ledger.begin() as connection:
        order = HUB_ORDERS.insert().values(
            id=1,
            enterprise="shop",
            platform_code="P1",
            order_no="O1",
            profile="",
            customs_code="2991",
            version=1,
            digest=b"",
            stage="received",
            node="",
            attempt=1,
            refund=False,
            told="[]",
            received_at=datetime(2026, 11, 11),
        )
        connection.sql.execute(order)
        rows = [{"number": each, "name": f"n{place}", "order": 1} for place, each in enumerate(numbers)]
        connection.sql.execute(HUB_NUMBERS.insert(), rows)


def test_each_value_is_given_once_and_in_order(ledger: Ledger) -> None:
    numbered(ledger, ["B", "A", "C", "A", "B", "A"])
    with ledger.read() as connection:
        assert index_values(connection, HUB_NUMBERS.c.number) == ["A", "B", "C"]


def test_a_column_without_rows_has_no_values(ledger: Ledger) -> None:
    with ledger.read() as connection:
        assert index_values(connection, HUB_NUMBERS.c.number) == []


def test_months_of_taxed_parcels_are_looked_up_and_not_read_through(ledger: Ledger) -> None:
    with ledger.read() as connection:
        plans = plans_of(connection, lambda: index_values(connection, PARCEL_TAXES.c.month))
    for plan in some(plans):
        assert "ix_parcel_taxes_month" in plan
        assert "SCAN parcel_taxes" not in plan
        assert "Seq Scan on parcel_taxes" not in plan
