"""Three sides of a parcel's tax: what is named gives the bill, and what nothing explains stays unknown."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from customs.documents import TaxBill, TaxBillHead, TaxBillLine
from customs.reconciliation.three_way import (
    GROUPS,
    POINTS,
    BillSide,
    BillSummary,
    OwnSide,
    ParcelComparison,
    PaymentComparison,
    Surroundings,
    bill_side,
    compare_parcel,
    figures_key,
    own_key,
)
from customs.reconciliation.three_way.words import GROUP_OF
from customs.reconciliation.trial import Figures
from customs.reconciliation.words import TEXTS
from customs.testing.bill_months import EXCHANGE, FOREIGN_KINDS, OWN_KINDS, RATES, BilledParcel, bill_month

D = Decimal
ON = date(2027, 1, 1)


def compared(made: Iterable[BilledParcel]) -> list[tuple[BilledParcel, list[BillSide], ParcelComparison]]:
    """Every parcel with its line, compared beside all the others."""
    parcels = list(made)
    owners, billed = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    sides = [[bill_side(bill) for bill in each.bills] for each in parcels]
    for each, bills in zip(parcels, sides, strict=True):
        if each.own:
            owners[own_key(each.own)].append(each.own.order_no)
            for bill in bills:
                billed[figures_key(bill.head, bill.lines)].append(each.own.order_no)
    around = Surroundings(
        on=ON,
        rates=RATES,
        exchange=EXCHANGE,
        owners=lambda key: owners.get(key, ()),
        billed=lambda key: billed.get(key, ()),
    )
    return [(each, bills, compare_parcel(each.own, bills, around)) for each, bills in zip(parcels, sides, strict=True)]


def named(line: ParcelComparison) -> set[str]:
    """The codes of a line; that the shop charged what was assessed says nothing more of the bill."""
    return {each.code for each in line.named} - {"charged-as-assessed"}


@pytest.mark.long
def test_causes_are_named_and_reproduce_the_bill_and_none_is_explained_wrongly() -> None:
    tried, right = Counter[bool](), Counter[bool]()
    for parcel, bills, line in compared(bill_month(2_000, seed=19, wrong=0.4)):
        if not parcel.injected:
            assert line.in_order, line
            continue
        for cause in line.causes:
            assert cause.figures is not None
            assert any(_gives(cause.figures, each) for each in bills), (parcel.injected, cause.code)
        found, listed = named(line), parcel.injected in OWN_KINDS
        tried[listed] += 1
        right[listed] += bool(found & set(parcel.named))
        if not listed:
            assert not found or found & set(parcel.named), (parcel.injected, found)
    assert tried[True] > 300
    assert tried[False] > 300
    assert right[True] >= 0.98 * tried[True], f"{right[True]} of {tried[True]}"


def _gives(figures: Figures, bill: BillSide) -> bool:
    stated = {gnum: line for gnum, line in bill.lines.items() if any(line[1:])}
    given = {gnum: line for gnum, line in enumerate(figures.lines, 1) if any(line[1:])}
    return figures.head == bill.head and given == stated


@pytest.fixture(scope="module")
def month() -> list[tuple[BilledParcel, list[BillSide], ParcelComparison]]:
    """A month with some parcels of each kind."""
    return compared(bill_month(400, seed=3))


Month = list[tuple[BilledParcel, list[BillSide], ParcelComparison]]


@pytest.mark.parametrize("kind", [*OWN_KINDS, *FOREIGN_KINDS])
@pytest.mark.long
def test_each_kind_is_named_where_it_can_be_and_else_unknown(month: Month, kind: str) -> None:
    found = [each for each in month if each[0].injected == kind]
    assert found
    for parcel, _, line in found:
        assert named(line) & set(parcel.named) or (not parcel.named and not named(line)), (kind, line)
        assert not line.in_order


def test_every_cause_has_a_class_and_both_languages(month: Month) -> None:
    assert set(GROUP_OF) == set(TEXTS)
    assert {*GROUP_OF.values(), *(each.group for each in POINTS.values()), "unknown"} <= set(GROUPS)
    for _, _, line in month:
        for each in (*line.named, *line.possible):
            assert all((each.zh, each.en, each.advice_zh, each.advice_en, each.group_zh, each.group_en))


def some(month: Month, kind: str) -> tuple[BilledParcel, list[BillSide], ParcelComparison]:
    return next(each for each in month if each[0].injected == kind)


def test_a_freight_that_no_document_states_is_only_possible(month: Month) -> None:
    parcel, bills, line = some(month, "the freight of another document")
    assert parcel.own is not None
    assert [each.code for each in line.causes] == ["transport-amount"]
    alone = compare_parcel(replace(parcel.own, stated=()), bills, Surroundings(on=ON, rates=RATES))
    assert (alone.bill_stands, [each.code for each in alone.possible]) == ("unknown", ["transport-amount"])


def test_a_bill_is_missing_only_after_the_days_in_which_it_is_expected(month: Month) -> None:
    parcel, _, _ = some(month, "no bill")
    assert parcel.own is not None
    released = parcel.own.released_on
    assert released == date(2026, 11, 11)
    last, after = (compare_parcel(parcel.own, [], Surroundings(on=date(2026, 11, day))) for day in (26, 27))
    assert (last.bill_stands, last.in_order, [each.code for each in after.points]) == (
        "no-bill",
        True,
        ["bill-missing"],
    )


def test_a_void_bill_of_a_cancelled_list_is_in_order_once_the_buyer_has_the_tax_back(month: Month) -> None:
    parcel, bills, line = some(month, "a void bill charged")
    assert parcel.own is not None
    assert parcel.own.charged is not None
    assert [each.code for each in line.charge_causes] == ["void-charged"]
    repaid = replace(parcel.own, repaid=parcel.own.charged)
    assert compare_parcel(repaid, bills, Surroundings(on=ON)).in_order


def test_the_summary_counts_by_month_by_payment_form_and_by_cause(month: Month) -> None:
    summary = BillSummary()
    right, wrong = some(month, ""), some(month, "no freight")
    for number, (_, _, line) in enumerate((right, right, wrong)):
        summary.add(f"2026-1{number % 2}", replace(line, payment_form_nos=("F1",)))
    assert (summary.all.parcels, summary.all.in_order, summary.all.explained, summary.all.unknown) == (3, 2, 1, 0)
    assert {month: each.parcels for month, each in summary.by_month.items()} == {"2026-10": 2, "2026-11": 1}
    billed = [line.billed or D(0) for _, _, line in (right, right, wrong)]
    assert summary.by_payment_form["F1"].billed == sum(billed, D(0))
    code, totals = next((code, each) for code, each in summary.causes() if code == "freight-left-out")
    assert (code, totals.group, totals.lines) == ("freight-left-out", "value", 1)


@pytest.mark.parametrize(
    ("paid", "stands"), [(None, "unpaid"), (D("9.99"), "short"), (D("10.00"), "agrees"), (D("10.01"), "over")]
)
def test_a_payment_agrees_to_the_cent(paid: Decimal | None, stands: str) -> None:
    assert PaymentComparison("F1", D("10.00"), paid).stands == stands


def test_a_bill_without_an_amount_cannot_be_compared_and_says_which() -> None:
    head = TaxBillHead.model_construct(
        guid="0" * 36, returned_at=datetime(2026, 11, 11), list_no="L1", tax_bill_no="T1", tariff=None, vat=D(1),
        consumption_tax=D(0), tax_status="1",
    )  # fmt: skip
    line = TaxBillLine.model_construct(
        gnum=1, hs_code="2201101000", dutiable_value=D(1), tariff=D(0), consumption_tax=D(0), vat=D(1)
    )
    with pytest.raises(ValueError, match="tax bill T1 of list L1 lacks"):
        bill_side(TaxBill.model_construct(head=head, lines=(line,)))


def test_a_bill_of_totals_is_compared_by_its_head(month: Month) -> None:
    parcel, bills, _ = some(month, "")
    assert isinstance(parcel.own, OwnSide)
    totals = replace(bills[0], lines={})
    assert compare_parcel(parcel.own, [totals], Surroundings(on=ON)).in_order
    more = replace(totals, head=(totals.head[0], totals.head[1], totals.head[2] + D("0.01")))
    assert compare_parcel(parcel.own, [more], Surroundings(on=ON)).bill_stands == "unknown"
