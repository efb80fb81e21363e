"""Where a parcel's time goes (耗时分布), in one run: `make bench`.

Parcels go through a run in batches, and each millisecond of the processor the room of the library is noted that is at
work: the innermost function of the library on the stack, whatever it calls outside of it. The garbage collector, which
works within all of them, is timed by itself.
"""

import gc
import signal
import time
from collections import Counter
from types import FrameType

from benchmarks.measure import save
from benchmarks.yardstick import Parcels, batched

PARCELS, SECONDS, APART = 1000, 20.0, 0.001

#: What no function of the library is on the stack for, such as this benchmark.
OUTSIDE = "outside"


def main() -> None:
    work = batched(Parcels(PARCELS))
    work()
    seen: Counter[str] = Counter()
    modules: Counter[str] = Counter()
    collector = _Collector()

    def note(_: int, frame: FrameType | None) -> None:
        module = _module(frame)
        modules[module] += 1
        seen[".".join(module.split(".")[:2])] += 1

    before = signal.signal(signal.SIGPROF, note)
    gc.callbacks.append(collector)
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, APART, APART)
    while time.process_time() - start < SECONDS:
        work()
    signal.setitimer(signal.ITIMER_PROF, 0)
    spent = time.process_time() - start
    gc.callbacks.remove(collector)
    signal.signal(signal.SIGPROF, before)
    print(f"\n{seen.total():,} samples")
    for name, count in (*seen.most_common(), ("", 0), *modules.most_common(20)):
        print(f"{name:40}{count / seen.total():8.1%}")
    print(f"{'garbage collector':40}{collector.spent / spent:8.1%}")
    save(
        "shares",
        ("pydantic", "lxml", "cryptography"),
        rooms={name: round(count / seen.total(), 3) for name, count in seen.most_common()},
        modules={name: round(count / seen.total(), 3) for name, count in modules.most_common(20)},
        garbage_collector=round(collector.spent / spent, 3),
    )


def _module(frame: FrameType | None) -> str:
    """Return the innermost module of the library that a stack is in."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith("customs."):
            return name
        frame = frame.f_back
    return OUTSIDE


class _Collector:
    """The time that the garbage collector takes."""

    def __init__(self) -> None:
        self.spent = self._since = 0.0

    def __call__(self, phase: str, _: object) -> None:
        if phase == "start":
            self._since = time.process_time()
        else:
            self.spent += time.process_time() - self._since


if __name__ == "__main__":
    main()
