"""What was declared, shared over a ledger: of two workers exactly one is first, and the other is told by which message."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

import customs
from customs.declaration import Declaration
from customs.journal import JournalError, continued, open_journal
from customs.journal.shared import DeclaredMeanwhileError, OvertakenError
from customs.ledger import CauseUsedError, EntryCause, Ledger
from customs.ledger.bills import grant_guarantee
from customs.ledger.declared import (
    LedgerDeclarations,
    LedgerKnowledge,
    declared_entries,
    declared_under,
    hold_declared,
    note_declared,
    release_declared,
)
from customs.ledger.quota import QuotaOrder, order_standing, quota_of, reserve
from customs.receipts.foresight import foresee
from customs.road import Batch
from customs.road.given import Given
from customs.road.recognition import keys_of, parcel_key
from customs.testing import sample_parcels
from support import SINGLES_DAY, exactly
from support.journals import NOW, PARCELS, codes, declared, run_of


def batch_of(*parcels: Declaration) -> Batch:
    (batch,) = run_of().prepare_many(parcels)
    return batch


def changed(parcel: Declaration, part: str, **values: object) -> Declaration:
    return parcel.model_copy(update={part: getattr(parcel, part).model_copy(update=values)})


def noted(ledger: Ledger, batch: Batch) -> int:
    with ledger.begin() as connection:
        return note_declared(connection, batch, at=NOW)


def test_a_batch_is_noted_once_however_often_it_is_given(ledger: Ledger) -> None:
    batch = batch_of(*PARCELS)
    assert [noted(ledger, batch) for _ in range(3)] == [3, 0, 0]
    with ledger.read() as connection:
        entries = list(declared_entries(connection))
    assert len(entries) == 12
    assert {each.tax for each in entries} == {str(each.assessment.due) for each in batch.parcels if each.assessment}


def test_a_guid_names_one_message(ledger: Ledger) -> None:
    batch = batch_of(PARCELS[0])
    noted(ledger, batch)
    first, other = batch.messages[0], batch_of(PARCELS[1])
    message = replace(other.messages[0], guid=first.guid, id=first.id)
    with pytest.raises(CauseUsedError, match=first.guid):
        noted(ledger, Batch((message,), other.parcels))


@pytest.mark.parametrize("same", [True, False])
def test_of_two_workers_with_one_order_at_one_moment_one_is_first_and_the_other_is_told_by_which_message(
    ledger: Ledger, *, same: bool
) -> None:
    parcels = [
        PARCELS[0],
        PARCELS[0] if same else changed(PARCELS[0], "order", consignee_address="北京市海淀区别处 1 号"),
    ]
    batches, together = [batch_of(each) for each in parcels], Barrier(2)

    def work(batch: Batch) -> str:
        together.wait()
        try:
            noted(ledger, batch)
        except DeclaredMeanwhileError as error:
            (taken,) = error.taken
            return taken.message
        return "first"

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(work, batches))
    first = found.index("first")
    assert found[1 - first] in {each.id for each in batches[first].messages}
    with ledger.read() as connection:
        assert {each.guid for each in declared_entries(connection)} == {each.guid for each in batches[first].messages}


@pytest.mark.long
def test_many_workers_with_overlapping_batches_declare_each_order_once(ledger: Ledger) -> None:
    parcels = list(sample_parcels(40, seed=8, mode="1210"))
    shares = [parcels[start : start + 16] for start in range(0, 32, 4)]
    together = Barrier(len(shares))

    def work(share: Sequence[Declaration]) -> None:
        store, left = LedgerDeclarations(ledger), list(share)
        together.wait()
        while left:
            run = run_of(knowledge=store)
            (batch,) = run.prepare_many(left)
            try:
                with store.noting(batch, at=NOW):
                    left = []
            except OvertakenError:
                left = [each.declaration for each in batch.parcels if each.declaration and not each.skipped]

    with ThreadPoolExecutor(len(shares)) as pool:
        list(pool.map(work, shares))
    with ledger.read() as connection:
        entries = list(declared_entries(connection))
    assert len(entries) == len({(each.order_no, each.message) for each in entries}) == 40 * 3
    for each in exactly(40, {each.order_no for each in entries}):
        with ledger.read() as connection:
            assert {len(list(declared_entries(connection, each)))} == {3}


def test_the_second_worker_skips_what_the_first_declared(
    ledger: Ledger, signer: customs.RsaSigner, tmp_path: Path
) -> None:
    store = LedgerDeclarations(ledger)
    declared(run_of(signer), PARCELS[:3], tmp_path / "monday", shared=store)
    (batch,) = declared(run_of(signer), PARCELS[1:], tmp_path / "tuesday", shared=store)
    assert [parcel.skipped for parcel in batch.parcels] == [True, True, False]
    earlier = batch.parcels[0].earlier
    assert earlier
    assert earlier.message in {each.number for each in store.carrying(PARCELS[1])}


def test_a_state_folder_that_belongs_to_a_ledger_is_opened_with_it_alone(
    ledger: Ledger, signer: customs.RsaSigner, tmp_path: Path
) -> None:
    declared(run_of(signer), PARCELS[:1], tmp_path)
    declared(run_of(signer), PARCELS[1:2], tmp_path, shared=LedgerDeclarations(ledger))
    with pytest.raises(JournalError, match=r"belongs to a ledger.*账簿"):
        open_journal(tmp_path)
    (batch,) = declared(run_of(signer), PARCELS[:2], tmp_path, shared=LedgerDeclarations(ledger))
    assert [each.skipped for each in batch.parcels] == [True, True], "also what was declared before there was a ledger"


class CutError(Exception):
    """The process is killed here."""


class CutStore(LedgerDeclarations):
    """A ledger beside which the process dies, before the commit or after it."""

    when = "before"

    @contextmanager
    def noting(self, batch: Batch, *, at: datetime) -> Any:
        with super().noting(batch, at=at):
            yield
            if self.when == "before":
                raise CutError
        raise CutError


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_the_ledger_committed_gets_its_files_and_what_it_did_not_is_as_if_never_decided(
    when: str, ledger: Ledger, signer: customs.RsaSigner, tmp_path: Path
) -> None:
    store = CutStore(ledger)
    store.when = when
    with pytest.raises(CutError):
        declared(run_of(signer), PARCELS, tmp_path, shared=store)
    assert list(tmp_path.glob("*.xml")) == []
    assert len(list(tmp_path.glob("*.part"))) == 4, "whether they count is not known here"
    (batch,) = declared(run_of(signer), PARCELS, tmp_path, shared=LedgerDeclarations(ledger))
    assert [each.skipped for each in batch.parcels] == [when == "after"] * 4
    assert list(tmp_path.glob("*.part")) == []
    with open_journal(tmp_path, shared=LedgerDeclarations(ledger)) as journal, ledger.read() as connection:
        files, guids = {each.file for each in journal.entries()}, {each.guid for each in journal.entries()}
        assert guids == {each.guid for each in declared_entries(connection)}
    assert {each.name for each in tmp_path.glob("*.xml")} == files
    assert len(files) == 4


@pytest.mark.long
def test_serial_numbers_are_taken_once_by_several_workers(ledger: Ledger, tmp_path: Path) -> None:
    from customs import areas
    from customs.testing.areas import parcel_for, sample_area

    profile = areas.find("guangzhou_880020")
    runs = [run_of(area=sample_area(profile)) for _ in range(2)]
    batches = [
        next(iter(run.prepare_many([parcel_for(parcel, profile)]))) for run, parcel in zip(runs, PARCELS, strict=False)
    ]
    noted(ledger, batches[0])
    with pytest.raises(OvertakenError, match=r"serial number 1 .* was taken meanwhile"):
        noted(ledger, batches[1])
    store = LedgerDeclarations(ledger)
    with open_journal(tmp_path, shared=store) as journal:
        assert [each.serials.next for each in [continued(runs[1], journal).place]] == [2]  # type: ignore[union-attr]


def test_one_transaction_holds_the_declaration_and_its_quota(ledger: Ledger) -> None:
    batch = batch_of(PARCELS[0])
    order = PARCELS[0].order
    buyer = (order.buyer_id_type, order.buyer_id_number)
    assert batch.parcels[0].assessment
    value = batch.parcels[0].assessment.dutiable_value

    def done(*, cut: bool) -> tuple[int, int]:
        with ledger.begin() as connection:
            found = note_declared(connection, batch, at=NOW), hold_declared(connection, batch, at=NOW)
            if cut:
                raise CutError
        return found

    with pytest.raises(CutError):
        done(cut=True)
    with ledger.read() as connection:
        assert quota_of(connection, buyer, on=SINGLES_DAY).held == 0
        assert declared_under(connection, parcel_key(keys_of(PARCELS[0]))) is None
    for counts in exactly(2, [(3, 1), (0, 0)]):
        assert done(cut=False) == counts
    with ledger.read() as connection:
        assert quota_of(connection, buyer, on=SINGLES_DAY).held == value


def test_an_order_that_was_reserved_keeps_its_hold_or_gets_one_for_what_is_declared(ledger: Ledger) -> None:
    batch = batch_of(PARCELS[0])
    order, key = PARCELS[0].order, f"{PARCELS[0].parties.platform_code}/{PARCELS[0].order.order_no}"
    asked = QuotaOrder(order=key, buyer=(order.buyer_id_type, order.buyer_id_number), amount=Decimal("1.00"))
    with ledger.begin() as connection:
        reserve(connection, asked, at=NOW)
        hold_declared(connection, batch, at=NOW)
        hold_declared(connection, batch, at=NOW)
        assert batch.parcels[0].assessment
        assert dict(order_standing(connection, key).held) == {2026: batch.parcels[0].assessment.dutiable_value}


def test_an_order_that_no_longer_fits_the_year_is_not_declared(
    ledger: Ledger, signer: customs.RsaSigner, tmp_path: Path
) -> None:
    order = PARCELS[0].order
    buyer = (order.buyer_id_type, order.buyer_id_number)
    batch = batch_of(PARCELS[0])
    with ledger.begin() as connection:
        for number in range(6):
            reserve(connection, QuotaOrder(order=f"P/{number}", buyer=buyer, amount=Decimal("4333.00")), at=NOW)
    with pytest.raises(OvertakenError, match=r"over the yearly limit .*超过年度交易限值"), ledger.begin() as connection:
        hold_declared(connection, batch, at=NOW)
    asked = LedgerKnowledge(ledger).asked(PARCELS[0], run=run_of())
    (found,) = run_of(signer).prepare_many([asked])
    assert codes([found]) == [["yearly-limit"]]


def test_the_order_of_a_shop_under_two_platforms_is_one_order(ledger: Ledger) -> None:
    batch = batch_of(PARCELS[0])
    noted(ledger, batch)
    elsewhere = changed(PARCELS[0], "parties", platform_code="3301960XYZ")
    elsewhere = changed(elsewhere, "waybill", waybill_no="SF-OTHER")
    elsewhere = changed(elsewhere, "payment", payment_no="PAY-OTHER")
    elsewhere = changed(elsewhere, "clearance", internal_no="INTERNAL-OTHER")
    known = LedgerKnowledge(ledger)
    (found,) = known.against(elsewhere, on=SINGLES_DAY)
    assert (found.code, found.path, found.is_error) == ("order-of-two-channels", "order.order_no", True)
    assert PARCELS[0].parties.platform_code in found.en
    assert PARCELS[0].parties.platform_code in found.zh
    with pytest.raises(DeclaredMeanwhileError):
        noted(ledger, batch_of(elsewhere))
    buyer = PARCELS[1].order
    other = changed(elsewhere, "order", buyer_id_number=buyer.buyer_id_number, buyer_name=buyer.buyer_name)
    other = changed(other, "payment", payer_id_number=buyer.buyer_id_number, payer_name=buyer.buyer_name)
    (doubted,) = known.against(other, on=SINGLES_DAY)
    assert (doubted.code, doubted.is_error) == ("order-number-of-two-channels", False)
    assert noted(ledger, batch_of(other)) == 3
    with ledger.begin() as connection:
        assert release_declared(connection, PARCELS[0].order.order_no, "wrong platform", at=NOW) == 2
    assert known.against(elsewhere, on=SINGLES_DAY) == []
    assert noted(ledger, batch_of(elsewhere)) == 3


def test_one_object_of_the_ledger_answers_what_a_parcel_would_draw(ledger: Ledger) -> None:
    noted(ledger, batch_of(PARCELS[0]))
    known = LedgerKnowledge(ledger)
    twice = changed(PARCELS[1], "waybill", waybill_no=PARCELS[0].waybill.waybill_no)
    found = foresee(twice, on=SINGLES_DAY, knowledge=known, records=known)
    assert [each.finding.code for each in found] == ["declared-before"]
    assert foresee(PARCELS[2], on=SINGLES_DAY, knowledge=known, records=known) == ()


def test_a_release_is_entered_once_and_ends_the_life_of_every_number(ledger: Ledger) -> None:
    batch = batch_of(PARCELS[0])
    number = PARCELS[0].order.order_no
    for count in exactly(2, range(2)):
        noted(ledger, batch if not count else batch_of(PARCELS[0]))
        with ledger.begin() as connection:
            assert release_declared(connection, number, "622 -621001", at=NOW + timedelta(days=count)) == 1
            assert release_declared(connection, number, "again", at=NOW) == 0
            assert [declared_under(connection, key) for key in keys_of(PARCELS[0]).values()] == [None] * 4


def test_a_parcel_that_cannot_be_read_is_left_to_the_run(ledger: Ledger) -> None:
    known = LedgerKnowledge(ledger)
    refused = Given("{}", findings=batch_of(PARCELS[0]).parcels[0].findings)
    sources: list[str | Given] = ["{", "{}", refused]
    for each in exactly(3, sources):
        assert known.asked(each, run=run_of()) is each


def test_a_guarantee_that_is_not_enough_is_said_before_the_parcel_is_declared(ledger: Ledger) -> None:
    code, known = PARCELS[0].parties.guarantor_code, LedgerKnowledge(ledger)
    asked: list[object] = []
    for amount in exactly(2, ["0.01", "1000000"]):
        with ledger.begin() as connection:
            cause = EntryCause("ticket", amount, by="clerk", why="lodged")
            grant_guarantee(connection, code, Decimal(amount), cause, datetime(2026, 11, 1))
        asked.append(known.asked(PARCELS[0], run=run_of()))
    short, enough = asked
    assert isinstance(short, Given)
    assert [each.code for each in short.findings] == ["guarantee-short"]
    assert enough is PARCELS[0]
