"""The command ``hub report`` (履约健康度报告): the figures of a day, week or month, on the screen or as a file."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from customs.cli import files
from customs.cli.app import misuse_of, screen, tell
from customs.cli.common import AsJson, Now, clock_of, day_of
from customs.cli.hub import HUB_FILE, HubFile, commands, hub_opened, hub_settings
from customs.cli.hub_alarms import AlarmsOf, named_enterprise
from customs.cli.language import Language, language
from customs.cli.parcels import echo
from customs.exchange.outbox import instant
from customs.files import write_whole
from customs.hub.reports.health_report import HealthReport, health_report
from customs.hub.reports.page import page_of
from customs.hub.reports.plain_report import lines_of
from customs.hub.reports.report_files import csv_of_report, workbook_of_report
from customs.hub.reports.report_values import report_values
from customs.hub.reports.report_words import ReportEdition
from customs.hub.reports.windows import ReportEvery
from customs.intake.sheets import SheetError


@commands.command("report")
def report(
    day: Annotated[
        str | None,
        typer.Option("--day", metavar="DAY", help="Day on which the window ends; the last one that is over."),
    ] = None,
    week: Annotated[bool, typer.Option("--week", help="The seven days up to that day, with the trend.")] = False,
    month: Annotated[bool, typer.Option("--month", help="The month of that day, with the trend.")] = False,
    edition: Annotated[
        ReportEdition, typer.Option("--edition", help="All but money; tax, bills and guarantee; or for the warehouse.")
    ] = ReportEdition.FULL,
    out: Annotated[
        Path | None,
        typer.Option("--out", dir_okay=False, help="Write a page (.html), workbook (.xlsx) or table (.csv)."),
    ] = None,
    enterprise: AlarmsOf = None,
    config: HubFile = HUB_FILE,
    now: Now = None,
    json: AsJson = False,
) -> None:
    """Report on fulfilment: shares with their numerators, times, causes, backlog. Nothing is changed or sent."""
    settings, at = hub_settings(config), instant(clock_of(now, "--now")())
    name = named_enterprise(settings, enterprise)
    scope = settings.reports.scope(edition, _every(week=week, month=month))
    on = datetime.combine(day_of(day), time()) if day else at - timedelta(days=at.time() < scope.ends)
    write = _writer(out) if out else None
    with hub_opened(settings) as (ledger, enterprises), ledger.read() as connection:
        hub = next(each.hub for each in enterprises if each.hub.name == name)
        merchants = hub.belongings.only_merchants
        made = health_report(connection, name, on, scope, merchants=merchants, now=at)
    if write and out:
        try:
            write_whole(out, write(made))
        except SheetError as error:
            raise misuse_of(error.en, error.zh) from None
        tell(f"written: {out}", f"已写入 {out}")
    elif json:
        echo(files.to_json(report_values(made)))
    else:
        chosen = language()
        texts = [made.title.zh, lines_of(made, chinese=True)] if chosen is not Language.ENGLISH else []
        texts += [made.title.en, lines_of(made, chinese=False)] if chosen is not Language.CHINESE else []
        screen.print("\n".join(texts), highlight=False, markup=False, soft_wrap=True)


def _every(*, week: bool, month: bool) -> ReportEvery:
    if week and month:
        raise misuse_of("--week, --month: give one of them", "--week 与 --month 只能给出一个")
    return "week" if week else "month" if month else "day"


def _writer(out: Path) -> Callable[[HealthReport], bytes]:
    """Return what writes a file of this name."""
    if out.suffix.lower() not in _WRITERS:
        shown = ", ".join(_WRITERS)
        raise misuse_of(f"--out: the name of the file ends with {shown}", f"--out：文件名应以 {shown} 结尾")
    return _WRITERS[out.suffix.lower()]


def _page(made: HealthReport) -> bytes:
    return page_of(made, chinese=language() is not Language.ENGLISH).encode()


_WRITERS: Mapping[str, Callable[[HealthReport], bytes]] = {
    ".html": _page,
    ".xlsx": workbook_of_report,
    ".csv": csv_of_report,
}
