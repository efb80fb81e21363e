"""Bills of payment companies are read in every layout that they are met in, and checked against their own figures."""

import gzip
import hashlib
import os
import random
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from customs.intake.sheets import SheetError
from customs.ledger.settlements.bill_rows import BillRow, FundRow, PaymentBill, PaymentRow
from customs.ledger.settlements.payment_bills import open_payment_bills
from support import settlement_files as written
from support.settlement_files import ALL, DAY, OLD, OLDEST, REFUND, SUCCESS, Sale, sales

SAMPLES = Path(os.environ["CUSTOMS_SPEC"]) / "ops" / "samples" if "CUSTOMS_SPEC" in os.environ else None

ZERO = Decimal(0)


def read(path: Path) -> tuple[PaymentBill, list[BillRow]]:
    """The one bill of a file, with its rows."""
    with open_payment_bills(path) as bills:
        ((bill, rows),) = [(each, list(each.rows)) for each in bills]
    return bill, rows


def put(folder: Path, text: str | bytes, name: str = "bill.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def paid(rows: list[BillRow]) -> list[PaymentRow]:
    return [each for each in rows if isinstance(each, PaymentRow) and each.kind == "paid"]


def refunded(rows: list[BillRow]) -> list[PaymentRow]:
    return [each for each in rows if isinstance(each, PaymentRow) and each.kind == "refunded"]


def funds(rows: list[BillRow]) -> list[FundRow]:
    return [each for each in rows if isinstance(each, FundRow)]


def total(amounts: Iterator[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


@pytest.fixture
def given() -> list[Sale]:
    return sales(40, seed=1)


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ticks", [False, True], ids=["plain headings", "ticks in headings"])
def test_a_trade_bill_is_read_row_by_row_whatever_its_line_ends_and_marks(
    tmp_path: Path, given: list[Sale], newline: str, mark: str, ticks: bool
) -> None:
    bill, rows = read(put(tmp_path, mark + written.wechat_trade(given, newline=newline, ticks=ticks)))
    assert bill.faults == []
    assert [(each.order_no, each.transaction_no, each.ordered, each.settled, each.at) for each in paid(rows)] == [
        (each.order, each.number, each.ordered, each.settled, each.at) for each in given
    ]
    assert total(each.fee for each in paid(rows)) == total(each.fee for each in given)
    assert {each.rate for each in paid(rows)} == {Decimal("0.006")}


def test_of_a_refund_amounts_are_positive_and_the_fee_given_back_negative(tmp_path: Path, given: list[Sale]) -> None:
    _, rows = read(put(tmp_path, written.wechat_trade(given)))
    back = [each for sale in given for each in sale.refunds]
    assert len(back) > 2
    assert [(each.asked, each.refunded, each.fee, each.state) for each in refunded(rows)] == [
        (each.asked, each.refunded, -each.fee, "SUCCESS") for each in back
    ]
    assert {each.ordered for each in refunded(rows)} == {ZERO}


def test_a_comma_in_a_name_does_not_move_the_amounts_behind_it(tmp_path: Path) -> None:
    (sale,) = sales(1, seed=3)
    named = Sale(**{**vars(sale), "name": "奶粉,800g,2罐", "refunds": ()})
    _, rows = read(put(tmp_path, written.wechat_trade([named])))
    assert [(each.ordered, each.fee) for each in paid(rows)] == [(named.ordered, named.fee)]


@pytest.mark.parametrize("name", ["微信订单号", "总交易单数", "a,b", "`"])
def test_goods_may_be_called_as_they_like(tmp_path: Path, name: str) -> None:
    given = [replace(each, name=name) for each in sales(3, 3)]
    bill, rows = read(put(tmp_path, written.wechat_trade(given)))
    assert (bill.faults, [each.ordered for each in paid(rows)]) == ([], [each.ordered for each in given])


def test_the_bills_of_payments_and_of_refunds_hold_the_rows_of_the_bill_of_both(
    tmp_path: Path, given: list[Sale]
) -> None:
    keys = [
        [(each.kind, each.key, each.at) for each in paid(rows) + refunded(rows)]
        for header in (ALL, SUCCESS, REFUND)
        for bill, rows in [read(put(tmp_path, written.wechat_trade(given, header)))]
        if bill.faults == []
    ]
    assert len(keys) == 3
    assert sorted(keys[0]) == sorted(keys[1] + keys[2])


def test_a_refund_of_the_refund_bill_has_the_time_at_which_it_was_asked_for(tmp_path: Path) -> None:
    sold, moment = sales(1, seed=3)[0], datetime(2026, 11, 11, 15)
    back = written.Refund(number="50", at=moment, asked=sold.ordered, refunded=sold.settled, fee=sold.fee)
    _, rows = read(put(tmp_path, written.wechat_trade([Sale(**{**vars(sold), "refunds": (back,)})], REFUND)))
    assert [each.at for each in refunded(rows)] == [moment]


@pytest.mark.parametrize("header", [OLD, OLDEST], ids=["代金券或立减优惠", "企业红包"])
def test_the_old_layout_is_read_by_its_own_headings(tmp_path: Path, given: list[Sale], header: str) -> None:
    bill, rows = read(put(tmp_path, written.wechat_trade(given, header)))
    assert bill.faults == []
    assert [each.ordered for each in paid(rows)] == [each.settled for each in given]
    assert [each.asked for each in refunded(rows)] == [each.refunded for sale in given for each in sale.refunds]


def test_a_series_may_change_its_layout_in_the_middle(tmp_path: Path, given: list[Sale]) -> None:
    later = sales(10, seed=2, day=DAY + timedelta(days=1))
    bill, rows = read(put(tmp_path, written.wechat_trade(given, OLD) + written.wechat_trade(later, ALL)))
    assert bill.faults == []
    assert len(paid(rows)) == 50
    assert {each.order_no: each.ordered for each in paid(rows)}[later[0].order] == later[0].ordered


def test_columns_are_found_by_their_headings_wherever_they_stand(tmp_path: Path, given: list[Sale]) -> None:
    turned = ",".join(reversed(ALL.split(",")))
    bill, rows = read(put(tmp_path, written.wechat_trade(given, turned)))
    assert bill.faults == []
    assert [each.order_no for each in paid(rows)] == [each.order for each in given]


def test_a_negative_settled_amount_of_a_refund_is_ignored(tmp_path: Path) -> None:
    sold = next(each for each in sales(60, seed=1) if each.refunds)
    text = written.wechat_trade([sold])
    line = text.splitlines()[2]
    wrong = line.replace("`0.00,`0.00,`50", f"`-{sold.refunds[0].refunded},`0.00,`50", 1)
    assert wrong != line
    bill, rows = read(put(tmp_path, text.replace(line, wrong)))
    assert bill.faults == []
    assert [each.refunded for each in refunded(rows)] == [sold.refunds[0].refunded]


def test_a_payment_by_code_that_was_reversed_is_a_refund(tmp_path: Path) -> None:
    sold = next(each for each in sales(60, seed=1) if each.refunds)
    _, rows = read(put(tmp_path, written.wechat_trade([sold]).replace("`REFUND,", "`REVOKED,")))
    assert [each.kind for each in paid(rows) + refunded(rows)] == ["paid", "refunded"]


def test_amounts_of_one_decimal_are_read(tmp_path: Path) -> None:
    (sale,) = sales(1, seed=3)
    text = written.wechat_trade([sale]).replace(str(sale.ordered), "88.5")
    _, rows = read(put(tmp_path, text))
    assert [each.ordered for each in paid(rows)] == [Decimal("88.5")]


@pytest.mark.parametrize("header", [ALL, SUCCESS, OLD])
def test_a_day_without_trades_has_a_bill_without_rows(tmp_path: Path, header: str) -> None:
    bill, rows = read(put(tmp_path, written.wechat_trade([], header)))
    assert (bill.faults, rows) == ([], [])


@pytest.mark.parametrize(
    "answer",
    [
        "<xml><return_code>FAIL</return_code><return_msg>No Bill Exist</return_msg><error_code>20002</error_code></xml>",
        '{"code":"NO_STATEMENT_EXIST","message":"no bill"}',
    ],
)
def test_the_answer_that_there_is_no_bill_is_a_day_without_trades(tmp_path: Path, answer: str) -> None:
    bill, rows = read(put(tmp_path, answer))
    assert (bill.company, bill.faults, rows) == ("wechat", [], [])


def test_a_bill_packed_as_gzip_is_the_same_bill(tmp_path: Path, given: list[Sale]) -> None:
    text = written.wechat_trade(given).encode()
    plain, packed = put(tmp_path, text), put(tmp_path, gzip.compress(text), "bill.csv.gz")
    assert read(plain)[0].digest == read(packed)[0].digest
    assert len(read(packed)[1]) == len(read(plain)[1])


@pytest.mark.parametrize("place", range(7))
def test_each_figure_of_a_summary_that_its_rows_do_not_make_is_named(
    tmp_path: Path, given: list[Sale], place: int
) -> None:
    lines = written.wechat_trade(given, newline="\n").splitlines()
    figures = lines[-1].split(",")
    figures[place] = f"`{Decimal(figures[place][1:]) + 1}"
    bill, _ = read(put(tmp_path, "\n".join((*lines[:-1], ",".join(figures), ""))))
    (fault,) = bill.faults
    assert fault.en.startswith(written.SUMMARY.split(",")[place])
    assert fault.line == len(lines)


def test_a_row_that_was_left_out_is_seen_by_the_summary(tmp_path: Path, given: list[Sale]) -> None:
    lines = written.wechat_trade(given, newline="\n").splitlines()
    bill, _ = read(put(tmp_path, "\n".join((*lines[:1], *lines[2:], ""))))
    assert {each.en.split(" ")[0] for each in bill.faults} >= {
        "总交易单数",
        "应结订单总金额",
        "手续费总金额",
        "订单总金额",
    }


@pytest.mark.parametrize("net", [True, False], ids=["refunds net", "refunds gross"])
@pytest.mark.parametrize("full_width", [True, False], ids=["（元）", "(元)"])
def test_a_fund_bill_is_read_with_the_sign_of_its_kind(
    tmp_path: Path, given: list[Sale], net: bool, full_width: bool
) -> None:
    bill, rows = read(put(tmp_path, written.wechat_funds(given, net=net, full_width=full_width)))
    assert (bill.kind, bill.faults) == ("funds", [])
    kept = [sale.settled - sale.fee - sum((each.refunded - each.fee for each in sale.refunds), ZERO) for sale in given]
    assert total(each.amount for each in funds(rows)) == sum(kept, ZERO)


def test_a_movement_that_was_left_out_breaks_the_chain_of_balances(tmp_path: Path, given: list[Sale]) -> None:
    lines = written.wechat_funds(given).splitlines()
    bill, _ = read(put(tmp_path, "\n".join((*lines[:5], *lines[6:], ""))))
    assert bill.faults[0].line == 6
    assert "does not follow" in bill.faults[0].en
    assert {each.en.split(" ")[0] for each in bill.faults[1:]} >= {"资金流水总笔数"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("ascii_brackets", [True, False])
@pytest.mark.parametrize("old_footer", [True, False])
@pytest.mark.parametrize("dashes", [35, 41])
def test_a_business_detail_is_read_whatever_its_encoding_brackets_footers_and_dashes(
    tmp_path: Path, encoding: str, ascii_brackets: bool, old_footer: bool, dashes: int
) -> None:
    given = sales(30, 1, "alipay")
    text = written.alipay_trade(given, ascii_brackets=ascii_brackets, old_footer=old_footer, dashes=dashes)
    bill, rows = read(put(tmp_path, text, encoding=encoding))
    assert (bill.company, bill.faults, bill.days) == ("alipay", [], (DAY, DAY))
    assert [(each.order_no, each.ordered) for each in paid(rows)] == [(each.order, each.ordered) for each in given]
    assert {each.merchant for each in paid(rows)} == {written.PARTNER}
    back = [each for sale in given for each in sale.refunds]
    assert [(each.refund_no, each.asked) for each in refunded(rows)] == [(each.number, each.asked) for each in back]
    assert len(back) > 1


@pytest.mark.parametrize("flipped", [True, False])
def test_the_fee_of_alipay_has_the_sign_of_the_kind_of_row(tmp_path: Path, flipped: bool) -> None:
    given = sales(30, 1, "alipay")
    _, rows = read(put(tmp_path, written.alipay_trade(given, flipped_fee=flipped), encoding="gb18030"))
    assert [each.fee for each in paid(rows)] == [each.fee for each in given]
    assert [each.fee for each in refunded(rows)] == [-each.fee for sale in given for each in sale.refunds]


def test_a_comma_in_a_name_of_alipay_is_given_back_to_the_name(tmp_path: Path) -> None:
    given = [Sale(**{**vars(each), "name": "纸尿裤,L码,2包"}) for each in sales(5, 1, "alipay")]
    bill, rows = read(put(tmp_path, written.alipay_trade(given), encoding="gb18030"))
    assert bill.faults == []
    assert [(each.ordered, each.at) for each in paid(rows)] == [(each.ordered, each.at) for each in given]


@pytest.mark.parametrize("summary_first", [True, False])
def test_an_archive_of_alipay_is_read_with_its_summary_in_either_order(tmp_path: Path, summary_first: bool) -> None:
    given = sales(20, 1, "alipay")
    members = [
        ("20880000000000090156_20261111_业务明细.csv", written.alipay_trade(given).encode("gb18030")),
        ("20880000000000090156_20261111_业务明细(汇总).csv", written.alipay_shops(given).encode("gb18030")),
    ]
    path = put(tmp_path, written.zipped(members[::-1] if summary_first else members), "bill.zip")
    bill, rows = read(path)
    assert bill.faults == []
    assert bill.file == "bill.zip: 20880000000000090156_20261111_业务明细.csv"
    assert len(paid(rows)) == 20


def test_a_summary_that_the_detail_does_not_make_is_named(tmp_path: Path) -> None:
    given = sales(20, 1, "alipay")
    members = [("d.csv", written.alipay_trade(given)), ("s.csv", written.alipay_shops(given[1:]))]
    path = put(tmp_path, written.zipped([(name, text.encode("gb18030")) for name, text in members]), "bill.zip")
    bill, _ = read(path)
    assert [each.en.split(" is stated")[0] for each in bill.faults] == [
        "业务汇总 交易订单总笔数",
        "业务汇总 订单金额(元)",
        "业务汇总 商家实收(元)",
    ]


@pytest.mark.parametrize("old", ["商家实收共", "笔，商家优惠"])
def test_a_footer_that_the_rows_do_not_make_is_named(tmp_path: Path, old: str) -> None:
    given = sales(20, 1, "alipay")
    text = written.alipay_trade(given)
    wrong = text.replace("#交易合计：20笔，商家实收共", "#交易合计：21笔，商家实收共1")
    assert wrong != text
    bill, _ = read(put(tmp_path, wrong, encoding="gb18030"))
    assert [each.en.split(" is stated")[0] for each in bill.faults] == ["交易合计 (笔)", "交易合计 商家实收"]


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("both_columns", [True, False])
def test_an_account_detail_is_read_in_either_direction_and_sign(
    tmp_path: Path, newest_first: bool, both_columns: bool
) -> None:
    given = sales(30, 1, "alipay")
    text = written.alipay_account(given, newest_first=newest_first, both_columns=both_columns)
    bill, rows = read(put(tmp_path, text, encoding="gb18030"))
    assert (bill.kind, bill.faults) == ("funds", [])
    kept = [sale.settled - sale.fee - sum((each.refunded - each.fee for each in sale.refunds), ZERO) for sale in given]
    assert total(each.amount for each in funds(rows)) == sum(kept, ZERO)


def test_an_account_detail_may_have_more_columns_in_another_order(tmp_path: Path) -> None:
    given = sales(10, 1, "alipay")
    titles = written.ACCOUNT.split(",")
    titles = [titles[0], titles[2], *titles[3:-1], titles[1], "备注", "业务描述"]
    bill, rows = read(put(tmp_path, written.alipay_account(given, order=titles), encoding="gb18030"))
    assert bill.faults == []
    assert {each.order_no for each in funds(rows)} == {each.order for each in given}


def test_an_account_of_which_a_row_is_missing_does_not_agree_with_footer_and_balance(tmp_path: Path) -> None:
    lines = written.alipay_account(sales(30, 1, "alipay")).splitlines()
    bill, _ = read(put(tmp_path, "\r\n".join((*lines[:8], *lines[9:], "")), encoding="gb18030"))
    assert "does not follow" in bill.faults[0].en
    assert len(bill.faults) == 3


@pytest.mark.parametrize("company", ["wechat", "alipay"])
def test_a_bill_that_was_cut_off_is_refused(tmp_path: Path, company: str) -> None:
    text = written.wechat_trade(sales(9, 1)) if company == "wechat" else written.alipay_trade(sales(9, 1, "alipay"))
    lines = text.splitlines()
    with pytest.raises(SheetError, match=r"cut off.*请重新下载"):
        read(put(tmp_path, "\r\n".join((*lines[:6], ""))))


FOREIGN = {
    "a table": (b"order,amount\r\nEX1,5\r\n", "no bill of WeChat Pay"),
    "a page": (b"<!DOCTYPE html><html></html>", "a web page"),
    "the address": (b'{"download_url":"https://x","hash_type":"SHA1"}', "download_url"),
    "nothing": (b"", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "a picture"),
    "saved by a spreadsheet": (f"{ALL}\n2026-11-11 08:00:00,wx\n".encode(), "back-ticks"),
    "a damaged archive": (b"PK\x03\x04" + b"0" * 90, "damaged"),
    "a damaged gzip": (b"\x1f\x8b" + b"0" * 90, "damaged"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_bill_is_refused_in_both_languages_with_what_to_do(tmp_path: Path, name: str) -> None:
    content, reason = FOREIGN[name]
    with pytest.raises(SheetError, match=reason) as error:
        read(put(tmp_path, content))
    assert any("\u4e00" <= each <= "\u9fff" for each in error.value.zh)
    assert "请" in error.value.zh


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (1 << 25))
    with pytest.raises(SheetError, match=r"unpacks to more than.*请勿解压"):
        read(path)
    with pytest.raises(SheetError, match="unpacks to more than"):
        read(put(tmp_path, gzip.compress(f"{ALL}\n".encode() + b"0" * (1 << 25)), "bomb.gz"))


def test_an_archive_with_too_many_members_and_a_workbook_are_refused(tmp_path: Path) -> None:
    many = put(tmp_path, written.zipped([(f"{at}.csv", b"x") for at in range(101)]), "many.zip")
    with pytest.raises(SheetError, match="more than 100 members"):
        read(many)
    with pytest.raises(SheetError, match="workbook"):
        read(put(tmp_path, written.zipped([("[Content_Types].xml", b"x")]), "book.xlsx"))


def test_a_name_of_a_member_is_shown_without_its_folders(tmp_path: Path) -> None:
    text = written.alipay_trade(sales(3, 1, "alipay")).encode("gb18030")
    bill, _ = read(put(tmp_path, written.zipped([("../../etc/业务明细.csv", text)]), "bill.zip"))
    assert bill.file == "bill.zip: 业务明细.csv"


@pytest.mark.parametrize("old", ["`88.00,", "2026-11-11 "])
def test_a_cell_that_is_no_amount_or_time_is_refused_with_its_line_and_without_its_text(
    tmp_path: Path, old: str
) -> None:
    sale = Sale(**{**vars(sales(1, 3)[0]), "ordered": Decimal("88.00"), "refunds": ()})
    text = written.wechat_trade([sale]).replace(old, "`张三," if old[0] == "`" else "张三 ")
    with pytest.raises(SheetError, match="line 2") as error:
        read(put(tmp_path, text))
    assert "张三" not in str(error.value)


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="longer than"):
        read(put(tmp_path, f"{ALL}\n`{'0' * 70_000}"))


@pytest.mark.long
def test_memory_stays_small_however_many_rows_there_are(tmp_path: Path) -> None:
    rows = written.wechat_trade([each for each in sales(600, 1) if not each.refunds], newline="\n").splitlines()
    path = tmp_path / "bill.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{rows[0]}\n")
        for _ in range(28):
            file.writelines(f"{row}\n" for row in rows[1:-2])
        file.writelines(f"{row}\n" for row in rows[-2:])
    tracemalloc.start()
    with open_payment_bills(path) as bills:
        assert sum(1 for bill in bills for _ in bill.rows) == 28 * (len(rows) - 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 9_000_000, "the file is looked at a few MB at a time; its rows together would take twice as much"


@pytest.mark.skipif(SAMPLES is None, reason="CUSTOMS_SPEC is not set")
def test_the_samples_of_both_companies_hold() -> None:
    assert SAMPLES is not None
    found = {}
    alipay = ("alipay_trade_detail.gbk.csv", "alipay_account_detail.gbk.csv", "alipay_trade.zip")
    for name in (*sorted(path.name for path in SAMPLES.glob("wechat_*")), *alipay):
        bill, rows = read(SAMPLES / name)
        found[name] = (len(rows), bill.faults)
    assert found == {
        "wechat_fundflow_basic.csv": (17, []),
        "wechat_trade_all.csv": (10, []),
        "wechat_trade_all_empty.csv": (0, []),
        "wechat_trade_all_old_layout.csv": (4, []),
        "wechat_trade_refund.csv": (3, []),
        "wechat_trade_success.csv": (7, []),
        "alipay_trade_detail.gbk.csv": (5, []),
        "alipay_account_detail.gbk.csv": (10, []),
        "alipay_trade.zip": (5, []),
    }


def test_days_of_a_month_are_stated_by_its_bill(tmp_path: Path) -> None:
    text = written.alipay_trade(sales(3, 1, "alipay")).replace("2026年11月12日 00:00:00", "2026年12月01日 00:00:00")
    bill, _ = read(put(tmp_path, text, encoding="gb18030"))
    assert bill.days == (DAY, date(2026, 11, 30))


def test_a_bill_is_checked_against_the_hash_with_which_it_was_announced(tmp_path: Path, given: list[Sale]) -> None:
    text = written.wechat_trade(given).encode()
    path = put(tmp_path, gzip.compress(text), "bill.gz")
    announced = hashlib.sha1(text, usedforsecurity=False).hexdigest()
    with open_payment_bills(path, sha1=announced.upper()) as bills:
        assert sum(1 for bill in bills for _ in bill.rows) >= 40
    with (
        pytest.raises(SheetError, match=r"not the file that was announced.*请重新下载"),
        open_payment_bills(path, sha1="0" * 40),
    ):
        pass


@pytest.mark.parametrize("column", ["微信订单号", "商户订单号", "商户号"])
def test_a_number_that_is_too_long_is_refused(tmp_path: Path, column: str) -> None:
    lines = written.wechat_trade(sales(1, 3)).splitlines()
    cells = lines[1].split(",`")
    cells[ALL.split(",").index(column)] = "9" * 65
    with pytest.raises(SheetError, match="more than 64 characters"):
        read(put(tmp_path, "\r\n".join((lines[0], ",`".join(cells), *lines[2:], ""))))


TEXTS = {
    "wechat trade": written.wechat_trade(sales(6, 1)).encode(),
    "wechat funds": written.wechat_funds(sales(6, 1)).encode(),
    "alipay trade": written.alipay_trade(sales(6, 1, "alipay")).encode("gb18030"),
    "alipay account": written.alipay_account(sales(6, 1, "alipay")).encode("gb18030"),
    "alipay zip": written.zipped([("d.csv", written.alipay_trade(sales(6, 1, "alipay")).encode("gb18030"))]),
    "gzip": gzip.compress(written.wechat_trade(sales(6, 1)).encode()),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.long
def test_whatever_is_damaged_is_refused_as_a_bill_or_read_and_never_fails_otherwise(tmp_path: Path, name: str) -> None:
    chance, refused = random.Random(name), 0  # noqa: S311
    for _ in range(120):
        damaged = bytearray(TEXTS[name])
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.randrange(3)] = chance.choice(
                (b"", b",", b"`", b'"', b"\n", b"\xff", b"9" * 20, b"#")
            )
        try:
            read(put(tmp_path, bytes(damaged)))
        except SheetError:
            refused += 1
    assert refused > 20
