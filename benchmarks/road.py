"""Speed of the road beside the yardstick and the usual way, in one run: `make bench`.

The things compared take turns in short rounds of one process, on the same parcels: bare signatures, the yardstick, the
usual way, parcels in batches and one by one, and each step of the road by itself. What is compared is the time of the
processor, so that figures of different machines can be compared too.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

import customs
from benchmarks.measure import Work, in_turns, ratio, save
from benchmarks.one_by_one import SIGNATURES, one_by_one, tail
from benchmarks.usual_way import usual_way
from benchmarks.yardstick import CLOCK, ON, Parcels, bare_signatures, batched, yardstick
from customs.road import build
from customs.rules import check_declaration, match
from customs.tax import assess, explain
from customs.wire import write_document

ROUNDS = 15
PARCELS = 1000

Y, BARE = "yardstick: bare parse of four documents and JSON", "bare RSA-2048/SHA-1 signature"
BATCHED, ONE = "parcel, batched by 100", "parcel, one by one (4 messages, 4 signatures)"
READY = "parcel, one by one, with ready values for signatures"
USUAL, TAX = "the usual way, batched by 100", "assessment with its trail"


def main() -> None:
    parcels = Parcels(PARCELS)
    works = {
        BARE: bare_signatures(parcels),
        Y: yardstick(parcels),
        BATCHED: batched(parcels),
        USUAL: usual_way(parcels),
        READY: one_by_one(parcels, signed=False),
        ONE: one_by_one(parcels),
        **steps(parcels),
    }
    spent = in_turns(works, ROUNDS)
    print(f"\n{'':52}{'per second':>12}{'to bare':>10}{'to Y':>8}")
    for name, figures in spent.items():
        rate = 1 / min(figures)
        print(f"{name:52}{rate:12,.0f}{1 / ratio(figures, spent[BARE]):10.2f}{ratio(figures, spent[Y]):8.2f}")
    found = ratios(spent) | {
        "one by one, 99th percentile to the median": tail(parcels, 5, time.perf_counter),
        "one by one, 99th percentile to the median, by the processor's time": tail(parcels, 5, time.process_time),
    }
    print()
    for name, figure in found.items():
        print(f"{name:72}{figure:8.2f}")
    save(
        "road",
        ("pydantic", "lxml", "cryptography", "xmlsec"),
        per_second={name.strip(): round(1 / min(figures)) for name, figures in spent.items()},
        ratio_to_bare={name.strip(): round(1 / ratio(figures, spent[BARE]), 3) for name, figures in spent.items()},
        ratio_to_yardstick={name.strip(): round(ratio(figures, spent[Y]), 3) for name, figures in spent.items()},
        ratios={name: round(figure, 3) for name, figure in found.items()},
    )


def ratios(spent: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The figures that do not depend on the machine, or little."""
    beyond = [
        (one - SIGNATURES * bare) / batch
        for one, bare, batch in zip(spent[ONE], spent[BARE], spent[BATCHED], strict=True)
    ]
    return {
        "parcel in a batch, to the yardstick": ratio(spent[BATCHED], spent[Y]),
        "parcels in batches, to the rate of bare signatures": ratio(spent[BARE], spent[BATCHED]),
        "parcel in a batch, to the usual way": ratio(spent[BATCHED], spent[USUAL]),
        "one by one beyond its signatures, to a parcel in a batch": median(beyond),
        "one by one with ready values for signatures, to a parcel in a batch": ratio(spent[READY], spent[BATCHED]),
        "assessment with its trail, to the yardstick": ratio(spent[TAX], spent[Y]),
    }


def steps(run: Parcels) -> dict[str, Work]:
    """Each step of the road by itself, on the parcels of the yardstick."""
    texts = run.texts
    parcels = [customs.Declaration.model_validate_json(text) for text in texts]
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
        TAX: each([*parcels], lambda parcel: explain(assess(parcel, on=ON))),
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


if __name__ == "__main__":
    main()
