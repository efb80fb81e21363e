"""Rates of goods: the shipped table against the law, the code lists and what was gathered; tables of one's own."""

import csv
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.codes import code_list
from customs.fields.money import to_cents
from customs.tax import Rate, RateMissingError, Rates, from_function, from_rows, law, shipped
from customs.tax.formula import composite_rate
from customs.tax.rates import COLUMNS, ColumnMissingError
from support import ROOT, SINGLES_DAY, some

D = Decimal
ROWS = shipped().rows()
PERFUME, HONEY, WINE = "3303000020", "0409000000", "2204210000"
JAPAN, AUSTRALIA, CHILE = "116", "601", "412"

#: What SPEC and law say of whole headings: the classes of consumption tax that their goods may have.
CLASSES: dict[str, set[str | None]] = {
    "2203": {"beer"}, "2204": {"wine"}, "2205": {"wine"}, "2206": {"fermented", "yellow_wine"}, "2208": {"spirits"},
    "3303": {"make_up"}, "3304": {"make_up", "skin_care", "mask"}, "7101": {"jewellery"}, "9101": {"watch"},
    "9102": {"watch", None},
}  # fmt: skip

#: Customs codes of the units that the gathered table has as English words: 个, 只 and 件 are all pieces.
WORDS: dict[str, set[str | None]] = {
    "kilogram": {"035"}, "litre": {"095"}, "gram": {"036"}, "carat": {"084"}, "pair": {"025"},
    "piece": {"007", "008", "011"}, "": {None},
}  # fmt: skip


def days_of(row: Rate) -> list[date]:
    """The first day of a row, and every day in it on which the law changed."""
    return [row.valid_from, *(day for day in law.changes() if row.valid_from < day <= row.valid_to)]


def given_row(**changes: object) -> dict[str, Any]:
    """A row as a shop's own table has it."""
    return {
        "hs_code": WINE,
        "name": "wine",
        "legal_unit1": "095",
        "legal_unit2": "035",
        "vat": "standard",
        "consumption": "wine",
        "valid_from": "2026-01-01",
        "valid_to": "",
        "as_of": "2026-01-05",
        "source": "tariff of 2026",
        "mfn": "0.14",
        "provisional": "",
        "agreements": "601=0 412=0.03",
        "postal": "3",
        **changes,
    }


def rate_of(code: str, first: date, last: date = date.max, name: str = "") -> Rate:
    return Rate(
        hs_code=code,
        name=name,
        legal_unit1="035",
        legal_unit2=None,
        vat="standard",
        consumption=None,
        valid_from=first,
        valid_to=last,
        as_of=first,
        source="example",
    )


# The shipped table


def test_units_are_codes_of_the_list() -> None:
    for row in some(ROWS):
        assert {row.legal_unit1, row.legal_unit2} - {None} <= set(code_list("units"))
        assert row.legal_unit1 != row.legal_unit2


def test_band_and_class_are_in_the_law_of_every_day_of_the_row() -> None:
    for row in some(ROWS):
        for day in some(days_of(row)):
            known = law.on(day)
            assert row.vat in known.vat, (row.hs_code, day)
            assert row.consumption is None or row.consumption in known.consumption, (row.hs_code, day)


def test_the_unit_that_a_threshold_or_amount_is_measured_by_is_a_legal_unit_of_the_row() -> None:
    for row in some(each for each in ROWS if each.consumption):
        tax = law.on(row.valid_from).consumption[row.consumption or ""]
        assert tax.unit in (None, row.legal_unit1 if tax.per == "legal_qty1" else row.legal_unit2)


def test_consumption_tax_follows_the_heading() -> None:
    for row in some(ROWS):
        assert row.consumption in CLASSES.get(row.hs_code[:4], {None})


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.hs_code[:4] in ("3303", "3304")], ids=lambda row: row.hs_code
)
def test_cosmetics_have_kilogram_and_piece_and_a_class(row: Rate) -> None:
    assert (row.legal_unit1, row.legal_unit2) == ("035", "011")
    assert row.consumption


