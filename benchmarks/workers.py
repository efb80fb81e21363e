"""Two processes beside one (多进程), in one run: `make bench`.

The same parcels go through one process and, in chunks, through two that are ready. What counts is time by the clock, and
the shortest of several rounds that take turns.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import customs
from benchmarks.measure import in_turns, save
from benchmarks.yardstick import CLOCK, ON, Parcels

PARCELS, CHUNK, ROUNDS = 4000, 500, 7
PROCESSES = 2


def main() -> None:
    parcels = Parcels(PARCELS)
    with TemporaryDirectory() as folder:
        key, certificate = Path(folder) / "own.key", Path(folder) / "own.crt"
        key.write_bytes(parcels.pair.key)
        certificate.write_bytes(parcels.pair.certificate)
        run = customs.Run(keys=customs.KeyFile(key, certificate), on=ON, clock=CLOCK, guids=customs.seeded_guids(1))
        texts = parcels.texts
        chunks = [(run.from_position(at + 1), texts[at : at + CHUNK]) for at in range(0, PARCELS, CHUNK)]
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
            spent = in_turns(
                {
                    "one process": lambda: len(declared(run, texts)) * 25,
                    "two processes": lambda: sum(map(len, pool.map(declared, *zip(*chunks, strict=True)))) * 25,
                },
                ROUNDS,
                time.perf_counter,
            )
    gain = min(spent["one process"]) / min(spent["two processes"])
    print()
    for name, figures in spent.items():
        print(f"{name:44}{1 / min(figures):12,.0f} parcels a second")
    print(f"{'two processes, to one':44}{gain:12.2f}")
    save(
        "workers",
        ("pydantic", "lxml", "cryptography"),
        per_second={name: round(1 / min(figures)) for name, figures in spent.items()},
        ratios={"two processes, to one": round(gain, 3)},
    )


def declared(run: customs.Run, texts: Sequence[bytes]) -> list[bytes]:
    """Return the messages of a chunk."""
    return [message.content for batch in run.prepare_many(texts) for message in batch.messages]


if __name__ == "__main__":
    main()
