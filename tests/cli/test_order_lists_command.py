"""Order lists on the command line: a spreadsheet in, signed messages, a manifest and the refused rows out."""

import csv
import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import Result

import customs
from customs.intake import load_enterprise, orders_in
from customs.intake.goods_sheets import goods_in
from customs.intake.json_orders import sheet_of_mappings
from customs.intake.templates import order_template
from customs.rules import check_document
from customs.testing.shops import SampleShop, sample_shop
from support import SINGLES_DAY, exactly, some
from support.command_line import run
from support.order_lists import csv_text, xlsx_bytes

COMMAND = ("--on", "2026-11-11", "--clock", "2026-11-11T08:00:00", "--guid-seed", "1")

HEADINGS = order_template("1210").headings

#: The heading of the time of payment, a text in the template and a time in other workbooks.
PAID_AT = "支付时间 paid_at"

Rows = list[dict[str, str]]


def shop_in(folder: Path, count: int = 12, *, seed: int = 1) -> SampleShop:
    """Write a shop, and return what its lists hold."""
    assert run("sample", "--shop", folder, "--count", str(count), "--seed", str(seed)).exit_code == 0
    return sample_shop(count, seed=seed, mode="1210")


def rows_of(shop: SampleShop) -> Rows:
    return [dict(zip(HEADINGS, row, strict=True)) for row in shop.orders]


def orders_of(rows: Rows) -> list[dict[str, object]]:
    """The orders of rows as a shop system has them, each with its lines."""
    lines = ("货号 sku", "数量 qty", "单价 price")
    found: dict[str, dict[str, object]] = {}
    for row in rows:
        order = found.setdefault(
            row["订单编号 order_no"], {key: row[key] for key in row if key not in lines} | {"goods": []}
        )
        goods = order["goods"]
        assert isinstance(goods, list)
        goods.append({key: row[key] for key in lines})
    return list(found.values())


def write_json_lines(rows: Rows) -> bytes:
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in orders_of(rows)).encode()


FORMS: dict[str, Callable[[Rows], bytes]] = {
    "utf-8.csv": lambda rows: csv_text(rows).encode(),
    "with-mark.csv": lambda rows: csv_text(rows).encode("utf-8-sig"),
    "gb18030.csv": lambda rows: csv_text(rows).encode("gb18030"),
    "utf-16.csv": lambda rows: csv_text(rows).encode("utf-16"),
    "semicolons.csv": lambda rows: re.sub(
        r",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", ";", csv_text(rows), flags=re.M
    ).encode(),
    "numbers.xlsx": lambda rows: xlsx_bytes([each | {PAID_AT: re.sub(r"\D", "", each[PAID_AT])} for each in rows]),
    "lines.jsonl": write_json_lines,
    "array.json": lambda rows: json.dumps(orders_of(rows), ensure_ascii=False).encode(),
}


def declare(file: Path, folder: Path, out: Path, *more: str) -> Result:
    return run("declare", file, "--config", folder / "customs.toml", "--out", out, *COMMAND, *more)


def messages(out: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(out.glob("*.xml"))}


