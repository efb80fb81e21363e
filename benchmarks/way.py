"""The way of a parcel from JSON to signed bytes: functions and files of the library that it passes, counted.

`python -m benchmarks.way` prints the figures for each trade mode, `--list` every function with its calls. Counted is
a parcel that goes through a run that has seen one before, as all but the first do. A comprehension is part of its
function.
"""

import sys
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from types import CodeType, FrameType
from typing import Literal, NamedTuple

import customs
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT

LIBRARY = str(Path(customs.__file__).parent)


class Way(NamedTuple):
    """How many calls, functions and files a parcel passes."""

    calls: int
    functions: int
    files: int


def passed(mode: Literal["1210", "9610"]) -> Counter[CodeType]:
    """Return the functions that a parcel of the trade mode passes, with their calls."""
    run = customs.Run(
        signer=issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer(),
        on=date(2026, 11, 11),
        clock=customs.fixed_clock(datetime(2026, 11, 11, 8)),
        guids=customs.random_guids,
    )
    text, other = (each.model_dump_json(exclude_none=True) for each in sample_parcels(2, seed=7, mode=mode))
    run.prepare(other)
    calls: Counter[CodeType] = Counter()

    def count(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(LIBRARY) and not code.co_name.startswith("<"):
            calls[code] += 1

    sys.setprofile(count)
    try:
        prepared = run.prepare(text)
    finally:
        sys.setprofile(None)
    assert [each.signed for each in prepared.messages] == [True] * 4
    return calls


def way(calls: Counter[CodeType]) -> Way:
    """Return the figures of counted calls."""
    return Way(calls.total(), len(calls), len({each.co_filename for each in calls}))


def main() -> None:
    for mode in ("1210", "9610"):
        calls = passed(mode)
        print(mode, "calls {} functions {} files {}".format(*way(calls)))
        if "--list" in sys.argv:
            for code, count in sorted(calls.items(), key=lambda each: (each[0].co_filename, each[0].co_firstlineno)):
                print(f"{count:6} {code.co_filename[len(LIBRARY) + 1 :]}:{code.co_firstlineno} {code.co_qualname}")


if __name__ == "__main__":
    main()
