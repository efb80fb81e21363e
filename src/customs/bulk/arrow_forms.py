"""Forms in Arrow (列式数据形式) of values: the Arrow type that a type of Python has, and the way there and back.

A type is described once, in Python: a value of named fields becomes a struct of the same names, a tuple a list, an amount
its digits as text. Needs ``pip install "cbec-customs[arrow]"``.

>>> from customs.documents import BusinessKey
>>> form_of(BusinessKey).type
StructType(struct<message: string, fields: list<item: list<item: string>>>)
>>> key = BusinessKey("CEB311", (("platform_code", "P1"), ("order_no", "O1")))
>>> form_of(BusinessKey).out(key)
{'message': 'CEB311', 'fields': [['platform_code', 'P1'], ['order_no', 'O1']]}
>>> form_of(BusinessKey).back(form_of(BusinessKey).out(key)) == key
True
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from customs.bulk.parquet import pyarrow


class Form(NamedTuple):
    """How values of a type stand in Arrow."""

    type: Any
    """The Arrow type."""
    out: Callable[[Any], Any]
    """From a value to what Arrow takes."""
    back: Callable[[Any], Any]
    """From what Arrow gives to an equal value."""


def _same(value: Any) -> Any:
    return value


@cache
def form_of(annotation: Any) -> Form:
    """Return the form of a type: plain types, amounts, enums of texts, tuples, mappings of texts, values of named fields.

    Raises ``TypeError`` for any other type.
    """
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation in _plain():
        return _plain()[annotation]
    if origin in (UnionType, Union):
        return _optional(inner)
    if origin is Literal:
        return _plain()[str]
    if origin is tuple:
        return _of_tuple(inner)
    if origin is Mapping:
        keys, values = form_of(inner[0]).type, form_of(inner[1]).type
        return Form(pyarrow().map_(keys, values), lambda value: list(value.items()), dict)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return Form(pyarrow().string(), str, annotation)
    return _of_fields(annotation)


@cache
def _plain() -> Mapping[Any, Form]:
    pa = pyarrow()
    return {
        str: Form(pa.string(), _same, _same),
        int: Form(pa.int64(), _same, _same),
        bool: Form(pa.bool_(), _same, _same),
        bytes: Form(pa.binary(), _same, _same),
        Decimal: Form(pa.string(), str, Decimal),
    }


def _optional(inner: tuple[Any, ...]) -> Form:
    (of,) = (each for each in inner if each is not NoneType)
    form = form_of(of)
    return Form(
        form.type,
        lambda value: None if value is None else form.out(value),
        lambda value: None if value is None else form.back(value),
    )


def _of_tuple(inner: tuple[Any, ...]) -> Form:
    """Return a list for elements of one type, else a struct whose fields are counted."""
    kinds = set(inner) - {Ellipsis}
    if len(kinds) == 1:
        form = form_of(kinds.pop())
        if form.out is _same:
            return Form(pyarrow().list_(form.type), list, tuple)
        return Form(
            pyarrow().list_(form.type),
            lambda value: [form.out(each) for each in value],
            lambda value: tuple([form.back(each) for each in value]),
        )
    forms = {f"_{at}": form_of(each) for at, each in enumerate(inner, 1)}
    return Form(
        struct_of(forms),
        lambda value: {name: form.out(each) for (name, form), each in zip(forms.items(), value, strict=True)},
        lambda value: tuple([form.back(value[name]) for name, form in forms.items()]),
    )


def _of_fields(of: Any) -> Form:
    """Return the struct of a dataclass or a named tuple."""
    make: Callable[..., Any] = of
    forms = dict(_fields_of(of))
    return Form(
        struct_of(forms),
        lambda value: {name: form.out(getattr(value, name)) for name, form in forms.items()},
        lambda value: make(**{name: form.back(value[name]) for name, form in forms.items()}),
    )


def _fields_of(of: Any) -> Iterator[tuple[str, Form]]:
    """Yield the fields with their forms; a field that may be left out and has no form is left out."""
    if is_dataclass(of):
        names = {each.name: each.default is not MISSING for each in fields(of)}
    elif hasattr(of, "_fields"):
        names = {name: name in of._field_defaults for name in of._fields}
    else:
        raise TypeError(f"{of} has no form in Arrow")
    hints = get_type_hints(of)
    for name, may_be_left_out in names.items():
        try:
            yield name, form_of(hints[name])
        except TypeError:
            if not may_be_left_out:
                raise


def struct_of(forms: Mapping[str, Form]) -> Any:
    """Return the Arrow type of values with such fields."""
    return pyarrow().struct([(name, form.type) for name, form in forms.items()])
