"""The tax of orders and the meaning of receipts, asked over HTTP: as the library says, and nothing is kept or repeated."""

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from customs.hub.enterprises.tokens import TokenScope
from customs.ledger import Ledger
from customs.signing import Signer
from customs.tax import assess
from customs.testing import sample_parcels
from support import exactly
from support.hub_callers import EIGHT, Caller, calling, orders, with_token
from support.hub_office import HubAtWork, hub_at_work
from support.ledgers import LedgerDatabases


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    """A ledger in SQLite: ``test_interface.py`` calls the hub on both databases."""
    with sqlite_databases.ledger() as found:
        yield found


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer)


@pytest.fixture
def caller(hub: HubAtWork) -> Iterator[Caller]:
    with calling(hub) as found:
        yield found


def test_the_tax_of_orders_is_that_of_the_library_with_its_reasons(caller: Caller) -> None:
    status, found = caller.post("/v1/tax", {"orders": orders(3)})
    assert status == 200
    pairs = zip(found["orders"], sample_parcels(3, seed=7, mode="1210"), strict=True)
    for told, parcel in exactly(3, list(pairs)):
        own = assess(parcel, on=EIGHT.date())
        assert (told["order_no"], told["regime"]) == (parcel.order.order_no, own.regime.value)
        assert Decimal(told["taxes"]["due"]) == own.due
        assert [Decimal(each["taxes"]["vat"]) for each in told["lines"]] == [each.vat_due for each in own.lines]
        assert all(each["zh"] and each["en"] and each["source"] for each in told["reasons"])
    assert caller.get("/v1/orders")[1]["orders"] == [], "nothing is kept"


def test_an_order_that_cannot_be_assessed_says_why_and_stops_no_other(caller: Caller) -> None:
    bad, good = orders(2)
    bad["order"]["lines"][0]["hs_code"] = "99"
    status, found = caller.post("/v1/tax", {"orders": [bad, good]})
    assert (status, found["orders"][0]["taxes"], found["orders"][1]["findings"]) == (200, None, [])
    assert any("hs_code" in each["path"] for each in found["orders"][0]["findings"])
    assert found["orders"][1]["taxes"]["due"]


def test_a_receipt_is_explained_and_its_text_is_not_repeated(caller: Caller) -> None:
    said = "[Code:1313;Desc:订购人张三购买超过年度限额，totalPrice：27,100.50，limitPrice：26,000]"
    status, found = caller.post("/v1/explain", {"said": said, "receipt": "CEB622"})
    (told,) = found["explanations"]
    assert (status, told["happened"]["en"], told["action"]["name"]) == (200, "buyer exceeds the yearly quota", "stop")
    assert (told["party"]["name"], told["action"]["by_machine"]) == ("platform", False)
    assert "张三" not in json.dumps(found, ensure_ascii=False)
    assert caller.post("/v1/explain", {"said": "-621500"})[1]["explanations"][0]["known"] is False


def test_tax_needs_the_scope_of_orders_and_an_explanation_that_of_reading(hub: HubAtWork, caller: Caller) -> None:
    with hub.ledger.begin() as connection:
        reader = with_token(caller, connection, "shop", TokenScope.READ)
        teller = with_token(caller, connection, "shop", TokenScope.EVENTS)
    assert reader.post("/v1/tax", {"orders": orders(1)})[0] == 403
    assert reader.post("/v1/explain", {"said": "1313"})[0] == 200
    assert teller.post("/v1/explain", {"said": "1313"})[0] == 403
