"""The account book under faults: a process killed at any statement, a server that falls and is started again. Nothing is half."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from sqlalchemy import select

from customs.fields.money import ZERO
from customs.ledger import Ledger, open_ledger
from customs.ledger.accounts import entries_of
from customs.ledger.book.holdings import papers_of, quantities_of
from customs.ledger.book.items import BookItem, BookQuantities
from customs.ledger.book.tables import BOOK
from customs.ledger.locking import find_account
from support import ROOT, absent, some
from support.faults import MANY, Faults, few_or_many
from support.ledgers import KEYS, LedgerDatabases
from support.postgres import postgres_running, programs

#: Announces an out-list of two items in one transaction; deducts it, changes a third item by a correction and states the rows
#: in the next; and says which round is on the disk. It kills itself before the statement of a given number, commits counted.
WORKING = """
import os, signal, sys
from datetime import datetime
from decimal import Decimal
from sqlalchemy import event
from sqlalchemy.engine import Engine
from customs.ledger import EntryCause, LedgerKeys, open_ledger
from customs.ledger.book.bond_messages import read_bond_message
from customs.ledger.book.entering import adjust_book, cause_of, enter_message
from customs.ledger.book.items import BookItem
from support.bond_messages import bond_list, receipt, statement

url, last, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
at, done = datetime(2026, 11, 11, 8), 0

def counted(*_):
    global done
    done += 1
    if done == last:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "before_cursor_execute", counted)
event.listen(Engine, "commit", counted)
out = {"impexpMarkcd": "E"}
with open_ledger(url, LedgerKeys(bytes(range(32)), {1: bytes(range(32, 64))})) as ledger:
    def enter(connection, content, number):
        content = content.replace(b"202600000000000001", b"2026%014d" % number)
        enter_message(connection, read_bond_message(content), cause_of(content), at)

    for number in range(rounds):
        own, bond = f"B{number}", f"QD299226E{number:09d}"
        with ledger.begin() as connection:
            lines = [("12", "5"), ("13", "0.5")]
            enter(connection, bond_list(own, lines, retail=(f"X{number}",), ImpexpMarkcd="E", InvtType="8"), number)
            enter(connection, receipt("4", "2026-10-02 11:20:47", own, bond, **out), number)
        with ledger.begin() as connection:
            enter(connection, statement("2026-10-04 07:41:03", [{"actlRedcQty": "5"}], own, bond, **out), number)
            ticket = EntryCause("ticket", f"T{number}", "clerk", "customs agreed")
            adjust_book(connection, BookItem("T2992W000001", "14"), Decimal(-1), "34", ticket, at)
        print(number, flush=True)
"""

NEVER = 1_000_000_000

#: How many statements and commits two rounds take, at least.
STATEMENTS = 150

MILK, OIL, PAPER = (BookItem("T2992W000001", each) for each in ("12", "13", "14"))


def program(url: str, last: int, rounds: int) -> list[str]:
    return [sys.executable, "-c", WORKING, url, str(last), str(rounds)]


@contextmanager
def working(url: str, rounds: int) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        program(url, NEVER, rounds), cwd=ROOT / "tests", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def expected(announced: int, whole: int) -> dict[BookItem, BookQuantities]:
    """What the book holds after so many rounds, of which the first ones are deducted."""
    found = {
        item: BookQuantities(actual_out=quantity * whole, pre_out=quantity * (announced - whole))
        for item, quantity in ((MILK, Decimal(5)), (OIL, Decimal("0.5")))
    }
    return {item: each for item, each in {**found, PAPER: BookQuantities(lost=Decimal(whole))}.items() if each}


def check_book(ledger: Ledger) -> None:
    """Entries follow each other without a gap, and add up to the balance of their account."""
    with ledger.read() as connection:
        accounts = connection.sql.execute(select(BOOK.accounts.c.ems_no, BOOK.accounts.c.item_record_no)).all()
        for ems_no, record in accounts:
            account = find_account(connection, BOOK, ems_no=ems_no, item_record_no=record)
            assert account
            entries = list(entries_of(connection, account))
            assert [each.place for each in entries] == list(range(1, account.place + 1))
            for figure in BOOK.figures:
                assert sum((each.change[figure] for each in entries), ZERO) == account.figures[figure]


def check_rounds(ledger: Ledger, told: int) -> None:
    """Every round that was told is whole; after it at most one was begun, announced or whole, and its papers say the same."""
    with ledger.read() as connection:
        held = {item: each for item, each in quantities_of(connection).items() if each}
        lists = papers_of(connection).lists
    announced, whole = len(lists), sum(1 for each in lists if each.deducted_at)
    assert (announced, whole) in ((told, told), (told + 1, told), (told + 1, told + 1))
    assert held == expected(announced, whole)
    assert sorted(each.retail_list_nos for each in lists) == sorted((f"X{number}",) for number in range(announced))


def finish(url: str, rounds: int) -> None:
    """Work to the end, from the beginning: what was entered before counts once."""
    subprocess.run(program(url, NEVER, rounds), check=True, cwd=ROOT / "tests", capture_output=True, timeout=120)
    with open_ledger(url, KEYS) as ledger:
        check_book(ledger)
        check_rounds(ledger, rounds)
        with ledger.read() as connection:
            assert quantities_of(connection) == expected(rounds, rounds)


@pytest.mark.parametrize("last", Faults(27).steps(few_or_many(1), STATEMENTS))
@pytest.mark.long
def test_a_process_killed_in_the_middle_of_the_book_leaves_nothing_half(ledger_url: str, last: int) -> None:
    done = subprocess.run(
        program(ledger_url, last, 2), check=False, cwd=ROOT / "tests", capture_output=True, text=True, timeout=120
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with open_ledger(ledger_url, KEYS) as ledger:
        check_book(ledger)
        check_rounds(ledger, len(done.stdout.splitlines()))
    finish(ledger_url, 2)


@pytest.mark.skipif(not MANY, reason="make faults lets a server fall")
def test_a_server_that_falls_and_is_started_again_has_the_book_that_was_told_and_nothing_half(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    if programs() is None:
        absent("PostgreSQL is not installed")
    rounds, falls = 60, min(MANY, 5)
    with postgres_running(forced=True) as server:
        databases = LedgerDatabases(tmp_path_factory.mktemp("falling"), server)
        for after in some(Faults(2027).steps(falls, rounds // 2)):
            with databases.fresh() as url, working(url, rounds) as process:
                assert process.stdout
                assert process.stderr
                told = [process.stdout.readline() for _ in range(after)]
                server.stop("immediate")
                told += process.stdout.read().splitlines()
                error = process.stderr.read()
                assert process.wait(60) == 1
                assert "nothing of this change counts" in error
                server.start(forced=True)
                with open_ledger(url, KEYS) as ledger:
                    check_book(ledger)
                    check_rounds(ledger, len(told))
                finish(url, rounds)
