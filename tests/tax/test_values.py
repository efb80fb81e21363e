"""Everything that the tax of a parcel is made of is a value: it cannot be changed, compares equal, and can be
pickled.
"""

import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal

import pytest

from customs.fields.frozen import FrozenDict
from customs.reconciliation import reconcile
from customs.tax import (
    DEFAULT,
    ColumnMissingError,
    ExchangeMissingError,
    Method,
    QuantityMissingError,
    Rate,
    RateMissingError,
    Rates,
    RatesMissingError,
    Regime,
    TaxAssessment,
    assess,
    explain,
    from_function,
    law,
    shipped,
)
from customs.tax.refund import ReturnError, refund
from customs.tax.returns import check_return, payment_window, return_deadlines
from customs.tax.reverse import Gap, PriceGapError, PriceRegimeError, PriceWithTax, net_of
from customs.tax.splitting import advice_on
from customs.testing import sample_parcels, tax_bill_of

NOW = date(2026, 11, 11)
PARCEL = next(sample_parcels(1, seed=1, mode="1210"))
SHAMPOO = PriceWithTax(Decimal("109.10"), "3305100090")


def assessment(method: Method = DEFAULT) -> TaxAssessment:
    return assess(PARCEL, on=NOW, method=method)


def wine_alone(hs_code: str, day: date) -> Rate | None:
    return shipped().rate(hs_code, day) if hs_code == "2204210000" else None


VALUES = {
    "the law of a day": law.on(NOW),
    "the law of postal articles": law.on(date(2015, 11, 11)),
    "a method": Method(rounding="down"),
    "a rate": shipped().rate("3304990039", NOW),
    "a rate table": shipped(),
    "a rate table of a function": from_function(wine_alone),
    "a case": assessment().case,
    "goods": assessment().case.goods[0],
    "an assessment": assessment(),
    "a line": assessment().lines[0],
    "a trail": explain(assessment()),
    "a refund": refund(assessment(), {1: Decimal(1)}),
    "a net price": net_of(SHAMPOO, on=NOW),
    "advice on an order": advice_on(assessment()),
    "deadlines of a return": return_deadlines(NOW),
    "a window of payment": payment_window(NOW),
    "a verdict on a return": check_return(NOW, applied=NOW),
    "a bill that agrees": reconcile(assessment(), tax_bill_of(assessment())),
    "a bill with a cause": reconcile(assessment(), tax_bill_of(assessment(Method(rounding="down")))),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_a_value_comes_back_equal_from_another_process(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301  our own bytes


@pytest.mark.parametrize(
    "value",
    [law.on(NOW), Method(), shipped(), from_function(wine_alone), assessment(), refund(assessment(), {1: 1})],
    ids=["law", "method", "rate table", "rate function", "assessment", "refund"],
)
def test_equal_values_have_one_hash(value: object) -> None:
    assert hash(pickle.loads(pickle.dumps(value))) == hash(value)  # noqa: S301  our own bytes


def test_a_rate_table_of_a_function_still_asks_it_after_pickling() -> None:
    table = pickle.loads(pickle.dumps(from_function(wine_alone)))  # noqa: S301  our own bytes
    assert table.rate("2204210000", NOW).consumption == "wine"
    with pytest.raises(RateMissingError, match="no rate for commodity code 3305100090 on 2026-11-11"):
        table.rate("3305100090", NOW)


def test_two_tables_of_the_same_rows_in_another_order_are_equal() -> None:
    rows = shipped().rows()
    assert Rates(rows) == Rates(reversed(rows))
    assert Rates(rows) != Rates(rows[1:])


def test_the_law_and_its_tables_cannot_be_changed() -> None:
    today = law.on(NOW)
    with pytest.raises(FrozenInstanceError):
        today.factor = Decimal(1)  # type: ignore[misc]
    for table in (today.vat, today.consumption, today.exchange, today.consumption["spirits"].tiers[0].specific):
        with pytest.raises(TypeError, match="cannot be changed"):
            table["standard"] = Decimal(0)  # type: ignore[index]


def test_the_agreements_given_to_a_rate_cannot_be_changed_afterwards() -> None:
    given = {"122": Decimal("0.05")}
    rate = Rate(
        hs_code="2204210000",
        name="wine",
        legal_unit1="095",
        legal_unit2=None,
        vat="standard",
        consumption="wine",
        valid_from=date(2026, 1, 1),
        valid_to=date.max,
        as_of=NOW,
        source="example",
        agreements=given,
    )
    given["122"] = Decimal(0)
    assert rate.tariff("122") == Decimal("0.05")


ERRORS = (
    RatesMissingError([1, 2], NOW, "tariff"),
    QuantityMissingError(0, "035"),
    ExchangeMissingError("502", NOW),
    RateMissingError("2204210000", NOW),
    ColumnMissingError("vat", "2204210000"),
    ReturnError(1, "too much"),
    PriceGapError(Decimal(600), Gap(Decimal("545.49"), Decimal("615.29"))),
    PriceRegimeError(Decimal(6800), Regime.WITHIN_LIMITS, Regime.FULL),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_keeps_its_facts_in_another_process(error: Exception) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


def test_a_frozen_mapping_refuses_every_way_of_changing_it() -> None:
    rates = FrozenDict({"standard": Decimal("0.13")})
    changes: list[Callable[[], object]] = [
        lambda: rates.update(low=Decimal(0)),
        lambda: rates.pop("standard"),
        lambda: rates.popitem(),
        lambda: rates.clear(),
        lambda: rates.setdefault("low", Decimal(0)),
    ]
    for change in changes:
        with pytest.raises(TypeError, match="cannot be changed"):
            change()
    with pytest.raises(TypeError, match="cannot be changed"):
        rates["low"] = Decimal(0)
    with pytest.raises(TypeError, match="cannot be changed"):
        rates |= {"low": Decimal(0)}
    assert rates == {"standard": Decimal("0.13")}
