"""The way of a parcel from JSON to signed bytes stays short enough to be read."""

import pytest
from benchmarks.way import passed, way


@pytest.mark.parametrize("mode", ["1210", "9610"])
def test_a_parcel_passes_at_most_100_functions_in_25_files(mode: str) -> None:
    found = way(passed("1210" if mode == "1210" else "9610"))
    assert found.functions <= 100, "python -m benchmarks.way --list shows them"
    assert found.files <= 25
    assert found.calls > found.functions > 50, "the whole way is counted"
