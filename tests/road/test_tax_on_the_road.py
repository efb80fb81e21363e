"""The road with taxes beyond the ordinary: full tax over a limit, specific taxes, and what they cannot be computed
without.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import customs
from customs.tax import Rate, Rates, Regime
from customs.testing import sample_parcels

Walk = Callable[..., customs.Prepared]
D = Decimal

BAG, BEER = "4202210090", "2203000000"


def rate(code: str, unit: str, consumption: str | None, mfn: str | None) -> Rate:
    tariff = None if mfn is None else D(mfn)
    return Rate(
        hs_code=code,
        name="示例",
        legal_unit1=unit,
        legal_unit2=None,
        vat="standard",
        consumption=consumption,
        valid_from=date(2016, 4, 8),
        valid_to=date.max,
        as_of=date(2026, 1, 1),
        source="test",
        mfn=tariff,
    )


RATES = Rates([rate(BAG, "035", None, "0.06"), rate(BEER, "095", "beer", "0")])


def parcel(
    code: str, price: str, *, qty: str = "1", unit: str = "035", content: str | None = "1", used: str | None = None
) -> str:
    """One line of goods, as JSON."""
    facts = json.loads(next(sample_parcels(1, seed=7, mode="9610")).model_dump_json(exclude_none=True))
    line: dict[str, Any] = {
        "item_no": "A",
        "item_name": "示例",
        "model": "示例",
        "bar_code": "1",
        "unit": "140",
        "qty": qty,
        "price": price,
        "origin_country": "116",
        "hs_code": code,
        "legal_unit1": unit,
        **({"legal_qty1": content} if content else {}),
    }
    facts["order"] = {**facts["order"], "lines": [line], "goods_value": None, "discount": "0"}
    facts["waybill"] |= {"freight": "0", "insured_fee": "0", "gross_weight": "99"}
    facts["clearance"]["net_weight"] = "12"
    return json.dumps(facts | {"quota_used": used})


def codes(made: customs.Prepared) -> Sequence[tuple[str, str]]:
    return [(each.code, each.path) for each in made.findings]


def test_one_piece_over_the_single_limit_is_declared_at_full_tax_with_a_warning(walk: Walk) -> None:
    made = walk(parcel(BAG, "6800"), rates=RATES)
    assert codes(made) == [("full-tax", "order.goods_value")]
    assert not made.refused
    assert made.assessment
    assert made.assessment.regime is Regime.FULL
    assert (made.assessment.tariff_due, made.assessment.vat_due) == (D("408.00"), D("937.04"))
    assert made.documents
    assert made.documents.order.head.tax_total == D("1345.04")
    assert made.documents.payment.head.amount_paid == D("8145.04")
    assert len(made.messages) == 4


def test_two_pieces_over_the_single_limit_leave_the_channel(walk: Walk) -> None:
    made = walk(parcel(BAG, "3400", qty="2"), rates=RATES)
    assert made.refused
    assert codes(made) == [("single-limit", "order.goods_value")]


def test_full_tax_without_a_tariff_in_the_table_is_refused(walk: Walk) -> None:
    made = walk(parcel(BAG, "6800"), rates=Rates([rate(BAG, "035", None, None)]))
    assert made.refused
    assert codes(made) == [("tariff-missing", "order.lines[0].hs_code")]


def test_within_the_limits_no_tariff_is_needed(walk: Walk) -> None:
    made = walk(parcel(BAG, "4800"), rates=Rates([rate(BAG, "035", None, None)]))
    assert not made.refused


def test_beer_needs_the_exchange_rate_of_the_month(walk: Walk) -> None:
    beer = parcel(BEER, "240", unit="095", content="12")
    refused = walk(beer, rates=RATES)
    assert codes(refused) == [("exchange-rate-missing", "")]
    assert "502" in refused.findings[0].en
    made = walk(beer, rates=RATES, exchange={"502": D("7.1")})
    assert made.assessment
    assert (made.assessment.consumption_due, made.assessment.vat_due) == (D("2.13"), D("22.12"))
    assert not made.refused


def test_a_specific_tax_without_its_quantity_is_refused(walk: Walk) -> None:
    made = walk(parcel(BEER, "240", unit="095", content=None), rates=RATES, exchange={"502": D("7.1")})
    assert made.refused
    assert codes(made) == [("legal-quantity-missing", "order.lines[0].legal_qty1")]


def test_before_the_regime_no_parcel_of_it_is_declared(walk: Walk) -> None:
    made = walk(parcel(BAG, "100"), rates=RATES, on=date(2016, 4, 7))
    assert made.refused
    assert codes(made) == [("no-law", "")]
