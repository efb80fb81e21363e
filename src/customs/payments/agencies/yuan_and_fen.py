"""Amounts (金额) as the payment agencies want them: WeChat Pay in fen (分), Alipay in yuan (元) to the fen.

Inside the library an amount is a ``Decimal`` in CNY, never a float; what has a fraction of a fen is refused, not
rounded.

>>> fen_of(Decimal("300.50")), yuan_of(30050), yuan_digits(Decimal("0.5"))
(30050, Decimal('300.50'), '0.50')
>>> fen_of(Decimal("0.005"))
Traceback (most recent call last):
ValueError: an amount in whole fen is expected: a Decimal in CNY such as 12.50, not negative, at most 14 digits before the point
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from customs.fields.digits import PLACES, WHOLE_DIGITS, plain_digits
from customs.fields.money import CENT, EXACT, exactly, product
from customs.fields.terms import Allowed, Term

_ALLOWED = f"a Decimal in CNY such as 12.50, not negative, at most {WHOLE_DIGITS} digits before the point"
_PLAIN = re.compile(rf"[0-9]{{1,{WHOLE_DIGITS}}}(\.[0-9]{{1,{PLACES}}})?", re.ASCII)


@exactly
def fen_of(amount: Decimal) -> int:
    """An amount in fen. Raises ``ValueError`` for fractions of a fen, negative amounts and such beyond N19,5."""
    whole = isinstance(amount, Decimal) and amount.is_finite() and amount >= 0 and amount.adjusted() < WHOLE_DIGITS
    if not whole or _has_part_of_a_fen(amount):
        raise ValueError(f"an amount in whole fen is expected: {_ALLOWED}")
    return int(product(amount, Decimal(100)))


def _has_part_of_a_fen(amount: Decimal) -> bool:
    _, digits, exponent = amount.as_tuple()
    return any(digits[max(0, len(digits) + int(exponent) + 2) :]) if int(exponent) < -2 else False


def yuan_of(fen: int) -> Decimal:
    """Fen as an amount in CNY with two places."""
    return EXACT.multiply(Decimal(fen), CENT)


def yuan_digits(amount: Decimal) -> str:
    """An amount in yuan with two places, in plain digits. Raises ``ValueError`` as ``fen_of`` does."""
    yuan, fen = divmod(fen_of(amount), 100)
    return f"{yuan}.{fen:02}"


def _cny(value: Any) -> Decimal:
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        value = Decimal(value)
    if not isinstance(value, Decimal):
        raise ValueError(f"not {_ALLOWED}")
    fen_of(value)
    return value


@dataclass(frozen=True, slots=True)
class Yuan(Term):
    """An amount in CNY to the fen, which the agency wants in yuan."""

    @property
    def allowed(self) -> Allowed:
        return Allowed(
            '人民币元，如 "12.50"，精确到分', 'an amount in CNY to the fen, such as "12.50" (Decimal, never float)'
        )

    def written(self, amount: Decimal) -> str:
        """The digits that go to the agency."""
        return yuan_digits(amount)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _cny, serialization=core_schema.plain_serializer_function_ser_schema(plain_digits, when_used="json")
        )


@dataclass(frozen=True, slots=True)
class Fen(Yuan):
    """An amount in CNY, which the agency wants in fen as ``parameter``.

    It has no wire name as a field: the same name would mean yuan here and fen there.
    """

    parameter: str = field(kw_only=True)

    def written(self, amount: Decimal) -> str:
        """The digits that go to the agency."""
        return str(fen_of(amount))
