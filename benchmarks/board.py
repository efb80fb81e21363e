"""The scoreboard (记分牌): all that was promised of speed and scale, measured in one run: `make bench`.

Each benchmark runs in a process of its own and writes its results; the table shows every promise with its target, the
figure, if it holds, and how the figure changed since the run that was saved before. All are ratios: to the yardstick Y
(``benchmarks.yardstick``), to bare signatures, to other libraries on the same messages, or of large runs to small ones.
The largest run of ``benchmarks.growth_of_runs`` is an argument: ``python -m benchmarks.board 100000``.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measure import RESULTS, results, save

#: The benchmarks in the order in which they run.
BENCHMARKS = (
    "road", "shares", "signing", "tax", "areas", "receipts", "exchange", "ledger", "ledger_boxes",
    "recall", "intake", "reading", "startup", "workers", "growth_of_runs", "hub_road", "hub_size",
    "hub_memory", "hub_console",
)  # fmt: skip


class Promise(NamedTuple):
    """A promise: what is compared, the benchmark that measures it, and the figure that it keeps at most or at least."""

    name: str
    benchmark: str
    most: float | None = None
    least: float | None = None

    def holds(self, figure: float) -> bool:
        """True if the figure keeps the promise."""
        return (self.most is None or figure <= self.most) and (self.least is None or figure >= self.least)

    @property
    def target(self) -> str:
        """The figure that is promised, in words."""
        return f"<= {self.most:g}" if self.most is not None else f">= {self.least:g}"


def promises(*, ifma: bool) -> tuple[Promise, ...]:
    """Return what is promised on a processor with or without AVX-512 IFMA, which makes RSA three times as fast."""
    return (
        Promise("parcel in a batch, to the yardstick", "road", most=3.0),
        Promise("parcels in batches, to the rate of bare signatures", "road", least=1.0 if ifma else 1.9),
        Promise("parcel in a batch, to the usual way", "road", most=0.5),
        Promise("one by one beyond its signatures, to a parcel in a batch", "road", most=1.5),
        Promise("one by one, 99th percentile to the median", "road", most=3.0),
        Promise("two processes, to one", "workers", least=1.85),
        Promise("memory of the largest declare, to one of 10,000 parcels", "growth_of_runs", most=1.1),
        Promise("cost of a parcel in the largest declare, to one of 10,000 parcels", "growth_of_runs", most=1.1),
        Promise("reading a message of 100 lists, to the bare parse", "reading", most=4.0),
        Promise("reading 100 receipts, to the bare parse", "reading", most=4.0),
        Promise("messages through the outbox, to writing the files with fsync", "exchange", least=0.33),
        Promise(
            "messages of 100 documents through the outbox, to writing the files with fsync", "exchange", least=0.33
        ),
        Promise("receipts through the inbox, to writing the files with fsync", "exchange", least=0.33),
        Promise("reservations of one buyer by 16 processes, to bare insertions, SQLite", "ledger", least=0.3),
        Promise("reservations of one buyer by 16 processes, to bare insertions, PostgreSQL", "ledger", least=0.3),
        Promise("recall of 10,000 parcels, to a second, SQLite", "recall", most=1.0),
        Promise("recall of 10,000 parcels, to a second, PostgreSQL", "recall", most=1.0),
        Promise("parcels end to end through the hub, to prepare_many, SQLite", "hub_road", least=0.2),
        Promise("parcels end to end through the hub, to prepare_many, PostgreSQL", "hub_road", least=0.2),
        Promise("state of an order with the most parcels, to 10,000", "hub_size", most=2.0),
        Promise("state of an order, median, to 5 ms", "hub_size", most=1.0),
        Promise("state of an order, 99th percentile, to 20 ms", "hub_size", most=1.0),
        Promise("search by any number with the most parcels, to 10,000", "hub_size", most=2.0),
        Promise("figures of the dashboard with the most parcels, to 10,000", "hub_size", most=2.0),
        Promise("memory of the hub's worker after all parcels, to a tenth of them", "hub_memory", most=1.1),
        Promise("slowest page of the console, median, to 100 ms", "hub_console", most=1.0),
        Promise("slowest page of the console, 99th percentile, to 300 ms", "hub_console", most=1.0),
        Promise("pages that 50 people at once did not get", "hub_console", most=0.0),
        Promise("assessment with its trail, to the yardstick", "road", most=0.35),
        Promise("local order with facts and checks, to the unified one, worst area", "areas", most=1.5),
        Promise("from customs import prepare and a first parcel, to its dependencies", "startup", most=1.5),
        Promise("customs --help, to typer and rich", "startup", most=1.3),
    )


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    before = saved()
    found = {name: figures(name) if measured(name, most) else {} for name in BENCHMARKS}
    processor = processor_of_the_machine()
    board = rows(promises(ifma=processor["avx512_ifma"]), found, before)
    show(board, processor)
    save("scoreboard", ("pydantic", "lxml", "cryptography"), processor=processor, largest_run=most, rows=board)


def measured(name: str, most: int) -> bool:
    """Run a benchmark; return True if it wrote its results."""
    print(f"\n== {name}", flush=True)
    if not find_spec(f"benchmarks.{name}"):
        return False
    arguments = [str(most)] if name in ("growth_of_runs", "hub_size", "hub_console") else []
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=False).returncode == 0  # noqa: S603


def saved() -> Mapping[str, float]:
    """Return the figures of the run that was saved before, by name."""
    if not (RESULTS / "scoreboard.json").exists():
        return {}
    return {row["name"]: row["figure"] for row in results("scoreboard")["rows"] if row["figure"] is not None}


def rows(
    promised: Iterable[Promise], found: Mapping[str, Mapping[str, float]], before: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Return the rows of the table: the promises, then all other ratios that the benchmarks measured."""
    board: list[dict[str, Any]] = []
    for each in promised:
        figure = found[each.benchmark].get(each.name)
        holds = None if figure is None else each.holds(figure)
        board.append(
            {"name": each.name, "benchmark": each.benchmark, "target": each.target, "figure": figure, "holds": holds}
        )
    named = {row["name"] for row in board}
    board += [
        {"name": name, "benchmark": benchmark, "target": None, "figure": figure, "holds": None}
        for benchmark, ratios in found.items()
        for name, figure in ratios.items()
        if name not in named
    ]
    for row in board:
        was = before.get(row["name"])
        row["change"] = round(row["figure"] / was, 3) if was and row["figure"] is not None else None
    return board


