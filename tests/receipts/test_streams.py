"""Receipts from a folder or from bytes: laid to parcels, read at least once, nothing lost."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

import customs
from customs.codes.states import State
from customs.documents import BusinessKey, Document, Message, Transfer
from customs.receipts.streams import ParcelChange, TrackedParcel, UnreadSource, track_all, track_changes
from customs.testing import sample_parcels
from support.parcel_events import receipt, submitted

LIST = [receipt("CEB621", code, minute) for minute, code in enumerate(("2", "120", "800"), 1)]
TWO = customs.fixed_clock(datetime(2026, 11, 11, 8))


def nodes(found: tuple[TrackedParcel, ...]) -> dict[str, State | None]:
    return {each.name: each.state.node for each in found}


def sent(number: int) -> list[bytes]:
    """The four messages of a parcel as they are sent."""
    parcel = list(sample_parcels(number + 1, seed=11, mode="1210"))[number]
    made = customs.prepare(parcel, signer=None, on=date(2026, 11, 11), clock=TWO, guids=customs.seeded_guids(number))
    assert made.documents is not None
    transfer = Transfer(transmitter_code="C", transmitter_name="N", dxp_id="D")
    documents: tuple[Document, ...] = (
        made.documents.order,
        made.documents.payment,
        made.documents.waybill,
        made.documents.declaration_list,
    )
    return [customs.write(Message(customs.random_guids(), (each,), transfer)) for each in documents]


def test_a_folder_is_read_in_whole_and_each_parcel_has_its_state(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for number, content in enumerate(LIST):
        (tmp_path / "deep" / f"{number}.xml").write_bytes(content)
    (tmp_path / "other.xml").write_bytes(receipt("CEB621", "100", 3, internal_no="C77"))
    (tmp_path / "broken.xml").write_bytes(b"<CEB622Message")
    (tmp_path / "notes.md").write_text("nothing of this trade", encoding="utf-8")
    found = track_all(tmp_path)
    assert nodes(found.parcels) == {"C1": State.RELEASED, "C77": State.REJECTED}
    assert [each.source for each in found.unread] == ["broken.xml"]
    assert found.unread[0].reason


def test_receipts_read_twice_and_in_any_order_give_the_same_parcels() -> None:
    assert nodes(track_all([*LIST[::-1], *LIST]).parcels) == nodes(track_all(LIST).parcels) == {"C1": State.RELEASED}
    assert track_all([*LIST[::-1], *LIST]).parcels[0].state == track_all(LIST).parcels[0].state


def test_a_receipt_that_is_known_changes_nothing() -> None:
    found = list(track_changes([*LIST, *LIST]))
    assert [each.moved for each in found if isinstance(each, ParcelChange)] == [True, True, True]
    assert [each.parcel.state.node for each in found if isinstance(each, ParcelChange)] == [
        State.SENT,
        State.ACCEPTED,
        State.RELEASED,
    ]


def test_what_cannot_be_read_is_said_where_it_stands_and_stops_nothing() -> None:
    found = list(track_changes([LIST[0], b"", ("names.bin", b"\xff\x00"), LIST[2]]))
    assert [type(each) for each in found] == [ParcelChange, UnreadSource, UnreadSource, ParcelChange]
    assert [each.source for each in found] == ["1", "2", "names.bin", "4"]


def test_the_changes_end_in_the_states_of_the_whole() -> None:
    contents = [*sent(0), *sent(1), *LIST]
    last = {each.parcel.name: each.parcel.state for each in track_changes(contents) if isinstance(each, ParcelChange)}
    assert last == {each.name: each.state for each in track_all(contents).parcels}


@pytest.mark.parametrize("turn", [0, 3, 5])
def test_sent_messages_tell_which_receipts_are_of_one_parcel(turn: int) -> None:
    order, payment, waybill, declared = (customs.read(each).documents[0] for each in sent(0))
    receipts = [
        receipt("CEB311", "120", 3, **dict(order.key.fields)),
        receipt("CEB411", "120", 3, **dict(payment.key.fields)),
        receipt("CEB511", "120", 3, **dict(waybill.key.fields)),
        receipt("CEB621", "800", 4, **dict(declared.key.fields)),
    ]
    contents = [*receipts, *sent(0)]
    (found,) = track_all(contents[turn:] + contents[:turn]).parcels
    assert found.name == order.key["order_no"]
    assert found.state.node is State.RELEASED
    assert {name: each.state for name, each in found.state.documents.items()} == {
        "CEB311": State.ACCEPTED,
        "CEB411": State.ACCEPTED,
        "CEB511": State.ACCEPTED,
        "CEB621": State.RELEASED,
    }
    assert all(len(each.attempts) == 1 for each in found.state.documents.values())


def test_without_sent_messages_the_text_of_the_e_port_tells_the_order_of_a_list() -> None:
    text = "清单新增申报成功[电商企业编码：M1，订单编号：O1]"
    (found,) = track_all([receipt("CEB311", "120", 1), receipt("CEB621", "2", 2, text)]).parcels
    assert sorted(found.state.documents) == ["CEB311", "CEB621"]


def test_submissions_of_another_store_tell_it_too() -> None:
    known = [[submitted(each, guid=each) for each in ("CEB311", "CEB411", "CEB511", "CEB621")]]
    listed = replace(
        known[0][3], key=BusinessKey("CEB621", (*known[0][3].key.fields, ("order_no", "O1"), ("waybill_no", "W1")))
    )
    paid = replace(known[0][1], key=BusinessKey("CEB411", (*known[0][1].key.fields, ("order_no", "O1"))))
    contents = [receipt("CEB411", "120", 1), receipt("CEB511", "120", 1), receipt("CEB621", "800", 2)]
    parcel = [known[0][0], paid, known[0][2], listed]
    (found,) = track_all(contents, sent=[parcel]).parcels
    assert (found.name, found.state.node) == ("O1", State.RELEASED)
    assert [each.parcel.name for each in track_changes(contents, sent=[parcel]) if isinstance(each, ParcelChange)] == [
        "O1"
    ] * 3


def test_the_same_order_number_of_two_platforms_is_of_two_parcels() -> None:
    contents = [receipt("CEB311", "120", 1), receipt("CEB311", "100", 1, platform_code="P2")]
    assert [each.state.node for each in track_all(contents).parcels] == [State.ACCEPTED, State.REJECTED]


def test_receipts_in_envelopes_are_taken_out() -> None:
    wrapped = customs.wrap(
        LIST[2],
        copy_id="X1",
        sender="DXPENT0000000001",
        receivers=["DXPENT0000000002"],
        created=datetime(2026, 11, 11, 9),
    )
    assert nodes(track_all([wrapped]).parcels) == {"C1": State.RELEASED}


def test_local_receipts_are_read_by_the_areas_given() -> None:
    text = b"""<mo version="1.0.0"><head><businessType>RESULT</businessType></head><body><list><jkfResult>
    <businessNo>A1</businessNo><businessType>IMPORTORDER</businessType><chkMark>1</chkMark></jkfResult></list></body></mo>"""
    assert [type(each) for each in track_changes([text])] == [UnreadSource]
    found = track_all([text, *LIST], areas=("zhejiang_jkf", "unified"))
    assert [each.state.node for each in found.parcels] == [State.SENT, State.RELEASED]


def test_a_parcel_is_found_by_any_of_its_numbers() -> None:
    found = track_all([receipt("CEB621", "800", 1, list_no="I1"), receipt("CEB621", "100", 1, internal_no="C2")])
    assert [[each.name for each in found.find(number)] for number in ("I1", "C1", "C2", "C3")] == [
        ["I1"],
        ["I1"],
        ["C2"],
        [],
    ]


def test_a_number_that_two_parcels_share_by_mistake_makes_no_one_of_them() -> None:
    shared = "B00000000000000001"
    refused = receipt("CEB621", "100", 3, internal_no="C1", pre_entry_no=shared)
    released = [receipt("CEB621", code, 3, internal_no="C2", pre_entry_no=shared) for code in ("120", "800")]
    for contents in ([refused, *released], [*released, refused]):
        assert nodes(track_all(contents).parcels) == {"C1": State.REJECTED, "C2": State.RELEASED}


def test_parcels_of_two_orders_stay_apart_though_one_payment_covers_both() -> None:
    first, second = sent(0), sent(1)
    one, other = (customs.read(content).documents[0].key["payment_no"] for content in (first[1], second[1]))
    both = [first[0], first[1], second[0], second[1].replace(other.encode(), one.encode())]
    assert len(track_all(both).parcels) == len(track_all(both[::-1]).parcels) == 2
