"""Returns of released goods: within the deadlines of the law, whole or in parts, with the tax that they give back."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import customs
from customs.codes.states import State
from customs.declaration import Declaration
from customs.documents import GoodsReturn
from customs.receipts.follow_up import FollowUp
from customs.receipts.withdrawal import ReturnRequest, goods_return
from customs.rules import check_document
from customs.tax.formula import Taxes
from customs.tax.refund import refund
from customs.testing import declarations, sample_parcels
from support import MORNING, SINGLES_DAY
from support.parcel_states import LIST_NO, attempt, document_state, parcel_state

RELEASED = {"CEB621": (State.ACCEPTED, State.RELEASED)}
WHY = "七日无理由退货"


def run_at(time: datetime, **options: object) -> customs.Run:
    clock, guids = customs.fixed_clock(time), customs.seeded_guids(5)
    return customs.Run(on=time.date(), clock=clock, guids=guids).with_(**options)


@pytest.fixture
def bonded() -> Declaration:
    return next(sample_parcels(1, seed=25, mode="1210"))


def codes(follow_up: FollowUp) -> list[str]:
    return [each.code for each in follow_up.findings]


def test_a_part_of_the_goods_comes_back_under_the_numbers_of_the_list(bonded: Declaration) -> None:
    request = ReturnRequest(reason=WHY, quantities={1: 1}, internal_no="TH0001")
    told = goods_return(bonded, parcel_state(bonded, RELEASED), request, run=run_at(datetime(2026, 11, 20, 9)))
    (document,) = told.documents
    assert isinstance(document, GoodsReturn)
    head, (line,) = document.head, document.lines
    assert (head.list_no, head.internal_no, head.pre_entry_no, head.reason) == (LIST_NO, "TH0001", None, WHY)
    assert (line.gnum, line.qty, line.hs_code) == (1, Decimal(1), bonded.order.lines[0].hs_code)
    assert told.refund
    assert (told.refund.due, told.refund.dutiable_value) == (Decimal("44.39"), Decimal("487.77"))
    assert told.deadlines
    assert (told.deadlines.apply_by, told.deadlines.back_by) == (date(2026, 12, 11), date(2026, 12, 26))
    assert check_document(document) == []


def test_without_quantities_everything_comes_back_that_has_not_yet(bonded: Declaration) -> None:
    run, state = run_at(datetime(2026, 11, 20, 9)), parcel_state(bonded, RELEASED)
    paid = customs.assess(bonded, on=SINGLES_DAY)
    whole = goods_return(bonded, state, ReturnRequest(reason=WHY), run=run)
    assert whole.refund
    assert whole.refund.taxes == paid.taxes
    rest = goods_return(bonded, state, ReturnRequest(reason=WHY, earlier={1: 1, 2: 2}), run=run)
    assert rest.refund
    assert [(each.gnum, each.qty) for each in rest.refund.lines] == [(1, Decimal(2))]


@settings(max_examples=40)
@given(parcel=declarations(), data=st.data())
@pytest.mark.long
def test_returns_in_any_split_give_back_what_the_tax_gives_and_together_all_that_was_paid(
    parcel: Declaration, data: st.DataObject
) -> None:
    day = SINGLES_DAY
    run = run_at(datetime.combine(day + timedelta(days=9), MORNING.time()))
    state, paid = parcel_state(parcel, RELEASED), customs.assess(parcel, on=day)
    earlier: dict[int, Decimal] = {}
    left = {line.gnum: line.goods.qty for line in paid.lines}
    taxes = Taxes(Decimal(0), Decimal(0), Decimal(0))
    for number in range(1, 100):
        if not left:
            break
        chosen = data.draw(st.lists(st.sampled_from(sorted(left)), min_size=1, unique=True))
        part = {gnum: Decimal(data.draw(st.integers(1, int(left[gnum])))) for gnum in chosen}
        request = ReturnRequest(reason=WHY, quantities=part, earlier=earlier, internal_no=f"TH{number:04}")
        told = goods_return(parcel, state, request, run=run)
        assert not told.refused
        assert told.refund == refund(paid, part, earlier)
        (document,) = told.documents
        assert isinstance(document, GoodsReturn)
        assert {line.gnum: line.qty for line in document.lines} == part
        taxes = Taxes(*(one + other for one, other in zip(taxes, told.refund.taxes, strict=True)))
        earlier = {gnum: earlier.get(gnum, Decimal(0)) + part.get(gnum, Decimal(0)) for gnum in {*earlier, *part}}
        left = {gnum: qty - part.get(gnum, Decimal(0)) for gnum, qty in left.items() if qty != part.get(gnum)}
    assert taxes == paid.taxes


def test_the_tax_is_that_of_the_day_of_the_list_or_that_of_an_assessment_that_is_given(bonded: Declaration) -> None:
    (before,) = parcel_state(bonded, RELEASED).documents["CEB621"].attempts
    assert before.submitted
    old = attempt(before.submitted.key, RELEASED["CEB621"], datetime(2018, 10, 30, 8))
    state = replace(parcel_state(bonded, RELEASED), documents={"CEB621": document_state(old)})
    run, request = run_at(datetime(2026, 11, 20, 9)), ReturnRequest(reason=WHY)
    (lacking, *_) = goods_return(bonded, state, request, run=run).findings
    assert lacking.en == "The rate table has no rate for commodity code 3304990039 on 2018-10-30."
    paid = customs.assess(bonded, on=SINGLES_DAY)
    assert goods_return(bonded, state, request, run=run, paid=paid).refund == refund(paid, {1: 3, 2: 2})


@pytest.mark.parametrize(
    ("applied", "back", "told"),
    [
        (date(2026, 12, 11), None, []),
        (date(2026, 12, 12), None, ["return-late"]),
        (date(2026, 12, 11), date(2026, 12, 26), []),
        (date(2026, 12, 11), date(2026, 12, 27), ["return-late"]),
    ],
)
def test_a_return_is_applied_for_within_30_days_and_the_goods_are_back_within_45(
    applied: date, back: date | None, told: list[str], bonded: Declaration
) -> None:
    run = run_at(datetime.combine(applied, MORNING.time()))
    request = ReturnRequest(reason=WHY, back=back)
    assert codes(goods_return(bonded, parcel_state(bonded, RELEASED), request, run=run)) == told


def test_before_28_march_2020_the_goods_had_to_be_back_within_30_days(bonded: Declaration) -> None:
    request = ReturnRequest(reason=WHY, released=date(2019, 6, 1), back=date(2019, 7, 2))
    told = goods_return(bonded, parcel_state(bonded, RELEASED), request, run=run_at(datetime(2026, 11, 20, 9)))
    (finding,) = told.findings
    assert finding.code == "return-late"
    assert "back on 2019-07-02, after 2019-07-01" in finding.en


def test_a_late_return_says_by_which_day_and_what_to_do(bonded: Declaration) -> None:
    run = run_at(datetime(2026, 12, 15, 9))
    (finding,) = goods_return(bonded, parcel_state(bonded, RELEASED), ReturnRequest(reason=WHY), run=run).findings
    assert finding.zh == f"订单 {bonded.order.order_no}：2026-12-15 申请退货，超过期限 2026-12-11。"
    assert finding.en == f"Order {bonded.order.order_no}: applied for on 2026-12-15, after 2026-12-11."


def test_a_release_of_unknown_day_is_asked_for_and_may_be_given(bonded: Declaration) -> None:
    state, run = parcel_state(bonded, RELEASED), run_at(datetime(2026, 11, 20, 9))
    attempts = [
        replace(each, answers=tuple(replace(answer, at=None) for answer in each.answers))
        for each in state.documents["CEB621"].attempts
    ]
    silent = replace(state, documents={"CEB621": document_state(*attempts)}, reached={State.RELEASED: None})
    assert codes(goods_return(bonded, silent, ReturnRequest(reason=WHY), run=run)) == ["release-day-unknown"]
    assert not codes(goods_return(bonded, silent, ReturnRequest(reason=WHY, released=SINGLES_DAY), run=run))


@pytest.mark.parametrize(
    ("quantities", "earlier"), [({1: 4}, {}), ({1: 3}, {1: 1}), ({7: 1}, {}), ({1: 0}, {}), ({2: -1}, {})]
)
def test_no_more_comes_back_than_was_bought_and_no_line_that_was_not(
    quantities: dict[int, int], earlier: dict[int, int], bonded: Declaration
) -> None:
    request = ReturnRequest(reason=WHY, quantities=quantities, earlier=earlier)
    told = goods_return(bonded, parcel_state(bonded, RELEASED), request, run=run_at(datetime(2026, 11, 20, 9)))
    (finding,) = told.findings
    assert finding.code == "return-quantity"
    assert told.documents == ()


def test_half_a_piece_is_doubted(bonded: Declaration) -> None:
    request = ReturnRequest(reason=WHY, quantities={1: Decimal("0.5")})
    told = goods_return(bonded, parcel_state(bonded, RELEASED), request, run=run_at(datetime(2026, 11, 20, 9)))
    assert codes(told) == ["pieces-not-whole"]
    assert told.documents


def test_a_quantity_of_any_exponent_is_refused_in_few_words(bonded: Declaration) -> None:
    request = ReturnRequest(reason=WHY, quantities={1: Decimal("1e999999")})
    told = goods_return(bonded, parcel_state(bonded, RELEASED), request, run=run_at(datetime(2026, 11, 20, 9)))
    (finding,) = told.findings
    assert "line 1 cannot return 1E+999999: 3 were bought" in finding.en


def test_a_second_return_has_a_number_of_its_own_and_knows_the_first(bonded: Declaration) -> None:
    run = run_at(datetime(2026, 11, 20, 9))
    state = parcel_state(bonded, RELEASED | {"CEB625": (State.WITHDRAWN,)})
    first = bonded.clearance.internal_no or bonded.order.order_no
    again = ReturnRequest(reason=WHY, quantities={1: 1})
    assert codes(goods_return(bonded, state, again, run=run)) == ["move-not-allowed"]
    unaware = replace(again, internal_no="TH0002")
    (finding,) = goods_return(bonded, state, unaware, run=run).findings
    assert finding.code == "return-earlier-unknown"
    assert first in finding.en
    assert not codes(goods_return(bonded, state, replace(unaware, earlier={1: 1}), run=run))


@pytest.mark.parametrize("states", [(), (State.SENT,), (State.TECHNICAL_FAILURE,)])
def test_a_return_under_way_is_not_sent_twice(states: tuple[State, ...], bonded: Declaration) -> None:
    state = parcel_state(bonded, RELEASED | {"CEB625": states})
    run = run_at(datetime(2026, 11, 20, 9))
    (code,) = codes(goods_return(bonded, state, ReturnRequest(reason=WHY), run=run))
    assert code in {"move-in-flight", "move-uncertain"}
    assert not codes(goods_return(bonded, state, ReturnRequest(reason=WHY), run=run, nothing_stored=True))


def test_goods_of_a_cancelled_list_are_not_returned(bonded: Declaration) -> None:
    state = parcel_state(bonded, RELEASED | {"CEB623": (State.WITHDRAWN,)})
    run = run_at(datetime(2026, 11, 20, 9))
    told = goods_return(bonded, state, ReturnRequest(reason=WHY), run=run)
    assert codes(told) == ["move-not-allowed", "move-not-allowed"]
