"""Speed of the road, in one run: `make bench`.

Everything is compared with the bare RSA-2048/SHA-1 signing rate of the same run on one core, so that figures of
different machines can be compared. Each figure is the best of several rounds that take turns, since machines are noisy.
"""

import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime

import customs
from benchmarks.measure import Work, best_rates, save
from customs.road import build
from customs.rules import check_declaration, match
from customs.tax import assess
from customs.testing import issue_test_key, sample_parcels
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from customs.wire import write_document

ON = date(2026, 11, 11)
CLOCK = customs.fixed_clock(datetime(2026, 11, 11, 8))
ROUNDS = 5
PARCELS = 1000
IMPORTS = "import customs", "from customs import prepare"


def main() -> None:
    keys = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1))
    rates = best_rates({**roads(keys), **steps()}, ROUNDS)
    bare = rates["bare RSA-2048/SHA-1 signature"]
    print(f"{'':44}{'per second':>12}{'ratio to bare':>15}")
    for name, figure in rates.items():
        print(f"{name:44}{figure:12,.0f}{figure / bare:15.2f}")
    costs = import_cost()
    print("\ntime, as a multiple of importing pydantic and lxml alone")
    for name, cost in zip(IMPORTS, costs, strict=True):
        print(f"{name:44}{'':12}{cost:15.2f}")
    save(
        "road",
        ("pydantic", "lxml", "cryptography"),
        per_second={name.strip(): round(figure) for name, figure in rates.items()},
        ratio_to_bare={name.strip(): round(figure / bare, 3) for name, figure in rates.items()},
        import_ratio={name: round(cost, 2) for name, cost in zip(IMPORTS, costs, strict=True)},
    )


def roads(keys: KeyPair) -> dict[str, Work]:
    """The whole road, from JSON to signed messages, and the signature it is compared with."""
    signer = keys.signer()
    texts = [
        parcel.model_dump_json(exclude_none=True).encode() for parcel in sample_parcels(PARCELS, seed=7, mode="1210")
    ]
    data = b"x" * 700
    run = customs.Run(signer=signer, on=ON, clock=CLOCK, guids=customs.random_guids)

    def bare() -> int:
        for _ in range(1500):
            signer.sign(data)
        return 1500

    def one_by_one() -> int:
        for text in texts[:150]:
            assert len(run.prepare(text).messages) == 4
        return 150

    def batched() -> int:
        assert sum(len(batch.messages) for batch in run.prepare_many(texts)) == PARCELS // 25
        return PARCELS

    return {
        "bare RSA-2048/SHA-1 signature": bare,
        "parcel, one by one (4 messages, 4 signatures)": one_by_one,
        "parcel, batched by 100": batched,
    }


def steps() -> dict[str, Work]:
    """Each step of the road by itself."""
    parcels = list(sample_parcels(PARCELS, seed=7, mode="1210"))
    texts = [parcel.model_dump_json(exclude_none=True).encode() for parcel in parcels]
    tax = assess(parcels[0], on=ON).due
    made = [build(each, tax=tax, on=ON, app_time=CLOCK(), guids=customs.random_guids)[0] for each in parcels]
    documents = [each for each in made if each]

    def each(items: list[object], step: Callable[..., object]) -> Work:
        def run() -> int:
            for item in items:
                step(item)
            return len(items)

        return run

    return {
        "  step: read from JSON": each([*texts], customs.Declaration.model_validate_json),
        "  step: check the declaration": each([*parcels], lambda parcel: list(check_declaration(parcel))),
        "  step: tax": each([*parcels], lambda parcel: assess(parcel, on=ON)),
        "  step: build the four documents": each(
            [*parcels], lambda parcel: build(parcel, tax=tax, on=ON, app_time=CLOCK(), guids=customs.random_guids)
        ),
        "  step: match them": each([*documents], match),
        "  step: write them": each(
            [*documents],
            lambda four: [
                write_document(one) for one in (four.order, four.payment, four.waybill, four.declaration_list)
            ],
        ),
    }


def import_cost() -> tuple[float, float]:
    """Time to import the library, and to have ``prepare`` at hand, over the time to import pydantic and lxml alone."""

    def best(statement: str) -> float:
        code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
        command = [sys.executable, "-c", code]
        runs = (subprocess.run(command, capture_output=True, check=True, text=True) for _ in range(7))  # noqa: S603
        return min(float(run.stdout) for run in runs)

    alone = best("from pydantic import BaseModel; import lxml.etree")
    return best("import customs") / alone, best("from customs import prepare") / alone


if __name__ == "__main__":
    main()
