"""JSON Schemas generated from the documents and from the parcel (JSON 结构), for users of other languages.

Documents have wire names, the parcel has Python names; ``customs`` reads both names of either. Amounts are strings of
plain digits. The schemas are committed under ``schemas/``; a test fails when they differ from what is generated here.

>>> json_schemas()["CEB411.json"]["title"]
'支付凭证 CEB411'
"""

from typing import Any

from customs.declaration import Declaration
from customs.documents import MESSAGES
from customs.fields import Record, Term, part_type, terms_of
from customs.fields.digits import PLAIN_NUMBER
from customs.fields.terms import TEXT_NAME, Code, Count, Day, Decimals, Fixed, Instant, Moment, Part, Text, Texts

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schemas() -> dict[str, Schema]:
    """All JSON Schemas by file name: one for each document, and ``parcel.json``."""
    documents = {
        f"{name}.json": {"$schema": _DIALECT, "title": f"{kind.title} {name}", **_object(kind, wire=True)}
        for name, kind in MESSAGES.items()
    }
    return {
        **documents,
        "parcel.json": {"$schema": _DIALECT, "title": "包裹 parcel", **_object(Declaration, wire=False)},
    }


def _object(record: type[Record], *, wire: bool) -> Schema:
    """A record as an object, under wire names or Python names."""
    properties, required = {}, []
    for name, term in terms_of(record).items():
        info = record.model_fields[name]
        shown = term.wire if wire and term.wire else name
        inner = part_type(record, name)
        value = _part(term, inner, wire=wire) if isinstance(term, Part) and inner else _value(term)
        properties[shown] = {"title": term.zh, "description": term.en, **value}
        if info.is_required():
            required.append(shown)
        elif info.default is None:
            properties[shown]["type"] = [value["type"], "null"]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _part(term: Part, inner: type[Record], *, wire: bool) -> Schema:
    if not term.repeated:
        return _object(inner, wire=wire)
    limit = {} if term.maximum is None else {"maxItems": term.maximum}
    return {"type": "array", "items": _object(inner, wire=wire), "minItems": term.minimum, **limit}


def _value(term: Term) -> Schema:
    match term:
        case Text(minimum=least, maximum=most, pattern=pattern):
            limit = {} if most is None else {"maxLength": most}
            return {
                "type": "string",
                "minLength": least,
                **limit,
                **({"pattern": f"^(?:{pattern})$"} if pattern else {}),
            }
        case Code(length=length):
            return {"type": "string", "minLength": length, "maxLength": length}
        case Fixed(value=value):
            return {"type": "string", "const": value}
        case Count():
            return {"type": "integer", "minimum": term.least, "maximum": term.most}
        case Texts():
            return {
                "type": "object",
                "propertyNames": {"pattern": f"^{TEXT_NAME}$"},
                "additionalProperties": {"type": "string", "minLength": 1},
            }
    return {"type": "string", "pattern": _PATTERNS[type(term)]}


_PATTERNS: dict[type[Term], str] = {
    Decimals: f"^-?{PLAIN_NUMBER}$",
    Moment: "^[0-9]{14}$",
    Instant: "^[0-9]{17}$",
    Day: "^[0-9]{8}$",
}
