"""Reading a parcel without fault (无疑点报文): a reader that takes only texts of which nothing can be odd.

It is the reader of ``Declaration`` with narrower patterns, so what it takes needs no look at its texts, and costs no more
to read. What it refuses may still be good: it is read and looked at in the plain way, which finds what is odd.

>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="1210")).model_dump_json(exclude_none=True)
>>> read = reader()
>>> read is None or read.validate_json(parcel) == Declaration.model_validate_json(parcel)
True
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, get_args

from pydantic_core import CoreSchema, SchemaValidator, core_schema

from customs.declaration import Declaration
from customs.fields import Record, Term, part_type, terms_of
from customs.fields.terms import Code, Part, Text, Texts
from customs.rules.texts import ENTERPRISES, MASKABLE, NUMBERS, ODD, TELEPHONES

#: Codes as a rule: ASCII without blanks and question marks.
_CODE = r"[!-*,\-/->@-~]+"

_ODD = f"{ODD}\0-\x08\x0e-\x1f\ufffe\uffff"


def _without(characters: str) -> str:
    """Return the pattern of texts without some characters, and without a blank at either end."""
    return f"[^{characters} ]+(?: +[^{characters} ]+)*"


#: The forms of the fields that have one, or a narrower one; that of an enterprise's code is checked with its digits.
_PATTERNS: Mapping[str, str] = {
    **dict.fromkeys(NUMBERS, _without(f"{_ODD}.+")),
    **dict.fromkeys(ENTERPRISES, _CODE),
    **dict.fromkeys(MASKABLE, _without(f"{_ODD}*＊")),
    **dict.fromkeys(TELEPHONES, r"[+(（]?[0-9](?:[\-() （）/]*[0-9]){4,}"),
    "dxp_id": "DXP[0-9A-Z]{13}",
    "consignee_district": "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])[0-9]{4}",
}


@cache
def reader() -> SchemaValidator | None:
    """Return the reader, None where pydantic's core would take that of ``Declaration`` in its place (before 2.13)."""
    anew: dict[str, Any] = {"_use_prebuilt": False}
    try:
        return SchemaValidator(schema_of(Declaration, _narrowed), **anew)
    except TypeError:
        return None


#: Returns the schema of a field in place of its own, given its name and term.
Narrowing = Callable[[CoreSchema, str, Term], CoreSchema]


def schema_of(record: type[Record], change: Narrowing) -> CoreSchema:
    """Return the schema of a record for pydantic's core, with the schema of each field changed.

    Without a change it reads as that which pydantic makes of the same terms, in a third of the time, and without looking for
    the plug-ins of all that is installed, which takes longer than to read a hundred parcels.
    """
    fields = {name: _field(record, name, term, change) for name, term in terms_of(record).items()}
    config = core_schema.CoreConfig(
        title=record.__name__,
        extra_fields_behavior="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        loc_by_alias=False,
        hide_input_in_errors=True,
    )
    of_fields = core_schema.model_fields_schema(fields, model_name=record.__name__)
    return core_schema.model_schema(record, of_fields, config=config)


def _field(record: type[Record], name: str, term: Term, change: Narrowing) -> core_schema.ModelField:
    """The schema of one field: of the records in it, or of its term, optional and with its default as annotated."""
    info, inner = record.model_fields[name], part_type(record, name)
    of_part = schema_of(inner, change) if inner else core_schema.any_schema()
    if isinstance(term, Part) and term.repeated:
        of_part = core_schema.tuple_schema([of_part], variadic_item_index=0)
    typed: Any = term
    schema = change(typed.__get_pydantic_core_schema__(record, lambda _: of_part), name, term)
    if type(None) in get_args(info.annotation):
        schema = core_schema.nullable_schema(schema)
    if not info.is_required():
        schema = core_schema.with_default_schema(schema, default=info.default)
    return core_schema.model_field(schema, validation_alias=term.wire, serialization_alias=term.wire)


def _narrowed(schema: Any, name: str, term: Term) -> Any:
    """Return the schema of a field with the pattern of its texts narrowed."""
    if isinstance(term, Texts):
        return schema | {"values_schema": schema["values_schema"] | {"pattern": f"^(?:{_without(_ODD)})$"}}
    if isinstance(term, Text | Code):
        return schema | {"pattern": f"^(?:{_pattern(name, term)})$"}
    return schema


def _pattern(name: str, term: Term) -> str:
    return _PATTERNS.get(name) or (_CODE if isinstance(term, Code) else _without(_ODD))
