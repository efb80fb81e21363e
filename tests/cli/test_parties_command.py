"""The commands ``parties``: lists entered, shown and written, who may appear together, parcels checked, what ends soon."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from customs.testing import sample_parcels
from support.command_line import run

NOW, ON = ["--now", "2026-11-11T08:00:00"], ["--on", "2026-11-11"]
PARCEL = next(sample_parcels(1, seed=7, mode="1210"))
PARTIES = PARCEL.parties
PAIR = [PARTIES.platform_code, PARTIES.merchant_code]
OTHER = "3301960ABC"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an enterprise with a ledger, its carrier, and a parcel, in which the commands are called."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customs.toml").touch()
    (tmp_path / "parcels.jsonl").write_text(PARCEL.model_dump_json(exclude_none=True), encoding="utf-8")
    carrier = f"物流企业,{PARTIES.carrier_code}"
    rows = [f"{carrier},{PARTIES.carrier_name},,", f"{carrier},,快递业务经营许可证,2026-12-31"]
    listed(tmp_path, "parties.csv", "角色,企业代码,企业名称,证照,有效期至", *rows)
    listed(tmp_path, "agreed.csv", "平台代码,商家代码,角色,企业代码", f"{','.join(PAIR)},支付企业,{OTHER}")
    assert run("ledger", "upgrade").exit_code == 0
    assert run("parties", "import", "parties.csv", *NOW).exit_code == 0
    return tmp_path


def listed(folder: Path, name: str, *rows: str) -> None:
    (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")


def told(*arguments: str | Path) -> list[dict[str, Any]]:
    return [json.loads(each) for each in run(*arguments, "--json").stdout.splitlines() if each.startswith("{")]


def test_a_list_is_entered_once_and_shown() -> None:
    assert told("parties", "import", "parties.csv", *NOW) == [{"new": 0, "changed": 0, "same": 2}]
    shown = told("parties", "show", *ON)
    assert [(each["paper"], each["holds"]) for each in shown] == [("registration", True), ("express_licence", True)]
    assert run("parties", "show", *ON).exit_code == 0
    assert run("parties", "show", "--on", "2027-01-01").exit_code == 1
    assert run("parties", "show", OTHER, *ON).exit_code == 1
    (first, _) = told("parties", "history", PARTIES.carrier_code)
    assert (first["name"], first["at"]) == (PARTIES.carrier_name, "2026-11-11 08:00:00")


def test_a_list_with_a_mistake_is_refused_whole(shop: Path) -> None:
    listed(shop, "wrong.csv", "role,code,name", "platform,P-77,ours", "carrier,P-77,x")
    done = run("parties", "import", "wrong.csv", *NOW)
    assert (done.exit_code, "wrong.csv:3: code" in done.output) == (1, True)
    assert run("parties", "show", "P-77", *ON).exit_code == 1


def test_parcels_are_checked_with_order_field_what_came_what_is_allowed_and_what_to_do(shop: Path) -> None:
    clear = run("parties", "check", "parcels.jsonl", *ON)
    assert (clear.exit_code, "1 parcels, 0 errors" in clear.output) == (0, True)
    run("parties", "import", "agreed.csv", *NOW)
    (found, _) = told("parties", "check", "parcels.jsonl", *ON, "--out", "found.xlsx")
    assert (found["order_no"], found["path"], found["codes"]) == (
        PARCEL.order.order_no, "parties.payment_company_code", ["CEB312 13035"],
    )  # fmt: skip
    for text in (found["zh"], found["en"]):
        assert PARTIES.payment_company_code in text
        assert OTHER in text
    assert found["advice_zh"]
    assert found["advice_en"]
    (titles, row) = openpyxl.load_workbook(shop / "found.xlsx").active.iter_rows(values_only=True)
    assert dict(zip(titles, row, strict=True))["codes"] == "CEB312 13035"
    assert run("parties", "check", "parcels.jsonl", *ON).exit_code == 1
    assert run("parties", "check", "parcels.jsonl", *ON, "--out", "found.csv").exit_code == 2


def test_the_declarant_is_compared_with_the_certificate_by_its_credit_code(shop: Path, key_files: list[str]) -> None:
    sign = ["--cert", key_files[3]]
    assert run("parties", "check", "parcels.jsonl", *ON, *sign).exit_code == 0
    parties = PARTIES.model_copy(update={"declarant_code": OTHER})
    other = PARCEL.model_copy(update={"parties": parties})
    (shop / "other.jsonl").write_text(other.model_dump_json(exclude_none=True), encoding="utf-8")
    assert [each.get("code") for each in told("parties", "check", "other.jsonl", *ON, *sign)][:1] == [
        "declarant-not-compared"
    ]
    row = f"申报企业,{OTHER},{PARTIES.declarant_name}"
    listed(shop, "declarant.csv", "角色,企业代码,企业名称,统一社会信用代码", f"{row},{PARTIES.carrier_code}")
    run("parties", "import", "declarant.csv", *NOW)
    (found, _) = told("parties", "check", "other.jsonl", *ON, *sign)
    assert (found["code"], found["codes"]) == ("declarant-not-signer", ["CEB622 -621015", "CEB626 -625013"])
    listed(shop, "declarant.csv", "角色,企业代码,企业名称,统一社会信用代码", f"{row},{PARTIES.declarant_code}")
    run("parties", "import", "declarant.csv", "--now", "2026-11-11T09:00:00")
    assert run("parties", "check", "other.jsonl", *ON, *sign).exit_code == 0


def test_who_may_appear_together_is_shown(shop: Path) -> None:
    assert told("parties", "together", *PAIR, *ON) == [{}]
    run("parties", "import", "agreed.csv", *NOW)
    assert told("parties", "together", *PAIR, *ON) == [{"payment_company": [OTHER]}]
    listed(shop, "agreed.csv", "平台代码,商家代码,角色,企业代码,约定", f"{','.join(PAIR)},支付企业,{OTHER},否")
    run("parties", "import", "agreed.csv", *NOW)
    assert run("parties", "together", *PAIR, *ON).exit_code == 1


def test_what_ends_soon_is_told(shop: Path) -> None:
    (found,) = told("parties", "expiring", *ON, "--out", "ends.xlsx")
    assert (found["paper"], found["valid_until"], found["left"]) == ("express_licence", "2026-12-31", 50)
    assert openpyxl.load_workbook(shop / "ends.xlsx").active.max_row == 2
    assert run("parties", "expiring", *ON).exit_code == 1
    assert run("parties", "expiring", *ON, "--within", "49").exit_code == 0


def test_a_list_is_exported_and_enters_again_without_change() -> None:
    run("parties", "import", "agreed.csv", *NOW)
    for name, options, count in (("out.xlsx", [], 2), ("out.csv", [], 2), ("agreed2.csv", ["--agreements"], 1)):
        assert run("parties", "export", name, *options).exit_code == 0
        assert told("parties", "import", name, *NOW) == [{"new": 0, "changed": 0, "same": count}]
    assert run("parties", "export", "out.txt").exit_code == 2
