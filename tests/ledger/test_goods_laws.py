"""The laws of goods records: many processes register and alter one article at once, and no change of any of them is lost."""

from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from multiprocessing import get_context

import pytest

from customs.intake import GoodsRecord
from customs.ledger import EntryCause, open_ledger
from customs.ledger.goods import (
    MOVES,
    GoodsMoveError,
    GoodsState,
    enter_goods,
    find_goods,
    history_of,
    kept_goods,
    move_goods,
    version_of,
)
from support.faults import MANY
from support.ledgers import KEYS, LedgerDatabases

AT, BOOK = datetime(2026, 11, 11, 8), "T2992W000001"
PROCESSES, EACH = (16, 8) if MANY else (3, 4)


def name_of(worker: int, number: int) -> str:
    return f"cream {worker}-{number}"


def _altering(url: str, worker: int) -> None:
    """Enter versions of one article, each list twice, and suspend it in between, where another one did not."""
    with open_ledger(url, KEYS) as ledger:
        for number in range(EACH):
            facts = {"hs_code": "3304990039", "unit": "142", "item_name": name_of(worker, number), "record_no": "12"}
            record = GoodsRecord(sku="A1", facts=facts, account_book_no=BOOK, state="approved")
            for _ in range(2):
                with ledger.begin() as connection:
                    enter_goods(connection, record, EntryCause("file", f"{worker}-{number}"), at=AT)
            ticket = EntryCause("ticket", f"{worker}-{number}", by="clerk", why="customs said so")
            with suppress(GoodsMoveError), ledger.begin() as connection:
                move_goods(connection, ("A1", BOOK), GoodsState.SUSPENDED, ticket, at=AT)


@pytest.mark.long
def test_processes_that_register_and_alter_one_article_at_once_lose_no_change(databases: LedgerDatabases) -> None:
    with databases.fresh() as url:
        workers = [get_context("spawn").Process(target=_altering, args=(url, number)) for number in range(PROCESSES)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0] * PROCESSES
        with open_ledger(url, KEYS) as ledger, ledger.read() as connection:
            (standing,) = kept_goods(connection)
            assert find_goods(connection, "A1", BOOK) == standing
            changes = history_of(connection, standing)
            versions = [version_of(connection, standing, number) for number in range(1, standing.last.version + 1)]
    named = {f"{worker}-{number}": name_of(worker, number) for worker in range(PROCESSES) for number in range(EACH)}
    entered = [each for each in changes if each.kind == "version"]
    assert [each.place for each in changes] == list(range(1, len(changes) + 1))
    assert [each.version for each in entered] == list(range(1, len(named) + 1))
    assert {
        each.cause.id: record.facts["item_name"] for each, record in zip(entered, versions, strict=True) if record
    } == named
    assert len({each.cause for each in changes if each.kind == "state"}) == len(changes) - len(entered)
    assert changes[-1] == standing.last
    for before, after in pairwise(changes):
        assert after.version == before.version + (after.kind == "version")
        assert after.kind == "version" or after.state in MOVES[before.state]
        assert after.in_force == (after.version if after.state is GoodsState.ON_RECORD else None)
