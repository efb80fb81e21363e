"""A turn of the reports (报告轮次): each report that is due goes out once, however many workers there are.

Promised, under kill and cut: the mark that a report went out and the notices that bring it count together or not at all.
After a stop only the last report that was due goes out.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from customs.hub.channels.notices import Attachment, Notice, queue_notice
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.reports.health_report import HealthReport, health_report
from customs.hub.reports.page import mail_page_of, page_of
from customs.hub.reports.plain_report import lines_of
from customs.hub.reports.report_files import MEDIA_TYPES, workbook_of_report
from customs.hub.reports.report_settings import ReportSettings, SentReport
from customs.hub.store.tables import HUB_MARKS, HUB_ORDERS
from customs.ledger.accounts import upserting
from customs.ledger.database import Ledger, LedgerConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsSent:
    """The outcome of a turn: how many reports were due and went out, and how many notices bring them."""

    reports: int = 0
    notices: int = 0


def report_turn(ledger: Ledger, enterprise: HubEnterprise, settings: ReportSettings, *, now: datetime) -> ReportsSent:
    """Queue the reports of an enterprise that are due to their channels.

    The figures are counted beside those who write. Raises ``SheetError`` without openpyxl.
    """
    reports = notices = 0
    for sent in settings.sent:
        if not sent.is_of(enterprise.name):
            continue
        due = sent.last_due(now)
        with ledger.read() as connection:
            if not _is_open(connection, enterprise.name, sent, due):
                continue
            report = health_report(
                connection,
                enterprise.name,
                sent.day_of(due),
                sent.scope,
                merchants=enterprise.belongings.only_merchants,
                now=now,
            )
        notice = notice_of_report(report, key=f"report/{enterprise.name}/{sent.name}/{due:%Y-%m-%d}")
        with ledger.begin() as connection:
            if not _mark(connection, enterprise.name, sent, due):
                continue
            for channel in sent.channels:
                notices += queue_notice(connection, channel, notice, at=now)
        reports += 1
    return ReportsSent(reports=reports, notices=notices)


def notice_of_report(report: HealthReport, *, key: str) -> Notice:
    """Return the notice that brings a report: lines for robots, a page for mail, the page with charts and the workbook
    attached.
    """
    name = f"health-{report.figures.enterprise}-{report.scope.edition}-{report.window.on:%Y%m%d}"
    return Notice(
        subject_zh=report.title.zh,
        subject_en=report.title.en,
        text_zh=lines_of(report, chinese=True),
        text_en=lines_of(report, chinese=False),
        html=mail_page_of(report),
        attachments=(
            Attachment(
                name=f"{name}.html",
                content_type=MEDIA_TYPES["html"],
                content=page_of(report, chinese=True).encode(),
            ),
            Attachment(name=f"{name}.xlsx", content_type=MEDIA_TYPES["xlsx"], content=workbook_of_report(report)),
        ),
        key=key,
    )


def _source(enterprise: str, sent: SentReport) -> str:
    return f"report/{enterprise}/{sent.name}"


def _is_open(connection: LedgerConnection, enterprise: str, sent: SentReport, due: datetime) -> bool:
    """True if a report is due that did not go out, and the hub had orders before it was due."""
    marks, orders = HUB_MARKS.c, HUB_ORDERS.c
    upto = connection.sql.execute(select(marks.upto).where(marks.source == _source(enterprise, sent))).scalar()
    if upto is not None and upto >= due.toordinal():
        return False
    earlier = select(orders.id).where(orders.enterprise == enterprise, orders.received_at < due).limit(1)
    return connection.sql.execute(earlier).first() is not None


def _mark(connection: LedgerConnection, enterprise: str, sent: SentReport, due: datetime) -> bool:
    """Note that a report went out; return False if another worker did."""
    day, source = due.toordinal(), _source(enterprise, sent)
    adding = upserting(connection, HUB_MARKS).values(source=source, upto=day)
    changing = adding.on_conflict_do_update(
        index_elements=["source"], set_={"upto": day}, where=HUB_MARKS.c.upto < day
    ).returning(HUB_MARKS.c.upto)
    return connection.sql.execute(changing).first() is not None
