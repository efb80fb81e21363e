"""Messages of what is sent next: by the official schemas, signed, in messages of up to 100, in the area's own form."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import Phase, find, settings
from lxml import etree

import customs
from customs import areas
from customs.codes.states import State
from customs.documents import BusinessKey, Message, Transfer, WarehouseEntry
from customs.documents.base import LEAST_MESSAGE_BYTES
from customs.documents.exports.declaration_list import ExportList
from customs.receipts.corrections import amendment, deletion, resubmission
from customs.receipts.dispatch import dispatch
from customs.receipts.export_withdrawal import export_cancellation
from customs.receipts.follow_up import FollowUp
from customs.receipts.state import ParcelState
from customs.receipts.warehouse import Arrival, warehouse_entry
from customs.receipts.withdrawal import ReturnRequest, cancellation, goods_return
from customs.rules import check_document
from customs.testing import documents_of, sample_parcels
from customs.testing.areas import parcel_for
from customs.testing.keys import KeyPair
from support import ROOT, SINGLES_DAY, exactly, some
from support.area_parcels import area_of
from support.parcel_states import GUID, attempt, document_state, parcel_state

GOLDEN = ROOT / "tests" / "golden" / "receipts"
NINE = datetime(2026, 11, 20, 9)
STORED, RELEASED = {"CEB621": (State.ACCEPTED,)}, {"CEB621": (State.ACCEPTED, State.RELEASED)}
OPERATOR = Transfer(transmitter_code="910000000000000061", transmitter_name="示例监管场所", dxp_id="DXPENT0000000009")
ARRIVAL = Arrival(
    site_operator_code="910000000000000061", site_operator_name="示例监管场所", internal_no="RK0001", transfer=OPERATOR
)


#: The first document that is drawn will do: it is a small one.
first = settings(deadline=None, phases=[Phase.generate], derandomize=True, database=None)


@pytest.fixture(scope="module")
def official_schemas(official: Path) -> dict[str, etree.XMLSchema]:
    """The official schema of each side."""
    sides = {"import": "*进口业务节点*.xsd", "export": "*出口业务节点*.xsd"}
    found = {side: next((official / "xsd-2022-05").glob(name)) for side, name in sides.items()}
    return {side: etree.XMLSchema(etree.parse(path)) for side, path in found.items()}


def run_of(signer: customs.RsaSigner | None) -> customs.Run:
    return customs.Run(on=SINGLES_DAY, clock=customs.fixed_clock(NINE), guids=customs.seeded_guids(14), signer=signer)


def exported() -> ExportList:
    """An export list of fictitious enterprises."""
    listed = find(documents_of(ExportList), lambda _: True, settings=first)
    named = {
        "order_no": "EX960310000000001",
        "internal_no": "EXX20261110000000001",
        "declarant_code": "910000000000000053",
        "declarant_name": "示例报关有限公司",
        "consignor_code": "91000000000000002R",
        "consignor_name": "示例跨境电商有限公司",
    }
    return listed.model_copy(update={"head": listed.head.model_copy(update=named)})


def follow_ups(run: customs.Run) -> dict[str, FollowUp]:
    """One of each kind."""
    parcel = next(sample_parcels(1, seed=25, mode="1210"))
    direct = list(sample_parcels(3, seed=25, mode="9610"))
    crossing = [
        each.model_copy(update={"clearance": direct[0].clearance.model_copy(update={"internal_no": None})})
        for each in direct
    ]
    back = ReturnRequest(reason="七日无理由退货", quantities={1: 1}, internal_no="TH0001")
    refused = dict.fromkeys(("CEB311", "CEB411", "CEB511", "CEB621"), (State.REJECTED,))
    return {
        "resubmission": resubmission(parcel, parcel_state(parcel, refused), run=run),
        "amendment": amendment(parcel, parcel_state(parcel, STORED), run=run),
        "deletion": deletion(parcel, parcel_state(parcel, STORED), run=run),
        "cancellation": cancellation(parcel, parcel_state(parcel, STORED), "买家取消", run=run),
        "goods_return": goods_return(parcel, parcel_state(parcel, RELEASED), back, run=run),
        "warehouse_entry": warehouse_entry(crossing, ARRIVAL, run=run),
    }


def messages(run: customs.Run) -> Iterator[tuple[str, customs.Outgoing]]:
    for kind, each in follow_ups(run).items():
        assert not each.refused, each.findings
        for batch in dispatch(run, [each]):
            assert not any(parcel.refused for parcel in batch.parcels)
            yield from ((f"{kind}-{message.name}", message) for message in batch.messages)


EXPECTED = [
    *(f"resubmission-CEB{number}" for number in (311, 411, 511, 621)),
    "amendment-CEB621",
    "deletion-CEB621",
    "cancellation-CEB623",
    "goods_return-CEB625",
    "warehouse_entry-CEB711",
]


def test_every_kind_is_valid_by_the_official_schema_and_passes_every_check(
    signer: customs.RsaSigner, official_schemas: dict[str, etree.XMLSchema]
) -> None:
    made = dict(messages(run_of(signer)))
    assert list(made) == EXPECTED
    for message in made.values():
        official_schemas["import"].assertValid(etree.fromstring(message.content))
        (document,) = customs.read(message.content).documents
        assert check_document(document) == []
        assert (document.key,) == message.keys
        assert message.kind is type(document)


def test_xmlsec1_verifies_every_kind(signer: customs.RsaSigner, keys: KeyPair, xmlsec1: str, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(keys.certificate)
    for name, message in exactly(len(EXPECTED), messages(run_of(signer))):
        (tmp_path / "message.xml").write_bytes(message.content)
        trusted = ["--trusted-pem", str(tmp_path / "root.pem"), str(tmp_path / "message.xml")]
        found = subprocess.run([xmlsec1, "--verify", *trusted], capture_output=True, text=True, check=False)
        assert found.returncode == 0, f"{name}: {found.stderr}"


@pytest.mark.parametrize("name", EXPECTED)
def test_a_message_is_the_golden_one(name: str) -> None:
    assert golden()[name] == (GOLDEN / f"{name}.xml").read_bytes()


def golden() -> dict[str, bytes]:
    """Each message as it is before it is signed."""
    return {
        f"{kind}-{document.message}": customs.write(Message(GUID, (document,), OPERATOR))
        for kind, each in follow_ups(run_of(None)).items()
        for document in each.documents
    }


def test_a_hundred_applications_go_into_one_message_and_the_next_into_another(signer: customs.RsaSigner) -> None:
    run = run_of(signer)
    parcels = list(sample_parcels(101, seed=25, mode="1210"))
    told = [cancellation(each, parcel_state(each, STORED), "买家取消", run=run) for each in parcels]
    batches = list(dispatch(run, told))
    assert [[len(each.keys) for each in batch.messages] for batch in batches] == [[100], [1]]
    assert [parcel.position for batch in batches for parcel in batch.parcels] == list(range(1, 102))


def test_applications_are_put_into_as_many_messages_as_their_bytes_ask_for(signer: customs.RsaSigner) -> None:
    run = run_of(signer).with_(most_bytes=LEAST_MESSAGE_BYTES)
    parcels = list(sample_parcels(100, seed=25, mode="1210"))
    told = [cancellation(each, parcel_state(each, STORED), "买家取消" * 100, run=run) for each in parcels]
    (batch,) = dispatch(run, told)
    assert max(len(each.content) for each in batch.messages) <= LEAST_MESSAGE_BYTES
    assert len(batch.messages) > 3
    assert [each for message in batch.messages for each in message.parcels] == list(range(1, 101))


def test_an_application_that_no_message_holds_is_told_and_the_others_go(signer: customs.RsaSigner) -> None:
    run = run_of(signer).with_(most_bytes=LEAST_MESSAGE_BYTES)
    one, other = sample_parcels(2, seed=25, mode="1210")
    told = [cancellation(each, parcel_state(each, STORED), "买家取消", run=run) for each in (one, other)]
    (document,) = told[0].documents
    large = document.model_copy(update={"note": "x" * LEAST_MESSAGE_BYTES})
    (batch,) = dispatch(run, [replace(told[0], documents=(large,)), told[1]])
    found = {parcel.position: parcel for parcel in batch.parcels}
    (finding,) = [each for each in found[1].findings if each.is_error]
    assert finding.code == "document-too-large"
    assert one.order.order_no in finding.en
    assert (found[1].messages, [each.parcels for each in found[2].messages]) == ((), [(2,)])


def test_a_refused_follow_up_is_told_and_holds_up_no_other(signer: customs.RsaSigner) -> None:
    run = run_of(signer)
    one, other = sample_parcels(2, seed=25, mode="1210")
    told = [
        cancellation(one, ParcelState(), "买家取消", run=run),
        cancellation(other, parcel_state(other, STORED), "买家取消", run=run),
    ]
    found = {parcel.position: parcel for batch in dispatch(run, told) for parcel in batch.parcels}
    assert [each.code for each in found[1].findings] == ["move-not-allowed"]
    assert found[1].order_no == one.order.order_no
    assert [each.name for each in found[2].messages] == ["CEB623"]


def test_an_application_without_a_key_is_not_written() -> None:
    run = run_of(None)
    (batch,) = dispatch(run, [follow_ups(run)["cancellation"]])
    assert batch.messages == ()
    assert [each.code for each in batch.parcels[0].findings] == ["application-not-signed"]


# areas with messages of their own


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("zhejiang_jkf", {"cancellation": "MODIFY_CANCEL", "goods_return": "IMPORT_ORDER_RETURN"}),
        ("chongqing_dtc", {"goods_return": "ORDER_RETURN_INFO"}),
    ],
)
def test_an_area_with_a_message_of_its_own_gets_that(
    name: str, told: dict[str, str], signer: customs.RsaSigner
) -> None:
    area = area_of(name)
    run = run_of(signer).with_(area=area)
    parcel = parcel_for(next(sample_parcels(1, seed=25, mode="1210")), area.profile)
    back = ReturnRequest(reason="七日无理由退货", quantities={1: 1})
    made = {
        "cancellation": cancellation(parcel, parcel_state(parcel, STORED), "买家取消", run=run),
        "goods_return": goods_return(parcel, parcel_state(parcel, RELEASED), back, run=run),
    }
    for kind, message_name in some(told.items()):
        (batch,) = dispatch(run, [made[kind]])
        (message,) = batch.messages
        assert (message.name, message.area) == (message_name, name)
        reason = "买家取消" if kind == "cancellation" else "七日无理由退货"
        assert reason in message.content.decode()
        if message_name == "IMPORT_ORDER_RETURN":  # one of three pieces of the first line, nothing of the second
            assert message.content.count(b"<goodsReturnDetail>") == 1
            assert b"<declareCount>1</declareCount>" in message.content


def test_a_refused_list_goes_again_in_the_message_of_its_area_and_nothing_else(signer: customs.RsaSigner) -> None:
    area = area_of("zhejiang_jkf")
    run = run_of(signer).with_(area=area)
    parcel = parcel_for(next(sample_parcels(1, seed=25, mode="1210")), area.profile)
    again = resubmission(parcel, parcel_state(parcel, {"CEB621": (State.REJECTED,)}), run=run)
    (batch,) = dispatch(run, [again])
    assert [(each.name, each.documents) for each in batch.messages] == [
        ("PERSONAL_GOODS_DECLAR", ("declaration_list",))
    ]


#: The areas that take a cancellation and a return, and in which message; of all others no form is known.
TAKES = dict.fromkeys(
    ("unified", "haikou", "guangzhou", "changsha_ext", "shenzhen_ceb311", "dalian_insp", "shandong_sdeport"),
    ("CEB623", "CEB625"),
) | {
    "zhejiang_jkf": ("MODIFY_CANCEL", "IMPORT_ORDER_RETURN"),
    "chongqing_dtc": ("", "ORDER_RETURN_INFO"),
}


@pytest.mark.parametrize("name", areas.names())
def test_an_area_whose_form_is_unknown_is_said_and_nothing_is_written(name: str, signer: customs.RsaSigner) -> None:
    area = area_of(name)
    run = run_of(signer).with_(area=area)
    parcel = parcel_for(next(sample_parcels(1, seed=25, mode="1210")), area.profile)
    told = (
        cancellation(parcel, parcel_state(parcel, STORED), "买家取消", run=run),
        goods_return(parcel, parcel_state(parcel, RELEASED), ReturnRequest(reason="七日无理由退货"), run=run),
    )
    for expected, follow_up in zip(TAKES.get(name, ("", "")), told, strict=True):
        assert not follow_up.refused
        (batch,) = dispatch(run, [follow_up])
        assert [each.name for each in batch.messages] == ([expected] if expected else [])
        unknown = "area-no-application" in [each.code for each in batch.parcels[0].findings]
        assert unknown is not bool(expected)


# warehouse entries


def test_a_warehouse_entry_names_each_parcel_of_the_crossing(signer: customs.RsaSigner) -> None:
    (document,) = follow_ups(run_of(signer))["warehouse_entry"].documents
    assert isinstance(document, WarehouseEntry)
    waybills = [each.waybill.waybill_no for each in sample_parcels(3, seed=25, mode="9610")]
    assert [(line.gnum, line.waybill_no) for line in document.lines] == list(enumerate(waybills, 1))


def test_parcels_of_another_flight_or_of_a_bonded_area_stand_in_no_entry_together(signer: customs.RsaSigner) -> None:
    one, other = (next(sample_parcels(1, seed=25, mode=mode)) for mode in ("9610", "1210"))
    told = warehouse_entry([one, other], ARRIVAL, run=run_of(signer))
    assert next((each.code, each.path) for each in told.findings) == ("entry-bonded", "[1].clearance.trade_mode")
    later = one.model_copy(update={"clearance": one.clearance.model_copy(update={"voyage_no": "MU0002"})})
    told = warehouse_entry([one, later], ARRIVAL, run=run_of(signer))
    assert [(each.code, each.path) for each in told.findings] == [("entry-differs", "[1].clearance.voyage_no")]
    with pytest.raises(ValueError, match="at least one parcel"):
        warehouse_entry([], ARRIVAL, run=run_of(signer))


# the export side


def test_an_export_list_is_taken_back_by_the_number_of_customs(
    signer: customs.RsaSigner, official_schemas: dict[str, etree.XMLSchema]
) -> None:
    listed = exported()
    run = run_of(signer)
    key = BusinessKey("CEB603", listed.key.fields)
    unknown = export_cancellation(listed, ParcelState(), "取消发货", run=run, transfer=OPERATOR)
    assert [each.code for each in unknown.findings] == ["move-not-allowed"]
    state = ParcelState(documents={"CEB603": document_state(attempt(key, (State.ACCEPTED, State.CONCLUDED)))})
    told = export_cancellation(listed, state, "取消发货", run=run, transfer=OPERATOR)
    (batch,) = dispatch(run, [told])
    (message,) = batch.messages
    official_schemas["export"].assertValid(etree.fromstring(message.content))
    assert message.name == "CEB605"
    assert customs.verify(message.content).valid


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, content in golden().items():
        (GOLDEN / f"{name}.xml").write_bytes(content)
