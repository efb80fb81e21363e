"""The manifest of a run: a row an order, readable by a spreadsheet that changes nothing in it."""

from decimal import Decimal
from pathlib import Path

import pytest

from customs.intake.guarding import guarded, unguarded
from customs.intake.manifest import HEADINGS, ManifestEntry, OrderOutcome, write_manifest
from customs.intake.sheets import SheetRow
from support.tables import read_whole

ENTRIES = [
    ManifestEntry(
        order_no="2026111100000000001", waybill_no="SF0001", payment_no="0123", outcome=OrderOutcome.DECLARED,
        documents=("order", "payment"), files=("CEB311Message_1.xml", "CEB411Message_1.xml"), tax=Decimal("6.370"),
        findings=("tax.example_rates",), rows=(2, 345),
    ),
    ManifestEntry(order_no="=1+1", outcome=OrderOutcome.REFUSED, rows=(4,)),
    ManifestEntry(order_no="MAR1", outcome=OrderOutcome.DECLARED_BEFORE, tax=Decimal(0)),
]  # fmt: skip


def test_a_manifest_has_a_row_for_each_order() -> None:
    assert write_manifest(ENTRIES).decode("utf-8-sig").split("\r\n") == [
        "订单编号 Order,运单编号 Waybill,支付编号 Payment,结果 Outcome,单证 Documents,报文文件 Files,税款（元） Tax (CNY),"
        "提示与问题 Findings,所在行 Rows",
        '"=""2026111100000000001""",SF0001,"=""0123""",declared,order; payment,CEB311Message_1.xml; CEB411Message_1.xml,6.370,'
        "tax.example_rates,2; 345",
        '"=""=1+1""",,,refused,,,,,4',
        '"=""MAR1""",,,declared-before,,,0,,',
        "",
    ]


def test_a_manifest_is_read_back_with_the_numbers_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_bytes(write_manifest(ENTRIES))
    sheet, rows = read_whole(tmp_path / "manifest.csv")
    assert sheet.headings == HEADINGS
    assert [row.values[:3] for row in rows] == [
        ("2026111100000000001", "SF0001", "0123"),
        ("=1+1", None, None),
        ("MAR1", None, None),
    ]
    assert rows[1] == SheetRow(3, ("=1+1", None, None, "refused", None, None, None, None, "4"))


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "+86138",
        "@x",
        "-x",
        "\tx",
        "007",
        "123456789012",
        "12E5",
        "1.5e3",
        "1-2",
        "2026/11/11",
        "mar1",
        "1 Dec",
        "SEPT",
        "true",
    ],
)
def test_what_a_spreadsheet_would_change_is_guarded(text: str) -> None:
    assert guarded(text) == f'="{text}"'
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    "text", ["", "EX1", "12", "-1.50", "0", "0.5", "99999999999", "面霜", "MARK1", "a=b", "2026-11-11 08:00:00"]
)
def test_what_a_spreadsheet_leaves_alone_is_not_guarded(text: str) -> None:
    assert guarded(text) == text
