"""Documents that are wrong in one place (单项违规): each facet of each field broken by exactly one step, for negative
tests.

Derived from the fields themselves, without Hypothesis, so that they serve as parameters of a test too:

>>> from customs.documents import Order
>>> first = violations_of(Order)[0]
>>> first.path, first.facet
('head', 'missing')
>>> sorted({each.facet for each in violations_of(Order) if each.path == "head.goods_value"})
['decimals', 'digits', 'form', 'missing']
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from customs.documents import Document
from customs.fields import Record, Term, part_type, terms_of
from customs.fields.terms import Code, Count, Day, Decimals, Fixed, Instant, Moment, Part, Text

Facet = Literal[
    "missing",  # a mandatory field is left out
    "unknown",  # a field that no one knows
    "long",
    "short",  # characters more or fewer than admitted
    "characters",  # a control character, which XML cannot carry
    "pattern",  # the characters that the field asks for
    "fixed",  # another value than the only one admitted
    "digits",
    "decimals",  # more digits in all, or after the point, than admitted
    "range",  # a whole number beyond the range of xs:int
    "form",  # no number, no time, no day
    "calendar",  # a day that no calendar has
    "few",
    "many",  # lines fewer or more than admitted
]


@dataclass(frozen=True, slots=True)
class Invalid:
    """A document as plain values by Python name, which breaks one facet of one field.

    ``path`` is that field, such as ``lines[0].qty``, as findings and ``customs.fields.faults.faults_of`` name it.
    Amounts, times and days are texts, as in JSON. The repr leaves the values out, which may be those of a person.
    """

    kind: type[Document]
    document: dict[str, Any] = field(repr=False)
    path: str
    facet: Facet


@dataclass(frozen=True, slots=True)
class Violation:
    """One facet of one field to be broken; ``path`` is the field without the number of its line."""

    kind: type[Document]
    path: str
    facet: Facet
    wrong: Any = None
    """The value that breaks it; None where the field is left out, or lines are repeated."""
    limit: int = 0
    """How many lines are admitted, where there are to be too many."""

    def of(self, document: Document, line: int = 0) -> Invalid:
        """A valid document made wrong; in its line number ``line``, or its last one, where the field is one of a line.

        Raises ``ValueError`` where the document has no lines at all.

        >>> from customs.documents import WaybillReceipt
        >>> receipt = WaybillReceipt(guid="0" * 36, carrier_code="C1", waybill_no="W1", return_status="2",
        ...     returned_at="20261111080000000", return_info="sent")
        >>> wrong = next(each for each in violations_of(WaybillReceipt) if each.path == "waybill_no").of(receipt)
        >>> wrong.path, wrong.facet, "waybill_no" in wrong.document
        ('waybill_no', 'missing', False)
        """
        values = document.model_dump(mode="json", exclude_none=True)
        where, path = values, ""
        *outer, name = self.path.split(".")
        for step in outer:
            inner = where[step]
            path += f"{step}."
            if isinstance(inner, list):
                if not inner:
                    raise ValueError(f"{self.kind.message}: the document has no {step}")
                number = min(line, len(inner) - 1)
                inner, path = inner[number], f"{path[:-1]}[{number}]."
            where = inner
        self._break(where, name)
        return Invalid(self.kind, values, path + name, self.facet)

    def _break(self, where: dict[str, Any], name: str) -> None:
        if self.facet == "missing":
            del where[name]
        elif self.facet == "many":
            where[name] = [deepcopy(where[name][0]) for _ in range(self.limit + 1)]
        else:
            where[name] = deepcopy(self.wrong)


@cache
def violations_of(kind: type[Document]) -> tuple[Violation, ...]:
    """Every single violation of a document type, field by field in the order of the standard.

    Codes that no list has are not among them: code lists change, so an unknown code is a finding and not a facet.
    """
    return tuple(_of_record(kind, kind, ""))


def _of_record(kind: type[Document], record: type[Record], before: str) -> Iterator[Violation]:
    for name, term in terms_of(record).items():
        path = before + name
        if record.model_fields[name].is_required():
            yield Violation(kind, path, "missing")
        inner = part_type(record, name)
        if isinstance(term, Part) and inner:
            if term.repeated and term.minimum:
                yield Violation(kind, path, "few", [])
            if term.repeated and term.maximum:
                yield Violation(kind, path, "many", limit=term.maximum)
            yield from _of_record(kind, inner, f"{path}.")
        else:
            for facet, wrong in _wrong(term):
                yield Violation(kind, path, facet, wrong)
    yield Violation(kind, f"{before}{next(iter(record.model_fields))}_x", "unknown", "X")


def _wrong(term: Term) -> Iterator[tuple[Facet, Any]]:
    """The facets of a plain field, each with a value that breaks it and keeps the others."""
    match term:
        case Text(minimum=least, maximum=most, pattern=pattern):
            yield from _wrong_text(least, most)
            if pattern:
                yield "pattern", "-" * least
            else:
                yield "characters", "X" * (least - 1) + "\x01"
        case Code(length=length):
            yield from _wrong_text(length, length)
            yield "characters", "X" * (length - 1) + "\x01"
        case Fixed(value=value):
            yield "fixed", ("X" if value != "X" * len(value) else "Y") * len(value)
        case Decimals():
            yield "digits", "1" * 15 + ".11111"
            yield "decimals", "1.111111"
            yield "form", "1e3"
        case Count(digits=digits):
            yield ("range", 2**31) if digits is None else ("digits", 10**digits)
            yield "form", "1.5"
        case Moment():
            yield from _wrong_digits("20260230120000")
        case Instant():
            yield from _wrong_digits("20260230120000000")
        case Day():
            yield from _wrong_digits("20260230")


def _wrong_text(least: int, most: int | None) -> Iterator[tuple[Facet, str]]:
    if most is not None:
        yield "long", "X" * (most + 1)
    if least:
        yield "short", "X" * (least - 1)


def _wrong_digits(thirtieth_of_february: str) -> Iterator[tuple[Facet, str]]:
    digits = thirtieth_of_february.replace("0230", "0203")
    yield "long", digits + "0"
    yield "short", digits[:-1]
    yield "form", "X" * len(digits)
    yield "calendar", thirtieth_of_february
