"""The shipped parcels' messages, byte for byte: one fixed test key, clock and seed give the bytes whose hashes are
kept.

Run this file to write the hashes anew; a change of any hash is a change of what users send.
"""

import hashlib
import json

import pytest

import customs
from customs.testing import sample_parcels
from support import MORNING, ROOT, SINGLES_DAY

GOLDEN = ROOT / "tests" / "golden"
KEPT = GOLDEN / "hashes.json"
MODES = ("1210", "9610")


def run() -> customs.Run:
    return customs.Run(
        keys=customs.KeyFile(GOLDEN / "test.key", GOLDEN / "test.crt"),
        on=SINGLES_DAY,
        clock=customs.fixed_clock(MORNING),
        guids=customs.seeded_guids(1),
    )


def hashes(mode: str) -> list[list[str]]:
    """Name and SHA-256 of every message of the shipped parcels of a trade mode, batched."""
    lines = (ROOT / "examples" / f"parcels-{mode}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        [each.file_name, hashlib.sha256(each.content).hexdigest()]
        for batch in run().prepare_many(lines)
        for each in batch.messages
    ]


def alone() -> list[list[str]]:
    """The same for one parcel that is prepared alone."""
    parcel = next(sample_parcels(1, seed=7, mode="1210"))
    return [[each.file_name, hashlib.sha256(each.content).hexdigest()] for each in run().prepare(parcel).messages]


@pytest.mark.parametrize("mode", MODES)
def test_the_shipped_parcels_messages_stay_as_they_are_to_the_byte(mode: str) -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))[mode]
    assert len(kept) == 8, "two messages of each of the four documents"
    assert hashes(mode) == kept


def test_a_single_parcels_messages_stay_as_they_are_to_the_byte() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))["alone"]
    assert len(kept) == 4
    assert alone() == kept


if __name__ == "__main__":
    KEPT.write_text(
        json.dumps({**{mode: hashes(mode) for mode in MODES}, "alone": alone()}, indent=1) + "\n", encoding="utf-8"
    )
