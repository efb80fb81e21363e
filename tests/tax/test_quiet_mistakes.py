"""What small mistakes in tax would change without a sound: digits that are no digits, quantities that are half given."""

import csv
from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest

from customs.tax import assess, from_rows
from customs.tax.case import NOT_MEASURED, Measured
from customs.tax.postal import assessed_value, postal_on
from support import SINGLES_DAY
from support.tax_parcels import line, parcel

D = Decimal
COLUMNS = csv.DictReader(files("customs.tax").joinpath("rates.csv").read_text(encoding="utf-8").splitlines()).fieldnames


@pytest.mark.parametrize("code", ["３３０５１０００９０", "330510009", "33051000901", "3305100O90"])
def test_a_commodity_code_of_a_table_has_8_or_10_plain_digits(code: str) -> None:
    with pytest.raises(ValueError, match="a commodity code has 10 digits, or 8 for all goods below it"):
        from_rows(
            [
                {
                    **dict.fromkeys(COLUMNS or (), ""),
                    "hs_code": code,
                    "vat": "standard",
                    "valid_from": "2019-04-01",
                    "as_of": "2026-01-31",
                }
            ]
        )


@pytest.mark.parametrize(
    ("price", "table_value", "assessed"),
    [("300", None, "300"), ("300", "200", "200"), ("400", "200", "400"), ("100", "200", "100"), ("101", "200", "200")],
)
def test_the_table_of_postal_values_yields_to_a_price_of_twice_or_half(
    price: str, table_value: str | None, assessed: str
) -> None:
    assert assessed_value(D(price), D(table_value) if table_value else None, postal_on(date(2024, 11, 30))) == D(
        assessed
    )


def test_a_second_statutory_quantity_without_its_unit_is_kept() -> None:
    half = assess(parcel({**line("3305100090", "10"), "legal_qty2": "3"}), on=SINGLES_DAY)
    assert half.lines[0].goods.measured[1] == Measured(D(3), None)
    none = assess(parcel(line("3305100090", "10")), on=SINGLES_DAY)
    assert none.lines[0].goods.measured[1] == NOT_MEASURED