def manifest(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def refused(path: Path) -> list[tuple[str, str, list[str]]]:
    """The rows of a workbook of refused orders: order number, first reason in Chinese, the cells that are marked."""
    _, *rows = load_workbook(path).worksheets[0].iter_rows()
    return [
        (str(row[0].value), str(row[-2].value).split("。")[0], [cell.coordinate for cell in row if cell.comment])
        for row in rows
    ]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.long
def test_the_same_orders_give_the_same_messages_to_the_byte_in_every_kind_of_file(name: str, tmp_path: Path) -> None:
    shop = shop_in(tmp_path / "shop")
    assert declare(tmp_path / "shop/orders.xlsx", tmp_path / "shop", tmp_path / "out").exit_code == 0
    expected = messages(tmp_path / "out")
    assert len(expected) == 4
    other = tmp_path / name
    other.write_bytes(FORMS[name](rows_of(shop)))
    config = tmp_path / "shop/customs.toml"
    config.write_text(config.read_text("utf-8").replace('folder = "state"', 'folder = "other"'), encoding="utf-8")
    assert declare(other, tmp_path / "shop", tmp_path / "again").exit_code == 0
    assert messages(tmp_path / "again") == expected


def test_mappings_in_memory_give_the_same_messages_to_the_byte(tmp_path: Path) -> None:
    shop = shop_in(tmp_path / "shop")
    assert declare(tmp_path / "shop/orders.xlsx", tmp_path / "shop", tmp_path / "out").exit_code == 0
    enterprise = load_enterprise(tmp_path / "shop/customs.toml")
    assert enterprise.goods
    clock, guids = customs.fixed_clock(datetime(2026, 11, 11, 8)), customs.seeded_guids(1)
    way = enterprise.run_of(enterprise.profile_for(), on=SINGLES_DAY, clock=clock, guids=guids)
    orders = orders_in(
        sheet_of_mappings(orders_of(rows_of(shop))),
        enterprise.columns,
        goods=goods_in(enterprise.goods.path).get,
        profiles=enterprise.profiles.values(),
        on=SINGLES_DAY,
    )
    batches = way.prepare_many(each.given for each in orders)
    written = {message.file_name: message.content for batch in batches for message in batch.messages}
    assert written == messages(tmp_path / "out")


@pytest.mark.long
def test_five_hundred_orders_of_three_lines_become_valid_signed_messages(tmp_path: Path) -> None:
    shop_in(tmp_path / "shop", 1)
    made = sample_shop(500, seed=1, mode="1210", lines=3)
    (tmp_path / "orders.csv").write_text(
        csv_text([dict(zip(HEADINGS, row, strict=True)) for row in made.orders]), encoding="utf-8"
    )
    whole = shop_in(tmp_path / "whole", 60)
    assert {row[0] for row in made.goods} <= {row[0] for row in whole.goods}
    answer = declare(tmp_path / "orders.csv", tmp_path / "whole", tmp_path / "out", "--json")
    assert (answer.exit_code, json.loads(answer.stdout)["declared"]) == (0, 500)
    found = messages(tmp_path / "out")
    assert len(found) == 20
    for name, content in found.items():
        assert customs.verify(content).valid, name
        documents = customs.read(content).documents
        assert len(documents) == 100
        assert [finding for each in documents for finding in check_document(each) if finding.is_error] == []
    assert len(manifest(tmp_path / "out/orders.manifest.csv")) == 500


def spoilt(path: Path, changes: Sequence[tuple[int, str, object]]) -> None:
    """Change cells of an order list: row, field, value."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    columns = {str(cell.value).split()[-1]: cell.column for cell in sheet[1]}
    for row, name, value in changes:
        sheet.cell(row, columns[name]).value = value
    book.save(path)


@pytest.mark.long
def test_refused_orders_come_back_marked_and_once_mended_only_they_are_declared(tmp_path: Path) -> None:
    folder, out = tmp_path / "shop", tmp_path / "out"
    shop = shop_in(folder)
    numbers = list(dict.fromkeys(row[0] for row in shop.orders))
    first = [at for at, row in enumerate(shop.orders, 2) if row[0] == numbers[0]]
    second = [at for at, row in enumerate(shop.orders, 2) if row[0] == numbers[1]]
    spoilt(folder / "orders.xlsx", [(first[0], "sku", "SKU-9"), (second[0], "paid_at", "11/12/2026")])
    answer = declare(folder / "orders.xlsx", folder, out)
    assert answer.exit_code == 1
    back = refused(out / "orders.refused.xlsx")
    assert [order for order, _, _ in back] == [numbers[0]] * len(first) + [numbers[1]] * len(second)
    assert [(text, cells) for _, text, cells in back if cells] == [
        ("【货号 sku】商品备案表中没有货号 SKU-9", ["B2"]),
        (
            '【支付时间 paid_at】支付时间 payTime 的格式不正确：所给 "11/12/2026" 无法分辨日与月，请写作 年-月-日，或在 '
            "[columns] 中指定 day_first 或 month_first",
            [f"P{len(first) + 2}"],
        ),
    ]
    outcomes = [each["结果 Outcome"] for each in manifest(out / "orders.manifest.csv")]
    assert outcomes == ["refused", "refused", *["declared"] * 10]
    before = messages(out)

    sku, paid_at = shop.orders[0][1], shop.orders[len(first)][HEADINGS.index(PAID_AT)]
    spoilt(out / "orders.refused.xlsx", [(2, "sku", sku), (len(first) + 2, "paid_at", paid_at)])
    again = declare(out / "orders.refused.xlsx", folder, out, "--guid-seed", "2", "--json")
    told = json.loads(again.stdout)
    assert (again.exit_code, told["declared"], told["declared_before"], told["refused"]) == (0, 2, 0, 0)
    assert not (out / "orders.refused.xlsx").exists()
    assert (out / "orders.refused-1.xlsx").is_file(), "what somebody mended is kept"
    assert [each["结果 Outcome"] for each in manifest(out / "orders.refused.manifest.csv")] == ["declared"] * 2
    assert len(messages(out)) == len(before) + 4
    broken = declare(folder / "orders.xlsx", folder, out, "--guid-seed", "4")
    assert broken.exit_code == 1, "the list itself was not mended"
    told_of = manifest(out / "orders.manifest.csv")[:2]
    assert [(each["结果 Outcome"], len(each["报文文件 Files"].split("; "))) for each in told_of] == [("refused", 4)] * 2
    third = declare(out / "orders.refused-1.xlsx", folder, out, "--guid-seed", "3")
    assert third.exit_code == 0
    assert len(messages(out)) == len(before) + 4


def test_the_whole_list_mended_declares_what_is_missing_and_tells_of_all(tmp_path: Path) -> None:
    folder, out = tmp_path / "shop", tmp_path / "out"
    shop = shop_in(folder)
    whole = (folder / "orders.xlsx").read_bytes()
    spoilt(folder / "orders.xlsx", [(2, "sku", "SKU-9")])
    assert declare(folder / "orders.xlsx", folder, out).exit_code == 1
    (folder / "orders.xlsx").write_bytes(whole)
    answer = declare(folder / "orders.xlsx", folder, out, "--guid-seed", "2", "--json")
    told = json.loads(answer.stdout)
    assert (answer.exit_code, told["declared"], told["declared_before"], told["refused"]) == (0, 1, 11, 0)
    rows = manifest(Path(told["manifest"]))
    assert [each["结果 Outcome"] for each in rows] == ["declared", *["declared-before"] * 11]
    assert [each["订单编号 Order"] for each in rows] == list(dict.fromkeys(row[0] for row in shop.orders))
    assert {name for each in rows for name in each["报文文件 Files"].split("; ")} == messages(out).keys()
    assert all(re.fullmatch(r"\d+\.\d\d", each["税款（元） Tax (CNY)"]) for each in some(rows))


@pytest.mark.parametrize("state", ["lost", "of another shop"])
@pytest.mark.long
def test_orders_are_not_declared_twice_where_the_state_folder_is_not_that_of_the_messages(
    state: str, tmp_path: Path
) -> None:
    folder, out = tmp_path / "shop", tmp_path / "out"
    shop = shop_in(folder)
    assert declare(folder / "orders.xlsx", folder, out).exit_code == 0
    before, kept = messages(out), (folder / "state").rename(tmp_path / "kept")
    if state == "of another shop":
        (tmp_path / "others.csv").write_text(csv_text(rows_of(sample_shop(2, seed=9, mode="1210"))), encoding="utf-8")
        assert declare(tmp_path / "others.csv", folder, tmp_path / "elsewhere").exit_code == 0
    answer = declare(folder / "orders.xlsx", folder, out, "--guid-seed", "2")
    assert (answer.exit_code, messages(out)) == (2, before)
    told = " ".join(answer.stderr.split())
    assert f"orders of this list were declared, such as {shop.orders[0][0]}, and the journal in" in told
    assert "已经申报" in told
    (folder / "state").rename(tmp_path / "wrong")
    kept.rename(folder / "state")
    again = declare(folder / "orders.xlsx", folder, out, "--guid-seed", "2")
    assert (again.exit_code, messages(out)) == (0, before)


@pytest.mark.parametrize(("ending", "form"), [("csv", FORMS["gb18030.csv"]), ("jsonl", write_json_lines)])
@pytest.mark.long
def test_a_list_in_text_comes_back_in_its_own_kind_and_is_taken_again(
    ending: str, form: Callable[[Rows], bytes], tmp_path: Path
) -> None:
    folder, out = tmp_path / "shop", tmp_path / "out"
    rows = rows_of(shop_in(folder))
    good = rows[0]["货号 sku"]
    rows[0]["货号 sku"] = "SKU-9"
    (tmp_path / f"list.{ending}").write_bytes(form(rows))
    assert declare(tmp_path / f"list.{ending}", folder, out).exit_code == 1
    back = out / f"list.refused.{ending}"
    text = back.read_text("utf-8-sig")
    assert "商品备案表中没有货号 SKU-9" in text
    back.write_text(text.replace('"SKU-9"', f'"{good}"').replace(",SKU-9,", f",{good},"), encoding="utf-8")
    assert declare(back, folder, out, "--guid-seed", "2").exit_code == 0
    assert {each["结果 Outcome"] for each in manifest(out / "list.refused.manifest.csv")} == {"declared"}


def test_check_names_the_cell_and_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shop = shop_in(folder)
    spoilt(folder / "orders.xlsx", [(2, "qty", "两件")])
    before = sorted(tmp_path.rglob("*"))
    answer = run("--lang", "zh", "check", folder / "orders.xlsx", "--config", folder / "customs.toml", *COMMAND[:2])
    assert answer.exit_code == 1
    assert (
        f"订单 {shop.orders[0][0]}，orders.xlsx 工作表“订单 orders”单元格 C2（数量 qty）: field-form" in answer.stdout
    )
    assert sorted(tmp_path.rglob("*")) == before
    rows = run("check", folder / "orders.xlsx", "--config", folder / "customs.toml", *COMMAND[:2], "--json")
    told = [json.loads(line) for line in rows.stdout.splitlines()]
    assert told[0]["where"] == "orders.xlsx, sheet 订单 orders, cell C2 (数量 qty)"
    assert told[-1]["summary"]["refused"] == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("订单编号 order_no", "订购人姓名 buyer_name"),
        ("订单编号 order_no", "订购人证件号码 buyer_id_number"),
        ("订单编号 order_no", "收货地址 consignee_address"),
        ("物流运单编号 waybill_no", "收货地址 consignee_address"),
        ("物流运单编号 waybill_no", "订购人电话 buyer_telephone"),
        ("支付交易编号 payment_no", "支付人姓名 payer_name"),
        ("支付交易编号 payment_no", "支付人证件号码 payer_id_number"),
    ],
)
@pytest.mark.long
def test_no_person_is_shown_where_two_headings_are_exchanged(one: str, other: str, tmp_path: Path) -> None:
    folder, out, config = tmp_path / "shop", tmp_path / "out", tmp_path / "shop" / "customs.toml"
    rows = rows_of(shop_in(folder, 3))
    moved = tmp_path / "moved.csv"
    moved.write_text(csv_text([each | {one: each[other], other: each[one]} for each in rows]), encoding="utf-8")
    answers = [declare(moved, folder, out)]
    answers += [run("check", moved, "--config", config, *COMMAND[:2], *more) for more in ((), ("--json",))]
    assert [each.exit_code for each in answers] == [1, 1, 1]
    assert len(messages(out)) == 0
    told = "".join(each.output for each in answers) + (out / "moved.manifest.csv").read_text(encoding="utf-8-sig")
    reasons = [dict(list(each.items())[-2:]) for each in manifest(out / "moved.refused.csv")]
    assert not any(row[other] in f"{told}{reasons}" for row in rows)


@pytest.mark.long
def test_parcels_are_those_that_declare_makes(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shop_in(folder)
    answer = run("parcels", folder / "orders.xlsx", "--config", folder / "customs.toml", *COMMAND[:2])
    assert answer.exit_code == 0
    (tmp_path / "parcels.jsonl").write_text(answer.stdout, encoding="utf-8")
    assert declare(folder / "orders.xlsx", folder, tmp_path / "out").exit_code == 0
    key: list[str | Path] = [
        "--key",
        folder / "key/test.key",
        "--cert",
        folder / "key/test.crt",
        "--state",
        folder / "state",
    ]
    again = run("declare", tmp_path / "parcels.jsonl", "--out", tmp_path / "out", *key, *COMMAND, "--json")
    assert json.loads(again.stdout)["declared_before"] == 12, "the journal knows them"


def test_each_order_goes_by_the_profile_of_its_shop(tmp_path: Path) -> None:
    folder, out = tmp_path / "shop", tmp_path / "out"
    rows = rows_of(shop_in(folder))
    config = folder / "customs.toml"
    config.write_text(
        config.read_text("utf-8")
        + '[profiles.east]\nshops = ["东店"]\nparties.merchant_name = "东店贸易有限公司"\n'
        + '[profiles.west]\nshops = ["西店"]\nparties.merchant_name = "西店贸易有限公司"\n',
        encoding="utf-8",
    )
    text = config.read_text("utf-8")
    config.write_text(re.sub(r"(?m)^merchant_name = .*\n", "", text), encoding="utf-8")
    numbers = list(dict.fromkeys(row["订单编号 order_no"] for row in rows))
    shops = dict(zip(numbers, ["东店", "西店", "南店"] * 4, strict=True))
    for row in rows:
        row["店铺"] = shops[row["订单编号 order_no"]]
    (tmp_path / "list.csv").write_text(csv_text(rows), encoding="utf-8")
    answer = declare(tmp_path / "list.csv", folder, out)
    assert answer.exit_code == 1
    found = manifest(out / "list.manifest.csv")
    assert [each["结果 Outcome"] for each in found] == ["declared", "declared", "refused"] * 4
    assert {each["提示与问题 Findings"] for each in found if each["结果 Outcome"] == "refused"} == {"shop-unknown"}
    orders = [
        each
        for content in messages(out).values()
        for each in customs.read(content).documents
        if each.message == "CEB311"
    ]
    assert {(each.head.order_no, each.head.merchant_name) for each in orders} == {  # type: ignore[attr-defined]
        (number, f"{shop}贸易有限公司") for number, shop in shops.items() if shop != "南店"
    }


def test_what_the_enterprise_file_says_is_not_said_beside_it(tmp_path: Path) -> None:
    shop_in(tmp_path / "shop")
    answer = declare(
        tmp_path / "shop/orders.xlsx", tmp_path / "shop", tmp_path / "out", "--key", "a.key", "--state", "s"
    )
    assert (answer.exit_code, "--key, --state" in answer.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


def test_an_order_list_without_the_enterprise_file_is_told_how(tmp_path: Path) -> None:
    shop_in(tmp_path / "shop")
    answer = run("declare", tmp_path / "shop/orders.xlsx", "--out", tmp_path / "out")
    assert (answer.exit_code, "--config customs.toml" in answer.stderr) == (2, True)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        ("订单编号,货号\nA,".encode("gb18030") + b"\xff\xff\n", "neither in UTF-8 nor in GBK"),
        ("名称,备注\nA,B\n".encode(), "no column of order numbers"),
        ("订单编号,订单号,货号\nA,B,C\n".encode(), "both mean order.order_no"),
    ],
)
def test_a_list_that_cannot_be_used_is_told_on_one_line_and_nothing_is_written(
    content: bytes, says: str, tmp_path: Path
) -> None:
    shop_in(tmp_path / "shop")
    (tmp_path / "list.csv").write_bytes(content)
    answer = declare(tmp_path / "list.csv", tmp_path / "shop", tmp_path / "out")
    assert answer.exit_code == 2
    exactly(1, [line for line in answer.stderr.splitlines() if says in line])
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "shop/state").exists()
