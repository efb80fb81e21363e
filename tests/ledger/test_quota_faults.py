"""The quota under faults: a process killed at any statement, a server that falls and is started again. Nothing is half."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from sqlalchemy import select

from customs.fields.money import ZERO
from customs.ledger import Account, Ledger, open_ledger
from customs.ledger.accounts import entries_of
from customs.ledger.locking import find_account
from customs.ledger.quota import QUOTA, OrderUnknownError, order_standing
from support import absent, some
from support.faults import MANY, Faults, few_or_many
from support.ledgers import KEYS, LedgerDatabases
from support.postgres import postgres_running, programs

#: Reserves and takes four orders in one transaction, frees one of them and gives half of another back in the next, and says
#: which round is on the disk; it kills itself before the statement of a given number, the commits counted among them.
WORKING = """
import os, signal, sys
from datetime import datetime
from decimal import Decimal
from sqlalchemy import event
from sqlalchemy.engine import Engine
from customs.ledger import EntryCause, LedgerKeys, open_ledger
from customs.ledger.quota import QuotaOrder, reserve, restore, take, void

url, last, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
at, done = datetime(2026, 11, 11, 8), 0

def counted(*_):
    global done
    done += 1
    if done == last:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "before_cursor_execute", counted)
event.listen(Engine, "commit", counted)
with open_ledger(url, LedgerKeys(bytes(range(32)), {1: bytes(range(32, 64))})) as ledger:
    for number in range(rounds):
        keys = [f"P/{number}-{each}" for each in range(4)]
        with ledger.begin() as connection:
            for each in keys:
                buyer = ("1", "110101180001010011" if each.endswith(("0", "1")) else "11010118000101002X")
                reserve(connection, QuotaOrder(order=each, buyer=buyer, amount=Decimal("12.34")), at=at)
            for each in keys[1:]:
                take(connection, each, EntryCause("receipt", f"R{number}"), at=at)
        with ledger.begin() as connection:
            void(connection, keys[0], EntryCause("ticket", f"T{number}", "clerk", "given up"), at=at)
            restore(connection, keys[1], EntryCause("receipt", f"B{number}"), at=at, amount=Decimal("6.17"))
        print(number, flush=True)
"""

NEVER = 1_000_000_000
BUYERS = ("110101180001010011", "11010118000101002X")

#: What the four orders of a round hold and have used after its first transaction, and after its second.
FIRST = [("12.34", "0"), ("0", "12.34"), ("0", "12.34"), ("0", "12.34")]
SECOND = [("0", "0"), ("0", "6.17"), ("0", "12.34"), ("0", "12.34")]


def program(url: str, last: int, rounds: int) -> list[str]:
    return [sys.executable, "-c", WORKING, url, str(last), str(rounds)]


@contextmanager
def working(url: str, rounds: int) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        program(url, NEVER, rounds), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def standings(ledger: Ledger, number: int) -> list[tuple[str, str]] | None:
    """What the orders of a round hold and have used; None if nothing of it is there."""
    found: list[tuple[str, str]] = []
    with ledger.read() as connection:
        for each in range(4):
            try:
                standing = order_standing(connection, f"P/{number}-{each}")
            except OrderUnknownError:
                continue
            held, used = (sum(amounts.values(), ZERO) for amounts in (standing.held, standing.used))
            found.append((str(held.normalize()), str(used.normalize())))
    return found or None


def check_books(ledger: Ledger) -> None:
    """Entries follow each other without a gap, and add up to the balance of their account."""
    with ledger.read() as connection:
        for person, year in connection.sql.execute(select(QUOTA.accounts.c.person, QUOTA.accounts.c.year)).all():
            account = find_account(connection, QUOTA, person=person, year=year)
            assert isinstance(account, Account)
            entries = list(entries_of(connection, account))
            assert [each.place for each in entries] == list(range(1, account.place + 1))
            for figure in QUOTA.figures:
                assert sum((each.change[figure] for each in entries), ZERO) == account.figures[figure]


def check_rounds(ledger: Ledger, rounds: int, told: int) -> None:
    """Every round that was told is whole; after it at most one is between its two transactions, and then there is none."""
    found = [standings(ledger, number) for number in range(rounds)]
    assert found[:told] == [SECOND] * told
    open_ones = [each for each in found[told:] if each is not None]
    assert all(each in (FIRST, SECOND) for each in open_ones)
    assert len(open_ones) <= 1
    assert found[told + len(open_ones) :] == [None] * (rounds - told - len(open_ones))


def finish(url: str, rounds: int) -> None:
    """Work to the end, from the beginning: what was entered before counts once."""
    subprocess.run(program(url, NEVER, rounds), check=True, capture_output=True, timeout=120)
    with open_ledger(url, KEYS) as ledger:
        check_books(ledger)
        assert [standings(ledger, number) for number in range(rounds)] == [SECOND] * rounds
        with ledger.read() as connection:
            figures = [
                find_account(connection, QUOTA, person=person, year=2026)
                for person in connection.sql.execute(select(QUOTA.accounts.c.person)).scalars()
            ]
        used = sum((each.figures["used"] for each in figures if each), ZERO)
        assert used == rounds * Decimal("30.85")


@pytest.mark.parametrize("last", Faults(26).steps(few_or_many(1), 85))
@pytest.mark.long
def test_a_process_killed_in_the_middle_of_the_quota_leaves_nothing_half(ledger_url: str, last: int) -> None:
    rounds = 2
    done = subprocess.run(program(ledger_url, last, rounds), check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not any(number in done.stdout + done.stderr for number in BUYERS)
    with open_ledger(ledger_url, KEYS) as ledger:
        check_books(ledger)
        check_rounds(ledger, rounds, len(done.stdout.splitlines()))
    finish(ledger_url, rounds)


@pytest.mark.skipif(not MANY, reason="make faults lets a server fall")
def test_a_server_that_falls_and_is_started_again_has_what_was_told_and_nothing_half(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    if programs() is None:
        absent("PostgreSQL is not installed")
    rounds, falls = 60, min(MANY, 5)
    with postgres_running(forced=True) as server:
        databases = LedgerDatabases(tmp_path_factory.mktemp("falling"), server)
        for after in some(Faults(2026).steps(falls, rounds // 2)):
            with databases.fresh() as url, working(url, rounds) as process:
                assert process.stdout
                assert process.stderr
                told = [process.stdout.readline() for _ in range(after)]
                server.stop("immediate")
                told += process.stdout.read().splitlines()
                error = process.stderr.read()
                assert process.wait(60) == 1
                assert "nothing of this change counts" in error
                assert not any(number in error for number in BUYERS)
                server.start(forced=True)
                with open_ledger(url, KEYS) as ledger:
                    check_books(ledger)
                    check_rounds(ledger, rounds, len(told))
                finish(url, rounds)
