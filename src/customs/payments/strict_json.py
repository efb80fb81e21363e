"""Forms and JSON from outside (外来表单与 JSON), read strictly: bounded in size and depth, each field once, numbers as
plain digits.

>>> form_field(b"openReq=%7B%7D", "openReq", 100)
'{}'
>>> form_field(b"openReq=1&openReq=2", "openReq", 100)
Traceback (most recent call last):
customs.payments.payment_terms.PaymentDataError: the form must hold the field openReq exactly once, but holds it 2 times
"""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

from pydantic import ValidationError

from customs.fields import Fault, Record, faults_of
from customs.fields.forgetting import forgetting
from customs.payments.payment_terms import PaymentDataError

#: Fields of a form and of one JSON object: more are refused.
MOST_FIELDS = 100
#: Levels of JSON: an upload has five.
DEEPEST = 20

#: A text, to its end or that of everything, or a bracket.
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|([\[{])|([\]}])', re.DOTALL)

R = TypeVar("R", bound=Record)


@forgetting
def form_field(body: bytes, name: str, largest: int) -> str:
    """Return the only value of a field in a form. Raises ``PaymentDataError``."""
    if len(body) > largest:
        raise PaymentDataError(f"the body has {len(body)} bytes, at most {largest} are read")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        form = "application/x-www-form-urlencoded"
        raise PaymentDataError(f"the body is not a form in UTF-8 ({form}) of at most {MOST_FIELDS} fields") from None
    found = [value for key, value in pairs if key == name]
    if len(found) != 1:
        raise PaymentDataError(f"the form must hold the field {name} exactly once, but holds it {len(found)} times")
    return found[0]


@forgetting
def read_json(record: type[R], text: str) -> R:
    """Read a record from JSON.

    Raises ``PaymentDataError`` for invalid JSON, a repeated name and a value outside its facets.
    """
    _check_depth(text)
    try:
        values = json.loads(
            text,
            parse_float=_plain_decimal,
            parse_int=_plain_int,
            parse_constant=_no_number,
            object_pairs_hook=_once_each,
        )
    except json.JSONDecodeError as error:
        raise PaymentDataError(f"not JSON, line {error.lineno}, column {error.colno}: {error.msg}") from None
    if not isinstance(values, dict):
        raise PaymentDataError("a JSON object is expected")
    try:
        return record.model_validate(values)
    except ValidationError as error:
        raise PaymentDataError(_refusal(faults_of(error, record, values))) from None


def _check_depth(text: str) -> None:
    """Refuse what is nested too deeply before it is parsed: how deep parsers go depends on the version of Python."""
    depth = 0
    for found in _BRACKET.finditer(text):
        depth += 1 if found[1] else -1 if found[2] else 0
        if depth > DEEPEST:
            raise PaymentDataError(f"the JSON is nested too deeply: at most {DEEPEST} levels are read")


def _plain_decimal(text: str) -> Decimal:
    if "e" in text or "E" in text or len(text) > 40:
        raise PaymentDataError("a number with an exponent or of too many digits: plain digits are expected, at most 19")
    return Decimal(text)


def _plain_int(text: str) -> int:
    if len(text) > 20:
        raise PaymentDataError("a number of too many digits: at most 19 are expected")
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise PaymentDataError(f"{text} is not a number in JSON")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's values; readers differ in what they make of a repeated name."""
    if len(pairs) > MOST_FIELDS:
        raise PaymentDataError(f"a JSON object of {len(pairs)} fields, at most {MOST_FIELDS} are read")
    values = dict(pairs)
    if len(values) != len(pairs):
        raise PaymentDataError("a JSON object holds a field twice")
    return values


def _refusal(faults: list[Fault]) -> str:
    told = [fault for fault in faults if fault.kind != "more"]
    more = len(told[5:]) + sum(int(fault.detail) for fault in faults if fault.kind == "more")
    return "; ".join(map(_said, told[:5])) + (f"; and {more} more" if more else "")


def _said(fault: Fault) -> str:
    if fault.kind == "unknown":
        return f"{fault.path}: there is no such field" + (f", the nearest is {fault.detail}" if fault.detail else "")
    if fault.term is None:
        return f"{fault.path}: a JSON object is expected"
    missing = "it is missing, " if fault.kind == "missing" else ""
    return f"{fault.path} ({fault.term.wire} {fault.term.zh}): {missing}allowed is {fault.term.allowed.en}"