def test_pocket_watches_bear_no_consumption_tax_and_wrist_watches_do() -> None:
    watches = {row.hs_code: row.consumption for row in ROWS if row.hs_code.startswith("91")}
    assert {code for code, tax in watches.items() if tax is None} == {"9102910000"}


@pytest.mark.parametrize(
    ("goods", "code", "band"),
    [
        ("honey", HONEY, "low"),
        ("infant formula", "1901101090", "standard"),
        ("food supplements", "2106909090", "standard"),
        ("skin care", "3304990029", "standard"),
    ],
)
def test_the_low_band_is_for_farm_products_only(goods: str, code: str, band: str) -> None:
    assert shipped().rate(code, SINGLES_DAY).vat == band


def test_a_row_says_where_it_comes_from_and_in_both_languages_what_it_is() -> None:
    for row in some(ROWS):
        assert re.fullmatch(r"[ -~]+ [^ ]*[\u4e00-\u9fff][^ ]*", row.name)
        assert row.source
        assert "://" not in row.source
        assert row.valid_from <= row.valid_to
        assert row.as_of.year >= row.valid_from.year


@pytest.mark.parametrize(
    "row", [each for each in ROWS if each.provisional is not None], ids=lambda row: f"{row.hs_code}-{row.valid_from}"
)
def test_tariffs_are_shares_and_the_provisional_one_is_lower(row: Rate) -> None:
    assert row.provisional is not None
    assert row.mfn is not None
    assert row.provisional < row.mfn < 1
    assert row.tariff() == row.provisional


def test_the_file_is_in_the_order_of_codes_and_days_and_no_two_rows_of_a_code_overlap() -> None:
    text = (ROOT / "src/customs/tax/rates.csv").read_text(encoding="utf-8")
    found = [
        (row["hs_code"], row["valid_from"], row["valid_to"] or "9999") for row in csv.DictReader(text.splitlines())
    ]
    assert found == sorted(found)
    assert len(found) == len(ROWS)
    assert all(code != later or last < first for (code, _, last), (later, first, _) in pairwise(found))


# The shipped table against what was gathered, the yardstick


def gathered(facts: Path, row: Rate) -> dict[str, str]:
    """The row of the gathered table behind a shipped one: the latest of its code in the days of the row."""
    behind = (each for each in rows_of(facts / "tax" / "rates.csv") if each["hs_code"] == row.hs_code)
    return max((each for each in behind if first_day(each) <= row.valid_to), key=first_day)


@cache
def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as table:
        return list(csv.DictReader(table))


def first_day(row: Mapping[str, str]) -> date:
    """The first day of a gathered row: the one it states, otherwise the first of the year in which it was read."""
    stated = re.fullmatch(r"\d{4}-\d\d-\d\d", row["valid_from"])
    return date.fromisoformat(stated[0]) if stated else date(int(row["as_of"][:4]), 1, 1)


def test_the_composite_rate_within_the_limits_is_the_published_one(facts: Path) -> None:
    for row in some(ROWS):
        published = gathered(facts, row)["cbec_composite"]
        known = law.on(row.valid_from)
        tax = known.consumption[row.consumption] if row.consumption else None
        rates = [tax.rate] if tax else [D(0)]
        if tax and tax.at_least is not None:
            rates = [D(0), tax.rate]
        computed = [f"{to_cents(composite_rate(known.vat[row.vat][0], rate, known.factor) * 100)}" for rate in rates]
        assert re.findall(r"[\d.]+(?=%)", published) == ([] if row.consumption == "beer" else computed), row.hs_code


def test_tariffs_and_units_are_the_gathered_ones(facts: Path) -> None:
    for row in some(ROWS):
        behind = gathered(facts, row)
        for share, percent in ((row.mfn, behind["mfn_pct"]), (row.provisional, behind["provisional_pct"])):
            # a tariff that the shipped row leaves open, and the provisional one of whisky that is dated in a note
            if share is not None and percent:
                assert share * 100 == D(percent), row.hs_code
        if behind["unit1"]:
            assert row.legal_unit1 in WORDS[behind["unit1"]]
            assert row.legal_unit2 in WORDS[behind["unit2"]]
        assert len(row.hs_code) == int(behind["digits"])


