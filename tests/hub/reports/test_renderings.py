"""Pages, workbooks and tables of a report: numbers stay numbers, texts stay texts, nothing is run."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from lxml import html
from openpyxl import load_workbook

from customs.hub.reports.health_report import HealthReport, ReportScope, health_report
from customs.hub.reports.page import mail_page_of, page_of
from customs.hub.reports.plain_report import lines_of
from customs.hub.reports.report_files import csv_of_report, workbook_of_report
from customs.hub.reports.report_values import report_values
from customs.hub.store.tables import HUB_ORDERS
from customs.ledger import Ledger
from support import some
from support.health_events import ToldNode, ToldOrder, kept
from support.ledgers import LedgerDatabases

NOON = datetime(2026, 11, 11, 12)
EVIL = '=HYPERLINK("http://evil.example","x")'
MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    """A ledger in SQLite: ``test_figures.py`` counts on both databases."""
    with sqlite_databases.ledger() as found:
        yield found


@pytest.fixture
def report(ledger: Ledger) -> HealthReport:
    """A report on overdue orders whose numbers are formulas and markup, over a week."""
    told = tuple(ToldNode("declared", 1, NOON, "hub", "") for _ in range(1))
    refused = ToldNode("rejected", 1, NOON + timedelta(minutes=2), "customs", "-621018 quota platform")
    orders = [ToldOrder(0, NOON, "2244", platform, EVIL, "@C", MARKUP, (*told, refused)) for platform in (EVIL, MARKUP)]
    kept(ledger, "shop", orders)
    with ledger.begin() as connection:
        for number, text in enumerate((EVIL, MARKUP)):
            rows = HUB_ORDERS.update().where(HUB_ORDERS.c.order_no == f"O{number}")
            connection.sql.execute(rows.values(order_no=text, node="rejected", node_at=NOON))
    with ledger.read() as connection:
        scope, now = ReportScope(every="week"), NOON + timedelta(days=2)
        return health_report(connection, "shop", NOON, scope, merchants=None, now=now)


def test_a_workbook_has_no_formula_and_its_numbers_are_numbers(report: HealthReport) -> None:
    book = load_workbook(BytesIO(workbook_of_report(report)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in some(cells))
    assert EVIL in [cell.value for cell in cells]
    assert {type(row[3].value) for row in book["指标 shares"].iter_rows(min_row=2, max_row=5)} == {int}
    assert workbook_of_report(report) == workbook_of_report(report)


def test_a_csv_has_no_cell_that_a_spreadsheet_runs(report: HealthReport) -> None:
    content = csv_of_report(report)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    for cell in some(cell for row in rows for cell in row):
        assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
        assert not cell.startswith("-") or cell.lstrip("-").isdigit() is False, cell
    assert any(cell == f"'{EVIL}" for row in rows for cell in row)
    (success,) = [row for row in rows if row[0] == "shares" and row[1].startswith("申报成功率")]
    assert success[2:5] == ["0.000000", "0", "2"]


@pytest.mark.parametrize("chinese", [True, False])
@pytest.mark.long
def test_a_page_is_sound_and_each_chart_has_its_table(report: HealthReport, chinese: bool) -> None:
    page = page_of(report, chinese=chinese)
    assert MARKUP not in page
    tree = html.fromstring(page.encode())
    assert tree.get("lang") == ("zh-CN" if chinese else "en")
    charts = tree.findall(".//svg")
    for chart in some(charts):
        assert chart.get("role") == "img"
        assert chart.get("aria-label")
        assert (following := chart.getnext()) is not None
        assert following.find(".//table") is not None
    lengths = {len(row) for table in tree.findall(".//table") for row in table.findall(".//tr")}
    assert min(lengths) > 1
    for table in some(tree.findall(".//table")):
        assert len({len(row) for row in table.findall(".//tr")}) == 1


def test_a_page_in_one_language_has_no_word_of_the_other(report: HealthReport) -> None:
    english = page_of(report, chinese=False).partition("</style>")[2]
    assert not [letter for letter in english if "\u4e00" <= letter <= "\u9fff"]


def test_a_mail_has_both_languages_and_no_picture(report: HealthReport) -> None:
    mail = mail_page_of(report)
    assert "一次通过率" in mail
    assert "first-pass rate" in mail
    assert "<svg" not in mail
    assert "<img" not in mail


def test_lines_and_values_say_the_same_figures(report: HealthReport) -> None:
    assert "退单率  批次口径 100.0 % (2 / 2)" in lines_of(report, chinese=True)
    values = report_values(report)
    assert values["cohort"]["shares"]["rejected"] == {"part": 2, "whole": 2, "value": "1.000000"}
    assert values["event"]["shares"]["fulfilled"] == {"part": 0, "whole": 0, "value": None}
    assert len(values["tables"]["trend"]["rows"]) == 7


def test_days_of_a_trend_add_up_to_the_week(report: HealthReport) -> None:
    days = report.figures.cohort.days
    assert sum(each.total.orders for each in days) == report.figures.cohort.total.orders == 2
    assert [each.total.orders for each in days] == [0, 0, 0, 0, 0, 0, 2]
