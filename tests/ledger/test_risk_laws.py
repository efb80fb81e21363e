"""The laws of the report on risk patterns: a plain count beside it, nobody named, and memory that does not grow."""

import random
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from customs.declaration import Declaration
from customs.ledger import Ledger, LedgerConnection
from customs.ledger.contacts import CONTACTS
from customs.ledger.people import PEOPLE
from customs.ledger.risk import orders_of, read_risk_numbers, risk_hits
from customs.ledger.risk.tables import RISK_LINES, RISK_ORDERS
from support.faults import MANY, few_or_many
from support.ledgers import LedgerDatabases
from support.risk_parcels import bought, identity, observed

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)

#: Numbers so low that small drawings have hits.
RULES = read_risk_numbers(
    "low.toml",
    """
    telephone_shared = {people = 2, names = 99, addresses = 99}
    address_shared = {people = 2, names = 99}
    identity_contacts = {telephones = 2, addresses = 99, names = 99}
    goods_repeated = {orders = 2}
    identity_shops = {shops = 2}
    """,
)

#: Orders that share few people, telephones, addresses, payments, articles and shops.
FEW = st.integers(1, 3)
ORDERS = st.lists(
    st.fixed_dictionaries(
        {
            "buyer_id_number": FEW.map(identity),
            "buyer_telephone": FEW.map(lambda each: f"1390000000{each}"),
            "consignee_telephone": FEW.map(lambda each: f"1390000000{each}"),
            "consignee_address": FEW.map(lambda each: f"示例路{each}号"),
            "payment_no": FEW.map(lambda each: f"PAY-{each}"),
            "record_no": FEW.map(lambda each: f"00000{each}"),
            "merchant_code": FEW.map(lambda each: f"M{each}"),
        }
    ),
    max_size=8,
)

#: By which texts each rule groups, and what it counts.
COUNTED: dict[str, tuple[Callable[[Declaration], set[str]], Callable[[Declaration], str]]] = {
    "telephone_shared": (
        lambda each: {each.order.buyer_telephone, each.order.consignee_telephone},
        lambda each: each.order.buyer_id_number,
    ),
    "address_shared": (lambda each: {each.order.consignee_address}, lambda each: each.order.buyer_id_number),
    "payment_repeated": (lambda each: {each.payment.payment_no}, lambda each: each.order.order_no),
    "identity_contacts": (lambda each: {each.order.buyer_id_number}, lambda each: each.order.buyer_telephone),
    "identity_shops": (lambda each: {each.order.buyer_id_number}, lambda each: each.parties.merchant_code),
    "goods_repeated": (
        lambda each: {f"{each.order.buyer_id_number} {each.order.lines[0].record_no}"},
        lambda each: each.order.order_no,
    ),
}


def plainly(parcels: list[Declaration], name: str) -> list[list[str]]:
    """The orders of each group in which two or more are counted, by a rule that is told in another way."""
    groups, counted = COUNTED[name]
    found, orders = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for each in parcels:
        for group in groups(each):
            found[group].add(counted(each))
            orders[group].add(f"{each.parties.platform_code}/{each.order.order_no}")
    return sorted(sorted(orders[group]) for group, seen in found.items() if len(seen) > 1)


