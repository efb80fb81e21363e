"""A report goes out once a day, week or month, however many workers there are, and what it brings can be read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from customs.hub.channels.notices import Notice, read_notice
from customs.hub.channels.tables import HUB_NOTICES
from customs.hub.reports.report_settings import ReportSettings, SentReport
from customs.hub.reports.report_turn import report_turn
from customs.hub.reports.report_words import ReportEdition
from customs.hub.reports.windows import ReportEvery, window_of
from customs.ledger import Ledger
from support import exactly
from support.alarm_rows import shop
from support.health_events import ToldNode, ToldOrder, kept
from support.ledgers import LedgerDatabases

NOON = datetime(2026, 11, 11, 12)
MORNING = datetime(2026, 11, 12, 8, 30)


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    """A ledger in SQLite: ``test_figures.py`` counts on both databases."""
    with sqlite_databases.ledger() as found:
        yield found


def order(number: int, *told: tuple[str, datetime], warehouse: str = "W1") -> ToldOrder:
    nodes = tuple(ToldNode(node, 1, at, "hub", "") for node, at in told)
    return ToldOrder(number, NOON, "2244", "P1", "F1", "C1", warehouse, nodes)


def some_orders() -> list[ToldOrder]:
    declared = ("declared", NOON + timedelta(minutes=1))
    released = ("released", NOON + timedelta(minutes=2))
    rejected = ToldNode("rejected", 1, NOON + timedelta(minutes=2), "customs", "-621018 quota platform")
    refused = order(2, declared)
    return [
        order(1, declared, released, ("left_zone", NOON + timedelta(hours=3))),
        ToldOrder(2, NOON, "2244", "P1", "F1", "C1", "W1", (*refused.told, rejected)),
        order(3, declared, released),
    ]


def settings(*channels: str, every: ReportEvery = "day", edition: ReportEdition = ReportEdition.FULL) -> ReportSettings:
    plain = ReportSettings()
    sent = SentReport(name="morning", scope=plain.scope(edition, every), channels=channels)
    return ReportSettings(sent=(sent,))


def notices(ledger: Ledger) -> list[tuple[str, Notice]]:
    with ledger.read() as connection:
        rows = connection.sql.execute(select(HUB_NOTICES.c.channel, HUB_NOTICES.c.body).order_by(HUB_NOTICES.c.id))
        return [(channel, read_notice(bytes(body))) for channel, body in rows]


def test_a_report_goes_out_once_to_each_channel(ledger: Ledger) -> None:
    earlier = ToldOrder(0, NOON - timedelta(days=2), "2244", "P1", "F1", "C1", "W1")
    kept(ledger, "shop", [*some_orders(), earlier])
    wanted = settings("mail", "group")
    assert report_turn(ledger, shop(), wanted, now=MORNING - timedelta(minutes=1)).reports == 1, (
        "that of the day before"
    )
    assert [report_turn(ledger, shop(), wanted, now=MORNING + timedelta(minutes=each)).reports for each in (0, 1)] == [
        1,
        0,
    ]
    assert [channel for channel, _ in notices(ledger)] == ["mail", "group"] * 2
    (_, first), (_, second) = notices(ledger)[1:3]
    assert "2026-11-10" in first.subject_zh
    assert "2026-11-11" in second.subject_en


@pytest.mark.long
def test_two_workers_send_a_report_once(ledger: Ledger) -> None:
    kept(ledger, "shop", some_orders())
    with ThreadPoolExecutor(2) as workers:
        turns = [workers.submit(report_turn, ledger, shop(), settings("mail"), now=MORNING) for _ in range(2)]
        assert sum(each.result().notices for each in turns) == 1
    assert len(notices(ledger)) == 1


@pytest.mark.long
def test_after_a_stop_only_the_last_report_goes_out(ledger: Ledger) -> None:
    kept(ledger, "shop", some_orders())
    report_turn(ledger, shop(), settings("mail"), now=MORNING)
    report_turn(ledger, shop(), settings("mail"), now=MORNING + timedelta(days=4))
    assert [each.subject_zh[-15:-5] for _, each in notices(ledger)] == ["2026-11-11", "2026-11-15"]


def test_nothing_goes_out_of_a_hub_without_orders_and_of_other_enterprises(ledger: Ledger) -> None:
    assert report_turn(ledger, shop(), settings("mail"), now=MORNING).reports == 0
    kept(ledger, "shop", some_orders())
    (sent,) = settings("mail").sent
    other = SentReport(name="other", scope=sent.scope, channels=("mail",), enterprises=("elsewhere",))
    assert report_turn(ledger, shop(), ReportSettings(sent=(other,)), now=MORNING).reports == 0


@pytest.mark.parametrize(
    ("every", "now", "until"),
    [
        ("day", datetime(2026, 11, 12, 8, 30), date(2026, 11, 11)),
        ("day", datetime(2026, 11, 12, 8, 29), date(2026, 11, 10)),
        ("week", datetime(2026, 11, 18, 9), date(2026, 11, 15)),
        ("month", datetime(2026, 12, 3, 9), date(2026, 11, 30)),
        ("month", datetime(2026, 12, 1, 8), date(2026, 10, 31)),
    ],
)
def test_a_report_is_of_the_last_window_that_is_over(every: ReportEvery, now: datetime, until: date) -> None:
    (sent,) = settings("mail", every=every).sent
    window = window_of(every, sent.day_of(sent.last_due(now)).date(), sent.scope.ends)
    assert window.on == until
    assert window.until <= now


def test_the_notice_brings_figures_a_page_for_mail_the_page_with_charts_and_a_workbook(ledger: Ledger) -> None:
    kept(ledger, "shop", some_orders())
    report_turn(ledger, shop(), settings("mail"), now=MORNING)
    ((_, notice),) = notices(ledger)
    assert "申报成功率  批次口径 66.7 % (2 / 3)" in notice.text_zh
    assert "declaration success  cohort 66.7 % (2 / 3)" in notice.text_en
    assert "-621018" in notice.text_zh
    assert "<svg" not in notice.html, "mail programs do not draw it"
    assert "申报成功率" in notice.html
    assert "declaration success" in notice.html
    page, workbook = notice.attachments
    assert b"<svg" in page.content
    assert b"<script" not in page.content
    assert b"http" not in page.content.replace(b"http://www.w3.org/2000/svg", b""), "nothing is fetched"
    sheets = load_workbook(BytesIO(workbook.content))
    rows = list(sheets["指标 shares"].iter_rows(values_only=True))
    (success,) = [row for row in rows if str(row[0]).startswith("申报成功率")]
    assert [round(float(str(each)), 4) for each in success[1:4]] == [0.6667, 2, 3]


def test_the_warehouse_edition_says_what_it_has_to_do_and_nothing_of_money(ledger: Ledger) -> None:
    kept(ledger, "shop", some_orders())
    wanted = settings("mail", edition=ReportEdition.WAREHOUSE)
    report_turn(ledger, shop(), wanted, now=MORNING)
    ((_, notice),) = notices(ledger)
    assert "仓库版" in notice.subject_zh
    for word in exactly(4, ("元", "税", "CNY", "-621018")):
        assert word not in notice.html
    assert "出库及时率" in notice.html


def test_the_finance_edition_has_amounts(ledger: Ledger) -> None:
    kept(ledger, "shop", some_orders())
    report_turn(ledger, shop(), settings("mail", edition=ReportEdition.FINANCE), now=MORNING)
    ((_, notice),) = notices(ledger)
    assert "税差率" in notice.html
    assert "人民币元" in notice.html
