"""Memory of a hub's worker as parcels pass (枢纽内存): `make bench`.

Parcels go in waves through a hub whose simulated office, which remembers every parcel, is another process; so the memory of
this one is that of the hub. The peak is noted after a tenth of the parcels and after all of them. The number of parcels and of
those in a wave are arguments: ``python -m benchmarks.hub_memory 20000 2000``.
"""

import resource
import sys
from datetime import datetime
from multiprocessing.managers import BaseManager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.hub_road import EIGHT, WAVE, road_on
from benchmarks.measure import save
from customs.office import Office, OfficeAnswer

PARCELS = 200_000


class FarOffice:
    """The simulated office in a process of its own, told the time with each question."""

    def __init__(self) -> None:
        self._now = EIGHT
        self._office = Office(clock=lambda: self._now)

    def take(self, content: bytes, now: datetime) -> None:
        """Take a message in at a time."""
        self._now = now
        self._office.take(content)

    def due(self, now: datetime) -> list[OfficeAnswer]:
        """Return what has been answered by a time."""
        self._now = now
        return self._office.due()


class Far(BaseManager):
    """The process of the office."""


Far.register("FarOffice", FarOffice)


class NearOffice:
    """The office as a rehearsal has it, here."""

    def __init__(self, far: FarOffice, rehearsal: object) -> None:
        self._far, self._rehearsal = far, rehearsal

    def take(self, content: bytes) -> None:
        self._far.take(content, self._rehearsal.now)  # type: ignore[attr-defined]

    def due(self) -> list[OfficeAnswer]:
        return self._far.due(self._rehearsal.now)  # type: ignore[attr-defined]


def main() -> None:
    given = [int(each) for each in sys.argv[1:]]
    parcels, wave = [*given, PARCELS][0], [*given[1:], WAVE][0]
    first = max(parcels // 10 // wave, 1)
    peaks = []
    with TemporaryDirectory(dir=Path.cwd()) as folder, Far() as far, road_on(f"sqlite:///{folder}/hub.db") as road:
        road.hub.rehearsal.office = NearOffice(far.FarOffice(), road.hub.rehearsal)  # type: ignore[attr-defined, assignment]
        for _ in range(parcels // wave):
            road.wave(wave)
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
            print(f"{road.released:10,} parcels{peaks[-1]:10.1f} MB at the peak", flush=True)
    ratio = peaks[-1] / peaks[first - 1]
    name = "memory of the hub's worker after all parcels, to a tenth of them"
    print(f"{name}: {ratio:.3f}")
    save("hub_memory", ("sqlalchemy",), parcels=parcels, wave=wave, peaks_mb=peaks, ratios={name: round(ratio, 3)})


if __name__ == "__main__":
    main()
