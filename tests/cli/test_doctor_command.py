# ruff: noqa: E501
"""The command ``doctor``: a line for each check of a set-up, in order or what to do, and never a secret."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from customs.cli.commands import app
from customs.journal import open_journal
from customs.testing import issue_test_key
from customs.testing.parcels import DECLARANT

CONFIG = """\
[parties]
declarant_code = "910000000000000053"
declarant_name = "示例报关服务有限公司"

[keys]
key = "test.key"
cert = "test.crt"

[rates]
file = "rates.csv"

[goods]
file = "goods.csv"
"""
GOODS = (
    "sku,item_name,model,hs_code,unit,legal_unit1,per_unit1,origin_country\n"
    "X1,示例商品,示例牌,1234567890,142,035,1,110\n"
)
RATES = (
    "hs_code,name,legal_unit1,legal_unit2,vat,consumption,valid_from,valid_to,as_of,source,mfn\n"
    "1234567890,goods,035,,standard,{consumption},2026-01-01,,2026-01-01,ours,0\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set-up in order."""
    made = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1))
    write(tmp_path, "test.key", made.key.decode())
    write(tmp_path, "test.crt", made.certificate.decode())
    write(tmp_path, "rates.csv", RATES.format(consumption=""))
    write(tmp_path, "goods.csv", GOODS)
    write(tmp_path, "customs.toml", CONFIG)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def run(folder: Path, *options: str, clock: str = "2126-11-11T08:00:00", lang: str = "en") -> Result:
    """Run the check-up, by default at a time after the files of the test were written."""
    command = ["doctor", "--config", str(folder / "customs.toml"), "--on", "2026-11-11", "--clock", clock, *options]
    return CliRunner(env={"CUSTOMS_LANG": lang}).invoke(app, command)


def checks(folder: Path, clock: str = "2026-11-11T08:00:00") -> dict[str, tuple[str, str]]:
    """The state and the text of each check, without the clock, which the machine's own time decides."""
    lines = map(json.loads, run(folder, "--json", clock=clock).stdout.splitlines())
    return {each["name"]: (each["state"], each["en"]) for each in lines if each["name"] != "clock"}


def test_a_set_up_in_order_is_green_in_every_line(folder: Path) -> None:
    assert checks(folder) == {
        "file": ("ok", "customs.toml is valid, 1 profile"),
        "area": ("ok", "unified, Unified edition of the General Administration of Customs"),
        "keys": ("ok", "the keys of order, payment, waybill, declaration_list open"),
        "certificate": ("ok", checks(folder)["certificate"][1]),
        "declarant": ("ok", "910000000000000053 holds the certificate"),
        "rates": ("ok", "every commodity code of the goods has a rate on 2026-11-11"),
        "goods": ("ok", "1 record without a finding"),
        "state": ("ok", f"{folder}/state is made with the first declaration"),
    }
    assert checks(folder)["certificate"][1].endswith(" is valid until 2027-01-01, 51 days left")
    assert run(folder, clock="2026-11-11T08:00:00").exit_code == 0


def test_a_certificate_near_its_end_is_a_warning_and_one_that_has_ended_is_wrong(folder: Path) -> None:
    state, text = checks(folder, "2026-12-11T08:00:00")["certificate"]
    assert (state, text.partition(" is ")[2]) == ("warning", "valid until 2027-01-01, 21 days left: renew it")
    assert run(folder, clock="2026-12-11T08:00:00").exit_code == 0
    state, text = checks(folder, "2027-01-11T08:00:00")["certificate"]
    assert (state, "is not valid on 2027-01-11" in text) == ("wrong", True)
    assert run(folder, clock="2027-01-11T08:00:00").exit_code == 1


def test_a_clock_that_is_behind_the_files_is_a_warning(folder: Path) -> None:
    lines = run(folder, clock="2016-04-08T00:00:00", lang="zh").output.splitlines()
    assert next(each for each in lines if "  clock: " in each).startswith(
        "警告  clock: 北京时间 2016-04-08 00:00；本机时区 "
    )
    lines = run(folder).output.splitlines()
    assert next(each for each in lines if "  clock: " in each).startswith(
        "in order  clock: it is 2126-11-11 08:00 in China"
    )


