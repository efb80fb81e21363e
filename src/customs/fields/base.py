"""The building blocks of the standard's fields: a term is one field's names, meaning and facets.

A document is a pydantic model whose fields are annotated with terms. Everything else is derived from them: the XML
that is written and read, the XSD, the docs, the masks of personal data. Python names and wire names are both accepted
on input.

>>> from typing import Annotated
>>> OrderNo = Annotated[str, Text("orderNo", "订单编号", "Order number", minimum=1, maximum=60)]
>>> class Example(Record):
...     order_no: OrderNo
>>> Example.model_validate_json('{"orderNo": "A1"}')
Example(order_no='A1')
"""

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import core_schema

#: China Standard Time; the standard writes local times without a zone.
CHINA = timezone(timedelta(hours=8), "CST")

#: What says the time: it is given to whoever needs it, never taken.
Clock = Callable[[], datetime]

#: Characters that XML 1.0 can carry (section 2.2); everything else cannot be written in any way.
XML_TEXT = "^[^\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*$"

#: What replaces personal data wherever it would be shown.
MASK = "***"


class Allowed(NamedTuple):
    """What a field may hold, in words."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Term:
    """A field of the standard: wire name (None where only this library knows it), Chinese label, meaning in English."""

    wire: str | None
    zh: str
    en: str
    personal: bool = field(default=False, kw_only=True)

    @property
    def allowed(self) -> Allowed:
        """What the field may hold, for messages."""
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
        return Allowed(
            f"{self.minimum} 至 {self.maximum} 个字符", f"{self.minimum} to {self.maximum} characters"
        )

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
        zh, en = (f"代码表 {self.listed} 中的代码，", f"a code of the list {self.listed}, ") if self.listed else ("", "")
        return Allowed(f"{zh}{self.length} 位", f"{en}{self.length} character{'s' if self.length > 1 else ''}")

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.str_schema(strict=True, min_length=self.length, max_length=self.length, pattern=XML_TEXT)


@dataclass(frozen=True, slots=True)
class Fixed(Term):
    """A code for which the standard admits one value only."""

    value: str = field(kw_only=True)

    @property
    def allowed(self) -> Allowed:
        return Allowed(self.value, self.value)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.literal_schema([self.value])


@dataclass(frozen=True, slots=True)
class Decimals(Term):
    """A decimal number N19,5: money in CNY, a quantity or a weight in kilograms. Never a float.

    Accepted are ``Decimal`` and strings of plain digits; a JSON number or an exponent is refused, because neither
    says which digits were meant.
    """

    @property
    def allowed(self) -> Allowed:
        return Allowed(
            '数字字符串，如 "12.50"，最多 19 位，其中小数 5 位，不用科学计数法',
            'a string of plain digits such as "12.50", at most 19 digits, 5 of them after the point',
        )

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        text = core_schema.chain_schema(
            [
                core_schema.str_schema(strict=True, pattern=r"^-?[0-9]{1,19}(\.[0-9]{1,5})?$"),
                core_schema.decimal_schema(max_digits=19),
            ]
        )
        value = core_schema.decimal_schema(strict=True, max_digits=19, decimal_places=5)
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


@dataclass(frozen=True, slots=True)
class Moment(Term):
    """A time ``YYYYMMDDhhmmss`` in China; a ``datetime`` with a zone is converted, one without is taken as it is."""

    @property
    def allowed(self) -> Allowed:
        return Allowed("北京时间 YYYYMMDDhhmmss", "a time as YYYYMMDDhhmmss, in China Standard Time")

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            china_time,
            serialization=core_schema.plain_serializer_function_ser_schema(moment_digits, when_used="json"),
        )


@dataclass(frozen=True, slots=True)
class Instant(Term):
    """A time ``YYYYMMDDhhmmssSSS`` in China, to the millisecond, as receipts have it."""

    @property
    def allowed(self) -> Allowed:
        return Allowed("北京时间 YYYYMMDDhhmmssSSS", "a time as YYYYMMDDhhmmssSSS, in China Standard Time")

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            china_instant,
            serialization=core_schema.plain_serializer_function_ser_schema(instant_digits, when_used="json"),
        )


@dataclass(frozen=True, slots=True)
class Day(Term):
    """A day ``YYYYMMDD``."""

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
        """Whether the element stands several times: lines, as opposed to a head."""
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
            return core_schema.tuple_schema(
                schema["items_schema"], variadic_item_index=0, min_length=self.minimum, max_length=self.maximum
            )
        return schema


@dataclass(frozen=True, slots=True)
class Texts(Term):
    """Texts by name: facts beyond the standard. Names are lower case words, as in ``sender_name``; values are not empty."""

    @property
    def allowed(self) -> Allowed:
        return Allowed(
            "以小写英文名称给出的文本，如 {\"brand\": \"...\"}",
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
    """One error of our own name instead of one for each representation that was tried."""
    schema = core_schema.union_schema(list(choices), mode="left_to_right")
    return core_schema.custom_error_schema(schema, custom_error_type=error, custom_error_message=allowed)


def plain_digits(value: Any) -> str:
    """A ``Decimal`` in plain digits, never with an exponent, its places as given."""
    text = str(value)
    return text if "E" not in text else format(value, "f")


def china_time(value: Any) -> datetime:
    if isinstance(value, datetime):
        try:
            local = value.astimezone(CHINA).replace(tzinfo=None) if value.tzinfo else value
        except OverflowError:
            raise ValueError("a time outside the calendar") from None
        return local.replace(microsecond=0)
    if isinstance(value, str) and len(value) == 14 and value.isascii() and value.isdecimal():
        day = int(value[:4]), int(value[4:6]), int(value[6:8])
        return datetime(*day, int(value[8:10]), int(value[10:12]), int(value[12:]))
    raise ValueError("not a time as YYYYMMDDhhmmss")


def china_instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        return china_time(value).replace(microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, str) and len(value) == 17 and value.isascii() and value.isdecimal():
        return china_time(value[:14]).replace(microsecond=int(value[14:]) * 1000)
    raise ValueError("not a time as YYYYMMDDhhmmssSSS")


def china_day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and len(value) == 8 and value.isascii() and value.isdecimal():
        return date(int(value[:4]), int(value[4:6]), int(value[6:]))
    raise ValueError("not a day as YYYYMMDD")


def moment_digits(value: Any) -> str:
    when: datetime = value
    return (
        f"{when.year:04}{when.month:02}{when.day:02}{when.hour:02}{when.minute:02}{when.second:02}"
    )


def instant_digits(value: Any) -> str:
    when: datetime = value
    return f"{moment_digits(when)}{when.microsecond // 1000:03}"


def day_digits(value: Any) -> str:
    when: date = value
    return f"{when.year:04}{when.month:02}{when.day:02}"


class Record(BaseModel):
    """A group of fields, immutable, both names accepted, personal data masked wherever it is shown.

    Attributes are Python names; ``model_dump_json(by_alias=True, exclude_none=True)`` writes wire names.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        loc_by_alias=False,
        hide_input_in_errors=True,
        defer_build=True,
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Give each field the wire name of its term, before the deferred schema is built."""
        for info in cls.__pydantic_fields__.values():
            if (term := _find_term(info)) and term.wire:
                info.alias = info.validation_alias = info.serialization_alias = term.wire

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        terms = terms_of(type(self))
        for name, value in super().__repr_args__():
            known = terms.get(name) if name else None
            yield name, MASK if known and known.personal and value is not None else value


R = TypeVar("R", bound=Record)


def assemble(record: type[R], values: dict[str, Any]) -> R:
    """A record from values that the same kinds of field have validated before, each field present; nothing is checked.

    The hot path builds documents this way from a validated declaration; tests hold that validating them anew finds
    nothing. Everywhere else records are validated.
    """
    made = record.__new__(record)
    object.__setattr__(made, "__dict__", values)
    object.__setattr__(made, "__pydantic_fields_set__", _all_fields(record))
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made


@cache
def _all_fields(record: type[Record]) -> set[str]:
    return set(record.model_fields)


def _find_term(info: FieldInfo) -> Term | None:
    """The term of a field, also where the field is optional and the term sits inside the union."""
    candidates = list(info.metadata)
    if get_origin(info.annotation) in (Union, types.UnionType):
        for choice in get_args(info.annotation):
            candidates += getattr(choice, "__metadata__", ())
    return next((each for each in candidates if isinstance(each, Term)), None)


@cache
def terms_of(record: type[Record]) -> dict[str, Term]:
    """The terms of a record's fields by Python name, in the order of the standard."""
    found = {name: _find_term(info) for name, info in record.model_fields.items()}
    return {name: term for name, term in found.items() if term}


@cache
def part_type(record: type[Record], name: str) -> type[Record] | None:
    """The record type inside a field that holds one record or several, None for a plain field."""
    annotation = record.model_fields[name].annotation
    for choice in (annotation, *get_args(annotation)):
        if isinstance(choice, type) and issubclass(choice, Record):
            return choice
    return None
