"""The columns of the ledger (账簿字段): exact amounts and quantities as whole numbers, times of China without a zone.

Both databases add, compare and constrain whole numbers exactly; what Python gives and gets is a ``Decimal``.

>>> KeptYuan().process_bind_param(Decimal("110.50"), None), KeptYuan().process_result_value(11050, None)
(11050, Decimal('110.50'))
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from customs.fields.moments import CHINA_TIME
from customs.fields.money import EXACT

#: Constraints have the same names on every database, so that a later migration can change them.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: All tables of the ledger, as the last migration leaves them.
TABLES = MetaData(naming_convention=NAMES)

#: A number that the database gives; SQLite gives one only to a plain integer.
NUMBER = BigInteger().with_variant(Integer, "sqlite")

#: Business numbers, codes and the like.
CODE = String(100)


class KeptBytes(LargeBinary):
    """Bytes, as the drivers of both databases take and give them: nothing is put around each value."""

    def bind_processor(self, dialect: Dialect) -> None:
        """Return nothing that changes a value."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Return nothing that changes a value."""


#: A keyed hash, or the salt of a key.
HASH = KeptBytes(32)

#: A content that was sealed.
SEALED = KeptBytes()


class _Whole(TypeDecorator[Decimal]):
    """An exact number with a fixed count of decimals, kept as a whole number."""

    impl = BigInteger
    cache_ok = True
    decimals = 0

    def process_bind_param(self, value: Any, dialect: Dialect | None) -> int | None:
        """Return a number as it is kept. Raises ``ValueError`` for one with more decimals."""
        if value is None:
            return None
        whole = EXACT.scaleb(Decimal(value), self.decimals)
        if whole != EXACT.to_integral_value(whole):
            raise ValueError(
                f"{value} has more than {self.decimals} decimals: round it first 小数位数超过 {self.decimals} 位，请先舍入"
            )
        return int(whole)

    def process_result_value(self, value: Any, dialect: Dialect | None) -> Decimal | None:
        """Return a number as it was given."""
        return None if value is None else EXACT.scaleb(Decimal(value), -self.decimals)

    def process_literal_param(self, value: Any, dialect: Dialect) -> str:
        """Return a number as it stands in a statement."""
        return str(self.process_bind_param(value, dialect))


class KeptYuan(_Whole):
    """An amount in CNY, kept in fen (分)."""

    cache_ok = True
    decimals = 2


class KeptPieces(_Whole):
    """A quantity with the five decimals of the standard (N19,5)."""

    cache_ok = True
    decimals = 5


class KeptTime(TypeDecorator[datetime]):
    """A time in China, without a zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return a time as it is kept."""
        return value.astimezone(CHINA_TIME).replace(tzinfo=None) if value and value.tzinfo else value


def exact(values: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return figures as decimals."""
    return {name: Decimal(value) for name, value in values.items()}