@pytest.fixture(scope="module")
def own(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    """A ledger in SQLite: what is compared here is the same on both databases. What is drawn is taken back each time."""
    with sqlite_databases.ledger() as ledger:
        yield ledger


class TakenBackError(Exception):
    """Ends a transaction of which nothing counts."""


@contextmanager
def taken_back(ledger: Ledger) -> Iterator[LedgerConnection]:
    """A transaction of which nothing counts; that nothing is left of the one before is looked at first."""
    with suppress(TakenBackError), ledger.begin() as connection:
        assert connection.sql.execute(select(func.count()).select_from(RISK_ORDERS)).scalar_one() == 0
        yield connection
        raise TakenBackError


@settings(max_examples=few_or_many(6, 300), deadline=None, derandomize=True)
@given(drawn=ORDERS)
@pytest.mark.long
def test_a_plain_count_finds_the_same_orders_and_nobody_is_named(own: Ledger, drawn: list[dict[str, str]]) -> None:
    parcels = [bought(number, **each) for number, each in enumerate(drawn, 1)]
    with taken_back(own) as connection:
        observed(connection, *parcels)
        hits = list(risk_hits(connection, since=FIRST, until=LAST, rules=RULES))
        said = "".join(f"{each!r}{each.told()}{each.told(chinese=True)}" for each in hits)
        for name in COUNTED:
            found = [sorted(orders_of(connection, each)) for each in hits if each.rule.name == name]
            assert sorted(found) == plainly(parcels, name), name
            assert sorted(sorted(each.orders) for each in hits if each.rule.name == name) == sorted(found)
    for each in parcels:
        order = each.order
        texts = (order.buyer_id_number, order.buyer_name, order.buyer_telephone, order.consignee_telephone)
        assert [text for text in (*texts, order.consignee, order.consignee_address) if text in said] == []


def people(count: int, chance: random.Random) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Rows of persons, each with a telephone, an address and a name, of which a few are those of somebody else."""
    for number in range(1, count + 1):
        person = {"id": number, "key_version": 1, "hash": b"%032d" % number, "salt": bytes(32), "sealed": bytes(60)}
        contacts = []
        for at, kind in enumerate(("telephone", "address", "name")):
            same = number if chance.random() > 0.05 else chance.randrange(count)
            row = {"id": 3 * number + at, "person": number, "kind": kind, "key_version": 1, "salt": bytes(32)}
            contacts.append(row | {"hash": b"%d%031d" % (at, same), "sealed": bytes(60)})
        yield person, contacts


def order(number: int, person: int, chance: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows of an order of a person and of its line."""
    at = datetime(2026, 11, 1) + timedelta(seconds=chance.randrange(30 * 86400))
    row = {
        "id": number, "order": f"P/O{number}", "place": 1, "platform_code": "P", "merchant_code": f"M{number % 40}",
        "person": person, "telephone": 3 * person, "consignee_telephone": 3 * person, "address": 3 * person + 1,
        "consignee": 3 * person + 2, "paid_by_buyer": number % 1000 > 0, "payment_company_code": "Y",
        "payment_no": f"Z{number // 2 if number % 500 == 1 else number}", "carrier_code": "L", "waybill_no": f"W{number}",
        "value": Decimal(chance.randrange(5000, 500000)) / 100, "day": at.date(), "at": at, "stated": f"{number:032}",
        "cause_kind": "order", "cause": f"{number}", "entered_at": at,
    }  # fmt: skip
    price = Decimal(chance.randrange(1000, 4000)) / 100
    return row, {"order_row": number, "article": f"B/{chance.randrange(3000)}", "unit": "142", "qty": 1, "price": price}


def fill(connection: LedgerConnection, count: int) -> None:
    """Enter many orders as rows, three of five by a person of its own."""
    chance = random.Random(count)  # noqa: S311  not for secrets
    buyers = count * 3 // 5
    persons, contacts = zip(*people(buyers, chance), strict=True)
    connection.sql.execute(insert(PEOPLE), list(persons))
    connection.sql.execute(insert(CONTACTS), [row for rows in contacts for row in rows])
    orders, lines = zip(
        *(order(each, chance.randrange(1, buyers + 1), chance) for each in range(1, count + 1)), strict=True
    )
    connection.sql.execute(insert(RISK_ORDERS), list(orders))
    connection.sql.execute(insert(RISK_LINES), list(lines))


def report(ledger: Ledger) -> tuple[int, int]:
    """How many hits a whole report has, and how many bytes it holds at most."""
    tracemalloc.start()
    try:
        with ledger.read() as connection:
            hits = sum(1 for _ in risk_hits(connection, since=FIRST, until=LAST))
        return hits, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.long
def test_memory_does_not_grow_with_the_orders(databases: LedgerDatabases) -> None:
    small, large = (500, 2_500) if not MANY else (10_000, 100_000)
    found = []
    for count in (small, large):
        with databases.ledger() as ledger:
            with ledger.begin() as connection:
                fill(connection, count)
            found.append(report(ledger))
    (few, before), (many, after) = found
    assert many > 2 * few > 0
    assert after < before + 3_000_000
