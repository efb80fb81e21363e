"""Accounts (账户) and their entries (分录): what is held of something, derived from entries that are only ever appended.

An account has figures, such as what a buyer has used of the yearly limit. Each entry states them before and after, and
the database itself holds the chain together: an entry's figures before are those after the entry before it, by a foreign
key, so that no entry can be left out, put between or changed, and the balance is that of the last entry.

Promised: an entry and all that is done within its transaction count together or not at all; two writers of one account
come one after the other; the same cause is entered once, and with other figures refused.

``account_kind`` makes the two tables of such accounts: migrations use it too, so its form never changes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Row,
    RowMapping,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from customs.fields.frozen import FrozenDict
from customs.fields.money import ZERO, exactly
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.columns import CODE, NUMBER, KeptTime
from customs.ledger.database import LedgerConnection
from customs.ledger.engines import insertion
from customs.ledger.parts import in_parts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AccountKind:
    """A kind of account: its two tables, what names an account, its figures, and what an entry holds beside them."""

    accounts: Table
    entries: Table
    keys: tuple[str, ...]
    figures: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it stands: how many entries it has, and its figures after the last."""

    kind: AccountKind
    id: int
    place: int
    figures: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """An entry to be made (过账): its kind, cause and time, and by how much figures posting."""

    kind: str
    cause: EntryCause
    at: datetime
    figures: Mapping[str, Decimal] = FrozenDict()
    details: Mapping[str, Any] = FrozenDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """An entry as it stands in an account."""

    account: int
    place: int
    kind: str
    cause: EntryCause
    at: datetime
    before: Mapping[str, Decimal]
    after: Mapping[str, Decimal]
    details: Mapping[str, Any] = FrozenDict()

    @property
    @exactly
    def change(self) -> Mapping[str, Decimal]:
        """By how much each figure changed."""
        return FrozenDict({name: after - self.before[name] for name, after in self.after.items()})


