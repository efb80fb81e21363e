"""Bills of carriers and warehouses are compared with weights, gate passages, stock, work and the contract."""

import json
import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from customs.intake.sheets import SheetError
from customs.ledger import EntryCause, Ledger
from customs.ledger.settlements import (
    ProviderProfileError,
    compared_charges,
    enter_own_figures,
    provider_profile,
    take_charges,
)
from customs.ledger.settlements.charge_kinds import CHARGE_KINDS
from customs.ledger.settlements.charge_matching import ChargeCase, ChargeLine, judged_charges
from customs.ledger.settlements.provider_profiles import ProviderProfile, read_profile
from customs.ledger.settlements.weights import WeighingRule, WeightStep, chargeable, deviation, volumetric
from support import ROOT

SAMPLES = Path(os.environ["CUSTOMS_SPEC"]) / "ops" / "samples" if "CUSTOMS_SPEC" in os.environ else None

AT, CAUSE = datetime(2026, 12, 1, 9), EntryCause("file", "f")
HALVES = provider_profile("carrier_halves")
GOOD = (ROOT / "src/customs/ledger/settlements/profiles/carrier_halves.toml").read_text(encoding="utf-8")

LINE = {
    "waybill": "YD1", "province": "广东省", "actual": "1.26", "length": "30", "width": "20", "height": "15",
    "chargeable": "1.5", "amount": "9.00", "discount": "1.00",
}  # fmt: skip
OWN = {"waybill": "YD1", "theory": "1.25", "scale": "1.26", "left": "1", "collected": "1"}


def found(
    line: dict[str, str] | None = None,
    own: dict[str, str] | None = None,
    *,
    profile: ProviderProfile = HALVES,
    times: int = 1,
) -> list[str]:
    lines = tuple(
        ChargeLine(file="b.csv", line=at + 2, day=date(2026, 11, 11), facts=LINE | (line or {})) for at in range(times)
    )
    case = ChargeCase(key="YD1", lines=lines, own=None if own == {} else OWN | (own or {}))
    return [each.code for each in judged_charges(case, profile)]


def test_a_parcel_billed_by_the_contract_has_no_difference() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("line", "own", "times", "codes"),
    [
        ({}, {}, 1, ["FRT02"]),
        ({}, {"left": "0"}, 1, ["FRT02"]),
        ({}, {"collected": "0", "left": "0"}, 1, ["FRT06"]),
        ({}, None, 0, ["FRT03"]),
        ({}, {"left": "0"}, 0, []),
        ({}, None, 2, ["FRT01"]),
        ({"chargeable": "2.0", "amount": "10.00"}, None, 1, ["FRT04"]),
        ({"amount": "9.50"}, None, 1, ["FRT05"]),
        ({"discount": "0.90", "amount": "8.10"}, None, 1, []),
        ({"insurance": "1.00", "return fee": "3.00", "amount": "13.00"}, None, 1, []),
        ({"province": "西藏自治区", "amount": "26.00"}, None, 1, []),
        ({"province": "西藏自治区", "amount": "21.00"}, None, 1, ["FRT05"]),
        ({"length": "40", "width": "30", "height": "30", "chargeable": "6.0", "amount": "18.00"}, None, 1, ["FRT07"]),
        ({}, {"theory": "0.60"}, 1, ["FRT04"]),
    ],
    ids=["not ours", "not out", "cancelled", "not billed", "not out, not billed", "twice", "weight", "price", "discount",
         "insurance and return", "far away", "without the surcharge", "box", "scale"],
)  # fmt: skip
def test_each_difference_of_freight_has_its_code(
    line: dict[str, str], own: dict[str, str] | None, times: int, codes: list[str]
) -> None:
    assert found(line, own, times=times) == codes


def test_a_bill_of_a_day_before_the_contract_has_no_price() -> None:
    case = ChargeCase(key="YD1", lines=(ChargeLine(file="b.csv", line=2, day=date(2025, 12, 31), facts=LINE),), own=OWN)
    assert [each.code for each in judged_charges(case, HALVES)] == ["FRT05"]


def test_a_discount_that_was_agreed_counts_instead_of_the_one_billed() -> None:
    agreed = read_profile("mine", GOOD.replace('first_weight = "1"', 'discount = "0.9"\nfirst_weight = "1"'))
    assert found(profile=agreed) == ["FRT05"]
    assert found({"amount": "8.10"}, profile=agreed) == []


def test_the_box_of_the_warehouse_counts_before_that_of_the_bill() -> None:
    assert found({}, {"length": "60", "width": "20", "height": "15"}) == ["FRT04", "FRT07"]


@pytest.mark.parametrize(
    ("actual", "charged"),
    [("0.3", "1"), ("1.04", "1.0"), ("1.05", "1.1"), ("9.99", "10.0"), ("10.1", "10.5"), ("99.6", "100.0"), ("108.4", "108"),
     ("108.5", "109")],
)  # fmt: skip
def test_weights_are_raised_to_the_steps_of_the_contract(actual: str, charged: str) -> None:
    tenths = provider_profile("carrier_tenths").contracts[0].rule
    assert chargeable(tenths, Decimal(actual)) == Decimal(charged)


