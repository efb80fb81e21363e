"""A glance at the texts of a parcel (快速查看): all of them at once, to know that nothing about them is odd.

It only says that there is nothing to find. Where something may be, each text is looked at on its own, which finds what
it is.

>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> order = parcel.order.model_copy(update={"consignee": "贾宝玉 "})
>>> good_at_a_glance(parcel), good_at_a_glance(parcel.model_copy(update={"order": order}))
(True, False)
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from pydantic_core import SchemaValidator, core_schema

from customs.fields import Record, terms_of
from customs.fields.terms import Code, Fixed, Part, Text, Texts
from customs.rules.texts import ENTERPRISES, FORMS, MASKABLE, NUMBERS, ODD


class _Gathered(NamedTuple):
    """The texts of a parcel by what is asked of them; None stands for a field that is not given."""

    codes: list[str | None]
    """Codes, and numbers of documents and goods."""
    persons: list[str | None]
    """What platforms mask of persons with asterisks."""
    free: list[str | None]


def _matcher(pattern: str) -> Callable[[str], bool]:
    """Return a test of texts that end with a null each; pydantic's core knows regular expressions that never go back."""
    return SchemaValidator(core_schema.str_schema(pattern=f"^(?:{pattern}\0)*$")).isinstance_python


#: Codes as a rule: ASCII without blanks, question marks, and the point or plus of a number from a spreadsheet.
_codes = _matcher(r"[!-*,\-/->@-~]+")


@cache
def _odd_in_none() -> Callable[[str], bool]:
    """Return the test of texts in which nothing is odd: none of the characters, no blank at either end."""
    return _matcher(f"[^\0{ODD} ]+(?: +[^\0{ODD} ]+)*")


def good_at_a_glance(record: Record) -> bool:
    """True if no text of a record is odd or lacks the form of its field."""
    texts = _Gathered([], [], [])
    return _gather(record, texts) and _good(texts)


def _good(texts: _Gathered) -> bool:
    """True if nothing is odd about any of the texts."""
    codes, persons, free = ["\0".join([each for each in some if each is not None] + [""]) for some in texts]
    if "*" in persons or "＊" in persons:
        return False
    if not _codes(codes):
        if "." in codes or "+" in codes:
            return False
        free += codes
    return _odd_in_none()(persons + free)


def _gather(record: Record, texts: _Gathered) -> bool:
    """Add the texts of a record; return True if those with a form of their own have it."""
    kind = type(record)
    looks, forms, parts, tables, enterprises = _PLANS.get(kind) or _plan(kind)
    values = record.__dict__
    if enterprises:
        return good_values(kind, enterprises(values))
    for at, of in looks:
        texts[at].extend(of(values))
    for name, form in forms:
        value = values[name]
        if value is not None and not form(value):
            return False
    for name in parts:
        value = values[name]
        for each in value if type(value) is tuple else (value,):
            if each is not None and not _gather(each, texts):
                return False
    for name in tables:
        texts.free.extend((values[name] or {}).values())
    return True


@lru_cache(256)
def good_values(kind: type[Record], values: tuple[str | None, ...]) -> bool:
    """True if nothing is odd about the values of a record, such as the enterprises that a parcel shares with its neighbours."""
    by_name, plan, texts = dict(zip(terms_of(kind), values, strict=True)), _plan(kind), _Gathered([], [], [])
    for at, of in plan.looks:
        texts[at].extend(of(by_name))
    forms = ((form, by_name[name]) for name, form in plan.forms)
    return all(value is None or form(value) for form, value in forms) and _good(texts)


_Getter = Callable[[Mapping[str, Any]], tuple[str | None, ...]]


class _Plan(NamedTuple):
    """How the texts of a record are gathered: those of each kind, those with a form, further records, tables of texts; and
    where a record holds nothing but enterprises, all of its values.
    """

    looks: tuple[tuple[int, _Getter], ...]
    forms: tuple[tuple[str, Callable[[str], object]], ...]
    parts: tuple[str, ...]
    tables: tuple[str, ...]
    enterprises: _Getter | None


_PLANS: dict[type[Record], _Plan] = {}


def _plan(kind: type[Record]) -> _Plan:
    terms = terms_of(kind)
    names: tuple[list[str], ...] = ([], [], [])
    for name, term in terms.items():
        if isinstance(term, Text | Code | Fixed):
            names[_place(name, term)].append(name)
    of_enterprises = ENTERPRISES & terms.keys() and all(isinstance(term, Text) for term in terms.values())
    _PLANS[kind] = found = _Plan(
        tuple((at, _getter(each)) for at, each in enumerate(names) if each),
        tuple((name, FORMS[name]) for name in terms if name in FORMS and name not in NUMBERS | MASKABLE),
        tuple(name for name, term in terms.items() if isinstance(term, Part)),
        tuple(name for name, term in terms.items() if isinstance(term, Texts)),
        _getter(list(terms)) if of_enterprises else None,
    )
    return found


def _getter(names: list[str]) -> _Getter:
    """Return a function that gets some values as a tuple, a single one too."""
    return itemgetter(*names) if len(names) > 1 else itemgetter(names[0], names[0])


def _place(name: str, term: Text | Code | Fixed) -> int:
    """Return the place of a text among those gathered."""
    if name in MASKABLE:
        return 1
    return 0 if name in NUMBERS or name in ENTERPRISES or not isinstance(term, Text) else 2
