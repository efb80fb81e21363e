"""Accounts as they stand (账户现状): found, or locked and made, one or many with a few statements.

Promised: two writers of one account come one after the other; whoever locks several of a kind at once locks them in the order of
their keys, so that no two wait for each other in a circle.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, String, bindparam, func, select

from customs.fields.frozen import FrozenDict
from customs.fields.money import ZERO
from customs.ledger.accounts import Account, AccountKind, upserting
from customs.ledger.among import among
from customs.ledger.database import LedgerConnection
from customs.ledger.many_rows import add_rows


def lock_account(connection: LedgerConnection, kind: AccountKind, **keys: Any) -> Account:
    """Return an account, for this transaction alone until it ends; made if there is none."""
    accounts = kind.accounts
    wanted = select(accounts.c.id).where(*[accounts.c[name] == keys[name] for name in kind.keys]).with_for_update()
    found = connection.sql.execute(wanted).scalar()
    if found is None:
        connection.sql.execute(upserting(connection, accounts).values(**keys).on_conflict_do_nothing())
        found = connection.sql.execute(wanted).scalar_one()
    return _standing(connection, kind, int(found))


def lock_accounts(connection: LedgerConnection, kind: AccountKind, names: Collection[Any]) -> dict[Any, Account]:
    """Return many accounts of a kind by their key, locked and made like one of ``lock_account``.

    A name is the value of the key, or the tuple of its values where the kind has several.
    """
    wanted = sorted(set(names))
    if not wanted:
        return {}
    numbers = _numbers(connection, kind, wanted)
    if missing := [name for name in wanted if name not in numbers]:
        rows = [dict(zip(kind.keys, _values(kind, name), strict=True)) for name in missing]
        add_rows(connection, kind.accounts, rows, once=True)
        numbers |= _numbers(connection, kind, missing)
    if connection.sql.dialect.name == "postgresql":  # in SQLite one transaction writes at a time
        accounts = kind.accounts.c
        locking = select(accounts.id).where(among(accounts.id, "numbers")).order_by(*_order(kind)).with_for_update()
        connection.sql.execute(locking, {"numbers": numbers.values()}).all()
    return _standings(connection, kind, numbers)


def _order(kind: AccountKind) -> list[ColumnElement[Any]]:
    """Return the order of keys in which accounts are locked: that of Python, whatever the language of the database."""
    keys: list[ColumnElement[Any]] = [kind.accounts.c[name] for name in kind.keys]
    return [each.collate("C") if isinstance(each.type, String) else each for each in keys]


def _values(kind: AccountKind, name: Any) -> tuple[Any, ...]:
    return name if len(kind.keys) > 1 else (name,)


def _numbers(connection: LedgerConnection, kind: AccountKind, names: Sequence[Any]) -> dict[Any, int]:
    """Return the numbers of accounts that there are. The column with the most values is asked for by many of them at once."""
    accounts, several = kind.accounts.c, len(kind.keys) > 1
    by_column = dict(zip(kind.keys, zip(*[_values(kind, name) for name in names], strict=True), strict=True))
    *first, last = sorted(kind.keys, key=lambda name: len(set(by_column[name])))
    wanted = select(*[accounts[name] for name in kind.keys], accounts.id).where(
        *[accounts[name] == bindparam(f"of_{name}") for name in first], among(accounts[last], "values")
    )
    asked, found = defaultdict[tuple[Any, ...], list[Any]](list), dict[Any, int]()
    for *others, value in zip(*[by_column[name] for name in (*first, last)], strict=True):
        asked[tuple(others)].append(value)
    for same, values in asked.items():
        given = {f"of_{name}": value for name, value in zip(first, same, strict=True)}
        for *key, number in connection.sql.execute(wanted, {**given, "values": values}):
            found[tuple(key) if several else key[0]] = int(number)
    return found


def find_account(connection: LedgerConnection, kind: AccountKind, **keys: Any) -> Account | None:
    """Return an account as it stands, None if there is none; another may change it meanwhile."""
    accounts = kind.accounts
    wanted = select(accounts.c.id).where(*[accounts.c[name] == keys[name] for name in kind.keys])
    found = connection.sql.execute(wanted).scalar()
    return None if found is None else _standing(connection, kind, int(found))


def find_accounts(
    connection: LedgerConnection, kind: AccountKind, key: str, values: Iterable[Any], **others: Any
) -> dict[Any, Account]:
    """Return those accounts that there are, by one of their keys: ``values`` are those asked for, ``others`` the other keys,
    the same for all. Another may change them meanwhile.
    """
    accounts, asked = kind.accounts.c, dict.fromkeys(values)
    if not asked:
        return {}
    same = [accounts[name] == value for name, value in others.items()]
    wanted = select(accounts[key], accounts.id).where(among(accounts[key], "values"), *same)
    numbers = {found: int(number) for found, number in connection.sql.execute(wanted, {"values": asked})}
    return _standings(connection, kind, numbers)


def _standing(connection: LedgerConnection, kind: AccountKind, number: int) -> Account:
    entries = kind.entries
    figures = [entries.c[name] for name in kind.figures]
    last = (
        select(entries.c.place, *figures).where(entries.c.account == number).order_by(entries.c.place.desc()).limit(1)
    )
    return _account(kind, number, connection.sql.execute(last).mappings().one_or_none())


def _standings(connection: LedgerConnection, kind: AccountKind, numbers: Mapping[Any, int]) -> dict[Any, Account]:
    """Return accounts as they stand, each under what its number was given under."""
    found = dict[int, RowMapping]()
    if numbers:
        rows = connection.sql.execute(_newest(kind), {"numbers": list(numbers.values())}).mappings()
        found.update((row["account"], row) for row in rows)
    return {under: _account(kind, number, found.get(number)) for under, number in numbers.items()}


@cache
def _newest(kind: AccountKind) -> Select[Any]:
    """Select the last entry of accounts, with the figures after it."""
    entries = kind.entries.c
    places = select(entries.account, func.max(entries.place).label("place")).group_by(entries.account)
    newest = places.where(among(entries.account, "numbers")).subquery()
    return select(entries.account, entries.place, *[entries[name] for name in kind.figures]).join(
        newest, (newest.c.account == entries.account) & (newest.c.place == entries.place)
    )


def _account(kind: AccountKind, number: int, last: RowMapping | None) -> Account:
    """Return an account by its last entry, None if it has none."""
    figures = FrozenDict({name: last[name] if last else ZERO for name in kind.figures})
    return Account(kind, number, last["place"] if last else 0, figures)
