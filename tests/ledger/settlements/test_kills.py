"""A bill whose reading is killed leaves nothing in the ledger, and is taken whole by the next try."""

import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from customs.ledger import Ledger, open_ledger
from customs.ledger.settlements import open_payment_bills, take_bill
from customs.ledger.settlements.settlement_tables import FILE_DAYS, FILES, PAYMENTS
from support import settlement_files as written
from support.ledgers import KEYS
from support.settlement_files import sales

TAKING = """
import os, signal, sys
from dataclasses import replace
from datetime import datetime
from customs.ledger import LedgerKeys, open_ledger
from customs.ledger.settlements import open_payment_bills, take_bill

def killed_after(rows, count):
    for at, row in enumerate(rows):
        if at == count:
            os.kill(os.getpid(), signal.SIGKILL)
        yield row

keys = LedgerKeys(bytes(range(32)), {1: bytes(range(32, 64))})
with open_ledger(sys.argv[1], keys) as ledger, ledger.begin() as connection, open_payment_bills(sys.argv[2]) as bills:
    for bill in bills:
        take_bill(connection, replace(bill, rows=killed_after(bill.rows, int(sys.argv[3]))), at=datetime(2026, 11, 20))
"""


def counted(ledger: Ledger) -> list[int]:
    with ledger.read() as connection:
        return [
            connection.sql.execute(select(func.count()).select_from(each)).scalar_one()
            for each in (FILES, FILE_DAYS, PAYMENTS)
        ]


@pytest.mark.parametrize("after", [0, 1_200])
@pytest.mark.long
def test_a_bill_that_is_killed_while_it_is_read_leaves_nothing(ledger_url: str, tmp_path: Path, after: int) -> None:
    given = sales(1_500, 1)
    (tmp_path / "bill.csv").write_text(written.wechat_trade(given), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TAKING, ledger_url, str(tmp_path / "bill.csv"), str(after)], check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    with open_ledger(ledger_url, KEYS) as ledger:
        assert counted(ledger) == [0, 0, 0]
        with ledger.begin() as connection, open_payment_bills(tmp_path / "bill.csv") as bills:
            assert [take_bill(connection, each, at=datetime(2026, 11, 20)).is_new for each in bills] == [True]
        assert counted(ledger) == [1, 1, 1_500 + sum(len(each.refunds) for each in given)]
