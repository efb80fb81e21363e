"""Whatever a cell holds, an order list is read to its end: a value is taken or refused, and nothing else happens."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customs.intake import GoodsRecord, Odd, Profile, Sheet, SheetRow, orders_in
from customs.intake.cell_values import Unfit
from customs.intake.column_names import TERMS
from customs.intake.converters import CONVERTERS, converter_of
from customs.intake.sheets import Value
from customs.rules import read_declaration
from support.order_lists import DAY

ZONES = st.sampled_from([None, UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-14))])

texts = st.text(max_size=30) | st.text(st.sampled_from("0123456789.,-+/: T年月日¥元EeXx'＃１２　()%"), max_size=24)

values: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    texts,
    st.booleans(),
    st.integers(),
    st.integers(-(10**40), 10**40),
    st.floats(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from([Decimal("1E+999999"), Decimal("1E-999999"), Decimal("-0"), Decimal("0E-40"), float("nan")]),
    st.datetimes(timezones=st.none()),
    st.builds(lambda when, zone: when.replace(tzinfo=zone), st.datetimes(), ZONES),
    st.dates(),
    st.times(),
    st.timedeltas(),
)


@given(st.sampled_from(sorted(TERMS)), st.sampled_from(["", *CONVERTERS]), values)
@settings(max_examples=1_000)
@pytest.mark.long
def test_a_value_is_taken_as_text_or_refused_with_a_reason(path: str, name: str, value: Any) -> None:
    term = TERMS[path]
    converter = converter_of(path, term, name)
    if converter is None:
        return
    found = converter(value)
    if isinstance(found, Unfit):
        finding = found.at(path, term)
        assert finding.is_error
        assert "{" not in finding.zh + finding.en + finding.advice_zh + finding.advice_en
    else:
        assert isinstance(found, str | int)
        assert found == "" or converter(found) == found or name


@given(
    st.sampled_from(
        ["order.consignee", "order.consignee_address", "order.order_no", "order.buyer_reg_no", "order.note", "sku"]
    ),
    st.text(max_size=40) | st.text(st.sampled_from(" '　\u200b\ufeff\t0９A张-"), max_size=12),
)
@settings(max_examples=500)
def test_a_text_is_taken_without_what_surrounds_it_and_in_nothing_else_changed(path: str, value: str) -> None:
    convert = converter_of(path, TERMS[path])
    assert convert is not None
    found = convert(value)
    if isinstance(found, str):
        at = value.rfind(found)
        assert at >= 0
        before, after = (value[:at], value[at + len(found) :]) if found else (value, "")
        assert all(each.isspace() or each in "'\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" for each in before + after)
        assert before.count("'") <= 1
        assert "'" not in after


@given(
    st.decimals(min_value=0, max_value=Decimal("9999999.99999"), places=5),
    st.sampled_from(sorted({"line.price", "line.qty"})),
)
@settings(max_examples=500)
def test_an_amount_is_the_one_in_the_cell_however_it_is_written(amount: Decimal, path: str) -> None:
    convert = converter_of(path, TERMS[path])
    assert convert is not None
    written: list[Value] = [
        str(amount),
        f"'{amount}",
        float(amount),
        amount,
        str(amount).translate({each: each + 0xFEE0 for each in b"0123456789."}),
    ]
    if amount >= 1_000:
        written.append(f"{amount:,}")
    assert {Decimal(str(convert(each))) for each in written} == {amount}


SKUS = {"S1": GoodsRecord(sku="S1", facts={"hs_code": "1901101090", "unit": "122"}, per_unit1=Decimal("0.8"))}
SHOP = Profile(name="shop", values={"clearance.trade_mode": "1210", "line.trade_country": "609", "payment.note": "n"})

PATHS = (
    "order.order_no", "sku", "line.qty", "line.price", "line.hs_code", "line.unit", "line.legal_qty1", "line.local.brand",
    "order.buyer_name", "order.freight", "payment.paid_at", "payment.note", "waybill.package_count", "clearance.entry_day",
    "clearance.trade_mode", "local.sender_name", "shop",
)  # fmt: skip

rows = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "a", None]) | values,
        st.sampled_from(["S1", "s1", None]) | values,
        st.sampled_from(["1", 2, None]) | values,
        *[st.none() | values for _ in PATHS[3:-1]],
        st.sampled_from([None, "shop"]) | values,
        values,
    ),
    max_size=6,
)
oddities = st.dictionaries(st.integers(-1, len(PATHS)), st.sampled_from(Odd), max_size=3)


@given(rows, st.lists(oddities, min_size=6, max_size=6), st.sampled_from(["xlsx", "csv", "json"]), st.booleans())
@settings(max_examples=200)
@pytest.mark.long
def test_every_order_of_any_table_is_composed_or_refused_and_each_finding_has_its_cell(
    given_rows: list[tuple[Any, ...]], odd: list[dict[int, Odd]], kind: Any, with_goods: bool
) -> None:
    numbered = (SheetRow(at, row, odd[at - 2]) for at, row in enumerate(given_rows, 2))
    sheet = Sheet(file="orders", kind=kind, headings=PATHS, rows=numbered)
    found = orders_in(sheet, goods=SKUS.get if with_goods else None, profiles=[SHOP], on=DAY)
    composed = list(found)
    assert len(composed) == len(found)
    for order in composed:
        json.dumps(order.given)
        for finding in order.findings:
            spot = order.spot_of(finding)
            assert spot.row in order.rows or spot.kind != "cell" or finding.code.startswith("order-")
        if not order.refused:
            _, said = read_declaration(order.given)
            wrong = [each.code for each in said if each.code not in ("field-missing", "more-mistakes")]
            assert set(wrong) <= {"field-too-long", "field-empty", "field-characters", "field-form"}


@given(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2099, 1, 1)))
def test_a_time_of_a_workbook_is_that_second_and_its_text_says_the_same(when: datetime) -> None:
    converter = converter_of("payment.paid_at", TERMS["payment.paid_at"])
    assert converter is not None
    second = when.replace(microsecond=0)
    assert converter(second) == converter(str(second)) == f"{second:%Y%m%d%H%M%S}"


def test_days_and_times_of_a_workbook_are_no_texts() -> None:
    for path in ("order.order_no", "line.model", "line.price", "waybill.package_count", "line.unit"):
        converter = converter_of(path, TERMS[path])
        assert converter is not None
        for value in (date(2026, 3, 4), datetime(2026, 3, 4), time(3, 4), timedelta(hours=30)):
            assert isinstance(converter(value), Unfit), path
