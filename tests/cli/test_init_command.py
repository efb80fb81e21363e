"""A set-up of an enterprise: a few answers make the enterprise file and the lists to fill in, or nothing at all."""

import csv
from importlib import import_module
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from customs.cli.commands import app
from customs.intake import workbooks
from customs.intake.columns import columns_of
from customs.intake.enterprise import load_enterprise
from customs.intake.first_file import QUESTIONS
from customs.intake.goods_headings import field_of
from customs.intake.sheets import SheetError
from customs.testing import issue_test_key
from customs.testing.parcels import DECLARANT
from support import MORNING
from support.terminal import typed

#: The answers of an enterprise with one shop, for bonded import, in the order of the questions.
BONDED = [
    "1210",
    "2991",
    "910000000000000053",
    "示例报关服务有限公司",
    "91000000000000001N",
    "示例跨境电商平台有限公司",
    "",
    "91000000000000003W",
    "示例支付有限公司",
    "910000000000000040",
    "示例速运有限公司",
    "DXPENT0000000001",
    "T2991W000001",
    "910000000000000066",
    "示例综保区仓储有限公司",
    "test.key",
]

DIRECT = ["9610", "2910", *BONDED[2:6], "91000000000000002R", "示例海外优选贸易有限公司", *BONDED[7:12], "116", ""]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a key, which is where commands run."""
    made = issue_test_key(*DECLARANT, since=MORNING)
    (tmp_path / "test.key").write_bytes(made.key)
    (tmp_path / "test.crt").write_bytes(made.certificate)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, lines: list[str] | None = None, lang: str = "en") -> Result:
    given = "".join(f"{each}\n" for each in lines or ())
    return CliRunner(env={"CUSTOMS_LANG": lang}).invoke(app, ["init", *arguments], input=given)


def prompts(lang: str) -> set[str]:
    """The ends of the lines on which an answer is awaited."""
    if lang == "zh":
        return {f"{each.zh}（留空：{each.empty_zh}）: " if each.empty_zh else f"{each.zh}: " for each in QUESTIONS}
    return {f"{each.en} (empty: {each.empty_en}): " if each.empty_en else f"{each.en}: " for each in QUESTIONS}


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_seventeen_values_at_most_are_asked_for() -> None:
    asked = [each for each in QUESTIONS if each.is_asked({"trade_mode": "1210", "merchant_code": "given"})]
    assert len(asked) == 17
    assert len([each for each in QUESTIONS if each.is_asked({"trade_mode": "9610", "merchant_code": "given"})]) == 15


def test_an_enterprise_file_of_answers_holds_what_follows_from_them(folder: Path) -> None:
    assert run(lines=BONDED).exit_code == 0
    assert files(folder) == ["customs.toml", "goods.xlsx", "orders.xlsx", "test.crt", "test.key"]
    enterprise = load_enterprise(folder / "customs.toml")
    assert enterprise.profile_for().values == {
        "parties.platform_code": "91000000000000001N",
        "parties.platform_name": "示例跨境电商平台有限公司",
        "parties.merchant_code": "91000000000000001N",
        "parties.merchant_name": "示例跨境电商平台有限公司",
        "parties.payment_company_code": "91000000000000003W",
        "parties.payment_company_name": "示例支付有限公司",
        "parties.carrier_code": "910000000000000040",
        "parties.carrier_name": "示例速运有限公司",
        "parties.declarant_code": "910000000000000053",
        "parties.declarant_name": "示例报关服务有限公司",
        "parties.guarantor_code": "910000000000000053",
        "parties.area_operator_code": "910000000000000066",
        "parties.area_operator_name": "示例综保区仓储有限公司",
        "parties.transmitter_code": "910000000000000053",
        "parties.transmitter_name": "示例报关服务有限公司",
        "parties.dxp_id": "DXPENT0000000001",
        "clearance.trade_mode": "1210",
        "clearance.customs_code": "2991",
        "clearance.port_code": "2991",
        "clearance.transport_mode": "7",
        "clearance.account_book_no": "T2991W000001",
    }
    keys = enterprise.set_ups["main"].keys
    assert keys is not None
    assert list(keys()) == ["order", "payment", "waybill", "declaration_list"]
    assert (enterprise.goods and enterprise.goods.path, enterprise.state) == (folder / "goods.xlsx", folder / "state")


def test_a_direct_purchase_asks_for_the_country_of_dispatch_and_no_account_book(folder: Path) -> None:
    assert run("new", lines=DIRECT).exit_code == 0
    values = load_enterprise(folder / "new/customs.toml").profile_for().values
    assert values["parties.merchant_code"] == "91000000000000002R"
    clearance = {name: value for name, value in values.items() if name.startswith("clearance.")}
    assert clearance == {
        "clearance.trade_mode": "9610",
        "clearance.customs_code": "2910",
        "clearance.port_code": "2910",
        "clearance.transport_mode": "5",
        "clearance.departure_country": "116",
    }
    assert load_enterprise(folder / "new/customs.toml").set_ups["main"].keys is None


@pytest.mark.parametrize(("lines", "columns"), [(BONDED, 20), (DIRECT, 23)], ids=["1210", "9610"])
def test_the_templates_have_headings_that_are_recognised_and_no_row_to_declare(
    folder: Path, lines: list[str], columns: int
) -> None:
    run("new", lines=lines)
    orders = load_workbook(folder / "new/orders.xlsx").worksheets[0]
    headings = tuple(str(cell.value) for cell in orders[1])
    known = columns_of(headings)
    assert (len(known.known), known.unknown, orders.max_row) == (columns, (), 1)
    assert {each.path for each in known.known} >= {"order.order_no", "sku", "payment.paid_at", "waybill.gross_weight"}
    formats = {
        str(cell.value).split()[1]: orders.column_dimensions[cell.column_letter].number_format for cell in orders[1]
    }
    assert {name for name, form in formats.items() if form != "@"} == {
        "qty", "price", "freight", "discount", "paid_amount", "gross_weight",
    }  # fmt: skip
    goods = load_workbook(folder / "new/goods.xlsx")
    assert [field_of(str(cell.value)) for cell in goods.worksheets[0][1]] == [
        "sku", "item_name", "goods_name", "model", "hs_code", "unit", "legal_unit1", "per_unit1", "legal_unit2",
        "per_unit2", "net_content", "origin_country", "bar_code", "record_no", "state", "valid_from", "valid_until",
    ]  # fmt: skip
    notes = [[cell.value for cell in row] for row in goods["说明 notes"].iter_rows(min_row=8, max_row=8)]
    assert notes == [["法定计量单位 legal_unit1", "是 yes", "税则第一法定单位代码，如 035", notes[0][3]]]


def test_without_openpyxl_the_lists_are_csv_that_excel_opens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> object:
        if name == "openpyxl":
            raise ModuleNotFoundError(name)
        return import_module(name)

    monkeypatch.setattr(workbooks, "import_module", absent)
    with pytest.raises(SheetError):
        workbooks.openpyxl()
    assert run("new", lines=BONDED).exit_code == 0
    assert files(folder / "new") == ["customs.toml", "goods.csv", "orders.csv"]
    content = (folder / "new/orders.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    (headings,) = csv.reader(content.decode("utf-8-sig").splitlines())
    assert headings[:2] == ["订单编号 order_no", "货号 sku"]


def test_a_second_run_refuses_and_changes_nothing(folder: Path) -> None:
    run(lines=BONDED)
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    again = run(lines=DIRECT)
    assert (again.exit_code, "customs.toml, goods.xlsx, orders.xlsx would be overwritten" in again.output) == (2, True)
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


def test_answers_may_be_options_and_all_that_is_missing_or_wrong_is_told(folder: Path) -> None:
    options = [
        f"--answer={each.name}={value}"
        for each, value in zip(
            (each for each in QUESTIONS if each.name not in ("merchant_name", "departure_country")), BONDED, strict=True
        )
    ]
    assert run("new", *options).exit_code == 0
    bad = [each.replace("=91000000000000001N", "=91000000000000001M") for each in options if "dxp_id" not in each]
    refused = run("other", *bad)
    assert refused.exit_code == 2
    assert refused.output.splitlines() == [
        "platform_code: 电商平台代码 ebpCode: 91000000000000001M is not the code of an enterprise, its check character "
        "would be N. Give the unified social credit code, 18 characters, or the customs registration number, 10 "
        "characters.",
        "dxp_id is missing: Number of your exchange client, DXP and 13 characters",
        "customs: nothing is written: give the answers with --answer NAME=VALUE",
    ]
    assert not (folder / "other").exists()


@pytest.mark.long
def test_each_answer_is_looked_at_at_once_on_a_terminal(folder: Path) -> None:
    typing = ["1211", "1210", "299", "2991", "91000000000000005", *BONDED[2:]]
    session = typed("init", prompts=prompts("en"), answers=typing, folder=folder, lang="en")
    assert session.code == 0
    lines = session.shown.splitlines()
    assert lines[:8] == [
        "Trade mode: 1210 bonded import, 9610 direct purchase: 1211",
        '  "1211" is not in the list (a code of the list trade_modes, 4 characters)',
        "Trade mode: 1210 bonded import, 9610 direct purchase: 1210",
        "  bonded e-commerce (special zones)",
        "Customs district that receives the declarations, 4 digits: 299",
        '  "299" has 3 characters instead of 4 (a code of the list districts, 4 characters)',
        "Customs district that receives the declarations, 4 digits: 2991",
        "  杭州综保",
    ]
    assert lines[9].endswith("or the customs registration number, 10 characters.")
    assert lines[-5:] == [
        "written in .: customs.toml, goods.xlsx, orders.xlsx",
        "1. fill in goods.xlsx, a row for each SKU",
        "2. customs doctor --config customs.toml",
        "3. fill in orders.xlsx, a row for each SKU of an order",
        "4. customs declare orders.xlsx --config customs.toml --out out",
    ]


@pytest.mark.parametrize(
    ("interrupted", "code", "said"),
    [
        (True, 130, "已中断：没有写了一半的文件"),
        (False, 2, "platform_code: the input ended before this was answered; nothing is written"),
    ],
    ids=["Ctrl-C", "end of input"],
)
@pytest.mark.long
def test_questions_that_are_broken_off_leave_nothing_behind(
    folder: Path, interrupted: bool, code: int, said: str
) -> None:
    lang = "zh" if interrupted else "en"
    session = typed(
        "init", prompts=prompts(lang), answers=BONDED[:4], interrupted=interrupted, folder=folder, lang=lang
    )
    assert (session.code, said in session.shown) == (code, True)
    assert files(folder) == ["test.crt", "test.key"]


def test_it_speaks_the_language_chosen(folder: Path) -> None:
    shown = run(lines=BONDED, lang="zh").output.splitlines()
    assert shown == [
        "已写入 .：customs.toml, goods.xlsx, orders.xlsx",
        "1. 填写 goods.xlsx，每个货号一行",
        "2. customs doctor --config customs.toml",
        "3. 填写 orders.xlsx，订单的每个货号一行",
        "4. customs declare orders.xlsx --config customs.toml --out out",
    ]
