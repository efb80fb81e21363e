"""The command ``goods check``: a line for each finding on the goods list, and the figures."""

import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner, Result

from customs.cli.commands import app

HEADINGS = "sku,item_name,model,hs_code,unit,legal_unit1,per_unit1,legal_unit2,per_unit2,origin_country\n"
MILK = "M1,婴儿配方奶粉,示例牌|800克/罐,1901101090,122,035,0.8,,,609\n"
CREAM = "A1,示例牌面霜,示例牌|50ml/瓶,3304990039,142,035,0.0835,011,1,110\n"
UNKNOWN = "X1,示例商品,示例牌,1234567890,142,035,1,,,110\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str | Path, lang: str = "en") -> Result:
    command = ["goods", "check", *map(str, arguments), "--on", "2026-11-11"]
    return CliRunner(env={"CUSTOMS_LANG": lang, "COLUMNS": "100"}).invoke(app, command)


def goods(folder: Path, *rows: str) -> Path:
    path = folder / "goods.csv"
    path.write_text(HEADINGS + "".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(("rows", "code"), [([MILK], 0), ([MILK, CREAM], 0), ([UNKNOWN], 1)])
def test_errors_alone_make_the_exit_code_one(folder: Path, rows: list[str], code: int) -> None:
    assert run(goods(folder, *rows)).exit_code == code


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            "goods record A1, per_unit1 (goods.csv, row 3): goods-content\n    SKU A1: 第一法定数量换算 per_unit1 is 0.0835, "
            "and the net content 示例牌|50ml/瓶 is 0.05. The statutory quantity is the net content without its packaging: "
            "check it. For cosmetics it decides on consumption tax.\n",
        ),
        (
            "zh",
            "商品备案 A1 的 per_unit1（goods.csv 第 3 行）: goods-content\n    货号 A1 的第一法定数量换算 per_unit1 为 0.0835，"
            "而净含量“示例牌|50ml/瓶”为 0.05。法定数量按净含量填写，不含包装；请核对。化妆品按此数量判定是否征收消费税。\n",
        ),
    ],
)
def test_a_finding_says_where_and_what_in_the_language_chosen(folder: Path, lang: str, said: str) -> None:
    assert said in run(goods(folder, MILK, CREAM), lang=lang).output


def test_findings_and_figures_for_programs(folder: Path) -> None:
    found = run(goods(folder, CREAM, UNKNOWN), "--json")
    lines = [json.loads(each) for each in found.stdout.splitlines() if each.startswith("{")]
    assert [(each["sku"], each["field"], each["code"], each["severity"]) for each in lines[:-1]] == [
        ("A1", "per_unit1", "goods-content", "warning"),
        ("X1", "hs_code", "rate-missing", "error"),
    ]
    assert lines[0]["where"] == "goods record A1, per_unit1 (goods.csv, row 2)"
    assert lines[-1] == {
        "records": 2,
        "errors": 1,
        "warnings": 1,
        "findings": {"goods-content": 1, "rate-missing": 1},
    }


def test_a_list_that_cannot_be_read_is_refused_by_row_and_column(folder: Path) -> None:
    path = goods(folder, MILK, MILK)
    refused = run(path)
    assert (refused.exit_code, refused.output.splitlines()[-1]) == (
        1,
        "goods.csv:3: sku: row 2 has the same SKU: leave one record",
    )
    told = json.loads(run(path, "--json").stdout.splitlines()[-1])
    assert (told["file"], told["row"], told["column"]) == ("goods.csv", 3, "sku")


def test_the_enterprise_file_names_the_list_and_the_rates(folder: Path) -> None:
    goods(folder, UNKNOWN)
    row = "1234567890,goods,035,,standard,,2026-01-01,,2026-01-01,ours,0"
    columns = "hs_code,name,legal_unit1,legal_unit2,vat,consumption,valid_from,valid_to,as_of,source,mfn"
    (folder / "rates.csv").write_text(f"{columns}\n{row}\n", encoding="utf-8")
    (folder / "customs.toml").write_text('[goods]\nfile = "goods.csv"\n[rates]\nfile = "rates.csv"\n', encoding="utf-8")
    assert run("--config", folder / "customs.toml").exit_code == 0
    assert run().exit_code == 0


def test_the_enterprise_file_names_the_sheet_too(folder: Path) -> None:
    book = Workbook()
    book.active.append(["nothing here"])
    sheet = book.create_sheet("商品")
    for row in (HEADINGS + MILK).splitlines():
        sheet.append([each or None for each in row.split(",")])
    book.save(folder / "goods.xlsx")
    (folder / "customs.toml").write_text('[goods]\nfile = "goods.xlsx"\nsheet = "商品"\n', encoding="utf-8")
    assert run().exit_code == 0
    assert run("--sheet", "Sheet").exit_code == 1


def test_without_a_list_or_with_a_broken_enterprise_file_it_says_so(folder: Path) -> None:
    nothing = run()
    assert nothing.exit_code == 2
    assert "there is no file customs.toml: make one with customs init" in nothing.output
    (folder / "customs.toml").write_text("[good]\n", encoding="utf-8")
    broken = run()
    assert (broken.exit_code, broken.output) == (2, "customs.toml:1: good: good is unknown: the nearest is goods\n")
    (folder / "customs.toml").write_text("", encoding="utf-8")
    assert "the enterprise file names no goods list" in run().output
