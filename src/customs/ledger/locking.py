"""Accounts as they stand (账户现状): found, or locked and made, one or many with a few statements.

Promised: two writers of one account come one after the other; whoever locks several of a kind at once locks them in the order of
their keys, so that no two wait for each other in a circle.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, String, func, select

from customs.fields.frozen import FrozenDict
from customs.fields.money import ZERO
from customs.ledger.accounts import Account, AccountKind, upserting
from customs.ledger.database import LedgerConnection
from customs.ledger.many_rows import add_rows
from customs.ledger.parts import in_parts, keys_in_parts


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
    found: dict[Any, Account] = {}
    for part in in_parts(sorted(set(names))):
        numbers = _numbers(connection, kind, part)
        if missing := [name for name in part if name not in numbers]:
            rows = [dict(zip(kind.keys, _values(kind, name), strict=True)) for name in missing]
            add_rows(connection, kind.accounts, rows, once=True)
            numbers |= _numbers(connection, kind, missing)
        accounts = kind.accounts.c
        locking = select(accounts.id).where(accounts.id.in_(list(numbers.values()))).order_by(*_order(connection, kind))
        connection.sql.execute(locking.with_for_update()).all()
        found |= _standings(connection, kind, numbers)
    return found


def _order(connection: LedgerConnection, kind: AccountKind) -> list[ColumnElement[Any]]:
    """Return the order of keys in which accounts are locked: that of Python, whatever the language of the database."""
    keys: list[ColumnElement[Any]] = [kind.accounts.c[name] for name in kind.keys]
    if connection.sql.dialect.name != "postgresql":
        return keys
    return [each.collate("C") if isinstance(each.type, String) else each for each in keys]


def _values(kind: AccountKind, name: Any) -> tuple[Any, ...]:
    return name if len(kind.keys) > 1 else (name,)


def _numbers(connection: LedgerConnection, kind: AccountKind, names: Sequence[Any]) -> dict[Any, int]:
    """Return the numbers of accounts that there are. The column with the most values is asked for by many of them at once."""
    accounts, several = kind.accounts.c, len(kind.keys) > 1
    by_column = dict(zip(kind.keys, zip(*[_values(kind, name) for name in names], strict=True), strict=True))
    *first, last = sorted(kind.keys, key=lambda name: len(set(by_column[name])))
    found = dict[Any, int]()
    for same, part in keys_in_parts(zip(*[by_column[name] for name in (*first, last)], strict=True)):
        owned = [accounts[name] == value for name, value in zip(first, same, strict=True)]
        wanted = select(*[accounts[name] for name in kind.keys], accounts.id).where(*owned, accounts[last].in_(part))
        for *key, number in connection.sql.execute(wanted):
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
    accounts, numbers = kind.accounts.c, dict[Any, int]()
    same = [accounts[name] == value for name, value in others.items()]
    for part in in_parts(dict.fromkeys(values)):
        wanted = select(accounts[key], accounts.id).where(accounts[key].in_(part), *same)
        numbers.update((found, int(number)) for found, number in connection.sql.execute(wanted))
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
    entries, found = kind.entries.c, dict[int, RowMapping]()
    for part in in_parts(numbers.values()):
        places = select(entries.account, func.max(entries.place).label("place")).group_by(entries.account)
        newest = places.where(entries.account.in_(part)).subquery()
        standing = select(entries.account, entries.place, *[entries[name] for name in kind.figures]).join(
            newest, (newest.c.account == entries.account) & (newest.c.place == entries.place)
        )
        found.update((row["account"], row) for row in connection.sql.execute(standing).mappings())
    return {under: _account(kind, number, found.get(number)) for under, number in numbers.items()}


def _account(kind: AccountKind, number: int, last: RowMapping | None) -> Account:
    """Return an account by its last entry, None if it has none."""
    figures = FrozenDict({name: last[name] if last else ZERO for name in kind.figures})
    return Account(kind, number, last["place"] if last else 0, figures)
