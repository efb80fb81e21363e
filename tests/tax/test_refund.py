"""Returns: what tax and quota they give back, however they are split, and until when goods may come back."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.declaration import Declaration
from customs.tax import LawError, Method, Rate, Rates, Regime, TaxAssessment, Taxes, assess, law
from customs.tax.refund import Refund, ReturnError, refund
from customs.tax.returns import PaymentWindow, ReturnVerdict, check_return, payment_window, return_deadlines
from customs.testing import sample_parcels
from support import some

D = Decimal
NOW = date(2026, 11, 11)
NOTHING = Taxes(D(0), D(0), D(0))

roundings = st.sampled_from(["per_line", "per_declaration", "statutory_first", "down"])


def bought(seed: int = 7, *, rounding: str = "per_line", cents_of_value: bool = True) -> TaxAssessment:
    method = Method(rounding=rounding, cents_of_value=cents_of_value)
    return assess(next(sample_parcels(1, seed=seed, mode="1210")), on=NOW, method=method)


def three_bottles(price: str = "33.35", on: date = NOW, rounding: str = "per_line") -> TaxAssessment:
    """Three bottles of shampoo in one line."""
    facts = json.loads(next(sample_parcels(1, seed=7, mode="1210")).model_dump_json(exclude_none=True))
    line = facts["order"]["lines"][0]
    line |= {"hs_code": "3305100090", "qty": "3", "price": price, "total_price": str(D(price) * 3), "legal_qty1": "1.5"}
    line |= {"legal_unit1": "035", "legal_qty2": None, "legal_unit2": None}
    facts["order"] |= {"lines": [line], "goods_value": None, "discount": "0"}
    facts["waybill"] |= {"freight": "0", "insured_fee": "0"}
    shampoo = Rate(
        hs_code="3305100090",
        name="shampoo",
        legal_unit1="035",
        legal_unit2=None,
        vat="standard",
        consumption=None,
        valid_from=law.first_day(),
        valid_to=date.max,
        as_of=NOW,
        source="worked example",
        mfn=D("0.03"),
    )
    declaration = Declaration.model_validate(facts | {"quota_used": "0"})
    return assess(declaration, on=on, rates=Rates([shampoo]), method=Method(rounding=rounding))


def plus(one: Taxes, other: Taxes) -> Taxes:
    return Taxes(*(each + more for each, more in zip(one, other, strict=True)))


@st.composite
def returns_of(draw: st.DrawFn, assessment: TaxAssessment) -> list[dict[int, Decimal]]:
    """Returns one after the other that bring everything back, whole pieces or parts of them."""
    returns: list[dict[int, Decimal]] = [{} for _ in range(draw(st.integers(1, 4)))]
    for line in assessment.lines:
        left = line.goods.qty
        for each in returns[:-1]:
            qty = (left * draw(st.integers(0, 100)) / 100).quantize(D("0.01"))
            if qty:
                each[line.gnum] = qty
                left -= qty
        if left:
            returns[-1][line.gnum] = left
    return [each for each in returns if each]


def one_by_one(assessment: TaxAssessment, returns: list[dict[int, Decimal]]) -> list[Refund]:
    found, earlier = [], dict[int, Decimal]()
    for each in returns:
        found.append(refund(assessment, each, earlier))
        earlier = {gnum: earlier.get(gnum, D(0)) + each.get(gnum, D(0)) for gnum in {*earlier, *each}}
    return found


# properties


@given(st.data(), st.integers(0, 500), roundings, st.booleans())
def test_a_full_return_gives_back_what_was_paid_in_any_split(
    data: st.DataObject, seed: int, rounding: str, cents: bool
) -> None:
    paid = bought(seed, rounding=rounding, cents_of_value=cents)
    refunds = one_by_one(paid, data.draw(returns_of(paid)))
    whole = NOTHING
    for each in refunds:
        assert min(each.taxes) >= 0
        assert each.dutiable_value >= 0
        whole = plus(whole, each.taxes)
        assert all(given <= due for given, due in zip(whole, paid.taxes, strict=True))
    assert whole == paid.taxes
    assert sum(each.dutiable_value for each in refunds) == paid.dutiable_value


@given(st.data(), st.integers(0, 500), roundings)
def test_each_line_gives_back_its_own_tax(data: st.DataObject, seed: int, rounding: str) -> None:
    paid = bought(seed, rounding=rounding)
    refunds = one_by_one(paid, data.draw(returns_of(paid)))
    for line in some(paid.lines):
        of_line = [each for found in refunds for each in found.lines if each.gnum == line.gnum]
        whole = NOTHING
        for each in of_line:
            assert min(each.taxes) >= 0
            whole = plus(whole, each.taxes)
        assert whole == line.taxes
        assert sum(each.qty for each in of_line) == line.goods.qty


@given(st.integers(0, 500), st.integers(1, 99))
def test_a_part_gives_back_its_share_to_the_cent(seed: int, per_cent: int) -> None:
    paid = bought(seed)
    line = paid.lines[0]
    found = refund(paid, {1: line.goods.qty * per_cent / 100}).lines[0]
    for given_back, exact in zip(found.taxes, line.exact, strict=True):
        assert abs(given_back - exact * paid.factor * per_cent / 100) <= D("0.005")
    assert abs(found.dutiable_value - line.dutiable_value * per_cent / 100) <= D("0.005")


@given(st.data(), st.integers(0, 500))
@pytest.mark.long
def test_two_returns_on_one_day_give_what_one_gives(data: st.DataObject, seed: int) -> None:
    paid = bought(seed)
    first, *_ = returns = data.draw(returns_of(paid).filter(lambda returns: len(returns) > 1))
    second = returns[1]
    together = {gnum: first.get(gnum, D(0)) + second.get(gnum, D(0)) for gnum in {*first, *second}}
    apart = [refund(paid, first), refund(paid, second, first)]
    assert refund(paid, together).taxes == plus(apart[0].taxes, apart[1].taxes)


# examples


def test_the_last_of_three_bottles_takes_the_remainder() -> None:
    paid = three_bottles()  # 100.05 with 9.10 of tax, 3.03485 a bottle
    refunds = one_by_one(paid, [{1: D(1)}, {1: D(1)}, {1: D(1)}])
    assert [each.due for each in refunds] == [D("3.03"), D("3.04"), D("3.03")]
    assert [each.dutiable_value for each in refunds] == [D("33.35")] * 3


def test_no_part_gives_back_more_than_was_paid_where_fractions_of_a_cent_were_dropped() -> None:
    paid = three_bottles("0.07", rounding="down")  # 0.019 of tax, of which 0.01 was due
    refunds = one_by_one(paid, [{1: D("2.5")}, {1: D("0.5")}])
    assert [each.due for each in refunds] == [D("0.01"), D("0.00")]


def test_goods_taxed_in_full_give_the_tariff_back_too() -> None:
    paid = three_bottles("900", on=date(2018, 12, 31))
    assert paid.regime is Regime.FULL
    found = refund(paid, {1: D(1)})
    assert (found.taxes.tariff, found.taxes.vat, found.due) == (D("27.00"), D("148.32"), D("175.32"))
    assert found.dutiable_value == D("900.00")


def test_a_return_of_a_whole_line_gives_back_its_quota_too() -> None:
    paid = bought()
    found = refund(paid, {2: paid.lines[1].goods.qty})
    assert (found.due, found.dutiable_value) == (paid.lines[1].due, paid.lines[1].dutiable_value)


def test_quantities_may_be_whole_numbers() -> None:
    paid = three_bottles()
    assert refund(paid, {1: 2}, {1: 1}) == refund(paid, {1: D(2)}, {1: D(1)})


@pytest.mark.parametrize(
    ("returned", "earlier", "gnum", "text"),
    [
        ({1: D(4)}, {}, 1, "line 1: 4 would be returned in all, 3 were bought"),
        ({1: D(2)}, {1: D(2)}, 1, "line 1: 4 would be returned in all, 3 were bought [(]2 came back before"),
        ({2: D(1)}, {}, 2, "line 2: the parcel has no such line"),
        ({1: D(1)}, {0: D(1)}, 0, "line 0: the parcel has no such line"),
        ({1: D(0)}, {}, 1, "line 1: a returned quantity is a Decimal of more than 0, not 0"),
        ({1: D(-1)}, {}, 1, "line 1: .*not -1"),
        ({1: D(1)}, {1: D(-1)}, 1, "line 1: .*not -1"),
        ({1: D("NaN")}, {}, 1, "line 1: .*not NaN"),
        ({1: 0.5}, {}, 1, "line 1: .*not 0.5"),
    ],
)
def test_a_return_that_cannot_be_names_its_line(returned: Any, earlier: Any, gnum: int, text: str) -> None:
    with pytest.raises(ReturnError, match=text) as refused:
        refund(three_bottles(), returned, earlier)
    assert refused.value.gnum == gnum


def test_a_parcel_outside_the_channel_paid_no_tax_that_could_come_back() -> None:
    outside = three_bottles("2000")
    assert outside.regime is Regime.OUTSIDE
    with pytest.raises(ValueError, match="outside"):
        refund(outside, {1: D(1)})


# days


@given(st.dates(law.first_day(), date(2030, 12, 31)), st.booleans())
def test_the_window_to_pay_begins_when_the_time_to_apply_is_over(released: date, counts: bool) -> None:
    deadlines = return_deadlines(released, release_day_counts=counts)
    window = payment_window(released, release_day_counts=counts)
    assert window.first == deadlines.apply_by + timedelta(days=1)
    assert deadlines.back_by == (window.last if released >= date(2020, 3, 28) else deadlines.apply_by)


@given(st.dates(date(2020, 3, 28), date(2030, 12, 31)), st.integers(0, 90), st.integers(0, 90))
def test_a_return_is_in_time_within_30_and_45_days(released: date, applied: int, back: int) -> None:
    check = check_return(released, released + timedelta(days=applied), released + timedelta(days=back))
    assert (check.verdict is ReturnVerdict.IN_TIME) == (applied <= 30 and back <= 45)


def test_returns_of_singles_day() -> None:
    deadlines = return_deadlines(NOW)
    assert (deadlines.apply_by, deadlines.back_by) == (date(2026, 12, 11), date(2026, 12, 26))
    assert "2020 No. 45" in deadlines.source
    assert payment_window(NOW) == PaymentWindow(date(2026, 12, 12), date(2026, 12, 26))


def test_whether_the_day_of_release_counts_is_a_named_choice() -> None:
    assert return_deadlines(NOW, release_day_counts=True).apply_by == date(2026, 12, 10)


@pytest.mark.parametrize(
    ("released", "back", "verdict"),
    [
        (date(2020, 3, 27), date(2020, 4, 26), ReturnVerdict.IN_TIME),
        (date(2020, 3, 27), date(2020, 4, 27), ReturnVerdict.LATE),
        (date(2020, 3, 28), date(2020, 5, 12), ReturnVerdict.IN_TIME),
        (date(2020, 3, 28), date(2020, 5, 13), ReturnVerdict.LATE),
    ],
)
def test_before_the_text_of_2020_goods_are_back_within_30_days(
    released: date, back: date, verdict: ReturnVerdict
) -> None:
    assert check_return(released, released, back).verdict is verdict


@pytest.mark.parametrize(
    ("applied", "back", "verdict", "said"),
    [
        ("2026-12-11", None, "open", ("未超过期限 2026-12-11", "due by 2026-12-26")),
        ("2026-12-12", None, "late", ("超过期限 2026-12-11", "not back yet")),
        ("2026-12-11", "2026-12-27", "late", ("未超过", "back on 2026-12-27, after 2026-12-26")),
        ("2026-11-10", None, "not_released", ("应撤单而非退货", "not back yet")),
        ("2026-11-12", "2026-11-10", "not_released", ("未超过", "before the release on 2026-11-11: check the days")),
    ],
)
def test_the_verdict_says_why(applied: str, back: str | None, verdict: str, said: tuple[str, str]) -> None:
    check = check_return(NOW, date.fromisoformat(applied), date.fromisoformat(back) if back else None)
    assert check.verdict == verdict
    assert said[0] in check.reasons[0].zh
    assert said[1] in check.reasons[1].en


def test_postal_articles_have_no_law_of_returns() -> None:
    with pytest.raises(LawError, match="2016-04-08"):
        return_deadlines(date(2016, 4, 7))