def figures(name: str) -> Mapping[str, float]:
    """Return the ratios that a benchmark measured last."""
    found: Mapping[str, float] = results(name).get("ratios", {})
    return found


def show(board: Iterable[Mapping[str, Any]], processor: Mapping[str, Any]) -> None:
    """Print the table."""
    ifma = "with" if processor["avx512_ifma"] else "without"
    print(f"\n{processor['name']}, {processor['cores']} cores, {ifma} AVX-512 IFMA")
    print(f"{'':76}{'target':>10}{'figure':>10}  holds{'change':>9}")
    for row in board:
        figure = "absent" if row["figure"] is None else f"{row['figure']:.2f}"
        holds = {None: "", True: "yes", False: "NO"}[row["holds"]]
        change = "" if row["change"] is None else f"x {row['change']:.2f}"
        print(f"{row['name']:76}{row['target'] or '':>10}{figure:>10}  {holds:5}{change:>9}")


def processor_of_the_machine() -> dict[str, Any]:
    """Return the name of the processor, its cores, and if it has AVX-512 IFMA."""
    about = Path("/proc/cpuinfo")
    text = about.read_text(encoding="utf-8") if about.exists() else ""
    facts = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}
    return {
        "name": facts.get("model name", "unknown processor"),
        "cores": len(os.sched_getaffinity(0)),
        "avx512_ifma": "avx512ifma" in facts.get("flags", "").split(),
    }


if __name__ == "__main__":
    main()
