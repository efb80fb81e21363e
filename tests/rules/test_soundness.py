"""The quick look at a parcel's documents passes none that a rule of the match objects to, whatever field is changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.documents import OrderLine, ParcelDocuments, ParcelValues
from customs.fields.record import Record, terms_of
from customs.fields.terms import Decimals
from customs.road import build, seeded_guids
from customs.rules import Practice, match
from customs.rules.listed import listed_fields
from customs.rules.matching import RULES
from customs.rules.soundness import SAME_IN_LINES, is_sound
from customs.testing import sample_parcels

MOMENT = datetime(2026, 11, 11, 8)
HEADS = ("order", "payment", "waybill", "declaration_list")
LOOSE = Practice(freight_link="none", gift_price="refused")


def documents_of(mode: Literal["1210", "9610"]) -> ParcelDocuments:
    parcel = next(each for each in sample_parcels(20, seed=3, mode=mode) if len(each.order.lines) > 1)
    made, _ = build(parcel, tax=Decimal("1.00"), on=MOMENT.date(), app_time=MOMENT, guids=seeded_guids(1))
    assert made
    return made


def others(record: Record, field: str) -> tuple[Any, ...]:
    """Return other values for a field, of its own kind; None too, if it may be left out."""
    value, term = record.__dict__[field], terms_of(type(record))[field]
    empty = () if type(record).model_fields[field].is_required() else (None,)
    match value:
        case None:
            return (Decimal(1), Decimal(0), Decimal(-1)) if isinstance(term, Decimals) else ("1",)
        case Decimal():
            amounts = (
                -value,
                Decimal(0),
                Decimal("-0"),
                value + 1,
                value * 3,
                value + Decimal("0.001"),
                value.normalize(),
            )
            return *amounts, *empty
        case datetime():
            return value + timedelta(days=400), value - timedelta(days=400), value - timedelta(days=1), *empty
        case date():
            return value + timedelta(days=400), value - timedelta(days=400), *empty
        case int():
            return 0, value + 1, *empty
    return "1", "2", "9610", "1210", "zzz", value + "x", value.lower(), "110", "１２３４５６７８９０", *empty


def given_others(record: Record, field: str) -> Iterator[Any]:
    return (each for each in others(record, field) if each is not None)


def with_field(documents: ParcelDocuments, name: str, field: str, value: Any) -> ParcelDocuments:
    document = getattr(documents, name)
    head = document.head.model_copy(update={field: value})
    return replace(documents, **{name: document.model_copy(update={"head": head})})


def changed(documents: ParcelDocuments) -> Iterator[ParcelDocuments]:
    """Yield the documents with one field changed, each field of each document in turn; with lines less or exchanged."""
    for name in HEADS:
        head = getattr(documents, name).head
        yield from (
            with_field(documents, name, field, other) for field in head.__dict__ for other in others(head, field)
        )
    for name in ("order", "declaration_list"):
        lines = getattr(documents, name).lines
        yield from (with_lines(documents, name, each) for each in (lines[1:], lines[::-1], (*lines, lines[-1])))
        for position, line in enumerate(lines):
            for field in line.__dict__:
                for other in others(line, field):
                    new = line.model_copy(update={field: other})
                    yield with_lines(documents, name, (*lines[:position], new, *lines[position + 1 :]))
    yield from changed_everywhere(documents)


def changed_everywhere(documents: ParcelDocuments) -> Iterator[ParcelDocuments]:
    """Yield the documents with a field changed in all of them alike, and with amounts that add up all the same."""
    for field in dict.fromkeys(field for name in HEADS for field in getattr(documents, name).head.__dict__):
        having = [name for name in HEADS if field in getattr(documents, name).head.__dict__]
        for other in given_others(getattr(documents, having[0]).head, field):
            made = documents
            for name in having:
                made = with_field(made, name, field, other)
            yield made
    order, listed = documents.order.lines, documents.declaration_list.lines
    for field in listed[0].__dict__.keys() & order[0].__dict__.keys():
        for other in given_others(listed[0], field):
            first = [lines[0].model_copy(update={field: other}) for lines in (order, listed)]
            yield with_lines(
                with_lines(documents, "order", (first[0], *order[1:])), "declaration_list", (first[1], *listed[1:])
            )
    for field in ("freight", "discount", "tax_total"):
        for other in others(documents.order.head, field):
            made = with_field(documents, "order", field, other)
            head = made.order.head
            paid = head.goods_value + head.freight + head.tax_total - head.discount
            made = with_field(with_field(made, "order", "paid_amount", paid), "payment", "amount_paid", paid)
            yield with_field(made, "declaration_list", "freight", head.freight)


def with_lines(documents: ParcelDocuments, name: str, lines: tuple[Record, ...]) -> ParcelDocuments:
    return replace(documents, **{name: getattr(documents, name).model_copy(update={"lines": lines})})


def objections(documents: ParcelDocuments, practice: Practice) -> list[str]:
    return [finding.code for rule in RULES for finding in rule(documents, practice)]


@pytest.mark.parametrize("mode", ["1210", "9610"])
@pytest.mark.parametrize("practice", [Practice(), LOOSE])
@pytest.mark.long
def test_no_document_is_sound_that_a_rule_objects_to(mode: Literal["1210", "9610"], practice: Practice) -> None:
    documents = documents_of(mode)
    assert is_sound(ParcelValues.of(documents), practice)
    assert objections(documents, practice) == []
    objected = 0
    for each in changed(documents):
        found = objections(each, practice)
        assert not (found and is_sound(ParcelValues.of(each), practice)), found
        assert [finding.code for finding in match(each, practice)] == found
        objected += bool(found)
    assert objected > 300


@pytest.mark.parametrize("mode", ["1210", "9610"])
def test_a_change_that_no_rule_minds_leaves_nearly_all_documents_sound(mode: Literal["1210", "9610"]) -> None:
    free = [each for each in changed(documents_of(mode)) if not objections(each, Practice())]
    passed = sum(is_sound(ParcelValues.of(each), Practice()) for each in free)
    assert len(free) > 300
    assert passed > 0.9 * len(free)


@given(st.data())
def test_nor_one_that_was_changed_in_several_places(data: st.DataObject) -> None:
    documents = documents_of(data.draw(st.sampled_from(["1210", "9610"])))
    for _ in range(data.draw(st.integers(2, 4))):
        name = data.draw(st.sampled_from(HEADS))
        head = getattr(documents, name).head
        field = data.draw(st.sampled_from(sorted(head.__dict__)))
        documents = with_field(documents, name, field, data.draw(st.sampled_from(others(head, field))))
    assert not (is_sound(ParcelValues.of(documents), Practice()) and objections(documents, Practice()))


def test_the_codes_of_an_orders_line_are_those_that_the_list_repeats() -> None:
    assert {name for name, _, _ in listed_fields(OrderLine)} <= set(SAME_IN_LINES)