# Which row counts


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2023, 12, 31), "04090000"),
        (date(2024, 1, 1), HONEY),
        (date(2024, 12, 31), HONEY),
        (date(2025, 1, 1), "04090000"),
    ],
)
def test_a_row_of_8_digits_counts_only_where_none_of_10_is_in_force(day: date, code: str) -> None:
    table = Rates([rate_of("04090000", date(2020, 1, 1)), rate_of(HONEY, date(2024, 1, 1), date(2024, 12, 31))])
    assert table.rate(HONEY, day).hs_code == code


@pytest.mark.parametrize(
    ("code", "day", "tariff"),
    [
        ("2208300000", date(2026, 2, 1), "0.1"),
        ("2208300000", date(2026, 2, 2), "0.05"),
        ("22083000", date(2026, 2, 1), "0.1"),
        ("22083000", date(2026, 2, 2), "0.05"),
    ],
)
def test_whisky_has_its_provisional_tariff_from_2026_02_02(code: str, day: date, tariff: str) -> None:
    found = shipped().rate(code, day)
    assert (found.hs_code, found.tariff()) == (code, D(tariff))


def test_perfume_is_found_by_8_digits_where_10_have_no_row() -> None:
    assert shipped().rate(PERFUME, date(2018, 6, 30)).tariff() == D("0.05")
    assert shipped().rate(PERFUME, date(2024, 1, 1)).hs_code == PERFUME
    assert shipped().rate("3303000010", SINGLES_DAY).hs_code == "33030000"


@pytest.mark.parametrize(
    ("code", "day"), [(HONEY, date(2023, 12, 31)), ("9999999999", SINGLES_DAY), ("040900", SINGLES_DAY)]
)
def test_a_missing_rate_is_an_error_that_names_code_and_day(code: str, day: date) -> None:
    for table in (shipped(), from_function(lambda code, day: None)):
        with pytest.raises(RateMissingError, match=f"{code} on {day}") as missing:
            table.rate(code, day)
        assert (missing.value.hs_code, missing.value.day) == (code, day)


def test_cosmetics_whose_code_does_not_decide_the_threshold_are_missing_rather_than_guessed() -> None:
    with pytest.raises(RateMissingError):
        shipped().rate("3304100013", SINGLES_DAY)


# Tariffs


def test_the_lowest_tariff_wins_by_origin_and_day() -> None:
    table = from_rows(
        [
            given_row(valid_to="2026-06-30", provisional="0.02"),
            given_row(valid_from="2026-07-01"),
        ]
    )
    in_june, in_july = (table.rate(WINE, date(2026, month, day)) for month, day in ((6, 30), (7, 1)))
    origins = (None, JAPAN, AUSTRALIA, CHILE)
    assert [in_june.tariff(origin) for origin in origins] == [D("0.02"), D("0.02"), D("0"), D("0.02")]
    assert [in_july.tariff(origin) for origin in origins] == [D("0.14"), D("0.14"), D("0"), D("0.03")]


def test_a_provisional_tariff_above_the_one_of_most_favoured_nations_changes_nothing() -> None:
    assert from_rows([given_row(provisional="0.2")]).rate(WINE, SINGLES_DAY).tariff() == D("0.14")


def test_a_table_that_does_not_say_the_tariff_says_none_and_not_zero() -> None:
    silent = from_rows([given_row(mfn="", agreements="")]).rate(WINE, SINGLES_DAY)
    assert silent.tariff() is silent.tariff(AUSTRALIA) is None
    assert from_rows([given_row(mfn="0")]).rate(WINE, SINGLES_DAY).tariff() == 0


shares = st.none() | st.decimals(0, "0.9", places=3)


@given(shares, shares, st.dictionaries(st.sampled_from([JAPAN, AUSTRALIA, CHILE]), st.decimals(0, "0.9", places=3)))
def test_no_agreement_makes_goods_dearer(
    mfn: Decimal | None, provisional: Decimal | None, agreements: dict[str, Decimal]
) -> None:
    row = replace(rate_of(WINE, date(2026, 1, 1)), mfn=mfn, provisional=provisional, agreements=agreements)
    usual = row.tariff()
    assert row.tariff("999") == usual
    for origin, agreed in agreements.items():
        assert row.tariff(origin) == (agreed if usual is None else min(agreed, usual))


