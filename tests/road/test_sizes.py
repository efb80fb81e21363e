"""A message holds as many documents as its bytes allow; a document that no message holds is refused by name."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

import customs
from customs.declaration import Declaration
from customs.documents.base import LEAST_MESSAGE_BYTES, MOST_MESSAGE_BYTES
from customs.road.sending import AROUND
from customs.testing import sample_parcels
from customs.wire import read
from support import MORNING, SINGLES_DAY, exactly

MOST = 100_000


def run_of(most: int = MOST, **conditions: Any) -> customs.Run:
    given: dict[str, Any] = {"clock": customs.fixed_clock(MORNING), "guids": customs.seeded_guids(1), **conditions}
    return customs.Run(on=SINGLES_DAY, most_bytes=most, **given)


def parcels(count: int, seed: int = 7) -> list[Declaration]:
    return list(sample_parcels(count, seed=seed, mode="1210"))


def long_one(parcel: Declaration, lines: int) -> Declaration:
    """The parcel with so many lines of goods, each at one yuan and with much to say."""
    given = {"price": Decimal(1), "qty": Decimal(1), "total_price": Decimal(1), "note": "说明" * 300}
    line = parcel.order.lines[0].model_copy(update=given)
    order = parcel.order.model_copy(update={"lines": (line,) * lines, "goods_value": Decimal(lines)})
    waybill = parcel.waybill.model_copy(update={"gross_weight": Decimal(90)})
    return parcel.model_copy(update={"order": order, "waybill": waybill})


def sent(run: customs.Run, given: Sequence[Declaration | str], **more: Any) -> list[customs.Outgoing]:
    return [each for batch in run.prepare_many(given, **more) for each in batch.messages]


def documents_in(messages: Sequence[customs.Outgoing], name: str) -> list[str]:
    return [
        each.key.get("order_no") or ""
        for message in messages
        if message.name == name
        for each in read(message.content).documents
    ]


def test_a_message_is_closed_before_the_document_that_would_exceed_it(signer: customs.RsaSigner) -> None:
    given = parcels(100)
    made = sent(run_of(signer=signer), given)
    counts = {name: [len(each.keys) for each in made if each.name == name] for name in ("CEB311", "CEB411", "CEB621")}
    assert max(len(each.content) for each in made) <= MOST
    assert {name: sum(several) for name, several in counts.items()} == dict.fromkeys(counts, 100)
    orders = [re.findall(rb"<ceb:Order>.*?</ceb:Order>", each.content, re.S) for each in made if each.name == "CEB311"]
    room = MOST - AROUND
    for several, following in pairwise(orders):
        assert sum(map(len, several)) <= room < sum(map(len, [*several, following[0]]))
    assert len(counts["CEB621"]) > len(counts["CEB311"]) > 1
    numbers = [each.order.order_no for each in given]
    assert documents_in(made, "CEB311") == numbers
    assert len({each.guid for each in made}) == len(made)


def test_each_parcel_names_the_messages_that_hold_its_documents(signer: customs.RsaSigner) -> None:
    given = parcels(100)
    (batch,) = run_of(signer=signer).prepare_many(given)
    for each in exactly(100, batch.parcels):
        assert [message.name for message in each.messages] == ["CEB311", "CEB411", "CEB511", "CEB621"]
        assert all(each.position in message.parcels for message in each.messages)
        assert each.order_no in documents_in([each.messages[0]], "CEB311")


def test_ordinary_parcels_go_in_the_same_bytes_as_without_a_limit(signer: customs.RsaSigner) -> None:
    given = parcels(100)
    assert sent(run_of(MOST_MESSAGE_BYTES, signer=signer), given) == sent(run_of(1 << 40, signer=signer), given)


@pytest.mark.long
def test_the_messages_are_the_same_by_one_process_and_by_two() -> None:
    given = [each.model_dump_json(exclude_none=True) for each in parcels(1100)]
    run = run_of(only=("order", "payment", "waybill"))
    alone = sent(run, given, workers=1)
    assert alone == sent(run, given, workers=2)
    assert len([each for each in alone if each.name == "CEB311"]) > 11


def test_a_document_that_no_message_holds_is_refused_by_the_order_and_the_rest_goes_on(
    signer: customs.RsaSigner,
) -> None:
    given = parcels(3)
    given[1] = long_one(given[1], 99)
    (batch,) = run_of(signer=signer).prepare_many(given)
    first, refused, third = sorted(batch.parcels, key=lambda each: each.position)
    (finding,) = [each for each in refused.findings if each.is_error]
    number = given[1].order.order_no
    assert (finding.code, refused.messages) == ("document-too-large", ())
    size = refused_size(given[1])
    assert finding.en == (
        f"The CEB311 of order {number} has {size:,} bytes; the documents of a message may have {MOST - AROUND:,} together."
    )
    assert (
        f"订单 {number} 的电子订单（CEB311）有 {size:,} 字节，每份报文中的单证合计至多 {MOST - AROUND:,} 字节"
        in finding.zh
    )
    assert "--most-bytes" in finding.advice_en
    assert "most_bytes" in finding.advice_zh
    assert not first.refused
    assert not third.refused
    assert documents_in(batch.messages, "CEB311") == [given[0].order.order_no, given[2].order.order_no]


def refused_size(parcel: Declaration) -> int:
    """The bytes of the order as it would be written."""
    (message,) = run_of(MOST_MESSAGE_BYTES, only=("order",)).prepare(parcel).messages
    return message.content.index(b"</ceb:Order>") + len(b"</ceb:Order>") - message.content.index(b"<ceb:Order>")


def test_a_parcel_alone_is_refused_likewise_and_goes_with_more_room(signer: customs.RsaSigner) -> None:
    given = long_one(parcels(1)[0], 99)
    assert [each.code for each in run_of(signer=signer).prepare(given).findings if each.is_error] == [
        "document-too-large"
    ]
    assert not run_of(MOST_MESSAGE_BYTES, signer=signer).prepare(given).refused


@pytest.mark.parametrize("most", [0, LEAST_MESSAGE_BYTES - 1])
def test_a_limit_that_hardly_any_document_fits_is_refused(most: int) -> None:
    with pytest.raises(ValueError, match=r"most_bytes is at least 65,536.*most_bytes 不得小于 65,536"):
        run_of(most)
