"""Recognition: what was declared is told by whoever keeps it, a state folder alone or a ledger that others share."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import customs
from customs.journal import open_journal
from customs.journal.shared import SharedDeclarations
from customs.ledger.declared import LedgerDeclarations
from customs.tax import Rates
from support.journals import NOW, PARCELS, carried, codes, declared, messages, run_of
from support.ledger_fixtures import ON_POSTGRESQL
from support.ledgers import LedgerDatabases


@pytest.fixture(params=["a state folder alone", "sqlite", ON_POSTGRESQL])
def shared(
    request: pytest.FixtureRequest, ledgers_on: Callable[[str], LedgerDatabases]
) -> Iterator[SharedDeclarations | None]:
    """The store that the journal shares, if any."""
    if request.param == "a state folder alone":
        yield None
        return
    with ledgers_on(request.param).ledger() as ledger:
        yield LedgerDeclarations(ledger)


def test_the_same_file_again_declares_nothing(
    signer: customs.RsaSigner, tmp_path: Path, shared: SharedDeclarations | None
) -> None:
    declared(run_of(signer), PARCELS, tmp_path, shared=shared)
    before = {each.name: each.read_bytes() for each in messages(tmp_path)}
    again = declared(run_of(signer), PARCELS, tmp_path, shared=shared)
    assert {each.name: each.read_bytes() for each in messages(tmp_path)} == before
    assert [parcel.skipped for batch in again for parcel in batch.parcels] == [True] * 4
    assert codes(again) == [[]] * 4
    assert len(before) == 4


def test_a_file_that_overlaps_declares_what_is_new(
    signer: customs.RsaSigner, tmp_path: Path, shared: SharedDeclarations | None
) -> None:
    declared(run_of(signer), PARCELS[:3], tmp_path / "monday", tmp_path / "state", shared=shared)
    (batch,) = declared(run_of(signer), PARCELS[1:], tmp_path / "tuesday", tmp_path / "state", shared=shared)
    assert [parcel.skipped for parcel in batch.parcels] == [True, True, False]
    assert set(carried(tmp_path / "state").values()) == {1}
    assert len(carried(tmp_path / "state")) == 16


def test_other_content_under_a_declared_order_number_is_refused(
    signer: customs.RsaSigner, tmp_path: Path, shared: SharedDeclarations | None
) -> None:
    declared(run_of(signer), PARCELS[:1], tmp_path, shared=shared)
    order = PARCELS[0].order.model_copy(update={"consignee_address": "北京市海淀区别处 1 号"})
    (batch,) = declared(run_of(signer), [PARCELS[0].model_copy(update={"order": order})], tmp_path, shared=shared)
    (found,) = batch.parcels[0].findings
    assert (found.code, found.path) == ("declared-before", "order.order_no")
    assert "with other content" in found.en
    assert "内容不同" in found.zh
    for way in ("appType 2", "CEB623", "customs journal release"):
        assert way in found.advice_en
        assert way in found.advice_zh
    assert len(messages(tmp_path)) == 4


def test_the_quota_used_is_no_content_of_a_parcel(
    signer: customs.RsaSigner, tmp_path: Path, shared: SharedDeclarations | None
) -> None:
    declared(run_of(signer), PARCELS[:1], tmp_path, shared=shared)
    (batch,) = declared(run_of(signer), [PARCELS[0].model_copy(update={"quota_used": 100})], tmp_path, shared=shared)
    assert batch.parcels[0].skipped


def test_a_declared_waybill_under_another_order_is_refused(
    signer: customs.RsaSigner, tmp_path: Path, shared: SharedDeclarations | None
) -> None:
    declared(run_of(signer), PARCELS[:1], tmp_path, shared=shared)
    other = PARCELS[1].model_copy(update={"waybill": PARCELS[0].waybill})
    assert codes(declared(run_of(signer), [other], tmp_path, shared=shared)) == [["declared-before"]]


def test_an_amendment_of_a_declared_order_is_declared_once(
    signer: customs.RsaSigner, tmp_path: Path, shared: SharedDeclarations | None
) -> None:
    declared(run_of(signer), PARCELS[:1], tmp_path, shared=shared)
    clearance = PARCELS[0].clearance.model_copy(
        update={"pre_entry_no": "B20261111000000001", "list_no": "29912026I000000001"}
    )
    amended = PARCELS[0].model_copy(update={"app_type": "2", "clearance": clearance})
    first, again = (declared(run_of(signer), [amended], tmp_path, shared=shared) for _ in range(2))
    assert not first[0].parcels[0].refused
    assert len(first[0].messages) == 4
    assert again[0].parcels[0].skipped


def test_a_list_that_could_not_be_signed_follows_alone(
    signer: customs.RsaSigner, tmp_path: Path, shared: SharedDeclarations | None
) -> None:
    declared(run_of(), PARCELS, tmp_path, shared=shared)
    (batch,) = declared(run_of(signer), PARCELS, tmp_path, shared=shared)
    assert [each.name for each in batch.messages] == ["CEB621"]
    assert set(carried(tmp_path).values()) == {1}


def test_an_order_that_was_released_is_declared_again_once(
    signer: customs.RsaSigner, tmp_path: Path, shared: SharedDeclarations | None
) -> None:
    declared(run_of(signer), PARCELS[:2], tmp_path, shared=shared)
    with open_journal(tmp_path, shared=shared) as journal:
        assert journal.release(PARCELS[0].order.order_no, "622 -621001", at=NOW) == 1
        assert journal.release(PARCELS[0].order.order_no, "again", at=NOW) == 0
    for skipped in ([False, True], [True, True]):
        (batch,) = declared(run_of(signer), PARCELS[:2], tmp_path, shared=shared)
        assert [parcel.skipped for parcel in sorted(batch.parcels, key=lambda each: each.position)] == skipped


CONSIGNEE = {"consignee", "consignee_telephone", "consignee_address"}
TRANSPORT = {"carrier_code", "carrier_name", "transmitter_code", "transmitter_name", "dxp_id"}


def test_a_courier_that_names_no_platform_declares_each_waybill_once(
    signer: customs.RsaSigner, tmp_path: Path, shared: SharedDeclarations | None
) -> None:
    run = run_of(signer, only=("waybill",))
    given = [
        {
            "parties": parcel.parties.model_dump(include=TRANSPORT),
            "order": parcel.order.model_dump(include=CONSIGNEE) | {"order_no": "1"},
            "waybill": parcel.waybill.model_dump(exclude_none=True) | {"freight": Decimal(0)},
        }
        for parcel in PARCELS
    ]
    skipped = [
        sorted(each.skipped for batch in declared(run, given, tmp_path, shared=shared) for each in batch.parcels)
        for _ in range(2)
    ]
    assert skipped == [[False] * 4, [True] * 4]
    assert carried(tmp_path) == {("CEB511", "1"): 4}, "orders of four platforms with one number"
    heavier = given[0] | {"waybill": given[0]["waybill"] | {"gross_weight": Decimal(9)}}
    assert codes(declared(run, [heavier], tmp_path, shared=shared)) == [["declared-before"]]


def test_what_was_declared_is_recognised_before_its_tax_is_computed(
    signer: customs.RsaSigner, tmp_path: Path, shared: SharedDeclarations | None
) -> None:
    declared(run_of(signer), PARCELS, tmp_path, shared=shared)
    again = declared(run_of(signer, rates=Rates([])), PARCELS, tmp_path, shared=shared)
    assert codes(again) == [[]] * 4
    (row,) = codes(declared(run_of(signer, rates=Rates([])), PARCELS[:1], tmp_path / "elsewhere"))
    assert set(row) == {"rate-missing"}