# Tables of one's own


def test_rows_of_a_csv_file_of_a_database_and_of_a_function_give_the_same_rate(tmp_path: Path) -> None:
    row = given_row()
    with (tmp_path / "rates.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    with (tmp_path / "rates.csv").open(encoding="utf-8", newline="") as file:
        from_file = from_rows(csv.DictReader(file))
    wanted = from_file.rate(WINE, SINGLES_DAY)
    assert from_rows(stored(row)).rate(WINE, SINGLES_DAY) == wanted
    assert from_function(lambda code, day: from_file.rate(code, day)).rate(WINE, SINGLES_DAY) == wanted
    assert wanted.agreements == {AUSTRALIA: D(0), CHILE: D("0.03")}
    assert (wanted.mfn, wanted.provisional, wanted.postal, wanted.valid_to) == (D("0.14"), None, 3, date.max)


def stored(row: Mapping[str, object], **types: str) -> list[dict[str, Any]]:
    """The row as a database gives it back, what is empty being null; columns are text unless said otherwise."""
    database = sqlite3.connect(":memory:")
    database.row_factory = lambda cursor, values: dict(
        zip((each[0] for each in cursor.description), values, strict=True)
    )
    database.execute(f"create table rates ({', '.join(name + ' ' + types.get(name, 'text') for name in row)})")
    database.execute(f"insert into rates values ({', '.join('?' * len(row))})", [each or None for each in row.values()])  # noqa: S608
    found: list[dict[str, Any]] = database.execute("select * from rates").fetchall()
    database.close()
    return found


def test_rates_in_a_real_column_of_a_database_are_refused() -> None:
    with pytest.raises(ValueError, match=f"{WINE}: mfn 0.14 .*as text or Decimal"):
        from_rows(stored(given_row(), mfn="real"))


def test_the_four_columns_of_tariffs_and_postal_articles_may_be_left_out_and_others_may_stand_beside() -> None:
    row = {name: value for name, value in given_row(stock="12").items() if name in (*COLUMNS, "stock")}
    found = from_rows([row]).rate(WINE, SINGLES_DAY)
    assert (found.mfn, found.provisional, found.agreements, found.postal) == (None, None, {}, None)


def test_days_may_be_dates_or_moments_of_a_database() -> None:
    row = given_row(valid_from=date(2026, 1, 1), valid_to=datetime(2026, 12, 31, 12), as_of=date(2026, 1, 5))
    assert from_rows([row]).rate(WINE, date(2026, 12, 31)).valid_to == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("fault", "changes", "named"),
    [
        ("a float", {"mfn": 0.14}, "mfn 0.14 is not a rate"),
        ("a percentage", {"mfn": "14"}, "mfn '14' is not a rate"),
        ("one per cent as 1", {"provisional": "1"}, "provisional '1' is not a rate"),
        ("a percent sign", {"mfn": "14%"}, "mfn '14%' is not a rate"),
        ("a negative rate", {"mfn": D("-0.1")}, "mfn Decimal"),
        ("no number", {"mfn": "NaN"}, "mfn 'NaN'"),
        ("a word as day", {"valid_from": "soon"}, "valid_from 'soon' is not a day"),
        ("no first day", {"valid_from": None}, "valid_from None is not a day"),
        ("a day that does not exist", {"as_of": "2026-02-30"}, "as_of '2026-02-30' is not a day"),
        ("days in the wrong order", {"valid_to": "2025-12-31"}, "valid_to 2025-12-31 is before valid_from 2026-01-01"),
        ("a unit by its name", {"legal_unit1": "litre"}, "legal_unit1 'litre' is not a unit"),
        ("no first unit", {"legal_unit1": ""}, "legal_unit1 '' is not a unit"),
        ("an unknown second unit", {"legal_unit2": "999"}, "legal_unit2 '999' is not a unit"),
        ("an unknown band", {"vat": "13"}, "vat '13' is not a band of the law on 2026-01-01"),
        ("a band before its first day", {"vat": "medicine", "valid_from": "2018-04-30"}, "'medicine' .* on 2018-04-30"),
        ("an unknown class", {"consumption": "vine"}, "consumption 'vine' is not a class"),
        ("an agreement without a rate", {"agreements": "601="}, "agreements '601='"),
        ("an agreement with no country", {"agreements": "AU=0"}, "agreements 'AU=0'"),
        ("a country with two agreements", {"agreements": "601=0 601=0.1"}, "agreements '601=0.1'"),
        ("an agreement in per cent", {"agreements": "601=5"}, "agreements '5' is not a rate"),
        ("no such category", {"postal": "0"}, "postal '0' is not a category"),
        ("a code that lost its zero", {"hs_code": 409000000}, "409000000: a commodity code has 10 digits"),
        ("a code with dots", {"hs_code": "2204.2100"}, "2204.2100: a commodity code has 10 digits"),
    ],
)
def test_a_bad_row_is_refused_with_its_commodity_code(fault: str, changes: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named) as refused:
        from_rows([given_row(hs_code=HONEY, consumption=""), given_row(**changes)])
    assert f"commodity code {changes.get('hs_code', WINE)}: " in str(refused.value), fault


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column_is_refused_with_its_name_and_the_commodity_code(column: str) -> None:
    row = given_row()
    del row[column]
    with pytest.raises(ColumnMissingError) as refused:
        from_rows([row])
    assert refused.value.args == (column,)
    assert str(refused.value) == f"commodity code {row.get('hs_code', 'unknown')}: the row has no column {column}"