def account_kind(
    tables: MetaData,
    name: str,
    keys: Sequence[Column[Any]],
    figures: Mapping[str, type[TypeEngine[Any]]],
    details: Sequence[Column[Any]] = (),
    checks: Mapping[str, str] = FrozenDict(),
) -> AccountKind:
    """Return a kind of account with its tables ``NAME_accounts`` and ``NAME_entries``.

    ``checks`` are conditions by name that the figures hold after every entry, in SQL.
    """
    accounts = Table(
        f"{name}_accounts",
        tables,
        Column("id", NUMBER, primary_key=True),
        *keys,
        UniqueConstraint(*[each.name for each in keys]),
    )
    begun = " AND ".join([f"{each}_before = 0" for each in figures])
    entries = Table(
        f"{name}_entries",
        tables,
        Column("account", NUMBER, ForeignKey(accounts.c.id), nullable=False),
        Column("place", Integer, nullable=False),
        Column("place_before", Integer),
        Column("kind", String(20), nullable=False),
        Column("cause_kind", String(20), nullable=False),
        Column("cause", String(200), nullable=False),
        Column("by", CODE, nullable=False, server_default=""),
        Column("why", String(1000), nullable=False, server_default=""),
        Column("at", KeptTime, nullable=False),
        *details,
        *[Column(f"{each}_before", kept, nullable=False) for each, kept in figures.items()],
        *[Column(each, kept, nullable=False) for each, kept in figures.items()],
        PrimaryKeyConstraint("account", "place"),
        UniqueConstraint("account", "place", *figures),
        UniqueConstraint("account", "kind", "cause_kind", "cause"),
        CheckConstraint(
            f"(place = 1 AND place_before IS NULL AND {begun}) OR "
            "(place > 1 AND place_before IS NOT NULL AND place_before = place - 1)",
            name="chain",
        ),
        *[CheckConstraint(text, name=each) for each, text in checks.items()],
        ForeignKeyConstraint(
            ["account", "place_before", *[f"{each}_before" for each in figures]],
            [f"{name}_entries.{each}" for each in ("account", "place", *figures)],
        ),
    )
    return AccountKind(
        accounts=accounts,
        entries=entries,
        keys=tuple(each.name for each in keys),
        figures=tuple(figures),
        details=tuple(each.name for each in details),
    )


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

    A name is the value of the key, or the tuple of its values where the kind has several. Whoever locks several makes and
    locks them in the same order, so that no two wait for each other.
    """
    found: dict[Any, Account] = {}
    for part in in_parts(sorted(set(names))):
        found |= _locked(connection, kind, part)
    return found


def _locked(connection: LedgerConnection, kind: AccountKind, names: Sequence[Any]) -> dict[Any, Account]:
    accounts, several = kind.accounts, len(kind.keys) > 1
    columns = [accounts.c[name] for name in kind.keys]
    named = tuple_(*columns).in_(names) if several else columns[0].in_(names)
    known = {_name(row, several) for row in connection.sql.execute(select(*columns).where(named))}
    if missing := [name for name in names if name not in known]:
        rows = [dict(zip(kind.keys, name if several else (name,), strict=True)) for name in missing]
        connection.sql.execute(upserting(connection, accounts).on_conflict_do_nothing(), rows)
    wanted = select(*columns, accounts.c.id).where(named).order_by(*columns).with_for_update()
    numbers = {_name(row[:-1], several): int(row[-1]) for row in connection.sql.execute(wanted)}
    return _standings(connection, kind, numbers)


def _name(row: Any, several: bool) -> Any:
    return tuple(row) if several else row[0]


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


def append(connection: LedgerConnection, account: Account, posting: Posting) -> tuple[Account, bool]:
    """Append an entry to a locked account; return the account after it, and False if its cause was entered before.

    Raises ``CauseUsedError`` if the cause was entered with another posting.
    """
    kind = account.kind
    after, values = entry_after(account, posting)
    adding = upserting(connection, kind.entries).on_conflict_do_nothing(
        index_elements=["account", "kind", "cause_kind", "cause"]
    )
    if connection.sql.execute(adding.returning(kind.entries.c.place), values).scalar() is not None:
        return after, True
    before = entry_of(connection, account, posting.kind, posting.cause)
    assert before is not None
    asked = {name: posting.figures.get(name, ZERO) for name in kind.figures}
    told = all(before.details[name] == value for name, value in posting.details.items())
    if dict(before.change) != asked or not told:
        raise CauseUsedError(posting.kind, posting.cause)
    return account, False


def entry_after(account: Account, posting: Posting) -> tuple[Account, dict[str, Any]]:
    """Return an account after a posting, and the row of its entry, which is not written yet."""
    after, place = _after(account, posting.figures), account.place + 1
    values = {
        "account": account.id,
        "place": place,
        "place_before": account.place or None,
        "kind": posting.kind,
        "cause_kind": posting.cause.kind,
        "cause": posting.cause.id,
        "by": posting.cause.by,
        "why": posting.cause.why,
        "at": posting.at,
        **posting.details,
        **{f"{name}_before": figure for name, figure in account.figures.items()},
        **after,
    }
    return Account(account.kind, account.id, place, after), values


def entry_of(connection: LedgerConnection, account: Account, entry_kind: str, cause: EntryCause) -> LedgerEntry | None:
    """Return the entry of an account with a cause, None if there is none."""
    entries = account.kind.entries
    wanted = select(entries).where(
        entries.c.account == account.id,
        entries.c.kind == entry_kind,
        entries.c.cause_kind == cause.kind,
        entries.c.cause == cause.id,
    )
    found = connection.sql.execute(wanted).one_or_none()
    return None if found is None else entry_from(account.kind, found)


def entries_of(connection: LedgerConnection, account: Account) -> Iterator[LedgerEntry]:
    """Yield the entries of an account in order."""
    entries = account.kind.entries
    for row in connection.sql.execute(select(entries).where(entries.c.account == account.id).order_by(entries.c.place)):
        yield entry_from(account.kind, row)


def entry_from(kind: AccountKind, row: Row[Any]) -> LedgerEntry:
    """Return the entry of a row of the table of entries."""
    found = row._mapping
    return LedgerEntry(
        account=found["account"],
        place=found["place"],
        kind=found["kind"],
        cause=EntryCause(found["cause_kind"], found["cause"], found["by"], found["why"]),
        at=found["at"],
        before=FrozenDict({name: found[f"{name}_before"] for name in kind.figures}),
        after=FrozenDict({name: found[name] for name in kind.figures}),
        details=FrozenDict({name: found[name] for name in kind.details}),
    )


def change_of(kind: AccountKind, figure: str) -> ColumnElement[Decimal]:
    """Return by how much the entries of a group change a figure together, to select it."""
    after, before = kind.entries.c[figure], kind.entries.c[f"{figure}_before"]
    return type_coerce(func.sum(after - before), after.type)


def upserting(connection: LedgerConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insertion that can say what happens on a conflict, as the database of the connection writes it."""
    return insertion(connection.sql, table)


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


@exactly
def _after(account: Account, change: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return FrozenDict({name: figure + change.get(name, ZERO) for name, figure in account.figures.items()})
