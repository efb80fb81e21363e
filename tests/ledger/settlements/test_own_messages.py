"""What was declared is also read from messages and receipts; persons are compared there and go nowhere."""

from datetime import date
from pathlib import Path

import customs
from customs.ledger.settlements import payments_in_messages
from customs.testing import sample_parcels
from support.memory import holders_of


def test_the_payments_of_messages_are_those_that_were_declared(tmp_path: Path) -> None:
    parcels = list(sample_parcels(3, seed=4))
    for at, parcel in enumerate(parcels):
        prepared = customs.prepare(parcel, on=date(2026, 11, 11))
        for message in prepared.messages:
            (tmp_path / f"{at}-{message.name}").with_suffix(".xml").write_bytes(message.content)
    (tmp_path / "notes.xml").write_text("no message", encoding="utf-8")
    found = {each.order_no: each for each in payments_in_messages([tmp_path])}
    assert sorted(found) == sorted(each.order.order_no for each in parcels)
    for parcel in parcels:
        each = found[parcel.order.order_no]
        assert each.payment_no == parcel.payment.payment_no
        assert each.payer_is_buyer is True
        assert each.standing == "open"
    assert holders_of(parcels[0].order.buyer.id_number, list(found.values())) == []
