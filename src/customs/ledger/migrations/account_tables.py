"""The tables of a kind of account (账户表), as a migration makes and drops them."""

from collections.abc import Mapping, Sequence
from typing import Any

from alembic import op
from sqlalchemy import Column, MetaData, Table
from sqlalchemy.types import TypeEngine

from customs.fields.frozen import FrozenDict
from customs.ledger.accounts import account_kind
from customs.ledger.columns import NAMES, NUMBER
from customs.ledger.migrations.append_only import make_append_only


def create_account_tables(
    name: str,
    keys: Sequence[Column[Any]],
    figures: Mapping[str, type[TypeEngine[Any]]],
    details: Sequence[Column[Any]] = (),
    checks: Mapping[str, str] = FrozenDict(),
) -> None:
    """Make the two tables of a kind of account, of which the entries are only appended."""
    tables = MetaData(naming_convention=NAMES)
    Table("people", tables, Column("id", NUMBER, primary_key=True))  # keys may name a person
    kind = account_kind(tables, name, keys, figures, details, checks)
    tables.create_all(op.get_bind(), tables=[kind.accounts, kind.entries])
    make_append_only(kind.entries.name)


def drop_account_tables(name: str) -> None:
    """Drop the two tables of a kind of account."""
    op.drop_table(f"{name}_entries")
    op.drop_table(f"{name}_accounts")