def test_skin_care_may_have_its_class_from_before_the_day_on_which_it_was_first_taxed() -> None:
    row = given_row(hs_code="3304990029", consumption="skin_care", valid_from="2016-04-08")
    assert from_rows([row]).rate("3304990029", date(2016, 9, 30)).consumption == "skin_care"
    with pytest.raises(ValueError, match="'skin_care' is not a class"):
        from_rows([row | {"valid_to": "2016-09-30"}])


def test_goods_may_have_rows_from_before_the_regime_when_only_their_postal_category_counted() -> None:
    row = given_row(valid_from="2012-04-15", valid_to="2016-04-07", postal="4")
    assert from_rows([row]).rate(WINE, date(2014, 1, 1)).postal == 4


def test_the_same_row_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=f"{WINE}: two rows overlap, 2026-01-01 to 9999-12-31 and 2026-01-01"):
        from_rows([given_row(), given_row()])


spans = st.tuples(st.integers(0, 40), st.integers(0, 20)).map(
    lambda pair: (date(2026, 1, 1) + timedelta(pair[0]), date(2026, 1, 1) + timedelta(pair[0] + pair[1]))
)


@given(st.lists(spans, min_size=2, max_size=4))
def test_rows_of_a_code_are_refused_exactly_where_two_of_them_share_a_day(found: list[tuple[date, date]]) -> None:
    days = [day for first, last in found for day in days_between(first, last)]
    rows = [rate_of(HONEY, *span) for span in found]
    if len(days) == len(set(days)):
        table = Rates(rows)
        for day in some(days):
            assert table.rate(HONEY, day).valid_from <= day <= table.rate(HONEY, day).valid_to
    else:
        with pytest.raises(ValueError, match=f"commodity code {HONEY}: two rows overlap"):
            Rates(rows)


def days_between(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(after) for after in range((last - first).days + 1))


@given(st.permutations(ROWS), st.sampled_from(ROWS), st.dates(date(2017, 1, 1), date(2027, 12, 31)))
def test_the_order_of_rows_changes_nothing(order: list[Rate], row: Rate, day: date) -> None:
    table = Rates(order)
    assert table.rows() == ROWS
    assert found_in(table, row.hs_code, day) == found_in(shipped(), row.hs_code, day)


def found_in(table: Rates, code: str, day: date) -> Rate | None:
    try:
        return table.rate(code, day)
    except RateMissingError:
        return None
