"""A hub with many parcels (枢纽规模): state, search and figures at 10,000 parcels and at a million, in one run: `make bench`.

Parcels of a wave go through a hub, and are copied with other numbers, keys and times by the database itself until there are
as many as wanted; their sealed contents stay those of the first ones. Asked are the state of an order as the interface shows
it, orders by each kind of number, and the figures of a dashboard. In PostgreSQL, or in SQLite where it is not installed. The
largest number of parcels is an argument: ``python -m benchmarks.hub_size 100000``.
"""

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from random import Random
from statistics import median, quantiles
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Table, func, insert, select, text

from benchmarks.hub_road import Road, road_on
from benchmarks.ledger import databases
from benchmarks.measure import save
from customs.hub.counts.order_counts import settle_counts
from customs.hub.service.figures import figures_of
from customs.hub.shown.order import list_orders, show_order
from customs.hub.store.tables import HUB_CALLS, HUB_HISTORY, HUB_NODES, HUB_NUMBERS, HUB_ORDERS
from customs.ledger import LedgerConnection

T = TypeVar("T")

#: The numbers of parcels that are compared.
SMALL, LARGE = 10_000, 1_000_000

#: Parcels that go through the hub; all others are copies of them.
FIRST = 500

#: How often each thing is asked.
TIMES, FEW = 500, 50

#: Columns that a copy has of its own, beside the number of its row.
_OWN = {HUB_ORDERS: ("order_no",), HUB_NUMBERS: ("number",)}


class Spent(NamedTuple):
    """Milliseconds of a question: the median, and the 99th percentile."""

    median: float
    p99: float


def fill(road: Road, parcels: int) -> None:
    """Copy the first orders with all that is of them until there are so many."""
    with road.ledger.begin() as connection:
        there = int(connection.sql.execute(select(func.count()).select_from(HUB_ORDERS)).scalar_one())
    for start in range(there, parcels, FIRST * 20):
        with road.ledger.begin() as connection:
            for shift in range(start, min(start + FIRST * 20, parcels), FIRST):
                for table in (HUB_ORDERS, HUB_NUMBERS, HUB_HISTORY, HUB_NODES, HUB_CALLS):
                    _copied(connection, table, shift)
    with road.ledger.begin() as connection:
        settle_counts(connection)
        connection.sql.execute(text("ANALYZE"))


def _copied(connection: LedgerConnection, table: Table, shift: int) -> None:
    """Copy what is of the first orders, as that of orders ``shift`` further on."""
    owner = "id" if table is HUB_ORDERS else "order"
    columns = [each for each in table.c if each.name != "id" or table is HUB_ORDERS]
    values = [
        each + shift if each.name == owner else each + f"-{shift}" if each.name in _OWN.get(table, ()) else each
        for each in columns
    ]
    wanted = select(*[value.label(each.name) for value, each in zip(values, columns, strict=True)])
    connection.sql.execute(insert(table).from_select(columns, wanted.where(table.c[owner] <= FIRST)))


def asked(road: Road, parcels: int) -> dict[str, Spent]:
    """Return what each question takes with so many parcels."""
    chance, found = Random(parcels), dict[str, Spent]()  # noqa: S311  drawn by seed
    with road.ledger.read() as connection:
        kinds = [
            *connection.sql.execute(select(HUB_NUMBERS.c.name).where(HUB_NUMBERS.c.order == 1).distinct()).scalars()
        ]
        orders = {
            row.id: row
            for row in connection.sql.execute(
                select(HUB_ORDERS.c.id, HUB_ORDERS.c.platform_code, HUB_ORDERS.c.order_no).where(
                    HUB_ORDERS.c.id.in_([chance.randint(1, parcels) for _ in range(TIMES)])
                )
            )
        }
        numbers = {
            kind: [
                *connection.sql.execute(
                    select(HUB_NUMBERS.c.number).where(HUB_NUMBERS.c.order.in_(orders), HUB_NUMBERS.c.name == kind)
                ).scalars()
            ]
            for kind in sorted(kinds)
        }
    name = road.hub.enterprise.name

    def shown(connection: LedgerConnection, row: Any) -> None:
        assert show_order(connection, name, row.platform_code, row.order_no, now=road.hub.now).nodes

    found["state of an order"] = _spent(road, shown, orders.values())
    for kind, of_kind in numbers.items():
        found[f"search by {kind}"] = _spent(
            road, lambda connection, number: list_orders(connection, name, number=number, most=50), of_kind
        )
    found["newest orders"] = _spent(road, lambda connection, _: list_orders(connection, name), range(50))
    found["newest orders at a node"] = _spent(
        road, lambda connection, _: list_orders(connection, name, node="released"), range(50)
    )
    found["figures of the dashboard"] = _spent(
        road, lambda connection, _: list(figures_of(connection, [road.hub.enterprise], now=road.hub.now)), range(FEW)
    )
    return found


def _spent(road: Road, ask: Callable[[LedgerConnection, T], object], of: Iterable[T]) -> Spent:
    times = []
    for each in of:
        start = perf_counter()
        with road.ledger.read() as connection:
            ask(connection, each)
        times.append((perf_counter() - start) * 1000)
    return Spent(median(times), quantiles(times, n=100, method="inclusive")[98])


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE
    with ExitStack() as stack:
        database, url_of = list(databases(stack).items())[-1]
        with road_on(url_of("size")) as road:
            road.wave(FIRST)
            found = {}
            for parcels in (SMALL, most):
                start = perf_counter()
                fill(road, parcels)
                print(f"{parcels:,} parcels in {database}, filled in {perf_counter() - start:.0f} s", flush=True)
                found[parcels] = asked(road, parcels)
                for name, spent in found[parcels].items():
                    print(f"{name:32}{spent.median:10.2f} ms{spent.p99:10.2f} ms at the 99th percentile", flush=True)
    ratios = {
        f"{name} with the most parcels, to 10,000": round(spent.median / found[SMALL][name].median, 3)
        for name, spent in found[most].items()
    }
    searches = [figure for name, figure in ratios.items() if name.startswith("search by")]
    ratios["search by any number with the most parcels, to 10,000"] = max(searches)
    state = found[most]["state of an order"]
    ratios["state of an order, median, to 5 ms"] = round(state.median / 5, 3)
    ratios["state of an order, 99th percentile, to 20 ms"] = round(state.p99 / 20, 3)
    for name, figure in ratios.items():
        print(f"{name:60}{figure:8.2f}")
    milliseconds = {str(parcels): {name: each._asdict() for name, each in of.items()} for parcels, of in found.items()}
    save("hub_size", ("sqlalchemy",), parcels=most, database=database, milliseconds=milliseconds, ratios=ratios)


if __name__ == "__main__":
    main()
