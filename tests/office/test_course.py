"""The simulated office answers parcels as customs does, from the first receipt to the tax bill and beyond."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

import customs
from customs.codes.states import State
from customs.documents import GoodsReturn, TaxBill
from customs.office import OfficeSettings
from customs.receipts.state import ParcelState, Submitted
from customs.signing import Signer
from customs.testing import Rehearsal, office, sample_parcels
from customs.testing.provoking import Stage, provoked
from customs.testing.provoking.stage import filled, sample
from support import MORNING


@pytest.fixture
def at_customs() -> Rehearsal:
    return office(MORNING, seed=7)


@pytest.mark.parametrize("mode", ["1210", "9610"])
def test_parcels_are_released_and_taxed_to_the_cent_of_our_assessment(
    at_customs: Rehearsal, signer: Signer, mode: customs.testing.parcels.Mode
) -> None:
    (batch,) = at_customs.run(signer=signer).prepare_many(sample_parcels(50, seed=11, mode=mode))
    at_customs.send(*batch.messages)
    at_customs.wait(minutes=1)
    at_customs.wait(timedelta(days=40))
    assert at_customs.statuses("CEB622") == ["2"] * 50 + ["120"] * 50 + ["800"] * 50 + ["899"] * 50
    for name in ("CEB312", "CEB412", "CEB512"):
        assert at_customs.statuses(name) == ["2"] * 50 + ["120"] * 50
    bills = {each.head.order_no: each for each in at_customs.receipts("CEB816") if isinstance(each, TaxBill)}
    assert len(bills) == 50
    for parcel in batch.parcels:
        assert parcel.assessment
        assert customs.reconcile(parcel.assessment, bills[parcel.order_no]).agrees
    assert at_customs.statuses("CEB818") == ["2"] * 50


def test_a_released_parcel_is_released_to_whoever_folds_its_answers(at_customs: Rehearsal, signer: Signer) -> None:
    prepared = at_customs.run(signer=signer).prepare(next(sample_parcels(1, seed=7, mode="1210")))
    at_customs.send(*prepared.messages)
    at_customs.wait(minutes=1)
    assert customs.track(at_customs.events()).node is State.RELEASED


def test_what_comes_again_is_answered_as_a_copy_and_counts_once(at_customs: Rehearsal, signer: Signer) -> None:
    prepared = at_customs.run(signer=signer).prepare(next(sample_parcels(1, seed=7, mode="1210")))
    at_customs.send(*prepared.messages)
    at_customs.wait(minutes=1)
    at_customs.answers.clear()
    at_customs.send(*prepared.messages)
    at_customs.wait(minutes=1)
    found = {each.name: each.statuses for each in at_customs.answers}
    assert found == {
        "CEB312": ("-301014",), "CEB412": ("-401012",), "CEB512": ("-504015",), "CEB622": ("-621004",)
    }  # fmt: skip
    assert {(each.came, each.accepted) for each in at_customs.office.counts().values()} == {(2, 1)}


def test_a_list_waits_for_the_documents_that_it_names(at_customs: Rehearsal, signer: Signer) -> None:
    order, payment, waybill, listed = (
        at_customs.run(signer=signer).prepare(next(sample_parcels(1, seed=7, mode="1210"))).messages
    )
    at_customs.send(listed)
    at_customs.wait(minutes=5)
    (first,) = at_customs.receipts("CEB622")
    assert "[订单信息不存在][支付信息不存在][运单信息不存在]" in str(first.model_dump()["return_info"])
    at_customs.send(order, waybill)
    at_customs.wait(minutes=5)
    assert at_customs.statuses("CEB622") == ["2"]
    at_customs.send(payment)
    at_customs.wait(minutes=5)
    assert at_customs.statuses("CEB622") == ["2", "120", "800"]


def test_an_officer_looks_at_a_list_and_its_goods_are_opened(signer: Signer) -> None:
    at_customs = office(MORNING, seed=7, settings=OfficeSettings(reviewed=1.0, inspected=1.0))
    at_customs.send(*at_customs.run(signer=signer).prepare(next(sample_parcels(1, seed=7, mode="1210"))).messages)
    at_customs.wait(minutes=10)
    assert at_customs.statuses("CEB622") == ["2", "120", "300"]
    at_customs.wait(minutes=30)
    assert at_customs.statuses("CEB622") == ["2", "120", "300", "500"]
    at_customs.wait(minutes=120)
    assert at_customs.statuses("CEB622") == ["2", "120", "300", "500", "800"]


@pytest.mark.parametrize("status", ["501", "502", "503", "599", "700"])
def test_goods_are_detained_and_never_released(signer: Signer, status: str) -> None:
    parcel = next(sample_parcels(1, seed=7, mode="1210"))
    at_customs = office(MORNING, settings=OfficeSettings(detained={parcel.order.order_no: status}))
    at_customs.send(*at_customs.run(signer=signer).prepare(parcel).messages)
    at_customs.wait(timedelta(days=3))
    assert at_customs.statuses("CEB622") == ["2", "120", "500", status]


def test_the_year_of_a_buyer_is_kept_over_parcels(signer: Signer) -> None:
    parcels = list(sample_parcels(40, seed=7, mode="1210"))
    buyer = parcels[0].order
    same = {"buyer_name": buyer.buyer_name, "buyer_id_number": buyer.buyer_id_number}
    paid = {"payer_name": buyer.buyer_name, "payer_id_number": buyer.buyer_id_number}
    at_customs = office(MORNING)
    run, spent, released = at_customs.run(signer=signer), Decimal(0), 0
    for parcel in parcels:
        one = parcel.model_copy(
            update={
                "order": parcel.order.model_copy(update=same),
                "payment": parcel.payment.model_copy(update=paid),
                "quota_used": None,
            }
        )
        prepared = replace(run).prepare(one)
        assert prepared.assessment
        spent += prepared.assessment.dutiable_value
        at_customs.send(*prepared.messages)
        at_customs.wait(minutes=1)
        released += spent <= 26000
        if spent > 26000:
            break
    assert released > 10
    assert at_customs.statuses("CEB622").count("800") == released
    assert at_customs.statuses("CEB622")[-1] == "-621018"


def released(at_customs: Rehearsal, run: customs.Run, parcel: customs.Declaration) -> ParcelState:
    """A parcel at the office, released, as its sender knows it."""
    prepared = run.prepare(parcel)
    sent = [
        Submitted(key=each.keys[0], guid=customs.read(each.content).documents[0].values(("guid",))[0], app_time=MORNING)
        for each in prepared.messages
    ]
    at_customs.send(*prepared.messages)
    at_customs.wait(minutes=1)
    state = customs.track([*sent, *at_customs.events()])
    assert state.node is State.RELEASED
    return state


def test_a_cancelled_list_gives_the_quota_back_and_voids_the_tax_bill(signer: Signer) -> None:
    parcel = next(sample_parcels(1, seed=7, mode="1210")).model_copy(update={"quota_used": None})
    at_customs = office(MORNING, seed=7)
    run = at_customs.run(signer=signer)
    state = released(at_customs, run, parcel)
    spent = at_customs.office.store.spent
    assert run.prepare(parcel).assessment is not None
    assert [each > 2000 for each in spent.values()] == [True]
    (batch,) = customs.dispatch(run, [customs.cancellation(parcel, state, "买家取消订单", run=run)])
    at_customs.send(*batch.messages)
    at_customs.wait(minutes=1)
    assert at_customs.statuses("CEB624") == ["2", "120", "399"]
    assert at_customs.statuses("CEB818") == ["3"]
    assert list(spent.values()) == [Decimal(0)]
    at_customs.wait(timedelta(days=40))
    assert at_customs.statuses("CEB622") == ["2", "120", "800"], "a cancelled list is not closed"
    assert at_customs.statuses("CEB818") == ["3"], "nor does its bill come on a payment form"


@pytest.mark.parametrize("whole", [True, False])
def test_returned_goods_give_the_quota_back_in_their_share(signer: Signer, whole: bool) -> None:
    parcel = next(sample_parcels(1, seed=7, mode="1210")).model_copy(update={"quota_used": None})
    at_customs = office(MORNING, seed=7)
    run = at_customs.run(signer=signer)
    state = released(at_customs, run, parcel)
    (before,) = at_customs.office.store.spent.values()
    first = parcel.order.lines[0]
    asked = customs.ReturnRequest(reason="不合适", quantities=None if whole else {1: first.qty})
    (batch,) = customs.dispatch(run, [customs.goods_return(parcel, state, asked, run=run)])
    at_customs.send(*batch.messages)
    at_customs.wait(minutes=1)
    assert at_customs.statuses("CEB626") == ["2", "120", "399"]
    (left,) = at_customs.office.store.spent.values()
    value = parcel.order.lines[0].price * first.qty
    share = Decimal(1) if whole else value / sum(line.price * line.qty for line in parcel.order.lines)
    assert abs(left - before * (1 - share)) < Decimal("0.01")
    assert at_customs.statuses("CEB818") == (["3"] if whole else [])


def test_parcels_at_a_supervised_site_are_entered() -> None:
    stage = provoked("-800003")
    assert stage.rehearsal.statuses("CEB712") == ["2", "399", "-800003"]


def test_an_export_list_is_released_and_closed() -> None:
    stage = provoked("-704001", export=True)
    stage.rehearsal.wait(timedelta(days=2))
    assert stage.rehearsal.statuses("CEB304") == ["2", "120"]
    assert stage.rehearsal.statuses("CEB604") == ["2", "120", "800", "899"]
    assert stage.rehearsal.statuses("CEB702") == ["2", "399", "-704001"]
    (result,) = stage.rehearsal.receipts("CEB792")
    given = stage.rehearsal.receipts("CEB604")[-1].values(("list_no",))
    assert tuple(line["list_no"] for line in result.model_dump()["lines"]) == given


def test_exported_goods_come_back_and_a_second_application_is_a_repetition() -> None:
    stage = Stage.of(sample())
    listed = filled("CEB213", list_no="1" * 18)
    stage.send(listed)
    stage.send(listed)
    assert stage.rehearsal.statuses("CEB214") == ["2", "120", "800", "100"]
    tally = filled("CEB215")
    stage.send(tally)
    assert stage.rehearsal.statuses("CEB216") == ["2", "399"]


def test_what_came_back_in_two_parts_gives_everything_back() -> None:
    stage = Stage.of(sample())
    stage.declare()
    for number, internal_no in enumerate(("R1", "R2")):
        goods = stage.goods_return(internal_no=internal_no)
        assert isinstance(goods, GoodsReturn)
        lines = tuple(line for line in goods.lines if (line.gnum > 1) is bool(number))
        assert lines
        stage.send(goods.model_copy(update={"lines": lines}))
    assert stage.rehearsal.statuses("CEB626") == ["2", "120", "399"] * 2
    assert [abs(each) < Decimal("0.01") for each in stage.rehearsal.office.store.spent.values()] == [True]
    assert stage.rehearsal.statuses("CEB818") == ["3"]
