"""Converters: what each makes of a cell, and what it refuses."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from customs.intake.cell_values import Unfit
from customs.intake.column_names import TERMS
from customs.intake.converters import CONVERTERS, converter_of

PRICE, QTY, WEIGHT = "line.price", "line.qty", "waybill.gross_weight"
PAID_AT, DAY, COUNT = "payment.paid_at", "clearance.entry_day", "waybill.package_count"
ORDER_NO, ID, PHONE = "order.order_no", "order.buyer_id_number", "order.buyer_telephone"
UNIT, COUNTRY, HS_CODE, CURRENCY = "line.unit", "line.origin_country", "line.hs_code", "order.currency"


def converted(path: str, value: Any, name: str = "") -> Any:
    converter = converter_of(path, TERMS[path], name)
    assert converter is not None
    found = converter(value)
    return (found.kind.code, found.facts.get("why", "")) if isinstance(found, Unfit) else found


TAKEN: tuple[tuple[str, str, Any, Any], ...] = (
    # amounts in yuan: two places at least
    (PRICE, "", "99.50", "99.50"),
    (PRICE, "", "99.5", "99.50"),
    (PRICE, "", "0099.500", "99.50"),
    (PRICE, "", 99.5, "99.50"),
    (PRICE, "", 99, "99.00"),
    (PRICE, "", Decimal("99.505"), "99.505"),
    (PRICE, "", 0.1 + 0.2, "0.30"),
    (PRICE, "", 1e-300, "0.00"),
    (PRICE, "", "-0", "0.00"),
    (PRICE, "", -5, "-5.00"),
    (PRICE, "", ".5", "0.50"),
    (PRICE, "", "5.", "5.00"),
    (PRICE, "", "１２．５", "12.50"),
    (PRICE, "", "¥99.5", "99.50"),
    (PRICE, "", "￥ 99.5", "99.50"),
    (PRICE, "", "99.5元", "99.50"),
    (PRICE, "", "CNY 99.5", "99.50"),
    (PRICE, "", "1,284.50", "1284.50"),
    (PRICE, "", "1,284,000", "1284000.00"),
    (PRICE, "", "'99.5", "99.50"),
    (PRICE, "", "\u200b 99.5\xa0", "99.50"),
    (PRICE, "", "", ""),
    (PRICE, "", None, ("field-form", "it is null, and the field is required")),
    (PRICE, "yuan", "99.5", "99.50"),
    (PRICE, "fen", 9950, "99.50"),
    (PRICE, "fen", "5", "0.05"),
    (PRICE, "fen", 9950.0, "99.50"),
    (PRICE, "fen", "12,345,600", "123456.00"),
    # quantities and weights: no needless zeros
    (QTY, "", "3.0", "3"),
    (QTY, "", 3.0, "3"),
    (QTY, "", "0.50", "0.5"),
    (WEIGHT, "kilograms", "0.850", "0.85"),
    (WEIGHT, "grams", 850, "0.85"),
    (WEIGHT, "grams", "1284.5", "1.2845"),
    (COUNT, "", "1", 1),
    (COUNT, "", 1.0, 1),
    (COUNT, "", "１", 1),
    # times
    (PAID_AT, "", "20261111005512", "20261111005512"),
    (PAID_AT, "", 20261111005512, "20261111005512"),
    (PAID_AT, "", "2026-11-11 00:55:12", "20261111005512"),
    (PAID_AT, "", "2026/11/11 0:55", "20261111005500"),
    (PAID_AT, "", "2026.1.2 9:05:07.123", "20260102090507"),
    (PAID_AT, "", "2026-11-11T00:55:12+08:00", "20261111005512"),
    (PAID_AT, "", "2026-11-10T16:55:12Z", "20261111005512"),
    (PAID_AT, "", "2026年11月11日 00:55:12", "20261111005512"),
    (PAID_AT, "", datetime(2026, 11, 11, 0, 55, 12), "20261111005512"),
    (PAID_AT, "", datetime(2026, 11, 11, 0, 55, 11, 999_997), "20261111005512"),
    (PAID_AT, "", datetime(2026, 11, 10, 16, 55, 12, tzinfo=UTC), "20261111005512"),
    (PAID_AT, "serial", 46337.5, "20261111120000"),
    (PAID_AT, "serial", "46337.038333333", "20261111005512"),
    (PAID_AT, "day_first", "11/12/2026 10:00", "20261211100000"),
    (PAID_AT, "month_first", "11/12/2026 10:00", "20261112100000"),
    (DAY, "", "2026-11-11", "20261111"),
    (DAY, "", "20261111", "20261111"),
    (DAY, "", 20261111, "20261111"),
    (DAY, "", date(2026, 11, 11), "20261111"),
    (DAY, "", datetime(2026, 11, 11, 9), "20261111"),
    (DAY, "serial", 46337, "20261111"),
    (DAY, "day_first", "31/12/2026", "20261231"),
    # numbers of documents, persons
    (ORDER_NO, "", " EX-1\u3000", "EX-1"),
    (ORDER_NO, "", "'0123", "0123"),
    (ORDER_NO, "", 202611110001, "202611110001"),
    (ORDER_NO, "", "12E5", "12E5"),
    (ID, "", "11010118800101001X", "11010118800101001X"),
    (PHONE, "", 10000001234, "10000001234"),
    (PHONE, "", "+86 100-0000-1234", "+86 100-0000-1234"),
    (PHONE, "telephone", "+86 100-0000-1234", "10000001234"),
    (PHONE, "telephone", "（010）1234 5678", "01012345678"),
    (PHONE, "telephone", 10000001234, "10000001234"),
    ("line.model", "", "无", "无"),
    ("line.model", "text", "50ml", "50ml"),
    ("line.bar_code", "", "无", "无"),
    ("line.bar_code", "", 2000000000015, "2000000000015"),
    # codes
    (UNIT, "", "122", "122"),
    (UNIT, "", 122, "122"),
    (UNIT, "", "１２２", "122"),
    (UNIT, "code", "罐", "122"),
    (UNIT, "code", "122", "122"),
    (COUNTRY, "code", "日本", "116"),
    (HS_CODE, "", 1901101090, "1901101090"),
    (HS_CODE, "", "1901101090", "1901101090"),
    (CURRENCY, "", 142, "142"),
)  # fmt: skip


@pytest.mark.parametrize(("path", "name", "value", "text"), TAKEN)
def test_a_value_that_says_one_thing_is_taken(path: str, name: str, value: Any, text: Any) -> None:
    assert converted(path, value, name) == text


REFUSED: tuple[tuple[str, str, Any, str, str], ...] = (
    (PRICE, "", "1,284", "field-form", '"1,284" may be 1284 or 1.284'),
    (PRICE, "", "99,5", "field-form", '"99,5" has a comma for its point'),
    (PRICE, "", "1.284,50", "field-form", '"1.284,50" has text behind its digits'),
    (PRICE, "", "1e5", "field-form", '"1e5" has an exponent'),
    (PRICE, "", "$5", "field-form", '"$5" has a sign of currency'),
    (PRICE, "", "9%", "field-form", '"9%" has a percent sign'),
    (PRICE, "", "1.123456", "field-form", '"1.123456" has too many digits after its point'),
    (PRICE, "", 1 / 3, "field-form", "it has too many digits after its point"),
    (PRICE, "", True, "field-form", "it is true or false"),
    (PRICE, "", float("nan"), "field-form", "nan is no number"),
    (PRICE, "", float("inf"), "field-form", "inf is no number"),
    (PRICE, "", 1e15, "cell-number", "it has more than 15 digits, of which the last are lost"),
    (PRICE, "", datetime(2026, 5, 1), "field-form", "is a day or time, as a spreadsheet makes of texts such as 3-4"),
    (PRICE, "", "-", "cell-placeholder", ""),
    (PRICE, "", "5²", "field-form", "it has text behind its digits"),
    (PRICE, "fen", "99.5", "field-form", "is in fen, and no whole number"),
    (QTY, "", "¥3", "field-form", '"¥3" has a sign of currency'),
    (QTY, "", "2罐", "field-form", "it has text behind its digits"),
    (WEIGHT, "grams", "0.001", "field-form", "has more than 5 decimals once converted"),
    (COUNT, "", "1.5", "field-form", '"1.5" is no whole number'),
    (COUNT, "", 1.5, "field-form", "1.5 is no whole number"),
    (PAID_AT, "", "11/12/2026 10:00", "field-form", '"11/12/2026 10:00" does not say which is the day and which the month'),
    (PAID_AT, "", "2026-11-11", "field-form", '"2026-11-11" is a day without its time'),
    (PAID_AT, "", date(2026, 11, 11), "field-form", "is a day without its time"),
    (PAID_AT, "", time(0, 55), "field-form", "is a time without its day"),
    (PAID_AT, "", "2026-02-30 10:00:00", "field-form", '"2026-02-30 10:00:00" does not exist in the calendar'),
    (PAID_AT, "", "1999-12-31T23:59:59+99:00", "field-form", '"1999-12-31T23:59:59+99:00" does not exist in the calendar'),
    (PAID_AT, "", 46337.25, "field-form",
     "is the number 46337.25, which as a day of Excel is 2026-11-11 06:00:00: format the column as a date, or name the converter serial"),
    (PAID_AT, "", 1.5, "field-form", "is a number, no day or time"),
    (PAID_AT, "serial", "2026-11-11", "field-form", "is no number of days of Excel"),
    (PAID_AT, "serial", 60, "field-form", "is no number of days of Excel"),
    (PAID_AT, "day_first", "12/31/2026 10:00", "field-form", "it is not made of 14 digits"),
    (PAID_AT, "day_first", "1/2/26 10:00", "field-form", "it is not made of 14 digits"),
    (ORDER_NO, "", "2.02611E+17", "number-from-spreadsheet", ""),
    (ORDER_NO, "", "1001.0", "number-from-spreadsheet", ""),
    (ORDER_NO, "", 202611110000000001, "cell-number", "it has more than 15 digits, of which the last are lost"),
    (ORDER_NO, "", 2.02611e17, "cell-number", "it has more than 15 digits, of which the last are lost"),
    (ORDER_NO, "", 1001.5, "cell-number", "it has a fraction, which no such text has"),
    (ORDER_NO, "", datetime(2026, 3, 4), "field-form", "is a day or time, as a spreadsheet makes of texts such as 3-4"),
    (ORDER_NO, "", "#REF!", "cell-error", ""),
    (ID, "", 110101188001010, "cell-number", "identity numbers have 18 digits, a number keeps 15"),
    (PHONE, "", 1012345678, "cell-number", "zeros before it may be lost"),
    (PHONE, "", "1E+10", "number-from-spreadsheet", ""),
    (PHONE, "", "N/A", "cell-placeholder", ""),
    ("line.bar_code", "", 12345678905, "cell-number", "zeros before it may be lost"),
    ("line.record_no", "", 12, "cell-number", "zeros before it may be lost"),
    (UNIT, "", "罐", "field-form", '"罐" is a name, its code is 122'),
    (UNIT, "", 35, "cell-number", "it has 2 digits instead of 3, as if zeros before it were lost"),
    (UNIT, "", 999, "field-form", "is not in the code list"),
    (UNIT, "code", "瓶子", "field-form", "it has 2 characters instead of 3"),
    (HS_CODE, "", 409000000, "cell-number", "it has 9 digits instead of 10, as if zeros before it were lost"),
    (HS_CODE, "", "1901.10.10.90", "field-form", '"1901.10.10.90" has 13 characters instead of 10'),
    (PHONE, "", "SF1210000001", "field-form", "is no telephone, as in a wrong column"),
    (PHONE, "", "贾宝玉", "field-form", "is no telephone, as in a wrong column"),
    ("waybill.waybill_no", "", "虚构路 1 号", "field-form", "has Chinese characters, as a name or an address in a wrong column"),
    (CURRENCY, "", "USD", "field-form", '"USD" is not it'),
)  # fmt: skip


@pytest.mark.parametrize(("path", "name", "value", "code", "why"), REFUSED)
def test_a_value_that_could_be_misread_is_refused(path: str, name: str, value: Any, code: str, why: str) -> None:
    assert converted(path, value, name) == (code, why)


@pytest.mark.parametrize("name", CONVERTERS)
def test_a_named_converter_is_for_some_fields_and_not_for_others(name: str) -> None:
    fits = [path for path, term in TERMS.items() if converter_of(path, term, name)]
    assert 0 < len(fits) < len(TERMS)
    assert converter_of(ORDER_NO, TERMS[ORDER_NO], name) is None or name == "text"


def test_an_unfit_value_of_a_person_is_not_shown() -> None:
    found = converter_of(PHONE, TERMS[PHONE])
    assert found is not None
    unfit = found(1012345678)
    assert isinstance(unfit, Unfit)
    assert "1012345678" not in str(unfit.at(PHONE, TERMS[PHONE]))


@pytest.mark.parametrize("path", TERMS)
def test_an_empty_cell_has_no_value(path: str) -> None:
    assert [converted(path, value) for value in ("", " ", "\u3000", "'")] == [""] * 4
