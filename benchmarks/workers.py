"""Two processes beside one (多进程), in one run: `make bench`.

The same stream of parcels goes through ``prepare_many`` in one process and with two workers, whose start counts. What
counts is time by the clock, and the shortest of several rounds that take turns. Beside it stands what the processor
spent, in this process and in the workers: it says what two free processors would give, whatever else this machine does.
A short stream stands below: there the start of the workers, a tenth of a second, weighs more.
"""

import resource
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import customs
from benchmarks.endless import texts
from benchmarks.measure import Work, in_turns, save
from benchmarks.yardstick import CLOCK, ON, Parcels

PARCELS, SHORT, ROUNDS = 36_000, 12_000, 3

SHORTER = f"two processes, {SHORT:,} parcels"
BY_PROCESSOR = "two processes, to one, by the processor's time"


def processor_time() -> float:
    """Return the seconds that the processor spent on this process and on its workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    pair = Parcels(1).pair
    parcels = list(islice(texts(), PARCELS))
    with TemporaryDirectory() as folder:
        key, certificate = Path(folder) / "own.key", Path(folder) / "own.crt"
        key.write_bytes(pair.key)
        certificate.write_bytes(pair.certificate)
        run = customs.Run(keys=customs.KeyFile(key, certificate), on=ON, clock=CLOCK, guids=customs.seeded_guids(1))

        def with_(workers: int | None, count: int = PARCELS) -> Work:
            def work() -> int:
                batches = run.prepare_many(parcels[:count], workers=workers)
                declared = sum(len(batch.parcels) for batch in batches if batch.messages)
                assert declared == count
                return declared

            return work

        works = {"one process": with_(None), "two processes": with_(2), SHORTER: with_(2, SHORT)}
        spent = in_turns(works, ROUNDS, time.perf_counter)
        worked = in_turns(works, ROUNDS, processor_time)
    gain = min(spent["one process"]) / min(spent["two processes"])
    gain_of_short = min(spent["one process"]) / min(spent[SHORTER])
    by_processor = 2 * min(worked["one process"]) / min(worked["two processes"])
    print()
    for name, figures in spent.items():
        print(f"{name:46}{1 / min(figures):12,.0f} parcels a second")
    print(f"{'two processes, to one':46}{gain:12.2f}")
    print(f"{SHORTER + ', to one':46}{gain_of_short:12.2f}")
    print(f"{BY_PROCESSOR:46}{by_processor:12.2f}")
    save(
        "workers",
        ("pydantic", "lxml", "cryptography"),
        per_second={name: round(1 / min(figures)) for name, figures in spent.items()},
        ratios={
            "two processes, to one": round(gain, 3),
            f"{SHORTER}, to one": round(gain_of_short, 3),
            BY_PROCESSOR: round(by_processor, 3),
        },
    )


if __name__ == "__main__":
    main()
