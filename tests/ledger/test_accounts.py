"""Accounts and their entries: derived from what was appended, held together by the database itself."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from multiprocessing import get_context

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, MetaData, String, delete, insert, select, update

from customs.ledger import CauseUsedError, EntryCause, Ledger, LedgerError, Posting, open_ledger
from customs.ledger.accounts import AccountKind, account_kind, append, entries_of, entry_of
from customs.ledger.columns import CODE, KeptYuan
from customs.ledger.locking import find_account, lock_account, lock_accounts
from customs.ledger.migrations.account_tables import create_account_tables, drop_account_tables
from customs.ledger.people import person_of
from customs.ledger.quota import QUOTA
from support.ledgers import KEYS, LedgerDatabases
from support.statements import reading_steps, statements_counted

AT = datetime(2026, 11, 11, 8)

CHECKS = {"floor": "held >= 0 AND used >= 0"}


def keys() -> list[Column[str]]:
    return [Column("purse", CODE, nullable=False)]


def details() -> list[Column[str]]:
    return [Column("order_no", String(60))]


PURSE = account_kind(MetaData(), "purse", keys(), {"held": KeptYuan, "used": KeptYuan}, details(), CHECKS)


@pytest.fixture
def purses(ledger_url: str) -> Iterator[Ledger]:
    """A ledger with accounts that hold and use money."""
    with open_ledger(ledger_url, KEYS) as ledger:
        with ledger.begin() as connection, Operations.context(MigrationContext.configure(connection.sql)):
            create_account_tables("purse", keys(), {"held": KeptYuan, "used": KeptYuan}, details(), CHECKS)
        yield ledger


def hold(amount: str, order: str) -> Posting:
    figures = {"held": Decimal(amount)}
    return Posting(kind="hold", cause=EntryCause("order", order), at=AT, figures=figures, details={"order_no": order})


def enter(ledger: Ledger, *changes: Posting, kind: AccountKind = PURSE) -> list[bool]:
    entered = []
    with ledger.begin() as connection:
        for change in changes:
            _account, new = append(connection, lock_account(connection, kind, purse="P1"), change)
            entered.append(new)
    return entered


def standing(ledger: Ledger) -> dict[str, Decimal]:
    with ledger.read() as connection:
        account = find_account(connection, PURSE, purse="P1")
        return dict(account.figures) if account else {}


def test_the_balance_of_an_account_is_that_of_its_last_entry(purses: Ledger) -> None:
    take = Posting(
        kind="take",
        cause=EntryCause("receipt", "R1"),
        at=AT,
        figures={"held": Decimal("-110.50"), "used": Decimal("110.50")},
    )
    assert enter(purses, hold("110.50", "O1"), hold("20", "O2"), take) == [True, True, True]
    assert standing(purses) == {"held": Decimal("20.00"), "used": Decimal("110.50")}
    with purses.read() as connection:
        account = find_account(connection, PURSE, purse="P1")
        assert account is not None
        assert account.place == 3
        entries = list(entries_of(connection, account))
        assert [each.kind for each in entries] == ["hold", "hold", "take"]
        assert entries[2].before == {"held": Decimal("130.50"), "used": Decimal("0.00")}
        assert entries[2].change == {"held": Decimal("-110.50"), "used": Decimal("110.50")}
        assert entries[0].details == {"order_no": "O1"}
        assert entries[0].at == AT


def test_the_same_cause_twice_changes_nothing(purses: Ledger) -> None:
    assert enter(purses, hold("110.50", "O1")) == [True]
    assert enter(purses, hold("110.50", "O1"), hold("110.50", "O1")) == [False, False]
    assert standing(purses)["held"] == Decimal("110.50")


def test_the_same_cause_with_other_figures_is_refused_and_nothing_of_its_transaction_counts(purses: Ledger) -> None:
    enter(purses, hold("110.50", "O1"))
    with pytest.raises(CauseUsedError, match="order O1 was entered before with other figures"):
        enter(purses, hold("5", "O2"), hold("110.51", "O1"))
    assert standing(purses)["held"] == Decimal("110.50")


def test_an_entry_is_found_by_its_cause(purses: Ledger) -> None:
    enter(purses, hold("110.50", "O1"))
    with purses.begin() as connection:
        account = lock_account(connection, PURSE, purse="P1")
        found = entry_of(connection, account, "hold", EntryCause("order", "O1"))
        assert found is not None
        assert found.after["held"] == Decimal("110.50")
        assert entry_of(connection, account, "hold", EntryCause("order", "O2")) is None


def test_a_reason_and_who_decided_it_stay_with_the_entry(purses: Ledger) -> None:
    cause = EntryCause("ticket", "T1", by="clerk", why="counted by hand")
    enter(purses, Posting(kind="correct", cause=cause, at=AT, figures={"used": Decimal("3")}))
    with purses.read() as connection:
        account = find_account(connection, PURSE, purse="P1")
        assert account is not None
        assert [each.cause for each in entries_of(connection, account)] == [cause]


def test_the_database_refuses_an_entry_that_does_not_follow_the_one_before(purses: Ledger) -> None:
    enter(purses, hold("10", "O1"))
    with purses.read() as connection:
        account = find_account(connection, PURSE, purse="P1")
        assert account is not None
        row = dict(connection.sql.execute(select(PURSE.entries)).mappings().one())
    follow = {
        **row,
        "place": 2,
        "place_before": 1,
        "cause": "O2",
        "held_before": Decimal("10"),
        "used_before": Decimal("0"),
    }
    for wrong in (
        {"held_before": Decimal("9")},  # other figures than the entry before left
        {"place": 3, "place_before": 2},  # one left out
        {"place": 3, "place_before": 1},  # a place left out
        {"place": 2, "place_before": None},  # begun anew
        {"place": 1, "place_before": None, "held_before": Decimal("0")},  # put in its place
        {"cause": "O1"},  # its cause again
        {"held": Decimal("-1")},  # below the floor
    ):
        with pytest.raises(LedgerError, match="refuses"), purses.begin() as connection:
            connection.sql.execute(insert(PURSE.entries).values({**follow, **wrong}))
    with purses.begin() as connection:
        connection.sql.execute(insert(PURSE.entries).values(follow))


def test_the_database_refuses_to_change_or_delete_an_entry(purses: Ledger) -> None:
    enter(purses, hold("10", "O1"), hold("20", "O2"))
    for change in (update(PURSE.entries).values(by="x"), delete(PURSE.entries)):
        with pytest.raises(LedgerError, match="refuses"), purses.begin() as connection:
            connection.sql.execute(change)
    assert standing(purses)["held"] == Decimal("30")


def test_what_breaks_off_leaves_no_trace(purses: Ledger) -> None:
    def interrupted() -> None:
        with purses.begin() as connection:
            append(connection, lock_account(connection, PURSE, purse="P1"), hold("10", "O1"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert standing(purses) == {}


def test_the_tables_of_accounts_can_be_dropped_again(purses: Ledger) -> None:
    enter(purses, hold("10", "O1"))
    with purses.begin() as connection, Operations.context(MigrationContext.configure(connection.sql)):
        drop_account_tables("purse")
    with pytest.raises(LedgerError), purses.read() as connection:
        find_account(connection, PURSE, purse="P1")


def _holding(url: str, worker: int, count: int) -> None:
    with open_ledger(url, KEYS) as ledger:
        for number in range(count):
            enter(ledger, hold("1.00", f"O{worker}-{number}"), hold("0.50", f"shared-{number}"))


@pytest.mark.long
def test_writers_of_one_account_come_one_after_the_other(purses: Ledger, ledger_url: str) -> None:
    context = get_context("spawn")
    workers = [context.Process(target=_holding, args=(ledger_url, each, 10)) for each in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert [each.exitcode for each in workers] == [0, 0, 0, 0]
    assert standing(purses)["held"] == Decimal("45.00")  # 40 orders of one yuan, 10 shared ones of half a yuan


def test_an_amount_with_more_than_two_decimals_is_refused(purses: Ledger) -> None:
    with pytest.raises(ValueError, match="more than 2 decimals"):
        enter(purses, hold("0.005", "O1"))


def test_accounts_of_several_keys_are_locked_without_reading_all_of_them(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger:
        with ledger.begin() as connection:
            people = [person_of(connection, "1", f"11010118000101{number:04}") for number in range(20)]
            places = {(person, year) for person in people for year in (2026, 2027)}
            with statements_counted() as statements:
                found = lock_accounts(connection, QUOTA, places)
            again = lock_accounts(connection, QUOTA, places)
        assert found.keys() == places
        assert again == found
        with ledger.read() as connection:
            steps = reading_steps(connection, "quota_accounts", statements)
        assert steps == {
            "SEARCH quota_accounts USING COVERING INDEX sqlite_autoindex_quota_accounts_1 (person=? AND year=?)"
        }