#: A part of a set-up that is wrong: file, what stands in it, the check that says so, and its words.
WRONG = {
    "mistake in the file": ("customs.toml", CONFIG + "[zebra]\n", "file", "wrong", "customs.toml:14: zebra: zebra is unknown: there are parties, clearance, order, payment, waybill, line, local, area, keys, rates, goods, state, columns, profiles, exchange, destinations, callbacks, ledger, profile"),
    "unknown area": ("customs.toml", CONFIG + '[area]\nname = "atlantis"\n', "area", "wrong", ""),
    "unknown district": ("customs.toml", CONFIG + '[clearance]\ncustoms_code = "9999"\n', "district", "warning", "customs_code 9999 is not in the list of districts: check it"),
    "area without its settings": ("customs.toml", CONFIG + '[area]\nname = "ningbo_kjb2c"\n', "area", "wrong", ""),
    "no key": ("customs.toml", CONFIG.replace('key = "test.key"\ncert = "test.crt"\n', ""), "keys", "wrong", "no key is named in [keys]: documents would be unsigned, and no list is written"),
    "key that is not there": ("customs.toml", CONFIG.replace("test.key", "no.key"), "keys", "wrong", "no.key cannot be read: No such file or directory"),
    "password that is not there": ("customs.toml", CONFIG.replace('cert = "test.crt"', 'cert = "test.crt"\npassword = { file = "secret.txt" }'), "keys", "wrong", "secret.txt cannot be read: No such file or directory"),
    "another declarant": ("customs.toml", CONFIG.replace("910000000000000053", "91000000000000001N"), "declarant", "wrong", ""),
    "declarant not named": ("customs.toml", CONFIG.replace("declarant_name", "carrier_name"), "declarant", "warning", "the file has no declarant_code and declarant_name to compare with the certificate"),
    "rates without a column": ("rates.csv", "hs_code,mfn\n1,0\n", "rates", "wrong", "rates.csv lacks the column name"),
    "rates without the goods": ("rates.csv", RATES.format(consumption="").replace("1234567890", "1234567891"), "rates", "wrong", "no rate on 2026-11-11 for 1234567890"),
    "beer without an exchange rate": ("rates.csv", RATES.format(consumption="beer").replace("035", "095"), "exchange", "wrong", "goods such as beer need the month's customs rate of the US dollar: usd_rate in [rates]"),
    "goods with an error": ("goods.csv", GOODS.replace("035", "036"), "goods", "wrong", "1 record, errors 1, warnings 0: run customs goods check"),
    "goods that cannot be read": ("goods.csv", GOODS.replace("1234567890", "12"), "goods", "wrong", 'goods.csv:2: hs_code: "12" has 2 characters instead of 10 (10 characters): run customs goods check'),
    "no goods list": ("customs.toml", CONFIG.replace('[goods]\nfile = "goods.csv"\n', ""), "goods", "warning", "no goods list is named: order lists have to give every fact of the goods"),
    "state folder that is a file": ("state", "", "state", "wrong", ""),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.long
def test_what_is_wrong_is_told_with_what_to_do(folder: Path, wrong: str) -> None:
    file, text, name, state, said = WRONG[wrong]
    write(folder, file, text)
    found = checks(folder)[name]
    assert found[0] == state
    assert found[1] == said or not said
    assert run(folder, clock="2026-11-11T08:00:00").exit_code == (1 if state == "wrong" else 0)


def test_settings_that_an_area_lacks_are_named(folder: Path) -> None:
    write(
        folder,
        "customs.toml",
        CONFIG.replace("[keys]", 'platform_code = "91000000000000001N"\n[keys]') + '[area]\nname = "ningbo_kjb2c"\n',
    )
    assert checks(folder)["area"] == (
        "wrong",
        "ningbo_kjb2c: the settings lack parameters.user_id, parameters.order_shop, secrets.password, "
        "companies.91000000000000001N.ningbo_shop",
    )


def test_the_journal_is_read_and_one_that_is_held_is_a_warning(folder: Path) -> None:
    with open_journal(folder / "state"):
        assert checks(folder)["state"] == ("warning", f"{folder}/state is held by another process that declares")
    assert checks(folder)["state"] == ("ok", f"0 parcels are recorded in {folder}/state")


def test_each_profile_is_checked_and_named(folder: Path) -> None:
    write(folder, "customs.toml", CONFIG + '[profiles.A]\n[profiles.B]\nrates.usd_rate = "7.1"\n')
    lines = [json.loads(each) for each in run(folder, "--json").stdout.splitlines()]
    assert [each["profile"] for each in lines if each["name"] == "area"] == ["A", "B"]
    assert "[B]" in run(folder).output


def test_no_secret_is_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_PASSWORD", "hunter2")
    write(
        folder,
        "customs.toml",
        CONFIG.replace('cert = "test.crt"', 'cert = "test.crt"\npassword = { env = "OUR_PASSWORD" }'),
    )
    found = run(folder)
    assert (found.exit_code, "hunter2" in found.output, "PRIVATE" in found.output) == (1, False, False)
