"""Compiled writers write what the table of fields defines, whatever a document holds."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Context, Decimal, localcontext
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import customs
from customs.documents import MESSAGES, Document
from customs.fields import Record, Term, terms_of
from customs.fields.record import nested_values
from customs.fields.terms import Count, Day, Decimals, Instant, Moment, Part
from customs.testing import documents_of, sample_parcels
from customs.wire.canonical import write_document, write_plainly
from customs.wire.compiled import compiled
from support import exactly, some

#: Receipts are refused without their required fields, before they are written.
DECLARATIONS = sorted(name for name, kind in MESSAGES.items() if not kind.from_customs)

#: The writer of a document type.
writer = cache(compiled)

relaxed = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

#: Values that a field of a document has only if nothing checked it.
TEXTS = ("", "深圳", "A&B", "<", "a > b", "\r\n", "{guid}", "%s", "1E+2")
NUMBERS = tuple(map(Decimal, ("1E+2", "0E+3", "-0.00", "1E-7", "0.0000001", "0E-7", "12.50", "NaN", "Infinity")))
TIMES = (datetime(1, 2, 3, 4, 5, 6, 789_000), datetime(1, 2, 3, 4, 5, 6, tzinfo=timezone(timedelta(hours=8))))


def unusual(term: Term) -> tuple[Any, ...]:
    """Values that a field of a document has only if nothing checked it, none among them."""
    if isinstance(term, Decimals):
        return (None, *NUMBERS)
    if isinstance(term, Count):
        return (None, -1, 10**20)
    return (None, *(TIMES if isinstance(term, Moment | Instant | Day) else TEXTS))


def unchecked(record: Record) -> Iterator[Record]:
    """Return copies of a record with one unusual value each, for every field."""
    for name, term in terms_of(type(record)).items():
        value = getattr(record, name)
        if not isinstance(term, Part):
            changed: Iterable[Any] = unusual(term)
        elif term.repeated:
            changed = ((*value[:-1], each) for last in value[-1:] for each in unchecked(last))
        else:
            changed = unchecked(value)
        yield from (type(record).model_construct(**{**dict(record), name: each}) for each in changed)


@relaxed
@given(st.sampled_from(sorted(MESSAGES)).flatmap(lambda name: documents_of(MESSAGES[name])))
def test_documents_of_every_type_are_written_as_the_table_defines(document: Document) -> None:
    assert write_document(document) == write_plainly(document)


@pytest.mark.parametrize("capitals", [True, False])
@pytest.mark.parametrize("name", DECLARATIONS)
@settings(relaxed, max_examples=2, phases=[Phase.generate])
@given(st.data())
@pytest.mark.long
def test_a_field_that_nothing_checked_is_written_as_the_table_defines(
    name: str, capitals: bool, data: st.DataObject
) -> None:
    kind = MESSAGES[name]
    plain = data.draw(documents_of(kind).filter(lambda each: writer(kind)(nested_values(each)) is not None))
    with localcontext(Context(capitals=capitals)):
        for document in some(unchecked(plain)):
            assert isinstance(document, Document)
            assert write_document(document) == write_plainly(document)


def test_the_documents_of_the_sample_parcels_are_all_left_to_compiled_writers() -> None:
    run = customs.Run(
        on=date(2026, 11, 11),
        clock=customs.fixed_clock(datetime(2026, 11, 11, 8)),
        guids=customs.seeded_guids(1),
    )
    for parcel in exactly(20, run.examine(sample_parcels(20, seed=7, mode="1210"))):
        made = parcel.documents
        assert made
        for document in (made.order, made.payment, made.waybill, made.declaration_list):
            assert writer(type(document))(nested_values(document)) == write_plainly(document)