@pytest.mark.parametrize(("divisor", "weight"), [(5000, "7.2"), (6000, "6"), (8000, "4.5"), (12000, "3"), (3000, "12")])
def test_the_divisor_is_that_of_the_contract(divisor: int, weight: str) -> None:
    rule = WeighingRule(divisor=divisor, steps=(WeightStep(Decimal("0.5")),))
    assert volumetric(rule, (Decimal(40), Decimal(30), Decimal(30))) == Decimal(weight)


def test_whole_kilograms_deviate_by_their_share_and_not_by_all_or_nothing() -> None:
    assert deviation(Decimal(18), Decimal(20)) == Decimal("0.1")
    assert found({}, {"theory": "2", "scale": "2.5"}) == ["FRT04"]


@pytest.mark.parametrize(
    ("kind", "bill", "own", "expected"),
    [
        (
            "storage",
            "sku,fee_date,计费数量,金额\nS1,1794326400,100,5.00\nS2,1794326400,40,2.00\nS3,2026/11/11,7,1.00\n",
            "sku,day,closing\nS1,2026-11-11,100\nS2,2026-11-11,38\nS3,2026-11-11,7\nS4,2026-11-11,5\n",
            {"S2 2026-11-11": ["FRT09"], "S4 2026-11-11": ["FRT09"]},
        ),
        (
            "work",
            "orderSn,workType,数量,金额\nW1,100,10,5\nW2,110,4,2\nW2,110,4,2\n",
            "orderSn,workType,finished\nW1,100,10\nW2,110,3\n",
            {"W2 110": ["FRT01", "FRT10"]},
        ),
        (
            "packaging",
            "运单号,包材编码,数量,金额\nYD1,BC-01,1,0.5\nYD2,BC-05,1,0.9\nYD3,BC-02,2,1\n",
            "waybill,packaging,quantity\nYD1,BC-01,1\nYD2,BC-01,1\nYD3,BC-02,2\n",
            {"YD2 BC-01": ["FRT08"], "YD2 BC-05": ["FRT08"]},
        ),
    ],
    ids=["storage", "work", "packaging"],
)  # fmt: skip
def test_a_warehouse_is_compared_by_quantity(
    ledger: Ledger, tmp_path: Path, kind: str, bill: str, own: str, expected: dict[str, list[str]]
) -> None:
    (tmp_path / "bill.csv").write_text(bill, encoding="utf-8")
    (tmp_path / "own.csv").write_text(own, encoding="utf-8")
    profile = provider_profile(kind)
    with ledger.begin() as connection:
        take_charges(connection, tmp_path / "bill.csv", profile, cause=CAUSE, at=AT)
        enter_own_figures(connection, tmp_path / "own.csv", profile, cause=CAUSE, at=AT)
        found = {each.key: [one.code for one in each.findings] for each in compared_charges(connection, profile)}
    assert {key: codes for key, codes in found.items() if codes} == expected


def test_what_was_not_agreed_is_named() -> None:
    text = (ROOT / "src/customs/ledger/settlements/profiles/work.toml").read_text(encoding="utf-8")
    profile = read_profile("work", 'subscribed = ["100"]\n' + text)
    line = ChargeLine(file="b.csv", line=2, facts={"quantity": "3"})
    case = ChargeCase(key="W1 130", lines=(line,), own={"quantity": "3"})
    assert [each.code for each in judged_charges(case, profile)] == ["FRT08"]


def test_a_waybill_of_an_earlier_period_is_billed_twice_and_a_later_day_is_not_due(
    ledger: Ledger, tmp_path: Path
) -> None:
    head = "运单号,揽收日期,目的省,实际重量(kg),计费重量(kg),应付金额\n"
    for name in ("oct.csv", "nov.csv"):
        more = "YD2,2026-11-12,广东省,0.4,1.0,8.00\n" if name == "nov.csv" else ""
        (tmp_path / name).write_text(f"{head}YD1,2026-10-11,广东省,0.4,1.0,8.00\n{more}", encoding="utf-8")
    (tmp_path / "own.csv").write_text(
        "waybill,day,scale_kg,left_zone\nYD1,2026-10-11,0.4,1\nYD2,2026-11-12,0.4,1\nYD3,2026-12-01,0.4,1\n",
        encoding="utf-8",
    )
    with ledger.begin() as connection:
        assert take_charges(connection, tmp_path / "oct.csv", HALVES, cause=CAUSE, at=AT) == 1
        assert take_charges(connection, tmp_path / "oct.csv", HALVES, cause=CAUSE, at=AT) is None
        assert take_charges(connection, tmp_path / "nov.csv", HALVES, cause=CAUSE, at=AT) == 2
        assert enter_own_figures(connection, tmp_path / "own.csv", HALVES, cause=CAUSE, at=AT) == 3
        assert enter_own_figures(connection, tmp_path / "own.csv", HALVES, cause=CAUSE, at=AT) == 0
        november = list(compared_charges(connection, HALVES, date(2026, 11, 30)))
        december = list(compared_charges(connection, HALVES))
    assert [(each.key, [one.code for one in each.findings]) for each in november] == [
        ("YD1", ["FRT01"]), ("YD2", []), ("YD3", []),
    ]  # fmt: skip
    assert [one.code for one in december[2].findings] == ["FRT03"]


