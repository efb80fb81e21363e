"""Hypothesis strategies derived from the documents (测试数据生成): any document within the facets of its fields.

The fields need not match each other; ``customs.testing.parcel_strategies`` has parcels whose documents do. Needs the extra
``testing``.

>>> from customs.documents import Order
>>> from customs.testing import documents_of
>>> orders = documents_of(Order, order_no=st.just("A1"))
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from customs.codes import code_list
from customs.documents import Document, ExportTransfer, Message, Subscription, Transfer
from customs.fields import Record, Term, part_type, terms_of
from customs.fields.terms import Code, Count, Day, Decimals, Fixed, Instant, Moment, Part, Text, Texts

R = TypeVar("R", bound=Record)
D = TypeVar("D", bound=Document)

#: Whatever XML 1.0 can carry, surrogates and non-characters aside.
_CHARACTERS = st.characters(
    exclude_categories=["Cs"],
    exclude_characters=[*map(chr, range(9)), "\x0b", "\x0c", *map(chr, range(14, 32)), "\ufffe", "\uffff"],
)


def records_of(record: type[R], **own: st.SearchStrategy[Any]) -> st.SearchStrategy[R]:
    """Records whose fields keep their facets, optional ones left out now and then.

    Fields named in ``own``, here or in a head or line, take their values from there. Raises ``TypeError`` for a name
    that no field has.
    """
    if unknown := own.keys() - _names(record):
        raise TypeError(f"{record.__name__} has no field {', '.join(sorted(unknown))}")
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for name, term in terms_of(record).items():
        inner = part_type(record, name)
        if name in own:
            fields[name] = own[name]
            continue
        values = _part(term, inner, own) if isinstance(term, Part) and inner else values_of(term)
        info = record.model_fields[name]
        optional = not info.is_required() and info.default is None
        fields[name] = st.none() | values if optional else values
    return st.fixed_dictionaries(fields).map(record.model_validate)


def _names(record: type[Record]) -> set[str]:
    inner = [found for name in terms_of(record) if (found := part_type(record, name))]
    return {*terms_of(record), *(name for each in inner for name in _names(each))}


def documents_of(kind: type[D], **own: st.SearchStrategy[Any]) -> st.SearchStrategy[D]:
    """Documents of one kind, each field within its facets; they need not match each other.

    Fields named in ``own`` take their values from there: ``documents_of(Order, order_no=st.just("A1"))``.
    """
    return records_of(kind, **own)


def messages_of(kind: type[D], most: int = 3) -> st.SearchStrategy[Message[D]]:
    """Messages of one to ``most`` documents."""
    limit = most if kind.most is None else min(most, kind.most)
    documents = st.lists(documents_of(kind), min_size=1, max_size=limit).map(tuple)
    subscriptions = st.lists(records_of(Subscription), max_size=2).map(tuple)
    if kind.from_customs:
        return st.builds(Message, guids(), documents)
    transfers = records_of(ExportTransfer if kind.flow == "export" else Transfer)
    return st.builds(Message, guids(), documents, transfers, subscriptions)


def guids() -> st.SearchStrategy[str]:
    """Guids of 36 characters."""
    return st.uuids().map(lambda each: str(each).upper())


#: Names of texts by name.
_TEXT_NAMES = ("brand", "sender_name", "ordered_at")


def values_of(term: Term) -> st.SearchStrategy[Any]:  # noqa: C901  one case for each kind of term
    """Values that a field admits."""
    match term:
        case Text(pattern=str(pattern)):
            return st.from_regex(pattern, fullmatch=True)
        case Text(minimum=least, maximum=most):
            longest = max(least, 40)
            return st.text(_CHARACTERS, min_size=least, max_size=longest if most is None else min(most, longest))
        case Code(length=length, listed=listed):
            codes = st.sampled_from(sorted(code_list(listed))) if listed else st.nothing()
            return codes | st.text(st.sampled_from("0123456789ABCXYZ"), min_size=length, max_size=length)
        case Fixed(value=value):
            return st.just(value)
        case Decimals():
            return st.decimals(Decimal("-99999999999999"), Decimal("99999999999999"), places=5).map(
                lambda each: Decimal(f"{each:f}")
            ) | st.integers(0, 10**6).map(lambda cents: Decimal(cents) / 100)
        case Count():
            return st.integers(term.least, term.most)
        case Moment():
            return st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)).map(lambda at: at.replace(microsecond=0))
        case Instant():
            return st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)).map(
                lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
            )
        case Texts():
            return st.dictionaries(st.sampled_from(_TEXT_NAMES), st.text(_CHARACTERS, min_size=1, max_size=20))
        case Day():
            return st.dates(date(1000, 1, 1), date(9999, 12, 31))
    raise TypeError(f"no values are known for {type(term).__name__}")


def _part(term: Part, inner: type[Record], own: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    records = records_of(inner, **{name: each for name, each in own.items() if name in _names(inner)})
    if not term.repeated:
        return records
    return st.lists(records, min_size=term.minimum, max_size=3).map(tuple)
