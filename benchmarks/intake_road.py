"""The whole road of an order list (整条路), step by step, beside the road of the same parcels as JSON lines, in one run.

A fictitious shop of ``customs sample --shop``: its order list as CSV is read, its orders are gathered and composed, and the
parcels go through a run in batches of 100. Times are those of the processor.
"""

import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import customs
from customs.intake import OrderList, goods_in, orders_in
from customs.intake.enterprise import load_enterprise
from customs.intake.reading import read_sheet

ON = date(2026, 11, 11)
ORDERS, ROUNDS = 2_000, 3

#: The steps, each with those before it.
STEPS = {
    "read": "read the rows of a table of text",
    "gather": "and gather the orders",
    "compose": "and compose the parcels",
    "declare": "and make signed messages",
    "json": "signed messages from the same parcels as JSON",
}


def road() -> tuple[int, int, Mapping[str, float]]:
    """Return how many orders and rows there are, and the seconds of each step."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "shop"
        sample = ["-m", "customs.cli", "sample", "--count", str(ORDERS), "--shop", str(folder)]
        subprocess.run([sys.executable, *sample], check=True, capture_output=True)  # noqa: S603  our own command
        rows = _as_text(folder / "orders.xlsx", folder / "orders.csv")
        works = _works(folder)
        rounds = [{each: _timed(work) for each, work in works.items()} for _ in range(ROUNDS)]
    return ORDERS, rows, {each: min(spent[each] for spent in rounds) for each in STEPS}


def _works(folder: Path) -> dict[str, Callable[[], object]]:
    enterprise = load_enterprise(folder / "customs.toml")
    profile = next(iter(enterprise.profiles.values()))
    goods = goods_in(enterprise.goods.path).get if enterprise.goods else None
    clock = customs.fixed_clock(datetime(2026, 11, 11, 8))
    run = enterprise.run_of(profile, on=ON, clock=clock, guids=customs.random_guids)

    def gathered() -> OrderList:
        with read_sheet(folder / "orders.csv") as sheet:
            return orders_in(sheet, enterprise.columns, goods=goods, profiles=[profile], on=ON)

    def read() -> int:
        with read_sheet(folder / "orders.csv") as sheet:
            return sum(1 for _ in sheet.rows)

    def declared(parcels: Iterable[Mapping[str, Any] | bytes]) -> None:
        assert sum(len(each.parcels) for each in run.prepare_many(parcels) if each.messages) == ORDERS

    texts = [json.dumps(each.given, ensure_ascii=False).encode() for each in gathered()]
    return {
        "read": read,
        "gather": gathered,
        "compose": lambda: sum(1 for _ in gathered()),
        "declare": lambda: declared(each.given for each in gathered()),
        "json": lambda: declared(texts),
    }


def _as_text(workbook: Path, table: Path) -> int:
    """Write the order list of a workbook as CSV; return how many rows it has."""
    with read_sheet(workbook) as sheet, table.open("w", encoding="utf-8", newline="") as file:
        rows = [each.values for each in sheet.rows]
        csv.writer(file).writerows([sheet.headings, *rows])
    return len(rows)


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
