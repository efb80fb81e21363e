"""One parcel at a time (逐个申报): four messages of its own with four signatures, and how evenly the answers come."""

import gc
from collections.abc import Callable, Sequence
from statistics import median, quantiles

from benchmarks.measure import Work
from benchmarks.yardstick import Parcels

#: The messages of a parcel, each with its signature.
SIGNATURES = 4


def one_by_one(parcels: Parcels, count: int = 150) -> Work:
    """Take parcels to signed messages, one a call."""
    run, texts = parcels.run, parcels.texts[:count]

    def work() -> int:
        for text in texts:
            assert len(run.prepare(text).messages) == SIGNATURES
        return len(texts)

    return work


def tail(parcels: Parcels, rounds: int, clock: Callable[[], float]) -> float:
    """Return the 99th percentile of the time of a call by its median: the median of several rounds of all parcels."""
    return median(_tail(_latencies(parcels, clock)) for _ in range(rounds))


def _latencies(parcels: Parcels, clock: Callable[[], float]) -> list[float]:
    run = parcels.run
    gc.collect()
    found = []
    for text in parcels.texts:
        start = clock()
        run.prepare(text)
        found.append(clock() - start)
    return found


def _tail(latencies: Sequence[float]) -> float:
    hundredths = quantiles(latencies, n=100)
    return hundredths[98] / hundredths[49]
