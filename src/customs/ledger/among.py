"""Values asked for together (批量条件): a column compared with many values that are one parameter of the statement.

A parameter for each value takes longer to bind than the database needs to find the row, and makes another statement for each
count of values. SQLite takes one list in JSON apart. PostgreSQL gets an array: it sees how many values there are, and finds
even many of them by an index. Of a list in JSON it would guess that there are ten, and in tables that it has not yet counted
go through all rows of a join for them.

>>> from sqlalchemy import Column, MetaData, String, Table, select
>>> from sqlalchemy.dialects import sqlite
>>> orders = Table("orders", MetaData(), Column("order_no", String(60)))
>>> wanted = select(orders.c.order_no).where(among(orders.c.order_no, "numbers"))
>>> str(wanted.compile(dialect=sqlite.dialect())).partition("WHERE ")[2]
'orders.order_no IN (SELECT value FROM json_each(?))'
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, Dialect, String, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Values(TypeDecorator[Iterable[Any]]):
    """Texts or whole numbers in one parameter."""

    impl = Text
    cache_ok = True

    def __init__(self, *, texts: bool) -> None:
        super().__init__()
        self.texts = texts

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the parameter."""
        array = ARRAY(String() if self.texts else BigInteger())
        return dialect.type_descriptor(array if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        """Return values as the database takes them."""
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values, ensure_ascii=False)


class _Among(FunctionElement[bool]):
    """A column and the parameter with which it is compared."""

    type = Boolean()
    inherit_cache = True
    name = "among"
    _is_implicitly_boolean = True  # a condition as it stands, as comparisons are


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column of texts or whole numbers has one of the values of a parameter of the statement."""
    return _Among(column, bindparam(name, type_=_Values(texts=isinstance(column.type, String))))


@compiles(_Among, "sqlite")
def _in_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608  names of our own tables


@compiles(_Among, "postgresql")
def _in_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({values})"
