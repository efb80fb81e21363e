"""Memory and cost of runs as they grow (规模增长), in one run: `make bench`.

1,000, 10,000, 100,000 and 1,000,000 parcels go through a run, each number in a process of its own. What is told is the
peak memory of the process, and what a parcel costs beyond start-up as a multiple of the yardstick, which is measured now
and then during the run, so that a machine that slows down slows both. Making the parcels is not counted. Another largest
number is an argument: ``python -m benchmarks.growth_of_runs 100000``.
"""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.endless import texts
from benchmarks.measure import save
from benchmarks.yardstick import Parcels, yardstick
from customs import bulk

COUNTS = 1_000, 10_000, 100_000, 1_000_000

#: The numbers that are compared: the largest with this one.
SMALL = 10_000

#: How often the yardstick is laid on a run, at least after so many parcels.
TIMES, APART = 200, 250

#: Parcels before the first that counts.
START = 100


class Cost(NamedTuple):
    """The cost of a run: parcels, seconds of the processor each, those of the yardstick, megabytes at the peak."""

    parcels: int
    each: float
    yardstick: float
    memory_mb: float

    @property
    def ratio(self) -> float:
        """The cost of a parcel, as a multiple of the yardstick."""
        return self.each / self.yardstick


def prepare_many(parcels: Iterable[bytes]) -> int:
    """Take the parcels to signed messages; return how many parcels ended in one."""
    run = Parcels(1).run
    return sum(len(batch.parcels) for batch in run.prepare_many(parcels) if batch.messages)


def declare(parcels: Iterable[bytes]) -> int:
    """Take the parcels to a folder under the journal, chunk by chunk; return how many ended in a message."""
    with TemporaryDirectory() as folder:
        totals = bulk.declare(parcels, folder, run=Parcels(1).run)
    return totals.parcels - totals.refused - totals.skipped


WAYS: Mapping[str, Callable[[Iterable[bytes]], int]] = {"prepare_many": prepare_many, "declare": declare}


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else COUNTS[-1]
    counts = [count for count in COUNTS if count <= most]
    found = {way: [in_a_process(way, count) for count in counts] for way in WAYS}
    print(f"\n{'':24}{'parcels':>12}{'to the yardstick':>20}{'peak memory':>16}")
    for way, costs in found.items():
        for cost in costs:
            print(f"{way:24}{cost.parcels:12,}{cost.ratio:20.2f}{cost.memory_mb:13.1f} MB")
    save(
        "growth_of_runs",
        ("pydantic", "lxml", "cryptography"),
        runs={
            way: [{**cost._asdict(), "to_yardstick": round(cost.ratio, 3)} for cost in costs]
            for way, costs in found.items()
        },
        ratios={name: round(figure, 3) for way, costs in found.items() for name, figure in grown(way, costs).items()},
    )


def grown(way: str, costs: Iterable[Cost]) -> dict[str, float]:
    """The memory and the cost of the largest run, by those of ten thousand parcels; none without a larger one."""
    of = {cost.parcels: cost for cost in costs}
    most = of[max(of)]
    if most.parcels <= SMALL:
        return {}
    return {
        f"memory of the largest {way}, to one of 10,000 parcels": most.memory_mb / of[SMALL].memory_mb,
        f"cost of a parcel in the largest {way}, to one of 10,000 parcels": most.ratio / of[SMALL].ratio,
    }


def in_a_process(way: str, count: int) -> Cost:
    """Return the cost of a run in a process that does nothing else."""
    code = f"from benchmarks.growth_of_runs import measured; measured({way!r}, {count})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)  # noqa: S603
    return Cost(*json.loads(done.stdout))


def measured(way: str, count: int) -> None:
    """Print the cost of a run."""
    patterns = Parcels(100)
    lay = yardstick(patterns)
    WAYS[way](islice(texts(), START))
    apart = max(APART, count // TIMES)
    yards: list[float] = []
    aside = 0.0

    def stream() -> Iterator[bytes]:
        nonlocal aside
        parcels = islice(texts(), START, START + count)
        for number in range(count):
            start = time.process_time()
            if number % apart == 0:
                yards.append(_apiece(lay))
            parcel = next(parcels)
            aside += time.process_time() - start
            yield parcel

    gc.collect()
    start = time.process_time()
    declared = WAYS[way](stream())
    each = (time.process_time() - start - aside) / count
    assert declared == count
    print(json.dumps(Cost(count, each, median(yards), peak_memory())))


def _apiece(work: Callable[[], int]) -> float:
    start = time.process_time()
    done = work()
    return (time.process_time() - start) / done


def peak_memory() -> float:
    """Return the most memory that this process held, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6, 1)


if __name__ == "__main__":
    main()
