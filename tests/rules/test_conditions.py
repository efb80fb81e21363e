"""Conditional requirements of documents of every kind, by the text of the standard."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, settings

from customs.documents import MESSAGES, Document
from customs.rules.conditions import check_conditions, every_condition
from customs.testing.strategies import documents_of

quick = settings(
    deadline=None, max_examples=2000, suppress_health_check=list(HealthCheck), phases=[Phase.generate], database=None
)


def example(name: str, fits: Callable[[Any], bool] = lambda document: True) -> Any:
    """A document of a message that fits."""
    return find(documents_of(MESSAGES[name]), fits, settings=quick)


def with_head(document: Any, **fields: object) -> Any:
    return document.model_copy(update={"head": document.head.model_copy(update=fields)})


def with_lines(document: Any, **fields: object) -> Any:
    return document.model_copy(update={"lines": tuple(line.model_copy(update=fields) for line in document.lines)})


def codes(document: Document) -> set[tuple[str, str]]:
    return {(finding.code, finding.path) for finding in check_conditions(document)}


@pytest.mark.parametrize("row", list(every_condition()), ids=lambda row: f"{row.message} {row.field} {row.kind.code}")
@pytest.mark.long
def test_every_row_of_the_table_is_kept_or_named(row: Any) -> None:
    document = example(row.message, lambda each: not row.in_lines or each.lines)
    applies, other = next(iter(sorted(row.values)), "Y"), "X"
    if row.unless:
        applies, other = other, applies
    change = with_lines if row.in_lines else with_head
    place = f"lines[0].{row.field}" if row.in_lines else f"head.{row.field}"
    broken = change(with_head(document, **{row.depends_on: applies}), **{row.field: None if row.needed else "given"})
    kept = change(broken, **{row.field: "given" if row.needed else None})
    elsewhere = with_head(broken, **{row.depends_on: other})
    assert (row.kind.code, place) in codes(broken)
    assert (row.kind.code, place) not in codes(kept)
    assert (row.kind.code, place) not in codes(elsewhere) or not row.values


@pytest.mark.parametrize("name", ["CEB213", "CEB603", "CEB621"])
def test_second_quantity_and_unit_stand_both_or_neither(name: str) -> None:
    document = example(name, lambda each: each.lines)
    alone = with_lines(document, legal_qty2=None, legal_unit2="035")
    assert ("second-quantity", "lines[0].legal_qty2") in codes(alone)
    assert ("second-quantity", "lines[0].legal_qty2") not in codes(with_lines(alone, legal_unit2=None))


def test_a_request_to_summarise_names_a_whole_period_or_lists() -> None:
    document = example("CEB701").model_copy(update={"lines": ()})
    early, late = datetime(2026, 11, 1), datetime(2026, 11, 30)
    assert codes(with_head(document, since=None, until=None)) == {("nothing-to-summarise", "lines")}
    assert codes(with_head(document, since=early, until=None)) == {("period", "head.until")}
    assert codes(with_head(document, since=late, until=early)) == {("period", "head.until")}
    assert not codes(with_head(document, since=early, until=late))


@pytest.mark.parametrize(
    ("name", "field", "value", "finding"),
    [
        ("CEB621", "trade_mode", "1210", ("bonded-field-missing", "head.account_book_no")),
        ("CEB621", "trade_mode", "9610", ("direct-field-missing", "head.bill_no")),
        ("CEB621", "app_type", "2", ("amended-number-missing", "head.list_no")),
        ("CEB621", "app_type", "3", ("amended-number-missing", "head.pre_entry_no")),
        ("CEB603", "trade_mode", "1210", ("zone-field-missing", "head.account_book_no")),
        ("CEB603", "trade_mode", "1239", ("zone-field-missing", "head.account_book_no")),
        ("CEB507", "transport_mode", "5", ("transport-field-missing", "head.bill_no")),
        ("CEB509", "transport_mode", "5", ("transport-field-missing", "head.voyage_no")),
        ("CEB816", "tax_status", "2", ("payment-form-missing", "head.payment_form_no")),
    ],
)
def test_these_values_of_the_text_need_a_field(name: str, field: str, value: str, finding: tuple[str, str]) -> None:
    document = with_head(example(name), **{field: value, finding[1].removeprefix("head."): None})
    assert finding in codes(document)


@pytest.mark.parametrize(
    ("name", "field", "value", "left_out"),
    [
        ("CEB621", "app_type", "1", "list_no"),
        ("CEB603", "trade_mode", "9610", "account_book_no"),
        ("CEB507", "transport_mode", "6", "bill_no"),
        ("CEB509", "transport_mode", "6", "bill_no"),
        ("CEB816", "tax_status", "1", "payment_form_no"),
    ],
)
def test_these_values_of_the_text_do_not(name: str, field: str, value: str, left_out: str) -> None:
    document = with_head(example(name), **{field: value, left_out: None})
    assert f"head.{left_out}" not in {path for _, path in codes(document)}


@pytest.mark.long
def test_exports_say_no_code_of_a_platform_and_no_code_of_a_producer() -> None:
    document = with_head(
        example("CEB603", lambda each: each.head.trade_mode == "9610"), platform_code="无", producer_code="NO"
    )
    assert {path for _, path in codes(document)} & {"head.platform_code", "head.producer_code"} == set()
