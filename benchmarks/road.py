"""Speed of the road, in one run: `make bench`.

Everything is compared with the bare RSA-2048/SHA-1 signing rate of the same run on one core, so that figures of
different machines can be compared. Each figure is the best of several rounds that take turns, since machines are noisy.
"""

import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import xmlsec
from lxml import etree

import customs
from customs.documents import Order, Transfer
from customs.road import build
from customs.rules import check_declaration, match
from customs.signing import sign
from customs.tax import assess
from customs.testing import issue_test_key, sample_parcels
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from customs.wire import write_document, write_message

RESULTS = Path(__file__).parent / "results"
ON = date(2026, 11, 11)
CLOCK = customs.fixed_clock(datetime(2026, 11, 11, 8))
ROUNDS = 5
PARCELS = 1000
IMPORTS = "import customs", "from customs import prepare"

Work = Callable[[], int]


def main() -> None:
    keys = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1))
    works = {**roads(keys), **steps(), **whole_signing(keys)}
    rates = dict.fromkeys(works, 0.0)
    for _ in range(ROUNDS):
        for name, work in works.items():
            rates[name] = max(rates[name], rate(work))
    bare = rates["bare RSA-2048/SHA-1 signature"]
    print(f"{'':44}{'per second':>12}{'ratio to bare':>15}")
    for name, figure in rates.items():
        print(f"{name:44}{figure:12,.0f}{figure / bare:15.2f}")
    costs = import_cost()
    print("\ntime, as a multiple of importing pydantic and lxml alone")
    for name, cost in zip(IMPORTS, costs, strict=True):
        print(f"{name:44}{'':12}{cost:15.2f}")
    save(rates, bare, costs)


def roads(keys: KeyPair) -> dict[str, Work]:
    """The whole road, from JSON to signed messages, and the signature it is compared with."""
    signer = keys.signer()
    texts = [parcel.model_dump_json(exclude_none=True).encode() for parcel in sample_parcels(PARCELS, seed=7, mode="1210")]
    data = b"x" * 700

    def bare() -> int:
        for _ in range(1500):
            signer.sign(data)
        return 1500

    def one_by_one() -> int:
        for text in texts[:150]:
            made = customs.prepare(text, signer=signer, on=ON, clock=CLOCK, guids=customs.random_guids)
            assert len(made.messages) == 4
        return 150

    def batched() -> int:
        stream = customs.prepare_many(texts, signer=signer, on=ON, clock=CLOCK, guids=customs.random_guids)
        assert sum(len(batch.messages) for batch in stream) == PARCELS // 25
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
            lambda four: [write_document(one) for one in (four.order, four.payment, four.waybill, four.declaration_list)],
        ),
    }


def whole_signing(keys: KeyPair) -> dict[str, Work]:
    """Signing a ready message whole: ours, and python-xmlsec's from the same bytes."""
    signer = keys.signer()
    parcel = next(sample_parcels(1, seed=7, mode="1210"))
    unsigned = customs.prepare(parcel, signer=None, on=ON, clock=CLOCK, guids=customs.random_guids)
    assert unsigned.documents
    transfer = Transfer(transmitter_code="C", transmitter_name="N", dxp_id="D")
    message = write_message(Order, customs.random_guids(), [write_document(unsigned.documents.order)], transfer)
    key = xmlsec.Key.from_memory(keys.key, xmlsec.constants.KeyDataFormatPem)
    key.load_cert_from_memory(keys.certificate, xmlsec.constants.KeyDataFormatPem)

    def ours() -> int:
        for _ in range(500):
            sign(message, signer)
        return 500

    def theirs() -> int:
        for _ in range(300):
            root = etree.fromstring(message)
            node = xmlsec.template.create(
                root, xmlsec.constants.TransformInclC14N, xmlsec.constants.TransformRsaSha1, ns="ds"
            )
            root.append(node)
            reference = xmlsec.template.add_reference(node, xmlsec.constants.TransformSha1, uri="")
            xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
            xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(node))
            context = xmlsec.SignatureContext()
            context.key = key
            context.sign(node)
            etree.tostring(root)
        return 300

    return {f"sign a ready message of {len(message):,} bytes": ours, "  the same by python-xmlsec": theirs}


def rate(work: Work) -> float:
    start = time.perf_counter()
    done = work()
    return done / (time.perf_counter() - start)


def import_cost() -> tuple[float, float]:
    """Time to import the library, and to have ``prepare`` at hand, over the time to import pydantic and lxml alone."""

    def best(statement: str) -> float:
        code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
        command = [sys.executable, "-c", code]
        runs = (subprocess.run(command, capture_output=True, check=True, text=True) for _ in range(7))  # noqa: S603
        return min(float(run.stdout) for run in runs)

    alone = best("from pydantic import BaseModel; import lxml.etree")
    return best("import customs") / alone, best("from customs import prepare") / alone


def save(rates: dict[str, float], bare: float, costs: tuple[float, float]) -> None:
    RESULTS.mkdir(exist_ok=True)
    found = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "versions": {name: version(name) for name in ("pydantic", "lxml", "cryptography", "xmlsec")},
        "per_second": {name.strip(): round(figure) for name, figure in rates.items()},
        "ratio_to_bare": {name.strip(): round(figure / bare, 3) for name, figure in rates.items()},
        "import_ratio": {name: round(cost, 2) for name, cost in zip(IMPORTS, costs, strict=True)},
    }
    (RESULTS / "road.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
