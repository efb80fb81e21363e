"""What the command line says of the tax of parcels and of the rates of goods."""

import csv
import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import customs
from customs.cli.commands import app
from customs.testing import sample_parcels
from support import SINGLES_DAY

ON = ["--on", str(SINGLES_DAY)]
COLUMNS = ("hs_code", "name", "legal_unit1", "legal_unit2", "vat", "consumption", "valid_from", "valid_to", "as_of", "source", "mfn",
           "provisional", "agreements", "postal")  # fmt: skip

#: A table of one's own: a bag with two tariffs and an agreement, serum, beer, spirits, and goods without a tariff.
ROWS = (
    ("4202220000", "手提包 handbag", "035", "011", "standard", "", "2024-01-01", "", "0.10", "0.06", "304=0.02"),
    ("3304990039", "精华液 serum", "035", "011", "standard", "skin_care", "2024-01-01", "", "0.01", "", ""),
    ("2203000000", "啤酒 beer", "095", "035", "standard", "beer", "2024-01-01", "", "0", "", ""),
    ("2208300000", "威士忌 whisky", "095", "035", "standard", "spirits", "2024-01-01", "", "0.10", "0.05", ""),
    ("3304990049", "面膜 sheet masks", "035", "011", "standard", "mask", "2024-01-01", "2025-12-31", "0.01", "", ""),
    ("33049900", "护肤品 skin care", "035", "011", "standard", "skin_care", "2026-01-01", "", "", "", ""),
    ("0409000000", "蜂蜜 honey", "035", "", "low", "", "2024-01-01", "", "", "", ""),
)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def said(*arguments: str | Path) -> str:
    """What is printed, whatever way it is broken into lines."""
    return " ".join(run(*arguments).stdout.split())


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "rates.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([*row[:8], "2026-01-05", "ours", *row[8:], ""] for row in ROWS)
    return path


