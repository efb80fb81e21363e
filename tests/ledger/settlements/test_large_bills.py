"""A large bill is taken and compared in the memory of a small one (``make faults``)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import settlement_files as written
from support.settlement_files import sales

ROWS = int(os.environ.get("CUSTOMS_ROWS", "60000"))

TAKING = """
import resource, sys
from datetime import datetime
from customs.ledger import EntryCause, LedgerKeys, open_ledger
from customs.ledger.settlements import SettlementTerms, compared_orders, open_payment_bills, take_bill

at = datetime(2026, 11, 20)
keys = LedgerKeys(bytes(range(32)), {1: bytes(range(32, 64))})
with open_ledger(sys.argv[1], keys) as ledger:
    for path in sys.argv[2:]:
        with ledger.begin() as connection, open_payment_bills(path) as bills:
            rows = sum(take_bill(connection, each, at=at).rows for each in bills)
        with ledger.read() as connection:
            orders = sum(1 for each in compared_orders(connection, SettlementTerms(), at))
        print(rows, orders, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.skipif("CUSTOMS_FAULTS" not in os.environ, reason="takes minutes: make faults")
def test_a_large_bill_takes_the_memory_of_a_small_one(ledger_url: str, tmp_path: Path) -> None:
    for name, count, seed in (("small.csv", 5_000, 1), ("large.csv", ROWS, 2)):
        given = [each for each in sales(count * 6 // 5, seed) if not each.refunds][:count]
        (tmp_path / name).write_text(written.wechat_trade(given), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TAKING, ledger_url, str(tmp_path / "small.csv"), str(tmp_path / "large.csv")],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    small, large = ([int(each) for each in line.split()] for line in done.stdout.splitlines())
    assert (small[:2], large[0]) == ([5_000, 5_000], ROWS)
    assert large[2] < small[2] + 40, "MB"
