"""What was declared is also read from messages and receipts; persons are compared there and go nowhere."""

from datetime import date, datetime
from pathlib import Path

import customs
from customs.ledger.settlements import payments_in_messages
from customs.testing import sample_parcels
from support.memory import holders_of


def test_the_payments_of_messages_are_those_that_were_declared(tmp_path: Path) -> None:
    parcels = list(sample_parcels(3, seed=4, mode="1210"))
    clock = customs.fixed_clock(datetime(2026, 11, 11, 8))
    for at, parcel in enumerate(parcels):
        guids = customs.seeded_guids(at)
        made = customs.prepare(parcel, signer=None, on=date(2026, 11, 11), clock=clock, guids=guids)
        for message in made.messages:
            (tmp_path / f"{at}-{message.name}.xml").write_bytes(message.content)
    (tmp_path / "notes.xml").write_text("no message", encoding="utf-8")
    found = {each.order_no: each for each in payments_in_messages([tmp_path])}
    assert len(found) == 3
    assert sorted(found) == sorted(each.order.order_no for each in parcels)
    assert {each.order.order_no: each.payment.payment_no for each in parcels} == {
        order: each.payment_no for order, each in found.items()
    }
    assert {(each.payer_is_buyer, each.standing) for each in found.values()} == {(True, "open")}
    assert holders_of(parcels[0].order.buyer_id_number, list(found.values())) == []