def test_a_bill_is_also_read_from_a_workbook(ledger: Ledger, tmp_path: Path) -> None:
    book = Workbook()
    for row in (
        ("运单号", "揽收日期", "目的省", "计费重量(kg)", "应付金额"),
        ("YD1", datetime(2026, 11, 11), "广东省", 1, 9.5),
    ):
        book.active.append(row)
    book.save(tmp_path / "bill.xlsx")
    with ledger.begin() as connection:
        assert take_charges(connection, tmp_path / "bill.xlsx", HALVES, cause=CAUSE, at=AT) == 1
        (charge,) = compared_charges(connection, HALVES)
    assert [each.code for each in charge.findings] == ["FRT02"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("运单号,应付金额\nYD1,5\n", "计费重量"), ("运单号,计费重量,金额\nYD1,heavy,5\n", "row 2"), ("运单号,计费重量,金额\n,1,5\n", "row 2")],
)  # fmt: skip
def test_a_table_that_the_profile_does_not_fit_is_refused_and_leaves_nothing(
    ledger: Ledger, tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "bill.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SheetError, match=reason), ledger.begin() as connection:
        take_charges(connection, tmp_path / "bill.csv", HALVES, cause=CAUSE, at=AT)
    with ledger.read() as connection:
        assert list(compared_charges(connection, HALVES)) == []


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('kind = "freight"', 'kind = "fright"', "kind"),
        ("divisor = 6000", "divisor = 0", r"contract\[0\].divisor"),
        ("divisor = 6000", "divisor = 100000", r"contract\[0\].divisor"),
        ('first_weight = "1"', "first_weight = 1.0", r"contract\[0\].first_weight"),
        ('first = "8.00"', 'first = "1000"', r"contract\[0\].prices.first"),
        ('{ step = "0.5" }', '{ step = "0.5", up_to = "10" }', r"contract\[0\].steps"),
        ('{ step = "0.5" }', '{ step = "0.5", rounding = "down" }', r"contract\[0\].steps.rounding"),
        ("since = 2026-01-01", 'since = "soon"', r"contract\[0\].since"),
        ('waybill = ["运单号"', 'weybill = ["运单号"', "columns.weybill"),
        ('amount = ["应付金额", "金额", "运费"]', "", "columns.amount"),
        ("[columns]", "[columns", "no TOML"),
    ],
)
def test_a_mistake_in_a_profile_is_named_with_its_key_in_both_languages(old: str, new: str, key: str) -> None:
    assert old in GOOD
    with pytest.raises(ProviderProfileError, match=key) as error:
        read_profile("mine", GOOD.replace(old, new, 1))
    assert any("\u4e00" <= each <= "\u9fff" for each in error.value.zh)


def test_an_unknown_profile_says_which_there_are() -> None:
    with pytest.raises(ProviderProfileError, match=r"carrier_halves.*没有名为"):
        provider_profile("nobody")


def test_every_code_from_frt01_to_frt10_has_a_kind_with_advice_in_both_languages() -> None:
    assert {each.code for each in CHARGE_KINDS} == {f"FRT{at:02}" for at in range(1, 11)}
    assert all(each.zh and each.en and each.advice_zh and each.advice_en for each in CHARGE_KINDS)


@pytest.mark.skipif(SAMPLES is None, reason="CUSTOMS_SPEC is not set")
def test_the_bill_of_the_samples_has_the_differences_that_it_was_made_with(ledger: Ledger) -> None:
    assert SAMPLES is not None
    with ledger.begin() as connection:
        assert take_charges(connection, SAMPLES / "carrier_bill.csv", HALVES, cause=CAUSE, at=AT) == 5
        enter_own_figures(connection, SAMPLES / "carrier_bill_own_side.csv", HALVES, cause=CAUSE, at=AT)
        found = {each.key: each.findings for each in compared_charges(connection, HALVES)}
    assert json.loads(json.dumps({key: [each.code for each in findings] for key, findings in found.items()})) == {
        "TESTYD0001": [], "TESTYD0002": ["FRT01"], "TESTYD0003": ["FRT07"], "TESTYD0004": ["FRT02"],
        "TESTYD0005": ["FRT04", "FRT03"],
    }  # fmt: skip
    assert "64 % of the theory" in found["TESTYD0005"][0].en
