"""What the benchmarks share: rates that take turns, and their results under ``results/``."""

import gc
import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

RESULTS = Path(__file__).parent / "results"

#: Does something and says how often.
Work = Callable[[], int]


def best_rates(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """How often each work is done in a second: the best of several rounds that take turns, since machines are noisy."""
    rates = dict.fromkeys(works, 0.0)
    for _ in range(rounds):
        for name, work in works.items():
            start = time.perf_counter()
            done = work()
            rates[name] = max(rates[name], done / (time.perf_counter() - start))
    return rates


def in_turns(
    works: Mapping[str, Work], rounds: int, clock: Callable[[], float] = time.process_time
) -> dict[str, list[float]]:
    """Return the seconds that each work takes for one of its things, in each of several short rounds.

    The works take turns, so that what a machine does beside them falls on all. Counted is the time of the processor
    unless the clock says otherwise; garbage of one work is cleared away before the next begins.
    """
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            start = clock()
            done = work()
            spent[name].append((clock() - start) / done)
    return spent


def ratio(these: Sequence[float], to: Sequence[float]) -> float:
    """Return how many times as long these take: the median of the ratios of each round."""
    return median(mine / other for mine, other in zip(these, to, strict=True))


def results(name: str) -> dict[str, Any]:
    """Return the results of a benchmark as they were written last."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def save(name: str, packages: tuple[str, ...], **figures: object) -> None:
    """Write the results of a benchmark, with the versions that they depend on."""
    RESULTS.mkdir(exist_ok=True)
    versions = {package: version(package) for package in packages}
    found = {"python": platform.python_version(), "machine": platform.machine(), "versions": versions, **figures}
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
