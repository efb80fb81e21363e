"""Terms (数据项): one field's names, meaning and facets.

A document is a pydantic model whose fields are annotated with terms. Everything else is derived from them: the XML
that is written and read, the XSD, the docs, the masks of personal data.

>>> Text("orderNo", "订单编号", "Order number", minimum=1, maximum=60).allowed.en
'1 to 60 characters'
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from customs.fields.digits import DIGITS, N19_5, PLACES, plain_digits, within_n19_5
from customs.fields.moments import china_day, china_instant, china_time, day_digits, instant_digits, moment_digits

#: Characters that XML 1.0 can carry (section 2.2); everything else cannot be written in any way.
XML_TEXT = "^[^\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*$"


class Allowed(NamedTuple):
    """The allowed values of a field, in words."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Term:
    """A field of the standard: wire name (None where only this library knows it), Chinese label, meaning in English.

    Terms without further facets inherit all that a dataclass makes.
    """

    wire: str | None
    zh: str
    en: str
    personal: bool = field(default=False, kw_only=True)

    @property
    def allowed(self) -> Allowed:
        """The allowed values of the field, for messages."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Text(Term):
    """Free text; lengths count characters, as XSD facets do. ``listed`` names a code list, where there is one, and a
    ``maximum`` of None sets no limit. ``pattern`` is a regular expression as XSD has it, for the whole text.
    """

    minimum: int = field(default=0, kw_only=True)
    maximum: int | None = field(kw_only=True)
    listed: str | None = field(default=None, kw_only=True)
    pattern: str | None = field(default=None, kw_only=True)

    @property
    def allowed(self) -> Allowed:
        if self.maximum is None:
            return Allowed(f"至少 {self.minimum} 个字符", f"at least {self.minimum} characters")
        if self.minimum == self.maximum:
            return Allowed(f"{self.maximum} 个字符", f"{self.maximum} characters")
        return Allowed(f"{self.minimum} 至 {self.maximum} 个字符", f"{self.minimum} to {self.maximum} characters")

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        pattern = f"^(?:{self.pattern})$" if self.pattern else XML_TEXT
        return core_schema.str_schema(strict=True, min_length=self.minimum, max_length=self.maximum, pattern=pattern)


@dataclass(frozen=True, slots=True)
class Code(Term):
    """A code of fixed length, taken from the code list named by ``listed`` where there is one."""

    length: int = field(kw_only=True)
    listed: str | None = field(default=None, kw_only=True)

    @property
    def allowed(self) -> Allowed:
        zh, en = (
            (f"代码表 {self.listed} 中的代码，", f"a code of the list {self.listed}, ") if self.listed else ("", "")
        )
        return Allowed(f"{zh}{self.length} 位", f"{en}{self.length} character{'s' if self.length > 1 else ''}")

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.str_schema(strict=True, min_length=self.length, max_length=self.length, pattern=XML_TEXT)


@dataclass(frozen=True, slots=True)
class Fixed(Term):
    """A code with exactly one allowed value."""

    value: str = field(kw_only=True)

    @property
    def allowed(self) -> Allowed:
        return Allowed(self.value, self.value)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.literal_schema([self.value])


class Decimals(Term):
    """A decimal number N19,5: money in CNY, a quantity or a weight in kilograms. Never a float.

    ``Decimal`` and strings of plain digits are accepted. A JSON number and an exponent are refused, because they do
    not say which digits were meant.
    """

    __slots__ = ()

    @property
    def allowed(self) -> Allowed:
        return Allowed(
            f'数字字符串，如 "12.50"，最多 {DIGITS} 位，其中小数 {PLACES} 位，不用科学计数法',
            f'a string of plain digits such as "12.50", at most {DIGITS} digits, {PLACES} of them after the point',
        )

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        # pydantic counts digits in the decimal context of the caller: the pattern of a text counts them in none
        text = core_schema.no_info_after_validator_function(
            Decimal, core_schema.str_schema(strict=True, pattern=f"^-?(?:{N19_5})$")
        )
        value = core_schema.no_info_after_validator_function(within_n19_5, core_schema.decimal_schema(strict=True))
        return core_schema.json_or_python_schema(
            json_schema=_named("decimal", self.allowed.en, text),
            python_schema=_named("decimal", self.allowed.en, value, text),
            serialization=core_schema.plain_serializer_function_ser_schema(plain_digits, when_used="json"),
        )


@dataclass(frozen=True, slots=True)
class Count(Term):
    """A whole number of at most ``digits`` digits, or of the range of ``xs:int`` where the standard names none."""

    digits: int | None = field(default=None, kw_only=True)

    @property
    def allowed(self) -> Allowed:
        if self.digits is None:
            return Allowed("整数", "a whole number")
        return Allowed(f"最多 {self.digits} 位的整数", f"a whole number of at most {self.digits} digits")

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        text = core_schema.chain_schema(
            [
                core_schema.str_schema(strict=True, pattern="^-?[0-9]{1,10}$"),
                core_schema.int_schema(ge=self.least, le=self.most),
            ]
        )
        value = core_schema.int_schema(strict=True, ge=self.least, le=self.most)
        return _named("count", self.allowed.en, value, text)

    @property
    def least(self) -> int:
        return -(2**31) if self.digits is None else 1 - 10**self.digits

    @property
    def most(self) -> int:
        return 2**31 - 1 if self.digits is None else 10**self.digits - 1


class Moment(Term):
    """A time ``YYYYMMDDhhmmss`` in China; a ``datetime`` with a zone is converted, one without a zone is China time."""

    __slots__ = ()

    @property
    def allowed(self) -> Allowed:
        return Allowed("北京时间 YYYYMMDDhhmmss", "a time as YYYYMMDDhhmmss, in China Standard Time")

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            china_time,
            serialization=core_schema.plain_serializer_function_ser_schema(moment_digits, when_used="json"),
        )


class Instant(Term):
    """A time ``YYYYMMDDhhmmssSSS`` in China, to the millisecond, as receipts have it."""

    __slots__ = ()

    @property
    def allowed(self) -> Allowed:
        return Allowed("北京时间 YYYYMMDDhhmmssSSS", "a time as YYYYMMDDhhmmssSSS, in China Standard Time")

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            china_instant,
            serialization=core_schema.plain_serializer_function_ser_schema(instant_digits, when_used="json"),
        )


class Day(Term):
    """A day ``YYYYMMDD``."""

    __slots__ = ()

    @property
    def allowed(self) -> Allowed:
        return Allowed("日期 YYYYMMDD", "a day as YYYYMMDD")

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            china_day, serialization=core_schema.plain_serializer_function_ser_schema(day_digits, when_used="json")
        )


@dataclass(frozen=True, slots=True)
class Part(Term):
    """An element that holds further fields: a head, or the lines of a document, without limit if ``maximum`` is None."""

    minimum: int = field(default=1, kw_only=True)
    maximum: int | None = field(default=1, kw_only=True)

    @property
    def repeated(self) -> bool:
        """True if the element repeats: lines, as opposed to a head."""
        return self.maximum != 1

    @property
    def allowed(self) -> Allowed:
        if self.maximum is None:
            return Allowed(f"至少 {self.minimum} 项的列表", f"a list of at least {self.minimum} entries")
        if not self.repeated:
            return Allowed("一组字段", "a group of fields")
        return Allowed(
            f"{self.minimum} 至 {self.maximum} 项的列表", f"a list of {self.minimum} to {self.maximum} entries"
        )

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        schema = handler(source)
        if schema["type"] == "tuple":
            # the entries after the first that is refused are looked at by ``faults_of``, as many as are listed
            return core_schema.tuple_schema(
                schema["items_schema"],
                variadic_item_index=0,
                min_length=self.minimum,
                max_length=self.maximum,
                fail_fast=True,
            )
        return schema


class Texts(Term):
    """Texts by name, for facts that the standard does not have. Names are lower-case, such as ``sender_name``; values
    are not empty.
    """

    __slots__ = ()

    @property
    def allowed(self) -> Allowed:
        return Allowed(
            '以小写英文名称给出的文本，如 {"brand": "..."}',
            'texts by name, such as {"brand": "..."}: names in lower case, values not empty',
        )

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.dict_schema(
            core_schema.str_schema(strict=True, pattern=f"^{TEXT_NAME}$", max_length=60),
            core_schema.str_schema(strict=True, min_length=1, pattern=XML_TEXT),
        )


#: The name of a text among others.
TEXT_NAME = "[a-z][a-z0-9_]*"


def _named(error: str, allowed: str, *choices: core_schema.CoreSchema) -> core_schema.CoreSchema:
    """Return a schema that reports one error under our own name, not one for each representation."""
    schema = core_schema.union_schema(list(choices), mode="left_to_right")
    return core_schema.custom_error_schema(schema, custom_error_type=error, custom_error_message=allowed)
