"""One parcel at a time (逐个申报): four messages of its own with four signatures, and how evenly the answers come."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

import customs
from benchmarks.measure import Work
from benchmarks.yardstick import Parcels

#: The messages of a parcel, each with its signature.
SIGNATURES = 4


@dataclass(frozen=True)
class ReadyValue:
    """A key that gives the same value for all bytes: what is left of a parcel is the library's own work."""

    certificate: customs.signing.Certificate
    algorithm: customs.signing.Algorithm
    made: customs.signing.Signature

    @classmethod
    def of(cls, signer: customs.signing.Signer) -> "ReadyValue":
        """Return the value that a signer gives once."""
        return cls(signer.certificate, signer.algorithm, signer.sign(b""))

    def sign(self, _: bytes) -> customs.signing.Signature:
        """Return the value."""
        return self.made


def one_by_one(parcels: Parcels, count: int = 150, *, signed: bool = True) -> Work:
    """Take parcels to signed messages, one a call; unless ``signed``, with a ready value in place of each signature."""
    run = parcels.run if signed else parcels.run.with_(signer=ReadyValue.of(parcels.signer))
    texts = parcels.texts[:count]
    run.prepare(texts[0])

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