def goods(
    hs_code: str, price: str, *, qty: str = "1", content: str = "0.05", unit: str = "035", pieces: str = "1"
) -> dict[str, str]:
    return {
        "item_no": "A",
        "item_name": "示例商品",
        "model": "示例",
        "unit": "142",
        "qty": qty,
        "price": price,
        "origin_country": "304",
        "hs_code": hs_code,
        "legal_qty1": content,
        "legal_unit1": unit,
        "legal_qty2": pieces,
        "legal_unit2": "011",
        "record_no": "000001",
    }


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Where parcels are put."""
    return tmp_path / "parcels.jsonl"


def put(path: Path, *parcels: Iterable[dict[str, str]], freight: str = "0", used: str | None = None) -> Path:
    """A file of parcels with these goods."""
    lines = []
    for number, items in enumerate(parcels):
        given = json.loads(next(sample_parcels(1, seed=7 + number, mode="1210")).model_dump_json(exclude_none=True))
        given["order"] = {**given["order"], "lines": list(items), "discount": "0"}
        given["order"].pop("goods_value", None)
        given["waybill"] |= {"freight": freight, "insured_fee": "0"}
        lines.append(json.dumps(given | ({"quota_used": used} if used else {}), ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def as_json(*arguments: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*arguments, "--json").stdout.splitlines()]


# tax


def test_one_piece_over_the_single_limit_is_shown_with_its_tariff(written: Path, table: Path) -> None:
    found = run("tax", put(written, [goods("4202220000", "6000")]), "--rates", table, *ON)
    assert found.exit_code == 0, found.output
    assert "taxed in full, tariff included" in found.stdout
    assert "4202220000" in found.stdout
    assert "全额征收" in found.stdout
    for figure in ("360.00", "826.80", "1,186.80", "6%", "13%"):  # 6,000 x 6 %, then 6,360 x 13 %
        assert figure in found.stdout
    assert "full-tax" in found.stdout


def test_within_the_limits_there_is_no_column_of_tariffs(written: Path, table: Path) -> None:
    shown = run("tax", put(written, [goods("4202220000", "600")]), "--rates", table, *ON).stdout
    assert "within the limits: no tariff, 70% of VAT and consumption tax" in shown
    assert "关税\n" not in shown.replace(" ", "")
    assert "54.60" in shown


def test_what_carriage_adds_to_the_dutiable_value_is_shown(written: Path, table: Path) -> None:
    shown = run("tax", put(written, [goods("4202220000", "600")], freight="12.50"), "--rates", table, *ON).stdout
    assert "612.50" in shown
    assert "incl. 12.50" in shown


def test_the_rate_of_spirits_names_both_parts(written: Path, table: Path) -> None:
    whisky = goods("2208300000", "300", content="0.7", unit="095")
    shown = run("tax", put(written, [whisky]), "--rates", table, *ON).stdout
    assert "20% + 0.912/升" in shown
    (row,) = as_json("tax", written, "--rates", table, *ON)
    assert (row["lines"][0]["consumption_rate"], row["lines"][0]["consumption_amount"]) == ("0.20", "0.912")


def test_json_holds_the_whole_assessment(written: Path, table: Path) -> None:
    path = put(written, [goods("3304990039", "490.00"), goods("0409000000", "98.00")], freight="12.00", used="1000")
    (row,) = as_json("tax", path, "--rates", table, *ON)
    parcel, _ = customs.read_declaration(path.read_text(encoding="utf-8"))
    assert parcel
    assessment = customs.assess(parcel, on=SINGLES_DAY)
    assert (row["regime"], row["factor"], row["quota_used"], row["day"]) == (
        "within_limits",
        "0.7",
        "1000",
        "2026-11-11",
    )
    assert [Decimal(row[name]) for name in ("tariff", "consumption_tax", "vat", "due")] == [
        assessment.tariff_due,
        assessment.consumption_due,
        assessment.vat_due,
        assessment.due,
    ]
    serum, honey = row["lines"]
    assert (serum["dutiable_value"], serum["freight"], honey["freight"]) == ("500.00", "10.00", "2.00")
    # below 500.00 the serum would owe 45.50; in full it owes 88.24 + 76.47
    assert (serum["due"], serum["statutory"]["consumption_tax"], serum["statutory"]["vat"]) == (
        "115.29",
        "88.24",
        "76.47",
    )
    assert (serum["consumption_class"], serum["consumption_rate"], serum["vat_rate"]) == ("skin_care", "0.15", "0.13")
    assert (honey["vat_band"], honey["vat_rate"], honey["statutory"]["due"], honey["due"]) == (
        "low",
        "0.09",
        "9.00",
        "6.30",
    )
    total = sum(Decimal(line["statutory"]["due"]) for line in row["lines"])
    assert Decimal(row["statutory"]["due"]) == total
    steps = {reason["code"]: reason for reason in row["reasons"]}
    assert steps["threshold"]["facts"]["reached"] == {"zh": "达到", "en": "reached"}
    assert steps["regime"]["facts"]["single"] == "5000"
    assert all(reason["source"] and reason["zh"] and reason["en"] for reason in row["reasons"])


def test_the_explanation_names_every_step_with_its_source(written: Path, table: Path) -> None:
    path = put(written, [goods("3304990039", "500")], [goods("4202220000", "2600", qty="2")])
    plain, explained = (run("tax", path, "--rates", table, *ON, *options).stdout for options in ([], ["--explain"]))
    assert "判定过程" not in plain
    for reason in as_json("tax", path, "--rates", table, *ON)[0]["reasons"]:
        for text in (reason["en"], reason["zh"], reason["source"]):
            assert text in explained
    assert "outside the channel of retail import" in explained
    assert explained.count("判定过程") == 2


@pytest.mark.parametrize(
    ("rounding", "price", "due"),
    [
        ("per_line", "38.85", "10.62"),  # three times 3.53535
        ("per_declaration", "38.85", "10.61"),
        ("down", "38.85", "10.59"),
        ("per_line", "10.04", "2.73"),  # three times 1.3052 x 0.7
        ("statutory_first", "10.04", "2.76"),
    ],
)
def test_amounts_are_rounded_as_asked(written: Path, table: Path, rounding: str, price: str, due: str) -> None:
    path = put(written, [goods("4202220000", price)] * 3)
    (row,) = as_json("tax", path, "--rates", table, *ON, "--rounding", rounding)
    assert (row["rounding"], row["due"]) == (rounding, due)
    shown = run("tax", path, "--rates", table, *ON, "--rounding", rounding).stdout
    assert due in shown
    assert ("整票舍入" in shown) is (rounding == "per_declaration")


@pytest.mark.parametrize(("apportion", "shares"), [("by_value", ["9.00", "1.00"]), ("equally", ["5.00", "5.00"])])
def test_freight_is_spread_as_asked(written: Path, table: Path, apportion: str, shares: list[str]) -> None:
    path = put(written, [goods("4202220000", "900"), goods("0409000000", "100")], freight="10")
    (row,) = as_json("tax", path, "--rates", table, *ON, "--apportion", apportion)
    assert [line["freight"] for line in row["lines"]] == shares


def test_beer_needs_the_exchange_rate_of_the_dollar(written: Path, table: Path) -> None:
    path = put(written, [goods("2203000000", "13.00", content="5", unit="095")])
    missing = run("tax", path, "--rates", table, *ON)
    assert missing.exit_code == 1
    assert "exchange-rate-missing" in missing.stdout
    # 2.60 CNY a litre, above 0.3745 x 6.9 and below 0.3745 x 7.0
    for rate, amount in (("6.9", "0.253"), ("7.0", "0.2227")):
        (row,) = as_json("tax", path, "--rates", table, *ON, "--usd-rate", rate)
        assert row["lines"][0]["consumption_amount"] == amount
    assert "exchange-rate-missing" in run("check", path, "--rates", table, *ON).stdout
    assert "exchange-rate-missing" not in run("check", path, "--rates", table, *ON, "--usd-rate", "7.0").stdout
    for options in ([], ["--usd-rate", "7.0"]):
        out = written.parent / f"out{len(options)}"
        run("declare", path, "--rates", table, *ON, *options, "--out", out)
        (refused,) = (json.loads(line) for line in (out / "refused.jsonl").read_text(encoding="utf-8").splitlines())
        assert ("exchange-rate-missing" in {each["code"] for each in refused["findings"]}) is (not options)


def test_a_parcel_without_a_rate_is_shown_as_a_finding(written: Path, table: Path) -> None:
    path = put(written, [goods("9999999999", "10")], [goods("0409000000", "6000")])
    found = run("tax", path, "--rates", table, *ON)
    assert found.exit_code == 1
    assert "rate-missing" in found.stdout
    assert "tariff-missing" in found.stdout
    assert "sum 合计" not in found.stdout
    assert ["regime" in row for row in as_json("tax", path, "--rates", table, *ON)] == [False, False]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--apportion", "by_weight"], "by_value"),
        (["--apportion", "by_colour"], "by_colour"),
        (["--rounding", "up"], "up"),
        (["--usd-rate", "seven"], "7.0573"),
        (["--usd-rate", "-7"], "7.0573"),
        (["--usd-rate", "NaN"], "7.0573"),
    ],
)
def test_a_choice_that_there_is_not_is_misuse(written: Path, options: list[str], says: str) -> None:
    found = run("tax", put(written, [goods("0409000000", "10")]), *ON, *options)
    assert found.exit_code == 2
    assert says in found.output + found.stderr


def test_what_a_file_says_is_shown_as_it_stands(written: Path, table: Path) -> None:
    path = put(written, [goods("0409000000", "10") | {"item_name": "[red]蜂蜜[/red]"}])
    text = path.read_text(encoding="utf-8")
    number = json.loads(text)["order"]["order_no"]
    path.write_text(text.replace(number, "[bold]EX1"), encoding="utf-8")
    shown = run("tax", path, "--rates", table, *ON).stdout
    assert "[bold]EX1" in shown
    assert "[red]蜂蜜[/red]" in shown


# rates


def test_a_code_is_shown_with_all_that_the_table_says(table: Path) -> None:
    found = run("rates", "4202220000", *ON, "--rates", table)
    assert found.exit_code == 0
    told = (
        "kilogram 千克",
        "piece 件",
        "13%, standard",
        "MFN 最惠国 10%",
        "provisional 暂定 6%",
        "304 德国 协定 2%",
        "9.10%",
        "19.78%",
    )
    for text in (*told, "ours", "2026-01-05"):
        assert text in said("rates", "4202220000", *ON, "--rates", table)
    assert "example" not in found.stdout


def test_the_threshold_of_cosmetics_is_said_in_words(table: Path) -> None:
    shown = said("rates", "3304990039", *ON, "--rates", table)
    assert "15% from 10,000 CNY per kilogram 千克" in shown
    for composite in ("23.06%", "9.10%", "34.27%", "14.13%"):
        assert composite in shown


def test_what_is_paid_in_all_is_what_an_assessment_asks(written: Path, table: Path) -> None:
    whisky = goods("2208300000", "1000", content="10", unit="095")
    (parcel,) = as_json("tax", put(written, [whisky]), "--rates", table, *ON)
    (row,) = as_json("rates", "2208300000", "--rates", table, *ON)
    (step,) = row["composite"]
    paid = 1000 * Decimal(step["within"]) + 10 * Decimal(step["within_by_quantity"])
    assert abs(paid - Decimal(parcel["due"])) < Decimal("0.02")
    (full,) = as_json("tax", put(written, [whisky | {"price": "10000"}]), "--rates", table, *ON)
    paid = 10_000 * Decimal(step["full"]) + 10 * Decimal(step["full_by_quantity"])
    assert abs(paid - Decimal(full["due"])) < Decimal("0.02")


def test_a_prefix_shows_every_row_in_force_on_the_day(table: Path) -> None:
    shown = run("rates", "3304", *ON, "--rates", table).stdout
    assert "33049900 " in shown
    assert "3304990039" in shown
    assert "3304990049" not in shown
    codes = [row["hs_code"] for row in as_json("rates", "3304", "--on", "2025-11-11", "--rates", table)]
    assert codes == ["3304990039", "3304990049"]


def test_rows_of_eight_digits_stand_for_codes_of_nine_and_ten(table: Path) -> None:
    for code in ("330499002", "3304990021"):
        (row,) = as_json("rates", code, *ON, "--rates", table)
        assert row["hs_code"] == "33049900"
        assert row["tariff"]["applied"] is None
        assert [step["full"] for step in row["composite"]] == [None, None]
    assert "states no tariff" in run("rates", "3304990021", *ON, "--rates", table).stdout


@pytest.mark.parametrize(
    ("code", "day", "has"),
    [
        ("2208300000", "2020-01-01", "2208300000"),
        ("2203000099", "2026-11-11", "2203000000"),
        ("8703", "2026-11-11", ""),
    ],
)
def test_an_unknown_code_says_what_to_do_and_what_there_is(table: Path, code: str, day: str, has: str) -> None:
    found = run("rates", code, "--on", day, "--rates", table)
    assert found.exit_code == 1
    assert f"{code}: rate-missing" in found.stdout
    assert "give a rate table that has it" in found.stdout
    assert has in found.stdout
    (row,) = as_json("rates", code, "--on", day, "--rates", table)
    assert [each["hs_code"] for each in row["others"]] == ([has] if has else [])


@pytest.mark.parametrize("code", ["1", "33049900390", "33x4", "３３０４"])
def test_what_is_no_commodity_code_is_misuse(code: str) -> None:
    found = run("rates", code)
    assert found.exit_code == 2
    assert "2 to 10 digits" in found.stderr


def test_the_shipped_table_is_shown_with_a_warning() -> None:
    shown = run("rates", "2204210000", *ON)
    assert "is an example" in shown.stdout
    assert "17.89%" in shown.stdout
    found = run("rates", "2204210000", *ON, "--json")
    assert json.loads(found.stdout)["shipped_example"] is True
    assert "is an example" in found.stderr


def test_rates_follow_the_law_of_the_day(table: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.csv"
    text = (
        table.read_text(encoding="utf-8")
        .replace("2024-01-01", "2012-01-01")
        .replace(",0.02,", ",,")
        .replace("=0.02,", "=0.02,2")
    )
    head, *rows = text.splitlines()
    cells = [row.split(",") for row in rows if "2012-01-01" in row]
    until = [[*row[:6], "2012-01-01", "2016-04-07", *row[8:]] for row in cells]
    since = [[*row[:6], "2016-04-08", "", *row[8:]] for row in cells]
    old.write_text("\n".join([head, *(",".join(row) for row in (*until, *since))]) + "\n", encoding="utf-8")
    assert "11.90%" in run("rates", "4202220000", "--on", "2018-04-30", "--rates", old).stdout
    assert "11.20%" in run("rates", "4202220000", "--on", "2018-05-01", "--rates", old).stdout
    assert "category 2: 20%" in run("rates", "4202220000", "--on", "2015-11-11", "--rates", old).stdout
    assert "category not stated" in run("rates", "0409000000", "--on", "2015-11-11", "--rates", old).stdout
    assert "9.10%" not in run("rates", "42", "--on", "2015-11-11", "--rates", old).stdout
    assert run("rates", "42", "--on", "1999-01-01", "--rates", old).exit_code == 2
