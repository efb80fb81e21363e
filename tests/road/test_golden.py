"""Whole messages, byte for byte: one parcel of each trade mode. Run this file to write the golden files anew."""

import pytest

import customs
from customs.documents import PARCEL_MESSAGES, Document, Message, Transfer
from customs.road import build
from customs.tax import assess
from customs.testing import sample_parcels
from support import MORNING, ROOT, SINGLES_DAY

GOLDEN = ROOT / "tests" / "golden"
MODES = ("1210", "9610")


def messages(mode: str) -> dict[str, bytes]:
    """The four messages of a parcel, before they are signed."""
    parcel = next(sample_parcels(1, seed=2026, mode="1210" if mode == "1210" else "9610"))
    guids = customs.seeded_guids(2026)
    tax = assess(parcel, on=SINGLES_DAY).due
    documents, findings = build(parcel, tax=tax, on=SINGLES_DAY, app_time=MORNING, guids=guids)
    assert documents
    assert not findings
    transfer = Transfer(
        transmitter_code=parcel.parties.transmitter_code,
        transmitter_name=parcel.parties.transmitter_name,
        dxp_id=parcel.parties.dxp_id,
    )
    four: tuple[Document, ...] = (
        documents.order,
        documents.payment,
        documents.waybill,
        documents.declaration_list,
    )
    return {each.message: customs.write(Message(guids(), (each,), transfer)) for each in four}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PARCEL_MESSAGES)
def test_a_message_is_the_golden_one(mode: str, name: str) -> None:
    assert messages(mode)[name] == (GOLDEN / f"{mode}-{name}.xml").read_bytes()


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for mode in MODES:
        for name, content in messages(mode).items():
            (GOLDEN / f"{mode}-{name}.xml").write_bytes(content)
