"""What the benchmarks share: rates that take turns, and their results under ``results/``."""

import json
import platform
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
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
