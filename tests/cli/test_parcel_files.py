"""Files of parcels on the command line: what cannot be read is named by its order, or by the kind of the file."""

import json
from pathlib import Path

import pytest

from support import ROOT
from support.bad_input import parcel
from support.command_line import FIXED, run

GIVEN = json.dumps(parcel("1210"), ensure_ascii=False)
ORDER_NO = parcel("1210")["order"]["order_no"]
DAY = ["--on", "2026-11-11"]


PRETTY = json.dumps(parcel("1210"), ensure_ascii=False, indent=1)
TABLE = "订单编号,商品名称,单价\nEX1,面霜,99.50\n"

#: What is given where JSON lines are expected: its bytes, and what the message says of it.
WRONG_FILES = {
    "UTF-16 as PowerShell writes it": (f"{GIVEN}\r\n{GIVEN}\r\n".encode("utf-16"), "text in UTF-16", "UTF-16 编码的文本"),
    "UTF-16 without a mark": (GIVEN.encode("utf-16-le"), "text in UTF-16", "UTF-16 编码的文本"),
    "UTF-32": (GIVEN.encode("utf-32"), "text in UTF-32", "UTF-32 编码的文本"),
    "GBK": (f"{GIVEN}\n{GIVEN}\n".encode("gbk"), "text in GBK", "GBK 编码的文本"),
    "GBK, longer than what is looked at": (f"{GIVEN}\n".encode("gbk") * 50, "text in GBK", "GBK 编码的文本"),
    "a table": (TABLE.encode(), "a table of text", "文本表格"),
    "a table in GBK": (TABLE.encode("gbk"), "a table of text", "文本表格"),
    "a table with tabs and a mark": (TABLE.replace(",", "\t").encode("utf-8-sig"), "a table of text", "文本表格"),
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00", "an Excel workbook", "Excel 工作簿"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook (.xls)", "旧版 Excel 工作簿"),
    "gzip": (b"\x1f\x8b\x08\x00", "packed (gzip)", "压缩文件"),
    "a message": (b'<?xml version="1.0"?>\n<CEB311Message/>', "XML", "XML 文件"),
    "an array on one line": (f"[{GIVEN},{GIVEN}]".encode(), "one JSON array", "JSON 数组"),
    "an array over many lines": (f"[\n{GIVEN},\n{GIVEN}\n]".encode(), "one JSON array", "JSON 数组"),
    "an object over many lines": (PRETTY.encode(), "JSON spread over many lines", "分多行书写的 JSON"),
    "objects that begin on a line with their first field": (
        PRETTY.replace("{\n", "{", 1).encode(), "JSON spread over many lines", "分多行书写的 JSON",
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", ["check", "tax", "declare"])
@pytest.mark.parametrize("kind", WRONG_FILES)
def test_a_file_of_another_kind_is_named_once_with_what_to_do(command: str, kind: str, tmp_path: Path) -> None:
    content, en, zh = WRONG_FILES[kind]
    path = tmp_path / "parcels.jsonl"
    path.write_bytes(content)
    found = run(command, path, *(["--out", str(tmp_path / "out"), *FIXED] if command == "declare" else DAY))
    assert (found.exit_code, found.stdout) == (2, "")
    (said,) = found.stderr.splitlines()
    assert said.startswith(f"customs: parcels.jsonl is {en}")
    assert zh in said
    assert ORDER_NO not in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ([GIVEN[:-1], GIVEN], 1),
        (["7", "a, b, c", GIVEN], 2),
        (["a, b, c", GIVEN], 1),
        ([GIVEN.encode("gbk"), GIVEN], 1),
        (["\ufeff" + GIVEN], 0),
        (["", GIVEN + "\r"], 0),
    ],
    ids=["cut off", "a number", "a note", "one in GBK", "with a mark", "lines of Windows"],
)
def test_json_lines_with_a_bad_line_stay_json_lines(lines: list[str | bytes], refused: int, tmp_path: Path) -> None:
    path = tmp_path / "parcels.jsonl"
    path.write_bytes(b"\n".join(each if isinstance(each, bytes) else each.encode() for each in lines))
    *_, summary = run("check", path, *DAY, "--json").stdout.splitlines()
    assert json.loads(summary)["summary"]["refused"] == refused


