"""The parameters (请求参数) of a request to a payment agency: names of the wire, amounts in the agency's unit.

>>> from typing import Annotated
>>> from customs.payments.agencies.yuan_and_fen import Fen
>>> class Example(Record):
...     total: Annotated[Decimal, Fen(None, "总额", "Total", parameter="total_fee")]
>>> parameters_of(Example(total=Decimal("1.50")))
{'total_fee': '150'}
"""

from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from customs.fields import Record, terms_of
from customs.fields.terms import Allowed, Text
from customs.payments.agencies.yuan_and_fen import Fen, Yuan


@dataclass(frozen=True, slots=True)
class NumberRule(Text):
    """A number of which the agency says how long it is and of which characters, in ``words``; a refusal says it too."""

    words: Allowed = field(kw_only=True)

    @property
    def allowed(self) -> Allowed:
        return self.words

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        plain = Text.__get_pydantic_core_schema__(self, source, handler)
        words = f"allowed is {self.allowed.en} ({self.allowed.zh})"
        return core_schema.custom_error_schema(plain, custom_error_type="number_rule", custom_error_message=words)


def parameters_of(record: Record) -> dict[str, str]:
    """The parameters of a record and of the records in it; none for what is left out."""
    found: dict[str, str] = {}
    for name, term in terms_of(type(record)).items():
        value = getattr(record, name)
        if isinstance(value, Record):
            found |= parameters_of(value)
        elif value is not None:
            wire = term.parameter if isinstance(term, Fen) else term.wire
            assert wire, "every plain field goes to the agency"
            found[wire] = term.written(value) if isinstance(term, Yuan) and isinstance(value, Decimal) else str(value)
    return found
