"""Records (记录): groups of fields as immutable pydantic models, and the terms of their fields.

>>> from typing import Annotated
>>> from customs.fields.terms import Text
>>> OrderNo = Annotated[str, Text("orderNo", "订单编号", "Order number", minimum=1, maximum=60)]
>>> class Example(Record):
...     order_no: OrderNo
>>> Example.model_validate_json('{"orderNo": "A1"}')
Example(order_no='A1')
"""

import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from customs.fields.terms import Term

#: What replaces personal data wherever it would be shown.
MASK = "***"


class Record(BaseModel):
    """An immutable group of fields. Input may use Python names or wire names; personal data is masked wherever it is
    shown.

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
    """Return a record of values that were validated before, with every field present. Nothing is checked.

    The hot path builds documents this way from a validated declaration; tests hold that validating them anew finds
    nothing. Everywhere else records are validated.
    """
    made = _new(record)
    _set_values(made, values)
    _set_given(made, _all_fields(record))
    _set_extra(made, None)
    _set_private(made, None)
    return made


def assemble_nested(record: type[R], values: Mapping[str, Any]) -> R:
    """Return a record of nested values as ``nested_values`` gives them, in the way of ``assemble``."""
    made = dict(values)
    for name, inner in _parts(record):
        given = values[name]
        made[name] = (
            assemble(inner, given) if isinstance(given, dict) else tuple([assemble(inner, each) for each in given])
        )
    return assemble(record, made)


def nested_values(record: Record) -> Mapping[str, Any]:
    """Return the values of a record by Python name; of a record in it, such as a head or a line, again its values."""
    found = record.__dict__
    parts = _parts(record.__class__)
    if not parts:
        return found
    found = dict(found)
    for name, _ in parts:
        given = found[name]
        found[name] = given.__dict__ if isinstance(given, Record) else [each.__dict__ for each in given]
    return found


@cache
def _parts(record: type[Record]) -> tuple[tuple[str, type[Record]], ...]:
    """The fields of a record that hold a record or several, with its type."""
    return tuple([(name, inner) for name in record.model_fields if (inner := part_type(record, name))])


#: The slots of a model, which no attribute of a frozen one can be set through.
_new = object.__new__
_set_values, _set_given, _set_extra, _set_private = (
    BaseModel.__dict__[slot].__set__
    for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)


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
    """Return the terms of a record's fields by Python name, in the order of the standard."""
    found = {name: _find_term(info) for name, info in record.model_fields.items()}
    return {name: term for name, term in found.items() if term}


@cache
def part_type(record: type[Record], name: str) -> type[Record] | None:
    """Return the record type of a field that holds one record or several, None for a plain field."""
    annotation = record.model_fields[name].annotation
    for choice in (annotation, *get_args(annotation)):
        if isinstance(choice, type) and issubclass(choice, Record):
            return choice
    return None
