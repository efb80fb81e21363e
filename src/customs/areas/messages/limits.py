"""Limits of fields (字段限制): a value that is given has a code in the area, and fits the length and the places of its
field.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from customs.areas.area import Area
from customs.areas.messages.compiled_fields import Column
from customs.areas.profile.conversions import CodeError
from customs.areas.profile.fields import FieldSpec
from customs.fields.digits import DIGITS, PLACES
from customs.fields.money import EXACT
from customs.fields.record import MASK
from customs.fields.terms import Allowed
from customs.rules import catalogue
from customs.rules.finding import Kind

#: A kind of finding, and the words that go into its text.
Breach = tuple[Kind, dict[str, object]]

#: The longest code that a finding shows.
_LONGEST_CODE = 6


def fault_of(area: Area, column: Column) -> Callable[[Any], Breach | None]:
    """A function that says what is wrong with a value that is given; None if nothing is."""
    spec, write, constant = column.spec, column.conversion.write, column.constant
    of_code, of_places, of_length = _code_fault(area, column), _places_fault(column), _length_fault(column)

    def fault(value: Any) -> Breach | None:
        if found := of_places(value):
            return found
        try:
            text = write(value) if constant is None else constant
        except CodeError:
            return of_code(value)
        return of_length(text)

    return fault if is_limited(spec) else lambda value: None


def is_limited(spec: FieldSpec) -> bool:
    """True if a value that is given can be wrong."""
    limits = (spec.most, spec.digits, spec.scale, spec.places, spec.pad, spec.code_map, spec.numbering)
    return any(each is not None for each in limits)


def _code_fault(area: Area, column: Column) -> Callable[[Any], Breach]:
    """The fault of a code or an enterprise that the area has no word for."""
    numbering, personal = column.spec.numbering, column.fact is not None and column.fact.personal
    if numbering is not None:
        shown = f"{area.profile.numberings[numbering].zh} {numbering}"
        return lambda value: (catalogue.AREA_COMPANY, {"code": value, "numbering": shown})

    def fault(value: Any) -> Breach:
        # personal data may have been put here by mistake: no code is that long, or in other letters
        code = str(value)
        hidden = personal or len(code) > _LONGEST_CODE or not code.isascii()
        return catalogue.AREA_CODE, {"code": MASK if hidden else code}

    return fault


def _is_number(column: Column) -> bool:
    return column.fact.kind == "decimal" if column.fact else column.spec.sum is not None


def _places_fault(column: Column) -> Callable[[Any], Breach | None]:
    spec = column.spec
    allowed = spec.places if spec.places is not None else spec.scale
    if allowed is None or not _is_number(column):
        return lambda value: None

    def fault(value: Any) -> Breach | None:
        written = value if spec.factor is None else EXACT.multiply(value, spec.factor)
        if _written_places(written) <= allowed or _places(written) <= allowed:
            return None
        return catalogue.AREA_FIELD_PLACES, {"places": allowed}

    return fault


def _places(value: Decimal) -> int:
    """The places after the point that a value really has, zeros at its end aside."""
    exponent = value.normalize(EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _written_places(value: Decimal) -> int:
    """The places with which a value is written, at least those that it has."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _length_fault(column: Column) -> Callable[[str], Breach | None]:
    digits, number = column.spec.digits, _is_number(column)
    lengths = [each for each in (column.spec.most, column.spec.pad) if each is not None]
    plain = {"counted_zh": "", "counted": ""}
    counted = {"counted_zh": "，汉字计两位", "counted": ", a Chinese character counting as two"}

    def fault(text: str) -> Breach | None:
        if number and digits is not None and len(text.strip("-").replace(".", "").lstrip("0")) > digits:
            return catalogue.AREA_FIELD_LONG, {"most": digits, **plain}
        for length in lengths:
            if column.length(text) > length:
                return catalogue.AREA_FIELD_LONG, {"most": length, **(counted if column.double_width else plain)}
        return None

    return fault


def allowed_in(column: Column) -> Allowed:
    """The values that a field may hold, in words: its kind, and how long it is."""
    found = column.fact.allowed if column.fact else Allowed("数值", "numbers")
    most = column.spec.most
    if most is None or (column.fact and (column.fact.kind != "text" or column.fact.values)):
        return found
    if column.double_width:
        return Allowed(
            f"{found.zh}，最多 {most} 个字符，汉字计两个",
            f"{found.en} of at most {most} characters, a Chinese one counting as two",
        )
    return Allowed(f"{found.zh}，最多 {most} 个字符", f"{found.en} of at most {most} characters")


def only_length_matters(column: Column) -> bool:
    """True if nothing but absence and length can be wrong with a value."""
    spec, fact = column.spec, column.fact
    if fact is None or (spec.most is not None and fact.kind != "text"):
        return False
    if any(
        each is not None for each in (spec.code_map, spec.numbering, spec.places, spec.pad, spec.factor, spec.least)
    ):
        return False
    given = fact.path != "" and fact.section not in ("local", "goods")  # computed and local facts may be longer
    return (spec.scale is None or spec.scale >= PLACES) and (spec.digits is None or (given and spec.digits >= DIGITS))
