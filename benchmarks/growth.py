"""Cost of hostile inputs as they grow, beside the bare parse of the same bytes, in one run: `make growth`.

Each series is an input that somebody could send, in one, ten and a hundred times its first size. The table says how
many milliseconds it costs, how often the bare parse of lxml, of json or of tomllib would have fitted into that, and how
much memory it takes at its peak. An input that is refused may cost 1 ms and 10 bare parses, one that is read 1 ms and
30; neither may take more memory than 50 times its bytes and 50 MB. What is beyond that is marked. Each figure comes
from a process of its own.
"""

import gc
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import NamedTuple

from benchmarks.hostile import SERIES, Series
from benchmarks.measure import results, save

TIMES = (1, 10, 100)

#: Milliseconds, and bare parses beyond them, for input that is refused and for input that is read.
SPARE = 1.0
REFUSED, READ = 10, 30

#: Bytes of memory for each byte of input, and beyond them.
HELD, SPARE_MEMORY = 50, 50 * 1024 * 1024


#: Milliseconds after which an input is given up.
LONGEST = 60_000.0


class Cost(NamedTuple):
    """The cost of one input: its bytes, milliseconds, those of the bare parse, memory in bytes; if it was read, and in
    too many words.
    """

    size: int
    spent: float
    bare: float
    memory: int
    read: bool
    wordy: str = ""

    @property
    def parses(self) -> float:
        """How many bare parses fit into what was spent beyond the spare time."""
        return max(0.0, self.spent - SPARE) / self.bare

    @property
    def within(self) -> bool:
        """True if time, memory and words are within the limits."""
        return (
            not self.wordy
            and self.parses <= (READ if self.read else REFUSED)
            and self.memory <= HELD * self.size + SPARE_MEMORY
        )


def main() -> None:
    """Print the table of the series whose name begins as the argument does, and save them; the others stay as they are."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    found: dict[str, list[Cost]] = {}
    print(f"{'series':58}{'x':>5}{'KB':>9}{'ms':>11}{'bare ms':>10}{'parses':>8}{'MB':>8}")
    for series in SERIES:
        if series.name.startswith(wanted):
            found[series.name] = list(costs(series))
    beyond = [name for name, each in found.items() if not all(cost.within for cost in each)]
    print(f"{len(found)} series, beyond the limits: {len(beyond)}", *beyond, sep="\n  ")
    known = results("growth")["growth"] | {name: [each._asdict() for each in found[name]] for name in found}
    growth = {each.name: known[each.name] for each in SERIES if each.name in known}
    save("growth", ("lxml", "pydantic"), growth=growth)


def costs(series: Series) -> Iterator[Cost]:
    """Yield the cost of a series at each size, printing it."""
    for times in TIMES:
        content = series.make(series.first * times)
        cost = in_a_process(series, content)
        print(
            f"{series.name:58}{times:>5}{cost.size / 1000:>9.1f}{cost.spent:>11.2f}{cost.bare:>10.3f}{cost.parses:>8.1f}"
            f"{cost.memory / 1e6:>8.1f} {'read' if cost.read else 'refused':8}{'' if cost.within else 'BEYOND'} {cost.wordy}",
            flush=True,
        )
        yield cost
        if cost.spent > LONGEST / 2:
            return  # a larger one would not end


def in_a_process(series: Series, content: bytes) -> Cost:
    """Return what an input costs in a process that did nothing else."""
    here, there = multiprocessing.Pipe()
    worker = multiprocessing.get_context("fork").Process(target=_measured, args=(series, content, there))
    worker.start()
    cost = here.recv() if here.poll(LONGEST / 1000) else Cost(len(content), LONGEST, 1, 0, read=False)
    worker.kill()
    worker.join()
    assert isinstance(cost, Cost)
    return cost


def _measured(series: Series, content: bytes, answer: Connection) -> None:
    series.work(series.make(1))  # what is loaded once
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        spent, read = _timed(series.work, content)
    except AssertionError as error:
        answer.send(Cost(len(content), 0, 1, 0, read=False, wordy=str(error)))
        return
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    for _ in range(4 if spent < 200 else 0):
        spent = min(spent, _timed(series.work, content)[0])
    bare = min(_timed(series.parse, content)[0] for _ in range(5))
    answer.send(Cost(len(content), spent, bare, memory, read))


def _timed(work: Callable[[bytes], object], content: bytes) -> tuple[float, bool]:
    start = time.perf_counter()
    read = work(content) not in (None, False)
    return (time.perf_counter() - start) * 1000, read


if __name__ == "__main__":
    main()
