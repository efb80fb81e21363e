"""The page of a report (报告网页): one HTML file in one language or two, with its charts, or for mail without them.

It needs nothing from elsewhere and runs no script. Everything in it is escaped.
"""

from collections.abc import Iterator, Sequence
from html import escape

from customs.hub.reports.cells import is_figure, shown
from customs.hub.reports.charts import chart_of
from customs.hub.reports.health_report import HealthReport
from customs.hub.reports.report_words import ReportWords
from customs.hub.reports.table_model import ReportCell, ReportTable

_STYLE = """
body { margin: 0; background: #ffffff; color: #222222; font: 15px/1.5 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 32px 0 8px; }
p { margin: 4px 0 8px; color: #444444; }
.scroll { overflow-x: auto; } svg { max-width: 100%; height: auto; margin: 4px 0 12px; }
table { border-collapse: collapse; font-size: 14px; }
th, td { border-bottom: 1px solid #cccccc; padding: 5px 12px 5px 0; text-align: left; vertical-align: top; }
th { border-bottom: 2px solid #1b3a57; font-weight: 600; vertical-align: bottom; }
td.n, th.n { text-align: right; padding: 5px 12px; white-space: nowrap; font-variant-numeric: tabular-nums; }
.facts { display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0; padding: 0; list-style: none; }
.facts li { border: 1px solid #cccccc; border-radius: 6px; padding: 8px 16px; min-width: 110px; }
.facts b { display: block; font-size: 22px; }
@media print { main { padding: 0; } h2 { break-after: avoid; } svg, tr { break-inside: avoid; } }
"""


def page_of(report: HealthReport, *, chinese: bool) -> str:
    """Return a report as a page with charts, in one language."""
    return _document(report, _body(report, chinese=chinese, charts=True), chinese=chinese)


def mail_page_of(report: HealthReport) -> str:
    """Return a report as the page of a mail: Chinese and then English, without charts, which mail does not show."""
    english = f'<hr><div lang="en">{_body(report, chinese=False, charts=False)}</div>'
    return _document(report, _body(report, chinese=True, charts=False) + english, chinese=True)


def _document(report: HealthReport, body: str, *, chinese: bool) -> str:
    title = escape(report.title.text(chinese=chinese))
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if chinese else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


def _body(report: HealthReport, *, chinese: bool, charts: bool) -> str:
    facts = "".join(
        f"<li>{escape(name.text(chinese=chinese))}<b>{escape(shown(value, chinese=chinese))}</b></li>"
        for name, value in report.facts
    )
    parts = [
        f"<h1>{escape(report.title.text(chinese=chinese))}</h1>",
        f"<p>{escape(report.subtitle.text(chinese=chinese))}</p>",
        f'<ul class="facts">{facts}</ul>',
    ]
    for table in report.tables:
        parts += _section(table, chinese, charts=charts)
    return "".join(parts)


def _section(table: ReportTable, chinese: bool, *, charts: bool) -> Iterator[str]:
    yield f"<h2>{escape(table.title.text(chinese=chinese))}</h2>"
    if note := table.note.text(chinese=chinese):
        yield f"<p>{escape(note)}</p>"
    if charts:
        yield chart_of(table, chinese=chinese)
    figures = [any(is_figure(row[place]) for row in table.rows) for place in range(len(table.headings))]
    yield '<div class="scroll"><table><thead><tr>'
    for each, is_number in zip(table.headings, figures, strict=True):
        yield _cell("th", each, is_number, chinese)
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield f"<tr>{''.join(_row(row, figures, chinese))}</tr>"
    yield "</tbody></table></div>"


def _row(row: Sequence[ReportCell], figures: Sequence[bool], chinese: bool) -> Iterator[str]:
    for each, is_number in zip(row, figures, strict=True):
        yield _cell("td", each, is_number, chinese)


def _cell(tag: str, cell: ReportCell | ReportWords, is_number: bool, chinese: bool) -> str:
    """Return a cell; a mail program without style sheets still puts figures to the right."""
    side = ' class="n" align="right"' if is_number else ' align="left"'
    return f"<{tag}{side}>{escape(shown(cell, chinese=chinese))}</{tag}>"
