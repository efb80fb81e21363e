"""Reading a parcel without fault (无疑点报文): a reader that takes only texts of which nothing can be odd.

It is the reader of ``Declaration`` with narrower patterns, so what it takes needs no look at its texts, and costs no more
to read. What it refuses may still be good: it is read and looked at in the plain way, which finds what is odd.

>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="1210")).model_dump_json(exclude_none=True)
>>> read = reader()
>>> read is None or read.validate_json(parcel) == Declaration.model_validate_json(parcel)
True
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic_core import SchemaValidator

from customs.declaration import Declaration
from customs.fields import Term, terms_of
from customs.fields.terms import Code, Text, Texts
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
    Declaration.model_rebuild()
    anew: dict[str, Any] = {"_use_prebuilt": False}
    try:
        return SchemaValidator(_narrowed(Declaration.__pydantic_core_schema__, None, {}), **anew)
    except TypeError:
        return None


def _narrowed(schema: Any, name: str | None, terms: Mapping[str, Term]) -> Any:
    """Return the schema of pydantic's core with the pattern of each text narrowed; the name is that of the field."""
    if isinstance(schema, list):
        return [_narrowed(each, name, terms) for each in schema]
    kind, term = schema["type"], terms.get(name or "")
    if kind == "model":
        terms = terms_of(schema["cls"])
    if kind == "model-fields":
        fields = {name: _narrowed(each, name, terms) for name, each in schema["fields"].items()}
        return schema | {"fields": fields}
    if kind == "str" and isinstance(term, Text | Code | Texts):
        return schema | {"pattern": f"^(?:{_pattern(name or '', term)})$"}
    inside = {key: _narrowed(schema[key], name, terms) for key in _INSIDE if key in schema}
    return schema | inside


#: Where the schemas of pydantic's core hold others.
_INSIDE = ("schema", "items_schema", "values_schema", "definitions")


def _pattern(name: str, term: Term) -> str:
    return _PATTERNS.get(name) or (_CODE if isinstance(term, Code) else _without(_ODD))
