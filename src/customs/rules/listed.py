"""Listed codes (代码核对): the codes of a record, each in the customs list of its field.

>>> from customs.documents import OrderLine
>>> [name for name, _, _ in listed_fields(OrderLine)]
['unit', 'origin_country']
"""

from collections.abc import Iterator
from functools import cache

from customs.codes import OPEN_LISTS, code_list
from customs.fields import Record, terms_of
from customs.fields.given import meaning, named, shown_value
from customs.fields.terms import Code, Text
from customs.rules import catalogue
from customs.rules.finding import Finding
from customs.rules.reading import name_of


@cache
def listed_fields(kind: type[Record]) -> tuple[tuple[str, Code | Text, frozenset[str]], ...]:
    """Return the fields of a record that hold codes of customs lists: name, term, codes."""
    return tuple(
        (name, term, frozenset(code_list(term.listed)))
        for name, term in terms_of(kind).items()
        if isinstance(term, Code | Text) and term.listed
    )


def unlisted(record: Record, where: str) -> Iterator[Finding]:
    """Yield the codes of a record that are not in their customs list."""
    values = record.__dict__
    for name, term, known in listed_fields(type(record)):
        value = values[name]
        if value is not None and value not in known:
            yield _not_listed(f"{where}.{name}", term, value)


def _not_listed(path: str, term: Code | Text, code: str) -> Finding:
    if (term.listed, code) == ("trade_modes", "1239"):
        return catalogue.MODE_LATER.at(path)
    kind = catalogue.CODE_DOUBTFUL if term.listed in OPEN_LISTS else catalogue.CODE_UNKNOWN
    return kind.at(path, name=name_of(term), listed=term.listed, **code_words(code, term))


def code_words(value: str, term: Code | Text) -> dict[str, str]:
    """Return a code that is in no list as findings show it, with the code that a name stands for."""
    shown = shown_value(value, term)
    meant = named(term.listed or "", value)
    hints = meaning(value, meant) if meant else ("", "")
    return {
        "code_zh": f"{shown} " if shown else "所给的值",
        "code": shown or f"a text of {len(value)} characters",
        "hint_zh": f"，它{hints[0]}" if meant else "",
        "hint": f"; it {hints[1]}" if meant else "",
    }