def test_rates_in_gbk_are_read_and_said_to_be(tmp_path: Path) -> None:
    parcels, shipped = ROOT / "examples/parcels-9610.jsonl", ROOT / "src/customs/tax/rates.csv"
    text = shipped.read_text(encoding="utf-8").replace("2204210000,", "2204210000,葡萄酒", 1)
    (tmp_path / "gbk.csv").write_bytes(text.encode("gb18030"))
    found = run("check", parcels, *DAY, "--rates", tmp_path / "gbk.csv")
    assert found.exit_code == 0
    assert "gbk.csv: the file is no UTF-8 and is read as GBK (GB18030)" in found.stderr
    assert "葡萄酒" in run("rates", "2204210000", *DAY, "--rates", tmp_path / "gbk.csv").stdout


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("hs_code\n".encode("utf-16"), "--rates: rates.csv is text in UTF-16: save it as CSV in UTF-8"),
        (b"PK\x03\x04", "--rates: rates.csv is an Excel workbook: save it as CSV in UTF-8"),
        (b"hs_code,name\n1,\xff\xff\n", "--rates: rates.csv is text neither in UTF-8 nor in GBK"),
    ],
)
def test_rates_that_cannot_be_read_are_refused_with_what_to_do(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_bytes(content)
    found = run("tax", ROOT / "examples/parcels-9610.jsonl", *DAY, "--rates", tmp_path / "rates.csv")
    assert found.exit_code == 2
    assert says in found.stderr
    assert "UTF-8 编码的 CSV" in found.stderr


@pytest.fixture
def unread(tmp_path: Path) -> Path:
    """A file of three parcels: one cut off, one with a price as a number, one without any order."""
    wrong = parcel("1210")
    wrong["order"]["lines"][0]["price"] = 500.5
    path = tmp_path / "unread.jsonl"
    path.write_text("\n".join([GIVEN[:-1], json.dumps(wrong), "{}"]) + "\n", encoding="utf-8")
    return path


def test_every_refusal_names_the_order_in_text_and_json(unread: Path, tmp_path: Path) -> None:
    shown = run("check", unread, *DAY).stdout
    assert f"parcel 1, order {ORDER_NO}: json-unreadable" in shown
    assert f"parcel 2, order {ORDER_NO} order.lines[0].price: field-form" in shown
    assert "parcel 3 order: field-missing" in shown
    *rows, _ = (json.loads(line) for line in run("check", unread, *DAY, "--json").stdout.splitlines())
    numbers = {(row["parcel"], row["order_no"]) for row in rows}
    assert numbers == {(1, ORDER_NO), (2, ORDER_NO), (3, None)}
    taxes = [json.loads(line) for line in run("tax", unread, *DAY, "--json").stdout.splitlines()]
    assert [row.get("order_no") for row in taxes] == [ORDER_NO, ORDER_NO, None]
    run("declare", unread, "--out", tmp_path / "out", *FIXED)
    refused = (tmp_path / "out" / "refused.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["order_no"] for line in refused] == [ORDER_NO, ORDER_NO, None]


@pytest.mark.parametrize("command", ["check", "tax", "declare"])
@pytest.mark.long
def test_taxes_by_the_shipped_example_are_warned_of_once_in_both_languages(command: str, tmp_path: Path) -> None:
    parcels, rates = ROOT / "examples/parcels-9610.jsonl", ROOT / "src/customs/tax/rates.csv"
    more = ["--out", str(tmp_path / "out"), *FIXED] if command == "declare" else DAY
    warned = [
        line for line in run(command, parcels, *more).stderr.splitlines() if "The shipped table is an example" in line
    ]
    assert len(warned) == 1
    assert "税率表仅为示例" in warned[0]
    assert "example" not in run(command, parcels, *more, "--rates", rates).stderr


def test_check_only_looks_at_the_documents_of_one_enterprise(tmp_path: Path) -> None:
    whole = json.loads(run("sample", "--count", "1").stdout)
    whole["order"]["buyer_id_number"] = "123"
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(whole), encoding="utf-8")
    codes = {}
    for only in ("payment", "order"):
        lines = run("check", path, "--on", "2026-11-11", "--json", "--only", only).stdout.splitlines()
        codes[only] = [json.loads(each)["code"] for each in lines[:-1]]
    assert codes == {"payment": [], "order": ["id-number"]}
    assert run("check", path, "--only", "declaration_list").exit_code == 2
