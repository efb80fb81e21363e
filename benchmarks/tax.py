"""Speed of an assessment, in one run: `make bench`.

A parcel of three lines assessed, its decision trail included, as a multiple of the bare RSA-2048/SHA-1 signing rate
of the same run; and the cost of a line for parcels of few and of many lines, which should not differ.
"""

import json
from datetime import date, datetime
from decimal import Decimal

from benchmarks.measure import Work, best_rates, save
from customs.declaration import Declaration
from customs.tax import assess, explain
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT

ON = date(2026, 11, 11)
ROUNDS = 9
COUNT = 1500
LINES = 1, 3, 10, 30, 99

BARE = "bare RSA-2048/SHA-1 signature"
THREE = "parcel of three lines, with its trail"


def main() -> None:
    signer = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer()
    three = parcel_of(3)

    def bare() -> int:
        for _ in range(300):
            signer.sign(b"x" * 711)
        return 300

    works: dict[str, Work] = {
        BARE: bare,
        THREE: repeat(lambda: explain(assess(three, on=ON))),
        "  without its trail": repeat(lambda: assess(three, on=ON)),
        "  with its trail in words, two languages": repeat(
            lambda: [(each.zh, each.en) for each in explain(assess(three, on=ON))], COUNT // 3
        ),
    }
    for lines in LINES:
        works[f"parcel of {lines} lines, with its trail"] = several(lines)
    rates = best_rates(works, ROUNDS)
    print(f"\n{'assessment':44}{'per second':>12}{'microseconds':>15}{'to bare':>10}")
    for name, figure in rates.items():
        print(f"{name:44}{figure:12,.0f}{1e6 / figure:15.1f}{figure / rates[BARE]:10.2f}")
    cost = {lines: 1e6 / rates[f"parcel of {lines} lines, with its trail"] / lines for lines in LINES}
    print("microseconds a line:", ", ".join(f"{lines} lines {each:.1f}" for lines, each in cost.items()))
    save(
        "tax",
        ("pydantic", "cryptography"),
        per_second={name.strip(): round(figure) for name, figure in rates.items()},
        ratio_to_bare={name.strip(): round(figure / rates[BARE], 2) for name, figure in rates.items()},
        microseconds_a_line={str(lines): round(each, 1) for lines, each in cost.items()},
    )


def parcel_of(lines: int) -> Declaration:
    """A parcel of so many lines within the limits, of goods with and without thresholds, with freight to apportion."""
    sample = next(each for each in sample_parcels(400, seed=3, mode="1210") if len(each.order.lines) == 3)
    facts = json.loads(sample.model_dump_json(exclude_none=True))
    given = facts["order"]["lines"]
    for each in given:
        each |= {"price": "9.90", "total_price": str(Decimal("9.90") * Decimal(each["qty"]))}
    goods = [{**given[at % 3], "item_no": f"A{at}", "gnum": None} for at in range(lines)]
    facts["order"] |= {"lines": goods, "goods_value": None, "discount": "0"}
    facts["waybill"] |= {"freight": "10.00", "insured_fee": "1.50"}
    return Declaration.model_validate(facts)


def several(lines: int) -> Work:
    parcel = parcel_of(lines)
    return repeat(lambda: explain(assess(parcel, on=ON)), max(COUNT // lines, 20))


def repeat(step: object, count: int = COUNT) -> Work:
    assert callable(step)

    def run() -> int:
        for _ in range(count):
            step()
        return count

    return run


if __name__ == "__main__":
    main()
