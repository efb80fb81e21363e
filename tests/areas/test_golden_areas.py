"""Whole local messages, byte for byte: one parcel of each trade mode in every area. Run this file to write the golden
files anew.
"""

from pathlib import Path

import pytest

from customs import areas
from customs.areas import AreaProfile
from customs.areas.profile.fields import LocalMessage
from customs.testing import sample_parcels
from customs.testing.areas import parcel_for, sample_area
from support import MORNING, ROOT, SINGLES_DAY
from support.area_cases import facts_on_the_way

GOLDEN = ROOT / "tests" / "golden" / "areas"
GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"

MESSAGES = [
    (profile, message, mode)
    for profile in map(areas.find, areas.names())
    for message in profile.messages
    for mode in ("1210", "9610")
]  # fmt: skip


def golden_file(profile: AreaProfile, message: LocalMessage, mode: str) -> Path:
    return GOLDEN / f"{profile.name}-{message.name}-{mode}.{message.format}"


def written(profile: AreaProfile, message: LocalMessage, mode: str) -> bytes:
    """The message of a parcel of two lines, at an office of the area; its serial number is 1."""
    parcels = sample_parcels(50, seed=2026, mode="1210" if mode == "1210" else "9610")
    parcel = parcel_for(next(each for each in parcels if len(each.order.lines) == 2), profile)
    area = sample_area(profile)
    facts = facts_on_the_way(area, parcel, SINGLES_DAY, MORNING, (GUID,), rates=None)
    return areas.render(area, message, [facts], time=MORNING, guid=GUID).content


@pytest.mark.parametrize(
    ("profile", "message", "mode"),
    MESSAGES,
    ids=[f"{profile.name}-{message.name}-{mode}" for profile, message, mode in MESSAGES],
)
@pytest.mark.long
def test_a_local_message_is_the_golden_one(profile: AreaProfile, message: LocalMessage, mode: str) -> None:
    assert written(profile, message, mode) == golden_file(profile, message, mode).read_bytes()


def test_no_golden_file_is_left_over() -> None:
    assert {each.name for each in GOLDEN.iterdir()} == {golden_file(*each).name for each in MESSAGES}


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for each in MESSAGES:
        golden_file(*each).write_bytes(written(*each))
