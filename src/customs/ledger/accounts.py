"""Accounts (账户) and their entries (分录): what is held of something, derived from entries that are only ever appended.

An account has figures, such as what a buyer has used of the yearly limit. Each entry states them before and after, and
the database itself holds the chain together: an entry's figures before are those after the entry before it, by a foreign
key, so that no entry can be left out, put between or changed, and the balance is that of the last entry.

Promised: an entry and all that is done within its transaction count together or not at all; two writers of one account
come one after the other; the same cause is entered once, and with other figures refused.

``account_kind`` makes the two tables of such accounts: migrations use it too, so its form never changes.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    String,
    Table,
    UniqueConstraint,
    func,
    select,
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


@exactly
def _after(account: Account, change: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return FrozenDict({name: figure + change.get(name, ZERO) for name, figure in account.figures.items()})
