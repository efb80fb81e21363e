"""A large bill is taken and compared in the memory of a small one; ``make large-bills`` takes a million rows of each layout."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support import settlement_files as written
from support.faults import few_or_many
from support.settlement_files import sales

SMALL = few_or_many(1_000, 5_000)
ROWS = int(os.environ.get("CUSTOMS_ROWS", few_or_many(4_000, 60_000)))

TAKING = """
import sys, time
from datetime import datetime
from customs.ledger import EntryCause, LedgerKeys, open_ledger
from customs.ledger.settlements import SettlementTerms, compared_orders, open_payment_bills, take_bill

at = datetime(2026, 11, 20)
keys = LedgerKeys(bytes(range(32)), {1: bytes(range(32, 64))})
with open_ledger(sys.argv[1], keys) as ledger:
    for path in sys.argv[2:]:
        begun = time.perf_counter()
        with ledger.begin() as connection, open_payment_bills(path) as bills:
            rows = sum(take_bill(connection, each, at=at).rows for each in bills)
        taken = time.perf_counter()
        with ledger.read() as connection:
            orders = sum(1 for each in compared_orders(connection, SettlementTerms(), at))
        memory = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024
        print(rows, orders, memory, int(rows / (taken - begun)), int(orders / (time.perf_counter() - taken)))
"""

LAYOUTS: dict[str, Callable[[list[written.Sale]], bytes]] = {
    "wechat": lambda given: written.wechat_trade(given).encode(),
    "alipay": lambda given: written.alipay_trade(given).encode("gb18030"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.long
def test_a_large_bill_takes_the_memory_of_a_small_one(layout: str, ledger_url: str, tmp_path: Path) -> None:
    for name, count, seed in (("small.csv", SMALL, 1), ("large.csv", ROWS, 2)):
        given = [each for each in sales(count * 6 // 5, seed, layout) if not each.refunds][:count]
        (tmp_path / name).write_bytes(LAYOUTS[layout](given))
    done = subprocess.run(
        [sys.executable, "-c", TAKING, ledger_url, str(tmp_path / "small.csv"), str(tmp_path / "large.csv")],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    sys.stdout.write(f"{layout}: rows, orders, MB, rows a second taken, orders a second compared\n{done.stdout}")
    small, large = ([int(each) for each in line.split()] for line in done.stdout.splitlines())
    assert (small[:2], large[0]) == ([SMALL, SMALL], ROWS)
    assert large[2] < small[2] + 40, "MB"
